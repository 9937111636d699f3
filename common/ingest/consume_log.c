/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_log.h"

#include "base/mem.h"
#include "event/from_trace.h"
#include "parse/etcd.h"
#include "parse/klog_head.h"

/* --- traces ----------------------------------------------------------------------- */

static void trace_done(void *ctx, const struct mg_trace *t)
{
	struct mg_log   *s = ctx;
	struct mg_batch *b = &s->out->events;
	size_t           before = b->n;

	mg_trace_event(&s->src, t, b);
	if (s->hook.trace)
		s->hook.trace(s->hook.ctx, t, b->n > before ? &b->ev[before] : NULL);
}

static bool trace_line(struct mg_log *s, const struct mg_log_line *x, struct mg_str text,
		       bool header)
{
	struct mg_trace_line t = {
		.text = text,
		.header = header,
		.lineno = x->l.lineno,
		.time_ns = x->l.time_ns,
		.time_how = (int)x->l.time_source,
		.host = x->l.host,
		.component = x->src->component,
	};
	struct mg_trace root;

	/* the first line says the year: everything without one can use it */
	if (header && mg_trace_parse_root(text, &root) && root.start_ns != MG_TIME_NONE)
		mg_log_year(s, root.start_ns);
	return mg_trace_line(s->traces, &t);
}

/* A JSON log holds the whole block in one message. */
static void trace_message(struct mg_log *s, const struct mg_log_line *x)
{
	struct mg_buf b = { 0 };
	struct mg_str rest, line;
	bool          first = true;

	for (size_t i = 0; i < x->k.msg.n; i++) {
		const char *slash = x->k.msg.p + i;

		if (*slash == '\\' && i + 1 < x->k.msg.n) {
			char c = slash[1];

			mg_buf_addc(&b, c == 'n' ? '\n' : c == 't' ? '\t' : c);
			i++;
		} else {
			mg_buf_addc(&b, *slash);
		}
	}
	for (rest = mg_buf_str(&b); rest.n; first = false) {
		mg_str_cut(rest, '\n', &line, &rest);
		if (line.n)
			trace_line(s, x, line, first);
	}
	mg_buf_release(&b);
}

/* --- dialects --------------------------------------------------------------------- */

static void record(struct mg_log *s, const struct mg_log_line *x)
{
	s->out->stats.records++;
	if (x->l.time_source <= MG_TIME_ASSUMED_ZONE)
		mg_stats_time(&s->out->stats, x->l.time_ns);
}

/* --- messages --------------------------------------------------------------------- */

void mg_log_set_hook(void *state, const struct mg_log_hook *hook)
{
	((struct mg_log *)state)->hook = *hook;
}

static void message(struct mg_log *s, const struct mg_log_line *x)
{
	if (s->hook.message && !(s->hook.severe && x->k.severity == 'I'))
		s->hook.message(s->hook.ctx, x);
}

/* A message in a dialect that is not klog's. */
static void message_of(struct mg_log *s, struct mg_log_line *x, char severity, struct mg_str msg)
{
	if (!s->hook.message && !s->base.rules)
		return;
	x->foreign = true;
	x->k = (struct mg_klog){ .form = MG_KLOG_TEXT, .severity = severity, .msg = msg,
				 .ns = MG_TIME_NONE };
	message(s, x);
}

/* Only messages are asked for: a trace is looked at for the year, nothing becomes an event. */
static void message_alone(struct mg_log *s, const struct mg_log_line *x)
{
	struct mg_trace root;

	if (s->ref_ns == MG_TIME_NONE && mg_str_starts(x->k.msg, MG_STR("Trace")) &&
	    mg_trace_parse_root(x->k.msg, &root) && root.start_ns != MG_TIME_NONE)
		mg_log_year(s, root.start_ns);
	message(s, x);
}

/* The component of this line alone. */
static void name_line(struct mg_log *s, struct mg_log_line *x, struct mg_str component)
{
	s->named = s->src;
	s->named.component = component;
	x->src = &s->named;
}

/* Once told, it holds for the rest of the leaf. */
static void learn_component(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_str name = mg_klog_component_of_file(x->k.file);

	if (x->envelope == MG_ENVELOPE_JOURNAL)
		name_line(s, x, name);
	else
		s->src.component = name;
}

/* A line with a header of its own: klog text, JSON or logfmt. */
static void headed(struct mg_log *s, struct mg_log_line *x)
{
	record(s, x);
	if (!x->src->component.n)
		learn_component(s, x);
	if (s->hook.messages_only) {
		message_alone(s, x);
		return;
	}
	message(s, x);
	mg_log_held_flush(s, MG_HOLD_PANIC);
	s->stack = false;
	mg_log_held_release(s, x->l.time_ns);
	if (mg_str_starts(x->k.msg, MG_STR("Trace"))) {
		if (x->k.form == MG_KLOG_JSON) {
			trace_message(s, x);
			return;
		}
		if (trace_line(s, x, x->k.msg, true))
			return;
	}
	mg_log_start(s, x);
	if (mg_log_http(s, x))
		return;
	mg_log_klog(s, x);
}

