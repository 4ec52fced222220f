/* Terms in the side file: replaced subject by subject, searched by trigrams. */
#include "storage/side_search.h"

#include "base/arena.h"
#include "base/limits.h"
#include "storage/side_int.h"

enum {
	WORDS = 8,       /* more blanks are part of the last one */
	SHORT_WORDS = 2, /* beside longer ones; more of them are not looked at */
	GRAM = 3,        /* letters that the index knows together */
	TAG_MARK = 0x1F,
};

/* ---- writing ---- */

/* An index over another table's columns has to be told what it is to forget. */
static const char FORGET[] =
	"INSERT INTO term_text (term_text, rowid, text, scope)"
	" SELECT 'delete', no, text, scope FROM term WHERE subject = ?1";
static const char DROP[] = "DELETE FROM term WHERE subject = ?1";
static const char ADD[] =
	"INSERT INTO term (subject, version, id, type, kind, text, scope, last, name, path, doc, tags, line)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
static const char INDEX[] =
	"INSERT INTO term_text (rowid, text, scope) VALUES (last_insert_rowid(), ?1, ?2)";

static enum err_code run_subject(struct side *side, const char *sql, struct str subject, struct err *err)
{
	struct query q = query_begin(side_writer(side), sql);

	query_key(&q, subject);
	return query_run(&q, err);
}

static struct str joined(struct arena *arena, const struct str *tags, size_t n)
{
	struct buf out = buf_make(arena, 32);

	if (n == 0)
		return STR_NONE;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(&out, TAG_MARK);
		buf_add(&out, tags[i]);
	}
	return buf_str(&out);
}

/* "Order" of "com.acme.Order", which is what people look for. */
static struct str last_part(const struct side_term *term)
{
	ptrdiff_t dot = str_rindex(term->text, '.');

	return term->kind == SIDE_TYPE && dot >= 0 ? str_sub(term->text, (size_t)dot + 1, term->text.len) : term->text;
}

static enum err_code add(struct side *side, struct arena *arena, const struct side_owner *owner, const struct side_term *term,
	struct err *err)
{
	struct query row = query_begin(side_writer(side), ADD);
	struct query index = query_begin(side_writer(side), INDEX);

	query_key(&row, owner->subject);
	query_int(&row, owner->version);
	query_int(&row, owner->id);
	query_text(&row, owner->schema_type);
	query_int(&row, term->kind);
	query_text(&row, term->text);
	query_text(&row, term->scope);
	query_text(&row, term->kind == SIDE_DOC ? STR("") : last_part(term));
	query_text(&row, term->name);
	query_text(&row, term->path);
	query_text(&row, term->doc);
	query_text(&row, joined(arena, term->tags, term->n_tags));
	query_int(&row, term->line);
	TRY(query_run(&row, err));
	query_text(&index, term->text);
	query_text(&index, term->scope);
	return query_run(&index, err);
}

enum err_code side_terms_put(struct side *side, const struct side_owner *owner, const struct side_term *terms, size_t n,
	struct err *err)
{
	struct arena *arena;
	enum err_code code = OK;

	TRY(run_subject(side, FORGET, owner->subject, err));
	TRY(run_subject(side, DROP, owner->subject, err));
	arena = arena_create(0);
	for (size_t i = 0; i < n && code == OK; i++)
		code = add(side, arena, owner, &terms[i], err);
	arena_destroy(arena);
	return code;
}

/* ---- reading ---- */

/* ?2 kinds as bits, 0: any; ?3 type; ?4 the words as they were given; ?5 LIMIT_SEARCH_HITS */
#define FILTERS " AND (?2 = 0 OR (1 << t.kind) & ?2) AND (?3 IS NULL OR t.type = ?3)"

/* ?1 is a MATCH expression; ?6 and ?7 are patterns of words that are too short for it, one of them in the text itself. */
#define BY_TRIGRAMS                                                                               \
	" FROM (SELECT t.* FROM term_text f CROSS JOIN term t ON t.no = f.rowid"                      \
	"        WHERE f.term_text MATCH ?1" FILTERS                                                  \
	"   AND (?6 IS NULL OR (t.text || ' ' || t.scope) LIKE ?6 ESCAPE '\\')"                       \
	"   AND (?7 IS NULL OR (t.text || ' ' || t.scope) LIKE ?7 ESCAPE '\\')"                       \
	"   AND (?6 IS NULL OR t.text LIKE ?6 ESCAPE '\\' OR t.text LIKE ?7 ESCAPE '\\')"            \
	" LIMIT ?5) h"

