/* Avro schemas with dependencies: what they mean, how they print, and when two are the same (contract 5.3, 5.12, 6.1). */
#include "tests/unit/compat/avro_test.h"

static const char COUNTRY[] = "{\"type\":\"record\",\"name\":\"Country\",\"namespace\":\"geo\",\"fields\":["
							  "{\"name\":\"code\",\"type\":\"string\"}]}";
static const char ADDRESS[] = "{\"type\":\"record\",\"name\":\"Address\",\"namespace\":\"geo\",\"fields\":["
							  "{\"name\":\"country\",\"type\":\"Country\"},"
							  "{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"A\"]}}]}";
static const char ORDER[] = "{\"type\":\"record\",\"name\":\"Order\",\"fields\":["
							"{\"name\":\"to\",\"type\":\"geo.Address\"},"
							"{\"name\":\"from\",\"type\":[\"null\",\"geo.Country\"],\"default\":null},"
							"{\"name\":\"kind\",\"type\":\"geo.Kind\"}]}";

static enum err_code parse_with(struct arena *arena, const char *text, const char *const *dependencies, unsigned flags,
	const struct schema **out, struct err *err)
{
	struct schema_dependency list[8];
	struct schema_source source = { .type = SCHEMA_AVRO, .text = str_of(text), .dependencies = list };

	for (size_t i = 0; dependencies[i]; i++)
		list[source.n_dependencies++] = (struct schema_dependency){
			.name = STR("any"), .subject = STR("any"), .version = 1, .text = str_of(dependencies[i]),
		};
	*err = (struct err){ .arena = arena };
	return schema_parse(arena, &source, flags, out, err);
}

static const struct schema *must_parse(struct arena *arena, const char *text, const char *const *dependencies)
{
	const struct schema *schema = NULL;
	struct err err;

	if (parse_with(arena, text, dependencies, SCHEMA_STRICT, &schema, &err) != OK)
		fail_msg("%s: %.*s", text, STR_ARG(err.message));
	return schema;
}

static const char *const GEO[] = { COUNTRY, ADDRESS, NULL };

static void names_of_dependencies_are_printed_as_names(void **state)
{
	static const char text[] = "{\"type\":\"record\",\"name\":\"Order\",\"fields\":["
							   "{\"name\":\"to\",\"type\":\"geo.Address\"},"
							   "{\"name\":\"from\",\"type\":[\"null\",\"geo.Country\"],\"default\":null}]}";
	const struct schema *schema = must_parse(*state, text, GEO);

	expect_str("canonical", text, schema->canonical);
	expect_str("normalised", text, schema_normalized(*state, schema));
	expect_str("name", "Order", schema_name(schema));
	assert_true(avsc_of(schema)->root->fields[0].type->from_dependency);
	assert_false(avsc_of(schema)->root->from_dependency);
}

/* As Avro's Schema.toString(referencedSchemas): a dependency is known by its own name only. */
static void types_inside_dependencies_are_written_out(void **state)
{
	static const char want[] = "{\"type\":\"record\",\"name\":\"Order\",\"fields\":["
							   "{\"name\":\"to\",\"type\":\"geo.Address\"},"
							   "{\"name\":\"from\",\"type\":[\"null\",\"geo.Country\"],\"default\":null},"
							   "{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"namespace\":\"geo\","
							   "\"symbols\":[\"A\"]}}]}";
	const struct schema *schema = must_parse(*state, ORDER, GEO), *again = must_parse(*state, want, GEO);

	expect_str("canonical", want, schema->canonical);
	expect_str("read again", want, again->canonical);
	assert_true(schema_equal(schema, again));
}

