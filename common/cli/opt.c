/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/opt.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/confine.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/near.h"

void mg_list_release(struct mg_list *l)
{
	free(l->v);
	*l = (struct mg_list){ 0 };
}

void mg_say(const struct mg_tool *tool, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s: ", tool->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int mg_usage_error(const struct mg_tool *tool, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", tool->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry '%s --help'.\n", tool->name);
	return MG_EXIT_USAGE;
}

bool mg_color_wanted(const char *choice, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (choice && strcmp(choice, "always") == 0)
		return true;
	if (choice && strcmp(choice, "never") == 0)
		return false;
	return !(no && *no) && isatty(fd) && !(term && strcmp(term, "dumb") == 0);
}

size_t mg_terminal_width(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

static void print_version(const struct mg_tool *tool)
{
	printf("%s (mgtools) %s\n", tool->name, MG_VERSION);
#ifdef MG_FEATURES
	printf("features: %s\n", MG_FEATURES);
#endif
	if (mg_confine_abi())
		printf("confined by: Landlock, ABI %d\n", mg_confine_abi());
	else
		printf("confined by: nothing, there is no Landlock here\n");
}

/* Status to leave with after something was printed to stdout. */
static int printed(const struct mg_tool *tool)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return MG_EXIT_OK;
	if (errno == EPIPE)
		return MG_EXIT_OK;
	fprintf(stderr, "%s: cannot write standard output: %s\n", tool->name, strerror(errno));
	return MG_EXIT_OUTPUT;
}

static int unknown_option(const struct mg_tool *tool, const char *name)
{
	struct mg_near near = mg_near_begin(mg_strz(name));

	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++)
		if (o->name && o->help)
			mg_near_add(&near, o->name);
	if (near.word)
		return mg_usage_error(tool, "unknown option '--%s'; did you mean '--%s'?", name, near.word);
	return mg_usage_error(tool, "unknown option '--%s'", name);
}

/* The option called `name` (n bytes), exactly or by an unambiguous beginning. */
static const struct mg_opt *find_long(const struct mg_tool *tool, const char *name, size_t n,
				      bool *ambiguous)
{
	const struct mg_opt *hit = NULL;

	*ambiguous = false;
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++) {
		if (!o->name || strncmp(o->name, name, n) != 0)
			continue;
		if (strlen(o->name) == n) {
			*ambiguous = false;
			return o;
		}
		*ambiguous = hit != NULL;
		hit = o;
	}
	return hit;
}

static const struct mg_opt *find_letter(const struct mg_tool *tool, char c)
{
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++)
		if (o->letter == c && o->type > MG_OPT_BRIEF)
			return o;
	return NULL;
}

#define TOO_MANY 30 /* words for a message of one line */

int mg_opt_no_such(const struct mg_tool *tool, const char *option, struct mg_str value,
		   const char *what)
{
	struct mg_near near = mg_near_begin(value);
	struct mg_buf  all = { 0 };
	const char    *word;
	size_t         n = 0;
	int            rc;

	for (const struct mg_opt_values *v = tool->values; v && v->option; v++)
		for (size_t i = 0; strcmp(v->option, option) == 0 && (word = v->word(i)) != NULL; i++) {
			mg_near_add(&near, word);
			mg_buf_printf(&all, "%s%s", n++ ? ", " : "", word);
		}
	if (near.word)
		rc = mg_usage_error(tool, "'--%s=%.*s': no such %s; did you mean '%s'?", option,
				    MG_FMT(value), what, near.word);
	else if (n > TOO_MANY)
		rc = mg_usage_error(tool, "'--%s=%.*s': no such %s; %s(1) has all", option,
				    MG_FMT(value), what, tool->name);
	else
		rc = mg_usage_error(tool, "'--%s=%.*s': no such %s; there are %.*s", option,
				    MG_FMT(value), what, MG_FMT(mg_buf_str(&all)));
	mg_buf_release(&all);
	return rc;
}

static int bad_value(const struct mg_tool *tool, const struct mg_opt *o, const char *value,
		     const char *expected)
{
	if (o->name)
		return mg_usage_error(tool, "'--%s=%s': expected %s", o->name, value, expected);
	return mg_usage_error(tool, "'-%c %s': expected %s", o->letter, value, expected);
}

/* One of the words of "a|b|c"; -1 to go on. */
static int take_word(const struct mg_tool *tool, const struct mg_opt *o, const char *value)
{
	struct mg_near near = mg_near_begin(mg_strz(value));
	struct mg_str  rest = mg_strz(o->arg), word;
	struct mg_buf  b = { 0 };
	int            rc;

	while (rest.n) {
		mg_str_cut(rest, '|', &word, &rest);
		if (mg_str_eq(word, mg_strz(value))) {
			*(const char **)o->dest = value;
			mg_buf_release(&b);
			return -1;
		}
		mg_near_add_str(&near, word);
		mg_buf_printf(&b, "%s%.*s", !b.n ? "" : rest.n ? ", " : " or ", MG_FMT(word));
	}
	if (near.found.n)
		mg_buf_printf(&b, "; did you mean '%.*s'?", MG_FMT(near.found));
	mg_buf_addc(&b, '\0');
	rc = bad_value(tool, o, value, b.p);
	mg_buf_release(&b);
	return rc;
}

