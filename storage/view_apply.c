/*
 * Applying records: the only code that changes the view (contract 7.4).  Everything here depends on
 * the tables and the entry alone, so that a replay gives the same rows.
 */
#include "storage/view_int.h"

#include "base/arena.h"

#include <assert.h>
#include <inttypes.h>

/* What one entry adds to view_state's counts. */
struct delta {
	int subjects;
	int contents;
	int versions;
};

/* One entry being applied. */
struct apply {
	struct db *db;
	struct arena *arena;   /* for what lives only while this entry is applied */
	const struct log_entry *entry;
	const struct record *record;
	struct str context;    /* of record->subject */
	struct delta delta;
};

/* A row of version; content 0: there is none. */
struct place {
	int64_t id;
	int64_t content;
	bool deleted;
};

static int64_t seq_of(const struct apply *a)
{
	return (int64_t)a->entry->seq;
}

/* ---- places ---- */

static const char PLACE_FIND[] =
	"SELECT id, content, deleted FROM version WHERE subject = ?1 AND version = ?2";

static const char PLACE_PUT[] =
	"INSERT OR REPLACE INTO version (subject, version, id, content, deleted, ts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

static const char PLACE_DELETE[] =
	"UPDATE version SET deleted = 1, ts = ?3 WHERE subject = ?1 AND version = ?2";

static const char PLACE_PURGE[] =
	"DELETE FROM version WHERE subject = ?1 AND version = ?2";

static const char SUBJECT_DELETE[] =
	"UPDATE version SET deleted = 1 WHERE subject = ?1 AND version <= ?2 AND deleted = 0";

static const char IS_LIVE[] =
	"SELECT 1 FROM version WHERE subject = ?1 AND deleted = 0 ORDER BY version DESC LIMIT 1";

/* Begins `sql` with the record's subject and version as the first two parameters. */
static struct query begin_place(struct apply *a, const char *sql)
{
	struct query q = query_begin(a->db, sql);

	query_key(&q, a->record->subject);
	query_int(&q, a->record->version);
	return q;
}

static enum err_code find_place(struct apply *a, struct place *out, struct err *err)
{
	struct query q = begin_place(a, PLACE_FIND);
	struct place place = { 0 };

	if (query_row(&q)) {
		place.id = query_get_int(&q, 0);
		place.content = query_get_int(&q, 1);
		place.deleted = query_get_int(&q, 2);
	}
	TRY(query_end(&q, err));
	*out = place;
	return OK;
}

static enum err_code is_live(struct apply *a, bool *out, struct err *err)
{
	struct query q = query_begin(a->db, IS_LIVE);

	query_key(&q, a->record->subject);
	*out = query_row(&q);
	return query_end(&q, err);
}

/* ---- contents ---- */

/* "Really equal": two types may share a digest (contract 5.1), and contexts may resolve a reference differently. */
static const char CONTENT_FIND[] =
	"SELECT c.no FROM content_id i JOIN content c ON c.no = i.content"
	" WHERE i.digest = ?1 AND c.type = ?2 AND c.text = ?3 AND c.refs IS ?4 AND c.metadata IS ?5"
	"   AND c.rule_set IS ?6 LIMIT 1";

static const char CONTENT_ADD[] =
	"INSERT INTO content (digest, type, text, refs, metadata, rule_set, no) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

static const char CONTENT_DROP[] =
	"DELETE FROM content WHERE no = ?2 AND NOT EXISTS"
	" (SELECT 1 FROM content_id WHERE digest = ?1 AND content = ?2)";

static const char CONTENT_PARTS[] =
	"SELECT digest, refs FROM content WHERE no = ?1";

static const char CONTENT_ID_PUT[] =
	"INSERT INTO content_id (digest, context, id, content, written) VALUES (?1, ?2, ?3, ?4, ?5)"
	" ON CONFLICT DO UPDATE SET written = excluded.written";

static const char CONTENT_ID_DROP[] =
	"DELETE FROM content_id WHERE digest = ?1 AND context = ?2 AND id = ?3 AND content = ?4 AND NOT EXISTS"
	" (SELECT 1 FROM id_user u JOIN version v ON v.subject = u.subject AND v.version = u.version"
	"   WHERE u.context = ?2 AND u.id = ?3 AND v.id = ?3 AND v.content = ?4)";

