/* SPDX-License-Identifier: Apache-2.0 */
#include "render/event_text.h"

#include "base/num.h"
#include "render/text.h"

#define SOURCE_MIN 16
#define SOURCE_MAX 36
#define KIND_MIN   16
#define WHAT_MIN   30

void mg_event_text_severity(struct mg_buf *b, enum mg_severity s, bool color)
{
	static const char *const word[] = { "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL" };
	static const char *const on[] = { "\033[2m", "\033[36m", "\033[33m", "\033[31m",
					  "\033[1;31m" };
	unsigned                 i = (unsigned)s < 5 ? (unsigned)s : 1;

	if (color)
		mg_buf_addz(b, on[i]);
	mg_buf_addz(b, word[i]);
	if (color)
		mg_buf_addz(b, "\033[0m");
}

static void put_object(struct mg_buf *b, const struct mg_event *e)
{
	if (e->verb.n)
		mg_buf_printf(b, "%.*s ", MG_FMT(e->verb));
	if (e->resource.n)
		mg_buf_printf(b, "%.*s ", MG_FMT(e->resource));
	if (e->ns.n)
		mg_buf_printf(b, "%.*s/", MG_FMT(e->ns));
	if (e->name.n || e->pod.n)
		mg_buf_add(b, e->name.n ? e->name : e->pod);
	while (b->n && b->p[b->n - 1] == ' ')
		b->n--;
}

void mg_event_text_what(struct mg_buf *b, const struct mg_event *e)
{
	char n[32];

	if (e->message.n) {
		mg_buf_add(b, e->message);
	} else {
		put_object(b, e);
		if (e->code)
			mg_buf_printf(b, "%s%u", b->n ? " " : "", e->code);
		if (e->user.n)
			mg_buf_printf(b, "%sby %.*s", b->n ? " " : "", MG_FMT(e->user));
	}
	if (e->count > 1)
		mg_buf_printf(b, " (\xc3\x97%s)", mg_num_grouped(e->count, n, sizeof(n)));
}

static void day_line(struct mg_buf *b, struct mg_event_text *t, int64_t ns)
{
	int64_t         day = ns == MG_TIME_NONE ? INT64_MIN : ns / MG_DAY - (ns % MG_DAY < 0);
	struct mg_civil c;

	if (t->any && day == t->day)
		return;
	t->any = true;
	t->day = day;
	if (ns == MG_TIME_NONE) {
		mg_buf_addz(b, "# without a time\n");
		return;
	}
	c = mg_time_civil(ns);
	mg_buf_printf(b, "# %04d-%02d-%02d UTC\n", c.year, c.month, c.day);
}

/* Append `s` in a column that starts at *width columns and grows up to `max`. */
static void column(struct mg_buf *b, struct mg_str s, size_t *width, size_t min, size_t max)
{
	size_t used = mg_text_escape(b, s, max);

	if (*width < min)
		*width = min;
	if (used > *width)
		*width = used;
	mg_text_pad(b, *width - used + 2);
}

/* The host without its domain, which is the same for all of a cluster; addresses whole. */
static struct mg_str host(struct mg_str node)
{
	ptrdiff_t dot = mg_str_chr(node, '.');

	return dot <= 0 || mg_is_digit(node.p[0]) ? node : mg_str_head(node, (size_t)dot);
}

void mg_event_text_source(struct mg_buf *b, const struct mg_event *e)
{
	size_t before = b->n;

	mg_buf_add(b, e->component.n ? e->component : e->pod);
	if (e->node.n) {
		mg_buf_addc(b, '@');
		mg_buf_add(b, host(e->node));
	}
	if (b->n == before)
		mg_buf_addz(b, "\xe2\x80\x93");
}

static void source_column(struct mg_buf *b, struct mg_event_text *t, const struct mg_event *e)
{
	struct mg_buf s = { 0 };

	mg_event_text_source(&s, e);
	column(b, mg_buf_str(&s), &t->source, SOURCE_MIN, SOURCE_MAX);
	mg_buf_release(&s);
}

static void clock_columns(struct mg_buf *b, const struct mg_event_text *t,
			  const struct mg_event *e)
{
	char   text[24] = "";
	size_t n;

	if (e->time_ns != MG_TIME_NONE)
		mg_time_clock(e->time_ns, 3, text, sizeof(text));
	mg_buf_printf(b, "%-12s  ", text);
	text[0] = '\0';
	if (e->duration_ns >= 0)
		mg_duration_text(e->duration_ns, text, sizeof(text));
	n = mg_text_columns(mg_strz(text));
	mg_text_pad(b, n < 7 ? 7 - n : 0);
	mg_buf_printf(b, "%s  ", text);
	mg_event_text_severity(b, e->severity, t->color);
	n = strlen(mg_severity_name(e->severity));
	mg_text_pad(b, 8 - (n < 8 ? n : 8) + 2);
}

void mg_event_text(struct mg_buf *b, struct mg_event_text *t, const struct mg_event *e,
		   struct mg_str path)
{
	struct mg_buf what = { 0 }, place = { 0 };
	size_t        fixed, room = MG_TEXT_ALL, used, w;

	day_line(b, t, e->time_ns);
	clock_columns(b, t, e);
	source_column(b, t, e);
	column(b, mg_strz(mg_event_kind_name(e->kind)), &t->kind, KIND_MIN, MG_TEXT_ALL);
	mg_event_text_what(&what, e);
	if (path.n)
		mg_text_place(&place, path, e->line, t->width ? t->width / 4 : MG_TEXT_ALL);
	w = mg_text_columns(mg_buf_str(&place));
	fixed = 12 + 2 + 7 + 2 + 8 + 2 + t->source + 2 + t->kind + 2;
	if (t->width)
		room = t->width > fixed + w + 2 + WHAT_MIN ? t->width - fixed - w - 2 : WHAT_MIN;
	used = mg_text_escape(b, mg_buf_str(&what), room);
	if (place.n)
		mg_text_pad(b, t->width && room > used ? room - used + 2 : 2);
	mg_buf_add(b, mg_buf_str(&place));
	while (b->p[b->n - 1] == ' ')
		b->n--;
	mg_buf_addc(b, '\n');
	mg_buf_release(&what);
	mg_buf_release(&place);
}
