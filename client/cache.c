/*
 * The cache: a table of nodes under one lock, a ring through them for the clock that chooses what goes, the flights of those who
 * are asking, and in front of it a table of schemas by id that is read without a lock.
 */
#include "client/cache.h"

#include "client/cache_int.h"

/* ---- the table in front ---- */

static _Atomic(struct tenon_schema *) *front_slot(const struct client_cache *cache, uint64_t id_key)
{
	return &cache->front[id_key * 0x9E3779B97F4A7C15u >> cache->front_shift];
}

struct tenon_schema *client_cache_find_id(struct client_cache *cache, uint64_t id_key)
{
	struct tenon_schema *schema = atomic_load_explicit(front_slot(cache, id_key), memory_order_acquire);

	if (schema == NULL || atomic_load_explicit(&schema->key, memory_order_relaxed) != id_key || !client_schema_try_ref(schema))
		return NULL;
	/* It may have been given back and used for another one before the reference was taken. */
	if (atomic_load_explicit(&schema->key, memory_order_relaxed) != id_key) {
		tenon_schema_unref(schema);
		return NULL;
	}
	if (!atomic_load_explicit(&schema->used, memory_order_relaxed))
		atomic_store_explicit(&schema->used, true, memory_order_relaxed);
	return schema;
}

/* Under the lock: NULL for `schema` takes what is there away. */
static void set_front(struct client_cache *cache, uint64_t id_key, struct tenon_schema *schema)
{
	_Atomic(struct tenon_schema *) *slot = front_slot(cache, id_key);

	tenon_schema_unref(atomic_exchange_explicit(slot, schema ? tenon_schema_ref(schema) : NULL, memory_order_acq_rel));
}

static void clear_front(struct client_cache *cache, const struct tenon_schema *schema)
{
	uint64_t id_key = atomic_load_explicit(&schema->key, memory_order_relaxed);

	if (id_key && atomic_load_explicit(front_slot(cache, id_key), memory_order_relaxed) == schema)
		set_front(cache, id_key, NULL);
}

/* ---- nodes ---- */

static struct node **find_place(const struct client_cache *cache, const uint8_t digest[SHA256_BYTES])
{
	size_t at;
	struct node **place;

	memcpy(&at, digest, sizeof(at));
	place = &cache->buckets[at & (cache->n_buckets - 1)];
	while (*place && memcmp((*place)->key.digest, digest, SHA256_BYTES) != 0)
		place = &(*place)->next;
	return place;
}

/* More buckets, if there is memory: without, chains only get longer. */
static void grow_buckets(struct client_cache *cache)
{
	size_t n = cache->n_buckets * 2;
	struct node **old = cache->buckets, **larger = client_resize(cache->client, NULL, n * sizeof(struct node *));
	struct node *node = cache->hand;

	if (larger == NULL)
		return;
	memset(larger, 0, n * sizeof(struct node *));
	cache->buckets = larger;
	cache->n_buckets = n;
	client_release(cache->client, old);
	for (size_t i = 0; i < cache->n_nodes; i++, node = node->newer) {
		struct node **place;

		node->next = NULL;
		place = find_place(cache, node->key.digest);
		*place = node;
	}
}

static void count_content(struct client_cache *cache, struct client_content *content)
{
	size_t now = content->n_nodes > 0 ? atomic_load_explicit(&content->bytes, memory_order_relaxed) : 0;

	cache->bytes = cache->bytes - content->charged + now;
	content->charged = now;
}

static void set_schema(struct client_cache *cache, struct node *node, struct tenon_schema *schema)
{
	struct tenon_schema *old = node->schema;

	if (schema) {
		tenon_schema_ref(schema);
		schema->content->n_nodes++;
		count_content(cache, schema->content);
	}
	node->schema = schema;
	if (old) {
		old->content->n_nodes--;
		count_content(cache, old->content);
		clear_front(cache, old);
		tenon_schema_unref(old);
	}
}

