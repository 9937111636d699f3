/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/gobuckets.h"

#include "base/mem.h"

#define SEED 0x51ed270b27a4f1c3u
#define NORMAL_SEED 0x7c15a4f39e3779b9u    /* keys of normalised shapes */
#define TEXT_MAX ((size_t)256 * 1024)      /* of one goroutine; more is counted, not kept */
#define FRAMES_MAX 256                     /* looked at by signatures */

static void fault(struct mg_godump *d, uint64_t line, const char *what)
{
	size_t n = sizeof(d->faults) / sizeof(d->faults[0]);

	if (d->bad < n)
		d->faults[d->bad] = (struct mg_gofault){ line, what };
	d->bad++;
}

/* --- known shapes ------------------------------------------------------------------ */

static uint32_t slot_of(const struct mg_godump *d, uint64_t key)
{
	uint32_t mask = d->nslots - 1, i = (uint32_t)(key >> 32) & mask;

	while (d->keys[i] && d->keys[i] != key)
		i = (i + 1) & mask;
	return i;
}

static struct mg_gobucket *lookup(const struct mg_godump *d, uint64_t key)
{
	uint32_t i;

	if (d->nslots == 0)
		return NULL;
	i = slot_of(d, key);
	return d->keys[i] ? &d->b[d->index[i]] : NULL;
}

static void remember(struct mg_godump *d, uint64_t key, uint32_t bucket)
{
	uint32_t i;

	if (d->nkeys >= d->nslots / 2) {
		struct mg_godump old = *d;

		d->nslots = old.nslots ? old.nslots * 2 : 256;
		d->keys = mg_zalloc(sizeof(*d->keys) * d->nslots);
		d->index = mg_zalloc(sizeof(*d->index) * d->nslots);
		for (i = 0; i < old.nslots; i++)
			if (old.keys[i]) {
				uint32_t to = slot_of(d, old.keys[i]);

				d->keys[to] = old.keys[i];
				d->index[to] = old.index[i];
			}
		free(old.keys);
		free(old.index);
	}
	i = slot_of(d, key);
	d->nkeys += d->keys[i] == 0;
	d->keys[i] = key;
	d->index[i] = bucket;
}

/* --- a new shape: the slow path -------------------------------------------------------- */

struct shape {
	struct mg_str frames[FRAMES_MAX];
	size_t        n, where;
	struct mg_str created, file;
	uint32_t      file_line;
	bool          have_where;
};

/* Packages whose functions only say how a goroutine waits, not where. */
static bool is_plumbing(struct mg_str func)
{
	static const struct mg_str prefix[] = {
		MG_STR("runtime."), MG_STR("runtime/internal/"), MG_STR("internal/"), MG_STR("sync."),
		MG_STR("time.Sleep"), MG_STR("syscall."), MG_STR("os/signal.signal_recv"),
		MG_STR("panic"), MG_STR("sync/"),
	};

	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++)
		if (mg_str_starts(func, prefix[i]))
			return true;
	return false;
}

static struct mg_str cleaned(struct mg_godump *d, struct mg_str func)
{
	char buf[512];

	return mg_arena_str(&d->arena, mg_gofunc_clean(func, buf, sizeof(buf)));
}

static void add_frame(struct mg_godump *d, struct shape *s, struct mg_str func)
{
	if (s->n == FRAMES_MAX)
		return;
	if (func.n == 0)
		return;
	s->frames[s->n] = cleaned(d, func);
	if (!s->have_where && !is_plumbing(s->frames[s->n])) {
		s->have_where = true;
		s->where = s->n;
		s->file.n = 0;
	}
	s->n++;
}

/* Until a frame outside the runtime is seen, the place of the innermost one is kept. */
static void add_file(struct shape *s, struct mg_str line)
{
	struct mg_str file;
	uint32_t      number;

	if (s->n == 0 || s->created.n || !mg_goline_file(line, &file, &number))
		return;
	if (s->file.n == 0) {
		s->file = file;
		s->file_line = number;
	}
}

static void read_shape(struct mg_godump *d, struct mg_str text, struct shape *s)
{
	struct mg_str line;

	mg_str_cut(text, '\n', &line, &text); /* the header */
	while (text.n) {
		mg_str_cut(text, '\n', &line, &text);
		switch (mg_goline_kind(line)) {
		case MG_GOLINE_FUNC: {
			struct mg_str f = mg_goline_func(line);

			add_frame(d, s, f.n ? f : mg_str_trim(line));
			break;
		}
		case MG_GOLINE_FILE:
			add_file(s, line);
			break;
		case MG_GOLINE_CREATED:
			s->created = cleaned(d, mg_goline_created(line));
			break;
		case MG_GOLINE_ANCESTOR:
			return;
		default:
			break;
		}
	}
}

