/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "objects_feed.h"
#include "parse/gobuckets.h"

static void assert_text(struct mg_str s, const char *want)
{
	assert_int_equal(s.n, strlen(want));
	assert_memory_equal(s.n ? s.p : "", want, s.n);
}

/* --- lines ------------------------------------------------------------------------------ */

static void headers(void **state)
{
	static const struct {
		const char *line, *state;
		uint64_t    id;
		uint32_t    minutes;
		bool        locked;
	} t[] = {
		{ "goroutine 1 [running]:", "running", 1, 0, false },
		{ "goroutine 255744 [chan send, 4 minutes]:", "chan send", 255744, 4, false },
		{ "goroutine 7 [select, 3 minutes, locked to thread]:", "select", 7, 3, true },
		{ "goroutine 7 [sleep, locked to thread]:\r", "sleep", 7, 0, true },
		{ "goroutine 9 [select (no cases), 12 minutes]:", "select (no cases)", 9, 12, false },
		{ "goroutine 9 [chan receive (nil chan)]:", "chan receive (nil chan)", 9, 0, false },
		{ "goroutine 5 [IO wait (scan), 2 minutes]:", "IO wait", 5, 2, false },
		{ "goroutine 5 gp=0xc000007c00 m=3 mp=0xc000080008 [syscall]:", "syscall", 5, 0, false },
		{ "goroutine 5 gp=0xc000007c00 m=nil [select, 1 minutes]:", "select", 5, 1, false },
		{ "goroutine 8 [chan receive, synctest bubble 1, 5 minutes]:", "chan "
		  "receive", 8, 5, false },
		{ "goroutine 18446744073709551615 [running]:", "running", UINT64_MAX, 0, false },
		{ "goroutine 3 [select, 99999999999 minutes]:", "select", 3, MG_GOWAIT_MAX, false },
	};
	static const char *const not_one[] = {
		"goroutine 1 [running]", "goroutine x [running]:", "goroutine 1 []:", "goroutine 1:",
		" goroutine 1 [running]:", "goroutine 1 is [stuck]:", "goroutine 1 [",
		"goroutine profile: total 12", "goroutine 99999999999999999999 [running]:",
		"statusStack=\"\\ngoroutine 21154 [running]:\\nk8s.io/x\"", "goroutine ",
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_goheader h;

		assert_true(mg_goheader_parse(mg_strz(t[i].line), &h));
		assert_text(h.state, t[i].state);
		assert_int_equal(h.id, t[i].id);
		assert_int_equal(h.minutes, t[i].minutes);
		assert_int_equal(h.locked, t[i].locked);
		assert_int_equal(mg_goline_kind(mg_strz(t[i].line)), MG_GOLINE_HEADER);
	}
	for (size_t i = 0; i < sizeof(not_one) / sizeof(not_one[0]); i++) {
		struct mg_goheader h;

		assert_false(mg_goheader_parse(mg_strz(not_one[i]), &h));
		assert_int_not_equal(mg_goline_kind(mg_strz(not_one[i])), MG_GOLINE_HEADER);
	}
}

static void functions(void **state)
{
	static const char *const t[][2] = {
		{ "main.main()", "main.main" },
		{ "pkg.(*T).M(0xc000c4c790?, {0x1, 0x2}, ...)", "pkg.(*T).M" },
		{ "a/b.(*S).F.func1.2({0x7f7b10b361f8, 0xc0101063b0})", "a/b.(*S).F.func1.2" },
		{ "panic({0x12081c0, 0x1290cd0})\r", "panic" },
		{ "slices.SortFunc[...](0x1, 0x2)", "slices.SortFunc[...]" },
		{ "internal/poll.(*pollDesc).waitRead(...)", "internal/poll.(*pollDesc).waitRead" },
		{ "gopkg%2ein/yaml%2ev2.Unmarshal(0x1)", "gopkg%2ein/yaml%2ev2.Unmarshal" },
	};
	static const char *const bad[] = { "main.main)(", "main.main", "(0x1)", "two words(0x1)", "", ")" };

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_text(mg_goline_func(mg_strz(t[i][0])), t[i][1]);
		assert_int_equal(mg_goline_kind(mg_strz(t[i][0])), MG_GOLINE_FUNC);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(mg_goline_func(mg_strz(bad[i])).n, 0);
	assert_text(mg_goline_created(MG_STR("created by a/b.(*S).F")), "a/b.(*S).F");
	assert_text(mg_goline_created(MG_STR("created by a/b.(*S).F in goroutine 12")), "a/b.(*S).F");
	assert_int_equal(mg_goline_created(MG_STR("created 12")).n, 0);
}

