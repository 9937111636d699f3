/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/gostack.h"

#include "base/num.h"

static struct mg_str chop_cr(struct mg_str s)
{
	while (s.n && (s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' '))
		s.n--;
	return s;
}

/* Length of the number at the start of `s`; 0 when there is none or it is too big. */
static size_t number(struct mg_str s, uint64_t *out)
{
	size_t n = 0;

	while (n < s.n && mg_is_digit(s.p[n]))
		n++;
	return n && mg_num_u64(mg_str(s.p, n), out) ? n : 0;
}

/* The part of a header between '[' and "]:"; labels may hold brackets of their own. */
static bool bracketed(struct mg_str s, struct mg_str *inner)
{
	ptrdiff_t from = mg_str_chr(s, '['), to = mg_str_rchr(s, ']');

	if (from < 0 || to < from || (size_t)to + 2 != s.n || s.p[to + 1] != ':')
		return false;
	*inner = mg_str(s.p + from + 1, (size_t)(to - from - 1));
	return inner->n > 0;
}

static void attribute(struct mg_str a, struct mg_goheader *h)
{
	uint64_t v;
	size_t   n;

	a = mg_str_trim(a);
	n = number(a, &v);
	if (n && mg_str_eq(mg_str_from(a, n), MG_STR(" minutes")))
		h->minutes = v > MG_GOWAIT_MAX ? MG_GOWAIT_MAX : (uint32_t)v;
	else if (mg_str_eq(a, MG_STR("locked to thread")))
		h->locked = true;
}

/* Marks the runtime puts behind a state that say nothing about where it waits. */
static struct mg_str plain_state(struct mg_str s)
{
	static const struct mg_str marks[] = { MG_STR(" (scan)"), MG_STR(" (durable)"),
					       MG_STR(" (leaked)") };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (mg_str_ends(s, marks[i]))
			s.n -= marks[i].n;
	return s;
}

bool mg_goheader_parse(struct mg_str line, struct mg_goheader *out)
{
	static const struct mg_str word = MG_STR("goroutine ");
	struct mg_str              s, inner, part;
	size_t                     n;

	if (!mg_str_starts(line, word))
		return false;
	s = mg_str_from(chop_cr(line), word.n);
	*out = (struct mg_goheader){ 0 };
	n = number(s, &out->id);
	if (n == 0 || n == s.n || s.p[n] != ' ' || !bracketed(mg_str_from(s, n), &inner))
		return false;
	/* Between the id and '[' only gp=… m=… mp=… may stand. */
	s = mg_str_from(s, n + 1);
	if (s.p[0] != '[' && !mg_str_starts(s, MG_STR("gp=")))
		return false;
	mg_str_cut(inner, ',', &part, &inner);
	out->state = plain_state(mg_str_trim(part));
	while (inner.n) {
		mg_str_cut(inner, ',', &part, &inner);
		attribute(part, out);
	}
	return out->state.n > 0;
}

static bool is_file(struct mg_str line)
{
	struct mg_str file;
	uint32_t      number;

	return mg_goline_file(line, &file, &number);
}

static enum mg_goline indented(struct mg_str line)
{
	struct mg_str t = mg_str_trim(line);

	if (t.n == 0)
		return MG_GOLINE_BLANK;
	if (is_file(line))
		return MG_GOLINE_FILE;
	if (mg_str_starts(t, MG_STR("goroutine running on other thread")) ||
	    mg_str_starts(t, MG_STR("pc=0x")))
		return MG_GOLINE_NOTE;
	return MG_GOLINE_OTHER;
}

/* A function of C has no argument list: one word. */
static bool is_word(struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '(' || s.p[i] == ')' ||
		    s.p[i] == '"' || s.p[i] == '=')
			return false;
	return s.n > 0;
}

enum mg_goline mg_goline_kind(struct mg_str line)
{
	struct mg_goheader h;

	line = chop_cr(line);
	if (line.n == 0)
		return MG_GOLINE_BLANK;
	switch (line.p[0]) {
	case '\t':
	case ' ':
		return indented(line);
	case '#':
		return mg_str_starts(line, MG_STR("#011")) ? indented(line) : MG_GOLINE_OTHER;
	case '.':
		return mg_str_starts(line, MG_STR("...")) &&
				       mg_str_ends(line, MG_STR("frames elided..."))
			       ? MG_GOLINE_ELIDED
			       : MG_GOLINE_OTHER;
	case '[':
		return mg_str_starts(line, MG_STR("[originating from goroutine "))
			       ? MG_GOLINE_ANCESTOR
			       : MG_GOLINE_OTHER;
	case 'g':
		if (mg_goheader_parse(line, &h))
			return MG_GOLINE_HEADER;
		break;
	case 'n':
		if (mg_str_starts(line, MG_STR("non-Go function")))
			return MG_GOLINE_NOTE;
		break;
	case 'c':
		if (mg_goline_created(line).n)
			return MG_GOLINE_CREATED;
		break;
	default:
		break;
	}
	return mg_goline_func(line).n || is_word(line) ? MG_GOLINE_FUNC : MG_GOLINE_OTHER;
}

