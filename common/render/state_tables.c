/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/ledger.h"
#include "base/map.h"
#include "base/mem.h"
#include "event/from_pod.h"
#include "render/state_views.h"

/* --- deaths and restarts ------------------------------------------------------------------ */

static void ledger_columns(struct mg_sheet *s)
{
	mg_sheet_column(s, "time", "died", MG_SHEET_CLOCK);
	mg_sheet_column(s, "component", "component", MG_SHEET_TEXT);
	mg_sheet_column(s, "namespace", "namespace", MG_SHEET_TEXT);
	mg_sheet_column(s, "pod", "pod", MG_SHEET_TEXT);
	mg_sheet_column(s, "container", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "node", "node", MG_SHEET_TEXT);
	mg_sheet_column(s, "cause", "cause", MG_SHEET_TEXT);
	mg_sheet_column(s, "exit_code", "exit", MG_SHEET_COUNT);
	mg_sheet_column(s, "exit_text", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "pid", "pid", MG_SHEET_COUNT);
	mg_sheet_column(s, "limit_bytes", "limit", MG_SHEET_BYTES);
	mg_sheet_column(s, "anon_rss_bytes", "anon rss", MG_SHEET_BYTES);
	mg_sheet_column(s, "cgroup", "cgroup", MG_SHEET_TEXT);
	mg_sheet_column(s, "constraint", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "trigger", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "top", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "restarted", "restarted", MG_SHEET_CLOCK);
	mg_sheet_column(s, "down_ns", "down", MG_SHEET_NS);
	mg_sheet_column(s, "restarts", "restarts", MG_SHEET_COUNT);
	mg_sheet_column(s, "audit_gap", NULL, MG_SHEET_CLOCK);
	mg_sheet_column(s, "audit_gap_ns", "audit gap", MG_SHEET_NS);
	mg_sheet_column(s, "told_by", "told by", MG_SHEET_TEXT);
	mg_sheet_column(s, "evidence", NULL, MG_SHEET_TEXT);
}

/* Out of memory, as the kernel or the object says; else what the log or the exit code tells. */
static struct mg_str cause_of(struct mg_sheet *s, const struct mg_ledger_row *r)
{
	struct mg_str reason = r->object ? mg_event_attr(r->object, "reason") : mg_str("", 0);

	if (r->oom)
		return MG_STR("out of memory");
	if (r->lease_lost)
		return MG_STR("lease lost");
	if (r->exit_code == 0)
		return MG_STR("completed");
	if (r->exit_code > 0 && reason.n && !mg_str_eq(reason, MG_STR("Error")))
		return mg_arena_printf(&s->arena, "%s (%.*s)", mg_exit_code_text(r->exit_code),
				       MG_FMT(reason));
	if (r->exit_code > 0)
		return mg_strz(mg_exit_code_text(r->exit_code));
	return r->log ? MG_STR("fatal error or panic") : MG_STR("its log ends");
}

static struct mg_sheet_cell number(const struct mg_event *e, const char *key, int64_t factor)
{
	int64_t v = e ? mg_event_attr_i64(e, key, -1) : -1;

	return v < 0 || v > INT64_MAX / factor ? (struct mg_sheet_cell){ .known = false }
					       : mg_cell_int(v * factor);
}

static struct mg_sheet_cell text(const struct mg_event *e, const char *key)
{
	return mg_cell_text(e ? mg_event_attr(e, key) : mg_str("", 0));
}

static void evidence(struct mg_buf *b, const struct mg_case *c, const struct mg_event *e)
{
	if (e)
		mg_buf_printf(b, "%s%.*s:%llu", b->n ? " " : "", MG_FMT(mg_case_path(c, e->artifact)),
			      (unsigned long long)e->line);
}

static struct mg_str all_evidence(struct mg_sheet *s, const struct mg_case *c,
				  const struct mg_ledger_row *r)
{
	struct mg_buf b = { 0 };
	struct mg_str out;

	evidence(&b, c, r->kernel);
	evidence(&b, c, r->object);
	evidence(&b, c, r->log);
	if (r->previous != MG_NO_ARTIFACT)
		mg_buf_printf(&b, "%s%.*s", b.n ? " " : "", MG_FMT(mg_case_path(c, r->previous)));
	out = mg_arena_str(&s->arena, mg_buf_str(&b));
	mg_buf_release(&b);
	return out;
}

