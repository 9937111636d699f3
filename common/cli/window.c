/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/window.h"

bool mg_window_needs_last(const struct mg_window *w)
{
	const char *const given[] = { w->since, w->until, w->around };
	int64_t           ns;

	for (size_t i = 0; i < 3; i++)
		if (given[i] && !mg_time_parse_when(mg_strz(given[i]), MG_TIME_NONE, &ns))
			return true;
	return false;
}

static int when(const struct mg_tool *tool, const char *name, const char *text, int64_t last,
		int64_t *ns)
{
	*ns = MG_TIME_NONE;
	if (!text || mg_time_parse_when(mg_strz(text), last, ns))
		return -1;
	return mg_usage_error(tool, "'--%s=%s': expected a time: 2026-11-20T03:12:00Z, "
			      "'2026-11-20 03:12', 03:12, or -2h before the last event",
			      name, text);
}

int mg_window_resolve(const struct mg_tool *tool, const struct mg_window *w, int64_t last,
		      int64_t *since, int64_t *until)
{
	int64_t around, width = 10 * MG_MIN;
	int     rc;

	if (w->around && (w->since || w->until))
		return mg_usage_error(tool, "--around goes without --since and --until");
	if ((rc = when(tool, "since", w->since, last, since)) >= 0 ||
	    (rc = when(tool, "until", w->until, last, until)) >= 0 ||
	    (rc = when(tool, "around", w->around, last, &around)) >= 0)
		return rc;
	if (w->window && (!mg_duration_parse(mg_strz(w->window), &width) || width <= 0 ||
			  width > 36500 * MG_DAY))
		return mg_usage_error(tool, "'--window=%s': expected a duration such as 10m or 90s",
				      w->window);
	if (around != MG_TIME_NONE) {
		*since = around - width / 2;
		*until = around + width / 2;
	}
	return -1;
}
