/* Every operation of the client against a real registry (TENON_URL), which the driver starts empty. */
#include "tests/client/support.h"

static struct tenon_client *client;
static struct tenon_error err;

static const struct tenon_definition v1 = { .type = TENON_AVRO, .text = ORDER_V1 };
static const struct tenon_definition v2 = { .type = TENON_AVRO, .text = ORDER_V2 };
static const struct tenon_definition bad = { .type = TENON_AVRO, .text = ORDER_BAD };

static int make(void **state)
{
	(void)state;
	client = client_for("");
	return 0;
}

static int end(void **state)
{
	(void)state;
	tenon_error_clear(&err);
	tenon_client_destroy(client);
	return 0;
}

static struct tenon_schema *add(const char *subject, const struct tenon_definition *definition)
{
	struct tenon_schema *schema;

	EXPECT(TENON_OK, tenon_register(client, subject, definition, 0, &schema, &err), &err);
	return schema;
}

static void test_register_and_find(void **state)
{
	struct tenon_schema *first = add("orders-value", &v1), *again = add("orders-value", &v1), *second = add("orders-value", &v2);
	struct tenon_schema *found;
	uint64_t asked;
	size_t len;

	(void)state;
	assert_ptr_equal(first, again);
	assert_int_equal(tenon_schema_version(first), 1);
	assert_int_equal(tenon_schema_version(second), 2);
	assert_string_equal(tenon_schema_subject(first), "orders-value");
	assert_string_equal(tenon_schema_context(first), ".");
	assert_int_equal(tenon_schema_type(first), TENON_AVRO);
	assert_non_null(strstr(tenon_schema_text(first, &len), "\"Order\""));
	assert_int_equal(len, strlen(tenon_schema_text(first, NULL)));
	asked = requests_of(client);
	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, tenon_schema_id(second), 0, &found, &err), &err);
	assert_ptr_equal(found, second);
	tenon_schema_unref(found);
	EXPECT(TENON_OK, tenon_get_by_version(client, "orders-value", 1, 0, &found, &err), &err);
	assert_ptr_equal(found, first);
	tenon_schema_unref(found);
	assert_int_equal(requests_of(client), asked); /* all of it came out of the cache */
	EXPECT(TENON_OK, tenon_get_by_version(client, "orders-value", TENON_LATEST, 0, &found, &err), &err);
	assert_int_equal(tenon_schema_version(found), 2);
	tenon_schema_unref(found);
	EXPECT(TENON_OK, tenon_get_by_guid(client, tenon_schema_guid(first), 0, &found, &err), &err);
	assert_string_equal(tenon_schema_text(found, NULL), tenon_schema_text(first, NULL));
	tenon_schema_unref(found);
	EXPECT(TENON_OK, tenon_lookup(client, "orders-value", &v2, 0, &found, &err), &err);
	assert_int_equal(tenon_schema_id(found), tenon_schema_id(second));
	tenon_schema_unref(found);
	tenon_schema_unref(first);
	tenon_schema_unref(again);
	tenon_schema_unref(second);
}

static void test_latest_moves_on(void **state)
{
	struct tenon_schema *schema, *first = add("moving", &v1);

	(void)state;
	EXPECT(TENON_OK, tenon_get_by_version(client, "moving", TENON_LATEST, 0, &schema, &err), &err);
	assert_int_equal(tenon_schema_version(schema), 1);
	tenon_schema_unref(schema);
	tenon_schema_unref(add("moving", &v2));
	EXPECT(TENON_OK, tenon_get_by_version(client, "moving", TENON_LATEST, 0, &schema, &err), &err);
	assert_int_equal(tenon_schema_version(schema), 2);
	tenon_schema_unref(schema);
	tenon_schema_unref(first);
}

