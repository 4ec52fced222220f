/* JSON as a message (ProtoJSON): what a producer would accept, and why it does not. */
#include "compat/protobuf/event_int.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/json.h"
#include "compat/protobuf/descriptor.h"

enum err_code pbuf_json_misfit(struct pbuf_event *e, const char *format, ...)
{
	struct str what, at = buf_str(e->path);
	va_list args;

	va_start(args, format);
	what = str_of(arena_vprintf(e->err->arena, format, args));
	va_end(args);
	return err_text(e->err, ERR_PARSE,
		str_printf(e->err->arena, "The event does not fit the schema: %.*s%s%.*s", STR_ARG(at), at.len > 0 ? ": " : "",
			STR_ARG(what)));
}

static enum err_code expected(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json)
{
	return pbuf_json_misfit(e, "%s does not fit %.*s", jsn_kind_name(json->kind), STR_ARG(use->text));
}

static enum err_code out_of_range(struct pbuf_event *e, const struct pbuf_use *use, struct str text)
{
	return pbuf_json_misfit(e, "%.*s is no %.*s", STR_ARG(text), STR_ARG(use->text));
}

/* The spelling of a number, which may stand in a string. */
static bool spelled(const struct jsn *json, struct str *out)
{
	*out = json->text;
	return json->kind == JSN_NUMBER || json->kind == JSN_STRING;
}

/* The range of a kind of whole number, by the size that it has. */
static bool fits(enum pbuf_kind kind, bool minus, uint64_t size)
{
	switch (kind) {
	case PBUF_INT32:
	case PBUF_SINT32:
	case PBUF_SFIXED32:
		return size <= (uint64_t)INT32_MAX + minus;
	case PBUF_UINT32:
	case PBUF_FIXED32:
		return size <= UINT32_MAX && (!minus || size == 0);
	case PBUF_UINT64:
	case PBUF_FIXED64:
		return !minus || size == 0;
	default:
		return size <= (uint64_t)INT64_MAX + minus;
	}
}

/* Whole numbers by their digits; one with a fraction or an exponent when it is whole nevertheless. */
static bool whole(struct arena *arena, struct str text, bool *minus, uint64_t *size)
{
	char *end;
	const char *start = arena_strndup(arena, text.data, text.len);
	double value;

	*minus = text.len > 0 && text.data[0] == '-';
	if (*minus)
		start++;
	if (*start < '0' || *start > '9')
		return false;
	errno = 0;
	*size = strtoull(start, &end, 10);
	if (*end == '\0')
		return errno == 0;
	value = strtod(start, &end);
	if (*end != '\0' || value != floor(value) || value >= 18446744073709551616.0)
		return false;
	*size = (uint64_t)value;
	return true;
}

static enum err_code read_integer(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	struct str text;
	bool minus;
	uint64_t size;

	if (!spelled(json, &text))
		return expected(e, use, json);
	if (!whole(e->arena, text, &minus, &size) || !fits(use->kind, minus, size))
		return out_of_range(e, use, text);
	*out = pbuf_zero_value(use);
	out->u = minus ? 0 - size : size;
	return OK;
}

static enum err_code read_double(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	struct str text;
	char *end;
	const char *start;

	if (!spelled(json, &text))
		return expected(e, use, json);
	*out = pbuf_zero_value(use);
	start = arena_strndup(e->arena, text.data, text.len);
	if (str_eq(text, STR("NaN")))
		out->d = (double)NAN;
	else if (str_eq(text, STR("Infinity")) || str_eq(text, STR("-Infinity")))
		out->d = text.data[0] == '-' ? (double)-INFINITY : (double)INFINITY;
	else if (start[0] != '-' && (start[0] < '0' || start[0] > '9'))
		return out_of_range(e, use, text);
	else {
		out->d = strtod(start, &end);
		if (*end != '\0' || isinf(use->kind == PBUF_FLOAT ? (double)(float)out->d : out->d))
			return out_of_range(e, use, text);
	}
	if (use->kind == PBUF_FLOAT)
		out->d = (double)(float)out->d;
	return OK;
}

