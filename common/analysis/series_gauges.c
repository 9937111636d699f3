/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "analysis/series_internal.h"
#include "base/mem.h"

/* A gauge holds its last value for so many sampling intervals, then it is unknown. */
#define HOLD_INTERVALS 2
/* Columns of one table; the highest peaks stay. */
#define MAX_COLUMNS 24
/* Series of several files that tell of one process: so many equal samples are enough ... */
#define SAME_EQUAL 3
/* ... and a sparse series may lie this far off the dense one's nearest samples. */
#define SAME_SPARSE 3 /* times fewer samples */
#define SAME_SHARE 0.03

/* Best first: what the process says of itself, what the kubelet says of its container,
 * what /proc said. */
static const char *const memory_metrics[] = {
	"process_resident_memory_bytes", "container_memory_working_set_bytes",
	"container_memory_rss", "proc_rss_bytes", "_rss_bytes", NULL,
};
static const char *const goroutine_metrics[] = { "go_goroutines", NULL };

static const struct mg_gauge_kind memory_kind = {
	.table = "memory", .title = "Resident memory of processes", .unit = "bytes",
	.metrics = memory_metrics, .repeats = true,
};
static const struct mg_gauge_kind goroutine_kind = {
	.table = "goroutines", .title = "Goroutines", .unit = "count",
	.metrics = goroutine_metrics, .repeats = true,
};

/* One series of c->samples that is a candidate for a column. */
struct gauge {
	const struct mg_sample *s; /* by time */
	size_t                  n;
	const struct mg_sample *raw; /* what `s` was derived from, else `s`: tells repeats */
	size_t                  nraw;
	int                     rank; /* index of its metric, small is better */
	int64_t                 interval_ns;
	double                  peak;
	struct mg_str           metric, labels;
	struct mg_str           name; /* of the process */
	double                 *v;    /* its column, once it has one */
	bool                    dropped;
};

struct gauges {
	struct gauge *g;
	size_t        n, cap;
};

/* --- names ---------------------------------------------------------------------- */

/* Container, job or component, then pod, node or instance: "kube-apiserver master-0"; else
 * the file it came from. */
static struct mg_str process_name(struct mg_arena *a, struct mg_str metric, struct mg_str labels)
{
	static const char *const whats[] = { "container", "container_name", "component", "job" };
	static const char *const wheres[] = { "pod", "pod_name", "node", "instance" };
	struct mg_str            what = { "", 0 }, where = { "", 0 };

	/* "etcd_rss_bytes" names its process itself */
	if (mg_str_ends(metric, MG_STR("_rss_bytes")) && !mg_str_starts(metric, MG_STR("proc")))
		what = mg_str_head(metric, metric.n - strlen("_rss_bytes"));

	for (size_t i = 0; i < 4 && !what.n; i++)
		what = mg_sample_label(labels, whats[i]);
	for (size_t i = 0; i < 4 && !where.n; i++)
		where = mg_sample_label(labels, wheres[i]);
	if (mg_str_rchr(where, ':') > 0) /* the port says nothing */
		where = mg_str_head(where, (size_t)mg_str_rchr(where, ':'));
	if (what.n && mg_str_starts(where, what))
		return where;
	if (what.n && where.n)
		return mg_arena_printf(a, "%.*s %.*s", MG_FMT(what), MG_FMT(where));
	if (what.n || where.n)
		return what.n ? what : where;
	what = mg_sample_label(labels, "source");
	return what.n ? what : labels.n ? labels : metric;
}

/* "p99 fsync etcd-master-0", "garbage_collector kube-controller-manager". */
static struct mg_str column_name(struct mg_arena *a, const struct mg_gauge_kind *k, const struct gauge *g)
{
	struct mg_str name = process_name(a, g->metric, g->labels);
	struct mg_str own = k->label ? mg_sample_label(g->labels, k->label) : mg_str("", 0);

	if (k->brief && mg_str_rchr(name, ' ') > 0)
		name = mg_str_from(name, (size_t)mg_str_rchr(name, ' ') + 1);
	if (k->prefixes && k->prefixes[g->rank])
		name = mg_arena_printf(a, "%s %.*s", k->prefixes[g->rank], MG_FMT(name));
	return own.n ? mg_arena_printf(a, "%.*s %.*s", MG_FMT(own), MG_FMT(name)) : name;
}

static int metric_rank(const char *const *metrics, struct mg_str name)
{
	for (int i = 0; metrics[i]; i++) {
		struct mg_str m = mg_strz(metrics[i]);

		if (m.p[0] == '_' ? mg_str_ends(name, m) : mg_str_eq(name, m))
			return i;
	}
	return -1;
}

