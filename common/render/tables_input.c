/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "render/finding_text.h"
#include "render/tables_internal.h"
#include "render/text.h"

/* --- what was there -------------------------------------------------------------------- */

static void empty_cell(struct mg_grid *g, const struct mg_coverage_row *r, const char *before)
{
	if (r->empty)
		mg_grid_cellf(g, "%s%u of 0 bytes", before, r->empty);
	else
		mg_grid_cell(g, mg_str("", 0));
}

static void coverage_row(struct mg_grid *g, struct mg_clock k, const struct mg_coverage_row *r)
{
	char size[32];

	mg_grid_cell(g, mg_strz(r->title));
	if (!mg_coverage_present(r)) {
		mg_grid_cell(g, MG_DASH);
		for (int i = 0; i < 7; i++)
			mg_grid_cell(g, mg_str("", 0));
	} else {
		mg_grid_count(g, r->files);
		mg_grid_count(g, r->records);
		mg_grid_count(g, r->lines);
		mg_grid_cell(g, mg_strz(mg_num_bytes_text((double)r->bytes, size, sizeof(size))));
		mg_grid_count(g, r->bad);
		mg_cell_time(g, k, r->first_ns, 0);
		mg_cell_time(g, k, r->last_ns, 0);
		empty_cell(g, r, "");
	}
}

bool mg_tables_coverage(struct mg_grid *g, const struct mg_case *c, const struct mg_coverage *cov)
{
	mg_grid_init(g, "source|>files|>records|>lines|>size|>bad|first|last|");
	for (int k = 0; k < MG_COV_COUNT; k++)
		if (cov->row[k].wanted || mg_coverage_present(&cov->row[k]))
			coverage_row(g, mg_clock_of(c), &cov->row[k]);
	return mg_grid_rows(g) > 0;
}

/* --- what was not ---------------------------------------------------------------------- */

bool mg_tables_missing(struct mg_grid *g, const struct mg_coverage *cov)
{
	mg_grid_init(g, "source|how to collect it|");
	for (int k = 0; k < MG_COV_COUNT; k++) {
		const struct mg_coverage_row *r = &cov->row[k];

		if (!r->wanted || mg_coverage_present(r))
			continue;
		mg_grid_cell(g, mg_strz(r->title));
		mg_grid_cell(g, r->collect);
		empty_cell(g, r, "here: ");
	}
	return mg_grid_rows(g) > 0;
}

/* What a rule lacks, apart: "kernel log", and the commands of "kernel log (`dmesg -T`); …". */
struct need {
	struct mg_str name, collect;
	struct mg_str source; /* the name, or the directory that it lies in */
};

/* Files of one directory are collected together. */
static struct mg_str source_of(struct mg_str name)
{
	struct mg_str info = MG_STR("etcd_info/");

	return mg_str_starts(name, info) ? mg_str(name.p, info.n - 1) : name;
}

static struct need need_of(struct mg_str missing)
{
	ptrdiff_t     at = mg_str_find(missing, MG_STR(" (`")), end;
	struct need   n = { missing, mg_str("", 0), missing };
	struct mg_str rest;

	if (at >= 0) {
		rest = mg_str_from(missing, (size_t)at + 2);
		end = mg_str_rfind(rest, MG_STR(")"));
		n.name = mg_str(missing.p, (size_t)at);
		n.collect = end > 0 ? mg_str(rest.p, (size_t)end) : rest;
	}
	n.source = source_of(n.name);
	return n;
}

static struct need need_at(const struct mg_findings *fs, uint32_t i)
{
	return need_of(fs->not_assessed[i].missing);
}

/* Is there something alike among the entries [from, to): the same source, or (`collect`) the
 * same command for it? */
static bool named_before(const struct mg_findings *fs, uint32_t from, uint32_t to, uint32_t i,
			 bool collect)
{
	struct need x = need_at(fs, i);

	for (uint32_t j = from; j < to; j++) {
		struct need y = need_at(fs, j);

		if (mg_str_eq(y.source, x.source) && (!collect || mg_str_eq(y.collect, x.collect)))
			return true;
	}
	return false;
}

static void not_assessed_row(struct mg_grid *g, const struct mg_findings *fs, uint32_t first)
{
	struct need   head = need_at(fs, first);
	struct mg_buf rules = { 0 }, how = { 0 }, what = { 0 };
	bool          alike = true;

	for (uint32_t j = first; j < fs->nnot_assessed; j++) {
		struct need n = need_at(fs, j);

		if (!mg_str_eq(n.source, head.source))
			continue;
		alike &= mg_str_eq(n.name, head.name);
		mg_buf_printf(&rules, "%s%s", rules.n ? ", " : "", fs->not_assessed[j].id);
		if (n.collect.n == 0 || named_before(fs, first, j, j, true))
			continue;
		mg_buf_printf(&how, "%s%.*s", how.n ? "; " : "", MG_FMT(n.collect));
	}
	mg_buf_printf(&what, "%s%.*s", alike ? "" : "files of ", MG_FMT(alike ? head.name : head.source));
	if (how.n)
		mg_buf_printf(&what, " (%.*s)", MG_FMT(mg_buf_str(&how)));
	mg_grid_cell(g, mg_buf_str(&rules));
	mg_grid_cell(g, mg_buf_str(&what));
	mg_buf_release(&rules);
	mg_buf_release(&how);
	mg_buf_release(&what);
}

bool mg_tables_not_assessed(struct mg_grid *g, const struct mg_findings *fs)
{
	mg_grid_init(g, "rules|what they need");
	for (uint32_t i = 0; i < fs->nnot_assessed; i++)
		if (!named_before(fs, 0, i, i, false))
			not_assessed_row(g, fs, i);
	return mg_grid_rows(g) > 0;
}

/* --- what was damaged ------------------------------------------------------------------- */

static void bad_records(struct mg_grid *g, const struct mg_artifact *a)
{
	struct mg_buf b = { 0 };

	for (uint32_t d = 0; d < a->stats.ndiags; d++) {
		const struct mg_diag *x = &a->stats.diags[d];

		mg_buf_clear(&b);
		mg_text_place(&b, a->path, x->line, MG_TEXT_ALL);
		mg_buf_printf(&b, ", byte %llu: %s", (unsigned long long)x->byte, x->msg);
		mg_grid_cell(g, mg_buf_str(&b));
	}
	if (a->stats.bad > a->stats.ndiags)
		mg_grid_cellf(g, "%.*s: \xe2\x80\xa6 and %llu more", MG_FMT(a->path),
			      (unsigned long long)(a->stats.bad - a->stats.ndiags));
	mg_buf_release(&b);
}

bool mg_tables_faults(struct mg_grid *g, const struct mg_case *c)
{
	struct mg_buf b = { 0 };

	mg_grid_init(g, "fault");
	for (uint32_t i = 0; i < c->nfaults; i++) {
		mg_buf_clear(&b);
		mg_finding_text_fault(&b, &c->faults[i]);
		mg_grid_cell(g, mg_buf_str(&b));
	}
	for (uint32_t i = 0; i < c->nartifacts; i++)
		bad_records(g, &c->artifacts[i]);
	mg_buf_release(&b);
	return mg_grid_rows(g) > 0;
}
