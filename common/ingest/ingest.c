/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ingest.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scan.h"
#include "ingest/consume_audit.h"
#include "ingest/copies.h"
#include "io/pool.h"
#include "parse/audit_memo.h"

/* Blocks that may be alive at once, per worker: enough to keep it busy, small enough for
 * the memory bound. */
#define BLOCKS_PER_THREAD 4

/* So much of an audit log tells whether it holds a record a line. */
#define AUDIT_HEAD 65536

/* Links and devices kept by name; an archive may hold millions. */
#define PASSED_OVER_NAMED 1000

/* What a thread keeps from block to block, whatever leaf they are of. */
struct desk {
	struct mg_requests   *audit, *http; /* of thread 0: those of the case */
	struct mg_audit_memo *memo;
};

/* One leaf while its blocks are in flight.  Freed when its last job is folded. */
struct leaf_run {
	struct desk              *desks; /* one a thread */
	const struct mg_consumer *consumer;
	const struct mg_source   *source; /* in the case's arena */
	void                     *state;
};

/* One job: a block, the end of a leaf, or both. */
struct job {
	struct leaf_run  *leaf;
	struct mg_block   block; /* p == NULL: only the end */
	bool              end;
	void             *prepared; /* by the consumer */
	struct mg_partial partial;
};

struct run {
	struct mg_case              *c;
	const struct mg_ingest_opts *o;
	struct mg_pool              *pool;
	const char                  *operand; /* being walked ... */
	uint32_t                     first;   /* ... its first artifact */
	struct desk                 *desks;
	struct mg_spares             spares;
	struct mg_copies            *copies;
	size_t                       block_size;
	uint64_t                     leaves;
	struct mg_intern             told;      /* artifact paths that event streams name ... */
	uint32_t                    *told_ids;  /* ... and their ids in the case              */
	size_t                       ntold, told_cap;
	struct mg_audit_opens        opens;    /* requests whose end was not seen yet         */
	uint32_t                     opens_of; /* the leaf that is being folded, and its begin */
	int64_t                      opens_since;
	bool                         no_ends;  /* the policy logs no last stage               */
};

/* So many requests are never in flight: the policy omits their ends. */
#define OPENS_MAX 200000

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
	case MG_KIND_HEAP:
	case MG_KIND_PPROF:
		return &mg_consumer_heap;
	case MG_KIND_KUBE_YAML:
	case MG_KIND_KUBE_JSON:
	case MG_KIND_ETCD_INFO:
		return &mg_consumer_kubeobj;
	case MG_KIND_APF:
	case MG_KIND_KUBE_TEXT:
		return &mg_consumer_kubetext;
	case MG_KIND_PEM:
		return &mg_consumer_pem;
	case MG_KIND_METRICS:
	case MG_KIND_METRICS_CSV:
		return &mg_consumer_metrics;
	case MG_KIND_MG_EVENTS:
		return &mg_consumer_events;
	default:
		return NULL;
	}
}

/* On any thread, in any order. */
static void prepare(void *arg)
{
	struct job               *j = arg;
	const struct mg_consumer *k = j->leaf->consumer;

	if (j->block.p && k->prepare)
		j->prepared = k->prepare(j->leaf->state, &j->block);
}

/* On any thread; what was counted stays on its desk. */
static void work(void *arg, unsigned slot)
{
	struct job               *j = arg;
	const struct mg_consumer *k = j->leaf->consumer;
	struct desk              *d = &j->leaf->desks[slot];

	mg_partial_init(&j->partial);
	j->partial.audit = d->audit;
	j->partial.http = d->http;
	j->partial.memo = d->memo;
	j->partial.prepared = j->prepared;
	if (j->block.p)
		k->block(j->leaf->state, j->leaf->source, &j->block, &j->partial);
	if (j->end && k->close)
		k->close(j->leaf->state, j->leaf->source, &j->partial);
	d->audit = j->partial.audit;
	d->http = j->partial.http;
	d->memo = j->partial.memo;
	j->partial.audit = j->partial.http = NULL;
	j->partial.memo = NULL;
}

/* The kind of artifact that an event of an event stream was read from. */
static enum mg_kind kind_of_event(enum mg_event_kind k)
{
	struct mg_str name = mg_strz(mg_event_kind_name(k));

