/* SPDX-License-Identifier: Apache-2.0 */
/* One request in several artifacts, and what follows from it. */
#include "rule_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/blind.h"
#include "analysis/inflight.h"
#include "analysis/join.h"
#include "analysis/join_key.h"
#include "analysis/zonecheck.h"
#include "ingest/ingest.h"

static struct mg_event *request(struct world *w, enum mg_event_kind k, const char *path, int64_t start,
				int64_t took)
{
	struct mg_event *e = world_event(w, k, start + took, took, 0);

	e->verb = MG_STR("get");
	e->resource = MG_STR("configmaps");
	e->ns = MG_STR("shop");
	e->name = MG_STR("web");
	if (k == MG_EV_APISERVER_TRACE)
		world_attr(w, e, "url", path);
	else if (k == MG_EV_APISERVER_HTTP)
		world_attr(w, e, "uri", path);
	else
		e->message = mg_strz(path);
	return e;
}

static void join(struct world *w, struct mg_join *j)
{
	mg_case_finish(&w->c);
	mg_join_build(j, &w->c);
}

#define PATH "/api/v1/namespaces/shop/configmaps/web"

static void test_three_witnesses(void **state)
{
	struct world     w;
	struct mg_join   j;
	struct mg_event *e;

	world_begin(&w);
	e = request(&w, MG_EV_AUDIT_SLOW, PATH "?timeout=10s", T0, 4 * MG_SEC);
	e->user = MG_STR("alice");
	e->code = 200;
	world_attr(&w, e, "user_agent", "oc/4.8");
	request(&w, MG_EV_AUDIT_LIST, PATH "?timeout=10s", T0, 4 * MG_SEC)->line = e->line;
	e = request(&w, MG_EV_APISERVER_TRACE, PATH, T0 + 5 * MG_MS, 4 * MG_SEC - 10 * MG_MS);
	world_attr(&w, e, "user_agent", "oc/4.8");
	world_attr(&w, e, "slow_step", "About to write a response");
	world_attr(&w, e, "slow_step_ns", "3000000000");
	request(&w, MG_EV_APISERVER_HTTP, PATH "?timeout=10s", T0 - MG_MS, 4 * MG_SEC + 2 * MG_MS);
	join(&w, &j);
	assert_int_equal(j.n, 1); /* the LIST is the same line */
	assert_int_equal(j.told_by[3], 1);
	assert_int_equal(j.row[0].told_by, 3);
	assert_true(mg_str_eq(mg_joined_user(&j.row[0]), MG_STR("alice")));
	assert_int_equal(mg_joined_code(&j.row[0]), 200);
	assert_int_equal(j.row[0].spent[MG_SPENT_ETCD], 3 * MG_SEC);
	assert_int_equal(j.row[0].spent[MG_SPENT_WEBHOOK], -1);
	for (size_t i = 0; i < w.c.events.n; i++)
		assert_ptr_equal(mg_join_at(&j, &w.c.events.ev[i]), &j.row[0]);
	mg_join_release(&j);
	world_end(&w);
}

/* Alike, but not the same: another client, another node, another audit ID, other times. */
static void test_strangers(void **state)
{
	for (int n = 0; n < 5; n++) {
		struct world     w;
		struct mg_join   j;
		struct mg_event *e;

		world_begin(&w);
		e = request(&w, MG_EV_AUDIT_SLOW, PATH, T0, 4 * MG_SEC);
		world_attr(&w, e, "user_agent", "oc/4.8");
		world_attr(&w, e, "source_ip", "192.0.2.1");
		e->audit_id = MG_STR("a");
		e = request(&w, MG_EV_APISERVER_TRACE, n == 4 ? PATH "-1" : PATH,
			    n == 3 ? T0 + MG_SEC : T0, n == 3 ? 2 * MG_SEC : 4 * MG_SEC);
		if (n == 0)
			world_attr(&w, e, "client", "192.0.2.2");
		if (n == 1)
			e->node = MG_STR("n9");
		if (n == 2)
			e->audit_id = MG_STR("b");
		join(&w, &j);
		assert_int_equal(j.n, 2);
		assert_int_equal(j.told_by[1], 2);
		mg_join_release(&j);
		world_end(&w);
	}
}

