/* zonecheck.h - do times whose year or zone was assumed fit to those that are certain?
 *
 * Layer:   analysis
 */
#ifndef MG_ANALYSIS_ZONECHECK_H
#define MG_ANALYSIS_ZONECHECK_H

#include "analysis/case.h"

/* An artifact whose assumed times lie outside of all certain ones, although another
 * assumption would put them inside. */
struct mg_zone_doubt {
	uint32_t artifact;
	int      years;   /* to add; 0: it is the zone            */
	int64_t  zone_ns; /* local time less UTC that would fit   */
};

/* Of a finished case, by artifact; free() it.  NULL and 0 when nothing is certain or all fits. */
struct mg_zone_doubt *mg_zone_check(const struct mg_case *c, size_t *n);

/* "+09:00" */
const char *mg_zone_text(int64_t zone_ns, char *buf, size_t size);

#endif
