/* A schema that was sent or is registered, ready to be explained, compared and used. */
#ifndef SERVER_REGISTRY_EXPLAIN_INT_H
#define SERVER_REGISTRY_EXPLAIN_INT_H

#include "server/registry/explain.h"
#include "server/registry/registry_int.h"

/* Parses what was sent as a registration under `subject` would, but keeps the parser's words: a fault is no error. */
ERR_CHECKED enum err_code explain_read(struct call *call, struct str subject, const struct new_schema *sent,
	struct content *out, struct schema_fault *fault, struct err *err);

/* The same for any choice, with its text; a registered version may be soft-deleted.  40401, 40402. */
ERR_CHECKED enum err_code explain_choose(struct call *call, const struct schema_choice *choice, struct content *out,
	struct str *text, struct schema_fault *fault, struct err *err);

/* Turns a fault into 42201. */
ERR_CHECKED enum err_code explain_no_fault(const struct schema_fault *fault, const char *what, struct err *err);

#endif
