/* Logical types: what is shown for schemas of each format, what is read, and that both ways meet. */
#include "compat/logical.h"

#include "base/arena.h"
#include "tests/unit/base/check.h"

#define R(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define PROTO(body) "syntax = \"proto3\";\n" body

static const struct {
	enum schema_type type;
	const char *schema;
	const char *logical; /* NULL: cannot be expressed */
} shown[] = {
	{ SCHEMA_AVRO, R("{\"name\":\"d\",\"type\":{\"type\":\"int\",\"logicalType\":\"date\"}},{\"name\":\"s\",\"type\":\"string\"}"),
		"STRUCT R (d DATE NOT NULL, s STRING NOT NULL);\n" },
	{ SCHEMA_AVRO, "{\"type\":\"record\",\"name\":\"Person\",\"namespace\":\"a.b\",\"fields\":[{\"name\":\"age\",\"type\":[\"null\",\"int\"]},"
		"{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"it's\"},"
		"{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"long\"]}}]}",
		"STRUCT a.b.Person (age INT, tags ARRAY<STRING NOT NULL> NOT NULL COMMENT 'it''s', m MAP<STRING NOT NULL, BIGINT> NOT NULL);\n" },
	{ SCHEMA_AVRO, R("{\"name\":\"p\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}},"
		"{\"name\":\"t\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}},"
		"{\"name\":\"l\",\"type\":{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"}},"
		"{\"name\":\"f\",\"type\":{\"type\":\"fixed\",\"name\":\"F\",\"size\":4}},"
		"{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}}"),
		"STRUCT R (p DECIMAL(9, 2) NOT NULL, t TIMESTAMP_LTZ(6) NOT NULL, l TIMESTAMP(3) NOT NULL, f BINARY(4) NOT NULL, e STRING NOT NULL);\n" },
	{ SCHEMA_AVRO, R("{\"name\":\"i\",\"type\":{\"type\":\"record\",\"name\":\"I\",\"fields\":[{\"name\":\"x\",\"type\":\"double\"}]}}"),
		"STRUCT R (i STRUCT I (x DOUBLE NOT NULL) NOT NULL);\n" },
	{ SCHEMA_AVRO, "\"string\"", "STRING NOT NULL;\n" },
	{ SCHEMA_AVRO, R("{\"name\":\"u\",\"type\":[\"string\",\"int\"]}"), NULL },
	{ SCHEMA_AVRO, R("{\"name\":\"n\",\"type\":[\"null\",\"R\"]}"), NULL },
	{ SCHEMA_AVRO, R("{\"name\":\"n\",\"type\":\"null\"}"), NULL },
	{ SCHEMA_AVRO, R("{\"name\":\"p\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":50}}"), NULL },
	{ SCHEMA_JSON, "{\"type\":\"object\",\"title\":\"P\",\"properties\":{\"id\":{\"type\":\"string\"},\"age\":{\"oneOf\":[{\"type\":\"null\"},"
		"{\"type\":\"number\",\"connect.type\":\"int32\"}]},\"n\":{\"type\":[\"integer\",\"null\"]},\"z\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/b\"}}},"
		"\"required\":[\"id\",\"n\",\"z\"],\"definitions\":{\"b\":{\"type\":\"boolean\"}}}",
		"STRUCT P (id STRING NOT NULL, age INT, n BIGINT, z ARRAY<BOOLEAN NOT NULL> NOT NULL);\n" },
	{ SCHEMA_JSON, "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}}", "MAP<STRING NOT NULL, DOUBLE NOT NULL> NOT NULL;\n" },
	{ SCHEMA_JSON, "{\"type\":\"object\",\"properties\":{\"me\":{\"$ref\":\"#\"}}}", NULL },
	{ SCHEMA_JSON, "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"boolean\"}]}", NULL },
	{ SCHEMA_PROTOBUF, PROTO("import \"google/type/date.proto\";\nmessage Person { optional int32 age = 2; string id = 1; repeated bool flags = 3;"
		" map<string, int64> m = 4; google.type.Date d = 5; E e = 6; oneof o { string x = 7; } uint64 u = 8; } enum E { A = 0; }"),
		"STRUCT Person (id STRING NOT NULL, age INT, flags ARRAY<BOOLEAN NOT NULL> NOT NULL, m MAP<STRING NOT NULL, BIGINT NOT NULL> NOT NULL, "
		"d DATE, e STRING NOT NULL, x STRING, u DECIMAL(20, 0) NOT NULL);\n" },
	{ SCHEMA_PROTOBUF, PROTO("message N { N n = 1; }"), NULL },
	{ SCHEMA_PROTOBUF, PROTO("enum E { A = 0; }"), NULL },
};

