/* Tests of bundles without a registry: what is saved comes back, what is damaged is refused as a whole, what is too large, too. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "client/cache.h"
#include "tests/unit/base/check.h"

static char path[] = "/tmp/tenon-bundle-XXXXXX";

static struct tenon_client *make_client(size_t cache_bytes, const char *bundle, enum tenon_code want)
{
	struct tenon_config config;
	struct tenon_client *client = NULL;
	struct tenon_error err = { .code = TENON_OK };
	enum tenon_code code;

	tenon_config_init(&config, sizeof(config));
	config.offline = 1;
	config.cache_bytes = cache_bytes;
	config.bundle_file = bundle;
	code = tenon_client_create(&config, &client, &err);
	if (code != want)
		fail_msg("%s: %s", tenon_code_name(code), err.message);
	return client;
}

static enum tenon_code keep_some(struct call *call, void *arg)
{
	(void)arg;
	for (int32_t id = 1; id <= 20; id++) {
		const struct tenon_reference reference = { "n", "s2", 2 };
		const struct client_draft draft = {
			.type = TENON_JSON, .text = str_printf(call->arena, "{\"title\":\"\\u00e4 \xe2\x82\xac %d\"}", (int)id),
			.references = &reference, .n_references = id == 3 ? 1 : 0, .metadata = id == 4 ? STR("{\"tags\":{}}") : STR_NONE,
		};
		const struct client_names names = {
			.id = id, .version = id, .subject = str_printf(call->arena, "s%d", (int)id), .context = id == 5 ? STR(".c") : STR("")
		};
		struct tenon_schema *schema = client_schema_make(client_content_make(call, &draft), &names);
		struct client_key key;

		client_key_begin(&key, 'i', CLIENT_KEY_FOREVER);
		client_key_text(&key, id == 5 ? STR(".c") : STR("."));
		client_key_number(&key, id);
		client_cache_put(call->client->cache, &key, schema);
		client_key_begin(&key, 'v', 0);
		client_key_subject(&key, names.subject.data);
		client_key_number(&key, id);
		client_key_number(&key, TENON_DELETED);
		client_cache_put(call->client->cache, &key, schema);
		tenon_schema_unref(schema);
	}
	return TENON_OK;
}

static int save(void **state)
{
	struct tenon_client *client = make_client(1000000, NULL, TENON_OK);
	struct tenon_error err = { .code = TENON_OK };

	(void)state;
	assert_int_equal(client_enter(client, keep_some, NULL, &err), TENON_OK);
	if (tenon_bundle_save(client, path, &err) != TENON_OK)
		fail_msg("%s", err.message);
	tenon_client_destroy(client);
	return 0;
}

static void check_loaded(struct tenon_client *client)
{
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_schema *schema;
	size_t n;

	for (int32_t id = 1; id <= 20; id++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"title\":\"\\u00e4 \xe2\x82\xac %d\"}", (int)id);
		if (tenon_get_by_id(client, id == 5 ? "c" : NULL, id, 0, &schema, &err) != TENON_OK)
			fail_msg("id %d: %s", (int)id, err.message);
		assert_string_equal(tenon_schema_text(schema, NULL), text);
		assert_int_equal(tenon_schema_type(schema), TENON_JSON);
		assert_int_equal(tenon_schema_version(schema), id);
		tenon_schema_references(schema, &n);
		assert_int_equal(n, id == 3);
		assert_int_equal(tenon_schema_metadata(schema) != NULL, id == 4);
		tenon_schema_unref(schema);
	}
	assert_int_equal(tenon_get_by_version(client, "s7", 7, TENON_DELETED, &schema, &err), TENON_OK);
	assert_string_equal(tenon_schema_subject(schema), "s7");
	tenon_schema_unref(schema);
}

static void test_what_is_saved_comes_back(void **state)
{
	struct tenon_client *client = make_client(1000000, path, TENON_OK);

	(void)state;
	check_loaded(client);
	/* Saved again it is as good. */
	assert_int_equal(tenon_bundle_save(client, path, NULL), TENON_OK);
	tenon_cache_clear(client);
	assert_int_equal(tenon_bundle_load(client, path, NULL), TENON_OK);
	check_loaded(client);
	tenon_client_destroy(client);
}

static size_t read_file(char *out, size_t room)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	assert_non_null(file);
	len = fread(out, 1, room, file);
	fclose(file);
	return len;
}