static void ledger_row(struct mg_sheet *s, const struct mg_case *c, const struct mg_ledger_row *r)
{
	struct mg_sheet_cell *x = mg_sheet_row(s);
	bool                  down = r->restart_ns != MG_TIME_NONE && r->time_ns != MG_TIME_NONE;
	struct mg_sheet_cell  unknown = { .known = false };
	struct mg_str         cgroup = r->kernel ? mg_event_attr(r->kernel, "task_memcg") : mg_str("", 0);

	if (r->kernel && !cgroup.n)
		cgroup = mg_event_attr(r->kernel, "oom_memcg");
	*x++ = mg_cell_time(r->time_ns);
	*x++ = mg_cell_text(r->component);
	*x++ = mg_cell_text(r->ns);
	*x++ = mg_cell_text(r->pod);
	*x++ = mg_cell_text(r->container);
	*x++ = mg_cell_text(r->node);
	*x++ = mg_cell_text(cause_of(s, r));
	*x++ = r->exit_code < 0 ? unknown : mg_cell_int(r->exit_code);
	*x++ = r->exit_code < 0 ? unknown : mg_cell_text(mg_strz(mg_exit_code_text(r->exit_code)));
	*x++ = number(r->kernel ? r->kernel : r->log, "pid", 1);
	*x++ = number(r->kernel, "limit_kb", 1024);
	*x++ = number(r->kernel, "anon_rss_kb", 1024);
	*x++ = mg_cell_text(cgroup);
	*x++ = text(r->kernel, "constraint");
	*x++ = text(r->kernel, "trigger");
	*x++ = text(r->kernel, "top");
	*x++ = mg_cell_time(r->restart_ns);
	*x++ = down ? mg_cell_ns(r->restart_ns - r->time_ns) : unknown;
	*x++ = r->restarts < 0 ? unknown : mg_cell_int(r->restarts);
	*x++ = mg_cell_time(r->gap ? r->gap->time_ns : MG_TIME_NONE);
	*x++ = r->gap ? mg_cell_ns(r->gap->duration_ns) : unknown;
	*x++ = mg_cell_text(mg_arena_printf(&s->arena, "%s%s%s%s%s", r->kernel ? "kernel " : "",
					    r->object ? "pod " : "", r->log ? "log " : "",
					    r->previous != MG_NO_ARTIFACT ? "previous-log " : "",
					    r->gap ? "audit-gap" : ""));
	*x++ = mg_cell_text(all_evidence(s, c, r));
}

/* The namespace filter looks at events; a row counts when any of its witnesses does. */
static bool ledger_shown(const struct mg_state_view_opts *o, const struct mg_ledger_row *r)
{
	struct mg_event who = { .kind = MG_EV_POD_TERMINATED, .ns = r->ns, .pod = r->pod,
				.component = r->component, .time_ns = r->time_ns };

	return mg_state_shown(o, &who);
}

void mg_state_restarts(struct mg_sheet *s, const struct mg_case *c,
		       const struct mg_state_view_opts *o)
{
	struct mg_ledger l;

	ledger_columns(s);
	mg_ledger_build(&l, c);
	for (size_t i = 0; i < l.n; i++)
		if (ledger_shown(o, &l.row[i]))
			ledger_row(s, c, &l.row[i]);
	mg_ledger_release(&l);
}

/* --- pods that restart over and over -------------------------------------------------------- */

struct loop {
	const struct mg_event *of, *waiting, *end;
	uint32_t               restarts;
	uint64_t               backoffs;
	int64_t                first, last;
};

static bool is_backoff(const struct mg_event *e)
{
	return e->kind == MG_EV_K8S_EVENT && e->pod.n &&
	       mg_str_eq(mg_event_attr(e, "reason"), MG_STR("BackOff")) &&
	       mg_str_has(e->message, MG_STR("restarting failed container"));
}

