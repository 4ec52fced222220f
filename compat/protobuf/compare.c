/* A written and a read message side by side. */
#include "compat/protobuf/compare.h"

#include <math.h>

#include "compat/protobuf/event_int.h"

const char pbuf_no_constant[] = "the number is that of no constant";

bool pbuf_is_closed(const struct pbuf_type *type)
{
	return type->file->syntax != PBUF_PROTO3;
}

bool pbuf_enums_related(const struct pbuf_type *a, const struct pbuf_type *b)
{
	return str_eq(a->local, b->local);
}

const struct pbuf_field *pbuf_field_or_extension(const struct pbuf_schema *schema, const struct pbuf_type *type,
	int32_t number)
{
	const struct pbuf_field *field = pbuf_field_numbered(type, number);

	/* Of several the last counts. */
	for (size_t i = schema->extensions.n_entries; field == NULL && i > 0; i--) {
		const struct pbuf_field *extension = schema->extensions.entries[i - 1].value;

		if (extension->number == number && extension->extend->target == type)
			field = extension;
	}
	return field;
}

/* ---- scalars ---- */

static bool is_integer(const struct pbuf_datum *value)
{
	return value->kind == PBUF_D_INT || value->kind == PBUF_D_UINT || value->kind == PBUF_D_BOOL || value->kind == PBUF_D_ENUM;
}

static bool is_text(const struct pbuf_datum *value)
{
	return value->kind == PBUF_D_STRING || value->kind == PBUF_D_BYTES;
}

static bool is_negative(const struct pbuf_datum *value)
{
	return (value->kind == PBUF_D_INT || value->kind == PBUF_D_ENUM) && value->i < 0;
}

static uint64_t bits_of(const struct pbuf_datum *value)
{
	return value->kind == PBUF_D_BOOL ? value->b : value->u;
}

static bool same_number(const struct pbuf_datum *a, const struct pbuf_datum *b)
{
	if (a->kind == PBUF_D_DOUBLE && b->kind == PBUF_D_DOUBLE)
		return a->d == b->d || (isnan(a->d) && isnan(b->d));
	if (a->kind == PBUF_D_DOUBLE || b->kind == PBUF_D_DOUBLE) {
		const struct pbuf_datum *real = a->kind == PBUF_D_DOUBLE ? a : b, *whole = real == a ? b : a;

		return real->d == (is_negative(whole) ? (double)whole->i : (double)bits_of(whole));
	}
	return is_negative(a) == is_negative(b) && bits_of(a) == bits_of(b);
}

enum { MOST_NAMES = 100 }; /* of one number that are looked at */

static bool has_constant(const struct pbuf_type *type, struct str name, int32_t *number)
{
	for (size_t i = 0; i < type->n_constants; i++) {
		if (str_eq(type->constants[i].name, name)) {
			*number = type->constants[i].number;
			return true;
		}
	}
	return false;
}

/* Whether a constant of one enum's number is one of the other's, by name. */
static bool shares_name(const struct pbuf_type *from, int32_t w, const struct pbuf_type *to, int32_t r)
{
	int32_t number;

	for (size_t i = 0, n = 0; i < from->n_constants && n < MOST_NAMES; i++) {
		if (from->constants[i].number != w)
			continue;
		if (has_constant(to, from->constants[i].name, &number) && number == r)
			return true;
		n++;
	}
	return false;
}

/* The same number of two enums. */
static const char *differ_enums(const struct pbuf_type *from, const struct pbuf_type *to, int32_t number)
{
	bool named = str_present(pbuf_constant_name(to, number)), moved = false;
	int32_t other;

	if (from == to || !str_present(pbuf_constant_name(from, number)))
		return NULL;
	for (size_t i = 0, n = 0; i < from->n_constants && n < MOST_NAMES; i++) {
		if (from->constants[i].number != number)
			continue;
		n++;
		if (!has_constant(to, from->constants[i].name, &other))
			continue;
		if (other == number)
			return NULL;
		moved = true;
	}
	if (moved || (named && !pbuf_enums_related(from, to)))
		return named ? "it is read as another constant" : "its constant has another number";
	return named || pbuf_enums_related(from, to) ? NULL : pbuf_no_constant;
}

