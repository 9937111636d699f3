/* SPDX-License-Identifier: Apache-2.0 */
#include "io/src.h"

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
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/src_ops.h"

/* A source that gives its bytes in chunks of `step`, then ends in a fault if asked to. */
struct chunked {
	struct mg_str bytes;
	size_t        step;
	bool          fail;
	char          one[4096];
};

static enum mg_status chunked_next(void *self, struct mg_str *out, struct mg_err *err)
{
	struct chunked *c = self;
	size_t          n = c->step < c->bytes.n ? c->step : c->bytes.n;

	if (n > sizeof(c->one))
		n = sizeof(c->one);
	memset(c->one, '!', sizeof(c->one)); /* what was lent before is gone */
	if (n == 0)
		return c->fail ? mg_err_set(err, MG_FATAL, "disk on fire") : MG_EOF;
	memcpy(c->one, c->bytes.p, n);
	c->bytes = mg_str_from(c->bytes, n);
	*out = mg_str(c->one, n);
	return MG_OK;
}

static enum mg_status chunked_fill(void *self, char *to, size_t n, size_t *got,
				   struct mg_err *err)
{
	struct chunked *c = self;
	struct mg_str   s;
	size_t          step = c->step;
	enum mg_status  st;

	c->step = n < step ? n : step;
	st = chunked_next(c, &s, err);
	c->step = step;
	if (st == MG_OK)
		memcpy(to, s.p, *got = s.n);
	return st;
}

static const struct mg_src_ops by_next = { chunked_next, NULL, free };
static const struct mg_src_ops by_fill = { NULL, chunked_fill, free };
static const struct mg_src_ops by_both = { chunked_next, chunked_fill, free };

static struct mg_src *chunked(struct mg_str bytes, size_t step, bool fail,
			      const struct mg_src_ops *ops)
{
	struct chunked *c = mg_zalloc(sizeof(*c));

	c->bytes = bytes;
	c->step = step;
	c->fail = fail;
	return mg_src_new(ops, c);
}

static struct mg_buf sample(size_t n)
{
	struct mg_buf b = { 0 };
	uint32_t      x = 1;

	while (b.n < n) {
		x = x * 1664525 + 1013904223;
		mg_buf_printf(&b, "%u line of text %u\n", x >> 20, x >> 28);
	}
	b.n = n;
	return b;
}

/* All bytes by peeks of growing size. */
static enum mg_status drain(struct mg_src *s, struct mg_buf *to, struct mg_err *err)
{
	struct mg_str  p;
	enum mg_status st;

	for (size_t want = 1; (st = mg_src_peek(s, want, &p, err)) == MG_OK; want = want % 97 + 1) {
		size_t n = p.n < want ? p.n : want;

		mg_buf_add(to, mg_str_head(p, n));
		mg_src_consume(s, n);
		assert_int_equal(mg_src_offset(s), to->n);
	}
	return st;
}

static void test_peek_and_consume(void **state)
{
	const struct mg_src_ops *ops[] = { &by_next, &by_fill, &by_both };
	struct mg_buf            want = sample(10000);

	for (size_t o = 0; o < 3; o++) {
		for (size_t step = 1; step < 300; step += 13) {
			struct mg_buf  got = { 0 };
			struct mg_err  err = { 0 };
			struct mg_src *s = chunked(mg_buf_str(&want), step, false, ops[o]);

			assert_int_equal(drain(s, &got, &err), MG_EOF);
			assert_true(mg_str_eq(mg_buf_str(&got), mg_buf_str(&want)));
			mg_src_close(s);
			mg_buf_release(&got);
		}
	}
	mg_buf_release(&want);
}

static void test_peek_more_than_there_is(void **state)
{
	struct mg_src *s = mg_src_memory(MG_STR("abc"));
	struct mg_str  p;

	assert_int_equal(mg_src_peek(s, 100, &p, NULL), MG_OK);
	assert_int_equal(p.n, 3);
	mg_src_consume(s, 3);
	assert_int_equal(mg_src_peek(s, 1, &p, NULL), MG_EOF);
	assert_int_equal(mg_src_peek(s, 1, &p, NULL), MG_EOF);
	mg_src_close(s);
	mg_src_close(NULL);
}

