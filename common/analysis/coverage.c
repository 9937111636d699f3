/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/coverage.h"

#include "base/mem.h"

#define BIT(id) (1u << MG_COV_##id)

static const struct {
	const char *id, *title, *unit;
} names[] = {
#define X(id, name, title, unit) { name, title, unit },
	MG_COVERAGE(X)
#undef X
};

/* How each wanted source is collected; NODE stands for a control-plane node. */
static const struct {
	const char *openshift, *kubernetes;
} collect[MG_COV_COUNT] = {
	[MG_COV_AUDIT] = { "oc adm must-gather -- /usr/bin/gather_audit_logs",
			   "the files of --audit-log-path on NODE, rotated ones too" },
	[MG_COV_APISERVER] = { "oc adm inspect ns/openshift-kube-apiserver",
			       "kubectl -n kube-system logs --timestamps kube-apiserver-NODE "
			       "(and once more with -p)" },
	[MG_COV_KCM] = { "oc adm inspect ns/openshift-kube-controller-manager",
			 "kubectl -n kube-system logs --timestamps kube-controller-manager-NODE "
			 "(and once more with -p)" },
	[MG_COV_SCHEDULER] = { "oc adm inspect ns/openshift-kube-scheduler",
			       "kubectl -n kube-system logs --timestamps kube-scheduler-NODE "
			       "(and once more with -p)" },
	[MG_COV_ETCD] = { "oc adm inspect ns/openshift-etcd",
			  "kubectl -n kube-system logs --timestamps etcd-NODE "
			  "(and once more with -p)" },
	[MG_COV_KUBELET] = { "oc adm node-logs NODE -u kubelet",
			     "journalctl -u kubelet -o short-iso-precise (on NODE)" },
	[MG_COV_KERNEL] = { "oc adm node-logs NODE -u kernel",
			    "dmesg -T, or journalctl -k -o short-iso-precise (on NODE)" },
	[MG_COV_GOROUTINE] = { "oc get --raw '/debug/pprof/goroutine?debug=2'",
			       "kubectl get --raw '/debug/pprof/goroutine?debug=2'" },
	[MG_COV_HEAP] = { "oc get --raw '/debug/pprof/heap?debug=1'",
			  "kubectl get --raw '/debug/pprof/heap?debug=1'" },
	[MG_COV_EVENTS] = { "oc get events -A -o yaml", "kubectl get events -A -o yaml" },
	[MG_COV_PODS] = { "oc get pods -A -o yaml", "kubectl get pods -A -o yaml" },
	[MG_COV_NODES] = { "oc get nodes -o yaml", "kubectl get nodes -o yaml" },
	[MG_COV_METRICS] = { "oc adm must-gather -- gather_metrics",
			     "kubectl get --raw /metrics" },
	[MG_COV_ETCD_INFO] = { "oc adm must-gather (etcd_info/)",
			       "etcdctl endpoint status --cluster -w json (in the etcd pod)" },
};

static bool has(struct mg_str s, const char *z)
{
	return mg_str_has(s, mg_strz(z));
}

/* ".../pods.yaml", ".../pods/..." or "pods/...". */
static bool names_resource(struct mg_str path, const char *resource)
{
	struct mg_str base = mg_str_basename(path), stem, ext, rest = path, part;
	bool          more = true;

	mg_str_cut(base, '.', &stem, &ext);
	if (mg_str_eq(stem, mg_strz(resource)))
		return true;
	while (more) {
		more = mg_str_cut(rest, '/', &part, &rest);
		if (more && mg_str_eq(part, mg_strz(resource)))
			return true;
	}
	return false;
}

/* Objects that gave events tell what they are; healthy ones only by where they lie. */
static unsigned object_rows(const struct mg_artifact *a, unsigned seen)
{
	if (seen)
		return seen;
	if (names_resource(a->path, "events"))
		return BIT(EVENTS);
	if (names_resource(a->path, "pods"))
		return BIT(PODS);
	if (names_resource(a->path, "nodes"))
		return BIT(NODES);
	return BIT(OTHER_OBJECTS);
}

static unsigned log_row(const struct mg_artifact *a)
{
	static const struct {
		const char *component;
		unsigned    row;
	} by[] = {
		{ "kube-apiserver", BIT(APISERVER) },
		{ "kube-controller-manager", BIT(KCM) },
		{ "kube-scheduler", BIT(SCHEDULER) },
		{ "etcd", BIT(ETCD) },
		{ "kubelet", BIT(KUBELET) },
	};

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (mg_str_eq(a->source.component, mg_strz(by[i].component)))
			return by[i].row;
	return BIT(OTHER_LOGS);
}

/* An empty file is what its path says it would have been. */
static unsigned empty_row(const struct mg_artifact *a)
{
	if (mg_str_has(mg_str_basename(a->path), MG_STR("audit")))
		return BIT(AUDIT);
	if (mg_str_has(mg_str_basename(a->path), MG_STR(".log")))
		return log_row(a);
	return BIT(OTHER);
}

static unsigned rows_of(const struct mg_artifact *a, unsigned seen)
{
	switch (a->kind) {
	case MG_KIND_EMPTY:
		return empty_row(a);
	case MG_KIND_AUDIT:
		return BIT(AUDIT);
	case MG_KIND_LOG:
		return log_row(a);
	case MG_KIND_ETCD_LOG:
		return BIT(ETCD);
	case MG_KIND_JOURNAL:
		return BIT(KUBELET) | (seen & BIT(KERNEL));
	case MG_KIND_KERNEL:
		return BIT(KERNEL);
	case MG_KIND_GOROUTINE:
		return BIT(GOROUTINE);
	case MG_KIND_HEAP:
		return BIT(HEAP);
	case MG_KIND_PPROF:
		return has(a->path, "goroutine") ? BIT(GOROUTINE) :
		       has(a->path, "heap")      ? BIT(HEAP) : BIT(OTHER);
	case MG_KIND_KUBE_YAML:
	case MG_KIND_KUBE_JSON:
		return object_rows(a, seen & (BIT(EVENTS) | BIT(PODS) | BIT(NODES)));
	case MG_KIND_METRICS:
	case MG_KIND_METRICS_CSV:
		return BIT(METRICS);
	case MG_KIND_ETCD_INFO:
		return BIT(ETCD_INFO);
	default:
		return BIT(OTHER);
	}
}

