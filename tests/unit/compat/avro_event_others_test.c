/* Avro events against others' notion of them: the results of Avro Java ($TENON_CORPUS), and avro-c on random data. */
#include "tests/unit/compat/corpus_test.h"

#include <avro.h>
#include <math.h>

#include "base/clock.h"
#include "compat/avro/avsc.h"
#include "compat/event.h"

static const struct schema *parse_text(struct arena *arena, struct str text)
{
	const struct schema_source source = { .type = SCHEMA_AVRO, .text = text };
	const struct schema *schema = NULL;
	struct err err = { .arena = arena };

	if (schema_parse(arena, &source, 0, &schema, &err) != OK)
		fail_msg("%.*s\n  does not parse: %.*s", STR_ARG(text), STR_ARG(err.message));
	return schema;
}

/* ---- Avro Java ---- */

/* An event as JSON; of unions and enums the choice-th. */
static void put_event(struct buf *b, const struct avsc_type *type, size_t choice)
{
	switch (type->kind) {
	case AVSC_RECORD:
		buf_add_c(b, '{');
		for (size_t i = 0; i < type->n_fields; i++) {
			buf_printf(b, "%s\"%.*s\":", i > 0 ? "," : "", STR_ARG(type->fields[i].name));
			put_event(b, type->fields[i].type, choice);
		}
		buf_add_c(b, '}');
		break;
	case AVSC_UNION:
		type = type->branches[choice % type->n_branches];
		buf_printf(b, "{\"%s\":", avsc_kind_name(type->kind));
		put_event(b, type, choice);
		buf_add_c(b, '}');
		break;
	case AVSC_ENUM:
		buf_printf(b, "\"%.*s\"", STR_ARG(type->symbols[choice % type->n_symbols]));
		break;
	case AVSC_STRING:
	case AVSC_BYTES:
		buf_lit(b, "\"42\"");
		break;
	default:
		buf_lit(b, "42");
		break;
	}
}

/*
 * Java's own reader trips over an array as the default of a union whose first branch is an array of the record
 * that holds it; the specification has nothing against it.
 */
static bool is_known_difference(const char *error)
{
	return error && strncmp(error, "Not an array: ", 14) == 0;
}

enum { CHOICES = 4 }; /* no union of the corpus has more branches */

/* Rows do not keep the event: "decodes" is that some event does, the other is that some event fails in these words. */
static void check_decode(struct row *r)
{
	const struct schema *writer = parse_text(r->arena, str_of(row_text(r->json, "writer")));
	const struct schema *reader = parse_text(r->arena, str_of(row_text(r->json, "reader")));
	const char *error = row_text(r->json, "error");
	bool decodes = json_is_true(json_object_get(r->json, "decodes")), found = false;
	struct str last = STR_NONE;

	for (size_t choice = 0; choice < CHOICES && !found; choice++) {
		struct buf b = buf_make(r->arena, 0);
		struct err err = { .arena = r->arena };
		struct event_source source = { .writer = writer, .reader = reader };
		struct event_read read;

		put_event(&b, avsc_of(writer)->root, choice);
		if (schema_event_write(r->arena, &(struct event_target){ .schema = writer }, buf_str(&b), &source.bytes, &err) != OK ||
			schema_event_read(r->arena, &source, &read, &err) != OK)
			fail_msg("%s: %.*s: %.*s", r->id, STR_ARG(buf_str(&b)), STR_ARG(err.message));
		last = read.ok ? read.json : read.reason;
		found = decodes || is_known_difference(error) ? read.ok : !read.ok && str_eq(read.reason, str_of(error));
	}
	if (!found)
		disagree(r, "decodes otherwise", error, last);
}

static void java_agrees(void **state)
{
	(void)state;
	run_file("avro-decode.jsonl", "AVRO", check_decode);
}

/* ---- avro-c ---- */

struct chance {
	uint64_t state;
	unsigned n_names;
};

/* xorshift64*: the same everywhere. */
static uint64_t draw(struct chance *c, uint64_t n)
{
	c->state ^= c->state >> 12;
	c->state ^= c->state << 25;
	c->state ^= c->state >> 27;
	return (c->state * 0x2545F4914F6CDD1Du >> 33) % n;
}

enum { PRIMITIVES = 8 };

static const char *const primitives[PRIMITIVES] = { "null", "boolean", "int", "long", "float", "double", "bytes", "string" };

static void put_schema(struct buf *b, struct chance *c, unsigned depth);

static void put_record(struct buf *b, struct chance *c, unsigned depth)
{
	unsigned n_fields = 1 + (unsigned)draw(c, 3), number = c->n_names++; /* avro-c has no arrays of empty records */

	buf_printf(b, "{\"type\":\"record\",\"name\":\"N%u\",\"fields\":[", number);
	for (unsigned i = 0; i < n_fields; i++) {
		buf_printf(b, "%s{\"name\":\"f%u\",\"type\":", i > 0 ? "," : "", i);
		put_schema(b, c, depth + 1);
		buf_add_c(b, '}');
	}
	if (draw(c, 3) == 0)
		buf_printf(b, ",{\"name\":\"again\",\"type\":[\"null\",\"N%u\"]}", number);
	buf_lit(b, "]}");
}

