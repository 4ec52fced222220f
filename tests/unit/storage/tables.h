/* The store's file seen with SQLite alone: its tables as text, and changes behind the store's back. */
#ifndef TESTS_STORAGE_TABLES_H
#define TESTS_STORAGE_TABLES_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <sqlite3.h>

static inline void dump_value(struct buf *b, sqlite3_stmt *row, int column)
{
	int len = sqlite3_column_bytes(row, column);

	switch (sqlite3_column_type(row, column)) {
	case SQLITE_NULL:
		buf_lit(b, "NULL");
		break;
	case SQLITE_INTEGER:
		buf_add_i64(b, sqlite3_column_int64(row, column));
		break;
	case SQLITE_BLOB:
		buf_add(b, hex_encode(b->arena, sqlite3_column_blob(row, column), (size_t)len));
		break;
	default:
		buf_json_string(b, str_make((const char *)sqlite3_column_text(row, column), (size_t)len));
	}
}

/* Every row of every table but those whose names start with `skip`, in order; for comparing two files. */
static inline struct str dump_tables(struct arena *arena, const char *path, const char *skip)
{
	struct buf b = buf_make(arena, 4096);
	sqlite3 *db;
	sqlite3_stmt *tables;
	sqlite3_stmt *rows;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
		-1, &tables, NULL), SQLITE_OK);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(tables, 0);

		if (strcmp(name, skip) == 0)
			continue;
		char *sql = sqlite3_mprintf("SELECT * FROM %Q ORDER BY 1, 2, 3, 4", name);

		/* Tables of fewer columns are ordered by those they have. */
		for (int n = 4; sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK; n--) {
			assert_true(n > 1);
			sql[strlen(sql) - 3] = '\0';
		}
		buf_printf(&b, "%s\n", name);
		while (sqlite3_step(rows) == SQLITE_ROW) {
			for (int i = 0; i < sqlite3_column_count(rows); i++) {
				buf_add_c(&b, ' ');
				dump_value(&b, rows, i);
			}
			buf_add_c(&b, '\n');
		}
		sqlite3_finalize(rows);
		sqlite3_free(sql);
	}
	sqlite3_finalize(tables);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return buf_str(&b);
}

/* Runs SQL on the file behind the store's back. */
static inline void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

#endif
