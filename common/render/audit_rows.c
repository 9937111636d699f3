/* SPDX-License-Identifier: Apache-2.0 */
#include "render/audit_rows.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "render/text.h"

#define CELLS      5
#define CELL_WIDTH 20 /* the least, as in the tabwriter of the tool this follows */

/* --- durations as Go prints them ---------------------------------------------- */

/* `v` / `unit` with up to `digits` decimals, none of them a final zero. */
static int decimal(char *buf, size_t n, int64_t v, int64_t unit, const char *name)
{
	char    frac[16];
	int64_t whole = v / unit, rest = v % unit;
	int     k = 0;

	for (int64_t u = unit / 10; rest && u; u /= 10) {
		frac[k++] = (char)('0' + rest / u);
		rest %= u;
	}
	frac[k] = 0;
	return snprintf(buf, n, "%" PRId64 "%s%s%s", whole, k ? "." : "", frac, name);
}

static const char *go_duration(int64_t ns, char *buf, size_t n)
{
	int at = 0;

	if (ns < 0)
		snprintf(buf, n, "-");
	else if (ns == 0)
		snprintf(buf, n, "0s");
	else if (ns < MG_US)
		decimal(buf, n, ns, 1, "ns");
	else if (ns < MG_MS)
		decimal(buf, n, ns, MG_US, "\xc2\xb5s");
	else if (ns < MG_SEC)
		decimal(buf, n, ns, MG_MS, "ms");
	else {
		if (ns >= MG_HOUR)
			at += snprintf(buf, n, "%" PRId64 "h", ns / MG_HOUR);
		if (ns >= MG_MIN)
			at += snprintf(buf + at, n - (size_t)at, "%" PRId64 "m", ns % MG_HOUR / MG_MIN);
		decimal(buf + at, n - (size_t)at, ns % MG_MIN, MG_SEC, "s");
	}
	return buf;
}

/* --- cells: every column as wide as its widest, at least CELL_WIDTH ------------------ */

struct table {
	struct mg_arena arena;
	struct mg_str (*row)[CELLS];
	size_t          n, cap;
	unsigned        ncells;
};

/* A cell of the next row: escaped text. */
static void cell(struct table *t, struct mg_str s)
{
	struct mg_buf b = { 0 };

	if (t->ncells == 0) {
		if (t->n == t->cap) {
			t->cap = t->cap ? t->cap * 2 : 64;
			t->row = mg_realloc(t->row, t->cap, sizeof(*t->row));
		}
		memset(t->row[t->n++], 0, sizeof(*t->row));
	}
	mg_text_escape(&b, s, MG_TEXT_ALL);
	t->row[t->n - 1][t->ncells++] = mg_arena_str(&t->arena, mg_buf_str(&b));
	mg_buf_release(&b);
}

/* The first `rows` rows, indented by nothing; empty the table. */
static void print_table(struct mg_out *o, struct table *t)
{
	size_t width[CELLS];

	for (int c = 0; c < CELLS; c++) {
		width[c] = CELL_WIDTH;
		for (size_t i = 0; i < t->n; i++) {
			size_t w = mg_text_columns(t->row[i][c]);

			width[c] = w > width[c] ? w : width[c];
		}
	}
	for (size_t i = 0; i < t->n; i++) {
		for (int c = 0; c < CELLS && t->row[i][c].p; c++) {
			bool last = c + 1 == CELLS || !t->row[i][c + 1].p;

			mg_out_add(o, t->row[i][c]);
			for (size_t w = mg_text_columns(t->row[i][c]); !last && w < width[c]; w++)
				mg_out_add(o, MG_STR(" "));
		}
		mg_out_add(o, MG_STR("\n"));
	}
	mg_arena_release(&t->arena);
	free(t->row);
	*t = (struct table){ 0 };
}

static void end_row(struct table *t)
{
	t->ncells = 0;
}

