/* tables_internal.h - what the files of the tables module share.
 *
 * Layer: render
 */
#ifndef MG_RENDER_TABLES_INTERNAL_H
#define MG_RENDER_TABLES_INTERNAL_H

#include "render/heading.h"
#include "render/tables.h"

#define MG_PLACE_COLUMNS 44
#define MG_DASH MG_STR("\xe2\x80\x93")

/* One key of a comparison: the next one decides when this one is equal. */
#define ORDER(a, b)              \
	if ((a) != (b))          \
	return (a) < (b) ? -1 : 1

static inline struct mg_str mg_or_dash(struct mg_str s)
{
	return s.n ? s : MG_DASH;
}

/* "ns/name", "name", "ns/" or "". */
void mg_object_text(struct mg_buf *b, struct mg_str ns, struct mg_str name);

/* A duration ("–" when not positive), a share in percent, an HTTP status, a time. */
void mg_cell_duration(struct mg_grid *g, int64_t ns);
void mg_cell_share(struct mg_grid *g, uint64_t part, uint64_t all);
void mg_cell_code(struct mg_grid *g, uint32_t code);
void mg_cell_time(struct mg_grid *g, struct mg_clock k, int64_t ns, int digits);

bool mg_fill_users(struct mg_grid *g, const struct mg_case *c, size_t rows);
bool mg_fill_groups(struct mg_grid *g, const struct mg_case *c, size_t rows);
bool mg_fill_codes(struct mg_grid *g, const struct mg_case *c, size_t rows);

/* tables_requests.c */
bool mg_fill_slow(struct mg_grid *g, const struct mg_case *c, size_t rows);
bool mg_fill_witnesses(struct mg_grid *g, const struct mg_case *c, size_t rows);

/* tables_events.c */
bool mg_fill_etcd(struct mg_grid *g, const struct mg_case *c, size_t rows);
bool mg_fill_restarts(struct mg_grid *g, const struct mg_case *c, size_t rows);
bool mg_fill_warnings(struct mg_grid *g, const struct mg_case *c, size_t rows);

#endif