static uint64_t shape_of(const struct shape *s)
{
	uint64_t h = NORMAL_SEED;

	for (size_t i = 0; i < s->n; i++)
		h = mg_str_hash(s->frames[i], h);
	return mg_str_hash(s->created, h ^ SEED);
}

static uint64_t shape_key(const struct shape *s, struct mg_str state)
{
	uint64_t h = mg_str_hash(state, shape_of(s));

	return h ? h : 1;
}

/* "k8s.io/kubernetes/cmd/kube-apiserver/app.Run" names the process. */
static void learn_process(struct mg_godump *d, const struct shape *s)
{
	static const struct mg_str before[] = { MG_STR("k8s.io/kubernetes/cmd/"),
						MG_STR("github.com/openshift/") };

	if (d->process.n)
		return;
	for (size_t i = 0; i < s->n; i++) {
		struct mg_str f = s->frames[i];
		struct mg_str name = mg_str_between(f, before[0], MG_STR("/app."));

		if (name.n && name.n < 64 && mg_str_chr(name, '/') < 0)
			d->process = name;
		else if (mg_str_has(f, MG_STR("etcd/etcdmain.Main")) ||
			 mg_str_has(f, MG_STR("/etcdmain.startEtcd")))
			d->process = MG_STR("etcd");
		else if (mg_str_starts(f, before[1]) &&
			 (name = mg_str_between(f, MG_STR("/cmd/"), MG_STR("."))).n && name.n < 64 &&
			 mg_str_chr(name, '/') < 0)
			d->process = name;
		if (d->process.n)
			return;
	}
}

static struct mg_str known_state(struct mg_godump *d, struct mg_str state)
{
	for (uint32_t i = 0; i < d->n && i < 64; i++)
		if (mg_str_eq(d->b[i].state, state))
			return d->b[i].state;
	return mg_arena_str(&d->arena, state);
}

static struct mg_str stack_text(struct mg_str text)
{
	struct mg_str line, rest, keep;

	mg_str_cut(text, '\n', &line, &rest);
	keep = mg_str_head(rest, MG_GOBUCKET_STACK);
	if (keep.n < rest.n) /* whole lines only */
		keep.n = (size_t)(mg_str_rchr(keep, '\n') + 1);
	while (keep.n && keep.p[keep.n - 1] == '\n')
		keep.n--;
	return keep;
}

static struct mg_gobucket *new_bucket(struct mg_godump *d, const struct shape *s,
				      struct mg_str state, struct mg_str text)
{
	struct mg_gobucket    b = { .sig = -1, .line = d->head_line, .minutes_min = UINT32_MAX };
	struct mg_gosig_stack look = { .state = state, .created = s->created,
				       .frames = s->frames, .nframes = s->n };

	b.state = known_state(d, state);
	b.shape = shape_of(s);
	mg_hist_init(&b.waits, MG_HIST_BITS);
	b.where = s->n ? s->frames[s->where] : mg_str("", 0);
	b.file = mg_arena_str(&d->arena, s->file);
	b.file_line = s->file_line;
	b.created_by = s->created;
	b.stack = mg_arena_str(&d->arena, stack_text(text));
	look.where = b.where;
	b.sig = mg_gosig_match(&look);
	b.blocked = mg_gosig_blocked(&look);
	learn_process(d, s);
	MG_PUSH(d->b, d->n, d->cap, b);
	return &d->b[d->n - 1];
}

/* Stacks beyond the limit are counted together. */
static struct mg_gobucket *overflow(struct mg_godump *d)
{
	if (d->n == MG_GOBUCKETS_MAX) {
		struct mg_gobucket b = { .sig = -1, .line = d->head_line,
					 .minutes_min = UINT32_MAX,
					 .where = MG_STR("(other stacks)") };

		mg_hist_init(&b.waits, MG_HIST_BITS);
		MG_PUSH(d->b, d->n, d->cap, b);
	}
	return &d->b[d->n - 1];
}

static struct mg_gobucket *learn(struct mg_godump *d, uint64_t raw, struct mg_str text)
{
	struct mg_str       state = mg_strz(d->state);
	struct shape        s = { .n = 0 };
	struct mg_gobucket *b;
	uint64_t            key;

	if (d->n >= MG_GOBUCKETS_MAX)
		return overflow(d);
	/* As much of it as is kept when it comes in pieces, so that the pieces do not matter. */
	text = mg_str_head(text, TEXT_MAX);
	read_shape(d, text, &s);
	key = shape_key(&s, state);
	b = lookup(d, key);
	if (!b) {
		b = new_bucket(d, &s, state, text);
		remember(d, key, (uint32_t)(b - d->b));
	}
	remember(d, raw, (uint32_t)(b - d->b));
	return b;
}

