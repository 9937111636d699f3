/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_object.h"

#include "base/mem.h"
#include "parse/quantity.h"

static void set_message(struct mg_batch *out, struct mg_event *e, struct mg_buf *t)
{
	e->message = mg_batch_str(out, mg_buf_str(t));
	mg_buf_release(t);
}

static void attr(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	if (v.n)
		mg_batch_attr(out, e, key, v);
}

static void attr_number(struct mg_batch *out, struct mg_event *e, const char *key, int64_t v)
{
	if (v >= 0)
		mg_batch_attr_i64(out, e, key, v);
}

/* An event about this object: name and namespace set. */
static struct mg_event *about(const struct mg_kubeobj *o, struct mg_batch *out,
			      enum mg_event_kind k, enum mg_severity s, const char *resource,
			      const struct mg_knode *at, int64_t ns)
{
	struct mg_event *e = mg_kubeobj_event(o, out, k, s, at, ns);

	e->resource = mg_strz(resource);
	e->name = mg_batch_str(out, mg_knode_text(o->root, "metadata.name"));
	e->ns = mg_batch_str(out, mg_knode_text(o->root, "metadata.namespace"));
	return e;
}

static void until(struct mg_event *e, int64_t end)
{
	if (e->time_ns != MG_TIME_NONE && end != MG_TIME_NONE && end > e->time_ns)
		e->duration_ns = end - e->time_ns;
}

/* The condition of this type, NULL when there is none. */
static const struct mg_knode *condition(const struct mg_knode *root, const char *type)
{
	const struct mg_knode *k = mg_knode_first(root, "status.conditions");

	while (k && !mg_str_eq(mg_knode_text(k, "type"), mg_strz(type)))
		k = k->next;
	return k;
}

static struct mg_str condition_status(const struct mg_knode *root, const char *type)
{
	return mg_knode_text(condition(root, type), "status");
}

/* The latest time of this name in any condition. */
static int64_t latest(const struct mg_knode *root, const char *field)
{
	const struct mg_knode *k = mg_knode_first(root, "status.conditions");
	int64_t                last = MG_TIME_NONE;

	for (; k; k = k->next) {
		int64_t t = mg_knode_time(k, field);

		last = t > last ? t : last;
	}
	return last;
}

/* --- leases ------------------------------------------------------------------------------ */

/* What a Lease and the older annotation have in common. */
struct lock {
	struct mg_str          holder;
	const struct mg_knode *fields, *at;
	const char            *transitions;
};

static void lock_event(const struct mg_kubeobj *o, struct mg_batch *out, const struct lock *l,
		       const char *resource)
{
	int64_t acquired = mg_knode_time(l->fields, "acquireTime");
	int64_t renewed = mg_knode_time(l->fields, "renewTime");
	int64_t transitions = mg_knode_i64(l->fields, l->transitions, -1);
	struct mg_event *e;
	struct mg_buf    t = { 0 };

	e = about(o, out, MG_EV_LEASE, MG_SEV_DEBUG, resource, l->at,
		  acquired == MG_TIME_NONE ? renewed : acquired);
	until(e, renewed);
	mg_buf_addz(&t, "lease ");
	mg_kubeobj_who(o, &t);
	if (l->holder.n)
		mg_buf_printf(&t, " is held by %.*s", MG_FMT(l->holder));
	else
		mg_buf_addz(&t, " is held by nobody");
	if (transitions > 0)
		mg_buf_printf(&t, ", after %lld transition%s", (long long)transitions,
			      transitions == 1 ? "" : "s");
	set_message(out, e, &t);
	attr(out, e, "holder", l->holder);
	attr(out, e, "acquired", mg_knode_text(l->fields, "acquireTime"));
	attr(out, e, "renewed", mg_knode_text(l->fields, "renewTime"));
	attr_number(out, e, "duration_s", mg_knode_i64(l->fields, "leaseDurationSeconds", -1));
	attr_number(out, e, "transitions", transitions);
}

void mg_event_from_lease(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *spec = mg_knode_at(o->root, "spec");
	struct lock            l = { mg_knode_text(spec, "holderIdentity"), spec, spec,
				     "leaseTransitions" };

	if (spec)
		lock_event(o, out, &l, "leases");
}

void mg_event_from_leader_annotation(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "metadata.annotations");
	struct mg_arena        arena = { 0 };
	struct mg_knode       *json;
	struct lock            l = { .transitions = "leaderTransitions" };

	while (k && !mg_str_eq(k->key, MG_LEADER_ANNOTATION))
		k = k->next;
	if (!k)
		return;
	if (mg_kobj_json(k->value, &arena, &json, NULL) == MG_OK && json) {
		l.holder = mg_knode_text(json, "holderIdentity");
		l.fields = json;
		l.at = k;
		lock_event(o, out, &l, mg_str_eq(o->kind, MG_STR("ConfigMap")) ? "configmaps"
									       : "endpoints");
	} else if (o->stats) {
		mg_stats_bad(o->stats, o->line + k->line - 1, 0,
			     "the annotation of leader election is not JSON");
	}
	mg_arena_release(&arena);
}

