/* What the handlers that explain and compare share: schemas in bodies, and explanations as JSON. */
#ifndef SERVER_API_V1_EXPLAIN_INT_H
#define SERVER_API_V1_EXPLAIN_INT_H

#include "server/api/v1_int.h"
#include "server/registry/explain.h"

/* The schema that `object` describes itself; 400. */
ERR_CHECKED enum err_code v1_read_schema(struct request *rq, const struct jsn *object, const struct new_schema **out,
	struct err *err);
/* The same of the member; NULL when there is none. */
ERR_CHECKED enum err_code v1_read_inner(struct request *rq, struct str name, const struct new_schema **out, struct err *err);

/* The member `subject`, in the context of the path's prefix and behind its alias; absent: none. */
ERR_CHECKED enum err_code v1_read_subject(struct request *rq, struct call *call, struct str *out, struct err *err);
/* A version in the body, as in a path; 42202. */
ERR_CHECKED enum err_code v1_read_version(struct request *rq, struct str name, bool *found, struct version_number *out,
	struct err *err);

/* Whether the member says "all" in place of a version, in any letter case. */
ERR_CHECKED enum err_code v1_read_all(struct request *rq, struct str name, bool *out, struct err *err);

/* The explanation's members, one after the other, in an object that is open. */
void v1_write_explanation(struct buf *out, const struct explained_change *change);
/* Only the list of what is refused (or warned of). */
void v1_write_findings(struct buf *out, const char *name, const struct explained_change *change, bool refused);

/* {"schema","schemaType"} */
void v1_write_text(struct buf *out, const char *name, struct str text, enum schema_type type);

#endif
