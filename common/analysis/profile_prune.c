/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/profile.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* The expressions come from the profile: they must not run for ever. */
#define MATCH_LIMIT 20000

struct regex {
	pcre2_code          *code;
	pcre2_match_data    *data;
	pcre2_match_context *context;
};

static bool compile(struct regex *r, struct mg_str text)
{
	int        code;
	PCRE2_SIZE at;

	r->code = pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_ANCHORED | PCRE2_ENDANCHORED, &code,
				&at, NULL);
	if (!r->code)
		return false;
	r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
	r->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(r->context, MATCH_LIMIT);
	return true;
}

static void release(struct regex *r)
{
	pcre2_match_context_free(r->context);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
}

static bool matches(const struct regex *r, struct mg_str s)
{
	return r->code && pcre2_match(r->code, (PCRE2_SPTR)s.p, s.n, 0, 0, r->data, r->context) >= 0;
}

/* Without the argument list of C++; the parentheses of two names are none. */
static struct mg_str simple_name(struct mg_str name)
{
	static const struct mg_str reserved[] = { { "(anonymous namespace)", 21 },
						  { "operator()", 10 } };

	if (mg_str_starts(name, MG_STR(".")))
		name = mg_str_from(name, 1);
	for (size_t i = 0; i < name.n;) {
		struct mg_str rest = mg_str_from(name, i);

		if (mg_str_starts(rest, reserved[0]))
			i += reserved[0].n;
		else if (mg_str_starts(rest, reserved[1]))
			i += reserved[1].n;
		else if (name.p[i] == '(')
			return mg_str_head(name, i);
		else
			i++;
	}
	return name;
}

enum cut { KEEP, BENEATH, WHOLE };

/* Drop the inlined frames up to the outermost uninteresting one. */
static enum cut cut_location(const struct mg_prof *p, struct mg_prof_loc *l, const bool *dull)
{
	uint32_t i = l->n;

	while (i > 0 && !dull[p->frames[l->first + i - 1]])
		i--;
	if (i == 0)
		return KEEP;
	if (i == l->n)
		return WHOLE;
	l->first += i;
	l->n -= i;
	return BENEATH;
}

/* From the root; frames before the first interesting one stay, or nothing might. */
static void cut_sample(struct mg_prof *p, struct mg_prof_sample *s, const enum cut *cuts)
{
	bool user = false;

	for (uint32_t i = s->n; i-- > 0;) {
		enum cut c = cuts[p->stack[s->first + i]];

		if (c == KEEP) {
			user = true;
		} else if (user) {
			uint32_t n = c == WHOLE ? i + 1 : i;

			s->first += n;
			s->n -= n;
			return;
		}
	}
}

static void prune(struct mg_prof *p, const struct regex *drop, const struct regex *keep)
{
	bool     *dull = mg_zalloc(p->funcs.n + 1);
	enum cut *cuts = mg_zalloc((p->nlocs + 1) * sizeof(*cuts));

	for (uint32_t i = 0; i < p->funcs.n; i++) {
		struct mg_str name = simple_name(mg_intern_str(&p->funcs, i));

		dull[i] = !p->func_bare[i] && matches(drop, name) && !matches(keep, name);
	}
	for (size_t i = 0; i < p->nlocs; i++)
		cuts[i] = cut_location(p, &p->locs[i], dull);
	for (size_t i = 0; i < p->nsamples; i++)
		cut_sample(p, &p->samples[i], cuts);
	free(dull);
	free(cuts);
}

bool mg_profile_prune(struct mg_prof *p)
{
	struct regex drop = { NULL, NULL, NULL }, keep = { NULL, NULL, NULL };
	bool         ok;

	if (p->drop_frames.n == 0)
		return true;
	ok = compile(&drop, p->drop_frames) && (p->keep_frames.n == 0 || compile(&keep, p->keep_frames));
	if (ok)
		prune(p, &drop, &keep);
	release(&drop);
	release(&keep);
	return ok;
}
