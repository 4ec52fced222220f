/* The cache of rendered answers: sharded hash tables, each with a mutex and a clock hand (second chance) for eviction. */
#include "server/http/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/map.h"
#include "server/http/gzip.h"

enum {
	SHARDS = 16,
	SLOTS = 1 << 16,            /* of change times; tags that share one only void more than they must */
	LEAST_BYTES = 64 * 1024,
	BYTES_PER_BUCKET = 1024,    /* expected size of an entry */
	LARGEST_SHARE = 4,          /* an entry may take this part of its shard */
};

struct http_entry {
	_Atomic unsigned refs;
	_Atomic bool used;              /* since the clock hand passed */
	struct http_entry *in_bucket;
	struct http_entry *newer, *older;
	struct http_shard *shard;
	uint64_t hash;
	unsigned kind;
	uint64_t sequence;
	uint32_t slots[HTTP_CACHE_TAGS];
	size_t n_slots;
	const void *route;
	_Atomic(struct str *) gzip;     /* set once, under the lock; &no_gzip: tried, no gain */
	bool linked;                    /* in its shard's lists */
	size_t bytes;                   /* of this allocation and the compressed body */
	size_t target_len, request_len, body_len;
	char text[];                    /* target, request body, answer body */
};

struct http_shard {
	pthread_mutex_t lock;
	struct http_entry **buckets;
	size_t n_buckets;
	struct http_entry *newest, *oldest;
	size_t entries;
	size_t room;
	size_t bytes;
	uint64_t evictions;
};

struct http_cache {
	struct http_shard shards[SHARDS];
	_Atomic uint64_t published;
	_Atomic uint64_t *changed_at;   /* of SLOTS */
};

static struct str no_gzip = STR_NONE;

static struct http_shard *shard_of(struct http_cache *cache, uint64_t hash)
{
	return &cache->shards[hash % SHARDS];
}

static struct http_entry **bucket_of(struct http_shard *shard, uint64_t hash)
{
	return &shard->buckets[(hash / SHARDS) & (shard->n_buckets - 1)];
}

struct http_key http_key_make(unsigned kind, struct str target, struct str body)
{
	struct http_key key = { .kind = kind, .target = target, .body = body, .hash = hash_str(target) + kind };

	if (body.len > 0)
		key.hash ^= hash_str(body) * 0x9E3779B97F4A7C15u;
	return key;
}

struct http_cache *http_cache_create(size_t bytes)
{
	struct http_cache *cache;
	size_t buckets = 16;
	pthread_mutexattr_t brief;
	bool complete;

	if (bytes < LEAST_BYTES)
		return NULL;
	while (buckets * BYTES_PER_BUCKET * SHARDS < bytes)
		buckets *= 2;
	cache = calloc(1, sizeof(*cache));
	if (cache == NULL)
		return NULL;
	cache->changed_at = calloc(SLOTS, sizeof(*cache->changed_at));
	complete = cache->changed_at != NULL;
	pthread_mutexattr_init(&brief);
	pthread_mutexattr_settype(&brief, PTHREAD_MUTEX_ADAPTIVE_NP); /* held for so short that it pays to spin */
	for (size_t i = 0; i < SHARDS; i++) {
		struct http_shard *shard = &cache->shards[i];

		pthread_mutex_init(&shard->lock, &brief);
		shard->room = bytes / SHARDS;
		shard->n_buckets = buckets;
		shard->buckets = calloc(buckets, sizeof(struct http_entry *));
		complete = complete && shard->buckets;
	}
	pthread_mutexattr_destroy(&brief);
	if (complete)
		return cache;
	http_cache_destroy(cache);
	return NULL;
}

/* ---- entries ---- */

static struct http_entry *make_entry(const struct http_key *key, const struct http_kept *kept)
{
	size_t text = key->target.len + key->body.len + kept->body.len;
	struct http_entry *entry = malloc(sizeof(*entry) + text);
	char *to;

