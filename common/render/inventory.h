/* inventory.h - every file of an input: what it is, how much, of when, of whom.
 *
 * Layer:   render
 */
#ifndef MG_RENDER_INVENTORY_H
#define MG_RENDER_INVENTORY_H

#include "analysis/case.h"
#include "render/sheet.h"

/* A row an artifact, in the order of the walk.  For programs also node, namespace, pod,
 * container and component, as far as the path tells them. */
void mg_render_inventory(struct mg_out *o, const struct mg_case *c, enum mg_sheet_format format,
			 bool headings);
/* For people: the sources that are there, those that are not, and how to collect them. */
void mg_render_coverage(struct mg_out *o, const struct mg_case *c, bool headings);

#endif
