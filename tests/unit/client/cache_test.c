/* Tests of the cache (client/cache.h) without a registry: what goes when room is short, what is forgotten, and many threads at once. */
#include "client/cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/base/check.h"

static struct tenon_client *make_client(size_t cache_bytes)
{
	struct tenon_config config;
	struct tenon_client *client;
	struct tenon_error err = { .code = TENON_OK };

	tenon_config_init(&config, sizeof(config));
	config.urls = "http://127.0.0.1:1";
	config.cache_bytes = cache_bytes;
	config.latest_ttl_ms = 20;
	assert_int_equal(tenon_client_create(&config, &client, &err), TENON_OK);
	return client;
}

/* A schema that nobody was asked for. */
struct wish {
	int32_t id;
	const char *subject;
	size_t len;                    /* of its text */
	enum tenon_code code;
	_Atomic unsigned *n_asked;
	struct tenon_schema *made;
};

static enum tenon_code make_schema(struct call *call, void *arg)
{
	struct wish *wish = arg;
	char *text = calloc(1, wish->len + 1);
	struct client_draft draft = { .type = TENON_AVRO };
	const struct client_names names = {
		.id = wish->id, .subject = wish->subject ? str_of(wish->subject) : STR_NONE, .context = STR("")
	};

	assert_non_null(text);
	memset(text, 'a' + wish->id % 26, wish->len);
	draft.text = str_make(text, wish->len);
	wish->made = client_schema_make(client_content_make(call, &draft), &names);
	free(text);
	return TENON_OK;
}

static enum tenon_code fetch(struct tenon_client *client, void *arg, struct tenon_schema **out, struct tenon_error *err)
{
	struct wish *wish = arg;

	if (wish->n_asked)
		atomic_fetch_add(wish->n_asked, 1);
	if (wish->code != TENON_OK)
		return client_fail(err, wish->code, "as wished");
	assert_int_equal(client_enter(client, make_schema, wish, err), TENON_OK);
	*out = wish->made;
	return TENON_OK;
}

static struct client_key key_of_id(int32_t id)
{
	struct client_key key;

	client_key_begin(&key, 'i', CLIENT_KEY_FOREVER);
	client_key_text(&key, STR("."));
	client_key_number(&key, id);
	return key;
}

static struct tenon_schema *get(struct tenon_client *client, const struct client_key *key, struct wish *wish)
{
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_schema *schema = client_cache_find_id(client->cache, client_id_key(0, wish->id));
	enum tenon_code code;

	if (schema)
		return schema;
	code = client_cache_get(client->cache, key, 0, fetch, wish, &schema, &err);
	tenon_error_clear(&err);
	return code == TENON_OK ? schema : NULL;
}

static void test_room_is_bounded(void **state)
{
	struct tenon_client *client = make_client(200000);
	struct tenon_cache_stats stats;
	_Atomic unsigned n_asked = 0;

	(void)state;
	for (int32_t id = 1; id <= 1000; id++) {
		struct wish wish = { .id = id, .len = 2000, .n_asked = &n_asked };
		struct client_key key = key_of_id(id), first = key_of_id(1);
		struct wish again = { .id = 1, .len = 2000, .n_asked = &n_asked };

		tenon_schema_unref(get(client, &key, &wish));
		tenon_schema_unref(get(client, &first, &again)); /* in use all the time: it stays */
		tenon_cache_stats(client, &stats);
		assert_true(stats.bytes <= 200000);
	}
	assert_int_equal(n_asked, 1000);
	assert_true(stats.evicted > 800);
	assert_true(stats.entries > 20);
	tenon_cache_clear(client);
	tenon_cache_stats(client, &stats);
	assert_int_equal(stats.bytes, 0);
	assert_int_equal(stats.entries, 0);
	tenon_client_destroy(client);
}

static void test_a_schema_in_use_outlives_its_place(void **state)
{
	struct tenon_client *client = make_client(0);
	struct wish wish = { .id = 5, .len = 100 };
	struct client_key key = key_of_id(5);
	struct tenon_schema *schema = get(client, &key, &wish);

	(void)state;
	assert_null(client_cache_find_id(client->cache, client_id_key(0, 5)));
	assert_int_equal(tenon_schema_id(schema), 5);
	assert_int_equal(strlen(tenon_schema_text(schema, NULL)), 100);
	tenon_schema_unref(schema);
	tenon_client_destroy(client);
}

static struct client_key key_of_subject(char kind, unsigned flags, const char *subject)
{
	struct client_key key;

	client_key_begin(&key, kind, flags);
	client_key_subject(&key, subject);
	return key;
}

static bool is_kept(struct tenon_client *client, const struct client_key *key)
{
	struct tenon_error err = { .code = TENON_OK };
	struct wish none = { .code = TENON_UNREACHABLE };
	struct tenon_schema *schema;
	enum tenon_code code = client_cache_get(client->cache, key, 0, fetch, &none, &schema, &err);

	if (code == TENON_OK)
		tenon_schema_unref(schema);
	tenon_error_clear(&err);
	return code != TENON_UNREACHABLE;
}

