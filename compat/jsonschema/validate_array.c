/* Validating arrays. */
#include "base/arena.h"
#include "compat/jsonschema/validate_int.h"

enum { FEW_ITEMS = 8 };

/* The subschema for the i-th item, or NULL. */
static const struct jsch_node *node_for(const struct jsch_array *array, size_t i)
{
	if (!array->has_list)
		return array->items;
	return i < array->n_list ? array->list[i] : array->additional;
}

static bool valid_items(struct jsch_validation *v, const struct jsch_array *array, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	for (size_t i = 0; i < value->n_items; i++) {
		const struct jsch_node *node = node_for(array, i);
		const struct jsch_pointer spot = { .up = at, .index = i };

		if (node == NULL)
			break;
		if (!jsch_spend(v, 1) || !jsch_valid(v, node, &value->items[i], &spot, NULL))
			return false;
		jsch_mark(marks, i);
	}
	return true;
}

/* From 2020-12 on what contains finds has been evaluated. */
static bool valid_contains(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	const struct jsch_array *array = node->array;
	int64_t least = array->min_contains != JSCH_ABSENT ? array->min_contains : 1, found = 0;
	int64_t most = array->max_contains != JSCH_ABSENT ? array->max_contains : INT64_MAX;
	bool count_all = most != INT64_MAX || marks;

	for (size_t i = 0; i < value->n_items && (count_all || found < least) && v->failed == OK; i++) {
		const struct jsch_pointer spot = { .up = at, .index = i };

		if (!jsch_would_be_valid(v, array->contains, &value->items[i], &spot, NULL))
			continue;
		found++;
		if (node->resource->draft == JSCH_DRAFT_2020)
			jsch_mark(marks, i);
	}
	if (found < least && !jsch_violate(v, at, array->min_contains != JSCH_ABSENT ? "minContains" : "contains"))
		return false;
	return found <= most || jsch_violate(v, at, "maxContains");
}

static bool all_differ_by_pairs(const struct jsn *value)
{
	for (size_t i = 1; i < value->n_items; i++)
		for (size_t k = 0; k < i; k++)
			if (jsch_values_equal(&value->items[i], &value->items[k]))
				return false;
	return true;
}

static bool all_differ(struct jsch_validation *v, const struct jsn *value)
{
	struct arena *arena;
	struct map seen;
	uint64_t *hashes;
	bool differ = true;

	if (value->n_items <= FEW_ITEMS)
		return all_differ_by_pairs(value);
	arena = arena_create(0);
	seen = map_make(arena);
	hashes = arena_array(arena, uint64_t, value->n_items);
	for (size_t i = 0; i < value->n_items && differ && jsch_spend(v, 1); i++) {
		struct str key = str_make((const char *)&hashes[i], sizeof(hashes[i]));
		const struct jsn *before;

		hashes[i] = jsch_value_hash(&value->items[i]);
		before = map_get(&seen, key);
		differ = before == NULL || !jsch_values_equal(before, &value->items[i]);
		map_put(&seen, key, &value->items[i]);
	}
	arena_destroy(arena);
	return differ;
}

bool jsch_valid_array(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	const struct jsch_array *array = node->array;
	int64_t n = (int64_t)value->n_items;

	if (array->max_items != JSCH_ABSENT && n > array->max_items && !jsch_violate(v, at, "maxItems"))
		return false;
	if (array->min_items != JSCH_ABSENT && n < array->min_items && !jsch_violate(v, at, "minItems"))
		return false;
	if (array->unique && !all_differ(v, value) && !jsch_violate(v, at, "uniqueItems"))
		return false;
	if (!valid_items(v, array, value, at, marks))
		return false;
	return array->contains == NULL || valid_contains(v, node, value, at, marks);
}
