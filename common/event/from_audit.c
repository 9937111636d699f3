/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_audit.h"

/* The decoded text, at most `MG_BATCH_TEXT` of it, owned by the batch. */
static struct mg_str text(struct mg_batch *b, struct mg_json_text t)
{
	char buf[MG_BATCH_TEXT + 8]; /* longer than a batch text: the cut is marked there */

	return t.n ? mg_batch_str(b, mg_json_plain(t, buf, sizeof(buf))) : mg_str(NULL, 0);
}

static void attr(struct mg_batch *b, struct mg_event *e, const char *key, struct mg_json_text t)
{
	char buf[MG_BATCH_TEXT + 8];

	if (t.n)
		mg_batch_attr(b, e, key, mg_json_plain(t, buf, sizeof(buf)));
}

/* The latency annotations of 1.24 and later (apiserver pkg/endpoints/request): Go durations,
 * written only for requests over 500 ms. */
static void latency_attrs(struct mg_batch *b, struct mg_event *e, const struct mg_audit *a)
{
	static const struct {
		const char *name, *key;
	} split[] = {
		{ "total", "total_ns" },
		{ "etcd", "etcd_ns" },
		{ "apf-queue-wait", "apf_queue_wait_ns" },
		{ "mutating-webhook", "mutating_webhook_ns" },
		{ "validating-webhook", "validating_webhook_ns" },
		{ "serialize-response-object", "serialize_ns" },
		{ "response-write", "response_write_ns" },
	};
	static const struct mg_str prefix = { "apiserver.latency.k8s.io/", 25 };
	struct mg_json_iter        it;
	struct mg_json_value       k, v;

	if (!mg_str_has(a->annotations, prefix))
		return;
	mg_json_iter_init(&it, a->annotations);
	while (mg_json_member(&it, &k, &v) == MG_OK) {
		int64_t ns;

		if (!mg_str_starts(k.raw, prefix) || v.type != MG_JSON_STRING)
			continue;
		for (size_t i = 0; i < sizeof(split) / sizeof(*split); i++)
			if (mg_str_eq(mg_str_from(k.raw, prefix.n), mg_strz(split[i].name)) &&
			    !mg_event_attr(e, split[i].key).p && mg_duration_parse(v.raw, &ns))
				mg_batch_attr_i64(b, e, split[i].key, ns);
	}
}

static enum mg_severity severity(enum mg_event_kind kind, const struct mg_audit *a, int64_t took)
{
	if (kind == MG_EV_AUDIT_ERROR)
		return MG_SEV_ERROR;
	if (kind == MG_EV_AUDIT_SLOW)
		return MG_SEV_WARNING;
	if (kind == MG_EV_AUDIT_DELETECOLLECTION && a->code >= 500)
		return MG_SEV_ERROR;
	return took >= MG_SEC ? MG_SEV_WARNING : MG_SEV_INFO;
}

static struct mg_str resource(struct mg_batch *b, const struct mg_audit *a)
{
	char buf[512];

	return mg_batch_str(b, mg_audit_resource(a, buf, sizeof(buf)));
}

/* "500 update leases.coordination.k8s.io /apis/..." */
static struct mg_str error_text(struct mg_batch *b, const struct mg_event *e)
{
	struct mg_str s;

	s = mg_arena_printf(&b->arena, "%u %.*s %.*s%s%.*s", e->code, MG_FMT(e->verb),
			    MG_FMT(e->resource), e->resource.n ? " " : "", MG_FMT(e->message));
	return mg_batch_str(b, s);
}

static void set_times(struct mg_event *e, const struct mg_audit *a)
{
	int64_t start, end;

	mg_audit_times(a, &start, &end);
	e->time_source = start == MG_TIME_NONE ? MG_TIME_UNKNOWN : MG_TIME_EXACT;
	e->time_ns = start;
	if (end == MG_TIME_NONE || end < start)
		return;
	if (e->kind == MG_EV_AUDIT_ERROR)
		e->time_ns = end;
	else if (__builtin_sub_overflow(end, start, &e->duration_ns))
		e->duration_ns = -1;
}

struct mg_event *mg_event_from_audit(struct mg_batch *b, enum mg_event_kind kind,
				     const struct mg_audit *a, const struct mg_source *src,
				     uint64_t line)
{
	struct mg_event *e = mg_batch_add(b, kind, MG_SEV_INFO);

	set_times(e, a);
	e->severity = severity(kind, a, e->duration_ns);
	e->artifact = src->artifact;
	e->line = line;
	e->code = a->code;
	e->component = src->component;
	e->node = src->node;
	e->verb = text(b, a->verb);
	e->user = text(b, a->user);
	e->resource = resource(b, a);
	e->ns = text(b, a->ns);
	e->name = text(b, a->name);
	e->audit_id = text(b, a->audit_id);
	e->message = text(b, a->uri);
	if (kind == MG_EV_AUDIT_ERROR)
		e->message = error_text(b, e);
	attr(b, e, "user_agent", a->user_agent);
	attr(b, e, "source_ip", a->last_ip);
	attr(b, e, "impersonated_user", a->impersonated);
	attr(b, e, "subresource", a->subresource);
	attr(b, e, "reason", a->reason);
	attr(b, e, "status_message", a->message);
	latency_attrs(b, e, a);
	return e;
}

bool mg_audit_unpaginated(struct mg_str uri)
{
	struct mg_str query, param, k, v;

	mg_str_cut(uri, '?', &k, &query);
	while (query.n) {
		mg_str_cut(query, '&', &param, &query);
		mg_str_cut(param, '=', &k, &v);
		if (mg_str_eq(k, MG_STR("limit")) && v.n && !mg_str_eq(v, MG_STR("0")))
			return false;
		if (mg_str_eq(k, MG_STR("continue")) && v.n)
			return false;
		if (mg_str_eq(k, MG_STR("resourceVersion")) && mg_str_eq(v, MG_STR("0")))
			return false;
	}
	return true;
}