	if (entry == NULL)
		return NULL;
	memset(entry, 0, sizeof(*entry));
	atomic_init(&entry->refs, 1);
	entry->hash = key->hash;
	entry->kind = key->kind;
	entry->sequence = kept->sequence;
	entry->route = kept->route;
	entry->n_slots = kept->n_tags;
	for (size_t i = 0; i < kept->n_tags; i++)
		entry->slots[i] = (uint32_t)(kept->tags[i] % SLOTS);
	entry->bytes = sizeof(*entry) + text;
	entry->target_len = key->target.len;
	entry->request_len = key->body.len;
	entry->body_len = kept->body.len;
	to = entry->text;
	memcpy(to, key->target.data, key->target.len);
	to += key->target.len;
	if (key->body.len > 0)
		memcpy(to, key->body.data, key->body.len);
	to += key->body.len;
	if (kept->body.len > 0)
		memcpy(to, kept->body.data, kept->body.len);
	return entry;
}

static bool has_key(const struct http_entry *entry, const struct http_key *key)
{
	return entry->hash == key->hash && entry->kind == key->kind && entry->target_len == key->target.len &&
		entry->request_len == key->body.len && memcmp(entry->text, key->target.data, key->target.len) == 0 &&
		(key->body.len == 0 || memcmp(entry->text + entry->target_len, key->body.data, key->body.len) == 0);
}

static bool is_valid(struct http_cache *cache, const struct http_entry *entry)
{
	for (size_t i = 0; i < entry->n_slots; i++)
		if (atomic_load_explicit(&cache->changed_at[entry->slots[i]], memory_order_acquire) > entry->sequence)
			return false;
	return true;
}

struct str http_entry_body(const struct http_entry *entry)
{
	return str_make(entry->text + entry->target_len + entry->request_len, entry->body_len);
}

const void *http_entry_route(const struct http_entry *entry)
{
	return entry->route;
}

static void free_gzip(struct str *gzip)
{
	if (gzip == NULL || gzip == &no_gzip)
		return;
	free((void *)(uintptr_t)gzip->data);
	free(gzip);
}

void http_entry_unref(void *arg)
{
	struct http_entry *entry = arg;

	if (atomic_fetch_sub_explicit(&entry->refs, 1, memory_order_acq_rel) != 1)
		return;
	free_gzip(atomic_load_explicit(&entry->gzip, memory_order_acquire));
	free(entry);
}

/* ---- shards: the lock is held ---- */

static void unlink_entry(struct http_shard *shard, struct http_entry *entry)
{
	struct http_entry **at = bucket_of(shard, entry->hash);

	while (*at != entry)
		at = &(*at)->in_bucket;
	*at = entry->in_bucket;
	*(entry->newer ? &entry->newer->older : &shard->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &shard->oldest) = entry->newer;
}

static void link_newest(struct http_shard *shard, struct http_entry *entry)
{
	entry->newer = NULL;
	entry->older = shard->newest;
	*(shard->newest ? &shard->newest->newer : &shard->oldest) = entry;
	shard->newest = entry;
}

static void drop(struct http_shard *shard, struct http_entry *entry)
{
	unlink_entry(shard, entry);
	entry->linked = false;
	shard->bytes -= entry->bytes;
	shard->entries--;
	http_entry_unref(entry);
}

static void evict(struct http_shard *shard)
{
	while (shard->oldest && shard->bytes > shard->room) {
		struct http_entry *entry = shard->oldest;

		if (atomic_exchange_explicit(&entry->used, false, memory_order_relaxed)) {
			*(entry->newer ? &entry->newer->older : &shard->newest) = NULL;
			shard->oldest = entry->newer;
			link_newest(shard, entry);
		} else {
			drop(shard, entry);
			shard->evictions++;
		}
	}
}

static struct http_entry *look_up(struct http_shard *shard, const struct http_key *key)
{
	struct http_entry *entry = *bucket_of(shard, key->hash);

	while (entry && !has_key(entry, key))
		entry = entry->in_bucket;
	return entry;
}

/* ---- the cache ---- */

/* Keeps a compressed body with its entry unless another thread was faster; the loser's is freed. */
static struct str keep_gzip(struct http_entry *entry, struct str *made)
{
	struct http_shard *shard = entry->shard;
	struct str *kept;

