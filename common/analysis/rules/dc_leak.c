/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* Before Kubernetes 1.23 DeleteCollection's distributor goroutine blocks for good when all
 * workers have returned on an error (kubernetes/kubernetes PR 105606).  The request itself
 * ends; what stays is the goroutine in [chan send]. */

struct dump {
	int64_t                ns;
	uint32_t               stuck;
	int64_t                longest_min;
	const struct mg_event *event; /* of the bucket, or of the dump */
};

static bool is_leak(const struct mg_event *e)
{
	return e->kind == MG_EV_GOROUTINE_STUCK &&
	       mg_str_eq(mg_event_attr(e, "signature"), MG_STR("deletecollection-distributor"));
}

static bool is_text1(const struct mg_event *e)
{
	return mg_str_eq(mg_event_attr(e, "form"), MG_STR("debug1"));
}

/* A file may hold several dumps: it is of the last one that begins before it. */
static void add_leak(struct dump *d, size_t n, const struct mg_event *e)
{
	int64_t      m = mg_event_attr_i64(e, "wait_max_minutes", 0);
	struct dump *of = NULL;

	for (size_t k = 0; k < n; k++)
		if (d[k].event->artifact == e->artifact && d[k].event->line <= e->line &&
		    (!of || d[k].event->line > of->event->line))
			of = &d[k];
	if (!of)
		return;
	of->stuck += e->count;
	of->longest_min = m > of->longest_min ? m : of->longest_min;
}

/* One entry a debug=2 dump of an API server, by time; returns how many. */
static size_t collect(struct mg_case *c, struct dump *d, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind == MG_EV_GOROUTINE_DUMP && !is_text1(e) && n < cap &&
		    c->artifacts[e->artifact].kind == MG_KIND_GOROUTINE)
			d[n++] = (struct dump){ .ns = e->time_ns, .event = e };
	}
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (is_leak(e) && !is_text1(e))
			add_leak(d, n, e);
	}
	return n;
}

/* Failed DELETE collections: by user, namespace, resource and code, from the audit log; from
 * traces (no user there) where the audit log does not show that resource. */
struct caller {
	struct mg_str          user, ns, resource;
	uint32_t               code, count;
	int64_t                longest;
	const struct mg_event *first;
};

#define CALLERS 16

static void add_caller(struct caller *k, size_t *n, const struct mg_event *e)
{
	for (size_t i = 0; i < *n; i++)
		if (mg_str_eq(k[i].user, e->user) && mg_str_eq(k[i].ns, e->ns) &&
		    mg_str_eq(k[i].resource, e->resource) && k[i].code == e->code) {
			k[i].count++;
			k[i].longest = e->duration_ns > k[i].longest ? e->duration_ns : k[i].longest;
			return;
		}
	if (*n < CALLERS)
		k[(*n)++] = (struct caller){ e->user, e->ns, e->resource, e->code, 1,
					     e->duration_ns, e };
}

static size_t collect_callers(const struct mg_case *c, struct caller *k)
{
	size_t n = 0, audited;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind == MG_EV_AUDIT_DELETECOLLECTION && e->code >= 500)
			add_caller(k, &n, e);
	}
	audited = n;
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		bool                   known = false;

		if (e->kind != MG_EV_APISERVER_TRACE ||
		    !mg_str_eq(e->verb, MG_STR("deletecollection")) || e->duration_ns < MG_SEC)
			continue;
		for (size_t j = 0; j < audited; j++)
			known |= mg_str_eq(k[j].resource, e->resource) && mg_str_eq(k[j].ns, e->ns);
		if (!known)
			add_caller(k, &n, e);
	}
	return n;
}

static struct mg_str describe_callers(struct mg_rule_ctx *x, const struct caller *k, size_t n)
{
	struct mg_str text = { "", 0 };

	for (size_t i = 0; i < n && i < 4; i++) {
		struct mg_str by = k[i].user.n
			? mg_arena_printf(&x->out->arena, "by %.*s, answered %u", MG_FMT(k[i].user),
					  k[i].code)
			: MG_STR("caller not in the audit log");

		text = mg_arena_printf(&x->out->arena, "%.*s%s%ux %.*s in %.*s (%.*s, up to %s)",
				       MG_FMT(text), i ? "; " : "", k[i].count, MG_FMT(k[i].resource),
				       MG_FMT(k[i].ns), MG_FMT(by), mg_rule_dur(x, k[i].longest));
	}
	return text;
}

/* What the last heap profile says.  The goroutines are certain; whether they hold memory is a
 * question to the profile, and never a product of two figures. */
