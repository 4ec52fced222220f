/* Protobuf and logical types (Flink, "Data Type Mappings": Protobuf). */
#include <ctype.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "compat/logical.h"
#include "compat/protobuf/pbuf_int.h"

struct reading {
	struct arena *arena;
	struct err *err;
	unsigned depth;
};

static enum err_code read_use(struct reading *r, const struct pbuf_field *field, const struct pbuf_use *use,
	const struct logical_type **out);

/* What the scalars stand for; unsigned ones need the next larger type. */
static const struct {
	enum logical_kind kind;
	int32_t precision;
} scalars[PBUF_SCALARS] = {
	[PBUF_DOUBLE] = { LOGICAL_DOUBLE, 0 },
	[PBUF_FLOAT] = { LOGICAL_FLOAT, 0 },
	[PBUF_INT64] = { LOGICAL_BIGINT, 0 },
	[PBUF_UINT64] = { LOGICAL_DECIMAL, 20 },
	[PBUF_INT32] = { LOGICAL_INT, 0 },
	[PBUF_FIXED64] = { LOGICAL_DECIMAL, 20 },
	[PBUF_FIXED32] = { LOGICAL_BIGINT, 0 },
	[PBUF_BOOL] = { LOGICAL_BOOLEAN, 0 },
	[PBUF_STRING] = { LOGICAL_STRING, 0 },
	[PBUF_BYTES] = { LOGICAL_BYTES, 0 },
	[PBUF_UINT32] = { LOGICAL_BIGINT, 0 },
	[PBUF_SFIXED32] = { LOGICAL_INT, 0 },
	[PBUF_SFIXED64] = { LOGICAL_BIGINT, 0 },
	[PBUF_SINT32] = { LOGICAL_INT, 0 },
	[PBUF_SINT64] = { LOGICAL_BIGINT, 0 },
};

/* Messages that stand for one value. */
static const struct {
	const char *name;
	enum logical_kind kind;
	int precision;
} messages[] = {
	{ "google.type.Date", LOGICAL_DATE, 0 },
	{ "google.type.TimeOfDay", LOGICAL_TIME, 3 },
	{ "google.protobuf.Timestamp", LOGICAL_TIMESTAMP_LTZ, 9 },
	{ "google.protobuf.DoubleValue", LOGICAL_DOUBLE, 0 },
	{ "google.protobuf.FloatValue", LOGICAL_FLOAT, 0 },
	{ "google.protobuf.Int64Value", LOGICAL_BIGINT, 0 },
	{ "google.protobuf.Int32Value", LOGICAL_INT, 0 },
	{ "google.protobuf.UInt32Value", LOGICAL_BIGINT, 0 },
	{ "google.protobuf.BoolValue", LOGICAL_BOOLEAN, 0 },
	{ "google.protobuf.StringValue", LOGICAL_STRING, 0 },
	{ "google.protobuf.BytesValue", LOGICAL_BYTES, 0 },
};

/* A parameter of option (confluent.field_meta): {params: [{key: "precision", value: "9"}]}. */
static struct str find_parameter(const struct pbuf_field *field, const char *key)
{
	for (size_t i = 0; i < field->options.n; i++) {
		const struct pbuf_option *option = &field->options.items[i];
		const struct pbuf_value *params = NULL;

		if (!option->parens || !str_ends(option->name, STR("confluent.field_meta")))
			continue;
		for (size_t j = 0; j < option->value.n_items && option->value.kind == PBUF_V_MAP; j++)
			if (str_eq(option->value.items[j].name, STR("params")))
				params = &option->value.items[j];
		for (size_t j = 0; params && j < params->n_items; j++) {
			const struct pbuf_value *pair = &params->items[j];

			if (pair->n_items == 2 && str_eq(pair->items[0].text, str_of(key)))
				return pair->items[1].text;
		}
	}
	return STR_NONE;
}

static int32_t number_parameter(const struct pbuf_field *field, const char *key, int32_t usual)
{
	struct str text = find_parameter(field, key);
	int32_t number;

	return str_present(text) && str_to_i32(text, &number) ? number : usual;
}

