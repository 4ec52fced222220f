/* Events that are tried: messages with what they must have, and values at the edges of their types. */
#include "compat/protobuf/judge_int.h"

enum { MOST_FILLED = 1000 }; /* members of a message that is filled with what is required */

/* What a message needs. */
struct pbuf_filled {
	size_t size;     /* of its members, nested ones included; 0: not known yet */
	bool impossible; /* it needs itself, or too much */
	bool endless;    /* itself */
	bool active;
};

static struct pbuf_filled *filled_of(struct pbuf_judge *j, const struct pbuf_type *type)
{
	struct str key = str_make((const char *)&type, sizeof(type));
	struct pbuf_filled *filled = map_get(&j->filled, key);

	if (filled == NULL) {
		filled = arena_new(j->arena, struct pbuf_filled);
		map_put(&j->filled, str_dup(j->arena, key), filled);
	}
	return filled;
}

static bool is_last_of_number(const struct pbuf_type *type, size_t i)
{
	return i + 1 == type->n_by_number || type->by_number[i + 1]->number != type->by_number[i]->number;
}

static const struct pbuf_type *message_of(const struct pbuf_use *use)
{
	return use->kind == PBUF_GROUP || (use->kind == PBUF_NAMED && use->named && !use->named->is_enum) ? use->named : NULL;
}

/* How many members a message has at least; as deep as messages can be decoded. */
static bool measure(struct pbuf_judge *j, const struct pbuf_type *type, unsigned depth, size_t *out)
{
	struct pbuf_filled *filled = filled_of(j, type);
	size_t size = 1;

	if (filled->active)
		filled->endless = filled->impossible = true;
	if (filled->impossible || depth > PBUF_DECODE_DEPTH / 2)
		return false;
	if (filled->size == 0) {
		filled->active = true;
		for (size_t i = 0; type->has_required && i < type->n_by_number; i++) {
			const struct pbuf_field *field = type->by_number[i];
			const struct pbuf_type *inner = message_of(&field->type);
			size_t more = 1;

			if (field->label != PBUF_REQUIRED || !is_last_of_number(type, i))
				continue;
			if ((field->type.kind == PBUF_NAMED && field->type.named == NULL) || (inner && !measure(j, inner, depth + 1, &more))
				|| size + more > MOST_FILLED) {
				filled->impossible = true;
				filled->endless = inner && filled_of(j, inner)->endless;
				break;
			}
			size += more;
		}
		filled->active = false;
		filled->size = size;
	}
	*out = filled->size;
	return !filled->impossible;
}

bool pbuf_is_endless(struct pbuf_judge *j, const struct pbuf_type *type)
{
	size_t ignored;

	return !measure(j, type, 0, &ignored) && filled_of(j, type)->endless;
}

struct pbuf_message *pbuf_fill(struct pbuf_judge *j, struct arena *arena, const struct pbuf_type *type,
	const struct pbuf_field *without)
{
	struct pbuf_message *message = pbuf_message_make(arena, type);
	size_t size = 0;

	if (!measure(j, type, 0, &size) || !pbuf_spend(j, size + (type->has_required ? type->n_by_number / 8 : 0)))
		return NULL;
	for (size_t i = 0; type->has_required && i < type->n_by_number; i++) {
		const struct pbuf_field *field = type->by_number[i];
		struct pbuf_datum value;

		if (field->label != PBUF_REQUIRED || field == without || !is_last_of_number(type, i))
			continue;
		value = pbuf_zero_value(&field->type);
		if (message_of(&field->type))
			value = (struct pbuf_datum){
				.kind = PBUF_D_MESSAGE, .message = pbuf_fill(j, arena, message_of(&field->type), NULL),
			};
		*pbuf_member_add(arena, message, field) = value;
	}
	return message;
}

/* ---- values ---- */

struct values {
	struct pbuf_datum *items;
	size_t n;
	struct pbuf_datum like;
};

static void add(struct values *v, int64_t number)
{
	struct pbuf_datum value = v->like;

	value.i = number;
	for (size_t i = 0; i < v->n; i++)
		if (v->items[i].i == number)
			return;
	if (v->n < PBUF_MOST_VALUES)
		v->items[v->n++] = value;
}

/* Around the limits of narrower types and of other readings of the sign. */
static void add_numbers(struct values *v, enum pbuf_kind kind)
{
	bool is_signed = v->like.kind == PBUF_D_INT;
	bool is_wide = kind == PBUF_INT64 || kind == PBUF_SINT64 || kind == PBUF_SFIXED64 || kind == PBUF_UINT64 || kind == PBUF_FIXED64;

	add(v, 1);
	if (is_signed)
		add(v, -1);
	add(v, 2);
	if (is_wide || !is_signed)
		add(v, INT64_C(1) << 31);
	if (is_wide) {
		add(v, INT64_C(1) << 32);
		add(v, is_signed ? INT64_MIN : (int64_t)(UINT64_C(1) << 63));
	} else {
		add(v, is_signed ? INT32_MAX : (int64_t)UINT32_MAX);
	}
	add(v, 1234567);
	add(v, 0);
}

