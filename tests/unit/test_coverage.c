/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/coverage.h"
#include "case_report.c"

static void assert_text(struct mg_str s, const char *want)
{
	if (!mg_str_eq(s, mg_strz(want)))
		fail_msg("'%.*s' is not '%s'", MG_FMT(s), want);
}

static void sources_are_told_apart(void **state)
{
	struct mg_case                c;
	struct mg_coverage            cov;
	const struct mg_coverage_row *r;

	(void)state;
	sample_case(&c);
	mg_coverage_build(&cov, &c);
	r = cov.row;
	assert_int_equal(r[MG_COV_AUDIT].count, 48853);
	assert_int_equal(r[MG_COV_AUDIT].bad, 1);
	assert_int_equal(r[MG_COV_APISERVER].count, 1203);
	assert_int_equal(r[MG_COV_KCM].lines, 941);
	assert_int_equal(r[MG_COV_ETCD].records, 380);
	assert_int_equal(r[MG_COV_GOROUTINE].count, 1);
	assert_int_equal(r[MG_COV_EVENTS].count, 1021);
	assert_int_equal(r[MG_COV_NODES].files, 1);
	assert_int_equal(r[MG_COV_OTHER].files, 1);
	assert_int_equal(r[MG_COV_ETCD].first_ns, T0);
	assert_int_equal(r[MG_COV_ETCD].last_ns, T0 + 345 * MG_SEC);
	assert_int_equal(r[MG_COV_KERNEL].first_ns, MG_TIME_NONE);
	assert_int_equal(cov.files, 9);
	mg_coverage_release(&cov);
	mg_case_release(&c);
}

static void an_empty_file_is_counted_but_is_no_data(void **state)
{
	struct mg_case     c;
	struct mg_coverage cov;

	(void)state;
	sample_case(&c);
	mg_coverage_build(&cov, &c);
	assert_false(mg_coverage_present(&cov.row[MG_COV_SCHEDULER]));
	assert_int_equal(cov.row[MG_COV_SCHEDULER].empty, 1);
	assert_int_equal(cov.empty, 1);
	mg_coverage_release(&cov);
	mg_case_release(&c);
}

static void commands_fit_the_cluster(void **state)
{
	struct mg_case     c;
	struct mg_coverage cov;

	(void)state;
	sample_case(&c);
	mg_coverage_build(&cov, &c);
	assert_true(cov.openshift);
	assert_text(cov.row[MG_COV_KUBELET].collect,
		    "oc adm node-logs master-0.lab.example -u kubelet");
	assert_int_equal(cov.row[MG_COV_OTHER].collect.n, 0);
	mg_coverage_release(&cov);
	mg_case_release(&c);

	mg_case_init(&c);
	artifact(&c, "kind-control-plane/journal.log", MG_KIND_JOURNAL, "", 10, 10);
	mg_coverage_build(&cov, &c);
	assert_false(cov.openshift);
	assert_true(mg_coverage_present(&cov.row[MG_COV_KUBELET]));
	assert_text(cov.row[MG_COV_APISERVER].collect,
		    "kubectl -n kube-system logs --timestamps kube-apiserver-NODE "
		    "(and once more with -p)");
	mg_coverage_release(&cov);
	mg_case_release(&c);
}

/* One file of pods and events: each row counts its own objects by their events. */
static void mixed_objects(void **state)
{
	struct mg_case     c;
	struct mg_coverage cov;

	(void)state;
	mg_case_init(&c);
	artifact(&c, "everything.yaml", MG_KIND_KUBE_YAML, "", 900, 50);
	artifact(&c, "pods/a/a.yaml", MG_KIND_KUBE_YAML, "", 90, 1);
	artifact(&c, "x/deployments.yaml", MG_KIND_KUBE_YAML, "", 90, 7);
	event(&c, MG_EV_POD_STARTED, MG_SEV_INFO, 0, -1, 0, 1);
	event(&c, MG_EV_K8S_EVENT, MG_SEV_INFO, 0, -1, 0, 20);
	event(&c, MG_EV_K8S_EVENT, MG_SEV_INFO, 0, -1, 0, 40);
	event(&c, MG_EV_K8S_EVENT, MG_SEV_INFO, 0, -1, 99, 40); /* of no artifact */
	mg_coverage_build(&cov, &c);
	assert_int_equal(cov.row[MG_COV_EVENTS].count, 2);
	assert_int_equal(cov.row[MG_COV_PODS].count, 2);
	assert_int_equal(cov.row[MG_COV_PODS].files, 2);
	assert_int_equal(cov.row[MG_COV_OTHER_OBJECTS].count, 7);
	mg_coverage_release(&cov);
	mg_case_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_told_apart),
		cmocka_unit_test(an_empty_file_is_counted_but_is_no_data),
		cmocka_unit_test(commands_fit_the_cluster),
		cmocka_unit_test(mixed_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
