/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that live on audit logs: each fires on its shape, and neither just below its
 * threshold nor on healthy traffic. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules_feed.h"

#define APP "system:serviceaccount:team-a:syncer"
#define GC  "system:serviceaccount:kube-system:generic-garbage-collector"

/* --- shapes: `n` of what the rule counts -------------------------------------------------- */

static void conflicts(struct feed *f, int n)
{
	struct ask a = { APP, "update", "configmaps", "team-a", "state", .code = 409 };

	feed_many(f, &a, n, T0 + MG_MIN, 5 * MG_SEC);
}

static void conflict_loop(struct feed *f, int n)
{
	struct ask a = { APP, "patch", "configmaps", "team-a", "state", .code = 409 };

	feed_many(f, &a, n, T0 + MG_MIN, MG_SEC);
}

/* "exists already" is no conflict */
static void creates(struct feed *f, int n)
{
	struct ask a = { APP, "create", "configmaps", "team-a", "state", .code = 409 };

	feed_many(f, &a, n, T0 + MG_MIN, MG_SEC);
}

static void platform_conflicts(struct feed *f, int n)
{
	struct ask a = { "system:serviceaccount:kube-system:deployment-controller", "update",
			 "deployments.apps", "shop", "web", .code = 409 };

	feed_many(f, &a, n, T0 + MG_MIN, MG_SEC);
}

static void applies(struct feed *f, int n)
{
	struct ask a = { APP, "patch", "deployments.apps", "team-a", "web",
			 "/apis/apps/v1/deployments/web?fieldManager=x&force=true", .code = 200 };

	feed_many(f, &a, n, T0 + MG_MIN, 5 * MG_SEC);
}

static void apply_loop(struct feed *f, int n)
{
	struct ask a = { APP, "patch", "deployments.apps", "team-a", "web",
			 "/apis/apps/v1/deployments/web?force=true", .code = 200 };

	feed_many(f, &a, n, T0 + MG_MIN, 990 * MG_MS);
}

/* Patches of another type are no applies. */
static void patches(struct feed *f, int n)
{
	struct ask a = { APP, "patch", "deployments.apps", "team-a", "web",
			 "/apis/apps/v1/deployments/web?fieldManager=kubectl-patch", .code = 200 };

	feed_many(f, &a, n, T0 + MG_MIN, 5 * MG_SEC);
}

static void invalid_of(struct feed *f, const char *user, int n)
{
	struct ask a = { user, "patch", "jobs.batch", "team-a", "nightly", .code = 422 };

	feed_many(f, &a, n, T0 + MG_MIN, 10 * MG_SEC);
}

static void invalid_by_gc(struct feed *f, int n)
{
	invalid_of(f, GC, n);
}

static void invalid_by_other(struct feed *f, int n)
{
	invalid_of(f, APP, n);
}

static void polls(struct feed *f, int n)
{
	struct ask a = { APP, "get", "secrets", "team-a", "not-there", .code = 404 };

	feed_many(f, &a, n, T0 + MG_MIN, 120 * MG_SEC / (n - 1));
}

/* 1440 writes of the healthy traffic and 2560 others, and n of events */
static void events(struct feed *f, int n)
{
	struct ask w = { APP, "update", "configmaps", "team-a", "state", .code = 200 };
	struct ask e = { APP, "create", "events", "team-a", "web.17", .code = 200 };

	feed_many(f, &w, 2560, T0 + MG_MIN, 140 * MG_MS);
	feed_many(f, &e, n, T0 + MG_MIN, 150 * MG_MS);
}

static void deprecated(struct feed *f, int n)
{
	struct ask a = { APP, "list", "ingresses.extensions", "team-a", NULL,
			 "/apis/extensions/v1beta1/namespaces/team-a/ingresses", .removed = "1.22" };

	feed_many(f, &a, n, T0 + MG_MIN, MG_SEC);
}

static void deprecated_by_platform(struct feed *f, int n)
{
	struct ask a = { "system:kube-controller-manager", "list", "ingresses.extensions", NULL, NULL,
			 "/apis/extensions/v1beta1/ingresses", .removed = "1.22" };

	feed_many(f, &a, n, T0 + MG_MIN, MG_SEC);
}

