/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_kubeobj.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/num.h"

/* The files hold no time: what they say was so when they were written. */
static struct mg_event *info_event(const struct mg_kubeobj *o, struct mg_batch *out,
				   enum mg_event_kind k, enum mg_severity s,
				   const struct mg_knode *at)
{
	struct mg_event *e = mg_kubeobj_event(o, out, k, s, at, o->src->mtime_ns);

	if (e->time_ns != MG_TIME_NONE)
		e->time_source = MG_TIME_DERIVED;
	e->component = MG_STR("etcd");
	return e;
}

/* JSON has ids in decimal, the logs have them in hex. */
static void attr_id(struct mg_batch *out, struct mg_event *e, const char *key,
		    struct mg_str decimal)
{
	uint64_t id;
	char     text[32];

	if (!mg_num_u64(decimal, &id) || id == 0)
		return;
	snprintf(text, sizeof(text), "%" PRIx64, id);
	mg_batch_attr(out, e, key, mg_strz(text));
}

static void attr_number(struct mg_batch *out, struct mg_event *e, const char *key,
			const struct mg_knode *n, const char *path)
{
	int64_t v = mg_knode_i64(n, path, -1);

	if (v >= 0)
		mg_batch_attr_i64(out, e, key, v);
}

static void message(struct mg_batch *out, struct mg_event *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void message(struct mg_batch *out, struct mg_event *e, const char *fmt, ...)
{
	struct mg_buf t = { 0 };
	va_list       ap;

	va_start(ap, fmt);
	mg_buf_vprintf(&t, fmt, ap);
	va_end(ap);
	e->message = mg_batch_str(out, mg_buf_str(&t));
	mg_buf_release(&t);
}

static void status_error(const struct mg_kubeobj *o, struct mg_batch *out,
			 const struct mg_knode *status, const struct mg_knode *error)
{
	struct mg_str    text = mg_str_trim(error->value);
	struct mg_str    endpoint = mg_knode_text(o->root, "Endpoint");
	bool             nospace = mg_str_has(text, MG_STR("NOSPACE"));
	bool             alarm = mg_str_has(text, MG_STR("alarm:"));
	struct mg_event *e;

	e = info_event(o, out, nospace ? MG_EV_ETCD_NOSPACE : alarm ? MG_EV_ETCD_ALARM : MG_EV_ETCD_ERROR,
		       alarm ? MG_SEV_CRITICAL : MG_SEV_ERROR, error);
	message(out, e, "etcd %.*s reports: %.*s", MG_FMT(endpoint), MG_FMT(text));
	mg_batch_attr(out, e, "endpoint", endpoint);
	attr_id(out, e, "member_id", mg_knode_text(status, "header.member_id"));
	attr_number(out, e, "db_size", status, "dbSize");
	attr_number(out, e, "db_size_in_use", status, "dbSizeInUse");
	attr_number(out, e, "db_quota", status, "dbSizeQuota");
}

static void status_event(const struct mg_kubeobj *o, struct mg_batch *out,
			 const struct mg_knode *status)
{
	struct mg_str    endpoint = mg_knode_text(o->root, "Endpoint");
	struct mg_str    version = mg_knode_text(status, "version");
	struct mg_event *e = info_event(o, out, MG_EV_ETCD_STATUS, MG_SEV_INFO, o->root);
	char             text[24];

	message(out, e, "etcd %.*s at %.*s: database %s, raft index %lld", MG_FMT(version),
		MG_FMT(endpoint),
		mg_num_bytes_text((double)mg_knode_i64(status, "dbSize", 0), text, sizeof(text)),
		(long long)mg_knode_i64(status, "raftIndex", 0));
	mg_batch_attr(out, e, "endpoint", endpoint);
	attr_id(out, e, "member", mg_knode_text(status, "header.member_id"));
	attr_id(out, e, "leader", mg_knode_text(status, "leader"));
	mg_batch_attr(out, e, "version", version);
	attr_number(out, e, "db_bytes", status, "dbSize");
	attr_number(out, e, "in_use_bytes", status, "dbSizeInUse");
	attr_number(out, e, "quota_bytes", status, "dbSizeQuota");
	attr_number(out, e, "term", status, "raftTerm");
	attr_number(out, e, "raft_index", status, "raftIndex");
	attr_number(out, e, "raft_applied", status, "raftAppliedIndex");
	if (mg_str_eq(mg_knode_text(status, "isLearner"), MG_STR("true")))
		mg_batch_attr(out, e, "learner", MG_STR("true"));
}

static bool endpoint_status(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *status = mg_knode_at(o->root, "Status"), *k;

	if (!status || !mg_knode_at(o->root, "Endpoint"))
		return false;
	status_event(o, out, status);
	for (k = mg_knode_first(status, "errors"); k; k = k->next)
		if (k->type == MG_KSCALAR)
			status_error(o, out, status, k);
	return true;
}

static bool endpoint_health(const struct mg_kubeobj *o, struct mg_batch *out)
{
	struct mg_str    health = mg_knode_text(o->root, "health");
	struct mg_str    endpoint = mg_knode_text(o->root, "endpoint");
	struct mg_str    why = mg_knode_text(o->root, "error");
	struct mg_event *e;

	if (!health.n || !endpoint.n)
		return false;
	e = info_event(o, out, MG_EV_ETCD_STATUS, MG_SEV_INFO, o->root);
	if (mg_str_eq(health, MG_STR("true"))) {
		message(out, e, "etcd %.*s is healthy", MG_FMT(endpoint));
	} else {
		/* a socket of the member's own host cannot be reached from elsewhere: no news */
		if (!mg_str_starts(endpoint, MG_STR("unix"))) {
			e->kind = MG_EV_ETCD_ERROR;
			e->severity = MG_SEV_ERROR;
		}
		message(out, e, "etcd %.*s is not healthy: %.*s", MG_FMT(endpoint), MG_FMT(why));
	}
	mg_batch_attr(out, e, "endpoint", endpoint);
	mg_batch_attr(out, e, "health", health);
	mg_batch_attr(out, e, "took", mg_knode_text(o->root, "took"));
	return true;
}

/* "https://10.0.0.1:2379 unixs://10.0.0.1:0" */
static void attr_urls(struct mg_batch *out, struct mg_event *e, const char *key,
		      const struct mg_knode *member, const char *path)
{
	const struct mg_knode *k;
	struct mg_buf          t = { 0 };

	for (k = mg_knode_first(member, path); k; k = k->next) {
		if (t.n)
			mg_buf_addc(&t, ' ');
		mg_buf_add(&t, k->value);
	}
	if (t.n)
		mg_batch_attr(out, e, key, mg_buf_str(&t));
	mg_buf_release(&t);
}

static bool member_list(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "members");

	if (!k)
		return false;
	for (; k; k = k->next) {
		struct mg_event *e = info_event(o, out, MG_EV_ETCD_MEMBER, MG_SEV_DEBUG, k);
		struct mg_str    name = mg_knode_text(k, "name");

		message(out, e, "etcd member %.*s", MG_FMT(name));
		e->name = mg_batch_str(out, name);
		attr_id(out, e, "member", mg_knode_text(k, "ID"));
		attr_urls(out, e, "client_urls", k, "clientURLs");
		attr_urls(out, e, "peer_urls", k, "peerURLs");
		if (mg_str_eq(mg_knode_text(k, "isLearner"), MG_STR("true")))
			mg_batch_attr(out, e, "learner", MG_STR("true"));
	}
	return true;
}

