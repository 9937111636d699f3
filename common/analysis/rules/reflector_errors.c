/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

static bool is_reflector(const struct mg_event *e)
{
	return e->kind == MG_EV_REFLECTOR_ERROR;
}

/* What kept the client from its list or watch, in a few words. */
static struct mg_str cause_of(const struct mg_event *e)
{
	static const struct {
		struct mg_str word, cause;
	} causes[] = {
		{ MG_STR("connection refused"), MG_STR("connection refused") },
		{ MG_STR("connect: "), MG_STR("no connection") },
		{ MG_STR("connection lost"), MG_STR("connection lost") },
		{ MG_STR("connection reset"), MG_STR("connection lost") },
		{ MG_STR("EOF"), MG_STR("connection lost") },
		{ MG_STR("is forbidden"), MG_STR("forbidden") },
		{ MG_STR("Unauthorized"), MG_STR("unauthorized") },
		{ MG_STR("could not find the requested resource"), MG_STR("unknown resource") },
		{ MG_STR("unable to handle the request"), MG_STR("server unavailable") },
		{ MG_STR("too old resource version"), MG_STR("resource version too old") },
		{ MG_STR("etcdserver"), MG_STR("etcd error") },
		{ MG_STR("unable to decode an event"), MG_STR("connection lost") },
		{ MG_STR("very short watch"), MG_STR("watch closed at once") },
		{ MG_STR("too many requests"), MG_STR("too many requests") },
		{ MG_STR("imeout"), MG_STR("time-out") },
		{ MG_STR("deadline exceeded"), MG_STR("time-out") },
	};

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (mg_str_has(e->message, causes[i].word) ||
		    mg_str_has(mg_event_attr(e, "reason"), causes[i].word))
			return causes[i].cause;
	return MG_STR("something else");
}

static void report(struct mg_rule_ctx *x, const struct mg_counts *by, const struct mg_tally *t)
{
	struct mg_counts   why = { 0 };
	bool               burst = (double)t->peak >= mg_rule_num(x, "warning_per_minute");
	struct mg_finding *f;

	for (size_t i = 0; i < x->c->events.n; i++)
		if (is_reflector(&x->c->events.ev[i]))
			mg_counts_add(&why, cause_of(&x->c->events.ev[i]), x->c->events.ev[i].count);
	f = mg_find_new(x, burst ? MG_SEV_WARNING : MG_SEV_INFO, MG_CONF_MEDIUM, t->first->time_ns,
			mg_event_end(t->last));
	mg_find_claim(x, f, "%llu lists and watches of clients failed between %s and %s (%.*s), %llu in "
			    "the minute from %s: %.*s", (unsigned long long)t->n,
		      mg_rule_clock(x, t->first->time_ns), mg_rule_clock(x, mg_event_end(t->last)),
		      MG_FMT(mg_counts_text(x, by, 4)), (unsigned long long)t->peak,
		      mg_rule_clock(x, t->peak_ns), MG_FMT(mg_counts_text(x, &why, 3)));
	mg_find_label(x, f, "clients cannot list");
	mg_tally_tell(x, f, t, is_reflector);
	mg_find_num(f, "components", by->names.n);
	mg_find_num(f, "peak_per_minute", (double)t->peak);
	mg_find_text(x, f, "most_common", "%.*s", MG_FMT(mg_intern_str(&why.names, mg_counts_top(&why))));
	mg_find_next(x, f, "a refused or lost connection points at the API server of that time, "
			   "`forbidden` at missing rights, an unknown resource at an API that is not "
			   "served (yet)");
	mg_counts_release(&why);
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_tally  t = mg_tally_events(x->c, is_reflector);
	struct mg_counts by = { 0 };
	uint32_t         top;

	if (!t.n && !mg_case_has(x->c, MG_KIND_LOG))
		mg_rule_missing(x, "logs of clients of the API server");
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (is_reflector(e) && e->time_ns != MG_TIME_NONE)
			mg_counts_add(&by, e->component.n ? e->component : MG_STR("unknown component"),
				      e->count);
	}
	top = mg_counts_top(&by);
	if (top != MG_NONE && (double)by.n[top] > mg_rule_num(x, "max_per_component"))
		report(x, &by, &t);
	mg_counts_release(&by);
}

const struct mg_rule mg_rule_reflector_errors = {
	.id = "reflector-errors",
	.title = "lists and watches of clients failed",
	.needs = "logs of components and operators",
	.explain = "Reflectors (client-go) keep the caches of controllers, operators and kubelets; their "
		   "errors say from outside when and how the API server could not be used. Mostly an "
		   "effect: of a server that restarts, of a slow etcd, of missing rights.",
	.references = "openshift/origin kasloganalyzer; client-go tools/cache/reflector.go",
	.depth = 55,
	.run = run,
	.thresholds = { { "max_per_component", 10, "openshift/origin pkg/monitortests, kasloganalyzer" },
			{ "warning_per_minute", 30, "heuristic" } },
};
