/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/audit_seen.h"

#include "base/mem.h"

#define WAYS 16 /* of a set: two cache lines */

struct mg_audit_seen {
	size_t   sets;
	uint64_t id[][WAYS]; /* youngest first; 0: none */
};

struct mg_audit_seen *mg_audit_seen_new(size_t n)
{
	struct mg_audit_seen *s = mg_zalloc(sizeof(*s) + n * sizeof(uint64_t));

	s->sets = n / WAYS;
	return s;
}

bool mg_audit_seen_add(struct mg_audit_seen *s, uint64_t id)
{
	uint64_t *set = s->id[id & (s->sets - 1)];

	for (int i = 0; i < WAYS; i++)
		if (set[i] == id)
			return true;
	memmove(set + 1, set, (WAYS - 1) * sizeof(*set));
	set[0] = id;
	return false;
}

void mg_audit_seen_free(struct mg_audit_seen *s)
{
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
