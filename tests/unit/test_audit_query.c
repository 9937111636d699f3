/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/audit_query.h"
#include "analysis/product.h"
#include "base/buf.h"

/* --- lists of values ------------------------------------------------------------ */

static bool takes(const char *csv, const char *value)
{
	struct mg_accept l = { 0 };
	bool             yes;

	assert_int_equal(mg_accept_add(&l, mg_strz(csv), NULL), MG_OK);
	yes = mg_accept_text(&l, mg_strz(value));
	mg_accept_release(&l);
	return yes;
}

static bool takes_resource(const char *csv, const char *value)
{
	struct mg_accept l = { 0 };
	bool             yes;

	assert_int_equal(mg_accept_add(&l, mg_strz(csv), NULL), MG_OK);
	yes = mg_accept_resource(&l, mg_strz(value));
	mg_accept_release(&l);
	return yes;
}

static void test_text(void **state)
{
	assert_true(takes("", "x") && takes("a,x", "x") && takes("x*", "xyz"));
	assert_false(takes("x", "xy") || takes("a,b", "x") || takes("X", "x"));
	assert_true(takes("-a", "x") && takes("x*,-xa", "xb"));
	assert_false(takes("-x", "x") || takes("x*,-xa", "xa") || takes("-x*", "xyz"));
	assert_true(takes("-", "x") && takes("-*", "") && takes("*", ""));
	assert_false(takes("-", "") || takes("-*", "x"));
	assert_true(takes("~^a{1,3}$", "aaa") && takes("b,~a,b", "xa,by") && takes("-~a", "b"));
	assert_false(takes("~^a$", "ab") || takes("-~a", "cat"));
	assert_true(takes("~a", "\xff\xfe" "a")); /* bytes, not characters */
}

static void test_bad_expression(void **state)
{
	struct mg_accept l = { 0 };
	struct mg_err    err = { 0 };

	assert_int_equal(mg_accept_add(&l, MG_STR("a,~("), &err), MG_FAIL);
	assert_non_null(strstr(err.msg, "parenthesis"));
	mg_accept_release(&l);
	assert_int_equal(mg_accept_add(&l, MG_STR("~(*UTF)a"), &err), MG_FAIL);
	mg_accept_release(&l);
}

/* An expression that would take forever gives up, and what it was asked about is shown. */
static void test_endless_expression(void **state)
{
	char value[4097];

	memset(value, 'a', 4096);
	value[4096] = 0;
	assert_true(takes("~^(a+)+$", value));
	value[4095] = 'b';
	assert_true(takes("~^(a+)+$", value));
}

static void test_resources(void **state)
{
	assert_true(takes_resource("pods", "pods") && takes_resource("deployments.apps", "deployments.apps"));
	assert_false(takes_resource("deployments", "deployments.apps"));
	assert_true(takes_resource("deployments.*", "deployments.apps") && takes_resource("*.apps", "x.apps"));
	assert_true(takes_resource("*", "pods") && takes_resource("*.*", "") && takes_resource("*", ""));
	assert_false(takes_resource("*", "x.apps"));
	assert_true(takes_resource(".", "x.apps") && takes_resource(".", "") && takes_resource("x.", "x.apps"));
	assert_false(takes_resource(".,-x.", "x.apps") || takes_resource("x.", "y.apps"));
	assert_true(takes_resource("~^x", "x.apps") && takes_resource("-pods", "x.apps"));
	/* named in full beats a wildcard, whichever refuses */
	assert_true(takes_resource("-*.apps,d.apps", "d.apps") && takes_resource("d.apps,-*.*", "d.apps"));
	assert_false(takes_resource("-*.apps,d.apps", "x.apps") || takes_resource("*.apps,-d.apps", "d.apps"));
	assert_false(takes_resource("d.apps,-d.apps", "d.apps") || takes_resource("~.,-d.", "d.apps"));
}

