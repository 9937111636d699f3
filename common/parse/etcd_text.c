/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/etcd_text.h"

#include "base/num.h"
#include "parse/etcdkey.h"

/* --- families ----------------------------------------------------------------
 * First match wins.  `anywhere` needles are parts of capnslog sentences that begin with an id
 * or a quoted request; the others are how the message starts. */

static const struct family {
	const char         *needle;
	bool                anywhere;
	enum mg_etcd_family family;
} families[] = {
	{ "apply request took too long", false, MG_ETCD_SLOW_APPLY },
	{ "apply entries took too long", false, MG_ETCD_SLOW_APPLY },
	{ "waiting for ReadIndex response took too long", false, MG_ETCD_READ_INDEX },
	{ "timed out waiting for read index response", false, MG_ETCD_READ_INDEX },
	{ "ignored out-of-date read index response", false, MG_ETCD_READ_INDEX },
	{ "ignore out-of-date read index response", false, MG_ETCD_READ_INDEX },
	{ "failed to get read index from Raft", false, MG_ETCD_READ_INDEX },
	{ "failed to get the read index from Raft", false, MG_ETCD_READ_INDEX },
	{ "slow fdatasync", false, MG_ETCD_FDATASYNC },
	{ "sync duration of ", false, MG_ETCD_FDATASYNC },
	{ "leader failed to send out heartbeat on time", false, MG_ETCD_HEARTBEAT },
	{ "failed to send out heartbeat on time", false, MG_ETCD_HEARTBEAT },
	{ "server is likely overloaded", false, MG_ETCD_OVERLOAD },
	{ "dropped internal raft message", false, MG_ETCD_OVERLOAD },
	{ "dropped internal Raft message", false, MG_ETCD_OVERLOAD },
	{ "dropped Raft message since sending buffer is full", false, MG_ETCD_OVERLOAD },
	{ "failed to apply request", false, MG_ETCD_FAILED_APPLY },
	{ "prober detected unhealthy status", false, MG_ETCD_PEER_BAD },
	{ "health check for peer ", false, MG_ETCD_PEER_BAD },
	{ "lost the TCP streaming connection with peer", false, MG_ETCD_PEER_BAD },
	{ "lost TCP streaming connection with", false, MG_ETCD_PEER_BAD },
	{ "peer became inactive", false, MG_ETCD_PEER_BAD },
	{ "failed to reach the peer", false, MG_ETCD_PEER_BAD },
	{ "failed to get version", false, MG_ETCD_PEER_BAD },
	{ "cannot get the version of member", false, MG_ETCD_PEER_BAD },
	{ "failed to dial ", false, MG_ETCD_PEER_BAD },
	{ "peer became active", false, MG_ETCD_PEER_GOOD },
	{ "prober found high clock drift", false, MG_ETCD_CLOCK_DRIFT },
	{ "the clock difference against peer ", false, MG_ETCD_CLOCK_DRIFT },
	{ "rejected connection", false, MG_ETCD_REJECTED },
	{ "request stats", false, MG_ETCD_REQUEST_STATS },
	{ "trace[", false, MG_ETCD_TRACE },
	{ "finished scheduled compaction", false, MG_ETCD_COMPACTED },
	/* one pair of lines per defragmentation: the backend's in zap, the RPC's in capnslog */
	{ "defragmenting", false, MG_ETCD_DEFRAG_START },
	{ "starting to defragment the storage backend", false, MG_ETCD_DEFRAG_START },
	{ "finished defragmenting", false, MG_ETCD_DEFRAG_END },
	{ "defragmented", false, MG_ETCD_DEFRAG_END },
	{ "message exceeded backend quota", false, MG_ETCD_QUOTA },
	{ "alarm raised", false, MG_ETCD_ALARM_ON },
	{ "alarm disarmed", false, MG_ETCD_ALARM_OFF },
	{ "data corruption detected", false, MG_ETCD_CORRUPT },
	{ "found hash mismatch", false, MG_ETCD_CORRUPT },
	{ "found data inconsistency", false, MG_ETCD_CORRUPT },
	{ "failed to send database snapshot", false, MG_ETCD_SNAPSHOT_FAILED },
	{ "failed to send merged snapshot", false, MG_ETCD_SNAPSHOT_FAILED },
	{ "failed to save", false, MG_ETCD_OTHER },
	{ "saved snapshot", false, MG_ETCD_SNAPSHOT },
	{ "sent merged snapshot", false, MG_ETCD_SNAPSHOT },
	{ "applied snapshot", false, MG_ETCD_SNAPSHOT },
	{ "finished applying incoming snapshot", false, MG_ETCD_SNAPSHOT },
	{ "sending database snapshot to client", false, MG_ETCD_SNAPSHOT },
	{ "failed to revoke ", false, MG_ETCD_LEASE },
	{ "failed to receive lease keepalive", false, MG_ETCD_LEASE },
	{ "/health error", false, MG_ETCD_HEALTH },
	{ "serving /health false", false, MG_ETCD_HEALTH },
	{ "starting an etcd server", false, MG_ETCD_STARTING },
	{ "etcd Version: ", false, MG_ETCD_STARTING },
	{ "grpc: Server.processUnaryRPC failed to write status", true, MG_ETCD_GRPC },
	{ "\" took too long (", true, MG_ETCD_SLOW_APPLY },
	{ " became inactive (message send to peer failed)", true, MG_ETCD_PEER_BAD },
	{ " lost leader ", true, MG_ETCD_LEADER_LOST },
	{ " no leader at term ", true, MG_ETCD_NO_LEADER },
	{ " is starting a new election at term ", true, MG_ETCD_ELECTION },
	{ " elected leader ", true, MG_ETCD_LEADER_ELECTED },
	{ " changed leader from ", true, MG_ETCD_LEADER_ELECTED },
};

