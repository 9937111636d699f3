/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/opt.h"

struct opts {
	struct mg_common c;
	const char      *since, *diff;
	struct mg_list   set;
	const char      *format;
	long             n;
	bool             force;
};

static const char *kind(size_t i)
{
	static const char *const kinds[] = { "audit", "etcd", "goroutine" };

	return i < 3 ? kinds[i] : NULL;
}

/* Parse "a b c" with everything that is printed caught in a file; the exit status. */
static int parse(struct opts *o, const char *line, char *said, size_t size)
{
	struct mg_opt table[] = {
		{ MG_OPT_HEAD, 0, NULL, NULL, "Selection", NULL },
		{ MG_OPT_TEXT, 'S', "since", "TIME", "from this time", &o->since },
		{ MG_OPT_LIST, 0, "set", "NAME=V", "set a threshold", &o->set },
		{ MG_OPT_LIST, 0, "severity", "S", "least severity", &o->set },
		{ MG_OPT_OPTTEXT, 'd', "diff", "FILE", "compare", &o->diff },
		{ MG_OPT_COUNT, 'n', NULL, "N", "rows", &o->n },
		{ MG_OPT_COUNT, 0, "older-name", "N", NULL, &o->n },
		{ MG_OPT_WORD, 0, "format", "text|json|jsonl", "of it", &o->format },
		{ MG_OPT_LIST, 'k', "kind", "KIND,...", "it's [these]: kinds", &o->set },
		{ MG_OPT_FLAG, 'f', "force", NULL, "overwrite", &o->force },
		MG_COMMON_OPTS(&o->c),
	};
	const struct mg_opt_values values[] = { { "kind", kind }, { NULL, NULL } };
	struct mg_tool tool = { .name = "mgtest", .summary = "a test", .usage = "[options] [file]...",
				.examples = "  mgtest x\n", .opts = table, .values = values };
	char           words[512] = "mgtest ", *argv[32], **operands;
	int            argc = 0, n = 0, rc, out = dup(1), err = dup(2), fd;
	ssize_t        got;
	FILE          *f = tmpfile();

	strncat(words, line, sizeof(words) - 8);
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	fflush(stdout);
	fd = fileno(f);
	dup2(fd, 1);
	dup2(fd, 2);
	rc = mg_opt_parse(&tool, argc, argv, &operands, &n);
	if (rc < 0 && n && strcmp(operands[0], "no-such-kind") == 0)
		rc = mg_opt_no_such(&tool, "kind", mg_strz(operands[1]), "kind");
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	lseek(fd, 0, SEEK_SET);
	got = read(fd, said, size - 1);
	said[got > 0 ? got : 0] = '\0';
	fclose(f);
	if (rc == -1) /* operands, joined, are what was "said" */
		for (int i = 0; i < n; i++)
			strcat(strcat(said, i ? " " : ""), operands[i]);
	return rc;
}

static void accepts(void **state)
{
	struct opts o = { 0 };
	char        said[8192];

	assert_int_equal(parse(&o, "a -S 03:12 b --set x=1 --set=y=2 -fn5 - -- -c", said, 8192), -1);
	assert_string_equal(said, "a b - -c");
	assert_string_equal(o.since, "03:12");
	assert_int_equal(o.set.n, 2);
	assert_string_equal(o.set.v[1], "y=2");
	assert_int_equal(o.n, 5);
	assert_true(o.force);
	mg_list_release(&o.set);
	/* a beginning will do while it is unambiguous; an exact name wins */
	assert_int_equal(parse(&o, "--sin=1h --set z -j 4 x", said, 8192), -1);
	assert_string_equal(o.since, "1h");
	assert_int_equal(o.c.threads, 4);
	mg_list_release(&o.set);
	assert_int_equal(parse(&o, "--diff x", said, 8192), -1);
	assert_string_equal(o.diff, "");
	assert_string_equal(said, "x");
	assert_int_equal(parse(&o, "--diff=old -d x", said, 8192), -1);
	assert_string_equal(o.diff, "");
	assert_int_equal(parse(&o, "-Sx --color never --progress=always x", said, 8192), -1);
	assert_string_equal(o.since, "x");
	assert_string_equal(o.c.color, "never");
	assert_int_equal(parse(&o, "--format jsonl --older-name=7 x", said, 8192), -1);
	assert_string_equal(o.format, "jsonl");
	assert_int_equal(o.n, 7);
	assert_int_equal(parse(&o, "--since= x", said, 8192), -1);
	assert_string_equal(o.since, "");
}

