/* SPDX-License-Identifier: Apache-2.0 */
#include "session/audit_args.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"

#define TABLE_ROWS 20
#define TOP_ROWS   10
#define STEP_MIN   (100 * MG_MS)
#define STEP_MAX   (24 * MG_HOUR)

static int bad_value(const struct mg_tool *t, const char *option, const char *value)
{
	return mg_usage_error(t, "bad value for --%s: '%s'", option, value);
}

/* --- filters --------------------------------------------------------------------- */

static int read_list(const struct mg_tool *t, struct mg_audit_filter *f,
		     enum mg_audit_field field, const char *text)
{
	struct mg_err err = { 0 };

	if (mg_audit_filter_add(f, field, mg_strz(text), &err) != MG_OK)
		return mg_usage_error(t, "bad value '%s': %s", text, err.msg);
	return -1;
}

static int read_lists(const struct mg_tool *t, const struct mg_audit_args *a,
		      struct mg_audit_filter *f)
{
	struct mg_err err = { 0 };
	int           rc = -1;

	for (int k = 0; k < MG_ON_FIELDS; k++)
		for (size_t i = 0; rc < 0 && i < a->on[k].n; i++)
			if (k != MG_ON_STAGE || strcmp(a->on[k].v[i], "all") != 0)
				rc = read_list(t, f, (enum mg_audit_field)k, a->on[k].v[i]);
	for (size_t i = 0; rc < 0 && i < a->annotations.n; i++)
		if (mg_audit_filter_annotation(f, mg_strz(a->annotations.v[i]), &err) != MG_OK)
			rc = mg_usage_error(t, "bad value for --annotation: '%s': %s",
					    a->annotations.v[i], err.msg);
	return rc;
}

static int read_duration(const struct mg_tool *t, const char *option, const char *text,
			 int64_t *ns)
{
	if (text && (!mg_duration_parse(mg_strz(text), ns) || *ns < 0))
		return bad_value(t, option, text);
	return -1;
}

static int read_time(const struct mg_tool *t, const char *option, const char *text, int64_t *ns)
{
	size_t used;
	bool   zoned;

	if (text && (!mg_time_parse(mg_strz(text), ns, &used, &zoned) || text[used]))
		return bad_value(t, option, text);
	return -1;
}

static int read_pod_security(const struct mg_tool *t, const struct mg_audit_args *a,
			     struct mg_audit_filter *f)
{
	struct mg_str s = mg_strz(a->pod_security);

	if (mg_str_eq(s, MG_STR("pod")))
		f->pod_security = MG_PSS_POD;
	else if (mg_str_eq(s, MG_STR("all")))
		f->pod_security = MG_PSS_ALL;
	else if (s.n)
		return mg_usage_error(t, "bad value for --podsecurityviolations: '%s': pod or all",
				      a->pod_security);
	return -1;
}

static int read_filter(const struct mg_tool *t, const struct mg_audit_args *a,
		       struct mg_audit_filter *f)
{
	int rc;

	f->failed_only = a->failed_only;
	f->no_reviews = a->no_reviews;
	f->default_stage = a->on[MG_ON_STAGE].n == 0; /* none, as in --stage= or all, is any */
	if ((rc = read_lists(t, a, f)) >= 0 ||
	    (rc = read_pod_security(t, a, f)) >= 0 ||
	    (rc = read_duration(t, "min-duration", a->min, &f->min_ns)) >= 0 ||
	    (rc = read_duration(t, "max-duration", a->max, &f->max_ns)) >= 0 ||
	    (rc = read_duration(t, "duration", a->peer_max, &f->max_ns)) >= 0 ||
	    (rc = read_time(t, "after", a->after, &f->after_ns)) >= 0)
		return rc;
	return read_time(t, "before", a->before, &f->before_ns);
}

/* --- groups ---------------------------------------------------------------------------- */

static int read_keys(const struct mg_tool *t, const struct mg_audit_args *a,
		     struct mg_audit_by *by)
{
	struct mg_str rest, one;

	for (size_t i = 0; i < a->by.n; i++)
		for (rest = mg_strz(a->by.v[i]); rest.n;) {
			mg_str_cut(rest, ',', &one, &rest);
			if (by->n == MG_AUDIT_MAX_KEYS)
				return mg_usage_error(t, "--by takes at most %d keys",
						      MG_AUDIT_MAX_KEYS);
			by->key[by->n] = mg_audit_key_parse(one);
			if (by->key[by->n++] == MG_BY_KEYS)
				return mg_opt_no_such(t, "by", one, "key");
		}
	return -1;
}

