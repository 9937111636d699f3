/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/window.h"

#include <stdio.h>

static int resolve_one(const struct mg_tool *tool, const char *name, const char *text,
		       int64_t last, int64_t *ns)
{
	if (mg_time_parse_when(mg_strz(text), last, ns))
		return -1;
	/* Would any last time make it readable? */
	if (last == MG_TIME_NONE && mg_time_parse_when(mg_strz(text), 0, ns))
		return -2;
	return mg_usage_error(tool, "'--%s=%s': expected a time like 2026-11-20T03:12:00Z, "
				    "\"2026-11-20 03:12\", 03:12 or -2h", name, text);
}

int mg_window_resolve(const struct mg_tool *tool, const struct mg_window_args *a, int64_t last,
		      struct mg_window *out)
{
	int64_t at, width = 10 * MG_MIN;
	int     rc;

	*out = (struct mg_window){ MG_TIME_NONE, MG_TIME_NONE };
	if (a->around && (a->since || a->until))
		return mg_usage_error(tool, "--around cannot be combined with --since or --until");
	if (a->width && !a->around)
		return mg_usage_error(tool, "--window needs --around");
	if (a->width && (!mg_duration_parse(mg_strz(a->width), &width) || width <= 0))
		return mg_usage_error(tool, "'--window=%s': expected a duration like 10m or 90s",
				      a->width);
	if (a->around) {
		if ((rc = resolve_one(tool, "around", a->around, last, &at)) != -1)
			return rc;
		out->since_ns = at - width;
		out->until_ns = at + width;
	}
	if (a->since && (rc = resolve_one(tool, "since", a->since, last, &out->since_ns)) != -1)
		return rc;
	if (a->until && (rc = resolve_one(tool, "until", a->until, last, &out->until_ns)) != -1)
		return rc;
	if (out->since_ns != MG_TIME_NONE && out->until_ns != MG_TIME_NONE &&
	    out->since_ns >= out->until_ns)
		return mg_usage_error(tool, "--since is not before --until");
	return -1;
}
