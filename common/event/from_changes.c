/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_changes.h"

static void changed(const struct mg_kubeobj *o, struct mg_batch *out, const struct mg_knode *at,
		    int64_t ns, struct mg_str change, struct mg_str manager, struct mg_str sub)
{
	struct mg_event *e = mg_kubeobj_event(o, out, MG_EV_OBJECT_CHANGED, MG_SEV_DEBUG, at, ns);
	struct mg_str    generation = mg_knode_text(o->root, "metadata.generation");
	struct mg_buf    t = { 0 };
	int64_t          n;

	e->name = mg_batch_str(out, mg_knode_text(o->root, "metadata.name"));
	e->ns = mg_batch_str(out, mg_knode_text(o->root, "metadata.namespace"));
	mg_buf_printf(&t, "%.*s ", MG_FMT(o->kind));
	mg_kubeobj_who(o, &t);
	mg_buf_printf(&t, ": %.*s", MG_FMT(change));
	if (sub.n)
		mg_buf_printf(&t, " of %.*s", MG_FMT(sub));
	if (manager.n)
		mg_buf_printf(&t, " by %.*s", MG_FMT(manager));
	e->message = mg_batch_str(out, mg_buf_str(&t));
	mg_buf_release(&t);
	e->user = mg_batch_str(out, manager);
	mg_batch_attr(out, e, "object_kind", o->kind);
	mg_batch_attr(out, e, "change", change);
	if (manager.n)
		mg_batch_attr(out, e, "manager", manager);
	if (sub.n)
		mg_batch_attr(out, e, "subresource", sub);
	n = mg_knode_i64(o->root, "metadata.generation", -1);
	if (generation.n && n >= 0)
		mg_batch_attr_i64(out, e, "generation", n);
}

void mg_event_from_changes(const struct mg_kubeobj *o, struct mg_batch *out)
{
	const struct mg_knode *k = mg_knode_first(o->root, "metadata.managedFields");
	int64_t created = mg_knode_time(o->root, "metadata.creationTimestamp");
	int64_t deleted = mg_knode_time(o->root, "metadata.deletionTimestamp");
	struct mg_str none = { "", 0 };

	if (created != MG_TIME_NONE)
		changed(o, out, mg_knode_at(o->root, "metadata.creationTimestamp"), created,
			MG_STR("created"), none, none);
	for (; k; k = k->next) {
		int64_t at = mg_knode_time(k, "time");

		if (at != MG_TIME_NONE)
			changed(o, out, k, at, mg_knode_text(k, "operation"), mg_knode_text(k, "manager"),
				mg_knode_text(k, "subresource"));
	}
	if (deleted != MG_TIME_NONE)
		changed(o, out, mg_knode_at(o->root, "metadata.deletionTimestamp"), deleted,
			MG_STR("deleted"), none, none);
}
