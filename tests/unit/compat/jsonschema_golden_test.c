/*
 * Cases of tests/golden/compat: pairs with all their findings (jsonschema), texts with what is kept of
 * them (jsonschema_text), schemas with documents that are valid and that are not (jsonschema_valid).
 */
#include "tests/unit/compat/jsonschema_test.h"

#include <glob.h>

#include "compat/jsonschema/validate.h"

static size_t n_wrong;

static const struct schema *parse_member(struct arena *arena, json_t *row, const char *key)
{
	char *text = json_dumps(json_object_get(row, key), JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	const struct schema *schema = parse(arena, text);

	free(text);
	return schema;
}

static void complain(json_t *row, const char *key, json_t *want, const struct findings *got)
{
	char *text = json_dumps(want, JSON_COMPACT);

	n_wrong++;
	fprintf(stderr, "%s (%s), %s\n  want: %s\n", text_of(row, "name"), text_of(row, "rule"), key, text);
	for (size_t i = 0; i < got->n_items; i++)
		fprintf(stderr, "  got:  %s at %.*s\n", finding_type_name(got->items[i].type), STR_ARG(got->items[i].path));
	free(text);
}

static void expect_findings(struct arena *arena, json_t *row, const char *key, enum schema_policy policy)
{
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	json_t *want = json_object_get(row, key);
	const struct schema *old = parse_member(arena, row, "old"), *new = parse_member(arena, row, "new");
	bool same;

	assert_int_equal(jsch_check(new, old, policy, &found, &err), OK);
	same = found.n_items == json_array_size(want);
	for (size_t i = 0; i < found.n_items && same; i++) {
		json_t *one = json_array_get(want, i);

		same = strcmp(text_of(one, "type"), finding_type_name(found.items[i].type)) == 0 &&
			str_eq(str_of(text_of(one, "path")), found.items[i].path);
	}
	if (!same)
		complain(row, key, want, &found);
}

/* Where LENIENT is not told to differ it must find the same; each schema must take its own documents. */
static void check_pair(struct arena *arena, json_t *row)
{
	json_t *copy = json_copy(row);

	assert_non_null(text_of(row, "rule"));
	expect_findings(arena, row, "expect", SCHEMA_POLICY_STRICT);
	if (json_object_get(row, "lenient"))
		expect_findings(arena, row, "lenient", SCHEMA_POLICY_LENIENT);
	json_object_set_new(copy, "expect", json_array());
	json_object_set(copy, "old", json_object_get(row, "new"));
	expect_findings(arena, copy, "expect", SCHEMA_POLICY_STRICT);
	json_decref(copy);
}

static void expect_member(json_t *row, const char *key, struct str got)
{
	const char *want = text_of(row, key);

	if (want && str_eq(str_of(want), got))
		return;
	n_wrong++;
	fprintf(stderr, "%s (%s): %s\n  want: %s\n  got:  %.*s\n", text_of(row, "schema"), text_of(row, "rule"), key, want,
		STR_ARG(got));
}

static void check_text(struct arena *arena, json_t *row)
{
	struct str text = str_make(text_of(row, "schema"), json_string_length(json_object_get(row, "schema")));
	const struct schema *schema;
	struct err err;

	assert_non_null(text_of(row, "rule"));
	if (try_parse(arena, text, &schema, &err) != OK) {
		expect_member(row, "error", err.message);
		return;
	}
	expect_member(row, "stored", schema->canonical);
	if (json_object_get(row, "normalized"))
		expect_member(row, "normalized", jsch_format.normalized(arena, schema));
}

static void check_documents(struct arena *arena, json_t *row, const char *key, bool want)
{
	const struct schema *schema = parse_member(arena, row, "schema");
	json_t *document;
	size_t i;

	json_array_foreach(json_object_get(row, key), i, document) {
		char *text = json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		const struct jsch_violation *violation = NULL;
		struct err err = { .arena = arena };
		const struct jsn *value;

		assert_int_equal(jsn_parse(arena, str_of(text), 0, 1000, &value, &err), OK);
		assert_int_equal(jsch_validate(arena, schema, value, &violation, &err), OK);
		if ((violation == NULL) != want) {
			n_wrong++;
			fprintf(stderr, "%s: %s is not %s: %.*s\n", text_of(row, "rule"), text, key,
				STR_ARG(violation ? violation->keyword : STR("")));
		}
		free(text);
	}
}

static void check_schema(struct arena *arena, json_t *row)
{
	assert_non_null(text_of(row, "rule"));
	check_documents(arena, row, "valid", true);
	check_documents(arena, row, "invalid", false);
}

static void run_folder(const char *folder, void (*check)(struct arena *arena, json_t *row))
{
	char pattern[4096];
	size_t n_rows = 0;
	glob_t found;

	n_wrong = 0;
	snprintf(pattern, sizeof(pattern), "%s/tests/golden/compat/%s/*.json", TENON_SOURCE_DIR, folder);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		json_error_t error;
		json_t *rows = json_load_file(found.gl_pathv[i], JSON_ALLOW_NUL, &error), *row;
		size_t k;

		if (rows == NULL)
			fail_msg("%s:%d: %s", found.gl_pathv[i], error.line, error.text);
		json_array_foreach(rows, k, row) {
			struct arena *arena = arena_create(0);

			check(arena, row);
			arena_destroy(arena);
		}
		n_rows += json_array_size(rows);
		json_decref(rows);
	}
	globfree(&found);
	assert_true(n_rows > 0);
	assert_int_equal(n_wrong, 0);
}

