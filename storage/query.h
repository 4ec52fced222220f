/*
 * A small helper over sqlite3: one connection with its prepared statements, and a statement in use
 * with SQL text, binding and row reading in three visible parts.  Failures of preparing, binding
 * and stepping stick in the query and surface once, in query_end, query_run or query_one.
 * A connection belongs to one thread at a time.  Only storage/ includes this.
 */
#ifndef STORAGE_QUERY_H
#define STORAGE_QUERY_H

#include "base/err.h"
#include "base/str.h"

#include <sqlite3.h>

struct arena;

/* ---- connections ---- */

enum db_access { DB_WRITE, DB_READ };

struct db;

/* Opens `path` through the VFS called `vfs`, creating the file for DB_WRITE; `cache_kib` bounds the page cache. */
ERR_CHECKED enum err_code db_open(const char *path, const char *vfs, enum db_access access, int64_t cache_kib,
	struct db **out, struct err *err);
void db_close(struct db *db); /* NULL is allowed */

sqlite3 *db_handle(struct db *db);

/* Runs one or several statements without parameters or results. */
ERR_CHECKED enum err_code db_exec(struct db *db, const char *sql, struct err *err);

/* The first column of the first row as a number; 0 when there is no row. */
ERR_CHECKED enum err_code db_int(struct db *db, const char *sql, int64_t *out, struct err *err);

/* Turns an SQLite result into ERR_STORE (or a code of its own) with a sentence that says what to do. */
enum err_code db_raise(struct db *db, int rc, struct err *err);

/* Whether a transaction is open: SQLite closes one by itself after some failures. */
bool db_in_transaction(struct db *db);

/* Ends an open transaction without its changes; does nothing when there is none. */
void db_rollback(struct db *db);

/* ---- queries ---- */

struct query {
	struct db *db;
	sqlite3_stmt *stmt;
	int n_bound;
	int rc;               /* the first failure, or SQLITE_OK */
};

/*
 * The statement for `sql`, prepared at its first use and kept with the connection; `sql` is the
 * cache's key by its address and must be static.  Parameters are bound in order; what text and blobs
 * point to must live until the query ends.
 */
struct query query_begin(struct db *db, const char *sql);

void query_text(struct query *q, struct str text); /* absent: NULL */
void query_blob(struct query *q, const void *data, size_t len);
void query_int(struct query *q, int64_t value);

/*
 * A name in the form whose byte order is the order of UTF-16 code units (contract 2.3): the bytes
 * EE..F4, which begin the code points from U+E000 on, are permuted.  Other names stay as they are.
 */
void query_key(struct query *q, struct str name);
/* The bound that is above every name that starts with `prefix`. */
void query_key_above(struct query *q, struct str prefix);

/* Steps to the next row; false at the end and after a failure. */
bool query_row(struct query *q);
/* Releases the statement; the first failure, if any. */
ERR_CHECKED enum err_code query_end(struct query *q, struct err *err);
/* For statements without rows. */
ERR_CHECKED enum err_code query_run(struct query *q, struct err *err);

typedef void *query_read_fn(struct query *row, struct arena *arena);
/* The first row as `read` makes it, or NULL. */
ERR_CHECKED enum err_code query_one(struct query *q, query_read_fn *read, struct arena *arena, void **out,
	struct err *err);

/* Rows changed by the statement just run. */
int64_t query_changes(const struct query *q);

/* ---- columns of the current row; text is copied into the arena ---- */

int64_t query_get_int(const struct query *q, int column);
struct str query_get_text(const struct query *q, int column, struct arena *arena);
struct str query_get_key(const struct query *q, int column, struct arena *arena);
/* A blob of exactly `len` bytes; anything else in the column sticks as corruption. */
void query_get_blob(struct query *q, int column, uint8_t *out, size_t len);

#endif
