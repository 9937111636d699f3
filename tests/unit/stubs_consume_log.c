/* SPDX-License-Identifier: Apache-2.0 */
/* Stand-ins for neighbours that a build of this consumer alone does not have: each is compiled
 * only where the real source is absent. */
#include "analysis/requests.h"
#include "base/mem.h"
#include "event/from_etcd.h"
#include "event/from_gostack.h"
#include "event/from_kernel.h"
#include "ingest/consumer.h"

#if !__has_include("analysis/requests.c")
struct mg_requests {
	uint64_t n;
};
struct mg_requests *mg_requests_new(void);
struct mg_requests *mg_requests_new(void)
{
	return mg_zalloc(sizeof(struct mg_requests));
}
void mg_requests_add(struct mg_requests *r, const struct mg_request *q)
{
	r->n++;
}
uint64_t mg_requests_count(const struct mg_requests *r)
{
	return r ? r->n : 0;
}
void mg_requests_free(struct mg_requests *r)
{
	free(r);
}
#endif

#if !__has_include("event/from_etcd.c")
bool mg_etcd_line(const struct mg_source *src, const struct mg_line *line, struct mg_batch *out,
		  struct mg_leaf_stats *stats)
{
	return mg_str_starts(line->text, MG_STR("{\"level\":"));
}
#endif

#if !__has_include("event/from_kernel.c")
struct mg_kernel {
	int unused;
};
struct mg_kernel *mg_kernel_new(void)
{
	return mg_zalloc(sizeof(struct mg_kernel));
}
bool mg_kernel_line(struct mg_kernel *k, const struct mg_source *src, const struct mg_line *line,
		    struct mg_batch *out)
{
	return mg_str_eq(line->ident, MG_STR("kernel"));
}
void mg_kernel_flush(struct mg_kernel *k, const struct mg_source *src, struct mg_batch *out)
{
}
void mg_kernel_free(struct mg_kernel *k)
{
	free(k);
}
#endif

#if !__has_include("event/from_gostack.c")
struct mg_gostack {
	bool open;
};
struct mg_gostack *mg_gostack_new(void)
{
	return mg_zalloc(sizeof(struct mg_gostack));
}
bool mg_gostack_line(struct mg_gostack *g, const struct mg_source *src, const struct mg_line *line,
		     struct mg_batch *out)
{
	struct mg_str t = line->text;

	if (mg_str_starts(t, MG_STR("goroutine ")) && mg_str_ends(t, MG_STR("]:")))
		g->open = true;
	else if (t.n && t.p[0] != '\t' && !mg_str_starts(t, MG_STR("created by ")) &&
		 !mg_str_ends(t, MG_STR(")")))
		g->open = false;
	return g->open;
}
void mg_gostack_flush(struct mg_gostack *g, const struct mg_source *src, struct mg_batch *out)
{
}
void mg_gostack_free(struct mg_gostack *g)
{
	free(g);
}
#endif
