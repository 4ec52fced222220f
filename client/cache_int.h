/* The cache's inside, for cache.c and flight.c: all of it is under the lock, but for the table in front. */
#ifndef CLIENT_CACHE_INT_H
#define CLIENT_CACHE_INT_H

#include "client/cache.h"

struct node {
	struct node *next;           /* in its bucket */
	struct node *older, *newer;  /* the ring */
	struct client_key key;
	struct tenon_schema *schema; /* NULL: there is none, as the registry said with */
	int http_status;             /* this */
	int registry_code;
	uint64_t expires_ms;         /* UINT64_MAX: never */
	bool used;                   /* since the hand last came by */
};

/* A request under way, and those who wait for it. */
struct flight {
	struct flight *next;
	uint8_t digest[SHA256_BYTES];
	pthread_cond_t landed;
	unsigned n_waiting;
	bool done;
	enum tenon_code code;
	struct tenon_schema *schema; /* with a reference of the flight's */
	struct tenon_error err;
};

enum { FLIGHT_BUCKETS = 64 };

struct client_cache {
	struct tenon_client *client;
	pthread_mutex_t lock;
	struct node **buckets;
	size_t n_buckets;            /* a power of two */
	size_t n_nodes;
	struct node *hand;           /* of the clock; NULL: no nodes */
	size_t bytes;
	uint64_t generation;         /* goes up when things are forgotten: what was asked for before is not kept */
	uint64_t hits, misses, shared, evicted;
	struct flight *flights[FLIGHT_BUCKETS];
	_Atomic(struct tenon_schema *) *front;
	size_t n_front;
	unsigned front_shift;
};

/* Keeps an answer: a schema (which gets a reference), or NULL for what `failed` says is not there. */
void client_cache_store(struct client_cache *cache, const struct client_key *key, struct tenon_schema *schema,
	const struct tenon_error *failed);
/* The node of `key`, or NULL: not there, or out of date. */
struct node *client_cache_look(struct client_cache *cache, const struct client_key *key);

#endif
