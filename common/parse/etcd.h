/* etcd.h - one line of an etcd log: dialect, fields, and which of the known complaints it is.
 *
 *   {"level":"warn","ts":"…","caller":"etcdserver/util.go:167","msg":"apply request took …}
 *   2021-09-11 14:44:49.798103 W | etcdserver: server is likely overloaded
 *   2022-02-07T22:15:16.123456Z<TAB>WARN<TAB>wal/wal.go:808<TAB>slow fdatasync<TAB>{"took":"1.2s"}
 *   raft2022/01/27 14:37:20 INFO: 5320353a7d98bdee became leader at term 2
 *   WARNING: 2026/11/21 03:13:23 [core] grpc: Server.processUnaryRPC failed to write status …
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; every view points into the line (or at a literal).  Text keeps
 *          the escapes of its dialect: use mg_etcd_text for a plain copy
 * Threads: pure functions
 * Cost:    one pass over the members of a JSON line, no regular expressions
 * Format:  docs/formats/etcd.md; etcd v3.0 to v3.6: etcdserver/{util,v3_server,raft,apply}.go,
 *          wal/wal.go, rafthttp/{probing_status,stream,peer_status}.go, raft/{raft,node}.go,
 *          v3rpc/{interceptor,maintenance}.go, mvcc/backend/backend.go, traceutil/trace.go
 */
#ifndef MG_PARSE_ETCD_H
#define MG_PARSE_ETCD_H

#include "base/err.h"
#include "base/time.h"

enum mg_etcd_dialect {
	MG_ETCD_ZAP,     /* JSON                                         */
	MG_ETCD_CONSOLE, /* zap's console encoder                        */
	MG_ETCD_CAPNSLOG,
	MG_ETCD_RAFTLOG, /* raft's default logger: Go's log package      */
	MG_ETCD_GRPCLOG, /* grpclog's default logger: the same, by level */
};

enum mg_etcd_family {
	MG_ETCD_OTHER,
	MG_ETCD_SLOW_APPLY,
	MG_ETCD_FAILED_APPLY,
	MG_ETCD_READ_INDEX,
	MG_ETCD_HEARTBEAT,
	MG_ETCD_OVERLOAD,        /* ticks late, or raft messages dropped          */
	MG_ETCD_FDATASYNC,
	MG_ETCD_LEADER_LOST,     /* lost leader                                   */
	MG_ETCD_NO_LEADER,       /* a proposal or read was dropped for want of one */
	MG_ETCD_ELECTION,        /* starts an election                            */
	MG_ETCD_LEADER_ELECTED,
	MG_ETCD_PEER_BAD,
	MG_ETCD_PEER_GOOD,
	MG_ETCD_CLOCK_DRIFT,
	MG_ETCD_REJECTED,
	MG_ETCD_REQUEST_STATS,
	MG_ETCD_TRACE,
	MG_ETCD_COMPACTED,
	MG_ETCD_DEFRAG_START,
	MG_ETCD_DEFRAG_END,
	MG_ETCD_QUOTA,
	MG_ETCD_ALARM_ON,
	MG_ETCD_ALARM_OFF,
	MG_ETCD_CORRUPT,
	MG_ETCD_SNAPSHOT,
	MG_ETCD_SNAPSHOT_FAILED,
	MG_ETCD_LEASE,           /* a lease could not be revoked or kept          */
	MG_ETCD_HEALTH,          /* its /health endpoint answered unhealthy       */
	MG_ETCD_STARTING,
	MG_ETCD_GRPC,
	MG_ETCD_CLIENT,          /* the etcd client library: not written by etcd  */
};

/* -1, empty or MG_TIME_NONE where the line does not say. */
struct mg_etcd {
	enum mg_etcd_dialect dialect;
	enum mg_etcd_family  family;
	char          level;     /* D I W E F; N counts as I, C and panics as F       */
	int64_t       ts_ns;     /* of the line; without zone as if UTC               */
	bool          zoned;
	struct mg_str caller, logger, pkg, msg;
	int64_t       took_ns;   /* took, exceeded by, round trip, drift, retry time  */
	int64_t       expected_ns;
	int64_t       start_ns;  /* traces: when it began                             */
	struct mg_str request, response; /* protobuf text                             */
	struct mg_str prefix;    /* "read-only range " …                              */
	struct mg_str op;        /* range put delete txn-put txn-delete txn-range txn
				    lease-grant lease-revoke compaction auth; a literal */
	struct mg_str key, range_end;
	int64_t       response_count, response_size, request_size;
	struct mg_str error;
	struct mg_str member, peer; /* hexadecimal ids                                */
	int64_t       term;
	struct mg_str alarm;     /* NOSPACE, CORRUPT                                  */
	struct mg_str remote;    /* address, or round tripper or stream of a peer     */
	struct mg_str version;
	int64_t       db_bytes, in_use_bytes, quota_bytes;
	int64_t       revision;  /* up to which was compacted                         */
};

/* Parse a line without its envelope and without '\n'.
 * MG_OK; MG_SKIP: not in any of etcd's dialects; MG_FAIL: zap JSON that is damaged, err->byte
 * is the offset and the members before it are filled in.  A zap line is only known to be
 * etcd's by its family or caller: see mg_etcd_caller. */
enum mg_status mg_etcd_parse(struct mg_str line, struct mg_etcd *out, struct mg_err *err);

/* Is this a source file of etcd's server ("wal/wal.go:808")? */
bool mg_etcd_caller(struct mg_str caller);

/* The text without JSON or Go escapes, cut at n - 1 bytes, NUL-terminated, in buf. */
struct mg_str mg_etcd_text(struct mg_str escaped, char *buf, size_t n);

#endif
