#ifndef MG_EVENT_FROM_KERNEL_H
#define MG_EVENT_FROM_KERNEL_H
#include "event/batch.h"
#include "event/source.h"
struct mg_kernel *mg_kernel_new(void);
bool mg_kernel_line(struct mg_kernel *k, const struct mg_source *src, const struct mg_line *line,
		    struct mg_batch *out);
void mg_kernel_flush(struct mg_kernel *k, const struct mg_source *src, struct mg_batch *out);
void mg_kernel_free(struct mg_kernel *k);
#endif
