/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_series.h"

#include <math.h>

#include "analysis/audit_filter.h"
#include "base/buf.h"

/* The columns of everything, then those of each key. */
enum { RATE, CODES, ALL_P50 = CODES + MG_SERIES_CLASSES, ALL_P99, ALL_OPEN, ALL_COLUMNS };
enum { KEY_RATE, KEY_429, KEY_5XX, KEY_P50, KEY_P99, KEY_OPEN, KEY_COLUMNS };

#define EVERYTHING ((uint64_t)MG_NONE)
#define OTHER      ((uint64_t)MG_NONE - 1)
#define FAR        (INT64_C(1) << 62)
#define MOST_KEYS  40 /* that have columns of their own: what a reader of TSV can take */

void mg_audit_series_init(struct mg_audit_series *s)
{
	*s = (struct mg_audit_series){ 0 };
	mg_cells_init(&s->buckets, sizeof(struct mg_audit_bucket),
		      sizeof(int64_t) + sizeof(uint64_t));
	mg_cells_init(&s->keys, sizeof(uint32_t) * MG_AUDIT_MAX_KEYS,
		      sizeof(uint32_t) * MG_AUDIT_MAX_KEYS);
}

/* --- counting --------------------------------------------------------------------- */

static int64_t index_of(int64_t ns, int64_t step)
{
	return ns / step - (ns % step < 0);
}

static struct mg_audit_bucket *bucket(struct mg_audit_series *s, int64_t index, uint64_t key)
{
	uint64_t k[2];
	bool     added;

	memcpy(&k[0], &index, sizeof(index));
	k[1] = key;
	return mg_cells_at(&s->buckets, mg_cells_find(&s->buckets, k, &added));
}

static int class_of(uint32_t code)
{
	if (code == 0)
		return MG_SERIES_NO_CODE;
	if (code == 429)
		return MG_SERIES_429;
	return code < 300 ? MG_SERIES_2XX : code < 400 ? MG_SERIES_3XX :
	       code < 500 ? MG_SERIES_4XX : MG_SERIES_5XX;
}

static void add(struct mg_audit_series *s, int64_t step, uint64_t key, const struct mg_request *q)
{
	int64_t took = q->long_running ? -1 : mg_audit_duration(q);
	int64_t end = q->end_ns >= q->start_ns ? q->end_ns : q->start_ns;
	int64_t at = index_of(end, step), from = index_of(q->start_ns, step);
	struct mg_audit_bucket *b = bucket(s, at, key);

	b->ended++;
	b->by_class[class_of(q->code)]++;
	if (took < 0)
		return;
	mg_spread_add(&b->took, took);
	b->closed++;
	b->shut_us += ((at + 1) * step - end) / MG_US;
	b = bucket(s, from, key);
	b->opened++;
	b->open_us += ((from + 1) * step - q->start_ns) / MG_US;
}

static uint32_t key_index(struct mg_audit_series *s, const uint32_t *id)
{
	bool added;

	return mg_cells_find(&s->keys, id, &added);
}

struct adding {
	struct mg_audit_series  *s;
	int64_t                  step;
	const struct mg_request *q;
};

static void add_key(void *ctx, const uint32_t *id)
{
	struct adding *a = ctx;

	add(a->s, a->step, key_index(a->s, id), a->q);
}

/* Once for each group of the user; under no name when there is none. */
static void each_user_group(struct mg_intern *texts, uint32_t *id, unsigned at,
			    const struct mg_audit *a,
			    void (*fn)(void *ctx, const uint32_t *id), void *ctx)
{
	struct mg_json_iter  it;
	struct mg_json_value v;
	char                 buf[MG_AUDIT_KEY_TEXT];
	bool                 any = false;

	mg_json_iter_init(&it, a->groups);
	while (a->groups.n && mg_json_element(&it, &v) == MG_OK) {
		id[at] = mg_intern_id(texts, mg_json_plain(mg_json_text(&v), buf, sizeof(buf)));
		fn(ctx, id);
		any = true;
	}
	if (!any) {
		id[at] = mg_intern_id(texts, MG_STR(""));
		fn(ctx, id);
	}
}

