/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/gocount.h"

#include "base/buf.h"
#include "base/mem.h"

static const char *const by_names[] = { "stack", "state", "function", "package", "created-by" };

const char *mg_goby_name(enum mg_goby by)
{
	return by_names[by];
}

bool mg_goby_parse(struct mg_str name, enum mg_goby *out)
{
	for (size_t i = 0; i < sizeof(by_names) / sizeof(by_names[0]); i++)
		if (mg_str_eq(name, mg_strz(by_names[i]))) {
			*out = (enum mg_goby)i;
			return true;
		}
	return false;
}

const char *mg_gochange_name(enum mg_gochange c)
{
	static const char *const name[] = { "new", "grown", "older", "fewer", "gone", "unchanged" };

	return name[c];
}

static struct mg_str form_of(const struct mg_event *dump)
{
	return mg_event_attr(dump, "form");
}

static bool is_form(const struct mg_event *dump, const char *form)
{
	return mg_str_eq(form_of(dump), mg_strz(form));
}

bool mg_godump_has_states(const struct mg_event *dump)
{
	return !is_form(dump, "debug1") && !is_form(dump, "pprof");
}

/* Single traces and excerpts are not to be compared with dumps. */
static bool is_whole(const struct mg_event *dump)
{
	return !is_form(dump, "traces") && !is_form(dump, "excerpt");
}

/* --- grouping ----------------------------------------------------------------------------- */

/* "k8s.io/apiserver/pkg/registry.(*Store).F" -> "k8s.io/apiserver/pkg/registry" */
static struct mg_str package_of(struct mg_str func)
{
	/* Slashes and dots inside the brackets of a generic function are not its own. */
	ptrdiff_t     generic = mg_str_chr(func, '[');
	struct mg_str path = generic < 0 ? func : mg_str_head(func, (size_t)generic);
	size_t        base = (size_t)(mg_str_rchr(path, '/') + 1);
	ptrdiff_t     dot = mg_str_chr(mg_str_from(path, base), '.');

	return dot < 0 ? path : mg_str_head(path, base + (size_t)dot);
}

static void add_key(struct mg_buf *key, const struct mg_gocount *g, bool compare, const struct mg_event *e)
{
	switch (g->by) {
	case MG_GOBY_STACK:
		mg_buf_add(key, mg_event_attr(e, "stack_id"));
		if (!compare) {
			mg_buf_addc(key, ' ');
			mg_buf_add(key, mg_event_attr(e, "state"));
		}
		break;
	case MG_GOBY_STATE:
		mg_buf_add(key, mg_event_attr(e, "state"));
		break;
	case MG_GOBY_FUNCTION:
		mg_buf_add(key, mg_event_attr(e, "function"));
		break;
	case MG_GOBY_PACKAGE:
		mg_buf_add(key, package_of(mg_event_attr(e, "function")));
		break;
	case MG_GOBY_CREATOR:
		mg_buf_add(key, mg_event_attr(e, "created_by"));
		break;
	}
}

static struct mg_str cell_key(const uint32_t pair[2])
{
	return mg_str((const char *)pair, 2 * sizeof(pair[0]));
}

const struct mg_gocell *mg_gocount_cell(const struct mg_gocount *g, uint32_t dump, uint32_t group)
{
	const uint32_t pair[2] = { dump, group };
	uint32_t       i = mg_intern_find(&g->index, cell_key(pair));

	return i == MG_NONE ? NULL : &g->cells[i];
}

static struct mg_gocell *cell_for(struct mg_gocount *g, uint32_t dump, uint32_t group)
{
	const uint32_t pair[2] = { dump, group };
	uint32_t       i = mg_intern_id(&g->index, cell_key(pair));

	if (i == g->ncells) {
		struct mg_gocell c = { .dump = dump, .group = group, .wait_median = -1 };

		MG_PUSH(g->cells, g->ncells, g->cells_cap, c);
	}
	return &g->cells[i];
}

static void count_in(struct mg_gocell *c, const struct mg_event *e)
{
	int64_t from = mg_event_attr_i64(e, "wait_min_minutes", 0);
	int64_t to = mg_event_attr_i64(e, "wait_max_minutes", 0);

	if (c->stacks == 0 || from < c->wait_min)
		c->wait_min = from;
	if (to > c->wait_max)
		c->wait_max = to;
	c->wait_median = c->stacks ? -1 : mg_event_attr_i64(e, "wait_median_minutes", -1);
	if (!c->top || e->count > c->top->count)
		c->top = e;
	if (c->stacks == 0 || e->severity > c->severity)
		c->severity = e->severity;
	c->stacks++;
	c->count += e->count;
}

/* Which dump an event is of: the leaf and the line where it begins. */
static struct mg_str dump_key(uint64_t pair[2], uint32_t artifact, int64_t line)
{
	pair[0] = artifact;
	pair[1] = (uint64_t)line;
	return mg_str((const char *)pair, 2 * sizeof(pair[0]));
}

