/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "event/from_etcd.h"
#include "line_cases.h"
#include "parse/etcd.h"
#include "parse/etcdkey.h"

struct counts {
	struct mg_leaf_stats stats;
	uint64_t             foreign;
};

static void one(void *state, const struct mg_source *src, const struct mg_line *l,
		struct mg_batch *out)
{
	struct counts *c = state;

	if (!mg_etcd_line(src, l, out, &c->stats))
		c->foreign++;
}

static struct counts run(struct mg_str input, struct mg_source *src, struct mg_batch *out)
{
	struct counts c = { .stats = MG_LEAF_STATS_INIT };

	run_lines(input, one, &c, src, out);
	return c;
}

static bool run_case(const char *name)
{
	static const char dir[] = "tests/cases/etcd";
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
	mg_buf_printf(&got, "records %llu, bad %llu, not etcd's %llu\n",
		      (unsigned long long)c.stats.records, (unsigned long long)c.stats.bad,
		      (unsigned long long)c.foreign);
	for (uint32_t i = 0; i < c.stats.ndiags; i++)
		mg_buf_printf(&got, "bad line %llu byte %llu: %s\n",
			      (unsigned long long)c.stats.diags[i].line,
			      (unsigned long long)c.stats.diags[i].byte, c.stats.diags[i].msg);
	same = check_expect(dir, name, mg_buf_str(&got));
	mg_buf_release(&in);
	mg_buf_release(&got);
	mg_batch_release(&out);
	return same;
}

static void cases(void **state)
{
	DIR           *d = opendir("tests/cases/etcd");
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

static void keys(void **state)
{
	static const struct {
		const char *key, *resource, *ns, *name;
	} rows[] = {
		{ "/registry/pods/a/b", "pods", "a", "b" },
		{ "/registry/pods/a/", "pods", "a", "" },
		{ "/registry/pods/", "pods", "", "" },
		{ "/registry/minions/n1", "nodes", "", "n1" },
		{ "/registry/services/specs/a/b", "services", "a", "b" },
		{ "/registry/services/specs/", "services", "", "" },
		{ "/registry/services/endpoints/a/b", "endpoints", "a", "b" },
		{ "/registry/deployments/a/b", "deployments.apps", "a", "b" },
		{ "/registry/namespaces/a", "namespaces", "", "a" },
		{ "/registry/controllers/a/b", "replicationcontrollers", "a", "b" },
		{ "/registry/apiregistration.k8s.io/apiservices/v1.apps",
		  "apiservices.apiregistration.k8s.io", "", "v1.apps" },
		{ "/kubernetes.io/config.openshift.io/proxies/cluster", "proxies.config.openshift.io",
		  "", "cluster" },
		{ "/kubernetes.io/monitoring.coreos.com/prometheusrules/ns/x",
		  "prometheusrules.monitoring.coreos.com", "ns", "x" },
		{ "/openshift.io/routes/ns/r", "routes.route.openshift.io", "ns", "r" },
		{ "/openshift.io/oauth/accesstokens/sha256~x", "oauthaccesstokens.oauth.openshift.io",
		  "", "sha256~x" },
		{ "/registry/health", NULL, "", "" },
		{ "/registry/", NULL, "", "" },
		{ "/cs/leader", NULL, "", "" },
		{ "compact_rev_key", NULL, "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_etcd_object o;
		char                  buf[128];
		bool                  ok = mg_etcd_object(mg_strz(rows[i].key), &o);

		assert_int_equal(ok, rows[i].resource != NULL);
		if (!ok)
			continue;
		mg_etcd_resource(&o, buf, sizeof(buf));
		assert_string_equal(buf, rows[i].resource);
		assert_true(mg_str_eq(o.ns, mg_strz(rows[i].ns)));
		assert_true(mg_str_eq(o.name, mg_strz(rows[i].name)));
	}
}

static void requests(void **state)
{
	static const struct {
		const char *text, *op, *key, *end;
	} rows[] = {
		{ "key:\\\"/a/b\\\" range_end:\\\"/a/c\\\" limit:500 ", "range", "/a/b", "/a/c" },
		{ "key:\"/a\" ", "range", "/a", "" },
		{ "key: \"/a\" count_only:true", "range", "/a", "" },
		{ "header:<ID:1 username:\\\"key:x\\\" > txn:<compare:<target:MOD key:\\\"/r/x\\\" "
		  "mod_revision:0 > success:<request_put:<key:\\\"/r/x\\\" value_size:843 >> "
		  "failure:<>>", "txn-put", "/r/x", "" },
		{ "header:<ID:1 > txn:<compare:<key:\\\"/r/x\\\" > success:<request_delete_range:<key:"
		  "\\\"/r/x\\\" > > failure:<request_range:<key:\\\"/r/x\\\" > >>", "txn-delete",
		  "/r/x", "" },
		{ "header:<ID:7 > lease_revoke:<id:2>", "lease-revoke", "", "" },
		{ "header:<ID:7 > put:<key:\\\"k\\\" value_size:3 >", "put", "k", "" },
		{ "header:<ID:7 > compaction:<revision:3 >", "compaction", "", "" },
		{ "nonsense", "", "", "" },
		{ "key:\\\"unterminated", "range", "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_etcd_request r = mg_etcd_request(mg_strz(rows[i].text));

		assert_true(mg_str_eq(r.op, mg_strz(rows[i].op)));
		assert_true(mg_str_eq(r.key, mg_strz(rows[i].key)));
		assert_true(mg_str_eq(r.range_end, mg_strz(rows[i].end)));
	}
}

static void escapes(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "a\\\"b\\\\c\\n", "a\"b\\c\n" },
		{ "\\u003c\\u00b5\\ud83d\\ude00\\ud83d", "<\xc2\xb5\xf0\x9f\x98\x80\xef\xbf\xbd" },
		{ "\\x41\\q\\", "A\\q\\" },
		{ "\\u12", "\xef\xbf\xbd" },
	};
	char buf[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		mg_etcd_text(mg_strz(rows[i].in), buf, sizeof(buf));
		assert_string_equal(buf, rows[i].out);
	}
	assert_int_equal(mg_etcd_text(MG_STR("abcdefghijkl"), buf, 8).n, 3);
}

static size_t of_kind(const struct mg_batch *b, enum mg_event_kind k)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->ev[i].kind == k ? b->ev[i].count : 0;
	return n;
}