/* Call `fn` with the event's texts of the keys, as ids in `texts`, the unused ones MG_NONE. */
static void each_key(const struct mg_audit_by *by, struct mg_intern *texts,
		     const struct mg_audit *a, const struct mg_request *q,
		     void (*fn)(void *ctx, const uint32_t *id), void *ctx)
{
	uint32_t id[MG_AUDIT_MAX_KEYS];
	unsigned several = MG_AUDIT_MAX_KEYS;
	char     buf[MG_AUDIT_KEY_TEXT];

	for (unsigned k = 0; k < MG_AUDIT_MAX_KEYS; k++) {
		if (k < by->n && by->key[k] == MG_BY_GROUP)
			several = k;
		id[k] = k < by->n ? mg_intern_id(texts, mg_audit_key_text(by->key[k], a, q, buf))
				  : MG_NONE;
	}
	if (several < MG_AUDIT_MAX_KEYS)
		each_user_group(texts, id, several, a, fn, ctx);
	else
		fn(ctx, id);
}

void mg_audit_series_add(struct mg_audit_series *s, int64_t step_ns,
			 const struct mg_audit_by *by, const struct mg_audit *a,
			 const struct mg_request *q)
{
	struct adding ctx = { s, step_ns, q };

	/* a time that cannot be placed, or whose bucket would overflow, has no column */
	if (q->start_ns < -FAR || q->start_ns > FAR || q->end_ns > FAR)
		return;
	add(s, step_ns, EVERYTHING, q);
	if (by->n)
		each_key(by, &s->texts, a, q, add_key, &ctx);
}

static void merge(struct mg_audit_bucket *to, struct mg_audit_bucket *from)
{
	to->ended += from->ended;
	for (int c = 0; c < MG_SERIES_CLASSES; c++)
		to->by_class[c] += from->by_class[c];
	mg_spread_merge(&to->took, &from->took);
	to->opened += from->opened;
	to->closed += from->closed;
	to->open_us += from->open_us;
	to->shut_us += from->shut_us;
}

void mg_audit_series_merge(struct mg_audit_series *s, struct mg_audit_series *from)
{
	uint32_t *place = mg_alloc(sizeof(*place) * (from->keys.n + 1));

	for (uint32_t i = 0; i < from->keys.n; i++) {
		const uint32_t *id = mg_cells_at(&from->keys, i);
		uint32_t        own[MG_AUDIT_MAX_KEYS];

		for (unsigned k = 0; k < MG_AUDIT_MAX_KEYS; k++)
			own[k] = id[k] == MG_NONE ? MG_NONE :
				 mg_intern_id(&s->texts, mg_intern_str(&from->texts, id[k]));
		place[i] = key_index(s, own);
	}
	for (uint32_t i = 0; i < from->buckets.n; i++) {
		struct mg_audit_bucket *f = mg_cells_at(&from->buckets, i);

		merge(bucket(s, f->index, f->key == EVERYTHING ? EVERYTHING : place[f->key]), f);
	}
	free(place);
}

void mg_audit_series_release(struct mg_audit_series *s)
{
	for (uint32_t i = 0; i < s->buckets.n; i++)
		mg_spread_release(&((struct mg_audit_bucket *)mg_cells_at(&s->buckets, i))->took);
	mg_cells_release(&s->buckets);
	mg_cells_release(&s->keys);
	mg_intern_release(&s->texts);
	mg_audit_series_init(s);
}

/* --- labels --------------------------------------------------------------------------- */

static struct mg_str label_of(const struct mg_audit_series *s, const struct mg_audit_by *by,
			      const uint32_t *id, struct mg_str *const *product, struct mg_buf *b)
{
	mg_buf_clear(b);
	for (unsigned k = 0; k < by->n; k++) {
		struct mg_str text = product[k] ? product[k][id[k]] : mg_intern_str(&s->texts, id[k]);

		mg_buf_addz(b, k ? ", " : "");
		mg_buf_add(b, text.n || by->n == 1 ? text : MG_STR("(none)"));
	}
	return mg_buf_str(b);
}

