/* SPDX-License-Identifier: Apache-2.0 */
#include "event/gostack_log.h"

#include "base/mem.h"
#include "base/num.h"
#include "parse/json.h"

#define RESUME 16 /* foreign lines after which an interrupted dump may still go on */

enum mode {
	IDLE,      /* no stack                                            */
	STACK,     /* inside a goroutine                                  */
	BETWEEN,   /* behind a blank line: a header may follow            */
	SUSPENDED, /* foreign lines came; the dump may still go on        */
};

struct mg_gostack {
	struct mg_godump    dump;
	struct mg_dump_time when;
	enum mode           mode;
	enum mg_goline      last;
	bool                file_due; /* the line before was a function or "created by" */
	unsigned            foreign;
	bool                every, excerpts;
	struct mg_godump    traces; /* every: the single stacks, together */
	struct mg_dump_time traced; /* the first of them */
	struct mg_buf       text;
};

struct mg_gostack *mg_gostack_new(void)
{
	return mg_zalloc(sizeof(struct mg_gostack));
}

void mg_gostack_every(struct mg_gostack *g)
{
	g->every = true;
}

void mg_gostack_excerpts(struct mg_gostack *g)
{
	g->excerpts = true;
}

static void report(const struct mg_gostack *g, const struct mg_godump *d, const struct mg_source *src,
		   struct mg_dump_time when, struct mg_batch *out)
{
	if (g->every)
		mg_event_every_gobucket(d, src, when, out);
	else
		mg_event_from_godump(d, src, when, out);
}

/* Its sample is all of it, so it can be counted once more among the others. */
static void keep_trace(struct mg_gostack *g, const struct mg_gobucket *b, struct mg_dump_time when)
{
	if (g->traces.total == 0)
		g->traced = when;
	g->traces.form = MG_GOFORM_TRACES;
	mg_buf_clear(&g->text);
	mg_buf_printf(&g->text, "goroutine %llu [%.*s]:\n", (unsigned long long)b->ids[0],
		      MG_FMT(b->state));
	mg_buf_add(&g->text, b->stack);
	mg_buf_addz(&g->text, "\n\n");
	/* All its lines bear the number of the header. */
	mg_godump_text(&g->traces, mg_buf_str(&g->text), b->line);
}

/* The dump is complete: a single goroutine is only the trace of a panic. */
static void complete(struct mg_gostack *g, struct mg_godump *d, const struct mg_source *src,
		     struct mg_dump_time when, struct mg_batch *out)
{
	mg_godump_end(d);
	if (g->excerpts)
		d->form = MG_GOFORM_EXCERPT;
	if (d->total > 1)
		report(g, d, src, when, out);
	else if (d->total == 1 && g->every)
		keep_trace(g, &d->b[0], when);
	mg_godump_release(d);
}

static void end_dump(struct mg_gostack *g, const struct mg_source *src, struct mg_batch *out)
{
	if (g->mode == IDLE)
		return;
	complete(g, &g->dump, src, g->when, out);
	g->mode = IDLE;
}

/* --- a dump in one line ---------------------------------------------------------------------- */

/* From "goroutine N [...]:" on, when an escaped line end follows it; `slashes`: how many
 * backslashes stand before its "n": 1, or 2 and 4 when the text was escaped again. */
static struct mg_str escaped_dump(struct mg_str s, size_t *slashes)
{
	static const struct mg_str word = MG_STR("goroutine ");
	ptrdiff_t                  at;

	while ((at = mg_str_find(s, word)) >= 0) {
		struct mg_str      from = mg_str_from(s, (size_t)at), rest;
		struct mg_goheader h;
		ptrdiff_t          end = mg_str_find(from, MG_STR("]:\\"));

		s = mg_str_from(from, word.n);
		if (end < 0 || !mg_goheader_parse(mg_str_head(from, (size_t)end + 2), &h))
			continue;
		rest = mg_str_from(from, (size_t)end + 2);
		for (*slashes = 0; *slashes < rest.n && rest.p[*slashes] == '\\'; ++*slashes)
			;
		if (*slashes < rest.n && rest.p[*slashes] == 'n')
			return from;
	}
	return mg_str("", 0);
}

/* The quote that ends a text has fewer backslashes before it than the line ends in it. */
static struct mg_str up_to_quote(struct mg_str s, size_t slashes)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' && run < slashes)
			return mg_str_head(s, i - run);
		run = s.p[i] == '\\' ? run + 1 : 0;
	}
	return s;
}

static bool is_hex(struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!mg_is_digit(s.p[i]) && ((s.p[i] | 0x20) < 'a' || (s.p[i] | 0x20) > 'f'))
			return false;
	return true;
}

/* The decoder takes escapes for sound; a text that was cut may end in half of one. */
static struct mg_str whole_escapes(struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool   u = s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'u';
		size_t need = s.p[i] != '\\' ? 1 : u ? 6 : 2;

		if (i + need > s.n || (u && !is_hex(mg_str(s.p + i + 2, 4))))
			return mg_str_head(s, i);
		i += need - 1;
	}
	return s;
}

static void escaped(struct mg_gostack *g, const struct mg_source *src, const struct mg_line *line,
		    struct mg_batch *out)
{
	struct mg_dump_time when = { line->time_ns, line->time_source };
	struct mg_godump    d = { 0 };
	size_t              slashes;
	struct mg_str       s = escaped_dump(line->text, &slashes), part;
	char               *buf;

