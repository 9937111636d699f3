/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/series.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/series_internal.h"
#include "base/mem.h"

#define MAX_TABLES 18
/* Latency: requests in a usual bucket, and how many buckets there are at least and at most. */
#define LATENCY_ENOUGH 30
#define LATENCY_LEAST 120
#define LATENCY_MOST 300

/* --- tables ------------------------------------------------------------------- */

int64_t mg_series_step(int64_t ns)
{
	static const int64_t steps[] = {
		MG_SEC,      2 * MG_SEC,  5 * MG_SEC,  10 * MG_SEC, 15 * MG_SEC, 30 * MG_SEC,
		MG_MIN,      2 * MG_MIN,  5 * MG_MIN,  10 * MG_MIN, 15 * MG_MIN, 30 * MG_MIN,
		MG_HOUR,     2 * MG_HOUR, 6 * MG_HOUR, 12 * MG_HOUR, MG_DAY,
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (ns <= steps[i])
			return steps[i];
	return (ns - 1) / MG_DAY < INT64_MAX / MG_DAY ? ((ns - 1) / MG_DAY + 1) * MG_DAY :
							INT64_MAX / MG_DAY * MG_DAY;
}

/* Both ends of the int64 range are possible: count in unsigned. */
static uint64_t distance(int64_t from, int64_t to)
{
	return (uint64_t)to - (uint64_t)from;
}

static int64_t floor_to(int64_t ns, int64_t step)
{
	int64_t rest = ns % step;

	if (rest < 0)
		rest += step;
	return ns < INT64_MIN + rest ? INT64_MIN : ns - rest;
}

struct mg_table *mg_frame_table(struct mg_frame *f, const char *name, const char *title,
				const char *unit, int64_t step_ns)
{
	struct mg_table *t = &f->s->t[f->s->n++];

	*t = (struct mg_table){ .name = name, .title = title, .unit = unit, .step_ns = step_ns };
	t->start_ns = floor_to(f->first_ns, step_ns);
	t->n = (size_t)(distance(t->start_ns, f->last_ns) / (uint64_t)step_ns) + 1;
	return t;
}

double *mg_frame_column(struct mg_frame *f, struct mg_table *t, struct mg_str name)
{
	struct mg_column *old = t->col, *c;

	/* Doubling at powers of two keeps a column's pointer to its values valid. */
	if ((t->ncol & (t->ncol - 1)) == 0) {
		uint32_t cap = t->ncol ? t->ncol * 2 : 1;

		t->col = mg_arena_alloc(&f->s->arena, cap * sizeof(*t->col));
		if (old)
			memcpy(t->col, old, t->ncol * sizeof(*t->col));
	}
	c = &t->col[t->ncol++];
	*c = (struct mg_column){ .name = mg_arena_str(&f->s->arena, name) };
	c->v = mg_arena_alloc(&f->s->arena, t->n * sizeof(*c->v));
	for (size_t i = 0; i < t->n; i++)
		c->v[i] = NAN;
	return c->v;
}

bool mg_table_index(const struct mg_table *t, int64_t ns, size_t *i)
{
	uint64_t k;

	if (ns < t->start_ns)
		return false;
	k = distance(t->start_ns, ns) / (uint64_t)t->step_ns;
	*i = (size_t)k;
	return k < t->n;
}

bool mg_table_range(const struct mg_table *t, int64_t from, int64_t to, size_t *lo, size_t *hi)
{
	if (to < from || to < t->start_ns)
		return false;
	if (from < t->start_ns)
		from = t->start_ns;
	if (!mg_table_index(t, from, lo))
		return false;
	if (!mg_table_index(t, to, hi))
		*hi = t->n - 1;
	return true;
}

/* Drop columns without a value, and the table when none is left. */
static void settle(struct mg_series *s)
{
	uint32_t kept = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		struct mg_table *t = &s->t[k];
		uint32_t         n = 0;

		for (uint32_t c = 0; c < t->ncol; c++) {
			for (size_t i = 0; i < t->n && !t->col[c].any; i++)
				t->col[c].any = !isnan(t->col[c].v[i]) && t->col[c].v[i] != 0;
			if (t->col[c].any)
				t->col[n++] = t->col[c];
		}
		t->ncol = n;
		if (n)
			s->t[kept++] = *t;
	}
	s->n = kept;
}

