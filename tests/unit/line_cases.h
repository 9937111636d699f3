/* line_cases.h - run the cases of tests/cases/<format>: lines in, events out.
 *
 * A case is a directory with `input` and `expect`.  A line "#! component=etcd node=n1" at the
 * top of the input says where it comes from.  An RFC 3339 stamp with a zone and a blank before
 * the text is taken as the envelope.  `expect` has one line per event and ends with the counts.
 * With UPDATE_CASES=1 the expectations are written instead of compared.
 */
#ifndef MG_TESTS_LINE_CASES_H
#define MG_TESTS_LINE_CASES_H

#include <dirent.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "event/batch.h"
#include "event/source.h"
#include "event/stats.h"

static inline bool read_file(const char *path, struct mg_buf *b)
{
	char   chunk[65536];
	size_t n;
	FILE  *f = fopen(path, "rb");

	mg_buf_addz(b, "");
	if (!f)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		mg_buf_add(b, mg_str(chunk, n));
	fclose(f);
	return true;
}

static inline void dump_event(struct mg_buf *b, const struct mg_event *e)
{
	char t[40], d[24];

	mg_buf_printf(b, "%llu %s %s", (unsigned long long)e->line, mg_event_kind_name(e->kind),
		      mg_severity_name(e->severity));
	if (e->time_ns == MG_TIME_NONE)
		mg_buf_printf(b, " -");
	else if (e->time_source == MG_TIME_BOOT)
		mg_buf_printf(b, " boot+%lldns", (long long)e->time_ns);
	else
		mg_buf_printf(b, " %s", mg_time_format(e->time_ns, 9, t, sizeof(t)));
	mg_buf_printf(b, " %s", mg_time_source_name(e->time_source));
	if (e->duration_ns >= 0)
		mg_buf_printf(b, " +%s", mg_duration_text(e->duration_ns, d, sizeof(d)));
	if (e->count != 1)
		mg_buf_printf(b, " x%u", e->count);
	mg_buf_printf(b, " | %.*s", MG_FMT(e->component));
	if (e->node.n)
		mg_buf_printf(b, "@%.*s", MG_FMT(e->node));
	if (e->resource.n)
		mg_buf_printf(b, " %.*s %.*s/%.*s", MG_FMT(e->resource), MG_FMT(e->ns), MG_FMT(e->name));
	mg_buf_printf(b, " | %.*s |", MG_FMT(e->message));
	for (uint32_t i = 0; i < e->nattrs; i++) {
		mg_buf_printf(b, " %s=", e->attrs[i].key);
		if (e->attrs[i].number)
			mg_buf_add(b, e->attrs[i].value);
		else
			mg_buf_json(b, e->attrs[i].value);
	}
	mg_buf_addc(b, '\n');
}

struct case_input {
	struct mg_source src;
	struct mg_str    text;
};

/* Split one physical line into envelope and text. */
static inline struct mg_line case_line(struct mg_str text, uint64_t lineno)
{
	struct mg_line l = { .text = text, .time_ns = MG_TIME_NONE,
			     .time_source = MG_TIME_UNKNOWN, .lineno = lineno };
	size_t         used;
	bool           zoned;
	int64_t        ns;

	if (text.n && mg_is_digit(text.p[0]) && mg_time_parse(text, &ns, &used, &zoned) && zoned &&
	    used < text.n && text.p[used] == ' ') {
		l.time_ns = ns;
		l.time_source = MG_TIME_EXACT;
		l.text = mg_str_from(text, used + 1);
	}
	return l;
}

static inline struct mg_str case_option(struct mg_str first, const char *key)
{
	struct mg_str v = mg_str_between(first, mg_strz(key), mg_str("", 0)), head, tail;

	mg_str_cut(v, ' ', &head, &tail);
	return head;
}

/* Calls `line` for every line; `expect` gets the events and what `line` counted. */
typedef void (*case_fn)(void *state, const struct mg_source *src, const struct mg_line *line,
			struct mg_batch *out);

static inline void run_lines(struct mg_str input, case_fn fn, void *state, struct mg_source *src,
			     struct mg_batch *out)
{
	struct mg_str line;
	uint64_t      lineno = 0;

	while (input.n) {
		struct mg_line l;

		mg_str_cut(input, '\n', &line, &input);
		if (lineno == 0 && mg_str_starts(line, MG_STR("#!"))) {
			src->component = case_option(line, " component=");
			src->node = case_option(line, " node=");
			continue;
		}
		l = case_line(line, ++lineno);
		if (mg_str_starts(l.text, MG_STR("ident="))) { /* a journal line */
			struct mg_str id;

			mg_str_cut(mg_str_from(l.text, 6), ' ', &id, &l.text);
			l.ident = id;
			l.host = MG_STR("host-a");
		}
		fn(state, src, &l, out);
	}
}

static inline bool check_expect(const char *dir, const char *name, struct mg_str got)
{
	struct mg_buf want = { 0 };
	char          path[512];
	bool          same;
	FILE         *f;

	snprintf(path, sizeof(path), "%s/%s/expect", dir, name);
	if (getenv("UPDATE_CASES")) {
		f = fopen(path, "wb");
		fwrite(got.p, 1, got.n, f);
		fclose(f);
		return true;
	}
	read_file(path, &want);
	same = mg_str_eq(mg_buf_str(&want), got);
	if (!same)
		fprintf(stderr, "%s/%s: expected\n%sgot\n%.*s", dir, name, want.p, MG_FMT(got));
	mg_buf_release(&want);
	return same;
}

/* The shared data directory, or NULL (and a note) when it is not there. */
static inline const char *shared_data(void)
{
	static char path[512];
	const char *root = getenv("MG_SHARED");
	DIR        *d;

	snprintf(path, sizeof(path), "%s/data", root ? root : "../shared");
	d = opendir(path);
	if (!d) {
		fprintf(stderr, "SKIP: no %s (set MG_SHARED)\n", path);
		return NULL;
	}
	closedir(d);
	return path;
}

#endif
