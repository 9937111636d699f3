/* findings_json.h - the findings as data, for other programs.
 *
 * Layer:   render
 * Format:  mg.findings/1: docs/man/mg-findings.5, docs/schemas/findings-1.json
 * Indented by one space, keys always in the same order, unknown values null, so that two
 * reports of the same data are equal byte for byte.
 */
#ifndef MG_RENDER_FINDINGS_JSON_H
#define MG_RENDER_FINDINGS_JSON_H

#include "analysis/findings.h"
#include "io/out.h"

void mg_render_findings_json(struct mg_out *o, const struct mg_case *c,
			     const struct mg_findings *fs);

#endif