/* An id that is not there is asked for once in a while; a subject that appears is seen by who made it. */
static void test_what_is_not_there(void **state)
{
	struct tenon_schema *schema;
	uint64_t asked;

	(void)state;
	EXPECT(TENON_NOT_FOUND, tenon_get_by_id(client, NULL, 4711, 0, &schema, &err), &err);
	assert_int_equal(err.http_status, 404);
	assert_int_equal(err.registry_code, 40403);
	assert_int_equal(tenon_error_verdict(&err), TENON_DEAD_LETTER);
	asked = requests_of(client);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_id(client, NULL, 4711, 0, &schema, &err), &err);
	assert_int_equal(err.registry_code, 40403);
	assert_int_equal(requests_of(client), asked);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_id(client, NULL, 4711, TENON_FRESH, &schema, &err), &err);
	assert_int_equal(requests_of(client), asked + 1);
	EXPECT(TENON_NOT_FOUND, tenon_lookup(client, "nobody", &v1, 0, &schema, &err), &err);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_version(client, "nobody", TENON_LATEST, 0, &schema, &err), &err);
	tenon_schema_unref(add("nobody", &v1));
	EXPECT(TENON_OK, tenon_get_by_version(client, "nobody", TENON_LATEST, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_guid(client, "12345678-1234-1234-1234-123456789abc", 0, &schema, &err), &err);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_version(client, "nobody", 7, 0, &schema, &err), &err);
	assert_int_equal(err.registry_code, 40402);
}

static void test_a_refusal_says_why(void **state)
{
	struct tenon_schema *schema = add("strict", &v1);

	(void)state;
	tenon_schema_unref(schema);
	EXPECT(TENON_INCOMPATIBLE, tenon_register(client, "strict", &bad, 0, &schema, &err), &err);
	assert_int_equal(err.http_status, 409);
	assert_int_equal(err.n_findings, 1);
	assert_string_equal(err.findings[0].type, "READER_FIELD_MISSING_DEFAULT_VALUE");
	assert_string_equal(err.findings[0].path, "/fields/1");
	assert_non_null(strstr(err.findings[0].text, "count"));
	EXPECT(TENON_INCOMPATIBLE, tenon_check(client, "strict", TENON_ALL_VERSIONS, &bad, 0, &err), &err);
	assert_int_equal(err.n_findings, 1);
	EXPECT(TENON_INCOMPATIBLE, tenon_check(client, "strict", 1, &bad, 0, &err), &err);
	EXPECT(TENON_OK, tenon_check(client, "strict", TENON_LATEST, &v2, TENON_NORMALIZE, &err), &err);
	EXPECT(TENON_OK, tenon_check(client, "unheard-of", TENON_LATEST, &v2, 0, &err), &err);
	EXPECT(TENON_OK, tenon_register(client, "strict", &bad, TENON_FORCE, &schema, &err), &err);
	tenon_schema_unref(schema);
}

static void test_what_is_no_schema(void **state)
{
	static const struct tenon_definition no_schema = { .type = TENON_AVRO, .text = "{\"type\":\"nothing\"}" };
	static const struct tenon_definition no_json = { .type = TENON_JSON, .text = "{" };
	static const struct tenon_definition no_text = { .type = TENON_AVRO, .text = NULL };
	static const struct tenon_definition no_utf8 = { .type = TENON_AVRO, .text = "\"\xff\"" };
	static const struct tenon_definition no_metadata = { .type = TENON_AVRO, .text = ORDER_V1, .metadata = "[]" };
	static const struct tenon_definition *const cases[] = { &no_schema, &no_json, &no_text, &no_utf8, &no_metadata };
	struct tenon_schema *schema;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		EXPECT(TENON_INVALID, tenon_register(client, "never", cases[i], 0, &schema, &err), &err);
		EXPECT(TENON_INVALID, tenon_check(client, "never", TENON_LATEST, cases[i], 0, &err), &err);
	}
	EXPECT(TENON_INVALID, tenon_register(client, "", &v1, 0, &schema, &err), &err);
	EXPECT(TENON_INVALID, tenon_get_by_id(client, NULL, 0, 0, &schema, &err), &err);
	EXPECT(TENON_INVALID, tenon_get_by_guid(client, "x", 0, &schema, &err), &err);
	EXPECT(TENON_INVALID, tenon_get_by_version(client, "x", 0, 0, &schema, &err), &err);
}

