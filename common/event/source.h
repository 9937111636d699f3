/* source.h - where a line comes from: what the adapters need beside the text.
 *
 * Layer: event
 */
#ifndef MG_EVENT_SOURCE_H
#define MG_EVENT_SOURCE_H

#include "event/event.h"
#include "event/logrules.h"

/* One leaf.  The views live as long as the run. */
struct mg_source {
	uint32_t      artifact;
	struct mg_str path;
	int64_t       mtime_ns;  /* MG_TIME_NONE when unknown */
	struct mg_str node, ns, pod, container; /* from the path; empty when not said there */
	struct mg_str component; /* kube-apiserver, etcd, kubelet …; empty when unknown */
	bool          previous;  /* log of the instance before the current one */
	int64_t       offset_ns; /* to add to every time: its node's clock put right. Requests
				    get it where they are counted, events when they are folded */
	bool          windowed;
	int64_t       since_ns, until_ns; /* when windowed: only requests that end in [since, until) are
				    counted; MG_TIME_NONE: open */
	bool          changes; /* also what created and wrote objects (object.changed) */
	const struct mg_logrules *rules; /* of the user, or NULL */
	void         *ctx; /* of a tool's own consumer (mg_ingest_opts), else NULL */
};

/* Put a time by the source's clock right. */
static inline void mg_source_right(const struct mg_source *s, int64_t *ns)
{
	if (*ns != MG_TIME_NONE)
		*ns += s->offset_ns;
}

static inline bool mg_source_wants(const struct mg_source *s, int64_t end_ns)
{
	return !s->windowed ||
	       ((s->since_ns == MG_TIME_NONE || end_ns >= s->since_ns) &&
		(s->until_ns == MG_TIME_NONE || end_ns < s->until_ns));
}

/* One line without its envelope (container-log prefix, journald header). */
struct mg_line {
	struct mg_str       text;
	int64_t             time_ns; /* of the envelope, or the last known time of the file */
	enum mg_time_source time_source;
	uint64_t            lineno;
	struct mg_str       host;  /* journald's host column, else empty */
	struct mg_str       ident; /* journald's identifier, else empty  */
};

#endif
