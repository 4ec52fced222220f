/* The logical types of the specification. */
#include "compat/avro/meaning.h"

#include "compat/avro/value_int.h"

enum { FEW_DIGITS = 18 }; /* numbers of more are no precision that anyone has */

#define KIND(kind) (1u << AVSC_##kind)

static const struct {
	const char *name;
	unsigned kinds;
	enum avsc_sense sense;
	int64_t unit;
} senses[] = {
	{ "date", KIND(INT), AVSC_SENSE_DATE, 86400000000000 },
	{ "time-millis", KIND(INT), AVSC_SENSE_TIME, 1000000 },
	{ "time-micros", KIND(LONG), AVSC_SENSE_TIME, 1000 },
	{ "timestamp-millis", KIND(LONG), AVSC_SENSE_TIMESTAMP, 1000000 },
	{ "timestamp-micros", KIND(LONG), AVSC_SENSE_TIMESTAMP, 1000 },
	{ "timestamp-nanos", KIND(LONG), AVSC_SENSE_TIMESTAMP, 1 },
	{ "local-timestamp-millis", KIND(LONG), AVSC_SENSE_LOCAL, 1000000 },
	{ "local-timestamp-micros", KIND(LONG), AVSC_SENSE_LOCAL, 1000 },
	{ "local-timestamp-nanos", KIND(LONG), AVSC_SENSE_LOCAL, 1 },
	{ "decimal", KIND(BYTES) | KIND(FIXED), AVSC_SENSE_DECIMAL, 0 },
	{ "uuid", KIND(STRING) | KIND(FIXED), AVSC_SENSE_UUID, 0 },
	{ "duration", KIND(FIXED), AVSC_SENSE_DURATION, 0 },
};

/* An integer among the properties; `absent` when there is none. */
static int64_t number_of(const struct avsc_type *type, struct str name, int64_t absent)
{
	for (size_t i = 0; i < type->n_properties; i++) {
		const struct jsn *value = type->properties[i].value;
		int64_t number;

		if (!str_eq(type->properties[i].name, name))
			continue;
		return value->kind == JSN_NUMBER && value->text.len <= FEW_DIGITS && str_to_i64(value->text, &number) ? number : -1;
	}
	return absent;
}

/* Digits that a fixed of so many bytes holds in two's complement: floor(log10(2^(8n - 1) - 1)). */
static int64_t digits_of(int64_t size)
{
	return (int64_t)((double)(8 * size - 1) * 0.30102999566398119521);
}

/* "Decimal": a positive precision, as far as there is room, and a scale up to it. */
static bool read_decimal(const struct avsc_type *type, struct avsc_meaning *m)
{
	m->precision = number_of(type, STR("precision"), -1);
	m->scale = number_of(type, STR("scale"), 0);
	return m->precision > 0 && m->scale >= 0 && m->scale <= m->precision &&
		(type->kind != AVSC_FIXED || m->precision <= digits_of(type->size));
}

static bool fits(const struct avsc_type *type, struct avsc_meaning *m)
{
	if (m->sense == AVSC_SENSE_DECIMAL)
		return read_decimal(type, m);
	if (type->kind == AVSC_FIXED)
		return type->size == (m->sense == AVSC_SENSE_UUID ? 16 : 12);
	return true;
}

struct avsc_meaning avsc_meaning_of(const struct avsc_type *type)
{
	static const struct avsc_meaning none = { .sense = AVSC_SENSE_PLAIN };
	struct str name = avsc_property_text(type->properties, type->n_properties, STR("logicalType"));
	struct avsc_meaning m = { .sense = AVSC_SENSE_OTHER, .name = name };

	if (!str_present(name))
		return none;
	for (size_t i = 0; i < sizeof(senses) / sizeof(senses[0]); i++) {
		if (!str_eq(name, str_of(senses[i].name)))
			continue;
		m.sense = senses[i].sense;
		m.unit = senses[i].unit;
		return (senses[i].kinds >> type->kind & 1) && fits(type, &m) ? m : none;
	}
	return m;
}

static bool is_uuid_text(const struct avsc_type *type)
{
	return type->kind == AVSC_STRING && avsc_meaning_of(type).sense == AVSC_SENSE_UUID;
}

struct str avsc_least_leaf(const struct avsc_type *type)
{
	static const char *const values[AVSC_KINDS] = {
		[AVSC_NULL] = "null", [AVSC_BOOLEAN] = "false", [AVSC_INT] = "0", [AVSC_LONG] = "0", [AVSC_FLOAT] = "0.0",
		[AVSC_DOUBLE] = "0.0", [AVSC_BYTES] = "\"\"", [AVSC_STRING] = "\"\"", [AVSC_ARRAY] = "[]", [AVSC_MAP] = "{}",
	};

	if (type->kind == AVSC_BYTES && avsc_meaning_of(type).sense == AVSC_SENSE_DECIMAL)
		return STR("\"\\u0000\"");
	if (is_uuid_text(type))
		return STR("\"00000000-0000-0000-0000-000000000000\"");
	return str_of(values[type->kind]);
}

struct str avsc_other_leaf(const struct avsc_type *type)
{
	static const char *const values[AVSC_KINDS] = {
		[AVSC_BOOLEAN] = "true", [AVSC_INT] = "1", [AVSC_LONG] = "1", [AVSC_FLOAT] = "1.0", [AVSC_DOUBLE] = "1.0",
		[AVSC_BYTES] = "\"x\"", [AVSC_STRING] = "\"x\"",
	};

	if (is_uuid_text(type))
		return STR("\"00000000-0000-0000-0000-000000000001\"");
	return str_of(values[type->kind]);
}

bool avsc_is_uuid(struct str text)
{
	if (text.len != 36)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i], low = (char)(c | 0x20);
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? c != '-' : !((c >= '0' && c <= '9') || (low >= 'a' && low <= 'f')))
			return false;
	}
	return true;
}
