/*
 * Inline tags: the property "confluent:tags" of records and fields (contract 6.6).  An entity is found
 * by the full name of its record, wherever in the schema that is written out; types that the text only
 * names belong to another schema and have no entities here.
 */
#include "compat/avro/tags.h"

#include "base/arena.h"
#include "compat/avro/avro_int.h"
#include "compat/format.h"

#define TAGS STR("confluent:tags")

/* An entity whose tags change; the property pointers are those of the copied tree. */
struct entity {
	const struct avsc_property **properties;
	size_t *n_properties;
	struct map tags;             /* in order; the value only tells that one is there: NULL when removed */
};

struct change {
	struct arena *arena;
	const struct avsc_schema *schema;
	struct map records;          /* full name to the definition that is written; in order of the text */
	struct avsc_type **copies;   /* by number */
	struct map entities[SCHEMA_ENTITIES];
};

bool avsc_is_referenced(const struct avsc_schema *schema, const struct avsc_type *type)
{
	return avsc_kind_is_named(type->kind) && (schema->referenced[type->name_number >> 3] >> (type->name_number & 7) & 1);
}

/* As deep as the printer goes: each record is entered once. */
static void collect_records(const struct avsc_schema *schema, struct map *records, struct avsc_type *type)
{
	if (avsc_is_referenced(schema, type))
		return;
	if (type->items)
		collect_records(schema, records, type->items);
	for (size_t i = 0; i < type->n_branches; i++)
		collect_records(schema, records, type->branches[i]);
	if (type->kind != AVSC_RECORD || map_get(records, type->name.full))
		return;
	map_put(records, type->name.full, type);
	for (size_t i = 0; i < type->n_fields; i++)
		collect_records(schema, records, type->fields[i].type);
}

/* The tags among some properties, each once; what is no string is no tag. */
static struct map read_tags(struct arena *arena, const struct avsc_property *properties, size_t n)
{
	struct map tags = map_make(arena);

	for (size_t i = 0; i < n; i++) {
		const struct jsn *value = properties[i].value;

		if (!str_eq(properties[i].name, TAGS) || value->kind != JSN_ARRAY)
			continue;
		for (size_t k = 0; k < value->n_items; k++)
			if (value->items[k].kind == JSN_STRING)
				map_put(&tags, value->items[k].text, arena);
	}
	return tags;
}

const struct str *avsc_tag_names(struct arena *arena, const struct avsc_property *properties, size_t n, size_t *n_out)
{
	struct map tags = read_tags(arena, properties, n);
	struct str *names = arena_array(arena, struct str, tags.n_entries);

	for (size_t i = 0; i < tags.n_entries; i++)
		names[i] = tags.entries[i].key;
	*n_out = tags.n_entries;
	return names;
}

/* Appends an entry to `out` when the properties have tags. */
static void list_entity(struct arena *arena, const struct avsc_property *properties, size_t n,
	struct schema_tags entry, struct schema_tags *out, size_t *n_out)
{
	entry.tags = avsc_tag_names(arena, properties, n, &entry.n_tags);
	if (entry.n_tags > 0)
		out[(*n_out)++] = entry;
}

struct schema_tag_list avsc_tags(struct arena *arena, const struct schema *schema)
{
	struct map records = map_make(arena);
	struct schema_tags *list;
	size_t n = 0, room = 0;

	collect_records(avsc_of(schema), &records, avsc_of(schema)->root);
	for (size_t i = 0; i < records.n_entries; i++)
		room += 1 + ((const struct avsc_type *)records.entries[i].value)->n_fields;
	list = arena_array(arena, struct schema_tags, room);
	for (size_t i = 0; i < records.n_entries; i++) {
		const struct avsc_type *record = records.entries[i].value;

		list_entity(arena, record->properties, record->n_properties,
			(struct schema_tags){ .path = record->name.full, .entity = SCHEMA_RECORD }, list, &n);
		for (size_t k = 0; k < record->n_fields; k++) {
			const struct avsc_field *field = &record->fields[k];
			struct schema_tags entry = { .entity = SCHEMA_FIELD };

			if (field->n_properties == 0)
				continue;
			entry.path = str_printf(arena, "%.*s.%.*s", STR_ARG(record->name.full), STR_ARG(field->name));
			list_entity(arena, field->properties, field->n_properties, entry, list, &n);
		}
	}
	return (struct schema_tag_list){ .items = list, .n_items = n };
}

/*
 * A copy of what lies above properties that may change; all else is shared.  A record that is defined
 * twice becomes its first definition, which is the one that is written.
 */
static struct avsc_type *copy_type(struct change *c, struct avsc_type *type)
{
	struct avsc_type *copy;

