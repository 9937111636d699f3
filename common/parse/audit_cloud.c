/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/audit_cloud.h"

#include "base/num.h"
#include "parse/apiuri.h"
#include "parse/json.h"

#define TEXT 2048 /* of a name that is taken apart */

static const struct mg_str method_prefix = { "io.k8s.", 7 };

static struct mg_json_value get(const struct mg_json_value *object, const char *key)
{
	static const struct mg_json_value none = { .type = MG_JSON_NONE };

	return object->type == MG_JSON_OBJECT ? mg_json_get(object->raw, mg_strz(key)) : none;
}

/* A string, decoded into `buf` of TEXT bytes; empty when it is none. */
static struct mg_str text_of(const struct mg_json_value *v, char *buf)
{
	if (v->type != MG_JSON_STRING)
		return mg_str("", 0);
	return mg_json_plain(mg_json_text(v), buf, TEXT);
}

/* ,"name":<the value as it stands> when it is of that type. */
static void copy(struct mg_buf *b, const char *name, const struct mg_json_value *v,
		 enum mg_json_type type)
{
	const char *quote = type == MG_JSON_STRING ? "\"" : "";

	if (v->type != type)
		return;
	mg_buf_printf(b, ",\"%s\":%s", name, quote);
	mg_buf_add(b, v->raw);
	mg_buf_addz(b, quote);
}

static void member(struct mg_buf *b, const char *name, struct mg_str value)
{
	if (!value.n)
		return;
	mg_buf_printf(b, ",\"%s\":", name);
	mg_buf_json(b, value);
}

/* --- what was asked -------------------------------------------------------------- */

/* "core/v1/namespaces/x/pods/p" -> "/api/v1/…", "apps/v1/…" -> "/apis/apps/v1/…"; what has no
 * version behind its group ("healthz") is a path of its own. */
static void write_uri(struct mg_buf *uri, struct mg_str name)
{
	struct mg_str group, rest;
	bool          versioned = mg_str_cut(name, '/', &group, &rest) && rest.n > 1 &&
			 rest.p[0] == 'v' && mg_is_digit(rest.p[1]);

	if (versioned && mg_str_eq(group, MG_STR("core"))) {
		mg_buf_addz(uri, "/api/");
		mg_buf_add(uri, rest);
	} else {
		mg_buf_addz(uri, versioned ? "/apis/" : "/");
		mg_buf_add(uri, name);
	}
}

static void write_object(struct mg_buf *b, const struct mg_apiuri *u)
{
	if (!u->is_resource)
		return;
	mg_buf_addz(b, ",\"objectRef\":{\"resource\":");
	mg_buf_json(b, u->resource);
	member(b, "namespace", u->ns);
	member(b, "name", u->name);
	member(b, "apiGroup", u->group);
	member(b, "apiVersion", u->version);
	member(b, "subresource", u->subresource);
	mg_buf_addc(b, '}');
}

static void write_request(struct mg_buf *b, const struct mg_json_value *payload,
			  struct mg_str method)
{
	struct mg_json_value v = get(payload, "resourceName");
	struct mg_buf        uri = { 0 };
	struct mg_apiuri     u;
	char                 buf[TEXT];

	write_uri(&uri, text_of(&v, buf));
	mg_apiuri_parse(mg_buf_str(&uri), &u);
	mg_buf_addz(b, ",\"requestURI\":");
	mg_buf_json(b, mg_buf_str(&uri));
	member(b, "verb", mg_str_from(method, (size_t)(mg_str_rchr(method, '.') + 1)));
	write_object(b, &u);
	mg_buf_release(&uri);
}

/* --- who, and how it went --------------------------------------------------------------- */

static void write_user(struct mg_buf *b, const struct mg_json_value *payload)
{
	struct mg_json_value who = get(payload, "authenticationInfo");
	struct mg_json_value from = get(payload, "requestMetadata"), v;

	v = get(&who, "principalEmail");
	mg_buf_addz(b, ",\"user\":{");
	if (v.type == MG_JSON_STRING)
		mg_buf_printf(b, "\"username\":\"%.*s\"", MG_FMT(v.raw));
	mg_buf_addc(b, '}');
	v = get(&from, "callerIp");
	if (v.type == MG_JSON_STRING)
		mg_buf_printf(b, ",\"sourceIPs\":[\"%.*s\"]", MG_FMT(v.raw));
	v = get(&from, "callerSuppliedUserAgent");
	copy(b, "userAgent", &v, MG_JSON_STRING);
}

