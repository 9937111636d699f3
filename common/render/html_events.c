/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/num.h"
#include "render/event_text.h"
#include "render/html_internal.h"

#define EVENTS     5000
#define PLACE_COLS 30
#define WHAT_BYTES 240 /* a message may be a kilobyte; events.jsonl has it whole */
#define FAMILIES   MG_EV_COUNT

/* --- which ones -------------------------------------------------------------------------- */

/* Events of one severity and kind. */
struct cell {
	size_t count, take, seen;
};

/* Share `room` among the kinds: the rare ones whole, the others alike. */
static size_t share(struct cell *of, size_t room)
{
	size_t   used = 0, part;
	unsigned open = 0;
	bool     again = true;

	for (int k = 0; k < MG_EV_COUNT; k++)
		open += of[k].count > 0;
	while (again) { /* a kind that needs less than its part leaves more for the others */
		again = false;
		part = open ? (room - used) / open : 0;
		for (int k = 0; k < MG_EV_COUNT; k++)
			if (of[k].count && !of[k].take && of[k].count <= part) {
				of[k].take = of[k].count;
				used += of[k].count;
				open--;
				again = true;
			}
	}
	for (int k = 0; k < MG_EV_COUNT; k++)
		if (of[k].count && !of[k].take) {
			of[k].take = part;
			used += part;
		}
	return used;
}

static void count(const struct mg_case *c, struct cell (*of)[MG_EV_COUNT], size_t *total)
{
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (mg_event_is_state(e->kind))
			continue;
		of[e->severity][e->kind].count++;
		total[e->severity]++;
	}
}

size_t *mg_html_choose(const struct mg_case *c, size_t max, size_t *n)
{
	struct cell of[MG_SEV_CRITICAL + 1][MG_EV_COUNT] = { 0 };
	size_t      total[MG_SEV_CRITICAL + 1] = { 0 }, left = max;
	size_t     *index = mg_alloc((c->events.n < max ? c->events.n : max) * sizeof(size_t) + 1);

	count(c, of, total);
	for (int s = MG_SEV_CRITICAL; s >= MG_SEV_DEBUG; s--) {
		size_t below = 0;

		for (int k = 0; k < s; k++)
			below += total[k];
		/* a crowd must not take the place of everything that is less severe */
		if (below > left / 4)
			below = left / 4;
		left -= share(of[s], total[s] > left - below ? left - below : left);
	}
	*n = 0;
	for (size_t i = 0; i < c->events.n; i++) {
		struct cell *x = &of[c->events.ev[i].severity][c->events.ev[i].kind];
		uint64_t     k = x->seen++;

		if (x->count == 0)
			continue; /* a state */

		/* evenly: the number of those taken grows with the number of those seen */
		if ((k + 1) * x->take / x->count > k * x->take / x->count)
			index[(*n)++] = i;
	}
	return index;
}

/* --- families: "etcd" of "etcd.slow_apply" ------------------------------------------------ */

static struct mg_str family(enum mg_event_kind k)
{
	struct mg_str head, tail;

	mg_str_cut(mg_strz(mg_event_kind_name(k)), '.', &head, &tail);
	return head;
}

/* The first kind of the same family. */
static int family_of(enum mg_event_kind k)
{
	int i = 0;

	while (!mg_str_eq(family((enum mg_event_kind)i), family(k)))
		i++;
	return i;
}

static void toggles(struct mg_html_page *p, const size_t *index, size_t n)
{
	size_t all[FAMILIES] = { 0 }, shown[FAMILIES] = { 0 };
	int    of[MG_EV_COUNT];
	char   text[32];

	for (int k = 0; k < MG_EV_COUNT; k++)
		of[k] = family_of((enum mg_event_kind)k);
	for (size_t i = 0; i < p->c->events.n; i++)
		all[of[p->c->events.ev[i].kind]] += !mg_event_is_state(p->c->events.ev[i].kind);
	for (size_t i = 0; i < n; i++)
		shown[of[p->c->events.ev[index[i]].kind]]++;
	mg_buf_addz(&p->b, "<fieldset class=\"js\" id=\"sources\"><legend>Sources</legend>\n");
	for (int k = 0; k < MG_EV_COUNT; k++) {
		if (all[k] == 0)
			continue;
		mg_buf_printf(&p->b, "<label><input type=\"checkbox\" checked name=\"%.*s\" value=\"%d\"> %.*s "
			      "<b>%s</b>", MG_FMT(family((enum mg_event_kind)k)), k,
			      MG_FMT(family((enum mg_event_kind)k)),
			      mg_num_grouped(shown[k], text, sizeof(text)));
		if (shown[k] < all[k])
			mg_buf_printf(&p->b, " of %s", mg_num_grouped(all[k], text, sizeof(text)));
		mg_buf_addz(&p->b, "</label>\n");
	}
	mg_buf_addz(&p->b, "<span><button type=\"button\" id=\"all\">all</button> "
			   "<button type=\"button\" id=\"none\">none</button></span></fieldset>\n");
}