static const char SPENT_ID_PUT[] = "INSERT OR REPLACE INTO spent_id (digest, context, id) VALUES (?1, ?2, ?3)";

static struct query begin_content(struct apply *a, const char *sql, struct str references)
{
	struct query q = query_begin(a->db, sql);
	const struct record *record = a->record;

	query_blob(&q, record->digest, MD5_BYTES);
	query_text(&q, record->schema_type);
	query_text(&q, record->text);
	query_text(&q, references);
	query_text(&q, record->metadata);
	query_text(&q, record->rule_set);
	return q;
}

/* The number of the record's content, which is added when no equal one exists. */
static enum err_code put_content(struct apply *a, int64_t *out, struct err *err)
{
	struct str references = view_references_encode(a->arena, a->record->references, a->record->n_references);
	struct query find = begin_content(a, CONTENT_FIND, references);
	int64_t no = query_row(&find) ? query_get_int(&find, 0) : 0;

	TRY(query_end(&find, err));
	if (no == 0) {
		struct query add = begin_content(a, CONTENT_ADD, references);

		no = seq_of(a);
		query_int(&add, no);
		TRY(query_run(&add, err));
		a->delta.contents++;
	}
	*out = no;
	return OK;
}

static enum err_code put_content_id(struct apply *a, const uint8_t digest[MD5_BYTES], const struct place *place,
	struct err *err)
{
	struct query q = query_begin(a->db, CONTENT_ID_PUT);

	query_blob(&q, digest, MD5_BYTES);
	query_key(&q, a->context);
	query_int(&q, place->id);
	query_int(&q, place->content);
	query_int(&q, seq_of(a));
	return query_run(&q, err);
}

/* What is kept in a content beside its text. */
struct content_parts {
	uint8_t digest[MD5_BYTES];
	struct str references;
};

static enum err_code find_parts(struct apply *a, int64_t content, struct content_parts *out, struct err *err)
{
	struct query q = query_begin(a->db, CONTENT_PARTS);

	query_int(&q, content);
	if (query_row(&q)) {
		query_get_blob(&q, 0, out->digest, MD5_BYTES);
		out->references = query_get_text(&q, 1, a->arena);
	}
	return query_end(&q, err);
}

static enum err_code put_spent_id(struct apply *a, const uint8_t digest[MD5_BYTES], int id, struct err *err)
{
	struct query q = query_begin(a->db, SPENT_ID_PUT);

	query_blob(&q, digest, MD5_BYTES);
	query_key(&q, a->context);
	query_int(&q, id);
	return query_run(&q, err);
}

/* After a version stopped having `place`'s id and content: drops what no other version needs. */
static enum err_code release_content(struct apply *a, const struct place *place, const uint8_t digest[MD5_BYTES],
	struct err *err)
{
	struct query id = query_begin(a->db, CONTENT_ID_DROP);

	query_blob(&id, digest, MD5_BYTES);
	query_key(&id, a->context);
	query_int(&id, place->id);
	query_int(&id, place->content);
	TRY(query_run(&id, err));
	if (query_changes(&id) > 0)
		TRY(put_spent_id(a, digest, place->id, err));
	struct query content = query_begin(a->db, CONTENT_DROP);

	query_blob(&content, digest, MD5_BYTES);
	query_int(&content, place->content);
	TRY(query_run(&content, err));
	a->delta.contents -= (int)query_changes(&content);
	return OK;
}

/* ---- references ---- */

static const char REFERENCE_PUT[] =
	"INSERT OR IGNORE INTO reference (subject, version, target, target_version) VALUES (?1, ?2, ?3, ?4)";

static const char REFERENCE_DROP[] =
	"DELETE FROM reference WHERE subject = ?1 AND version = ?2 AND target = ?3 AND target_version = ?4";

/* Runs `sql` for each reference of the record's version. */
static enum err_code each_reference(struct apply *a, const char *sql, const struct record_reference *references,
	size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct query q = begin_place(a, sql);

		query_key(&q, references[i].target);
		query_int(&q, references[i].version);
		TRY(query_run(&q, err));
	}
	return OK;
}

