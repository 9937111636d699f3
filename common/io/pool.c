/* SPDX-License-Identifier: Apache-2.0 */
/* How the threads share the work.
 *
 * There is one submitting thread (the caller of new, submit, drain and free) and a fixed
 * number of workers, one less than the threads asked for.  Between them lies one ring of
 * slots, in order of submission: slots head..tail are in use.  Everything in the ring is read
 * and written under `lock`; a job itself is touched by one thread at a time, and the lock is
 * taken between hand-overs, so work and fold need no locking of their own.
 *
 *   submitter   fills the slot at tail (WAITING; READY when there is nothing to prepare),
 *               advances tail, signals `work`
 *   worker      takes the oldest READY slot whose strand is free (RUNNING), works on it
 *               without the lock, marks it DONE, signals `done`; when there is none, it
 *               prepares the oldest WAITING slot (PREPARING) and marks it READY
 *   submitter   folds the slot at head once it is DONE, without the lock, advances head
 *               and, rather than wait for it, does what a worker would do
 *
 * Only the submitter moves head and tail.  A strand is free when no older slot of the same
 * strand is left to do, so its jobs run one after the other in order.  The oldest slot is
 * always free to run once it is prepared: the pool cannot lock up.
 *
 * A full ring (tail - head == max) keeps submit until the slot at head is folded: that
 * bounds the memory.  The end: free drains the ring, sets `stop`, wakes all workers, which
 * find nothing to do and return, and joins them. */
#include "io/pool.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"

enum slot_state { WAITING, PREPARING, READY, RUNNING, DONE };

struct slot {
	void           *job;
	unsigned long   strand;
	enum slot_state state;
};

struct crew {
	struct mg_pool *pool;
	pthread_t       thread;
	unsigned        slot; /* from 1: 0 is the submitter's */
};

struct mg_pool {
	struct mg_pool_ops ops;
	struct crew       *crew;
	int                ncrew; /* 0: everything inside submit */
	pthread_mutex_t    lock;
	pthread_cond_t     work, done;
	struct slot       *ring;
	size_t             max, head, tail; /* head, tail count up; slot = index % max */
	bool               stop;
};

static struct slot *slot_at(struct mg_pool *p, size_t i)
{
	return &p->ring[i % p->max];
}

static bool strand_busy(struct mg_pool *p, size_t i)
{
	unsigned long strand = slot_at(p, i)->strand;

	for (size_t j = p->head; strand && j != i; j++)
		if (slot_at(p, j)->strand == strand && slot_at(p, j)->state != DONE)
			return true;
	return false;
}

/* The oldest job that may run, else the oldest to prepare, or NULL: what must keep an order is
 * what others wait for.  The ring is short (a few slots a thread), so looking through it costs
 * nothing beside a job. */
static struct slot *pick(struct mg_pool *p)
{
	struct slot *fresh = NULL;

	for (size_t i = p->head; i != p->tail; i++) {
		struct slot *s = slot_at(p, i);

		if (s->state == READY && !strand_busy(p, i))
			return s;
		if (s->state == WAITING && !fresh)
			fresh = s;
	}
	return fresh;
}

/* Called and left with the lock held. */
static void run(struct mg_pool *p, struct slot *s, unsigned slot)
{
	bool fresh = s->state == WAITING;

	s->state = fresh ? PREPARING : RUNNING;
	pthread_mutex_unlock(&p->lock);
	if (fresh)
		p->ops.prepare(s->job);
	else
		p->ops.work(s->job, slot);
	pthread_mutex_lock(&p->lock);
	s->state = fresh ? READY : DONE;
	if (s->strand) /* it, or the next of its strand, may run now */
		pthread_cond_signal(&p->work);
}

static void *worker(void *arg)
{
	struct crew    *me = arg;
	struct mg_pool *p = me->pool;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct slot *s = pick(p);

		if (!s && p->stop)
			break;
		if (!s) {
			pthread_cond_wait(&p->work, &p->lock);
			continue;
		}
		run(p, s, me->slot);
		pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct mg_pool *mg_pool_new(int threads, size_t max_in_flight, const struct mg_pool_ops *ops)
{
	struct mg_pool *p = mg_zalloc(sizeof(*p));

	p->ops = *ops;
	p->max = max_in_flight ? max_in_flight : 1;
	p->ring = mg_zalloc(p->max * sizeof(*p->ring));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->done, NULL);
	if (threads <= 1)
		return p;
	p->crew = mg_alloc((size_t)(threads - 1) * sizeof(*p->crew));
	/* Fewer threads than asked for, even none, only make it slower. */
	for (struct crew *c = p->crew; p->ncrew < threads - 1; c++) {
		*c = (struct crew){ .pool = p, .slot = (unsigned)p->ncrew + 1 };
		if (pthread_create(&c->thread, NULL, worker, c) != 0)
			break;
		p->ncrew++;
	}
	return p;
}

/* Called and left with the lock held; the slot at head is DONE.  The slot stays in use
 * while it is folded, which keeps at most `max` jobs alive. */
static void fold_head(struct mg_pool *p)
{
	void *job = slot_at(p, p->head)->job;

	pthread_mutex_unlock(&p->lock);
	p->ops.fold(p->ops.ctx, job);
	pthread_mutex_lock(&p->lock);
	p->head++;
}

/* Fold while the oldest job is done; as long as more than `keep` are in use, help or wait. */
static void fold_down_to(struct mg_pool *p, size_t keep)
{
	while (p->head != p->tail) {
		struct slot *s;

		if (slot_at(p, p->head)->state == DONE)
			fold_head(p);
		else if (p->tail - p->head <= keep)
			break;
		else if ((s = pick(p)))
			run(p, s, 0);
		else
			pthread_cond_wait(&p->done, &p->lock);
	}
}

void mg_pool_submit(struct mg_pool *p, void *job, unsigned long strand)
{
	if (p->ncrew == 0) {
		if (p->ops.prepare)
			p->ops.prepare(job);
		p->ops.work(job, 0);
		p->ops.fold(p->ops.ctx, job);
		return;
	}
	pthread_mutex_lock(&p->lock);
	fold_down_to(p, p->max - 1);
	*slot_at(p, p->tail) = (struct slot){ job, strand,
						  p->ops.prepare ? WAITING : READY };
	p->tail++;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

void mg_pool_drain(struct mg_pool *p)
{
	pthread_mutex_lock(&p->lock);
	fold_down_to(p, 0);
	pthread_mutex_unlock(&p->lock);
}

void mg_pool_free(struct mg_pool *p)
{
	if (!p)
		return;
	mg_pool_drain(p);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->ncrew; i++)
		pthread_join(p->crew[i].thread, NULL);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->done);
	pthread_mutex_destroy(&p->lock);
	free(p->crew);
	free(p->ring);
	free(p);
}
