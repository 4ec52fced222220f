/* A decoded message as JSON, fields by number; what is not set is left out. */
#include "compat/protobuf/event_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"
#include "compat/protobuf/descriptor.h"

/* A group's field has the name of its type in small letters (language guide, "Groups"). */
static struct str small(struct arena *arena, struct str name)
{
	struct buf b = buf_make(arena, name.len);

	for (size_t i = 0; i < name.len; i++)
		buf_add_c(&b, name.data[i] >= 'A' && name.data[i] <= 'Z' ? (char)(name.data[i] - 'A' + 'a') : name.data[i]);
	return buf_str(&b);
}

struct str pbuf_json_name(struct arena *arena, const struct pbuf_field *field)
{
	if (field->extend)
		return str_printf(arena, "[%.*s]", STR_ARG(field->full));
	if (field->json_name && str_present(field->json_name->text))
		return field->json_name->text;
	return pbuf_default_json_name(arena, field->type.kind == PBUF_GROUP ? small(arena, field->name) : field->name);
}

static void put_double(struct buf *b, double value, bool single)
{
	char text[40];

	if (isnan(value) || isinf(value)) {
		buf_add(b, isnan(value) ? STR("\"NaN\"") : value < 0 ? STR("\"-Infinity\"") : STR("\"Infinity\""));
		return;
	}
	for (int digits = single ? 6 : 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			break;
	}
	buf_add(b, str_of(text));
}

static bool is_wide(enum pbuf_kind kind)
{
	return kind == PBUF_INT64 || kind == PBUF_UINT64 || kind == PBUF_FIXED64 || kind == PBUF_SFIXED64 || kind == PBUF_SINT64;
}

static void put_enum(struct buf *b, const struct pbuf_use *use, int64_t number)
{
	struct str name = use->named ? pbuf_constant_name(use->named, (int32_t)number) : STR_NONE;

	if (pbuf_is_null_value(use))
		buf_lit(b, "null");
	else if (str_present(name))
		buf_json_string(b, name);
	else
		buf_add_i64(b, number);
}

/* Text of a proto2 file need not be UTF-8; JSON has no other: what is none becomes U+FFFD, as in Java. */
static void put_text(struct buf *b, struct str text)
{
	struct buf fixed = buf_make(b->arena, text.len + 8);

	if (str_is_utf8(text)) {
		buf_json_string(b, text);
		return;
	}
	for (size_t i = 0; i < text.len;) {
		size_t n = 1;

		while (n <= 4 && i + n <= text.len && !str_is_utf8(str_sub(text, i, i + n)))
			n++;
		if (n <= 4 && i + n <= text.len) {
			buf_add(&fixed, str_sub(text, i, i + n));
			i += n;
		} else {
			buf_lit(&fixed, "\xEF\xBF\xBD");
			i++;
		}
	}
	buf_json_string(b, buf_str(&fixed));
}

void pbuf_json_value(struct pbuf_event *e, struct buf *b, const struct pbuf_use *use, const struct pbuf_datum *value)
{
	switch (value->kind) {
	case PBUF_D_INT:
		buf_printf(b, is_wide(use->kind) ? "\"%lld\"" : "%lld", (long long)value->i);
		break;
	case PBUF_D_UINT:
		buf_printf(b, is_wide(use->kind) ? "\"%llu\"" : "%llu", (unsigned long long)value->u);
		break;
	case PBUF_D_DOUBLE:
		put_double(b, value->d, use->kind == PBUF_FLOAT);
		break;
	case PBUF_D_BOOL:
		buf_add(b, value->b ? STR("true") : STR("false"));
		break;
	case PBUF_D_ENUM:
		put_enum(b, use, value->i);
		break;
	case PBUF_D_STRING:
		put_text(b, value->text);
		break;
	case PBUF_D_BYTES:
		buf_json_string(b, base64_encode(b->arena, value->text));
		break;
	default:
		pbuf_json_message(e, b, value->message);
	}
}

