/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_gostack.h"

#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/num.h"

#define STUCK_MINUTES 10
#define CROWD 1000  /* so many idle-looking goroutines at one place are no idlers */

/* --- when --------------------------------------------------------------------------------- */

static bool digits(struct mg_str s, size_t at, size_t n, int *out)
{
	int v = 0;

	if (at + n > s.n)
		return false;
	for (size_t i = at; i < at + n; i++) {
		if (!mg_is_digit(s.p[i]))
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* Skip one separator where there is one. */
static void separator(struct mg_str s, size_t *i)
{
	if (*i < s.n && (s.p[*i] == '-' || s.p[*i] == ':' || s.p[*i] == '_' || s.p[*i] == '.'))
		++*i;
}

/* YYYY[-]MM[-]DD(T|t|-|_)hh[:-]mm[:-]ss at offset i. */
static bool stamp_at(struct mg_str s, size_t i, struct mg_civil *c)
{
	*c = (struct mg_civil){ 0 };
	if (!digits(s, i, 4, &c->year))
		return false;
	i += 4;
	separator(s, &i);
	if (!digits(s, i, 2, &c->month))
		return false;
	i += 2;
	separator(s, &i);
	if (!digits(s, i, 2, &c->day))
		return false;
	i += 2;
	if (i >= s.n || !strchr("Tt-_ ", s.p[i]) || s.p[i] == '\0')
		return false;
	i++;
	if (!digits(s, i, 2, &c->hour))
		return false;
	i += 2;
	separator(s, &i);
	if (!digits(s, i, 2, &c->minute))
		return false;
	i += 2;
	separator(s, &i);
	if (!digits(s, i, 2, &c->second) || (i + 2 < s.n && mg_is_digit(s.p[i + 2])))
		return false;
	return c->year >= 1990 && c->year < 2200 && c->month >= 1 && c->month <= 12 &&
	       c->day >= 1 && c->day <= 31 && c->hour < 24 && c->minute < 60 && c->second < 61;
}

bool mg_gostack_name_time(struct mg_str name, int64_t *ns)
{
	struct mg_civil c;

	for (size_t i = 0; i < name.n; i++)
		if ((i == 0 || !mg_is_digit(name.p[i - 1])) && stamp_at(name, i, &c)) {
			*ns = mg_time_from_civil(&c);
			return true;
		}
	return false;
}

struct mg_dump_time mg_gostack_file_time(const struct mg_source *src)
{
	struct mg_dump_time t = { MG_TIME_NONE, MG_TIME_UNKNOWN };
	struct mg_str       base = mg_str_basename(src->path), dir;

	dir = mg_str_head(src->path, src->path.n - base.n);
	while (dir.n && dir.p[dir.n - 1] == '/')
		dir.n--;
	if (mg_gostack_name_time(base, &t.ns) ||
	    mg_gostack_name_time(mg_str_basename(dir), &t.ns))
		t.source = MG_TIME_DERIVED;
	else if (src->mtime_ns != MG_TIME_NONE)
		t = (struct mg_dump_time){ src->mtime_ns, MG_TIME_DERIVED };
	return t;
}

/* --- groups ------------------------------------------------------------------------------- */

/* What becomes one goroutine.stuck: a stack shape, or all shapes of one signature. */
struct group {
	const struct mg_gobucket *top; /* the largest */
	const struct mg_gosig    *sig; /* NULL: notable by its state alone */
	uint64_t                  count, line;
	uint32_t                  minutes_min, minutes_max;
	uint64_t                  ids[MG_GOBUCKET_IDS];
	uint32_t                  nids;
	uint64_t                  workers; /* of the same collection deletes, still there */
};

static void group_add(struct group *g, const struct mg_gobucket *b)
{
	if (!g->top || b->count > g->top->count)
		g->top = b;
	if (g->count == 0 || b->line < g->line)
		g->line = b->line;
	if (g->count == 0 || b->minutes_min < g->minutes_min)
		g->minutes_min = b->minutes_min;
	if (b->minutes_max > g->minutes_max)
		g->minutes_max = b->minutes_max;
	for (uint32_t i = 0; i < b->nids && g->nids < MG_GOBUCKET_IDS; i++)
		g->ids[g->nids++] = b->ids[i];
	g->count += b->count;
}

static bool sig_notable(const struct group *g)
{
	const struct mg_gosig *s = g->sig;

	if (s->min_count == 0 && s->min_minutes == 0)
		return true;
	return (s->min_count && g->count >= s->min_count) ||
	       (s->min_minutes && g->minutes_max >= s->min_minutes);
}

static bool state_notable(const struct mg_gobucket *b)
{
	if (b->minutes_max < STUCK_MINUTES)
		return false;
	return b->blocked ||
	       (b->count >= CROWD && (mg_str_starts(b->state, MG_STR("chan receive")) ||
				      mg_str_starts(b->state, MG_STR("select"))));
}

/* --- texts -------------------------------------------------------------------------------- */

/* "k8s.io/apiserver/pkg/registry.(*Store).F" -> "registry.(*Store).F" */
static struct mg_str short_name(struct mg_str func)
{
	/* A slash inside the brackets of a generic function is not a path's. */
	ptrdiff_t     end = mg_str_chr(func, '[');
	struct mg_str path = end < 0 ? func : mg_str_head(func, (size_t)end);
	ptrdiff_t     i = mg_str_rchr(path, '/');

	return i < 0 ? func : mg_str_from(func, (size_t)i + 1);
}

static void add_waits(struct mg_buf *t, const struct group *g)
{
	if (g->top->state.n == 0)
		return;
	mg_buf_printf(t, " [%.*s", MG_FMT(g->top->state));
	if (g->minutes_max == 0)
		mg_buf_addz(t, ", less than a minute");
	else if (g->minutes_min == g->minutes_max)
		mg_buf_printf(t, ", %u min", g->minutes_max);
	else
		mg_buf_printf(t, ", %u-%u min", g->minutes_min, g->minutes_max);
	mg_buf_addc(t, ']');
}

static struct mg_str stuck_message(const struct group *g, struct mg_batch *out)
{
	struct mg_buf t = { 0 };
	struct mg_str m;
	char          n[32];

	mg_buf_printf(&t, "%s goroutine%s", mg_num_grouped(g->count, n, sizeof(n)),
		      g->count == 1 ? "" : "s");
	if (g->sig)
		mg_buf_printf(&t, ", %s,", g->sig->title);
	mg_buf_printf(&t, " in %.*s", MG_FMT(short_name(g->top->where)));
	add_waits(&t, g);
	m = mg_batch_str(out, mg_buf_str(&t));
	mg_buf_release(&t);
	return m;
}

static struct mg_str id_list(const struct group *g, struct mg_batch *out)
{
	struct mg_buf t = { 0 };
	struct mg_str s;

	for (uint32_t i = 0; i < g->nids; i++)
		mg_buf_printf(&t, "%s%llu", i ? " " : "", (unsigned long long)g->ids[i]);
	if (g->count > g->nids)
		mg_buf_addz(&t, " ...");
	s = mg_batch_str(out, mg_buf_str(&t));
	mg_buf_release(&t);
	return s;
}

/* --- events ------------------------------------------------------------------------------- */

struct context {
	const struct mg_godump *d;
	const struct mg_source *src;
	struct mg_dump_time     when;
	struct mg_str           process;
	struct mg_batch        *out;
	bool                    every; /* stacks, not only the notable ones */
};

static struct mg_str process_of(const struct mg_godump *d, const struct mg_source *src)
{
	return src->component.n ? src->component : d->process;
}

static struct mg_event *event_base(const struct context *x, enum mg_event_kind k,
				   enum mg_severity s, uint64_t line)
{
	struct mg_event *e = mg_batch_add(x->out, k, s);

	e->time_ns = x->when.ns;
	e->time_source = x->when.ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : x->when.source;
	e->artifact = x->src->artifact;
	e->line = line;
	e->component = x->process;
	e->node = x->src->node;
	e->pod = x->src->pod;
	e->ns = x->src->ns;
	return e;
}

/* A provisional time is moved later; an attribute would stay behind. */
static void attr_dump_time(const struct context *x, struct mg_event *e)
{
	if (x->when.ns != MG_TIME_NONE && x->when.source != MG_TIME_YEARLESS &&
	    x->when.source != MG_TIME_BOOT)
		mg_batch_attr_i64(x->out, e, "dump_ns", x->when.ns);
}

static void attr_form(const struct context *x, struct mg_event *e)
{
	mg_batch_attr(x->out, e, "form", mg_strz(mg_goform_name(x->d->form)));
}

static void attr_location(const struct context *x, struct mg_event *e,
			  const struct mg_gobucket *b)
{
	char text[1024];
	int  n;

	if (b->file.n == 0)
		return;
	n = snprintf(text, sizeof(text), "%.*s:%u", (int)(b->file.n < 900 ? b->file.n : 900),
		     b->file.p, b->file_line);
	mg_batch_attr(x->out, e, "location", mg_str(text, n > 0 ? (size_t)n : 0));
}

static enum mg_severity stuck_severity(const struct group *g)
{
	/* A distributor whose worker lives may only be waiting for it. */
	if (g->sig && g->sig->certain && (g->workers < g->count || g->minutes_max >= 5))
		return MG_SEV_ERROR;
	if (g->minutes_max >= STUCK_MINUTES || (g->sig && g->sig->per_stack))
		return MG_SEV_WARNING;
	return MG_SEV_INFO;
}

/* What only a tool needs that shows every stack. */
static void attr_bucket(const struct context *x, struct mg_event *e, const struct mg_gobucket *b)
{
	char id[24];

	snprintf(id, sizeof(id), "%016llx", (unsigned long long)b->shape);
	mg_batch_attr_i64(x->out, e, "dump_line", (int64_t)x->d->line);
	mg_batch_attr_i64(x->out, e, "wait_median_minutes", mg_hist_quantile(&b->waits, 0.5));
	mg_batch_attr(x->out, e, "stack_id", mg_strz(id));
	mg_batch_attr(x->out, e, "stack", b->stack);
}

static void stuck(const struct context *x, const struct group *g)
{
	const struct mg_gobucket *b = g->top;
	struct mg_event          *e = event_base(x, MG_EV_GOROUTINE_STUCK, stuck_severity(g), g->line);
	int64_t                   wait = (int64_t)g->minutes_max * MG_MIN;

	e->count = g->count > UINT32_MAX ? UINT32_MAX : (uint32_t)g->count;
	if (x->when.ns != MG_TIME_NONE && x->when.ns > INT64_MIN / 2 && wait > 0) {
		e->time_ns = x->when.ns - wait;
		e->duration_ns = wait;
	}
	e->message = stuck_message(g, x->out);
	mg_batch_attr(x->out, e, "signature", mg_strz(g->sig ? g->sig->name : ""));
	mg_batch_attr(x->out, e, "state", b->state);
	mg_batch_attr_i64(x->out, e, "wait_min_minutes", g->minutes_min);
	mg_batch_attr_i64(x->out, e, "wait_max_minutes", g->minutes_max);
	mg_batch_attr(x->out, e, "function", b->where);
	attr_location(x, e, b);
	if (b->created_by.n)
		mg_batch_attr(x->out, e, "created_by", b->created_by);
	if (!x->every)
		mg_batch_attr_i64(x->out, e, "dump_total", (int64_t)x->d->total);
	if (g->nids)
		mg_batch_attr(x->out, e, "goroutines", id_list(g, x->out));
	attr_form(x, e);
	if (x->every) {
		attr_bucket(x, e, b);
	} else {
		attr_dump_time(x, e);
		if (g->workers)
			mg_batch_attr_i64(x->out, e, "workers", (int64_t)g->workers);
	}
	if (g->sig)
		mg_batch_attr(x->out, e, "explanation", mg_strz(g->sig->explanation));
}

/* All shapes of one signature, and all late senders of one creator, are judged together. */
struct groups {
	struct group     by_sig[MG_GOSIG_COUNT];
	struct mg_intern creators;
	struct group    *by_creator; /* of creators.n; only those without a signature */
};

static bool is_late_sender(const struct mg_gobucket *b)
{
	return b->sig < 0 && b->created_by.n && b->minutes_max >= STUCK_MINUTES &&
	       mg_str_starts(b->state, MG_STR("chan send"));
}

static bool of_signature(const struct mg_gobucket *b)
{
	return b->sig >= 0 && !mg_gosigs[b->sig].per_stack;
}

static void gather(struct groups *g, const struct mg_godump *d)
{
	size_t cap = 0, n = 0;

	for (uint32_t i = 0; i < d->n; i++) {
		const struct mg_gobucket *b = &d->b[i];
		uint32_t                  id;

		if (of_signature(b)) {
			g->by_sig[b->sig].sig = &mg_gosigs[b->sig];
			group_add(&g->by_sig[b->sig], b);
		} else if (is_late_sender(b)) {
			struct group none = { .sig = &mg_gosigs[MG_GOSIG_SENDERS] };

			id = mg_intern_id(&g->creators, b->created_by);
			if (id == n)
				MG_PUSH(g->by_creator, n, cap, none);
			group_add(&g->by_creator[id], b);
		}
	}
	g->by_sig[MG_GOSIG_DISTRIBUTOR].workers = g->by_sig[MG_GOSIG_WORKER].count;
}

static void groups_release(struct groups *g)
{
	mg_intern_release(&g->creators);
	free(g->by_creator);
}

/* The group of late senders that `b` is in when they are many; else NULL. */
static const struct group *senders_of(const struct groups *g, const struct mg_gobucket *b)
{
	const struct group *s;

	if (!is_late_sender(b))
		return NULL;
	s = &g->by_creator[mg_intern_find(&g->creators, b->created_by)];
	return sig_notable(s) ? s : NULL;
}

/* What `b` alone is notable for; its state may be, when this is NULL. */
static const struct mg_gosig *sig_of(const struct groups *g, const struct mg_gobucket *b,
				     const struct group *alone)
{
	if (of_signature(b))
		return sig_notable(&g->by_sig[b->sig]) ? &mg_gosigs[b->sig] : NULL;
	if (senders_of(g, b))
		return &mg_gosigs[MG_GOSIG_SENDERS];
	return alone->sig && sig_notable(alone) ? alone->sig : NULL;
}

static void every_stack(const struct context *x, const struct groups *g)
{
	for (uint32_t i = 0; i < x->d->n; i++) {
		const struct mg_gobucket *b = &x->d->b[i];
		struct group              one = { .sig = b->sig >= 0 ? &mg_gosigs[b->sig] : NULL };

		group_add(&one, b);
		one.sig = sig_of(g, b, &one);
		stuck(x, &one);
		if (!one.sig && !state_notable(b))
			x->out->ev[x->out->n - 1].severity = MG_SEV_DEBUG;
	}
}

static void stuck_groups(const struct context *x, const struct groups *g)
{
	for (uint32_t i = 0; i < x->d->n; i++) {
		const struct mg_gobucket *b = &x->d->b[i];
		struct group              one = { .sig = b->sig >= 0 ? &mg_gosigs[b->sig] : NULL };

		if (of_signature(b) || senders_of(g, b))
			continue;
		group_add(&one, b);
		one.sig = sig_of(g, b, &one);
		if (one.sig || state_notable(b))
			stuck(x, &one);
	}
	for (uint32_t i = 0; i < g->creators.n; i++)
		if (sig_notable(&g->by_creator[i]))
			stuck(x, &g->by_creator[i]);
	for (int i = 0; i < MG_GOSIG_COUNT; i++)
		if (g->by_sig[i].count && sig_notable(&g->by_sig[i]))
			stuck(x, &g->by_sig[i]);
}

static const struct mg_gobucket *largest(const struct mg_godump *d)
{
	const struct mg_gobucket *b = NULL;

	for (uint32_t i = 0; i < d->n; i++)
		if (!b || d->b[i].count > b->count)
			b = &d->b[i];
	return b;
}

static uint64_t blocked_total(const struct mg_godump *d)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < d->n; i++)
		if (d->b[i].blocked)
			n += d->b[i].ten_minutes;
	return n;
}