static void find_dumps(struct mg_gocount *g, const struct mg_case *c, struct mg_intern *ids)
{
	uint64_t pair[2];

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind == MG_EV_GOROUTINE_DUMP &&
		    mg_intern_id(ids, dump_key(pair, e->artifact, (int64_t)e->line)) == g->ndumps)
			MG_PUSH(g->dumps, g->ndumps, g->dumps_cap, e);
	}
}

void mg_gocount_build(struct mg_gocount *g, const struct mg_case *c, const struct mg_gocount_opts *o)
{
	struct mg_intern ids = { .n = 0 };
	struct mg_buf    key = { 0 };
	uint64_t         pair[2];

	*g = (struct mg_gocount){ .by = o->by };
	find_dumps(g, c, &ids);
	g->mixed = o->compare && g->ndumps == 2 &&
		   mg_godump_has_states(g->dumps[0]) != mg_godump_has_states(g->dumps[1]);
	if (g->mixed)
		g->by = MG_GOBY_FUNCTION;
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		uint32_t               dump;

		if (e->kind != MG_EV_GOROUTINE_STUCK || (o->shown && !o->shown(o->ctx, e)))
			continue;
		dump = mg_intern_find(&ids, dump_key(pair, e->artifact,
						     mg_event_attr_i64(e, "dump_line", -1)));
		if (dump == MG_NONE) /* outside of the window */
			continue;
		mg_buf_clear(&key);
		add_key(&key, g, o->compare, e);
		count_in(cell_for(g, dump, mg_intern_id(&g->keys, mg_buf_str(&key))), e);
	}
	mg_buf_release(&key);
	mg_intern_release(&ids);
}

void mg_gocount_release(struct mg_gocount *g)
{
	free(g->dumps);
	free(g->cells);
	mg_intern_release(&g->keys);
	mg_intern_release(&g->index);
	*g = (struct mg_gocount){ .dumps = NULL };
}

static int by_count(const void *x, const void *y)
{
	const struct mg_gocell *a = *(const struct mg_gocell *const *)x;
	const struct mg_gocell *b = *(const struct mg_gocell *const *)y;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (a->top->line != b->top->line)
		return a->top->line < b->top->line ? -1 : 1;
	return a->group < b->group ? -1 : a->group > b->group;
}

static int by_weight(const void *x, const void *y)
{
	const struct mg_gocell *a = *(const struct mg_gocell *const *)x;
	const struct mg_gocell *b = *(const struct mg_gocell *const *)y;

	if ((a->severity > MG_SEV_DEBUG) != (b->severity > MG_SEV_DEBUG))
		return a->severity > b->severity ? -1 : 1;
	return by_count(x, y);
}

const struct mg_gocell **mg_gocount_of(const struct mg_gocount *g, uint32_t dump, size_t *n)
{
	const struct mg_gocell **v = NULL;
	size_t                   cap = 0;

	*n = 0;
	for (size_t i = 0; i < g->ncells; i++)
		if (g->cells[i].dump == dump)
			MG_PUSH(v, *n, cap, &g->cells[i]);
	if (*n)
		qsort(v, *n, sizeof(*v), g->by == MG_GOBY_STACK ? by_weight : by_count);
	return v;
}

/* --- which dumps to compare ------------------------------------------------------------------ */

static bool same_process(const struct mg_event *a, const struct mg_event *b)
{
	return mg_str_eq(a->component, b->component) && mg_str_eq(a->node, b->node) &&
	       mg_str_eq(a->pod, b->pod) && mg_str_eq(a->ns, b->ns);
}

static void add_dump(struct mg_goseries *s, uint32_t dump, size_t *cap)
{
	MG_PUSH(s->dump, s->n, *cap, dump);
}

/* Dumps of the process of `first`, which know states or do not. */
static struct mg_goseries of_process(const struct mg_gocount *g, uint32_t first, bool states)
{
	struct mg_goseries s = { NULL, 0 };
	size_t             cap = 0;

	for (uint32_t i = 0; i < g->ndumps; i++)
		if (is_whole(g->dumps[i]) && mg_godump_has_states(g->dumps[i]) == states &&
		    same_process(g->dumps[first], g->dumps[i]))
			add_dump(&s, i, &cap);
	return s;
}

static bool seen_before(const struct mg_gocount *g, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (is_whole(g->dumps[i]) && same_process(g->dumps[i], g->dumps[at]))
			return true;
	return false;
}

/* The two that were named, whatever they are of. */
static struct mg_goseries pair(const struct mg_gocount *g)
{
	const struct mg_event *a = g->dumps[0], *b = g->dumps[1];
	bool                   swap = a->artifact != b->artifact ? a->artifact > b->artifact
								 : a->line > b->line;
	struct mg_goseries     s = { NULL, 0 };
	size_t                 cap = 0;

