/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_heap.h"

#include <stdio.h>

#include "analysis/profile.h"
#include "base/num.h"
#include "event/from_gostack.h"
#include "ingest/consume_gostack.h"
#include "ingest/ingest.h"
#include "parse/goprofile.h"
#include "parse/heaptext.h"
#include "parse/pprof.h"

/* Text profiles are parsed as their blocks come.  A protobuf profile has its string table at the
 * end, so its bytes are gathered first; a process of 100 GiB has one of a few megabytes. */
#define PPROF_MAX ((size_t)256 << 20)

/* A capture usually holds both forms of the same moment, the text being seventy times as large.
 * For the event only what is in use counts, and that is a small part of the text: records of
 * freed memory are passed over.  So both forms can be read, and which to believe is decided
 * by nobody here. */

struct heap {
	enum { FORM_UNKNOWN, FORM_TEXT, FORM_PPROF } form;
	bool               keep; /* the whole profile is wanted */
	struct mg_heaptext text;
	struct mg_buf      bytes;
	bool               cut;
};

void mg_heap_profile_free(struct mg_heap_profile *h)
{
	if (!h)
		return;
	mg_prof_release(&h->prof);
	free(h);
}

static struct heap *heap_new(bool keep)
{
	struct heap *h = mg_zalloc(sizeof(*h));

	mg_heaptext_init(&h->text);
	h->text.in_use_only = !keep;
	h->keep = keep;
	return h;
}

static void *heap_open(const struct mg_source *src)
{
	return heap_new(false);
}

static void *keep_open(const struct mg_source *src)
{
	return heap_new(true);
}

static void gather(struct heap *h, struct mg_str s)
{
	size_t room = PPROF_MAX - h->bytes.n;

	h->cut |= s.n > room;
	mg_buf_add(&h->bytes, mg_str_head(s, room));
}

static void heap_block(void *state, const struct mg_source *src, const struct mg_block *b,
		       struct mg_partial *out)
{
	struct heap  *h = state;
	struct mg_str s = mg_str(b->p, b->n);

	out->stats.bytes += b->n;
	if (h->form == FORM_UNKNOWN && mg_str_starts(s, MG_STR("\xef\xbb\xbf")))
		s = mg_str_from(s, 3);
	if (h->form == FORM_UNKNOWN)
		h->form = mg_str_starts(s, MG_STR("heap profile:")) ? FORM_TEXT : FORM_PPROF;
	if (h->form == FORM_TEXT)
		mg_heaptext_feed(&h->text, s, b->first_line);
	else
		gather(h, s);
}

/* --- when and whose ------------------------------------------------------------------------ */

static bool stamp_in_name(const struct mg_source *src, int64_t *ns)
{
	struct mg_str base = mg_str_basename(src->path);
	struct mg_str dir = mg_str_head(src->path, src->path.n - base.n);

	while (dir.n && dir.p[dir.n - 1] == '/')
		dir.n--;
	return mg_gostack_name_time(base, ns) || mg_gostack_name_time(mg_str_basename(dir), ns);
}

/* A protobuf profile says when it was taken; of a text profile only the last collection of
 * garbage is known, which is later than no file name. */
static void set_time(struct mg_heap_profile *hp, const struct mg_source *src)
{
	uint64_t gc = hp->prof.memstats.last_gc_ns;

	hp->time_source = MG_TIME_EXACT;
	if ((hp->time_ns = hp->prof.time_ns) != MG_TIME_NONE)
		return;
	hp->time_source = MG_TIME_DERIVED;
	if (stamp_in_name(src, &hp->time_ns))
		return;
	hp->time_ns = gc && gc < INT64_MAX ? (int64_t)gc : src->mtime_ns;
	if (hp->time_ns == MG_TIME_NONE)
		hp->time_source = MG_TIME_UNKNOWN;
}

/* --- the event ------------------------------------------------------------------------------- */

static int64_t share_below(const struct mg_prof *p, uint32_t type, const char *method)
{
	return mg_profile_below(p, type, mg_profile_is_store_method, (void *)method);
}

struct held {
	int64_t       total, deletes, lists, top_bytes;
	struct mg_str top;
};

static void add_share(struct mg_buf *t, const struct held *h, int64_t bytes, const char *method)
{
	char text[24];

	if (bytes > 0 && h->total > 0)
		mg_buf_printf(t, ", %s (%.1f %%) below %s",
			      mg_num_bytes_text((double)bytes, text, sizeof(text)),
			      100.0 * (double)bytes / (double)h->total, method);
}

static struct mg_str message(const struct mg_heap_profile *hp, const struct held *h,
			     struct mg_batch *out)
{
	struct mg_buf t = { 0 };
	struct mg_str m;
	char          text[24];

