/* Parsed schemas shared by threads, bounded in memory. */
#ifndef SERVER_REGISTRY_PARSED_CACHE_INT_H
#define SERVER_REGISTRY_PARSED_CACHE_INT_H

#include "base/digest.h"
#include "compat/schema.h"

struct parsed_cache;

struct parsed_cache *parsed_cache_create(size_t bytes);
void parsed_cache_destroy(struct parsed_cache *cache);

/*
 * The parsed schema of `source`, found under the 16-byte key or parsed leniently and kept; it lives at
 * least as long as `arena`.
 */
ERR_CHECKED enum err_code parsed_cache_get(struct parsed_cache *cache, struct arena *arena,
	const uint8_t key[MD5_BYTES], const struct schema_source *source, const struct schema **out, struct err *err);

#endif