static void add_enum(struct pbuf_judge *j, struct values *v, const struct pbuf_type *type, const struct pbuf_use *read_as)
{
	const struct pbuf_constant *least = type->constants, *most = least, *other = least;

	if (type->n_constants == 0 || !pbuf_spend(j, type->n_constants / 8))
		return;
	if (read_as && read_as->named && read_as->named->is_enum) {
		const struct pbuf_enum_pair *pair = pbuf_enum_pair(j, type, read_as->named);

		if (pair->moved)
			add(v, pair->moved->number);
		if (pair->unnamed)
			add(v, pair->unnamed->number);
	}
	for (size_t i = 0; i < type->n_constants; i++) {
		const struct pbuf_constant *constant = &type->constants[i];

		if (constant->number < least->number)
			least = constant;
		if (constant->number > most->number)
			most = constant;
		if (other->number == 0 || other->number == 1)
			other = constant;
	}
	add(v, most->number);
	add(v, least->number);
	add(v, other->number);
	add(v, type->constants[0].number);
}

static void add_text(struct values *v, struct str text)
{
	v->items[v->n] = v->like;
	v->items[v->n++].text = text;
}

size_t pbuf_values(struct pbuf_judge *j, struct arena *arena, const struct pbuf_use *use, const struct pbuf_use *read_as,
	struct pbuf_datum out[PBUF_MOST_VALUES])
{
	struct values v = { .items = out, .like = pbuf_zero_value(use) };
	const struct pbuf_type *inner = message_of(use);

	v.like.u = 0;
	if (inner) {
		struct pbuf_message *message = pbuf_fill(j, arena, inner, NULL);

		if (message)
			v.items[v.n++] = (struct pbuf_datum){ .kind = PBUF_D_MESSAGE, .message = message };
	} else if (use->kind == PBUF_STRING) {
		add_text(&v, STR("a"));
		add_text(&v, STR("\1\1"));
		add_text(&v, STR(""));
	} else if (use->kind == PBUF_BYTES) {
		add_text(&v, STR("\xff"));
		add_text(&v, STR("a"));
		add_text(&v, STR(""));
	} else if (use->kind == PBUF_DOUBLE || use->kind == PBUF_FLOAT) {
		v.like.d = 1.5;
		v.items[v.n++] = v.like;
		v.like.d = 0;
		v.items[v.n++] = v.like;
	} else if (use->kind == PBUF_BOOL) {
		v.items[v.n++] = (struct pbuf_datum){ .kind = PBUF_D_BOOL, .b = true };
		v.items[v.n++] = (struct pbuf_datum){ .kind = PBUF_D_BOOL };
	} else if (use->kind == PBUF_NAMED && use->named) {
		add_enum(j, &v, use->named, read_as);
	} else if (use->kind < PBUF_SCALARS) {
		add_numbers(&v, use->kind);
	}
	return v.n;
}

/* Writes a field that may be left out; a zero that would not be written does not count. */
static void write_it(struct pbuf_judge *j, struct arena *arena, struct pbuf_message *message, const struct pbuf_field *w,
	const struct pbuf_field *r)
{
	struct pbuf_datum values[PBUF_MOST_VALUES];
	size_t n = pbuf_values(j, arena, &w->type, &r->type, values);

	for (size_t i = 0; i < n; i++) {
		if (!pbuf_has_presence(w) && pbuf_is_zero(&values[i]))
			continue;
		*pbuf_member_add(arena, message, w) = values[i];
		return;
	}
}

/* What a reader requires and the writer may leave out is written, so that nothing else fails than what is meant. */
struct pbuf_message *pbuf_fill_pair(struct pbuf_judge *j, struct arena *arena, const struct pbuf_pair *pair,
	const struct pbuf_field *without)
{
	struct pbuf_message *message = pbuf_fill(j, arena, pair->w, without);

	if (pair->r->has_required && !pbuf_spend(j, pair->r->n_by_number / 8))
		return NULL;
	for (size_t i = 0; message && pair->r->has_required && i < pair->r->n_by_number; i++) {
		const struct pbuf_field *r = pair->r->by_number[i];
		const struct pbuf_field *w = r->label == PBUF_REQUIRED ? pbuf_field_numbered(pair->w, r->number) : NULL;

		if (w && w != without && !w->oneof && (w->label == PBUF_OPTIONAL || w->label == PBUF_UNLABELLED)
			&& w->type.kind != PBUF_MAP && !pbuf_member_numbered(message, w->number))
			write_it(j, arena, message, w, r);
	}
	return message;
}
