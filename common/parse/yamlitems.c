/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/yamlitems.h"

#include "base/mem.h"

enum mode {
	DOCUMENT,   /* a document whose shape is not known, or a single object */
	LIST_START, /* behind "items:", before the first "-"                   */
	LIST,
	TAIL,       /* behind the items: kind and metadata of the list         */
};

static void set_name(char *to, size_t n, struct mg_str s)
{
	s = mg_str_trim(s);
	if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
		s = mg_str(s.p + 1, s.n - 2);
	if (s.n >= n)
		return;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

static void begin(struct mg_yamlitems *y, uint64_t line, size_t key_indent)
{
	mg_buf_clear(&y->text);
	y->line = line;
	y->open = true;
	y->key_indent = key_indent;
	y->in_meta = y->skipping = y->too_big = false;
	y->meta_indent = 0;
	y->kind[0] = '\0';
}

static void emit(struct mg_yamlitems *y)
{
	struct mg_item it = { .text = mg_buf_str(&y->text), .line = y->line,
			      .kind = mg_strz(y->kind), .list_kind = mg_strz(y->list_kind) };

	if (!y->open)
		return;
	y->open = false;
	if (y->too_big) {
		it.text = mg_str("", 0);
		it.fault = "object is larger than 64 MiB";
	} else if (mg_str_trim(it.text).n == 0) {
		return;
	}
	y->fn(y->ctx, &it);
	if (y->text.cap > (size_t)4 << 20)
		mg_buf_release(&y->text);
}

static void append(struct mg_yamlitems *y, struct mg_str s)
{
	if (y->text.n + s.n + 1 > MG_ITEM_MAX) {
		y->too_big = true;
		mg_buf_clear(&y->text);
	}
	if (y->too_big)
		return;
	mg_buf_add(&y->text, s);
	mg_buf_addc(&y->text, '\n');
}

static size_t indent_of(struct mg_str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static bool is_dash(struct mg_str rest)
{
	return rest.n && rest.p[0] == '-' && (rest.n == 1 || rest.p[1] == ' ');
}

/* Is the line part of metadata.managedFields? */
static bool skipped(struct mg_yamlitems *y, struct mg_str rest, size_t indent)
{
	if (y->skipping) {
		if (indent > y->meta_indent || (indent == y->meta_indent && is_dash(rest)))
			return true;
		y->skipping = false;
	}
	if (indent == y->key_indent) {
		y->in_meta = mg_str_eq(rest, MG_STR("metadata:"));
		y->meta_indent = 0;
	} else if (y->in_meta && y->meta_indent == 0) {
		y->meta_indent = indent;
	}
	y->skipping = y->in_meta && indent == y->meta_indent &&
		      mg_str_eq(rest, MG_STR("managedFields:"));
	return y->skipping;
}

/* A line of the open object; `rest` is the line behind its indentation. */
static void object_line(struct mg_yamlitems *y, struct mg_str line, struct mg_str rest,
			size_t indent)
{
	static const struct mg_str kind = MG_STR("kind:");

	if (!y->managed_fields && skipped(y, rest, indent)) {
		append(y, mg_str("", 0));
		return;
	}
	if (indent == y->key_indent && mg_str_starts(rest, kind))
		set_name(y->kind, sizeof(y->kind), mg_str_from(rest, kind.n));
	append(y, line);
}

/* "- apiVersion: v1" becomes "  apiVersion: v1": a document of its own. */
static void list_item(struct mg_yamlitems *y, struct mg_str line, uint64_t number, size_t indent)
{
	struct mg_str rest = mg_str_from(line, indent + 1);
	size_t        key = indent + 1 + indent_of(rest);

	emit(y);
	/* A bare "-": the keys follow, usually two columns further in. */
	begin(y, number, key < line.n ? key : indent + 2);
	y->mode = LIST;
	y->list_indent = indent;
	if (key >= line.n) {
		append(y, mg_str("", 0));
		return;
	}
	rest = mg_str_from(line, key);
	if (rest.p[0] == '{' || rest.p[0] == '[') {
		append(y, rest);
		return;
	}
	for (size_t i = 0; i < key; i++)
		mg_buf_addc(&y->text, ' ');
	object_line(y, rest, rest, key);
}

static bool is_items(struct mg_str line)
{
	return mg_str_starts(line, MG_STR("items:")) &&
	       mg_str_trim(mg_str_from(line, 6)).n == 0;
}

static void document_line(struct mg_yamlitems *y, struct mg_str line, struct mg_str rest,
			  uint64_t number, size_t indent)
{
	if (!y->open)
		begin(y, number, 0);
	if (indent == 0 && is_items(line)) {
		set_name(y->list_kind, sizeof(y->list_kind), mg_strz(y->kind));
		y->open = false;
		y->mode = LIST_START;
		return;
	}
	object_line(y, line, rest, indent);
}

/* Behind the items come the keys of the list; this line is neither.  Objects may follow. */
static void report_stray(struct mg_yamlitems *y, uint64_t number, bool tab)
{
	struct mg_item it = { .line = number, .list_kind = mg_strz(y->list_kind),
			      .fault = tab ? "a tab cannot indent"
					   : "expected \"- \" or a key" };

	y->fn(y->ctx, &it);
}

static void list_line(struct mg_yamlitems *y, struct mg_str line, struct mg_str rest,
		      uint64_t number, size_t indent)
{
	if (is_dash(rest) && (y->mode == LIST_START || indent == y->list_indent)) {
		list_item(y, line, number, indent);
	} else if (y->mode == LIST && indent > y->list_indent) {
		object_line(y, line, rest, indent);
	} else if (y->mode != TAIL) {
		emit(y);
		y->mode = TAIL;
		if (mg_str_chr(rest, ':') < 0 || rest.p[0] == '\t')
			report_stray(y, number, rest.p[0] == '\t');
	}
}

static void new_document(struct mg_yamlitems *y)
{
	emit(y);
	y->mode = DOCUMENT;
	y->list_kind[0] = '\0';
}

static bool is_marker(struct mg_str line, const char *marker)
{
	return mg_str_starts(line, mg_str(marker, 3)) &&
	       (line.n == 3 || line.p[3] == ' ' || line.p[3] == '\t');
}

static void one_line(struct mg_yamlitems *y, struct mg_str line, uint64_t number)
{
	size_t        indent;
	struct mg_str rest;

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (is_marker(line, "---")) {
		new_document(y);
		line = mg_str_trim(mg_str_from(line, 3));
		if (line.n == 0)
			return;
	} else if (is_marker(line, "...")) {
		new_document(y);
		return;
	}
	indent = indent_of(line);
	rest = mg_str_from(line, indent);
	if (rest.n == 0 || (indent == 0 && rest.p[0] == '#') ||
	    ((unsigned char)rest.p[0] < ' ' && mg_str_trim(rest).n == 0)) {
		if (y->open)
			append(y, mg_str("", 0)); /* a blank line counts in block scalars */
		return;
	}
	if (y->mode == DOCUMENT)
		document_line(y, line, rest, number, indent);
	else
		list_line(y, line, rest, number, indent);
}

void mg_yamlitems_text(struct mg_yamlitems *y, struct mg_str text, uint64_t first_line)
{
	struct mg_str line;

	if (first_line == 1 && mg_str_starts(text, MG_STR("\xef\xbb\xbf")))
		text = mg_str_from(text, 3);
	while (text.n) {
		mg_str_cut(text, '\n', &line, &text);
		one_line(y, line, first_line++);
	}
}

void mg_yamlitems_end(struct mg_yamlitems *y)
{
	emit(y);
}

void mg_yamlitems_release(struct mg_yamlitems *y)
{
	mg_buf_release(&y->text);
	y->open = false;
}
