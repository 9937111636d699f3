/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "render/finding_text.h"
#include "render/html_internal.h"

#define EVENTS_SLACK (10 * MG_SEC) /* around a finding, when its events are shown */

static void evidence_item(struct mg_html_page *p, const struct mg_evidence *e)
{
	mg_buf_addz(&p->b, "<li>");
	if (e->time_ns != MG_TIME_NONE) {
		mg_html_time(p, e->time_ns, 3);
		mg_buf_addc(&p->b, ' ');
	}
	mg_html_text(&p->b, e->text);
	mg_buf_addz(&p->b, "<br>");
	mg_html_place(&p->b, mg_case_path(p->c, e->artifact), e->line);
	mg_buf_addz(&p->b, "</li>\n");
}

static void evidence(struct mg_html_page *p, const struct mg_finding *f, bool open)
{
	uint64_t total = f->evidence_total > f->nevidence ? f->evidence_total : f->nevidence;
	char     n[32];

	if (total == 0)
		return;
	mg_buf_printf(&p->b, "<details%s><summary>Evidence (%s)</summary>\n<ol>\n",
		      open ? " open" : "", mg_num_grouped(total, n, sizeof(n)));
	for (uint32_t i = 0; i < f->nevidence; i++)
		evidence_item(p, &f->evidence[i]);
	mg_buf_addz(&p->b, "</ol>\n");
	if (total > f->nevidence)
		mg_buf_printf(&p->b, "<p class=\"more\">\xe2\x80\xa6 and %s more</p>\n",
			      mg_num_grouped(total - f->nevidence, n, sizeof(n)));
	mg_buf_addz(&p->b, "</details>\n");
}

/* "longest_seconds 40.002": the name is one word. */
static void numbers(struct mg_html_page *p, const struct mg_finding *f)
{
	struct mg_buf t = { 0 };

	if (f->nnumbers == 0)
		return;
	mg_buf_printf(&p->b, "<details><summary>Numbers (%u)</summary>\n<dl>\n", f->nnumbers);
	for (uint32_t i = 0; i < f->nnumbers; i++) {
		struct mg_str name, value;

		mg_buf_clear(&t);
		mg_finding_text_number(&t, &f->numbers[i]);
		mg_str_cut(mg_buf_str(&t), ' ', &name, &value);
		mg_buf_addz(&p->b, "<div><dt>");
		mg_html_text(&p->b, name);
		mg_buf_addz(&p->b, "</dt><dd>");
		mg_html_text(&p->b, value);
		mg_buf_addz(&p->b, "</dd></div>\n");
	}
	mg_buf_addz(&p->b, "</dl></details>\n");
	mg_buf_release(&t);
}

static void list(struct mg_html_page *p, const char *title, const struct mg_str *s, uint32_t n,
		 bool open)
{
	if (n == 0)
		return;
	mg_buf_printf(&p->b, "<details%s><summary>%s (%u)</summary>\n<ul>\n", open ? " open" : "",
		      title, n);
	for (uint32_t i = 0; i < n; i++) {
		mg_buf_addz(&p->b, "<li>");
		mg_html_prose(&p->b, s[i]);
		mg_buf_addz(&p->b, "</li>\n");
	}
	mg_buf_addz(&p->b, "</ul></details>\n");
}

static const char *number_of(const struct mg_outline *o, uint32_t finding)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (o->item[i].finding == finding)
			return o->item[i].number;
	return "?";
}

/* Links that the nesting does not show: causes and effects told elsewhere. */
static void links(struct mg_html_page *p, const struct mg_outline_item *it, const char *title,
		  const uint32_t *to, uint32_t n, bool effects)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = 0;

		if (to[i] >= p->fs->n)
			continue;
		while (at < p->outline.n && p->outline.item[at].finding != to[i])
			at++;
		if (at == p->outline.n)
			continue;
		if (effects ? p->outline.item[at].parent != MG_NONE &&
			      p->outline.item[p->outline.item[at].parent].finding == it->finding
			    : it->parent == at)
			continue;
		mg_buf_printf(&p->b, any ? ", " : "<p class=\"links\">%s ", title);
		mg_buf_addz(&p->b, "<a href=\"#");
		mg_html_anchor(&p->b, p->fs, to[i]);
		mg_buf_printf(&p->b, "\">%s ", number_of(&p->outline, to[i]));
		mg_html_text(&p->b, mg_strz(p->fs->f[to[i]].title));
		mg_buf_addz(&p->b, "</a>");
		any = true;
	}
	if (any)
		mg_buf_addz(&p->b, "</p>\n");
}

