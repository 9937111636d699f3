/* opt.h - one option table a tool: parsing, --help and the shared options all come from it.
 *
 * Layer: cli (base)
 */
#ifndef MG_CLI_OPT_H
#define MG_CLI_OPT_H

#include "base/str.h"

enum mg_opt_type {
	MG_OPT_END = 0,
	MG_OPT_HEAD,  /* `help` is a heading in --help                        */
	MG_OPT_BRIEF, /* likewise; what follows it is only named in --help    */
	MG_OPT_FLAG,  /* dest: bool *                                         */
	MG_OPT_TEXT,  /* dest: const char ** (the last one given wins)        */
	MG_OPT_LIST,  /* dest: struct mg_list * (repeatable, not split)       */
	MG_OPT_COUNT, /* dest: long *; a number >= 0                          */
	MG_OPT_WORD,  /* dest: const char **; one of the words of `arg`: "text|json" */
	MG_OPT_OPTTEXT, /* like TEXT, the value may be left out: --x or --x=V; then "" */
};

struct mg_list {
	const char **v;
	size_t       n, cap;
};

struct mg_opt {
	enum mg_opt_type type;
	char             letter; /* 0: none */
	const char      *name;   /* without "--" */
	const char      *arg;    /* name of the value in --help, "KIND,..." is a list */
	const char      *help;   /* one line, lower case, no full stop; NULL: an older name, which
				    only the parser knows */
	void            *dest;
};

/* The words that the value of an option is made of, where they are too many for `arg`: for
 * completions, and to say what was meant. */
struct mg_opt_values {
	const char *option;             /* without "--"; NULL ends the table */
	const char *(*word)(size_t i);  /* NULL: there are no more           */
};

struct mg_tool {
	const char          *name;     /* "mgcorrelate" */
	const char          *summary;  /* one line */
	const char          *usage;    /* "[options] [file | directory | archive | -]..." */
	const char          *examples; /* lines, each "  command\n" */
	const struct mg_opt *opts;     /* ended by MG_OPT_END */
	const struct mg_opt_values *values; /* may be NULL */
};

/* Options every tool has; put MG_COMMON_OPTS(&c) at the end of the table. */
struct mg_common {
	bool        quiet, verbose;
	const char *color, *progress; /* auto, always, never */
	long        threads;          /* 0: all processors */
	struct mg_list limits;        /* "depth=8" … */
};
#define MG_COMMON_OPTS(c)                                                                    \
	{ MG_OPT_BRIEF, 0, NULL, NULL, "In all tools (see mg(7))", NULL },                   \
	{ MG_OPT_COUNT, 'j', "threads", "N", "worker threads (default: all processors)",     \
	  &(c)->threads },                                                                   \
	{ MG_OPT_LIST, 0, "limit", "WHAT=N", "set limits: depth, members, member-size, ratio", \
	  &(c)->limits },                                                                    \
	{ MG_OPT_WORD, 0, "color", "auto|always|never", "colours (NO_COLOR is honoured)",    \
	  &(c)->color },                                                                     \
	{ MG_OPT_WORD, 0, "progress", "auto|always|never", "progress on stderr", &(c)->progress }, \
	{ MG_OPT_FLAG, 'q', "quiet", NULL, "no notes on stderr", &(c)->quiet },              \
	{ MG_OPT_FLAG, 'v', "verbose", NULL, "say what was decided and why", &(c)->verbose }, \
	{ MG_OPT_FLAG, 'h', "help", NULL, "show this help", NULL },                          \
	{ MG_OPT_FLAG, 0, "version", NULL, "show version and features", NULL },              \
	{ MG_OPT_END, 0, NULL, NULL, NULL, NULL }

/* Exit status: interface, see docs/man/mg.7. */
enum mg_exit {
	MG_EXIT_OK = 0,
	MG_EXIT_FOUND = 1,   /* --fail-on was reached             */
	MG_EXIT_USAGE = 2,   /* wrong usage, or nothing readable  */
	MG_EXIT_DAMAGED = 3, /* done, but some input was damaged  */
	MG_EXIT_OUTPUT = 4,  /* output could not be written       */
};

/* Parse; operands are left in argv[0..*noperands).  Options may follow operands; "--" ends
 * them; long options may be cut short while unambiguous.  Returns -1 to go on, or the exit
 * status to leave with (--help and --version printed to stdout, errors to stderr). */
int mg_opt_parse(const struct mg_tool *tool, int argc, char **argv, char ***operands,
		 int *noperands);
/* No operand: standard input, unless it is a terminal (wrong usage).  -1 to go on. */
int mg_opt_stdin(const struct mg_tool *tool, char ***operands, int *noperands);
void mg_list_release(struct mg_list *l);
/* Does the option need a value, which may be the next word? */
bool mg_opt_wants_value(const struct mg_opt *o);
/* Say that `option` has no such `what` ("kind"), and which of its tool->values may be meant;
 * returns MG_EXIT_USAGE. */
int mg_opt_no_such(const struct mg_tool *tool, const char *option, struct mg_str value,
		   const char *what);

/* "name: message" on stderr; never cut. */
void mg_say(const struct mg_tool *tool, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* One hint line for wrong usage; returns MG_EXIT_USAGE. */
int mg_usage_error(const struct mg_tool *tool, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Should `fd` be coloured?  choice: auto, always, never or NULL. */
bool mg_color_wanted(const char *choice, int fd);
/* Columns of the terminal `fd`; 0 when it is none: nothing is cut then. */
size_t mg_terminal_width(int fd);

#define MG_VERSION "0.1.0"

#endif
