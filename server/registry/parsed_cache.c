/*
 * Parsed schemas, shared by all threads and bounded in bytes: the one that was not asked for longest
 * goes first.  An entry is counted by its users, so that one that is dropped stays valid for them.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "server/registry/parsed_cache_int.h"
#include "server/registry/registry_int.h"

enum { BUCKETS = 1 << 14 };

struct entry {
	uint8_t key[MD5_BYTES];
	struct parsed_cache *cache;
	struct entry *chain;         /* in its bucket */
	struct entry *newer, *older; /* by last use */
	unsigned users;              /* requests, plus one while it is in the cache */
	struct arena *arena;
	const struct schema *schema;
	size_t bytes;
};

struct parsed_cache {
	pthread_mutex_t lock;
	struct entry *buckets[BUCKETS];
	struct entry *newest, *oldest;
	size_t bytes, max_bytes, n_entries;
	uint64_t hits, misses;
};

struct parsed_cache *parsed_cache_create(size_t bytes)
{
	struct parsed_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		abort();
	pthread_mutex_init(&cache->lock, NULL);
	cache->max_bytes = bytes;
	return cache;
}

/* Keys are digests: any part of one is as good as another. */
static size_t bucket_of(const uint8_t key[MD5_BYTES])
{
	uint32_t word;

	memcpy(&word, key, sizeof(word));
	return word % BUCKETS;
}

static void unlink_used(struct parsed_cache *cache, struct entry *entry)
{
	if (entry->newer)
		entry->newer->older = entry->older;
	else
		cache->newest = entry->older;
	if (entry->older)
		entry->older->newer = entry->newer;
	else
		cache->oldest = entry->newer;
	entry->newer = entry->older = NULL;
}

static void link_newest(struct parsed_cache *cache, struct entry *entry)
{
	entry->older = cache->newest;
	entry->newer = NULL;
	if (cache->newest)
		cache->newest->newer = entry;
	else
		cache->oldest = entry;
	cache->newest = entry;
}

static struct entry **find(struct parsed_cache *cache, const uint8_t key[MD5_BYTES])
{
	struct entry **at = &cache->buckets[bucket_of(key)];

	while (*at && memcmp((*at)->key, key, MD5_BYTES) != 0)
		at = &(*at)->chain;
	return at;
}

/* With the lock held; returns the entry to be freed, outside the lock, or NULL. */
static struct entry *release_locked(struct entry *entry)
{
	return --entry->users == 0 ? entry : NULL;
}

static void free_entry(struct entry *entry)
{
	if (!entry)
		return;
	arena_destroy(entry->arena);
	free(entry);
}

static void release(void *arg)
{
	struct entry *entry = arg;
	struct parsed_cache *cache = entry->cache;
	struct entry *dead;

	pthread_mutex_lock(&cache->lock);
	dead = release_locked(entry);
	pthread_mutex_unlock(&cache->lock);
	free_entry(dead);
}

static struct entry *evict_oldest(struct parsed_cache *cache)
{
	struct entry *entry = cache->oldest;
	struct entry **at = find(cache, entry->key);

	*at = entry->chain;
	unlink_used(cache, entry);
	cache->bytes -= entry->bytes;
	cache->n_entries--;
	return release_locked(entry);
}

void parsed_cache_destroy(struct parsed_cache *cache)
{
	while (cache->oldest)
		free_entry(evict_oldest(cache));
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

static const struct schema *find_used(struct parsed_cache *cache, struct arena *arena, const uint8_t key[MD5_BYTES])
{
	struct entry *entry;

	pthread_mutex_lock(&cache->lock);
	entry = *find(cache, key);
	if (entry) {
		entry->users++;
		cache->hits++;
		if (cache->newest != entry) {
			unlink_used(cache, entry);
			link_newest(cache, entry);
		}
	} else {
		cache->misses++;
	}
	pthread_mutex_unlock(&cache->lock);
	if (!entry)
		return NULL;
	arena_defer(arena, release, entry);
	return entry->schema;
}

/* Puts a new entry in, unless another thread was faster; makes room.  The caller is one user of it already. */
static void insert(struct parsed_cache *cache, struct entry *entry)
{
	struct entry *dead[8];
	size_t n_dead = 0;

	pthread_mutex_lock(&cache->lock);
	if (entry->bytes <= cache->max_bytes / 2 && !*find(cache, entry->key)) {
		*find(cache, entry->key) = entry;
		link_newest(cache, entry);
		cache->bytes += entry->bytes;
		cache->n_entries++;
		entry->users++;
		while (cache->bytes > cache->max_bytes && n_dead < sizeof(dead) / sizeof(dead[0]))
			dead[n_dead++] = evict_oldest(cache);
	}
	pthread_mutex_unlock(&cache->lock);
	while (n_dead > 0)
		free_entry(dead[--n_dead]);
}

enum err_code parsed_cache_get(struct parsed_cache *cache, struct arena *arena, const uint8_t key[MD5_BYTES],
	const struct schema_source *source, const struct schema **out, struct err *err)
{
	const struct schema *schema = find_used(cache, arena, key);
	struct arena *memory;
	struct entry *entry;
	enum err_code code;

	if (schema) {
		*out = schema;
		return OK;
	}
	memory = arena_create(2048);
	code = schema_parse(memory, source, 0, &schema, err);
	if (code != OK) {
		arena_destroy(memory);
		return code;
	}
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		abort();
	memcpy(entry->key, key, MD5_BYTES);
	entry->cache = cache;
	entry->arena = memory;
	entry->schema = schema;
	entry->bytes = arena_size(memory) + sizeof(*entry);
	entry->users = 1;
	insert(cache, entry);
	arena_defer(arena, release, entry);
	*out = schema;
	return OK;
}

void registry_stats(struct registry *registry, struct registry_stats *out)
{
	struct parsed_cache *cache = registry->parsed;

	pthread_mutex_lock(&cache->lock);
	*out = (struct registry_stats){
		.parsed_hits = cache->hits,
		.parsed_misses = cache->misses,
		.parsed_bytes = cache->bytes,
		.parsed_entries = cache->n_entries,
	};
	pthread_mutex_unlock(&cache->lock);
}
