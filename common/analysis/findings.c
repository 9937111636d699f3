/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/rule.h"
#include "base/mem.h"

const char *mg_confidence_name(enum mg_confidence c)
{
	static const char *const names[] = { "low", "medium", "high" };

	return names[c];
}

void mg_findings_release(struct mg_findings *fs)
{
	mg_arena_release(&fs->arena);
	free(fs->f);
	free(fs->not_assessed);
	free(fs->blind_spots);
	*fs = (struct mg_findings){ 0 };
}

__attribute__((format(printf, 2, 0))) static struct mg_str
format(struct mg_arena *a, const char *fmt, va_list ap)
{
	char    small[512];
	va_list again;
	int     n;
	char   *d;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	if (n < 0)
		n = 0;
	d = mg_arena_alloc(a, (size_t)n + 1);
	vsnprintf(d, (size_t)n + 1, fmt, again);
	va_end(again);
	return mg_str(d, (size_t)n);
}

#define FORMAT(to, fmt)                                       \
	do {                                                  \
		va_list ap_;                                  \
		va_start(ap_, fmt);                           \
		(to) = format(&x->out->arena, fmt, ap_);      \
		va_end(ap_);                                  \
	} while (0)

double mg_rule_num(const struct mg_rule_ctx *x, const char *name)
{
	for (size_t i = x->noverrides; i-- > 0;)
		if (strcmp(x->overrides[i].rule, x->rule->id) == 0 &&
		    strcmp(x->overrides[i].threshold, name) == 0)
			return x->overrides[i].value;
	for (size_t i = 0; i < MG_THRESHOLDS && x->rule->thresholds[i].name; i++)
		if (strcmp(x->rule->thresholds[i].name, name) == 0)
			return x->rule->thresholds[i].value;
	assert(!"unknown threshold");
	return 0;
}

void mg_rule_missing(struct mg_rule_ctx *x, const char *fmt, ...)
{
	struct mg_not_assessed n = { .id = x->rule->id };

	FORMAT(n.missing, fmt);
	MG_PUSH(x->out->not_assessed, x->out->nnot_assessed, x->out->not_assessed_cap, n);
}

bool mg_rule_has_objects(struct mg_rule_ctx *x, const char *what)
{
	if (mg_case_has(x->c, MG_KIND_KUBE_YAML) || mg_case_has(x->c, MG_KIND_KUBE_JSON))
		return true;
	mg_rule_missing(x, "%s", what);
	return false;
}

void mg_rule_blind_spot(struct mg_rule_ctx *x, const char *fmt, ...)
{
	struct mg_str s;

	FORMAT(s, fmt);
	MG_PUSH(x->out->blind_spots, x->out->nblind_spots, x->out->blind_spots_cap, s);
}

struct mg_finding *mg_find_new(struct mg_rule_ctx *x, enum mg_severity sev,
			       enum mg_confidence conf, int64_t start, int64_t end)
{
	struct mg_finding f = {
		.id = x->rule->id,
		.title = x->rule->title,
		.severity = sev,
		.confidence = conf,
		.depth = x->rule->depth,
		.start_ns = start,
		.end_ns = end,
	};

	MG_PUSH(x->out->f, x->out->n, x->out->cap, f);
	return &x->out->f[x->out->n - 1];
}

