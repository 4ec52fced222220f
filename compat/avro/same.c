/* Whether an event was read as it was written, leaf by leaf, and what is different where it was not. */
#include <math.h>

#include "base/arena.h"
#include "compat/avro/defect.h"
#include "compat/avro/meaning.h"
#include "compat/avro/value_int.h"
#include "compat/avro/witness.h"

struct comparing {
	const struct avsc_graph *g;
	const struct avsc_aim *aim;   /* what is wrong there is told first */
	struct str reason;
	const struct avsc_type *a_union; /* the writer's that the value in hand is of; NULL: of none */
};

static bool compare(struct comparing *c, uint32_t pair, bool chosen, const struct jsn *written, const struct jsn *read);

#define DIFFERS(c, ...) ((c)->reason = str_printf((c)->g->arena, __VA_ARGS__), false)

/* ---- numbers ---- */

/* 2^63, behind the last long. */
#define BEHIND_LONG 9223372036854775808.0

static bool same_number(struct comparing *c, const struct avsc_pair *p, const struct jsn *written,
	const struct jsn *read)
{
	double value = avsc_number_value(read->text), wrote = avsc_number_value(written->text);
	int64_t whole, same;
	bool is_same;

	if (read->kind != JSN_NUMBER || written->kind != JSN_NUMBER)
		return true; /* NaN and the infinities stay what they are */
	if (p->writer->kind == AVSC_FLOAT)
		is_same = (double)(float)wrote == value;
	else if (p->writer->kind == AVSC_DOUBLE)
		is_same = wrote == value;
	else if (!str_to_i64(written->text, &whole))
		return true;
	else if (str_to_i64(read->text, &same))
		is_same = whole == same;
	else
		is_same = value >= -BEHIND_LONG && value < BEHIND_LONG && (int64_t)value == whole && trunc(value) == value;
	if (is_same)
		return true;
	return DIFFERS(c, "%.*s becomes %.*s: %s does not hold all of the digits", STR_ARG(written->text), STR_ARG(read->text),
		avsc_kind_name(p->reader->kind));
}

/* ---- text and bytes ---- */

/* The bytes that JSON of "bytes" and "fixed" stands for: each character is a byte. */
static struct str bytes_of(struct arena *arena, struct str text)
{
	char *out = arena_alloc_text(arena, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = (uint8_t)text.data[i];

		if (byte >= 0xC0 && i + 1 < text.len)
			byte = (uint8_t)(byte << 6 | ((uint8_t)text.data[++i] & 0x3F));
		out[n++] = (char)byte;
	}
	return str_make(out, n);
}

static struct str raw(struct arena *arena, const struct avsc_type *type, struct str text)
{
	return type->kind == AVSC_STRING ? text : bytes_of(arena, text);
}

static bool same_text(struct comparing *c, const struct avsc_pair *p, bool chosen, const struct jsn *written,
	const struct jsn *read)
{
	struct str a = raw(c->g->arena, p->writer, written->text), b = raw(c->g->arena, p->reader, read->text);

	if (!str_eq(a, b))
		return DIFFERS(c, "the reader has other bytes");
	if (chosen && p->writer->kind == AVSC_STRING && p->reader->kind == AVSC_BYTES)
		return DIFFERS(c, "the text becomes bytes: the program gets a value of another type");
	return true;
}

/* ---- what logical types make of it ---- */

/* Decimal digits of the absolute value of a big-endian two's complement number, up to 18; more are that many. */
static int64_t digits_of(struct str bytes)
{
	int64_t value = 0, digits = 0;
	bool negative = bytes.len > 0 && (bytes.data[0] & 0x80);
	size_t first = 0;

	while (first + 1 < bytes.len && (uint8_t)bytes.data[first] == (negative ? 0xFF : 0))
		first++;
	if (bytes.len - first > 7)
		return (int64_t)(2.4 * (double)(bytes.len - first - 1));
	for (size_t i = first; i < bytes.len; i++)
		value = value << 8 | (negative ? (uint8_t)~bytes.data[i] : (uint8_t)bytes.data[i]);
	value += negative;
	for (; value > 0; value /= 10)
		digits++;
	return digits;
}

static bool same_decimal(struct comparing *c, const struct avsc_meaning *w, const struct avsc_meaning *r, struct str bytes)
{
	int64_t digits = digits_of(bytes);

	if (w->scale != r->scale && digits > 0)
		return DIFFERS(c, "the reader puts the decimal point %lld digits from the end, the writer %lld",
			(long long)r->scale, (long long)w->scale);
	if (digits > r->precision && digits <= w->precision)
		return DIFFERS(c, "a decimal of %lld digits, of which the reader's has at most %lld", (long long)digits,
			(long long)r->precision);
	return true;
}

