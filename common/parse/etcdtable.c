/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/etcdtable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

static const struct {
	const char            *name;
	enum mg_etcdtable_cell cell;
} names[] = {
	{ "ENDPOINT", MG_ETCDT_ENDPOINT }, { "ID", MG_ETCDT_ID }, { "VERSION", MG_ETCDT_VERSION },
	{ "DB SIZE", MG_ETCDT_DB_SIZE }, { "IN USE", MG_ETCDT_IN_USE }, { "QUOTA", MG_ETCDT_QUOTA },
	{ "IS LEADER", MG_ETCDT_LEADER }, { "IS LEARNER", MG_ETCDT_LEARNER },
	{ "RAFT TERM", MG_ETCDT_TERM }, { "RAFT INDEX", MG_ETCDT_INDEX },
	{ "RAFT APPLIED INDEX", MG_ETCDT_APPLIED }, { "ERRORS", MG_ETCDT_ERRORS },
	{ "HEALTH", MG_ETCDT_HEALTH }, { "TOOK", MG_ETCDT_TOOK }, { "ERROR", MG_ETCDT_ERROR },
	{ "NAME", MG_ETCDT_NAME }, { "PEER ADDRS", MG_ETCDT_PEERS },
	{ "CLIENT ADDRS", MG_ETCDT_CLIENTS },
};

static enum mg_etcdtable_cell cell_of(struct mg_str s)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mg_str_eq_nocase(s, mg_strz(names[i].name)))
			return names[i].cell;
	return MG_ETCDT_CELLS;
}

/* The cells between the bars; 0: not such a line. */
static unsigned split(struct mg_str line, struct mg_str v[MG_ETCDT_COLUMNS])
{
	unsigned      n = 0;
	struct mg_str cell;

	line = mg_str_trim(line);
	if (line.n < 2 || line.p[0] != '|' || line.p[line.n - 1] != '|')
		return 0;
	line = mg_str_from(line, 1);
	while (line.n && n < MG_ETCDT_COLUMNS) {
		mg_str_cut(line, '|', &cell, &line);
		v[n++] = mg_str_trim(cell);
	}
	return n;
}

static bool heading(const struct mg_str *v, unsigned n, struct mg_etcdtable *t)
{
	unsigned known = 0;
	bool     key = false;

	t->ncol = n;
	for (unsigned i = 0; i < n; i++) {
		t->cell[i] = (unsigned char)cell_of(v[i]);
		known += t->cell[i] != MG_ETCDT_CELLS;
		key |= t->cell[i] == MG_ETCDT_ENDPOINT || t->cell[i] == MG_ETCDT_PEERS;
	}
	return key && known >= 3;
}

static void clear(struct mg_str cell[MG_ETCDT_CELLS])
{
	for (unsigned i = 0; i < MG_ETCDT_CELLS; i++)
		cell[i] = mg_str("", 0);
}

/* --- -w simple -------------------------------------------------------------------------- */

static bool is_hex(struct mg_str s)
{
	uint64_t v;

	return s.n >= 12 && s.n <= 16 && mg_num_hex(s, &v);
}

static bool is_flag(struct mg_str s)
{
	return mg_str_eq(s, MG_STR("true")) || mg_str_eq(s, MG_STR("false"));
}

static struct mg_str next(struct mg_str *rest)
{
	ptrdiff_t     at = mg_str_find(*rest, MG_STR(", "));
	struct mg_str cell = at < 0 ? *rest : mg_str_head(*rest, (size_t)at);

	*rest = at < 0 ? mg_str(rest->p + rest->n, 0) : mg_str_from(*rest, (size_t)at + 2);
	return mg_str_trim(cell);
}

/* The sizes stand between the version and the flags: of the database, in use, the quota; a
 * version of the storage and a share (from 3.6 on) are not asked for. */
static struct mg_str sizes(struct mg_str *rest, struct mg_str *cell, bool *storage)
{
	static const enum mg_etcdtable_cell of[] = { MG_ETCDT_DB_SIZE, MG_ETCDT_IN_USE,
						     MG_ETCDT_QUOTA };
	struct mg_str s = next(rest);
	uint64_t      bytes;

