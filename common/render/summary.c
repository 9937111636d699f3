/* SPDX-License-Identifier: Apache-2.0 */
#include "render/summary.h"

#include <stdio.h>

#include "analysis/coverage.h"
#include "base/mem.h"
#include "base/num.h"
#include "render/heading.h"
#include "render/outline.h"
#include "render/text.h"

#define INDENT    5  /* of everything below a claim              */
#define LABEL     15 /* width of the labels at the foot          */
#define SHOWN     4  /* evidence lines of a root cause           */
#define PLACE_MAX 42 /* columns a path may take beside its text  */
#define ELLIPSIS  "\xe2\x80\xa6"

struct page {
	struct mg_buf             b;
	const struct mg_case     *c;
	const struct mg_findings *fs;
	struct mg_clock           clock;
	size_t                    width;
	bool                      color;
};

void mg_render_severity(struct mg_buf *b, enum mg_severity s, bool color)
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

/* --- evidence ------------------------------------------------------------------------ */

/* Text from column `at` in lines up to `until`, at most two; `right` goes to the end of the
 * first one. */
static void beside(struct page *p, struct mg_str text, size_t at, size_t until,
		   struct mg_str right)
{
	struct mg_buf clean = { 0 };
	struct mg_str rest, line;
	size_t        room = until > at + 20 ? until - at : 20;
	unsigned      n = 0;

	mg_text_escape(&clean, text, 2 * room - 8); /* a word that moves down costs a little */
	rest = mg_buf_str(&clean);
	while (mg_text_wrap(&rest, room, &line)) {
		if (n++)
			mg_text_pad(&p->b, at);
		mg_buf_add(&p->b, line);
		if (n == 1 && right.n) {
			size_t used = at + mg_text_columns(line), w = mg_text_columns(right);

			mg_text_pad(&p->b, p->width > used + w + 2 ? p->width - used - w : 2);
			mg_buf_add(&p->b, right);
		}
		mg_buf_addc(&p->b, '\n');
	}
	if (n == 0) {
		mg_buf_add(&p->b, right);
		mg_buf_addc(&p->b, '\n');
	}
	mg_buf_release(&clean);
}

static void evidence_line(struct page *p, const struct mg_evidence *e, const char *prefix,
			  size_t prefix_cols)
{
	struct mg_buf place = { 0 };
	size_t        at = prefix_cols + mg_clock_columns(p->clock, 3) + 2, before, w;

	mg_text_place(&place, mg_case_path(p->c, e->artifact), e->line, PLACE_MAX);
	mg_buf_addz(&p->b, prefix);
	before = p->b.n;
	if (e->time_ns != MG_TIME_NONE)
		mg_clock_point(&p->b, p->clock, e->time_ns, 3);
	mg_text_pad(&p->b, at - prefix_cols - (p->b.n - before));
	w = mg_text_columns(mg_buf_str(&place));
	beside(p, e->text, at, p->width > w + 2 ? p->width - w - 2 : 0, mg_buf_str(&place));
	mg_buf_release(&place);
}

