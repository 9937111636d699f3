/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_kernel.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "parse/kernel.h"

#define TOGETHER (30 * MG_SEC) /* lines of one report                       */
#define ROWS_MAX 16384         /* of a task table                           */
#define TOP      3             /* tasks named as the largest                */
#define PAGE_KB  4
#define RECENT   64            /* kills remembered to see them told again   */

struct when {
	int64_t             ns;
	enum mg_time_source source;
	uint64_t            line;
};

struct kill {
	struct mg_kernel_msg m; /* strings in the report's arena */
	struct when          at;
};

struct row {
	int64_t       pid, adj, rss_pages;
	struct mg_str comm; /* in the report's arena */
};

/* What has been collected. */
struct report {
	struct mg_arena      arena;
	bool                 open, group;
	struct when          last;
	struct mg_str        host, trigger;
	int64_t              trigger_pid;
	struct mg_kernel_msg memory, cgroup, constraint; /* by the line they come from */
	struct kill          chosen;                     /* pid -1: none               */
	struct kill         *kills;
	size_t               nkills, kills_cap;
	struct row          *rows;
	size_t               nrows, rows_cap;
};

struct recent {
	int64_t pid, total_vm_kb, anon_rss_kb;
	int64_t ns;
};

struct mg_kernel {
	struct report r;
	struct recent recent[RECENT];
	size_t        nrecent; /* ever */
};

/* --- names -------------------------------------------------------------------- */

/* The kernel keeps 15 bytes of a name. */
static struct mg_str full_name(struct mg_str comm)
{
	static const char *const names[] = {
		"kube-controller-manager", "openshift-apiserver", "openshift-controller-manager",
		"cluster-policy-controller", "cluster-kube-apiserver-operator",
		"cluster-etcd-operator", "openshift-kube-apiserver", "systemd-journald",
		"systemd-networkd", "kube-state-metrics", "prometheus-operator",
		"containerd-shim-runc-v2", "cluster-autoscaler", "metrics-server-nanny",
		"cluster-version-operator", "machine-config-daemon", "machine-config-operator",
		"prometheus-adapter", "openshift-oauth-apiserver",
	};
	const char *hit = NULL;

	if (comm.n != 15)
		return comm;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mg_str_starts(mg_strz(names[i]), comm)) {
			if (hit)
				return comm; /* cut too early to know */
			hit = names[i];
		}
	return hit ? mg_strz(hit) : comm;
}

static bool control_plane(struct mg_str name)
{
	static const char *const names[] = {
		"kube-apiserver", "etcd", "kube-controller-manager", "kube-scheduler",
		"openshift-apiserver", "oauth-apiserver", "hyperkube", "kubelet", "crio",
		"containerd", "openshift-controller-manager",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mg_str_eq(name, mg_strz(names[i])))
			return true;
	return false;
}

/* --- a kill becomes an event ---------------------------------------------------- */

/* Do the report's other lines speak of this kill?  When the kernel limits its rate it prints
 * nothing but the kill itself. */
static bool belongs(const struct report *r, const struct kill *k)
{
	if (r->group)
		return true;
	if (r->constraint.pid >= 0)
		return r->constraint.pid == k->m.pid;
	return k == r->kills || k == &r->chosen;
}

struct facts {
	struct mg_str comm, name, trigger, constraint, oom_memcg, task_memcg;
	int64_t       usage_kb, limit_kb, failcnt;
};

static struct mg_str either(struct mg_str a, struct mg_str b)
{
	return a.n ? a : b;
}

static struct facts facts_of(const struct report *r, const struct kill *k)
{
	struct facts f = { .comm = k->m.comm, .usage_kb = -1, .limit_kb = -1, .failcnt = -1 };

	f.name = full_name(f.comm);
	f.constraint = k->m.memcg ? MG_STR("MEMCG") : k->m.global ? MG_STR("NONE") : mg_str("", 0);
	if (!belongs(r, k))
		return f;
	if (!f.constraint.n && r->chosen.m.pid >= 0)
		f.constraint = r->chosen.m.memcg ? MG_STR("MEMCG") : MG_STR("NONE");
	f.constraint = either(r->constraint.constraint, f.constraint);
	f.trigger = r->trigger;
	f.oom_memcg = either(r->constraint.oom_memcg, r->cgroup.oom_memcg);
	f.task_memcg = either(r->constraint.task_memcg, r->cgroup.task_memcg);
	f.usage_kb = r->memory.usage_kb;
	f.limit_kb = r->memory.limit_kb;
	f.failcnt = r->memory.failcnt;
	return f;
}

