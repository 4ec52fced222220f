/*
 * Associations (contract 2.10): which subject a resource (a topic) uses for its keys and which for its
 * values.  A STRONG one owns its subject, a WEAK one only uses it; a frozen one cannot be changed.
 * Reads answer from the caller's view; changes are prepared, committed and then asked for their
 * outcome like every other write (server/registry/registry.h).
 */
#ifndef SERVER_REGISTRY_ASSOCIATION_H
#define SERVER_REGISTRY_ASSOCIATION_H

#include "server/registry/registry.h"

enum lifecycle { LIFECYCLE_UNSET, LIFECYCLE_STRONG, LIFECYCLE_WEAK };

struct str lifecycle_name(enum lifecycle lifecycle);
/* In this very spelling. */
bool lifecycle_find(struct str name, enum lifecycle *out);

/* What an association belongs to. */
struct resource {
	struct str name;
	struct str name_space;
	struct str id;
	struct str type;                /* "topic" */
};

struct association {
	struct resource resource;
	struct str subject;             /* qualified */
	struct str guid;
	struct str type;                /* "key" or "value" */
	enum lifecycle lifecycle;
	bool frozen;
	int64_t created, updated;       /* milliseconds */
};

/* ---- asking: association.c ---- */

enum association_by { ASSOCIATION_BY_SUBJECT, ASSOCIATION_BY_ID, ASSOCIATION_BY_NAME };

struct association_query {
	enum association_by by;
	struct str subject;             /* by subject */
	struct resource resource;       /* by id: id; by name: name and name_space, "-" for any; type absent or "": topic */
	const struct str *types;        /* none: any */
	size_t n_types;
	enum lifecycle lifecycle;       /* LIFECYCLE_UNSET: any */
};

/* In the order of resource name, namespace and type, association type and subject. */
ERR_CHECKED enum err_code registry_association_find(struct call *call, const struct association_query *query,
	const struct association **out, size_t *n_out, struct err *err);

/* Whether the subject has an association, of the lifecycle if one is given. */
ERR_CHECKED enum err_code association_exists(struct call *call, struct str subject, enum lifecycle lifecycle, bool *out,
	struct err *err);

/* The latest version of the association's subject; version NULL when it has none. */
ERR_CHECKED enum err_code registry_association_schema(struct call *call, const struct association *association,
	struct shown_version *out, struct err *err);

/* ---- changing: association_write.c ---- */

enum association_op { ASSOCIATION_CREATE, ASSOCIATION_UPSERT, ASSOCIATION_DELETE };

struct association_change {
	enum association_op op;
	struct str subject;             /* absent: the default one, ":.<namespace>:<name>-<type>" */
	struct str type;                /* absent or "": value */
	enum lifecycle lifecycle;
	enum config_flag frozen;
	const struct new_schema *schema; /* to be registered under the subject, or NULL */
	bool cascade;                   /* on delete: a STRONG association takes its subject along */
};

struct association_request {
	struct resource resource;
	struct str context;             /* of unqualified subjects; absent or "": the default one */
	bool dry_run;                   /* checks and answers as usual, changes nothing */
	const struct association_change *changes;
	size_t n_changes;
};

/* An association that the request made or changed, with the schema registered for it. */
struct association_made {
	struct association association;
	struct shown_version schema;    /* version NULL: none */
};

struct association_outcome {
	struct resource resource;
	const struct association_made *made;
	size_t n_made;
};

/*
 * Prepares a request; its changes are made all or none.  When nothing has to be written *out is filled
 * and *write stays NULL; otherwise the caller commits *write and asks registry_association_outcome.
 * 42212 and everything that registration answers.
 */
ERR_CHECKED enum err_code registry_association_mutate(struct call *call, const struct association_request *request,
	struct association_outcome *out, struct write **write, struct err *err);
const struct association_outcome *registry_association_outcome(const struct write *write);

/* Prepares the removal of a resource's associations of the types (all, with none given); 40410. */
ERR_CHECKED enum err_code registry_association_delete(struct call *call, const struct association_query *query, bool cascade,
	bool dry_run, struct write **write, struct err *err);

#endif
