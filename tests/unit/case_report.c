/* SPDX-License-Identifier: Apache-2.0 */
/* An invented incident for the tests of the renderers: a stalled etcd with two effects, a
 * note, damaged input.  Included by the tests, not compiled alone. */
#include "analysis/findings.h"
#include "base/mem.h"

#define T0 INT64_C(1795230695000000000) /* 2026-11-21T03:11:35Z */

static uint32_t artifact(struct mg_case *c, const char *path, enum mg_kind k,
			 const char *component, uint64_t lines, uint64_t records)
{
	struct mg_artifact a = { .path = mg_strz(path), .kind = k, .size = (int64_t)lines * 120,
				 .stats = MG_LEAF_STATS_INIT };

	a.source.artifact = c->nartifacts;
	a.source.path = a.path;
	a.source.component = mg_strz(component);
	a.source.node = component[0] ? MG_STR("master-0.lab.example") : mg_str("", 0);
	a.stats.lines = lines;
	a.stats.records = records;
	a.stats.bytes = lines * 120;
	if (lines) {
		mg_stats_time(&a.stats, T0);
		mg_stats_time(&a.stats, T0 + 345 * MG_SEC);
	}
	MG_PUSH(c->artifacts, c->nartifacts, c->artifacts_cap, a);
	return c->nartifacts - 1;
}

#define NS "namespaces/"

static void artifacts(struct mg_case *c)
{
	struct mg_input in = { .operand = MG_STR("/data/incident.tar.gz"), .size = 7444889,
			       .root = MG_STR("quay-io-must-gather/"), .first = 0, .n = 9 };

	MG_PUSH(c->inputs, c->ninputs, c->inputs_cap, in);
	artifact(c, NS "openshift-etcd/pods/etcd-master-0.lab.example/etcd/etcd/logs/current.log",
		 MG_KIND_ETCD_LOG, "etcd", 380, 380);
	artifact(c, NS "openshift-kube-apiserver/pods/kube-apiserver-master-0.lab.example/"
		       "kube-apiserver/kube-apiserver/logs/current.log",
		 MG_KIND_LOG, "kube-apiserver", 1203, 1100);
	artifact(c, "audit_logs/kube-apiserver/master-0.lab.example-audit.log", MG_KIND_AUDIT,
		 "kube-apiserver", 48853, 48853);
	artifact(c, NS "openshift-kube-controller-manager/pods/kube-controller-manager-master-0."
		       "lab.example/kube-controller-manager/kube-controller-manager/logs/"
		       "previous.log",
		 MG_KIND_LOG, "kube-controller-manager", 941, 900);
	artifact(c, "profiles/20261121T031358Z-kube-apiserver-goroutine-debug2.txt",
		 MG_KIND_GOROUTINE, "", 90211, 7003);
	artifact(c, NS "default/core/events.yaml", MG_KIND_KUBE_YAML, "", 30000, 1021);
	artifact(c, NS "openshift-kube-scheduler/pods/openshift-kube-scheduler-master-0.lab."
		       "example/kube-scheduler/kube-scheduler/logs/previous.log",
		 MG_KIND_EMPTY, "kube-scheduler", 0, 0);
	artifact(c, "cluster-scoped-resources/core/nodes/master-0.lab.example.yaml",
		 MG_KIND_KUBE_YAML, "", 200, 1);
	artifact(c, "version", MG_KIND_STAMP, "", 2, 1);
	mg_stats_bad(&c->artifacts[2].stats, 12, 1048, "bad timestamp");
}

static struct mg_event *event(struct mg_case *c, enum mg_event_kind k, enum mg_severity s,
			      int64_t ms, int64_t took_ms, uint32_t artifact_id, uint64_t line)
{
	struct mg_event *e = mg_batch_add(&c->events, k, s);

	e->time_ns = T0 + ms * MG_MS;
	e->time_source = MG_TIME_EXACT;
	e->duration_ns = took_ms < 0 ? -1 : took_ms * MG_MS;
	e->artifact = artifact_id;
	e->line = line;
	return e;
}

