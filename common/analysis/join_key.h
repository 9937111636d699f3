/* join_key.h - whose request a key in etcd's log is: key, resource, client.
 *
 * Layer:   analysis
 * Memory:  texts live in the findings' arena
 */
#ifndef MG_ANALYSIS_JOIN_KEY_H
#define MG_ANALYSIS_JOIN_KEY_H

#include "analysis/rule.h"

struct mg_key_client {
	const char            *verb;     /* what etcd was asked: "LIST", "read", "write", "delete" */
	const struct mg_event *request;  /* the request around that moment, NULL: none is an event */
	struct mg_str          user;     /* its user, else who sent most such requests; or empty   */
	uint64_t               part, all; /* without a request: how many of all such were the user's */
};

/* Who asked for the key of this line of etcd's log: the slow request that was running then,
 * else the user with most requests of that sort for the resource in the audit log.  False:
 * the line names no Kubernetes object. */
bool mg_key_client(const struct mg_rule_ctx *x, const struct mg_event *etcd,
		   struct mg_key_client *out);

/* "key /registry/secrets/ = LIST secrets by X, running then"; empty for a line without a key. */
struct mg_str mg_key_text(struct mg_rule_ctx *x, const struct mg_event *etcd);

#endif
