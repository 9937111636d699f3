/* ingest.h - read inputs of any shape into a case: walk, sniff, parse in parallel, fold.
 *
 * Layer:   ingest (base io parse event analysis)
 * Memory:  blocks in flight, plus what the case keeps (events, counts, samples); each thread
 *          counts requests for itself until the end
 * Threads: the calling thread walks and folds, workers parse; see io/pool.h
 */
#ifndef MG_INGEST_INGEST_H
#define MG_INGEST_INGEST_H

#include "analysis/case.h"
#include "ingest/consumer.h"
#include "io/bundle.h"

struct mg_ingest_opts {
	int              threads;    /* 0: all processors          */
	size_t           block_size; /* 0: MG_BLOCK_SIZE           */
	struct mg_limits limits;     /* zeroed: mg_limits_default  */
	const struct mg_clock_offset *offsets; /* of nodes' clocks, to be put right */
	uint32_t         noffsets;
	bool             windowed;   /* only what lies in [since_ns, until_ns), each
					MG_TIME_NONE when open */
	int64_t          since_ns, until_ns;
	uint64_t         kinds;      /* bit per enum mg_kind to parse, 0: all; every leaf is
					listed in the case all the same */
	bool             count_all;  /* also leaves that nothing is parsed from: bytes and lines */
	bool             changes;    /* also object.changed, of every object: there are many */
	/* NULL, or asked first of all: false leaves the leaf out, as if it were not there */
	bool (*wants)(void *ctx, const struct mg_leaf *leaf);
	/* NULL: the built-in consumer of each kind.  Otherwise asked first; a NULL result means
	 * "do not parse this leaf". */
	const struct mg_consumer *(*pick)(void *ctx, const struct mg_leaf *leaf);
	/* NULL, or called with each partial, in order, before it is merged into the case. */
	void (*fold)(void *ctx, struct mg_partial *p);
	const struct mg_logrules *rules; /* patterns to look for in logs, NULL: none */
	void *ctx; /* of pick and fold; also in mg_source.ctx */
	void (*progress)(void *ctx, uint64_t done, int64_t total);
	void *progress_ctx;
};

/* Add every operand to `c` (initialised by mg_case_init), then finish it.  MG_OK: read, with
 * c->faults saying what could not be.  MG_FATAL: nothing at all was readable; err says why. */
enum mg_status mg_ingest_run(struct mg_case *c, char *const *operands, int n,
			     const struct mg_ingest_opts *o, struct mg_err *err);

/* The consumer that reads a kind; NULL when nothing is parsed from it. */
const struct mg_consumer *mg_consumer_of(enum mg_kind k);

/* What a path says about a leaf: node, namespace, pod, container, component, previous.
 * Views point into `path` or at literals.  Layouts: docs/formats/layouts.md. */
void mg_source_from_path(struct mg_str path, struct mg_source *out);
/* "kube-apiserver", "etcd" … for a container, unit or process name; the name itself when it
 * is not a well-known one. */
struct mg_str mg_component_of(struct mg_str name);

#endif
