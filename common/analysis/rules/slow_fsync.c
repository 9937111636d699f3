/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"
#include "analysis/metricfinding.h"

#define FSYNC "etcd_disk_wal_fsync_duration_seconds"
#define COMMIT "etcd_disk_backend_commit_duration_seconds"
#define CRITICAL_HELD 600 /* seconds: the alert waits ten minutes */

/* Is it one member's disk, or the storage of all? */
static void compare_members(struct mg_rule_ctx *x, struct mg_finding *f)
{
	struct mg_etcd_verdict o;

	mg_etcdview_verdict(x->etcd, &o);
	f->claim = mg_arena_printf(&x->out->arena, "%.*s%.*s", MG_FMT(f->claim),
				   MG_FMT(mg_etcd_clause(x, x->etcd, &o)));
	mg_etcd_judge(x, f, x->etcd, &o);
}

/* --- as measured ---------------------------------------------------------------------- */

static const char *seconds(struct mg_rule_ctx *x, double s)
{
	return mg_rule_dur(x, (int64_t)(s * (double)MG_SEC));
}

static void advise(struct mg_rule_ctx *x, struct mg_finding *f)
{
	mg_find_next(x, f, "measure the disk under etcd: p99 of etcd_disk_wal_fsync_duration_seconds "
			   "should stay below 10 ms; look for other writers, throttling and storage "
			   "faults on that node");
}

static void measured_evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_excess *fsync,
			      const struct mg_excess *commit)
{
	if (fsync->worst) {
		mg_excess_evidence(x, f, fsync, "p99 of WAL fsync", seconds(x, fsync->worst->value));
		mg_find_num(f, "fsync_p99_seconds", fsync->worst->value);
	}
	if (commit->worst) {
		mg_excess_evidence(x, f, commit, "p99 of backend commit",
				   seconds(x, commit->worst->value));
		mg_find_num(f, "commit_p99_seconds", commit->worst->value);
	}
}

static enum mg_severity severity(struct mg_rule_ctx *x, const struct mg_excess *fsync)
{
	struct mg_excess very;

	if (!fsync->worst || fsync->since_start ||
	    !(fsync->worst->value > mg_rule_num(x, "p99_critical_seconds")))
		return MG_SEV_WARNING;
	mg_metric_excess(&very, &x->c->derived, FSYNC, mg_rule_num(x, "p99_critical_seconds"));
	return mg_excess_held(&very, CRITICAL_HELD) ? MG_SEV_CRITICAL : MG_SEV_ERROR;
}

/* The log is silent below a second, the histograms are not. */
static bool measured_slow(struct mg_rule_ctx *x)
{
	struct mg_excess        fsync, commit;
	const struct mg_excess *e;
	struct mg_finding      *f;

	mg_metric_excess(&fsync, &x->c->derived, FSYNC, mg_rule_num(x, "p99_warning_seconds"));
	mg_metric_excess(&commit, &x->c->derived, COMMIT, mg_rule_num(x, "commit_p99_seconds"));
	if (!mg_excess_held(&fsync, mg_rule_num(x, "held_seconds")))
		fsync.worst = NULL;
	if (!mg_excess_held(&commit, mg_rule_num(x, "held_seconds")))
		commit.worst = NULL;
	e = fsync.worst ? &fsync : &commit;
	if (!e->worst)
		return false;
	f = mg_find_new(x, severity(x, &fsync), e->since_start ? MG_CONF_MEDIUM : MG_CONF_HIGH,
			e->start_ns, e->end_ns);
	mg_find_claim(x, f, "etcd's disk was slow on %.*s%s: p99 of %s reached %s (healthy: below %s)",
		      MG_FMT(mg_metric_place(e->run.labels)),
		      e->since_start ? ", counted since the process began" :
		      mg_arena_printf(&x->out->arena, " between %s and %s", mg_rule_clock(x, e->start_ns),
				      mg_rule_clock(x, e->end_ns)).p,
		      e == &fsync ? "WAL fsync" : "backend commit", seconds(x, e->worst->value),
		      e == &fsync ? "10 ms" : "25 ms");
	mg_find_label(x, f, "etcd disk slow");
	measured_evidence(x, f, &fsync, &commit);
	advise(x, f);
	return true;
}

/* Slower than etcd should have it, and not yet harmful by itself. */
static void measured_unhealthy(struct mg_rule_ctx *x)
{
	struct mg_sample_run     run;
	const struct mg_sample  *last;
	struct mg_finding       *f;
	double                   median;

	if (!mg_metric_highest(&x->c->derived, FSYNC, &run, &median) ||
	    !(median * 1000 > mg_rule_num(x, "p99_healthy_ms")))
		return;
	last = &run.s[run.n - 1];
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_MEDIUM, run.s[0].time_ns, last->time_ns);
	mg_find_claim(x, f, "the disk of etcd on %.*s is slower than it should be: p99 of WAL fsync is "
			    "%s in the usual interval, healthy is below %.0f ms",
		      MG_FMT(mg_metric_place(run.labels)), seconds(x, median),
		      mg_rule_num(x, "p99_healthy_ms"));
	mg_find_label(x, f, "etcd disk not quick");
	mg_find_evidence(x, f, last->artifact, last->line, last->time_ns, "p99 of WAL fsync on %.*s: %s",
			 MG_FMT(mg_metric_place(run.labels)), seconds(x, last->value));
	mg_find_num(f, "fsync_p99_median_seconds", median);
	advise(x, f);
}

/* --- as logged ---------------------------------------------------------------------------- */

