/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_kubeobj.h"

#include "event/from_object.h"
#include "event/from_pod.h"
#include "event/from_x509.h"

/* --- what it is ------------------------------------------------------------------------ */

typedef void (*reader)(const struct mg_kubeobj *o, struct mg_batch *out);

struct mg_str mg_kubeobj_kind(const struct mg_knode *root, struct mg_str list_kind)
{
	struct mg_str own = mg_knode_text(root, "kind");

	if (own.n)
		return own;
	if (mg_str_ends(list_kind, MG_STR("List")) && list_kind.n > 4)
		return mg_str_head(list_kind, list_kind.n - 4);
	if (mg_knode_at(root, "involvedObject") || mg_knode_at(root, "regarding"))
		return MG_STR("Event");
	if (mg_knode_at(root, "spec.containers") && mg_knode_at(root, "status"))
		return MG_STR("Pod");
	if (mg_knode_at(root, "status.nodeInfo"))
		return MG_STR("Node");
	if (mg_knode_at(root, "spec.finalizers") && mg_knode_at(root, "status.phase"))
		return MG_STR("Namespace");
	return mg_str("", 0);
}

struct mg_event *mg_kubeobj_event(const struct mg_kubeobj *o, struct mg_batch *out,
				  enum mg_event_kind k, enum mg_severity s,
				  const struct mg_knode *at, int64_t time_ns)
{
	struct mg_event *e = mg_batch_add(out, k, s);

	e->artifact = o->src->artifact;
	e->line = o->line + (at && at->line ? at->line - 1 : 0);
	e->time_ns = time_ns;
	e->time_source = time_ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : MG_TIME_EXACT;
	return e;
}

void mg_kubeobj_who(const struct mg_kubeobj *o, struct mg_buf *t)
{
	struct mg_str ns = mg_knode_text(o->root, "metadata.namespace");

	mg_buf_printf(t, "%.*s%s%.*s", MG_FMT(ns), ns.n ? "/" : "",
		      MG_FMT(mg_knode_text(o->root, "metadata.name")));
}

static void set_message(struct mg_batch *out, struct mg_event *e, struct mg_buf *t)
{
	e->message = mg_batch_str(out, mg_buf_str(t));
	mg_buf_release(t);
}

static void attr_text(struct mg_batch *out, struct mg_event *e, const char *key,
		      struct mg_str value)
{
	if (value.n)
		mg_batch_attr(out, e, key, value);
}

/* --- conditions of nodes, operators, API services ----------------------------------------- */

struct condition {
	const struct mg_knode *at;
	struct mg_str          type, status, reason, message;
	int64_t                since;
};

static struct condition read_condition(const struct mg_knode *k)
{
	return (struct condition){
		.at = k,
		.type = mg_knode_text(k, "type"),
		.status = mg_knode_text(k, "status"),
		.reason = mg_knode_text(k, "reason"),
		.message = mg_str_trim(mg_knode_text(k, "message")),
		.since = mg_knode_time(k, "lastTransitionTime"),
	};
}

static bool is_true(const struct condition *c)
{
	return mg_str_eq(c->status, MG_STR("True"));
}

/* "node worker-1: Ready is Unknown (NodeStatusUnknown): Kubelet stopped posting …" */
static struct mg_event *condition_event(const struct mg_kubeobj *o, struct mg_batch *out,
					enum mg_event_kind k, enum mg_severity s,
					const char *what, const struct condition *c)
{
	struct mg_event *e = mg_kubeobj_event(o, out, k, s, c->at, c->since);
	struct mg_str    name = mg_knode_text(o->root, "metadata.name");
	struct mg_buf    t = { 0 };

	mg_buf_printf(&t, "%s %.*s: %.*s is %.*s", what, MG_FMT(name), MG_FMT(c->type),
		      MG_FMT(c->status));
	if (c->reason.n)
		mg_buf_printf(&t, " (%.*s)", MG_FMT(c->reason));
	if (c->message.n)
		mg_buf_printf(&t, ": %.*s", MG_FMT(c->message));
	set_message(out, e, &t);
	e->name = mg_batch_str(out, name);
	mg_batch_attr(out, e, "type", c->type);
	mg_batch_attr(out, e, "status", c->status);
	attr_text(out, e, "reason", c->reason);
	return e;
}