static void test_fault_comes_after_the_bytes(void **state)
{
	struct mg_src *s = chunked(MG_STR("hello world"), 4, true, &by_next);
	struct mg_err  err = { 0 };
	char           to[64];
	size_t         got;

	assert_int_equal(mg_src_read(s, to, sizeof(to), &got, &err), MG_OK);
	assert_int_equal(got, 11);
	assert_int_equal(mg_src_read(s, to, sizeof(to), &got, &err), MG_FATAL);
	assert_string_equal(err.msg, "disk on fire");
	assert_true(mg_src_fault(s, &err));
	mg_src_close(s);
}

static void test_fd(void **state)
{
	struct mg_buf  want = sample(3000000), got = { 0 };
	char           name[] = "/tmp/mg-test-src-XXXXXX";
	int            fd = mkstemp(name);
	struct mg_src *s;
	size_t         n;
	struct mg_err  err = { 0 };

	assert_int_equal(write(fd, want.p, want.n), want.n);
	lseek(fd, 0, SEEK_SET);
	unlink(name);
	s = mg_src_fd(fd, true);
	mg_buf_reserve(&got, want.n + 10);
	assert_int_equal(mg_src_read(s, got.p, want.n + 10, &n, NULL), MG_OK);
	got.n = n;
	assert_true(mg_str_eq(mg_buf_str(&got), mg_buf_str(&want)));
	assert_int_equal(mg_src_read(s, got.p, 1, &n, NULL), MG_EOF);
	mg_src_close(s);
	fd = open("/tmp", O_RDONLY | O_CLOEXEC);
	s = mg_src_fd(fd, true);
	assert_int_equal(mg_src_read(s, got.p, 10, &n, &err), MG_FATAL);
	assert_int_equal(err.sys_errno, 21); /* a directory cannot be read */
	mg_src_close(s);
	mg_buf_release(&want);
	mg_buf_release(&got);
}

/* Append a gzip member; `name` puts an extra field, a name, a comment and a header checksum
 * (which nobody checks) into its header. */
static void deflate_member(struct mg_buf *to, struct mg_str text, const char *name)
{
	struct archive       *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t                room = text.n + text.n / 10 + 1000, used = 0;
	char                 *z = mg_alloc(room);

	archive_write_add_filter_gzip(a);
	archive_write_set_format_raw(a);
	archive_write_set_bytes_in_last_block(a, 1);
	archive_write_open_memory(a, z, room, &used);
	archive_entry_set_pathname(e, "x");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_write_header(a, e);
	archive_write_data(a, text.p, text.n);
	archive_write_close(a);
	archive_entry_free(e);
	archive_write_free(a);
	z[3] = name ? 4 | 8 | 16 | 2 : 0;
	mg_buf_add(to, mg_str(z, 10));
	if (name) {
		mg_buf_add(to, mg_str("\3\0abc", 5));
		mg_buf_add(to, mg_str(name, strlen(name) + 1));
		mg_buf_add(to, mg_str("comment\0??", 10));
	}
	mg_buf_add(to, mg_str(z + 10, used - 10));
	free(z);
}

static enum mg_status gunzip(struct mg_str z, size_t step, struct mg_buf *got, struct mg_err *err)
{
	struct mg_src *s = mg_src_gzip(chunked(z, step, false, &by_next));
	enum mg_status st = drain(s, got, err);

	mg_src_close(s);
	return st;
}

static void test_gzip_members(void **state)
{
	struct mg_buf a = sample(70000), b = sample(33), z = { 0 }, want = { 0 };

	deflate_member(&z, mg_buf_str(&a), NULL);
	deflate_member(&z, mg_buf_str(&b), "name.log");
	deflate_member(&z, MG_STR(""), NULL);
	deflate_member(&z, mg_buf_str(&a), "x");
	mg_buf_add(&want, mg_buf_str(&a));
	mg_buf_add(&want, mg_buf_str(&b));
	mg_buf_add(&want, mg_buf_str(&a));
	for (size_t step = 1; step < 5000; step = step * 2 + 1) {
		struct mg_buf got = { 0 };
		struct mg_err err = { 0 };

		assert_int_equal(gunzip(mg_buf_str(&z), step, &got, &err), MG_EOF);
		assert_true(mg_str_eq(mg_buf_str(&got), mg_buf_str(&want)));
		mg_buf_release(&got);
	}
	mg_buf_release(&a);
	mg_buf_release(&b);
	mg_buf_release(&z);
	mg_buf_release(&want);
}

