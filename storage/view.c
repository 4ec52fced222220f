/* A view's connection, its snapshots, its state, and what its questions share. */
#include "storage/view_int.h"

#include "base/arena.h"
#include "base/json.h"
#include "storage/store.h"

#include <stdlib.h>

/* ---- connection ---- */

/* unqualified_starts(subject, prefix): on keys, so that the bytes compare as they are stored. */
static void starts_function(sqlite3_context *context, int n, sqlite3_value **values)
{
	(void)n;
	struct str subject = str_make((const char *)sqlite3_value_text(values[0]), (size_t)sqlite3_value_bytes(values[0]));
	struct str prefix = str_make((const char *)sqlite3_value_text(values[1]), (size_t)sqlite3_value_bytes(values[1]));

	sqlite3_result_int(context, str_starts(view_name_of(subject), prefix));
}

enum err_code view_open(const char *path, const char *vfs, enum db_access access, int64_t cache_kib,
	struct view **out, struct err *err)
{
	struct view *view = calloc(1, sizeof(*view));

	if (!view)
		return err_raise(err, STORE, "out of memory");
	view->is_writer = access == DB_WRITE;
	enum err_code code = db_open(path, vfs, access, cache_kib, &view->db, err);

	if (code == OK) {
		int rc = sqlite3_create_function_v2(db_handle(view->db), "unqualified_starts", 2,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, starts_function, NULL, NULL, NULL);

		if (rc != SQLITE_OK)
			code = db_raise(view->db, rc, err);
	}
	if (code != OK) {
		view_close(view);
		return code;
	}
	*out = view;
	return OK;
}

void view_close(struct view *view)
{
	if (!view)
		return;
	if (view->log)
		view->log->source->close(view->log);
	db_close(view->db);
	free(view);
}

/* ---- snapshots ---- */

static const char BEGIN[] = "BEGIN";
static const char END[] = "COMMIT";

enum err_code view_begin(struct view *view, struct err *err)
{
	if (view->is_writer)
		return OK;
	struct query q = query_begin(view->db, BEGIN);

	return query_run(&q, err);
}

void view_end(struct view *view)
{
	if (view->is_writer)
		return;
	struct query q = query_begin(view->db, END);

	(void)query_row(&q);
	sqlite3_reset(q.stmt);
	db_rollback(view->db); /* a COMMIT that read nothing but failed still has to end */
}

/* ---- state ---- */

static const char STATE[] = "SELECT head, hash, subjects, contents, versions FROM view_state";

enum err_code view_state(struct view *view, struct view_state *out, struct err *err)
{
	struct query q = query_begin(view->db, STATE);
	struct view_state state = { 0 };

	if (query_row(&q)) {
		state.head = (uint64_t)query_get_int(&q, 0);
		state.counts = (struct view_counts){
			.subjects = query_get_int(&q, 2),
			.schemas = query_get_int(&q, 3),
			.versions = query_get_int(&q, 4),
			.head = state.head,
		};
		query_get_blob(&q, 1, state.counts.hash, sizeof(state.counts.hash));
	}
	TRY(query_end(&q, err));
	*out = state;
	return OK;
}

enum err_code view_counts(struct view *view, struct view_counts *out, struct err *err)
{
	struct view_state state;

	TRY(view_state(view, &state, err));
	*out = state.counts;
	return OK;
}

static const char N_PAGES[] = "PRAGMA page_count";
static const char PAGE_BYTES[] = "PRAGMA page_size";

enum err_code view_bytes(struct view *view, int64_t *out, struct err *err)
{
	int64_t pages, bytes;

	TRY(db_int(view->db, N_PAGES, &pages, err));
	TRY(db_int(view->db, PAGE_BYTES, &bytes, err));
	*out = pages * bytes;
	return OK;
}

enum err_code view_log_tail(struct view *view, struct arena *arena, uint64_t after, size_t limit,
	const struct log_entry **out, size_t *n_out, struct err *err)
{
	return view->log->source->tail(view->log, arena, after, limit, out, n_out, err);
}

/* ---- names ---- */

/* Where the context of a qualified name ends, or 0 for a name of the default context. */
static size_t context_end(struct str subject)
{
	if (!str_starts(subject, STR(":.")))
		return 0;
	ptrdiff_t end = str_index(str_sub(subject, 1, subject.len), ':');

	return end < 0 ? subject.len : (size_t)end + 1;
}

struct str view_context_of(struct str subject)
{
	size_t end = context_end(subject);

	return end ? str_sub(subject, 1, end) : STR(".");
}

struct str view_name_of(struct str subject)
{
	size_t end = context_end(subject);

	return end ? str_sub(subject, end + 1, subject.len) : subject;
}

/* ---- versions with content ---- */

void query_deleted(struct query *q, enum view_deleted which)
{
	query_int(q, which == VIEW_ALL ? 2 : which == VIEW_DELETED_ONLY);
}

/* A row as it is; its references are still text, since decoding may fail and a row must not. */
struct version_row {
	struct view_version version;
	struct str references;
};