	if (avsc_is_referenced(c->schema, type) || (type->kind != AVSC_RECORD && !type->items && type->n_branches == 0))
		return type;
	if (type->kind == AVSC_RECORD)
		type = map_get(&c->records, type->name.full);
	if (c->copies[type->number])
		return c->copies[type->number];
	copy = arena_new(c->arena, struct avsc_type);
	*copy = *type;
	c->copies[type->number] = copy;
	if (type->items)
		copy->items = copy_type(c, type->items);
	copy->branches = arena_array(c->arena, struct avsc_type *, type->n_branches);
	for (size_t i = 0; i < type->n_branches; i++)
		copy->branches[i] = copy_type(c, type->branches[i]);
	copy->fields = arena_array(c->arena, struct avsc_field, type->n_fields);
	for (size_t i = 0; i < type->n_fields; i++) {
		copy->fields[i] = type->fields[i];
		copy->fields[i].type = copy_type(c, type->fields[i].type);
	}
	return copy;
}

/* Points `out` at the properties of the copy of what `path` names. */
static bool locate(const struct change *c, enum schema_entity kind, struct str path, struct entity *out)
{
	ptrdiff_t dot = kind == SCHEMA_FIELD ? str_rindex(path, '.') : (ptrdiff_t)path.len;
	const struct avsc_type *record = dot < 0 ? NULL : map_get(&c->records, str_sub(path, 0, (size_t)dot));
	const struct avsc_field *field;
	struct avsc_type *copy;

	if (record == NULL)
		return false;
	copy = c->copies[record->number];
	out->properties = &copy->properties;
	out->n_properties = &copy->n_properties;
	if (kind == SCHEMA_RECORD)
		return true;
	field = avsc_field_find(record, str_sub(path, (size_t)dot + 1, path.len));
	if (field == NULL)
		return false;
	out->properties = &copy->fields[field - record->fields].properties;
	out->n_properties = &copy->fields[field - record->fields].n_properties;
	return true;
}

static enum err_code tags_of(void *cls, const struct schema_tags *entry, struct map **out, struct err *err)
{
	struct change *c = cls;
	struct str path = str_starts(entry->path, STR(".")) ? str_sub(entry->path, 1, entry->path.len) : entry->path;
	struct map *known = &c->entities[entry->entity];
	struct entity *entity = map_get(known, path);

	if (entity == NULL) {
		entity = arena_new(c->arena, struct entity);
		if (!locate(c, entry->entity, path, entity))
			return schema_tags_no_path(entry->path, err);
		entity->tags = read_tags(c->arena, *entity->properties, *entity->n_properties);
		map_put(known, path, entity);
	}
	*out = &entity->tags;
	return OK;
}

static const struct jsn *tags_value(struct arena *arena, const struct map *tags)
{
	struct jsn *value = arena_new(arena, struct jsn);

	value->kind = JSN_ARRAY;
	value->items = arena_array(arena, struct jsn, tags->n_entries);
	for (size_t i = 0; i < tags->n_entries; i++)
		if (tags->entries[i].value)
			value->items[value->n_items++] = (struct jsn){ .kind = JSN_STRING, .text = tags->entries[i].key };
	return value;
}

/* The property in its place, or last where it is new; an empty list takes it away. */
static void write_tags(struct arena *arena, const struct entity *entity)
{
	const struct avsc_property tags = { .name = TAGS, .value = tags_value(arena, &entity->tags) };
	struct avsc_property *list = arena_array(arena, struct avsc_property, *entity->n_properties + 1);
	bool due = tags.value->n_items > 0;
	size_t n = 0;

	for (size_t i = 0; i < *entity->n_properties; i++) {
		const struct avsc_property *old = &(*entity->properties)[i];

		if (!str_eq(old->name, TAGS)) {
			list[n++] = *old;
		} else if (due) {
			list[n++] = tags;
			due = false;
		}
	}
	if (due)
		list[n++] = tags;
	*entity->properties = list;
	*entity->n_properties = n;
}

enum err_code avsc_retag(struct arena *arena, const struct schema *schema, const struct schema_tag_change *wanted,
	struct str *out, struct err *err)
{
	struct avsc_schema copy = *avsc_of(schema);
	struct change c = {
		.arena = arena,
		.schema = avsc_of(schema),
		.records = map_make(arena),
		.copies = arena_array(arena, struct avsc_type *, copy.n_types),
		.entities = { map_make(arena), map_make(arena) },
	};

	collect_records(c.schema, &c.records, copy.root);
	copy.root = copy_type(&c, copy.root);
	TRY(schema_tags_apply(wanted, tags_of, &c, err));
	for (size_t kind = 0; kind < SCHEMA_ENTITIES; kind++)
		for (size_t i = 0; i < c.entities[kind].n_entries; i++)
			write_tags(arena, c.entities[kind].entries[i].value);
	*out = avsc_print(arena, &copy, 0, schema->canonical.len + 64);
	return OK;
}
