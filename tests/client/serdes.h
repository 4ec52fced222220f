/* What the programs that test serializers share: schemas, and serializers and deserializers of one client. */
#ifndef TESTS_CLIENT_SERDES_H
#define TESTS_CLIENT_SERDES_H

#include "tests/client/support.h"

#include <avro.h>

static struct tenon_client *client;
static struct tenon_error err;

#define FIELDS(more) "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":[" \
	"{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}}" more "]}"

static const char V1[] = FIELDS(",{\"name\":\"count\",\"type\":\"int\"}");
static const char V2[] = FIELDS(",{\"name\":\"n\",\"aliases\":[\"count\"],\"type\":\"long\"}"
	",{\"name\":\"note\",\"type\":[\"null\",\"string\"],\"default\":null}"
	",{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"Kind\",\"symbols\":[\"A\",\"B\"]},\"default\":\"B\"}"
	",{\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":\"double\"},\"default\":{\"x\":1.5}}");
static const char PERSON[] = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"title\":\"Person\",\"type\":\"object\","
	"\"properties\":{\"name\":{\"type\":\"string\"},\"age\":{\"type\":\"integer\",\"minimum\":0}},\"required\":[\"name\"]}";
static const char PROTO[] = "syntax = \"proto3\"; package shop; enum E { NONE = 0; }"
	" message A { int32 x = 1; message In { string s = 1; } } message B { string name = 1; repeated int64 n = 2; }";

static const struct tenon_definition v1 = { .type = TENON_AVRO, .text = V1 }, v2 = { .type = TENON_AVRO, .text = V2 };
static const struct tenon_definition person = { .type = TENON_JSON, .text = PERSON };
static const struct tenon_definition proto = { .type = TENON_PROTOBUF, .text = PROTO };

static inline int make(void **state)
{
	(void)state;
	client = client_for("");
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	tenon_error_clear(&err);
	tenon_client_destroy(client);
	return 0;
}

static inline struct tenon_serde_config config_of(enum tenon_framing framing, enum tenon_naming naming, enum tenon_use use)
{
	struct tenon_serde_config config;

	tenon_serde_config_init(&config, sizeof(config));
	config.framing = framing;
	config.naming = naming;
	config.use = use;
	return config;
}

static inline struct tenon_serializer *writer_of(const struct tenon_serde_config *config, const struct tenon_definition *definition)
{
	struct tenon_serializer *serializer;

	EXPECT(TENON_OK, tenon_serializer_create(client, config, definition, &serializer, &err), &err);
	return serializer;
}

static inline struct tenon_deserializer *reader_of(const struct tenon_definition *reader)
{
	struct tenon_deserializer *deserializer;

	EXPECT(TENON_OK, tenon_deserializer_create(client, NULL, reader, &deserializer, &err), &err);
	return deserializer;
}

static inline struct tenon_record record_of(const struct tenon_message *message)
{
	return (struct tenon_record){
		.data = message->data, .len = message->len, .header = message->header, .header_len = message->header_len,
	};
}

static inline void fill_order(avro_value_t *order, int64_t id, int32_t count)
{
	avro_value_t field, item;

	assert_int_equal(avro_value_get_by_name(order, "id", &field, NULL), 0);
	avro_value_set_long(&field, id);
	assert_int_equal(avro_value_get_by_name(order, "tags", &field, NULL), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(avro_value_append(&field, &item, NULL), 0);
		avro_value_set_string(&item, "a tag that is longer than others");
	}
	assert_int_equal(avro_value_get_by_name(order, "count", &field, NULL), 0);
	avro_value_set_int(&field, count);
}

#endif
