/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "base/num.h"

static bool is_much(const struct mg_rule_ctx *x, const struct mg_event *e)
{
	return (double)mg_event_attr_i64(e, "objects", 0) > mg_rule_num(x, "max_objects") ||
	       (double)mg_event_attr_i64(e, "bytes", 0) > mg_rule_num(x, "max_mib") * 1024 * 1024;
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *most = NULL;
	struct mg_finding     *f;
	uint32_t               types = 0, seen = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_ETCD_OBJECTS)
			continue;
		seen++;
		if (!is_much(x, e))
			continue;
		types++;
		if (!most || mg_event_attr_i64(e, "objects", 0) > mg_event_attr_i64(most, "objects", 0))
			most = e;
	}
	if (!seen)
		mg_rule_missing(x, "etcd_info/object_count.json");
	if (!most)
		return;
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, most->time_ns, most->time_ns);
	mg_find_claim(x, f, "etcd holds many objects of %u type%s, most below %.*s: %lld", types,
		      types == 1 ? "" : "s", MG_FMT(mg_event_attr(most, "key")),
		      (long long)mg_event_attr_i64(most, "objects", 0));
	mg_find_label(x, f, "many objects in etcd");
	mg_find_event(x, f, most);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (x->c->events.ev[i].kind == MG_EV_ETCD_OBJECTS && &x->c->events.ev[i] != most &&
		    is_much(x, &x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "types", types);
	mg_find_num(f, "objects", (double)mg_event_attr_i64(most, "objects", 0));
	mg_find_text(x, f, "prefix", "%.*s", MG_FMT(mg_event_attr(most, "key")));
	mg_find_next(x, f, "every full LIST of these reads them all; look which controller creates "
			   "them and whether old ones are deleted");
}

const struct mg_rule mg_rule_object_count = {
	.id = "object-count",
	.title = "many objects of one type",
	.needs = "etcd_info/object_count.json",
	.explain = "A type with thousands of objects, or with a gigabyte of them, makes every LIST "
		   "without limit expensive for etcd and the API server.",
	.references = "peterducai/openshift-etcd-suite",
	.depth = 4,
	.run = run,
	.thresholds = { { "max_objects", 8000, "etcd diagnostics practice" },
			{ "max_mib", 1024, "heuristic" } },
};