/* --- certificate signing requests ----------------------------------------------------------- */

void mg_event_from_csr(const struct mg_kubeobj *o, struct mg_batch *out)
{
	static const char *const  types[] = { "Failed", "Denied", "Approved" };
	static const char *const  states[] = { "failed", "denied", "approved" };
	const char               *state = "pending";
	const struct mg_knode    *c = NULL;
	struct mg_str             user = mg_knode_text(o->root, "spec.username");
	struct mg_str             signer = mg_knode_text(o->root, "spec.signerName");
	struct mg_event          *e;
	struct mg_buf             t = { 0 };

	for (size_t i = 0; i < 3 && !c; i++) {
		c = condition(o->root, types[i]);
		state = c ? states[i] : state;
	}
	e = about(o, out, MG_EV_CSR, c ? MG_SEV_DEBUG : MG_SEV_WARNING, "certificatesigningrequests",
		  mg_knode_at(o->root, "spec"), mg_knode_time(o->root, "metadata.creationTimestamp"));
	if (c && !mg_str_eq(mg_strz(state), MG_STR("approved")))
		e->severity = MG_SEV_WARNING;
	e->user = mg_batch_str(out, user);
	mg_buf_printf(&t, "certificate signing request %.*s of %.*s", MG_FMT(e->name), MG_FMT(user));
	if (signer.n)
		mg_buf_printf(&t, " to %.*s", MG_FMT(signer));
	mg_buf_printf(&t, " is %s", state);
	set_message(out, e, &t);
	mg_batch_attr(out, e, "state", mg_strz(state));
	attr(out, e, "signer", signer);
	attr(out, e, "decided", mg_knode_text(c, "lastUpdateTime"));
	attr(out, e, "reason", mg_knode_text(c, "reason"));
	mg_batch_attr(out, e, "issued", mg_knode_text(o->root, "status.certificate").n ?
					MG_STR("true") : MG_STR("false"));
}

/* --- versions ------------------------------------------------------------------------------- */

void mg_event_from_version_history(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "status.history");

	for (; k; k = k->next) {
		struct mg_str    version = mg_knode_text(k, "version");
		struct mg_str    state = mg_knode_text(k, "state");
		bool             done = mg_str_eq(state, MG_STR("Completed"));
		struct mg_event *e = about(o, out, MG_EV_CLUSTER_VERSION, MG_SEV_INFO,
					   "clusterversions", k, mg_knode_time(k, "startedTime"));
		struct mg_buf    t = { 0 };

		until(e, mg_knode_time(k, "completionTime"));
		mg_buf_printf(&t, "cluster version %.*s: %s", MG_FMT(version),
			      done ? "installed or updated" : "the update is not complete");
		set_message(out, e, &t);
		attr(out, e, "version", version);
		attr(out, e, "state", state);
		attr(out, e, "completed", mg_knode_text(k, "completionTime"));
	}
}

/* --- usage ------------------------------------------------------------------------------------ */

static void usage(const struct mg_kubeobj *o, struct mg_batch *out, const struct mg_knode *at,
		  struct mg_str container)
{
	bool             node = mg_str_eq(o->kind, MG_STR("NodeMetrics"));
	struct mg_event *e = about(o, out, MG_EV_USAGE, MG_SEV_DEBUG, node ? "nodes" : "pods", at,
				   mg_knode_time(o->root, "timestamp"));
	struct mg_str    cpu = mg_knode_text(at, "usage.cpu"), memory = mg_knode_text(at, "usage.memory");
	struct mg_buf    t = { 0 };
	double           v;

	*(node ? &e->node : &e->pod) = e->name;
	mg_buf_addz(&t, node ? "node " : "pod ");
	mg_kubeobj_who(o, &t);
	if (container.n)
		mg_buf_printf(&t, " container %.*s", MG_FMT(container));
	mg_buf_printf(&t, " uses CPU %.*s, memory %.*s", MG_FMT(cpu), MG_FMT(memory));
	set_message(out, e, &t);
	attr(out, e, "container", container);
	if (mg_quantity(cpu, &v) && v < 1e12) /* fits, in thousandths */
		mg_batch_attr_i64(out, e, "cpu_millicores", (int64_t)(v * 1000 + 0.5));
	if (mg_quantity(memory, &v))
		mg_batch_attr_i64(out, e, "memory_bytes", (int64_t)v);
}

