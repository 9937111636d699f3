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
	struct mg_audit_tally http, http_yearless;
};

struct asking {
	void                         *log;
	const struct mg_source       *src;
	const struct mg_log_ask      *q;
	struct mg_log_matcher        *matcher; /* of q->match */
	struct answer                *a;
};

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

/* Does [start, end] overlap the window?  Events are cut to it in the same way. */
static bool wanted(const struct mg_source *src, int64_t start, int64_t end,
		   enum mg_time_source how)
{
	int64_t to = mg_log_dated(src, end, how);

	if (!src->windowed)
		return true;
	if (to == MG_TIME_NONE)
		return false;
	return (src->since_ns == MG_TIME_NONE || to >= src->since_ns) &&
	       (src->until_ns == MG_TIME_NONE || start + (to - end) < src->until_ns);
}

static void on_message(void *ctx, const struct mg_log_line *x)
{
	struct asking         *r = ctx;
	char                   buf[4096];
	struct mg_logtop_line  l = { .severity = mg_klog_severity(x->k.severity),
				     .component = x->src->component,
				     .time_ns = x->l.time_ns,
				     .artifact = x->src->artifact, .line = x->l.lineno };

	if ((l.severity < r->q->top.least && !r->q->totals) ||
	    !wanted(r->src, x->l.time_ns, x->l.time_ns, x->l.time_source))
		return;
	if (r->matcher && !mg_log_matches(r->matcher, mg_log_subject(x)))
		return;
	if (x->l.time_source == MG_TIME_BOOT || x->l.time_source == MG_TIME_UNKNOWN)
		l.time_ns = MG_TIME_NONE;
	l.message = text_of(&x->k, buf, sizeof(buf));
	mg_logtop_add(x->l.time_source == MG_TIME_YEARLESS ? &r->a->yearless : &r->a->top, &l);
}

static bool trace_matches(struct mg_log_matcher *m, const struct mg_trace *t)
{
	if (mg_log_matches(m, t->name) || mg_log_matches(m, t->fields))
		return true;
	for (uint32_t i = 0; i < t->nsteps; i++)
		if (mg_log_matches(m, t->steps[i].msg) || mg_log_matches(m, t->steps[i].fields))
			return true;
	return false;
}

static void on_trace(void *ctx, const struct mg_trace *t, const struct mg_event *e)
{
	struct asking      *r = ctx;
	int64_t             start = e ? e->time_ns : t->logged_ns;
	int64_t             end = e ? mg_event_end(e) : start;
	enum mg_time_source how = e ? e->time_source : (enum mg_time_source)t->logged_how;

	if ((e ? e->severity : MG_SEV_INFO) < r->q->least ||
	    (r->matcher && !trace_matches(r->matcher, t)))
		return;
	if (wanted(r->src, start, end, how))
		mg_tracetop_add(&r->a->traces, t, e);
}

static void on_request(void *ctx, const struct mg_log_line *x, const struct mg_request *q,
		       enum mg_severity severity)
{
	static const struct mg_audit no_event; /* a log line has only what the request has */
	struct asking         *r = ctx;
	bool                   yearless = x->l.time_source == MG_TIME_YEARLESS;
	struct mg_audit_tally *t = yearless ? &r->a->http_yearless : &r->a->http;
	int64_t                end = q->end_ns < q->start_ns ? q->start_ns : q->end_ns;

	if (severity < r->q->least || !wanted(r->src, q->start_ns, end, x->l.time_source) ||
	    (r->matcher && !mg_log_matches(r->matcher, mg_log_subject(x))))
		return;
	mg_audit_tally_add(t, r->q->requests, &no_event, q, x->l.text, x->src);
	mg_audit_groups_settle(&t->groups); /* the texts are those of this line alone */
}

static void *ask_open(const struct mg_source *src)
{
	struct asking           *r = mg_zalloc(sizeof(*r));
	const struct mg_log_ask *q = src->ctx;
	struct mg_log_hook       hook = { .ctx = r, .severe = q->top.least >= MG_SEV_WARNING && !q->totals,
					  .message = q->messages ? on_message : NULL,
					  .trace = q->want_traces ? on_trace : NULL,
					  .request = q->requests ? on_request : NULL,
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
	mg_audit_tally_init(&r->a->http);
	mg_audit_tally_init(&r->a->http_yearless);
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

static void release_yearless(struct mg_log_yearless *y)
{
	mg_logtop_release(&y->top);
	mg_audit_tally_release(&y->http);
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
	mg_audit_tally_init(&q->http);
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
	if (q->requests)
		mg_audit_tally_merge(&q->http, q->requests, &a->http);
	y = (struct mg_log_yearless){ a->artifact, a->component, a->yearless, a->http_yearless };
	if (y.top.lines || y.http.count)
		MG_PUSH(q->yearless, q->nyearless, q->yearless_cap, y);
	else
		release_yearless(&y);
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

		if (reference != MG_TIME_NONE) {
			mg_logtop_move(&y->top, to_year, &reference);
			mg_audit_tally_move(&y->http, to_year, &reference);
		}
		mg_logtop_merge(&q->top, &y->top, y->component);
		if (q->requests)
			mg_audit_tally_merge(&q->http, q->requests, &y->http);
		release_yearless(y);
	}
	if (q->requests)
		mg_audit_groups_finish(&q->http.groups, &q->requests->by);
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
	mg_audit_tally_init(&q->http);
}

void mg_log_ask_release(struct mg_log_ask *q)
{
	mg_logtop_release(&q->top);
	mg_tracetop_release(&q->traces);
	mg_audit_tally_release(&q->http);
	for (size_t i = 0; i < q->nyearless; i++)
		release_yearless(&q->yearless[i]);
	free(q->yearless);
	q->yearless = NULL;
	q->nyearless = q->yearless_cap = 0;
}
