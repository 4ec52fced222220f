/* What a cached id costs: found and given back.  Needs a registry in TENON_URL, to register schemas once; prints nanoseconds as JSON. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "client/include/tenon.h"

enum { IDS = 1000, ROUNDS = 50000, TURNS = 201, THREADS = 2 };

struct asker {
	struct tenon_client *client;
	const int32_t *ids;
	int n_ids;
	double ns;
};

static void must(enum tenon_code code, const struct tenon_error *err)
{
	if (code == TENON_OK)
		return;
	fprintf(stderr, "%s: %s\n", tenon_code_name(code), err->message);
	exit(1);
}

/* One turn, short enough to be left alone by the scheduler more often than not. */
static void *ask(void *arg)
{
	struct asker *asker = arg;
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_schema *schema;
	uint64_t began = clock_mono_ns();

	for (int i = 0, at = 0; i < ROUNDS; i++) {
		must(tenon_get_by_id(asker->client, NULL, asker->ids[at], 0, &schema, &err), &err);
		tenon_schema_unref(schema);
		at = at + 1 < asker->n_ids ? at + 1 : 0;
	}
	asker->ns = (double)(clock_mono_ns() - began) / ROUNDS;
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The middle of some turns, each of `n_threads` at once. */
static double measure(struct tenon_client *client, const int32_t *ids, int n_ids, int n_threads)
{
	double turns[TURNS];

	for (int turn = 0; turn < TURNS; turn++) {
		struct asker askers[THREADS];
		pthread_t threads[THREADS];

		for (int i = 0; i < n_threads; i++)
			askers[i] = (struct asker){ .client = client, .ids = ids, .n_ids = n_ids };
		for (int i = 1; i < n_threads; i++)
			if (pthread_create(&threads[i], NULL, ask, &askers[i]) != 0)
				exit(1);
		ask(&askers[0]);
		for (int i = 1; i < n_threads; i++)
			pthread_join(threads[i], NULL);
		turns[turn] = askers[0].ns;
	}
	qsort(turns, TURNS, sizeof(turns[0]), by_size);
	return turns[TURNS / 2];
}

int main(void)
{
	struct tenon_error err = { .code = TENON_OK };
	static int32_t ids[IDS];
	struct tenon_config config;
	struct tenon_client *client;

	tenon_config_init(&config, sizeof(config));
	config.urls = getenv("TENON_URL");
	must(tenon_client_create(&config, &client, &err), &err);
	for (int i = 0; i < IDS; i++) {
		char text[64];
		const struct tenon_definition definition = { .type = TENON_AVRO, .text = text };
		struct tenon_schema *schema;

		snprintf(text, sizeof(text), "{\"type\":\"fixed\",\"name\":\"F%d\",\"size\":%d}", i, i + 1);
		must(tenon_register(client, "cached", &definition, TENON_FORCE, &schema, &err), &err);
		ids[i] = tenon_schema_id(schema);
		tenon_schema_unref(schema);
		must(tenon_get_by_id(client, NULL, ids[i], 0, &schema, &err), &err);
		tenon_schema_unref(schema);
	}
	printf("{\"one\":%.1f,\"many\":%.1f,\"shared\":%.1f}\n", measure(client, ids, 1, 1), measure(client, ids, IDS, 1),
		measure(client, ids, 1, THREADS));
	tenon_client_destroy(client);
	return 0;
}