static void slow(struct feed *f, int n, int64_t etcd_ns)
{
	for (int i = 0; i < n; i++) {
		struct mg_event *e = feed_event(f, MG_EV_AUDIT_SLOW, T0 + MG_MIN + i * MG_SEC);

		e->duration_ns = 2 * MG_SEC;
		e->verb = MG_STR("get");
		e->resource = MG_STR("pods");
		e->user = MG_STR("alice");
		mg_batch_attr_i64(&f->c.events, e, "total_ns", 2 * MG_SEC);
		mg_batch_attr_i64(&f->c.events, e, "etcd_ns", etcd_ns);
	}
}

static void slow_in_etcd(struct feed *f, int n)
{
	slow(f, n, 1400 * MG_MS);
}

static void slow_elsewhere(struct feed *f, int n)
{
	slow(f, n, 400 * MG_MS);
}

static void half_in_etcd(struct feed *f, int n)
{
	slow(f, n, 1000 * MG_MS);
}

static void watches_of(struct feed *f, int n, int64_t start, int64_t life)
{
	static const char *const users[] = { "alice", APP, "system:node:worker-1", "bob" };

	for (int i = 0; i < n; i++) {
		struct ask a = { users[i % 4], "watch", "pods", "shop", .long_running = true };

		feed_at(f, &a, start + i * 50 * MG_MS, life);
	}
}

/* 20 a minute are usual; in one minute there are n */
static void reconnects(struct feed *f, int n)
{
	for (int m = 0; m < 30; m++)
		if (m != 20)
			watches_of(f, 20, T0 + m * MG_MIN, 5 * MG_MIN);
	watches_of(f, n, T0 + 20 * MG_MIN, 5 * MG_MIN);
}

/* The same of a single account is its own business. */
static void reconnects_of_one(struct feed *f, int n)
{
	struct ask a = { APP, "watch", "pods", "shop", .long_running = true };

	for (int i = 0; i < n; i++)
		feed_at(f, &a, T0 + 20 * MG_MIN + i * 50 * MG_MS, 5 * MG_MIN);
}

/* A watch that ends at once and, `after` later, a LIST from the version the client had. */
static void relists_after(struct feed *f, int n, int64_t after)
{
	struct ask w = { APP, "watch", "pods", "shop", .long_running = true };
	struct ask l = { APP, "list", "pods", "shop", NULL,
			 "/api/v1/namespaces/shop/pods?resourceVersion=191", .code = 200 };

	for (int i = 0; i < n; i++) {
		feed_at(f, &w, T0 + MG_MIN + i * 10 * MG_MS, MG_MS / 2);
		feed_at(f, &l, T0 + MG_MIN + after + i * 10 * MG_MS, 5 * MG_MS);
	}
}

static void relists(struct feed *f, int n)
{
	relists_after(f, n, MG_SEC);
}

static void late_relists(struct feed *f, int n)
{
	relists_after(f, n, 30 * MG_SEC);
}

static void kill_apiserver(struct feed *f, int64_t ns)
{
	struct mg_event *e = feed_event(f, MG_EV_KERNEL_OOM_KILL, ns);

	e->component = MG_STR("kube-apiserver");
	e->node = MG_STR("master-0");
	e->message = MG_STR("the kernel killed kube-apiserver");
}

/* 120 writes of pods a minute are usual; before the death there are n in one */
static void churn(struct feed *f, int n)
{
	struct ask a = { APP, "update", "pods", "team-a", "p", .code = 200 };

	for (int m = 0; m < 20; m++)
		feed_many(f, &a, 120, T0 + m * MG_MIN, 400 * MG_MS);
	feed_many(f, &a, n, T0 + 27 * MG_MIN, MG_MIN / (n + 1));
	kill_apiserver(f, T0 + 29 * MG_MIN);
}

