/*
 * The official test suite (Debian: json-schema-test-suite, drafts 4, 6 and 7; a newer copy with drafts
 * 2019-09 and 2020-12 is taken as well when $TENON_JSON_SCHEMA_SUITE names one): all required tests.
 */
#include "tests/unit/compat/jsonschema_test.h"

#include <ftw.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/jsonschema/validate.h"

enum { MOST_REMOTES = 256 };

static const struct {
	const char *folder;
	const char *uri;
} drafts[] = {
	{ "draft4", "http://json-schema.org/draft-04/schema#" },
	{ "draft6", "http://json-schema.org/draft-06/schema#" },
	{ "draft7", "http://json-schema.org/draft-07/schema#" },
	{ "draft2019-09", "https://json-schema.org/draft/2019-09/schema" },
	{ "draft2020-12", "https://json-schema.org/draft/2020-12/schema" },
};

/* Documents that the tests expect at http://localhost:1234/. */
static struct schema_dependency remotes[MOST_REMOTES];
static size_t n_remotes;
static struct arena *remotes_arena;
static const char *remotes_folder;

struct run {
	struct arena *arena;
	const char *file;
	const char *draft_uri;
	size_t n_tests;
	size_t n_wrong;
};

static struct str read_file(struct arena *arena, const char *path)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *in = fopen(path, "r");
	struct str copy;

	if (in == NULL)
		fail_msg("cannot open %s", path);
	len = getdelim(&text, &room, '\0', in);
	assert_true(len > 0);
	fclose(in);
	copy = str_dup(arena, str_make(text, (size_t)len));
	free(text);
	return copy;
}

static int add_remote(const char *path, const struct stat *status, int flag, struct FTW *ftw)
{
	(void)status;
	(void)ftw;
	if (flag != FTW_F || strstr(path, ".json") == NULL)
		return 0;
	assert_true(n_remotes < MOST_REMOTES);
	remotes[n_remotes].name = str_printf(remotes_arena, "http://localhost:1234%s", path + strlen(remotes_folder));
	remotes[n_remotes++].text = read_file(remotes_arena, path);
	return 0;
}

/* Tests do not say which draft they are of, other than by their folder. */
static struct str text_with_draft(struct run *run, const struct jsn *schema)
{
	struct buf text = buf_make(run->arena, 256);
	struct str rest;

	buf_json(&text, schema);
	if (schema->kind != JSN_OBJECT || jsn_get(schema, STR("$schema")))
		return buf_str(&text);
	rest = str_sub(buf_str(&text), 1, text.len);
	return str_printf(run->arena, "{\"$schema\":\"%s\"%s%.*s", run->draft_uri, schema->n_items ? "," : "",
		STR_ARG(rest));
}

static struct str describe(const struct jsn *object)
{
	const struct jsn *text = jsn_get(object, STR("description"));

	return text ? text->text : STR("");
}

static void check_document(struct run *run, const struct jsn *group, const struct jsn *test, const struct schema *schema)
{
	bool want = jsn_get(test, STR("valid"))->boolean;
	const struct jsch_violation *violation = NULL;
	struct err err = { .arena = run->arena };
	enum err_code code = jsch_validate(run->arena, schema, jsn_get(test, STR("data")), &violation, &err);

	run->n_tests++;
	if (code == OK && violation)
		assert_true(violation->keyword.len > 0 && str_present(violation->path));
	if (code == OK && (violation == NULL) == want)
		return;
	run->n_wrong++;
	fprintf(stderr, "%s: %.*s: %.*s\n  want %s, got %.*s\n", run->file, STR_ARG(describe(group)),
		STR_ARG(describe(test)), want ? "valid" : "invalid",
		STR_ARG(code != OK ? err.message : violation ? violation->keyword : STR("valid")));
}

static void check_group(struct run *run, const struct jsn *group)
{
	const struct schema_source source = {
		.type = SCHEMA_JSON, .text = text_with_draft(run, jsn_get(group, STR("schema"))), .dependencies = remotes,
		.n_dependencies = n_remotes,
	};
	const struct jsn *tests = jsn_get(group, STR("tests"));
	struct err err = { .arena = run->arena };
	const struct schema *schema;

	if (jsch_format.parse(run->arena, &source, SCHEMA_STRICT, &schema, &err) != OK) {
		run->n_wrong++;
		fprintf(stderr, "%s: %.*s: %.*s\n  %.*s\n", run->file, STR_ARG(describe(group)), STR_ARG(source.text),
			STR_ARG(err.message));
		return;
	}
	for (size_t i = 0; i < tests->n_items; i++)
		check_document(run, group, &tests->items[i], schema);
}

static void run_file(struct run *run)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct jsn *groups;

	if (jsn_parse(arena, read_file(arena, run->file), 0, 1000, &groups, &err) != OK)
		fail_msg("%s: %.*s", run->file, STR_ARG(err.message));
	for (size_t i = 0; i < groups->n_items; i++) {
		run->arena = arena_create(0);
		check_group(run, &groups->items[i]);
		arena_destroy(run->arena);
	}
	arena_destroy(arena);
}

/* The number of tests that fail. */
static size_t run_draft(const char *suite, size_t i)
{
	struct run run = { .draft_uri = drafts[i].uri };
	char pattern[4096];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/tests/%s/*.json", suite, drafts[i].folder);
	if (glob(pattern, 0, NULL, &found) != 0) {
		printf("skipped: %s has no %s\n", suite, drafts[i].folder);
		return 0;
	}
	for (size_t k = 0; k < found.gl_pathc; k++) {
		run.file = found.gl_pathv[k];
		run_file(&run);
	}
	globfree(&found);
	printf("%s: %zu of %zu tests pass\n", drafts[i].folder, run.n_tests - run.n_wrong, run.n_tests);
	assert_true(run.n_tests > 100);
	return run.n_wrong;
}

static void run_suite(const char *suite)
{
	char folder[4096];
	size_t n_wrong = 0;

	if (suite == NULL || access(suite, R_OK) != 0) {
		printf("skipped: no json-schema-test-suite\n");
		skip();
	}
	snprintf(folder, sizeof(folder), "%s/remotes", suite);
	remotes_folder = folder;
	remotes_arena = arena_create(0);
	n_remotes = 0;
	assert_int_equal(nftw(folder, add_remote, 16, FTW_PHYS), 0);
	for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++)
		n_wrong += run_draft(suite, i);
	arena_destroy(remotes_arena);
	assert_int_equal(n_wrong, 0);
}

static void packaged_suite(void **state)
{
	(void)state;
	run_suite("/usr/share/json-schema-test-suite");
}

static void newer_suite(void **state)
{
	(void)state;
	run_suite(getenv("TENON_JSON_SCHEMA_SUITE"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packaged_suite),
		cmocka_unit_test(newer_suite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
