/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "event/from_kubetext.h"
#include "event/from_x509.h"
#include "ingest/consumer.h"

/* --- tables and descriptions, line by line ----------------------------------------------------- */

static void *kubetext_open(const struct mg_source *src)
{
	return mg_kubetext_new();
}

static void kubetext_block(void *state, const struct mg_source *src, const struct mg_block *b,
			   struct mg_partial *out)
{
	struct mg_str rest = mg_str(b->p, b->n), line;
	uint64_t      lineno = b->first_line;

	out->stats.bytes += b->n;
	for (; rest.n; lineno++) {
		mg_str_cut(rest, '\n', &line, &rest);
		mg_kubetext_line(state, src, line, lineno, &out->stats, &out->events);
		out->stats.lines++;
	}
}

static void kubetext_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	mg_kubetext_end(state, src, &out->events);
	mg_kubetext_free(state);
}

const struct mg_consumer mg_consumer_kubetext = {
	.name = "kubetext",
	.stateful = true,
	.open = kubetext_open,
	.block = kubetext_block,
	.close = kubetext_close,
};

/* --- files of certificates ----------------------------------------------------------------------- */

/* A bundle is told by how many certificates a file holds: all of it is needed. */
#define PEM_MAX ((size_t)16 << 20)

static void *pem_open(const struct mg_source *src)
{
	return mg_zalloc(sizeof(struct mg_buf));
}

static void pem_block(void *state, const struct mg_source *src, const struct mg_block *b,
		      struct mg_partial *out)
{
	struct mg_buf *whole = state;
	size_t         room = PEM_MAX - whole->n;

	for (size_t i = 0; i < b->n; i++)
		out->stats.lines += b->p[i] == '\n';
	out->stats.bytes += b->n;
	if (b->n > room)
		mg_stats_bad(&out->stats, b->first_line, 0,
			     "a file of certificates above 16 MiB: the rest is left out");
	mg_buf_add(whole, mg_str(b->p, b->n < room ? b->n : room));
}

static void pem_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct mg_buf       *whole = state;
	struct mg_cert_place at = { .src = src, .line = 1, .text_lines = true,
				    .name = mg_str_basename(src->path), .stats = &out->stats };

	out->stats.records += mg_event_from_certificates(&at, mg_buf_str(whole), &out->events);
	mg_buf_release(whole);
	free(whole);
}

const struct mg_consumer mg_consumer_pem = {
	.name = "pem",
	.stateful = true,
	.open = pem_open,
	.block = pem_block,
	.close = pem_close,
};
