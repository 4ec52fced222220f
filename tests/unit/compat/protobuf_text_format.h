/* Decoded messages in the text format on one line, as `protoc --decode` prints them but for its line breaks. */
#ifndef TESTS_UNIT_COMPAT_PROTOBUF_TEXT_FORMAT_H
#define TESTS_UNIT_COMPAT_PROTOBUF_TEXT_FORMAT_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "compat/protobuf/decode.h"

static inline void put_message_text(struct buf *b, const struct pbuf_message *message);

static inline void put_string_text(struct buf *b, struct str text)
{
	static const char special[] = "\n\r\t\"'\\", letters[] = "nrt\"'\\";

	buf_add_c(b, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		const char *found = c ? strchr(special, c) : NULL;

		if (found)
			buf_printf(b, "\\%c", letters[found - special]);
		else if (c < 0x20 || c >= 0x7F)
			buf_printf(b, "\\%03o", c);
		else
			buf_add_c(b, (char)c);
	}
	buf_add_c(b, '"');
}

static inline void put_double_text(struct buf *b, double value, bool narrow)
{
	char text[40];

	for (int digits = narrow ? 6 : 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (narrow ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			break;
	}
	buf_add(b, str_of(text));
}

static inline void put_datum_text(struct buf *b, struct str name, const struct pbuf_use *use, const struct pbuf_datum *d)
{
	struct str constant;

	buf_add(b, name);
	if (d->kind == PBUF_D_MESSAGE) {
		buf_lit(b, " { ");
		put_message_text(b, d->message);
		buf_lit(b, "} ");
		return;
	}
	buf_lit(b, ": ");
	switch (d->kind) {
	case PBUF_D_INT:
		buf_add_i64(b, d->i);
		break;
	case PBUF_D_UINT:
		buf_printf(b, "%" PRIu64, d->u);
		break;
	case PBUF_D_DOUBLE:
		put_double_text(b, d->d, use->kind == PBUF_FLOAT);
		break;
	case PBUF_D_BOOL:
		buf_add(b, d->b ? STR("true") : STR("false"));
		break;
	case PBUF_D_ENUM:
		constant = pbuf_constant_name(use->named, (int32_t)d->i);
		if (str_present(constant))
			buf_add(b, constant);
		else
			buf_add_i64(b, d->i);
		break;
	default:
		put_string_text(b, d->text);
		break;
	}
	buf_add_c(b, ' ');
}

static inline void put_member_text(struct buf *b, const struct pbuf_member *member)
{
	const struct pbuf_field *field = member->field;
	const struct pbuf_datum *d = &member->value;
	struct str name = field->name;

	if (field->extend)
		name = str_printf(b->arena, "[%.*s]", STR_ARG(field->full));
	for (size_t i = 0; d->kind == PBUF_D_LIST && i < d->n_items; i++)
		put_datum_text(b, name, &field->type, &d->items[i]);
	for (size_t i = 0; d->kind == PBUF_D_MAP && i < d->n_items; i += 2) {
		buf_add(b, name);
		buf_lit(b, " { ");
		put_datum_text(b, STR("key"), field->type.key, &d->items[i]);
		put_datum_text(b, STR("value"), field->type.value, &d->items[i + 1]);
		buf_lit(b, "} ");
	}
	if (d->kind != PBUF_D_LIST && d->kind != PBUF_D_MAP)
		put_datum_text(b, name, &field->type, d);
}

static inline void put_unknown_text(struct buf *b, const struct pbuf_unknown *unknown)
{
	uint64_t value = 0;

	buf_printf(b, "%u", unknown->number);
	if (unknown->wire == 3) {
		buf_lit(b, " { group } ");
		return;
	}
	buf_lit(b, ": ");
	if (unknown->wire == 2) {
		put_string_text(b, unknown->bytes);
		buf_add_c(b, ' ');
		return;
	}
	for (size_t i = unknown->bytes.len; i > 0; i--)
		value = unknown->wire == 0 ? value << 7 | (unknown->bytes.data[i - 1] & 0x7F)
								   : value << 8 | (unsigned char)unknown->bytes.data[i - 1];
	if (unknown->wire == 0)
		buf_printf(b, "%" PRIu64 " ", value);
	else
		buf_printf(b, "0x%0*" PRIx64 " ", unknown->wire == 1 ? 16 : 8, value);
}

static inline void put_message_text(struct buf *b, const struct pbuf_message *message)
{
	int64_t last = INT64_MIN, next;

	do { /* by number; there are few */
		next = INT64_MAX;
		for (size_t i = 0; i < message->n_members; i++)
			if (message->members[i].field->number > last && message->members[i].field->number < next)
				next = message->members[i].field->number;
		for (size_t i = 0; i < message->n_members; i++)
			if (message->members[i].field->number == next)
				put_member_text(b, &message->members[i]);
		last = next;
	} while (next != INT64_MAX);
	for (size_t i = 0; i < message->n_unknown; i++)
		put_unknown_text(b, &message->unknown[i]);
}

/* Without the blank at the end. */
static inline struct str message_text(struct arena *arena, const struct pbuf_message *message)
{
	struct buf b = buf_make(arena, 128);

	put_message_text(&b, message);
	return str_trim(buf_str(&b));
}

#endif
