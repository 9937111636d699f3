/* audit_line.h - find the audit events in one line or document, whatever wraps them.
 *
 * Layer:   parse (base)
 * Memory:  nothing but what must be unescaped (an event kept as a string) is copied, to the
 *          caller's arena; other views point into the line
 * Threads: pure but for the arena
 * Format:  docs/formats/audit.md, "Wrappings": prefixes of host, CRI, journald and exports;
 *          EventList and other lists; docker, CloudWatch, AKS, ViaQ, OpenTelemetry and Google
 *          Cloud records
 */
#ifndef MG_PARSE_AUDIT_LINE_H
#define MG_PARSE_AUDIT_LINE_H

#include "base/arena.h"
#include "parse/audit.h"

struct mg_audit_sink {
	/* One event; `text` is its own JSON (as good for mg_audit_parse as the line), `byte`
	 * its offset in the line, or the offset of the string it was kept in. */
	void (*event)(void *ctx, const struct mg_audit *a, struct mg_str text, uint64_t byte);
	/* A piece of the line that is no event. */
	void (*bad)(void *ctx, uint64_t byte, const char *msg);
	void            *ctx;
	struct mg_arena *arena;
};

/* Deliver every event of `line` (no final newline, may be blank: then nothing happens).
 * A torn event does not hide a whole one that was appended behind it. */
void mg_audit_line(struct mg_str line, const struct mg_audit_sink *sink);

/* A line of nothing but blanks. */
bool mg_audit_blank(struct mg_str line);
/* The line without a transport prefix: from its first '{' or leading '['; p == NULL when it
 * has neither. */
struct mg_str mg_audit_strip(struct mg_str line);

/* "<time> stdout F ..." of the container runtimes: MG_OK with the text behind it, *partial
 * when the line goes on in the next record of that stream; MG_SKIP when it is none. */
enum mg_status mg_audit_cri(struct mg_str line, struct mg_str *text, bool *partial);

#endif