static void files(void **state)
{
	static const struct {
		const char *line, *file;
		uint32_t    number;
	} t[] = {
		{ "\tk8s.io/store.go:1036 +0x99", "k8s.io/store.go", 1036 },
		{ "\t/a b/c.go:7", "/a b/c.go", 7 },
		{ "        runtime/panic.go:1198 +0x71 fp=0xc00a472f20 sp=0xc00a472ef0 pc=0x5648cf1e3371",
		  "runtime/panic.go", 1198 },
		{ "\tC:/Users/x/pprof.go:693 +0x9f\r", "C:/Users/x/pprof.go", 693 },
		{ "#011/usr/src/server.go:2109 +0x2f", "/usr/src/server.go", 2109 },
	};
	struct mg_str f;
	uint32_t      n;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_true(mg_goline_file(mg_strz(t[i].line), &f, &n));
		assert_text(f, t[i].file);
		assert_int_equal(n, t[i].number);
		assert_int_equal(mg_goline_kind(mg_strz(t[i].line)), MG_GOLINE_FILE);
	}
	assert_false(mg_goline_file(MG_STR("\tno number"), &f, &n));
	assert_false(mg_goline_file(MG_STR("x.go:12"), &f, &n));
	assert_false(mg_goline_file(MG_STR("\tx.go:99999999999"), &f, &n));
}

static void other_lines(void **state)
{
	assert_int_equal(mg_goline_kind(MG_STR("")), MG_GOLINE_BLANK);
	assert_int_equal(mg_goline_kind(MG_STR("\r")), MG_GOLINE_BLANK);
	assert_int_equal(mg_goline_kind(MG_STR("...additional frames elided...")), MG_GOLINE_ELIDED);
	assert_int_equal(mg_goline_kind(MG_STR("...23 frames elided...")), MG_GOLINE_ELIDED);
	assert_int_equal(mg_goline_kind(MG_STR("[originating from goroutine 24]:")), MG_GOLINE_ANCESTOR);
	assert_int_equal(mg_goline_kind(MG_STR("\tgoroutine running on other thread; stack unavailable")),
			 MG_GOLINE_NOTE);
	assert_int_equal(mg_goline_kind(MG_STR("non-Go function at pc=0x12")), MG_GOLINE_NOTE);
	assert_int_equal(mg_goline_kind(MG_STR("rax    0x0")), MG_GOLINE_OTHER);
	assert_int_equal(mg_goline_kind(MG_STR("I1121 03:12:36.177802    1324 reflector.go:225] Stopping")),
			 MG_GOLINE_OTHER);
	assert_int_equal(mg_goline_kind(MG_STR("fatal error: concurrent map writes")), MG_GOLINE_OTHER);
}

static void names(void **state)
{
	char buf[64];

	assert_text(mg_gofunc_strip(MG_STR("github.com/openshift/origin/vendor/k8s.io/kubernetes/vendor/"
					   "k8s.io/apiserver/x.F")), "k8s.io/apiserver/x.F");
	assert_text(mg_gofunc_strip(MG_STR("vendor/golang.org/x/net/http2.F")), "golang.org/x/net/http2.F");
	assert_text(mg_gofunc_strip(MG_STR("main.main")), "main.main");
	assert_text(mg_gofunc_clean(MG_STR("a/vendor/gopkg%2ein/yaml%2Ev2.F"), buf, sizeof(buf)),
		    "gopkg.in/yaml.v2.F");
	assert_text(mg_gofunc_clean(MG_STR("abcdef"), buf, 3), "abc");
	assert_text(mg_gofunc_clean(MG_STR("a%2"), buf, sizeof(buf)), "a%2");
}

/* --- buckets ------------------------------------------------------------------------------ */