static bool number(const struct mg_json_value *v, uint64_t *n)
{
	return v->type == MG_JSON_NUMBER && mg_num_u64(v->raw, n);
}

/* google.rpc.Code as HTTP, as google/rpc/code.proto pairs them. */
static unsigned http_code(uint64_t rpc)
{
	static const uint16_t code[] = { 200, 499, 500, 400, 504, 404, 409, 403, 429,
					 400, 409, 400, 501, 500, 503, 500, 401 };

	if (rpc < sizeof(code) / sizeof(*code))
		return code[rpc];
	return rpc >= 100 && rpc < 600 ? (unsigned)rpc : 0;
}

/* The answer's own Status knows the HTTP code; else it is made from the code of the call. */
static void write_status(struct mg_buf *b, const struct mg_json_value *payload)
{
	struct mg_json_value status = get(payload, "status"), answer = get(payload, "response"), v;
	uint64_t             code = 0;
	bool                 http;

	v = get(&answer, "code");
	http = number(&v, &code) && code >= 100 && code < 600;
	if (!http && status.type != MG_JSON_OBJECT)
		return;
	if (!http) {
		v = get(&status, "code"); /* left out: 0, it went well */
		code = 0;
		number(&v, &code);
		code = http_code(code);
	}
	mg_buf_addz(b, ",\"responseStatus\":{\"metadata\":{}");
	v = get(&status, "message");
	copy(b, "message", &v, MG_JSON_STRING);
	v = get(&answer, "reason");
	if (http)
		copy(b, "reason", &v, MG_JSON_STRING);
	if (code)
		mg_buf_printf(b, ",\"code\":%u", (unsigned)code);
	mg_buf_addc(b, '}');
}

/* --- the record ---------------------------------------------------------------------------- */

/* The record of a long call has more to come when it is the first, but not the last. */
static const char *stage_of(const struct mg_json_value *operation)
{
	struct mg_json_value first = get(operation, "first"), last = get(operation, "last");

	return first.type == MG_JSON_TRUE && last.type != MG_JSON_TRUE ? "ResponseStarted" :
									 "ResponseComplete";
}

static void write_event(struct mg_buf *b, const struct mg_json_value *record,
			const struct mg_json_value *payload, struct mg_str method)
{
	struct mg_json_value operation = get(record, "operation"), id = get(&operation, "id");
	struct mg_json_value request = get(payload, "request"), answer = get(payload, "response"), v;

	if (id.type != MG_JSON_STRING || !id.raw.n)
		id = get(record, "insertId");
	mg_buf_printf(b, "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1beta1\",\"level\":\"%s\"",
		      answer.type == MG_JSON_OBJECT ? "RequestResponse" :
		      request.type == MG_JSON_OBJECT ? "Request" : "Metadata");
	copy(b, "auditID", &id, MG_JSON_STRING);
	mg_buf_printf(b, ",\"stage\":\"%s\"", stage_of(&operation));
	write_request(b, payload, method);
	write_user(b, payload);
	write_status(b, payload);
	copy(b, "requestObject", &request, MG_JSON_OBJECT);
	copy(b, "responseObject", &answer, MG_JSON_OBJECT);
	v = get(record, "timestamp"); /* one time: no duration */
	copy(b, "timestamp", &v, MG_JSON_STRING);
	v = get(record, "labels");
	copy(b, "annotations", &v, MG_JSON_OBJECT);
	mg_buf_addc(b, '}');
}

enum mg_status mg_audit_cloud(struct mg_str object, struct mg_buf *json, struct mg_err *err)
{
	struct mg_json_value record = { .type = MG_JSON_OBJECT, .raw = object };
	struct mg_json_value payload = get(&record, "protoPayload"), v;
	struct mg_str        method;
	char                 buf[TEXT];

	if (payload.type != MG_JSON_OBJECT)
		return MG_SKIP;
	v = get(&payload, "methodName");
	method = text_of(&v, buf);
	if (!mg_str_starts(method, method_prefix))
		return mg_err_set(err, MG_FAIL, "a Google Cloud record, but of no Kubernetes request "
				  "(methodName io.k8s.…)");
	write_event(json, &record, &payload, method);
	return MG_OK;
}
