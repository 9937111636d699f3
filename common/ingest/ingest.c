/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ingest.h"

#include <unistd.h>

#include "base/mem.h"
#include "ingest/consume_audit.h"
#include "io/pool.h"

/* Blocks that may be alive at once, per worker: enough to keep it busy, small enough for
 * the memory bound. */
#define BLOCKS_PER_THREAD 4

/* So much of an audit log tells whether it holds a record a line. */
#define AUDIT_HEAD 65536

/* One leaf while its blocks are in flight.  Freed when its last job is folded. */
struct leaf_run {
	const struct mg_consumer *consumer;
	const struct mg_source   *source; /* in the case's arena */
	void                     *state;
};

/* One job: a block, the end of a leaf, or both. */
struct job {
	struct leaf_run  *leaf;
	struct mg_block   block; /* p == NULL: only the end */
	bool              end;
	struct mg_partial partial;
};

struct run {
	struct mg_case              *c;
	const struct mg_ingest_opts *o;
	struct mg_pool              *pool;
	size_t                       block_size;
	uint64_t                     leaves;
	struct mg_intern             told;      /* artifact paths that event streams name ... */
	uint32_t                    *told_ids;  /* ... and their ids in the case              */
	size_t                       ntold, told_cap;
};

const struct mg_consumer *mg_consumer_of(enum mg_kind k)
{
	switch (k) {
	case MG_KIND_AUDIT:
		return &mg_consumer_audit;
	case MG_KIND_LOG:
	case MG_KIND_ETCD_LOG:
	case MG_KIND_JOURNAL:
	case MG_KIND_KERNEL:
		return &mg_consumer_log;
	case MG_KIND_GOROUTINE:
		return &mg_consumer_gostack;
	case MG_KIND_KUBE_YAML:
	case MG_KIND_KUBE_JSON:
	case MG_KIND_ETCD_INFO:
		return &mg_consumer_kubeobj;
	case MG_KIND_METRICS:
	case MG_KIND_METRICS_CSV:
		return &mg_consumer_metrics;
	case MG_KIND_MG_EVENTS:
		return &mg_consumer_events;
	default:
		return NULL;
	}
}

/* On a worker. */
static void work(void *arg)
{
	struct job                *j = arg;
	const struct mg_consumer  *k = j->leaf->consumer;

	mg_partial_init(&j->partial);
	if (j->block.p)
		k->block(j->leaf->state, j->leaf->source, &j->block, &j->partial);
	if (j->end && k->close)
		k->close(j->leaf->state, j->leaf->source, &j->partial);
	mg_block_release(&j->block);
}

/* The kind of artifact that an event of an event stream was read from. */
static enum mg_kind kind_of_event(enum mg_event_kind k)
{
	struct mg_str name = mg_strz(mg_event_kind_name(k));

	if (mg_str_starts(name, MG_STR("etcd.")))
		return MG_KIND_ETCD_LOG;
	if (mg_str_starts(name, MG_STR("kernel.")))
		return MG_KIND_KERNEL;
	if (mg_str_starts(name, MG_STR("goroutine.")))
		return MG_KIND_GOROUTINE;
	if (mg_str_starts(name, MG_STR("audit.")))
		return MG_KIND_AUDIT;
	return MG_KIND_LOG;
}

/* Give each event of a stream the artifact it names, made when it is new. */
static void name_artifacts(struct run *r, struct mg_partial *p)
{
	struct mg_case *c = r->c;

	for (size_t i = 0; i < p->npaths; i++) {
		uint32_t id = mg_intern_id(&r->told, p->paths[i]);

		if (id == r->ntold) {
			struct mg_artifact a = { .size = -1, .stats = MG_LEAF_STATS_INIT };

			a.path = mg_arena_str(&c->arena, p->paths[i]);
			a.kind = kind_of_event(p->events.ev[i].kind);
			mg_source_from_path(a.path, &a.source);
			a.source.artifact = c->nartifacts;
			MG_PUSH(r->told_ids, r->ntold, r->told_cap, c->nartifacts);
			MG_PUSH(c->artifacts, c->nartifacts, c->artifacts_cap, a);
		}
		p->events.ev[i].artifact = r->told_ids[id];
		c->artifacts[r->told_ids[id]].stats.records++;
	}
}

