/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_klog.h"

#include <stdlib.h>

#include "event/from_klog_detail.h"

/* One family: lines of `file` (NULL: of any) whose message holds `literal` (NULL: all).
 * `letters` are the klog severities it is looked for in. */
struct family {
	const char        *file, *literal, *letters;
	enum mg_event_kind kind;
	int                severity; /* enum mg_severity, or -1: by the letter */
	mg_klog_detail_fn  detail;
};

#define NOTHING MG_EV_COUNT /* a line that is known and says nothing of its own */

/* Sorted by file, for the binary search; the first family that fits wins.  Sources: the files
 * are those of kubernetes, client-go, apiserver and kube-aggregator; see docs/formats/klog.md */
static const struct family families[] = {
#define F(file, literal, letters, kind, sev, fn) { file, literal, letters, MG_EV_##kind, sev, fn },
	F("authentication.go", "Unable to authenticate the request", "IWE", APISERVER_AUTH_FAILED,
	  MG_SEV_WARNING, mg_klog_detail_auth)
	F("available_controller.go", " failed with: ", "WE", APISERVER_AGGREGATED, -1,
	  mg_klog_detail_aggregated)
	F("cacher.go", "erminating all watchers", "IWE", APISERVER_WATCH_CACHE, MG_SEV_WARNING,
	  mg_klog_detail_cacher)
	F("cacher.go", "unexpected ListAndWatch error", "WE", APISERVER_WATCH_CACHE, -1,
	  mg_klog_detail_cacher)
	F("cacher.go", "watcher close due to unresponsiveness", "IWE", APISERVER_WATCH_CACHE,
	  MG_SEV_WARNING, mg_klog_detail_cacher)
	F("clientconn.go", "createTransport failed", "IWE", APISERVER_ETCD_ERROR, -1,
	  mg_klog_detail_transport)
	F("controller.go", "Shutting down kubernetes service endpoint reconciler", "I",
	  APISERVER_SHUTDOWN, MG_SEV_INFO, mg_klog_detail_shutdown)
	F("controller.go", "loading OpenAPI spec for ", "E", APISERVER_AGGREGATED, MG_SEV_WARNING,
	  mg_klog_detail_openapi)
	F("controller.go", "ailed to ensure lease exists", "E", KUBELET_NODE, -1,
	  mg_klog_detail_node)
	F("controller.go", "ailed to update lease", "E", KUBELET_NODE, -1, mg_klog_detail_node)
	F("controller.go", "ailed to update node lease", "E", KUBELET_NODE, -1, mg_klog_detail_node)
	F("dispatcher.go", "Failed calling webhook, failing ", "WE", WEBHOOK_FAILED, MG_SEV_WARNING,
	  mg_klog_detail_webhook)
	{ "dispatcher.go", "ailed calling webhook", "E", NOTHING, 0, NULL }, /* said by the W line */
	F("eviction_manager.go", NULL, "IWE", KUBELET_EVICTION, MG_SEV_WARNING,
	  mg_klog_detail_eviction)
	F("finisher.go", "post-timeout activity", "IWE", APISERVER_TIMEOUT, MG_SEV_ERROR,
	  mg_klog_detail_timeout)
	F("generic.go", "GenericPLEG: ", "WE", KUBELET_PLEG, -1, mg_klog_detail_pleg)
	F("genericapiserver.go", "[graceful-termination]", "IWE", APISERVER_SHUTDOWN, MG_SEV_INFO,
	  mg_klog_detail_shutdown)
	F("healthz.go", "shutdown check failed", "I", APISERVER_SHUTDOWN, MG_SEV_INFO,
	  mg_klog_detail_shutdown)
	F("kubelet.go", "kipping pod synchronization", "IWE", KUBELET_PLEG, MG_SEV_ERROR,
	  mg_klog_detail_pleg)
	F("kubelet_node_status.go", NULL, "IWE", KUBELET_NODE, MG_SEV_WARNING, mg_klog_detail_node)
	F("leaderelection.go", "uccessfully acquired lease", "I", LEADER_ACQUIRED, MG_SEV_INFO,
	  mg_klog_detail_lease)
	F("leaderelection.go", "ailed to renew lease", "IWE", LEADER_LOST, MG_SEV_ERROR,
	  mg_klog_detail_lease)
	F("leaderelection.go", "leader election lost", "IWEF", LEADER_LOST, MG_SEV_ERROR,
	  mg_klog_detail_lease)
	F("leaderelection.go", "error retrieving resource lock", "WE", LEADER_RETRY, -1,
	  mg_klog_detail_lease)
	F("leaderelection.go", "ailed to update lock", "IWE", LEADER_RETRY, MG_SEV_WARNING,
	  mg_klog_detail_lease)
	F("leaderelection.go", "error initially creating leader election record", "WE",
	  LEADER_RETRY, -1, mg_klog_detail_lease)
	F("log.go", ": panic serving ", "IWE", APISERVER_PANIC, MG_SEV_ERROR, mg_klog_detail_panic)
	F("log.go", "TLS handshake error", "IWE", CERT_ERROR, MG_SEV_WARNING, mg_klog_detail_cert)
	F("logging.go", "createTransport failed", "IWE", APISERVER_ETCD_ERROR, -1,
	  mg_klog_detail_transport)
	F("oom_watcher.go", "ystem OOM encountered", "IWE", KUBELET_OOM, MG_SEV_ERROR, NULL)
	F("oom_watcher.go", "ot sys oom event", "IWE", KUBELET_OOM, MG_SEV_ERROR, NULL)
	F("oom_watcher_linux.go", "ystem OOM encountered", "IWE", KUBELET_OOM, MG_SEV_ERROR, NULL)
	F("oom_watcher_linux.go", "ot sys oom event", "IWE", KUBELET_OOM, MG_SEV_ERROR, NULL)
	F("prober.go", "robe failed", "IWE", KUBELET_PROBE, MG_SEV_WARNING, mg_klog_detail_probe)
	F("prober.go", "robe errored", "IWE", KUBELET_PROBE, MG_SEV_WARNING, mg_klog_detail_probe)
	F("prober.go", " probe for ", "IWE", KUBELET_PROBE, MG_SEV_WARNING, mg_klog_detail_probe)
	F("queueset.go", ": rejecting request ", "I", APISERVER_APF, MG_SEV_WARNING,
	  mg_klog_detail_apf)
	F("queueset.go", " timed out after being enqueued", "I", APISERVER_APF, MG_SEV_WARNING,
	  mg_klog_detail_apf)
	F("reflector.go", "watch ended with error", "I", REFLECTOR_ERROR, MG_SEV_WARNING,
	  mg_klog_detail_reflector)
	F("reflector.go", NULL, "WE", REFLECTOR_ERROR, -1, mg_klog_detail_reflector)
	F("request.go", "client-side throttling", "IWE", CLIENT_THROTTLED, MG_SEV_INFO,
	  mg_klog_detail_throttled)
	F("request.go", "Throttling request took", "IWE", CLIENT_THROTTLED, MG_SEV_INFO,
	  mg_klog_detail_throttled)
	F("request.go", "Waited before sending request", "IWE", CLIENT_THROTTLED, MG_SEV_INFO,
	  mg_klog_detail_throttled)
	F("rest.go", "post-timeout activity", "IWE", APISERVER_TIMEOUT, MG_SEV_ERROR,
	  mg_klog_detail_timeout)
	F("retry_interceptor.go", NULL, "WE", APISERVER_ETCD_ERROR, -1, mg_klog_detail_retry)
	F("runtime.go", "Observed a panic", "E", APISERVER_PANIC, MG_SEV_ERROR,
	  mg_klog_detail_panic)
	F("secure_serving.go", "Stopped listening on ", "I", APISERVER_SHUTDOWN, MG_SEV_INFO,
	  mg_klog_detail_shutdown)
	F("server.go", ": panic serving ", "IWE", APISERVER_PANIC, MG_SEV_ERROR,
	  mg_klog_detail_panic)
	F("server.go", "TLS handshake error", "IWE", CERT_ERROR, MG_SEV_WARNING,
	  mg_klog_detail_cert)
	F("setters.go", "ode became not ready", "IWE", KUBELET_NODE, MG_SEV_WARNING,
	  mg_klog_detail_node)
	F("status.go", "apiserver received an error that is not an metav1.Status", "E",
	  APISERVER_ETCD_ERROR, MG_SEV_ERROR, mg_klog_detail_status)
	F("termination_observer.go", "Observed event ", "I", APISERVER_SHUTDOWN, MG_SEV_INFO,
	  mg_klog_detail_observed)
	F("timeout.go", "ost-timeout activity", "IWE", APISERVER_TIMEOUT, MG_SEV_ERROR,
	  mg_klog_detail_timeout)
	F("wrap.go", "imeout or abort while handling", "IWE", APISERVER_TIMEOUT, MG_SEV_ERROR,
	  mg_klog_detail_timeout)
	F("wrap.go", "apiserver panic'd", "IWE", APISERVER_PANIC, MG_SEV_ERROR,
	  mg_klog_detail_panic)
	F("writers.go", "apiserver was unable to write", "E", APISERVER_TIMEOUT, MG_SEV_ERROR,
	  mg_klog_detail_timeout)
};