/* The pod as a whole and its pause container would show everything twice. */
static bool is_cgroup_total(struct mg_str metric, struct mg_str labels)
{
	struct mg_str c = mg_sample_label(labels, "container");

	if (!mg_str_starts(metric, MG_STR("container_")))
		return false;
	if (c.n == 0)
		c = mg_sample_label(labels, "container_name");
	return c.n == 0 || mg_str_eq(c, MG_STR("POD"));
}

/* --- candidates ------------------------------------------------------------------ */

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The usual distance of two samples; 0 for a single one. */
static int64_t median_interval(const struct mg_sample *s, size_t n)
{
	int64_t *d, m;

	if (n < 2)
		return 0;
	d = mg_realloc(NULL, n - 1, sizeof(*d));
	for (size_t i = 1; i < n; i++)
		if (__builtin_sub_overflow(s[i].time_ns, s[i - 1].time_ns, &d[i - 1]))
			d[i - 1] = INT64_MAX;
	qsort(d, n - 1, sizeof(*d), by_value);
	m = d[(n - 1) / 2];
	free(d);
	return m > 0 ? m : 0;
}

/* The counter of "rate(counter){…}": two rates of one counter differ with the times of the
 * scrapes, the counter itself does not. */
static void find_raw(const struct mg_frame *f, struct gauge *g)
{
	const struct mg_samples *t = &f->c->samples;
	struct mg_str            metric = mg_str_between(g->metric, MG_STR("rate("), MG_STR(")"));
	struct mg_sample_run     r;
	struct mg_str            name;
	size_t                   lo = 0, hi = t->n;

	g->raw = g->s;
	g->nraw = g->n;
	if (!metric.n)
		return;
	name = mg_arena_printf(&f->s->arena, "%.*s{%.*s}", MG_FMT(metric), MG_FMT(g->labels));
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (mg_str_cmp(mg_intern_str(&t->names, t->s[mid].series), name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (mg_samples_next(t, &lo, &r) && mg_str_eq(r.series, name)) {
		g->raw = r.s;
		g->nraw = r.n;
	}
}

static void add_gauge(struct mg_frame *f, struct gauges *all, const struct mg_gauge_kind *k,
		      const struct mg_sample_run *r)
{
	struct gauge g = { .s = r->s, .n = r->n, .metric = r->metric, .labels = r->labels };
	size_t       inside = 0;

	g.rank = metric_rank(k->metrics, g.metric);
	if (g.rank < 0 || is_cgroup_total(g.metric, g.labels) ||
	    mg_sample_label(g.labels, "since").n) /* of one scrape: no value over time */
		return;
	for (size_t i = 0; i < g.n; i++) {
		if (g.s[i].time_ns < f->first_ns || g.s[i].time_ns > f->last_ns)
			continue;
		inside++;
		if (g.s[i].value > g.peak)
			g.peak = g.s[i].value;
	}
	/* one value alone is no course over time, but says how large a process was */
	if (inside < (k->repeats ? 1 : 2) || g.peak <= 0)
		return;
	g.interval_ns = median_interval(g.s, g.n);
	find_raw(f, &g);
	g.name = column_name(&f->s->arena, k, &g);
	MG_PUSH(all->g, all->n, all->cap, g);
}

static void collect(struct mg_frame *f, struct gauges *all, const struct mg_gauge_kind *k)
{
	const struct mg_samples *sets[] = { &f->c->samples, &f->c->derived };
	struct mg_sample_run     r;

	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; mg_samples_next(sets[i], &at, &r);)
			add_gauge(f, all, k, &r);
}

/* --- columns --------------------------------------------------------------------- */

/* The highest sample of each bucket, held while the next one is due.  A size of 0 is that of
 * a dead process and no sample; a rate of 0 is one. */
static void fill(const struct mg_table *t, const struct gauge *g, bool zero, double *v)
{
	int64_t hold = g->interval_ns < INT64_MAX / HOLD_INTERVALS ?
			       g->interval_ns * HOLD_INTERVALS : INT64_MAX;
	size_t  at, lo, hi;

	for (size_t i = 0; i < g->n; i++)
		if ((zero || g->s[i].value > 0) && mg_table_index(t, g->s[i].time_ns, &at) &&
		    !(v[at] >= g->s[i].value))
			v[at] = g->s[i].value;
	for (size_t i = 0; i < g->n; i++) {
		int64_t end, last = i + 1 < g->n ? g->s[i + 1].time_ns : g->s[i].time_ns;

		if ((!zero && g->s[i].value <= 0) || __builtin_add_overflow(g->s[i].time_ns, hold, &end))
			continue;
		if (!mg_table_range(t, g->s[i].time_ns, end < last ? end : last, &lo, &hi))
			continue;
		for (size_t k = lo; k <= hi; k++)
			if (isnan(v[k]))
				v[k] = g->s[i].value;
	}
}

/* First sample of `g` that is not before `ns`. */
static size_t sample_at(const struct gauge *g, int64_t ns)
{
	size_t lo = 0, hi = g->nraw;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->raw[mid].time_ns < ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Two files that were written from the same readings hold equal values at equal times. */
static bool equal_samples(const struct gauge *a, const struct gauge *b)
{
	size_t equal = 0;

	for (size_t i = 0; i < b->nraw && equal < SAME_EQUAL; i++) {
		size_t k = sample_at(a, b->raw[i].time_ns - MG_SEC / 2);

		equal += k < a->nraw && a->raw[k].time_ns <= b->raw[i].time_ns + MG_SEC / 2 &&
			 a->raw[k].value == b->raw[i].value && b->raw[i].value != 0;
	}
	return equal == SAME_EQUAL;
}

/* Do the few samples of `b` lie between the many of `a`? */
static bool lies_along(const struct gauge *a, const struct gauge *b)
{
	size_t common = 0;

	if (b->nraw > a->nraw / SAME_SPARSE)
		return false;
	for (size_t i = 0; i < b->nraw; i++) {
		size_t k = sample_at(a, b->raw[i].time_ns);
		double lo, hi;

		if (k == 0 || k == a->nraw)
			continue;
		lo = fmin(a->raw[k - 1].value, a->raw[k].value) * (1 - SAME_SHARE);
		hi = fmax(a->raw[k - 1].value, a->raw[k].value) * (1 + SAME_SHARE);
		if (b->raw[i].value < lo || b->raw[i].value > hi)
			return false;
		common++;
	}
	return common >= 2;
}

static bool sparse(const struct gauge *a, const struct gauge *b)
{
	return b->nraw <= a->nraw / SAME_SPARSE || a->nraw <= b->nraw / SAME_SPARSE;
}

static bool same_process(const struct gauge *a, const struct gauge *b)
{
	if (equal_samples(a, b) || lies_along(a, b) || lies_along(b, a))
		return true;
	/* one metric of one name, and dense twice: two processes that are called alike */
	return mg_str_eq(a->name, b->name) && (!mg_str_eq(a->metric, b->metric) || sparse(a, b));
}

/* Of two that show one process: the better metric, unless it is much sparser; the one that
 * names the process rather than a file. */
static bool better(const struct gauge *a, const struct gauge *b)
{
	bool a_file = mg_str_starts(a->labels, MG_STR("source="));
	bool b_file = mg_str_starts(b->labels, MG_STR("source="));

	if (a->n > 2 * b->n || b->n > 2 * a->n)
		return a->n > b->n;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a_file != b_file)
		return b_file;
	return a->n >= b->n;
}

static void drop_repeats(struct gauges *all)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = i + 1; k < all->n && !all->g[i].dropped; k++) {
			struct gauge *a = &all->g[i], *b = &all->g[k];

			if (b->dropped || !same_process(a, b))
				continue;
			(better(a, b) ? b : a)->dropped = true;
		}
}

