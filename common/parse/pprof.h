/* pprof.h - read a profile in pprof's protobuf form.
 *
 * The wire format is read here, by hand, and not through protobuf-c: generated code would
 * allocate each of some hundred thousand messages on its own and unpack all or nothing, where
 * this reader passes over a damaged sample and says at which byte it was; and the build would
 * need a protobuf compiler.  Varints, fixed32, fixed64 and length-delimited fields are
 * bounds-checked; repeated integers may be packed or not; the string table may come last (and
 * does: a profile that was cut has mostly lost its names); ids need not be dense.
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
 * off or damaged somewhere, see p->bad and p->diags, `p` holds what could be read; MG_SKIP: no
 * sample type or no names are left, `p` is of no use (err says why, may be NULL). */
enum mg_status mg_pprof_parse(struct mg_prof *p, struct mg_str data, struct mg_err *err);

#endif