/* --- requests ------------------------------------------------------------------- */

static bool traffic_of(const struct mg_frame *f, struct mg_traffic *t)
{
	int64_t first, last;

	t->r = f->c->audit;
	t->source = "audit log";
	if (mg_requests_count(t->r) == 0) {
		t->r = f->c->http;
		t->source = "API server log";
	}
	if (mg_requests_count(t->r) == 0)
		return false;
	mg_requests_span(t->r, &first, &last);
	if (first == MG_TIME_NONE || first < f->first_ns)
		first = f->first_ns;
	if (last == MG_TIME_NONE || last > f->last_ns)
		last = f->last_ns;
	t->first_s = floor_to(first, MG_SEC) / MG_SEC;
	t->last_s = floor_to(last, MG_SEC) / MG_SEC;
	return t->first_s <= t->last_s;
}

const char *mg_traffic_title(struct mg_frame *f, const char *what, const struct mg_traffic *r)
{
	return mg_arena_printf(&f->s->arena, "%s (%s)", what, r->source).p;
}

/* Seconds of bucket `i` that the source covers: what a rate is divided by. */
static double covered(const struct mg_table *t, size_t i, const struct mg_traffic *r)
{
	int64_t from = t->start_ns / MG_SEC + (int64_t)i * (t->step_ns / MG_SEC);
	int64_t to = from + t->step_ns / MG_SEC;

	from = from < r->first_s ? r->first_s : from;
	to = to > r->last_s + 1 ? r->last_s + 1 : to;
	return to > from ? (double)(to - from) : 0;
}

void mg_traffic_zero(const struct mg_table *t, const struct mg_traffic *r, double *v)
{
	for (size_t i = 0; i < t->n; i++)
		if (covered(t, i, r) > 0)
			v[i] = 0;
}

void mg_traffic_rates(const struct mg_table *t, const struct mg_traffic *r)
{
	for (size_t i = 0; i < t->n; i++) {
		double by = covered(t, i, r);

		for (uint32_t c = 0; c < t->ncol && by > 0; c++)
			t->col[c].v[i] /= by;
	}
}

static struct mg_str code_column(enum mg_code_class k)
{
	return k == MG_CODE_4XX ? MG_STR("other 4xx") : k == MG_CODE_NONE ? MG_STR("no code") :
	       mg_strz(mg_code_class_name(k));
}

static void build_requests(struct mg_frame *f, const struct mg_traffic *r)
{
	struct mg_table        *t = mg_frame_table(f, "requests",
						   mg_traffic_title(f, "Requests by status code", r),
						   "requests/s", f->step_ns);
	double                 *v[MG_CODE_CLASSES];
	size_t                  n, at;
	const struct mg_second *s = mg_requests_seconds(r->r, &n);

	for (int k = 0; k < MG_CODE_CLASSES; k++) {
		v[k] = mg_frame_column(f, t, code_column((enum mg_code_class)k));
		mg_traffic_zero(t, r, v[k]);
	}
	for (size_t i = 0; i < n; i++) {
		if (s[i].second < r->first_s || s[i].second > r->last_s ||
		    !mg_table_index(t, s[i].second * MG_SEC, &at))
			continue;
		for (int k = 0; k < MG_CODE_CLASSES; k++)
			v[k][at] += s[i].by_code[k];
	}
	mg_traffic_rates(t, r);
}

/* Latency buckets may be wider than the wanted step: a table's step is a multiple of
 * their width. */