static void test_gzip_tails(void **state)
{
	struct mg_buf a = sample(5000), z = { 0 }, got = { 0 };
	struct mg_err err = { 0 };
	size_t        n;

	deflate_member(&z, mg_buf_str(&a), NULL);
	n = z.n;
	mg_buf_add(&z, mg_str("\0\0\0\0\0\0\0\0", 8)); /* padding is fine */
	assert_int_equal(gunzip(mg_buf_str(&z), 7, &got, &err), MG_EOF);
	assert_int_equal(got.n, a.n);
	mg_buf_clear(&got);
	mg_buf_addz(&z, "garbage");
	assert_int_equal(gunzip(mg_buf_str(&z), 7, &got, &err), MG_FATAL);
	assert_int_equal(got.n, a.n);
	assert_non_null(strstr(err.msg, "trailing garbage"));
	mg_buf_clear(&got);
	z.p[n - 5] ^= 1; /* checksum */
	assert_int_equal(gunzip(mg_str(z.p, n), 7, &got, &err), MG_FATAL);
	assert_int_equal(got.n, a.n);
	assert_non_null(strstr(err.msg, "checksum"));
	mg_buf_release(&a);
	mg_buf_release(&z);
	mg_buf_release(&got);
}

/* Cut anywhere: what comes out is a beginning of the text and the cut is said. */
static void test_gzip_truncated(void **state)
{
	struct mg_buf a = sample(40000), z = { 0 };
	size_t        most = 0;

	deflate_member(&z, mg_buf_str(&a), "n");
	for (size_t cut = 1; cut < z.n; cut += cut < 40 || cut + 300 > z.n ? 1 : 191) {
		struct mg_buf got = { 0 };
		struct mg_err err = { 0 };

		assert_int_equal(gunzip(mg_str(z.p, cut), 100, &got, &err), MG_FATAL);
		assert_non_null(strstr(err.msg, "truncated"));
		assert_true(mg_str_starts(mg_buf_str(&a), mg_buf_str(&got)));
		assert_true(got.n >= most);
		most = got.n;
		mg_buf_release(&got);
	}
	assert_int_equal(most, a.n);
	mg_buf_release(&a);
	mg_buf_release(&z);
}

static void test_gzip_damaged(void **state)
{
	struct mg_buf a = sample(20000), z = { 0 };

	deflate_member(&z, mg_buf_str(&a), NULL);
	for (size_t i = 10; i < z.n; i += 37) {
		struct mg_buf  got = { 0 };
		struct mg_err  err = { 0 };

		z.p[i] ^= 0x55;
		assert_int_equal(gunzip(mg_buf_str(&z), 4096, &got, &err), MG_FATAL);
		z.p[i] ^= 0x55;
		mg_buf_release(&got);
	}
	mg_buf_release(&a);
	mg_buf_release(&z);
}

static void test_gzip_passes_on_the_fault_below(void **state)
{
	struct mg_buf  a = sample(20000), z = { 0 }, got = { 0 };
	struct mg_err  err = { 0 };
	struct mg_src *s;

	deflate_member(&z, mg_buf_str(&a), NULL);
	s = mg_src_gzip(chunked(mg_str(z.p, z.n / 2), 50, true, &by_next));
	assert_int_equal(drain(s, &got, &err), MG_FATAL);
	assert_string_equal(err.msg, "disk on fire");
	assert_true(got.n > 0);
	mg_src_close(s);
	mg_buf_release(&a);
	mg_buf_release(&z);
	mg_buf_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_peek_and_consume),
		cmocka_unit_test(test_peek_more_than_there_is),
		cmocka_unit_test(test_fault_comes_after_the_bytes),
		cmocka_unit_test(test_fd),
		cmocka_unit_test(test_gzip_members),
		cmocka_unit_test(test_gzip_tails),
		cmocka_unit_test(test_gzip_truncated),
		cmocka_unit_test(test_gzip_damaged),
		cmocka_unit_test(test_gzip_passes_on_the_fault_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
