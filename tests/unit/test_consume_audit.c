/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ingest/consume_audit.h"
#include "parse/audit_memo.h"

static const struct mg_source source = { .artifact = 3, .path = { "a/audit.log", 11 },
					 .since_ns = MG_TIME_NONE,
					 .until_ns = MG_TIME_NONE };

static void fold(struct mg_partial *all, struct mg_partial *p)
{
	mg_batch_append(&all->events, &p->events);
	mg_stats_merge(&all->stats, &p->stats);
	all->memo = p->memo;
	mg_audit_opens_release(&p->opens);
	if (!p->audit)
		return;
	if (!all->audit)
		all->audit = mg_requests_new();
	mg_requests_merge(all->audit, p->audit);
	mg_requests_free(p->audit);
}

/* Feed `text` in blocks of about `size` bytes that end at a newline, as the driver does. */
static struct mg_partial consume(const struct mg_consumer *c, struct mg_str text, size_t size)
{
	struct mg_partial all = { .stats = MG_LEAF_STATS_INIT };
	void             *state = c->open ? c->open(&source) : NULL;
	uint64_t          line = 1;

	while (text.n) {
		struct mg_partial p = { .stats = MG_LEAF_STATS_INIT, .memo = all.memo };
		struct mg_block   b = { 0 };
		const char       *nl;

		b.n = size < text.n ? size : text.n;
		nl = b.n < text.n ? memchr(text.p + b.n - 1, '\n', text.n - b.n + 1) : NULL;
		b.n = nl ? (size_t)(nl - text.p) + 1 : text.n;
		b.p = mg_alloc(b.n); /* exactly its size: ASan sees an overread */
		memcpy(b.p, text.p, b.n);
		b.first_line = line;
		b.last = b.n == text.n;
		c->block(state, &source, &b, &p);
		line += p.stats.lines;
		text = mg_str_from(text, b.n);
		memset(b.p, 'X', b.n);
		free(b.p);
		fold(&all, &p);
	}
	if (c->close) {
		struct mg_partial p = { .stats = MG_LEAF_STATS_INIT, .memo = all.memo };

		c->close(state, &source, &p);
		fold(&all, &p);
	}
	mg_batch_sort(&all.events);
	return all;
}

static struct mg_partial consume_any(struct mg_str text, size_t size)
{
	return consume(mg_consumer_audit_for(mg_str_head(text, 65536)), text, size);
}

static void release(struct mg_partial *p)
{
	mg_batch_release(&p->events);
	mg_requests_free(p->audit);
	mg_audit_memo_free(p->memo);
}

#define HEAD "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\","
#define EVENT(id, stage, uri, verb, user, ref, code, from, to)                               \
	HEAD "\"auditID\":\"" id "\",\"stage\":\"" stage "\",\"requestURI\":\"" uri          \
	"\",\"verb\":\"" verb "\",\"user\":{" user "},\"sourceIPs\":[\"10.0.0.1\"],"          \
	"\"userAgent\":\"ua\",\"objectRef\":{" ref "},\"responseStatus\":{\"metadata\":{},"   \
	"\"code\":" code "},\"requestReceivedTimestamp\":\"2025-01-02T03:04:" from            \
	"Z\",\"stageTimestamp\":\"2025-01-02T03:04:" to "Z\"}"
#define OK_EVENT(id)                                                                          \
	EVENT(id, "ResponseComplete", "/api/v1/namespaces/x/pods/p", "get",                    \
	      "\"username\":\"u\"", "\"resource\":\"pods\",\"namespace\":\"x\",\"name\":\"p\"", \
	      "200", "05.000000", "05.010000")

static void test_counts_requests_not_lines(void **state)
{
	static const char text[] =
		EVENT("1", "RequestReceived", "/a", "get", "\"username\":\"u\"", "", "0",
		      "05.000000", "05.000000") "\n"
		EVENT("1", "ResponseStarted", "/a", "watch", "\"username\":\"u\"", "", "200",
		      "05.000000", "05.000000") "\n"
		EVENT("1", "ResponseComplete", "/a", "watch", "\"username\":\"u\"", "", "200",
		      "05.000000", "55.000000") "\n"
		EVENT("2", "ResponseStarted", "/a", "get", "", "", "401", "05.000000",
		      "05.000000") "\n"
		EVENT("3", "Panic", "/a", "get", "\"username\":\"u\"", "", "500", "05.000000",
		      "05.000000");
	struct mg_partial p = consume(&mg_consumer_audit, MG_STR(text), 1 << 20);

	assert_int_equal(p.stats.records, 5);
	assert_int_equal(p.stats.lines, 5);
	assert_int_equal(p.stats.bad, 0);
	assert_int_equal(mg_requests_count(p.audit), 3);
	release(&p);
}

