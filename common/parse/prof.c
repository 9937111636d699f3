/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/prof.h"

#include <stdio.h>

void mg_prof_init(struct mg_prof *p)
{
	*p = (struct mg_prof){ .time_ns = MG_TIME_NONE };
}

void mg_prof_release(struct mg_prof *p)
{
	mg_arena_release(&p->arena);
	mg_intern_release(&p->funcs);
	free(p->func_files);
	free(p->func_bare);
	free(p->mappings);
	free(p->frames);
	free(p->locs);
	free(p->stack);
	free(p->samples);
	free(p->values);
	mg_prof_init(p);
}

uint32_t mg_prof_func(struct mg_prof *p, struct mg_str name, struct mg_str file, bool bare)
{
	uint32_t before = p->funcs.n, id = mg_intern_id(&p->funcs, name);

	if (id != before)
		return id;
	if (id >= p->func_files_cap) {
		p->func_files_cap = p->func_files_cap ? p->func_files_cap * 2 : 256;
		p->func_files = mg_realloc(p->func_files, p->func_files_cap, sizeof(*p->func_files));
		p->func_bare = mg_realloc(p->func_bare, p->func_files_cap, sizeof(*p->func_bare));
	}
	p->func_files[id] = mg_arena_str(&p->arena, file);
	p->func_bare[id] = bare;
	return id;
}

uint32_t mg_prof_bare(struct mg_prof *p, struct mg_str mapped_file)
{
	char name[256];
	int  n;

	mapped_file = mg_str_basename(mapped_file);
	if (mapped_file.n == 0)
		return mg_prof_func(p, MG_STR("<unknown>"), mg_str("", 0), true);
	n = snprintf(name, sizeof(name), "[%.*s]", (int)(mapped_file.n < 250 ? mapped_file.n : 250),
		     mapped_file.p);
	return mg_prof_func(p, mg_str(name, (size_t)n), mg_str("", 0), true);
}

void mg_prof_frame(struct mg_prof *p, uint32_t func)
{
	MG_PUSH(p->frames, p->nframes, p->frames_cap, func);
}

uint32_t mg_prof_loc(struct mg_prof *p)
{
	struct mg_prof_loc l = { 0, 0 };

	if (p->nlocs)
		l.first = p->locs[p->nlocs - 1].first + p->locs[p->nlocs - 1].n;
	l.n = (uint32_t)p->nframes - l.first;
	MG_PUSH(p->locs, p->nlocs, p->locs_cap, l);
	return (uint32_t)p->nlocs - 1;
}

void mg_prof_push(struct mg_prof *p, uint32_t loc)
{
	MG_PUSH(p->stack, p->nstack, p->stack_cap, loc);
}

void mg_prof_value(struct mg_prof *p, int64_t v)
{
	MG_PUSH(p->values, p->nvalues, p->values_cap, v);
}

/* Where the next sample's locations begin. */
static size_t stack_end(const struct mg_prof *p)
{
	const struct mg_prof_sample *s = p->nsamples ? &p->samples[p->nsamples - 1] : NULL;

	return s ? (size_t)s->first + s->n : 0;
}

void mg_prof_sample(struct mg_prof *p)
{
	struct mg_prof_sample s = { .first = (uint32_t)stack_end(p) };

	s.n = (uint32_t)p->nstack - s.first;
	MG_PUSH(p->samples, p->nsamples, p->samples_cap, s);
}

void mg_prof_unpush(struct mg_prof *p)
{
	p->nstack = stack_end(p);
	p->nvalues = p->nsamples * p->ntypes;
}

void mg_prof_bad(struct mg_prof *p, uint64_t line, uint64_t byte, const char *what)
{
	if (p->bad < MG_PROF_DIAGS) {
		p->diags[p->bad].line = line;
		p->diags[p->bad].byte = byte;
		snprintf(p->diags[p->bad].what, sizeof(p->diags[p->bad].what), "%s", what);
	}
	p->bad++;
}

int mg_prof_type_index(const struct mg_prof *p, struct mg_str name)
{
	struct mg_str bare = name;

	if (name.n == 0) {
		if (p->default_type.n)
			for (uint32_t i = 0; i < p->ntypes; i++)
				if (mg_str_eq(p->types[i].type, p->default_type))
					return (int)i;
		return (int)p->ntypes - 1;
	}
	if (mg_str_starts(name, MG_STR("inuse_")))
		bare = mg_str_from(name, sizeof("inuse_") - 1);
	for (uint32_t i = 0; i < p->ntypes; i++)
		if (mg_str_eq(p->types[i].type, name) || mg_str_eq(p->types[i].type, bare))
			return (int)i;
	return -1;
}
