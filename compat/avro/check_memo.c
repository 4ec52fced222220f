/* Which pairs of types have been compared, with what result. */
#include "compat/avro/check_int.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t key_of(const struct avsc_type *reader, const struct avsc_type *writer)
{
	return ((uint64_t)reader->number << 32 | writer->number) + 1;
}

static struct memo_slot *find_slot(const struct memo *memo, uint64_t key)
{
	size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 32) & (memo->n_slots - 1);

	while (memo->slots[at].key != 0 && memo->slots[at].key != key)
		at = (at + 1) & (memo->n_slots - 1);
	return &memo->slots[at];
}

void memo_init(struct memo *memo)
{
	memset(memo, 0, sizeof(*memo));
	memo->slots = memo->first;
	memo->n_slots = MEMO_FIRST;
}

void memo_fini(struct memo *memo)
{
	if (memo->slots != memo->first)
		free(memo->slots);
}

/* Outside the arena, since a large table is replaced as it grows. */
static void grow(struct memo *memo)
{
	struct memo old = *memo;
	struct memo_slot *from = memo->slots;

	memo->n_slots *= 4;
	memo->slots = calloc(memo->n_slots, sizeof(*memo->slots));
	if (memo->slots == NULL) {
		fprintf(stderr, "tenon: out of memory for %zu pairs\n", memo->n_slots);
		abort();
	}
	for (size_t i = 0; i < old.n_slots; i++)
		if (from[i].key != 0)
			*find_slot(memo, from[i].key) = from[i];
	if (from != memo->first)
		free(from);
}

bool memo_find(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	struct troubles **out)
{
	uint64_t key = key_of(reader, writer);
	struct memo_slot *slot = find_slot(memo, key);

	if (slot->key == key) {
		*out = slot->result;
		return true;
	}
	if (memo->n_used * 4 >= memo->n_slots * 3) {
		grow(memo);
		slot = find_slot(memo, key);
	}
	memo->n_used++;
	slot->key = key;
	slot->result = NULL;
	return false;
}

void memo_set(struct memo *memo, const struct avsc_type *reader, const struct avsc_type *writer,
	struct troubles *result)
{
	find_slot(memo, key_of(reader, writer))->result = result;
}
