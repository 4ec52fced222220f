/* Values as trees: members, and what stands for one that is not set. */
#include "compat/protobuf/descriptor.h"
#include "compat/protobuf/event_int.h"

const struct pbuf_datum *pbuf_member_numbered(const struct pbuf_message *message, int32_t number)
{
	for (size_t i = 0; i < message->n_members; i++)
		if (message->members[i].field->number == number)
			return &message->members[i].value;
	return NULL;
}

struct pbuf_datum *pbuf_member_add(struct arena *arena, struct pbuf_message *message, const struct pbuf_field *field)
{
	struct pbuf_member *member = pbuf_append(arena, message->members, message->n_members);

	*member = (struct pbuf_member){ .field = field };
	return &member->value;
}

struct pbuf_message *pbuf_message_make(struct arena *arena, const struct pbuf_type *type)
{
	struct pbuf_message *message = arena_new(arena, struct pbuf_message);

	message->type = type;
	message->places = map_make(arena);
	return message;
}

static enum pbuf_datum_kind datum_kind(enum pbuf_kind kind)
{
	static const enum pbuf_datum_kind kinds[PBUF_SCALARS] = {
		[PBUF_DOUBLE] = PBUF_D_DOUBLE, [PBUF_FLOAT] = PBUF_D_DOUBLE, [PBUF_INT64] = PBUF_D_INT,
		[PBUF_UINT64] = PBUF_D_UINT, [PBUF_INT32] = PBUF_D_INT, [PBUF_FIXED64] = PBUF_D_UINT,
		[PBUF_FIXED32] = PBUF_D_UINT, [PBUF_BOOL] = PBUF_D_BOOL, [PBUF_STRING] = PBUF_D_STRING,
		[PBUF_BYTES] = PBUF_D_BYTES, [PBUF_UINT32] = PBUF_D_UINT, [PBUF_SFIXED32] = PBUF_D_INT,
		[PBUF_SFIXED64] = PBUF_D_INT, [PBUF_SINT32] = PBUF_D_INT, [PBUF_SINT64] = PBUF_D_INT,
	};

	return kind < PBUF_SCALARS ? kinds[kind] : PBUF_D_ENUM;
}

struct pbuf_datum pbuf_zero_value(const struct pbuf_use *use)
{
	struct pbuf_datum value = { .kind = datum_kind(use->kind) };

	if (value.kind == PBUF_D_STRING || value.kind == PBUF_D_BYTES)
		value.text = STR("");
	if (value.kind == PBUF_D_ENUM && use->named && use->named->n_constants > 0)
		value.i = use->named->constants[0].number;
	return value;
}

bool pbuf_absent_value(struct arena *arena, const struct pbuf_field *field, struct pbuf_datum *out)
{
	bool is_scalar = pbuf_is_number(&field->type) || field->type.kind == PBUF_STRING || field->type.kind == PBUF_BYTES;
	struct pbuf_datum value;

	if (!is_scalar || field->label == PBUF_REPEATED)
		return false;
	*out = pbuf_zero_value(&field->type);
	if (field->default_value && field->file->syntax != PBUF_PROTO3
		&& pbuf_option_datum(arena, field->default_value, &field->type, &value))
		*out = value;
	if (field->type.kind == PBUF_FLOAT)
		out->d = (double)(float)out->d;
	return true;
}
