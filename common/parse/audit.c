/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/audit.h"

#include <stddef.h>

/* --- values that both readers share ------------------------------------------- */

static enum mg_audit_stage stage_of(const struct mg_json_text *t)
{
	switch (t->n) {
	case 0:
		return MG_STAGE_NONE;
	case 16:
		return memcmp(t->p, "ResponseComplete", 16) == 0 ? MG_STAGE_COMPLETE :
								    MG_STAGE_OTHER;
	case 15:
		return memcmp(t->p, "ResponseStarted", 15) == 0 ? MG_STAGE_STARTED :
		       memcmp(t->p, "RequestReceived", 15) == 0 ? MG_STAGE_RECEIVED :
								   MG_STAGE_OTHER;
	case 5:
		return memcmp(t->p, "Panic", 5) == 0 ? MG_STAGE_PANIC : MG_STAGE_OTHER;
	default:
		return MG_STAGE_OTHER;
	}
}

/* An RFC 3339 time that fills the text; empty or the zero time of Go is "none". */
static bool time_of(struct mg_str s, int64_t *ns)
{
	size_t used;
	bool   zoned;

	*ns = MG_TIME_NONE;
	if (s.n == 0 || mg_str_starts(s, MG_STR("0001-01-01T")))
		return true;
	if (mg_time_parse(s, ns, &used, &zoned) && used == s.n)
		return true;
	*ns = MG_TIME_NONE;
	return false;
}

/* HTTP status: digits only, at most 9 of them. */
static bool code_of(struct mg_str s, uint32_t *code)
{
	uint32_t v = 0;

	if (s.n == 0 || s.n > 9)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!mg_is_digit(s.p[i]))
			return false;
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	}
	*code = v;
	return true;
}

/* --- the fast reader: keys in the order of Go's struct ------------------------- */

/* `at` is the opening bracket of the object and j->p the separator before the next member:
 * that bracket or a comma.  Moves behind the literal (a key, its colon and often the
 * opening quote of its value) when it stands there. */
/* Always inline: `n` must be a constant for the compare to become a few loads. */
static inline __attribute__((always_inline)) bool key(struct mg_json *j, const char *at, const char *lit, size_t n)
{
	const char *p = j->p;

	if ((size_t)(j->end - p) <= n || (*p != ',' && p != at) || memcmp(p + 1, lit, n) != 0)
		return false;
	j->p = p + 1 + n;
	return true;
}
#define KEY(lit) key(j, at, lit, sizeof(lit) - 1)

/* A member with a string value: false only when the string is damaged. */
#define TEXT(lit, field) (!KEY("\"" lit "\":\"") || mg_json_string(j, field))
/* A string that must be there. */
#define NEED(lit, field) (KEY("\"" lit "\":\"") && mg_json_string(j, field))

/* The closing bracket of the object that began at `at`. */
static inline bool closed(struct mg_json *j, const char *at)
{
	j->p += j->p == at;
	if (j->p == j->end || *j->p != '}')
		return false;
	j->p++;
	return true;
}

static inline __attribute__((always_inline)) bool literal(struct mg_json *j, const char *lit, size_t n)
{
	if ((size_t)(j->end - j->p) < n || memcmp(j->p, lit, n) != 0)
		return false;
	j->p += n;
	return true;
}

static inline bool raw(struct mg_json *j, struct mg_str *out)
{
	struct mg_json_value v;

	if (!mg_json_value(j, &v))
		return false;
	if (out)
		*out = v.raw;
	return true;
}

/* Where a value starts that must be an object; NULL when it is none. */
static inline const char *object(struct mg_json *j)
{
	return j->p < j->end && *j->p == '{' ? j->p : NULL;
}

static inline bool array(struct mg_json *j)
{
	return j->p < j->end && *j->p == '[';
}

static bool fast_user(struct mg_json *j, struct mg_json_text *name, struct mg_json_text *uid,
		      struct mg_str *groups)
{
	const char *at = object(j);

	return at && TEXT("username", name) && TEXT("uid", uid) &&
	       (!KEY("\"groups\":") || (array(j) && raw(j, groups))) &&
	       (!KEY("\"extra\":") || (object(j) && raw(j, NULL))) && closed(j, at);
}

static bool fast_ips(struct mg_json *j, struct mg_audit *a)
{
	if (!literal(j, "[\"", 2) || !mg_json_string(j, &a->source_ip))
		return false;
	a->last_ip = a->source_ip;
	while (literal(j, ",\"", 2))
		if (!mg_json_string(j, &a->last_ip))
			return false;
	return literal(j, "]", 1);
}

static bool fast_ref(struct mg_json *j, struct mg_audit *a)
{
	const char *at = object(j);

	return at && TEXT("resource", &a->resource) && TEXT("namespace", &a->ns) &&
	       TEXT("name", &a->name) && TEXT("uid", &a->ref_uid) &&
	       TEXT("apiGroup", &a->group) && TEXT("apiVersion", &a->version) &&
	       TEXT("resourceVersion", &a->resource_version) &&
	       TEXT("subresource", &a->subresource) && closed(j, at);
}

static bool fast_code(struct mg_json *j, struct mg_audit *a)
{
	const char *p = j->p;

	while (j->p < j->end && mg_is_digit(*j->p))
		j->p++;
	/* a leading zero or anything else odd is for the other reader to judge */
	return j->p > p && (*p != '0' || j->p == p + 1) &&
	       code_of(mg_str(p, (size_t)(j->p - p)), &a->code);
}

