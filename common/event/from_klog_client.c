/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_klog_detail.h"

/* Families of client-go (reflectors, throttling, leader election) and of the kubelet. */

static struct mg_str between(struct mg_str s, const char *before, const char *after)
{
	return mg_str_between(s, mg_strz(before), mg_strz(after));
}

static bool has(struct mg_str s, const char *word)
{
	return mg_str_has(s, mg_strz(word));
}

/* "a/b" -> ns a, name b; without a slash the name alone */
static void object(struct mg_str s, struct mg_str *ns, struct mg_str *name)
{
	struct mg_str head, tail;

	*ns = mg_str("", 0);
	*name = s;
	if (mg_str_cut(s, '/', &head, &tail)) {
		*ns = head;
		*name = tail;
	}
}

/* "*v1.Pod" and what follows in "Failed to watch *v1.Pod: REASON" */
static struct mg_str go_type(struct mg_str s)
{
	static const char *const before[] = { "ailed to watch ", "ailed to list ", "watch of " };
	struct mg_str            word, rest;

	for (size_t i = 0; i < 3; i++) {
		struct mg_str t = between(s, before[i], "");

		if (!t.p)
			continue;
		mg_str_cut(t, ' ', &word, &rest);
		return mg_str_ends(word, MG_STR(":")) ? mg_str_head(word, word.n - 1) : word;
	}
	return mg_str(NULL, 0);
}

bool mg_klog_detail_reflector(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str type = go_type(c->text), reason = mg_klog_pair(c->k, "err");

	if (!type.p)
		type = mg_klog_pair(c->k, "type");
	if (!reason.p)
		reason = between(c->text, "ended with: ", "");
	if (!reason.p) {
		ptrdiff_t at = type.p ? mg_str_rfind(c->text, type) : -1;

		if (at >= 0)
			reason = mg_str_from(c->text, (size_t)at + type.n + 2);
	}
	if (has(c->k->msg, "x509: "))
		e->kind = MG_EV_CERT_ERROR;
	mg_klog_detail_attr(e, "type", type);
	mg_klog_detail_attr(e, "reason", reason);
	return true;
}

/* "Waited for 1.2s due to client-side throttling, … request: GET:https://…" */
bool mg_klog_detail_throttled(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str took = between(c->text, "Waited for ", " "), request;
	int64_t       ns;

	if (!took.p)
		took = between(c->text, "request took ", ",");
	if (!took.p)
		took = mg_klog_pair(c->k, "delay");
	if (mg_duration_parse(took, &ns) && ns >= 0 && ns < 100 * MG_DAY)
		e->duration_ns = ns;
	request = between(c->text, "request: ", "");
	mg_klog_detail_attr(e, "request", request.p ? request : mg_klog_pair(c->k, "URL"));
	return true;
}

/* "NS/NAME" behind the literal, up to a blank, a colon or "..." */
static struct mg_str lease_name(struct mg_str s)
{
	static const char *const before[] = { " lease ", " lock ", "Failed to update lock: " };

	for (size_t i = 0; i < 2; i++) {
		struct mg_str t = mg_str_trim(between(s, before[i], ""));
		size_t        n = 0;

		while (n < t.n && t.p[n] != ' ' && t.p[n] != ':')
			n++;
		if (n && memchr(t.p, '/', n))
			return mg_str_head(t, n);
	}
	return mg_str(NULL, 0);
}

bool mg_klog_detail_lease(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str lease = mg_klog_pair(c->k, "lock"), reason = mg_klog_pair(c->k, "err");

	if (!lease.p)
		lease = lease_name(c->text);
	if (!reason.p && lease.p && lease.p >= c->text.p && lease.p < c->text.p + c->text.n) {
		size_t end = (size_t)(lease.p - c->text.p) + lease.n;

		if (mg_str_starts(mg_str_from(c->text, end), MG_STR(": ")))
			reason = mg_str_from(c->text, end + 2);
	}
	if (!reason.p)
		reason = between(c->text, "update lock: ", "");
	object(lease, &e->ns, &e->name);
	mg_klog_detail_attr(e, "lease", lease);
	mg_klog_detail_attr(e, "reason", reason);
	if (e->kind == MG_EV_LEADER_LOST && c->k->severity == 'F')
		mg_klog_detail_attr(e, "fatal", MG_STR("true"));
	e->fold = e->kind == MG_EV_LEADER_RETRY;
	return true;
}

