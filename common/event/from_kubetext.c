/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_kubetext.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "parse/quantity.h"
#include "parse/texttable.h"

/* What has been read of a node that is described. */
struct node {
	bool            open;
	uint64_t        line;
	struct mg_arena arena;
	struct mg_str   name, section, version, cpu, memory, unschedulable, ready, bad;
	int64_t         heartbeat, since;
	size_t          at[6]; /* columns of the conditions */
};

struct mg_kubetext {
	struct mg_texttable table;
	struct node         node;
};

/* --- events ---------------------------------------------------------------------------------- */

static struct mg_event *add(const struct mg_source *src, uint64_t line, struct mg_batch *out,
			    enum mg_event_kind k, enum mg_severity s)
{
	struct mg_event *e = mg_batch_add(out, k, s);

	e->time_ns = src->mtime_ns;
	e->time_source = src->mtime_ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : MG_TIME_DERIVED;
	e->artifact = src->artifact;
	e->line = line;
	e->node = src->node;
	return e;
}

static void attr(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	if (v.n)
		mg_batch_attr(out, e, key, v);
}

static void number(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	int64_t n;

	if (mg_num_i64(v, &n))
		mg_batch_attr_i64(out, e, key, n);
}

static void say(struct mg_batch *out, struct mg_event *e, struct mg_buf *t)
{
	e->message = mg_batch_str(out, mg_buf_str(t));
	mg_buf_release(t);
}

/* --- kubectl top ------------------------------------------------------------------------------- */

static void usage(const struct mg_texttable *t, const struct mg_source *src, uint64_t line,
		  struct mg_batch *out)
{
	bool             nodes = t->kind == MG_TT_TOP_NODES;
	struct mg_event *e = add(src, line, out, MG_EV_USAGE, MG_SEV_DEBUG);
	struct mg_str    cpu = mg_texttable_cell(t, "CPU(cores)"), container = { "", 0 };
	struct mg_str    memory = mg_texttable_cell(t, "MEMORY(bytes)"), name;
	struct mg_buf    b = { 0 };
	double           v;

	name = mg_texttable_cell(t, "POD"); /* with --containers, NAME is the container */
	if (name.n)
		container = mg_texttable_cell(t, "NAME");
	else
		name = mg_texttable_cell(t, "NAME");
	e->resource = nodes ? MG_STR("nodes") : MG_STR("pods");
	e->name = mg_batch_str(out, name);
	e->ns = mg_batch_str(out, mg_texttable_cell(t, "NAMESPACE"));
	*(nodes ? &e->node : &e->pod) = e->name;
	mg_buf_printf(&b, "%s %.*s uses CPU %.*s, memory %.*s", nodes ? "node" : "pod", MG_FMT(name),
		      MG_FMT(cpu.n ? cpu : MG_STR("unknown")),
		      MG_FMT(memory.n ? memory : MG_STR("unknown")));
	say(out, e, &b);
	attr(out, e, "container", container);
	if (mg_quantity(cpu, &v) && v < 1e12) /* fits, in thousandths */
		mg_batch_attr_i64(out, e, "cpu_millicores", (int64_t)(v * 1000 + 0.5));
	if (mg_quantity(memory, &v))
		mg_batch_attr_i64(out, e, "memory_bytes", (int64_t)v);
	attr(out, e, "cpu_percent", mg_texttable_cell(t, "CPU%"));
	attr(out, e, "memory_percent", mg_texttable_cell(t, "MEMORY%"));
}

/* --- crictl ------------------------------------------------------------------------------------ */

static void crictl(const struct mg_texttable *t, const struct mg_source *src, uint64_t line,
		   struct mg_batch *out)
{
	bool             containers = t->kind == MG_TT_CRICTL_PS;
	struct mg_str    name = mg_texttable_cell(t, "NAME"), state = mg_texttable_cell(t, "STATE");
	struct mg_str    pod = containers ? mg_texttable_cell(t, "POD") : name;
	struct mg_str    id = mg_texttable_cell(t, containers ? "CONTAINER" : "POD ID");
	struct mg_str    ns = mg_texttable_cell(t, "NAMESPACE");
	struct mg_event *e = add(src, line, out, MG_EV_OBJECT, MG_SEV_DEBUG);
	struct mg_buf    b = { 0 };
	int64_t          attempt;

