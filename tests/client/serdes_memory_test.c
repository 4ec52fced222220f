/* Serializers and deserializers of many threads, without memory to take, and without memory to have. */
#include "tests/client/serdes.h"

#include <pthread.h>
#include <stdbool.h>

/* ---- threads ---- */

enum { THREADS = 8, EACH = 200 };

/* Each its own serializer and deserializer, all of them one client and what it keeps. */
static void *use_in_thread(void *arg)
{
	struct tenon_error mine = { .code = TENON_OK };
	struct tenon_serializer *serializer = NULL;
	struct tenon_deserializer *deserializer = NULL;
	struct tenon_message out;
	const char *json;
	size_t len, *n = arg;

	if (tenon_serializer_create(client, NULL, &v1, &serializer, &mine) == TENON_OK &&
		tenon_deserializer_create(client, NULL, &v2, &deserializer, &mine) == TENON_OK) {
		for (int i = 0; i < EACH; i++) {
			struct tenon_record record;

			if (tenon_serialize_json(serializer, "threads", NULL, "{\"id\":1,\"tags\":[],\"count\":2}", 0, &out, &mine) != TENON_OK)
				break;
			record = record_of(&out);
			if (tenon_deserialize_json(deserializer, &record, &json, &len, &mine) == TENON_OK)
				++*n;
		}
	}
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
	tenon_error_clear(&mine);
	return NULL;
}

static void test_threads_share_a_client(void **state)
{
	pthread_t threads[THREADS];
	size_t n_read[THREADS] = { 0 };

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_in_thread, &n_read[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(n_read[i], EACH);
	}
}

/* ---- memory ---- */

/* Counts what is asked for, and has none from the `left`-th on. */
struct meter {
	size_t n;
	size_t left;
};

static void *metered(void *cls, void *memory, size_t size)
{
	struct meter *meter = cls;

	if (size == 0) {
		free(memory);
		return NULL;
	}
	meter->n++;
	if (meter->left == 0)
		return NULL;
	meter->left--;
	return realloc(memory, size);
}

static struct tenon_client *metered_client(struct meter *meter)
{
	struct tenon_config config = config_for("");
	struct tenon_client *made = NULL;

	config.resize = metered;
	config.resize_cls = meter;
	tenon_client_create(&config, &made, &err);
	return made;
}

/* Once warm, a message costs nothing but what avro-c takes for its value. */
static void test_nothing_is_allocated_for_a_message(void **state)
{
	struct meter meter = { .left = SIZE_MAX };
	struct tenon_client *kept = client;
	struct tenon_serializer *serializer;
	struct tenon_deserializer *deserializer;
	struct tenon_message out;
	struct tenon_record record;
	avro_value_t order, read;
	size_t before = 0;

	(void)state;
	client = metered_client(&meter);
	serializer = writer_of(NULL, &v1);
	deserializer = reader_of(&v2);
	EXPECT(TENON_OK, tenon_serializer_avro_value(serializer, &order, &err), &err);
	EXPECT(TENON_OK, tenon_deserializer_avro_value(deserializer, &read, &err), &err);
	fill_order(&order, 1, 2);
	for (int i = 0; i < 100; i++) {
		if (i == 1)
			before = meter.n;
		EXPECT(TENON_OK, tenon_serialize_avro(serializer, "metered", &order, &out, &err), &err);
		record = record_of(&out);
		EXPECT(TENON_OK, tenon_deserialize_avro(deserializer, &record, &read, &err), &err);
	}
	assert_int_equal(meter.n, before);
	avro_value_decref(&order);
	avro_value_decref(&read);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
	tenon_client_destroy(client);
	client = kept;
}

/* Everything that a program does with one format; the first failure ends it. */
static enum tenon_code use_all(const struct tenon_definition *definition, const char *topic, const char *json,
	const struct tenon_definition *reader)
{
	struct tenon_serializer *serializer = NULL;
	struct tenon_deserializer *deserializer = NULL;
	struct tenon_message out;
	struct tenon_record record;
	avro_value_t value = { NULL, NULL };
	const char *text;
	size_t len;
	enum tenon_code code = tenon_serializer_create(client, NULL, definition, &serializer, &err);

	if (code == TENON_OK)
		code = tenon_deserializer_create(client, NULL, reader, &deserializer, &err);
	if (code == TENON_OK)
		code = tenon_may_publish(serializer, topic, NULL, &err);
	if (code == TENON_OK)
		code = tenon_serialize_json(serializer, topic, NULL, json, 0, &out, &err);
	if (code == TENON_OK) {
		record = record_of(&out);
		code = tenon_deserialize_json(deserializer, &record, &text, &len, &err);
	}
	if (code == TENON_OK && definition->type == TENON_AVRO)
		code = tenon_deserializer_avro_value(deserializer, &value, &err);
	if (code == TENON_OK && definition->type == TENON_AVRO)
		code = tenon_deserialize_avro(deserializer, &record, &value, &err);
	if (value.iface)
		avro_value_decref(&value);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
	return code;
}

/* The n-th allocation fails, for every n: said so, nothing lost, nothing aborted. */
static void test_any_allocation_may_fail(void **state)
{
	struct tenon_client *kept = client;
	size_t n_failed = 0;
	bool done = false;

	(void)state;
	for (size_t n = 0; !done; n++) {
		struct meter meter = { .left = n };
		enum tenon_code code = TENON_NOMEM;

		client = metered_client(&meter);
		if (client)
			code = use_all(&v1, "failing", "{\"id\":1,\"tags\":[\"a\"],\"count\":2}", &v2);
		if (client && code == TENON_OK)
			code = use_all(&person, "failing-json", "{\"name\":\"Ada\"}", NULL);
		if (client && code == TENON_OK)
			code = use_all(&proto, "failing-pb", "{\"x\":1}", NULL);
		if (code != TENON_OK && code != TENON_NOMEM)
			fail_msg("allocation %zu: %s: %s", n, tenon_code_name(code), err.message);
		done = code == TENON_OK;
		n_failed += !done;
		tenon_error_clear(&err);
		tenon_client_destroy(client);
	}
	client = kept;
	print_message("%zu allocations failed, one at a time\n", n_failed);
	assert_true(n_failed > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads_share_a_client),
		cmocka_unit_test(test_nothing_is_allocated_for_a_message),
		cmocka_unit_test(test_any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, make, end);
}