static void write_file(const char *data, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	fclose(file);
}

/* Every byte changed, and every length cut: never taken, never in part. */
static void test_damage_is_seen(void **state)
{
	static char good[65536], bad[65536];
	size_t len = read_file(good, sizeof(good));
	struct tenon_client *client = make_client(1000000, NULL, TENON_OK);
	struct tenon_cache_stats stats;

	(void)state;
	assert_true(len > 1000 && len < sizeof(good));
	for (size_t i = 0; i < len; i += i < 100 ? 1 : 37) {
		struct tenon_error err = { .code = TENON_OK };

		memcpy(bad, good, len);
		bad[i] ^= 1;
		write_file(bad, len);
		if (tenon_bundle_load(client, path, &err) != TENON_BAD_BYTES)
			fail_msg("byte %zu changed: %s", i, err.message);
		write_file(good, i);
		if (tenon_bundle_load(client, path, &err) != TENON_BAD_BYTES)
			fail_msg("cut to %zu: %s", i, err.message);
	}
	tenon_cache_stats(client, &stats);
	assert_int_equal(stats.entries, 0);
	tenon_client_destroy(client);
	write_file(good, len);
}

/* A right checksum over what is none of ours. */
static void test_what_is_in_it_counts(void **state)
{
	static const struct {
		const char *name;
		const char *body;
		enum tenon_code code;
	} cases[] = {
		{ "nothing", "", TENON_OK },
		{ "no JSON", "x\n", TENON_BAD_BYTES },
		{ "no object", "[]\n", TENON_BAD_BYTES },
		{ "no names", "{\"schema\":\"x\"}\n", TENON_BAD_BYTES },
		{ "no text", "{\"names\":[]}\n", TENON_BAD_BYTES },
		{ "no keys", "{\"schema\":\"x\",\"names\":[{\"id\":1,\"version\":1}]}\n", TENON_BAD_BYTES },
		{ "a key that is none", "{\"schema\":\"x\",\"names\":[{\"id\":1,\"version\":1,\"keys\":[[\"00\",0,0]]}]}\n", TENON_BAD_BYTES },
		{ "another type", "{\"schema\":\"x\",\"schemaType\":\"XML\",\"names\":[]}\n", TENON_INVALID },
		{ "without keys", "{\"schema\":\"x\",\"names\":[{\"id\":1,\"version\":1,\"keys\":[]}]}\n", TENON_OK },
	};
	struct tenon_client *client = make_client(1000000, NULL, TENON_OK);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_create(0);
		uint8_t digest[SHA256_BYTES];
		struct str whole;

		digest_sha256(str_of(cases[i].body), digest);
		whole = str_printf(arena, "tenon-bundle 1 sha256 %s\n%s", hex_encode(arena, digest, SHA256_BYTES).data, cases[i].body);
		write_file(whole.data, whole.len);
		CHECK_INT(cases[i].name, tenon_bundle_load(client, path, NULL), cases[i].code);
		arena_destroy(arena);
	}
	tenon_client_destroy(client);
}

static void test_files(void **state)
{
	struct tenon_client *client;
	struct tenon_error err = { .code = TENON_OK };

	(void)state;
	tenon_client_destroy(make_client(1000000, "/nonexistent/bundle", TENON_OK)); /* may be missing */
	make_client(1000, path, TENON_LIMIT);                                         /* the file alone is larger */
	make_client(6000, path, TENON_LIMIT);                                         /* what is in it is */
	make_client(1000000, "/tmp", TENON_FILE);
	client = make_client(1000000, path, TENON_OK);
	assert_int_equal(tenon_bundle_load(client, "/nonexistent/bundle", &err), TENON_FILE);
	assert_int_equal(tenon_bundle_save(client, "/nonexistent/bundle", &err), TENON_FILE);
	assert_non_null(strstr(err.message, "/nonexistent/bundle"));
	assert_int_equal(tenon_bundle_load(client, NULL, &err), TENON_INVALID);
	tenon_client_destroy(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_is_saved_comes_back, save),
		cmocka_unit_test_setup(test_damage_is_seen, save),
		cmocka_unit_test_setup(test_what_is_in_it_counts, save),
		cmocka_unit_test_setup(test_files, save),
	};
	int failed;

	close(mkstemp(path));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
