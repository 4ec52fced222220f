/* Edits of JSON texts: what is put in looks as its neighbours do, and what comes out is JSON. */
#include "tests/unit/compat/avro_test.h"

#include "base/limits.h"
#include "compat/edit.h"

/* The value at "a/b/0" of a tree. */
static const struct jsn *find(const struct jsn *value, struct str path)
{
	while (path.len > 0) {
		ptrdiff_t slash = str_index(path, '/');
		struct str part = str_sub(path, 0, slash < 0 ? path.len : (size_t)slash);
		int64_t index;

		path = slash < 0 ? STR("") : str_sub(path, (size_t)slash + 1, path.len);
		value = value->kind == JSN_ARRAY && str_to_i64(part, &index) ? &value->items[index] : jsn_get(value, part);
		assert_non_null(value);
	}
	return value;
}

enum edit { MEMBER, ITEM, REPLACE, REMOVE, WRAP };

static const struct {
	const char *text;
	enum edit edit;
	const char *path;
	const char *name;   /* MEMBER: its name; REMOVE: the member; WRAP: what comes before */
	int index;          /* ITEM, REMOVE of an item */
	const char *json;
	const char *want;
} cases[] = {
	{ "{}", MEMBER, "", "a", 0, "1", "{\"a\":1}" },
	{ "{\"x\":1}", MEMBER, "", "a", 0, "{\"b\":[1,2]}", "{\"x\":1,\"a\":{\"b\":[1,2]}}" },
	{ "{\"x\": 1}", MEMBER, "", "a", 0, "{\"b\":[1,2]}", "{\"x\": 1, \"a\": {\"b\": [1, 2]}}" },
	{ "{\n  \"x\": 1\n}\n", MEMBER, "", "a", 0, "null", "{\n  \"x\": 1,\n  \"a\": null\n}\n" },
	{ "{\r\n\t\"x\": 1\r\n}", MEMBER, "", "a", 0, "{}", "{\r\n\t\"x\": 1,\r\n\t\"a\": {}\r\n}" },
	/* A comment behind the last member stays where it is. */
	{ "{\"x\": 1 // one\n}", MEMBER, "", "a", 0, "2", "{\"x\": 1, \"a\": 2 // one\n}" },
	{ "{\"x\": \"a,}\\\"]\" /* }, */ }", MEMBER, "", "a", 0, "2", "{\"x\": \"a,}\\\"]\", \"a\": 2 /* }, */ }" },
	{ "[]", ITEM, "", NULL, 0, "1", "[1]" },
	{ "[1,2]", ITEM, "", NULL, 0, "0", "[0,1,2]" },
	{ "[1, 2]", ITEM, "", NULL, 1, "0", "[1, 0, 2]" },
	{ "[\n 1,\n 2\n]", ITEM, "", NULL, 1, "0", "[\n 1,\n 0,\n 2\n]" },
	{ "[\n 1,\n 2\n]", ITEM, "", NULL, 9, "0", "[\n 1,\n 2,\n 0\n]" },
	/* Neighbours on one line each. */
	{ "{\"f\": [\n    {\"n\": \"a\"}\n  ]}", ITEM, "f", NULL, 1, "{\"n\":\"b\",\"t\":[\"null\",\"int\"]}",
		"{\"f\": [\n    {\"n\": \"a\"},\n    {\"n\": \"b\", \"t\": [\"null\", \"int\"]}\n  ]}" },
	/* A tall neighbour. */
	{ "{\n  \"f\": [\n    {\n      \"n\": \"a\"\n    }\n  ]\n}", ITEM, "f", NULL, 1, "{\"n\":\"b\",\"t\":{\"u\":[1]}}",
		"{\n  \"f\": [\n    {\n      \"n\": \"a\"\n    },\n    {\n      \"n\": \"b\",\n      \"t\": {\n"
		"        \"u\": [1]\n      }\n    }\n  ]\n}" },
	/* Brackets that share a line. */
	{ "{\"f\": [{\n  \"n\": \"a\"\n}, {\n  \"n\": \"b\"\n}]}", ITEM, "f", NULL, 2, "{\"n\":\"c\"}",
		"{\"f\": [{\n  \"n\": \"a\"\n}, {\n  \"n\": \"b\"\n}, {\n  \"n\": \"c\"\n}]}" },
	{ "{\"a\": {\"b\": 1}, \"c\": 2}", REPLACE, "a", NULL, 0, "[1,2]", "{\"a\": [1, 2], \"c\": 2}" },
	{ "{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}", REPLACE, "a", NULL, 0, "{\"b\":2}", "{\n\t\"a\": {\n\t\t\"b\": 2\n\t}\n}" },
	{ "{\"a\": 1, \"b\": 2, \"c\": 3}", REMOVE, "", "a", -1, NULL, "{\"b\": 2, \"c\": 3}" },
	{ "{\"a\": 1, \"b\": 2, \"c\": 3}", REMOVE, "", "b", -1, NULL, "{\"a\": 1, \"c\": 3}" },
	{ "{\"a\": 1, \"b\": 2, \"c\": 3}", REMOVE, "", "c", -1, NULL, "{\"a\": 1, \"b\": 2}" },
	{ "{\n  \"a\": 1,\n  \"b\": 2\n}", REMOVE, "", "b", -1, NULL, "{\n  \"a\": 1\n}" },
	{ "[ 7 ]", REMOVE, "", NULL, 0, NULL, "[  ]" },
	{ "[7, 8, 9]", REMOVE, "", NULL, 1, NULL, "[7, 9]" },
	{ "{\"t\": \"int\"}", WRAP, "t", "[\"null\"]", 0, NULL, "{\"t\": [\"null\", \"int\"]}" },
	{ "{\"t\":{\"x\":1}}", WRAP, "t", NULL, 0, "[\"int\",{\"a\":1}]", "{\"t\":[{\"x\":1},\"int\",{\"a\":1}]}" },
	{ "-1.5e3", WRAP, "", NULL, 0, "[2]", "[-1.5e3,2]" },
};

