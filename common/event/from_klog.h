/* from_klog.h - which klog lines are events, and what they say.
 *
 * Layer:   event (base parse)
 * Memory:  allocates nothing; views point into the line
 * Threads: pure functions
 * Cost:    a binary search on the base file name; messages are compared only for the files
 *          that have families, and for warnings and errors
 * Format:  docs/formats/klog.md, section "Message families"
 */
#ifndef MG_EVENT_FROM_KLOG_H
#define MG_EVENT_FROM_KLOG_H

#include "event/event.h"
#include "parse/klog.h"

#define MG_KLOG_EVENT_ATTRS 8

struct mg_klog_event {
	enum mg_event_kind kind;
	enum mg_severity   severity;
	struct mg_str      ns, name, resource, verb, pod, audit_id;
	int64_t            duration_ns; /* -1: a point; else it ended at the line's time      */
	int64_t            time_ns;     /* said in the text; MG_TIME_NONE: the line's own     */
	uint32_t           code;
	bool               stack;       /* the stack of one goroutine follows on further lines */
	bool               fold;        /* alike lines of one second are one event            */
	struct {
		const char   *key;
		struct mg_str value;
	} attrs[MG_KLOG_EVENT_ATTRS];
	unsigned nattrs;
};

/* False: a line that is no event.  `component` may be empty. */
bool mg_klog_event(const struct mg_klog *k, struct mg_str component, struct mg_klog_event *out);

/* Of the letter of a klog header: I W E F. */
enum mg_severity mg_klog_severity(char letter);

/* "kube-apiserver", "kubelet" … from a journal's identifier, a container's name or a klog
 * source file; empty when it says nothing. */
struct mg_str mg_klog_component_of_name(struct mg_str name);
struct mg_str mg_klog_component_of_file(struct mg_str file);

/* Hash of a message without what varies: numbers, ids, addresses, quoted hex. */
uint64_t mg_klog_message_hash(struct mg_str msg, uint64_t seed);

#endif