static void test_events(void **state)
{
	static const char text[] =
		EVENT("1", "ResponseComplete", "/api/v1/pods?x=1\\u0026limit=500", "list",
		      "\"username\":\"u\"", "\"resource\":\"pods\"", "200", "05.000000",
		      "06.500000") "\n"
		EVENT("2", "ResponseComplete", "/api/v1/pods", "list", "\"username\":\"u\"",
		      "\"resource\":\"pods\"", "200", "05.000000", "05.200000") "\n"
		EVENT("3", "ResponseComplete", "/apis/apps/v1/namespaces/x/deployments",
		      "deletecollection", "\"username\":\"u\"",
		      "\"resource\":\"deployments\",\"namespace\":\"x\",\"apiGroup\":\"apps\"",
		      "504", "05.000000", "39.000000") "\n"
		EVENT("4", "ResponseComplete", "/b?x=1", "get", "\"username\":\"u\"", "", "500",
		      "05.000000", "07.100000") "\n"
		EVENT("5", "ResponseComplete", "/b?x=2", "get", "\"username\":\"u\"", "", "500",
		      "05.000000", "07.050000") "\n";
	struct mg_partial p = consume(&mg_consumer_audit, MG_STR(text), 1 << 20);
	unsigned          n[MG_EV_COUNT] = { 0 };

	for (size_t i = 0; i < p.events.n; i++) {
		const struct mg_event *e = &p.events.ev[i];

		n[e->kind]++;
		assert_int_equal(e->artifact, 3);
		assert_int_equal(e->time_source, MG_TIME_EXACT);
		if (e->kind == MG_EV_AUDIT_ERROR && e->code == 500) {
			assert_int_equal(e->count, 2);
			assert_int_equal(e->line, 5);
			assert_true(mg_str_eq(e->message, MG_STR("500 get /b?x=2")));
		}
		if (e->kind == MG_EV_AUDIT_DELETECOLLECTION) {
			assert_int_equal(e->duration_ns, 34 * MG_SEC);
			assert_true(mg_str_eq(e->resource, MG_STR("deployments.apps")));
			assert_int_equal(e->severity, MG_SEV_ERROR);
		}
		if (e->kind == MG_EV_AUDIT_LIST)
			assert_true(mg_str_eq(e->audit_id, MG_STR("2")));
		if (e->kind == MG_EV_AUDIT_SLOW && e->line == 1)
			assert_true(mg_str_eq(e->message, MG_STR("/api/v1/pods?x=1&limit=500")));
	}
	assert_int_equal(n[MG_EV_AUDIT_SLOW], 4);
	assert_int_equal(n[MG_EV_AUDIT_LIST], 1);
	assert_int_equal(n[MG_EV_AUDIT_DELETECOLLECTION], 1);
	assert_int_equal(n[MG_EV_AUDIT_ERROR], 2);
	release(&p);
}

static void test_keeps_the_slowest(void **state)
{
	struct mg_buf     b = { 0 };
	struct mg_partial p;
	unsigned          more = 0;

	for (int i = 0; i < 400; i++)
		mg_buf_printf(&b, EVENT("%d", "ResponseComplete", "/b", "get", "", "", "200",
					"00.000000", "%02d.%06d") "\n", i, 1 + i % 50, i);
	p = consume(&mg_consumer_audit, mg_buf_str(&b), 1 << 20);
	assert_int_equal(p.events.n, MG_AUDIT_KEEP);
	for (size_t i = 0; i < p.events.n; i++) {
		assert_true(p.events.ev[i].duration_ns >= 19 * MG_SEC);
		more += (unsigned)mg_event_attr_i64(&p.events.ev[i], "more", 0);
	}
	assert_int_equal(more, 400 - MG_AUDIT_KEEP);
	release(&p);
	mg_buf_release(&b);
}

