/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "base/time.h"

#define EVERY (100 * MG_MS)
#define WIPE  "\r\033[K"

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * MG_SEC + t.tv_nsec;
}

void mg_progress_init(struct mg_progress *p, const char *choice, bool quiet)
{
	*p = (struct mg_progress){ .start_ns = now() };
	p->last_ns = p->start_ns + 4 * EVERY; /* a short run shows nothing */
	if (choice && strcmp(choice, "always") == 0) {
		p->on = true;
		p->last_ns = p->start_ns - EVERY;
	} else if (!choice || strcmp(choice, "auto") == 0) {
		p->on = !quiet && isatty(STDERR_FILENO);
	}
}

const char *mg_progress_text(uint64_t done, int64_t total, int64_t elapsed_ns, char *buf, size_t n)
{
	char   a[32], b[32], r[32], eta[24];
	double rate = elapsed_ns > 0 ? (double)done * 1e9 / (double)elapsed_ns : 0;

	mg_num_bytes_text((double)done, a, sizeof(a));
	mg_num_bytes_text(rate, r, sizeof(r));
	if (total <= 0 || done > (uint64_t)total) {
		snprintf(buf, n, "%s  %s/s", a, r);
		return buf;
	}
	mg_num_bytes_text((double)total, b, sizeof(b));
	if (rate > 0 && ((double)total - (double)done) / rate < 1e6)
		mg_duration_text((int64_t)(((double)total - (double)done) / rate * 1e9), eta,
				 sizeof(eta));
	else
		snprintf(eta, sizeof(eta), "?");
	snprintf(buf, n, "%s of %s (%.0f %%)  %s/s  ETA %s", a, b,
		 100.0 * (double)done / (double)total, r, eta);
	return buf;
}

void mg_progress_show(void *progress, uint64_t done, int64_t total)
{
	struct mg_progress *p = progress;
	int64_t             t;
	char                text[160];

	if (!p->on)
		return;
	t = now();
	if (t - p->last_ns < EVERY)
		return;
	p->last_ns = t;
	p->shown = true;
	fprintf(stderr, WIPE "%s",
		mg_progress_text(done, total, t - p->start_ns, text, sizeof(text)));
	fflush(stderr);
}

void mg_progress_end(struct mg_progress *p)
{
	if (p->shown)
		fputs(WIPE, stderr);
	p->shown = p->on = false;
}

int64_t mg_progress_elapsed(const struct mg_progress *p)
{
	return now() - p->start_ns;
}
