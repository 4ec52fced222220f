/* Options as text and as messages: values of both kinds turned into each other. */
#include "compat/protobuf/descriptor.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "compat/protobuf/decode_int.h"

/* ---- from messages ---- */

/* The shortest decimal that is read as the same number. */
static struct str double_text(struct arena *arena, double value)
{
	char text[40];

	if (isnan(value))
		return STR("nan");
	if (isinf(value))
		return value > 0 ? STR("inf") : STR("-inf");
	for (int digits = 6; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	return str_dup(arena, str_of(text));
}

static struct pbuf_value message_value(struct arena *arena, const struct pbuf_message *message);

static struct pbuf_value value_of(struct arena *arena, const struct pbuf_use *use, const struct pbuf_datum *datum)
{
	struct pbuf_value value = { .kind = PBUF_V_NUMBER };
	char number[32];

	switch (datum->kind) {
	case PBUF_D_MESSAGE:
		return message_value(arena, datum->message);
	case PBUF_D_STRING:
	case PBUF_D_BYTES:
		return (struct pbuf_value){ .kind = PBUF_V_STRING, .text = datum->text };
	case PBUF_D_BOOL:
		return (struct pbuf_value){ .kind = PBUF_V_BOOL, .text = datum->b ? STR("true") : STR("false") };
	case PBUF_D_DOUBLE:
		value.text = double_text(arena, datum->d);
		return value;
	case PBUF_D_ENUM:
		value.text = pbuf_constant_name(use->named, (int32_t)datum->i);
		value.kind = str_present(value.text) ? PBUF_V_WORD : PBUF_V_NUMBER;
		break;
	default:
		break;
	}
	if (value.kind == PBUF_V_NUMBER) {
		if (datum->kind == PBUF_D_UINT)
			snprintf(number, sizeof(number), "%llu", (unsigned long long)datum->u);
		else
			snprintf(number, sizeof(number), "%lld", (long long)datum->i);
		value.text = str_dup(arena, str_of(number));
	}
	return value;
}

/* A list of values, or of the entries of a map. */
static struct pbuf_value member_value(struct arena *arena, const struct pbuf_member *member)
{
	struct pbuf_value list = { .kind = PBUF_V_LIST };
	const struct pbuf_datum *datum = &member->value;
	const struct pbuf_use *use = &member->field->type;

	if (datum->kind == PBUF_D_LIST) {
		for (size_t i = 0; i < datum->n_items; i++)
			*pbuf_append(arena, list.items, list.n_items) = value_of(arena, use, &datum->items[i]);
		return list;
	}
	if (datum->kind != PBUF_D_MAP)
		return value_of(arena, use, datum);
	for (size_t i = 0; i + 1 < datum->n_items; i += 2) {
		struct pbuf_value entry = { .kind = PBUF_V_MAP, .n_items = 2 };

		entry.items = arena_array(arena, struct pbuf_value, 2);
		entry.items[0] = value_of(arena, use->key, &datum->items[i]);
		entry.items[0].name = STR("key");
		entry.items[1] = value_of(arena, use->value, &datum->items[i + 1]);
		entry.items[1].name = STR("value");
		*pbuf_append(arena, list.items, list.n_items) = entry;
	}
	return list;
}

static struct pbuf_value message_value(struct arena *arena, const struct pbuf_message *message)
{
	struct pbuf_value map = { .kind = PBUF_V_MAP };

