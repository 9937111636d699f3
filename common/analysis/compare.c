/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

#define DEVIATIONS   4.0
#define TIMES        1.5
#define LEAST_COUNT  20    /* requests behind a mean             */
#define LEAST_CHANGE 0.010 /* seconds                            */
#define LEAST_SPAN   1.0   /* seconds: a rate of less says nothing */

/* Sums of both sides by name. */
struct sums {
	struct mg_intern names;
	struct sum {
		uint64_t count[2];
		double   seconds[2]; /* summed latency */
	} *v;
	uint32_t cap;
};

static struct sum *sum_of(struct sums *s, struct mg_str name)
{
	uint32_t had = s->names.n, id = mg_intern_id(&s->names, name);

	if (had == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->v = mg_realloc(s->v, s->cap, sizeof(*s->v));
	}
	if (id == had)
		s->v[id] = (struct sum){ { 0, 0 }, { 0, 0 } };
	return &s->v[id];
}

static void sums_release(struct sums *s)
{
	mg_intern_release(&s->names);
	free(s->v);
}

/* --- what differs ---------------------------------------------------------------- */

static bool apart(double a, double b)
{
	return a > b ? a >= b * TIMES : b >= a * TIMES;
}

/* Counts of `a` in `ta` and `b` in `tb`: is the difference of the rates more than chance? */
static bool rates_differ(uint64_t a, uint64_t b, double ta, double tb)
{
	double ra, rb, variance;

	if (ta <= 0 || tb <= 0)
		return false;
	ra = (double)a / ta, rb = (double)b / tb;
	variance = (double)a / (ta * ta) + (double)b / (tb * tb);
	return apart(ra, rb) && fabs(ra - rb) >= DEVIATIONS * sqrt(variance);
}

static struct mg_diff *add(struct mg_diff_list *l, struct mg_str what)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->v = mg_realloc(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n] = (struct mg_diff){ .what = what, .value = { NAN, NAN } };
	return &l->v[l->n++];
}

static double gap(const struct mg_diff *d)
{
	return fabs((isnan(d->value[1]) ? 0 : d->value[1]) - (isnan(d->value[0]) ? 0 : d->value[0]));
}

static int by_gap(const void *pa, const void *pb)
{
	const struct mg_diff *a = pa, *b = pb;
	double                ga = gap(a), gb = gap(b);

	if (ga != gb)
		return ga > gb ? -1 : 1;
	return mg_str_cmp(a->what, b->what);
}

/* The names whose rates differ; `per` are both spans in the unit of the list. */
static void rates(struct mg_comparison *cmp, struct mg_diff_list *l, const struct sums *s,
		  const double per[2])
{
	for (uint32_t i = 0; i < s->names.n; i++) {
		const struct sum *v = &s->v[i];
		struct mg_diff   *d;

		if (!rates_differ(v->count[0], v->count[1], per[0], per[1])) {
			l->same++;
			continue;
		}
		d = add(l, mg_arena_str(&cmp->arena, mg_intern_str(&s->names, i)));
		for (int side = 0; side < 2; side++) {
			d->count[side] = v->count[side];
			if (v->count[side])
				d->value[side] = (double)v->count[side] / per[side];
		}
	}
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_gap);
}

static void means(struct mg_comparison *cmp, struct mg_diff_list *l, const struct sums *s)
{
	for (uint32_t i = 0; i < s->names.n; i++) {
		const struct sum *v = &s->v[i];
		double            mean[2];
		struct mg_diff   *d;

		if (v->count[0] < LEAST_COUNT || v->count[1] < LEAST_COUNT)
			continue;
		for (int side = 0; side < 2; side++)
			mean[side] = v->seconds[side] / (double)v->count[side];
		if (!apart(mean[0], mean[1]) || fabs(mean[0] - mean[1]) < LEAST_CHANGE) {
			l->same++;
			continue;
		}
		d = add(l, mg_arena_str(&cmp->arena, mg_intern_str(&s->names, i)));
		memcpy(d->count, v->count, sizeof(d->count));
		memcpy(d->value, mean, sizeof(d->value));
	}
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_gap);
}

/* --- requests ---------------------------------------------------------------------- */

static struct mg_requests *requests_of(const struct mg_case *c, const char **name)
{
	struct mg_requests *r = mg_case_requests(c);

	*name = mg_requests_count(r) == 0 ? NULL : r == c->audit ? "audit log" : "httplog";
	return r;
}

/* "list pods", "create tokenreviews.authentication.k8s.io", "get /healthz" */
static void put_what(struct mg_buf *b, const struct mg_requests *r, const struct mg_request_group *g)
{
	struct mg_str res = mg_requests_text(r, g->resource);
	struct mg_str sub = mg_requests_text(r, g->subresource);

	mg_buf_add(b, mg_requests_text(r, g->verb));
	mg_buf_addc(b, ' ');
	mg_buf_add(b, res.n ? res : mg_requests_text(r, g->pattern));
	if (res.n && sub.n)
		mg_buf_addc(b, '/');
	if (res.n)
		mg_buf_add(b, sub);
}

