/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/heaptext.h"

#include <math.h>

#include "base/num.h"

void mg_heaptext_init(struct mg_heaptext *h)
{
	*h = (struct mg_heaptext){ .in_use_only = false };
	mg_prof_init(&h->prof);
}

void mg_heaptext_release(struct mg_heaptext *h)
{
	mg_prof_release(&h->prof);
	mg_intern_release(&h->bare);
	free(h->addresses);
	free(h->func_locs);
	free(h->bare_locs);
	mg_heaptext_init(h);
}

static int64_t to_int(double v)
{
	return v >= 9.2e18 ? INT64_MAX : v <= -9.2e18 ? INT64_MIN : (int64_t)v;
}

void mg_heaptext_scale(int64_t rate, int64_t *count, int64_t *bytes)
{
	double average, scale;

	if (*count == 0 || *bytes == 0) {
		*count = *bytes = 0;
		return;
	}
	if (rate <= 1)
		return;
	average = (double)*bytes / (double)*count;
	scale = 1 / (1 - exp(-average / (double)rate));
	*count = to_int((double)*count * scale);
	*bytes = to_int((double)*bytes * scale);
}

/* --- numbers of a record ------------------------------------------------------------------- */

static void skip_spaces(struct mg_str *s)
{
	while (s->n && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = mg_str_from(*s, 1);
}

/* A decimal at the front. */
static bool take_i64(struct mg_str *s, int64_t *v)
{
	size_t n = 0;

	skip_spaces(s);
	if (s->n && s->p[0] == '-')
		n++;
	while (n < s->n && mg_is_digit(s->p[n]))
		n++;
	if (!mg_num_i64(mg_str_head(*s, n), v))
		return false;
	*s = mg_str_from(*s, n);
	return true;
}

static bool take_char(struct mg_str *s, char c)
{
	skip_spaces(s);
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = mg_str_from(*s, 1);
	return true;
}

/* "n: b [N: B] @", in the order of the sample types: N B n b. */
static bool take_values(struct mg_str *s, int64_t v[4])
{
	return take_i64(s, &v[2]) && take_char(s, ':') && take_i64(s, &v[3]) && take_char(s, '[') &&
	       take_i64(s, &v[0]) && take_char(s, ':') && take_i64(s, &v[1]) && take_char(s, ']') &&
	       take_char(s, '@');
}

static bool take_address(struct mg_str *s, uint64_t *v)
{
	size_t n = 2;

	skip_spaces(s);
	if (!mg_str_starts(*s, MG_STR("0x")))
		return false;
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	if (!mg_num_hex(mg_str(s->p + 2, n - 2), v))
		return false;
	*s = mg_str_from(*s, n);
	return true;
}

/* --- the header -------------------------------------------------------------------------------- */

static void add_type(struct mg_prof *p, const char *type, const char *unit)
{
	p->types[p->ntypes++] = (struct mg_prof_type){ mg_strz(type), mg_strz(unit) };
}

/* "heap/1048576", "heap_v2/524288", "heapprofile", "growthz" … behind the '@'. */
static void read_rate(struct mg_heaptext *h, struct mg_str how)
{
	struct mg_str form, number;
	int64_t       rate = 0;

	mg_str_cut(mg_str_trim(how), '/', &form, &number);
	if (!mg_num_i64(number, &rate) || rate < 0)
		rate = 0;
	h->scaled = mg_str_eq(form, MG_STR("heap")) || mg_str_eq(form, MG_STR("heap_v2")) ||
		    mg_str_eq(form, MG_STR("heapz_v2"));
	h->rate = mg_str_eq(form, MG_STR("heap")) ? rate / 2 : rate;
	h->prof.period = h->scaled ? h->rate : 1;
}

static void header(struct mg_heaptext *h, struct mg_str line, uint64_t number)
{
	struct mg_str rest;
	int64_t       v[4];

	h->state = MG_HEAPTEXT_NONE;
	if (!mg_str_starts(line, MG_STR("heap profile:")))
		return;
	rest = mg_str_from(line, sizeof("heap profile:") - 1);
	if (!take_values(&rest, v)) {
		mg_prof_bad(&h->prof, number, (uint64_t)(rest.p - line.p), "expected n: bytes [n: bytes] @");
		return;
	}
	h->state = MG_HEAPTEXT_RECORDS;
	read_rate(h, rest);
	/* tcmalloc repeats the same numbers in the brackets when it counts nothing else. */
	h->allocs = (v[0] != v[2] && v[0] != 0) || (v[1] != v[3] && v[1] != 0);
	if (h->allocs) {
		add_type(&h->prof, "alloc_objects", "count");
		add_type(&h->prof, "alloc_space", "bytes");
		add_type(&h->prof, "inuse_objects", "count");
		add_type(&h->prof, "inuse_space", "bytes");
	} else {
		add_type(&h->prof, "objects", "count");
		add_type(&h->prof, "space", "bytes");
	}
}

/* --- records ------------------------------------------------------------------------------- */

static uint32_t bare_location(struct mg_heaptext *h, uint64_t address)
{
	uint32_t id = mg_intern_id(&h->bare, mg_str((const char *)&address, sizeof(address)));

	if (id == h->nbare_locs) {
		mg_prof_frame(&h->prof, 0);
		MG_PUSH(h->bare_locs, h->nbare_locs, h->bare_locs_cap, mg_prof_loc(&h->prof));
	}
	return h->bare_locs[id];
}

static void close_record(struct mg_heaptext *h)
{
	if (!h->open)
		return;
	h->open = false;
	/* The address is that of the next instruction; one byte less lies inside the call. */
	for (size_t i = 0; !h->symbols && i < h->naddresses; i++)
		mg_prof_push(&h->prof, bare_location(h, h->addresses[i] - 1));
	mg_prof_sample(&h->prof);
}

static const char *read_addresses(struct mg_heaptext *h, struct mg_str rest)
{
	uint64_t a;

	h->naddresses = 0;
	while (take_address(&rest, &a))
		MG_PUSH(h->addresses, h->naddresses, h->addresses_cap, a);
	return mg_str_trim(rest).n ? "expected addresses" : NULL;
}

static const char *read_record(struct mg_heaptext *h, struct mg_str line)
{
	int64_t v[4];

	if (!take_values(&line, v))
		return "expected n: bytes [n: bytes] @ addresses";
	if ((v[0] == 0 && v[1] != 0) || (v[2] == 0 && v[3] != 0))
		return "bytes of no objects";
	h->records++;
	if (h->in_use_only && v[2] == 0)
		return NULL;
	if (h->scaled) {
		mg_heaptext_scale(h->rate, &v[0], &v[1]);
		mg_heaptext_scale(h->rate, &v[2], &v[3]);
	}
	for (int i = h->allocs ? 0 : 2; i < 4; i++)
		mg_prof_value(&h->prof, v[i]);
	h->open = true;
	h->symbols = false;
	return read_addresses(h, line);
}

static uint32_t symbol_location(struct mg_heaptext *h, uint32_t func)
{
	while (h->nfunc_locs <= func)
		MG_PUSH(h->func_locs, h->nfunc_locs, h->func_locs_cap, MG_NONE);
	if (h->func_locs[func] == MG_NONE) {
		mg_prof_frame(&h->prof, func);
		h->func_locs[func] = mg_prof_loc(&h->prof);
	}
	return h->func_locs[func];
}

/* "\t0x512fb5\tbytes.growSlice+0x95\t\tbytes/buffer.go:240" */
static void frame(struct mg_heaptext *h, struct mg_str rest)
{
	struct mg_str name, file;
	ptrdiff_t     at;
	uint64_t      address;

	if (!take_address(&rest, &address)) {
		h->other++;
		return;
	}
	h->symbols = true;
	skip_spaces(&rest);
	if (rest.n == 0) {
		mg_prof_push(&h->prof, bare_location(h, address));
		return;
	}
	mg_str_cut(rest, '\t', &name, &file);
	if ((at = mg_str_rchr(name, '+')) > 0)
		name.n = (size_t)at;
	skip_spaces(&file);
	if ((at = mg_str_rchr(file, ':')) > 0)
		file.n = (size_t)at;
	mg_prof_push(&h->prof, symbol_location(h, mg_prof_func(&h->prof, name, file, false)));
}

/* --- what follows the records ------------------------------------------------------------------ */

/* "# HeapAlloc = 1234" */
static void memstat(struct mg_prof_memstats *m, struct mg_str line)
{
	const struct {
		const char *name;
		uint64_t   *to;
	} table[] = {
		{ "HeapAlloc", &m->heap_alloc }, { "HeapSys", &m->heap_sys }, { "Sys", &m->sys },
		{ "NextGC", &m->next_gc }, { "MaxRSS", &m->max_rss }, { "LastGC", &m->last_gc_ns },
	};
	struct mg_str name, value;
	uint64_t      v;

	if (!mg_str_cut(mg_str_from(line, 2), '=', &name, &value) ||
	    !mg_num_u64(mg_str_trim(value), &v))
		return;
	name = mg_str_trim(name);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (mg_str_eq(name, mg_strz(table[i].name)))
			*table[i].to = v;
}

/* The next word; false at the end. */
static bool next_word(struct mg_str *s, struct mg_str *word)
{
	*s = mg_str_trim(*s);
	if (s->n == 0)
		return false;
	mg_str_cut(*s, ' ', word, s);
	return true;
}

static bool is_permissions(struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("-rwxps", s.p[i]))
			return false;
	return s.n >= 3 && s.n <= 5;
}

