/* Documents: what the registry keeps beside schemas, by collection and key. */
#include "storage/view_int.h"

#include "base/arena.h"

#define SELECT "SELECT key, body, created, updated FROM document"

static const char FIND[] = SELECT " WHERE collection = ?1 AND key = ?2";
static const char WITH_PREFIX[] = SELECT " WHERE collection = ?1 AND key >= ?2 AND key < ?3 ORDER BY key";

/* Each has its index (storage/migrate.c). */
static const char *const WITH_MEMBER[] = {
	[VIEW_ASSOCIATION_SUBJECT] =
		SELECT " WHERE collection = 'association' AND body ->> '$.subject' = ?1 ORDER BY key",
	[VIEW_ASSOCIATION_ID] =
		SELECT " WHERE collection = 'association' AND body ->> '$.resourceId' = ?1 ORDER BY key",
	[VIEW_ASSOCIATION_NAMESPACE] =
		SELECT " WHERE collection = 'association' AND body ->> '$.resourceNamespace' = ?1 ORDER BY key",
};

static void read_document(struct query *q, struct arena *arena, struct view_document *out)
{
	*out = (struct view_document){
		.key = query_get_key(q, 0, arena),
		.body = query_get_text(q, 1, arena),
		.created = query_get_int(q, 2),
		.updated = query_get_int(q, 3),
	};
}

static enum err_code read_all(struct query *q, struct arena *arena, const struct view_document **out, size_t *n_out,
	struct err *err)
{
	struct view_document *documents = NULL;
	size_t n = 0;
	size_t room = 0;

	while (query_row(q)) {
		documents = arena_grow(arena, documents, n, &room, sizeof(*documents));
		read_document(q, arena, &documents[n++]);
	}
	TRY(query_end(q, err));
	*out = documents;
	*n_out = n;
	return OK;
}

enum err_code view_document_find(struct view *view, struct arena *arena, struct str collection, struct str key,
	const struct view_document **out, struct err *err)
{
	struct query q = query_begin(view->db, FIND);
	struct view_document *document = NULL;

	query_text(&q, collection);
	query_key(&q, key);
	if (query_row(&q)) {
		document = arena_new(arena, struct view_document);
		read_document(&q, arena, document);
	}
	TRY(query_end(&q, err));
	*out = document;
	return OK;
}

enum err_code view_documents(struct view *view, struct arena *arena, struct str collection, struct str prefix,
	const struct view_document **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, WITH_PREFIX);

	query_text(&q, collection);
	query_key(&q, prefix);
	query_key_above(&q, prefix);
	return read_all(&q, arena, out, n_out, err);
}

enum err_code view_associations(struct view *view, struct arena *arena, enum view_association_member member,
	struct str value, const struct view_document **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, WITH_MEMBER[member]);

	query_text(&q, value);
	return read_all(&q, arena, out, n_out, err);
}