static int64_t bucket_step(int64_t step, int64_t width)
{
	int64_t k;

	if (width <= 0)
		width = MG_SEC;
	k = (step - 1) / width + 1;
	return k < INT64_MAX / width ? k * width : width;
}

/* Start of a bucket of the latency series; false when it is no time. */
static bool bucket_time(const struct mg_latency_bucket *b, int64_t width, int64_t *ns)
{
	return !__builtin_mul_overflow(b->index, width, ns);
}

static void build_verbs(struct mg_frame *f, const struct mg_traffic *r)
{
	size_t                          n, at;
	int64_t                         width, ns;
	const struct mg_latency_bucket *b = mg_requests_latency(r->r, &n, &width);
	struct mg_table                *t = mg_frame_table(f, "verbs", mg_traffic_title(f, "Requests by verb", r),
							   "requests/s", bucket_step(f->step_ns, width));
	double                         *v[MG_VERB_CLASSES];

	for (int k = 0; k < MG_VERB_CLASSES; k++) {
		v[k] = mg_frame_column(f, t, mg_strz(mg_verb_class_name((enum mg_verb_class)k)));
		mg_traffic_zero(t, r, v[k]);
	}
	for (size_t i = 0; i < n; i++) {
		if (!bucket_time(&b[i], width, &ns) || !mg_table_index(t, ns, &at))
			continue;
		for (int k = 0; k < MG_VERB_CLASSES; k++)
			v[k][at] += b[i].by_verb[k];
	}
	mg_traffic_rates(t, r);
}

/* --- latency ---------------------------------------------------------------------- */

enum { P50, P99, P99_READ, P99_WRITE, P99_LIST, LATENCY_COLUMNS };

static const char *const latency_names[LATENCY_COLUMNS] = { "p50", "p99", "p99 read",
							    "p99 write", "p99 list" };

static double quantile(const struct mg_hist *h, double q)
{
	return h->count ? (double)mg_hist_quantile(h, q) / (double)MG_SEC : NAN;
}

static void latency_row(double *v[], size_t at, const struct mg_latency_bucket *b)
{
	v[P50][at] = quantile(&b->all, 0.5);
	v[P99][at] = quantile(&b->all, 0.99);
	v[P99_READ][at] = quantile(&b->read, 0.99);
	v[P99_WRITE][at] = quantile(&b->write, 0.99);
	v[P99_LIST][at] = quantile(&b->list, 0.99);
}

/* Several buckets in one row: merge their histograms. */
static void latency_merged(double *v[], size_t at, const struct mg_latency_bucket *b, size_t n)
{
	struct mg_latency_bucket sum = { 0 };

	mg_hist_init(&sum.all, b->all.bits);
	mg_hist_init(&sum.read, b->read.bits);
	mg_hist_init(&sum.write, b->write.bits);
	mg_hist_init(&sum.list, b->list.bits);
	for (size_t i = 0; i < n; i++) {
		mg_hist_merge(&sum.all, &b[i].all);
		mg_hist_merge(&sum.read, &b[i].read);
		mg_hist_merge(&sum.write, &b[i].write);
		mg_hist_merge(&sum.list, &b[i].list);
	}
	latency_row(v, at, &sum);
	mg_hist_release(&sum.all);
	mg_hist_release(&sum.read);
	mg_hist_release(&sum.write);
	mg_hist_release(&sum.list);
}

