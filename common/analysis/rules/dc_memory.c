/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/memory.h"
#include "base/num.h"

/* DELETE collections of one resource in one namespace. */
struct purge {
	struct mg_str          resource, ns;
	uint32_t               n;
	int64_t                first, last, objects;
	const struct mg_event *longest, *sizes; /* sizes: what says how many objects */
};

#define PURGES 32

static bool is_purge(const struct mg_event *e)
{
	return e->time_ns != MG_TIME_NONE &&
	       (e->kind == MG_EV_AUDIT_DELETECOLLECTION ||
		(e->kind == MG_EV_APISERVER_TRACE &&
		 mg_str_eq(e->verb, MG_STR("deletecollection"))));
}

static size_t collect(const struct mg_case *c, struct purge *p)
{
	size_t n = 0, k;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (!is_purge(e))
			continue;
		for (k = 0; k < n && !(mg_str_eq(p[k].resource, e->resource) &&
				       mg_str_eq(p[k].ns, e->ns)); k++)
			;
		if (k == PURGES)
			continue;
		if (k == n)
			p[n++] = (struct purge){ .resource = e->resource, .ns = e->ns, .longest = e,
						 .first = e->time_ns, .last = mg_event_end(e) };
		p[k].n++;
		p[k].last = mg_event_end(e) > p[k].last ? mg_event_end(e) : p[k].last;
		p[k].longest = e->duration_ns > p[k].longest->duration_ns ? e : p[k].longest;
	}
	return n;
}

/* How many objects etcd returned for such a range in that time, or holds of the resource. */
static int64_t objects_in(const struct mg_event *e, const struct purge *p)
{
	struct mg_str stem, group, base;

	mg_str_cut(p->resource, '.', &stem, &group);
	if (e->kind == MG_EV_ETCD_SLOW_APPLY && mg_str_eq(e->resource, p->resource) &&
	    (!e->ns.n || !p->ns.n || mg_str_eq(e->ns, p->ns)) && e->time_ns >= p->first - MG_SEC &&
	    e->time_ns <= p->last + MG_SEC)
		return mg_event_attr_i64(e, "response_count", 0);
	if (e->kind != MG_EV_ETCD_OBJECTS)
		return 0;
	base = mg_str_basename(mg_event_attr(e, "key"));
	return mg_str_eq(base, stem) ? mg_event_attr_i64(e, "objects", 0) : 0;
}

static void find_sizes(const struct mg_case *c, struct purge *p, size_t n)
{
	for (size_t i = 0; i < c->events.n; i++)
		for (size_t k = 0; k < n; k++) {
			int64_t objects = objects_in(&c->events.ev[i], &p[k]);

			if (objects > p[k].objects) {
				p[k].objects = objects;
				p[k].sizes = &c->events.ev[i];
			}
		}
}

static const struct mg_death *killed(const struct mg_rule_ctx *x, int64_t from, int64_t to)
{
	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *d = &x->s->death[i];

		if (d->oom && mg_str_eq(d->component, MG_STR("kube-apiserver")) &&
		    d->time_ns >= from && d->time_ns <= to)
			return d;
	}
	return NULL;
}

static void report(struct mg_rule_ctx *x, const struct purge *p, const struct mg_memory_rise *m,
		   const struct mg_death *d)
{
	char               a[32], b[32];
	struct mg_finding *f;

	f = mg_find_new(x, d ? MG_SEV_ERROR : MG_SEV_WARNING, MG_CONF_MEDIUM, p->first, p->last);
	mg_find_claim(x, f, "while %u DELETE collection%s of %.*s%s%.*s (up to %lld objects each) ran between "
			    "%s and %s, %s%s", p->n, p->n == 1 ? "" : "s", MG_FMT(p->resource),
		      p->ns.n ? " in " : "", MG_FMT(p->ns), (long long)p->objects,
		      mg_rule_clock(x, p->first), mg_rule_clock(x, p->last),
		      m ? mg_arena_printf(&x->out->arena, "the API server's memory rose from %s to %s",
					  mg_num_bytes_text(m->before, a, sizeof(a)),
					  mg_num_bytes_text(m->peak, b, sizeof(b))).p : "",
		      !d ? "" : m ? ", and it was OOM-killed" : "the API server was OOM-killed");
	mg_find_label(x, f, "DELETE collection and memory");
	mg_find_event(x, f, p->longest);
	mg_find_event(x, f, p->sizes);
	if (m)
		mg_find_evidence(x, f, m->artifact, 0, m->peak_ns, "resident memory %s",
				 mg_num_bytes_text(m->peak, b, sizeof(b)));
	mg_find_num(f, "requests", p->n);
	mg_find_num(f, "objects", (double)p->objects);
	if (m) {
		mg_find_num(f, "memory_before_bytes", m->before);
		mg_find_num(f, "memory_peak_bytes", m->peak);
	}
	mg_find_text(x, f, "resource", "%.*s", MG_FMT(p->resource));
	mg_find_alternative(x, f, "the two coincide; what held the memory only a heap profile can tell");
	mg_find_next(x, f, "delete in pages (limit=500); collect /debug/pprof/heap while it runs");
}

static void run(struct mg_rule_ctx *x)
{
	struct purge p[PURGES];
	size_t       n = collect(x->c, p);
	double       min_rise = mg_rule_num(x, "min_rise_mib") * 1048576;
	uint32_t     sized = 0;

	find_sizes(x->c, p, n);
	for (size_t i = 0; i < n; i++) {
		int64_t                to = p[i].last + (int64_t)mg_rule_num(x, "after_seconds") * MG_SEC;
		struct mg_memory_rise  m;
		const struct mg_death *d = killed(x, p[i].first, to);
		bool rose = mg_memory_rise(x->c, p[i].first, to, &m) && m.peak - m.before >= min_rise;

		sized += p[i].sizes != NULL;
		if ((double)p[i].objects >= mg_rule_num(x, "min_objects") && (rose || d))
			report(x, &p[i], rose ? &m : NULL, d);
	}
	if (n && !sized)
		mg_rule_missing(x, "the size of the deleted collections (etcd_info/object_count.json, or "
				   "slow ranges over them in etcd's log)");
}

const struct mg_rule mg_rule_dc_memory = {
	.id = "dc-memory",
	.title = "memory rose during large DELETE collections",
	.needs = "audit log or Trace lines; etcd log or object_count.json; metrics or pod statuses",
	.explain = "A collection delete loads the whole collection first, and each repetition loads it "
		   "again. Told when a collection of 10,000 objects or more was being deleted while the "
		   "API server's memory rose, or it was OOM-killed. The coincidence is what is claimed: "
		   "the size of the lists is never multiplied with the number of requests.",
	.references = "kubernetes/kubernetes 90743",
	.depth = 31,
	.run = run,
	.thresholds = { { "min_objects", 10000, "kubernetes/kubernetes 90743" },
			{ "min_rise_mib", 256, "heuristic" },
			{ "after_seconds", 60, "heuristic" } },
};
