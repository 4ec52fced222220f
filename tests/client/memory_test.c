/* Every operation while the n-th allocation fails, until none does: TENON_NOMEM and nothing held, or all is well (TENON_URL: a real registry). */
#include <curl/curl.h>

#include "client/client_int.h"
#include "client/schema_int.h"
#include "tests/client/support.h"
#include "tests/unit/base/few_hooks.h"

static struct tenon_error err;
static char bundle[] = "/tmp/tenon-client-XXXXXX";

/* What a scenario holds when it ends early. */
static struct tenon_schema *schema, *other;

static void drop(void)
{
	tenon_schema_unref(schema);
	tenon_schema_unref(other);
	schema = other = NULL;
}

/* What the scenario asks for, one after the other; a step that had no memory ends it. */
#define STEP(want, call)                                                                                           \
	do {                                                                                                           \
		enum tenon_code got_ = (call);                                                                             \
		if (got_ == TENON_NOMEM)                                                                                   \
			return false;                                                                                           \
		if (got_ != (want))                                                                                        \
			fail_msg("%s: %s, not %s: %s", #call, tenon_code_name(got_), tenon_code_name(want), err.message);      \
	} while (0)

static const struct tenon_reference to_part[] = { { "n.Part", "nomem-part", 1 } };
static const struct tenon_definition part = { .type = TENON_AVRO, .text = "{\"type\":\"enum\",\"name\":\"n.Part\",\"symbols\":[\"X\"]}" };
static const struct tenon_definition whole = {
	.type = TENON_AVRO, .text = "{\"type\":\"record\",\"name\":\"n.Whole\",\"fields\":[{\"name\":\"part\",\"type\":\"n.Part\"}]}",
	.references = to_part, .n_references = 1, .metadata = "{\"properties\":{\"a\":\"b\"}}",
};
static const struct tenon_definition v1 = { .type = TENON_AVRO, .text = ORDER_V1 };
static const struct tenon_definition bad = { .type = TENON_AVRO, .text = ORDER_BAD };

/* Schemas. */
static bool use_schemas(struct tenon_client *client)
{
	struct tenon_dependency *dependencies;
	const struct schema *parsed;
	size_t n;

	STEP(TENON_OK, tenon_register(client, "nomem-part", &part, 0, &other, &err));
	STEP(TENON_OK, tenon_register(client, "nomem-whole", &whole, TENON_NORMALIZE, &schema, &err));
	STEP(TENON_OK, client_schema_parsed(schema, &parsed, &err));
	STEP(TENON_OK, tenon_dependencies(client, schema, &dependencies, &n, &err));
	tenon_dependencies_free(dependencies, n);
	tenon_schema_unref(other);
	other = NULL;
	STEP(TENON_OK, tenon_get_by_id(client, NULL, tenon_schema_id(schema), TENON_FRESH, &other, &err));
	tenon_schema_unref(other);
	other = NULL;
	STEP(TENON_OK, tenon_get_by_version(client, "nomem-whole", TENON_LATEST, 0, &other, &err));
	tenon_schema_unref(other);
	other = NULL;
	STEP(TENON_OK, tenon_get_by_guid(client, tenon_schema_guid(schema), 0, &other, &err));
	tenon_schema_unref(other);
	other = NULL;
	STEP(TENON_OK, tenon_lookup(client, "nomem-whole", &whole, 0, &other, &err));
	tenon_schema_unref(other);
	other = NULL;
	STEP(TENON_NOT_FOUND, tenon_get_by_id(client, "elsewhere", 12345, 0, &other, &err));
	return true;
}

/* Refusals, and everything that gives text. */
static bool use_the_rest(struct tenon_client *client)
{
	char **names, *text;
	int32_t *numbers;
	size_t n;

	STEP(TENON_OK, tenon_level_set(client, "nomem-order", "BACKWARD", &err));
	STEP(TENON_OK, tenon_register(client, "nomem-order", &v1, 0, &schema, &err));
	tenon_schema_unref(schema);
	schema = NULL;
	STEP(TENON_INCOMPATIBLE, tenon_register(client, "nomem-order", &bad, 0, &schema, &err));
	STEP(TENON_INCOMPATIBLE, tenon_check(client, "nomem-order", TENON_LATEST, &bad, 0, &err));
	assert_int_equal(err.n_findings, 1);
	STEP(TENON_OK, tenon_subjects(client, NULL, 0, &names, &n, &err));
	tenon_free(names);
	STEP(TENON_OK, tenon_versions(client, "nomem-order", 0, &numbers, &n, &err));
	tenon_free(numbers);
	STEP(TENON_OK, tenon_level_set(client, "nomem-order", "FULL", &err));
	STEP(TENON_OK, tenon_settings_get(client, "nomem-order", 0, &text, &err));
	tenon_free(text);
	STEP(TENON_OK, tenon_settings_set(client, "nomem-order", "{\"compatibility\":\"NONE\"}", &err));
	STEP(TENON_OK, tenon_mode_get(client, NULL, 0, &text, &err));
	tenon_free(text);
	STEP(TENON_NOT_FOUND, tenon_associated_subject(client, NULL, "t", "value", &text, &err));
	STEP(TENON_OK, tenon_bundle_save(client, bundle, &err));
	tenon_cache_clear(client);
	STEP(TENON_OK, tenon_bundle_load(client, bundle, &err));
	return true;
}

/* One run with memory for `n` allocations; true when it came to its end. */
static bool run(struct few *few, bool (*use)(struct tenon_client *client))
{
	struct tenon_config config = config_for("");
	struct tenon_client *client = NULL;
	enum tenon_code code;
	bool done = false;

	config.resize = few_resize;
	config.resize_cls = few;
	code = tenon_client_create(&config, &client, &err);
	if (code == TENON_OK)
		done = use(client);
	else
		assert_int_equal(code, TENON_NOMEM);
	drop();
	tenon_error_clear(&err);
	tenon_client_destroy(client);
	assert_int_equal(few->held, 0);
	assert_true(done || few->refused);
	return done;
}

static void fail_each(bool (*use)(struct tenon_client *client), bool once)
{
	struct few all = { .left = SIZE_MAX, .once = once };
	bool done;

	assert_true(run(&all, use)); /* what is registered is there from now on */
	for (size_t n = 0;; n++) {
		struct few few = { .left = n, .once = once };

		done = run(&few, use);
		if (done && !few.refused) {
			assert_true(n > 50);
			return;
		}
		assert_true(n < 10000);
	}
}

static void test_schemas_from_then_on(void **state)
{
	(void)state;
	fail_each(use_schemas, false);
}

static void test_schemas_once(void **state)
{
	(void)state;
	fail_each(use_schemas, true);
}

static void test_the_rest_from_then_on(void **state)
{
	(void)state;
	fail_each(use_the_rest, false);
}

static void test_the_rest_once(void **state)
{
	(void)state;
	fail_each(use_the_rest, true);
}

/* ---- libcurl's own memory ---- */

static size_t curl_left = SIZE_MAX, curl_asked;

static bool curl_may(void)
{
	curl_asked++;
	if (curl_left == 0)
		return false;
	curl_left--;
	return true;
}

static void *curl_malloc_few(size_t size)
{
	return curl_may() ? malloc(size) : NULL;
}

static void *curl_calloc_few(size_t n, size_t size)
{
	return curl_may() ? calloc(n, size) : NULL;
}

static void *curl_realloc_few(void *old, size_t size)
{
	return curl_may() ? realloc(old, size) : NULL;
}

static char *curl_strdup_few(const char *text)
{
	return curl_may() ? strdup(text) : NULL;
}

/* An error of some kind, never a crash, and nothing lost (as the leak checker sees). */
static void test_curl_without_memory(void **state)
{
	size_t n = 0;

	(void)state;
	for (bool done = false; !done; n++) {
		struct tenon_config config;
		struct tenon_client *client;

		curl_left = SIZE_MAX;
		config = config_for("");
		config.retries = 0;
		curl_left = n;
		if (tenon_client_create(&config, &client, &err) == TENON_OK) {
			if (tenon_register(client, "nomem-order", &v1, 0, &schema, &err) == TENON_OK)
				done = curl_left > 0;
			curl_left = SIZE_MAX;
			drop();
			tenon_client_destroy(client);
		}
		assert_true(n < 10000);
	}
	assert_true(n > 50);
	curl_left = SIZE_MAX;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schemas_from_then_on),
		cmocka_unit_test(test_schemas_once),
		cmocka_unit_test(test_the_rest_from_then_on),
		cmocka_unit_test(test_the_rest_once),
		cmocka_unit_test(test_curl_without_memory),
	};
	int fd = mkstemp(bundle), failed;

	close(fd);
	curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc_few, free, curl_realloc_few, curl_strdup_few, curl_calloc_few);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	curl_global_cleanup();
	unlink(bundle);
	return failed;
}
