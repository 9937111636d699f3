/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "event/from_httplog.h"
#include "event/from_klog.h"
#include "parse/klog_head.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The quick look at a header must say what the parser says, or leave it to that. */
static void head(struct mg_str line)
{
	char               room[MG_KLOG_HEAD_ROOM] = { 0 };
	struct mg_klog_day day = { { 0 } };
	struct mg_klog     k;
	size_t             n;

	if (!line.n || memchr(line.p, '\n', line.n))
		return;
	line = mg_str_head(line, sizeof(room));
	memcpy(room, line.p, line.n);
	n = mg_klog_head(room, &day);
	if (n && n <= line.n && (mg_klog_parse(line, &k, NULL) != MG_OK || k.msg.p != line.p + n ||
				 k.ns != mg_klog_head_ns(room)))
		abort();
}

static void one(struct mg_str line)
{
	struct mg_klog         k;
	struct mg_klog_pairs   it;
	struct mg_klog_pair    p;
	struct mg_klog_event   e;
	struct mg_httplog      h;
	struct mg_httplog_call c;
	char                   buf[64];

	head(line);
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
