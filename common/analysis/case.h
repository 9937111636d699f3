/* case.h - everything that was read of one incident, ready for the rules.
 *
 * Layer:   analysis
 * The driver (ingest/) fills it; after mg_case_finish nothing changes any more: times are
 * final, events sorted, artifact paths relative to the common root of their input.
 */
#ifndef MG_ANALYSIS_CASE_H
#define MG_ANALYSIS_CASE_H

#include "analysis/requests.h"
#include "analysis/samples.h"
#include "base/err.h"
#include "event/batch.h"
#include "event/source.h"
#include "event/stats.h"
#include "io/kind.h"

struct mg_artifact {
	struct mg_str        path;   /* below the input's root; with several inputs, behind the
					input's name */
	enum mg_kind         kind;
	int64_t              size;   /* as stored, -1 unknown */
	struct mg_source     source; /* node, pod, component … from the path */
	struct mg_leaf_stats stats;
	struct mg_str        whole;   /* path as the walk named it; p == NULL: only named by an
					 event stream */
	uint32_t             same_as; /* 1 + the artifact whose bytes these are: not read again;
					 0: its own */
};

struct mg_input {
	struct mg_str operand;   /* as given */
	int64_t       size;      /* bytes of a file operand, -1 otherwise */
	struct mg_str root;      /* path prefix shared by all leaves, '/' at its end, or empty */
	uint32_t      first, n;  /* its artifacts */
};

/* Something that could not be read. */
struct mg_fault {
	struct mg_str path;
	struct mg_err err;
};

/* The clock of a node is put right by adding `ns` to every time of its artifacts. */
struct mg_clock_offset {
	struct mg_str node;
	int64_t       ns;
};

struct mg_case {
	struct mg_arena     arena; /* paths and names */
	struct mg_input    *inputs;
	uint32_t            ninputs, inputs_cap;
	struct mg_artifact *artifacts;
	uint32_t            nartifacts, artifacts_cap;
	struct mg_fault    *faults;
	uint32_t            nfaults, faults_cap;
	uint64_t            passed_over; /* links, devices and the like; the first are in faults */
	uint32_t            copies;      /* artifacts with same_as */
	struct mg_batch     events; /* sorted */
	struct mg_requests *audit;  /* never NULL; empty when there was no audit log */
	struct mg_requests *http;   /* never NULL; from httplog lines                */
	uint64_t            received; /* RequestReceived lines of the audit logs: without
					 them no request is known to have begun only  */
	struct mg_requests *usual;  /* of a baseline, the caller's; NULL: what is usual is told
				       from the case's own requests              */
	struct mg_samples   samples;
	struct mg_samples   derived; /* rates and quantiles between scrapes (derive.h) */
	int64_t             first_ns, last_ns; /* robust span of the data, MG_TIME_NONE: no time */
	uint64_t            outliers;          /* events outside the robust span */
	const struct mg_clock_offset *offsets; /* that were applied; of the caller */
	uint32_t            noffsets;
	int64_t             since_ns, until_ns; /* the window asked for, MG_TIME_NONE: open */
};

void mg_case_init(struct mg_case *c);
/* Before finish: keep only events and samples in [since, until) (MG_TIME_NONE: open). */
void mg_case_window(struct mg_case *c, int64_t since_ns, int64_t until_ns);
void mg_case_finish(struct mg_case *c);
void mg_case_release(struct mg_case *c);

/* Does any artifact of this kind hold records? */
bool mg_case_has(const struct mg_case *c, enum mg_kind k);
/* The requests to judge by: those of the audit log, or of httplog lines where there is none. */
struct mg_requests *mg_case_requests(const struct mg_case *c);
/* The path of an artifact id; "" for an unknown one. */
struct mg_str mg_case_path(const struct mg_case *c, uint32_t artifact);
/* First event with time >= ns, by binary search (index, c->events.n when none). */
size_t mg_case_lower_bound(const struct mg_case *c, int64_t ns);

#endif
