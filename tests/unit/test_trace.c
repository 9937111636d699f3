/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cases.h"
#include "event/from_trace.h"
#include "parse/klog.h"

static void show(void *ctx, const struct mg_trace *t)
{
	struct mg_buf              *out = ctx;
	const struct mg_trace_step *slow = mg_trace_slowest(t);
	char                        b[40];

	mg_buf_printf(out, "%llu |%.*s| start=%s%s total=%lld lines=%llu-%llu%s\n",
		      (unsigned long long)t->id, MG_FMT(t->name),
		      t->start_ns == MG_TIME_NONE ? "-" : mg_time_format(t->start_ns, 9, b,
			  sizeof(b)),
		      t->zoned ? " zoned" : "", (long long)t->total_ns,
		      (unsigned long long)t->first_line, (unsigned long long)t->last_line,
		      t->truncated ? " truncated" : "");
	mg_buf_printf(out, "    fields |%.*s|\n", MG_FMT(t->fields));
	for (uint32_t i = 0; i < t->nsteps; i++)
		mg_buf_printf(out, "    %u%s +%lld @%lld |%.*s| |%.*s|%s\n", t->steps[i].depth,
			      t->steps[i].nested ? "[" : "", (long long)t->steps[i].delta_ns,
			      (long long)t->steps[i].at_ns, MG_FMT(t->steps[i].msg),
			      MG_FMT(t->steps[i].fields), &t->steps[i] == slow ? " slowest" : "");
}

static void trace_case(struct mg_str in, struct mg_buf *out)
{
	struct mg_tracer *r = mg_trace_new(show, out);
	struct mg_str     line;
	uint64_t          n = 0;

	while (in.n) {
		struct mg_trace_line l = { .lineno = ++n, .time_ns = MG_TIME_NONE };
		struct mg_klog       k;

		mg_str_cut(in, '\n', &line, &in);
		l.text = line;
		if (mg_klog_parse(line, &k, NULL) == MG_OK) {
			l.header = true;
			l.text = k.msg;
		}
		if (!mg_trace_line(r, &l))
			mg_buf_printf(out, "line %llu is no trace\n", (unsigned long long)n);
	}
	mg_trace_flush(r);
	mg_trace_free(r);
}

static void test_cases(void **state)
{
	int n;

	assert_int_equal(cases_run("tests/cases/trace", trace_case, &n), 0);
	assert_true(n >= 4);
}

static void test_fields(void **state)
{
	struct mg_str f = MG_STR("accept:application/json, */*,audit-id:3c,resource:/v1, "
				 "Resource=configmaps,continue:,user-agent:a,b:c/v1 (x),limit:5");

	assert_true(mg_str_eq(mg_trace_field(f, "accept"), MG_STR("application/json, */*")));
	assert_true(mg_str_eq(mg_trace_field(f, "resource"), MG_STR("/v1, Resource=configmaps")));
	assert_true(mg_str_eq(mg_trace_field(f, "user-agent"), MG_STR("a,b:c/v1 (x)")));
	assert_true(mg_str_eq(mg_trace_field(f, "limit"), MG_STR("5")));
	assert_int_equal(mg_trace_field(f, "continue").n, 0);
	assert_non_null(mg_trace_field(f, "continue").p);
	assert_null(mg_trace_field(f, "key").p);
}

/* A tracer drops nothing and keeps little, whatever it is fed. */
static void test_flood(void **state)
{
	struct mg_buf     out = { 0 };
	struct mg_tracer *r = mg_trace_new(show, &out);
	char              line[128];

	for (int i = 0; i < 5000; i++) {
		struct mg_trace_line l = { .lineno = (uint64_t)i + 1, .time_ns = MG_TIME_NONE };
		int n = snprintf(line, sizeof(line), "Trace[%d]: ---\"s\" 5ms (00:00:00.000)", i);

		l.text = mg_str(line, (size_t)n);
		assert_true(mg_trace_line(r, &l));
	}
	assert_true(out.n > 0); /* the oldest were handed out on the way */
	mg_trace_free(r);
	mg_buf_release(&out);
}

static void events_of(void *ctx, const struct mg_trace *t)
{
	struct mg_source src = { .component = MG_STR("kube-apiserver") };

	assert_true(mg_trace_event(&src, t, ctx));
}

static void feed(struct mg_tracer *r, const char *text, int64_t logged)
{
	struct mg_trace_line l = { .text = mg_strz(text), .header = true, .lineno = 1,
				   .time_ns = logged, .time_how = MG_TIME_EXACT };

	assert_true(mg_trace_line(r, &l));
}

static void test_events(void **state)
{
	struct mg_batch   b = { 0 };
	struct mg_tracer *r = mg_trace_new(events_of, &b);
	struct mg_civil   end = { 2022, 2, 7, 21, 15, 16, 125000000 }; /* one hour west */
	char              t[40];

	feed(r, "Trace[1]: \"Delete\" url:/apis/apps/v1/namespaces/a/deployments (07-Feb-2022 "
		"22:15:12.100) (total time: 4023ms):", mg_time_from_civil(&end));
	feed(r, "Trace[2]: \"Call validating webhook\" "
		  "configuration:c,webhook:w.example,resource:apps/v1, "
		"Resource=deployments,subresource:,operation:CREATE,UID:1 (07-Feb-2022 "
			  "22:15:12.100) "
		"(total time: 4023ms):", mg_time_from_civil(&end));
	feed(r, "Trace[3]: \"GuaranteedUpdate etcd3\" "
		  "key:/leases/kube-system/kcm,type:*coordination.Lease "
		"(07-Feb-2022 22:15:12.100) (total time: 4023ms):", mg_time_from_civil(&end));
	mg_trace_flush(r);
	assert_int_equal(b.n, 4);
	assert_true(mg_str_eq(b.ev[0].verb, MG_STR("deletecollection")));
	assert_true(mg_str_eq(b.ev[0].resource, MG_STR("deployments.apps")));
	assert_string_equal(mg_time_format(b.ev[0].time_ns, 3, t, sizeof(t)),
			    "2022-02-07T21:15:12.100Z");
	assert_int_equal(b.ev[2].kind, MG_EV_WEBHOOK_SLOW);
	assert_true(mg_str_eq(b.ev[2].name, MG_STR("w.example")));
	assert_true(mg_str_eq(b.ev[2].resource, MG_STR("deployments.apps")));
	assert_true(mg_str_eq(b.ev[3].resource, MG_STR("leases")));
	assert_true(mg_str_eq(b.ev[3].name, MG_STR("kcm")));
	mg_trace_free(r);
	mg_batch_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
