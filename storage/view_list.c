/* Lists of the view: subjects, versions and contexts that pass a filter, in order and by pages. */
#include "storage/view_int.h"

#include "base/arena.h"

/*
 * ?1 and ?2 bound the key; ?3 leaves out names of other contexts, which lie inside the default
 * context's bounds (all that starts with ":."); ?4, when given, is the prefix of the unqualified name.
 */
#define IN_FILTER                                                                 \
	"v.subject >= ?1 AND v.subject < ?2"                                          \
	" AND (NOT ?3 OR v.subject < ':.' OR v.subject >= ':/')"                      \
	" AND (?4 IS NULL OR unqualified_starts(v.subject, ?4))"

/* ?5 is query_deleted's; "only deleted" means that all versions of the subject are (contract 2.3). */
static const char SUBJECTS[] =
	"SELECT v.subject FROM version v"
	" WHERE " IN_FILTER
	" GROUP BY v.subject"
	" HAVING ?5 = 2 OR (?5 = 0 AND min(v.deleted) = 0) OR (?5 = 1 AND min(v.deleted) = 1)"
	" ORDER BY v.subject LIMIT ?6 OFFSET ?7";

static const char VERSIONS[] =
	"SELECT " VIEW_VERSION_COLUMNS
	"  FROM version v CROSS JOIN content c ON c.no = v.content"
	" WHERE " IN_FILTER " AND " VIEW_DELETED_IS("?5")
	" ORDER BY v.subject, v.version LIMIT ?6 OFFSET ?7";

static const char LATEST_VERSIONS[] =
	"SELECT " VIEW_VERSION_COLUMNS
	"  FROM version v CROSS JOIN content c ON c.no = v.content"
	" WHERE " IN_FILTER " AND " VIEW_DELETED_IS("?5")
	"   AND v.version = (SELECT max(w.version) FROM version w"
	"                     WHERE w.subject = v.subject AND (?5 = 2 OR w.deleted = ?5))"
	" ORDER BY v.subject, v.version LIMIT ?6 OFFSET ?7";

static const char CONTEXTS[] = "SELECT name FROM context WHERE name <> '.' ORDER BY name";

/* Begins `sql` with the filter's parameters. */
static struct query begin_list(struct view *view, struct arena *arena, const char *sql,
	const struct view_filter *filter)
{
	struct query q = query_begin(view->db, sql);
	bool is_default = !filter->all_contexts && !str_present(filter->qualified_prefix) && str_eq(filter->context, STR("."));
	struct str prefix = str_present(filter->name_prefix) ? filter->name_prefix : STR("");
	struct str from = prefix;

	if (str_present(filter->qualified_prefix))
		from = filter->qualified_prefix;
	else if (filter->all_contexts)
		from = STR("");
	else if (!is_default)
		from = str_printf(arena, ":%.*s:%.*s", STR_ARG(filter->context), STR_ARG(prefix));
	query_key(&q, from);
	query_key_above(&q, from);
	query_int(&q, is_default);
	if (filter->all_contexts && prefix.len > 0)
		query_key(&q, prefix);
	else
		query_text(&q, STR_NONE);
	query_deleted(&q, filter->which);
	query_int(&q, filter->page.limit < 0 ? -1 : filter->page.limit);
	query_int(&q, filter->page.offset);
	return q;
}

/* Reads the first column of all rows as names; ends the query. */
static enum err_code read_names(struct query *q, struct arena *arena, const struct str **out, size_t *n_out,
	struct err *err)
{
	struct str *names = NULL;
	size_t n = 0;
	size_t room = 0;

	while (query_row(q)) {
		names = arena_grow(arena, names, n, &room, sizeof(*names));
		names[n++] = query_get_key(q, 0, arena);
	}
	TRY(query_end(q, err));
	*out = names;
	*n_out = n;
	return OK;
}

enum err_code view_list_subjects(struct view *view, struct arena *arena, const struct view_filter *filter,
	const struct str **out, size_t *n_out, struct err *err)
{
	struct query q = begin_list(view, arena, SUBJECTS, filter);

	return read_names(&q, arena, out, n_out, err);
}

enum err_code view_list_versions(struct view *view, struct arena *arena, const struct view_filter *filter,
	const struct view_version **out, size_t *n_out, struct err *err)
{
	struct query q = begin_list(view, arena, filter->latest_only ? LATEST_VERSIONS : VERSIONS, filter);

	return view_read_versions(&q, arena, out, n_out, err);
}

enum err_code view_list_contexts(struct view *view, struct arena *arena, const struct str **out, size_t *n_out,
	struct err *err)
{
	struct query q = query_begin(view->db, CONTEXTS);

	return read_names(&q, arena, out, n_out, err);
}
