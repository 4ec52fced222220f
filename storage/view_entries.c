/* Lists of configuration and mode entries. */
#include "storage/view_int.h"

#include "base/arena.h"

/* ?1 and ?2 bound the key; ?3 leaves out qualified names, which lie inside the default context's bounds. */
#define OF_CONTEXT                                                    \
	" WHERE subject >= ?1 AND subject < ?2 AND subject > ?4"          \
	"   AND (NOT ?3 OR subject < ':.' OR subject >= ':/')"            \
	" ORDER BY subject"

static const char CONFIGS[] = "SELECT subject, body FROM config" OF_CONTEXT;
static const char MODES[] = "SELECT subject, mode FROM mode" OF_CONTEXT;

static enum err_code list(struct view *view, const char *sql, struct arena *arena, struct str context,
	const struct view_entry **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, sql);
	bool is_default = str_present(context) && str_eq(context, STR("."));
	struct str from = STR("");
	struct view_entry *entries = NULL;
	size_t n = 0;
	size_t room = 0;

	if (str_present(context) && !is_default)
		from = str_printf(arena, ":%.*s:", STR_ARG(context));
	query_key(&q, from);
	query_key_above(&q, from);
	query_int(&q, is_default);
	query_key(&q, from); /* the context's own entry is not one of its subjects' */
	while (query_row(&q)) {
		entries = arena_grow(arena, entries, n, &room, sizeof(*entries));
		entries[n++] = (struct view_entry){
			.subject = query_get_key(&q, 0, arena),
			.text = query_get_text(&q, 1, arena),
		};
	}
	TRY(query_end(&q, err));
	*out = entries;
	*n_out = n;
	return OK;
}

enum err_code view_list_configs(struct view *view, struct arena *arena, struct str context,
	const struct view_entry **out, size_t *n_out, struct err *err)
{
	return list(view, CONFIGS, arena, context, out, n_out, err);
}

enum err_code view_list_modes(struct view *view, struct arena *arena, struct str context,
	const struct view_entry **out, size_t *n_out, struct err *err)
{
	return list(view, MODES, arena, context, out, n_out, err);
}
