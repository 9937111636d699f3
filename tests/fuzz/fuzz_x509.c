/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_x509.h"
#include "parse/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as DER, and as a text with PEM in it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str        text = mg_str((const char *)data, size);
	struct mg_leaf_stats stats = MG_LEAF_STATS_INIT;
	struct mg_source     src = { .path = MG_STR("fuzz") };
	struct mg_cert_place at = { .src = &src, .line = 1, .text_lines = true, .stats = &stats };
	struct mg_batch      out = { 0 };
	struct mg_x509       x;

	mg_x509_certificate(text, &x);
	mg_event_from_certificates(&at, text, &out);
	mg_batch_release(&out);
	return 0;
}
