/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_klog_detail.h"

#include "parse/apiuri.h"

void mg_klog_detail_attr(struct mg_klog_event *e, const char *key, struct mg_str value)
{
	if (value.n && e->nattrs < MG_KLOG_EVENT_ATTRS) {
		e->attrs[e->nattrs].key = key;
		e->attrs[e->nattrs++].value = value;
	}
}

static struct mg_str between(struct mg_str s, const char *before, const char *after)
{
	return mg_str_between(s, mg_strz(before), mg_strz(after));
}

/* "Failed calling webhook, failing open NAME: failed calling webhook "NAME": REASON" */
bool mg_klog_detail_webhook(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str rest = between(c->text, "Failed calling webhook, failing ", ""), mode, name;
	struct mg_str reason;

	mg_str_cut(rest, ' ', &mode, &rest);
	mg_str_cut(rest, ':', &name, &reason);
	rest = between(reason, "\": ", "");
	if (rest.p)
		reason = rest;
	if (mg_str_starts(reason, MG_STR("failed to call webhook: ")))
		reason = mg_str_from(reason, 24);
	e->name = name;
	if (mg_str_eq(mode, MG_STR("closed")))
		e->severity = MG_SEV_ERROR;
	mg_klog_detail_attr(e, "webhook", name);
	mg_klog_detail_attr(e, "mode", mg_str_eq(mode, MG_STR("open")) ? MG_STR("failing-open")
								      : MG_STR("failing-closed"));
	mg_klog_detail_attr(e, "reason", mg_str_trim(reason));
	return true;
}

/* What an error value printed with %#v says. */
static struct mg_str error_text(struct mg_str s)
{
	struct mg_str t = between(s, "Message:\"", "\"");

	if (!t.p)
		t = between(s, "{s:\"", "\"");
	if (!t.p)
		t = between(s, "desc:\"", "\"");
	if (!t.p && mg_str_has(s, MG_STR("deadlineExceededError")))
		t = MG_STR("context deadline exceeded");
	return t;
}

/* "apiserver received an error that is not an metav1.Status: &errors.errorString{s:"…"}" */
bool mg_klog_detail_status(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str reason = error_text(c->text);

	if (!reason.p)
		reason = mg_str_trim(between(c->text, "Status: ", ""));
	mg_klog_detail_attr(e, "reason", reason);
	if (mg_str_starts(reason, MG_STR("http: Handler timeout"))) {
		e->kind = MG_EV_APISERVER_TIMEOUT;
		e->code = 504;
	} else if (mg_str_eq(reason, MG_STR("context canceled"))) {
		e->severity = MG_SEV_WARNING; /* a client that hung up, or a storage that stalled */
	}
	return true;
}

bool mg_klog_detail_auth(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str reason = mg_klog_pair(c->k, "err");

	if (!reason.p)
		reason = between(c->text, "due to an error: ", "");
	e->code = 401;
	mg_klog_detail_attr(e, "reason", reason);
	return true;
}

/* The verb and object of a method and a URI (views of `c` or literals only). */
static void request(struct mg_klog_event *e, struct mg_str method, struct mg_str uri)
{
	struct mg_apiuri u;
	char             buf[32];
	struct mg_str    verb;

	mg_apiuri_parse(uri, &u);
	verb = mg_apiuri_verb(&u, method, buf, sizeof(buf));
	e->verb = verb.p == buf ? method : verb;
	e->ns = u.ns;
	e->name = u.name;
	e->resource = u.resource;
	mg_klog_detail_attr(e, "uri", uri);
}

/* "…: GET "/path" …" of the unstructured forms */
static void method_and_path(struct mg_str s, struct mg_klog_event *e)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		ptrdiff_t     at = mg_str_find(s, mg_strz(methods[i]));
		struct mg_str rest;

		if (at < 0 || (at > 0 && s.p[at - 1] != ' '))
			continue;
		rest = mg_str_from(s, (size_t)at + strlen(methods[i]));
		if (mg_str_starts(rest, MG_STR(" \"")))
			rest = between(rest, "\"", "\"");
		else
			mg_str_cut(mg_str_trim(rest), ' ', &rest, &(struct mg_str){ 0 });
		if (rest.n && rest.p[0] == '/') {
			request(e, mg_strz(methods[i]), rest);
			return;
		}
	}
}

static struct mg_str unstructured(struct mg_str s, const char *before)
{
	struct mg_str v = between(s, before, ""), word, rest;

	if (v.n && v.p[0] == '"')
		return between(v, "\"", "\"");
	mg_str_cut(v, ' ', &word, &rest);
	return word;
}

