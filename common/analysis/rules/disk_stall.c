/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

#define TOGETHER_NS (2 * MG_MIN) /* signs of one stall lie so close together */

/* At its start a kubelet says that PLEG "has yet to be successful": no relist was late yet. */
static bool is_late_pleg(const struct mg_event *e)
{
	return e->kind == MG_EV_KUBELET_PLEG && !mg_str_has(e->message, MG_STR("yet to be successful"));
}

static bool is_sign(const struct mg_event *e)
{
	return e->kind == MG_EV_KERNEL_HUNG_TASK || is_late_pleg(e);
}

/* A slow fdatasync of etcd on the same node at that time: the same disk, seen by another. */
static const struct mg_event *etcd_agrees(const struct mg_case *c, const struct mg_event *sign)
{
	for (size_t i = mg_case_lower_bound(c, sign->time_ns - TOGETHER_NS);
	     i < c->events.n && c->events.ev[i].time_ns <= mg_event_end(sign) + TOGETHER_NS; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind == MG_EV_ETCD_SLOW_FDATASYNC && e->node.n && mg_str_eq(e->node, sign->node))
			return e;
	}
	return NULL;
}

static void report(struct mg_rule_ctx *x, const struct mg_tally *t, uint64_t kernel, uint64_t pleg,
		   const struct mg_event *etcd)
{
	struct mg_counts   nodes = { 0 };
	struct mg_finding *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (is_sign(e) && e->time_ns != MG_TIME_NONE)
			mg_counts_add(&nodes, e->node.n ? e->node : MG_STR("a node that is not named"),
				      e->count);
	}
	f = mg_find_new(x, kernel ? MG_SEV_ERROR : MG_SEV_WARNING,
			etcd ? MG_CONF_HIGH : kernel ? MG_CONF_MEDIUM : MG_CONF_LOW,
			t->first->time_ns, mg_event_end(t->last));
	mg_find_claim(x, f, "a disk or the node stood still between %s and %s: %llu kernel lines about "
			    "blocked tasks or failed I/O, %llu of the kubelet about a late container "
			    "list (%.*s)%s", mg_rule_clock(x, t->first->time_ns),
		      mg_rule_clock(x, mg_event_end(t->last)), (unsigned long long)kernel,
		      (unsigned long long)pleg, MG_FMT(mg_counts_text(x, &nodes, 4)),
		      etcd ? "; etcd on the same node logged slow fdatasync calls at that time" : "");
	mg_find_label(x, f, "disk stalled");
	if (etcd)
		mg_find_event(x, f, etcd);
	mg_tally_tell(x, f, t, is_sign);
	mg_find_num(f, "kernel_lines", (double)kernel);
	mg_find_num(f, "pleg_lines", (double)pleg);
	if (nodes.names.n == 1)
		mg_find_text(x, f, "node", "%.*s", MG_FMT(mg_intern_str(&nodes.names, 0)));
	if (!kernel)
		mg_find_alternative(x, f, "the container runtime can be stuck or overloaded without any "
					  "trouble of the disk");
	mg_find_next(x, f, "read the kernel log of the node around it (`oc adm node-logs NODE -u kernel`): "
			   "the device, the path to the storage, a hypervisor's pause");
	mg_counts_release(&nodes);
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_tally        t = mg_tally_events(x->c, is_sign);
	uint64_t               kernel = 0, pleg = 0;
	const struct mg_event *etcd = NULL;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!is_sign(e) || e->time_ns == MG_TIME_NONE)
			continue;
		*(is_late_pleg(e) ? &pleg : &kernel) += e->count;
		etcd = etcd ? etcd : etcd_agrees(x->c, e);
	}
	if (!t.n && !mg_case_has(x->c, MG_KIND_KERNEL) && !mg_case_has(x->c, MG_KIND_JOURNAL))
		mg_rule_missing(x, "kernel log (`oc adm node-logs NODE -u kernel`, or `dmesg -T`)");
	if (kernel >= mg_rule_num(x, "min_kernel_lines") || pleg >= mg_rule_num(x, "min_pleg_lines"))
		report(x, &t, kernel, pleg, etcd);
}

const struct mg_rule mg_rule_disk_stall = {
	.id = "disk-stall",
	.title = "a disk or a whole node stood still",
	.needs = "kernel log or kubelet log",
	.explain = "The kernel warns of tasks that were blocked for 120 s and of failed I/O; the kubelet "
		   "warns when the container runtime has not listed its containers for 3 minutes (PLEG). "
		   "With slow fdatasync calls of etcd on the same node it is the disk.",
	.references = "Linux Documentation/admin-guide/sysctl/kernel.rst, hung_task; kubelet PLEG "
		      "(pkg/kubelet/pleg)",
	.depth = -1,
	.run = run,
	.thresholds = { { "min_kernel_lines", 1, "any is notable" },
			{ "min_pleg_lines", 3, "heuristic: the kubelet repeats it every few seconds" } },
};
