/* SPDX-License-Identifier: Apache-2.0 */
#include "render/summary.h"

#include <stdio.h>

#include "analysis/coverage.h"
#include "base/mem.h"
#include "base/num.h"
#include "render/event_text.h"
#include "render/finding_text.h"
#include "render/heading.h"
#include "render/outline.h"
#include "render/tables.h"
#include "render/text.h"

#define INDENT    5  /* of everything below a claim              */
#define LABEL     15 /* width of the labels at the foot          */
#define SHOWN     4  /* evidence lines of a root cause           */
#define PLACE_MIN 26 /* columns a path takes beside its text …    */
#define PLACE_MAX(p) ((p)->width * 2 / 5) /* … at least and at most */
#define ELLIPSIS  "\xe2\x80\xa6"

struct page {
	struct mg_buf             b;
	const struct mg_case     *c;
	const struct mg_findings *fs;
	struct mg_clock           clock;
	size_t                    width;
	bool                      color;
};

/* --- evidence ------------------------------------------------------------------------ */

/* Append `text` (escaped) from column `at`: one line up to `until` with `right` at its end,
 * and, when that is not enough, one more that is cut. */
static void beside(struct page *p, struct mg_str text, size_t at, size_t until,
		   struct mg_str right)
{
	size_t        room = until > at + 20 ? until - at : 20, used, w = mg_text_columns(right);
	struct mg_str rest = text, line = mg_str("", 0);

	mg_text_wrap(&rest, room, &line);
	mg_buf_add(&p->b, line);
	used = at + mg_text_columns(line);
	mg_text_pad(&p->b, p->width > used + w + 2 ? p->width - used - w : 2);
	mg_buf_add(&p->b, right);
	mg_buf_addc(&p->b, '\n');
	rest = mg_str_trim(rest);
	if (rest.n == 0)
		return;
	mg_text_pad(&p->b, at);
	mg_text_escape(&p->b, rest, room);
	mg_buf_addc(&p->b, '\n');
}

/* Columns for the place beside a text of `cols` columns: less when that saves a line. */
static size_t place_columns(const struct page *p, size_t at, size_t cols)
{
	size_t room = p->width > at + cols + 2 ? p->width - at - cols - 2 : 0;

	return room < PLACE_MIN || room > PLACE_MAX(p) ? PLACE_MAX(p) : room;
}

static void evidence_line(struct page *p, const struct mg_evidence *e)
{
	struct mg_buf place = { 0 }, text = { 0 };
	size_t        at = INDENT + mg_clock_columns(p->clock, 3) + 2, before, w;

	mg_text_escape(&text, e->text, MG_TEXT_ALL);
	mg_text_place(&place, mg_case_path(p->c, e->artifact), e->line,
		      place_columns(p, at, mg_text_columns(mg_buf_str(&text))));
	before = p->b.n;
	mg_text_pad(&p->b, INDENT);
	if (e->time_ns != MG_TIME_NONE)
		mg_clock_point(&p->b, p->clock, e->time_ns, 3);
	mg_text_pad(&p->b, at - (p->b.n - before));
	w = mg_text_columns(mg_buf_str(&place));
	beside(p, mg_buf_str(&text), at, p->width > w + 2 ? p->width - w - 2 : 0,
	       mg_buf_str(&place));
	mg_buf_release(&place);
	mg_buf_release(&text);
}

static void evidence(struct page *p, const struct mg_finding *f)
{
	uint32_t n = f->nevidence < SHOWN ? f->nevidence : SHOWN;
	uint64_t total = f->evidence_total > f->nevidence ? f->evidence_total : f->nevidence;
	char     more[32];

	for (uint32_t i = 0; i < n; i++)
		evidence_line(p, &f->evidence[i]);
	if (total > n) {
		mg_text_pad(&p->b, INDENT + mg_clock_columns(p->clock, 3) + 2);
		mg_buf_printf(&p->b, ELLIPSIS " and %s more\n",
			      mg_num_grouped(total - n, more, sizeof(more)));
	}
}

/* --- one finding ---------------------------------------------------------------------- */

