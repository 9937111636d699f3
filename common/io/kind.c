/* SPDX-License-Identifier: Apache-2.0 */
#include "io/kind.h"

#include "base/num.h"
#include "base/time.h"
#include "io/kind_json.h"
#include "io/kind_line.h"

#define VOTERS 50 /* lines that decide what a mixed log is */

static const struct mg_str names[] = {
#define X(id, name, text) { name, sizeof(name) - 1 },
	MG_KINDS(X)
#undef X
};

const char *mg_kind_name(enum mg_kind k)
{
	return (unsigned)k < MG_KIND_COUNT ? names[k].p : "?";
}

enum mg_kind mg_kind_parse(struct mg_str name)
{
	unsigned k = 0;

	while (k < MG_KIND_COUNT && !mg_str_eq(name, names[k]))
		k++;
	return (enum mg_kind)k;
}

/* --- lines ---------------------------------------------------------------------------- */

/* Cut the next line that is not blank; false at the end.  CR, and the NULs that a torn
 * write leaves behind, are taken off both ends. */
static bool next_line(struct mg_str *text, struct mg_str *line)
{
	while (text->n) {
		mg_str_cut(*text, '\n', line, text);
		while (line->n && line->p[0] == '\0')
			*line = mg_str_from(*line, 1);
		while (line->n && (line->p[line->n - 1] == '\r' || line->p[line->n - 1] == '\0'))
			line->n--;
		if (mg_str_trim(*line).n)
			return true;
	}
	return false;
}

static struct mg_str first_line(struct mg_str text)
{
	struct mg_str line = { "", 0 };

	return next_line(&text, &line) ? line : mg_str("", 0);
}

/* --- binary ---------------------------------------------------------------------------- */

static bool is_binary(struct mg_str s)
{
	size_t odd = 0, nul = 0;

	s = mg_str_head(s, 16384);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		nul += c == 0;
		odd += (c && c < 0x20 && !strchr("\t\n\v\f\r\b\033", c)) || c == 0x7f;
	}
	/* A log that was torn may hold runs of NULs; other control bytes are rare in text. */
	return odd * 20 > s.n || nul * 3 > s.n;
}