static void watch_goroutines(struct feed *f, int n)
{
	struct mg_event *e = feed_event(f, MG_EV_GOROUTINE_STUCK, T0 + 28 * MG_MIN);

	e->count = (uint32_t)n;
	mg_batch_attr(&f->c.events, e, "function",
		      MG_STR("k8s.io/apiserver/pkg/endpoints/handlers.(*WatchServer).ServeHTTP"));
	kill_apiserver(f, T0 + 29 * MG_MIN);
}

/* A large LIST before the death explains it better. */
static void churn_with_list(struct feed *f, int n)
{
	struct mg_event *e;

	churn(f, n);
	e = feed_event(f, MG_EV_AUDIT_LIST, T0 + 28 * MG_MIN);
	e->duration_ns = 3 * MG_SEC;
	e->resource = MG_STR("secrets");
	e->user = MG_STR("alice");
}

static void memory_at(struct feed *f, int64_t ns, double mib)
{
	mg_samples_add(&f->c.samples,
		       MG_STR("process_resident_memory_bytes{source=\"kube-apiserver\"}"), ns,
		       mib * 1048576, 1);
}

static void purge(struct feed *f, int objects, double mib)
{
	struct mg_event *e = feed_event(f, MG_EV_AUDIT_DELETECOLLECTION, T0 + 10 * MG_MIN);

	e->duration_ns = 20 * MG_SEC;
	e->resource = MG_STR("configmaps");
	e->ns = MG_STR("victim");
	e->code = 200;
	e = feed_event(f, MG_EV_ETCD_SLOW_APPLY, T0 + 10 * MG_MIN + MG_SEC);
	e->duration_ns = 300 * MG_MS;
	e->resource = MG_STR("configmaps");
	mg_batch_attr_i64(&f->c.events, e, "response_count", objects);
	for (int i = 0; i < 40; i++)
		memory_at(f, T0 + i * MG_MIN, 1000);
	memory_at(f, T0 + 10 * MG_MIN + 30 * MG_SEC, 1000 + mib);
}

static void purge_of(struct feed *f, int objects)
{
	purge(f, objects, 300);
}

static void purge_with_rise(struct feed *f, int mib)
{
	purge(f, 20000, mib);
}

static void stuck_for(struct feed *f, int seconds)
{
	struct mg_event *e = feed_event(f, MG_EV_NAMESPACE_STUCK,
					T0 + 40 * MG_MIN - seconds * MG_SEC);

	e->name = e->ns = MG_STR("team-b");
	mg_batch_attr(&f->c.events, e, "conditions", MG_STR("NamespaceFinalizersRemaining"));
	mg_batch_attr(&f->c.events, e, "finalizers", MG_STR("example.com/hold"));
}

static void unavailable(struct feed *f, int n)
{
	struct ask a = { APP, "list", "pods.metrics.k8s.io", NULL, NULL,
			 "/apis/metrics.k8s.io/v1beta1/pods", .code = 503 };

	feed_many(f, &a, n, T0 + MG_MIN, 5 * MG_SEC);
	a.code = 200;
	feed_many(f, &a, 40, T0 + 10 * MG_MIN, 5 * MG_SEC);
}

/* The whole server answered 503: no aggregated API is to blame. */
static void all_unavailable(struct feed *f, int n)
{
	struct ask a = { APP, "list", "pods", "shop", NULL, "/api/v1/namespaces/shop/pods",
			 .code = 503 };

	unavailable(f, n);
	feed_many(f, &a, n, T0 + MG_MIN, 5 * MG_SEC);
}

static void apiservice_down(struct feed *f, int n)
{
	for (int i = 0; i < n; i++) {
		struct mg_event *e = feed_event(f, MG_EV_APISERVICE_DOWN, T0 + 5 * MG_MIN);

		e->name = MG_STR("v1beta1.metrics.k8s.io");
		mg_batch_attr(&f->c.events, e, "service", MG_STR("openshift-monitoring/adapter"));
	}
}

static void audit_errors(struct feed *f, int n)
{
	for (int i = 0; i < n; i++)
		feed_event(f, MG_EV_LOG_ERROR, T0 + MG_MIN + i * MG_SEC)->message =
			MG_STR("Error in audit plugin 'log' affecting 3 audit events: no space left");
}

