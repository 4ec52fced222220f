/* What the files about associations share: the document behind one, the request's checks, and the rules for others. */
#ifndef SERVER_REGISTRY_ASSOCIATION_INT_H
#define SERVER_REGISTRY_ASSOCIATION_INT_H

#include "server/registry/association.h"
#include "server/registry/registry_int.h"

#define ASSOCIATION_COLLECTION STR("association")
#define RESOURCE_TOPIC STR("topic")
#define ASSOCIATION_VALUE STR("value")

/* ---- association.c ---- */

/* The document's key: name, namespace, resource type, association type and subject, which is also their order. */
struct str association_key(struct arena *arena, const struct association *association);
struct str association_print(struct arena *arena, const struct association *association);

/* All of a resource: under its name, whatever their id, and under its id, whatever their name. */
ERR_CHECKED enum err_code association_of_resource(struct call *call, const struct resource *resource,
	const struct association **out, size_t *n_out, struct err *err);

/* ---- association_check.c: what a request may ask for (42212) ---- */

/* A copy of the request with its defaults filled in, or the first thing that is wrong with it. */
ERR_CHECKED enum err_code association_check(struct arena *arena, const struct association_request *request,
	struct association_request *out, struct err *err);

enum err_code association_refuse(struct err *err, const char *property, struct str detail);

#endif
