/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_filter.h"

#include "base/mem.h"

#define TEXT 1024 /* of a decoded annotation or group that is compared */

/* --- building --------------------------------------------------------------------- */

void mg_audit_filter_init(struct mg_audit_filter *f)
{
	*f = (struct mg_audit_filter){ .after_ns = MG_TIME_NONE, .before_ns = MG_TIME_NONE,
				       .min_ns = -1, .max_ns = -1, .default_stage = true,
				       .parts = MG_REQUEST_ALL };
}

enum mg_status mg_audit_filter_add(struct mg_audit_filter *f, enum mg_audit_field field,
				   struct mg_str csv, struct mg_err *err)
{
	struct mg_str bad;

	if (mg_accept_add(&f->on[field], csv, err) != MG_OK)
		return MG_FAIL;
	if (field == MG_ON_CODE && !mg_accept_codes_valid(&f->on[field], &bad))
		return mg_err_set(err, MG_FAIL, "'%.*s' is no status code: 404, 5xx, 400-499, !404 "
				  "or none", MG_FMT(bad));
	f->fields = true;
	return MG_OK;
}

unsigned mg_audit_filter_parts(const struct mg_audit_filter *f)
{
	bool resource = f->on[MG_ON_RESOURCE].n || f->no_reviews || f->pod_security != MG_PSS_ANY;

	return (resource ? MG_REQUEST_RESOURCE : 0) | (f->on[MG_ON_MANAGER].n ? MG_REQUEST_URI : 0);
}

enum mg_status mg_audit_filter_annotation(struct mg_audit_filter *f, struct mg_str text,
					  struct mg_err *err)
{
	struct mg_annotation_want w = { 0 };
	struct mg_str             value;
	bool                      given = mg_str_cut(text, '=', &w.key, &value);

	if (!given)
		value = MG_STR("*");
	if (w.key.n && w.key.p[0] == '-') {
		w.absent = true;
		w.key = mg_str_from(w.key, 1);
	}
	if (w.key.n == 0)
		return mg_err_set(err, MG_FAIL, "expected KEY, KEY=VALUE or -KEY");
	if (mg_pattern_init(&w.value, value, err) != MG_OK)
		return MG_FAIL;
	MG_PUSH(f->annotations, f->nannotations, f->annotations_cap, w);
	return MG_OK;
}

void mg_audit_filter_release(struct mg_audit_filter *f)
{
	for (int i = 0; i < MG_ON_FIELDS; i++)
		mg_accept_release(&f->on[i]);
	for (size_t i = 0; i < f->nannotations; i++)
		mg_pattern_release(&f->annotations[i].value);
	free(f->annotations);
	mg_audit_filter_init(f);
}

/* --- values that must be looked up ---------------------------------------------------- */

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct mg_str unescape(struct mg_str s, char *buf, size_t n)
{
	size_t at = 0;

	if (mg_str_chr(s, '%') < 0 && mg_str_chr(s, '+') < 0)
		return s;
	for (size_t i = 0; i < s.n && at < n; i++) {
		int hi = s.p[i] == '%' && i + 2 < s.n ? hex(s.p[i + 1]) : -1;
		int lo = hi >= 0 ? hex(s.p[i + 2]) : -1;

		if (lo >= 0)
			i += 2;
		buf[at++] = (char)(lo >= 0 ? hi * 16 + lo : s.p[i] == '+' ? ' ' : s.p[i]);
	}
	return mg_str(buf, at);
}

struct mg_str mg_audit_parameter(struct mg_str uri, struct mg_str name, char *buf, size_t n)
{
	struct mg_str rest, part, k, v;

	mg_str_cut(uri, '?', &k, &rest);
	while (rest.n) {
		mg_str_cut(rest, '&', &part, &rest);
		mg_str_cut(part, '=', &k, &v);
		if (mg_str_eq(k, name))
			return unescape(v, buf, n);
	}
	return mg_str("", 0);
}

struct mg_str mg_audit_note(const struct mg_audit *a, struct mg_str key, char *buf, size_t n)
{
	struct mg_json_text t;

	if (!a->annotations.n || !mg_str_has(a->annotations, key))
		return mg_str(NULL, 0);
	t = mg_audit_annotation(a, key);
	return t.p ? mg_json_plain(t, buf, n) : mg_str(NULL, 0);
}

bool mg_audit_is_review(struct mg_str resource)
{
	struct mg_str name, group;

	mg_str_cut(resource, '.', &name, &group);
	return mg_str_ends(name, MG_STR("reviews")) &&
	       (group.n == 0 || mg_str_starts(group, MG_STR("authorization.")) ||
		mg_str_starts(group, MG_STR("authentication.")));
}

int64_t mg_audit_duration(const struct mg_request *q)
{
	int64_t d;

	if (q->end_ns < q->start_ns || q->end_ns == MG_TIME_NONE ||
	    __builtin_sub_overflow(q->end_ns, q->start_ns, &d))
		return -1;
	return d;
}

/* --- matching -------------------------------------------------------------------------- */

static bool on(const struct mg_audit_filter *f, enum mg_audit_field field, struct mg_str value)
{
	return f->on[field].n == 0 || mg_accept_text(&f->on[field], value);
}

/* One as it stands in the JSON. */
static bool on_text(const struct mg_audit_filter *f, enum mg_audit_field field,
		    struct mg_json_text t)
{
	char buf[TEXT];

	return f->on[field].n == 0 ||
	       mg_accept_text(&f->on[field], mg_json_plain(t, buf, sizeof(buf)));
}