/* "7f0c-7f0d r-xp 00000000 08:01 123 /lib/libc.so" of /proc/PID/maps, or short
 * "7f0c-7f0d: /lib/libc.so"; other lines are passed over, as is what cannot be executed. */
static void mapping(struct mg_heaptext *h, struct mg_str line)
{
	struct mg_prof_mapping m = { .file = { "", 0 } };
	struct mg_str          word, start, end;

	if (!next_word(&line, &word) || !mg_str_cut(word, '-', &start, &end))
		return;
	if (mg_str_ends(end, MG_STR(":")))
		end.n--;
	if (!mg_num_hex(start, &m.start) || !mg_num_hex(end, &m.limit))
		return;
	for (bool first = true; next_word(&line, &word); first = false) {
		if (first && is_permissions(word) && mg_str_chr(word, 'x') < 0)
			return;
		if (mg_str_chr(word, '/') >= 0 || mg_str_starts(word, MG_STR("[")))
			m.file = mg_arena_str(&h->prof.arena, word);
	}
	MG_PUSH(h->prof.mappings, h->prof.nmappings, h->prof.mappings_cap, m);
}

static bool is_maps(struct mg_str line)
{
	return mg_str_has(line, MG_STR("--- Memory map: ---")) ||
	       mg_str_has(line, MG_STR("MAPPED_LIBRARIES:"));
}

