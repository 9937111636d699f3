/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

/* apiserver, plugin/pkg/audit: "Error in audit plugin 'log' affecting 3 audit events: ..." */
static bool matches(const struct mg_event *e)
{
	return e->kind == MG_EV_LOG_ERROR && mg_str_has(e->message, MG_STR("rror in audit plugin"));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_tally    t;
	struct mg_finding *f;

	if (!mg_case_has(x->c, MG_KIND_LOG)) {
		mg_rule_missing(x, "kube-apiserver log (`oc adm inspect ns/openshift-kube-apiserver`)");
		return;
	}
	t = mg_tally_events(x->c, matches);
	if ((double)t.n < mg_rule_num(x, "min_lines") || !t.n)
		return;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, t.first->time_ns, mg_event_end(t.last));
	mg_find_claim(x, f, "the API server could not write its audit log %llu times between %s and %s: "
			    "counts of requests from it are too low there", (unsigned long long)t.n,
		      mg_rule_clock(x, t.first->time_ns), mg_rule_clock(x, mg_event_end(t.last)));
	mg_find_label(x, f, "audit log incomplete");
	mg_tally_tell(x, f, &t, matches);
	mg_find_next(x, f, "look at the space and the health of the disk below /var/log/kube-apiserver");
}

const struct mg_rule mg_rule_audit_write_error = {
	.id = "audit-write-error",
	.title = "the audit log is incomplete",
	.needs = "kube-apiserver log",
	.explain = "The server says so when it could not write audit events. What is counted from that log "
		   "is then a lower bound, and an absence in it proves nothing.",
	.references = "openshift alert AuditLogError; kubernetes.io: auditing backends",
	.depth = 94,
	.run = run,
	.thresholds = { { "min_lines", 1, "AuditLogError" } },
};
