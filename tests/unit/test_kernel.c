/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "event/from_kernel.h"
#include "line_cases.h"
#include "parse/kernel.h"

struct counts {
	struct mg_kernel *k;
	uint64_t          ours, others;
};

static void one(void *state, const struct mg_source *src, const struct mg_line *l,
		struct mg_batch *out)
{
	struct counts *c = state;

	if (mg_kernel_line(c->k, src, l, out))
		c->ours++;
	else
		c->others++;
}

static struct counts run(struct mg_str input, struct mg_source *src, struct mg_batch *out)
{
	struct counts c = { .k = mg_kernel_new() };

	run_lines(input, one, &c, src, out);
	mg_kernel_flush(c.k, src, out);
	mg_kernel_free(c.k);
	return c;
}

static bool run_case(const char *name)
{
	static const char dir[] = "tests/cases/kernel";
	struct mg_buf     in = { 0 }, got = { 0 };
	struct mg_batch   out = { 0 };
	struct mg_source  src = { .artifact = 1 };
	struct counts     c;
	char              path[512];
	bool              same;

	snprintf(path, sizeof(path), "%s/%s/input", dir, name);
	assert_true(read_file(path, &in));
	c = run(mg_buf_str(&in), &src, &out);
	for (size_t i = 0; i < out.n; i++)
		dump_event(&got, &out.ev[i]);
	mg_buf_printf(&got, "of reports %llu, other lines %llu\n", (unsigned long long)c.ours,
		      (unsigned long long)c.others);
	same = check_expect(dir, name, mg_buf_str(&got));
	mg_buf_release(&in);
	mg_buf_release(&got);
	mg_batch_release(&out);
	return same;
}

static void cases(void **state)
{
	DIR           *d = opendir("tests/cases/kernel");
	struct dirent *e;
	int            n = 0, failed = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.') {
			n++;
			failed += !run_case(e->d_name);
		}
	closedir(d);
	assert_true(n > 0);
	assert_int_equal(failed, 0);
}

