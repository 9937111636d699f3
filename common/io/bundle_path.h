/* bundle_path.h - names from archives made safe to show and to create; for io/ only.
 *
 * Layer:   io
 */
#ifndef MG_IO_BUNDLE_PATH_H
#define MG_IO_BUNDLE_PATH_H

#include "base/buf.h"

/* Append the components of `raw` to `to`, each behind a '/' unless `to` is empty.
 * Control characters and bytes that are not UTF-8 become \xNN; "." and empty components are
 * dropped, ".." becomes \x2e\x2e.  Nothing left: "unnamed". */
void mg_bundle_path_add(struct mg_buf *to, struct mg_str raw);

#endif
