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

/* Median of the other minutes of the archive for this user, silent minutes counting 0. */
static uint64_t usual(const struct mg_minute *m, size_t n, const struct mg_minute *peak,
		      int64_t minutes)
{
	uint64_t *v = mg_alloc(sizeof(*v) * (n + 1)), median;
	size_t    k = 0;

	for (size_t i = 0; i < n; i++)
		if (m[i].key == peak->key && m[i].minute != peak->minute)
			v[k++] = m[i].count;
	median = mg_usual(v, k, (size_t)(minutes - 1));
	free(v);
	return median;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests     *r = mg_rule_requests(x);
	size_t                  n;
	const struct mg_minute *m = mg_requests_user_minutes(r, &n), *peak = NULL;
	int64_t                 first, last, minutes;
	uint64_t                all, before;
	struct mg_finding      *f;

	for (size_t i = 0; i < n; i++)
		peak = !peak || m[i].count > peak->count ? &m[i] : peak;
	if (!peak || (double)peak->count < 60 * mg_rule_num(x, "min_per_second"))
		return;
	mg_requests_span(r, &first, &last);
	minutes = last / MG_MIN - first / MG_MIN + 1;
	all = all_in_minute(m, n, peak->minute);
	before = usual(m, n, peak, minutes);
	if ((double)peak->count < mg_rule_num(x, "share") * (double)all ||
	    (double)peak->count < mg_rule_num(x, "times_usual") * (double)before)
		return;
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, peak->minute * MG_MIN,
			(peak->minute + 1) * MG_MIN);
	mg_find_claim(x, f, "%s made %llu of %llu requests (%.0f %%) in the minute from %s; in its median "
			    "minute it makes %llu",
		      mg_rule_user(x, mg_requests_text(r, peak->key)),
		      (unsigned long long)peak->count, (unsigned long long)all,
		      100.0 * (double)peak->count / (double)all,
		      mg_rule_clock(x, peak->minute * MG_MIN), (unsigned long long)before);
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
	.depth = 72,
	.run = run,
	.thresholds = { { "share", 0.4, "rule catalogue L6" },
			{ "times_usual", 3, "rule catalogue L6" },
			{ "min_per_second", 10, "heuristic" } },
};
