/* SPDX-License-Identifier: Apache-2.0 */
#include "io/kind_json.h"

/* Keys that tell something. */
#define KEYS(X)                                                                             \
	X(API_VERSION, "apiVersion") X(KIND, "kind") X(AUDIT_ID, "auditID")                 \
	X(STAGE, "stage") X(VERB, "verb") X(REQUEST_URI, "requestURI")                      \
	X(K8S_LEVEL, "k8s_audit_level") X(OCP_LEVEL, "openshift_audit_level")               \
	X(CATEGORY, "category") X(PROPERTIES, "properties") X(MESSAGE, "message")           \
	X(AT_MESSAGE, "@message") X(ITEMS, "items") X(METADATA, "metadata") X(SPEC, "spec") \
	X(STATUS, "status") X(RULES, "rules") X(SUBJECTS, "subjects") X(DATA, "data")       \
	X(TS, "ts") X(CALLER, "caller") X(MSG, "msg") X(LEVEL, "level") X(V, "v")           \
	X(TIME, "time") X(TIMESTAMP, "timestamp") X(AT_TIMESTAMP, "@timestamp")             \
	X(SEVERITY, "severity") X(LOG, "log") X(STREAM, "stream") X(ENDPOINT, "Endpoint")   \
	X(STATUS_CAP, "Status") X(ENDPOINT_LOW, "endpoint") X(HEALTH, "health")             \
	X(HEADER, "header") X(MEMBERS, "members") X(ALARMS, "alarms")                       \
	X(ETCD_RESOURCES, "etcd_resources") X(RESOURCE_LOGS, "resourceLogs")                \
	X(JOURNAL_TIME, "__REALTIME_TIMESTAMP") X(JOURNAL_MESSAGE, "MESSAGE")               \
	X(ARTIFACT, "artifact") X(COMPONENT, "component") X(PROTO_PAYLOAD, "protoPayload")

enum key {
#define X(id, name) K_##id,
	KEYS(X)
#undef X
	K_COUNT
};

static const struct mg_str key_names[] = {
#define X(id, name) { name, sizeof(name) - 1 },
	KEYS(X)
#undef X
};

struct shape {
	uint64_t      keys;
	struct mg_str value[K_COUNT]; /* strings without quotes, others from their first byte */
	bool          time_first;     /* the first key is "time" */
};

static size_t skip_space(struct mg_str s, size_t i)
{
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r'))
		i++;
	return i;
}

/* s.p[i] is the opening quote; the offset of the closing one, or s.n. */
static size_t string_end(struct mg_str s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '"'; i++)
		if (s.p[i] == '\\')
			i++;
	return i < s.n ? i : s.n;
}

/* Offset behind the value that starts at i. */
static size_t value_end(struct mg_str s, size_t i)
{
	int depth = 0;

	for (; i < s.n; i++) {
		char c = s.p[i];

		if (c == '"')
			i = string_end(s, i);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth < 0)
			return i;
		else if (c == ',' && depth == 0)
			return i;
		if (depth == 0 && (c == '"' || c == '}' || c == ']'))
			return i < s.n ? i + 1 : s.n;
	}
	return s.n;
}

static void note_key(struct shape *sh, struct mg_str key, struct mg_str value)
{
	if (value.n && value.p[0] == '"')
		value = mg_str(value.p + 1,
			       value.n - 1 - (value.n > 1 && value.p[value.n - 1] == '"'));
	if (sh->keys == 0)
		sh->time_first = mg_str_eq(key, key_names[K_TIME]);
	for (int k = 0; k < K_COUNT; k++)
		if (mg_str_eq(key, key_names[k])) {
			sh->keys |= UINT64_C(1) << k;
			sh->value[k] = value;
		}
}

