/* Where an Avro text is at fault, what it becomes, and what the schema keeps of it. */
#include "tests/unit/compat/avro_test.h"

static void faults_have_a_place(void **state)
{
	static const struct {
		const char *text;
		const char *message;
		uint32_t line, column;
	} cases[] = {
		{ "{\n\t\"type\": \"record\",\n\t\"name\": \"R-x\",\n\t\"fields\": []\n}", "Illegal character in: R-x", 3, 10 },
		{ "{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n  {\"name\": \"a\", \"type\": \"strin\"}\n]}",
			"Undefined schema: strin", 2, 25 },
		{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[\n{\"name\":\"a\",\"type\":\"int\"},\n{\"name\":\"a\",\"type\":\"int\"}]}",
			"Duplicate field a in record R: a type:INT pos:1 and a type:INT pos:0.", 3, 1 },
		{ "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"string\",\n \"default\": null}]}",
			"Invalid default for field a: null not a \"string\"", 2, 13 },
		{ "[\"int\",\n\n\"int\"]", "Duplicate in union:int", 3, 1 },
		{ "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\r\n\"B\",\r\n \"A\"]}", "Duplicate enum symbol: A", 3, 2 },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-2}", "Malformed data. Length is negative: -2", 1, 35 },
		{ "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"a-b\",\"fields\":[]}",
			"Namespace part \"a-b\" is invalid: Illegal character in: a-b", 1, 1 },
		{ "\n  {\"type\":7}", "No type: {\"type\":7}", 2, 3 },
		{ "\"nosuch\"", "Undefined schema: nosuch", 1, 1 },
		{ "{\"type\":\"a.b\"}", "Undefined schema: a.b", 1, 9 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct schema *schema;
		struct err err;

		if (try_parse(*state, str_of(cases[i].text), SCHEMA_STRICT, &schema, &err) != ERR_PARSE)
			fail_msg("%s should be ERR_PARSE", cases[i].text);
		expect_str(cases[i].text, cases[i].message, err.message);
		if (err.line != cases[i].line || err.column != cases[i].column)
			fail_msg("%s: %u:%u instead of %u:%u", cases[i].text, err.line, err.column, cases[i].line,
				cases[i].column);
	}
}

static void json_faults_have_a_place(void **state)
{
	const struct schema *schema;
	struct err err;

	assert_int_equal(try_parse(*state, STR("{\"type\":\n \"int\" \"x\"}"), 0, &schema, &err), ERR_PARSE);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 8);
	assert_true(str_starts(err.message,
		STR("com.fasterxml.jackson.core.JsonParseException: Unexpected character ('\"' (code 34)): was expecting comma")));
	assert_true(str_ends(err.message, STR("line: 2, column: 8]")));
	assert_int_equal(try_parse(*state, STR("\"int\"\n\n x // y"), 0, &schema, &err), ERR_PARSE);
	assert_int_equal(err.line, 3);
	expect_str("rest", "dangling content after end of schema: x // y", err.message);
}

/* NULs and lone surrogates are text like any other, as in Java; the latter in three bytes (JSN_WTF8). */
static void odd_characters_are_kept(void **state)
{
	const struct schema *schema;
	struct err err;
	struct str raw = STR("{\"type\":\"int\",\"x\":\"a\0b\"}");

	schema = parse(*state, "{\"type\":\"int\",\"x\":\"a\\u0000b\\ud800\"}", SCHEMA_STRICT);
	expect_str("escapes", "{\"type\":\"int\",\"x\":\"a\\u0000b\xED\xA0\x80\"}", schema->canonical);
	expect_str("read again", schema->canonical.data, parse(*state, schema->canonical.data, 0)->canonical);
	assert_int_equal(try_parse(*state, raw, 0, &schema, &err), ERR_PARSE);
	assert_int_equal(try_parse(*state, STR("{\"type\":\"int\",\"x\":\"\xff\"}"), 0, &schema, &err), ERR_PARSE);
	assert_int_equal(try_parse(*state, STR("{\"type\":\"fixed\",\"name\":\"a\\u0000\",\"size\":1}"), 0, &schema, &err),
		ERR_PARSE);
	assert_true(str_starts(err.message, STR("Illegal character in: a")));
}

static void the_text_need_not_outlive_the_call(void **state)
{
	char text[] = "{\"type\":\"record\",\"name\":\"n.R\",\"fields\":[{\"name\":\"abc\",\"type\":\"int\",\"default\":12}]}";
	const struct schema *schema = parse(*state, text, SCHEMA_STRICT);

	memset(text, 'x', sizeof(text) - 1);
	expect_str("normalised",
		"{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"fields\":[{\"name\":\"abc\",\"type\":\"int\",\"default\":12}]}",
		schema_normalized(*state, schema));
	expect_str("name", "n.R", schema_name(schema));
}

static void the_tree_has_what_the_text_says(void **state)
{
	const struct schema *schema = parse(*state,
		"{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"doc\":\"d\",\"aliases\":[\"S\",\"m.T\"],\"p\":1,\n"
		"\"fields\":[{\"name\":\"a\",\"type\":[\"null\",{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"X\",\"Y\"],"
		"\"default\":\"Y\"}],\"default\":null,\"order\":\"descending\",\"aliases\":[\"b\"],\"q\":{}},\n"
		" {\"name\":\"c\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"fixed\",\"name\":\"m.F\",\"size\":4}}},\n"
		" {\"name\":\"d\",\"type\":[\"null\",\"R\"]}]}",
		SCHEMA_STRICT);
	const struct avsc_type *root = avsc_of(schema)->root, *a = root->fields[0].type;

	assert_int_equal(root->kind, AVSC_RECORD);
	assert_true(avsc_kind_is_named(root->kind) && !avsc_kind_is_primitive(root->kind));
	expect_str("full", "n.R", root->name.full);
	expect_str("space", "n", root->name.space);
	expect_str("last", "R", root->name.last);
	expect_str("doc", "d", root->doc);
	expect_str("alias", "n.S", root->aliases[0].full);
	expect_str("alias", "m.T", root->aliases[1].full);
	assert_int_equal(root->n_properties, 1);
	assert_int_equal(root->n_fields, 3);
	assert_int_equal(root->fields[0].at->line, 2);
	assert_int_equal(root->fields[1].at->line, 3);
	assert_int_equal(root->fields[1].at->column, 2);
	assert_int_equal(root->fields[0].order, AVSC_DESCENDING);
	assert_int_equal(root->fields[0].default_value->kind, JSN_NULL);
	assert_null(root->fields[1].default_value);
	assert_false(str_present(root->fields[0].doc));
	expect_str("field alias", "b", root->fields[0].aliases[0]);
	assert_int_equal(a->n_branches, 2);
	expect_str("default", "Y", a->branches[1]->enum_default);
	expect_str("enum", "n.E", a->branches[1]->name.full);
	assert_true(avsc_symbol_find(a->branches[1], STR("X")) && !avsc_symbol_find(a->branches[1], STR("Z")));
	assert_int_equal(root->fields[1].type->items->size, 4);
	assert_ptr_equal(root->fields[2].type->branches[1], root);
	assert_ptr_equal(avsc_field_find(root, STR("c")), &root->fields[1]);
	assert_null(avsc_field_find(root, STR("b")));
	assert_int_equal(avsc_of(schema)->n_names, 3);
}

static void types_have_names(void **state)
{
	enum schema_type type;

	(void)state;
	assert_true(schema_type_find(STR("PROTOBUF"), &type));
	assert_int_equal(type, SCHEMA_PROTOBUF);
	assert_true(schema_type_find(STR("JSON"), &type));
	assert_int_equal(type, SCHEMA_JSON);
	assert_false(schema_type_find(STR("avro"), &type));
	expect_str("name", "AVRO", schema_type_name(SCHEMA_AVRO));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(faults_have_a_place),
		arena_test(json_faults_have_a_place),
		arena_test(odd_characters_are_kept),
		arena_test(the_text_need_not_outlive_the_call),
		arena_test(the_tree_has_what_the_text_says),
		arena_test(types_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
