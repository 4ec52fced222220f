/* Two equalities: Avro's own, by which a name may be defined twice, and the fuller one of lookups. */
#include "compat/avro/avro_int.h"

#include "base/arena.h"

struct comparison {
	bool full;                 /* docs, aliases and enum defaults count */
	const struct avsc_type **seen; /* full: by a's number, the b it is being compared with */
};

static bool types_equal(struct comparison *c, const struct avsc_type *a, const struct avsc_type *b);

static const struct avsc_property *find_property(const struct avsc_property *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name))
			return &list[i];
	return NULL;
}

/* Names occur once in each list, so that equal numbers and all found means the same set. */
static bool properties_equal(const struct avsc_property *a, size_t n_a, const struct avsc_property *b, size_t n_b)
{
	struct arena *arena = NULL;
	struct map index;
	size_t i = 0;

	if (n_a != n_b)
		return false;
	while (i < n_a && str_eq(a[i].name, b[i].name) && avsc_value_equal(a[i].value, b[i].value))
		i++;
	if (n_a - i > AVSC_FEW) {
		arena = arena_create(0);
		index = map_make(arena);
		for (size_t j = 0; j < n_b; j++)
			map_put(&index, b[j].name, (void *)(uintptr_t)&b[j]);
	}
	for (; i < n_a; i++) {
		const struct avsc_property *other = arena ? map_get(&index, a[i].name)
												  : find_property(b, n_b, a[i].name);

		if (other == NULL || !avsc_value_equal(a[i].value, other->value))
			break;
	}
	arena_destroy(arena);
	return i == n_a;
}

static bool texts_equal(struct str a, struct str b)
{
	return str_present(a) == str_present(b) && str_eq(a, b);
}

/* Whether two lists, of the same length and without repetition, are the same set. */
static bool sets_equal(const struct str *a, const struct str *b, size_t n)
{
	struct arena *arena;
	struct map index;
	size_t i = 0;

	while (i < n && str_eq(a[i], b[i]))
		i++;
	if (i == n)
		return true;
	arena = arena_create(0);
	index = map_make(arena);
	for (size_t j = i; j < n; j++)
		map_put(&index, b[j], &index);
	while (i < n && map_get(&index, a[i]))
		i++;
	arena_destroy(arena);
	return i == n;
}

static bool aliases_equal(const struct avsc_type *a, const struct avsc_type *b)
{
	size_t n = a->n_aliases;
	struct arena *arena;
	struct str *x, *y;
	bool equal;

	if (n != b->n_aliases)
		return false;
	if (n == 0)
		return true;
	arena = arena_create(0);
	x = arena_array(arena, struct str, n);
	y = arena_array(arena, struct str, n);
	for (size_t i = 0; i < n; i++) {
		x[i] = a->aliases[i].full;
		y[i] = b->aliases[i].full;
	}
	equal = sets_equal(x, y, n);
	arena_destroy(arena);
	return equal;
}

static bool defaults_equal(const struct jsn *a, const struct jsn *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return avsc_value_equal(a, b);
}

static bool fields_equal(struct comparison *c, const struct avsc_field *a, const struct avsc_field *b)
{
	return str_eq(a->name, b->name) && a->order == b->order &&
		defaults_equal(a->default_value, b->default_value) &&
		properties_equal(a->properties, a->n_properties, b->properties, b->n_properties) &&
		(!c->full || (texts_equal(a->doc, b->doc) && a->n_aliases == b->n_aliases &&
			sets_equal(a->aliases, b->aliases, a->n_aliases))) &&
		types_equal(c, a->type, b->type);
}

static bool records_equal(struct comparison *c, const struct avsc_type *a, const struct avsc_type *b)
{
	if (c->seen && c->seen[a->number] == b)
		return true; /* in progress, or done: a difference anywhere ends it all */
	if (c->seen)
		c->seen[a->number] = b;
	if (a->n_fields != b->n_fields)
		return false;
	for (size_t i = 0; i < a->n_fields; i++)
		if (!fields_equal(c, &a->fields[i], &b->fields[i]))
			return false;
	return true;
}

static bool symbols_equal(const struct avsc_type *a, const struct avsc_type *b)
{
	if (a->n_symbols != b->n_symbols)
		return false;
	for (size_t i = 0; i < a->n_symbols; i++)
		if (!str_eq(a->symbols[i], b->symbols[i]))
			return false;
	return true;
}

static bool named_equal(struct comparison *c, const struct avsc_type *a, const struct avsc_type *b)
{
	if (avsc_is_pending(a) || avsc_is_pending(b))
		return false;
	if (!str_eq(a->name.full, b->name.full))
		return false;
	if (c->full && (!texts_equal(a->doc, b->doc) || !aliases_equal(a, b)))
		return false;
	if (a->kind == AVSC_RECORD)
		return records_equal(c, a, b);
	if (a->kind == AVSC_ENUM)
		return symbols_equal(a, b) && (!c->full || texts_equal(a->enum_default, b->enum_default));
	return a->size == b->size;
}

static bool branches_equal(struct comparison *c, const struct avsc_type *a, const struct avsc_type *b)
{
	if (a->n_branches != b->n_branches)
		return false;
	for (size_t i = 0; i < a->n_branches; i++)
		if (!types_equal(c, a->branches[i], b->branches[i]))
			return false;
	return true;
}

static bool types_equal(struct comparison *c, const struct avsc_type *a, const struct avsc_type *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	if (!properties_equal(a->properties, a->n_properties, b->properties, b->n_properties))
		return false;
	if (avsc_kind_is_named(a->kind))
		return named_equal(c, a, b);
	if (a->kind == AVSC_UNION)
		return branches_equal(c, a, b);
	if (a->kind == AVSC_ARRAY || a->kind == AVSC_MAP)
		return types_equal(c, a->items, b->items);
	return true;
}

bool avsc_type_equal(const struct avsc_type *a, const struct avsc_type *b)
{
	struct comparison c = { .full = false };

	return types_equal(&c, a, b);
}

static bool schemas_equal(const struct avsc_schema *a, const struct avsc_schema *b, bool full)
{
	struct comparison c = { .full = full };
	struct arena *arena;
	bool equal;

	if (a->n_dependency_names == 0 && b->n_dependency_names == 0 && str_eq(a->base.canonical, b->base.canonical))
		return true;
	arena = arena_create(0);
	c.seen = arena_array(arena, const struct avsc_type *, a->n_types);
	equal = types_equal(&c, a->root, b->root);
	arena_destroy(arena);
	return equal;
}

bool avsc_same_schema(const struct avsc_schema *a, const struct avsc_schema *b)
{
	return schemas_equal(a, b, false);
}

bool avsc_schema_equal(const struct schema *a, const struct schema *b)
{
	return schemas_equal(avsc_of(a), avsc_of(b), true);
}