	if (!id.n)
		id = mg_texttable_cell(t, "CONTAINER ID");
	e->resource = containers ? MG_STR("containers") : MG_STR("sandboxes");
	e->name = mg_batch_str(out, name);
	e->pod = mg_batch_str(out, pod);
	e->ns = mg_batch_str(out, ns);
	mg_buf_printf(&b, "%s %.*s is %.*s", containers ? "container" : "sandbox of pod", MG_FMT(name),
		      MG_FMT(state));
	say(out, e, &b);
	attr(out, e, "state", state);
	attr(out, e, "created", mg_texttable_cell(t, "CREATED"));
	number(out, e, "attempt", mg_texttable_cell(t, "ATTEMPT"));
	attr(out, e, "container_id", id);
	if (!containers || !mg_num_i64(mg_texttable_cell(t, "ATTEMPT"), &attempt) || attempt <= 0)
		return;
	e = add(src, line, out, MG_EV_POD_RESTARTS, attempt >= 5 ? MG_SEV_WARNING : MG_SEV_INFO);
	e->count = attempt > UINT32_MAX ? UINT32_MAX : (uint32_t)attempt;
	e->component = mg_batch_str(out, name);
	e->pod = mg_batch_str(out, pod);
	e->ns = mg_batch_str(out, ns);
	mg_buf_printf(&b, "container %.*s of pod %.*s has restarted %lld time%s", MG_FMT(name),
		      MG_FMT(pod), (long long)attempt, attempt == 1 ? "" : "s");
	say(out, e, &b);
	attr(out, e, "container", name);
	mg_batch_attr_i64(out, e, "restart_count", attempt);
	attr(out, e, "container_id", id);
}

/* --- API priority and fairness ------------------------------------------------------------------- */

static void where(const struct mg_source *src, struct mg_batch *out, struct mg_event *e,
		  struct mg_str level)
{
	e->component = MG_STR("kube-apiserver");
	e->pod = src->pod;
	e->ns = src->ns;
	e->name = mg_batch_str(out, level);
}

static void level(const struct mg_texttable *t, const struct mg_source *src, uint64_t line,
		  struct mg_batch *out)
{
	static const struct {
		const char *column, *key;
	} numbers[] = {
		{ "ActiveQueues", "active_queues" },       { "WaitingRequests", "waiting" },
		{ "ExecutingRequests", "executing" },      { "DispatchedRequests", "dispatched" },
		{ "RejectedRequests", "rejected" },        { "TimedoutRequests", "timed_out" },
		{ "CancelledRequests", "cancelled" },
	};
	struct mg_str    name = mg_texttable_cell(t, "PriorityLevelName");
	int64_t          waiting = 0, rejected = 0;
	struct mg_event *e;
	struct mg_buf    b = { 0 };

	mg_num_i64(mg_texttable_cell(t, "WaitingRequests"), &waiting);
	mg_num_i64(mg_texttable_cell(t, "RejectedRequests"), &rejected);
	e = add(src, line, out, MG_EV_APF_LEVEL,
		waiting > 0 || rejected > 0 ? MG_SEV_WARNING : MG_SEV_DEBUG);
	where(src, out, e, name);
	mg_buf_printf(&b, "priority level %.*s: %lld requests wait", MG_FMT(name), (long long)waiting);
	if (rejected > 0)
		mg_buf_printf(&b, ", %lld were rejected", (long long)rejected);
	say(out, e, &b);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		number(out, e, numbers[i].key, mg_texttable_cell(t, numbers[i].column));
	attr(out, e, "idle", mg_texttable_cell(t, "IsIdle"));
	attr(out, e, "quiescing", mg_texttable_cell(t, "IsQuiescing"));
}

