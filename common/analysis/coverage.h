/* coverage.h - what the archive held, source by source, and how to get what it lacked.
 *
 * Layer:   analysis
 * Memory:  texts live in the coverage's arena; release frees everything
 * "No errors" and "no data" must never look alike: every source that the rules could have
 * used has a row, also when there is nothing of it.  Each artifact is counted in exactly one
 * row, except that a file of mixed objects is counted in the row of every kind it shows.
 */
#ifndef MG_ANALYSIS_COVERAGE_H
#define MG_ANALYSIS_COVERAGE_H

#include "analysis/case.h"

/* id in findings.json, name for people, what its records are called */
#define MG_COVERAGE(X)                                                                 \
	X(AUDIT, "audit", "audit log", "events")                                       \
	X(APISERVER, "kube-apiserver", "kube-apiserver log", "lines")                  \
	X(KCM, "kube-controller-manager", "kube-controller-manager log", "lines")      \
	X(SCHEDULER, "kube-scheduler", "kube-scheduler log", "lines")                  \
	X(ETCD, "etcd", "etcd log", "lines")                                           \
	X(KUBELET, "kubelet", "kubelet or journal log", "lines")                       \
	X(KERNEL, "kernel", "kernel log", "lines")                                     \
	X(GOROUTINE, "goroutine", "goroutine dumps", "dumps")                          \
	X(HEAP, "heap", "heap profiles", "profiles")                                   \
	X(EVENTS, "events", "event objects", "objects")                                \
	X(PODS, "pods", "pod statuses", "objects")                                     \
	X(NODES, "nodes", "node objects", "objects")                                   \
	X(METRICS, "metrics", "metrics", "samples")                                    \
	X(ETCD_INFO, "etcd_info", "etcd_info", "files")                                \
	X(OTHER_LOGS, "other-logs", "other logs", "lines")                             \
	X(OTHER_OBJECTS, "other-objects", "other objects", "objects")                  \
	X(OTHER, "other", "other files", "files")

enum mg_coverage_id {
#define X(id, name, title, unit) MG_COV_##id,
	MG_COVERAGE(X)
#undef X
	MG_COV_COUNT
};

struct mg_coverage_row {
	const char   *id, *title, *unit;
	bool          wanted; /* the rules look for it: its absence is worth a word */
	uint32_t      files;  /* with at least one byte */
	uint32_t      empty;  /* 0 bytes: collected, but nothing was there          */
	uint64_t      records, lines, bytes, bad;
	uint64_t      count;  /* the number to show: of what `unit` says            */
	int64_t       first_ns, last_ns;
	struct mg_str collect; /* the command that collects it; empty when not wanted */
};

struct mg_coverage {
	struct mg_arena        arena;
	struct mg_coverage_row row[MG_COV_COUNT];
	uint32_t               files, empty; /* of all rows, each artifact once */
	uint32_t               copies;       /* of files in the rows; in none themselves */
	bool                   openshift;    /* commands are `oc`, else `kubectl` */
};

/* Present: at least one file with something in it. */
static inline bool mg_coverage_present(const struct mg_coverage_row *r)
{
	return r->files > 0;
}

void mg_coverage_build(struct mg_coverage *cov, const struct mg_case *c);
void mg_coverage_release(struct mg_coverage *cov);

#endif