static void controls(struct mg_html_page *p)
{
	mg_buf_addz(&p->b, "<form class=\"js\" id=\"filter\">\n"
		"<label>Text <input type=\"search\" id=\"text\" placeholder=\"any part of a row\"></label>\n"
		"<label>From <input id=\"from\" size=\"15\" placeholder=\"hh:mm:ss\"></label>\n"
		"<label>To <input id=\"to\" size=\"15\" placeholder=\"hh:mm:ss\"></label>\n"
		"<label>Severity <select id=\"severity\"><option value=\"0\">all</option>"
		"<option value=\"1\">info</option><option value=\"2\">warning</option>"
		"<option value=\"3\">error</option><option value=\"4\">critical</option></select></label>\n"
		"<button type=\"reset\">reset</button> <output id=\"matches\"></output>\n</form>\n");
}

/* --- rows -------------------------------------------------------------------------------- */

static void what_cell(struct mg_buf *b, const struct mg_event *e)
{
	struct mg_buf what = { 0 };

	mg_event_text_what(&what, e);
	if (what.n > WHAT_BYTES) {
		size_t n = WHAT_BYTES;

		while (n && ((unsigned char)what.p[n] & 0xc0) == 0x80)
			n--;
		mg_html_text(b, mg_str(what.p, n));
		mg_buf_addz(b, "\xe2\x80\xa6");
	} else {
		mg_html_text(b, mg_buf_str(&what));
	}
	mg_buf_release(&what);
}

/* Times are milliseconds since the epoch; a row without one passes only without a filter. */
static void row(struct mg_html_page *p, const struct mg_event *e)
{
	const char   *sev = mg_html_severity(e->severity);
	struct mg_buf t = { 0 };
	char          text[24];

	mg_buf_printf(&p->b, "<tr data-s=\"%d\" data-k=\"%d\"", (int)e->severity, family_of(e->kind));
	if (e->time_ns != MG_TIME_NONE) {
		mg_buf_printf(&p->b, " data-t=\"%lld\"", (long long)(e->time_ns / MG_MS));
		if (e->duration_ns >= MG_MS)
			mg_buf_printf(&p->b, " data-d=\"%lld\"", (long long)(e->duration_ns / MG_MS));
	}
	mg_buf_addz(&p->b, "><td>");
	mg_clock_point(&p->b, p->clock, e->time_ns, 3);
	mg_buf_addz(&p->b, "<td class=\"n\">");
	if (e->duration_ns >= 0)
		mg_buf_addz(&p->b, mg_duration_text(e->duration_ns, text, sizeof(text)));
	mg_buf_printf(&p->b, "<td><span class=\"sev %s\">%s</span><td>", sev, sev);
	mg_event_text_source(&t, e);
	mg_html_text(&p->b, mg_buf_str(&t));
	mg_buf_printf(&p->b, "<td>%s<td>", mg_event_kind_name(e->kind));
	what_cell(&p->b, e);
	mg_buf_addz(&p->b, "<td>");
	mg_html_short_place(&p->b, mg_case_path(p->c, e->artifact), e->line, PLACE_COLS);
	mg_buf_addz(&p->b, "\n");
	mg_buf_release(&t);
}

/* Events that only tell how something is are never listed: the tables and pictures have them. */
static size_t count_states(const struct mg_case *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->events.n; i++)
		n += mg_event_is_state(c->events.ev[i].kind);
	return n;
}

static void left_out(struct mg_html_page *p, size_t shown)
{
	size_t states = count_states(p->c), total = p->c->events.n - states;
	char   all[32], n[32], rest[32];

	mg_num_grouped(total, all, sizeof(all));
	if (shown == total) {
		mg_buf_printf(&p->b, "<p class=\"dim\">All %s events", all);
	} else {
		mg_num_grouped(shown, n, sizeof(n));
		mg_num_grouped(total - shown, rest, sizeof(rest));
		mg_buf_printf(&p->b, "<p class=\"note\">%s of %s events are shown here: the most severe "
				     "ones; where there are too many, rare kinds whole and an even choice "
				     "of the others. %s are left out; <code>events.jsonl</code> beside this "
				     "page has all", n, all, rest);
	}
	if (states)
		mg_buf_printf(&p->b, "; %s that only tell how something was are in "
				     "<code>events.jsonl</code>", mg_num_grouped(states, n, sizeof(n)));
	mg_buf_addz(&p->b, ".</p>\n");
}

void mg_html_events(struct mg_html_page *p)
{
	size_t  n, max = p->opt->max_events ? p->opt->max_events : EVENTS;
	size_t *index = mg_html_choose(p->c, max, &n);

	mg_html_section(p, "events", "Events");
	if (n == 0) {
		mg_buf_addz(&p->b, "<p>None.</p>\n");
	} else {
		left_out(p, n);
		controls(p);
		toggles(p, index, n);
		mg_buf_printf(&p->b, "<div class=\"wide\"><table class=\"ev%s\">\n<thead><tr>"
			"<th>time (UTC)<th class=\"n\">took<th>severity"
			"<th>source<th>kind<th>what<th>where</thead>\n<tbody id=\"rows\">\n",
			      p->clock.dates ? " days" : "");
		for (size_t i = 0; i < n; i++)
			row(p, &p->c->events.ev[index[i]]);
		mg_buf_addz(&p->b, "</tbody></table></div>\n");
	}
	mg_html_section_end(p);
	free(index);
}
