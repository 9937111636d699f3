/* SPDX-License-Identifier: Apache-2.0 */
#include "render/report.h"

#include <math.h>
#include <stdio.h>

#include "analysis/coverage.h"
#include "base/num.h"
#include "render/grid.h"
#include "render/event_text.h"
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
	for (uint32_t i = 0; i < f->nnumbers; i++) {
		const struct mg_number *n = &f->numbers[i];
		struct mg_buf           text = { 0 };

		mg_buf_printf(&text, "%s ", n->name);
		if (n->is_text)
			mg_buf_add(&text, n->text);
		else if (n->value == floor(n->value) && fabs(n->value) < 9e15)
			mg_buf_printf(&text, "%lld", (long long)n->value);
		else
			mg_buf_printf(&text, "%.6g", n->value);
		field(p, i ? "" : "numbers", mg_buf_str(&text));
		mg_buf_release(&text);
	}
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
	texts(p, "next", f->next_steps, f->nnext_steps);
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

/* --- the numbers ---------------------------------------------------------------------- */

static void tables(struct page *p)
{
	static const struct {
		const char *title;
		bool (*print)(struct mg_buf *b, const struct mg_case *c, size_t width);
	} all[] = {
		{ "Users by requests", mg_tables_users },
		{ "Requests by user, verb and resource", mg_tables_groups },
		{ "Error codes", mg_tables_codes },
		{ "Slowest requests", mg_tables_slow },
		{ "etcd: slow requests by minute and resource", mg_tables_etcd },
		{ "Restarts and terminations", mg_tables_restarts },
		{ "Warning events by reason", mg_tables_warnings },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct mg_buf rows = { 0 };

		if (all[i].print(&rows, p->c, p->width < TABLE_MIN ? TABLE_MIN : p->width)) {
			section(p, all[i].title);
			mg_buf_add(&p->b, mg_buf_str(&rows));
		} else {
			mg_buf_printf(&p->none, "%s%s", p->none.n ? "; " : "", all[i].title);
		}
		mg_buf_release(&rows);
	}
	if (p->none.n) {
		section(p, "No data for");
		mg_text_block(&p->b, mg_buf_str(&p->none), 0, p->width);
	}
}

/* --- the input ------------------------------------------------------------------------ */

static void bad_records(struct page *p)
{
	for (uint32_t i = 0; i < p->c->nartifacts; i++) {
		const struct mg_artifact *a = &p->c->artifacts[i];

		for (uint32_t d = 0; d < a->stats.ndiags; d++) {
			const struct mg_diag *x = &a->stats.diags[d];

			mg_text_place(&p->b, a->path, x->line, MG_TEXT_ALL);
			mg_buf_printf(&p->b, ", byte %llu: ", (unsigned long long)x->byte);
			mg_text_escape(&p->b, mg_strz(x->msg), MG_TEXT_ALL);
			mg_buf_addc(&p->b, '\n');
		}
		if (a->stats.bad > a->stats.ndiags) {
			mg_text_place(&p->b, a->path, 0, MG_TEXT_ALL);
			mg_buf_printf(&p->b, ": \xe2\x80\xa6 and %llu more\n",
				      (unsigned long long)(a->stats.bad - a->stats.ndiags));
		}
	}
}

static void damage(struct page *p)
{
	uint64_t bad = 0;

	for (uint32_t i = 0; i < p->c->nartifacts; i++)
		bad += p->c->artifacts[i].stats.bad;
	if (bad == 0 && p->c->nfaults == 0)
		return;
	section(p, "Faults of the input");
	mg_render_faults(&p->b, p->c, UINT32_MAX, 0, p->width);
	bad_records(p);
}

static void clock_cell(struct page *p, struct mg_grid *g, int64_t ns)
{
	struct mg_buf text = { 0 };

	mg_clock_point(&text, p->clock, ns, 0);
	mg_grid_cell(g, mg_buf_str(&text));
	mg_buf_release(&text);
}

static void coverage_row(struct page *p, struct mg_grid *g, const struct mg_coverage_row *r)
{
	char size[32];

	mg_grid_cellf(g, "%s", r->title);
	if (!mg_coverage_present(r)) {
		mg_grid_cellf(g, "\xe2\x80\x93");
		for (int i = 0; i < 7; i++)
			mg_grid_cellf(g, "%s", "");
	} else {
		mg_grid_count(g, r->files);
		mg_grid_count(g, r->records);
		mg_grid_count(g, r->lines);
		mg_grid_cell(g, mg_strz(mg_num_bytes_text((double)r->bytes, size, sizeof(size))));
		mg_grid_count(g, r->bad);
		clock_cell(p, g, r->first_ns);
		clock_cell(p, g, r->last_ns);
		if (r->empty)
			mg_grid_cellf(g, "%u of 0 bytes", r->empty);
		else
			mg_grid_cellf(g, "%s", "");
	}
}

static void commands(struct page *p, const struct mg_coverage *cov)
{
	bool any = false;

	for (int k = 0; k < MG_COV_COUNT; k++) {
		const struct mg_coverage_row *r = &cov->row[k];

		if (!r->wanted || mg_coverage_present(r))
			continue;
		if (!any)
			section(p, "Missing, and how to collect it");
		any = true;
		mg_buf_printf(&p->b, "%-28s ", r->title);
		mg_text_escape(&p->b, r->collect, MG_TEXT_ALL);
		if (r->empty)
			mg_buf_printf(&p->b, "  (here: %u file%s of 0 bytes)", r->empty,
				      r->empty == 1 ? "" : "s");
		mg_buf_addc(&p->b, '\n');
	}
}

static void coverage(struct page *p)
{
	struct mg_coverage cov;
	struct mg_grid     g;

	mg_coverage_build(&cov, p->c);
	section(p, "Coverage");
	mg_grid_init(&g, "source|>files|>records|>lines|>size|>bad|first|last|");
	for (int k = 0; k < MG_COV_COUNT; k++)
		if (cov.row[k].wanted || mg_coverage_present(&cov.row[k]))
			coverage_row(p, &g, &cov.row[k]);
	mg_grid_print(&g, &p->b, 0, 0, true);
	mg_grid_release(&g);
	if (cov.empty)
		mg_buf_printf(&p->b, "0 bytes: %u of %u files\n", cov.empty, cov.files);
	if (p->c->outliers)
		mg_buf_printf(&p->b, "outside the span above: %llu events\n",
			      (unsigned long long)p->c->outliers);
	commands(p, &cov);
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
	struct page p = { .c = c, .fs = fs, .clock = mg_clock_of(c) };

	p.width = opt->width == 0 ? 110 : opt->width < 60 ? 60 : opt->width;
	mg_heading(&p.b, c, 0);
	mg_buf_addc(&p.b, '\n');
	verdict(&p);
	findings(&p);
	unknown(&p);
	tables(&p);
	damage(&p);
	coverage(&p);
	mg_out_add(o, mg_buf_str(&p.b));
	mg_buf_release(&p.b);
	mg_buf_release(&p.none);
}