	for (unsigned n = 0; rest->n && !is_flag(s); s = next(rest)) {
		if (mg_str_ends(s, MG_STR("%")))
			continue;
		if (mg_etcdtable_bytes(s, &bytes) && n < 3)
			cell[of[n++]] = s;
		else
			*storage = true;
	}
	return s;
}

/* "URL, ID, VERSION, SIZE, LEADER[, LEARNER], TERM, INDEX[, APPLIED, ERRORS]" */
static bool simple_status(struct mg_str line, struct mg_str *cell)
{
	struct mg_str rest = line, s;
	bool          storage = false;
	uint64_t      n;

	cell[MG_ETCDT_ENDPOINT] = next(&rest);
	cell[MG_ETCDT_ID] = next(&rest);
	cell[MG_ETCDT_VERSION] = next(&rest);
	if (!is_hex(cell[MG_ETCDT_ID]) || !mg_str_has(cell[MG_ETCDT_ENDPOINT], MG_STR(":")))
		return false;
	cell[MG_ETCDT_LEADER] = sizes(&rest, cell, &storage);
	if (!cell[MG_ETCDT_DB_SIZE].n || !is_flag(cell[MG_ETCDT_LEADER]))
		return false;
	s = next(&rest);
	if (is_flag(s)) {
		cell[MG_ETCDT_LEARNER] = s;
		s = next(&rest);
	}
	cell[MG_ETCDT_TERM] = s;
	cell[MG_ETCDT_INDEX] = next(&rest);
	if (!mg_num_u64(s, &n) || !mg_num_u64(cell[MG_ETCDT_INDEX], &n))
		return false;
	cell[MG_ETCDT_APPLIED] = next(&rest);
	/* with the version of the storage there come two cells about a downgrade */
	for (int i = 0; storage && i < 2 && mg_str_rfind(rest, MG_STR(", ")) >= 0; i++)
		rest = mg_str_head(rest, (size_t)mg_str_rfind(rest, MG_STR(", ")));
	cell[MG_ETCDT_ERRORS] = mg_str_trim(rest);
	return true;
}

/* "ID, started, NAME, PEERS, CLIENTS[, LEARNER]"; PEERS have no blank behind their commas */
static bool simple_member(struct mg_str line, struct mg_str *cell)
{
	struct mg_str rest = line, status;

	cell[MG_ETCDT_ID] = next(&rest);
	status = next(&rest);
	if (!is_hex(cell[MG_ETCDT_ID]) ||
	    (!mg_str_eq(status, MG_STR("started")) && !mg_str_eq(status, MG_STR("unstarted"))))
		return false;
	cell[MG_ETCDT_NAME] = next(&rest);
	cell[MG_ETCDT_PEERS] = next(&rest);
	cell[MG_ETCDT_CLIENTS] = next(&rest);
	cell[MG_ETCDT_LEARNER] = next(&rest);
	return cell[MG_ETCDT_PEERS].n > 0;
}

static bool simple_health(struct mg_str line, struct mg_str *cell)
{
	static const char good[] = " is healthy: successfully committed proposal: took = ";
	static const char bad[] = " is unhealthy: failed to ";
	ptrdiff_t at = mg_str_find(line, mg_strz(good));
	bool      ok = at > 0;

	if (!ok)
		at = mg_str_find(line, mg_strz(bad));
	if (at <= 0 || mg_str_chr(mg_str_head(line, (size_t)at), ' ') >= 0)
		return false;
	cell[MG_ETCDT_ENDPOINT] = mg_str_head(line, (size_t)at);
	cell[MG_ETCDT_HEALTH] = ok ? MG_STR("true") : MG_STR("false");
	if (ok)
		cell[MG_ETCDT_TOOK] = mg_str_from(line, (size_t)at + sizeof(good) - 1);
	else
		cell[MG_ETCDT_ERROR] = mg_str_from(line, (size_t)at + 15);
	return true;
}