static void kb(struct mg_buf *b, const char *before, int64_t v)
{
	char t[24];

	if (v > 0)
		mg_buf_printf(b, "%s%s", before, mg_num_bytes_text((double)v * 1024, t, sizeof(t)));
}

/* "the kernel killed kube-apiserver (pid 6561): cgroup /a reached its limit of 900 MiB; it held
 * anon 897 MiB, file 67.4 MiB; triggered by kube-apiserver" */
static void say(struct mg_buf *b, const struct kill *k, const struct facts *f)
{
	mg_buf_printf(b, "the kernel killed %.*s", MG_FMT(f->name.n ? f->name : MG_STR("a process")));
	if (k->m.pid >= 0)
		mg_buf_printf(b, " (pid %lld)", (long long)k->m.pid);
	if (mg_str_eq(f->constraint, MG_STR("MEMCG"))) {
		mg_buf_addz(b, ": its cgroup");
		if (f->oom_memcg.n && f->oom_memcg.n <= 40)
			mg_buf_printf(b, " %.*s", MG_FMT(f->oom_memcg));
		mg_buf_addz(b, " reached its memory limit");
		kb(b, " of ", f->limit_kb);
	} else {
		mg_buf_addz(b, f->constraint.n ? ": the node ran out of memory" : " for memory");
	}
	if (k->m.anon_rss_kb >= 0) {
		kb(b, "; it held ", k->m.anon_rss_kb);
		mg_buf_addz(b, k->m.anon_rss_kb > 0 ? " anonymous" : "");
		kb(b, k->m.anon_rss_kb > 0 ? ", file " : "; it held file ", k->m.file_rss_kb);
		kb(b, ", shared ", k->m.shmem_rss_kb);
	}
	if (f->trigger.n && !mg_str_eq(f->trigger, f->comm))
		mg_buf_printf(b, "; triggered by %.*s", MG_FMT(f->trigger));
}

static void text(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	if (v.n && e->nattrs < MG_EVENT_ATTRS)
		mg_batch_attr(out, e, key, v);
}

static void num(struct mg_batch *out, struct mg_event *e, const char *key, int64_t v)
{
	if (v >= 0 && e->nattrs < MG_EVENT_ATTRS)
		mg_batch_attr_i64(out, e, key, v);
}

/* 32 to 36 bytes, dashes for the underscores of systemd's names. */
static void pod_uid(struct mg_batch *out, struct mg_event *e, struct mg_str uid)
{
	char   plain[36];
	size_t n = uid.n < sizeof(plain) ? uid.n : sizeof(plain);

	for (size_t i = 0; i < n; i++)
		plain[i] = uid.p[i] == '_' ? '-' : uid.p[i];
	text(out, e, "pod_uid", mg_str(plain, n));
}

static void adj(struct mg_batch *out, struct mg_event *e, const struct report *r,
		const struct kill *k)
{
	bool    known = k->m.has_adj;
	int64_t v = k->m.oom_score_adj;

	for (size_t i = 0; i < r->nrows && !known; i++)
		if (r->rows[i].pid == k->m.pid) {
			v = r->rows[i].adj;
			known = true;
		}
	if (known && e->nattrs < MG_EVENT_ATTRS)
		mg_batch_attr_i64(out, e, "oom_score_adj", v);
}

/* "mysqld[6576] 20146488 kB, java[2513] 1183420 kB": who held the most when the kernel chose. */
static void top_tasks(struct mg_batch *out, struct mg_event *e, const struct report *r)
{
	const struct row *top[TOP] = { NULL };
	struct mg_buf     b = { 0 };

	for (size_t i = 0; i < r->nrows; i++) {
		const struct row *x = &r->rows[i];

		for (size_t k = 0; k < TOP && x->rss_pages > 0; k++)
			if (!top[k] || x->rss_pages > top[k]->rss_pages) {
				memmove(&top[k + 1], &top[k], (TOP - 1 - k) * sizeof(*top));
				top[k] = x;
				break;
			}
	}
	for (size_t k = 0; k < TOP && top[k]; k++)
		mg_buf_printf(&b, "%s%.*s[%lld] %lld kB", k ? ", " : "", MG_FMT(top[k]->comm),
			      (long long)top[k]->pid,
			      (long long)(top[k]->rss_pages < INT64_MAX / PAGE_KB ?
					  top[k]->rss_pages * PAGE_KB : INT64_MAX));
	text(out, e, "top", mg_buf_str(&b));
	mg_buf_release(&b);
}