/* The keys of the object at s.p[0] == '{', as far as the text goes. */
static void read_shape(struct mg_str s, struct shape *sh)
{
	size_t i = 1;

	*sh = (struct shape){ 0 };
	for (;;) {
		size_t        end, v;
		struct mg_str key;

		i = skip_space(s, i);
		if (i >= s.n || s.p[i] != '"')
			return;
		end = string_end(s, i);
		key = mg_str(s.p + i + 1, end - i - 1);
		v = skip_space(s, end + 1);
		if (v >= s.n || s.p[v] != ':')
			return;
		v = skip_space(s, v + 1);
		i = value_end(s, v);
		note_key(sh, key, mg_str(s.p + (v < s.n ? v : s.n), i > v ? i - v : 0));
		i = skip_space(s, i);
		if (i >= s.n || s.p[i] != ',')
			return;
		i++;
	}
}

static bool has(const struct shape *sh, enum key k)
{
	return sh->keys >> k & 1;
}

static bool any_time(const struct shape *sh)
{
	return has(sh, K_TS) || has(sh, K_TIME) || has(sh, K_TIMESTAMP) || has(sh, K_AT_TIMESTAMP);
}

bool mg_kind_etcd_caller(struct mg_str caller)
{
	static const char *const pkgs[] = { "etcdserver/", "raft/", "rafthttp/", "wal/", "mvcc/",
					    "embed/", "etcdmain/", "v3rpc/", "etcdutl/", "txn/",
					    "membership/", "snap/", "lease/", "backend/", "lessor",
					    "v3compactor/", "etcdctl/", "auth/store", "schema/",
					    "verify/", "version/monitor", "osutil/", "fileutil/",
					    "netutil/", "concurrency/", "httpproxy/", "tcpproxy/",
					    "grpclog/", "zapgrpc/" };

	if (mg_str_starts(caller, MG_STR("server/")))
		caller = mg_str_from(caller, 7);
	for (size_t i = 0; i < sizeof(pkgs) / sizeof(*pkgs); i++)
		if (mg_str_starts(caller, mg_strz(pkgs[i])))
			return true;
	return false;
}

static bool is_audit_api(struct mg_str v)
{
	return mg_str_starts(v, MG_STR("audit.k8s.io/"));
}

/* An event inside a string or an object of another record. */
static bool holds_audit(struct mg_str v)
{
	return mg_str_has(v, MG_STR("audit.k8s.io/")) && mg_str_has(v, MG_STR("auditID"));
}

static bool is_event(const struct shape *sh)
{
	return has(sh, K_AUDIT_ID) && has(sh, K_STAGE) &&
	       (has(sh, K_VERB) || has(sh, K_REQUEST_URI) || has(sh, K_LEVEL));
}

static bool is_audit(const struct shape *sh)
{
	if (is_audit_api(sh->value[K_API_VERSION]) || is_event(sh))
		return true;
	if (has(sh, K_K8S_LEVEL) || has(sh, K_OCP_LEVEL))
		return true;
	if (mg_str_starts(sh->value[K_CATEGORY], MG_STR("kube-audit")))
		return true;
	if (has(sh, K_RESOURCE_LOGS))
		return mg_str_has(sh->value[K_RESOURCE_LOGS], MG_STR("k8s.audit.")) ||
		       holds_audit(sh->value[K_RESOURCE_LOGS]);
	if (has(sh, K_PROTO_PAYLOAD)) /* Google Cloud's */
		return mg_str_has(sh->value[K_PROTO_PAYLOAD], MG_STR("k8s"));
	return holds_audit(sh->value[K_MESSAGE]) || holds_audit(sh->value[K_AT_MESSAGE]);
}

static bool is_etcd_info(const struct shape *sh)
{
	return (has(sh, K_ENDPOINT) && has(sh, K_STATUS_CAP)) ||
	       (has(sh, K_ENDPOINT_LOW) && has(sh, K_HEALTH)) ||
	       (has(sh, K_HEADER) && (has(sh, K_MEMBERS) || has(sh, K_ALARMS))) ||
	       mg_str_starts(sh->value[K_HEADER], MG_STR("{\"cluster_id\"")) || /* no alarm */
	       has(sh, K_ETCD_RESOURCES);
}

