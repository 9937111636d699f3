/* SPDX-License-Identifier: Apache-2.0 */
#include "event/logmatch.h"

#include "base/mem.h"

#define MATCH_LIMIT 200000u      /* steps of one match: about a millisecond or two */
#define HEAP_LIMIT_KIB 8192u
#define JIT_STACK_MAX ((size_t)512 * 1024)
#define TEXT_MAX ((size_t)64 * 1024) /* bytes of a line that are looked at */

/* --- literals --------------------------------------------------------------------- */

struct literal {
	char   *run;
	size_t  n;
	char   *best; /* the longest run so far of the alternative at hand */
	size_t  nbest;
	struct mg_literals *found; /* those of the alternatives before; best lies behind them */
};

static void end_run(struct literal *l)
{
	if (l->n > l->nbest) {
		memcpy(l->best, l->run, l->n);
		l->nbest = l->n;
	}
	l->n = 0;
}

/* Behind "[:alpha:]" at s[i]; i when it is not that. */
static size_t skip_name(struct mg_str s, size_t i)
{
	size_t k = i + 2;

	while (k < s.n && s.p[k] >= 'a' && s.p[k] <= 'z')
		k++;
	return k > i + 2 && k + 1 < s.n && s.p[k] == ':' && s.p[k + 1] == ']' ? k + 2 : i;
}

/* Behind "[...]" at s[i]; 0 when in doubt. */
static size_t skip_class(struct mg_str s, size_t i)
{
	i++;
	if (i < s.n && s.p[i] == '^')
		i++;
	if (i < s.n && s.p[i] == ']')
		i++;
	while (i < s.n && s.p[i] != ']') {
		if (s.p[i] == '\\') { /* \c], \Q, \x{5d} and the like are left alone */
			if (i + 1 >= s.n || !strchr("dDwWsSnrt\\[]^-./:,_#\"'()", s.p[i + 1]))
				return 0;
			i += 2;
		} else if (s.p[i] == '[') {
			size_t k = s.n > i + 1 && s.p[i + 1] == ':' ? skip_name(s, i) : i;

			if (k == i)
				return 0;
			i = k;
		} else {
			i++;
		}
	}
	return i < s.n ? i + 1 : 0;
}

/* Behind "(...)" at s[i]; 0 when it holds what this does not understand (options, quoting,
 * comments). */
static size_t skip_group(struct mg_str s, size_t i)
{
	int depth = 0;

	while (i < s.n) {
		switch (s.p[i]) {
		case '\\':
			if (i + 1 < s.n && (s.p[i + 1] == 'Q' || s.p[i + 1] == 'E'))
				return 0;
			i += 2;
			continue;
		case '[':
			i = skip_class(s, i);
			if (!i)
				return 0;
			continue;
		case '(':
			depth++;
			if (i + 1 < s.n && s.p[i + 1] == '*')
				return 0;
			if (i + 2 < s.n && s.p[i + 1] == '?' && !strchr(":=!<P", s.p[i + 2]))
				return 0;
			break;
		case ')':
			if (--depth == 0)
				return i + 1;
			break;
		}
		i++;
	}
	return 0;
}

/* A quantifier that may mean "none" takes the last character back. */
static size_t quantifier(struct literal *l, struct mg_str s, size_t i)
{
	bool more = l->n && s.p[i] != '+';

	while (more) { /* all bytes of the character */
		more = ((unsigned char)l->run[--l->n] & 0xc0) == 0x80 && l->n;
	}
	end_run(l);
	if (s.p[i] == '{') { /* {2,3}; any other brace stands for itself */
		size_t k = i + 1;

		while (k < s.n && (mg_is_digit(s.p[k]) || s.p[k] == ',' || s.p[k] == ' '))
			k++;
		if (k < s.n && s.p[k] == '}')
			i = k;
	}
	return i + 1;
}

/* The end of an alternative: without a literal nothing is known of the whole. */
static bool end_alternative(struct literal *l)
{
	end_run(l);
	if (!mg_literals_add(l->found, mg_str(l->best, l->nbest)))
		return false;
	l->best += l->nbest;
	l->nbest = 0;
	return true;
}