static bool on_group(const struct mg_audit_filter *f, const struct mg_audit *a)
{
	struct mg_accepting  state = { false, false };
	struct mg_json_iter  it;
	struct mg_json_value v;
	char                 buf[TEXT];

	if (f->on[MG_ON_GROUP].n == 0)
		return true;
	mg_json_iter_init(&it, a->groups);
	while (a->groups.n && mg_json_element(&it, &v) == MG_OK)
		mg_accept_one(&f->on[MG_ON_GROUP],
			      mg_json_plain(mg_json_text(&v), buf, sizeof(buf)), &state);
	return mg_accept_end(&f->on[MG_ON_GROUP], &state);
}

/* Only who was impersonated can be asked for: nobody is nobody's name. */
static bool on_impersonated(const struct mg_audit_filter *f, const struct mg_audit *a)
{
	const struct mg_accept *l = &f->on[MG_ON_IMPERSONATED];

	return l->n == 0 || ((a->impersonated.n || !l->wants) &&
			     on_text(f, MG_ON_IMPERSONATED, a->impersonated));
}

static bool on_reason(const struct mg_audit_filter *f, const struct mg_audit *a)
{
	const struct mg_accept *l = &f->on[MG_ON_REASON];
	struct mg_accepting     state = { false, false };
	char                    buf[TEXT];

	if (l->n == 0)
		return true;
	mg_accept_one(l, mg_json_plain(a->reason, buf, sizeof(buf)), &state);
	mg_accept_one(l, mg_audit_note(a, MG_STR("authorization.k8s.io/reason"), buf, sizeof(buf)),
		      &state);
	return mg_accept_end(l, &state);
}

static bool on_decision(const struct mg_audit_filter *f, const struct mg_audit *a)
{
	char buf[TEXT];

	return f->on[MG_ON_DECISION].n == 0 ||
	       on(f, MG_ON_DECISION, mg_audit_note(a, MG_STR("authorization.k8s.io/decision"), buf,
						   sizeof(buf)));
}

static bool on_manager(const struct mg_audit_filter *f, struct mg_str uri)
{
	char buf[TEXT];

	return f->on[MG_ON_MANAGER].n == 0 ||
	       on(f, MG_ON_MANAGER, mg_audit_parameter(uri, MG_STR("fieldManager"), buf,
						       sizeof(buf)));
}

static bool on_annotations(const struct mg_audit_filter *f, const struct mg_audit *a)
{
	char buf[4096];

	for (size_t i = 0; i < f->nannotations; i++) {
		const struct mg_annotation_want *w = &f->annotations[i];
		struct mg_str v = mg_audit_note(a, w->key, buf, sizeof(buf));

		if (w->absent != (!v.p || mg_pattern_match(&w->value, v) == w->value.refuse))
			return false;
	}
	return true;
}

static bool on_pod_security(const struct mg_audit_filter *f, const struct mg_audit *a,
			    const struct mg_request *q)
{
	char buf[8];

	if (f->pod_security == MG_PSS_ANY)
		return true;
	return mg_audit_note(a, MG_STR("pod-security.kubernetes.io/audit-violations"), buf,
			     sizeof(buf)).p &&
	       (f->pod_security == MG_PSS_ALL || mg_str_eq(q->resource, MG_STR("pods")));
}

static bool on_stage(const struct mg_audit_filter *f, const struct mg_audit *a)
{
	return f->default_stage ? mg_audit_counts(a) : on_text(f, MG_ON_STAGE, a->stage_text);
}

static bool on_code(const struct mg_audit_filter *f, uint32_t code)
{
	const struct mg_accept *l = &f->on[MG_ON_CODE];

	return (!f->failed_only || code > 299) && (l->n == 0 || mg_accept_code(l, code));
}

static bool on_time(const struct mg_audit_filter *f, const struct mg_request *q)
{
	int64_t d = mg_audit_duration(q);

	return (f->after_ns == MG_TIME_NONE || q->start_ns > f->after_ns) &&
	       (f->before_ns == MG_TIME_NONE ||
		(q->start_ns != MG_TIME_NONE && q->start_ns < f->before_ns)) &&
	       (f->min_ns < 0 || d >= f->min_ns) &&
	       (f->max_ns < 0 || (d >= 0 && d <= f->max_ns));
}

/* The lists of values. */
static bool on_fields(const struct mg_audit_filter *f, const struct mg_audit *a,
		      const struct mg_request *q)
{
	return on(f, MG_ON_VERB, q->verb) && on(f, MG_ON_USER, q->user) &&
	       on(f, MG_ON_NAMESPACE, q->ns) &&
	       mg_accept_resource(&f->on[MG_ON_RESOURCE], q->resource) &&
	       on(f, MG_ON_SUBRESOURCE, q->subresource) && on(f, MG_ON_NAME, q->name) &&
	       on(f, MG_ON_AGENT, q->user_agent) && on(f, MG_ON_IP, q->source_ip) &&
	       on_text(f, MG_ON_UID, a->audit_id) && on_text(f, MG_ON_LEVEL, a->level) &&
	       on_text(f, MG_ON_OBJECT_UID, a->ref_uid) && on_group(f, a) &&
	       on_impersonated(f, a) && on_reason(f, a) && on_decision(f, a) &&
	       on_manager(f, q->uri);
}

bool mg_audit_filter_match(const struct mg_audit_filter *f, const struct mg_audit *a,
			   struct mg_request *q, struct mg_arena *arena, bool open)
{
	if (!open && (!on_stage(f, a) || !on_code(f, a->code)))
		return false;
	mg_request_from_audit(q, a, arena, f->parts);
	return (open || on_time(f, q)) && (!f->fields || on_fields(f, a, q)) &&
	       !(f->no_reviews && mg_audit_is_review(q->resource)) && on_annotations(f, a) &&
	       on_pod_security(f, a, q);
}