static bool fast_status(struct mg_json *j, struct mg_audit *a)
{
	const char *at = object(j);

	return at && (!KEY("\"metadata\":") || (object(j) && raw(j, NULL))) &&
	       TEXT("status", &a->status) && TEXT("message", &a->message) &&
	       TEXT("reason", &a->reason) && (!KEY("\"details\":") || raw(j, NULL)) &&
	       (!KEY("\"code\":") || fast_code(j, a)) && closed(j, at);
}

/* Value of two digits; what is no digit sets bits of *bad. */
static inline unsigned two(const char *p, unsigned *bad)
{
	unsigned hi = (unsigned)(unsigned char)p[0] - '0', lo = (unsigned)(unsigned char)p[1] - '0';

	*bad |= (hi > 9) | (lo > 9);
	return hi * 10 + lo;
}

/* "2006-01-02T15:04:05.000000Z" as Go's MicroTime prints it.  What does not fit, or may be
 * an odd date, goes to the general function. */
static bool micro_time(struct mg_json_text t, int64_t *ns)
{
	const char     *p = t.p;
	struct mg_civil c;
	unsigned        bad, y, us;

	if (t.n != 27)
		return time_of(mg_str(t.p, t.n), ns);
	bad = p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':' ||
	      p[19] != '.' || p[26] != 'Z';
	y = two(p, &bad) * 100 + two(p + 2, &bad);
	c = (struct mg_civil){ (int)y, (int)two(p + 5, &bad), (int)two(p + 8, &bad),
			       (int)two(p + 11, &bad), (int)two(p + 14, &bad),
			       (int)two(p + 17, &bad), 0 };
	us = two(p + 20, &bad) * 10000 + two(p + 22, &bad) * 100 + two(p + 24, &bad);
	if (bad || y < 1970 || y > 2200 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > 28 || c.hour > 23 || c.minute > 59 || c.second > 59)
		return time_of(mg_str(t.p, t.n), ns);
	*ns = mg_time_from_civil(&c) + (int64_t)us * MG_US;
	return true;
}

static inline bool fast_time(struct mg_json *j, int64_t *ns)
{
	struct mg_json_text t;

	return mg_json_string(j, &t) && !t.escaped && micro_time(t, ns);
}

/* True: j->p is behind the event.  False: not in this shape, or damaged; start over. */
static bool fast_event(struct mg_json *j, struct mg_audit *a)
{
	static const char head[] = "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",";
	const char       *at = j->p;

	if (!literal(j, head, sizeof(head) - 1))
		return false;
	j->p--; /* the comma is the separator before the next key */
	a->kind = (struct mg_json_text){ at + 9, 5, false };
	a->api_version = (struct mg_json_text){ at + 30, 15, false };
	return NEED("level", &a->level) && NEED("auditID", &a->audit_id) &&
	       NEED("stage", &a->stage_text) && NEED("requestURI", &a->uri) &&
	       NEED("verb", &a->verb) && KEY("\"user\":") &&
	       fast_user(j, &a->user, &a->uid, &a->groups) &&
	       (!KEY("\"impersonatedUser\":") ||
		fast_user(j, &a->impersonated, &(struct mg_json_text){ 0 },
			  &(struct mg_str){ 0 })) &&
	       (!KEY("\"sourceIPs\":") || fast_ips(j, a)) &&
	       TEXT("userAgent", &a->user_agent) && (!KEY("\"objectRef\":") || fast_ref(j, a)) &&
	       (!KEY("\"responseStatus\":") || fast_status(j, a)) &&
	       (!KEY("\"requestObject\":") || raw(j, NULL)) &&
	       (!KEY("\"responseObject\":") || raw(j, NULL)) &&
	       KEY("\"requestReceivedTimestamp\":\"") && fast_time(j, &a->received_ns) &&
	       KEY("\"stageTimestamp\":\"") && fast_time(j, &a->stage_ns) &&
	       (!KEY("\"annotations\":") || (object(j) && raw(j, &a->annotations))) &&
	       closed(j, at) && !a->stage_text.escaped;
}

/* --- the order-free reader ------------------------------------------------------ */

enum field_type { F_TEXT, F_TIME, F_STAMP, F_CODE, F_ARRAY, F_RAW, F_IPS, F_OBJECT, F_WRAP };

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

	if (time_of(mg_json_plain(mg_json_text(v), buf, sizeof(buf)), ns))
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
		if (v->type != MG_JSON_NUMBER || !code_of(v->raw, (uint32_t *)(void *)at))
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

static void empty(struct mg_audit *a)
{
	*a = (struct mg_audit){ .received_ns = MG_TIME_NONE, .stage_ns = MG_TIME_NONE,
				.timestamp_ns = MG_TIME_NONE };
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

	empty(out);
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
	out->stage = stage_of(&out->stage_text);
	return MG_OK;
}

enum mg_status mg_audit_next(struct mg_json *j, struct mg_audit *out, struct mg_err *err)
{
	const char *from;

	mg_json_blank(j);
	from = j->p;
	empty(out);
	if (fast_event(j, out)) {
		out->stage = stage_of(&out->stage_text);
		return MG_OK;
	}
	j->p = from;
	j->msg = NULL;
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
