/* The tables of the file, as the steps that make them, and the check that a file is ours. */
#include "storage/migrate.h"

#include "base/arena.h"
#include "storage/query.h"

#include <inttypes.h>

/*
 * Version 1.  Names (subjects, contexts) are stored in key form (query_key).  Tables that are reached
 * by a name have it as their key and no number in between: one page less to write per registration.
 *
 * log        the entries; the only truth when the log source is the embedded one
 * view_state one row: the entry applied last, and the counts that nobody wants to scan for
 * content    what a schema is, shared by all versions that are really equal; no = seq of its first entry
 * version    a place in a subject's history
 * id_user    which versions were written under an id, with the entry that did it last
 * former_id  ids under which a version was written before it was overwritten with another id
 * content_id exactly the (digest, context, id, content) of existing versions
 * spent_id   the id that a content had last in a context, once no version there has it under that id
 * id_floor   the highest id that was purged in a context, where it is the highest ever seen
 * reference  who refers to a version
 * document   associations and keys, by collection; those found by more than their key have an index for it
 */
static const char STEP_1[] =
	"CREATE TABLE log ("
	" seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, body TEXT NOT NULL,"
	" hash BLOB NOT NULL) STRICT;"
	"CREATE TABLE view_state ("
	" one INTEGER PRIMARY KEY CHECK (one = 1), head INTEGER NOT NULL, hash BLOB NOT NULL,"
	" subjects INTEGER NOT NULL, contents INTEGER NOT NULL, versions INTEGER NOT NULL) STRICT;"
	"INSERT INTO view_state VALUES (1, 0, zeroblob(32), 0, 0, 0);"
	"CREATE TABLE content ("
	" no INTEGER PRIMARY KEY, digest BLOB NOT NULL, type TEXT NOT NULL, text TEXT NOT NULL,"
	" refs TEXT, metadata TEXT, rule_set TEXT) STRICT;"
	"CREATE TABLE version ("
	" subject TEXT NOT NULL, version INTEGER NOT NULL, id INTEGER NOT NULL, content INTEGER NOT NULL,"
	" deleted INTEGER NOT NULL, ts INTEGER NOT NULL, PRIMARY KEY (subject, version)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE id_user ("
	" context TEXT NOT NULL, id INTEGER NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL,"
	" written INTEGER NOT NULL, PRIMARY KEY (context, id, subject, version)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE former_id ("
	" subject TEXT NOT NULL, version INTEGER NOT NULL, id INTEGER NOT NULL,"
	" PRIMARY KEY (subject, version, id)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE content_id ("
	" digest BLOB NOT NULL, context TEXT NOT NULL, id INTEGER NOT NULL, content INTEGER NOT NULL,"
	" written INTEGER NOT NULL, PRIMARY KEY (digest, context, id, content)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE spent_id ("
	" digest BLOB NOT NULL, context TEXT NOT NULL, id INTEGER NOT NULL,"
	" PRIMARY KEY (digest, context)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE id_floor (context TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE reference ("
	" target TEXT NOT NULL, target_version INTEGER NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL,"
	" PRIMARY KEY (target, target_version, subject, version)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE context (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
	"CREATE TABLE config (subject TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE mode (subject TEXT PRIMARY KEY, mode TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE document ("
	" collection TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL,"
	" updated INTEGER NOT NULL, PRIMARY KEY (collection, key)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX association_subject ON document (body ->> '$.subject') WHERE collection = 'association';"
	"CREATE INDEX association_id ON document (body ->> '$.resourceId') WHERE collection = 'association';"
	"CREATE INDEX association_namespace ON document (body ->> '$.resourceNamespace') WHERE collection = 'association';";

const char *const migrate_steps[] = { STEP_1 };
const size_t migrate_n_steps = sizeof(migrate_steps) / sizeof(migrate_steps[0]);

static const char APPLICATION_ID[] = "PRAGMA application_id";
static const char USER_VERSION[] = "PRAGMA user_version";
static const char N_TABLES[] = "SELECT count(*) FROM sqlite_schema";
static const char USE_WAL[] = "PRAGMA journal_mode=WAL";

static enum err_code check_owner(struct db *db, const char *path, size_t n_steps, int64_t *version, struct err *err)
{
	int64_t application;
	int64_t n_tables;

	TRY(db_int(db, APPLICATION_ID, &application, err));
	TRY(db_int(db, USER_VERSION, version, err));
	TRY(db_int(db, N_TABLES, &n_tables, err));
	bool is_empty = application == 0 && *version == 0 && n_tables == 0;

	if (application != MIGRATE_APPLICATION_ID && !is_empty)
		return err_fill(err, ERR_FILE_FOREIGN,
			"%s is a database of another program: choose another file name", path);
	if (*version < 0 || (uint64_t)*version > n_steps)
		return err_fill(err, ERR_FILE_NEWER,
			"%s was written by a newer Tenon (file version %" PRId64 ", this one knows %zu): use that one",
			path, *version, n_steps);
	return OK;
}

static enum err_code use_wal(struct db *db, const char *path, struct err *err)
{
	struct query q = query_begin(db, USE_WAL);
	bool is_wal = query_row(&q) && sqlite3_stricmp((const char *)sqlite3_column_text(q.stmt, 0), "wal") == 0;

	TRY(query_end(&q, err));
	if (!is_wal)
		return err_fill(err, ERR_STORE,
			"%s cannot use a write-ahead log: put it on a local file system with shared memory", path);
	return OK;
}

static enum err_code run_steps(struct db *db, const char *const *steps, size_t from, size_t n_steps, struct err *err)
{
	char seal[100];

	for (size_t i = from; i < n_steps; i++)
		TRY(db_exec(db, steps[i], err));
	(void)sqlite3_snprintf((int)sizeof(seal), seal, "PRAGMA application_id=%d; PRAGMA user_version=%d",
		(int)MIGRATE_APPLICATION_ID, (int)n_steps);
	TRY(db_exec(db, seal, err));
	return db_exec(db, "COMMIT", err);
}

enum err_code migrate_file(struct db *db, const char *path, const char *const *steps, size_t n_steps,
	struct err *err)
{
	int64_t version;

	TRY(check_owner(db, path, n_steps, &version, err));
	TRY(use_wal(db, path, err));
	if ((size_t)version == n_steps)
		return OK;
	TRY(db_exec(db, "BEGIN IMMEDIATE", err));
	enum err_code code = run_steps(db, steps, (size_t)version, n_steps, err);

	if (code != OK)
		db_rollback(db);
	return code;
}
