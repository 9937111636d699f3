/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include <stdio.h>

#include "analysis/etcdfinding.h"
#include "analysis/metricfinding.h"
#include "base/num.h"

#define MIB (1024.0 * 1024)

/* The quota that a member says it has, else the one that is assumed. */
static double quota(const struct mg_rule_ctx *x, const struct mg_etcd_member *m)
{
	return m->quota_bytes > 0 ? (double)m->quota_bytes
				  : mg_rule_num(x, "assumed_quota_gib") * 1024 * MIB;
}

static const struct mg_etcd_member *fullest(const struct mg_rule_ctx *x,
					    const struct mg_etcdview *v)
{
	const struct mg_etcd_member *most = NULL;

	for (uint32_t i = 0; i < v->n; i++) {
		const struct mg_etcd_member *m = &v->member[i];

		if (m->db_bytes >= 0 && m->status &&
		    (!most || (double)m->db_bytes / quota(x, m) >
				      (double)most->db_bytes / quota(x, most)))
			most = m;
	}
	return most;
}

static void add_members(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_etcdview *v)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->member[i].status)
			mg_find_event(x, f, v->member[i].status);
	mg_find_num(f, "members", v->n);
}

static void filled(struct mg_rule_ctx *x, const struct mg_etcdview *v,
		   const struct mg_etcd_member *m, double percent)
{
	bool               critical = percent >= mg_rule_num(x, "critical_percent");
	bool               warning = percent >= mg_rule_num(x, "warning_percent");
	int64_t            at = m->status->time_ns;
	struct mg_finding *f;
	char               db[24], of[24];

	f = mg_find_new(x, critical ? MG_SEV_CRITICAL : warning ? MG_SEV_WARNING : MG_SEV_INFO,
			m->quota_bytes > 0 ? MG_CONF_HIGH : MG_CONF_LOW, at, at);
	mg_find_claim(x, f, "the database of etcd on %.*s is %s, %.0f %% of %s %s; at 100 %% every "
			    "write is refused", MG_FMT(m->shown),
		      mg_num_bytes_text((double)m->db_bytes, db, sizeof(db)), percent,
		      m->quota_bytes > 0 ? "its quota of" : "a quota that is not known, taken as",
		      mg_num_bytes_text(quota(x, m), of, sizeof(of)));
	mg_find_label(x, f, "etcd database %.0f %% full", percent);
	add_members(x, f, v);
	mg_find_num(f, "db_bytes", (double)m->db_bytes);
	mg_find_num(f, "in_use_bytes", (double)m->in_use_bytes);
	mg_find_num(f, "quota_bytes", quota(x, m));
	mg_find_num(f, "percent", percent);
	mg_find_next(x, f, "find what fills it (object_count.json, or apiserver_storage_objects), "
			   "delete it, compact, then defragment one member at a time");
}

static void fragmented(struct mg_rule_ctx *x, const struct mg_etcdview *v,
		       const struct mg_etcd_member *m)
{
	double             used = 100.0 * (double)m->in_use_bytes / (double)m->db_bytes;
	int64_t            at = m->status->time_ns;
	struct mg_finding *f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, at, at);
	char               db[24], in[24];

	mg_find_claim(x, f, "the database of etcd on %.*s is fragmented: %s of %s (%.0f %%) is in use",
		      MG_FMT(m->shown),
		      mg_num_bytes_text((double)m->in_use_bytes, in, sizeof(in)),
		      mg_num_bytes_text((double)m->db_bytes, db, sizeof(db)), used);
	mg_find_label(x, f, "etcd database fragmented");
	add_members(x, f, v);
	mg_find_num(f, "db_bytes", (double)m->db_bytes);
	mg_find_num(f, "in_use_bytes", (double)m->in_use_bytes);
	mg_find_next(x, f, "defragment one member at a time, the leader last; it blocks that member");
}

/* --- as measured --------------------------------------------------------------------- */

/* What the metrics say of one member, at its last scrape. */
struct measured {
	struct mg_sample_run    run; /* of the size */
	const struct mg_sample *last, *quota, *in_use;
	double                  percent;
};

static bool fullest_measured(const struct mg_rule_ctx *x, struct measured *out)
{
	const struct mg_samples *t = &x->c->samples;
	struct mg_sample_run     r;
	bool                     any = false;

	for (size_t at = 0; mg_samples_next(t, &at, &r);) {
		struct measured m = { .run = r, .last = &r.s[r.n - 1] };
		double          of = mg_rule_num(x, "assumed_quota_gib") * 1024 * MIB;

		if (!mg_str_eq(r.metric, MG_STR("etcd_mvcc_db_total_size_in_bytes")))
			continue;
		m.quota = mg_metric_last(t, "etcd_server_quota_backend_bytes", r.labels);
		m.in_use = mg_metric_last(t, "etcd_mvcc_db_total_size_in_use_in_bytes", r.labels);
		m.percent = 100 * m.last->value / (m.quota && m.quota->value > 0 ? m.quota->value : of);
		if (!any || m.percent > out->percent)
			*out = m;
		any = true;
	}
	return any;
}