static void pairs_have_the_findings_expected(void **state)
{
	(void)state;
	run_folder("jsonschema", check_pair);
}

static void texts_are_kept_as_expected(void **state)
{
	(void)state;
	run_folder("jsonschema_text", check_text);
}

static void documents_are_valid_or_not(void **state)
{
	(void)state;
	run_folder("jsonschema_valid", check_schema);
}

/* Which keyword speaks first, and where. */
static void violations_say_where(void **state)
{
	static const struct {
		const char *schema, *document, *path, *keyword;
	} cases[] = {
		{ "false", "1", "", "false" },
		{ "{\"type\":\"string\"}", "1", "", "type" },
		{ "{\"properties\":{\"a/b\":{\"items\":{\"maximum\":1}}}}", "{\"a/b\":[1,2]}", "/a~1b/1", "maximum" },
		{ "{\"properties\":{\"~\":{\"enum\":[1]}}}", "{\"~\":2}", "/~0", "enum" },
		{ "{\"additionalProperties\":false}", "{\"x\":2}", "/x", "additionalProperties" },
		{ "{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":3}]}", "2", "", "anyOf" },
		{ "{\"not\":{}}", "2", "", "not" },
		{ "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{\"required\":[\"x\"]}}}", "{}", "", "required" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct jsch_violation *violation = NULL;
		struct err err = { .arena = *state };
		const struct jsn *value;

		assert_int_equal(jsn_parse(*state, str_of(cases[i].document), 0, 100, &value, &err), OK);
		assert_int_equal(jsch_validate(*state, parse(*state, cases[i].schema), value, &violation, &err), OK);
		assert_non_null(violation);
		assert_string_equal(violation->path.data, cases[i].path);
		assert_string_equal(violation->keyword.data, cases[i].keyword);
	}
}

/* IMPORT takes what is JSON; it cannot be judged, nor judge (contract 5.11). */
static void what_is_no_schema_is_let_through(void **state)
{
	static const struct jsn nothing = { .kind = JSN_NULL };
	static const char *const texts[] = { "{\"type\":\"nosuch\"}", "{\"$ref\":\"#/definitions/none\"}", "[1]" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct schema_source source = { .type = SCHEMA_JSON, .text = str_of(texts[i]) };
		struct findings found = findings_make(*state);
		const struct jsch_violation *violation = NULL;
		const struct schema *schema;
		const struct str *fields;
		struct err err = { .arena = *state };

		assert_int_equal(jsch_format.parse(*state, &source, SCHEMA_STRICT, &schema, &err), ERR_INVALID_SCHEMA);
		assert_int_equal(jsch_format.parse(*state, &source, 0, &schema, &err), OK);
		assert_string_equal(schema->canonical.data, texts[i]);
		assert_int_equal(jsch_check(schema, parse(*state, "{}"), SCHEMA_POLICY_STRICT, &found, &err), ERR_PARSE);
		assert_int_equal(jsch_check(parse(*state, "{}"), schema, SCHEMA_POLICY_STRICT, &found, &err), ERR_PARSE);
		assert_int_equal(jsch_validate(*state, schema, &nothing, &violation, &err), ERR_PARSE);
		assert_int_equal(jsch_format.top_fields(*state, schema, &fields), 0);
	}
}

static void names_and_fields(void **state)
{
	const struct schema *schema = parse(*state, "{\"title\":\"T\",\"properties\":{\"b\":{},\"$$a\":true}}");
	const struct str *fields;

	assert_true(str_eq(jsch_format.name(schema), STR("T")));
	assert_false(str_present(jsch_format.name(parse(*state, "true"))));
	assert_int_equal(jsch_format.top_fields(*state, schema, &fields), 2);
	assert_true(str_eq(fields[0], STR("b")) && str_eq(fields[1], STR("$$a")));
	assert_true(jsch_format.equal(schema, parse(*state, schema->canonical.data)));
	assert_false(jsch_format.equal(schema, parse(*state, "{}")));
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
		cmocka_unit_test(pairs_have_the_findings_expected),
		cmocka_unit_test(texts_are_kept_as_expected),
		cmocka_unit_test(documents_are_valid_or_not),
		cmocka_unit_test_setup_teardown(violations_say_where, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_schema_is_let_through, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_and_fields, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