	for (size_t i = 0; i < message->n_members; i++) {
		const struct pbuf_field *field = message->members[i].field;
		struct pbuf_value *entry = pbuf_append(arena, map.items, map.n_items);

		*entry = member_value(arena, &message->members[i]);
		entry->name = field->extend ? str_printf(arena, "[%.*s]", STR_ARG(field->full)) : field->name;
	}
	return map;
}

/* A repeated option of descriptor.proto is written once for each value, one of an extension as a list. */
static void add_option(struct arena *arena, struct pbuf_options *options, const struct pbuf_member *member)
{
	const struct pbuf_field *field = member->field;
	bool is_list = member->value.kind == PBUF_D_LIST && !field->extend;
	struct pbuf_option option = {
		.name = field->extend ? field->full : field->name,
		.parens = field->extend != NULL,
		.extension = field->extend ? field : NULL,
	};

	if (str_eq(field->name, STR("map_entry")) || str_eq(field->name, STR("uninterpreted_option")))
		return;
	for (size_t i = 0; is_list && i < member->value.n_items; i++) {
		option.value = value_of(arena, &field->type, &member->value.items[i]);
		*pbuf_append(arena, options->items, options->n) = option;
	}
	if (is_list)
		return;
	option.value = member_value(arena, member);
	*pbuf_append(arena, options->items, options->n) = option;
}

/* In the order in which descriptor.proto declares them, then extensions. */
struct pbuf_options pbuf_options_from_message(struct arena *arena, const struct pbuf_message *message,
	bool *has_unknown)
{
	struct pbuf_options options = { 0 };
	const struct pbuf_type *type = message->type;

	*has_unknown = *has_unknown || message->n_unknown > 0;
	for (size_t i = 0; i < type->n_fields; i++)
		for (size_t k = 0; k < message->n_members; k++)
			if (message->members[k].field == type->fields[i])
				add_option(arena, &options, &message->members[k]);
	for (size_t k = 0; k < message->n_members; k++)
		if (message->members[k].field->extend)
			add_option(arena, &options, &message->members[k]);
	return options;
}

/* ---- to messages ---- */

static struct pbuf_message *to_message(struct arena *arena, const struct pbuf_value *map, const struct pbuf_type *type);

/* A number in C notation: decimal, octal or hexadecimal. */
static bool to_integer(struct arena *arena, struct str text, bool is_signed, struct pbuf_datum *out)
{
	char *end;
	const char *start = arena_strndup(arena, text.data, text.len);

	errno = 0;
	if (is_signed)
		out->i = strtoll(start, &end, 0);
	else
		out->u = strtoull(start, &end, 0);
	return end != start && *end == '\0' && errno == 0;
}

static bool to_double(struct arena *arena, struct str text, double *out)
{
	char *end;
	const char *start = arena_strndup(arena, text.data, text.len);

	*out = strtod(start, &end);
	return end != start && (*end == '\0' || ((*end == 'f' || *end == 'F') && end[1] == '\0'));
}

static bool to_enum(struct arena *arena, const struct pbuf_value *value, const struct pbuf_type *type,
	struct pbuf_datum *out)
{
	out->kind = PBUF_D_ENUM;
	for (size_t i = 0; i < type->n_constants; i++) {
		if (str_eq(type->constants[i].name, value->text)) {
			out->i = type->constants[i].number;
			return true;
		}
	}
	return value->kind == PBUF_V_NUMBER && to_integer(arena, value->text, true, out);
}

static bool to_scalar(struct arena *arena, const struct pbuf_value *value, enum pbuf_kind kind, struct pbuf_datum *out)
{
	switch (kind) {
	case PBUF_BOOL:
		*out = (struct pbuf_datum){ .kind = PBUF_D_BOOL, .b = str_eq(value->text, STR("true")) };
		return value->kind == PBUF_V_BOOL;
	case PBUF_STRING:
	case PBUF_BYTES:
		*out = (struct pbuf_datum){ .kind = kind == PBUF_STRING ? PBUF_D_STRING : PBUF_D_BYTES, .text = value->text };
		return value->kind == PBUF_V_STRING;
	case PBUF_DOUBLE:
	case PBUF_FLOAT:
		out->kind = PBUF_D_DOUBLE;
		return to_double(arena, value->text, &out->d);
	case PBUF_UINT32:
	case PBUF_UINT64:
	case PBUF_FIXED32:
	case PBUF_FIXED64:
		out->kind = PBUF_D_UINT;
		return to_integer(arena, value->text, false, out);
	default:
		out->kind = PBUF_D_INT;
		return to_integer(arena, value->text, true, out);
	}
}

bool pbuf_option_datum(struct arena *arena, const struct pbuf_value *value, const struct pbuf_use *use,
	struct pbuf_datum *out)
{
	bool is_compound = value->kind == PBUF_V_MAP || value->kind == PBUF_V_LIST;

