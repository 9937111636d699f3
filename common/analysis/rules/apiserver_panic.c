/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static bool is_panic(const struct mg_event *e)
{
	return e->kind == MG_EV_APISERVER_PANIC ||
	       (e->kind == MG_EV_PROCESS_FATAL &&
		mg_str_eq(e->component, MG_STR("kube-apiserver")));
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL;
	struct mg_finding     *f;
	uint32_t               n = 0, fatal = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!is_panic(e))
			continue;
		first = first ? first : e;
		last = e;
		n += e->count;
		fatal += e->kind == MG_EV_PROCESS_FATAL;
	}
	if (!n)
		return;
	f = mg_find_new(x, fatal ? MG_SEV_CRITICAL : MG_SEV_ERROR, MG_CONF_HIGH, first->time_ns,
			last->time_ns);
	mg_find_claim(x, f, "the API server panicked %u time%s%s: %.*s", n, n == 1 ? "" : "s",
		      fatal ? " and ended" : "", MG_FMT(mg_str_head(first->message, 160)));
	mg_find_label(x, f, "panic");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (is_panic(&x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "panics", n);
	mg_find_next(x, f, "search the top frame of the stack in kubernetes/kubernetes issues");
}

const struct mg_rule mg_rule_apiserver_panic = {
	.id = "apiserver-panic",
	.title = "the API server panicked",
	.needs = "kube-apiserver log",
	.explain = "A handler panic ends one request with 500; a fatal error (concurrent map writes, "
		   "out of memory) ends the process.",
	.references = "kubernetes/kubernetes 106045",
	.depth = 17,
	.run = run,
};
