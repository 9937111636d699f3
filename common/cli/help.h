/* help.h - the text of --help, made of the option table.
 *
 * Layer:   cli (base)
 */
#ifndef MG_CLI_HELP_H
#define MG_CLI_HELP_H

#include "cli/opt.h"

/* To stdout: usage, examples, a line an option; options below an MG_OPT_BRIEF heading are only
 * named, so that the whole fits one screen (mg(7) and the tool's page describe them). */
void mg_help_print(const struct mg_tool *tool);

#endif
