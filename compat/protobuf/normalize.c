/* A file in normal form (contract 6.4): what has no meaning by its order is sorted, each type has its full name. */
#include "compat/protobuf/pbuf_int.h"

#include <stdlib.h>

static void normal_use(struct arena *arena, struct pbuf_use *use);

static struct str map_text(struct arena *arena, const struct pbuf_use *use)
{
	return str_printf(arena, "map<%.*s, %.*s>", STR_ARG(use->key->text), STR_ARG(use->value->text));
}

static struct pbuf_use *copy_use(struct arena *arena, const struct pbuf_use *use)
{
	struct pbuf_use *copy = arena_new(arena, struct pbuf_use);

	*copy = *use;
	normal_use(arena, copy);
	return copy;
}

static void normal_use(struct arena *arena, struct pbuf_use *use)
{
	if (use->kind == PBUF_MAP) {
		use->key = copy_use(arena, use->key);
		use->value = copy_use(arena, use->value);
		use->text = map_text(arena, use);
	} else if (use->kind == PBUF_NAMED && use->named) {
		use->text = str_printf(arena, ".%.*s", STR_ARG(use->named->full));
	}
}

/* A repeated field whose type is an entry is what the language writes as a map. */
static void normal_map(struct pbuf_field *field)
{
	const struct pbuf_type *entry = field->type.named;

	if (field->type.kind != PBUF_NAMED || entry == NULL || !entry->is_map_entry || field->label != PBUF_REPEATED)
		return;
	field->label = PBUF_UNLABELLED;
	field->type = (struct pbuf_use){
		.kind = PBUF_MAP,
		.key = &pbuf_field_named(entry, STR("key"))->type,
		.value = &pbuf_field_named(entry, STR("value"))->type,
	};
}