static void queue(const struct mg_texttable *t, const struct mg_source *src, uint64_t line,
		  struct mg_batch *out)
{
	struct mg_str    name = mg_texttable_cell(t, "PriorityLevelName");
	int64_t          pending = 0, executing = 0;
	struct mg_event *e;
	struct mg_buf    b = { 0 };

	mg_num_i64(mg_texttable_cell(t, "PendingRequests"), &pending);
	mg_num_i64(mg_texttable_cell(t, "ExecutingRequests"), &executing);
	if (pending <= 0 && executing <= 0)
		return; /* hundreds of them */
	e = add(src, line, out, MG_EV_APF_QUEUE, pending > 0 ? MG_SEV_WARNING : MG_SEV_DEBUG);
	where(src, out, e, name);
	mg_buf_printf(&b, "queue %.*s of priority level %.*s: %lld requests wait, %lld run",
		      MG_FMT(mg_texttable_cell(t, "Index")), MG_FMT(name), (long long)pending,
		      (long long)executing);
	say(out, e, &b);
	number(out, e, "index", mg_texttable_cell(t, "Index"));
	mg_batch_attr_i64(out, e, "waiting", pending);
	mg_batch_attr_i64(out, e, "executing", executing);
}

static void request(const struct mg_texttable *t, const struct mg_source *src, uint64_t line,
		    struct mg_batch *out)
{
	struct mg_str    name = mg_texttable_cell(t, "PriorityLevelName");
	struct mg_str    verb = mg_texttable_cell(t, "Verb"), user = mg_texttable_cell(t, "UserName");
	struct mg_event *e = add(src, line, out, MG_EV_APF_REQUEST, MG_SEV_WARNING);
	struct mg_buf    b = { 0 };
	int64_t          ns;

	where(src, out, e, name);
	if (mg_time_parse(mg_texttable_cell(t, "ArriveTime"), &ns, NULL, NULL)) {
		e->time_ns = ns;
		e->time_source = MG_TIME_EXACT;
	}
	e->verb = mg_batch_str(out, verb);
	e->user = mg_batch_str(out, user);
	e->resource = mg_batch_str(out, mg_texttable_cell(t, "Resource"));
	mg_buf_printf(&b, "a request waited in priority level %.*s", MG_FMT(name));
	if (verb.n)
		mg_buf_printf(&b, ": %.*s %.*s", MG_FMT(verb), MG_FMT(mg_texttable_cell(t, "APIPath")));
	say(out, e, &b);
	attr(out, e, "level", name);
	attr(out, e, "schema", mg_texttable_cell(t, "FlowSchemaName"));
	attr(out, e, "queue", mg_texttable_cell(t, "QueueIndex"));
	attr(out, e, "flow", mg_texttable_cell(t, "FlowDistingsher")); /* as the server spells it */
	attr(out, e, "path", mg_texttable_cell(t, "APIPath"));
}

static void row(const struct mg_texttable *t, const struct mg_source *src, uint64_t line,
		struct mg_batch *out)
{
	switch (t->kind) {
	case MG_TT_TOP_NODES:
	case MG_TT_TOP_PODS:
		usage(t, src, line, out);
		break;
	case MG_TT_CRICTL_PS:
	case MG_TT_CRICTL_PODS:
		crictl(t, src, line, out);
		break;
	case MG_TT_APF_LEVELS:
		level(t, src, line, out);
		break;
	case MG_TT_APF_QUEUES:
		queue(t, src, line, out);
		break;
	case MG_TT_APF_REQUESTS:
		request(t, src, line, out);
		break;
	default:
		break;
	}
}

/* --- kubectl describe node ------------------------------------------------------------------------ */