/* The longest text that must occur in each alternative; top level only, false when in doubt. */
static bool required(struct mg_str s, struct literal *l)
{
	for (size_t i = 0; i < s.n;) {
		char c = s.p[i];

		switch (c) {
		case '|':
			if (!end_alternative(l))
				return false;
			i++;
			break;
		case '(':
			end_run(l);
			i = skip_group(s, i);
			if (!i)
				return false;
			break;
		case '[':
			end_run(l);
			i = skip_class(s, i);
			if (!i)
				return false;
			break;
		case '*': case '+': case '?': case '{':
			i = quantifier(l, s, i);
			break;
		case '.': case '^': case '$':
			end_run(l);
			i++;
			break;
		case '\\':
			if (i + 1 >= s.n || s.p[i + 1] == 'Q' || s.p[i + 1] == 'E')
				return false;
			if (strchr(".[](){}*+?^$|\\/\"'-:, #=<>&%@!~_", s.p[i + 1])) {
				l->run[l->n++] = s.p[i + 1];
			} else {
				end_run(l);
				/* \x41, \p{L}, \d: not worth the trouble; \x, \p, \c, \o, \N, \k
				 * and \g take more than one letter */
				if (strchr("xpPcoNkg0123456789", s.p[i + 1]))
					return false;
			}
			i += 2;
			break;
		default:
			l->run[l->n++] = c;
			i++;
		}
	}
	return end_alternative(l);
}

/* --- compiling -------------------------------------------------------------------- */

struct mg_log_match *mg_log_match_new(struct mg_str pattern, struct mg_err *err)
{
	struct mg_log_match *m = mg_zalloc(sizeof(*m));
	struct literal       l = { .found = &m->literals };
	PCRE2_SIZE           at;
	PCRE2_UCHAR          text[128];
	int                  code;

	m->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF,
				&code, &at, NULL);
	if (!m->code) {
		pcre2_get_error_message(code, text, sizeof(text));
		if (err)
			err->byte = at;
		mg_err_set(err, MG_FAIL, "bad pattern: %s at byte %zu", (char *)text, (size_t)at);
		free(m);
		return NULL;
	}
	pcre2_jit_compile(m->code, PCRE2_JIT_COMPLETE); /* without JIT it is only slower */
	l.run = mg_alloc(pattern.n + 1);
	l.best = m->text = mg_alloc(pattern.n + 1);
	if (!required(pattern, &l))
		m->literals.n = 0;
	free(l.run);
	return m;
}

void mg_log_match_free(struct mg_log_match *m)
{
	if (!m)
		return;
	pcre2_code_free(m->code);
	free(m->text);
	free(m);
}

const struct mg_literals *mg_log_match_literals(const struct mg_log_match *m)
{
	return &m->literals;
}

/* --- matching --------------------------------------------------------------------- */

struct mg_log_matcher *mg_log_matcher_new(const struct mg_log_match *m)
{
	struct mg_log_matcher *t = mg_zalloc(sizeof(*t));

	t->match = m;
	t->data = pcre2_match_data_create(2 * MG_LOGRULE_GROUPS, NULL);
	t->context = pcre2_match_context_create(NULL);
	t->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
	if (!t->data || !t->context)
		return mg_alloc(SIZE_MAX), t; /* the allocator reports it */
	pcre2_set_match_limit(t->context, MATCH_LIMIT);
	pcre2_set_heap_limit(t->context, HEAP_LIMIT_KIB);
	pcre2_jit_stack_assign(t->context, NULL, t->stack);
	return t;
}

void mg_log_matcher_free(struct mg_log_matcher *t)
{
	if (!t)
		return;
	pcre2_match_data_free(t->data);
	pcre2_match_context_free(t->context);
	pcre2_jit_stack_free(t->stack);
	free(t);
}

bool mg_log_match_try(struct mg_log_matcher *t, const struct mg_log_match *m, struct mg_str text)
{
	int rc;

	text = mg_str_head(text, TEXT_MAX);
	if (m->literals.n && !mg_literals_find(&m->literals, text.p, text.p + text.n))
		return false;
	rc = pcre2_match(m->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, t->data,
			 t->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return false;
	t->gave_up += rc < 0;
	return rc >= 0;
}

bool mg_log_matches(struct mg_log_matcher *t, struct mg_str text)
{
	return mg_log_match_try(t, t->match, text);
}

uint64_t mg_log_matcher_gave_up(const struct mg_log_matcher *t)
{
	return t ? t->gave_up : 0;
}

struct mg_str mg_log_match_group(const struct mg_log_matcher *t, struct mg_str text, int group)
{
	PCRE2_SIZE *v = pcre2_get_ovector_pointer(t->data);

	if (group < 0 || (uint32_t)group >= pcre2_get_ovector_count(t->data) ||
	    v[2 * group] == PCRE2_UNSET || v[2 * group + 1] < v[2 * group] ||
	    v[2 * group + 1] > text.n)
		return mg_str("", 0);
	return mg_str(text.p + v[2 * group], v[2 * group + 1] - v[2 * group]);
}

int mg_log_match_groups(const struct mg_log_match *m)
{
	uint32_t n = 0;

	pcre2_pattern_info(m->code, PCRE2_INFO_CAPTURECOUNT, &n);
	return (int)n;
}

int mg_log_match_named(const struct mg_log_match *m, const char *name)
{
	return pcre2_substring_number_from_name(m->code, (PCRE2_SPTR)name);
}
