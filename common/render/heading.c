/* SPDX-License-Identifier: Apache-2.0 */
#include "render/heading.h"

#include <stdio.h>

#include "base/num.h"
#include "render/text.h"

#define DASH " \xe2\x80\x93 "

struct mg_clock mg_clock_of(const struct mg_case *c)
{
	struct mg_civil a, b;

	if (c->first_ns == MG_TIME_NONE || c->last_ns == MG_TIME_NONE)
		return (struct mg_clock){ true };
	a = mg_time_civil(c->first_ns);
	b = mg_time_civil(c->last_ns);
	return (struct mg_clock){ a.year != b.year || a.month != b.month || a.day != b.day };
}

void mg_clock_point(struct mg_buf *b, struct mg_clock k, int64_t ns, int digits)
{
	struct mg_civil c;
	char            text[24];

	if (ns == MG_TIME_NONE) {
		mg_buf_addz(b, "\xe2\x80\x93");
		return;
	}
	c = mg_time_civil(ns);
	if (k.dates)
		mg_buf_printf(b, "%02d-%02d ", c.month, c.day);
	mg_buf_addz(b, mg_time_clock(ns, digits, text, sizeof(text)));
}

void mg_clock_interval(struct mg_buf *b, struct mg_clock k, int64_t start_ns, int64_t end_ns)
{
	char text[24];

	mg_clock_point(b, k, start_ns, 0);
	if (start_ns == MG_TIME_NONE || end_ns == MG_TIME_NONE || end_ns - start_ns < MG_SEC)
		return;
	mg_buf_addz(b, DASH);
	mg_clock_point(b, k, end_ns, 0);
	mg_buf_printf(b, " (%s)", mg_duration_text(end_ns - start_ns, text, sizeof(text)));
}

size_t mg_clock_columns(struct mg_clock k, int digits)
{
	return (k.dates ? 6u : 0u) + 8u + (digits ? (size_t)digits + 1 : 0);
}

/* --- which data ------------------------------------------------------------------- */

static int64_t size_of(const struct mg_case *c, const struct mg_input *in)
{
	int64_t sum = 0;

	for (uint32_t i = in->first; i < in->first + in->n && i < c->nartifacts; i++)
		if (c->artifacts[i].size > 0)
			sum += c->artifacts[i].size;
	return sum;
}

static void input_line(struct mg_buf *b, const struct mg_case *c, const struct mg_input *in)
{
	int64_t unpacked = size_of(c, in);
	char    size[32], n[32];

	if (mg_str_eq(in->operand, MG_STR("-")))
		mg_buf_addz(b, "standard input");
	else
		mg_text_escape(b, in->operand, MG_TEXT_ALL);
	mg_buf_addz(b, "  ");
	if (in->size >= 0 && in->size != unpacked)
		mg_buf_printf(b, "%s, unpacked ",
			      mg_num_bytes_text((double)in->size, size, sizeof(size)));
	mg_buf_printf(b, "%s, %s file%s read",
		      mg_num_bytes_text((double)unpacked, size, sizeof(size)),
		      mg_num_grouped(in->n, n, sizeof(n)), in->n == 1 ? "" : "s");
}

static void span(struct mg_buf *b, const struct mg_case *c)
{
	struct mg_civil day;
	char            text[24];

	if (c->first_ns == MG_TIME_NONE) {
		mg_buf_addz(b, c->since_ns != MG_TIME_NONE || c->until_ns != MG_TIME_NONE
				       ? "nothing in the window that was asked for"
				       : "no time found in the data");
		return;
	}
	day = mg_time_civil(c->first_ns);
	mg_buf_printf(b, "%04d-%02d-%02d %s" DASH, day.year, day.month, day.day,
		      mg_time_clock(c->first_ns, 0, text, sizeof(text)));
	if (mg_clock_of(c).dates) {
		day = mg_time_civil(c->last_ns);
		mg_buf_printf(b, "%04d-%02d-%02d ", day.year, day.month, day.day);
	}
	mg_buf_printf(b, "%s UTC", mg_time_clock(c->last_ns, 0, text, sizeof(text)));
	mg_buf_printf(b, " (%s)",
		      mg_duration_text(c->last_ns - c->first_ns, text, sizeof(text)));
}

