/* window.h - the time options that all tools share: --since, --until, --around, --window.
 *
 * Layer: cli (base)
 * Times are what mg_time_parse_when takes; some count from the last event of the data, so
 * they can only be resolved when that is known.
 */
#ifndef MG_CLI_WINDOW_H
#define MG_CLI_WINDOW_H

#include "base/time.h"
#include "cli/opt.h"

struct mg_window {
	const char *since, *until, *around, *window; /* as given; NULL: not given */
};
#define MG_WINDOW_OPTS(w)                                                                     \
	{ MG_OPT_TEXT, 'S', "since", "TIME", "from TIME on; -2h is 2 h before the last event", \
	  &(w)->since },                                                                      \
	{ MG_OPT_TEXT, 'U', "until", "TIME", "before TIME", &(w)->until },                    \
	{ MG_OPT_TEXT, 0, "around", "TIME", "around TIME, half of the window before it",      \
	  &(w)->around },                                                                     \
	{ MG_OPT_TEXT, 0, "window", "DURATION", "with --around: this long in all (default 10m)", \
	  &(w)->window }

/* Does any of them count from the last event? */
bool mg_window_needs_last(const struct mg_window *w);
/* The half-open interval they mean; MG_TIME_NONE: no bound.  `last` may be MG_TIME_NONE when
 * mg_window_needs_last says no.  Returns -1 to go on, or MG_EXIT_USAGE after saying why. */
int  mg_window_resolve(const struct mg_tool *tool, const struct mg_window *w, int64_t last,
		       int64_t *since, int64_t *until);

#endif
