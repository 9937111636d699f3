/* from_changes.h - when an object was created and by whom its fields were written last, as far
 * as its metadata keeps it.
 *
 * metadata.managedFields has one entry a manager, operation and subresource, with the time of
 * its last write only: an earlier write of the same manager is not to be seen.
 *
 * Layer:   event (base, parse)
 */
#ifndef MG_EVENT_FROM_CHANGES_H
#define MG_EVENT_FROM_CHANGES_H

#include "event/from_kubeobj.h"

/* One object.changed for the creation, each manager's last write, and the deletion. */
void mg_event_from_changes(const struct mg_kubeobj *o, struct mg_batch *out);

#endif