static void read_version(struct query *row, struct arena *arena, struct version_row *out)
{
	struct view_version *v = &out->version;

	v->subject = query_get_key(row, 0, arena);
	v->context = view_context_of(v->subject);
	v->version = (int)query_get_int(row, 1);
	v->id = (int)query_get_int(row, 2);
	v->deleted = query_get_int(row, 3);
	v->ts = query_get_int(row, 4);
	query_get_blob(row, 5, v->digest, sizeof(v->digest));
	v->schema_type = query_get_text(row, 6, arena);
	v->text = query_get_text(row, 7, arena);
	out->references = query_get_text(row, 8, arena);
	v->metadata = query_get_text(row, 9, arena);
	v->rule_set = query_get_text(row, 10, arena);
}

static enum err_code resolve_row(struct arena *arena, struct version_row *row, struct err *err)
{
	return view_references_decode(arena, row->references, &row->version.references,
		&row->version.n_references, err);
}

enum err_code view_read_versions(struct query *q, struct arena *arena, const struct view_version **out,
	size_t *n_out, struct err *err)
{
	struct version_row *rows = NULL;
	size_t n = 0;
	size_t room = 0;

	while (query_row(q)) {
		rows = arena_grow(arena, rows, n, &room, sizeof(*rows));
		read_version(q, arena, &rows[n++]);
	}
	TRY(query_end(q, err));
	struct view_version *versions = arena_array(arena, struct view_version, n);

	for (size_t i = 0; i < n; i++) {
		TRY(resolve_row(arena, &rows[i], err));
		versions[i] = rows[i].version;
	}
	*out = versions;
	*n_out = n;
	return OK;
}

enum err_code view_read_version(struct query *q, struct arena *arena, const struct view_version **out,
	struct err *err)
{
	struct version_row *row = NULL;

	if (query_row(q)) {
		row = arena_new(arena, struct version_row);
		read_version(q, arena, row);
	}
	TRY(query_end(q, err));
	if (row)
		TRY(resolve_row(arena, row, err));
	*out = row ? &row->version : NULL;
	return OK;
}

enum err_code view_read_heads(struct query *q, struct arena *arena, struct view_version_head **out,
	size_t *n_out, struct err *err)
{
	struct view_version_head *heads = NULL;
	size_t n = 0;
	size_t room = 0;

	while (query_row(q)) {
		heads = arena_grow(arena, heads, n, &room, sizeof(*heads));
		heads[n++] = (struct view_version_head){
			.subject = query_get_key(q, 0, arena),
			.version = (int)query_get_int(q, 1),
			.id = (int)query_get_int(q, 2),
			.deleted = query_get_int(q, 3),
		};
	}
	TRY(query_end(q, err));
	*out = heads;
	*n_out = n;
	return OK;
}

/* ---- references ---- */

/* [["name","subject","target",version],…]: the same list gives the same text, so that texts can be compared. */
struct str view_references_encode(struct arena *arena, const struct record_reference *references, size_t n)
{
	if (n == 0)
		return STR_NONE;
	struct buf b = buf_make(arena, 64 * n);

	for (size_t i = 0; i < n; i++) {
		buf_add(&b, i == 0 ? STR("[[") : STR(",["));
		buf_json_string(&b, references[i].name);
		buf_add_c(&b, ',');
		buf_json_string(&b, references[i].subject);
		buf_add_c(&b, ',');
		buf_json_string(&b, references[i].target);
		buf_add_c(&b, ',');
		buf_add_i64(&b, references[i].version);
		buf_add_c(&b, ']');
	}
	buf_add_c(&b, ']');
	return buf_str(&b);
}

static bool is_reference(const struct jsn *item)
{
	return item->kind == JSN_ARRAY && item->n_items == 4 && item->items[0].kind == JSN_STRING &&
		item->items[1].kind == JSN_STRING && item->items[2].kind == JSN_STRING &&
		item->items[3].kind == JSN_NUMBER;
}

enum err_code view_references_decode(struct arena *arena, struct str text,
	const struct record_reference **out, size_t *n_out, struct err *err)
{
	const struct jsn *list;
	struct err reason = { .arena = arena };

	if (!str_present(text)) {
		*out = NULL;
		*n_out = 0;
		return OK;
	}
	if (jsn_parse(arena, text, JSN_SURROGATES, 2, &list, &reason) != OK || list->kind != JSN_ARRAY)
		return err_raise(err, LOG_CORRUPT, "The view holds references that cannot be read");
	struct record_reference *references = arena_array(arena, struct record_reference, list->n_items);

	for (size_t i = 0; i < list->n_items; i++) {
		const struct jsn *item = &list->items[i];
		int32_t version;

		if (!is_reference(item) || !str_to_i32(item->items[3].text, &version))
			return err_raise(err, LOG_CORRUPT, "The view holds references that cannot be read");
		references[i] = (struct record_reference){
			.name = item->items[0].text,
			.subject = item->items[1].text,
			.target = item->items[2].text,
			.version = version,
		};
	}
	*out = references;
	*n_out = list->n_items;
	return OK;
}