/* The recursive type inside the dependency is written out and read again beside the one that is known. */
static void recursive_types_inside_dependencies_can_be_read_again(void **state)
{
	static const char outer[] = "{\"type\":\"record\",\"name\":\"Outer\",\"fields\":[{\"name\":\"list\",\"type\":"
								"{\"type\":\"record\",\"name\":\"List\",\"fields\":["
								"{\"name\":\"next\",\"type\":[\"null\",\"List\"]},{\"name\":\"o\",\"type\":[\"null\",\"Outer\"]}]}}]}";
	static const char *const outers[] = { outer, NULL };
	const struct schema *schema = must_parse(*state, "{\"type\":\"array\",\"items\":\"List\"}", outers);
	char *text = arena_strdup(*state, schema->canonical.data);

	expect_str("canonical",
		"{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"List\",\"fields\":["
		"{\"name\":\"next\",\"type\":[\"null\",\"List\"]},{\"name\":\"o\",\"type\":[\"null\",\"Outer\"]}]}}",
		schema->canonical);
	expect_str("read again", text, must_parse(*state, text, outers)->canonical);
}

static void resolved_text_defines_each_name_at_its_first_use(void **state)
{
	const struct schema *schema = must_parse(*state, ORDER, GEO);

	expect_str("resolved",
		"{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"to\",\"type\":"
		"{\"type\":\"record\",\"name\":\"Address\",\"namespace\":\"geo\",\"fields\":[{\"name\":\"country\",\"type\":"
		"{\"type\":\"record\",\"name\":\"Country\",\"fields\":[{\"name\":\"code\",\"type\":\"string\"}]}},"
		"{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"A\"]}}]}},"
		"{\"name\":\"from\",\"type\":[\"null\",\"geo.Country\"],\"default\":null},"
		"{\"name\":\"kind\",\"type\":\"geo.Kind\"}]}",
		schema_formatted(*state, schema, STR("resolved")));
}

static void the_inlined_form_is_equal(void **state)
{
	static const char *const none[] = { NULL };
	const struct schema *schema = must_parse(*state, ORDER, GEO);
	char *text = arena_strdup(*state, schema_formatted(*state, schema, STR("resolved")).data);
	const struct schema *inlined = must_parse(*state, text, none);

	expect_str("resolved form parses to itself", text, inlined->canonical);
	assert_true(schema_equal(schema, inlined));
	assert_true(schema_equal(inlined, schema));
	assert_true(schema_equal(schema, schema));
	assert_true(str_eq(avsc_parsing_canonical(*state, avsc_of(schema)),
		avsc_parsing_canonical(*state, avsc_of(inlined))));
}

static void the_same_text_with_other_dependencies_is_not_equal(void **state)
{
	static const char other[] = "{\"type\":\"record\",\"name\":\"Country\",\"namespace\":\"geo\",\"fields\":["
								"{\"name\":\"code\",\"type\":\"int\"}]}";
	static const char *const others[] = { other, ADDRESS, NULL };
	const struct schema *a = must_parse(*state, ORDER, GEO), *b = must_parse(*state, ORDER, others);
	struct findings found = findings_make(*state);
	struct err err = { .arena = *state };

	assert_true(str_eq(a->canonical, b->canonical));
	assert_false(schema_equal(a, b));
	assert_int_equal(schema_check(a, b, SCHEMA_POLICY_STRICT, &found, &err), OK);
	assert_int_equal(found.n_items, 2); /* the pair is met twice and tells it twice */
	expect_str("path", "/fields/0/type/fields/0/type/fields/0/type", found.items[0].path);
}

