/* SPDX-License-Identifier: Apache-2.0 */
#include "base/order.h"

#include <stdlib.h>

struct heap {
	char  *v;
	size_t n, size;
	int (*compare)(const void *, const void *);
};

static void swap(char *a, char *b, size_t n)
{
	while (n--) {
		char c = *a;

		*a++ = *b;
		*b++ = c;
	}
}

/* Put v[i] in its place below: the largest element is on top. */
static void sift(const struct heap *h, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= h->n)
			return;
		if (child + 1 < h->n &&
		    h->compare(h->v + (child + 1) * h->size, h->v + child * h->size) > 0)
			child++;
		if (h->compare(h->v + i * h->size, h->v + child * h->size) >= 0)
			return;
		swap(h->v + i * h->size, h->v + child * h->size, h->size);
		i = child;
	}
}

void mg_order_first(void *v, size_t n, size_t size, size_t k,
		    int (*compare)(const void *, const void *))
{
	struct heap h = { v, k, size, compare };

	if (n < 2 || k == 0)
		return;
	if (k >= n / 2) { /* sorting is cheaper than so large a heap */
		qsort(v, n, size, compare);
		return;
	}
	for (size_t i = k / 2; i-- > 0;)
		sift(&h, i);
	for (size_t i = k; i < n; i++) {
		char *e = h.v + i * size;

		if (compare(e, v) < 0) {
			swap(e, v, size);
			sift(&h, 0);
		}
	}
	qsort(v, k, size, compare);
}
