/* complete.h - completions of a tool for the shells, made of the option table.
 *
 * Layer:   cli (base)
 * The hidden option --completion=SHELL prints them; `make install` keeps the output where the
 * shell looks for it.
 */
#ifndef MG_CLI_COMPLETE_H
#define MG_CLI_COMPLETE_H

#include "cli/opt.h"

/* To stdout.  shell: bash, zsh, fish, or "list": a line an option, tab-separated: --name, -letter,
 * argument, known words of the value, help.  False: none of these. */
bool mg_complete_print(const struct mg_tool *tool, const char *shell);

#endif
