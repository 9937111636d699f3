/* SPDX-License-Identifier: Apache-2.0 */
#include "render/state_views.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/num.h"

/* --- tables that are a list of events: what stands in which column ----------------------- */

/* Where a cell comes from, when it is no attribute. */
static const char TIME[] = "(time)", END[] = "(end)", NAME[] = "(name)", NS[] = "(namespace)",
		  NODE[] = "(node)", POD[] = "(pod)", COUNT[] = "(count)", FROM[] = "(component)",
		  MESSAGE[] = "(message)", USER[] = "(user)", RESOURCE[] = "(resource)",
		  SEVERITY[] = "(severity)";

struct column {
	const char        *name, *head;
	enum mg_sheet_type type;
	const char        *from; /* one of the above, or the key of an attribute */
};

struct list {
	const char        *name;
	enum mg_event_kind kind;
	const char        *resource; /* only events of this one, NULL: all */
	const char        *sort;     /* by this column, NULL: by time      */
	enum mg_severity   least;    /* without --all                      */
	struct column      col[14];
};

static const struct list lists[] = {
	{ "events", MG_EV_K8S_EVENT, NULL, NULL, MG_SEV_DEBUG, {
		{ "last", "last", MG_SHEET_CLOCK, TIME }, { "first", "first", MG_SHEET_CLOCK, "first" },
		{ "count", "count", MG_SHEET_COUNT, COUNT }, { "type", "type", MG_SHEET_TEXT, "type" },
		{ "reason", "reason", MG_SHEET_TEXT, "reason" },
		{ "kind", "kind", MG_SHEET_TEXT, "object_kind" },
		{ "namespace", "namespace", MG_SHEET_TEXT, NS }, { "name", "name", MG_SHEET_TEXT, NAME },
		{ "node", NULL, MG_SHEET_TEXT, NODE }, { "from", "from", MG_SHEET_TEXT, FROM },
		{ "message", "message", MG_SHEET_TEXT, MESSAGE } } },
	{ "conditions", MG_EV_NODE_CONDITION, NULL, NULL, MG_SEV_DEBUG, {
		{ "since", "since", MG_SHEET_CLOCK, TIME }, { "node", "node", MG_SHEET_TEXT, NODE },
		{ "type", "type", MG_SHEET_TEXT, "type" }, { "status", "status", MG_SHEET_TEXT, "status" },
		{ "reason", "reason", MG_SHEET_TEXT, "reason" },
		{ "heartbeat", "heartbeat", MG_SHEET_CLOCK, "heartbeat" },
		{ "message", "message", MG_SHEET_TEXT, MESSAGE } } },
	{ "nodes", MG_EV_OBJECT, "nodes", "node", MG_SEV_DEBUG, {
		{ "node", "node", MG_SHEET_TEXT, NAME }, { "ready", "ready", MG_SHEET_TEXT, "ready" },
		{ "since", "since", MG_SHEET_CLOCK, "ready_since" },
		{ "heartbeat", "heartbeat", MG_SHEET_CLOCK, "heartbeat" },
		{ "conditions", "conditions", MG_SHEET_TEXT, "conditions" },
		{ "version", "version", MG_SHEET_TEXT, "version" },
		{ "unschedulable", "unschedulable", MG_SHEET_TEXT, "unschedulable" },
		{ "cpu", "cpu", MG_SHEET_TEXT, "cpu" },
		{ "memory_bytes", "memory", MG_SHEET_BYTES, "memory_bytes" } } },
	{ "operators", MG_EV_OBJECT, "clusteroperators", "operator", MG_SEV_DEBUG, {
		{ "operator", "operator", MG_SHEET_TEXT, NAME },
		{ "version", "version", MG_SHEET_TEXT, "version" },
		{ "available", "available", MG_SHEET_TEXT, "available" },
		{ "progressing", "progressing", MG_SHEET_TEXT, "progressing" },
		{ "degraded", "degraded", MG_SHEET_TEXT, "degraded" },
		{ "since", "since", MG_SHEET_CLOCK, TIME } } },
	{ "containers", MG_EV_OBJECT, "containers", "pod", MG_SEV_DEBUG, {
		{ "pod", "pod", MG_SHEET_TEXT, POD }, { "container", "container", MG_SHEET_TEXT, NAME },
		{ "state", "state", MG_SHEET_TEXT, "state" },
		{ "attempt", "attempt", MG_SHEET_COUNT, "attempt" },
		{ "created", "created", MG_SHEET_TEXT, "created" },
		{ "id", "id", MG_SHEET_TEXT, "container_id" } } },
	{ "versions", MG_EV_CLUSTER_VERSION, NULL, NULL, MG_SEV_DEBUG, {
		{ "started", "started", MG_SHEET_CLOCK, TIME },
		{ "completed", "completed", MG_SHEET_CLOCK, "completed" },
		{ "version", "version", MG_SHEET_TEXT, "version" },
		{ "state", "state", MG_SHEET_TEXT, "state" } } },
	{ "apiservices", MG_EV_OBJECT, "apiservices", "name", MG_SEV_DEBUG, {
		{ "name", "name", MG_SHEET_TEXT, NAME },
		{ "available", "available", MG_SHEET_TEXT, "available" },
		{ "since", "since", MG_SHEET_CLOCK, TIME } } },
	{ "namespaces", MG_EV_OBJECT, "namespaces", "name", MG_SEV_DEBUG, {
		{ "name", "name", MG_SHEET_TEXT, NAME }, { "phase", "phase", MG_SHEET_TEXT, "phase" },
		{ "created", "created", MG_SHEET_CLOCK, TIME } } },
	{ "leases", MG_EV_LEASE, NULL, "renewed", MG_SEV_DEBUG, {
		{ "renewed", "renewed", MG_SHEET_CLOCK, "renewed" },
		{ "acquired", "acquired", MG_SHEET_CLOCK, "acquired" },
		{ "transitions", "transitions", MG_SHEET_COUNT, "transitions" },
		{ "duration_s", "seconds", MG_SHEET_COUNT, "duration_s" },
		{ "namespace", "namespace", MG_SHEET_TEXT, NS }, { "lease", "lease", MG_SHEET_TEXT, NAME },
		{ "resource", NULL, MG_SHEET_TEXT, RESOURCE },
		{ "holder", "holder", MG_SHEET_TEXT, "holder" } } },
	{ "certificates", MG_EV_CERTIFICATE, NULL, "not_after", MG_SEV_DEBUG, {
		{ "not_after", "valid until", MG_SHEET_CLOCK, "not_after" },
		{ "not_before", "from", MG_SHEET_CLOCK, "not_before" },
		{ "subject", "subject", MG_SHEET_TEXT, "subject" },
		{ "issuer", "issuer", MG_SHEET_TEXT, "issuer" },
		{ "bundle", "bundle of", MG_SHEET_COUNT, "bundle" },
		{ "kind", "kind", MG_SHEET_TEXT, "object_kind" },
		{ "namespace", "namespace", MG_SHEET_TEXT, NS }, { "name", "name", MG_SHEET_TEXT, NAME },
		{ "key", "key", MG_SHEET_TEXT, "key" } } },
	{ "csrs", MG_EV_CSR, NULL, NULL, MG_SEV_DEBUG, {
		{ "created", "created", MG_SHEET_CLOCK, TIME }, { "name", "name", MG_SHEET_TEXT, NAME },
		{ "state", "state", MG_SHEET_TEXT, "state" }, { "user", "user", MG_SHEET_TEXT, USER },
		{ "signer", "signer", MG_SHEET_TEXT, "signer" },
		{ "decided", "decided", MG_SHEET_CLOCK, "decided" },
		{ "reason", "reason", MG_SHEET_TEXT, "reason" },
		{ "issued", "issued", MG_SHEET_TEXT, "issued" } } },
	{ "priorities", MG_EV_APF_LEVEL, NULL, NULL, MG_SEV_DEBUG, {
		{ "pod", "pod", MG_SHEET_TEXT, POD }, { "level", "level", MG_SHEET_TEXT, NAME },
		{ "active_queues", "queues", MG_SHEET_COUNT, "active_queues" },
		{ "waiting", "waiting", MG_SHEET_COUNT, "waiting" },
		{ "executing", "executing", MG_SHEET_COUNT, "executing" },
		{ "dispatched", "dispatched", MG_SHEET_COUNT, "dispatched" },
		{ "rejected", "rejected", MG_SHEET_COUNT, "rejected" },
		{ "timed_out", "timed out", MG_SHEET_COUNT, "timed_out" },
		{ "cancelled", "cancelled", MG_SHEET_COUNT, "cancelled" } } },
	{ "queued", MG_EV_APF_REQUEST, NULL, NULL, MG_SEV_DEBUG, {
		{ "arrived", "arrived", MG_SHEET_TIME, TIME }, { "pod", "pod", MG_SHEET_TEXT, POD },
		{ "level", "level", MG_SHEET_TEXT, "level" }, { "schema", "schema", MG_SHEET_TEXT, "schema" },
		{ "queue", "queue", MG_SHEET_TEXT, "queue" }, { "flow", "flow", MG_SHEET_TEXT, "flow" },
		{ "user", "user", MG_SHEET_TEXT, USER }, { "request", "request", MG_SHEET_TEXT, MESSAGE } } },
	{ "usage", MG_EV_USAGE, NULL, "memory_bytes", MG_SEV_DEBUG, {
		{ "time", "time", MG_SHEET_CLOCK, TIME }, { "resource", "resource", MG_SHEET_TEXT, RESOURCE },
		{ "namespace", "namespace", MG_SHEET_TEXT, NS }, { "name", "name", MG_SHEET_TEXT, NAME },
		{ "container", "container", MG_SHEET_TEXT, "container" },
		{ "cpu_millicores", "CPU m", MG_SHEET_COUNT, "cpu_millicores" },
		{ "memory_bytes", "memory", MG_SHEET_BYTES, "memory_bytes" } } },
	{ "counts", MG_EV_ETCD_OBJECTS, NULL, "objects", MG_SEV_DEBUG, {
		{ "key", "key", MG_SHEET_TEXT, "key" }, { "objects", "objects", MG_SHEET_COUNT, "objects" },
		{ "bytes", "bytes", MG_SHEET_BYTES, "bytes" } } },
	{ "changes", MG_EV_OBJECT_CHANGED, NULL, NULL, MG_SEV_DEBUG, {
		{ "time", "time", MG_SHEET_CLOCK, TIME }, { "kind", "kind", MG_SHEET_TEXT, "object_kind" },
		{ "namespace", "namespace", MG_SHEET_TEXT, NS }, { "name", "name", MG_SHEET_TEXT, NAME },
		{ "change", "change", MG_SHEET_TEXT, "change" },
		{ "manager", "manager", MG_SHEET_TEXT, "manager" },
		{ "subresource", "subresource", MG_SHEET_TEXT, "subresource" },
		{ "generation", "generation", MG_SHEET_COUNT, "generation" },
		{ "severity", NULL, MG_SHEET_TEXT, SEVERITY } } },
};

