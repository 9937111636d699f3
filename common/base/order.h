/* order.h - the first few of many, in order, without sorting them all.
 *
 * Layer:   base
 * Memory:  works in place
 * Cost:    n compares when few of the elements come before the first ones seen, n log k at
 *          worst; a listing that ends with "… and 300,000 more" need not sort these
 */
#ifndef MG_BASE_ORDER_H
#define MG_BASE_ORDER_H

#include <stddef.h>

/* Afterwards v[0..k) are the k smallest by `compare`, sorted; the others stand behind them in
 * any order.  k >= n sorts all.  `compare` as for qsort, best a total order: equal elements
 * are not kept in place. */
void mg_order_first(void *v, size_t n, size_t size, size_t k,
		    int (*compare)(const void *, const void *));

#endif
