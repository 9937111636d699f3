/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_trace.h"

#include "base/num.h"
#include "parse/apiuri.h"

#define QUARTER (15 * MG_MIN) /* zones are whole quarters of an hour */

struct operation {
	struct mg_str name, url, verb, resource, ns, object;
	struct mg_str admission; /* CREATE, UPDATE … of a webhook call */
};

/* --- when ------------------------------------------------------------------------- */

/* The start as the process's own clock printed it, moved by the zone that the collector's
 * stamp tells; or the end less the duration. */
static int64_t start_time(const struct mg_trace *t, enum mg_time_source *how)
{
	int64_t total = t->total_ns > 0 ? t->total_ns : 0, end, off;

	*how = (enum mg_time_source)t->logged_how;
	if (t->start_ns != MG_TIME_NONE && t->zoned) {
		*how = MG_TIME_EXACT;
		return t->start_ns;
	}
	if (t->logged_ns == MG_TIME_NONE || *how == MG_TIME_YEARLESS) {
		if (t->start_ns == MG_TIME_NONE)
			return t->logged_ns == MG_TIME_NONE ? MG_TIME_NONE : t->logged_ns - total;
		*how = MG_TIME_ASSUMED_ZONE;
		return t->start_ns;
	}
	end = t->logged_ns;
	if (t->start_ns == MG_TIME_NONE)
		return end - total;
	off = t->start_ns + total - end;
	if (off > MG_DAY || off < -MG_DAY)
		return end - total;
	off = (off + (off < 0 ? -QUARTER : QUARTER) / 2) / QUARTER * QUARTER;
	if (t->start_ns + total - off - end > MG_MIN || end - (t->start_ns + total - off) > MG_MIN)
		return end - total;
	if (*how == MG_TIME_ASSUMED_YEAR)
		*how = MG_TIME_ASSUMED_ZONE; /* its own first line told the year */
	return t->start_ns - off;
}

/* --- what ------------------------------------------------------------------------- */

/* "List /api/v1/pods" of the generation without fields */
static void split_name(const struct mg_trace *t, struct operation *o)
{
	struct mg_str head, tail;

	o->name = t->name;
	o->url = mg_trace_field(t->fields, "url");
	if (!o->url.p && mg_str_cut(t->name, ' ', &head, &tail) && tail.n && tail.p[0] == '/') {
		o->name = head;
		o->url = tail;
	}
}

static void from_url(struct operation *o, struct mg_batch *out, struct mg_str method)
{
	struct mg_apiuri u;
	char             buf[256];

	mg_apiuri_parse(o->url, &u);
	o->verb = mg_batch_str(out, mg_apiuri_verb(&u, method.n ? method : o->name, buf,
						   sizeof(buf)));
	o->resource = mg_batch_str(out, mg_apiuri_resource(&u, buf, sizeof(buf)));
	o->ns = u.ns;
	o->object = u.name;
}

/* "/pods/shop/web-1", "/registry/apps.example/widgets/shop/a": storage keys without schema */
static void from_key(struct operation *o, struct mg_str key)
{
	struct mg_str part[4] = { { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } }, rest = key;
	unsigned      n = 0, first = 0;

	if (mg_str_starts(rest, MG_STR("/registry/")))
		rest = mg_str_from(rest, 9);
	while (rest.n && n < 4) {
		if (rest.p[0] == '/')
			rest = mg_str_from(rest, 1);
		mg_str_cut(rest, '/', &part[n], &rest);
		n += part[n].n > 0;
	}
	if (mg_str_chr(part[0], '.') > 0 || mg_str_eq(part[0], MG_STR("services")))
		first = 1; /* a group before the resource; services/{specs,endpoints} */
	o->resource = mg_str_eq(part[first], MG_STR("minions")) ? MG_STR("nodes") : part[first];
	if (mg_str_eq(o->resource, MG_STR("specs")))
		o->resource = part[0];
	if (n >= first + 3) {
		o->ns = part[first + 1];
		o->object = part[first + 2];
	} else if (n == first + 2) { /* a list names a namespace, the others a cluster object */
		if (mg_str_has(o->name, MG_STR("List")))
			o->ns = part[first + 1];
		else
			o->object = part[first + 1];
	}
}

/* "apps/v1, Resource=deployments" -> "deployments.apps" */
static struct mg_str admission_resource(struct mg_batch *out, struct mg_str s)
{
	struct mg_str name = mg_str_between(s, MG_STR("Resource="), MG_STR("")), group, rest;

	if (!name.p)
		return s;
	if (!mg_str_cut(s, '/', &group, &rest) || !group.n)
		return mg_batch_str(out, name);
	return mg_arena_printf(&out->arena, "%.*s.%.*s", MG_FMT(name), MG_FMT(group));
}

static void identify(const struct mg_trace *t, struct operation *o, struct mg_batch *out)
{
	struct mg_str key = mg_trace_field(t->fields, "key");
	struct mg_str resource = mg_trace_field(t->fields, "resource");

	split_name(t, o);
	if (o->url.n) {
		from_url(o, out, mg_trace_field(t->fields, "verb"));
		return;
	}
	if (key.n)
		from_key(o, key);
	if (resource.n)
		o->resource = admission_resource(out, resource);
	o->admission = mg_trace_field(t->fields, "operation");
}