static const struct {
	const char *name;
	void (*build)(struct mg_sheet *s, const struct mg_case *c, const struct mg_state_view_opts *o);
	const char *sort;
} others[] = {
	{ "restarts", mg_state_restarts, NULL },
	{ "loops", mg_state_loops, "restarts" },
	{ "probes", mg_state_probes, "minute" },
	{ "reasons", mg_state_reasons, "count" },
	{ "metrics", mg_state_metrics, NULL },
};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* --- cells ------------------------------------------------------------------------------- */

static struct mg_str text_of(const struct mg_event *e, const char *from)
{
	return from == NAME ? e->name : from == NS ? e->ns : from == NODE ? e->node :
	       from == POD ? e->pod : from == FROM ? e->component : from == USER ? e->user :
	       from == MESSAGE ? e->message : from == RESOURCE ? e->resource :
	       from == SEVERITY ? mg_strz(mg_severity_name(e->severity)) : mg_event_attr(e, from);
}

static struct mg_sheet_cell cell_of(const struct mg_event *e, const struct column *k)
{
	struct mg_str text;
	int64_t       v;

	if (k->from == TIME)
		return mg_cell_time(e->time_ns);
	if (k->from == END)
		return mg_cell_time(mg_event_end(e));
	if (k->from == COUNT)
		return mg_cell_int(e->count);
	text = text_of(e, k->from);
	if (k->type == MG_SHEET_TEXT)
		return mg_cell_text(text);
	if (k->type == MG_SHEET_CLOCK)
		return mg_cell_time(mg_time_parse(text, &v, NULL, NULL) ? v : MG_TIME_NONE);
	return mg_num_i64(text, &v) ? mg_cell_int(v) : (struct mg_sheet_cell){ .known = false };
}