/* Each kind once; avro-c knows branches by name. */
static void put_union(struct buf *b, struct chance *c, unsigned depth)
{
	unsigned first = (unsigned)draw(c, PRIMITIVES);

	buf_printf(b, "[\"%s\",\"%s\"", primitives[first], primitives[(first + 3) % PRIMITIVES]);
	if (draw(c, 2) == 0) {
		buf_add_c(b, ',');
		put_record(b, c, depth + 1);
	}
	buf_add_c(b, ']');
}

static void put_schema(struct buf *b, struct chance *c, unsigned depth)
{
	uint64_t kind = draw(c, depth > 3 ? PRIMITIVES : PRIMITIVES + 8);

	if (kind < PRIMITIVES) {
		buf_printf(b, "\"%s\"", primitives[kind]);
	} else if (kind == PRIMITIVES) {
		buf_printf(b, "{\"type\":\"fixed\",\"name\":\"N%u\",\"size\":%u}", c->n_names, 1 + (unsigned)draw(c, 5));
		c->n_names++;
	} else if (kind == PRIMITIVES + 1) {
		buf_printf(b, "{\"type\":\"enum\",\"name\":\"N%u\",\"symbols\":[\"A\",\"B\",\"C\"]}", c->n_names++);
	} else if (kind <= PRIMITIVES + 3) {
		buf_printf(b, "{\"type\":\"%s\",\"%s\":", kind % 2 ? "array" : "map", kind % 2 ? "items" : "values");
		put_schema(b, c, depth + 1);
		buf_add_c(b, '}');
	} else if (kind == PRIMITIVES + 4) {
		put_union(b, c, depth);
	} else {
		put_record(b, c, depth);
	}
}

static void fill(struct chance *c, avro_value_t *value, unsigned depth);

static void fill_items(struct chance *c, avro_value_t *value, bool is_map, unsigned depth)
{
	uint64_t n = depth > 8 ? 0 : draw(c, 4);
	avro_value_t item;
	char key[32];

	for (uint64_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "k\"%u", (unsigned)i);
		if (is_map)
			assert_int_equal(avro_value_add(value, key, &item, NULL, NULL), 0);
		else
			assert_int_equal(avro_value_append(value, &item, NULL), 0);
		fill(c, &item, depth + 1);
	}
}

static void fill_inside(struct chance *c, avro_value_t *value, unsigned depth)
{
	avro_value_t inner;
	size_t n = 0;

	switch (avro_value_get_type(value)) {
	case AVRO_UNION:
		n = avro_schema_union_size(avro_value_get_schema(value));
		assert_int_equal(avro_value_set_branch(value, depth > 8 ? 0 : (int)draw(c, n), &inner), 0);
		fill(c, &inner, depth + 1);
		break;
	case AVRO_RECORD:
		assert_int_equal(avro_value_get_size(value, &n), 0);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(avro_value_get_by_index(value, i, &inner, NULL), 0);
			fill(c, &inner, depth + 1);
		}
		break;
	default:
		fill_items(c, value, avro_value_get_type(value) == AVRO_MAP, depth);
		break;
	}
}

static int64_t draw_number(struct chance *c)
{
	return (int64_t)(draw(c, UINT32_MAX) << 32 | draw(c, UINT32_MAX)) >> draw(c, 64);
}

static void fill(struct chance *c, avro_value_t *value, unsigned depth)
{
	char text[8] = "\x01\xC3\xBF\"\\zzz";

	switch (avro_value_get_type(value)) {
	case AVRO_NULL:
		avro_value_set_null(value);
		break;
	case AVRO_BOOLEAN:
		avro_value_set_boolean(value, (int)draw(c, 2));
		break;
	case AVRO_INT32:
		avro_value_set_int(value, (int32_t)draw_number(c));
		break;
	case AVRO_INT64:
		avro_value_set_long(value, draw_number(c));
		break;
	case AVRO_FLOAT:
		avro_value_set_float(value, (float)draw_number(c) / 256);
		break;
	case AVRO_DOUBLE:
		avro_value_set_double(value, (double)draw_number(c) / 65536);
		break;
	case AVRO_BYTES:
		avro_value_set_bytes(value, text, draw(c, sizeof(text)));
		break;
	case AVRO_STRING:
		text[1 + 2 * draw(c, 3)] = '\0';
		avro_value_set_string(value, text);
		break;
	case AVRO_FIXED:
		avro_value_set_fixed(value, text, (size_t)avro_schema_fixed_size(avro_value_get_schema(value)));
		break;
	case AVRO_ENUM:
		avro_value_set_enum(value, (int)draw(c, 3));
		break;
	default:
		fill_inside(c, value, depth);
		break;
	}
}

static bool same(const json_t *a, const json_t *b);

/* avro-c writes a float as the double that it is, we as the shortest text that is the float. */
static bool same_number(const json_t *a, const json_t *b)
{
	double x = json_number_value(a), y = json_number_value(b);

	return json_is_integer(a) ? json_equal(a, b) : x == y || (float)x == (float)y;
}

