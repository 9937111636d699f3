/* outline.h - the order in which findings are told: causes numbered, effects below them.
 *
 * Layer:   render
 * Each finding appears once, under its first cause, also when the links are damaged or form
 * a circle.
 */
#ifndef MG_RENDER_OUTLINE_H
#define MG_RENDER_OUTLINE_H

#include "analysis/findings.h"

struct mg_outline_item {
	uint32_t finding;
	uint32_t parent; /* index of an item, MG_NONE for a root */
	uint32_t depth;  /* 0: a root */
	bool     last;   /* of its siblings */
	char     number[24]; /* "2", "2.1", "2.1.3" */
};

struct mg_outline {
	struct mg_outline_item *item;
	uint32_t                n, cap;
};

/* Roots with anything of `min` or above in their tree come first, in the order of the
 * findings; the others follow.  *notable is the number of the former's items. */
void mg_outline_build(struct mg_outline *o, const struct mg_findings *fs, enum mg_severity min,
		      uint32_t *notable);
void mg_outline_release(struct mg_outline *o);

#endif
