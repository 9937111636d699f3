/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

static bool is_killed(const struct mg_event *e)
{
	return e->kind == MG_EV_POD_TERMINATED && e->code == 137 && e->time_ns != MG_TIME_NONE;
}

/* The last Killing event of the pod before its end; of a folded event, the first one. */
static const struct mg_event *stop_of(const struct mg_case *c, const struct mg_event *end, int64_t *at)
{
	const struct mg_event *best = NULL;
	struct mg_str          container = mg_event_attr(end, "container");

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		int64_t                t = e->time_ns;

		if (e->kind != MG_EV_K8S_EVENT || t == MG_TIME_NONE || !mg_str_eq(e->pod, end->pod) ||
		    !mg_str_eq(e->ns, end->ns) ||
		    !mg_str_eq(mg_event_attr(e, "reason"), MG_STR("Killing")) ||
		    !mg_str_has(e->message, container))
			continue;
		if (t > end->time_ns && !mg_time_parse(mg_event_attr(e, "first"), &t, NULL, NULL))
			continue;
		if (t <= end->time_ns && (!best || t > *at)) {
			best = e;
			*at = t;
		}
	}
	return best;
}

static bool is_control_plane(const struct mg_event *e)
{
	static const struct mg_str names[] = {
		MG_STR("kube-apiserver"), MG_STR("etcd"), MG_STR("kube-controller-manager"),
		MG_STR("kube-scheduler"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mg_str_eq(e->component, names[i]))
			return true;
	return false;
}

/* The time between being told to stop and the end, -1 when nobody told it. */
static int64_t waited(const struct mg_case *c, const struct mg_event *end, const struct mg_event **stop)
{
	int64_t at = 0;

	*stop = stop_of(c, end, &at);
	return *stop ? end->time_ns - at : -1;
}

static void run(struct mg_rule_ctx *x)
{
	int64_t                least = (int64_t)(mg_rule_num(x, "grace_seconds") * 1e9), longest = 0;
	int64_t                most = (int64_t)(mg_rule_num(x, "max_seconds") * 1e9);
	const struct mg_event *first = NULL, *last = NULL, *stop;
	struct mg_counts       who = { 0 };
	bool                   control = false;
	struct mg_finding     *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		int64_t                t;

		if (!is_killed(e) || (t = waited(x->c, e, &stop)) < least || t > most)
			continue;
		first = first ? first : e;
		last = e;
		longest = t > longest ? t : longest;
		control |= is_control_plane(e);
		mg_counts_add(&who, e->component.n ? e->component : e->pod, 1);
	}
	if (!first) {
		mg_rule_has_objects(x, "pod statuses and events (`oc adm inspect ns/NAMESPACE`)");
		return;
	}
	f = mg_find_new(x, control ? MG_SEV_WARNING : MG_SEV_INFO, MG_CONF_HIGH,
			first->time_ns - longest, last->time_ns);
	mg_find_claim(x, f, "%llu container%s did not end within %s grace period and %s killed (exit code "
			    "137, no OOM): %.*s; the longest had %s", (unsigned long long)who.total,
		      who.total == 1 ? "" : "s", who.total == 1 ? "its" : "their",
		      who.total == 1 ? "was" : "were", MG_FMT(mg_counts_text(x, &who, 5)),
		      mg_rule_dur(x, longest));
	mg_find_label(x, f, "killed after grace period");
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		int64_t                t;

		if (!is_killed(e) || (t = waited(x->c, e, &stop)) < least || t > most)
			continue;
		mg_find_event(x, f, e);
		mg_find_event(x, f, stop);
	}
	mg_find_num(f, "containers", (double)who.total);
	mg_find_num(f, "longest_seconds", (double)longest / 1e9);
	mg_find_next(x, f, "read previous.log of the container: does it handle SIGTERM, what did it wait "
			   "for?  An API server that is killed leaves its requests without an answer");
	mg_counts_release(&who);
}

const struct mg_rule mg_rule_sigkill_after_grace = {
	.id = "sigkill-after-grace",
	.title = "containers were killed after their grace period",
	.needs = "pod statuses and events",
	.explain = "The kubelet was asked to stop a container (event Killing), and it ended with exit code "
		   "137 when the grace period was over: it ignored SIGTERM or was stuck. Not a lack of "
		   "memory.",
	.references = "kubernetes.io: pod lifecycle, termination of pods",
	.depth = 17,
	.run = run,
	.thresholds = { { "grace_seconds", 29, "Kubernetes: terminationGracePeriodSeconds is 30 unless "
					       "set; times of statuses are whole seconds" },
			{ "max_seconds", 600, "heuristic: a later end is another story" } },
};
