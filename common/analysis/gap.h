/* gap.h - a source that falls silent is an event, too: "no errors" and "no data" must not
 * look alike.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_GAP_H
#define MG_ANALYSIS_GAP_H

#include "analysis/case.h"

/* Add a `gap` event for every pause of the audit log that is far longer than usual.  The
 * caller sorts the events again. */
void mg_gap_find(struct mg_case *c);

#endif
