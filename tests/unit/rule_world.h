/* rule_world.h - an invented case, made event by event, and what the rules find in it. */
#ifndef MG_TESTS_RULE_WORLD_H
#define MG_TESTS_RULE_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/rule.h"
#include "base/mem.h"

#define T0 INT64_C(1936000020000000000) /* a whole minute */

struct world {
	struct mg_case     c;
	struct mg_findings fs;
};

static inline uint32_t world_log(struct world *w, enum mg_kind kind, const char *component,
				 const char *node, int64_t from, int64_t to)
{
	struct mg_artifact a = { .path = mg_strz(component), .kind = kind, .stats = MG_LEAF_STATS_INIT };

	a.source.node = mg_strz(node);
	a.source.component = mg_strz(component);
	a.source.artifact = w->c.nartifacts;
	a.stats.records = a.stats.lines = 100;
	mg_stats_time(&a.stats, from);
	mg_stats_time(&a.stats, to);
	MG_PUSH(w->c.artifacts, w->c.nartifacts, w->c.artifacts_cap, a);
	return w->c.nartifacts - 1;
}

/* Artifact 0 is an API-server log, 1 to 3 are etcd logs of n0 to n2, 4 a goroutine dump. */
static inline void world_begin(struct world *w)
{
	static const char *const nodes[] = { "n0", "n1", "n2" };

	*w = (struct world){ 0 };
	mg_case_init(&w->c);
	world_log(w, MG_KIND_LOG, "kube-apiserver", "n0", T0 - MG_HOUR, T0 + MG_HOUR);
	for (int i = 0; i < 3; i++)
		world_log(w, MG_KIND_ETCD_LOG, "etcd", nodes[i], T0 - MG_HOUR, T0 + MG_HOUR);
	world_log(w, MG_KIND_GOROUTINE, "kube-apiserver", "n0", T0, T0);
}

/* The event lasts `took` (-1: a point) and ends at `at`. */
static inline struct mg_event *world_event(struct world *w, enum mg_event_kind k, int64_t at,
					   int64_t took, uint32_t artifact)
{
	struct mg_event *e = mg_batch_add(&w->c.events, k, MG_SEV_WARNING);

	e->time_ns = at - (took > 0 ? took : 0);
	e->duration_ns = took;
	e->artifact = artifact;
	e->line = w->c.events.n;
	e->component = w->c.artifacts[artifact].source.component;
	e->node = w->c.artifacts[artifact].source.node;
	return e;
}

static inline void world_attr(struct world *w, struct mg_event *e, const char *key, const char *value)
{
	mg_batch_attr(&w->c.events, e, key, mg_strz(value));
}

/* An Event object about `name` in `ns`, which stands for `count` of them up to `at`. */
static inline struct mg_event *world_k8s(struct world *w, const char *reason, const char *ns,
					 const char *name, int64_t at, uint32_t count)
{
	struct mg_event *e = world_event(w, MG_EV_K8S_EVENT, at, -1, 0);

	e->component = mg_str("", 0);
	e->node = mg_str("", 0);
	e->ns = mg_strz(ns);
	e->name = e->pod = mg_strz(name);
	e->count = count;
	world_attr(w, e, "reason", reason);
	return e;
}

/* The data covers an hour before T0 and after. */
static inline void world_judge(struct world *w, const struct mg_override *o, size_t n)
{
	world_event(w, MG_EV_PROCESS_START, T0 - MG_HOUR, -1, 0);
	world_event(w, MG_EV_PROCESS_START, T0 + MG_HOUR, -1, 0);
	mg_case_finish(&w->c);
	mg_rules_run(&w->fs, &w->c, o, n);
}

static inline void world_end(struct world *w)
{
	mg_findings_release(&w->fs);
	mg_case_release(&w->c);
}

static inline const struct mg_finding *world_find(const struct world *w, const char *id)
{
	for (uint32_t i = 0; i < w->fs.n; i++)
		if (strcmp(w->fs.f[i].id, id) == 0)
			return &w->fs.f[i];
	return NULL;
}

static inline double world_number(const struct mg_finding *f, const char *name)
{
	for (uint32_t i = 0; i < f->nnumbers; i++)
		if (strcmp(f->numbers[i].name, name) == 0)
			return f->numbers[i].value;
	fail_msg("%s has no number %s", f->id, name);
	return 0;
}

static inline bool world_missing(const struct world *w, const char *id)
{
	for (uint32_t i = 0; i < w->fs.nnot_assessed; i++)
		if (strcmp(w->fs.not_assessed[i].id, id) == 0)
			return true;
	return false;
}

/* Does `f` stand below a finding of rule `root`? */
static inline bool world_below(const struct world *w, const struct mg_finding *f, const char *root)
{
	while (f->ncaused_by) {
		f = &w->fs.f[f->caused_by[0]];
		if (strcmp(f->id, root) == 0)
			return true;
	}
	return false;
}

/* Run the rules over what `fill` makes of n; the finding of `id` is in `w` when there is one. */
static inline const struct mg_finding *world_try(struct world *w, const char *id,
						 void (*fill)(struct world *w, int n), int n)
{
	world_begin(w);
	fill(w, n);
	world_judge(w, NULL, 0);
	return world_find(w, id);
}

#endif
