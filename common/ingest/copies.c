/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves are found again by the hash of their first bytes.  Only when that agrees, which is
 * rare among logs (they begin with a time), is the new one looked at as a whole before it is
 * read: what was counted cannot be taken back. */
#include "ingest/copies.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

#define HEAD ((size_t)4096)

struct known {
	struct mg_digest        whole;
	const struct mg_source *source;
	uint32_t                older; /* index + 1 of the one before with this head, 0: none */
};

struct mg_copies {
	struct mg_intern heads; /* 8 bytes of hash */
	uint32_t        *last;  /* of a head: index + 1 of the latest one */
	size_t           nlast, last_cap;
	struct known    *known;
	size_t           n, cap;
};

struct mg_copies *mg_copies_new(void)
{
	return mg_zalloc(sizeof(struct mg_copies));
}

void mg_copies_free(struct mg_copies *c)
{
	if (!c)
		return;
	mg_intern_release(&c->heads);
	free(c->last);
	free(c->known);
	free(c);
}

static bool differ(struct mg_str a, struct mg_str b)
{
	return a.n && b.n && !mg_str_eq(a, b);
}

/* Paths that name two pods or nodes tell of two things, even in the same words. */
static bool at_odds(const struct mg_source *a, const struct mg_source *b)
{
	return differ(a->node, b->node) || differ(a->ns, b->ns) || differ(a->pod, b->pod) ||
	       differ(a->container, b->container) || differ(a->component, b->component);
}

static struct mg_str key(const uint64_t *head)
{
	return mg_str((const char *)head, sizeof(*head));
}

bool mg_copies_find(const struct mg_copies *c, struct mg_src *src, const struct mg_source *s,
		    uint64_t *head, uint32_t *artifact)
{
	struct mg_str    bytes = { "", 0 };
	struct mg_digest whole;
	uint32_t         id, at;

	if (mg_src_peek(src, HEAD, &bytes, NULL) != MG_OK)
		bytes = mg_str("", 0);
	*head = mg_str_hash(mg_str_head(bytes, HEAD), 0);
	id = mg_intern_find(&c->heads, key(head));
	if (id == MG_NONE || bytes.n == 0)
		return false;
	for (at = c->last[id]; at && at_odds(c->known[at - 1].source, s); at = c->known[at - 1].older)
		continue;
	if (!at || mg_src_peek(src, MG_COPY_MAX + 1, &bytes, NULL) != MG_OK || bytes.n > MG_COPY_MAX)
		return false;
	mg_digest_init(&whole);
	mg_digest_add(&whole, bytes);
	mg_digest_end(&whole);
	for (; at; at = c->known[at - 1].older) {
		const struct known *k = &c->known[at - 1];

		if (!mg_digest_eq(&k->whole, &whole) || at_odds(k->source, s))
			continue;
		*artifact = k->source->artifact;
		return true;
	}
	return false;
}

void mg_copies_add(struct mg_copies *c, uint64_t head, const struct mg_digest *whole,
		   const struct mg_source *s)
{
	struct known k = { *whole, s, 0 };
	uint32_t     id;

	if (whole->n == 0)
		return;
	id = mg_intern_id(&c->heads, key(&head));
	if (id == c->nlast)
		MG_PUSH(c->last, c->nlast, c->last_cap, 0);
	k.older = c->last[id];
	MG_PUSH(c->known, c->n, c->cap, k);
	c->last[id] = (uint32_t)c->n;
}
