/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/promjson.h"

#include "base/arena.h"
#include "base/num.h"
#include "parse/json.h"
#include "parse/openmetrics.h"

#define HEAD_MAX ((size_t)64 << 10) /* of what may stand before the list */

static void fault(struct mg_promjson *p, uint64_t line, uint64_t byte, const char *what)
{
	p->fn(p->ctx, &(struct mg_promjson_sample){ .line = line, .byte = byte, .fault = what,
						    .time_ns = MG_TIME_NONE });
}

bool mg_promjson_looks(struct mg_str text)
{
	struct mg_str t = mg_str_trim(text), key;

	/* Lines of a dump begin with a brace, too: a name and an equals sign follow there. */
	if (mg_str_starts(t, MG_STR("\xef\xbb\xbf")))
		t = mg_str_trim(mg_str_from(t, 3));
	if (t.n == 0 || t.p[0] != '{')
		return false;
	t = mg_str_trim(mg_str_from(t, 1));
	if (t.n == 0) /* a brace alone on its line */
		return true;
	if (t.p[0] != '"' || !mg_str_cut(mg_str_from(t, 1), '"', &key, &t))
		return false;
	return mg_str_starts(mg_str_trim(t), MG_STR(":"));
}

/* --- one series --------------------------------------------------------------------------- */

static struct mg_str plain(struct mg_arena *a, const struct mg_json_value *v)
{
	char *buf = v->escaped ? mg_arena_alloc(a, v->raw.n + 1) : NULL;

	return mg_json_plain(mg_json_text(v), buf, v->raw.n);
}

/* As an exposition writes it. */
static void add_label(struct mg_buf *b, struct mg_str key, struct mg_str value)
{
	if (b->n)
		mg_buf_addc(b, ',');
	mg_buf_add(b, key);
	mg_buf_addz(b, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			mg_buf_addc(b, '\\');
		if (value.p[i] == '\n')
			mg_buf_addz(b, "\\n");
		else
			mg_buf_addc(b, value.p[i]);
	}
	mg_buf_addc(b, '"');
}

static void read_labels(struct mg_promjson *p, struct mg_str object)
{
	struct mg_json_iter  it;
	struct mg_json_value key, v;
	struct mg_arena      a = { 0 };

	mg_json_iter_init(&it, object);
	while (mg_json_member(&it, &key, &v) == MG_OK) {
		struct mg_str k = plain(&a, &key), text;

		if (v.type != MG_JSON_STRING)
			continue;
		text = plain(&a, &v);
		if (mg_str_eq(k, MG_STR("__name__")))
			mg_buf_add(&p->name, text);
		else
			add_label(&p->labels, k, text);
	}
	mg_arena_release(&a);
}

/* [1644272116.123,"3.2e9"] */
static bool read_pair(struct mg_str pair, struct mg_promjson_sample *s)
{
	struct mg_json_iter  it;
	struct mg_json_value at, v, more;

	mg_json_iter_init(&it, pair);
	return mg_json_element(&it, &at) == MG_OK && at.type == MG_JSON_NUMBER &&
	       mg_json_element(&it, &v) == MG_OK && v.type == MG_JSON_STRING &&
	       mg_json_element(&it, &more) == MG_EOF && v.raw.n && mg_om_time(at.raw, &s->time_ns) &&
	       mg_num_f64(v.raw, &s->value);
}

static uint64_t lines_before(struct mg_str text, const char *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.n && text.p + i < p; i++)
		n += text.p[i] == '\n';
	return n;
}

static void one_pair(struct mg_promjson *p, const struct mg_item *it, const struct mg_json_value *v,
		     uint64_t line)
{
	struct mg_promjson_sample s = { .name = mg_buf_str(&p->name), .labels = mg_buf_str(&p->labels),
					.line = line };

	if (v->type == MG_JSON_ARRAY && read_pair(v->raw, &s))
		p->fn(p->ctx, &s);
	else
		fault(p, line, (uint64_t)(v->raw.p - it->text.p), "expected [time, \"value\"]");
}

