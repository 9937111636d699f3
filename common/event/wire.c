/* SPDX-License-Identifier: Apache-2.0 */
#include "event/wire.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"

/* The text members in wire order, in the two runs that `code` separates. */
struct text_key {
	const char *name;
	size_t      at;
};
#define MEMBER(key, field) { key, offsetof(struct mg_event, field) }
static const struct text_key before_code[] = {
	MEMBER("component", component), MEMBER("node", node),
	MEMBER("pod", pod),             MEMBER("namespace", ns),
	MEMBER("resource", resource),   MEMBER("name", name),
	MEMBER("verb", verb),           MEMBER("user", user),
};
static const struct text_key message_key = MEMBER("message", message);
static const struct text_key audit_id_key = MEMBER("audit_id", audit_id);
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct mg_str text_of(const struct mg_event *e, const struct text_key *k)
{
	struct mg_str s;

	memcpy(&s, (const char *)e + k->at, sizeof(s));
	return s;
}

static void set_text(struct mg_event *e, const struct text_key *k, struct mg_str s)
{
	memcpy((char *)e + k->at, &s, sizeof(s));
}

/* Is `s` a number by the JSON grammar?  What is not goes out as a string. */
static bool json_number(struct mg_str s)
{
	size_t i = 0, start;

	if (i < s.n && s.p[i] == '-')
		i++;
	start = i;
	while (i < s.n && mg_is_digit(s.p[i]))
		i++;
	if (i == start || (s.p[start] == '0' && i > start + 1))
		return false;
	if (i < s.n && s.p[i] == '.') {
		start = ++i;
		while (i < s.n && mg_is_digit(s.p[i]))
			i++;
		if (i == start)
			return false;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
			i++;
		start = i;
		while (i < s.n && mg_is_digit(s.p[i]))
			i++;
		if (i == start)
			return false;
	}
	return i == s.n;
}

static void key(struct mg_buf *b, const char *name)
{
	if (b->p[b->n - 1] != '{')
		mg_buf_addc(b, ',');
	mg_buf_printf(b, "\"%s\":", name);
}

static void put_text(struct mg_buf *b, const char *name, struct mg_str s)
{
	if (s.n == 0)
		return;
	key(b, name);
	mg_buf_json(b, s);
}

static void put_u64(struct mg_buf *b, const char *name, uint64_t v)
{
	key(b, name);
	mg_buf_printf(b, "%llu", (unsigned long long)v);
}

void mg_wire_attrs(struct mg_buf *b, const struct mg_event *e)
{
	mg_buf_addc(b, '{');
	for (uint32_t i = 0; i < e->nattrs; i++) {
		const struct mg_attr *a = &e->attrs[i];

		if (i)
			mg_buf_addc(b, ',');
		mg_buf_json(b, mg_strz(a->key));
		mg_buf_addc(b, ':');
		if (a->number && json_number(a->value))
			mg_buf_add(b, a->value);
		else
			mg_buf_json(b, a->value);
	}
	mg_buf_addc(b, '}');
}

static void put_when(struct mg_buf *b, const struct mg_event *e)
{
	char time[40];

	if (e->time_ns != MG_TIME_NONE) {
		key(b, "time");
		mg_buf_printf(b, "\"%s\"", mg_time_format(e->time_ns, 9, time, sizeof(time)));
	}
	if (e->duration_ns >= 0)
		put_u64(b, "duration_ns", (uint64_t)e->duration_ns);
}

void mg_wire_json(struct mg_buf *b, const struct mg_event *e, struct mg_str path)
{
	mg_buf_addc(b, '{');
	put_when(b, e);
	put_text(b, "kind", mg_strz(mg_event_kind_name(e->kind)));
	put_text(b, "severity", mg_strz(mg_severity_name(e->severity)));
	for (size_t i = 0; i < COUNT(before_code); i++)
		put_text(b, before_code[i].name, text_of(e, &before_code[i]));
	if (e->code)
		put_u64(b, "code", e->code);
	put_text(b, "message", e->message);
	if (e->count > 1)
		put_u64(b, "count", e->count);
	put_text(b, "audit_id", e->audit_id);
	put_text(b, "artifact", path);
	if (e->line)
		put_u64(b, "line", e->line);
	if (e->time_source != MG_TIME_EXACT)
		put_text(b, "time_source", mg_strz(mg_time_source_name(e->time_source)));
	if (e->nattrs) {
		key(b, "attrs");
		mg_wire_attrs(b, e);
	}
	mg_buf_addz(b, "}\n");
}