/* Every wrapping of the one event yields one request and nothing bad. */
static void test_wrappings(void **state)
{
	static const struct {
		const char *before, *after;
		bool        quoted;
	} w[] = {
		{ "", "", false },
		{ "", "\r", false },
		{ "\xef\xbb\xbf", "", false },
		{ "master-0 ", "", false },
		{ "2025-01-02T03:04:06.123Z ", "", false },
		{ "2025-01-02T03:04:06.123Z kube-apiserver-audit-0 ", "", false },
		{ "2025-01-02T03:04:06.123456789Z stdout F ", "", false },
		{ "Jan 02 03:04:06 master-0 hyperkube[123]: ", "", false },
		{ "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"metadata\":{},\"items\":[",
		  "]}", false },
		{ "[", "]", false },
		{ "{\"category\":\"kube-audit\",\"properties\":{\"log\":", ",\"pod\":\"p\"}}", true },
		{ "{\"category\":\"kube-audit\",\"properties\":{\"log\":", ",\"pod\":\"p\"}}", false },
		{ "{\"timestamp\":1735787046000,\"message\":", ",\"ingestionTime\":1}", true },
		{ "{\"events\":[{\"timestamp\":1735787046000,\"message\":", "}]}", true },
		{ "{\"@timestamp\":\"2025-01-02 03:04:06.000\",\"@message\":", "}", true },
		{ "{\"log\":", ",\"stream\":\"stdout\",\"time\":\"2025-01-02T03:04:06Z\"}", true },
	};

	for (size_t i = 0; i < sizeof(w) / sizeof(*w); i++) {
		struct mg_buf     b = { 0 };
		struct mg_partial p;
		size_t            n;

		mg_buf_addz(&b, w[i].before);
		if (w[i].quoted)
			mg_buf_json(&b, MG_STR(OK_EVENT("1") "\n"));
		else
			mg_buf_addz(&b, OK_EVENT("1"));
		mg_buf_addz(&b, w[i].after);
		mg_buf_addc(&b, '\n');
		p = consume_any(mg_buf_str(&b), 1 << 20);
		if (p.stats.bad || !p.audit || mg_requests_count(p.audit) != 1)
			fail_msg("%s: %u bad: %s", w[i].before, (unsigned)p.stats.bad,
				 p.stats.diags[0].msg);
		assert_true(mg_str_eq(mg_requests_text(p.audit, mg_requests_groups(p.audit, &n)->user),
				      MG_STR("u")));
		assert_int_equal(mg_requests_groups(p.audit, &n)->line, 1);
		release(&p);
		mg_buf_release(&b);
	}
}

/* Blanks after every bracket and comma outside strings: what jq prints, more or less. */
static void pretty(struct mg_buf *b, const char *z)
{
	int  depth = 0;
	bool string = false;

	for (; *z; z++) {
		if (*z == '"')
			string = !string;
		depth += !string && (*z == '{' || *z == '[');
		if (!string && (*z == '}' || *z == ']')) {
			depth--;
			mg_buf_printf(b, "\n%*s", depth * 2, "");
		}
		mg_buf_addc(b, *z);
		if (!string && (*z == '{' || *z == '[' || *z == ','))
			mg_buf_printf(b, "\n%*s", depth * 2, "");
	}
	mg_buf_addc(b, '\n');
}

static void test_documents(void **state)
{
	struct mg_buf b = { 0 };

	pretty(&b, OK_EVENT("1"));
	mg_buf_addz(&b, "{\n  \"kind\": \"Event\",\n  \"torn\": [\n");
	pretty(&b, OK_EVENT("2"));
	pretty(&b, "{\"kind\":\"EventList\",\"items\":[" OK_EVENT("3") "," OK_EVENT("4") "]}");
	mg_buf_addz(&b, OK_EVENT("5") "\n" OK_EVENT("6") OK_EVENT("7") "\n\n");
	mg_buf_addz(&b, "[\n" OK_EVENT("8") ",\n" OK_EVENT("9") "\n]\n");
	for (size_t size = 1; size < b.n * 2; size = size * 3 + 1) {
		struct mg_partial p = consume_any(mg_buf_str(&b), size);

		assert_int_equal(p.stats.records, 9);
		assert_int_equal(p.stats.bad, 1);
		release(&p);
	}
	mg_buf_release(&b);
}