/* API servers first: they are what all this is about. */
static int by_peak(const void *a, const void *b)
{
	const struct gauge *x = a, *y = b;
	int                 api = (int)mg_str_has(y->name, MG_STR("apiserver")) -
				  (int)mg_str_has(x->name, MG_STR("apiserver"));

	if (api)
		return api;
	if (x->peak != y->peak)
		return x->peak < y->peak ? 1 : -1;
	return mg_str_cmp(x->name, y->name);
}

/* Not finer than the densest series is sampled. */
static int64_t gauge_step(const struct mg_frame *f, const struct gauges *all)
{
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < all->n; i++)
		if (all->g[i].interval_ns && all->g[i].interval_ns < least)
			least = all->g[i].interval_ns;
	/* Half an interval, rounded up to a step, keeps the place of a sample. */
	least = least == INT64_MAX ? 0 : least / 2;
	return least > f->step_ns && least <= MG_HOUR ? mg_series_step(least) : f->step_ns;
}

/* A name that no column has yet. */
static struct mg_str unused_name(struct mg_frame *f, const struct mg_table *t,
				 const struct gauge *g)
{
	for (uint32_t c = 0; c < t->ncol; c++)
		if (mg_str_eq(t->col[c].name, g->name))
			return mg_arena_printf(&f->s->arena, "%.*s (%.*s)", MG_FMT(g->name),
					       MG_FMT(g->labels));
	return g->name;
}

struct mg_table *mg_series_gauges(struct mg_frame *f, const struct mg_gauge_kind *kind)
{
	struct gauges    all = { 0 };
	struct mg_table *t;
	size_t           shown = 0, of = 0;