/* Dumps must see the line that ends them; one stack of a panic is no dump. */
static bool gostack(struct mg_log *s, const struct mg_log_line *x)
{
	s->dumping = mg_gostack_line(s->gostack, x->src, &x->l, &s->out->events);
	return s->dumping;
}

static void etcd_message(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_etcd e;

	if (mg_etcd_parse(x->l.text, &e, NULL) != MG_OK)
		return;
	if (e.ts_ns != MG_TIME_NONE && x->l.time_ns == MG_TIME_NONE) {
		x->l.time_ns = e.ts_ns;
		x->l.time_source = e.zoned ? MG_TIME_EXACT : MG_TIME_ASSUMED_ZONE;
	}
	message_of(s, x, e.level == 'D' ? 'I' : e.level, e.msg);
}

/* Health monitors and clients beside etcd say the same error every few seconds: one event a
 * minute, counted.  What took a time stays as it is. */
static void fold_etcd(struct mg_log *s, const struct mg_log_line *x)
{
	struct mg_batch *b = &s->out->events;
	struct mg_event  e = b->ev[b->n - 1], *first, *fresh = NULL;
	uint64_t         key = mg_str_hash(e.component, 5);

	if (e.kind != MG_EV_ETCD_ERROR || e.duration_ns >= 0)
		return;
	key = mg_klog_message_hash(e.message, mg_str_hash(x->src->pod, key));
	b->n--;
	first = mg_log_fold(s, &s->minute, key, e.time_ns, e.kind, e.severity, &fresh);
	if (first)
		first->count += e.count - 1; /* it was counted one up */
	else
		*fresh = e; /* its text stays in the arena of this block, which the case keeps */
}

/* The etcd parser may count by itself; a line is counted once either way. */
static bool etcd(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_leaf_stats *st = &s->out->stats;
	uint64_t              before = st->records + st->other + st->bad;
	size_t                events = s->out->events.n;

	if (!mg_etcd_line(x->src, &x->l, &s->out->events, st))
		return false;
	if (st->records + st->other + st->bad == before)
		record(s, x);
	if (s->out->events.n > events)
		fold_etcd(s, x);
	if (s->hook.message || s->base.rules)
		etcd_message(s, x);
	return true;
}

/* zap JSON and capnslog are etcd's only where etcd may be: other operators write zap, too. */
static bool may_be_etcd(const struct mg_log_line *x)
{
	struct mg_str t = x->l.text, c = x->src->component;

	if (mg_str_has(c, MG_STR("etcd")))
		return true;
	if (c.n && !mg_str_has(c, MG_STR("k3s")))
		return false;
	if (t.p[0] == '{')
		return !mg_str_has(t, MG_STR("etcd-client")) &&
		       !mg_str_has(t, MG_STR("retry_interceptor.go"));
	return t.n > 28 && mg_is_digit(t.p[0]) && t.p[4] == '-' && t.p[10] == ' ' &&
	       mg_str_has(mg_str_head(t, 40), MG_STR(" | "));
}

/* A report that was copied without stamps, into a file whose name says nothing. */
static bool bare_kernel(struct mg_str t)
{
	return mg_str_starts(t, MG_STR("Out of memory: Kill")) ||
	       mg_str_starts(t, MG_STR("Memory cgroup out of memory: Kill")) ||
	       mg_str_has(mg_str_head(t, 64), MG_STR(" invoked oom-killer: gfp_mask="));
}

static bool may_be_kernel(const struct mg_log *s, const struct mg_log_line *x)
{
	struct mg_str t = x->l.text;
	bool          unnamed = !x->src->component.n && !x->l.ident.n;

	if (mg_str_eq(x->src->component, MG_STR("kernel")) ||
	    mg_str_eq(x->l.ident, MG_STR("kernel")))
		return true;
	if (t.p[0] == '[')
		return true;
	if (t.p[0] == '<')
		return t.n > 3 && mg_is_digit(t.p[1]);
	if (unnamed && (s->kernel || bare_kernel(t)))
		return true;
	return t.n > 25 && mg_is_digit(t.p[0]) && t.p[10] == 'T' && t.p[19] == ',';
}

static bool kernel(struct mg_log *s, struct mg_log_line *x)
{
	if (!s->kernel)
		s->kernel = mg_kernel_new();
	if (!mg_kernel_line(s->kernel, x->src, &x->l, &s->out->events))
		return false;
	record(s, x);
	message_of(s, x, 'I', x->l.text);
	return true;
}