static enum err_code drop_references(struct apply *a, struct str text, struct err *err)
{
	const struct record_reference *references;
	size_t n;

	TRY(view_references_decode(a->arena, text, &references, &n, err));
	return each_reference(a, REFERENCE_DROP, references, n, err);
}

/* ---- ids ---- */

static const char USER_PUT[] =
	"INSERT INTO id_user (subject, version, context, id, written) VALUES (?1, ?2, ?3, ?4, ?5)"
	" ON CONFLICT DO UPDATE SET written = excluded.written";

static const char USER_DROP[] =
	"DELETE FROM id_user WHERE subject = ?1 AND version = ?2 AND context = ?3 AND id = ?4";

static const char FORMER_PUT[] =
	"INSERT OR IGNORE INTO former_id (subject, version, id) VALUES (?1, ?2, ?3)";

static const char FORMER_DROP[] =
	"DELETE FROM former_id WHERE subject = ?1 AND version = ?2 AND id = ?3";

static const char FORMER_ALL[] =
	"SELECT id FROM former_id WHERE subject = ?1 AND version = ?2";

static const char FLOOR_RAISE[] =
	"INSERT INTO id_floor (context, id) SELECT ?1, max(?2, 1)"
	" WHERE ?2 > coalesce((SELECT max(id) FROM id_user WHERE context = ?1), -1)"
	" ON CONFLICT DO UPDATE SET id = max(id, excluded.id)";

static enum err_code put_user(struct apply *a, int64_t id, struct err *err)
{
	struct query q = begin_place(a, USER_PUT);

	query_key(&q, a->context);
	query_int(&q, id);
	query_int(&q, seq_of(a));
	return query_run(&q, err);
}

/* The version no longer counts as a user of `id`; the id itself stays taken. */
static enum err_code drop_user(struct apply *a, int64_t id, struct err *err)
{
	struct query user = begin_place(a, USER_DROP);

	query_key(&user, a->context);
	query_int(&user, id);
	TRY(query_run(&user, err));
	struct query raise = query_begin(a->db, FLOOR_RAISE);

	query_key(&raise, a->context);
	query_int(&raise, id);
	return query_run(&raise, err);
}

static enum err_code change_former(struct apply *a, const char *sql, int64_t id, struct err *err)
{
	struct query q = begin_place(a, sql);

	query_int(&q, id);
	return query_run(&q, err);
}

static enum err_code drop_former_users(struct apply *a, struct err *err)
{
	struct query q = begin_place(a, FORMER_ALL);
	int64_t *ids = NULL;
	size_t n = 0;
	size_t room = 0;

	while (query_row(&q)) {
		ids = arena_grow(a->arena, ids, n, &room, sizeof(*ids));
		ids[n++] = query_get_int(&q, 0);
	}
	TRY(query_end(&q, err));
	for (size_t i = 0; i < n; i++) {
		TRY(drop_user(a, ids[i], err));
		TRY(change_former(a, FORMER_DROP, ids[i], err));
	}
	return OK;
}

/* ---- the kinds of records ---- */

static enum err_code write_place(struct apply *a, const struct place *place, struct err *err)
{
	struct query q = begin_place(a, PLACE_PUT);

	query_int(&q, place->id);
	query_int(&q, place->content);
	query_int(&q, place->deleted);
	query_int(&q, a->entry->time_ms);
	return query_run(&q, err);
}

/*
 * After the version was overwritten (IMPORT): its old id goes on leading to it (contract 10, 28), its
 * old content and references do not.
 */
static enum err_code release_overwritten(struct apply *a, const struct place *old, const struct place *now,
	const struct content_parts *parts, struct err *err)
{
	if (old->id != now->id)
		TRY(change_former(a, FORMER_PUT, old->id, err));
	if (old->id == now->id && old->content == now->content)
		return OK;
	return release_content(a, old, parts->digest, err);
}

static enum err_code apply_version_put(struct apply *a, struct err *err)
{
	const struct record *record = a->record;
	struct place old;
	struct place now = { .id = record->id, .deleted = record->deleted };
	struct content_parts parts = { 0 };
	bool was_live;