static bool varint(struct mg_str *s, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64 && s->n; shift += 7) {
		unsigned char c = (unsigned char)s->p[0];

		*s = mg_str_from(*s, 1);
		*v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

/* pprof's Profile: does the head walk as that message?  Its fields are of few types. */
static bool is_pprof(struct mg_str s, bool whole)
{
	unsigned seen = 0, fields = 0;
	uint64_t tag, v;

	while (s.n) {
		if (!varint(&s, &tag) || tag >> 3 < 1 || tag >> 3 > 15)
			return !whole && fields > 8 && s.n == 0;
		if ((tag & 7) == 2 && ((tag >> 3 <= 6) || tag >> 3 == 11 || tag >> 3 == 13)) {
			if (!varint(&s, &v))
				return false;
			if (v > s.n) /* the head ends here, or the file was cut */
				return (seen & 2) && (!whole || fields >= 16);
			s = mg_str_from(s, (size_t)v);
		} else if ((tag & 7) != 0 || tag >> 3 <= 6 || !varint(&s, &v)) {
			return false;
		}
		seen |= 1u << (tag >> 3);
		fields++;
	}
	/* sample types, and strings to name them */
	return fields >= 3 && (seen & 2) && (!whole || (seen & 64));
}

/* --- kinds told by their first lines ------------------------------------------------------ */

static bool is_metrics(struct mg_str text, bool whole)
{
	struct mg_str line;
	int           samples = 0;

	for (int i = 0; i < 8 && next_line(&text, &line); i++) {
		if (mg_str_starts(line, MG_STR("# HELP ")) ||
		    mg_str_starts(line, MG_STR("# TYPE ")) ||
		    mg_str_starts(line, MG_STR("# UNIT ")))
			return true;
		if (line.p[0] == '#')
			continue;
		if (text.n == 0 && samples && !whole)
			break; /* the head ends within this line */
		if (!mg_kind_line_metric(line))
			return false;
		samples++;
	}
	return samples >= 2 || (samples == 1 && mg_str_starts(line, MG_STR("{__name__=\"")));
}

static bool is_time_name(struct mg_str s)
{
	static const char *const known[] = { "time", "timestamp", "epoch", "date", "datetime",
					     "ts", "time_unix", "unix_time", "timestamp_ms",
					     "time_ms", "epoch_ms", "timestamp_s" };

	s = mg_str_trim(s);
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = mg_str(s.p + 1, s.n - 2);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (mg_str_eq_nocase(s, mg_strz(known[i])))
			return true;
	return false;
}

static bool is_time_value(struct mg_str s)
{
	double  d;
	int64_t ns;
	size_t  used;

	s = mg_str_trim(s);
	if (s.n >= 2 && s.p[0] == '"')
		s = mg_str(s.p + 1, s.n - 2);
	return mg_num_f64(s, &d) || mg_time_parse(s, &ns, &used, NULL);
}

static bool is_metrics_csv(struct mg_str text)
{
	struct mg_str head, row, a, b;
	double        v;
	int           numbers = 0;

	/* gather's own notes may stand above the table */
	do {
		if (!next_line(&text, &head))
			return false;
	} while (head.p[0] == '#');
	if (!next_line(&text, &row))
		return false;
	if (!mg_str_cut(head, ',', &a, &head) || !is_time_name(a))
		return false;
	if (!mg_str_cut(row, ',', &a, &row) || !is_time_value(a))
		return false;
	while (row.n) {
		mg_str_cut(row, ',', &b, &row);
		numbers += mg_num_f64(mg_str_trim(b), &v);
	}
	return numbers > 0;
}

/* "apiVersion:" or "kind:" at column 0 of the first document. */
static bool is_kube_yaml(struct mg_str text)
{
	struct mg_str line;
	bool          first = true;

	while (next_line(&text, &line)) {
		if (mg_str_starts(line, MG_STR("---"))) {
			if (!first)
				return false;
			continue;
		}
		if (line.p[0] == '#' || line.p[0] == '%')
			continue;
		if (mg_str_starts(line, MG_STR("apiVersion:")) ||
		    mg_str_starts(line, MG_STR("kind:")) ||
		    (first && mg_str_starts(line, MG_STR("- apiVersion:"))))
			return true;
		if (first && (line.p[0] == ' ' || line.p[0] == '{' || mg_str_chr(line, ':') < 0))
			return false;
		first = false;
	}
	return false;
}

/* "kind:", "- kind:" and the like at the beginning of `line`; *value is what stands behind,
 * without quotes. */
static bool yaml_member(struct mg_str line, const char *key, struct mg_str *value)
{
	line = mg_str_trim(line);
	while (mg_str_starts(line, MG_STR("- ")))
		line = mg_str_trim(mg_str_from(line, 2));
	if (!mg_str_starts(line, mg_strz(key)))
		return false;
	*value = mg_str_trim(mg_str_from(line, strlen(key)));
	if (value->n >= 2 && (value->p[0] == '"' || value->p[0] == '\''))
		*value = mg_str(value->p + 1, value->n - 2);
	return true;
}

/* YAML of audit events, not of the policy that says which there are. */
static bool is_audit_yaml(struct mg_str text)
{
	struct mg_str line, value;
	bool          api = false, event = false;

	while (!(api && event) && next_line(&text, &line)) {
		if (yaml_member(line, "apiVersion:", &value))
			api |= mg_str_starts(value, MG_STR("audit.k8s.io/"));
		else if (yaml_member(line, "kind:", &value))
			event |= mg_str_eq(value, MG_STR("EventList"));
		else
			event |= yaml_member(line, "auditID:", &value);
	}
	return api && event;
}

/* The heading of kubectl top or crictl; or the first lines of kubectl describe node. */
static bool is_kube_text(struct mg_str text)
{
	struct mg_str line;
	bool          name = false;

	for (int i = 0; i < 40 && next_line(&text, &line); i++) {
		if ((mg_str_has(line, MG_STR("CPU(cores)")) && mg_str_has(line, MG_STR("MEMORY(bytes)"))) ||
		    (mg_str_has(line, MG_STR(" ATTEMPT ")) && mg_str_has(line, MG_STR(" STATE ")) &&
		     (mg_str_starts(line, MG_STR("CONTAINER")) || mg_str_starts(line, MG_STR("POD ID")))))
			return true;
		if (i == 0 && !mg_str_starts(line, MG_STR("Name: ")))
			return false; /* text above a table is not expected */
		name |= i == 0;
		if (name && (mg_str_starts(line, MG_STR("  MemoryPressure ")) ||
			     mg_str_starts(line, MG_STR("                    node-role.kubernetes.io")) ||
			     mg_str_starts(line, MG_STR("Roles: "))))
			return true;
	}
	return false;
}

static bool is_pem(struct mg_str text)
{
	struct mg_str line;

	for (int i = 0; i < 200 && next_line(&text, &line); i++)
		if (mg_str_starts(line, MG_STR("-----BEGIN ")))
			return mg_str_starts(line, MG_STR("-----BEGIN CERTIFICATE-----")) ||
			       mg_str_has(text, MG_STR("\n-----BEGIN CERTIFICATE-----"));
	return false;
}

static bool is_apf(struct mg_str line)
{
	return mg_str_has(line, MG_STR("PriorityLevelName,"));
}

static bool is_stamp(struct mg_str path, struct mg_str text)
{
	struct mg_str base = mg_str_basename(path), line = first_line(text);
	bool          date;

	if (mg_str_eq(base, MG_STR("gather.logs")) || mg_str_eq(base, MG_STR("must-gather.logs")) ||
	    mg_str_eq(base, MG_STR("gather-debug.log")))
		return true;
	if (mg_str_eq(base, MG_STR("version")) && text.n < 4096)
		return mg_str_chr(line, '{') < 0;
	/* Go's time.String(), with the monotonic clock behind it */
	date = line.n > 30 && mg_is_digit(line.p[0]) && line.p[4] == '-' && line.p[10] == ' ';
	return date && (mg_str_eq(base, MG_STR("timestamp")) || mg_str_has(line, MG_STR(" m=+")));
}

/* A dump behind nothing but a panic's preamble; behind log lines it belongs to the log. */
static bool is_goroutine(struct mg_str text)
{
	struct mg_str line;

	for (int i = 0; i < 200 && next_line(&text, &line); i++) {
		struct mg_kind_line k;

		if (mg_kind_line_goroutine(line))
			return true;
		k = mg_kind_line(line);
		if (k.kind != MG_KIND_TEXT || k.stamped || k.journal)
			return false;
	}
	return false;
}

/* --- the vote ------------------------------------------------------------------------------ */

struct votes {
	unsigned kind[MG_KIND_COUNT];
	unsigned lines, stamped, journal, kernel;
};

static void count_votes(struct mg_str text, bool whole, struct votes *v)
{
	struct mg_str line;

	*v = (struct votes){ 0 };
	while (v->lines < VOTERS && next_line(&text, &line)) {
		struct mg_kind_line k;

		if (text.n == 0 && !whole && v->lines)
			break; /* cut off */
		k = mg_kind_line(line);
		v->lines++;
		v->kind[k.kind]++;
		v->stamped += k.stamped;
		v->journal += k.journal;
		v->kernel += k.kernel;
	}
}

/* <ns>/pods/<pod>/etcd/etcd/logs/current.log, /var/log/pods/<..>/etcd/0.log and the like */
static bool is_etcd_path(struct mg_str path)
{
	return mg_str_has(path, MG_STR("/etcd/etcd/logs/")) ||
	       (mg_str_has(path, MG_STR("_etcd-")) && mg_str_has(path, MG_STR("/etcd/"))) ||
	       mg_str_starts(mg_str_basename(path), MG_STR("etcd.log"));
}

static bool is_log_path(struct mg_str path)
{
	struct mg_str base = mg_str_basename(path);

	return mg_str_ends(base, MG_STR(".log")) || mg_str_has(base, MG_STR(".log.")) ||
	       mg_str_has(base, MG_STR(".log-")) || mg_str_eq(base, MG_STR("logs.txt")) ||
	       mg_str_has(path, MG_STR("/logs/")) || mg_str_has(path, MG_STR("/podlogs/"));
}

static enum mg_kind journal_kind(const struct votes *v)
{
	if (v->kind[MG_KIND_AUDIT] * 2 > v->lines)
		return MG_KIND_AUDIT;
	if (v->kind[MG_KIND_ETCD_LOG] * 2 > v->lines)
		return MG_KIND_ETCD_LOG;
	return v->kernel * 2 > v->lines ? MG_KIND_KERNEL : MG_KIND_JOURNAL;
}

/* The kind most lines are of; lines that say nothing do not count.  On equal counts the
 * first of the list: in a mixed log the plain kind reads all lines. */
static enum mg_kind most(const struct votes *v)
{
	static const enum mg_kind order[] = { MG_KIND_LOG, MG_KIND_ETCD_LOG, MG_KIND_AUDIT,
					      MG_KIND_KERNEL, MG_KIND_JOURNAL, MG_KIND_KUBE_JSON,
					      MG_KIND_ETCD_INFO, MG_KIND_MG_EVENTS };
	enum mg_kind best = MG_KIND_TEXT;
	unsigned     n = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (v->kind[order[i]] > n)
			n = v->kind[best = order[i]];
	return best;
}

static enum mg_kind vote(struct mg_str path, struct mg_str text, bool whole)
{
	struct votes v;
	enum mg_kind k;

	count_votes(text, whole, &v);
	if (v.journal * 2 > v.lines)
		return journal_kind(&v);
	k = most(&v);
	if (k == MG_KIND_LOG && v.kind[MG_KIND_KERNEL] * 2 > v.lines)
		k = MG_KIND_KERNEL;
	if (is_etcd_path(path) && (k == MG_KIND_TEXT || k == MG_KIND_LOG))
		return MG_KIND_ETCD_LOG;
	if (k != MG_KIND_TEXT)
		return k;
	/* Torn in front and one line fills the head: no beginning to go by. */
	if (mg_str_has(text, MG_STR("\"auditID\":\"")) && mg_str_has(text, MG_STR("\"stage\":\"")))
		return MG_KIND_AUDIT;
	return v.stamped || is_log_path(path) ? MG_KIND_LOG : MG_KIND_TEXT;
}

/* "8e9e05c52164694d": an id of 64 bits, zeros in front may be missing */
static bool is_etcd_id(struct mg_str s)
{
	uint64_t id;

	return s.n >= 12 && s.n <= 16 && mg_num_hex(s, &id);
}

/* A line that `etcdctl -w simple` prints: status, health, member or alarm; or a field that
 * begins a record of `-w fields`. */
static bool is_etcdctl_line(struct mg_str line)
{
	struct mg_str first, second, rest;

	if (mg_str_starts(line, MG_STR("\"ClusterID\" : ")) ||
	    mg_str_starts(line, MG_STR("\"Endpoint\" : \"")))
		return true;
	if (mg_str_starts(line, MG_STR("memberID:")) && mg_str_has(line, MG_STR(" alarm:")))
		return true;
	mg_str_cut(line, ' ', &first, &rest);
	if (mg_str_has(first, MG_STR(":")) &&
	    (mg_str_starts(rest, MG_STR("is healthy: successfully committed proposal: took = ")) ||
	     mg_str_starts(rest, MG_STR("is unhealthy: failed to commit proposal: "))))
		return true;
	if (!mg_str_ends(first, MG_STR(",")))
		return false;
	first.n--;
	mg_str_cut(rest, ',', &second, &rest);
	if (is_etcd_id(first))
		return mg_str_ends(second, MG_STR("started"));
	return is_etcd_id(second) && (mg_str_has(rest, MG_STR(", true, ")) ||
				      mg_str_has(rest, MG_STR(", false, ")));
}

/* What etcdctl prints for people: a table, or lines. */
static bool is_etcdctl_text(struct mg_str text)
{
	struct mg_str line;

	for (int i = 0; i < 20 && next_line(&text, &line); i++) {
		line = mg_str_trim(line);
		if (line.n && line.p[0] == '|')
			return (mg_str_has(line, MG_STR(" ENDPOINT ")) &&
				(mg_str_has(line, MG_STR(" DB SIZE ")) ||
				 mg_str_has(line, MG_STR(" HEALTH ")))) ||
			       (mg_str_has(line, MG_STR(" ID ")) &&
				mg_str_has(line, MG_STR(" PEER ADDRS ")));
		if (is_etcdctl_line(line))
			return true;
	}
	return false;
}

/* --- documents -------------------------------------------------------------------------------- */

/* JSON over several lines; on one line it may be a log and is put to the vote. */
static bool json_document(struct mg_str text, enum mg_kind *k)
{
	struct mg_str line = first_line(text);

	line = mg_str_trim(line);
	if (line.n == 0 || (line.p[0] != '{' && line.p[0] != '['))
		return false;
	*k = mg_json_kind(mg_str_from(text, (size_t)(line.p - text.p))).kind;
	if (line.p[0] == '{' && line.p[line.n - 1] == '}')
		return *k == MG_KIND_METRICS; /* no line of a log looks like that */
	if (line.p[0] == '[')
		return *k != MG_KIND_TEXT; /* "[core] ..." may be anything */
	return *k != MG_KIND_TEXT || line.n == 1;
}

static enum mg_kind text_kind(struct mg_str path, struct mg_str text, bool whole)
{
	struct mg_str line = first_line(text);
	enum mg_kind  k;

	if (json_document(text, &k))
		return k;
	if (mg_str_starts(line, MG_STR("heap profile:")))
		return MG_KIND_HEAP;
	if (is_apf(line))
		return MG_KIND_APF;
	if (is_kube_text(text))
		return MG_KIND_KUBE_TEXT;
	if (is_etcdctl_text(text))
		return MG_KIND_ETCD_INFO;
	if (is_metrics(text, whole))
		return MG_KIND_METRICS;
	if (is_metrics_csv(text))
		return MG_KIND_METRICS_CSV;
	if (is_stamp(path, text))
		return MG_KIND_STAMP;
	if (is_goroutine(text))
		return MG_KIND_GOROUTINE;
	if (is_kube_yaml(text))
		return is_audit_yaml(text) ? MG_KIND_AUDIT : MG_KIND_KUBE_YAML;
	k = vote(path, text, whole);
	return k == MG_KIND_TEXT && is_pem(text) ? MG_KIND_PEM : k;
}

/* Blanks, and the NULs of a file whose bytes were never written. */
static bool is_blank(struct mg_str s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == '\0' || strchr(" \t\r\n", s.p[i])))
		i++;
	return i == s.n;
}