static const struct schema *parse(struct arena *arena, enum schema_type type, struct str text)
{
	struct schema_source source = { .type = type, .text = text };
	struct err err = { .arena = arena };
	const struct schema *schema = NULL;

	if (schema_parse(arena, &source, SCHEMA_STRICT, &schema, &err) != OK)
		fail_msg("%.*s: %.*s", STR_ARG(text), STR_ARG(err.message));
	return schema;
}

static void test_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		const struct schema *schema = parse(arena, shown[i].type, str_of(shown[i].schema));
		struct str text;
		enum err_code code = schema_logical(arena, schema, &text, &err);

		if (!shown[i].logical) {
			if (code != ERR_INVALID_SCHEMA || !str_ends(err.message, STR("cannot be expressed as a logical type")))
				fail_msg("%s: %d %.*s", shown[i].schema, code, STR_ARG(err.message));
		} else {
			if (code != OK)
				fail_msg("%s: %.*s", shown[i].schema, STR_ARG(err.message));
			assert_string_equal(text.data, shown[i].logical);
		}
		arena_destroy(arena);
	}
}

/* Made a schema and shown again, a type is what it was; but for what a format cannot tell apart. */
static const struct {
	const char *logical;
	const char *again[SCHEMA_TYPES]; /* NULL: the same */
} made[] = {
	{ "STRUCT Person (id STRING NOT NULL, name STRING NOT NULL, age INT, active BOOLEAN NOT NULL);\n", { NULL } },
	{ "STRUCT T (a TINYINT NOT NULL, b SMALLINT, c INT NOT NULL, d BIGINT, e FLOAT NOT NULL, f DOUBLE);\n",
		{ [SCHEMA_PROTOBUF] = "STRUCT T (a INT NOT NULL, b INT, c INT NOT NULL, d BIGINT, e FLOAT NOT NULL, f DOUBLE);\n" } },
	{ "STRUCT T (d DECIMAL(9, 2), a DATE, t TIME(3), u TIMESTAMP(3), v TIMESTAMP_LTZ(6));\n", { NULL } },
	{ "STRUCT T (l ARRAY<STRUCT I (x INT NOT NULL) NOT NULL> NOT NULL, m MAP<STRING NOT NULL, BIGINT NOT NULL> NOT NULL);\n",
		{ [SCHEMA_PROTOBUF] = "STRUCT T (l ARRAY<STRUCT T.I (x INT NOT NULL) NOT NULL> NOT NULL, m MAP<STRING NOT NULL, BIGINT NOT NULL> NOT NULL);\n" } },
	{ "STRUCT T (m MAP<INT NOT NULL, STRING NOT NULL> NOT NULL);\n", { NULL } },
	{ "STRUCT `a-b`.T (`c d` BYTES NOT NULL COMMENT 'x');\n", { [SCHEMA_AVRO] = "", [SCHEMA_PROTOBUF] = "" } },
};

static void check_made(enum schema_type type, const char *logical, const char *again)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct schema_source source = { .type = type };
	const struct schema *schema;
	struct str text;

	if (schema_from_logical(arena, type, str_of(logical), &source.text, &err) != OK)
		fail_msg("%s: %.*s", logical, STR_ARG(err.message));
	if (again && !*again) {
		assert_int_not_equal(schema_parse(arena, &source, SCHEMA_STRICT, &schema, &err), OK);
	} else {
		if (schema_logical(arena, parse(arena, type, source.text), &text, &err) != OK)
			fail_msg("%.*s: %.*s", STR_ARG(source.text), STR_ARG(err.message));
		assert_string_equal(text.data, again ? again : logical);
	}
	arena_destroy(arena);
}

static void test_made(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		for (int type = 0; type < SCHEMA_TYPES; type++)
			check_made((enum schema_type)type, made[i].logical, made[i].again[type]);
}

