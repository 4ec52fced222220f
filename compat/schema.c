/* One face for all formats: finds the row of the schema's type and calls it. */
#include "compat/schema.h"

#include "compat/changes.h"
#include "compat/format.h"

static const struct {
	struct str name;
	const struct schema_format *format;
} types[SCHEMA_TYPES] = {
	[SCHEMA_AVRO] = { { "AVRO", 4 }, &avsc_format },
	[SCHEMA_JSON] = { { "JSON", 4 }, &jsch_format },
	[SCHEMA_PROTOBUF] = { { "PROTOBUF", 8 }, &pbuf_format },
};

struct str schema_type_name(enum schema_type type)
{
	return types[type].name;
}

bool schema_type_find(struct str name, enum schema_type *out)
{
	for (int i = 0; i < SCHEMA_TYPES; i++) {
		if (str_eq(types[i].name, name)) {
			*out = (enum schema_type)i;
			return true;
		}
	}
	return false;
}

enum err_code schema_parse(struct arena *arena, const struct schema_source *source, unsigned flags,
	const struct schema **out, struct err *err)
{
	return types[source->type].format->parse(arena, source, flags, out, err);
}

struct str schema_normalized(struct arena *arena, const struct schema *schema)
{
	return types[schema->type].format->normalized(arena, schema);
}

struct str schema_formatted(struct arena *arena, const struct schema *schema, struct str format)
{
	return types[schema->type].format->formatted(arena, schema, format);
}

struct str schema_name(const struct schema *schema)
{
	return types[schema->type].format->name(schema);
}

bool schema_equal(const struct schema *a, const struct schema *b)
{
	return a->type == b->type && types[a->type].format->equal(a, b);
}

size_t schema_top_fields(struct arena *arena, const struct schema *schema, const struct str **out)
{
	return types[schema->type].format->top_fields(arena, schema, out);
}

enum err_code schema_check(const struct schema *reader, const struct schema *writer, enum schema_policy policy,
	struct findings *out, struct err *err)
{
	return types[reader->type].format->check(reader, writer, policy, out, err);
}

static const struct str entities[SCHEMA_ENTITIES] = {
	[SCHEMA_RECORD] = { "sr_record", 9 },
	[SCHEMA_FIELD] = { "sr_field", 8 },
};

struct str schema_entity_name(enum schema_entity entity)
{
	return entities[entity];
}

bool schema_entity_find(struct str name, enum schema_entity *out)
{
	for (int i = 0; i < SCHEMA_ENTITIES; i++) {
		if (str_eq(entities[i], name)) {
			*out = (enum schema_entity)i;
			return true;
		}
	}
	return false;
}

struct schema_tag_list schema_tags(struct arena *arena, const struct schema *schema)
{
	return types[schema->type].format->tags(arena, schema);
}

enum err_code schema_retag(struct arena *arena, const struct schema *schema, const struct schema_tag_change *change,
	struct str *out, struct err *err)
{
	return types[schema->type].format->retag(arena, schema, change, out, err);
}

enum err_code schema_explain(const struct explain_pair *pair, struct explanation *out, struct err *err)
{
	return types[pair->reader->type].format->explain(pair, out, err);
}

enum err_code schema_diff(const struct schema *old, const struct schema *new, struct schema_changes *out,
	struct err *err)
{
	size_t first = out->n_items;

	TRY(types[old->type].format->diff(old, new, out, err));
	schema_changes_settle(out, first, old, new);
	return OK;
}

enum err_code schema_event_read(struct arena *arena, const struct event_source *source, struct event_read *out,
	struct err *err)
{
	return types[source->writer->type].format->event_read(arena, source, out, err);
}

enum err_code schema_event_write(struct arena *arena, const struct event_target *target, struct str json, struct str *out,
	struct err *err)
{
	return types[target->schema->type].format->event_write(arena, target, json, out, err);
}

const struct outline *schema_outline(struct arena *arena, const struct schema *schema)
{
	return types[schema->type].format->outline(arena, schema);
}
