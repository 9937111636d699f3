/* requests.h - everything that is counted about API requests, in one pass, mergeable.
 *
 * Layer:   analysis
 * Fed with audit events (one stage per request is counted, see mg_request.counts) or with
 * httplog lines.  Nothing is kept per request; what is worth keeping becomes an event.
 * Memory:  distinct keys and occupied seconds, never the number of requests
 * Merging: every member is a sum, a minimum or a maximum (of equal times, the place in the
 *          input decides), so the order of adding and merging cannot change what the getters
 *          give.  Only the ids may differ: they count from first appearance, so never order
 *          or print by id
 */
#ifndef MG_ANALYSIS_REQUESTS_H
#define MG_ANALYSIS_REQUESTS_H

#include "base/hist.h"
#include "base/map.h"

/* One finished request as a parser saw it; views are borrowed during the call. */
struct mg_request {
	int64_t       start_ns, end_ns; /* end < start: latency unknown                 */
	uint32_t      code;             /* 0: unknown                                   */
	bool          long_running;     /* watch, exec, log, proxy …: no latency        */
	struct mg_str verb, user, user_agent, source_ip;
	struct mg_str resource;         /* "pods", "deployments.apps", "" non-resource  */
	struct mg_str subresource, ns, name;
	struct mg_str uri;              /* with query */
	struct mg_str removed_release;  /* of a deprecated API: "1.25"; else empty */
	uint32_t      artifact;
	uint64_t      line;
};

/* Code classes of the series. */
enum mg_code_class { MG_CODE_OK, MG_CODE_3XX, MG_CODE_4XX, MG_CODE_401, MG_CODE_403,
		     MG_CODE_404, MG_CODE_409, MG_CODE_429, MG_CODE_5XX, MG_CODE_NONE,
		     MG_CODE_CLASSES };
enum mg_code_class mg_code_class(uint32_t code);
const char        *mg_code_class_name(enum mg_code_class c);

/* Verb classes of the series. */
enum mg_verb_class { MG_VERB_GET, MG_VERB_LIST, MG_VERB_WATCH, MG_VERB_CREATE, MG_VERB_UPDATE,
		     MG_VERB_PATCH, MG_VERB_DELETE, MG_VERB_DELETECOLLECTION, MG_VERB_OTHER,
		     MG_VERB_CLASSES };
enum mg_verb_class mg_verb_class(struct mg_str verb);
const char        *mg_verb_class_name(enum mg_verb_class v);

/* One second of the clock. */
struct mg_second {
	int64_t  second;       /* since the epoch: the second in which requests ended */
	uint32_t ended, by_code[MG_CODE_CLASSES];
	uint32_t started;      /* not long-running, in the second of their start */
	uint32_t finished;     /* not long-running, with known latency           */
	int64_t  first_write_ns, last_write_ns; /* ends of writes the storage answered (2xx,
				  3xx, 404, 409, 410; no reviews): progress marks, 0: none */
};

/* A bucket of the latency series (width: mg_requests.width_ns). */
struct mg_latency_bucket {
	int64_t        index; /* floor(end / width) */
	struct mg_hist all, read, write, list; /* 4 bits */
	uint32_t       by_verb[MG_VERB_CLASSES];
};

/* Requests alike: same user (or source address when nobody is known), verb, resource,
 * subresource, URI pattern and code. */
struct mg_request_group {
	uint32_t user, verb, resource, subresource, pattern, code;
	uint32_t user_agent, source_ip; /* of the first one */
	uint32_t removed_release;       /* of a deprecated API, MG_NONE otherwise */
	uint64_t count;
	int64_t  first_ns, last_ns, latency_sum, latency_max;
	uint64_t slow;                  /* at least one second */
	uint32_t artifact;              /* of the first one    */
	uint64_t line;
	uint32_t last_artifact;
	uint64_t last_line;
};

