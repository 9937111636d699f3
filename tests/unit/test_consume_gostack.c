/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "event/gostack_log.h"
#include "io/bundle.h"
#include "objects_feed.h"

#define INCIDENT "testdata/etcd-stall-deletecollection"

static void name_times(void **state)
{
	static const struct {
		const char *name, *time;
	} t[] = {
		{ "20261121T031207Z-kube-apiserver-goroutine-debug2.txt", "2026-11-21T03:12:07Z" },
		{ "goroutine-2026-11-21T03:12:07Z.txt", "2026-11-21T03:12:07Z" },
		{ "goroutine_2026-11-21_03-12-07.txt", "2026-11-21T03:12:07Z" },
		{ "x-20261121-031207", "2026-11-21T03:12:07Z" },
		{ "debug2.20261121T031207.gz", "2026-11-21T03:12:07Z" },
	};
	static const char *const none[] = { "goroutine.txt", "pprof-1234567", "20261121", "", "20261321T031207Z",
					    "120261121T031207Z", "20261121T0312079Z" };
	char    buf[40];
	int64_t ns;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_true(mg_gostack_name_time(mg_strz(t[i].name), &ns));
		assert_string_equal(mg_time_format(ns, 0, buf, sizeof(buf)), t[i].time);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(mg_gostack_name_time(mg_strz(none[i]), &ns));
}

static void file_times(void **state)
{
	struct mg_source    s = { .path = MG_STR("profiles/20261121T031207Z/goroutine.txt"), .mtime_ns = 5 };
	struct mg_dump_time t = mg_gostack_file_time(&s);

	assert_int_equal(t.ns, INT64_C(1795230727) * MG_SEC);
	s.path = MG_STR("goroutine.txt");
	assert_int_equal(mg_gostack_file_time(&s).ns, 5);
	assert_int_equal(mg_gostack_file_time(&s).source, MG_TIME_DERIVED);
	s.mtime_ns = MG_TIME_NONE;
	assert_int_equal(mg_gostack_file_time(&s).source, MG_TIME_UNKNOWN);
}

/* The recorded leak, dump by dump, whatever the block size. */
static void check_dump(const char *name, json_t *want, struct mg_str text, size_t block)
{
	struct mg_source       src = { .path = mg_strz(name), .mtime_ns = MG_TIME_NONE };
	struct mg_partial      p;
	const struct mg_event *e;

	feed(&mg_consumer_gostack, &src, text, block, &p);
	e = find_kind(&p.events, MG_EV_GOROUTINE_DUMP, 0);
	assert_int_equal(mg_event_attr_i64(e, "total", -1),
			 json_integer_value(json_object_get(want, "total")));
	assert_int_equal(p.stats.bad, 0);
	e = find_kind(&p.events, MG_EV_GOROUTINE_STUCK, 0);
	while (e && !attr_is(e, "signature", "deletecollection-distributor"))
		e = ++e < p.events.ev + p.events.n ? e : NULL;
	assert_int_equal(e ? e->count : 0,
			 json_integer_value(json_object_get(want, "stuck_distributors")));
	feed_release(&p);
}

struct recording {
	json_t *stuck; /* of truth.json: file name -> what was in it */
	int     seen;
};

static bool recorded_leaf(void *ctx, struct mg_leaf *leaf)
{
	struct recording *r = ctx;
	struct mg_str     base = mg_str_basename(leaf->path), chunk;
	struct mg_buf     text = { 0 };
	char              name[256];
	json_t           *want;

	snprintf(name, sizeof(name), "%.*s", MG_FMT(base));
	want = json_object_get(r->stuck, name);
	if (!want)
		return true;
	assert_int_equal(leaf->kind, MG_KIND_GOROUTINE);
	while (mg_src_peek(leaf->src, 1, &chunk, NULL) == MG_OK) {
		mg_buf_add(&text, chunk);
		mg_src_consume(leaf->src, chunk.n);
	}
	check_dump(name, want, mg_buf_str(&text), 1);
	check_dump(name, want, mg_buf_str(&text), 4096);
	check_dump(name, want, mg_buf_str(&text), 1 << 20);
	mg_buf_release(&text);
	r->seen++;
	return true;
}

