/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_log.h"

struct mg_str mg_log_subject(const struct mg_log_line *x)
{
	struct mg_str t = x->l.text;
	ptrdiff_t     at;

	if (!x->foreign && x->k.form == MG_KLOG_TEXT && x->k.msg.n)
		return x->k.msg;
	if (t.n && t.p[0] == '[' && (at = mg_str_chr(mg_str_head(t, 64), ']')) > 0)
		return mg_str_from(t, (size_t)at + 1 + ((size_t)at + 1 < t.n &&
							 t.p[at + 1] == ' '));
	return t;
}

static void found(struct mg_log *s, const struct mg_log_line *x, uint32_t rule, struct mg_str text)
{
	const struct mg_logrule *r = &s->base.rules->v[rule];
	uint64_t                 key = mg_str_hash(x->l.host, 3 + rule);
	struct mg_event         *e, *fresh = NULL;
	enum mg_severity severity = r->by_line ? mg_klog_severity(x->k.severity) : r->severity;

	key = mg_klog_message_hash(text, mg_str_hash(x->src->component, key + (uint64_t)severity));
	e = mg_log_fold(s, &s->second, key, x->l.time_ns, r->kind, severity, &fresh);
	if (e)
		return;
	fresh->artifact = x->src->artifact;
	fresh->line = x->l.lineno;
	fresh->time_ns = x->l.time_ns;
	fresh->time_source = x->l.time_source;
	fresh->component = x->src->component;
	fresh->node = x->src->node.n ? x->src->node : mg_batch_str(&s->second.pending, x->l.host);
	fresh->pod = x->src->pod;
	fresh->ns = x->src->ns;
	mg_logrules_fill(s->base.rules, s->matcher, rule, text, &s->second.pending, fresh);
}

void mg_log_rules(struct mg_log *s, const struct mg_log_line *x)
{
	const struct mg_logrules *r = s->base.rules;
	struct mg_str             text = mg_log_subject(x);

	if (!s->matcher)
		s->matcher = mg_log_matcher_new(NULL);
	for (uint32_t i = 0; (i = mg_logrules_find(r, s->matcher, i, text)) < r->n; i++)
		found(s, x, i, text);
}

/* Patterns that cost too much are a fault of the line, located by the leaf. */
void mg_log_rules_end(struct mg_log *s)
{
	s->out->stats.gave_up += mg_log_matcher_gave_up(s->matcher);
	mg_log_matcher_free(s->matcher);
}