void mg_audit_series_label(struct mg_audit_series *s, const struct mg_audit_by *by)
{
	struct mg_audit_series labelled;
	struct mg_arena        arena = { 0 };
	struct mg_buf          b = { 0 };
	struct mg_str         *product[MG_AUDIT_MAX_KEYS] = { 0 };
	uint32_t              *label = mg_alloc(sizeof(*label) * (s->keys.n + 1));

	mg_audit_series_init(&labelled);
	for (unsigned k = 0; k < by->n; k++)
		if (by->key[k] == MG_BY_PRODUCT)
			product[k] = mg_audit_products(&s->keys, k, &s->texts, &arena);
	for (uint32_t i = 0; i < s->keys.n; i++)
		label[i] = mg_intern_id(&labelled.texts,
					label_of(s, by, mg_cells_at(&s->keys, i), product, &b));
	for (uint32_t i = 0; i < s->buckets.n; i++) {
		struct mg_audit_bucket *f = mg_cells_at(&s->buckets, i);
		uint64_t key = f->key == EVERYTHING ? EVERYTHING : label[f->key];

		merge(bucket(&labelled, f->index, key), f);
	}
	mg_audit_series_release(s);
	*s = labelled;
	mg_buf_release(&b);
	mg_arena_release(&arena);
	free(label);
}

/* --- as a table ------------------------------------------------------------------------ */

static int by_index(const void *va, const void *vb)
{
	const struct mg_audit_bucket *a = *(struct mg_audit_bucket *const *)va;
	const struct mg_audit_bucket *b = *(struct mg_audit_bucket *const *)vb;

	return a->index < b->index ? -1 : a->index > b->index;
}

/* The buckets of one key by time; *n of them, the caller frees them. */
static struct mg_audit_bucket **sorted(struct mg_audit_series *s, uint64_t key, size_t *n)
{
	struct mg_audit_bucket **v = mg_alloc((s->buckets.n + 1) * sizeof(*v));

	*n = 0;
	for (uint32_t i = 0; i < s->buckets.n; i++) {
		struct mg_audit_bucket *b = mg_cells_at(&s->buckets, i);

		if (b->key == key)
			v[(*n)++] = b;
	}
	qsort(v, *n, sizeof(*v), by_index);
	return v;
}

/* The stretch of at most `rows` buckets that holds most requests. */
static void choose(struct mg_audit_bucket **v, size_t n, size_t rows, struct mg_table *t,
		   uint64_t *left_out)
{
	uint64_t sum = 0, best = 0, all = 0;
	size_t   lo = 0, from = 0, to = 0;

	for (size_t hi = 0; hi < n; hi++) {
		sum += v[hi]->ended;
		all += v[hi]->ended;
		while ((uint64_t)v[hi]->index - (uint64_t)v[lo]->index >= rows)
			sum -= v[lo++]->ended;
		if (sum > best) {
			best = sum;
			from = lo;
			to = hi;
		}
	}
	while (from < to && v[from]->ended == 0) /* only a start that ended later */
		from++;
	*left_out = all - best;
	if (n == 0)
		return;
	t->start_ns = v[from]->index * t->step_ns;
	t->n = (size_t)(v[to]->index - v[from]->index) + 1;
}

static struct mg_column *column(struct mg_table *t, struct mg_arena *arena, const char *name,
				struct mg_str key, double fill)
{
	struct mg_column *c = &t->col[t->ncol++];

	c->name = mg_arena_printf(arena, "%s%s%.*s", name, key.n ? " " : "", MG_FMT(key));
	c->v = mg_arena_alloc(arena, (t->n + 1) * sizeof(*c->v));
	for (size_t i = 0; i < t->n; i++)
		c->v[i] = fill;
	return c;
}

static void set(struct mg_column *c, size_t i, double v)
{
	c->v[i] = v;
	c->any |= v != 0;
}

static double seconds(int64_t ns)
{
	return ns < 0 ? NAN : (double)ns / 1e9;
}

/* The row of a bucket; t->n when it has none. */
static size_t row_of(const struct mg_table *t, int64_t index)
{
	int64_t first = t->start_ns / t->step_ns;

	return index < first || (uint64_t)(index - first) >= t->n ? t->n : (size_t)(index - first);
}

