/*
 * What was refused of late, in the side file: kept over restarts, bounded in number and bytes.  It is told nowhere
 * else; who loses the file loses it.
 */
#ifndef STORAGE_SIDE_REFUSAL_H
#define STORAGE_SIDE_REFUSAL_H

#include "storage/side.h"

struct side_refusal {
	int id;                   /* 1, 2, 3 … never given twice */
	int64_t time_ms;
	struct str actor;
	struct str subject;       /* qualified */
	struct str level;
	struct str policy;
	struct str schema_type;
	int newest;               /* the subject's highest version then; 0: none */
	int n_findings;
	struct str text;
	struct str references;    /* JSON; absent: none */
	struct str metadata;      /* JSON; absent: none */
	struct str message;
};

/* Not in a batch: it is one of its own.  The oldest make room. */
ERR_CHECKED enum err_code side_refusal_add(struct side *side, const struct side_refusal *refusal, int *id, struct err *err);

/* Newest first, without text, references, metadata and message; subject absent: of all. */
ERR_CHECKED enum err_code side_refusal_list(struct side *side, struct arena *arena, struct str subject, size_t limit,
	const struct side_refusal **out, size_t *n_out, struct err *err);

/* NULL when it is not kept (any more). */
ERR_CHECKED enum err_code side_refusal_find(struct side *side, struct arena *arena, int id, const struct side_refusal **out,
	struct err *err);

ERR_CHECKED enum err_code side_refusal_count(struct side *side, int64_t *out, struct err *err);

#endif
