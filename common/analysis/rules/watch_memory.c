/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"
#include "base/mem.h"

/* Writes of one resource, as minutes. */
struct churn {
	const struct mg_request_note *peak; /* busiest minute before the death */
	uint64_t                      usual; /* median minute elsewhere       */
};

/* Is this minute in the window before the death?  The minute of the death counts. */
static bool before(int64_t minute, int64_t death_ns, int64_t window_ns)
{
	return minute * MG_MIN <= death_ns && (minute + 1) * MG_MIN >= death_ns - window_ns;
}

/* Median writes a minute of a resource where it was usual; UINT64_MAX: nothing to compare with.
 * Without a baseline the window before the death does not count. */
static uint64_t usual(const struct mg_rule_ctx *x, struct mg_str resource, int64_t death_ns,
		      int64_t window_ns)
{
	struct mg_requests           *r = mg_rule_usual(x);
	size_t                        n, k = 0, in = 0, all;
	const struct mg_request_note *t = mg_requests_notes(r, MG_NOTE_WRITES, &n);
	uint64_t                     *v = mg_alloc((n + 1) * sizeof(*v)), median;
	int64_t                       first, last;

	for (size_t i = 0; i < n; i++) {
		if (!mg_str_eq(mg_requests_text(r, t[i].resource), resource))
			continue;
		if (r != x->c->usual && before(t[i].slot, death_ns, window_ns))
			in++;
		else
			v[k++] = t[i].count;
	}
	mg_requests_span(r, &first, &last);
	all = (size_t)(last / MG_MIN - first / MG_MIN + 1);
	median = all > in ? mg_usual(v, k, all - in) : UINT64_MAX;
	free(v);
	return median;
}

/* The resource that is written most in a minute before the death, if far more than usual. */
static void judge(struct mg_rule_ctx *x, struct mg_requests *r, int64_t death_ns,
		  int64_t window_ns, struct churn *best)
{
	size_t                        n;
	const struct mg_request_note *t = mg_requests_notes(r, MG_NOTE_WRITES, &n);

	*best = (struct churn){ 0 };
	for (size_t i = 0; i < n; i++) {
		uint64_t is_usual;

		if (!before(t[i].slot, death_ns, window_ns) ||
		    (double)t[i].count < mg_rule_num(x, "min_writes") ||
		    (best->peak && t[i].count <= best->peak->count))
			continue;
		is_usual = usual(x, mg_requests_text(r, t[i].resource), death_ns, window_ns);
		if ((double)t[i].count >= mg_rule_num(x, "times_usual") * (double)is_usual)
			*best = (struct churn){ &t[i], is_usual };
	}
}

/* Goroutines that serve watches, the most in one dump. */
static const struct mg_event *watch_goroutines(const struct mg_case *c)
{
	const struct mg_event *most = NULL;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind != MG_EV_GOROUTINE_STUCK && e->kind != MG_EV_GOROUTINE_DUMP)
			continue;
		if (!mg_str_has(mg_event_attr(e, "function"), MG_STR("WatchServer")) &&
		    !mg_str_has(mg_event_attr(e, "stack"), MG_STR("WatchServer")) &&
		    !mg_str_has(mg_event_attr(e, "largest_function"), MG_STR("WatchServer")))
			continue;
		if (!most || e->count > most->count)
			most = e;
	}
	return most;
}

static int64_t goroutines_of(const struct mg_event *e)
{
	return !e ? 0 : e->kind == MG_EV_GOROUTINE_DUMP ? mg_event_attr_i64(e, "largest", 0) : e->count;
}

