/* A schema as a user gives it: judged, as the body of a request, as part of a key. */
#ifndef CLIENT_DEFINITION_H
#define CLIENT_DEFINITION_H

#include "client/cache.h"

/* Guarded: what it says, and the request's body.  TENON_INVALID for what can be told without asking. */
CLIENT_CHECKED enum tenon_code client_definition_read(struct call *call, const struct tenon_definition *definition,
	struct client_draft *draft, struct str *body);

/* All of it, into a key.  NULL members are as good as empty ones here: what is wrong with them is found before anything is kept. */
void client_definition_key(struct client_key *key, const struct tenon_definition *definition);

/* TENON_INVALID for a name that no subject can have, or that servers and proxies would take for a way through the path. */
CLIENT_CHECKED enum tenon_code client_check_subject(struct tenon_error *err, const char *subject);

#endif
