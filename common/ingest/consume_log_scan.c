/* SPDX-License-Identifier: Apache-2.0 */
/* Most lines of a log say nothing to a question about its messages: they are of no interest by
 * their severity, or hold none of the literals that a match must hold.  Such a line still moves
 * the clock and counts, nothing more, so that a run of them is as good as its first, last,
 * earliest and latest stamp.  Finding the runs needs no other block, so it is done ahead, on
 * any thread; only the lines between them are then read in order. */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/consume_log.h"
#include "parse/klog_head.h"

/* So many lines without a single header of klog at their start stand in envelopes: nothing is
 * to be passed over. */
#define ENVELOPED 200

/* Plain lines of one day, then a line to be read.  Offsets in the block. */
struct run {
	uint32_t lines;
	uint32_t first, last, low, high; /* lines, by place and by stamp */
	bool     trace;                  /* one of them begins a Trace, which tells the year */
	uint32_t at, n;                  /* the line behind them; at == MG_NONE: none */
	uint32_t msg;                    /* where its message begins in it, 0: not known */
};

struct mg_log_scan {
	struct run *v;
	size_t      n, cap;
};

struct scanner {
	const char               *p, *end;
	const struct mg_log_hook *hook;
	const char               *hit; /* the next literal; `end`: none */
	struct mg_klog_day        day;
	struct run                open;
	bool                      headed; /* a line began with klog's header */
};

static uint32_t offset(const struct mg_block *b, const char *p)
{
	return (uint32_t)(p - b->p);
}

static bool asks_all(const struct mg_log_hook *h)
{
	return !h->messages_only || (!h->severe && !(h->literals && h->literals->n));
}

/* Is a message of this line of no interest, whatever it says? */
static bool passed_over(struct scanner *s, const char *line, const char *eol)
{
	if (s->hook->severe && *line == 'I')
		return true;
	if (!s->hit)
		return false;
	if (s->hit < line)
		s->hit = mg_literals_find(s->hook->literals, line, s->end);
	if (!s->hit)
		s->hit = s->end;
	return s->hit >= eol;
}

static void close_run(struct mg_log_scan *r, struct scanner *s, uint32_t at, uint32_t n, size_t msg)
{
	s->open.at = at;
	s->open.n = n;
	s->open.msg = (uint32_t)msg;
	MG_PUSH(r->v, r->n, r->cap, s->open);
	s->open.lines = 0;
	s->open.trace = false;
}

static void add_plain(struct mg_log_scan *r, struct scanner *s, const struct mg_block *b,
		      const char *line, const char *msg)
{
	struct run *o = &s->open;
	uint32_t    at = offset(b, line);

	if (o->lines && memcmp(b->p + o->last + 1, line + 1, 4) != 0)
		close_run(r, s, MG_NONE, 0, 0); /* another day */
	if (o->lines++ == 0) {
		o->first = o->low = o->high = at;
	} else if (mg_klog_head_cmp(line, b->p + o->high) > 0) {
		o->high = at;
	} else if (mg_klog_head_cmp(line, b->p + o->low) < 0) {
		o->low = at;
	}
	o->last = at;
	o->trace |= memcmp(msg, "Trac", 4) == 0;
}

/* A byte that unwrapping takes out or changes may stand inside a literal. */
static bool is_clean(const struct mg_block *b)
{
	return !memchr(b->p, '\0', b->n) && !memchr(b->p, '\033', b->n);
}

void mg_log_scan_free(struct mg_log_scan *r)
{
	if (r)
		free(r->v);
	free(r);
}

void *mg_log_prepare(const struct mg_log *log, const struct mg_block *b)
{
	struct mg_log_scan *r;
	struct scanner      s = { .p = b->p, .end = b->p + b->n, .hook = &log->hook };
	bool                literals = log->hook.literals && log->hook.literals->n;

	if (asks_all(&log->hook) || b->n >= MG_NONE || (literals && !is_clean(b)))
		return NULL;
	r = mg_zalloc(sizeof(*r));
	if (literals) {
		s.hit = mg_literals_find(log->hook.literals, s.p, s.end);
		s.hit = s.hit ? s.hit : s.end;
	}
	while (s.p < s.end) {
		const char *line = s.p, *eol = memchr(line, '\n', (size_t)(s.end - line));
		size_t      msg = 0;

		eol = eol ? eol : s.end;
		s.p = eol + (eol < s.end);
		if (s.end - line >= MG_KLOG_HEAD_ROOM)
			msg = mg_klog_head(line, &s.day);
		if (msg > (size_t)(eol - line))
			msg = 0;
		s.headed |= msg != 0;
		if (msg && passed_over(&s, line, eol))
			add_plain(r, &s, b, line, line + msg);
		else
			close_run(r, &s, offset(b, line), (uint32_t)(eol - line), msg);
		if (r->n == ENVELOPED && !s.headed) {
			mg_log_scan_free(r);
			return NULL;
		}
	}
	if (s.open.lines)
		close_run(r, &s, MG_NONE, 0, 0);
	return r;
}

/* --- in order --------------------------------------------------------------------- */

/* Lines that could tell the component or the year are read after all. */
static void read_run(struct mg_log *s, const struct mg_block *b, const struct run *x)
{
	struct mg_str line, rest = mg_str(b->p + x->first, b->n - x->first);

	for (uint32_t i = 0; i < x->lines; i++) {
		mg_str_cut(rest, '\n', &line, &rest);
		mg_log_physical(s, line);
	}
}

static void pass(struct mg_log *s, const struct mg_block *b, const struct run *x)
{
	struct mg_leaf_stats *st = &s->out->stats;

	if (!s->src.component.n || (x->trace && s->ref_ns == MG_TIME_NONE)) {
		read_run(s, b, x);
		return;
	}
	st->lines += x->lines;
	st->records += x->lines;
	s->lineno += x->lines;
	mg_log_time_run(s, mg_klog_head_ns(b->p + x->first), mg_klog_head_ns(b->p + x->low),
			mg_klog_head_ns(b->p + x->high), mg_klog_head_ns(b->p + x->last));
}

/* A line whose header is known and that stands for itself needs no unwrapping. */
static bool known(const struct mg_log *s, const struct run *x, struct mg_str line)
{
	return x->msg && s->unwrap.last.kind == MG_ENVELOPE_NONE && s->src.component.n &&
	       !memchr(line.p, '\0', line.n) && !memchr(line.p, '\033', line.n);
}

void mg_log_scanned(struct mg_log *s, const struct mg_block *b, struct mg_log_scan *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct run *x = &r->v[i];
		struct mg_str     line = mg_str(b->p + x->at, x->n);

		if (x->lines)
			pass(s, b, x);
		if (x->at == MG_NONE)
			continue;
		if (b->offset == 0 && x->at == 0 && mg_str_starts(line, MG_STR("\xef\xbb\xbf")))
			line = mg_str_from(line, 3);
		if (known(s, x, line))
			mg_log_headed(s, line, x->msg);
		else
			mg_log_physical(s, line);
	}
}
