/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_etcd.h"

#include "base/buf.h"
#include "parse/etcd.h"
#include "parse/etcdkey.h"

#define TEXT_MAX 1200 /* a batch keeps less */

struct ctx {
	const struct mg_source *src;
	const struct mg_line   *line;
	const struct mg_etcd   *e;
	struct mg_batch        *out;
	int64_t                 ns; /* when it was written */
	enum mg_time_source     source;
};

/* --- when ------------------------------------------------------------------- */

/* The line has no zone: the envelope may tell it.  A difference of whole quarters of an hour
 * is a zone; one of up to minutes is a late writer. */
static void zone_from_envelope(struct ctx *c)
{
	const int64_t quarter = 15 * MG_MIN;
	int64_t       d, offset, rest;

	c->source = MG_TIME_ASSUMED_ZONE;
	if (c->line->time_source != MG_TIME_EXACT || c->line->time_ns == MG_TIME_NONE ||
	    __builtin_sub_overflow(c->line->time_ns, c->ns, &d) || d > 15 * MG_HOUR ||
	    d < -15 * MG_HOUR)
		return;
	if (c->e->dialect == MG_ETCD_RAFTLOG || c->e->dialect == MG_ETCD_GRPCLOG) {
		c->ns = c->line->time_ns; /* it knows fractions, these dialects do not */
		c->source = MG_TIME_EXACT;
		return;
	}
	offset = (d + (d < 0 ? -quarter / 2 : quarter / 2)) / quarter * quarter;
	rest = d - offset;
	if (offset != 0 && (rest > 5 * MG_SEC || rest < -5 * MG_SEC))
		return;
	c->ns += offset;
	c->source = MG_TIME_EXACT;
}

static void written_at(struct ctx *c)
{
	c->ns = c->e->ts_ns;
	c->source = MG_TIME_EXACT;
	if (c->ns == MG_TIME_NONE) {
		c->ns = c->line->time_ns;
		c->source = c->ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : c->line->time_source;
	} else if (!c->e->zoned) {
		zone_from_envelope(c);
	}
}

/* --- which kind --------------------------------------------------------------- */

struct rule {
	enum mg_etcd_family family;
	enum mg_event_kind  kind;
	enum mg_severity    severity;
	bool                interval; /* it lasted `took` up to the time of the line */
	bool                fold;     /* equal neighbours of one second are one event */
	const char         *state;
};

