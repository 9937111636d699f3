/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/inflight.h"

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *said = NULL;
	const struct mg_death *died = NULL;
	struct mg_finding     *f;
	uint32_t               n = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind == MG_EV_K8S_EVENT &&
		    mg_str_eq(mg_event_attr(e, "reason"), MG_STR("NonGracefulTermination"))) {
			said = said ? said : e;
			n += e->count;
		}
	}
	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *d = &x->s->death[i];

		if (mg_str_eq(d->component, MG_STR("kube-apiserver")) && !d->oom && d->object) {
			died = died ? died : d;
			n += !said;
		}
	}
	if (!n)
		return;
	f = mg_find_new(x, MG_SEV_WARNING, said && died ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			died ? died->time_ns : said->time_ns, died ? died->time_ns : said->time_ns);
	mg_find_claim(x, f, "kube-apiserver%s%.*s ended without a graceful termination (%u time%s, %s)",
		      died && died->node.n ? " on " : "", MG_FMT(died ? died->node : MG_STR("")), n,
		      n == 1 ? "" : "s", mg_rule_clock(x, f->start_ns));
	mg_find_label(x, f, "API server killed");
	if (said)
		mg_find_event(x, f, said);
	if (died)
		mg_find_event(x, f, died->object);
	mg_find_num(f, "terminations", n);
	mg_inflight_tell(x, f, false);
	mg_find_next(x, f, "read static-pods/kube-apiserver/NODE-termination.log and the kubelet log "
			   "at that time: probe kill, OOM, node reset or a hand");
}

const struct mg_rule mg_rule_non_graceful = {
	.id = "non-graceful-termination",
	.title = "API server ended without warning",
	.needs = "events, pod statuses, termination.log",
	.explain = "A planned end keeps serving for the shutdown delay and logs each step; without it "
		   "requests in flight are lost and clients see connection errors.",
	.references = "openshift/cluster-kube-apiserver-operator 876; openshift/origin 25236, 29015",
	.depth = 16,
	.run = run,
};
