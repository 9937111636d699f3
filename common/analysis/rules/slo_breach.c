/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"
#include <stdlib.h>

#include "base/mem.h"

/* Latency per window against the usual of the same archive. */
struct window {
	int64_t        index;
	struct mg_hist read, write;
};

/* p99 of a window in ns, 0 when it has too few requests to say. */
static int64_t p99(const struct mg_hist *h, double min_requests)
{
	return (double)h->count >= min_requests ? mg_hist_quantile(h, 0.99) : 0;
}

static int cmp_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void merge_into(struct window *w, const struct mg_latency_bucket *b)
{
	mg_hist_merge(&w->read, &b->read);
	mg_hist_merge(&w->write, &b->write);
}

/* Fold the latency buckets into windows; the caller releases each histogram. */
static struct window *windows_of(struct mg_requests *r, int64_t width, size_t *n)
{
	size_t                          nb, cap = 0;
	int64_t                         bucket;
	const struct mg_latency_bucket *b = mg_requests_latency(r, &nb, &bucket);
	struct window                  *w = NULL;

	*n = 0;
	for (size_t i = 0; i < nb; i++) {
		int64_t index = b[i].index * bucket / width;

		if (*n == 0 || w[*n - 1].index != index) {
			struct window fresh = { .index = index };

			mg_hist_init(&fresh.read, b[i].read.bits);
			mg_hist_init(&fresh.write, b[i].write.bits);
			MG_PUSH(w, *n, cap, fresh);
		}
		merge_into(&w[*n - 1], &b[i]);
	}
	return w;
}

/* Median of the windows' worst p99. */
static int64_t median_p99(const struct window *w, size_t n, double min_requests)
{
	int64_t *v = mg_alloc(sizeof(*v) * (n + 1)), median;
	size_t   k = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t worst = p99(&w[i].write, min_requests), read = p99(&w[i].read, min_requests);

		worst = read > worst ? read : worst;
		if (worst)
			v[k++] = worst;
	}
	qsort(v, k, sizeof(*v), cmp_i64);
	median = k ? v[k / 2] : 0;
	free(v);
	return median;
}

struct breach {
	int64_t first, last, worst, worst_at;
	size_t  windows;
	bool    write;
};

static struct breach find_breach(const struct window *w, size_t n, int64_t width, int64_t limit,
				 double min_requests)
{
	struct breach b = { 0 };

	for (size_t i = 0; i < n; i++) {
		int64_t read = p99(&w[i].read, min_requests), write = p99(&w[i].write, min_requests);
		int64_t worst = read > write ? read : write;

		if (worst < limit)
			continue;
		if (!b.windows++)
			b.first = w[i].index * width;
		b.last = (w[i].index + 1) * width;
		if (worst > b.worst) {
			b.worst = worst;
			b.worst_at = w[i].index * width;
			b.write = write >= read;
		}
	}
	return b;
}

static const struct mg_event *slowest_in(const struct mg_case *c, int64_t from, int64_t to)
{
	const struct mg_event *best = NULL;

	for (size_t i = mg_case_lower_bound(c, from - MG_MIN);
	     i < c->events.n && c->events.ev[i].time_ns < to; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if ((e->kind == MG_EV_AUDIT_SLOW || e->kind == MG_EV_APISERVER_TRACE) &&
		    mg_event_end(e) >= from && (!best || e->duration_ns > best->duration_ns))
			best = e;
	}
	return best;
}

/* The windows only bound the interval: the slow requests in them say when. */
static void sharpen(const struct mg_case *c, struct breach *b)
{
	int64_t first = b->last, last = b->first;

	for (size_t i = mg_case_lower_bound(c, b->first);
	     i < c->events.n && c->events.ev[i].time_ns < b->last; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind != MG_EV_AUDIT_SLOW && e->kind != MG_EV_APISERVER_TRACE)
			continue;
		first = e->time_ns < first ? e->time_ns : first;
		last = mg_event_end(e) > last ? mg_event_end(e) : last;
	}
	if (first < last) {
		b->first = first;
		b->last = last;
	}
}