static unsigned row_of_event(enum mg_event_kind k)
{
	switch (k) {
	case MG_EV_K8S_EVENT:
		return BIT(EVENTS);
	case MG_EV_POD_TERMINATED:
	case MG_EV_POD_OOM_KILLED:
	case MG_EV_POD_WAITING:
	case MG_EV_POD_RESTARTS:
	case MG_EV_POD_STARTED:
		return BIT(PODS);
	case MG_EV_NODE_CONDITION:
		return BIT(NODES);
	case MG_EV_KERNEL_OOM_KILL:
	case MG_EV_KERNEL_HUNG_TASK:
		return BIT(KERNEL);
	default:
		return 0;
	}
}

/* A row of objects in a file of several kinds: how many of them are its own is only known
 * from their events, so the file's records are not added there. */
static void add(struct mg_coverage_row *r, const struct mg_artifact *a, bool alone)
{
	const struct mg_leaf_stats *st = &a->stats;

	if (a->size == 0 || a->kind == MG_KIND_EMPTY) {
		r->empty++;
		return;
	}
	r->files++;
	r->bytes += st->bytes;
	r->lines += st->lines;
	r->bad += st->bad;
	if (alone)
		r->records += st->records;
	if (st->first_ns != MG_TIME_NONE && (r->first_ns == MG_TIME_NONE || st->first_ns < r->first_ns))
		r->first_ns = st->first_ns;
	if (st->last_ns != MG_TIME_NONE && (r->last_ns == MG_TIME_NONE || st->last_ns > r->last_ns))
		r->last_ns = st->last_ns;
}

static bool is(const struct mg_coverage_row *r, const char *unit)
{
	return strcmp(r->unit, unit) == 0;
}

static void count_up(struct mg_coverage *cov, const struct mg_case *c, const unsigned *seen)
{
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		unsigned               row = row_of_event(e->kind);
		unsigned               all = e->artifact < c->nartifacts ? seen[e->artifact] : 0;

		for (int k = 0; k < MG_COV_COUNT; k++)
			if ((row & (1u << k)) && (all & (all - 1)))
				cov->row[k].records++;
	}
	for (int k = 0; k < MG_COV_COUNT; k++) {
		struct mg_coverage_row *r = &cov->row[k];

		r->count = is(r, "lines") ? r->lines :
			   is(r, "files") || is(r, "dumps") || is(r, "profiles") ? r->files :
										    r->records;
	}
}

/* A name to put for NODE: where the API server runs, else any node. */
static struct mg_str some_node(const struct mg_case *c)
{
	struct mg_str any = MG_STR("NODE");

	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_source *s = &c->artifacts[i].source;

		if (s->node.n == 0)
			continue;
		if (mg_str_eq(s->component, MG_STR("kube-apiserver")))
			return s->node;
		if (mg_str_eq(any, MG_STR("NODE")))
			any = s->node;
	}
	return any;
}

static struct mg_str command(struct mg_coverage *cov, const char *text, struct mg_str node)
{
	struct mg_str s = mg_strz(text);
	ptrdiff_t     at = mg_str_find(s, MG_STR("NODE"));

	if (at < 0)
		return s;
	return mg_arena_printf(&cov->arena, "%.*s%.*s%s", (int)at, text, MG_FMT(node), text + at + 4);
}

static void init(struct mg_coverage *cov)
{
	*cov = (struct mg_coverage){ 0 };
	for (int k = 0; k < MG_COV_COUNT; k++)
		cov->row[k] = (struct mg_coverage_row){
			.id = names[k].id, .title = names[k].title, .unit = names[k].unit,
			.wanted = collect[k].openshift != NULL,
			.first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE,
		};
}

void mg_coverage_build(struct mg_coverage *cov, const struct mg_case *c)
{
	unsigned *seen = mg_zalloc((c->nartifacts + 1) * sizeof(*seen));

	init(cov);
	for (size_t i = 0; i < c->events.n; i++)
		if (c->events.ev[i].artifact < c->nartifacts)
			seen[c->events.ev[i].artifact] |= row_of_event(c->events.ev[i].kind);
	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i];

		if (a->same_as) {
			cov->copies++;
			continue;
		}
		seen[i] = rows_of(a, seen[i]);
		for (int k = 0; k < MG_COV_COUNT; k++)
			if (seen[i] & (1u << k))
				add(&cov->row[k], a, !(seen[i] & (seen[i] - 1)));
		if (a->size == 0 || a->kind == MG_KIND_EMPTY)
			cov->empty++;
		cov->files++;
		cov->openshift |= has(a->path, "openshift");
	}
	count_up(cov, c, seen);
	for (int k = 0; k < MG_COV_COUNT; k++)
		if (cov->row[k].wanted)
			cov->row[k].collect = command(cov, cov->openshift ? collect[k].openshift :
							   collect[k].kubernetes, some_node(c));
	free(seen);
}

void mg_coverage_release(struct mg_coverage *cov)
{
	mg_arena_release(&cov->arena);
	*cov = (struct mg_coverage){ 0 };
}
