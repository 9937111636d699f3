/* SPDX-License-Identifier: Apache-2.0 */
#include "io/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

static char dir[] = "/tmp/mg-test-bundle-XXXXXX";

/* --- making archives --------------------------------------------------------------- */

struct item {
	const char *path;
	struct mg_str body;
	const char *link; /* symbolic, or hard with a leading '=' */
};

enum { TAR, ZIP, RAW };

static struct mg_buf pack(int format, int filter, const struct item *items, size_t n)
{
	struct archive *a = archive_write_new();
	size_t          room = 1 << 20, used = 0;
	struct mg_buf   out = { 0 };

	for (size_t i = 0; i < n; i++)
		room += items[i].body.n * 2;
	mg_buf_reserve(&out, room);
	archive_write_add_filter(a, filter);
	if (format == TAR)
		archive_write_set_format_pax(a);
	else if (format == ZIP)
		archive_write_set_format_zip(a);
	else
		archive_write_set_format_raw(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, out.p, room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, items[i].path);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_mtime(e, 1600000000, 5);
		archive_entry_set_size(e, (la_int64_t)items[i].body.n);
		if (items[i].link && items[i].link[0] == '=') {
			archive_entry_set_hardlink(e, items[i].link + 1);
			archive_entry_set_size(e, 0);
		} else if (items[i].link) {
			archive_entry_set_filetype(e, AE_IFLNK);
			archive_entry_set_symlink(e, items[i].link);
		}
		archive_write_header(a, e);
		archive_write_data(a, items[i].body.p, items[i].body.n);
		archive_entry_free(e);
	}
	archive_write_close(a);
	archive_write_free(a);
	out.n = used;
	return out;
}

static struct mg_buf wrap(int filter, struct mg_str s)
{
	struct item it = { "data", s, NULL };

	return pack(RAW, filter, &it, 1);
}

/* --- walking ------------------------------------------------------------------------- */

/* What a walk said, as text: "path kind content\n", "! status path: msg\n". */
struct log {
	struct mg_buf text;
	bool          read, keep_bytes;
	uint64_t      bytes;
	int           stop_after;
};

static bool on_leaf(void *ctx, struct mg_leaf *l)
{
	struct log   *log = ctx;
	struct mg_str s;

	assert_int_equal(l->path.p[l->path.n], 0);
	mg_buf_printf(&log->text, "%.*s %s", MG_FMT(l->path), mg_kind_name(l->kind));
	if (log->read)
		mg_buf_addc(&log->text, ' ');
	while (log->read && mg_src_peek(l->src, 1, &s, NULL) == MG_OK) {
		if (log->keep_bytes)
			mg_buf_add(&log->text, s);
		log->bytes += s.n;
		mg_src_consume(l->src, s.n);
	}
	mg_buf_addc(&log->text, '\n');
	return --log->stop_after != 0;
}

static void on_fault(void *ctx, struct mg_str path, const struct mg_err *err)
{
	struct log *log = ctx;

	mg_buf_printf(&log->text, "! %s %.*s: %s\n",
		      err->status == MG_SKIP ? "skip" : err->status == MG_FAIL ? "fail" : "fatal",
		      MG_FMT(path), err->msg);
}

static enum mg_status walk(const char *operand, const struct mg_limits *limits, struct log *log,
			   struct mg_err *err)
{
	struct mg_bundle_opts o = { limits ? *limits : mg_limits_default, on_fault, NULL, log };

	return mg_bundle_walk(operand, &o, on_leaf, log, err);
}

static const char *put(const char *name, struct mg_str bytes)
{
	static char path[256];
	FILE       *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	fwrite(bytes.p, 1, bytes.n, f);
	fclose(f);
	return path;
}

static void expect(const char *name, struct mg_buf *bytes, const char *want)
{
	struct log    log = { .read = true, .keep_bytes = true };
	struct mg_err err = { 0 };
	const char   *path = put(name, mg_buf_str(bytes));

	assert_int_equal(walk(path, NULL, &log, &err), MG_OK);
	assert_string_equal(log.text.p, want);
	mg_buf_release(&log.text);
	mg_buf_release(bytes);
	unlink(path);
}

static const struct item two[] = {
	{ "./a/one.txt", { "1", 1 }, NULL },
	{ "two", { "22", 2 }, NULL },
};

