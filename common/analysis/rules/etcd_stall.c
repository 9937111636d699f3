/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* A frozen or stopped etcd logs little or nothing: the witnesses are requests that wait and
 * end together, and the silence of answered writes (signals.c).  A slow disk looks the same
 * from outside but is loud in etcd's log: then slow-fsync tells it. */
static const char *silence(const struct mg_rule_ctx *x)
{
	return x->s->from_writes ? "no write was answered" : "operations were held up together";
}

static void add_stall(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_stall *s)
{
	if (s->etcd)
		mg_find_event(x, f, s->etcd);
	if (s->longest && s->longest != s->etcd)
		mg_find_event(x, f, s->longest);
	if (!s->etcd && s->longest)
		mg_find_evidence(x, f, s->longest->artifact, 0, s->end_ns,
				 "%s %s-%s (%s); %u operations of at least 1 s waited, %u of them "
				 "end within 100 ms of %s; no slow line of etcd", silence(x),
				 mg_rule_clock(x, s->start_ns), mg_rule_clock(x, s->end_ns),
				 mg_rule_dur(x, s->end_ns - s->start_ns), s->waiting, s->same_end,
				 mg_rule_clock(x, s->end_ns));
}

/* "2026-11-21T03:12:11.044Z/2026-11-21T03:12:16.046Z 2026-…" */
static void list_intervals(struct mg_rule_ctx *x, struct mg_finding *f)
{
	struct mg_str all = { "", 0 };
	char          a[40], b[40];

	for (uint32_t i = 0; i < x->s->nstall; i++)
		all = mg_arena_printf(&x->out->arena, "%.*s%s%s/%s", MG_FMT(all), i ? " " : "",
				      mg_time_format(x->s->stall[i].start_ns, 3, a, sizeof(a)),
				      mg_time_format(x->s->stall[i].end_ns, 3, b, sizeof(b)));
	mg_find_text(x, f, "intervals", "%.*s", MG_FMT(all));
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_signals *s = x->s;
	const struct mg_stall   *longest = NULL;
	struct mg_finding       *f;
	struct mg_str            lengths = { "", 0 };
	uint32_t                 lines = 0, waiting = 0;
	int64_t                  total = 0;

	if (!mg_requests_count(x->c->audit) && !mg_case_has(x->c, MG_KIND_LOG)) {
		mg_rule_missing(x, "audit log or kube-apiserver log");
		return;
	}
	for (uint32_t i = 0; i < s->nstall; i++) {
		const struct mg_stall *k = &s->stall[i];

		lines += k->etcd_lines;
		waiting = k->waiting > waiting ? k->waiting : waiting;
		total += k->end_ns - k->start_ns;
		if (!longest || k->end_ns - k->start_ns > longest->end_ns - longest->start_ns)
			longest = k;
		if (i < 6)
			lengths = mg_arena_printf(&x->out->arena, "%.*s%s%s", MG_FMT(lengths),
						  i ? ", " : "",
						  mg_rule_dur(x, k->end_ns - k->start_ns));
	}
	if (!longest || (double)lines > mg_rule_num(x, "max_etcd_lines") * s->nstall)
		return;
	f = mg_find_new(x, s->from_writes ? MG_SEV_CRITICAL : MG_SEV_ERROR,
			!s->from_writes ? MG_CONF_LOW : s->nstall > 1 ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			s->stall[0].start_ns, s->stall[s->nstall - 1].end_ns);
	mg_find_claim(x, f, "etcd stopped answering %u time%s (%.*s%s): %s, and up to %u "
			    "operations waited; the longest pause was %s-%s",
		      s->nstall, s->nstall == 1 ? "" : "s", MG_FMT(lengths),
		      s->nstall > 6 ? ", ..." : "", silence(x), waiting, mg_rule_clock(x, longest->start_ns),
		      mg_rule_clock(x, longest->end_ns));
	mg_find_label(x, f, "etcd unresponsive");
	add_stall(x, f, longest);
	for (uint32_t i = 0; i < s->nstall; i++)
		if (&s->stall[i] != longest)
			add_stall(x, f, &s->stall[i]);
	mg_find_num(f, "stalls", s->nstall);
	mg_find_num(f, "longest_seconds", (double)(longest->end_ns - longest->start_ns) / 1e9);
	mg_find_num(f, "total_seconds", (double)total / 1e9);
	mg_find_num(f, "max_waiting", waiting);
	mg_find_num(f, "etcd_slow_lines", lines);
	list_intervals(x, f);
	mg_find_alternative(x, f, "the network between the API server and etcd was cut; etcd's own "
				  "log would then show peers or clients lost, not one operation that "
				  "spans the pause");
	mg_find_next(x, f, "look at the disk, CPU and hypervisor of the etcd node at these times "
			   "(frozen VM, snapshot, stopped process, device time-outs in dmesg)");
}

const struct mg_rule mg_rule_etcd_stall = {
	.id = "etcd-stall",
	.title = "etcd stopped answering",
	.needs = "audit log, or API-server log with Trace lines",
	.explain = "Pauses of at least 3 s in which no write was answered although at least three "
		   "operations waited, and etcd itself logged little. A process that is stopped, a "
		   "VM that is frozen or a device that hangs looks like this; a slow disk logs "
		   "hundreds of lines instead.",
	.references = "etcd server/storage/wal (warnSyncDuration); recorded incidents of the test data",
	.depth = 5,
	.run = run,
	.thresholds = { { "max_etcd_lines", 4, "recorded: frozen 0-2 per pause, slow disk 10 and more" } },
};