static const struct rule rules[] = {
	{ MG_ETCD_SLOW_APPLY, MG_EV_ETCD_SLOW_APPLY, MG_SEV_WARNING, true, false, NULL },
	{ MG_ETCD_FAILED_APPLY, MG_EV_ETCD_ERROR, MG_SEV_WARNING, true, false, NULL },
	{ MG_ETCD_READ_INDEX, MG_EV_ETCD_READ_INDEX, MG_SEV_WARNING, true, false, NULL },
	{ MG_ETCD_HEARTBEAT, MG_EV_ETCD_HEARTBEAT, MG_SEV_WARNING, true, false, NULL },
	{ MG_ETCD_OVERLOAD, MG_EV_ETCD_OVERLOAD, MG_SEV_WARNING, false, false, NULL },
	{ MG_ETCD_FDATASYNC, MG_EV_ETCD_SLOW_FDATASYNC, MG_SEV_ERROR, true, false, NULL },
	{ MG_ETCD_LEADER_LOST, MG_EV_ETCD_LEADER_LOST, MG_SEV_ERROR, false, false, "lost" },
	{ MG_ETCD_NO_LEADER, MG_EV_ETCD_LEADER_LOST, MG_SEV_ERROR, false, true, "none" },
	{ MG_ETCD_ELECTION, MG_EV_ETCD_LEADER_LOST, MG_SEV_WARNING, false, false, "election" },
	{ MG_ETCD_LEADER_ELECTED, MG_EV_ETCD_LEADER_ELECTED, MG_SEV_INFO, false, false, NULL },
	{ MG_ETCD_PEER_BAD, MG_EV_ETCD_PEER, MG_SEV_WARNING, false, false, "unhealthy" },
	{ MG_ETCD_PEER_GOOD, MG_EV_ETCD_PEER, MG_SEV_INFO, false, false, "active" },
	{ MG_ETCD_CLOCK_DRIFT, MG_EV_ETCD_CLOCK_DRIFT, MG_SEV_WARNING, false, false, NULL },
	{ MG_ETCD_REJECTED, MG_EV_ETCD_REJECTED, MG_SEV_WARNING, false, false, NULL },
	{ MG_ETCD_REQUEST_STATS, MG_EV_ETCD_SLOW_REQUEST, MG_SEV_WARNING, true, false, NULL },
	{ MG_ETCD_TRACE, MG_EV_ETCD_TRACE, MG_SEV_INFO, true, false, NULL },
	{ MG_ETCD_COMPACTED, MG_EV_ETCD_COMPACTION, MG_SEV_INFO, true, false, NULL },
	{ MG_ETCD_DEFRAG_START, MG_EV_ETCD_DEFRAG, MG_SEV_INFO, false, false, "started" },
	{ MG_ETCD_DEFRAG_END, MG_EV_ETCD_DEFRAG, MG_SEV_INFO, true, false, "finished" },
	{ MG_ETCD_QUOTA, MG_EV_ETCD_NOSPACE, MG_SEV_CRITICAL, false, false, NULL },
	{ MG_ETCD_ALARM_ON, MG_EV_ETCD_ALARM, MG_SEV_CRITICAL, false, false, "raised" },
	{ MG_ETCD_ALARM_OFF, MG_EV_ETCD_ALARM, MG_SEV_INFO, false, false, "disarmed" },
	{ MG_ETCD_CORRUPT, MG_EV_ETCD_ALARM, MG_SEV_CRITICAL, false, false, NULL },
	{ MG_ETCD_SNAPSHOT, MG_EV_ETCD_SNAPSHOT, MG_SEV_INFO, true, false, NULL },
	{ MG_ETCD_SNAPSHOT_FAILED, MG_EV_ETCD_SNAPSHOT, MG_SEV_WARNING, false, false, "failed" },
	{ MG_ETCD_LEASE, MG_EV_ETCD_ERROR, MG_SEV_WARNING, false, true, NULL },
	{ MG_ETCD_HEALTH, MG_EV_ETCD_ERROR, MG_SEV_WARNING, false, true, NULL },
	{ MG_ETCD_STARTING, MG_EV_ETCD_START, MG_SEV_INFO, false, false, NULL },
	{ MG_ETCD_GRPC, MG_EV_ETCD_GRPC, MG_SEV_INFO, false, true, NULL },
	{ MG_ETCD_CLIENT, MG_EV_APISERVER_ETCD_ERROR, MG_SEV_WARNING, false, false, NULL },
	{ MG_ETCD_OTHER, MG_EV_ETCD_ERROR, MG_SEV_ERROR, false, true, NULL },
};

static bool from_etcd(const struct mg_source *src)
{
	return mg_str_starts(src->component, MG_STR("etcd"));
}

/* JSON logs by zap and text logs by gRPC come from many programs. */
static bool is_etcds(const struct mg_source *src, const struct mg_etcd *e)
{
	if (from_etcd(src) || e->family == MG_ETCD_CLIENT)
		return true;
	if (e->dialect == MG_ETCD_GRPCLOG)
		return src->component.n == 0 && e->level != 'I' &&
		       mg_str_has(e->msg, MG_STR("Server.process"));
	return e->dialect == MG_ETCD_CAPNSLOG || e->dialect == MG_ETCD_RAFTLOG ||
	       mg_etcd_caller(e->caller) ||
	       (e->family > MG_ETCD_OTHER && e->family <= MG_ETCD_LEADER_ELECTED);
}

static bool silent(const struct mg_etcd *e)
{
	bool quiet = e->level == 'I' || e->level == 'D';

	return quiet && (e->family == MG_ETCD_OTHER || e->family == MG_ETCD_GRPC ||
			 e->family == MG_ETCD_CLIENT);
}

/* The rule of the family, made sharper by what else the line says; false: no event. */
static bool rule_of(const struct mg_source *src, const struct mg_etcd *e, struct rule *r)
{
	size_t i = 0;

	while (rules[i].family != e->family)
		i++;
	*r = rules[i];
	if (silent(e) || (e->family == MG_ETCD_OTHER && e->level == 'W'))
		return false;
	if (e->level == 'F')
		r->severity = MG_SEV_CRITICAL;
	if (e->family == MG_ETCD_ALARM_ON && mg_str_eq(e->alarm, MG_STR("NOSPACE")))
		r->kind = MG_EV_ETCD_NOSPACE;
	if (e->family == MG_ETCD_FAILED_APPLY && mg_str_has(e->error, MG_STR("no space")))
		r->kind = MG_EV_ETCD_NOSPACE;
	if (e->family == MG_ETCD_FAILED_APPLY && mg_str_has(e->error, MG_STR("too many requests")))
		r->kind = MG_EV_ETCD_OVERLOAD;
	if (e->family == MG_ETCD_REJECTED && mg_str_eq(e->error, MG_STR("EOF")))
		r->severity = MG_SEV_INFO; /* a TCP probe */
	if (e->family == MG_ETCD_CLIENT && from_etcd(src))
		r->kind = MG_EV_ETCD_ERROR; /* etcd's own health checks */
	return true;
}

