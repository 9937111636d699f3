/* SPDX-License-Identifier: Apache-2.0 */
/* What the renderers need of modules that may not be in this tree; each part vanishes when
 * the real one is there.  Included by the tests, not compiled alone. */
#include "analysis/findings.h"
#include "base/mem.h"
#include "io/out.h"

#if !__has_include("io/out.c")
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

void mg_out_fd(struct mg_out *o, int fd)
{
	*o = (struct mg_out){ .fd = fd };
}

void mg_out_add(struct mg_out *o, struct mg_str s)
{
	mg_buf_add(&o->buf, s);
}

enum mg_status mg_out_close(struct mg_out *o)
{
	ssize_t n = write(o->fd, o->buf.p ? o->buf.p : "", o->buf.n);

	mg_buf_release(&o->buf);
	return n < 0 ? MG_FATAL : MG_OK;
}

void mg_out_abort(struct mg_out *o)
{
	mg_buf_release(&o->buf);
}
#endif

#if !__has_include("analysis/case.c")
void mg_case_init(struct mg_case *c)
{
	*c = (struct mg_case){ .first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE };
	c->audit = mg_requests_new();
	c->http = mg_requests_new();
}

void mg_case_release(struct mg_case *c)
{
	mg_requests_free(c->audit);
	mg_requests_free(c->http);
	mg_batch_release(&c->events);
	mg_arena_release(&c->arena);
	free(c->inputs);
	free(c->artifacts);
	free(c->faults);
}

struct mg_str mg_case_path(const struct mg_case *c, uint32_t artifact)
{
	return artifact < c->nartifacts ? c->artifacts[artifact].path : mg_str("", 0);
}
#endif

#if !__has_include("analysis/findings.c")
const char *mg_confidence_name(enum mg_confidence c)
{
	static const char *const name[] = { "low", "medium", "high" };

	return name[c];
}

void mg_findings_release(struct mg_findings *fs)
{
	mg_arena_release(&fs->arena);
	free(fs->f);
	free(fs->not_assessed);
	free(fs->blind_spots);
}
#endif

#if !__has_include("analysis/requests.c")
/* One group per distinct user, verb, resource and code. */
struct mg_requests {
	struct mg_intern         text;
	struct mg_request_group *g;
	size_t                   n, cap;
	uint64_t                 count;
};

struct mg_requests *mg_requests_new(void)
{
	return mg_zalloc(sizeof(struct mg_requests));
}

void mg_requests_free(struct mg_requests *r)
{
	if (!r)
		return;
	mg_intern_release(&r->text);
	free(r->g);
	free(r);
}

uint64_t mg_requests_count(const struct mg_requests *r)
{
	return r->count;
}

void mg_requests_add(struct mg_requests *r, const struct mg_request *q)
{
	struct mg_request_group g = { .user = mg_intern_id(&r->text, q->user),
				      .verb = mg_intern_id(&r->text, q->verb),
				      .resource = mg_intern_id(&r->text, q->resource),
				      .code = q->code, .first_ns = q->start_ns,
				      .artifact = q->artifact, .line = q->line };
	size_t                  i;
	int64_t                 took = q->end_ns >= q->start_ns ? q->end_ns - q->start_ns : 0;

	for (i = 0; i < r->n; i++)
		if (r->g[i].user == g.user && r->g[i].verb == g.verb &&
		    r->g[i].resource == g.resource && r->g[i].code == g.code)
			break;
	if (i == r->n)
		MG_PUSH(r->g, r->n, r->cap, g);
	r->count++;
	r->g[i].count++;
	r->g[i].last_ns = q->end_ns;
	r->g[i].latency_sum += took;
	if (took > r->g[i].latency_max)
		r->g[i].latency_max = took;
}

const struct mg_request_group *mg_requests_groups(struct mg_requests *r, size_t *n)
{
	*n = r->n;
	return r->g;
}

struct mg_str mg_requests_text(const struct mg_requests *r, uint32_t id)
{
	return mg_intern_str(&r->text, id);
}
#endif
