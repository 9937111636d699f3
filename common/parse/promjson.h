/* promjson.h - samples of an answer of Prometheus' HTTP API.
 *
 *   {"status":"success","data":{"resultType":"matrix","result":[
 *     {"metric":{"__name__":"up","job":"x"},"values":[[1644272116.123,"1"],…]},…]}}
 *
 * A vector has one "value" in place of "values".  An answer that is an error, or that ends
 * too early, yields what there is and one fault.
 *
 * Layer:   parse (base)
 * Memory:  one series, at most MG_ITEM_MAX bytes
 * Threads: one reader belongs to one thread at a time
 * Format:  docs/formats/metrics.md; Prometheus HTTP API, "Expression query result formats"
 */
#ifndef MG_PARSE_PROMJSON_H
#define MG_PARSE_PROMJSON_H

#include "parse/jsonitems.h"

struct mg_promjson_sample {
	struct mg_str name;    /* empty: the result of an expression                    */
	struct mg_str labels;  /* key="value",… without the name, as mg_om_label reads  */
	double        value;
	int64_t       time_ns;
	uint64_t      line, byte; /* byte: of a fault, in its series */
	const char   *fault;   /* NULL, or what was wrong; nothing else is set then but the place */
};

typedef void (*mg_promjson_fn)(void *ctx, const struct mg_promjson_sample *s);

struct mg_promjson {
	mg_promjson_fn      fn;
	void               *ctx;
	/* Private from here on. */
	struct mg_jsonitems items;
	struct mg_buf       head, labels, name; /* head: what stands before the list */
	bool                in_list;
	uint64_t            head_line;
};

/* Does a file that begins like this hold such an answer? */
bool mg_promjson_looks(struct mg_str text);
void mg_promjson_init(struct mg_promjson *p, mg_promjson_fn fn, void *ctx);
/* The next part of the file, cut anywhere. */
void mg_promjson_text(struct mg_promjson *p, struct mg_str text, uint64_t first_line);
void mg_promjson_end(struct mg_promjson *p);
void mg_promjson_release(struct mg_promjson *p);

#endif
