/* SPDX-License-Identifier: Apache-2.0 */
#include "render/report.h"

#include "analysis/coverage.h"
#include "base/num.h"
#include "render/event_text.h"
#include "render/finding_text.h"
#include "render/heading.h"
#include "render/outline.h"
#include "render/tables.h"
#include "render/text.h"

#define TABLE_MIN 140 /* a file may be wider than a terminal; prose stays narrow */

struct page {
	struct mg_buf             b;
	const struct mg_case     *c;
	const struct mg_findings *fs;
	struct mg_clock           clock;
	size_t                    width;
	struct mg_buf             none; /* titles of sections that are empty */
};

static void section(struct page *p, const char *title)
{
	size_t n = mg_text_columns(mg_strz(title));

	mg_buf_printf(&p->b, "\n%s\n", title);
	for (; n; n--)
		mg_buf_addc(&p->b, '-');
	mg_buf_addc(&p->b, '\n');
}

static void field(struct page *p, const char *name, struct mg_str text)
{
	mg_buf_printf(&p->b, "   %-12s ", name);
	mg_text_block(&p->b, text, 16, p->width);
}

/* --- findings, in full --------------------------------------------------------------- */

static void evidence(struct page *p, const struct mg_finding *f)
{
	uint64_t total = f->evidence_total > f->nevidence ? f->evidence_total : f->nevidence;
	char     n[32];

	for (uint32_t i = 0; i < f->nevidence; i++) {
		const struct mg_evidence *e = &f->evidence[i];
		struct mg_buf             text = { 0 };

		if (e->time_ns != MG_TIME_NONE) {
			mg_clock_point(&text, p->clock, e->time_ns, 3);
			mg_buf_addz(&text, "  ");
		}
		mg_buf_add(&text, e->text);
		field(p, i ? "" : "evidence", mg_buf_str(&text));
		mg_buf_release(&text);
		mg_text_pad(&p->b, 18);
		mg_text_place(&p->b, mg_case_path(p->c, e->artifact), e->line, MG_TEXT_ALL);
		mg_buf_addc(&p->b, '\n');
	}
	if (total > f->nevidence) {
		mg_text_pad(&p->b, 16);
		mg_buf_printf(&p->b, "\xe2\x80\xa6 and %s more\n",
			      mg_num_grouped(total - f->nevidence, n, sizeof(n)));
	}
}

static void numbers(struct page *p, const struct mg_finding *f)
{
	struct mg_buf text = { 0 };

	for (uint32_t i = 0; i < f->nnumbers; i++) {
		mg_buf_clear(&text);
		mg_finding_text_number(&text, &f->numbers[i]);
		field(p, i ? "" : "numbers", mg_buf_str(&text));
	}
	mg_buf_release(&text);
}

static void texts(struct page *p, const char *name, const struct mg_str *s, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		field(p, i ? "" : name, s[i]);
}

static const char *number_of(const struct mg_outline *o, uint32_t finding)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (o->item[i].finding == finding)
			return o->item[i].number;
	return "?";
}

static void links(struct page *p, const struct mg_outline *o, const char *name,
		  const uint32_t *to, uint32_t n)
{
	struct mg_buf text = { 0 };

	for (uint32_t i = 0; i < n; i++)
		if (to[i] < p->fs->n)
			mg_buf_printf(&text, "%s%s (%s)", text.n ? ", " : "",
				      number_of(o, to[i]), p->fs->f[to[i]].id);
	if (text.n)
		field(p, name, mg_buf_str(&text));
	mg_buf_release(&text);
}

static void finding(struct page *p, const struct mg_outline *o,
		    const struct mg_outline_item *it)
{
	const struct mg_finding *f = &p->fs->f[it->finding];
	struct mg_buf            when = { 0 };

	mg_buf_printf(&p->b, "\n%s  ", it->number);
	mg_event_text_severity(&p->b, f->severity, false);
	mg_buf_printf(&p->b, "  %s  [%s, confidence %s]\n", f->title ? f->title : "", f->id,
		      mg_confidence_name(f->confidence));
	mg_text_pad(&p->b, 3);
	mg_text_block(&p->b, f->claim, 3, p->width);
	if (f->start_ns != MG_TIME_NONE) {
		mg_clock_interval(&when, p->clock, f->start_ns, f->end_ns);
		field(p, "when", mg_buf_str(&when));
	}
	evidence(p, f);
	numbers(p, f);
	links(p, o, "caused by", f->caused_by, f->ncaused_by);
	links(p, o, "effects", f->effects, f->neffects);
	texts(p, "or perhaps", f->alternatives, f->nalternatives);
	mg_buf_release(&when);
}

static void findings(struct page *p)
{
	struct mg_outline o;
	uint32_t          notable;

	section(p, "Findings");
	mg_outline_build(&o, p->fs, MG_SEV_WARNING, &notable);
	if (notable == 0)
		mg_buf_addz(&p->b, "Nothing of severity warning or above.\n");
	for (uint32_t i = 0; i < o.n; i++)
		finding(p, &o, &o.item[i]);
	mg_outline_release(&o);
}

/* --- what to do ----------------------------------------------------------------------- */

/* Does one of the items before `end` propose this step? */
static bool proposed(const struct page *p, const struct mg_outline *o, uint32_t end, struct mg_str step)
{
	for (uint32_t i = 0; i < end; i++) {
		const struct mg_finding *f = &p->fs->f[o->item[i].finding];

		for (uint32_t k = 0; k < f->nnext_steps; k++)
			if (mg_str_eq(f->next_steps[k], step))
				return true;
	}
	return false;
}

