/* SPDX-License-Identifier: Apache-2.0 */
#include "render/db.h"

#ifndef MG_HAVE_SQLITE

bool mg_db_built_in(void)
{
	return false;
}

enum mg_status mg_db_write(const char *path, struct mg_case *c, const struct mg_findings *fs,
			   const struct mg_db_opts *o, struct mg_err *err)
{
	return mg_err_set(err, MG_FATAL, "cannot write '%s': this program was built without SQLite",
			  path);
}

#else

#include <math.h>
#include <sqlite3.h>

#include "event/wire.h"
#include "io/out.h"
#include "render/db_schema.h"
#include "render/plot.h"

struct db {
	sqlite3            *db;
	sqlite3_stmt       *row; /* of the table that is being filled */
	int                 at;  /* columns bound so far               */
	int                 rc;  /* the first failure; all else is skipped after it */
	struct mg_buf       text;
	struct mg_case     *c;
	const struct mg_findings *fs;
};

bool mg_db_built_in(void)
{
	return true;
}

/* --- rows ------------------------------------------------------------------------------- */

static void keep(struct db *d, int rc)
{
	if (d->rc == SQLITE_OK && rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW)
		d->rc = rc;
}

static void run(struct db *d, const char *sql)
{
	if (d->rc == SQLITE_OK)
		keep(d, sqlite3_exec(d->db, sql, NULL, NULL, NULL));
}

/* From here on, begin … end fill `table`, which has `n` columns. */
static void table(struct db *d, const char *name, int n)
{
	struct mg_buf sql = { 0 };

	sqlite3_finalize(d->row);
	d->row = NULL;
	d->at = 0;
	mg_buf_printf(&sql, "INSERT INTO %s VALUES (?", name);
	for (int i = 1; i < n; i++)
		mg_buf_addz(&sql, ",?");
	mg_buf_addc(&sql, ')');
	if (d->rc == SQLITE_OK)
		keep(d, sqlite3_prepare_v2(d->db, sql.p, (int)sql.n, &d->row, NULL));
	mg_buf_release(&sql);
}

/* An empty text is not known: NULL. */
static void text(struct db *d, struct mg_str s)
{
	d->at++;
	if (d->rc != SQLITE_OK || s.n == 0)
		return;
	mg_buf_clear(&d->text);
	mg_buf_utf8(&d->text, s);
	keep(d, sqlite3_bind_text(d->row, d->at, d->text.p, (int)d->text.n, SQLITE_TRANSIENT));
}

static void number(struct db *d, bool known, int64_t v)
{
	d->at++;
	if (d->rc == SQLITE_OK && known)
		keep(d, sqlite3_bind_int64(d->row, d->at, v));
}

static void real(struct db *d, double v)
{
	d->at++;
	if (d->rc == SQLITE_OK && isfinite(v))
		keep(d, sqlite3_bind_double(d->row, d->at, v));
}

static void when(struct db *d, int64_t ns)
{
	char buf[40];

	text(d, ns == MG_TIME_NONE ? mg_str("", 0) : mg_strz(mg_time_format(ns, 9, buf, sizeof(buf))));
}

static void artifact(struct db *d, uint32_t id)
{
	number(d, id < d->c->nartifacts, id);
}

static void end(struct db *d)
{
	if (d->rc == SQLITE_OK) {
		keep(d, sqlite3_step(d->row));
		keep(d, sqlite3_reset(d->row));
		keep(d, sqlite3_clear_bindings(d->row));
	}
	d->at = 0;
}

/* --- what was read ------------------------------------------------------------------------ */

static void pair(struct db *d, const char *key, struct mg_str value)
{
	text(d, mg_strz(key));
	text(d, value);
	end(d);
}

static void meta(struct db *d, const struct mg_db_opts *o)
{
	char buf[40];

	table(d, "meta", 2);
	pair(d, "schema", MG_STR("mg.db/1"));
	pair(d, "version", mg_strz(o->version));
	pair(d, "verdict", d->fs->verdict);
	if (d->c->first_ns == MG_TIME_NONE)
		return;
	pair(d, "first", mg_strz(mg_time_format(d->c->first_ns, 9, buf, sizeof(buf))));
	pair(d, "last", mg_strz(mg_time_format(d->c->last_ns, 9, buf, sizeof(buf))));
}

