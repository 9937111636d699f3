/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "parse/pprof.h"
#include "pprof_make.h"

#define EQ(view, text) assert_true(mg_str_eq((view), mg_strz(text)))

static void strings(struct mg_buf *b)
{
	static const char *const s[] = { "", "inuse_space", "bytes", "main.main", "pkg.F", "pkg.inlined",
					 "/usr/bin/kube-apiserver", "runtime\\..*" };

	for (size_t i = 0; i < sizeof(s) / sizeof(*s); i++)
		put_bytes(b, 6, mg_strz(s[i]));
}

/* Sample type, a mapping, functions 1 to 3 with ids from `first`, locations, no samples. */
static void skeleton(struct mg_buf *b, uint64_t first)
{
	struct mg_buf m = { 0 };

	put_pair(b, 1, 1, 2);
	put_int(&m, 1, 1);
	put_int(&m, 5, 6);
	put_bytes(b, 3, mg_buf_str(&m));
	mg_buf_release(&m);
	for (uint64_t i = 0; i < 3; i++)
		put_function(b, first + i, 3 + i);
	put_location(b, first, (uint64_t[]){ first, 0 });
	put_location(b, first + 1, (uint64_t[]){ first + 2, first + 1, 0 });
	put_location(b, first + 2, (uint64_t[]){ 0 });
}

static struct mg_str frame_name(const struct mg_prof *p, uint32_t loc, uint32_t i)
{
	return mg_intern_str(&p->funcs, p->frames[p->locs[loc].first + i]);
}

/* Packed or not, dense ids or not, strings first or last. */
static void forms(void **state)
{
	for (int form = 0; form < 8; form++) {
		struct mg_buf  b = { 0 };
		struct mg_prof p;
		uint64_t       first = form & 1 ? UINT64_MAX - 10 : 1;

		mg_prof_init(&p);
		if (form & 2)
			strings(&b);
		skeleton(&b, first);
		put_sample(&b, (uint64_t[]){ first + 1, first, 0 }, 1000, (form & 4) != 0);
		put_sample(&b, (uint64_t[]){ first + 2, 0 }, (uint64_t)-5, (form & 4) != 0);
		put_int(&b, 9, 1795230727);
		put_int(&b, 7, 7);
		if (!(form & 2))
			strings(&b);
		assert_int_equal(mg_pprof_parse(&p, mg_buf_str(&b), NULL), MG_OK);
		assert_int_equal(p.ntypes, 1);
		EQ(p.types[0].type, "inuse_space");
		EQ(p.types[0].unit, "bytes");
		EQ(p.binary, "kube-apiserver");
		EQ(p.drop_frames, "runtime\\..*");
		assert_int_equal(p.time_ns, 1795230727);
		assert_int_equal(p.nsamples, 2);
		assert_int_equal(mg_prof_at(&p, 0, 0), 1000);
		assert_int_equal(mg_prof_at(&p, 1, 0), -5);
		assert_int_equal(p.samples[0].n, 2);
		EQ(frame_name(&p, p.stack[0], 0), "pkg.inlined");
		EQ(frame_name(&p, p.stack[0], 1), "pkg.F");
		EQ(frame_name(&p, p.stack[1], 0), "main.main");
		EQ(frame_name(&p, p.stack[2], 0), "<unknown>");
		mg_prof_release(&p);
		mg_buf_release(&b);
	}
}

/* With the strings in front, what lies before a break is kept, whatever byte it is at. */
static void cut(void **state)
{
	struct mg_buf b = { 0 };
	size_t        kept = 0;

	strings(&b);
	skeleton(&b, 1);
	for (int i = 0; i < 20; i++)
		put_sample(&b, (uint64_t[]){ 2, 1, 0 }, 1, true);
	for (size_t n = 0; n <= b.n; n++) {
		char          *copy = mg_strndup(b.p, n);
		struct mg_prof p;
		enum mg_status st;

		mg_prof_init(&p);
		st = mg_pprof_parse(&p, mg_str(copy, n), NULL);
		assert_true(st == MG_OK || st == MG_FAIL || st == MG_SKIP);
		assert_true(p.nsamples >= kept && p.nsamples <= kept + 1);
		kept = p.nsamples;
		mg_prof_release(&p);
		free(copy);
	}
	assert_int_equal(kept, 20);
	mg_buf_release(&b);
}

static void damage(void **state)
{
	struct mg_buf  b = { 0 };
	struct mg_prof p;
	struct mg_err  err = { 0 };

	mg_prof_init(&p);
	assert_int_equal(mg_pprof_parse(&p, MG_STR("no profile"), &err), MG_SKIP);
	assert_true(mg_str_has(mg_strz(err.msg), MG_STR("no profile")));
	mg_prof_release(&p);

	strings(&b);
	skeleton(&b, 1);
	put_sample(&b, (uint64_t[]){ 99, 0 }, 1, true); /* an unknown location */
	put_location(&b, 4, (uint64_t[]){ 77, 0 });     /* an unknown function */
	put_int(&b, 2, 5);                              /* a sample that is a number */
	put_pair(&b, 2, 1, 1);                          /* a good one */
	put_bytes(&b, 2, MG_STR("\x12\x02\x01\x01"));   /* two values */
	assert_int_equal(mg_pprof_parse(&p, mg_buf_str(&b), NULL), MG_FAIL);
	assert_int_equal(p.bad, 4);
	assert_int_equal(p.nsamples, 1);
	mg_prof_release(&p);
	mg_buf_release(&b);
}

/* Many inlined frames in one location and many of that location are many steps. */
static void too_many_lines(void **state)
{
	struct mg_buf  b = { 0 };
	struct mg_prof p;
	uint64_t       lines[1001];

	for (size_t i = 0; i < 1000; i++)
		lines[i] = 1;
	lines[1000] = 0;
	mg_prof_init(&p);
	strings(&b);
	skeleton(&b, 1);
	put_location(&b, 4, lines);
	assert_int_equal(mg_pprof_parse(&p, mg_buf_str(&b), NULL), MG_FAIL);
	assert_int_equal(p.bad, 1);
	assert_int_equal(p.locs[3].n, 256);
	mg_prof_release(&p);
	mg_buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms), cmocka_unit_test(cut), cmocka_unit_test(damage),
		cmocka_unit_test(too_many_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