static void storm_at(struct feed *f, int64_t start)
{
	struct ask a = { APP, "list", "secrets", NULL, NULL, "/api/v1/secrets", .code = 403 };

	feed_many(f, &a, 200, start, 500 * MG_MS);
}

/* A webhook that was made n minutes before a storm of 403. */
static void changed_before(struct feed *f, int minutes)
{
	struct mg_event *e = feed_event(f, MG_EV_AUDIT_CHANGE, T0 + (35 - minutes) * MG_MIN);

	e->verb = MG_STR("create");
	e->resource = MG_STR("mutatingwebhookconfigurations.admissionregistration.k8s.io");
	e->name = MG_STR("injector");
	e->user = MG_STR("alice");
	e->code = 201;
	storm_at(f, T0 + 35 * MG_MIN);
}

static void changed_without_trouble(struct feed *f, int minutes)
{
	changed_before(f, minutes);
	mg_requests_free(f->c.audit);
	f->c.audit = mg_requests_new();
	storm_at(f, T0 + 90 * MG_MIN); /* nothing of the change's time */
}

static void product(struct feed *f, int users)
{
	static const char *const names[] = {
		"system:serviceaccount:acme-mesh:acme-pilot", "system:serviceaccount:acme-mesh:acme-citadel",
		"system:serviceaccount:acme-mesh:acme-galley", "system:serviceaccount:acme-mesh:acme-proxy",
		"system:serviceaccount:acme-mesh:acme-telemetry",
	};

	for (int i = 0; i < users; i++) {
		struct ask a = { names[i], "list", "pods", NULL, NULL, "/api/v1/pods", .code = 200 };

		feed_many(f, &a, 24000 / users, T0, 100 * MG_MS * users);
	}
}

static char node_names[64][32];

static void kubelets(struct feed *f, int nodes, int64_t step)
{
	for (int i = 0; i < nodes; i++) {
		struct ask a = { node_names[i], "get", "configmaps", "shop", "c", .code = 200 };

		snprintf(node_names[i], sizeof(node_names[i]), "system:node:node-%d", i);
		feed_many(f, &a, (int)(40 * MG_MIN / step), T0, step);
	}
}

/* 8 nodes and the two of the healthy traffic */
static void normal_kubelets(struct feed *f, int nodes)
{
	kubelets(f, nodes - 2, 3 * MG_SEC);
}

/* ten of n tenths of a request a second each */
static void busy_kubelets(struct feed *f, int tenths)
{
	kubelets(f, 30, 10 * MG_SEC / tenths);
}

static void refused_nodes(struct feed *f, int n)
{
	static const char *const ips[] = { "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4" };

	for (int i = 0; i < 4; i++) {
		struct ask a = { "", "get", "nodes", NULL, "n", "/api/v1/nodes/n", ips[i],
				 "kubelet/v1.20.2", .code = 401 };

		feed_many(f, &a, n, T0 + MG_MIN, 100 * MG_SEC / (n - 1));
	}
}

/* --- the table ------------------------------------------------------------------------------ */

#define NEVER (-1) /* as `fires`: `silent` is only said to be silent */

