/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/ledger.h"
#include "base/mem.h"

#define T(s) (INT64_C(1795231000) * MG_SEC + (int64_t)((s) * 1e9))
#define ID "a59e4e7d3090c04c6ce5a4b7a8bc85228eb9b96ac00b1284643a8c7c11dda661"

static struct mg_event *add(struct mg_case *c, enum mg_event_kind k, double at, const char *component,
			    const char *pod)
{
	struct mg_event *e = mg_batch_add(&c->events, k, MG_SEV_ERROR);

	e->time_ns = T(at);
	e->component = mg_strz(component);
	e->pod = mg_strz(pod);
	e->ns = mg_strz(pod ? "ns" : NULL);
	e->node = MG_STR("n0");
	return e;
}

static struct mg_event *ended(struct mg_case *c, double at, const char *component, const char *pod,
			      const char *id, int code)
{
	struct mg_event *e = add(c, MG_EV_POD_TERMINATED, at, component, pod);

	e->code = (uint32_t)code;
	mg_batch_attr(&c->events, e, "container", mg_strz(component));
	mg_batch_attr_i64(&c->events, e, "exit_code", code);
	mg_batch_attr_i64(&c->events, e, "previous", 1);
	mg_batch_attr(&c->events, e, "container_id", mg_strz(id));
	return e;
}

static void build(struct mg_ledger *l, struct mg_case *c)
{
	mg_case_finish(c);
	mg_ledger_build(l, c);
}

static void done(struct mg_ledger *l, struct mg_case *c)
{
	mg_ledger_release(l);
	mg_case_release(c);
}

/* The kernel knows the child's name and a clock of its own; the id of the container joins. */
static void by_container(void **state)
{
	struct mg_case   c;
	struct mg_ledger l;
	struct mg_event *e;

	mg_case_init(&c);
	e = add(&c, MG_EV_KERNEL_OOM_KILL, 100, "java", NULL);
	mg_batch_attr_i64(&c.events, e, "pid", 7);
	mg_batch_attr(&c.events, e, "container_id", MG_STR(ID));
	ended(&c, 160, "web", "web-1", "cri-o://" ID, 137);
	ended(&c, 100, "web", "web-2", "cri-o://b" ID, 1);
	build(&l, &c);
	assert_int_equal(l.n, 2);
	assert_non_null(l.row[0].object);
	assert_true(mg_str_eq(l.row[0].pod, MG_STR("web-1")) ? l.row[0].kernel && l.row[0].oom
							      : !l.row[0].kernel);
	assert_true(mg_str_eq(l.row[1].pod, MG_STR("web-1")) ? l.row[1].kernel && l.row[1].oom
							      : !l.row[1].kernel);
	assert_false(mg_str_eq(l.row[0].pod, l.row[1].pod));
	done(&l, &c);
}

/* memory.oom.group: several processes of one container are several deaths; one is the pod's. */
static void group(void **state)
{
	struct mg_case   c;
	struct mg_ledger l;
	unsigned         objects = 0;

	mg_case_init(&c);
	for (int i = 0; i < 3; i++) {
		struct mg_event *e = add(&c, MG_EV_KERNEL_OOM_KILL, 100 + i * 0.001, "worker", NULL);

		mg_batch_attr_i64(&c.events, e, "pid", 300 + i);
		mg_batch_attr(&c.events, e, "container_id", MG_STR(ID));
	}
	ended(&c, 100, "worker", "w-1", "containerd://" ID, 137);
	build(&l, &c);
	assert_int_equal(l.n, 3);
	for (size_t i = 0; i < l.n; i++)
		objects += l.row[i].object != NULL;
	assert_int_equal(objects, 1);
	done(&l, &c);
}

/* A log that says "lease lost" and an object that says "completed" tell one end. */
static void completed(void **state)
{
	struct mg_case   c;
	struct mg_ledger l;
	struct mg_event *e;

	mg_case_init(&c);
	add(&c, MG_EV_LEADER_LOST, 99.2, "operator", "op-1");
	ended(&c, 100, "operator", "op-1", "cri-o://" ID, 0);
	e = add(&c, MG_EV_POD_RESTARTS, 100, "operator", "op-1");
	e->count = 3;
	mg_batch_attr(&c.events, e, "container", MG_STR("operator"));
	mg_batch_attr(&c.events, e, "started", MG_STR("2026-11-21T03:18:30Z"));
	build(&l, &c);
	assert_int_equal(l.n, 1);
	assert_true(l.row[0].lease_lost && l.row[0].object && l.row[0].log);
	assert_int_equal(l.row[0].exit_code, 0);
	assert_int_equal(l.row[0].restarts, 3);
	assert_int_equal(l.row[0].restart_ns, T(110));
	done(&l, &c);
}

/* A previous.log without any other witness; and an end whose time nobody knows. */
static void silent(void **state)
{
	struct mg_case     c;
	struct mg_ledger   l;
	struct mg_artifact a = { .path = MG_STR("previous.log"), .kind = MG_KIND_LOG,
				 .stats = MG_LEAF_STATS_INIT };
	struct mg_event   *e;

	mg_case_init(&c);
	a.source.previous = true;
	a.source.pod = MG_STR("db-1");
	a.source.component = a.source.container = MG_STR("db");
	a.stats.first_ns = T(10);
	a.stats.last_ns = T(50);
	MG_PUSH(c.artifacts, c.nartifacts, c.artifacts_cap, a);
	e = ended(&c, 0, "web", "web-1", "", 255);
	e->time_ns = MG_TIME_NONE;
	e->time_source = MG_TIME_UNKNOWN;
	build(&l, &c);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.row[0].time_ns, T(50));
	assert_int_equal(l.row[0].previous, 0);
	assert_true(mg_str_eq(l.row[0].pod, MG_STR("db-1")) && l.row[0].exit_code == -1);
	assert_int_equal(l.row[1].time_ns, MG_TIME_NONE);
	assert_int_equal(l.row[1].exit_code, 255);
	done(&l, &c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_container), cmocka_unit_test(group), cmocka_unit_test(completed),
		cmocka_unit_test(silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
