/* From bytes to a tree (protobuf encoding guide, "Message Structure"). */
#include "compat/protobuf/decode_int.h"

struct decoder {
	struct arena *arena;
	const struct pbuf_schema *schema;
	struct pbuf_fault *fault;
	const struct pbuf_type *type;   /* being read … */
	const struct pbuf_field *field; /* … and what of it */
	const char *start;
	size_t len;
	bool is_partial;
	unsigned depth;
	bool knows_extensions; /* `extensions` has been filled */
	struct map extensions; /* type and number to field */
};

struct input {
	const char *at;
	const char *end;
};

static enum err_code fault(struct decoder *d, const char *at, const char *what, struct str name)
{
	*d->fault = (struct pbuf_fault){
		.reason = str_printf(d->arena, "%s%.*s", what, STR_ARG(name)),
		.offset = (size_t)(at - d->start),
		.type = d->type,
		.field = d->field,
	};
	return ERR_PARSE;
}

static enum err_code read_varint(struct decoder *d, struct input *in, uint64_t *out)
{
	const char *from = in->at;
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		unsigned char byte;

		if (in->at == in->end)
			return fault(d, from, "the bytes end within a number", STR(""));
		byte = (unsigned char)*in->at++;
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80) {
			*out = value;
			return OK;
		}
	}
	return fault(d, from, "a number of more than ten bytes", STR(""));
}

static enum err_code read_fixed(struct decoder *d, struct input *in, size_t size, uint64_t *out)
{
	uint64_t value = 0;

	if ((size_t)(in->end - in->at) < size)
		return fault(d, in->at, "the bytes end within a number", STR(""));
	for (size_t i = size; i > 0; i--)
		value = value << 8 | (unsigned char)in->at[i - 1];
	in->at += size;
	*out = value;
	return OK;
}

static enum err_code read_length(struct decoder *d, struct input *in, struct str *out)
{
	const char *from = in->at;
	uint64_t len = 0;

	TRY(read_varint(d, in, &len));
	if (len > (uint64_t)(in->end - in->at))
		return fault(d, from, "a length beyond the end of the bytes", STR(""));
	*out = str_make(in->at, (size_t)len);
	in->at += len;
	return OK;
}

static enum err_code read_tag(struct decoder *d, struct input *in, uint32_t *number, unsigned *wire)
{
	const char *from = in->at;
	uint64_t tag = 0;

	TRY(read_varint(d, in, &tag));
	*number = (uint32_t)(tag >> 3);
	*wire = (unsigned)(tag & 7);
	if (tag > UINT32_MAX || *number == 0)
		return fault(d, from, "a field number out of range", STR(""));
	if (*wire > WIRE_FIXED32)
		return fault(d, from, "a wire type that does not exist", STR(""));
	return OK;
}

static enum err_code skip_group(struct decoder *d, struct input *in, uint32_t number);

/* Behind the content of a field; *out gets its bytes. */
static enum err_code skip_field(struct decoder *d, struct input *in, uint32_t number, unsigned wire, struct str *out)
{
	const char *from = in->at;
	uint64_t ignored;

	switch (wire) {
	case WIRE_VARINT:
		TRY(read_varint(d, in, &ignored));
		break;
	case WIRE_FIXED64:
		TRY(read_fixed(d, in, 8, &ignored));
		break;
	case WIRE_FIXED32:
		TRY(read_fixed(d, in, 4, &ignored));
		break;
	case WIRE_BYTES:
		return read_length(d, in, out);
	case WIRE_GROUP:
		TRY(skip_group(d, in, number));
		break;
	default:
		return fault(d, from, "the end of a group that has not begun", STR(""));
	}
	*out = str_make(from, (size_t)(in->at - from));
	return OK;
}

static enum err_code skip_group(struct decoder *d, struct input *in, uint32_t number)
{
	const char *from = in->at;
	struct str ignored;
	uint32_t inner;
	unsigned wire;

