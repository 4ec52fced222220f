/* Summaries of subjects: written one by one, listed sorted and filtered. */
#include "storage/side_int.h"

#include "base/arena.h"

/* What stands on both sides of each tag. */
#define TAG_MARK '\x1F'

static const char PUT[] =
	"INSERT INTO summary (subject, context, type, version, id, versions, deleted, changed, refs, owner, tags,"
	" actor, description) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
	" ON CONFLICT DO UPDATE SET context = excluded.context, type = excluded.type, version = excluded.version,"
	" id = excluded.id, versions = excluded.versions, deleted = excluded.deleted, changed = excluded.changed,"
	" refs = excluded.refs, owner = excluded.owner, tags = excluded.tags,"
	" actor = coalesce(excluded.actor, actor), description = excluded.description";

static const char DROP[] = "DELETE FROM summary WHERE subject = ?1";

/* ?1 type, ?2 context, ?3 tag between marks, ?4 as query_deleted has it, ?5 … ?8 LIKE patterns; NULL: any. */
#define PASSES                                                                \
	" FROM summary"                                                           \
	" WHERE (?1 IS NULL OR type = ?1) AND (?2 IS NULL OR context = ?2)"       \
	" AND (?3 IS NULL OR instr(tags, ?3) > 0) AND (?4 = 2 OR deleted = ?4)"   \
	" AND (?5 IS NULL OR subject LIKE ?5 ESCAPE '\\')"                        \
	" AND (?6 IS NULL OR subject LIKE ?6 ESCAPE '\\')"                        \
	" AND (?7 IS NULL OR subject LIKE ?7 ESCAPE '\\')"                        \
	" AND (?8 IS NULL OR subject LIKE ?8 ESCAPE '\\')"

enum { WORDS = 4 }; /* more blanks are part of the last word */

static const char COUNT[] = "SELECT count(*)" PASSES;

#define LIST(order)                                                               \
	"SELECT subject, context, type, version, id, versions, deleted, changed, refs,"   \
	" owner, tags, actor, description" PASSES                                         \
	" ORDER BY " order " LIMIT ?9 OFFSET ?10"

static const char *const lists[SIDE_SORTS][2] = {
	[SIDE_BY_SUBJECT] = { LIST("subject"), LIST("subject DESC") },
	[SIDE_BY_TYPE] = { LIST("type, subject"), LIST("type DESC, subject") },
	[SIDE_BY_LATEST] = { LIST("version, id, subject"), LIST("version DESC, id DESC, subject") },
	[SIDE_BY_VERSIONS] = { LIST("versions, subject"), LIST("versions DESC, subject") },
	[SIDE_BY_CHANGED] = { LIST("changed, subject"), LIST("changed DESC, subject") },
	[SIDE_BY_OWNER] = { LIST("owner IS NULL, owner, subject"), LIST("owner IS NULL, owner DESC, subject") },
};

/* ---- writing ---- */

static struct str marked(struct arena *arena, const struct str *tags, size_t n)
{
	struct buf out = buf_make(arena, 64);

	if (n == 0)
		return STR_NONE;
	buf_add_c(&out, TAG_MARK);
	for (size_t i = 0; i < n; i++) {
		buf_add(&out, tags[i]);
		buf_add_c(&out, TAG_MARK);
	}
	return buf_str(&out);
}

static enum err_code put(struct side *side, struct arena *arena, const struct side_summary *s, struct err *err)
{
	struct query q = query_begin(side_writer(side), PUT);

	query_key(&q, s->subject);
	query_key(&q, s->context);
	query_text(&q, s->schema_type);
	query_int(&q, s->version);
	query_int(&q, s->id);
	query_int(&q, s->n_versions);
	query_int(&q, s->deleted);
	query_int(&q, s->changed_ms);
	query_int(&q, s->n_references);
	query_text(&q, s->owner);
	query_text(&q, marked(arena, s->tags, s->n_tags));
	query_text(&q, s->actor);
	query_text(&q, s->description);
	return query_run(&q, err);
}

enum err_code side_summary_put(struct side *side, const struct side_summary *summary, struct err *err)
{
	struct arena *arena = arena_create(0);
	enum err_code code = put(side, arena, summary, err);

	arena_destroy(arena);
	return code;
}

enum err_code side_summary_drop(struct side *side, struct str subject, struct err *err)
{
	struct query q = query_begin(side_writer(side), DROP);

	query_key(&q, subject);
	return query_run(&q, err);
}

/* ---- reading ---- */

/* "%word%" for the next word of *rest; absent when there is none. */
static struct str next_pattern(struct arena *arena, struct str *rest, bool last)
{
	struct str text = str_trim(*rest);
	ptrdiff_t blank = last ? -1 : str_index(text, ' ');
	struct str word = blank < 0 ? text : str_sub(text, 0, (size_t)blank);
	struct buf out = buf_make(arena, word.len + 8);

