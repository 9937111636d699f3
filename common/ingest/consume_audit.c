/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_audit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/scan.h"
#include "event/from_audit.h"
#include "parse/audit_line.h"

#define DOC_MAX ((size_t)64 << 20) /* of a document over many lines; then it counts as torn */

/* --- one block ------------------------------------------------------------------ */

/* An event that may be kept: its JSON lives as long as the block or its arena. */
struct pick {
	int64_t       duration;
	struct mg_str text;
	uint64_t      line;
};

struct picks {
	struct pick *v;
	uint32_t     n, cap;
};

/* 5xx answers of one second that are alike. */
struct fold {
	struct pick first; /* the earliest: duration is its end */
	uint32_t    count;
};

struct reader {
	const struct mg_source *src;
	struct mg_partial      *out;
	struct mg_arena         arena; /* decoded texts and joined documents of this block */
	struct mg_audit_sink    sink;
	struct mg_str           text;  /* the line or document being read */
	uint64_t                line;  /* number of its first line        */
	uint64_t                seen_byte, seen_lines; /* line breaks counted so far */
	struct picks            slow, list;
	struct mg_intern        fold_keys;
	struct fold            *folds;
	uint32_t                nfolds, folds_cap;
};

/* The line and the offset in it of `byte` in the text being read. */
static uint64_t locate(struct reader *r, uint64_t byte, uint64_t *in_line)
{
	struct mg_str head = mg_str_head(r->text, byte);
	ptrdiff_t     nl = mg_str_rchr(head, '\n');

	if (nl < 0) {
		*in_line = byte;
		return r->line;
	}
	if (byte < r->seen_byte)
		r->seen_byte = r->seen_lines = 0;
	r->seen_lines += mg_scan_count(mg_str_from(head, r->seen_byte), '\n');
	r->seen_byte = byte;
	*in_line = byte - (uint64_t)nl - 1;
	return r->line + r->seen_lines;
}

static void on_bad(void *ctx, uint64_t byte, const char *msg)
{
	struct reader *r = ctx;
	uint64_t       in_line, line = locate(r, byte, &in_line);

	mg_stats_bad(&r->out->stats, line, in_line, "%s", msg);
}

static struct mg_str plain(struct reader *r, struct mg_json_text t)
{
	if (!t.escaped)
		return mg_str(t.p, t.n);
	return mg_json_plain(t, mg_arena_alloc(&r->arena, t.n), t.n);
}

static void pick(struct picks *p, int64_t duration, struct mg_str text, uint64_t line)
{
	struct pick k = { duration, text, line };

	MG_PUSH(p->v, p->n, p->cap, k);
}

/* Count a 5xx under its second and group. */
static void fold_error(struct reader *r, const struct mg_request *q, struct mg_str text,
		       int64_t end)
{
	struct mg_buf key = { 0 };
	struct pick   p = { end, text, q->line };
	uint32_t      id;

	mg_buf_printf(&key, "%lld %u %.*s %.*s %.*s %.*s ", (long long)(end / MG_SEC), q->code,
		      MG_FMT(q->verb), MG_FMT(q->resource), MG_FMT(q->subresource),
		      MG_FMT(q->user));
	if (!q->user.n)
		mg_buf_add(&key, q->source_ip);
	id = mg_intern_id(&r->fold_keys, mg_buf_str(&key));
	mg_buf_release(&key);
	if (id == r->nfolds) /* ids are dense: a new one is the next */
		MG_PUSH(r->folds, r->nfolds, r->folds_cap, ((struct fold){ p, 0 }));
	if (end < r->folds[id].first.duration)
		r->folds[id].first = p;
	r->folds[id].count++;
}

/* What is worth an event of its own, beside being counted. */
static void choose(struct reader *r, const struct mg_audit *a, const struct mg_request *q,
		   struct mg_str text)
{
	int64_t took = 0, end = q->end_ns >= q->start_ns ? q->end_ns : q->start_ns;

	if (q->end_ns >= q->start_ns && !q->long_running &&
	    __builtin_sub_overflow(q->end_ns, q->start_ns, &took))
		took = 0;
	if (mg_str_eq(q->verb, MG_STR("deletecollection")))
		mg_event_from_audit(&r->out->events, MG_EV_AUDIT_DELETECOLLECTION, a, r->src,
				    q->line);
	if (q->code >= 500 && end != MG_TIME_NONE)
		fold_error(r, q, text, end);
	if (took >= MG_AUDIT_SLOW_NS)
		pick(&r->slow, took, text, q->line);
	if (took >= MG_AUDIT_LIST_NS && mg_str_eq(q->verb, MG_STR("list")) &&
	    mg_audit_unpaginated(q->uri))
		pick(&r->list, took, text, q->line);
}