/* A timeout ends the request long before the handler; the ID joins what no time does. */
static void test_by_id(void **state)
{
	struct world     w;
	struct mg_join   j;

	world_begin(&w);
	request(&w, MG_EV_AUDIT_SLOW, PATH, T0, 4 * MG_SEC)->audit_id = MG_STR("id-1");
	request(&w, MG_EV_APISERVER_TRACE, PATH, T0 + 2 * MG_SEC, 9 * MG_SEC)->audit_id = MG_STR("id-1");
	join(&w, &j);
	assert_int_equal(j.n, 1);
	assert_int_equal(j.told_by[2], 1);
	assert_int_equal(j.row[0].took_ns, 9 * MG_SEC);
	mg_join_release(&j);
	world_end(&w);
}

/* What the server measured itself counts; a webhook call and etcd's line where it did not. */
static void test_spent(void **state)
{
	struct world     w;
	struct mg_join   j;
	struct mg_event *e;

	world_begin(&w);
	e = request(&w, MG_EV_AUDIT_SLOW, PATH, T0, 4 * MG_SEC);
	world_attr(&w, e, "total_ns", "4000000000");
	world_attr(&w, e, "etcd_ns", "1000000000");
	world_attr(&w, e, "mutating_webhook_ns", "500000000");
	world_attr(&w, e, "validating_webhook_ns", "1500000000");
	e = request(&w, MG_EV_AUDIT_SLOW, PATH, T0 + MG_MIN, 4 * MG_SEC);
	e->verb = MG_STR("update");
	e = world_event(&w, MG_EV_WEBHOOK_SLOW, T0 + MG_MIN + 3 * MG_SEC, 2 * MG_SEC, 0);
	e->resource = MG_STR("configmaps");
	world_attr(&w, e, "operation", "UPDATE");
	e = world_event(&w, MG_EV_ETCD_SLOW_APPLY, T0 + MG_MIN + 3900 * MG_MS, 800 * MG_MS, 1);
	e->resource = MG_STR("configmaps");
	e->ns = MG_STR("shop");
	e->name = MG_STR("web");
	world_attr(&w, e, "op", "txn-put");
	join(&w, &j);
	assert_int_equal(j.n, 2);
	assert_int_equal(j.row[0].spent[MG_SPENT_ETCD], MG_SEC);
	assert_int_equal(j.row[0].spent[MG_SPENT_WEBHOOK], 2 * MG_SEC);
	assert_int_equal(j.row[0].spent[MG_SPENT_SERIALIZE], -1);
	assert_int_equal(j.row[1].spent[MG_SPENT_WEBHOOK], 2 * MG_SEC);
	assert_int_equal(j.row[1].spent[MG_SPENT_ETCD], 800 * MG_MS);
	mg_join_release(&j);
	world_end(&w);
}

/* --- a death ------------------------------------------------------------------------------ */

static void died(struct world *w, int unfinished)
{
	struct mg_event *e = world_event(w, MG_EV_KERNEL_OOM_KILL, T0, -1, 0);

	e->component = MG_STR("kube-apiserver");
	world_attr(w, e, "pid", "7");
	w->c.received = unfinished ? 100 : 0;
	for (int i = 0; i < unfinished; i++) {
		e = world_event(w, MG_EV_AUDIT_UNFINISHED, T0 - (i + 1) * MG_SEC, -1, 0);
		e->verb = MG_STR("list");
		e->resource = MG_STR("secrets");
		e->user = MG_STR("eve");
		e->message = MG_STR("/api/v1/secrets");
	}
	e = world_event(w, MG_EV_AUDIT_UNFINISHED, T0 + MG_MIN, -1, 0); /* of the next one */
	e->verb = MG_STR("get");
	e = world_event(w, MG_EV_ETCD_SLOW_APPLY, T0 - MG_SEC, MG_SEC, 1);
	e->resource = MG_STR("secrets");
	world_attr(w, e, "key", "/registry/secrets/");
	world_attr(w, e, "range_end", "/registry/secrets0");
	world_attr(w, e, "response_size", "30000000");
}