static void test_cri_partial_lines(void **state)
{
	struct mg_buf     b = { 0 };
	struct mg_str     e = MG_STR(OK_EVENT("1"));
	struct mg_partial p;

	for (int i = 0; i < 3; i++)
		mg_buf_printf(&b, "2025-01-02T03:04:06.1Z stdout P %.*s\n"
			      "2025-01-02T03:04:06.1Z stdout P %.*s\n"
			      "2025-01-02T03:04:06.1Z stdout F %.*s\n", 100, e.p, 50, e.p + 100,
			      (int)e.n - 150, e.p + 150);
	for (size_t size = 1; size < 2000; size *= 7) {
		p = consume_any(mg_buf_str(&b), size);
		assert_int_equal(p.stats.records, 3);
		assert_int_equal(p.stats.bad, 0);
		assert_int_equal(p.stats.lines, 9);
		release(&p);
	}
	mg_buf_release(&b);
}

static void test_bad_lines_are_located(void **state)
{
	static const char text[] = OK_EVENT("1") "\n"
				   "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"lev\n"
				   "no json here\n"
				   "\n"
				   "{\"kind\":\"Event\",\"a" OK_EVENT("2") "\n" /* torn, appended to */
				   "{\"kind\":\"AdmissionReview\"}\n" OK_EVENT("3") "trailing\n"
				   "\0\0\0" OK_EVENT("4") "\n"
				   "{\"a\":\"\0\"}\n" OK_EVENT("5");
	struct mg_partial p = consume(&mg_consumer_audit, mg_str(text, sizeof(text) - 1), 300);

	assert_int_equal(p.stats.records, 5);
	assert_int_equal(p.stats.bad, 6);
	assert_int_equal(p.stats.other, 1);
	assert_int_equal(p.stats.lines, 10);
	assert_int_equal(p.stats.diags[0].line, 2);
	assert_int_equal(p.stats.diags[0].byte, 51);
	assert_string_equal(p.stats.diags[0].msg, "string is not closed");
	assert_int_equal(p.stats.diags[1].line, 3);
	assert_int_equal(p.stats.diags[2].line, 5);
	assert_int_equal(p.stats.diags[3].line, 6);
	assert_int_equal(p.stats.diags[4].line, 7);
	assert_int_equal(p.stats.diags[5].line, 9);
	release(&p);
}

static void test_ten_megabyte_line(void **state)
{
	struct mg_buf     b = { 0 };
	struct mg_partial p;

	mg_buf_addz(&b, HEAD "\"auditID\":\"1\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/");
	for (int i = 0; i < 10 << 10; i++)
		mg_buf_printf(&b, "%01024d", i);
	mg_buf_addz(&b, "\",\"verb\":\"get\",\"user\":{}}\n" OK_EVENT("2"));
	p = consume_any(mg_buf_str(&b), 1 << 20);
	assert_int_equal(p.stats.records, 2);
	assert_int_equal(p.stats.bad, 0);
	assert_int_equal(mg_requests_count(p.audit), 2);
	release(&p);
	mg_buf_release(&b);
}

/* --- recorded data ------------------------------------------------------------------- */

static bool slurp(const char *command, struct mg_buf *b)
{
	FILE  *f = popen(command, "r");
	char   chunk[65536];
	size_t n;

	mg_buf_clear(b);
	while (f && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		mg_buf_add(b, mg_str(chunk, n));
	return f && pclose(f) == 0 && b->n;
}

static const char *shared(void)
{
	const char *dir = getenv("MG_SHARED");

	return dir ? dir : "../shared";
}

/* All audit lines of a recorded incident. */
static bool incident(const char *name, struct mg_buf *b)
{
	char cmd[2048];

	snprintf(cmd, sizeof(cmd),
		 "set -e; d=$(mktemp -d); trap 'rm -rf $d' EXIT; f=$(ls "
		 "'%s'/data/incidents/%s/*.tar* 2>/dev/null | head -1);"
		 "[ -n \"$f\" ] || exit 1; tar xf \"$f\" -C $d; "
		 "find $d -path '*audit_logs*' -type f | LC_ALL=C sort | while read x; do "
		 "case $x in "
		 "*audit*.gz) gzip -dc $x;; *audit*.log) cat $x;; esac; done",
		 shared(), name);
	return slurp(cmd, b);
}

static uint64_t group_count(struct mg_requests *r, struct mg_str user, uint32_t code)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(r, &n);
	uint64_t                       sum = 0;

	for (size_t i = 0; i < n; i++)
		if (g[i].code == code && mg_str_eq(mg_requests_text(r, g[i].user), user))
			sum += g[i].count;
	return sum;
}