bool mg_klog_detail_timeout(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str msg = c->k->msg, uri = mg_klog_pair(c->k, "URI"), method, v;
	int64_t       ns;

	method = mg_klog_pair(c->k, "method");
	if (!uri.p)
		uri = mg_klog_pair(c->k, "path");
	if (!uri.p) {
		uri = unstructured(msg, "URI=");
		method = unstructured(msg, "method=");
	}
	if (uri.n && method.n)
		request(e, method, uri);
	else
		method_and_path(msg, e);
	e->audit_id = mg_klog_pair(c->k, "auditID");
	if (!e->audit_id.p)
		e->audit_id = unstructured(msg, "audit-ID=");
	v = mg_klog_pair(c->k, "timeElapsed");
	if (!v.p)
		v = between(msg, "time-elapsed: ", ",");
	if (mg_duration_parse(v, &ns))
		mg_klog_detail_attr(e, "elapsed", v);
	if (mg_str_has(msg, MG_STR("child goroutine has not returned")))
		e->severity = MG_SEV_CRITICAL;
	e->code = 504;
	return true;
}

/* The values that apiserver panics with on purpose, to cut a connection. */
static bool deliberate(struct mg_str s)
{
	return mg_str_has(s, MG_STR("killing connection/stream because serving request timed out")) ||
	       mg_str_has(s, MG_STR("net/http: abort Handler"));
}

bool mg_klog_detail_panic(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str msg = c->k->msg, reason = between(msg, "Observed a panic: ", "");

	e->stack = true;
	if (!reason.p)
		reason = mg_klog_pair(c->k, "panic");
	if (!reason.p) {
		reason = between(msg, "panic serving ", "");
		reason = between(reason, ": ", "");
	}
	if (mg_str_has(msg, MG_STR("apiserver panic'd"))) {
		struct mg_str uri = mg_klog_pair(c->k, "URI");

		if (uri.p)
			request(e, mg_klog_pair(c->k, "method"), uri);
		else
			method_and_path(msg, e);
	}
	mg_klog_detail_attr(e, "reason", reason);
	if (deliberate(msg)) {
		e->kind = MG_EV_APISERVER_TIMEOUT;
		e->code = 504;
	}
	return true;
}

/* "QS(global-default): rejecting request "x" …", at -v=5 */
bool mg_klog_detail_apf(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	mg_klog_detail_attr(e, "priority_level", between(c->text, "QS(", ")"));
	e->code = 429;
	return true;
}

/* gRPC to etcd; other components use gRPC for other things. */
bool mg_klog_detail_transport(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str reason = between(c->text, "Err: ", ""), to;

	if (!reason.p)
		reason = between(c->text, "Err :", "");
	to = between(c->text, "failed to connect to {", " ");
	if (mg_str_ends(reason, MG_STR(" Reconnecting...")))
		reason.n -= 16;
	if (!c->apiserver && !mg_str_has(to, MG_STR(":2379")))
		return false;
	if (mg_str_has(reason, MG_STR("operation was canceled")) ||
	    mg_str_has(reason, MG_STR("context canceled")))
		e->severity = MG_SEV_INFO; /* the balancer gave one of two attempts up */
	mg_klog_detail_attr(e, "reason", reason);
	mg_klog_detail_attr(e, "endpoint", to);
	return true;
}

/* zap line of the etcd client inside an API server's log */
bool mg_klog_detail_retry(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str reason = mg_klog_pair(c->k, "error"), text = between(reason, "desc = ", "");

	mg_klog_detail_attr(e, "reason", text.p ? text : reason);
	mg_klog_detail_attr(e, "endpoint", mg_klog_pair(c->k, "target"));
	return true;
}

bool mg_klog_detail_etcd(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	ptrdiff_t     at = mg_str_find(c->text, MG_STR("etcdserver: "));
	struct mg_str reason;

	if (!c->apiserver)
		return false;
	if (at < 0)
		at = mg_str_find(c->text, MG_STR("transport is closing"));
	reason = mg_str_from(c->text, (size_t)at);
	at = mg_str_chr(reason, '"');
	mg_klog_detail_attr(e, "reason", at > 0 ? mg_str_head(reason, (size_t)at) : reason);
	return true;
}

/* "Terminating all watchers from cacher *core.Pod", "cacher (*core.Pod): unexpected …",
 * "Forcing pods watcher close due to unresponsiveness: …" */
