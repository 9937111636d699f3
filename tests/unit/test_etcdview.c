/* SPDX-License-Identifier: Apache-2.0 */
/* Members compared at the same minute, leaders, and what the rules make of them: on invented
 * logs of three members, and on the recorded ones when they are here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/etcdleaders.h"
#include "analysis/etcdview.h"
#include "analysis/rule.h"
#include "base/map.h"
#include "base/mem.h"
#include "ingest/ingest.h"

#define T0 INT64_C(1936000020000000000) /* a whole minute */

struct world {
	struct mg_case     c;
	struct mg_etcdview v;
	struct mg_findings fs;
};

static const char *const nodes[] = { "n0.lab.example", "n1.lab.example", "n2.lab.example" };
static const char *const ids[] = { "a0", "b1", "c2" };

static void add_log(struct mg_case *c, int node, int64_t from, int64_t to)
{
	struct mg_artifact a = { .path = mg_strz(nodes[node]), .kind = MG_KIND_ETCD_LOG,
				 .stats = MG_LEAF_STATS_INIT };

	a.source.node = mg_strz(nodes[node]);
	a.source.component = MG_STR("etcd");
	a.source.artifact = c->nartifacts;
	a.stats.records = 1;
	mg_stats_time(&a.stats, from);
	mg_stats_time(&a.stats, to);
	MG_PUSH(c->artifacts, c->nartifacts, c->artifacts_cap, a);
}

static void begin(struct world *w, int logs)
{
	*w = (struct world){ 0 };
	mg_case_init(&w->c);
	for (int i = 0; i < logs; i++)
		add_log(&w->c, i, T0 - MG_HOUR, T0 + MG_HOUR);
}

static struct mg_event *say(struct world *w, int node, enum mg_event_kind k, int64_t at,
			    int64_t took)
{
	struct mg_event *e = mg_batch_add(&w->c.events, k, MG_SEV_WARNING);

	e->time_ns = at - (took > 0 ? took : 0);
	e->duration_ns = took;
	e->artifact = (uint32_t)node;
	e->line = w->c.events.n;
	e->node = mg_strz(nodes[node]);
	e->component = MG_STR("etcd");
	return e;
}

static void applies(struct world *w, int node, int64_t at, int n, int64_t took, int64_t keys)
{
	for (int i = 0; i < n; i++) {
		struct mg_event *e = say(w, node, MG_EV_ETCD_SLOW_APPLY, at + i * MG_MS, took);

		e->resource = MG_STR("pods");
		if (keys)
			mg_batch_attr_i64(&w->c.events, e, "response_count", keys);
	}
}

static void raft(struct world *w, int node, bool elected, int64_t at, const char *leader, int64_t term)
{
	struct mg_event *e = say(w, node, elected ? MG_EV_ETCD_LEADER_ELECTED : MG_EV_ETCD_LEADER_LOST,
				 at, -1);

	if (!elected)
		mg_batch_attr(&w->c.events, e, "state", MG_STR("lost"));
	mg_batch_attr(&w->c.events, e, "member", mg_strz(ids[node]));
	mg_batch_attr(&w->c.events, e, "leader", mg_strz(leader));
	mg_batch_attr_i64(&w->c.events, e, "term", term);
}

static void end(struct world *w)
{
	mg_case_finish(&w->c);
	mg_etcdview_build(&w->v, &w->c);
	mg_rules_run(&w->fs, &w->c, NULL, 0);
}

static void release(struct world *w)
{
	mg_etcdview_release(&w->v);
	mg_findings_release(&w->fs);
	mg_case_release(&w->c);
}

static const struct mg_finding *finding(const struct world *w, const char *id)
{
	for (uint32_t i = 0; i < w->fs.n; i++)
		if (strcmp(w->fs.f[i].id, id) == 0)
			return &w->fs.f[i];
	return NULL;
}

static enum mg_etcd_blame blame(struct world *w, uint32_t *member)
{
	struct mg_etcd_verdict o;

	mg_etcdview_verdict(&w->v, &o);
	*member = o.member;
	assert_true(o.text.n > 0);
	return o.blame;
}

static void one_slow(void **state)
{
	struct world             w;
	const struct mg_finding *f;
	uint32_t                 m;

	begin(&w, 3);
	for (int i = 0; i < 5; i++)
		applies(&w, 1, T0 + i * MG_MIN, 120, 300 * MG_MS, 1);
	applies(&w, 0, T0 + 20 * MG_MIN, 2, 150 * MG_MS, 1);
	end(&w);
	assert_int_equal(w.v.n, 3);
	assert_string_equal(mg_arena_str(&w.v.arena, w.v.member[1].shown).p, "n1");
	assert_int_equal(blame(&w, &m), MG_BLAME_ONE);
	assert_int_equal(m, 1);
	f = finding(&w, "apply-too-long");
	assert_non_null(f);
	assert_true(mg_str_has(f->claim, MG_STR("only n1 was slow in 5 of the 5 slow minutes")));
	release(&w);
}

