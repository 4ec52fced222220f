/*
 * The view as a graph: versions are its nodes, references its edges.  For drawing and walking it; what decides
 * whether a version may go is view_referrers (storage/view.h).
 */
#ifndef STORAGE_VIEW_GRAPH_H
#define STORAGE_VIEW_GRAPH_H

#include "storage/view.h"

struct view_node {
	struct str subject;
	int version;
	int id;
	struct str schema_type;
	bool deleted;
	const struct record_reference *references;
	size_t n_references;
};

/* The version, deleted or not; version 0 is the latest live one.  NULL when there is none. */
ERR_CHECKED enum err_code view_node_find(struct view *view, struct arena *arena, struct str subject, int version,
	const struct view_node **out, struct err *err);

struct view_target {
	struct str subject;
	int version;     /* 0: any */
};

/*
 * Live versions that refer to the target, or, without one, to anything, by subject and version: the latest of
 * each subject, or with `all` every one.  At most `limit`.
 */
ERR_CHECKED enum err_code view_nodes_referring(struct view *view, struct arena *arena, const struct view_target *target,
	bool all, size_t limit, const struct view_node **out, size_t *n_out, struct err *err);

#endif
