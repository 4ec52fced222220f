/* The registry that a command talks to: flags, environment, and the words of its refusals. */
#ifndef CLIENT_CLI_REGISTRY_SERVER_H
#define CLIENT_CLI_REGISTRY_SERVER_H

#include "client/cli/rest.h"
#include "client/cli/tool.h"

/* Rows for a struct of values with a `struct server server`. */
#define SERVER_FLAGS(type) \
	FLAG(FLAG_TEXT, type, server.url, "registry", "URL", NULL, "the registry's address (or TENON_REGISTRY, or tenon.toml's)"), \
	FLAG(FLAG_TEXT, type, server.user, "user", "NAME:PASSWORD", NULL, "for the registry (or TENON_USER)"), \
	FLAG(FLAG_TEXT, type, server.ca, "ca", "FILE", NULL, "certificates to trust for https, instead of the system's"), \
	TIMEOUT_FLAG(type, server.timeout)

/* ERR_CONFIG_FILE when nothing names a registry; `url` of tenon.toml is looked for in the current folder. */
ERR_CHECKED enum err_code server_open(struct arena *arena, const struct server *server, struct rest **out, struct err *err);

/* An answer that is no success, as an error in the registry's own words. */
enum err_code server_refusal(const struct rest *rest, const struct rest_answer *answer, struct err *err);

/* A request that has to succeed. */
ERR_CHECKED enum err_code server_call(struct rest *rest, struct arena *arena, const char *method, struct str path,
	struct str body, const struct jsn **out, struct err *err);

#endif