static void test_codes(void **state)
{
	static const struct {
		const char *list;
		uint32_t    code;
		bool        yes;
	} t[] = {
		{ "404", 404, true }, { "404", 403, false }, { "5xx", 503, true },
		{ "5xx", 499, false }, { "400-499", 429, true }, { "400-499", 500, false },
		{ "!404", 500, true }, { "!404", 404, false }, { "-404", 404, false },
		{ "4xx,!404", 404, false }, { "4xx,!404", 403, true }, { "none", 0, true },
		{ "5xx", 0, false }, { "!404", 0, true },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_accept l = { 0 };
		struct mg_str    bad;

		assert_int_equal(mg_accept_add(&l, mg_strz(t[i].list), NULL), MG_OK);
		assert_true(mg_accept_codes_valid(&l, &bad));
		assert_int_equal(mg_accept_code(&l, t[i].code), t[i].yes);
		mg_accept_release(&l);
	}
}

static void test_parameters(void **state)
{
	char buf[64];
#define IS(uri, want) mg_str_eq(mg_audit_parameter(MG_STR(uri), MG_STR("m"), buf, sizeof(buf)), MG_STR(want))
	assert_true(IS("/a?m=x", "x") && IS("/a?b=c&m=x%20y+z", "x y z") && IS("/a", ""));
	assert_true(IS("/a?m=%zz", "%zz") && IS("/a?m=%4", "%4") && IS("/a?m=%", "%"));
	assert_true(IS("/a?;m=1&m=;2", ";2") && IS("/a?mm=1", "") && IS("?m", ""));
#undef IS
}

/* --- products ----------------------------------------------------------------------- */

static void test_products(void **state)
{
#define SA(s) MG_STR("system:serviceaccount:" s)
	const struct mg_str user[] = {
		SA("crunchy-postgres-operator:pgo"), SA("crunchy-postgres:postgres-operator"),
		SA("team-a:hippo-postgres-instance"), SA("team-b:zebra-postgres-instance"),
		SA("crunchy-test:default"), SA("prod:crunchy-postgres-backrest"),
		SA("postgres-prod:default"), SA("openshift-monitoring:prometheus-k8s"),
		SA("kube-system:namespace-controller"), SA("kube-system:job-controller"),
		MG_STR("system:node:worker-1"), MG_STR("system:node:worker-2"),
		MG_STR("alice@example.com"), MG_STR(""),
	};
#undef SA
	enum { N = sizeof(user) / sizeof(*user) };
	struct mg_str   product[N];
	struct mg_arena arena = { 0 };

	mg_products(user, product, N, &arena);
	for (int i = 0; i < 7; i++)
		assert_true(mg_str_eq(product[i], MG_STR("postgres/crunchy")));
	for (int i = 7; i < 10; i++)
		assert_true(mg_str_eq(product[i], user[i]));
	assert_true(mg_str_eq(product[10], MG_STR("system:nodes")));
	assert_true(mg_str_eq(product[11], MG_STR("system:nodes")));
	assert_true(mg_str_eq(product[12], user[12]) && product[13].n == 0);
	mg_arena_release(&arena);
}

/* --- one object ----------------------------------------------------------------------- */

static void test_story_names(void **state)
{
	struct mg_story_object o;

	assert_int_equal(mg_story_parse(MG_STR("pods/a"), &o, NULL), MG_OK);
	assert_true(mg_str_eq(o.name, MG_STR("a")) && o.ns.n == 0);
	assert_int_equal(mg_story_parse(MG_STR("pods/n/a"), &o, NULL), MG_OK);
	assert_true(mg_str_eq(o.ns, MG_STR("n")));
	assert_int_equal(mg_story_parse(MG_STR("pods"), &o, NULL), MG_FAIL);
	assert_int_equal(mg_story_parse(MG_STR("pods/a/b/c"), &o, NULL), MG_FAIL);
	assert_true(mg_story_resource(MG_STR("deploy"), MG_STR("deployments.apps")));
	assert_true(mg_story_resource(MG_STR("pod"), MG_STR("pods")));
	assert_true(mg_story_resource(MG_STR("ingress.networking.k8s.io"),
				      MG_STR("ingresses.networking.k8s.io")));
	assert_true(mg_story_resource(MG_STR("networkpolicy"), MG_STR("networkpolicies.x")));
	assert_false(mg_story_resource(MG_STR("pods.apps"), MG_STR("pods")));
	assert_false(mg_story_resource(MG_STR("pod"), MG_STR("podtemplates")));
}