static const char *differ_integers(const struct pbuf_use *from, const struct pbuf_datum *w, const struct pbuf_use *to,
	const struct pbuf_datum *r)
{
	if (!same_number(w, r))
		return "it is read as another number";
	if (r->kind != PBUF_D_ENUM)
		return NULL;
	if (w->kind == PBUF_D_ENUM)
		return differ_enums(from->named, to->named, (int32_t)w->i);
	return str_present(pbuf_constant_name(to->named, (int32_t)r->i)) ? NULL : pbuf_no_constant;
}

static const char *differ_texts(const struct pbuf_datum *w, const struct pbuf_datum *r)
{
	if (!str_eq(w->text, r->text))
		return "it is read as other bytes";
	return r->kind == PBUF_D_STRING && w->kind == PBUF_D_BYTES && !str_is_utf8(r->text) ? "the text is no UTF-8" : NULL;
}

static const char *differ_messages(struct pbuf_compare *c, const struct pbuf_message *w, const struct pbuf_message *r);

/* Two values of their types; what is a message for one side may be its bytes for the other. */
static const char *differ_values(struct pbuf_compare *c, const struct pbuf_use *from, const struct pbuf_datum *w,
	const struct pbuf_use *to, const struct pbuf_datum *r)
{
	if (w->kind == PBUF_D_MESSAGE && r->kind == PBUF_D_MESSAGE)
		return c->shallow ? NULL : differ_messages(c, w->message, r->message);
	if (w->kind == PBUF_D_MESSAGE)
		return r->kind == PBUF_D_BYTES ? NULL : "a message is read as something else";
	if (r->kind == PBUF_D_MESSAGE)
		return is_text(w) ? NULL : "it is read as a message";
	if (is_text(w) && is_text(r))
		return differ_texts(w, r);
	if (is_integer(w) && is_integer(r))
		return differ_integers(from, w, to, r);
	if (is_text(w) || is_text(r))
		return "it is read as something else";
	return same_number(w, r) ? NULL : "it is read as another number";
}

/* ---- members ---- */

static bool is_comparable(const struct pbuf_datum *a, const struct pbuf_datum *b)
{
	return is_text(a) == is_text(b);
}

static bool is_many(const struct pbuf_datum *value)
{
	return value->kind == PBUF_D_LIST || value->kind == PBUF_D_MAP;
}

/* Not set on both sides: what stands for it. */
static const char *differ_absent(struct pbuf_compare *c, const struct pbuf_field *from, const struct pbuf_field *to)
{
	struct pbuf_datum w, r;
	const char *reason;

	if (!pbuf_absent_value(c->arena, from, &w))
		return NULL;
	if (!pbuf_absent_value(c->arena, to, &r))
		return from->default_value && to->label == PBUF_REPEATED && !pbuf_is_zero(&w) ? "its default is lost" : NULL;
	if (!is_comparable(&w, &r))
		return NULL;
	/* Nothing is on the wire: a constant is the same whatever its number. */
	if (w.kind == PBUF_D_ENUM && r.kind == PBUF_D_ENUM && shares_name(from->type.named, (int32_t)w.i, to->type.named, (int32_t)r.i))
		return NULL;
	reason = differ_values(c, &from->type, &w, &to->type, &r);
	return reason ? "when it is not set, another default stands for it" : NULL;
}

/* The reader has nothing; a zero that it does not keep is none the less read. */
static const char *differ_lost(struct pbuf_compare *c, const struct pbuf_field *from, const struct pbuf_datum *w,
	const struct pbuf_field *to)
{
	const struct pbuf_datum *value = w;
	struct pbuf_datum zero;

	if (is_many(w) && w->n_items == 0)
		return NULL;
	if (w->kind == PBUF_D_LIST && w->n_items == 1)
		value = &w->items[0];
	/* An empty message is no bytes. */
	if (value->kind == PBUF_D_MESSAGE && from->type.kind != PBUF_GROUP && to->type.kind == PBUF_BYTES
		&& pbuf_encode(c->arena, value->message).len == 0)
		return NULL;
	if (is_many(value) || value->kind == PBUF_D_MESSAGE || !pbuf_absent_value(c->arena, to, &zero)
		|| !is_comparable(value, &zero) || differ_values(c, &from->type, value, &to->type, &zero))
		return "it is lost: the reader takes it for an unknown field or for another one";
	return NULL;
}