static void inputs(struct db *d)
{
	const struct mg_case *c = d->c;

	table(d, "inputs", 3);
	for (uint32_t i = 0; i < c->ninputs; i++) {
		number(d, true, i);
		text(d, c->inputs[i].operand);
		number(d, c->inputs[i].size >= 0, c->inputs[i].size);
		end(d);
	}
}

static void artifacts_of(struct db *d, uint32_t input)
{
	const struct mg_case  *c = d->c;
	const struct mg_input *in = &c->inputs[input];

	for (uint32_t i = in->first; i < in->first + in->n && i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i];

		number(d, true, i);
		number(d, true, input);
		text(d, a->path.n ? a->path : MG_STR("-"));
		text(d, mg_strz(mg_kind_name(a->kind)));
		text(d, a->source.node);
		text(d, a->source.ns);
		text(d, a->source.pod);
		text(d, a->source.container);
		text(d, a->source.component);
		number(d, a->size >= 0, a->size);
		number(d, true, (int64_t)a->stats.lines);
		number(d, true, (int64_t)a->stats.records);
		number(d, true, (int64_t)a->stats.bad);
		when(d, a->stats.first_ns);
		when(d, a->stats.last_ns);
		end(d);
	}
}

/* Files that could not be read, and the first damaged records of each that could. */
static void faults(struct db *d)
{
	const struct mg_case *c = d->c;

	table(d, "faults", 4);
	for (uint32_t i = 0; i < c->nfaults; i++) {
		const struct mg_fault *f = &c->faults[i];

		text(d, f->path);
		number(d, f->err.line, (int64_t)f->err.line);
		number(d, f->err.byte, (int64_t)f->err.byte);
		text(d, mg_strz(f->err.msg));
		end(d);
	}
	for (uint32_t i = 0; i < c->nartifacts; i++)
		for (uint32_t k = 0; k < c->artifacts[i].stats.ndiags; k++) {
			const struct mg_diag *g = &c->artifacts[i].stats.diags[k];

			text(d, c->artifacts[i].path);
			number(d, g->line, (int64_t)g->line);
			number(d, true, (int64_t)g->byte);
			text(d, mg_strz(g->msg));
			end(d);
		}
}

static void events(struct db *d)
{
	struct mg_buf attrs = { 0 };

	table(d, "events", 22);
	for (size_t i = 0; i < d->c->events.n && d->rc == SQLITE_OK; i++) {
		const struct mg_event *e = &d->c->events.ev[i];
		const struct mg_str    names[] = { e->component, e->node, e->pod,  e->ns,
						   e->resource,  e->name, e->verb, e->user };

		number(d, true, (int64_t)i + 1);
		when(d, e->time_ns);
		number(d, e->time_ns != MG_TIME_NONE, e->time_ns);
		number(d, e->duration_ns >= 0, e->duration_ns);
		text(d, mg_strz(mg_event_kind_name(e->kind)));
		text(d, mg_strz(mg_severity_name(e->severity)));
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			text(d, names[k]);
		number(d, e->code, e->code);
		text(d, e->message);
		number(d, true, e->count);
		text(d, e->audit_id);
		artifact(d, e->artifact);
		number(d, e->line, (int64_t)e->line);
		text(d, mg_strz(mg_time_source_name(e->time_source)));
		mg_buf_clear(&attrs);
		if (e->nattrs)
			mg_wire_attrs(&attrs, e);
		text(d, mg_buf_str(&attrs));
		end(d);
	}
	mg_buf_release(&attrs);
}

/* --- what the rules say ------------------------------------------------------------------- */