/* At most MG_EVENT_ATTRS, so the more telling ones first. */
static void kill_attrs(struct mg_batch *out, struct mg_event *e, const struct report *r,
		       const struct kill *k, const struct facts *f)
{
	struct mg_str cg = either(f->task_memcg, f->oom_memcg);

	num(out, e, "pid", k->m.pid);
	text(out, e, "comm", f->comm);
	text(out, e, "constraint", f->constraint);
	num(out, e, "anon_rss_kb", k->m.anon_rss_kb);
	num(out, e, "file_rss_kb", k->m.file_rss_kb);
	num(out, e, "limit_kb", f->limit_kb);
	num(out, e, "usage_kb", f->usage_kb);
	text(out, e, "trigger", f->trigger);
	text(out, e, "oom_memcg", f->oom_memcg);
	text(out, e, "task_memcg", f->task_memcg);
	pod_uid(out, e, mg_cgroup_pod_uid(cg));
	text(out, e, "container_id", mg_cgroup_container(cg));
	adj(out, e, r, k);
	if (belongs(r, k))
		top_tasks(out, e, r);
	num(out, e, "total_vm_kb", k->m.total_vm_kb);
	num(out, e, "shmem_rss_kb", k->m.shmem_rss_kb);
	num(out, e, "failcnt", f->failcnt);
}

static struct mg_event *new_event(struct mg_batch *out, const struct mg_source *src,
				  enum mg_event_kind kind, enum mg_severity s,
				  const struct when *at, struct mg_str host)
{
	struct mg_event *e = mg_batch_add(out, kind, s);

	e->time_ns = at->ns;
	e->time_source = at->ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : at->source;
	e->artifact = src->artifact;
	e->line = at->line;
	e->node = src->node.n ? src->node : mg_batch_str(out, host);
	return e;
}

static void emit_kill(const struct report *r, const struct kill *k, const struct mg_source *src,
		      struct mg_batch *out)
{
	struct facts     f = facts_of(r, k);
	struct mg_buf    b = { 0 };
	struct mg_event *e = new_event(out, src, MG_EV_KERNEL_OOM_KILL,
				       control_plane(f.name) ? MG_SEV_CRITICAL : MG_SEV_ERROR,
				       &k->at, r->host);

	say(&b, k, &f);
	e->component = mg_batch_str(out, f.name);
	e->message = mg_batch_str(out, mg_buf_str(&b));
	kill_attrs(out, e, r, k, &f);
	mg_buf_release(&b);
}

/* The same kill may be told twice in one file: by two loggers, or in two dumps of one ring. */
static bool told_before(struct mg_kernel *k, const struct kill *kill)
{
	struct recent r = { kill->m.pid, kill->m.total_vm_kb, kill->m.anon_rss_kb, kill->at.ns };
	size_t        n = k->nrecent < RECENT ? k->nrecent : RECENT;

	for (size_t i = 0; i < n; i++) {
		const struct recent *o = &k->recent[i];
		bool                 unknown = o->ns == MG_TIME_NONE || r.ns == MG_TIME_NONE;

		if (o->pid == r.pid && o->total_vm_kb == r.total_vm_kb &&
		    o->anon_rss_kb == r.anon_rss_kb &&
		    (unknown || (r.ns > o->ns ? r.ns - o->ns : o->ns - r.ns) <= TOGETHER))
			return true;
	}
	k->recent[k->nrecent++ % RECENT] = r;
	return false;
}

/* --- collecting ------------------------------------------------------------------- */

static void reset(struct report *r)
{
	static const struct mg_kernel_msg none = {
		.pid = -1, .total_vm_kb = -1, .anon_rss_kb = -1, .file_rss_kb = -1,
		.shmem_rss_kb = -1, .usage_kb = -1, .limit_kb = -1, .failcnt = -1, .rss_pages = -1,
	};
	struct kill *kills = r->kills;
	struct row  *rows = r->rows;
	size_t       kills_cap = r->kills_cap, rows_cap = r->rows_cap;

	mg_arena_release(&r->arena);
	*r = (struct report){ .kills = kills, .kills_cap = kills_cap, .rows = rows,
			      .rows_cap = rows_cap, .trigger_pid = -1, .memory = none,
			      .cgroup = none, .constraint = none };
	r->chosen.m = none;
}

struct mg_kernel *mg_kernel_new(void)
{
	struct mg_kernel *k = mg_zalloc(sizeof(*k));

