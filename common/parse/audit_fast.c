/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/audit_fast.h"

#include "base/scan.h"
#include "parse/audit_memo.h"

/* --- values that both readers share ------------------------------------------- */

enum mg_audit_stage mg_audit_stage_of(const struct mg_json_text *t)
{
	switch (t->n) {
	case 0:
		return MG_STAGE_NONE;
	case 16:
		return memcmp(t->p, "ResponseComplete", 16) == 0 ? MG_STAGE_COMPLETE :
								    MG_STAGE_OTHER;
	case 15:
		return memcmp(t->p, "ResponseStarted", 15) == 0 ? MG_STAGE_STARTED :
		       memcmp(t->p, "RequestReceived", 15) == 0 ? MG_STAGE_RECEIVED :
								   MG_STAGE_OTHER;
	case 5:
		return memcmp(t->p, "Panic", 5) == 0 ? MG_STAGE_PANIC : MG_STAGE_OTHER;
	default:
		return MG_STAGE_OTHER;
	}
}

bool mg_audit_time_of(struct mg_str s, int64_t *ns)
{
	size_t used;
	bool   zoned;

	*ns = MG_TIME_NONE;
	if (s.n == 0 || mg_str_starts(s, MG_STR("0001-01-01T")))
		return true;
	if (mg_time_parse(s, ns, &used, &zoned) && used == s.n)
		return true;
	*ns = MG_TIME_NONE;
	return false;
}

bool mg_audit_code_of(struct mg_str s, uint32_t *code)
{
	uint32_t v = 0;

	if (s.n == 0 || s.n > 9)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!mg_is_digit(s.p[i]))
			return false;
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	}
	*code = v;
	return true;
}

/* --- the fast reader: keys in the order of Go's struct ------------------------- */

#define INLINE static inline __attribute__((always_inline))

INLINE uint64_t load8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/* memcmp(p, lit, n) == 0 for a constant `n` up to 64: a few loads, where the compiler would
 * call the library from 17 bytes on. */
INLINE bool same(const char *p, const char *lit, size_t n)
{
	uint64_t d;

	if (n < 8)
		return memcmp(p, lit, n) == 0;
	d = load8(p) ^ load8(lit);
	d |= load8(p + n - 8) ^ load8(lit + n - 8);
	for (size_t i = 8; i + 8 < n; i += 8)
		d |= load8(p + i) ^ load8(lit + i);
	return d == 0;
}

/* `at` is the opening bracket of the object and j->p the separator before the next member:
 * that bracket or a comma.  Moves behind the literal (a key, its colon and often the
 * opening quote of its value) when it stands there. */
INLINE bool key(struct mg_json *j, const char *at, const char *lit, size_t n)
{
	const char *p = j->p;

	if ((size_t)(j->end - p) <= n || (*p != ',' && p != at) || !same(p + 1, lit, n))
		return false;
	j->p = p + 1 + n;
	return true;
}
#define KEY(lit) key(j, at, lit, sizeof(lit) - 1)

/* The string that j->p stands in, up to its closing quote.  Most are shorter than 32 bytes,
 * and looking at that many at once leaves one branch that is easy to predict. */
INLINE bool text(struct mg_json *j, struct mg_json_text *t)
{
	const char *p = j->p, *q;
	uint32_t    hit = j->end - p >= 32 ? mg_scan_mask32(p) : 0;

	q = hit ? p + __builtin_ctz(hit) : mg_scan_string(p, j->end);
	if (q == j->end || *q != '"')
		return mg_json_string(j, t);
	*t = (struct mg_json_text){ p, (uint32_t)(q - p), false };
	j->p = q + 1;
	return true;
}

/* A member with a string value: false only when the string is damaged. */
#define TEXT(lit, field) (!KEY("\"" lit "\":\"") || text(j, field))
/* A string that must be there. */
#define NEED(lit, field) (KEY("\"" lit "\":\"") && text(j, field))

/* The closing bracket of the object that began at `at`. */
static inline bool closed(struct mg_json *j, const char *at)
{
	j->p += j->p == at;
	if (j->p == j->end || *j->p != '}')
		return false;
	j->p++;
	return true;
}

INLINE bool literal(struct mg_json *j, const char *lit, size_t n)
{
	if ((size_t)(j->end - j->p) < n || !same(j->p, lit, n))
		return false;
	j->p += n;
	return true;
}

