/* envelope.h - recognise what a collector wrote in front of one line of a log.
 *
 *   2022-02-07T22:15:16.123456789Z stderr F text        CRI (containerd, CRI-O)
 *   2022-02-07T22:15:16.123456789Z text                 must-gather, kubectl logs --timestamps
 *   {"log":"text\n","stream":"stderr","time":"..."}     docker json-file
 *   Feb 07 22:15:16[.123456] host ident[pid]: text      journald short, syslog
 *   2022-02-07T22:15:16+0000 host ident[pid]: text      journald short-iso
 *   Mon 2022-02-07 22:15:16 UTC host ident[pid]: text   journald short-full
 *   -- Logs begin at ..., end at ... --                 journald's own marks
 *
 * Layer:   parse (base only)
 * Memory:  allocates nothing; views point into the line
 * Threads: pure functions
 * Format:  docs/formats/envelope.md (kubelet pkg/kubelet/kuberuntime/logs, systemd
 *          logs-show.c).  What needs memory (partial lines, years) is in parse/unwrap.
 */
#ifndef MG_PARSE_ENVELOPE_H
#define MG_PARSE_ENVELOPE_H

#include "base/time.h"

enum mg_envelope_kind {
	MG_ENVELOPE_NONE,    /* bare text                                              */
	MG_ENVELOPE_CRI,     /* stamp, stream, tag                                     */
	MG_ENVELOPE_STAMP,   /* stamp only                                             */
	MG_ENVELOPE_DOCKER,  /* `text` is the JSON string as written                   */
	MG_ENVELOPE_JOURNAL, /* journald or syslog header                              */
	MG_ENVELOPE_MARK,    /* a line journald says about itself                      */
};

struct mg_envelope {
	enum mg_envelope_kind kind;
	int64_t       time_ns;  /* MG_TIME_NONE when there is none                         */
	bool          yearless; /* time_ns lies in 1970: only month, day and clock are known */
	bool          zoned;    /* a zone stood there; else the time is taken as UTC       */
	bool          coarse;   /* whole seconds only                                      */
	bool          partial;  /* CRI tag P, docker text without its newline              */
	char          stream;   /* 'o' stdout, 'e' stderr, 0 unknown                       */
	struct mg_str host, ident;
	uint32_t      pid;      /* of ident[pid], 0 when absent */
	int64_t       end_ns;   /* MARK: time_ns..end_ns is what the journal held; or NONE */
	struct mg_str text;
};

/* Look at one line (no line end).  Always fills *out; MG_ENVELOPE_NONE has text == line. */
void mg_envelope_parse(struct mg_str line, struct mg_envelope *out);
const char *mg_envelope_kind_name(enum mg_envelope_kind k);

/* Offset of a collector's stamp that stands in the middle of the text, at or behind `from`:
 * the digits of an RFC 3339 time with nine fraction digits and a zone, then a blank or the
 * end.  -1: none.  *used is the length of the stamp without the blank. */
ptrdiff_t mg_envelope_find_stamp(struct mg_str text, size_t from, int64_t *ns, size_t *used);

#endif
