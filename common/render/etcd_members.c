/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of mgetcd whose rows are members or minutes; those of kinds and keys are in
 * etcd_tables.c. */
#include "render/etcd_tables.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/etcdcompact.h"
#include "analysis/etcdleaders.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/num.h"
#include "render/etcd_cells.h"
#include "render/text.h"

#define COLUMNS 10 /* members side by side at most */

/* --- members -------------------------------------------------------------------------- */

static bool leads(const struct mg_etcdview *v, uint32_t m)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->member[i].leader && v->member[i].leader == v->member[m].id)
			return true;
	return false;
}

static void cell_id(struct mg_grid *g, uint64_t id)
{
	if (id)
		mg_grid_cellf(g, "%" PRIx64, id);
	else
		mg_grid_cell(g, MG_STR(""));
}

static void member_row(struct mg_grid *g, const struct mg_etcdview *v, uint32_t i)
{
	const struct mg_etcd_member *m = &v->member[i];

	mg_grid_cell(g, m->shown);
	cell_id(g, m->id);
	mg_grid_cell(g, m->version);
	mg_grid_cell(g, m->learner ? MG_STR("learner") : leads(v, i) ? MG_STR("leader") : MG_STR(""));
	mg_grid_cell(g, m->health < 0 ? MG_STR("") : m->health ? MG_STR("healthy")
							       : MG_STR("NOT HEALTHY"));
	mg_etcd_cell_bytes(g, m->db_bytes);
	mg_etcd_cell_bytes(g, m->in_use_bytes);
	if (m->raft_index >= 0)
		mg_grid_count(g, (uint64_t)m->raft_index);
	else
		mg_grid_cell(g, MG_STR(""));
	if (m->logged) {
		mg_etcd_cell_time(g, m->first_ns, 0);
		mg_etcd_cell_time(g, m->last_ns, 0);
	} else {
		mg_grid_cell(g, MG_STR("no log"));
		mg_grid_cell(g, MG_STR(""));
	}
}

/* One line a member that complains and the peer it complains of, with the largest drift. */
static void clocks(struct mg_buf *b, const struct mg_etcdview *v)
{
	const struct mg_event *worst = NULL;
	uint64_t               n = 0;
	int64_t                most = -1;
	char                   text[24];
	uint32_t               m, peer;

	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		int64_t                drift = mg_event_attr_i64(e, "drift_ns", 0);

		if (e->kind != MG_EV_ETCD_CLOCK_DRIFT)
			continue;
		n += e->count;
		if (drift > most) {
			most = drift;
			worst = e;
		}
	}
	if (!worst)
		return;
	m = mg_etcdview_member(v, worst);
	peer = mg_etcdview_by_id(v, mg_event_attr(worst, "peer"));
	mg_buf_printf(b, "clocks: %llu line%s of drift between members, at most %s (",
		      (unsigned long long)n, n == 1 ? "" : "s", mg_duration_text(most, text, sizeof(text)));
	mg_text_escape(b, m == MG_NONE ? MG_STR("?") : v->member[m].shown, MG_TEXT_ALL);
	mg_buf_addz(b, " of ");
	mg_text_escape(b, peer == MG_NONE ? mg_event_attr(worst, "peer") : v->member[peer].shown,
		       MG_TEXT_ALL);
	mg_buf_addz(b, ")\n");
}

/* The same compaction on all members; `always`: also when they are near each other. */
static void compactions(struct mg_buf *b, const struct mg_etcdview *v, bool always)
{
	struct mg_etcd_compact o;
	char                   slow[24], quick[24], when[40];

	mg_etcd_compact_build(&o, v);
	if (!o.compared || (!always && !o.apart))
		return;
	mg_buf_printf(b, "compactions: members were %d ms or more apart in %u of %u%s; most at revision "
		      "%lld, %s: ", (int)(MG_ETCD_COMPACT_APART / MG_MS), o.apart, o.compared,
		      o.apart ? " (unequal or shared storage)" : "", (long long)o.revision,
		      o.time_ns == MG_TIME_NONE ? "-" : mg_time_format(o.time_ns, 0, when, sizeof(when)));
	mg_text_escape(b, v->member[o.slow].shown, MG_TEXT_ALL);
	mg_buf_printf(b, " %s, ", mg_duration_text(o.slow_ns, slow, sizeof(slow)));
	mg_text_escape(b, v->member[o.quick].shown, MG_TEXT_ALL);
	mg_buf_printf(b, " %s\n", mg_duration_text(o.quick_ns, quick, sizeof(quick)));
}