/* Every step once, under the first finding that proposes it. */
static void next_steps(struct page *p)
{
	struct mg_outline o;
	uint32_t          notable;
	bool              any = false;

	mg_outline_build(&o, p->fs, MG_SEV_WARNING, &notable);
	for (uint32_t i = 0; i < o.n; i++) {
		const struct mg_finding *f = &p->fs->f[o.item[i].finding];
		const char              *number = o.item[i].number;

		for (uint32_t k = 0; k < f->nnext_steps; k++) {
			if (proposed(p, &o, i, f->next_steps[k]))
				continue;
			if (!any)
				section(p, "Next steps, by finding");
			mg_buf_printf(&p->b, "%-6s ", number);
			mg_text_block(&p->b, f->next_steps[k], 7, p->width);
			number = "";
			any = true;
		}
	}
	mg_outline_release(&o);
}

/* --- the numbers ---------------------------------------------------------------------- */

/* A grid under its title, as wide as it needs; released.  False: it was empty. */
static bool table(struct page *p, const char *title, struct mg_grid *g, bool any, bool headings)
{
	size_t width = p->width < TABLE_MIN ? TABLE_MIN : p->width;

	if (any) {
		section(p, title);
		mg_grid_print(g, &p->b, 0, g->flex < 0 ? 0 : width, headings);
	}
	mg_grid_release(g);
	return any;
}

static void tables(struct page *p)
{
	struct mg_grid g;

	for (size_t i = 0; i < MG_TABLES; i++) {
		bool any = mg_tables[i].fill(&g, p->c, mg_tables[i].text_rows);

		if (!table(p, mg_tables[i].title, &g, any, true))
			mg_buf_printf(&p->none, "%s%s", p->none.n ? "; " : "", mg_tables[i].title);
	}
	if (p->none.n) {
		section(p, "No data for");
		mg_text_block(&p->b, mg_buf_str(&p->none), 0, p->width);
	}
}

/* --- the input ------------------------------------------------------------------------ */

/* Sources that fell silent, in the words of their events. */
static void gaps(struct page *p)
{
	struct mg_buf line = { 0 };
	bool          any = false;

	for (size_t i = 0; i < p->c->events.n; i++) {
		const struct mg_event *e = &p->c->events.ev[i];

		if (e->kind != MG_EV_GAP)
			continue;
		if (!any)
			section(p, "Gaps");
		any = true;
		mg_buf_clear(&line);
		mg_clock_interval(&line, p->clock, e->time_ns, mg_event_end(e));
		mg_buf_addz(&line, "  ");
		mg_buf_add(&line, e->message);
		mg_text_block(&p->b, mg_buf_str(&line), 2, p->width);
		mg_text_pad(&p->b, 2);
		mg_text_place(&p->b, mg_case_path(p->c, e->artifact), e->line, MG_TEXT_ALL);
		mg_buf_addc(&p->b, '\n');
	}
	mg_buf_release(&line);
}

static void coverage(struct page *p)
{
	struct mg_coverage cov;
	struct mg_grid     g;

	mg_coverage_build(&cov, p->c);
	mg_tables_coverage(&g, p->c, &cov);
	table(p, "Coverage", &g, true, true);
	if (cov.empty)
		mg_buf_printf(&p->b, "0 bytes: %u of %u files\n", cov.empty, cov.files);
	if (p->c->outliers)
		mg_buf_printf(&p->b, "outside the span above: %llu events\n",
			      (unsigned long long)p->c->outliers);
	gaps(p);
	table(p, "Missing, and how to collect it", &g, mg_tables_missing(&g, &cov), false);
	mg_coverage_release(&cov);
}

static void unknown(struct page *p)
{
	if (p->fs->nnot_assessed) {
		section(p, "Not assessed");
		mg_render_not_assessed(&p->b, p->fs, 0, p->width);
	}
	if (p->fs->nblind_spots)
		section(p, "Blind spots");
	for (uint32_t i = 0; i < p->fs->nblind_spots; i++)
		mg_text_block(&p->b, p->fs->blind_spots[i], 0, p->width);
}

static void verdict(struct page *p)
{
	struct mg_coverage cov;

	mg_coverage_build(&cov, p->c);
	mg_buf_addz(&p->b, "looked at ");
	mg_heading_looked_at(&p->b, p->c, &cov);
	mg_buf_addz(&p->b, "\n");
	if (p->fs->verdict.n) {
		mg_buf_addz(&p->b, "\nVERDICT  ");
		mg_text_block(&p->b, p->fs->verdict, 9, p->width);
	}
	mg_coverage_release(&cov);
}

void mg_render_report(struct mg_out *o, const struct mg_case *c, const struct mg_findings *fs,
		      const struct mg_render_opts *opt)
{
	struct page    p = { .c = c, .fs = fs, .clock = mg_clock_of(c) };
	struct mg_grid g;

	p.width = opt->width == 0 ? 110 : opt->width < 60 ? 60 : opt->width;
	mg_heading(&p.b, c, 0);
	mg_buf_addc(&p.b, '\n');
	verdict(&p);
	findings(&p);
	next_steps(&p);
	unknown(&p);
	tables(&p);
	table(&p, "Faults of the input", &g, mg_tables_faults(&g, c), false);
	coverage(&p);
	mg_out_add(o, mg_buf_str(&p.b));
	mg_buf_release(&p.b);
	mg_buf_release(&p.none);
}
