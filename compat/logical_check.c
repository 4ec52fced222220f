/*
 * Whether a table can follow a change of its schema: the rules of Apache Iceberg's format version 2 ("Schema
 * Evolution"), which Flink's are no stricter than.  Columns are matched by name.
 */
#include "base/arena.h"
#include "compat/logical.h"

struct comparison {
	struct arena *arena;
	logical_told_fn *told;
	void *cls;
};

/* The way to a column, on the stack. */
struct column {
	const struct column *up; /* NULL: the table */
	struct str name;
};

static struct str path_of(struct arena *arena, const struct column *at)
{
	struct str up;

	if (!at)
		return STR("");
	up = path_of(arena, at->up);
	return up.len > 0 ? str_printf(arena, "%.*s.%.*s", STR_ARG(up), STR_ARG(at->name)) : at->name;
}

static void tell(struct comparison *c, const struct column *at, const char *what)
{
	c->told(c->cls, path_of(c->arena, at), str_of(what));
}

static void compare(struct comparison *c, const struct column *at, const struct logical_type *old,
	const struct logical_type *new);

static const struct logical_field *find_field(const struct logical_type *type, struct str name)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if (str_eq(type->fields[i].name, name))
			return &type->fields[i];
	return NULL;
}

/* Columns may go, come when they may be null, and change places. */
static void compare_structs(struct comparison *c, const struct column *at, const struct logical_type *old,
	const struct logical_type *new)
{
	for (size_t i = 0; i < new->n_fields; i++) {
		const struct logical_field *before = find_field(old, new->fields[i].name);
		struct column inside = { .up = at, .name = new->fields[i].name };

		if (before)
			compare(c, &inside, before->type, new->fields[i].type);
		else if (!new->fields[i].type->nullable)
			tell(c, &inside, "a column that is NOT NULL cannot be added");
	}
}

/* "Schema Evolution", valid promotions; the rest of each row is a type whose values the last one holds all. */
static bool widens(enum logical_kind old, enum logical_kind new)
{
	static const enum logical_kind rows[][4] = {
		{ LOGICAL_TINYINT, LOGICAL_SMALLINT, LOGICAL_INT, LOGICAL_BIGINT },
		{ LOGICAL_FLOAT, LOGICAL_DOUBLE, LOGICAL_KINDS, LOGICAL_KINDS },
		{ LOGICAL_CHAR, LOGICAL_VARCHAR, LOGICAL_STRING, LOGICAL_KINDS },
		{ LOGICAL_VARBINARY, LOGICAL_BYTES, LOGICAL_KINDS, LOGICAL_KINDS },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t from = 0; from < 4; from++)
			for (size_t to = from; to < 4; to++)
				if (rows[i][from] == old && rows[i][to] == new)
					return true;
	return false;
}

static bool parameters_fit(const struct logical_type *old, const struct logical_type *new)
{
	switch (old->kind) {
	case LOGICAL_DECIMAL:
		return old->scale == new->scale && old->precision <= new->precision;
	case LOGICAL_BINARY:
		return old->length == new->length;
	case LOGICAL_CHAR:
	case LOGICAL_VARCHAR:
	case LOGICAL_VARBINARY:
		return old->length <= new->length;
	default:
		return old->precision == new->precision;
	}
}

static bool same(const struct logical_type *a, const struct logical_type *b)
{
	if (a->kind != b->kind || a->nullable != b->nullable || a->length != b->length || a->precision != b->precision
		|| a->scale != b->scale || a->n_fields != b->n_fields)
		return false;
	if ((a->key && !same(a->key, b->key)) || (a->element && !same(a->element, b->element)))
		return false;
	for (size_t i = 0; i < a->n_fields; i++)
		if (!str_eq(a->fields[i].name, b->fields[i].name) || !same(a->fields[i].type, b->fields[i].type))
			return false;
	return true;
}

static void compare_maps(struct comparison *c, const struct column *at, const struct logical_type *old,
	const struct logical_type *new)
{
	struct column values = { .up = at, .name = STR("value") };

	if (!same(old->key, new->key))
		tell(c, at, "the keys of a map cannot change");
	compare(c, &values, old->element, new->element);
}

static void compare(struct comparison *c, const struct column *at, const struct logical_type *old,
	const struct logical_type *new)
{
	struct column elements = { .up = at, .name = STR("element") };

	if (old->nullable && !new->nullable)
		tell(c, at, "a column that may be null cannot become NOT NULL");
	if (old->kind != new->kind) {
		if (!widens(old->kind, new->kind))
			tell(c, at, "the type is not one that the old one can be promoted to");
	} else if (old->kind == LOGICAL_STRUCT) {
		compare_structs(c, at, old, new);
	} else if (old->kind == LOGICAL_ARRAY) {
		compare(c, &elements, old->element, new->element);
	} else if (old->kind == LOGICAL_MAP) {
		compare_maps(c, at, old, new);
	} else if (!parameters_fit(old, new)) {
		tell(c, at, "length, precision or scale are not ones that the old ones can be promoted to");
	}
}

void logical_compare(struct arena *arena, const struct logical_type *old, const struct logical_type *new,
	logical_told_fn *told, void *cls)
{
	struct comparison c = { .arena = arena, .told = told, .cls = cls };

	compare(&c, NULL, old, new);
}
