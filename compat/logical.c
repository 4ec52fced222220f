/* Logical types: what the formats share, and the way from and to each of them. */
#include "compat/logical.h"

#include <stdio.h>

#include "base/arena.h"
#include "compat/format.h"

struct logical_type *logical_new(struct arena *arena, enum logical_kind kind)
{
	struct logical_type *type = arena_new(arena, struct logical_type);

	type->kind = kind;
	return type;
}

struct logical_type *logical_timed(struct arena *arena, enum logical_kind kind, int precision)
{
	struct logical_type *type = logical_new(arena, kind);

	type->precision = precision;
	return type;
}

struct logical_type *logical_decimal(struct arena *arena, int64_t precision, int64_t scale)
{
	struct logical_type *type = logical_new(arena, LOGICAL_DECIMAL);

	type->precision = (int32_t)precision;
	type->scale = (int32_t)scale;
	return type;
}

struct logical_type *logical_array(struct arena *arena, const struct logical_type *element)
{
	struct logical_type *type = logical_new(arena, LOGICAL_ARRAY);

	type->element = element;
	return type;
}

struct logical_type *logical_map(struct arena *arena, const struct logical_type *key, const struct logical_type *value)
{
	struct logical_type *type = logical_new(arena, LOGICAL_MAP);

	type->key = key;
	type->element = value;
	return type;
}

const struct logical_type *logical_nullable(struct arena *arena, const struct logical_type *type)
{
	struct logical_type *copy;

	if (type->nullable)
		return type;
	copy = arena_new(arena, struct logical_type);
	*copy = *type;
	copy->nullable = true;
	return copy;
}

enum err_code logical_refuse(struct err *err, const char *format, ...)
{
	struct buf message = buf_make(err->arena, 128);
	va_list args;

	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	buf_lit(&message, " cannot be expressed as a logical type");
	return err_text(err, ERR_INVALID_SCHEMA, buf_str(&message));
}

struct str logical_last(struct str name)
{
	ptrdiff_t dot = str_rindex(name, '.');

	return dot < 0 ? name : str_sub(name, (size_t)dot + 1, name.len);
}

struct str logical_space(struct str name)
{
	ptrdiff_t dot = str_rindex(name, '.');

	return dot < 0 ? STR_NONE : str_sub(name, 0, (size_t)dot);
}

struct str logical_name(struct arena *arena, const struct logical_type *type, struct str around, struct str field)
{
	if (str_present(type->name))
		return type->name;
	if (!str_present(around))
		return STR("Record");
	return str_printf(arena, "%.*s_%.*s", STR_ARG(logical_last(around)), STR_ARG(field));
}

static const struct schema_format *const formats[SCHEMA_TYPES] = {
	[SCHEMA_AVRO] = &avsc_format,
	[SCHEMA_JSON] = &jsch_format,
	[SCHEMA_PROTOBUF] = &pbuf_format,
};

enum err_code logical_type_of(struct arena *arena, const struct schema *schema, const struct logical_type **out,
	struct err *err)
{
	return formats[schema->type]->logical_read(arena, schema, out, err);
}

enum err_code schema_logical(struct arena *arena, const struct schema *schema, struct str *out, struct err *err)
{
	const struct logical_type *type;

	TRY(logical_type_of(arena, schema, &type, err));
	*out = logical_print(arena, type);
	return OK;
}

enum err_code schema_from_logical(struct arena *arena, enum schema_type type, struct str text, struct str *out,
	struct err *err)
{
	const struct logical_type *logical;

	TRY(logical_parse(arena, text, &logical, err));
	if (logical->kind != LOGICAL_STRUCT && type == SCHEMA_PROTOBUF)
		return err_text(err, ERR_INVALID_SCHEMA, STR("A Protobuf schema is made from a STRUCT only"));
	*out = formats[type]->logical_write(arena, logical);
	return OK;
}