static struct mg_str dump_message(const struct context *x, uint64_t blocked)
{
	struct mg_buf t = { 0 };
	struct mg_str m;
	char          n[32];

	mg_buf_addz(&t, x->d->form == MG_GOFORM_TRACES    ? "stack traces"
			: x->d->form == MG_GOFORM_EXCERPT ? "part of a goroutine dump"
							  : "goroutine dump");
	if (x->process.n)
		mg_buf_printf(&t, " of %.*s", MG_FMT(x->process));
	mg_buf_printf(&t, ": %s goroutine%s", mg_num_grouped(x->d->total, n, sizeof(n)),
		      x->d->total == 1 ? "" : "s");
	mg_buf_printf(&t, " in %u different stack%s", x->d->n, x->d->n == 1 ? "" : "s");
	if (blocked)
		mg_buf_printf(&t, ", %s blocked for 10 minutes or more",
			      mg_num_grouped(blocked, n, sizeof(n)));
	m = mg_batch_str(x->out, mg_buf_str(&t));
	mg_buf_release(&t);
	return m;
}

static void dump_events(const struct mg_godump *d, const struct mg_source *src,
			struct mg_dump_time when, bool every, struct mg_batch *out)
{
	struct context            x = { d, src, when, mg_str("", 0), out, every };
	const struct mg_gobucket *top = largest(d);
	uint64_t                  blocked = blocked_total(d);
	struct groups             g = { .by_creator = NULL };
	struct mg_event          *e;

