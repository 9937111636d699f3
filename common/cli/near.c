/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/near.h"

#define LONGEST 31

/* Edits to turn `a` into `b`: letters changed, added, left out, or two swapped. */
static size_t distance(struct mg_str a, struct mg_str b)
{
	size_t d[LONGEST + 1][LONGEST + 1];

	if (a.n > LONGEST || b.n > LONGEST)
		return 2 * LONGEST;
	for (size_t i = 0; i <= a.n; i++)
		for (size_t j = 0; j <= b.n; j++) {
			size_t best;

			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			best = d[i - 1][j - 1] + (a.p[i - 1] != b.p[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[a.n][b.n];
}

struct mg_near mg_near_begin(struct mg_str wanted)
{
	size_t least = wanted.n / 2 + 1; /* of half the letters, not "--x" */

	return (struct mg_near){ .wanted = wanted, .least = least > 4 ? 4 : least };
}

void mg_near_add_str(struct mg_near *near, struct mg_str word)
{
	size_t d = distance(near->wanted, word);

	if (d < near->least) {
		near->least = d;
		near->found = word;
		near->word = NULL;
	}
}

void mg_near_add(struct mg_near *near, const char *word)
{
	struct mg_str before = near->found;

	mg_near_add_str(near, mg_strz(word));
	if (near->found.p != before.p)
		near->word = word;
}