static void read_series(struct mg_promjson *p, const struct mg_item *it)
{
	struct mg_json_value metric = mg_json_get(it->text, MG_STR("metric"));
	struct mg_json_value values = mg_json_get(it->text, MG_STR("values")), v;
	struct mg_json_value one = mg_json_get(it->text, MG_STR("value"));
	struct mg_json_iter  pairs;
	struct mg_str        rest;
	uint64_t             line = it->line;

	mg_buf_clear(&p->name);
	mg_buf_clear(&p->labels);
	if (metric.type == MG_JSON_OBJECT)
		read_labels(p, metric.raw);
	if (one.type == MG_JSON_ARRAY)
		one_pair(p, it, &one, line + lines_before(it->text, one.raw.p));
	if (values.type != MG_JSON_ARRAY)
		return; /* a native histogram, or what stands behind the list */
	mg_json_iter_init(&pairs, values.raw);
	rest = it->text;
	while (mg_json_element(&pairs, &v) == MG_OK) {
		line += lines_before(rest, v.raw.p);
		rest = mg_str_from(rest, (size_t)(v.raw.p - rest.p));
		one_pair(p, it, &v, line);
	}
}

static void on_item(void *ctx, const struct mg_item *it)
{
	struct mg_promjson *p = ctx;
	struct mg_err       err = { 0 };

	if (it->fault)
		fault(p, it->line, 0, it->fault);
	else if (mg_json_check(it->text, &err) != MG_OK)
		fault(p, it->line, err.byte, err.msg);
	else
		read_series(p, it);
}

/* --- the file ---------------------------------------------------------------------------------- */

void mg_promjson_init(struct mg_promjson *p, mg_promjson_fn fn, void *ctx)
{
	*p = (struct mg_promjson){ .fn = fn, .ctx = ctx };
	p->items.fn = on_item;
	p->items.ctx = p;
}

/* Offset of the '[' of "result": [, or -1. */
static ptrdiff_t list_start(struct mg_str s)
{
	ptrdiff_t at = mg_str_find(s, MG_STR("\"result\""));
	size_t    i;

	if (at < 0)
		return -1;
	for (i = (size_t)at + strlen("\"result\""); i < s.n && strchr(" \t\r\n:", s.p[i]) && s.p[i]; i++)
		;
	return i < s.n && s.p[i] == '[' ? (ptrdiff_t)i : -1;
}

void mg_promjson_text(struct mg_promjson *p, struct mg_str text, uint64_t first_line)
{
	struct mg_str rest;
	ptrdiff_t     at;

	if (p->in_list) {
		mg_jsonitems_text(&p->items, text, first_line);
		return;
	}
	if (p->head.n == 0)
		p->head_line = first_line;
	if (p->head.n > HEAD_MAX)
		return; /* told at the end */
	mg_buf_add(&p->head, text);
	at = list_start(mg_buf_str(&p->head));
	if (at < 0)
		return;
	p->in_list = true;
	rest = mg_str_from(mg_buf_str(&p->head), (size_t)at);
	mg_jsonitems_text(&p->items, rest, p->head_line + lines_before(mg_buf_str(&p->head), rest.p));
	mg_buf_clear(&p->head);
}

void mg_promjson_end(struct mg_promjson *p)
{
	bool open = p->items.open, inside = p->items.depth > 0;

	if (!p->in_list)
		fault(p, p->head_line ? p->head_line : 1, 0,
		      mg_str_has(mg_buf_str(&p->head), MG_STR("\"error\"")) ?
			      "Prometheus answered with an error" : "expected data.result, a list of series");
	else if (inside && !open)
		fault(p, p->items.line, 0, "the file ends inside the list of series");
	mg_jsonitems_end(&p->items);
}

void mg_promjson_release(struct mg_promjson *p)
{
	mg_jsonitems_release(&p->items);
	mg_buf_release(&p->head);
	mg_buf_release(&p->labels);
	mg_buf_release(&p->name);
}