static void remove_node(struct client_cache *cache, struct node *node)
{
	*find_place(cache, node->key.digest) = node->next;
	node->older->newer = node->newer;
	node->newer->older = node->older;
	cache->hand = node->newer == node ? NULL : cache->hand == node ? node->newer : cache->hand;
	cache->n_nodes--;
	cache->bytes -= sizeof(*node);
	set_schema(cache, node, NULL);
	client_release(cache->client, node);
}

/* A second chance for what has been used since the hand last came by. */
static bool was_used(struct node *node)
{
	bool used = node->used;

	node->used = false;
	if (node->schema && atomic_load_explicit(&node->schema->used, memory_order_relaxed)) {
		atomic_store_explicit(&node->schema->used, false, memory_order_relaxed);
		used = true;
	}
	return used;
}

static void evict(struct client_cache *cache)
{
	/* Without a registry what goes does not come back: the bundle, which fits, stays. */
	while (cache->hand && cache->bytes > cache->client->config.cache_bytes && !cache->client->config.offline) {
		struct node *node = cache->hand;

		cache->hand = node->newer;
		if (was_used(node))
			continue;
		cache->evicted += node->schema != NULL;
		remove_node(cache, node);
	}
}

/* The node of `key`, made when there is none; NULL: no memory. */
static struct node *have_node(struct client_cache *cache, const struct client_key *key)
{
	struct node **place = find_place(cache, key->digest), *node = *place;

	if (node)
		return node;
	node = client_resize(cache->client, NULL, sizeof(*node));
	if (node == NULL)
		return NULL;
	*node = (struct node){ .key = *key };
	*place = node;
	node->newer = cache->hand ? cache->hand : node;
	node->older = cache->hand ? cache->hand->older : node;
	node->older->newer = node;
	node->newer->older = node;
	cache->hand = cache->hand ? cache->hand : node;
	cache->n_nodes++;
	cache->bytes += sizeof(*node);
	if (cache->n_nodes > cache->n_buckets)
		grow_buckets(cache);
	return node;
}

static uint64_t expiry(const struct client_cache *cache, const struct client_key *key, bool found)
{
	const struct tenon_config *config = &cache->client->config;

	if (config->offline || (found && !(key->flags & CLIENT_KEY_MOVES)))
		return UINT64_MAX;
	return client_now_ms() + (found ? config->latest_ttl_ms : config->not_found_ttl_ms);
}

void client_cache_store(struct client_cache *cache, const struct client_key *key, struct tenon_schema *schema,
	const struct tenon_error *failed)
{
	struct node *node = have_node(cache, key);

	if (node == NULL)
		return;
	node->expires_ms = expiry(cache, key, schema != NULL);
	node->http_status = failed ? failed->http_status : 0;
	node->registry_code = failed ? failed->registry_code : 0;
	set_schema(cache, node, schema);
	if (schema && atomic_load_explicit(&schema->key, memory_order_relaxed) && (key->flags & CLIENT_KEY_FOREVER))
		set_front(cache, atomic_load_explicit(&schema->key, memory_order_relaxed), schema);
	evict(cache);
}

struct node *client_cache_look(struct client_cache *cache, const struct client_key *key)
{
	struct node *node = *find_place(cache, key->digest);

	if (node && node->expires_ms != UINT64_MAX && client_now_ms() >= node->expires_ms)
		return NULL;
	if (node == NULL)
		return NULL;
	node->used = true;
	if (node->schema && (key->flags & CLIENT_KEY_FOREVER) && atomic_load_explicit(&node->schema->key, memory_order_relaxed))
		set_front(cache, atomic_load_explicit(&node->schema->key, memory_order_relaxed), node->schema);
	return node;
}

/* ---- from outside ---- */

struct client_cache *client_cache_create(struct tenon_client *client)
{
	struct client_cache *cache = client_resize(client, NULL, sizeof(*cache));
	unsigned bits = 6;

