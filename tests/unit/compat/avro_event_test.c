/* Avro events read and written: resolution as the specification and Java have it, and hostile bytes. */
#include "tests/unit/compat/avro_test.h"

#include <pthread.h>

#include "base/clock.h"
#include "compat/avro/plan.h"
#include "compat/event.h"

#define RECORD(name, fields) "{\"type\":\"record\",\"name\":\"" name "\",\"fields\":[" fields "]}"
#define FIELD(name, type) "{\"name\":\"" name "\",\"type\":" type "}"
#define FIELD_DEFAULT(name, type, value) "{\"name\":\"" name "\",\"type\":" type ",\"default\":" value "}"
#define FIELD_ALIAS(name, type, alias) "{\"name\":\"" name "\",\"type\":" type ",\"aliases\":[\"" alias "\"]}"
#define ENUM(name, symbols) "{\"type\":\"enum\",\"name\":\"" name "\",\"symbols\":[" symbols "]}"
#define ARRAY(items) "{\"type\":\"array\",\"items\":" items "}"
#define MAP(values) "{\"type\":\"map\",\"values\":" values "}"
#define FIXED(name, size) "{\"type\":\"fixed\",\"name\":\"" name "\",\"size\":" size "}"
#define INT "\"int\""
#define LONG "\"long\""
#define FLOAT "\"float\""
#define DOUBLE "\"double\""
#define STRING "\"string\""
#define BYTES "\"bytes\""
#define NULL_ "\"null\""
#define LIST RECORD("List", FIELD("v", INT) "," FIELD("next", "[\"null\",\"List\"]"))

static struct str from_hex(struct arena *arena, const char *hex)
{
	size_t n = 0;
	char *bytes = arena_alloc_text(arena, strlen(hex) / 2 + 1);

	for (; *hex; hex++) {
		unsigned value;

		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex, "%2x", &value), 1);
		bytes[n++] = (char)value;
		hex++;
	}
	return str_make(bytes, n);
}

static const char *to_hex(struct arena *arena, struct str bytes)
{
	struct buf b = buf_make(arena, 0);

	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(&b, "%02x", (uint8_t)bytes.data[i]);
	return buf_str(&b).data;
}

struct resolve_case {
	const char *name;
	const char *writer;
	const char *reader; /* NULL: the writer */
	const char *hex;
	const char *json;   /* NULL: cannot be read … */
	const char *reason; /* … because of this … */
	size_t offset;      /* … here … */
	const char *path;   /* … and there */
};

