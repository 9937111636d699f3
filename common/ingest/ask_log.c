/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ask_log.h"

#include "analysis/clock.h"
#include "base/mem.h"
#include "ingest/consume_log.h"

/* The answer of one leaf, handed over when it ends. */
struct answer {
	uint32_t           artifact;
	struct mg_str      component; /* of lines that name none; lives in the log's arena */
	struct mg_logtop   top, yearless;
	struct mg_tracetop traces;
};

struct asking {
	void                         *log;
	const struct mg_source       *src;
	const struct mg_log_ask      *q;
	struct mg_log_matcher        *matcher; /* of q->match */
	struct answer                *a;
};

static enum mg_severity severity_of(char letter)
{
	switch (letter) {
	case 'W':
		return MG_SEV_WARNING;
	case 'E':
		return MG_SEV_ERROR;
	case 'F':
		return MG_SEV_CRITICAL;
	default:
		return MG_SEV_INFO;
	}
}

/* The error of a JSON message stands beside it. */
static struct mg_str text_of(const struct mg_klog *k, char *buf, size_t n)
{
	struct mg_str msg = k->msg, err;
	size_t        used;

	if (k->form == MG_KLOG_TEXT)
		return msg;
	err = mg_str_has(k->pairs, MG_STR("\"err")) || k->form != MG_KLOG_JSON
		      ? mg_klog_pair(k, "err") : mg_str(NULL, 0);
	if (!err.p && mg_str_has(k->pairs, MG_STR("error")))
		err = mg_klog_pair(k, "error");
	msg = mg_klog_unquote(msg, buf, n / 2);
	used = msg.n;
	if (msg.p != buf) {
		memcpy(buf, msg.p, used = used < n / 2 ? used : n / 2);
	}
	if (!err.n)
		return mg_str(buf, used);
	memcpy(buf + used, ": ", 2);
	err = mg_klog_unquote(err, buf + used + 2, n / 2 - 2);
	if (err.p != buf + used + 2)
		memcpy(buf + used + 2, err.p, err.n = err.n < n / 2 - 2 ? err.n : n / 2 - 2);
	return mg_str(buf, used + 2 + err.n);
}

/* Is the line inside the window?  Without a year it is taken to be near the window. */
static bool wanted(const struct mg_source *src, const struct mg_line *l)
{
	int64_t t = l->time_ns, bound = src->since_ns != MG_TIME_NONE ? src->since_ns : src->until_ns;

	if (!src->windowed)
		return true;
	if (t == MG_TIME_NONE)
		return false;
	if (l->time_source == MG_TIME_YEARLESS && bound != MG_TIME_NONE)
		t = mg_unwrap_year_near(t, bound);
	return mg_source_wants(src, t);
}

static void on_message(void *ctx, const struct mg_log_line *x)
{
	struct asking         *r = ctx;
	char                   buf[4096];
	struct mg_logtop_line  l = { .severity = severity_of(x->k.severity),
				     .component = x->src->component,
				     .time_ns = x->l.time_ns,
				     .artifact = x->src->artifact, .line = x->l.lineno };

	if ((l.severity < r->q->top.least && !r->q->totals) || !wanted(r->src, &x->l))
		return;
	if (r->matcher && !mg_log_matches(r->matcher, x->k.msg))
		return;
	if (x->l.time_source == MG_TIME_BOOT || x->l.time_source == MG_TIME_UNKNOWN)
		l.time_ns = MG_TIME_NONE;
	l.message = text_of(&x->k, buf, sizeof(buf));
	mg_logtop_add(x->l.time_source == MG_TIME_YEARLESS ? &r->a->yearless : &r->a->top, &l);
}

static void on_trace(void *ctx, const struct mg_trace *t, const struct mg_event *e)
{
	struct asking *r = ctx;
	struct mg_line l = { .time_ns = t->logged_ns,
			     .time_source = (enum mg_time_source)t->logged_how };

	if (r->matcher && !mg_log_matches(r->matcher, t->name) &&
	    !mg_log_matches(r->matcher, t->fields))
		return;
	if (wanted(r->src, &l))
		mg_tracetop_add(&r->a->traces, t, e);
}

static void *ask_open(const struct mg_source *src)
{
	struct asking           *r = mg_zalloc(sizeof(*r));
	const struct mg_log_ask *q = src->ctx;
	struct mg_log_hook       hook = { .ctx = r, .severe = q->top.least >= MG_SEV_WARNING && !q->totals,
					  .message = q->messages ? on_message : NULL,
					  .trace = q->want_traces ? on_trace : NULL,
					  .messages_only = q->messages_only,
					  .literals = q->match ? mg_log_match_literals(q->match)
							       : NULL };

	r->src = src;
	r->q = q;
	r->matcher = q->match ? mg_log_matcher_new(q->match) : NULL;
	r->a = mg_zalloc(sizeof(*r->a));
	r->a->artifact = src->artifact;
	mg_logtop_init(&r->a->top, q->top.bucket_ns, q->top.least);
	mg_logtop_init(&r->a->yearless, q->top.bucket_ns, q->top.least);
	mg_tracetop_init(&r->a->traces, q->traces.keep);
	r->log = mg_consumer_log.open(src);
	mg_log_set_hook(r->log, &hook);
	return r;
}

