/* Asking through the cache: who misses on what another thread is asking for waits for its answer. */
#include "client/cache_int.h"

static struct flight **flight_place(struct client_cache *cache, const uint8_t digest[SHA256_BYTES])
{
	struct flight **place = &cache->flights[digest[SHA256_BYTES - 1] % FLIGHT_BUCKETS];

	while (*place && memcmp((*place)->digest, digest, SHA256_BYTES) != 0)
		place = &(*place)->next;
	return place;
}

/* Under the lock: a flight that others find; NULL when there is no memory, and others ask for themselves. */
static struct flight *take_off(struct client_cache *cache, const struct client_key *key)
{
	struct flight *flight = client_resize(cache->client, NULL, sizeof(*flight));

	if (flight == NULL)
		return NULL;
	*flight = (struct flight){ .done = false };
	memcpy(flight->digest, key->digest, SHA256_BYTES);
	pthread_cond_init(&flight->landed, NULL);
	*flight_place(cache, key->digest) = flight;
	return flight;
}

static void end_flight(struct client_cache *cache, struct flight *flight)
{
	tenon_schema_unref(flight->schema);
	tenon_error_clear(&flight->err);
	pthread_cond_destroy(&flight->landed);
	client_release(cache->client, flight);
}

/* Under the lock, by the one who asked: nobody finds the flight any more; the last who leaves frees it. */
static void land(struct client_cache *cache, struct flight *flight, enum tenon_code code, struct tenon_schema *schema,
	const struct tenon_error *err)
{
	struct flight **place = flight_place(cache, flight->digest);

	*place = flight->next;
	if (flight->n_waiting == 0) {
		end_flight(cache, flight);
		return;
	}
	flight->code = code;
	flight->schema = schema ? tenon_schema_ref(schema) : NULL;
	if (code != TENON_OK)
		client_error_copy(cache->client, &flight->err, err);
	flight->done = true;
	pthread_cond_broadcast(&flight->landed);
}

/* Under the lock. */
static enum tenon_code wait_for(struct client_cache *cache, struct flight *flight, struct tenon_schema **out,
	struct tenon_error *err)
{
	enum tenon_code code;

	cache->shared++;
	flight->n_waiting++;
	while (!flight->done)
		pthread_cond_wait(&flight->landed, &cache->lock);
	code = flight->code;
	if (code == TENON_OK)
		*out = tenon_schema_ref(flight->schema);
	else
		client_error_copy(cache->client, err, &flight->err);
	if (--flight->n_waiting == 0)
		end_flight(cache, flight);
	return code;
}

static enum tenon_code give(struct client_cache *cache, const struct node *node, struct tenon_schema **out,
	struct tenon_error *err)
{
	cache->hits++;
	if (node->schema) {
		*out = tenon_schema_ref(node->schema);
		return TENON_OK;
	}
	client_fail(err, TENON_NOT_FOUND, "the registry does not know it (asked a short time ago)");
	if (err) {
		err->http_status = node->http_status;
		err->registry_code = node->registry_code;
	}
	return TENON_NOT_FOUND;
}

/* Without the lock: asks, and keeps what there is to be kept. */
static enum tenon_code ask(struct client_cache *cache, const struct client_key *key, client_fetch_fn *fetch, void *arg,
	struct flight *flight, struct tenon_schema **out, struct tenon_error *err)
{
	struct tenon_error mine = { .code = TENON_OK };
	struct tenon_schema *schema = NULL;
	uint64_t generation;
	enum tenon_code code;

	pthread_mutex_lock(&cache->lock);
	generation = cache->generation;
	pthread_mutex_unlock(&cache->lock);
	code = fetch(cache->client, arg, &schema, &mine);
	pthread_mutex_lock(&cache->lock);
	if (generation == cache->generation || (key->flags & CLIENT_KEY_FOREVER)) {
		if (code == TENON_OK)
			client_cache_store(cache, key, schema, NULL);
		else if (code == TENON_NOT_FOUND && !cache->client->config.offline && cache->client->config.not_found_ttl_ms > 0)
			client_cache_store(cache, key, NULL, &mine);
	}
	if (flight)
		land(cache, flight, code, schema, &mine);
	pthread_mutex_unlock(&cache->lock);
	if (code == TENON_OK)
		*out = schema;
	else
		client_error_copy(cache->client, err, &mine);
	tenon_error_clear(&mine);
	return code;
}

enum tenon_code client_cache_get(struct client_cache *cache, const struct client_key *key, unsigned flags,
	client_fetch_fn *fetch, void *arg, struct tenon_schema **out, struct tenon_error *err)
{
	struct flight *flight = NULL;
	struct node *node;
	enum tenon_code code;

	if (flags & TENON_FRESH)
		return ask(cache, key, fetch, arg, NULL, out, err);
	pthread_mutex_lock(&cache->lock);
	node = client_cache_look(cache, key);
	flight = node ? NULL : *flight_place(cache, key->digest);
	if (node || flight) {
		code = node ? give(cache, node, out, err) : wait_for(cache, flight, out, err);
		pthread_mutex_unlock(&cache->lock);
		return code;
	}
	cache->misses++;
	flight = take_off(cache, key);
	pthread_mutex_unlock(&cache->lock);
	return ask(cache, key, fetch, arg, flight, out, err);
}
