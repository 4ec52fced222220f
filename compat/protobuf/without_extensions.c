/* A file without what only readers of its options need: custom options, extension ranges and extends (contract 6.4). */
#include "compat/protobuf/output.h"

#include "compat/protobuf/pbuf_int.h"

static struct pbuf_options strip(struct arena *arena, const struct pbuf_options *options)
{
	struct pbuf_options kept = { 0 };

	for (size_t i = 0; i < options->n; i++)
		if (!options->items[i].parens || str_starts(options->items[i].name, STR("confluent.")))
			*pbuf_append(arena, kept.items, kept.n) = options->items[i];
	return kept;
}

static struct pbuf_field **strip_fields(struct arena *arena, struct pbuf_field *const *fields, size_t n)
{
	struct pbuf_field **copies = arena_array(arena, struct pbuf_field *, n);

	for (size_t i = 0; i < n; i++) {
		copies[i] = arena_new(arena, struct pbuf_field);
		*copies[i] = *fields[i];
		copies[i]->options = strip(arena, &fields[i]->options);
		if (fields[i]->type.kind == PBUF_GROUP) {
			struct pbuf_type *group = arena_new(arena, struct pbuf_type);

			*group = *fields[i]->type.named;
			group->fields = strip_fields(arena, group->fields, group->n_fields);
			copies[i]->type.named = group;
		}
	}
	return copies;
}

static struct pbuf_oneof **strip_oneofs(struct arena *arena, struct pbuf_oneof *const *oneofs, size_t n)
{
	struct pbuf_oneof **copies = arena_array(arena, struct pbuf_oneof *, n);

	for (size_t i = 0; i < n; i++) {
		copies[i] = arena_new(arena, struct pbuf_oneof);
		*copies[i] = *oneofs[i];
		copies[i]->options = strip(arena, &oneofs[i]->options);
		copies[i]->fields = strip_fields(arena, oneofs[i]->fields, oneofs[i]->n_fields);
		copies[i]->groups = strip_fields(arena, oneofs[i]->groups, oneofs[i]->n_groups);
	}
	return copies;
}

static struct pbuf_constant *strip_constants(struct arena *arena, const struct pbuf_type *type)
{
	struct pbuf_constant *copies = arena_array(arena, struct pbuf_constant, type->n_constants);

	for (size_t i = 0; i < type->n_constants; i++) {
		copies[i] = type->constants[i];
		copies[i].options = strip(arena, &copies[i].options);
	}
	return copies;
}

static struct pbuf_type **strip_types(struct arena *arena, struct pbuf_type *const *types, size_t n)
{
	struct pbuf_type **copies = arena_array(arena, struct pbuf_type *, n);

	for (size_t i = 0; i < n; i++) {
		struct pbuf_type *copy = arena_new(arena, struct pbuf_type);

		*copy = *types[i];
		copy->options = strip(arena, &copy->options);
		copy->fields = strip_fields(arena, copy->fields, copy->n_fields);
		copy->oneofs = strip_oneofs(arena, copy->oneofs, copy->n_oneofs);
		copy->groups = strip_fields(arena, copy->groups, copy->n_groups);
		copy->n_extensions = 0;
		copy->n_extends = 0;
		copy->constants = strip_constants(arena, copy);
		copy->types = strip_types(arena, copy->types, copy->n_types);
		copies[i] = copy;
	}
	return copies;
}

static struct pbuf_service *strip_services(struct arena *arena, const struct pbuf_file *file)
{
	struct pbuf_service *copies = arena_array(arena, struct pbuf_service, file->n_services);

	for (size_t i = 0; i < file->n_services; i++) {
		struct pbuf_rpc *rpcs = arena_array(arena, struct pbuf_rpc, file->services[i].n_rpcs);

		copies[i] = file->services[i];
		copies[i].options = strip(arena, &copies[i].options);
		for (size_t k = 0; k < copies[i].n_rpcs; k++) {
			rpcs[k] = copies[i].rpcs[k];
			rpcs[k].options = strip(arena, &rpcs[k].options);
		}
		copies[i].rpcs = rpcs;
	}
	return copies;
}

struct str pbuf_without_extensions(struct arena *arena, const struct schema *schema)
{
	struct pbuf_file copy = *pbuf_of(schema)->file;

	copy.options = strip(arena, &copy.options);
	copy.types = strip_types(arena, copy.types, copy.n_types);
	copy.n_extends = 0;
	copy.services = strip_services(arena, &copy);
	return pbuf_print(arena, &copy);
}