/* ?1 is the first word. */
#define BY_BEGINNING                                                                              \
	" FROM (SELECT t.* FROM term t WHERE t.last COLLATE NOCASE >= ?1"                             \
	"        AND t.last COLLATE NOCASE < ?1 || char(1114111)" FILTERS " AND coalesce(?6, ?7, 1) LIMIT ?5) h"

#define ITEMS                                                                                     \
	"SELECT h.subject, h.version, h.id, h.type, h.kind, h.name, h.path, h.doc, h.tags, h.line"

#define IN_ORDER                                                                                  \
	" ORDER BY CASE WHEN h.last LIKE ?4 ESCAPE '\\' OR h.text LIKE ?4 ESCAPE '\\' THEN 0"         \
	"  WHEN h.last LIKE ?4 || '%' ESCAPE '\\' OR h.text LIKE ?4 || '%' ESCAPE '\\' THEN 1"        \
	"  ELSE 2 END, h.kind, length(h.text), h.subject, h.no LIMIT ?8 OFFSET ?9"

static const char COUNT_TRIGRAMS[] = "SELECT count(*), ?4" BY_TRIGRAMS;
static const char LIST_TRIGRAMS[] = ITEMS BY_TRIGRAMS IN_ORDER;
static const char COUNT_BEGINNING[] = "SELECT count(*), ?4" BY_BEGINNING;
static const char LIST_BEGINNING[] = ITEMS BY_BEGINNING IN_ORDER;

/* How a search is asked. */
struct plan {
	const char *count, *list;
	struct str key;          /* ?1 */
	struct str pattern;      /* ?4 */
	struct str shorts[SHORT_WORDS];
};

static size_t n_letters(struct str word)
{
	size_t n = 0;

	for (size_t i = 0; i < word.len; i++)
		n += ((unsigned char)word.data[i] & 0xC0) != 0x80;
	return n;
}

static size_t split(struct str text, struct str words[WORDS])
{
	struct str rest = str_trim(text);
	size_t n = 0;

	while (rest.len > 0) {
		ptrdiff_t blank = n == WORDS - 1 ? -1 : str_index(rest, ' ');

		words[n++] = blank < 0 ? rest : str_sub(rest, 0, (size_t)blank);
		rest = blank < 0 ? STR("") : str_trim(str_sub(rest, (size_t)blank, rest.len));
	}
	return n;
}

/* As FTS5's string: in quotes, inner ones twice. */
static void add_quoted(struct buf *out, struct str word)
{
	buf_add_c(out, '"');
	for (size_t i = 0; i < word.len; i++) {
		if (word.data[i] == '"')
			buf_add_c(out, '"');
		if (word.data[i] != '\0')
			buf_add_c(out, word.data[i]);
	}
	buf_add_c(out, '"');
}

/* All words that are long enough; one of them in the text itself, unless a shorter one has to be.  Absent: there is none. */
static struct str match_of(struct arena *arena, const struct str *words, size_t n, size_t n_shorts)
{
	struct buf any = buf_make(arena, 64), all = buf_make(arena, 64);

	for (size_t i = 0; i < n; i++) {
		if (n_letters(words[i]) < GRAM)
			continue;
		if (any.len > 0) {
			buf_lit(&any, " OR ");
			buf_lit(&all, " AND ");
		}
		add_quoted(&any, words[i]);
		add_quoted(&all, words[i]);
	}
	if (any.len == 0)
		return STR_NONE;
	if (n_shorts > 0)
		return buf_str(&all);
	return str_printf(arena, "{text} : (%.*s) AND (%.*s)", STR_ARG(buf_str(&any)), STR_ARG(buf_str(&all)));
}

/* The words as a LIKE pattern of themselves. */
static struct str literal(struct arena *arena, struct str text)
{
	struct buf out = buf_make(arena, text.len + 8);

	for (size_t i = 0; i < text.len; i++) {
		if (strchr("%_\\", text.data[i]) && text.data[i] != '\0')
			buf_add_c(&out, '\\');
		buf_add_c(&out, text.data[i]);
	}
	return buf_str(&out);
}

