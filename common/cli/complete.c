/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* An option that a user sees; no heading, no older name. */
static bool shown(const struct mg_opt *o)
{
	return o->type > MG_OPT_BRIEF && o->help;
}

/* Several values, separated by commas? */
static bool is_list(const struct mg_opt *o)
{
	return o->arg && (strstr(o->arg, ",...") || strcmp(o->arg, "LIST") == 0);
}

static bool is_path(const struct mg_opt *o)
{
	return o->arg && (strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0 ||
			  strcmp(o->arg, "INPUT") == 0);
}

/* The words that the option's value may be, with a space between; empty: unknown. */
static struct mg_str words(const struct mg_tool *tool, const struct mg_opt *o, struct mg_buf *b)
{
	const char *word;

	mg_buf_clear(b);
	for (const char *p = o->type == MG_OPT_WORD ? o->arg : ""; *p; p++)
		mg_buf_addc(b, *p == '|' ? ' ' : *p);
	for (const struct mg_opt_values *v = tool->values; v && v->option; v++)
		for (size_t i = 0; o->name && strcmp(v->option, o->name) == 0 &&
				   (word = v->word(i)) != NULL; i++)
			mg_buf_printf(b, "%s%s", b->n ? " " : "", word);
	return mg_buf_str(b);
}

static void print_list(const struct mg_tool *tool, struct mg_buf *b)
{
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++) {
		if (!shown(o))
			continue;
		printf("%s%s\t%c\t%s\t", o->name ? "--" : "", o->name ? o->name : "",
		       o->letter ? o->letter : '-', o->arg ? o->arg : "");
		printf("%.*s\t%s\n", MG_FMT(words(tool, o, b)), o->help);
	}
}

/* --- bash ------------------------------------------------------------------------------- */

/* bash cuts words at '=', which is why "--format=te" comes as three of them. */
static const char bash_head[] =
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} opt=${COMP_WORDS[COMP_CWORD-1]} words= list= pre=\n"
	"\tif [[ $cur == = ]]; then\n"
	"\t\tcur=\n"
	"\telif [[ $opt == = ]]; then\n"
	"\t\topt=${COMP_WORDS[COMP_CWORD-2]}\n"
	"\telif [[ $cur == -* ]]; then\n"
	"\t\topt=\n"
	"\tfi\n"
	"\tcase $opt in\n";
static const char bash_tail[] =
	"\tesac\n"
	"\tif [[ $words ]]; then\n"
	"\t\t[[ $list && $cur == *,* ]] && pre=${cur%,*},\n"
	"\t\tCOMPREPLY=($(compgen -P \"$pre\" -W \"$words\" -- \"${cur##*,}\"))\n"
	"\telif [[ $cur == -* ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	"\t\t[[ ${COMPREPLY-} == *= ]] && compopt -o nospace\n"
	"\tfi\n"
	"}\n";

static void print_bash(const struct mg_tool *tool, struct mg_buf *b)
{
	printf("# bash completion of %s, made of its options by --completion=bash\n_%s()\n{\n",
	       tool->name, tool->name);
	printf("\tlocal options='");
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++)
		if (shown(o) && o->name)
			printf("--%s%s ", o->name, mg_opt_wants_value(o) ? "=" : "");
		else if (shown(o))
			printf("-%c ", o->letter);
	printf("'\n%s", bash_head);
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++) {
		if (!shown(o) || !words(tool, o, b).n)
			continue;
		if (o->letter)
			printf("\t-%c|--%s) ", o->letter, o->name);
		else
			printf("\t--%s) ", o->name);
		printf("words='%.*s'%s ;;\n", MG_FMT(mg_buf_str(b)), is_list(o) ? " list=1" : "");
	}
	printf("%scomplete -o default -o bashdefault -F _%s %s\n", bash_tail, tool->name, tool->name);
}

/* --- zsh -------------------------------------------------------------------------------- */

/* Text inside '...[text]': brackets and colons are its own signs, a quote ends it. */
static void zsh_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\'");
		else if (strchr("[]:\\", *text))
			putchar('\\');
		putchar(*text);
	}
}

static void zsh_option(const struct mg_tool *tool, const struct mg_opt *o, struct mg_buf *b)
{
	const char *eq = !o->arg ? "" : o->type == MG_OPT_OPTTEXT ? "=-" : "=";

	printf("\t'%s", o->type == MG_OPT_LIST ? "*" : "");
	if (o->letter && o->name)
		printf("'{-%c%s,--%s%s}'", o->letter, o->arg && o->type != MG_OPT_OPTTEXT ? "+" : "",
		       o->name, eq);
	else if (o->name)
		printf("--%s%s", o->name, eq);
	else
		printf("-%c%s", o->letter, o->arg ? "+" : "");
	putchar('[');
	zsh_text(o->help);
	putchar(']');
	if (o->arg) {
		printf("%s", o->type == MG_OPT_OPTTEXT ? "::" : ":");
		zsh_text(o->arg);
		putchar(':');
		if (words(tool, o, b).n && is_list(o))
			printf("_sequence compadd - %.*s", MG_FMT(mg_buf_str(b)));
		else if (b->n)
			printf("(%.*s)", MG_FMT(mg_buf_str(b)));
		else if (is_path(o))
			printf("_files");
		else
			printf(" ");
	}
	printf("' \\\n");
}

static void print_zsh(const struct mg_tool *tool, struct mg_buf *b)
{
	printf("#compdef %s\n# made of the options of %s by --completion=zsh\n_arguments -s -S \\\n",
	       tool->name, tool->name);
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++)
		if (shown(o))
			zsh_option(tool, o, b);
	printf("\t'*:input:_files'\n");
}

/* --- fish ------------------------------------------------------------------------------- */

static void fish_text(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void print_fish(const struct mg_tool *tool, struct mg_buf *b)
{
	printf("# fish completion of %s, made of its options by --completion=fish\n", tool->name);
	for (const struct mg_opt *o = tool->opts; o->type != MG_OPT_END; o++) {
		if (!shown(o))
			continue;
		printf("complete -c %s", tool->name);
		if (o->letter)
			printf(" -s %c", o->letter);
		if (o->name)
			printf(" -l %s", o->name);
		if (mg_opt_wants_value(o))
			printf(is_path(o) ? " -r" : " -x");
		if (words(tool, o, b).n && is_list(o))
			printf(" -a '(__fish_append , %.*s)'", MG_FMT(mg_buf_str(b)));
		else if (b->n)
			printf(" -a '%.*s'", MG_FMT(mg_buf_str(b)));
		printf(" -d ");
		fish_text(o->help);
		printf("\n");
	}
}

bool mg_complete_print(const struct mg_tool *tool, const char *shell)
{
	struct mg_buf b = { 0 };
	bool          known = true;

	if (strcmp(shell, "bash") == 0)
		print_bash(tool, &b);
	else if (strcmp(shell, "zsh") == 0)
		print_zsh(tool, &b);
	else if (strcmp(shell, "fish") == 0)
		print_fish(tool, &b);
	else if (strcmp(shell, "list") == 0)
		print_list(tool, &b);
	else
		known = false;
	mg_buf_release(&b);
	return known;
}
