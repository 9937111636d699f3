/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "render/report.h"
#include "render/tables.h"
#include "render/text.h"
#include "case_report.c"

/* The text in memory; $MG_SHOW prints it, for a person to look at. */
static struct mg_str text_of(struct mg_out *o)
{
	if (getenv("MG_SHOW"))
		fprintf(stderr, "%.*s", MG_FMT(mg_buf_str(&o->buf)));
	return mg_buf_str(&o->buf);
}

static void assert_has(struct mg_str page, const char *part)
{
	if (!mg_str_has(page, mg_strz(part)))
		fail_msg("not in the report: %s\n%.*s", part, MG_FMT(page));
}

static void report_has_every_part(void **state)
{
	struct mg_case        c;
	struct mg_findings    fs;
	struct mg_out         o;
	struct mg_render_opts opt = { 0 };
	struct mg_str         page;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	mg_out_fd(&o, STDOUT_FILENO);
	mg_render_report(&o, &c, &fs, &opt);
	page = text_of(&o);
	assert_has(page, "VERDICT  etcd stopped");
	assert_has(page, "1.1.1  WARNING");
	assert_has(page, "longest_seconds 40.002");
	assert_has(page, "or perhaps   the node was suspended");
	assert_has(page, "\xe2\x80\xa6 and 407 more");
	assert_has(page, "caused by    1.1 (dc-distributor-leak)");
	assert_has(page, "/etcd-master-0.lab.example/etcd/etcd/logs/current.log:71\n");
	assert_has(page, "gzip data ends early at byte 91234");
	assert_has(page, "-audit.log:12, byte 1048: bad timestamp");
	assert_has(page, "0 bytes: 1 of 9 files");
	assert_has(page, "oc adm node-logs master-0.lab.example -u kubelet");
	assert_has(page, "\\x1b[31mevil");
	assert_has(page, "Unhealthy");
	assert_has(page, "\n 504 ");
	assert_int_equal(mg_str_chr(page, '\033'), -1);
	mg_out_abort(&o);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

static void empty_sections_are_named(void **state)
{
	struct mg_case        c;
	struct mg_findings    fs = { 0 };
	struct mg_out         o;
	struct mg_render_opts opt = { 0 };
	struct mg_str         page;

	(void)state;
	mg_case_init(&c);
	mg_out_fd(&o, STDOUT_FILENO);
	mg_render_report(&o, &c, &fs, &opt);
	page = text_of(&o);
	assert_has(page, "no time found in the data");
	assert_has(page, "looked at nothing");
	assert_has(page, "Nothing of severity warning or above.");
	assert_has(page, "Users by requests; Requests by user, verb and resource; Error codes;");
	assert_has(page, "Missing, and how to collect it");
	assert_has(page, "kubectl get events -A -o yaml");
	mg_out_abort(&o);
	mg_case_release(&c);
}

static void rules_are_grouped_by_what_they_lack(void **state)
{
	static const struct mg_not_assessed na[] = {
		{ "disk", MG_STR("kernel log (`dmesg -T`)") },
		{ "members", MG_STR("etcd_info/health.json (`etcdctl endpoint health`)") },
		{ "oom", MG_STR("kernel log (`dmesg -T`); pod statuses alone keep the last one") },
		{ "share", MG_STR("audit log with annotations (1.24 and later)") },
		{ "size", MG_STR("etcd_info/status.json (`etcdctl endpoint status`)") },
	};
	static const char *const want[] = {
		"disk, oom", "kernel log (`dmesg -T`)",
		"members, size", "files of etcd_info (`etcdctl endpoint health`; `etcdctl endpoint status`)",
		"share", "audit log with annotations (1.24 and later)",
	};
	struct mg_findings fs = { 0 };
	struct mg_grid     g;

	(void)state;
	for (size_t i = 0; i < sizeof(na) / sizeof(*na); i++)
		MG_PUSH(fs.not_assessed, fs.nnot_assessed, fs.not_assessed_cap, na[i]);
	assert_true(mg_tables_not_assessed(&g, &fs));
	assert_int_equal(mg_grid_rows(&g), 3);
	for (size_t i = 0; i < 6; i++)
		if (!mg_str_eq(g.cell[g.ncol + i], mg_strz(want[i])))
			fail_msg("cell %zu: %.*s", i, MG_FMT(g.cell[g.ncol + i]));
	mg_grid_release(&g);
	fs.nnot_assessed = 1; /* of one file its name is told */
	fs.not_assessed[0] = na[4];
	assert_true(mg_tables_not_assessed(&g, &fs));
	assert_true(mg_str_eq(g.cell[3], MG_STR("etcd_info/status.json (`etcdctl endpoint status`)")));
	mg_grid_release(&g);
	mg_findings_release(&fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_has_every_part),
		cmocka_unit_test(empty_sections_are_named),
		cmocka_unit_test(rules_are_grouped_by_what_they_lack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
