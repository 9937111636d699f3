/* SPDX-License-Identifier: Apache-2.0 */
/* Planned change: what it brings about by itself is rated one step lower, and says so. */
#include "analysis/rule.h"

#define AFTER_NS (60 * MG_SEC)
#define BEFORE_NS (5 * MG_SEC)

/* Static pods that restart one after the other: leaders move, servers close connections,
 * clients retry, probes fail.  Anything else in the same hours has its own cause. */
static const char *const expected[] = {
	"leader-loss", "non-graceful-termination", "lease-loss", "network", "readindex",
	"request-timeout", "probe-storm", "reflector-errors", "notready", "forced-close",
	"handler-timeout",
};

static bool is_expected(const char *id)
{
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (strcmp(id, expected[i]) == 0)
			return true;
	return false;
}

static const struct mg_finding *change_around(const struct mg_findings *fs, const struct mg_finding *f)
{
	for (uint32_t i = 0; i < fs->n; i++) {
		const struct mg_finding *c = &fs->f[i];

		if (strcmp(c->id, "rollout") == 0 && f->start_ns != MG_TIME_NONE &&
		    f->start_ns >= c->start_ns - BEFORE_NS && f->end_ns <= c->end_ns + AFTER_NS)
			return c;
	}
	return NULL;
}

void mg_findings_plan(struct mg_rule_ctx *x)
{
	for (uint32_t i = 0; i < x->out->n; i++) {
		struct mg_finding       *f = &x->out->f[i];
		const struct mg_finding *c;

		if (!is_expected(f->id) || f->severity < MG_SEV_WARNING ||
		    f->severity == MG_SEV_CRITICAL || !(c = change_around(x->out, f)))
			continue;
		mg_find_text(x, f, "planned", "rated %s, not %s: inside the planned change of %s to %s",
			     mg_severity_name(f->severity - 1), mg_severity_name(f->severity),
			     mg_rule_clock(x, c->start_ns), mg_rule_clock(x, c->end_ns));
		f->severity--;
		f->claim = mg_arena_printf(&x->out->arena, "%.*s; this was during a planned change",
					   MG_FMT(f->claim));
	}
}
