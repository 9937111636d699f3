/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"
#include <stdlib.h>

static const struct mg_death *death_of(const struct mg_signals *s, const struct mg_event *e)
{
	for (uint32_t i = 0; i < s->ndeath; i++)
		if (s->death[i].lease_lost && s->death[i].log &&
		    mg_str_eq(s->death[i].component, e->component) &&
		    llabs(s->death[i].time_ns - e->time_ns) < 10 * MG_SEC)
			return &s->death[i];
	return NULL;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_finding     *f;
	struct mg_str          who = { "", 0 };
	const struct mg_event *first = NULL, *last = NULL;
	uint32_t               n = 0, exits = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		const struct mg_death *d;

		if (e->kind != MG_EV_LEADER_LOST || e->time_ns == MG_TIME_NONE)
			continue;
		d = death_of(x->s, e);
		first = first ? first : e;
		last = e;
		exits += d && d->object;
		if (n++ < 6)
			who = mg_arena_printf(&x->out->arena, "%.*s%s%.*s at %s%s", MG_FMT(who),
					      n > 1 ? ", " : "", MG_FMT(e->component),
					      mg_rule_clock(x, e->time_ns),
					      d && d->object ? mg_arena_printf(&x->out->arena,
							" (exit %u)", d->exit_code).p : "");
	}
	if (!n)
		return;
	f = mg_find_new(x, MG_SEV_ERROR, MG_CONF_HIGH, first->time_ns, last->time_ns);
	mg_find_claim(x, f, "leader election was lost by %.*s%s", MG_FMT(who),
		      n > 6 ? " and others" : "");
	mg_find_label(x, f, "lease lost");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (x->c->events.ev[i].kind == MG_EV_LEADER_LOST)
			mg_find_event(x, f, &x->c->events.ev[i]);
	for (uint32_t i = 0; i < x->s->ndeath; i++)
		if (x->s->death[i].lease_lost && x->s->death[i].object)
			mg_find_event(x, f, x->s->death[i].object);
	mg_find_num(f, "losses", n);
	mg_find_num(f, "exits_seen", exits);
	mg_find_next(x, f, "a lease is lost when it cannot be renewed for renewDeadline (10 s, on "
			   "OpenShift 107 s): look at the API server and etcd just before");
}

const struct mg_rule mg_rule_lease_loss = {
	.id = "lease-loss",
	.title = "leader election lost",
	.needs = "logs of kube-controller-manager and kube-scheduler (previous.log too)",
	.explain = "A controller that cannot renew its lease within renewDeadline gives up and exits; "
		   "it is an effect of an API server or etcd that did not answer.",
	.depth = 60,
	.run = run,
};