static void judge_measured(struct mg_rule_ctx *x, const struct measured *m)
{
	bool                    critical = m->percent >= mg_rule_num(x, "critical_percent");
	bool                    warning = m->percent >= mg_rule_num(x, "warning_percent");
	bool                    known = m->quota && m->quota->value > 0;
	const struct mg_sample *first = &m->run.s[0], *last = m->last;
	double                  of = known ? m->quota->value
					   : mg_rule_num(x, "assumed_quota_gib") * 1024 * MIB;
	struct mg_finding      *f;
	char                    db[24], quota_text[24];

	if (m->percent < mg_rule_num(x, "info_percent"))
		return;
	f = mg_find_new(x, critical ? MG_SEV_CRITICAL : warning ? MG_SEV_WARNING : MG_SEV_INFO,
			known ? MG_CONF_HIGH : MG_CONF_LOW, last->time_ns, last->time_ns);
	mg_num_bytes_text(last->value, db, sizeof(db));
	mg_find_claim(x, f, "the database of etcd on %.*s is %s, %.0f %% of %s %s; at 100 %% every "
			    "write is refused", MG_FMT(mg_metric_place(m->run.labels)), db, m->percent,
		      known ? "its quota of" : "a quota that is not known, taken as",
		      mg_num_bytes_text(of, quota_text, sizeof(quota_text)));
	mg_find_label(x, f, "etcd database %.0f %% full", m->percent);
	mg_find_evidence(x, f, last->artifact, last->line, last->time_ns, "size of the database on %.*s: %s",
			 MG_FMT(mg_metric_place(m->run.labels)), db);
	mg_find_num(f, "db_bytes", last->value);
	if (m->in_use)
		mg_find_num(f, "in_use_bytes", m->in_use->value);
	mg_find_num(f, "quota_bytes", of);
	mg_find_num(f, "percent", m->percent);
	if (last->time_ns > first->time_ns)
		mg_find_num(f, "growth_bytes", last->value - first->value);
	mg_find_next(x, f, "find what fills it (object_count.json, or apiserver_storage_objects), "
			   "delete it, compact, then defragment one member at a time");
}

/* --- as etcd says it ------------------------------------------------------------------ */

static void judge(struct mg_rule_ctx *x, const struct mg_etcdview *v)
{
	const struct mg_etcd_member *m = fullest(x, v);
	struct measured              measured;
	double                       percent;

	if (!m && fullest_measured(x, &measured)) {
		judge_measured(x, &measured);
		return;
	}
	if (!m) {
		mg_rule_missing(x, "etcd_info/endpoint_status.json (`etcdctl endpoint status "
				   "--cluster -w json`)");
		return;
	}
	percent = 100.0 * (double)m->db_bytes / quota(x, m);
	if (percent >= mg_rule_num(x, "info_percent"))
		filled(x, v, m, percent);
	for (uint32_t i = 0; i < v->n; i++) {
		m = &v->member[i];
		if (m->status && m->in_use_bytes >= mg_rule_num(x, "fragmented_min_mib") * MIB &&
		    (double)m->in_use_bytes * 100 <
			    mg_rule_num(x, "fragmented_percent") * (double)m->db_bytes) {
			fragmented(x, v, m);
			return;
		}
	}
}

static void run(struct mg_rule_ctx *x)
{
	judge(x, x->etcd);
}

const struct mg_rule mg_rule_db_size = {
	.id = "db-size",
	.title = "etcd's database is large",
	.needs = "etcd_info/endpoint_status.json, compaction lines in etcd log, or etcd's metrics",
	.explain = "At the quota etcd refuses every write. The quota is read from the log or from "
		   "etcdctl (3.6); where neither says it, that of OpenShift is taken.",
	.references = "openshift/cluster-etcd-operator alerts etcdDatabaseQuotaLowSpace, "
		      "etcdDatabaseHighFragmentationRatio",
	.depth = 3,
	.run = run,
	.thresholds = { { "info_percent", 65, "cluster-etcd-operator alert" },
			{ "warning_percent", 75, "cluster-etcd-operator alert" },
			{ "critical_percent", 85, "cluster-etcd-operator alert" },
			{ "fragmented_percent", 50, "cluster-etcd-operator alert" },
			{ "fragmented_min_mib", 100, "cluster-etcd-operator alert" },
			{ "assumed_quota_gib", 8, "OpenShift; upstream default is 2" } },
};