static void verdict(struct mg_buf *b, struct mg_etcdview *v)
{
	struct mg_etcd_verdict o;

	mg_etcdview_verdict(v, &o);
	mg_buf_printf(b, "verdict: %s: ", mg_etcd_blame_name(o.blame));
	mg_text_escape(b, o.text, MG_TEXT_ALL);
	mg_buf_addc(b, '\n');
}

void mg_etcd_members_table(struct mg_buf *b, struct mg_etcdview *v)
{
	struct mg_grid g;

	if (v->n == 0)
		return;
	mg_grid_init(&g, "member|id|version|role|health|>database|>in use|>raft index|log from|to");
	for (uint32_t i = 0; i < v->n; i++)
		member_row(&g, v, i);
	mg_etcd_print(b, &g, v->n, v->n);
	clocks(b, v);
	compactions(b, v, false);
	verdict(b, v);
	mg_buf_addc(b, '\n');
}

/* --- minutes -------------------------------------------------------------------------- */

static void add_part(struct mg_buf *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add_part(struct mg_buf *t, const char *fmt, ...)
{
	va_list ap;

	if (t->n)
		mg_buf_addz(t, ", ");
	va_start(ap, fmt);
	mg_buf_vprintf(t, fmt, ap);
	va_end(ap);
}

/* "145 to 8.47 s, fsync 5 to 2.47 s, ReadIndex 4" */
static void cell_minute(struct mg_grid *g, const struct mg_etcd_minute *m)
{
	struct mg_buf t = { 0 };
	char          took[24];

	if (m->applies)
		add_part(&t, "%u to %s", m->applies,
			 mg_duration_text(m->max_apply_ns, took, sizeof(took)));
	if (m->large)
		add_part(&t, "large %u", m->large);
	if (m->in_defrag)
		add_part(&t, "in defragmentation %u", m->in_defrag);
	if (m->fdatasyncs)
		add_part(&t, "fsync %u to %s", m->fdatasyncs,
			 mg_duration_text(m->max_fdatasync_ns, took, sizeof(took)));
	if (m->read_index)
		add_part(&t, "ReadIndex %u", m->read_index);
	if (m->heartbeats)
		add_part(&t, "heartbeat %u", m->heartbeats);
	if (m->network)
		add_part(&t, "network %u", m->network);
	mg_grid_cell(g, mg_buf_str(&t));
	mg_buf_release(&t);
}

static const struct mg_etcd_minute *find_minute(const struct mg_etcdview *v, uint32_t from,
						uint32_t member)
{
	for (uint32_t i = from; i < v->nminutes && v->minute[i].minute == v->minute[from].minute; i++)
		if (v->minute[i].member == member)
			return &v->minute[i];
	return NULL;
}

static void minute_row(struct mg_grid *g, const struct mg_etcdview *v, uint32_t from, uint32_t ncol)
{
	char text[40];

	mg_grid_cellf(g, "%.16s",
		      mg_time_format(v->minute[from].minute * MG_MIN, 0, text, sizeof(text)));
	for (uint32_t m = 0; m < ncol; m++) {
		const struct mg_etcd_minute *found = find_minute(v, from, m);

		if (found)
			cell_minute(g, found);
		else
			mg_grid_cell(g, mg_etcdview_covers(v, m, v->minute[from].minute)
						? MG_STR("-") : MG_STR("no log"));
	}
}

static void compare_head(struct mg_grid *g, const struct mg_etcdview *v, uint32_t ncol)
{
	struct mg_buf h = { 0 };

	mg_buf_addz(&h, "minute");
	for (uint32_t m = 0; m < ncol; m++) {
		mg_buf_addc(&h, '|');
		for (size_t i = 0; i < v->member[m].shown.n; i++)
			mg_buf_addc(&h, v->member[m].shown.p[i] == '|' ? '/' : v->member[m].shown.p[i]);
	}
	mg_buf_addc(&h, '\0');
	mg_grid_init(g, h.p);
	mg_buf_release(&h);
}

void mg_etcd_compare_table(struct mg_buf *b, struct mg_etcdview *v, size_t max)
{
	uint32_t       ncol = v->n < COLUMNS ? v->n : COLUMNS;
	size_t         rows = 0, shown = 0;
	struct mg_grid g;

	compare_head(&g, v, ncol);
	for (uint32_t i = 0; i < v->nminutes; i++) {
		if (i && v->minute[i].minute == v->minute[i - 1].minute)
			continue;
		rows++;
		if (max && shown == max)
			continue;
		minute_row(&g, v, i, ncol);
		shown++;
	}
	if (rows)
		mg_buf_addz(b, "slow applies and the longest, slow fdatasync (fsync) likewise; \"-\": "
			       "the log covers the minute and says nothing\n");
	if (rows)
		mg_etcd_print(b, &g, rows, shown);
	else
		mg_grid_release(&g);
	if (v->n > ncol)
		mg_buf_printf(b, "\xe2\x80\xa6 and %u more members\n", v->n - ncol);
	verdict(b, v);
}

/* --- leaders -------------------------------------------------------------------------- */

static void reign_row(struct mg_grid *g, const struct mg_etcdview *v,
		      const struct mg_etcd_leaders *l, const struct mg_etcd_reign *r)
{
	int64_t               from = r->start_ns, to = r->end_ns != MG_TIME_NONE ? r->end_ns : l->end_ns, d;
	const struct mg_event *e = r->elected ? r->elected : r->lost;

	mg_etcd_cell_time(g, from, 3);
	mg_etcd_cell_time(g, r->end_ns, 3);
	mg_grid_cell(g, r->member == MG_NONE ? r->leader : v->member[r->member].shown);
	if (r->term >= 0)
		mg_grid_count(g, (uint64_t)r->term);
	else
		mg_grid_cell(g, MG_STR(""));
	mg_etcd_cell_took(g, from == MG_TIME_NONE || to == MG_TIME_NONE ||
			  __builtin_sub_overflow(to, from, &d) || d < 0 ? -1 : d);
	if (r->gap_ns == 0)
		mg_grid_cell(g, MG_STR("none"));
	else
		mg_etcd_cell_took(g, r->gap_ns);
	mg_grid_count(g, r->seen_by);
	if (e)
		mg_grid_place(g, mg_case_path(v->c, e->artifact), e->line, 60);
	else
		mg_grid_cell(g, MG_STR(""));
}

static void leaders_say(struct mg_buf *b, const struct mg_etcd_leaders *l)
{
	char gap[24], since[40];

	mg_buf_printf(b, "%u change%s", l->changes, l->changes == 1 ? "" : "s");
	if (l->longest)
		mg_buf_printf(b, "; longest time without a leader: %s, from %s",
			      mg_duration_text(l->longest_gap_ns, gap, sizeof(gap)),
			      mg_time_format(l->longest->time_ns, 3, since, sizeof(since)));
	if (l->open)
		mg_buf_addz(b, "; no leader when the logs end");
	if (l->local)
		mg_buf_printf(b, "; %u time%s a minority lost sight of the leader", l->local,
			      l->local == 1 ? "" : "s");
	if (l->dropped)
		mg_buf_printf(b, "; %u requests dropped for want of a leader", l->dropped);
	mg_buf_addc(b, '\n');
}

void mg_etcd_leaders_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max)
{
	struct mg_etcd_leaders l;
	struct mg_grid         g;
	size_t                 shown;

	mg_etcd_leaders_build(&l, v);
	shown = max && max < l.n ? max : l.n;
	mg_grid_init(&g, "from|to|leader|>term|>led|>gap before|>lines|place");
	for (size_t i = 0; i < shown; i++)
		reign_row(&g, v, &l, &l.reign[i]);
	if (l.n) {
		mg_etcd_print(b, &g, l.n, shown);
		leaders_say(b, &l);
	} else {
		mg_grid_release(&g);
		mg_buf_addz(b, "no log tells who led\n");
	}
	mg_etcd_leaders_release(&l);
}

