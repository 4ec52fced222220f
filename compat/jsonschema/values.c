/* JSON values as JSON Schema compares them: 1 and 1.0 are one number, members have no order. */
#include <stdlib.h>

#include "base/memory.h"
#include "compat/jsonschema/parse_int.h"

static int by_name(const void *a, const void *b)
{
	const struct jsn *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

/* The members by name; the caller frees. */
static const struct jsn **sort_members(const struct jsn *object)
{
	const struct jsn **members = memory_resize(NULL, object->n_items * sizeof(const struct jsn *));

	for (size_t i = 0; i < object->n_items; i++)
		members[i] = &object->items[i];
	qsort(members, object->n_items, sizeof(const struct jsn *), by_name);
	return members;
}

static bool same_members(const struct jsn *a, const struct jsn *b)
{
	const struct jsn **mine, **others;
	size_t i = 0;

	while (i < a->n_items && str_eq(a->items[i].name, b->items[i].name) && jsch_values_equal(&a->items[i], &b->items[i]))
		i++;
	if (i == a->n_items)
		return true;
	if (str_eq(a->items[i].name, b->items[i].name))
		return false;
	mine = sort_members(a);
	others = sort_members(b);
	for (i = 0; i < a->n_items; i++)
		if (!str_eq(mine[i]->name, others[i]->name) || !jsch_values_equal(mine[i], others[i]))
			break;
	memory_free(mine);
	memory_free(others);
	return i == a->n_items;
}

/* As deep as the values, whose reader has bounded them. */
bool jsch_values_equal(const struct jsn *a, const struct jsn *b)
{
	if (a->kind != b->kind || a->n_items != b->n_items)
		return false;
	switch (a->kind) {
	case JSN_BOOL:
		return a->boolean == b->boolean;
	case JSN_NUMBER:
		return str_eq(a->text, b->text) || jsch_decimal_compare(a->text, b->text) == 0;
	case JSN_STRING:
		return str_eq(a->text, b->text);
	case JSN_ARRAY:
		for (size_t i = 0; i < a->n_items; i++)
			if (!jsch_values_equal(&a->items[i], &b->items[i]))
				return false;
		return true;
	case JSN_OBJECT:
		return same_members(a, b);
	default:
		return true;
	}
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	const uint64_t both[2] = { a, b };

	return hash_bytes(both, sizeof(both));
}

uint64_t jsch_value_hash(const struct jsn *value)
{
	uint64_t hash = value->kind;

	switch (value->kind) {
	case JSN_BOOL:
		return mix(hash, value->boolean);
	case JSN_NUMBER:
		return mix(hash, jsch_decimal_hash(value->text));
	case JSN_STRING:
		return mix(hash, hash_str(value->text));
	case JSN_ARRAY:
		for (size_t i = 0; i < value->n_items; i++)
			hash = mix(hash, jsch_value_hash(&value->items[i]));
		return hash;
	case JSN_OBJECT:
		for (size_t i = 0; i < value->n_items; i++)
			hash += mix(hash_str(value->items[i].name), jsch_value_hash(&value->items[i]));
		return mix(hash, value->n_items);
	default:
		return hash;
	}
}
