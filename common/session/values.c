/* SPDX-License-Identifier: Apache-2.0 */
#include "session/values.h"

#include "analysis/audit_key.h"
#include "analysis/event_counts.h"
#include "analysis/rule.h"
#include "event/event.h"
#include "io/kind.h"

const char *mg_values_file_kind(size_t i)
{
	return i < MG_KIND_COUNT ? mg_kind_name((enum mg_kind)i) : NULL;
}

const char *mg_values_event_kind(size_t i)
{
	return i < MG_EV_COUNT ? mg_event_kind_name((enum mg_event_kind)i) : NULL;
}

const char *mg_values_event_key(size_t i)
{
	return i < MG_KEY_COUNT ? mg_event_key_name((enum mg_event_key)i) : NULL;
}

const char *mg_values_audit_key(size_t i)
{
	return i < MG_BY_KEYS ? mg_audit_key_name((enum mg_audit_key)i) : NULL;
}

const char *mg_values_rule(size_t i)
{
	return mg_rules[i] ? mg_rules[i]->id : NULL;
}
