/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles in protobuf form: whatever the bytes are, what was read can be counted and shown. */
#include "parse/pprof.h"
#include "render/profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool any(void *ctx, struct mg_str name)
{
	return name.n % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_profile_head head = { .artifact = MG_STR("x"), .time_ns = MG_TIME_NONE };
	struct mg_profile_view view = { .rows = 5, .headings = true };
	struct mg_prof         p;
	struct mg_profile      g;
	struct mg_buf          b = { 0 };

	mg_prof_init(&p);
	mg_pprof_parse(&p, mg_str((const char *)data, size), NULL);
	mg_profile_prune(&p);
	for (uint32_t type = 0; type < p.ntypes; type++) {
		mg_profile_init(&g, true);
		mg_profile_add(&g, &p, type, false, NULL);
		mg_profile_add(&g, &p, type, type % 2, NULL);
		mg_profile_order(&g, type % 2);
		view.peek = type % 2 ? any : NULL;
		mg_render_profile_text(&b, &g, &head, &view);
		mg_render_profile_json(&b, &g, &head, &view);
		mg_profile_release(&g);
	}
	mg_buf_release(&b);
	mg_prof_release(&p);
	return 0;
}
