/* rules_feed.h - cases built in memory for the tests of rules: some healthy traffic, and what
 * a shape adds to it. */
#ifndef MG_TESTS_RULES_FEED_H
#define MG_TESTS_RULES_FEED_H

#include <stdio.h>
#include <string.h>

#include "analysis/rule.h"
#include "base/mem.h"

#define T0 INT64_C(1795230000000000000) /* 2026-11-21T03:00:00Z */

struct feed {
	struct mg_case c;
	uint64_t       line;
};

/* Who asks for what; texts are literals or outlive the call. */
struct ask {
	const char *user, *verb, *resource, *ns, *name, *uri, *ip, *agent;
	uint32_t    code;
	bool        long_running;
	const char *removed;
};

static inline struct mg_str text_or(const char *s, const char *otherwise)
{
	return mg_strz(s ? s : otherwise);
}

static inline void feed_at(struct feed *f, const struct ask *a, int64_t start, int64_t took)
{
	struct mg_request q = { .start_ns = start, .end_ns = start + took,
				.code = a->code ? a->code : 200,
				.long_running = a->long_running, .verb = text_or(a->verb, "get"),
				.user = text_or(a->user, ""), .user_agent = text_or(a->agent, "ua"),
				.source_ip = text_or(a->ip, "10.0.0.1"),
				.resource = text_or(a->resource, ""), .ns = text_or(a->ns, ""),
				.name = text_or(a->name, ""), .uri = text_or(a->uri, "/api/v1/x"),
				.removed_release = text_or(a->removed, ""), .artifact = 0 };

	q.line = ++f->line;
	mg_requests_add(f->c.audit, &q);
}

/* `n` such requests, `step` apart, 5 ms each. */
static inline void feed_many(struct feed *f, const struct ask *a, int n, int64_t start, int64_t step)
{
	for (int i = 0; i < n; i++)
		feed_at(f, a, start + i * step, 5 * MG_MS);
}

static inline struct mg_event *feed_event(struct feed *f, enum mg_event_kind k, int64_t ns)
{
	struct mg_event *e = mg_batch_add(&f->c.events, k, MG_SEV_WARNING);

	e->time_ns = ns;
	e->time_source = MG_TIME_EXACT;
	e->duration_ns = -1;
	e->line = ++f->line;
	e->count = 1;
	return e;
}

static inline void feed_artifact(struct feed *f, const char *path, enum mg_kind k)
{
	struct mg_artifact a = { .path = mg_strz(path), .kind = k, .size = 1000,
				 .stats = MG_LEAF_STATS_INIT };

	a.source.artifact = f->c.nartifacts;
	a.stats.lines = a.stats.records = 10;
	MG_PUSH(f->c.artifacts, f->c.nartifacts, f->c.artifacts_cap, a);
}

/* Forty minutes of a small cluster at rest. */
static inline void feed_healthy(struct feed *f)
{
	static const struct ask quiet[] = {
		{ "system:kube-controller-manager", "update", "leases.coordination.k8s.io",
		  "kube-system", "kube-controller-manager", NULL, NULL, NULL, 200, false, NULL },
		{ "system:node:worker-1", "patch", "nodes", NULL, "worker-1", NULL, NULL, NULL, 200,
		  false, NULL },
		{ "system:node:worker-2", "get", "secrets", "shop", "pull", NULL, NULL, NULL, 200,
		  false, NULL },
		{ "system:serviceaccount:shop:cart", "list", "configmaps", "shop", NULL,
		  "/api/v1/namespaces/shop/configmaps?limit=500", NULL, NULL, 200, false, NULL },
		{ "system:serviceaccount:kube-system:deployment-controller", "update",
		  "deployments.apps", "shop", "web", NULL, NULL, NULL, 200, false, NULL },
		{ "alice", "get", "pods", "shop", "web-1", NULL, NULL, NULL, 200, false, NULL },
	};

	*f = (struct feed){ .line = 0 };
	mg_case_init(&f->c);
	f->c.first_ns = T0;
	f->c.last_ns = T0 + 40 * MG_MIN;
	feed_artifact(f, "audit_logs/kube-apiserver/master-0-audit.log", MG_KIND_AUDIT);
	feed_artifact(f, "kube-apiserver/logs/current.log", MG_KIND_LOG);
	feed_artifact(f, "cluster-scoped-resources/core/namespaces.yaml", MG_KIND_KUBE_YAML);
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
		feed_many(f, &quiet[i], 40 * 60 / 5, T0 + (int64_t)i * 100 * MG_MS, 5 * MG_SEC);
}

static inline void feed_judge(struct feed *f, struct mg_findings *fs)
{
	*fs = (struct mg_findings){ 0 };
	mg_batch_sort(&f->c.events);
	mg_samples_sort(&f->c.samples);
	mg_rules_run(fs, &f->c, NULL, 0);
}

static inline const struct mg_finding *feed_find(const struct mg_findings *fs, const char *id)
{
	for (uint32_t i = 0; i < fs->n; i++)
		if (strcmp(fs->f[i].id, id) == 0)
			return &fs->f[i];
	return NULL;
}

static inline double feed_number(const struct mg_finding *f, const char *name)
{
	for (uint32_t i = 0; i < f->nnumbers; i++)
		if (strcmp(f->numbers[i].name, name) == 0 && !f->numbers[i].is_text)
			return f->numbers[i].value;
	return -1;
}

static inline void feed_release(struct feed *f, struct mg_findings *fs)
{
	mg_findings_release(fs);
	mg_case_release(&f->c);
}

#endif
