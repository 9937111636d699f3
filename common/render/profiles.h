/* profiles.h - a counted profile as text, TSV or JSON.
 *
 * The text has the figures, units and order of `go tool pprof -top` and `-peek`, so that one
 * can be read beside the other.
 *
 * Layer:   render
 * Memory:  text is appended to a buffer
 * Threads: pure functions
 */
#ifndef MG_RENDER_PROFILES_H
#define MG_RENDER_PROFILES_H

#include "analysis/profile.h"
#include "base/buf.h"

/* What stands above the figures. */
struct mg_profile_head {
	struct mg_str artifact; /* path of the profile                     */
	struct mg_str base;     /* path of the base of a difference, or "" */
	struct mg_str process;
	int64_t       time_ns;
	/* Bytes held below these; of a heap profile that shows any, else 0. */
	int64_t       deletes, lists;
};

struct mg_profile_view {
	size_t rows;     /* functions at most, 0: all, without a cutoff */
	bool   headings;
	/* Of these functions callers and callees; NULL: the list of all. */
	bool (*peek)(void *ctx, struct mg_str function);
	void  *ctx;
};

/* `g` is in order.  Functions with a cum below MG_PROFILE_CUTOFF of the total are left out
 * unless rows is 0; what is left out is counted. */
#define MG_PROFILE_CUTOFF 0.005
void mg_render_profile_text(struct mg_buf *b, const struct mg_profile *g,
			    const struct mg_profile_head *h, const struct mg_profile_view *v);
/* Plain integers in the profile's unit, every function (of v->rows): artifact, type, flat,
 * cum, function; with peek: artifact, type, function, relation, weight, other. */
void mg_render_profile_tsv(struct mg_buf *b, const struct mg_profile *g,
			   const struct mg_profile_head *h, const struct mg_profile_view *v);
void mg_render_profile_tsv_heading(struct mg_buf *b, bool peek);
/* One JSON object, without a newline. */
void mg_render_profile_json(struct mg_buf *b, const struct mg_profile *g,
			    const struct mg_profile_head *h, const struct mg_profile_view *v);

/* A value in `unit` as pprof prints it: in `to` (a unit, or "auto") with two digits, "12.50MB".
 * `buf` of at least 64 bytes. */
const char *mg_profile_value(int64_t value, struct mg_str unit, struct mg_str to, char *buf,
			     size_t n);
/* "28.15%", at least 6 wide. `buf` of at least 32 bytes. */
const char *mg_profile_percent(int64_t value, int64_t total, char *buf, size_t n);

#endif
