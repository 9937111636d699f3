/* SPDX-License-Identifier: Apache-2.0 */
#include "event/logrules.h"

#include <jansson.h>

#include "base/mem.h"
#include "event/logmatch.h"

/* --- reading ---------------------------------------------------------------------- */

static struct mg_str text_of(const json_t *rule, const char *key)
{
	const json_t *v = json_object_get(rule, key);

	return json_is_string(v) ? mg_str(json_string_value(v), json_string_length(v))
				 : mg_str("", 0);
}

static enum mg_status bad(struct mg_err *err, size_t i, const char *what, struct mg_str value)
{
	return mg_err_set(err, MG_FAIL, "rule %zu: %s '%.*s'", i + 1, what,
			  (int)(value.n < 60 ? value.n : 60), value.p);
}

static enum mg_status fields(struct mg_logrules *r, struct mg_logrule *x, const json_t *rule,
			     size_t i, struct mg_err *err)
{
	json_t     *all = json_object_get(rule, "fields"), *v;
	const char *key;

	json_object_foreach(all, key, v) {
		int group = json_is_integer(v) ? (int)json_integer_value(v) :
			    json_is_string(v) ? mg_log_match_named(x->match, json_string_value(v)) :
						-1;

		if (group < 0 || group > mg_log_match_groups(x->match) ||
		    group >= MG_LOGRULE_GROUPS)
			return bad(err, i, "the pattern has no group for the field", mg_strz(key));
		if (x->nfields == MG_LOGRULE_FIELDS)
			return bad(err, i, "too many fields at", mg_strz(key));
		x->fields[x->nfields].key = mg_arena_str(&r->arena, mg_strz(key)).p;
		x->fields[x->nfields++].group = group;
	}
	return MG_OK;
}

static enum mg_status add(struct mg_logrules *r, const json_t *rule, size_t i, struct mg_err *err)
{
	struct mg_str     kind = text_of(rule, "kind"), severity = text_of(rule, "severity");
	struct mg_logrule x = { .kind = MG_EV_PATTERN, .severity = MG_SEV_WARNING };
	struct mg_err     why = { 0 };

	if (!json_is_object(rule))
		return bad(err, i, "expected an object", MG_STR(""));
	if (!json_is_string(json_object_get(rule, "pattern"))) {
		r->without_pattern++; /* it runs a program: another plugin's */
		return MG_OK;
	}
	if (mg_str_eq(text_of(rule, "type"), MG_STR("permanent")))
		x.severity = MG_SEV_ERROR;
	if (severity.n && !mg_severity_parse(severity, &x.severity))
		return bad(err, i, "no such severity:", severity);
	if (kind.n && (x.kind = mg_event_kind_parse(kind)) == MG_EV_COUNT)
		return bad(err, i, "no such kind of event:", kind);
	x.match = mg_log_match_new(text_of(rule, "pattern"), &why);
	if (!x.match)
		return mg_err_set(err, MG_FAIL, "rule %zu: %s", i + 1, why.msg);
	x.reason = mg_arena_str(&r->arena, text_of(rule, "reason"));
	x.condition = mg_arena_str(&r->arena, text_of(rule, "condition"));
	if (fields(r, &x, rule, i, err) != MG_OK) {
		mg_log_match_free(x.match);
		return MG_FAIL;
	}
	MG_PUSH(r->v, r->n, r->cap, x);
	return MG_OK;
}

enum mg_status mg_logrules_read(struct mg_logrules *r, struct mg_str json, struct mg_err *err)
{
	json_error_t   e;
	json_t        *doc = json_loadb(json.p, json.n, 0, &e), *rules, *rule;
	enum mg_status st = MG_OK;
	size_t         i;

	if (!doc) {
		if (err) {
			err->line = (uint64_t)(e.line > 0 ? e.line : 0);
			err->byte = (uint64_t)(e.column > 0 ? e.column : 0);
		}
		return mg_err_set(err, MG_FAIL, "no JSON: %s at line %d, column %d", e.text, e.line,
				  e.column);
	}
	rules = json_object_get(doc, "rules");
	if (!json_is_array(rules))
		st = mg_err_set(err, MG_FAIL, "no list of rules in it");
	else
		json_array_foreach(rules, i, rule)
			if (st == MG_OK)
				st = add(r, rule, i, err);
	json_decref(doc);
	return st;
}

enum mg_status mg_logrules_add(struct mg_logrules *r, struct mg_str reason, struct mg_str pattern,
			       struct mg_err *err)
{
	struct mg_logrule x = { .kind = MG_EV_PATTERN, .severity = MG_SEV_INFO, .by_line = true };

	x.match = mg_log_match_new(pattern, err);
	if (!x.match)
		return MG_FAIL;
	x.reason = mg_arena_str(&r->arena, reason);
	MG_PUSH(r->v, r->n, r->cap, x);
	return MG_OK;
}

void mg_logrules_release(struct mg_logrules *r)
{
	for (uint32_t i = 0; i < r->n; i++)
		mg_log_match_free(r->v[i].match);
	free(r->v);
	mg_arena_release(&r->arena);
	*r = (struct mg_logrules){ 0 };
}

/* --- matching --------------------------------------------------------------------- */

uint32_t mg_logrules_find(const struct mg_logrules *r, struct mg_log_matcher *t, uint32_t from,
			  struct mg_str text)
{
	for (uint32_t i = from; i < r->n; i++)
		if (mg_log_match_try(t, r->v[i].match, text))
			return i;
	return r->n;
}

/* The field of an event that a key names; NULL: an attribute. */
static struct mg_str *field(struct mg_event *e, const char *key)
{
	const struct {
		const char    *key;
		struct mg_str *to;
	} known[] = { { "node", &e->node },	    { "pod", &e->pod },	 { "namespace", &e->ns },
		      { "resource", &e->resource }, { "name", &e->name }, { "verb", &e->verb },
		      { "user", &e->user },	    { "audit_id", &e->audit_id } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].key, key) == 0)
			return known[i].to;
	return NULL;
}

void mg_logrules_fill(const struct mg_logrules *r, struct mg_log_matcher *t, uint32_t rule,
		      struct mg_str text, struct mg_batch *b, struct mg_event *e)
{
	const struct mg_logrule *x = &r->v[rule];

	e->message = mg_batch_str(b, text);
	if (x->reason.n)
		mg_batch_attr(b, e, "rule", x->reason);
	if (x->condition.n)
		mg_batch_attr(b, e, "condition", x->condition);
	for (unsigned i = 0; i < x->nfields; i++) {
		struct mg_str  v = mg_log_match_group(t, text, x->fields[i].group);
		struct mg_str *to = field(e, x->fields[i].key);

		if (to)
			*to = mg_batch_str(b, v);
		else if (v.n && e->nattrs < MG_EVENT_ATTRS)
			mg_batch_attr(b, e, x->fields[i].key, v);
	}
}
