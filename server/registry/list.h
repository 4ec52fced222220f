/* Lists of subjects, schemas and contexts, with their prefixes, filters and pages (contract 2.3, 2.4, 2.8). */
#ifndef SERVER_REGISTRY_LIST_H
#define SERVER_REGISTRY_LIST_H

#include "server/registry/association.h"

/* `prefix` is a subjectPrefix parameter (contract 2.3). */
ERR_CHECKED enum err_code registry_subject_list(struct call *call, struct str prefix, enum view_deleted which,
	struct view_page page, const struct str **out, size_t *n_out, struct err *err);

struct listed_version {
	const struct view_version *version;
	const struct str *aliases;      /* subjects whose alias this version's subject is */
	size_t n_aliases;
	const struct association *associations; /* of its subject, when they were asked for */
	size_t n_associations;
};

/* Which subjects pass, by their associations. */
struct association_filter {
	bool asked;                     /* else all subjects pass */
	struct str resource_type;       /* absent or "": topic */
	const struct str *types;        /* none: any */
	size_t n_types;
	bool strong, weak, none;        /* lifecycles; none set: any association will do */
};

struct schema_query {
	struct str prefix;              /* subjectPrefix */
	bool aliases;                   /* aliased subjects too */
	bool deleted;                   /* soft-deleted versions too */
	bool latest_only;
	struct str rule_type;           /* only schemas that have a rule of this type; absent or "": all */
	struct association_filter associations;
	struct view_page page;
};
ERR_CHECKED enum err_code registry_schema_list(struct call *call, const struct schema_query *query,
	const struct listed_version **out, size_t *n_out, struct err *err);

/* "." first, then the registered ones, sorted. */
ERR_CHECKED enum err_code registry_context_list(struct call *call, struct str prefix, struct view_page page,
	const struct str **out, size_t *n_out, struct err *err);

#endif
