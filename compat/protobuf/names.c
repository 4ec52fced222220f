/*
 * Names in their scopes: innermost first, then outwards through messages and packages.  A name that is
 * known nowhere may be one of a built-in file, which is then read; no import is needed for that.
 */
#include "compat/protobuf/pbuf_int.h"

#include <stdlib.h>

static void pass_bound(struct pbuf_linker *l, const char *what, unsigned bound)
{
	if (l->failed == OK)
		l->failed = err_text(l->err, ERR_LIMIT,
			str_printf(l->err->arena, "Could not parse Protobuf - more than %u %s", bound, what));
}

/* "scope.name"; for no scope the name. */
static struct str join(struct pbuf_linker *l, struct str scope, struct str name)
{
	if (scope.len + 1 + name.len > PBUF_FULL_NAME_MOST) {
		pass_bound(l, "bytes in a full name", PBUF_FULL_NAME_MOST);
		return STR("");
	}
	return scope.len == 0 ? name : str_printf(l->arena, "%.*s.%.*s", STR_ARG(scope), STR_ARG(name));
}

static void add_extend(struct pbuf_linker *l, struct pbuf_file *file, struct pbuf_extend *extend,
	const struct pbuf_type *scope)
{
	for (size_t i = 0; i < extend->n_fields; i++) {
		struct pbuf_field *field = extend->fields[i];

		field->extend = extend;
		field->scope = scope;
		field->file = file;
		field->full = join(l, scope ? scope->full : file->package, field->name);
		map_put(&l->schema->extensions, field->full, field);
	}
}

static void place_fields(struct pbuf_type *type, struct pbuf_field **fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fields[i]->scope = type;
		fields[i]->file = type->file;
	}
}

static bool says_map_entry(const struct pbuf_type *type)
{
	const struct pbuf_value *value = pbuf_option_find(&type->options, STR("map_entry"));

	return value && str_eq_nocase(value->text, STR("true"));
}

/* A group is a type of its own that no name leads to. */
static void place_groups(struct pbuf_linker *l, struct pbuf_type *type, struct pbuf_field **groups, size_t n)
{
	place_fields(type, groups, n);
	for (size_t i = 0; i < n; i++) {
		struct pbuf_type *group = (struct pbuf_type *)(uintptr_t)groups[i]->type.named;

		group->file = type->file;
		group->parent = type;
		group->full = join(l, type->full, group->name);
		group->local = str_sub(group->full, type->full.len - type->local.len, group->full.len);
		group->index = l->schema->n_types++;
		place_fields(group, group->fields, group->n_fields);
		pbuf_index_fields(l->arena, group);
	}
}

static void add_type(struct pbuf_linker *l, struct pbuf_file *file, struct pbuf_type *type, struct pbuf_type *parent)
{
	struct str scope = parent ? parent->full : file->package;

	type->file = file;
	type->parent = parent;
	type->full = join(l, scope, type->name);
	type->local = str_sub(type->full, file->package.len > 0 ? file->package.len + 1 : 0, type->full.len);
	type->index = l->schema->n_types++;
	map_put(&l->schema->types, type->full, type);
	place_fields(type, type->fields, type->n_fields);
	place_groups(l, type, type->groups, type->n_groups);
	for (size_t i = 0; i < type->n_oneofs; i++) {
		place_fields(type, type->oneofs[i]->fields, type->oneofs[i]->n_fields);
		place_groups(l, type, type->oneofs[i]->groups, type->oneofs[i]->n_groups);
	}
	for (size_t i = 0; i < type->n_extends; i++)
		add_extend(l, file, type->extends[i], type);
	for (size_t i = 0; i < type->n_types && l->failed == OK; i++)
		add_type(l, file, type->types[i], type);
	pbuf_index_fields(l->arena, type);
	type->is_map_entry = !type->is_enum && says_map_entry(type) && pbuf_field_named(type, STR("key")) &&
		pbuf_field_named(type, STR("value"));
}

void pbuf_add_file(struct pbuf_linker *l, struct pbuf_file *file)
{
	*pbuf_append(l->arena, l->files, l->n_files) = file;
	if (file->package.len > PBUF_FULL_NAME_MOST)
		pass_bound(l, "bytes in a full name", PBUF_FULL_NAME_MOST);
	for (size_t i = 0; i < file->n_types && l->failed == OK; i++)
		add_type(l, file, file->types[i], NULL);
	for (size_t i = 0; i < file->n_extends; i++)
		add_extend(l, file, file->extends[i], NULL);
}

