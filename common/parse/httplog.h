/* httplog.h - one request as kube-apiserver's httplog filter wrote it.
 *
 *   GET /api/v1/pods: (1.2ms) 200 [[kubectl/v1.8 (linux/amd64)] 10.0.0.1:5555]      <= 1.14
 *   GET /api/v1/pods: (1.2ms) 200 [kubectl/v1.16 (linux/amd64) 10.0.0.1:5555]       1.15 - 1.17
 *   verb="GET" URI="/api/v1/pods" latency=1.2ms resp=200 UserAgent="x" srcIP="…":   1.18
 *   "HTTP" verb="GET" URI="/api/v1/pods" latency="1.2ms" … resp=200                  1.19 on
 *
 * Layer:   parse (base only)
 * Memory:  allocates nothing; views point into the message, escapes as written
 * Threads: pure function
 * Format:  docs/formats/httplog.md (apiserver pkg/server/httplog/httplog.go)
 */
#ifndef MG_PARSE_HTTPLOG_H
#define MG_PARSE_HTTPLOG_H

#include "base/time.h"

struct mg_httplog {
	struct mg_str verb;       /* as printed: an HTTP method, or LIST, WATCH, APPLY …      */
	struct mg_str uri;        /* with query                                              */
	int64_t       latency_ns; /* -1 unknown                                              */
	uint32_t      code;       /* 0: none (hijacked, or never written)                    */
	bool          hijacked;
	bool          stack;      /* a goroutine's stack follows, on this line or the next   */
	struct mg_str user_agent;
	struct mg_str source_ip;  /* without the port                                        */
	struct mg_str audit_id;   /* 1.22 on                                                 */
	struct mg_str priority_level, flow_schema; /* apf_pl, apf_fs                         */
	int64_t       queued_ns;  /* time spent in the fair queue, -1 unknown                */
};

/* `msg` is the text behind the klog header.  False: no httplog line. */
bool mg_httplog_parse(struct mg_str msg, struct mg_httplog *out);

#endif
