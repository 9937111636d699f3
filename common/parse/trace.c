/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/trace.h"

#include "base/mem.h"
#include "base/num.h"

#define OPEN_MAX 256 /* blocks open at once; real streams have a handful             */
#define HORIZON  2000 /* lines after which a silent block is closed                   */
#define DEPTH_MAX 16
#define STEPS_MAX 4096

/* A line of a block whose first line was not seen yet, behind "Trace[77]: ". */
struct held_line {
	struct mg_str text;
	uint64_t      lineno;
};

struct open_trace {
	struct mg_trace t;
	struct mg_arena arena;
	bool            bare;             /* oldest form: lines carry no id                  */
	int64_t         prev[DEPTH_MAX];  /* end of the last item of each depth, from start  */
	int64_t         clock_ns;         /* start as time of day, for nested items          */
	bool            headless;         /* no first line yet: lines are held               */
	struct held_line *held;
	uint32_t        nheld, held_cap;
};

struct mg_tracer {
	mg_trace_fn        done;
	void              *ctx;
	struct open_trace *open[OPEN_MAX]; /* in order of their first line */
	unsigned           nopen;
};

/* Clocks set back give negative times; damaged digits must not overflow a sum. */
static int64_t saturate(int64_t ns)
{
	return ns < 0 ? 0 : ns > 100 * MG_DAY ? 100 * MG_DAY : ns;
}

/* --- small pieces ----------------------------------------------------------------- */

/* Length of the Go-quoted string at s[0] == '"', quotes included; 0 when it never ends. */
static size_t quoted(struct mg_str s, struct mg_str *out)
{
	if (!s.n || s.p[0] != '"')
		return 0;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '"') {
			*out = mg_str(s.p + 1, i - 1);
			return i + 1;
		}
	}
	return 0;
}

/* "Trace[77]: " -> id and what follows */
static bool prefix(struct mg_str s, uint64_t *id, struct mg_str *rest)
{
	ptrdiff_t close;

	if (!mg_str_starts(s, MG_STR("Trace[")))
		return false;
	close = mg_str_chr(mg_str_head(s, 32), ']');
	if (close < 0 || !mg_num_u64(mg_str(s.p + 6, (size_t)close - 6), id))
		return false;
	s = mg_str_from(s, (size_t)close + 1);
	if (!s.n || s.p[0] != ':')
		return false;
	*rest = mg_str_from(s, s.n > 1 && s.p[1] == ' ' ? 2 : 1);
	return true;
}

/* Keys that utiltrace callers use.  Values are neither quoted nor escaped, so only a known
 * key behind a comma ends a value. */
