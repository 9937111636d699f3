/* pprof.h - read a profile in pprof's protobuf form.
 *
 * The wire format is read here, by hand, and not through protobuf-c: generated code unpacks all
 * or nothing, so a profile that was cut while it was copied would be lost whole, where this
 * reader keeps every sample before the break; it would allocate each of some hundred thousand
 * messages on its own; and the build would need a protobuf compiler.  Varints, fixed32 and
 * fixed64 and length-delimited fields are bounds-checked; repeated integers may be packed or
 * not; the string table may come last; ids need not be dense.
 *
 * Layer:   parse (base)
 * Memory:  the profile, plus tables of views into `data` during the call
 * Threads: pure function
 * Format:  docs/formats/heap.md; upstream google/pprof proto/profile.proto
 */
#ifndef MG_PARSE_PPROF_H
#define MG_PARSE_PPROF_H

#include "base/err.h"
#include "parse/prof.h"

/* Parse `data` (not compressed) into `p`, which mg_prof_init has made.  MG_OK; MG_FAIL: broken
 * off or damaged somewhere, see p->bad and p->diags, `p` holds what could be read; MG_SKIP: this
 * is no profile (err says why, may be NULL). */
enum mg_status mg_pprof_parse(struct mg_prof *p, struct mg_str data, struct mg_err *err);

#endif