/* Large LISTs before the death explain it better (apiserver-oom-list-storm). */
static uint32_t large_lists(const struct mg_rule_ctx *x, int64_t death_ns, int64_t window_ns)
{
	uint32_t n = 0;

	for (size_t i = mg_case_lower_bound(x->c, death_ns - window_ns);
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= death_ns + MG_SEC; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		n += e->kind == MG_EV_AUDIT_LIST ||
		     (e->kind == MG_EV_APISERVER_TRACE && mg_str_eq(e->verb, MG_STR("list"))) ||
		     (e->kind == MG_EV_ETCD_SLOW_APPLY &&
		      mg_event_attr_i64(e, "response_size", 0) >= 1 << 20);
	}
	return n;
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct mg_death *d,
		   const struct churn *c, const struct mg_event *g)
{
	bool               writes = c->peak != NULL;
	bool               watches = (double)goroutines_of(g) >= mg_rule_num(x, "min_goroutines");
	int64_t            start = writes ? c->peak->slot * MG_MIN : d->time_ns;
	struct mg_finding *f;

	f = mg_find_new(x, MG_SEV_WARNING, writes && watches ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			start < d->time_ns ? start : d->time_ns, d->time_ns);
	mg_find_claim(x, f, "kube-apiserver%s%.*s was OOM-killed at %s without large LISTs before it%s%s",
		      d->node.n ? " on " : "", MG_FMT(d->node), mg_rule_clock(x, d->time_ns),
		      writes ? mg_arena_printf(&x->out->arena,
					       ", while %.*s were written %llu times a minute (usual %s: "
					       "%llu), each write being sent to every watch",
					       MG_FMT(mg_requests_text(r, c->peak->resource)),
					       (unsigned long long)c->peak->count, mg_rule_usual_where(x),
					       (unsigned long long)c->usual).p : "",
		      watches ? mg_arena_printf(&x->out->arena, "; %lld goroutines served watches",
						(long long)goroutines_of(g)).p : "");
	mg_find_label(x, f, "watch events and memory");
	if (d->kernel || d->object)
		mg_find_event(x, f, d->kernel ? d->kernel : d->object);
	if (writes)
		mg_find_evidence(x, f, c->peak->artifact, c->peak->line, c->peak->first_ns,
				 "first of %llu writes of that minute",
				 (unsigned long long)c->peak->count);
	if (watches)
		mg_find_event(x, f, g);
	mg_find_num(f, "writes_per_minute", c->peak ? (double)c->peak->count : 0);
	mg_find_num(f, "usual_per_minute", (double)c->usual);
	mg_find_num(f, "watch_goroutines", (double)goroutines_of(g));
	if (writes)
		mg_find_text(x, f, "resource", "%.*s",
			     MG_FMT(mg_requests_text(r, c->peak->resource)));
	mg_find_next(x, f, "find who writes: mgaudit --verb=create,update,patch,delete --by=user,resource "
			   "-o top; and who watches: mgaudit --watches");
}

static bool was_killed(const struct mg_death *d)
{
	return d->oom && mg_str_eq(d->component, MG_STR("kube-apiserver"));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests           *r;
	const struct mg_event        *g;
	int64_t                       window = (int64_t)mg_rule_num(x, "window_seconds") * MG_SEC;
	uint32_t                      dead = 0;

	while (dead < x->s->ndeath && !was_killed(&x->s->death[dead]))
		dead++;
	if (dead == x->s->ndeath || !(r = mg_rule_audit(x)))
		return;
	g = watch_goroutines(x->c);
	for (uint32_t i = dead; i < x->s->ndeath; i++) {
		const struct mg_death *d = &x->s->death[i];
		struct churn           best;

		if (!was_killed(d) ||
		    large_lists(x, d->time_ns, window) >= mg_rule_num(x, "max_lists"))
			continue;
		judge(x, r, d->time_ns, window, &best);
		if (best.peak || (double)goroutines_of(g) >= mg_rule_num(x, "min_goroutines"))
			report(x, r, d, &best, g);
	}
}

const struct mg_rule mg_rule_watch_memory = {
	.id = "watch-event-memory",
	.title = "memory went to watch events",
	.needs = "pod statuses or kernel log; audit log; goroutine dumps if any",
	.explain = "Every write of an object is encoded for and buffered in every watch of its resource. "
		   "An API server that was OOM-killed without large LISTs before, while one resource was "
		   "written five times as often as usual or ten thousand goroutines served watches, "
		   "had its memory there.",
	.references = "kubernetes/kubernetes 127980, 98423",
	.depth = 13,
	.run = run,
	.thresholds = { { "times_usual", 5, "heuristic" },
			{ "min_goroutines", 10000, "heuristic" },
			{ "min_writes", 600, "heuristic, per minute" },
			{ "max_lists", 1, "heuristic" },
			{ "window_seconds", 300, "heuristic" } },
};