static int by_number(const void *a, const void *b)
{
	const struct pbuf_field *x = *(struct pbuf_field *const *)a, *y = *(struct pbuf_field *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* Equal numbers keep their order: insertion sort would be slow on what is hostile, so they are merged. */
static void sort_fields(struct arena *arena, struct pbuf_field **fields, size_t n)
{
	struct pbuf_type holder = { .fields = fields, .n_fields = n };
	bool sorted = true;

	for (size_t i = 1; i < n; i++)
		sorted = sorted && by_number(&fields[i - 1], &fields[i]) <= 0;
	if (sorted)
		return;
	pbuf_index_fields(arena, &holder);
	memcpy(fields, holder.by_number, n * sizeof(struct pbuf_field *));
}

static struct pbuf_field *normal_field(struct arena *arena, const struct pbuf_field *field)
{
	struct pbuf_field *copy = arena_new(arena, struct pbuf_field);
	struct pbuf_option special[2];
	struct pbuf_options all = { 0 };
	size_t n_special = pbuf_special_options(field, special);

	*copy = *field;
	for (size_t i = 0; i < field->options.n; i++)
		*pbuf_append(arena, all.items, all.n) = field->options.items[i];
	for (size_t i = 0; i < n_special; i++)
		*pbuf_append(arena, all.items, all.n) = special[i];
	copy->options = pbuf_normal_options(arena, &all);
	copy->default_value = NULL;
	copy->json_name = NULL;
	normal_map(copy);
	normal_use(arena, &copy->type);
	return copy;
}

static struct pbuf_field **normal_fields(struct arena *arena, struct pbuf_field *const *fields, size_t n)
{
	struct pbuf_field **copies = arena_array(arena, struct pbuf_field *, n);

	for (size_t i = 0; i < n; i++)
		copies[i] = normal_field(arena, fields[i]);
	sort_fields(arena, copies, n);
	return copies;
}

static struct pbuf_field **normal_groups(struct arena *arena, struct pbuf_field *const *groups, size_t n)
{
	struct pbuf_field **copies = arena_array(arena, struct pbuf_field *, n);

	for (size_t i = 0; i < n; i++) {
		struct pbuf_type *type = arena_new(arena, struct pbuf_type);

		*type = *groups[i]->type.named;
		type->fields = normal_fields(arena, type->fields, type->n_fields);
		copies[i] = arena_new(arena, struct pbuf_field);
		*copies[i] = *groups[i];
		copies[i]->type.named = type;
	}
	sort_fields(arena, copies, n);
	return copies;
}

struct ranked {
	struct pbuf_oneof *oneof;
	size_t place;
};

static int by_first_number(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int32_t first = x->oneof->n_fields ? x->oneof->fields[0]->number : INT32_MAX;
	int32_t second = y->oneof->n_fields ? y->oneof->fields[0]->number : INT32_MAX;

	return first != second ? (first < second ? -1 : 1) : x->place < y->place ? -1 : x->place > y->place;
}

static void normal_oneofs(struct arena *arena, struct pbuf_type *type)
{
	struct ranked *ranked = arena_array(arena, struct ranked, type->n_oneofs);
	size_t n = 0;

	for (size_t i = 0; i < type->n_oneofs; i++) {
		const struct pbuf_oneof *oneof = type->oneofs[i];
		struct pbuf_oneof *copy;

		if (oneof->n_fields + oneof->n_groups == 0)
			continue;
		copy = arena_new(arena, struct pbuf_oneof);
		*copy = *oneof;
		copy->options = pbuf_normal_options(arena, &oneof->options);
		copy->fields = normal_fields(arena, oneof->fields, oneof->n_fields);
		copy->groups = normal_groups(arena, oneof->groups, oneof->n_groups);
		ranked[n] = (struct ranked){ .oneof = copy, .place = n };
		n++;
	}
	qsort(ranked, n, sizeof(*ranked), by_first_number);
	type->oneofs = arena_array(arena, struct pbuf_oneof *, n);
	type->n_oneofs = n;
	for (size_t i = 0; i < n; i++)
		type->oneofs[i] = ranked[i].oneof;
}

static int by_range(const void *a, const void *b)
{
	const struct pbuf_range *x = ((const struct pbuf_ranges *)a)->items, *y = ((const struct pbuf_ranges *)b)->items;

	if (str_present(x->name) != str_present(y->name))
		return str_present(x->name) ? 1 : -1;
	if (str_present(x->name))
		return str_cmp_utf16(x->name, y->name);
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* One range a statement, numbers before names. */
static struct pbuf_ranges *normal_ranges(struct arena *arena, const struct pbuf_ranges *list, size_t *n)
{
	struct pbuf_ranges *out = NULL;
	size_t n_out = 0;

	for (size_t i = 0; i < *n; i++) {
		struct pbuf_options options = pbuf_normal_options(arena, &list[i].options);

		for (size_t j = 0; j < list[i].n; j++) {
			struct pbuf_range *range = arena_new(arena, struct pbuf_range);

			*range = list[i].items[j];
			range->single = range->from == range->to;
			*pbuf_append(arena, out, n_out) = (struct pbuf_ranges){ .items = range, .n = 1, .options = options };
		}
	}
	if (n_out > 0)
		qsort(out, n_out, sizeof(*out), by_range);
	*n = n_out;
	return out;
}

/* Blocks of one target become one, in order of their first. */
static struct pbuf_extend **normal_extends(struct arena *arena, struct pbuf_extend *const *extends, size_t *n)
{
	struct map known = map_make(arena);
	struct pbuf_extend **out = arena_array(arena, struct pbuf_extend *, *n);
	size_t n_out = 0;

	for (size_t i = 0; i < *n; i++) {
		const struct pbuf_extend *extend = extends[i];
		struct str name = extend->target ? str_printf(arena, ".%.*s", STR_ARG(extend->target->full)) : extend->name;
		struct pbuf_extend *merged = map_get(&known, name);

		if (extend->n_fields == 0)
			continue;
		if (merged == NULL) {
			merged = arena_new(arena, struct pbuf_extend);
			*merged = (struct pbuf_extend){ .name = name, .target = extend->target };
			map_put(&known, name, merged);
			out[n_out++] = merged;
		}
		for (size_t j = 0; j < extend->n_fields; j++)
			*pbuf_append(arena, merged->fields, merged->n_fields) = extend->fields[j];
	}
	for (size_t i = 0; i < n_out; i++)
		out[i]->fields = normal_fields(arena, out[i]->fields, out[i]->n_fields);
	*n = n_out;
	return out;
}

static int by_constant(const void *a, const void *b)
{
	const struct pbuf_constant *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return str_cmp_utf16(x->name, y->name);
}

static void normal_constants(struct arena *arena, struct pbuf_type *type)
{
	struct pbuf_constant *copies = arena_array(arena, struct pbuf_constant, type->n_constants);

	for (size_t i = 0; i < type->n_constants; i++) {
		copies[i] = type->constants[i];
		copies[i].options = pbuf_normal_options(arena, &copies[i].options);
	}
	qsort(copies, type->n_constants, sizeof(*copies), by_constant);
	type->constants = copies;
}

static struct pbuf_type **normal_types(struct arena *arena, struct pbuf_type *const *types, size_t *n);

static struct pbuf_type *normal_type(struct arena *arena, const struct pbuf_type *type)
{
	struct pbuf_type *copy = arena_new(arena, struct pbuf_type);

	*copy = *type;
	copy->options = pbuf_normal_options(arena, &type->options);
	copy->reserved = normal_ranges(arena, type->reserved, &copy->n_reserved);
	copy->fields = normal_fields(arena, type->fields, type->n_fields);
	normal_oneofs(arena, copy);
	copy->groups = normal_groups(arena, type->groups, type->n_groups);
	copy->extensions = normal_ranges(arena, type->extensions, &copy->n_extensions);
	copy->extends = normal_extends(arena, type->extends, &copy->n_extends);
	normal_constants(arena, copy);
	copy->types = normal_types(arena, type->types, &copy->n_types);
	return copy;
}

static struct pbuf_type **normal_types(struct arena *arena, struct pbuf_type *const *types, size_t *n)
{
	struct pbuf_type **copies = arena_array(arena, struct pbuf_type *, *n);
	size_t n_copies = 0;

	for (size_t i = 0; i < *n; i++)
		if (!types[i]->is_map_entry)
			copies[n_copies++] = normal_type(arena, types[i]);
	*n = n_copies;
	return copies;
}

static void normal_services(struct arena *arena, struct pbuf_file *file)
{
	struct pbuf_service *copies = arena_array(arena, struct pbuf_service, file->n_services);

	for (size_t i = 0; i < file->n_services; i++) {
		struct pbuf_rpc *rpcs = arena_array(arena, struct pbuf_rpc, file->services[i].n_rpcs);

		copies[i] = file->services[i];
		copies[i].options = pbuf_normal_options(arena, &copies[i].options);
		for (size_t j = 0; j < copies[i].n_rpcs; j++) {
			rpcs[j] = copies[i].rpcs[j];
			normal_use(arena, &rpcs[j].request);
			normal_use(arena, &rpcs[j].response);
			rpcs[j].options = pbuf_normal_options(arena, &rpcs[j].options);
		}
		copies[i].rpcs = rpcs;
	}
	file->services = copies;
}

static int by_path(const void *a, const void *b)
{
	const struct pbuf_import *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind : str_cmp_utf16(x->path, y->path);
}

static void normal_imports(struct arena *arena, struct pbuf_file *file)
{
	struct pbuf_import *copies = arena_array(arena, struct pbuf_import, file->n_imports);
	size_t n = 0;

	if (file->n_imports == 0)
		return;
	memcpy(copies, file->imports, file->n_imports * sizeof(*copies));
	qsort(copies, file->n_imports, sizeof(*copies), by_path);
	for (size_t i = 0; i < file->n_imports; i++)
		if (n == 0 || by_path(&copies[n - 1], &copies[i]) != 0)
			copies[n++] = copies[i];
	file->imports = copies;
	file->n_imports = n;
}

const struct pbuf_file *pbuf_normalize(struct arena *arena, const struct pbuf_file *file)
{
	struct pbuf_file *copy = arena_new(arena, struct pbuf_file);

	*copy = *file;
	if (copy->syntax == PBUF_PROTO2)
		copy->syntax = PBUF_NO_SYNTAX;
	normal_imports(arena, copy);
	copy->options = pbuf_normal_options(arena, &file->options);
	copy->types = normal_types(arena, file->types, &copy->n_types);
	copy->extends = normal_extends(arena, file->extends, &copy->n_extends);
	copy->extends_gap = file->n_extends > 0;
	normal_services(arena, copy);
	return copy;
}