static void real_files(void **state)
{
	static const struct {
		const char        *file;
		enum mg_event_kind kind;
		size_t             want;
	} rows[] = {
		{ "ocp-4.8-aws-etcd-c.log", MG_EV_ETCD_SLOW_APPLY, 590 },
		{ "ocp-4.8-aws-etcd-c.log", MG_EV_ETCD_TRACE, 603 },
		{ "ocp-4.8-aws-etcd-c.log", MG_EV_ETCD_START, 1 },
		{ "etcd-capnslog-13346.log", MG_EV_ETCD_HEARTBEAT, 2 },
		{ "etcd-capnslog-13346.log", MG_EV_ETCD_LEADER_LOST, 1 },
		{ "etcd-capnslog-5783.log", MG_EV_ETCD_SLOW_APPLY, 1 },
		{ "etcd-zap-17855.ndjson", MG_EV_ETCD_READ_INDEX, 3 },
		{ "etcd-zap-20418.log", MG_EV_ETCD_HEARTBEAT, 2 },
		{ "etcd-k3s-nospace-815.log", MG_EV_ETCD_DEFRAG, 1 },
		{ "sonobuoy-etcd-kind-control-plane.txt", MG_EV_ETCD_SLOW_APPLY, 9 },
		{ "sonobuoy-etcd-kind-control-plane.txt", MG_EV_ETCD_LEADER_ELECTED, 1 },
	};
	const char *data = shared_data();

	if (!data)
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_buf    in = { 0 };
		struct mg_batch  out = { 0 };
		struct mg_source src = { .component = MG_STR("etcd") };
		char             path[600];
		size_t           n;

		snprintf(path, sizeof(path), "%s/etcd/%s", data, rows[i].file);
		if (!read_file(path, &in)) {
			fprintf(stderr, "SKIP: no %s\n", path);
			mg_buf_release(&in);
			continue;
		}
		run(mg_buf_str(&in), &src, &out);
		n = of_kind(&out, rows[i].kind);
		if (n != rows[i].want)
			fprintf(stderr, "%s %s: %zu, expected %zu\n", rows[i].file,
				mg_event_kind_name(rows[i].kind), n, rows[i].want);
		assert_int_equal(n, rows[i].want);
		mg_buf_release(&in);
		mg_batch_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases),   cmocka_unit_test(keys),       cmocka_unit_test(requests),
		cmocka_unit_test(escapes), cmocka_unit_test(real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