/* Of conditions other than Ready, those whose True is bad news: the kubelet's pressures and
 * what node-problem-detector adds. */
static bool is_node_problem(struct mg_str type)
{
	static const struct mg_str bad[] = {
		MG_STR("NetworkUnavailable"), MG_STR("KernelDeadlock"), MG_STR("ReadonlyFilesystem"),
		MG_STR("CorruptDockerOverlay2"), MG_STR("OutOfDisk"),
	};

	if (mg_str_ends(type, MG_STR("Pressure")) || mg_str_starts(type, MG_STR("Frequent")))
		return true;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mg_str_eq(type, bad[i]))
			return true;
	return false;
}

static void node(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "status.conditions");

	for (; k; k = k->next) {
		struct condition c = read_condition(k);
		bool             ready = mg_str_eq(c.type, MG_STR("Ready"));
		struct mg_event *e;

		if (ready ? is_true(&c) : !(is_true(&c) && is_node_problem(c.type)))
			continue;
		e = condition_event(o, out, MG_EV_NODE_CONDITION,
				    ready ? MG_SEV_ERROR : MG_SEV_WARNING, "node", &c);
		e->node = e->name;
		e->component = MG_STR("kubelet");
		attr_text(out, e, "heartbeat", mg_knode_text(k, "lastHeartbeatTime"));
	}
	mg_event_from_node_status(o, out);
}

static void cluster_operator(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "status.conditions");

	for (; k; k = k->next) {
		struct condition c = read_condition(k);
		bool             degraded = mg_str_eq(c.type, MG_STR("Degraded")) && is_true(&c);
		bool             down = mg_str_eq(c.type, MG_STR("Available")) && !is_true(&c);

		if (degraded || down)
			condition_event(o, out, MG_EV_OPERATOR_CONDITION,
					down ? MG_SEV_ERROR : MG_SEV_WARNING, "cluster operator", &c);
	}
	mg_event_from_operator_status(o, out);
}

/* Failing is what Degraded is of an operator. */
static void cluster_version(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "status.conditions");

	for (; k; k = k->next) {
		struct condition c = read_condition(k);

		if (mg_str_eq(c.type, MG_STR("Failing")) && is_true(&c))
			condition_event(o, out, MG_EV_OPERATOR_CONDITION, MG_SEV_WARNING,
					"cluster version", &c);
	}
	mg_event_from_version_history(o, out);
}

static void api_service(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "status.conditions");
	struct mg_str          ns = mg_knode_text(o->root, "spec.service.namespace");
	struct mg_str          name = mg_knode_text(o->root, "spec.service.name");

	for (; k; k = k->next) {
		struct condition c = read_condition(k);
		struct mg_event *e;
		struct mg_buf    t = { 0 };

		if (!mg_str_eq(c.type, MG_STR("Available")) || is_true(&c))
			continue;
		e = condition_event(o, out, MG_EV_APISERVICE_DOWN, MG_SEV_ERROR, "APIService", &c);
		if (!name.n)
			continue;
		mg_buf_printf(&t, "%.*s/%.*s", MG_FMT(ns), MG_FMT(name));
		mg_batch_attr(out, e, "service", mg_buf_str(&t));
		mg_buf_release(&t);
	}
	mg_event_from_apiservice_status(o, out);
}

/* --- namespaces that are being deleted ------------------------------------------------- */

static void add_list(struct mg_buf *t, const struct mg_knode *first)
{
	for (; first; first = first->next)
		if (first->type == MG_KSCALAR)
			mg_buf_printf(t, "%s%.*s", t->n ? " " : "", MG_FMT(first->value));
}

