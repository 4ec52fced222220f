/* Tests of what texts define and need from elsewhere, by tables. */
#include "client/cli/schemas/names.h"

#include "base/arena.h"
#include "client/cli/schemas/settings.h"
#include "tests/unit/base/check.h"

static const struct {
	enum schema_type type;
	const char *text;
	const char *main;
	const char *defines; /* with blanks between */
	const char *needs;
} cases[] = {
	{ SCHEMA_AVRO, "\"string\"", "", "", "" },
	{ SCHEMA_AVRO, "not json", "", "", "" },
	{ SCHEMA_AVRO, "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"b\",\"type\":\"B\"},{\"name\":\"c\",\"type\":[\"null\",\"B\"]}]}",
		"A", "A", "B" },
	{ SCHEMA_AVRO, "{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"n\",\"fields\":[{\"name\":\"b\",\"type\":\"B\"},{\"name\":\"c\",\"type\":\"m.C\"}]}",
		"n.A", "n.A", "n.B m.C" },
	{ SCHEMA_AVRO, "{\"type\":\"record\",\"name\":\"x.A\",\"namespace\":\"n\",\"fields\":[{\"name\":\"b\",\"type\":{\"type\":\"array\",\"items\":"
		"{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"S\"]}}},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"F\"}}]}",
		"x.A", "x.A x.E", "x.F" },
	{ SCHEMA_AVRO, "[\"null\",{\"type\":\"fixed\",\"name\":\"F\",\"size\":2},{\"type\":\"G\"}]", "F", "F", "G" },
	{ SCHEMA_JSON, "{\"$id\":\"http://x/a.json\",\"properties\":{\"p\":{\"$ref\":\"b.json#/definitions/q\"},\"s\":{\"$ref\":\"#/p\"},"
		"\"t\":{\"$ref\":\"b.json\"}}}", "http://x/a.json", "", "b.json" },
	{ SCHEMA_JSON, "{\"title\":\"T\",\"allOf\":[{\"$ref\":\"../c.json\"},{\"$ref\":\"\"}]}", "T", "", "../c.json" },
	{ SCHEMA_PROTOBUF, "syntax = \"proto3\"; package a.b; import \"x/y.proto\"; import public 'z.proto';\n// import \"no.proto\";\n"
		"/* import \"no.proto\"; */ import \"google/protobuf/any.proto\"; message M { string import = 1; message N {} } message O {}",
		"a.b.M", "M", "x/y.proto z.proto" },
	{ SCHEMA_PROTOBUF, "message M { option (o) = { a: \"}\" }; } import \"late.proto\";", "M", "M", "late.proto" },
	{ SCHEMA_PROTOBUF, "import \"unended", "", "", "unended" },
	{ SCHEMA_PROTOBUF, "import \"\\", "", "", "\\" },
	{ SCHEMA_PROTOBUF, "}}} message /*", "", "", "" },
};

static struct str join(struct arena *arena, const struct str *items, size_t n)
{
	struct buf out = buf_make(arena, 64);

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(&out, ' ');
		buf_add(&out, items[i]);
	}
	return buf_str(&out);
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);
		struct names names = names_find(arena, cases[i].type, str_of(cases[i].text));

		print_message("%s\n", cases[i].text);
		assert_string_equal(str_dup(arena, names.main).data, cases[i].main);
		assert_string_equal(join(arena, names.defines, names.n_defines).data, cases[i].defines);
		assert_string_equal(join(arena, names.needs, names.n_needs).data, cases[i].needs);
		arena_destroy(arena);
	}
}

static const struct {
	const char *path;
	const char *text;
	bool is_schema;
} files[] = {
	{ "a.json", "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}", true },
	{ "a.json", "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"}", true },
	{ "a.json", "{\"$schema\":\"https://json.schemastore.org/tsconfig\"}", false },
	{ "a.json", "{\"about\":\"json-schema.org\"}", false },
	{ "a.json", "{\"$schema\":\"http://json-schema.org/", false },
	{ "a.schema.json", "{\"type\":\"object\"}", true },
	{ "a.schema.json", "{\"type\":", true },
	{ "a.schema.json", "[1]", false },
};

static void test_is_json_schema(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct arena *arena = arena_create(0);

		print_message("%s\n", files[i].text);
		assert_int_equal(names_is_json_schema(arena, str_of(files[i].path), str_of(files[i].text)), files[i].is_schema);
		arena_destroy(arena);
	}
}

static const struct {
	const char *folder, *path, *wanted;
} paths[] = {
	{ "", "a.json", "a.json" },
	{ "a/b", "../c.json", "a/c.json" },
	{ "a/b/", "./c//d.json", "a/b/c/d.json" },
	{ "a", "../../c.json", "c.json" },
	{ "a", "/c.json", "c.json" },
};

static void test_paths(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_string_equal(settings_path(arena, str_of(paths[i].folder), str_of(paths[i].path)).data, paths[i].wanted);
	assert_true(settings_match(STR("a/*.avsc"), STR("a/b/c.avsc")));
	assert_true(settings_match(STR("a"), STR("a/b/c.avsc")));
	assert_false(settings_match(STR("a"), STR("ab/c.avsc")));
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_is_json_schema),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
