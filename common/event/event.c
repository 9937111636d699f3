/* SPDX-License-Identifier: Apache-2.0 */
#include "event/event.h"

#include "base/num.h"

static const char *const kind_names[] = {
#define X(id, name, text) name,
	MG_EVENT_KINDS(X)
#undef X
};

static const char *const severity_names[] = { "debug", "info", "warning", "error", "critical" };

static const char *const source_names[] = { "exact",   "assumed_year", "assumed_zone", "derived",
					    "yearless", "boot",         "unknown" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *mg_event_kind_name(enum mg_event_kind k)
{
	return (unsigned)k < MG_EV_COUNT ? kind_names[k] : "unknown";
}

bool mg_event_is_state(enum mg_event_kind k)
{
	switch (k) {
	case MG_EV_CLUSTER_VERSION:
	case MG_EV_OBJECT:
	case MG_EV_LEASE:
	case MG_EV_CERTIFICATE:
	case MG_EV_CSR:
	case MG_EV_APF_LEVEL:
	case MG_EV_APF_QUEUE:
	case MG_EV_USAGE:
		return true;
	default:
		return false;
	}
}

enum mg_event_kind mg_event_kind_parse(struct mg_str name)
{
	for (size_t i = 0; i < COUNT(kind_names); i++)
		if (mg_str_eq(name, mg_strz(kind_names[i])))
			return (enum mg_event_kind)i;
	return MG_EV_COUNT;
}

const char *mg_severity_name(enum mg_severity s)
{
	return (unsigned)s < COUNT(severity_names) ? severity_names[s] : "unknown";
}

bool mg_severity_parse(struct mg_str name, enum mg_severity *out)
{
	for (size_t i = 0; i < COUNT(severity_names); i++)
		if (mg_str_eq_nocase(name, mg_strz(severity_names[i]))) {
			*out = (enum mg_severity)i;
			return true;
		}
	return false;
}

const char *mg_time_source_name(enum mg_time_source s)
{
	return (unsigned)s < COUNT(source_names) ? source_names[s] : "unknown";
}

struct mg_str mg_event_attr(const struct mg_event *e, const char *key)
{
	for (uint32_t i = 0; i < e->nattrs; i++)
		if (strcmp(e->attrs[i].key, key) == 0)
			return e->attrs[i].value;
	return mg_str("", 0);
}

int64_t mg_event_attr_i64(const struct mg_event *e, const char *key, int64_t otherwise)
{
	int64_t v;

	return mg_num_i64(mg_event_attr(e, key), &v) ? v : otherwise;
}
