/* SPDX-License-Identifier: Apache-2.0 */
/* The recorded incidents: what the rules claim must be what truth.json says was done. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/ledger.h"
#include "analysis/rule.h"
#include "ingest/ingest.h"
#include "io/out.h"
#include "render/findings_json.h"

struct incident {
	struct mg_case     c;
	struct mg_findings fs;
	json_t            *truth;
};

static const char *shared(void)
{
	const char *s = getenv("MG_SHARED");

	return s && *s ? s : "../shared";
}

/* Load ../shared/data/incidents/NAME, else the bundled copy; skip when there is neither. */
static void load(struct incident *in, const char *name, int threads)
{
	char                  path[512], truth[512], *operands[] = { path };
	struct mg_ingest_opts o = { .threads = threads };
	struct mg_err         err = { 0 };

	snprintf(path, sizeof(path), "%s/data/incidents/%s/incident.tar.gz", shared(), name);
	snprintf(truth, sizeof(truth), "%s/data/incidents/%s/truth.json", shared(), name);
	if (access(truth, R_OK) != 0) {
		snprintf(path, sizeof(path), "testdata/%s.tar.gz", name);
		snprintf(truth, sizeof(truth), "testdata/%s.truth.json", name);
	}
	if (access(truth, R_OK) != 0) {
		print_message("skipped: incident %s is not here (set MG_SHARED)\n", name);
		skip();
	}
	*in = (struct incident){ .truth = json_load_file(truth, 0, NULL) };
	assert_non_null(in->truth);
	mg_case_init(&in->c);
	assert_int_equal(mg_ingest_run(&in->c, operands, 1, &o, &err), MG_OK);
	assert_int_equal(in->c.nfaults, 0);
	mg_rules_run(&in->fs, &in->c, NULL, 0);
}

static void unload(struct incident *in)
{
	mg_findings_release(&in->fs);
	mg_case_release(&in->c);
	json_decref(in->truth);
}

static const struct mg_finding *find(const struct incident *in, const char *id)
{
	for (uint32_t i = 0; i < in->fs.n; i++)
		if (strcmp(in->fs.f[i].id, id) == 0)
			return &in->fs.f[i];
	return NULL;
}

static const struct mg_finding *must(const struct incident *in, const char *id)
{
	const struct mg_finding *f = find(in, id);

	if (!f) {
		for (uint32_t i = 0; i < in->fs.n; i++)
			print_message("  found: %s %.*s\n", in->fs.f[i].id,
				      MG_FMT(in->fs.f[i].claim));
		fail_msg("no finding '%s'", id);
	}
	return f;
}

static double number(const struct mg_finding *f, const char *name)
{
	for (uint32_t i = 0; i < f->nnumbers; i++)
		if (strcmp(f->numbers[i].name, name) == 0 && !f->numbers[i].is_text)
			return f->numbers[i].value;
	fail_msg("%s has no number '%s'", f->id, name);
	return NAN;
}

static struct mg_str text(const struct mg_finding *f, const char *name)
{
	for (uint32_t i = 0; i < f->nnumbers; i++)
		if (strcmp(f->numbers[i].name, name) == 0 && f->numbers[i].is_text)
			return f->numbers[i].text;
	fail_msg("%s has no text '%s'", f->id, name);
	return mg_str("", 0);
}

static int64_t time_of(json_t *t)
{
	int64_t ns;

	assert_true(mg_time_parse(mg_strz(json_string_value(t)), &ns, NULL, NULL));
	return ns;
}

static void near_s(int64_t a, int64_t b, double seconds)
{
	double d = fabs((double)(a - b)) / 1e9;

	if (d > seconds)
		fail_msg("times differ by %.3f s, allowed %.1f s", d, seconds);
}

/* Effects of effects count, too. */
static bool below(const struct incident *in, const struct mg_finding *f,
		  const struct mg_finding *root)
{
	while (f->ncaused_by) {
		f = &in->fs.f[f->caused_by[0]];
		if (f == root)
			return true;
	}
	return false;
}

