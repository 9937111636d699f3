/* window.h - --since, --until, --around and --window, the same in every tool.
 *
 * Layer:   cli (base)
 * The window is half-open: since <= t < until.
 */
#ifndef MG_CLI_WINDOW_H
#define MG_CLI_WINDOW_H

#include "base/time.h"
#include "cli/opt.h"

struct mg_window_args {
	const char *since, *until, *around, *width;
};
#define MG_WINDOW_OPTS(w)                                                                    \
	{ MG_OPT_BRIEF, 0, NULL, NULL, "Time window (RFC 3339, \"2026-11-20 03:12\", 03:12, -2h)", NULL }, \
	{ MG_OPT_TEXT, 'S', "since", "TIME", "from TIME on", &(w)->since },                  \
	{ MG_OPT_TEXT, 'U', "until", "TIME", "before TIME", &(w)->until },                   \
	{ MG_OPT_TEXT, 0, "around", "TIME", "TIME plus and minus the window", &(w)->around }, \
	{ MG_OPT_TEXT, 0, "window", "DURATION", "for --around (default 10m)", &(w)->width }

struct mg_window {
	int64_t since_ns, until_ns; /* MG_TIME_NONE: open */
};

static inline bool mg_window_has(const struct mg_window *w, int64_t start, int64_t end)
{
	return (w->since_ns == MG_TIME_NONE || end >= w->since_ns) &&
	       (w->until_ns == MG_TIME_NONE || start < w->until_ns);
}

/* Resolve the arguments.  `last` is the last time in the data, MG_TIME_NONE when it is not
 * known yet.  -1: resolved.  -2: a relative form needs `last`.  Otherwise the exit status to
 * leave with (a message was printed). */
int mg_window_resolve(const struct mg_tool *tool, const struct mg_window_args *a, int64_t last,
		      struct mg_window *out);

#endif
