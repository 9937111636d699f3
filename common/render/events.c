/* SPDX-License-Identifier: Apache-2.0 */
#include "render/events.h"

#include "event/wire.h"
#include "render/text.h"

#define FLUSH_AT ((size_t)1 << 16)

bool mg_events_format_parse(const char *name, enum mg_events_format *out)
{
	struct mg_str s = mg_strz(name);

	if (mg_str_eq(s, MG_STR("text")))
		*out = MG_EVENTS_TEXT;
	else if (mg_str_eq(s, MG_STR("tsv")))
		*out = MG_EVENTS_TSV;
	else if (mg_str_eq(s, MG_STR("events")) || mg_str_eq(s, MG_STR("jsonl")) ||
		 mg_str_eq(s, MG_STR("json")))
		*out = MG_EVENTS_JSONL;
	else
		return false;
	return true;
}

/* "2026-11-21T03:12:11.044Z  4.39 s  warning etcd.slow_apply  message  path:line" */
static void text_line(struct mg_buf *b, const struct mg_event *e, struct mg_str path)
{
	char t[40] = "-", d[24] = "";

	if (e->time_ns != MG_TIME_NONE)
		mg_time_format(e->time_ns, 3, t, sizeof(t));
	if (e->duration_ns > 0)
		mg_duration_text(e->duration_ns, d, sizeof(d));
	mg_buf_printf(b, "%-24s %8s %-8s %-26s ", t, d, mg_severity_name(e->severity),
		      mg_event_kind_name(e->kind));
	mg_text_escape(b, e->message, MG_TEXT_ALL);
	if (e->count > 1)
		mg_buf_printf(b, " (x%u)", e->count);
	mg_buf_addz(b, "  ");
	mg_text_place(b, path, e->line, MG_TEXT_ALL);
	mg_buf_addc(b, '\n');
}

size_t mg_render_events(struct mg_out *o, const struct mg_case *c, enum mg_events_format f,
			mg_event_wanted wanted, const void *ctx, size_t max)
{
	struct mg_buf b = { 0 };
	size_t        n = 0;

	if (f == MG_EVENTS_TSV)
		mg_wire_tsv_heading(&b);
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_str          path = mg_case_path(c, e->artifact);

		if ((wanted && !wanted(ctx, e)) || (n++ >= max && max))
			continue;
		if (f == MG_EVENTS_TEXT)
			text_line(&b, e, path);
		else if (f == MG_EVENTS_TSV)
			mg_wire_tsv(&b, e, path);
		else
			mg_wire_json(&b, e, path);
		if (b.n > FLUSH_AT) {
			mg_out_add(o, mg_buf_str(&b));
			mg_buf_clear(&b);
		}
	}
	if (max && n > max && f == MG_EVENTS_TEXT)
		mg_buf_printf(&b, "\xe2\x80\xa6 and %zu more (-n 0 shows all)\n", n - max);
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	return n;
}