/* A value of any type on this line. */
static bool raw(struct mg_json *j, struct mg_str *out)
{
	struct mg_json_value v;

	if (!mg_json_value(j, &v) || mg_str_chr(v.raw, '\n') >= 0)
		return false;
	if (out)
		*out = v.raw;
	return true;
}

/* Where a value starts that must be an object; NULL when it is none. */
static inline const char *object(struct mg_json *j)
{
	return j->p < j->end && *j->p == '{' ? j->p : NULL;
}

static inline bool array(struct mg_json *j)
{
	return j->p < j->end && *j->p == '[';
}

static bool fast_user(struct mg_json *j, struct mg_json_text *name, struct mg_json_text *uid,
		      struct mg_str *groups)
{
	const char *at = object(j);

	return at && TEXT("username", name) && TEXT("uid", uid) &&
	       (!KEY("\"groups\":") || (array(j) && raw(j, groups))) &&
	       (!KEY("\"extra\":") || (object(j) && raw(j, NULL))) && closed(j, at);
}

static bool fast_ips(struct mg_json *j, struct mg_audit *a)
{
	if (!literal(j, "[\"", 2) || !text(j, &a->source_ip))
		return false;
	a->last_ip = a->source_ip;
	while (literal(j, ",\"", 2))
		if (!text(j, &a->last_ip))
			return false;
	return literal(j, "]", 1);
}

static bool fast_ref(struct mg_json *j, struct mg_audit *a)
{
	const char *at = object(j);

	return at && TEXT("resource", &a->resource) && TEXT("namespace", &a->ns) &&
	       TEXT("name", &a->name) && TEXT("uid", &a->ref_uid) &&
	       TEXT("apiGroup", &a->group) && TEXT("apiVersion", &a->version) &&
	       TEXT("resourceVersion", &a->resource_version) &&
	       TEXT("subresource", &a->subresource) && closed(j, at);
}

static bool fast_code(struct mg_json *j, struct mg_audit *a)
{
	const char *p = j->p;

	while (j->p < j->end && mg_is_digit(*j->p))
		j->p++;
	/* a leading zero or anything else odd is for the other reader to judge */
	return j->p > p && (*p != '0' || j->p == p + 1) &&
	       mg_audit_code_of(mg_str(p, (size_t)(j->p - p)), &a->code);
}

static bool fast_status(struct mg_json *j, struct mg_audit *a)
{
	const char *at = object(j);

	if (at && KEY("\"metadata\":{},\"code\":")) /* nearly always */
		return fast_code(j, a) && closed(j, at);
	return at && (!KEY("\"metadata\":") || (object(j) && raw(j, NULL))) &&
	       TEXT("status", &a->status) && TEXT("message", &a->message) &&
	       TEXT("reason", &a->reason) && (!KEY("\"details\":") || raw(j, NULL)) &&
	       (!KEY("\"code\":") || fast_code(j, a)) && closed(j, at);
}

/* Value of two digits; what is no digit sets bits of *bad. */
static inline unsigned two(const char *p, unsigned *bad)
{
	unsigned hi = (unsigned)(unsigned char)p[0] - '0', lo = (unsigned)(unsigned char)p[1] - '0';

	*bad |= (hi > 9) | (lo > 9);
	return hi * 10 + lo;
}

/* "2006-01-02T15:04:05.000000Z" and a quote at `p`, as Go's MicroTime prints it.  False when
 * it does not fit, or may be an odd date. */