/* The public documentation's example. */
static void test_documented(void **state)
{
	static const char person[] = "STRUCT Person ( id STRING NOT NULL, name STRING NOT NULL, age INT, active BOOLEAN NOT NULL )";
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct str text;

	(void)state;
	assert_int_equal(schema_from_logical(arena, SCHEMA_AVRO, str_of(person), &text, &err), OK);
	assert_string_equal(parse(arena, SCHEMA_AVRO, text)->canonical.data,
		"{\"type\":\"record\",\"name\":\"Person\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"name\",\"type\":\"string\"},"
		"{\"name\":\"age\",\"type\":[\"null\",\"int\"]},{\"name\":\"active\",\"type\":\"boolean\"}]}");
	assert_int_equal(schema_from_logical(arena, SCHEMA_PROTOBUF, str_of(person), &text, &err), OK);
	assert_string_equal(parse(arena, SCHEMA_PROTOBUF, text)->canonical.data,
		"syntax = \"proto3\";\n\nmessage Person {\n  string id = 1;\n  string name = 2;\n  optional int32 age = 3;\n  bool active = 4;\n}\n");
	arena_destroy(arena);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{ "", "Expected a type at line 1, column 1, found the end" },
		{ "STRUCT R (a)", "Expected a type at line 1, column 12, found ')'" },
		{ "STRUCT R (a INT,\n  a INT)", "Expected another name than a, which is taken, at line 2, column 5, found 'INT)'" },
		{ "STRUCT R (a INT NOT)", "Expected NULL at line 1, column 20, found ')'" },
		{ "STRUCT R (a DECIMAL(39))", "Expected a number from 1 to 38 at line 1, column 21, found '39))'" },
		{ "STRUCT R (a INT); x", "Expected the end at line 1, column 19, found 'x'" },
		{ "STRUCT R (`a INT)", "Expected the closing quote at line 1, column 18, found the end" },
		{ "MAP<INT>", "Expected ',' at line 1, column 8, found '>'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		const struct logical_type *type;

		assert_int_equal(logical_parse(arena, str_of(cases[i].text), &type, &err), ERR_PARSE);
		assert_string_equal(err.message.data, cases[i].message);
		arena_destroy(arena);
	}
}

static void test_deep(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct buf text = buf_make(arena, 100000);
	const struct logical_type *type;

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_lit(&text, "ARRAY<");
	assert_int_equal(logical_parse(arena, buf_str(&text), &type, &err), ERR_LIMIT);
	arena_destroy(arena);
}

struct told {
	struct arena *arena;
	struct buf text; /* "column: why|" */
};

static void note(void *cls, struct str path, struct str why)
{
	struct told *told = cls;

	buf_printf(&told->text, "%.*s: %.*s|", STR_ARG(path), STR_ARG(why));
}

/* Iceberg's specification, "Schema Evolution". */
static void test_evolution(void **state)
{
	static const struct {
		const char *old;
		const char *new;
		const char *told;
	} cases[] = {
		{ "STRUCT R (a INT NOT NULL, b STRING)", "STRUCT R (b STRING, a BIGINT NOT NULL, c DATE)", "" },
		{ "STRUCT R (a INT NOT NULL, b STRING)", "STRUCT R (a INT)", "" },
		{ "STRUCT R (a INT)", "STRUCT R (a INT NOT NULL)", "a: a column that may be null cannot become NOT NULL|" },
		{ "STRUCT R (a INT)", "STRUCT R (a INT, b INT NOT NULL)", "b: a column that is NOT NULL cannot be added|" },
		{ "STRUCT R (a BIGINT)", "STRUCT R (a INT)", "a: the type is not one that the old one can be promoted to|" },
		{ "STRUCT R (a FLOAT, b DECIMAL(4, 2))", "STRUCT R (a DOUBLE, b DECIMAL(9, 2))", "" },
		{ "STRUCT R (a DECIMAL(4, 2))", "STRUCT R (a DECIMAL(9, 3))",
			"a: length, precision or scale are not ones that the old ones can be promoted to|" },
		{ "STRUCT R (a CHAR(2), b VARCHAR(4), c BINARY(4))", "STRUCT R (a STRING, b VARCHAR(8), c BINARY(4))", "" },
		{ "STRUCT R (m MAP<STRING NOT NULL, STRUCT (x INT)>)", "STRUCT R (m MAP<INT NOT NULL, STRUCT (x DATE)>)",
			"m: the keys of a map cannot change|m.value.x: the type is not one that the old one can be promoted to|" },
		{ "STRUCT R (l ARRAY<INT>)", "STRUCT R (l ARRAY<INT NOT NULL>)",
			"l.element: a column that may be null cannot become NOT NULL|" },
		{ "STRUCT R (t TIMESTAMP(3))", "STRUCT R (t TIMESTAMP_LTZ(3))",
			"t: the type is not one that the old one can be promoted to|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct told told = { .arena = arena, .text = buf_make(arena, 64) };
		struct err err = { .arena = arena };
		const struct logical_type *old, *new;

		assert_int_equal(logical_parse(arena, str_of(cases[i].old), &old, &err), OK);
		assert_int_equal(logical_parse(arena, str_of(cases[i].new), &new, &err), OK);
		logical_compare(arena, old, new, note, &told);
		assert_string_equal(buf_str(&told.text).data, cases[i].told);
		arena_destroy(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_evolution),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