/* " 1 CRITICAL  claim …                confidence high"; the claim wraps before the right end. */
static void claim(struct page *p, const struct mg_outline_item *it, const struct mg_finding *f)
{
	struct mg_buf clean = { 0 };
	struct mg_str rest, line, conf = mg_strz(mg_confidence_name(f->confidence));
	size_t        at = 13, right = 11 + conf.n, before;
	bool          first = true;

	mg_buf_printf(&p->b, "%2s ", it->number);
	mg_event_text_severity(&p->b, f->severity, p->color);
	mg_text_pad(&p->b, 10 - strlen(mg_severity_name(f->severity)));
	mg_text_escape(&clean, f->claim, MG_TEXT_ALL);
	rest = mg_buf_str(&clean);
	while (mg_text_wrap(&rest, p->width - at - (first ? right + 2 : 0), &line)) {
		if (!first)
			mg_text_pad(&p->b, at);
		before = at + mg_text_columns(line);
		mg_buf_add(&p->b, line);
		if (first) {
			mg_text_pad(&p->b, p->width - right > before + 2 ?
						   p->width - right - before : 2);
			mg_buf_printf(&p->b, "confidence %.*s", MG_FMT(conf));
		}
		mg_buf_addc(&p->b, '\n');
		first = false;
	}
	if (first)
		mg_buf_addc(&p->b, '\n');
	if (f->start_ns != MG_TIME_NONE) {
		mg_text_pad(&p->b, at);
		mg_clock_interval(&p->b, p->clock, f->start_ns, f->end_ns);
		mg_buf_addc(&p->b, '\n');
	}
	mg_buf_release(&clean);
}

/* "│ " or blanks for every level above that goes on below this item. */
static void branches(struct mg_buf *b, const struct mg_outline *o, uint32_t item)
{
	const struct mg_outline_item *up = &o->item[item];

	if (up->depth <= 1)
		return;
	branches(b, o, up->parent);
	mg_buf_addz(b, o->item[up->parent].last ? "   " : "\xe2\x94\x82  ");
}

/* The place of an effect's first evidence at the end of the last line, shortened to fit; on
 * a line of its own where it cannot. */
static void effect_place(struct page *p, const struct mg_evidence *e, struct mg_str lead,
			 size_t at)
{
	struct mg_str all = mg_buf_str(&p->b), path = mg_case_path(p->c, e->artifact);
	ptrdiff_t     nl = mg_str_rchr(all, '\n');
	size_t        used = mg_text_columns(mg_str_from(all, (size_t)(nl + 1))), w;
	size_t        room = p->width > used + 2 ? p->width - used - 2 : 0;
	struct mg_buf place = { 0 };

	mg_text_place(&place, path, e->line, room < PLACE_MAX(p) ? room : PLACE_MAX(p));
	w = mg_text_columns(mg_buf_str(&place));
	if (w > room) {
		mg_buf_clear(&place);
		mg_text_place(&place, path, e->line, PLACE_MAX(p));
		w = mg_text_columns(mg_buf_str(&place));
		mg_buf_addc(&p->b, '\n');
		mg_buf_add(&p->b, lead);
		used = at;
	}
	mg_text_pad(&p->b, p->width > used + w ? p->width - used - w : 0);
	mg_buf_add(&p->b, mg_buf_str(&place));
	mg_buf_release(&place);
}

/* Append escaped text wrapped at the right end; `lead` begins every line but the first. */
static void hang(struct page *p, struct mg_str s, struct mg_str lead, size_t at)
{
	struct mg_buf clean = { 0 };
	struct mg_str rest, line;
	bool          first = true;

	mg_text_escape(&clean, s, MG_TEXT_ALL);
	rest = mg_buf_str(&clean);
	while (mg_text_wrap(&rest, p->width > at + 20 ? p->width - at : 20, &line)) {
		if (!first) {
			mg_buf_addc(&p->b, '\n');
			mg_buf_add(&p->b, lead);
		}
		mg_buf_add(&p->b, line);
		first = false;
	}
	mg_buf_release(&clean);
}

/* "     ├ effect  03:12:36  claim …                     path:line" */
static void effect(struct page *p, const struct mg_outline *o, uint32_t item)
{
	const struct mg_outline_item *it = &o->item[item];
	const struct mg_finding      *f = &p->fs->f[it->finding];
	struct mg_buf                 lead = { 0 };
	size_t                        start = p->b.n, at;

	mg_text_pad(&lead, INDENT);
	branches(&lead, o, item);
	mg_buf_add(&p->b, mg_buf_str(&lead));
	mg_buf_addz(&p->b, it->last ? "\xe2\x94\x94 effect  " : "\xe2\x94\x9c effect  ");
	mg_buf_addz(&lead, it->last ? " " : "\xe2\x94\x82");
	if (f->start_ns != MG_TIME_NONE) {
		mg_clock_point(&p->b, p->clock, f->start_ns, 0);
		mg_buf_addz(&p->b, "  ");
	}
	at = mg_text_columns(mg_str(p->b.p + start, p->b.n - start));
	mg_text_pad(&lead, at - mg_text_columns(mg_buf_str(&lead)));
	hang(p, f->claim, mg_buf_str(&lead), at);
	if (f->nevidence)
		effect_place(p, &f->evidence[0], mg_buf_str(&lead), at);
	mg_buf_addc(&p->b, '\n');
	mg_buf_release(&lead);
}

