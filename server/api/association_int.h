/* Bodies and answers about associations: from JSON to requests, and back. */
#ifndef SERVER_API_ASSOCIATION_INT_H
#define SERVER_API_ASSOCIATION_INT_H

#include "server/api/api.h"
#include "server/registry/association.h"

/* ---- association_read.c ---- */

/* A resource with what shall be associated; every change is `op`.  The body of POST and PUT. */
ERR_CHECKED enum err_code read_association_request(struct arena *arena, const struct jsn *body, enum association_op op,
	struct association_request *out, struct err *err);
/* The same where each change names its operation: an entry of batchMutate. */
ERR_CHECKED enum err_code read_association_ops(struct arena *arena, const struct jsn *body, struct association_request *out,
	struct err *err);
/* An entry of batchGet. */
ERR_CHECKED enum err_code read_association_get(struct arena *arena, const struct jsn *body, struct association_query *out,
	struct err *err);

/* ---- association_shapes.c ---- */

void write_associations(struct buf *out, const struct association *list, size_t n);        /* [Association] */
/* AssociationResponse: what was asked for or made of a resource. */
void write_resource(struct buf *out, const struct resource *resource, const struct association_made *made, size_t n);

#endif
