/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rule.h"

#include "analysis/blind_tell.h"
#include "analysis/rules/rules.h"

/* In causal order: storage, API server, requests, clients, control plane, workloads. */
const struct mg_rule *const mg_rules[] = {
	&mg_rule_rollout,
	&mg_rule_disk_stall,
	&mg_rule_cpu_starvation,
	&mg_rule_members,
	&mg_rule_etcd_certs,
	&mg_rule_cert_expiry,
	&mg_rule_csr_pileup,
	&mg_rule_compaction,
	&mg_rule_defragmentation,
	&mg_rule_pressure,
	&mg_rule_etcd_stall,
	&mg_rule_slow_fsync,
	&mg_rule_network,
	&mg_rule_apply_too_long,
	&mg_rule_overload,
	&mg_rule_readindex,
	&mg_rule_leader_loss,
	&mg_rule_nospace,
	&mg_rule_request_timeout,
	&mg_rule_webhook_slow,
	&mg_rule_apiserver_oom,
	&mg_rule_oom_cascade,
	&mg_rule_oom_kill,
	&mg_rule_non_graceful,
	&mg_rule_apiserver_panic,
	&mg_rule_sigkill_after_grace,
	&mg_rule_goroutine_leak,
	&mg_rule_dc_in_progress,
	&mg_rule_forced_close,
	&mg_rule_reflector_errors,
	&mg_rule_probe_storm,
	&mg_rule_dc_leak,
	&mg_rule_dc_wall,
	&mg_rule_slo_breach,
	&mg_rule_5xx_burst,
	&mg_rule_handler_timeout,
	&mg_rule_401_spam,
	&mg_rule_403_spam,
	&mg_rule_apf_rejection,
	&mg_rule_unpaginated_list,
	&mg_rule_top_talker,
	&mg_rule_hot_object,
	&mg_rule_lease_loss,
	&mg_rule_notready,
	&mg_rule_crash_loop,
	&mg_rule_operator_degraded,
	&mg_rule_clock_skew,
	&mg_rule_db_size,
	&mg_rule_object_count,
	&mg_rule_etcd_share,
	&mg_rule_watch_memory,
	&mg_rule_aggregated_api,
	&mg_rule_dc_memory,
	&mg_rule_reconnect_storm,
	&mg_rule_relist_410,
	&mg_rule_invalid,
	&mg_rule_404_poll,
	&mg_rule_conflict_storm,
	&mg_rule_namespace_stuck,
	&mg_rule_product_overload,
	&mg_rule_apply_spam,
	&mg_rule_events_flood,
	&mg_rule_kubelet_load,
	&mg_rule_deprecated_api,
	&mg_rule_audit_write_error,
	&mg_rule_what_changed, /* last: it asks when the first problem began */
	NULL,
};

const struct mg_rule *mg_rule_find(struct mg_str id)
{
	for (size_t i = 0; mg_rules[i]; i++)
		if (mg_str_eq(id, mg_strz(mg_rules[i]->id)))
			return mg_rules[i];
	return NULL;
}

/* When the incident began, as far as the request log covers it: conditions of objects may be
 * days old. */
static int64_t onset(const struct mg_findings *fs, const struct mg_case *c)
{
	int64_t first, last, ns = MG_TIME_NONE;

	mg_requests_span(c->audit, &first, &last);
	for (uint32_t i = 0; i < fs->n; i++)
		if (fs->f[i].severity >= MG_SEV_WARNING && fs->f[i].start_ns >= first &&
		    fs->f[i].start_ns <= last && (ns == MG_TIME_NONE || fs->f[i].start_ns < ns))
			ns = fs->f[i].start_ns;
	return ns;
}

void mg_rules_run(struct mg_findings *out, struct mg_case *c, const struct mg_override *o,
		  size_t noverrides)
{
	struct mg_signals  s;
	struct mg_etcdview etcd;
	struct mg_join     join;
	struct mg_blind    blind;
	struct mg_rule_ctx x = { .c = c, .s = &s, .etcd = &etcd, .join = &join, .blind = &blind,
				 .out = out, .overrides = o, .noverrides = noverrides };

	mg_signals_build(&s, c);
	mg_etcdview_build(&etcd, c);
	mg_join_build(&join, c);
	mg_blind_build(&blind, c);
	for (size_t i = 0; mg_rules[i]; i++) {
		x.rule = mg_rules[i];
		if (!mg_rules[i + 1])
			x.onset_ns = onset(out, c);
		x.rule->run(&x);
	}
	mg_blind_tell(&x);
	mg_findings_plan(&x);
	mg_findings_chain(out);
	mg_findings_verdict(out, c);
	mg_blind_release(&blind);
	mg_join_release(&join);
	mg_etcdview_release(&etcd);
	mg_signals_release(&s);
}