/* --- space ---------------------------------------------------------------------------- */

struct upkeep {
	uint32_t compactions, defrags;
	int64_t  longest_compaction, longest_defrag;
	struct mg_str alarm;
};

static void upkeep_of(const struct mg_etcdview *v, uint32_t m, struct upkeep *u)
{
	*u = (struct upkeep){ .longest_compaction = -1, .longest_defrag = -1 };
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];

		if ((e->kind != MG_EV_ETCD_COMPACTION && e->kind != MG_EV_ETCD_DEFRAG &&
		     e->kind != MG_EV_ETCD_NOSPACE && e->kind != MG_EV_ETCD_ALARM) ||
		    mg_etcdview_member(v, e) != m)
			continue;
		if (e->kind == MG_EV_ETCD_COMPACTION) {
			u->compactions += e->count;
			if (e->duration_ns > u->longest_compaction)
				u->longest_compaction = e->duration_ns;
		} else if (e->kind == MG_EV_ETCD_DEFRAG) {
			u->defrags += mg_str_eq(mg_event_attr(e, "state"), MG_STR("finished"));
			if (e->duration_ns > u->longest_defrag)
				u->longest_defrag = e->duration_ns;
		} else {
			u->alarm = e->kind == MG_EV_ETCD_NOSPACE ? MG_STR("NOSPACE") :
				   mg_str_eq(mg_event_attr(e, "state"), MG_STR("disarmed")) ?
				   MG_STR("disarmed") : mg_event_attr(e, "alarm");
		}
	}
}