static const struct shape {
	const char *rule;
	void (*add)(struct feed *f, int n);
	int              silent, fires;
	enum mg_severity severity; /* at least this one */
} shapes[] = {
	{ "conflict-storm", conflicts, 10, 11, MG_SEV_INFO },
	{ "conflict-storm", conflict_loop, 59, 61, MG_SEV_WARNING },
	{ "conflict-storm", creates, 500, NEVER, MG_SEV_INFO },
	{ "conflict-storm", platform_conflicts, 59, 61, MG_SEV_INFO },
	{ "apply-spam", applies, 200, 201, MG_SEV_INFO },
	{ "apply-spam", applies, 400, NEVER, MG_SEV_WARNING },
	{ "apply-spam", apply_loop, 199, 201, MG_SEV_WARNING },
	{ "apply-spam", patches, 400, NEVER, MG_SEV_INFO },
	{ "invalid", invalid_by_gc, 0, 1, MG_SEV_INFO },
	{ "invalid", invalid_by_gc, 9, 10, MG_SEV_WARNING },
	{ "invalid", invalid_by_other, 9, 10, MG_SEV_WARNING },
	{ "404-poll", polls, 115, 121, MG_SEV_WARNING },
	{ "events-flood", events, 1700, 1730, MG_SEV_WARNING },
	{ "deprecated-api", deprecated, 0, 1, MG_SEV_INFO },
	{ "deprecated-api", deprecated_by_platform, 10, NEVER, MG_SEV_INFO },
	{ "etcd-share", slow_in_etcd, 19, 20, MG_SEV_WARNING },
	{ "etcd-share", slow_elsewhere, 19, 20, MG_SEV_INFO },
	{ "etcd-share", half_in_etcd, 100, NEVER, MG_SEV_INFO },
	{ "reconnect-storm", reconnects, 99, 100, MG_SEV_WARNING },
	{ "reconnect-storm", reconnects_of_one, 300, NEVER, MG_SEV_INFO },
	{ "410-relist", relists, 19, 20, MG_SEV_WARNING },
	{ "410-relist", late_relists, 100, NEVER, MG_SEV_INFO },
	{ "watch-event-memory", churn, 599, 601, MG_SEV_WARNING },
	{ "watch-event-memory", churn_with_list, 2000, NEVER, MG_SEV_INFO },
	{ "watch-event-memory", watch_goroutines, 9999, 10000, MG_SEV_WARNING },
	{ "dc-memory", purge_of, 9999, 10000, MG_SEV_WARNING },
	{ "dc-memory", purge_with_rise, 255, 257, MG_SEV_WARNING },
	{ "namespace-stuck", stuck_for, 59, 60, MG_SEV_WARNING },
	{ "aggregated-api", unavailable, 9, 10, MG_SEV_WARNING },
	{ "aggregated-api", all_unavailable, 20, NEVER, MG_SEV_INFO },
	{ "aggregated-api", apiservice_down, 0, 1, MG_SEV_ERROR },
	{ "audit-write-error", audit_errors, 0, 1, MG_SEV_WARNING },
	{ "what-changed", changed_before, 31, 29, MG_SEV_INFO },
	{ "what-changed", changed_without_trouble, 29, NEVER, MG_SEV_INFO },
	{ "product-overload", product, 3, 4, MG_SEV_INFO },
	{ "kubelet-load", normal_kubelets, 9, 10, MG_SEV_INFO },
	{ "kubelet-load", busy_kubelets, 10, 12, MG_SEV_WARNING },
	{ "401-spam", refused_nodes, 24, 26, MG_SEV_WARNING },
};

/* Does the rule fire on n of the shape, with at least its severity? */
static bool fires(const struct shape *s, int n)
{
	struct feed              f;
	struct mg_findings       fs;
	const struct mg_finding *found;
	bool                     yes;

	feed_healthy(&f);
	s->add(&f, n);
	feed_judge(&f, &fs);
	found = feed_find(&fs, s->rule);
	yes = found && found->severity >= s->severity;
	if (yes) { /* what every finding owes its reader */
		assert_true(found->claim.n > 20 && found->label.n > 0);
		assert_true(found->nevidence > 0 && found->nnumbers > 0 && found->nnext_steps > 0);
		assert_true(found->start_ns <= found->end_ns);
	}
	feed_release(&f, &fs);
	return yes;
}

static void each_at_its_threshold(void **state)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *s = &shapes[i];

		if (s->fires != NEVER && !fires(s, s->fires))
			fail_msg("shape %zu: %s does not fire on %d", i, s->rule, s->fires);
		if (fires(s, s->silent))
			fail_msg("shape %zu: %s fires on %d", i, s->rule, s->silent);
	}
}