static void test_formats(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_LZ4 };

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		struct mg_buf b = pack(TAR, filters[i], two, 2), z;

		expect("any.name", &b, "a/one.txt text 1\ntwo text 22\n");
		b = pack(ZIP, filters[i], two, 2);
		expect("any.name", &b, "a/one.txt text 1\ntwo text 22\n");
		z = wrap(filters[i], MG_STR("hello\n"));
		expect("single.log.x", &z, "single.log.x log hello\n\n");
		if (filters[i] == ARCHIVE_FILTER_LZ4)
			continue; /* libarchive's writer crashes on no bytes */
		z = wrap(filters[i], MG_STR(""));
		expect("nothing", &z, "nothing empty \n");
	}
}

static void test_nested(void **state)
{
	struct mg_buf gz = wrap(ARCHIVE_FILTER_GZIP, MG_STR("log line"));
	struct mg_buf in = pack(TAR, ARCHIVE_FILTER_GZIP, two, 2), zip, out;
	struct item   mid[] = { { "in.tar.gz", mg_buf_str(&in), NULL },
				{ "x.log.gz", mg_buf_str(&gz), NULL } };
	struct item   top[] = { { "d/mid.zip", { 0 }, NULL }, { "empty", { "", 0 }, NULL } };

	zip = pack(ZIP, ARCHIVE_FILTER_NONE, mid, 2);
	top[0].body = mg_buf_str(&zip);
	out = pack(TAR, ARCHIVE_FILTER_XZ, top, 2);
	mg_buf_release(&gz);
	mg_buf_release(&in);
	mg_buf_release(&zip);
	expect("must-gather", &out,
	       "d/mid.zip/in.tar.gz/a/one.txt text 1\n"
	       "d/mid.zip/in.tar.gz/two text 22\n"
	       "d/mid.zip/x.log.gz log log line\n"
	       "empty empty \n");
}

static void test_hostile_names_and_types(void **state)
{
	static const struct item items[] = {
		{ "../../etc/passwd", { "x", 1 }, NULL },
		{ "/abs//./path", { "x", 1 }, NULL },
		{ "a/\033[31m\nb", { "x", 1 }, NULL },
		{ "sym", { "", 0 }, "/etc/passwd" },
		{ "hard", { "", 0 }, "=/etc/passwd" },
	};
	struct mg_buf b = pack(TAR, ARCHIVE_FILTER_NONE, items, 5);

	expect("t", &b,
	       "\\x2e\\x2e/\\x2e\\x2e/etc/passwd text x\n"
	       "abs/path text x\n"
	       "a/\\x1b[31m\\x0ab text x\n"
	       "! skip sym: symbolic link, skipped\n"
	       "! skip hard: hard link, skipped\n");
}

/* A name in UTF-8 must come through whatever the locale is. */
static void test_utf8_name(void **state)
{
	static const struct item items[] = { { "gr\xc3\xbc\xc3\x9f" "e", { "x", 1 }, NULL } };
	struct mg_buf b = pack(TAR, ARCHIVE_FILTER_NONE, items, 1);

	expect("t", &b, "gr\xc3\xbc\xc3\x9f" "e text x\n");
}

static void test_directory(void **state)
{
	char          path[256];
	struct log    log = { .read = true, .keep_bytes = true };
	struct mg_err err = { 0 };
	struct mg_buf gz = pack(TAR, ARCHIVE_FILTER_GZIP, two, 2);

	snprintf(path, sizeof(path), "%s/B", dir);
	mkdir(path, 0700);
	put("B/z", MG_STR("z"));
	put("a", MG_STR("a"));
	put("B/in.tgz", mg_buf_str(&gz));
	snprintf(path, sizeof(path), "%s/B/link", dir);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(walk(dir, NULL, &log, &err), MG_OK);
	assert_string_equal(log.text.p, "B/in.tgz/a/one.txt text 1\n"
					"B/in.tgz/two text 22\n"
					"! skip B/link: symbolic link, skipped\n"
					"B/z text z\n"
					"a text a\n"
					"! skip fifo: FIFO, skipped\n");
	unlink(path);
	snprintf(path, sizeof(path), "rm -rf %s/*", dir);
	assert_int_equal(system(path), 0);
	mg_buf_release(&log.text);
	mg_buf_release(&gz);
}

static void test_missing(void **state)
{
	struct log    log = { 0 };
	struct mg_err err = { 0 };

	assert_int_equal(walk("/nonexistent/x", NULL, &log, &err), MG_FATAL);
	assert_string_equal(err.msg, "cannot open '/nonexistent/x': No such file or directory");
	assert_null(log.text.p);
}

static void test_empty_file(void **state)
{
	struct mg_buf none = { 0 };

	mg_buf_addz(&none, "");
	expect("e", &none, "e empty \n");
}

