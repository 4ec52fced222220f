/* The client's own copy of its configuration.  For client.c only, while a client is made. */
#ifndef CLIENT_CONFIG_H
#define CLIENT_CONFIG_H

#include "client/client_int.h"

/* What the caller gave, of whatever version its header is; texts are still the caller's.  Nothing is allocated. */
CLIENT_CHECKED enum tenon_code client_config_copy(const struct tenon_config *given, struct tenon_config *out,
	struct tenon_error *err);

/* Guarded: copies the texts of client->config into its arena, judges them, and reads the URLs. */
CLIENT_CHECKED enum tenon_code client_config_read(struct call *call);

#endif
