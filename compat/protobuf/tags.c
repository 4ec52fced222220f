/*
 * Inline tags: the member "tags" of the options (confluent.message_meta) and (confluent.field_meta)
 * (contract 6.6).  An entity is named by its messages, without the package: "M.N", "M.N.field".
 */
#include "compat/protobuf/tags.h"

#include "compat/format.h"
#include "compat/protobuf/pbuf_int.h"

#define TAGS STR("tags")

static struct str meta_of(enum schema_entity entity)
{
	return entity == SCHEMA_RECORD ? STR("confluent.message_meta") : STR("confluent.field_meta");
}

/* An entity whose tags change; `options` are those of the copied tree. */
struct entity {
	struct pbuf_options *options;
	enum schema_entity kind;
	struct map tags; /* in order; the value only tells that one is there: NULL when removed */
};

/* Puts the tags of a value into the set: a string, or a list of them. */
static void add_tags(struct map *tags, const struct pbuf_value *value)
{
	if (value->kind == PBUF_V_STRING)
		map_put(tags, value->text, tags->arena);
	for (size_t i = 0; value->kind == PBUF_V_LIST && i < value->n_items; i++)
		add_tags(tags, &value->items[i]);
}

static struct map read_tags(struct arena *arena, const struct pbuf_options *options, enum schema_entity kind)
{
	struct map tags = map_make(arena);

	for (size_t i = 0; i < options->n; i++) {
		const struct pbuf_option *option = &options->items[i];

		if (!option->parens || !str_eq(option->name, meta_of(kind)))
			continue;
		if (str_present(option->sub) && str_eq(option->sub, TAGS))
			add_tags(&tags, &option->value);
		for (size_t k = 0; !str_present(option->sub) && k < option->value.n_items; k++)
			if (str_eq(option->value.items[k].name, TAGS))
				add_tags(&tags, &option->value.items[k]);
	}
	return tags;
}

struct listing {
	struct arena *arena;
	struct schema_tags *items;
	size_t n;
};

static void list_entity(struct listing *to, const struct pbuf_options *options, enum schema_entity kind, struct str path)
{
	struct map tags = read_tags(to->arena, options, kind);
	struct str *names;
	size_t n = 0;

	if (tags.n_entries == 0)
		return;
	names = arena_array(to->arena, struct str, tags.n_entries);
	for (size_t i = 0; i < tags.n_entries; i++)
		names[n++] = tags.entries[i].key;
	*pbuf_append(to->arena, to->items, to->n) = (struct schema_tags){
		.path = path, .entity = kind, .tags = names, .n_tags = n,
	};
}

static void list_fields(struct listing *to, const struct pbuf_type *type, struct pbuf_field *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i]->options.n > 0)
			list_entity(to, &fields[i]->options, SCHEMA_FIELD,
				str_printf(to->arena, "%.*s.%.*s", STR_ARG(type->local), STR_ARG(fields[i]->name)));
}

static void list_types(struct listing *to, struct pbuf_type *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct pbuf_type *type = types[i];

		if (type->is_enum)
			continue;
		list_entity(to, &type->options, SCHEMA_RECORD, type->local);
		list_fields(to, type, type->fields, type->n_fields);
		for (size_t k = 0; k < type->n_oneofs; k++)
			list_fields(to, type, type->oneofs[k]->fields, type->oneofs[k]->n_fields);
		list_types(to, type->types, type->n_types);
	}
}

struct schema_tag_list pbuf_tags(struct arena *arena, const struct schema *schema)
{
	const struct pbuf_file *file = pbuf_of(schema)->file;
	struct listing to = { .arena = arena };

	list_types(&to, file->types, file->n_types);
	return (struct schema_tag_list){ .items = to.items, .n_items = to.n };
}

struct change {
	struct arena *arena;
	struct map messages; /* local name to the copy */
	struct map entities[SCHEMA_ENTITIES];
};

static struct pbuf_field **copy_fields(struct arena *arena, struct pbuf_field *const *fields, size_t n)
{
	struct pbuf_field **copies = arena_array(arena, struct pbuf_field *, n);

	for (size_t i = 0; i < n; i++) {
		copies[i] = arena_new(arena, struct pbuf_field);
		*copies[i] = *fields[i];
	}
	return copies;
}

/* Messages and their fields are copied, since their options may change; all else is shared. */
static struct pbuf_type **copy_types(struct change *c, struct pbuf_type *const *types, size_t n)
{
	struct pbuf_type **copies = arena_array(c->arena, struct pbuf_type *, n);

	for (size_t i = 0; i < n; i++) {
		struct pbuf_type *copy = arena_new(c->arena, struct pbuf_type);

		*copy = *types[i];
		copies[i] = copy;
		if (copy->is_enum)
			continue;
		copy->fields = copy_fields(c->arena, copy->fields, copy->n_fields);
		copy->oneofs = arena_array(c->arena, struct pbuf_oneof *, copy->n_oneofs);
		for (size_t k = 0; k < copy->n_oneofs; k++) {
			copy->oneofs[k] = arena_new(c->arena, struct pbuf_oneof);
			*copy->oneofs[k] = *types[i]->oneofs[k];
			copy->oneofs[k]->fields = copy_fields(c->arena, copy->oneofs[k]->fields, copy->oneofs[k]->n_fields);
		}
		copy->types = copy_types(c, copy->types, copy->n_types);
		map_put(&c->messages, copy->local, copy);
	}
	return copies;
}