static void count_one(struct mg_requests *r, const char *user)
{
	struct mg_request q = { .start_ns = T0 - MG_MIN, .end_ns = T0 - MG_MIN + MG_MS, .code = 200,
				.verb = MG_STR("list"), .user = mg_strz(user),
				.resource = MG_STR("secrets"), .uri = MG_STR("/api/v1/secrets") };

	mg_requests_add(r, &q);
}

static void test_in_flight(void **state)
{
	for (int n = 0; n < 6; n += 5) {
		struct world             w;
		const struct mg_finding *f;
		bool                     blind = false;

		world_begin(&w);
		died(&w, n);
		count_one(w.c.audit, "eve");
		world_judge(&w, NULL, 0);
		f = world_find(&w, "apiserver-oom-list-storm");
		assert_non_null(f);
		assert_true(world_number(f, "in_flight_unfinished") == n);
		assert_true(world_number(f, "in_flight_ranges") == 1);
		for (uint32_t i = 0; i < w.fs.nblind_spots; i++)
			blind |= mg_str_has(w.fs.blind_spots[i], MG_STR("RequestReceived"));
		assert_int_equal(blind, n == 0);
		world_end(&w);
	}
}

/* --- whose key ---------------------------------------------------------------------------- */

static void test_key(void **state)
{
	struct world         w;
	struct mg_join       j;
	struct mg_blind      b = { 0 };
	struct mg_rule_ctx   x = { .c = &w.c, .join = &j, .blind = &b };
	struct mg_key_client k;
	struct mg_event     *e;

	world_begin(&w);
	e = world_event(&w, MG_EV_ETCD_SLOW_APPLY, T0, MG_SEC, 1);
	e->resource = MG_STR("secrets");
	world_attr(&w, e, "key", "/registry/secrets/");
	world_attr(&w, e, "range_end", "/registry/secrets0");
	for (int i = 0; i < 3; i++)
		count_one(w.c.audit, "eve");
	count_one(w.c.audit, "bob");
	join(&w, &j);
	assert_true(mg_key_client(&x, &w.c.events.ev[0], &k));
	assert_string_equal(k.verb, "LIST");
	assert_null(k.request);
	assert_true(mg_str_eq(k.user, MG_STR("eve")));
	assert_int_equal(k.part, 3);
	assert_int_equal(k.all, 4);
	mg_join_release(&j);
	e = world_event(&w, MG_EV_AUDIT_LIST, T0 + MG_MS, MG_SEC + 5 * MG_MS, 0);
	e->verb = MG_STR("list");
	e->resource = MG_STR("secrets");
	e->user = MG_STR("mallory"); /* it was running then */
	join(&w, &j);
	assert_true(mg_key_client(&x, &w.c.events.ev[0], &k) || mg_key_client(&x, &w.c.events.ev[1], &k));
	for (size_t i = 0; i < w.c.events.n; i++)
		if (w.c.events.ev[i].kind == MG_EV_ETCD_SLOW_APPLY)
			assert_true(mg_key_client(&x, &w.c.events.ev[i], &k));
	assert_true(mg_str_eq(k.user, MG_STR("mallory")));
	assert_non_null(k.request);
	mg_join_release(&j);
	world_end(&w);
}

/* --- blind spots and zones ------------------------------------------------------------------ */

static void test_blind(void **state)
{
	struct world     w;
	struct mg_blind  b;
	struct mg_event *e;

	world_begin(&w);
	count_one(w.c.audit, "eve");
	e = request(&w, MG_EV_APISERVER_TRACE, PATH, T0 - MG_MIN, MG_SEC);
	e->resource = MG_STR("events");
	world_attr(&w, e, "user_agent", "stranger/1");
	world_attr(&w, e, "client", "192.0.2.9");
	request(&w, MG_EV_APISERVER_TRACE, PATH, T0 + MG_HOUR, MG_SEC); /* the audit log ended before */
	e = request(&w, MG_EV_APISERVER_TRACE, PATH, T0 - MG_MIN, MG_SEC);
	e->resource = MG_STR("secrets"); /* it shows these */
	mg_case_finish(&w.c);
	mg_blind_build(&b, &w.c);
	assert_int_equal(b.resources.n, 1);
	assert_true(mg_str_eq(mg_intern_str(&b.resources, 0), MG_STR("events")));
	assert_int_equal(b.count[0].traces, 1);
	assert_int_equal(b.clients.n, 1);
	mg_blind_release(&b);
	world_end(&w);
}