static const struct resolve_case resolutions[] = {
	{ "null", NULL_, NULL, "", "null", NULL, 0, NULL },
	{ "boolean", "\"boolean\"", NULL, "01", "true", NULL, 0, NULL },
	{ "a boolean of 2", "\"boolean\"", NULL, "02", NULL, "Invalid boolean: 2", 0, "" },
	{ "int", INT, NULL, "0f", "-8", NULL, 0, NULL },
	{ "the smallest int", INT, NULL, "ffffffff0f", "-2147483648", NULL, 0, NULL },
	{ "an int beyond", INT, NULL, "8080808010", NULL,
		"Invalid int encoding: the number does not fit 32 bits: 2147483648", 0, "" },
	{ "long", LONG, NULL, "feffffffffffffffff01", "9223372036854775807", NULL, 0, NULL },
	{ "a long beyond", LONG, NULL, "feffffffffffffffff02", NULL, "Invalid long encoding", 0, "" },
	{ "a long without end", LONG, NULL, "8080", NULL, "The bytes end within a number", 2, "" },
	{ "float", FLOAT, NULL, "0000c03f", "1.5", NULL, 0, NULL },
	{ "not a number", DOUBLE, NULL, "000000000000f87f", "\"NaN\"", NULL, 0, NULL },
	{ "bytes", BYTES, NULL, "04 00ff", "\"\\u0000\303\277\"", NULL, 0, NULL },
	{ "fixed", FIXED("F", "2"), NULL, "4142", "\"AB\"", NULL, 0, NULL },
	/* Namespaces do not matter, in unions where these are the same otherwise (Java's Resolver.unionEquiv). */
	{ "an enum of another namespace", ENUM("a.E", "\"X\",\"Y\""), ENUM("b.E", "\"Y\",\"X\""), "00", "\"X\"", NULL, 0, NULL },
	{ "an enum of another name", ENUM("a.E", "\"X\""), ENUM("a.F", "\"X\""), "00", NULL, "Found a.E, expecting a.F", 0, "" },
	{ "a fixed of another namespace", FIXED("a.F", "1"), FIXED("F", "1"), "41", "\"A\"", NULL, 0, NULL },
	{ "the same unions in namespaces", "[" NULL_ "," ENUM("a.E", "\"X\"") "," ARRAY(FIXED("a.F", "1")) "]",
		"[" NULL_ "," ENUM("b.E", "\"X\"") "," ARRAY(FIXED("b.F", "1")) "]", "0200", "{\"b.E\":\"X\"}", NULL, 0, NULL },
	{ "unions that are not the same", "[" NULL_ "," ENUM("a.E", "\"X\"") "]", "[" NULL_ "," ENUM("b.E", "\"X\",\"Y\"") "]",
		"0200", NULL, "Found a.E, expecting union", 1, "/1" },
	{ "recursive unions in namespaces", "[" NULL_ "," RECORD("a.R", FIELD("n", "[" NULL_ ",\"a.R\"]") "," FIELD("f", FIXED("F", "1"))) "]",
		"[" NULL_ "," RECORD("b.R", FIELD("n", "[" NULL_ ",\"b.R\"]") "," FIELD("f", FIXED("F", "1"))) "]", "02 0041",
		"{\"b.R\":{\"n\":null,\"f\":\"A\"}}", NULL, 0, NULL },
	{ "fixed cut off", FIXED("F", "2"), NULL, "41", NULL,
		"The bytes end within a fixed: 2 are needed, 1 are left", 0, "" },
	{ "not UTF-8", STRING, NULL, "02ff", NULL, "The string is not valid UTF-8", 2, "" },
	{ "left over", INT, NULL, "0200", NULL, "Bytes are left behind the event: 1", 1, "" },
	{ "array in blocks", ARRAY(INT), NULL, "02 02 03 04 04 06 00", "[1,2,3]", NULL, 0, NULL },
	{ "map", MAP(LONG), NULL, "02 02 61 04 00", "{\"a\":2}", NULL, 0, NULL },

	{ "int as double", INT, DOUBLE, "0e", "7.0", NULL, 0, NULL },
	{ "int as long", INT, LONG, "0e", "7", NULL, 0, NULL },
	{ "long as float", LONG, FLOAT, "0e", "7.0", NULL, 0, NULL },
	{ "float as double", FLOAT, DOUBLE, "0000c03f", "1.5", NULL, 0, NULL },
	{ "string as bytes", STRING, BYTES, "04c3bf", "\"\303\203\302\277\"", NULL, 0, NULL },
	{ "bytes as string", BYTES, STRING, "0241", "\"A\"", NULL, 0, NULL },
	{ "long as int", LONG, INT, "0e", NULL, "Found long, expecting int", 0, "" },

	{ "fields reordered, added and removed",
		RECORD("R", FIELD("a", INT) "," FIELD("gone", MAP(STRING)) "," FIELD("b", STRING)),
		RECORD("R", FIELD("b", STRING) "," FIELD_DEFAULT("c", ARRAY(INT), "[1,2]") "," FIELD("a", LONG)),
		"02 0202610262 00 0278", "{\"b\":\"x\",\"c\":[1,2],\"a\":1}", NULL, 0, NULL },
	{ "a skipped field is cut off", RECORD("R", FIELD("s", STRING)), RECORD("R", ""), "0641", NULL,
		"The bytes end within a string: 3 are needed, 1 are left", 1, "/fields/0/type" },
	{ "a block of told size is jumped over", RECORD("R", FIELD("s", ARRAY(STRING)) "," FIELD("t", INT)),
		RECORD("R", FIELD("t", INT)), "03 04 0000 00 02", "{\"t\":1}", NULL, 0, NULL },
	{ "a record renamed outside a union", RECORD("A", FIELD("x", INT)), RECORD("B", FIELD("x", INT)), "02",
		"{\"x\":1}", NULL, 0, NULL },
	{ "a missing field", RECORD("R", FIELD("a", INT)), RECORD("R", FIELD("a", INT) "," FIELD("b", INT)), "02", NULL,
		"Found R, expecting R, missing required field b", 0, "" },
	{ "a field by alias", RECORD("R", FIELD("old", INT)), RECORD("R", FIELD_ALIAS("new", INT, "old")), "02",
		"{\"new\":1}", NULL, 0, NULL },
	{ "an alias takes the field from its name (A7)", RECORD("R", FIELD("a", INT)),
		RECORD("R", FIELD("a", INT) "," FIELD_ALIAS("b", INT, "a")), "02", NULL,
		"Found R, expecting R, missing required field a", 0, "" },
	{ "alias and name are both there", RECORD("R", FIELD("a", INT) "," FIELD("b", INT)),
		RECORD("R", FIELD_ALIAS("b", INT, "a")), "0204", NULL,
		"Duplicate field b in record R: an alias and a name", 0, "" },
	{ "a record by alias in a union", RECORD("Old", FIELD("x", INT)),
		"[" RECORD("Old", FIELD("z", STRING)) ",{\"type\":\"record\",\"name\":\"New\",\"aliases\":[\"Old\"],\"fields\":["
		FIELD("x", INT) "]}]", "02", "{\"New\":{\"x\":1}}", NULL, 0, NULL },
	{ "an enum by alias", ENUM("Old", "\"A\""),
		"{\"type\":\"enum\",\"name\":\"New\",\"aliases\":[\"Old\"],\"symbols\":[\"B\",\"A\"]}", "00", "\"A\"", NULL, 0, NULL },
	{ "another enum", ENUM("E", "\"A\""), ENUM("F", "\"A\""), "00", NULL, "Found E, expecting F", 0, "" },
	{ "a symbol that is gone", ENUM("E", "\"A\",\"B\""), ENUM("E", "\"A\""), "02", NULL, "No match for B", 0, "" },
	{ "a symbol that is gone but not written", ENUM("E", "\"A\",\"B\""), ENUM("E", "\"A\""), "00", "\"A\"", NULL, 0, NULL },
	{ "a symbol that the enum does not have", ENUM("E", "\"A\""), NULL, "02", NULL, "The enum has no such symbol: 1", 0, "" },
	{ "an enum's default", ENUM("E", "\"A\",\"B\""),
		"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"X\",\"Y\"],\"default\":\"Y\"}", "02", "\"Y\"", NULL, 0, NULL },
	{ "a fixed of another size", FIXED("F", "1"), FIXED("F", "2"), "41", NULL, "Found F, expecting F", 0, "" },

	{ "a union's branch", "[" NULL_ "," STRING "]", NULL, "02 0261", "{\"string\":\"a\"}", NULL, 0, NULL },
	{ "a union's null", "[" NULL_ "," STRING "]", NULL, "00", "null", NULL, 0, NULL },
	{ "a branch that is not there", "[" NULL_ "]", NULL, "02", NULL, "The union has no such branch: 1", 0, "" },
	{ "a negative branch", "[" NULL_ "]", NULL, "01", NULL, "The union has no such branch: -1", 0, "" },
	{ "a union is no longer one, readable branch", "[" INT "," STRING "]", LONG, "0002", "1", NULL, 0, NULL },
	{ "a union is no longer one, other branch", "[" INT "," STRING "]", LONG, "020261", NULL,
		"Found string, expecting long", 1, "/1" },
	{ "the exact branch before the first that could be promoted to", LONG, "[" FLOAT "," LONG "]", "02", "{\"long\":1}",
		NULL, 0, NULL },
	{ "the first branch to be promoted to", INT, "[" FLOAT "," DOUBLE "]", "02", "{\"float\":1.0}", NULL, 0, NULL },
	{ "no branch", STRING, "[" NULL_ "," INT "]", "0261", NULL, "Found string, expecting union", 0, "" },
	{ "by full name before structure (A11)", RECORD("p.R", FIELD("x", INT)),
		"[" RECORD("p.R", FIELD("x", INT) "," FIELD("y", INT)) "," RECORD("q.R", FIELD("x", INT)) "]", "02", NULL,
		"Found p.R, expecting p.R, missing required field y", 0, "" },
	{ "by structure", RECORD("p.R", FIELD("x", INT)),
		"[" RECORD("q.S", FIELD("x", STRING)) "," RECORD("q.T", FIELD("x", LONG)) "," RECORD("q.R", FIELD("x", INT)) "]",
		"02", "{\"q.R\":{\"x\":1}}", NULL, 0, NULL },
	{ "recursion", LIST, NULL, "02 02 04 00", "{\"v\":1,\"next\":{\"List\":{\"v\":2,\"next\":null}}}", NULL, 0, NULL },
	{ "recursion, resolved", LIST,
		RECORD("List", FIELD("next", "[\"null\",\"List\"]") "," FIELD_DEFAULT("d", INT, "5") "," FIELD("v", LONG)),
		"02 02 04 00", "{\"next\":{\"List\":{\"next\":null,\"d\":5,\"v\":2}},\"d\":5,\"v\":1}", NULL, 0, NULL },
	{ "defaults of all kinds", RECORD("R", ""),
		RECORD("R", FIELD_DEFAULT("n", NULL_, "null") "," FIELD_DEFAULT("b", "\"boolean\"", "true") ","
			FIELD_DEFAULT("f", FLOAT, "1") "," FIELD_DEFAULT("y", BYTES, "\"\\u00ff\"") ","
			FIELD_DEFAULT("x", FIXED("F", "1"), "\"a\"") "," FIELD_DEFAULT("e", ENUM("E", "\"A\",\"B\""), "\"B\"") ","
			FIELD_DEFAULT("u", "[" STRING "," NULL_ "]", "\"s\"") "," FIELD_DEFAULT("m", MAP(INT), "{\"k\":1}") ","
			FIELD_DEFAULT("r", RECORD("I", FIELD("i", INT) "," FIELD_DEFAULT("j", INT, "2")), "{\"i\":1}")), "",
		"{\"n\":null,\"b\":true,\"f\":1.0,\"y\":\"\303\277\",\"x\":\"a\",\"e\":\"B\",\"u\":{\"string\":\"s\"},"
		"\"m\":{\"k\":1},\"r\":{\"i\":1,\"j\":2}}", NULL, 0, NULL },
	{ "a default for the second branch", RECORD("R", ""),
		RECORD("R", FIELD_DEFAULT("u", "[" STRING "," NULL_ "]", "null")), "", "{\"u\":null}", NULL, 0, NULL },
	{ "a default that is none, read by an event that needs it", RECORD("R", ""),
		RECORD("R", FIELD_DEFAULT("a", INT, "\"x\"")), "", NULL, "default of field a: a string is no int", 0,
		"/fields/0/default" },
	{ "what is wrong within an array", ARRAY("[" NULL_ "," INT "]"), ARRAY("[" NULL_ "," STRING "]"), "04 00 0202 00", NULL,
		"Found int, expecting union", 3, "/items/1" },

	/* survey G.3, and what is like it */
	{ "10^9 nulls", ARRAY(NULL_), NULL, "80a8d6b907 00", NULL, NULL, 0, NULL },
	{ "INT64_MIN nulls", ARRAY(NULL_), NULL, "ffffffffffffffffff01 00 00", NULL,
		"Malformed data: invalid count of items: -9223372036854775808", 0, "" },
	{ "10^9 ints", ARRAY(INT), NULL, "80a8d6b907 00", NULL, "Malformed data: more items than bytes are left: 1000000000",
		0, "" },
	{ "a string of 2^40 bytes", STRING, NULL, "808080808040 61", NULL,
		"The bytes end within a string: 1099511627776 are needed, 1 are left", 6, "" },
	{ "a string of -1 bytes", STRING, NULL, "01", NULL, "Malformed data: the length is negative: -1", 0, "" },
	{ "a block larger than what is left", ARRAY(INT), NULL, "0180 01 02 00", NULL,
		"Malformed data: invalid size of a block: 64", 0, "" },
	{ "a block of negative size", ARRAY(INT), NULL, "0101 02 00", NULL, "Malformed data: invalid size of a block: -1", 0,
		"" },
	{ "a record of itself", RECORD("R", FIELD("r", "\"R\"")), NULL, "", NULL, NULL, 0, NULL },
	{ "10^9 empty records", ARRAY(RECORD("R", FIELD("n", NULL_))), NULL, "80a8d6b907 00", NULL, NULL, 0, NULL },
	{ "10^9 skipped nulls", RECORD("R", FIELD("a", ARRAY(NULL_))), RECORD("R", ""), "80a8d6b907 00", NULL, NULL, 0, NULL },
};

