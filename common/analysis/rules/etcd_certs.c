/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

/* Connections that etcd refused over a certificate; a peer that hangs up is no such thing. */
static bool is_refused(const struct mg_etcdview *v, const struct mg_event *e)
{
	struct mg_str why = mg_event_attr(e, "error");

	(void)v;
	return e->kind == MG_EV_ETCD_REJECTED &&
	       (mg_str_has(why, MG_STR("x509: ")) || mg_str_has(why, MG_STR("bad certificate")) ||
		mg_str_has(why, MG_STR("unknown certificate authority")) ||
		mg_str_has(why, MG_STR("certificate has expired")) ||
		mg_str_has(why, MG_STR("expired certificate")));
}

static bool is_expired(const struct mg_etcdview *v, const struct mg_event *e)
{
	return is_refused(v, e) && mg_str_has(mg_event_attr(e, "error"), MG_STR("expired"));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_etcd_sum s, expired;
	struct mg_finding *f;

	if (!mg_etcd_logged(x))
		return;
	mg_etcd_sum(&s, x->etcd, is_refused, MG_MIN);
	mg_etcd_sum(&expired, x->etcd, is_expired, MG_MIN);
	if (!s.first || (!expired.n && (double)s.n < mg_rule_num(x, "min_refused")))
		return;
	f = mg_find_new(x, expired.n ? MG_SEV_ERROR : MG_SEV_WARNING, MG_CONF_MEDIUM, s.first->time_ns,
			s.end_ns);
	mg_find_claim(x, f, "etcd refused %llu connections over a certificate between %s and %s (%.*s), "
			    "%llu of them because it had expired", (unsigned long long)s.n,
		      mg_rule_clock(x, s.first->time_ns), mg_rule_clock(x, s.end_ns),
		      MG_FMT(mg_etcd_by_member(x, x->etcd, is_refused)), (unsigned long long)expired.n);
	mg_find_label(x, f, "etcd certificates");
	mg_etcd_evidence(x, f, x->etcd, &s, is_refused);
	mg_find_num(f, "refused", (double)s.n);
	mg_find_num(f, "expired", (double)expired.n);
	mg_find_next(x, f, "look at the dates of the etcd peer, serving and signer certificates (secrets in "
			   "openshift-etcd and openshift-config) and at the clocks of both ends");
}

const struct mg_rule mg_rule_etcd_certs = {
	.id = "etcd-certs",
	.title = "etcd refuses certificates",
	.needs = "etcd log",
	.explain = "A member refuses a peer or client whose certificate has expired or is signed by "
		   "another authority. During a rotation a few are refused; they stop by themselves.",
	.depth = 2,
	.run = run,
	.thresholds = { { "min_refused", 10, "heuristic: fewer are a rotation or a scan" } },
};