/* How often a user was seen in one minute. */
struct mg_minute {
	uint32_t key;    /* id of the user         */
	int64_t  minute; /* since the epoch        */
	uint64_t count;
};

/* One object that is hit often: verb + resource/namespace/name. */
struct mg_object_hits {
	uint32_t verb, resource, ns, name;
	uint64_t count;
	uint32_t top_user; /* the first one in the input */
	uint32_t artifact; /* where that is              */
	uint64_t line;
};

/* Requests that are counted with more than their group, because rules need it. */
enum mg_note_sort {
	MG_NOTE_CONFLICT, /* 409 but of creates, per user and object                        */
	MG_NOTE_MISSING,  /* GET answered 404, likewise                                    */
	MG_NOTE_INVALID,  /* 422, likewise                                                 */
	MG_NOTE_APPLY,    /* server-side apply, likewise                                   */
	MG_NOTE_WATCH,    /* watches per user and minute they began in, told at their end;
			     `part` of them lived less than a minute                        */
	MG_NOTE_EXPIRED,  /* 410, or a watch that ended at once, per user, resource, slot  */
	MG_NOTE_RELIST,   /* LIST from a version that the client had, likewise             */
	MG_NOTE_WRITES,   /* writes per resource and minute                                */
};
#define MG_NOTE_SLOT_NS (INT64_C(5) * 1000000000) /* of EXPIRED and RELIST */

struct mg_request_note {
	uint32_t sort, user, resource, ns, name; /* ids; which are used: see the sort */
	int32_t  slot;                           /* minute, slot or 0; the key ends here */
	uint32_t count, part;
	int64_t  first_ns, last_ns;
	uint64_t line;                           /* of the first one */
	uint32_t artifact, pad;
};

struct mg_requests;

struct mg_requests *mg_requests_new(void);
void mg_requests_add(struct mg_requests *r, const struct mg_request *q);
void mg_requests_merge(struct mg_requests *to, const struct mg_requests *from);
void mg_requests_free(struct mg_requests *r); /* NULL is fine */

uint64_t mg_requests_count(const struct mg_requests *r);
void     mg_requests_span(const struct mg_requests *r, int64_t *first_ns, int64_t *last_ns);
/* Arrays, each sorted (seconds by time, buckets by index, groups by count descending then by
 * name, minutes by user name then time, objects by count then name).  Sorting happens on demand;
 * the arrays are valid until the next add, merge or free. */
const struct mg_second         *mg_requests_seconds(struct mg_requests *r, size_t *n);
const struct mg_latency_bucket *mg_requests_latency(struct mg_requests *r, size_t *n,
						    int64_t *width_ns);
const struct mg_request_group  *mg_requests_groups(struct mg_requests *r, size_t *n);
const struct mg_minute         *mg_requests_user_minutes(struct mg_requests *r, size_t *n);
const struct mg_object_hits    *mg_requests_objects(struct mg_requests *r, size_t *n);
/* Count of each error group (code >= 400) per second, sorted by group then second.  `group`
 * indexes the array that mg_requests_groups returned last. */
struct mg_error_cell { uint32_t group; int64_t second; uint32_t count; };
const struct mg_error_cell     *mg_requests_errors(struct mg_requests *r, size_t *n);
/* Those of one sort: by slot, then count descending, then names. */
const struct mg_request_note   *mg_requests_notes(struct mg_requests *r, enum mg_note_sort sort,
						  size_t *n);
/* Text of an id in any of the structs above. */
struct mg_str mg_requests_text(const struct mg_requests *r, uint32_t id);

/* Fold the variable parts of a URI path (query dropped): names under nodes -> {node}, object
 * names -> {name}, namespaces stay, UIDs and hashes -> {id}.  Writes into buf, returns the
 * view.  "/api/v1/nodes/worker-1/proxy/metrics" -> "/api/v1/nodes/{node}/proxy/metrics". */
struct mg_str mg_uri_pattern(struct mg_str uri, char *buf, size_t n);

#endif
