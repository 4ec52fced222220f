/* Cases of tests/golden/compat/avro: pairs with all their findings, and texts with what is kept of them. */
#include "tests/unit/compat/avro_test.h"

#include <glob.h>
#include <jansson.h>

static size_t n_wrong;

static const char *text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static const struct schema *parse_member(struct arena *arena, json_t *row, const char *key)
{
	char *text = json_dumps(json_object_get(row, key), JSON_COMPACT | JSON_ENCODE_ANY);
	const struct schema *schema = parse(arena, text, 0);

	free(text);
	return schema;
}

static void expect_finding(json_t *row, size_t i, const struct finding *got)
{
	json_t *want = json_array_get(json_object_get(row, "expect"), i);

	if (strcmp(text_of(want, "type"), finding_type_name(got->type)) == 0 &&
		str_eq(str_of(text_of(want, "path")), got->path) && str_eq(str_of(text_of(want, "info")), got->info))
		return;
	n_wrong++;
	fprintf(stderr, "%s (%s): finding %zu\n  want: %s at %s, %s\n  got:  %s at %.*s, %.*s\n", text_of(row, "name"),
		text_of(row, "rule"), i, text_of(want, "type"), text_of(want, "path"), text_of(want, "info"),
		finding_type_name(got->type), STR_ARG(got->path), STR_ARG(got->info));
}

static void check_pair(struct arena *arena, json_t *row)
{
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	size_t want = json_array_size(json_object_get(row, "expect"));
	const struct schema *reader = parse_member(arena, row, "reader"), *writer = parse_member(arena, row, "writer");

	assert_non_null(text_of(row, "rule"));
	assert_int_equal(schema_check(reader, writer, SCHEMA_POLICY_STRICT, &found, &err), OK);
	if (found.n_items != want) {
		n_wrong++;
		fprintf(stderr, "%s (%s): want %zu findings, got %zu\n", text_of(row, "name"), text_of(row, "rule"), want,
			found.n_items);
	}
	for (size_t i = 0; i < found.n_items && i < want; i++)
		expect_finding(row, i, &found.items[i]);
}

static void expect_member(json_t *row, const char *key, struct str got)
{
	const char *want = text_of(row, key);

	if (want == NULL || str_eq(str_of(want), got))
		return;
	n_wrong++;
	fprintf(stderr, "%s (%s): %s\n  want: %s\n  got:  %.*s\n", text_of(row, "schema"), text_of(row, "rule"), key, want,
		STR_ARG(got));
}

/* `strict` and `lenient`: the text that is kept, or the error; `pcf`, `normalized`: of the lenient one. */
static void check_text(struct arena *arena, json_t *row)
{
	struct str text = str_of(text_of(row, "schema"));
	const struct schema *schema;
	struct err err;
	enum err_code code = try_parse(arena, text, SCHEMA_STRICT, &schema, &err);

	assert_non_null(text_of(row, "rule"));
	expect_member(row, code == OK ? "strict" : "strict_error", code == OK ? schema->canonical : err.message);
	if ((code == OK) != (json_object_get(row, "strict") != NULL))
		fail_msg("%.*s: the wrong outcome under strict rules: %.*s", STR_ARG(text), STR_ARG(err.message));
	code = try_parse(arena, text, 0, &schema, &err);
	expect_member(row, code == OK ? "lenient" : "lenient_error", code == OK ? schema->canonical : err.message);
	if ((code == OK) != (json_object_get(row, "lenient") != NULL))
		fail_msg("%.*s: the wrong outcome under lenient rules: %.*s", STR_ARG(text), STR_ARG(err.message));
	if (code != OK)
		return;
	expect_member(row, "pcf", avsc_parsing_canonical(arena, avsc_of(schema)));
	expect_member(row, "normalized", schema_normalized(arena, schema));
}

static void run_file(const char *path, void (*check)(struct arena *arena, json_t *row))
{
	json_error_t error;
	json_t *rows = json_load_file(path, JSON_ALLOW_NUL, &error), *row;
	size_t i;

	if (rows == NULL)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	assert_true(json_array_size(rows) > 0);
	json_array_foreach(rows, i, row) {
		struct arena *arena = arena_create(0);

		check(arena, row);
		arena_destroy(arena);
	}
	json_decref(rows);
}

static void run_folder(const char *folder, void (*check)(struct arena *arena, json_t *row))
{
	char pattern[4096];
	glob_t found;

	n_wrong = 0;
	snprintf(pattern, sizeof(pattern), "%s/tests/golden/compat/%s/*.json", TENON_SOURCE_DIR, folder);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		run_file(found.gl_pathv[i], check);
	globfree(&found);
	assert_int_equal(n_wrong, 0);
}

static void pairs_have_the_findings_expected(void **state)
{
	(void)state;
	run_folder("avro", check_pair);
}

static void texts_are_kept_as_expected(void **state)
{
	(void)state;
	run_folder("avro_text", check_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_have_the_findings_expected),
		cmocka_unit_test(texts_are_kept_as_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
