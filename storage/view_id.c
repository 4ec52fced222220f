/* Ids in the view: which content has which id in a context, and which versions use it. */
#include "storage/view_int.h"

#include "base/arena.h"

static const char CONTENT_ID[] =
	"SELECT id FROM content_id WHERE digest = ?1 AND context = ?2 ORDER BY written DESC LIMIT 1";

/* The first subject comes from the key's order, so that an id with many users is as quick as one with few. */
static const char FIND[] =
	"SELECT " VIEW_VERSION_COLUMNS
	"  FROM id_user u JOIN version v ON v.subject = u.subject AND v.version = u.version"
	"  JOIN content c ON c.no = v.content"
	" WHERE u.context = ?1 AND u.id = ?2"
	"   AND u.subject = (SELECT min(subject) FROM id_user WHERE context = ?1 AND id = ?2)"
	" ORDER BY u.written DESC LIMIT 1";

/* Of a subject only the version written last counts: SQLite takes the other columns from the row of max(). */
static const char USERS[] =
	"SELECT v.subject, v.version, v.id, v.deleted"
	"  FROM (SELECT subject, version, max(written) FROM id_user WHERE context = ?1 AND id = ?2 GROUP BY subject) u"
	"  JOIN version v ON v.subject = u.subject AND v.version = u.version"
	" ORDER BY u.subject";

/* An id is spent, not free: where no version has the content any more, the id it had last still stands for it. */
static const char DIGEST_IDS[] =
	"SELECT context, id FROM content_id WHERE digest = ?1"
	" UNION SELECT s.context, s.id FROM spent_id s WHERE s.digest = ?1 AND NOT EXISTS"
	" (SELECT 1 FROM content_id c WHERE c.digest = ?1 AND c.context = s.context)"
	" ORDER BY context, id";

/* An explicit id 0 leaves the counter at 1 (contract 10, 35). */
static const char MAX_ID[] =
	"SELECT max(coalesce(max((SELECT max(id) FROM id_user WHERE context = ?1), 1), 0),"
	"           coalesce((SELECT id FROM id_floor WHERE context = ?1), 0))";

enum err_code view_content_id(struct view *view, struct str context, const uint8_t digest[MD5_BYTES],
	bool *found, int *id, struct err *err)
{
	struct query q = query_begin(view->db, CONTENT_ID);

	query_blob(&q, digest, MD5_BYTES);
	query_key(&q, context);
	bool is_known = query_row(&q);
	int known = is_known ? (int)query_get_int(&q, 0) : 0;

	TRY(query_end(&q, err));
	*found = is_known;
	if (is_known)
		*id = known;
	return OK;
}

enum err_code view_id_find(struct view *view, struct arena *arena, struct str context, int id,
	const struct view_version **out, struct err *err)
{
	struct query q = query_begin(view->db, FIND);

	query_key(&q, context);
	query_int(&q, id);
	return view_read_version(&q, arena, out, err);
}

enum err_code view_id_users(struct view *view, struct arena *arena, struct str context, int id,
	const struct view_version_head **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, USERS);
	struct view_version_head *heads;

	query_key(&q, context);
	query_int(&q, id);
	TRY(view_read_heads(&q, arena, &heads, n_out, err));
	*out = heads;
	return OK;
}

enum err_code view_digest_ids(struct view *view, struct arena *arena, const uint8_t digest[MD5_BYTES],
	const struct view_context_id **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, DIGEST_IDS);
	struct view_context_id *ids = NULL;
	size_t n = 0;
	size_t room = 0;

	query_blob(&q, digest, MD5_BYTES);
	while (query_row(&q)) {
		ids = arena_grow(arena, ids, n, &room, sizeof(*ids));
		ids[n++] = (struct view_context_id){
			.context = query_get_key(&q, 0, arena),
			.id = (int)query_get_int(&q, 1),
		};
	}
	TRY(query_end(&q, err));
	*out = ids;
	*n_out = n;
	return OK;
}

enum err_code view_max_id(struct view *view, struct str context, int *out, struct err *err)
{
	struct query q = query_begin(view->db, MAX_ID);

	query_key(&q, context);
	int max = query_row(&q) ? (int)query_get_int(&q, 0) : 0;

	TRY(query_end(&q, err));
	*out = max;
	return OK;
}
