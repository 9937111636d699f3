/* str.h - a borrowed view of bytes: pointer before length, never NUL-terminated by contract.
 *
 * Layer:   base
 * Memory:  a view owns nothing; it lives as long as the bytes it points into
 * Threads: pure functions
 */
#ifndef MG_BASE_STR_H
#define MG_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct mg_str {
	const char *p;
	size_t      n;
};

/* A view of a string literal. */
#define MG_STR(lit) ((struct mg_str){ (lit), sizeof(lit) - 1 })
/* printf("%.*s", MG_FMT(s)) */
#define MG_FMT(s) (int)(s).n, (s).p

static inline struct mg_str mg_str(const char *p, size_t n)
{
	return (struct mg_str){ p, n };
}

/* NULL gives the empty view. */
static inline struct mg_str mg_strz(const char *z)
{
	return (struct mg_str){ z, z ? strlen(z) : 0 };
}

static inline bool mg_str_eq(struct mg_str a, struct mg_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool mg_str_starts(struct mg_str s, struct mg_str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool mg_str_ends(struct mg_str s, struct mg_str suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* The bytes from `from` (clamped) to the end. */
static inline struct mg_str mg_str_from(struct mg_str s, size_t from)
{
	if (from > s.n)
		from = s.n;
	return mg_str(s.n ? s.p + from : s.p, s.n - from);
}

/* The first `n` bytes (clamped). */
static inline struct mg_str mg_str_head(struct mg_str s, size_t n)
{
	return mg_str(s.p, n < s.n ? n : s.n);
}

/* Offset of the first byte `c`, or -1. */
static inline ptrdiff_t mg_str_chr(struct mg_str s, char c)
{
	const char *q = s.n ? memchr(s.p, c, s.n) : NULL;

	return q ? q - s.p : -1;
}

static inline bool mg_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* -1, 0, 1 in byte order; a prefix sorts first. */
int mg_str_cmp(struct mg_str a, struct mg_str b);
/* Equal but for ASCII case. */
bool mg_str_eq_nocase(struct mg_str a, struct mg_str b);
/* Offset of the first / last occurrence, or -1.  An empty needle is at 0 / n. */
ptrdiff_t mg_str_find(struct mg_str s, struct mg_str needle);
ptrdiff_t mg_str_rfind(struct mg_str s, struct mg_str needle);
ptrdiff_t mg_str_rchr(struct mg_str s, char c);
static inline bool mg_str_has(struct mg_str s, struct mg_str needle)
{
	return mg_str_find(s, needle) >= 0;
}
/* Without ASCII spaces, tabs, CR and LF at both ends. */
struct mg_str mg_str_trim(struct mg_str s);
/* Split at the first `sep`: *head is before it, *tail behind it.  When there is
 * none, *head is all of `s`, *tail is empty and the result is false. */
bool mg_str_cut(struct mg_str s, char sep, struct mg_str *head, struct mg_str *tail);
/* The part between the first `before` and the next `after` (an empty `after`: to the
 * end), or an empty view with p == NULL when either is missing. */
struct mg_str mg_str_between(struct mg_str s, struct mg_str before, struct mg_str after);
/* The last path component ("a/b/c" -> "c"); a trailing slash gives "". */
struct mg_str mg_str_basename(struct mg_str path);
/* 64-bit hash (not for hostile-collision resistance across processes; seeded tables
 * add their own seed). */
uint64_t mg_str_hash(struct mg_str s, uint64_t seed);

#endif
