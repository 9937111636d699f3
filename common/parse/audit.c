/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/audit.h"

#include <stddef.h>

#include "parse/audit_fast.h"

/* --- the order-free reader ------------------------------------------------------ */

enum field_type { F_TEXT, F_TIME, F_STAMP, F_CODE, F_ARRAY, F_RAW, F_IPS, F_OBJECT, F_WRAP, F_CLOUD };

struct field {
	struct mg_str       name;
	enum field_type     type;
	size_t              offset; /* in struct mg_audit        */
	const struct field *fields; /* of F_OBJECT, ended by an empty name */
};

#define NAME(lit)  { (lit), sizeof(lit) - 1 }
#define AT(member) offsetof(struct mg_audit, member)

static const struct field user_fields[] = {
	{ NAME("username"), F_TEXT, AT(user), NULL },
	{ NAME("uid"), F_TEXT, AT(uid), NULL },
	{ NAME("groups"), F_ARRAY, AT(groups), NULL },
	{ NAME(""), F_RAW, 0, NULL },
};
static const struct field impersonated_fields[] = {
	{ NAME("username"), F_TEXT, AT(impersonated), NULL },
	{ NAME(""), F_RAW, 0, NULL },
};
static const struct field ref_fields[] = {
	{ NAME("resource"), F_TEXT, AT(resource), NULL },
	{ NAME("namespace"), F_TEXT, AT(ns), NULL },
	{ NAME("name"), F_TEXT, AT(name), NULL },
	{ NAME("uid"), F_TEXT, AT(ref_uid), NULL },
	{ NAME("apiGroup"), F_TEXT, AT(group), NULL },
	{ NAME("apiVersion"), F_TEXT, AT(version), NULL },
	{ NAME("resourceVersion"), F_TEXT, AT(resource_version), NULL },
	{ NAME("subresource"), F_TEXT, AT(subresource), NULL },
	{ NAME(""), F_RAW, 0, NULL },
};
static const struct field status_fields[] = {
	{ NAME("status"), F_TEXT, AT(status), NULL },
	{ NAME("message"), F_TEXT, AT(message), NULL },
	{ NAME("reason"), F_TEXT, AT(reason), NULL },
	{ NAME("code"), F_CODE, AT(code), NULL },
	{ NAME(""), F_RAW, 0, NULL },
};
static const struct field event_fields[] = {
	{ NAME("kind"), F_TEXT, AT(kind), NULL },
	{ NAME("apiVersion"), F_TEXT, AT(api_version), NULL },
	{ NAME("level"), F_TEXT, AT(level), NULL },
	{ NAME("timestamp"), F_STAMP, AT(timestamp_ns), NULL }, /* v1beta1 */
	{ NAME("auditID"), F_TEXT, AT(audit_id), NULL },
	{ NAME("stage"), F_TEXT, AT(stage_text), NULL },
	{ NAME("requestURI"), F_TEXT, AT(uri), NULL },
	{ NAME("verb"), F_TEXT, AT(verb), NULL },
	{ NAME("user"), F_OBJECT, 0, user_fields },
	{ NAME("impersonatedUser"), F_OBJECT, 0, impersonated_fields },
	{ NAME("sourceIPs"), F_IPS, 0, NULL },
	{ NAME("userAgent"), F_TEXT, AT(user_agent), NULL },
	{ NAME("objectRef"), F_OBJECT, 0, ref_fields },
	{ NAME("responseStatus"), F_OBJECT, 0, status_fields },
	{ NAME("requestReceivedTimestamp"), F_TIME, AT(received_ns), NULL },
	{ NAME("stageTimestamp"), F_TIME, AT(stage_ns), NULL },
	{ NAME("annotations"), F_RAW, AT(annotations), NULL },
	/* envelopes; see docs/formats/audit.md */
	{ NAME("items"), F_WRAP, 0, NULL },
	{ NAME("events"), F_WRAP, 0, NULL },
	{ NAME("records"), F_WRAP, 0, NULL },
	{ NAME("properties"), F_WRAP, 0, NULL },
	{ NAME("message"), F_WRAP, 0, NULL },
	{ NAME("@message"), F_WRAP, 0, NULL },
	{ NAME("log"), F_WRAP, 0, NULL },
	{ NAME("resourceLogs"), F_WRAP, 0, NULL },
	{ NAME("scopeLogs"), F_WRAP, 0, NULL },
	{ NAME("logRecords"), F_WRAP, 0, NULL },
	{ NAME("body"), F_WRAP, 0, NULL },
	{ NAME("stringValue"), F_WRAP, 0, NULL },
	{ NAME("protoPayload"), F_CLOUD, AT(cloud), NULL },
	{ NAME(""), F_RAW, 0, NULL },
};

/* The level of a ViaQ record is syslog's; the event's own one was moved here. */
static const struct field viaq_fields[] = {
	{ NAME("k8s_audit_level"), F_TEXT, AT(level), NULL },
	{ NAME("openshift_audit_level"), F_TEXT, AT(level), NULL },
	{ NAME(""), F_RAW, 0, NULL },
};