	collect(f, &all, kind);
	if (all.n)
		qsort(all.g, all.n, sizeof(*all.g), by_peak);
	t = mg_frame_table(f, kind->table, kind->title, kind->unit, gauge_step(f, &all));
	if (all.n > 4 * MAX_COLUMNS)
		all.n = 4 * MAX_COLUMNS;
	for (size_t i = 0; i < all.n; i++) {
		all.g[i].v = mg_arena_alloc(&f->s->arena, t->n * sizeof(double));
		for (size_t k = 0; k < t->n; k++)
			all.g[i].v[k] = NAN;
		fill(t, &all.g[i], kind->zero, all.g[i].v);
	}
	if (kind->repeats)
		drop_repeats(&all);
	for (size_t i = 0; i < all.n; i++) {
		of += !all.g[i].dropped;
		if (all.g[i].dropped || shown == MAX_COLUMNS)
			continue;
		shown++;
		memcpy(mg_frame_column(f, t, unused_name(f, t, &all.g[i])), all.g[i].v,
		       t->n * sizeof(double));
	}
	if (of > shown)
		t->title = mg_arena_printf(&f->s->arena, "%s (the %zu highest)", kind->title, shown).p;
	free(all.g);
	return t;
}

/* --- tables ----------------------------------------------------------------------- */

/* The limit that killed: of an API server's cgroup when one was killed, else any. */
static double oom_limit(const struct mg_case *c)
{
	double limit = 0;
	bool   api = false;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		int64_t                kb = mg_event_attr_i64(e, "limit_kb", 0);
		bool                   is_api;

		if (e->kind != MG_EV_KERNEL_OOM_KILL || kb <= 0)
			continue;
		is_api = mg_str_starts(e->component, MG_STR("kube-apiserver")) ||
			 mg_str_starts(e->name, MG_STR("kube-apiserver"));
		if (limit == 0 || is_api > api)
			limit = (double)kb * 1024;
		api |= is_api;
	}
	return limit;
}

void mg_series_memory(struct mg_frame *f)
{
	struct mg_table *t = mg_series_gauges(f, &memory_kind);
	double           limit = oom_limit(f->c), *v;

	if (limit <= 0 || t->ncol == 0)
		return;
	v = mg_frame_column(f, t, MG_STR("limit"));
	for (size_t i = 0; i < t->n; i++)
		v[i] = limit;
}

/* Which process a dump is of. */
static struct mg_str dump_of(const struct mg_event *e)
{
	return e->pod.n ? e->pod : e->node.n ? e->node : e->component;
}

/* The count of a dump at its time. */
struct dump {
	int64_t       time_ns;
	struct mg_str of;
	double        stuck;
};

static int by_dump(const void *a, const void *b)
{
	const struct dump *x = a, *y = b;
	int                d = mg_str_cmp(x->of, y->of);

	if (d)
		return d;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return (x->stuck < y->stuck) - (x->stuck > y->stuck);
}

static size_t dumps_of(const struct mg_case *c, struct dump **out)
{
	struct dump *d = NULL;
	size_t       n = 0, cap = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct dump            one = { mg_event_end(e), dump_of(e), 0 };

		if (e->time_ns == MG_TIME_NONE ||
		    (e->kind != MG_EV_GOROUTINE_STUCK && e->kind != MG_EV_GOROUTINE_DUMP))
			continue;
		if (e->kind == MG_EV_GOROUTINE_STUCK) {
			if (!mg_str_eq(mg_event_attr(e, "signature"),
				       MG_STR("deletecollection-distributor")))
				continue;
			one.stuck = e->count;
		}
		MG_PUSH(d, n, cap, one);
	}
	if (n)
		qsort(d, n, sizeof(*d), by_dump);
	*out = d;
	return n;
}

/* A dump is a measurement: its count stands until the next dump of the same process. */
static void stuck_column(struct mg_frame *f, struct mg_table *t, const struct dump *d, size_t n)
{
	struct mg_str name = MG_STR("stuck DeleteCollection");
	double       *v;
	size_t        lo, hi;

	if (d->of.n)
		name = mg_arena_printf(&f->s->arena, "%.*s %.*s", MG_FMT(name), MG_FMT(d->of));
	v = mg_frame_column(f, t, name);
	for (size_t i = 0; i < n; i++) {
		/* by_dump puts the highest count of one instant first */
		if (i && d[i].time_ns == d[i - 1].time_ns)
			continue;
		if (!mg_table_range(t, d[i].time_ns, i + 1 < n ? d[n - 1].time_ns : d[i].time_ns,
				    &lo, &hi))
			continue;
		for (size_t k = lo; k <= hi; k++)
			v[k] = d[i].stuck;
	}
}

void mg_series_goroutines(struct mg_frame *f)
{
	struct mg_table *t = mg_series_gauges(f, &goroutine_kind);
	struct dump     *d;
	size_t           n = dumps_of(f->c, &d);

	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && mg_str_eq(d[k].of, d[i].of); k++)
			;
		stuck_column(f, t, &d[i], k - i);
	}
	free(d);
}