/* Mean number of open requests in every bucket. */
static void in_flight(const struct mg_table *t, struct mg_column *c, struct mg_audit_bucket **v,
		      size_t n)
{
	int64_t open = 0;
	size_t  k = 0;

	while (k < n && v[k]->index < t->start_ns / t->step_ns) {
		open += v[k]->opened - v[k]->closed;
		k++;
	}
	for (size_t i = 0; i < t->n; i++) {
		double mean = (double)open;

		if (k < n && row_of(t, v[k]->index) == i) {
			mean += (double)(v[k]->open_us - v[k]->shut_us) * 1e3 / (double)t->step_ns;
			open += v[k]->opened - v[k]->closed;
			k++;
		}
		set(c, i, fabs(mean) < 1e-9 ? 0 : mean);
	}
}

/* Rate, errors, latency and what is in flight of one key. */
static void add_columns(struct mg_table *t, struct mg_arena *arena, struct mg_audit_bucket **v,
			size_t n, struct mg_str key, bool all)
{
	static const char *const classes[] = { "2xx", "3xx", "4xx", "429", "5xx", "no code" };
	struct mg_column *rate = column(t, arena, "rate", key, 0), *class[MG_SERIES_CLASSES] = { 0 };
	struct mg_column *p50, *p99, *open;
	double            per = 1e9 / (double)t->step_ns;

	for (int c = 0; c < MG_SERIES_CLASSES; c++)
		if (all || c == MG_SERIES_429 || c == MG_SERIES_5XX)
			class[c] = column(t, arena, classes[c], key, 0);
	p50 = column(t, arena, "p50 s", key, NAN);
	p99 = column(t, arena, "p99 s", key, NAN);
	open = column(t, arena, "in flight", key, 0);
	for (size_t k = 0; k < n; k++) {
		size_t i = row_of(t, v[k]->index);

		if (i == t->n)
			continue;
		set(rate, i, (double)v[k]->ended * per);
		for (int c = 0; c < MG_SERIES_CLASSES; c++)
			if (class[c])
				set(class[c], i, (double)v[k]->by_class[c] * per);
		set(p50, i, seconds(mg_spread_quantile(&v[k]->took, 0.5)));
		set(p99, i, seconds(mg_spread_quantile(&v[k]->took, 0.99)));
	}
	in_flight(t, open, v, n);
}

struct total {
	uint64_t      n;
	uint32_t      key;
	struct mg_str text;
};

static int by_total(const void *va, const void *vb)
{
	const struct total *a = va, *b = vb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return mg_str_cmp(a->text, b->text);
}

/* Keys by their requests, most first. */
static struct total *totals(const struct mg_audit_series *s)
{
	struct total *v = mg_zalloc((s->texts.n + 1) * sizeof(*v));

	for (uint32_t k = 0; k < s->texts.n; k++)
		v[k] = (struct total){ 0, k, mg_intern_str(&s->texts, k) };
	for (uint32_t i = 0; i < s->buckets.n; i++) {
		const struct mg_audit_bucket *b = mg_cells_at(&s->buckets, i);

		if (b->key < s->texts.n)
			v[b->key].n += b->ended;
	}
	qsort(v, s->texts.n, sizeof(*v), by_total);
	return v;
}

/* Move the buckets of a key to OTHER. */
static void fold_other(struct mg_audit_series *s, const struct total *v, size_t from)
{
	uint32_t n = s->buckets.n;
	bool    *other = mg_zalloc(s->texts.n + 1);

	for (size_t k = from; k < s->texts.n; k++)
		other[v[k].key] = true;
	for (uint32_t i = 0; i < n; i++) {
		struct mg_audit_bucket *b = mg_cells_at(&s->buckets, i), copy;

		if (b->key >= s->texts.n || !other[b->key])
			continue;
		copy = *b;
		memset(&b->took, 0, sizeof(b->took));
		merge(bucket(s, copy.index, OTHER), &copy); /* may move the buckets */
		mg_spread_release(&copy.took);
	}
	free(other);
}

static void split(struct mg_audit_series *s, size_t top, struct mg_arena *arena,
		  struct mg_table *t)
{
	struct total            *v = totals(s);
	struct mg_audit_bucket **b;
	size_t                   n, shown = s->texts.n < top ? s->texts.n : top;

