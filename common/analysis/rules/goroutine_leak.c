/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* Goroutine dumps of one process, in time order. */
struct process {
	struct mg_str          name;
	const struct mg_event *most, *crowd; /* most goroutines; largest share in one stack */
	int64_t                total, first_total, last_total, first_ns, last_ns;
	uint32_t               dumps;
};

/* A stack in which goroutines only wait for work may hold many of them for hours. */
static bool is_blocked(struct mg_str state)
{
	return mg_str_starts(state, MG_STR("chan send")) || mg_str_starts(state, MG_STR("semacquire")) ||
	       mg_str_starts(state, MG_STR("sync.Mutex")) || mg_str_starts(state, MG_STR("sync.RWMutex"));
}

static double share(const struct mg_event *e)
{
	int64_t total = mg_event_attr_i64(e, "total", 0);

	return total > 0 ? 100.0 * (double)mg_event_attr_i64(e, "largest", 0) / (double)total : 0;
}

static bool is_crowd(const struct mg_rule_ctx *x, const struct mg_event *e)
{
	return (double)mg_event_attr_i64(e, "total", 0) >= mg_rule_num(x, "min_goroutines") &&
	       is_blocked(mg_event_attr(e, "largest_state")) &&
	       share(e) > mg_rule_num(x, "max_percent") &&
	       (double)mg_event_attr_i64(e, "largest_wait_minutes", 0) > mg_rule_num(x, "max_minutes");
}

static void add(const struct mg_rule_ctx *x, struct process *p, const struct mg_event *e)
{
	int64_t total = mg_event_attr_i64(e, "total", 0);

	if (!p->dumps++) {
		p->name = e->component;
		p->first_total = total;
		p->first_ns = e->time_ns;
	}
	p->last_total = total;
	p->last_ns = e->time_ns;
	if (!p->most || total > p->total) {
		p->most = e;
		p->total = total;
	}
	if (is_crowd(x, e) && (!p->crowd || share(e) > share(p->crowd)))
		p->crowd = e;
}

static void report(struct mg_rule_ctx *x, const struct process *p)
{
	bool                   many = (double)p->total > mg_rule_num(x, "max_goroutines");
	const struct mg_event *e = p->crowd ? p->crowd : p->most;
	struct mg_finding     *f;

	if (!many && !p->crowd)
		return;
	f = mg_find_new(x, many && p->crowd ? MG_SEV_ERROR : MG_SEV_WARNING,
			p->dumps > 1 ? MG_CONF_HIGH : MG_CONF_MEDIUM, p->first_ns, p->last_ns);
	mg_find_claim(x, f, "%.*s had %lld goroutines at %s (%lld in the first and %lld in the last of "
			    "%u dumps); %lld of them, %.0f %%, were in %.*s%s%.*s%s",
		      MG_FMT(p->name.n ? p->name : MG_STR("a process")), (long long)p->total,
		      mg_rule_clock(x, p->most->time_ns), (long long)p->first_total,
		      (long long)p->last_total, p->dumps,
		      (long long)mg_event_attr_i64(e, "largest", 0), share(e),
		      MG_FMT(mg_event_attr(e, "largest_function")), p->crowd ? " [" : "",
		      MG_FMT(p->crowd ? mg_event_attr(e, "largest_state") : mg_str("", 0)),
		      p->crowd ? mg_arena_printf(&x->out->arena, ", up to %lld minutes]",
						 (long long)mg_event_attr_i64(e, "largest_wait_minutes",
									      0)).p : "");
	mg_find_label(x, f, "many goroutines");
	mg_find_event(x, f, e);
	if (p->most != e)
		mg_find_event(x, f, p->most);
	mg_find_num(f, "goroutines", (double)p->total);
	mg_find_num(f, "largest_stack", (double)mg_event_attr_i64(e, "largest", 0));
	mg_find_num(f, "largest_stack_percent", share(e));
	mg_find_num(f, "dumps", p->dumps);
	mg_find_alternative(x, f, "goroutines of watches grow with the number of clients: a server that "
				  "has just got those of another one has many and leaks none");
	mg_find_next(x, f, "compare dumps over time (mggoroutine --diff): a leak grows at one creator; "
			   "find what the oldest of them wait for");
}

#define PROCESSES 64

static void run(struct mg_rule_ctx *x)
{
	struct process p[PROCESSES];
	size_t         n = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		size_t                 k = 0;

		if (e->kind != MG_EV_GOROUTINE_DUMP)
			continue;
		while (k < n && !(mg_str_eq(p[k].name, e->component) &&
				  mg_str_eq(p[k].most->node, e->node)))
			k++;
		if (k == PROCESSES)
			continue;
		if (k == n)
			p[n++] = (struct process){ 0 };
		add(x, &p[k], e);
	}
	if (n == 0)
		mg_rule_missing(x, "goroutine dump (`curl -k https://API/debug/pprof/goroutine?debug=2` "
				   "with a privileged token)");
	for (size_t k = 0; k < n; k++)
		report(x, &p[k]);
}

const struct mg_rule mg_rule_goroutine_leak = {
	.id = "goroutine-leak",
	.title = "very many goroutines, or many stuck at one place",
	.needs = "goroutine dumps (debug=2)",
	.explain = "A process with more goroutines than a large cluster needs, or with a great part of "
		   "them blocked (chan send, a lock) at one place for minutes. Goroutines that only wait "
		   "for work (select, chan receive, IO wait) do not count as blocked. Cases: "
		   "kubernetes/kubernetes issue 33472 (200,000 goroutines), 70207 (watches).",
	.references = "kubernetes/kubernetes 33472, 70207",
	.depth = 31,
	.run = run,
	.thresholds = { { "max_goroutines", 50000, "heuristic" },
			{ "max_percent", 30, "heuristic" },
			{ "max_minutes", 10, "heuristic" },
			{ "min_goroutines", 1000, "heuristic: a small process has few stacks" } },
};
