/* Random messages of a schema. */
#include "tests/property/protobuf_int.h"

static uint64_t random_bits(struct draw *d)
{
	uint64_t bits = draw_number(d) >> draw_below(d, 64);

	return one_in(d, 3) ? 0 - bits : one_in(d, 4) ? bits & 3 : bits;
}

static struct str random_string(struct draw *d, struct arena *arena, bool utf8)
{
	static const char *const texts[] = { "", "a", "h\xc3\xa4", "\1\2", "zz9" };
	struct buf b = buf_make(arena, 8);

	if (utf8 || one_in(d, 2))
		return str_of(texts[draw_below(d, 5)]);
	for (unsigned i = draw_below(d, 5); i > 0; i--)
		buf_add_c(&b, (char)draw_number(d));
	return buf_str(&b);
}

static struct pbuf_datum random_number(struct draw *d, const struct pbuf_use *use)
{
	struct pbuf_datum value = pbuf_zero_value(use);
	uint64_t bits = random_bits(d);

	switch (use->kind) {
	case PBUF_INT32:
	case PBUF_SINT32:
	case PBUF_SFIXED32:
		value.i = (int32_t)(uint32_t)bits;
		break;
	case PBUF_UINT32:
	case PBUF_FIXED32:
		value.u = (uint32_t)bits;
		break;
	case PBUF_BOOL:
		value.b = bits & 1;
		break;
	case PBUF_FLOAT:
		value.d = (double)(float)(int8_t)bits / 4;
		break;
	case PBUF_DOUBLE:
		value.d = (double)(int64_t)bits / 8;
		break;
	default:
		value.u = bits;
	}
	return value;
}

static struct pbuf_datum random_value(struct draw *d, struct arena *arena, const struct pbuf_schema *schema,
	const struct pbuf_use *use, unsigned depth)
{
	struct pbuf_datum value = pbuf_zero_value(use);

	if (use->kind == PBUF_STRING || use->kind == PBUF_BYTES) {
		value.text = random_string(d, arena, use->kind == PBUF_STRING);
	} else if (use->kind == PBUF_NAMED && use->named->is_enum) {
		value.i = use->named->constants[draw_below(d, (unsigned)use->named->n_constants)].number;
	} else if (use->kind < PBUF_SCALARS) {
		value = random_number(d, use);
	} else {
		value = (struct pbuf_datum){
			.kind = PBUF_D_MESSAGE, .message = random_event(d, arena, schema, use->named, depth + 1),
		};
	}
	return value;
}

static struct pbuf_datum random_map(struct draw *d, struct arena *arena, const struct pbuf_schema *schema,
	const struct pbuf_use *use, unsigned depth)
{
	struct pbuf_datum map = { .kind = PBUF_D_MAP };

	for (unsigned i = 1 + draw_below(d, 3); i > 0; i--) {
		struct pbuf_datum key = random_value(d, arena, schema, use->key, depth), value = random_value(d, arena, schema, use->value, depth);
		bool known = value.kind == PBUF_D_MESSAGE && value.message == NULL;

		for (size_t k = 0; k < map.n_items; k += 2)
			known |= key.kind == PBUF_D_STRING ? str_eq(map.items[k].text, key.text) : map.items[k].u == key.u;
		if (known)
			continue;
		*pbuf_append(arena, map.items, map.n_items) = key;
		*pbuf_append(arena, map.items, map.n_items) = value;
	}
	return map;
}

static struct pbuf_datum random_list(struct draw *d, struct arena *arena, const struct pbuf_schema *schema,
	const struct pbuf_use *use, unsigned depth)
{
	struct pbuf_datum list = { .kind = PBUF_D_LIST };

	for (unsigned i = 1 + draw_below(d, 3); i > 0; i--) {
		struct pbuf_datum value = random_value(d, arena, schema, use, depth);

		if (value.kind != PBUF_D_MESSAGE || value.message)
			*pbuf_append(arena, list.items, list.n_items) = value;
	}
	return list;
}

static bool oneof_is_set(const struct pbuf_message *message, const struct pbuf_oneof *oneof)
{
	for (size_t i = 0; oneof && i < message->n_members; i++)
		if (message->members[i].field->oneof == oneof)
			return true;
	return false;
}

/* Sets a field, or not; false when it is required and cannot be. */
static bool random_member(struct draw *d, struct arena *arena, const struct pbuf_schema *schema, struct pbuf_message *message,
	const struct pbuf_field *field, unsigned depth)
{
	struct pbuf_datum value;
	bool required = field->label == PBUF_REQUIRED;

	if (!required && (one_in(d, 3) || depth > 3 || oneof_is_set(message, field->oneof)))
		return true;
	if (field->type.kind == PBUF_MAP)
		value = random_map(d, arena, schema, &field->type, depth);
	else if (field->label == PBUF_REPEATED)
		value = random_list(d, arena, schema, &field->type, depth);
	else
		value = random_value(d, arena, schema, &field->type, depth);
	if (value.kind == PBUF_D_MESSAGE && value.message == NULL)
		return !required;
	if ((value.kind == PBUF_D_LIST || value.kind == PBUF_D_MAP) ? value.n_items == 0
		: !pbuf_has_presence(field) && pbuf_is_zero(&value))
		return true;
	*pbuf_member_add(arena, message, field) = value;
	return true;
}

/* A valid message, or NULL when its required fields go too deep. */
struct pbuf_message *random_event(struct draw *d, struct arena *arena, const struct pbuf_schema *schema,
	const struct pbuf_type *type, unsigned depth)
{
	struct pbuf_message *message = pbuf_message_make(arena, type);

	if (depth > 6)
		return NULL;
	for (size_t i = 0; i < type->n_by_number; i++)
		if (!random_member(d, arena, schema, message, type->by_number[i], depth))
			return NULL;
	for (size_t i = 0; i < schema->extensions.n_entries; i++) {
		const struct pbuf_field *field = schema->extensions.entries[i].value;

		if (field->extend->target == type && !random_member(d, arena, schema, message, field, depth))
			return NULL;
	}
	return message;
}
