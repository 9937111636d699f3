/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include <stdlib.h>

#include "analysis/certs.h"
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

static void refusals(struct mg_rule_ctx *x)
{
	struct mg_etcd_sum s, expired;
	struct mg_finding *f;

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

static bool is_signer(const struct mg_cert *k)
{
	return mg_str_has(k->subject, MG_STR("etcd")) && mg_str_has(k->subject, MG_STR("signer"));
}

/* Whoever signs etcd's certificates has to be replaced by hand in older versions, long before. */
static void signers(struct mg_rule_ctx *x, const struct mg_cert *k, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double             days = ((double)k[i].not_after - (double)x->c->last_ns) / (double)MG_DAY;
		struct mg_finding *f;
		char               until[40];

		if (!is_signer(&k[i]) || days >= mg_rule_num(x, "info_days"))
			continue;
		f = mg_find_new(x, days < 0 ? MG_SEV_ERROR
				   : days < mg_rule_num(x, "warning_days") ? MG_SEV_WARNING : MG_SEV_INFO,
				MG_CONF_HIGH, x->c->last_ns, x->c->last_ns);
		mg_find_claim(x, f, "the authority %.*s, which signs certificates of etcd, %s %s (%.0f days "
				    "%s the data)", MG_FMT(k[i].subject), days < 0 ? "ended" : "ends",
			      mg_time_format(k[i].not_after, 0, until, sizeof(until)),
			      days < 0 ? -days : days, days < 0 ? "before the end of" : "after");
		mg_find_label(x, f, "etcd signer ends");
		mg_find_event(x, f, k[i].event);
		mg_find_num(f, "days", days);
		mg_find_next(x, f, "renew the etcd signer as the documentation of the version says, before "
				   "all certificates below it end together");
		return; /* the soonest is enough */
	}
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_cert *k;
	size_t          n = mg_certs(x->c, &k);

	if (n == 0 && !mg_case_has(x->c, MG_KIND_ETCD_LOG))
		mg_rule_missing(x, "etcd log, config maps of openshift-etcd");
	refusals(x);
	if (x->c->last_ns != MG_TIME_NONE)
		signers(x, k, n);
	free(k);
}

const struct mg_rule mg_rule_etcd_certs = {
	.id = "etcd-certs",
	.title = "etcd refuses certificates, or its signer ends",
	.needs = "etcd log; config maps with etcd's certificate authorities",
	.explain = "A member refuses a peer or client whose certificate has expired or is signed by "
		   "another authority. During a rotation a few are refused; they stop by themselves. The "
		   "authority that signs etcd's certificates is told long before it ends.",
	.references = "openshift/cluster-etcd-operator alert etcdSignerCAExpirationWarning",
	.depth = 2,
	.run = run,
	.thresholds = { { "min_refused", 10, "heuristic: fewer are a rotation or a scan" },
			{ "info_days", 730, "cluster-etcd-operator alert" },
			{ "warning_days", 365, "cluster-etcd-operator alert" } },
};
