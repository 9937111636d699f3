/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/restarts.h"

#define BEFORE_NS (2 * MG_MIN)
#define AFTER_NS  (5 * MG_SEC)

static bool is_sign(const struct mg_event *e)
{
	switch (e->kind) {
	case MG_EV_APISERVER_START:
	case MG_EV_APISERVER_SHUTDOWN:
		return true;
	case MG_EV_KERNEL_OOM_KILL:
	case MG_EV_POD_OOM_KILLED:
	case MG_EV_POD_TERMINATED:
	case MG_EV_POD_STARTED:
	case MG_EV_PROCESS_FATAL:
		return mg_str_eq(e->component, MG_STR("kube-apiserver"));
	default:
		return false;
	}
}

const struct mg_event *mg_restart_near(const struct mg_case *c, int64_t ns)
{
	const struct mg_event *last = NULL;

	for (size_t i = mg_case_lower_bound(c, ns - BEFORE_NS);
	     i < c->events.n && c->events.ev[i].time_ns <= ns + AFTER_NS; i++)
		if (is_sign(&c->events.ev[i]))
			last = &c->events.ev[i];
	return last;
}
