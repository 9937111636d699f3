/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/profile.h"
#include "render/profiles.h"

#define STORE "k8s.io/apiserver/pkg/registry/generic/registry.(*Store)."

/* One sample: frames leaf first, "" ends a location (what is before it is inlined). */
static void sample(struct mg_prof *p, int64_t value, const char *const *frames, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (*frames[i])
			mg_prof_frame(p, mg_prof_func(p, mg_strz(frames[i]), MG_STR("x.go"), false));
		if (i + 1 == n || !*frames[i])
			mg_prof_push(p, mg_prof_loc(p));
	}
	mg_prof_value(p, value);
	mg_prof_sample(p);
}

#define SAMPLE(p, v, ...)                                                      \
	sample(p, v, (const char *const[]){ __VA_ARGS__ },                     \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void make(struct mg_prof *p)
{
	mg_prof_init(p);
	p->types[p->ntypes++] = (struct mg_prof_type){ MG_STR("inuse_space"), MG_STR("bytes") };
	SAMPLE(p, 100, "leaf", "", "mid", "", "main");
	SAMPLE(p, 50, "mid", "", "mid", "", "main"); /* recursion counts once */
	SAMPLE(p, 25, "inl", "leaf", "", "main");
	SAMPLE(p, 0, "never", "", "main");
}

static const struct mg_profile_node *find(const struct mg_profile *g, const char *name)
{
	return &g->nodes[mg_intern_find(&g->names, mg_strz(name))];
}

static void flat_and_cum(void **state)
{
	struct mg_prof    p;
	struct mg_profile g;

	make(&p);
	mg_profile_init(&g, true);
	mg_profile_add(&g, &p, 0, false, NULL);
	mg_profile_order(&g, false);
	assert_int_equal(g.total, 175);
	assert_int_equal(g.norder, 4);
	assert_int_equal(find(&g, "leaf")->flat, 100);
	assert_int_equal(find(&g, "leaf")->cum, 125);
	assert_int_equal(find(&g, "mid")->flat, 50);
	assert_int_equal(find(&g, "mid")->cum, 150);
	assert_int_equal(find(&g, "inl")->flat, 25);
	assert_int_equal(find(&g, "main")->cum, 175);
	assert_true(mg_str_eq(g.nodes[g.order[0]].name, MG_STR("leaf")));
	assert_true(mg_str_eq(g.nodes[g.order[3]].name, MG_STR("main")));
	mg_profile_order(&g, true);
	assert_true(mg_str_eq(g.nodes[g.order[0]].name, MG_STR("main")));
	for (size_t i = 0; i < g.nedges; i++)
		assert_int_equal(g.edges[i].inlined,
				 mg_str_eq(g.nodes[g.edges[i].to].name, MG_STR("inl")));
	mg_profile_release(&g);
	mg_prof_release(&p);
}

static bool is_leaf(void *ctx, struct mg_str s)
{
	return mg_str_eq(s, MG_STR("leaf"));
}

static void focus_keeps_the_total(void **state)
{
	struct mg_profile_match m = { is_leaf, NULL };
	struct mg_prof          p;
	struct mg_profile       g;

	make(&p);
	mg_profile_init(&g, false);
	mg_profile_add(&g, &p, 0, false, &m);
	assert_int_equal(g.total, 175);
	assert_int_equal(find(&g, "main")->cum, 125);
	mg_profile_release(&g);
	mg_prof_release(&p);
}

static void difference(void **state)
{
	struct mg_prof    p, q;
	struct mg_profile g;

	make(&p);
	make(&q);
	SAMPLE(&q, 1000, "new", "", "main");
	mg_profile_init(&g, false);
	mg_profile_add(&g, &q, 0, false, NULL);
	mg_profile_add(&g, &p, 0, true, NULL);
	mg_profile_order(&g, false);
	assert_int_equal(g.total, 175);
	assert_int_equal(g.norder, 2); /* what did not change is not listed */
	assert_int_equal(find(&g, "new")->flat, 1000);
	assert_int_equal(find(&g, "main")->cum, 1000);
	mg_profile_release(&g);
	mg_prof_release(&p);
	mg_prof_release(&q);
}

static void held_below(void **state)
{
	static const char *const no[] = { "", "registry.(*Store).Delete", STORE "DeleteCollectionX",
					  STORE "Delete", "registry.(*Store).DeleteCollection" };
	char           dc[] = "DeleteCollection";
	struct mg_prof p;

	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(mg_profile_is_store_method(dc, mg_strz(no[i])));
	assert_true(mg_profile_is_store_method(dc, MG_STR(STORE "DeleteCollection")));
	assert_true(mg_profile_is_store_method(dc, MG_STR("a/vendor/" STORE "DeleteCollection.func1")));
	make(&p);
	SAMPLE(&p, 7, "new", "", STORE "List", "", STORE "DeleteCollection.func1", "", STORE "DeleteCollection");
	assert_int_equal(mg_profile_below(&p, 0, mg_profile_is_store_method, dc), 7);
	mg_prof_release(&p);
}

static void prune(void **state)
{
	struct mg_prof    p;
	struct mg_profile g;

	mg_prof_init(&p);
	p.types[p.ntypes++] = (struct mg_prof_type){ MG_STR("space"), MG_STR("bytes") };
	SAMPLE(&p, 1, "malloc", "", "user", "", "runtime.main");
	SAMPLE(&p, 2, "below", "", "operator new(unsigned long)", "", "user");
	SAMPLE(&p, 4, "malloc", "inlining", "", "user");
	SAMPLE(&p, 8, "malloc"); /* nothing else: it stays */
	p.drop_frames = MG_STR("malloc|operator new|runtime\\..*");
	p.keep_frames = MG_STR("runtime\\.call");
	assert_true(mg_profile_prune(&p));
	mg_profile_init(&g, false);
	mg_profile_add(&g, &p, 0, false, NULL);
	assert_int_equal(find(&g, "user")->flat, 3);
	assert_int_equal(find(&g, "inlining")->flat, 4);
	assert_int_equal(find(&g, "malloc")->cum, 8);
	mg_profile_release(&g);
	p.drop_frames = MG_STR("(");
	assert_false(mg_profile_prune(&p));
	mg_prof_release(&p);
}

static void overflow(void **state)
{
	struct mg_prof    p;
	struct mg_profile g;
	struct mg_buf     b = { 0 };

	mg_prof_init(&p);
	p.types[p.ntypes++] = (struct mg_prof_type){ MG_STR("inuse_space"), MG_STR("bytes") };
	SAMPLE(&p, INT64_MIN, "a", "", "main");
	SAMPLE(&p, INT64_MAX, "b", "", "main");
	SAMPLE(&p, INT64_MAX, "b", "", "main");
	mg_profile_init(&g, true);
	mg_profile_add(&g, &p, 0, false, NULL);
	mg_profile_add(&g, &p, 0, true, NULL);
	mg_profile_add(&g, &p, 0, false, NULL);
	mg_profile_order(&g, false);
	mg_render_profile_text(&b, &g, &(struct mg_profile_head){ .time_ns = MG_TIME_NONE },
			       &(struct mg_profile_view){ .rows = 5 });
	mg_buf_release(&b);
	mg_profile_release(&g);
	mg_prof_release(&p);
}

static void values(void **state)
{
	static const struct {
		int64_t     v;
		const char *unit, *to, *want;
	} t[] = {
		{ 0, "bytes", "auto", "0" },
		{ 512, "bytes", "auto", "512B" },
		{ 1536, "bytes", "auto", "1.50kB" },
		{ 5570560, "bytes", "MB", "5.31MB" },
		{ 2097152, "bytes", "MB", "2MB" },
		{ -1048576, "bytes", "auto", "-1MB" },
		{ 1, "bytes", "GB", "0" },
		{ 10000000, "nanoseconds", "auto", "10ms" },
		{ 1500000000, "nanoseconds", "s", "1.50s" },
		{ 7200, "seconds", "auto", "2hrs" },
		{ 41063, "count", "auto", "41063" },
		{ 41063, "count", "count", "41063" },
		{ 12, "widgets", "widgets", "12widgets" },
	};
	static const struct {
		int64_t     v, of;
		const char *want;
	} p[] = {
		{ 0, 0, "    0%" }, { 1, 3, "33.33%" }, { 1, 1000, "  0.1%" }, { 9996, 10000, "  100%" },
		{ -1, 2, "50.00%" }, { 5, 100, " 5.00%" }, { 255, 100000, " 0.26%" },
	};
	char buf[64];

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		assert_string_equal(mg_profile_value(t[i].v, mg_strz(t[i].unit), mg_strz(t[i].to), buf,
						     sizeof(buf)), t[i].want);
	for (size_t i = 0; i < sizeof(p) / sizeof(*p); i++)
		assert_string_equal(mg_profile_percent(p[i].v, p[i].of, buf, sizeof(buf)), p[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flat_and_cum), cmocka_unit_test(focus_keeps_the_total),
		cmocka_unit_test(difference),	cmocka_unit_test(held_below),
		cmocka_unit_test(prune),	cmocka_unit_test(overflow),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
