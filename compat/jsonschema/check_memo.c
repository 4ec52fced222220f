/* Which pairs of shapes have been met, what is known of them, and which are still to be compared. */
#include "base/memory.h"
#include "compat/jsonschema/check_int.h"

void jsch_memo_init(struct jsch_memo *memo)
{
	*memo = (struct jsch_memo){ .first_due = JSCH_NO_PAIR, .last_due = JSCH_NO_PAIR };
}

void jsch_memo_fini(struct jsch_memo *memo)
{
	memory_free(memo->pairs);
	memory_free(memo->slots);
}

/* The slot of that pair, or the free one where it belongs. */
static uint32_t *find_slot(const struct jsch_memo *memo, const struct jsch_shape *old, const struct jsch_shape *new)
{
	uint64_t key = (uint64_t)(uintptr_t)old * 0x9E3779B97F4A7C15u + (uint64_t)(uintptr_t)new;
	size_t at = (size_t)(key * 0x9FB21C651E98DF25u >> 32) & (memo->n_slots - 1);

	for (; memo->slots[at] != 0; at = (at + 1) & (memo->n_slots - 1)) {
		const struct jsch_known *known = &memo->pairs[memo->slots[at] - 1];

		if (known->old == old && known->new == new)
			break;
	}
	return &memo->slots[at];
}

static void grow(struct jsch_memo *memo)
{
	memo->room = memo->room ? 2 * memo->room : JSCH_FIRST_SLOTS / 2;
	memo->n_slots = 2 * (size_t)memo->room;
	memo->pairs = memory_resize(memo->pairs, memo->room * sizeof(*memo->pairs));
	memo->slots = memory_resize(memo->slots, memo->n_slots * sizeof(*memo->slots));
	memset(memo->slots, 0, memo->n_slots * sizeof(*memo->slots));
	for (uint32_t i = 0; i < memo->n_pairs; i++)
		*find_slot(memo, memo->pairs[i].old, memo->pairs[i].new) = i + 1;
}

void jsch_memo_due(struct jsch_memo *memo, uint32_t pair)
{
	struct jsch_known *known = &memo->pairs[pair];

	if (known->due || known->fails)
		return;
	known->due = true;
	known->next_due = JSCH_NO_PAIR;
	if (memo->last_due != JSCH_NO_PAIR)
		memo->pairs[memo->last_due].next_due = pair;
	else
		memo->first_due = pair;
	memo->last_due = pair;
}

uint32_t jsch_memo_next(struct jsch_memo *memo)
{
	uint32_t pair = memo->first_due;

	if (pair == JSCH_NO_PAIR)
		return pair;
	memo->pairs[pair].due = false;
	memo->first_due = memo->pairs[pair].next_due;
	if (memo->first_due == JSCH_NO_PAIR)
		memo->last_due = JSCH_NO_PAIR;
	return pair;
}

uint32_t jsch_memo_get(struct jsch_memo *memo, const struct jsch_shape *old, const struct jsch_shape *new)
{
	uint32_t *slot;

	if (memo->n_pairs == memo->room)
		grow(memo);
	slot = find_slot(memo, old, new);
	if (*slot == 0) {
		memo->pairs[memo->n_pairs] = (struct jsch_known){ .old = old, .new = new };
		*slot = ++memo->n_pairs;
		jsch_memo_due(memo, *slot - 1);
	}
	return *slot - 1;
}
