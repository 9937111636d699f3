/* SPDX-License-Identifier: Apache-2.0 */
/* Rules fed by logs, dumps and objects: each fires on its shape, and not just below it. */
#include "rule_world.h"

/* --- shapes: `n` is the size that the threshold is about ------------------------------- */

static void dump(struct world *w, int64_t at, int64_t total, int64_t largest, const char *state,
		 int64_t minutes)
{
	struct mg_event *e = world_event(w, MG_EV_GOROUTINE_DUMP, at, -1, 4);

	mg_batch_attr_i64(&w->c.events, e, "total", total);
	mg_batch_attr_i64(&w->c.events, e, "largest", largest);
	mg_batch_attr_i64(&w->c.events, e, "largest_wait_minutes", minutes);
	world_attr(w, e, "largest_state", state);
	world_attr(w, e, "largest_function", "cacher.(*cacheWatcher).add");
}

static void goroutines(struct world *w, int n)
{
	dump(w, T0, 1800, 93, "select", 30);
	dump(w, T0 + MG_MIN, n, n / 20, "select", 30);
}

static void crowd(struct world *w, int percent)
{
	dump(w, T0, 2000, 20 * percent, "chan send", 11);
}

static void idle_crowd(struct world *w, int percent)
{
	dump(w, T0, 2000, 20 * percent, "select", 600);
}

static void workers(struct world *w, int minutes)
{
	struct mg_event *e;

	dump(w, T0, 1800, 93, "select", 1);
	e = world_event(w, MG_EV_GOROUTINE_STUCK, T0, minutes ? minutes * MG_MIN : -1, 4);
	e->count = 2;
	world_attr(w, e, "signature", "deletecollection-worker");
	mg_batch_attr_i64(&w->c.events, e, "wait_max_minutes", minutes);
}

static void forced(struct world *w, int n)
{
	for (int i = 0; i < n; i++) {
		struct mg_event *e = world_event(w, MG_EV_APISERVER_WATCH_CACHE, T0 + i * MG_SEC, -1, 0);

		e->resource = MG_STR("pods");
		e->message = MG_STR("Forcing pods watcher close due to unresponsiveness");
	}
}

static void reflector(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_event(w, MG_EV_REFLECTOR_ERROR, T0 + i * MG_MIN, -1, 0)->message =
			MG_STR("Failed to watch *v1.Pod: dial tcp: connect: connection refused");
}

static void reflector_burst(struct world *w, int n)
{
	reflector(w, 1);
	w->c.events.ev[0].count = (uint32_t)n;
}

static void pressure(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_k8s(w, "SystemOOM", "default", "w1", T0 + i * MG_SEC, 1)->node = MG_STR("w1");
}

static void pleg(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_event(w, MG_EV_KUBELET_PLEG, T0 + i * 5 * MG_SEC, -1, 0)->message =
			MG_STR("PLEG is not healthy: pleg was last seen active 3m8s ago");
	world_event(w, MG_EV_KUBELET_PLEG, T0 - 30 * MG_MIN, -1, 0)->message =
		MG_STR("PLEG is not healthy: pleg has yet to be successful");
}

static void hung_disk(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_event(w, MG_EV_KERNEL_HUNG_TASK, T0 + i * MG_SEC, -1, 1)->message =
			MG_STR("task etcd:123 blocked for more than 120 seconds");
	world_event(w, MG_EV_ETCD_SLOW_FDATASYNC, T0 + MG_MIN, 5 * MG_SEC, 1);
}

static void killed(struct world *w, int seconds)
{
	struct mg_event *e = world_k8s(w, "Killing", "openshift-kube-apiserver", "kas-n0", T0, 1);

	e->message = MG_STR("Stopping container kube-apiserver");
	e = world_event(w, MG_EV_POD_TERMINATED, T0 + seconds * MG_SEC, -1, 0);
	e->code = 137;
	e->pod = MG_STR("kas-n0");
	e->ns = MG_STR("openshift-kube-apiserver");
	world_attr(w, e, "container", "kube-apiserver");
}

static void expired(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_event(w, MG_EV_CERT_ERROR, T0 + i * MG_SEC, -1, 0)->message =
			MG_STR("x509: certificate has expired or is not yet valid: current time "
			       "2031-05-08T01:00:00Z is after 2031-05-08T00:00:00Z");
	world_event(w, MG_EV_CERT_ERROR, T0, -1, 0)->message =
		MG_STR("x509: certificate signed by unknown authority");
}

