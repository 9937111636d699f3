/* pool.h - an ordered, bounded pool of workers.
 *
 * Layer:   io
 * Jobs are handed in by one thread.  Workers run them in parallel, but jobs of the same
 * strand run one at a time in the order handed in (a strand is a stateful leaf); what can be
 * done of them without that order is done before, by `prepare`.  Results
 * are folded on the submitting thread in exactly the order of submission, so any number of
 * threads gives the same bytes.  At most `max_in_flight` jobs are unfolded at once: submit
 * folds, works itself or waits when that many are, which bounds memory.  The submitting
 * thread is one of `threads`; with threads <= 1 every job runs and folds inside submit.
 */
#ifndef MG_IO_POOL_H
#define MG_IO_POOL_H

#include <stddef.h>

struct mg_pool;

struct mg_pool_ops {
	/* On any thread, before `work`; jobs of one strand are prepared in parallel and in no
	 * order.  May be NULL. */
	void (*prepare)(void *job);
	/* On any thread.  `slot` is below max(threads, 1), and no two jobs run with the same
	 * one at a time: what belongs to a slot needs no lock. */
	void (*work)(void *job, unsigned slot);
	void (*fold)(void *ctx, void *job); /* on the submitting thread, in order; frees job */
	void *ctx;
};

/* `strand` numbers may be reused once their jobs are folded; 0 means "no strand". */
struct mg_pool *mg_pool_new(int threads, size_t max_in_flight, const struct mg_pool_ops *ops);
void            mg_pool_submit(struct mg_pool *p, void *job, unsigned long strand);
void            mg_pool_drain(struct mg_pool *p); /* work and fold all that was submitted */
void            mg_pool_free(struct mg_pool *p);  /* drains first; NULL is fine           */

#endif
