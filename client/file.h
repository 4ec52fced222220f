/* Whole files, outside guards: read up to a bound, replaced at once or not at all. */
#ifndef CLIENT_FILE_H
#define CLIENT_FILE_H

#include "client/client_int.h"

/* *data (client_release) has *len bytes; NULL when the file is missing and may be.  TENON_FILE, TENON_LIMIT: larger than `most`. */
CLIENT_CHECKED enum tenon_code client_file_read(struct tenon_client *client, const char *path, size_t most, bool may_be_missing,
	char **data, size_t *len, struct tenon_error *err);

/* Through a file beside it that is renamed once it is on disk. */
CLIENT_CHECKED enum tenon_code client_file_replace(struct tenon_client *client, const char *path, const char *data, size_t len,
	struct tenon_error *err);

#endif
