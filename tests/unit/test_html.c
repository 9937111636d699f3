/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "render/chart_internal.h"
#include "render/html_internal.h"
#include "case_report.c"

/* --- escaping --------------------------------------------------------------------------- */

static void text_is_escaped(void **state)
{
	static const struct {
		struct mg_str in;
		const char   *out;
	} cases[] = {
		{ { "plain \xc3\xa9", 8 }, "plain \xc3\xa9" },
		{ MG_STR("</script><script>"), "&lt;/script&gt;&lt;script&gt;" },
		{ MG_STR("\" onload='x' &amp;"), "&quot; onload=&#39;x&#39; &amp;amp;" },
		{ MG_STR("a\x1b[31m\n\tb"), "a\\x1b[31m\\n b" },
		{ { "nul\0end", 7 }, "nul\\x00end" },
		{ MG_STR("\xff\xc0\xaf"), "\\xff\\xc0\\xaf" },
		{ MG_STR("\xe2\x80\xaemoc"), "\\u202emoc" },
		{ MG_STR(""), "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mg_buf b = { 0 };

		mg_html_text(&b, cases[i].in);
		if (!mg_str_eq(mg_buf_str(&b), mg_strz(cases[i].out)))
			fail_msg("case %zu: %.*s", i, MG_FMT(mg_buf_str(&b)));
		mg_buf_release(&b);
	}
}

static void prose_marks_commands(void **state)
{
	struct mg_buf b = { 0 };

	(void)state;
	mg_html_prose(&b, MG_STR("run `oc <x>` or `odd"));
	assert_string_equal(b.p, "run <code>oc &lt;x&gt;</code> or `odd");
	mg_buf_clear(&b);
	mg_html_place(&b, MG_STR("a/<b>/c.log"), 7);
	assert_string_equal(b.p, "<code class=\"where\">a/<wbr>&lt;b&gt;/<wbr>c.log:7</code>");
	mg_buf_clear(&b);
	mg_html_short_place(&b, MG_STR("first/second/\"/third/name.log"), 7, 16);
	assert_string_equal(b.p, "<code title=\"first/second/&quot;/third/name.log:7\">"
				 "\xe2\x80\xa6/name.log:7</code>");
	mg_buf_release(&b);
}

/* --- the page ---------------------------------------------------------------------------- */

/* The page as it is written, in *b. */
static struct mg_str page_of(struct mg_buf *b, struct mg_case *c, struct mg_findings *fs,
			     const struct mg_html_opts *opt)
{
	char          dir[] = "/tmp/test_html.XXXXXX", path[64], chunk[4096];
	struct mg_out o;
	FILE         *f;
	size_t        n;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/report.html", dir);
	assert_int_equal(mg_out_file(&o, path), MG_OK);
	mg_render_html(&o, c, fs, opt);
	assert_int_equal(mg_out_close(&o), MG_OK);
	f = fopen(path, "r");
	assert_non_null(f);
	*b = (struct mg_buf){ 0 };
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		mg_buf_add(b, mg_str(chunk, n));
	fclose(f);
	unlink(path);
	rmdir(dir);
	return mg_buf_str(b);
}

static void assert_has(struct mg_str page, const char *part)
{
	if (!mg_str_has(page, mg_strz(part)))
		fail_msg("not in the page: %s", part);
}

static size_t times(struct mg_str page, const char *part)
{
	size_t    n = 0;
	ptrdiff_t at;

	while ((at = mg_str_find(page, mg_strz(part))) >= 0) {
		n++;
		page = mg_str_from(page, (size_t)at + strlen(part));
	}
	return n;
}

static void page_has_every_part(void **state)
{
	struct mg_case      c;
	struct mg_findings  fs;
	struct mg_series    s;
	struct mg_html_opts opt = { .version = "1.2.3" };
	struct mg_buf       o;
	struct mg_str       page;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	mg_series_build(&s, &c, c.first_ns, c.last_ns, 100);
	opt.series = &s;
	page = page_of(&o, &c, &fs, &opt);
	assert_has(page, "<h1>incident.tar.gz</h1>");
	assert_has(page, "<p>etcd stopped answering four times");
	assert_has(page, "\xe2\x80\xa6 and 407 more</p>");
	assert_has(page, "<wbr>current.log:71</code>");
	assert_has(page, "<dt>longest_seconds</dt><dd>40.002</dd>");
	assert_has(page, "the node was suspended");
	assert_has(page, "gzip data ends early at byte 91234");
	assert_has(page, "-audit.log:12, byte 1048: bad timestamp");
	assert_has(page, "<code>oc adm node-logs master-0.lab.example -u kubelet</code>");
	assert_has(page, "\\x1b[31mevil");
	assert_has(page, "mgtools 1.2.3.");
	assert_int_equal(times(page, "<article"), fs.n);
	assert_int_equal(times(page, "</article>"), fs.n);
	assert_int_equal(times(page, "<tr data-s="), c.events.n);
	assert_int_equal(mg_str_chr(page, '\033'), -1);
	mg_series_release(&s);
	mg_buf_release(&o);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

static void pictures_carry_their_values(void **state)
{
	struct mg_case      c;
	struct mg_findings  fs;
	struct mg_series    s;
	struct mg_html_opts opt = { 0 };
	struct mg_buf       o;
	struct mg_str       page;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	fs.f[0].id = "etcd-stall";
	mg_series_build(&s, &c, c.first_ns, c.last_ns, 100);
	opt.series = &s;
	page = page_of(&o, &c, &fs, &opt);
	assert_has(page, "aria-label=\"timeline\"");
	assert_has(page, "<details class=\"picture\" id=\"p-etcd\" open><summary>");
	assert_has(page, "Seen here: <a href=\"#f-etcd-stall\">1 ");
	/* what a layer names is there, column by column */
	assert_has(page, "data-c=\"etcd:");
	assert_has(page, "<div data-t=\"etcd\" data-start=\"1795230695000\"");
	for (uint32_t i = 0; i < s.n; i++)
		assert_int_equal(times(page, s.t[i].name) > 0, true);
	mg_series_release(&s);
	mg_buf_release(&o);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

/* --- layers of a panel ---------------------------------------------------------------------- */

static void stacks_are_sums_and_cells_are_shades(void **state)
{
	double               a[] = { 1, NAN, 3 }, b[] = { 2, 5, NAN };
	struct mg_column     col[] = { { MG_STR("a"), a, true }, { MG_STR("<b>"), b, true } };
	struct mg_table      t = { .name = "users", .start_ns = T0, .step_ns = MG_SEC, .n = 3, .col = col,
				   .ncol = 2 };
	struct mg_chart      c = { .first_ns = T0, .last_ns = T0 + 3 * MG_SEC };
	struct mg_layout     l = { .left = 0, .right = 300 };
	struct mg_tics       y = { .lo = 0, .hi = 10 };
	struct mg_html_frame f = { &c, &l, &y, 0, 100 };
	struct mg_layer      top = { .t = &t, .col = 1, .draw = MG_DRAW_STACK, .title = col[1].name };
	struct mg_heat_cell  cell[] = { { T0, MG_SEC, 1, 2, 1 }, { T0 + MG_SEC, MG_SEC, 1, 2, 1 },
					{ T0 + 2 * MG_SEC, MG_SEC, 1, 2, 9000 } };
	struct mg_panel      q = { .heat = cell, .nheat = 3 };
	struct mg_buf        o = { 0 };

	(void)state;
	l.x0 = mg_seconds(T0);
	l.x1 = l.x0 + 3;
	mg_html_layer(&o, &f, &top);
	assert_string_equal(o.p, "<path class=\"fl i0\" data-c=\"users:1\" data-name=\"&lt;b&gt;\" "
		"d=\"M0.0 100.0V70.0H100.0V50.0H200.0V70.0H300.0V100.0z\"/>\n");
	mg_buf_clear(&o);
	assert_true(mg_html_heat(&o, &f, &q, 310, 10) > 0);
	/* equal neighbours are one box */
	assert_has(mg_buf_str(&o), "<path class=\"h0\" d=\"M0.0 80.0h200.0v10.0h-200.0z\"><title>1");
	assert_has(mg_buf_str(&o), "<path class=\"h7\" d=\"M200.0 80.0h100.0v10.0h-100.0z\">");
	assert_has(mg_buf_str(&o), "\xe2\x80\x93" "9,000 requests</title>");
	assert_int_equal(times(mg_buf_str(&o), "<title>"), 2);
	mg_buf_release(&o);
}

static void nothing_is_a_page_too(void **state)
{
	struct mg_case      c;
	struct mg_findings  fs = { 0 };
	struct mg_html_opts opt = { 0 };
	struct mg_buf       o;
	struct mg_str       page;

	(void)state;
	mg_case_init(&c);
	page = page_of(&o, &c, &fs, &opt);
	assert_has(page, "no time found in the data");
	assert_has(page, "nothing can be said about this cluster");
	assert_has(page, "Nothing to draw");
	assert_has(page, "No data for: Users by requests; ");
	assert_has(page, "<section id=\"events\">");
	mg_buf_release(&o);
	mg_case_release(&c);
}

/* No text of the input may make an element: strings that try stand wherever text can. */
static void hostile_text_stays_text(void **state)
{
	static const char   evil[] = "</script><img src=x onerror=alert(1)>\"'&\x1b]0;x\x07\xff";
	struct mg_str       x = mg_str(evil, sizeof(evil) - 1);
	struct mg_case      c;
	struct mg_findings  fs;
	struct mg_series    s;
	struct mg_html_opts opt = { 0 };
	struct mg_buf       o;
	struct mg_str       page;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	for (size_t i = 0; i < c.events.n; i++) {
		struct mg_event *e = &c.events.ev[i];

		e->component = e->node = e->pod = e->ns = e->resource = e->name = x;
		e->verb = e->user = e->message = e->audit_id = x;
	}
	for (uint32_t i = 0; i < c.nartifacts; i++)
		c.artifacts[i].path = c.artifacts[i].source.node = c.artifacts[i].source.component = x;
	for (uint32_t i = 0; i < c.ninputs; i++)
		c.inputs[i].operand = x;
	for (uint32_t i = 0; i < c.nfaults; i++)
		c.faults[i].path = x;
	for (uint32_t i = 0; i < fs.n; i++) {
		struct mg_finding *f = &fs.f[i];

		f->claim = f->label = x;
		f->title = "<img src=x>";
		for (uint32_t k = 0; k < f->nevidence; k++)
			f->evidence[k].text = x;
		for (uint32_t k = 0; k < f->nnext_steps; k++)
			f->next_steps[k] = x;
		for (uint32_t k = 0; k < f->nalternatives; k++)
			f->alternatives[k] = x;
	}
	for (uint32_t i = 0; i < fs.nnot_assessed; i++)
		fs.not_assessed[i].missing = x;
	for (uint32_t i = 0; i < fs.nblind_spots; i++)
		fs.blind_spots[i] = x;
	fs.verdict = x;
	mg_series_build(&s, &c, c.first_ns, c.last_ns, 100);
	opt.series = &s;
	page = page_of(&o, &c, &fs, &opt);
	assert_int_equal(times(page, "<img"), 0);
	assert_int_equal(times(page, "<script>"), 1);
	assert_int_equal(times(page, "</script>"), 1);
	assert_int_equal(times(page, "\033"), 0);
	assert_int_equal(times(page, "\xff"), 0);
	assert_int_equal(times(page, "\"'&"), 0);
	assert_true(times(page, "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\\x1b]0;x\\x07\\xff") > 20);
	mg_series_release(&s);
	mg_buf_release(&o);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

static void the_page_asks_for_nothing(void **state)
{
	struct mg_case      c;
	struct mg_findings  fs = { 0 };
	struct mg_html_opts opt = { 0 };
	struct mg_buf       o;
	struct mg_str       page;

	(void)state;
	mg_case_init(&c);
	page = page_of(&o, &c, &fs, &opt);
	assert_int_equal(times(page, "src="), 0);
	assert_has(page, "default-src 'none'");
	assert_int_equal(times(page, "<link"), 0);
	assert_int_equal(times(page, "@import"), 0);
	assert_int_equal(times(page, "url("), 0);
	assert_int_equal(times(page, "https:"), 0);
	assert_int_equal(times(page, " style=\""), 0);
	assert_int_equal(strlen(mg_html_css_hash), 44);
	assert_int_equal(strlen(mg_html_js_hash), 44);
	/* neither text may end its own element */
	assert_null(strstr(mg_html_css, "</"));
	assert_null(strstr(mg_html_js, "</"));
	mg_buf_release(&o);
	mg_case_release(&c);
}

/* --- which events -------------------------------------------------------------------------- */

static void add(struct mg_case *c, enum mg_event_kind k, enum mg_severity s, int n)
{
	for (int i = 0; i < n; i++)
		mg_batch_add(&c->events, k, s)->time_ns = (int64_t)c->events.n * MG_SEC;
}

static size_t chosen(const struct mg_case *c, const size_t *index, size_t n, enum mg_event_kind k)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += c->events.ev[index[i]].kind == k;
	return sum;
}

static void severe_and_rare_events_come_first(void **state)
{
	struct mg_case c;
	size_t        *index, n;

	(void)state;
	mg_case_init(&c);
	add(&c, MG_EV_K8S_EVENT, MG_SEV_WARNING, 5000);
	add(&c, MG_EV_ETCD_SLOW_APPLY, MG_SEV_WARNING, 40);
	add(&c, MG_EV_POD_OOM_KILLED, MG_SEV_CRITICAL, 3);
	add(&c, MG_EV_PROCESS_START, MG_SEV_INFO, 20);
	add(&c, MG_EV_LOG_ERROR, MG_SEV_ERROR, 100);
	index = mg_html_choose(&c, 1000, &n);
	assert_int_equal(n, 1000);
	assert_int_equal(chosen(&c, index, n, MG_EV_POD_OOM_KILLED), 3);
	assert_int_equal(chosen(&c, index, n, MG_EV_LOG_ERROR), 100);
	assert_int_equal(chosen(&c, index, n, MG_EV_ETCD_SLOW_APPLY), 40);
	assert_int_equal(chosen(&c, index, n, MG_EV_PROCESS_START), 20);
	assert_int_equal(chosen(&c, index, n, MG_EV_K8S_EVENT), 837);
	for (size_t i = 1; i < n; i++)
		assert_true(index[i - 1] < index[i]);
	/* evenly: half of them in the first half */
	assert_in_range(chosen(&c, index, 419, MG_EV_K8S_EVENT), 410, 425);
	assert_in_range(index[418], 2400, 2600);
	free(index);
	index = mg_html_choose(&c, 10, &n);
	assert_true(n <= 10 && chosen(&c, index, n, MG_EV_POD_OOM_KILLED) == 3);
	free(index);
	index = mg_html_choose(&c, 100000, &n);
	assert_int_equal(n, c.events.n);
	free(index);
	mg_case_release(&c);
}

static void anchors_differ(void **state)
{
	struct mg_findings fs = { 0 };
	struct mg_finding  f = { .id = "etcd-stall" };
	struct mg_buf      b = { 0 };

	(void)state;
	MG_PUSH(fs.f, fs.n, fs.cap, f);
	MG_PUSH(fs.f, fs.n, fs.cap, f);
	f.id = "odd \"id\"";
	MG_PUSH(fs.f, fs.n, fs.cap, f);
	for (uint32_t i = 0; i < fs.n; i++) {
		mg_html_anchor(&b, &fs, i);
		mg_buf_addc(&b, ' ');
	}
	assert_string_equal(b.p, "f-etcd-stall f-etcd-stall-2 f-odd--id- ");
	mg_buf_release(&b);
	mg_findings_release(&fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(prose_marks_commands),
		cmocka_unit_test(page_has_every_part),
		cmocka_unit_test(pictures_carry_their_values),
		cmocka_unit_test(stacks_are_sums_and_cells_are_shades),
		cmocka_unit_test(nothing_is_a_page_too),
		cmocka_unit_test(hostile_text_stays_text),
		cmocka_unit_test(the_page_asks_for_nothing),
		cmocka_unit_test(severe_and_rare_events_come_first),
		cmocka_unit_test(anchors_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
