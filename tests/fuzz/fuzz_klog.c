/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_httplog.h"
#include "event/from_klog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one(struct mg_str line)
{
	struct mg_klog         k;
	struct mg_klog_pairs   it;
	struct mg_klog_pair    p;
	struct mg_klog_event   e;
	struct mg_httplog      h;
	struct mg_httplog_call c;
	char                   buf[64];

	if (mg_httplog_parse(line, &h))
		mg_httplog_resolve(&h, &c);
	if (mg_klog_parse(line, &k, NULL) != MG_OK)
		return;
	mg_klog_pairs_init(&it, &k);
	while (mg_klog_pairs_next(&it, &p))
		mg_klog_unquote(p.value, buf, sizeof(buf));
	mg_klog_event(&k, mg_str("", 0), &e);
	mg_klog_message_hash(k.msg, 1);
	if (mg_httplog_parse(k.msg, &h))
		mg_httplog_resolve(&h, &c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str in = mg_str((const char *)data, size), line;

	one(in); /* with newlines inside, as a block value has them */
	while (in.n) {
		mg_str_cut(in, '\n', &line, &in);
		one(line);
	}
	return 0;
}