	TRY(find_place(a, &old, err));
	TRY(is_live(a, &was_live, err));
	if (old.content) {
		TRY(find_parts(a, old.content, &parts, err));
		TRY(drop_references(a, parts.references, err));
	}
	TRY(put_content(a, &now.content, err));
	TRY(put_content_id(a, record->digest, &now, err));
	TRY(write_place(a, &now, err));
	TRY(put_user(a, now.id, err));
	TRY(each_reference(a, REFERENCE_PUT, record->references, record->n_references, err));
	if (old.content)
		TRY(release_overwritten(a, &old, &now, &parts, err));

	bool live = !now.deleted;

	/* Only turning the one live version into a deleted one needs another look. */
	if (!live && was_live)
		TRY(is_live(a, &live, err));
	a->delta.subjects = live - was_live;
	a->delta.versions = !now.deleted - (old.content && !old.deleted);
	return OK;
}

static enum err_code apply_version_delete(struct apply *a, struct err *err)
{
	struct place place;
	struct content_parts parts = { 0 };
	bool live;

	TRY(find_place(a, &place, err));
	if (!place.content)
		return OK;
	struct query q = begin_place(a, PLACE_DELETE);

	query_int(&q, a->entry->time_ms);
	TRY(query_run(&q, err));
	/* In the reference a soft delete writes the whole record again, which makes it the last one of its id. */
	TRY(find_parts(a, place.content, &parts, err));
	TRY(put_content_id(a, parts.digest, &place, err));
	TRY(put_user(a, place.id, err));
	if (place.deleted)
		return OK;
	TRY(is_live(a, &live, err));
	a->delta.versions = -1;
	a->delta.subjects = live ? 0 : -1;
	return OK;
}

static enum err_code apply_version_purge(struct apply *a, struct err *err)
{
	struct place place;
	struct content_parts parts = { 0 };
	bool live = true;

	TRY(find_place(a, &place, err));
	if (!place.content)
		return OK;
	struct query q = begin_place(a, PLACE_PURGE);

	TRY(query_run(&q, err));
	TRY(find_parts(a, place.content, &parts, err));
	TRY(drop_references(a, parts.references, err));
	TRY(drop_user(a, place.id, err));
	TRY(drop_former_users(a, err));
	TRY(release_content(a, &place, parts.digest, err));
	if (place.deleted)
		return OK;
	TRY(is_live(a, &live, err));
	a->delta.versions = -1;
	a->delta.subjects = live ? 0 : -1;
	return OK;
}

static enum err_code apply_subject_delete(struct apply *a, struct err *err)
{
	struct query q = begin_place(a, SUBJECT_DELETE);
	bool live;

	TRY(query_run(&q, err));
	int n = (int)query_changes(&q);

	if (n == 0)
		return OK;
	TRY(is_live(a, &live, err));
	a->delta.versions = -n;
	a->delta.subjects = live ? 0 : -1;
	return OK;
}

static const char CONFIG_PUT[] = "INSERT OR REPLACE INTO config (subject, body) VALUES (?1, ?2)";
static const char CONFIG_DELETE[] = "DELETE FROM config WHERE subject = ?1";
static const char MODE_PUT[] = "INSERT OR REPLACE INTO mode (subject, mode) VALUES (?1, ?2)";
static const char MODE_DELETE[] = "DELETE FROM mode WHERE subject = ?1";
static const char CONTEXT_PUT[] = "INSERT OR IGNORE INTO context (name) VALUES (?1)";
static const char CONTEXT_DELETE[] = "DELETE FROM context WHERE name = ?1";

static enum err_code run_key(struct apply *a, const char *sql, struct str key, struct err *err)
{
	struct query q = query_begin(a->db, sql);

	query_key(&q, key);
	return query_run(&q, err);
}

static enum err_code run_key_text(struct apply *a, const char *sql, struct str text, struct err *err)
{
	struct query q = query_begin(a->db, sql);

	query_key(&q, a->record->subject);
	query_text(&q, text);
	return query_run(&q, err);
}