static void test_list_cost(void **state)
{
	struct mg_list_cost c = mg_audit_list_cost(MG_STR("/api/v1/pods"));

	assert_true(c.whole && c.etcd);
	c = mg_audit_list_cost(MG_STR("/api/v1/pods?limit=500&resourceVersion=0"));
	assert_true(!c.whole && !c.etcd);
	c = mg_audit_list_cost(MG_STR("/api/v1/pods?limit=0&resourceVersion=0"));
	assert_true(c.whole && !c.etcd);
}

/* --- counting: the same in any pieces --------------------------------------------------- */

static const char *const users[] = { "a", "b", "c", "system:node:n1", "system:node:n2" };
static const char *const verbs[] = { "get", "list", "watch", "update" };

/* The i-th of many events, the same each time. */
static struct mg_str event_text(struct mg_buf *b, unsigned i)
{
	unsigned x = i * 2654435761u;

	mg_buf_clear(b);
	mg_buf_printf(b, "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\","
		      "\"auditID\":\"%u\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/pods/%u?x\","
		      "\"verb\":\"%s\",\"user\":{\"username\":\"%s\",\"groups\":[\"g%u\",\"all\"]},"
		      "\"objectRef\":{\"resource\":\"pods\"},\"responseStatus\":{\"code\":%u},"
		      "\"requestReceivedTimestamp\":\"2025-01-02T03:%02u:%02u.%06uZ\","
		      "\"stageTimestamp\":\"2025-01-02T04:%02u:%02u.%06uZ\"}",
		      i, x % 7, verbs[x % 4], users[x / 4 % 5], x % 3, x % 11 ? 200 : 503,
		      i / 600 % 60, i / 10 % 60, x % 1000000, i / 600 % 60, i / 10 % 60, x / 3 % 1000000);
	return mg_buf_str(b);
}

static void count_range(struct mg_audit_tally *t, const struct mg_audit_query *q, unsigned from,
			unsigned to)
{
	struct mg_arena  arena = { 0 };
	struct mg_source src = { 0 };
	struct mg_buf    b = { 0 };

	for (unsigned i = from; i < to; i++) {
		struct mg_str     text = mg_arena_str(&arena, event_text(&b, i));
		struct mg_audit   a;
		struct mg_request r;

		assert_int_equal(mg_audit_parse(text, &a, NULL), MG_OK);
		if (!mg_audit_filter_match(&q->filter, &a, &r, &arena, false))
			continue;
		r.line = i;
		mg_audit_tally_add(t, q, &a, &r, text, &src);
	}
	mg_audit_groups_settle(&t->groups);
	mg_buf_release(&b);
	mg_arena_release(&arena);
}

static void in_pieces(struct mg_audit_tally *t, const struct mg_audit_query *q, unsigned n,
		      unsigned piece)
{
	struct mg_audit_opens none = { 0 };

	mg_audit_tally_init(t);
	for (unsigned i = 0; i < n; i += piece) {
		struct mg_audit_tally part;

		mg_audit_tally_init(&part);
		count_range(&part, q, i, i + piece < n ? i + piece : n);
		mg_audit_tally_merge(t, q, &part);
	}
	mg_audit_tally_finish(t, q, &none);
}

/* As threads do it: each goes on counting where another stopped, and who counts which piece
 * is chance; added up from the last to the first. */
static void by_threads(struct mg_audit_tally *t, const struct mg_audit_query *q, unsigned n,
		       unsigned piece, unsigned threads)
{
	struct mg_audit_opens none = { 0 };
	struct mg_audit_tally part[4];

	mg_audit_tally_init(t);
	for (unsigned i = 0; i < threads; i++)
		mg_audit_tally_init(&part[i]);
	for (unsigned i = n / piece + 1, k = 7; i-- > 0; k = k * 5 + 3)
		count_range(&part[k % threads], q, i * piece < n ? i * piece : n,
			    (i + 1) * piece < n ? (i + 1) * piece : n);
	for (unsigned i = threads; i-- > 0;)
		mg_audit_tally_merge(t, q, &part[i]);
	mg_audit_tally_finish(t, q, &none);
}