	if (++d->depth > PBUF_DECODE_DEPTH)
		return fault(d, from, "messages are nested too deep", STR(""));
	for (;;) {
		if (in->at == in->end)
			return fault(d, from, "the bytes end within a group", STR(""));
		TRY(read_tag(d, in, &inner, &wire));
		if (wire == WIRE_GROUP_END)
			break;
		TRY(skip_field(d, in, inner, wire, &ignored));
	}
	d->depth--;
	return inner == number ? OK : fault(d, from, "a group ends with the number of another", STR(""));
}

static enum err_code keep_unknown(struct decoder *d, struct pbuf_message *message, struct input *in, uint32_t number,
	unsigned wire)
{
	struct pbuf_unknown unknown = { .number = number, .wire = wire };

	TRY(skip_field(d, in, number, wire, &unknown.bytes));
	*pbuf_append(d->arena, message->unknown, message->n_unknown) = unknown;
	return OK;
}

static double as_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static double as_float(uint64_t bits)
{
	uint32_t narrow = (uint32_t)bits;
	float value;

	memcpy(&value, &narrow, sizeof(value));
	return (double)value;
}

static int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1 ^ (~(value & 1) + 1));
}

/* What the bits of a number mean for a field of the kind. */
static struct pbuf_datum number_of(enum pbuf_kind kind, uint64_t bits)
{
	switch (kind) {
	case PBUF_DOUBLE:
		return (struct pbuf_datum){ .kind = PBUF_D_DOUBLE, .d = as_double(bits) };
	case PBUF_FLOAT:
		return (struct pbuf_datum){ .kind = PBUF_D_DOUBLE, .d = as_float(bits) };
	case PBUF_INT32:
	case PBUF_SFIXED32:
		return (struct pbuf_datum){ .kind = PBUF_D_INT, .i = (int32_t)(uint32_t)bits };
	case PBUF_INT64:
	case PBUF_SFIXED64:
		return (struct pbuf_datum){ .kind = PBUF_D_INT, .i = (int64_t)bits };
	case PBUF_SINT32:
		return (struct pbuf_datum){ .kind = PBUF_D_INT, .i = (int32_t)unzigzag((uint32_t)bits) };
	case PBUF_SINT64:
		return (struct pbuf_datum){ .kind = PBUF_D_INT, .i = unzigzag(bits) };
	case PBUF_UINT32:
	case PBUF_FIXED32:
		return (struct pbuf_datum){ .kind = PBUF_D_UINT, .u = (uint32_t)bits };
	case PBUF_BOOL:
		return (struct pbuf_datum){ .kind = PBUF_D_BOOL, .b = bits != 0 };
	case PBUF_NAMED:
		return (struct pbuf_datum){ .kind = PBUF_D_ENUM, .i = (int32_t)(uint32_t)bits };
	default:
		return (struct pbuf_datum){ .kind = PBUF_D_UINT, .u = bits };
	}
}

static bool is_enum(const struct pbuf_use *use)
{
	return use->kind == PBUF_NAMED && use->named && use->named->is_enum;
}

bool pbuf_is_number(const struct pbuf_use *use)
{
	return is_enum(use) || (use->kind < PBUF_SCALARS && use->kind != PBUF_STRING && use->kind != PBUF_BYTES);
}

unsigned pbuf_wire_of(const struct pbuf_use *use)
{
	switch (use->kind) {
	case PBUF_DOUBLE:
	case PBUF_FIXED64:
	case PBUF_SFIXED64:
		return WIRE_FIXED64;
	case PBUF_FLOAT:
	case PBUF_FIXED32:
	case PBUF_SFIXED32:
		return WIRE_FIXED32;
	case PBUF_GROUP:
		return WIRE_GROUP;
	default:
		return pbuf_is_number(use) ? WIRE_VARINT : WIRE_BYTES;
	}
}

static enum err_code read_number(struct decoder *d, struct input *in, const struct pbuf_use *use,
	struct pbuf_datum *out)
{
	unsigned wire = pbuf_wire_of(use);
	uint64_t bits = 0;

