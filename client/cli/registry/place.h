/* One schema, wherever it is: a file, a file of a commit, a version in a registry. */
#ifndef CLIENT_CLI_REGISTRY_PLACE_H
#define CLIENT_CLI_REGISTRY_PLACE_H

#include "client/cli/registry/server.h"
#include "compat/schema.h"

struct place_schema {
	struct str label;             /* as it was given */
	struct schema_source source;  /* with what it refers to */
	const struct schema *schema;  /* parsed leniently */
};

#define PLACE_HELP "a file, git:REF:path (as git has it), or subject@version of the registry (subject@latest)"

/* ERR_CONFIG_FILE when `given` names nothing. */
ERR_CHECKED enum err_code place_open(struct arena *arena, const char *given, const struct server *server,
	struct place_schema *out, struct err *err);

#endif
