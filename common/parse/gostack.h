/* gostack.h - the lines of a goroutine dump.
 *
 *   goroutine 255744 [chan send, 4 minutes]:
 *   pkg/path.(*T).Method.func1(0xc000c4c790, {0x1, 0x2}, ...)
 *   	/src/file.go:1036 +0x99
 *   created by pkg/path.(*T).Method in goroutine 12
 *   	/src/file.go:1031 +0x258
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; every view points into the line
 * Threads: pure functions
 * Format:  docs/formats/gostack.md; runtime/traceback.go and runtime/pprof/pprof.go of
 *          golang/go (debug=2, SIGQUIT, panic, fatal error; debug=1 text)
 */
#ifndef MG_PARSE_GOSTACK_H
#define MG_PARSE_GOSTACK_H

#include "base/str.h"

enum mg_goline {
	MG_GOLINE_BLANK,
	MG_GOLINE_HEADER,   /* goroutine N [state]:                              */
	MG_GOLINE_FUNC,     /* function(arguments), or a C function without them */
	MG_GOLINE_FILE,     /* indented file:line                                */
	MG_GOLINE_CREATED,  /* created by function [in goroutine N]              */
	MG_GOLINE_ELIDED,   /* ...additional frames elided...                    */
	MG_GOLINE_ANCESTOR, /* [originating from goroutine N]:                   */
	MG_GOLINE_NOTE,     /* stack unavailable, non-Go function                */
	MG_GOLINE_OTHER,    /* nothing of a stack                                */
};

/* A century: no process waits longer, and as nanoseconds it still fits an int64. */
#define MG_GOWAIT_MAX UINT32_C(52596000)

struct mg_goheader {
	uint64_t      id;
	struct mg_str state;    /* "chan send"; without minutes and " (scan)" */
	uint32_t      minutes;  /* 0: less than one; at most MG_GOWAIT_MAX    */
	bool          locked;   /* locked to thread                           */
};

/* One line, without its '\n' (a trailing CR is fine).  A file line is told by its
 * indentation (tab, blanks, or syslog's "#011"). */
enum mg_goline mg_goline_kind(struct mg_str line);
/* False: the line is no goroutine header. */
bool mg_goheader_parse(struct mg_str line, struct mg_goheader *out);
/* Function of a FUNC line (without arguments) or of a CREATED line (without the parent);
 * empty when the line is damaged. */
struct mg_str mg_goline_func(struct mg_str line);
struct mg_str mg_goline_created(struct mg_str line);
/* File and line number of a FILE line; false: neither is there. */
bool mg_goline_file(struct mg_str line, struct mg_str *file, uint32_t *number);

/* "a/vendor/k8s.io/x.F" -> "k8s.io/x.F": everything up to the last "/vendor/" (or a leading
 * "vendor/") is left out.  %2e stays; see mg_gofunc_clean. */
struct mg_str mg_gofunc_strip(struct mg_str func);
/* The same with %2e decoded, into buf (cut to n bytes). */
struct mg_str mg_gofunc_clean(struct mg_str func, char *buf, size_t n);

/* debug=1: "18000 @ 0x43f2d6 0x40a8ac" */
bool mg_gorecord_parse(struct mg_str line, uint64_t *count);
/* debug=1: "#	0x1a2b3c3	pkg.Func+0x8b	/path/file.go:1144"; false for labels and for
 * frames without a symbol. */
bool mg_gorecord_frame(struct mg_str line, struct mg_str *func, struct mg_str *file);
/* debug=1: "goroutine profile: total 18123" */
bool mg_goprofile_total(struct mg_str line, uint64_t *total);

#endif