static const char *differ_entries(struct pbuf_compare *c, const struct pbuf_field *from, const struct pbuf_datum w[2],
	const struct pbuf_field *to, const struct pbuf_datum r[2])
{
	const char *reason = differ_values(c, from->type.key, &w[0], to->type.key, &r[0]);

	return reason ? reason : differ_values(c, from->type.value, &w[1], to->type.value, &r[1]);
}

/* Part 1 or 2 of an entry that is a message on one side: not set, it is zero. */
static struct pbuf_datum part_of(struct pbuf_compare *c, const struct pbuf_message *message, const struct pbuf_field *field)
{
	const struct pbuf_datum *found = pbuf_member_numbered(message, field->number);
	struct pbuf_datum zero = { .kind = PBUF_D_MESSAGE };

	if (found)
		return *found;
	if (!pbuf_absent_value(c->arena, field, &zero) && field->type.named)
		zero.message = pbuf_message_make(c->arena, field->type.named);
	return zero;
}

/* A map's entry and a message with a key and a value. */
static const char *differ_entry(struct pbuf_compare *c, const struct pbuf_field *map, const struct pbuf_datum entry[2],
	const struct pbuf_message *message, bool written)
{
	for (int32_t number = 1; number <= 2; number++) {
		const struct pbuf_use *use = number == 1 ? map->type.key : map->type.value;
		const struct pbuf_field *field = pbuf_field_numbered(message->type, number);
		struct pbuf_datum part;
		const char *reason;

		if (field == NULL)
			continue;
		part = part_of(c, message, field);
		if (is_many(&part) || (part.kind == PBUF_D_MESSAGE && part.message == NULL))
			return "an entry of a map is read as something else";
		reason = written ? differ_values(c, use, &entry[number - 1], &field->type, &part)
						 : differ_values(c, &field->type, &part, use, &entry[number - 1]);
		if (reason)
			return reason;
	}
	return NULL;
}

/* Element `i` of what was written with the one of what was read that it has become. */
static const char *differ_elements(struct pbuf_compare *c, const struct pbuf_field *from, const struct pbuf_datum *w,
	size_t i, const struct pbuf_field *to, const struct pbuf_datum *r, size_t k)
{
	if (w->kind == PBUF_D_MAP && r->kind == PBUF_D_MAP)
		return differ_entries(c, from, &w->items[2 * i], to, &r->items[2 * k]);
	if (w->kind == PBUF_D_MAP)
		return r->items[k].kind == PBUF_D_MESSAGE ? differ_entry(c, from, &w->items[2 * i], r->items[k].message, true)
												  : "an entry of a map is read as something else";
	if (r->kind == PBUF_D_MAP)
		return w->items[i].kind == PBUF_D_MESSAGE ? differ_entry(c, to, &r->items[2 * k], w->items[i].message, false)
												  : "it is read as an entry of a map";
	return differ_values(c, &from->type, &w->items[i], &to->type, &r->items[k]);
}

static size_t count_of(const struct pbuf_datum *value)
{
	return value->kind == PBUF_D_MAP ? value->n_items / 2 : value->kind == PBUF_D_LIST ? value->n_items : 1;
}

/* The entries of a map are read in any order. */
static const char *differ_unordered(struct pbuf_compare *c, const struct pbuf_field *from, const struct pbuf_datum *w,
	const struct pbuf_field *to, const struct pbuf_datum *r)
{
	for (size_t i = 0; i < count_of(w); i++) {
		const char *reason = "an entry of the map is lost";

		for (size_t k = 0; k < count_of(r) && reason; k++)
			reason = differ_elements(c, from, w, i, to, r, (i + k) % count_of(r));
		if (reason)
			return reason;
	}
	return NULL;
}

