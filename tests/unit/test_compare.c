/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "analysis/compare.h"

#define T0 (1700000000 * MG_SEC)

/* `n` requests evenly over `seconds`, each `took`. */
static void requests(struct mg_case *c, const char *user, const char *verb, uint32_t code,
		     unsigned n, unsigned seconds, int64_t took)
{
	for (unsigned i = 0; i < n; i++) {
		int64_t           at = T0 + (int64_t)((double)i / n * seconds * 1e9);
		struct mg_request q = { .start_ns = at, .end_ns = at + took, .code = code,
					.verb = mg_strz(verb), .user = mg_strz(user),
					.resource = MG_STR("pods"), .ns = MG_STR("x"),
					.uri = MG_STR("/api/v1/namespaces/x/pods") };

		mg_requests_add(c->audit, &q);
	}
}

static void event(struct mg_case *c, enum mg_event_kind kind, const char *message, int64_t at,
		  uint32_t count)
{
	struct mg_event *e = mg_batch_add(&c->events, kind, MG_SEV_ERROR);

	e->time_ns = at;
	e->count = count;
	e->message = mg_strz(message);
}

static void begin(struct mg_case c[2])
{
	for (int i = 0; i < 2; i++) {
		mg_case_init(&c[i]);
		c[i].first_ns = T0;
		c[i].last_ns = T0 + 100 * MG_SEC;
	}
}

static void compare(struct mg_comparison *cmp, struct mg_case c[2], struct mg_findings fs[2])
{
	struct mg_case *const            pc[2] = { &c[0], &c[1] };
	const struct mg_findings *const  pf[2] = { &fs[0], &fs[1] };

	mg_compare(cmp, pc, pf);
}

static const struct mg_diff *find(const struct mg_comparison *cmp, enum mg_diff_id id,
				  const char *what)
{
	for (size_t i = 0; i < cmp->list[id].n; i++)
		if (mg_str_eq(cmp->list[id].v[i].what, mg_strz(what)))
			return &cmp->list[id].v[i];
	return NULL;
}

static void end(struct mg_comparison *cmp, struct mg_case c[2])
{
	mg_comparison_release(cmp);
	mg_case_release(&c[0]);
	mg_case_release(&c[1]);
}

static void chance_is_no_difference(void **state)
{
	struct mg_findings   fs[2] = { 0 };
	struct mg_comparison cmp;
	struct mg_case       c[2];

	(void)state;
	begin(c);
	requests(&c[0], "a", "get", 200, 1000, 100, MG_MS);
	requests(&c[1], "a", "get", 200, 1400, 100, MG_MS); /* less than by half */
	requests(&c[0], "rare", "get", 200, 2, 100, MG_MS);
	requests(&c[1], "rare", "get", 200, 6, 100, MG_MS); /* three times, but of two */
	compare(&cmp, c, fs);
	assert_int_equal(cmp.list[MG_DIFF_USERS].n, 0);
	assert_int_equal(cmp.list[MG_DIFF_USERS].same, 2);
	assert_int_equal(cmp.list[MG_DIFF_LATENCY].n, 0);
	end(&cmp, c);
}

static void what_differs_is_told(void **state)
{
	struct mg_findings   fs[2] = { 0 };
	struct mg_comparison cmp;
	struct mg_case       c[2];
	const struct mg_diff *d;

	(void)state;
	begin(c);
	requests(&c[0], "a", "get", 200, 100, 100, MG_MS);
	requests(&c[1], "a", "get", 200, 100, 100, 500 * MG_MS);
	requests(&c[1], "new", "list", 500, 300, 100, MG_MS);
	requests(&c[0], "gone", "watch", 200, 300, 100, -1);
	event(&c[1], MG_EV_LOG_ERROR, "disk is on fire", T0, 50);
	compare(&cmp, c, fs);

	assert_non_null(d = find(&cmp, MG_DIFF_USERS, "new"));
	assert_true(isnan(d->value[0]) && fabs(d->value[1] - 3) < 0.1);
	assert_non_null(d = find(&cmp, MG_DIFF_USERS, "gone"));
	assert_true(isnan(d->value[1]));
	assert_non_null(find(&cmp, MG_DIFF_ERRORS, "500 list pods by new"));
	assert_non_null(d = find(&cmp, MG_DIFF_LATENCY, "get pods"));
	assert_true(fabs(d->value[0] - 0.001) < 1e-6 && fabs(d->value[1] - 0.5) < 1e-6);
	assert_null(find(&cmp, MG_DIFF_LATENCY, "watch pods")); /* has none */
	assert_non_null(d = find(&cmp, MG_DIFF_MESSAGES, "disk is on fire"));
	assert_int_equal(d->count[1], 50);
	assert_non_null(find(&cmp, MG_DIFF_EVENTS, "log.error"));
	end(&cmp, c);
}

static void findings_by_rule(void **state)
{
	struct mg_finding a[2] = { { .id = "both", .severity = MG_SEV_WARNING },
				   { .id = "only-a", .severity = MG_SEV_ERROR } };
	struct mg_finding b[3] = { { .id = "only-b", .severity = MG_SEV_CRITICAL },
				   { .id = "both", .severity = MG_SEV_CRITICAL },
				   { .id = "both", .severity = MG_SEV_INFO } };
	struct mg_findings   fs[2] = { { .f = a, .n = 2 }, { .f = b, .n = 3 } };
	struct mg_comparison cmp;
	struct mg_case       c[2];
	const struct mg_diff *d;

	(void)state;
	begin(c);
	compare(&cmp, c, fs);
	assert_int_equal(cmp.list[MG_DIFF_FINDINGS].n, 3);
	assert_true(mg_str_eq(cmp.list[MG_DIFF_FINDINGS].v[0].what, MG_STR("only-b")));
	assert_non_null(d = find(&cmp, MG_DIFF_FINDINGS, "both"));
	assert_true(d->value[0] == MG_SEV_WARNING && d->value[1] == MG_SEV_CRITICAL);
	assert_non_null(d = find(&cmp, MG_DIFF_FINDINGS, "only-a"));
	assert_true(isnan(d->value[1]));
	assert_null(cmp.requests[0]); /* nothing is compared with nothing */
	assert_int_equal(cmp.list[MG_DIFF_OVERVIEW].n, 0);
	end(&cmp, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chance_is_no_difference),
		cmocka_unit_test(what_differs_is_told),
		cmocka_unit_test(findings_by_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
