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

/* JSON has the member id in decimal, the logs have it in hex. */
static void attr_member(struct mg_batch *out, struct mg_event *e, struct mg_str decimal)
{
	uint64_t id;
	char     text[32];

	if (!mg_num_u64(decimal, &id))
		return;
	snprintf(text, sizeof(text), "%" PRIx64, id);
	mg_batch_attr(out, e, "member_id", mg_strz(text));
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
	attr_member(out, e, mg_knode_text(status, "header.member_id"));
	attr_number(out, e, "db_size", status, "dbSize");
	attr_number(out, e, "db_size_in_use", status, "dbSizeInUse");
	attr_number(out, e, "db_quota", status, "dbSizeQuota");
}

static bool endpoint_status(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *status = mg_knode_at(o->root, "Status"), *k;

	if (!status || !mg_knode_at(o->root, "Endpoint"))
		return false;
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
	if (mg_str_eq(health, MG_STR("true")))
		return true;
	e = info_event(o, out, MG_EV_ETCD_ERROR, MG_SEV_ERROR, o->root);
	message(out, e, "etcd %.*s is not healthy: %.*s", MG_FMT(endpoint), MG_FMT(why));
	mg_batch_attr(out, e, "endpoint", endpoint);
	mg_batch_attr(out, e, "took", mg_knode_text(o->root, "took"));
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
		attr_member(out, e, mg_knode_text(k, "memberID"));
	}
	return true;
}

bool mg_event_from_etcdinfo(const struct mg_kubeobj *o, struct mg_batch *out)
{
	return endpoint_status(o, out) || endpoint_health(o, out) || alarm_list(o, out);
}
