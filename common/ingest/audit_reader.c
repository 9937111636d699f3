/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/audit_reader.h"

#include "base/mem.h"
#include "base/scan.h"
#include "parse/audit_fast.h"
#include "parse/audit_legacy.h"
#include "parse/envelope.h"
#include "parse/kubeobj.h"

#define HEAD    ((size_t)64 << 10) /* of a text, where signs of what it is are looked for */
#define DOC_MAX ((size_t)64 << 20) /* of a document over many lines; then it counts as torn */

/* --- one text, wherever it begins -------------------------------------------------- */

/* The line and the offset in it of `byte` in the text being read. */
static uint64_t locate(struct mg_audit_reader *r, uint64_t byte, uint64_t *in_line)
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

/* A better word than "no audit event" for what is often taken for one. */
static const char *known_as(struct mg_str text, const char *msg)
{
	static const struct {
		const char *sign, *msg;
	} others[] = {
		{ "\"resourceLogs\"", "an OpenTelemetry record whose body is no audit event" },
		{ "\"AdmissionReview\"", "an AdmissionReview is no audit event" },
	};

	if (!strstr(msg, "no audit event"))
		return msg;
	text = mg_str_head(text, HEAD);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (mg_str_has(text, mg_strz(others[i].sign)))
			return others[i].msg;
	return msg;
}

static void on_bad(void *ctx, uint64_t byte, const char *msg)
{
	struct mg_audit_reader *r = ctx;
	uint64_t       in_line, line = locate(r, byte, &in_line);

	msg = known_as(r->text, msg);
	mg_stats_bad(r->stats, line, r->made ? 0 : in_line, "%s", msg);
}

static void on_event(void *ctx, const struct mg_audit *a, struct mg_str text, uint64_t byte)
{
	struct mg_audit_reader *r = ctx;
	uint64_t                in_line;

	r->stats->records++;
	mg_stats_time(r->stats, a->stage_ns != MG_TIME_NONE ? a->stage_ns : a->timestamp_ns);
	r->event(r->ctx, a, text, locate(r, byte, &in_line));
}

/* A line of the format before JSON; false when it is none. */
static bool read_legacy(struct mg_audit_reader *r, struct mg_str text)
{
	struct mg_buf   json = { 0 };
	struct mg_err   err = { 0 };
	struct mg_audit a;
	enum mg_status  st = mg_audit_legacy(text, &json, &err);
	struct mg_str   event;

	if (st == MG_OK) {
		event = mg_arena_str(&r->arena, mg_buf_str(&json));
		if (mg_audit_parse(event, &a, &err) == MG_OK)
			on_event(r, &a, event, 0);
		else
			on_bad(r, 0, err.msg);
	} else if (st == MG_FAIL) {
		on_bad(r, err.byte, err.msg);
	}
	mg_buf_release(&json);
	return st != MG_SKIP;
}