/* An object as the API server returns it; in a bare list kind and apiVersion are left out. */
static bool is_kube(const struct shape *sh)
{
	if (has(sh, K_KIND) && has(sh, K_API_VERSION))
		return true;
	return has(sh, K_METADATA) && mg_str_starts(sh->value[K_METADATA], MG_STR("{")) &&
	       (has(sh, K_SPEC) || has(sh, K_STATUS) || has(sh, K_ITEMS) || has(sh, K_RULES) ||
		has(sh, K_SUBJECTS) || has(sh, K_DATA) ||
		mg_str_has(sh->value[K_METADATA], MG_STR("\"uid\"")));
}

/* What the HTTP API of Prometheus answers to a query. */
static bool is_query_answer(const struct shape *sh)
{
	return has(sh, K_STATUS) && mg_str_starts(sh->value[K_DATA], MG_STR("{")) &&
	       mg_str_has(mg_str_head(sh->value[K_DATA], 256), MG_STR("\"resultType\""));
}

static bool is_own_event(const struct shape *sh)
{
	return sh->time_first && has(sh, K_KIND) && has(sh, K_SEVERITY) && !has(sh, K_MSG) &&
	       !has(sh, K_API_VERSION);
}

static bool is_log(const struct shape *sh)
{
	if (has(sh, K_TS) && (has(sh, K_MSG) || has(sh, K_CALLER)))
		return true;
	return any_time(sh) && (has(sh, K_MSG) || has(sh, K_MESSAGE)) &&
	       (has(sh, K_LEVEL) || has(sh, K_SEVERITY) || has(sh, K_V) || has(sh, K_MSG));
}

static struct mg_json_kind classify(const struct shape *sh)
{
	struct mg_json_kind k = { .kind = MG_KIND_TEXT };

	if (is_audit(sh))
		k.kind = MG_KIND_AUDIT;
	else if (is_etcd_info(sh))
		k.kind = MG_KIND_ETCD_INFO;
	else if (has(sh, K_JOURNAL_TIME) && has(sh, K_JOURNAL_MESSAGE))
		k.kind = MG_KIND_JOURNAL;
	else if (is_own_event(sh))
		k.kind = MG_KIND_MG_EVENTS;
	else if (is_query_answer(sh))
		k.kind = MG_KIND_METRICS;
	else if (is_kube(sh))
		k.kind = MG_KIND_KUBE_JSON;
	else if (has(sh, K_LOG) && has(sh, K_STREAM) && has(sh, K_TIME))
		k.inner = sh->value[K_LOG], k.kind = MG_KIND_LOG, k.log = true;
	else if (is_log(sh))
		k.kind = mg_kind_etcd_caller(sh->value[K_CALLER]) ? MG_KIND_ETCD_LOG : MG_KIND_LOG,
		k.log = true;
	return k;
}

/* A list without kind whose first item tells. */
static struct mg_json_kind classify_items(const struct shape *sh)
{
	struct mg_json_kind k = { .kind = MG_KIND_TEXT };
	struct mg_str       v = sh->value[K_ITEMS];
	struct shape        item;

	if (v.n < 2 || v.p[0] != '[')
		return k;
	v = mg_str_from(v, skip_space(v, 1));
	if (v.n == 0 || v.p[0] != '{')
		return k;
	read_shape(v, &item);
	return classify(&item);
}

struct mg_json_kind mg_json_kind(struct mg_str s)
{
	struct mg_json_kind k = { .kind = MG_KIND_TEXT };
	struct shape        sh;

	if (s.n && s.p[0] == '[')
		s = mg_str_from(s, skip_space(s, 1));
	if (s.n == 0 || s.p[0] != '{')
		return k;
	read_shape(s, &sh);
	if (has(&sh, K_ITEMS) && !is_audit_api(sh.value[K_API_VERSION])) {
		k = classify_items(&sh);
		if (k.kind != MG_KIND_TEXT)
			return k;
	}
	return classify(&sh);
}