static void on_event(void *ctx, const struct mg_audit *a, struct mg_str text, uint64_t byte)
{
	struct reader    *r = ctx;
	struct mg_request q = { .artifact = r->src->artifact, .code = a->code };
	char              resource[256];
	uint64_t          in_line;

	r->out->stats.records++;
	mg_stats_time(&r->out->stats, a->stage_ns != MG_TIME_NONE ? a->stage_ns : a->timestamp_ns);
	if (!mg_audit_counts(a))
		return;
	mg_audit_times(a, &q.start_ns, &q.end_ns);
	q.line = locate(r, byte, &in_line);
	q.long_running = mg_audit_long_running(a);
	q.verb = plain(r, a->verb);
	q.user = plain(r, a->user);
	q.user_agent = plain(r, a->user_agent);
	q.source_ip = plain(r, a->last_ip);
	q.resource = mg_audit_resource(a, resource, sizeof(resource));
	q.subresource = plain(r, a->subresource);
	q.ns = plain(r, a->ns);
	q.name = plain(r, a->name);
	q.uri = plain(r, a->uri);
	if (!mg_source_wants(r->src, q.end_ns < q.start_ns ? q.start_ns : q.end_ns))
		return;
	if (!r->out->audit)
		r->out->audit = mg_requests_new();
	mg_requests_add(r->out->audit, &q);
	choose(r, a, &q, text);
}