static bool matches(const struct family *f, struct mg_str msg)
{
	struct mg_str n = mg_strz(f->needle);

	return f->anywhere ? mg_str_has(msg, n) : mg_str_starts(msg, n);
}

/* "alarm NOSPACE raised by peer ID", "peer ID became active" */
static enum mg_etcd_family worded(struct mg_str msg)
{
	if (mg_str_starts(msg, MG_STR("alarm ")))
		return mg_str_has(msg, MG_STR(" raised by peer")) ? MG_ETCD_ALARM_ON :
		       mg_str_has(msg, MG_STR(" disarmed")) ? MG_ETCD_ALARM_OFF : MG_ETCD_OTHER;
	if (mg_str_starts(msg, MG_STR("peer ")) && mg_str_ends(msg, MG_STR(" became active")))
		return MG_ETCD_PEER_GOOD;
	return MG_ETCD_OTHER;
}

static bool is_client(const struct mg_etcd *e)
{
	return mg_str_starts(e->logger, MG_STR("etcd-client")) ||
	       mg_str_starts(e->caller, MG_STR("clientv3/")) ||
	       mg_str_starts(e->caller, MG_STR("v3@v3.")) ||
	       mg_str_starts(e->caller, MG_STR("client/v3/")) ||
	       mg_str_has(e->caller, MG_STR("/retry_interceptor.go"));
}

static enum mg_etcd_family family_of(const struct mg_etcd *e)
{
	if (is_client(e))
		return MG_ETCD_CLIENT;
	if (e->dialect == MG_ETCD_GRPCLOG)
		return MG_ETCD_GRPC;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (matches(&families[i], e->msg))
			return families[i].family;
	return worded(e->msg);
}

/* --- numbers inside the words ----------------------------------------------- */

static struct mg_str between(struct mg_str s, const char *before, const char *after)
{
	return mg_str_between(s, mg_strz(before), mg_strz(after));
}

static void duration(int64_t *to, struct mg_str s)
{
	if (*to < 0 && s.n)
		mg_duration_parse(mg_str_trim(s), to);
}

static void text(struct mg_str *to, struct mg_str s)
{
	if (!to->n && s.n)
		*to = s;
}

/* The word at the start of `s`. */
static struct mg_str word(struct mg_str s)
{
	size_t n = 0;

	while (n < s.n && !strchr(" ,;:()[]", s.p[n] ? s.p[n] : ' '))
		n++;
	return mg_str_head(s, n);
}

static struct mg_str word_after(struct mg_str s, const char *before)
{
	ptrdiff_t i = mg_str_find(s, mg_strz(before));

	return i < 0 ? mg_str(NULL, 0) : word(mg_str_from(s, (size_t)i + strlen(before)));
}

/* [read-only range ]request "REQ" with result "RES" took too long (DUR) to execute */
static void slow_apply(struct mg_etcd *e)
{
	ptrdiff_t     end = mg_str_rfind(e->msg, MG_STR(" took too long (")), split;
	struct mg_str head, result;

	duration(&e->took_ns, between(e->msg, "took too long [", " for "));
	if (end < 0)
		return;
	duration(&e->took_ns, between(mg_str_from(e->msg, (size_t)end), "long (", ")"));
	head = mg_str_head(e->msg, (size_t)end);
	split = mg_str_rfind(head, MG_STR("\" with result \""));
	if (split >= 0) {
		result = mg_str_from(head, (size_t)split + 15);
		if (result.n)
			result.n--; /* its quote */
		text(&e->response, result);
		if (mg_str_starts(result, MG_STR("error:")))
			text(&e->error, mg_str_from(result, 6));
		head = mg_str_head(head, (size_t)split);
	} else if (head.n && head.p[head.n - 1] == '"') {
		head.n--;
	}
	split = mg_str_find(head, MG_STR("request \""));
	if (split >= 0) {
		text(&e->prefix, mg_str_head(head, (size_t)split));
		text(&e->request, mg_str_from(head, (size_t)split + 9));
	}
}