/* Another log begins: inherit nothing. */
static void section(struct mg_log *s, struct mg_str t)
{
	if (!mg_log_section(s, t))
		return;
	mg_unwrap_release(&s->unwrap);
	mg_unwrap_init(&s->unwrap);
}

/* A line without a header: a continuation, a stack, or plain text. */
static void bare(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_str t = x->l.text;
	bool          crash = mg_str_starts(t, MG_STR("panic: ")) ||
		     mg_str_starts(t, MG_STR("fatal error: "));

	s->out->stats.other++;
	if (x->envelope == MG_ENVELOPE_JOURNAL)
		message_of(s, x, crash ? 'F' : 'I', t);
	if (s->hook.messages_only) {
		section(s, t);
		return;
	}
	if ((mg_str_starts(t, MG_STR("Trace[")) || t.p[0] == '[') && trace_line(s, x, t, false))
		return;
	if (crash) {
		mg_log_held_flush(s, MG_HOLD_PANIC);
		s->stack = false;
		mg_log_fatal(s, x);
	}
	if (s->stack) {
		mg_log_frame(s, t);
		return;
	}
	if (!gostack(s, x))
		section(s, t);
}

static bool has_header(struct mg_log *s, struct mg_log_line *x)
{
	enum mg_status st = mg_klog_parse(x->l.text, &x->k, NULL);

	if (st == MG_FAIL) { /* rare: say where only then */
		struct mg_err err = { 0 };

		mg_klog_parse(x->l.text, &x->k, &err);
		mg_stats_bad(&s->out->stats, x->l.lineno, err.byte, "%s", err.msg);
		return true;
	}
	return st == MG_OK;
}

/* etcd and the kernel first: their parsers know their JSON and their stamps better. */
static bool foreign(struct mg_log *s, const struct mg_unwrapped *u, struct mg_log_line *x)
{
	mg_log_time(s, u, NULL, &x->l);
	return (may_be_etcd(x) && etcd(s, x)) || (may_be_kernel(s, x) && kernel(s, x));
}

static void dispatch(struct mg_log *s, const struct mg_unwrapped *u, struct mg_log_line *x)
{
	uint64_t bad = s->out->stats.bad;

	if (!x->l.text.n || u->kind == MG_ENVELOPE_MARK) {
		s->out->stats.other++;
		if (s->dumping && u->kind != MG_ENVELOPE_MARK)
			mg_gostack_line(s->gostack, x->src, &x->l, &s->out->events);
		return;
	}
	if (!mg_klog_is_header(x->l.text) && foreign(s, u, x))
		return;
	if (!has_header(s, x)) {
		bare(s, x);
		return;
	}
	mg_log_time(s, u, &x->k, &x->l);
	if (bad != s->out->stats.bad)
		return;
	if (s->dumping)
		gostack(s, x);
	headed(s, x);
}

/* --- lines ------------------------------------------------------------------------ */

/* The component of a journal line is told by its identifier, else by the leaf's path, else
 * by what only one binary says. */
static void component(struct mg_log *s, const struct mg_unwrapped *u, struct mg_log_line *x)
{
	x->src = &s->src;
	if (u->kind == MG_ENVELOPE_JOURNAL || (u->inherited && u->ident.n)) {
		struct mg_str known = mg_klog_component_of_name(u->ident);

		if (known.n)
			name_line(s, x, known);
		else if (u->ident.n)
			name_line(s, x, mg_log_name(s, u->ident));
	}
}

static void one(struct mg_log *s, const struct mg_unwrapped *u)
{
	struct mg_log_line x; /* filled member by member: clearing it costs more than parsing */

	x.l = (struct mg_line){ .text = u->text, .lineno = s->lineno, .host = u->host,
				.ident = u->ident, .time_ns = MG_TIME_NONE,
				.time_source = MG_TIME_UNKNOWN };
	x.k = (struct mg_klog){ .form = MG_KLOG_TEXT };
	x.envelope = u->kind;
	x.ident_pid = u->pid;
	x.foreign = false;
	component(s, u, &x);
	dispatch(s, u, &x);
	if (s->base.rules && !s->hook.messages_only)
		mg_log_rules(s, &x);
}

void mg_log_physical(struct mg_log *s, struct mg_str line)
{
	struct mg_leaf_stats *st = &s->out->stats;
	uint64_t              other = st->other, sum;
	struct mg_unwrapped   u[2];
	int                   n = mg_unwrap_line(&s->unwrap, line, u);

	st->lines++;
	sum = st->records + st->other + st->bad;
	if (n == 0)
		st->other++; /* a fragment; its end is the record */
	for (int i = 0; i < n; i++)
		one(s, &u[i]);
	/* a second record on the line is no line of its own */
	for (; st->records + st->other + st->bad > sum + 1;)
		*(st->other > other ? &st->other : &st->records) -= 1;
	s->lineno++;
}

