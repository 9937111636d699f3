/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/audit_memo.h"

#include <stdlib.h>

#include "base/mem.h"

struct mg_audit_memo *mg_audit_memo_new(void)
{
	return mg_zalloc(sizeof(struct mg_audit_memo));
}

void mg_audit_memo_free(struct mg_audit_memo *m)
{
	free(m);
}
