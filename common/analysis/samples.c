/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/samples.h"

#include "base/mem.h"

void mg_samples_add_line(struct mg_samples *t, struct mg_str series, int64_t time_ns, double value,
			 uint32_t artifact, uint64_t line)
{
	struct mg_sample s = { time_ns, value, mg_intern_id(&t->names, series), artifact, line };

	MG_PUSH(t->s, t->n, t->cap, s);
}

void mg_samples_add(struct mg_samples *t, struct mg_str series, int64_t time_ns, double value,
		    uint32_t artifact)
{
	mg_samples_add_line(t, series, time_ns, value, artifact, 0);
}

void mg_samples_merge(struct mg_samples *to, const struct mg_samples *from)
{
	uint32_t *id = mg_alloc(from->names.n * sizeof(*id));

	for (uint32_t i = 0; i < from->names.n; i++)
		id[i] = mg_intern_id(&to->names, from->names.strs[i]);
	for (size_t i = 0; i < from->n; i++) {
		struct mg_sample s = from->s[i];

		s.series = id[s.series];
		MG_PUSH(to->s, to->n, to->cap, s);
	}
	free(id);
}

/* What sorting compares: the rank of the series' name instead of its id, and where the
 * sample stood, so that the first of several equal ones can stay. */
struct ranked {
	struct mg_sample s;
	uint32_t         rank;
	size_t           at;
};

#define ORDER(a, b)              \
	if ((a) != (b))          \
	return (a) < (b) ? -1 : 1

static int by_series_and_time(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	ORDER(a->rank, b->rank);
	ORDER(a->s.time_ns, b->s.time_ns);
	ORDER(a->at, b->at);
	return 0;
}

struct name {
	struct mg_str text;
	uint32_t      id;
};

static int by_name(const void *x, const void *y)
{
	return mg_str_cmp(((const struct name *)x)->text, ((const struct name *)y)->text);
}

/* id -> place of its name in byte order */
static uint32_t *ranks(const struct mg_intern *names)
{
	struct name *n = mg_alloc(names->n * sizeof(*n));
	uint32_t    *rank = mg_alloc(names->n * sizeof(*rank));

	for (uint32_t i = 0; i < names->n; i++)
		n[i] = (struct name){ names->strs[i], i };
	if (names->n > 1)
		qsort(n, names->n, sizeof(*n), by_name);
	for (uint32_t i = 0; i < names->n; i++)
		rank[n[i].id] = i;
	free(n);
	return rank;
}

void mg_samples_sort(struct mg_samples *t)
{
	uint32_t      *rank;
	struct ranked *r;
	size_t         n = 0;

	if (t->n < 2)
		return;
	rank = ranks(&t->names);
	r = mg_realloc(NULL, t->n, sizeof(*r));
	for (size_t i = 0; i < t->n; i++)
		r[i] = (struct ranked){ t->s[i], rank[t->s[i].series], i };
	qsort(r, t->n, sizeof(*r), by_series_and_time);
	for (size_t i = 0; i < t->n; i++)
		if (n == 0 || t->s[n - 1].series != r[i].s.series ||
		    t->s[n - 1].time_ns != r[i].s.time_ns)
			t->s[n++] = r[i].s;
	t->n = n;
	free(r);
	free(rank);
}

void mg_samples_release(struct mg_samples *t)
{
	mg_intern_release(&t->names);
	free(t->s);
	*t = (struct mg_samples){ 0 };
}

/* --- reading ---------------------------------------------------------------------- */

bool mg_samples_next(const struct mg_samples *t, size_t *at, struct mg_sample_run *r)
{
	size_t from = *at, end = from + 1;

	if (from >= t->n)
		return false;
	while (end < t->n && t->s[end].series == t->s[from].series)
		end++;
	*r = (struct mg_sample_run){ .s = &t->s[from], .n = end - from,
				     .series = mg_intern_str(&t->names, t->s[from].series) };
	mg_str_cut(r->series, '{', &r->metric, &r->labels);
	if (mg_str_ends(r->labels, MG_STR("}")))
		r->labels.n--;
	*at = end;
	return true;
}

struct mg_str mg_sample_label(struct mg_str labels, const char *key)
{
	size_t    n = strlen(key), at = 0;
	ptrdiff_t i;

	while ((i = mg_str_find(mg_str_from(labels, at), mg_str(key, n))) >= 0) {
		struct mg_str rest = mg_str_from(labels, at + (size_t)i + n);
		bool          whole = at + (size_t)i == 0 || labels.p[at + (size_t)i - 1] == ',';

		if (whole && mg_str_starts(rest, MG_STR("=\"")))
			return mg_str_between(rest, MG_STR("=\""), MG_STR("\""));
		at += (size_t)i + n;
	}
	return mg_str("", 0);
}
