/*
 * Whether an Avro event was read as it was written: by names, and by nothing that the explanation uses, so that
 * the one tests the other.
 */
#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "compat/avro/meaning.h"
#include "tests/property/avro_int.h"

static bool is_same(const struct avsc_type *reader, const struct avsc_type *writer, const struct jsn *written,
	const struct jsn *read, const char **why);

static bool differs(const char **why, const char *text)
{
	*why = text;
	return false;
}

/* The branch that a value of a union names; *value is moved inside. */
static const struct avsc_type *branch_of(const struct avsc_type *type, const struct jsn **value)
{
	for (size_t i = 0; i < type->n_branches; i++) {
		const struct avsc_type *branch = type->branches[i];
		struct str name = avsc_kind_is_named(branch->kind) ? branch->name.full : str_of(avsc_kind_name(branch->kind));

		if (branch->kind == AVSC_NULL && (*value)->kind == JSN_NULL)
			return branch;
		if ((*value)->kind == JSN_OBJECT && (*value)->n_items == 1 && str_eq((*value)->items[0].name, name)) {
			*value = &(*value)->items[0];
			return branch;
		}
	}
	return NULL;
}

/* The reader's field for one of the writer's: of its name, or the last with it as an alias and a name that is not written. */
static const struct avsc_field *field_for(const struct avsc_type *reader, const struct avsc_type *writer,
	struct str name)
{
	const struct avsc_field *found = avsc_field_find(reader, name);
	bool named = found != NULL;

	for (size_t i = 0; i < reader->n_fields && !named; i++)
		for (size_t j = 0; j < reader->fields[i].n_aliases; j++)
			if (str_eq(reader->fields[i].aliases[j], name) && !avsc_field_find(writer, reader->fields[i].name))
				found = &reader->fields[i];
	return found;
}

static bool same_record(const struct avsc_type *reader, const struct avsc_type *writer, const struct jsn *written,
	const struct jsn *read, const char **why)
{
	if (reader->kind != AVSC_RECORD || read->kind != JSN_OBJECT || read->n_items != reader->n_fields)
		return differs(why, "not the reader's record");
	for (size_t i = 0; i < writer->n_fields; i++) {
		const struct avsc_field *wrote = &writer->fields[i], *reads = field_for(reader, writer, wrote->name);

		if (reads && !is_same(reads->type, wrote->type, jsn_get(written, wrote->name), jsn_get(read, reads->name), why))
			return false;
	}
	return true;
}

static bool same_numbers(const struct avsc_type *writer, const struct jsn *written, const struct jsn *read,
	const char **why)
{
	char a[64], b[64];
	long double x, y;

	if (written->kind != JSN_NUMBER || read->kind != JSN_NUMBER)
		return differs(why, "no numbers");
	snprintf(a, sizeof(a), "%.*s", STR_ARG(written->text));
	snprintf(b, sizeof(b), "%.*s", STR_ARG(read->text));
	/* 64 bits of mantissa hold every long. */
	x = writer->kind == AVSC_FLOAT ? (long double)strtof(a, NULL) : strtold(a, NULL);
	y = writer->kind == AVSC_FLOAT ? (long double)strtof(b, NULL) : strtold(b, NULL);
	return x == y || differs(why, "another number");
}

static size_t code_points(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((uint8_t)text.data[i] & 0xC0) != 0x80;
	return n;
}

static bool same_bytes(const struct avsc_type *reader, const struct avsc_type *writer, const struct jsn *written,
	const struct jsn *read, const char **why)
{
	size_t wrote, reads;

	if (written->kind != JSN_STRING || read->kind != JSN_STRING)
		return differs(why, "no text");
	if ((reader->kind == AVSC_STRING) == (writer->kind == AVSC_STRING))
		return str_eq(written->text, read->text) || differs(why, "another text");
	/* Of one the bytes, of the other the characters that stand for bytes. */
	wrote = writer->kind == AVSC_STRING ? written->text.len : code_points(written->text);
	reads = reader->kind == AVSC_STRING ? read->text.len : code_points(read->text);
	return wrote == reads || differs(why, "not the same number of bytes");
}

