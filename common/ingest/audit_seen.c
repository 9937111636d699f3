/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/audit_seen.h"

#include "base/mem.h"

#define WAYS 8 /* of a set: one cache line */

struct mg_audit_seen {
	void    *memory;
	uint64_t (*set)[WAYS]; /* youngest first; 0: none.  On a line's boundary */
	size_t   sets;
};

struct mg_audit_seen *mg_audit_seen_new(size_t n)
{
	struct mg_audit_seen *s = mg_alloc(sizeof(*s));
	size_t                line = WAYS * sizeof(uint64_t);

	s->memory = mg_zalloc(n * sizeof(uint64_t) + line);
	s->set = (void *)(((uintptr_t)s->memory + line - 1) / line * line);
	s->sets = n / WAYS;
	return s;
}

/* By upper bits: callers may have set the lowest, so that no identity is 0. */
static inline uint64_t *set_of(const struct mg_audit_seen *s, uint64_t id)
{
	return s->set[id >> 32 & (s->sets - 1)];
}

void mg_audit_seen_ask(const struct mg_audit_seen *s, uint64_t id)
{
	__builtin_prefetch(set_of(s, id), 1);
}

bool mg_audit_seen_add(struct mg_audit_seen *s, uint64_t id)
{
	uint64_t *set = set_of(s, id), older[WAYS - 1];
	bool      hit = false;

	for (int i = 0; i < WAYS; i++) /* all: one branch less to guess */
		hit |= set[i] == id;
	if (hit)
		return true;
	memcpy(older, set, sizeof(older));
	memcpy(set + 1, older, sizeof(older));
	set[0] = id;
	return false;
}

void mg_audit_seen_free(struct mg_audit_seen *s)
{
	if (s)
		free(s->memory);
	free(s);
}

uint64_t mg_audit_event_id(const struct mg_audit *a)
{
	/* a client may send one audit ID with all its requests: the times tell them apart */
	uint64_t seed = (uint64_t)a->received_ns * 0x9e3779b97f4a7c15u ^
			(uint64_t)a->stage_ns * 0xd6e8feb86659fd93u ^
			(uint64_t)a->timestamp_ns ^ (uint64_t)a->stage;
	uint64_t id = a->audit_id.n ? mg_str_hash(mg_str(a->audit_id.p, a->audit_id.n), seed) : 0;

	return a->audit_id.n && id == 0 ? 1 : id;
}