/* `-o top --by=verb` is a section for each verb, as those know it who used it before. */
static void set_top(struct mg_audit_by *by)
{
	by->sections = by->n == 1 && (by->key[0] == MG_BY_VERB || by->key[0] == MG_BY_CODE);
	if (!by->sections)
		return;
	by->long_running = true;
	by->detail = MG_AUDIT_LATENCY | MG_AUDIT_CODES;
	by->key[by->n++] = MG_BY_URI;
	by->key[by->n++] = MG_BY_USER;
}

static void default_keys(struct mg_audit_by *by, const enum mg_audit_key *key, unsigned n)
{
	if (by->n)
		return;
	memcpy(by->key, key, n * sizeof(*key));
	by->n = n;
}

/* --- what is asked ------------------------------------------------------------------------ */

static int read_output(const struct mg_tool *t, const struct mg_audit_args *a,
		       struct mg_audit_query *q, struct mg_audit_show *show)
{
	struct mg_str s = mg_strz(a->output), n = { 0 };
	uint64_t      top = TOP_ROWS;
	bool          cut = mg_str_cut(s, '=', &s, &n);

	q->want = q->by.n && !s.n ? MG_AUDIT_GROUPS : MG_AUDIT_ROWS;
	if (mg_str_eq(s, MG_STR("wide")) && !cut)
		show->wide = true;
	else if (mg_str_eq(s, MG_STR("json")) && !cut)
		q->want = MG_AUDIT_RAW;
	else if (mg_str_eq(s, MG_STR("stats")) && !cut)
		q->want = MG_AUDIT_SPLIT;
	else if (mg_str_eq(s, MG_STR("events")) && (!cut || mg_str_eq(n, MG_STR("all")))) {
		q->want = MG_AUDIT_EVENTS;
		q->all_events = cut;
	} else if (mg_str_eq(s, MG_STR("table")) && !cut)
		q->want = MG_AUDIT_GROUPS;
	else if (mg_str_eq(s, MG_STR("top")) && (!cut || mg_num_u64(n, &top))) {
		q->want = MG_AUDIT_GROUPS;
		show->top = true;
		show->rows = (size_t)top;
	} else if (s.n || cut)
		return mg_usage_error(t, "bad value for --output: '%s': top[=N], table, wide, json, "
				      "stats, events or events=all", a->output);
	if (q->want != MG_AUDIT_GROUPS)
		return -1;
	if (!q->by.n)
		return mg_usage_error(t, "-o %.*s needs --by=KEY", MG_FMT(s));
	if (show->top)
		set_top(&q->by);
	else
		show->rows = TABLE_ROWS;
	return -1;
}

static int read_series(const struct mg_tool *t, const struct mg_audit_args *a,
		       struct mg_audit_query *q, struct mg_audit_show *show)
{
	q->want = MG_AUDIT_SERIES;
	show->rows = TOP_ROWS;
	if (!mg_duration_parse(mg_strz(a->series), &q->step_ns) || q->step_ns < STEP_MIN ||
	    q->step_ns > STEP_MAX)
		return mg_usage_error(t, "bad value for --series: '%s': a step of 100ms to 24h",
				      a->series);
	return -1;
}

static int read_slow(const struct mg_tool *t, const struct mg_audit_args *a,
		     struct mg_audit_query *q)
{
	uint64_t n = TABLE_ROWS;

	q->want = MG_AUDIT_SLOWEST;
	if (*a->slow && (!mg_num_u64(mg_strz(a->slow), &n) || n == 0 || n > 1000000))
		return mg_usage_error(t, "bad value for --slow: '%s': how many, 1 to 1000000",
				      a->slow);
	q->slowest = (size_t)n;
	return -1;
}

static int read_object(const struct mg_tool *t, const char *option, const char *text,
		       enum mg_audit_want want, struct mg_audit_query *q)
{
	struct mg_err err = { 0 };

	q->want = want;
	if (mg_story_parse(mg_strz(text), &q->object, &err) != MG_OK)
		return mg_usage_error(t, "bad value for --%s: '%s': %s", option, text, err.msg);
	return -1;
}

static int read_inflight(const struct mg_audit_args *a, struct mg_audit_query *q,
			 struct mg_audit_show *show)
{
	q->want = MG_AUDIT_FLYING;
	show->at_clock = !mg_time_parse_when(mg_strz(a->inflight_at), MG_TIME_NONE, &q->at_ns);
	return -1;
}