static void stall_windows(const struct incident *in, const struct mg_finding *f)
{
	json_t       *stalls = json_object_get(in->truth, "etcd_stalls");
	struct mg_str rest = text(f, "intervals"), one, a, b;

	assert_int_equal((int)number(f, "stalls"), (int)json_array_size(stalls));
	for (size_t i = 0; i < json_array_size(stalls); i++) {
		json_t *s = json_array_get(stalls, i);
		int64_t start, end;

		mg_str_cut(rest, ' ', &one, &rest);
		mg_str_cut(one, '/', &a, &b);
		assert_true(mg_time_parse(a, &start, NULL, NULL));
		assert_true(mg_time_parse(b, &end, NULL, NULL));
		near_s(start, time_of(json_object_get(s, "start")), 2);
		near_s(end, time_of(json_object_get(s, "end")), 2);
	}
}

/* "0 -> 3 -> 4 ...": one number a dump, in the order of the dumps' names. */
static void leak_growth(const struct incident *in, const struct mg_finding *f)
{
	json_t       *dumps = json_object_get(in->truth, "stuck_goroutines"), *v;
	const char   *name;
	struct mg_str got = text(f, "per_dump");
	char          want[256] = "";

	json_object_foreach(dumps, name, v) {
		char one[32];

		snprintf(one, sizeof(one), "%s%d", want[0] ? " -> " : "",
			 (int)json_integer_value(json_object_get(v, "stuck_distributors")));
		strcat(want, one);
	}
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void lost_leases(const struct incident *in, const struct mg_finding *f)
{
	json_t *exits = json_object_get(in->truth, "process_exits");

	assert_int_equal((int)number(f, "losses"), (int)json_array_size(exits));
	for (size_t i = 0; i < json_array_size(exits); i++) {
		const char *who = json_string_value(
			json_object_get(json_array_get(exits, i), "component"));

		assert_true(mg_str_has(f->claim, mg_strz(who)));
	}
	near_s(f->start_ns, time_of(json_object_get(json_array_get(exits, 0), "t")), 2);
}

static void test_etcd_stall(void **state)
{
	struct incident          in;
	const struct mg_finding *root, *leak, *lease;
	struct mg_str            who;

	load(&in, "etcd-stall-deletecollection", 2);
	root = must(&in, "etcd-stall");
	leak = must(&in, "dc-distributor-leak");
	lease = must(&in, "lease-loss");
	assert_ptr_equal(root, &in.fs.f[0]);
	stall_windows(&in, root);
	leak_growth(&in, leak);
	assert_true(below(&in, leak, root));
	assert_true(below(&in, lease, root));
	lost_leases(&in, lease);
	who = text(leak, "failed_requests");
	assert_true(mg_str_has(who, MG_STR("6x configmaps in victim")));
	assert_true(mg_str_has(who, MG_STR("openshift-example-cleanup:pruner")));
	assert_true(mg_str_has(who, MG_STR("events in backlog")));
	assert_true(mg_str_has(who, MG_STR("500")));
	assert_true(in.fs.nblind_spots > 0);
	unload(&in);
}

static void test_forbidden_storm(void **state)
{
	struct incident          in;
	const struct mg_finding *f;
	uint32_t                 n403 = 0;

	load(&in, "forbidden-storm", 2);
	f = must(&in, "403-spam");
	assert_int_equal((int)number(f, "requests"), 9000);
	assert_true(mg_str_eq(text(f, "user"), MG_STR("system:serviceaccount:openshift-example-"
						      "sysdig-agent:sysdig-agent")));
	assert_true(mg_str_eq(text(f, "verb"), MG_STR("get")));
	assert_true(mg_str_eq(text(f, "resource"), MG_STR("nodes/proxy")));
	assert_true(mg_str_eq(text(f, "uri_pattern"),
			      MG_STR("/api/v1/nodes/{node}/proxy/metrics")));
	near_s(f->start_ns, time_of(json_object_get(in.truth, "storm_start")), 2);
	near_s(f->end_ns, time_of(json_object_get(in.truth, "storm_end")), 2);
	f = must(&in, "401-spam");
	assert_int_equal((int)number(f, "requests"), 700);
	assert_true(mg_str_eq(text(f, "source_ip"), MG_STR("127.0.2.77")));
	for (uint32_t i = 0; i < in.fs.n; i++)
		n403 += strcmp(in.fs.f[i].id, "403-spam") == 0;
	assert_int_equal(n403, 1); /* the background 403s are not a storm */
	unload(&in);
}

static void test_oom(void **state)
{
	struct incident          in;
	const struct mg_finding *f;
	json_t                  *kills;
	uint32_t                 seen = 0;

	load(&in, "oom", 2);
	kills = json_object_get(in.truth, "oom_kills");
	f = must(&in, "apiserver-oom-list-storm");
	assert_ptr_equal(f, &in.fs.f[0]);
	assert_int_equal((int)number(f, "kills"), (int)json_array_size(kills));
	assert_true(number(f, "memory_limit_bytes") ==
		    (double)json_integer_value(json_object_get(in.truth, "memory_limit_bytes")));
	assert_true(mg_str_has(text(f, "user"), MG_STR("inventory-exporter")));
	assert_true(mg_str_eq(text(f, "resource"), MG_STR("configmaps")));
	for (size_t i = 0; i < in.c.events.n; i++) {
		const struct mg_event *e = &in.c.events.ev[i];

		if (e->kind != MG_EV_KERNEL_OOM_KILL)
			continue;
		near_s(e->time_ns, time_of(json_object_get(json_array_get(kills, seen), "t")), 2);
		assert_int_equal(mg_event_attr_i64(e, "pid", 0),
				 json_integer_value(json_object_get(json_array_get(kills, seen),
								    "pid")));
		seen++;
	}
	assert_int_equal(seen, json_array_size(kills));
	unload(&in);
}

static void slow_disk(const char *name)
{
	struct incident          in;
	const struct mg_finding *f;
	json_t                  *counts;

	load(&in, name, 2);
	counts = json_object_get(in.truth, "etcd_log_counts");
	f = must(&in, "slow-fsync");
	assert_ptr_equal(f, &in.fs.f[0]);
	assert_int_equal((int)number(f, "slow_fdatasync"),
			 (int)json_integer_value(json_object_get(counts, "slow fdatasync")));
	assert_int_equal((int)(number(f, "slow_applies") + number(f, "read_index_retries")),
			 (int)json_integer_value(json_object_get(counts, "took too long")));
	near_s(f->start_ns, time_of(json_object_get(in.truth, "problem_start")), 2);
	near_s(f->end_ns, time_of(json_object_get(in.truth, "problem_end")), 2);
	assert_true(below(&in, must(&in, "slo-breach"), f));
	assert_null(find(&in, "etcd-stall"));
	unload(&in);
}

static void test_slow_disk(void **state)
{
	slow_disk("etcd-slow-disk");
}

static void test_two_apiservers(void **state)
{
	slow_disk("two-apiservers-skew");
}

/* What the rules say when the input is read in blocks of `block_size`, as findings.json. */
static FILE *findings_of(const char *path, size_t block_size)
{
	char                 *operands[] = { (char *)(uintptr_t)path };
	struct mg_ingest_opts o = { .threads = 2, .block_size = block_size };
	struct mg_case        c;
	struct mg_findings    fs = { 0 };
	struct mg_out         out;
	struct mg_err         err = { 0 };
	FILE                 *f = tmpfile();

	assert_non_null(f);
	mg_case_init(&c);
	assert_int_equal(mg_ingest_run(&c, operands, 1, &o, &err), MG_OK);
	assert_int_equal(c.nfaults, 0);
	mg_rules_run(&fs, &c, NULL, 0);
	mg_out_fd(&out, fileno(f));
	mg_render_findings_json(&out, &c, &fs);
	assert_int_equal(mg_out_close(&out), MG_OK);
	mg_findings_release(&fs);
	mg_case_release(&c);
	rewind(f);
	return f;
}

static void same_text(FILE *a, FILE *b, size_t block_size)
{
	char     x[65536], y[65536];
	uint64_t line = 0;
	char    *p, *q;

	do {
		p = fgets(x, sizeof(x), a);
		q = fgets(y, sizeof(y), b);
		line++;
		if (!p != !q || (p && strcmp(x, y) != 0))
			fail_msg("blocks of %zu bytes: line %llu is\n%sinstead of\n%s", block_size,
				 (unsigned long long)line, q ? y : "(end)\n", p ? x : "(end)\n");
	} while (p);
	assert_true(line > 300);
}

/* No line, dump or document may depend on where a block of the input ends. */
static void test_any_block_size(void **state)
{
	static const char   path[] = "testdata/etcd-stall-deletecollection.tar.gz";
	static const size_t sizes[] = { 64, 4096 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		FILE *whole = findings_of(path, 0), *cut = findings_of(path, sizes[i]);

		same_text(whole, cut, sizes[i]);
		fclose(whole);
		fclose(cut);
	}
}

static void test_healthy(void **state)
{
	struct incident in;

	load(&in, "healthy", 2);
	for (uint32_t i = 0; i < in.fs.n; i++)
		if (in.fs.f[i].severity >= MG_SEV_WARNING)
			fail_msg("healthy, but: %s: %.*s", in.fs.f[i].id, MG_FMT(in.fs.f[i].claim));
	assert_int_equal(mg_requests_count(in.c.audit) > 4000, true);
	unload(&in);
}

/* Each kill of the API server once, with everything that any artifact tells of it. */
static void oom_ledger(void **state)
{
	static const int64_t pid[] = { 6561, 6750 };
	struct incident      in;
	struct mg_ledger     l;

	load(&in, "oom", 2);
	mg_ledger_build(&l, &in.c);
	assert_int_equal(l.n, 2);
	for (size_t i = 0; i < l.n; i++) {
		const struct mg_ledger_row *r = &l.row[i];

		assert_true(r->oom && r->kernel && r->gap);
		assert_true(mg_str_eq(r->component, MG_STR("kube-apiserver")));
		assert_true(mg_str_eq(r->pod, MG_STR("kube-apiserver-master-0.lab.example")));
		assert_int_equal(mg_event_attr_i64(r->kernel, "pid", 0), pid[i]);
		assert_int_equal(mg_event_attr_i64(r->kernel, "limit_kb", 0), 921600);
		assert_true(mg_event_attr_i64(r->kernel, "anon_rss_kb", 0) > 900000);
		assert_true(mg_str_eq(mg_event_attr(r->kernel, "task_memcg"), MG_STR("/lab-oom-6503")));
		assert_true(r->restart_ns > r->time_ns && r->restart_ns - r->time_ns < 6 * MG_SEC);
		assert_int_equal(r->restarts, 2);
	}
	/* Kubernetes keeps the last end only, and one previous log. */
	assert_null(l.row[0].object);
	assert_int_equal(l.row[0].previous, MG_NO_ARTIFACT);
	assert_non_null(l.row[1].object);
	assert_int_equal(l.row[1].exit_code, 137);
	assert_true(in.c.artifacts[l.row[1].previous].source.previous);
	mg_ledger_release(&l);
	unload(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oom_ledger),
		cmocka_unit_test(test_etcd_stall),     cmocka_unit_test(test_forbidden_storm),
		cmocka_unit_test(test_oom),            cmocka_unit_test(test_slow_disk),
		cmocka_unit_test(test_two_apiservers), cmocka_unit_test(test_healthy),
		cmocka_unit_test(test_any_block_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