static void evidence(struct page *p, const struct mg_finding *f)
{
	uint32_t n = f->nevidence < SHOWN ? f->nevidence : SHOWN;
	uint64_t total = f->evidence_total > f->nevidence ? f->evidence_total : f->nevidence;
	char     more[32];

	for (uint32_t i = 0; i < n; i++)
		evidence_line(p, &f->evidence[i], "     ", INDENT);
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
	mg_render_severity(&p->b, f->severity, p->color);
	mg_text_pad(&p->b, 10 - strlen(mg_severity_name(f->severity)));
	mg_text_escape(&clean, f->claim, MG_TEXT_ALL);
	rest = mg_buf_str(&clean);
	while (mg_text_wrap(&rest, p->width - at - right - 2, &line)) {
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

/* "     ├ effect  03:12:36  claim …        path:line", the place at the end of the last line
 * where there is room for it, else on a line of its own. */
static void effect(struct page *p, const struct mg_outline *o, uint32_t item)
{
	const struct mg_outline_item *it = &o->item[item];
	const struct mg_finding      *f = &p->fs->f[it->finding];
	struct mg_buf                 place = { 0 }, lead = { 0 };
	size_t                        start = p->b.n, at, used, w;
	ptrdiff_t                     nl;

	mg_text_pad(&p->b, INDENT);
	mg_text_pad(&lead, INDENT);
	branches(&p->b, o, item);
	branches(&lead, o, item);
	mg_buf_addz(&p->b, it->last ? "\xe2\x94\x94 effect  " : "\xe2\x94\x9c effect  ");
	mg_buf_addz(&lead, it->last ? " " : "\xe2\x94\x82");
	if (f->start_ns != MG_TIME_NONE) {
		mg_clock_point(&p->b, p->clock, f->start_ns, 0);
		mg_buf_addz(&p->b, "  ");
	}
	at = mg_text_columns(mg_str(p->b.p + start, p->b.n - start));
	mg_text_pad(&lead, at - mg_text_columns(mg_buf_str(&lead)));
	{
		struct mg_buf clean = { 0 };
		struct mg_str rest, line;
		bool          first = true;

		mg_text_escape(&clean, f->claim, MG_TEXT_ALL);
		rest = mg_buf_str(&clean);
		while (mg_text_wrap(&rest, p->width - at, &line)) {
			if (!first) {
				mg_buf_addc(&p->b, '\n');
				mg_buf_add(&p->b, mg_buf_str(&lead));
			}
			mg_buf_add(&p->b, line);
			first = false;
		}
		mg_buf_release(&clean);
	}
	if (f->nevidence) {
		mg_text_place(&place, mg_case_path(p->c, f->evidence[0].artifact),
			      f->evidence[0].line, PLACE_MAX);
		w = mg_text_columns(mg_buf_str(&place));
		nl = mg_str_rchr(mg_buf_str(&p->b), '\n');
		used = mg_text_columns(mg_str_from(mg_buf_str(&p->b), (size_t)(nl + 1)));
		if (used + 2 + w > p->width) {
			mg_buf_addc(&p->b, '\n');
			mg_buf_add(&p->b, mg_buf_str(&lead));
			used = at;
		}
		mg_text_pad(&p->b, p->width > used + w ? p->width - used - w : 0);
		mg_buf_add(&p->b, mg_buf_str(&place));
	}
	mg_buf_addc(&p->b, '\n');
	mg_buf_release(&place);
	mg_buf_release(&lead);
}

static void next_steps(struct page *p, const struct mg_finding *f)
{
	for (uint32_t i = 0; i < f->nnext_steps; i++) {
		mg_buf_addz(&p->b, i ? "           " : "     next  ");
		mg_text_block(&p->b, f->next_steps[i], INDENT + 6, p->width);
	}
}

/* Does this step stand in an earlier finding of the tree already? */
static bool root_has_step(const struct mg_finding *f, struct mg_str step)
{
	for (uint32_t i = 0; i < f->nnext_steps; i++)
		if (mg_str_eq(f->next_steps[i], step))
			return true;
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

		if (e->nnext_steps == 0 || root_has_step(f, e->next_steps[0]))
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
static bool named_before(const struct mg_findings *fs, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		if (mg_str_eq(fs->not_assessed[j].missing, fs->not_assessed[i].missing))
			return true;
	return false;
}

void mg_render_not_assessed(struct mg_buf *b, const struct mg_findings *fs, size_t at,
			    size_t width)
{
	bool first = true;

	for (uint32_t i = 0; i < fs->nnot_assessed; i++) {
		struct mg_buf line = { 0 };

		if (named_before(fs, i))
			continue;
		for (uint32_t j = i; j < fs->nnot_assessed; j++)
			if (mg_str_eq(fs->not_assessed[i].missing, fs->not_assessed[j].missing))
				mg_buf_printf(&line, "%s%s", line.n ? ", " : "",
					      fs->not_assessed[j].id);
		mg_buf_addz(&line, ": needs ");
		mg_buf_add(&line, fs->not_assessed[i].missing);
		if (!first)
			mg_text_pad(b, at);
		mg_text_block(b, mg_buf_str(&line), at, width);
		mg_buf_release(&line);
		first = false;
	}
}

void mg_render_faults(struct mg_buf *b, const struct mg_case *c, uint32_t max, size_t at,
		      size_t width)
{
	for (uint32_t i = 0; i < c->nfaults && i < max; i++) {
		const struct mg_fault *f = &c->faults[i];
		struct mg_buf          line = { 0 };

		mg_buf_printf(&line, "%.*s: %s", MG_FMT(f->path), f->err.msg);
		if (f->err.line)
			mg_buf_printf(&line, " at line %llu", (unsigned long long)f->err.line);
		if (f->err.byte)
			mg_buf_printf(&line, "%s byte %llu", f->err.line ? "," : " at",
				      (unsigned long long)f->err.byte);
		if (i)
			mg_text_pad(b, at);
		mg_text_block(b, mg_buf_str(&line), at, width);
		mg_buf_release(&line);
	}
	if (c->nfaults > max) {
		mg_text_pad(b, at);
		mg_buf_printf(b, ELLIPSIS " and %u more\n", c->nfaults - max);
	}
}

static void coverage_part(struct mg_buf *b, const struct mg_coverage_row *r)
{
	char n[32];

	if (b->n)
		mg_buf_addz(b, " \xc2\xb7 ");
	if (strcmp(r->unit, "dumps") == 0 || strcmp(r->unit, "profiles") == 0 ||
	    strcmp(r->unit, "files") == 0)
		mg_buf_printf(b, "%s %s", mg_num_grouped(r->count, n, sizeof(n)), r->title);
	else
		mg_buf_printf(b, "%s %s %s", r->title, mg_num_grouped(r->count, n, sizeof(n)),
			      r->unit);
}

static void coverage(struct page *p, const struct mg_coverage *cov)
{
	struct mg_buf have = { 0 }, lack = { 0 };

	for (int k = 0; k < MG_COV_COUNT; k++) {
		const struct mg_coverage_row *r = &cov->row[k];

		if (mg_coverage_present(r) && r->wanted)
			coverage_part(&have, r);
		else if (r->wanted)
			mg_buf_printf(&lack, "%s%s", lack.n ? " \xc2\xb7 " : "", r->title);
	}
	label(p, "Coverage");
	mg_text_block(&p->b, have.n ? mg_buf_str(&have) : MG_STR("nothing that the rules know"),
		      LABEL, p->width);
	if (lack.n) {
		label(p, "Missing");
		mg_text_block(&p->b, mg_buf_str(&lack), LABEL, p->width);
	}
	mg_buf_release(&have);
	mg_buf_release(&lack);
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
	coverage(p, cov);
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
	mg_buf_add(&text, p->fs->verdict);
	if (!anything) {
		struct mg_buf how = { 0 };

		mg_heading_looked_at(&how, p->c, cov);
		mg_buf_clear(&text);
		mg_buf_printf(&text, "Looked at %s: nothing of severity warning or above.",
			      how.p ? how.p : "nothing");
		mg_buf_release(&how);
	}
	mg_text_block(&p->b, text.n ? mg_buf_str(&text) : MG_STR("See the findings below."), 9,
		      p->width);
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