static void dependencies_are_read_in_order(void **state)
{
	static const char *const wrong[] = { ADDRESS, COUNTRY, NULL };
	static const char *const missing[] = { COUNTRY, NULL };
	static const char *const broken[] = { COUNTRY, "{\"type\":", NULL };
	const struct schema *schema;
	struct err err;

	assert_int_equal(parse_with(*state, ORDER, wrong, SCHEMA_STRICT, &schema, &err), ERR_PARSE);
	expect_str("wrong order", "Undefined schema: geo.Country", err.message);
	assert_int_equal(err.line, 0); /* not a place in the text that was sent */
	assert_int_equal(parse_with(*state, ORDER, missing, SCHEMA_STRICT, &schema, &err), ERR_PARSE);
	expect_str("missing", "Undefined schema: geo.Address", err.message);
	assert_int_equal(err.line, 1);
	assert_int_equal(err.column, 63);
	assert_int_equal(parse_with(*state, ORDER, broken, SCHEMA_STRICT, &schema, &err), ERR_PARSE);
	assert_true(str_starts(err.message, STR("com.fasterxml.jackson.core.io.JsonEOFException: ")));
	assert_int_equal(err.line, 0);
}

static void dependencies_need_not_be_used(void **state)
{
	const struct schema *schema = must_parse(*state, "\"int\"", GEO);

	expect_str("canonical", "\"int\"", schema->canonical);
}

static void a_dependency_may_be_defined_again_if_it_is_the_same(void **state)
{
	static const char *const country[] = { COUNTRY, NULL };
	const struct schema *schema;
	struct err err;

	schema = must_parse(*state, COUNTRY, country);
	expect_str("the dependency itself", "\"geo.Country\"", schema->canonical);
	expect_str("resolved", COUNTRY, schema_formatted(*state, schema, STR("resolved")));
	assert_int_equal(parse_with(*state, "{\"type\":\"fixed\",\"name\":\"geo.Country\",\"size\":1}", country, 0, &schema,
						 &err),
		ERR_PARSE);
	expect_str("another", "Can't redefine: geo.Country", err.message);
}

static void recursive_dependencies_work(void **state)
{
	static const char list[] = "{\"type\":\"record\",\"name\":\"List\",\"fields\":["
							   "{\"name\":\"next\",\"type\":[\"null\",\"List\"]}]}";
	static const char *const lists[] = { list, NULL };
	const struct schema *a = must_parse(*state, "{\"type\":\"array\",\"items\":\"List\"}", lists);
	const struct schema *b = must_parse(*state, "{\"type\":\"array\",\"items\":\"List\"}", lists);
	struct findings found = findings_make(*state);
	struct err err = { .arena = *state };

	assert_true(schema_equal(a, b));
	assert_int_equal(schema_check(a, b, SCHEMA_POLICY_STRICT, &found, &err), OK);
	assert_int_equal(found.n_items, 0);
}

