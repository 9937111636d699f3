/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_change.h"

#include "base/buf.h"

static void set_message(struct mg_batch *out, struct mg_event *e, struct mg_buf *t)
{
	e->message = mg_batch_str(out, mg_buf_str(t));
	mg_buf_release(t);
}

/* The history is newest first; its last entry is the installation. */
static void history_entry(const struct mg_kubeobj *o, struct mg_batch *out, const struct mg_knode *k)
{
	int64_t          start = mg_knode_time(k, "startedTime"), end = mg_knode_time(k, "completionTime");
	struct mg_str    version = mg_knode_text(k, "version"), state = mg_knode_text(k, "state");
	struct mg_buf    t = { 0 };
	struct mg_event *e;

	if (start == MG_TIME_NONE)
		return;
	e = mg_kubeobj_event(o, out, MG_EV_CLUSTER_VERSION, MG_SEV_INFO, k, start);
	if (end != MG_TIME_NONE && end > start)
		e->duration_ns = end - start;
	e->component = MG_STR("cluster-version-operator");
	e->name = mg_batch_str(out, version);
	mg_buf_printf(&t, "%s %.*s%s", k->next ? "update to" : "installation of",
		      MG_FMT(version), end == MG_TIME_NONE ? " began, and was not completed" : "");
	set_message(out, e, &t);
	mg_batch_attr(out, e, "change", k->next ? MG_STR("update") : MG_STR("installation"));
	mg_batch_attr(out, e, "version", version);
	if (state.n)
		mg_batch_attr(out, e, "state", state);
}

void mg_event_from_clusterversion(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "status.history");

	for (; k; k = k->next)
		history_entry(o, out, k);
}

static struct mg_str csr_state(const struct mg_knode *root)
{
	static const struct {
		struct mg_str type, state;
	} ends[] = { { MG_STR("Denied"), MG_STR("denied") }, { MG_STR("Failed"), MG_STR("failed") } };
	const struct mg_knode *k;
	bool                   approved = false;

	for (k = mg_knode_first(root, "status.conditions"); k; k = k->next) {
		struct mg_str type = mg_knode_text(k, "type");

		for (size_t i = 0; i < 2; i++)
			if (mg_str_eq(type, ends[i].type))
				return ends[i].state;
		approved |= mg_str_eq(type, MG_STR("Approved"));
	}
	if (mg_knode_text(root, "status.certificate").n)
		return MG_STR("issued");
	return approved ? MG_STR("approved") : MG_STR("pending");
}

void mg_event_from_csr(const struct mg_kubeobj *o, struct mg_batch *out)
{
	struct mg_str    state = csr_state(o->root), user = mg_knode_text(o->root, "spec.username");
	struct mg_str    signer = mg_knode_text(o->root, "spec.signerName");
	bool             waits = mg_str_eq(state, MG_STR("pending")) || mg_str_eq(state, MG_STR("approved"));
	struct mg_buf    t = { 0 };
	struct mg_event *e;

	e = mg_kubeobj_event(o, out, MG_EV_CSR, waits ? MG_SEV_WARNING : MG_SEV_DEBUG, NULL,
			     mg_knode_time(o->root, "metadata.creationTimestamp"));
	e->name = mg_batch_str(out, mg_knode_text(o->root, "metadata.name"));
	e->user = mg_batch_str(out, user);
	mg_buf_printf(&t, "certificate signing request %.*s by %.*s is %.*s", MG_FMT(e->name),
		      MG_FMT(user), MG_FMT(state));
	set_message(out, e, &t);
	mg_batch_attr(out, e, "state", state);
	if (signer.n)
		mg_batch_attr(out, e, "signer", signer);
}
