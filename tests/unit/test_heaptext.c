/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/heaptext.h"

static void parse(struct mg_heaptext *h, const char *text, bool in_use_only)
{
	mg_heaptext_init(h);
	h->in_use_only = in_use_only;
	mg_heaptext_feed(h, mg_strz(text), 1);
	mg_heaptext_end(h);
}

static struct mg_str frame_name(const struct mg_prof *p, size_t sample, uint32_t i)
{
	const struct mg_prof_loc *l = &p->locs[p->stack[p->samples[sample].first + i]];

	return mg_intern_str(&p->funcs, p->frames[l->first]);
}

#define EQ(view, text) assert_true(mg_str_eq((view), mg_strz(text)))

static const char go_text[] =
	"heap profile: 2: 1048592 [3: 1048624] @ heap/1048576\n"
	"1: 1048576 [1: 1048576] @ 0x512fb6 0x51294f 0x43ab12\n"
	"#\t0x512fb5\tbytes.growSlice+0x95\t\t\tbytes/buffer.go:240\n"
	"#\t0x51294e\ta/b.(*T).Write[...]+0x14e\tb/t.go:142\n"
	"#\t0x43ab11\tmain.main+0x1\tmain.go:7\n"
	"\n"
	"1: 16 [1: 16] @ 0x512fb6 0x51294f\n"
	"#\t0x512fb5\tbytes.growSlice+0x95\tbytes/buffer.go:240\n"
	"#\t0x51294e\n"
	"\n"
	"0: 0 [1: 32] @ 0x1\n"
	"#\t0x1\tgone.gone+0x1\tg.go:1\n"
	"\n"
	"\n"
	"# runtime.MemStats\n"
	"# HeapAlloc = 497511528\n"
	"# Sys = 666548632\n"
	"# LastGC = 1795230116998717276\n"
	"# PauseNs = [1 2 3]\n"
	"# MaxRSS = 692342784\n";

static void go_profile(void **state)
{
	struct mg_heaptext h;
	struct mg_prof    *p = &h.prof;
	int                type;

	parse(&h, go_text, false);
	assert_int_equal(p->bad, 0);
	assert_int_equal(p->ntypes, 4);
	assert_int_equal(p->nsamples, 3);
	assert_int_equal(p->period, 524288);
	type = mg_prof_type_index(p, MG_STR("inuse_space"));
	assert_int_equal(type, 3);
	/* 1 MiB at a rate of 512 KiB: a share of 1 - e^-2 was sampled */
	assert_int_equal(mg_prof_at(p, 0, 3), 1212696);
	assert_int_equal(mg_prof_at(p, 0, 2), 1);
	assert_int_equal(mg_prof_at(p, 1, 3), 524296);
	assert_int_equal(mg_prof_at(p, 1, 2), 32768);
	assert_int_equal(mg_prof_at(p, 2, 3), 0);
	assert_int_equal(p->samples[0].n, 3);
	EQ(frame_name(p, 0, 0), "bytes.growSlice");
	EQ(frame_name(p, 0, 1), "a/b.(*T).Write[...]");
	EQ(frame_name(p, 0, 2), "main.main");
	EQ(frame_name(p, 1, 1), "<unknown>");
	EQ(p->func_files[mg_intern_find(&p->funcs, MG_STR("main.main"))], "main.go");
	assert_int_equal(p->memstats.heap_alloc, 497511528);
	assert_int_equal(p->memstats.sys, 666548632);
	assert_int_equal(p->memstats.max_rss, 692342784);
	assert_int_equal(p->memstats.last_gc_ns, 1795230116998717276);
	mg_heaptext_release(&h);
}

static void in_use_only(void **state)
{
	struct mg_heaptext h;

	parse(&h, go_text, true);
	assert_int_equal(h.prof.nsamples, 2);
	assert_int_equal(h.records, 3);
	assert_int_equal(mg_intern_find(&h.prof.funcs, MG_STR("gone.gone")), MG_NONE);
	mg_heaptext_release(&h);
}

/* Pieces of any size that end with a line give the same. */
static void pieces(void **state)
{
	struct mg_heaptext whole, h;
	struct mg_str      rest = mg_str(go_text, sizeof(go_text) - 1), line;

	parse(&whole, go_text, false);
	mg_heaptext_init(&h);
	for (uint64_t n = 1; rest.n; n++) {
		size_t len = (size_t)mg_str_chr(rest, '\n') + 1;

		line = mg_str_head(rest, len);
		rest = mg_str_from(rest, len);
		mg_heaptext_feed(&h, line, n);
	}
	mg_heaptext_end(&h);
	assert_int_equal(h.lines, whole.lines);
	assert_int_equal(h.prof.nsamples, whole.prof.nsamples);
	assert_memory_equal(h.prof.values, whole.prof.values, whole.prof.nvalues * sizeof(int64_t));
	mg_heaptext_release(&h);
	mg_heaptext_release(&whole);
}