static void nothing_when_healthy(void **state)
{
	struct feed        f;
	struct mg_findings fs;

	feed_healthy(&f);
	feed_judge(&f, &fs);
	for (uint32_t i = 0; i < fs.n; i++)
		print_message("%s: %.*s\n", fs.f[i].id, MG_FMT(fs.f[i].claim));
	assert_int_equal(fs.n, 0);
	feed_release(&f, &fs);
}

/* Without its input a rule says so; it does not say that all is well. */
static void what_is_missing_is_said(void **state)
{
	static const char *const rules[] = { "conflict-storm", "apply-spam", "invalid", "404-poll",
					     "events-flood", "deprecated-api", "reconnect-storm",
					     "410-relist", "what-changed", "product-overload",
					     "kubelet-load", "audit-write-error", "namespace-stuck",
					     "aggregated-api" };
	struct feed        f = { .line = 0 };
	struct mg_findings fs;

	mg_case_init(&f.c);
	feed_judge(&f, &fs);
	assert_int_equal(fs.n, 0);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		bool said = false;

		for (uint32_t k = 0; k < fs.nnot_assessed; k++)
			said |= strcmp(fs.not_assessed[k].id, rules[i]) == 0 &&
				fs.not_assessed[k].missing.n > 0;
		if (!said)
			fail_msg("%s does not say what it lacks", rules[i]);
	}
	feed_release(&f, &fs);
}

/* One storm is one finding: four addresses, four objects. */
static void storms_are_merged(void **state)
{
	struct feed              f;
	struct mg_findings       fs;
	const struct mg_finding *found;
	static const char *const names[] = { "a", "b", "c", "d" };
	uint32_t                 n = 0;

	feed_healthy(&f);
	refused_nodes(&f, 100);
	for (int i = 0; i < 4; i++) {
		struct ask a = { APP, "get", "secrets", "team-a", names[i], .code = 404 };

		feed_many(&f, &a, 200, T0 + MG_MIN, MG_SEC / 2);
	}
	feed_judge(&f, &fs);
	for (uint32_t i = 0; i < fs.n; i++)
		n += strcmp(fs.f[i].id, "401-spam") == 0 || strcmp(fs.f[i].id, "404-poll") == 0;
	assert_int_equal(n, 2);
	found = feed_find(&fs, "401-spam");
	assert_int_equal((int)feed_number(found, "sources"), 4);
	assert_int_equal((int)feed_number(found, "requests"), 400);
	found = feed_find(&fs, "404-poll");
	assert_int_equal((int)feed_number(found, "objects"), 4);
	feed_release(&f, &fs);
}

/* After the start of an API server, watches that come back are its effect. */
static void restarts_explain_reconnects(void **state)
{
	struct feed        f;
	struct mg_findings fs;
	struct mg_event   *e;

	feed_healthy(&f);
	reconnects(&f, 200);
	e = feed_event(&f, MG_EV_APISERVER_START, T0 + 20 * MG_MIN - 10 * MG_SEC);
	e->component = MG_STR("kube-apiserver");
	feed_judge(&f, &fs);
	assert_non_null(feed_find(&fs, "reconnect-storm"));
	assert_int_equal(feed_find(&fs, "reconnect-storm")->severity, MG_SEV_INFO);
	feed_release(&f, &fs);
}

/* A namespace that waits for a dead APIService is that one's effect. */
static void a_dead_api_keeps_namespaces(void **state)
{
	struct feed              f;
	struct mg_findings       fs;
	const struct mg_finding *stuck;

	feed_healthy(&f);
	unavailable(&f, 400); /* from minute 1 to minute 34 */
	apiservice_down(&f, 1);
	stuck_for(&f, 20 * 60);
	feed_judge(&f, &fs);
	stuck = feed_find(&fs, "namespace-stuck");
	assert_non_null(stuck);
	assert_int_equal(stuck->ncaused_by, 1);
	assert_string_equal(fs.f[stuck->caused_by[0]].id, "aggregated-api");
	feed_release(&f, &fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_at_its_threshold),
		cmocka_unit_test(nothing_when_healthy),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(storms_are_merged),
		cmocka_unit_test(restarts_explain_reconnects),
		cmocka_unit_test(a_dead_api_keeps_namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