static void *ask_prepare(const void *state, const struct mg_block *b)
{
	return mg_log_prepare(((const struct asking *)state)->log, b);
}

static void ask_block(void *state, const struct mg_source *src, const struct mg_block *b,
		      struct mg_partial *out)
{
	mg_consumer_log.block(((struct asking *)state)->log, src, b, out);
	mg_log_scan_free(out->prepared);
	out->prepared = NULL;
}

static void ask_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct asking *r = state;

	/* what the file turned out to be holds for its first lines as well */
	r->a->component = ((struct mg_log *)r->log)->src.component;
	out->stats.gave_up += mg_log_matcher_gave_up(r->matcher);
	mg_consumer_log.close(r->log, src, out);
	mg_log_matcher_free(r->matcher);
	out->extra = r->a;
	free(r);
}

static const struct mg_consumer ask_log = { .name = "log-question", .stateful = true,
					    .open = ask_open, .prepare = ask_prepare,
					    .block = ask_block, .close = ask_close };

const struct mg_consumer *mg_log_ask_pick(void *ctx, const struct mg_leaf *leaf)
{
	const struct mg_consumer *k = mg_consumer_of(leaf->kind);

	return k == &mg_consumer_log ? &ask_log : k == &mg_consumer_events ? k : NULL;
}

/* The pass that looks for the last time counted without the window: begin again. */
static void begin_again(struct mg_log_ask *q)
{
	int64_t          bucket = q->top.bucket_ns;
	enum mg_severity least = q->top.least;
	uint32_t         keep = q->traces.keep;

	mg_log_ask_release(q);
	mg_logtop_init(&q->top, bucket, least);
	mg_tracetop_init(&q->traces, keep);
}

void mg_log_ask_fold(void *ctx, struct mg_partial *p)
{
	struct mg_log_ask     *q = ctx;
	struct answer         *a = p->extra;
	struct mg_log_yearless y;

	if (q->opts && q->opts->windowed != q->windowed) {
		begin_again(q);
		q->windowed = q->opts->windowed;
	}
	if (!a)
		return;
	mg_logtop_merge(&q->top, &a->top, a->component);
	mg_logtop_release(&a->top);
	mg_tracetop_merge(&q->traces, &a->traces);
	y = (struct mg_log_yearless){ a->artifact, a->component, a->yearless };
	if (y.top.lines)
		MG_PUSH(q->yearless, q->nyearless, q->yearless_cap, y);
	else
		mg_logtop_release(&y.top);
	free(a);
	p->extra = NULL;
}

/* --- years ------------------------------------------------------------------------ */

static int64_t to_year(const void *ctx, int64_t ns)
{
	const int64_t *reference = ctx;

	return mg_clock_with_year(ns, *reference);
}

void mg_log_ask_finish(struct mg_log_ask *q, const struct mg_case *c)
{
	for (size_t i = 0; i < q->nyearless; i++) {
		struct mg_log_yearless *y = &q->yearless[i];
		int64_t                 reference = mg_clock_reference(c, y->artifact);

		if (reference != MG_TIME_NONE)
			mg_logtop_move(&y->top, to_year, &reference);
		mg_logtop_merge(&q->top, &y->top, y->component);
		mg_logtop_release(&y->top);
	}
	q->nyearless = 0;
	for (uint32_t i = 0; i < q->traces.nslow; i++) {
		struct mg_tracetop_block *b = &q->traces.slow[i];
		int64_t                   reference = mg_clock_reference(c, b->artifact);

		if (b->how == MG_TIME_YEARLESS && reference != MG_TIME_NONE)
			b->start_ns = mg_clock_with_year(b->start_ns, reference);
	}
}

void mg_log_ask_init(struct mg_log_ask *q, int64_t bucket_ns, enum mg_severity least,
		     uint32_t keep)
{
	*q = (struct mg_log_ask){ 0 };
	mg_logtop_init(&q->top, bucket_ns, least);
	mg_tracetop_init(&q->traces, keep);
}

void mg_log_ask_release(struct mg_log_ask *q)
{
	mg_logtop_release(&q->top);
	mg_tracetop_release(&q->traces);
	for (size_t i = 0; i < q->nyearless; i++)
		mg_logtop_release(&q->yearless[i].top);
	free(q->yearless);
	q->yearless = NULL;
	q->nyearless = q->yearless_cap = 0;
}
