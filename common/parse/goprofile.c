/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/goprofile.h"

/* Names are kept line by line from here on: none may hold a blank or a line end. */
static struct mg_str one_word(struct mg_str name, char *buf, size_t n)
{
	size_t k = name.n < n ? name.n : n;

	for (size_t i = 0; i < k; i++)
		buf[i] = (unsigned char)name.p[i] <= ' ' ? '_' : name.p[i];
	return mg_str(buf, k);
}

static void add_sample(struct mg_godump *d, const struct mg_prof *p, const struct mg_prof_sample *s)
{
	char name[512];

	for (uint32_t i = 0; i < s->n; i++) {
		const struct mg_prof_loc *l = &p->locs[p->stack[s->first + i]];

		for (uint32_t k = 0; k < l->n; k++) {
			struct mg_str func = mg_intern_str(&p->funcs, p->frames[l->first + k]);

			mg_godump_frame(d, one_word(func, name, sizeof(name)), mg_str("", 0));
		}
	}
}

bool mg_godump_from_prof(struct mg_godump *d, const struct mg_prof *p)
{
	uint32_t type = 0;

	while (type < p->ntypes && !mg_str_eq(p->types[type].type, MG_STR("goroutine")))
		type++;
	if (type == p->ntypes)
		return false;
	d->form = MG_GOFORM_PPROF;
	for (size_t i = 0; i < p->nsamples; i++) {
		int64_t count = mg_prof_at(p, i, type);

		if (count <= 0)
			continue;
		mg_godump_record(d, (uint64_t)count, 0);
		add_sample(d, p, &p->samples[i]);
	}
	return true;
}
