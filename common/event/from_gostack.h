#ifndef MG_EVENT_FROM_GOSTACK_H
#define MG_EVENT_FROM_GOSTACK_H
#include "event/batch.h"
#include "event/source.h"
struct mg_gostack *mg_gostack_new(void);
/* true: the line belongs to a goroutine dump */
bool mg_gostack_line(struct mg_gostack *g, const struct mg_source *src, const struct mg_line *line,
		     struct mg_batch *out);
void mg_gostack_flush(struct mg_gostack *g, const struct mg_source *src, struct mg_batch *out);
void mg_gostack_free(struct mg_gostack *g);
#endif