#define STORE "k8s.io/apiserver/pkg/registry/generic/registry.(*Store).DeleteCollection"
#define STUCK(id, wait, prefix, args)                                                  \
	"goroutine " id " [chan send" wait "]:\n" prefix STORE ".func1(" args ")\n"      \
	"\t/x/store.go:1036 +0x99\ncreated by " prefix STORE "\n\t/x/store.go:1031 +0x2\n"

static const char dump_text[] =
	"goroutine 1 [running]:\nmain.main()\n\t/x/main.go:1 +0x1\n\n"
	STUCK("10", "", "k8s.io/kubernetes/vendor/", "0x1, 0x2") "\n"
	STUCK("11", ", 43 minutes", "k8s.io/kubernetes/vendor/", "0x3, 0x4") "\n"
	STUCK("12", ", 5 minutes", "github.com/openshift/kubernetes/vendor/", "") "\n"
	"goroutine 13 [select]:\n" STORE ".func1()\n\t/x/store.go:9 +0x1\n";

/* The same whatever the pieces are. */
static void buckets(void **state)
{
	size_t len = sizeof(dump_text) - 1;

	for (size_t piece = 1; piece <= len; piece += piece < 64 ? 1 : 97) {
		struct mg_godump d = { 0 };
		uint64_t         line = 1;

		for (size_t at = 0; at < len;) {
			size_t n = piece < len - at ? piece : len - at;
			char  *copy;

			while (at + n < len && dump_text[at + n - 1] != '\n')
				n++;
			copy = mg_strndup(dump_text + at, n);
			line += mg_godump_text(&d, mg_str(copy, n), line);
			memset(copy, 'x', n);
			free(copy);
			at += n;
		}
		mg_godump_end(&d);
		assert_int_equal(d.total, 5);
		assert_int_equal(d.n, 3);
		assert_int_equal(d.bad, 0);
		assert_int_equal(d.b[1].count, 3);
		assert_int_equal(d.b[1].minutes_min, 0);
		assert_int_equal(d.b[1].minutes_max, 43);
		assert_int_equal(mg_hist_quantile(&d.b[1].waits, 0.5), 5);
		assert_int_equal(d.b[1].ten_minutes, 1);
		assert_int_equal(d.b[1].line, 5);
		assert_int_equal(d.b[1].sig, MG_GOSIG_DISTRIBUTOR);
		assert_int_equal(d.b[1].ids[2], 12);
		assert_text(d.b[1].where, STORE ".func1");
		assert_text(d.b[1].created_by, STORE);
		assert_text(d.b[1].file, "/x/store.go");
		assert_int_equal(d.b[1].file_line, 1036);
		assert_true(d.b[1].blocked);
		assert_int_not_equal(d.b[2].sig, MG_GOSIG_DISTRIBUTOR); /* select: not stuck */
		mg_godump_release(&d);
	}
}

static void debug1(void **state)
{
	static const char text[] =
		"goroutine profile: total 13\n"
		"10 @ 0x43aed6 0x40644c 0x405ffd 0x1750719 0x46c2e1\n"
		"#\t0x1750718\tk8s.io/kubernetes/vendor/" STORE ".func1+0x98\tk8s.io/x/store.go:1036\n\n"
		"2 @ 0x1 0x2\n# labels: {\"a\":\"b\"}\n#\t0x1\tmain.a+0x1\t\t/x/a.go:1\n"
		"#\t0x2\tmain.b+0x1\t/x/b.go:2\n\n"
		"1 @ 0x9\n#\t0x9\n";
	struct mg_godump d = { 0 };

	mg_godump_text(&d, MG_STR(text), 1);
	mg_godump_end(&d);
	assert_true(d.debug1);
	assert_int_equal(d.declared, 13);
	assert_int_equal(d.total, 13);
	assert_int_equal(d.bad, 0);
	assert_int_equal(d.n, 3);
	assert_int_equal(d.b[0].count, 10);
	assert_int_equal(d.b[0].sig, MG_GOSIG_DISTRIBUTOR);
	assert_int_equal(d.b[0].file_line, 1036);
	assert_text(d.b[1].where, "main.a");
	mg_godump_release(&d);

	mg_godump_text(&d, MG_STR("goroutine profile: total 9\n4 @ 0x1\n"
				  "#\t0x1\tmain.a+0x1\t/x/a.go:1\n"), 1);
	mg_godump_end(&d);
	assert_int_equal(d.bad, 1); /* cut */
	mg_godump_release(&d);
}