static const struct field *field_of(const struct field *f, const struct mg_json_value *k)
{
	for (; f->name.n; f++)
		if (k->escaped ? mg_json_is(k, f->name) : mg_str_eq(k->raw, f->name))
			return f;
	return NULL;
}

static bool set_ips(struct mg_json *j, struct mg_audit *a, const struct mg_json_value *v)
{
	struct mg_json_iter  it;
	struct mg_json_value ip;

	a->source_ip = a->last_ip = (struct mg_json_text){ 0 };
	mg_json_iter_init(&it, v->raw);
	while (mg_json_element(&it, &ip) == MG_OK) {
		if (ip.type != MG_JSON_STRING)
			return mg_json_fail(j, ip.raw.p, "source address is no string");
		a->last_ip = mg_json_text(&ip);
		if (!a->source_ip.p)
			a->source_ip = a->last_ip;
	}
	return true;
}

static bool set_time(struct mg_json *j, int64_t *ns, const struct mg_json_value *v)
{
	char buf[64];

	if (mg_audit_time_of(mg_json_plain(mg_json_text(v), buf, sizeof(buf)), ns))
		return true;
	return mg_json_fail(j, v->raw.p, "bad timestamp");
}

/* A member that may hold events when the object is none itself: a list, an object, or a
 * string with JSON in it. */
static void set_wrapped(struct mg_audit *a, const struct mg_json_value *v)
{
	if (v->type == MG_JSON_ARRAY || v->type == MG_JSON_OBJECT ||
	    (v->type == MG_JSON_STRING && mg_str_chr(v->raw, '{') >= 0))
		a->wrapped = *v;
}

static bool read_object(struct mg_json *j, struct mg_audit *a, struct mg_str text,
			const struct field *fields);

static bool wrong_type(struct mg_json *j, const struct mg_json_value *v)
{
	return mg_json_fail(j, v->raw.p, "value of another type than the format has");
}

static bool set_field(struct mg_json *j, struct mg_audit *a, const struct field *f,
		      const struct mg_json_value *v)
{
	char *at = (char *)a + f->offset;

	if (f->type == F_WRAP)
		return set_wrapped(a, v), true;
	if (f->type == F_CLOUD)
		return a->cloud = v->type == MG_JSON_OBJECT, true;
	if (v->type == MG_JSON_NULL)
		return true;
	switch (f->type) {
	case F_TEXT:
		if (v->type != MG_JSON_STRING)
			return wrong_type(j, v);
		*(struct mg_json_text *)(void *)at = mg_json_text(v);
		return true;
	case F_STAMP: /* a number when it belongs to an envelope */
	case F_TIME:
		if (v->type != MG_JSON_STRING)
			return f->type == F_STAMP || wrong_type(j, v);
		return set_time(j, (int64_t *)(void *)at, v);
	case F_CODE:
		if (v->type != MG_JSON_NUMBER || !mg_audit_code_of(v->raw, (uint32_t *)(void *)at))
			return wrong_type(j, v);
		return true;
	case F_IPS:
		return v->type == MG_JSON_ARRAY ? set_ips(j, a, v) : wrong_type(j, v);
	case F_ARRAY:
		if (v->type != MG_JSON_ARRAY)
			return wrong_type(j, v);
		*(struct mg_str *)(void *)at = v->raw;
		return true;
	case F_OBJECT:
		return v->type == MG_JSON_OBJECT ? read_object(j, a, v->raw, f->fields) :
						   wrong_type(j, v);
	default:
		if (v->type != MG_JSON_OBJECT)
			return wrong_type(j, v);
		*(struct mg_str *)(void *)at = v->raw;
		return true;
	}
}

/* Fill what `fields` name from the object `text`, which lies inside j's text and was
 * validated: only a wrong type can fail.  The last one of equal keys counts. */
static bool read_object(struct mg_json *j, struct mg_audit *a, struct mg_str text,
			const struct field *fields)
{
	struct mg_json_iter  it;
	struct mg_json_value k, v;

	mg_json_iter_init(&it, text);
	while (mg_json_member(&it, &k, &v) == MG_OK) {
		const struct field *f = field_of(fields, &k);

		if (f && !set_field(j, a, f, &v))
			return false;
	}
	return true;
}

static bool is_event(const struct mg_audit *a)
{
	struct mg_str api = mg_str(a->api_version.p, a->api_version.n);

	if (a->audit_id.p)
		return true;
	return mg_str_starts(api, MG_STR("audit.k8s.io/")) && a->kind.n == 5 &&
	       memcmp(a->kind.p, "Event", 5) == 0;
}

static bool own_level(const struct mg_json_text *t)
{
	struct mg_str s = mg_str(t->p, t->n);

	return mg_str_eq(s, MG_STR("Metadata")) || mg_str_starts(s, MG_STR("Request")) ||
	       mg_str_eq(s, MG_STR("None"));
}