static int read_tables(const struct mg_audit_args *a, struct mg_audit_query *q,
		       struct mg_audit_show *show)
{
	static const enum mg_audit_key list[] = { MG_BY_USER, MG_BY_RESOURCE, MG_BY_NAMESPACE,
						  MG_BY_LIST_KIND };
	static const enum mg_audit_key watch[] = { MG_BY_USER, MG_BY_IP, MG_BY_RESOURCE,
						   MG_BY_NAMESPACE };

	q->want = a->lists ? MG_AUDIT_LISTS : MG_AUDIT_WATCHES;
	q->by.long_running = a->watches;
	default_keys(&q->by, a->lists ? list : watch, 4);
	show->rows = TABLE_ROWS;
	return -1;
}

static int read_want(const struct mg_tool *t, const struct mg_audit_args *a,
		     struct mg_audit_query *q, struct mg_audit_show *show)
{
	int modes = !!a->series + !!a->slow + !!a->who_deleted + !!a->history + !!a->inflight_at +
		    a->unfinished + a->lists + a->watches + a->collections;

	if (modes > 1)
		return mg_usage_error(t, "only one of --series, --slow, --who-deleted, --history, "
				      "--inflight-at, --unfinished, --lists, --watches and "
				      "--deletecollections");
	if (modes && a->output)
		return mg_usage_error(t, "-o %s does not go with --series, --slow and the like; "
				      "use --format", a->output);
	if (modes && a->by.n && !a->series && !a->lists && !a->watches)
		return mg_usage_error(t, "--by does not go with questions about single requests");
	if (a->series)
		return read_series(t, a, q, show);
	if (a->slow)
		return read_slow(t, a, q);
	if (a->who_deleted)
		return read_object(t, "who-deleted", a->who_deleted, MG_AUDIT_DELETED, q);
	if (a->history)
		return read_object(t, "history", a->history, MG_AUDIT_LIFE, q);
	if (a->inflight_at)
		return read_inflight(a, q, show);
	if (a->lists || a->watches)
		return read_tables(a, q, show);
	if (!a->unfinished && !a->collections)
		return read_output(t, a, q, show);
	q->want = a->unfinished ? MG_AUDIT_OPEN : MG_AUDIT_COLLECTIONS;
	return -1;
}

/* -n NAMESPACE is what people type, -n ROWS what the other tools take: a number is rows. */
static int read_n(const struct mg_tool *t, const struct mg_audit_args *a,
		  struct mg_audit_query *q, struct mg_audit_show *show)
{
	uint64_t n;
	int      rc = -1;

	for (size_t i = 0; rc < 0 && i < a->n.n; i++) {
		if (mg_num_u64(mg_strz(a->n.v[i]), &n))
			show->rows = (size_t)n;
		else
			rc = read_list(t, &q->filter, MG_ON_NAMESPACE, a->n.v[i]);
	}
	if (rc < 0 && a->rows) {
		if (!mg_num_u64(mg_strz(a->rows), &n))
			return bad_value(t, "rows", a->rows);
		show->rows = (size_t)n;
	}
	return rc;
}

int mg_audit_args_read(const struct mg_tool *t, const struct mg_audit_args *a,
		       struct mg_audit_query *q, struct mg_audit_show *show)
{
	int rc;

	*show = (struct mg_audit_show){ 0 };
	if ((rc = read_filter(t, a, &q->filter)) >= 0 || (rc = read_keys(t, a, &q->by)) >= 0 ||
	    (rc = read_want(t, a, q, show)) >= 0)
		return rc;
	return read_n(t, a, q, show);
}

/* --- operands ------------------------------------------------------------------------------- */

static void add_files(const char *text, struct mg_arena *arena, struct mg_list *out)
{
	struct mg_str rest = mg_strz(text), one;

	if (access(text, F_OK) == 0) { /* a comma may be part of a name */
		MG_PUSH(out->v, out->n, out->cap, text);
		return;
	}
	do {
		mg_str_cut(rest, ',', &one, &rest);
		if (one.n)
			MG_PUSH(out->v, out->n, out->cap, mg_arena_str(arena, one).p);
	} while (rest.n);
}

void mg_audit_args_files(const struct mg_audit_args *a, char **operands, int n,
			 struct mg_arena *arena, struct mg_list *out)
{
	for (size_t i = 0; i < a->files.n; i++)
		add_files(a->files.v[i], arena, out);
	for (int i = 0; i < n; i++)
		MG_PUSH(out->v, out->n, out->cap, operands[i]);
}

void mg_audit_args_release(struct mg_audit_args *a)
{
	for (int k = 0; k < MG_ON_FIELDS; k++)
		mg_list_release(&a->on[k]);
	mg_list_release(&a->files);
	mg_list_release(&a->annotations);
	mg_list_release(&a->by);
	mg_list_release(&a->n);
}
