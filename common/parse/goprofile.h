/* goprofile.h - a goroutine profile in protobuf, counted as a dump.
 *
 * Layer:   parse (base)
 * Memory:  that of the dump
 * Threads: pure function
 * Format:  docs/formats/gostack.md; runtime/pprof/pprof.go of golang/go (debug=0)
 */
#ifndef MG_PARSE_GOPROFILE_H
#define MG_PARSE_GOPROFILE_H

#include "parse/gobuckets.h"
#include "parse/prof.h"

/* False: it is no profile of goroutines, and `d` (an empty dump) stays empty.  Such a profile
 * has neither ids nor states nor waits nor creators.  The caller ends the dump. */
bool mg_godump_from_prof(struct mg_godump *d, const struct mg_prof *p);

#endif
