/* SPDX-License-Identifier: Apache-2.0 */
#include "io/pool.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

enum { STRANDS = 5 };

struct shared {
	atomic_int  in_flight, most;
	atomic_uint busy[STRANDS + 1]; /* jobs of a strand that run right now */
	unsigned    next[STRANDS + 1]; /* plain: the pool must order these    */
	unsigned    threads, prepares; /* how often a job is prepared */
	atomic_uint slot[8];           /* jobs of a slot that run right now   */
	unsigned    folded;
};

struct job {
	struct shared *sh;
	unsigned       number, strand, in_strand;
	unsigned       result, prepared;
	bool           wrong;
};

static void nap(unsigned us)
{
	struct timespec t = { 0, (long)us * 1000 };

	nanosleep(&t, NULL);
}

static void prepare(void *arg)
{
	struct job *j = arg;

	nap(j->number * 40503u >> 8 & 255);
	j->prepared++;
}

static void work(void *arg, unsigned slot)
{
	struct job *j = arg;

	if (j->prepared != j->sh->prepares)
		j->wrong = true;

	if (slot >= j->sh->threads || atomic_fetch_add(&j->sh->slot[slot], 1) != 0)
		j->wrong = true;
	if (j->strand) {
		if (atomic_fetch_add(&j->sh->busy[j->strand], 1) != 0)
			j->wrong = true;
		if (j->sh->next[j->strand]++ != j->in_strand)
			j->wrong = true;
	}
	nap(j->number * 2654435761u >> 24);
	j->result = j->number * 3;
	if (j->strand)
		atomic_fetch_sub(&j->sh->busy[j->strand], 1);
	if (slot < j->sh->threads)
		atomic_fetch_sub(&j->sh->slot[slot], 1);
}

static void fold(void *ctx, void *arg)
{
	struct shared *sh = ctx;
	struct job    *j = arg;

	assert_false(j->wrong);
	assert_int_equal(j->number, sh->folded);
	assert_int_equal(j->result, j->number * 3);
	sh->folded++;
	atomic_fetch_sub(&sh->in_flight, 1);
	free(j);
}

static void many_of(int threads, size_t max, unsigned njobs, bool prepares)
{
	struct shared            *sh = mg_zalloc(sizeof(*sh));
	const struct mg_pool_ops  ops = { .prepare = prepares ? prepare : NULL, .work = work,
					   .fold = fold, .ctx = sh };
	struct mg_pool           *p = mg_pool_new(threads, max, &ops);
	unsigned                  in_strand[STRANDS + 1] = { 0 };

	sh->threads = threads > 1 ? (unsigned)threads : 1;
	sh->prepares = prepares;
	for (unsigned i = 0; i < njobs; i++) {
		struct job *j = mg_zalloc(sizeof(*j));
		int         now;

		j->sh = sh;
		j->number = i;
		j->strand = (i * 40503u >> 7) % (STRANDS + 1);
		j->in_strand = in_strand[j->strand]++;
		now = atomic_fetch_add(&sh->in_flight, 1) + 1;
		if (now > atomic_load(&sh->most))
			atomic_store(&sh->most, now);
		mg_pool_submit(p, j, j->strand);
		if (i == njobs / 2) {
			mg_pool_drain(p);
			assert_int_equal(sh->folded, i + 1);
		}
	}
	mg_pool_free(p);
	assert_int_equal(sh->folded, njobs);
	assert_int_equal(atomic_load(&sh->in_flight), 0);
	/* the one being submitted is not in the pool yet */
	assert_true((size_t)atomic_load(&sh->most) <= max + 1);
	free(sh);
}

static void many(int threads, size_t max, unsigned njobs)
{
	many_of(threads, max, njobs, false);
	many_of(threads, max, njobs, true);
}

static void test_inline(void **state)
{
	many(0, 4, 50);
	many(1, 1, 50);
}

static void test_threads(void **state)
{
	many(2, 2, 300);
	many(4, 16, 1000);
	many(8, 3, 500);
	many(3, 1, 100);
}

static void test_nothing_to_do(void **state)
{
	const struct mg_pool_ops ops = { .work = work, .fold = fold };

	mg_pool_free(mg_pool_new(4, 8, &ops));
	mg_pool_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inline),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
