/* Access to JSON trees: members by name, and equality. */
#include "base/json_int.h"

#include "base/map.h"
#include "base/memory.h"

const struct jsn *jsn_get(const struct jsn *object, struct str name)
{
	if (object == NULL || object->kind != JSN_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->n_items; i++)
		if (str_eq(object->items[i].name, name))
			return &object->items[i];
	return NULL;
}

const struct jsn *jsn_get_value(const struct jsn *object, struct str name)
{
	const struct jsn *member = jsn_get(object, name);

	return member && member->kind != JSN_NULL ? member : NULL;
}

const char *jsn_kind_name(enum jsn_kind kind)
{
	static const char *const names[] = {
		[JSN_NULL] = "null",
		[JSN_BOOL] = "a boolean",
		[JSN_NUMBER] = "a number",
		[JSN_STRING] = "a string",
		[JSN_ARRAY] = "an array",
		[JSN_OBJECT] = "an object",
	};

	return names[kind];
}

void jsn_names_clear(struct jsn_names *names, size_t n)
{
	size_t n_slots = 2 * JSN_NAMES_FEW;

	while (n_slots < 2 * n)
		n_slots *= 2;
	if (n_slots > names->room) {
		names->slots = memory_resize(names->slots, n_slots * sizeof(*names->slots));
		names->room = n_slots;
	}
	names->n_slots = n_slots;
	memset(names->slots, 0, n_slots * sizeof(*names->slots));
}

void jsn_names_free(struct jsn_names *names)
{
	memory_free(names->slots);
}

/* The slot of `name`, or the free one where it belongs. */
static uint64_t *find_slot(const struct jsn_names *names, const struct jsn *items, struct str name, uint64_t hash)
{
	size_t at = hash & (names->n_slots - 1);
	uint64_t *slot;

	for (;;) {
		slot = &names->slots[at];
		if (*slot == 0)
			return slot;
		if (*slot >> 32 == hash >> 32 && str_eq(items[(uint32_t)*slot - 1].name, name))
			return slot;
		at = (at + 1) & (names->n_slots - 1);
	}
}

size_t jsn_names_add(struct jsn_names *names, const struct jsn *items, struct str name, size_t index)
{
	uint64_t hash = hash_str(name);
	uint64_t *slot = find_slot(names, items, name, hash);

	if (*slot != 0)
		return (uint32_t)*slot - 1;
	*slot = (hash >> 32) << 32 | (index + 1);
	return index;
}

size_t jsn_names_find(const struct jsn_names *names, const struct jsn *items, struct str name)
{
	uint64_t slot = *find_slot(names, items, name, hash_str(name));

	return slot ? (uint32_t)slot - 1 : SIZE_MAX;
}

/* Two containers of the same kind and size, of whose values the first `next` are known to be equal. */
struct pair {
	const struct jsn *a;
	const struct jsn *b;
	size_t next;
	uint32_t *order;      /* for objects in another order: which of b's members is a's i-th; NULL: the same */
};

struct pairs {
	struct pair *stack;
	size_t n;
	size_t room;
};

/* b's member for each of a's into `order`; false when one is missing. */
static bool match_names(const struct jsn *a, const struct jsn *b, uint32_t *order)
{
	struct jsn_names names = { 0 };
	bool all = true;

	jsn_names_clear(&names, b->n_items);
	for (size_t i = 0; i < b->n_items; i++)
		jsn_names_add(&names, b->items, b->items[i].name, i);
	for (size_t i = 0; all && i < a->n_items; i++) {
		size_t at = jsn_names_find(&names, b->items, a->items[i].name);

		all = at != SIZE_MAX;
		order[i] = (uint32_t)at;
	}
	jsn_names_free(&names);
	return all;
}

static bool same_names(const struct jsn *a, const struct jsn *b)
{
	size_t i = 0;

	while (i < a->n_items && str_eq(a->items[i].name, b->items[i].name))
		i++;
	return i == a->n_items;
}

/* Compares what two values have by themselves, and puts containers aside for their members. */
static bool compare(struct pairs *pairs, const struct jsn *a, const struct jsn *b)
{
	uint32_t *order = NULL;

	if (a->kind != b->kind)
		return false;
	if (a->kind == JSN_NULL)
		return true;
	if (a->kind == JSN_BOOL)
		return a->boolean == b->boolean;
	if (a->kind == JSN_NUMBER || a->kind == JSN_STRING)
		return str_eq(a->text, b->text);
	if (a->n_items != b->n_items)
		return false;
	if (a->n_items == 0)
		return true;
	if (a->kind == JSN_OBJECT && !same_names(a, b)) {
		order = memory_resize(NULL, a->n_items * sizeof(*order));
		if (!match_names(a, b, order)) {
			memory_free(order);
			return false;
		}
	}
	if (pairs->n == pairs->room) {
		pairs->room = pairs->room ? 2 * pairs->room : 16;
		pairs->stack = memory_resize(pairs->stack, pairs->room * sizeof(*pairs->stack));
	}
	pairs->stack[pairs->n++] = (struct pair){ .a = a, .b = b, .order = order };
	return true;
}

bool jsn_equal(const struct jsn *a, const struct jsn *b)
{
	struct pairs pairs = { 0 };
	bool equal = compare(&pairs, a, b);

	while (equal && pairs.n > 0) {
		struct pair *top = &pairs.stack[pairs.n - 1];
		size_t i = top->next++;

		if (i < top->a->n_items) {
			equal = compare(&pairs, &top->a->items[i], &top->b->items[top->order ? top->order[i] : i]);
		} else {
			memory_free(top->order);
			pairs.n--;
		}
	}
	while (pairs.n > 0)
		memory_free(pairs.stack[--pairs.n].order);
	memory_free(pairs.stack);
	return equal;
}
