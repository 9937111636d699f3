/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/audit_line.h"

#include "parse/audit_cloud.h"

#define WRAPPED_DEPTH 6 /* of OpenTelemetry: three lists, record, body, text */

/* How every event of a kube-apiserver's own log begins: where to go on behind a torn one. */
static const struct mg_str event_start = { "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/",
					   43 };

struct place {
	const struct mg_audit_sink *sink;
	struct mg_str               line;
	bool     inside; /* the text is no part of the line: report at `byte` */
	uint64_t byte;
};

static void read_text(const struct place *at, struct mg_str text, unsigned depth);

static uint64_t offset(const struct place *at, const char *p)
{
	return at->inside ? at->byte : (uint64_t)(p - at->line.p);
}

static void bad(const struct place *at, const char *p, const char *msg)
{
	at->sink->bad(at->sink->ctx, offset(at, p), msg);
}

/* JSON kept as a string: decode it once, then read it like a line. */
static void read_string(const struct place *at, const struct mg_json_value *v, unsigned depth)
{
	struct place inner = *at;
	struct mg_str text = v->raw;

	inner.inside = true;
	inner.byte = offset(at, v->raw.p);
	if (v->escaped) {
		char *d = mg_arena_alloc(at->sink->arena, v->raw.n);

		text = mg_str(d, mg_json_unescape(mg_json_text(v), d, v->raw.n));
	}
	read_text(&inner, text, depth + 1);
}

static void read_list(const struct place *at, struct mg_str array, unsigned depth)
{
	struct mg_json_iter  it;
	struct mg_json_value v;

	mg_json_iter_init(&it, array);
	while (mg_json_element(&it, &v) == MG_OK) {
		if (v.type == MG_JSON_STRING)
			read_string(at, &v, depth);
		else
			read_text(at, v.raw, depth + 1);
	}
}

/* What holds the events when the object is none itself. */
static void read_wrapped(const struct place *at, const struct mg_json_value *v, unsigned depth)
{
	if (v->type == MG_JSON_ARRAY)
		read_list(at, v->raw, depth);
	else if (v->type == MG_JSON_STRING)
		read_string(at, v, depth);
	else
		read_text(at, v->raw, depth + 1);
}

/* A record of Google Cloud: as an event. */
static void read_cloud(const struct place *at, struct mg_str record)
{
	struct place  inner = *at;
	struct mg_buf json = { 0 };
	struct mg_err err = { 0 };

	inner.inside = true;
	inner.byte = offset(at, record.p);
	if (mg_audit_cloud(record, &json, &err) == MG_OK)
		read_text(&inner, mg_arena_str(at->sink->arena, mg_buf_str(&json)), WRAPPED_DEPTH);
	else
		bad(at, record.p, err.msg);
	mg_buf_release(&json);
}

/* One value at j->p; false when the text behind it cannot be read on from there. */
static bool read_one(const struct place *at, struct mg_json *j, unsigned depth)
{
	struct mg_audit a;
	struct mg_err   err = { 0 };
	const char     *from;

	mg_json_blank(j);
	from = j->p;
	switch (mg_audit_next(j, &a, &err)) {
	case MG_OK:
		at->sink->event(at->sink->ctx, &a, mg_str(from, (size_t)(j->p - from)),
				offset(at, from));
		return true;
	case MG_SKIP:
		if (a.cloud)
			read_cloud(at, mg_str(from, (size_t)(j->p - from)));
		else if (a.wrapped.type == MG_JSON_NONE)
			bad(at, from, err.msg);
		else if (depth >= WRAPPED_DEPTH)
			bad(at, from, "wrapped too deep");
		else
			read_wrapped(at, &a.wrapped, depth);
		return true;
	default:
		bad(at, j->p, err.msg);
		return false;
	}
}

/* Where reading can go on behind a damaged value at `from`: at an event that was appended to
 * a torn one, or at an object in the first column of a later line.  NULL: nowhere. */
static const char *resync(const char *from, const char *end)
{
	struct mg_str rest = mg_str(from + 1, (size_t)(end - from - 1));
	ptrdiff_t     event = mg_str_find(rest, event_start), line;

	line = mg_str_find(event < 0 ? rest : mg_str_head(rest, (size_t)event), MG_STR("\n{"));
	if (line >= 0)
		return rest.p + line + 1;
	return event < 0 ? NULL : rest.p + event;
}

/* All values of `text`, one behind the other. */
static void read_text(const struct place *at, struct mg_str text, unsigned depth)
{
	struct mg_json j;
	const char    *from;
	bool           damaged = false;

	mg_json_init(&j, text);
	for (;;) {
		mg_json_blank(&j);
		if (damaged && j.p < j.end && *j.p == ',') { /* elements of a torn list */
			j.p++;
			continue;
		}
		if (j.p == j.end)
			return;
		from = j.p;
		if (*from != '{' && *from != '[')
			bad(at, from, "text behind the event");
		else if (read_one(at, &j, depth))
			continue;
		damaged = true;
		from = resync(from, j.end);
		if (!from)
			return;
		mg_json_init(&j, mg_str(from, (size_t)(j.end - from)));
	}
}

bool mg_audit_blank(struct mg_str line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r' &&
		    line.p[i] != '\n')
			return false;
	return true;
}

struct mg_str mg_audit_strip(struct mg_str line)
{
	struct mg_json j;
	ptrdiff_t      i;

	mg_json_init(&j, line);
	mg_json_blank(&j);
	if (j.p < j.end && (*j.p == '{' || *j.p == '['))
		return mg_str(j.p, (size_t)(j.end - j.p));
	i = mg_str_chr(line, '{');
	return i < 0 ? mg_str(NULL, 0) : mg_str_from(line, (size_t)i);
}

enum mg_status mg_audit_cri(struct mg_str line, struct mg_str *text, bool *partial)
{
	struct mg_str stamp, rest, stream, tag;
	int64_t       ns;
	size_t        used;
	bool          zoned;

	if (line.n == 0 || !mg_is_digit(line.p[0]) || !mg_str_cut(line, ' ', &stamp, &rest) ||
	    !mg_time_parse(stamp, &ns, &used, &zoned) || used != stamp.n ||
	    !mg_str_cut(rest, ' ', &stream, &rest) ||
	    (!mg_str_eq(stream, MG_STR("stdout")) && !mg_str_eq(stream, MG_STR("stderr"))))
		return MG_SKIP;
	mg_str_cut(rest, ' ', &tag, &rest);
	if (tag.n == 0 || (tag.p[0] != 'F' && tag.p[0] != 'P') ||
	    (tag.n > 1 && tag.p[1] != ':'))
		return MG_SKIP;
	*partial = tag.p[0] == 'P';
	*text = rest;
	return MG_OK;
}

void mg_audit_line(struct mg_str line, const struct mg_audit_sink *sink)
{
	struct place  at = { sink, line, false, 0 };
	struct mg_str text = mg_audit_strip(line);

	if (text.p)
		read_text(&at, text, 0);
	else if (!mg_audit_blank(line))
		sink->bad(sink->ctx, 0, "no JSON object in this line");
}
