/* What the files of the client library share: the client itself. */
#ifndef CLIENT_CLIENT_INT_H
#define CLIENT_CLIENT_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "client/call.h"

struct client_cache;
struct client_pool;
struct client_schemas;

/* One registry that can be asked. */
struct client_url {
	struct str base;      /* without credentials and without a slash at its end */
	struct str shown;     /* for messages: the same */
	const char *user;     /* NULL: none */
	const char *password;
	bool https;
};

struct tenon_client {
	struct memory_hooks hooks;
	struct tenon_config config;      /* its texts are in the arena, or NULL */
	struct arena *arena;
	struct client_url *urls;
	size_t n_urls;
	atomic_size_t preferred;         /* the URL that answered last */
	_Atomic uint64_t n_requests;
	struct client_pool *pool;        /* client/http.h */
	struct client_schemas *schemas;  /* client/schema_int.h */
	struct client_cache *cache;      /* client/cache.h */
};

uint64_t client_now_ms(void);

#endif