static bool same_keys(const struct mg_audit_groups *a, const struct mg_audit_group *x,
		      const struct mg_audit_groups *b, const struct mg_audit_group *y)
{
	for (int k = 0; k < MG_AUDIT_MAX_KEYS; k++)
		if ((x->key[k] == MG_NONE) != (y->key[k] == MG_NONE) ||
		    !mg_str_eq(mg_audit_group_text(a, x->key[k]), mg_audit_group_text(b, y->key[k])))
			return false;
	return true;
}

/* The group of `b` with the keys of `x`; *at is where it was expected, then where it is. */
static const struct mg_audit_group *twin(const struct mg_audit_groups *a,
					 const struct mg_audit_group *x,
					 const struct mg_audit_groups *b, uint32_t *at)
{
	for (uint32_t n = 0; n < b->groups.n; n++) {
		uint32_t i = (*at + n) % b->groups.n;

		if (same_keys(a, x, b, mg_cells_at(&b->groups, i)))
			return mg_cells_at(&b->groups, *at = i);
	}
	fail_msg("a group is missing");
	return NULL;
}

static void same_groups(const struct mg_audit_groups *a, const struct mg_audit_groups *b)
{
	struct mg_audit_busiest *pa = mg_audit_groups_busiest(a), *pb = mg_audit_groups_busiest(b);
	struct mg_audit_code    *ca = mg_audit_groups_codes(a), *cb = mg_audit_groups_codes(b);

	assert_int_equal(a->groups.n, b->groups.n);
	assert_int_equal(a->codes.n, b->codes.n);
	for (uint32_t i = 0; i < a->groups.n; i++) {
		uint32_t                     at = i;
		const struct mg_audit_group *x = mg_cells_at(&a->groups, i), *y = twin(a, x, b, &at);
		const struct mg_audit_code  *cx, *cy;
		size_t                       nx, ny;

		assert_true(x->count == y->count && x->took.n == y->took.n);
		assert_true(x->took.sum == y->took.sum && x->took.max == y->took.max);
		assert_true(x->first_ns == y->first_ns && x->last_ns == y->last_ns);
		for (double q = 0; q <= 1; q += 0.1)
			assert_int_equal(mg_spread_quantile(&x->took, q),
					 mg_spread_quantile(&y->took, q));
		assert_true(pa[i].count == pb[at].count && pa[i].second == pb[at].second);
		cx = mg_audit_codes_of(ca, a->codes.n, i, &nx);
		cy = mg_audit_codes_of(cb, b->codes.n, at, &ny);
		assert_int_equal(nx, ny);
		for (size_t k = 0; k < nx; k++)
			assert_true(cx[k].code == cy[k].code && cx[k].count == cy[k].count);
		assert_int_equal(x->earliest != NULL, y->earliest != NULL);
		if (x->earliest) {
			assert_int_equal(x->earliest->line, y->earliest->line);
			assert_true(mg_str_eq(x->earliest->uri, y->earliest->uri));
		}
	}
	free(pa);
	free(pb);
	free(ca);
	free(cb);
}

static void test_groups_in_pieces(void **state)
{
	static const enum mg_audit_key keys[][2] = { { MG_BY_USER, MG_BY_VERB },
						     { MG_BY_PRODUCT, MG_BY_URI },
						     { MG_BY_GROUP, MG_BY_MINUTE } };

	for (size_t k = 0; k < 6; k++) {
		struct mg_audit_query q = { .want = MG_AUDIT_GROUPS,
					    .by = { .key = { keys[k / 2][0], keys[k / 2][1] }, .n = 2,
						    .detail = k % 2 ? MG_AUDIT_DETAIL : MG_AUDIT_LATENCY,
						    .sections = k % 2 == 0 } };
		struct mg_audit_tally one, other;

		mg_audit_filter_init(&q.filter);
		in_pieces(&one, &q, 3000, 3000);
		assert_true(one.groups.groups.n > 1);
		for (unsigned piece = 1; piece < 3000; piece = piece * 7 + 1) {
			in_pieces(&other, &q, 3000, piece);
			same_groups(&one.groups, &other.groups);
			mg_audit_tally_release(&other);
			by_threads(&other, &q, 3000, piece, 1 + piece % 4);
			same_groups(&one.groups, &other.groups);
			mg_audit_tally_release(&other);
		}
		mg_audit_tally_release(&one);
	}
}