bool mg_klog_detail_cacher(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str what = between(c->text, "from cacher ", "");

	if (!what.p)
		what = between(c->text, "cacher (", ")");
	if (!what.p)
		what = between(c->text, "Forcing ", " watcher");
	if (!what.p)
		what = mg_klog_pair(c->k, "resource");
	e->resource = mg_str_trim(what);
	return true;
}

bool mg_klog_detail_aggregated(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	ptrdiff_t at = mg_str_find(c->text, MG_STR(" failed with: "));

	e->name = mg_str_head(c->text, (size_t)at);
	e->resource = MG_STR("apiservices");
	mg_klog_detail_attr(e, "reason", mg_str_from(c->text, (size_t)at + 14));
	return true;
}

bool mg_klog_detail_openapi(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	e->name = between(c->text, "spec for \"", "\"");
	e->resource = MG_STR("apiservices");
	mg_klog_detail_attr(e, "reason", between(c->text, "failed with: ", ""));
	return true;
}

/* A controller that cannot discover because of one group: "…server APIs: GROUP/VERSION: ERR" */
bool mg_klog_detail_discovery(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str rest = between(c->text, "list of server APIs: ", ""), group;

	mg_str_cut(rest, ':', &group, &rest);
	e->resource = MG_STR("apiservices");
	mg_klog_detail_attr(e, "group", group);
	mg_klog_detail_attr(e, "reason", mg_str_trim(rest));
	return true;
}

/* --- shutdown ---------------------------------------------------------------------------- */

static struct mg_str step_of(const struct mg_klog_context *c)
{
	struct mg_str name = mg_klog_pair(c->k, "name");

	if (mg_str_has(c->text, MG_STR("shutdown event")) && name.p)
		return name;
	if (mg_str_has(c->text, MG_STR("endpoint reconciler")))
		return MG_STR("ShutdownInitiated");
	if (mg_str_has(c->text, MG_STR("Stopped listening on ")))
		return MG_STR("HTTPServerStoppedListening");
	if (mg_str_has(c->text, MG_STR("shutdown check failed")))
		return MG_STR("NotReady");
	if (mg_str_has(c->text, MG_STR("RunPreShutdownHooks has completed")))
		return MG_STR("PreShutdownHooksStopped");
	if (mg_str_has(c->text, MG_STR("apiserver is exiting")))
		return MG_STR("Exiting");
	return mg_str(NULL, 0);
}

bool mg_klog_detail_shutdown(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str step = step_of(c);

	if (!c->apiserver || !step.p)
		return false; /* others use these files as well, and not every line is a step */
	mg_klog_detail_attr(e, "step", step);
	return true;
}

static bool is_termination(struct mg_str reason)
{
	static const char *const names[] = {
		"TerminationStart", "TerminationPreShutdownHooksFinished",
		"TerminationMinimalShutdownDurationFinished", "TerminationStoppedServing",
		"TerminationGracefulTerminationFinished", "ShutdownInitiated",
		"AfterShutdownDelayDuration", "PreShutdownHooksStopped", "NotAcceptingNewRequest",
		"InFlightRequestsDrained", "HTTPServerStoppedListening", "NonGracefulTermination",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mg_str_eq(reason, mg_strz(names[i])))
			return true;
	return false;
}

/* OpenShift: "Event(v1.ObjectReference{…}): type: 'Normal' reason: 'TerminationStart' …" */
bool mg_klog_detail_termination(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str reason = between(c->text, "reason: '", "'");

	if (!is_termination(reason))
		return false;
	e->kind = MG_EV_APISERVER_SHUTDOWN;
	e->severity = mg_str_starts(reason, MG_STR("Non")) ? MG_SEV_ERROR : MG_SEV_INFO;
	e->ns = between(c->text, "Namespace:\"", "\"");
	e->name = between(c->text, "Name:\"", "\"");
	mg_klog_detail_attr(e, "step", reason);
	return true;
}

/* `Observed event "TerminationStart" for API server pod "P" (…) at 2021-08-03 09:46:10 …` */
bool mg_klog_detail_observed(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str step = between(c->text, "event \"", "\"");
	ptrdiff_t     at = mg_str_rfind(c->text, MG_STR(" at "));
	int64_t       ns;

	if (!is_termination(step))
		return false;
	e->name = between(c->text, "pod \"", "\"");
	if (at > 0 && mg_time_parse(mg_str_from(c->text, (size_t)at + 4), &ns, NULL, NULL))
		e->time_ns = ns;
	mg_klog_detail_attr(e, "step", step);
	mg_klog_detail_attr(e, "observer", MG_STR("operator"));
	return true;
}
