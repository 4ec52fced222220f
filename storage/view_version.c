/* Versions in the view: which schema a subject had at which version, and who refers to it. */
#include "storage/view_int.h"

#include <stdlib.h>

static const char FIND[] =
	"SELECT " VIEW_VERSION_COLUMNS
	"  FROM version v JOIN content c ON c.no = v.content"
	" WHERE v.subject = ?1 AND v.version = ?2 AND " VIEW_DELETED_IS("?3");

static const char LATEST[] =
	"SELECT " VIEW_VERSION_COLUMNS
	"  FROM version v JOIN content c ON c.no = v.content"
	" WHERE v.subject = ?1 AND " VIEW_DELETED_IS("?2")
	" ORDER BY v.version DESC LIMIT 1";

static const char OF_ID[] =
	"SELECT " VIEW_VERSION_COLUMNS
	"  FROM id_user u JOIN version v ON v.subject = u.subject AND v.version = u.version"
	"  JOIN content c ON c.no = v.content"
	" WHERE u.context = ?1 AND u.id = ?2 AND u.subject = ?3"
	" ORDER BY u.written DESC LIMIT 1";

static const char HEADS[] =
	"SELECT v.subject, v.version, v.id, v.deleted FROM version v"
	" WHERE v.subject = ?1 AND " VIEW_DELETED_IS("?2")
	" ORDER BY v.version";

static const char ALL[] =
	"SELECT " VIEW_VERSION_COLUMNS
	"  FROM version v JOIN content c ON c.no = v.content"
	" WHERE v.subject = ?1 AND " VIEW_DELETED_IS("?2")
	" ORDER BY v.version";

static const char REFERRERS[] =
	"SELECT v.subject, v.version, v.id, v.deleted"
	"  FROM reference r JOIN version v ON v.subject = r.subject AND v.version = r.version"
	" WHERE r.target = ?1 AND r.target_version = ?2 AND " VIEW_DELETED_IS("?3")
	" ORDER BY v.subject, v.version";

static const char REFERRER_COUNT[] =
	"SELECT count(*)"
	"  FROM reference r JOIN version v ON v.subject = r.subject AND v.version = r.version"
	" WHERE r.target = ?1 AND NOT v.deleted";

enum err_code view_version_find(struct view *view, struct arena *arena, struct str subject, int version,
	enum view_deleted which, const struct view_version **out, struct err *err)
{
	struct query q = query_begin(view->db, FIND);

	query_key(&q, subject);
	query_int(&q, version);
	query_deleted(&q, which);
	return view_read_version(&q, arena, out, err);
}

enum err_code view_latest_find(struct view *view, struct arena *arena, struct str subject,
	enum view_deleted which, const struct view_version **out, struct err *err)
{
	struct query q = query_begin(view->db, LATEST);

	query_key(&q, subject);
	query_deleted(&q, which);
	return view_read_version(&q, arena, out, err);
}

enum err_code view_version_of_id(struct view *view, struct arena *arena, struct str subject, int id,
	const struct view_version **out, struct err *err)
{
	struct query q = query_begin(view->db, OF_ID);

	query_key(&q, view_context_of(subject));
	query_int(&q, id);
	query_key(&q, subject);
	return view_read_version(&q, arena, out, err);
}

enum err_code view_version_heads(struct view *view, struct arena *arena, struct str subject,
	enum view_deleted which, const struct view_version_head **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, HEADS);
	struct view_version_head *heads;

	query_key(&q, subject);
	query_deleted(&q, which);
	TRY(view_read_heads(&q, arena, &heads, n_out, err));
	*out = heads;
	return OK;
}

enum err_code view_versions(struct view *view, struct arena *arena, struct str subject, enum view_deleted which,
	const struct view_version **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, ALL);

	query_key(&q, subject);
	query_deleted(&q, which);
	return view_read_versions(&q, arena, out, n_out, err);
}

/* ---- references ---- */

/* By context, the default one first, then id, then subject and version as the query has them. */
static int compare_referrers(const void *left, const void *right)
{
	const struct view_version_head *a = left;
	const struct view_version_head *b = right;
	int order = str_cmp_utf16(view_context_of(a->subject), view_context_of(b->subject));

	if (order == 0)
		order = (a->id > b->id) - (a->id < b->id);
	if (order == 0)
		order = str_cmp_utf16(a->subject, b->subject);
	return order ? order : (a->version > b->version) - (a->version < b->version);
}

enum err_code view_referrers(struct view *view, struct arena *arena, struct str subject, int version,
	enum view_deleted which, const struct view_version_head **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, REFERRERS);
	struct view_version_head *heads;

	query_key(&q, subject);
	query_int(&q, version);
	query_deleted(&q, which);
	TRY(view_read_heads(&q, arena, &heads, n_out, err));
	if (*n_out > 1)
		qsort(heads, *n_out, sizeof(*heads), compare_referrers);
	*out = heads;
	return OK;
}

enum err_code view_referrer_count(struct view *view, struct str subject, int64_t *out, struct err *err)
{
	struct query q = query_begin(view->db, REFERRER_COUNT);

	query_key(&q, subject);
	int64_t n = query_row(&q) ? query_get_int(&q, 0) : 0;

	TRY(query_end(&q, err));
	*out = n;
	return OK;
}
