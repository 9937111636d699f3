/* SPDX-License-Identifier: Apache-2.0 */
#include "render/profiles.h"

#include <stdio.h>

#include "render/profile_units.h"
#include "render/text.h"

#define RULE "----------------------------------------------------------+-------------\n"
#define WIDTH 100

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static const struct mg_profile_node *node(const struct mg_profile *g, size_t i)
{
	return &g->nodes[g->order[i]];
}

/* --- what is shown ------------------------------------------------------------------------- */

/* The functions of a list, and what was left out of it. */
struct list {
	uint32_t     *id;
	size_t        n, dropped, more;
	struct mg_str unit; /* to print in */
	int64_t       flat; /* their sum */
};

static int64_t sum_of_flats(const struct mg_profile *g)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < g->norder; i++)
		sum += (uint64_t)node(g, i)->flat;
	return (int64_t)sum;
}

/* The unit in which the smallest value still shows. */
static struct mg_str choose_unit(const struct mg_profile *g, const struct list *l)
{
	uint64_t      least = 0, most = magnitude(g->total);
	struct mg_str small, large;

	for (size_t i = 0; i < l->n; i++) {
		const struct mg_profile_node *k = &g->nodes[l->id[i]];
		uint64_t                      v = magnitude(k->flat ? k->flat : k->cum);

		if (v && (!least || v < least))
			least = v;
	}
	if (!least)
		least = most;
	mg_profile_scale((int64_t)least, g->unit, MG_STR("auto"), &small);
	mg_profile_scale((int64_t)most, g->unit, MG_STR("auto"), &large);
	if (!mg_str_eq(small, large) && least < most / 100)
		mg_profile_scale((int64_t)(least * 100), g->unit, MG_STR("auto"), &small);
	return small.n ? small : g->unit;
}

static struct list choose(const struct mg_profile *g, const struct mg_profile_view *v)
{
	struct list l = { .id = mg_alloc(sizeof(*l.id) * (g->norder + 1)) };
	double      cutoff = v->rows && !v->peek ? (double)sum_of_flats(g) * MG_PROFILE_CUTOFF : 0;
	uint64_t    least = magnitude((int64_t)cutoff), flat = 0;

	for (size_t i = 0; i < g->norder; i++) {
		if (magnitude(node(g, i)->cum) < least)
			l.dropped++;
		else if (v->rows && l.n == v->rows && !v->peek)
			l.more++;
		else
			l.id[l.n++] = g->order[i];
	}
	for (size_t i = 0; i < l.n; i++)
		flat += (uint64_t)g->nodes[l.id[i]].flat;
	l.flat = (int64_t)flat;
	l.unit = choose_unit(g, &l);
	return l;
}

/* --- text ------------------------------------------------------------------------------------ */

struct pen {
	struct mg_buf           *b;
	const struct mg_profile *g;
	struct mg_str            unit;
	char                     value[64], percent[32];
};

static const char *val(struct pen *p, int64_t v)
{
	return mg_profile_value(v, p->g->unit, p->unit, p->value, sizeof(p->value));
}

static const char *pct(struct pen *p, int64_t v, int64_t of)
{
	return mg_profile_percent(v, of, p->percent, sizeof(p->percent));
}

static const char *trimmed(const char *percent)
{
	return percent + strspn(percent, " ");
}

static void held_below(struct pen *p, const char *what, int64_t bytes)
{
	if (bytes <= 0)
		return;
	mg_buf_printf(p->b, "Held below %s: %s", what, val(p, bytes));
	mg_buf_printf(p->b, ", %s\n", trimmed(pct(p, bytes, p->g->total)));
}

static void head(struct pen *p, const struct mg_profile_head *h, const struct list *l)
{
	const struct mg_profile *g = p->g;
	char                     when[40];

	mg_text_place(p->b, h->artifact, 0, WIDTH);
	if (h->base.n) {
		mg_buf_addz(p->b, "\n  minus ");
		mg_text_place(p->b, h->base, 0, WIDTH - 8);
	}
	mg_buf_addc(p->b, '\n');
	if (h->process.n) {
		mg_text_escape(p->b, h->process, MG_TEXT_ALL);
		mg_buf_addz(p->b, ", ");
	}
	mg_text_escape(p->b, g->type, MG_TEXT_ALL);
	if (h->time_ns != MG_TIME_NONE)
		mg_buf_printf(p->b, ", %s", mg_time_format(h->time_ns, 0, when, sizeof(when)));
	mg_buf_printf(p->b, "\nShowing nodes accounting for %s, ", val(p, l->flat));
	mg_buf_printf(p->b, "%s of ", trimmed(pct(p, l->flat, g->total)));
	mg_buf_printf(p->b, "%s total\n", val(p, g->total));
	if (l->dropped && g->total)
		mg_buf_printf(p->b, "Dropped %zu node%s (cum <= %s)\n", l->dropped,
			      l->dropped == 1 ? "" : "s",
			      val(p, (int64_t)((double)g->total * MG_PROFILE_CUTOFF)));
	held_below(p, "(*Store).DeleteCollection", h->deletes);
	held_below(p, "(*Store).List", h->lists);
}