static void damage(void **state)
{
	static const char text[] = "goroutine 1 [running]:\nmain.main()\n\t/x/main.go:152 +0x3d2\n\n"
				   "goroutine 2 [running]:\nmain.main)(\n\t/x/main.go:152 +0x3d2\n\n"
				   "goroutine 3 [running]:\nmain.foo()\n";
	struct mg_godump d = { 0 };

	mg_godump_text(&d, MG_STR(text), 1);
	mg_godump_end(&d);
	assert_int_equal(d.total, 3);
	assert_int_equal(d.bad, 2);
	assert_int_equal(d.faults[0].line, 6);
	assert_int_equal(d.faults[1].line, 9);
	mg_godump_release(&d);
}

static void plumbing(void **state)
{
	static const char text[] =
		"goroutine 4 [semacquire, 12 minutes]:\nsync.runtime_SemacquireMutex(0x1, 0x2, 0x3)\n"
		"\truntime/sema.go:71 +0x47\nsync.(*Mutex).lockSlow(0x1)\n\tsync/mutex.go:138 +0x105\n"
		"sync.(*Mutex).Lock(...)\n\tsync/mutex.go:81\na/b.(*Cache).Get(0x1)\n"
		"\ta/b/cache.go:7 +0x1\n\n"
		"goroutine 5 [semacquire, 12 minutes]:\nsync.runtime_Semacquire(0x1)\n"
		"\truntime/sema.go:56 +0x1\n"
		"sync.(*WaitGroup).Wait(0x1)\n\tsync/waitgroup.go:130 +0x1\nmain.run()\n"
		"\tmain.go:3 +0x1\n\n"
		"goroutine 6 [sync.Cond.Wait, 90 minutes]:\nsync.runtime_notifyListWait(0x1)\n"
		"\tx.go:1 +0x1\n";
	struct mg_godump d = { 0 };

	mg_godump_text(&d, MG_STR(text), 1);
	mg_godump_end(&d);
	assert_int_equal(d.n, 3);
	assert_text(d.b[0].where, "a/b.(*Cache).Get");
	assert_text(d.b[0].file, "a/b/cache.go");
	assert_true(d.b[0].blocked);
	assert_text(d.b[1].where, "main.run");
	assert_false(d.b[1].blocked); /* waits for its workers */
	assert_false(d.b[2].blocked);
	mg_godump_release(&d);
}

/* --- against gostackparse --------------------------------------------------------------- */

/* Each goroutine of the golden file alone: function, file and creator of its bucket. */
static void check_goroutine(struct mg_str text, json_t *want)
{
	struct mg_godump    d = { 0 };
	struct mg_gobucket *b;
	json_t             *created = json_object_get(want, "CreatedBy");
	char                buf[512];

	mg_godump_text(&d, text, 1);
	mg_godump_end(&d);
	assert_int_equal(d.total, 1);
	b = &d.b[0];
	assert_text(b->state, json_string_value(json_object_get(want, "State")));
	assert_int_equal((json_int_t)b->minutes_max * 60000000000,
			 json_integer_value(json_object_get(want, "Wait")));
	assert_int_equal(b->ids[0], json_integer_value(json_object_get(want, "ID")));
	assert_int_equal(b->locked != 0, json_is_true(json_object_get(want, "LockedToThread")));
	if (json_is_object(created))
		assert_true(mg_str_eq(b->created_by,
				      mg_gofunc_clean(mg_strz(json_string_value(json_object_get(created, "Func"))),
						      buf, sizeof(buf))));
	else
		assert_int_equal(b->created_by.n, 0);
	mg_godump_release(&d);
}

