/* Arrays: items by position under open, closed and partially open content models (compat-rules 4.5). */
#include "compat/jsonschema/check_int.h"

static bool array_is_open(const struct jsch_array *array)
{
	return jsch_is_open(array->additional);
}

static bool pair_dropped(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *item,
	const struct jsch_array *new)
{
	const struct jsch_shape *covering;

	if (array_is_open(new))
		return true;
	covering = jsch_cover(new->additional);
	if (covering == NULL)
		return item->kind == JSCH_FALSE || jsch_differ(c, at, FINDING_ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL);
	if (jsch_pair(c, NULL, item, covering))
		return true;
	jsch_pair(c, at, item, covering);
	return jsch_differ(c, at, FINDING_ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL);
}

static bool pair_appended(struct jsch_check *c, const struct jsch_place *at, const struct jsch_array *old,
	const struct jsch_shape *item)
{
	const struct jsch_shape *covering;

	if (array_is_open(old))
		return item->kind == JSCH_EMPTY || item->kind == JSCH_TRUE ||
			jsch_differ(c, at, FINDING_ITEM_ADDED_TO_OPEN_CONTENT_MODEL);
	covering = jsch_cover(old->additional);
	if (covering == NULL || jsch_pair(c, NULL, covering, item))
		return true;
	jsch_pair(c, at, covering, item);
	return jsch_differ(c, at, FINDING_ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL);
}

static bool pair_lists(struct jsch_check *c, const struct jsch_place *at, const struct jsch_array *old,
	const struct jsch_array *new)
{
	struct jsch_place place = { .up = at, .word = STR("items"), .indexed = true };
	const struct jsch_place *there = at ? &place : NULL;
	bool fits = true;

	for (size_t i = 0; (i < old->n_list || i < new->n_list) && !jsch_settled(c, at, fits); i++) {
		place.index = i;
		if (i >= new->n_list)
			fits &= pair_dropped(c, there, old->list[i]->shape, new);
		else if (i >= old->n_list)
			fits &= pair_appended(c, there, old, new->list[i]->shape);
		else
			fits &= jsch_pair(c, there, old->list[i]->shape, new->list[i]->shape);
		jsch_work(c, 1);
	}
	return fits;
}

static bool pair_sizes(struct jsch_check *c, const struct jsch_place *at, const struct jsch_array *old,
	const struct jsch_array *new)
{
	static const struct jsch_limit most = { "maxItems", true, FINDING_MAX_ITEMS_ADDED, FINDING_MAX_ITEMS_DECREASED };
	static const struct jsch_limit fewest = { "minItems", false, FINDING_MIN_ITEMS_ADDED, FINDING_MIN_ITEMS_INCREASED };
	static const struct jsch_limit most_found = { "maxContains", true, FINDING_MAX_CONTAINS_ADDED,
		FINDING_MAX_CONTAINS_DECREASED };
	static const struct jsch_limit fewest_found = { "minContains", false, FINDING_MIN_CONTAINS_ADDED,
		FINDING_MIN_CONTAINS_INCREASED };
	bool fits = jsch_pair_counts(c, at, &most, old->max_items, new->max_items);

	fits &= jsch_pair_counts(c, at, &fewest, old->min_items, new->min_items);
	fits &= jsch_pair_counts(c, at, &most_found, old->max_contains, new->max_contains);
	fits &= jsch_pair_counts(c, at, &fewest_found, old->min_contains, new->min_contains);
	if (new->unique && !old->unique)
		return jsch_differ_at(c, at, "uniqueItems", FINDING_UNIQUE_ITEMS_ADDED) && fits;
	return fits;
}

bool jsch_pair_arrays(struct jsch_check *c, const struct jsch_place *at, const struct jsch_array *old,
	const struct jsch_array *new)
{
	static const struct jsch_rest additional = { "additionalItems", FINDING_ADDITIONAL_ITEMS_REMOVED,
		FINDING_ADDITIONAL_ITEMS_NARROWED };
	const struct jsch_place items = { .up = at, .word = STR("items") };
	bool fits = jsch_pair(c, at ? &items : NULL, old->items ? old->items->shape : NULL,
		new->items ? new->items->shape : NULL);

	if (!jsch_settled(c, at, fits))
		fits &= pair_lists(c, at, old, new);
	if (!jsch_settled(c, at, fits))
		fits &= jsch_pair_additional(c, at, &additional, old->additional, new->additional);
	return pair_sizes(c, at, old, new) && fits;
}