static enum err_code read_decimal(struct reading *r, const struct pbuf_field *field, const struct logical_type **out)
{
	int32_t precision = number_parameter(field, "precision", 38), scale = number_parameter(field, "scale", 0);

	if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
		return logical_refuse(r->err, "A decimal of precision %d and scale %d", precision, scale);
	*out = logical_decimal(r->arena, precision, scale);
	return OK;
}

/* A type of its own when its fields are optional whatever their label says: all of a oneof. */
static enum err_code read_field(struct reading *r, const struct pbuf_field *field, struct logical_field *out)
{
	const struct pbuf_use *use = &field->type;
	const struct logical_type *type;
	bool message = (use->kind == PBUF_NAMED && use->named && !use->named->is_enum) || use->kind == PBUF_GROUP;

	TRY(read_use(r, field, use, &type));
	if (field->label == PBUF_REPEATED)
		type = logical_array(r->arena, type);
	else if (field->oneof || field->label == PBUF_OPTIONAL || (message && field->label != PBUF_REQUIRED))
		type = logical_nullable(r->arena, type);
	*out = (struct logical_field){ .name = field->name, .type = type };
	return OK;
}

static int by_number(const void *a, const void *b)
{
	const struct pbuf_field *const *left = a, *const *right = b;

	return ((*left)->number > (*right)->number) - ((*left)->number < (*right)->number);
}

static enum err_code read_message(struct reading *r, const struct pbuf_type *type, const struct logical_type **out)
{
	struct logical_type *made = logical_new(r->arena, LOGICAL_STRUCT);
	const struct pbuf_field **fields = arena_array(r->arena, const struct pbuf_field *, type->n_by_number + 1);

	memcpy(fields, type->by_number, type->n_by_number * sizeof(*fields));
	qsort(fields, type->n_by_number, sizeof(*fields), by_number);
	made->name = type->full;
	made->fields = arena_array(r->arena, struct logical_field, type->n_by_number);
	for (size_t i = 0; i < type->n_by_number; i++)
		TRY(read_field(r, fields[i], &made->fields[made->n_fields++]));
	*out = made;
	return OK;
}

static enum err_code read_named(struct reading *r, const struct pbuf_field *field, const struct pbuf_use *use,
	const struct logical_type **out)
{
	if (!use->named)
		return logical_refuse(r->err, "The type %.*s, which is not known,", STR_ARG(use->text));
	if (use->named->is_enum) {
		*out = logical_new(r->arena, LOGICAL_STRING);
		return OK;
	}
	if (str_eq(use->named->full, STR("confluent.type.Decimal")))
		return read_decimal(r, field, out);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		bool local = messages[i].kind == LOGICAL_TIMESTAMP_LTZ
			&& str_eq(find_parameter(field, "flink.type"), STR("TIMESTAMP"));

		if (!str_eq(use->named->full, str_of(messages[i].name)))
			continue;
		*out = logical_timed(r->arena, local ? LOGICAL_TIMESTAMP : messages[i].kind,
			number_parameter(field, "flink.precision", messages[i].precision));
		return OK;
	}
	return read_message(r, use->named, out);
}

static enum err_code read_use(struct reading *r, const struct pbuf_field *field, const struct pbuf_use *use,
	const struct logical_type **out)
{
	const struct logical_type *key, *value;

	if (r->depth == LIMIT_LOGICAL_DEPTH)
		return logical_refuse(r->err, "A type that is recursive or nested deeper than %u levels", LIMIT_LOGICAL_DEPTH);
	r->depth++;
	if (use->kind == PBUF_NAMED || use->kind == PBUF_GROUP) {
		TRY(read_named(r, field, use, out));
	} else if (use->kind == PBUF_MAP) {
		TRY(read_use(r, field, use->key, &key));
		TRY(read_use(r, field, use->value, &value));
		*out = logical_map(r->arena, key, value);
	} else {
		*out = logical_timed(r->arena, scalars[use->kind].kind, scalars[use->kind].precision);
	}
	r->depth--;
	return OK;
}

enum err_code pbuf_logical_read(struct arena *arena, const struct schema *schema, const struct logical_type **out,
	struct err *err)
{
	struct reading r = { .arena = arena, .err = err };
	const struct pbuf_file *file = pbuf_of(schema)->file;

