/* accept.h - may this value pass?  Lists of values as they are given on a command line.
 *
 *   get,list      one of these            -watch,-list  none of these
 *   system:*      begins with             ~^ip-10-.*    a regular expression (PCRE2)
 *
 * Layer:   analysis
 * Memory:  borrows the text it was built from; owns compiled expressions
 * Threads: read only once it is built
 * Cost:    expressions are compiled to machine code where PCRE2 can, and give up after a
 *          fixed number of steps, so that no expression and no input can hang a tool
 */
#ifndef MG_ANALYSIS_ACCEPT_H
#define MG_ANALYSIS_ACCEPT_H

#include "base/err.h"
#include "base/str.h"

struct mg_pattern {
	struct mg_str text;   /* without the marks                                    */
	bool          refuse; /* written with a leading '-'                           */
	bool          prefix; /* written with a final '*': `text` is how values begin */
	void         *regex;  /* compiled, or NULL                                    */
	void         *limits; /* of matching it                                       */
};

/* Refusals win; when there are only refusals, all else passes; an empty list passes all. */
struct mg_accept {
	struct mg_pattern *v;
	size_t             n, cap;
	bool               wants; /* at least one is no refusal */
};

/* One pattern.  MG_FAIL: an expression that does not compile; err says where. */
enum mg_status mg_pattern_init(struct mg_pattern *p, struct mg_str text, struct mg_err *err);
void           mg_pattern_release(struct mg_pattern *p);
/* Does it match, refusal or not?  An expression that gave up counts as a match: rather too
 * much is shown than too little. */
bool mg_pattern_match(const struct mg_pattern *p, struct mg_str value);

/* Add what stands between commas; an expression reaches to the end of `csv`.  Empty items
 * are left out. */
enum mg_status mg_accept_add(struct mg_accept *l, struct mg_str csv, struct mg_err *err);
bool           mg_accept_text(const struct mg_accept *l, struct mg_str value);
/* For a value that has several parts, as a user has groups: any may match, none may be
 * refused.  Feed each to mg_accept_one, then ask mg_accept_end. */
struct mg_accepting {
	bool wanted, refused;
};
void mg_accept_one(const struct mg_accept *l, struct mg_str value, struct mg_accepting *a);
bool mg_accept_end(const struct mg_accept *l, const struct mg_accepting *a);
/* For "resource[.group]": without a group the core group is meant; either part may be "*" or
 * a prefix, and a part that is empty beside a dot is any ("pods.", ".").  One that is named in
 * full and wanted passes a refusal with wildcards: "-*.apps,deployments.apps". */
bool mg_accept_resource(const struct mg_accept *l, struct mg_str value);
/* For status codes: also 5xx, 400-499, and !404 or -404 to refuse.  0 is no code: "none". */
bool mg_accept_code(const struct mg_accept *l, uint32_t code);
/* Is it a list that mg_accept_code understands?  Otherwise the first item that is not. */
bool mg_accept_codes_valid(const struct mg_accept *l, struct mg_str *bad);
void mg_accept_release(struct mg_accept *l);

#endif
