/* The fields of two messages side by side, and what moves between oneofs (compat-rules 5). */
#include "compat/protobuf/check_int.h"

#include <stdlib.h>

/* The last of the fields with the number at *i, outside and inside of oneofs; groups do not count. */
static void take_number(const struct pbuf_type *type, size_t *i, const struct pbuf_field **plain,
	const struct pbuf_field **member)
{
	int32_t number = type->by_number[*i]->number;

	for (; *i < type->n_by_number && type->by_number[*i]->number == number; (*i)++) {
		const struct pbuf_field *field = type->by_number[*i];

		if (field->type.kind == PBUF_GROUP)
			continue;
		if (field->oneof)
			*member = field;
		else
			*plain = field;
	}
}

struct slots pbuf_slots_make(struct arena *arena, const struct pbuf_type *old, const struct pbuf_type *new)
{
	struct slots slots = { .items = arena_array(arena, struct slot, old->n_by_number + new->n_by_number) };
	size_t i = 0, j = 0;

	while (i < old->n_by_number || j < new->n_by_number) {
		struct slot slot = { 0 };
		bool has_old, has_new;

		has_old = i < old->n_by_number &&
			(j == new->n_by_number || old->by_number[i]->number <= new->by_number[j]->number);
		has_new = j < new->n_by_number &&
			(i == old->n_by_number || new->by_number[j]->number <= old->by_number[i]->number);
		slot.number = has_old ? old->by_number[i]->number : new->by_number[j]->number;
		if (has_old)
			take_number(old, &i, &slot.old_plain, &slot.old_member);
		if (has_new)
			take_number(new, &j, &slot.new_plain, &slot.new_member);
		slots.items[slots.n++] = slot;
	}
	return slots;
}

struct slot *pbuf_slot_find(const struct slots *slots, int32_t number)
{
	size_t from = 0, to = slots->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (slots->items[middle].number == number)
			return &slots->items[middle];
		if (slots->items[middle].number < number)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/*
 * A oneof may take in one field that was outside of any, or the members of one oneof.  What could be
 * set together before cannot be any more.
 */
void pbuf_check_membership(struct check *c, const struct slots *slots, const struct pbuf_type *new)
{
	for (size_t i = 0; i < new->n_oneofs; i++) {
		const struct pbuf_oneof *oneof = new->oneofs[i], *origin = NULL;
		struct place place = { .message = new->local, .oneof = oneof };
		size_t n_plain = 0, n_oneofs = 0;

		for (size_t j = 0; j < oneof->n_fields; j++) {
			const struct slot *slot = pbuf_slot_find(slots, oneof->fields[j]->number);

			if (slot->new_member->oneof != oneof)
				continue; /* the number comes again further down */
			if (slot->old_member == NULL) {
				n_plain += slot->old_plain != NULL;
			} else if (origin == NULL || !str_eq(slot->old_member->oneof->name, origin->name)) {
				origin = slot->old_member->oneof;
				n_oneofs++;
			}
		}
		if (n_plain + n_oneofs > 1)
			pbuf_report(c, n_plain > 1 ? FINDING_MULTIPLE_FIELDS_MOVED_TO_ONEOF : FINDING_FIELD_MOVED_TO_EXISTING_ONEOF,
				place);
	}
}

static int by_number(const void *a, const void *b)
{
	const struct slot *x = *(const struct slot *const *)a, *y = *(const struct slot *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* `new` is the oneof of the same name, or NULL: then nothing is missed when all its members went with it. */
void pbuf_check_oneof(struct check *c, const struct slots *slots, const struct pbuf_oneof *old,
	const struct pbuf_oneof *new, struct str message)
{
	struct place place = { .message = message, .oneof = old, .has_number = true };
	const struct slot **members = arena_array(c->arena, const struct slot *, old->n_fields);
	bool survives = new != NULL;

	for (size_t i = 0; i < old->n_fields; i++) {
		members[i] = pbuf_slot_find(slots, old->fields[i]->number);
		survives = survives || members[i]->new_plain || members[i]->new_member;
	}
	if (!survives)
		return;
	qsort(members, old->n_fields, sizeof(struct slot *), by_number);
	for (size_t i = 0; i < old->n_fields && c->failed == OK; i++) {
		const struct slot *slot = members[i];

		place.number = slot->number;
		if (i > 0 && members[i - 1] == slot)
			continue;
		if (new && slot->old_member && slot->new_member && str_eq(slot->new_member->oneof->name, new->name))
			pbuf_check_field(c, place, slot->old_member, slot->new_member);
		else if (!slot->new_member && !slot->new_plain)
			pbuf_report(c, FINDING_ONEOF_FIELD_REMOVED, place);
	}
}

uint32_t pbuf_java_hash(struct str s)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < s.len; i++)
		hash = hash * 31 + (unsigned char)s.data[i];
	return hash;
}

/* Of a table that has grown to hold `n` entries at three quarters. */
size_t pbuf_hash_bucket(uint32_t hash, size_t n)
{
	size_t room = 16;

	while (n * 4 > room * 3)
		room *= 2;
	return (hash ^ hash >> 16) & (room - 1);
}