static struct pbuf_field *find_field(const struct pbuf_type *type, struct str name)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if (str_eq(type->fields[i]->name, name))
			return type->fields[i];
	for (size_t k = 0; k < type->n_oneofs; k++)
		for (size_t i = 0; i < type->oneofs[k]->n_fields; i++)
			if (str_eq(type->oneofs[k]->fields[i]->name, name))
				return type->oneofs[k]->fields[i];
	return NULL;
}

static enum err_code miss(struct err *err, const char *what, struct str name, const char *where)
{
	err_text(err, ERR_PARSE,
		str_printf(err->arena, "java.lang.IllegalArgumentException: No matching %s with name '%.*s' found in the %s", what,
			STR_ARG(name), where));
	return ERR_PARSE;
}

/* Points at the options of what `path` names. */
static enum err_code locate(const struct change *c, enum schema_entity kind, struct str path,
	struct pbuf_options **out, struct err *err)
{
	ptrdiff_t dot = kind == SCHEMA_FIELD ? str_rindex(path, '.') : (ptrdiff_t)path.len;
	struct str message = dot < 0 ? path : str_sub(path, 0, (size_t)dot);
	struct pbuf_type *type = dot < 0 ? NULL : map_get(&c->messages, message);
	struct pbuf_field *field;

	if (type == NULL)
		return miss(err, "Message", message, "schema");
	*out = &type->options;
	if (kind == SCHEMA_RECORD)
		return OK;
	field = find_field(type, str_sub(path, (size_t)dot + 1, path.len));
	if (field == NULL)
		return miss(err, "Field", str_sub(path, (size_t)dot + 1, path.len), "message");
	*out = &field->options;
	return OK;
}

static enum err_code tags_of(void *cls, const struct schema_tags *entry, struct map **out, struct err *err)
{
	struct change *c = cls;
	struct str path = str_starts(entry->path, STR(".")) ? str_sub(entry->path, 1, entry->path.len) : entry->path;
	struct map *known = &c->entities[entry->entity];
	struct entity *entity = map_get(known, path);
	struct pbuf_options *options;

	if (entity == NULL) {
		TRY(locate(c, entry->entity, path, &options, err));
		entity = arena_new(c->arena, struct entity);
		entity->options = options;
		entity->kind = entry->entity;
		entity->tags = read_tags(c->arena, options, entry->entity);
		map_put(known, path, entity);
	}
	*out = &entity->tags;
	return OK;
}

static struct pbuf_value tags_value(struct arena *arena, const struct map *tags)
{
	struct pbuf_value value = { .kind = PBUF_V_LIST, .name = TAGS };

	for (size_t i = 0; i < tags->n_entries; i++)
		if (tags->entries[i].value)
			*pbuf_append(arena, value.items, value.n_items) = (struct pbuf_value){
				.kind = PBUF_V_STRING, .text = tags->entries[i].key,
			};
	return value;
}

/* Adds what one part of the option says, but for its tags, to the one block that it becomes. */
static void add_part(struct arena *arena, struct pbuf_value *block, const struct pbuf_option *part)
{
	struct pbuf_value single = part->value, *item;

	if (!str_present(part->sub)) {
		for (size_t i = 0; i < part->value.n_items; i++)
			if (!str_eq(part->value.items[i].name, TAGS))
				*pbuf_append(arena, block->items, block->n_items) = part->value.items[i];
		return;
	}
	if (str_eq(part->sub, TAGS))
		return;
	single.name = part->sub;
	item = pbuf_append(arena, block->items, block->n_items);
	*item = single;
}

/* The option becomes one block in the place of its first part, or last where it is new; an empty one goes away. */
static void write_tags(struct arena *arena, const struct entity *entity)
{
	struct pbuf_options old = *entity->options, out = { 0 };
	struct pbuf_option meta = { .name = meta_of(entity->kind), .parens = true, .value = { .kind = PBUF_V_MAP } };
	struct pbuf_value tags = tags_value(arena, &entity->tags);
	size_t place = old.n;

	for (size_t i = old.n; i > 0; i--)
		if (old.items[i - 1].parens && str_eq(old.items[i - 1].name, meta.name))
			place = i - 1;
	for (size_t i = place; i < old.n; i++)
		if (old.items[i].parens && str_eq(old.items[i].name, meta.name))
			add_part(arena, &meta.value, &old.items[i]);
	if (tags.n_items > 0)
		*pbuf_append(arena, meta.value.items, meta.value.n_items) = tags;
	for (size_t i = 0; i <= old.n; i++) {
		if (i == place && meta.value.n_items > 0)
			*pbuf_append(arena, out.items, out.n) = meta;
		if (i < old.n && !(old.items[i].parens && str_eq(old.items[i].name, meta.name)))
			*pbuf_append(arena, out.items, out.n) = old.items[i];
	}
	*entity->options = out;
}

enum err_code pbuf_retag(struct arena *arena, const struct schema *schema, const struct schema_tag_change *wanted,
	struct str *out, struct err *err)
{
	struct pbuf_file copy = *pbuf_of(schema)->file;
	struct change c = {
		.arena = arena,
		.messages = map_make(arena),
		.entities = { map_make(arena), map_make(arena) },
	};

	copy.types = copy_types(&c, copy.types, copy.n_types);
	TRY(schema_tags_apply(wanted, tags_of, &c, err));
	for (size_t kind = 0; kind < SCHEMA_ENTITIES; kind++)
		for (size_t i = 0; i < c.entities[kind].n_entries; i++)
			write_tags(arena, c.entities[kind].entries[i].value);
	*out = pbuf_print(arena, &copy);
	return OK;
}
