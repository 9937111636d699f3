/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/etcd.h"

#include <stddef.h>

#include "base/num.h"
#include "parse/etcd_text.h"
#include "parse/etcdkey.h"

/* --- flat JSON ---------------------------------------------------------------
 * zap writes one object of scalars and short arrays.  A member's value is kept as it stands:
 * a string without its quotes, anything else with all its brackets. */

struct walk {
	struct mg_str s;
	size_t        at;
};

static void blanks(struct walk *w)
{
	while (w->at < w->s.n && (w->s.p[w->at] == ' ' || w->s.p[w->at] == '\t'))
		w->at++;
}

static bool take(struct walk *w, char c)
{
	blanks(w);
	if (w->at == w->s.n || w->s.p[w->at] != c)
		return false;
	w->at++;
	return true;
}

/* Behind an opening quote: the text up to the closing one, which is consumed. */
static bool string_rest(struct walk *w, struct mg_str *out)
{
	size_t start = w->at;

	for (; w->at < w->s.n; w->at++) {
		if (w->s.p[w->at] == '\\') {
			w->at++;
		} else if (w->s.p[w->at] == '"') {
			*out = mg_str(w->s.p + start, w->at - start);
			w->at++;
			return true;
		}
	}
	w->at = w->s.n;
	return false;
}

/* A number, word, array or object: up to the ',' or '}' that ends it. */
static bool other_value(struct walk *w, struct mg_str *out)
{
	size_t        start = w->at, depth = 0;
	struct mg_str skipped;

	while (w->at < w->s.n) {
		char c = w->s.p[w->at];

		if (depth == 0 && (c == ',' || c == '}'))
			break;
		w->at++;
		if (c == '"' && !string_rest(w, &skipped))
			return false;
		depth += c == '[' || c == '{';
		if (c == ']' || c == '}') {
			if (depth == 0)
				return false;
			depth--;
		}
	}
	*out = mg_str_trim(mg_str(w->s.p + start, w->at - start));
	return out->n > 0 && w->at < w->s.n;
}

/* The next member, `first` is whether '{' was just read.  MG_EOF behind the '}'. */
static enum mg_status member(struct walk *w, bool first, struct mg_str *key, struct mg_str *val)
{
	if (take(w, '}'))
		return MG_EOF;
	if ((!first && !take(w, ',')) || !take(w, '"') || !string_rest(w, key) || !take(w, ':'))
		return MG_FAIL;
	if (take(w, '"'))
		return string_rest(w, val) ? MG_OK : MG_FAIL;
	return other_value(w, val) ? MG_OK : MG_FAIL;
}

/* --- members that mean something ------------------------------------------- */

enum type { TEXT, DURATION, NUMBER, TIME };

static const struct field {
	const char *name;
	enum type   type;
	size_t      at;
} fields[] = {
#define F(name, type, to) { name, type, offsetof(struct mg_etcd, to) }
	F("caller", TEXT, caller),
	F("logger", TEXT, logger),
	F("msg", TEXT, msg),
	F("took", DURATION, took_ns),
	F("expected-duration", DURATION, expected_ns),
	F("exceeded-duration", DURATION, took_ns),
	F("duration", DURATION, took_ns),
	F("time spent", DURATION, took_ns),
	F("retry-timeout", DURATION, took_ns),
	F("timeout", DURATION, took_ns),
	F("clock-drift", DURATION, took_ns),
	F("start", TIME, start_ns),
	F("start time", TIME, start_ns),
	F("prefix", TEXT, prefix),
	F("request", TEXT, request),
	F("request content", TEXT, request),
	F("detail", TEXT, request),
	F("response", TEXT, response),
	F("response count", NUMBER, response_count),
	F("response size", NUMBER, response_size),
	F("request size", NUMBER, request_size),
	F("response type", TEXT, op),
	F("error", TEXT, error),
	F("output", TEXT, error), /* of /health error */
	F("to", TEXT, peer),
	F("remote-peer-id", TEXT, peer),
	F("peer-id", TEXT, peer),
	F("remote-member-id", TEXT, peer),
	F("local-member-id", TEXT, member),
	F("from", TEXT, member),
	F("alarm", TEXT, alarm),
	F("remote-addr", TEXT, remote),
	F("remote", TEXT, remote),
	F("target", TEXT, remote),
	F("round-tripper-name", TEXT, remote),
	F("stream-reader-type", TEXT, remote),
	F("stream-writer-type", TEXT, remote),
	F("etcd-version", TEXT, version),
	F("compact-revision", NUMBER, revision),
	F("current-db-size-bytes", NUMBER, db_bytes),
	F("total-bytes", NUMBER, db_bytes),
	F("quota-size-bytes", NUMBER, quota_bytes),
	F("current-db-size-in-use-bytes", NUMBER, in_use_bytes),
#undef F
};