	for (size_t i = 0; i < file->n_types; i++)
		if (!file->types[i]->is_enum)
			return read_message(&r, file->types[i], out);
	return logical_refuse(err, "A file without a message");
}

/* ---- the other way ---- */

enum import { IMPORT_META, IMPORT_DECIMAL, IMPORT_TIMESTAMP, IMPORT_DATE, IMPORT_TIME, IMPORTS };

static const char *const imports[IMPORTS] = {
	[IMPORT_META] = "confluent/meta.proto",
	[IMPORT_DECIMAL] = "confluent/type/decimal.proto",
	[IMPORT_TIMESTAMP] = "google/protobuf/timestamp.proto",
	[IMPORT_DATE] = "google/type/date.proto",
	[IMPORT_TIME] = "google/type/timeofday.proto",
};

struct writing {
	struct buf out;
	bool imported[IMPORTS];
};

static const struct {
	const char *word;
	int import;            /* -1: none */
} words[LOGICAL_KINDS] = {
	[LOGICAL_BOOLEAN] = { "bool", -1 },
	[LOGICAL_TINYINT] = { "int32", -1 },
	[LOGICAL_SMALLINT] = { "int32", -1 },
	[LOGICAL_INT] = { "int32", -1 },
	[LOGICAL_BIGINT] = { "int64", -1 },
	[LOGICAL_FLOAT] = { "float", -1 },
	[LOGICAL_DOUBLE] = { "double", -1 },
	[LOGICAL_DECIMAL] = { "confluent.type.Decimal", IMPORT_DECIMAL },
	[LOGICAL_CHAR] = { "string", -1 },
	[LOGICAL_VARCHAR] = { "string", -1 },
	[LOGICAL_STRING] = { "string", -1 },
	[LOGICAL_BINARY] = { "bytes", -1 },
	[LOGICAL_VARBINARY] = { "bytes", -1 },
	[LOGICAL_BYTES] = { "bytes", -1 },
	[LOGICAL_DATE] = { "google.type.Date", IMPORT_DATE },
	[LOGICAL_TIME] = { "google.type.TimeOfDay", IMPORT_TIME },
	[LOGICAL_TIMESTAMP] = { "google.protobuf.Timestamp", IMPORT_TIMESTAMP },
	[LOGICAL_TIMESTAMP_LTZ] = { "google.protobuf.Timestamp", IMPORT_TIMESTAMP },
};

static void indent(struct writing *w, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		buf_lit(&w->out, "  ");
}

static bool is_nested(const struct logical_type *type)
{
	return type->kind == LOGICAL_ARRAY || type->kind == LOGICAL_MAP;
}

/* Keys that a map field may have (Protobuf language guide, "Maps"). */
static bool is_key(const struct logical_type *type)
{
	return !type->nullable && (type->kind <= LOGICAL_BIGINT || type->kind == LOGICAL_STRING
		|| type->kind == LOGICAL_CHAR || type->kind == LOGICAL_VARCHAR);
}

/* "total" of message Order: "Order_total", the message that holds what a field cannot. */
static struct str helper_name(struct writing *w, const struct logical_type *type, struct str around, struct str field)
{
	struct str name = logical_last(logical_name(w->out.arena, type, around, field));
	struct buf clean = buf_make(w->out.arena, name.len + 8);

	for (size_t i = 0; i < name.len; i++)
		buf_add_c(&clean, isalnum((unsigned char)name.data[i]) ? name.data[i] : '_');
	if (str_eq(name, logical_last(around)))
		buf_lit(&clean, "_Row");
	return buf_str(&clean);
}

static void put_message(struct writing *w, const struct logical_type *type, struct str name, unsigned depth);

/* A message around a list or map that stands where neither may: in a list, a map, or where null may be. */
static struct str put_wrapper(struct writing *w, const struct logical_type *type, struct str around, struct str field,
	unsigned depth)
{
	struct logical_field only = { .name = STR("value"), .type = type };
	struct logical_type wrapper = { .kind = LOGICAL_STRUCT, .fields = &only, .n_fields = 1 };
	struct logical_type *bare = arena_new(w->out.arena, struct logical_type);
	struct str name = helper_name(w, &wrapper, around, field);

	*bare = *type;
	bare->nullable = false;
	only.type = bare;
	put_message(w, &wrapper, name, depth);
	return name;
}