static int by_count(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Requests in the usual bucket that has any. */
static uint64_t usual_count(const struct mg_latency_bucket *b, size_t n)
{
	uint64_t *count = mg_realloc(NULL, n + 1, sizeof(*count)), m = 0;
	size_t    k = 0;

	for (size_t i = 0; i < n; i++)
		if (b[i].all.count)
			count[k++] = b[i].all.count;
	if (k) {
		qsort(count, k, sizeof(*count), by_count);
		m = count[k / 2];
	}
	free(count);
	return m;
}

/* A percentile of a handful of requests is noise: wider buckets until the usual one has
 * enough, but never so wide that a stall of some seconds is lost in them. */
static int64_t latency_step(const struct mg_frame *f, const struct mg_latency_bucket *b, size_t n,
			    int64_t width)
{
	uint64_t span = distance(f->first_ns, f->last_ns), usual = usual_count(b, n);
	uint64_t enough = usual ? ((LATENCY_ENOUGH - 1) / usual + 1) * (uint64_t)width : 0;
	uint64_t step = (uint64_t)f->step_ns;

	if (enough > span / LATENCY_LEAST)
		enough = span / LATENCY_LEAST;
	if (span / LATENCY_MOST > enough)
		enough = span / LATENCY_MOST;
	if (enough > step)
		step = (uint64_t)mg_series_step((int64_t)enough);
	return bucket_step((int64_t)step, width);
}

static void build_latency(struct mg_frame *f, const struct mg_traffic *r)
{
	size_t                          n, at, next, k;
	int64_t                         width, ns;
	const struct mg_latency_bucket *b = mg_requests_latency(r->r, &n, &width);
	struct mg_table                *t = mg_frame_table(f, "latency",
							   mg_traffic_title(f, "Latency of requests", r),
							   "s", latency_step(f, b, n, width));
	double                         *v[LATENCY_COLUMNS];

	for (int i = 0; i < LATENCY_COLUMNS; i++)
		v[i] = mg_frame_column(f, t, mg_strz(latency_names[i]));
	for (size_t i = 0; i < n; i = k) {
		k = i + 1;
		if (!bucket_time(&b[i], width, &ns) || !mg_table_index(t, ns, &at))
			continue;
		while (k < n && bucket_time(&b[k], width, &ns) && mg_table_index(t, ns, &next) &&
		       next == at)
			k++;
		if (k == i + 1)
			latency_row(v, at, &b[i]);
		else
			latency_merged(v, at, &b[i], k - i);
	}
}

/* --- in flight ---------------------------------------------------------------------- */

/* Raise the buckets of the seconds [from, to] to at least `open`. */
static void raise_to(const struct mg_table *t, double *v, int64_t from, int64_t to, int64_t open)
{
	size_t lo, hi;

	if (from > to || !mg_table_range(t, from * MG_SEC, to * MG_SEC, &lo, &hi))
		return;
	for (size_t i = lo; i <= hi; i++)
		if (isnan(v[i]) || v[i] < (double)open)
			v[i] = (double)open;
}

static void build_inflight(struct mg_frame *f, const struct mg_traffic *r)
{
	struct mg_table        *t = mg_frame_table(f, "inflight",
						   mg_traffic_title(f, "Requests in flight, watches left out", r),
						   "count", f->step_ns);
	double                 *v = mg_frame_column(f, t, MG_STR("in flight"));
	size_t                  n;
	const struct mg_second *s = mg_requests_seconds(r->r, &n);
	int64_t                 open = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t from = s[i].second;
		int64_t to = i + 1 < n ? s[i + 1].second - 1 : r->last_s;

		open += (int64_t)s[i].started - (int64_t)s[i].finished;
		if (open < 0)
			open = 0; /* begun before the log, or a start that is not known */
		raise_to(t, v, from < r->first_s ? r->first_s : from,
			 to > r->last_s ? r->last_s : to, open);
	}
}

/* --- etcd -------------------------------------------------------------------------- */

enum { N_APPLY, N_FDATASYNC, N_READ_INDEX, S_APPLY, S_FDATASYNC, S_READ_INDEX, ETCD_COLUMNS };

static const char *const etcd_names[ETCD_COLUMNS] = {
	"slow applies", "slow fdatasyncs", "ReadIndex waits",
	"longest apply (s)", "longest fdatasync (s)", "longest ReadIndex (s)",
};

static int etcd_kind(enum mg_event_kind k)
{
	switch (k) {
	case MG_EV_ETCD_SLOW_APPLY: return N_APPLY;
	case MG_EV_ETCD_SLOW_FDATASYNC: return N_FDATASYNC;
	case MG_EV_ETCD_READ_INDEX: return N_READ_INDEX;
	default: return -1;
	}
}