static void test_products_are_groups(void **state)
{
	struct mg_audit_query q = { .want = MG_AUDIT_GROUPS,
				    .by = { .key = { MG_BY_PRODUCT }, .n = 1, .detail = MG_AUDIT_DETAIL } };
	struct mg_audit_tally t;
	uint64_t              sum = 0;

	mg_audit_filter_init(&q.filter);
	in_pieces(&t, &q, 500, 50);
	assert_int_equal(t.groups.groups.n, 4); /* a, b, c and the nodes */
	for (uint32_t i = 0; i < 4; i++)
		sum += ((struct mg_audit_group *)mg_cells_at(&t.groups.groups, i))->count;
	assert_int_equal(sum, 500);
	mg_audit_tally_release(&t);
}

static void same_series(struct mg_audit_tally *one, struct mg_audit_tally *other,
			const struct mg_audit_query *q, uint32_t ncol)
{
	struct mg_arena arena = { 0 };
	struct mg_table t, u;
	uint64_t        left_out;
	double          sum = 0;

	mg_audit_series_table(&one->series, q->step_ns, 2, 100000, &arena, &t, &left_out);
	mg_audit_series_table(&other->series, q->step_ns, 2, 100000, &arena, &u, &left_out);
	assert_int_equal(left_out, 0);
	assert_true(t.n == u.n && t.ncol == u.ncol);
	assert_int_equal(t.ncol, ncol);
	for (uint32_t c = 0; c < t.ncol; c++) {
		assert_true(mg_str_eq(t.col[c].name, u.col[c].name));
		for (size_t i = 0; i < t.n; i++)
			assert_true(t.col[c].v[i] == u.col[c].v[i] ||
				    (isnan(t.col[c].v[i]) && isnan(u.col[c].v[i])));
	}
	for (size_t i = 0; i < t.n; i++)
		sum += t.col[0].v[i] * 10;
	assert_true(fabs(sum - 2000) < 1e-6);
	mg_audit_series_table(&one->series, q->step_ns, 2, 3, &arena, &t, &left_out);
	assert_true(t.n <= 3 && left_out > 0);
	mg_arena_release(&arena);
}