/* The data ends at T0 + 1 h. */
static void certificate(struct world *w, const char *subject, int64_t life, int64_t left)
{
	struct mg_event *e = world_event(w, MG_EV_CERTIFICATE, T0 + MG_HOUR + left, life, 0);
	char             until[40];

	world_attr(w, e, "subject", subject);
	world_attr(w, e, "issuer", "kubelet-signer");
	world_attr(w, e, "not_after",
		   mg_time_format(T0 + MG_HOUR + left, 0, until, sizeof(until)));
}

static void certificate_due(struct world *w, int percent_over)
{
	certificate(w, "system:node:w1", 100 * MG_DAY, (100 - percent_over) * MG_DAY);
}

/* The old signer stays in its bundle; a root of the public has ended long ago. */
static void renewed(struct world *w, int n)
{
	certificate(w, "kube-csr-signer_@1627982337", 30 * MG_DAY, -n * MG_DAY);
	certificate(w, "kube-csr-signer_@1629982337", 30 * MG_DAY, 25 * MG_DAY);
	certificate(w, "Some Root Authority", 7000 * MG_DAY, -n * MG_DAY);
	world_attr(w, &w->c.events.ev[w->c.events.n - 1], "bundle", "136");
}

static void etcd_signer(struct world *w, int more_days)
{
	certificate(w, "openshift-etcd_etcd-signer@1627982337", 3650 * MG_DAY, (730 - more_days) * MG_DAY);
	certificate(w, "kube-apiserver-lb-signer", 3650 * MG_DAY, 100 * MG_DAY);
}

static void requests(struct world *w, int pending)
{
	for (int i = 0; i < pending + 20; i++) {
		struct mg_event *e = world_event(w, MG_EV_CSR, T0 + i * MG_SEC, -1, 0);

		e->user = MG_STR("system:node:w1");
		world_attr(w, e, "state", i < pending && i % 2 ? "pending" : "approved");
		world_attr(w, e, "issued", i < pending ? "false" : "true");
	}
}

static void members(struct world *w, int unhealthy)
{
	static const char *const names[] = { "n0", "n1", "n2" };

	for (int i = 0; i < 3; i++) {
		struct mg_event *e = world_event(w, MG_EV_ETCD_MEMBER, T0 + MG_HOUR, -1, 0);

		e->name = mg_strz(names[i]);
		world_attr(w, e, "member", i == 0 ? "a0" : i == 1 ? "b1" : "c2");
		world_attr(w, e, "client_urls", i == 0 ? "https://10.0.0.0:2379"
						: i == 1 ? "https://10.0.0.1:2379" : "https://10.0.0.2:2379");
		e = world_event(w, i < unhealthy ? MG_EV_ETCD_ERROR : MG_EV_ETCD_STATUS, T0 + MG_HOUR, -1, 0);
		e->severity = i < unhealthy ? MG_SEV_ERROR : MG_SEV_INFO;
		world_attr(w, e, "endpoint", i == 0 ? "https://10.0.0.0:2379"
					     : i == 1 ? "https://10.0.0.1:2379" : "https://10.0.0.2:2379");
		world_attr(w, e, "health", i < unhealthy ? "false" : "true");
	}
}

static void lag(struct world *w, int entries)
{
	for (int i = 0; i < 3; i++) {
		struct mg_event *e = world_event(w, MG_EV_ETCD_STATUS, T0 + MG_HOUR, -1, 0);

		world_attr(w, e, "endpoint", i == 0 ? "https://10.0.0.0:2379"
					     : i == 1 ? "https://10.0.0.1:2379" : "https://10.0.0.2:2379");
		world_attr(w, e, "member", i == 0 ? "a0" : i == 1 ? "b1" : "c2");
		mg_batch_attr_i64(&w->c.events, e, "db_bytes", 100 << 20);
		mg_batch_attr_i64(&w->c.events, e, "raft_index", 900000 - (i == 2 ? entries : i));
	}
}

static void compactions(struct world *w, int ms)
{
	for (int i = 0; i < 3; i++)
		for (uint32_t m = 1; m <= 3; m++)
			world_event(w, MG_EV_ETCD_COMPACTION, T0 + i * 5 * MG_MIN + ms * MG_MS,
				    ms * MG_MS, m);
}

