/* findings.h - what the rules claim, with the evidence for it.
 *
 * Layer:   analysis
 * Format:  docs/man/mg-findings.5 (mg.findings/1)
 */
#ifndef MG_ANALYSIS_FINDINGS_H
#define MG_ANALYSIS_FINDINGS_H

#include "analysis/case.h"

enum mg_confidence { MG_CONF_LOW, MG_CONF_MEDIUM, MG_CONF_HIGH };
const char *mg_confidence_name(enum mg_confidence c);

struct mg_evidence {
	uint32_t      artifact;
	uint64_t      line;    /* 0: the artifact as a whole */
	int64_t       time_ns; /* MG_TIME_NONE: no time      */
	struct mg_str text;    /* one line                   */
};

struct mg_number {
	const char   *name; /* snake_case with its unit: "longest_seconds" */
	bool          is_text;
	double        value;
	struct mg_str text;
};

#define MG_FINDING_EVIDENCE 12 /* evidence lines kept per finding */

struct mg_finding {
	const char        *id;    /* rule id, "dc-distributor-leak" */
	const char        *title; /* of the rule                    */
	enum mg_severity   severity;
	enum mg_confidence confidence;
	int                depth; /* place in the causal order, small is early (findings.c) */
	int64_t            start_ns, end_ns;
	struct mg_str      claim; /* one sentence */
	struct mg_str      label; /* a few words for plots */
	struct mg_evidence evidence[MG_FINDING_EVIDENCE];
	uint32_t           nevidence;
	uint64_t           evidence_total; /* how many there were */
	struct mg_number   numbers[24];
	uint32_t           nnumbers;
	struct mg_str      alternatives[4], next_steps[6];
	uint32_t           nalternatives, nnext_steps;
	uint32_t           caused_by[4], ncaused_by; /* indexes into findings */
	uint32_t           effects[16], neffects;
};

struct mg_not_assessed {
	const char   *id;
	struct mg_str missing; /* "kernel log (`oc adm node-logs master-0 -u kernel`)" */
};

struct mg_findings {
	struct mg_arena         arena;
	struct mg_finding      *f; /* ranked: root causes first, each followed by its effects */
	uint32_t                n, cap;
	struct mg_not_assessed *not_assessed;
	uint32_t                nnot_assessed, not_assessed_cap;
	struct mg_str          *blind_spots;
	uint32_t                nblind_spots, blind_spots_cap;
	struct mg_str           verdict; /* at most three sentences */
};

void mg_findings_release(struct mg_findings *fs);

#endif
