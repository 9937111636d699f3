/* audit_memo.h - parts of audit events that were validated before and mostly come again.
 *
 * A client says the same about itself in every request: user object, address, user agent, and
 * mostly the reason why it was let in.  That is more than half of an event's bytes.  Text that
 * equals, byte for byte, text that was read at the same place of the format needs no second
 * look: what it holds is at the same offsets.
 *
 * Layer:   parse (base)
 * Memory:  one fixed table of about 3 MiB, of which the pages of users that occur are touched
 * Threads: a memo belongs to one thread
 */
#ifndef MG_PARSE_AUDIT_MEMO_H
#define MG_PARSE_AUDIT_MEMO_H

#include "base/str.h"
#include "parse/json.h"

#define MG_MEMO_USERS  2048 /* a power of two; a large cluster has some 1,000 active users */
#define MG_MEMO_USER   640  /* bytes kept of a user object: longer ones are read again     */
#define MG_MEMO_CLIENT 256
#define MG_MEMO_NOTES  2    /* annotations a user: of requests that were let in, or not    */
#define MG_MEMO_NOTE   384

/* A part of a text, as mg_json_text is one: at == 0 means absent. */
struct mg_memo_part {
	uint16_t at, n;
	bool     escaped;
};

struct mg_memo_user {
	uint16_t            user_n, client_n, note_n[MG_MEMO_NOTES]; /* 0: nothing kept */
	struct mg_memo_part name, uid, groups;       /* of user   */
	struct mg_memo_part first_ip, last_ip, agent; /* of client */
	char                user[MG_MEMO_USER];       /* {"username":...} */
	char                client[MG_MEMO_CLIENT];   /* ,"sourceIPs":[...],"userAgent":"..." */
	char                note[MG_MEMO_NOTES][MG_MEMO_NOTE]; /* {...} of annotations */
};

struct mg_audit_memo {
	struct mg_memo_user users[MG_MEMO_USERS];
	/* The day that times were of last, as it is written, and its first nanosecond. */
	char    day[11]; /* with the 'T' */
	int64_t day_ns;
};

struct mg_audit_memo *mg_audit_memo_new(void);
void                  mg_audit_memo_free(struct mg_audit_memo *m); /* NULL is fine */

static inline struct mg_memo_part mg_memo_part(const char *base, const char *p, size_t n,
					       bool escaped)
{
	if (!p)
		return (struct mg_memo_part){ 0 };
	return (struct mg_memo_part){ (uint16_t)(p - base), (uint16_t)n, escaped };
}

static inline struct mg_json_text mg_memo_text(const char *base, struct mg_memo_part part)
{
	if (!part.at)
		return (struct mg_json_text){ 0 };
	return (struct mg_json_text){ base + part.at, part.n, part.escaped };
}

#endif