/* No slow line is good news only while there is a log to say so. */
static void etcd_coverage(const struct mg_case *c, const struct mg_table *t)
{
	for (uint32_t a = 0; a < c->nartifacts; a++) {
		const struct mg_leaf_stats *s = &c->artifacts[a].stats;
		size_t                      lo, hi;

		if (c->artifacts[a].kind != MG_KIND_ETCD_LOG || s->first_ns == MG_TIME_NONE ||
		    !mg_table_range(t, s->first_ns, s->last_ns, &lo, &hi))
			continue;
		for (size_t i = lo; i <= hi; i++)
			for (int k = N_APPLY; k <= N_READ_INDEX; k++)
				t->col[k].v[i] = 0;
	}
}

/* A slow operation stands where its log line stands: at its end. */
static void build_etcd(struct mg_frame *f)
{
	struct mg_table *t = mg_frame_table(f, "etcd", "Slow operations in etcd's log",
					    "count (longest: s)", f->step_ns);

	for (int k = 0; k < ETCD_COLUMNS; k++)
		mg_frame_column(f, t, mg_strz(etcd_names[k]));
	etcd_coverage(f->c, t);
	for (size_t i = 0; i < f->c->events.n; i++) {
		const struct mg_event *e = &f->c->events.ev[i];
		int                    k = etcd_kind(e->kind);
		size_t                 at;
		double                *count, *longest, took;

		if (k < 0 || e->time_ns == MG_TIME_NONE || !mg_table_index(t, mg_event_end(e), &at))
			continue;
		count = &t->col[k].v[at];
		*count = (isnan(*count) ? 0 : *count) + e->count;
		if (e->duration_ns < 0)
			continue;
		longest = &t->col[k + S_APPLY].v[at];
		took = (double)e->duration_ns / (double)MG_SEC;
		if (isnan(*longest) || took > *longest)
			*longest = took;
	}
}

/* --- all ----------------------------------------------------------------------------- */

static int64_t frame_step(int64_t first, int64_t last, size_t max_buckets)
{
	uint64_t span = distance(first, last), step;

	if (max_buckets < 3)
		max_buckets = 3;
	/* One bucket less: the first one begins before `first`. */
	step = span / (max_buckets - 1) + 1;
	return mg_series_step(step > INT64_MAX ? INT64_MAX : (int64_t)step);
}

void mg_series_build(struct mg_series *s, struct mg_case *c, int64_t first_ns, int64_t last_ns,
		     size_t max_buckets)
{
	struct mg_frame f = { .s = s, .c = c, .first_ns = first_ns, .last_ns = last_ns };
	struct mg_traffic  r;

	*s = (struct mg_series){ 0 };
	if (first_ns == MG_TIME_NONE || last_ns == MG_TIME_NONE || last_ns < first_ns)
		return;
	s->t = mg_arena_zalloc(&s->arena, MAX_TABLES * sizeof(*s->t));
	f.step_ns = frame_step(first_ns, last_ns, max_buckets);
	if (traffic_of(&f, &r)) {
		build_requests(&f, &r);
		build_verbs(&f, &r);
		build_latency(&f, &r);
		build_inflight(&f, &r);
		mg_series_talkers(&f, &r);
	}
	build_etcd(&f);
	mg_series_members(&f);
	mg_series_lists(&f);
	mg_series_memory(&f);
	mg_series_goroutines(&f);
	mg_series_metrics(&f);
	settle(s);
}

const struct mg_table *mg_series_table(const struct mg_series *s, const char *name)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (strcmp(s->t[i].name, name) == 0)
			return &s->t[i];
	return NULL;
}

void mg_series_release(struct mg_series *s)
{
	mg_arena_release(&s->arena);
	*s = (struct mg_series){ 0 };
}