/* All that hold: which one is the cause cannot be told from the first. */
static void add_conditions(struct mg_buf *t, const struct mg_knode *k, bool with_message)
{
	for (; k; k = k->next) {
		struct condition c = read_condition(k);

		if (!is_true(&c))
			continue;
		mg_buf_printf(t, "%s%.*s", t->n ? "; " : "", MG_FMT(c.type));
		if (c.reason.n)
			mg_buf_printf(t, " (%.*s)", MG_FMT(c.reason));
		if (with_message && c.message.n)
			mg_buf_printf(t, ": %.*s", MG_FMT(mg_str_head(c.message, 300)));
	}
}

static void deletion(const struct mg_kubeobj *o, struct mg_batch *out)
{
	int64_t                since = mg_knode_time(o->root, "metadata.deletionTimestamp");
	const struct mg_knode *conditions = mg_knode_first(o->root, "status.conditions");
	struct mg_str          name = mg_knode_text(o->root, "metadata.name");
	struct mg_buf          t = { 0 };
	struct mg_event       *e;

	if (since == MG_TIME_NONE)
		return;
	e = mg_kubeobj_event(o, out, MG_EV_NAMESPACE_STUCK, MG_SEV_WARNING,
			     mg_knode_at(o->root, "metadata.deletionTimestamp"), since);
	e->name = e->ns = mg_batch_str(out, name);
	add_conditions(&t, conditions, false);
	attr_text(out, e, "conditions", mg_buf_str(&t));
	mg_buf_clear(&t);
	add_list(&t, mg_knode_first(o->root, "spec.finalizers"));
	add_list(&t, mg_knode_first(o->root, "metadata.finalizers"));
	attr_text(out, e, "finalizers", mg_buf_str(&t));
	mg_buf_clear(&t);
	mg_buf_printf(&t, "namespace %.*s is being deleted", MG_FMT(name));
	add_conditions(&t, conditions, true);
	set_message(out, e, &t);
}

static void name_space(const struct mg_kubeobj *o, struct mg_batch *out)
{
	deletion(o, out);
	mg_event_from_namespace_status(o, out);
}

/* --- Events ----------------------------------------------------------------------------- */

/* The first of several paths that holds a time or a text. */
static int64_t time_of(const struct mg_knode *n, const char *const *paths)
{
	int64_t t = MG_TIME_NONE;

	for (; *paths && t == MG_TIME_NONE; paths++)
		t = mg_knode_time(n, *paths);
	return t;
}

static struct mg_str text_of(const struct mg_knode *n, const char *a, const char *b, const char *c)
{
	struct mg_str s = mg_knode_text(n, a);

	if (s.n == 0)
		s = mg_knode_text(n, b);
	if (s.n == 0 && c)
		s = mg_knode_text(n, c);
	return s;
}