/* Those without a reason are over our bounds. */
static void check_resolution(struct arena *arena, const struct resolve_case *c)
{
	const struct schema *writer = parse(arena, c->writer, 0);
	const struct schema *reader = c->reader ? parse(arena, c->reader, 0) : NULL;
	const struct event_source source = { .writer = writer, .reader = reader, .bytes = from_hex(arena, c->hex) };
	struct err err = { .arena = arena };
	struct event_read read;
	enum err_code code = schema_event_read(arena, &source, &read, &err);

	if (c->json == NULL && c->reason == NULL) {
		if (code != ERR_LIMIT)
			fail_msg("%s: %s instead of ERR_LIMIT", c->name, err_name(code));
		return;
	}
	if (code != OK)
		fail_msg("%s: %.*s", c->name, STR_ARG(err.message));
	if (c->json) {
		if (!read.ok)
			fail_msg("%s: %.*s at byte %zu of %.*s", c->name, STR_ARG(read.reason), read.offset, STR_ARG(read.path));
		expect_str(c->name, c->json, read.json);
		return;
	}
	if (read.ok)
		fail_msg("%s: is read, as %.*s", c->name, STR_ARG(read.json));
	expect_str(c->name, c->reason, read.reason);
	if (read.offset != c->offset)
		fail_msg("%s: fails at byte %zu, not %zu", c->name, read.offset, c->offset);
	expect_str(c->name, c->path, read.path);
}