/* Names that need escaping, and those of other contexts. */
static void test_names(void **state)
{
	static const char *const subjects[] = {
		"a/b", "a b", "a%2Fb", "a?b=c", "a#b", "\xc3\xa4\xe2\x82\xac", "a&b;c", "...", "subjects", "versions", ":.east:a/b", "a+b"
	};
	struct tenon_schema *schema, *found;
	char **names;
	size_t n, n_seen = 0;

	(void)state;
	/* A path that leads elsewhere is not even sent: servers and proxies disagree about what it means. */
	EXPECT(TENON_INVALID, tenon_register(client, "..", &v1, 0, &schema, &err), &err);
	for (size_t i = 0; i < COUNT(subjects); i++) {
		schema = add(subjects[i], &v1);
		EXPECT(TENON_OK, tenon_get_by_version(client, subjects[i], 1, TENON_FRESH, &found, &err), &err);
		assert_string_equal(tenon_schema_subject(found), subjects[i]);
		assert_int_equal(tenon_schema_id(found), tenon_schema_id(schema));
		tenon_schema_unref(found);
		tenon_schema_unref(schema);
	}
	EXPECT(TENON_OK, tenon_subjects(client, ":*:", 0, &names, &n, &err), &err);
	for (size_t i = 0; i < COUNT(subjects); i++)
		for (size_t j = 0; j < n; j++)
			n_seen += strcmp(subjects[i], names[j]) == 0;
	assert_int_equal(n_seen, COUNT(subjects));
	assert_null(names[n]);
	tenon_free(names);
}

