/* Connections, cached statements, binding and reading: everything Tenon asks SQLite goes through here. */
#include "storage/query.h"

#include "base/arena.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { STATEMENT_SLOTS = 256, BUSY_MS = 5000 };

struct statement {
	const char *sql;
	sqlite3_stmt *stmt;
};

struct db {
	sqlite3 *handle;
	char *path;
	struct statement statements[STATEMENT_SLOTS]; /* open addressing by the text's address */
};

/* ---- connections ---- */

static int configure(struct db *db, int64_t cache_kib)
{
	char *sql = sqlite3_mprintf("PRAGMA cache_size=-%lld; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
		" PRAGMA foreign_keys=OFF; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0", (long long)cache_kib);
	int rc = sql ? sqlite3_exec(db->handle, sql, NULL, NULL, NULL) : SQLITE_NOMEM;

	sqlite3_free(sql);
	return rc;
}

enum err_code db_open(const char *path, const char *vfs, enum db_access access, int64_t cache_kib,
	struct db **out, struct err *err)
{
	struct db *db = calloc(1, sizeof(*db));
	int flags = access == DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;

	if (!db || !(db->path = strdup(path))) {
		free(db);
		return err_raise(err, STORE, "out of memory");
	}
	int rc = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);

	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db->handle, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = configure(db, cache_kib);
	if (rc == SQLITE_OK && access == DB_WRITE && sqlite3_db_readonly(db->handle, "main"))
		rc = SQLITE_READONLY; /* SQLite falls back to reading when it may not write */
	if (rc != SQLITE_OK) {
		enum err_code code = db_raise(db, rc, err);

		db_close(db);
		return code;
	}
	*out = db;
	return OK;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < STATEMENT_SLOTS; i++)
		sqlite3_finalize(db->statements[i].stmt);
	sqlite3_close_v2(db->handle);
	free(db->path);
	free(db);
}

sqlite3 *db_handle(struct db *db)
{
	return db->handle;
}

enum err_code db_exec(struct db *db, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? OK : db_raise(db, rc, err);
}

enum err_code db_int(struct db *db, const char *sql, int64_t *out, struct err *err)
{
	struct query q = query_begin(db, sql);
	int64_t value = query_row(&q) ? query_get_int(&q, 0) : 0;

	TRY(query_end(&q, err));
	*out = value;
	return OK;
}

enum err_code db_raise(struct db *db, int rc, struct err *err)
{
	const char *said = db->handle && sqlite3_errcode(db->handle) != SQLITE_OK ? sqlite3_errmsg(db->handle) :
		sqlite3_errstr(rc);

	bool no_room = (rc & 0xff) == SQLITE_FULL ||
		((rc & 0xff) == SQLITE_IOERR && db->handle && sqlite3_system_errno(db->handle) == ENOSPC);

	switch (no_room ? SQLITE_FULL : rc & 0xff) {
	case SQLITE_FULL:
		return err_fill(err, ERR_STORE, "The disk of %s is full: free some space; nothing was stored", db->path);
	case SQLITE_READONLY:
		return err_fill(err, ERR_STORE, "%s cannot be written (%s): check the permissions of the file and its directory",
			db->path, said);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return err_fill(err, ERR_STORE, "%s cannot be opened (%s): check that its directory exists and may be written",
			db->path, said);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_fill(err, ERR_STORE, "%s is locked by another program (%s): close what else has it open",
			db->path, said);
	case SQLITE_NOTADB:
		return err_fill(err, ERR_FILE_FOREIGN, "%s is no Tenon file: choose another file name", db->path);
	case SQLITE_CORRUPT:
		return err_fill(err, ERR_STORE, "%s is damaged (%s): restore it from a backup", db->path, said);
	case SQLITE_IOERR:
		return err_fill(err, ERR_STORE, "%s cannot be read or written (%s, code %d): check its disk", db->path,
			said, rc);
	default:
		return err_fill(err, ERR_STORE, "%s: %s (code %d)", db->path, said, rc);
	}
}

bool db_in_transaction(struct db *db)
{
	return !sqlite3_get_autocommit(db->handle);
}

void db_rollback(struct db *db)
{
	static const char ROLLBACK[] = "ROLLBACK";

	if (!db_in_transaction(db))
		return;
	struct query q = query_begin(db, ROLLBACK);

	(void)query_row(&q);
	sqlite3_reset(q.stmt); /* a failed ROLLBACK still ends the transaction */
}

/* ---- queries ---- */

static struct statement *find_slot(struct db *db, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) * 0x9E3779B1u % STATEMENT_SLOTS;

	for (size_t i = 0; i < STATEMENT_SLOTS; i++, at = (at + 1) % STATEMENT_SLOTS) {
		if (!db->statements[at].sql || db->statements[at].sql == sql)
			return &db->statements[at];
	}
	assert(!"more SQL texts than STATEMENT_SLOTS");
	abort();
}

struct query query_begin(struct db *db, const char *sql)
{
	struct statement *slot = find_slot(db, sql);
	struct query q = { .db = db, .rc = SQLITE_OK };