/* --- the event ------------------------------------------------------------------ */

static void attr(struct ctx *c, struct mg_event *ev, const char *key, struct mg_str escaped)
{
	char buf[TEXT_MAX];

	if (escaped.n && ev->nattrs < MG_EVENT_ATTRS)
		mg_batch_attr(c->out, ev, key, mg_etcd_text(escaped, buf, sizeof(buf)));
}

static void attr_num(struct ctx *c, struct mg_event *ev, const char *key, int64_t v)
{
	if (v >= 0 && ev->nattrs < MG_EVENT_ATTRS)
		mg_batch_attr_i64(c->out, ev, key, v);
}

static void attrs(struct ctx *c, struct mg_event *ev, const char *state)
{
	const struct mg_etcd *e = c->e;
	bool                  leader = ev->kind == MG_EV_ETCD_LEADER_LOST ||
		      ev->kind == MG_EV_ETCD_LEADER_ELECTED;

	attr(c, ev, "state", mg_strz(state));
	attr(c, ev, "key", e->key);
	attr(c, ev, "range_end", e->range_end);
	attr(c, ev, "op", e->op);
	attr_num(c, ev, "expected_ns", e->expected_ns);
	attr_num(c, ev, "response_count", e->response_count);
	attr_num(c, ev, "response_size", e->response_size);
	attr(c, ev, "error", e->error);
	attr(c, ev, "member", e->member);
	attr(c, ev, leader ? "leader" : "peer", e->peer);
	attr_num(c, ev, "term", e->term);
	attr(c, ev, "alarm", e->alarm);
	attr(c, ev, "remote", e->remote);
	attr(c, ev, "version", e->version);
	attr_num(c, ev, "quota_bytes", e->quota_bytes);
	attr_num(c, ev, "db_bytes", e->db_bytes);
	attr_num(c, ev, "in_use_bytes", e->in_use_bytes);
	attr_num(c, ev, "revision", e->revision);
	if (e->family == MG_ETCD_CLOCK_DRIFT)
		attr_num(c, ev, "drift_ns", e->took_ns);
}

/* Which object the request is about, by its key. */
static void object(struct ctx *c, struct mg_event *ev)
{
	char                  buf[TEXT_MAX], name[256];
	struct mg_etcd_object o;

	if (c->e->key.n && mg_etcd_object(mg_etcd_text(c->e->key, buf, sizeof(buf)), &o)) {
		ev->resource = mg_batch_str(c->out, mg_etcd_resource(&o, name, sizeof(name)));
		ev->ns = mg_batch_str(c->out, o.ns);
		ev->name = mg_batch_str(c->out, o.name);
	} else {
		ev->ns = c->src->ns;
	}
}

static void add_took(struct mg_buf *b, const struct mg_etcd *e)
{
	char t[24];

	if (e->took_ns >= 0)
		mg_buf_printf(b, " %s", mg_duration_text(e->took_ns, t, sizeof(t)));
	if (e->expected_ns >= 0)
		mg_buf_printf(b, " (expected under %s)",
			      mg_duration_text(e->expected_ns, t, sizeof(t)));
}

/* "apply request took too long: range /registry/pods/ 1.20 s (expected under 100 ms), 48211
 * keys, 160123456 bytes" */
static void slow_request(struct mg_buf *b, const struct mg_etcd *e)
{
	char buf[TEXT_MAX];

	mg_buf_addz(b, e->family == MG_ETCD_SLOW_APPLY ? "apply request took too long: " :
		       e->family == MG_ETCD_TRACE ? "trace: " : "slow request: ");
	mg_buf_add(b, mg_etcd_text(e->op.n ? e->op : MG_STR("request"), buf, sizeof(buf)));
	if (e->key.n)
		mg_buf_printf(b, " %s", mg_etcd_text(e->key, buf, sizeof(buf)).p);
	add_took(b, e);
	if (e->response_count >= 0)
		mg_buf_printf(b, ", %lld keys", (long long)e->response_count);
	if (e->response_size >= 0)
		mg_buf_printf(b, ", %lld bytes", (long long)e->response_size);
}

