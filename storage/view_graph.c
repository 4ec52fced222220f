/* Versions as nodes of the graph of references: without texts, with what they refer to. */
#include "storage/view_graph.h"

#include "base/arena.h"
#include "storage/view_int.h"

#define NODE_COLUMNS "v.subject, v.version, v.id, v.deleted, c.type, c.refs"
#define NODES "SELECT " NODE_COLUMNS " FROM version v CROSS JOIN content c ON c.no = v.content "

static const char OF_VERSION[] = NODES "WHERE v.subject = ?1 AND v.version = ?2";

static const char LATEST[] = NODES "WHERE v.subject = ?1 AND NOT v.deleted ORDER BY v.version DESC LIMIT 1";

/* ?3: every live version and not only the latest one of its subject. */
#define COUNTS                                                                        \
	" NOT v.deleted AND (?3 OR v.version ="                                           \
	" (SELECT max(w.version) FROM version w WHERE w.subject = v.subject AND NOT w.deleted)) "

static const char REFERRERS[] =
	"SELECT DISTINCT " NODE_COLUMNS
	"  FROM reference r CROSS JOIN version v ON v.subject = r.subject AND v.version = r.version"
	" CROSS JOIN content c ON c.no = v.content"
	" WHERE r.target = ?1 AND (?2 = 0 OR r.target_version = ?2) AND" COUNTS
	" ORDER BY v.subject, v.version LIMIT ?4";

static const char REFERRING[] =
	NODES "WHERE c.refs IS NOT NULL AND ?1 IS NOT NULL AND ?2 = 0 AND" COUNTS
	" ORDER BY v.subject, v.version LIMIT ?4";

static enum err_code read_nodes(struct query *q, struct arena *arena, const struct view_node **out, size_t *n_out,
	struct err *err)
{
	struct view_node *nodes = NULL;
	struct str *references = NULL;
	size_t n = 0, room = 0, text_room = 0;

	while (query_row(q)) {
		nodes = arena_grow(arena, nodes, n, &room, sizeof(*nodes));
		references = arena_grow(arena, references, n, &text_room, sizeof(*references));
		references[n] = query_get_text(q, 5, arena);
		nodes[n++] = (struct view_node){
			.subject = query_get_key(q, 0, arena),
			.version = (int)query_get_int(q, 1),
			.id = (int)query_get_int(q, 2),
			.deleted = query_get_int(q, 3),
			.schema_type = query_get_text(q, 4, arena),
		};
	}
	TRY(query_end(q, err));
	for (size_t i = 0; i < n; i++)
		TRY(view_references_decode(arena, references[i], &nodes[i].references, &nodes[i].n_references, err));
	*out = nodes;
	*n_out = n;
	return OK;
}

enum err_code view_node_find(struct view *view, struct arena *arena, struct str subject, int version,
	const struct view_node **out, struct err *err)
{
	struct query q = query_begin(view->db, version ? OF_VERSION : LATEST);
	const struct view_node *nodes;
	size_t n;

	query_key(&q, subject);
	if (version)
		query_int(&q, version);
	TRY(read_nodes(&q, arena, &nodes, &n, err));
	*out = n > 0 ? nodes : NULL;
	return OK;
}

enum err_code view_nodes_referring(struct view *view, struct arena *arena, const struct view_target *target, bool all,
	size_t limit, const struct view_node **out, size_t *n_out, struct err *err)
{
	struct query q = query_begin(view->db, target ? REFERRERS : REFERRING);

	query_key(&q, target ? target->subject : STR(""));
	query_int(&q, target ? target->version : 0);
	query_int(&q, all);
	query_int(&q, (int64_t)limit);
	return read_nodes(&q, arena, out, n_out, err);
}
