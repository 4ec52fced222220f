/* A hash map with open addressing over an array in order of insertion, and the seeded hash it uses. */
#include "base/map.h"

#include <stdatomic.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/scan_int.h"

enum { SMALL = 8 }; /* up to here entries are compared one by one, without slots */

struct map map_make(struct arena *arena)
{
	return (struct map){ .arena = arena };
}

static bool is_key(const struct map_entry *entry, struct str key, uint64_t hash)
{
	return entry->hash == hash && str_eq(entry->key, key);
}

/* The slot of `key`, or the free one where it belongs. */
static uint32_t *find_slot(const struct map *map, struct str key, uint64_t hash)
{
	size_t at = hash & (map->n_slots - 1);

	while (map->slots[at] != 0 && !is_key(&map->entries[map->slots[at] - 1], key, hash))
		at = (at + 1) & (map->n_slots - 1);
	return &map->slots[at];
}

static struct map_entry *find(const struct map *map, struct str key, uint64_t hash)
{
	if (map->n_slots > 0) {
		uint32_t slot = *find_slot(map, key, hash);

		return slot ? &map->entries[slot - 1] : NULL;
	}
	for (size_t i = 0; i < map->n_entries; i++)
		if (is_key(&map->entries[i], key, hash))
			return &map->entries[i];
	return NULL;
}

void *map_get(const struct map *map, struct str key)
{
	struct map_entry *entry = map->n_entries > 0 ? find(map, key, hash_str(key)) : NULL;

	return entry ? entry->value : NULL;
}

/* Twice the entries, and at least twice as many slots as entries; the old ones stay in the arena. */
static void grow(struct map *map)
{
	size_t room = map->room ? map->room * 2 : SMALL;
	struct map_entry *entries = arena_array(map->arena, struct map_entry, room);

	if (map->n_entries >= UINT32_MAX / 2) /* slots have no number for more */
		memory_out(map->n_entries * sizeof(*entries));
	if (map->n_entries > 0)
		memcpy(entries, map->entries, map->n_entries * sizeof(*entries));
	map->entries = entries;
	map->room = room;
	if (room <= SMALL)
		return;
	map->n_slots = room * 2;
	map->slots = arena_array(map->arena, uint32_t, map->n_slots);
	for (size_t i = 0; i < map->n_entries; i++)
		*find_slot(map, entries[i].key, entries[i].hash) = (uint32_t)i + 1;
}

void *map_put(struct map *map, struct str key, void *value)
{
	uint64_t hash = hash_str(key);
	struct map_entry *entry = find(map, key, hash);
	void *replaced;

	if (entry) {
		replaced = entry->value;
		entry->value = value;
		return replaced;
	}
	if (map->n_entries == map->room)
		grow(map);
	map->entries[map->n_entries] = (struct map_entry){ .key = key, .value = value, .hash = hash };
	map->n_entries++;
	if (map->n_slots > 0)
		*find_slot(map, key, hash) = (uint32_t)map->n_entries;
	return NULL;
}

/* Drawn once per process; 0 stands for not yet drawn. */
static uint64_t seed(void)
{
	static _Atomic uint64_t drawn;
	uint64_t now = atomic_load_explicit(&drawn, memory_order_relaxed);
	uint64_t fresh = 0;

	while (now == 0) {
		if (getrandom(&fresh, sizeof(fresh), 0) != (ssize_t)sizeof(fresh) || fresh == 0)
			continue;
		if (atomic_compare_exchange_strong(&drawn, &now, fresh))
			now = fresh;
	}
	return now;
}

/* Both halves of the 128-bit product folded together: one multiplication mixes all bits. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load_up_to_8(const char *p, size_t len)
{
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return word;
}

/* Multiply and fold, 16 bytes a round; the constants are odd and have about half their bits set. */
uint64_t hash_bytes(const void *data, size_t len)
{
	static const uint64_t K0 = 0xA24BAED4963EE407u, K1 = 0x9FB21C651E98DF25u, K2 = 0xD6E8FEB86659FD93u;
	const char *p = data;
	uint64_t s = seed();
	uint64_t state = mix(s ^ K0, len ^ K1);
	size_t left = len;

	for (; left > 16; left -= 16, p += 16)
		state = mix(scan_load(p) ^ K1 ^ s, scan_load(p + 8) ^ state);
	if (left >= 8) {
		uint64_t tail = scan_load(p + left - 8);

		state = mix(scan_load(p) ^ K1 ^ s, tail ^ state);
	} else if (left > 0) {
		state = mix(load_up_to_8(p, left) ^ K1 ^ s, state ^ K2);
	}
	return mix(state ^ K2, s ^ K0);
}

uint64_t hash_str(struct str s)
{
	return hash_bytes(s.data, s.len);
}
