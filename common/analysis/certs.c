/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/certs.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

static struct mg_str without_time(struct mg_str s)
{
	ptrdiff_t at = mg_str_rchr(s, '@');

	if (at <= 0 || (size_t)at + 1 == s.n)
		return s;
	for (size_t i = (size_t)at + 1; i < s.n; i++)
		if (!mg_is_digit(s.p[i]))
			return s;
	return mg_str_head(s, (size_t)at);
}

static int by_end(const void *a, const void *b)
{
	const struct mg_cert *x = a, *y = b;

	return x->not_after != y->not_after ? (x->not_after < y->not_after ? -1 : 1)
					    : mg_str_cmp(x->subject, y->subject);
}

size_t mg_certs(const struct mg_case *c, struct mg_cert **out)
{
	struct mg_intern subjects = { 0 };
	struct mg_cert  *v = NULL;
	size_t           n = 0, cap = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_cert         one = { .event = e, .not_before = e->time_ns };
		uint32_t               id;

		if (e->kind != MG_EV_CERTIFICATE || mg_event_attr(e, "bundle").n ||
		    e->time_ns == MG_TIME_NONE ||
		    !mg_time_parse(mg_event_attr(e, "not_after"), &one.not_after, NULL, NULL))
			continue;
		one.subject = without_time(mg_event_attr(e, "subject"));
		id = mg_intern_id(&subjects, one.subject);
		if (id == n)
			MG_PUSH(v, n, cap, one);
		else if (one.not_after > v[id].not_after)
			v[id] = one;
	}
	if (n)
		qsort(v, n, sizeof(*v), by_end);
	mg_intern_release(&subjects);
	*out = v;
	return n;
}
