/*
 * Serializing and deserializing with libtenon beside avro-c alone, and what a message allocates.  Needs a registry
 * in TENON_URL, to register two schemas once; prints JSON.
 */
#include <avro.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/include/tenon.h"

enum { ROUNDS = 20000, TURNS = 41 };

static const char V1[] = "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":["
	"{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"customer\",\"type\":\"string\"},{\"name\":\"amount\",\"type\":\"double\"},"
	"{\"name\":\"paid\",\"type\":\"boolean\"},{\"name\":\"note\",\"type\":[\"null\",\"string\"]},"
	"{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"A\",\"B\",\"C\"]}},"
	"{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Line\",\"fields\":["
	"{\"name\":\"sku\",\"type\":\"string\"},{\"name\":\"count\",\"type\":\"int\"},{\"name\":\"price\",\"type\":\"float\"}]}}}]}";
/* What avro-c's resolver can do as well: fields in another order, one less, promotions. */
static const char V2[] = "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":["
	"{\"name\":\"customer\",\"type\":\"string\"},{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"amount\",\"type\":\"double\"},"
	"{\"name\":\"note\",\"type\":[\"null\",\"string\"]},"
	"{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"A\",\"B\",\"C\"]}},"
	"{\"name\":\"lines\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Line\",\"fields\":["
	"{\"name\":\"sku\",\"type\":\"string\"},{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"price\",\"type\":\"double\"}]}}}]}";

static const struct tenon_definition v1 = { .type = TENON_AVRO, .text = V1 }, v2 = { .type = TENON_AVRO, .text = V2 };

/* ---- allocations of this process ---- */

static size_t n_allocations;

void *__libc_malloc(size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_calloc(size_t n, size_t size);

__attribute__((visibility("default"))) void *malloc(size_t size)
{
	n_allocations++;
	return __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t n, size_t size)
{
	n_allocations++;
	return __libc_calloc(n, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
	n_allocations++;
	return __libc_realloc(old, size);
}

static void must(bool fine, const char *what, const struct tenon_error *err)
{
	if (fine)
		return;
	fprintf(stderr, "%s: %s\n", what, err ? err->message : avro_strerror());
	exit(1);
}

#define DONE(call) must((call) == TENON_OK, #call, &err)
#define WELL(call) must((call) == 0, #call, NULL)

/* ---- what is measured ---- */

struct bench {
	struct tenon_serializer *serializer;
	struct tenon_deserializer *same, *evolved;
	avro_value_t order, read, resolved, as_v2;
	avro_value_t writer; /* avro-c's resolved writer, filling as_v2 */
	avro_writer_t out;
	avro_reader_t in;
	char bytes[1024];
	size_t len;
	struct tenon_record record;
	struct tenon_error err;
};

typedef void round_fn(struct bench *b);

static void encode_bare(struct bench *b)
{
	avro_writer_memory_set_dest(b->out, b->bytes, sizeof(b->bytes));
	WELL(avro_value_write(b->out, &b->order));
}

static void encode_tenon(struct bench *b)
{
	struct tenon_message message;

	must(tenon_serialize_avro(b->serializer, "bench", &b->order, &message, &b->err) == TENON_OK, "encode", &b->err);
}

static void decode_bare(struct bench *b)
{
	avro_reader_memory_set_source(b->in, b->bytes, (int64_t)b->len);
	avro_value_reset(&b->read);
	WELL(avro_value_read(b->in, &b->read));
}

static void decode_tenon(struct bench *b)
{
	must(tenon_deserialize_avro(b->same, &b->record, &b->read, &b->err) == TENON_OK, "decode", &b->err);
}

static void resolve_bare(struct bench *b)
{
	avro_reader_memory_set_source(b->in, b->bytes, (int64_t)b->len);
	avro_value_reset(&b->as_v2);
	WELL(avro_value_read(b->in, &b->writer));
}

static void resolve_tenon(struct bench *b)
{
	must(tenon_deserialize_avro(b->evolved, &b->record, &b->resolved, &b->err) == TENON_OK, "resolve", &b->err);
}

/* ---- measuring ---- */

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double once(struct bench *b, round_fn *round)
{
	uint64_t start = clock_mono_ns();

	for (int i = 0; i < ROUNDS; i++)
		round(b);
	return (double)(clock_mono_ns() - start) / ROUNDS;
}

/* The two in turn, so that what disturbs the machine disturbs both; the middle of the turns' ratios. */
static void measure(struct bench *b, const char *name, round_fn *bare, round_fn *tenon, const char *end)
{
	double bares[TURNS], tenons[TURNS], ratios[TURNS];
	size_t before;

	for (int i = 0; i < TURNS; i++) {
		bares[i] = once(b, bare);
		tenons[i] = once(b, tenon);
		ratios[i] = tenons[i] / bares[i];
	}
	before = n_allocations;
	bare(b);
	before = n_allocations - before;
	qsort(bares, TURNS, sizeof(*bares), compare);
	qsort(tenons, TURNS, sizeof(*tenons), compare);
	qsort(ratios, TURNS, sizeof(*ratios), compare);
	printf("\"%s\":{\"bare_ns\":%.1f,\"tenon_ns\":%.1f,\"ratio\":%.3f,\"bare_allocations\":%zu,", name, bares[TURNS / 2],
		tenons[TURNS / 2], ratios[TURNS / 2], before);
	before = n_allocations;
	tenon(b);
	printf("\"tenon_allocations\":%zu}%s\n", n_allocations - before, end);
}

static void fill(avro_value_t *order)
{
	avro_value_t field, branch, line;
	char sku[32];

	avro_value_get_by_index(order, 0, &field, NULL);
	avro_value_set_long(&field, 1234567890123);
	avro_value_get_by_index(order, 1, &field, NULL);
	avro_value_set_string(&field, "customer-4711");
	avro_value_get_by_index(order, 2, &field, NULL);
	avro_value_set_double(&field, 99.95);
	avro_value_get_by_index(order, 3, &field, NULL);
	avro_value_set_boolean(&field, 1);
	avro_value_get_by_index(order, 4, &field, NULL);
	avro_value_set_branch(&field, 1, &branch);
	avro_value_set_string(&branch, "leave it at the door, please");
	avro_value_get_by_index(order, 5, &field, NULL);
	avro_value_set_enum(&field, 2);
	avro_value_get_by_index(order, 6, &field, NULL);
	for (int i = 0; i < 5; i++) {
		avro_value_append(&field, &line, NULL);
		snprintf(sku, sizeof(sku), "sku-%d", 1000 + i);
		avro_value_get_by_index(&line, 0, &branch, NULL);
		avro_value_set_string(&branch, sku);
		avro_value_get_by_index(&line, 1, &branch, NULL);
		avro_value_set_int(&branch, i);
		avro_value_get_by_index(&line, 2, &branch, NULL);
		avro_value_set_float(&branch, 1.5f);
	}
}

static void prepare(struct bench *b, struct tenon_client *client)
{
	static char framed[1024];
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_message message;
	avro_value_iface_t *writer_class;
	avro_schema_t schema;

	DONE(tenon_serializer_create(client, NULL, &v1, &b->serializer, &err));
	DONE(tenon_deserializer_create(client, NULL, &v1, &b->same, &err));
	DONE(tenon_deserializer_create(client, NULL, &v2, &b->evolved, &err));
	DONE(tenon_serializer_avro_value(b->serializer, &b->order, &err));
	DONE(tenon_deserializer_avro_value(b->same, &b->read, &err));
	DONE(tenon_deserializer_avro_value(b->evolved, &b->resolved, &err));
	DONE(tenon_deserializer_avro_value(b->evolved, &b->as_v2, &err));
	fill(&b->order);
	DONE(tenon_serialize_avro(b->serializer, "bench", &b->order, &message, &err));
	memcpy(framed, message.data, message.len);
	b->record = (struct tenon_record){ .data = framed, .len = message.len };
	b->out = avro_writer_memory(b->bytes, sizeof(b->bytes));
	b->in = avro_reader_memory(b->bytes, 0);
	encode_bare(b);
	b->len = (size_t)avro_writer_tell(b->out);
	schema = avro_value_get_schema(&b->order);
	writer_class = avro_resolved_writer_new(schema, avro_value_get_schema(&b->as_v2));
	must(writer_class != NULL, "avro_resolved_writer_new", NULL);
	WELL(avro_resolved_writer_new_value(writer_class, &b->writer));
	avro_resolved_writer_set_dest(&b->writer, &b->as_v2);
	decode_tenon(b);
	must(avro_value_equal(&b->read, &b->order), "the value read is another", &err);
	resolve_tenon(b);
	resolve_bare(b);
	must(avro_value_equal(&b->resolved, &b->as_v2), "the value resolved is another", &err);
}

int main(void)
{
	static struct bench b;
	struct tenon_config config;
	struct tenon_client *client;
	struct tenon_error err = { .code = TENON_OK };

	tenon_config_init(&config, sizeof(config));
	config.urls = getenv("TENON_URL");
	DONE(tenon_client_create(&config, &client, &err));
	prepare(&b, client);
	printf("{\"bytes\":%zu,\n", b.len);
	measure(&b, "encode", encode_bare, encode_tenon, ",");
	measure(&b, "decode", decode_bare, decode_tenon, ",");
	measure(&b, "resolve", resolve_bare, resolve_tenon, "}");
	return 0;
}
