/* From a tree to bytes, and what both ways ask of fields and types. */
#include "compat/protobuf/decode_int.h"

#include <stdlib.h>

bool pbuf_has_presence(const struct pbuf_field *field)
{
	bool is_message = field->type.kind == PBUF_GROUP ||
		(field->type.kind == PBUF_NAMED && field->type.named && !field->type.named->is_enum);

	return field->file->syntax != PBUF_PROTO3 || field->label != PBUF_UNLABELLED || field->oneof || is_message ||
		field->extend;
}

/* Of several fields with the number the last in the text. */
const struct pbuf_field *pbuf_field_numbered(const struct pbuf_type *type, int32_t number)
{
	size_t from = 0, to = type->n_by_number;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (type->by_number[middle]->number <= number)
			from = middle + 1;
		else
			to = middle;
	}
	return from > 0 && type->by_number[from - 1]->number == number ? type->by_number[from - 1] : NULL;
}

struct str pbuf_constant_name(const struct pbuf_type *type, int32_t number)
{
	for (size_t i = 0; i < type->n_constants; i++)
		if (type->constants[i].number == number)
			return type->constants[i].name;
	return STR_NONE;
}

const struct pbuf_type *pbuf_message_find(const struct pbuf_schema *schema, struct str name)
{
	const struct pbuf_type *type = map_get(&schema->types, name);

	if (type == NULL && schema->file->package.len > 0) {
		struct str package = schema->file->package;

		for (size_t i = 0; i < schema->types.n_entries && type == NULL; i++) {
			struct str full = schema->types.entries[i].key;

			if (full.len == package.len + 1 + name.len && str_starts(full, package) && str_ends(full, name) &&
				full.data[package.len] == '.')
				type = schema->types.entries[i].value;
		}
	}
	return type && !type->is_enum ? type : NULL;
}

const struct pbuf_datum *pbuf_member_find(const struct pbuf_message *message, struct str name)
{
	for (size_t i = 0; i < message->n_members; i++)
		if (str_eq(message->members[i].field->name, name))
			return &message->members[i].value;
	return NULL;
}

static void put_varint(struct buf *b, uint64_t value)
{
	while (value >= 0x80) {
		buf_add_c(b, (char)(value | 0x80));
		value >>= 7;
	}
	buf_add_c(b, (char)value);
}

static void put_fixed(struct buf *b, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		buf_add_c(b, (char)(value >> (8 * i)));
}

static void put_tag(struct buf *b, uint32_t number, unsigned wire)
{
	put_varint(b, (uint64_t)number << 3 | wire);
}

static void put_bytes(struct buf *b, struct str bytes)
{
	put_varint(b, bytes.len);
	buf_add(b, bytes);
}

static uint64_t float_bits(double value)
{
	float narrow = (float)value;
	uint32_t bits;

	memcpy(&bits, &narrow, sizeof(bits));
	return bits;
}

/* The bits of a number as its type is written; those of signed ones are extended. */
static uint64_t bits_of(const struct pbuf_use *use, const struct pbuf_datum *value)
{
	switch (use->kind) {
	case PBUF_FLOAT:
		return float_bits(value->d);
	case PBUF_SINT32:
	case PBUF_SINT64:
		return (value->u << 1) ^ (value->i < 0 ? UINT64_MAX : 0);
	case PBUF_BOOL:
		return value->b;
	default:
		return value->u;
	}
}

static void put_number(struct buf *b, const struct pbuf_use *use, const struct pbuf_datum *value)
{
	unsigned wire = pbuf_wire_of(use);

	if (wire == WIRE_VARINT)
		put_varint(b, bits_of(use, value));
	else
		put_fixed(b, bits_of(use, value), wire == WIRE_FIXED64 ? 8 : 4);
}

static void put_message(struct buf *b, const struct pbuf_message *message);

static void put_value(struct buf *b, uint32_t number, const struct pbuf_use *use, const struct pbuf_datum *value)
{
	put_tag(b, number, pbuf_wire_of(use));
	if (pbuf_is_number(use)) {
		put_number(b, use, value);
	} else if (value->kind != PBUF_D_MESSAGE) {
		put_bytes(b, value->text);
	} else if (use->kind == PBUF_GROUP) {
		put_message(b, value->message);
		put_tag(b, number, WIRE_GROUP_END);
	} else {
		put_bytes(b, pbuf_encode(b->arena, value->message));
	}
}

static bool is_packed(const struct pbuf_field *field)
{
	const struct pbuf_value *option = pbuf_option_find(&field->options, STR("packed"));

	if (!pbuf_is_number(&field->type))
		return false;
	return option ? str_eq(option->text, STR("true")) : field->file->syntax == PBUF_PROTO3;
}

static void put_list(struct buf *b, const struct pbuf_field *field, const struct pbuf_datum *list)
{
	struct buf packed = buf_make(b->arena, 16);

	if (!is_packed(field)) {
		for (size_t i = 0; i < list->n_items; i++)
			put_value(b, (uint32_t)field->number, &field->type, &list->items[i]);
		return;
	}
	for (size_t i = 0; i < list->n_items; i++)
		put_number(&packed, &field->type, &list->items[i]);
	if (list->n_items > 0) {
		put_tag(b, (uint32_t)field->number, WIRE_BYTES);
		put_bytes(b, str_make(packed.data, packed.len));
	}
}

static void put_map(struct buf *b, const struct pbuf_field *field, const struct pbuf_datum *map)
{
	for (size_t i = 0; i + 1 < map->n_items; i += 2) {
		struct buf entry = buf_make(b->arena, 32);

		put_value(&entry, 1, field->type.key, &map->items[i]);
		put_value(&entry, 2, field->type.value, &map->items[i + 1]);
		put_tag(b, (uint32_t)field->number, WIRE_BYTES);
		put_bytes(b, str_make(entry.data, entry.len));
	}
}

static int by_number(const void *a, const void *b)
{
	const struct pbuf_member *x = *(const struct pbuf_member *const *)a, *y = *(const struct pbuf_member *const *)b;

	return x->field->number < y->field->number ? -1 : x->field->number > y->field->number;
}

static void put_member(struct buf *b, const struct pbuf_member *member)
{
	if (member->value.kind == PBUF_D_LIST)
		put_list(b, member->field, &member->value);
	else if (member->value.kind == PBUF_D_MAP)
		put_map(b, member->field, &member->value);
	else
		put_value(b, (uint32_t)member->field->number, &member->field->type, &member->value);
}

static void put_message(struct buf *b, const struct pbuf_message *message)
{
	const struct pbuf_member **members = arena_array(b->arena, const struct pbuf_member *, message->n_members);

	for (size_t i = 0; i < message->n_members; i++)
		members[i] = &message->members[i];
	qsort(members, message->n_members, sizeof(struct pbuf_member *), by_number);
	for (size_t i = 0; i < message->n_members; i++)
		put_member(b, members[i]);
	for (size_t i = 0; i < message->n_unknown; i++) {
		const struct pbuf_unknown *unknown = &message->unknown[i];

		put_tag(b, unknown->number, unknown->wire);
		if (unknown->wire == WIRE_BYTES)
			put_varint(b, unknown->bytes.len);
		buf_add(b, unknown->bytes);
	}
}

struct str pbuf_encode(struct arena *arena, const struct pbuf_message *message)
{
	struct buf b = buf_make(arena, 64);

	put_message(&b, message);
	return buf_str(&b);
}