static void findings(struct db *d)
{
	table(d, "findings", 12);
	for (uint32_t i = 0; i < d->fs->n; i++) {
		const struct mg_finding *f = &d->fs->f[i];

		number(d, true, i + 1);
		text(d, mg_strz(f->id));
		text(d, mg_strz(f->title));
		text(d, mg_strz(mg_severity_name(f->severity)));
		text(d, mg_strz(mg_confidence_name(f->confidence)));
		when(d, f->start_ns);
		when(d, f->end_ns);
		number(d, f->start_ns != MG_TIME_NONE, f->start_ns);
		number(d, f->end_ns != MG_TIME_NONE, f->end_ns);
		text(d, f->claim);
		text(d, f->label);
		number(d, true, (int64_t)f->evidence_total);
		end(d);
	}
	table(d, "causes", 2);
	for (uint32_t i = 0; i < d->fs->n; i++)
		for (uint32_t k = 0; k < d->fs->f[i].ncaused_by; k++) {
			number(d, true, d->fs->f[i].caused_by[k] + 1);
			number(d, true, i + 1);
			end(d);
		}
}

static void evidence(struct db *d)
{
	table(d, "evidence", 7);
	for (uint32_t i = 0; i < d->fs->n; i++)
		for (uint32_t k = 0; k < d->fs->f[i].nevidence; k++) {
			const struct mg_evidence *e = &d->fs->f[i].evidence[k];

			number(d, true, i + 1);
			number(d, true, k + 1);
			artifact(d, e->artifact);
			number(d, e->line, (int64_t)e->line);
			when(d, e->time_ns);
			number(d, e->time_ns != MG_TIME_NONE, e->time_ns);
			text(d, e->text);
			end(d);
		}
	table(d, "numbers", 3);
	for (uint32_t i = 0; i < d->fs->n; i++)
		for (uint32_t k = 0; k < d->fs->f[i].nnumbers; k++) {
			const struct mg_number *n = &d->fs->f[i].numbers[k];

			number(d, true, i + 1);
			text(d, mg_strz(n->name));
			if (n->is_text)
				text(d, n->text);
			else
				real(d, n->value);
			end(d);
		}
}

static void advice_of(struct db *d, uint32_t finding, const char *kind, const struct mg_str *s,
		      uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		number(d, true, finding + 1);
		text(d, mg_strz(kind));
		number(d, true, k + 1);
		text(d, s[k]);
		end(d);
	}
}

static void advice(struct db *d)
{
	table(d, "advice", 4);
	for (uint32_t i = 0; i < d->fs->n; i++) {
		const struct mg_finding *f = &d->fs->f[i];

		advice_of(d, i, "alternative", f->alternatives, f->nalternatives);
		advice_of(d, i, "next_step", f->next_steps, f->nnext_steps);
	}
	table(d, "not_assessed", 2);
	for (uint32_t i = 0; i < d->fs->nnot_assessed; i++)
		pair(d, d->fs->not_assessed[i].id, d->fs->not_assessed[i].missing);
	table(d, "blind_spots", 1);
	for (uint32_t i = 0; i < d->fs->nblind_spots; i++) {
		text(d, d->fs->blind_spots[i]);
		end(d);
	}
}

/* --- numbers ------------------------------------------------------------------------------ */

static void series(struct db *d)
{
	struct mg_series s;
	int64_t          id = 0;

	if (d->c->first_ns == MG_TIME_NONE)
		return;
	mg_series_build(&s, d->c, d->c->first_ns, d->c->last_ns, MG_PLOT_BUCKETS);
	table(d, "series", 6);
	for (uint32_t t = 0; t < s.n; t++)
		for (uint32_t k = 0; k < s.t[t].ncol; k++) {
			number(d, true, ++id);
			text(d, mg_strz(s.t[t].name));
			text(d, s.t[t].col[k].name);
			text(d, mg_strz(s.t[t].title));
			text(d, mg_strz(s.t[t].unit));
			number(d, true, s.t[t].step_ns);
			end(d);
		}
	table(d, "points", 3);
	id = 0;
	for (uint32_t t = 0; t < s.n; t++)
		for (uint32_t k = 0; k < s.t[t].ncol; k++) {
			id++;
			for (size_t i = 0; i < s.t[t].n; i++) {
				if (!isfinite(s.t[t].col[k].v[i]))
					continue;
				number(d, true, id);
				number(d, true, s.t[t].start_ns + (int64_t)i * s.t[t].step_ns);
				real(d, s.t[t].col[k].v[i]);
				end(d);
			}
		}
	mg_series_release(&s);
}