static bool micro_time(const char *p, int64_t *ns, struct mg_audit_memo *memo)
{
	struct mg_civil c;
	unsigned bad = p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' ||
		       p[16] != ':' || p[19] != '.' || p[26] != 'Z' || p[27] != '"';
	unsigned y = two(p, &bad) * 100 + two(p + 2, &bad);
	unsigned month = two(p + 5, &bad), day = two(p + 8, &bad), h = two(p + 11, &bad);
	unsigned min = two(p + 14, &bad), sec = two(p + 17, &bad);
	unsigned us = two(p + 20, &bad) * 10000 + two(p + 22, &bad) * 100 + two(p + 24, &bad);

	if (bad || y < 1970 || y > 2200 || month < 1 || month > 12 || day < 1 || day > 28 ||
	    h > 23 || min > 59 || sec > 59)
		return false;
	c = (struct mg_civil){ .year = (int)y, .month = (int)month, .day = (int)day };
	*ns = mg_time_from_civil(&c);
	if (memo) {
		memcpy(memo->day, p, sizeof(memo->day));
		memo->day_ns = *ns;
	}
	*ns += (int64_t)(h * 3600 + min * 60 + sec) * MG_SEC + (int64_t)us * MG_US;
	return true;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* The eight bytes at `p` less the template `zero`, all digits of which are '0'.  A byte that
 * is no digit, or not the template's other character, sets bits of *bad: `room` is 0x76 where
 * 0..9 may remain and 0x7f where nothing may, so that adding it carries into the top bit. */
INLINE uint64_t less(const char *p, const char *zero, uint64_t room, uint64_t *bad)
{
	uint64_t x = load8(p) ^ load8(zero);

	*bad |= (x | (x + room)) & 0x8080808080808080u;
	return x;
}

/* The same time on the day that was seen last, eight characters at once. */
INLINE bool same_day(const char *p, int64_t *ns, const struct mg_audit_memo *memo)
{
	uint64_t bad = (load8(p) ^ load8(memo->day)) | (load8(p + 3) ^ load8(memo->day + 3));
	uint64_t t = less(p + 11, "00:00:00", 0x76767f76767f7676u, &bad);
	uint64_t f = less(p + 19, ".000000Z", 0x7f7676767676767fu, &bad);
	unsigned h, min, sec, us;

	/* pairs of digits: each byte times ten plus the one behind it */
	t = t * 10 + (t >> 8);
	f = f * 10 + (f >> 8);
	h = t & 0xff;
	min = t >> 24 & 0xff;
	sec = t >> 48 & 0xff;
	us = (unsigned)(f >> 8 & 0xff) * 10000 + (unsigned)(f >> 24 & 0xff) * 100 +
	     (unsigned)(f >> 40 & 0xff);
	if (bad || p[27] != '"' || h > 23 || min > 59 || sec > 59)
		return false;
	*ns = memo->day_ns + (int64_t)(h * 3600 + min * 60 + sec) * MG_SEC +
	      (int64_t)us * MG_US;
	return true;
}
#else
INLINE bool same_day(const char *p, int64_t *ns, const struct mg_audit_memo *memo)
{
	return false;
}
#endif

static bool fast_time(struct mg_json *j, int64_t *ns, struct mg_audit_memo *memo)
{
	struct mg_json_text t;

	if (j->end - j->p > 27 && ((memo && same_day(j->p, ns, memo)) ||
				   micro_time(j->p, ns, memo))) {
		j->p += 28;
		return true;
	}
	return text(j, &t) && !t.escaped && mg_audit_time_of(mg_str(t.p, t.n), ns);
}

/* --- what was read before --------------------------------------------------------- */

/* Does the text that was kept stand at j->p? */
static inline bool again(const struct mg_json *j, const char *kept, size_t n)
{
	return n && (size_t)(j->end - j->p) >= n && memcmp(j->p, kept, n) == 0;
}

/* What will be compared with a little later. */
INLINE void fetch(const struct mg_memo_user *u)
{
	for (size_t i = 0; i < 192; i += 64)
		__builtin_prefetch(u->client + i);
	for (size_t i = 0; i < 320; i += 64)
		__builtin_prefetch(u->note[0] + i);
}

static void take_user(struct mg_audit *a, const char *p, const struct mg_memo_user *u)
{
	a->user = mg_memo_text(p, u->name);
	a->uid = mg_memo_text(p, u->uid);
	if (u->groups.at)
		a->groups = mg_str(p + u->groups.at, u->groups.n);
}

static void keep_user(struct mg_memo_user *u, const struct mg_audit *a, const char *p, size_t n)
{
	*u = (struct mg_memo_user){ 0 };
	if (n > sizeof(u->user))
		return;
	u->user_n = (uint16_t)n;
	memcpy(u->user, p, n);
	u->name = mg_memo_part(p, a->user.p, a->user.n, a->user.escaped);
	u->uid = mg_memo_part(p, a->uid.p, a->uid.n, a->uid.escaped);
	u->groups = mg_memo_part(p, a->groups.p, a->groups.n, false);
}

/* The user object; *u is where this user is kept, NULL when it is not. */
static bool user_object(struct mg_json *j, struct mg_audit *a, struct mg_audit_memo *memo,
			struct mg_memo_user **u)
{
	static const char   head[] = "{\"username\":\"";
	const char         *p = j->p;
	struct mg_json_text name;

	*u = NULL;
	if (memo && literal(j, head, sizeof(head) - 1) && text(j, &name)) {
		*u = &memo->users[mg_str_hash(mg_str(name.p, name.n), 0) % MG_MEMO_USERS];
		j->p = p;
		if (again(j, (*u)->user, (*u)->user_n)) {
			take_user(a, p, *u);
			fetch(*u);
			j->p += (*u)->user_n;
			return true;
		}
	}
	j->p = p;
	if (!fast_user(j, &a->user, &a->uid, &a->groups))
		return false;
	if (*u)
		keep_user(*u, a, p, (size_t)(j->p - p));
	return true;
}

/* Addresses and user agent, both of which may be missing. */
static bool client(struct mg_json *j, const char *at, struct mg_audit *a, struct mg_memo_user *u)
{
	const char *p = j->p;
	size_t      n;

	if (u && again(j, u->client, u->client_n)) {
		a->source_ip = mg_memo_text(p, u->first_ip);
		a->last_ip = mg_memo_text(p, u->last_ip);
		a->user_agent = mg_memo_text(p, u->agent);
		j->p += u->client_n;
		return true;
	}
	if ((KEY("\"sourceIPs\":") && !fast_ips(j, a)) || !TEXT("userAgent", &a->user_agent))
		return false;
	n = (size_t)(j->p - p);
	/* kept whole or not at all: what follows must not be one of the two */
	if (!u || n > sizeof(u->client) || !a->user_agent.p)
		return true;
	u->client_n = (uint16_t)n;
	memcpy(u->client, p, n);
	u->first_ip = mg_memo_part(p, a->source_ip.p, a->source_ip.n, a->source_ip.escaped);
	u->last_ip = mg_memo_part(p, a->last_ip.p, a->last_ip.n, a->last_ip.escaped);
	u->agent = mg_memo_part(p, a->user_agent.p, a->user_agent.n, a->user_agent.escaped);
	return true;
}

static bool notes(struct mg_json *j, struct mg_audit *a, struct mg_memo_user *u)
{
	unsigned i = a->code == 403;

	if (u && again(j, u->note[i], u->note_n[i])) {
		a->annotations = mg_str(j->p, u->note_n[i]);
		j->p += u->note_n[i];
		return true;
	}
	if (!object(j) || !raw(j, &a->annotations))
		return false;
	if (u && a->annotations.n <= sizeof(u->note[i])) {
		u->note_n[i] = (uint16_t)a->annotations.n;
		memcpy(u->note[i], a->annotations.p, a->annotations.n);
	}
	return true;
}

/* --- the event ---------------------------------------------------------------------- */

/* True: j->p is behind the event. */
static bool event(struct mg_json *j, struct mg_audit *a, struct mg_audit_memo *memo)
{
	static const char    head[] = "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",";
	const char          *at = j->p;
	struct mg_memo_user *u;

	if (!literal(j, head, sizeof(head) - 1))
		return false;
	j->p--; /* the comma is the separator before the next key */
	a->kind = (struct mg_json_text){ at + 9, 5, false };
	a->api_version = (struct mg_json_text){ at + 30, 15, false };
	return NEED("level", &a->level) && NEED("auditID", &a->audit_id) &&
	       NEED("stage", &a->stage_text) && NEED("requestURI", &a->uri) &&
	       NEED("verb", &a->verb) && KEY("\"user\":") && user_object(j, a, memo, &u) &&
	       (!KEY("\"impersonatedUser\":") ||
		fast_user(j, &a->impersonated, &(struct mg_json_text){ 0 },
			  &(struct mg_str){ 0 })) &&
	       client(j, at, a, u) && (!KEY("\"objectRef\":") || fast_ref(j, a)) &&
	       (!KEY("\"responseStatus\":") || fast_status(j, a)) &&
	       (!KEY("\"requestObject\":") || raw(j, NULL)) &&
	       (!KEY("\"responseObject\":") || raw(j, NULL)) &&
	       KEY("\"requestReceivedTimestamp\":\"") && fast_time(j, &a->received_ns, memo) &&
	       KEY("\"stageTimestamp\":\"") && fast_time(j, &a->stage_ns, memo) &&
	       (!KEY("\"annotations\":") || notes(j, a, u)) && closed(j, at) &&
	       !a->stage_text.escaped;
}

bool mg_audit_fast(struct mg_json *j, struct mg_audit *out, struct mg_audit_memo *memo)
{
	const char *from = j->p;

	mg_audit_empty(out);
	if (event(j, out, memo)) {
		out->stage = mg_audit_stage_of(&out->stage_text);
		return true;
	}
	j->p = from;
	j->msg = NULL;
	return false;
}
