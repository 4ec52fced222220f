/* What the view's files share: the connection, reading versions with content, contexts of names. */
#ifndef STORAGE_VIEW_INT_H
#define STORAGE_VIEW_INT_H

#include "storage/log.h"
#include "storage/query.h"
#include "storage/view.h"

struct view {
	struct db *db;
	struct log *log;  /* of the same thread */
	bool is_writer;   /* the one that applies: always within the batch's transaction */
};

/* What the view says about itself. */
struct view_state {
	uint64_t head;
	struct view_counts counts; /* its hash tells whether the log is still the same one */
};

ERR_CHECKED enum err_code view_open(const char *path, const char *vfs, enum db_access access, int64_t cache_kib,
	struct view **out, struct err *err);
void view_close(struct view *view); /* NULL is allowed; closes its log, too */

ERR_CHECKED enum err_code view_state(struct view *view, struct view_state *out, struct err *err);

/* "." for "orders", ".ctx" for ":.ctx:orders" (contract 4.1); borrowed from `subject`. */
struct str view_context_of(struct str subject);
/* "orders" for both. */
struct str view_name_of(struct str subject);

/* ---- versions with content ---- */

/* The columns that view_read_versions expects, of `version v` and `content c`. */
#define VIEW_VERSION_COLUMNS                                                  \
	"v.subject, v.version, v.id, v.deleted, v.ts,"                            \
	" c.digest, c.type, c.text, c.refs, c.metadata, c.rule_set"

/* Whether `v.deleted` passes the filter bound with query_deleted as parameter `n`. */
#define VIEW_DELETED_IS(n) "(" n " = 2 OR v.deleted = " n ")"
void query_deleted(struct query *q, enum view_deleted which);

/* All rows; ends the query. */
ERR_CHECKED enum err_code view_read_versions(struct query *q, struct arena *arena, const struct view_version **out,
	size_t *n_out, struct err *err);
/* The first row, or NULL; ends the query. */
ERR_CHECKED enum err_code view_read_version(struct query *q, struct arena *arena, const struct view_version **out,
	struct err *err);
/* All rows of subject, version, id, deleted; ends the query. */
ERR_CHECKED enum err_code view_read_heads(struct query *q, struct arena *arena, struct view_version_head **out,
	size_t *n_out, struct err *err);

/* ---- references of a content, as the table has them ---- */

/* Absent when there are none. */
struct str view_references_encode(struct arena *arena, const struct record_reference *references, size_t n);
ERR_CHECKED enum err_code view_references_decode(struct arena *arena, struct str text,
	const struct record_reference **out, size_t *n_out, struct err *err);

#endif