	if (wire == WIRE_VARINT)
		TRY(read_varint(d, in, &bits));
	else
		TRY(read_fixed(d, in, wire == WIRE_FIXED64 ? 8 : 4, &bits));
	*out = number_of(use->kind, bits);
	return OK;
}

/* An enum of a proto2 file is closed: other numbers are as unknown as a field. */
static bool is_foreign(const struct pbuf_use *use, const struct pbuf_datum *value)
{
	return value->kind == PBUF_D_ENUM && use->named->file->syntax != PBUF_PROTO3 &&
		!str_present(pbuf_constant_name(use->named, (int32_t)value->i));
}

/* ---- members ---- */

/* Where a field is kept: members of one oneof share a place; an entry of a map has one by its key. */
static struct str key_of(struct arena *arena, const struct pbuf_field *field, const struct pbuf_datum *entry)
{
	const void *owner = field->oneof ? (const void *)field->oneof : (const void *)field;
	struct str text = STR("");
	struct buf b;

	if (entry)
		text = entry->kind == PBUF_D_STRING ? entry->text : str_make((const char *)&entry->u, sizeof(entry->u));
	b = buf_make(arena, sizeof(owner) + 1 + text.len);
	buf_add(&b, str_make((const char *)&owner, sizeof(owner)));
	if (entry)
		buf_add_c(&b, ':');
	buf_add(&b, text);
	return str_make(b.data, b.len);
}

static struct pbuf_member *find_member(const struct pbuf_message *message, const struct pbuf_field *field)
{
	const void *owner = field->oneof ? (const void *)field->oneof : (const void *)field;
	uintptr_t place = (uintptr_t)map_get(&message->places, str_make((const char *)&owner, sizeof(owner)));
	struct pbuf_member *member = place == 0 ? NULL : &message->members[place - 1];

	return member && member->field == field ? member : NULL;
}

/* A place for the field's value; of a oneof the member that came before gives way. */
static struct pbuf_datum *place_for(struct decoder *d, struct pbuf_message *message, const struct pbuf_field *field)
{
	struct str key = key_of(d->arena, field, NULL);
	uintptr_t place = (uintptr_t)map_get(&message->places, key);
	struct pbuf_member *member;

	if (place == 0) {
		member = pbuf_append(d->arena, message->members, message->n_members);
		map_put(&message->places, key, (void *)(uintptr_t)message->n_members);
	} else {
		member = &message->members[place - 1];
	}
	if (member->field != field)
		*member = (struct pbuf_member){ .field = field };
	return &member->value;
}

bool pbuf_is_zero(const struct pbuf_datum *value)
{
	switch (value->kind) {
	case PBUF_D_BOOL:
		return !value->b;
	case PBUF_D_STRING:
	case PBUF_D_BYTES:
		return value->text.len == 0;
	default:
		return value->u == 0; /* the bits: minus zero is not nothing */
	}
}

static void set_member(struct decoder *d, struct pbuf_message *message, const struct pbuf_field *field,
	const struct pbuf_datum *value)
{
	struct pbuf_datum *place;

	if (field->label != PBUF_REPEATED) {
		if (pbuf_has_presence(field) || !pbuf_is_zero(value) || find_member(message, field))
			*place_for(d, message, field) = *value;
		return;
	}
	place = place_for(d, message, field);
	place->kind = PBUF_D_LIST;
	*pbuf_append(d->arena, place->items, place->n_items) = *value;
}

static enum err_code read_message(struct decoder *d, struct pbuf_message *message, struct input *in, uint32_t group);

static struct pbuf_message *new_message(struct decoder *d, const struct pbuf_type *type)
{
	struct pbuf_message *message = arena_new(d->arena, struct pbuf_message);

	message->type = type;
	message->places = map_make(d->arena);
	return message;
}

