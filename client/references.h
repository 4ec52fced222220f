/* References of a schema, and theirs: fetched and put in the order in which they are read.  Guarded. */
#ifndef CLIENT_REFERENCES_H
#define CLIENT_REFERENCES_H

#include "client/schema_int.h"

/* What `schema` refers to, transitively: what is depended on first, each name once (contract 5.12); until the call's arena ends. */
struct client_dependency {
	const char *name;
	struct tenon_schema *schema; /* the arena's reference */
};
CLIENT_CHECKED enum tenon_code client_references(struct call *call, struct tenon_schema *schema,
	const struct client_dependency **out, size_t *n);

/* The same as compat/ takes it. */
CLIENT_CHECKED enum tenon_code client_references_texts(struct call *call, struct tenon_schema *schema,
	const struct schema_dependency **out, size_t *n);

#endif