void mg_wire_tsv_heading(struct mg_buf *b)
{
	mg_buf_addz(b, "time\tduration_ns\tkind\tseverity\tcomponent\tnode\tpod\tnamespace\t"
		       "resource\tname\tverb\tuser\tcode\tmessage\tcount\taudit_id\tartifact\t"
		       "line\ttime_source\tattrs\n");
}

static void tsv_text(struct mg_buf *b, struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\t' || c == '\n' || c == '\r' || c == '\\')
			mg_buf_printf(b, "\\%c", c == '\t' ? 't' : c == '\n' ? 'n' :
						 c == '\r' ? 'r' : '\\');
		else if (c < 0x20 || c == 0x7f)
			mg_buf_printf(b, "\\x%02x", c);
		else
			mg_buf_addc(b, (char)c);
	}
	mg_buf_addc(b, '\t');
}

static void tsv_u64(struct mg_buf *b, bool known, uint64_t v)
{
	if (known)
		mg_buf_printf(b, "%llu", (unsigned long long)v);
	mg_buf_addc(b, '\t');
}

void mg_wire_tsv(struct mg_buf *b, const struct mg_event *e, struct mg_str path)
{
	char time[40];

	if (e->time_ns != MG_TIME_NONE)
		mg_buf_addz(b, mg_time_format(e->time_ns, 9, time, sizeof(time)));
	mg_buf_addc(b, '\t');
	tsv_u64(b, e->duration_ns >= 0, (uint64_t)e->duration_ns);
	tsv_text(b, mg_strz(mg_event_kind_name(e->kind)));
	tsv_text(b, mg_strz(mg_severity_name(e->severity)));
	for (size_t i = 0; i < COUNT(before_code); i++)
		tsv_text(b, text_of(e, &before_code[i]));
	tsv_u64(b, e->code, e->code);
	tsv_text(b, e->message);
	tsv_u64(b, true, e->count);
	tsv_text(b, e->audit_id);
	tsv_text(b, path);
	tsv_u64(b, e->line, e->line);
	tsv_text(b, mg_strz(mg_time_source_name(e->time_source)));
	if (e->nattrs)
		mg_wire_attrs(b, e);
	mg_buf_addc(b, '\n');
}

/* --- and back ------------------------------------------------------------------ */

struct reader {
	struct mg_arena  *arena;
	struct mg_intern *paths;
	struct mg_event  *e;
	struct mg_err    *err;
	struct mg_str     line;
};

/* The byte of the line where "key" stands, for messages about its value. */
static uint64_t byte_of(const struct reader *r, const char *name)
{
	char      quoted[40];
	ptrdiff_t at;

	snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	at = mg_str_find(r->line, mg_strz(quoted));
	return at < 0 ? 0 : (uint64_t)at;
}

static enum mg_status wrong(const struct reader *r, const char *name, const char *expected)
{
	if (r->err)
		r->err->byte = byte_of(r, name);
	return mg_err_set(r->err, MG_FAIL, "'%s' is not %s", name, expected);
}

static struct mg_str keep(const struct reader *r, const json_t *v)
{
	return mg_arena_str(r->arena, mg_str(json_string_value(v), json_string_length(v)));
}

/* A string member; absent is fine and leaves an empty view. */
static enum mg_status take_text(struct reader *r, const json_t *o, const char *name,
				struct mg_str *out)
{
	const json_t *v = json_object_get(o, name);

	*out = mg_str("", 0);
	if (!v || json_is_null(v))
		return MG_OK;
	if (!json_is_string(v))
		return wrong(r, name, "a string");
	*out = keep(r, v);
	return MG_OK;
}

