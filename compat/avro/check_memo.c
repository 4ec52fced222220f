/* The tables of a check: pools that grow, and the memo of pairs.  Outside arenas, since they move as they grow. */
#include "compat/avro/check_int.h"

#include "base/memory.h"

uint32_t avsc_pool_add(struct pool *pool, size_t size)
{
	if (pool->n == pool->room) {
		uint32_t room = pool->room ? pool->room * 2 : 32;

		pool->data = memory_resize(pool->data, room * size);
		pool->room = room;
	}
	memset((char *)pool->data + pool->n * size, 0, size);
	return ++pool->n;
}

static uint64_t key_of(const struct avsc_type *reader, const struct avsc_type *writer)
{
	return ((uint64_t)reader->number << 32 | writer->number) + 1;
}

static size_t find_slot(const struct memo *memo, uint64_t key)
{
	size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 32) & (memo->n_slots - 1);

	while (memo->keys[at] != 0 && memo->keys[at] != key)
		at = (at + 1) & (memo->n_slots - 1);
	return at;
}

void avsc_memo_init(struct memo *memo)
{
	memset(memo->first_keys, 0, sizeof(memo->first_keys));
	memo->keys = memo->first_keys;
	memo->results = memo->first_results;
	memo->n_slots = MEMO_FIRST;
	memo->n_used = 0;
}

void avsc_memo_fini(struct memo *memo)
{
	if (memo->keys == memo->first_keys)
		return;
	memory_free(memo->keys);
	memory_free(memo->results);
}

static void grow(struct memo *memo)
{
	const struct memo old = { .keys = memo->keys, .results = memo->results, .n_slots = memo->n_slots };

	memo->n_slots *= memo->n_slots < 65536 ? 4 : 2;
	memo->keys = memory_resize(NULL, memo->n_slots * sizeof(*memo->keys));
	memset(memo->keys, 0, memo->n_slots * sizeof(*memo->keys));
	memo->results = memory_resize(NULL, memo->n_slots * sizeof(*memo->results));
	for (size_t i = 0; i < old.n_slots; i++) {
		if (old.keys[i] != 0) {
			size_t at = find_slot(memo, old.keys[i]);

			memo->keys[at] = old.keys[i];
			memo->results[at] = old.results[i];
		}
	}
	if (old.keys != memo->first_keys) {
		memory_free(old.keys);
		memory_free(old.results);
	}
}

bool avsc_memo_find(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	uint32_t *out)
{
	uint64_t key = key_of(reader, writer);
	size_t at = find_slot(memo, key);

	if (memo->keys[at] == key) {
		*out = memo->results[at];
		return true;
	}
	if (memo->n_used * 4 >= memo->n_slots * 3) {
		grow(memo);
		at = find_slot(memo, key);
	}
	memo->n_used++;
	memo->keys[at] = key;
	memo->results[at] = 0;
	return false;
}

void avsc_memo_set(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	uint32_t result)
{
	memo->results[find_slot(memo, key_of(reader, writer))] = result;
}
