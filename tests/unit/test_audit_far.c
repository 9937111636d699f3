/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ingest/audit_far.h"

static uint64_t id(uint64_t i)
{
	uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 31) * 0xbf58476d1ce4e5b9u;
	return x ^ x >> 29;
}

/* Each once, then each again, as many as it promises to know. */
static void test_remembers(void **state)
{
	struct mg_audit_far *s = mg_audit_far_new(MG_AUDIT_FAR);

	for (uint64_t i = 0; i < MG_AUDIT_FAR_SURE; i++)
		assert_false(mg_audit_far_add(s, id(i)));
	assert_false(mg_audit_far_forgot(s));
	for (uint64_t i = 0; i < MG_AUDIT_FAR_SURE; i++)
		assert_true(mg_audit_far_add(s, id(i)));
	mg_audit_far_free(s);
}

/* More than there is room for: the young ones are known, and it says that others are not. */
static void test_forgets(void **state)
{
	struct mg_audit_far *s = mg_audit_far_new(1024);
	uint64_t             known = 0;

	for (uint64_t i = 0; i < 100000; i++)
		assert_false(mg_audit_far_add(s, id(i)));
	assert_true(mg_audit_far_forgot(s));
	for (uint64_t i = 100000; i-- > 99900;)
		known += mg_audit_far_add(s, id(i));
	assert_true(known >= 90);
	mg_audit_far_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remembers),
		cmocka_unit_test(test_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