static void cellf(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void cellf(struct table *t, const char *fmt, ...)
{
	struct mg_buf b = { 0 };
	va_list       ap;

	va_start(ap, fmt);
	mg_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	cell(t, mg_buf_str(&b));
	mg_buf_release(&b);
}

/* --- one line a request ---------------------------------------------------------------- */

static struct mg_str upper(struct mg_str s, char *buf, size_t n)
{
	s = mg_str_head(s, n);
	for (size_t i = 0; i < s.n; i++)
		buf[i] = (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - 32 : s.p[i]);
	return mg_str(buf, s.n);
}

static void list_row(struct table *t, const struct mg_audit_row *r, bool wide)
{
	char          clock[32], took[64], verb[32];
	struct mg_str v = upper(r->verb, verb, sizeof(verb));

	if (r->received_ns == MG_TIME_NONE)
		snprintf(clock, sizeof(clock), "--:--:--");
	else
		mg_time_clock(r->received_ns, 0, clock, sizeof(clock));
	go_duration(r->duration_ns, took, sizeof(took));
	if (wide)
		cellf(t, "%s (%.*s) [%.*s][%s] [%u]", clock, MG_FMT(r->audit_id), MG_FMT(v), took,
		      r->code);
	else
		cellf(t, "%s [%6.*s][%12s] [%3u]", clock, MG_FMT(v), took, r->code);
	cellf(t, " %.*s", MG_FMT(r->uri));
	cellf(t, " [%.*s]", MG_FMT(r->user));
	end_row(t);
}

static void more(struct mg_out *o, size_t n)
{
	if (n)
		mg_out_printf(o, "\xe2\x80\xa6 and %zu more\n", n);
}

void mg_render_audit_list(struct mg_out *o, const struct mg_audit_tally *t, bool wide,
			  size_t top)
{
	struct table table = { 0 };
	size_t       n = top && top < t->nrows ? top : t->nrows;

	for (size_t i = 0; i < n; i++)
		list_row(&table, &t->rows[i], wide);
	print_table(o, &table);
	more(o, t->nrows - n);
}

void mg_render_audit_json(struct mg_out *o, const struct mg_audit_tally *t, size_t top)
{
	for (size_t i = 0; i < t->nrows && (!top || i < top); i++) {
		mg_out_add(o, t->rows[i].raw);
		mg_out_add(o, MG_STR("\n"));
	}
}

void mg_render_audit_span(struct mg_out *o, const struct mg_audit_tally *t)
{
	char    first[40], last[40], took[64];
	int64_t d;

	if (t->count == 0)
		return;
	if (t->first_ns == MG_TIME_NONE) {
		mg_out_printf(o, "count: %" PRIu64 "\n", t->count);
		return;
	}
	if (__builtin_sub_overflow(t->last_ns, t->first_ns, &d))
		d = INT64_MAX;
	mg_out_printf(o, "count: %" PRIu64 ", first: %s, last: %s, duration: %s\n", t->count,
		      mg_time_format(t->first_ns, 0, first, sizeof(first)),
		      mg_time_format(t->last_ns, 0, last, sizeof(last)),
		      go_duration(d, took, sizeof(took)));
}

/* --- groups ------------------------------------------------------------------------------ */

struct ranked {
	const struct mg_audit_groups *t;
	const struct mg_audit_group  *g;
	uint32_t                      index;
	bool                          sections;
};

static struct mg_str text(const struct mg_audit_groups *t, uint32_t id)
{
	return mg_audit_group_text(t, id);
}

static int by_rank(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;
	int                  c = 0;

	if (a->sections)
		c = mg_str_cmp(text(a->t, a->g->key[0]), text(b->t, b->g->key[0]));
	if (c)
		return c;
	if (a->g->count != b->g->count)
		return a->g->count > b->g->count ? -1 : 1;
	for (int k = 0; k < MG_AUDIT_MAX_KEYS && c == 0; k++)
		c = mg_str_cmp(text(a->t, a->g->key[k]), text(b->t, b->g->key[k]));
	return c;
}

/* "200-113,404-2" of one group. */
static struct mg_str codes_text(const struct mg_audit_code *v, size_t n, uint32_t group,
				struct mg_buf *b)
{
	const struct mg_audit_code *c = mg_audit_codes_of(v, n, group, &n);

	mg_buf_clear(b);
	for (size_t i = 0; i < n; i++) {
		if (b->n)
			mg_buf_addc(b, ',');
		if (c[i].code)
			mg_buf_printf(b, "%u-%" PRIu64, c[i].code, c[i].count);
		else
			mg_buf_printf(b, "none-%" PRIu64, c[i].count);
	}
	return mg_buf_str(b);
}

static void section_row(struct table *out, const struct ranked *k, struct mg_str codes)
{
	char took[64], count[32];

	snprintf(count, sizeof(count), "%" PRIu64 "x", k->g->count);
	go_duration(k->g->took.n ? k->g->took.sum / (int64_t)k->g->took.n : -1, took, sizeof(took));
	cellf(out, "%8s [%12s] [%.*s]", count, took, MG_FMT(codes));
	cellf(out, " %.*s", MG_FMT(k->g->earliest->uri));
	cellf(out, " [%.*s]", MG_FMT(text(k->t, k->g->key[2])));
	end_row(out);
}

/* "deployments.apps" -> "apps/deployments", "pods" -> "v1/pods", as runbooks know them. */
static void key_cell(struct table *out, enum mg_audit_key key, struct mg_str s)
{
	struct mg_str resource, group;

	if (key == MG_BY_RESOURCE && s.n && mg_str_cut(s, '.', &resource, &group))
		cellf(out, " %.*s/%.*s", MG_FMT(group), MG_FMT(resource));
	else if (key == MG_BY_RESOURCE)
		cellf(out, s.n ? " v1/%.*s" : " (no resource)%.*s", MG_FMT(s));
	else
		cellf(out, " %.*s", MG_FMT(s));
}

static void print_flat(struct mg_out *o, const struct ranked *k, size_t n,
		       const struct mg_audit_query *query, size_t top)
{
	struct table out = { 0 };

	for (size_t i = 0; i < n && i < top; i++) {
		cellf(&out, "%" PRIu64 "x", k[i].g->count);
		for (unsigned j = 0; j < query->by.n; j++)
			key_cell(&out, query->by.key[j], text(k[i].t, k[i].g->key[j]));
		end_row(&out);
	}
	print_table(o, &out);
	more(o, n > top ? n - top : 0);
}

static void print_section(struct mg_out *o, const struct ranked *k, size_t n,
			  const struct mg_audit_code *codes, size_t ncodes, size_t top)
{
	struct table  out = { 0 };
	struct mg_buf b = { 0 };
	char          buf[64];
	uint64_t      hits = 0;
	struct mg_str name = text(k->t, k->g->key[0]);

	for (size_t i = 0; i < n; i++)
		hits += k[i].g->count;
	name = upper(name, buf, sizeof(buf));
	if (top < n)
		mg_out_printf(o, "\nTop %zu \"", top);
	else
		mg_out_printf(o, "\nTop %zu \"", n);
	mg_text_escape(&b, name, MG_TEXT_ALL);
	mg_out_add(o, mg_buf_str(&b));
	mg_out_printf(o, "\" (of %" PRIu64 " total hits):\n", hits);
	for (size_t i = 0; i < n && i < top; i++)
		section_row(&out, &k[i], codes_text(codes, ncodes, k[i].index, &b));
	print_table(o, &out);
	more(o, n > top ? n - top : 0);
	mg_buf_release(&b);
}

static void print_sections(struct mg_out *o, const struct mg_audit_groups *t,
			   const struct ranked *k, size_t n, size_t top)
{
	struct mg_audit_code *codes = mg_audit_groups_codes(t);

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && k[end].g->key[0] == k[i].g->key[0]; end++)
			;
		print_section(o, k + i, end - i, codes, t->codes.n, top);
	}
	free(codes);
}

