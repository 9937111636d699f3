/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "ingest/consume_log.h"

/* A name that events point to until the run ends; kept once. */
struct mg_str mg_log_name(struct mg_log *s, struct mg_str name)
{
	return mg_intern_str(&s->idents, mg_intern_id(&s->idents, name));
}

/* minikube logs: "==> kube-apiserver [2bbdbfe3bbc7] <==" */
static bool minikube(struct mg_log *s, struct mg_str line)
{
	struct mg_str name = mg_str_between(line, MG_STR("==> "), MG_STR(" <==")), known;

	if (!name.p)
		return false;
	mg_str_cut(name, ' ', &name, &known);
	known = mg_klog_component_of_name(name);
	if (mg_str_eq(name, MG_STR("dmesg")))
		known = MG_STR("kernel");
	s->src = s->base;
	s->src.component = known.n ? known : mg_log_name(s, name);
	return true;
}

/* kubectl cluster-info dump: "==== START logs for container C of pod NS/POD ====" */
static bool dump(struct mg_log *s, struct mg_str line)
{
	struct mg_str c = mg_str_between(line, MG_STR("START logs for container "), MG_STR(" of pod "));
	struct mg_str pod = mg_str_between(line, MG_STR(" of pod "), MG_STR(" ===")), ns, known;

	if (!c.p || !pod.p || !mg_str_cut(pod, '/', &ns, &pod))
		return false;
	known = mg_klog_component_of_name(c);
	s->src = s->base;
	s->src.component = known.n ? known : mg_log_name(s, c);
	s->src.container = mg_log_name(s, c);
	s->src.pod = mg_log_name(s, pod);
	s->src.ns = mg_log_name(s, ns);
	return true;
}

bool mg_log_section(struct mg_log *s, struct mg_str line)
{
	if (line.n < 8 || line.p[0] != '=')
		return false;
	return mg_str_starts(line, MG_STR("==> ")) ? minikube(s, line) : dump(s, line);
}
