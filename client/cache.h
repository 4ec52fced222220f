/*
 * What the registry has answered, bounded in bytes: keys (an id, a guid, a version, a content under a subject …) to schemas, or to
 * "no such thing" for a while.  Threads that miss on one key share one request.  A schema found by its id is found without a lock;
 * all else takes the cache's, and only for the search.
 */
#ifndef CLIENT_CACHE_H
#define CLIENT_CACHE_H

#include "base/digest.h"
#include "client/schema_int.h"

/* What an answer may depend on. */
enum client_key_flags {
	CLIENT_KEY_MOVES = 1 << 0,  /* the answer changes with the next version (latest): believed for latest_ttl_ms */
	CLIENT_KEY_FOREVER = 1 << 1 /* outlives the deletion of its subject: by id, by guid */
};

/* A digest of all that tells one question from another. */
struct client_key {
	uint8_t digest[SHA256_BYTES];
	uint64_t subject; /* hash of the subject asked about; 0: none */
	unsigned flags;
};

/* `kind` is one letter for each kind of question. */
void client_key_begin(struct client_key *key, char kind, unsigned flags);
void client_key_subject(struct client_key *key, const char *subject);
void client_key_of_subject(struct client_key *key, const char *subject); /* depends on it; not part of the digest */
void client_key_text(struct client_key *key, struct str text);
void client_key_number(struct client_key *key, int64_t number);

struct client_cache *client_cache_create(struct tenon_client *client);
void client_cache_destroy(struct client_cache *cache);

/* The schema with a reference for the caller, or NULL when it is not where it is found without a lock. */
struct tenon_schema *client_cache_find_id(struct client_cache *cache, uint64_t id_key);

/*
 * The answer under `key`: from the cache, from another thread that is asking, or from fetch(client, arg), whose answer is kept (not
 * with TENON_FRESH in `flags`, which always fetches and keeps).  *out carries a reference for the caller.  Not inside a guard that
 * the fetch could leave: fetch guards itself.
 */
typedef enum tenon_code client_fetch_fn(struct tenon_client *client, void *arg, struct tenon_schema **out, struct tenon_error *err);
CLIENT_CHECKED enum tenon_code client_cache_get(struct client_cache *cache, const struct client_key *key, unsigned flags,
	client_fetch_fn *fetch, void *arg, struct tenon_schema **out, struct tenon_error *err);

/* Keeps `schema` under `key`, if there is memory; the caller keeps its own reference. */
void client_cache_put(struct client_cache *cache, const struct client_key *key, struct tenon_schema *schema);

/* What one key costs, beside the content. */
size_t client_cache_entry_size(void);

/* Forgets what depends on the subject: what moves and what was not found, or everything (not what is for ever). */
void client_cache_forget(struct client_cache *cache, const char *subject, bool everything);

/* A content's bytes have changed. */
void client_cache_recount(struct client_cache *cache, struct client_content *content);

/* Calls each(arg, key, schema) for what is kept and not out of date, under the lock: it must not call the cache. */
void client_cache_walk(struct client_cache *cache, void (*each)(void *arg, const struct client_key *key, struct tenon_schema *schema),
	void *arg);

/* TENON_OK also when there is no such file. */
CLIENT_CHECKED enum tenon_code client_bundle_load_if_there(struct tenon_client *client, const char *path, struct tenon_error *err);

#endif