/* Looked for in every warning, error and fatal line that no family above took. */
static const struct family anywhere[] = {
	F(NULL, "eaderelection lost", "EF", LEADER_LOST, MG_SEV_CRITICAL, mg_klog_detail_lease)
	F(NULL, "eader election lost", "EF", LEADER_LOST, MG_SEV_CRITICAL, mg_klog_detail_lease)
	F(NULL, "stopped leading", "EF", LEADER_LOST, MG_SEV_CRITICAL, mg_klog_detail_lease)
	F(NULL, "unable to retrieve the complete list of server APIs", "WE", APISERVER_AGGREGATED,
	  MG_SEV_WARNING, mg_klog_detail_discovery)
	F(NULL, "http: Handler timeout", "WE", APISERVER_TIMEOUT, MG_SEV_ERROR,
	  mg_klog_detail_timeout)
	F(NULL, "imeout or abort while handling", "WE", APISERVER_TIMEOUT, MG_SEV_ERROR,
	  mg_klog_detail_timeout)
	F(NULL, "serving request timed out and response had been started", "WE", APISERVER_TIMEOUT,
	  MG_SEV_ERROR, mg_klog_detail_timeout)
	F(NULL, "Observed a panic", "E", APISERVER_PANIC, MG_SEV_ERROR, mg_klog_detail_panic)
	F(NULL, "etcdserver: ", "WE", APISERVER_ETCD_ERROR, -1, mg_klog_detail_etcd)
	F(NULL, "transport is closing", "WE", APISERVER_ETCD_ERROR, -1, mg_klog_detail_etcd)
	F(NULL, "x509: ", "WE", CERT_ERROR, -1, mg_klog_detail_cert)
#undef F
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum mg_severity mg_klog_severity(char letter)
{
	switch (letter) {
	case 'W':
		return MG_SEV_WARNING;
	case 'E':
		return MG_SEV_ERROR;
	case 'F':
		return MG_SEV_CRITICAL;
	default:
		return MG_SEV_INFO;
	}
}

/* The first family of a file, or COUNT. */
static size_t first_family(struct mg_str file)
{
	size_t lo = 0, hi = COUNT(families);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (mg_str_cmp(mg_strz(families[mid].file), file) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* 1: an event, 0: known to be none, -1: not this family */
static int try_family(const struct family *f, const struct mg_klog_context *c,
		      struct mg_klog_event *e)
{
	if (!strchr(f->letters, c->k->severity) ||
	    (f->literal && !mg_str_has(c->text, mg_strz(f->literal))))
		return -1;
	if (f->kind == NOTHING)
		return 0;
	e->kind = f->kind;
	e->severity = f->severity < 0 ? mg_klog_severity(c->k->severity) : (enum mg_severity)f->severity;
	if (f->detail && !f->detail(c, e)) {
		e->nattrs = 0;
		return -1;
	}
	return 1;
}

static int by_file(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	int r;

	for (size_t i = first_family(c->k->file);
	     i < COUNT(families) && mg_str_eq(mg_strz(families[i].file), c->k->file); i++)
		if ((r = try_family(&families[i], c, e)) >= 0)
			return r;
	return -1;
}

static int by_text(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	int r;

	for (size_t i = 0; i < COUNT(anywhere); i++)
		if ((r = try_family(&anywhere[i], c, e)) >= 0)
			return r;
	return -1;
}

bool mg_klog_event(const struct mg_klog *k, struct mg_str component, struct mg_klog_event *e)
{
	struct mg_klog_context c = { .k = k, .text = mg_klog_text(k), .component = component };
	struct mg_str          err;
	int                    r;

	c.apiserver = !component.n || mg_str_has(component, MG_STR("apiserver"));
	*e = (struct mg_klog_event){ .duration_ns = -1, .time_ns = MG_TIME_NONE, .fold = true };
	/* client-go's logr prints errors at any level with the whole message as text */
	if (c.text.n == 0)
		c.text = k->msg;
	/* from 1.31 on what HandleError prints stands in err, and this is the message */
	if (mg_str_eq(c.text, MG_STR("Unhandled Error")) && (err = mg_klog_pair(k, "err")).n)
		c.text = err;
	if ((r = by_file(&c, e)) >= 0)
		return r;
	if (mg_str_starts(c.text, MG_STR("Event(v1.ObjectReference{")) &&
	    mg_klog_detail_termination(&c, e))
		return true;
	if (k->severity == 'I')
		return false;
	if ((r = by_text(&c, e)) >= 0)
		return r;
	if (k->severity == 'W')
		return false;
	e->kind = k->severity == 'F' ? MG_EV_PROCESS_FATAL : MG_EV_LOG_ERROR;
	e->severity = mg_klog_severity(k->severity);
	e->fold = k->severity != 'F';
	return true;
}

/* --- components ------------------------------------------------------------------- */

struct naming {
	const char *word, *component;
};

struct mg_str mg_klog_component_of_name(struct mg_str name)
{
	static const struct naming names[] = {
		{ "openshift-apiserver", "openshift-apiserver" },
		{ "oauth-apiserver", "oauth-apiserver" },
		{ "kube-apiserver", "kube-apiserver" },
		{ "kube-controller-manager", "kube-controller-manager" },
		{ "kube-scheduler", "kube-scheduler" },
		{ "kube-proxy", "kube-proxy" },
		{ "kubelet", "kubelet" },
		{ "hyperkube", "kubelet" },   /* OpenShift up to 4.8 runs the kubelet so */
		{ "kubenswrapper", "kubelet" }, /* and from 4.9 on so */
		{ "etcd", "etcd" },
		{ "kernel", "kernel" },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (mg_str_has(name, mg_strz(names[i].word)))
			return mg_strz(names[i].component);
	return mg_str("", 0);
}

struct mg_str mg_klog_component_of_file(struct mg_str file)
{
	/* files that only one binary has */
	static const struct naming files[] = {
		{ "available_controller.go", "kube-apiserver" },
		{ "cacher.go", "kube-apiserver" },
		{ "crdregistration_controller.go", "kube-apiserver" },
		{ "controllermanager.go", "kube-controller-manager" },
		{ "garbagecollector.go", "kube-controller-manager" },
		{ "node_lifecycle_controller.go", "kube-controller-manager" },
		{ "eviction_manager.go", "kubelet" },
		{ "kubelet.go", "kubelet" },
		{ "kubelet_node_status.go", "kubelet" },
		{ "pod_workers.go", "kubelet" },
		{ "prober.go", "kubelet" },
		{ "schedule_one.go", "kube-scheduler" },
	};

	for (size_t i = 0; i < COUNT(files); i++)
		if (mg_str_eq(file, mg_strz(files[i].word)))
			return mg_strz(files[i].component);
	return mg_str("", 0);
}

/* --- folding ---------------------------------------------------------------------- */

static bool word_char(char c)
{
	return mg_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words that hold a digit vary (numbers, ids, addresses, generated names); the rest stays. */
uint64_t mg_klog_message_hash(struct mg_str msg, uint64_t h)
{
	size_t i = 0;

	while (i < msg.n) {
		size_t start = i;
		bool   digit = false;

		for (; i < msg.n && word_char(msg.p[i]); i++)
			digit |= mg_is_digit(msg.p[i]);
		if (i > start)
			h = digit ? h * 31 + 7 : mg_str_hash(mg_str(msg.p + start, i - start), h);
		for (; i < msg.n && !word_char(msg.p[i]); i++)
			h = h * 1099511628211u + (unsigned char)msg.p[i];
	}
	return h;
}
