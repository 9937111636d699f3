/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "event/from_x509.h"
#include "objects_feed.h"
#include "parse/x509.h"

/* Made for this test: CN system:node:m0, O system:nodes, one day. */
static const char node[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBtjCCAVugAwIBAgIUB6biI58I9qroMIXy1Uqh532rhOEwCgYIKoZIzj0EAwIw\n"
	"MDEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMRcwFQYDVQQDDA5zeXN0ZW06bm9kZTpt\n"
	"MDAeFw0yNjExMjEwODM5MzJaFw0yNjExMjIwODM5MzJaMDAxFTATBgNVBAoMDHN5\n"
	"c3RlbTpub2RlczEXMBUGA1UEAwwOc3lzdGVtOm5vZGU6bTAwWTATBgcqhkjOPQIB\n"
	"BggqhkjOPQMBBwNCAATI2Q+S4diLVpb0wG8r1V7wXpB9SRz+RYWMiA45GdAeXJbi\n"
	"MSuJbBNDn1Lp5feI6F0cDPDy1pw8qR3ROVeB6ugoo1MwUTAdBgNVHQ4EFgQUz2MD\n"
	"3JOMsTBHToxopzkIf1zJQ98wHwYDVR0jBBgwFoAUz2MD3JOMsTBHToxopzkIf1zJ\n"
	"Q98wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA9bxLgsd89XiA\n"
	"api2qfdTFVaP8Yn9aNE2H5gkszoqBy0CIQCLx6US94DZAP0AjPq9AnNVGpOychw7\n"
	"wiHSucYQ/V3ttQ==\n"
	"-----END CERTIFICATE-----\n";
/* Without a common name, until 2136 (GeneralizedTime). */
static const char org[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBjzCCATWgAwIBAgIUV7tFdACJdN7QJjxd9bXwbMEl4EYwCgYIKoZIzj0EAwIw\n"
	"HDEaMBgGA1UECgwRb25seSBvcmdhbmlzYXRpb24wIBcNMjYxMTIxMDgzOTMyWhgP\n"
	"MjEzNjA1MjgwODM5MzJaMBwxGjAYBgNVBAoMEW9ubHkgb3JnYW5pc2F0aW9uMFkw\n"
	"EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9+GWxIqLU901fyFj/WQCp81cT42nYuHV\n"
	"zOMOIGrTDM9ZInitDd6+iYzvHYRRnEiggnl8qfkXCQvDvEdhHGCK66NTMFEwHQYD\n"
	"VR0OBBYEFENWO+SYjnL1umVCG1Sy5Bf/t+kfMB8GA1UdIwQYMBaAFENWO+SYjnL1\n"
	"umVCG1Sy5Bf/t+kfMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIh\n"
	"AJSAfz3ZE/eWdnOnU9sw2DZqTLBpYsiBKIk1QH3PG73ZAiAJbrjqx6MIbGmRyCVu\n"
	"BRUC2l4dI2fl6Zh0GGigsKcmjQ==\n"
	"-----END CERTIFICATE-----\n";

static const struct mg_source here = { .path = MG_STR("x"), .artifact = 3, .mtime_ns = 77 * MG_SEC };

static struct mg_str decode(const char *pem, char *der)
{
	struct mg_str rest = mg_strz(pem);
	struct mg_pem p;
	size_t        n;

	assert_true(mg_pem_next(&rest, &p));
	assert_true(mg_str_eq(p.label, MG_STR("CERTIFICATE")) && !p.cut);
	assert_true(mg_base64(p.body, der, &n));
	assert_false(mg_pem_next(&rest, &p));
	return mg_str(der, n);
}

static void time_is(int64_t ns, const char *text)
{
	char buf[40];

	assert_string_equal(mg_time_format(ns, 0, buf, sizeof(buf)), text);
}

static void certificates(void **state)
{
	char           der[2048];
	struct mg_x509 x;

	assert_int_equal(mg_x509_certificate(decode(node, der), &x), MG_OK);
	assert_true(mg_str_eq(x.subject, MG_STR("system:node:m0")));
	assert_true(mg_str_eq(x.issuer, MG_STR("system:node:m0")));
	time_is(x.not_before, "2026-11-21T08:39:32Z");
	time_is(x.not_after, "2026-11-22T08:39:32Z");
	assert_int_equal(mg_x509_certificate(decode(org, der), &x), MG_OK);
	assert_true(mg_str_eq(x.subject, MG_STR("only organisation")));
	time_is(x.not_after, "2136-05-28T08:39:32Z");
}

/* Cut at any byte: refused, never read beyond (the copy ends where the view does). */
static void cut(void **state)
{
	char           der[2048];
	struct mg_str  whole = decode(node, der);
	struct mg_x509 x;

	for (size_t n = 0; n < whole.n; n++) {
		char *copy = mg_alloc(n + 1);

		memcpy(copy, whole.p, n);
		assert_int_equal(mg_x509_certificate(mg_str(copy, n), &x), MG_FAIL);
		assert_non_null(x.fault);
		free(copy);
	}
}

static void run(const char *text, struct mg_partial *p)
{
	feed(&mg_consumer_kubeobj, &here, mg_strz(text), 64, p);
}

/* A ConfigMap holds PEM, a Secret base64 of it; its key is never looked at. */
static void objects(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;
	struct mg_buf          t = { 0 };
	struct mg_str          line, rest = mg_strz(node);

	mg_buf_addz(&t, "kind: ConfigMap\nmetadata:\n  name: ca\n  namespace: n\ndata:\n  ca.crt: |\n");
	while (rest.n) {
		mg_str_cut(rest, '\n', &line, &rest);
		mg_buf_printf(&t, "    %.*s\n", MG_FMT(line));
	}
	mg_buf_addz(&t, "---\nkind: Secret\nmetadata:\n  name: s\n  namespace: n\ndata:\n  tls.crt: "
			"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJqekNDQVRXZ0F3SUJBZ0lVVjd0RmRBQ0pkTjdR"
			"Smp4ZDliWHdiTUVsNEVZd0NnWUlLb1pJemowRUF3SXcKSERFYU1CZ0dBMVVFQ2d3UmIyNXNlU0J2Y21k"
			"aGJtbHpZWFJwYjI0d0lCY05Nall4TVRJeE1EZ3pPVE15V2hnUApNakV6TmpBMU1qZ3dPRE01TXpKYU1C"
			"d3hHakFZQmdOVkJBb01FVzl1YkhrZ2IzSm5ZVzVwYzJGMGFXOXVNRmt3CkV3WUhLb1pJemowQ0FRWUlL"
			"b1pJemowREFRY0RRZ0FFOStHV3hJcUxVOTAxZnlGai9XUUNwODFjVDQybll1SFYKek9NT0lHclRETTla"
			"SW5pdERkNitpWXp2SFlSUm5FaWdnbmw4cWZrWENRdkR2RWRoSEdDSzY2TlRNRkV3SFFZRApWUjBPQkJZ"
			"RUZFTldPK1NZam5MMXVtVkNHMVN5NUJmL3Qra2ZNQjhHQTFVZEl3UVlNQmFBRkVOV08rU1lqbkwxCnVt"
			"VkNHMVN5NUJmL3Qra2ZNQThHQTFVZEV3RUIvd1FGTUFNQkFmOHdDZ1lJS29aSXpqMEVBd0lEU0FBd1JR"
			"SWgKQUpTQWZ6M1pFL2VXZG5PblU5c3cyRFpxVExCcFlzaUJLSWsxUUgzUEc3M1pBaUFKYnJqcXg2TUli"
			"R21SeUNWdQpCUlVDMmw0ZEkyZmw2WmgwR0dpZ3NLY21qUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0t"
			"LS0K\n"
			"  tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0t"
			"LS0tCk1JSUMKLS0tLS1FTkQgUFJJVkFURSBLRVktLS0tLQo=\n");
	run(t.p, &p);
	assert_int_equal(p.stats.bad, 0);
	assert_int_equal(p.events.n, 2);
	e = &p.events.ev[0];
	assert_int_equal(e->kind, MG_EV_CERTIFICATE);
	time_is(e->time_ns, "2026-11-21T08:39:32Z");
	assert_int_equal(e->duration_ns, 24 * MG_HOUR);
	assert_int_equal(e->line, 6);
	assert_true(attr_is(e, "object_kind", "ConfigMap") && attr_is(e, "key", "ca.crt"));
	assert_true(attr_is(e, "not_after", "2026-11-22T08:39:32Z"));
	e = &p.events.ev[1];
	assert_true(attr_is(e, "object_kind", "Secret") && attr_is(e, "key", "tls.crt"));
	assert_true(attr_is(e, "subject", "only organisation") && mg_str_eq(e->name, MG_STR("s")));
	mg_buf_release(&t);
	feed_release(&p);
}

/* Many in one text are a bundle; of it the one that ends first is told. */
static void bundle(void **state)
{
	struct mg_cert_place at = { .src = &here, .line = 1, .text_lines = true };
	struct mg_batch      out = { 0 };
	struct mg_buf        t = { 0 };

	for (int i = 0; i <= MG_CERT_BUNDLE; i++)
		mg_buf_addz(&t, i == 9 ? node : org);
	assert_int_equal(mg_event_from_certificates(&at, mg_buf_str(&t), &out), MG_CERT_BUNDLE + 1);
	assert_int_equal(out.n, 1);
	assert_true(attr_is(&out.ev[0], "subject", "system:node:m0"));
	assert_true(attr_is(&out.ev[0], "bundle", "17"));
	assert_int_equal(out.ev[0].line, 1 + 9 * 11);
	mg_buf_release(&t);
	mg_batch_release(&out);
}

static void damage(void **state)
{
	static const struct {
		const char *text, *fault;
		uint64_t    line;
	} t[] = {
		{ "x\n-----BEGIN CERTIFICATE-----\nMIIBtjCC\n", "no END line", 2 },
		{ "-----BEGIN CERTIFICATE-----\nMIIB?\n-----END CERTIFICATE-----\n", "not base64", 1 },
		{ "-----BEGIN CERTIFICATE-----\nMIIBtjCC\n-----END CERTIFICATE-----\n", "cut off", 1 },
		{ "written as -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----\n", NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_leaf_stats stats = MG_LEAF_STATS_INIT;
		struct mg_cert_place at = { .src = &here, .line = 1, .text_lines = true,
					    .stats = &stats };
		struct mg_batch      out = { 0 };

		assert_int_equal(mg_event_from_certificates(&at, mg_strz(t[i].text), &out), 0);
		assert_int_equal(stats.bad, t[i].fault ? 1 : 0);
		if (t[i].fault) {
			assert_non_null(strstr(stats.diags[0].msg, t[i].fault));
			assert_int_equal(stats.diags[0].line, t[i].line);
		}
		mg_batch_release(&out);
	}
}

static void requests(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("kind: CertificateSigningRequest\nmetadata:\n  name: csr-1\n"
	    "  creationTimestamp: \"2026-11-21T03:00:00Z\"\nspec:\n  username: system:node:w1\n"
	    "  signerName: kubernetes.io/kubelet-serving\n---\n"
	    "kind: CertificateSigningRequest\nmetadata:\n  name: csr-2\nspec:\n  username: u\n"
	    "status:\n  conditions:\n  - type: Denied\n    status: \"True\"\n    reason: Never\n", &p);
	e = find_kind(&p.events, MG_EV_CSR, 0);
	time_is(e->time_ns, "2026-11-21T03:00:00Z");
	assert_true(attr_is(e, "state", "pending") && e->severity == MG_SEV_WARNING);
	assert_true(attr_is(e, "signer", "kubernetes.io/kubelet-serving") && attr_is(e, "issued", "false"));
	assert_true(mg_str_eq(e->user, MG_STR("system:node:w1")));
	e = find_kind(&p.events, MG_EV_CSR, 1);
	assert_true(attr_is(e, "state", "denied") && attr_is(e, "reason", "Never"));
	feed_release(&p);
}

static void leases(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("kind: Lease\nmetadata:\n  name: kube-scheduler\n  namespace: kube-system\nspec:\n"
	    "  acquireTime: \"2026-11-21T03:00:00.000000Z\"\n  holderIdentity: m0_1\n"
	    "  leaseDurationSeconds: 15\n  leaseTransitions: 4\n"
	    "  renewTime: \"2026-11-21T03:10:00.500000Z\"\n---\n"
	    "kind: ConfigMap\nmetadata:\n  name: lock\n  annotations:\n"
	    "    control-plane.alpha.kubernetes.io/leader: '{\"holderIdentity\":\"m1\","
	    "\"leaderTransitions\":1,\"renewTime\":\"2026-11-21T03:00:00Z\"}'\n---\n"
	    "kind: ConfigMap\nmetadata:\n  name: bad\n  annotations:\n"
	    "    control-plane.alpha.kubernetes.io/leader: '{'\n", &p);
	e = find_kind(&p.events, MG_EV_LEASE, 0);
	time_is(e->time_ns, "2026-11-21T03:00:00Z");
	assert_int_equal(e->duration_ns, 600500 * MG_MS);
	assert_true(attr_is(e, "holder", "m0_1") && attr_is(e, "transitions", "4"));
	assert_true(attr_is(e, "duration_s", "15"));
	e = find_kind(&p.events, MG_EV_LEASE, 1);
	assert_true(attr_is(e, "holder", "m1") && attr_is(e, "transitions", "1"));
	assert_null(find_kind(&p.events, MG_EV_LEASE, 2));
	assert_int_equal(p.stats.bad, 1);
	assert_int_equal(p.stats.diags[0].line, 22);
	feed_release(&p);
}

static void versions_and_usage(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("kind: ClusterVersion\nmetadata:\n  name: version\nstatus:\n  conditions:\n"
	    "  - type: Failing\n    status: \"True\"\n    reason: ClusterOperatorDegraded\n  history:\n"
	    "  - state: Completed\n    version: 4.9.0\n    startedTime: \"2026-11-21T03:00:00Z\"\n"
	    "    completionTime: \"2026-11-21T03:27:00Z\"\n---\n"
	    "kind: NodeMetricsList\nitems:\n- metadata:\n    name: w1\n"
	    "  timestamp: \"2026-11-21T03:00:00Z\"\n  usage:\n    cpu: 250500000n\n"
	    "    memory: 2048Ki\n", &p);
	e = find_kind(&p.events, MG_EV_CLUSTER_VERSION, 0);
	assert_int_equal(e->duration_ns, 27 * MG_MIN);
	assert_true(attr_is(e, "version", "4.9.0"));
	assert_non_null(find_kind(&p.events, MG_EV_OPERATOR_CONDITION, 0));
	e = find_kind(&p.events, MG_EV_USAGE, 0);
	assert_true(attr_is(e, "cpu_millicores", "251") && attr_is(e, "memory_bytes", "2097152"));
	assert_true(mg_str_eq(e->node, MG_STR("w1")));
	feed_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates), cmocka_unit_test(cut),      cmocka_unit_test(objects),
		cmocka_unit_test(bundle),       cmocka_unit_test(damage),   cmocka_unit_test(requests),
		cmocka_unit_test(leases),       cmocka_unit_test(versions_and_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