static void test_stop(void **state)
{
	struct mg_buf b = pack(TAR, ARCHIVE_FILTER_NONE, two, 2);
	struct log    log = { .stop_after = 1 };

	assert_int_equal(walk(put("t", mg_buf_str(&b)), NULL, &log, NULL), MG_OK);
	assert_string_equal(log.text.p, "a/one.txt text\n");
	mg_buf_release(&b);
	mg_buf_release(&log.text);
	unlink(put("t", MG_STR("")));
}

static struct mg_buf noise(size_t n)
{
	struct mg_buf b = { 0 };
	uint32_t      x = 3;

	while (b.n < n) {
		x = x * 1664525 + 1013904223;
		mg_buf_printf(&b, "%08x%s", x, x >> 29 ? "" : "\n");
	}
	return b;
}

/* Cut a tar.gz at many places: whole leaves before, the readable part of the broken one,
 * one fault, no crash. */
static void test_truncated_tar_gz(void **state)
{
	struct mg_buf body = noise(60000), gz;
	struct item   items[] = { { "first", { "1", 1 }, NULL }, { "big", mg_buf_str(&body), NULL },
				  { "last", { "3", 1 }, NULL } };

	gz = pack(TAR, ARCHIVE_FILTER_GZIP, items, 3);
	for (size_t cut = 3; cut < gz.n; cut += gz.n / 40) {
		struct log     log = { .read = true };
		struct mg_err  err = { 0 };
		enum mg_status st = walk(put("t.tgz", mg_str(gz.p, cut)), NULL, &log, &err);
		const char    *bang = log.text.p ? strchr(log.text.p, '!') : NULL;

		if (st == MG_FATAL) {
			assert_null(bang); /* said by the result */
		} else {
			assert_non_null(bang);
			assert_null(strchr(bang + 1, '!'));
			assert_non_null(strstr(bang, "truncated"));
			assert_memory_equal(log.text.p, "first text", 10);
		}
		if (cut > gz.n / 2)
			assert_true(log.bytes > 20000);
		mg_buf_release(&log.text);
	}
	unlink(put("t.tgz", MG_STR("")));
	mg_buf_release(&gz);
	mg_buf_release(&body);
}

static void test_truncated_inner_gz(void **state)
{
	struct mg_buf body = noise(60000), gz = wrap(ARCHIVE_FILTER_GZIP, mg_buf_str(&body)), t;
	struct item   items[] = { { "a.gz", mg_str(gz.p, gz.n / 2), NULL }, { "b", { "2", 1 }, NULL } };
	struct log    log = { .read = true };

	t = pack(TAR, ARCHIVE_FILTER_NONE, items, 2);
	assert_int_equal(walk(put("t", mg_buf_str(&t)), NULL, &log, NULL), MG_OK);
	assert_memory_equal(log.text.p, "a.gz text \n! fail a.gz: truncated gzip data", 43);
	assert_non_null(strstr(log.text.p, "\nb text \n"));
	assert_true(log.bytes > 25000 && log.bytes < 60000);
	unlink(put("t", MG_STR("")));
	mg_buf_release(&log.text);
	mg_buf_release(&t);
	mg_buf_release(&gz);
	mg_buf_release(&body);
}

