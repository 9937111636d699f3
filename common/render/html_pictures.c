/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of the page, and the values that its script shows under the pointer. */
#include <math.h>

#include "render/html_internal.h"
#include "render/plot_internal.h"

/* Rules whose findings can be seen in a picture: such a picture is open from the start. */
static const char *const shows[MG_PLOTS][16] = {
	[MG_PLOT_LATENCY] = { "slo-breach", "etcd-stall", "handler-timeout", "webhook-slow", "dc-34s-wall",
			      "unpaginated-list", "etcd-share", "aggregated-api" },
	[MG_PLOT_TALKERS] = { "top-talker-burst", "product-overload", "403-spam", "401-spam", "404-poll",
			      "hot-object", "invalid", "conflict-storm", "apply-spam", "events-flood",
			      "kubelet-load", "apf-rejection", "reconnect-storm", "410-relist" },
	[MG_PLOT_ETCD] = { "etcd-stall", "slow-fsync", "disk-stall", "apply-too-long", "overload",
			   "readindex", "leader-loss", "network", "members", "compaction",
			   "defragmentation", "cpu-starvation" },
	[MG_PLOT_MEMORY] = { "apiserver-oom-list-storm", "oom-cascade", "oom-kill", "watch-event-memory",
			     "dc-memory", "unpaginated-list" },
	[MG_PLOT_DELETECOLLECTION] = { "dc-distributor-leak", "dc-34s-wall", "dc-in-progress",
				       "dc-memory" },
};

static bool is_shown(enum mg_plot plot, const char *rule)
{
	for (size_t i = 0; i < sizeof(shows[0]) / sizeof(shows[0][0]) && shows[plot][i]; i++)
		if (strcmp(shows[plot][i], rule) == 0)
			return true;
	return false;
}

/* "Seen here: 1 etcd stopped answering, 1.4 API requests were slow", linked. */
static void findings_of(struct mg_html_page *p, enum mg_plot plot)
{
	bool any = false;

	for (uint32_t i = 0; i < p->outline.n; i++) {
		const struct mg_finding *f = &p->fs->f[p->outline.item[i].finding];

		if (!is_shown(plot, f->id))
			continue;
		mg_buf_addz(&p->b, any ? ", " : "<p class=\"links\">Seen here: ");
		mg_buf_addz(&p->b, "<a href=\"#");
		mg_html_anchor(&p->b, p->fs, p->outline.item[i].finding);
		mg_buf_printf(&p->b, "\">%s ", p->outline.item[i].number);
		mg_html_text(&p->b, mg_strz(f->title ? f->title : f->id));
		mg_buf_addz(&p->b, "</a>");
		any = true;
	}
	if (any)
		mg_buf_addz(&p->b, "</p>\n");
}

static bool is_told(const struct mg_html_page *p, enum mg_plot plot)
{
	for (uint32_t i = 0; i < p->notable; i++)
		if (is_shown(plot, p->fs->f[p->outline.item[i].finding].id))
			return true;
	return false;
}

void mg_html_timeline(struct mg_html_page *p)
{
	struct mg_plan      t;
	struct mg_plot_opts o = { .picture = MG_PICTURE_SVG };
	struct mg_err       err = { 0 };

	mg_html_section(p, "timeline", "Timeline");
	if (!p->opt->series) {
		mg_buf_addz(&p->b, "<p>Nothing to draw: no record has a time.</p>\n");
		mg_html_section_end(p);
		return;
	}
	if (mg_plan_build(&t, p->c, p->fs, p->opt->series, &o, &err) == MG_OK) {
		mg_html_chart(&p->b, &t.chart, p->fs, "timeline");
		mg_buf_addz(&p->b, "<p class=\"dim js\">Point at a picture to read its values; drag over it "
				   "to see only the events of that time.</p>\n");
	} else {
		mg_buf_addz(&p->b, "<p>");
		mg_html_text(&p->b, mg_strz(err.msg));
		mg_buf_addz(&p->b, "</p>\n");
	}
	mg_plan_release(&t);
	mg_html_section_end(p);
}

/* One picture under what it says; false: there are no data for it. */
static bool picture(struct mg_html_page *p, enum mg_plot plot)
{
	struct mg_plan      t;
	struct mg_plot_opts o = { .plot = plot, .picture = MG_PICTURE_SVG };
	struct mg_err       err = { 0 };
	const char         *name = mg_plot_name(plot);
	bool drawn = mg_plan_build(&t, p->c, p->fs, p->opt->series, &o, &err) == MG_OK;

	if (drawn) {
		mg_buf_printf(&p->b, "<details class=\"picture\" id=\"p-%s\"%s><summary>", name,
			      is_told(p, plot) ? " open" : "");
		mg_html_text(&p->b, mg_plan_message(&t, plot));
		mg_buf_printf(&p->b, "<a class=\"anchor\" href=\"#p-%s\" aria-label=\"link to this "
			      "picture\">#</a></summary>\n", name);
		findings_of(p, plot);
		if (!mg_str_starts(t.chart.footer, MG_STR("left out")))
			t.chart.footer = mg_str("", 0); /* the timeline has said it */
		mg_html_chart(&p->b, &t.chart, p->fs, name);
		mg_buf_addz(&p->b, "</details>\n");
	}
	mg_plan_release(&t);
	return drawn;
}

/* A table over time: a column an element, its values with commas between, unknown ones empty. */
static void values(struct mg_html_page *p, const struct mg_table *t)
{
	mg_buf_printf(&p->b, "<div data-t=\"%s\" data-start=\"%lld\" data-step=\"%lld\">", t->name,
		      (long long)(t->start_ns / MG_MS), (long long)(t->step_ns / MG_MS));
	for (uint32_t c = 0; c < t->ncol; c++) {
		mg_buf_addz(&p->b, "<i>");
		for (size_t i = 0; i < t->n; i++) {
			if (i)
				mg_buf_addc(&p->b, ',');
			if (isfinite(t->col[c].v[i]))
				mg_buf_printf(&p->b, "%.4g", t->col[c].v[i]);
		}
		mg_buf_addz(&p->b, "</i>");
	}
	mg_buf_addz(&p->b, "</div>\n");
}

void mg_html_pictures(struct mg_html_page *p)
{
	bool any = false;

	mg_html_section(p, "pictures", "Pictures");
	for (int i = MG_PLOT_TIMELINE + 1; p->opt->series && i < MG_PLOTS; i++)
		any |= picture(p, (enum mg_plot)i);
	if (!any)
		mg_buf_addz(&p->b, "<p>No data for any other picture.</p>\n");
	mg_html_section_end(p);
	if (!p->opt->series)
		return;
	mg_buf_addz(&p->b, "<div id=\"values\" hidden>\n");
	for (uint32_t i = 0; i < p->opt->series->n; i++)
		values(p, &p->opt->series->t[i]);
	mg_buf_addz(&p->b, "</div>\n");
}
