/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/opt.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/mem.h"
#include "base/num.h"

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

static void print_option(const struct mg_opt *o)
{
	char left[64];
	int  n = 0;

	if (o->letter && o->name)
		n = snprintf(left, sizeof(left), "  -%c, --%s", o->letter, o->name);
	else if (o->letter)
		n = snprintf(left, sizeof(left), "  -%c", o->letter);
	else
		n = snprintf(left, sizeof(left), "      --%s", o->name);
	if (o->arg)
		snprintf(left + n, sizeof(left) - (size_t)n,
			 o->type == MG_OPT_OPTTEXT ? "[=%s]" : o->name ? "=%s" : " %s", o->arg);
	printf("%-29s %s\n", left, o->help);
}

static void print_help(const struct mg_tool *tool)
{
	printf("%s - %s\n\nUsage: %s %s\n", tool->name, tool->summary, tool->name, tool->usage);
	if (tool->examples)
		printf("\nExamples:\n%s", tool->examples);
	if (tool->opts->type != MG_OPT_HEAD)
		printf("\nOptions:\n");
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++) {
		if (o->type == MG_OPT_HEAD)
			printf("\n%s:\n", o->help);
		else
			print_option(o);
	}
	printf("\nExit status: 0 done, 1 --fail-on reached, 2 wrong usage or nothing readable,\n"
	       "3 done but some input was damaged, 4 output could not be written.\n");
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

/* Edits to turn `a` into `b`, small strings only. */
static size_t distance(const char *a, const char *b)
{
	size_t d[32][32], n = strlen(a), m = strlen(b);

	if (n > 31 || m > 31)
		return 64;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			size_t cost, best;

			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			cost = a[i - 1] != b[j - 1];
			best = d[i - 1][j - 1] + cost;
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1; /* two letters swapped */
			d[i][j] = best;
		}
	return d[n][m];
}

static int unknown_option(const struct mg_tool *tool, const char *name)
{
	const struct mg_opt *best = NULL;
	size_t               least = strlen(name) / 2 + 1; /* of half the letters, not "--x" */

	if (least > 4)
		least = 4;
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++) {
		size_t d = o->name ? distance(name, o->name) : 64;

		if (d < least)
			least = d, best = o;
	}
	if (best)
		return mg_usage_error(tool, "unknown option '--%s'; did you mean '--%s'?", name,
				      best->name);
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
		if (o->letter == c && o->type != MG_OPT_HEAD)
			return o;
	return NULL;
}

static int bad_value(const struct mg_tool *tool, const struct mg_opt *o, const char *value,
		     const char *expected)
{
	if (o->name)
		return mg_usage_error(tool, "'--%s=%s': expected %s", o->name, value, expected);
	return mg_usage_error(tool, "'-%c %s': expected %s", o->letter, value, expected);
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
			print_help(tool);
		else
			print_version(tool);
		return printed(tool);
	case MG_OPT_TEXT:
	case MG_OPT_OPTTEXT:
		*(const char **)o->dest = value;
		return -1;
	case MG_OPT_WHEN:
		if (strcmp(value, "auto") != 0 && strcmp(value, "always") != 0 &&
		    strcmp(value, "never") != 0)
			return bad_value(tool, o, value, "auto, always or never");
		*(const char **)o->dest = value;
		return -1;
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

static bool wants_value(const struct mg_opt *o)
{
	return o->type == MG_OPT_TEXT || o->type == MG_OPT_LIST || o->type == MG_OPT_COUNT ||
	       o->type == MG_OPT_WHEN;
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
	else if (wants_value(o) && *i + 1 >= argc)
		return mg_usage_error(tool, "option '--%s' needs a value", o->name);
	else if (wants_value(o))
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
		if (wants_value(o)) {
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
	int          n = 0;

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
