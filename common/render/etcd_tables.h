/* etcd_tables.h - the tables of mgetcd: members, kinds, minutes, leaders, keys, space.
 *
 * Layer:   render
 * Memory:  what is appended to `b` is all that stays
 * `max` 0: all rows; otherwise a last line counts those that were left out.
 */
#ifndef MG_RENDER_ETCD_TABLES_H
#define MG_RENDER_ETCD_TABLES_H

#include "analysis/etcdview.h"
#include "analysis/series.h"
#include "base/buf.h"

/* Which members there are, what etcdctl or the logs say of them, the verdict and the clocks. */
void mg_etcd_members_table(struct mg_buf *b, struct mg_etcdview *v);
/* Per member and kind: count, first, last, quantiles of took, the minute with most lines. */
void mg_etcd_kinds_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max);
/* Slow applies by resource and operation, the costliest first. */
void mg_etcd_keys_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max);
/* A row a minute, a column a member, and the verdict. */
void mg_etcd_compare_table(struct mg_buf *b, struct mg_etcdview *v, size_t max);
void mg_etcd_leaders_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max);
/* Database size, use, quota, compaction, defragmentation, alarms; objects by count. */
void mg_etcd_space_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max);

/* Slow operations over time, columns a member: "applies master-0", "longest apply (s)
 * master-0" and so on, those with any value.  Memory belongs to `a`.  False: the logs span
 * more than MG_ETCD_BUCKETS steps, or nothing at all (t->n is 0 then). */
#define MG_ETCD_BUCKETS 1000000
bool mg_etcd_series(const struct mg_etcdview *v, int64_t step_ns, struct mg_arena *a,
		    struct mg_table *t);

#endif