/* zap encodes times as text or, by default, as seconds; other tools as ms, µs, ns. */
static bool any_time(struct mg_str s, int64_t *ns, bool *zoned)
{
	double v;

	if (mg_time_parse(s, ns, NULL, zoned))
		return true;
	if (s.n < 2 || !mg_is_digit(s.p[0]) || !mg_num_f64(s, &v))
		return false;
	v *= v >= 1e17 ? 1 : v >= 1e14 ? 1e3 : v >= 1e11 ? 1e6 : 1e9;
	if (!(v >= 1 && v < 9e18))
		return false;
	*zoned = true;
	*ns = (int64_t)v;
	return true;
}

/* The first one of several members with one meaning stays. */
static void set_field(struct mg_etcd *e, const struct field *f, struct mg_str val)
{
	char *to = (char *)e + f->at;
	bool  zoned;

	switch (f->type) {
	case TEXT:
		if (!((struct mg_str *)(void *)to)->n)
			*(struct mg_str *)(void *)to = val;
		break;
	case DURATION:
		if (*(int64_t *)(void *)to < 0)
			mg_duration_parse(val, (int64_t *)(void *)to);
		break;
	case NUMBER:
		mg_num_i64(val, (int64_t *)(void *)to);
		break;
	case TIME:
		any_time(val, (int64_t *)(void *)to, &zoned);
		break;
	}
}

static char level_of(struct mg_str s)
{
	char c = s.n ? (char)(s.p[0] & ~32) : 'I';

	if (c == 'D' && s.n > 1 && (s.p[1] | 32) == 'p') /* dpanic */
		return 'F';
	if (c == 'P' || c == 'C')
		return 'F';
	if (c == 'N')
		return 'I';
	return c == 'T' ? 'D' : c;
}

static void set_member(struct mg_etcd *e, struct mg_str key, struct mg_str val)
{
	if (mg_str_eq(key, MG_STR("level"))) {
		e->level = level_of(val);
		return;
	}
	if (mg_str_eq(key, MG_STR("ts"))) {
		if (!any_time(val, &e->ts_ns, &e->zoned))
			e->ts_ns = MG_TIME_NONE;
		return;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (mg_str_eq(key, mg_strz(fields[i].name))) {
			set_field(e, &fields[i], val);
			return;
		}
}

static enum mg_status members(struct mg_str json, struct mg_etcd *e, size_t *at)
{
	struct walk    w = { json, 1 };
	struct mg_str  key, val;
	bool           first = true;
	enum mg_status st;

	while ((st = member(&w, first, &key, &val)) == MG_OK) {
		set_member(e, key, val);
		first = false;
	}
	*at = w.at;
	return st == MG_EOF ? MG_OK : st;
}

/* --- dialects ---------------------------------------------------------------- */

static const struct mg_etcd nothing = {
	.level = 'I', .ts_ns = MG_TIME_NONE, .start_ns = MG_TIME_NONE, .took_ns = -1,
	.expected_ns = -1, .response_count = -1, .response_size = -1, .request_size = -1,
	.term = -1, .db_bytes = -1, .in_use_bytes = -1, .quota_bytes = -1, .revision = -1,
};

static enum mg_status zap(struct mg_str line, size_t start, struct mg_etcd *e, struct mg_err *err)
{
	size_t         at;
	enum mg_status st = members(mg_str_from(line, start), e, &at);

	e->dialect = MG_ETCD_ZAP;
	if (st == MG_OK)
		return MG_OK;
	if (err)
		err->byte = start + at;
	return mg_err_set(err, MG_FAIL, "damaged JSON of a zap line");
}

static bool is_level(struct mg_str s)
{
	static const char *const names[] = { "debug", "info", "warn", "error", "dpanic", "panic",
					     "fatal" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mg_str_eq_nocase(s, mg_strz(names[i])))
			return true;
	return false;
}

static bool console(struct mg_str line, struct mg_etcd *e)
{
	struct mg_str ts, level, part, rest;
	size_t        used, at;

	if (!mg_str_cut(line, '\t', &ts, &rest) || !mg_str_cut(rest, '\t', &level, &rest) ||
	    !is_level(level) || !mg_time_parse(ts, &e->ts_ns, &used, &e->zoned))
		return false;
	e->dialect = MG_ETCD_CONSOLE;
	e->level = level_of(level);
	mg_str_cut(rest, '\t', &part, &rest);
	if (!mg_str_has(part, MG_STR(".go:")) && mg_str_has(rest, MG_STR(".go:"))) {
		e->logger = part;
		mg_str_cut(rest, '\t', &part, &rest);
	}
	e->caller = part;
	mg_str_cut(rest, '\t', &e->msg, &rest);
	if (rest.n && rest.p[0] == '{')
		members(rest, e, &at);
	return true;
}

/* 2021-09-11 14:44:49.798062 W | pkg: message */
static bool capnslog(struct mg_str line, struct mg_etcd *e)
{
	struct mg_str rest;
	size_t        used;
	ptrdiff_t     colon;

	if (line.n < 26 || line.p[4] != '-' || line.p[10] != ' ' ||
	    !mg_time_parse(line, &e->ts_ns, &used, &e->zoned))
		return false;
	rest = mg_str_from(line, used);
	if (rest.n < 6 || rest.p[0] != ' ' || !strchr("CEWNIDT", rest.p[1]) ||
	    memcmp(rest.p + 2, " | ", 3) != 0)
		return false;
	e->dialect = MG_ETCD_CAPNSLOG;
	e->level = level_of(mg_str(rest.p + 1, 1));
	rest = mg_str_from(rest, 5);
	colon = mg_str_find(rest, MG_STR(": "));
	if (colon < 0)
		return false;
	e->pkg = mg_str_head(rest, (size_t)colon);
	e->msg = mg_str_from(rest, (size_t)colon + 2);
	return mg_str_chr(e->pkg, ' ') < 0;
}

/* "2026/11/21 03:13:23 " as Go's log package writes it; *rest is behind it. */
static bool go_log_time(struct mg_str s, int64_t *ns, struct mg_str *rest)
{
	char   t[19];
	size_t used;
	bool   zoned;

	if (s.n < 20 || s.p[4] != '/' || s.p[7] != '/' || s.p[19] != ' ')
		return false;
	memcpy(t, s.p, sizeof(t));
	t[4] = t[7] = '-';
	*rest = mg_str_from(s, 20);
	return mg_time_parse(mg_str(t, sizeof(t)), ns, &used, &zoned);
}

static bool log_level(struct mg_str s, char *level, struct mg_str *rest)
{
	static const char *const names[] = { "INFO: ", "WARNING: ", "ERROR: ", "FATAL: ",
					     "DEBUG: ", "WARN: ", "PANIC: " };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mg_str_starts(s, mg_strz(names[i]))) {
			*level = level_of(s);
			*rest = mg_str_from(s, strlen(names[i]));
			return true;
		}
	return false;
}