/* A message or group; of a field that is not repeated what comes later is merged into what came first. */
static enum err_code read_inner(struct decoder *d, struct pbuf_message *known, const struct pbuf_field *field,
	const struct pbuf_use *use, struct input *in, struct pbuf_datum *out)
{
	struct str bytes;
	struct input inner;

	out->kind = PBUF_D_MESSAGE;
	out->message = known ? known : new_message(d, use->named);
	if (use->kind == PBUF_GROUP)
		return read_message(d, out->message, in, (uint32_t)field->number);
	TRY(read_length(d, in, &bytes));
	inner = (struct input){ bytes.data, bytes.data + bytes.len };
	return read_message(d, out->message, &inner, 0);
}

static enum err_code read_text(struct decoder *d, struct input *in, const struct pbuf_field *field,
	const struct pbuf_use *use, struct pbuf_datum *out)
{
	const char *from = in->at;

	out->kind = use->kind == PBUF_STRING ? PBUF_D_STRING : PBUF_D_BYTES;
	TRY(read_length(d, in, &out->text));
	if (use->kind == PBUF_STRING && field->file->syntax == PBUF_PROTO3 && !str_is_utf8(out->text))
		return fault(d, from, "no UTF-8 in the string field ", field->name);
	return OK;
}

/* One value of a field, or of a key or value of a map, whose wire type is the right one. */
static enum err_code read_value(struct decoder *d, struct input *in, const struct pbuf_field *field,
	const struct pbuf_use *use, struct pbuf_datum *out)
{
	if (pbuf_is_number(use))
		return read_number(d, in, use, out);
	if (use->kind == PBUF_STRING || use->kind == PBUF_BYTES)
		return read_text(d, in, field, use, out);
	return read_inner(d, NULL, field, use, in, out);
}

static void keep_foreign(struct decoder *d, struct pbuf_message *message, const struct pbuf_field *field,
	const char *from, const char *to)
{
	*pbuf_append(d->arena, message->unknown, message->n_unknown) = (struct pbuf_unknown){
		.number = (uint32_t)field->number,
		.wire = WIRE_VARINT,
		.bytes = str_make(from, (size_t)(to - from)),
	};
}

static enum err_code read_packed(struct decoder *d, struct pbuf_message *message, const struct pbuf_field *field,
	struct input *in)
{
	struct pbuf_datum value;
	struct str bytes;
	struct input inner;

	TRY(read_length(d, in, &bytes));
	inner = (struct input){ bytes.data, bytes.data + bytes.len };
	while (inner.at < inner.end) {
		const char *from = inner.at;

		TRY(read_number(d, &inner, &field->type, &value));
		if (is_foreign(&field->type, &value))
			keep_foreign(d, message, field, from, inner.at);
		else
			set_member(d, message, field, &value);
	}
	return OK;
}

/* What a key or value is when the entry does not say it. */
static struct pbuf_datum default_of(struct decoder *d, const struct pbuf_use *use)
{
	if (pbuf_is_number(use))
		return number_of(use->kind, use->kind == PBUF_NAMED && use->named->n_constants > 0
				? (uint64_t)(int64_t)use->named->constants[0].number : 0);
	if (use->kind == PBUF_STRING || use->kind == PBUF_BYTES)
		return (struct pbuf_datum){ .kind = use->kind == PBUF_STRING ? PBUF_D_STRING : PBUF_D_BYTES, .text = STR("") };
	return (struct pbuf_datum){ .kind = PBUF_D_MESSAGE, .message = new_message(d, use->named) };
}

/* One entry: a message of two fields.  A key that comes again replaces the value it had. */
static enum err_code read_entry(struct decoder *d, struct pbuf_message *message, const struct pbuf_field *field,
	struct input *in)
{
	struct pbuf_datum pair[2] = { default_of(d, field->type.key), default_of(d, field->type.value) };
	struct pbuf_datum *map;
	struct input inner;
	struct str bytes, key;
	uintptr_t place;