/* "%id%" for the words that have no trigram. */
static size_t take_shorts(struct arena *arena, const struct str *words, size_t n, struct str shorts[SHORT_WORDS])
{
	size_t n_shorts = 0;

	for (size_t i = 0; i < n && n_shorts < SHORT_WORDS; i++)
		if (n_letters(words[i]) < GRAM)
			shorts[n_shorts++] = str_printf(arena, "%%%.*s%%", STR_ARG(literal(arena, words[i])));
	return n_shorts;
}

static bool make_plan(struct arena *arena, struct str text, struct plan *out)
{
	struct str words[WORDS];
	size_t n = split(str_present(text) ? text : STR(""), words);

	if (n == 0)
		return false;
	*out = (struct plan){
		.count = COUNT_TRIGRAMS,
		.list = LIST_TRIGRAMS,
		.pattern = literal(arena, str_trim(text)),
	};
	out->key = match_of(arena, words, n, take_shorts(arena, words, n, out->shorts));
	if (str_present(out->key))
		return true;
	*out = (struct plan){ .count = COUNT_BEGINNING, .list = LIST_BEGINNING, .key = words[0], .pattern = out->pattern };
	return true;
}

static struct query begin(struct db *db, const char *sql, const struct plan *plan, const struct side_search *search)
{
	struct query q = query_begin(db, sql);

	query_text(&q, plan->key);
	query_int(&q, search->kinds);
	query_text(&q, search->schema_type);
	query_text(&q, plan->pattern);
	query_int(&q, LIMIT_SEARCH_HITS);
	query_text(&q, plan->shorts[0]);
	query_text(&q, plan->shorts[1]);
	return q;
}

static const struct str *parted(struct arena *arena, struct str text, size_t *n)
{
	struct str *tags = NULL;
	size_t room = 0;

	*n = 0;
	while (str_present(text)) {
		ptrdiff_t end = str_index(text, TAG_MARK);

		tags = arena_grow(arena, tags, *n, &room, sizeof(*tags));
		tags[(*n)++] = end < 0 ? text : str_sub(text, 0, (size_t)end);
		text = end < 0 ? STR_NONE : str_sub(text, (size_t)end + 1, text.len);
	}
	return tags;
}

static void read_hit(struct query *row, struct arena *arena, struct side_hit *out)
{
	*out = (struct side_hit){
		.owner = {
			.subject = query_get_key(row, 0, arena),
			.version = (int)query_get_int(row, 1),
			.id = (int)query_get_int(row, 2),
			.schema_type = query_get_text(row, 3, arena),
		},
		.term = {
			.kind = (enum side_term_kind)query_get_int(row, 4),
			.name = query_get_text(row, 5, arena),
			.path = query_get_text(row, 6, arena),
			.doc = query_get_text(row, 7, arena),
			.line = (int)query_get_int(row, 9),
		},
	};
	out->term.tags = parted(arena, query_get_text(row, 8, arena), &out->term.n_tags);
}

static enum err_code list(struct db *db, struct arena *arena, const struct plan *plan, const struct side_search *search,
	struct side_hits *out, struct err *err)
{
	struct query count = begin(db, plan->count, plan, search);
	struct side_hit *items = NULL;
	size_t n = 0, room = 0;

	out->total = query_row(&count) ? query_get_int(&count, 0) : 0;
	TRY(query_end(&count, err));
	struct query q = begin(db, plan->list, plan, search);

	query_int(&q, search->page.limit);
	query_int(&q, search->page.offset);
	while (query_row(&q)) {
		items = arena_grow(arena, items, n, &room, sizeof(*items));
		read_hit(&q, arena, &items[n++]);
	}
	out->items = items;
	out->n_items = n;
	return query_end(&q, err);
}

enum err_code side_search_list(struct side *side, struct arena *arena, const struct side_search *search,
	struct side_hits *out, struct err *err)
{
	struct plan plan;
	struct db *db;
	enum err_code code;

	*out = (struct side_hits){ 0 };
	if (!make_plan(arena, search->words, &plan))
		return OK;
	TRY(side_take(side, &db, err));
	code = db_exec(db, "BEGIN", err);
	if (code == OK)
		code = list(db, arena, &plan, search, out, err);
	db_rollback(db);
	side_give(side, db);
	return code;
}