/* --- one goroutine ------------------------------------------------------------------ */

static void count_in(struct mg_godump *d, struct mg_gobucket *b)
{
	uint64_t n = d->debug1 ? d->record_count : 1;
	uint32_t m = d->head.minutes;

	b->count += n;
	b->locked += d->head.locked;
	b->ten_minutes += m >= 10;
	if (m < b->minutes_min)
		b->minutes_min = m;
	if (m > b->minutes_max)
		b->minutes_max = m;
	d->total += n;
	if (d->debug1)
		return;
	mg_hist_add(&b->waits, m);
	if (b->nids < MG_GOBUCKET_IDS)
		b->ids[b->nids++] = d->head.id;
}

static void keep(struct mg_godump *d, struct mg_str text)
{
	size_t room = d->text.n < TEXT_MAX ? TEXT_MAX - d->text.n : 0;

	mg_buf_add(&d->text, mg_str_head(text, room));
}

/* The goroutine that is open ends; `tail` is its text since the last keep(). */
static void finish(struct mg_godump *d, struct mg_str tail)
{
	uint64_t            raw = d->hash ? d->hash : 1;
	struct mg_gobucket *b = lookup(d, raw);

	if (!b) {
		if (d->text.n) {
			keep(d, tail);
			tail = mg_buf_str(&d->text);
		}
		b = learn(d, raw, tail);
	}
	count_in(d, b);
	mg_buf_clear(&d->text);
	d->open = false;
	if (d->want_file) {
		fault(d, d->head_line, "a frame of this goroutine has no file");
		d->want_file = false;
	}
}

static void begin(struct mg_godump *d, uint64_t line, struct mg_str state)
{
	size_t n = state.n < sizeof(d->state) - 1 ? state.n : sizeof(d->state) - 1;

	memcpy(d->state, state.p, n);
	d->state[n] = '\0';
	d->head.state = mg_str("", 0); /* pointed into the line */
	d->head_line = line;
	d->hash = mg_str_hash(mg_str(d->state, n), SEED);
	d->open = d->bare = true;
	d->ancestor = d->want_file = false;
	if (d->line == 0)
		d->line = line;
}

/* The dump so far is complete and handed over; `d` is as new. */
static void hand_over(struct mg_godump *d)
{
	struct mg_godump fresh = { .next = d->next, .next_ctx = d->next_ctx };

	mg_godump_end(d);
	d->next(d->next_ctx, d);
	mg_godump_release(d);
	*d = fresh;
}

/* The goroutine that writes a dump comes first in it: when its header was not the first one, a
 * second dump has begun with it. */
static void split(struct mg_godump *d)
{
	struct mg_goheader head = d->head;
	uint64_t           line = d->head_line;
	bool               kept = d->text.n > 0;
	char               state[sizeof(d->state)];

	memcpy(state, d->state, sizeof(state));
	d->open = false;
	hand_over(d);
	d->head = head;
	begin(d, line, mg_strz(state));
	if (kept) /* stands for the header */
		keep(d, MG_STR("\n"));
}

/* One line of an open goroutine that is neither blank nor a header nor indented. */
static void frame(struct mg_godump *d, struct mg_str line, uint64_t number)
{
	struct mg_str f = mg_str("", 0);

	if (line.p[0] == 'c')
		f = mg_goline_created(line);
	if (f.n && !d->ancestor)
		d->hash ^= SEED; /* a creator is no frame */
	if (f.n == 0)
		f = mg_goline_func(line);
	if (f.n == 0) {
		switch (mg_goline_kind(line)) {
		case MG_GOLINE_FUNC:
			f = line;
			break;
		case MG_GOLINE_ANCESTOR:
			d->ancestor = true;
			return;
		case MG_GOLINE_ELIDED:
		case MG_GOLINE_NOTE:
			return;
		default:
			fault(d, number, "expected function(arguments)");
			return;
		}
	}
	if (d->want_file)
		fault(d, number, "expected file:line of the frame before");
	if (d->bare && d->total && d->next && mg_str_eq(f, MG_STR("runtime/pprof.writeGoroutineStacks")))
		split(d);
	d->bare = false;
	if (!d->ancestor)
		d->hash = mg_str_hash(f, d->hash);
	d->want_file = true;
}

/* --- debug=1 ------------------------------------------------------------------------ */

/* Its records are rewritten as goroutines, so that one path counts both. */
void mg_godump_record(struct mg_godump *d, uint64_t count, uint64_t number)
{
	if (d->open)
		finish(d, mg_str("", 0));
	d->debug1 = true;
	if (d->form == MG_GOFORM_DEBUG2)
		d->form = MG_GOFORM_DEBUG1;
	d->head = (struct mg_goheader){ 0 };
	d->record_count = count;
	begin(d, number, mg_str("", 0));
	keep(d, MG_STR("\n"));
}

