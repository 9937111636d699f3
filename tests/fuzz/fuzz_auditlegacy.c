/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a legacy line says, it becomes an audit event that can be read, or nothing. */
#include <stdint.h>
#include <stdlib.h>

#include "parse/audit.h"
#include "parse/audit_legacy.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_buf   json = { 0 };
	struct mg_err   err = { 0 };
	struct mg_audit a;
	enum mg_status  st = mg_audit_legacy(mg_str((const char *)data, size), &json, &err);

	if (st == MG_OK && mg_audit_parse(mg_buf_str(&json), &a, &err) != MG_OK)
		abort();
	if (st == MG_FAIL && err.byte > size)
		abort();
	mg_buf_release(&json);
	return 0;
}