/* The word for a type, with the messages it needs written before. */
static struct str put_word(struct writing *w, const struct logical_type *type, struct str around, struct str field,
	unsigned depth)
{
	if (type->kind == LOGICAL_STRUCT) {
		struct str name = helper_name(w, type, around, field);

		put_message(w, type, name, depth);
		return name;
	}
	if (is_nested(type))
		return put_wrapper(w, type, around, field, depth);
	if (words[type->kind].import >= 0)
		w->imported[words[type->kind].import] = true;
	return str_of(words[type->kind].word);
}

static void put_parameters(struct writing *w, const struct logical_type *type)
{
	if (type->kind == LOGICAL_DECIMAL)
		buf_printf(&w->out, " [(confluent.field_meta) = {params: [{key: \"precision\", value: \"%d\"}, {key: \"scale\", value: \"%d\"}]}]",
			type->precision, type->scale);
	else if (type->kind == LOGICAL_TIMESTAMP)
		buf_printf(&w->out, " [(confluent.field_meta) = {params: [{key: \"flink.precision\", value: \"%d\"}, {key: \"flink.type\", value: \"TIMESTAMP\"}]}]",
			type->precision);
	else if ((type->kind == LOGICAL_TIMESTAMP_LTZ && type->precision != 9) || (type->kind == LOGICAL_TIME && type->precision != 3))
		buf_printf(&w->out, " [(confluent.field_meta) = {params: [{key: \"flink.precision\", value: \"%d\"}]}]", type->precision);
	else
		return;
	w->imported[IMPORT_META] = true;
}

static void put_field(struct writing *w, const struct logical_field *field, struct str around, size_t number, unsigned depth)
{
	const struct logical_type *type = field->type, *told = type;
	bool repeated = !type->nullable && type->kind == LOGICAL_ARRAY && !type->element->nullable;
	bool map = !type->nullable && type->kind == LOGICAL_MAP && is_key(type->key) && !type->element->nullable;
	bool message = type->kind == LOGICAL_STRUCT || is_nested(type) || words[type->kind].import >= 0;
	struct str word, key = STR_NONE;

	if (repeated || map)
		told = type->element;
	word = put_word(w, told, around, field->name, depth);
	if (map)
		key = put_word(w, type->key, around, field->name, depth);
	indent(w, depth);
	if (map)
		buf_printf(&w->out, "map<%.*s, %.*s>", STR_ARG(key), STR_ARG(word));
	else
		buf_printf(&w->out, "%s%.*s", repeated ? "repeated " : type->nullable && !message ? "optional " : "", STR_ARG(word));
	buf_printf(&w->out, " %.*s = %zu", STR_ARG(field->name), number);
	put_parameters(w, told);
	buf_lit(&w->out, ";\n");
}

static void put_message(struct writing *w, const struct logical_type *type, struct str name, unsigned depth)
{
	indent(w, depth);
	buf_printf(&w->out, "message %.*s {\n", STR_ARG(name));
	for (size_t i = 0; i < type->n_fields; i++)
		put_field(w, &type->fields[i], name, i + 1, depth + 1);
	indent(w, depth);
	buf_lit(&w->out, "}\n");
}

struct str pbuf_logical_write(struct arena *arena, const struct logical_type *type)
{
	struct writing w = { .out = buf_make(arena, 512) };
	struct str name = logical_name(arena, type, STR_NONE, STR("value")), package = logical_space(name);
	struct buf out = buf_make(arena, 512);

	put_message(&w, type, logical_last(name), 0);
	buf_lit(&out, "syntax = \"proto3\";\n");
	if (str_present(package))
		buf_printf(&out, "package %.*s;\n", STR_ARG(package));
	buf_add_c(&out, '\n');
	for (int i = 0; i < IMPORTS; i++)
		if (w.imported[i])
			buf_printf(&out, "import \"%s\";\n", imports[i]);
	buf_add(&out, buf_str(&w.out));
	return buf_str(&out);
}
