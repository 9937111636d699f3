/* SPDX-License-Identifier: Apache-2.0 */
/* Causes and effects between findings, and the order in which they are told.
 *
 * The table says which rule may explain which; a cause must also lie in time where the
 * effect needs it.  Each finding hangs under at most one cause, the one that explains it
 * best (first in the table), so that the summary is a tree. */
#include <stdlib.h>

#include "analysis/rule.h"
#include "base/mem.h"

/* An effect may show this long after its cause ended (retries, time-outs, back-off). */
#define AFTER_NS (60 * MG_SEC)
/* Buckets and clocks are not sharper than this. */
#define BEFORE_NS (5 * MG_SEC)
/* Findings about etcd itself have a place in the causal order below this. */
#define ETCD_DEPTH 10
/* A leak that holds such a share of the heap explains a lack of memory [heuristic]. */
#define HEAP_PERCENT 20

#define CAUSES 16

struct link {
	const char *effect, *causes[CAUSES]; /* best first */
};

static const struct link links[] = {
	{ "dc-distributor-leak", { "etcd-stall", "nospace", "slow-fsync", "apply-too-long",
				   "webhook-slow" } },
	{ "dc-34s-wall", { "etcd-stall", "nospace", "slow-fsync", "apply-too-long" } },
	{ "apply-too-long", { "slow-fsync", "etcd-stall", "apiserver-oom-list-storm", "oom-kill",
			      "disk-stall", "cpu-starvation", "defragmentation" } },
	{ "overload", { "slow-fsync", "etcd-stall", "disk-stall", "cpu-starvation" } },
	{ "nospace", { "db-size" } },
	{ "readindex", { "slow-fsync", "etcd-stall", "network", "apply-too-long", "cpu-starvation",
			 "rollout" } },
	{ "leader-loss", { "slow-fsync", "etcd-stall", "network", "overload", "cpu-starvation",
			   "disk-stall", "rollout" } },
	{ "request-timeout", { "etcd-stall", "slow-fsync", "nospace", "apply-too-long",
			       "leader-loss", "defragmentation", "rollout" } },
	{ "slo-breach", { "etcd-stall", "slow-fsync", "apiserver-oom-list-storm", "oom-kill",
			  "webhook-slow", "apply-too-long", "leader-loss", "defragmentation",
			  "etcd-share" } },
	{ "5xx-burst", { "etcd-stall", "nospace", "slow-fsync", "apiserver-oom-list-storm",
			 "oom-kill", "webhook-slow", "apiserver-panic", "apply-too-long",
			 "aggregated-api" } },
	{ "handler-timeout", { "etcd-stall", "slow-fsync", "apiserver-oom-list-storm", "oom-kill",
			       "webhook-slow", "apply-too-long", "rollout" } },
	{ "lease-loss", { "etcd-stall", "nospace", "slow-fsync", "apiserver-oom-list-storm",
			  "oom-kill", "non-graceful-termination", "apply-too-long", "5xx-burst",
			  "leader-loss", "rollout" } },
	{ "non-graceful-termination", { "apiserver-oom-list-storm", "watch-event-memory", "oom-kill",
					"apiserver-panic", "sigkill-after-grace", "rollout" } },
	{ "oom-cascade", { "apiserver-oom-list-storm", "watch-event-memory", "oom-kill" } },
	{ "crash-loop", { "apiserver-oom-list-storm", "oom-kill", "lease-loss", "etcd-stall",
			  "pressure", "rollout" } },
	{ "unpaginated-list", { NULL } },
	{ "etcd-share", { "etcd-stall", "slow-fsync", "apply-too-long", "overload" } },
	{ "reconnect-storm", { "apiserver-oom-list-storm", "watch-event-memory", "oom-kill",
			       "oom-cascade", "non-graceful-termination", "apiserver-panic",
			       "etcd-stall", "rollout" } },
	{ "410-relist", { "apiserver-oom-list-storm", "watch-event-memory", "oom-kill", "oom-cascade",
			  "non-graceful-termination", "apiserver-panic", "reconnect-storm",
			  "rollout" } },
	{ "namespace-stuck", { "aggregated-api", "dc-34s-wall", "nospace", "etcd-stall" } },
	{ "hot-object", { "product-overload" } },
	{ "webhook-slow", { "etcd-stall", "apiserver-oom-list-storm", "oom-kill", "rollout" } },
	{ "notready", { "etcd-stall", "apiserver-oom-list-storm", "oom-kill", "slow-fsync",
			"cert-expiry", "csr-pileup", "disk-stall", "pressure", "leader-loss",
			"non-graceful-termination", "rollout" } },
	{ "slow-fsync", { "disk-stall" } },
	{ "etcd-stall", { "disk-stall" } },
	{ "network", { "rollout" } },
	{ "sigkill-after-grace", { "etcd-stall", "disk-stall" } },
	{ "goroutine-leak", { "dc-distributor-leak", "etcd-stall", "webhook-slow" } },
	{ "forced-close", { "apiserver-oom-list-storm", "oom-kill", "etcd-stall", "goroutine-leak",
			    "rollout" } },
	{ "reflector-errors", { "apiserver-oom-list-storm", "oom-kill", "etcd-stall", "nospace",
				"slow-fsync", "non-graceful-termination", "apiserver-panic",
				"cert-expiry", "leader-loss", "5xx-burst", "request-timeout",
				"rollout" } },
	{ "probe-storm", { "apiserver-oom-list-storm", "oom-kill", "etcd-stall", "nospace",
			   "slow-fsync", "non-graceful-termination", "apiserver-panic",
			   "disk-stall", "leader-loss", "pressure", "slo-breach", "5xx-burst",
			   "rollout" } },
	{ "cert-expiry", { "csr-pileup", "clock-skew" } },
	{ "etcd-certs", { "cert-expiry", "clock-skew" } },
	{ "oom-kill", { "dc-distributor-leak", "pressure" } },
	{ "apiserver-oom-list-storm", { "dc-distributor-leak" } },
};

