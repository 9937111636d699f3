/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "ingest/consume_log.h"

#define LEADER_TOGETHER (5 * MG_SEC) /* "failed to renew" and the exit belong together */

/* --- filling in ------------------------------------------------------------------- */

static struct mg_str copy(struct mg_batch *b, struct mg_str v)
{
	char buf[MG_BATCH_TEXT];

	return v.n ? mg_batch_str(b, mg_klog_unquote(v, buf, sizeof(buf))) : mg_str("", 0);
}

/* The message for people: JSON forms keep the error beside it. */
static struct mg_str message(struct mg_batch *b, const struct mg_klog *k)
{
	struct mg_str err;
	char          text[MG_BATCH_TEXT], why[MG_BATCH_TEXT];

	if (k->form == MG_KLOG_TEXT)
		return mg_batch_str(b, k->msg);
	err = mg_klog_pair(k, "err");
	if (!err.p)
		err = mg_klog_pair(k, "error");
	err = mg_klog_unquote(err, why, sizeof(why));
	return mg_arena_printf(&b->arena, "%.*s%s%.*s",
			       MG_FMT(mg_klog_unquote(k->msg, text, sizeof(text))),
			       err.n ? ": " : "", MG_FMT(err));
}

static void when(struct mg_event *e, const struct mg_line *l, const struct mg_klog_event *v)
{
	e->time_ns = l->time_ns;
	e->time_source = l->time_source;
	if (v && v->time_ns != MG_TIME_NONE) {
		e->time_ns = v->time_ns;
		e->time_source = MG_TIME_EXACT;
	}
	if (v && v->duration_ns >= 0) {
		e->duration_ns = v->duration_ns;
		if (e->time_ns != MG_TIME_NONE)
			e->time_ns -= v->duration_ns;
	}
}

static void where(struct mg_batch *b, struct mg_event *e, const struct mg_log_line *x)
{
	e->artifact = x->src->artifact;
	e->line = x->l.lineno;
	e->component = x->src->component;
	e->node = x->src->node.n ? x->src->node : mg_batch_str(b, x->l.host);
	e->pod = x->src->pod;
}

static void fill(struct mg_batch *b, struct mg_event *e, const struct mg_log_line *x,
		 const struct mg_klog_event *v)
{
	where(b, e, x);
	when(e, &x->l, v);
	e->ns = v->ns.n || v->name.n ? copy(b, v->ns) : x->src->ns;
	e->name = copy(b, v->name);
	e->resource = copy(b, v->resource);
	e->verb = copy(b, v->verb);
	e->audit_id = copy(b, v->audit_id);
	if (v->pod.n)
		e->pod = copy(b, v->pod);
	e->code = v->code;
	e->message = message(b, &x->k);
	for (unsigned i = 0; i < v->nattrs; i++)
		mg_batch_attr(b, e, v->attrs[i].key, copy(b, v->attrs[i].value));
}

static uint64_t key_of(const struct mg_log_line *x, const struct mg_klog_event *v)
{
	uint64_t h = mg_str_hash(x->l.host, (uint64_t)v->kind);

	h = mg_str_hash(x->src->component, h);
	h = mg_str_hash(x->src->pod, h);
	if (v->kind == MG_EV_CLIENT_THROTTLED)
		return h; /* whatever it asked for: the limit is the client's */
	return mg_klog_message_hash(x->k.msg, mg_str_hash(v->name, h));
}

/* --- leader election -------------------------------------------------------------- */

/* The component may become known from one line to the next; the identifier does not change. */
static uint64_t process_key(const struct mg_log_line *x)
{
	return mg_str_hash(x->l.ident, mg_str_hash(x->l.host, 1));
}

static void merge_leader(struct mg_log_held *h, const struct mg_klog_event *v)
{
	struct mg_event *e = &h->batch.ev[0];

	if (v->severity > e->severity)
		e->severity = v->severity;
	if (!e->name.n && v->name.n) {
		e->name = copy(&h->batch, v->name);
		e->ns = copy(&h->batch, v->ns);
	}
	for (unsigned i = 0; i < v->nattrs; i++)
		if (!mg_event_attr(e, v->attrs[i].key).n && e->nattrs < MG_EVENT_ATTRS)
			mg_batch_attr(&h->batch, e, v->attrs[i].key,
				      copy(&h->batch, v->attrs[i].value));
}

static bool together(int64_t a, int64_t b)
{
	if (a == MG_TIME_NONE || b == MG_TIME_NONE)
		return a == b;
	return a > b ? a - b <= LEADER_TOGETHER : b - a <= LEADER_TOGETHER;
}

