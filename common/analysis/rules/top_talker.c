/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"
#include "base/mem.h"

/* A user that makes most requests of a minute, and far more than it usually does. */
static uint64_t all_in_minute(const struct mg_minute *m, size_t n, int64_t minute)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += m[i].minute == minute ? m[i].count : 0;
	return sum;
}

static int64_t minutes_of(const struct mg_requests *r)
{
	int64_t first, last;

	mg_requests_span(r, &first, &last);
	return last / MG_MIN - first / MG_MIN + 1;
}

/* Median of the minutes of `r` for this user, without `except`, silent minutes counting 0. */
static uint64_t median(struct mg_requests *r, struct mg_str user, int64_t except)
{
	size_t                  n, k = 0;
	const struct mg_minute *m = mg_requests_user_minutes(r, &n);
	uint64_t               *v = mg_alloc(sizeof(*v) * (n + 1)), middle;
	int64_t                 others = minutes_of(r) - 1;

	for (size_t i = 0; i < n; i++)
		if (m[i].minute != except && mg_str_eq(mg_requests_text(r, m[i].key), user))
			v[k++] = m[i].count;
	middle = mg_usual(v, k, others > 0 ? (size_t)others : 0);
	free(v);
	return middle;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests     *r = mg_rule_requests(x);
	size_t                  n;
	const struct mg_minute *m = mg_requests_user_minutes(r, &n), *peak = NULL;
	uint64_t                all, before;
	struct mg_finding      *f;

	for (size_t i = 0; i < n; i++)
		peak = !peak || m[i].count > peak->count ? &m[i] : peak;
	if (!peak || (double)peak->count < 60 * mg_rule_num(x, "min_per_second"))
		return;
	all = all_in_minute(m, n, peak->minute);
	before = median(mg_rule_usual(x), mg_requests_text(r, peak->key), peak->minute);
	if ((double)peak->count < mg_rule_num(x, "share") * (double)all ||
	    (double)peak->count < mg_rule_num(x, "times_usual") * (double)before)
		return;
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, peak->minute * MG_MIN,
			(peak->minute + 1) * MG_MIN);
	mg_find_claim(x, f, "%s made %llu of %llu requests (%.0f %%) in the minute from %s; in its median "
			    "minute %sit makes %llu",
		      mg_rule_user(x, mg_requests_text(r, peak->key)),
		      (unsigned long long)peak->count, (unsigned long long)all,
		      100.0 * (double)peak->count / (double)all,
		      mg_rule_clock(x, peak->minute * MG_MIN), x->c->usual ? "in the baseline " : "",
		      (unsigned long long)before);
	mg_find_label(x, f, "top talker");
	mg_find_num(f, "requests_in_peak_minute", (double)peak->count);
	mg_find_num(f, "share", (double)peak->count / (double)all);
	mg_find_num(f, "median_per_minute", (double)before);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(mg_requests_text(r, peak->key)));
	mg_find_next(x, f, "see what it does: mgaudit --user=%.*s --by=verb,resource -o top",
		     MG_FMT(mg_requests_text(r, peak->key)));
}

const struct mg_rule mg_rule_top_talker = {
	.id = "top-talker-burst",
	.title = "one user makes most requests",
	.needs = "audit log, or httplog lines",
	.explain = "One user with at least 40 % of a minute's requests and three times its own median. "
		   "Busy is not broken: it is a lead, not a fault.",
	.references = "openshift/origin auditloganalyzer, requests by user",
	.depth = 72,
	.run = run,
	.thresholds = { { "share", 0.4, "heuristic" },
			{ "times_usual", 3, "heuristic" },
			{ "min_per_second", 10, "heuristic" } },
};
