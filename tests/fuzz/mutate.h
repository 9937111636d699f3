/* mutate.h - mutations of text that keep its structure, for libFuzzer.
 *
 * Bytes that are changed blindly mostly make a line that no parser takes.  Every other time a
 * larger piece is moved instead: a line (of a log, a Trace, a stack) or a value (a string, a
 * number, a bracket with all that is in it) is doubled, dropped, swapped with another one of
 * the same input, or replaced by one that is at an edge.  A target includes this and is
 * fuzzed with it; its replay is not changed.
 */
#ifndef MG_TESTS_FUZZ_MUTATE_H
#define MG_TESTS_FUZZ_MUTATE_H

#ifdef MG_FUZZING

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

struct piece {
	size_t at, n;
};

static uint32_t mutate_state;

static size_t mutate_below(size_t n)
{
	mutate_state ^= mutate_state << 13;
	mutate_state ^= mutate_state >> 17;
	mutate_state ^= mutate_state << 5;
	return n ? mutate_state % n : 0;
}

/* A line, chosen by a byte in it, with its newline. */
static struct piece a_line(const uint8_t *d, size_t size)
{
	size_t from = mutate_below(size), to = from;

	while (from > 0 && d[from - 1] != '\n')
		from--;
	while (to < size && d[to] != '\n')
		to++;
	return (struct piece){ from, (to < size ? to + 1 : to) - from };
}

static size_t end_of_string(const uint8_t *d, size_t size, size_t at)
{
	size_t i = at + 1;

	while (i < size && d[i] != '"')
		i += d[i] == '\\' ? 2 : 1;
	return i < size ? i + 1 : size;
}

static size_t end_of_bracket(const uint8_t *d, size_t size, size_t at)
{
	int depth = 0;

	for (size_t i = at; i < size;) {
		if (d[i] == '"') {
			i = end_of_string(d, size, i);
			continue;
		}
		depth += d[i] == '{' || d[i] == '[' || d[i] == '(';
		depth -= d[i] == '}' || d[i] == ']' || d[i] == ')';
		i++;
		if (depth == 0)
			return i;
	}
	return size;
}

static int in_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '.' || c == '-' || c == '_';
}

/* The value that begins at or behind a random byte: a string, a bracket, a word or number. */
static struct piece a_value(const uint8_t *d, size_t size)
{
	size_t from = mutate_below(size), to;

	while (from < size && d[from] != '"' && d[from] != '{' && d[from] != '[' &&
	       d[from] != '(' && !in_word(d[from]))
		from++;
	if (from == size)
		return (struct piece){ size, 0 };
	if (d[from] == '"')
		return (struct piece){ from, end_of_string(d, size, from) - from };
	if (!in_word(d[from]))
		return (struct piece){ from, end_of_bracket(d, size, from) - from };
	while (from > 0 && in_word(d[from - 1]))
		from--;
	for (to = from; to < size && in_word(d[to]);)
		to++;
	return (struct piece){ from, to - from };
}

/* Put `n` bytes at `with` in the place of `p`; the new size, or the old one without room. */
static size_t put(uint8_t *d, size_t size, size_t max, struct piece p, const uint8_t *with, size_t n)
{
	if (size - p.n + n > max)
		return size;
	memmove(d + p.at + n, d + p.at + p.n, size - p.at - p.n);
	if (n)
		memcpy(d + p.at, with, n);
	return size - p.n + n;
}

static const char *edge(void)
{
	static const char *const edges[] = {
		"0", "-1", "1", "9223372036854775807", "-9223372036854775808",
		"18446744073709551616", "1e308", "1e-400", "0x0", "0xffffffffffffffff", "NaN",
		"\"\"", "null", "true", "{}", "[]", "\"\\u0000\"", "\"\\ud800\"", "()",
		"1970-01-01T00:00:00Z", "9999-12-31T23:59:60.999999999Z", "2262-04-11T23:47:16Z",
		"-0001-01-01T00:00:00+99:99", "0.000000001s", "2562047h47m16.854775807s", "\n",
	};

	return edges[mutate_below(sizeof(edges) / sizeof(edges[0]))];
}

static size_t restructure(uint8_t *d, size_t size, size_t max)
{
	int          lines = mutate_below(2) == 0;
	struct piece a = lines ? a_line(d, size) : a_value(d, size);
	struct piece b = lines ? a_line(d, size) : a_value(d, size);
	const char  *e = edge();
	uint8_t     *copy;

	switch (mutate_below(4)) {
	case 0:
		return put(d, size, max, a, NULL, 0);
	case 1:
		return put(d, size, max, a, (const uint8_t *)e, strlen(e));
	default: /* b in the place of a, or before it */
		copy = malloc(b.n + 1);
		if (!copy)
			return size;
		memcpy(copy, d + b.at, b.n);
		if (mutate_below(2))
			a.n = 0;
		size = put(d, size, max, a, copy, b.n);
		free(copy);
		return size;
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	mutate_state = seed | 1u;
	if (size == 0 || mutate_below(2))
		return LLVMFuzzerMutate(data, size, max);
	for (size_t n = 1 + mutate_below(3); n > 0 && size > 0; n--)
		size = restructure(data, size, max);
	return size;
}

#endif
#endif
