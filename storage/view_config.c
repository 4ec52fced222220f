/* Config and mode entries of the view. */
#include "storage/view_int.h"

static const char CONFIG[] = "SELECT body FROM config WHERE subject = ?1";
static const char MODE[] = "SELECT mode FROM mode WHERE subject = ?1";

static enum err_code find_text(struct view *view, const char *sql, struct str subject, struct arena *arena,
	struct str *out, struct err *err)
{
	struct query q = query_begin(view->db, sql);

	query_key(&q, subject);
	struct str text = query_row(&q) ? query_get_text(&q, 0, arena) : STR_NONE;

	TRY(query_end(&q, err));
	*out = text;
	return OK;
}

enum err_code view_config_find(struct view *view, struct arena *arena, struct str subject, struct str *out,
	struct err *err)
{
	return find_text(view, CONFIG, subject, arena, out, err);
}

enum err_code view_mode_find(struct view *view, struct arena *arena, struct str subject, struct str *out,
	struct err *err)
{
	return find_text(view, MODE, subject, arena, out, err);
}
