/*
 * JSON values as Avro binary: events in Avro's JSON encoding (specification, "JSON Encoding"), and the defaults of
 * fields as Java's ResolvingGrammarGenerator.encode takes them.
 */
#include "compat/avro/plan_int.h"
#include "compat/avro/value_int.h"

#include <math.h>

#include "base/arena.h"
#include "base/limits.h"

enum { VARINT_BYTES = 10 };

static void put_varint(struct buf *out, int64_t value)
{
	uint64_t rest = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);

	buf_reserve(out, VARINT_BYTES);
	for (; rest >= 0x80; rest >>= 7)
		out->data[out->len++] = (char)(rest | 0x80);
	out->data[out->len++] = (char)rest;
}

static void put_bits(struct buf *out, uint64_t bits, unsigned n_bytes)
{
	for (unsigned i = 0; i < n_bytes; i++)
		buf_add_c(out, (char)(bits >> (8 * i)));
}

/* ---- faults ---- */

static struct str type_name(const struct avsc_type *type)
{
	return avsc_kind_is_named(type->kind) ? type->name.full : str_of(avsc_kind_name(type->kind));
}

/* The message is made only where somebody will read it. */
static enum err_code fault(struct avsc_encoder *e, const struct jsn *value, struct str text, const char *message)
{
	e->fault = value;
	if (e->n_tries == 0)
		return err_text(e->err, ERR_PARSE,
			str_printf(e->err->arena, "%.*s%s", STR_ARG(str_sub(text, 0, 200)), message));
	e->err->code = ERR_PARSE;
	return ERR_PARSE;
}

static enum err_code fault_kind(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	struct str name;

	if (e->n_tries > 0)
		return fault(e, value, STR_NONE, "");
	name = str_printf(e->err->arena, "%s is no %.*s", jsn_kind_name(value->kind),
		STR_ARG(str_sub(type_name(type), 0, 150)));
	return fault(e, value, name, "");
}

static enum err_code fault_limit(struct avsc_encoder *e, const char *what, unsigned bound)
{
	return err_text(e->err, ERR_LIMIT, str_printf(e->err->arena, "Writing the event takes more than %u %s", bound, what));
}

/* ---- primitive types ---- */

static enum err_code encode_integer(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	int64_t number;

	if (value->kind != JSN_NUMBER)
		return fault_kind(e, type, value);
	if (!avsc_number_fits(value->text, type->kind == AVSC_INT ? 32 : 64) || !str_to_i64(value->text, &number))
		return fault(e, value, value->text,
			type->kind == AVSC_INT ? " is no integer of 32 bits" : " is no integer of 64 bits");
	put_varint(e->out, number);
	return OK;
}

/* JSON has no numbers for these; Java writes and reads them as strings. */
static bool read_special(struct str text, double *out)
{
	static const struct {
		struct str name;
		double value;
	} specials[] = {
		{ { "NaN", 3 }, (double)NAN },
		{ { "Infinity", 8 }, (double)INFINITY },
		{ { "-Infinity", 9 }, -(double)INFINITY },
	};

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		if (str_eq(specials[i].name, text)) {
			*out = specials[i].value;
			return true;
		}
	}
	return false;
}

static enum err_code encode_real(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	bool is_float = type->kind == AVSC_FLOAT;
	double number;
	float single;
	uint64_t bits = 0;

	if (value->kind == JSN_NUMBER) {
		number = avsc_number_value(value->text);
		if (!isfinite(is_float ? (double)(float)number : number) && !e->is_default)
			return fault(e, value, value->text, is_float ? " is beyond a float" : " is beyond a double");
	} else if (value->kind != JSN_STRING || !read_special(value->text, &number)) {
		return fault_kind(e, type, value);
	}
	single = (float)number;
	if (is_float) {
		uint32_t narrow;

		memcpy(&narrow, &single, sizeof(narrow));
		bits = narrow;
	} else {
		memcpy(&bits, &number, sizeof(bits));
	}
	put_bits(e->out, bits, is_float ? 4 : 8);
	return OK;
}

/* Characters U+0000 to U+00FF stand for bytes; in a default Java makes others a question mark. */
static enum err_code put_latin1(struct avsc_encoder *e, const struct jsn *value, size_t *n_bytes)
{
	struct str text = value->text;
	size_t n = 0;

	buf_reserve(e->out, text.len);
	for (size_t i = 0; i < text.len; n++) {
		uint8_t c = (uint8_t)text.data[i];

		if (c < 0x80) {
			i++;
		} else if (c == 0xC2 || c == 0xC3) {
			c = (uint8_t)(c << 6) | ((uint8_t)text.data[i + 1] & 0x3F);
			i += 2;
		} else if (e->is_default) {
			i += c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
			c = '?';
		} else {
			return fault(e, value, STR_NONE, "characters above U+00FF are no bytes");
		}
		buf_add_c(e->out, (char)c);
	}
	*n_bytes = n;
	return OK;
}