static void test_contexts(void **state)
{
	static const struct tenon_definition other = { .type = TENON_AVRO, .text = "\"bytes\"" };
	struct tenon_schema *schema = add(":.west:things", &other), *found;
	int32_t id = tenon_schema_id(schema);
	char **names;
	size_t n, n_west = 0;

	(void)state;
	assert_string_equal(tenon_schema_context(schema), ".west");
	for (int i = 0; i < 2; i++) {
		static const char *const spellings[] = { ".west", "west" };

		EXPECT(TENON_OK, tenon_get_by_id(client, spellings[i], id, i ? TENON_FRESH : 0, &found, &err), &err);
		assert_string_equal(tenon_schema_text(found, NULL), "\"bytes\"");
		assert_string_equal(tenon_schema_context(found), ".west");
		tenon_schema_unref(found);
	}
	EXPECT(TENON_OK, tenon_contexts(client, &names, &n, &err), &err);
	for (size_t i = 0; i < n; i++)
		n_west += strcmp(names[i], ".west") == 0;
	assert_int_equal(n_west, 1);
	tenon_free(names);
	EXPECT(TENON_REJECTED, tenon_delete_context(client, "west", &err), &err);
	EXPECT(TENON_OK, tenon_id_subjects(client, "west", id, 0, &names, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_string_equal(names[0], ":.west:things");
	tenon_free(names);
	EXPECT(TENON_OK, tenon_delete_subject(client, ":.west:things", 0, NULL, NULL, &err), &err);
	EXPECT(TENON_OK, tenon_delete_subject(client, ":.west:things", TENON_PERMANENT, NULL, NULL, &err), &err);
	EXPECT(TENON_OK, tenon_delete_context(client, ":.west:", &err), &err);
	tenon_schema_unref(schema);
}

static void test_deletion(void **state)
{
	struct tenon_schema *schema;
	int32_t *versions, deleted;
	size_t n;

	(void)state;
	tenon_schema_unref(add("gone", &v1));
	tenon_schema_unref(add("gone", &v2));
	EXPECT(TENON_OK, tenon_versions(client, "gone", 0, &versions, &n, &err), &err);
	assert_int_equal(n, 2);
	assert_int_equal(versions[1], 2);
	tenon_free(versions);
	EXPECT(TENON_OK, tenon_delete_version(client, "gone", TENON_LATEST, 0, &deleted, &err), &err);
	assert_int_equal(deleted, 2);
	EXPECT(TENON_OK, tenon_get_by_version(client, "gone", TENON_LATEST, 0, &schema, &err), &err);
	assert_int_equal(tenon_schema_version(schema), 1);
	tenon_schema_unref(schema);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_version(client, "gone", 2, 0, &schema, &err), &err);
	EXPECT(TENON_OK, tenon_get_by_version(client, "gone", 2, TENON_DELETED, &schema, &err), &err);
	tenon_schema_unref(schema);
	EXPECT(TENON_NOT_FOUND, tenon_lookup(client, "gone", &v2, 0, &schema, &err), &err);
	EXPECT(TENON_OK, tenon_lookup(client, "gone", &v2, TENON_DELETED, &schema, &err), &err);
	tenon_schema_unref(schema);
	EXPECT(TENON_OK, tenon_delete_subject(client, "gone", 0, &versions, &n, &err), &err);
	assert_int_equal(n, 1);
	tenon_free(versions);
	EXPECT(TENON_OK, tenon_delete_subject(client, "gone", TENON_PERMANENT, &versions, &n, &err), &err);
	assert_int_equal(n, 2);
	tenon_free(versions);
	EXPECT(TENON_NOT_FOUND, tenon_versions(client, "gone", TENON_DELETED, &versions, &n, &err), &err);
}

static void test_settings_and_modes(void **state)
{
	struct tenon_schema *schema;
	char *text;

	(void)state;
	tenon_schema_unref(add("tuned", &v1));
	EXPECT(TENON_NOT_FOUND, tenon_level_get(client, "tuned", 0, &text, &err), &err);
	assert_int_equal(err.registry_code, 40408);
	EXPECT(TENON_OK, tenon_level_get(client, "tuned", TENON_EFFECTIVE, &text, &err), &err);
	assert_string_equal(text, "BACKWARD");
	tenon_free(text);
	EXPECT(TENON_OK, tenon_level_set(client, "tuned", "FULL_TRANSITIVE", &err), &err);
	EXPECT(TENON_OK, tenon_level_get(client, "tuned", 0, &text, &err), &err);
	assert_string_equal(text, "FULL_TRANSITIVE");
	tenon_free(text);
	EXPECT(TENON_INVALID, tenon_level_set(client, "tuned", "SIDEWAYS", &err), &err);
	EXPECT(TENON_OK, tenon_settings_set(client, "tuned", "{\"normalize\":true}", &err), &err);
	EXPECT(TENON_OK, tenon_settings_get(client, "tuned", 0, &text, &err), &err);
	assert_non_null(strstr(text, "\"normalize\":true"));
	assert_non_null(strstr(text, "\"compatibilityLevel\":\"FULL_TRANSITIVE\""));
	tenon_free(text);
	EXPECT(TENON_INVALID, tenon_settings_set(client, "tuned", "{", &err), &err);
	EXPECT(TENON_OK, tenon_settings_delete(client, "tuned", &err), &err);
	EXPECT(TENON_OK, tenon_settings_get(client, NULL, 0, &text, &err), &err);
	tenon_free(text);
	EXPECT(TENON_OK, tenon_mode_set(client, "tuned", "READONLY", 0, &err), &err);
	EXPECT(TENON_REJECTED, tenon_register(client, "tuned", &v2, 0, &schema, &err), &err);
	assert_int_equal(err.registry_code, 42205);
	EXPECT(TENON_OK, tenon_mode_get(client, "tuned", 0, &text, &err), &err);
	assert_string_equal(text, "READONLY");
	tenon_free(text);
	EXPECT(TENON_OK, tenon_mode_delete(client, "tuned", &err), &err);
	EXPECT(TENON_OK, tenon_mode_get(client, "tuned", TENON_EFFECTIVE, &text, &err), &err);
	assert_string_equal(text, "READWRITE");
	tenon_free(text);
	EXPECT(TENON_OK, tenon_mode_set(client, "tuned", "IMPORT", TENON_FORCE, &err), &err);
	EXPECT(TENON_OK, tenon_mode_delete(client, "tuned", &err), &err);
}

/* a refers to b and c, b refers to c: c comes first. */
static void test_references(void **state)
{
	static const struct tenon_definition c = {
		.type = TENON_AVRO, .text = "{\"type\":\"enum\",\"name\":\"n.C\",\"symbols\":[\"X\"]}"
	};
	static const struct tenon_reference to_c[] = { { "n.C", "ref-c", 1 } };
	static const struct tenon_definition b = {
		.type = TENON_AVRO, .text = "{\"type\":\"record\",\"name\":\"n.B\",\"fields\":[{\"name\":\"c\",\"type\":\"n.C\"}]}",
		.references = to_c, .n_references = 1
	};
	static const struct tenon_reference to_both[] = { { "n.B", "ref-b", 1 }, { "n.C", "ref-c", 1 } };
	static const struct tenon_definition a = {
		.type = TENON_AVRO,
		.text = "{\"type\":\"record\",\"name\":\"n.A\",\"fields\":[{\"name\":\"b\",\"type\":\"n.B\"},{\"name\":\"c\",\"type\":\"n.C\"}]}",
		.references = to_both, .n_references = 2,
		.metadata = "{ \"properties\": { \"owner\": \"shop\" } }"
	};
	struct tenon_schema *schema, *found;
	struct tenon_dependency *dependencies;
	const char *key = "owner", *value = "shop", *wrong = "nobody";
	size_t n;

	(void)state;
	tenon_schema_unref(add("ref-c", &c));
	tenon_schema_unref(add("ref-b", &b));
	schema = add("ref-a", &a);
	tenon_schema_references(schema, &n);
	assert_int_equal(n, 2);
	assert_non_null(strstr(tenon_schema_metadata(schema), "\"owner\""));
	EXPECT(TENON_OK, tenon_dependencies(client, schema, &dependencies, &n, &err), &err);
	assert_int_equal(n, 2);
	assert_string_equal(dependencies[0].name, "n.C");
	assert_string_equal(dependencies[1].name, "n.B");
	assert_string_equal(tenon_schema_subject(dependencies[1].schema), "ref-b");
	tenon_dependencies_free(dependencies, n);
	EXPECT(TENON_OK, tenon_get_by_metadata(client, "ref-a", &key, &value, 1, 0, &found, &err), &err);
	assert_int_equal(tenon_schema_id(found), tenon_schema_id(schema));
	tenon_schema_unref(found);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_metadata(client, "ref-a", &key, &wrong, 1, 0, &found, &err), &err);
	EXPECT(TENON_OK, tenon_delete_subject(client, "ref-a", 0, NULL, NULL, &err), &err);
	EXPECT(TENON_REJECTED, tenon_delete_version(client, "ref-b", 1, TENON_PERMANENT, NULL, &err), &err);
	tenon_schema_unref(schema);
}