static void test_series_in_pieces(void **state)
{
	static const struct {
		struct mg_audit_by by;
		uint32_t           ncol;
	} t[] = {
		{ { .n = 0 }, 10 },
		{ { .key = { MG_BY_USER }, .n = 1 }, 10 + 3 * 6 }, /* all, two users, the others */
		{ { .key = { MG_BY_VERB, MG_BY_USER, MG_BY_OBJECT }, .n = 3 }, 10 + 3 * 6 },
		{ { .key = { MG_BY_GROUP }, .n = 1 }, 10 + 3 * 6 },
		{ { .key = { MG_BY_PRODUCT, MG_BY_GROUP }, .n = 2 }, 10 + 3 * 6 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_audit_query q = { .want = MG_AUDIT_SERIES, .step_ns = 10 * MG_SEC };
		struct mg_audit_tally one, other;

		q.by = t[i].by;
		mg_audit_filter_init(&q.filter);
		in_pieces(&one, &q, 2000, 2000);
		in_pieces(&other, &q, 2000, 33);
		same_series(&one, &other, &q, t[i].ncol);
		mg_audit_tally_release(&one);
		mg_audit_tally_release(&other);
	}
}

static void test_slowest(void **state)
{
	struct mg_audit_query q = { .want = MG_AUDIT_SLOWEST, .slowest = 5 };
	struct mg_audit_tally one, other;

	mg_audit_filter_init(&q.filter);
	in_pieces(&one, &q, 2000, 2000);
	in_pieces(&other, &q, 2000, 17);
	assert_int_equal(one.items.n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(one.items.v[i]->q.line, other.items.v[i]->q.line);
		assert_false(one.items.v[i]->q.long_running);
		assert_true(i == 0 || mg_audit_duration(&one.items.v[i]->q) <=
					      mg_audit_duration(&one.items.v[i - 1]->q));
	}
	mg_audit_tally_release(&one);
	mg_audit_tally_release(&other);
}

/* --- open requests ------------------------------------------------------------------------ */

static struct mg_audit_item *item(const char *id, enum mg_audit_stage stage)
{
	struct mg_audit   a = { .audit_id = { id, (uint32_t)strlen(id), false }, .stage = stage };
	struct mg_request q = { .start_ns = 100 };

	return mg_audit_item_new(&a, &q);
}

static uint64_t id_of(const char *id)
{
	return mg_audit_open_id(7, (struct mg_json_text){ id, (uint32_t)strlen(id), false });
}

static void test_opens(void **state)
{
	struct mg_audit_opens all = { 0 }, part = { 0 };
	struct mg_audit_items left = { 0 };

	/* a ends in the next block, after an answer that was seen only there; b ends in the
	 * same; c never; d began in a file that is read later */
	mg_audit_opens_begin(&part, id_of("a"), item("a", MG_STAGE_RECEIVED));
	mg_audit_opens_begin(&part, id_of("b"), item("b", MG_STAGE_RECEIVED));
	mg_audit_opens_end(&part, id_of("b"), 100);
	mg_audit_opens_begin(&part, id_of("c"), item("c", MG_STAGE_RECEIVED));
	mg_audit_opens_end(&part, id_of("d"), 10);
	mg_audit_opens_end(&part, id_of("never received here"), 60);
	mg_audit_opens_merge(&all, &part, 50);
	assert_int_equal(all.nends, 1);
	mg_audit_opens_begin(&part, id_of("a"), item("a", MG_STAGE_STARTED));
	mg_audit_opens_end(&part, id_of("a"), 100);
	mg_audit_opens_merge(&all, &part, 50);
	mg_audit_opens_begin(&part, id_of("d"), item("d", MG_STAGE_RECEIVED));
	mg_audit_opens_merge(&all, &part, 5);
	mg_audit_opens_take(&all, &left);
	assert_int_equal(left.n, 1);
	assert_true(mg_str_eq(left.v[0]->audit_id, MG_STR("c")) && left.v[0]->open);
	mg_audit_items_release(&left);
}

/* Many opened and closed in any order: the table may not lose one. */
static void test_many_opens(void **state)
{
	struct mg_audit_opens o = { 0 };
	char                  name[16];

	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "%u", i);
		mg_audit_opens_begin(&o, id_of(name), item(name, MG_STAGE_RECEIVED));
		if (i % 3) {
			snprintf(name, sizeof(name), "%u", i * 7 % (i + 1));
			mg_audit_opens_end(&o, id_of(name), 0);
		}
	}
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "%u", i);
		mg_audit_opens_end(&o, id_of(name), 0);
	}
	assert_int_equal(o.n, 0);
	mg_audit_opens_release(&o);
}

static void test_streams(void **state)
{
	uint64_t s = mg_audit_stream(MG_STR("x/n-audit.log"));

	assert_true(mg_audit_stream(MG_STR("x/n-audit-2026-11-21T03-11-49.904.log.gz")) == s);
	assert_true(mg_audit_stream(MG_STR("x/n-audit.log.1")) == s);
	assert_true(mg_audit_stream(MG_STR("y/n-audit.log")) != s);
	assert_true(mg_audit_stream(MG_STR("x/m-audit.log")) != s);
	assert_true(mg_audit_stream(MG_STR("")) != s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bad_expression),
		cmocka_unit_test(test_endless_expression),
		cmocka_unit_test(test_resources),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_products),
		cmocka_unit_test(test_story_names),
		cmocka_unit_test(test_list_cost),
		cmocka_unit_test(test_groups_in_pieces),
		cmocka_unit_test(test_products_are_groups),
		cmocka_unit_test(test_series_in_pieces),
		cmocka_unit_test(test_slowest),
		cmocka_unit_test(test_opens),
		cmocka_unit_test(test_many_opens),
		cmocka_unit_test(test_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