/* contract 5.3: what counts for equality, and what does not. */
static void equality_sees_docs_aliases_defaults_and_properties(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool equal;
	} cases[] = {
		{ "\"int\"", "{\"type\":\"int\"}", true },
		{ "\"int\"", "\"long\"", false },
		{ "{\"type\":\"int\",\"a\":1,\"b\":2}", "{\"type\":\"int\",\"b\":2,\"a\":1}", true },
		{ "{\"type\":\"int\",\"a\":{\"x\":1,\"y\":2}}", "{\"type\":\"int\",\"a\":{\"y\":2,\"x\":1}}", true },
		{ "{\"type\":\"int\",\"a\":1}", "{\"type\":\"int\",\"a\":1.0}", false },
		{ "{\"type\":\"int\",\"a\":1.0}", "{\"type\":\"int\",\"a\":1.00}", true },
		{ "{\"type\":\"int\",\"a\":0}", "{\"type\":\"int\",\"a\":-0}", true },
		{ "{\"type\":\"int\",\"a\":0.0}", "{\"type\":\"int\",\"a\":-0.0}", false },
		{ "{\"type\":\"int\",\"a\":1}", "{\"type\":\"int\"}", false },
		{ "[\"int\",\"null\"]", "[\"null\",\"int\"]", false },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}", false },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}", "{\"type\":\"fixed\",\"name\":\"n.F\",\"size\":1}", false },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"doc\":\"d\"}", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}",
			false },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"doc\":\"\"}", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}",
			false },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"aliases\":[\"A\",\"B\"]}",
			"{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"aliases\":[\"B\",\"A\"]}", true },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"aliases\":[\"A\"]}",
			"{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"aliases\":[\"B\"]}", false },
		{ "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}",
			"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"B\",\"A\"]}", false },
		{ "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"A\"}",
			"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}", false },
		{ "{\"type\":\"error\",\"name\":\"E\",\"fields\":[]}", "{\"type\":\"record\",\"name\":\"E\",\"fields\":[]}", true },
	};
	static const char *const fields[][2] = {
		{ "\"type\":\"int\"", "\"type\":\"int\"" },
		{ "\"type\":\"int\",\"doc\":\"\"", "\"type\":\"int\"" },
		{ "\"type\":\"int\",\"default\":1", "\"type\":\"int\"" },
		{ "\"type\":\"int\",\"default\":1", "\"type\":\"int\",\"default\":2" },
		{ "\"type\":\"int\",\"order\":\"ignore\"", "\"type\":\"int\"" },
		{ "\"type\":\"int\",\"aliases\":[\"x\"]", "\"type\":\"int\"" },
		{ "\"type\":\"int\",\"p\":1", "\"type\":\"int\"" },
		{ "\"type\":\"int\"", "\"type\":\"long\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct schema *a = parse(*state, cases[i].a, 0), *b = parse(*state, cases[i].b, 0);

		if (schema_equal(a, b) != cases[i].equal || schema_equal(b, a) != cases[i].equal)
			fail_msg("%s and %s should be %s", cases[i].a, cases[i].b, cases[i].equal ? "equal" : "different");
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		static const char form[] = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",%s}],\"z\":1}";
		const struct schema *a = parse(*state, arena_printf(*state, form, fields[i][0]), 0);
		const struct schema *b = parse(*state, arena_printf(*state, form, fields[i][1]), 0);

		if (schema_equal(a, b) != (i == 0))
			fail_msg("%s against %s", fields[i][0], fields[i][1]);
	}
}

static void recursive_schemas_are_compared_to_the_end(void **state)
{
	static const char form[] = "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"b\",\"type\":"
							   "{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"},"
							   "{\"name\":\"x\",\"type\":\"%s\"}]}}],\"p\":%s}";
	const struct schema *a = parse(*state, arena_printf(*state, form, "int", "{\"x\":1,\"y\":2}"), 0);
	const struct schema *b = parse(*state, arena_printf(*state, form, "int", "{\"y\":2,\"x\":1}"), 0);
	const struct schema *c = parse(*state, arena_printf(*state, form, "long", "{\"x\":1,\"y\":2}"), 0);

	assert_true(schema_equal(a, b));
	assert_false(schema_equal(a, c));
}

static void top_fields_are_those_of_a_record(void **state)
{
	const struct str *names;

	assert_int_equal(schema_top_fields(*state, must_parse(*state, ORDER, GEO), &names), 3);
	expect_str("field", "from", names[1]);
	assert_int_equal(schema_top_fields(*state, parse(*state, "[\"int\"]", 0), &names), 0);
	assert_false(str_present(schema_name(parse(*state, "[\"int\"]", 0))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(names_of_dependencies_are_printed_as_names),
		arena_test(types_inside_dependencies_are_written_out),
		arena_test(recursive_types_inside_dependencies_can_be_read_again),
		arena_test(resolved_text_defines_each_name_at_its_first_use),
		arena_test(the_inlined_form_is_equal),
		arena_test(the_same_text_with_other_dependencies_is_not_equal),
		arena_test(dependencies_are_read_in_order),
		arena_test(dependencies_need_not_be_used),
		arena_test(a_dependency_may_be_defined_again_if_it_is_the_same),
		arena_test(recursive_dependencies_work),
		arena_test(equality_sees_docs_aliases_defaults_and_properties),
		arena_test(recursive_schemas_are_compared_to_the_end),
		arena_test(top_fields_are_those_of_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
