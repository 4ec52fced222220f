/* Refusals: added one by one, the oldest dropped. */
#include "storage/side_refusal.h"

#include "base/arena.h"
#include "base/limits.h"
#include "storage/side_int.h"

static const char ADD[] =
	"INSERT INTO refusal (bytes, time, actor, subject, level, policy, type, newest, findings, text, refs, metadata, message)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
static const char ADDED[] = "SELECT last_insert_rowid()";

static const char DROP_MANY[] =
	"DELETE FROM refusal WHERE id <= (SELECT id FROM refusal ORDER BY id DESC LIMIT 1 OFFSET ?1)";
static const char DROP_LARGE[] =
	"DELETE FROM refusal WHERE id <="
	" (SELECT max(id) FROM (SELECT id, sum(bytes) OVER (ORDER BY id DESC) AS total FROM refusal) WHERE total > ?1)";

#define HEAD_COLUMNS "id, time, actor, subject, level, policy, type, newest, findings"

static const char LIST[] =
	"SELECT " HEAD_COLUMNS " FROM refusal WHERE ?1 IS NULL OR subject = ?1 ORDER BY id DESC LIMIT ?2";
static const char FIND[] =
	"SELECT " HEAD_COLUMNS ", text, refs, metadata, message FROM refusal WHERE id = ?1";
static const char COUNT[] = "SELECT count(*) FROM refusal";

/* ---- adding ---- */

static enum err_code insert(struct side *side, const struct side_refusal *refusal, struct err *err)
{
	struct query q = query_begin(side_writer(side), ADD);

	query_int(&q, (int64_t)(refusal->text.len + refusal->references.len + refusal->metadata.len + refusal->message.len));
	query_int(&q, refusal->time_ms);
	query_text(&q, refusal->actor);
	query_key(&q, refusal->subject);
	query_text(&q, refusal->level);
	query_text(&q, refusal->policy);
	query_text(&q, refusal->schema_type);
	query_int(&q, refusal->newest);
	query_int(&q, refusal->n_findings);
	query_text(&q, refusal->text);
	query_text(&q, refusal->references);
	query_text(&q, refusal->metadata);
	query_text(&q, refusal->message);
	return query_run(&q, err);
}

static enum err_code drop(struct side *side, const char *sql, int64_t most, struct err *err)
{
	struct query q = query_begin(side_writer(side), sql);

	query_int(&q, most);
	return query_run(&q, err);
}

static enum err_code add(struct side *side, const struct side_refusal *refusal, int *id, struct err *err)
{
	int64_t added;

	TRY(insert(side, refusal, err));
	TRY(db_int(side_writer(side), ADDED, &added, err));
	TRY(drop(side, DROP_MANY, LIMIT_REFUSALS, err));
	TRY(drop(side, DROP_LARGE, LIMIT_REFUSAL_BYTES, err));
	*id = (int)added;
	return OK;
}

enum err_code side_refusal_add(struct side *side, const struct side_refusal *refusal, int *id, struct err *err)
{
	enum err_code code;

	TRY(side_begin(side, err));
	code = add(side, refusal, id, err);
	if (code == OK)
		return side_end(side, err);
	side_abort(side);
	return code;
}

/* ---- reading ---- */

static void read_head(struct query *row, struct arena *arena, struct side_refusal *out)
{
	*out = (struct side_refusal){
		.id = (int)query_get_int(row, 0),
		.time_ms = query_get_int(row, 1),
		.actor = query_get_text(row, 2, arena),
		.subject = query_get_key(row, 3, arena),
		.level = query_get_text(row, 4, arena),
		.policy = query_get_text(row, 5, arena),
		.schema_type = query_get_text(row, 6, arena),
		.newest = (int)query_get_int(row, 7),
		.n_findings = (int)query_get_int(row, 8),
	};
}

static enum err_code list(struct db *db, struct arena *arena, struct str subject, size_t limit,
	const struct side_refusal **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(db, LIST);
	struct side_refusal *items = NULL;
	size_t n = 0, room = 0;

	if (str_present(subject))
		query_key(&q, subject);
	else
		query_text(&q, STR_NONE);
	query_int(&q, (int64_t)limit);
	while (query_row(&q)) {
		items = arena_grow(arena, items, n, &room, sizeof(*items));
		read_head(&q, arena, &items[n++]);
	}
	*out = items;
	*n_out = n;
	return query_end(&q, err);
}

static void *read_whole(struct query *row, struct arena *arena)
{
	struct side_refusal *refusal = arena_new(arena, struct side_refusal);

	read_head(row, arena, refusal);
	refusal->text = query_get_text(row, 9, arena);
	refusal->references = query_get_text(row, 10, arena);
	refusal->metadata = query_get_text(row, 11, arena);
	refusal->message = query_get_text(row, 12, arena);
	return refusal;
}

static enum err_code find(struct db *db, struct arena *arena, int id, const struct side_refusal **out, struct err *err)
{
	struct query q = query_begin(db, FIND);
	void *found;

	query_int(&q, id);
	TRY(query_one(&q, read_whole, arena, &found, err));
	*out = found;
	return OK;
}

enum err_code side_refusal_list(struct side *side, struct arena *arena, struct str subject, size_t limit,
	const struct side_refusal **out, size_t *n_out, struct err *err)
{
	struct db *db;

	TRY(side_take(side, &db, err));
	enum err_code code = list(db, arena, subject, limit, out, n_out, err);

	side_give(side, db);
	return code;
}

enum err_code side_refusal_find(struct side *side, struct arena *arena, int id, const struct side_refusal **out,
	struct err *err)
{
	struct db *db;

	TRY(side_take(side, &db, err));
	enum err_code code = find(db, arena, id, out, err);

	side_give(side, db);
	return code;
}

enum err_code side_refusal_count(struct side *side, int64_t *out, struct err *err)
{
	struct db *db;

	TRY(side_take(side, &db, err));
	enum err_code code = db_int(db, COUNT, out, err);

	side_give(side, db);
	return code;
}
