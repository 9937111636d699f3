/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include <stdlib.h>

#include "analysis/cells.h"
#include "analysis/tally.h"
#include "base/mem.h"

#define JOIN_MINUTES 5  /* storms closer than this are one */
#define USUAL_MINUTES 10 /* in data of fewer minutes nothing is usual */

/* Failed probes in one minute of the clock. */
struct minute {
	int64_t  minute; /* key */
	uint64_t n, control;
	uint32_t pods, zero;
};

/* A pod that failed in that minute: only the key counts. */
struct pod_minute {
	int64_t  minute;
	uint32_t ns, pod;
};

struct probes {
	struct mg_cells  minutes, pods;
	struct mg_intern names;
	struct minute   *m; /* by time */
	uint64_t         usual; /* median of all minutes of the data */
};

static bool is_control_plane(struct mg_str ns)
{
	static const struct mg_str names[] = {
		MG_STR("kube-system"), MG_STR("openshift-etcd"), MG_STR("openshift-kube-apiserver"),
		MG_STR("openshift-kube-controller-manager"), MG_STR("openshift-kube-scheduler"),
		MG_STR("openshift-apiserver"), MG_STR("openshift-oauth-apiserver"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mg_str_eq(ns, names[i]))
			return true;
	return false;
}

/* The kubelet's own lines, or the Events it made of them; OpenShift's second Event for each
 * (ProbeError) would count them twice. */
static bool from_log(const struct mg_event *e)
{
	return e->kind == MG_EV_KUBELET_PROBE && e->time_ns != MG_TIME_NONE;
}

static bool from_event(const struct mg_event *e)
{
	return e->kind == MG_EV_K8S_EVENT && e->time_ns != MG_TIME_NONE &&
	       mg_str_eq(mg_event_attr(e, "reason"), MG_STR("Unhealthy"));
}

static void add(struct probes *p, const struct mg_event *e, int64_t minute, uint64_t n)
{
	struct pod_minute key = { minute, mg_intern_id(&p->names, e->ns),
				  mg_intern_id(&p->names, e->pod) };
	bool              added;
	struct minute    *m = mg_cells_at(&p->minutes, mg_cells_find(&p->minutes, &minute, &added));

	m->n += n;
	m->control += is_control_plane(e->ns) ? n : 0;
	mg_cells_find(&p->pods, &key, &added);
	m->pods += added;
}

#define SPREAD_MINUTES 1440 /* longer ago is not told minute by minute */

/* An Event that was counted up stands for failures from its first time on: as evenly over
 * these minutes as whole numbers allow. */
static void add_spread(struct probes *p, const struct mg_event *e)
{
	int64_t  first = e->time_ns, last = e->time_ns / MG_MIN, minutes;
	uint64_t left = e->count;

	if (e->count > 1 && mg_time_parse(mg_event_attr(e, "first"), &first, NULL, NULL) &&
	    first > e->time_ns)
		first = e->time_ns;
	minutes = last - first / MG_MIN + 1;
	if (minutes > (int64_t)e->count)
		minutes = e->count; /* one in each of the last minutes */
	if (minutes > SPREAD_MINUTES)
		minutes = SPREAD_MINUTES;
	for (int64_t i = minutes; i > 0; i--) {
		uint64_t n = left / (uint64_t)i;

		add(p, e, last - i + 1, n);
		left -= n;
	}
}

static int by_minute(const void *a, const void *b)
{
	const struct minute *x = a, *y = b;

	return x->minute < y->minute ? -1 : x->minute > y->minute;
}

static int by_count(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The minutes without a failure are no cells, and count as 0. */
static void find_usual(struct probes *p, const struct mg_case *c)
{
	uint64_t  span = c->first_ns == MG_TIME_NONE ? 0
			  : (uint64_t)(c->last_ns / MG_MIN - c->first_ns / MG_MIN + 1);
	uint32_t  n = p->minutes.n;
	uint64_t *all, zeros;

	span = span > n ? span : n;
	zeros = span - n;
	if (span < USUAL_MINUTES || span / 2 < zeros)
		return;
	all = mg_alloc(n * sizeof(*all));
	for (uint32_t i = 0; i < n; i++)
		all[i] = p->m[i].n;
	qsort(all, n, sizeof(*all), by_count);
	p->usual = all[span / 2 - zeros];
	free(all);
}

static uint64_t collect(struct probes *p, const struct mg_case *c, bool (*is)(const struct mg_event *))
{
	uint64_t peak = 0;

	mg_cells_init(&p->minutes, sizeof(struct minute), sizeof(int64_t));
	mg_cells_init(&p->pods, sizeof(struct pod_minute), sizeof(struct pod_minute));
	for (size_t i = 0; i < c->events.n; i++)
		if (is(&c->events.ev[i]))
			add_spread(p, &c->events.ev[i]);
	p->m = p->minutes.v;
	if (p->minutes.n)
		qsort(p->m, p->minutes.n, sizeof(*p->m), by_minute);
	find_usual(p, c);
	for (uint32_t i = 0; i < p->minutes.n; i++)
		peak = p->m[i].n > peak ? p->m[i].n : peak;
	return peak;
}

static void release(struct probes *p)
{
	mg_cells_release(&p->minutes);
	mg_cells_release(&p->pods);
	mg_intern_release(&p->names);
}

static bool is_storm(const struct mg_rule_ctx *x, const struct probes *p, const struct minute *m)
{
	double least = mg_rule_num(x, "min_per_minute");

	return (double)m->n >= least && ((double)m->control >= least ||
					 (double)m->pods > mg_rule_num(x, "max_pods")) &&
	       (double)m->n >= mg_rule_num(x, "times_usual") * (double)p->usual;
}

/* --- what the API servers did at that minute ------------------------------------------- */

static struct mg_str deed_of(const struct mg_event *e)
{
	switch (e->kind) {
	case MG_EV_APISERVER_START:
		return MG_STR("server start");
	case MG_EV_APISERVER_SHUTDOWN:
		return MG_STR("shutdown step");
	case MG_EV_APISERVER_PANIC:
		return MG_STR("panic");
	case MG_EV_APISERVER_TIMEOUT:
		return MG_STR("request cut off by time-out");
	case MG_EV_APISERVER_ETCD_ERROR:
		return MG_STR("error of etcd");
	case MG_EV_APISERVER_TRACE:
		return mg_is_long_op(e) ? MG_STR("operation of a second or more") : mg_str("", 0);
	case MG_EV_AUDIT_SLOW:
		return MG_STR("request of a second or more");
	case MG_EV_AUDIT_ERROR:
		return MG_STR("answer 5xx");
	case MG_EV_GAP:
		return MG_STR("pause without any answer");
	case MG_EV_POD_OOM_KILLED:
	case MG_EV_POD_TERMINATED:
	case MG_EV_KERNEL_OOM_KILL:
		return mg_str_eq(e->component, MG_STR("kube-apiserver")) ? MG_STR("server death")
									 : mg_str("", 0);
	default:
		return mg_str("", 0);
	}
}

static uint64_t deeds(struct mg_rule_ctx *x, struct mg_finding *f, int64_t minute, struct mg_str *text)
{
	int64_t          from = (minute - 1) * MG_MIN, to = (minute + 1) * MG_MIN;
	struct mg_counts by = { 0 };
	uint64_t         n;

	for (size_t i = mg_case_lower_bound(x->c, from);
	     i < x->c->events.n && x->c->events.ev[i].time_ns < to; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		struct mg_str          deed = deed_of(e);

		if (!deed.n)
			continue;
		if (mg_intern_find(&by.names, deed) == MG_NONE)
			mg_find_event(x, f, e); /* the first of each */
		mg_counts_add(&by, deed, e->count);
	}
	*text = mg_counts_text(x, &by, 5);
	n = by.total;
	mg_counts_release(&by);
	return n;
}

/* --- the finding ------------------------------------------------------------------------- */

static struct mg_str whose(struct mg_rule_ctx *x, bool (*is)(const struct mg_event *), int64_t from,
			   int64_t to, uint32_t *nodes)
{
	struct mg_counts ns = { 0 }, node = { 0 };
	struct mg_str    text;

	for (size_t i = mg_case_lower_bound(x->c, from);
	     i < x->c->events.n && x->c->events.ev[i].time_ns < to; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!is(e))
			continue;
		mg_counts_add(&ns, e->ns, e->count);
		if (e->node.n)
			mg_counts_add(&node, e->node, e->count);
	}
	text = mg_counts_text(x, &ns, 3);
	*nodes = node.names.n;
	mg_counts_release(&ns);
	mg_counts_release(&node);
	return text;
}

static void report(struct mg_rule_ctx *x, const struct probes *p, uint32_t a, uint32_t b,
		   bool (*is)(const struct mg_event *))
{
	const struct minute *peak = &p->m[a];
	int64_t              from = p->m[a].minute * MG_MIN, to = (p->m[b].minute + 1) * MG_MIN;
	uint64_t             n = 0, did;
	uint32_t             nodes;
	struct mg_str        what, who;
	struct mg_finding   *f;

	for (uint32_t i = a; i <= b; i++) {
		n += p->m[i].n;
		peak = p->m[i].n > peak->n ? &p->m[i] : peak;
	}
	f = mg_find_new(x, (double)peak->n >= mg_rule_num(x, "error_per_minute") ? MG_SEV_ERROR
										  : MG_SEV_WARNING,
			MG_CONF_MEDIUM, from, to);
	did = deeds(x, f, peak->minute, &what);
	f->confidence = did ? MG_CONF_HIGH : MG_CONF_MEDIUM;
	who = whose(x, is, from, to, &nodes);
	mg_find_claim(x, f, "%llu probes failed between %s and %s (%.*s), %llu of %u pods in the minute from "
			    "%s%s; %s%.*s", (unsigned long long)n, mg_rule_clock(x, from),
		      mg_rule_clock(x, to), MG_FMT(who), (unsigned long long)peak->n, peak->pods,
		      mg_rule_clock(x, peak->minute * MG_MIN),
		      p->usual ? mg_arena_printf(&x->out->arena, " (usual here: %llu a minute)",
						 (unsigned long long)p->usual).p : "",
		      did ? "in that minute and the one before the API servers show: " :
			    "nothing of the API servers at that time is in the data", MG_FMT(what));
	mg_find_label(x, f, "probes failed");
	for (size_t i = mg_case_lower_bound(x->c, peak->minute * MG_MIN);
	     i < x->c->events.n && x->c->events.ev[i].time_ns < to; i++)
		if (is(&x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "failures", (double)n);
	mg_find_num(f, "peak_per_minute", (double)peak->n);
	mg_find_num(f, "peak_pods", peak->pods);
	mg_find_num(f, "usual_per_minute", (double)p->usual);
	mg_find_num(f, "nodes", nodes);
	mg_find_text(x, f, "api_servers", "%.*s", MG_FMT(what));
	mg_find_alternative(x, f, "pods that have just been started fail their readiness probe until they "
				  "are ready");
	mg_find_next(x, f, "probes of many pods fail together when what they all need does not answer: look "
			   "at the API servers, DNS and the nodes of that minute before the pods");
}

static void run(struct mg_rule_ctx *x)
{
	struct probes logs = { 0 }, events = { 0 }, *p;
	uint64_t      in_logs = collect(&logs, x->c, from_log);
	uint64_t      in_events = collect(&events, x->c, from_event);
	bool          by_log = in_logs >= in_events;

	p = by_log ? &logs : &events;
	if (!in_logs && !in_events && !mg_case_has(x->c, MG_KIND_JOURNAL) &&
	    !mg_case_has(x->c, MG_KIND_LOG))
		mg_rule_has_objects(x, "kubelet logs or events (`oc adm node-logs NODE -u kubelet`)");
	for (uint32_t i = 0, last; i < p->minutes.n; i = last + 1) {
		last = i;
		if (!is_storm(x, p, &p->m[i]))
			continue;
		for (uint32_t k = i + 1; k < p->minutes.n &&
					 p->m[k].minute - p->m[last].minute <= JOIN_MINUTES; k++)
			last = is_storm(x, p, &p->m[k]) ? k : last;
		report(x, p, i, last, by_log ? from_log : from_event);
	}
	release(&logs);
	release(&events);
}

const struct mg_rule mg_rule_probe_storm = {
	.id = "probe-storm",
	.title = "probes of many pods failed at once",
	.needs = "kubelet logs or events",
	.explain = "Liveness and readiness probes of many pods, or of the control plane, that fail in the "
		   "same minute: an effect of what they share. The finding tells what the API servers did "
		   "in that minute. Counted from kubelet logs, or from Unhealthy events where these tell "
		   "more; an event that was counted up is spread over its time.",
	.references = "kubernetes.io: liveness, readiness and startup probes",
	.depth = 82,
	.run = run,
	.thresholds = { { "min_per_minute", 10, "heuristic" },
			{ "max_pods", 3, "heuristic" },
			{ "error_per_minute", 1000, "heuristic: hundreds are a few busy nodes" },
			{ "times_usual", 3, "heuristic: where probes always fail, only a jump is a storm" } },
};