/* flat flat% sum% cum cum%, without what follows. */
static void figures(struct pen *p, const struct mg_profile_node *k, uint64_t *sum)
{
	*sum += (uint64_t)k->flat;
	mg_buf_printf(p->b, "%10s ", val(p, k->flat));
	mg_buf_printf(p->b, "%s ", pct(p, k->flat, p->g->total));
	mg_buf_printf(p->b, "%s ", pct(p, (int64_t)*sum, p->g->total));
	mg_buf_printf(p->b, "%10s ", val(p, k->cum));
	mg_buf_printf(p->b, "%s", pct(p, k->cum, p->g->total));
}

static void top(struct pen *p, const struct list *l, bool headings)
{
	uint64_t sum = 0;

	if (headings)
		mg_buf_printf(p->b, "%10s %5s%% %5s%% %10s %5s%%\n", "flat", "flat", "sum", "cum", "cum");
	for (size_t i = 0; i < l->n; i++) {
		const struct mg_profile_node *k = &p->g->nodes[l->id[i]];

		figures(p, k, &sum);
		mg_buf_addz(p->b, "  ");
		mg_text_escape(p->b, k->name, MG_TEXT_ALL);
		mg_buf_addc(p->b, '\n');
	}
	if (l->more)
		mg_buf_printf(p->b, "\xe2\x80\xa6 and %zu more\n", l->more);
}

/* --- callers and callees --------------------------------------------------------------------- */

struct neighbour {
	struct mg_str name;
	int64_t       weight;
	bool          inlined;
};

static int by_weight(const void *x, const void *y)
{
	const struct neighbour *a = x, *b = y;
	uint64_t                wa = magnitude(a->weight), wb = magnitude(b->weight);

	return wa != wb ? (wa > wb ? -1 : 1) : mg_str_cmp(a->name, b->name);
}

static struct neighbour *neighbours(const struct mg_profile *g, uint32_t id, bool callers, size_t *n)
{
	struct neighbour *v = NULL;
	size_t            cap = 0;

	*n = 0;
	for (size_t i = 0; i < g->nedges; i++) {
		const struct mg_profile_edge *e = &g->edges[i];
		struct neighbour              k = { .weight = e->weight, .inlined = e->inlined };

		if ((callers ? e->to : e->from) != id)
			continue;
		k.name = g->nodes[callers ? e->from : e->to].name;
		MG_PUSH(v, *n, cap, k);
	}
	if (*n)
		qsort(v, *n, sizeof(*v), by_weight);
	return v;
}

static void edges(struct pen *p, uint32_t id, bool callers)
{
	size_t            n;
	struct neighbour *v = neighbours(p->g, id, callers, &n);

	for (size_t i = 0; i < n; i++) {
		mg_buf_printf(p->b, "%50s ", val(p, v[i].weight));
		mg_buf_printf(p->b, "%s |   ", pct(p, v[i].weight, p->g->nodes[id].cum));
		mg_text_escape(p->b, v[i].name, MG_TEXT_ALL);
		mg_buf_addz(p->b, v[i].inlined ? " (inline)\n" : "\n");
	}
	free(v);
}

static bool wanted(const struct mg_profile *g, const struct mg_profile_view *v, uint32_t id,
		   size_t *seen)
{
	return v->peek(v->ctx, g->nodes[id].name) && (++*seen <= v->rows || !v->rows);
}

static void peek(struct pen *p, const struct list *l, const struct mg_profile_view *v)
{
	uint64_t sum = 0;
	size_t   seen = 0;

	if (v->headings)
		mg_buf_addz(p->b, RULE "      flat  flat%   sum%        cum   cum%   calls calls% + context\n");
	for (size_t i = 0; i < l->n; i++) {
		uint32_t id = l->id[i];

		if (!wanted(p->g, v, id, &seen))
			continue;
		mg_buf_addz(p->b, RULE);
		edges(p, id, true);
		figures(p, &p->g->nodes[id], &sum);
		mg_buf_addz(p->b, "                | ");
		mg_text_escape(p->b, p->g->nodes[id].name, MG_TEXT_ALL);
		mg_buf_addc(p->b, '\n');
		edges(p, id, false);
	}
	mg_buf_addz(p->b, seen ? RULE : "no function matches\n");
	if (v->rows && seen > v->rows)
		mg_buf_printf(p->b, "\xe2\x80\xa6 and %zu more\n", seen - v->rows);
}

void mg_render_profile_text(struct mg_buf *b, const struct mg_profile *g,
			    const struct mg_profile_head *h, const struct mg_profile_view *v)
{
	struct list l = choose(g, v);
	struct pen  p = { .b = b, .g = g, .unit = l.unit };

	head(&p, h, &l);
	if (v->peek)
		peek(&p, &l, v);
	else
		top(&p, &l, v->headings);
	free(l.id);
}

