/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include <stdlib.h>

#include "analysis/certs.h"
#include "analysis/tally.h"

/* Go's text for both sides of the validity; what follows tells which. */
static bool is_expired(const struct mg_event *e)
{
	static const struct mg_str text = MG_STR("has expired or is not yet valid");

	return (e->kind == MG_EV_CERT_ERROR || e->kind == MG_EV_APISERVER_AUTH_FAILED ||
		e->kind == MG_EV_ETCD_REJECTED || e->kind == MG_EV_REFLECTOR_ERROR ||
		e->kind == MG_EV_LOG_ERROR || e->kind == MG_EV_KUBELET_NODE ||
		e->kind == MG_EV_LEADER_RETRY) &&
	       (mg_str_has(e->message, text) || mg_str_has(mg_event_attr(e, "reason"), text) ||
		mg_str_has(mg_event_attr(e, "error"), text));
}

/* "current time 2026-11-21T03:12:00Z is before 2026-11-21T04:00:00Z": the clock may be wrong */
static bool is_early(const struct mg_event *e)
{
	return mg_str_has(e->message, MG_STR(" is before "));
}

/* The last moment of validity that the line names, empty when it does not. */
static struct mg_str valid_until(const struct mg_event *e)
{
	struct mg_str t = mg_str_between(e->message, MG_STR(" is after "), MG_STR("")), word, rest;

	if (!t.p)
		return mg_str("", 0);
	mg_str_cut(t, ' ', &word, &rest);
	return mg_str_head(word, word.n < 20 ? word.n : 20);
}

static void report(struct mg_rule_ctx *x, const struct mg_tally *t, uint64_t early)
{
	struct mg_counts   by = { 0 };
	struct mg_str      until = { "", 0 };
	struct mg_finding *f;
	bool               clocks = early * 2 > t->n;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!is_expired(e) || e->time_ns == MG_TIME_NONE)
			continue;
		mg_counts_add(&by, e->component.n ? e->component : MG_STR("a component"), e->count);
		until = until.n ? until : valid_until(e);
	}
	f = mg_find_new(x, clocks ? MG_SEV_WARNING : MG_SEV_ERROR,
			by.names.n > 1 ? MG_CONF_HIGH : MG_CONF_MEDIUM, t->first->time_ns,
			mg_event_end(t->last));
	mg_find_claim(x, f, "a certificate was refused %llu times between %s and %s because it %s%s%.*s "
			    "(%.*s)", (unsigned long long)t->n, mg_rule_clock(x, t->first->time_ns),
		      mg_rule_clock(x, mg_event_end(t->last)),
		      clocks ? "is not valid yet" : "has expired", until.n ? " at " : "",
		      MG_FMT(until), MG_FMT(mg_counts_text(x, &by, 4)));
	mg_find_label(x, f, clocks ? "certificate not valid yet" : "certificate expired");
	mg_tally_tell(x, f, t, is_expired);
	mg_find_num(f, "not_yet_valid", (double)early);
	mg_find_alternative(x, f, "a clock that is wrong has the same effect: compare the time in the line "
				  "with the other nodes' (clock-skew)");
	mg_find_next(x, f, "find whose certificate it is (the client address in the line), and why it was "
			   "not renewed: pending requests (`oc get csr`), a node that was off");
	mg_counts_release(&by);
}

/* So much of its life is over when a certificate should have been renewed. */
static bool is_due(const struct mg_rule_ctx *x, const struct mg_cert *k)
{
	double life = (double)k->not_after - (double)k->not_before;
	double left = (double)k->not_after - (double)x->c->last_ns;

	return left < mg_rule_num(x, "days") * (double)MG_DAY &&
	       left < life * (100 - mg_rule_num(x, "renewed_percent")) / 100;
}

static void due(struct mg_rule_ctx *x)
{
	struct mg_cert    *k;
	size_t             n = mg_certs(x->c, &k), m = 0;
	struct mg_finding *f;
	char               until[40];

	while (m < n && is_due(x, &k[m])) /* the soonest are first; others have longer lives */
		m++;
	if (m && x->c->last_ns != MG_TIME_NONE) {
		mg_time_format(k[0].not_after, 0, until, sizeof(until));
		f = mg_find_new(x, MG_SEV_INFO, MG_CONF_MEDIUM, x->c->last_ns, x->c->last_ns);
		mg_find_claim(x, f, "%zu certificate%s in the archive should have been renewed by now and "
				    "%s not; the first to end is %.*s of %.*s, %s", m, m == 1 ? "" : "s",
			      m == 1 ? "is" : "are", MG_FMT(k[0].subject),
			      MG_FMT(mg_event_attr(k[0].event, "issuer")), until);
		mg_find_label(x, f, "certificates due");
		for (size_t i = 0; i < m; i++)
			mg_find_event(x, f, k[i].event);
		mg_find_num(f, "certificates", (double)m);
		mg_find_alternative(x, f, "a certificate authority whose successor has another name stays in "
					  "its bundle until it ends");
		mg_find_next(x, f, "look whether the certificate is still in use and who renews it");
	}
	free(k);
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_tally t = mg_tally_events(x->c, is_expired);
	uint64_t        early = 0;

	if (!t.n && !mg_case_has(x->c, MG_KIND_LOG) && !mg_case_has(x->c, MG_KIND_ETCD_LOG))
		mg_rule_missing(x, "logs of the API server, etcd and the kubelets");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (is_expired(&x->c->events.ev[i]) && is_early(&x->c->events.ev[i]))
			early += x->c->events.ev[i].count;
	if (t.n && (double)t.n >= mg_rule_num(x, "min_lines"))
		report(x, &t, early);
	due(x);
}

const struct mg_rule mg_rule_cert_expiry = {
	.id = "cert-expiry",
	.title = "a certificate has expired, or is not valid yet",
	.needs = "logs of the API server, etcd and the kubelets; objects that hold certificates",
	.explain = "Go writes `x509: certificate has expired or is not yet valid` for both ends of the "
		   "validity, with the time of the clock that judged: `is after` is an expired "
		   "certificate, `is before` mostly a clock that is wrong. Certificates in objects are "
		   "told when they end soon and should have been renewed (the newest of each subject).",
	.references = "kubernetes.io: PKI certificates and requirements",
	.depth = 2,
	.run = run,
	.thresholds = { { "min_lines", 1, "heuristic" },
			{ "days", 30, "heuristic" },
			{ "renewed_percent", 90, "client-go renews at 70 to 90 % of the life" } },
};
