/* rules.h - every rule that is built in.  One file a rule; the table is analysis/rules.c.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_RULES_RULES_H
#define MG_ANALYSIS_RULES_RULES_H

#include "analysis/rule.h"

extern const struct mg_rule mg_rule_etcd_stall, mg_rule_slow_fsync, mg_rule_apply_too_long,
	mg_rule_overload, mg_rule_readindex, mg_rule_leader_loss, mg_rule_nospace,
	mg_rule_request_timeout, mg_rule_webhook_slow, mg_rule_apiserver_oom,
	mg_rule_oom_cascade, mg_rule_oom_kill, mg_rule_non_graceful, mg_rule_apiserver_panic,
	mg_rule_dc_leak, mg_rule_dc_wall, mg_rule_slo_breach, mg_rule_5xx_burst,
	mg_rule_handler_timeout, mg_rule_401_spam, mg_rule_403_spam, mg_rule_apf_rejection,
	mg_rule_unpaginated_list, mg_rule_top_talker, mg_rule_hot_object, mg_rule_lease_loss,
	mg_rule_notready, mg_rule_crash_loop, mg_rule_operator_degraded,
	mg_rule_clock_skew,
	mg_rule_network, mg_rule_db_size, mg_rule_object_count;

/* fed by logs, goroutine dumps and objects */
extern const struct mg_rule mg_rule_goroutine_leak, mg_rule_dc_in_progress, mg_rule_forced_close,
	mg_rule_reflector_errors, mg_rule_pressure, mg_rule_disk_stall, mg_rule_probe_storm,
	mg_rule_rollout, mg_rule_sigkill_after_grace, mg_rule_cert_expiry, mg_rule_csr_pileup,
	mg_rule_members, mg_rule_compaction, mg_rule_defragmentation, mg_rule_etcd_certs,
	mg_rule_cpu_starvation;
/* fed mainly by audit logs and traces */
extern const struct mg_rule mg_rule_etcd_share, mg_rule_watch_memory, mg_rule_aggregated_api,
	mg_rule_dc_memory, mg_rule_reconnect_storm, mg_rule_relist_410, mg_rule_invalid,
	mg_rule_404_poll, mg_rule_conflict_storm, mg_rule_namespace_stuck,
	mg_rule_product_overload, mg_rule_apply_spam, mg_rule_events_flood,
	mg_rule_kubelet_load, mg_rule_deprecated_api, mg_rule_audit_write_error,
	mg_rule_what_changed;

#endif