	if (shown < s->texts.n)
		fold_other(s, v, shown);
	for (size_t k = 0; k < shown; k++) {
		b = sorted(s, v[k].key, &n);
		add_columns(t, arena, b, n, v[k].text.n ? v[k].text : MG_STR("(none)"), false);
		free(b);
	}
	if (shown < s->texts.n) {
		b = sorted(s, OTHER, &n);
		add_columns(t, arena, b, n, MG_STR("(other)"), false);
		free(b);
	}
	free(v);
}

void mg_audit_series_table(struct mg_audit_series *s, int64_t step_ns, size_t top, size_t rows,
			   struct mg_arena *arena, struct mg_table *t, uint64_t *left_out)
{
	size_t                   n;
	struct mg_audit_bucket **all = sorted(s, EVERYTHING, &n);

	top = top < MOST_KEYS ? top : MOST_KEYS;
	*t = (struct mg_table){ .name = "audit", .title = "Requests of the audit log",
				.unit = "requests/s; latency in s; in flight: requests",
				.step_ns = step_ns };
	choose(all, n, rows, t, left_out);
	t->col = mg_arena_alloc(arena, (ALL_COLUMNS + (top + 1) * KEY_COLUMNS) * sizeof(*t->col));
	memset(t->col, 0, (ALL_COLUMNS + (top + 1) * KEY_COLUMNS) * sizeof(*t->col));
	add_columns(t, arena, all, n, MG_STR(""), true);
	free(all);
	if (s->texts.n)
		split(s, top, arena, t);
}

/* --- a table a subject -------------------------------------------------------------------- */

/* Column `i` of `from` under a name without `prefix`. */
static void take(struct mg_table *t, const struct mg_table *from, uint32_t i, const char *name,
		 size_t prefix)
{
	struct mg_column *c = &t->col[t->ncol];

	if (i >= from->ncol || !from->col[i].any)
		return;
	*c = from->col[i];
	c->name = name ? mg_strz(name) : mg_str_from(c->name, prefix);
	t->ncol++;
}

static void take_keys(struct mg_table *t, const struct mg_table *from, unsigned what,
		      size_t prefix)
{
	for (uint32_t i = ALL_COLUMNS; i < from->ncol; i += KEY_COLUMNS)
		take(t, from, i + what, NULL, prefix);
}

static struct mg_table *panel(struct mg_series *out, const struct mg_table *from,
			      const char *name, const char *title, const char *unit)
{
	struct mg_table *t = &out->t[out->n];

	if (out->n && out->t[out->n - 1].ncol == 0)
		t = &out->t[--out->n];
	out->n++;
	*t = *from;
	t->name = name;
	t->title = title;
	t->unit = unit;
	t->ncol = 0;
	t->col = mg_arena_alloc(&out->arena, (from->ncol + 1) * sizeof(*t->col));
	return t;
}

void mg_audit_series_panels(const struct mg_table *from, struct mg_series *out)
{
	struct mg_table *t;

	out->n = 0;
	out->t = mg_alloc(6 * sizeof(*out->t));
	t = panel(out, from, "rate", "Requests", "requests/s");
	take(t, from, RATE, "all", 0);
	take_keys(t, from, KEY_RATE, strlen("rate "));
	t = panel(out, from, "codes", "Requests by status code", "requests/s");
	for (uint32_t c = 0; c < MG_SERIES_CLASSES; c++)
		take(t, from, CODES + c, NULL, 0);
	t = panel(out, from, "errors", "Refused (429) and failed (5xx)", "requests/s");
	take_keys(t, from, KEY_429, 0);
	take_keys(t, from, KEY_5XX, 0);
	t = panel(out, from, "latency", "Latency", "s");
	take(t, from, ALL_P50, "p50", 0);
	take(t, from, ALL_P99, "p99", 0);
	t = panel(out, from, "p99", "99th percentile of latency", "s");
	take_keys(t, from, KEY_P99, strlen("p99 s "));
	t = panel(out, from, "inflight", "Requests in flight", "requests");
	take(t, from, ALL_OPEN, "all", 0);
	take_keys(t, from, KEY_OPEN, strlen("in flight "));
	out->n -= t->ncol == 0;
}