/* Every frame in order with its file and line, up to the creator; and whether some were elided. */
static void check_frames(struct mg_str text, json_t *want)
{
	json_t       *stack = json_object_get(want, "Stack"), *frame = NULL;
	size_t        n = 0;
	struct mg_str line, func, file;
	uint32_t      number;
	bool          elided = false, created = false;

	mg_str_cut(text, '\n', &line, &text);
	while (text.n) {
		mg_str_cut(text, '\n', &line, &text);
		switch (mg_goline_kind(line)) {
		case MG_GOLINE_FUNC:
			func = mg_goline_func(line);
			frame = json_array_get(stack, n++);
			assert_non_null(frame);
			assert_text(func.n ? func : line, json_string_value(json_object_get(frame, "Func")));
			break;
		case MG_GOLINE_CREATED:
			created = true;
			frame = json_object_get(want, "CreatedBy");
			break;
		case MG_GOLINE_FILE:
			assert_true(mg_goline_file(line, &file, &number));
			assert_text(file, json_string_value(json_object_get(frame, "File")));
			assert_int_equal(number, json_integer_value(json_object_get(frame, "Line")));
			break;
		case MG_GOLINE_ELIDED:
			elided = true;
			break;
		case MG_GOLINE_ANCESTOR: /* gostackparse takes them for no part of the stack either */
			text.n = 0;
			break;
		default:
			break;
		}
	}
	assert_int_equal(n, json_array_size(stack));
	assert_int_equal(created, json_is_object(json_object_get(want, "CreatedBy")));
	assert_int_equal(elided, json_is_true(json_object_get(want, "FramesElided")));
}

/* The text of goroutine `id`. */
static struct mg_str goroutine_text(struct mg_str all, json_int_t id)
{
	char          head[64];
	struct mg_str rest;
	ptrdiff_t     at, end;

	snprintf(head, sizeof(head), "goroutine %lld [", (long long)id);
	at = mg_str_find(all, mg_strz(head));
	assert_true(at >= 0);
	rest = mg_str_from(all, (size_t)at);
	end = mg_str_find(rest, MG_STR("\n\n"));
	return end < 0 ? rest : mg_str_head(rest, (size_t)end + 1);
}

/* gostackparse drops a goroutine with a damaged line; here it counts and the line is a fault
 * (or, without any frame, it is taken as it stands). */
static void check_total(struct mg_str text, json_t *doc, uint64_t dropped, uint64_t faults)
{
	struct mg_godump d = { 0 };

	mg_godump_text(&d, text, 1);
	mg_godump_end(&d);
	assert_int_equal(d.total, json_array_size(json_object_get(doc, "Goroutines")) + dropped);
	assert_int_equal(d.bad, faults);
	mg_godump_release(&d);
}

static void golden(void **state)
{
	static const struct {
		const char *name;
		uint64_t    dropped, faults;
	} t[] = {
		{ "ancestors", 0, 0 },         { "cgo", 0, 0 },
		{ "empty_stack", 2, 0 },       { "errorhandling", 1, 1 },
		{ "frameselided", 0, 0 },      { "frameselided_goroutine", 0, 0 },
		{ "go121_createdby", 0, 0 },   { "lockedm", 0, 0 },
		{ "partial_createdby", 2, 2 }, { "partial_stack", 2, 2 },
		{ "waitsince", 0, 0 },         { "windows", 0, 0 },
	};
	char path[512], rest[256];
	int  seen = 0;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_str text;
		json_t       *doc, *g;
		size_t        k;

		snprintf(rest, sizeof(rest), "data/goroutine/gostackparse-%s.golden.json", t[i].name);
		if (!shared(rest, path, sizeof(path)))
			continue;
		doc = json_load_file(path, 0, NULL);
		assert_non_null(doc);
		snprintf(rest, sizeof(rest), "data/goroutine/gostackparse-%s.txt", t[i].name);
		text = read_file(shared(rest, path, sizeof(path)));
		check_total(text, doc, t[i].dropped, t[i].faults);
		json_array_foreach(json_object_get(doc, "Goroutines"), k, g) {
			struct mg_str one = goroutine_text(text, json_integer_value(json_object_get(g, "ID")));

			check_goroutine(one, g);
			check_frames(one, g);
			seen++;
		}
		json_decref(doc);
		free((char *)text.p);
	}
	if (!seen) {
		print_message("no gostackparse data below $MG_SHARED: skipped\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),   cmocka_unit_test(functions), cmocka_unit_test(files),
		cmocka_unit_test(other_lines), cmocka_unit_test(names),   cmocka_unit_test(buckets),
		cmocka_unit_test(debug1),    cmocka_unit_test(damage),    cmocka_unit_test(plumbing),
		cmocka_unit_test(golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