static void all_slow(void **state)
{
	struct world w;
	uint32_t     m;

	begin(&w, 3);
	for (int i = 0; i < 4; i++)
		for (int n = 0; n < 3; n++)
			applies(&w, n, T0 + i * MG_MIN, 40 + n, 300 * MG_MS, 1);
	end(&w);
	assert_int_equal(blame(&w, &m), MG_BLAME_ALL);
	assert_non_null(finding(&w, "apply-too-long"));
	release(&w);
}

/* The logs of the others begin later: nothing can be said. */
static void not_covered(void **state)
{
	struct world w;
	uint32_t     m;

	begin(&w, 1);
	add_log(&w.c, 1, T0 + 30 * MG_MIN, T0 + MG_HOUR);
	applies(&w, 0, T0, 200, 300 * MG_MS, 1);
	end(&w);
	assert_int_equal(blame(&w, &m), MG_BLAME_UNKNOWN);
	assert_int_equal(m, 0);
	assert_true(mg_str_has(finding(&w, "apply-too-long")->claim,
			       MG_STR("no log of another member covers")));
	release(&w);
}

static void large_ranges(void **state)
{
	struct world w;
	uint32_t     m;

	begin(&w, 3);
	applies(&w, 0, T0, 10, 2 * MG_SEC, 40000);
	applies(&w, 1, T0, 20, 110 * MG_MS, 1);
	end(&w);
	assert_int_equal(blame(&w, &m), MG_BLAME_RANGES);
	release(&w);
}

static void in_defragmentation(void **state)
{
	struct world             w;
	struct mg_event         *e;
	const struct mg_finding *f;

	begin(&w, 2);
	e = say(&w, 0, MG_EV_ETCD_DEFRAG, T0 + 30 * MG_SEC, 30 * MG_SEC);
	mg_batch_attr(&w.c.events, e, "state", MG_STR("finished"));
	applies(&w, 0, T0 + 20 * MG_SEC, 150, 5 * MG_SEC, 1);
	end(&w);
	f = finding(&w, "apply-too-long");
	assert_non_null(f);
	assert_int_equal(f->severity, MG_SEV_INFO);
	assert_true(mg_str_has(f->claim, MG_STR("expected")));
	release(&w);
}

static void peer(struct world *w, int node, const char *id, int64_t at, const char *text)
{
	struct mg_event *e = say(w, node, MG_EV_ETCD_PEER, at, -1);

	e->message = mg_strz(text);
	mg_batch_attr(&w->c.events, e, "peer", mg_strz(id));
	mg_batch_attr(&w->c.events, e, "member", mg_strz(ids[node]));
}

static void network(void **state)
{
	struct world             w;
	uint32_t                 m;
	const struct mg_finding *f;

	begin(&w, 3);
	for (int i = 0; i < 12; i++)
		peer(&w, 0, "b1", T0 + i * 5 * MG_SEC, "prober detected unhealthy status: i/o timeout");
	end(&w);
	assert_int_equal(blame(&w, &m), MG_BLAME_NETWORK);
	f = finding(&w, "network");
	assert_non_null(f);
	assert_true(mg_str_has(f->claim, MG_STR("12 lines")));
	release(&w);
}

/* A peer that was down, or that starts within three minutes, is no network's fault. */
static void restart_is_not_network(void **state)
{
	struct world     w;
	struct mg_event *e;

	begin(&w, 3);
	for (int i = 0; i < 12; i++) {
		peer(&w, 0, "b1", T0 + i * 5 * MG_SEC, "lost TCP streaming connection: EOF");
		peer(&w, 2, "dead", T0 + i * MG_SEC, "prober: connect: connection refused");
	}
	peer(&w, 1, "a0", T0 + MG_HOUR / 2, "peer became active");
	w.c.events.ev[w.c.events.n - 1].severity = MG_SEV_INFO;
	e = say(&w, 1, MG_EV_ETCD_START, T0 + 70 * MG_SEC, -1);
	mg_batch_attr(&w.c.events, e, "version", MG_STR("3.5.9"));
	end(&w);
	assert_null(finding(&w, "network"));
	release(&w);
}