	add_dump(&s, swap, &cap);
	add_dump(&s, !swap, &cap);
	return s;
}

struct mg_goseries *mg_goseries_find(const struct mg_gocount *g, size_t *n)
{
	struct mg_goseries *all = NULL, s;
	size_t              cap = 0;

	*n = 0;
	if (g->ndumps == 2) {
		MG_PUSH(all, *n, cap, pair(g));
		return all;
	}
	for (uint32_t i = 0; i < g->ndumps; i++) {
		if (!is_whole(g->dumps[i]) || seen_before(g, i))
			continue;
		s = of_process(g, i, true);
		if (s.n < 2) {
			free(s.dump);
			s = of_process(g, i, false);
		}
		if (s.n >= 2)
			MG_PUSH(all, *n, cap, s);
		else
			free(s.dump);
	}
	return all;
}

void mg_goseries_free(struct mg_goseries *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(s[i].dump);
	free(s);
}

/* --- comparing ---------------------------------------------------------------------------------- */

static enum mg_gochange change_of(const struct mg_gocell *a, const struct mg_gocell *b, bool all_older)
{
	if (!a)
		return MG_GOCHANGE_NEW;
	if (!b)
		return MG_GOCHANGE_GONE;
	if (a->count != b->count)
		return b->count > a->count ? MG_GOCHANGE_GROWN : MG_GOCHANGE_FEWER;
	return b->wait_max > a->wait_max && (all_older || b->severity > MG_SEV_DEBUG)
		       ? MG_GOCHANGE_OLDER
		       : MG_GOCHANGE_NONE;
}

/* More, the most first; then older; then fewer, the most first. */
static int by_change(const void *x, const void *y)
{
	const struct mg_godiff *a = x, *b = y;
	int64_t                 older[2] = { a->wait_to - a->wait_from, b->wait_to - b->wait_from };
	int                     sign[2] = { (a->delta > 0) - (a->delta < 0), (b->delta > 0) - (b->delta < 0) };

	if (sign[0] != sign[1])
		return sign[0] > sign[1] ? -1 : 1;
	if (a->delta != b->delta)
		return (a->delta > b->delta) == (sign[0] > 0) ? -1 : 1;
	if (sign[0] == 0 && older[0] != older[1])
		return older[0] > older[1] ? -1 : 1;
	return a->group < b->group ? -1 : a->group > b->group;
}

struct mg_godiff *mg_goseries_diff(const struct mg_gocount *g, const struct mg_goseries *s,
				   bool all_older, size_t *n, uint64_t counts[MG_GOCHANGES + 1])
{
	struct mg_godiff *v = NULL;
	size_t            cap = 0;

	*n = 0;
	memset(counts, 0, sizeof(counts[0]) * (MG_GOCHANGES + 1));
	for (uint32_t i = 0; i < g->keys.n; i++) {
		const struct mg_gocell *a = mg_gocount_cell(g, s->dump[0], i);
		const struct mg_gocell *b = mg_gocount_cell(g, s->dump[s->n - 1], i);
		struct mg_godiff        d = { .group = i, .wait_from = -1, .wait_to = -1 };

		if (!a && !b)
			continue;
		d.change = change_of(a, b, all_older);
		counts[d.change]++;
		d.delta = (b ? (int64_t)b->count : 0) - (a ? (int64_t)a->count : 0);
		d.wait_from = a ? a->wait_max : -1;
		d.wait_to = b ? b->wait_max : -1;
		d.top = b ? b->top : a->top;
		if (d.change != MG_GOCHANGE_NONE)
			MG_PUSH(v, *n, cap, d);
	}
	if (*n)
		qsort(v, *n, sizeof(*v), by_change);
	return v;
}

static int by_peak(const void *x, const void *y)
{
	const struct mg_gofollow *a = x, *b = y;

	if (a->notable != b->notable)
		return a->notable ? -1 : 1;
	if (a->peak != b->peak)
		return a->peak > b->peak ? -1 : 1;
	return a->group < b->group ? -1 : a->group > b->group;
}

struct mg_gofollow *mg_goseries_follow(const struct mg_gocount *g, const struct mg_goseries *s, size_t *n)
{
	struct mg_gofollow *v = NULL;
	size_t              cap = 0;

	*n = 0;
	for (uint32_t i = 0; i < g->keys.n; i++) {
		struct mg_gofollow f = { .group = i };

		for (uint32_t k = 0; k < s->n; k++) {
			const struct mg_gocell *c = mg_gocount_cell(g, s->dump[k], i);

			if (!c)
				continue;
			f.top = c->top;
			f.notable |= c->severity > MG_SEV_DEBUG;
			f.peak = c->count > f.peak ? c->count : f.peak;
		}
		if (f.top)
			MG_PUSH(v, *n, cap, f);
	}
	if (*n)
		qsort(v, *n, sizeof(*v), by_peak);
	return v;
}
