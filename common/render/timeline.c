/* SPDX-License-Identifier: Apache-2.0 */
#include "render/timeline.h"

#include "event/wire.h"
#include "render/text.h"
#include "render/timeline_internal.h"

bool mg_timeline_form_parse(const char *name, enum mg_timeline_form *out)
{
	static const char *const names[] = { "text", "jsonl", "json", "tsv", "log", "trace" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum mg_timeline_form)i;
			return true;
		}
	}
	return false;
}

/* "2026-11-21T03:12:43.013000000Z warning etcd@master-0 etcd.slow_apply: text path:line".
 * The level is a word that lnav's generic format knows, the time one it parses. */
static void log_line(struct mg_buf *b, const struct mg_event *e, struct mg_str path)
{
	char          text[40];
	struct mg_buf what = { 0 };

	/* Without a time a line would take that of the line before it: say that there is none. */
	mg_buf_addz(b, mg_time_format(e->time_ns == MG_TIME_NONE ? 0 : e->time_ns, 6, text, 40));
	mg_buf_printf(b, " %s ", mg_severity_name(e->severity));
	mg_event_text_source(&what, e);
	mg_buf_printf(&what, " %s: ", mg_event_kind_name(e->kind));
	mg_event_text_what(&what, e);
	if (e->duration_ns >= 0)
		mg_buf_printf(&what, " (%s)", mg_duration_text(e->duration_ns, text, 24));
	if (e->time_ns == MG_TIME_NONE)
		mg_buf_addz(&what, " (time not known)");
	mg_text_escape(b, mg_buf_str(&what), MG_TEXT_ALL);
	if (path.n) {
		mg_buf_addz(b, "  ");
		mg_text_place(b, path, e->line, MG_TEXT_ALL);
	}
	mg_buf_addc(b, '\n');
	mg_buf_release(&what);
}

static void json_element(struct mg_timeline *t, struct mg_buf *b, const struct mg_event *e,
			 struct mg_str path)
{
	mg_buf_addz(b, t->shown ? ",\n " : "[\n ");
	mg_wire_json(b, e, path);
	b->n--; /* the newline */
}

static void line(struct mg_timeline *t, const struct mg_event *e, struct mg_str path)
{
	struct mg_buf b = { 0 };

	switch (t->form) {
	case MG_TIMELINE_TEXT: mg_event_text(&b, &t->text, e, path); break;
	case MG_TIMELINE_JSON: json_element(t, &b, e, path); break;
	case MG_TIMELINE_TSV: mg_wire_tsv(&b, e, path); break;
	case MG_TIMELINE_LOG: log_line(&b, e, path); break;
	default: mg_wire_json(&b, e, path); break;
	}
	mg_out_add(t->out, mg_buf_str(&b));
	mg_buf_release(&b);
}

void mg_timeline_begin(struct mg_timeline *t)
{
	if (t->form == MG_TIMELINE_TSV && t->headings) {
		struct mg_buf heading = { 0 };

		mg_wire_tsv_heading(&heading);
		mg_out_add(t->out, mg_buf_str(&heading));
		mg_buf_release(&heading);
	} else if (t->form == MG_TIMELINE_TRACE) {
		mg_timeline_trace_begin(t);
	} else if (t->form == MG_TIMELINE_BARS) {
		mg_timeline_bars_begin(t);
	}
}

void mg_timeline_add(struct mg_timeline *t, const struct mg_event *e, struct mg_str path)
{
	bool groups = t->form == MG_TIMELINE_GROUPS || t->form == MG_TIMELINE_GROUPS_TSV;

	bool stream = t->form == MG_TIMELINE_JSONL || t->form == MG_TIMELINE_JSON ||
		      t->form == MG_TIMELINE_TSV;

	if (t->form == MG_TIMELINE_BARS && e->duration_ns < 0)
		return;
	if (!stream && !t->states && mg_event_is_state(e->kind))
		return;
	if (!groups && t->max && t->shown >= t->max) {
		t->hidden++;
		return;
	}
	if (groups)
		mg_event_counts_add(&t->counts, e, path);
	else if (t->form == MG_TIMELINE_TRACE)
		mg_timeline_trace_add(t, e, path);
	else if (t->form == MG_TIMELINE_BARS)
		mg_timeline_bars_add(t, e, path);
	else
		line(t, e, path);
	t->shown++;
}

void mg_timeline_end(struct mg_timeline *t)
{
	switch (t->form) {
	case MG_TIMELINE_JSON:
		mg_out_add(t->out, t->shown ? MG_STR("\n]\n") : MG_STR("[]\n"));
		break;
	case MG_TIMELINE_TRACE: mg_timeline_trace_end(t); break;
	case MG_TIMELINE_BARS: mg_timeline_bars_end(t); break;
	case MG_TIMELINE_GROUPS: mg_timeline_groups_end(t); break;
	case MG_TIMELINE_GROUPS_TSV: mg_timeline_groups_tsv_end(t); break;
	default: break;
	}
	if (t->hidden && (t->form == MG_TIMELINE_TEXT || t->form == MG_TIMELINE_BARS))
		mg_out_printf(t->out, "\xe2\x80\xa6 and %llu more\n", (unsigned long long)t->hidden);
}