static enum err_code read_enum(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	const struct pbuf_type *type = use->named;
	bool minus;
	uint64_t size;

	*out = (struct pbuf_datum){ .kind = PBUF_D_ENUM };
	if (json->kind == JSN_NULL && pbuf_is_null_value(use))
		return OK;
	if (json->kind == JSN_STRING) {
		for (size_t i = 0; i < type->n_constants; i++) {
			if (str_eq(type->constants[i].name, json->text)) {
				out->i = type->constants[i].number;
				return OK;
			}
		}
		return pbuf_json_misfit(e, "\"%.*s\" is no constant of %.*s", STR_ARG(json->text), STR_ARG(type->full));
	}
	if (json->kind != JSN_NUMBER)
		return expected(e, use, json);
	if (!whole(e->arena, json->text, &minus, &size) || !fits(PBUF_INT32, minus, size))
		return out_of_range(e, use, json->text);
	out->i = minus ? -(int64_t)size : (int64_t)size;
	/* A closed enum has no other numbers (language guide, "Enum behavior"). */
	if (type->file->syntax != PBUF_PROTO3 && !str_present(pbuf_constant_name(type, (int32_t)out->i)))
		return pbuf_json_misfit(e, "%.*s is no constant of %.*s", STR_ARG(json->text), STR_ARG(type->full));
	return OK;
}

/* Base64, of both alphabets. */
static enum err_code read_bytes(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	struct buf usual = buf_make(e->arena, json->text.len + 1);

	if (json->kind != JSN_STRING)
		return expected(e, use, json);
	*out = (struct pbuf_datum){ .kind = PBUF_D_BYTES, .text = STR("") };
	for (size_t i = 0; i < json->text.len; i++) {
		char c = json->text.data[i];

		buf_add_c(&usual, c == '-' ? '+' : c == '_' ? '/' : c);
	}
	if (json->text.len > 0 && !base64_decode(e->arena, buf_str(&usual), &out->text))
		return pbuf_json_misfit(e, "bytes are written in base64");
	return OK;
}

static enum err_code read_text(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	if (use->kind == PBUF_BYTES)
		return read_bytes(e, use, json, out);
	if (json->kind != JSN_STRING)
		return expected(e, use, json);
	*out = (struct pbuf_datum){ .kind = PBUF_D_STRING, .text = json->text };
	return OK;
}

enum err_code pbuf_json_read_value(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	struct pbuf_message *message;

	if (use->kind == PBUF_STRING || use->kind == PBUF_BYTES)
		return read_text(e, use, json, out);
	if (use->kind == PBUF_DOUBLE || use->kind == PBUF_FLOAT)
		return read_double(e, use, json, out);
	if (use->kind == PBUF_BOOL) {
		*out = (struct pbuf_datum){ .kind = PBUF_D_BOOL, .b = json->boolean };
		return json->kind == JSN_BOOL ? OK : expected(e, use, json);
	}
	if (use->kind < PBUF_SCALARS)
		return read_integer(e, use, json, out);
	if (use->named == NULL)
		return pbuf_json_misfit(e, "the type %.*s is not known", STR_ARG(use->text));
	if (use->named->is_enum)
		return read_enum(e, use, json, out);
	message = pbuf_message_make(e->arena, use->named);
	TRY(pbuf_json_read_message(e, message, json));
	*out = (struct pbuf_datum){ .kind = PBUF_D_MESSAGE, .message = message };
	return OK;
}

/* ---- members ---- */

enum err_code pbuf_json_read_list(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	size_t len = e->path->len;

	if (json->kind != JSN_ARRAY)
		return pbuf_json_misfit(e, "a repeated field is an array, not %s", jsn_kind_name(json->kind));
	*out = (struct pbuf_datum){ .kind = PBUF_D_LIST };
	for (size_t i = 0; i < json->n_items; i++) {
		buf_printf(e->path, "[%zu]", i);
		TRY(pbuf_json_read_value(e, use, &json->items[i], pbuf_append(e->arena, out->items, out->n_items)));
		e->path->len = len;
	}
	return OK;
}

/* A key is a string, whatever its type. */
static enum err_code read_key(struct pbuf_event *e, const struct pbuf_use *use, struct str name, struct pbuf_datum *out)
{
	const struct jsn key = { .kind = JSN_STRING, .text = name };

	if (use->kind != PBUF_BOOL)
		return pbuf_json_read_value(e, use, &key, out);
	if (!str_eq(name, STR("true")) && !str_eq(name, STR("false")))
		return out_of_range(e, use, name);
	*out = (struct pbuf_datum){ .kind = PBUF_D_BOOL, .b = name.len == 4 };
	return OK;
}

enum err_code pbuf_json_read_map(struct pbuf_event *e, const struct pbuf_use *use, const struct jsn *json,
	struct pbuf_datum *out)
{
	size_t len = e->path->len;