static void recorded(void **state)
{
	struct mg_bundle_opts o = { .limits = mg_limits_default };
	struct recording      r = { .seen = 0 };
	json_t               *truth = json_load_file(INCIDENT ".truth.json", 0, NULL);
	struct mg_err         err;

	assert_non_null(truth);
	r.stuck = json_object_get(truth, "stuck_goroutines");
	assert_int_equal(mg_bundle_walk(INCIDENT ".tar.gz", &o, recorded_leaf, &r, &err), MG_OK);
	assert_int_equal(r.seen, json_object_size(r.stuck));
	json_decref(truth);
}

#define DC "a/vendor/k8s.io/apiserver/pkg/registry/generic/registry.(*Store).DeleteCollection"

static void stuck_events(void **state)
{
	static const char text[] =
		"goroutine 10 [chan send, 43 minutes]:\n" DC ".func1(0x1)\n\t/x/store.go:1036 +0x99\n"
		"created by " DC "\n\t/x/store.go:1031 +0x2\n\n"
		"goroutine 11 [semacquire, 12 minutes]:\nsync.runtime_SemacquireMutex(0x1)\n"
		"\tsema.go:1 +0x1\n"
		"main.lock()\n\t/x/a.go:2 +0x1\n\n"
		"goroutine 12 [chan receive, 900 minutes]:\nmain.idle()\n\t/x/a.go:3 +0x1\n";
	struct mg_source       src = { .path = MG_STR("20261121T100000Z.txt"), .mtime_ns = MG_TIME_NONE,
				       .artifact = 7, .component = MG_STR("kube-apiserver") };
	struct mg_partial      p;
	const struct mg_event *e;

	feed(&mg_consumer_gostack, &src, MG_STR(text), 1 << 20, &p);
	assert_int_equal(p.events.n, 3);
	e = find_kind(&p.events, MG_EV_GOROUTINE_DUMP, 0);
	assert_true(attr_is(e, "total", "3") && attr_is(e, "blocked", "2"));
	assert_true(attr_is(e, "process", "kube-apiserver"));
	assert_int_equal(e->time_source, MG_TIME_DERIVED);
	e = find_kind(&p.events, MG_EV_GOROUTINE_STUCK, 0);
	assert_true(attr_is(e, "state", "semacquire") && attr_is(e, "signature", ""));
	assert_true(attr_is(e, "function", "main.lock") && attr_is(e, "location", "/x/a.go:2"));
	e = find_kind(&p.events, MG_EV_GOROUTINE_STUCK, 1);
	assert_true(attr_is(e, "signature", "deletecollection-distributor"));
	assert_true(attr_is(e, "goroutines", "10") && attr_is(e, "wait_max_minutes", "43"));
	assert_int_equal(e->line, 1);
	assert_int_equal(e->artifact, 7);
	assert_int_equal(e->severity, MG_SEV_ERROR);
	assert_int_equal(e->duration_ns, 43 * MG_MIN);
	assert_int_equal(mg_event_end(e), mg_event_attr_i64(e, "dump_ns", 0));
	feed_release(&p);
}

/* --- signatures --------------------------------------------------------------------------- */

/* `n` goroutines of one shape. */
static void add_goroutines(struct mg_buf *t, int n, const char *header, const char *stack, const char *creator)
{
	for (int i = 0; i < n; i++) {
		mg_buf_printf(t, "goroutine %d [%s]:\n%s(0x%x)\n\tx.go:1 +0x1\n", 100 + i, header, stack, i);
		if (creator)
			mg_buf_printf(t, "created by %s\n\tx.go:2 +0x1\n", creator);
		mg_buf_addc(t, '\n');
	}
}

#define REG "k8s.io/apiserver/pkg/registry/generic/registry.(*Store).DeleteCollection"
#define NEXT "(0x1)\n\tx.go:1 +0x1\n"

