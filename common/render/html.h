/* html.h - report.html: the report as one page that needs no network and no script.
 *
 * Layer:   render
 * Format:  one file; style and script are inside and named by their hashes in the page's
 *          content security policy, so nothing else in it could run
 * Safety:  every text of the input goes through mg_html_text
 */
#ifndef MG_RENDER_HTML_H
#define MG_RENDER_HTML_H

#include "analysis/findings.h"
#include "analysis/series.h"
#include "io/out.h"

/* Append `s` for an element's content or an attribute in double quotes: first as harmless
 * text (render/text.h: no control bytes, valid UTF-8, nothing that changes the reading
 * order), then with & < > " ' as entities. */
void mg_html_text(struct mg_buf *b, struct mg_str s);

/* A zeroed struct gives the defaults. */
struct mg_html_opts {
	const struct mg_series *series;     /* for the plots; NULL: none           */
	size_t                  max_events; /* rows of the events table, 0: 5,000  */
	const char             *version;    /* of the program; NULL: not said      */
};

void mg_render_html(struct mg_out *o, const struct mg_case *c, const struct mg_findings *fs,
		    const struct mg_html_opts *opt);

#endif
