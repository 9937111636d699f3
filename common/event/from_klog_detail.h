/* from_klog_detail.h - private to from_klog*.c: fill in what a family's line names.
 *
 * Layer: event (base parse).  Every function sees the parsed line and a half-filled event; it
 * may change kind and severity, and return false for "this line is no event after all".
 */
#ifndef MG_EVENT_FROM_KLOG_DETAIL_H
#define MG_EVENT_FROM_KLOG_DETAIL_H

#include "event/from_klog.h"

struct mg_klog_context {
	const struct mg_klog *k;
	struct mg_str         text;      /* the message without its quotes */
	struct mg_str         component;
	bool                  apiserver; /* the component is an API server, or unknown */
};

typedef bool (*mg_klog_detail_fn)(const struct mg_klog_context *c, struct mg_klog_event *e);

void mg_klog_detail_attr(struct mg_klog_event *e, const char *key, struct mg_str value);

/* API server */
bool mg_klog_detail_webhook(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_status(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_auth(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_timeout(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_panic(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_transport(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_retry(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_etcd(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_cacher(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_apf(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_aggregated(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_openapi(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_discovery(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_shutdown(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_termination(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_observed(const struct mg_klog_context *c, struct mg_klog_event *e);
/* clients and controllers */
bool mg_klog_detail_reflector(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_throttled(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_lease(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_cert(const struct mg_klog_context *c, struct mg_klog_event *e);
/* kubelet */
bool mg_klog_detail_probe(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_pleg(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_eviction(const struct mg_klog_context *c, struct mg_klog_event *e);
bool mg_klog_detail_node(const struct mg_klog_context *c, struct mg_klog_event *e);

#endif