static enum err_code encode_bytes(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	struct buf bytes, *out = e->out;
	enum err_code code;
	size_t n;

	if (value->kind != JSN_STRING)
		return fault_kind(e, type, value);
	bytes = buf_make(out->arena, value->text.len);
	e->out = &bytes;
	code = put_latin1(e, value, &n);
	e->out = out;
	if (code != OK)
		return code;
	put_varint(out, (int64_t)n);
	buf_add(out, str_make(bytes.data, bytes.len));
	return OK;
}

/* Java cuts a default that is too long and fills up one that is too short. */
static enum err_code encode_fixed(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	size_t start = e->out->len, n, size = (size_t)type->size;

	if (value->kind != JSN_STRING)
		return fault_kind(e, type, value);
	TRY(put_latin1(e, value, &n));
	if (n == size)
		return OK;
	if (!e->is_default)
		return fault(e, value, type_name(type), ": another number of bytes than its size");
	if (size > LIMIT_BODY_BYTES)
		return fault(e, value, type_name(type), ": too large for a default");
	for (; n < size; n++)
		buf_add_c(e->out, '\0');
	e->out->len = start + size;
	return OK;
}

static enum err_code encode_string(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	if (value->kind != JSN_STRING)
		return fault_kind(e, type, value);
	put_varint(e->out, (int64_t)value->text.len);
	buf_add(e->out, value->text);
	return OK;
}

static enum err_code encode_enum(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	ptrdiff_t number;

	if (value->kind != JSN_STRING)
		return fault_kind(e, type, value);
	number = avsc_symbol_number(type, value->text);
	if (number < 0)
		return fault(e, value, value->text, " is no symbol of the enum");
	put_varint(e->out, number);
	return OK;
}

static enum err_code encode_simple(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	if (type->kind == AVSC_NULL && value->kind == JSN_NULL)
		return OK;
	if (type->kind == AVSC_NULL || value->kind != JSN_BOOL)
		return fault_kind(e, type, value);
	buf_add_c(e->out, (char)value->boolean);
	return OK;
}

/* ---- what contains values ---- */

/* The value of the i-th field, usually the i-th member; searching for it counts as work. */
static const struct jsn *find_given(struct avsc_encoder *e, const struct jsn *value, size_t i, struct str name)
{
	if (i < value->n_items && str_eq(value->items[i].name, name))
		return &value->items[i];
	*e->n_steps += value->n_items / 16;
	return jsn_get(value, name);
}

static enum err_code fault_unknown(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	for (size_t i = 0; i < value->n_items; i++)
		if (!avsc_field_find(type, value->items[i].name))
			return fault(e, &value->items[i], value->items[i].name, " is no field of the record");
	return OK;
}

static enum err_code encode_record(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	size_t n_given = 0;

	if (value->kind != JSN_OBJECT)
		return fault_kind(e, type, value);
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct avsc_field *field = &type->fields[i];
		const struct jsn *given = find_given(e, value, i, field->name);
		bool is_default = e->is_default;
		enum err_code code;

		n_given += given != NULL;
		if (given == NULL && field->default_value == NULL)
			return fault(e, value, field->name, ", a field without default, is missing");
		e->is_default |= given == NULL;
		code = avsc_encode(e, field->type, given ? given : field->default_value);
		e->is_default = is_default;
		if (code != OK && given == NULL)
			e->fault = value;
		if (code != OK)
			return code;
	}
	return e->is_default || n_given == value->n_items ? OK : fault_unknown(e, type, value);
}

static enum err_code encode_container(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	if (value->kind != (type->kind == AVSC_ARRAY ? JSN_ARRAY : JSN_OBJECT))
		return fault_kind(e, type, value);
	if (value->n_items > 0)
		put_varint(e->out, (int64_t)value->n_items);
	for (size_t i = 0; i < value->n_items; i++) {
		if (type->kind == AVSC_MAP) {
			put_varint(e->out, (int64_t)value->items[i].name.len);
			buf_add(e->out, value->items[i].name);
		}
		TRY(avsc_encode(e, type->items, &value->items[i]));
	}
	put_varint(e->out, 0);
	return OK;
}

static enum err_code encode_branch(struct avsc_encoder *e, const struct avsc_type *type, size_t branch,
	const struct jsn *value)
{
	put_varint(e->out, (int64_t)branch);
	return avsc_encode(e, type->branches[branch], value);
}