void mg_find_claim(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
{
	FORMAT(f->claim, fmt);
}

void mg_find_label(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
{
	FORMAT(f->label, fmt);
}

static void add_evidence(struct mg_finding *f, struct mg_evidence e)
{
	f->evidence_total++;
	if (f->nevidence < MG_FINDING_EVIDENCE)
		f->evidence[f->nevidence++] = e;
}

/* "; also in PATH:LINE (Trace)" for each other artifact that tells of the same request. */
static struct mg_str also(struct mg_rule_ctx *x, struct mg_str text, const struct mg_event *e)
{
	const struct mg_joined *r = mg_join_at(x->join, e);

	for (int w = 0; r && w < MG_WITNESSES; w++) {
		const struct mg_event *o = r->by[w];

		if (o && (o->artifact != e->artifact || o->line != e->line))
			text = mg_arena_printf(&x->out->arena, "%.*s; also in %.*s:%llu (%s)",
					       MG_FMT(text), MG_FMT(mg_case_path(x->c, o->artifact)),
					       (unsigned long long)o->line, mg_witness_name(w));
	}
	if (mg_blind_hides(x->blind, e))
		text = mg_arena_printf(&x->out->arena, "%.*s; the audit log never shows %.*s, so not by whom",
				       MG_FMT(text), MG_FMT(e->resource));
	return text;
}

void mg_find_event(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_event *e)
{
	struct mg_str text = e->message;
	char          d[24];

	if (e->verb.n && e->resource.n && (e->user.n || e->code)) /* a request: say it short */
		text = mg_arena_printf(&x->out->arena, "%.*s %.*s %.*s%s%.*s by %s, answered %u",
				       MG_FMT(e->verb), MG_FMT(e->resource), MG_FMT(e->ns),
				       e->ns.n && e->name.n ? "/" : "", MG_FMT(e->name),
				       mg_rule_user(x, e->user), e->code);
	if (e->duration_ns >= MG_MS && /* "slow fdatasync 40.0 s" has said it */
	    !mg_str_has(text, mg_strz(mg_duration_text(e->duration_ns, d, sizeof(d)))))
		text = mg_arena_printf(&x->out->arena, "%.*s (%s)", MG_FMT(text), d);
	add_evidence(f, (struct mg_evidence){ e->artifact, e->line, e->time_ns, also(x, text, e) });
}

void mg_find_evidence(struct mg_rule_ctx *x, struct mg_finding *f, uint32_t artifact,
		      uint64_t line, int64_t time_ns, const char *fmt, ...)
{
	struct mg_evidence e = { artifact, line, time_ns, { 0 } };

	FORMAT(e.text, fmt);
	add_evidence(f, e);
}

#define ROOM(f) ((f)->nnumbers < sizeof((f)->numbers) / sizeof((f)->numbers[0]))

void mg_find_num(struct mg_finding *f, const char *name, double v)
{
	if (ROOM(f))
		f->numbers[f->nnumbers++] = (struct mg_number){ .name = name, .value = v };
}

void mg_find_text(struct mg_rule_ctx *x, struct mg_finding *f, const char *name,
		  const char *fmt, ...)
{
	struct mg_number n = { .name = name, .is_text = true };

	FORMAT(n.text, fmt);
	if (ROOM(f))
		f->numbers[f->nnumbers++] = n;
}

void mg_find_alternative(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
{
	if (f->nalternatives < 4)
		FORMAT(f->alternatives[f->nalternatives++], fmt);
}

void mg_find_next(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
{
	if (f->nnext_steps < 6)
		FORMAT(f->next_steps[f->nnext_steps++], fmt);
}

/* The clock alone would not tell the day. */
static bool long_span(const struct mg_case *c, int64_t ns)
{
	return c->first_ns == MG_TIME_NONE || c->last_ns - c->first_ns >= MG_DAY ||
	       ns < c->first_ns - MG_DAY || ns > c->last_ns + MG_DAY;
}

const char *mg_rule_clock(struct mg_rule_ctx *x, int64_t ns)
{
	char b[40];

	if (ns == MG_TIME_NONE)
		return "an unknown time";
	mg_time_format(ns, 0, b, sizeof(b));
	b[10] = ' ';
	b[19] = '\0'; /* no Z: every time in a claim is UTC */
	return mg_arena_str(&x->out->arena, mg_strz(long_span(x->c, ns) ? b : b + 11)).p;
}

const char *mg_rule_dur(struct mg_rule_ctx *x, int64_t ns)
{
	char b[24];

	return mg_arena_str(&x->out->arena, mg_strz(mg_duration_text(ns, b, sizeof(b)))).p;
}

const char *mg_rule_user(struct mg_rule_ctx *x, struct mg_str user)
{
	return user.n ? mg_arena_str(&x->out->arena, user).p : "an unauthenticated client";
}

const char *mg_rule_what(struct mg_rule_ctx *x, const struct mg_requests *r,
			 const struct mg_request_group *g)
{
	struct mg_str res = mg_requests_text(r, g->resource);
	struct mg_str sub = mg_requests_text(r, g->subresource);

	if (!res.n)
		return mg_arena_str(&x->out->arena, mg_requests_text(r, g->pattern)).p;
	return mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(res), sub.n ? "/" : "",
			       MG_FMT(sub)).p;
}

struct mg_requests *mg_rule_requests(const struct mg_rule_ctx *x)
{
	return mg_case_requests(x->c);
}

struct mg_requests *mg_rule_usual(const struct mg_rule_ctx *x)
{
	return x->c->usual ? x->c->usual : mg_rule_requests(x);
}

const char *mg_rule_usual_where(const struct mg_rule_ctx *x)
{
	return x->c->usual ? "in the baseline" : "here";
}
