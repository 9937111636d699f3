/* html_internal.h - what the files of the html module share.
 *
 * Layer: render
 */
#ifndef MG_RENDER_HTML_INTERNAL_H
#define MG_RENDER_HTML_INTERNAL_H

#include "render/chart.h"
#include "render/grid.h"
#include "render/heading.h"
#include "render/html.h"
#include "render/outline.h"

/* Made at build time from reports/html/ (scripts/embed-page): the texts and the base64 of
 * their SHA-256. */
extern const char mg_html_css[], mg_html_css_hash[], mg_html_js[], mg_html_js_hash[];

struct mg_html_page {
	struct mg_buf              b;
	const struct mg_case      *c;
	const struct mg_findings  *fs;
	const struct mg_html_opts *opt;
	struct mg_clock            clock;
	struct mg_outline          outline;
	uint32_t                   notable; /* items of the outline */
};

/* html_parts.c */
/* The text with `parts in backticks` as code. */
void mg_html_prose(struct mg_buf *b, struct mg_str s);
/* "path:line" that may be broken behind a slash. */
void mg_html_place(struct mg_buf *b, struct mg_str path, uint64_t line);
/* The same in few columns; the whole is its title. */
void mg_html_short_place(struct mg_buf *b, struct mg_str path, uint64_t line, size_t cols);
/* A time as clock, `digits` of its fraction; an empty view of a time is "–". */
void mg_html_time(struct mg_html_page *p, int64_t ns, int digits);
/* "section id=… h2 title", until mg_html_section_end. */
void mg_html_section(struct mg_html_page *p, const char *id, const char *title);
void mg_html_section_end(struct mg_html_page *p);
/* A grid as a table; cells of column `code` (-1: none) are commands. */
void mg_html_grid(struct mg_buf *b, const struct mg_grid *g, int code);
const char *mg_html_severity(enum mg_severity s); /* class and word */
/* The anchor of a finding: its rule, and which one of the rule when there are several. */
void mg_html_anchor(struct mg_buf *b, const struct mg_findings *fs, uint32_t finding);

/* html_findings.c, html_events.c, html_pictures.c, html_plot.c */
void   mg_html_findings(struct mg_html_page *p);
void   mg_html_events(struct mg_html_page *p);
/* The timeline; the other pictures that have data, and the values of all for the script. */
void   mg_html_timeline(struct mg_html_page *p);
void   mg_html_pictures(struct mg_html_page *p);
/* Indexes of at most `max` events, in order: the most severe ones; of a severity that is too
 * many the rare kinds whole and an even choice of the others.  The caller frees. */
size_t *mg_html_choose(const struct mg_case *c, size_t max, size_t *n);
/* The chart as an inline SVG called `name`; its findings link to their anchors. */
void   mg_html_chart(struct mg_buf *b, struct mg_chart *c, const struct mg_findings *fs,
		     const char *name);

/* html_draw.c: the values of one panel inside its frame. */
struct mg_html_frame {
	const struct mg_chart  *c;
	const struct mg_layout *l;
	const struct mg_tics   *y;
	double                  top, bottom;
};
void mg_html_layer(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_layer *y);
/* y of a value, kept within the frame. */
double mg_html_y(const struct mg_html_frame *f, double v);
/* html_heat.c: the cells of a heat map, and their legend at x, y; returns the legend's height. */
double mg_html_heat(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_panel *q, double x,
		    double y);
/* Marker `type` (as gnuplot numbers them) at x, y. */
void mg_html_marker(struct mg_buf *b, int type, double x, double y, double r);
bool mg_html_marker_filled(int type);

#endif