static void edits_keep_the_look(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str text = str_of(cases[i].text), got;
		struct explain_text t = explain_text_make(*state, text);
		struct err err = { .arena = *state };
		struct explain_edit edits[2];
		const struct jsn *root, *value;
		size_t n = 1;
		bool done = false;

		assert_int_equal(jsn_parse(*state, text, JSN_COMMENTS, LIMIT_JSON_DEPTH, &root, &err), OK);
		value = find(root, str_of(cases[i].path));
		switch (cases[i].edit) {
		case MEMBER:
			done = explain_edit_member(&t, value, str_of(cases[i].name), str_of(cases[i].json), edits);
			break;
		case ITEM:
			done = explain_edit_item(&t, value, (size_t)cases[i].index, str_of(cases[i].json), edits);
			break;
		case REPLACE:
			done = explain_edit_replace(&t, value, str_of(cases[i].json), edits);
			break;
		case REMOVE:
			done = explain_edit_remove(&t, value,
				cases[i].name ? jsn_get(value, str_of(cases[i].name)) : &value->items[cases[i].index], edits);
			break;
		case WRAP:
			done = explain_edit_wrap(&t, value, str_of(cases[i].name), str_of(cases[i].json), edits);
			n = 2;
			break;
		}
		assert_true(done);
		got = explain_apply(*state, text, edits, n);
		expect_str(cases[i].text, cases[i].want, got);
		assert_int_equal(jsn_parse(*state, got, JSN_COMMENTS, LIMIT_JSON_DEPTH, &root, &err), OK);
	}
}

/* A tree of another text: whatever its places say, nothing is edited that is not there. */
static void another_text_is_left_alone(void **state)
{
	static const char *const others[] = { "", "\n", "x", "[", "{\"a\"", "\"", "{\"f\":[}", "/*", "{\"a\":1]", "[1 2 3]" };
	struct err err = { .arena = *state };
	const struct jsn *root;

	assert_int_equal(jsn_parse(*state, STR("{\"f\":\n [1,{\"a\":2}]}"), 0, LIMIT_JSON_DEPTH, &root, &err), OK);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct explain_text t = explain_text_make(*state, str_of(others[i]));
		struct explain_edit edits[2];

		assert_false(explain_edit_item(&t, &root->items[0], 0, STR("1"), edits));
		assert_false(explain_edit_remove(&t, &root->items[0], &root->items[0].items[1], edits));
		assert_false(explain_edit_wrap(&t, &root->items[0].items[0], STR("[1]"), STR_NONE, edits));
		assert_false(explain_edit_remove(&t, root, &root->items[0], edits));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(edits_keep_the_look),
		arena_test(another_text_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