	mg_buf_addz(&t, "heap profile");
	if (hp->process.n)
		mg_buf_printf(&t, " of %.*s", MG_FMT(hp->process));
	mg_buf_printf(&t, ": %s in use", mg_num_bytes_text((double)h->total, text, sizeof(text)));
	if (h->top_bytes > 0)
		mg_buf_printf(&t, ", most from %.*s (%s)", MG_FMT(h->top),
			      mg_num_bytes_text((double)h->top_bytes, text, sizeof(text)));
	add_share(&t, h, h->deletes, "DeleteCollection");
	add_share(&t, h, h->lists, "List");
	m = mg_batch_str(out, mg_buf_str(&t));
	mg_buf_release(&t);
	return m;
}

static void attr_memstat(struct mg_batch *out, struct mg_event *e, const char *key, uint64_t v)
{
	if (v && v <= INT64_MAX)
		mg_batch_attr_i64(out, e, key, (int64_t)v);
}

static void heap_event(const struct mg_heap_profile *hp, const struct held *h,
		       const struct mg_source *src, struct mg_batch *out)
{
	const struct mg_prof_memstats *m = &hp->prof.memstats;
	struct mg_event               *e = mg_batch_add(out, MG_EV_HEAP_PROFILE, MG_SEV_INFO);

	e->time_ns = hp->time_ns;
	e->time_source = hp->time_source;
	e->artifact = src->artifact;
	e->line = hp->text ? 1 : 0;
	e->component = mg_batch_str(out, hp->process);
	e->node = src->node;
	e->pod = src->pod;
	e->ns = src->ns;
	e->message = message(hp, h, out);
	mg_batch_attr(out, e, "form", hp->text ? MG_STR("debug1") : MG_STR("pprof"));
	mg_batch_attr_i64(out, e, "total_bytes", h->total);
	mg_batch_attr_i64(out, e, "deletecollection_bytes", h->deletes);
	mg_batch_attr_i64(out, e, "list_bytes", h->lists);
	mg_batch_attr(out, e, "top_function", h->top);
	mg_batch_attr_i64(out, e, "top_bytes", h->top_bytes);
	attr_memstat(out, e, "heap_alloc_bytes", m->heap_alloc);
	attr_memstat(out, e, "next_gc_bytes", m->next_gc);
	attr_memstat(out, e, "sys_bytes", m->sys);
	attr_memstat(out, e, "max_rss_bytes", m->max_rss);
}

/* Nothing for a profile of something else than memory. */
static void summarise(const struct mg_heap_profile *hp, const struct mg_source *src,
		      struct mg_batch *out)
{
	const struct mg_prof *p = &hp->prof;
	int                   type = mg_prof_type_index(p, MG_STR("inuse_space"));
	struct mg_profile     g;
	struct held           h;

	if (type < 0 || !mg_str_eq(p->types[type].unit, MG_STR("bytes")))
		return;
	mg_profile_init(&g, false);
	mg_profile_add(&g, p, (uint32_t)type, false, NULL);
	mg_profile_order(&g, false);
	h = (struct held){ .total = g.total, .top = { "", 0 } };
	h.deletes = share_below(p, (uint32_t)type, "DeleteCollection");
	h.lists = share_below(p, (uint32_t)type, "List");
	if (g.norder) {
		h.top = g.nodes[g.order[0]].name;
		h.top_bytes = g.nodes[g.order[0]].flat;
	}
	heap_event(hp, &h, src, out);
	mg_profile_release(&g);
}

/* A profile of goroutines says what debug=1 text says. */
static void goroutines(const struct mg_heap_profile *hp, const struct mg_source *src, bool every,
		       struct mg_batch *out)
{
	struct mg_source    named = *src;
	struct mg_godump    d = { 0 };
	struct mg_dump_time when = { hp->time_ns, hp->time_source };

	named.component = hp->process;
	if (mg_godump_from_prof(&d, &hp->prof)) {
		mg_godump_end(&d);
		if (every)
			mg_event_every_gobucket(&d, &named, when, out);
		else
			mg_event_from_godump(&d, &named, when, out);
	}
	mg_godump_release(&d);
}

/* --- the end of a leaf ----------------------------------------------------------------------- */

static void report_faults(const struct mg_prof *p, struct mg_leaf_stats *stats)
{
	for (uint64_t i = 0; i < p->bad && i < MG_PROF_DIAGS; i++)
		mg_stats_bad(stats, p->diags[i].line, p->diags[i].byte, "%s", p->diags[i].what);
	if (p->bad > MG_PROF_DIAGS)
		stats->bad += p->bad - MG_PROF_DIAGS;
}