static void events_resolve(void **state)
{
	struct arena *arena = *state;

	for (size_t i = 0; i < sizeof(resolutions) / sizeof(resolutions[0]); i++) {
		check_resolution(arena, &resolutions[i]);
		arena_reset(arena);
	}
}

struct write_case {
	const char *name;
	const char *schema;
	const char *json;
	const char *hex;   /* NULL: cannot be written */
	const char *error;
	const char *again; /* what is read back; NULL: the same */
};

static const struct write_case writes[] = {
	{ "null", NULL_, "null", "", NULL, NULL },
	{ "numbers", ARRAY(LONG), "[0,-1,1,-64,64,-9223372036854775808]", "0c 00 01 02 7f 8001 ffffffffffffffffff01 00", NULL,
		NULL },
	{ "an int beyond", INT, "2147483648", NULL, "2147483648 is no integer of 32 bits", NULL },
	{ "an int with a fraction", INT, "1.0", NULL, "1.0 is no integer of 32 bits", NULL },
	{ "a double beyond", DOUBLE, "1e400", NULL, "1e400 is beyond a double", NULL },
	{ "infinity", FLOAT, "\"-Infinity\"", "000080ff", NULL, NULL },
	{ "a string is no number", DOUBLE, "\"1\"", NULL, "a string is no double", NULL },
	{ "bytes", BYTES, "\"\\u0000\303\277a\"", "06 00ff61", NULL, NULL },
	{ "no bytes", BYTES, "\"\304\200\"", NULL, "characters above U+00FF are no bytes", NULL },
	{ "fixed", FIXED("F", "2"), "\"\302\200a\"", "8061", NULL, NULL },
	{ "a short fixed", FIXED("F", "2"), "\"a\"", NULL, "F: another number of bytes than its size", NULL },
	{ "an enum", ENUM("E", "\"A\",\"B\""), "\"B\"", "02", NULL, NULL },
	{ "no symbol", ENUM("E", "\"A\",\"B\""), "\"C\"", NULL, "C is no symbol of the enum", NULL },
	{ "a branch by name", "[" NULL_ "," STRING "]", "{\"string\":\"a\"}", "02 0261", NULL, NULL },
	{ "a branch without name", "[" NULL_ "," STRING "]", "\"a\"", "02 0261", NULL, "{\"string\":\"a\"}" },
	{ "two that could be", "[" INT "," LONG "]", "1", NULL,
		"may be int or long: name the branch, as in {\"int\": ...}", NULL },
	{ "one of two by range", "[" INT "," LONG "]", "2147483648", "02 8080808010", NULL, "{\"long\":2147483648}" },
	{ "one of two by symbol", "[" ENUM("E", "\"A\"") "," ENUM("F", "\"B\"") "]", "\"B\"", "02 00", NULL, "{\"F\":\"B\"}" },
	{ "one of two by fields", "[" RECORD("A", FIELD("x", INT)) "," RECORD("B", FIELD("y", INT)) "]", "{\"y\":1}", "02 02",
		NULL, "{\"B\":{\"y\":1}}" },
	{ "none fits", "[" INT "," STRING "]", "true", NULL, "a boolean is no union", NULL },
	{ "a map that looks like a branch", "[" MAP(INT) "," INT "]", "{\"int\":1}", "02 02", NULL, NULL },
	{ "a map without name", "[" MAP(INT) "," INT "]", "{\"a\":1}", "00 02 0261 02 00", NULL, "{\"map\":{\"a\":1}}" },
	{ "members in any order", RECORD("R", FIELD("a", INT) "," FIELD("b", INT)), "{\"b\":2,\"a\":1}", "0204", NULL,
		"{\"a\":1,\"b\":2}" },
	{ "a default is filled in", RECORD("R", FIELD_DEFAULT("a", "[" NULL_ "," INT "]", "null")), "{}", "00", NULL,
		"{\"a\":null}" },
	{ "a missing field", RECORD("R", FIELD("a", ARRAY(RECORD("I", FIELD("i", INT))))), "{\"a\":[{}]}", NULL,
		"/a/0: i, a field without default, is missing", NULL },
	{ "an unknown member", RECORD("R", ""), "{\"a/b\":1}", NULL, "/a~1b: a/b is no field of the record", NULL },
	{ "no JSON", INT, "{", NULL, NULL, NULL },
};