/* On the walking thread, in the order of submission. */
static void fold(void *ctx, void *arg)
{
	struct run        *r = ctx;
	struct job        *j = arg;
	struct mg_case    *c = r->c;
	struct mg_partial *p = &j->partial;

	if (r->o->fold)
		r->o->fold(r->o->ctx, p);
	name_artifacts(r, p);
	mg_batch_append(&c->events, &p->events);
	if (p->audit)
		mg_requests_merge(c->audit, p->audit);
	if (p->http)
		mg_requests_merge(c->http, p->http);
	mg_samples_merge(&c->samples, &p->samples);
	mg_stats_merge(&c->artifacts[j->leaf->source->artifact].stats, &p->stats);
	mg_partial_release(p);
	if (j->end)
		free(j->leaf);
	free(j);
}

static void pass_progress(void *ctx, uint64_t done, int64_t total)
{
	struct run *r = ctx;

	r->o->progress(r->o->progress_ctx, done, total);
}

static void add_fault(void *ctx, struct mg_str path, const struct mg_err *err)
{
	struct run     *r = ctx;
	struct mg_fault f = { mg_arena_str(&r->c->arena, path), *err };

	MG_PUSH(r->c->faults, r->c->nfaults, r->c->faults_cap, f);
}

static struct mg_source *add_artifact(struct run *r, const struct mg_leaf *leaf)
{
	struct mg_case    *c = r->c;
	struct mg_source  *s = mg_arena_alloc(&c->arena, sizeof(*s));
	struct mg_artifact a = { .kind = leaf->kind, .size = leaf->size,
				 .stats = MG_LEAF_STATS_INIT };

	a.path = mg_arena_str(&c->arena, leaf->path);
	mg_source_from_path(a.path, s);
	s->artifact = c->nartifacts;
	s->mtime_ns = leaf->mtime_ns;
	s->ctx = r->o->ctx;
	s->rules = r->o->rules;
	s->windowed = r->o->windowed;
	s->since_ns = r->o->since_ns;
	s->until_ns = r->o->until_ns;
	a.source = *s;
	MG_PUSH(c->artifacts, c->nartifacts, c->artifacts_cap, a);
	return s;
}

static void submit(struct run *r, struct leaf_run *lr, struct mg_block *b, bool end)
{
	struct job *j = mg_zalloc(sizeof(*j));

	j->leaf = lr;
	j->end = end;
	if (b)
		j->block = *b;
	mg_pool_submit(r->pool, j, lr->consumer->stateful ? r->leaves : 0);
}

static const struct mg_consumer *pick(struct run *r, const struct mg_leaf *leaf)
{
	if (r->o->pick)
		return r->o->pick(r->o->ctx, leaf);
	if (r->o->kinds && !(r->o->kinds >> leaf->kind & 1))
		return NULL;
	if (leaf->kind == MG_KIND_AUDIT) {
		struct mg_str head = { "", 0 };

		if (mg_src_peek(leaf->src, AUDIT_HEAD, &head, NULL) != MG_OK)
			head = mg_str("", 0);
		return mg_consumer_audit_for(head);
	}
	return mg_consumer_of(leaf->kind);
}

static bool take_leaf(void *ctx, struct mg_leaf *leaf)
{
	struct run               *r = ctx;
	const struct mg_consumer *k = pick(r, leaf);
	struct mg_source         *s = add_artifact(r, leaf);
	struct mg_blocks          blocks;
	struct mg_block           b;
	struct leaf_run          *lr;
	struct mg_err             err = { 0 };
	enum mg_status            st;
	bool                      ended = false;

	if (!k)
		return true;
	r->leaves++;
	lr = mg_zalloc(sizeof(*lr));
	lr->consumer = k;
	lr->source = s;
	lr->state = k->open ? k->open(s) : NULL;
	mg_blocks_init(&blocks, leaf->src, r->block_size);
	while ((st = mg_blocks_next(&blocks, &b, &err)) != MG_EOF && st != MG_FATAL) {
		if (st == MG_FAIL)
			add_fault(r, s->path, &err);
		ended = b.last;
		submit(r, lr, &b, ended);
	}
	if (!ended) /* the source broke: the walker reports it */
		submit(r, lr, NULL, true);
	mg_blocks_release(&blocks);
	return true;
}

