/* Tests of client/config.c and client.c: defaults, what is refused and why, and headers of other versions. */
#include <stdlib.h>

#include "client/client_int.h"
#include "tests/unit/base/check.h"

static void test_what_is_refused(void **state)
{
	static const char *const bad_header[] = { "no colon" }, *const two_lines[] = { "A: b\r\nC: d" };
	static const struct {
		const char *name;
		struct tenon_config set; /* over the defaults, where not 0 */
		const char *says;        /* NULL: it is fine */
	} cases[] = {
		{ "one", { .urls = "http://127.0.0.1:1" }, NULL },
		{ "several", { .urls = " http://a:1 ,, https://b/x/ " }, NULL },
		{ "offline needs none", { .offline = 1 }, NULL },
		{ "none", { .urls = NULL }, "urls: none" },
		{ "empty", { .urls = " , " }, "urls: none" },
		{ "no URL", { .urls = "http://" }, "is no URL" },
		{ "no scheme that is ours", { .urls = "ftp://a" }, "neither http nor https" },
		{ "a query", { .urls = "http://a/?b=c" }, "query" },
		{ "a header without a colon", { .urls = "http://a", .headers = bad_header, .n_headers = 1 }, "headers" },
		{ "a header of two lines", { .urls = "http://a", .headers = two_lines, .n_headers = 1 }, "headers" },
		{ "a token of two lines", { .urls = "http://a", .bearer_token = "a\nb" }, "bearer_token" },
		{ "a key without its certificate", { .urls = "http://a", .key_file = "k.pem" }, "certificate_file" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tenon_error err = { .code = TENON_OK };
		struct tenon_client *client = NULL;
		struct tenon_config config;
		enum tenon_code code;

		tenon_config_init(&config, sizeof(config));
		config.urls = cases[i].set.urls;
		config.headers = cases[i].set.headers;
		config.n_headers = cases[i].set.n_headers;
		config.bearer_token = cases[i].set.bearer_token;
		config.key_file = cases[i].set.key_file;
		config.offline = cases[i].set.offline;
		code = tenon_client_create(&config, &client, &err);
		CHECK_INT(cases[i].name, code, cases[i].says ? TENON_INVALID : TENON_OK);
		if (cases[i].says && !strstr(err.message, cases[i].says))
			fail_msg("case '%s': %s", cases[i].name, err.message);
		tenon_client_destroy(client);
	}
}

static void test_urls(void **state)
{
	static const struct {
		const char *url;
		const char *base;
		const char *user;
		const char *password;
		bool https;
	} cases[] = {
		{ "http://a:8081/", "http://a:8081", "u", "p", false },
		{ "https://me:s%3Acret@a/x//", "https://a/x", "me", "s:cret", true },
		{ "https://me@a", "https://a", "me", NULL, true },
		{ "http://[::1]:8081/contexts/.c", "http://[::1]:8081/contexts/.c", "u", "p", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tenon_error err = { .code = TENON_OK };
		struct tenon_config config;
		struct tenon_client *client;

		tenon_config_init(&config, sizeof(config));
		config.urls = cases[i].url;
		config.user = "u";
		config.password = "p";
		if (tenon_client_create(&config, &client, &err) != TENON_OK)
			fail_msg("case '%s': %s", cases[i].url, err.message);
		CHECK_INT(cases[i].url, client->n_urls, 1);
		CHECK_STR(cases[i].url, client->urls[0].base, str_of(cases[i].base));
		CHECK_STR(cases[i].url, str_of(client->urls[0].user), str_of(cases[i].user));
		CHECK_STR(cases[i].url, str_of(client->urls[0].password), str_of(cases[i].password));
		CHECK_INT(cases[i].url, client->urls[0].https, cases[i].https);
		tenon_client_destroy(client);
	}
}

/* A program with an older header knows fewer members, one with a newer header more. */
static void test_other_versions(void **state)
{
	const size_t before = offsetof(struct tenon_config, cache_bytes), after = sizeof(struct tenon_config) + 64;
	union {
		struct tenon_config config;
		char bytes[sizeof(struct tenon_config) + 64];
	} given;
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_client *client;

	(void)state;
	memset(&given, 0xA5, sizeof(given));
	tenon_config_init(&given.config, before);
	assert_int_equal((unsigned char)given.bytes[before], 0xA5);
	given.config.urls = "http://a";
	assert_int_equal(tenon_client_create(&given.config, &client, &err), TENON_OK);
	assert_int_equal(client->config.cache_bytes, 64 * 1024 * 1024);
	tenon_client_destroy(client);
	tenon_config_init(&given.config, after);
	given.config.urls = "http://a";
	assert_int_equal(tenon_client_create(&given.config, &client, &err), TENON_OK);
	tenon_client_destroy(client);
	given.bytes[after - 1] = 1;
	assert_int_equal(tenon_client_create(&given.config, &client, &err), TENON_INVALID);
	memset(&given, 0, sizeof(given));
	assert_int_equal(tenon_client_create(&given.config, &client, &err), TENON_INVALID);
}

static void test_errors(void **state)
{
	struct tenon_error err = { .code = TENON_OK };
	char long_text[2 * TENON_MESSAGE_SIZE];

	(void)state;
	assert_int_equal(tenon_error_verdict(&err), TENON_PROCEED);
	for (int i = 0; i <= TENON_FILE; i++)
		assert_string_not_equal(tenon_code_name((enum tenon_code)i), "?");
	assert_string_equal(tenon_code_name((enum tenon_code)1000), "?");
	client_fail(&err, TENON_INVALID, "two\nlines\tand %s", "more");
	assert_string_equal(err.message, "two lines and more");
	client_fail(&err, TENON_LIMIT, "again: %s", err.message); /* out of itself */
	assert_string_equal(err.message, "again: two lines and more");
	for (size_t shift = 0; shift < 4; shift++) {
		memset(long_text, 'x', sizeof(long_text));
		for (size_t i = shift; i + 3 < sizeof(long_text); i += 3)
			memcpy(long_text + i, "\xe2\x82\xac", 3);
		long_text[sizeof(long_text) - 4] = '\0';
		client_fail(&err, TENON_INVALID, "%s", long_text);
		assert_true(strlen(err.message) > TENON_MESSAGE_SIZE - 5);
		assert_true(str_is_utf8(str_of(err.message)));
	}
	assert_int_equal(client_fail(NULL, TENON_FILE, "nobody listens"), TENON_FILE);
	tenon_error_clear(NULL);
	tenon_error_clear(&err);
	assert_int_equal(err.code, TENON_OK);
	tenon_free(NULL);
	tenon_schema_unref(NULL);
	tenon_client_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_other_versions),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