static void next_steps(struct page *p, const struct mg_finding *f)
{
	for (uint32_t i = 0; i < f->nnext_steps; i++) {
		mg_buf_addz(&p->b, i ? "           " : "     next  ");
		mg_text_block(&p->b, f->next_steps[i], INDENT + 6, p->width);
	}
}

/* Was this step told already: one of the root's, or the first of an effect before item `at`? */
static bool told(const struct page *p, const struct mg_outline *o, uint32_t root, uint32_t at,
		 struct mg_str step)
{
	const struct mg_finding *f = &p->fs->f[o->item[root].finding];

	for (uint32_t i = 0; i < f->nnext_steps; i++)
		if (mg_str_eq(f->next_steps[i], step))
			return true;
	for (uint32_t i = root + 1; i < at; i++) {
		f = &p->fs->f[o->item[i].finding];
		if (f->nnext_steps && mg_str_eq(f->next_steps[0], step))
			return true;
	}
	return false;
}

/* Steps that only an effect proposes would be lost: its first new one is told too. */
static void steps_of_effects(struct page *p, const struct mg_outline *o, uint32_t root,
			     uint32_t end)
{
	const struct mg_finding *f = &p->fs->f[o->item[root].finding];
	bool                     labelled = f->nnext_steps > 0;

	for (uint32_t i = root + 1; i < end; i++) {
		const struct mg_finding *e = &p->fs->f[o->item[i].finding];

		if (e->nnext_steps == 0 || told(p, o, root, i, e->next_steps[0]))
			continue;
		mg_buf_addz(&p->b, labelled ? "           " : "     next  ");
		mg_text_block(&p->b, e->next_steps[0], INDENT + 6, p->width);
		labelled = true;
	}
}

static uint32_t root_with_effects(struct page *p, const struct mg_outline *o, uint32_t root)
{
	const struct mg_finding *f = &p->fs->f[o->item[root].finding];
	uint32_t                 end = root + 1;

	claim(p, &o->item[root], f);
	evidence(p, f);
	for (; end < o->n && o->item[end].depth > 0; end++)
		effect(p, o, end);
	next_steps(p, f);
	steps_of_effects(p, o, root, end);
	mg_buf_addc(&p->b, '\n');
	return end;
}

/* A finding below warning: its claim and where to look. */
static void noted(struct page *p, const struct mg_outline *o, uint32_t from)
{
	for (uint32_t i = from; i < o->n; i++) {
		const struct mg_finding *f = &p->fs->f[o->item[i].finding];

		mg_buf_addz(&p->b, i == from ? " Noted         " : "               ");
		mg_text_block(&p->b, f->claim, LABEL, p->width);
	}
}

/* --- the foot -------------------------------------------------------------------------- */

static void label(struct page *p, const char *text)
{
	size_t n = strlen(text);

	mg_buf_printf(&p->b, " %s", text);
	mg_text_pad(&p->b, n + 1 < LABEL ? LABEL - 1 - n : 1);
}

/* Does an entry before `i` name the same missing thing? */
void mg_render_not_assessed(struct mg_buf *b, const struct mg_findings *fs, size_t at,
			    size_t width)
{
	struct mg_grid g;
	struct mg_buf  line = { 0 };

	mg_tables_not_assessed(&g, fs);
	for (size_t i = 1; i <= mg_grid_rows(&g); i++) {
		mg_buf_clear(&line);
		mg_buf_add(&line, g.cell[i * g.ncol]);
		mg_buf_addz(&line, ": needs ");
		mg_buf_add(&line, g.cell[i * g.ncol + 1]);
		if (i > 1)
			mg_text_pad(b, at);
		mg_text_block(b, mg_buf_str(&line), at, width);
	}
	mg_buf_release(&line);
	mg_grid_release(&g);
}

void mg_render_faults(struct mg_buf *b, const struct mg_case *c, uint32_t max, size_t at,
		      size_t width)
{
	struct mg_buf line = { 0 };

	for (uint32_t i = 0; i < c->nfaults && i < max; i++) {
		mg_buf_clear(&line);
		mg_finding_text_fault(&line, &c->faults[i]);
		if (i)
			mg_text_pad(b, at);
		mg_text_block(b, mg_buf_str(&line), at, width);
	}
	if (c->nfaults > max) {
		mg_text_pad(b, at);
		mg_buf_printf(b, ELLIPSIS " and %u more\n", c->nfaults - max);
	}
	mg_buf_release(&line);
}