/* A number member in 0..max; absent leaves *out alone. */
static enum mg_status take_number(struct reader *r, const json_t *o, const char *name,
				  int64_t max, int64_t *out)
{
	const json_t *v = json_object_get(o, name);

	if (!v || json_is_null(v))
		return MG_OK;
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > max)
		return wrong(r, name, "a number in range");
	*out = json_integer_value(v);
	return MG_OK;
}

static bool source_parse(struct mg_str s, enum mg_time_source *out)
{
	for (int i = MG_TIME_EXACT; i <= MG_TIME_UNKNOWN; i++)
		if (mg_str_eq(s, mg_strz(mg_time_source_name((enum mg_time_source)i)))) {
			*out = (enum mg_time_source)i;
			return true;
		}
	return false;
}

/* A whole RFC 3339 time that can be written again: a zone or a leap second may lead out of
 * the years that mg_time_parse takes. */
static bool when_parse(struct mg_str s, int64_t *ns)
{
	size_t used;
	int    year;

	if (!mg_time_parse(s, ns, &used, NULL) || used != s.n)
		return false;
	year = mg_time_civil(*ns).year;
	return year >= 1678 && year <= 2261;
}

static enum mg_status take_when(struct reader *r, const json_t *o)
{
	struct mg_str  text;
	enum mg_status st;

	if ((st = take_text(r, o, "time", &text)) != MG_OK)
		return st;
	if (text.n && !when_parse(text, &r->e->time_ns))
		return wrong(r, "time", "a time by RFC 3339");
	r->e->time_source = text.n ? MG_TIME_EXACT : MG_TIME_UNKNOWN;
	if ((st = take_text(r, o, "time_source", &text)) != MG_OK)
		return st;
	if (text.n && !source_parse(text, &r->e->time_source))
		return wrong(r, "time_source", "known");
	if (r->e->time_ns == MG_TIME_NONE) /* whatever it says: there is nothing to be sure of */
		r->e->time_source = MG_TIME_UNKNOWN;
	return take_number(r, o, "duration_ns", INT64_MAX, &r->e->duration_ns);
}

static enum mg_status take_class(struct reader *r, const json_t *o)
{
	struct mg_str  text;
	enum mg_status st;

	if ((st = take_text(r, o, "kind", &text)) != MG_OK)
		return st;
	if (text.n == 0)
		return mg_err_set(r->err, MG_FAIL, "no 'kind'");
	r->e->kind = mg_event_kind_parse(text);
	if (r->e->kind == MG_EV_COUNT)
		return wrong(r, "kind", "a known event kind");
	if ((st = take_text(r, o, "severity", &text)) != MG_OK)
		return st;
	if (text.n && !mg_severity_parse(text, &r->e->severity))
		return wrong(r, "severity", "a severity");
	return MG_OK;
}

static enum mg_status take_numbers(struct reader *r, const json_t *o)
{
	int64_t        code = 0, count = 1, line = 0;
	enum mg_status st;

	if ((st = take_number(r, o, "code", UINT32_MAX, &code)) != MG_OK ||
	    (st = take_number(r, o, "count", UINT32_MAX, &count)) != MG_OK ||
	    (st = take_number(r, o, "line", INT64_MAX, &line)) != MG_OK)
		return st;
	r->e->code = (uint32_t)code;
	r->e->count = count ? (uint32_t)count : 1;
	r->e->line = (uint64_t)line;
	return MG_OK;
}

/* The shortest decimal that reads back as the same double. */
static struct mg_str real_text(struct mg_arena *a, double v)
{
	char text[40];

	for (int digits = 1; digits <= 17; digits++) {
		double again;

		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (mg_num_f64(mg_strz(text), &again) && again == v)
			break;
	}
	return mg_arena_str(a, mg_strz(text));
}

static struct mg_str attr_text(const struct reader *r, const json_t *v)
{
	char         *dump;
	struct mg_str s;

