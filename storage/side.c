/* The side file itself: opening it whatever state it is in, its connections, batches and cursors. */
#include "storage/side_int.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

enum {
	CACHE_KIB = 4096,
	IDLE_READERS = 8,     /* kept open for the next that asks */
	APPLICATION_ID = 0x54454E49, /* "TENI" */
	TABLES_VERSION = 1,   /* of the tables below */
};

struct side {
	char *path;
	struct db *writer;            /* of who holds `batch` */
	pthread_mutex_t batch;
	pthread_mutex_t lock;         /* of the next two */
	struct db *idle[IDLE_READERS];
	size_t n_idle;
	atomic_uint_fast64_t seqs[SIDE_CURSORS];
	bool is_spent;                /* while opening: ours, but damaged or of other tables */
};

/*
 * maker   who filled the tables that are made from the view
 * place   how far each cursor is
 * summary one row for each subject; names in key form (query_key), tags each between U+001F
 * event   one row for each entry of the log
 * refusal one row for each; `bytes` stands first, so that adding them up reads no texts
 * term    one row for each word or text that is searched for, with what it stands for; term_text is its index
 */
static const char TABLES[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS maker (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS place ("
	" cursor INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS summary ("
	" subject TEXT PRIMARY KEY, context TEXT NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL,"
	" id INTEGER NOT NULL, versions INTEGER NOT NULL, deleted INTEGER NOT NULL, changed INTEGER NOT NULL,"
	" refs INTEGER NOT NULL, owner TEXT, tags TEXT, actor TEXT, description TEXT) STRICT;"
	"CREATE TABLE IF NOT EXISTS event ("
	" seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, kind INTEGER NOT NULL, subject TEXT) STRICT;"
	"CREATE INDEX IF NOT EXISTS event_time ON event (time);"
	"CREATE INDEX IF NOT EXISTS event_actor ON event (actor);"
	"CREATE INDEX IF NOT EXISTS event_kind ON event (kind);"
	"CREATE INDEX IF NOT EXISTS event_subject ON event (subject);"
	"CREATE TABLE IF NOT EXISTS refusal ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER NOT NULL, time INTEGER NOT NULL, actor TEXT NOT NULL,"
	" subject TEXT NOT NULL, level TEXT NOT NULL, policy TEXT NOT NULL, type TEXT NOT NULL, newest INTEGER NOT NULL,"
	" findings INTEGER NOT NULL, text TEXT NOT NULL, refs TEXT, metadata TEXT, message TEXT NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS term ("
	" no INTEGER PRIMARY KEY, subject TEXT NOT NULL, version INTEGER NOT NULL, id INTEGER NOT NULL, type TEXT NOT NULL,"
	" kind INTEGER NOT NULL, text TEXT NOT NULL, scope TEXT NOT NULL, last TEXT NOT NULL, name TEXT NOT NULL,"
	" path TEXT NOT NULL, doc TEXT, tags TEXT, line INTEGER NOT NULL) STRICT;"
	"CREATE INDEX IF NOT EXISTS term_subject ON term (subject);"
	"CREATE INDEX IF NOT EXISTS term_last ON term (last COLLATE NOCASE);"
	"CREATE VIRTUAL TABLE IF NOT EXISTS term_text USING fts5 ("
	" text, scope, content = 'term', content_rowid = 'no', tokenize = 'trigram');"
	"COMMIT";

static const char *const clear_texts[SIDE_CURSORS] = {
	[SIDE_SUMMARIES] = "DELETE FROM summary",
	[SIDE_EVENTS] = "DELETE FROM event",
	[SIDE_TERMS] = "DELETE FROM term",
};

static const char CLEAR_INDEX[] = "INSERT INTO term_text (term_text) VALUES ('delete-all')";
static const char GET_APPLICATION[] = "PRAGMA application_id";
static const char GET_VERSION[] = "PRAGMA user_version";
static const char N_TABLES[] = "SELECT count(*) FROM sqlite_schema";
static const char SEAL[] = "PRAGMA application_id=0x54454E49; PRAGMA user_version=1";
static const char GET_MAKER[] = "SELECT name FROM maker";
static const char SET_MAKER[] = "INSERT OR REPLACE INTO maker (one, name) VALUES (1, ?1)";
static const char GET_PLACE[] = "SELECT seq, hash FROM place WHERE cursor = ?1";
static const char SET_PLACE[] = "INSERT OR REPLACE INTO place (cursor, seq, hash) VALUES (?1, ?2, ?3)";
static const char BEGIN[] = "BEGIN IMMEDIATE";
static const char COMMIT[] = "COMMIT";

/* ---- opening ---- */

static void delete_file(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *name = sqlite3_mprintf("%s%s", path, suffixes[i]);

		if (name)
			(void)unlink(name);
		sqlite3_free(name);
	}
}

static enum err_code check_owner(struct side *side, struct err *err)
{
	int64_t application, version, n_tables;

	TRY(db_int(side->writer, GET_APPLICATION, &application, err));
	TRY(db_int(side->writer, GET_VERSION, &version, err));
	TRY(db_int(side->writer, N_TABLES, &n_tables, err));
	if (application != APPLICATION_ID && (application != 0 || n_tables > 0))
		return err_fill(err, ERR_FILE_FOREIGN, "%s is a database of another program: move it away", side->path);
	side->is_spent = n_tables > 0 && version != TABLES_VERSION;
	return side->is_spent ? err_fill(err, ERR_STORE, "%s has other tables", side->path) : OK;
}

/* What is lost with the machine's power is made again: only the order of writes matters. */
static enum err_code set_up(struct side *side, struct err *err)
{
	TRY(check_owner(side, err));
	TRY(db_exec(side->writer, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=1000", err));
	TRY(db_exec(side->writer, TABLES, err));
	return db_exec(side->writer, SEAL, err);
}

static enum err_code is_made_by(struct side *side, struct str maker, bool *out, struct err *err)
{
	struct query q = query_begin(side->writer, GET_MAKER);

	*out = query_row(&q) && str_eq(str_of((const char *)sqlite3_column_text(q.stmt, 0)), maker);
	return query_end(&q, err);
}

static enum err_code set_maker(struct side *side, struct str maker, struct err *err)
{
	struct query q = query_begin(side->writer, SET_MAKER);

	query_text(&q, maker);
	TRY(query_run(&q, err));
	for (int cursor = 0; cursor < SIDE_CURSORS; cursor++)
		TRY(side_clear(side, (enum side_cursor)cursor, err));
	return OK;
}

static enum err_code claim(struct side *side, struct str maker, struct err *err)
{
	struct side_place place;
	bool mine;

	TRY(is_made_by(side, maker, &mine, err));
	if (!mine)
		TRY(set_maker(side, maker, err));
	for (int cursor = 0; cursor < SIDE_CURSORS; cursor++) {
		TRY(side_find_place(side, (enum side_cursor)cursor, &place, err));
		atomic_store(&side->seqs[cursor], place.seq);
	}
	return OK;
}

static enum err_code open_file(struct side *side, struct str maker, struct err *err)
{
	side->is_spent = false;
	TRY(db_open(side->path, NULL, DB_WRITE, CACHE_KIB, &side->writer, err));
	enum err_code code = set_up(side, err);

	if (code == OK)
		code = claim(side, maker, err);
	if (code != OK) {
		side->is_spent = side->is_spent || (sqlite3_errcode(db_handle(side->writer)) & 0xff) == SQLITE_CORRUPT;
		db_close(side->writer);
		side->writer = NULL;
	}
	return code;
}

enum err_code side_open(const char *path, struct str maker, struct side **out, struct err *err)
{
	struct side *side = calloc(1, sizeof(*side));

	if (!side || !(side->path = strdup(path))) {
		free(side);
		return err_fill(err, ERR_STORE, "out of memory");
	}
	pthread_mutex_init(&side->batch, NULL);
	pthread_mutex_init(&side->lock, NULL);
	enum err_code code = open_file(side, maker, err);

	if (code != OK && side->is_spent) {
		delete_file(path);
		code = open_file(side, maker, err);
	}
	if (code != OK) {
		side_close(side);
		return code;
	}
	*out = side;
	return OK;
}

void side_close(struct side *side)
{
	if (!side)
		return;
	for (size_t i = 0; i < side->n_idle; i++)
		db_close(side->idle[i]);
	db_close(side->writer);
	pthread_mutex_destroy(&side->lock);
	pthread_mutex_destroy(&side->batch);
	free(side->path);
	free(side);
}

/* ---- connections ---- */

struct db *side_writer(struct side *side)
{
	return side->writer;
}

enum err_code side_take(struct side *side, struct db **out, struct err *err)
{
	struct db *db = NULL;

	pthread_mutex_lock(&side->lock);
	if (side->n_idle > 0)
		db = side->idle[--side->n_idle];
	pthread_mutex_unlock(&side->lock);
	if (!db)
		TRY(db_open(side->path, NULL, DB_READ, CACHE_KIB, &db, err));
	*out = db;
	return OK;
}

void side_give(struct side *side, struct db *db)
{
	pthread_mutex_lock(&side->lock);
	if (side->n_idle < IDLE_READERS) {
		side->idle[side->n_idle++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&side->lock);
	db_close(db);
}

/* ---- cursors ---- */

uint64_t side_seq(const struct side *side, enum side_cursor cursor)
{
	return atomic_load(&side->seqs[cursor]);
}

enum err_code side_find_place(struct side *side, enum side_cursor cursor, struct side_place *out, struct err *err)
{
	struct query q = query_begin(side->writer, GET_PLACE);
	struct side_place place = { 0 };

	query_int(&q, cursor);
	if (query_row(&q)) {
		place.seq = (uint64_t)query_get_int(&q, 0);
		query_get_blob(&q, 1, place.hash, sizeof(place.hash));
	}
	TRY(query_end(&q, err));
	*out = place;
	return OK;
}

static enum err_code set_place(struct side *side, enum side_cursor cursor, const struct side_place *place, struct err *err)
{
	struct query q = query_begin(side->writer, SET_PLACE);

	query_int(&q, cursor);
	query_int(&q, (int64_t)place->seq);
	query_blob(&q, place->hash, sizeof(place->hash));
	return query_run(&q, err);
}

/* ---- batches ---- */

static enum err_code run(struct side *side, const char *sql, struct err *err)
{
	struct query q = query_begin(side->writer, sql);

	return query_run(&q, err);
}

enum err_code side_begin(struct side *side, struct err *err)
{
	pthread_mutex_lock(&side->batch);
	enum err_code code = run(side, BEGIN, err);

	if (code != OK)
		pthread_mutex_unlock(&side->batch);
	return code;
}

enum err_code side_commit(struct side *side, enum side_cursor cursor, const struct side_place *place, struct err *err)
{
	enum err_code code = set_place(side, cursor, place, err);

	if (code == OK)
		code = run(side, COMMIT, err);
	if (code == OK)
		atomic_store(&side->seqs[cursor], place->seq);
	db_rollback(side->writer);
	pthread_mutex_unlock(&side->batch);
	return code;
}

enum err_code side_end(struct side *side, struct err *err)
{
	enum err_code code = run(side, COMMIT, err);

	db_rollback(side->writer);
	pthread_mutex_unlock(&side->batch);
	return code;
}

void side_abort(struct side *side)
{
	db_rollback(side->writer);
	pthread_mutex_unlock(&side->batch);
}

enum err_code side_clear(struct side *side, enum side_cursor cursor, struct err *err)
{
	TRY(run(side, clear_texts[cursor], err));
	if (cursor == SIDE_TERMS)
		TRY(run(side, CLEAR_INDEX, err));
	return set_place(side, cursor, &(struct side_place){ 0 }, err);
}
