/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up incident, included by the tests of series and plots: 300 s with a steady load,
 * four pauses in which nothing is answered, 5xx behind each, memory that climbs to a kill,
 * dumps with more and more stuck goroutines. */
#include "analysis/case.h"
#include "base/mem.h"

#define S0 INT64_C(1763694000) /* 2025-11-21T03:00:00Z */
#define T0 (S0 * MG_SEC)
#define SPAN 300

static const int pauses[4][2] = { { 40, 45 }, { 80, 96 }, { 120, 160 }, { 200, 206 } };

static inline int pause_of(int second)
{
	for (int i = 0; i < 4; i++)
		if (second >= pauses[i][0] && second < pauses[i][1])
			return i;
	return -1;
}

static inline void request(struct mg_requests *r, int64_t start, int64_t end, const char *verb,
			   uint32_t code)
{
	struct mg_request q = { .start_ns = start, .end_ns = end, .code = code,
				.verb = mg_strz(verb), .user = MG_STR("alice"),
				.resource = MG_STR("pods"), .ns = MG_STR("shop"),
				.uri = MG_STR("/api/v1/namespaces/shop/pods"), .line = 1 };

	mg_requests_add(r, &q);
}

/* Ten requests a second; those of a pause end together with a 504 when it is over. */
static inline void load(struct mg_requests *r)
{
	static const char *const verbs[5] = { "get", "list", "create", "update", "get" };

	for (int s = 0; s < SPAN; s++)
		for (int k = 0; k < 10; k++) {
			int64_t start = T0 + s * MG_SEC + k * 100 * MG_MS;
			int     p = pause_of(s);

			if (p < 0)
				request(r, start, start + 20 * MG_MS, verbs[k % 5], 200);
			else if (k == 0)
				request(r, start, T0 + pauses[p][1] * MG_SEC, "update", 504);
		}
}

static inline struct mg_event *event(struct mg_case *c, enum mg_event_kind k, int64_t ns,
				     const char *component)
{
	struct mg_event *e = mg_batch_add(&c->events, k, MG_SEV_WARNING);

	e->time_ns = ns;
	e->component = mg_strz(component);
	return e;
}

static inline void stuck(struct mg_case *c, int second, uint32_t count)
{
	struct mg_event *e = event(c, MG_EV_GOROUTINE_STUCK, T0 + (second - 60) * MG_SEC,
				   "kube-apiserver");

	e->duration_ns = 60 * MG_SEC;
	e->count = count;
	mg_batch_attr(&c->events, e, "signature", MG_STR("deletecollection-distributor"));
	event(c, MG_EV_GOROUTINE_DUMP, T0 + second * MG_SEC, "kube-apiserver");
}

static inline void memory(struct mg_case *c)
{
	for (int s = 0; s < SPAN; s += 5) {
		double mb = s < 250 ? 300 + 2.5 * s : 280;
		double v = mb * 1048576;

		mg_samples_add(&c->samples,
			       MG_STR("process_resident_memory_bytes{instance=\"10.0.0.1:6443\","
				      "job=\"apiserver\"}"), T0 + s * MG_SEC, v, 0);
		/* the same readings, kept in another file */
		mg_samples_add(&c->samples,
			       MG_STR("process_resident_memory_bytes{source=\"kube-apiserver\"}"),
			       T0 + s * MG_SEC, v, 1);
		if (s % 60 == 0)
			mg_samples_add(&c->samples,
				       MG_STR("process_resident_memory_bytes{source=\"scrape\"}"),
				       T0 + s * MG_SEC + MG_SEC, v * 1.001, 2);
	}
}

static inline void etcd(struct mg_case *c)
{
	struct mg_artifact a = { .path = MG_STR("etcd/current.log"), .kind = MG_KIND_ETCD_LOG,
				 .stats = { .records = 9, .first_ns = T0,
					    .last_ns = T0 + SPAN * MG_SEC } };

	MG_PUSH(c->artifacts, c->nartifacts, c->artifacts_cap, a);
	for (int p = 0; p < 4; p++) {
		int64_t          start = T0 + pauses[p][0] * MG_SEC, end = T0 + pauses[p][1] * MG_SEC;
		struct mg_event *e = event(c, MG_EV_ETCD_SLOW_FDATASYNC, start, "etcd");

		e->duration_ns = end - start;
		for (int k = 0; k < 4; k++) {
			e = event(c, MG_EV_ETCD_SLOW_APPLY, start + k * 200 * MG_MS, "etcd");
			e->duration_ns = end - e->time_ns;
		}
	}
}

static inline void series_case(struct mg_case *c)
{
	struct mg_input  in = { .operand = MG_STR("incident.tar.gz"), .size = 1 };
	struct mg_event *e;

	mg_case_init(c);
	MG_PUSH(c->inputs, c->ninputs, c->inputs_cap, in);
	load(c->audit);
	etcd(c);
	memory(c);
	stuck(c, 100, 3);
	stuck(c, 170, 7);
	stuck(c, 280, 10);
	event(c, MG_EV_LEADER_LOST, T0 + 90 * MG_SEC, "kube-scheduler");
	for (int p = 0; p < 4; p++)
		event(c, MG_EV_AUDIT_ERROR, T0 + pauses[p][1] * MG_SEC, "kube-apiserver")->code = 504;
	e = event(c, MG_EV_KERNEL_OOM_KILL, T0 + 250 * MG_SEC, "kube-apiserver");
	mg_batch_attr_i64(&c->events, e, "limit_kb", 1024 * 1024);
	mg_batch_attr_i64(&c->events, e, "pid", 77);
	event(c, MG_EV_APISERVER_START, T0 + 252 * MG_SEC, "kube-apiserver");
	mg_case_finish(c);
	c->first_ns = T0;
	c->last_ns = T0 + SPAN * MG_SEC;
}
