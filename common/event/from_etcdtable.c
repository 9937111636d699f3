/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_etcdtable.h"

#include "base/buf.h"
#include "base/num.h"

static struct mg_event *add(const struct mg_source *src, uint64_t line, struct mg_batch *out,
			    enum mg_event_kind k, enum mg_severity s)
{
	struct mg_event *e = mg_batch_add(out, k, s);

	e->time_ns = src->mtime_ns;
	e->time_source = src->mtime_ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : MG_TIME_DERIVED;
	e->artifact = src->artifact;
	e->line = line;
	e->component = MG_STR("etcd");
	return e;
}

static void say(struct mg_batch *out, struct mg_event *e, const char *before, struct mg_str a,
		const char *between, struct mg_str b)
{
	struct mg_buf t = { 0 };

	mg_buf_printf(&t, "%s%.*s%s%.*s", before, MG_FMT(a), between, MG_FMT(b));
	e->message = mg_batch_str(out, mg_buf_str(&t));
	mg_buf_release(&t);
}

static void attr(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	if (v.n)
		mg_batch_attr(out, e, key, v);
}

static void attr_bytes(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	uint64_t n;

	if (v.n && mg_etcdtable_bytes(v, &n))
		mg_batch_attr_i64(out, e, key, (int64_t)n);
}

static void attr_number(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	int64_t n;

	if (mg_num_i64(v, &n))
		mg_batch_attr_i64(out, e, key, n);
}

static void status(const struct mg_source *src, uint64_t line, const struct mg_str *c,
		   struct mg_batch *out)
{
	struct mg_event *e = add(src, line, out, MG_EV_ETCD_STATUS, MG_SEV_INFO);
	struct mg_str    errors = c[MG_ETCDT_ERRORS];

	say(out, e, "etcd at ", c[MG_ETCDT_ENDPOINT], ": database ", c[MG_ETCDT_DB_SIZE]);
	attr(out, e, "endpoint", c[MG_ETCDT_ENDPOINT]);
	attr(out, e, "member", c[MG_ETCDT_ID]);
	if (mg_str_eq(c[MG_ETCDT_LEADER], MG_STR("true")))
		attr(out, e, "leader", c[MG_ETCDT_ID]);
	else if (!mg_str_eq(c[MG_ETCDT_LEADER], MG_STR("false")))
		attr(out, e, "leader", c[MG_ETCDT_LEADER]);
	attr(out, e, "version", c[MG_ETCDT_VERSION]);
	attr_bytes(out, e, "db_bytes", c[MG_ETCDT_DB_SIZE]);
	attr_bytes(out, e, "in_use_bytes", c[MG_ETCDT_IN_USE]);
	attr_bytes(out, e, "quota_bytes", c[MG_ETCDT_QUOTA]);
	attr_number(out, e, "term", c[MG_ETCDT_TERM]);
	attr_number(out, e, "raft_index", c[MG_ETCDT_INDEX]);
	attr_number(out, e, "raft_applied", c[MG_ETCDT_APPLIED]);
	if (mg_str_eq(c[MG_ETCDT_LEARNER], MG_STR("true")))
		attr(out, e, "learner", MG_STR("true"));
	if (!errors.n)
		return;
	e = add(src, line, out, mg_str_has(errors, MG_STR("NOSPACE")) ? MG_EV_ETCD_NOSPACE :
				mg_str_has(errors, MG_STR("alarm:")) ? MG_EV_ETCD_ALARM :
				MG_EV_ETCD_ERROR,
		mg_str_has(errors, MG_STR("alarm:")) ? MG_SEV_CRITICAL : MG_SEV_ERROR);
	say(out, e, "etcd ", c[MG_ETCDT_ENDPOINT], " reports: ", errors);
	attr(out, e, "endpoint", c[MG_ETCDT_ENDPOINT]);
	attr(out, e, "member_id", c[MG_ETCDT_ID]);
}

static void health(const struct mg_source *src, uint64_t line, const struct mg_str *c,
		   struct mg_batch *out)
{
	bool ok = mg_str_eq(c[MG_ETCDT_HEALTH], MG_STR("true"));
	bool bad = !ok && !mg_str_starts(c[MG_ETCDT_ENDPOINT], MG_STR("unix"));
	struct mg_event *e = add(src, line, out, bad ? MG_EV_ETCD_ERROR : MG_EV_ETCD_STATUS,
				 bad ? MG_SEV_ERROR : MG_SEV_INFO);

	say(out, e, "etcd ", c[MG_ETCDT_ENDPOINT], ok ? " is healthy" : " is not healthy: ",
	    ok ? mg_str("", 0) : c[MG_ETCDT_ERROR]);
	attr(out, e, "endpoint", c[MG_ETCDT_ENDPOINT]);
	attr(out, e, "health", c[MG_ETCDT_HEALTH]);
	attr(out, e, "took", c[MG_ETCDT_TOOK]);
}

static void member(const struct mg_source *src, uint64_t line, const struct mg_str *c,
		   struct mg_batch *out)
{
	struct mg_event *e = add(src, line, out, MG_EV_ETCD_MEMBER, MG_SEV_DEBUG);

	say(out, e, "etcd member ", c[MG_ETCDT_NAME], "", mg_str("", 0));
	e->name = mg_batch_str(out, c[MG_ETCDT_NAME]);
	attr(out, e, "member", c[MG_ETCDT_ID]);
	attr(out, e, "client_urls", c[MG_ETCDT_CLIENTS]);
	attr(out, e, "peer_urls", c[MG_ETCDT_PEERS]);
	if (mg_str_eq(c[MG_ETCDT_LEARNER], MG_STR("true")))
		attr(out, e, "learner", MG_STR("true"));
}

static void alarm(const struct mg_source *src, uint64_t line, const struct mg_str *c,
		  struct mg_batch *out)
{
	bool             nospace = mg_str_eq(c[MG_ETCDT_ALARM], MG_STR("NOSPACE"));
	struct mg_event *e = add(src, line, out, nospace ? MG_EV_ETCD_NOSPACE : MG_EV_ETCD_ALARM,
				 MG_SEV_CRITICAL);

	say(out, e, "etcd alarm ", c[MG_ETCDT_ALARM], " is raised", mg_str("", 0));
	attr(out, e, "alarm", c[MG_ETCDT_ALARM]);
	attr(out, e, "member_id", c[MG_ETCDT_ID]);
}

void mg_event_from_etcdtable(const struct mg_source *src, uint64_t line,
			     const struct mg_str cell[MG_ETCDT_CELLS], struct mg_batch *out)
{
	if (cell[MG_ETCDT_ALARM].n)
		alarm(src, line, cell, out);
	else if (cell[MG_ETCDT_PEERS].n || cell[MG_ETCDT_NAME].n)
		member(src, line, cell, out);
	else if (cell[MG_ETCDT_HEALTH].n)
		health(src, line, cell, out);
	else if (cell[MG_ETCDT_ENDPOINT].n)
		status(src, line, cell, out);
}