/* Read `text`, which begins on line `line`. */
static void read_text(struct mg_audit_reader *r, struct mg_str text, uint64_t line)
{
	r->sink = (struct mg_audit_sink){ on_event, on_bad, r, &r->arena };
	r->text = text;
	r->line = line;
	r->seen_byte = r->seen_lines = 0;
	if (mg_audit_blank(text))
		r->stats->other++;
	else if (text.p[0] == '{' || !read_legacy(r, text))
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

/* Read the line at `p` when it is an event in its usual form: then its end need not be looked
 * for first.  The next line, or NULL when it is not. */
static const char *quick(struct mg_audit_reader *r, const char *p, const char *end,
			 uint64_t number)
{
	struct mg_json  j;
	struct mg_audit a;

	mg_json_init(&j, mg_str(p, (size_t)(end - p)));
	if (!mg_audit_fast(&j, &a, r->memo) || (j.p < end && *j.p != '\n'))
		return NULL;
	r->stats->records++;
	mg_stats_time(r->stats, a.stage_ns);
	r->event(r->ctx, &a, mg_str(p, (size_t)(j.p - p)), number);
	return j.p < end ? j.p + 1 : end;
}

void mg_audit_read_lines(struct mg_audit_reader *r, const struct mg_block *b)
{
	const char *p = b->p, *end = b->p + b->n;
	uint64_t    number = b->first_line;

	for (; p < end; number++) {
		const char *next = quick(r, p, end, number);

		if (!next) {
			const char *nl = memchr(p, '\n', (size_t)(end - p));

			read_text(r, mg_str(p, (size_t)((nl ? nl : end) - p)), number);
			next = nl ? nl + 1 : end;
		}
		p = next;
	}
	r->stats->bytes += b->n;
	r->stats->lines += number - b->first_line;
}

/* --- documents over many lines, partial lines ------------------------------------------ */

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

/* The text of a JSON string as it was written. */
static struct mg_str unescape(struct mg_arena *arena, struct mg_str raw)
{
	char *d = mg_arena_alloc(arena, raw.n);

	return mg_str(d, mg_json_unescape((struct mg_json_text){ raw.p, (uint32_t)raw.n, true }, d,
					  raw.n));
}

/* Read what is pending, whole or not. */
static void flush_doc(struct mg_audit_docs *d)
{
	struct mg_str text;

	if (d->pending.n == 0) {
		d->kind = MG_PENDING_DOC;
		return;
	}
	if (d->kind == MG_PENDING_DOCKER)
		text = unescape(&d->r->arena, mg_buf_str(&d->pending));
	else
		text = mg_arena_str(&d->r->arena, mg_buf_str(&d->pending));
	read_text(d->r, text, d->first_line);
	mg_buf_clear(&d->pending);
	d->depth = 0;
	d->kind = MG_PENDING_DOC;
}

static void append(struct mg_audit_docs *d, struct mg_str text, uint64_t number)
{
	if (d->pending.n == 0)
		d->first_line = number;
	mg_buf_add(&d->pending, text);
}

/* A record of a container runtime, perhaps only a part of a line. */
static void on_record(struct mg_audit_docs *d, enum mg_audit_pending kind, struct mg_str text,
		      bool partial, uint64_t number)
{
	if (d->kind != kind)
		flush_doc(d);
	if (!partial && d->pending.n == 0) {
		read_text(d->r, kind == MG_PENDING_DOCKER ? unescape(&d->r->arena, text) : text, number);
		return;
	}
	d->kind = kind;
	append(d, text, number);
	if (!partial || d->pending.n > DOC_MAX)
		flush_doc(d);
}

/* docker's json-file: lines over 16 KiB are cut, and only the last part ends in a newline. */
static bool docker(struct mg_str line, struct mg_str *text, bool *partial)
{
	struct mg_envelope e;

	if (!mg_str_starts(line, MG_STR("{\"log\":")))
		return false;
	mg_envelope_parse(line, &e);
	*text = e.text;
	*partial = e.partial;
	return e.kind == MG_ENVELOPE_DOCKER;
}

/* Can `line` not belong to the pending document?  An object that begins in the first column
 * continues it only behind a comma, a colon or a list's bracket. */
static bool begins_anew(const struct mg_audit_docs *d, struct mg_str line)
{
	struct mg_str before = mg_str_trim(mg_buf_str(&d->pending));
	char          last = before.n ? before.p[before.n - 1] : ',';

	return line.n && line.p[0] == '{' && last != ',' && last != '[' && last != ':';
}

static void on_doc_line(void *ctx, struct mg_str line, uint64_t number)
{
	struct mg_audit_docs *d = ctx;
	struct mg_str text;
	bool          partial, torn;
	int64_t       open;

	if (mg_audit_cri(line, &text, &partial) == MG_OK) {
		on_record(d, MG_PENDING_CRI, text, partial, number);
		return;
	}
	if (docker(line, &text, &partial)) {
		on_record(d, MG_PENDING_DOCKER, text, partial, number);
		return;
	}
	if (d->kind != MG_PENDING_DOC || (d->pending.n && begins_anew(d, line)))
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

/* One object of a stream of YAML: as JSON, which is read like a line. */
static void on_yaml(void *ctx, const struct mg_item *it)
{
	struct mg_audit_docs *d = ctx;
	struct mg_arena       arena = { 0 };
	struct mg_knode      *root = NULL;
	struct mg_err         err = { 0 };
	struct mg_buf         json = { 0 };

	if (it->fault) {
		mg_stats_bad(d->r->stats, it->line, 0, "%s", it->fault);
	} else if (mg_kobj_yaml(it->text, &arena, &root, &err) != MG_OK) {
		mg_stats_bad(d->r->stats, it->line + (err.line ? err.line - 1 : 0), err.byte, "%s",
			     err.msg);
	} else if (root) {
		mg_knode_json(root, &json);
		d->r->made = true;
		read_text(d->r, mg_arena_str(&d->r->arena, mg_buf_str(&json)), it->line);
	}
	mg_buf_release(&json);
	mg_arena_release(&arena);
}

/* The first line that is neither blank nor a comment; false: there is none. */
static bool first_line(struct mg_str text, struct mg_str *line)
{
	while (text.n) {
		mg_str_cut(text, '\n', line, &text);
		if (!mg_audit_blank(*line) && line->p[0] != '#')
			return true;
	}
	return false;
}

/* What begins neither with a brace nor with anything put before one. */
static bool begins_yaml(struct mg_str line)
{
	if (mg_str_starts(line, MG_STR("\xef\xbb\xbf")))
		line = mg_str_from(line, 3);
	return mg_str_starts(line, MG_STR("---")) || mg_str_starts(line, MG_STR("apiVersion:")) ||
	       mg_str_starts(line, MG_STR("kind:")) || mg_str_starts(line, MG_STR("items:")) ||
	       mg_str_starts(line, MG_STR("- "));
}

/* YAML or lines?  False: not to be told yet. */
static bool begin_docs(struct mg_audit_docs *d, struct mg_str text)
{
	struct mg_str line;

	if (!d->begun && first_line(text, &line)) {
		d->begun = true;
		d->is_yaml = begins_yaml(line);
		d->yaml.fn = on_yaml;
		d->yaml.ctx = d;
	}
	return d->begun;
}

void mg_audit_read_docs(struct mg_audit_docs *d, struct mg_audit_reader *r,
			const struct mg_block *b)
{
	struct mg_str text = b ? mg_str(b->p, b->n) : mg_str("", 0);
	uint64_t      lines;

	d->r = r;
	if (!b) {
		if (d->is_yaml)
			mg_yamlitems_end(&d->yaml);
		flush_doc(d);
		mg_yamlitems_release(&d->yaml);
		mg_buf_release(&d->pending);
		return;
	}
	if (begin_docs(d, text) && !d->is_yaml) {
		lines = each_line(b, on_doc_line, d);
	} else {
		lines = mg_scan_count(text, '\n') + !mg_str_ends(text, MG_STR("\n"));
		if (d->is_yaml)
			mg_yamlitems_text(&d->yaml, text, b->first_line);
		else
			r->stats->other += lines;
	}
	r->stats->bytes += b->n;
	r->stats->lines += lines;
}

void mg_audit_reader_end(struct mg_audit_reader *r)
{
	mg_arena_release(&r->arena);
}

bool mg_audit_is_docs(struct mg_str head)
{
	struct mg_json       j;
	struct mg_json_value v;
	struct mg_str        line, text;
	bool                 partial;

	if (first_line(head, &line) && begins_yaml(line))
		return true;
	do {
		if (!mg_str_cut(head, '\n', &line, &head))
			return false; /* one line, or a very long first one */
	} while (mg_audit_blank(line));
	if (mg_audit_cri(line, &text, &partial) == MG_OK || docker(line, &text, &partial))
		return true;
	text = mg_audit_strip(line);
	if (!text.p)
		return false;
	mg_json_init(&j, text);
	return !mg_json_value(&j, &v) && mg_json_incomplete(&j);
}