static void test_forbidden_storm(void **state)
{
	struct mg_buf     b = { 0 };
	struct mg_partial p, small;
	size_t            n;

	if (!incident("forbidden-storm", &b)) {
		print_message("SKIP: no forbidden-storm under %s/data/incidents\n", shared());
		skip();
	}
	p = consume(&mg_consumer_audit, mg_buf_str(&b), 1 << 20);
	assert_int_equal(p.stats.records, 35564);
	assert_int_equal(p.stats.bad, 0);
	assert_int_equal(group_count(p.audit, MG_STR("system:serviceaccount:openshift-example-"
						     "sysdig-agent:sysdig-agent"), 403), 9000);
	assert_int_equal(group_count(p.audit, MG_STR(""), 401), 700);
	assert_int_equal(mg_requests_groups(p.audit, &n)[0].count, 9000);

	/* the size of a block changes nothing that is counted */
	small = consume(&mg_consumer_audit_docs, mg_buf_str(&b), 5000);
	assert_int_equal(mg_requests_count(small.audit), mg_requests_count(p.audit));
	for (size_t i = 0, m; i < n; i++) {
		const struct mg_request_group *x = mg_requests_groups(p.audit, &m) + i;
		const struct mg_request_group *y = mg_requests_groups(small.audit, &m) + i;

		assert_int_equal(m, n);
		assert_true(mg_str_eq(mg_requests_text(p.audit, x->pattern),
				      mg_requests_text(small.audit, y->pattern)));
		assert_int_equal(x->count, y->count);
		assert_int_equal(x->latency_sum, y->latency_sum);
		assert_int_equal(x->line, y->line);
	}
	release(&small);
	release(&p);
	mg_buf_release(&b);
}

static void test_real_files(void **state)
{
	static const struct {
		const char *path;
		uint64_t    records, requests, bad;
	} t[] = {
		{ "v1beta1-demo.log", 757, 437, 0 },
		{ "ocp-4.12-requestresponse.log", 100, 92, 0 },
		{ "wrapped/audit-deletecollection-official-raw-hollow.json", 1, 1, 0 },
		{ "wrapped/audit-deletecollection-proxy-raw-listbody.json", 1, 1, 0 },
		{ "wrapped/raw_audit_kubernetes.json", 1, 1, 0 },
		{ "wrapped/viaq_audit_kubernetes.json", 1, 1, 0 },
		{ "falco/fal_01_003.json", 0, 0, 1 },
		{ "falco/create_cluster_role_pod_exec.json", 1, 1, 0 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_buf     b = { 0 };
		struct mg_partial p;
		char              cmd[1024];

		snprintf(cmd, sizeof(cmd), "cat '%s/data/audit/%s' 2>/dev/null", shared(), t[i].path);
		if (!slurp(cmd, &b)) {
			print_message("SKIP: no %s/data/audit/%s\n", shared(), t[i].path);
			skip();
		}
		p = consume_any(mg_buf_str(&b), 1 << 20);
		if (p.stats.records != t[i].records || p.stats.bad != t[i].bad ||
		    (p.audit ? mg_requests_count(p.audit) : 0) != t[i].requests)
			fail_msg("%s: %u records, %u requests, %u bad (%s)", t[i].path,
				 (unsigned)p.stats.records,
				 (unsigned)(p.audit ? mg_requests_count(p.audit) : 0),
				 (unsigned)p.stats.bad, p.stats.diags[0].msg);
		release(&p);
		mg_buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_requests_not_lines),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_keeps_the_slowest),
		cmocka_unit_test(test_wrappings),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_cri_partial_lines),
		cmocka_unit_test(test_bad_lines_are_located),
		cmocka_unit_test(test_ten_megabyte_line),
		cmocka_unit_test(test_forbidden_storm),
		cmocka_unit_test(test_real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
