/*
 * A hash map from text to pointer inside one arena: no removal, iteration in order of insertion.
 * Keys are borrowed.  Seeded per process, so that a stranger cannot choose colliding keys.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct arena;

struct map_entry {
	struct str key;
	void *value;
	uint64_t hash;
};

struct map {
	struct arena *arena;
	struct map_entry *entries; /* n_entries of them, in order of insertion */
	size_t n_entries;
	size_t room;
	uint32_t *slots;           /* n_slots (a power of two) of entry index + 1, 0 = free */
	size_t n_slots;
};

struct map map_make(struct arena *arena);
/* The value under `key`, or NULL. */
void *map_get(const struct map *map, struct str key);
/* Sets the value under `key`; returns the value it replaced or NULL. */
void *map_put(struct map *map, struct str key, void *value);

/* The process's seeded 64-bit hash of some bytes (not cryptographic). */
uint64_t hash_bytes(const void *data, size_t len);
uint64_t hash_str(struct str s);

#endif