	TRY(read_length(d, in, &bytes));
	inner = (struct input){ bytes.data, bytes.data + bytes.len };
	while (inner.at < inner.end) {
		uint32_t number;
		unsigned wire;

		TRY(read_tag(d, &inner, &number, &wire));
		if (number == 1 && wire == pbuf_wire_of(field->type.key))
			TRY(read_value(d, &inner, field, field->type.key, &pair[0]));
		else if (number == 2 && wire == pbuf_wire_of(field->type.value))
			TRY(read_value(d, &inner, field, field->type.value, &pair[1]));
		else
			TRY(skip_field(d, &inner, number, wire, &key));
	}
	if (is_foreign(field->type.value, &pair[1])) {
		/* The whole entry is unknown then, as in the other implementations. */
		*pbuf_append(d->arena, message->unknown, message->n_unknown) = (struct pbuf_unknown){
			.number = (uint32_t)field->number, .wire = WIRE_BYTES, .bytes = bytes,
		};
		return OK;
	}
	map = place_for(d, message, field);
	map->kind = PBUF_D_MAP;
	key = key_of(d->arena, field, &pair[0]);
	place = (uintptr_t)map_get(&message->places, key);
	if (place == 0) {
		*pbuf_append(d->arena, map->items, map->n_items) = pair[0];
		*pbuf_append(d->arena, map->items, map->n_items) = pair[1];
		map_put(&message->places, key, (void *)(uintptr_t)map->n_items);
	} else {
		map->items[place - 1] = pair[1];
	}
	return OK;
}

static enum err_code read_field(struct decoder *d, struct pbuf_message *message, const struct pbuf_field *field,
	struct input *in)
{
	const struct pbuf_member *known = field->label == PBUF_REPEATED ? NULL : find_member(message, field);
	const char *from = in->at;
	struct pbuf_datum value;

	if (field->type.kind == PBUF_MAP)
		return read_entry(d, message, field, in);
	if (known && known->value.kind == PBUF_D_MESSAGE)
		return read_inner(d, known->value.message, field, &field->type, in, &value);
	TRY(read_value(d, in, field, &field->type, &value));
	if (is_foreign(&field->type, &value))
		keep_foreign(d, message, field, from, in->at);
	else
		set_member(d, message, field, &value);
	return OK;
}

static struct str extension_key(const struct pbuf_type *type, int32_t number, char out[12])
{
	memcpy(out, &type->index, 4);
	memcpy(out + 4, &number, 4);
	return str_make(out, 8);
}

/* An extension of the type; they are sorted out when the first unknown field is met. */
static const struct pbuf_field *find_extension(struct decoder *d, const struct pbuf_type *type, int32_t number)
{
	const struct map *all = &d->schema->extensions;
	char key[12];

	for (size_t i = 0; !d->knows_extensions && i < all->n_entries; i++) {
		struct pbuf_field *field = all->entries[i].value;

		if (field->extend->target)
			map_put(&d->extensions,
				str_dup(d->arena, extension_key(field->extend->target, field->number, key)), field);
	}
	d->knows_extensions = true;
	return map_get(&d->extensions, extension_key(type, number, key));
}

bool pbuf_is_decodable(const struct pbuf_use *use)
{
	if (use->kind == PBUF_MAP)
		return (pbuf_is_number(use->key) || use->key->kind == PBUF_STRING) && use->value->kind != PBUF_MAP &&
			pbuf_is_decodable(use->value);
	return use->kind != PBUF_NAMED || use->named != NULL;
}

static bool is_packable(const struct pbuf_field *field)
{
	return field->label == PBUF_REPEATED && pbuf_is_number(&field->type);
}

static enum err_code read_message(struct decoder *d, struct pbuf_message *message, struct input *in, uint32_t group)
{
	const struct pbuf_field *field;
	uint32_t number;
	unsigned wire;