static void check_write(struct arena *arena, const struct write_case *c)
{
	const struct schema *schema = parse(arena, c->schema, 0);
	struct err err = { .arena = arena };
	struct str bytes;
	struct event_read read;
	enum err_code code = schema_event_write(arena, &(struct event_target){ .schema = schema }, str_of(c->json), &bytes, &err);

	if (c->hex == NULL) {
		if (code != ERR_PARSE)
			fail_msg("%s: %s instead of ERR_PARSE", c->name, err_name(code));
		if (c->error)
			expect_str(c->name, c->error, err.message);
		return;
	}
	if (code != OK)
		fail_msg("%s: %.*s", c->name, STR_ARG(err.message));
	expect_str(c->name, to_hex(arena, from_hex(arena, c->hex)), str_of(to_hex(arena, bytes)));
	assert_int_equal(schema_event_read(arena, &(struct event_source){ .writer = schema, .bytes = bytes }, &read, &err), OK);
	expect_str(c->name, c->again ? c->again : c->json, read.ok ? read.json : read.reason);
}

static void events_are_written(void **state)
{
	struct arena *arena = *state;

	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		check_write(arena, &writes[i]);
		arena_reset(arena);
	}
}

/* ---- hostile in size ---- */

enum { STACK = 1024 * 1024, SECONDS = 20 }; /* sanitizers and a busy machine included */