/* {range_begin:/registry/x; range_end:; response_count:1; response_revision:5; } */
static void trace(struct mg_etcd *e)
{
	struct mg_str op = between(e->msg, "] ", ""), d = e->request;
	int64_t       n;
	bool          zoned;

	if (e->dialect == MG_ETCD_CAPNSLOG) {
		d = between(e->msg, "{", "}");
		duration(&e->took_ns, between(e->msg, "(duration: ", ","));
		if (!mg_time_parse(between(e->msg, "start: ", ")"), &e->start_ns, NULL, &zoned))
			e->start_ns = MG_TIME_NONE;
	}
	text(&e->op, word(op));
	text(&e->key, between(d, "range_begin:", ";"));
	text(&e->key, between(d, "key:", ";"));
	text(&e->range_end, between(d, "range_end:", ";"));
	if (mg_num_i64(between(d, "response_count:", ";"), &n))
		e->response_count = n;
	e->request = mg_str(NULL, 0);
}

static void raft_words(struct mg_etcd *e)
{
	struct mg_str msg = e->msg, w;
	uint64_t      term, id;

	if (mg_str_starts(msg, MG_STR("raft.node: ")))
		msg = mg_str_from(msg, 11);
	w = word(msg);
	if (mg_num_hex(w, &id))
		text(&e->member, w);
	text(&e->peer, word_after(msg, " elected leader "));
	text(&e->peer, word_after(msg, " lost leader "));
	if (mg_str_has(msg, MG_STR(" changed leader from ")))
		text(&e->peer, word_after(msg, " to "));
	if (mg_num_u64(word_after(msg, " at term "), &term) && term <= INT64_MAX)
		e->term = (int64_t)term;
}

static void peer_words(struct mg_etcd *e)
{
	static const char *const before[] = { "for peer ", "with peer ", "against peer ",
					      "of member ", "failed to dial ", "peer " };

	if (e->dialect != MG_ETCD_CAPNSLOG)
		return;
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++)
		text(&e->peer, word_after(e->msg, before[i]));
	text(&e->error, between(e->msg, "could not connect: ", " (prober"));
	duration(&e->took_ns, between(e->msg, "too high [", " > "));
	text(&e->remote, between(e->msg, "prober \"", "\""));
	text(&e->remote, between(e->msg, " (stream ", ")"));
}

static void alarm_words(struct mg_etcd *e)
{
	if (e->dialect != MG_ETCD_CAPNSLOG)
		return;
	text(&e->alarm, word_after(e->msg, "alarm "));
	text(&e->member, word_after(e->msg, "peer "));
}

static void failed_apply(struct mg_etcd *e)
{
	duration(&e->took_ns, between(e->msg, ",took ", ","));
	text(&e->request, between(e->msg, ",request ", ",resp "));
	text(&e->error, between(e->msg, ",err is ", ""));
}

static void words(struct mg_etcd *e)
{
	switch (e->family) {
	case MG_ETCD_SLOW_APPLY:
		slow_apply(e);
		break;
	case MG_ETCD_FAILED_APPLY:
		failed_apply(e);
		break;
	case MG_ETCD_READ_INDEX:
		duration(&e->took_ns, between(e->msg, "retry-timeout: ", ")"));
		break;
	case MG_ETCD_FDATASYNC:
		duration(&e->took_ns, between(e->msg, "duration of ", ","));
		duration(&e->expected_ns, between(e->msg, "less than ", ""));
		break;
	case MG_ETCD_HEARTBEAT:
		/* "for 818.3ms, to ID)", in 3.0 "for 52.1µs)" */
		duration(&e->took_ns, word_after(e->msg, "timeout for "));
		duration(&e->expected_ns, between(e->msg, "exceeded the ", " timeout"));
		text(&e->peer, between(e->msg, ", to ", ")"));
		break;
	case MG_ETCD_LEADER_LOST:
	case MG_ETCD_NO_LEADER:
	case MG_ETCD_ELECTION:
	case MG_ETCD_LEADER_ELECTED:
		raft_words(e);
		break;
	case MG_ETCD_OVERLOAD:
		text(&e->peer, word_after(e->msg, " message to "));
		break;
	case MG_ETCD_PEER_BAD:
	case MG_ETCD_PEER_GOOD:
	case MG_ETCD_CLOCK_DRIFT:
		peer_words(e);
		break;
	case MG_ETCD_REJECTED:
		text(&e->remote, between(e->msg, "from \"", "\""));
		text(&e->error, between(e->msg, "(error \"", "\""));
		break;
	case MG_ETCD_TRACE:
		trace(e);
		break;
	case MG_ETCD_COMPACTED:
		duration(&e->took_ns, between(e->msg, "(took ", ")"));
		if (e->revision < 0 && !mg_num_i64(word_after(e->msg, "compaction at "), &e->revision))
			e->revision = -1;
		break;
	case MG_ETCD_ALARM_ON:
	case MG_ETCD_ALARM_OFF:
		alarm_words(e);
		break;
	case MG_ETCD_STARTING:
		text(&e->version, between(e->msg, "etcd Version: ", ""));
		break;
	default:
		break;
	}
}