/* --- rows -------------------------------------------------------------------------------- */

struct seen {
	struct mg_intern keys;
	struct mg_buf    text;
	uint32_t        *first; /* of each key: the artifact it was found in */
	size_t           n, cap;
};

/* The same object may be in several files of the archive; rows that are alike in one file
 * are different ones. */
static bool seen_elsewhere(struct seen *s, const struct list *l, const struct mg_event *e)
{
	uint64_t key[2];
	uint32_t id;

	mg_buf_clear(&s->text);
	mg_buf_printf(&s->text, "%lld %lld", (long long)e->time_ns, (long long)e->count);
	for (const struct column *k = l->col; k->name; k++) {
		struct mg_sheet_cell c = cell_of(e, k);

		mg_buf_printf(&s->text, "\n%lld ", (long long)c.i);
		mg_buf_add(&s->text, c.s);
	}
	/* 128 bits of hash stand for the text: there may be very many */
	key[0] = mg_str_hash(mg_buf_str(&s->text), 1);
	key[1] = mg_str_hash(mg_buf_str(&s->text), 2);
	id = mg_intern_id(&s->keys, mg_str((const char *)key, sizeof(key)));
	if (id == s->n)
		MG_PUSH(s->first, s->n, s->cap, e->artifact);
	return s->first[id] != e->artifact;
}