void mg_log_headed(struct mg_log *s, struct mg_str line, size_t msg)
{
	static const struct mg_unwrapped bare_line = { .time_ns = MG_TIME_NONE, .inherited = true };
	struct mg_log_line               x;

	while (line.n > msg && line.p[line.n - 1] == '\r')
		line.n--;
	x.l = (struct mg_line){ .text = line, .lineno = s->lineno };
	x.k = (struct mg_klog){ .form = MG_KLOG_TEXT, .severity = line.p[0],
				.ns = mg_klog_head_ns(line.p), .msg = mg_str_from(line, msg) };
	x.envelope = MG_ENVELOPE_NONE;
	x.ident_pid = 0;
	x.src = &s->src;
	mg_log_time(s, &bare_line, &x.k, &x.l);
	s->out->stats.lines++;
	record(s, &x);
	message_alone(s, &x);
	s->lineno++;
}

static void *log_open(const struct mg_source *src)
{
	struct mg_log *s = mg_zalloc(sizeof(*s));

	s->src = s->base = *src;
	if (s->base.rules && !s->base.rules->n)
		s->base.rules = NULL;
	s->lineno = 1;
	s->last_ns = s->ref_ns = MG_TIME_NONE;
	s->last_how = MG_TIME_UNKNOWN;
	s->day = -1;
	s->utf16.carry = -1;
	mg_unwrap_init(&s->unwrap);
	s->traces = mg_trace_new(trace_done, s);
	s->gostack = mg_gostack_new();
	mg_log_fold_init(&s->second, MG_SEC);
	mg_log_fold_init(&s->minute, MG_MIN);
	return s;
}

static void log_block(void *state, const struct mg_source *src, const struct mg_block *b,
		      struct mg_partial *out)
{
	struct mg_log *s = state;
	struct mg_str  rest = mg_str(b->p, b->n), line;

	s->out = out;
	out->stats.bytes += b->n;
	if (s->utf16.on || mg_log_utf16_detect(s, b)) {
		mg_log_utf16_block(s, b);
		return;
	}
	s->lineno = b->first_line;
	if (out->prepared) {
		s->unwrap.plain = false; /* not known, and asked of few lines */
		if (b->offset == 0)
			mg_log_year_ahead(s, mg_str_starts(rest, MG_STR("\xef\xbb\xbf"))
						     ? mg_str_from(rest, 3) : rest);
		mg_log_scanned(s, b, out->prepared);
		return;
	}
	s->unwrap.plain = !memchr(b->p, '\0', b->n) && !memchr(b->p, '\033', b->n);
	if (b->offset == 0 && mg_str_starts(rest, MG_STR("\xef\xbb\xbf")))
		rest = mg_str_from(rest, 3);
	if (b->offset == 0)
		mg_log_year_ahead(s, rest);
	while (rest.n) {
		mg_str_cut(rest, '\n', &line, &rest);
		mg_log_physical(s, line);
	}
}

static void log_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct mg_log      *s = state;
	struct mg_unwrapped u[2];

	s->out = out;
	s->unwrap.plain = false;
	mg_log_utf16_end(s);
	while (mg_unwrap_flush(&s->unwrap, u)) {
		uint64_t other = out->stats.other, records = out->stats.records, bad = out->stats.bad;

		one(s, &u[0]); /* its lines were counted as fragments */
		out->stats.other = other;
		out->stats.records = records;
		out->stats.bad = bad;
	}
	mg_trace_flush(s->traces);
	if (s->kernel)
		mg_kernel_flush(s->kernel, &s->src, &out->events);
	mg_gostack_flush(s->gostack, &s->src, &out->events);
	mg_log_rules_end(s);
	mg_log_held_release(s, MG_TIME_NONE);
	mg_log_fold_flush(s, &s->second);
	mg_log_fold_flush(s, &s->minute);
	mg_arena_adopt(&out->events.arena, &s->idents.arena); /* names that events point to */
	mg_intern_release(&s->idents);
	mg_unwrap_release(&s->unwrap);
	mg_trace_free(s->traces);
	mg_kernel_free(s->kernel);
	mg_gostack_free(s->gostack);
	mg_log_fold_release(&s->second);
	mg_log_fold_release(&s->minute);
	mg_buf_release(&s->utf16.line);
	free(s);
}

const struct mg_consumer mg_consumer_log = {
	.name = "log",
	.stateful = true,
	.open = log_open,
	.block = log_block,
	.close = log_close,
};
