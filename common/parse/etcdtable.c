/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/etcdtable.h"

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

bool mg_etcdtable_heading(struct mg_str line)
{
	struct mg_str       v[MG_ETCDT_COLUMNS];
	struct mg_etcdtable t;
	unsigned            n = split(line, v);

	return n && heading(v, n, &t);
}

enum mg_status mg_etcdtable_line(struct mg_etcdtable *t, struct mg_str line,
				 struct mg_str cell[MG_ETCDT_CELLS])
{
	struct mg_str       v[MG_ETCDT_COLUMNS];
	struct mg_etcdtable next;
	unsigned            n = split(line, v);

	if (n && heading(v, n, &next)) {
		*t = next;
		return MG_SKIP;
	}
	if (n == 0 || n != t->ncol)
		return MG_SKIP;
	for (unsigned i = 0; i < MG_ETCDT_CELLS; i++)
		cell[i] = mg_str("", 0);
	for (unsigned i = 0; i < n; i++)
		if (t->cell[i] != MG_ETCDT_CELLS)
			cell[t->cell[i]] = v[i];
	return MG_OK;
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
