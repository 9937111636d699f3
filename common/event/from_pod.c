/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_pod.h"

#include "base/buf.h"

struct container {
	const struct mg_kubeobj *o;
	const struct mg_knode   *status; /* one of containerStatuses */
	struct mg_batch         *out;
	struct mg_str            name, component, pod, ns, node;
	bool                     init, control_plane;
};

/* --- names ---------------------------------------------------------------------------- */

/* "kube-apiserver-7" -> "kube-apiserver": old static pods carry their revision. */
static struct mg_str without_revision(struct mg_str s)
{
	size_t n = s.n;

	while (n && mg_is_digit(s.p[n - 1]))
		n--;
	return n && n < s.n && s.p[n - 1] == '-' ? mg_str_head(s, n - 1) : s;
}

static bool control_plane_name(struct mg_str s, struct mg_str *out)
{
	static const struct mg_str names[] = {
		MG_STR("kube-apiserver"), MG_STR("etcd"), MG_STR("kube-controller-manager"),
		MG_STR("kube-scheduler"), MG_STR("openshift-apiserver"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mg_str_eq(s, names[i])) {
			*out = names[i];
			return true;
		}
	return false;
}

/* Names that say less than their namespace does. */
static bool control_plane_alias(struct mg_str ns, struct mg_str container, struct mg_str *out)
{
	static const struct {
		struct mg_str ns, container, component;
	} alias[] = {
		{ MG_STR("openshift-etcd"), MG_STR("etcd-member"), MG_STR("etcd") },
		{ MG_STR("kube-system"), MG_STR("etcd-member"), MG_STR("etcd") },
		{ MG_STR("openshift-kube-scheduler"), MG_STR("scheduler"), MG_STR("kube-scheduler") },
	};

	for (size_t i = 0; i < sizeof(alias) / sizeof(alias[0]); i++)
		if (mg_str_eq(ns, alias[i].ns) && mg_str_eq(container, alias[i].container)) {
			*out = alias[i].component;
			return true;
		}
	return false;
}

const char *mg_exit_code_text(int64_t code)
{
	switch (code) {
	case 0: return "no error";
	case 1: return "error";
	case 2: return "Go panic, or wrong usage";
	case 126: return "command cannot be run";
	case 127: return "command not found";
	case 128: return "the container could not be started";
	case 130: return "SIGINT";
	case 134: return "SIGABRT";
	case 135: return "SIGBUS";
	case 137: return "SIGKILL: out of memory, or killed after its grace period";
	case 139: return "SIGSEGV";
	case 141: return "SIGPIPE";
	case 143: return "SIGTERM";
	case 255: return "klog fatal error";
	default: return code > 128 && code < 160 ? "ended by a signal" : "error";
	}
}

/* --- events ---------------------------------------------------------------------------- */

static struct mg_event *container_event(const struct container *c, enum mg_event_kind k,
					enum mg_severity s, const struct mg_knode *at, int64_t ns)
{
	struct mg_event *e = mg_kubeobj_event(c->o, c->out, k, s, at, ns);

	e->component = c->component;
	e->pod = c->pod;
	e->ns = c->ns;
	e->node = c->node;
	mg_batch_attr(c->out, e, "container", c->name);
	if (c->init)
		mg_batch_attr_i64(c->out, e, "init", 1);
	return e;
}

static void attr_text(const struct container *c, struct mg_event *e, const char *key,
		      struct mg_str value)
{
	if (value.n)
		mg_batch_attr(c->out, e, key, value);
}

static int64_t restarts(const struct container *c)
{
	return mg_knode_i64(c->status, "restartCount", 0);
}

static void set_message(const struct container *c, struct mg_event *e, struct mg_buf *t)
{
	e->message = mg_batch_str(c->out, mg_buf_str(t));
	mg_buf_release(t);
}

static void who(const struct container *c, struct mg_buf *t)
{
	mg_buf_printf(t, "%scontainer %.*s of pod %.*s/%.*s", c->init ? "init " : "",
		      MG_FMT(c->name), MG_FMT(c->ns), MG_FMT(c->pod));
}

static enum mg_severity end_severity(const struct container *c, bool oom, int64_t code,
				     bool previous)
{
	if (oom)
		return c->control_plane ? MG_SEV_CRITICAL : MG_SEV_ERROR;
	if (code == 0) /* completed: expected of jobs and init containers */
		return previous && !c->init ? MG_SEV_INFO : MG_SEV_DEBUG;
	return c->control_plane ? MG_SEV_ERROR : MG_SEV_WARNING;
}

static void terminated(const struct container *c, const struct mg_knode *t, bool previous)
{
	struct mg_str    reason = mg_knode_text(t, "reason");
	int64_t          code = mg_knode_i64(t, "exitCode", 0);
	bool             oom = mg_str_eq(reason, MG_STR("OOMKilled"));
	struct mg_buf    m = { 0 };
	struct mg_event *e;

	e = container_event(c, oom ? MG_EV_POD_OOM_KILLED : MG_EV_POD_TERMINATED,
			    end_severity(c, oom, code, previous), t, mg_knode_time(t, "finishedAt"));
	e->code = code > 0 && code <= UINT32_MAX ? (uint32_t)code : 0;
	who(c, &m);
	if (oom)
		mg_buf_printf(&m, " was killed for memory (OOMKilled, exit code %lld)",
			      (long long)code);
	else if (code == 0)
		mg_buf_addz(&m, " completed (exit code 0)");
	else
		mg_buf_printf(&m, " ended with exit code %lld (%s)", (long long)code,
			      mg_exit_code_text(code));
	if (reason.n && !oom && !mg_str_eq(reason, MG_STR("Completed")))
		mg_buf_printf(&m, ", reason %.*s", MG_FMT(reason));
	set_message(c, e, &m);
	attr_text(c, e, "reason", reason);
	mg_batch_attr_i64(c->out, e, "exit_code", code);
	attr_text(c, e, "signal", mg_knode_text(t, "signal"));
	mg_batch_attr_i64(c->out, e, "restart_count", restarts(c));
	attr_text(c, e, "started", mg_knode_text(t, "startedAt"));
	attr_text(c, e, "container_id", mg_knode_text(t, "containerID"));
	if (previous)
		mg_batch_attr_i64(c->out, e, "previous", 1);
	attr_text(c, e, "message", mg_str_trim(mg_knode_text(t, "message")));
}

static void restart_count(const struct container *c)
{
	int64_t          n = restarts(c), at = mg_knode_time(c->status, "lastState.terminated.finishedAt");
	struct mg_buf    m = { 0 };
	struct mg_event *e;

	if (n <= 0)
		return;
	if (at == MG_TIME_NONE)
		at = mg_knode_time(c->status, "state.running.startedAt");
	if (at == MG_TIME_NONE)
		at = mg_knode_time(c->status, "state.terminated.startedAt");
	e = container_event(c, MG_EV_POD_RESTARTS, n >= 5 ? MG_SEV_WARNING : MG_SEV_INFO,
			    c->status, at);
	e->count = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	who(c, &m);
	mg_buf_printf(&m, " has restarted %lld time%s", (long long)n, n == 1 ? "" : "s");
	set_message(c, e, &m);
	mg_batch_attr_i64(c->out, e, "restart_count", n);
	attr_text(c, e, "started", mg_knode_text(c->status, "state.running.startedAt"));
	attr_text(c, e, "container_id", mg_knode_text(c->status, "containerID"));
}

/* The time a condition of the pod changed; MG_TIME_NONE when it holds. */
static int64_t condition_time(const struct mg_knode *pod, struct mg_str type)
{
	const struct mg_knode *k = mg_knode_first(pod, "status.conditions");

	for (; k; k = k->next)
		if (mg_str_eq(mg_knode_text(k, "type"), type) &&
		    !mg_str_eq(mg_knode_text(k, "status"), MG_STR("True")))
			return mg_knode_time(k, "lastTransitionTime");
	return MG_TIME_NONE;
}

static void waiting(const struct container *c)
{
	const struct mg_knode *w = mg_knode_at(c->status, "state.waiting");
	struct mg_str          reason = mg_knode_text(w, "reason"), text;
	int64_t                at;
	struct mg_buf          m = { 0 };
	struct mg_event       *e;

	/* A pod that is only starting. */
	if (!w || reason.n == 0 || mg_str_eq(reason, MG_STR("ContainerCreating")) ||
	    mg_str_eq(reason, MG_STR("PodInitializing")))
		return;
	at = condition_time(c->o->root, c->init ? MG_STR("Initialized") : MG_STR("ContainersReady"));
	if (at == MG_TIME_NONE)
		at = condition_time(c->o->root, MG_STR("Ready"));
	e = container_event(c, MG_EV_POD_WAITING,
			    c->control_plane ? MG_SEV_ERROR : MG_SEV_WARNING, w, at);
	who(c, &m);
	mg_buf_printf(&m, " waits: %.*s", MG_FMT(reason));
	text = mg_str_trim(mg_knode_text(w, "message"));
	if (text.n)
		mg_buf_printf(&m, ": %.*s", MG_FMT(text));
	set_message(c, e, &m);
	mg_batch_attr(c->out, e, "reason", reason);
	mg_batch_attr_i64(c->out, e, "restart_count", restarts(c));
}

static void started(const struct container *c)
{
	int64_t          at = mg_knode_time(c->status, "state.running.startedAt");
	struct mg_buf    m = { 0 };
	struct mg_event *e;

	if (!c->control_plane || at == MG_TIME_NONE)
		return;
	e = container_event(c, MG_EV_POD_STARTED, MG_SEV_INFO,
			    mg_knode_at(c->status, "state.running"), at);
	who(c, &m);
	mg_buf_addz(&m, " started");
	set_message(c, e, &m);
	mg_batch_attr_i64(c->out, e, "restart_count", restarts(c));
	attr_text(c, e, "container_id", mg_knode_text(c->status, "containerID"));
}

static void container(const struct container *pod, const struct mg_knode *status, bool init)
{
	struct container       c = *pod;
	const struct mg_knode *t;
	struct mg_str          name = mg_knode_text(status, "name"), known;

	c.status = status;
	c.init = init;
	c.name = mg_batch_str(c.out, name);
	c.control_plane = !init && (control_plane_name(without_revision(name), &known) ||
				    control_plane_alias(c.ns, name, &known));
	c.component = c.control_plane ? known : c.name;
	t = mg_knode_at(status, "lastState.terminated");
	if (t && t->type == MG_KMAP)
		terminated(&c, t, true);
	t = mg_knode_at(status, "state.terminated");
	if (t && t->type == MG_KMAP)
		terminated(&c, t, false);
	restart_count(&c);
	waiting(&c);
	started(&c);
}

static void evicted(const struct container *pod)
{
	const struct mg_knode *status = mg_knode_at(pod->o->root, "status");
	struct mg_str          why = mg_knode_text(status, "message");
	struct mg_event       *e;
	struct mg_buf          m = { 0 };
	int64_t                at;

	if (!mg_str_eq(mg_knode_text(status, "reason"), MG_STR("Evicted")))
		return;
	at = condition_time(pod->o->root, MG_STR("Ready"));
	if (at == MG_TIME_NONE)
		at = mg_knode_time(status, "startTime");
	e = mg_kubeobj_event(pod->o, pod->out, MG_EV_KUBELET_EVICTION, MG_SEV_WARNING, status, at);
	e->component = MG_STR("kubelet");
	e->pod = pod->pod;
	e->ns = pod->ns;
	e->node = pod->node;
	mg_buf_printf(&m, "pod %.*s/%.*s was evicted: %.*s", MG_FMT(pod->ns), MG_FMT(pod->pod),
		      MG_FMT(why));
	set_message(pod, e, &m);
}

void mg_event_from_pod(const struct mg_kubeobj *o, struct mg_batch *out)
{
	struct container       p = { .o = o, .out = out };
	const struct mg_knode *k;

	p.pod = mg_batch_str(out, mg_knode_text(o->root, "metadata.name"));
	p.ns = mg_batch_str(out, mg_knode_text(o->root, "metadata.namespace"));
	p.node = mg_batch_str(out, mg_knode_text(o->root, "spec.nodeName"));
	for (k = mg_knode_first(o->root, "status.initContainerStatuses"); k; k = k->next)
		container(&p, k, true);
	for (k = mg_knode_first(o->root, "status.containerStatuses"); k; k = k->next)
		container(&p, k, false);
	evicted(&p);
}