static void parse_pprof(struct heap *h, struct mg_heap_profile *hp, struct mg_partial *out)
{
	struct mg_err err = { 0 };

	mg_prof_init(&hp->prof);
	if (mg_pprof_parse(&hp->prof, mg_buf_str(&h->bytes), &err) == MG_SKIP)
		mg_prof_bad(&hp->prof, 0, 0, err.msg);
	if (h->cut)
		mg_prof_bad(&hp->prof, 0, PPROF_MAX, "profile is too large, the rest is left out");
	out->stats.records += hp->prof.nsamples;
}

/* The text's profile moves; what is left of the reader holds none. */
static void end_text(struct heap *h, struct mg_heap_profile *hp, struct mg_partial *out)
{
	mg_heaptext_end(&h->text);
	out->stats.lines += h->text.lines;
	out->stats.records += h->text.records;
	out->stats.other += h->text.other;
	hp->prof = h->text.prof;
	hp->text = true;
	mg_prof_init(&h->text.prof);
}

static struct mg_heap_profile *finish(struct heap *h, const struct mg_source *src,
				      struct mg_partial *out)
{
	struct mg_heap_profile *hp = mg_zalloc(sizeof(*hp));

	hp->artifact = src->artifact;
	hp->node = src->node;
	if (h->form == FORM_TEXT)
		end_text(h, hp, out);
	else
		parse_pprof(h, hp, out);
	if (!mg_profile_prune(&hp->prof))
		mg_prof_bad(&hp->prof, 0, 0, "drop_frames is no regular expression");
	hp->process = src->component.n ? src->component : mg_component_of(hp->prof.binary);
	set_time(hp, src);
	report_faults(&hp->prof, &out->stats);
	if (hp->prof.nsamples)
		mg_stats_time(&out->stats, hp->time_ns);
	mg_heaptext_release(&h->text);
	mg_buf_release(&h->bytes);
	free(h);
	return hp;
}

static void heap_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct mg_heap_profile *hp = finish(state, src, out);

	summarise(hp, src, &out->events);
	goroutines(hp, src, false, &out->events);
	mg_heap_profile_free(hp);
}

static void stacks_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct mg_heap_profile *hp = finish(state, src, out);

	goroutines(hp, src, true, &out->events);
	mg_heap_profile_free(hp);
}

static void keep_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct mg_heap_profile *hp = finish(state, src, out);

	summarise(hp, src, &out->events);
	if (hp->prof.ntypes)
		out->extra = hp;
	else
		mg_heap_profile_free(hp);
}

/* --- which to compare ------------------------------------------------------------------------ */

static struct mg_str type_name(const struct mg_heap_profile *h, struct mg_str sample)
{
	return h->prof.types[mg_prof_type_index(&h->prof, sample)].type;
}

static bool alike(const struct mg_heap_profile *a, const struct mg_heap_profile *b,
		  struct mg_str sample)
{
	return a->text == b->text && mg_str_eq(a->process, b->process) &&
	       mg_str_eq(a->node, b->node) && mg_str_eq(type_name(a, sample), type_name(b, sample));
}

static int by_time(const void *x, const void *y)
{
	const struct mg_heap_profile *a = *(struct mg_heap_profile *const *)x;
	const struct mg_heap_profile *b = *(struct mg_heap_profile *const *)y;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->artifact < b->artifact ? -1 : a->artifact > b->artifact;
}

size_t mg_heap_profile_pair(struct mg_heap_profile **p, size_t n, struct mg_str sample)
{
	size_t                        kept = 0, last = n;
	const struct mg_heap_profile *like;

	if (n <= 2)
		return n;
	qsort(p, n, sizeof(struct mg_heap_profile *), by_time);
	while (last > 0 && p[last - 1]->text)
		last--;
	like = p[last ? last - 1 : n - 1];
	for (size_t i = 0; i < n; i++)
		if (alike(like, p[i], sample)) {
			struct mg_heap_profile *t = p[kept];

			p[kept++] = p[i];
			p[i] = t;
		}
	while (n > kept)
		mg_heap_profile_free(p[--n]);
	return kept;
}

const struct mg_consumer mg_consumer_heap = {
	.name = "heap",
	.stateful = true,
	.open = heap_open,
	.block = heap_block,
	.close = heap_close,
};

const struct mg_consumer mg_consumer_heap_keep = {
	.name = "heap-keep",
	.stateful = true,
	.open = keep_open,
	.block = heap_block,
	.close = keep_close,
};

const struct mg_consumer mg_consumer_gostack_pprof = {
	.name = "gostack-pprof",
	.stateful = true,
	.open = keep_open,
	.block = heap_block,
	.close = stacks_close,
};