static void events(struct mg_case *c)
{
	struct mg_event *e;

	e = event(c, MG_EV_ETCD_START, MG_SEV_INFO, 300, -1, 0, 1);
	mg_batch_attr(&c->events, e, "version", MG_STR("3.4.23"));
	e = event(c, MG_EV_APISERVER_START, MG_SEV_INFO, 600, -1, 1, 1);
	mg_batch_attr(&c->events, e, "version", MG_STR("v1.20.2"));
	e = event(c, MG_EV_AUDIT_SLOW, MG_SEV_WARNING, 36100, 6213, 2, 9120);
	e->verb = MG_STR("get"), e->resource = MG_STR("pods"), e->ns = MG_STR("shop");
	e->name = MG_STR("cart-6d8f"), e->code = 200, e->audit_id = MG_STR("a-1");
	e->user = MG_STR("system:serviceaccount:shop:cart");
	e = event(c, MG_EV_APISERVER_TRACE, MG_SEV_WARNING, 36101, 6212, 1, 402);
	e->message = MG_STR("Get"), e->audit_id = MG_STR("a-1");
	for (int i = 0; i < 40; i++) {
		e = event(c, MG_EV_ETCD_SLOW_APPLY, MG_SEV_WARNING, 60000 + i * 700, 110 + i, 0,
			  (uint64_t)(70 + i));
		e->resource = i % 3 ? MG_STR("pods") : MG_STR("leases");
	}
	e = event(c, MG_EV_POD_TERMINATED, MG_SEV_ERROR, 61000, -1, 3, 0);
	e->ns = MG_STR("openshift-kube-controller-manager");
	e->pod = MG_STR("kube-controller-manager-master-0.lab.example");
	e->code = 255, e->message = MG_STR("Error: leaderelection lost");
	e = event(c, MG_EV_K8S_EVENT, MG_SEV_WARNING, 70000, -1, 5, 1203);
	e->count = 14, e->message = MG_STR("Readiness probe failed: HTTP 500");
	mg_batch_attr(&c->events, e, "reason", MG_STR("Unhealthy"));
	mg_batch_sort(&c->events);
}

static void requests_of(struct mg_case *c)
{
	for (int i = 0; i < 4674; i++) {
		struct mg_request q = { .start_ns = T0 + i * 70 * MG_MS, .artifact = 2,
					.line = (uint64_t)i + 1, .code = 200 };

		q.end_ns = q.start_ns + (9 + i % 7) * MG_MS;
		q.user = i % 3 ? MG_STR("system:kube-controller-manager") :
				 MG_STR("system:serviceaccount:openshift-example-cleanup:pruner");
		q.verb = i % 5 ? MG_STR("get") : MG_STR("deletecollection");
		q.resource = i % 2 ? MG_STR("leases.coordination.k8s.io") : MG_STR("configmaps");
		if (i % 40 == 0)
			q.code = i % 80 ? 504 : 409;
		mg_requests_add(c->audit, &q);
	}
}

static void sample_case(struct mg_case *c)
{
	struct mg_fault f = { .path = MG_STR("audit_logs/kube-apiserver/x.log.gz"),
			      .err = { .status = MG_FAIL, .byte = 91234,
				       .msg = "gzip data ends early" } };

	mg_case_init(c);
	artifacts(c);
	events(c);
	requests_of(c);
	MG_PUSH(c->faults, c->nfaults, c->faults_cap, f);
	c->first_ns = T0;
	c->last_ns = T0 + 345 * MG_SEC;
}

static struct mg_finding *add_finding(struct mg_findings *fs, const char *id, const char *title,
				      enum mg_severity s, int64_t from_s, int64_t to_s,
				      const char *claim)
{
	struct mg_finding f = { .id = id, .title = title, .severity = s,
				.confidence = MG_CONF_HIGH, .start_ns = T0 + from_s * MG_SEC,
				.end_ns = T0 + to_s * MG_SEC, .claim = mg_strz(claim) };

	MG_PUSH(fs->f, fs->n, fs->cap, f);
	return &fs->f[fs->n - 1];
}

static void add_evidence(struct mg_finding *f, uint32_t artifact_id, uint64_t line, int64_t ms,
			 const char *text)
{
	f->evidence[f->nevidence++] = (struct mg_evidence){ artifact_id, line, T0 + ms * MG_MS,
							    mg_strz(text) };
	f->evidence_total++;
}