static struct mg_str user_of(const struct mg_requests *r, const struct mg_request_group *g)
{
	struct mg_str user = mg_requests_text(r, g->user);

	return user.n ? user : MG_STR("an unauthenticated client");
}

struct request_sums {
	struct sums users, what, errors, latency;
};

static void add_group(struct request_sums *s, int side, const struct mg_requests *r,
		      const struct mg_request_group *g, struct mg_buf *text)
{
	struct sum *v;

	sum_of(&s->users, user_of(r, g))->count[side] += g->count;
	mg_buf_clear(text);
	put_what(text, r, g);
	sum_of(&s->what, mg_buf_str(text))->count[side] += g->count;
	if (g->latency_sum > 0) {
		v = sum_of(&s->latency, mg_buf_str(text));
		v->count[side] += g->count;
		v->seconds[side] += (double)g->latency_sum / 1e9;
	}
	if (g->code >= 400) {
		struct mg_buf error = { 0 };

		mg_buf_printf(&error, "%u %.*s by %.*s", g->code, MG_FMT(mg_buf_str(text)),
			      MG_FMT(user_of(r, g)));
		sum_of(&s->errors, mg_buf_str(&error))->count[side] += g->count;
		mg_buf_release(&error);
	}
}

static void requests(struct mg_comparison *cmp, struct mg_case *const c[2])
{
	struct request_sums s = { 0 };
	struct mg_buf       text = { 0 };

	for (int side = 0; side < 2; side++) {
		struct mg_requests            *r = requests_of(c[side], &cmp->requests[side]);
		const struct mg_request_group *g;
		int64_t                        first, last;
		size_t                         n;

		if (!cmp->requests[side])
			continue;
		mg_requests_span(r, &first, &last);
		cmp->seconds[side] = fmax(((double)last - (double)first) / 1e9, LEAST_SPAN);
		g = mg_requests_groups(r, &n);
		for (size_t i = 0; i < n; i++)
			add_group(&s, side, r, &g[i], &text);
	}
	rates(cmp, &cmp->list[MG_DIFF_USERS], &s.users, cmp->seconds);
	rates(cmp, &cmp->list[MG_DIFF_REQUESTS], &s.what, cmp->seconds);
	rates(cmp, &cmp->list[MG_DIFF_ERRORS], &s.errors, cmp->seconds);
	means(cmp, &cmp->list[MG_DIFF_LATENCY], &s.latency);
	sums_release(&s.users);
	sums_release(&s.what);
	sums_release(&s.errors);
	sums_release(&s.latency);
	mg_buf_release(&text);
}

/* --- overview ------------------------------------------------------------------------ */

#define LATENCY_BITS 4 /* as in struct mg_latency_bucket */

struct latencies {
	struct mg_hist all, read, write, list;
};

static void latencies_of(struct mg_requests *r, struct latencies *l)
{
	const struct mg_latency_bucket *b;
	int64_t                         width;
	size_t                          n;

	mg_hist_init(&l->all, LATENCY_BITS);
	mg_hist_init(&l->read, LATENCY_BITS);
	mg_hist_init(&l->write, LATENCY_BITS);
	mg_hist_init(&l->list, LATENCY_BITS);
	b = mg_requests_latency(r, &n, &width);
	for (size_t i = 0; i < n; i++) {
		mg_hist_merge(&l->all, &b[i].all);
		mg_hist_merge(&l->read, &b[i].read);
		mg_hist_merge(&l->write, &b[i].write);
		mg_hist_merge(&l->list, &b[i].list);
	}
}

static void put_quantile(struct mg_diff_list *l, const char *name, const struct mg_hist *a,
			 const struct mg_hist *b, double q)
{
	const struct mg_hist *h[2] = { a, b };
	struct mg_diff       *d = add(l, mg_strz(name));

	for (int side = 0; side < 2; side++) {
		d->count[side] = h[side]->count;
		if (d->count[side])
			d->value[side] = (double)mg_hist_quantile(h[side], q) / 1e9;
	}
}

static void latencies_release(struct latencies *l)
{
	mg_hist_release(&l->all);
	mg_hist_release(&l->read);
	mg_hist_release(&l->write);
	mg_hist_release(&l->list);
}