	*rest = blank < 0 ? STR("") : str_sub(text, (size_t)blank, text.len);
	if (word.len == 0)
		return STR_NONE;
	buf_add_c(&out, '%');
	for (size_t i = 0; i < word.len; i++) {
		if (word.data[i] == '%' || word.data[i] == '_' || word.data[i] == '\\')
			buf_add_c(&out, '\\');
		buf_add_c(&out, word.data[i]);
	}
	buf_add_c(&out, '%');
	return buf_str(&out);
}

static void query_optional_key(struct query *q, struct str name)
{
	if (str_present(name))
		query_key(q, name);
	else
		query_text(q, STR_NONE);
}

static struct query begin_filtered(struct db *db, struct arena *arena, const char *sql, const struct side_filter *filter)
{
	struct query q = query_begin(db, sql);
	struct str rest = str_present(filter->words) ? filter->words : STR("");

	query_text(&q, filter->schema_type);
	query_optional_key(&q, filter->context);
	query_text(&q, str_present(filter->tag) ? marked(arena, &filter->tag, 1) : STR_NONE);
	query_int(&q, filter->which == VIEW_ALL ? 2 : filter->which == VIEW_DELETED_ONLY);
	for (int i = 0; i < WORDS; i++)
		query_optional_key(&q, next_pattern(arena, &rest, i == WORDS - 1));
	return q;
}

static const struct str *unmarked(struct arena *arena, struct str text, size_t *n)
{
	struct str *tags = NULL;
	size_t room = 0;

	*n = 0;
	for (size_t at = 1; at < text.len; at++) {
		ptrdiff_t end = str_index(str_sub(text, at, text.len), TAG_MARK);

		tags = arena_grow(arena, tags, *n, &room, sizeof(*tags));
		tags[(*n)++] = str_sub(text, at, at + (size_t)end);
		at += (size_t)end;
	}
	return tags;
}

static void read_summary(struct query *row, struct arena *arena, struct side_summary *out)
{
	*out = (struct side_summary){
		.subject = query_get_key(row, 0, arena),
		.context = query_get_key(row, 1, arena),
		.schema_type = query_get_text(row, 2, arena),
		.version = (int)query_get_int(row, 3),
		.id = (int)query_get_int(row, 4),
		.n_versions = (int)query_get_int(row, 5),
		.deleted = query_get_int(row, 6),
		.changed_ms = query_get_int(row, 7),
		.n_references = (int)query_get_int(row, 8),
		.owner = query_get_text(row, 9, arena),
		.actor = query_get_text(row, 11, arena),
		.description = query_get_text(row, 12, arena),
	};
	out->tags = unmarked(arena, query_get_text(row, 10, arena), &out->n_tags);
}

static enum err_code read_page(struct db *db, struct arena *arena, const struct side_filter *filter,
	struct side_summaries *out, struct err *err)
{
	struct query q = begin_filtered(db, arena, lists[filter->sort][filter->descending], filter);
	struct side_summary *items = NULL;
	size_t n = 0, room = 0;

	query_int(&q, filter->page.limit);
	query_int(&q, filter->page.offset);
	while (query_row(&q)) {
		items = arena_grow(arena, items, n, &room, sizeof(*items));
		read_summary(&q, arena, &items[n++]);
	}
	out->items = items;
	out->n_items = n;
	return query_end(&q, err);
}

static enum err_code list(struct db *db, struct arena *arena, const struct side_filter *filter,
	struct side_summaries *out, struct err *err)
{
	struct query count = begin_filtered(db, arena, COUNT, filter);

	out->total = query_row(&count) ? query_get_int(&count, 0) : 0;
	TRY(query_end(&count, err));
	return read_page(db, arena, filter, out, err);
}

enum err_code side_summary_list(struct side *side, struct arena *arena, const struct side_filter *filter,
	struct side_summaries *out, struct err *err)
{
	struct db *db;

	TRY(side_take(side, &db, err));
	enum err_code code = db_exec(db, "BEGIN", err);

	if (code == OK)
		code = list(db, arena, filter, out, err);
	db_rollback(db);
	side_give(side, db);
	return code;
}

static const char COUNT_TYPE[] = "SELECT count(*) FROM summary WHERE type = ?1 AND deleted = 0";

enum err_code side_summary_count(struct side *side, struct str schema_type, int64_t *out, struct err *err)
{
	struct db *db;
	enum err_code code;

	TRY(side_take(side, &db, err));
	struct query q = query_begin(db, COUNT_TYPE);

	query_text(&q, schema_type);
	*out = query_row(&q) ? query_get_int(&q, 0) : 0;
	code = query_end(&q, err);
	side_give(side, db);
	return code;
}