	if (++d->depth > PBUF_DECODE_DEPTH)
		return fault(d, in->at, "messages are nested too deep", STR(""));
	while (in->at < in->end) {
		const char *from = in->at;

		TRY(read_tag(d, in, &number, &wire));
		if (wire == WIRE_GROUP_END) {
			d->depth--;
			return group != 0 && number == group ? OK
												 : fault(d, from, "the end of a group that has not begun", STR(""));
		}
		field = pbuf_field_numbered(message->type, (int32_t)number);
		if (field == NULL)
			field = find_extension(d, message->type, (int32_t)number);
		if (field && !pbuf_is_decodable(&field->type))
			field = NULL;
		d->type = message->type;
		d->field = field;
		if (field && wire == pbuf_wire_of(&field->type))
			TRY(read_field(d, message, field, in));
		else if (field && wire == WIRE_BYTES && is_packable(field))
			TRY(read_packed(d, message, field, in));
		else
			TRY(keep_unknown(d, message, in, number, wire));
	}
	d->depth--;
	return group == 0 ? OK : fault(d, in->at, "the bytes end within a group", STR(""));
}

static enum err_code miss(struct decoder *d, const struct pbuf_type *type, const struct pbuf_field *field)
{
	*d->fault = (struct pbuf_fault){
		.reason = str_printf(d->arena, "the required field %.*s.%.*s is missing", STR_ARG(type->full),
			STR_ARG(field->name)),
		.offset = d->len,
		.type = type,
		.field = field,
		.is_missing = true,
	};
	return ERR_PARSE;
}

/* Takes out what was set back to nothing, and tells of required fields that are not there. */
static enum err_code tidy(struct decoder *d, struct pbuf_message *message)
{
	const struct pbuf_type *type = message->type;
	size_t n = 0;

	for (size_t i = 0; type->has_required && i < type->n_by_number && !d->is_partial; i++)
		if (type->by_number[i]->label == PBUF_REQUIRED && !find_member(message, type->by_number[i]))
			return miss(d, type, type->by_number[i]);
	for (size_t i = 0; i < message->n_members; i++) {
		struct pbuf_member member = message->members[i];
		bool is_list = member.value.kind == PBUF_D_LIST || member.value.kind == PBUF_D_MAP;

		for (size_t k = 0; is_list && k < member.value.n_items; k++)
			if (member.value.items[k].kind == PBUF_D_MESSAGE)
				TRY(tidy(d, member.value.items[k].message));
		if (member.value.kind == PBUF_D_MESSAGE)
			TRY(tidy(d, member.value.message));
		if (is_list || pbuf_has_presence(member.field) || !pbuf_is_zero(&member.value))
			message->members[n++] = member;
	}
	message->n_members = n;
	return OK;
}

bool pbuf_decode_event(struct arena *arena, const struct pbuf_schema *schema, const struct pbuf_type *type,
	struct str bytes, unsigned flags, const struct pbuf_message **out, struct pbuf_fault *fault)
{
	struct decoder d = {
		.arena = arena, .schema = schema, .fault = fault, .type = type, .start = bytes.data, .len = bytes.len,
		.is_partial = flags & PBUF_PARTIAL, .extensions = map_make(arena),
	};
	struct input in = { bytes.data, bytes.data + bytes.len };
	struct pbuf_message *message = new_message(&d, type);

	if (read_message(&d, message, &in, 0) != OK || tidy(&d, message) != OK)
		return false;
	*out = message;
	return true;
}

enum err_code pbuf_decode(struct arena *arena, const struct pbuf_schema *schema, const struct pbuf_type *type,
	struct str bytes, const struct pbuf_message **out, struct err *err)
{
	struct pbuf_fault fault;

	if (pbuf_decode_event(arena, schema, type, bytes, 0, out, &fault))
		return OK;
	if (fault.is_missing)
		return err_text(err, ERR_PARSE, str_concat(err->arena, STR("Could not decode Protobuf - "), fault.reason));
	return err_text(err, ERR_PARSE,
		str_printf(err->arena, "Could not decode Protobuf - byte %zu: %.*s", fault.offset, STR_ARG(fault.reason)));
}
