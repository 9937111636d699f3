/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "render/plot.h"

#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case_series.c"
#include "render/chart_internal.h"
#include "render/gnuplot.h"
#include "render/tsv.h"

static char dir[] = "/tmp/mg-test-plot-XXXXXX";

/* --- scratch directory ------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	return remove(path);
}

static int setup(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *in_dir(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static struct mg_buf read_file(const char *path)
{
	struct mg_buf b = { 0 };
	char          chunk[4096];
	FILE         *f = fopen(path, "rb");

	mg_buf_addz(&b, "");
	for (size_t n; f && (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
		mg_buf_add(&b, mg_str(chunk, n));
	if (f)
		fclose(f);
	return b;
}

/* Run `script` as it stands; its output in *out.  Skips the test when there is no gnuplot. */
static enum mg_status run_script(const char *script, struct mg_buf *out, struct mg_err *err,
				 int seconds)
{
	FILE                 *in = tmpfile(), *to = tmpfile();
	struct mg_gnuplot_job job = { .dir = dir, .seconds = seconds };
	enum mg_status        st;
	char                  chunk[4096];

	assert_non_null(in);
	assert_non_null(to);
	fputs(script, in);
	fflush(in);
	rewind(in);
	job.script_fd = fileno(in);
	job.stdout_fd = fileno(to);
	st = mg_gnuplot_run(&job, err);
	rewind(to);
	for (size_t n; out && (n = fread(chunk, 1, sizeof(chunk), to)) > 0;)
		mg_buf_add(out, mg_str(chunk, n));
	fclose(in);
	fclose(to);
	if (st == MG_SKIP) {
		print_message("skip: %s\n", err->msg);
		skip();
	}
	return st;
}

/* --- strings ------------------------------------------------------------------------ */

static void escaped(const char *in, size_t n, size_t max, const char *want)
{
	struct mg_buf b = { 0 };

	mg_gnuplot_str(&b, mg_str(in, n), max);
	if (strcmp(b.p, want) != 0)
		fail_msg("got %s, expected %s", b.p, want);
	assert_int_equal(mg_gnuplot_chars(mg_str(in, n), 0) >= mg_gnuplot_chars(mg_str(in, n), 3), 1);
	mg_buf_release(&b);
}

#define ESCAPED(in, max, want) escaped((in), sizeof(in) - 1, (max), (want))