static const char *differ_many(struct pbuf_compare *c, const struct pbuf_field *from, const struct pbuf_datum *w,
	const struct pbuf_field *to, const struct pbuf_datum *r)
{
	struct pbuf_datum one;

	if (!is_many(w)) {
		one = *w;
		w = &(struct pbuf_datum){ .kind = PBUF_D_LIST, .items = &one, .n_items = 1 };
		return count_of(r) == 1 ? differ_elements(c, from, w, 0, to, r, 0) : "it is read as several elements";
	}
	if (!is_many(r)) {
		one = *r;
		r = &(struct pbuf_datum){ .kind = PBUF_D_LIST, .items = &one, .n_items = 1 };
		return count_of(w) == 1 ? differ_elements(c, from, w, 0, to, r, 0) : "its elements are read as one";
	}
	if (count_of(w) != count_of(r))
		return "elements are lost or made up";
	if (w->kind == PBUF_D_MAP || r->kind == PBUF_D_MAP)
		return differ_unordered(c, from, w, to, r);
	for (size_t i = 0; i < count_of(w); i++) {
		const char *reason = differ_elements(c, from, w, i, to, r, i);

		if (reason)
			return reason;
	}
	return NULL;
}

static const char *differ_members(struct pbuf_compare *c, const struct pbuf_field *from, const struct pbuf_datum *w,
	const struct pbuf_field *to, const struct pbuf_datum *r)
{
	struct pbuf_datum zero;

	if (w == NULL && r == NULL)
		return differ_absent(c, from, to);
	if (r == NULL)
		return differ_lost(c, from, w, to);
	if (w == NULL && (is_many(r) || !pbuf_absent_value(c->arena, from, &zero)))
		return is_many(r) && r->n_items > 0 ? "what was not written is read" : NULL;
	if (w == NULL)
		w = &zero;
	if (is_many(w) || is_many(r))
		return differ_many(c, from, w, to, r);
	return differ_values(c, &from->type, w, &to->type, r);
}

bool pbuf_same_member(struct pbuf_compare *c, const struct pbuf_field *written, const struct pbuf_message *from,
	const struct pbuf_field *read, const struct pbuf_message *to)
{
	c->path = STR("");
	c->reason = differ_members(c, written, pbuf_member_numbered(from, written->number), read,
		pbuf_member_numbered(to, read->number));
	if (c->reason)
		c->path = c->path.len == 0 ? read->name
								   : str_printf(c->arena, "%.*s.%.*s", STR_ARG(read->name), STR_ARG(c->path));
	return c->reason == NULL;
}

static bool differs_at(struct pbuf_compare *c, const struct pbuf_message *w, const struct pbuf_message *r,
	const struct pbuf_field *from)
{
	const struct pbuf_field *to = pbuf_field_or_extension(c->reader, r->type, from->number);

	return to && !pbuf_same_member(c, from, w, to, r);
}

static const char *differ_messages(struct pbuf_compare *c, const struct pbuf_message *w, const struct pbuf_message *r)
{
	for (size_t i = 0; i < w->type->n_by_number; i++) {
		const struct pbuf_field *field = w->type->by_number[i];

		/* Of several with one number the last counts. */
		if (i + 1 < w->type->n_by_number && w->type->by_number[i + 1]->number == field->number)
			continue;
		if (differs_at(c, w, r, field))
			return c->reason;
	}
	for (size_t i = 0; i < c->writer->extensions.n_entries; i++) {
		const struct pbuf_field *field = c->writer->extensions.entries[i].value;

		if (field->extend->target == w->type && pbuf_field_or_extension(c->writer, w->type, field->number) == field
			&& differs_at(c, w, r, field))
			return c->reason;
	}
	return NULL;
}

bool pbuf_same(struct pbuf_compare *c, const struct pbuf_message *written, const struct pbuf_message *read)
{
	c->path = STR("");
	c->reason = differ_messages(c, written, read);
	return c->reason == NULL;
}
