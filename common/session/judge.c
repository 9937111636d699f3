/* SPDX-License-Identifier: Apache-2.0 */
#include "session/judge.h"

#include "base/num.h"
#include "session/session.h"

/* rule.threshold=value */
static bool parse_override(struct mg_str text, struct mg_arena *a, struct mg_override *out)
{
	struct mg_str         key, value, rule, name;
	const struct mg_rule *r;
	bool                  known = false;

	mg_str_cut(text, '=', &key, &value);
	mg_str_cut(key, '.', &rule, &name);
	r = mg_rule_find(rule);
	for (size_t k = 0; r && k < MG_THRESHOLDS && r->thresholds[k].name; k++)
		known |= mg_str_eq(name, mg_strz(r->thresholds[k].name));
	if (!known || !mg_num_f64(value, &out->value))
		return false;
	out->rule = r->id;
	out->threshold = mg_arena_str(a, name).p;
	return true;
}

int mg_judge_parse(const struct mg_tool *tool, const struct mg_judge_args *args,
		   struct mg_arena *a, struct mg_judge *out)
{
	*out = (struct mg_judge){ .nset = args->set.n, .fails = args->fail_on };
	out->set = mg_arena_zalloc(a, sizeof(*out->set) * (args->set.n + 1));
	for (size_t i = 0; i < args->set.n; i++)
		if (!parse_override(mg_strz(args->set.v[i]), a, &out->set[i]))
			return mg_usage_error(tool, "'--set=%s': expected RULE.THRESHOLD=NUMBER; "
						    "mgdiagnose --explain=RULE shows them",
					      args->set.v[i]);
	if (out->fails)
		mg_severity_parse(mg_strz(args->fail_on), &out->fail_on);
	return -1;
}

int mg_judge_baseline(const struct mg_tool *tool, const struct mg_common *common,
		      const struct mg_judge_args *args, struct mg_case *baseline, struct mg_case *c)
{
	struct mg_ingest_opts io = { 0 };
	char                 *operands[] = { (char *)args->baseline, NULL };
	int                   rc;

	if (!args->baseline)
		return -1;
	if (strcmp(args->baseline, "-") == 0)
		return mg_usage_error(tool, "--baseline cannot be standard input");
	rc = mg_session_read(tool, common, NULL, &io, operands, 1, baseline);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED) {
		*baseline = (struct mg_case){ 0 };
		return rc;
	}
	c->usual = mg_case_requests(baseline);
	if (mg_requests_count(c->usual))
		return -1;
	c->usual = NULL;
	mg_say(tool, "'%s': no requests that could say what is usual", args->baseline);
	return MG_EXIT_USAGE;
}

int mg_judge_status(const struct mg_judge *j, const struct mg_findings *fs, int status)
{
	if (status == MG_EXIT_OUTPUT)
		return status;
	for (uint32_t i = 0; j->fails && i < fs->n; i++)
		if (fs->f[i].severity >= j->fail_on)
			return MG_EXIT_FOUND;
	return status;
}
