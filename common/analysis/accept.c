/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/accept.h"

#include <stdio.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "base/num.h"

#define MATCH_STEPS 200000 /* of one expression on one value */
#define HEAP_KIB    4096

/* --- one pattern ---------------------------------------------------------------- */

static enum mg_status compile(struct mg_pattern *p, struct mg_str text, struct mg_err *err)
{
	int        code;
	PCRE2_SIZE at;

	/* bytes, not characters: values need not be UTF-8 */
	p->regex = pcre2_compile((PCRE2_SPTR)(text.n ? text.p : ""), text.n, PCRE2_NEVER_UTF, &code,
				 &at, NULL);
	if (!p->regex) {
		PCRE2_UCHAR why[128];

		pcre2_get_error_message(code, why, sizeof(why));
		return mg_err_set(err, MG_FAIL, "%s at byte %zu of the expression", (char *)why,
				  (size_t)at);
	}
	pcre2_jit_compile(p->regex, PCRE2_JIT_COMPLETE); /* may fail: then it is interpreted */
	p->limits = pcre2_match_context_create(NULL);
	if (!p->limits)
		mg_alloc(SIZE_MAX); /* reports that memory ran out */
	pcre2_set_match_limit(p->limits, MATCH_STEPS);
	pcre2_set_heap_limit(p->limits, HEAP_KIB);
	return MG_OK;
}

enum mg_status mg_pattern_init(struct mg_pattern *p, struct mg_str text, struct mg_err *err)
{
	*p = (struct mg_pattern){ 0 };
	if (text.n && text.p[0] == '-') {
		p->refuse = true;
		text = mg_str_from(text, 1);
	}
	p->text = text;
	if (text.n && text.p[0] == '~')
		return compile(p, mg_str_from(text, 1), err);
	p->prefix = mg_str_ends(text, MG_STR("*"));
	if (p->prefix)
		p->text.n--;
	return MG_OK;
}

void mg_pattern_release(struct mg_pattern *p)
{
	pcre2_match_context_free(p->limits);
	pcre2_code_free(p->regex);
	p->regex = p->limits = NULL;
}

static bool regex_match(const struct mg_pattern *p, struct mg_str value)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL); /* one a thread: not shared */
	int               rc;

	if (!data)
		mg_alloc(SIZE_MAX); /* reports that memory ran out */
	rc = pcre2_match(p->regex, (PCRE2_SPTR)(value.n ? value.p : ""), value.n, 0, 0, data,
			 p->limits);
	pcre2_match_data_free(data);
	return rc != PCRE2_ERROR_NOMATCH;
}

bool mg_pattern_match(const struct mg_pattern *p, struct mg_str value)
{
	if (p->regex)
		return regex_match(p, value);
	if (p->prefix)
		return mg_str_starts(value, p->text);
	return mg_str_eq(p->text, value);
}

/* --- lists ----------------------------------------------------------------------- */

enum mg_status mg_accept_add(struct mg_accept *l, struct mg_str csv, struct mg_err *err)
{
	struct mg_str     one;
	struct mg_pattern p;

	while (csv.n) {
		if (csv.p[0] == '~' || (csv.n > 1 && csv.p[0] == '-' && csv.p[1] == '~')) {
			one = csv;
			csv.n = 0;
		} else {
			mg_str_cut(csv, ',', &one, &csv);
		}
		if (one.n == 0)
			continue;
		if (mg_pattern_init(&p, one, err) != MG_OK)
			return MG_FAIL;
		l->wants |= !p.refuse;
		MG_PUSH(l->v, l->n, l->cap, p);
	}
	return MG_OK;
}

void mg_accept_release(struct mg_accept *l)
{
	for (size_t i = 0; i < l->n; i++)
		mg_pattern_release(&l->v[i]);
	free(l->v);
	*l = (struct mg_accept){ 0 };
}

/* "-*" refuses every value there is, but not that there is none. */
static bool text_match(const struct mg_pattern *p, struct mg_str value)
{
	if (p->refuse && p->prefix && p->text.n == 0 && value.n == 0)
		return false;
	return mg_pattern_match(p, value);
}

void mg_accept_one(const struct mg_accept *l, struct mg_str value, struct mg_accepting *a)
{
	for (size_t i = 0; i < l->n; i++)
		if (text_match(&l->v[i], value))
			*(l->v[i].refuse ? &a->refused : &a->wanted) = true;
}

