/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/derive.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/time.h"

/* Two scrapers of one target may come in quick succession: a difference over less than this
 * is rounding. */
#define MIN_INTERVAL_NS MG_SEC
#define BUCKETS_MAX 128 /* of one histogram */

static const char *const counters[] = {
	"apiserver_dropped_requests_total", "apiserver_request_total",
	"container_cpu_usage_seconds_total", "etcd_server_slow_apply_total",
	"node_cpu_seconds_total", "process_cpu_seconds_total", "workqueue_adds_total",
};

static bool is_counter(struct mg_str metric)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++)
		if (mg_str_eq(metric, mg_strz(counters[i])))
			return true;
	return false;
}

/* --- rates --------------------------------------------------------------------------- */

/* What was counted between two scrapes. */
static double increase(double before, double after)
{
	return after < before ? after : after - before;
}

static void rates(struct mg_samples *out, const struct mg_sample_run *r, struct mg_buf *name)
{
	size_t from = 0;

	mg_buf_clear(name);
	mg_buf_printf(name, "rate(%.*s){%.*s}", MG_FMT(r->metric), MG_FMT(r->labels));
	for (size_t i = 1; i < r->n; i++) {
		double dt = (double)r->s[i].time_ns - (double)r->s[from].time_ns;

		if (dt < (double)MIN_INTERVAL_NS)
			continue;
		mg_samples_add_line(out, mg_buf_str(name), r->s[i].time_ns,
				    increase(r->s[from].value, r->s[i].value) / (dt / (double)MG_SEC),
				    r->s[i].artifact, r->s[i].line);
		from = i;
	}
}

/* Labels in front of the last one, whose key is `key`. */
static struct mg_str labels_before(struct mg_str labels, const char *key)
{
	ptrdiff_t i = mg_str_rfind(labels, mg_strz(key));

	labels = mg_str_head(labels, i < 0 ? labels.n : (size_t)i);
	return mg_str_ends(labels, MG_STR(",")) ? mg_str_head(labels, labels.n - 1) : labels;
}

/* `busy` and `idle` are the seconds of all processors of one node. */
static void busy_ratio(struct mg_samples *out, const struct mg_sample_run *busy,
		       const struct mg_sample_run *idle, struct mg_buf *name)
{
	int64_t from_ns = MG_TIME_NONE;
	double  b0 = 0, i0 = 0;

	mg_buf_clear(name);
	mg_buf_printf(name, "node_cpu_busy_ratio{%.*s}", MG_FMT(labels_before(busy->labels, "mode=\"")));
	for (size_t i = 0, k = 0; i < busy->n; i++) {
		const struct mg_sample *s = &busy->s[i];
		double                  b, sum;

		while (k < idle->n && idle->s[k].time_ns < s->time_ns)
			k++;
		if (k == idle->n || idle->s[k].time_ns != s->time_ns)
			continue;
		if (from_ns != MG_TIME_NONE && s->time_ns - from_ns < MIN_INTERVAL_NS)
			continue;
		b = increase(b0, s->value);
		sum = b + increase(i0, idle->s[k].value);
		if (from_ns != MG_TIME_NONE && sum > 0)
			mg_samples_add_line(out, mg_buf_str(name), s->time_ns, b / sum, s->artifact,
					    s->line);
		from_ns = s->time_ns;
		b0 = s->value;
		i0 = idle->s[k].value;
	}
}

/* --- histograms ------------------------------------------------------------------------ */

double mg_bucket_quantile(const struct mg_bucket *b, size_t n, double q)
{
	double want, below = 0, bound = 0;

	if (n == 0 || !isinf(b[n - 1].le) || !(b[n - 1].count > 0))
		return NAN;
	want = q * b[n - 1].count;
	for (size_t i = 0; i < n; i++) {
		if (b[i].count >= want) {
			if (isinf(b[i].le) || b[i].count <= below)
				return bound;
			if (b[i].le <= 0) /* a first bucket at or below 0 has no width that is known */
				return b[i].le;
			return bound + (b[i].le - bound) * (want - below) / (b[i].count - below);
		}
		below = b[i].count;
		bound = b[i].le;
	}
	return bound;
}

/* One line of a scrape. */
struct point {
	int64_t  time_ns;
	double   le, count;
	uint32_t artifact;
	uint64_t line;
};

#define ORDER(a, b)              \
	if ((a) != (b))          \
	return (a) < (b) ? -1 : 1

static int by_scrape(const void *x, const void *y)
{
	const struct point *a = x, *b = y;

	ORDER(a->time_ns, b->time_ns);
	ORDER(a->le, b->le);
	ORDER(a->count, b->count);
	return 0;
}

/* The buckets of one histogram at one time, in order of their bounds. */
struct scrape {
	const struct point *p;
	size_t              n;
};

/* Buckets are cumulative; of two scrapes those count that both have.  A bucket that fell says
 * that the process began anew. */