	if (use->kind < PBUF_SCALARS)
		return !is_compound && to_scalar(arena, value, use->kind, out);
	if (use->kind != PBUF_NAMED || use->named == NULL)
		return false;
	if (use->named->is_enum)
		return !is_compound && to_enum(arena, value, use->named, out);
	if (value->kind != PBUF_V_MAP)
		return false;
	*out = (struct pbuf_datum){ .kind = PBUF_D_MESSAGE, .message = to_message(arena, value, use->named) };
	return true;
}

static const struct pbuf_value *entry_part(const struct pbuf_value *entry, struct str name)
{
	for (size_t i = 0; entry->kind == PBUF_V_MAP && i < entry->n_items; i++)
		if (str_eq(entry->items[i].name, name))
			return &entry->items[i];
	return NULL;
}

static void add_to_map(struct arena *arena, const struct pbuf_value *entry, const struct pbuf_use *use,
	struct pbuf_datum *map)
{
	const struct pbuf_value *key = entry_part(entry, STR("key")), *value = entry_part(entry, STR("value"));
	struct pbuf_datum pair[2];

	if (key && value && pbuf_option_datum(arena, key, use->key, &pair[0]) && pbuf_option_datum(arena, value, use->value, &pair[1])) {
		*pbuf_append(arena, map->items, map->n_items) = pair[0];
		*pbuf_append(arena, map->items, map->n_items) = pair[1];
	}
}

static bool to_member(struct arena *arena, const struct pbuf_value *value, const struct pbuf_field *field,
	struct pbuf_datum *out)
{
	bool is_map = field->type.kind == PBUF_MAP;
	size_t n = value->kind == PBUF_V_LIST ? value->n_items : 1;

	if (field->label != PBUF_REPEATED && !is_map)
		return pbuf_option_datum(arena, value, &field->type, out);
	*out = (struct pbuf_datum){ .kind = is_map ? PBUF_D_MAP : PBUF_D_LIST };
	for (size_t i = 0; i < n; i++) {
		const struct pbuf_value *item = value->kind == PBUF_V_LIST ? &value->items[i] : value;
		struct pbuf_datum datum;

		if (is_map)
			add_to_map(arena, item, &field->type, out);
		else if (pbuf_option_datum(arena, item, &field->type, &datum))
			*pbuf_append(arena, out->items, out->n_items) = datum;
	}
	return out->n_items > 0;
}

static void add_member(struct arena *arena, struct pbuf_message *to, const struct pbuf_value *value,
	const struct pbuf_field *field)
{
	struct pbuf_member member = { .field = field };

	if (field && to_member(arena, value, field, &member.value))
		*pbuf_append(arena, to->members, to->n_members) = member;
}

static struct pbuf_message *to_message(struct arena *arena, const struct pbuf_value *map, const struct pbuf_type *type)
{
	struct pbuf_message *message = arena_new(arena, struct pbuf_message);

	message->type = type;
	for (size_t i = 0; i < map->n_items; i++) {
		const struct pbuf_value *item = &map->items[i];

		add_member(arena, message, item, item->extension ? item->extension : pbuf_field_named(type, item->name));
	}
	return message;
}

/* Custom options that nothing defines, and values that do not fit, are left out. */
struct pbuf_message *pbuf_options_to_message(struct arena *arena, const struct pbuf_options *options,
	const struct pbuf_type *type)
{
	struct pbuf_options merged = pbuf_normal_options(arena, options);
	struct pbuf_message *message = arena_new(arena, struct pbuf_message);

	message->type = type;
	for (size_t i = 0; i < merged.n; i++) {
		const struct pbuf_option *option = &merged.items[i];

		if (option->extension || (!option->parens && !str_present(option->sub)))
			add_member(arena, message, &option->value,
				option->extension ? option->extension : pbuf_field_named(type, option->name));
	}
	return message;
}
