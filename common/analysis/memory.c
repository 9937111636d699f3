/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/memory.h"

static bool is_memory_of_apiserver(struct mg_str series)
{
	static const char *const metrics[] = { "process_resident_memory_bytes", "_rss_bytes",
					       "container_memory_working_set_bytes",
					       "container_memory_rss" };

	if (!mg_str_has(series, MG_STR("apiserver")) || mg_str_has(series, MG_STR("openshift-apiserver")))
		return false;
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		if (mg_str_has(series, mg_strz(metrics[i])))
			return true;
	return false;
}

/* The samples of one series, by time. */
static bool rise_of(const struct mg_sample *s, size_t n, int64_t from, int64_t to,
		    struct mg_memory_rise *r)
{
	*r = (struct mg_memory_rise){ .before_ns = MG_TIME_NONE };
	for (size_t i = 0; i < n && s[i].time_ns <= to; i++) {
		if (s[i].value <= 0)
			continue;
		if (s[i].time_ns <= from) {
			r->before = s[i].value;
			r->before_ns = s[i].time_ns;
		} else if (s[i].value > r->peak) {
			r->peak = s[i].value;
			r->peak_ns = s[i].time_ns;
			r->artifact = s[i].artifact;
		}
	}
	return r->before_ns != MG_TIME_NONE && r->peak > 0;
}

bool mg_memory_rise(const struct mg_case *c, int64_t from, int64_t to, struct mg_memory_rise *out)
{
	struct mg_sample_run run;
	size_t               at = 0;
	bool                 any = false;

	while (mg_samples_next(&c->samples, &at, &run)) {
		struct mg_memory_rise r;

		if (!is_memory_of_apiserver(run.series) || !rise_of(run.s, run.n, from, to, &r))
			continue;
		if (!any || r.peak - r.before > out->peak - out->before)
			*out = r;
		any = true;
	}
	return any;
}