/* A linked list of 200,000 nodes, which takes avro-c's stack (survey G.3), is over the bound; one of 300 is not. */
static void lists_are_bounded(struct arena *arena)
{
	const struct schema *schema = parse(arena, LIST, 0);
	struct err err = { .arena = arena };
	struct event_read read;
	struct buf b = buf_make(arena, 0);
	struct str again;

	for (size_t i = 0; i < 200000; i++)
		buf_lit(&b, "\x02\x02");
	assert_int_equal(schema_event_read(arena, &(struct event_source){ .writer = schema, .bytes = buf_str(&b) }, &read, &err),
		ERR_LIMIT);
	b.len = 600;
	buf_lit(&b, "\x02");
	buf_add_c(&b, 0);
	assert_int_equal(schema_event_read(arena, &(struct event_source){ .writer = schema, .bytes = buf_str(&b) }, &read, &err),
		OK);
	if (!read.ok)
		fail_msg("%.*s", STR_ARG(read.reason));
	assert_int_equal(schema_event_write(arena, &(struct event_target){ .schema = schema }, read.json, &again, &err), OK);
	assert_true(str_eq(again, buf_str(&b)));
}

/* R40 holds two R39, each two R38 …: 2^40 records in no bytes at all, in an event or as a default. */
static void records_of_nothing_are_bounded(struct arena *arena)
{
	struct buf b = buf_make(arena, 0);
	struct err err = { .arena = arena };
	const struct schema *many, *reader;
	struct event_read read;

	for (int i = 40; i > 0; i--)
		buf_printf(&b, "{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":", i);
	buf_lit(&b, "\"null\"");
	for (int i = 1; i <= 40; i++)
		if (i == 1)
			buf_lit(&b, "}]}");
		else
			buf_printf(&b, "},{\"name\":\"b\",\"type\":\"R%d\"}]}", i - 1);
	many = parse(arena, buf_str(&b).data, 0);
	assert_int_equal(schema_event_read(arena, &(struct event_source){ .writer = many, .bytes = STR("") }, &read, &err),
		ERR_LIMIT);
	reader = parse(arena, RECORD("Q", FIELD_DEFAULT("r",
		RECORD("S", FIELD_DEFAULT("s", ARRAY("\"S\""), "[]")), "{\"s\":[{},{},{\"s\":[{}]}]}")), 0);
	assert_int_equal(schema_event_read(arena, &(struct event_source){ .writer = parse(arena, RECORD("Q", ""), 0),
		.reader = reader, .bytes = STR("") }, &read, &err), OK);
	expect_str("a default of records", "{\"r\":{\"s\":[{\"s\":[]},{\"s\":[]},{\"s\":[{\"s\":[]}]}]}}", read.json);
}

/* A small event that large defaults make long. */
static void defaults_are_bounded(struct arena *arena)
{
	struct buf b = buf_make(arena, 0), bytes = buf_make(arena, 0);
	struct err err = { .arena = arena };
	const struct schema *writer = parse(arena, ARRAY(RECORD("R", FIELD("i", INT))), 0);
	struct event_read read;

	buf_lit(&b, ARRAY("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"s\",\"type\":\"string\",\"default\":\""));
	b.len -= 1;
	for (size_t i = 0; i < 100000; i++)
		buf_add_c(&b, 'x');
	buf_lit(&b, "\"}]}}");
	buf_lit(&bytes, "\x80\x7d"); /* 8000 */
	for (size_t i = 0; i < 8000; i++)
		buf_add_c(&bytes, 0);
	buf_add_c(&bytes, 0);
	assert_int_equal(schema_event_read(arena, &(struct event_source){ .writer = writer,
		.reader = parse(arena, buf_str(&b).data, 0), .bytes = buf_str(&bytes) }, &read, &err), ERR_LIMIT);
}

static void *run_bounded(void *arg)
{
	struct arena *arena = arg;

	lists_are_bounded(arena);
	records_of_nothing_are_bounded(arena);
	defaults_are_bounded(arena);
	return NULL;
}

static void hostile_events_are_bounded(void **state)
{
	uint64_t start = clock_mono_ns();
	pthread_attr_t attr;
	pthread_t thread;

	assert_int_equal(pthread_attr_init(&attr), 0);
	assert_int_equal(pthread_attr_setstacksize(&attr, STACK), 0);
	assert_int_equal(pthread_create(&thread, &attr, run_bounded, *state), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
	assert_true((double)(clock_mono_ns() - start) / 1e9 < SECONDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(events_resolve),
		arena_test(events_are_written),
		arena_test(hostile_events_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