static void say(struct mg_buf *b, const struct mg_etcd *e)
{
	char buf[TEXT_MAX];

	if (e->family == MG_ETCD_SLOW_APPLY || e->family == MG_ETCD_REQUEST_STATS ||
	    e->family == MG_ETCD_TRACE) {
		slow_request(b, e);
	} else {
		mg_buf_add(b, mg_etcd_text(e->msg, buf, sizeof(buf)));
		if (e->dialect == MG_ETCD_ZAP || e->dialect == MG_ETCD_CONSOLE)
			add_took(b, e);
		if (e->alarm.n && !mg_str_has(e->msg, e->alarm))
			mg_buf_printf(b, " %s", mg_etcd_text(e->alarm, buf, sizeof(buf)).p);
	}
	if (e->error.n && !mg_str_has(e->msg, e->error))
		mg_buf_printf(b, ": %s", mg_etcd_text(e->error, buf, sizeof(buf)).p);
}

/* The interval the line is about.  A trace says when it began, but by a clock that may have
 * been set since: the end is what counts. */
static void place(const struct ctx *c, const struct rule *r, struct mg_event *ev)
{
	int64_t start, d;

	ev->time_ns = c->ns;
	ev->time_source = c->source;
	if (!r->interval || c->e->took_ns < 0)
		return;
	ev->duration_ns = c->e->took_ns;
	if (c->ns == MG_TIME_NONE || __builtin_sub_overflow(c->ns, c->e->took_ns, &start))
		return;
	ev->time_ns = start;
	if (c->e->start_ns != MG_TIME_NONE && c->e->start_ns <= c->ns &&
	    !__builtin_sub_overflow(c->e->start_ns, start, &d) && d >= -MG_SEC && d <= MG_SEC)
		ev->time_ns = c->e->start_ns;
}

static int64_t second(int64_t ns)
{
	return ns == MG_TIME_NONE ? ns : ns / MG_SEC;
}

/* Was the event before it the same, in the same second? */
static bool folded(struct ctx *c, const struct rule *r, struct mg_str message)
{
	struct mg_event *last = c->out->n ? &c->out->ev[c->out->n - 1] : NULL;

	if (!r->fold || !last || last->kind != r->kind || last->severity != r->severity ||
	    last->artifact != c->src->artifact || second(last->time_ns) != second(c->ns) ||
	    last->count == UINT32_MAX || !mg_str_eq(last->message, message))
		return false;
	last->count++;
	return true;
}

static void add(struct ctx *c, const struct rule *r)
{
	struct mg_buf    b = { 0 };
	struct mg_event *ev;

	say(&b, c->e);
	if (!folded(c, r, mg_str_head(mg_buf_str(&b), MG_BATCH_TEXT))) {
		ev = mg_batch_add(c->out, r->kind, r->severity);
		place(c, r, ev);
		ev->artifact = c->src->artifact;
		ev->line = c->line->lineno;
		ev->component = c->e->family == MG_ETCD_CLIENT || from_etcd(c->src)
					? c->src->component : MG_STR("etcd");
		ev->node = c->src->node.n ? c->src->node : mg_batch_str(c->out, c->line->host);
		ev->pod = c->src->pod;
		object(c, ev);
		ev->message = mg_batch_str(c->out, mg_buf_str(&b));
		attrs(c, ev, r->state);
	}
	mg_buf_release(&b);
}

static void count(const struct ctx *c, enum mg_status st, const struct mg_err *err,
		  struct mg_leaf_stats *stats)
{
	if (!stats)
		return;
	if (st == MG_FAIL) {
		mg_stats_bad(stats, c->line->lineno, err->byte, "%s", err->msg);
		return;
	}
	stats->records++;
	if (c->source <= MG_TIME_ASSUMED_ZONE)
		mg_stats_time(stats, c->ns);
}

bool mg_etcd_line(const struct mg_source *src, const struct mg_line *line, struct mg_batch *out,
		  struct mg_leaf_stats *stats)
{
	struct mg_etcd e;
	struct mg_err  err = { 0 };
	struct ctx     c = { .src = src, .line = line, .e = &e, .out = out };
	struct rule    r;
	enum mg_status st = mg_etcd_parse(line->text, &e, &err);

	if (st == MG_SKIP || !is_etcds(src, &e))
		return false;
	written_at(&c);
	count(&c, st, &err, stats);
	if (st == MG_OK && rule_of(src, &e, &r))
		add(&c, &r);
	return true;
}