static void uneven_compaction(struct world *w, int apart_ms)
{
	world_event(w, MG_EV_ETCD_COMPACTION, T0 + 100 * MG_MS, 100 * MG_MS, 1);
	world_event(w, MG_EV_ETCD_COMPACTION, T0 + (100 + apart_ms) * MG_MS, (100 + apart_ms) * MG_MS, 2);
}

static void defragmentation(struct world *w, int ms)
{
	world_event(w, MG_EV_ETCD_DEFRAG, T0 + ms * MG_MS, ms * MG_MS, 2);
}

static void refused(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_attr(w, world_event(w, MG_EV_ETCD_REJECTED, T0 + i * MG_SEC, -1, 1), "error",
			   "remote error: tls: bad certificate");
	for (int i = 0; i < 50; i++) /* TCP probes */
		world_attr(w, world_event(w, MG_EV_ETCD_REJECTED, T0 + i * MG_SEC, -1, 1), "error", "EOF");
}

static void refused_expired(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_attr(w, world_event(w, MG_EV_ETCD_REJECTED, T0 + i * MG_SEC, -1, 1), "error",
			   "tls: failed to verify certificate: x509: certificate has expired or is not "
			   "yet valid");
}

static void late_heartbeats(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_event(w, MG_EV_ETCD_HEARTBEAT, T0 + i * 10 * MG_SEC, 300 * MG_MS, 2);
}

/* The same, but the member's disk was slow at that time. */
static void disk_heartbeats(struct world *w, int n)
{
	late_heartbeats(w, n);
	for (int i = 0; i < n; i++)
		world_event(w, MG_EV_ETCD_SLOW_FDATASYNC, T0 + i * 10 * MG_SEC, 1200 * MG_MS, 2);
}

static void probes(struct world *w, int pods)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h" };

	for (int i = 0; i < 3 * pods; i++) {
		struct mg_event *e = world_event(w, MG_EV_KUBELET_PROBE, T0 + i * MG_SEC, -1, 0);

		e->ns = MG_STR("shop");
		e->pod = mg_strz(names[i % pods]);
	}
}

static void control_plane_probes(struct world *w, int n)
{
	for (int i = 0; i < n; i++) {
		struct mg_event *e = world_event(w, MG_EV_KUBELET_PROBE, T0 + i * MG_SEC, -1, 0);

		e->ns = MG_STR("openshift-etcd");
		e->pod = MG_STR("etcd-n0");
	}
}

static void revisions(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_k8s(w, "NodeTargetRevisionChanged", "openshift-etcd-operator", "etcd-operator",
			  T0 + i * MG_MIN, 1);
}

static void no_change(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_k8s(w, "ScalingReplicaSet", "shop", "cart", T0 + i * MG_MIN, 1);
}

/* --- the table ----------------------------------------------------------------------------- */