static void hold(struct mg_log *s, enum mg_log_hold slot, int64_t until, struct mg_log_line *x,
		 const struct mg_klog_event *v)
{
	struct mg_log_held *h = &s->held[slot];

	mg_log_held_flush(s, slot);
	h->key = process_key(x);
	h->until_ns = x->l.time_ns == MG_TIME_NONE ? INT64_MAX : x->l.time_ns + until;
	fill(&h->batch, mg_batch_add(&h->batch, v->kind, v->severity), x, v);
}

static void leader_lost(struct mg_log *s, struct mg_log_line *x, const struct mg_klog_event *v)
{
	struct mg_log_held *h = &s->held[MG_HOLD_LEADER];

	if (h->batch.n && h->key == process_key(x) && together(h->batch.ev[0].time_ns, x->l.time_ns))
		merge_leader(h, v);
	else
		hold(s, MG_HOLD_LEADER, LEADER_TOGETHER, x, v);
}

/* --- panics ----------------------------------------------------------------------- */

static void begin_stack(struct mg_log *s, struct mg_log_line *x, const struct mg_klog_event *v)
{
	hold(s, MG_HOLD_PANIC, MG_MIN, x, v);
	s->stack = true;
	s->tabbed = mg_str_ends(x->k.msg, MG_STR("stacktrace=<"));
}

/* The first function below the panic machinery is where it happened. */
void mg_log_frame(struct mg_log *s, struct mg_str line)
{
	static const char *const machinery[] = { "goroutine ", "panic(", "runtime.", "runtime/",
						 "created by ", "\t", " " };
	struct mg_log_held *h = &s->held[MG_HOLD_PANIC];
	ptrdiff_t           open;

	if (s->tabbed && mg_str_starts(line, MG_STR("\t")))
		line = mg_str_from(line, 1);
	open = mg_str_rchr(line, '(');
	if (!h->batch.n || open <= 0 || mg_str_has(line, MG_STR("/util/runtime.")) ||
	    mg_event_attr(&h->batch.ev[0], "frame").n)
		return;
	for (size_t i = 0; i < sizeof(machinery) / sizeof(machinery[0]); i++)
		if (mg_str_starts(line, mg_strz(machinery[i])))
			return;
	if (h->batch.ev[0].nattrs < MG_EVENT_ATTRS)
		mg_batch_attr(&h->batch, &h->batch.ev[0], "frame", mg_str_head(line, (size_t)open));
}

void mg_log_fatal(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_batch *b = &s->out->events;
	struct mg_event *e = mg_batch_add(b, MG_EV_PROCESS_FATAL, MG_SEV_CRITICAL);

	where(b, e, x);
	when(e, &x->l, NULL);
	e->ns = x->src->ns;
	e->message = mg_batch_str(b, x->l.text);
	mg_batch_attr(b, e, "reason", mg_str_starts(x->l.text, MG_STR("panic")) ? MG_STR("panic")
										: MG_STR("fatal error"));
}

/* --- one line --------------------------------------------------------------------- */

static void folded(struct mg_log *s, struct mg_log_line *x, const struct mg_klog_event *v)
{
	bool                often = v->kind == MG_EV_LOG_ERROR || v->kind == MG_EV_CLIENT_THROTTLED;
	struct mg_log_fold *f = often ? &s->minute : &s->second;
	struct mg_event    *e, *fresh = NULL;

	e = mg_log_fold(s, f, key_of(x, v), x->l.time_ns, v->kind, v->severity, &fresh);
	if (fresh) {
		fill(&f->pending, fresh, x, v);
		return;
	}
	if (v->duration_ns > e->duration_ns) { /* the longest of them */
		int64_t start = x->l.time_ns == MG_TIME_NONE ? MG_TIME_NONE
							      : x->l.time_ns - v->duration_ns;

		e->duration_ns = v->duration_ns;
		if (start < e->time_ns)
			e->time_ns = start;
	}
}

void mg_log_klog(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_klog_event v;
	struct mg_batch     *b = &s->out->events;

	if (!mg_klog_event(&x->k, x->src->component, &v))
		return;
	if (v.kind == MG_EV_LEADER_LOST)
		leader_lost(s, x, &v);
	else if (v.stack)
		begin_stack(s, x, &v);
	else if (v.fold)
		folded(s, x, &v);
	else
		fill(b, mg_batch_add(b, v.kind, v.severity), x, &v);
	if (v.kind == MG_EV_PROCESS_FATAL)
		mg_batch_attr(b, &b->ev[b->n - 1], "reason", MG_STR("klog fatal"));
}