void mg_godump_frame(struct mg_godump *d, struct mg_str func, struct mg_str file)
{
	d->hash = mg_str_hash(func, d->hash);
	keep(d, func);
	keep(d, MG_STR("()\n"));
	if (file.n) {
		keep(d, MG_STR("\t"));
		keep(d, file);
		keep(d, MG_STR("\n"));
	}
}

static bool debug1_line(struct mg_godump *d, struct mg_str line, uint64_t number)
{
	struct mg_str func, file;
	uint64_t      count;

	if (mg_gorecord_parse(line, &count)) {
		mg_godump_record(d, count, number);
		return true;
	}
	if (!d->debug1 || !d->open)
		return false;
	if (mg_gorecord_frame(line, &func, &file)) {
		mg_godump_frame(d, func, file);
		return true;
	}
	return line.n > 0 && line.p[0] == '#';
}

/* --- lines ---------------------------------------------------------------------------- */

/* What the runtime says before it dumps all goroutines. */
static bool is_preamble(struct mg_str line)
{
	return mg_str_starts(line, MG_STR("SIGQUIT: quit")) || mg_str_starts(line, MG_STR("panic: ")) ||
	       mg_str_starts(line, MG_STR("fatal error: "));
}

/* A line outside of goroutines, or one that ends the open one. */
static bool outside(struct mg_godump *d, struct mg_str line, uint64_t number)
{
	uint64_t total;

	if (mg_goheader_parse(line, &d->head)) {
		begin(d, number, d->head.state);
		return true;
	}
	if (mg_goprofile_total(line, &total)) {
		if (d->total && d->next)
			hand_over(d);
		d->debug1 = true;
		d->form = MG_GOFORM_DEBUG1;
		d->declared += total;
	} else if (!debug1_line(d, line, number) && mg_str_trim(line).n) {
		if (d->total && d->next && is_preamble(line))
			hand_over(d);
		d->other++;
	}
	return false;
}

static bool is_blank(struct mg_str line)
{
	return line.n == 0 || (line.n == 1 && line.p[0] == '\r');
}

/* Most lines are indented files and functions: they are told by their first byte, and only
 * the function names are read. */
uint64_t mg_godump_text(struct mg_godump *d, struct mg_str text, uint64_t first)
{
	const char *p = text.p, *end = text.p + text.n, *start = text.p;
	uint64_t    number = first;

	for (; p < end; number++) {
		const char   *nl = memchr(p, '\n', (size_t)(end - p));
		struct mg_str line = mg_str(p, (size_t)((nl ? nl : end) - p));

		if (!d->open || d->debug1) {
			if (d->debug1 && d->open && is_blank(line))
				finish(d, mg_str("", 0));
			else if (d->debug1 && debug1_line(d, line, number))
				;
			else if (outside(d, line, number))
				start = p;
		} else if (line.n && line.p[0] == '\t') {
			d->want_file = false;
		} else if (is_blank(line)) {
			finish(d, mg_str(start, (size_t)(p - start)));
		} else if (mg_str_starts(line, MG_STR("goroutine ")) &&
			   mg_goline_kind(line) == MG_GOLINE_HEADER) {
			finish(d, mg_str(start, (size_t)(p - start)));
			outside(d, line, number);
			start = p;
		} else if (line.p[0] == ' ' || line.p[0] == '#') {
			d->want_file = false;
		} else {
			frame(d, line, number);
		}
		p = nl ? nl + 1 : end;
	}
	if (d->open && !d->debug1) {
		keep(d, mg_str(start, (size_t)(end - start)));
		if (text.n && end[-1] != '\n')
			keep(d, MG_STR("\n"));
	}
	return number - first;
}

void mg_godump_line(struct mg_godump *d, struct mg_str line, uint64_t number)
{
	/* An empty view is a blank line. */
	mg_godump_text(d, line.n ? line : MG_STR("\n"), number);
}

void mg_godump_end(struct mg_godump *d)
{
	if (d->open)
		finish(d, mg_str("", 0));
	if (d->debug1 && d->declared > d->total)
		fault(d, 1, "fewer goroutines than the first line says: the dump is cut");
}

void mg_godump_release(struct mg_godump *d)
{
	for (uint32_t i = 0; i < d->n; i++)
		mg_hist_release(&d->b[i].waits);
	mg_arena_release(&d->arena);
	mg_buf_release(&d->text);
	free(d->b);
	free(d->keys);
	free(d->index);
	*d = (struct mg_godump){ 0 };
}

const char *mg_goform_name(enum mg_goform f)
{
	static const char *const name[] = { "debug2", "debug1", "pprof", "traces", "excerpt" };

	return name[f];
}