bool mg_time_parse_rfc1123(struct mg_str s, int64_t *ns)
{
	char     iso[32];
	uint64_t day, year;
	int      month;

	/* "Tue, 14 Sep 2021 14:42:48 +0000" */
	if (s.n < 31 || s.p[3] != ',' || !mg_num_u64(mg_str(s.p + 5, 2), &day) ||
	    !(month = mg_time_month(mg_str(s.p + 8, 3))) || !mg_num_u64(mg_str(s.p + 12, 4), &year) ||
	    day > 31 || year > 9999)
		return false;
	snprintf(iso, sizeof(iso), "%04u-%02d-%02uT%.8s%.5s", (unsigned)year, month, (unsigned)day,
		 s.p + 17, s.p + 26);
	return mg_time_parse(mg_strz(iso), ns, NULL, NULL);
}

static void end_node(struct node *n, const struct mg_source *src, struct mg_batch *out)
{
	struct mg_event *e;
	struct mg_buf    b = { 0 };
	char             text[40];
	double           memory;

	if (n->open) {
		e = add(src, n->line, out, MG_EV_OBJECT, MG_SEV_DEBUG);
		e->resource = MG_STR("nodes");
		e->name = e->node = mg_batch_str(out, n->name);
		if (n->heartbeat != MG_TIME_NONE) {
			e->time_ns = n->heartbeat;
			e->time_source = MG_TIME_EXACT;
			mg_batch_attr(out, e, "heartbeat",
				      mg_strz(mg_time_format(n->heartbeat, 0, text, sizeof(text))));
		}
		if (n->since != MG_TIME_NONE)
			mg_batch_attr(out, e, "ready_since",
				      mg_strz(mg_time_format(n->since, 0, text, sizeof(text))));
		mg_buf_printf(&b, "node %.*s: Ready is %.*s", MG_FMT(n->name),
			      MG_FMT(n->ready.n ? n->ready : MG_STR("not told")));
		say(out, e, &b);
		attr(out, e, "ready", n->ready);
		attr(out, e, "conditions", n->bad);
		attr(out, e, "version", n->version);
		attr(out, e, "unschedulable", n->unschedulable);
		attr(out, e, "cpu", n->cpu);
		if (mg_quantity(n->memory, &memory))
			mg_batch_attr_i64(out, e, "memory_bytes", (int64_t)memory);
	}
	mg_arena_release(&n->arena);
	*n = (struct node){ .heartbeat = MG_TIME_NONE, .since = MG_TIME_NONE };
}

/* "  Type  Status  LastHeartbeatTime  LastTransitionTime  Reason  Message" */
static void condition_heading(struct node *n, struct mg_str line)
{
	static const char *const names[] = { "Type", "Status", "LastHeartbeatTime",
					     "LastTransitionTime", "Reason", "Message" };

	for (size_t i = 0; i < 6; i++) {
		ptrdiff_t at = mg_str_find(line, mg_strz(names[i]));

		n->at[i] = at < 0 ? 0 : (size_t)at;
	}
}

static void condition(struct node *n, const struct mg_source *src, struct mg_str line,
		      uint64_t lineno, struct mg_batch *out)
{
	struct mg_str    c[6];
	struct mg_event *e;
	struct mg_buf    b = { 0 };
	int64_t          heartbeat = MG_TIME_NONE, since = MG_TIME_NONE;
	bool             ready, is;

	for (size_t i = 0; i < 6; i++) {
		size_t to = i < 5 ? n->at[i + 1] : line.n;

		if (to < n->at[i])
			return;
		c[i] = mg_str_trim(mg_str_head(mg_str_from(line, n->at[i]), to - n->at[i]));
	}
	ready = mg_str_eq(c[0], MG_STR("Ready"));
	is = mg_str_eq(c[1], MG_STR("True"));
	mg_time_parse_rfc1123(c[2], &heartbeat);
	mg_time_parse_rfc1123(c[3], &since);
	if (heartbeat > n->heartbeat)
		n->heartbeat = heartbeat;
	if (ready) {
		n->ready = mg_arena_str(&n->arena, c[1]);
		n->since = since;
	} else if (is) {
		n->bad = mg_arena_printf(&n->arena, "%.*s%s%.*s", MG_FMT(n->bad), n->bad.n ? " " : "",
					 MG_FMT(c[0]));
	}
	if (ready == is || c[1].n == 0)
		return; /* as it should be */
	e = add(src, lineno, out, MG_EV_NODE_CONDITION, ready ? MG_SEV_ERROR : MG_SEV_WARNING);
	e->component = MG_STR("kubelet");
	e->name = e->node = mg_batch_str(out, n->name);
	if (since != MG_TIME_NONE) {
		e->time_ns = since;
		e->time_source = MG_TIME_EXACT;
	}
	mg_buf_printf(&b, "node %.*s: %.*s is %.*s (%.*s): %.*s", MG_FMT(n->name), MG_FMT(c[0]),
		      MG_FMT(c[1]), MG_FMT(c[4]), MG_FMT(c[5]));
	say(out, e, &b);
	attr(out, e, "type", c[0]);
	attr(out, e, "status", c[1]);
	attr(out, e, "reason", c[4]);
}

