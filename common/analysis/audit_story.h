/* audit_story.h - which requests tell the story of one object.
 *
 * Layer:   analysis
 * Memory:  borrows the text it was parsed from
 * Threads: pure functions
 */
#ifndef MG_ANALYSIS_AUDIT_STORY_H
#define MG_ANALYSIS_AUDIT_STORY_H

#include "analysis/request_audit.h"
#include "base/err.h"

/* "pods/web-1", "deploy/shop/web", "deployments.apps/shop/web". */
struct mg_story_object {
	struct mg_str resource; /* as given: a short name, singular or plural, perhaps a group */
	struct mg_str ns;       /* empty: any */
	struct mg_str name;
};

/* MG_FAIL: not of the form RESOURCE[.GROUP]/[NAMESPACE/]NAME. */
enum mg_status mg_story_parse(struct mg_str text, struct mg_story_object *out,
			      struct mg_err *err);
/* Does the resource of a request ("pods", "deployments.apps") mean what was given?  Without a
 * group any group will do. */
bool mg_story_resource(struct mg_str given, struct mg_str resource);

/* Why the request may have removed the object; NULL: it has not. */
const char *mg_story_deleted(const struct mg_story_object *o, const struct mg_request *q);
/* What the request is in the life of the object; NULL: nothing.  `text` is the event's JSON,
 * in whose bodies owners are looked for; *read is set for requests that changed nothing. */
const char *mg_story_life(const struct mg_story_object *o, const struct mg_request *q,
			  struct mg_str text, bool *read);

#endif