/* Decimal, as JSON and the fields have it, into the hexadecimal of the logs. */
static struct mg_str in_hex(struct mg_str decimal, char buf[20])
{
	uint64_t v;

	if (!mg_num_u64(decimal, &v) || v == 0)
		return mg_str("", 0);
	snprintf(buf, 20, "%" PRIx64, v);
	return mg_strz(buf);
}

static bool simple_alarm(struct mg_etcdtable *t, struct mg_str line, struct mg_str *cell)
{
	struct mg_str id = mg_str_between(line, MG_STR("memberID:"), MG_STR(" alarm:"));

	if (!mg_str_starts(line, MG_STR("memberID:")) || !id.p)
		return false;
	cell[MG_ETCDT_ID] = in_hex(id, t->id);
	cell[MG_ETCDT_ALARM] = mg_str_trim(mg_str_between(line, MG_STR(" alarm:"), MG_STR("")));
	return cell[MG_ETCDT_ID].n && cell[MG_ETCDT_ALARM].n;
}

static bool simple(struct mg_etcdtable *t, struct mg_str line, struct mg_str *cell)
{
	clear(cell);
	if (simple_alarm(t, line, cell) || simple_health(line, cell) || simple_status(line, cell))
		return true;
	clear(cell);
	return simple_member(line, cell);
}

/* --- -w fields -------------------------------------------------------------------------- */

static const struct {
	const char            *name;
	enum mg_etcdtable_cell cell;
} fields[] = {
	{ "Endpoint", MG_ETCDT_ENDPOINT }, { "MemberID", MG_ETCDT_ID }, { "ID", MG_ETCDT_ID },
	{ "Version", MG_ETCDT_VERSION }, { "DBSize", MG_ETCDT_DB_SIZE },
	{ "DBSizeInUse", MG_ETCDT_IN_USE }, { "DBSizeQuota", MG_ETCDT_QUOTA },
	{ "Leader", MG_ETCDT_LEADER }, { "IsLearner", MG_ETCDT_LEARNER },
	{ "RaftTerm", MG_ETCDT_TERM }, { "RaftIndex", MG_ETCDT_INDEX },
	{ "RaftAppliedIndex", MG_ETCDT_APPLIED }, { "Errors", MG_ETCDT_ERRORS },
	{ "Health", MG_ETCDT_HEALTH }, { "Took", MG_ETCDT_TOOK }, { "Error", MG_ETCDT_ERROR },
	{ "Name", MG_ETCDT_NAME }, { "PeerURL", MG_ETCDT_PEERS },
	{ "ClientURL", MG_ETCDT_CLIENTS }, { "AlarmType", MG_ETCDT_ALARM },
};

/* `"Name" : value`; false: no such line.  Quotes and the brackets of a list are dropped. */
static bool field(struct mg_str line, struct mg_str *name, struct mg_str *value)
{
	ptrdiff_t close;

	if (line.n < 5 || line.p[0] != '"')
		return false;
	close = mg_str_find(line, MG_STR("\" :"));
	if (close < 2)
		return false;
	*name = mg_str(line.p + 1, (size_t)close - 1);
	*value = mg_str_trim(mg_str_from(line, (size_t)close + 3));
	if (value->n >= 2 && ((value->p[0] == '"' && value->p[value->n - 1] == '"') ||
			      (value->p[0] == '[' && value->p[value->n - 1] == ']')))
		*value = mg_str_trim(mg_str(value->p + 1, value->n - 2));
	return true;
}

/* Lists stand in several fields of one name; the term stands in the header and in the status. */
static void keep(struct mg_etcdtable *t, enum mg_etcdtable_cell c, struct mg_str value)
{
	char  *to = t->field[c];
	size_t used = c == MG_ETCDT_PEERS || c == MG_ETCDT_CLIENTS ? strlen(to) : 0;

	if (used && used < MG_ETCDT_FIELD - 1)
		to[used++] = ',';
	if (value.n > MG_ETCDT_FIELD - 1 - used)
		value.n = MG_ETCDT_FIELD - 1 - used;
	if (value.n)
		memcpy(to + used, value.p, value.n);
	to[used + value.n] = '\0';
}