/* "Name:               master-0" and everything below it; false: no part of a description. */
static bool describe(struct node *n, const struct mg_source *src, struct mg_str line,
		     uint64_t lineno, struct mg_batch *out)
{
	struct mg_str key, value, t = mg_str_trim(line);

	mg_str_cut(t, ':', &key, &value);
	value = mg_str_trim(value);
	if (line.n && line.p[0] != ' ' && mg_str_eq(key, MG_STR("Name"))) {
		end_node(n, src, out);
		n->open = true;
		n->line = lineno;
		n->name = mg_arena_str(&n->arena, value);
		return true;
	}
	if (!n->open)
		return false;
	if (line.n && line.p[0] != ' ') {
		n->section = mg_arena_str(&n->arena, key);
		if (mg_str_eq(key, MG_STR("Unschedulable")) && mg_str_eq(value, MG_STR("true")))
			n->unschedulable = MG_STR("true");
	} else if (mg_str_eq(n->section, MG_STR("Conditions"))) {
		if (mg_str_starts(t, MG_STR("Type ")))
			condition_heading(n, line);
		else if (n->at[1] && !mg_str_starts(t, MG_STR("----")))
			condition(n, src, line, lineno, out);
	} else if (mg_str_eq(key, MG_STR("Kubelet Version"))) {
		n->version = mg_arena_str(&n->arena, value);
	} else if (mg_str_eq(n->section, MG_STR("Allocatable"))) {
		if (mg_str_eq(key, MG_STR("cpu")))
			n->cpu = mg_arena_str(&n->arena, value);
		else if (mg_str_eq(key, MG_STR("memory")))
			n->memory = mg_arena_str(&n->arena, value);
	}
	return true;
}

/* --- lines ------------------------------------------------------------------------------------------ */

struct mg_kubetext *mg_kubetext_new(void)
{
	struct mg_kubetext *k = mg_zalloc(sizeof(*k));

	k->node.heartbeat = k->node.since = MG_TIME_NONE;
	return k;
}

void mg_kubetext_line(struct mg_kubetext *k, const struct mg_source *src, struct mg_str line,
		      uint64_t lineno, struct mg_leaf_stats *stats, struct mg_batch *out)
{
	enum mg_status st;
	bool           described = k->table.kind == MG_TT_NONE &&
			 describe(&k->node, src, line, lineno, out);

	if (described) {
		stats->records++;
		return;
	}
	st = mg_texttable_line(&k->table, line);
	if (st == MG_OK) {
		stats->records++;
		row(&k->table, src, lineno, out);
	} else if (st == MG_FAIL) {
		mg_stats_bad(stats, lineno, 0, "expected %u cells of the table above", k->table.ncol);
	} else {
		stats->other++;
	}
}

void mg_kubetext_end(struct mg_kubetext *k, const struct mg_source *src, struct mg_batch *out)
{
	end_node(&k->node, src, out);
}

void mg_kubetext_free(struct mg_kubetext *k)
{
	if (!k)
		return;
	mg_arena_release(&k->node.arena);
	free(k);
}