static enum mg_status failed(const struct mg_json *j, struct mg_err *err)
{
	if (err)
		err->byte = (uint64_t)(j->p - j->base);
	return mg_err_set(err, MG_FAIL, "%s", j->msg);
}

enum mg_status mg_audit_next_any_order(struct mg_json *j, struct mg_audit *out,
				       struct mg_err *err)
{
	struct mg_json_value v;

	mg_audit_empty(out);
	if (!mg_json_value(j, &v))
		return failed(j, err);
	if (v.type != MG_JSON_OBJECT) {
		out->wrapped = v;
		return mg_err_set(err, MG_SKIP, "JSON, but no object");
	}
	if (!read_object(j, out, v.raw, event_fields) ||
	    (!own_level(&out->level) && !read_object(j, out, v.raw, viaq_fields)))
		return failed(j, err);
	if (!is_event(out)) {
		if (err)
			err->byte = (uint64_t)(v.raw.p - j->base);
		return mg_err_set(err, MG_SKIP, "JSON object that is no audit event");
	}
	out->wrapped = (struct mg_json_value){ .type = MG_JSON_NONE };
	out->stage = mg_audit_stage_of(&out->stage_text);
	return MG_OK;
}

enum mg_status mg_audit_next(struct mg_json *j, struct mg_audit *out, struct mg_err *err)
{
	mg_json_blank(j);
	if (mg_audit_fast(j, out, NULL))
		return MG_OK;
	return mg_audit_next_any_order(j, out, err);
}

enum mg_status mg_audit_parse(struct mg_str line, struct mg_audit *out, struct mg_err *err)
{
	struct mg_json j;
	enum mg_status st;

	mg_json_init(&j, line);
	st = mg_audit_next(&j, out, err);
	if (st >= MG_FAIL)
		return st;
	mg_json_blank(&j);
	if (j.p == j.end)
		return st;
	mg_json_fail(&j, j.p, "text behind the event");
	return failed(&j, err);
}

/* --- what an event means ----------------------------------------------------------- */

bool mg_audit_counts(const struct mg_audit *a)
{
	switch (a->stage) {
	case MG_STAGE_NONE:
	case MG_STAGE_COMPLETE:
	case MG_STAGE_PANIC:
		return true;
	case MG_STAGE_STARTED:
		return a->code == 401;
	default:
		return false;
	}
}

static bool text_is(struct mg_json_text t, struct mg_str want)
{
	return mg_str_eq(mg_str(t.p, t.n), want);
}

bool mg_audit_long_running(const struct mg_audit *a)
{
	static const struct mg_str subs[] = { { "exec", 4 },  { "attach", 6 }, { "log", 3 },
					      { "portforward", 11 }, { "proxy", 5 } };

	if (a->code == 101 || text_is(a->verb, MG_STR("watch")) ||
	    text_is(a->verb, MG_STR("proxy")))
		return true;
	for (size_t i = 0; a->subresource.n && i < sizeof(subs) / sizeof(*subs); i++)
		if (text_is(a->subresource, subs[i]))
			return true;
	return false;
}

void mg_audit_times(const struct mg_audit *a, int64_t *start_ns, int64_t *end_ns)
{
	*start_ns = a->received_ns;
	*end_ns = a->stage_ns;
	if (*start_ns == MG_TIME_NONE)
		*start_ns = *end_ns != MG_TIME_NONE ? *end_ns : a->timestamp_ns;
	if (a->received_ns == MG_TIME_NONE)
		*end_ns = MG_TIME_NONE;
}

struct mg_json_text mg_audit_annotation(const struct mg_audit *a, struct mg_str want)
{
	struct mg_json_value v;

	if (!a->annotations.n)
		return (struct mg_json_text){ 0 };
	v = mg_json_get(a->annotations, want);
	if (v.type != MG_JSON_STRING)
		return (struct mg_json_text){ 0 };
	return mg_json_text(&v);
}

/* Append the decoded `t` to buf[*at..n). */
static void append(struct mg_json_text t, char *buf, size_t n, size_t *at)
{
	*at += mg_json_unescape(t, buf + *at, n - *at);
}

struct mg_str mg_audit_resource(const struct mg_audit *a, char *buf, size_t n)
{
	size_t              at = 0;
	struct mg_json_text group = a->group;
	const char         *slash = a->version.n ? memchr(a->version.p, '/', a->version.n) : NULL;

	if (!group.n && slash) /* v1alpha1: "group/version" in apiVersion */
		group = (struct mg_json_text){ a->version.p, (uint32_t)(slash - a->version.p),
					       a->version.escaped };
	if (!group.n)
		return mg_json_plain(a->resource, buf, n);
	append(a->resource, buf, n, &at);
	if (at < n)
		buf[at++] = '.';
	append(group, buf, n, &at);
	return mg_str(buf, at);
}