static void cell_upkeep(struct mg_grid *g, uint32_t n, int64_t longest)
{
	char took[24];

	if (n == 0)
		mg_grid_cell(g, MG_STR(""));
	else if (longest < 0)
		mg_grid_cellf(g, "%u", n);
	else
		mg_grid_cellf(g, "%u to %s", n, mg_duration_text(longest, took, sizeof(took)));
}

static void space_row(struct mg_grid *g, const struct mg_etcdview *v, uint32_t i)
{
	const struct mg_etcd_member *m = &v->member[i];
	struct upkeep                u;

	upkeep_of(v, i, &u);
	mg_grid_cell(g, m->shown);
	mg_etcd_cell_bytes(g, m->db_bytes);
	mg_etcd_cell_bytes(g, m->in_use_bytes);
	if (m->db_bytes > 0 && m->in_use_bytes >= 0)
		mg_grid_cellf(g, "%.0f %%", 100.0 * (double)m->in_use_bytes / (double)m->db_bytes);
	else
		mg_grid_cell(g, MG_STR(""));
	mg_etcd_cell_bytes(g, m->quota_bytes);
	if (m->quota_bytes > 0 && m->db_bytes >= 0)
		mg_grid_cellf(g, "%.0f %%", 100.0 * (double)m->db_bytes / (double)m->quota_bytes);
	else
		mg_grid_cell(g, MG_STR(""));
	cell_upkeep(g, u.compactions, u.longest_compaction);
	cell_upkeep(g, u.defrags, u.longest_defrag);
	mg_grid_cell(g, u.alarm);
	if (m->status)
		mg_grid_place(g, mg_case_path(v->c, m->status->artifact), m->status->line, 50);
	else
		mg_grid_cell(g, MG_STR(""));
}

static int by_objects(const void *va, const void *vb)
{
	const struct mg_event *a = *(const struct mg_event *const *)va;
	const struct mg_event *b = *(const struct mg_event *const *)vb;
	int64_t                x = mg_event_attr_i64(a, "objects", 0);
	int64_t                y = mg_event_attr_i64(b, "objects", 0);

	if (x != y)
		return x > y ? -1 : 1;
	return mg_event_cmp(a, b);
}

static void objects(struct mg_buf *b, const struct mg_etcdview *v, size_t max)
{
	const struct mg_event **e = NULL;
	size_t                  n = 0, cap = 0, shown;
	struct mg_grid          g;

	for (size_t i = 0; i < v->c->events.n; i++)
		if (v->c->events.ev[i].kind == MG_EV_ETCD_OBJECTS)
			MG_PUSH(e, n, cap, &v->c->events.ev[i]);
	if (n == 0)
		return;
	qsort(e, n, sizeof(*e), by_objects);
	shown = max && max < n ? max : n;
	mg_buf_addc(b, '\n');
	mg_grid_init(&g, "prefix|>objects|>bytes");
	for (size_t i = 0; i < shown; i++) {
		mg_grid_cell(&g, mg_event_attr(e[i], "key"));
		mg_grid_count(&g, (uint64_t)mg_event_attr_i64(e[i], "objects", 0));
		mg_etcd_cell_bytes(&g, mg_event_attr_i64(e[i], "bytes", -1));
	}
	mg_etcd_print(b, &g, n, shown);
	free(e);
}

void mg_etcd_space_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max)
{
	struct mg_grid g;

	mg_grid_init(&g, "member|>database|>in use|>of it|>quota|>filled|>compactions|"
			 ">defragmentations|alarm|place");
	for (uint32_t i = 0; i < v->n; i++)
		space_row(&g, v, i);
	mg_etcd_print(b, &g, v->n, v->n);
	compactions(b, v, true);
	objects(b, v, max);
}