struct logged {
	const struct mg_event *slowest;
	uint32_t               syncs, applies;
	int64_t                first, last;
};

static void count(struct logged *l, const struct mg_case *c)
{
	*l = (struct logged){ .first = MG_TIME_NONE, .last = MG_TIME_NONE };
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		bool                   sync = e->kind == MG_EV_ETCD_SLOW_FDATASYNC;

		if ((e->kind != MG_EV_ETCD_SLOW_APPLY && !sync) || e->time_ns == MG_TIME_NONE)
			continue;
		l->applies += sync ? 0 : e->count;
		l->syncs += sync ? e->count : 0;
		if (sync && (!l->slowest || e->duration_ns > l->slowest->duration_ns))
			l->slowest = e;
		if (l->first == MG_TIME_NONE || e->time_ns < l->first)
			l->first = e->time_ns;
		if (l->last == MG_TIME_NONE || mg_event_end(e) > l->last)
			l->last = mg_event_end(e);
	}
}

/* Measured at the same time: no longer one witness. */
static void confirm(struct mg_rule_ctx *x, struct mg_finding *f, const struct logged *l)
{
	struct mg_excess fsync, commit;

	mg_metric_excess(&fsync, &x->c->derived, FSYNC, mg_rule_num(x, "p99_warning_seconds"));
	mg_metric_excess(&commit, &x->c->derived, COMMIT, mg_rule_num(x, "commit_p99_seconds"));
	if (!mg_excess_near(&fsync, l->first, l->last))
		fsync.worst = NULL;
	if (!mg_excess_near(&commit, l->first, l->last))
		commit.worst = NULL;
	if (fsync.worst || commit.worst)
		f->confidence = MG_CONF_HIGH;
	measured_evidence(x, f, &fsync, &commit);
}

static void report(struct mg_rule_ctx *x, const struct logged *l)
{
	const struct mg_signals *s = x->s;
	struct mg_finding       *f;

	f = mg_find_new(x, l->syncs >= mg_rule_num(x, "critical_syncs") ? MG_SEV_CRITICAL : MG_SEV_ERROR,
			l->applies ? MG_CONF_HIGH : MG_CONF_MEDIUM, l->first, l->last);
	mg_find_claim(x, f, "etcd's disk was slow between %s and %s: %u fdatasync call%s took over 1 s "
			    "(slowest %s), and %u applies were logged as too slow (slowest %s)",
		      mg_rule_clock(x, l->first), mg_rule_clock(x, l->last), l->syncs,
		      l->syncs == 1 ? "" : "s", mg_rule_dur(x, l->slowest->duration_ns), l->applies,
		      s->slowest_apply ? mg_rule_dur(x, s->slowest_apply->duration_ns) : "-");
	mg_find_label(x, f, "etcd disk slow");
	mg_find_event(x, f, l->slowest);
	if (s->slowest_apply)
		mg_find_event(x, f, s->slowest_apply);
	confirm(x, f, l);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (x->c->events.ev[i].kind == MG_EV_ETCD_SLOW_FDATASYNC &&
		    &x->c->events.ev[i] != l->slowest)
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "slow_fdatasync", l->syncs);
	mg_find_num(f, "slow_applies", l->applies);
	mg_find_num(f, "read_index_retries", s->read_index);
	mg_find_num(f, "slowest_fdatasync_seconds", (double)l->slowest->duration_ns / 1e9);
	mg_find_num(f, "pauses_without_a_write", s->nstall);
	compare_members(x, f);
	advise(x, f);
}

/* etcd warns when one WAL fdatasync took over a second (etcd wal.go, warnSyncDuration). */
static void run(struct mg_rule_ctx *x)
{
	struct logged l;

	if (!mg_case_has(x->c, MG_KIND_ETCD_LOG) && !mg_metric_known(&x->c->derived, FSYNC)) {
		mg_rule_missing(x, "etcd log (`oc adm inspect ns/openshift-etcd`, or `kubectl logs` of "
				   "the etcd pods)");
		return;
	}
	count(&l, x->c);
	/* A few syncs as long as the pauses they lie in: the process stood still, not the disk. */
	if (x->s->nstall && x->s->slow_applies < mg_rule_num(x, "frozen_applies"))
		return;
	if (l.syncs)
		report(x, &l);
	else if (!measured_slow(x))
		measured_unhealthy(x);
}

const struct mg_rule mg_rule_slow_fsync = {
	.id = "slow-fsync",
	.title = "etcd disk is slow",
	.needs = "etcd log, or etcd's metrics",
	.explain = "Any fdatasync of the write-ahead log over 1 s means a saturated or failing disk "
		   "(etcd warns from 1 s on; healthy is below 10 ms at p99). Shorter slowness shows "
		   "only as slow applies, and in metrics: as p99 of fsync and commit between two "
		   "scrapes.",
	.references = "etcd server/storage/wal (warnSyncDuration); openshift/cluster-etcd-operator "
		      "alerts etcdHighFsyncDurations, etcdHighCommitDurations",
	.depth = 0,
	.run = run,
	.thresholds = { { "critical_syncs", 5, "heuristic" },
			{ "frozen_applies", 20, "recorded: a frozen etcd logs at most a handful" },
			{ "p99_warning_seconds", 0.5, "cluster-etcd-operator alert" },
			{ "p99_critical_seconds", 1, "cluster-etcd-operator alert, for 10 minutes" },
			{ "commit_p99_seconds", 0.25, "etcd's own alerts" },
			{ "p99_healthy_ms", 10, "etcd documentation" },
			{ "held_seconds", 60, "heuristic: one interval is one slow call" } },
};