/* {"etcd_resources":[{"object_count":"123","object_name":"/kubernetes.io/pods/",
 *  "object_size":"1.2M"}]}: the gather's own count; sizes in IEC units */
static bool object_count(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "etcd_resources");

	if (!k)
		return false;
	for (; k; k = k->next) {
		struct mg_event *e = info_event(o, out, MG_EV_ETCD_OBJECTS, MG_SEV_DEBUG, k);
		struct mg_str    name = mg_knode_text(k, "object_name");
		struct mg_str    size = mg_knode_text(k, "object_size");
		uint64_t         bytes;

		message(out, e, "%lld objects below %.*s, %.*s",
			(long long)mg_knode_i64(k, "object_count", 0), MG_FMT(name), MG_FMT(size));
		mg_batch_attr(out, e, "key", name);
		attr_number(out, e, "objects", k, "object_count");
		if (mg_num_bytes(size, &bytes) && bytes <= INT64_MAX)
			mg_batch_attr_i64(out, e, "bytes", (int64_t)bytes);
	}
	return true;
}

static bool alarm_list(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "alarms");

	if (!k)
		return false;
	for (; k; k = k->next) {
		int64_t          code = mg_knode_i64(k, "alarm", 0);
		bool             nospace = code == 1;
		const char      *name = nospace ? "NOSPACE" : code == 2 ? "CORRUPT" : "unknown";
		struct mg_event *e;

		e = info_event(o, out, nospace ? MG_EV_ETCD_NOSPACE : MG_EV_ETCD_ALARM,
			       MG_SEV_CRITICAL, k);
		message(out, e, "etcd alarm %s is raised", name);
		mg_batch_attr(out, e, "alarm", mg_strz(name));
		attr_id(out, e, "member_id", mg_knode_text(k, "memberID"));
	}
	return true;
}

bool mg_event_from_etcdinfo(const struct mg_kubeobj *o, struct mg_batch *out)
{
	return endpoint_status(o, out) || endpoint_health(o, out) || alarm_list(o, out) ||
	       member_list(o, out) || object_count(o, out);
}
