/* The judgement that registration, the compatibility endpoints and explanations share: judge.c. */
#ifndef SERVER_REGISTRY_JUDGE_INT_H
#define SERVER_REGISTRY_JUDGE_INT_H

#include "server/registry/registry_int.h"

struct compat_history {
	const struct view_version *versions; /* live ones, ascending */
	size_t n_versions;
};

/* The versions to compare with: one, or all live ones; none of an unknown subject.  40402. */
ERR_CHECKED enum err_code compat_judge_history(struct call *call, struct str subject, const struct version_number *version,
	struct compat_history *out, struct err *err);

ERR_CHECKED enum err_code compat_judge(struct call *call, const struct config *config, const struct content *content,
	const struct compat_history *history, struct compat_verdict *out, struct err *err);

/* What compat_judge asks; with at least the newest `least` versions, whatever the level looks at. */
ERR_CHECKED enum err_code compat_judge_request(struct call *call, const struct config *config, const struct content *content,
	const struct compat_history *history, size_t least, struct compat_request *out, struct err *err);
enum schema_policy compat_judge_policy(enum config_policy policy);

#endif
