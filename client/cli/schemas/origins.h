/*
 * Which file of a base each file of a tree comes from: the one of its subject, the one at its path, or one that was
 * moved.  Each file of the base is the origin of one file at most.  Lives in the arena that it is made with.
 */
#ifndef CLIENT_CLI_SCHEMAS_ORIGINS_H
#define CLIENT_CLI_SCHEMAS_ORIGINS_H

#include "client/cli/schemas/set.h"

struct origins {
	struct map of;    /* path in the tree to the struct schema_file of the base that it comes from */
	struct map taken; /* path in the base to the struct schema_file of the tree that comes from it */
	struct map alike; /* path in the tree to a file that is gone from the base and merely looks like it */
};

struct origins origins_find(struct arena *arena, const struct schema_set *base, const struct schema_set *set);

#endif