/* --- lines ------------------------------------------------------------------------------------- */

static void record_line(struct mg_heaptext *h, struct mg_str line, uint64_t number)
{
	const char *fault;

	if (line.p[0] == '#') { /* a frame of a record that is not wanted */
		if (mg_str_starts(line, MG_STR("# ")))
			memstat(&h->prof.memstats, line);
		return;
	}
	if (is_maps(line)) {
		h->state = MG_HEAPTEXT_MAPS;
		return;
	}
	fault = read_record(h, mg_str_trim(line));
	if (!fault)
		return;
	mg_prof_bad(&h->prof, number, 0, fault);
	h->open = false;
	mg_prof_unpush(&h->prof);
}

static void one_line(struct mg_heaptext *h, struct mg_str line, uint64_t number)
{
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (h->open && mg_str_starts(line, MG_STR("#\t"))) {
		frame(h, mg_str_from(line, 1));
		return;
	}
	close_record(h);
	if (line.n == 0)
		return;
	switch (h->state) {
	case MG_HEAPTEXT_START: header(h, line, number); break;
	case MG_HEAPTEXT_RECORDS: record_line(h, line, number); break;
	case MG_HEAPTEXT_MAPS: mapping(h, line); break;
	case MG_HEAPTEXT_NONE: h->other++; break;
	}
}

void mg_heaptext_feed(struct mg_heaptext *h, struct mg_str text, uint64_t first_line)
{
	struct mg_str line;

	while (text.n) {
		mg_str_cut(text, '\n', &line, &text);
		one_line(h, line, first_line++);
		h->lines++;
	}
}

static struct mg_str mapped_file(const struct mg_prof *p, uint64_t address)
{
	for (size_t i = 0; i < p->nmappings; i++)
		if (address >= p->mappings[i].start && address < p->mappings[i].limit)
			return p->mappings[i].file;
	return mg_str("", 0);
}

void mg_heaptext_end(struct mg_heaptext *h)
{
	struct mg_prof *p = &h->prof;

	close_record(h);
	for (size_t i = 0; i < h->nbare_locs; i++) {
		uint64_t address;

		memcpy(&address, mg_intern_str(&h->bare, (uint32_t)i).p, sizeof(address));
		p->frames[p->locs[h->bare_locs[i]].first] = mg_prof_bare(p, mapped_file(p, address));
	}
	if (p->nmappings)
		p->binary = mg_str_basename(p->mappings[0].file);
}