enum mg_status mg_etcdtable_end(struct mg_etcdtable *t, struct mg_str cell[MG_ETCDT_CELLS])
{
	unsigned known = 0;

	if (!t->nfields)
		return MG_SKIP;
	for (unsigned i = 0; i < MG_ETCDT_CELLS; i++) {
		cell[i] = mg_strz(t->field[i]);
		known += cell[i].n > 0;
	}
	cell[MG_ETCDT_ID] = in_hex(cell[MG_ETCDT_ID], t->id);
	cell[MG_ETCDT_LEADER] = in_hex(cell[MG_ETCDT_LEADER], t->leader);
	t->nfields = 0;
	t->line = t->fields_line;
	return known >= 2 ? MG_OK : MG_SKIP;
}

/* True: the line belongs to a record of -w fields. */
static bool take_field(struct mg_etcdtable *t, struct mg_str line, uint64_t lineno)
{
	struct mg_str name, value;

	if (!field(line, &name, &value))
		return false;
	if (t->nfields++ == 0) {
		memset(t->field, 0, sizeof(t->field));
		t->fields_line = lineno;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (mg_str_eq(name, mg_strz(fields[i].name)))
			keep(t, fields[i].cell, value);
	return true;
}

/* --- lines ------------------------------------------------------------------------------- */

bool mg_etcdtable_heading(struct mg_str line)
{
	struct mg_str       v[MG_ETCDT_COLUMNS], cell[MG_ETCDT_CELLS], name, value;
	struct mg_etcdtable t;
	unsigned            n = split(line, v);

	if (n)
		return heading(v, n, &t);
	line = mg_str_trim(line);
	if (field(line, &name, &value))
		return mg_str_eq(name, MG_STR("ClusterID")) || mg_str_eq(name, MG_STR("Endpoint"));
	return simple(&t, line, cell);
}

static enum mg_status row(struct mg_etcdtable *t, const struct mg_str *v, unsigned n,
			  struct mg_str cell[MG_ETCDT_CELLS])
{
	struct mg_etcdtable next;

	if (heading(v, n, &next)) {
		t->ncol = next.ncol;
		memcpy(t->cell, next.cell, sizeof(t->cell));
		return MG_SKIP;
	}
	if (n != t->ncol)
		return MG_SKIP;
	clear(cell);
	for (unsigned i = 0; i < n; i++)
		if (t->cell[i] != MG_ETCDT_CELLS)
			cell[t->cell[i]] = v[i];
	return MG_OK;
}

enum mg_status mg_etcdtable_line(struct mg_etcdtable *t, struct mg_str line, uint64_t lineno,
				 struct mg_str cell[MG_ETCDT_CELLS])
{
	struct mg_str v[MG_ETCDT_COLUMNS];
	unsigned      n;

	line = mg_str_trim(line);
	if (!line.n)
		return mg_etcdtable_end(t, cell);
	if (take_field(t, line, lineno))
		return MG_SKIP;
	t->line = lineno;
	n = split(line, v);
	if (n)
		return row(t, v, n, cell);
	return simple(t, line, cell) ? MG_OK : MG_SKIP;
}

bool mg_etcdtable_bytes(struct mg_str s, uint64_t *out)
{
	static const char units[] = "kMGTP";
	size_t            n = 0;
	double            v, unit = 1, base;
	const char       *hit;

	while (n < s.n && (mg_is_digit(s.p[n]) || s.p[n] == '.'))
		n++;
	if (!mg_num_f64(mg_str_head(s, n), &v) || v < 0)
		return false;
	s = mg_str_trim(mg_str_from(s, n));
	base = mg_str_has(s, MG_STR("i")) ? 1024 : 1000;
	if (s.n && s.p[0] != 'B') {
		hit = s.p[0] == 'K' ? units : strchr(units, s.p[0]);
		if (!hit || !*hit)
			return false;
		for (ptrdiff_t i = hit - units; i >= 0; i--)
			unit *= base;
	}
	if (v * unit >= 9e18)
		return false;
	*out = (uint64_t)(v * unit);
	return true;
}