static void test_all_types(void **state)
{
	static const struct tenon_definition json = { .type = TENON_JSON, .text = "{\"type\":\"object\"}" };
	static const struct tenon_definition proto = { .type = TENON_PROTOBUF, .text = "syntax = \"proto3\";\nmessage M { string a = 1; }\n" };
	struct tenon_schema *one = add("typed-json", &json), *two = add("typed-proto", &proto), *found;

	(void)state;
	assert_int_equal(tenon_schema_type(one), TENON_JSON);
	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, tenon_schema_id(two), TENON_FRESH, &found, &err), &err);
	assert_int_equal(tenon_schema_type(found), TENON_PROTOBUF);
	assert_string_equal(tenon_schema_text(found, NULL), tenon_schema_text(two, NULL));
	tenon_schema_unref(found);
	tenon_schema_unref(one);
	tenon_schema_unref(two);
}

static void test_anything_else(void **state)
{
	char *text, *escaped = tenon_escape(client, "a/b c");
	size_t len;

	(void)state;
	assert_string_equal(escaped, "a%2Fb%20c");
	tenon_free(escaped);
	EXPECT(TENON_OK, tenon_call(client, "GET", "/schemas/types", NULL, &text, &len, &err), &err);
	assert_non_null(strstr(text, "AVRO"));
	assert_int_equal(len, strlen(text));
	tenon_free(text);
	EXPECT(TENON_PROTOCOL, tenon_call(client, "GET", "/no/such/path", NULL, &text, &len, &err), &err);
	assert_int_equal(err.http_status, 404);
	EXPECT(TENON_INVALID, tenon_call(client, "GET", "no-slash", NULL, &text, &len, &err), &err);
	EXPECT(TENON_INVALID, tenon_call(client, "GET / HTTP/1.1\r\nX:", "/", NULL, &text, &len, &err), &err);
	EXPECT(TENON_INVALID, tenon_call(client, "GET", "/a\r\nX: y", NULL, &text, &len, &err), &err);
	EXPECT(TENON_OK, tenon_call(client, "HEAD", "/subjects", NULL, &text, &len, &err), &err);
	assert_int_equal(len, 0);
	tenon_free(text);
	EXPECT(TENON_OK, tenon_call(client, "GET", "/subjects", NULL, &text, &len, &err), &err);
	assert_true(len > 1);
	tenon_free(text);
}

