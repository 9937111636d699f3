/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/pprof.h"

/* Field numbers of profile.proto. */
enum { P_SAMPLE_TYPE = 1, P_SAMPLE, P_MAPPING, P_LOCATION, P_FUNCTION, P_STRING, P_DROP, P_KEEP,
	P_TIME, P_DURATION, P_PERIOD_TYPE, P_PERIOD, P_COMMENT, P_DEFAULT_TYPE };
enum { VT_TYPE = 1, VT_UNIT };
enum { S_LOCATION = 1, S_VALUE };
enum { M_ID = 1, M_START, M_LIMIT, M_OFFSET, M_FILE };
enum { L_ID = 1, L_MAPPING, L_ADDRESS, L_LINE };
enum { LINE_FUNCTION = 1 };
enum { F_ID = 1, F_NAME, F_SYSTEM_NAME, F_FILE };

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_LEN = 2, WIRE_32 = 5 };

/* --- the wire ------------------------------------------------------------------------------ */

struct field {
	uint32_t      number;
	unsigned      wire;
	uint64_t      v;     /* varint or fixed */
	struct mg_str bytes; /* length-delimited */
};

/* Take a varint from the front.  False: broken. */
static bool take_varint(struct mg_str *s, uint64_t *v)
{
	uint64_t r = 0;

	for (size_t i = 0; i < s->n && i < 10; i++) {
		uint64_t b = (unsigned char)s->p[i];

		r |= (b & 0x7f) << (7 * i); /* bits above the 64th fall off, as upstream's do */
		if (b < 0x80) {
			*s = mg_str(s->p + i + 1, s->n - i - 1);
			*v = r;
			return true;
		}
	}
	return false;
}

static bool take_fixed(struct mg_str *s, size_t n, uint64_t *v)
{
	*v = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		*v |= (uint64_t)(unsigned char)s->p[i] << (8 * i);
	*s = mg_str(s->p + n, s->n - n);
	return true;
}

/* MG_OK, MG_EOF, or MG_FAIL: nothing behind this can be trusted. */
static enum mg_status next_field(struct mg_str *s, struct field *f)
{
	uint64_t tag, n;