static void leaders(void **state)
{
	struct world             w;
	struct mg_etcd_leaders   l;
	const struct mg_finding *f;

	begin(&w, 3);
	for (int n = 0; n < 3; n++)
		raft(&w, n, true, T0 + n, "a0", 4);
	/* one member alone loses sight of it and finds it again in the same term */
	raft(&w, 2, false, T0 + 10 * MG_SEC, "a0", 4);
	raft(&w, 2, true, T0 + 14 * MG_SEC, "a0", 4);
	/* two of three: the cluster has none for 8 s */
	raft(&w, 1, false, T0 + 60 * MG_SEC, "a0", 5);
	raft(&w, 2, false, T0 + 61 * MG_SEC, "a0", 5);
	raft(&w, 1, true, T0 + 69 * MG_SEC, "b1", 5);
	raft(&w, 2, true, T0 + 69 * MG_SEC + 1, "b1", 5);
	raft(&w, 0, true, T0 + 70 * MG_SEC, "b1", 5);
	end(&w);
	mg_etcd_leaders_build(&l, &w.v);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.changes, 1);
	assert_int_equal(l.losses, 1);
	assert_int_equal(l.local, 1);
	assert_true(l.longest_gap_ns == 8 * MG_SEC);
	assert_int_equal(l.reign[1].member, 1);
	assert_int_equal(l.reign[1].term, 5);
	assert_int_equal(l.reign[1].seen_by, 3);
	mg_etcd_leaders_release(&l);
	f = finding(&w, "leader-loss");
	assert_non_null(f);
	assert_true(mg_str_has(f->claim, MG_STR("8.00 s")));
	release(&w);
}

static void no_members(void **state)
{
	struct world           w;
	struct mg_etcd_leaders l;
	struct mg_etcd_verdict o;

	begin(&w, 0);
	end(&w);
	mg_etcdview_verdict(&w.v, &o);
	assert_int_equal(o.blame, MG_BLAME_NO_LOG);
	mg_etcd_leaders_build(&l, &w.v);
	assert_int_equal(l.n, 0);
	mg_etcd_leaders_release(&l);
	release(&w);
}

/* --- recorded logs -------------------------------------------------------------------- */

static bool real(struct world *w, const char *path)
{
	const char           *s = getenv("MG_SHARED");
	char                  full[512], *operands[] = { full };
	struct mg_ingest_opts o = { .threads = 2 };
	struct mg_err         err = { 0 };

	snprintf(full, sizeof(full), "%s/data/%s", s && *s ? s : "../shared", path);
	if (access(full, R_OK) != 0) {
		print_message("skipped: %s is not here (set MG_SHARED)\n", path);
		return false;
	}
	*w = (struct world){ 0 };
	mg_case_init(&w->c);
	assert_int_equal(mg_ingest_run(&w->c, operands, 1, &o, &err), MG_OK);
	mg_etcdview_build(&w->v, &w->c);
	mg_rules_run(&w->fs, &w->c, NULL, 0);
	return true;
}

static uint64_t total(const struct world *w, enum mg_event_kind k)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->c.events.n; i++)
		n += w->c.events.ev[i].kind == k ? w->c.events.ev[i].count : 0;
	return n;
}

static void recorded(void **state)
{
	static const struct {
		const char *path;
		uint64_t    applies, syncs, waits;
		uint32_t    members;
		enum mg_etcd_blame blame;
	} rows[] = {
		{ "must-gather/must-gather-4.8-aws.tar.xz", 590, 0, 0, 3, MG_BLAME_UNKNOWN },
		{ "must-gather/must-gather-4.9-metal.tar.gz", 0, 0, 0, 3, MG_BLAME_NONE },
		{ "incidents/etcd-slow-disk/incident.tar.gz", 253, 13, 24, 1, MG_BLAME_UNKNOWN },
		{ "incidents/two-apiservers-skew/incident.tar.gz", 897, 5, 4, 1, MG_BLAME_UNKNOWN },
		{ "incidents/healthy/incident.tar.gz", 0, 0, 0, 1, MG_BLAME_NONE },
	};
	static const char *const quiet[] = { "overload", "leader-loss", "nospace", "network",
					     "db-size", "object-count" };
	int seen = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;
		uint32_t     m;

		if (!real(&w, rows[i].path))
			continue;
		seen++;
		assert_int_equal(total(&w, MG_EV_ETCD_SLOW_APPLY), rows[i].applies);
		assert_int_equal(total(&w, MG_EV_ETCD_SLOW_FDATASYNC), rows[i].syncs);
		assert_int_equal(total(&w, MG_EV_ETCD_READ_INDEX), rows[i].waits);
		assert_int_equal(w.v.n, rows[i].members);
		assert_int_equal(blame(&w, &m), rows[i].blame);
		assert_int_equal(finding(&w, "apply-too-long") != NULL, rows[i].applies > 0);
		assert_int_equal(finding(&w, "slow-fsync") != NULL, rows[i].syncs > 0);
		for (size_t k = 0; k < sizeof(quiet) / sizeof(*quiet); k++)
			assert_null(finding(&w, quiet[k]));
		release(&w);
	}
	if (!seen)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_slow),
		cmocka_unit_test(all_slow),
		cmocka_unit_test(not_covered),
		cmocka_unit_test(large_ranges),
		cmocka_unit_test(in_defragmentation),
		cmocka_unit_test(network),
		cmocka_unit_test(restart_is_not_network),
		cmocka_unit_test(leaders),
		cmocka_unit_test(no_members),
		cmocka_unit_test(recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
