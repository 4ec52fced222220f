/* The client against a server that misbehaves (tests/client/fake.py, at TENON_URL): what each fault is taken for. */
#include <pthread.h>
#include <time.h>

#include "tests/client/support.h"

static struct tenon_error err;

static long ask_number(const char *path)
{
	struct tenon_client *client = client_for("");
	char *text;
	long number;

	EXPECT(TENON_OK, tenon_call(client, "GET", path, NULL, &text, NULL, &err), &err);
	number = strtol(text, NULL, 10);
	tenon_free(text);
	tenon_client_destroy(client);
	return number;
}

static int forget(void **state)
{
	(void)state;
	ask_number("/forget");
	return 0;
}

static int clear(void **state)
{
	(void)state;
	tenon_error_clear(&err);
	return 0;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* What a GET of a schema comes to, after how many requests. */
static void test_faults(void **state)
{
	static const struct {
		const char *path;
		enum tenon_code code;
		int http_status;
		unsigned requests;
		enum tenon_verdict verdict;
	} cases[] = {
		{ "/good", TENON_OK, 0, 1, TENON_PROCEED },
		{ "/slow", TENON_UNREACHABLE, 0, 3, TENON_RETRY },
		{ "/drip", TENON_UNREACHABLE, 0, 3, TENON_RETRY },
		{ "/cut", TENON_UNREACHABLE, 0, 3, TENON_RETRY },
		{ "/cutchunk", TENON_UNREACHABLE, 0, 3, TENON_RETRY },
		{ "/hangup", TENON_UNREACHABLE, 0, 3, TENON_RETRY },
		{ "/later", TENON_OK, 0, 3, TENON_PROCEED },
		{ "/sick", TENON_UNREACHABLE, 500, 1, TENON_RETRY },
		{ "/status/503", TENON_UNREACHABLE, 503, 3, TENON_RETRY },
		{ "/status/502", TENON_UNREACHABLE, 502, 3, TENON_RETRY },
		{ "/status/504", TENON_UNREACHABLE, 504, 3, TENON_RETRY },
		{ "/status/429", TENON_UNREACHABLE, 429, 3, TENON_RETRY },
		{ "/status/408", TENON_UNREACHABLE, 408, 3, TENON_RETRY },
		{ "/status/501", TENON_UNREACHABLE, 501, 1, TENON_RETRY },
		{ "/status/404", TENON_PROTOCOL, 404, 1, TENON_STOP },
		{ "/status/405", TENON_PROTOCOL, 405, 1, TENON_STOP },
		{ "/status/301", TENON_PROTOCOL, 301, 1, TENON_STOP },
		{ "/status/400", TENON_INVALID, 400, 1, TENON_DEAD_LETTER },
		{ "/status/413", TENON_LIMIT, 413, 1, TENON_DEAD_LETTER },
		{ "/refuse", TENON_REFUSED, 401, 1, TENON_STOP },
		{ "/forbid", TENON_REFUSED, 403, 1, TENON_STOP },
		{ "/notfound", TENON_NOT_FOUND, 404, 1, TENON_DEAD_LETTER },
		{ "/garbage", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/nohttp", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/loop", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/moved", TENON_OK, 0, 1, TENON_PROCEED },
		{ "/file", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/huge", TENON_LIMIT, 0, 1, TENON_DEAD_LETTER },
		{ "/bomb", TENON_LIMIT, 0, 1, TENON_DEAD_LETTER },
		{ "/short", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/deep", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/notext", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/number", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/strange", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/badreference", TENON_PROTOCOL, 0, 1, TENON_STOP },
		{ "/othertype", TENON_INVALID, 0, 1, TENON_DEAD_LETTER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tenon_config config = config_for(cases[i].path);
		struct tenon_schema *schema;
		struct tenon_client *client;
		enum tenon_code code;
		uint64_t began = now_ms();

		config.request_timeout_ms = strcmp(cases[i].path, "/slow") == 0 || strcmp(cases[i].path, "/drip") == 0 ? 300 : 10000;
		config.retries = 2;
		config.max_response = 1024 * 1024;
		client = client_with(&config);
		tenon_error_clear(&err);
		code = tenon_get_by_id(client, NULL, 1, 0, &schema, &err);
		if (code != cases[i].code || err.http_status != cases[i].http_status || requests_of(client) != cases[i].requests ||
			tenon_error_verdict(&err) != cases[i].verdict)
			fail_msg("%s: %s (status %d) after %u requests: %s", cases[i].path, tenon_code_name(code), err.http_status,
				(unsigned)requests_of(client), err.message);
		if (code == TENON_OK)
			tenon_schema_unref(schema);
		else if (err.message[0] == '\0' || strchr(err.message, '\n'))
			fail_msg("%s: the message is '%s'", cases[i].path, err.message);
		if (now_ms() - began > 12000) /* without a bound the slow ones take 15 s */
			fail_msg("%s: took %u ms", cases[i].path, (unsigned)(now_ms() - began));
		tenon_client_destroy(client);
	}
}

/* What may have been done is not done twice; what was turned away unread is. */
static void test_deletions_are_not_repeated(void **state)
{
	static const struct {
		const char *path;
		const char *count;
		long asked;
	} cases[] = {
		{ "/hangup", "/count/hangup", 1 },
		{ "/cut", "/count/cut", 1 },
		{ "/status/504", "/count/status", 1 },
		{ "/later", "/count/later", 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tenon_client *client = client_for(cases[i].path);
		enum tenon_code code = tenon_delete_subject(client, "s", 0, NULL, NULL, &err);

		if (ask_number(cases[i].count) != cases[i].asked)
			fail_msg("%s: asked %ld times (%s)", cases[i].path, ask_number(cases[i].count), tenon_code_name(code));
		tenon_client_destroy(client);
	}
}

static void test_retry_after_is_heeded(void **state)
{
	struct tenon_client *client = client_for("/retryafter");
	struct tenon_schema *schema;
	uint64_t began = now_ms();

	(void)state;
	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	assert_true(now_ms() - began >= 1000);
	tenon_schema_unref(schema);
	tenon_client_destroy(client);
}

static void test_a_call_ends_in_time(void **state)
{
	struct tenon_config config = config_for("/slow");
	struct tenon_client *client;
	struct tenon_schema *schema;
	uint64_t began = now_ms();

	(void)state;
	config.timeout_ms = 700;
	config.request_timeout_ms = 500;
	config.retries = 1000;
	client = client_with(&config);
	EXPECT(TENON_UNREACHABLE, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	assert_in_range(now_ms() - began, 500, 4000); /* without a bound it takes 5 s */
	tenon_client_destroy(client);
}

static void test_failover(void **state)
{
	char urls[1024];
	struct tenon_config config = config_for("");
	struct tenon_client *client;
	struct tenon_schema *schema;

	(void)state;
	/* Nothing listens at port 1; the next is sick; the third is well, and is asked first from then on. */
	snprintf(urls, sizeof(urls), "http://127.0.0.1:1, %s/sick ,%s/good/", getenv("TENON_URL"), getenv("TENON_URL"));
	config.urls = urls;
	client = client_with(&config);
	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, 2, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	assert_int_equal(requests_of(client), 4);
	assert_int_equal(ask_number("/count/sick"), 1);
	assert_int_equal(ask_number("/count/good"), 2);
	tenon_client_destroy(client);
}

/* A node that lags behind does not know an id yet; that none knows it is the word of all. */
static void test_another_one_may_know(void **state)
{
	char urls[1024];
	struct tenon_config config = config_for("");
	struct tenon_client *client;
	struct tenon_schema *schema;

	(void)state;
	snprintf(urls, sizeof(urls), "%s/notfound,%s/sick,%s/good", getenv("TENON_URL"), getenv("TENON_URL"), getenv("TENON_URL"));
	config.urls = urls;
	client = client_with(&config);
	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	assert_int_equal(requests_of(client), 3);
	tenon_client_destroy(client);
	snprintf(urls, sizeof(urls), "%s/notfound,http://127.0.0.1:1,%s/notfound", getenv("TENON_URL"), getenv("TENON_URL"));
	client = client_with(&config);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	assert_int_equal(requests_of(client), 3);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_version(client, "s", 1, 0, &schema, &err), &err);
	assert_int_equal(requests_of(client), 4); /* who is asked about a subject is believed */
	tenon_client_destroy(client);
}

static void test_one_connection_is_kept(void **state)
{
	struct tenon_client *client = client_for("/good");
	struct tenon_schema *schema;

	(void)state;
	for (int id = 1; id <= 20; id++) {
		EXPECT(TENON_OK, tenon_get_by_id(client, NULL, id, 0, &schema, &err), &err);
		tenon_schema_unref(schema);
	}
	assert_int_equal(ask_number("/count/good"), 20);
	assert_int_equal(ask_number("/connections/good"), 1);
	tenon_client_destroy(client);
}

enum { THREADS = 1000 };

struct asker {
	pthread_t thread;
	struct tenon_client *client;
	pthread_barrier_t *start;
	enum tenon_code code;
	int32_t id;
};

static void *ask_one(void *arg)
{
	struct asker *asker = arg;
	struct tenon_error mine = { .code = TENON_OK };
	struct tenon_schema *schema;

	pthread_barrier_wait(asker->start);
	asker->code = tenon_get_by_id(asker->client, NULL, asker->id, 0, &schema, &mine);
	if (asker->code == TENON_OK)
		tenon_schema_unref(schema);
	tenon_error_clear(&mine);
	return NULL;
}

/* All at once; each asks for an id out of `n_ids`. */
static void ask_at_once(struct tenon_client *client, int n_ids, enum tenon_code want)
{
	static struct asker askers[THREADS];
	pthread_barrier_t start;
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 * 1024);
	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		askers[i] = (struct asker){ .client = client, .start = &start, .id = 1 + i % n_ids };
		assert_int_equal(pthread_create(&askers[i].thread, &small, ask_one, &askers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(askers[i].thread, NULL);
		assert_int_equal(askers[i].code, want);
	}
	pthread_barrier_destroy(&start);
	pthread_attr_destroy(&small);
}

static void test_a_thousand_threads_make_one_request(void **state)
{
	struct tenon_client *client = client_for("/pause");
	struct tenon_cache_stats stats;

	(void)state;
	ask_at_once(client, 1, TENON_OK);
	assert_int_equal(ask_number("/count/pause"), 1);
	tenon_cache_stats(client, &stats);
	assert_int_equal(stats.requests, 1);
	assert_int_equal(stats.misses, 1);
	assert_int_equal(stats.hits + stats.shared, THREADS - 1);
	tenon_client_destroy(client);
}

static void test_they_share_a_failure(void **state)
{
	struct tenon_client *client = client_for("/notfound");

	(void)state;
	ask_at_once(client, 1, TENON_NOT_FOUND);
	assert_int_equal(ask_number("/count/notfound"), 1);
	tenon_client_destroy(client);
}

static void test_connections_are_bounded(void **state)
{
	struct tenon_config config = config_for("/good");
	struct tenon_client *client;

	(void)state;
	config.max_connections = 4;
	client = client_with(&config);
	ask_at_once(client, 100, TENON_OK);
	assert_int_equal(ask_number("/count/good"), 100);
	assert_in_range(ask_number("/connections/good"), 1, 4);
	tenon_client_destroy(client);
}

static void check_echo(const struct tenon_config *config, const char *wanted)
{
	struct tenon_client *client = client_with(config);
	struct tenon_schema *schema;

	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	if (!strstr(tenon_schema_text(schema, NULL), wanted))
		fail_msg("no '%s' in %s", wanted, tenon_schema_text(schema, NULL));
	tenon_schema_unref(schema);
	tenon_client_destroy(client);
}

static int give_token(void *cls, char *out, size_t size)
{
	snprintf(out, size, "token-%d", ++*(int *)cls);
	return 0;
}

static int no_token(void *cls, char *out, size_t size)
{
	(void)cls;
	(void)out;
	(void)size;
	return -1;
}

static void test_credentials(void **state)
{
	static const char *const headers[] = { "X-Mine: yes", "target-sr-cluster: lsrc-1" };
	char url[1024];
	struct tenon_config config = config_for("/echo");
	struct tenon_client *client;
	struct tenon_schema *schema;
	int n = 0;

	(void)state;
	config.user = "me";
	config.password = "a:b";
	check_echo(&config, "\"authorization\": \"Basic bWU6YTpi\"");
	snprintf(url, sizeof(url), "http://you:p%%40ss@%s/echo", getenv("TENON_URL") + strlen("http://"));
	config.urls = url;
	check_echo(&config, "\"authorization\": \"Basic eW91OnBAc3M=\"");
	config = config_for("/echo");
	config.bearer_token = "abc";
	check_echo(&config, "\"authorization\": \"Bearer abc\"");
	config.token = give_token;
	config.token_cls = &n;
	check_echo(&config, "\"authorization\": \"Bearer token-1\"");
	check_echo(&config, "\"authorization\": \"Bearer token-2\"");
	config.token = no_token;
	client = client_with(&config);
	EXPECT(TENON_REFUSED, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	assert_int_equal(requests_of(client), 0);
	tenon_client_destroy(client);
	config = config_for("/echo");
	config.headers = headers;
	config.n_headers = 2;
	check_echo(&config, "\"x-mine\": \"yes\"");
	check_echo(&config, "\"target-sr-cluster\": \"lsrc-1\"");
	check_echo(&config, "\"accept\": \"application/vnd.schemaregistry.v1+json");
}

/* Who redirects to another server does not get it our credentials. */
static void test_credentials_stay(void **state)
{
	char path[64];
	struct tenon_config config;
	struct tenon_client *client;
	struct tenon_schema *schema;

	(void)state;
	snprintf(path, sizeof(path), "/away/%s", getenv("TENON_OTHER_PORT"));
	for (int i = 0; i < 2; i++) {
		config = config_for(path);
		if (i == 0)
			config.user = config.password = "secret";
		else
			config.bearer_token = "secret";
		client = client_with(&config);
		EXPECT(TENON_OK, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
		assert_null(strstr(tenon_schema_text(schema, NULL), "authorization"));
		tenon_schema_unref(schema);
		tenon_client_destroy(client);
	}
}

static void test_a_redirected_post_is_a_post(void **state)
{
	static const struct tenon_definition definition = { .type = TENON_JSON, .text = "{\"type\":\"string\"}" };
	struct tenon_client *client = client_for("/movedpost");
	struct tenon_schema *schema;

	(void)state;
	EXPECT(TENON_OK, tenon_register(client, "s", &definition, 0, &schema, &err), &err);
	assert_non_null(strstr(tenon_schema_text(schema, NULL), "\"method\": \"POST\""));
	assert_non_null(strstr(tenon_schema_text(schema, NULL), "\\\"schemaType\\\":\\\"JSON\\\""));
	tenon_schema_unref(schema);
	tenon_client_destroy(client);
}

static void test_a_proxy(void **state)
{
	struct tenon_config config = config_for("");

	(void)state;
	config.urls = "http://registry.invalid/echo";
	config.proxy = getenv("TENON_URL");
	check_echo(&config, "\"target\": \"http://registry.invalid/echo/schemas/ids/1\"");
}

static void test_old_registries(void **state)
{
	static const struct tenon_definition definition = { .type = TENON_AVRO, .text = "\"string\"" };
	struct tenon_client *client = client_for("/old");
	struct tenon_schema *schema;

	(void)state;
	EXPECT(TENON_OK, tenon_register(client, "s", &definition, 0, &schema, &err), &err);
	assert_int_equal(tenon_schema_id(schema), 7);
	assert_string_equal(tenon_schema_text(schema, NULL), "\"string\"");
	assert_null(tenon_schema_guid(schema));
	tenon_schema_unref(schema);
	EXPECT(TENON_OK, tenon_get_by_id(client, NULL, 7, 0, &schema, &err), &err);
	assert_string_equal(tenon_schema_text(schema, NULL), "\"string\"");
	tenon_schema_unref(schema);
	tenon_client_destroy(client);
	client = client_for("/plain");
	EXPECT(TENON_INCOMPATIBLE, tenon_register(client, "s", &definition, 0, &schema, &err), &err);
	assert_int_equal(err.n_findings, 2);
	assert_string_equal(err.findings[0].text, "{first reason}");
	assert_null(err.findings[0].type);
	tenon_client_destroy(client);
}

/* References without an end are cut off. */
static void test_references_end(void **state)
{
	struct tenon_client *client = client_for("/circle");
	struct tenon_dependency *dependencies;
	struct tenon_schema *schema;
	size_t n;

	(void)state;
	EXPECT(TENON_OK, tenon_get_by_version(client, "s", 1, 0, &schema, &err), &err);
	EXPECT(TENON_LIMIT, tenon_dependencies(client, schema, &dependencies, &n, &err), &err);
	assert_in_range(requests_of(client), 50, 200);
	tenon_schema_unref(schema);
	tenon_client_destroy(client);
}

static void test_not_found_is_forgotten(void **state)
{
	struct tenon_config config = config_for("/notfound");
	struct tenon_client *client;
	struct tenon_schema *schema;

	(void)state;
	config.not_found_ttl_ms = 50;
	client = client_with(&config);
	for (int i = 0; i < 3; i++)
		EXPECT(TENON_NOT_FOUND, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	assert_int_equal(requests_of(client), 1);
	usleep(60000);
	EXPECT(TENON_NOT_FOUND, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	assert_int_equal(requests_of(client), 2);
	tenon_client_destroy(client);
	config.not_found_ttl_ms = 0;
	client = client_with(&config);
	for (int i = 0; i < 3; i++)
		EXPECT(TENON_NOT_FOUND, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	assert_int_equal(requests_of(client), 3);
	tenon_client_destroy(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, forget, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_faults),
		TEST(test_deletions_are_not_repeated),
		TEST(test_retry_after_is_heeded),
		TEST(test_a_call_ends_in_time),
		TEST(test_failover),
		TEST(test_another_one_may_know),
		TEST(test_one_connection_is_kept),
		TEST(test_a_thousand_threads_make_one_request),
		TEST(test_they_share_a_failure),
		TEST(test_connections_are_bounded),
		TEST(test_credentials),
		TEST(test_credentials_stay),
		TEST(test_a_redirected_post_is_a_post),
		TEST(test_a_proxy),
		TEST(test_old_registries),
		TEST(test_references_end),
		TEST(test_not_found_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
