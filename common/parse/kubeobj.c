/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/kubeobj.h"

#include <yaml.h>

#include "base/num.h"
#include "base/time.h"
#include "parse/json.h"

/* --- tree under construction ---------------------------------------------------------- */

struct builder {
	struct mg_arena  *arena;
	struct mg_knode  *root;
	struct mg_knode  *open[MG_KDEPTH_MAX]; /* maps and sequences that are not closed */
	struct mg_knode  *tail[MG_KDEPTH_MAX]; /* their last child                       */
	size_t            depth, nodes;
	struct mg_str     key;
	bool              have_key;
	const char       *fault;
};

static struct mg_knode *add(struct builder *b, enum mg_ktype t, struct mg_str value,
			    uint64_t line)
{
	struct mg_knode *n;

	if (++b->nodes > MG_KNODES_MAX) {
		b->fault = "too many nodes in one object";
		return NULL;
	}
	n = mg_arena_alloc(b->arena, sizeof(*n));
	*n = (struct mg_knode){ .type = t, .value = value,
				.line = line > UINT32_MAX ? UINT32_MAX : (uint32_t)line };
	if (b->depth == 0) {
		b->root = n;
		return n;
	}
	n->key = b->have_key ? b->key : mg_str("", 0);
	b->have_key = false;
	if (b->tail[b->depth - 1])
		b->tail[b->depth - 1]->next = n;
	else
		b->open[b->depth - 1]->child = n;
	b->tail[b->depth - 1] = n;
	return n;
}

static void push(struct builder *b, enum mg_ktype t, uint64_t line)
{
	struct mg_knode *n;

	if (b->depth == MG_KDEPTH_MAX) {
		b->fault = "nested too deeply";
		return;
	}
	n = add(b, t, mg_str("", 0), line);
	if (!n)
		return;
	b->open[b->depth] = n;
	b->tail[b->depth++] = NULL;
}

/* --- YAML ----------------------------------------------------------------------------- */

static bool wants_key(const struct builder *b)
{
	return b->depth && b->open[b->depth - 1]->type == MG_KMAP && !b->have_key;
}

static bool is_null(const yaml_event_t *e)
{
	struct mg_str v = mg_str((const char *)e->data.scalar.value, e->data.scalar.length);

	return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (v.n == 0 || mg_str_eq(v, MG_STR("null")) || mg_str_eq(v, MG_STR("~")));
}

static void scalar(struct builder *b, const yaml_event_t *e)
{
	struct mg_str v = mg_arena_str(b->arena, mg_str((const char *)e->data.scalar.value,
							 e->data.scalar.length));
	struct mg_knode *n;

	if (wants_key(b)) {
		b->key = v;
		b->have_key = true;
		return;
	}
	n = add(b, is_null(e) ? MG_KNULL : MG_KSCALAR, v, e->start_mark.line + 1);
	if (n)
		n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
}

/* False: the document has ended. */
static bool take(struct builder *b, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		scalar(b, e);
		break;
	case YAML_ALIAS_EVENT:
		if (wants_key(b)) {
			b->key = mg_str("", 0);
			b->have_key = true;
		} else {
			add(b, MG_KNULL, mg_str("", 0), e->start_mark.line + 1);
		}
		break;
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		if (wants_key(b)) {
			b->fault = "a key is not a scalar";
			break;
		}
		push(b, e->type == YAML_MAPPING_START_EVENT ? MG_KMAP : MG_KSEQ,
		     e->start_mark.line + 1);
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		b->depth--;
		break;
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		return false;
	default:
		break;
	}
	return !b->fault;
}

static enum mg_status yaml_fault(const yaml_parser_t *p, struct mg_err *err)
{
	const char *what = p->problem ? p->problem : "not YAML";

	mg_err_set(err, MG_FAIL, "%s", what);
	if (err) {
		err->line = (p->problem_mark.line ? p->problem_mark.line : p->mark.line) + 1;
		err->byte = p->problem_mark.column;
	}
	return MG_FAIL;
}

static enum mg_status builder_fault(const struct builder *b, struct mg_err *err, uint64_t line)
{
	mg_err_set(err, MG_FAIL, "%s", b->fault);
	if (err)
		err->line = line;
	return MG_FAIL;
}

enum mg_status mg_kobj_yaml(struct mg_str text, struct mg_arena *a, struct mg_knode **root,
			    struct mg_err *err)
{
	struct builder b = { .arena = a };
	enum mg_status st = MG_OK;
	yaml_parser_t  p;
	yaml_event_t   e;
	bool           more = true;