static void refuses(void **state)
{
	static const struct {
		const char *line, *want;
	} t[] = {
		{ "--sicne x", "unknown option '--sicne'; did you mean '--since'?" },
		{ "--hlep", "did you mean '--help'" },
		{ "--xyzzy", "unknown option '--xyzzy'\n" },
		{ "--x", "unknown option '--x'\n" },
		{ "--se", "option '--se' is ambiguous" },
		{ "-z", "unknown option '-z'" },
		{ "--since", "option '--since' needs a value" },
		{ "-S", "option '-S' needs a value" },
		{ "--force=1", "option '--force' takes no value" },
		{ "-n x", "'-n x': expected a number from 0 up" },
		{ "-n -1", "expected a number from 0 up" },
		{ "--threads=99999999999999999999", "expected a number from 0 up" },
		{ "--color=yes", "'--color=yes': expected auto, always or never\n" },
		{ "--format=jsno", "expected text, json or jsonl; did you mean 'json'?" },
		{ "no-such-kind gorutine", "'--kind=gorutine': no such kind; did you mean 'goroutine'?" },
		{ "no-such-kind x", "'--kind=x': no such kind; there are audit, etcd, goroutine\n" },
		{ "--odler-name=1", "unknown option '--odler-name'\n" }, /* is not what one should use */
		{ "--completion=csh", "expected bash, zsh, fish or list" },
		{ "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "unknown option" },
	};
	struct opts o = { 0 };
	char        said[8192];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(parse(&o, t[i].line, said, 8192), MG_EXIT_USAGE);
		if (!strstr(said, t[i].want) || strncmp(said, "mgtest: ", 8) != 0 ||
		    !strstr(said, "Try 'mgtest --help'."))
			fail_msg("'%s' gave: %s", t[i].line, said);
	}
}

static void help_and_version(void **state)
{
	struct opts o = { 0 };
	char        said[8192];

	assert_int_equal(parse(&o, "--help --xyzzy", said, 8192), MG_EXIT_OK);
	assert_non_null(strstr(said, "Usage: mgtest [options] [file]..."));
	assert_non_null(strstr(said, "\nSelection:\n  -S, --since=TIME "));
	assert_non_null(strstr(said, "      --set=NAME=V "));
	assert_non_null(strstr(said, "  -n N "));
	assert_non_null(strstr(said, "  -d, --diff[=FILE] "));
	assert_null(strstr(said, "\nOptions:\n")); /* a heading of its own comes first */
	assert_true(strstr(said, "Examples:") < strstr(said, "\nSelection:"));
	assert_int_equal(parse(&o, "--version", said, 8192), MG_EXIT_OK);
	assert_memory_equal(said, "mgtest (mgtools) " MG_VERSION "\n", sizeof(MG_VERSION) + 17);
}

static void completions(void **state)
{
	struct opts o = { 0 };
	char        said[8192];

	assert_int_equal(parse(&o, "--completion=list", said, 8192), MG_EXIT_OK);
	assert_non_null(strstr(said, "\n--format\t-\ttext|json|jsonl\ttext json jsonl\tof it\n"));
	assert_non_null(strstr(said, "\n--kind\tk\tKIND,...\taudit etcd goroutine\tit's [these]: kinds\n"));
	assert_null(strstr(said, "older-name"));
	assert_int_equal(parse(&o, "--completion=bash", said, 8192), MG_EXIT_OK);
	assert_non_null(strstr(said, "\t-k|--kind) words='audit etcd goroutine' list=1 ;;\n"));
	assert_int_equal(parse(&o, "--completion=zsh", said, 8192), MG_EXIT_OK);
	assert_non_null(strstr(said, "'*'{-k+,--kind=}'[it'\\''s \\[these\\]\\: kinds]:KIND,...:_sequence"));
	assert_int_equal(parse(&o, "--completion=fish", said, 8192), MG_EXIT_OK);
	assert_non_null(strstr(said, " -s k -l kind -x -a '(__fish_append , audit etcd goroutine)' "
				     "-d 'it\\'s [these]: kinds'\n"));
}

/* What cannot be printed is not done. */
static void full_disk(void **state)
{
	struct opts    o = { 0 };
	struct mg_opt  table[] = { MG_COMMON_OPTS(&o.c) };
	struct mg_tool tool = { .name = "mgtest", .summary = "s", .usage = "", .opts = table };
	char           name[] = "mgtest", arg[] = "--help", *argv[] = { name, arg, NULL }, **operands;
	int            n, rc, out = dup(1), err = dup(2), full = open("/dev/full", O_WRONLY);
	int            null = open("/dev/null", O_WRONLY);

	if (full < 0)
		skip();
	fflush(stdout);
	dup2(full, 1);
	dup2(null, 2);
	rc = mg_opt_parse(&tool, 2, argv, &operands, &n);
	dup2(out, 1);
	dup2(err, 2);
	clearerr(stdout);
	close(full);
	close(null);
	close(out);
	close(err);
	assert_int_equal(rc, MG_EXIT_OUTPUT);
}

static void color(void **state)
{
	assert_true(mg_color_wanted("always", 1));
	assert_false(mg_color_wanted("never", 1));
	assert_false(mg_color_wanted("auto", -1));
	assert_false(mg_color_wanted(NULL, -1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),   cmocka_unit_test(refuses),
		cmocka_unit_test(full_disk), cmocka_unit_test(help_and_version),
		cmocka_unit_test(color),     cmocka_unit_test(completions),
	};

	return cmocka_run_group_tests_name("opt", tests, NULL, NULL);
}
