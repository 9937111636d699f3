/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, times and durations from text, and text into JSON. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str s = mg_str((const char *)data, size);
	struct mg_buf b = { 0 };
	char          text[40];
	int64_t       ns, again;
	uint64_t      u;
	double        f;
	size_t        used;

	if (mg_time_parse(s, &ns, &used, NULL)) {
		if (used > size)
			abort();
		mg_time_format(ns, 9, text, sizeof(text));
		/* the zone may lead out of the years that are read back */
		if (mg_time_civil(ns).year >= 1678 && mg_time_civil(ns).year <= 2261 &&
		    (!mg_time_parse(mg_strz(text), &again, NULL, NULL) || again != ns))
			abort();
	}
	if (mg_time_parse_clock(s, &ns, &used) && used > size)
		abort();
	if (mg_duration_parse(s, &ns))
		mg_duration_text(ns, text, sizeof(text));
	mg_time_parse_when(s, MG_TIME_NONE, &ns);
	mg_time_parse_when(s, INT64_C(1795230695) * MG_SEC, &ns);
	mg_num_u64(s, &u);
	mg_num_hex(s, &u);
	mg_num_f64(s, &f);
	mg_num_bytes(s, &u);
	mg_buf_json(&b, s);
	mg_buf_release(&b);
	return 0;
}