	if (json_is_string(v))
		return keep(r, v);
	if (json_is_integer(v))
		return mg_arena_printf(r->arena, "%lld", (long long)json_integer_value(v));
	if (json_is_real(v))
		return real_text(r->arena, json_real_value(v));
	dump = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	s = mg_arena_str(r->arena, mg_strz(dump));
	free(dump);
	return s;
}

static enum mg_status take_attrs(struct reader *r, const json_t *o)
{
	json_t        *attrs = json_object_get(o, "attrs"), *v;
	const char    *name;
	struct mg_attr *to;

	if (!attrs || json_is_null(attrs))
		return MG_OK;
	if (!json_is_object(attrs))
		return wrong(r, "attrs", "an object");
	to = mg_arena_alloc(r->arena, (json_object_size(attrs) + 1) * sizeof(*to));
	r->e->attrs = to;
	json_object_foreach(attrs, name, v) {
		if (json_is_null(v))
			continue;
		to->key = mg_arena_str(r->arena, mg_strz(name)).p;
		to->value = attr_text(r, v);
		to->number = json_is_number(v);
		to++;
		r->e->nattrs++;
	}
	return MG_OK;
}

static enum mg_status take_texts(struct reader *r, const json_t *o)
{
	const struct text_key *keys[COUNT(before_code) + 2];
	struct mg_str          s;
	enum mg_status         st;

	for (size_t i = 0; i < COUNT(before_code); i++)
		keys[i] = &before_code[i];
	keys[COUNT(before_code)] = &message_key;
	keys[COUNT(before_code) + 1] = &audit_id_key;
	for (size_t i = 0; i < COUNT(keys); i++) {
		if ((st = take_text(r, o, keys[i]->name, &s)) != MG_OK)
			return st;
		set_text(r->e, keys[i], s);
	}
	return MG_OK;
}

static enum mg_status take_artifact(struct reader *r, const json_t *o)
{
	const json_t *v = json_object_get(o, "artifact");

	if (!v || json_is_null(v))
		return MG_OK;
	if (!json_is_string(v))
		return wrong(r, "artifact", "a string");
	r->e->artifact = mg_intern_id(r->paths,
				      mg_str(json_string_value(v), json_string_length(v)));
	return MG_OK;
}

static enum mg_status take(struct reader *r, const json_t *o)
{
	enum mg_status st;

	if (!json_is_object(o))
		return mg_err_set(r->err, MG_FAIL, "not a JSON object");
	if ((st = take_class(r, o)) != MG_OK || (st = take_when(r, o)) != MG_OK ||
	    (st = take_texts(r, o)) != MG_OK || (st = take_numbers(r, o)) != MG_OK ||
	    (st = take_attrs(r, o)) != MG_OK)
		return st;
	return take_artifact(r, o); /* last: a bad line must not add a path */
}

enum mg_status mg_wire_parse(struct mg_str line, struct mg_arena *a, struct mg_intern *paths,
			     struct mg_event *out, struct mg_err *err)
{
	struct reader  r = { a, paths, out, err, line };
	enum mg_status st;
	json_error_t   why;
	json_t        *o;

	*out = (struct mg_event){ .time_ns = MG_TIME_NONE, .duration_ns = -1,
				  .severity = MG_SEV_INFO, .artifact = MG_NONE, .count = 1,
				  .time_source = MG_TIME_UNKNOWN };
	if (err)
		err->byte = 0;
	if (mg_str_trim(line).n == 0)
		return MG_SKIP;
	o = json_loadb(line.p, line.n, JSON_ALLOW_NUL, &why);
	if (!o) {
		if (err)
			err->byte = why.position > 0 ? (uint64_t)why.position : 0;
		return mg_err_set(err, MG_FAIL, "bad JSON: %s", why.text);
	}
	st = take(&r, o);
	json_decref(o);
	return st;
}

enum mg_status mg_wire_read(struct mg_str line, struct mg_batch *b, struct mg_intern *paths,
			    struct mg_err *err)
{
	struct mg_event e;
	enum mg_status  st = mg_wire_parse(line, &b->arena, paths, &e, err);

	if (st == MG_OK)
		MG_PUSH(b->ev, b->n, b->cap, e);
	return st;
}
