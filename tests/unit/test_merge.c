/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "event/merge.h"

/* Lines from memory. */
struct lines {
	struct mg_str  rest;
	uint64_t       number;
	enum mg_status at_end; /* MG_EOF, or MG_FATAL for a broken source */
};

static enum mg_status next_line(void *ctx, struct mg_str *line, uint64_t *number,
				struct mg_err *err)
{
	struct lines *l = ctx;

	if (l->rest.n == 0)
		return l->at_end == MG_EOF ? MG_EOF : mg_err_set(err, MG_FATAL, "it broke");
	mg_str_cut(l->rest, '\n', line, &l->rest);
	*number = ++l->number;
	return MG_OK;
}

struct faults {
	size_t        n, stream;
	struct mg_err last;
};

static void on_bad(void *ctx, size_t stream, const struct mg_err *err)
{
	struct faults *f = ctx;

	f->n++;
	f->stream = stream;
	f->last = *err;
}

static struct mg_event at(int64_t ns, const char *message)
{
	return (struct mg_event){ .time_ns = ns, .duration_ns = -1, .message = mg_strz(message) };
}

static void arrays_stable(void **state)
{
	struct mg_event  a[] = { at(1, "x"), at(5, "x"), at(9, "x") };
	struct mg_event  b[] = { at(1, "x"), at(2, "y"), at(9, "x"), at(12, "z") };
	const struct mg_event *want[] = { &a[0], &b[0], &b[1], &a[1], &a[2], &b[2], &b[3] };
	struct mg_merge *m = mg_merge_new(NULL, 8, NULL, NULL);

	(void)state;
	mg_merge_array(m, NULL, 0);
	mg_merge_array(m, a, 3);
	mg_merge_array(m, b, 4);
	for (size_t i = 0; i < 7; i++)
		assert_ptr_equal(mg_merge_next(m), want[i]);
	assert_null(mg_merge_next(m));
	assert_null(mg_merge_next(m));
	assert_int_equal(mg_merge_late(m), 0);
	mg_merge_free(m);
	mg_merge_free(NULL);
}

#define LINE(sec, msg)                                                                   \
	"{\"time\":\"2026-11-21T03:00:" sec ".000000000Z\",\"kind\":\"gap\",\"message\":\"" msg \
	"\",\"artifact\":\"" msg "\"}\n"

static void check(struct mg_merge *m, const char *order)
{
	const struct mg_event *e;

	for (; *order; order++) {
		e = mg_merge_next(m);
		assert_non_null(e);
		assert_int_equal(e->message.p[0], *order);
	}
	assert_null(mg_merge_next(m));
}

static void lines_nearly_sorted(void **state)
{
	struct lines     a = { MG_STR(LINE("02", "b") LINE("01", "a") "\n" LINE("05", "e")),
			       0, MG_EOF };
	struct lines     b = { MG_STR(LINE("03", "c") LINE("06", "f") LINE("04", "d")), 0, MG_EOF };
	struct mg_intern paths = { 0 };
	struct mg_merge *m = mg_merge_new(&paths, 2, NULL, NULL);

	(void)state;
	mg_merge_lines(m, next_line, &a);
	mg_merge_lines(m, next_line, &b);
	check(m, "abcdef");
	assert_int_equal(mg_merge_late(m), 0);
	assert_int_equal(paths.n, 6);
	mg_merge_free(m);
	mg_intern_release(&paths);
}

static void later_than_the_window(void **state)
{
	struct lines     a = { MG_STR(LINE("02", "b") LINE("03", "c") LINE("04", "d")
				      LINE("01", "a")), 0, MG_EOF };
	struct mg_intern paths = { 0 };
	struct mg_merge *m = mg_merge_new(&paths, 2, NULL, NULL);

	(void)state;
	mg_merge_lines(m, next_line, &a);
	check(m, "bcad");
	assert_int_equal(mg_merge_late(m), 1);
	mg_merge_free(m);
	mg_intern_release(&paths);
}

static void bad_lines_and_broken_ends(void **state)
{
	struct lines     a = { MG_STR(LINE("01", "a") "nonsense\n" LINE("02", "b")), 0, MG_EOF };
	struct lines     b = { MG_STR(LINE("03", "c")), 0, MG_FATAL };
	struct mg_intern paths = { 0 };
	struct faults    f = { 0 };
	struct mg_merge *m = mg_merge_new(&paths, 1, on_bad, &f);

	(void)state;
	mg_merge_lines(m, next_line, &a);
	mg_merge_lines(m, next_line, &b);
	check(m, "abc");
	assert_int_equal(f.n, 2);
	assert_int_equal(f.stream, 1);
	assert_string_equal(f.last.msg, "it broke");
	mg_merge_free(m);
	mg_intern_release(&paths);

	f.n = 0;
	a = (struct lines){ MG_STR(LINE("01", "a") "nonsense\n"), 0, MG_EOF };
	m = mg_merge_new(&paths, 4, on_bad, &f);
	mg_merge_lines(m, next_line, &a);
	check(m, "a");
	assert_int_equal(f.last.line, 2);
	mg_merge_free(m);
	mg_intern_release(&paths);
}

/* Many random streams, shuffled within the window, come out sorted. */
static void random_streams(void **state)
{
	struct mg_event *ev[7];
	struct mg_merge *m = mg_merge_new(NULL, 8, NULL, NULL);
	size_t           n[7], total = 0, got = 0;
	const struct mg_event *e;
	int64_t          last = 0;
	uint64_t         s = 7;

	(void)state;
	for (size_t k = 0; k < 7; k++) {
		int64_t t = 0;

		n[k] = k * 137 % 500;
		ev[k] = calloc(n[k] + 1, sizeof(*ev[k]));
		for (size_t i = 0; i < n[k]; i++) {
			s = s * UINT64_C(6364136223846793005) + 1;
			t += (int64_t)(s >> 60);
			ev[k][i] = at(t, "m");
		}
		mg_merge_array(m, ev[k], n[k]);
		total += n[k];
	}
	while ((e = mg_merge_next(m))) {
		assert_true(e->time_ns >= last);
		last = e->time_ns;
		got++;
	}
	assert_int_equal(got, total);
	mg_merge_free(m);
	for (size_t k = 0; k < 7; k++)
		free(ev[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_stable),
		cmocka_unit_test(lines_nearly_sorted),
		cmocka_unit_test(later_than_the_window),
		cmocka_unit_test(bad_lines_and_broken_ends),
		cmocka_unit_test(random_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
