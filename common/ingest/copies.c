/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves are found again by the hash of their first bytes.  Only when that agrees, which is
 * rare among logs (they begin with a time), is the new one looked at as a whole before it is
 * read: what was counted cannot be taken back. */
#include "ingest/copies.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

#define START ((size_t)4096)

struct known {
	struct mg_fingerprint   head;
	int64_t                 long_size; /* as stored, -1 unknown; 0: `head` is all of it */
	const struct mg_source *source;
	uint32_t                older; /* index + 1 of the one before with this start, 0: none */
};

struct mg_copies {
	struct mg_intern starts; /* 8 bytes of hash */
	uint32_t        *last;   /* of a start: index + 1 of the latest one */
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
	mg_intern_release(&c->starts);
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

static struct mg_str key(const uint64_t *start)
{
	return mg_str((const char *)start, sizeof(*start));
}

void mg_copy_mark_add(struct mg_copy_mark *m, struct mg_str bytes)
{
	size_t room = MG_COPY_HEAD - m->head.n;

	m->more |= bytes.n > room;
	mg_digest_add(&m->head, mg_str_head(bytes, room));
}

static struct known known_of(struct mg_copy_mark *m, const struct mg_source *s)
{
	return (struct known){ mg_digest_end(&m->head), m->more ? m->size : 0, s, 0 };
}

static bool same(const struct known *a, const struct known *b)
{
	return mg_fingerprint_eq(a->head, b->head) && a->long_size == b->long_size &&
	       a->long_size >= 0 && !at_odds(a->source, b->source);
}

bool mg_copies_find(const struct mg_copies *c, const struct mg_leaf *leaf,
		    const struct mg_source *s, struct mg_copy_mark *m, uint32_t *artifact)
{
	struct mg_str       bytes = { "", 0 };
	struct mg_copy_mark all;
	struct known        it;
	uint32_t            id, at;

	if (mg_src_peek(leaf->src, START, &bytes, NULL) != MG_OK)
		bytes = mg_str("", 0);
	*m = (struct mg_copy_mark){ .start = mg_str_hash(mg_str_head(bytes, START), 0), .size = leaf->size };
	mg_digest_init(&m->head);
	id = mg_intern_find(&c->starts, key(&m->start));
	if (id == MG_NONE || bytes.n == 0)
		return false;
	for (at = c->last[id]; at && at_odds(c->known[at - 1].source, s); at = c->known[at - 1].older)
		continue;
	if (!at || mg_src_peek(leaf->src, MG_COPY_HEAD + 1, &bytes, NULL) != MG_OK)
		return false;
	all = *m;
	mg_copy_mark_add(&all, bytes);
	it = known_of(&all, s);
	while (at && !same(&c->known[at - 1], &it))
		at = c->known[at - 1].older;
	if (at)
		*artifact = c->known[at - 1].source->artifact;
	return at;
}

void mg_copies_add(struct mg_copies *c, struct mg_copy_mark *m, const struct mg_source *s)
{
	struct known k;
	uint32_t     id;

	if (m->head.n == 0)
		return;
	k = known_of(m, s);
	id = mg_intern_id(&c->starts, key(&m->start));
	if (id == c->nlast)
		MG_PUSH(c->last, c->nlast, c->last_cap, 0);
	k.older = c->last[id];
	MG_PUSH(c->known, c->n, c->cap, k);
	c->last[id] = (uint32_t)c->n;
}