static void zone_case(struct world *w, int64_t shift, enum mg_time_source how)
{
	world_begin(w);
	world_event(w, MG_EV_PROCESS_START, T0 - MG_HOUR, -1, 0)->time_source = MG_TIME_EXACT;
	world_event(w, MG_EV_PROCESS_START, T0 + MG_HOUR, -1, 0)->time_source = MG_TIME_EXACT;
	for (int i = 0; i < 4; i++)
		world_event(w, MG_EV_LOG_ERROR, T0 + i * MG_MIN + shift, -1, 1)->time_source = how;
	mg_case_finish(&w->c);
}

static void test_zone(void **state)
{
	struct world          w;
	struct mg_zone_doubt *d;
	size_t                n;
	char                  text[16];

	zone_case(&w, 9 * MG_HOUR, MG_TIME_ASSUMED_ZONE);
	d = mg_zone_check(&w.c, &n);
	assert_int_equal(n, 1);
	assert_int_equal(d[0].artifact, 1);
	assert_int_equal(d[0].years, 0);
	assert_true(d[0].zone_ns > 7 * MG_HOUR && d[0].zone_ns <= 10 * MG_HOUR);
	assert_string_equal(mg_zone_text(-(5 * MG_HOUR + 30 * MG_MIN), text, sizeof(text)), "-05:30");
	free(d);
	world_end(&w);

	zone_case(&w, 366 * MG_DAY, MG_TIME_ASSUMED_YEAR); /* 2032 is a leap year */
	d = mg_zone_check(&w.c, &n);
	assert_int_equal(n, 1);
	assert_int_equal(d[0].years, -1);
	free(d);
	world_end(&w);

	zone_case(&w, 0, MG_TIME_ASSUMED_ZONE);
	assert_null(mg_zone_check(&w.c, &n));
	world_end(&w);
	zone_case(&w, 9 * MG_HOUR, MG_TIME_EXACT); /* it says so itself */
	assert_null(mg_zone_check(&w.c, &n));
	world_end(&w);
}

/* --- recorded ------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	size_t      audit_and_trace, trace;
} recorded[] = { { "etcd-slow-disk", 205, 8 },
		 { "etcd-stall-deletecollection", 65, 10 } };

/* Each slow request of the audit log has its Trace, and only requests for events, which the
 * policy leaves out, have none in the audit log. */
static void test_recorded(void **state)
{
	const char *shared = getenv("MG_SHARED");

	for (size_t i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
		char                  path[512], *operands[] = { path };
		struct mg_ingest_opts o = { .threads = 2 };
		struct mg_err         err = { 0 };
		struct mg_case        c;
		struct mg_join        j;
		size_t                both = 0, alone = 0;

		snprintf(path, sizeof(path), "%s/data/incidents/%s/incident.tar.gz",
			 shared && *shared ? shared : "../shared", recorded[i].name);
		if (access(path, R_OK) != 0) {
			print_message("skipped: incident %s is not here (set MG_SHARED)\n",
				      recorded[i].name);
			skip();
		}
		mg_case_init(&c);
		assert_int_equal(mg_ingest_run(&c, operands, 1, &o, &err), MG_OK);
		mg_join_build(&j, &c);
		for (size_t k = 0; k < j.n; k++) {
			const struct mg_joined *r = &j.row[k];

			if (!r->request)
				continue;
			both += r->by[MG_WITNESS_AUDIT] && r->by[MG_WITNESS_TRACE];
			if (r->by[MG_WITNESS_AUDIT])
				assert_non_null(r->by[MG_WITNESS_TRACE]);
			else
				assert_true(mg_str_eq(r->first->resource, MG_STR("events")));
			alone += !r->by[MG_WITNESS_AUDIT];
		}
		assert_int_equal(both, recorded[i].audit_and_trace);
		assert_int_equal(alone, recorded[i].trace);
		mg_join_release(&j);
		mg_case_release(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_witnesses), cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_by_id),           cmocka_unit_test(test_spent),
		cmocka_unit_test(test_in_flight),       cmocka_unit_test(test_key),
		cmocka_unit_test(test_blind),           cmocka_unit_test(test_zone),
		cmocka_unit_test(test_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
