/* near.h - which of some words was meant: the nearest by edits.
 *
 * Layer:   cli (base)
 * Memory:  views of the words given
 */
#ifndef MG_CLI_NEAR_H
#define MG_CLI_NEAR_H

#include "base/str.h"

struct mg_near {
	struct mg_str wanted;
	size_t        least; /* more edits than these are another word */
	struct mg_str found; /* n 0: none is near                      */
	const char   *word;  /* found, when it came from mg_near_add   */
};

struct mg_near mg_near_begin(struct mg_str wanted);
void           mg_near_add(struct mg_near *near, const char *word);
void           mg_near_add_str(struct mg_near *near, struct mg_str word);

#endif