static void stamps(void **state)
{
	static const struct {
		const char    *line, *body;
		enum mg_kstamp stamp;
		int64_t        ns;
	} rows[] = {
		{ "[12345.678901] x", "x", MG_KSTAMP_BOOT, 12345678901000 },
		{ "[    0.000000] x", "x", MG_KSTAMP_BOOT, 0 },
		{ "<6>[    1.5] x", "x", MG_KSTAMP_BOOT, 1500000000 },
		{ "[Sat Nov 21 03:17:59 2026] x", "x", MG_KSTAMP_LOCAL, 1795231079000000000 },
		{ "[Di Aug 12 03:54:03 2025] x", "x", MG_KSTAMP_LOCAL, 1754970843000000000 },
		{ "2026-11-21T03:17:59,500000+01:00 x", "x", MG_KSTAMP_EXACT, 1795227479500000000 },
		{ "Jan  5 15:19:27 host kernel: [ 5864.708440] x", "x", MG_KSTAMP_NOYEAR,
		  400767000000000 },
		{ "Jan  5 15:19:27 kernel: x", "x", MG_KSTAMP_NOYEAR, 400767000000000 },
		{ "[ 6561]     0  6561", "[ 6561]     0  6561", MG_KSTAMP_NONE, MG_TIME_NONE },
		{ "[", "[", MG_KSTAMP_NONE, MG_TIME_NONE },
		{ "[.]", "[.]", MG_KSTAMP_NONE, MG_TIME_NONE },
		{ "", "", MG_KSTAMP_NONE, MG_TIME_NONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_kernel_head h;

		mg_kernel_head(mg_strz(rows[i].line), &h);
		assert_int_equal(h.stamp, rows[i].stamp);
		assert_true(h.ns == rows[i].ns);
		assert_true(mg_str_eq(h.body, mg_strz(rows[i].body)));
	}
}

static void cgroups(void **state)
{
	static const char c64[] = "a59e4e7d3090c04c6ce5a4b7a8bc85228eb9b96ac00b1284643a8c7c11dda661";
	static const struct {
		const char *path, *uid;
		bool        container;
	} rows[] = {
		{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod01234567_89ab_cdef_0123_"
		  "456789abcdef.slice/crio-a59e4e7d3090c04c6ce5a4b7a8bc85228eb9b96ac00b1284643a8c7c11dda66"
		  "1.scope/container", "01234567_89ab_cdef_0123_456789abcdef", true },
		{ "/kubepods/burstable/pod0123456789abcdef0123456789abcdef/a59e4e7d3090c04c6ce5a4b7a8bc85"
		  "228eb9b96ac00b1284643a8c7c11dda661", "0123456789abcdef0123456789abcdef", true },
		{ "/lxc/39004/ns/system.slice/docker-a59e4e7d3090c04c6ce5a4b7a8bc85228eb9b96ac00b1284643a8"
		  "c7c11dda661.scope", "", true },
		{ "/lab-oom-6503", "", false },
		{ "pod", "", false },
		{ "", "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_str p = mg_strz(rows[i].path);

		assert_true(mg_str_eq(mg_cgroup_pod_uid(p), mg_strz(rows[i].uid)));
		assert_true(mg_str_eq(mg_cgroup_container(p),
				      mg_strz(rows[i].container ? c64 : "")));
	}
}

static const char *text_attr(const struct mg_event *e, const char *key, char *buf, size_t n)
{
	struct mg_str v = mg_event_attr(e, key);

	snprintf(buf, n, "%.*s", MG_FMT(v));
	return buf;
}

static void real_files(void **state)
{
	static const struct {
		const char *file, *comm, *constraint, *pid, *anon, *limit, *trigger, *cgroup, *top;
		size_t      kills;
	} rows[] = {
		/* two excerpts: what was cut away cannot be filled */
		{ "oom-203-dmesg.log", "uwsgi", "MEMCG", "63214", "164992", "", "", "", "", 1 },
		{ "oom-56891-dmesgT.log", "java", "MEMCG", "28438", "466160", "", "", "",
		  "java[28438] 479844 kB", 1 },
		{ "oomanalyser-example_rhel7.txt", "mysqld", "NONE", "6576", "20629004", "", "sed", "",
		  "mysqld[6576] 20628252 kB, java[27502] 10866276 kB, oacore[8685] 93252 kB", 1 },
		{ "oomanalyser-example_proxmox_cgroup_oom.txt", "php-fpm", "MEMCG", "3902942",
		  "12625252", "31211520", "php-fpm", "/lxc/39004/ns/system.slice/docker-a59e4e7d3090c0"
		  "4c6ce5a4b7a8bc85228eb9b96ac00b1284643a8c7c11dda661.scope",
		  "php-fpm[3902942] 12781340 kB, php-fpm[3589018] 7257396 kB, php-fpm[3964255] 4920152 "
		  "kB", 1 },
		{ "cadvisor-containerOomExampleLog.txt", "memorymonster", "MEMCG", "13536", "920",
		  "980", "memorymonster", "/mem2", "memorymonster[13536] 1372 kB", 1 },
	};
	const char *data = shared_data();
	char        v[256];

	if (!data)
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_buf    in = { 0 };
		struct mg_batch  out = { 0 };
		struct mg_source src = { .artifact = 1 };
		char             path[600];

		snprintf(path, sizeof(path), "%s/oom/%s", data, rows[i].file);
		if (!read_file(path, &in)) {
			fprintf(stderr, "SKIP: no %s\n", path);
			mg_buf_release(&in);
			continue;
		}
		run(mg_buf_str(&in), &src, &out);
		assert_int_equal(out.n, rows[i].kills);
		assert_true(mg_str_eq(out.ev[0].component, mg_strz(rows[i].comm)));
		assert_string_equal(text_attr(out.ev, "constraint", v, sizeof(v)), rows[i].constraint);
		assert_string_equal(text_attr(out.ev, "pid", v, sizeof(v)), rows[i].pid);
		assert_string_equal(text_attr(out.ev, "anon_rss_kb", v, sizeof(v)), rows[i].anon);
		assert_string_equal(text_attr(out.ev, "limit_kb", v, sizeof(v)), rows[i].limit);
		assert_string_equal(text_attr(out.ev, "trigger", v, sizeof(v)), rows[i].trigger);
		assert_string_equal(text_attr(out.ev, "task_memcg", v, sizeof(v)), rows[i].cgroup);
		assert_string_equal(text_attr(out.ev, "top", v, sizeof(v)), rows[i].top);
		mg_buf_release(&in);
		mg_batch_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases),
		cmocka_unit_test(stamps),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
