/* SPDX-License-Identifier: Apache-2.0 */
#include "session/http_args.h"

#include "base/buf.h"

/* What an httplog line tells of a request. */
static const enum mg_audit_key told[] = {
	MG_BY_VERB, MG_BY_RESOURCE, MG_BY_SUBRESOURCE, MG_BY_NAMESPACE, MG_BY_NAME, MG_BY_OBJECT,
	MG_BY_CODE, MG_BY_AGENT, MG_BY_IP, MG_BY_URI, MG_BY_PATTERN, MG_BY_MANAGER, MG_BY_LIST_KIND,
};
#define TOLD (sizeof(told) / sizeof(told[0]))

static bool is_told(enum mg_audit_key k)
{
	for (size_t i = 0; i < TOLD; i++)
		if (told[i] == k)
			return true;
	return false;
}

const char *mg_http_args_key(size_t i)
{
	return i < TOLD ? mg_audit_key_name(told[i]) : NULL;
}

int mg_http_args_read(const struct mg_tool *t, const char *keys, struct mg_audit_query *q)
{
	struct mg_str rest = mg_strz(*keys ? keys : "user-agent,verb,resource,code"), one;

	q->want = MG_AUDIT_GROUPS;
	q->by.detail = MG_AUDIT_DETAIL;
	for (q->by.n = 0; rest.n; q->by.n++) {
		mg_str_cut(rest, ',', &one, &rest);
		if (q->by.n == MG_AUDIT_MAX_KEYS)
			return mg_usage_error(t, "at most %d keys", MG_AUDIT_MAX_KEYS);
		q->by.key[q->by.n] = mg_audit_key_parse(one);
		if (!is_told(q->by.key[q->by.n]))
			return mg_opt_no_such(t, "http", one, "key of HTTP lines");
	}
	return -1;
}
