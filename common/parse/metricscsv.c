/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/metricscsv.h"

#include "parse/openmetrics.h"

char mg_csv_separator(struct mg_str header)
{
	static const char seps[] = ",;\t";
	size_t            best = 0;
	char              sep = 0;

	for (size_t k = 0; k < 3; k++) {
		size_t n = 0;

		for (size_t i = 0; i < header.n; i++)
			n += header.p[i] == seps[k];
		if (n > best) {
			best = n;
			sep = seps[k];
		}
	}
	return sep;
}

bool mg_csv_next(struct mg_str row, char sep, size_t *at, struct mg_str *field)
{
	size_t i = *at, end;

	if (i > row.n)
		return false;
	if (i < row.n && row.p[i] == '"') {
		for (end = i + 1; end < row.n; end++) {
			if (row.p[end] != '"')
				continue;
			if (end + 1 == row.n || row.p[end + 1] != '"')
				break;
			end++; /* a doubled quote */
		}
		if (end > row.n)
			end = row.n;
		*field = mg_str(row.p + i + 1, end - i - 1);
		while (end < row.n && row.p[end] != sep)
			end++;
	} else {
		for (end = i; end < row.n && row.p[end] != sep;)
			end++;
		*field = mg_str_trim(mg_str(row.p + i, end - i));
	}
	*at = end + 1;
	return true;
}

bool mg_csv_time_column(struct mg_str name)
{
	static const char *const names[] = { "time", "timestamp", "ts", "date", "datetime",
					     "epoch", "unix", "unixtime", "_time", "@timestamp" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (mg_str_eq_nocase(name, mg_strz(names[i])))
			return true;
	return false;
}

bool mg_csv_time(struct mg_str f, int64_t *ns)
{
	size_t used;

	return (mg_time_parse(f, ns, &used, NULL) && used == f.n) || mg_om_time(f, ns);
}