	if (s->n == 0)
		return MG_EOF;
	*f = (struct field){ .bytes = { "", 0 } };
	if (!take_varint(s, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
		return MG_FAIL;
	f->number = (uint32_t)(tag >> 3);
	f->wire = tag & 7;
	switch (f->wire) {
	case WIRE_VARINT:
		return take_varint(s, &f->v) ? MG_OK : MG_FAIL;
	case WIRE_64:
		return take_fixed(s, 8, &f->v) ? MG_OK : MG_FAIL;
	case WIRE_32:
		return take_fixed(s, 4, &f->v) ? MG_OK : MG_FAIL;
	case WIRE_LEN:
		if (!take_varint(s, &n) || n > s->n)
			return MG_FAIL;
		f->bytes = mg_str(s->p, (size_t)n);
		*s = mg_str(s->p + n, s->n - (size_t)n);
		return MG_OK;
	default:
		return MG_FAIL;
	}
}

/* --- tables -------------------------------------------------------------------------------- */

/* Ids are arbitrary; Go's count from 1, and such ones need no table. */
struct ids {
	uint32_t         n, lead;  /* so many; the first `lead` were their index + 1 */
	struct mg_intern sparse;   /* the others ... */
	uint32_t        *at;       /* ... and their indices */
	size_t           nat, at_cap;
};

static struct mg_str id_key(const uint64_t *id)
{
	return mg_str((const char *)id, sizeof(*id));
}

static void ids_add(struct ids *t, uint64_t id)
{
	if (t->n == t->lead && id == (uint64_t)t->lead + 1)
		t->lead++;
	else if (mg_intern_id(&t->sparse, id_key(&id)) == t->nat) /* the first of its id */
		MG_PUSH(t->at, t->nat, t->at_cap, t->n);
	t->n++;
}

static uint32_t ids_find(const struct ids *t, uint64_t id)
{
	uint32_t k;

	if (id >= 1 && id <= t->lead)
		return (uint32_t)id - 1;
	k = mg_intern_find(&t->sparse, id_key(&id));
	return k == MG_NONE ? MG_NONE : t->at[k];
}

static void ids_release(struct ids *t)
{
	mg_intern_release(&t->sparse);
	free(t->at);
}

struct views {
	struct mg_str *v;
	size_t         n, cap;
};

/* More inlined frames than any compiler makes; stacks of such locations would take for ever. */
#define LINES_MAX 256

struct reader {
	struct mg_prof *p;
	const char     *base; /* of the whole input */
	struct views    strings, samples, locations, functions, types;
	uint64_t       *mapping_files; /* string indices */
	size_t          nmappings, mappings_cap;
	struct ids      mapping_ids, function_ids, location_ids;
	uint32_t       *funcs; /* index of function -> id in the profile */
	uint64_t        drop, keep, default_type;
};

static void bad(struct reader *r, const char *at, const char *what)
{
	mg_prof_bad(r->p, 0, (uint64_t)(at - r->base), what);
}

static struct mg_str string_at(const struct reader *r, uint64_t i)
{
	return i < r->strings.n ? r->strings.v[i] : mg_str("", 0);
}

static void keep_view(struct views *t, struct mg_str s)
{
	MG_PUSH(t->v, t->n, t->cap, s);
}

/* --- messages -------------------------------------------------------------------------------- */

/* The first `max` fields that are integers, by number from 1; a submessage is not looked into. */
static bool integers(struct mg_str m, uint64_t *v, uint32_t max)
{
	struct field   f;
	enum mg_status st;

	memset(v, 0, sizeof(*v) * (max + 1));
	while ((st = next_field(&m, &f)) == MG_OK)
		if (f.number <= max && f.wire != WIRE_LEN)
			v[f.number] = f.v;
	return st == MG_EOF;
}

static void read_mapping(struct reader *r, struct mg_str m)
{
	uint64_t v[M_FILE + 1];

	if (!integers(m, v, M_FILE))
		bad(r, m.p, "broken mapping");
	ids_add(&r->mapping_ids, v[M_ID]);
	MG_PUSH(r->mapping_files, r->nmappings, r->mappings_cap, v[M_FILE]);
}

static void top_level(struct reader *r, const struct field *f)
{
	switch (f->number) {
	case P_SAMPLE_TYPE: keep_view(&r->types, f->bytes); break;
	case P_SAMPLE: keep_view(&r->samples, f->bytes); break;
	case P_MAPPING: read_mapping(r, f->bytes); break;
	case P_LOCATION: keep_view(&r->locations, f->bytes); break;
	case P_FUNCTION: keep_view(&r->functions, f->bytes); break;
	case P_STRING: keep_view(&r->strings, f->bytes); break;
	case P_DROP: r->drop = f->v; break;
	case P_KEEP: r->keep = f->v; break;
	case P_TIME: r->p->time_ns = f->v ? (int64_t)f->v : MG_TIME_NONE; break;
	case P_DURATION: r->p->duration_ns = (int64_t)f->v; break;
	case P_PERIOD: r->p->period = (int64_t)f->v; break;
	case P_DEFAULT_TYPE: r->default_type = f->v; break;
	default: break;
	}
}

static void collect(struct reader *r, struct mg_str data)
{
	struct mg_str  at = data;
	struct field   f;
	enum mg_status st;

	while ((st = next_field(&data, &f)) == MG_OK) {
		bool message = (f.number >= P_SAMPLE_TYPE && f.number <= P_STRING) ||
			       f.number == P_PERIOD_TYPE;

		if (message == (f.wire == WIRE_LEN))
			top_level(r, &f);
		else if (f.number != P_COMMENT && f.number <= P_DEFAULT_TYPE)
			bad(r, at.p, "field of another type");
		at = data;
	}
	if (st == MG_FAIL)
		bad(r, at.p, "broken off");
}

static void read_types(struct reader *r)
{
	struct mg_prof *p = r->p;

	for (size_t i = 0; i < r->types.n; i++) {
		uint64_t v[VT_UNIT + 1];

		if (p->ntypes == MG_PROF_TYPES || !integers(r->types.v[i], v, VT_UNIT)) {
			bad(r, r->types.v[i].p, "sample type not read");
			return;
		}
		p->types[p->ntypes].type = mg_arena_str(&p->arena, string_at(r, v[VT_TYPE]));
		p->types[p->ntypes++].unit = mg_arena_str(&p->arena, string_at(r, v[VT_UNIT]));
	}
}

static void read_functions(struct reader *r)
{
	r->funcs = mg_alloc(sizeof(*r->funcs) * (r->functions.n + 1));
	for (size_t i = 0; i < r->functions.n; i++) {
		uint64_t      v[F_FILE + 1];
		struct mg_str name;

		if (!integers(r->functions.v[i], v, F_FILE))
			bad(r, r->functions.v[i].p, "broken function");
		ids_add(&r->function_ids, v[F_ID]);
		name = string_at(r, v[F_NAME]);
		r->funcs[i] = name.n ? mg_prof_func(r->p, name, string_at(r, v[F_FILE]), false)
				     : MG_NONE;
	}
}

/* A line of a location; false when it names no function that is there. */
static bool read_line(struct reader *r, struct mg_str m, uint32_t *func)
{
	uint64_t v[LINE_FUNCTION + 1];
	uint32_t i;

	if (!integers(m, v, LINE_FUNCTION))
		return false;
	i = ids_find(&r->function_ids, v[LINE_FUNCTION]);
	*func = i == MG_NONE ? MG_NONE : r->funcs[i];
	return i != MG_NONE;
}

static struct mg_str mapped_file(const struct reader *r, uint64_t id)
{
	uint32_t i = ids_find(&r->mapping_ids, id);

	return i == MG_NONE ? mg_str("", 0) : string_at(r, r->mapping_files[i]);
}

static uint32_t unnamed(struct reader *r, uint64_t mapping)
{
	return mg_prof_bare(r->p, mapped_file(r, mapping));
}

/* Its lines as frames; returns how many. */
static unsigned read_lines(struct reader *r, struct mg_str m, uint64_t mapping)
{
	struct field f;
	uint32_t     func;
	unsigned     n = 0;

	while (next_field(&m, &f) == MG_OK) {
		if (f.number != L_LINE || f.wire != WIRE_LEN)
			continue;
		if (n == LINES_MAX || !read_line(r, f.bytes, &func)) {
			bad(r, f.bytes.p, n == LINES_MAX ? "too many inlined frames"
							 : "line of an unknown function");
			if (n == LINES_MAX)
				break;
			continue;
		}
		mg_prof_frame(r->p, func == MG_NONE ? unnamed(r, mapping) : func);
		n++;
	}
	return n;
}

static void read_location(struct reader *r, struct mg_str m)
{
	uint64_t v[L_ADDRESS + 1];

	if (!integers(m, v, L_ADDRESS))
		bad(r, m.p, "broken location");
	ids_add(&r->location_ids, v[L_ID]);
	if (read_lines(r, m, v[L_MAPPING]) == 0)
		mg_prof_frame(r->p, unnamed(r, v[L_MAPPING]));
	mg_prof_loc(r->p);
}

/* --- samples ------------------------------------------------------------------------------- */

static bool push_location(struct reader *r, uint64_t id)
{
	uint32_t i = ids_find(&r->location_ids, id);

	if (i == MG_NONE)
		return false;
	mg_prof_push(r->p, i);
	return true;
}

/* One integer or a packed run of them; false: damaged. */
static bool push_field(struct reader *r, const struct field *f)
{
	struct mg_str run = f->bytes;
	uint64_t      v = f->v;

	if (f->wire == WIRE_LEN && run.n == 0)
		return true;
	do {
		if (f->wire == WIRE_LEN && !take_varint(&run, &v))
			return false;
		if (f->number == S_VALUE)
			mg_prof_value(r->p, (int64_t)v);
		else if (!push_location(r, v))
			return false;
	} while (run.n);
	return true;
}

static const char *read_sample(struct reader *r, struct mg_str m)
{
	size_t         before = r->p->nvalues;
	struct field   f;
	enum mg_status st;

	while ((st = next_field(&m, &f)) == MG_OK)
		if ((f.number == S_LOCATION || f.number == S_VALUE) && !push_field(r, &f))
			return f.number == S_VALUE ? "broken value" : "sample of an unknown location";
	if (st == MG_FAIL)
		return "broken sample";
	if (r->p->nvalues - before != r->p->ntypes)
		return "as many values as sample types expected";
	return NULL;
}

static void read_samples(struct reader *r)
{
	for (size_t i = 0; i < r->samples.n; i++) {
		const char *fault = read_sample(r, r->samples.v[i]);

		if (!fault) {
			mg_prof_sample(r->p);
			continue;
		}
		bad(r, r->samples.v[i].p, fault);
		mg_prof_unpush(r->p);
	}
}

static void resolve(struct reader *r)
{
	struct mg_prof *p = r->p;

	read_types(r);
	read_functions(r);
	for (size_t i = 0; i < r->locations.n; i++)
		read_location(r, r->locations.v[i]);
	read_samples(r);
	p->drop_frames = mg_arena_str(&p->arena, string_at(r, r->drop));
	p->keep_frames = mg_arena_str(&p->arena, string_at(r, r->keep));
	p->default_type = mg_arena_str(&p->arena, string_at(r, r->default_type));
	if (r->nmappings)
		p->binary = mg_arena_str(&p->arena,
					 mg_str_basename(string_at(r, r->mapping_files[0])));
}

static void release(struct reader *r)
{
	free(r->strings.v);
	free(r->samples.v);
	free(r->locations.v);
	free(r->functions.v);
	free(r->types.v);
	free(r->mapping_files);
	free(r->funcs);
	ids_release(&r->mapping_ids);
	ids_release(&r->function_ids);
	ids_release(&r->location_ids);
}

enum mg_status mg_pprof_parse(struct mg_prof *p, struct mg_str data, struct mg_err *err)
{
	struct reader  r = { .p = p, .base = data.p };
	enum mg_status st;

	collect(&r, data);
	if (r.types.n == 0)
		st = mg_err_set(err, MG_SKIP, "no profile: it has no sample type");
	else if (r.strings.n == 0)
		st = mg_err_set(err, MG_SKIP, "profile without its string table");
	else {
		resolve(&r);
		st = p->bad ? MG_FAIL : MG_OK;
	}
	release(&r);
	return st;
}
