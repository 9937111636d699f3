/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

/* Is it one member's disk, or the storage of all? */
static void compare_members(struct mg_rule_ctx *x, struct mg_finding *f)
{
	struct mg_etcd_verdict o;

	mg_etcdview_verdict(x->etcd, &o);
	f->claim = mg_arena_printf(&x->out->arena, "%.*s%.*s", MG_FMT(f->claim),
				   MG_FMT(mg_etcd_clause(x, x->etcd, &o)));
	mg_etcd_judge(x, f, x->etcd, &o);
}

/* etcd warns when one WAL fdatasync took over a second (etcd wal.go, warnSyncDuration). */
static void run(struct mg_rule_ctx *x)
{
	const struct mg_signals *s = x->s;
	const struct mg_event   *slowest = NULL;
	struct mg_finding       *f;
	uint32_t                 syncs = 0, applies = 0;
	int64_t                  first = MG_TIME_NONE, last = MG_TIME_NONE;
	double                   frozen = mg_rule_num(x, "frozen_applies");

	if (!mg_case_has(x->c, MG_KIND_ETCD_LOG)) {
		mg_rule_missing(x, "etcd log (`oc adm inspect ns/openshift-etcd`, or `kubectl logs` of "
				   "the etcd pods)");
		return;
	}
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_ETCD_SLOW_FDATASYNC || e->time_ns == MG_TIME_NONE)
			continue;
		syncs += e->count;
		if (!slowest || e->duration_ns > slowest->duration_ns)
			slowest = e;
	}
	/* A few syncs as long as the pauses they lie in: the process stood still, not the disk. */
	if (!syncs || (s->nstall && s->slow_applies < frozen))
		return;
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if ((e->kind != MG_EV_ETCD_SLOW_APPLY && e->kind != MG_EV_ETCD_SLOW_FDATASYNC) ||
		    e->time_ns == MG_TIME_NONE)
			continue;
		applies += e->kind == MG_EV_ETCD_SLOW_APPLY ? e->count : 0;
		if (first == MG_TIME_NONE || e->time_ns < first)
			first = e->time_ns;
		if (last == MG_TIME_NONE || mg_event_end(e) > last)
			last = mg_event_end(e);
	}
	f = mg_find_new(x, syncs >= mg_rule_num(x, "critical_syncs") ? MG_SEV_CRITICAL : MG_SEV_ERROR,
			applies ? MG_CONF_HIGH : MG_CONF_MEDIUM, first, last);
	mg_find_claim(x, f, "etcd's disk was slow between %s and %s: %u fdatasync call%s took over 1 s "
			    "(slowest %s), and %u applies were logged as too slow (slowest %s)",
		      mg_rule_clock(x, first), mg_rule_clock(x, last), syncs, syncs == 1 ? "" : "s",
		      mg_rule_dur(x, slowest->duration_ns), applies,
		      s->slowest_apply ? mg_rule_dur(x, s->slowest_apply->duration_ns) : "-");
	mg_find_label(x, f, "etcd disk slow");
	mg_find_event(x, f, slowest);
	if (s->slowest_apply)
		mg_find_event(x, f, s->slowest_apply);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (x->c->events.ev[i].kind == MG_EV_ETCD_SLOW_FDATASYNC &&
		    &x->c->events.ev[i] != slowest)
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "slow_fdatasync", syncs);
	mg_find_num(f, "slow_applies", applies);
	mg_find_num(f, "read_index_retries", s->read_index);
	mg_find_num(f, "slowest_fdatasync_seconds", (double)slowest->duration_ns / 1e9);
	mg_find_num(f, "pauses_without_a_write", s->nstall);
	compare_members(x, f);
	mg_find_next(x, f, "measure the disk under etcd: p99 of etcd_disk_wal_fsync_duration_seconds "
			   "should stay below 10 ms; look for other writers, throttling and storage "
			   "faults on that node");
}

const struct mg_rule mg_rule_slow_fsync = {
	.id = "slow-fsync",
	.title = "etcd disk is slow",
	.needs = "etcd log",
	.explain = "Any fdatasync of the write-ahead log over 1 s means a saturated or failing disk "
		   "(etcd warns from 1 s on; healthy is below 10 ms at p99). Shorter slowness shows "
		   "only as slow applies.",
	.references = "etcd server/storage/wal (warnSyncDuration); openshift/cluster-etcd-operator "
		      "alert etcdHighFsyncDurations",
	.depth = 0,
	.run = run,
	.thresholds = { { "critical_syncs", 5, "heuristic" },
			{ "frozen_applies", 20, "recorded: a frozen etcd logs at most a handful" } },
};