/* Values of the same base; what only one side gives a meaning is no difference that an event shows. */
static bool same_meaning(struct comparing *c, const struct avsc_pair *p, const struct jsn *written)
{
	struct avsc_meaning w = avsc_meaning_of(p->writer), r = avsc_meaning_of(p->reader);
	bool texts = p->reader->kind == AVSC_STRING && p->writer->kind == AVSC_STRING;

	if (texts && r.sense == AVSC_SENSE_UUID && w.sense != AVSC_SENSE_UUID && !avsc_is_uuid(written->text))
		return DIFFERS(c, "\"%.*s\" is no UUID, as the reader takes it for one", STR_ARG(written->text));
	if (w.sense == AVSC_SENSE_PLAIN || r.sense == AVSC_SENSE_PLAIN)
		return true;
	if (w.sense == AVSC_SENSE_DECIMAL && r.sense == AVSC_SENSE_DECIMAL)
		return same_decimal(c, &w, &r, bytes_of(c->g->arena, written->text));
	if (w.sense == r.sense && str_eq(w.name, r.name))
		return true;
	if (w.sense == r.sense && w.unit != 0 && str_eq(written->text, STR("0")))
		return true;
	return DIFFERS(c, "what is written as %.*s is read as %.*s", STR_ARG(w.name), STR_ARG(r.name));
}

static bool compare_leaf(struct comparing *c, const struct avsc_pair *p, bool chosen, const struct jsn *written,
	const struct jsn *read)
{
	switch (p->writer->kind) {
	case AVSC_INT:
	case AVSC_LONG:
	case AVSC_FLOAT:
	case AVSC_DOUBLE:
		return same_number(c, p, written, read) && same_meaning(c, p, written);
	case AVSC_BYTES:
	case AVSC_STRING:
	case AVSC_FIXED:
		return same_text(c, p, chosen, written, read) && same_meaning(c, p, written);
	case AVSC_BOOLEAN:
		return written->boolean == read->boolean || DIFFERS(c, "true and false are exchanged");
	case AVSC_ENUM:
		return str_eq(written->text, read->text) || !avsc_symbol_find(p->reader, written->text) ||
			DIFFERS(c, "%.*s becomes %.*s", STR_ARG(written->text), STR_ARG(read->text));
	default:
		return true;
	}
}

/* ---- what holds them ---- */

bool avsc_looks_same(const struct jsn *written, const struct jsn *read)
{
	bool same = read && written->kind == read->kind;

	if (!same || written->kind == JSN_NULL)
		return same;
	if (written->kind == JSN_NUMBER)
		return avsc_number_value(written->text) == avsc_number_value(read->text);
	if (written->kind != JSN_OBJECT && written->kind != JSN_ARRAY)
		return written->boolean == read->boolean && str_eq(written->text, read->text);
	for (size_t i = 0; i < written->n_items && same; i++)
		same = avsc_looks_same(&written->items[i], written->kind == JSN_OBJECT ? jsn_get(read, written->items[i].name)
			: i < read->n_items ? &read->items[i] : NULL);
	return same && (written->kind == JSN_OBJECT || written->n_items == read->n_items);
}

static const struct jsn *inner_of(const struct jsn *value)
{
	return value->kind == JSN_OBJECT && value->n_items == 1 ? &value->items[0] : value;
}

static bool compare_branch(struct comparing *c, const struct avsc_pair *p, uint32_t i, bool chosen, const struct jsn *written,
	const struct jsn *read)
{
	c->a_union = p->writer;
	return compare(c, c->g->edges[p->first_edge + i].to, chosen, written, read);
}

static bool compare_written_union(struct comparing *c, const struct avsc_pair *p, bool chosen, const struct jsn *written,
	const struct jsn *read)
{
	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct avsc_type *branch = p->writer->branches[i];
		struct str name = avsc_kind_is_named(branch->kind) ? branch->name.full : str_of(avsc_kind_name(branch->kind));

		if (branch->kind == AVSC_NULL ? written->kind == JSN_NULL
									  : written->kind == JSN_OBJECT && str_eq(inner_of(written)->name, name))
			return compare_branch(c, p, i, chosen, inner_of(written), read);
	}
	return DIFFERS(c, "the event has no branch of the writer's union");
}