	if (!slot->stmt) {
		q.rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->stmt, NULL);
		if (q.rc == SQLITE_OK)
			slot->sql = sql;
	}
	q.stmt = slot->stmt;
	return q;
}

static void note(struct query *q, int rc)
{
	if (q->rc == SQLITE_OK)
		q->rc = rc;
}

void query_text(struct query *q, struct str text)
{
	if (q->rc != SQLITE_OK)
		return;
	if (str_present(text))
		note(q, sqlite3_bind_text64(q->stmt, ++q->n_bound, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8));
	else
		note(q, sqlite3_bind_null(q->stmt, ++q->n_bound));
}

void query_blob(struct query *q, const void *data, size_t len)
{
	if (q->rc == SQLITE_OK)
		note(q, sqlite3_bind_blob64(q->stmt, ++q->n_bound, data, len, SQLITE_STATIC));
}

void query_int(struct query *q, int64_t value)
{
	if (q->rc == SQLITE_OK)
		note(q, sqlite3_bind_int64(q->stmt, ++q->n_bound, value));
}

/*
 * UTF-16 puts the surrogates, i.e. the code points from U+10000 on (first byte F0..F4), before
 * U+E000..U+FFFF (first byte EE and EF).  Those seven byte values begin characters and nothing else.
 */
static char to_key_byte(char c)
{
	unsigned char byte = (unsigned char)c;

	if (byte < 0xEE || byte > 0xF4)
		return c;
	return (char)(byte < 0xF0 ? byte + 5 : byte - 2);
}

static char from_key_byte(char c)
{
	unsigned char byte = (unsigned char)c;

	if (byte < 0xEE || byte > 0xF4)
		return c;
	return (char)(byte > 0xF2 ? byte - 5 : byte + 2);
}

static bool is_own_key(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if ((unsigned char)name.data[i] >= 0xEE)
			return false;
	}
	return true;
}

/* Binds a changed copy of `name`, `more` bytes of FF behind it. */
static void bind_key_copy(struct query *q, struct str name, size_t more)
{
	if (q->rc != SQLITE_OK)
		return;
	char *key = sqlite3_malloc64(name.len + more + 1);

	if (!key) {
		note(q, SQLITE_NOMEM);
		return;
	}
	for (size_t i = 0; i < name.len; i++)
		key[i] = to_key_byte(name.data[i]);
	for (size_t i = 0; i < more; i++)
		key[name.len + i] = (char)0xFF;
	note(q, sqlite3_bind_text64(q->stmt, ++q->n_bound, key, name.len + more, sqlite3_free, SQLITE_UTF8));
}

void query_key(struct query *q, struct str name)
{
	if (!str_present(name))
		name = STR("");
	if (is_own_key(name))
		query_text(q, name);
	else
		bind_key_copy(q, name, 0);
}

void query_key_above(struct query *q, struct str prefix)
{
	bind_key_copy(q, prefix, 1);
}

bool query_row(struct query *q)
{
	if (q->rc != SQLITE_OK)
		return false;
	int rc = sqlite3_step(q->stmt);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		note(q, rc);
	return rc == SQLITE_ROW;
}

enum err_code query_end(struct query *q, struct err *err)
{
	enum err_code code = q->rc == SQLITE_OK ? OK : db_raise(q->db, q->rc, err);

	sqlite3_reset(q->stmt); /* repeats the failure of the step */
	return code;
}

enum err_code query_run(struct query *q, struct err *err)
{
	(void)query_row(q);
	return query_end(q, err);
}

enum err_code query_one(struct query *q, query_read_fn *read, struct arena *arena, void **out, struct err *err)
{
	void *found = query_row(q) ? read(q, arena) : NULL;

	TRY(query_end(q, err));
	*out = found;
	return OK;
}

int64_t query_changes(const struct query *q)
{
	return sqlite3_changes64(q->db->handle);
}

/* ---- columns ---- */

int64_t query_get_int(const struct query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

struct str query_get_text(const struct query *q, int column, struct arena *arena)
{
	const unsigned char *text = sqlite3_column_text(q->stmt, column);

	if (!text)
		return STR_NONE;
	size_t len = (size_t)sqlite3_column_bytes(q->stmt, column);

	return str_make(arena_strndup(arena, (const char *)text, len), len);
}

struct str query_get_key(const struct query *q, int column, struct arena *arena)
{
	const unsigned char *text = sqlite3_column_text(q->stmt, column);

	if (!text)
		return STR_NONE;
	size_t len = (size_t)sqlite3_column_bytes(q->stmt, column);
	char *name = arena_strndup(arena, (const char *)text, len);

	for (size_t i = 0; i < len; i++)
		name[i] = from_key_byte(name[i]);
	return str_make(name, len);
}

void query_get_blob(struct query *q, int column, uint8_t *out, size_t len)
{
	const void *data = sqlite3_column_blob(q->stmt, column);

	if (!data || (size_t)sqlite3_column_bytes(q->stmt, column) != len) {
		note(q, SQLITE_CORRUPT);
		memset(out, 0, len);
		return;
	}
	memcpy(out, data, len);
}