	if (!top)
		return;
	x.process = mg_batch_str(out, process_of(d, src));
	e = event_base(&x, MG_EV_GOROUTINE_DUMP, MG_SEV_INFO, d->line);
	e->message = dump_message(&x, blocked);
	mg_batch_attr_i64(out, e, "total", (int64_t)d->total);
	mg_batch_attr_i64(out, e, "buckets", d->n);
	mg_batch_attr_i64(out, e, "blocked", (int64_t)blocked);
	if (x.process.n)
		mg_batch_attr(out, e, "process", x.process);
	attr_form(&x, e);
	mg_batch_attr_i64(out, e, "largest", (int64_t)top->count);
	mg_batch_attr(out, e, "largest_function", top->where);
	mg_batch_attr(out, e, "largest_state", top->state);
	mg_batch_attr_i64(out, e, "largest_wait_minutes", top->minutes_max);
	attr_dump_time(&x, e);
	gather(&g, d);
	if (every)
		every_stack(&x, &g);
	else
		stuck_groups(&x, &g);
	groups_release(&g);
}

void mg_event_from_godump(const struct mg_godump *d, const struct mg_source *src,
			  struct mg_dump_time when, struct mg_batch *out)
{
	dump_events(d, src, when, false, out);
}

void mg_event_every_gobucket(const struct mg_godump *d, const struct mg_source *src,
			     struct mg_dump_time when, struct mg_batch *out)
{
	dump_events(d, src, when, true, out);
}