	if (k == MG_EV_ETCD_STATUS || k == MG_EV_ETCD_MEMBER || k == MG_EV_ETCD_OBJECTS)
		return MG_KIND_ETCD_INFO;
	if (mg_str_starts(name, MG_STR("etcd.")))
		return MG_KIND_ETCD_LOG;
	if (mg_str_starts(name, MG_STR("kernel.")))
		return MG_KIND_KERNEL;
	if (mg_str_starts(name, MG_STR("goroutine.")))
		return MG_KIND_GOROUTINE;
	if (mg_str_starts(name, MG_STR("heap.")))
		return MG_KIND_HEAP;
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

/* Put the clock of the leaf's node right. */
static void shift(struct mg_partial *p, int64_t ns)
{
	if (!ns)
		return;
	for (size_t i = 0; i < p->events.n; i++)
		if (p->events.ev[i].time_source == MG_TIME_EXACT)
			p->events.ev[i].time_ns += ns;
	if (p->stats.first_ns != MG_TIME_NONE) {
		p->stats.first_ns += ns;
		p->stats.last_ns += ns;
	}
}

static void fold_opens(struct run *r, uint32_t artifact, struct mg_partial *p)
{
	r->c->received += p->opens.received;
	if (r->no_ends || (!p->opens.n && !p->opens.nends))
		return;
	if (r->opens_of != artifact || r->opens_since == MG_TIME_NONE) {
		r->opens_of = artifact;
		r->opens_since = p->stats.first_ns;
	}
	mg_audit_opens_merge(&r->opens, &p->opens, r->opens_since);
	if (r->opens.n > OPENS_MAX) {
		mg_audit_opens_release(&r->opens);
		r->no_ends = true;
	}
}

/* What is open at the end of the input are events. */
static void tell_opens(struct run *r)
{
	struct mg_audit_items open = { 0 };

	mg_audit_opens_take(&r->opens, &open);
	mg_audit_items_sort(&open, mg_audit_item_by_time);
	for (size_t i = 0; i < open.n; i++) {
		struct mg_event *e = mg_audit_open_event(&r->c->events, open.v[i]);

		e->severity = MG_SEV_INFO; /* the last ones of a log have no end yet */
		e->node = r->c->artifacts[e->artifact].source.node;
		e->component = r->c->artifacts[e->artifact].source.component;
	}
	mg_audit_items_release(&open);
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
	fold_opens(r, j->leaf->source->artifact, p);
	shift(p, j->leaf->source->offset_ns);
	mg_batch_append(&c->events, &p->events);
	mg_samples_merge(&c->samples, &p->samples);
	mg_stats_merge(&c->artifacts[j->leaf->source->artifact].stats, &p->stats);
	mg_partial_release(p);
	mg_spares_give(&r->spares, &j->block);
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
	struct mg_fault f;

	if (err->status == MG_SKIP && r->c->passed_over++ >= PASSED_OVER_NAMED)
		return;
	f = (struct mg_fault){ mg_arena_str(&r->c->arena, path), *err };
	MG_PUSH(r->c->faults, r->c->nfaults, r->c->faults_cap, f);
}

/* Who wrote a leaf.  Of `must-gather/namespaces` or of a single file deep inside, only the
 * operand itself still names the namespace, so it is asked where the leaf's own path is mute. */
static void find_source(struct run *r, struct mg_str path, struct mg_source *s)
{
	struct mg_source whole;
	struct mg_str    operand = mg_strz(r->operand);
	ptrdiff_t        at = mg_str_rchr(operand, '/');

	mg_source_from_path(path, s);
	if (s->ns.n || s->pod.n || s->node.n || mg_str_eq(operand, MG_STR("-")))
		return;
	if (mg_str_eq(mg_str_basename(operand), mg_str_basename(path)))
		operand = mg_str_head(operand, at < 0 ? 0 : (size_t)at);
	mg_source_from_path(mg_arena_printf(&r->c->arena, "%.*s/%.*s", MG_FMT(operand),
					    MG_FMT(path)), &whole);
	if (!whole.ns.n && !whole.node.n)
		return;
	*s = whole;
	s->path = path;
}

static struct mg_source *add_artifact(struct run *r, const struct mg_leaf *leaf)
{
	struct mg_case    *c = r->c;
	struct mg_source  *s = mg_arena_alloc(&c->arena, sizeof(*s));
	struct mg_artifact a = { .kind = leaf->kind, .size = leaf->size,
				 .stats = MG_LEAF_STATS_INIT };