static const struct {
	const char *id;
	void (*shape)(struct world *w, int n);
	int              fires, below; /* sizes; below < 0: no such size */
	enum mg_severity severity;
	const char      *claim; /* a part of it */
} shapes[] = {
	{ "goroutine-leak", goroutines, 50001, 50000, MG_SEV_WARNING, "50001 goroutines" },
	{ "goroutine-leak", crowd, 31, 30, MG_SEV_WARNING, "up to 11 minutes" },
	{ "dc-in-progress", workers, 4, 5, MG_SEV_INFO, "2 worker goroutines" },
	{ "forced-close", forced, 10, 9, MG_SEV_WARNING, "pods 10" },
	{ "reflector-errors", reflector, 11, 10, MG_SEV_INFO, "connection refused 11" },
	{ "reflector-errors", reflector_burst, 30, -1, MG_SEV_WARNING, "30 in the minute" },
	{ "pressure", pressure, 1, 0, MG_SEV_WARNING, "w1 1" },
	{ "disk-stall", pleg, 3, 2, MG_SEV_WARNING, "3 of the kubelet" },
	{ "disk-stall", hung_disk, 1, 0, MG_SEV_ERROR, "same node" },
	{ "sigkill-after-grace", killed, 30, 28, MG_SEV_WARNING, "kube-apiserver 1" },
	{ "cert-expiry", expired, 1, 0, MG_SEV_ERROR, "has expired at 2031-05-08T00:00:00Z" },
	{ "cert-expiry", certificate_due, 91, 90, MG_SEV_INFO, "1 certificate in the archive" },
	{ "etcd-certs", etcd_signer, 1, 0, MG_SEV_INFO, "729 days after" },
	{ "etcd-certs", etcd_signer, 366, -1, MG_SEV_WARNING, "364 days after" },
	{ "etcd-certs", etcd_signer, 740, -1, MG_SEV_ERROR, "ended" },
	{ "csr-pileup", requests, 10, 9, MG_SEV_WARNING, "5 of them are approved and not issued" },
	{ "members", members, 1, 0, MG_SEV_ERROR, "the loss of one more" },
	{ "members", members, 2, 0, MG_SEV_CRITICAL, "no quorum" },
	{ "members", lag, 5001, 5000, MG_SEV_WARNING, "5001 raft entries" },
	{ "compaction", compactions, 801, 800, MG_SEV_WARNING, "9 of 9" },
	{ "compaction", uneven_compaction, 201, 200, MG_SEV_INFO, "apart by 201 ms" },
	{ "defragmentation", defragmentation, 1000, 999, MG_SEV_INFO, "(n1 1)" },
	{ "etcd-certs", refused, 10, 9, MG_SEV_WARNING, "10 connections" },
	{ "etcd-certs", refused_expired, 1, 0, MG_SEV_ERROR, "1 of them because it had expired" },
	{ "cpu-starvation", late_heartbeats, 10, 9, MG_SEV_WARNING, "n1 10" },
	{ "probe-storm", probes, 4, 3, MG_SEV_WARNING, "12 of 4 pods" },
	{ "probe-storm", control_plane_probes, 10, 9, MG_SEV_WARNING, "openshift-etcd 10" },
	{ "rollout", revisions, 1, 0, MG_SEV_INFO, "openshift-etcd 1" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void fires_on_its_shape(void **state)
{
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct world             w;
		const struct mg_finding *f = world_try(&w, shapes[i].id, shapes[i].shape, shapes[i].fires);

		if (!f)
			fail_msg("%s does not fire at %d", shapes[i].id, shapes[i].fires);
		if (f->severity != shapes[i].severity || !mg_str_has(f->claim, mg_strz(shapes[i].claim)))
			fail_msg("%s at %d: %s: %.*s", shapes[i].id, shapes[i].fires,
				 mg_severity_name(f->severity), MG_FMT(f->claim));
		assert_true(f->nevidence > 0);
		assert_true(f->nnext_steps > 0 && f->label.n > 0);
		assert_true(f->start_ns <= f->end_ns);
		world_end(&w);
	}
}

static void silent_just_below(void **state)
{
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct world w;

		if (shapes[i].below < 0)
			continue;
		if (world_try(&w, shapes[i].id, shapes[i].shape, shapes[i].below))
			fail_msg("%s fires at %d", shapes[i].id, shapes[i].below);
		world_end(&w);
	}
}

/* Shapes that look alike and are something else. */
static void silent_on_others(void **state)
{
	static const struct {
		const char *id;
		void (*shape)(struct world *w, int n);
		int n;
	} others[] = {
		{ "goroutine-leak", idle_crowd, 90 },       { "cpu-starvation", disk_heartbeats, 30 },
		{ "rollout", no_change, 30 },               { "sigkill-after-grace", killed, 1000 },
		{ "cert-expiry", renewed, 3 },              { "etcd-certs", renewed, 3 },
	};

	for (size_t i = 0; i < COUNT(others); i++) {
		struct world w;

		if (world_try(&w, others[i].id, others[i].shape, others[i].n))
			fail_msg("%s fires on shape %zu", others[i].id, i);
		world_end(&w);
	}
}

static void nothing(struct world *w, int n)
{
	(void)w;
	(void)n;
}

static void silent_when_nothing_is_wrong(void **state)
{
	struct world w;

	for (size_t i = 0; i < COUNT(shapes); i++) {
		assert_null(world_try(&w, shapes[i].id, nothing, 0));
		world_end(&w);
	}
}

static void says_what_is_missing(void **state)
{
	static const char *const ids[] = { "goroutine-leak", "dc-in-progress", "forced-close",
					   "reflector-errors", "csr-pileup", "members", "compaction",
					   "defragmentation", "etcd-certs", "cpu-starvation", "cert-expiry",
					   "pressure", "sigkill-after-grace", "probe-storm", "rollout",
					   "disk-stall" };
	struct world w = { 0 };

	mg_case_init(&w.c);
	mg_case_finish(&w.c);
	mg_rules_run(&w.fs, &w.c, NULL, 0);
	for (size_t i = 0; i < COUNT(ids); i++)
		if (!world_missing(&w, ids[i]))
			fail_msg("%s does not say what is missing", ids[i]);
	world_end(&w);
}