static void cite_heap(struct mg_rule_ctx *x, struct mg_finding *f)
{
	const struct mg_event *last = NULL;
	int64_t                total, held, most = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_HEAP_PROFILE)
			continue;
		held = mg_event_attr_i64(e, "deletecollection_bytes", 0);
		most = held > most ? held : most;
		last = e;
	}
	if (!last || (total = mg_event_attr_i64(last, "total_bytes", 0)) <= 0)
		return;
	held = mg_event_attr_i64(last, "deletecollection_bytes", 0);
	mg_find_evidence(x, f, last->artifact, last->line, last->time_ns,
			 "heap profile: %.1f MiB of %.1f MiB (%.1f %%) held below DeleteCollection, "
			 "at most %.1f MiB in any profile", (double)held / 1048576,
			 (double)total / 1048576, 100.0 * (double)held / (double)total,
			 (double)most / 1048576);
	mg_find_num(f, "heap_deletecollection_bytes", (double)held);
	mg_find_num(f, "heap_deletecollection_percent", 100.0 * (double)held / (double)total);
	mg_find_num(f, "heap_deletecollection_bytes_peak", (double)most);
}

/* The oldest stuck one tells since when, where no earlier dump shows that there was none. */
static int64_t since(const struct mg_case *c, const struct dump *d, size_t first)
{
	if (first > 0)
		return d[first - 1].ns;
	for (size_t i = 0; i < c->events.n; i++) /* by time */
		if (is_leak(&c->events.ev[i]) && !is_text1(&c->events.ev[i]) &&
		    c->events.ev[i].time_ns != MG_TIME_NONE)
			return c->events.ev[i].time_ns;
	return d[first].ns;
}

static void run(struct mg_rule_ctx *x)
{
	struct dump        d[128];
	struct caller      k[CALLERS];
	size_t             n = collect(x->c, d, 128), first = n, peak = 0, callers;
	struct mg_str      growth = { "", 0 };
	struct mg_finding *f;
	struct mg_str      who;

	if (n == 0) {
		mg_rule_missing(x, "goroutine dump (`curl -k https://API/debug/pprof/goroutine?debug=2` "
				   "with a privileged token)");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (d[i].stuck && first == n)
			first = i;
		if (d[i].stuck > d[peak].stuck)
			peak = i;
		if (i < 24)
			growth = mg_arena_printf(&x->out->arena, "%.*s%s%u", MG_FMT(growth),
						 i ? " -> " : "", d[i].stuck);
	}
	if (first == n || (d[peak].stuck < mg_rule_num(x, "min_growing") &&
			   d[peak].longest_min < mg_rule_num(x, "min_minutes")))
		return;
	callers = collect_callers(x->c, k);
	who = callers ? describe_callers(x, k, callers) : MG_STR("none seen");
	f = mg_find_new(x, MG_SEV_CRITICAL,
			n > 1 || d[peak].longest_min >= 5 ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			since(x->c, d, first), d[n - 1].ns);
	mg_find_claim(x, f, "%u DeleteCollection distributor goroutine%s leaked in the API server and "
			    "never ended (%.*s over %zu dump%s); failed DELETE collections: %.*s",
		      d[n - 1].stuck > d[peak].stuck ? d[n - 1].stuck : d[peak].stuck,
		      d[peak].stuck == 1 ? "" : "s", MG_FMT(growth), n, n == 1 ? "" : "s",
		      MG_FMT(who));
	mg_find_label(x, f, "DeleteCollection leak");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (is_leak(&x->c->events.ev[i]) && !is_text1(&x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	cite_heap(x, f);
	for (size_t i = 0; i < callers; i++)
		mg_find_event(x, f, k[i].first);
	mg_find_num(f, "leaked_goroutines", d[n - 1].stuck);
	mg_find_num(f, "peak_goroutines", d[peak].stuck);
	mg_find_num(f, "dumps", (double)n);
	mg_find_num(f, "longest_wait_minutes", (double)d[n - 1].longest_min);
	mg_find_text(x, f, "per_dump", "%.*s", MG_FMT(growth));
	mg_find_text(x, f, "failed_requests", "%.*s", MG_FMT(who));
	mg_find_alternative(x, f, "a collection delete that is still running shows worker goroutines "
				  "(DeleteCollection.func2) beside the distributor");
	mg_find_next(x, f, "upgrade to Kubernetes 1.23 / OpenShift 4.10 or later (fixed by "
			   "kubernetes/kubernetes PR 105606); restart the API server to free them");
	mg_find_next(x, f, "stop or slow the caller that retries the collection delete, and find why "
			   "its deletes fail");
}

const struct mg_rule mg_rule_dc_leak = {
	.id = "dc-distributor-leak",
	.title = "DeleteCollection goroutines are stuck",
	.needs = "goroutine dumps of the API server (debug=2)",
	.explain = "Goroutines in (*Store).DeleteCollection.func* [chan send], created by "
		   "DeleteCollection: every worker returned on an error, and the distributor blocks "
		   "for ever. Each failed call leaks one. They are few and small; memory grows from "
		   "the repeated full lists, which is reported on its own.",
	.references = "kubernetes/kubernetes 105606, fixed in 1.23",
	.depth = 30,
	.run = run,
	.thresholds = { { "min_minutes", 5, "heuristic" },
			{ "min_growing", 1, "a distributor in chan send is already the signature" } },
};