static void test_limits(void **state)
{
	struct mg_limits l = mg_limits_default;
	struct mg_buf    b = pack(TAR, ARCHIVE_FILTER_NONE, two, 2), gz, t;
	struct item      it = { "in.tar", mg_buf_str(&b), NULL };
	struct log       log = { .read = true };
	char            *big = mg_zalloc(200u << 20);

	t = pack(TAR, ARCHIVE_FILTER_NONE, &it, 1);
	l.depth = 1;
	walk(put("t", mg_buf_str(&t)), &l, &log, NULL);
	assert_memory_equal(log.text.p, "! fatal in.tar: archives nested more than 1 deep", 48);
	mg_buf_clear(&log.text);
	l = mg_limits_default;
	l.members = 1;
	walk(put("t", mg_buf_str(&b)), &l, &log, NULL);
	assert_memory_equal(log.text.p, "a/one.txt text \n! fatal two: more than 1 members", 48);
	mg_buf_clear(&log.text);
	l = mg_limits_default;
	l.member_size = 1;
	walk(put("t", mg_buf_str(&b)), &l, &log, NULL);
	assert_memory_equal(log.text.p, "a/one.txt text \ntwo text \n! fail two: larger than 1 bytes", 56);
	mg_buf_clear(&log.text);
	log.bytes = 0;
	gz = wrap(ARCHIVE_FILTER_GZIP, mg_str(big, 200u << 20));
	walk(put("t", mg_buf_str(&gz)), &mg_limits_default, &log, NULL);
	assert_non_null(strstr(log.text.p, "! fail t: expands more than 1000 to 1"));
	assert_true(log.bytes >= 64u << 20 && log.bytes < 100u << 20);
	assert_true(mg_limits_parse(&l, MG_STR("ratio=2000")));
	assert_true(mg_limits_parse(&l, MG_STR("member-size=4G")));
	assert_true(mg_limits_parse(&l, MG_STR("depth=3,members=2M,ratio=2000:1")));
	assert_int_equal(l.depth, 3);
	assert_int_equal(l.members, 2u << 20);
	assert_false(mg_limits_parse(&l, MG_STR("ratio")));
	assert_false(mg_limits_parse(&l, MG_STR("depth=3,")));
	assert_false(mg_limits_parse(&l, MG_STR("depth=3:1")));
	assert_false(mg_limits_parse(&l, MG_STR("size=3")));
	assert_int_equal(l.ratio, 2000);
	mg_buf_clear(&log.text);
	walk(put("t", mg_buf_str(&gz)), &l, &log, NULL);
	assert_string_equal(log.text.p, "t binary \n");
	unlink(put("t", MG_STR("")));
	mg_buf_release(&log.text);
	mg_buf_release(&b);
	mg_buf_release(&gz);
	mg_buf_release(&t);
	free(big);
}

/* Links and directories count too: a million of them cost as much as files. */
static void test_members_of_any_type_are_limited(void **state)
{
	struct item      links[] = { { "l1", { "", 0 }, "x" }, { "l2", { "", 0 }, "x" },
				     { "l3", { "", 0 }, "x" }, { "file", { "1", 1 }, NULL } };
	struct mg_limits l = mg_limits_default;
	struct mg_buf    b = pack(TAR, ARCHIVE_FILTER_NONE, links, 4);
	struct log       log = { 0 };

	l.members = 2;
	walk(put("t", mg_buf_str(&b)), &l, &log, NULL);
	assert_non_null(strstr(log.text.p, "! skip l2: symbolic link"));
	assert_non_null(strstr(log.text.p, "! fatal l3: more than 2 members; the rest is left out"));
	assert_null(strstr(log.text.p, "file"));
	unlink(put("t", MG_STR("")));
	mg_buf_release(&log.text);
	mg_buf_release(&b);
}

static bool write_to_it(void *ctx, struct mg_leaf *l)
{
	struct mg_str s;
	FILE         *f = fopen(ctx, "a");

	assert_non_null(f);
	while (mg_src_peek(l->src, 1, &s, NULL) == MG_OK)
		mg_src_consume(l->src, s.n);
	fputs("more\n", f);
	fclose(f);
	return true;
}

static void test_file_that_changes(void **state)
{
	const char           *path = put("live.log", MG_STR("one line\n"));
	struct log            log = { 0 };
	struct mg_bundle_opts o = { mg_limits_default, on_fault, NULL, &log };

	assert_int_equal(mg_bundle_walk(path, &o, write_to_it, (void *)(uintptr_t)path, NULL), MG_OK);
	assert_string_equal(log.text.p, "! fail live.log: it changed while it was read (9 bytes "
					"before, 14 after)\n");
	unlink(path);
	mg_buf_release(&log.text);
}

/* The recorded must-gathers: as many members as tar lists, and no fault. */
static bool count_leaf(void *ctx, struct mg_leaf *l)
{
	++*(int *)ctx;
	return true;
}

static void test_real_archive(void **state)
{
	const char           *shared = getenv("MG_SHARED");
	char                  path[512];
	int                   n = 0;
	struct mg_bundle_opts o = { mg_limits_default, NULL, NULL, NULL };

	snprintf(path, sizeof(path), "%s/data/must-gather/must-gather-4.9-metal.tar.gz",
		 shared ? shared : "../shared");
	if (access(path, R_OK) != 0) {
		print_message("no ../shared/data/must-gather: skipped\n");
		skip();
	}
	assert_int_equal(mg_bundle_walk(path, &o, count_leaf, &n, NULL), MG_OK);
	assert_int_equal(n, 3542);
}

static int setup(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_hostile_names_and_types),
		cmocka_unit_test(test_utf8_name),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_empty_file),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_truncated_tar_gz),
		cmocka_unit_test(test_truncated_inner_gz),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_members_of_any_type_are_limited),
		cmocka_unit_test(test_file_that_changes),
		cmocka_unit_test(test_real_archive),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