static enum err_code apply_config_put(struct apply *a, struct err *err)
{
	return run_key_text(a, CONFIG_PUT, a->record->body, err);
}

static enum err_code apply_config_delete(struct apply *a, struct err *err)
{
	return run_key(a, CONFIG_DELETE, a->record->subject, err);
}

static enum err_code apply_mode_put(struct apply *a, struct err *err)
{
	return run_key_text(a, MODE_PUT, a->record->mode, err);
}

static enum err_code apply_mode_delete(struct apply *a, struct err *err)
{
	return run_key(a, MODE_DELETE, a->record->subject, err);
}

static enum err_code apply_context_put(struct apply *a, struct err *err)
{
	return run_key(a, CONTEXT_PUT, a->record->context, err);
}

static enum err_code apply_context_delete(struct apply *a, struct err *err)
{
	return run_key(a, CONTEXT_DELETE, a->record->context, err);
}

static const char DOCUMENT_PUT[] =
	"INSERT INTO document (collection, key, body, created, updated) VALUES (?1, ?2, ?3, ?4, ?4)"
	" ON CONFLICT DO UPDATE SET body = excluded.body, updated = excluded.updated";
static const char DOCUMENT_DELETE[] = "DELETE FROM document WHERE collection = ?1 AND key = ?2";

static struct query begin_document(struct apply *a, const char *sql)
{
	struct query q = query_begin(a->db, sql);

	query_text(&q, a->record->collection);
	query_key(&q, a->record->key);
	return q;
}

static enum err_code apply_document_put(struct apply *a, struct err *err)
{
	struct query q = begin_document(a, DOCUMENT_PUT);

	query_text(&q, a->record->body);
	query_int(&q, a->entry->time_ms);
	return query_run(&q, err);
}

static enum err_code apply_document_delete(struct apply *a, struct err *err)
{
	struct query q = begin_document(a, DOCUMENT_DELETE);

	return query_run(&q, err);
}

typedef enum err_code apply_fn(struct apply *a, struct err *err);

static apply_fn *const kinds[RECORD_KINDS] = {
	[RECORD_CONTEXT_PUT] = apply_context_put,
	[RECORD_VERSION_PUT] = apply_version_put,
	[RECORD_VERSION_DELETE] = apply_version_delete,
	[RECORD_VERSION_PURGE] = apply_version_purge,
	[RECORD_SUBJECT_DELETE] = apply_subject_delete,
	[RECORD_CONFIG_PUT] = apply_config_put,
	[RECORD_CONFIG_DELETE] = apply_config_delete,
	[RECORD_MODE_PUT] = apply_mode_put,
	[RECORD_MODE_DELETE] = apply_mode_delete,
	[RECORD_CONTEXT_DELETE] = apply_context_delete,
	[RECORD_DOCUMENT_PUT] = apply_document_put,
	[RECORD_DOCUMENT_DELETE] = apply_document_delete,
};

/* ---- one entry ---- */

/* The condition on head makes sure that entries are applied once and in order. */
static const char ADVANCE[] =
	"UPDATE view_state SET head = ?1, hash = ?2, subjects = subjects + ?3, contents = contents + ?4,"
	" versions = versions + ?5 WHERE head = ?1 - 1";

static enum err_code advance(struct apply *a, struct err *err)
{
	struct query q = query_begin(a->db, ADVANCE);

	query_int(&q, seq_of(a));
	query_blob(&q, a->entry->hash, SHA256_BYTES);
	query_int(&q, a->delta.subjects);
	query_int(&q, a->delta.contents);
	query_int(&q, a->delta.versions);
	TRY(query_run(&q, err));
	if (query_changes(&q) != 1)
		return err_raise(err, LOG_CORRUPT, "a log entry was applied out of order");
	return OK;
}

enum err_code view_apply(struct view *view, struct arena *arena, const struct log_entry *entry,
	const struct record *record, struct err *err)
{
	assert(record->kind > 0 && record->kind < RECORD_KINDS);
	struct apply a = {
		.db = view->db,
		.arena = arena,
		.entry = entry,
		.record = record,
		.context = view_context_of(record->subject),
	};

	TRY(kinds[record->kind](&a, err));
	return advance(&a, err);
}
