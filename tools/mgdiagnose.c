/* SPDX-License-Identifier: Apache-2.0 */
/* mgdiagnose - run the rules over archives or event streams, or explain a rule.
 *
 *   mgdiagnose --list-rules
 *   mgklog -o events incident.tar.gz | mgdiagnose
 */
#include <stdio.h>
#include <unistd.h>

#include "analysis/rule.h"
#include "render/findings_json.h"
#include "render/summary.h"
#include "session/judge.h"
#include "session/rulefiles.h"
#include "session/session.h"

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	struct mg_judge_args  judge;
	struct mg_list        rules;
	struct mg_logrules    patterns; /* of the rules */
	const char           *format, *explain;
	bool                  list;
};

static void print_thresholds(struct mg_out *out, const struct mg_rule *r)
{
	for (size_t i = 0; i < 6 && r->thresholds[i].name; i++)
		mg_out_printf(out, "    --set %s.%s=%g  (%s)\n", r->id, r->thresholds[i].name,
			      r->thresholds[i].value, r->thresholds[i].source);
}

static void list_rules(struct mg_out *out)
{
	for (size_t i = 0; mg_rules[i]; i++)
		mg_out_printf(out, "%-26s %s\n%-26s   needs %s\n", mg_rules[i]->id,
			      mg_rules[i]->title, "", mg_rules[i]->needs);
}

static int explain(const struct mg_tool *tool, struct mg_out *out, const char *id)
{
	const struct mg_rule *r = mg_rule_find(mg_strz(id));

	if (!r)
		return mg_usage_error(tool, "no rule '%s'; --list-rules shows them", id);
	mg_out_printf(out, "%s - %s\n\n%s\n\nNeeds: %s\nSee: %s\n", r->id, r->title, r->explain,
		      r->needs, r->references);
	if (r->thresholds[0].name)
		mg_out_printf(out, "Thresholds:\n");
	print_thresholds(out, r);
	return MG_EXIT_OK;
}

static int diagnose(const struct mg_tool *tool, const struct opts *o,
		    const struct mg_judge *judge, struct mg_out *out, char **operands, int n)
{
	struct mg_ingest_opts io = { .rules = o->patterns.n ? &o->patterns : NULL };
	struct mg_render_opts ro = { .color = mg_color_wanted(o->common.color, STDOUT_FILENO) };
	struct mg_findings    fs = { 0 };
	struct mg_case        c, baseline = { 0 };
	int                   rc, stop;

	rc = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	if (!mg_session_knows(tool, &c))
		rc = MG_EXIT_USAGE;
	stop = mg_judge_baseline(tool, &o->common, &o->judge, &baseline, &c);
	if (stop >= 0) {
		mg_case_release(&c);
		mg_case_release(&baseline);
		return stop;
	}
	mg_rules_run(&fs, &c, judge->set, judge->nset);
	if (o->format && strcmp(o->format, "json") == 0)
		mg_render_findings_json(out, &c, &fs);
	else
		mg_render_summary(out, &c, &fs, &ro);
	rc = mg_judge_status(judge, &fs, mg_session_end(tool, out, rc));
	mg_findings_release(&fs);
	mg_case_release(&c);
	mg_case_release(&baseline);
	return rc;
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_FLAG, 0, "list-rules", NULL, "list the rules and what they need", &o.list },
		{ MG_OPT_TEXT, 0, "explain", "RULE", "what a rule looks for, and its thresholds",
		  &o.explain },
		{ MG_OPT_TEXT, 0, "format", "FORMAT", "text or json", &o.format },
		{ MG_OPT_LIST, 0, "rules", "FILE", "make events of what the patterns in FILE match",
		  &o.rules },
		MG_JUDGE_OPTS(&o.judge),
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mgdiagnose",
		.summary = "run the diagnosis rules over archives or event streams",
		.usage = "[options] [archive | directory | events.jsonl | -]...",
		.examples = "  mgdiagnose incident.tar.gz\n"
			    "  mgklog -o events incident.tar.gz | mgdiagnose\n"
			    "  mgdiagnose --explain dc-distributor-leak\n",
		.opts = table,
	};
	struct mg_arena a = { 0 };
	struct mg_judge judge;
	struct mg_out   out;
	char          **operands;
	int             n, rc;

	mg_session_begin();
	rc = mg_opt_parse(&tool, argc, argv, &operands, &n);
	if (rc < 0 && o.format && strcmp(o.format, "json") != 0 && strcmp(o.format, "text") != 0)
		rc = mg_usage_error(&tool, "'--format=%s': expected text or json", o.format);
	mg_out_fd(&out, STDOUT_FILENO);
	if (rc < 0 && o.list) {
		list_rules(&out);
		rc = mg_session_end(&tool, &out, MG_EXIT_OK);
	} else if (rc < 0 && o.explain) {
		rc = mg_session_end(&tool, &out, explain(&tool, &out, o.explain));
	} else if (rc < 0 && (rc = mg_judge_parse(&tool, &o.judge, &a, &judge)) < 0 &&
		   (rc = mg_session_rules(&tool, &o.rules, &o.patterns)) < 0 &&
		   (rc = mg_opt_stdin(&tool, &operands, &n)) < 0) {
		rc = diagnose(&tool, &o, &judge, &out, operands, n);
	}
	mg_arena_release(&a);
	mg_logrules_release(&o.patterns);
	mg_list_release(&o.rules);
	mg_list_release(&o.judge.set);
	mg_list_release(&o.common.limits);
	return rc;
}
