/* consumer.h - what turns the blocks of one leaf into events, counts and samples.
 *
 * Layer:   ingest (base io parse event analysis)
 * A consumer is pure: block in, partial out.  It never prints.  Stateless consumers get the
 * blocks of a leaf on several threads at once; stateful ones get them in order, with the
 * state that open returned.
 */
#ifndef MG_INGEST_CONSUMER_H
#define MG_INGEST_CONSUMER_H

#include "analysis/audit_open.h"
#include "analysis/requests.h"
#include "analysis/samples.h"
#include "event/batch.h"
#include "event/source.h"
#include "event/stats.h"
#include "io/blocks.h"
#include "io/kind.h"

struct mg_audit_memo;

/* What one block of one leaf yields; merged in order by the driver. */
struct mg_partial {
	struct mg_batch      events;
	/* Requests seen in audit events and in httplog lines.  Counting does not depend on the
	 * order, so the driver lends what a thread counted before and takes it back behind the
	 * block; a consumer that finds NULL makes one. */
	struct mg_requests  *audit, *http;
	struct mg_audit_memo *memo; /* the same */
	struct mg_audit_opens opens; /* audit events: requests that began or ended here */
	struct mg_samples    samples;
	struct mg_leaf_stats stats;
	/* Only for event streams: the path of each event's artifact, one an event. */
	struct mg_str *paths;
	size_t         npaths, paths_cap;
	void *prepared; /* what the consumer's `prepare` gave for the block */
	void *extra; /* of a tool's own consumer: given to mg_ingest_opts.fold, which frees it */
};

/* Name the artifact of the next event that has none yet; the path is copied. */
void mg_partial_path(struct mg_partial *p, struct mg_str path);

struct mg_consumer {
	const char *name;
	bool        stateful;
	void *(*open)(const struct mg_source *src); /* NULL result is fine when stateless */
	/* What can be known of a block without those before it: may run on any thread, before
	 * or while `block` is at earlier blocks of the leaf, so of the state it may read only
	 * what open set and nothing writes.  The result is out->prepared of that block, which
	 * frees it.  May be NULL. */
	void *(*prepare)(const void *state, const struct mg_block *b);
	void (*block)(void *state, const struct mg_source *src, const struct mg_block *b,
		      struct mg_partial *out);
	/* End of the leaf: flush what is pending into *out, free the state.  May be NULL. */
	void (*close)(void *state, const struct mg_source *src, struct mg_partial *out);
};

extern const struct mg_consumer mg_consumer_audit;    /* AUDIT                               */
extern const struct mg_consumer mg_consumer_log;      /* LOG ETCD_LOG JOURNAL KERNEL, and the
							 dumps inside logs                  */
extern const struct mg_consumer mg_consumer_gostack;  /* GOROUTINE                           */
extern const struct mg_consumer mg_consumer_heap;     /* HEAP PPROF                          */
extern const struct mg_consumer mg_consumer_kubeobj;  /* KUBE_YAML KUBE_JSON ETCD_INFO       */
extern const struct mg_consumer mg_consumer_kubetext; /* APF KUBE_TEXT                       */
extern const struct mg_consumer mg_consumer_pem;      /* PEM                                 */
extern const struct mg_consumer mg_consumer_metrics;  /* METRICS METRICS_CSV                 */

extern const struct mg_consumer mg_consumer_events;   /* MG_EVENTS                           */

/* The partial's memo, made when there is none. */
struct mg_audit_memo *mg_partial_memo(struct mg_partial *p);
void mg_partial_init(struct mg_partial *p);
void mg_partial_release(struct mg_partial *p);

#endif
