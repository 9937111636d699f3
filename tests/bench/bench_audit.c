/* SPDX-License-Identifier: Apache-2.0 */
/* bench_audit FILE...: how fast audit lines are read, in memory, one core.
 *   lines      cut at newlines only
 *   parse      validated, all fields
 *   again      the same with a memo of what was read before
 *   any-order  the same by the order-free reader
 *   users      parse and count by user
 *   consumer   what mgcorrelate does: blocks of 1 MiB, folded
 * BENCH_ONLY=name runs one of them.  Prints: name, MB/s (1e6 bytes), ns per event. */
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "ingest/consume_audit.h"
#include "parse/audit_fast.h"
#include "parse/audit_memo.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct mg_str slurp(const char *path)
{
	FILE  *f = fopen(path, "rb");
	char  *p;
	long   n;

	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0)
		return mg_str(NULL, 0);
	rewind(f);
	p = mg_alloc((size_t)n);
	n = (long)fread(p, 1, (size_t)n, f);
	fclose(f);
	return mg_str(p, (size_t)n);
}

struct bench {
	uint64_t            events, bad;
	struct mg_intern    users;
	uint64_t           *counts;
	uint32_t            cap;
	struct mg_requests *requests;
	struct mg_audit_memo *memo;
};

static void count_user(struct bench *b, const struct mg_audit *a)
{
	char     buf[1024];
	uint32_t id = mg_intern_id(&b->users, mg_json_plain(a->user, buf, sizeof(buf)));

	while (id >= b->cap) {
		b->counts = mg_realloc(b->counts, b->cap ? b->cap * 2 : 64, sizeof(*b->counts));
		memset(b->counts + b->cap, 0, (b->cap ? b->cap : 64) * sizeof(*b->counts));
		b->cap = b->cap ? b->cap * 2 : 64;
	}
	b->counts[id]++;
}

static void on_lines(struct bench *b, struct mg_str line)
{
	b->events++;
}

static void on_parse(struct bench *b, struct mg_str line)
{
	struct mg_audit a;

	if (mg_audit_parse(line, &a, NULL) == MG_OK)
		b->events++;
	else
		b->bad++;
}

static void on_again(struct bench *b, struct mg_str line)
{
	struct mg_audit a;
	struct mg_json  j;

	if (!b->memo)
		b->memo = mg_audit_memo_new();
	mg_json_init(&j, line);
	if (mg_audit_fast(&j, &a, b->memo))
		b->events++;
	else
		on_parse(b, line);
}

static void on_any_order(struct bench *b, struct mg_str line)
{
	struct mg_audit a;
	struct mg_json  j;

	mg_json_init(&j, line);
	if (mg_audit_next_any_order(&j, &a, NULL) == MG_OK)
		b->events++;
}

static void on_users(struct bench *b, struct mg_str line)
{
	struct mg_audit a;

	if (mg_audit_parse(line, &a, NULL) != MG_OK)
		return;
	b->events++;
	count_user(b, &a);
}

static void each(struct bench *b, struct mg_str text, void (*fn)(struct bench *, struct mg_str))
{
	const char *p = text.p, *end = p + text.n;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		nl = nl ? nl : end;
		fn(b, mg_str(p, (size_t)(nl - p)));
		p = nl + 1;
	}
}

static void consume(struct bench *b, struct mg_str text)
{
	struct mg_source s = { .since_ns = MG_TIME_NONE, .until_ns = MG_TIME_NONE };
	uint64_t         line = 1;

	b->requests = mg_requests_new();
	while (text.n) {
		struct mg_partial p = { .stats = MG_LEAF_STATS_INIT, .audit = b->requests,
					.memo = b->memo };
		struct mg_block   k = { .first_line = line };
		size_t            n = text.n < MG_BLOCK_SIZE ? text.n : MG_BLOCK_SIZE;
		const char       *nl = memchr(text.p + n - 1, '\n', text.n - n + 1);

		k.n = nl ? (size_t)(nl - text.p) + 1 : text.n;
		k.p = (char *)(uintptr_t)text.p;
		mg_consumer_audit.block(NULL, &s, &k, &p);
		line += p.stats.lines;
		b->events += p.stats.records;
		b->memo = p.memo;
		mg_batch_release(&p.events);
		text = mg_str_from(text, k.n);
	}
}

static void report(const char *name, const struct bench *b, struct mg_str text, double took)
{
	printf("%-10s %8.0f MB/s %8.0f ns/event  %llu events, %llu bad\n", name,
	       (double)text.n / 1e6 / took, took * 1e9 / (double)(b->events ? b->events : 1),
	       (unsigned long long)b->events, (unsigned long long)b->bad);
}

static void run(const char *name, struct mg_str text,
		void (*fn)(struct bench *, struct mg_str))
{
	const char  *only = getenv("BENCH_ONLY");
	struct bench b = { 0 };
	double       from = now();

	if (only && strcmp(only, name) != 0)
		return;

	if (fn)
		each(&b, text, fn);
	else
		consume(&b, text);
	report(name, &b, text, now() - from);
	mg_intern_release(&b.users);
	mg_requests_free(b.requests);
	mg_audit_memo_free(b.memo);
	free(b.counts);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct mg_str text = slurp(argv[i]);

		if (!text.n) {
			fprintf(stderr, "bench_audit: cannot read '%s'\n", argv[i]);
			return 2;
		}
		run("lines", text, on_lines);
		run("parse", text, on_parse);
		run("again", text, on_again);
		run("any-order", text, on_any_order);
		run("users", text, on_users);
		run("consumer", text, NULL);
		free((void *)(uintptr_t)text.p);
	}
	return argc > 1 ? 0 : 2;
}
