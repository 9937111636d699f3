/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"
#include "base/num.h"

struct alarm {
	const struct mg_event *raised, *listed, *off, *refused;
	uint64_t               refusals; /* lines of clients and of etcd about refused writes */
	int64_t                last_ns;
};

static bool is_refusal(const struct mg_event *e)
{
	return mg_str_has(e->message, MG_STR("database space exceeded")) ||
	       (e->kind == MG_EV_ETCD_NOSPACE &&
		mg_str_starts(e->message, MG_STR("failed to apply request")));
}

/* etcdctl's lists say that the alarm was on when the archive was made, not since when. */
static void note(struct alarm *a, const struct mg_event *e)
{
	bool off = e->kind == MG_EV_ETCD_ALARM &&
		   mg_str_eq(mg_event_attr(e, "state"), MG_STR("disarmed")) &&
		   mg_str_eq(mg_event_attr(e, "alarm"), MG_STR("NOSPACE"));

	if (is_refusal(e)) {
		a->refused = a->refused ? a->refused : e;
		a->refusals += e->count;
	} else if (off) {
		a->off = e;
	} else if (e->kind == MG_EV_ETCD_NOSPACE && e->time_source == MG_TIME_DERIVED) {
		a->listed = a->listed ? a->listed : e;
	} else if (e->kind == MG_EV_ETCD_NOSPACE) {
		a->raised = a->raised ? a->raised : e;
	} else {
		return;
	}
	if (mg_event_end(e) > a->last_ns && e->time_source != MG_TIME_DERIVED)
		a->last_ns = mg_event_end(e);
}

/* "at 04:43:30 by master-0" */
static const char *when(struct mg_rule_ctx *x, const struct mg_etcdview *v, const struct alarm *a)
{
	uint32_t m;

	if (!a->raised)
		return a->listed ? "raised (since when is not logged)" : "raised, as its clients say";
	m = mg_etcdview_by_id(v, mg_event_attr(a->raised, "member"));
	if (m == MG_NONE)
		m = mg_etcdview_member(v, a->raised);
	return mg_arena_printf(&x->out->arena, "raised at %s by %.*s",
			       mg_rule_clock(x, a->raised->time_ns), MG_FMT(mg_etcd_name(v, m))).p;
}

static void space(struct mg_finding *f, const struct mg_etcdview *v)
{
	for (uint32_t i = 0; i < v->n; i++) {
		if (v->member[i].db_bytes < 0)
			continue;
		mg_find_num(f, "db_bytes", (double)v->member[i].db_bytes);
		if (v->member[i].in_use_bytes >= 0)
			mg_find_num(f, "in_use_bytes", (double)v->member[i].in_use_bytes);
		if (v->member[i].quota_bytes > 0)
			mg_find_num(f, "quota_bytes", (double)v->member[i].quota_bytes);
		return;
	}
}

static void report(struct mg_rule_ctx *x, const struct mg_etcdview *v, const struct alarm *a)
{
	const struct mg_event *first = a->raised ? a->raised : a->refused ? a->refused : a->listed;
	bool                   on = !a->off || (a->raised && a->off->time_ns < a->raised->time_ns);
	struct mg_finding     *f;

	f = mg_find_new(x, MG_SEV_CRITICAL, a->raised || a->listed ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			first->time_ns, a->last_ns > first->time_ns ? a->last_ns : first->time_ns);
	mg_find_claim(x, f, "etcd is out of space: the NOSPACE alarm was %s and %s; until then every "
			    "write is refused (%llu line%s say so)", when(x, v, a),
		      on ? a->listed || !a->raised ? "still on when the archive was made"
						   : "no log says that it was disarmed"
			 : mg_arena_printf(&x->out->arena, "disarmed at %s",
					   mg_rule_clock(x, a->off->time_ns)).p,
		      (unsigned long long)a->refusals, a->refusals == 1 ? "" : "s");
	mg_find_label(x, f, "etcd NOSPACE");
	mg_find_event(x, f, first);
	if (a->listed && a->listed != first)
		mg_find_event(x, f, a->listed);
	if (a->refused && a->refused != first)
		mg_find_event(x, f, a->refused);
	if (a->off)
		mg_find_event(x, f, a->off);
	mg_find_num(f, "refusals_logged", (double)a->refusals);
	space(f, v);
	mg_find_next(x, f, "compact, defragment each member, then `etcdctl alarm disarm`; find who "
			   "filled the database (mgetcd --space, mgaudit by writes)");
}

static void run(struct mg_rule_ctx *x)
{
	struct alarm a = { .last_ns = MG_TIME_NONE };

	for (size_t i = 0; i < x->c->events.n; i++)
		if (x->c->events.ev[i].time_ns != MG_TIME_NONE)
			note(&a, &x->c->events.ev[i]);
	if (!a.raised && !a.listed && a.refusals < mg_rule_num(x, "min_refusals"))
		return;
	report(x, x->etcd, &a);
}

const struct mg_rule mg_rule_nospace = {
	.id = "nospace",
	.title = "etcd is out of space",
	.needs = "etcd log or etcd_info/alarm_list.json",
	.explain = "The quota is reached: reads, deletes and writes that change nothing go on, every "
		   "other write fails until the database is compacted, defragmented and the alarm "
		   "disarmed.",
	.references = "etcd.io: maintenance, space quota",
	.depth = 1,
	.run = run,
	.thresholds = { { "min_refusals", 1, "etcd alarm; clients name it by its error" } },
};
