/* JSON values inside schemas, defaults and properties: printed and compared as Jackson does. */
#include "compat/avro/avro_int.h"

#include <stdlib.h>

#include "base/arena.h"

static int by_name(const void *a, const void *b)
{
	const struct jsn *const *x = a, *const *y = b;

	return str_cmp_utf16((*x)->name, (*y)->name);
}

static void put_members(struct buf *b, const struct jsn *value, unsigned flags)
{
	const struct jsn **order = NULL;

	if (flags & AVSC_SORTED) {
		order = arena_array(b->arena, const struct jsn *, value->n_items);
		for (size_t i = 0; i < value->n_items; i++)
			order[i] = &value->items[i];
		qsort(order, value->n_items, sizeof(*order), by_name);
	}
	for (size_t i = 0; i < value->n_items; i++) {
		const struct jsn *member = order ? order[i] : &value->items[i];

		if (i > 0)
			buf_add_c(b, ',');
		buf_json_inner(b, member->name);
		buf_add_c(b, ':');
		avsc_put_value(b, member, flags);
	}
}

/* As deep as the text was nested, which its reader bounds. */
void avsc_put_value(struct buf *b, const struct jsn *value, unsigned flags)
{
	switch (value->kind) {
	case JSN_NULL:
		buf_lit(b, "null");
		break;
	case JSN_BOOL:
		buf_add(b, value->boolean ? STR("true") : STR("false"));
		break;
	case JSN_NUMBER:
		avsc_put_number(b, value->text);
		break;
	case JSN_STRING:
		buf_json_inner(b, value->text);
		break;
	case JSN_ARRAY:
		buf_add_c(b, '[');
		for (size_t i = 0; i < value->n_items; i++) {
			if (i > 0)
				buf_add_c(b, ',');
			avsc_put_value(b, &value->items[i], flags);
		}
		buf_add_c(b, ']');
		break;
	case JSN_OBJECT:
		buf_add_c(b, '{');
		put_members(b, value, flags);
		buf_add_c(b, '}');
		break;
	}
}

/* Whether a value looks like one of the type, for choosing a union's branch. */
static bool suits(const struct avsc_type *type, const struct jsn *value)
{
	switch (value->kind) {
	case JSN_NULL:
		return type->kind == AVSC_NULL;
	case JSN_BOOL:
		return type->kind == AVSC_BOOLEAN;
	case JSN_NUMBER:
		return type->kind == AVSC_FLOAT || type->kind == AVSC_DOUBLE ||
			((type->kind == AVSC_INT || type->kind == AVSC_LONG) && avsc_number_is_integer(value->text));
	case JSN_STRING:
		return type->kind == AVSC_STRING || type->kind == AVSC_BYTES || type->kind == AVSC_ENUM ||
			type->kind == AVSC_FIXED;
	case JSN_ARRAY:
		return type->kind == AVSC_ARRAY;
	case JSN_OBJECT:
		return type->kind == AVSC_MAP || type->kind == AVSC_RECORD;
	}
	return false;
}

size_t avsc_default_branch(const struct avsc_type *type, const struct jsn *value)
{
	size_t i = 0;

	while (i < type->n_branches && !suits(type->branches[i], value))
		i++;
	return i;
}

/* The type of a member of an object that is a default of `type`, or NULL. */
static const struct avsc_type *member_type(const struct avsc_type *type, struct str name)
{
	const struct avsc_field *field;

	if (type->kind == AVSC_MAP)
		return type->items;
	field = type->kind == AVSC_RECORD ? avsc_field_find(type, name) : NULL;
	return field ? field->type : NULL;
}

/* The branch of a union that a default is for; NULL when there is none. */
static const struct avsc_type *default_type(const struct avsc_type *type, const struct jsn *value)
{
	size_t branch;

	if (type == NULL || type->kind != AVSC_UNION)
		return type;
	branch = avsc_default_branch(type, value);
	return branch < type->n_branches ? type->branches[branch] : NULL;
}

static void put_default_items(struct buf *b, const struct jsn *value, const struct avsc_type *type)
{
	buf_add_c(b, value->kind == JSN_ARRAY ? '[' : '{');
	for (size_t i = 0; i < value->n_items; i++) {
		const struct jsn *item = &value->items[i];

		if (i > 0)
			buf_add_c(b, ',');
		if (value->kind == JSN_OBJECT) {
			buf_json_inner(b, item->name);
			buf_add_c(b, ':');
		}
		avsc_put_default(b, item, value->kind == JSN_ARRAY ? type->items : member_type(type, item->name));
	}
	buf_add_c(b, value->kind == JSN_ARRAY ? ']' : '}');
}

void avsc_put_default(struct buf *b, const struct jsn *value, const struct avsc_type *type)
{
	type = default_type(type, value);
	if (type == NULL || !suits(type, value))
		avsc_put_value(b, value, 0);
	else if (type->kind == AVSC_DOUBLE)
		avsc_put_double(b, avsc_number_value(value->text));
	else if (type->kind == AVSC_FLOAT)
		avsc_put_float(b, (float)avsc_number_value(value->text));
	else if (value->kind == JSN_ARRAY || value->kind == JSN_OBJECT)
		put_default_items(b, value, type);
	else
		avsc_put_value(b, value, 0);
}

static bool numbers_equal(struct str a, struct str b)
{
	bool integer = avsc_number_is_integer(a);
	double x, y;

	if (str_eq(a, b))
		return true;
	if (integer != avsc_number_is_integer(b))
		return false;
	if (integer)
		return a.len <= 2 && b.len <= 2 && str_ends(a, STR("0")) && str_ends(b, STR("0")) &&
			(a.len == 1 || a.data[0] == '-') && (b.len == 1 || b.data[0] == '-');
	x = avsc_number_value(a);
	y = avsc_number_value(b);
	/* As Double.compare: -0.0 is not 0.0. */
	return memcmp(&x, &y, sizeof(x)) == 0;
}

static bool members_equal(const struct jsn *a, const struct jsn *b)
{
	struct arena *arena;
	struct map names;
	size_t i = 0;

	while (i < a->n_items && str_eq(a->items[i].name, b->items[i].name)) {
		if (!avsc_value_equal(&a->items[i], &b->items[i]))
			return false;
		i++;
	}
	if (i == a->n_items)
		return true;
	arena = arena_create(0);
	names = map_make(arena);
	for (size_t j = i; j < b->n_items; j++)
		map_put(&names, b->items[j].name, &b->items[j]);
	for (; i < a->n_items; i++) {
		const struct jsn *other = map_get(&names, a->items[i].name);

		if (other == NULL || !avsc_value_equal(&a->items[i], other))
			break;
	}
	arena_destroy(arena);
	return i == a->n_items;
}

bool avsc_value_equal(const struct jsn *a, const struct jsn *b)
{
	if (a->kind != b->kind || a->n_items != b->n_items)
		return false;
	switch (a->kind) {
	case JSN_NULL:
		return true;
	case JSN_BOOL:
		return a->boolean == b->boolean;
	case JSN_NUMBER:
		return numbers_equal(a->text, b->text);
	case JSN_STRING:
		return str_eq(a->text, b->text);
	case JSN_ARRAY:
		for (size_t i = 0; i < a->n_items; i++)
			if (!avsc_value_equal(&a->items[i], &b->items[i]))
				return false;
		return true;
	case JSN_OBJECT:
		return members_equal(a, b);
	}
	return false;
}
