/* SPDX-License-Identifier: Apache-2.0 */
#include "render/finding_text.h"

#include <math.h>

#include "render/heading.h"

void mg_finding_text_number(struct mg_buf *b, const struct mg_number *n)
{
	mg_buf_printf(b, "%s ", n->name);
	if (n->is_text)
		mg_buf_add(b, n->text);
	else if (n->value == floor(n->value) && fabs(n->value) < 9e15)
		mg_buf_printf(b, "%lld", (long long)n->value);
	else
		mg_buf_printf(b, "%.6g", n->value);
}

void mg_finding_text_fault(struct mg_buf *b, const struct mg_fault *f)
{
	mg_buf_add(b, f->path);
	mg_buf_printf(b, ": %s", f->err.msg);
	if (f->err.line)
		mg_buf_printf(b, " at line %llu", (unsigned long long)f->err.line);
	if (f->err.byte)
		mg_buf_printf(b, "%s byte %llu", f->err.line ? "," : " at",
			      (unsigned long long)f->err.byte);
}

static void all_clear(struct mg_buf *b, const struct mg_case *c, uint32_t not_assessed,
		      const struct mg_coverage *cov)
{
	struct mg_buf looked = { 0 };

	mg_heading_looked_at(&looked, c, cov);
	if (mg_str_eq(mg_buf_str(&looked), MG_STR("nothing"))) {
		mg_buf_addz(b, "Nothing that the rules know was in the input: nothing can be "
			       "said about this cluster.");
	} else {
		mg_buf_printf(b, "Looked at %.*s: nothing of severity warning or above.",
			      MG_FMT(mg_buf_str(&looked)));
		if (not_assessed)
			mg_buf_printf(b, " %u rule%s could not look: see Not assessed.",
				      not_assessed, not_assessed == 1 ? "" : "s");
	}
	mg_buf_release(&looked);
}

void mg_finding_text_verdict(struct mg_buf *b, const struct mg_case *c,
			     const struct mg_findings *fs, const struct mg_coverage *cov,
			     bool anything)
{
	if (!anything)
		all_clear(b, c, fs->nnot_assessed, cov);
	else if (fs->verdict.n)
		mg_buf_add(b, fs->verdict);
	else
		mg_buf_addz(b, "See the findings below.");
}