static void strings_are_escaped(void **state)
{
	ESCAPED("", 0, "''");
	ESCAPED("it's", 0, "'it\xe2\x80\x99s'");
	ESCAPED("a\nb\rc\td\0e\x7f", 0, "'a b c d e '");
	ESCAPED("`id` @x {/Bold y}_z^w \\ \"q\"", 0, "'`id` @x {/Bold y}_z^w \\ \"q\"'");
	ESCAPED("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 0, "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'");
	ESCAPED("\xff\xc3(\xe2\x82", 0, "'\?\?(\?\?'");
	ESCAPED("\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80", 0, "'\?\?\?\?\?\?\?\?\?'");
	ESCAPED("a\xe2\x80\xae" "b\xe2\x80\x8b\xef\xbb\xbf", 0, "'a?b\?\?'");
	ESCAPED("\xc2\x9b", 0, "' '");
	ESCAPED("0123456789", 5, "'0123\xe2\x80\xa6'");
	ESCAPED("''''''", 2, "'\xe2\x80\x99\xe2\x80\xa6'");
	ESCAPED("12345", 5, "'12345'");
}

static const char *const nasty[] = {
	"`touch pwned`", "$(touch pwned)", "'; system('touch pwned'); '", "'.system('touch pwned').'",
	"\"; system(\"touch pwned\"); \"", "'\nsystem('touch pwned')\n'", "@a b @@ @{x}", "{/Symbol a}",
	"x_{y}^{z}~a{.8-}", "%s %d %n %%", "\\", "\\'", "'\\", "\\n\\\"", "EOD", "\nEOD\n", "",
	"<script>alert(1)</script>&amp;", "]]>", "\xff\xfe\x01\x1b[31m", "\xe2\x80\xae abc",
	"#", ";", ",", "title", "!touch pwned", "\n!touch pwned\n", "notitle", "- - -",
};

/* What gnuplot prints of a string is what was meant. */
static void gnuplot_reads_them_back(void **state)
{
	struct mg_buf script = { 0 }, out = { 0 };
	struct mg_err err = { 0 };

	mg_buf_addz(&script, "set print '-'\n");
	for (size_t i = 0; i < sizeof(nasty) / sizeof(*nasty); i++) {
		mg_buf_addz(&script, "print ");
		mg_gnuplot_str(&script, mg_strz(nasty[i]), 0);
		mg_buf_addc(&script, '\n');
	}
	if (run_script(script.p, &out, &err, 0) != MG_OK)
		fail_msg("%s", err.msg);
	assert_non_null(strstr(out.p, "`touch pwned`\n$(touch pwned)\n"
				      "\xe2\x80\x99; system(\xe2\x80\x99touch pwned\xe2\x80\x99); "));
	assert_non_null(strstr(out.p, "@a b @@ @{x}\n{/Symbol a}\nx_{y}^{z}~a{.8-}\n"
				      "%s %d %n %%\n\\\n\\\xe2\x80\x99\n"));
	assert_int_not_equal(access(in_dir("pwned"), F_OK), 0);
	mg_buf_release(&script);
	mg_buf_release(&out);
}

/* --- running ------------------------------------------------------------------------- */

static void failures_say_why(void **state)
{
	struct mg_err err = { 0 };

	assert_int_equal(run_script("plot 'no-such-file' using\n", NULL, &err, 0), MG_FAIL);
	assert_non_null(strstr(err.msg, "gnuplot failed: "));
	assert_int_equal(run_script("exit status 3\n", NULL, &err, 0), MG_FAIL);
	assert_int_equal(run_script("pause 30\n", NULL, &err, 1), MG_FAIL);
	assert_non_null(strstr(err.msg, "1 s"));
	assert_int_equal(run_script("a = 1\n", NULL, &err, 0), MG_OK);
	assert_string_equal(err.msg, "");
}

static void without_gnuplot_it_says_how_to_get_it(void **state)
{
	struct mg_gnuplot_job job = { .script = "x.gp", .stdout_fd = -1 };
	struct mg_err         err = { 0 };
	char                 *old = mg_strndup(getenv("PATH"), strlen(getenv("PATH")));

	setenv("PATH", "relative:/nonexistent:.:", 1);
	assert_int_equal(mg_gnuplot_run(&job, &err), MG_SKIP);
	assert_non_null(strstr(err.msg, "gnuplot-nox"));
	setenv("PATH", old, 1);
	free(old);
}

/* --- labels --------------------------------------------------------------------------- */

static void labels_never_touch(void **state)
{
	struct mg_chart  ch = { .first_ns = T0, .last_ns = T0 + 100 * MG_SEC };
	struct mg_layout l;
	struct mg_placed at[MG_LABELS_MAX];
	int              rows;
	uint32_t         left_out, n;

	for (int i = 0; i < 12; i++) {
		struct mg_chart_span s = { T0 + i * 9 * MG_SEC, T0 + (i * 9 + 3) * MG_SEC, MG_SEV_ERROR,
					   false, MG_STR("a label of some length"), 0 };

		MG_PUSH(ch.span, ch.nspan, ch.span_cap, s);
	}
	mg_layout_begin(&ch, &l);
	n = mg_labels_place(&ch, &l, at, &rows, &left_out);
	assert_int_equal(n, MG_LABELS_MAX);
	assert_int_equal(left_out, 4);
	assert_true(rows >= 2 && rows <= 4);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (at[i].row == at[k].row)
				assert_true(at[i].x >= at[k].x + 22 * l.char_w);
	mg_chart_release(&ch);
}

static void axis_texts(void **state)
{
	char b[32];

	assert_string_equal(mg_axis_text(MG_AXIS_BYTES, 0, b, sizeof(b)), "0");
	assert_string_equal(mg_axis_text(MG_AXIS_BYTES, 1.5 * 1073741824, b, sizeof(b)), "1.5 GiB");
	assert_string_equal(mg_axis_text(MG_AXIS_SECONDS, 0.2, b, sizeof(b)), "200 ms");
	assert_string_equal(mg_axis_text(MG_AXIS_SECONDS, 0.001, b, sizeof(b)), "1 ms");
	assert_string_equal(mg_axis_text(MG_AXIS_SECONDS, 1, b, sizeof(b)), "1 s");
	assert_string_equal(mg_axis_text(MG_AXIS_NUMBER, 20000, b, sizeof(b)), "20k");
}

/* --- the timeline ---------------------------------------------------------------------- */

static enum mg_status timeline(struct mg_case *c, const struct mg_findings *fs,
			       const struct mg_plot_opts *o, struct mg_err *err)
{
	struct mg_series s;
	enum mg_status   st;

	mg_series_build(&s, c, c->first_ns, c->last_ns, 400);
	assert_int_equal(mg_tsv_write_dir(dir, &s, err), MG_OK);
	st = mg_plot_draw(dir, c, fs, &s, o, err);
	mg_series_release(&s);
	if (st == MG_SKIP && strstr(err->msg, "not found")) {
		print_message("skip: %s\n", err->msg);
		skip();
	}
	return st;
}

static void findings(struct mg_finding *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		f[i] = (struct mg_finding){ .id = "some-rule", .severity = MG_SEV_WARNING + i % 3,
					    .start_ns = T0 + (40 + i * 10) * MG_SEC,
					    .end_ns = T0 + (206 + i) * MG_SEC, .ncaused_by = i > 2,
					    .label = mg_strz(nasty[i % (sizeof(nasty) / sizeof(*nasty))]) };
}

static void a_picture_is_made(void **state)
{
	struct mg_case      c;
	struct mg_finding   f[4];
	struct mg_findings  fs = { .f = f, .n = 4 };
	struct mg_plot_opts o = { 0 };
	struct mg_err       err = { 0 };
	struct mg_buf       png, gp;

	series_case(&c);
	findings(f, 4);
	if (timeline(&c, &fs, &o, &err) != MG_OK)
		fail_msg("%s", err.msg);
	assert_string_equal(err.msg, "");
	png = read_file(in_dir("timeline.png"));
	assert_true(png.n > 10000 && memcmp(png.p, "\x89PNG\r\n", 6) == 0);
	gp = read_file(in_dir("timeline.gp"));
	assert_null(strstr(gp.p, dir)); /* it must draw again wherever the directory goes */
	for (int i = 1; i <= 7; i++) {
		char panel[32];

		snprintf(panel, sizeof(panel), "\n# panel %d\n", i);
		assert_non_null(strstr(gp.p, panel));
	}
	assert_null(strstr(gp.p, "left out"));
	mg_buf_release(&png);
	mg_buf_release(&gp);
	mg_case_release(&c);
}

static void hostile_names_stay_names(void **state)
{
	struct mg_case      c;
	struct mg_finding   f[29];
	struct mg_findings  fs = { .f = f, .n = 29 };
	struct mg_plot_opts o = { 0 };
	struct mg_err       err = { 0 };
	struct mg_buf       svg;

	series_case(&c);
	findings(f, 29);
	for (size_t i = 0; i < sizeof(nasty) / sizeof(*nasty); i++) {
		struct mg_buf name = { 0 };

		event(&c, MG_EV_LEADER_LOST, T0 + (int64_t)i * 10 * MG_SEC, nasty[i]);
		mg_buf_printf(&name, "process_resident_memory_bytes{pod=\"%s\"}", nasty[i]);
		mg_samples_add(&c.samples, mg_buf_str(&name), T0 + (int64_t)i * MG_SEC, 2e9 + (double)i, 0);
		mg_buf_release(&name);
	}
	mg_batch_sort(&c.events);
	mg_samples_sort(&c.samples);
	for (size_t i = 0; i < sizeof(nasty) / sizeof(*nasty); i++) {
		c.inputs[0].operand = mg_strz(nasty[i]);
		f[0].label = mg_strz(nasty[i]);
		o.picture = i % 3 == 0 ? MG_PICTURE_SVG : i % 3 == 1 ? MG_PICTURE_TXT : MG_PICTURE_PNG;
		if (timeline(&c, &fs, &o, &err) != MG_OK)
			fail_msg("with %s: %s", nasty[i], err.msg);
		assert_string_equal(err.msg, "");
		assert_int_not_equal(access(in_dir("pwned"), F_OK), 0);
	}
	svg = read_file(in_dir("timeline.svg"));
	assert_null(strstr(svg.p, "<script>alert"));
	mg_buf_release(&svg);
	mg_case_release(&c);
}

static void what_is_missing_is_named(void **state)
{
	struct mg_case      c;
	struct mg_plot_opts o = { .picture = MG_PICTURE_TXT };
	struct mg_err       err = { 0 };
	struct mg_buf       txt;

	mg_case_init(&c);
	load(c.audit);
	mg_case_finish(&c);
	c.first_ns = T0;
	c.last_ns = T0 + SPAN * MG_SEC;
	assert_int_equal(timeline(&c, NULL, &o, &err), MG_OK);
	txt = read_file(in_dir("timeline.txt"));
	assert_non_null(strstr(txt.p, "left out: etcd (no data), memory (no data), goroutines (no data), "
				      "marks (none)"));
	mg_buf_release(&txt);
	mg_case_release(&c);
}

static void nothing_to_draw_is_no_failure(void **state)
{
	struct mg_case      c;
	struct mg_plot_opts o = { 0 };
	struct mg_err       err = { 0 };

	mg_case_init(&c);
	mg_case_finish(&c);
	assert_int_equal(timeline(&c, NULL, &o, &err), MG_SKIP);
	c.first_ns = c.last_ns = T0;
	assert_int_equal(timeline(&c, NULL, &o, &err), MG_SKIP);
	mg_case_release(&c);
}

static void panels_and_sizes_can_be_chosen(void **state)
{
	struct mg_case      c;
	struct mg_plot_opts o = { .width = 700, .height = 300, .theme = MG_THEME_DARK,
				  .panels = 1u << MG_PANEL_LATENCY | 1u << MG_PANEL_MARKS,
				  .first_ns = T0 + 60 * MG_SEC, .last_ns = T0 + 100 * MG_SEC };
	struct mg_err       err = { 0 };
	struct mg_buf       b;

	series_case(&c);
	assert_int_equal(timeline(&c, NULL, &o, &err), MG_OK);
	b = read_file(in_dir("timeline.gp"));
	assert_non_null(strstr(b.p, "size 700,300"));
	assert_null(strstr(b.p, "\n# panel 3\n"));
	mg_buf_release(&b);
	b = read_file(in_dir("timeline.png"));
	assert_memory_equal(b.p + 16, "\0\0\x02\xbc\0\0\x01\x2c", 8); /* 700 x 300 */
	mg_buf_release(&b);
	mg_case_release(&c);
}

static void collection(struct mg_case *c, enum mg_event_kind kind, int second, uint32_t code,
		       const char *ns)
{
	struct mg_event *e = event(c, kind, T0 + second * MG_SEC, "kube-apiserver");

	e->verb = MG_STR("deletecollection");
	e->resource = MG_STR("events.events.k8s.io");
	e->ns = mg_strz(ns);
	e->code = code;
	e->duration_ns = 34 * MG_SEC;
}

/* Each, of a case with hostile names, in each theme: gnuplot draws it without a word, and the
 * title says what it shows. */
static void every_picture_is_drawn(void **state)
{
	static const char *const says[MG_PLOTS] = {
		[MG_PLOT_TIMELINE] = "incident.tar.gz",
		[MG_PLOT_LATENCY] = "Latency: p99 reached",
		[MG_PLOT_TALKERS] = " made 100 % of ",
		[MG_PLOT_ETCD] = "etcd: 16 slow applies, longest 40.0 s; 4 slow fdatasyncs",
		[MG_PLOT_MEMORY] = "; 1 OOM kill",
		[MG_PLOT_DELETECOLLECTION] = "DELETE collections: 1 of 12 failed, longest 34.0 s",
	};
	struct mg_case c;

	(void)state;
	series_case(&c);
	for (size_t i = 0; i < sizeof(nasty) / sizeof(*nasty) && i < 11; i++)
		collection(&c, MG_EV_APISERVER_TRACE, 10 * (int)i, 0, nasty[i]);
	collection(&c, MG_EV_AUDIT_DELETECOLLECTION, 50, 504, "victim");
	/* the same request again */
	collection(&c, MG_EV_APISERVER_TRACE, 50, 0, "victim");
	event(&c, MG_EV_AUDIT_LIST, T0 + 9 * MG_SEC, "x")->duration_ns = 5 * MG_SEC;
	mg_batch_sort(&c.events);
	for (int p = 0; p < 2 * MG_PLOTS; p++) {
		struct mg_plot_opts o = { .plot = (enum mg_plot)(p / 2),
					  .theme = p & 1 ? MG_THEME_DARK : MG_THEME_LIGHT };
		struct mg_err       err = { 0 };
		char                file[64];
		struct mg_buf       gp;

		if (timeline(&c, NULL, &o, &err) != MG_OK)
			fail_msg("%s: %s", mg_plot_name(o.plot), err.msg);
		assert_string_equal(err.msg, "");
		assert_int_equal(mg_plot_parse(mg_plot_name(o.plot)), o.plot);
		snprintf(file, sizeof(file), "%s.gp", mg_plot_name(o.plot));
		gp = read_file(in_dir(file));
		if (!strstr(gp.p, says[o.plot]))
			fail_msg("%s does not say '%s'", file, says[o.plot]);
		mg_buf_release(&gp);
	}
	mg_case_release(&c);
}

/* One instant, years, times before 1970: the axis must stand it. */
static void odd_spans_are_drawn(void **state)
{
	static const int64_t spans[][2] = {
		{ T0, T0 }, { T0, T0 + 1 }, { T0, T0 + 3650 * MG_DAY }, { -10 * MG_SEC, 10 * MG_SEC },
		{ T0 - 200 * 365 * MG_DAY, T0 + 200 * 365 * MG_DAY }, { T0, T0 + 3 * MG_DAY },
	};

	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		struct mg_plot_opts o = { .picture = MG_PICTURE_TXT };
		struct mg_err       err = { 0 };
		struct mg_case      c;

		series_case(&c);
		c.first_ns = spans[i][0];
		c.last_ns = spans[i][1];
		event(&c, MG_EV_GOROUTINE_DUMP, spans[i][0], "x");
		mg_batch_sort(&c.events);
		if (timeline(&c, NULL, &o, &err) != MG_OK)
			fail_msg("span %zu: %s", i, err.msg);
		assert_string_equal(err.msg, "");
		mg_case_release(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(gnuplot_reads_them_back),
		cmocka_unit_test(failures_say_why),
		cmocka_unit_test(without_gnuplot_it_says_how_to_get_it),
		cmocka_unit_test(labels_never_touch),
		cmocka_unit_test(axis_texts),
		cmocka_unit_test(a_picture_is_made),
		cmocka_unit_test(hostile_names_stay_names),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(nothing_to_draw_is_no_failure),
		cmocka_unit_test(panels_and_sizes_can_be_chosen),
		cmocka_unit_test(every_picture_is_drawn),
		cmocka_unit_test(odd_spans_are_drawn),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
