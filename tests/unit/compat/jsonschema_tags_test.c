/* Inline tags of JSON Schemas: listed, added, removed, inherited (contract 6.6). */
#include "tests/unit/compat/jsonschema_test.h"

static const char order[] =
	"{\"type\":\"object\",\"confluent:tags\":[\"ROOT\"],\"properties\":{"
	"\"x\":{\"type\":\"string\",\"confluent:tags\":[\"PII\",\"SSN\"]},"
	"\"o\":{\"type\":\"object\",\"properties\":{\"a.b\":{\"confluent:tags\":[\"DOT\"]},\"y\":{}}},"
	"\"l\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"confluent:tags\":[\"ITEM\"]}},"
	"\"u\":{\"oneOf\":[{\"type\":\"null\"},{\"properties\":{\"z\":{\"confluent:tags\":[\"UNION\"]}}}]}}}";

static void entities_are_listed(void **state)
{
	static const struct {
		const char *path;
		enum schema_entity entity;
		size_t n_tags;
	} want[] = {
		{ "object", SCHEMA_RECORD, 1 },
		{ "object.x", SCHEMA_FIELD, 2 },
		{ "object.o.object.a.b", SCHEMA_FIELD, 1 },
		{ "object.l.array.object", SCHEMA_RECORD, 1 },
		{ "object.u.oneof.1.object.z", SCHEMA_FIELD, 1 },
	};
	const struct schema_tag_list got = jsch_format.tags(*state, parse(*state, order));

	assert_int_equal(got.n_items, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < got.n_items; i++) {
		assert_true(str_eq(got.items[i].path, str_of(want[i].path)));
		assert_int_equal(got.items[i].entity, want[i].entity);
		assert_int_equal(got.items[i].n_tags, want[i].n_tags);
	}
	assert_true(str_eq(got.items[1].tags[1], STR("SSN")));
	assert_int_equal(jsch_format.tags(*state, parse(*state, "{\"properties\":{\"a\":{\"confluent:tags\":1}}}")).n_items, 0);
}

/* One change; an absent path is none.  The text that comes of it, or the error. */
struct change {
	const char *schema, *added, *removed, *want;
	enum schema_entity entity;
	enum err_code code;
};

static struct schema_tag_list list_of(struct schema_tags *entry, const char *path, enum schema_entity entity,
	const struct str *tag)
{
	*entry = (struct schema_tags){ .path = str_of(path), .entity = entity, .tags = tag, .n_tags = 1 };
	return (struct schema_tag_list){ .items = entry, .n_items = path ? 1 : 0 };
}

static void tags_change(void **state)
{
	static const struct change changes[] = {
		{ "{\"type\":\"object\"}", "object", NULL, "{\"type\":\"object\",\"confluent:tags\":[\"T\"]}", SCHEMA_RECORD, OK },
		{ "{\"type\":\"object\"}", ".object", NULL, "{\"type\":\"object\",\"confluent:tags\":[\"T\"]}", SCHEMA_RECORD, OK },
		{ "{\"confluent:tags\":[\"A\"],\"properties\":{}}", "object", NULL,
			"{\"confluent:tags\":[\"A\",\"T\"],\"properties\":{}}", SCHEMA_RECORD, OK },
		{ "{\"confluent:tags\":[\"T\"],\"properties\":{}}", "object", NULL, "{\"confluent:tags\":[\"T\"],\"properties\":{}}",
			SCHEMA_RECORD, OK },
		{ "{\"properties\":{\"x\":{}}}", "object.x", NULL, "{\"properties\":{\"x\":{\"confluent:tags\":[\"T\"]}}}",
			SCHEMA_FIELD, OK },
		{ "{\"properties\":{\"x\":{\"confluent:tags\":[\"T\"],\"type\":\"null\"}}}", NULL, "object.x",
			"{\"properties\":{\"x\":{\"type\":\"null\"}}}", SCHEMA_FIELD, OK },
		{ "{\"properties\":{\"x\":{\"confluent:tags\":[\"A\",\"T\",\"B\"]}}}", NULL, "object.x",
			"{\"properties\":{\"x\":{\"confluent:tags\":[\"A\",\"B\"]}}}", SCHEMA_FIELD, OK },
		{ "{\"properties\":{\"x\":{}}}", "object.x", "object.x", "{\"properties\":{\"x\":{}}}", SCHEMA_FIELD, OK },
		{ "{\"properties\":{\"o\":{\"properties\":{\"a.b\":{}}}}}", "object.o.object.a.b", NULL,
			"{\"properties\":{\"o\":{\"properties\":{\"a.b\":{\"confluent:tags\":[\"T\"]}}}}}", SCHEMA_FIELD, OK },
		{ "{\"items\":{\"anyOf\":[{},{\"properties\":{\"x\":{}}}]}}", "array.anyof.1.object.x", NULL,
			"{\"items\":{\"anyOf\":[{},{\"properties\":{\"x\":{\"confluent:tags\":[\"T\"]}}}]}}", SCHEMA_FIELD, OK },
		{ "{\"properties\":{\"x\":{}},\"x\":1.50}", "object.y", NULL,
			"java.lang.IllegalArgumentException: No matching path 'object.y' found in the schema", SCHEMA_FIELD, ERR_PARSE },
		{ "{\"properties\":{\"x\":true}}", NULL, "object.x",
			"java.lang.IllegalArgumentException: No matching path 'object.x' found in the schema", SCHEMA_FIELD, ERR_PARSE },
		{ "{\"properties\":{\"x\":{}}}", "object.x", NULL,
			"java.lang.IllegalArgumentException: No matching path 'object.x' found in the schema", SCHEMA_RECORD, ERR_PARSE },
		{ "{\"type\":\"string\"}", "object", NULL,
			"java.lang.IllegalArgumentException: No matching path 'object' found in the schema", SCHEMA_RECORD, ERR_PARSE },
	};
	const struct str tag = STR("T");

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct schema_tags added, removed;
		const struct schema_tag_change change = {
			.added = list_of(&added, changes[i].added, changes[i].entity, &tag),
			.removed = list_of(&removed, changes[i].removed, changes[i].entity, &tag),
		};
		struct err err = { .arena = *state };
		struct str text = STR_NONE;
		enum err_code code = jsch_format.retag(*state, parse(*state, changes[i].schema), &change, &text, &err);

		assert_int_equal(code, changes[i].code);
		text = code == OK ? text : err.message;
		if (!str_eq(text, str_of(changes[i].want)))
			fail_msg("%s: %.*s instead of %s", changes[i].schema, STR_ARG(text), changes[i].want);
	}
}

/* What the new schema has not is passed over. */
static void inherited_tags_need_no_entity(void **state)
{
	const struct schema_tag_change change = { .inherited = jsch_format.tags(*state, parse(*state, order)) };
	struct err err = { .arena = *state };
	struct str text;

	assert_int_equal(jsch_format.retag(*state, parse(*state, "{\"properties\":{\"x\":{\"confluent:tags\":[\"A\"]}}}"), &change,
		&text, &err), OK);
	assert_true(str_eq(text,
		STR("{\"properties\":{\"x\":{\"confluent:tags\":[\"A\",\"PII\",\"SSN\"]}},\"confluent:tags\":[\"ROOT\"]}")));
}

static int set_up(void **state)
{
	*state = arena_create(0);
	return 0;
}

static int tear_down(void **state)
{
	arena_destroy(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entities_are_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tags_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(inherited_tags_need_no_entity, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