static void put_list(struct pbuf_event *e, struct buf *b, const struct pbuf_use *use, const struct pbuf_datum *list)
{
	buf_add_c(b, '[');
	for (size_t i = 0; i < list->n_items; i++) {
		if (i > 0)
			buf_add_c(b, ',');
		pbuf_json_value(e, b, use, &list->items[i]);
	}
	buf_add_c(b, ']');
}

/* Keys are strings whatever their type. */
static void put_map(struct pbuf_event *e, struct buf *b, const struct pbuf_use *use, const struct pbuf_datum *map)
{
	buf_add_c(b, '{');
	for (size_t i = 0; i + 1 < map->n_items; i += 2) {
		struct buf key = buf_make(b->arena, 24);
		struct str text;

		pbuf_json_value(e, &key, use->key, &map->items[i]);
		text = buf_str(&key);
		if (i > 0)
			buf_add_c(b, ',');
		if (text.len > 0 && text.data[0] == '"')
			buf_add(b, text);
		else
			buf_json_string(b, text);
		buf_add_c(b, ':');
		pbuf_json_value(e, b, use->value, &map->items[i + 1]);
	}
	buf_add_c(b, '}');
}

static int by_number(const void *a, const void *b)
{
	const struct pbuf_member *x = *(const struct pbuf_member *const *)a, *y = *(const struct pbuf_member *const *)b;

	return x->field->number < y->field->number ? -1 : x->field->number > y->field->number;
}

static void put_unknown(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	static const char *const wires[] = { "varint", "fixed64", "bytes", "group", "end", "fixed32" };

	buf_lit(b, "\"@unknown\":[");
	for (size_t i = 0; i < message->n_unknown; i++) {
		const struct pbuf_unknown *unknown = &message->unknown[i];

		buf_printf(b, "%s{\"number\":%u,\"wire\":\"%s\",\"bytes\":\"", i > 0 ? "," : "", unknown->number,
			wires[unknown->wire]);
		buf_add(b, hex_encode(e->arena, (const uint8_t *)unknown->bytes.data, unknown->bytes.len));
		buf_lit(b, "\"}");
	}
	buf_add_c(b, ']');
}

void pbuf_json_members(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message, bool *first)
{
	const struct pbuf_member **members = arena_array(e->arena, const struct pbuf_member *, message->n_members);

	for (size_t i = 0; i < message->n_members; i++)
		members[i] = &message->members[i];
	qsort(members, message->n_members, sizeof(struct pbuf_member *), by_number);
	for (size_t i = 0; i < message->n_members; i++) {
		const struct pbuf_field *field = members[i]->field;
		const struct pbuf_datum *value = &members[i]->value;

		if (!*first)
			buf_add_c(b, ',');
		*first = false;
		buf_json_string(b, pbuf_json_name(e->arena, field));
		buf_add_c(b, ':');
		if (value->kind == PBUF_D_LIST)
			put_list(e, b, &field->type, value);
		else if (value->kind == PBUF_D_MAP)
			put_map(e, b, &field->type, value);
		else
			pbuf_json_value(e, b, &field->type, value);
	}
	if (e->shows_unknown && message->n_unknown > 0) {
		if (!*first)
			buf_add_c(b, ',');
		*first = false;
		put_unknown(e, b, message);
	}
}

void pbuf_json_message(struct pbuf_event *e, struct buf *b, const struct pbuf_message *message)
{
	enum pbuf_wkt wkt = pbuf_wkt_of(message->type);
	bool first = true;

	e->depth++;
	if (wkt == WKT_NONE || !pbuf_json_known(e, b, wkt, message)) {
		buf_add_c(b, '{');
		pbuf_json_members(e, b, message, &first);
		buf_add_c(b, '}');
	}
	e->depth--;
}

struct str pbuf_json(struct arena *arena, const struct pbuf_schema *schema, const struct pbuf_message *message,
	bool shows_unknown)
{
	struct pbuf_event e = { .arena = arena, .schema = schema, .shows_unknown = shows_unknown };
	struct buf b = buf_make(arena, 128);

	pbuf_json_message(&e, &b, message);
	return buf_str(&b);
}