/* The arguments never hold a parenthesis, so the last '(' opens them. */
struct mg_str mg_goline_func(struct mg_str line)
{
	struct mg_str s = chop_cr(line);
	size_t        i;

	if (s.n == 0 || s.p[s.n - 1] != ')')
		return mg_str("", 0);
	for (i = s.n - 1; i > 0 && s.p[i] != '('; i--)
		;
	s.n = i;
	if (s.n == 0 || s.p[s.n - 1] == ')' || memchr(s.p, ' ', s.n))
		return mg_str("", 0);
	return s;
}

struct mg_str mg_goline_created(struct mg_str line)
{
	static const struct mg_str by = MG_STR("created by "), in = MG_STR(" in goroutine ");
	struct mg_str              s = chop_cr(line);
	size_t                     n;

	if (!mg_str_starts(s, by))
		return mg_str("", 0);
	s = mg_str_from(s, by.n);
	for (n = s.n; n && (mg_is_digit(s.p[n - 1]) || s.p[n - 1] == '-'); n--)
		;
	if (n < s.n && mg_str_ends(mg_str_head(s, n), in))
		s.n = n - in.n;
	return s;
}

bool mg_goline_file(struct mg_str line, struct mg_str *file, uint32_t *number_out)
{
	struct mg_str s = line;
	uint64_t      v;
	size_t        n;

	if (mg_str_starts(s, MG_STR("#011")))
		s = mg_str_from(s, 4);
	else if (s.n == 0 || (s.p[0] != '\t' && s.p[0] != ' '))
		return false;
	s = mg_str_trim(s);
	/* Behind the number come " +0x99" and " fp=0x… sp=0x… pc=0x…": the colon that counts
	 * is the last one before a digit, and paths may hold blanks and "C:". */
	for (n = s.n; n-- > 1;) {
		if (s.p[n] != ':' || n + 1 == s.n || !mg_is_digit(s.p[n + 1]))
			continue;
		if (!number(mg_str_from(s, n + 1), &v) || v > UINT32_MAX)
			return false;
		*file = mg_str(s.p, n);
		*number_out = (uint32_t)v;
		return true;
	}
	return false;
}

struct mg_str mg_gofunc_strip(struct mg_str func)
{
	static const struct mg_str dir = MG_STR("/vendor/");
	ptrdiff_t                  i = mg_str_rfind(func, dir);

	if (i >= 0)
		return mg_str_from(func, (size_t)i + dir.n);
	if (mg_str_starts(func, MG_STR("vendor/")))
		return mg_str_from(func, dir.n - 1);
	return func;
}

struct mg_str mg_gofunc_clean(struct mg_str func, char *buf, size_t n)
{
	struct mg_str s = mg_gofunc_strip(func);
	size_t        k = 0;

	for (size_t i = 0; i < s.n && k < n; i++) {
		bool dot = s.n - i >= 3 && s.p[i] == '%' && s.p[i + 1] == '2' &&
			   (s.p[i + 2] == 'e' || s.p[i + 2] == 'E');

		buf[k++] = dot ? '.' : s.p[i];
		i += dot ? 2 : 0;
	}
	return mg_str(buf, k);
}

bool mg_gorecord_parse(struct mg_str line, uint64_t *count)
{
	size_t n = number(line, count);

	return n && mg_str_starts(mg_str_from(line, n), MG_STR(" @")) &&
	       (n + 2 == line.n || mg_str_starts(mg_str_from(line, n + 2), MG_STR(" 0x")));
}

/* The next column; columns are apart by tabs, or by blanks where a copy lost the tabs. */
static struct mg_str column(struct mg_str *s)
{
	size_t        i = 0;
	struct mg_str c;

	*s = mg_str_trim(*s);
	while (i < s->n && s->p[i] != '\t' && s->p[i] != ' ')
		i++;
	c = mg_str(s->p, i);
	*s = mg_str_from(*s, i);
	return c;
}

bool mg_gorecord_frame(struct mg_str line, struct mg_str *func, struct mg_str *file)
{
	struct mg_str s = line, pc;
	ptrdiff_t     plus;

	if (s.n < 2 || s.p[0] != '#')
		return false;
	s = mg_str_from(s, 1);
	pc = column(&s);
	if (!mg_str_starts(pc, MG_STR("0x")))
		return false;
	*func = column(&s);
	*file = mg_str_trim(s);
	plus = mg_str_rfind(*func, MG_STR("+0x"));
	if (plus > 0)
		func->n = (size_t)plus;
	return func->n > 0 && file->n > 0;
}

bool mg_goprofile_total(struct mg_str line, uint64_t *total)
{
	static const struct mg_str head = MG_STR("goroutine profile: total ");

	return mg_str_starts(line, head) &&
	       mg_num_u64(mg_str_trim(mg_str_from(line, head.n)), total);
}
