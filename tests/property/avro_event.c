/* Random events of an Avro schema, as JSON. */
#include "compat/avro/avsc.h"
#include "tests/property/avro_int.h"

enum { EVENT_DEPTH = 12 };

static bool put_event(struct draw *d, struct buf *b, const struct avsc_type *type, unsigned depth);

static void put_random_bytes(struct draw *d, struct buf *b, size_t n)
{
	buf_add_c(b, '"');
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "\\u%04x", draw_below(d, 256));
	buf_add_c(b, '"');
}

static void put_random_text(struct draw *d, struct buf *b)
{
	static const char *const some[] = { "\"\"", "\"x\"", "\"\303\251t\303\251\"", "\"\\u0000\"",
		"\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"" };

	buf_add(b, str_of(some[draw_below(d, 5)]));
}

static void put_random_number(struct draw *d, struct buf *b, enum avsc_kind kind)
{
	static const char *const ints[] = { "0", "1", "-1", "16777217", "-2147483648", "2147483647", "1000", "42" };
	static const char *const longs[] = { "9007199254740993", "-9223372036854775808", "9223372036854775807" };
	static const char *const reals[] = { "0.0", "0.5", "-1.25", "1.0E10", "3.4028235E38" };

	if (kind == AVSC_FLOAT || kind == AVSC_DOUBLE)
		buf_add(b, str_of(reals[draw_below(d, 5)]));
	else if (kind == AVSC_LONG && draw_chance(d, 30))
		buf_add(b, str_of(longs[draw_below(d, 3)]));
	else
		buf_add(b, str_of(ints[draw_below(d, 8)]));
}

static bool put_random_record(struct draw *d, struct buf *b, const struct avsc_type *type, unsigned depth)
{
	buf_add_c(b, '{');
	for (size_t i = 0; i < type->n_fields; i++) {
		buf_printf(b, i > 0 ? ",\"%.*s\":" : "\"%.*s\":", STR_ARG(type->fields[i].name));
		if (!put_event(d, b, type->fields[i].type, depth + 1))
			return false;
	}
	buf_add_c(b, '}');
	return true;
}

/* Deep down the first branch that ends. */
static bool put_random_branch(struct draw *d, struct buf *b, const struct avsc_type *type, unsigned depth)
{
	size_t len = b->len, n = type->n_branches, first = depth < EVENT_DEPTH / 2 ? draw_below(d, (unsigned)n) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct avsc_type *branch = type->branches[(first + i) % n];
		struct str name = avsc_kind_is_named(branch->kind) ? branch->name.full : str_of(avsc_kind_name(branch->kind));

		b->len = len;
		if (branch->kind == AVSC_NULL) {
			buf_lit(b, "null");
			return true;
		}
		buf_printf(b, "{\"%.*s\":", STR_ARG(name));
		if (put_event(d, b, branch, depth + 1)) {
			buf_add_c(b, '}');
			return true;
		}
	}
	return false;
}

static bool put_random_items(struct draw *d, struct buf *b, const struct avsc_type *type, unsigned depth)
{
	unsigned n = depth < EVENT_DEPTH / 2 ? draw_below(d, 3) : 0;

	buf_add_c(b, type->kind == AVSC_ARRAY ? '[' : '{');
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(b, ',');
		if (type->kind == AVSC_MAP)
			buf_printf(b, "\"k%u\":", i);
		if (!put_event(d, b, type->items, depth + 1))
			return false;
	}
	buf_add_c(b, type->kind == AVSC_ARRAY ? ']' : '}');
	return true;
}

static bool put_event(struct draw *d, struct buf *b, const struct avsc_type *type, unsigned depth)
{
	if (depth > EVENT_DEPTH)
		return false;
	switch (type->kind) {
	case AVSC_NULL:
		buf_lit(b, "null");
		return true;
	case AVSC_BOOLEAN:
		buf_add(b, draw_chance(d, 50) ? STR("true") : STR("false"));
		return true;
	case AVSC_BYTES:
		put_random_bytes(d, b, draw_below(d, 4));
		return true;
	case AVSC_FIXED:
		put_random_bytes(d, b, (size_t)type->size);
		return true;
	case AVSC_STRING:
		put_random_text(d, b);
		return true;
	case AVSC_ENUM:
		buf_json_string(b, type->symbols[draw_below(d, (unsigned)type->n_symbols)]);
		return true;
	case AVSC_RECORD:
		return put_random_record(d, b, type, depth);
	case AVSC_UNION:
		return put_random_branch(d, b, type, depth);
	case AVSC_ARRAY:
	case AVSC_MAP:
		return put_random_items(d, b, type, depth);
	default:
		put_random_number(d, b, type->kind);
		return true;
	}
}

struct str avro_event(struct draw *d, struct arena *arena, const struct event_source *source)
{
	const struct schema *schema = source->writer;
	struct buf b = buf_make(arena, 64);

	return put_event(d, &b, avsc_of(schema)->root, 0) ? buf_str(&b) : STR_NONE;
}