static void thresholds_can_be_set(void **state)
{
	struct mg_override o = { "csr-pileup", "min_pending", 3 };
	struct world       w;

	world_begin(&w);
	requests(&w, 3);
	world_judge(&w, &o, 1);
	assert_non_null(world_find(&w, "csr-pileup"));
	world_end(&w);
}

/* --- planned change ------------------------------------------------------------------------ */

static void leader_loss(struct world *w, int64_t at)
{
	for (uint32_t m = 1; m <= 3; m++) {
		static const char *const ids[] = { "a0", "b1", "c2" };
		struct mg_event         *e = world_event(w, MG_EV_ETCD_LEADER_ELECTED, at - 30 * MG_MIN, -1, m);

		world_attr(w, e, "member", ids[m - 1]);
		world_attr(w, e, "leader", "a0");
		mg_batch_attr_i64(&w->c.events, e, "term", 7);
		e = world_event(w, MG_EV_ETCD_LEADER_LOST, at, -1, m);
		world_attr(w, e, "state", "lost");
		world_attr(w, e, "member", ids[m - 1]);
		world_attr(w, e, "leader", "a0");
		mg_batch_attr_i64(&w->c.events, e, "term", 7);
		e = world_event(w, MG_EV_ETCD_LEADER_ELECTED, at + 6 * MG_SEC, -1, m);
		world_attr(w, e, "member", ids[m - 1]);
		world_attr(w, e, "leader", "b1");
		mg_batch_attr_i64(&w->c.events, e, "term", 8);
	}
}

static void rollout_lowers_what_it_explains(void **state)
{
	struct world             w;
	const struct mg_finding *f;

	world_begin(&w);
	revisions(&w, 3);
	leader_loss(&w, T0 + 2 * MG_MIN);
	world_judge(&w, NULL, 0);
	f = world_find(&w, "leader-loss");
	assert_non_null(f);
	assert_int_equal(f->severity, MG_SEV_WARNING);
	assert_true(mg_str_has(f->claim, MG_STR("planned change")));
	assert_true(world_below(&w, f, "rollout"));
	assert_true(mg_str_starts(w.fs.verdict, MG_STR("planned change")));
	world_end(&w);

	world_begin(&w); /* half an hour later it has another reason */
	revisions(&w, 3);
	leader_loss(&w, T0 + 40 * MG_MIN);
	world_judge(&w, NULL, 0);
	f = world_find(&w, "leader-loss");
	assert_int_equal(f->severity, MG_SEV_ERROR);
	assert_int_equal(f->ncaused_by, 0);
	world_end(&w);
}

static void upgrades_and_drains(void **state)
{
	struct world             w;
	const struct mg_finding *f;
	struct mg_event         *e;

	world_begin(&w);
	e = world_event(&w, MG_EV_CLUSTER_VERSION, T0 + 20 * MG_MIN, 20 * MG_MIN, 0);
	world_attr(&w, e, "version", "4.8.2");
	e = world_event(&w, MG_EV_CLUSTER_VERSION, T0 - 90 * MG_DAY, MG_HOUR, 0); /* not in the data */
	world_attr(&w, e, "version", "4.8.1");
	world_k8s(&w, "Drain", "", "w1", T0 + 10 * MG_MIN, 1)->node = MG_STR("w1");
	world_k8s(&w, "Uncordon", "", "w1", T0 + 30 * MG_MIN, 1)->node = MG_STR("w1");
	world_judge(&w, NULL, 0);
	f = world_find(&w, "rollout");
	assert_non_null(f);
	assert_int_equal(f->start_ns, T0);
	assert_int_equal(f->end_ns, T0 + 30 * MG_MIN);
	assert_int_equal(f->confidence, MG_CONF_HIGH);
	assert_true(mg_str_has(f->claim, MG_STR("version 4.8.2; 1 node cordoned")));
	assert_false(mg_str_has(f->claim, MG_STR("4.8.1")));
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_on_its_shape),
		cmocka_unit_test(silent_just_below),
		cmocka_unit_test(silent_on_others),
		cmocka_unit_test(silent_when_nothing_is_wrong),
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(thresholds_can_be_set),
		cmocka_unit_test(rollout_lowers_what_it_explains),
		cmocka_unit_test(upgrades_and_drains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