void mg_event_from_metrics(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "containers");

	if (mg_knode_at(o->root, "usage"))
		usage(o, out, o->root, mg_str("", 0));
	for (; k; k = k->next)
		usage(o, out, k, mg_knode_text(k, "name"));
}

/* --- what is well, too -------------------------------------------------------------------------- */

/* NULL for an object without a status. */
static struct mg_event *status(const struct mg_kubeobj *o, struct mg_batch *out,
			       const char *resource, int64_t ns)
{
	const struct mg_knode *at = mg_knode_at(o->root, "status");

	if (!at)
		return NULL;
	if (ns == MG_TIME_NONE)
		ns = mg_knode_time(o->root, "metadata.creationTimestamp");
	return about(o, out, MG_EV_OBJECT, MG_SEV_DEBUG, resource, at, ns);
}

void mg_event_from_node_status(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *ready = condition(o->root, "Ready");
	const struct mg_knode *k = mg_knode_first(o->root, "status.conditions");
	struct mg_event       *e = status(o, out, "nodes", latest(o->root, "lastHeartbeatTime"));
	struct mg_buf          t = { 0 }, bad = { 0 };
	double                 memory;

	if (!e)
		return;
	e->node = e->name;
	for (; k; k = k->next)
		if (k != ready && mg_str_eq(mg_knode_text(k, "status"), MG_STR("True")))
			mg_buf_printf(&bad, "%s%.*s", bad.n ? " " : "", MG_FMT(mg_knode_text(k, "type")));
	mg_buf_printf(&t, "node %.*s: Ready is %.*s", MG_FMT(e->name),
		      MG_FMT(ready ? mg_knode_text(ready, "status") : MG_STR("not told")));
	set_message(out, e, &t);
	attr(out, e, "ready", mg_knode_text(ready, "status"));
	attr(out, e, "ready_since", mg_knode_text(ready, "lastTransitionTime"));
	attr(out, e, "heartbeat", mg_knode_text(ready, "lastHeartbeatTime"));
	attr(out, e, "conditions", mg_buf_str(&bad));
	attr(out, e, "version", mg_knode_text(o->root, "status.nodeInfo.kubeletVersion"));
	attr(out, e, "unschedulable", mg_knode_text(o->root, "spec.unschedulable"));
	attr(out, e, "cpu", mg_knode_text(o->root, "status.allocatable.cpu"));
	if (mg_quantity(mg_knode_text(o->root, "status.allocatable.memory"), &memory))
		mg_batch_attr_i64(out, e, "memory_bytes", (int64_t)memory);
	mg_buf_release(&bad);
}

/* The version of the operator itself: status.versions has those of its operands, too. */
static struct mg_str operator_version(const struct mg_knode *root)
{
	const struct mg_knode *k = mg_knode_first(root, "status.versions");

	while (k && !mg_str_eq(mg_knode_text(k, "name"), MG_STR("operator")))
		k = k->next;
	return mg_knode_text(k, "version");
}

void mg_event_from_operator_status(const struct mg_kubeobj *o, struct mg_batch *out)
{
	struct mg_event *e = status(o, out, "clusteroperators", latest(o->root, "lastTransitionTime"));
	struct mg_buf    t = { 0 };

	if (!e)
		return;
	mg_buf_printf(&t, "cluster operator %.*s: Available is %.*s", MG_FMT(e->name),
		      MG_FMT(condition_status(o->root, "Available")));
	set_message(out, e, &t);
	attr(out, e, "available", condition_status(o->root, "Available"));
	attr(out, e, "progressing", condition_status(o->root, "Progressing"));
	attr(out, e, "degraded", condition_status(o->root, "Degraded"));
	attr(out, e, "version", operator_version(o->root));
}

void mg_event_from_apiservice_status(const struct mg_kubeobj *o, struct mg_batch *out)
{
	struct mg_event *e = status(o, out, "apiservices", latest(o->root, "lastTransitionTime"));
	struct mg_buf    t = { 0 };

	if (!e)
		return;
	mg_buf_printf(&t, "APIService %.*s: Available is %.*s", MG_FMT(e->name),
		      MG_FMT(condition_status(o->root, "Available")));
	set_message(out, e, &t);
	attr(out, e, "available", condition_status(o->root, "Available"));
}

void mg_event_from_namespace_status(const struct mg_kubeobj *o, struct mg_batch *out)
{
	struct mg_event *e = status(o, out, "namespaces", MG_TIME_NONE);
	struct mg_buf    t = { 0 };

	if (!e)
		return;
	e->ns = e->name;
	mg_buf_printf(&t, "namespace %.*s: %.*s", MG_FMT(e->name),
		      MG_FMT(mg_knode_text(o->root, "status.phase")));
	set_message(out, e, &t);
	attr(out, e, "phase", mg_knode_text(o->root, "status.phase"));
}