bool mg_accept_end(const struct mg_accept *l, const struct mg_accepting *a)
{
	return !a->refused && (a->wanted || !l->wants);
}

bool mg_accept_text(const struct mg_accept *l, struct mg_str value)
{
	struct mg_accepting a = { false, false };

	mg_accept_one(l, value, &a);
	return mg_accept_end(l, &a);
}

/* --- resources --------------------------------------------------------------------- */

/* One part of "resource.group"; `any` when an empty pattern means any. */
static bool part_match(struct mg_str pattern, struct mg_str value, bool any)
{
	if (pattern.n == 0 && any)
		return true;
	if (mg_str_ends(pattern, MG_STR("*")))
		return mg_str_starts(value, mg_str_head(pattern, pattern.n - 1));
	return mg_str_eq(pattern, value);
}

static bool resource_match(const struct mg_pattern *p, struct mg_str value)
{
	struct mg_str text = p->text, pr, pg, vr, vg;
	bool          dot;

	if (p->regex)
		return regex_match(p, value);
	text.n += p->prefix; /* the star is a part's */
	dot = mg_str_cut(text, '.', &pr, &pg);
	mg_str_cut(value, '.', &vr, &vg);
	return part_match(pr, vr, dot) && part_match(pg, vg, dot);
}

/* Names one resource of one group, without wildcards. */
static bool is_one_resource(const struct mg_pattern *p)
{
	struct mg_str resource, group;

	if (p->regex || p->prefix || mg_str_chr(p->text, '*') >= 0)
		return false;
	return !mg_str_cut(p->text, '.', &resource, &group) || (resource.n && group.n);
}

bool mg_accept_resource(const struct mg_accept *l, struct mg_str value)
{
	struct mg_accepting a = { false, false };
	bool                wanted = false;

	if (l->n == 0)
		return true;
	for (size_t i = 0; i < l->n; i++) {
		const struct mg_pattern *p = &l->v[i];

		if (!resource_match(p, value))
			continue;
		if (is_one_resource(p) && p->refuse)
			return false;
		wanted |= is_one_resource(p);
		*(p->refuse ? &a.refused : &a.wanted) = true;
	}
	return wanted || mg_accept_end(l, &a);
}

/* --- status codes -------------------------------------------------------------------- */

/* The codes an item means; false when it means none. */
static bool code_range(const struct mg_pattern *p, uint64_t *lo, uint64_t *hi)
{
	struct mg_str text = p->text, a, b;

	if (p->regex || p->prefix)
		return false;
	if (mg_str_eq(text, MG_STR("none"))) {
		*lo = *hi = 0;
		return true;
	}
	if (text.n == 3 && mg_is_digit(text.p[0]) && mg_str_ends(text, MG_STR("xx"))) {
		*lo = (uint64_t)(text.p[0] - '0') * 100;
		*hi = *lo + 99;
		return true;
	}
	if (!mg_str_cut(text, '-', &a, &b))
		b = a;
	return mg_num_u64(a, lo) && mg_num_u64(b, hi) && *lo <= *hi;
}

static struct mg_pattern plain_code(const struct mg_pattern *p)
{
	struct mg_pattern q = *p;

	if (!q.refuse && q.text.n && q.text.p[0] == '!') {
		q.refuse = true;
		q.text = mg_str_from(q.text, 1);
	}
	return q;
}

bool mg_accept_code(const struct mg_accept *l, uint32_t code)
{
	bool     wants = false, wanted = false;
	uint64_t lo, hi;

	for (size_t i = 0; i < l->n; i++) {
		struct mg_pattern p = plain_code(&l->v[i]);
		bool              hit = code_range(&p, &lo, &hi) && code >= lo && code <= hi;

		if (p.refuse && hit)
			return false;
		wants |= !p.refuse;
		wanted |= !p.refuse && hit;
	}
	return wanted || !wants;
}

bool mg_accept_codes_valid(const struct mg_accept *l, struct mg_str *bad)
{
	uint64_t lo, hi;

	for (size_t i = 0; i < l->n; i++) {
		struct mg_pattern p = plain_code(&l->v[i]);

		*bad = l->v[i].text;
		if (!code_range(&p, &lo, &hi))
			return false;
	}
	return true;
}
