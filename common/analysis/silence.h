/* silence.h - which part of the control plane fell silent before a moment, and which first.
 *
 * Layer:   analysis
 * A component falls silent on a node when its log ends while others go on, when it dies, or
 * when its audit log shows a pause.  No log is no silence.
 */
#ifndef MG_ANALYSIS_SILENCE_H
#define MG_ANALYSIS_SILENCE_H

#include "analysis/case.h"
#include "analysis/signals.h"

struct mg_silence {
	int64_t       at_ns;
	struct mg_str component, node;
	const char   *how; /* "its log ends", "it died", "its audit log pauses" */
	uint32_t      artifact;
	uint64_t      line; /* 0: the artifact as a whole */
};

/* The silences that began in [from, to], earliest first; returns how many, at most `cap`. */
size_t mg_silences(const struct mg_case *c, const struct mg_signals *s, int64_t from, int64_t to,
		   struct mg_silence *out, size_t cap);

#endif
