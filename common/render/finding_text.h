/* finding_text.h - the words in which every report tells a finding, a fault, the verdict.
 *
 * Layer:   render
 * The text is not escaped: that depends on where it goes.
 */
#ifndef MG_RENDER_FINDING_TEXT_H
#define MG_RENDER_FINDING_TEXT_H

#include "analysis/coverage.h"
#include "analysis/findings.h"
#include "base/buf.h"

/* "longest_seconds 40.002" */
void mg_finding_text_number(struct mg_buf *b, const struct mg_number *n);
/* "incident.tar.gz: bad gzip data at byte 91234" */
void mg_finding_text_fault(struct mg_buf *b, const struct mg_fault *f);
/* The verdict; without anything notable how much was looked at, because nothing found is a
 * result only together with that. */
void mg_finding_text_verdict(struct mg_buf *b, const struct mg_case *c,
			     const struct mg_findings *fs, const struct mg_coverage *cov,
			     bool anything);

#endif