static void test_what_is_forgotten(void **state)
{
	static const struct {
		const char *name;
		char kind;
		unsigned flags;
		const char *subject;
		bool found;
		bool after_register;  /* whether it is still kept */
		bool after_delete;
	} cases[] = {
		{ "a version", 'v', 0, "a", true, true, false },
		{ "the latest", 'l', CLIENT_KEY_MOVES, "a", true, false, false },
		{ "a version that was not there", 'w', 0, "a", false, false, false },
		{ "by id", 'i', CLIENT_KEY_FOREVER, "a", true, true, true },
		{ "of another subject", 'v', 0, "b", true, true, true },
		{ "not there, of another subject", 'w', 0, "b", false, true, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int deleted = 0; deleted < 2; deleted++) {
			struct tenon_client *client = make_client(1000000);
			struct client_key key = key_of_subject(cases[i].kind, cases[i].flags, cases[i].subject);
			struct wish wish = { .len = 10, .code = cases[i].found ? TENON_OK : TENON_NOT_FOUND };
			struct tenon_schema *schema = get(client, &key, &wish);

			CHECK(cases[i].name, (schema != NULL) == cases[i].found);
			tenon_schema_unref(schema);
			CHECK(cases[i].name, is_kept(client, &key));
			client_cache_forget(client->cache, "a", deleted);
			CHECK(cases[i].name, is_kept(client, &key) == (deleted ? cases[i].after_delete : cases[i].after_register));
			tenon_client_destroy(client);
		}
	}
}

static void test_what_moves_is_asked_again(void **state)
{
	struct tenon_client *client = make_client(1000000);
	struct client_key key = key_of_subject('l', CLIENT_KEY_MOVES, "a");
	struct wish wish = { .len = 10 };

	(void)state;
	tenon_schema_unref(get(client, &key, &wish));
	assert_true(is_kept(client, &key));
	usleep(30000);
	assert_false(is_kept(client, &key));
	tenon_client_destroy(client);
}

static void test_keys_differ(void **state)
{
	struct client_key keys[6];

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		client_key_begin(&keys[i], i == 0 ? 'a' : 'b', 0);
	client_key_text(&keys[2], STR("ab"));
	client_key_text(&keys[2], STR("c"));
	client_key_text(&keys[3], STR("a"));
	client_key_text(&keys[3], STR("bc"));
	client_key_text(&keys[4], STR("abc"));
	client_key_text(&keys[5], STR_NONE);
	for (size_t i = 0; i < COUNT(keys); i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(memcmp(keys[i].digest, keys[j].digest, SHA256_BYTES), 0);
}

/* ---- threads ---- */

enum { THREADS = 8, ROUNDS = 4000, IDS = 97 };

struct worker {
	pthread_t thread;
	struct tenon_client *client;
	unsigned seed;
	_Atomic unsigned *n_asked;
};

/* These texts are no schemas, which is found once and remembered; the content grows by it. */
static void parse(struct tenon_schema *schema)
{
	const struct schema *parsed;

	if (client_schema_parsed(schema, &parsed, NULL) != TENON_INVALID)
		abort();
}

static void *work(void *arg)
{
	struct worker *worker = arg;

	for (int i = 0; i < ROUNDS; i++) {
		int32_t id = 1 + rand_r(&worker->seed) % IDS;
		struct wish wish = { .id = id, .len = 500, .n_asked = worker->n_asked };
		struct client_key key = key_of_id(id);
		struct tenon_schema *schema = get(worker->client, &key, &wish);

		/* cmocka's assertions are for its own thread. */
		if (schema == NULL || tenon_schema_id(schema) != id || tenon_schema_text(schema, NULL)[499] != 'a' + id % 26)
			abort();
		if (i % 16 == 0)
			parse(schema);
		if (i % 500 == 499 && worker->seed % 2)
			tenon_cache_clear(worker->client);
		tenon_schema_unref(schema);
	}
	return NULL;
}

static void run_threads(size_t cache_bytes)
{
	struct tenon_client *client = make_client(cache_bytes);
	struct worker workers[THREADS];
	struct tenon_cache_stats stats;
	_Atomic unsigned n_asked = 0;

	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .client = client, .seed = i + 1, .n_asked = &n_asked };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	assert_true(n_asked >= IDS);
	assert_true(n_asked < THREADS * ROUNDS);
	tenon_cache_stats(client, &stats);
	assert_true(stats.bytes <= cache_bytes);
	tenon_client_destroy(client);
}

static void test_threads_with_room(void **state)
{
	(void)state;
	run_threads(10000000);
}

/* Room for a third: schemas come and go under the readers' hands. */
static void test_threads_without_room(void **state)
{
	(void)state;
	run_threads(60000);
}

static void *ask_seven(void *arg)
{
	struct worker *worker = arg;
	struct wish wish = { .id = 7, .len = 10, .n_asked = worker->n_asked };
	struct client_key key = key_of_id(7);
	struct tenon_schema *schema = get(worker->client, &key, &wish);

	if (schema == NULL)
		abort();
	tenon_schema_unref(schema);
	return NULL;
}

static void test_one_flight(void **state)
{
	(void)state;
	for (int round = 0; round < 200; round++) {
		struct tenon_client *client = make_client(1000000);
		struct worker workers[THREADS];
		_Atomic unsigned n_asked = 0;

		for (int i = 0; i < THREADS; i++) {
			workers[i] = (struct worker){ .client = client, .n_asked = &n_asked };
			assert_int_equal(pthread_create(&workers[i].thread, NULL, ask_seven, &workers[i]), 0);
		}
		for (int i = 0; i < THREADS; i++)
			pthread_join(workers[i].thread, NULL);
		assert_int_equal(n_asked, 1);
		tenon_client_destroy(client);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_room_is_bounded),
		cmocka_unit_test(test_a_schema_in_use_outlives_its_place),
		cmocka_unit_test(test_what_is_forgotten),
		cmocka_unit_test(test_what_moves_is_asked_again),
		cmocka_unit_test(test_keys_differ),
		cmocka_unit_test(test_threads_with_room),
		cmocka_unit_test(test_threads_without_room),
		cmocka_unit_test(test_one_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