static bool is_zero(const struct jsn *value)
{
	for (size_t i = 0; i < value->text.len; i++)
		if (value->text.data[i] != (value->kind == JSN_NUMBER ? '0' : '\0'))
			return false;
	return true;
}

/* A value that both sides give a meaning must have the same. */
static bool same_sense(const struct avsc_type *reader, const struct avsc_type *writer, const struct jsn *written,
	const char **why)
{
	struct avsc_meaning r = avsc_meaning_of(reader), w = avsc_meaning_of(writer);

	if (r.sense == AVSC_SENSE_UUID && w.sense != AVSC_SENSE_UUID && writer->kind == AVSC_STRING && !avsc_is_uuid(written->text))
		return differs(why, "no UUID");
	if (r.sense == AVSC_SENSE_PLAIN || w.sense == AVSC_SENSE_PLAIN || is_zero(written))
		return true;
	if (r.sense != w.sense || r.unit != w.unit)
		return differs(why, "another unit");
	return r.scale == w.scale || differs(why, "another scale");
}

static bool same_items(const struct avsc_type *reader, const struct avsc_type *writer, const struct jsn *written,
	const struct jsn *read, const char **why)
{
	if (reader->kind != writer->kind || read->kind != written->kind || read->n_items != written->n_items)
		return differs(why, "other items");
	for (size_t i = 0; i < written->n_items; i++)
		if (!str_eq(written->items[i].name, read->items[i].name) ||
			!is_same(reader->items, writer->items, &written->items[i], &read->items[i], why))
			return false;
	return true;
}

static bool same_leaf(const struct avsc_type *reader, const struct avsc_type *writer, const struct jsn *written,
	const struct jsn *read, const char **why)
{
	switch (writer->kind) {
	case AVSC_NULL:
		return read->kind == JSN_NULL || differs(why, "not null");
	case AVSC_BOOLEAN:
		return (read->kind == JSN_BOOL && read->boolean == written->boolean) || differs(why, "another boolean");
	case AVSC_ENUM:
		return str_eq(read->text, written->text) ||
			(str_present(reader->enum_default) && str_eq(read->text, reader->enum_default) &&
				!avsc_symbol_find(reader, written->text)) || differs(why, "another symbol");
	case AVSC_BYTES:
	case AVSC_STRING:
	case AVSC_FIXED:
		return same_bytes(reader, writer, written, read, why) && same_sense(reader, writer, written, why);
	default:
		return same_numbers(writer, written, read, why) && same_sense(reader, writer, written, why);
	}
}

static bool is_same(const struct avsc_type *reader, const struct avsc_type *writer, const struct jsn *written,
	const struct jsn *read, const char **why)
{
	if (written == NULL || read == NULL)
		return differs(why, "a field is missing");
	if (writer->kind == AVSC_UNION)
		writer = branch_of(writer, &written);
	if (reader->kind == AVSC_UNION)
		reader = branch_of(reader, &read);
	if (writer == NULL || reader == NULL)
		return differs(why, "no branch");
	if (writer->kind == AVSC_RECORD)
		return same_record(reader, writer, written, read, why);
	if (writer->kind == AVSC_ARRAY || writer->kind == AVSC_MAP)
		return same_items(reader, writer, written, read, why);
	return same_leaf(reader, writer, written, read, why);
}

bool avro_same(struct arena *arena, const struct schema *reader, const struct schema *writer,
	struct str written, struct str read, const char **why)
{
	struct err err = { .arena = arena };
	const struct jsn *a, *b;

	if (jsn_parse(arena, written, 0, LIMIT_JSON_DEPTH, &a, &err) != OK || jsn_parse(arena, read, 0, LIMIT_JSON_DEPTH, &b, &err) != OK)
		return differs(why, "no JSON");
	return is_same(avsc_of(reader)->root, avsc_of(writer)->root, a, b, why);
}

const struct property_format property_avro = {
	.type = SCHEMA_AVRO,
	.schema = avro_schema,
	.change = avro_change,
	.event = avro_event,
	.same = avro_same,
	.n_events = 4,
	.differs = true,
};
