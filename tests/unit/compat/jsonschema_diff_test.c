/* What changed between two JSON Schemas, in the order of the new text, and what it does in either direction. */
#include "tests/unit/compat/jsonschema_test.h"

#include "compat/explain.h"

static const struct {
	const char *old, *new, *expect; /* kind entity name, backward/forward, lines */
} cases[] = {
	{ "{\"type\":\"string\"}", "{\"type\":\"string\"}", "" },
	{ "true", "false", "type schema : schema changed [fails/harmless]\n" },
	{ "{\"title\":\"A\",\"description\":\"x\"}", "{\"title\":\"B\",\"default\":1,\"x-y\":2}",
		"doc title : the document: title \"A\" became \"B\" [harmless/harmless]\n"
		"default default : the document: default 1 was added [harmless/harmless]\n"
		"attribute keyword : the document: x-y 2 was added [harmless/harmless]\n"
		"doc description : the document: description \"x\" was removed [harmless/harmless]\n" },
	{ "{\"properties\":{\"a\":{\"type\":\"integer\",\"maximum\":5}}}", "{\"properties\":{\"a\":{\"type\":\"number\",\"maximum\":4}}}",
		"widened type a: \"a\": \"integer\" became \"number\" [harmless/fails]\n"
		"constraint maximum a: \"a\": maximum 5 became 4 [fails/harmless]\n" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{\"type\":\"string\"},\"c\":{}},\"additionalProperties\":false}",
		"{\"type\":\"object\",\"properties\":{\"a\":{},\"c\":{},\"d\":{\"type\":\"array\"}},\"required\":[\"a\"],\"additionalProperties\":false}",
		"removed property b: property \"b\" was removed [fails/harmless]\n"
		"added property d: property \"d\" was added [harmless/fails]\n"
		"constraint required : the document: property \"a\" became required [fails/harmless]\n" },
	{ "{\"properties\":{\"l\":{\"items\":{\"enum\":[\"a\",\"b\"]}}}}", "{\"properties\":{\"l\":{\"items\":{\"enum\":[\"a\",\"c\"]}}}}",
		"removed enum value l[]: \"l[]\": value \"b\" was removed [fails/harmless]\n"
		"added enum value l[]: \"l[]\": value \"c\" was added [harmless/fails]\n" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"additionalProperties\":false}",
		"{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\"}},\"additionalProperties\":false}",
		"renamed property b: property \"a\" went and \"b\", which is the same, came [fails/fails]\n" },
	{ "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"},{\"type\":\"boolean\"}]}",
		"added anyOf branch : anyOf branch was added [harmless/fails]\n" },
	{ "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}",
		"reordered anyOf branch : the branches of anyOf are in another order [harmless/harmless]\n" },
	{ "{\"items\":[{\"type\":\"string\"}],\"additionalItems\":false}", "{\"items\":[{\"type\":\"string\"},{\"type\":\"null\"}],\"additionalItems\":false}",
		"added item [1]: item \"[1]\" was added [harmless/fails]\n" },
	{ "{\"$ref\":\"#/definitions/d\",\"definitions\":{\"d\":{\"minLength\":1}}}",
		"{\"$ref\":\"#/definitions/d\",\"definitions\":{\"d\":{\"minLength\":2},\"e\":{}}}",
		"constraint minLength d: \"d\": minLength 1 became 2 [fails/harmless]\n"
		"added definition e: definition \"e\" was added [harmless/harmless]\n" },
	{ "{\"type\":\"string\",\"format\":\"date\"}", "{\"type\":\"string\"}",
		"constraint format : the document: format \"date\" was removed [harmless/fails]\n" },
};

static void put_changes(struct buf *b, const struct schema_changes *found)
{
	for (size_t k = 0; k < found->n_items; k++) {
		const struct schema_change *c = &found->items[k];

		buf_printf(b, "%.*s %.*s %.*s: %.*s [%.*s/%.*s]\n", STR_ARG(change_kind_name(c->kind)), STR_ARG(c->entity),
			STR_ARG(c->name), STR_ARG(c->message), STR_ARG(rule_effect_name(c->backward)),
			STR_ARG(rule_effect_name(c->forward)));
		assert_true(str_present(c->in_new.path) && str_present(c->in_old.path));
		assert_true(c->in_new.line > 0 || c->in_old.line > 0);
	}
}

static void differs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct schema_changes found = { .arena = arena };
		struct err err = { .arena = arena };
		struct buf b = buf_make(arena, 0);

		assert_int_equal(schema_diff(parse(arena, cases[i].old), parse(arena, cases[i].new), &found, &err), OK);
		put_changes(&b, &found);
		assert_string_equal(buf_str(&b).data, cases[i].expect);
		arena_destroy(arena);
	}
}

/* What is referred to is a part of the schema; each part is told once, also where it refers to itself. */
static void differs_elsewhere(void **state)
{
	const struct schema_dependency before = { .name = STR("c.json"), .subject = STR("c"), .version = 1, .text =
		STR("{\"definitions\":{\"M\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"m\":{\"$ref\":\"#/definitions/M\"}}},\"N\":{}}}") };
	const struct schema_dependency after = { .name = STR("c.json"), .subject = STR("c"), .version = 1, .text =
		STR("{\"definitions\":{\"M\":{\"type\":\"object\",\"title\":\"M\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"number\"},\"m\":{\"$ref\":\"#/definitions/M\"}}},\"N\":{\"type\":\"null\"}}}") };
	const struct schema_source sources[] = {
		{ SCHEMA_JSON, STR("{\"properties\":{\"x\":{\"$ref\":\"c.json#/definitions/M\"},\"y\":{\"$ref\":\"c.json#/definitions/M\"}}}"), &before, 1 },
		{ SCHEMA_JSON, STR("{\"properties\":{\"x\":{\"$ref\":\"c.json#/definitions/M\"},\n\"y\":{\"$ref\":\"c.json#/definitions/M\"}}}"), &after, 1 },
	};
	struct arena *arena = arena_create(0);
	struct schema_changes found = { .arena = arena };
	struct err err = { .arena = arena };
	const struct schema *schemas[2];
	struct buf b = buf_make(arena, 0);

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(schema_parse(arena, &sources[i], SCHEMA_STRICT, &schemas[i], &err), OK);
	assert_int_equal(schema_diff(schemas[0], schemas[1], &found, &err), OK);
	put_changes(&b, &found);
	assert_string_equal(buf_str(&b).data,
		"doc title x: \"x\": title \"M\" was added [harmless/harmless]\n"
		"constraint required x: \"x\": property \"a\" became required [fails/harmless]\n"
		"widened type x.a: \"x.a\": \"integer\" became \"number\" [harmless/fails]\n");
	assert_true(str_eq(found.items[2].in_new.path, STR("c.json#/definitions/M/properties/a/type")));
	assert_int_equal(found.items[2].in_new.line, 1);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differs),
		cmocka_unit_test(differs_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