static void loop_event(struct loop *l, const struct mg_event *e)
{
	if (is_backoff(e)) {
		l->backoffs = e->count > l->backoffs ? e->count : l->backoffs;
	} else if (e->kind == MG_EV_POD_RESTARTS) {
		l->restarts = e->count > l->restarts ? e->count : l->restarts;
	} else if (e->kind == MG_EV_POD_WAITING) {
		if (mg_str_eq(mg_event_attr(e, "reason"), MG_STR("CrashLoopBackOff")))
			l->waiting = e;
	} else if (!l->end || e->time_ns >= l->end->time_ns) {
		l->end = e;
	}
	if (e->time_ns == MG_TIME_NONE)
		return;
	l->first = l->first == MG_TIME_NONE || e->time_ns < l->first ? e->time_ns : l->first;
	l->last = e->time_ns > l->last ? e->time_ns : l->last;
}

static bool tells_loop(const struct mg_event *e)
{
	return is_backoff(e) || e->kind == MG_EV_POD_RESTARTS || e->kind == MG_EV_POD_WAITING ||
	       ((e->kind == MG_EV_POD_TERMINATED || e->kind == MG_EV_POD_OOM_KILLED) && e->code);
}

static void loop_row(struct mg_sheet *s, const struct loop *l)
{
	struct mg_sheet_cell *x = mg_sheet_row(s);

	*x++ = mg_cell_text(l->of->ns);
	*x++ = mg_cell_text(l->of->pod);
	*x++ = mg_cell_int(l->restarts);
	*x++ = mg_cell_int((int64_t)l->backoffs);
	*x++ = mg_cell_text(l->waiting ? mg_event_attr(l->waiting, "reason") : mg_str("", 0));
	*x++ = mg_cell_text(l->end ? mg_event_attr(l->end, "container") : mg_str("", 0));
	*x++ = l->end ? mg_cell_int(l->end->code) : (struct mg_sheet_cell){ .known = false };
	*x++ = mg_cell_text(l->end ? mg_strz(mg_exit_code_text(l->end->code)) : mg_str("", 0));
	*x++ = mg_cell_time(l->first);
	*x++ = mg_cell_time(l->last);
}

/* A pod loops when it waits in CrashLoopBackOff, or was backed off, or restarted this often. */
#define LOOP_RESTARTS 5

void mg_state_loops(struct mg_sheet *s, const struct mg_case *c, const struct mg_state_view_opts *o)
{
	struct mg_intern keys = { 0 };
	struct mg_buf    key = { 0 };
	struct loop     *l = NULL;
	size_t           n = 0, cap = 0;

	mg_sheet_column(s, "namespace", "namespace", MG_SHEET_TEXT);
	mg_sheet_column(s, "pod", "pod", MG_SHEET_TEXT);
	mg_sheet_column(s, "restarts", "restarts", MG_SHEET_COUNT);
	mg_sheet_column(s, "backoffs", "back-offs", MG_SHEET_COUNT);
	mg_sheet_column(s, "waits", "waits", MG_SHEET_TEXT);
	mg_sheet_column(s, "container", "ended", MG_SHEET_TEXT);
	mg_sheet_column(s, "exit_code", "exit", MG_SHEET_COUNT);
	mg_sheet_column(s, "exit_text", "meaning", MG_SHEET_TEXT);
	mg_sheet_column(s, "first", "first", MG_SHEET_CLOCK);
	mg_sheet_column(s, "last", "last", MG_SHEET_CLOCK);
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct loop fresh = { .of = e, .first = MG_TIME_NONE, .last = MG_TIME_NONE };
		uint32_t    id;

		if (!tells_loop(e) || !mg_state_shown(o, e))
			continue;
		mg_buf_clear(&key);
		mg_buf_printf(&key, "%.*s/%.*s", MG_FMT(e->ns), MG_FMT(e->pod));
		id = mg_intern_id(&keys, mg_buf_str(&key));
		if (id == n)
			MG_PUSH(l, n, cap, fresh);
		loop_event(&l[id], e);
	}
	for (size_t i = 0; i < n; i++)
		if (l[i].waiting || l[i].backoffs || l[i].restarts >= LOOP_RESTARTS || o->all)
			loop_row(s, &l[i]);
	mg_intern_release(&keys);
	mg_buf_release(&key);
	free(l);
}