/* Length of the directory prefix that the leaves of an input share.  Those that tell nothing
 * (a gather's own stamps at the top) do not shorten it: their paths stay whole. */
static size_t common_root(const struct mg_case *c, const struct mg_input *in)
{
	struct mg_str root = { NULL, 0 };

	for (uint32_t i = 0; in->n > 1 && i < in->n; i++) {
		const struct mg_artifact *a = &c->artifacts[in->first + i];
		size_t                    k = 0;

		if (!a->stats.records)
			continue;
		if (!root.p)
			root = mg_str_head(a->path, a->path.n - mg_str_basename(a->path).n);
		while (k < root.n && k < a->path.n && a->path.p[k] == root.p[k])
			k++;
		root.n = k;
	}
	while (root.n > 0 && root.p[root.n - 1] != '/')
		root.n--;
	return root.n;
}

/* Name artifacts below the root of their input, and behind its name when there are several. */
static void name_input(struct mg_case *c, struct mg_input *in, struct mg_str name)
{
	for (uint32_t i = 0; i < in->n; i++) {
		struct mg_artifact *a = &c->artifacts[in->first + i];

		if (mg_str_starts(a->path, in->root))
			a->path = mg_str_from(a->path, in->root.n);
		if (name.n)
			a->path = mg_arena_printf(&c->arena, "%.*s/%.*s", MG_FMT(name),
						  MG_FMT(a->path));
		a->source.path = a->path;
	}
}

static enum mg_status read_input(struct run *r, const char *operand, bool several,
				 struct mg_err *err)
{
	struct mg_case       *c = r->c;
	struct mg_bundle_opts o = { .limits = r->o->limits, .fault = add_fault,
				    .progress = r->o->progress ? pass_progress : NULL,
				    .ctx = r };
	struct mg_input       in = { .operand = mg_arena_str(&c->arena, mg_strz(operand)),
				     .size = -1, .first = c->nartifacts };
	struct mg_str         base = in.operand;
	enum mg_status        st;

	while (base.n > 1 && base.p[base.n - 1] == '/')
		base.n--;
	if (o.limits.depth == 0)
		o.limits = mg_limits_default;
	st = mg_bundle_walk(operand, &o, take_leaf, r, err);
	mg_pool_drain(r->pool);
	in.n = c->nartifacts - in.first;
	if (in.n)
		in.root = mg_str_head(c->artifacts[in.first].path, 0);
	for (uint32_t i = 0; i < in.n && !in.root.n; i++)
		if (c->artifacts[in.first + i].stats.records)
			in.root = mg_str_head(c->artifacts[in.first + i].path,
					      common_root(c, &in));
	name_input(c, &in, several ? mg_str_basename(base) : mg_str("", 0));
	MG_PUSH(c->inputs, c->ninputs, c->inputs_cap, in);
	return st;
}

static int thread_count(int wanted)
{
	long n = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (int)n;
}

enum mg_status mg_ingest_run(struct mg_case *c, char *const *operands, int n,
			     const struct mg_ingest_opts *o, struct mg_err *err)
{
	struct run         r = { .c = c, .o = o };
	struct mg_pool_ops ops = { .work = work, .fold = fold, .ctx = &r };
	int                threads = thread_count(o->threads), failed = 0;
	struct mg_err      first = { 0 };

	r.block_size = o->block_size ? o->block_size : MG_BLOCK_SIZE;
	r.pool = mg_pool_new(threads, (size_t)threads * BLOCKS_PER_THREAD, &ops);
	for (int i = 0; i < n; i++) {
		struct mg_err e = { 0 };

		if (read_input(&r, operands[i], n > 1, &e) != MG_FATAL)
			continue;
		add_fault(&r, mg_strz(operands[i]), &e);
		if (failed++ == 0)
			first = e;
	}
	mg_pool_free(r.pool);
	mg_intern_release(&r.told);
	free(r.told_ids);
	if (o->windowed)
		mg_case_window(c, o->since_ns, o->until_ns);
	mg_case_finish(c);
	if (n > 0 && failed == n) {
		if (err)
			*err = first;
		return MG_FATAL;
	}
	return MG_OK;
}