/* UTF-16 with a byte order mark: every other byte is the text. */
static enum mg_kind utf16_kind(struct mg_str path, struct mg_str head, bool whole)
{
	char         text[8192];
	size_t       n = 0, low = head.p[0] == '\xff' ? 0 : 1;
	enum mg_kind k;

	for (size_t i = 2 + low; i < head.n && n < sizeof(text); i += 2)
		text[n++] = head.p[i] ? head.p[i] : '?';
	k = text_kind(path, mg_str(text, n), whole && head.n / 2 < sizeof(text));
	return k == MG_KIND_LOG || k == MG_KIND_JOURNAL || k == MG_KIND_ETCD_LOG ||
			       k == MG_KIND_KERNEL ? MG_KIND_LOG : MG_KIND_TEXT;
}

enum mg_kind mg_kind_sniff(struct mg_str path, struct mg_str head, bool whole)
{
	if (whole && is_blank(head))
		return MG_KIND_EMPTY;
	if (mg_str_starts(head, MG_STR("\xff\xfe")) || mg_str_starts(head, MG_STR("\xfe\xff")))
		return utf16_kind(path, head, whole);
	if (is_pprof(head, whole))
		return MG_KIND_PPROF;
	if (mg_str_starts(head, MG_STR("\xef\xbb\xbf")))
		head = mg_str_from(head, 3);
	if (is_binary(head))
		return MG_KIND_BINARY;
	return text_kind(path, head, whole);
}