/* The branch that an object of one member names; n_branches when it names none. */
static size_t named_branch(const struct avsc_type *type, const struct jsn *value)
{
	size_t i = 0;

	if (value->kind != JSN_OBJECT || value->n_items != 1)
		return type->n_branches;
	while (i < type->n_branches && (type->branches[i]->kind == AVSC_NULL ||
		!str_eq(type_name(type->branches[i]), value->items[0].name)))
		i++;
	return i;
}

/* Whether it is worth trying, by a look from outside. */
static bool could_be(const struct avsc_type *type, const struct jsn *value)
{
	switch (type->kind) {
	case AVSC_NULL:
		return value->kind == JSN_NULL;
	case AVSC_BOOLEAN:
		return value->kind == JSN_BOOL;
	case AVSC_INT:
	case AVSC_LONG:
		return value->kind == JSN_NUMBER;
	case AVSC_FLOAT:
	case AVSC_DOUBLE:
		return value->kind == JSN_NUMBER || value->kind == JSN_STRING;
	case AVSC_ARRAY:
		return value->kind == JSN_ARRAY;
	case AVSC_MAP:
	case AVSC_RECORD:
		return value->kind == JSN_OBJECT;
	default:
		return value->kind == JSN_STRING;
	}
}

static enum err_code fault_ambiguous(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value,
	size_t first, size_t second)
{
	struct str text = STR_NONE;

	if (e->n_tries == 0)
		text = str_printf(e->err->arena, "may be %.*s or %.*s: name the branch, as in {\"%.*s\": ...}",
			STR_ARG(str_sub(type_name(type->branches[first]), 0, 40)),
			STR_ARG(str_sub(type_name(type->branches[second]), 0, 40)),
			STR_ARG(str_sub(type_name(type->branches[first]), 0, 40)));
	return fault(e, value, text, "");
}

/* A value without its branch: each one that could be meant is tried, and only one may fit. */
static enum err_code encode_unnamed(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	size_t start = e->out->len, n_could = 0, found = type->n_branches, end = start, only = 0;

	for (size_t i = 0; i < type->n_branches; i++) {
		if (could_be(type->branches[i], value)) {
			n_could++;
			only = i;
		}
	}
	if (n_could == 1)
		return encode_branch(e, type, only, value);
	if (n_could == 0)
		return fault_kind(e, type, value);
	for (size_t i = 0; i < type->n_branches; i++) {
		enum err_code code;

		if (!could_be(type->branches[i], value))
			continue;
		e->out->len = end;
		e->n_tries++;
		code = encode_branch(e, type, i, value);
		e->n_tries--;
		if (code == ERR_LIMIT)
			return code;
		if (code == OK && found < type->n_branches)
			return fault_ambiguous(e, type, value, found, i);
		if (code == OK) {
			found = i;
			end = e->out->len;
		}
	}
	e->out->len = end;
	return found < type->n_branches ? OK : fault(e, value, STR_NONE, "no branch of the union fits");
}

static enum err_code encode_union(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	size_t branch;

	*e->n_steps += type->n_branches / 8;
	if (e->is_default) {
		branch = avsc_default_branch(type, value);
		return branch < type->n_branches ? encode_branch(e, type, branch, value) : fault_kind(e, type, value);
	}
	branch = named_branch(type, value);
	if (branch < type->n_branches)
		return encode_branch(e, type, branch, &value->items[0]);
	return encode_unnamed(e, type, value);
}

enum err_code avsc_encode(struct avsc_encoder *e, const struct avsc_type *type, const struct jsn *value)
{
	static enum err_code (*const encoders[AVSC_KINDS])(struct avsc_encoder *, const struct avsc_type *,
		const struct jsn *) = {
		[AVSC_NULL] = encode_simple,
		[AVSC_BOOLEAN] = encode_simple,
		[AVSC_INT] = encode_integer,
		[AVSC_LONG] = encode_integer,
		[AVSC_FLOAT] = encode_real,
		[AVSC_DOUBLE] = encode_real,
		[AVSC_BYTES] = encode_bytes,
		[AVSC_STRING] = encode_string,
		[AVSC_RECORD] = encode_record,
		[AVSC_ENUM] = encode_enum,
		[AVSC_ARRAY] = encode_container,
		[AVSC_MAP] = encode_container,
		[AVSC_UNION] = encode_union,
		[AVSC_FIXED] = encode_fixed,
	};
	enum err_code code;

	if (++*e->n_steps > LIMIT_CHECK_PAIRS)
		return fault_limit(e, "steps", LIMIT_CHECK_PAIRS);
	if (e->depth == LIMIT_EVENT_DEPTH)
		return fault_limit(e, "levels", LIMIT_EVENT_DEPTH);
	e->depth++;
	code = encoders[type->kind](e, type, value);
	e->depth--;
	return code;
}