static bool is(const struct mg_finding *f, const char *id)
{
	return strcmp(f->id, id) == 0;
}

/* What is too slight to tell of explains nothing, unless it is expected to have effects. */
static bool has_effects(const struct mg_finding *f)
{
	return f->severity >= MG_SEV_WARNING || is(f, "rollout") || is(f, "defragmentation");
}

static const struct mg_number *number(const struct mg_finding *f, const char *name)
{
	for (uint32_t i = 0; i < f->nnumbers; i++)
		if (strcmp(f->numbers[i].name, name) == 0)
			return &f->numbers[i];
	return NULL;
}

/* Causes that explain an effect only when their own figures say so. */
static bool says_so(const struct mg_finding *cause, const struct mg_finding *effect)
{
	const struct mg_number *n;

	/* a disk explains etcd's slowness only where etcd's own node agrees (rule disk-stall) */
	if (is(cause, "disk-stall"))
		return effect->depth >= ETCD_DEPTH || cause->confidence == MG_CONF_HIGH;
	/* leaked goroutines hold memory only where a heap profile shows it */
	if (is(cause, "dc-distributor-leak") && !is(effect, "goroutine-leak"))
		return (n = number(cause, "heap_deletecollection_percent")) && n->value >= HEAP_PERCENT;
	/* of all that is killed for memory, only the API server is missed by others */
	if (is(cause, "oom-kill"))
		return (n = number(cause, "component")) &&
		       mg_str_eq(n->text, MG_STR("kube-apiserver"));
	return true;
}

static bool may_explain(const struct mg_finding *cause, const struct mg_finding *effect)
{
	if (!has_effects(cause) || cause->start_ns == MG_TIME_NONE || effect->start_ns == MG_TIME_NONE)
		return false;
	/* what goes on after a planned change has another cause */
	if (is(cause, "rollout") && effect->end_ns > cause->end_ns + AFTER_NS)
		return false;
	return says_so(cause, effect) &&
	       effect->start_ns >= cause->start_ns - BEFORE_NS &&
	       effect->start_ns <= cause->end_ns + AFTER_NS;
}

static const struct link *link_of(const char *id)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (strcmp(links[i].effect, id) == 0)
			return &links[i];
	return NULL;
}

/* The best cause of finding `i`, MG_NONE when it stands alone. */
static uint32_t cause_of(const struct mg_findings *fs, uint32_t i)
{
	const struct link *l = link_of(fs->f[i].id);

	for (size_t k = 0; l && k < CAUSES && l->causes[k]; k++)
		for (uint32_t j = 0; j < fs->n; j++)
			if (j != i && is(&fs->f[j], l->causes[k]) &&
			    may_explain(&fs->f[j], &fs->f[i]))
				return j;
	return MG_NONE;
}

struct node {
	uint32_t index, cause;
	int      severity; /* of the whole tree below a root */
};

/* Roots: worst tree first, then early in the causal order, then early in time. */
static int by_rank(const struct mg_finding *a, const struct mg_finding *b, int sa, int sb)
{
	if (sa != sb)
		return sb - sa;
	if (a->depth != b->depth)
		return a->depth - b->depth;
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	return strcmp(a->id, b->id);
}

static int tree_severity(const struct mg_findings *fs, const uint32_t *cause, uint32_t root)
{
	int worst = (int)fs->f[root].severity;

	for (uint32_t i = 0; i < fs->n; i++)
		if (cause[i] == root) {
			int s = tree_severity(fs, cause, i);

			worst = s > worst ? s : worst;
		}
	return worst;
}