/* Handshakes fail for many reasons (probes that hang up); only refused certificates count. */
bool mg_klog_detail_cert(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	ptrdiff_t     at = mg_str_find(c->k->msg, MG_STR("x509: "));
	struct mg_str reason;

	if (at < 0) {
		at = mg_str_find(c->k->msg, MG_STR("tls: "));
		if (at < 0 || !has(c->k->msg, "certificate"))
			return false;
	}
	reason = mg_str_from(c->k->msg, (size_t)at);
	at = mg_str_chr(reason, '"');
	mg_klog_detail_attr(e, "reason", at > 0 ? mg_str_head(reason, (size_t)at) : reason);
	return true;
}

/* --- kubelet ------------------------------------------------------------------------------ */

/* "pod_ns(uid):container" of the forms up to 1.19 */
static void old_probe(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str what = between(c->text, "probe for \"", "\""), pod, rest, word;

	mg_str_cut(c->text, ' ', &word, &rest);
	mg_klog_detail_attr(e, "probe", word);
	mg_str_cut(what, '(', &pod, &rest);
	mg_str_cut(pod, '_', &e->pod, &e->ns);
	mg_klog_detail_attr(e, "container", between(rest, "):", ""));
	mg_klog_detail_attr(e, "reason", between(c->text, "): ", ""));
}

bool mg_klog_detail_probe(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str pod = mg_klog_pair(c->k, "pod"), reason;

	if (!pod.p) {
		if (!has(c->text, "failed") && !has(c->text, "errored"))
			return false;
		old_probe(c, e);
	} else {
		object(pod, &e->ns, &e->pod);
		mg_klog_detail_attr(e, "probe", mg_klog_pair(c->k, "probeType"));
		mg_klog_detail_attr(e, "container", mg_klog_pair(c->k, "containerName"));
		reason = mg_klog_pair(c->k, "output");
		mg_klog_detail_attr(e, "reason", reason.n ? reason : mg_klog_pair(c->k, "err"));
	}
	e->name = e->pod;
	e->resource = MG_STR("pods");
	return true;
}

bool mg_klog_detail_pleg(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str ago = between(c->k->msg, "last seen active ", " ago");
	int64_t       ns;

	if (!has(c->k->msg, "PLEG")) /* pods wait for other things as well */
		return false;
	/* the relist has been silent since then: an interval that ends at this line */
	if (mg_duration_parse(ago, &ns) && ns >= 0 && ns < 100 * MG_DAY)
		e->duration_ns = ns;
	mg_klog_detail_attr(e, "last_seen", ago);
	return true;
}

bool mg_klog_detail_eviction(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	static const char *const words[] = { "must evict pod", "attempting to reclaim", "evicted",
					     "able to reduce", "thresholds have been met" };
	struct mg_str pod = mg_klog_pair(c->k, "pod"), resource = mg_klog_pair(c->k, "resourceName");
	size_t        i = 0;

	while (i < 5 && !has(c->text, words[i]))
		i++;
	if (i == 5)
		return false;
	if (!resource.p)
		resource = between(c->text, "reclaim ", "");
	if (has(c->text, "able to reduce"))
		e->severity = MG_SEV_INFO;
	if (pod.p) {
		object(pod, &e->ns, &e->pod);
		e->name = e->pod;
		e->resource = MG_STR("pods");
	}
	mg_klog_detail_attr(e, "resource", resource);
	return true;
}

static bool unhealthy(struct mg_str event)
{
	static const char *const names[] = { "NodeNotReady", "NodeHasInsufficientMemory",
					     "NodeHasDiskPressure", "NodeHasInsufficientPID" };

	for (size_t i = 0; i < 4; i++)
		if (mg_str_eq(event, mg_strz(names[i])))
			return true;
	return false;
}

bool mg_klog_detail_node(const struct mg_klog_context *c, struct mg_klog_event *e)
{
	struct mg_str event = mg_klog_pair(c->k, "event"), node = mg_klog_pair(c->k, "node");
	struct mg_str reason = mg_klog_pair(c->k, "err");

	if (!event.p)
		event = between(c->text, "Recording ", " event message for node ");
	if (event.p) {
		if (!unhealthy(event))
			return false;
		mg_klog_detail_attr(e, "event", event);
	} else if (!has(c->text, "node status") && !has(c->text, "lease") &&
		   !has(c->text, "became not ready") && !has(c->text, "nable to register node")) {
		return false;
	} else if (c->k->severity == 'I' && !has(c->text, "not ready")) {
		return false;
	}
	if (!reason.p)
		reason = between(c->text, "rror: ", "");
	e->name = node;
	e->resource = MG_STR("nodes");
	mg_klog_detail_attr(e, "reason", reason);
	return true;
}
