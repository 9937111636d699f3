/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include <stdlib.h>

#include "base/mem.h"

/* Named in the claim; the others are counted. */
#define NAMED 6

static const struct mg_death *death_of(const struct mg_signals *s, const struct mg_event *e)
{
	for (uint32_t i = 0; i < s->ndeath; i++)
		if (s->death[i].lease_lost && s->death[i].log &&
		    mg_str_eq(s->death[i].component, e->component) &&
		    llabs(s->death[i].time_ns - e->time_ns) < 10 * MG_SEC)
			return &s->death[i];
	return NULL;
}

/* Who it is: the component, else the lease it lost, else where it was said. */
static struct mg_str name_of(const struct mg_rule_ctx *x, const struct mg_event *e)
{
	struct mg_str lease = mg_event_attr(e, "lease");

	return e->component.n ? e->component
	       : lease.n      ? lease
			      : mg_str_basename(mg_case_path(x->c, e->artifact));
}

static bool is_core(const struct mg_event *e)
{
	return mg_str_eq(e->component, MG_STR("kube-controller-manager")) ||
	       mg_str_eq(e->component, MG_STR("kube-scheduler"));
}

struct losses {
	const struct mg_event **v;
	size_t                  n, cap;
};

/* "kube-scheduler at 03:12:36 (exit 255), ...": the core components first. */
static struct mg_str list(struct mg_rule_ctx *x, const struct losses *l, uint32_t *exits)
{
	struct mg_str who = { "", 0 };
	size_t        told = 0;

	for (int core = 1; core >= 0; core--)
		for (size_t i = 0; i < l->n; i++) {
			const struct mg_death *d;
			const char            *exit = "";

			if (is_core(l->v[i]) != (core == 1))
				continue;
			d = death_of(x->s, l->v[i]);
			if (d && d->object) {
				exit = mg_arena_printf(&x->out->arena, " (exit %u)", d->exit_code).p;
				++*exits;
			}
			if (told++ < NAMED)
				who = mg_arena_printf(&x->out->arena, "%.*s%s%.*s at %s%s", MG_FMT(who),
						      told > 1 ? ", " : "", MG_FMT(name_of(x, l->v[i])),
						      mg_rule_clock(x, l->v[i]->time_ns), exit);
		}
	if (told > NAMED)
		who = mg_arena_printf(&x->out->arena, "%.*s and %zu others", MG_FMT(who),
				      told - NAMED);
	return who;
}

static void report(struct mg_rule_ctx *x, const struct losses *l)
{
	uint32_t           exits = 0;
	bool               core = false;
	struct mg_str      who = list(x, l, &exits);
	struct mg_finding *f;

	for (size_t i = 0; i < l->n; i++)
		core |= is_core(l->v[i]);
	core |= (double)l->n >= mg_rule_num(x, "many"); /* not one client's own trouble */
	f = mg_find_new(x, core ? MG_SEV_ERROR : MG_SEV_WARNING, MG_CONF_HIGH, l->v[0]->time_ns,
			l->v[l->n - 1]->time_ns);
	mg_find_claim(x, f, "leader election was lost by %.*s", MG_FMT(who));
	mg_find_label(x, f, "lease lost");
	for (size_t i = 0; i < l->n; i++)
		mg_find_event(x, f, l->v[i]);
	for (size_t i = 0; i < l->n; i++) {
		const struct mg_death *d = death_of(x->s, l->v[i]);

		if (d && d->object)
			mg_find_event(x, f, d->object);
	}
	mg_find_num(f, "losses", (double)l->n);
	mg_find_num(f, "exits_seen", exits);
	mg_find_next(x, f, "a lease is lost when it cannot be renewed for renewDeadline (10 s, on "
			   "OpenShift 107 s): look at the API server and etcd just before");
}

/* Losses that lie close together have one cause. */
static void run(struct mg_rule_ctx *x)
{
	int64_t       together = (int64_t)(mg_rule_num(x, "together_seconds") * 1e9);
	struct losses l = { 0 };

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_LEADER_LOST || e->time_ns == MG_TIME_NONE)
			continue;
		if (l.n && e->time_ns - l.v[l.n - 1]->time_ns > together) {
			report(x, &l);
			l.n = 0;
		}
		MG_PUSH(l.v, l.n, l.cap, e);
	}
	if (l.n)
		report(x, &l);
	free(l.v);
}

const struct mg_rule mg_rule_lease_loss = {
	.id = "lease-loss",
	.title = "leader election lost",
	.needs = "logs of kube-controller-manager and kube-scheduler (previous.log too)",
	.explain = "A controller that cannot renew its lease within renewDeadline gives up and exits; "
		   "it is an effect of an API server or etcd that did not answer.",
	.references = "client-go tools/leaderelection; OpenShift renewDeadline of 107 s "
		      "(openshift/library-go)",
	.depth = 60,
	.run = run,
	.thresholds = { { "together_seconds", 300, "heuristic" },
			{ "many", 5, "heuristic" } },
};
