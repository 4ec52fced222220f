/*
 * Schemas as the client keeps them.  A *content* is text, references and what is derived from them: immutable, counted, in an arena
 * of its own.  A *schema* (what is handed out) is a content under an id, subject and version.  The memory of a schema is used
 * again for other schemas only, and freed with the client, so that a reader without a lock may look at one that is just being
 * given back: its count says so, and its key tells whether it is still the one that was looked for.
 */
#ifndef CLIENT_SCHEMA_INT_H
#define CLIENT_SCHEMA_INT_H

#include "client/client_int.h"
#include "compat/schema.h"

struct client_parsed {
	struct arena *arena;
	const struct schema *schema; /* NULL: cannot be parsed, */
	struct tenon_error failed;   /* for this reason */
};

struct client_content {
	atomic_uint refs;
	struct tenon_client *client;
	struct arena *arena;         /* of this struct, too */
	enum tenon_type type;
	struct str text;
	const struct tenon_reference *references;
	size_t n_references;
	const char *guid;            /* NULL: not known; so for the others */
	const char *metadata;
	const char *rule_set;
	atomic_size_t bytes;         /* of the content with all that is derived from it */
	pthread_mutex_t parsing;     /* one thread at a time parses */
	_Atomic(struct client_parsed *) parsed;
	size_t n_nodes;              /* of the cache, under its lock */
	size_t charged;              /* bytes that the cache counts */
};

struct tenon_schema {
	_Atomic uint64_t key;        /* client_id_key, or 0 */
	atomic_uint refs;            /* 0: free */
	atomic_bool used;            /* since the cache last looked */
	int32_t id;
	int32_t version;
	struct client_content *content;
	const char *context;         /* client_context's */
	char *subject;               /* NULL: none */
	struct tenon_schema *free;   /* the next one */
};

struct client_schemas *client_schemas_create(struct tenon_client *client);
void client_schemas_destroy(struct client_schemas *schemas);

/*
 * The client's own copy of a context's name, which lives as long as the client: "." for NULL, "", "." and ":.:", else ".name".
 * Its number is 0 for the default one.  NULL: no memory.
 */
const char *client_context(struct tenon_client *client, struct str name, uint32_t *number);

/* What a schema is found by without a lock; never 0. */
static inline uint64_t client_id_key(uint32_t context, int32_t id)
{
	return (uint64_t)context << 32 | (uint32_t)id;
}

struct client_names {
	struct str subject; /* may be absent */
	struct str context;
	int32_t id;         /* 0: not known */
	int32_t version;
};

/* A schema with one reference, for the caller; takes over the caller's reference of `content`, also when it fails (NULL: no memory). */
struct tenon_schema *client_schema_make(struct client_content *content, const struct client_names *names);

/* Another reference, if the schema is still in use; for who has read its address without a lock. */
bool client_schema_try_ref(struct tenon_schema *schema);

/*
 * Guarded: a content of its own arena, with one reference, which the guard does not know of: what follows must not leave the
 * guard unless it is deferred.  `text` and the rest are copied; metadata and rule_set are JSON text or
 * absent.
 */
struct client_draft {
	enum tenon_type type;
	struct str text;
	const struct tenon_reference *references;
	size_t n_references;
	struct str guid;
	struct str metadata;
	struct str rule_set;
};
struct client_content *client_content_make(struct call *call, const struct client_draft *draft);
void client_content_unref(struct client_content *content);

/*
 * The schema parsed, with its references: fetched, in the order in which they are read.  Lives as long as `schema`.  The second
 * call costs a load.  Outside guards and inside them.
 */
CLIENT_CHECKED enum tenon_code client_schema_parsed(struct tenon_schema *schema, const struct schema **out,
	struct tenon_error *err);

#endif