	pthread_mutex_lock(&shard->lock);
	kept = atomic_load_explicit(&entry->gzip, memory_order_relaxed);
	if (kept == NULL) {
		kept = made;
		atomic_store_explicit(&entry->gzip, made, memory_order_release);
		if (entry->linked) {
			entry->bytes += made->len;
			shard->bytes += made->len;
			evict(shard);
		}
	}
	pthread_mutex_unlock(&shard->lock);
	if (kept != made)
		free_gzip(made);
	return *kept;
}

struct str http_entry_gzip(struct http_entry *entry, struct gzip **state)
{
	struct str *made = atomic_load_explicit(&entry->gzip, memory_order_acquire);
	struct str packed;

	if (made)
		return *made;
	packed = gzip_make(state, http_entry_body(entry));
	if (!str_present(packed))
		return keep_gzip(entry, &no_gzip);
	made = malloc(sizeof(*made));
	if (made == NULL) {
		free((void *)(uintptr_t)packed.data);
		return STR_NONE;
	}
	*made = packed;
	return keep_gzip(entry, made);
}

struct http_entry *http_cache_find(struct http_cache *cache, const struct http_key *key)
{
	struct http_shard *shard = shard_of(cache, key->hash);
	struct http_entry *entry;

	pthread_mutex_lock(&shard->lock);
	entry = look_up(shard, key);
	if (entry && !is_valid(cache, entry)) {
		drop(shard, entry);
		entry = NULL;
	}
	if (entry) {
		atomic_fetch_add_explicit(&entry->refs, 1, memory_order_relaxed);
		if (!atomic_load_explicit(&entry->used, memory_order_relaxed)) /* a line that many read is not written for nothing */
			atomic_store_explicit(&entry->used, true, memory_order_relaxed);
	}
	pthread_mutex_unlock(&shard->lock);
	return entry;
}

struct http_entry *http_cache_put(struct http_cache *cache, const struct http_key *key,
	const struct http_kept *kept)
{
	struct http_shard *shard = shard_of(cache, key->hash);
	struct http_entry *entry, *before;

	if (kept->n_tags == 0 || kept->n_tags > HTTP_CACHE_TAGS || kept->body.len > shard->room / LARGEST_SHARE)
		return NULL;
	entry = make_entry(key, kept);
	if (entry == NULL)
		return NULL;
	entry->shard = shard;
	if (!is_valid(cache, entry)) {
		http_entry_unref(entry);
		return NULL;
	}
	atomic_fetch_add_explicit(&entry->refs, 1, memory_order_relaxed);
	pthread_mutex_lock(&shard->lock);
	before = look_up(shard, key);
	if (before)
		drop(shard, before);
	entry->in_bucket = *bucket_of(shard, key->hash);
	*bucket_of(shard, key->hash) = entry;
	link_newest(shard, entry);
	shard->entries++;
	shard->bytes += entry->bytes;
	entry->linked = true;
	evict(shard);
	pthread_mutex_unlock(&shard->lock);
	return entry;
}

void http_cache_change(struct http_cache *cache, uint64_t tag, uint64_t sequence)
{
	atomic_store_explicit(&cache->changed_at[tag % SLOTS], sequence, memory_order_release);
}

void http_cache_advance(struct http_cache *cache, uint64_t sequence)
{
	atomic_store_explicit(&cache->published, sequence, memory_order_release);
}

uint64_t http_cache_sequence(const struct http_cache *cache)
{
	return atomic_load_explicit(&cache->published, memory_order_acquire);
}

struct http_counts http_cache_counts(struct http_cache *cache)
{
	struct http_counts counts = { 0 };

	for (size_t i = 0; i < SHARDS; i++) {
		struct http_shard *shard = &cache->shards[i];

		pthread_mutex_lock(&shard->lock);
		counts.evictions += shard->evictions;
		counts.entries += shard->entries;
		counts.bytes += shard->bytes;
		pthread_mutex_unlock(&shard->lock);
	}
	return counts;
}

void http_cache_destroy(struct http_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		struct http_shard *shard = &cache->shards[i];

		while (shard->oldest)
			drop(shard, shard->oldest);
		free(shard->buckets);
		pthread_mutex_destroy(&shard->lock);
	}
	free(cache->changed_at);
	free(cache);
}
