/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals with a bar each on one clock.  The clock's ends are known at the end only: lines
 * are made as events come, bars are put before them afterwards. */
#include <stdlib.h>

#include "base/mem.h"
#include "render/text.h"
#include "render/timeline_internal.h"

#define COLUMNS 40

struct bar {
	int64_t start, end;
	size_t  text, len; /* of its line in `lines` */
};

struct mg_timeline_bars {
	struct bar   *v;
	size_t        n, cap;
	struct mg_buf lines;
};

void mg_timeline_bars_begin(struct mg_timeline *t)
{
	t->bars = mg_zalloc(sizeof(*t->bars));
	if (t->text.width > COLUMNS + 3)
		t->text.width -= COLUMNS + 3;
}

/* mg_event_text puts a line before the first event of a day: the bar goes to the event's. */
void mg_timeline_bars_add(struct mg_timeline *t, const struct mg_event *e, struct mg_str path)
{
	struct mg_timeline_bars *bars = t->bars;

	if (bars->n == bars->cap) {
		bars->cap = bars->cap ? bars->cap * 2 : 256;
		bars->v = mg_realloc(bars->v, bars->cap, sizeof(*bars->v));
	}
	bars->v[bars->n] = (struct bar){ e->time_ns, mg_event_end(e), bars->lines.n, 0 };
	mg_event_text(&bars->lines, &t->text, e, path);
	bars->v[bars->n].len = bars->lines.n - bars->v[bars->n].text;
	bars->n++;
}

static size_t column_of(int64_t ns, int64_t first, int64_t last)
{
	double span = (double)last - (double)first;
	double at = span > 0 ? ((double)ns - (double)first) / span * COLUMNS : 0;

	return at < COLUMNS ? (size_t)at : COLUMNS - 1;
}

static void put_bar(struct mg_buf *b, const struct bar *v, int64_t first, int64_t last)
{
	size_t from = COLUMNS, to = 0;

	if (v->start != MG_TIME_NONE) {
		from = column_of(v->start, first, last);
		to = column_of(v->end, first, last);
	}
	mg_buf_addc(b, '|');
	for (size_t i = 0; i < COLUMNS; i++)
		mg_buf_addc(b, i < from || i > to ? ' ' : '=');
	mg_buf_addz(b, "| ");
}

/* The line, and a bar before its last: the first may be that of a new day. */
static void put_line(struct mg_buf *b, const struct mg_timeline_bars *bars, const struct bar *v,
		     int64_t first, int64_t last)
{
	const char *p = bars->lines.p + v->text;
	size_t      cut = v->len - 1;

	while (cut && p[cut - 1] != '\n')
		cut--;
	mg_buf_add(b, mg_str(p, cut));
	put_bar(b, v, first, last);
	mg_buf_add(b, mg_str(p + cut, v->len - cut));
}

void mg_timeline_bars_end(struct mg_timeline *t)
{
	struct mg_timeline_bars *bars = t->bars;
	struct mg_buf            b = { 0 };
	int64_t                  first = INT64_MAX, last = INT64_MIN;
	char                     from[40], to[40], step[24];

	for (size_t i = 0; i < bars->n; i++) {
		if (bars->v[i].start == MG_TIME_NONE)
			continue;
		if (bars->v[i].start < first)
			first = bars->v[i].start;
		if (bars->v[i].end > last)
			last = bars->v[i].end;
	}
	if (first <= last)
		mg_buf_printf(&b, "# bars from %s to %s, a column is %s\n",
			      mg_time_format(first, 0, from, sizeof(from)),
			      mg_time_format(last, 0, to, sizeof(to)),
			      mg_duration_text(last / COLUMNS - first / COLUMNS, step, sizeof(step)));
	for (size_t i = 0; i < bars->n; i++)
		put_line(&b, bars, &bars->v[i], first, last);
	mg_out_add(t->out, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_buf_release(&bars->lines);
	free(bars->v);
	free(bars);
	t->bars = NULL;
}