static void test_associations(void **state)
{
	char *text;

	(void)state;
	EXPECT(TENON_NOT_FOUND, tenon_associated_subject(client, NULL, "trips", "value", &text, &err), &err);
	tenon_schema_unref(add("trips-of-all", &v1));
	EXPECT(TENON_OK, tenon_call(client, "POST", "/associations", "{\"resourceName\":\"trips\",\"resourceNamespace\":\"k1\","
		"\"resourceId\":\"t1\",\"resourceType\":\"topic\",\"associations\":[{\"subject\":\"trips-of-all\",\"associationType\":\"value\","
		"\"lifecycle\":\"WEAK\"}]}", NULL, NULL, &err), &err);
	EXPECT(TENON_OK, tenon_associated_subject(client, NULL, "trips", "value", &text, &err), &err);
	assert_string_equal(text, "trips-of-all");
	tenon_free(text);
	EXPECT(TENON_NOT_FOUND, tenon_associated_subject(client, "k1", "trips", "key", &text, &err), &err);
}

static void test_bundles(void **state)
{
	struct tenon_config config = config_for("");
	struct tenon_client *offline;
	struct tenon_schema *schema = add("bundled", &v1), *found;
	char path[] = "/tmp/tenon-client-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	EXPECT(TENON_OK, tenon_get_by_version(client, "bundled", TENON_LATEST, 0, &found, &err), &err);
	tenon_schema_unref(found);
	EXPECT(TENON_OK, tenon_bundle_save(client, path, &err), &err);
	config.urls = NULL;
	config.offline = 1;
	config.bundle_file = path;
	offline = client_with(&config);
	EXPECT(TENON_OK, tenon_get_by_id(offline, NULL, tenon_schema_id(schema), 0, &found, &err), &err);
	assert_string_equal(tenon_schema_text(found, NULL), tenon_schema_text(schema, NULL));
	assert_string_equal(tenon_schema_guid(found), tenon_schema_guid(schema));
	tenon_schema_unref(found);
	EXPECT(TENON_OK, tenon_get_by_version(offline, "bundled", TENON_LATEST, 0, &found, &err), &err);
	tenon_schema_unref(found);
	EXPECT(TENON_OK, tenon_register(offline, "bundled", &v1, 0, &found, &err), &err);
	assert_int_equal(tenon_schema_id(found), tenon_schema_id(schema));
	tenon_schema_unref(found);
	EXPECT(TENON_NOT_FOUND, tenon_register(offline, "bundled", &v2, 0, &found, &err), &err);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_id(offline, NULL, 4711, 0, &found, &err), &err);
	assert_int_equal(requests_of(offline), 0);
	tenon_client_destroy(offline);
	unlink(path);
	tenon_schema_unref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_register_and_find, make, end),
		cmocka_unit_test_setup_teardown(test_latest_moves_on, make, end),
		cmocka_unit_test_setup_teardown(test_what_is_not_there, make, end),
		cmocka_unit_test_setup_teardown(test_a_refusal_says_why, make, end),
		cmocka_unit_test_setup_teardown(test_what_is_no_schema, make, end),
		cmocka_unit_test_setup_teardown(test_names, make, end),
		cmocka_unit_test_setup_teardown(test_contexts, make, end),
		cmocka_unit_test_setup_teardown(test_deletion, make, end),
		cmocka_unit_test_setup_teardown(test_settings_and_modes, make, end),
		cmocka_unit_test_setup_teardown(test_references, make, end),
		cmocka_unit_test_setup_teardown(test_all_types, make, end),
		cmocka_unit_test_setup_teardown(test_anything_else, make, end),
		cmocka_unit_test_setup_teardown(test_associations, make, end),
		cmocka_unit_test_setup_teardown(test_bundles, make, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
