/* progress.h - one line on stderr that says how far reading has come.
 *
 * Layer:   cli (base)
 * Threads: one progress belongs to one thread
 * Shown only on a terminal unless asked for; rewritten in place at most ten times a second,
 * not before half a second has passed, and wiped at the end, so that no log ever holds it.
 */
#ifndef MG_CLI_PROGRESS_H
#define MG_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mg_progress {
	bool    on, shown;
	int64_t start_ns, last_ns; /* of the monotonic clock */
};

/* choice: auto, always, never or NULL (auto); `quiet` wins over auto. */
void mg_progress_init(struct mg_progress *p, const char *choice, bool quiet);
/* `done` bytes of `total` (-1 unknown).  Has the shape of mg_bundle_opts.progress. */
void mg_progress_show(void *progress, uint64_t done, int64_t total);
void mg_progress_end(struct mg_progress *p);
/* Nanoseconds since init. */
int64_t mg_progress_elapsed(const struct mg_progress *p);

/* The text of the line: "38.2 MiB of 120 MiB (32 %)  210 MiB/s  ETA 0.4 s". */
const char *mg_progress_text(uint64_t done, int64_t total, int64_t elapsed_ns, char *buf,
			     size_t n);

#endif