	if (cache == NULL)
		return NULL;
	while (bits < 14 && client->config.cache_bytes >> bits > 4096) /* one slot for each 4 KiB */
		bits++;
	*cache = (struct client_cache){ .client = client, .n_buckets = 64, .front_shift = 64 - bits, .n_front = (size_t)1 << bits };
	cache->buckets = client_resize(client, NULL, cache->n_buckets * sizeof(struct node *));
	cache->front = client_resize(client, NULL, cache->n_front * sizeof(*cache->front));
	pthread_mutex_init(&cache->lock, NULL);
	if (cache->buckets)
		memset(cache->buckets, 0, cache->n_buckets * sizeof(struct node *));
	for (size_t i = 0; cache->front && i < cache->n_front; i++)
		atomic_init(&cache->front[i], NULL);
	if (cache->buckets && cache->front)
		return cache;
	client_cache_destroy(cache);
	return NULL;
}

void client_cache_destroy(struct client_cache *cache)
{
	if (cache == NULL)
		return;
	while (cache->hand)
		remove_node(cache, cache->hand);
	client_release(cache->client, cache->buckets);
	client_release(cache->client, cache->front);
	pthread_mutex_destroy(&cache->lock);
	client_release(cache->client, cache);
}

void client_cache_put(struct client_cache *cache, const struct client_key *key, struct tenon_schema *schema)
{
	pthread_mutex_lock(&cache->lock);
	client_cache_store(cache, key, schema, NULL);
	pthread_mutex_unlock(&cache->lock);
}

size_t client_cache_entry_size(void)
{
	return sizeof(struct node);
}

void client_cache_forget(struct client_cache *cache, const char *subject, bool everything)
{
	struct client_key key;
	struct node *node;

	client_key_of_subject(&key, subject);
	pthread_mutex_lock(&cache->lock);
	cache->generation++;
	node = cache->hand;
	for (size_t i = cache->n_nodes; i > 0; i--) {
		struct node *newer = node->newer;

		if (node->key.subject == key.subject &&
			(node->schema == NULL || (everything ? !(node->key.flags & CLIENT_KEY_FOREVER) : node->key.flags & CLIENT_KEY_MOVES)))
			remove_node(cache, node);
		node = newer;
	}
	pthread_mutex_unlock(&cache->lock);
}

void client_cache_recount(struct client_cache *cache, struct client_content *content)
{
	pthread_mutex_lock(&cache->lock);
	if (content->n_nodes > 0) {
		count_content(cache, content);
		evict(cache);
	}
	pthread_mutex_unlock(&cache->lock);
}

void client_cache_walk(struct client_cache *cache, void (*each)(void *arg, const struct client_key *key, struct tenon_schema *schema),
	void *arg)
{
	struct node *node;

	pthread_mutex_lock(&cache->lock);
	node = cache->hand;
	for (size_t i = 0; i < cache->n_nodes; i++, node = node->newer)
		if (node->schema && (node->expires_ms == UINT64_MAX || client_now_ms() < node->expires_ms))
			each(arg, &node->key, node->schema);
	pthread_mutex_unlock(&cache->lock);
}

void tenon_cache_clear(struct tenon_client *client)
{
	pthread_mutex_lock(&client->cache->lock);
	client->cache->generation++;
	while (client->cache->hand)
		remove_node(client->cache, client->cache->hand);
	pthread_mutex_unlock(&client->cache->lock);
}

void tenon_cache_stats(struct tenon_client *client, struct tenon_cache_stats *out)
{
	struct client_cache *cache = client->cache;

	pthread_mutex_lock(&cache->lock);
	*out = (struct tenon_cache_stats){
		.hits = cache->hits,
		.misses = cache->misses,
		.shared = cache->shared,
		.evicted = cache->evicted,
		.bytes = cache->bytes,
		.entries = cache->n_nodes,
		.requests = atomic_load_explicit(&client->n_requests, memory_order_relaxed),
	};
	pthread_mutex_unlock(&cache->lock);
}
