/* profile_units.h - values of a profile in a unit that people read.
 *
 * Layer: render (of profiles.c; the units and their choice are those of `go tool pprof`)
 */
#ifndef MG_RENDER_PROFILE_UNITS_H
#define MG_RENDER_PROFILE_UNITS_H

#include "base/str.h"

/* `value` in `to` ("auto": the largest unit of which there is one) and that unit's name; empty
 * for counts. */
double mg_profile_scale(int64_t value, struct mg_str from, struct mg_str to, struct mg_str *unit);

#endif