	a.path = a.whole = mg_arena_str(&c->arena, leaf->path);
	find_source(r, a.path, s);
	if (leaf->kind == MG_KIND_ETCD_LOG && !s->component.n)
		s->component = MG_STR("etcd"); /* through a pipe no path says so */
	s->artifact = c->nartifacts;
	s->mtime_ns = leaf->mtime_ns;
	s->ctx = r->o->ctx;
	for (uint32_t i = 0; i < r->o->noffsets; i++)
		if (mg_str_eq(r->o->offsets[i].node, s->node))
			s->offset_ns = r->o->offsets[i].ns;
	s->changes = r->o->changes;
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

/* Of what nothing is parsed from. */
static void count_block(void *state, const struct mg_source *src, const struct mg_block *b,
			struct mg_partial *out)
{
	out->stats.bytes += b->n;
	out->stats.lines += mg_scan_count(mg_str(b->p, b->n), '\n') + (b->last && b->p[b->n - 1] != '\n');
	out->stats.other = out->stats.lines;
}

static const struct mg_consumer counter = { .name = "count", .block = count_block };

static const struct mg_consumer *pick(struct run *r, const struct mg_leaf *leaf)
{
	const struct mg_consumer *k;

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
	k = mg_consumer_of(leaf->kind);
	return !k && r->o->count_all ? &counter : k;
}

/* Cut the leaf into blocks and submit them; *mark gets to know its bytes. */
static void read_leaf(struct run *r, struct leaf_run *lr, struct mg_src *src,
		      struct mg_copy_mark *mark)
{
	struct mg_blocks blocks;
	struct mg_block  b;
	struct mg_err    err = { 0 };
	enum mg_status   st;
	bool             ended = false;