static void build_list(struct mg_sheet *s, const struct list *l, const struct mg_case *c,
		       const struct mg_state_view_opts *o)
{
	struct seen seen = { .n = 0 };

	for (const struct column *k = l->col; k->name; k++)
		mg_sheet_column(s, k->name, k->head, k->type);
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_sheet_cell  *row;

		if (e->kind != l->kind || (l->resource && !mg_str_eq(e->resource, mg_strz(l->resource))) ||
		    (e->severity < l->least && !o->all) || !mg_state_shown(o, e) ||
		    seen_elsewhere(&seen, l, e))
			continue;
		row = mg_sheet_row(s);
		for (const struct column *k = l->col; k->name; k++)
			*row++ = cell_of(e, k);
	}
	mg_intern_release(&seen.keys);
	mg_buf_release(&seen.text);
	free(seen.first);
}

bool mg_render_state_view(struct mg_out *out, struct mg_str name, const struct mg_case *c,
			  const struct mg_state_view_opts *o)
{
	struct mg_sheet s = { .n = 0 };
	const char     *sort = NULL;

	for (size_t i = 0; i < COUNT_OF(lists); i++)
		if (mg_str_eq(name, mg_strz(lists[i].name))) {
			build_list(&s, &lists[i], c, o);
			sort = lists[i].sort;
		}
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (mg_str_eq(name, mg_strz(others[i].name))) {
			others[i].build(&s, c, o);
			sort = others[i].sort;
		}
	if (s.ncol == 0)
		return false;
	if (sort && s.n)
		mg_sheet_sort(&s, mg_sheet_find(&s, mg_strz(sort)));
	if (s.n == 0 && o->format == MG_SHEET_PEOPLE)
		mg_out_printf(out, "nothing of that kind in what was read\n");
	else
		mg_sheet_print(&s, out, o->format, 0, o->headings);
	mg_sheet_release(&s);
	return true;
}

bool mg_state_view_exists(struct mg_str name, struct mg_buf *names)
{
	bool found = false;

	for (size_t i = 0; i < COUNT_OF(others); i++) {
		found |= mg_str_eq(name, mg_strz(others[i].name));
		mg_buf_printf(names, "%s%s", names->n ? ", " : "", others[i].name);
	}
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		found |= mg_str_eq(name, mg_strz(lists[i].name));
		mg_buf_printf(names, ", %s", lists[i].name);
	}
	return found;
}

bool mg_state_view_reads_metrics(struct mg_str name)
{
	return mg_str_eq(name, MG_STR("metrics"));
}

bool mg_state_view_reads_logs(struct mg_str name)
{
	return mg_str_eq(name, MG_STR("restarts")) || mg_str_eq(name, MG_STR("probes"));
}