static size_t difference(const struct scrape *before, const struct scrape *now,
			 struct mg_bucket *out)
{
	size_t n = 0;
	bool   reset = false;

	for (size_t i = 0, k = 0; i < now->n && n < BUCKETS_MAX; i++) {
		while (k < before->n && before->p[k].le < now->p[i].le)
			k++;
		if (k == before->n || before->p[k].le != now->p[i].le)
			continue;
		reset |= now->p[i].count < before->p[k].count;
		out[n++] = (struct mg_bucket){ now->p[i].le, now->p[i].count - before->p[k].count };
	}
	if (reset || before->n == 0)
		for (n = 0; n < now->n && n < BUCKETS_MAX; n++)
			out[n] = (struct mg_bucket){ now->p[n].le, now->p[n].count };
	/* Rounding, and scrapes that met a moving histogram: never fewer than one bound below. */
	for (size_t i = 1; i < n; i++)
		out[i].count = fmax(out[i].count, out[i - 1].count);
	return n;
}

static struct scrape scrape_at(const struct point *p, size_t n, size_t at)
{
	struct scrape s = { p + at, 1 };

	while (at + s.n < n && p[at + s.n].time_ns == p[at].time_ns)
		s.n++;
	return s;
}

static void quantiles(struct mg_samples *out, struct point *p, size_t n, struct mg_str metric,
		      struct mg_str labels, struct mg_buf *name)
{
	struct mg_bucket diff[BUCKETS_MAX];
	struct scrape    before = { NULL, 0 }, now;
	bool             once;

	qsort(p, n, sizeof(*p), by_scrape);
	once = p[0].time_ns == p[n - 1].time_ns;
	mg_buf_clear(name);
	mg_buf_printf(name, "%.*s{quantile=\"0.99\"%s%s%.*s}",
		      MG_FMT(mg_str_head(metric, metric.n - strlen("_bucket"))),
		      once ? ",since=\"start\"" : "", labels.n ? "," : "", MG_FMT(labels));
	for (size_t i = 0; i < n; i += now.n) {
		double v;

		now = scrape_at(p, n, i);
		if (before.n && now.p->time_ns - before.p->time_ns < MIN_INTERVAL_NS)
			continue;
		if (before.n || once) {
			v = mg_bucket_quantile(diff, difference(&before, &now, diff), 0.99);
			if (!isnan(v))
				mg_samples_add_line(out, mg_buf_str(name), now.p->time_ns, v,
						    now.p->artifact, now.p->line);
		}
		before = now;
	}
}

/* All series of one histogram: they differ in their last label, the bound.  Returns where
 * the next histogram begins. */
static size_t histogram(struct mg_samples *out, const struct mg_samples *in, size_t at,
			struct mg_buf *name)
{
	struct mg_sample_run r, first;
	struct point        *p = NULL;
	size_t               n = 0, cap = 0, next = at;

	mg_samples_next(in, &next, &first);
	for (next = at; next < in->n; at = next) {
		double le;

		mg_samples_next(in, &next, &r);
		if (!mg_str_eq(r.metric, first.metric) ||
		    !mg_str_eq(labels_before(r.labels, "le=\""), labels_before(first.labels, "le=\"")))
			break;
		if (!mg_num_f64(mg_sample_label(r.labels, "le"), &le) || isnan(le))
			continue;
		for (size_t i = 0; i < r.n; i++)
			MG_PUSH(p, n, cap, ((struct point){ r.s[i].time_ns, le, r.s[i].value,
							    r.s[i].artifact, r.s[i].line }));
	}
	if (n)
		quantiles(out, p, n, first.metric, labels_before(first.labels, "le=\""), name);
	free(p);
	return at;
}

/* --- all ----------------------------------------------------------------------------------- */

void mg_samples_derive(struct mg_samples *out, const struct mg_samples *in)
{
	struct mg_sample_run r, next;
	struct mg_buf        name = { 0 };

	for (size_t at = 0, begin = 0, peek; mg_samples_next(in, &at, &r); begin = at) {
		if (mg_str_ends(r.metric, MG_STR("_bucket"))) {
			at = histogram(out, in, begin, &name);
			continue;
		}
		if (is_counter(r.metric))
			rates(out, &r, &name);
		peek = at;
		if (mg_str_eq(r.metric, MG_STR("node_cpu_seconds_total")) &&
		    mg_str_eq(mg_sample_label(r.labels, "mode"), MG_STR("busy")) &&
		    mg_samples_next(in, &peek, &next) && mg_str_eq(r.metric, next.metric) &&
		    mg_str_eq(labels_before(r.labels, "mode=\""), labels_before(next.labels, "mode=\"")))
			busy_ratio(out, &r, &next, &name);
	}
	mg_buf_release(&name);
	mg_samples_sort(out);
}