static uint32_t event_count(const struct mg_knode *n)
{
	int64_t v = mg_knode_i64(n, "series.count", 0);

	if (v <= 0)
		v = mg_knode_i64(n, "count", 0);
	if (v <= 0)
		v = mg_knode_i64(n, "deprecatedCount", 0);
	return v <= 0 ? 1 : v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* Which object it is about, and where. */
static void event_object(const struct mg_knode *n, struct mg_batch *out, struct mg_event *e)
{
	const struct mg_knode *obj = mg_knode_at(n, "involvedObject");
	struct mg_str          kind, ns;

	if (!obj)
		obj = mg_knode_at(n, "regarding");
	kind = mg_knode_text(obj, "kind");
	ns = mg_knode_text(obj, "namespace");
	if (ns.n == 0 && !mg_str_eq(kind, MG_STR("Node")))
		ns = mg_knode_text(n, "metadata.namespace");
	e->ns = mg_batch_word(out, ns);
	e->name = mg_batch_word(out, mg_knode_text(obj, "name"));
	e->node = mg_batch_word(out, text_of(n, "source.host", "deprecatedSource.host", NULL));
	if (mg_str_eq(kind, MG_STR("Pod")))
		e->pod = e->name;
	else if (mg_str_eq(kind, MG_STR("Node")) && e->node.n == 0)
		e->node = e->name;
	mg_batch_attr_word(out, e, "object_kind", kind);
}

static void event(const struct mg_kubeobj *o, struct mg_batch *out)
{
	static const char *const firsts[] = { "firstTimestamp", "deprecatedFirstTimestamp",
					      "eventTime", "metadata.creationTimestamp", NULL };
	static const char *const lasts[] = { "series.lastObservedTime", "lastTimestamp",
					     "deprecatedLastTimestamp", "eventTime", NULL };
	const struct mg_knode   *n = o->root;
	struct mg_str            type = mg_knode_text(n, "type");
	bool                     warning = mg_str_eq(type, MG_STR("Warning"));
	int64_t                  first = time_of(n, firsts), last = time_of(n, lasts);
	struct mg_event         *e;
	char                     text[40];

	e = mg_kubeobj_event(o, out, MG_EV_K8S_EVENT, warning ? MG_SEV_WARNING : MG_SEV_INFO, NULL,
			     last == MG_TIME_NONE ? first : last);
	e->count = event_count(n);
	mg_batch_attrs(out, e, 4); /* an archive may hold a hundred thousand Events */
	mg_batch_attr_word(out, e, "reason", mg_knode_text(n, "reason"));
	mg_batch_attr_word(out, e, "type", type);
	event_object(n, out, e);
	if (first != MG_TIME_NONE)
		mg_batch_attr(out, e, "first",
			      mg_strz(mg_time_format(first, first % MG_SEC ? 6 : 0, text, sizeof(text))));
	e->component = mg_batch_word(out, text_of(n, "source.component", "reportingComponent",
						  "reportingController"));
	if (e->component.n == 0)
		e->component = mg_batch_word(out, mg_knode_text(n, "deprecatedSource.component"));
	e->message = mg_batch_word(out, mg_str_trim(text_of(n, "message", "note", NULL)));
}

/* --- all kinds --------------------------------------------------------------------------- */

static const struct {
	struct mg_str kind;
	reader        read;
} readers[] = {
	{ MG_STR("Pod"), mg_event_from_pod },
	{ MG_STR("Event"), event },
	{ MG_STR("Node"), node },
	{ MG_STR("Namespace"), name_space },
	{ MG_STR("ClusterOperator"), cluster_operator },
	{ MG_STR("APIService"), api_service },
	{ MG_STR("ClusterVersion"), cluster_version },
	{ MG_STR("Lease"), mg_event_from_lease },
	{ MG_STR("ConfigMap"), mg_event_from_leader_annotation },
	{ MG_STR("Endpoints"), mg_event_from_leader_annotation },
	{ MG_STR("CertificateSigningRequest"), mg_event_from_csr },
	{ MG_STR("NodeMetrics"), mg_event_from_metrics },
	{ MG_STR("PodMetrics"), mg_event_from_metrics },
};

static reader reader_of(struct mg_str kind)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (mg_str_eq(kind, readers[i].kind))
			return readers[i].read;
	return NULL;
}

bool mg_kubeobj_wanted(struct mg_str kind, struct mg_str text)
{
	reader read = reader_of(kind);

	if (kind.n == 0 || mg_str_ends(kind, MG_STR("List")))
		return true;
	if (read == mg_event_from_leader_annotation) /* there are many of these, and large ones */
		read = mg_str_has(text, MG_LEADER_ANNOTATION) ? read : NULL;
	return read || mg_has_certificate(text);
}

/* Certificates are found in any object but Events, which only quote. */
static void one_object(const struct mg_kubeobj *o, struct mg_batch *out)
{
	reader read = reader_of(o->kind);

	if (read)
		read(o, out);
	if (read != event)
		mg_event_from_object_certificates(o, out);
}

void mg_event_from_kubeobj(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *item = mg_knode_first(o->root, "items");

	if (reader_of(o->kind) || !mg_str_ends(o->kind, MG_STR("List"))) {
		one_object(o, out);
		return;
	}
	for (; item; item = item->next) {
		struct mg_kubeobj one = *o;

		one.root = item;
		one.kind = mg_kubeobj_kind(item, o->kind);
		one_object(&one, out);
	}
}
