/* Rules and texts case by case: tests/golden/compat/protobuf/ and protobuf_text/. */
#include "tests/unit/compat/protobuf_test.h"

#include <dirent.h>

#include "base/limits.h"
#include "compat/finding.h"

struct counts {
	size_t n_cases;
	size_t n_wrong;
	bool seen[FINDING_TYPES]; /* which rows of compat/finding.def the cases expect */
};

static const struct schema *parse(struct arena *arena, json_t *one, const char *text, const char *dependencies)
{
	struct schema_dependency list[8];
	struct schema_source source = { .type = SCHEMA_PROTOBUF, .text = str_of(json_text_of(one, text)), .dependencies = list };
	const struct schema *schema = NULL;
	struct err err = { .arena = arena };
	json_t *dependency;
	size_t i;

	json_array_foreach(json_object_get(one, dependencies), i, dependency)
		list[source.n_dependencies++] = (struct schema_dependency){
			.name = str_of(json_text_of(dependency, "name")),
			.subject = str_of(json_text_of(dependency, "subject")),
			.version = (int)json_integer_value(json_object_get(dependency, "version")),
			.text = str_of(json_text_of(dependency, "text")),
		};
	if (pbuf_format.parse(arena, &source, 0, &schema, &err) != OK)
		fail_msg("%s: %s: %.*s", json_text_of(one, "name"), text, STR_ARG(err.message));
	return schema;
}

static bool agrees(json_t *want, const struct finding *got)
{
	return strcmp(json_text_of(want, "type"), finding_type_name(got->type)) == 0 &&
		str_eq(str_of(json_text_of(want, "path")), got->path);
}

static void run_rule(struct arena *arena, json_t *one, struct counts *counts)
{
	const struct schema *reader = parse(arena, one, "reader", "reader_dependencies");
	const struct schema *writer = parse(arena, one, "writer", "writer_dependencies");
	struct findings found = findings_make(arena);
	struct err err = { .arena = arena };
	json_t *expect = json_object_get(one, "expect"), *want;
	bool wrong;
	size_t i;

	assert_int_equal(pbuf_format.check(reader, writer, SCHEMA_POLICY_STRICT, &found, &err), OK);
	wrong = json_array_size(expect) != found.n_items;
	json_array_foreach(expect, i, want)
		wrong = wrong || !agrees(want, &found.items[i]);
	if (wrong) {
		fprintf(stderr, "%s: got\n", json_text_of(one, "name"));
		for (i = 0; i < found.n_items; i++)
			fprintf(stderr, "  %s %.*s\n", finding_type_name(found.items[i].type), STR_ARG(found.items[i].path));
	}
	for (i = 0; i < found.n_items; i++)
		counts->seen[found.items[i].type] = true;
	counts->n_wrong += wrong;
}

static bool differs(const char *text, const char *what, const char *want, struct str got)
{
	if (str_eq(str_of(want), got))
		return false;
	fprintf(stderr, "%s: %s\n  want: %s\n  got:  %.*s\n", text, what, want, STR_ARG(got));
	return true;
}

/* A text with its canonical and normal forms, both of which stay as they are; or with its error. */
static void run_text(struct arena *arena, json_t *one, struct counts *counts)
{
	const char *text = json_text_of(one, "text"), *error = json_text_of(one, "error");
	const char *canonical = json_text_of(one, "canonical"), *normal = json_text_of(one, "normal");
	struct str why = STR("");
	const struct schema *schema = pbuf_test_parse(arena, str_of(text), 0, &why);

	if (error || schema == NULL) {
		counts->n_wrong += differs(text, "error", error ? error : "none", schema ? STR("none") : why);
		return;
	}
	counts->n_wrong += differs(text, "canonical", canonical, schema->canonical);
	counts->n_wrong += differs(text, "normal", normal, pbuf_format.normalized(arena, schema));
	schema = pbuf_test_schema(arena, canonical);
	counts->n_wrong += differs(text, "canonical again", canonical, schema->canonical);
	schema = pbuf_test_schema(arena, normal);
	counts->n_wrong += differs(text, "normal again", normal, pbuf_format.normalized(arena, schema));
}

static void run_file(const char *path, void (*run)(struct arena *arena, json_t *one, struct counts *counts),
	struct counts *counts)
{
	json_error_t error;
	json_t *cases = json_load_file(path, 0, &error), *one;
	size_t i;

	if (cases == NULL)
		fail_msg("%s: %s", path, error.text);
	json_array_foreach(cases, i, one) {
		struct arena *arena = arena_create(0);

		run(arena, one, counts);
		counts->n_cases++;
		arena_destroy(arena);
	}
	json_decref(cases);
}

static void run_folder(const char *folder, void (*run)(struct arena *arena, json_t *one, struct counts *counts),
	struct counts *counts)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL) {
		fail_msg("cannot open %s", folder);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		run_file(path, run, counts);
	}
	closedir(dir);
}

static void test_rules(void **state)
{
	struct counts counts = { 0 };

	(void)state;
	run_folder(TENON_SOURCE_DIR "/tests/golden/compat/protobuf", run_rule, &counts);
	printf("%zu cases, %zu wrong\n", counts.n_cases, counts.n_wrong);
	assert_true(counts.n_cases > 200);
	assert_int_equal(counts.n_wrong, 0);
	for (int type = FINDING_PACKAGE_CHANGED; type <= FINDING_FIELD_MOVED_TO_EXISTING_ONEOF; type++)
		if (!counts.seen[type])
			fail_msg("no case finds %s", finding_type_name((enum finding_type)type));
}

static void test_texts(void **state)
{
	struct counts counts = { 0 };

	(void)state;
	run_folder(TENON_SOURCE_DIR "/tests/golden/compat/protobuf_text", run_text, &counts);
	printf("%zu cases, %zu wrong\n", counts.n_cases, counts.n_wrong);
	assert_true(counts.n_cases > 60);
	assert_int_equal(counts.n_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