/* A field that has its default although what it was called before is written. */
static bool is_lost(struct comparing *c, const struct avsc_pair *p, const struct jsn *written, const struct jsn *read)
{
	bool *given = arena_array(c->g->arena, bool, p->reader->n_fields);

	for (uint32_t i = p->first_edge; i < p->first_edge + p->n_edges; i++)
		given[c->g->edges[i].reader_index] = true;
	for (size_t i = 0; i < p->reader->n_fields; i++) {
		const struct avsc_field *field = &p->reader->fields[i];
		const struct avsc_field *lost = given[i] ? NULL : avsc_lost_field(c->g, p, field);

		if (lost && !avsc_looks_same(&written->items[lost - p->writer->fields], jsn_get(read, lost->name))) {
			c->reason = str_printf(c->g->arena, "the value of field %.*s is lost: field %.*s has its default",
				STR_ARG(lost->name), STR_ARG(field->name));
			return true;
		}
	}
	return false;
}

/* Whether a field's value is in a field of another name, and its own has another one. */
static bool is_elsewhere(struct comparing *c, const struct avsc_pair *p, const struct avsc_edge *edge,
	const struct jsn *written, const struct jsn *read)
{
	const struct avsc_field *wrote = &p->writer->fields[edge->writer_index];
	const struct avsc_field *has = &p->reader->fields[edge->reader_index];

	if (str_eq(wrote->name, has->name) || !avsc_field_find(p->reader, wrote->name) ||
		avsc_looks_same(&written->items[edge->writer_index], jsn_get(read, wrote->name)))
		return false;
	c->reason = str_printf(c->g->arena, "the value of field %.*s is in field %.*s, and %.*s has another", STR_ARG(wrote->name),
		STR_ARG(has->name), STR_ARG(wrote->name));
	return true;
}

static bool compare_record(struct comparing *c, const struct avsc_pair *p, bool chosen, const struct jsn *written,
	const struct jsn *read)
{
	const struct avsc_type *a_union = chosen ? c->a_union : NULL;
	const struct avsc_edge *moved = &c->g->pairs[c->aim->pair] == p && c->aim->moved != AVSC_NO_FIELD
		? avsc_graph_field(c->g, p, c->aim->moved) : NULL;

	c->a_union = NULL;
	if (avsc_is_taken_by_shape(p->reader, p->writer, a_union))
		return DIFFERS(c, "%.*s is read as %.*s", STR_ARG(p->writer->name.full), STR_ARG(p->reader->name.full));
	if (moved && is_elsewhere(c, p, moved, written, read))
		return false;
	for (uint32_t i = p->first_edge; i < p->first_edge + p->n_edges; i++) {
		const struct avsc_edge *edge = &c->g->edges[i];

		if (edge->writer_index >= written->n_items || edge->reader_index >= read->n_items)
			return DIFFERS(c, "a field is missing");
		if (is_elsewhere(c, p, edge, written, read))
			return false;
		if (!compare(c, edge->to, false, &written->items[edge->writer_index], &read->items[edge->reader_index]))
			return false;
	}
	return !is_lost(c, p, written, read);
}

static bool compare_items(struct comparing *c, const struct avsc_pair *p, const struct jsn *written,
	const struct jsn *read)
{
	c->a_union = NULL;
	if (written->n_items != read->n_items)
		return DIFFERS(c, "%zu items become %zu", written->n_items, read->n_items);
	for (size_t i = 0; i < written->n_items; i++)
		if (!compare(c, c->g->edges[p->first_edge].to, false, &written->items[i], &read->items[i]))
			return false;
	return true;
}

/* As deep as the event.  `chosen`: the reader has picked this one of several types for the value. */
static bool compare(struct comparing *c, uint32_t pair, bool chosen, const struct jsn *written, const struct jsn *read)
{
	const struct avsc_pair *p = &c->g->pairs[pair];

	switch (p->plan->op) {
	case AVSC_OP_UNION:
		return compare_written_union(c, p, chosen, written, read);
	case AVSC_OP_BRANCH:
		return compare(c, c->g->edges[p->first_edge].to, true, written, inner_of(read));
	case AVSC_OP_RECORD:
		return compare_record(c, p, chosen, written, read);
	case AVSC_OP_ARRAY:
	case AVSC_OP_MAP:
		return compare_items(c, p, written, read);
	default:
		return compare_leaf(c, p, chosen, written, read);
	}
}

bool avsc_same(const struct avsc_graph *g, const struct avsc_aim *aim, const struct jsn *written, const struct jsn *read,
	struct str *reason)
{
	struct comparing c = { .g = g, .aim = aim };

	if (compare(&c, 0, false, written, read))
		return true;
	*reason = c.reason;
	return false;
}