	reset(&k->r);
	return k;
}

void mg_kernel_flush(struct mg_kernel *k, const struct mg_source *src, struct mg_batch *out)
{
	struct report *r = &k->r;

	for (size_t i = 0; i < r->nkills; i++)
		if (!told_before(k, &r->kills[i]))
			emit_kill(r, &r->kills[i], src, out);
	/* the kill itself was lost: who was chosen is the next best */
	if (r->nkills == 0 && r->constraint.pid >= 0) {
		r->chosen.m.pid = r->constraint.pid;
		r->chosen.m.comm = r->constraint.comm;
		r->chosen.m.memcg = r->constraint.memcg;
	}
	if (r->nkills == 0 && r->chosen.m.pid >= 0 && !told_before(k, &r->chosen))
		emit_kill(r, &r->chosen, src, out);
	reset(r);
}

void mg_kernel_free(struct mg_kernel *k)
{
	if (!k)
		return;
	mg_arena_release(&k->r.arena);
	free(k->r.kills);
	free(k->r.rows);
	free(k);
}

static struct mg_kernel_msg keep(struct report *r, const struct mg_kernel_msg *m)
{
	struct mg_kernel_msg c = *m;

	c.comm = mg_arena_str(&r->arena, m->comm);
	c.constraint = mg_arena_str(&r->arena, m->constraint);
	c.oom_memcg = mg_arena_str(&r->arena, m->oom_memcg);
	c.task_memcg = mg_arena_str(&r->arena, m->task_memcg);
	c.device = mg_str("", 0);
	return c;
}

static bool same_kill(const struct mg_kernel_msg *a, const struct mg_kernel_msg *b)
{
	return a->pid == b->pid && a->total_vm_kb == b->total_vm_kb &&
	       a->anon_rss_kb == b->anon_rss_kb;
}

static void add_kill(struct report *r, const struct mg_kernel_msg *m, const struct when *at)
{
	struct kill k;

	for (size_t i = 0; i < r->nkills; i++)
		if (same_kill(&r->kills[i].m, m))
			return;
	k = (struct kill){ keep(r, m), *at };
	MG_PUSH(r->kills, r->nkills, r->kills_cap, k);
}

static bool has_kill(const struct report *r, int64_t pid)
{
	for (size_t i = 0; i < r->nkills; i++)
		if (r->kills[i].m.pid == pid)
			return true;
	return false;
}

/* Does this line begin a report of its own while another one has its victim? */
static bool begins_next(const struct report *r, const struct mg_kernel_msg *m,
			const struct when *at)
{
	const struct when *last = &r->last;
	int64_t            d;

	if (!r->open)
		return false;
	if (last->ns != MG_TIME_NONE && at->ns != MG_TIME_NONE && last->source == at->source) {
		d = at->ns > last->ns ? at->ns - last->ns : last->ns - at->ns;
		if (d > TOGETHER)
			return true;
	}
	if (m->type == MG_KERNEL_INVOKED)
		return r->nkills || r->chosen.m.pid >= 0 || r->constraint.pid >= 0;
	if (m->type == MG_KERNEL_CONSTRAINT)
		return r->nkills && !has_kill(r, m->pid);
	return false;
}

static void collect(struct report *r, const struct mg_kernel_msg *m, const struct when *at)
{
	struct row row = { m->pid, m->oom_score_adj, m->rss_pages, { "", 0 } };

	switch (m->type) {
	case MG_KERNEL_INVOKED:
		r->trigger = mg_arena_str(&r->arena, m->comm);
		break;
	case MG_KERNEL_CPU:
		r->trigger_pid = m->pid;
		break;
	case MG_KERNEL_MEMORY:
		r->memory = keep(r, m);
		break;
	case MG_KERNEL_TASK_IN:
		r->cgroup = keep(r, m);
		break;
	case MG_KERNEL_GROUP:
		r->group = true;
		if (!r->constraint.task_memcg.n)
			r->cgroup = keep(r, m);
		break;
	case MG_KERNEL_ROW:
		if (r->nrows == ROWS_MAX)
			break;
		row.comm = mg_arena_str(&r->arena, m->comm);
		MG_PUSH(r->rows, r->nrows, r->rows_cap, row);
		break;
	case MG_KERNEL_CONSTRAINT:
		r->constraint = keep(r, m);
		r->chosen.at = *at;
		break;
	case MG_KERNEL_CHOSEN:
		r->chosen = (struct kill){ keep(r, m), *at };
		break;
	case MG_KERNEL_KILLED:
		add_kill(r, m, at);
		break;
	default:
		break;
	}
}

