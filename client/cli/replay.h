/* Writing a snapshot into a registry over its REST API, so that it becomes equal and keeps ids and versions. */
#ifndef CLIENT_CLI_REPLAY_H
#define CLIENT_CLI_REPLAY_H

#include <signal.h>

#include "client/cli/rest.h"
#include "client/cli/snapshot.h"

struct replay_result {
	size_t n_registered;
	size_t n_deleted;
	size_t n_entries;   /* configurations and modes */
	size_t n_refused;   /* of all these, said on stderr one by one */
};

/*
 * `target` is what the registry behind `rest` holds now; what `source` holds as well is left alone.  Refused
 * as a whole, before anything is written, when a version or an id stands for something else there.  While
 * it runs the contexts it writes to are in IMPORT mode; afterwards modes are the source's, and after a
 * failure (or *stop, set by a signal) those that were there before.
 */
ERR_CHECKED enum err_code replay(struct rest *rest, struct snapshot *source, struct snapshot *target,
	const volatile sig_atomic_t *stop, struct replay_result *out, struct err *err);

#endif