static void signatures(void **state)
{
	static const struct {
		const char *name; /* NULL: nothing notable */
		int         n;
		const char *header, *stack, *creator;
	} t[] = {
		{ "deletecollection-distributor", 1, "chan send", REG ".func1", REG },
		{ "deletecollection-worker", 1, "select",
		  "google.golang.org/grpc/internal/transport.(*recvBufferReader).readClient" NEXT
		  "go.etcd.io/etcd/client/v3.(*txn).Commit" NEXT REG ".func2", REG },
		{ "deletecollection-caller", 1, "semacquire",
		  "sync.runtime_Semacquire" NEXT "sync.(*WaitGroup).Wait" NEXT REG, "x.serve" },
		{ "handler-past-timeout", 1, "chan receive",
		  "k8s.io/apiserver/pkg/server/filters.(*timeoutHandler).ServeHTTP.func2.1",
		  "k8s.io/apiserver/pkg/server/filters.(*timeoutHandler).ServeHTTP.func2" },
		{ "watch-cache-dispatch", 1, "chan send, 2 minutes",
		  "k8s.io/apiserver/pkg/storage/cacher.(*Cacher).processEvent", NULL },
		{ "watch-cache-dispatch", 1, "select, 1 minutes",
		  "k8s.io/apiserver/pkg/storage/cacher.(*cacheWatcher).add" NEXT
		  "k8s.io/apiserver/pkg/storage/cacher.(*Cacher).dispatchEvent", NULL },
		/* its idle wait for events */
		{ NULL, 1, "select, 900 minutes", "k8s.io/apiserver/pkg/storage/cacher.(*Cacher).dispatchEvents",
		  NULL },
		{ NULL, 4, "select", "k8s.io/apiserver/pkg/storage/cacher.(*cacheWatcher).add", NULL },
		{ "webhook-wait", 10, "select",
		  "net/http.(*persistConn).roundTrip" NEXT
		  "k8s.io/apiserver/pkg/admission/plugin/webhook/mutating.(*mutatingDispatcher).callHook",
		  NULL },
		{ NULL, 9, "select",
		  "k8s.io/apiserver/pkg/admission/plugin/webhook/mutating.(*mutatingDispatcher).callHook",
		  NULL },
		{ "apf-queue-wait", 10, "select",
		  "k8s.io/apiserver/pkg/util/flowcontrol/fairqueuing/promise.(*promise).Get", NULL },
		{ "etcd-wait", 5, "select",
		  "google.golang.org/grpc/internal/transport.(*Stream).waitOnHeader" NEXT
		  "go.etcd.io/etcd/clientv3.(*txn).Commit" NEXT
		  "k8s.io/apiserver/pkg/storage/etcd3.(*store).GuaranteedUpdate", NULL },
		{ "etcd-wait", 1, "select, 1 minutes", "go.etcd.io/etcd/client/v3.(*txn).Commit", NULL },
		{ NULL, 4, "select", "k8s.io/apiserver/pkg/storage/etcd3.(*store).GetList", NULL },
		{ "mutex-convoy", 50, "semacquire", "sync.runtime_SemacquireMutex" NEXT "a/b.(*Cache).Get", NULL },
		{ "mutex-convoy", 50, "sync.Mutex.Lock", "sync.(*Mutex).Lock" NEXT "a/b.(*Cache).Get", NULL },
		{ NULL, 49, "semacquire", "sync.runtime_SemacquireMutex" NEXT "a/b.(*Cache).Get", NULL },
		{ "blocked-senders", 10, "chan send, 10 minutes", "a/b.produce", "a/b.New" },
		{ NULL, 10, "chan send, 9 minutes", "a/b.produce", "a/b.New" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_source       src = { .path = MG_STR("20261121T100000Z.txt"), .mtime_ns = MG_TIME_NONE };
		struct mg_buf          text = { 0 };
		struct mg_partial      p;
		const struct mg_event *e;

		add_goroutines(&text, t[i].n, t[i].header, t[i].stack, t[i].creator);
		feed(&mg_consumer_gostack, &src, mg_buf_str(&text), 1 << 20, &p);
		e = find_kind(&p.events, MG_EV_GOROUTINE_STUCK, 0);
		if (!t[i].name != !e || (e && !attr_is(e, "signature", t[i].name)))
			fail_msg("row %zu: expected %s", i, t[i].name ? t[i].name : "nothing");
		if (e) {
			assert_int_equal(e->count, t[i].n);
			assert_true(mg_event_attr(e, "explanation").n > 40);
		}
		feed_release(&p);
		mg_buf_release(&text);
	}
}

/* Late senders of one creator are one finding, whatever they send; those of another are not. */
static void senders(void **state)
{
	struct mg_source       src = { .path = MG_STR("20261121T100000Z.txt"), .mtime_ns = MG_TIME_NONE };
	struct mg_buf          text = { 0 };
	struct mg_partial      p;
	const struct mg_event *e;

	add_goroutines(&text, 6, "chan send, 12 minutes", "a/b.produce", "a/b.New");
	add_goroutines(&text, 5, "chan send, 43 minutes", "a/b.other", "a/b.New");
	add_goroutines(&text, 3, "chan send, 11 minutes", "c/d.lone", "c/d.New");
	feed(&mg_consumer_gostack, &src, mg_buf_str(&text), 64, &p);
	assert_int_equal(count_kind(&p.events, MG_EV_GOROUTINE_STUCK), 2);
	e = find_kind(&p.events, MG_EV_GOROUTINE_STUCK, 0);
	assert_true(attr_is(e, "function", "c/d.lone") && attr_is(e, "signature", ""));
	e = find_kind(&p.events, MG_EV_GOROUTINE_STUCK, 1);
	assert_true(attr_is(e, "signature", "blocked-senders"));
	assert_true(attr_is(e, "created_by", "a/b.New") && attr_is(e, "wait_max_minutes", "43"));
	assert_int_equal(e->count, 11);
	assert_int_equal(e->duration_ns, 43 * MG_MIN);
	feed_release(&p);
	mg_buf_release(&text);
}

/* --- several dumps in a file ----------------------------------------------------------------- */

#define WRITER "runtime/pprof.writeGoroutineStacks(0x1)\n\tpprof.go:693 +0x1\n"

static void several(void **state)
{
	static const char text[] =
		"goroutine 5 [running]:\n" WRITER "\ngoroutine 1 [select]:\nmain.main()\n\tx.go:1 +0x1\n\n"
		"goroutine 6 [running]:\n" WRITER "\ngoroutine 1 [select]:\nmain.main()\n\tx.go:1 +0x1\n\n"
		"goroutine 7 [select]:\nmain.main()\n\tx.go:1 +0x1\n"
		"\nfatal error: stack overflow\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:1 +0x1\n\n"
		"goroutine profile: total 3\n3 @ 0x1\n#\t0x1\tmain.f+0x1\tx.go:1\n\n";
	static const char *const totals[] = { "2", "3", "1", "3" };
	static const uint64_t    lines[] = { 1, 9, 23, 28 };

	for (size_t block = 1; block < sizeof(text) + 50; block += 50) {
		struct mg_source  src = { .path = MG_STR("x.txt"), .mtime_ns = 5 };
		struct mg_partial p;

		feed(&mg_consumer_gostack, &src, MG_STR(text), block, &p);
		assert_int_equal(count_kind(&p.events, MG_EV_GOROUTINE_DUMP), 4);
		for (size_t i = 0; i < 4; i++) {
			const struct mg_event *e = find_kind(&p.events, MG_EV_GOROUTINE_DUMP, i);

			assert_true(attr_is(e, "total", totals[i]));
			assert_int_equal(e->line, lines[i]);
		}
		assert_int_equal(p.stats.bad, 0);
		feed_release(&p);
	}
}

/* --- in logs -------------------------------------------------------------------------------- */

/* Lines of a log with an RFC 3339 prefix; returns how many were taken for a stack. */
static size_t feed_log(struct mg_str log, struct mg_batch *out)
{
	struct mg_source   src = { .mtime_ns = MG_TIME_NONE };
	struct mg_gostack *g = mg_gostack_new();
	struct mg_str      line;
	size_t             taken = 0;
	uint64_t           n = 0;

	while (log.n) {
		struct mg_line l = { .lineno = ++n, .time_source = MG_TIME_EXACT };
		size_t         used;
		char          *copy;

		mg_str_cut(log, '\n', &line, &log);
		if (mg_time_parse(line, &l.time_ns, &used, NULL))
			line = mg_str_from(line, used + 1);
		copy = mg_strndup(line.p ? line.p : "", line.n);
		l.text = mg_str(copy, line.n);
		taken += mg_gostack_line(g, &src, &l, out);
		free(copy);
	}
	mg_gostack_flush(g, &src, out);
	mg_gostack_free(g);
	return taken;
}

static void in_log(void **state)
{
	static const char text[] =
		"2026-11-21T03:12:36.177721516Z F1121 03:12:36.177528 1324 x.go:294] leaderelection lost\n"
		"2026-11-21T03:12:36.225201632Z goroutine 1 [running]:\n"
		"2026-11-21T03:12:36.225201633Z k8s.io/klog.stacks(0x1)\n"
		"2026-11-21T03:12:36.225201634Z \tklog.go:1 +0x1\n"
		"2026-11-21T03:12:36.225201635Z \n"
		"2026-11-21T03:12:36.225201636Z goroutine 6 [chan send, 20 minutes]:\n"
		"2026-11-21T03:12:36.225201637Z main.stuck(0x1)\n"
		"2026-11-21T03:12:36.225201638Z \tmain.go:1 +0x1\n"
		"2026-11-21T03:12:36.225201639Z I1121 03:12:36.177802 1324 reflector.go:225] "
		"Stopping reflector\n"
		"2026-11-21T03:12:36.225201640Z main.other(0x1)\n";
	struct mg_batch        out = { 0 };
	const struct mg_event *e;

	assert_int_equal(feed_log(MG_STR(text), &out), 7);
	assert_int_equal(out.n, 2);
	e = find_kind(&out, MG_EV_GOROUTINE_DUMP, 0);
	assert_true(attr_is(e, "total", "2"));
	assert_int_equal(e->line, 2);
	assert_int_equal(e->time_source, MG_TIME_EXACT);
	e = find_kind(&out, MG_EV_GOROUTINE_STUCK, 0);
	assert_true(attr_is(e, "function", "main.stuck"));
	assert_int_equal(e->line, 6);
	mg_batch_release(&out);
}

static void not_a_dump(void **state)
{
	static const char text[] =
		"I1121 03:26:02 9765 httplog.go:89] \"HTTP\" resp=500 statusStack=\"\\ngoroutine "
		"21154 [running]:\\nk8s.io/x\"\n"
		"E1121 panic: assignment to nil map\n"
		"goroutine 367905912 [running]:\nmain.handler(0x1)\n\tx.go:1 +0x1\n"
		"E1121 another panic\n"
		"goroutine 367905913 [running]:\nmain.handler(0x1)\n\tx.go:1 +0x1\n";
	struct mg_batch out = { 0 };

	assert_int_equal(feed_log(MG_STR(text), &out), 6);
	assert_int_equal(out.n, 0);
	mg_batch_release(&out);
}

/* Another writer's lines between two goroutines do not make two dumps. */
static void interrupted(void **state)
{
	static const char text[] = "goroutine 1 [running]:\nmain.a()\n\ta.go:1 +0x1\n\n"
				   "goroutine 2 [select]:\nmain.b()\nI1121 interleaved\n\ta.go:1 +0x1\n\n"
				   "goroutine 3 [select]:\nmain.c()\n\ta.go:1 +0x1\n";
	struct mg_batch out = { 0 };

	feed_log(MG_STR(text), &out);
	assert_int_equal(count_kind(&out, MG_EV_GOROUTINE_DUMP), 1);
	assert_true(attr_is(&out.ev[0], "total", "3"));
	mg_batch_release(&out);
}

/* A kubelet's time stamp in the middle of lines. */
static void torn(void **state)
{
	static const char text[] =
		"goroutine 1 [running]:\nma2021-08-03T09:23:52.352730619Z in.a()\n\ta.go:1 +0x1\n\n"
		"gorou2021-08-03T09:23:52.352730620Z tine 2 [chan send, 11 minutes]:\nmain.b()\n"
		"\t/a/b2021-08-03T09:23:52.3527Z .go:12 +0x1\n";
	struct mg_batch out = { 0 };

	feed_log(MG_STR(text), &out);
	assert_int_equal(out.n, 2);
	assert_true(attr_is(&out.ev[0], "total", "2"));
	assert_true(attr_is(&out.ev[1], "location", "/a/b.go:12"));
	mg_batch_release(&out);
}

static int64_t count_of(struct mg_str s, const char *needle)
{
	int64_t   n = 0;
	ptrdiff_t at;

	for (; (at = mg_str_find(s, mg_strz(needle))) >= 0; n++)
		s = mg_str_from(s, (size_t)at + 1);
	return n;
}

static void real_previous_log(void **state)
{
	char            path[512];
	struct mg_batch out = { 0 };
	struct mg_str   log;

	if (!shared("data/goroutine/ocp-aws-csi-provisioner-previous.log", path, sizeof(path))) {
		print_message("no log with a dump below $MG_SHARED: skipped\n");
		skip();
	}
	log = read_file(path);
	feed_log(log, &out);
	assert_int_equal(count_kind(&out, MG_EV_GOROUTINE_DUMP), 1);
	/* Frames of it are torn by time stamps, no header is. */
	assert_int_equal(mg_event_attr_i64(&out.ev[0], "total", -1), count_of(log, "Z goroutine "));
	free((char *)log.p);
	mg_batch_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_times), cmocka_unit_test(file_times), cmocka_unit_test(recorded),
		cmocka_unit_test(stuck_events), cmocka_unit_test(signatures),
		cmocka_unit_test(senders), cmocka_unit_test(several),
		cmocka_unit_test(in_log), cmocka_unit_test(not_a_dump),
		cmocka_unit_test(interrupted), cmocka_unit_test(torn), cmocka_unit_test(real_previous_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