/* --- single lines -------------------------------------------------------------------- */

static bool same_second(const struct mg_event *e, const struct when *at)
{
	return e->time_ns != MG_TIME_NONE && at->ns != MG_TIME_NONE &&
	       e->time_ns / MG_SEC == at->ns / MG_SEC;
}

static void emit_trouble(const struct mg_source *src, const struct mg_line *line,
			 const struct mg_kernel_msg *m, struct mg_str body, const struct when *at,
			 struct mg_batch *out)
{
	struct mg_event *e = out->n ? &out->ev[out->n - 1] : NULL;
	bool             none = m->type == MG_KERNEL_NO_VICTIM;

	/* a failing disk says so many times a second */
	if (m->type == MG_KERNEL_IO_ERROR && m->device.n && e && e->kind == MG_EV_KERNEL_HUNG_TASK &&
	    e->artifact == src->artifact && same_second(e, at) && e->count < UINT32_MAX &&
	    mg_str_eq(mg_event_attr(e, "device"), m->device)) {
		e->count++;
		return;
	}
	e = new_event(out, src, none ? MG_EV_KERNEL_OOM_KILL : MG_EV_KERNEL_HUNG_TASK,
		      none ? MG_SEV_CRITICAL : MG_SEV_ERROR, at, line->host);
	if (m->seconds > 0 && m->seconds < 1000000 && at->ns != MG_TIME_NONE) {
		e->duration_ns = m->seconds * MG_SEC;
		e->time_ns -= e->duration_ns;
	}
	e->component = mg_batch_str(out, full_name(m->comm));
	e->message = mg_batch_str(out, body);
	num(out, e, "pid", m->pid);
	text(out, e, "comm", m->comm);
	num(out, e, "seconds", m->seconds);
	text(out, e, "device", m->device);
}

/* The stamp of the message itself, unless a journal wrote a better one before it. */
static struct when when_of(const struct mg_kernel_head *h, const struct mg_line *line)
{
	static const enum mg_time_source sources[] = {
		[MG_KSTAMP_NONE] = MG_TIME_UNKNOWN,       [MG_KSTAMP_BOOT] = MG_TIME_BOOT,
		[MG_KSTAMP_LOCAL] = MG_TIME_ASSUMED_ZONE, [MG_KSTAMP_EXACT] = MG_TIME_EXACT,
		[MG_KSTAMP_NOYEAR] = MG_TIME_YEARLESS,
	};
	struct when w = { h->ns, sources[h->stamp], line->lineno };
	bool        envelope = line->ident.n || line->host.n || h->stamp == MG_KSTAMP_NONE;

	if (envelope && line->time_ns != MG_TIME_NONE) {
		w.ns = line->time_ns;
		w.source = line->time_source;
	}
	return w;
}

static bool single(enum mg_kernel_type t)
{
	return t == MG_KERNEL_HUNG || t == MG_KERNEL_LOCKUP || t == MG_KERNEL_IO_ERROR ||
	       t == MG_KERNEL_NO_VICTIM;
}

/* Lines that mean something only inside a report. */
static bool only_inside(enum mg_kernel_type t)
{
	return t == MG_KERNEL_CPU || t == MG_KERNEL_ROW;
}

bool mg_kernel_line(struct mg_kernel *k, const struct mg_source *src, const struct mg_line *line,
		    struct mg_batch *out)
{
	struct mg_kernel_head head;
	struct mg_kernel_msg  m;
	struct when           at;

	if (line->ident.n && !mg_str_eq(line->ident, MG_STR("kernel")))
		return false; /* others quote the kernel */
	mg_kernel_head(line->text, &head);
	mg_kernel_msg(head.body, &m);
	if (m.type == MG_KERNEL_OTHER)
		return false;
	at = when_of(&head, line);
	if (begins_next(&k->r, &m, &at) ||
	    (k->r.open && !mg_str_eq(k->r.host, line->host)))
		mg_kernel_flush(k, src, out);
	if (single(m.type)) {
		emit_trouble(src, line, &m, head.body, &at, out);
		return true;
	}
	if (only_inside(m.type) && !k->r.open)
		return false;
	if (!k->r.open)
		k->r.host = mg_arena_str(&k->r.arena, line->host);
	k->r.open = true;
	k->r.last = at;
	collect(&k->r, &m, &at);
	return true;
}