	if (json->kind != JSN_OBJECT)
		return pbuf_json_misfit(e, "a map is an object, not %s", jsn_kind_name(json->kind));
	*out = (struct pbuf_datum){ .kind = PBUF_D_MAP };
	for (size_t i = 0; i < json->n_items; i++) {
		struct str name = json->items[i].name;

		buf_printf(e->path, "[\"%.*s\"]", STR_ARG(name));
		TRY(read_key(e, use->key, name, pbuf_append(e->arena, out->items, out->n_items)));
		TRY(pbuf_json_read_value(e, use->value, &json->items[i], pbuf_append(e->arena, out->items, out->n_items)));
		e->path->len = len;
	}
	return OK;
}

static const struct pbuf_field *extension_named(const struct pbuf_event *e, const struct pbuf_type *type, struct str name)
{
	const struct pbuf_field *field;

	if (name.len < 2 || name.data[0] != '[' || name.data[name.len - 1] != ']')
		return NULL;
	field = map_get(&e->schema->extensions, str_sub(name, 1, name.len - 1));
	return field && field->extend->target == type ? field : NULL;
}

/* By the name in JSON or in the file. */
static const struct pbuf_field *find_field(struct pbuf_event *e, const struct pbuf_type *type, struct str name)
{
	for (size_t i = 0; i < type->n_by_number; i++)
		if (str_eq(pbuf_json_name(e->arena, type->by_number[i]), name) || str_eq(type->by_number[i]->name, name))
			return type->by_number[i];
	return extension_named(e, type, name);
}

static bool is_taken(const struct pbuf_message *message, const struct pbuf_field *field)
{
	for (size_t i = 0; i < message->n_members; i++)
		if (message->members[i].field == field || (field->oneof && message->members[i].field->oneof == field->oneof))
			return true;
	return false;
}

/* Null is nothing, but for the types that have it as a value. */
static bool is_nothing(const struct pbuf_field *field, const struct jsn *json)
{
	return json->kind == JSN_NULL && !(field->label != PBUF_REPEATED && field->type.kind == PBUF_NAMED
		&& (pbuf_is_null_value(&field->type) || pbuf_wkt_of(field->type.named) == WKT_VALUE));
}

static enum err_code read_member(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	const struct pbuf_field *field = find_field(e, message->type, json->name);
	struct pbuf_datum value;

	if (field == NULL)
		return pbuf_json_misfit(e, "%.*s has no such field", STR_ARG(message->type->full));
	if (is_nothing(field, json))
		return OK;
	if (is_taken(message, field))
		return pbuf_json_misfit(e, field->oneof ? "another member of its oneof is set" : "the field is given twice");
	if (field->type.kind == PBUF_MAP)
		TRY(pbuf_json_read_map(e, &field->type, json, &value));
	else if (field->label == PBUF_REPEATED)
		TRY(pbuf_json_read_list(e, &field->type, json, &value));
	else
		TRY(pbuf_json_read_value(e, &field->type, json, &value));
	if ((value.kind == PBUF_D_LIST || value.kind == PBUF_D_MAP) && value.n_items == 0)
		return OK;
	if (!pbuf_has_presence(field) && pbuf_is_zero(&value))
		return OK;
	*pbuf_member_add(e->arena, message, field) = value;
	return OK;
}

enum err_code pbuf_json_read_members(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	size_t len = e->path->len;

	if (json->kind != JSN_OBJECT)
		return pbuf_json_misfit(e, "%.*s is an object, not %s", STR_ARG(message->type->full), jsn_kind_name(json->kind));
	for (size_t i = 0; i < json->n_items; i++) {
		if (str_eq(json->items[i].name, STR("@type")))
			continue; /* of an Any around it */
		buf_printf(e->path, "%s%.*s", len > 0 ? "." : "", STR_ARG(json->items[i].name));
		TRY(read_member(e, message, &json->items[i]));
		e->path->len = len;
	}
	for (size_t i = 0; i < message->type->n_by_number; i++)
		if (message->type->by_number[i]->label == PBUF_REQUIRED && !is_taken(message, message->type->by_number[i]))
			return pbuf_json_misfit(e, "the required field %.*s is missing", STR_ARG(message->type->by_number[i]->name));
	return OK;
}

enum err_code pbuf_json_read_message(struct pbuf_event *e, struct pbuf_message *message, const struct jsn *json)
{
	enum pbuf_wkt wkt = pbuf_wkt_of(message->type);

	if (e->depth == PBUF_DECODE_DEPTH)
		return pbuf_json_misfit(e, "messages are nested too deep");
	e->depth++;
	TRY(wkt == WKT_NONE ? pbuf_json_read_members(e, message, json) : pbuf_json_read_known(e, wkt, message, json));
	e->depth--;
	return OK;
}