/* --- events ----------------------------------------------------------------------- */

static bool is_webhook(const struct mg_trace *t)
{
	return mg_str_starts(t->name, MG_STR("Call ")) &&
	       mg_str_ends(t->name, MG_STR(" webhook")) &&
	       !mg_str_has(t->name, MG_STR("Audit"));
}

static enum mg_severity severity(int64_t total)
{
	return total >= 30 * MG_SEC ? MG_SEV_ERROR : total >= MG_SEC ? MG_SEV_WARNING : MG_SEV_INFO;
}

static struct mg_event *add(const struct mg_source *src, const struct mg_trace *t,
			    const struct operation *o, enum mg_event_kind kind,
			    struct mg_batch *out)
{
	struct mg_event    *e = mg_batch_add(out, kind, severity(t->total_ns));
	enum mg_time_source how;

	e->time_ns = start_time(t, &how);
	e->time_source = e->time_ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : how;
	e->duration_ns = t->total_ns;
	e->artifact = src->artifact;
	e->line = t->first_line;
	e->component = mg_batch_str(out, t->component.n ? t->component : src->component);
	e->node = src->node.n ? src->node : mg_batch_str(out, t->host);
	e->pod = src->pod;
	e->ns = mg_batch_str(out, o->ns);
	e->name = mg_batch_str(out, o->object);
	e->resource = mg_batch_str(out, o->resource);
	e->audit_id = mg_batch_str(out, mg_trace_field(t->fields, "audit-id"));
	e->message = mg_batch_str(out, mg_arena_printf(&out->arena, "\"%.*s\"%s%.*s",
						       MG_FMT(t->name), t->fields.n ? " " : "",
						       MG_FMT(t->fields)));
	return e;
}

static void attr(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	if (v.n)
		mg_batch_attr(out, e, key, v);
}

/* How many objects the answer held: "count:2521" of a step, "(2521 items)" before fields. */
static struct mg_str items(const struct mg_trace *t)
{
	for (uint32_t i = t->nsteps; i-- > 0;) {
		struct mg_str v = mg_trace_field(t->steps[i].fields, "count");
		uint64_t      n;

		if (!v.p) {
			v = mg_str_between(t->steps[i].msg, MG_STR("("), MG_STR(" items)"));
			if (!v.p)
				continue;
		}
		if (mg_num_u64(v, &n))
			return v;
	}
	return mg_str(NULL, 0);
}

/* The costliest step; or what came after the last one, which has no line of its own. */
static void slow_step(const struct mg_trace *t, struct mg_batch *out, struct mg_event *e)
{
	const struct mg_trace_step *slow = mg_trace_slowest(t), *last;
	int64_t                     rest;

	if (!slow)
		return;
	last = &t->steps[t->nsteps - 1];
	rest = last->at_ns >= 0 && t->total_ns >= 0 ? t->total_ns - last->at_ns : 0;
	if (rest > slow->delta_ns && !last->nested)
		attr(out, e, "slow_step",
		     mg_arena_printf(&out->arena, "after %.*s", MG_FMT(last->msg)));
	else
		attr(out, e, "slow_step", slow->msg);
	mg_batch_attr_i64(out, e, "slow_step_ns", rest > slow->delta_ns && !last->nested
							  ? rest : slow->delta_ns);
}

static void details(const struct mg_trace *t, const struct operation *o, struct mg_batch *out,
		    struct mg_event *e)
{
	struct mg_str n = items(t);
	int64_t       count;

	attr(out, e, "operation", o->name);
	attr(out, e, "url", o->url);
	attr(out, e, "user_agent", mg_trace_field(t->fields, "user-agent"));
	attr(out, e, "client", mg_trace_field(t->fields, "client"));
	attr(out, e, "type", mg_trace_field(t->fields, "type"));
	attr(out, e, "key", mg_trace_field(t->fields, "key"));
	attr(out, e, "webhook", mg_trace_field(t->fields, "webhook"));
	slow_step(t, out, e);
	if (n.p && mg_num_i64(n, &count))
		mg_batch_attr_i64(out, e, "items", count);
	if (t->truncated)
		mg_batch_attr(out, e, "truncated", MG_STR("true"));
}

bool mg_trace_event(const struct mg_source *src, const struct mg_trace *t, struct mg_batch *out)
{
	struct operation o = { 0 };
	struct mg_event *e;

	if (!t->name.n && t->total_ns < 0)
		return false;
	identify(t, &o, out);
	e = add(src, t, &o, MG_EV_APISERVER_TRACE, out);
	e->verb = o.verb;
	details(t, &o, out, e);
	if (!is_webhook(t))
		return true;
	e = add(src, t, &o, MG_EV_WEBHOOK_SLOW, out);
	e->name = mg_batch_str(out, mg_trace_field(t->fields, "webhook"));
	attr(out, e, "webhook", e->name);
	attr(out, e, "configuration", mg_trace_field(t->fields, "configuration"));
	attr(out, e, "operation", o.admission);
	attr(out, e, "type", t->name);
	return true;
}
