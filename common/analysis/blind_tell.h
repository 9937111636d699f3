/* blind_tell.h - add the blind spots of the case to the findings.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_BLIND_TELL_H
#define MG_ANALYSIS_BLIND_TELL_H

#include "analysis/rule.h"

void mg_blind_tell(struct mg_rule_ctx *x);

#endif
