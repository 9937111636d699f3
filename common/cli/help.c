/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include <stdio.h>

#include "base/buf.h"

#define WIDTH 98

/* "-S, --since=TIME", "-n N", "--slow[=N]" */
static void add_name(struct mg_buf *b, const struct mg_opt *o)
{
	if (o->letter)
		mg_buf_printf(b, "-%c%s", o->letter, o->name ? ", " : "");
	if (o->name)
		mg_buf_printf(b, "--%s", o->name);
	if (o->arg && o->type == MG_OPT_OPTTEXT)
		mg_buf_printf(b, "[=%s]", o->arg);
	else if (o->arg)
		mg_buf_printf(b, "%s%s", o->name ? "=" : " ", o->arg);
}

static void print_line(const struct mg_opt *o)
{
	struct mg_buf b = { 0 };

	mg_buf_addz(&b, o->letter ? "  " : "      ");
	add_name(&b, o);
	printf("%-29.*s %s\n", (int)b.n, b.p, o->help);
	mg_buf_release(&b);
}

/* The names of the options up to the next heading, as many a line as fit. */
static const struct mg_opt *print_names(const struct mg_opt *o)
{
	struct mg_buf b = { 0 };
	size_t        column = 0;

	for (; o->type > MG_OPT_BRIEF; o++) {
		if (!o->help)
			continue;
		mg_buf_clear(&b);
		add_name(&b, o);
		if (column && column + 2 + b.n > WIDTH) {
			printf("\n");
			column = 0;
		}
		printf("  %.*s", (int)b.n, b.p);
		column += 2 + b.n;
	}
	printf("\n");
	mg_buf_release(&b);
	return o;
}

void mg_help_print(const struct mg_tool *tool)
{
	const struct mg_opt *o = tool->opts;

	printf("%s - %s\n\nUsage: %s %s\n", tool->name, tool->summary, tool->name, tool->usage);
	if (tool->examples)
		printf("\nExamples:\n%s", tool->examples);
	if (o->type > MG_OPT_BRIEF)
		printf("\nOptions:\n");
	while (o->type != MG_OPT_END) {
		if (o->type == MG_OPT_HEAD || o->type == MG_OPT_BRIEF)
			printf("\n%s:\n", o->help);
		else if (o->help)
			print_line(o);
		if (o->type == MG_OPT_BRIEF)
			o = print_names(o + 1);
		else
			o++;
	}
	printf("\nExit status: 0 done, 1 --fail-on reached, 2 wrong usage or nothing readable,\n"
	       "3 done but some input was damaged, 4 output could not be written.\n");
}