void mg_render_audit_top(struct mg_out *o, const struct mg_audit_tally *t,
			 const struct mg_audit_query *query, size_t top)
{
	uint32_t       n = t->groups.groups.n;
	struct ranked *k = mg_alloc(sizeof(*k) * (n + 1));

	for (uint32_t i = 0; i < n; i++)
		k[i] = (struct ranked){ &t->groups, mg_cells_at(&t->groups.groups, i), i,
					query->by.sections };
	qsort(k, n, sizeof(*k), by_rank);
	if (top == 0)
		top = SIZE_MAX;
	mg_render_audit_span(o, t);
	if (query->by.sections)
		print_sections(o, &t->groups, k, n, top);
	else
		print_flat(o, k, n, query, top);
	free(k);
}

struct named {
	struct mg_str         name;
	const struct mg_hist *h;
};

static int by_name(const void *a, const void *b)
{
	return mg_str_cmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

void mg_render_audit_split(struct mg_out *o, const struct mg_audit_tally *t)
{
	struct named *v = mg_alloc(sizeof(*v) * (t->split.n + 1));

	mg_render_audit_span(o, t);
	for (int i = 0; t->count && i < 70; i++)
		mg_out_add(o, MG_STR("="));
	if (t->count)
		mg_out_add(o, MG_STR("\n"));
	for (uint32_t i = 0; i < t->split.n; i++) {
		const struct mg_audit_latency *l = mg_cells_at(&t->split, i);

		v[i] = (struct named){ mg_intern_str(&t->names, l->name), &l->hist };
	}
	qsort(v, t->split.n, sizeof(*v), by_name);
	for (uint32_t i = 0; i < t->split.n; i++) {
		char          min[64], max[64], median[64], p90[64];
		struct mg_buf b = { 0 };

		mg_text_escape(&b, v[i].name, MG_TEXT_ALL);
		mg_out_printf(o, "%-50s: min=%s max=%s median=%s 90th=%s count=%" PRIu64 "\n", b.p,
			      go_duration(v[i].h->min, min, sizeof(min)),
			      go_duration(v[i].h->max, max, sizeof(max)),
			      go_duration(mg_hist_quantile(v[i].h, 0.5), median, sizeof(median)),
			      go_duration(mg_hist_quantile(v[i].h, 0.9), p90, sizeof(p90)),
			      v[i].h->count);
		mg_buf_release(&b);
	}
	free(v);
}