/* "/etcdserverpb.KV/DeleteRange" and the words of a trace as the names used for requests. */
static struct mg_str op_name(struct mg_str op)
{
	static const struct { const char *rpc, *op; } names[] = {
		{ "Range", "range" }, { "range", "range" }, { "Put", "put" }, { "put", "put" },
		{ "Txn", "txn" }, { "txn", "txn" }, { "transaction", "txn" },
		{ "DeleteRange", "delete" }, { "delete", "delete" }, { "Compact", "compaction" },
		{ "compact", "compaction" }, { "LeaseGrant", "lease-grant" },
		{ "LeaseRevoke", "lease-revoke" }, { "Snapshot", "snapshot" },
		{ "linearizableReadLoop", "read-index" },
	};
	struct mg_str name = mg_str_basename(op);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mg_str_eq(name, mg_strz(names[i].rpc)))
			return mg_strz(names[i].op);
	return name;
}

static void request(struct mg_etcd *e)
{
	struct mg_etcd_request r;
	int64_t                count, size;

	if (e->request.n) {
		r = mg_etcd_request(e->request);
		text(&e->key, r.key);
		text(&e->range_end, r.range_end);
		if (r.op.n)
			e->op = r.op;
	}
	e->op = op_name(e->op);
	if (!e->response.n)
		return;
	mg_etcd_response(e->response, &count, &size);
	if (count >= 0)
		e->response_count = count;
	if (size >= 0)
		e->response_size = size;
}

void mg_etcd_classify(struct mg_etcd *e)
{
	e->family = family_of(e);
	words(e);
	if (e->request.n || e->op.n)
		request(e);
}

/* --- escapes ------------------------------------------------------------------ */

static unsigned hex4(struct mg_str s)
{
	uint64_t v;

	return s.n >= 4 && mg_num_hex(mg_str_head(s, 4), &v) ? (unsigned)v : 0xfffd;
}

static size_t utf8(unsigned c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* The code point of "uXXXX" at `s` (with its low surrogate when it is a high one). */
static unsigned unicode(struct mg_str s, size_t *used)
{
	unsigned c = hex4(mg_str_from(s, 1)), low;

	*used = s.n < 5 ? s.n : 5;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	low = s.n >= 11 && s.p[5] == '\\' && s.p[6] == 'u' ? hex4(mg_str_from(s, 7)) : 0;
	if (c > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*used = 11;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* One escape at `s`, behind its backslash. */
static size_t escape(struct mg_str s, char *to, size_t *used)
{
	static const char from[] = "ntrbf\"\\/'", plain[] = "\n\t\r\b\f\"\\/'";
	const char       *hit;
	uint64_t          v;

	*used = 1;
	if (s.p[0] == 'u')
		return utf8(unicode(s, used), to);
	if (s.p[0] == 'x' && s.n >= 3 && mg_num_hex(mg_str(s.p + 1, 2), &v)) {
		*used = 3;
		to[0] = (char)v;
		return 1;
	}
	hit = s.p[0] ? strchr(from, s.p[0]) : NULL;
	if (hit) {
		to[0] = plain[hit - from];
		return 1;
	}
	to[0] = '\\'; /* unknown: as it stands */
	to[1] = s.p[0];
	return 2;
}

struct mg_str mg_etcd_text(struct mg_str escaped, char *buf, size_t n)
{
	size_t o = 0;

	for (size_t i = 0, used; i < escaped.n && o + 5 < n; i += used) {
		used = 1;
		if (escaped.p[i] != '\\' || i + 1 == escaped.n) {
			buf[o++] = escaped.p[i];
			continue;
		}
		o += escape(mg_str_from(escaped, i + 1), buf + o, &used);
		used++;
	}
	if (n)
		buf[o] = '\0';
	return mg_str(buf, o);
}