struct pbuf_field *pbuf_field_named(const struct pbuf_type *type, struct str name)
{
	for (size_t i = 0; i < type->n_by_number; i++)
		if (str_eq(type->by_number[i]->name, name))
			return type->by_number[i];
	return NULL;
}

/* Reads the built-in file that defines a full name; false when there is none, or it has been read. */
static bool load_known(struct pbuf_linker *l, struct str full)
{
	const struct pbuf_known *known = pbuf_known_find(full);
	struct err ignored = { .arena = l->arena };
	struct pbuf_file *file;

	if (known == NULL || map_put(&l->loaded, known->path, l) != NULL)
		return false;
	if (pbuf_parse_text(l->arena, str_of(known->text), &file, &ignored) != OK)
		return false;
	file->is_known = true;
	pbuf_add_file(l, file);
	return true;
}

static void *look_up(struct pbuf_linker *l, const struct map *map, struct str full)
{
	void *found = map_get(map, full);

	if (++l->n_steps > LIMIT_SCHEMA_NODES)
		pass_bound(l, "names to resolve", LIMIT_SCHEMA_NODES);
	if (found == NULL && load_known(l, full))
		found = map_get(map, full);
	return found;
}

static void *resolve(struct pbuf_linker *l, const struct map *map, struct str scope, struct str name, size_t *prefix)
{
	char full[PBUF_FULL_NAME_MOST + 1];
	void *found;

	*prefix = 0;
	if (str_starts(name, STR(".")))
		return look_up(l, map, str_sub(name, 1, name.len));
	memcpy(full, scope.len ? scope.data : "", scope.len);
	while (scope.len > 0 && l->failed == OK) {
		ptrdiff_t dot;

		if (scope.len + 1 + name.len <= sizeof(full)) {
			full[scope.len] = '.';
			memcpy(full + scope.len + 1, name.data, name.len);
			found = look_up(l, map, str_make(full, scope.len + 1 + name.len));
			*prefix = scope.len;
			if (found)
				return found;
		}
		dot = str_rindex(scope, '.');
		scope.len = dot < 0 ? 0 : (size_t)dot;
	}
	*prefix = 0;
	return look_up(l, map, name);
}

struct pbuf_type *pbuf_resolve(struct pbuf_linker *l, struct str scope, struct str name, size_t *prefix)
{
	return resolve(l, &l->schema->types, scope, name, prefix);
}

struct pbuf_field *pbuf_resolve_extension(struct pbuf_linker *l, struct str scope, struct str name)
{
	size_t prefix;

	return resolve(l, &l->schema->extensions, scope, name, &prefix);
}

struct entry {
	struct pbuf_field *field;
	size_t place;
};

static int in_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->field->number != y->field->number)
		return x->field->number < y->field->number ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static size_t add_fields(struct entry *to, size_t n, struct pbuf_field **fields, size_t n_fields)
{
	for (size_t i = 0; i < n_fields; i++) {
		to[n] = (struct entry){ .field = fields[i], .place = n };
		n++;
	}
	return n;
}

void pbuf_index_fields(struct arena *arena, struct pbuf_type *type)
{
	size_t room = type->n_fields + type->n_groups, n;
	struct entry *entries;

	for (size_t i = 0; i < type->n_oneofs; i++)
		room += type->oneofs[i]->n_fields + type->oneofs[i]->n_groups;
	entries = arena_array(arena, struct entry, room);
	n = add_fields(entries, 0, type->fields, type->n_fields);
	n = add_fields(entries, n, type->groups, type->n_groups);
	for (size_t i = 0; i < type->n_oneofs; i++) {
		n = add_fields(entries, n, type->oneofs[i]->fields, type->oneofs[i]->n_fields);
		n = add_fields(entries, n, type->oneofs[i]->groups, type->oneofs[i]->n_groups);
	}
	qsort(entries, n, sizeof(*entries), in_order);
	type->by_number = arena_array(arena, struct pbuf_field *, n);
	type->n_by_number = n;
	for (size_t i = 0; i < n; i++) {
		type->by_number[i] = entries[i].field;
		type->has_required |= entries[i].field->label == PBUF_REQUIRED;
	}
}
