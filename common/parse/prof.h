/* prof.h - a sampled profile in memory: functions, locations, stacks and their values.
 *
 * What the parsers of both forms of a profile (pprof.h, heaptext.h) fill and what the analysis
 * counts over.  Only what such counting needs is kept: no line numbers, no labels.
 *
 * Layer:   parse (base)
 * Memory:  the profile owns its text; proportional to the profile, nothing points into the input
 * Threads: one profile belongs to one thread at a time
 */
#ifndef MG_PARSE_PROF_H
#define MG_PARSE_PROF_H

#include "base/map.h"
#include "base/mem.h"
#include "base/time.h"

#define MG_PROF_TYPES 32 /* sample types of one profile; real ones have 1 to 4 */
#define MG_PROF_DIAGS 4

struct mg_prof_type {
	struct mg_str type, unit; /* "inuse_space", "bytes" */
};

/* Frames of one address, innermost inlined function first. */
struct mg_prof_loc {
	uint32_t first, n; /* in mg_prof.frames */
};

struct mg_prof_sample {
	uint32_t first, n; /* in mg_prof.stack, leaf first */
};

/* Where an address without a symbol lies. */
struct mg_prof_mapping {
	uint64_t      start, limit;
	struct mg_str file;
};

/* runtime.MemStats behind a text profile, in bytes; 0: not said. */
struct mg_prof_memstats {
	uint64_t heap_alloc, heap_sys, sys, next_gc, max_rss, last_gc_ns;
};

struct mg_prof {
	struct mg_arena        arena;
	struct mg_prof_type    types[MG_PROF_TYPES];
	uint32_t               ntypes;
	struct mg_str          default_type;
	int64_t                time_ns;     /* MG_TIME_NONE: not said */
	int64_t                duration_ns; /* 0: not said            */
	int64_t                period;
	struct mg_str          binary; /* base name of the program */
	struct mg_str          drop_frames, keep_frames; /* regular expressions, usually empty */
	struct mg_prof_memstats memstats;

	struct mg_intern       funcs;      /* names; "[file]" or "<unknown>" without a symbol   */
	struct mg_str         *func_files; /* by function: where it was seen first, may be empty */
	uint32_t               func_files_cap;
	bool                  *func_bare;  /* by function: the name is no symbol                 */

	struct mg_prof_mapping *mappings;
	size_t                  nmappings, mappings_cap;
	uint32_t              *frames; /* function ids */
	size_t                 nframes, frames_cap;
	struct mg_prof_loc    *locs;
	size_t                 nlocs, locs_cap;
	uint32_t              *stack; /* location indices */
	size_t                 nstack, stack_cap;
	struct mg_prof_sample *samples;
	size_t                 nsamples, samples_cap;
	int64_t               *values; /* ntypes a sample */
	size_t                 nvalues, values_cap;

	uint64_t               bad; /* damaged records: skipped */
	struct {
		uint64_t line, byte; /* line 0: a binary profile, byte from its start */
		char     what[64];
	} diags[MG_PROF_DIAGS];
};

void mg_prof_init(struct mg_prof *p);
void mg_prof_release(struct mg_prof *p);

/* Ids of a function by its name; `file` is kept when it is the first one.  `bare`: the name
 * stands for code without a symbol. */
uint32_t mg_prof_func(struct mg_prof *p, struct mg_str name, struct mg_str file, bool bare);
/* The function that stands for an address without a symbol: "[libc.so]" or "<unknown>". */
uint32_t mg_prof_bare(struct mg_prof *p, struct mg_str mapped_file);
/* A location of the frames added by mg_prof_frame since the last one; its index. */
void     mg_prof_frame(struct mg_prof *p, uint32_t func);
uint32_t mg_prof_loc(struct mg_prof *p);
/* A sample of the locations pushed (leaf first) and the ntypes values pushed since the last. */
void mg_prof_push(struct mg_prof *p, uint32_t loc);
void mg_prof_value(struct mg_prof *p, int64_t v);
void mg_prof_sample(struct mg_prof *p);
/* Forget what was pushed since the last sample. */
void mg_prof_unpush(struct mg_prof *p);

/* Count a fault; the first MG_PROF_DIAGS are kept. */
void mg_prof_bad(struct mg_prof *p, uint64_t line, uint64_t byte, const char *what);

/* Index of a sample type; "inuse_space" also finds "space".  -1: the profile has no such.  An
 * empty name: the profile's default, else its last type (-1 only when it has none). */
int mg_prof_type_index(const struct mg_prof *p, struct mg_str name);

static inline int64_t mg_prof_at(const struct mg_prof *p, size_t sample, uint32_t type)
{
	return p->values[sample * p->ntypes + type];
}

#endif