/* Store one option; -1 to go on. */
static int take(const struct mg_tool *tool, const struct mg_opt *o, const char *value)
{
	struct mg_list *l = o->dest;
	uint64_t        v;

	switch (o->type) {
	case MG_OPT_FLAG:
		if (o->dest) {
			*(bool *)o->dest = true;
			return -1;
		}
		if (strcmp(o->name, "help") == 0)
			mg_help_print(tool);
		else
			print_version(tool);
		return printed(tool);
	case MG_OPT_TEXT:
	case MG_OPT_OPTTEXT:
		*(const char **)o->dest = value;
		return -1;
	case MG_OPT_WORD:
		return take_word(tool, o, value);
	case MG_OPT_LIST:
		MG_PUSH(l->v, l->n, l->cap, value);
		return -1;
	case MG_OPT_COUNT:
		if (!mg_num_u64(mg_strz(value), &v) || v > LONG_MAX)
			return bad_value(tool, o, value, "a number from 0 up");
		*(long *)o->dest = (long)v;
		return -1;
	default:
		return -1;
	}
}

bool mg_opt_wants_value(const struct mg_opt *o)
{
	return o->type == MG_OPT_TEXT || o->type == MG_OPT_LIST || o->type == MG_OPT_COUNT ||
	       o->type == MG_OPT_WORD;
}

static int long_option(const struct mg_tool *tool, char **argv, int argc, int *i)
{
	const char          *name = argv[*i] + 2, *eq = strchr(name, '='), *value = NULL;
	size_t               n = eq ? (size_t)(eq - name) : strlen(name);
	bool                 ambiguous;
	const struct mg_opt *o = find_long(tool, name, n, &ambiguous);
	char                 word[64];

	snprintf(word, sizeof(word), "%.*s", (int)n, name);
	if (ambiguous)
		return mg_usage_error(tool, "option '--%s' is ambiguous", word);
	if (!o)
		return unknown_option(tool, word);
	if (eq && o->type == MG_OPT_FLAG)
		return mg_usage_error(tool, "option '--%s' takes no value", o->name);
	if (eq)
		value = eq + 1;
	else if (mg_opt_wants_value(o) && *i + 1 >= argc)
		return mg_usage_error(tool, "option '--%s' needs a value", o->name);
	else if (mg_opt_wants_value(o))
		value = argv[++*i];
	else if (o->type == MG_OPT_OPTTEXT)
		value = "";
	return take(tool, o, value);
}

static int short_options(const struct mg_tool *tool, char **argv, int argc, int *i)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		const struct mg_opt *o = find_letter(tool, *p);
		int                  rc;

		if (!o)
			return mg_usage_error(tool, "unknown option '-%c'", *p);
		if (mg_opt_wants_value(o)) {
			if (!p[1] && *i + 1 >= argc)
				return mg_usage_error(tool, "option '-%c' needs a value", *p);
			return take(tool, o, p[1] ? p + 1 : argv[++*i]);
		}
		rc = take(tool, o, o->type == MG_OPT_OPTTEXT ? "" : NULL);
		if (rc >= 0)
			return rc;
	}
	return -1;
}

int mg_opt_parse(const struct mg_tool *tool, int argc, char **argv, char ***operands,
		 int *noperands)
{
	int n = 0;

	if (argc == 2 && strncmp(argv[1], "--completion=", 13) == 0) {
		if (!mg_complete_print(tool, argv[1] + 13))
			return mg_usage_error(tool, "'%s': expected bash, zsh, fish or list", argv[1]);
		return printed(tool);
	}
	for (int i = 1; i < argc; i++) {
		int rc = -1;

		if (strcmp(argv[i], "--") == 0) {
			while (++i < argc)
				argv[n++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[n++] = argv[i];
			continue;
		}
		if (argv[i][1] == '-')
			rc = long_option(tool, argv, argc, &i);
		else
			rc = short_options(tool, argv, argc, &i);
		if (rc >= 0)
			return rc;
	}
	*operands = argv;
	*noperands = n;
	return -1;
}

int mg_opt_stdin(const struct mg_tool *tool, char ***operands, int *noperands)
{
	static char  dash[] = "-";
	static char *only_stdin[] = { dash, NULL };

	if (*noperands > 0)
		return -1;
	if (isatty(STDIN_FILENO))
		return mg_usage_error(tool, "nothing to read: name a file, directory or archive, or "
					    "'-' for standard input");
	*operands = only_stdin;
	*noperands = 1;
	return -1;
}