static void overview(struct mg_comparison *cmp, struct mg_case *const c[2])
{
	struct mg_diff_list *l = &cmp->list[MG_DIFF_OVERVIEW];
	struct latencies     t[2];
	const char          *ignored;

	if (!cmp->requests[0] && !cmp->requests[1])
		return;
	for (int side = 0; side < 2; side++)
		latencies_of(requests_of(c[side], &ignored), &t[side]);
	put_quantile(l, "p50 of all requests", &t[0].all, &t[1].all, 0.5);
	put_quantile(l, "p99 of all requests", &t[0].all, &t[1].all, 0.99);
	put_quantile(l, "p99 of single reads", &t[0].read, &t[1].read, 0.99);
	put_quantile(l, "p99 of writes", &t[0].write, &t[1].write, 0.99);
	put_quantile(l, "p99 of LISTs", &t[0].list, &t[1].list, 0.99);
	latencies_release(&t[0]);
	latencies_release(&t[1]);
}

/* --- events and findings --------------------------------------------------------------- */

static void events(struct mg_comparison *cmp, struct mg_case *const c[2])
{
	struct sums kinds = { 0 }, messages = { 0 };

	for (int side = 0; side < 2; side++) {
		if (c[side]->first_ns != MG_TIME_NONE)
			cmp->hours[side] = fmax(((double)c[side]->last_ns -
						 (double)c[side]->first_ns) / 1e9, LEAST_SPAN) / 3600;
		for (size_t i = 0; i < c[side]->events.n; i++) {
			const struct mg_event *e = &c[side]->events.ev[i];

			if (e->time_ns == MG_TIME_NONE || mg_event_is_state(e->kind))
				continue;
			if (!mg_event_is_state(e->kind)) /* how it was tells of no happening */
				sum_of(&kinds, mg_strz(mg_event_kind_name(e->kind)))->count[side] +=
					e->count;
			if (e->kind == MG_EV_LOG_ERROR || e->kind == MG_EV_PATTERN)
				sum_of(&messages, e->message)->count[side] += e->count;
		}
	}
	rates(cmp, &cmp->list[MG_DIFF_EVENTS], &kinds, cmp->hours);
	rates(cmp, &cmp->list[MG_DIFF_MESSAGES], &messages, cmp->hours);
	sums_release(&kinds);
	sums_release(&messages);
}

static const struct mg_finding *finding_of(const struct mg_findings *fs, const char *id)
{
	for (uint32_t i = 0; i < fs->n; i++)
		if (strcmp(fs->f[i].id, id) == 0)
			return &fs->f[i];
	return NULL;
}

/* Rules that found something on one side only, or something worse: B's findings in their
 * order, then what only A has. */
static void findings(struct mg_comparison *cmp, const struct mg_findings *const fs[2])
{
	struct mg_diff_list *l = &cmp->list[MG_DIFF_FINDINGS];

	for (int side = 1; side >= 0; side--) {
		for (uint32_t i = 0; i < fs[side]->n; i++) {
			const struct mg_finding *f = &fs[side]->f[i];
			const struct mg_finding *other = finding_of(fs[1 - side], f->id);
			struct mg_diff          *d;

			if (finding_of(fs[side], f->id) != f || (side == 0 && other))
				continue; /* told already */
			if (other && other->severity == f->severity) {
				l->same++;
				continue;
			}
			d = add(l, mg_strz(f->id));
			d->note = f->claim;
			d->value[side] = f->severity;
			if (other)
				d->value[1 - side] = other->severity;
		}
	}
}

void mg_compare(struct mg_comparison *out, struct mg_case *const c[2],
		const struct mg_findings *const fs[2])
{
	static const struct {
		const char       *id, *title;
		enum mg_diff_unit unit;
	} lists[MG_DIFF_LISTS] = {
		[MG_DIFF_OVERVIEW] = { "overview", "Latency", MG_DIFF_SECONDS },
		[MG_DIFF_FINDINGS] = { "findings", "Findings", MG_DIFF_FINDING },
		[MG_DIFF_USERS] = { "users", "Users, requests/s", MG_DIFF_PER_SECOND },
		[MG_DIFF_REQUESTS] = { "requests", "Verbs and resources, requests/s",
				       MG_DIFF_PER_SECOND },
		[MG_DIFF_ERRORS] = { "errors", "Refused and failed requests, requests/s",
				     MG_DIFF_PER_SECOND },
		[MG_DIFF_LATENCY] = { "latency", "Mean latency by verb and resource",
				      MG_DIFF_SECONDS },
		[MG_DIFF_EVENTS] = { "events", "Events by kind, per hour", MG_DIFF_PER_HOUR },
		[MG_DIFF_MESSAGES] = { "messages", "Error messages, per hour", MG_DIFF_PER_HOUR },
	};

	*out = (struct mg_comparison){ 0 };
	for (int i = 0; i < MG_DIFF_LISTS; i++) {
		out->list[i].id = lists[i].id;
		out->list[i].title = lists[i].title;
		out->list[i].unit = lists[i].unit;
	}
	requests(out, c);
	overview(out, c);
	findings(out, fs);
	events(out, c);
}

void mg_comparison_release(struct mg_comparison *cmp)
{
	for (int i = 0; i < MG_DIFF_LISTS; i++)
		free(cmp->list[i].v);
	mg_arena_release(&cmp->arena);
}
