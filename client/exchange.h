/*
 * Any request to a registry, its answer taken whatever its status: for the command in client/cli, which asks what the library has no
 * call for.  Over the client's URLs, connections, retries and credentials; the cache has no part in it.
 */
#ifndef CLIENT_EXCHANGE_H
#define CLIENT_EXCHANGE_H

#include "client/http.h"

/*
 * *text is the body, NUL-terminated behind *len bytes; tenon_free.  A code when there is no answer, or only one of a server in trouble,
 * whose status is then in `err`.
 */
CLIENT_CHECKED enum tenon_code client_exchange(struct tenon_client *client, const struct client_request *request, int *status,
	char **text, size_t *len, struct tenon_error *err);

#endif