	if (s.n == 0)
		return;
	s = up_to_quote(s, slashes);
	buf = mg_alloc(s.n * 2 + 1);
	for (bool flip = false; slashes; slashes /= 2, flip = !flip) {
		char *to = flip ? buf + s.n : buf;

		s = whole_escapes(s);
		s = mg_str(to, mg_json_unescape((struct mg_json_text){ s.p, (uint32_t)s.n, true }, to, s.n));
	}
	while (s.n) {
		mg_str_cut(s, '\n', &part, &s);
		mg_godump_line(&d, part, line->lineno);
	}
	complete(g, &d, src, when, out);
	free(buf);
}

/* --- line by line ----------------------------------------------------------------------------- */

/* Old kubelets put their time stamp into the middle of a line wherever a write ended:
 * "k8s.io/apimach2021-08-03T09:23:52.352730619Z inery/pkg".  The line without it; `buf` holds
 * the joined text. */
static struct mg_str heal(struct mg_str line, char *buf, size_t n)
{
	const char *p = line.p, *end = line.p + line.n, *z;

	for (; p < end && (z = memchr(p, 'Z', (size_t)(end - p))); p = z + 1) {
		size_t  at = (size_t)(z - line.p), used, start;
		int64_t ns;

		/* 20 bytes without a fraction, 22 to 30 with one. */
		for (size_t len = 20; len <= 30 && len <= at + 1; len++) {
			start = at + 1 - len;
			if (!mg_is_digit(line.p[start]) ||
			    !mg_time_parse(mg_str(line.p + start, len), &ns, &used, NULL) || used != len)
				continue;
			if (at + 1 < line.n && line.p[at + 1] == ' ')
				at++;
			if (start == 0 || line.n - (at + 1 - start) > n)
				return line;
			memcpy(buf, line.p, start);
			memcpy(buf + start, line.p + at + 1, line.n - at - 1);
			return mg_str(buf, start + line.n - at - 1);
		}
	}
	return line;
}

static bool is_running(struct mg_str line)
{
	struct mg_goheader h;

	return mg_goheader_parse(line, &h) && mg_str_eq(h.state, MG_STR("running"));
}

static bool header(struct mg_gostack *g, const struct mg_source *src,
		   const struct mg_line *line, struct mg_str text, struct mg_batch *out)
{
	/* Only the first goroutine of a dump is the running one. */
	if (g->mode == SUSPENDED && is_running(text))
		end_dump(g, src, out);
	if (g->mode == IDLE)
		g->when = (struct mg_dump_time){ line->time_ns, line->time_source };
	mg_godump_line(&g->dump, text, line->lineno);
	g->mode = STACK;
	g->file_due = false;
	return true;
}

static bool foreign(struct mg_gostack *g, const struct mg_source *src, struct mg_batch *out)
{
	if (g->mode != SUSPENDED) {
		g->mode = SUSPENDED;
		g->foreign = 0;
	}
	if (++g->foreign > RESUME)
		end_dump(g, src, out);
	return false;
}

/* Does a line of kind `k` continue the goroutine that is open? */
static bool continues(const struct mg_gostack *g, enum mg_goline k, struct mg_str text)
{
	switch (k) {
	case MG_GOLINE_FILE:
		return g->file_due;
	case MG_GOLINE_FUNC: /* in a log any bare word would pass for a C function */
		return mg_goline_func(text).n > 0;
	case MG_GOLINE_CREATED:
	case MG_GOLINE_ELIDED:
	case MG_GOLINE_ANCESTOR:
	case MG_GOLINE_NOTE:
		return true;
	default:
		return false;
	}
}

bool mg_gostack_line(struct mg_gostack *g, const struct mg_source *src,
		     const struct mg_line *line, struct mg_batch *out)
{
	char           buf[4096];
	struct mg_str  text = line->text;
	enum mg_goline k;

	/* The usual line of a log: one comparison. */
	if (g->mode == IDLE && !mg_str_starts(text, MG_STR("goroutine "))) {
		if (g->every)
			escaped(g, src, line, out);
		return false;
	}
	if (g->mode != IDLE)
		text = heal(text, buf, sizeof(buf));
	k = mg_goline_kind(text);
	if (k == MG_GOLINE_HEADER)
		return header(g, src, line, text, out);
	if (g->mode == IDLE)
		return false;
	if (g->mode == STACK && k == MG_GOLINE_BLANK) {
		mg_godump_line(&g->dump, text, line->lineno);
		g->mode = BETWEEN;
		return true;
	}
	if (g->mode != STACK || !continues(g, k, text))
		return foreign(g, src, out);
	mg_godump_line(&g->dump, text, line->lineno);
	g->file_due = k == MG_GOLINE_FUNC || k == MG_GOLINE_CREATED;
	return true;
}

void mg_gostack_break(struct mg_gostack *g, const struct mg_source *src, struct mg_batch *out)
{
	end_dump(g, src, out);
}

void mg_gostack_flush(struct mg_gostack *g, const struct mg_source *src, struct mg_batch *out)
{
	end_dump(g, src, out);
	mg_godump_end(&g->traces);
	if (g->traces.total)
		report(g, &g->traces, src, g->traced, out);
	mg_godump_release(&g->traces);
}

void mg_gostack_free(struct mg_gostack *g)
{
	if (!g)
		return;
	mg_godump_release(&g->dump);
	mg_godump_release(&g->traces);
	mg_buf_release(&g->text);
	free(g);
}
