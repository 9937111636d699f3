/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_log.h"

/* A process began to log: its block of FLAG lines, its version, or a process id that this
 * component has not had before.  The signs of one start come within seconds. */
#define TOGETHER (10 * MG_SEC)

static uint64_t key_of(const struct mg_log_line *x)
{
	return mg_str_hash(x->src->component, mg_str_hash(x->src->pod, mg_str_hash(x->l.host, 2)));
}

static struct mg_log_proc *proc_of(struct mg_log *s, uint64_t key)
{
	struct mg_log_proc *p;

	for (unsigned i = 0; i < s->nprocs; i++)
		if (s->procs[i].key == key)
			return &s->procs[i];
	/* more hosts than slots: the last one is shared, and starts may be missed there */
	if (s->nprocs == MG_LOG_PROCS)
		p = &s->procs[MG_LOG_PROCS - 1];
	else
		p = &s->procs[s->nprocs++];
	*p = (struct mg_log_proc){ .key = key, .start_ns = MG_TIME_NONE, .run_ns = MG_TIME_NONE,
				   .last_ns = MG_TIME_NONE };
	return p;
}

/* True when the id is new; the first one of a file is no start, the file may begin anywhere. */
static bool new_pid(struct mg_log_proc *p, uint32_t pid)
{
	uint32_t n = p->npids < MG_LOG_PIDS ? p->npids : MG_LOG_PIDS;

	for (uint32_t i = 0; i < n; i++)
		if (p->pids[i] == pid)
			return false;
	p->pids[p->npids++ % MG_LOG_PIDS] = pid;
	return p->npids > 1;
}

static bool recent(const struct mg_log_proc *p, const struct mg_log_line *x)
{
	if (!p->start_line)
		return false;
	if (p->start_ns == MG_TIME_NONE || x->l.time_ns == MG_TIME_NONE)
		return x->l.lineno - p->start_line < 1000;
	return x->l.time_ns - p->start_ns <= TOGETHER && p->start_ns - x->l.time_ns <= TOGETHER;
}

static struct mg_str version(const struct mg_log_line *x)
{
	struct mg_str t = mg_klog_text(&x->k);

	if (mg_str_starts(t, MG_STR("Version: ")))
		t = mg_str_from(t, 9);
	else if (mg_str_starts(t, MG_STR("Kubelet version")) ||
		 mg_str_starts(t, MG_STR("Golang settings")) ||
		 mg_str_starts(t, MG_STR("Version info")))
		t = mg_klog_pair(&x->k, "kubeletVersion");
	else
		return mg_str(NULL, 0);
	if (!t.p)
		t = mg_klog_pair(&x->k, "version");
	return t.n > 1 && t.p[0] == 'v' && mg_is_digit(t.p[1]) ? t : mg_str(NULL, 0);
}

static void begin(struct mg_log *s, struct mg_log_proc *p, struct mg_log_line *x)
{
	struct mg_log_held *h = &s->held[MG_HOLD_START];
	bool                api = mg_str_eq(x->src->component, MG_STR("kube-apiserver"));
	struct mg_event    *e;

	mg_log_held_flush(s, MG_HOLD_START);
	p->start_ns = x->l.time_ns;
	p->start_line = x->l.lineno;
	h->key = p->key;
	h->until_ns = x->l.time_ns == MG_TIME_NONE ? INT64_MAX : x->l.time_ns + TOGETHER;
	e = mg_batch_add(&h->batch, api ? MG_EV_APISERVER_START : MG_EV_PROCESS_START, MG_SEV_INFO);
	e->artifact = x->src->artifact;
	e->line = x->l.lineno;
	e->time_ns = x->l.time_ns;
	e->time_source = x->l.time_source;
	e->component = x->src->component;
	e->node = x->src->node.n ? x->src->node : mg_batch_str(&h->batch, x->l.host);
	e->pod = x->src->pod;
	e->ns = x->src->ns;
	e->message = mg_batch_str(&h->batch, mg_arena_printf(&h->batch.arena,
		"%.*s began to log, pid %u", MG_FMT(x->src->component.n ? x->src->component
							  : MG_STR("a process")), x->k.pid));
	mg_batch_attr_i64(&h->batch, e, "pid", x->k.pid);
}

/* Do the times of this process fall?  Then the file is written newest first. */
static bool falling(const struct mg_log_proc *p, const struct mg_log_line *x)
{
	return p->last_ns != MG_TIME_NONE && x->l.time_ns != MG_TIME_NONE &&
	       p->last_ns <= p->run_ns && x->l.time_ns < p->last_ns;
}

/* In a file that is written newest first another id is that of the process before: the one
 * that was read began with the line above. */
static void begin_above(struct mg_log *s, struct mg_log_proc *p, const struct mg_log_line *x)
{
	struct mg_log_line above = *x;

	above.l.time_ns = p->last_ns;
	above.l.lineno = p->last_line;
	above.k.pid = p->last_pid;
	if (!recent(p, &above))
		begin(s, p, &above);
}

static void follow(struct mg_log_proc *p, const struct mg_log_line *x)
{
	if (p->last_pid != x->k.pid)
		p->run_ns = x->l.time_ns;
	p->last_pid = x->k.pid;
	p->last_ns = x->l.time_ns;
	p->last_line = x->l.lineno;
}

void mg_log_start(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_log_proc *p;
	struct mg_str       v;
	bool                flag, fresh;

	if (x->k.form != MG_KLOG_TEXT)
		return;
	p = proc_of(s, key_of(x));
	flag = mg_str_starts(x->k.msg, MG_STR("FLAG: "));
	/* a service prints what its children log under its own identifier */
	fresh = (!x->ident_pid || x->ident_pid == x->k.pid) && new_pid(p, x->k.pid);
	v = x->k.severity == 'I' ? version(x) : mg_str(NULL, 0);
	if (fresh && falling(p, x)) {
		begin_above(s, p, x);
		fresh = false;
	}
	if ((fresh || (flag && !p->flags) || v.n) && !recent(p, x))
		begin(s, p, x);
	p->flags = flag;
	follow(p, x);
	if (v.n && s->held[MG_HOLD_START].batch.n && s->held[MG_HOLD_START].key == p->key) {
		struct mg_batch *b = &s->held[MG_HOLD_START].batch;

		if (!mg_event_attr(&b->ev[0], "version").n)
			mg_batch_attr(b, &b->ev[0], "version", v);
	}
}