static void report(struct mg_rule_ctx *x, const struct breach *b, int64_t usual)
{
	const struct mg_event *slowest = slowest_in(x->c, b->first, b->last);
	uint32_t               told = 0;
	struct mg_finding     *f;

	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, b->first, b->last);
	mg_find_claim(x, f, "API requests were slow between %s and %s: p99 of %s reached %s at %s "
			    "(usual %s: %s)",
		      mg_rule_clock(x, b->first), mg_rule_clock(x, b->last),
		      b->write ? "writes" : "reads", mg_rule_dur(x, b->worst),
		      mg_rule_clock(x, b->worst_at), mg_rule_usual_where(x), mg_rule_dur(x, usual));
	mg_find_label(x, f, "API slow");
	if (slowest)
		mg_find_event(x, f, slowest);
	for (size_t i = mg_case_lower_bound(x->c, b->first);
	     i < x->c->events.n && x->c->events.ev[i].time_ns < b->last && told < 3; i++)
		if (x->c->events.ev[i].kind == MG_EV_AUDIT_SLOW && &x->c->events.ev[i] != slowest) {
			mg_find_event(x, f, &x->c->events.ev[i]);
			told++;
		}
	mg_find_num(f, "worst_p99_seconds", (double)b->worst / 1e9);
	mg_find_num(f, "usual_p99_seconds", (double)usual / 1e9);
	mg_find_num(f, "windows", (double)b->windows);
}

static void release(struct window *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mg_hist_release(&w[i].read);
		mg_hist_release(&w[i].write);
	}
	free(w);
}

/* Of the baseline. */
static int64_t usual_p99(struct mg_rule_ctx *x, int64_t width, double least)
{
	size_t         n;
	struct window *w = windows_of(mg_rule_usual(x), width, &n);
	int64_t        usual = median_p99(w, n, least);

	release(w, n);
	return usual;
}

static void run(struct mg_rule_ctx *x)
{
	int64_t        width = (int64_t)(mg_rule_num(x, "window_seconds") * 1e9);
	int64_t        limit = (int64_t)(mg_rule_num(x, "p99_seconds") * 1e9), usual;
	double         least = mg_rule_num(x, "min_requests");
	struct window *w;
	struct breach  b;
	size_t         n;

	if (!mg_requests_count(x->c->audit) && !mg_requests_count(x->c->http)) {
		mg_rule_missing(x, "audit log (`oc adm must-gather -- /usr/bin/gather_audit_logs`)");
		return;
	}
	w = windows_of(mg_rule_requests(x), width, &n);
	usual = x->c->usual ? usual_p99(x, width, least) : median_p99(w, n, least);
	b = find_breach(w, n, width, limit, least);
	if (b.windows && (double)b.worst >= mg_rule_num(x, "times_usual") * (double)usual) {
		sharpen(x->c, &b);
		report(x, &b, usual);
	}
	release(w, n);
}

const struct mg_rule mg_rule_slo_breach = {
	.id = "slo-breach",
	.title = "API requests were slow",
	.needs = "audit log, or httplog lines (-v=3)",
	.explain = "p99 of single-object reads and of writes over 1 s (the Kubernetes SLO), and well "
		   "above what is usual in the same archive. Watches and other long-running requests "
		   "do not count.",
	.references = "openshift/cluster-kube-apiserver-operator kube-apiserver-slos; SIG "
		      "Scalability API call latency SLO",
	.depth = 40,
	.run = run,
	.thresholds = { { "window_seconds", 30, "heuristic; the alert uses 5 min" },
			{ "p99_seconds", 1, "Kubernetes SLO" },
			{ "min_requests", 20, "heuristic" },
			{ "times_usual", 3, "heuristic" } },
};
