/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/silence.h"

/* A log that ends this long before the data does has ended early. */
#define EARLY_NS (60 * MG_SEC)

struct list {
	struct mg_silence *v;
	size_t             n, cap;
};

static bool is_control_plane(struct mg_str component)
{
	static const struct mg_str names[] = {
		MG_STR("etcd"), MG_STR("kube-apiserver"), MG_STR("kube-controller-manager"),
		MG_STR("kube-scheduler"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mg_str_eq(component, names[i]))
			return true;
	return false;
}

/* Sorted by time; one silence of a component on a node, its first, is enough. */
static void add(struct list *l, struct mg_silence s)
{
	size_t at = 0;

	for (size_t i = 0; i < l->n; i++)
		if (mg_str_eq(l->v[i].component, s.component) && mg_str_eq(l->v[i].node, s.node)) {
			if (l->v[i].at_ns <= s.at_ns)
				return;
			memmove(&l->v[i], &l->v[i + 1], (--l->n - i) * sizeof(s));
			break;
		}
	while (at < l->n && l->v[at].at_ns <= s.at_ns)
		at++;
	if (at == l->cap)
		return;
	if (l->n == l->cap)
		l->n--;
	memmove(&l->v[at + 1], &l->v[at], (l->n++ - at) * sizeof(s));
	l->v[at] = s;
}

/* The log of a component on a node that reaches furthest: earlier instances end, too. */
static bool is_last_log(const struct mg_case *c, uint32_t i)
{
	const struct mg_artifact *a = &c->artifacts[i];

	for (uint32_t k = 0; k < c->nartifacts; k++)
		if (k != i && mg_str_eq(c->artifacts[k].source.component, a->source.component) &&
		    mg_str_eq(c->artifacts[k].source.node, a->source.node) &&
		    (c->artifacts[k].stats.last_ns > a->stats.last_ns ||
		     (c->artifacts[k].stats.last_ns == a->stats.last_ns && k < i)))
			return false;
	return true;
}

static bool is_log(const struct mg_artifact *a)
{
	return (a->kind == MG_KIND_LOG || a->kind == MG_KIND_ETCD_LOG || a->kind == MG_KIND_AUDIT) &&
	       a->stats.last_ns != MG_TIME_NONE;
}

/* How far the logs reach; the span of the case would do, but it is that of events. */
static int64_t end_of_logs(const struct mg_case *c)
{
	int64_t end = MG_TIME_NONE;

	for (uint32_t i = 0; i < c->nartifacts; i++)
		if (is_log(&c->artifacts[i]) && c->artifacts[i].stats.last_ns > end)
			end = c->artifacts[i].stats.last_ns;
	return end;
}

static void logs(const struct mg_case *c, int64_t from, int64_t to, struct list *l)
{
	int64_t end = end_of_logs(c);

	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i];

		if (is_log(a) && is_control_plane(a->source.component) && a->stats.last_ns >= from &&
		    a->stats.last_ns <= to && a->stats.last_ns < end - EARLY_NS && is_last_log(c, i))
			add(l, (struct mg_silence){ a->stats.last_ns, a->source.component, a->source.node,
						    "its log ends", i, a->stats.lines });
	}
}

size_t mg_silences(const struct mg_case *c, const struct mg_signals *s, int64_t from, int64_t to,
		   struct mg_silence *out, size_t cap)
{
	struct list l = { out, 0, cap };

	logs(c, from, to, &l);
	for (uint32_t i = 0; i < s->ndeath; i++) {
		const struct mg_death *d = &s->death[i];
		const struct mg_event *e = d->kernel ? d->kernel : d->object ? d->object : d->log;

		if (e && is_control_plane(d->component) && d->time_ns >= from && d->time_ns <= to)
			add(&l, (struct mg_silence){ d->time_ns, d->component, d->node, "it died",
						     e->artifact, e->line });
	}
	for (size_t i = mg_case_lower_bound(c, from); i < c->events.n && c->events.ev[i].time_ns <= to; i++)
		if (c->events.ev[i].kind == MG_EV_GAP)
			add(&l, (struct mg_silence){ c->events.ev[i].time_ns, c->events.ev[i].component,
						     c->events.ev[i].node, "its audit log pauses",
						     c->events.ev[i].artifact, c->events.ev[i].line });
	return l.n;
}
