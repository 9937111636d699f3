/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that are passed over must leave no other trace than lines that are read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ingest/consume_log.h"
#include "parse/klog_head.h"

static uint32_t next(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

/* --- headers ---------------------------------------------------------------------- */

/* What the quick look says must be what the parser says; false when it leaves it to that. */
static bool agree(struct mg_str line)
{
	char               room[512] = { 0 };
	struct mg_klog_day day = { { 0 } };
	struct mg_klog     k;
	size_t             n;

	memcpy(room, line.p, line.n);
	n = mg_klog_head(room, &day);
	if (!n || n > line.n)
		return false;
	assert_int_equal(mg_klog_parse(mg_str(room, line.n), &k, NULL), MG_OK);
	assert_int_equal(k.form, MG_KLOG_TEXT);
	assert_ptr_equal(k.msg.p, room + n);
	assert_int_equal(mg_klog_head_ns(room), k.ns);
	assert_int_equal(mg_klog_head(room, &day), n); /* with the day known */
	return true;
}

static void test_heads(void **state)
{
	static const char *const good[] = {
		"I1121 03:12:36.176000    1324 leaderelection.go:325] failed",
		"W0101 00:00:00.000000       1 a.go:1] x", "E1231 23:59:59.999999 12345678 a.go:1]",
		"F0229 10:00:00.000001 1 dir/some_file.go:12345] \"quoted\" a=1", "I0607 00:00:00.158176 1 x:] y",
	};
	static const char *const bad[] = {
		"I1321 03:12:36.176000 1 a.go:1] x", "I0021 03:12:36.176000 1 a.go:1] x",
		"I1132 03:12:36.176000 1 a.go:1] x", "I1100 03:12:36.176000 1 a.go:1] x",
		"I1121 24:12:36.176000 1 a.go:1] x", "I1121 03:60:36.176000 1 a.go:1] x",
		"I1121 03:12:36,176000 1 a.go:1] x", "I1121 03:12:36.17600  1 a.go:1] x",
		"I1121 03:12:36.176000 a.go:1] x",   "I1121 03:12:36.176000 1 a.go] x",
		"I1121 03:12:36.176000 1 a b:1] x",  "I1121 03:12:36.176000 1 dir/:1] x",
		"I1121 03:12:36.176000 1 a.go:1 x",  "D1121 03:12:36.176000 1 a.go:1] x",
		"I1121 03:12:36.176000 1x a.go:1] x", "I1121 03:12:36.176000 1 a.go:x] x",
	};
	uint32_t x = 7;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(agree(mg_strz(good[i])));
		for (int k = 0; k < 20000; k++) { /* and any damage to it */
			static const char odd[] = " :]/0123459IWa.,\n\t\xff";
			char buf[128];
			size_t n = strlen(good[i]);

			memcpy(buf, good[i], n);
			for (uint32_t m = next(&x) % 3 + 1; m; m--)
				buf[next(&x) % n] = odd[next(&x) % (sizeof(odd) - 1)];
			if (!memchr(buf, '\n', n))
				agree(mg_str(buf, n));
		}
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(agree(mg_strz(bad[i])));
}

static void test_order_of_stamps(void **state)
{
	static const char *const t[] = {
		"I0101 00:00:00.000000 ", "W0101 00:00:00.000001 ", "I0101 00:00:01.000000 ",
		"E0101 00:10:00.000000 ", "I0101 09:00:00.000000 ", "I0102 00:00:00.000000 ",
		"I1001 00:00:00.000000 ",
	};

	for (int i = 0; i < 7; i++)
		for (int k = 0; k < 7; k++)
			assert_int_equal((mg_klog_head_cmp(t[i], t[k]) > 0) -
					 (mg_klog_head_cmp(t[i], t[k]) < 0), (i > k) - (i < k));
}

/* --- whole logs ------------------------------------------------------------------- */

struct seen {
	struct mg_buf        text;
	struct mg_leaf_stats stats;
	bool                 literal; /* only messages that hold "lease" */
};

static void on_message(void *ctx, const struct mg_log_line *x)
{
	struct seen *s = ctx;
	char         line[96];

	if (s->literal && !mg_str_has(x->k.msg, MG_STR("lease")))
		return;
	snprintf(line, sizeof(line), "%u %lld %d %c ", (unsigned)x->l.lineno,
		 (long long)x->l.time_ns, (int)x->l.time_source, x->k.severity);
	mg_buf_addz(&s->text, line);
	mg_buf_add(&s->text, x->src->component);
	mg_buf_addc(&s->text, ' ');
	mg_buf_add(&s->text, x->k.msg);
	mg_buf_addc(&s->text, '\n');
}

static void ask(struct seen *s, struct mg_str text, const char *component, size_t size, bool severe,
		bool scan)
{
	struct mg_source src = { .mtime_ns = MG_TIME_NONE, .component = mg_strz(component),
				 .since_ns = MG_TIME_NONE, .until_ns = MG_TIME_NONE };
	struct mg_literals lease = { 0 };
	struct mg_log_hook hook = { .message = on_message, .ctx = s, .messages_only = true,
				    .severe = severe, .literals = s->literal ? &lease : NULL };
	struct mg_partial  out;
	void              *state = mg_consumer_log.open(&src);
	uint64_t           line = 1;

	mg_literals_add(&lease, MG_STR("lease"));
	mg_log_set_hook(state, &hook);
	mg_partial_init(&out);
	for (size_t at = 0, end; at < text.n; at = end) {
		struct mg_block b = { .first_line = line, .offset = at };

		end = at + size < text.n ? at + size : text.n;
		while (end < text.n && text.p[end - 1] != '\n')
			end++;
		b.n = end - at;
		b.p = mg_zalloc(b.n + 64);
		memcpy(b.p, text.p + at, b.n);
		for (size_t i = at; i < end; i++)
			line += text.p[i] == '\n';
		out.prepared = scan ? mg_log_prepare(state, &b) : NULL;
		assert_true(!scan || out.prepared || s->literal); /* NUL keeps it from a literal */
		mg_consumer_log.block(state, &src, &b, &out);
		mg_log_scan_free(out.prepared);
		out.prepared = NULL;
		free(b.p);
	}
	mg_consumer_log.close(state, &src, &out);
	s->stats = out.stats;
	mg_partial_release(&out);
}

/* `step`: seconds from line to line at most; backwards when below 0. */
static void line_of(struct mg_buf *b, uint32_t *x, unsigned *us, int step, bool nul)
{
	static const char *const odd[] = {
		"", "plain text about a lease", "==> kubelet <==", "\tat line",
		"2022-03-01T01:02:03.123456789Z stderr F I0301 01:02:03.123456 1 a.go:1] lease one",
		"2022-03-01T01:02:03.123456789Z stderr P cut ",
		"{\"ts\":1644272116123.4567,\"caller\":\"a.go:1\",\"msg\":\"lease lost\",\"err\":\"x\"}",
		("{\"level\":\"warn\",\"ts\":\"2022-02-07T22:15:16.123Z\",\"caller\":\"x/y.go:1\","
		 "\"msg\":\"slow\"}"),
		"Mar 01 01:02:03 host kubelet[12]: W0301 01:02:03.123456 12 a.go:1] lease two",
		"Trace[7]: [1.5s] [1.4s] \"lease\"", "E0301 01:02", "I9901 01:02:03.123456 1 a.go:1] no",
		"Trace[7]: \"List\" url:/x (01-Mar-2022 01:02:03.000) (total time: 1500ms): a lease",
		"W0301 01:02:03.123456 1 a.go:1] \033[1mlea\033[0mse\r",
	};
	static const char *const files[] = { "a.go:1", "kubelet.go:12", "dir/b.go:3", "c.go" };
	static const char *const texts[] = {
		"lease x", "Starting", "\"Synced lease\" n=1", "",
		"Trace[9]: \"Get\" url:/y (31-Dec-2021 01:02:03.000) (total time: 700ms):",
	};
	char     line[256];
	uint32_t r = next(x) % 100;

	if (r < 12) {
		mg_buf_addz(b, odd[next(x) % (sizeof(odd) / sizeof(odd[0]))]);
	} else if (r < 14 && nul) {
		mg_buf_add(b, MG_STR("W0301 01:02:03.123456 1 a.go:1] le\0ase"));
	} else {
		unsigned far = next(x) % (unsigned)abs(step);
		unsigned s = (*us += step < 0 ? -far : far) - (next(x) % 4 ? 0 : 3);

		snprintf(line, sizeof(line), "%c%02u%02u %02u:%02u:%02u.%06u %u %s] %s",
			 "IIIIIIWEF"[next(x) % 9], s / 2400000 % 12 + 1, s / 86400 % 28 + 1,
			 s / 3600 % 24, s / 60 % 60, s % 60, next(x) % 1000000, next(x) % 3,
			 files[next(x) % 4 ? 0 : next(x) % 4], texts[next(x) % 5]);
		mg_buf_addz(b, line);
	}
	mg_buf_addc(b, '\n');
}

static void compare(struct mg_str text, const char *component, size_t size, bool severe,
		    bool literal)
{
	struct seen a = { .literal = literal }, b = { .literal = literal };

	ask(&a, text, component, size, severe, false); /* the first block may tell the year */
	ask(&b, text, component, size, severe, true);
	if (!mg_str_eq(mg_buf_str(&a.text), mg_buf_str(&b.text)))
		fail_msg("blocks of %zu: read\n%.*s\nscanned\n%.*s", size, MG_FMT(mg_buf_str(&a.text)),
			 MG_FMT(mg_buf_str(&b.text)));
	assert_int_equal(a.stats.lines, b.stats.lines);
	assert_int_equal(a.stats.records, b.stats.records);
	assert_int_equal(a.stats.other, b.stats.other);
	assert_int_equal(a.stats.bad, b.stats.bad);
	assert_int_equal(a.stats.bytes, b.stats.bytes);
	assert_int_equal(a.stats.first_ns, b.stats.first_ns);
	assert_int_equal(a.stats.last_ns, b.stats.last_ns);
	mg_buf_release(&a.text);
	mg_buf_release(&b.text);
}

static void test_logs(void **state)
{
	static const size_t sizes[] = { 1, 300, 4000, 1 << 20 };
	static const int    steps[] = { 40000, 3000000, -40000, 10, -3000000 };

	for (uint32_t seed = 0; seed < 300; seed++) {
		struct mg_buf b = { 0 };
		uint32_t      x = seed * 7919 + 1;
		unsigned      us = 300000000 + seed * 100000;

		if (seed % 5 == 0)
			mg_buf_add(&b, MG_STR("\xef\xbb\xbf"));
		for (int i = 0; i < 60; i++)
			line_of(&b, &x, &us, steps[seed % 5], seed % 2);
		if (seed % 3 == 0)
			b.n--; /* no line end at the end */
		compare(mg_buf_str(&b), seed % 4 ? "kubelet" : "", sizes[seed % 4], true, false);
		compare(mg_buf_str(&b), seed % 4 ? "kubelet" : "", sizes[seed % 4], false, true);
		compare(mg_buf_str(&b), "x", sizes[(seed + 1) % 4], true, true);
		mg_buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_order_of_stamps),
		cmocka_unit_test(test_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
