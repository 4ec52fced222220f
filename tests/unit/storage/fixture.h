/* What the storage tests share: a store in a directory of its own, commands that are waited for, table dumps. */
#ifndef TESTS_STORAGE_FIXTURE_H
#define TESTS_STORAGE_FIXTURE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "storage/migrate.h"
#include "storage/query.h"
#include "storage/store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
	struct arena *arena;
	struct err err;
	char dir[64];
	char path[96];         /* of the store's file */
	struct store_options options;
	struct store *store;   /* NULL until fixture_open */
	struct view *view;     /* a reading view of the open store */
};

/* Fails the test with the error's message when `code` is not OK. */
#define assert_ok(f, call)                                                                             \
	do {                                                                                           \
		enum err_code code_ = (call);                                                          \
		if (code_ != OK)                                                                       \
			fail_msg("%s: %s: %.*s", #call, err_name(code_), STR_ARG((f)->err.message));   \
	} while (0)

#define assert_err(f, code, call)                                                                      \
	do {                                                                                           \
		enum err_code code_ = (call);                                                          \
		if (code_ != (code))                                                                   \
			fail_msg("%s: %s instead of %s", #call, err_name(code_), err_name(code));      \
	} while (0)

#define assert_str(s, expected)                                                                        \
	do {                                                                                           \
		struct str s_ = (s);                                                                   \
		if (!str_eq(s_, str_of(expected)))                                                     \
			fail_msg("%s is '%.*s' instead of '%s'", #s, STR_ARG(s_), (expected));         \
	} while (0)

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_create(0);
	f->err.arena = f->arena;
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/tenon-storage-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/tenon.db", f->dir);
	f->options = (struct store_options){ .path = f->path, .cache_kib = 256 };
	*state = f;
	return 0;
}

static inline void fixture_close(struct fixture *f)
{
	store_view_close(f->view);
	store_close(f->store);
	f->view = NULL;
	f->store = NULL;
}

static inline int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	(void)nftw(f->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	arena_destroy(f->arena);
	free(f);
	return 0;
}

static inline void fixture_open(struct fixture *f)
{
	assert_ok(f, store_open(&f->options, &f->store, &f->err));
	assert_ok(f, store_view_open(f->store, &f->view, &f->err));
}

static inline void fixture_reopen(struct fixture *f)
{
	fixture_close(f);
	fixture_open(f);
}

/* ---- commands that are waited for ---- */

struct waited {
	struct command command;
	const struct record *records; /* emitted by the default decision */
	size_t n_records;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool is_done;
	enum err_code code;
	char message[300];
};

static inline enum err_code decide_records(struct command *command, struct view *view, struct decision *decision,
	struct err *err)
{
	struct waited *w = (struct waited *)(void *)command;

	(void)view;
	(void)err;
	for (size_t i = 0; i < w->n_records; i++)
		store_emit(decision, &w->records[i]);
	return OK;
}

static inline void waited_done(struct command *command, const struct err *err)
{
	struct waited *w = (struct waited *)(void *)command;

	pthread_mutex_lock(&w->mutex);
	w->code = err->code;
	(void)snprintf(w->message, sizeof(w->message), "%.*s", STR_ARG(err->message));
	w->is_done = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->mutex);
}

/* Prepares `w` to emit the records; the caller may set another decision. */
static inline void waited_init(struct waited *w, struct arena *arena, const struct record *records, size_t n)
{
	*w = (struct waited){
		.command = { .decide = decide_records, .done = waited_done, .arena = arena, .actor = STR("tester") },
		.records = records,
		.n_records = n,
	};
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->cond, NULL);
}

static inline enum err_code waited_wait(struct waited *w)
{
	pthread_mutex_lock(&w->mutex);
	while (!w->is_done)
		pthread_cond_wait(&w->cond, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
	pthread_mutex_destroy(&w->mutex);
	pthread_cond_destroy(&w->cond);
	return w->code;
}

static inline enum err_code waited_run(struct store *store, struct waited *w)
{
	assert_true(store_submit(store, &w->command));
	return waited_wait(w);
}

/* Writes the records as one command and returns how it ended. */
static inline enum err_code try_write(struct fixture *f, const struct record *records, size_t n)
{
	struct waited w;

	waited_init(&w, f->arena, records, n);
	enum err_code code = waited_run(f->store, &w);

	f->err.message = str_dup(f->arena, str_of(w.message));
	return code;
}

static inline void write_records(struct fixture *f, const struct record *records, size_t n)
{
	assert_ok(f, try_write(f, records, n));
}

static inline void write_record(struct fixture *f, struct record record)
{
	write_records(f, &record, 1);
}

/* A VERSION_PUT whose digest is the MD5 of its text. */
static inline struct record put_of(const char *subject, int version, int id, const char *text)
{
	struct record record = {
		.kind = RECORD_VERSION_PUT,
		.subject = str_of(subject),
		.version = version,
		.id = id,
		.schema_type = STR("AVRO"),
		.text = str_of(text),
	};

	digest_md5(record.text, record.digest);
	return record;
}

static inline struct record record_of(enum record_kind kind, const char *subject, int version)
{
	return (struct record){ .kind = kind, .subject = str_of(subject), .version = version };
}

/* ---- tables ---- */

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
