/* SPDX-License-Identifier: Apache-2.0 */
#include "event/filter.h"

static bool means(struct mg_str word, struct mg_str s, bool dots)
{
	return mg_str_eq(word, s) ||
	       (dots && mg_str_starts(s, word) && word.n < s.n && s.p[word.n] == '.');
}

static bool listed(const struct mg_words *w, struct mg_str s, bool dots)
{
	for (size_t i = 0; i < w->n; i++) {
		struct mg_str rest = mg_strz(w->v[i]), one;

		while (rest.n) {
			mg_str_cut(rest, ',', &one, &rest);
			if (means(one, s, dots))
				return true;
		}
	}
	return w->n == 0;
}

static bool in_time(const struct mg_filter *f, const struct mg_event *e)
{
	if (f->since == MG_TIME_NONE && f->until == MG_TIME_NONE)
		return true;
	if (e->time_ns == MG_TIME_NONE)
		return false;
	if (f->since != MG_TIME_NONE && e->time_ns < f->since && mg_event_end(e) <= f->since)
		return false;
	return f->until == MG_TIME_NONE || e->time_ns < f->until;
}

bool mg_filter_takes(const struct mg_filter *f, const struct mg_event *e)
{
	return e->severity >= f->severity && in_time(f, e) &&
	       listed(&f->kinds, mg_strz(mg_event_kind_name(e->kind)), true) &&
	       listed(&f->nodes, e->node, false) && listed(&f->components, e->component, false);
}

static bool known(struct mg_str word)
{
	for (int k = 0; k < MG_EV_COUNT; k++)
		if (means(word, mg_strz(mg_event_kind_name((enum mg_event_kind)k)), true))
			return true;
	return false;
}

struct mg_str mg_filter_unknown_kind(const struct mg_filter *f)
{
	for (size_t i = 0; i < f->kinds.n; i++) {
		struct mg_str rest = mg_strz(f->kinds.v[i]), one;

		while (rest.n) {
			mg_str_cut(rest, ',', &one, &rest);
			if (one.n && !known(one))
				return one;
		}
	}
	return mg_str("", 0);
}