static void root_finding(struct mg_findings *fs)
{
	struct mg_finding *f = add_finding(
		fs, "etcd-unresponsive", "etcd did not answer", MG_SEV_CRITICAL, 36, 108,
		"etcd on master-0.lab.example did not answer in 4 intervals, the longest 40.0 s "
		"from 03:12:43; 87 requests ended together when it came back");

	add_evidence(f, 0, 71, 68044, "slow fdatasync took 40.002s (expected 1s)");
	add_evidence(f, 1, 402, 36101, "87 traces end within 3 ms of each other; no etcd log line "
				       "for 5.0 s, the median distance between lines is 41 ms, "
				       "and then some more text that no one has the time to read");
	add_evidence(f, 2, 9120, 36100, "GET pods shop/cart-6d8f took 6.2 s");
	add_evidence(f, 0, 88, 109000, "\033[31mevil\033[0m red\ntext");
	add_evidence(f, 0, 89, 109100, "apply request took too long");
	f->evidence_total = 412;
	f->numbers[f->nnumbers++] = (struct mg_number){ .name = "longest_seconds", .value = 40.002 };
	f->numbers[f->nnumbers++] = (struct mg_number){ .name = "intervals", .value = 4 };
	f->next_steps[f->nnext_steps++] =
		MG_STR("check the disk and the CPU of master-0.lab.example at these times: "
		       "`oc adm node-logs master-0.lab.example -u kernel`");
	f->alternatives[f->nalternatives++] = MG_STR("the node was suspended as a whole");
	f->effects[f->neffects++] = 1;
	f->effects[f->neffects++] = 2;
}

__attribute__((unused)) static void sample_findings(struct mg_findings *fs)
{
	struct mg_finding *f;
	struct mg_not_assessed na[] = {
		{ "kernel-oom", MG_STR("kernel log (`oc adm node-logs master-0.lab.example -u "
				       "kernel`)") },
		{ "hung-task", MG_STR("kernel log (`oc adm node-logs master-0.lab.example -u "
				      "kernel`)") },
		{ "etcd-db-size", MG_STR("etcd_info or metrics") },
	};

	*fs = (struct mg_findings){ 0 };
	root_finding(fs);
	f = add_finding(fs, "dc-distributor-leak", "DeleteCollection goroutines leaked",
			MG_SEV_ERROR, 43, 143,
			"DELETE collection by openshift-example-cleanup:pruner left 10 dispatchers "
			"stuck in channel send: 3, then 4, 7 and 10; none recovered");
	add_evidence(f, 4, 8812, 143000, "goroutine 12 [chan send, 2 minutes]");
	f->caused_by[f->ncaused_by++] = 0;
	f->effects[f->neffects++] = 3;
	f->next_steps[f->nnext_steps++] = MG_STR("restart kube-apiserver to free them");
	f = add_finding(fs, "lease-lost", "a controller lost its lease", MG_SEV_ERROR, 61, 61,
			"kube-controller-manager lost its lease and exited (255)");
	add_evidence(f, 3, 941, 61000, "leaderelection lost");
	f->caused_by[f->ncaused_by++] = 0;
	f = add_finding(fs, "apiserver-memory", "memory grew", MG_SEV_WARNING, 143, 300,
			"kube-apiserver heap grew from 310 MiB to 480 MiB");
	f->caused_by[f->ncaused_by++] = 1;
	f = add_finding(fs, "lease-lost", "a controller lost its lease", MG_SEV_INFO, 200, 201,
			"a second controller renewed its lease late, without losing it");
	for (size_t i = 0; i < 3; i++)
		MG_PUSH(fs->not_assessed, fs->nnot_assessed, fs->not_assessed_cap, na[i]);
	MG_PUSH(fs->blind_spots, fs->nblind_spots, fs->blind_spots_cap,
		MG_STR("requests for events are not in the audit log (seen in 12 traces, 0 audit "
		       "lines): policy level None"));
	fs->verdict = MG_STR("etcd stopped answering four times (5 s, 16 s, 40 s, 6 s). Each time, "
			     "collection deletes by openshift-example-cleanup/pruner failed and "
			     "left a DeleteCollection dispatcher stuck for good: 10 by 03:13:58, "
			     "none recovered.");
}