static uint32_t count_nodes(const struct mg_case *c)
{
	struct mg_intern nodes = { 0 };
	uint32_t         n;

	for (uint32_t i = 0; i < c->nartifacts; i++)
		if (c->artifacts[i].source.node.n)
			mg_intern_id(&nodes, c->artifacts[i].source.node);
	n = nodes.n;
	mg_intern_release(&nodes);
	return n;
}

/* The version that events of kind `k` name, all different ones. */
static void version(struct mg_buf *b, const struct mg_case *c, enum mg_event_kind k,
		    const char *title)
{
	struct mg_intern seen = { 0 };

	for (size_t i = 0; i < c->events.n; i++) {
		struct mg_str v;

		if (c->events.ev[i].kind != k)
			continue;
		v = mg_event_attr(&c->events.ev[i], "version");
		if (v.n == 0 || mg_intern_find(&seen, v) != MG_NONE)
			continue;
		mg_buf_addz(b, seen.n ? " and " : ", ");
		if (seen.n == 0)
			mg_buf_printf(b, "%s ", title);
		mg_text_escape(b, v, 40);
		mg_intern_id(&seen, v);
	}
	mg_intern_release(&seen);
}

void mg_heading(struct mg_buf *b, const struct mg_case *c, int64_t elapsed_ns)
{
	uint32_t nodes = count_nodes(c);
	char     text[24];

	for (uint32_t i = 0; i < c->ninputs; i++) {
		if (i)
			mg_buf_addc(b, '\n');
		input_line(b, c, &c->inputs[i]);
	}
	if (elapsed_ns > 0 && c->ninputs)
		mg_buf_printf(b, " in %s", mg_duration_text(elapsed_ns, text, sizeof(text)));
	if (c->ninputs)
		mg_buf_addc(b, '\n');
	span(b, c);
	if (nodes)
		mg_buf_printf(b, "   %u node%s", nodes, nodes == 1 ? "" : "s");
	version(b, c, MG_EV_APISERVER_START, "kube-apiserver");
	version(b, c, MG_EV_ETCD_START, "etcd");
}

/* --- how much ----------------------------------------------------------------------- */

static void part(struct mg_buf *b, uint64_t n, const char *what, const char *plural)
{
	char text[32];

	if (n == 0)
		return;
	if (b->n)
		mg_buf_addz(b, ", ");
	mg_buf_printf(b, "%s %s%s", mg_num_grouped(n, text, sizeof(text)), what,
		      n == 1 ? "" : plural);
}

void mg_heading_looked_at(struct mg_buf *b, const struct mg_case *c,
			  const struct mg_coverage *cov)
{
	const struct mg_coverage_row *r = cov->row;
	struct mg_buf                 t = { 0 };
	uint64_t                      lines = 0, objects = 0;
	static const enum mg_coverage_id logs[] = { MG_COV_APISERVER, MG_COV_KCM,
						    MG_COV_SCHEDULER, MG_COV_ETCD,
						    MG_COV_KUBELET,   MG_COV_KERNEL,
						    MG_COV_OTHER_LOGS };

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++)
		lines += r[logs[i]].lines;
	objects = r[MG_COV_EVENTS].count + r[MG_COV_PODS].count + r[MG_COV_NODES].count +
		  r[MG_COV_OTHER_OBJECTS].count;
	part(&t, mg_requests_count(c->audit), "request", "s");
	part(&t, mg_requests_count(c->http), "request line", "s of component logs");
	part(&t, lines, "log line", "s");
	part(&t, r[MG_COV_GOROUTINE].files, "goroutine dump", "s");
	part(&t, r[MG_COV_HEAP].files, "heap profile", "s");
	part(&t, objects, "object", "s");
	part(&t, c->samples.n, "metric sample", "s");
	if (!t.n) /* event streams are all there is */
		part(&t, c->events.n, "event", "s");
	mg_buf_add(b, t.n ? mg_buf_str(&t) : MG_STR("nothing"));
	mg_buf_release(&t);
}
