/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern on the first line, a text behind it: the literal that is looked for first must
 * not refuse what the pattern accepts.  A group around the pattern leaves it without one. */
#include <stdlib.h>

#include "analysis/logtop.h"
#include "base/buf.h"
#include "base/literals.h"
#include "event/logrules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int verdict(const struct mg_log_match *m, struct mg_str text)
{
	struct mg_log_matcher *t = mg_log_matcher_new(m);
	bool                   hit = mg_log_matches(t, text);
	int                    v = mg_log_matcher_gave_up(t) ? -1 : hit;

	mg_log_matcher_free(t);
	return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mg_str        pattern, text;
	struct mg_buf        grouped = { 0 };
	struct mg_log_match *plain, *control;
	char                 buf[MG_LOGTOP_TEXT];
	int                  a, b;

	mg_str_cut(mg_str((const char *)data, n), '\n', &pattern, &text);
	if (mg_logtop_normalise(text, buf, sizeof(buf)).n > sizeof(buf))
		abort();
	mg_buf_addz(&grouped, "(?:");
	mg_buf_add(&grouped, pattern);
	mg_buf_addz(&grouped, ")");
	plain = mg_log_match_new(pattern, NULL);
	control = mg_log_match_new(mg_buf_str(&grouped), NULL);
	if (plain && control && !mg_log_match_literals(control)->n) {
		a = verdict(plain, text);
		b = verdict(control, text);
		if (a >= 0 && b >= 0 && a != b)
			abort();
	}
	mg_log_match_free(plain);
	mg_log_match_free(control);
	mg_buf_release(&grouped);
	return 0;
}