/* --- TSV ---------------------------------------------------------------------------------------- */

void mg_render_profile_tsv_heading(struct mg_buf *b, bool with_peek)
{
	mg_buf_addz(b, with_peek ? "artifact\ttype\tfunction\trelation\tweight\tother\n"
				 : "artifact\ttype\tflat\tcum\tfunction\n");
}

static void tsv_start(struct mg_buf *b, const struct mg_profile *g, const struct mg_profile_head *h)
{
	mg_text_escape(b, h->artifact, MG_TEXT_ALL);
	mg_buf_addc(b, '\t');
	mg_text_escape(b, g->type, MG_TEXT_ALL);
	mg_buf_addc(b, '\t');
}

static void tsv_edges(struct mg_buf *b, const struct mg_profile *g, const struct mg_profile_head *h,
		      uint32_t id, bool callers)
{
	size_t            n;
	struct neighbour *v = neighbours(g, id, callers, &n);

	for (size_t i = 0; i < n; i++) {
		tsv_start(b, g, h);
		mg_text_escape(b, g->nodes[id].name, MG_TEXT_ALL);
		mg_buf_printf(b, "\t%s\t%lld\t", callers ? "caller" : "callee", (long long)v[i].weight);
		mg_text_escape(b, v[i].name, MG_TEXT_ALL);
		mg_buf_addc(b, '\n');
	}
	free(v);
}

void mg_render_profile_tsv(struct mg_buf *b, const struct mg_profile *g,
			   const struct mg_profile_head *h, const struct mg_profile_view *v)
{
	size_t seen = 0;

	for (size_t i = 0; i < g->norder; i++) {
		const struct mg_profile_node *k = node(g, i);

		if (v->peek && wanted(g, v, g->order[i], &seen)) {
			tsv_edges(b, g, h, g->order[i], true);
			tsv_edges(b, g, h, g->order[i], false);
		}
		if (v->peek || (v->rows && i >= v->rows))
			continue;
		tsv_start(b, g, h);
		mg_buf_printf(b, "%lld\t%lld\t", (long long)k->flat, (long long)k->cum);
		mg_text_escape(b, k->name, MG_TEXT_ALL);
		mg_buf_addc(b, '\n');
	}
}

/* --- JSON --------------------------------------------------------------------------------------- */

static void json_text(struct mg_buf *b, const char *key, struct mg_str s)
{
	if (s.n == 0)
		return;
	mg_buf_printf(b, "\"%s\":", key);
	mg_buf_json(b, s);
	mg_buf_addc(b, ',');
}

static void json_edges(struct mg_buf *b, const struct mg_profile *g, uint32_t id, bool callers)
{
	size_t            n;
	struct neighbour *v = neighbours(g, id, callers, &n);

	mg_buf_printf(b, ",\"%s\":[", callers ? "callers" : "callees");
	for (size_t i = 0; i < n; i++) {
		mg_buf_addz(b, i ? ",{\"function\":" : "{\"function\":");
		mg_buf_json(b, v[i].name);
		mg_buf_printf(b, ",\"weight\":%lld}", (long long)v[i].weight);
	}
	mg_buf_addc(b, ']');
	free(v);
}

static void json_head(struct mg_buf *b, const struct mg_profile *g, const struct mg_profile_head *h)
{
	char when[40];

	mg_buf_addc(b, '{');
	json_text(b, "artifact", h->artifact);
	json_text(b, "base", h->base);
	json_text(b, "process", h->process);
	if (h->time_ns != MG_TIME_NONE)
		json_text(b, "time", mg_strz(mg_time_format(h->time_ns, 9, when, sizeof(when))));
	json_text(b, "type", g->type);
	json_text(b, "unit", g->unit);
	mg_buf_printf(b, "\"total\":%lld,", (long long)g->total);
	if (h->deletes || h->lists)
		mg_buf_printf(b, "\"deletecollection\":%lld,\"list\":%lld,", (long long)h->deletes,
			      (long long)h->lists);
}

void mg_render_profile_json(struct mg_buf *b, const struct mg_profile *g,
			    const struct mg_profile_head *h, const struct mg_profile_view *v)
{
	size_t seen = 0, n = 0;

	json_head(b, g, h);
	mg_buf_addz(b, "\"functions\":[");
	for (size_t i = 0; i < g->norder; i++) {
		const struct mg_profile_node *k = node(g, i);

		if (v->peek ? !wanted(g, v, g->order[i], &seen) : v->rows && i >= v->rows)
			continue;
		mg_buf_addz(b, n++ ? ",{\"function\":" : "{\"function\":");
		mg_buf_json(b, k->name);
		mg_buf_printf(b, ",\"flat\":%lld,\"cum\":%lld", (long long)k->flat, (long long)k->cum);
		if (v->peek) {
			json_edges(b, g, g->order[i], true);
			json_edges(b, g, g->order[i], false);
		}
		mg_buf_addc(b, '}');
	}
	mg_buf_addz(b, "]}");
}