static bool known_key(struct mg_str key)
{
	static const char *const keys[] = {
		"url", "user-agent", "client", "audit-id", "accept", "protocol", "resource", "scope",
		"verb", "api-group", "api-version", "name", "subresource", "namespace", "type", "key",
		"resourceVersion", "resourceVersionMatch", "limit", "continue", "resource-version",
		"configuration", "webhook", "operation", "UID", "method", "mediaType", "encoder",
		"event-count", "address", "count", "len", "err", "error", "size", "writer",
		"firstWrite", "provider", "provider-name", "keyID", "wrapped-key", "transformer",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (mg_str_eq(key, mg_strz(keys[i])))
			return true;
	return false;
}

/* The key that begins at s[at] and is followed by ':'; empty when none. */
static struct mg_str key_at(struct mg_str s, size_t at)
{
	size_t i = at;

	while (i < s.n && i < at + 32 &&
	       ((s.p[i] | 0x20) >= 'a' ? (s.p[i] | 0x20) <= 'z' : s.p[i] == '-'))
		i++;
	if (i == at || i >= s.n || s.p[i] != ':')
		return mg_str(NULL, 0);
	return mg_str(s.p + at, i - at);
}

/* Offset of the comma before the next known key at or behind `from`; s.n: none. */
static size_t next_field(struct mg_str s, size_t from)
{
	while (from < s.n) {
		const char   *c = memchr(s.p + from, ',', s.n - from);
		struct mg_str key;

		if (!c)
			break;
		from = (size_t)(c - s.p);
		key = key_at(s, from + 1);
		if (key.n && known_key(key))
			return from;
		from++;
	}
	return s.n;
}

struct mg_str mg_trace_field(struct mg_str fields, const char *name)
{
	size_t at = 0;

	while (at < fields.n) {
		struct mg_str key = key_at(fields, at);
		size_t        end = next_field(fields, at);

		if (key.n && mg_str_eq(key, mg_strz(name)))
			return mg_str(fields.p + at + key.n + 1, end - at - key.n - 1);
		at = end + 1;
	}
	return mg_str(NULL, 0);
}

/* "MSG key:value,…" of the generation that does not quote the message */
static void split_message(struct mg_str s, struct mg_str *msg, struct mg_str *fields)
{
	*msg = s;
	*fields = mg_str(s.p + s.n, 0);
	for (size_t i = 0; i < s.n; i++) {
		struct mg_str key;

		if (s.p[i] != ' ')
			continue;
		key = key_at(s, i + 1);
		if (key.n && known_key(key)) {
			*msg = mg_str_head(s, i);
			*fields = mg_str_from(s, i + 1);
			return;
		}
	}
}

/* --- the first line --------------------------------------------------------------- */

/* "2022-02-07 22:14:42.120001002 +0000 UTC m=+86412.55" */
static bool go_time(struct mg_str s, struct mg_trace *t)
{
	struct mg_str rest, uptime;
	size_t        used;
	bool          zoned;
	int64_t       ns, sec;

	if (!mg_time_parse(s, &ns, &used, &zoned) || ns < 0 || ns > INT64_C(7258118400) * MG_SEC)
		return false;
	rest = mg_str_from(s, used);
	if (!zoned && rest.n > 6 && rest.p[0] == ' ') { /* " +0200 CEST" */
		char          buf[64];
		struct mg_str zone = mg_str(rest.p + 1, 5);

		if (used <= 40) { /* as one word for the parser */
			memcpy(buf, s.p, used);
			memcpy(buf + used, zone.p, 5);
			mg_time_parse(mg_str(buf, used + 5), &ns, NULL, &zoned);
		}
	}
	t->start_ns = ns;
	t->zoned = zoned;
	uptime = mg_str_between(s, MG_STR(" m=+"), MG_STR(""));
	if (uptime.p && uptime.n < 32) {
		double f;

		if (mg_num_f64(uptime, &f) && f >= 0 && f < 1e9) {
			sec = (int64_t)f;
			t->uptime_ns = sec * MG_SEC + (int64_t)((f - (double)sec) * 1e9);
		}
	}
	return true;
}

/* "07-Feb-2022 22:15:12.100" */
static bool day_month_year(struct mg_str s, struct mg_trace *t)
{
	struct mg_civil c = { 0 };
	uint64_t        day, year;
	int64_t         clock;

	if (s.n < 20 || s.p[2] != '-' || s.p[6] != '-' || s.p[11] != ' ' ||
	    !mg_num_u64(mg_str_head(s, 2), &day) || !mg_num_u64(mg_str(s.p + 7, 4), &year) ||
	    !mg_time_parse_clock(mg_str_from(s, 12), &clock, NULL))
		return false;
	c.month = mg_time_month(mg_str(s.p + 3, 3));
	c.day = (int)day;
	c.year = (int)year;
	if (!c.month || day < 1 || day > 31 || year < 1970 || year > 2200)
		return false;
	t->start_ns = mg_time_from_civil(&c) + clock;
	t->dated = true;
	return true;
}

/* "(07-Feb-2022 22:15:12.100) (total time: 4023ms):" from the right; what is left of it */
static bool tail(struct mg_str s, struct mg_trace *t, struct mg_str *left)
{
	ptrdiff_t     at = mg_str_rfind(s, MG_STR("(total time: "));
	struct mg_str dur;

	*left = s;
	if (at >= 0) {
		ptrdiff_t close;

		dur = mg_str_from(s, (size_t)at + 13);
		close = mg_str_chr(dur, ')');
		if (close < 0 || !mg_duration_parse(mg_str_head(dur, (size_t)close), &t->total_ns))
			return false;
		t->total_ns = saturate(t->total_ns);
		*left = mg_str_trim(mg_str_head(s, (size_t)at));
	}
	at = mg_str_rchr(*left, '(');
	if (at < 0)
		return false;
	dur = mg_str_from(*left, (size_t)at + 1);
	if (mg_str_ends(dur, MG_STR("):")))
		dur.n -= 2;
	else if (mg_str_ends(dur, MG_STR(")")))
		dur.n--;
	*left = mg_str_trim(mg_str_head(*left, (size_t)at));
	if (mg_str_starts(dur, MG_STR("started: ")))
		return go_time(mg_str_from(dur, 9), t);
	if (mg_str_starts(dur, MG_STR("started ")))
		return go_time(mg_str_from(dur, 8), t);
	return day_month_year(dur, t);
}

bool mg_trace_parse_root(struct mg_str text, struct mg_trace *out)
{
	struct mg_str rest;
	size_t        n;

	*out = (struct mg_trace){ .start_ns = MG_TIME_NONE, .total_ns = -1, .uptime_ns = -1,
				  .logged_ns = MG_TIME_NONE };
	if (!prefix(text, &out->id, &rest)) {
		if (!mg_str_starts(text, MG_STR("Trace \"")))
			return false;
		rest = mg_str_from(text, 6);
	}
	n = quoted(rest, &out->name);
	if (!n)
		return false;
	if (!tail(mg_str_trim(mg_str_from(rest, n)), out, &out->fields))
		out->truncated = true;
	return true;
}

/* --- open blocks ------------------------------------------------------------------ */

struct mg_tracer *mg_trace_new(mg_trace_fn done, void *ctx)
{
	struct mg_tracer *r = mg_zalloc(sizeof(*r));

	r->done = done;
	r->ctx = ctx;
	return r;
}

void mg_trace_output(struct mg_tracer *r, void *ctx)
{
	r->ctx = ctx;
}

static void block_free(struct open_trace *o)
{
	mg_arena_release(&o->arena);
	free(o->t.steps);
	free(o->held);
	free(o);
}

/* Take it out of the open ones. */
static struct open_trace *unlink_block(struct mg_tracer *r, unsigned i)
{
	struct open_trace *o = r->open[i];

	r->nopen--;
	memmove(r->open + i, r->open + i + 1, (r->nopen - i) * sizeof(r->open[0]));
	return o;
}

static bool take_line(struct open_trace *o, struct mg_str rest, uint64_t lineno);

static void finish(struct mg_tracer *r, unsigned i, bool ended)
{
	struct open_trace *o = r->open[i];

	for (uint32_t k = 0; k < o->nheld; k++)
		ended |= take_line(o, o->held[k].text, o->held[k].lineno);
	/* The first two generations print END only when the last step was long. */
	if (!ended && o->t.dated)
		o->t.truncated = true;
	if (o->t.total_ns < 0 && o->bare && o->t.nsteps)
		o->t.total_ns = o->t.steps[o->t.nsteps - 1].at_ns;
	r->done(r->ctx, &o->t);
	block_free(unlink_block(r, i));
}

static struct open_trace *open_block(struct mg_tracer *r, const struct mg_trace_line *l,
				     const struct mg_trace *root)
{
	struct open_trace *o = mg_zalloc(sizeof(*o));

	if (r->nopen == OPEN_MAX)
		finish(r, 0, false);
	o->t = *root;
	o->t.name = mg_arena_str(&o->arena, root->name);
	o->t.fields = mg_arena_str(&o->arena, root->fields);
	o->t.host = mg_arena_str(&o->arena, l->host);
	o->t.component = mg_arena_str(&o->arena, l->component);
	o->t.first_line = o->t.last_line = l->lineno;
	o->t.lines = 1;
	o->t.logged_ns = l->time_ns;
	o->t.logged_how = l->time_how;
	o->clock_ns = root->start_ns == MG_TIME_NONE ? -1 : root->start_ns % MG_DAY;
	r->open[r->nopen++] = o;
	return o;
}

static int find(const struct mg_tracer *r, uint64_t id, bool bare)
{
	for (unsigned i = r->nopen; i-- > 0;)
		if (r->open[i]->bare == bare && r->open[i]->t.id == id)
			return (int)i;
	return -1;
}

/* --- steps ------------------------------------------------------------------------ */

static void add_step(struct open_trace *o, struct mg_trace_step s)
{
	if (o->t.nsteps == STEPS_MAX) {
		o->t.truncated = true;
		return;
	}
	s.msg = mg_arena_str(&o->arena, s.msg);
	s.fields = mg_arena_str(&o->arena, s.fields);
	MG_PUSH(o->t.steps, o->t.nsteps, o->t.steps_cap, s);
}

/* "[1.2s] " at s -> the duration and what follows */
static bool bracket(struct mg_str *s, int64_t *ns)
{
	ptrdiff_t close;

	if (!s->n || s->p[0] != '[')
		return false;
	close = mg_str_chr(mg_str_head(*s, 40), ']');
	if (close < 0 || !mg_duration_parse(mg_str(s->p + 1, (size_t)close - 1), ns))
		return false;
	*s = mg_str_trim(mg_str_from(*s, (size_t)close + 1));
	return true;
}

/* "[CUM] [DELTA] MSG …" or "[TOTAL] [TOTAL] END"; *end is set for the latter */
static bool cumulative_step(struct open_trace *o, struct mg_str s, bool *end)
{
	struct mg_trace_step step = { 0 };

	if (!bracket(&s, &step.at_ns) || !bracket(&s, &step.delta_ns))
		return false;
	step.at_ns = saturate(step.at_ns);
	step.delta_ns = saturate(step.delta_ns);
	*end = mg_str_eq(s, MG_STR("END"));
	if (*end) {
		if (step.at_ns > o->t.total_ns)
			o->t.total_ns = step.at_ns; /* finer than the "4023ms" of the first line */
		return true;
	}
	split_message(s, &step.msg, &step.fields);
	add_step(o, step);
	return true;
}

/* Where a nested trace began, in ns after the root's start.  Its clock is trusted unless the
 * seconds are the literal 00 of the 1.19 to 1.21 releases and do not fit. */
static int64_t nested_start(const struct open_trace *o, unsigned depth, int64_t clock,
			    int64_t total)
{
	int64_t d;

	if (o->clock_ns < 0)
		return o->prev[depth];
	d = clock - o->clock_ns;
	if (d < -MG_DAY / 2)
		d += MG_DAY;
	if (d < 0 || (o->t.total_ns >= 0 && d + total > o->t.total_ns + MG_SEC))
		return o->prev[depth];
	return d;
}

/* `---"MSG" fields NNNms (HH:MM:SS.mmm)` and `["NAME" fields NNNms (HH:MM:SS.mmm)`, indented
 * by their depth, closed by "]" for each nested trace that ends here */
static bool item(struct open_trace *o, struct mg_str s)
{
	struct mg_trace_step step = { 0 };
	struct mg_str        number;
	ptrdiff_t            at;
	int64_t              clock;
	size_t               n = 0;

	while (n < s.n && s.p[n] == ' ')
		n++;
	step.depth = n < DEPTH_MAX - 1 ? (unsigned)n : DEPTH_MAX - 2;
	s = mg_str_from(s, n);
	step.nested = s.n && s.p[0] == '[';
	if (!step.nested && !mg_str_starts(s, MG_STR("---")))
		return false;
	s = mg_str_from(s, step.nested ? 1 : 3);
	n = quoted(s, &step.msg);
	at = mg_str_rfind(s, MG_STR("ms ("));
	if (!n || at < (ptrdiff_t)n || !mg_time_parse_clock(mg_str_from(s, (size_t)at + 4), &clock, NULL))
		return false;
	s = mg_str_trim(mg_str(s.p + n, (size_t)at - n));
	number = mg_str_from(s, (size_t)(mg_str_rchr(s, ' ') + 1));
	if (!mg_num_i64(number, &step.delta_ns))
		return false;
	step.delta_ns = saturate(step.delta_ns > INT64_MAX / MG_MS ? INT64_MAX
								   : step.delta_ns * MG_MS);
	step.fields = mg_str_trim(mg_str_head(s, s.n - number.n));
	if (step.nested) {
		o->prev[step.depth + 1] = nested_start(o, step.depth, clock, step.delta_ns);
		step.at_ns = o->prev[step.depth + 1] + step.delta_ns;
	} else {
		step.at_ns = o->prev[step.depth] + step.delta_ns;
	}
	step.at_ns = saturate(step.at_ns);
	o->prev[step.depth] = step.at_ns;
	add_step(o, step);
	return true;
}

/* A line below the first one; true: it was the END. */
static bool take_line(struct open_trace *o, struct mg_str rest, uint64_t lineno)
{
	bool end = false;

	o->t.lines++;
	o->t.last_line = lineno > o->t.last_line ? lineno : o->t.last_line;
	if (!cumulative_step(o, rest, &end) && !item(o, rest))
		o->t.truncated = true;
	return end;
}

static void continue_block(struct mg_tracer *r, int i, struct mg_str rest,
			   const struct mg_trace_line *l)
{
	if (take_line(r->open[i], rest, l->lineno))
		finish(r, (unsigned)i, true);
}

/* Blocks are contiguous in one stream; one that stays silent will not go on. */
static void expire(struct mg_tracer *r, uint64_t lineno)
{
	while (r->nopen && r->open[0]->t.last_line + HORIZON < lineno)
		finish(r, 0, false);
}

/* --- blocks without their first line ---------------------------------------------- */

/* A line of a block whose first line is not in the file, or comes later: files that are
 * written newest first have the END on top and the first line at the bottom. */
static int headless(struct mg_tracer *r, uint64_t id, const struct mg_trace_line *l)
{
	struct mg_trace    root = { .id = id, .start_ns = MG_TIME_NONE, .total_ns = -1,
				    .uptime_ns = -1, .truncated = true };
	struct open_trace *o = open_block(r, l, &root);

	o->t.lines = 0;
	o->headless = true;
	return (int)r->nopen - 1;
}

/* An END that is not the first line to be seen says that the order is the usual one. */
static void hold(struct mg_tracer *r, int i, struct mg_str rest, const struct mg_trace_line *l)
{
	struct open_trace *o = r->open[i];
	struct held_line   h = { mg_arena_str(&o->arena, rest), l->lineno };

	if (o->nheld == STEPS_MAX)
		return;
	MG_PUSH(o->held, o->nheld, o->held_cap, h);
	o->t.last_line = l->lineno;
	if (o->nheld > 1 && mg_str_starts(rest, MG_STR("[")) && mg_str_ends(rest, MG_STR(" END")))
		finish(r, (unsigned)i, true);
}

/* The first line came last: the held ones follow it from the bottom up. */
static void turn_round(struct mg_tracer *r, unsigned i, const struct mg_trace_line *l,
		       const struct mg_trace *root)
{
	struct open_trace *old = unlink_block(r, i), *o = open_block(r, l, root);
	bool               ended = false;

	for (uint32_t k = old->nheld; k-- > 0;)
		ended |= take_line(o, old->held[k].text, l->lineno);
	block_free(old);
	finish(r, r->nopen - 1, ended);
}

bool mg_trace_line(struct mg_tracer *r, const struct mg_trace_line *l)
{
	struct mg_trace root;
	struct mg_str   rest;
	uint64_t        id;
	int             i;

	expire(r, l->lineno);
	if (!prefix(l->text, &id, &rest)) {
		if (l->header && mg_trace_parse_root(l->text, &root)) {
			if ((i = find(r, 0, true)) >= 0)
				finish(r, (unsigned)i, true);
			open_block(r, l, &root)->bare = true;
			return true;
		}
		i = !l->header && l->text.n && l->text.p[0] == '[' ? find(r, 0, true) : -1;
		if (i < 0 || !bracket(&(struct mg_str){ l->text.p, l->text.n }, &(int64_t){ 0 }))
			return false;
		continue_block(r, i, l->text, l);
		return true;
	}
	i = find(r, id, false);
	if (l->header || (rest.n && rest.p[0] == '"')) {
		bool first = mg_trace_parse_root(l->text, &root);

		if (i >= 0 && first && r->open[i]->headless) {
			turn_round(r, (unsigned)i, l, &root);
			return true;
		}
		if (i >= 0)
			finish(r, (unsigned)i, false);
		if (first) {
			open_block(r, l, &root);
			return true;
		}
		i = -1;
	}
	if (i < 0)
		i = headless(r, id, l);
	if (r->open[i]->headless)
		hold(r, i, rest, l);
	else
		continue_block(r, i, rest, l);
	return true;
}

void mg_trace_flush(struct mg_tracer *r)
{
	while (r->nopen)
		finish(r, 0, false);
}

void mg_trace_free(struct mg_tracer *r)
{
	if (!r)
		return;
	while (r->nopen)
		block_free(unlink_block(r, r->nopen - 1));
	free(r);
}

const struct mg_trace_step *mg_trace_slowest(const struct mg_trace *t)
{
	const struct mg_trace_step *best = NULL;

	for (uint32_t i = 0; i < t->nsteps; i++) {
		const struct mg_trace_step *s = &t->steps[i];

		if (!best || (best->nested && !s->nested) ||
		    (best->nested == s->nested && s->delta_ns > best->delta_ns))
			best = s;
	}
	return best;
}