static bool same_items(const json_t *a, const json_t *b)
{
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!same(json_array_get(a, i), json_array_get(b, i)))
			return false;
	return json_array_size(a) == json_array_size(b);
}

static bool same_members(json_t *a, const json_t *b)
{
	const char *key;
	json_t *item;

	json_object_foreach(a, key, item)
		if (!same(item, json_object_get(b, key)))
			return false;
	return json_object_size(a) == json_object_size(b);
}

static bool same(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return same_number(a, b);
	if (json_is_array(a) && json_is_array(b))
		return same_items(a, b);
	if (json_is_object(a) && json_is_object(b))
		return same_members((json_t *)(uintptr_t)a, b);
	return json_equal(a, b);
}

/* Our JSON of the bytes against avro-c's of the value; our bytes of our JSON against the bytes. */
static void compare(struct arena *arena, const struct schema *schema, struct str bytes, const avro_value_t *value)
{
	struct err err = { .arena = arena };
	struct event_read read;
	struct str again;
	char *text;
	json_t *want, *got;

	assert_int_equal(schema_event_read(arena, &(struct event_source){ .writer = schema, .bytes = bytes }, &read, &err), OK);
	if (!read.ok)
		fail_msg("%.*s: %.*s at %zu", STR_ARG(schema->canonical), STR_ARG(read.reason), read.offset);
	assert_int_equal(avro_value_to_json(value, 1, &text), 0);
	want = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	got = json_loadb(read.json.data, read.json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (!want || !got || !same(want, got))
		fail_msg("%.*s\n  avro-c: %s\n  ours:   %.*s", STR_ARG(schema->canonical), text, STR_ARG(read.json));
	json_decref(want);
	json_decref(got);
	free(text);
	if (schema_event_write(arena, &(struct event_target){ .schema = schema }, read.json, &again, &err) != OK || !str_eq(again, bytes))
		fail_msg("%.*s: %.*s is written as other bytes: %.*s", STR_ARG(schema->canonical), STR_ARG(read.json),
			STR_ARG(err.message));
}

enum { ROUNDS = 3000, MUTATIONS = 8, LARGEST = 65536 };

/* Bytes with a fault: what we can read, avro-c reads as well.  What we cannot, it is not shown. */
static void try_mutations(struct chance *c, struct arena *arena, const struct schema *schema, struct str bytes,
	avro_value_t *value, size_t *n_read)
{
	for (int i = 0; i < MUTATIONS && bytes.len > 0; i++) {
		struct str copy = str_dup(arena, bytes);
		struct err err = { .arena = arena };
		struct event_read read;
		avro_reader_t reader;

		((char *)(uintptr_t)copy.data)[draw(c, copy.len)] ^= (char)(1 << draw(c, 8));
		if (schema_event_read(arena, &(struct event_source){ .writer = schema, .bytes = copy }, &read, &err) != OK || !read.ok)
			continue;
		reader = avro_reader_memory(copy.data, (int64_t)copy.len);
		avro_value_reset(value);
		if (avro_value_read(reader, value) != 0)
			fail_msg("%.*s: avro-c cannot read %.*s: %s", STR_ARG(schema->canonical), STR_ARG(read.json), avro_strerror());
		avro_reader_free(reader);
		++*n_read;
	}
}

static size_t try_one(struct chance *c, size_t *n_read)
{
	static char room[LARGEST];
	struct arena *arena = arena_create(0);
	struct buf b = buf_make(arena, 0);
	const struct schema *schema;
	avro_schema_t theirs;
	avro_value_iface_t *class;
	avro_value_t value;
	avro_writer_t writer = avro_writer_memory(room, LARGEST);
	size_t n;

	c->n_names = 0;
	put_schema(&b, c, 0);
	schema = parse_text(arena, buf_str(&b));
	if (avro_schema_from_json_length(b.data, b.len, &theirs) != 0)
		fail_msg("avro-c does not parse %.*s: %s", STR_ARG(schema->canonical), avro_strerror());
	class = avro_generic_class_from_schema(theirs);
	assert_int_equal(avro_generic_value_new(class, &value), 0);
	fill(c, &value, 0);
	assert_int_equal(avro_value_write(writer, &value), 0);
	n = (size_t)avro_writer_tell(writer);
	compare(arena, schema, str_make(room, n), &value);
	try_mutations(c, arena, schema, str_make(room, n), &value, n_read);
	avro_writer_free(writer);
	avro_value_decref(&value);
	avro_value_iface_decref(class);
	avro_schema_decref(theirs);
	arena_destroy(arena);
	return n;
}

static void avro_c_agrees(void **state)
{
	struct chance c = { .state = clock_mono_ns() | 1 };
	uint64_t seed = c.state;
	size_t n_bytes = 0, n_read = 0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < ROUNDS; i++)
		n_bytes += try_one(&c, &n_read);
	print_message("%d events, %zu bytes, %zu readable mutations\n", ROUNDS, n_bytes, n_read);
	assert_true(n_bytes > ROUNDS && n_read > ROUNDS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(java_agrees),
		cmocka_unit_test(avro_c_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