static bool raft_log(struct mg_str line, struct mg_etcd *e)
{
	struct mg_str rest;

	if (!mg_str_starts(line, MG_STR("raft2")) ||
	    !go_log_time(mg_str_from(line, 4), &e->ts_ns, &rest) ||
	    !log_level(rest, &e->level, &e->msg))
		return false;
	e->dialect = MG_ETCD_RAFTLOG;
	e->pkg = MG_STR("raft");
	return true;
}

static bool grpc_log(struct mg_str line, struct mg_etcd *e)
{
	struct mg_str rest;

	if (!log_level(line, &e->level, &rest) || !go_log_time(rest, &e->ts_ns, &e->msg))
		return false;
	e->dialect = MG_ETCD_GRPCLOG;
	e->pkg = MG_STR("grpc");
	return mg_str_has(mg_str_head(e->msg, 64), MG_STR("grpc")) ||
	       (e->msg.n && e->msg.p[0] == '[');
}

static enum mg_status dialect(struct mg_str line, struct mg_etcd *e, struct mg_err *err)
{
	char      c = line.n ? line.p[0] : 0;
	ptrdiff_t json;

	/* some collectors put their own stamp before the object */
	json = mg_str_find(mg_str_head(line, 64), MG_STR("{\"level\":"));
	if (json == 0 || (json > 0 && line.p[json - 1] == ' '))
		return zap(line, (size_t)json, e, err);
	if (mg_is_digit(c) && (capnslog(line, e) || console(line, e)))
		return MG_OK;
	if (c == 'r' && raft_log(line, e))
		return MG_OK;
	if (c >= 'D' && c <= 'W' && grpc_log(line, e))
		return MG_OK;
	return mg_err_set(err, MG_SKIP, "no etcd line");
}

bool mg_etcd_caller(struct mg_str caller)
{
	static const char *const dirs[] = {
		"etcdserver/", "wal/", "rafthttp/", "raft/", "mvcc/", "backend/", "embed/",
		"etcdmain/", "etcdhttp/", "v3rpc/", "traceutil/", "membership/", "lease/",
		"snap/", "auth/", "txn/", "schema/", "v3election/", "v3compactor/", "compactor/",
		"leasehttp/", "v2store/", "flags/", "fileutil/", "osutil/", "netutil/", "api/",
		"apply/", "storage/", "cindex/", "verify/", "transport/", "version/",
		"bootstrap/", "etcdutl/", "etcdctl/", "snapshot/", "grpcproxy/", "tcpproxy/",
		"v3discovery/", "v2discovery/", "zapgrpc/", "runtime/", "command/", "adt/",
		"mlock/", "capability", "server/etcdserver", "features/",
	};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (mg_str_starts(caller, mg_strz(dirs[i])))
			return true;
	return false;
}

enum mg_status mg_etcd_parse(struct mg_str line, struct mg_etcd *out, struct mg_err *err)
{
	enum mg_status st;

	*out = nothing;
	st = dialect(line, out, err);
	if (st == MG_SKIP)
		*out = nothing;
	else
		mg_etcd_classify(out);
	return st;
}
