/* What was refused of late, kept so that it can be explained to whoever asks. */
#ifndef SERVER_REGISTRY_REFUSAL_H
#define SERVER_REGISTRY_REFUSAL_H

#include "server/registry/explain.h"
#include "storage/side_refusal.h"

/* The `detail` of an ERR_INCOMPATIBLE: what was judged. */
struct refused {
	struct str subject;
	const struct new_schema *schema;
	enum compat_level level;
	enum config_policy policy;
	int newest;               /* the subject's highest version */
	size_t n_findings;        /* that the message tells */
};

/* Keeps it; the id to ask for it by. */
ERR_CHECKED enum err_code registry_refusal_keep(struct call *call, const struct refused *refused, struct str message,
	int *id, struct err *err);

/* Newest first, heads only; subject absent: of all. */
ERR_CHECKED enum err_code registry_refusal_list(struct call *call, struct str subject, size_t limit,
	const struct side_refusal **out, size_t *n_out, struct err *err);

/* 40481. */
ERR_CHECKED enum err_code registry_refusal_get(struct call *call, int id, const struct side_refusal **out, struct err *err);

/* Explained against what is left of the versions there were then, at the level and policy of then. */
ERR_CHECKED enum err_code registry_refusal_explain(struct call *call, const struct side_refusal *refusal,
	struct explained_change *out, struct err *err);

/* Of one that was not kept yet. */
ERR_CHECKED enum err_code registry_refused_explain(struct call *call, const struct refused *refused,
	struct explained_change *out, struct err *err);

ERR_CHECKED enum err_code registry_refusal_count(struct call *call, int64_t *out, struct err *err);

#endif