/* One more entry of a list at the foot; an entry is never broken over two lines. */
static void item(struct page *p, struct mg_str text, size_t *col)
{
	size_t w = mg_text_columns(text);

	if (*col > LABEL && *col + 3 + w > p->width) {
		mg_buf_addc(&p->b, '\n');
		mg_text_pad(&p->b, LABEL);
		*col = LABEL;
	} else if (*col > LABEL) {
		mg_buf_addz(&p->b, " \xc2\xb7 ");
		*col += 3;
	}
	mg_buf_add(&p->b, text);
	*col += w;
}

/* "audit log 48,853 events", "goroutine dumps 7" */
static void coverage_item(struct page *p, const struct mg_coverage_row *r, size_t *col)
{
	struct mg_buf text = { 0 };
	char          n[32];

	mg_buf_printf(&text, "%s %s", r->title, mg_num_grouped(r->count, n, sizeof(n)));
	if (strcmp(r->unit, "events") == 0 || strcmp(r->unit, "lines") == 0 ||
	    strcmp(r->unit, "samples") == 0)
		mg_buf_printf(&text, " %s", r->unit);
	item(p, mg_buf_str(&text), col);
	mg_buf_release(&text);
}

static void coverage_list(struct page *p, const struct mg_coverage *cov, bool present)
{
	size_t col = LABEL;

	for (int k = 0; k < MG_COV_COUNT; k++) {
		const struct mg_coverage_row *r = &cov->row[k];

		if (!r->wanted || mg_coverage_present(r) != present)
			continue;
		if (col == LABEL)
			label(p, present ? "Coverage" : "Missing");
		if (present)
			coverage_item(p, r, &col);
		else
			item(p, mg_strz(r->title), &col);
	}
	if (col > LABEL)
		mg_buf_addc(&p->b, '\n');
}

static void damage(struct page *p)
{
	uint64_t bad = 0;
	uint32_t files = 0;
	char     n[32];

	if (p->c->nfaults) {
		label(p, "Damaged");
		mg_render_faults(&p->b, p->c, 3, LABEL, p->width);
	}
	for (uint32_t i = 0; i < p->c->nartifacts; i++) {
		bad += p->c->artifacts[i].stats.bad;
		files += p->c->artifacts[i].stats.bad > 0;
	}
	if (bad) {
		label(p, p->c->nfaults ? "" : "Damaged");
		mg_buf_printf(&p->b, "%s bad record%s in %u file%s, skipped\n",
			      mg_num_grouped(bad, n, sizeof(n)), bad == 1 ? "" : "s", files,
			      files == 1 ? "" : "s");
	}
}

static void foot(struct page *p, const struct mg_coverage *cov, const char *report)
{
	if (p->fs->nnot_assessed) {
		label(p, "Not assessed");
		mg_render_not_assessed(&p->b, p->fs, LABEL, p->width);
	}
	for (uint32_t i = 0; i < p->fs->nblind_spots; i++) {
		label(p, i ? "" : p->fs->nblind_spots > 1 ? "Blind spots" : "Blind spot");
		mg_text_block(&p->b, p->fs->blind_spots[i], LABEL, p->width);
	}
	damage(p);
	coverage_list(p, cov, true);
	coverage_list(p, cov, false);
	if (report) {
		label(p, "Report");
		mg_text_block(&p->b, mg_strz(report), LABEL, p->width);
	}
}

/* --- the page ---------------------------------------------------------------------------- */

static void verdict(struct page *p, const struct mg_coverage *cov, bool anything)
{
	struct mg_buf text = { 0 };

	mg_buf_addz(&p->b, "\nVERDICT  ");
	mg_finding_text_verdict(&text, p->c, p->fs, cov, anything);
	mg_text_block(&p->b, mg_buf_str(&text), 9, p->width);
	mg_buf_addc(&p->b, '\n');
	mg_buf_release(&text);
}

void mg_render_summary(struct mg_out *o, const struct mg_case *c, const struct mg_findings *fs,
		       const struct mg_render_opts *opt)
{
	struct page        p = { .c = c, .fs = fs, .clock = mg_clock_of(c) };
	struct mg_outline  outline;
	struct mg_coverage cov;
	uint32_t           notable, i = 0;

	p.width = opt->width == 0 ? 100 : opt->width < 60 ? 60 : opt->width;
	p.color = opt->color;
	mg_coverage_build(&cov, c);
	mg_outline_build(&outline, fs, MG_SEV_WARNING, &notable);
	mg_heading(&p.b, c, opt->elapsed_ns);
	mg_buf_addc(&p.b, '\n');
	verdict(&p, &cov, notable > 0);
	while (i < notable)
		i = root_with_effects(&p, &outline, i);
	noted(&p, &outline, notable);
	foot(&p, &cov, opt->report);
	mg_out_add(o, mg_buf_str(&p.b));
	mg_buf_release(&p.b);
	mg_outline_release(&outline);
	mg_coverage_release(&cov);
}
