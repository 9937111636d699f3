/* err.h - how a function says what went wrong, and how bad it is.
 *
 * Layer:   base
 * The ladder is ordered: a caller may test `st >= MG_FAIL`.  Library code never prints
 * and never exits; it fills a struct mg_err and returns its status.
 */
#ifndef MG_BASE_ERR_H
#define MG_BASE_ERR_H

#include <stdint.h>

enum mg_status {
	MG_OK = 0, /* a result was produced                                      */
	MG_EOF,    /* no more input, no fault                                    */
	MG_SKIP,   /* this piece is not what the function parses; nothing lost   */
	MG_FAIL,   /* this piece is damaged; count it, say it, go on behind it   */
	MG_FATAL,  /* this source cannot be read any further                     */
};

struct mg_err {
	enum mg_status status;
	int            sys_errno; /* 0 when no system call failed                */
	uint64_t       line;      /* 1-based, 0 when unknown                     */
	uint64_t       byte;      /* offset from the start of the source or line */
	char           msg[240];  /* lower case, no full stop                    */
};

/* Fill *err (when not NULL) and return `st`.  Line and byte are left alone. */
enum mg_status mg_err_set(struct mg_err *err, enum mg_status st, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
