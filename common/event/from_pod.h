/* from_pod.h - what the status of a Pod says about the ends of its containers.
 *
 * Layer:   event (base, parse)
 */
#ifndef MG_EVENT_FROM_POD_H
#define MG_EVENT_FROM_POD_H

#include "event/from_kubeobj.h"

void mg_event_from_pod(const struct mg_kubeobj *o, struct mg_batch *out);
/* What an exit code means: "SIGKILL: out of memory, or killed after its grace period". */
const char *mg_exit_code_text(int64_t code);

#endif
