/* ledger.h - every death of a process once, with all that the artifacts tell of it.
 *
 * On the deaths of signals.h, which join kernel, object and log.  Added are containers that
 * completed and were started again, ends without a time, and logs of an earlier instance
 * that just stop; the gap of the audit log around the death; and the next start.
 *
 * Layer:   analysis
 * Memory:  owned by the struct; views and event pointers belong to the case
 */
#ifndef MG_ANALYSIS_LEDGER_H
#define MG_ANALYSIS_LEDGER_H

#include "analysis/case.h"

#define MG_NO_ARTIFACT UINT32_MAX

struct mg_ledger_row {
	struct mg_str component, node, ns, pod, container;
	int64_t       time_ns;    /* MG_TIME_NONE: not told                             */
	int64_t       restart_ns; /* the next start seen, MG_TIME_NONE: none            */
	bool          oom, lease_lost;
	int64_t       exit_code;  /* -1: not told                                       */
	int64_t       restarts;   /* count of the container's status, -1: not told      */
	const struct mg_event *kernel, *object, *log, *gap; /* each may be NULL         */
	uint32_t      previous;   /* artifact of the log that ends here, else MG_NO_ARTIFACT */
};

struct mg_ledger {
	struct mg_ledger_row *row; /* by time; those without a time last */
	size_t                n, cap;
};

void mg_ledger_build(struct mg_ledger *l, const struct mg_case *c);
void mg_ledger_release(struct mg_ledger *l);

#endif