static void groups_of(struct db *d, struct mg_requests *r, const char *source, int64_t *id)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(r, &n);

	for (size_t i = 0; i < n; i++, g++) {
		const uint32_t names[] = { g->user, g->verb, g->resource, g->subresource, g->pattern };

		number(d, true, ++*id);
		text(d, mg_strz(source));
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			text(d, mg_requests_text(r, names[k]));
		number(d, g->code, g->code);
		text(d, mg_requests_text(r, g->user_agent));
		text(d, mg_requests_text(r, g->source_ip));
		number(d, true, (int64_t)g->count);
		when(d, g->first_ns);
		when(d, g->last_ns);
		number(d, g->first_ns != MG_TIME_NONE, g->first_ns);
		number(d, g->last_ns != MG_TIME_NONE, g->last_ns);
		number(d, true, g->latency_sum);
		number(d, true, g->latency_max);
		number(d, true, (int64_t)g->slow);
		text(d, g->removed_release == MG_NONE ? mg_str("", 0) :
							mg_requests_text(r, g->removed_release));
		artifact(d, g->artifact);
		number(d, g->line, (int64_t)g->line);
		end(d);
	}
}

static void groups(struct db *d)
{
	int64_t id = 0;

	table(d, "groups", 21);
	groups_of(d, d->c->audit, "audit", &id);
	groups_of(d, d->c->http, "http", &id);
}

/* --- the file ----------------------------------------------------------------------------- */

static void fill(struct db *d, const struct mg_db_opts *o)
{
	/* the file is thrown away when anything fails, so it needs no journal; the process may not
	 * be allowed to make files elsewhere, so indexes are sorted in memory */
	run(d, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;"
	       "PRAGMA page_size = 4096; BEGIN");
	for (size_t i = 0; i < sizeof(mg_db_tables) / sizeof(*mg_db_tables); i++)
		run(d, mg_db_tables[i]);
	meta(d, o);
	inputs(d);
	table(d, "artifacts", 15);
	for (uint32_t i = 0; i < d->c->ninputs; i++)
		artifacts_of(d, i);
	faults(d);
	events(d);
	findings(d);
	evidence(d);
	advice(d);
	series(d);
	groups(d);
	for (size_t i = 0; i < sizeof(mg_db_views) / sizeof(*mg_db_views); i++)
		run(d, mg_db_views[i]);
	run(d, "COMMIT; PRAGMA application_id = 0x6d676462"); /* "mgdb" */
}

enum mg_status mg_db_write(const char *path, struct mg_case *c, const struct mg_findings *fs,
			   const struct mg_db_opts *o, struct mg_err *err)
{
	struct db     d = { .c = c, .fs = fs };
	struct mg_out out;

	/* mg_out makes the temporary file, which is empty and so a database for SQLite, and
	 * renames it when it is complete */
	if (mg_out_file(&out, path) != MG_OK || !out.tmp) {
		mg_err_set(err, MG_FATAL, "%s", out.err.status != MG_OK ? out.err.msg : "not a file");
		if (out.err.status == MG_OK)
			mg_err_set(err, MG_FATAL, "cannot write '%s': it is no regular file", path);
		mg_out_abort(&out);
		return MG_FATAL;
	}
	d.rc = sqlite3_open_v2(out.tmp, &d.db, SQLITE_OPEN_READWRITE, NULL);
	fill(&d, o);
	if (d.rc != SQLITE_OK)
		mg_err_set(err, MG_FATAL, "cannot write '%s': %s", path, sqlite3_errmsg(d.db));
	sqlite3_finalize(d.row);
	if (sqlite3_close(d.db) != SQLITE_OK && d.rc == SQLITE_OK) {
		d.rc = SQLITE_BUSY;
		mg_err_set(err, MG_FATAL, "cannot write '%s': the database does not close", path);
	}
	mg_buf_release(&d.text);
	if (d.rc != SQLITE_OK) {
		mg_out_abort(&out);
		return MG_FATAL;
	}
	return mg_out_close(&out) == MG_OK ? MG_OK : mg_err_set(err, MG_FATAL, "%s", out.err.msg);
}

#endif
