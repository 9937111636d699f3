/* SPDX-License-Identifier: Apache-2.0 */
#include "render/findings_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/coverage.h"

/* A JSON writer that keeps track of depth and commas only. */
struct writer {
	struct mg_buf b;
	unsigned      depth;
	bool          empty; /* the innermost container has no member yet */
};

static void newline(struct writer *w)
{
	mg_buf_addc(&w->b, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		mg_buf_addc(&w->b, ' ');
}

/* Begin a member of an object, or (name NULL) of an array. */
static void member(struct writer *w, const char *name)
{
	if (!w->empty)
		mg_buf_addc(&w->b, ',');
	if (w->depth)
		newline(w);
	w->empty = false;
	if (name) {
		mg_buf_json(&w->b, mg_strz(name));
		mg_buf_addz(&w->b, ": ");
	}
}

static void begin(struct writer *w, const char *name, char bracket)
{
	member(w, name);
	mg_buf_addc(&w->b, bracket);
	w->depth++;
	w->empty = true;
}

static void end(struct writer *w, char bracket)
{
	w->depth--;
	if (!w->empty)
		newline(w);
	mg_buf_addc(&w->b, bracket);
	w->empty = false;
}

static void put_text(struct writer *w, const char *name, struct mg_str s)
{
	member(w, name);
	mg_buf_json(&w->b, s);
}

static void put_i64(struct writer *w, const char *name, int64_t v)
{
	member(w, name);
	mg_buf_printf(&w->b, "%lld", (long long)v);
}

static void put_null(struct writer *w, const char *name)
{
	member(w, name);
	mg_buf_addz(&w->b, "null");
}

static void put_bool(struct writer *w, const char *name, bool v)
{
	member(w, name);
	mg_buf_addz(&w->b, v ? "true" : "false");
}

static void put_time(struct writer *w, const char *name, int64_t ns)
{
	char text[40];

	if (ns == MG_TIME_NONE)
		put_null(w, name);
	else
		put_text(w, name, mg_strz(mg_time_format(ns, 9, text, sizeof(text))));
}

/* Integers without a point, else the shortest text that reads back the same. */
static void put_double(struct writer *w, const char *name, double v)
{
	char text[40];

	if (!isfinite(v)) {
		put_null(w, name);
		return;
	}
	member(w, name);
	if (v == floor(v) && fabs(v) < 9e15) {
		mg_buf_printf(&w->b, "%lld", (long long)v);
		return;
	}
	for (int digits = 6; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	mg_buf_addz(&w->b, text);
}

static void put_texts(struct writer *w, const char *name, const struct mg_str *s, uint32_t n)
{
	begin(w, name, '[');
	for (uint32_t i = 0; i < n; i++)
		put_text(w, NULL, s[i]);
	end(w, ']');
}

/* --- the data -------------------------------------------------------------------------- */

static void inputs(struct writer *w, const struct mg_case *c)
{
	begin(w, "inputs", '[');
	for (uint32_t i = 0; i < c->ninputs; i++) {
		const struct mg_input *in = &c->inputs[i];
		struct mg_str          name = in->operand;

		while (name.n > 1 && name.p[name.n - 1] == '/')
			name.n--;
		begin(w, NULL, '{');
		put_text(w, "name", mg_str_basename(name));
		if (in->size < 0)
			put_null(w, "size");
		else
			put_i64(w, "size", in->size);
		put_text(w, "root", in->root);
		end(w, '}');
	}
	end(w, ']');
}

static void coverage(struct writer *w, const struct mg_case *c)
{
	struct mg_coverage cov;

	mg_coverage_build(&cov, c);
	begin(w, "coverage", '[');
	for (int k = 0; k < MG_COV_COUNT; k++) {
		const struct mg_coverage_row *r = &cov.row[k];

		begin(w, NULL, '{');
		put_text(w, "source", mg_strz(r->id));
		put_bool(w, "present", mg_coverage_present(r));
		put_i64(w, "files", r->files);
		put_i64(w, "empty_files", r->empty);
		put_i64(w, "records", (int64_t)r->records);
		put_i64(w, "lines", (int64_t)r->lines);
		put_i64(w, "bytes", (int64_t)r->bytes);
		put_i64(w, "bad", (int64_t)r->bad);
		put_time(w, "first", r->first_ns);
		put_time(w, "last", r->last_ns);
		if (r->collect.n)
			put_text(w, "collect", r->collect);
		else
			put_null(w, "collect");
		end(w, '}');
	}
	end(w, ']');
	mg_coverage_release(&cov);
}

static void evidence(struct writer *w, const struct mg_case *c, const struct mg_finding *f)
{
	begin(w, "evidence", '[');
	for (uint32_t i = 0; i < f->nevidence; i++) {
		const struct mg_evidence *e = &f->evidence[i];

		begin(w, NULL, '{');
		put_text(w, "artifact", mg_case_path(c, e->artifact));
		if (e->line)
			put_i64(w, "line", (int64_t)e->line);
		else
			put_null(w, "line");
		put_time(w, "time", e->time_ns);
		put_text(w, "text", e->text);
		end(w, '}');
	}
	end(w, ']');
}

static void numbers(struct writer *w, const struct mg_finding *f)
{
	begin(w, "numbers", '{');
	for (uint32_t i = 0; i < f->nnumbers; i++) {
		const struct mg_number *n = &f->numbers[i];

		if (n->is_text)
			put_text(w, n->name, n->text);
		else
			put_double(w, n->name, n->value);
	}
	end(w, '}');
}

/* "id", or "id#2" for the second of several findings with this id. */
static void put_reference(struct writer *w, const struct mg_findings *fs, uint32_t f)
{
	unsigned nth = 0, all = 0;

	for (uint32_t i = 0; i < fs->n; i++)
		if (strcmp(fs->f[i].id, fs->f[f].id) == 0) {
			all++;
			nth += i <= f;
		}
	member(w, NULL);
	if (all > 1)
		mg_buf_printf(&w->b, "\"%s#%u\"", fs->f[f].id, nth);
	else
		mg_buf_json(&w->b, mg_strz(fs->f[f].id));
}

static void links(struct writer *w, const char *name, const struct mg_findings *fs,
		  const uint32_t *to, uint32_t n)
{
	begin(w, name, '[');
	for (uint32_t i = 0; i < n; i++)
		if (to[i] < fs->n)
			put_reference(w, fs, to[i]);
	end(w, ']');
}

static void finding(struct writer *w, const struct mg_case *c, const struct mg_findings *fs,
		    const struct mg_finding *f)
{
	begin(w, NULL, '{');
	put_text(w, "id", mg_strz(f->id));
	put_text(w, "severity", mg_strz(mg_severity_name(f->severity)));
	put_text(w, "confidence", mg_strz(mg_confidence_name(f->confidence)));
	put_time(w, "start", f->start_ns);
	put_time(w, "end", f->end_ns);
	put_text(w, "claim", f->claim);
	evidence(w, c, f);
	numbers(w, f);
	put_texts(w, "alternatives", f->alternatives, f->nalternatives);
	put_texts(w, "next_steps", f->next_steps, f->nnext_steps);
	links(w, "caused_by", fs, f->caused_by, f->ncaused_by);
	links(w, "effects", fs, f->effects, f->neffects);
	end(w, '}');
}

static void not_assessed(struct writer *w, const struct mg_findings *fs)
{
	begin(w, "not_assessed", '[');
	for (uint32_t i = 0; i < fs->nnot_assessed; i++) {
		begin(w, NULL, '{');
		put_text(w, "id", mg_strz(fs->not_assessed[i].id));
		put_text(w, "missing", fs->not_assessed[i].missing);
		end(w, '}');
	}
	end(w, ']');
}

static void faults(struct writer *w, const struct mg_case *c)
{
	begin(w, "faults", '[');
	for (uint32_t i = 0; i < c->nfaults; i++) {
		begin(w, NULL, '{');
		put_text(w, "path", c->faults[i].path);
		put_text(w, "message", mg_strz(c->faults[i].err.msg));
		end(w, '}');
	}
	end(w, ']');
}

void mg_render_findings_json(struct mg_out *o, const struct mg_case *c,
			     const struct mg_findings *fs)
{
	struct writer w = { .empty = true };

	begin(&w, NULL, '{');
	put_text(&w, "schema", MG_STR("mg.findings/1"));
	inputs(&w, c);
	begin(&w, "span", '{');
	put_time(&w, "start", c->first_ns);
	put_time(&w, "end", c->last_ns);
	end(&w, '}');
	coverage(&w, c);
	begin(&w, "findings", '[');
	for (uint32_t i = 0; i < fs->n; i++)
		finding(&w, c, fs, &fs->f[i]);
	end(&w, ']');
	not_assessed(&w, fs);
	put_texts(&w, "blind_spots", fs->blind_spots, fs->nblind_spots);
	faults(&w, c);
	end(&w, '}');
	mg_buf_addc(&w.b, '\n');
	mg_out_add(o, mg_buf_str(&w.b));
	mg_buf_release(&w.b);
}
