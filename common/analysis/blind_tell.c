/* SPDX-License-Identifier: Apache-2.0 */
/* Blind spots in words: of the audit log, and of times whose zone or year was assumed. */
#include "analysis/blind_tell.h"

#include "analysis/zonecheck.h"
#include "base/num.h"

#define CLIENTS_SHOWN 3

static void resources(struct mg_rule_ctx *x)
{
	const struct mg_blind *b = x->blind;

	for (uint32_t i = 0; i < b->resources.n; i++) {
		struct mg_str name = mg_intern_str(&b->resources, i), http = { "", 0 };

		if (b->count[i].http)
			http = mg_arena_printf(&x->out->arena, "%shttplog lines (%llu)",
					       b->count[i].traces ? " and its " : "its ",
					       (unsigned long long)b->count[i].http);
		mg_rule_blind_spot(x, "requests for %.*s are in the API server's %s%.*s but never in the "
				      "audit log: policy level None for them; who sent them is not told",
				   MG_FMT(name), b->count[i].traces ? "traces" : "", MG_FMT(http));
	}
}

static void clients(struct mg_rule_ctx *x)
{
	const struct mg_blind *b = x->blind;
	struct mg_str          text = { "", 0 };

	for (uint32_t i = 0; i < b->clients.n && i < CLIENTS_SHOWN; i++)
		text = mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(text), i ? "; " : "",
				       MG_FMT(mg_intern_str(&b->clients, i)));
	if (b->clients.n > CLIENTS_SHOWN)
		text = mg_arena_printf(&x->out->arena, "%.*s; and %u more", MG_FMT(text),
				       b->clients.n - CLIENTS_SHOWN);
	if (b->clients.n)
		mg_rule_blind_spot(x, "clients that traces or httplog lines name and the audit log never "
				      "shows, neither by user agent nor by address (policy level None "
				      "for their users, or they reached another server): %.*s",
				   MG_FMT(text));
}

static void nodes(struct mg_rule_ctx *x)
{
	const struct mg_blind *b = x->blind;

	for (uint32_t i = 0; i < b->nodes.n; i++)
		mg_rule_blind_spot(x, "requests of the API server on %.*s: its log shows slow ones, its audit "
				      "log is not in the input, so their users are not told",
				   MG_FMT(mg_intern_str(&b->nodes, i)));
}

static void zones(struct mg_rule_ctx *x)
{
	size_t                  n;
	struct mg_zone_doubt   *d = mg_zone_check(x->c, &n);

	for (size_t i = 0; i < n; i++) {
		char zone[16];

		if (d[i].years) {
			mg_rule_blind_spot(x, "times of %.*s have no year and were put outside of the time of "
					      "all others; %d year%s %s they would fit: check the year",
					   MG_FMT(mg_case_path(x->c, d[i].artifact)),
					   d[i].years < 0 ? -d[i].years : d[i].years,
					   d[i].years == 1 || d[i].years == -1 ? "" : "s",
					   d[i].years < 0 ? "earlier" : "later");
			continue;
		}
		mg_zone_text(d[i].zone_ns, zone, sizeof(zone));
		mg_rule_blind_spot(x, "times of %.*s have no zone and were taken as UTC, which puts all of "
				      "them outside of the time of all others; in the zone %s they would "
				      "fit: order them against the others with care",
				   MG_FMT(mg_case_path(x->c, d[i].artifact)), zone);
	}
	free(d);
}

void mg_blind_tell(struct mg_rule_ctx *x)
{
	resources(x);
	clients(x);
	nodes(x);
	zones(x);
}
