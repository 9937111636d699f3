/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consumer.h"

void mg_partial_init(struct mg_partial *p)
{
	*p = (struct mg_partial){ .stats = MG_LEAF_STATS_INIT };
}

void mg_partial_release(struct mg_partial *p)
{
	mg_batch_release(&p->events);
	mg_requests_free(p->audit);
	mg_requests_free(p->http);
	mg_samples_release(&p->samples);
	mg_partial_init(p);
}