	mg_blocks_init(&blocks, src, r->block_size);
	blocks.spares = &r->spares;
	while ((st = mg_blocks_next(&blocks, &b, &err)) != MG_EOF && st != MG_FATAL) {
		if (st == MG_FAIL)
			add_fault(r, lr->source->path, &err);
		mg_copy_mark_add(mark, mg_str(b.p, b.n));
		ended = b.last;
		submit(r, lr, &b, ended);
	}
	if (!ended) /* the source broke: the walker reports it */
		submit(r, lr, NULL, true);
	mg_blocks_release(&blocks);
}

/* Two dumps or profiles that are named one by one are there to be compared, equal or not. */
static bool is_for_comparison(const struct run *r, enum mg_kind kind, uint32_t other)
{
	return other < r->first &&
	       (kind == MG_KIND_GOROUTINE || kind == MG_KIND_HEAP || kind == MG_KIND_PPROF);
}

static bool take_leaf(void *ctx, struct mg_leaf *leaf)
{
	struct run               *r = ctx;
	const struct mg_consumer *k;
	struct mg_source         *s;
	struct leaf_run          *lr;
	struct mg_copy_mark       mark;
	uint32_t                  same;

	if (r->o->wants && !r->o->wants(r->o->ctx, leaf))
		return true;
	k = pick(r, leaf);
	s = add_artifact(r, leaf);
	if (!k)
		return true;
	if (mg_copies_find(r->copies, leaf, s, &mark, &same) &&
	    !is_for_comparison(r, leaf->kind, same)) {
		r->c->artifacts[s->artifact].same_as = same + 1;
		r->c->copies++;
		return true;
	}
	r->leaves++;
	lr = mg_zalloc(sizeof(*lr));
	lr->desks = r->desks;
	lr->consumer = k;
	lr->source = s;
	lr->state = k->open ? k->open(s) : NULL;
	read_leaf(r, lr, leaf->src, &mark);
	mg_copies_add(r->copies, &mark, s);
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

/* Name artifacts below the root of their input, and behind the name of `operand` when there
 * are several; an operand that is a file itself is named as it was given. */
static void name_input(struct mg_case *c, struct mg_input *in, struct mg_str operand)
{
	struct mg_str name = mg_str_basename(operand);

	for (uint32_t i = 0; i < in->n; i++) {
		struct mg_artifact *a = &c->artifacts[in->first + i];

		if (mg_str_starts(a->path, in->root))
			a->path = mg_str_from(a->path, in->root.n);
		if (mg_str_eq(a->path, name))
			a->path = operand;
		else if (name.n)
			a->path = mg_arena_printf(&c->arena, "%.*s/%.*s", MG_FMT(name),
						  MG_FMT(a->path));
		a->source.path = a->path;
	}
}

/* Bytes of a plain file, -1 for anything else. */
static int64_t size_of_operand(const char *operand)
{
	struct stat st;

	return strcmp(operand, "-") != 0 && stat(operand, &st) == 0 && S_ISREG(st.st_mode)
		       ? (int64_t)st.st_size
		       : -1;
}

static enum mg_status read_input(struct run *r, const char *operand, bool several,
				 struct mg_err *err)
{
	struct mg_case       *c = r->c;
	struct mg_bundle_opts o = { .limits = r->o->limits, .fault = add_fault,
				    .progress = r->o->progress ? pass_progress : NULL,
				    .ctx = r };
	struct mg_input       in = { .operand = mg_arena_str(&c->arena, mg_strz(operand)),
				     .size = size_of_operand(operand),
				     .first = c->nartifacts };
	struct mg_str         base = in.operand;
	enum mg_status        st;

	while (base.n > 1 && base.p[base.n - 1] == '/')
		base.n--;
	if (o.limits.depth == 0)
		o.limits = mg_limits_default;
	r->operand = operand;
	r->first = in.first;
	st = mg_bundle_walk(operand, &o, take_leaf, r, err);
	mg_pool_drain(r->pool);
	in.n = c->nartifacts - in.first;
	if (in.n)
		in.root = mg_str_head(c->artifacts[in.first].path, 0);
	for (uint32_t i = 0; i < in.n && !in.root.n; i++)
		if (c->artifacts[in.first + i].stats.records)
			in.root = mg_str_head(c->artifacts[in.first + i].path,
					      common_root(c, &in));
	name_input(c, &in, several ? base : mg_str("", 0));
	MG_PUSH(c->inputs, c->ninputs, c->inputs_cap, in);
	return st;
}

static int thread_count(int wanted)
{
	long n = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (int)n;
}

static struct desk *desks_new(const struct mg_case *c, int threads)
{
	struct desk *d = mg_zalloc(sizeof(*d) * (size_t)threads);

	d[0] = (struct desk){ .audit = c->audit, .http = c->http };
	return d;
}

/* Add up what the other threads counted. */
static void desks_clear(struct desk *d, struct mg_case *c, int threads)
{
	mg_audit_memo_free(d[0].memo);
	for (int i = 1; i < threads; i++) {
		if (d[i].audit)
			mg_requests_merge(c->audit, d[i].audit);
		if (d[i].http)
			mg_requests_merge(c->http, d[i].http);
		mg_requests_free(d[i].audit);
		mg_requests_free(d[i].http);
		mg_audit_memo_free(d[i].memo);
	}
	free(d);
}

enum mg_status mg_ingest_run(struct mg_case *c, char *const *operands, int n,
			     const struct mg_ingest_opts *o, struct mg_err *err)
{
	struct run         r = { .c = c, .o = o, .opens_since = MG_TIME_NONE };
	struct mg_pool_ops ops = { .prepare = prepare, .work = work, .fold = fold,
				   .ctx = &r };
	int                threads = thread_count(o->threads), failed = 0;
	struct mg_err      first = { 0 };

	r.block_size = o->block_size ? o->block_size : MG_BLOCK_SIZE;
	r.desks = desks_new(c, threads);
	r.copies = mg_copies_new();
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
	tell_opens(&r);
	desks_clear(r.desks, c, threads);
	mg_spares_release(&r.spares);
	mg_copies_free(r.copies);
	mg_intern_release(&r.told);
	free(r.told_ids);
	c->offsets = o->offsets;
	c->noffsets = o->noffsets;
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