/* Append finding `i` and, depth first, everything it explains; `place` maps old to new. */
static void tell(const struct mg_findings *fs, const uint32_t *cause, uint32_t i,
		 uint32_t *order, uint32_t *n)
{
	uint32_t kids[256], nkids = 0;

	order[(*n)++] = i;
	for (uint32_t k = 0; k < fs->n && nkids < 256; k++)
		if (cause[k] == i)
			kids[nkids++] = k;
	for (uint32_t a = 0; a < nkids; a++) { /* few: selection by rank */
		uint32_t best = a;

		for (uint32_t b = a + 1; b < nkids; b++)
			if (by_rank(&fs->f[kids[b]], &fs->f[kids[best]],
				    (int)fs->f[kids[b]].severity,
				    (int)fs->f[kids[best]].severity) < 0)
				best = b;
		uint32_t t = kids[a];

		kids[a] = kids[best];
		kids[best] = t;
		tell(fs, cause, kids[a], order, n);
	}
}

static void reorder(struct mg_findings *fs, const uint32_t *cause, const uint32_t *order)
{
	struct mg_finding *sorted = mg_alloc(sizeof(*sorted) * fs->n);
	uint32_t          *place = mg_alloc(sizeof(*place) * fs->n);

	for (uint32_t i = 0; i < fs->n; i++) {
		sorted[i] = fs->f[order[i]];
		place[order[i]] = i;
	}
	for (uint32_t i = 0; i < fs->n; i++) {
		uint32_t           old_cause = cause[order[i]];
		struct mg_finding *c;

		if (old_cause == MG_NONE)
			continue;
		c = &sorted[place[old_cause]];
		sorted[i].caused_by[sorted[i].ncaused_by++] = place[old_cause];
		if (c->neffects < 16)
			c->effects[c->neffects++] = i;
	}
	free(place);
	free(fs->f);
	fs->f = sorted;
	fs->cap = fs->n;
}

void mg_findings_chain(struct mg_findings *fs)
{
	uint32_t *cause, *order, n = 0;
	bool     *told;

	if (fs->n == 0)
		return;
	cause = mg_alloc(sizeof(*cause) * fs->n);
	order = mg_alloc(sizeof(*order) * fs->n);
	told = mg_zalloc(sizeof(*told) * fs->n);
	for (uint32_t i = 0; i < fs->n; i++)
		cause[i] = cause_of(fs, i);
	for (uint32_t i = 0; i < fs->n; i++) { /* a ring of causes would hide all of it */
		uint32_t at = i, steps = 0;

		while (at != MG_NONE && steps++ <= fs->n)
			at = cause[at];
		if (at != MG_NONE)
			cause[i] = MG_NONE;
	}
	for (;;) {
		uint32_t best = MG_NONE;

		for (uint32_t i = 0; i < fs->n; i++)
			if (cause[i] == MG_NONE && !told[i] &&
			    (best == MG_NONE ||
			     by_rank(&fs->f[i], &fs->f[best], tree_severity(fs, cause, i),
				     tree_severity(fs, cause, best)) < 0))
				best = i;
		if (best == MG_NONE)
			break;
		told[best] = true;
		tell(fs, cause, best, order, &n);
	}
	reorder(fs, cause, order);
	free(cause);
	free(order);
	free(told);
}

/* The worst severity of a finding and all its effects; they follow it in the order of telling. */
static enum mg_severity worst_below(const struct mg_findings *fs, uint32_t root)
{
	enum mg_severity worst = fs->f[root].severity;

	for (uint32_t i = root + 1; i < fs->n && fs->f[i].ncaused_by; i++)
		worst = fs->f[i].severity > worst ? fs->f[i].severity : worst;
	return worst;
}

/* The verdict: the worst root in its own words, then what it did, then what else stands. */
void mg_findings_verdict(struct mg_findings *fs, const struct mg_case *c)
{
	uint32_t others = 0;

	(void)c;
	if (fs->n == 0 || worst_below(fs, 0) < MG_SEV_WARNING) {
		fs->verdict = MG_STR("nothing of severity warning or above was found in what "
				     "this archive holds.");
		return;
	}
	for (uint32_t i = 1; i < fs->n; i++)
		others += fs->f[i].ncaused_by == 0 && worst_below(fs, i) >= MG_SEV_WARNING;
	fs->verdict = mg_arena_printf(&fs->arena, "%.*s", MG_FMT(fs->f[0].claim));
	for (uint32_t i = 0; i < fs->f[0].neffects && i < 1; i++)
		fs->verdict = mg_arena_printf(&fs->arena, "%.*s. As an effect, %.*s",
					      MG_FMT(fs->verdict),
					      MG_FMT(fs->f[fs->f[0].effects[i]].claim));
	if (others)
		fs->verdict = mg_arena_printf(&fs->arena,
					      "%.*s. %u other finding%s of severity warning or "
					      "above stand%s apart", MG_FMT(fs->verdict), others,
					      others == 1 ? "" : "s", others == 1 ? "s" : "");
	fs->verdict = mg_arena_printf(&fs->arena, "%.*s.", MG_FMT(fs->verdict));
}