static void tcmalloc(void **state)
{
	struct mg_heaptext h;

	parse(&h,
	      "heap profile:    144:  8498176 [   144:  8498176] @ heapz_v2/524288\n"
	      "     7:   114688 [     7:   114688] @ 0x400010 0x7f47a4b80000 0x10\n"
	      "--- Memory map: ---\n"
	      "  source=/home\n"
	      "  00400000-00fcb000: $source/server_main\n"
	      "  7f47a4b73000-7f47a4d21000 r-xp 00000000 08:01 5 /lib/libc-2.15.so\n"
	      "  7f47a4d21000-7f47a4d22000 rw-p 00000000 08:01 5 /lib/libc-2.15.so\n",
	      false);
	assert_int_equal(h.prof.ntypes, 2);
	assert_int_equal(mg_prof_type_index(&h.prof, MG_STR("inuse_space")), 1);
	assert_int_equal(h.prof.nmappings, 2);
	EQ(frame_name(&h.prof, 0, 0), "[server_main]");
	EQ(frame_name(&h.prof, 0, 1), "[libc-2.15.so]");
	EQ(frame_name(&h.prof, 0, 2), "<unknown>");
	EQ(h.prof.binary, "server_main");
	assert_int_equal(mg_prof_at(&h.prof, 0, 1), 3727658);
	mg_heaptext_release(&h);
}

static void damage(void **state)
{
	static const struct {
		const char *text;
		uint64_t    bad, line;
		size_t      samples;
	} t[] = {
		{ "", 0, 0, 0 },
		{ "something else\n", 0, 0, 0 },
		{ "heap profile: 1 2\n1: 2 [1: 2] @ 0x1\n", 1, 1, 0 },
		{ "heap profile: 1: 2 [3: 4] @ heap/2\nrubbish\n1: 2 [1: 2] @ 0x1\n", 1, 2, 1 },
		{ "heap profile: 1: 2 [3: 4] @ heap/2\n0: 2 [1: 2] @ 0x1\n1: 2 [1: 2] @ 0x1", 1, 2, 1 },
		{ "heap profile: 1: 2 [3: 4] @ heap/2\n1: 2 [1: 2] @ 0x1 zzz\n", 1, 2, 0 },
		{ "heap profile: 1: 2 [3: 4] @ heap/2\n99999999999999999999: 2 [1: 2] @ 0x1\n", 1, 2, 0 },
		{ "heap profile: 1: 2 [3: 4] @ heap/2\n1: 2 [1: 2] @\n", 0, 0, 1 },
		{ "heap profile: 1: 2 [3: 4] @ heap/2\r\n1: 2 [1: 2] @ 0x1\r\n"
		  "#\t0x1\tf+0x1\tf.go:1\r\n", 0, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_heaptext h;

		parse(&h, t[i].text, false);
		assert_int_equal(h.prof.bad, t[i].bad);
		assert_int_equal(h.prof.nsamples, t[i].samples);
		if (t[i].bad)
			assert_int_equal(h.prof.diags[0].line, t[i].line);
		mg_heaptext_release(&h);
	}
}

static void scale(void **state)
{
	static const struct {
		int64_t rate, count, bytes, want_count, want_bytes;
	} t[] = {
		{ 524288, 0, 0, 0, 0 },
		{ 1, 7, 70, 7, 70 },
		{ 0, 7, 70, 7, 70 },
		{ 524288, 1, 5570560, 1, 5570695 },
		{ 524288, 1, 10240, 51, 529424 },
		{ 524288, INT64_MAX, 1, INT64_MAX, INT64_MAX },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		int64_t n = t[i].count, b = t[i].bytes;

		mg_heaptext_scale(t[i].rate, &n, &b);
		assert_int_equal(n, t[i].want_count);
		assert_int_equal(b, t[i].want_bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(go_profile), cmocka_unit_test(in_use_only), cmocka_unit_test(pieces),
		cmocka_unit_test(tcmalloc),   cmocka_unit_test(damage),	     cmocka_unit_test(scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