static void when(struct mg_html_page *p, const struct mg_finding *f)
{
	int64_t end = f->end_ns != MG_TIME_NONE ? f->end_ns : f->start_ns;

	if (f->start_ns == MG_TIME_NONE)
		return;
	mg_buf_addz(&p->b, "<span class=\"when\">");
	mg_clock_interval(&p->b, p->clock, f->start_ns, end);
	mg_buf_printf(&p->b, "</span> <button type=\"button\" class=\"js around\" data-from=\"%lld\" "
		      "data-to=\"%lld\">show events</button>\n",
		      (long long)((f->start_ns - EVENTS_SLACK) / MG_MS),
		      (long long)((end + EVENTS_SLACK) / MG_MS));
}

static void head(struct mg_html_page *p, const struct mg_outline_item *it,
		 const struct mg_finding *f)
{
	const char *sev = mg_html_severity(f->severity);
	const char *h = it->depth == 0 ? "h3" : "h4";

	mg_buf_printf(&p->b, "<article class=\"f %s%s\" id=\"", sev, it->depth ? " effect" : "");
	mg_html_anchor(&p->b, p->fs, it->finding);
	mg_buf_printf(&p->b, "\">\n<%s><span class=\"no\">%s</span> <span class=\"sev %s\">%s</span> ",
		      h, it->number, sev, sev);
	mg_html_text(&p->b, mg_strz(f->title ? f->title : f->id));
	mg_buf_addz(&p->b, "<a class=\"anchor\" href=\"#");
	mg_html_anchor(&p->b, p->fs, it->finding);
	mg_buf_printf(&p->b, "\" aria-label=\"link to this finding\">#</a></%s>\n<p class=\"claim\">",
		      h);
	mg_html_prose(&p->b, f->claim);
	mg_buf_addz(&p->b, "</p>\n<p class=\"meta\">");
	when(p, f);
	mg_buf_printf(&p->b, "<span>confidence %s</span> <code>", mg_confidence_name(f->confidence));
	mg_html_text(&p->b, mg_strz(f->id));
	mg_buf_addz(&p->b, "</code></p>\n");
}

/* The finding at item `i` with everything below it; returns the item behind. */
static uint32_t finding(struct mg_html_page *p, uint32_t i)
{
	const struct mg_outline_item *it = &p->outline.item[i];
	const struct mg_finding      *f = &p->fs->f[it->finding];
	bool root = it->depth == 0 && f->severity >= MG_SEV_WARNING;
	uint32_t next = i + 1;

	head(p, it, f);
	links(p, it, "caused by", f->caused_by, f->ncaused_by, false);
	links(p, it, "also leads to", f->effects, f->neffects, true);
	mg_buf_addz(&p->b, "<div class=\"folds\">\n");
	evidence(p, f, root && i == 0);
	numbers(p, f);
	list(p, "Or perhaps", f->alternatives, f->nalternatives, false);
	list(p, "Next steps", f->next_steps, f->nnext_steps, root);
	mg_buf_addz(&p->b, "</div>\n");
	if (next < p->outline.n && p->outline.item[next].depth > it->depth)
		mg_buf_addz(&p->b, "<p class=\"effects\">led to</p>\n");
	while (next < p->outline.n && p->outline.item[next].depth > it->depth)
		next = finding(p, next);
	mg_buf_addz(&p->b, "</article>\n");
	return next;
}

void mg_html_findings(struct mg_html_page *p)
{
	mg_html_section(p, "findings", "Findings");
	if (p->notable == 0)
		mg_buf_addz(&p->b, "<p>Nothing of severity warning or above.</p>\n");
	for (uint32_t i = 0; i < p->outline.n;) {
		if (i == p->notable)
			mg_buf_addz(&p->b, "<h3 class=\"noted\">Noted</h3>\n");
		i = finding(p, i);
	}
	mg_html_section_end(p);
}
