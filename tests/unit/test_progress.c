/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/progress.h"

#define MIB (UINT64_C(1) << 20)

static void texts(void **state)
{
	char b[160];

	(void)state;
	assert_string_equal(mg_progress_text(30 * MIB, 120 * (int64_t)MIB, 1000000000, b, sizeof(b)),
			    "30.0 MiB of 120 MiB (25 %)  30.0 MiB/s  ETA 3.00 s");
	assert_string_equal(mg_progress_text(30 * MIB, -1, 1000000000, b, sizeof(b)),
			    "30.0 MiB  30.0 MiB/s");
	assert_string_equal(mg_progress_text(9, 4, 0, b, sizeof(b)), "9 B  0 B/s");
	assert_string_equal(mg_progress_text(0, 4, 10, b, sizeof(b)),
			    "0 B of 4 B (0 %)  0 B/s  ETA ?");
}

static void silent_unless_wanted(void **state)
{
	struct mg_progress p;

	(void)state;
	mg_progress_init(&p, "never", false);
	mg_progress_show(&p, 1, 2);
	assert_false(p.shown);
	mg_progress_init(&p, "auto", true);
	mg_progress_show(&p, 1, 2);
	assert_false(p.shown);
	mg_progress_init(&p, "always", true);
	mg_progress_show(&p, 1, 2);
	assert_true(p.shown);
	p.shown = false;
	mg_progress_show(&p, 2, 2); /* too soon */
	assert_false(p.shown);
	mg_progress_end(&p);
	assert_true(mg_progress_elapsed(&p) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(silent_unless_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
