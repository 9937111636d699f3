/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/jsonitems.h"

#include "base/mem.h"

static void report(struct mg_jsonitems *j, struct mg_str text, const char *fault)
{
	struct mg_item it = { .text = text, .line = j->item_line,
			      .list_kind = mg_strz(j->list_kind), .fault = fault };

	j->fn(j->ctx, &it);
}

static void append(struct mg_jsonitems *j, const char *from, const char *to)
{
	if (!from)
		return;
	if (j->text.n + (size_t)(to - from) > MG_ITEM_MAX) {
		j->too_big = true;
		mg_buf_clear(&j->text);
	}
	if (!j->too_big)
		mg_buf_add(&j->text, mg_str(from, (size_t)(to - from)));
}

/* The open object ends before `to`; `from` is where this text holds its rest. */
static void close_item(struct mg_jsonitems *j, const char *from, const char *to,
		       const char *fault)
{
	struct mg_str text;

	if (fault) {
		report(j, mg_str("", 0), fault);
	} else if (j->text.n || j->too_big) {
		append(j, from, to);
		report(j, mg_buf_str(&j->text), j->too_big ? "object is larger than 64 MiB" : NULL);
	} else {
		text = mg_str(from, (size_t)(to - from));
		report(j, text, NULL);
	}
	mg_buf_clear(&j->text);
	if (j->text.cap > (size_t)4 << 20)
		mg_buf_release(&j->text);
	j->open = j->too_big = false;
}

static const char *open_item(struct mg_jsonitems *j, const char *p)
{
	j->open = true;
	j->item_line = j->line;
	j->item_column = j->blank ? j->column : UINT64_MAX;
	mg_buf_clear(&j->text);
	return p;
}

static void end_word(struct mg_jsonitems *j)
{
	if (j->depth != 1 || j->items || j->top_array)
		return;
	j->word[j->nword < sizeof(j->word) ? j->nword : 0] = '\0';
	if (strcmp(j->key, "kind") == 0 && j->nword && j->nword < sizeof(j->word)) {
		memcpy(j->list_kind, j->word, j->nword + 1);
		j->key[0] = '\0';
	}
}

/* A byte inside a string; a line end there is damage: the string is taken as closed. */
static const char *in_string(struct mg_jsonitems *j, const char *p, const char *end)
{
	for (; p < end; p++) {
		if (j->escaped) {
			j->escaped = false;
		} else if (*p == '\\') {
			j->escaped = true;
		} else if (*p == '"') {
			j->in_string = false;
			end_word(j);
			return p + 1;
		} else if (*p == '\n') {
			j->in_string = false;
			return p;
		}
		if (j->depth == 1 && j->nword < sizeof(j->word))
			j->word[j->nword++] = *p;
	}
	return p;
}

/* An opening bracket; returns where the object that starts here begins, else `from`. */
static const char *opening(struct mg_jsonitems *j, const char *p, const char *from)
{
	if (j->depth == 0 && *p == '[') {
		j->top_array = true;
		j->items = true;
		j->item_depth = 1;
	} else if (j->depth == 0) {
		j->top_array = j->items = false;
		j->item_depth = 0;
		j->key[0] = j->list_kind[0] = '\0';
		from = open_item(j, p);
	} else if (j->depth == 1 && *p == '[' && !j->top_array &&
		   strcmp(j->key, "items") == 0) {
		j->open = false; /* what came before is the head of the list */
		mg_buf_clear(&j->text);
		j->items = true;
		j->item_depth = 2;
	} else if (j->items && *p == '{' && j->depth == j->item_depth && !j->open) {
		from = open_item(j, p);
	} else if (j->items && *p == '{' && j->open && j->blank &&
		   j->column == j->item_column) {
		close_item(j, from, p, "brackets do not match");
		j->depth = j->item_depth;
		from = open_item(j, p);
	}
	j->depth++;
	return from;
}

static void closing(struct mg_jsonitems *j, const char *p, const char *from)
{
	if (j->depth == 0)
		return;
	j->depth--;
	if (j->open && j->depth == j->item_depth)
		close_item(j, from, p + 1, NULL);
	else if (j->items && j->depth < j->item_depth) {
		j->items = false; /* the array has ended: the rest is the tail of the list */
		j->item_depth = UINT64_MAX;
	}
}

void mg_jsonitems_text(struct mg_jsonitems *j, struct mg_str text, uint64_t first_line)
{
	const char *p = text.p, *end = text.p + text.n, *from = j->open ? p : NULL;

	j->line = first_line;
	while (p < end) {
		if (j->in_string) {
			const char *q = in_string(j, p, end);

			j->column += (uint64_t)(q - p);
			p = q;
			continue;
		}
		switch (*p) {
		case '\n':
			j->line++;
			j->column = 0;
			j->blank = true;
			p++;
			continue;
		case '"':
			j->in_string = true;
			j->nword = 0;
			break;
		case ':':
			if (j->depth == 1 && !j->items && j->nword < sizeof(j->key))
				memcpy(j->key, j->word, j->nword + 1);
			break;
		case ',':
			if (j->depth == 1)
				j->key[0] = '\0';
			break;
		case '{':
		case '[':
			from = opening(j, p, from);
			break;
		case '}':
		case ']':
			closing(j, p, from);
			break;
		default:
			break;
		}
		if (*p != ' ' && *p != '\t' && *p != '\r')
			j->blank = false;
		j->column++;
		p++;
	}
	if (j->open)
		append(j, from, end);
}

void mg_jsonitems_end(struct mg_jsonitems *j)
{
	if (j->open)
		close_item(j, NULL, NULL, "the file ends inside an object");
	j->depth = 0;
}

void mg_jsonitems_release(struct mg_jsonitems *j)
{
	mg_buf_release(&j->text);
	j->open = false;
}
