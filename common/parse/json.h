/* json.h - read JSON text without building a tree: validate, skip, iterate, unescape.
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; every view points into the text it was given
 * Threads: pure functions
 * Cost:    one pass, every byte is validated (RFC 8259, UTF-8); a nested value that is
 *          iterated again is looked at again
 * Format:  RFC 8259; choices where it leaves one: docs/formats/audit.md, "JSON"
 *
 *	struct mg_json_iter  it;
 *	struct mg_json_value key, v;
 *
 *	mg_json_iter_init(&it, text);
 *	while ((st = mg_json_member(&it, &key, &v)) == MG_OK)
 *		if (mg_json_is(&key, MG_STR("level")))
 *			...
 *	if (st == MG_FAIL)
 *		... it.j.msg, it.j.p - it.j.base ...
 */
#ifndef MG_PARSE_JSON_H
#define MG_PARSE_JSON_H

#include "base/err.h"
#include "base/str.h"

#define MG_JSON_DEPTH 1024 /* arrays and objects inside each other */

/* The bytes between the quotes as they stand in the text. */
struct mg_json_text {
	const char *p;
	uint32_t    n;
	bool        escaped; /* holds at least one backslash: decode before use */
};

enum mg_json_type {
	MG_JSON_NONE, /* absent */
	MG_JSON_OBJECT,
	MG_JSON_ARRAY,
	MG_JSON_STRING,
	MG_JSON_NUMBER,
	MG_JSON_TRUE,
	MG_JSON_FALSE,
	MG_JSON_NULL,
};

struct mg_json_value {
	enum mg_json_type type;
	bool              escaped; /* a string that holds a backslash                   */
	struct mg_str     raw;     /* a string without its quotes, else the whole value */
};

/* A place in a text.  After a failure `msg` says what was wrong at `p`. */
struct mg_json {
	const char *base, *p, *end;
	const char *msg;
};

static inline void mg_json_init(struct mg_json *j, struct mg_str text)
{
	const char *p = text.n ? text.p : "";

	*j = (struct mg_json){ p, p, p + text.n, NULL };
}

/* Note the fault at `p`; always false. */
bool mg_json_fail(struct mg_json *j, const char *p, const char *msg);
/* The text ended before the value did: it may be continued. */
static inline bool mg_json_incomplete(const struct mg_json *j)
{
	return j->msg && j->p == j->end;
}
/* Skip blanks. */
void mg_json_blank(struct mg_json *j);
/* Read one value (blanks before it are skipped); j->p ends right behind it. */
bool mg_json_value(struct mg_json *j, struct mg_json_value *v);
/* j->p behind the opening quote; ends behind the closing one. */
bool mg_json_string(struct mg_json *j, struct mg_json_text *t);
/* The whole text is one value with nothing but blanks around it. */
enum mg_status mg_json_check(struct mg_str text, struct mg_err *err);

/* Members of an object or elements of an array, in their order; duplicates are delivered.
 * MG_OK: one more.  MG_EOF: it ended properly.  MG_FAIL: see it->j. */
struct mg_json_iter {
	struct mg_json j;
	bool           begun;
};

void           mg_json_iter_init(struct mg_json_iter *it, struct mg_str text);
enum mg_status mg_json_member(struct mg_json_iter *it, struct mg_json_value *key,
			      struct mg_json_value *v);
enum mg_status mg_json_element(struct mg_json_iter *it, struct mg_json_value *v);

/* Is `v` the string `want` once decoded? */
bool mg_json_is(const struct mg_json_value *v, struct mg_str want);
/* The last member named `key` of an object; type MG_JSON_NONE when absent or no object. */
struct mg_json_value mg_json_get(struct mg_str object, struct mg_str key);

static inline struct mg_json_text mg_json_text(const struct mg_json_value *v)
{
	return (struct mg_json_text){ v->raw.p, (uint32_t)v->raw.n, v->escaped };
}

/* Decode into `buf`; the result is at most t.n bytes.  Cut between characters when `n` is
 * less than that.  A surrogate without its half becomes U+FFFD.  `t` was validated. */
size_t mg_json_unescape(struct mg_json_text t, char *buf, size_t n);
/* The decoded text: `t` itself when nothing is escaped, else in `buf`. */
static inline struct mg_str mg_json_plain(struct mg_json_text t, char *buf, size_t n)
{
	if (!t.escaped)
		return mg_str(t.p, t.n);
	return mg_str(buf, mg_json_unescape(t, buf, n));
}

#endif