	*root = NULL;
	if (!yaml_parser_initialize(&p))
		return mg_err_set(err, MG_FAIL, "out of memory");
	yaml_parser_set_input_string(&p, (const unsigned char *)text.p, text.n);
	while (more && st == MG_OK) {
		if (!yaml_parser_parse(&p, &e)) {
			st = yaml_fault(&p, err);
			break;
		}
		more = take(&b, &e);
		if (b.fault)
			st = builder_fault(&b, err, e.start_mark.line + 1);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	if (st == MG_OK)
		*root = b.root;
	return st;
}

/* --- JSON ----------------------------------------------------------------------------- */

struct json {
	struct builder b;
	const char    *p, *start, *end;
	uint64_t       line;
};

static void json_fault(struct json *j, const char *what)
{
	if (!j->b.fault)
		j->b.fault = what;
}

static void space(struct json *j)
{
	for (; j->p < j->end; j->p++) {
		if (*j->p == '\n')
			j->line++;
		else if (*j->p != ' ' && *j->p != '\t' && *j->p != '\r')
			return;
	}
}

static bool hex4(const char *p, const char *end, uint32_t *out)
{
	uint64_t v;

	if (end - p < 4 || !mg_num_hex(mg_str(p, 4), &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

static char *utf8(char *d, uint32_t c)
{
	if (c < 0x80) {
		*d++ = (char)c;
	} else if (c < 0x800) {
		*d++ = (char)(0xc0 | c >> 6);
		*d++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*d++ = (char)(0xe0 | c >> 12);
		*d++ = (char)(0x80 | (c >> 6 & 0x3f));
		*d++ = (char)(0x80 | (c & 0x3f));
	} else {
		*d++ = (char)(0xf0 | c >> 18);
		*d++ = (char)(0x80 | (c >> 12 & 0x3f));
		*d++ = (char)(0x80 | (c >> 6 & 0x3f));
		*d++ = (char)(0x80 | (c & 0x3f));
	}
	return d;
}

/* Behind "\u": four hex digits, and a second escape when they are half of a pair.  Halves
 * without a partner become U+FFFD. */
static char *unicode(struct json *j, char *d)
{
	uint32_t c, low;

	if (!hex4(j->p, j->end, &c)) {
		json_fault(j, "expected four hex digits");
		return d;
	}
	j->p += 4;
	if (c >= 0xd800 && c < 0xdc00 && j->end - j->p >= 6 && j->p[0] == '\\' &&
	    j->p[1] == 'u' && hex4(j->p + 2, j->end, &low) && low >= 0xdc00 && low < 0xe000) {
		j->p += 6;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	} else if (c >= 0xd800 && c < 0xe000) {
		c = 0xfffd;
	}
	return utf8(d, c);
}

static char *escape(struct json *j, char *d)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char       *q;

	if (j->p == j->end) {
		json_fault(j, "string is not closed");
		return d;
	}
	if (*j->p == 'u') {
		j->p++;
		return unicode(j, d);
	}
	q = *j->p ? strchr(from, *j->p) : NULL;
	if (!q) {
		json_fault(j, "unknown escape");
		return d;
	}
	j->p++;
	*d++ = to[q - from];
	return d;
}

/* Behind the opening quote.  An escape is never shorter than what it stands for. */
static struct mg_str string(struct json *j)
{
	const char *q = j->p;
	char       *to, *d;

	while (q < j->end && *q != '"' && (unsigned char)*q >= ' ')
		q += *q == '\\' && j->end - q > 1 ? 2 : 1;
	if (q >= j->end || *q != '"') {
		j->p = q < j->end ? q : j->end;
		json_fault(j, "string is not closed");
		return mg_str("", 0);
	}
	to = d = mg_arena_alloc(j->b.arena, (size_t)(q - j->p) + 1);
	while (j->p < q && !j->b.fault) {
		const char *back = memchr(j->p, '\\', (size_t)(q - j->p));
		size_t      run = (size_t)((back ? back : q) - j->p);

		memcpy(d, j->p, run);
		d += run;
		j->p += run;
		if (back) {
			j->p++;
			d = escape(j, d);
		}
	}
	*d = '\0';
	if (!j->b.fault)
		j->p = q + 1;
	return mg_str(to, (size_t)(d - to));
}

static void word(struct json *j)
{
	const char   *q = j->p;
	struct mg_str s;
	double        ignored;

	while (q < j->end && (mg_is_digit(*q) || (*q >= 'a' && *q <= 'z') || *q == '-' ||
			      *q == '+' || *q == '.' || *q == 'E'))
		q++;
	s = mg_str(j->p, (size_t)(q - j->p));
	if (mg_str_eq(s, MG_STR("null")))
		add(&j->b, MG_KNULL, mg_str("", 0), j->line);
	else if (mg_str_eq(s, MG_STR("true")) || mg_str_eq(s, MG_STR("false")) ||
		 (s.n && (mg_is_digit(s.p[0]) || s.p[0] == '-') && mg_num_f64(s, &ignored)))
		add(&j->b, MG_KSCALAR, mg_arena_str(j->b.arena, s), j->line);
	else
		json_fault(j, "expected a value");
	if (!j->b.fault)
		j->p = q;
}

static bool byte(struct json *j, char c)
{
	space(j);
	if (j->p == j->end || *j->p != c)
		return false;
	j->p++;
	return true;
}

/* A key and its colon, when a map is open. */
static void member(struct json *j)
{
	struct mg_str key;

	if (j->b.open[j->b.depth - 1]->type != MG_KMAP)
		return;
	if (!byte(j, '"')) {
		json_fault(j, "expected a key");
		return;
	}
	key = string(j);
	j->b.key = key;
	j->b.have_key = true;
	if (!j->b.fault && !byte(j, ':'))
		json_fault(j, "expected ':'");
}

/* One value; a map or sequence is only opened.  True when one was opened and is not empty. */
static bool value(struct json *j)
{
	space(j);
	if (j->p == j->end) {
		json_fault(j, "expected a value");
	} else if (*j->p == '{' || *j->p == '[') {
		char close = *j->p == '{' ? '}' : ']';

		push(&j->b, *j->p == '{' ? MG_KMAP : MG_KSEQ, j->line);
		if (j->b.fault)
			return false;
		j->p++;
		if (!byte(j, close))
			return true;
		j->b.depth--;
	} else if (*j->p == '"') {
		uint64_t         line = j->line;
		struct mg_knode *n;

		j->p++;
		n = add(&j->b, MG_KSCALAR, string(j), line);
		if (n)
			n->quoted = true;
	} else {
		word(j);
	}
	return false;
}

/* Behind a value: close what ends here; false when the document is complete. */
static bool next_member(struct json *j)
{
	while (j->b.depth && !j->b.fault) {
		bool map = j->b.open[j->b.depth - 1]->type == MG_KMAP;

		if (byte(j, ','))
			return true;
		if (!byte(j, map ? '}' : ']')) {
			json_fault(j, map ? "expected ',' or '}'" : "expected ',' or ']'");
			return false;
		}
		j->b.depth--;
	}
	return false;
}

enum mg_status mg_kobj_json(struct mg_str text, struct mg_arena *a, struct mg_knode **root,
			    struct mg_err *err)
{
	struct json j = { .b = { .arena = a }, .p = text.p, .start = text.p,
			  .end = text.p + text.n, .line = 1 };
	bool        more = true;

	*root = NULL;
	space(&j);
	if (j.p == j.end)
		return MG_OK;
	while (more && !j.b.fault) {
		if (j.b.depth)
			member(&j);
		if (j.b.fault || value(&j))
			continue;
		more = !j.b.fault && next_member(&j);
	}
	space(&j);
	if (!j.b.fault && j.p < j.end)
		json_fault(&j, "expected the end");
	if (j.b.fault) {
		builder_fault(&j.b, err, j.line);
		if (err)
			err->byte = (uint64_t)(j.p - j.start);
		return MG_FAIL;
	}
	*root = j.b.root;
	return MG_OK;
}

/* --- looking things up ------------------------------------------------------------------ */

static const struct mg_knode *member_of(const struct mg_knode *n, struct mg_str key)
{
	if (n->type != MG_KMAP)
		return NULL;
	for (n = n->child; n; n = n->next)
		if (mg_str_eq(n->key, key))
			return n;
	return NULL;
}

const struct mg_knode *mg_knode_at(const struct mg_knode *n, const char *path)
{
	struct mg_str rest = mg_strz(path), key;

	while (n && rest.n) {
		mg_str_cut(rest, '.', &key, &rest);
		n = member_of(n, key);
	}
	return n;
}

struct mg_str mg_knode_text(const struct mg_knode *n, const char *path)
{
	n = mg_knode_at(n, path);
	return n && n->type == MG_KSCALAR ? n->value : mg_str("", 0);
}

int64_t mg_knode_i64(const struct mg_knode *n, const char *path, int64_t otherwise)
{
	int64_t v;

	return mg_num_i64(mg_knode_text(n, path), &v) ? v : otherwise;
}

int64_t mg_knode_time(const struct mg_knode *n, const char *path)
{
	int64_t ns;
	size_t  used;

	if (!mg_time_parse(mg_knode_text(n, path), &ns, &used, NULL) || ns <= 0)
		return MG_TIME_NONE;
	return ns;
}

const struct mg_knode *mg_knode_first(const struct mg_knode *n, const char *path)
{
	n = mg_knode_at(n, path);
	return n && (n->type == MG_KSEQ || n->type == MG_KMAP) ? n->child : NULL;
}

/* --- as JSON --------------------------------------------------------------------------- */

static void scalar_json(const struct mg_knode *n, struct mg_buf *out)
{
	bool text = n->quoted || n->value.n == 0 || strchr("\"[{ \t\r\n", n->value.p[0]) ||
		    mg_json_check(n->value, NULL) != MG_OK;

	if (text)
		mg_buf_json(out, n->value);
	else
		mg_buf_add(out, n->value);
}

void mg_knode_json(const struct mg_knode *n, struct mg_buf *out)
{
	bool map = n->type == MG_KMAP;

	if (n->type == MG_KNULL) {
		mg_buf_addz(out, "null");
		return;
	}
	if (n->type == MG_KSCALAR) {
		scalar_json(n, out);
		return;
	}
	mg_buf_addc(out, map ? '{' : '[');
	for (const struct mg_knode *c = n->child; c; c = c->next) {
		if (c != n->child)
			mg_buf_addc(out, ',');
		if (map) {
			mg_buf_json(out, c->key);
			mg_buf_addc(out, ':');
		}
		mg_knode_json(c, out);
	}
	mg_buf_addc(out, map ? '}' : ']');
}