static int slowest_first(const void *va, const void *vb)
{
	const struct pick *a = va, *b = vb;

	if (a->duration != b->duration)
		return a->duration > b->duration ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static struct mg_event *add_pick(struct reader *r, enum mg_event_kind kind, const struct pick *p)
{
	struct mg_audit a;

	/* it was parsed before: this cannot fail */
	if (mg_audit_parse(p->text, &a, NULL) != MG_OK)
		return NULL;
	return mg_event_from_audit(&r->out->events, kind, &a, r->src, p->line);
}

/* The slowest MG_AUDIT_KEEP become events. */
static void keep_slowest(struct reader *r, enum mg_event_kind kind, struct picks *p)
{
	struct mg_event *e = NULL;

	if (p->n > 1)
		qsort(p->v, p->n, sizeof(*p->v), slowest_first);
	for (uint32_t i = 0; i < p->n && i < MG_AUDIT_KEEP; i++)
		e = add_pick(r, kind, &p->v[i]);
	if (e && p->n > MG_AUDIT_KEEP)
		mg_batch_attr_i64(&r->out->events, e, "more", p->n - MG_AUDIT_KEEP);
	free(p->v);
}

static void begin(struct reader *r, const struct mg_source *src, struct mg_partial *out)
{
	*r = (struct reader){ .src = src, .out = out };
	r->sink = (struct mg_audit_sink){ on_event, on_bad, r, &r->arena };
}

static void finish(struct reader *r)
{
	keep_slowest(r, MG_EV_AUDIT_SLOW, &r->slow);
	keep_slowest(r, MG_EV_AUDIT_LIST, &r->list);
	for (uint32_t i = 0; i < r->nfolds; i++) {
		struct mg_event *e = add_pick(r, MG_EV_AUDIT_ERROR, &r->folds[i].first);

		if (e)
			e->count = r->folds[i].count;
	}
	free(r->folds);
	mg_intern_release(&r->fold_keys);
	mg_arena_release(&r->arena);
}

/* Read `text`, which begins on line `line`. */
static void read_text(struct reader *r, struct mg_str text, uint64_t line)
{
	r->text = text;
	r->line = line;
	r->seen_byte = r->seen_lines = 0;
	if (mg_audit_blank(text))
		r->out->stats.other++;
	else
		mg_audit_line(text, &r->sink);
}

/* --- one record a line ------------------------------------------------------------ */

typedef void (*line_fn)(void *ctx, struct mg_str line, uint64_t number);

static uint64_t each_line(const struct mg_block *b, line_fn fn, void *ctx)
{
	const char *p = b->p, *end = b->p + b->n;
	uint64_t    n = 0;

	for (; p < end; n++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *to = nl ? nl : end;

		fn(ctx, mg_str(p, (size_t)(to - p)), b->first_line + n);
		p = nl ? nl + 1 : end;
	}
	return n;
}

static void on_line(void *ctx, struct mg_str line, uint64_t number)
{
	read_text(ctx, line, number);
}

static void lines_block(void *state, const struct mg_source *src, const struct mg_block *b,
			struct mg_partial *out)
{
	struct reader r;

	begin(&r, src, out);
	out->stats.bytes += b->n;
	out->stats.lines += each_line(b, on_line, &r);
	finish(&r);
}

const struct mg_consumer mg_consumer_audit = { .name = "audit", .block = lines_block };

/* --- documents over many lines, partial lines ------------------------------------------ */

struct docs {
	struct reader *r; /* of the current block */
	struct mg_buf  pending;
	uint64_t       first_line; /* of what is pending */
	int64_t        depth;      /* brackets open behind it */
	bool           cri;        /* pending are partial lines of a container log */
};

/* Brackets that `line` opens more than it closes; *torn when it ends inside a string, which
 * JSON does not allow. */
static int64_t balance(struct mg_str line, bool *torn)
{
	const char *p = line.p, *end = line.p + line.n;
	int64_t     open = 0;
	bool        string = false;

	for (; p < end; p++) {
		if (string) {
			p = mg_scan_string(p, end);
			if (p == end)
				break;
			if (*p == '\\')
				p++;
			else if (*p == '"')
				string = false;
			continue;
		}
		string = *p == '"';
		open += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
	}
	*torn = string;
	return open;
}

/* Read what is pending, whole or not. */
static void flush_doc(struct docs *d)
{
	struct mg_str text;

	if (d->pending.n == 0)
		return;
	text = mg_arena_str(&d->r->arena, mg_buf_str(&d->pending));
	read_text(d->r, text, d->first_line);
	mg_buf_clear(&d->pending);
	d->depth = 0;
	d->cri = false;
}

static void append(struct docs *d, struct mg_str text, uint64_t number)
{
	if (d->pending.n == 0)
		d->first_line = number;
	mg_buf_add(&d->pending, text);
}

static void on_cri_line(struct docs *d, struct mg_str text, bool partial, uint64_t number)
{
	if (!d->cri)
		flush_doc(d);
	if (!partial && d->pending.n == 0) {
		read_text(d->r, text, number);
		return;
	}
	d->cri = true;
	append(d, text, number);
	if (!partial || d->pending.n > DOC_MAX)
		flush_doc(d);
}

/* Can `line` not belong to the pending document?  An object that begins in the first column
 * continues it only behind a comma, a colon or a list's bracket. */
static bool begins_anew(const struct docs *d, struct mg_str line)
{
	struct mg_str before = mg_str_trim(mg_buf_str(&d->pending));
	char          last = before.n ? before.p[before.n - 1] : ',';

	return line.n && line.p[0] == '{' && last != ',' && last != '[' && last != ':';
}

static void on_doc_line(void *ctx, struct mg_str line, uint64_t number)
{
	struct docs  *d = ctx;
	struct mg_str text;
	bool          partial, torn;
	int64_t       open;

	if (mg_audit_cri(line, &text, &partial) == MG_OK) {
		on_cri_line(d, text, partial, number);
		return;
	}
	if (d->cri || (d->pending.n && begins_anew(d, line)))
		flush_doc(d);
	open = balance(line, &torn);
	if (d->pending.n == 0 && (open <= 0 || torn)) {
		read_text(d->r, line, number);
		return;
	}
	append(d, line, number);
	mg_buf_addc(&d->pending, '\n');
	d->depth += open;
	if (d->depth <= 0 || torn || d->pending.n > DOC_MAX)
		flush_doc(d);
}

static void *docs_open(const struct mg_source *src)
{
	return mg_zalloc(sizeof(struct docs));
}

static void docs_block(void *state, const struct mg_source *src, const struct mg_block *b,
		       struct mg_partial *out)
{
	struct docs  *d = state;
	struct reader r;

	begin(&r, src, out);
	d->r = &r;
	out->stats.bytes += b->n;
	out->stats.lines += each_line(b, on_doc_line, d);
	finish(&r);
}

static void docs_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct docs  *d = state;
	struct reader r;

	begin(&r, src, out);
	d->r = &r;
	flush_doc(d);
	finish(&r);
	mg_buf_release(&d->pending);
	free(d);
}

const struct mg_consumer mg_consumer_audit_docs = {
	.name = "audit-documents",
	.stateful = true,
	.open = docs_open,
	.block = docs_block,
	.close = docs_close,
};

const struct mg_consumer *mg_consumer_audit_for(struct mg_str head)
{
	struct mg_json       j;
	struct mg_json_value v;
	struct mg_str        line, text;
	bool                 partial;

	do {
		if (!mg_str_cut(head, '\n', &line, &head))
			return &mg_consumer_audit; /* one line, or a very long first one */
	} while (mg_audit_blank(line));
	if (mg_audit_cri(line, &text, &partial) == MG_OK)
		return &mg_consumer_audit_docs;
	text = mg_audit_strip(line);
	if (!text.p)
		return &mg_consumer_audit;
	mg_json_init(&j, text);
	return !mg_json_value(&j, &v) && mg_json_incomplete(&j) ? &mg_consumer_audit_docs :
								   &mg_consumer_audit;
}
