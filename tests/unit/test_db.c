/* SPDX-License-Identifier: Apache-2.0 */
#include "render/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef MG_HAVE_SQLITE
#include <sqlite3.h>

#include "case_report.c"

static char dir[] = "/tmp/mg-test-db-XXXXXX", path[64];

static int make(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/a.sqlite", dir);
	return 0;
}

static int drop(void **state)
{
	unlink(path);
	return rmdir(dir);
}

static enum mg_status write_sample(const char *to, struct mg_err *err)
{
	struct mg_db_opts  o = { .version = "1.2.3" };
	struct mg_case     c;
	struct mg_findings fs;
	enum mg_status     st;

	sample_case(&c);
	sample_findings(&fs);
	c.events.ev[0].message = mg_str("bad \xff\0 '); DROP TABLE events; --", 32);
	st = mg_db_write(to, &c, &fs, &o, err);
	mg_findings_release(&fs);
	mg_case_release(&c);
	return st;
}

/* The first column of the first row as text, in a static buffer. */
static const char *ask(const char *sql)
{
	static char   text[200];
	sqlite3      *db;
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	snprintf(text, sizeof(text), "%s",
		 sqlite3_column_text(s, 0) ? (const char *)sqlite3_column_text(s, 0) : "NULL");
	sqlite3_finalize(s);
	sqlite3_close(db);
	return text;
}

static void what_is_known_is_in_the_tables(void **state)
{
	struct mg_err err = { 0 };

	if (write_sample(path, &err) != MG_OK)
		fail_msg("%s", err.msg);
	assert_string_equal(ask("PRAGMA integrity_check"), "ok");
	assert_string_equal(ask("SELECT count(*) FROM pragma_foreign_key_check"), "0");
	assert_string_equal(ask("SELECT value FROM meta WHERE key = 'schema'"), "mg.db/1");
	assert_string_equal(ask("SELECT value FROM meta WHERE key = 'version'"), "1.2.3");
	assert_string_equal(ask("SELECT count(*) FROM findings"), "5");
	assert_string_equal(ask("SELECT rule FROM findings WHERE id = 1"), "etcd-unresponsive");
	assert_string_equal(ask("SELECT effect FROM causes WHERE cause = 2"), "4");
	assert_string_equal(ask("SELECT value FROM numbers WHERE name = 'longest_seconds'"), "40.002");
	assert_string_equal(ask("SELECT evidence_total FROM findings WHERE id = 1"), "412");
	assert_string_equal(ask("SELECT count(*) FROM evidence WHERE finding = 1"), "5");
	assert_string_equal(ask("SELECT message FROM faults WHERE line = 12"), "bad timestamp");
	assert_string_equal(ask("SELECT attrs->>'version' FROM events WHERE kind = 'etcd.start'"), "3.4.23");
	assert_string_equal(ask("SELECT duration_ns FROM events WHERE audit_id = 'a-1'"), "6213000000");
	assert_string_equal(ask("SELECT group_concat(missing) FROM not_assessed WHERE rule = 'etcd-db-size'"),
			    "etcd_info or metrics");
}

static void text_of_the_input_is_only_text(void **state)
{
	assert_string_equal(ask("SELECT message FROM events WHERE id = 1"),
			    "bad \xef\xbf\xbd\xef\xbf\xbd '); DROP TABLE events; --");
	assert_string_equal(ask("SELECT hex(substr(text, 1, 4)) FROM evidence WHERE finding = 1 AND nr = 4"),
			    "1B5B3331");
}

static void every_view_answers(void **state)
{
	assert_string_equal(ask("SELECT depth || rule FROM causes_and_effects WHERE finding = 4"),
			    "2apiserver-memory");
	assert_string_equal(ask("SELECT count(*) FROM proof"), ask("SELECT count(*) FROM evidence"));
	assert_string_equal(ask("SELECT place LIKE '%:9120' FROM proof WHERE nr = 3 AND finding = 1"), "1");
	assert_string_equal(ask("SELECT count(*) = (SELECT count(*) FROM events WHERE time_ns NOT NULL) "
				"FROM timeline"), "1");
	assert_string_equal(ask("SELECT sum(files) FROM coverage"), "9");
	assert_string_equal(ask("SELECT count(*) = (SELECT count(*) FROM points) FROM samples"), "1");
	assert_string_equal(ask("SELECT coalesce(sum(requests), 0) = (SELECT coalesce(sum(count), 0) FROM groups) "
				"FROM users"), "1");
}

static void a_file_is_replaced_or_left(void **state)
{
	struct mg_err  err = { 0 };
	DIR           *d;
	struct dirent *e;

	assert_int_equal(write_sample(path, &err), MG_OK); /* over the one that is there */
	assert_string_equal(ask("SELECT count(*) FROM findings"), "5");
	assert_int_equal(write_sample("/nowhere/at/all.sqlite", &err), MG_FATAL);
	assert_non_null(strstr(err.msg, "/nowhere/at/all.sqlite"));
	assert_int_equal(write_sample("/dev/null", &err), MG_FATAL);
	assert_non_null(strstr(err.msg, "no regular file"));
	d = opendir(dir);
	while ((e = readdir(d))) /* nothing temporary stays */
		assert_true(e->d_name[0] == '.' ? strlen(e->d_name) < 3 : strcmp(e->d_name, "a.sqlite") == 0);
	closedir(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_is_in_the_tables),
		cmocka_unit_test(text_of_the_input_is_only_text),
		cmocka_unit_test(every_view_answers),
		cmocka_unit_test(a_file_is_replaced_or_left),
	};

	return cmocka_run_group_tests(tests, make, drop);
}

#else

static void without_sqlite_it_says_so(void **state)
{
	struct mg_err err = { 0 };

	assert_false(mg_db_built_in());
	assert_int_equal(mg_db_write("x.sqlite", NULL, NULL, NULL, &err), MG_FATAL);
	assert_non_null(strstr(err.msg, "built without SQLite"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(without_sqlite_it_says_so) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
