/* Values written and read in all formats, framings and namings, against a real registry (TENON_URL). */
#include "tests/client/serdes.h"

#include <jansson.h>

/* Writes JSON, reads it back with `reader` and expects `want`. */
static void round_trip(struct tenon_serializer *serializer, const char *topic, const char *message, const char *json,
	const struct tenon_definition *reader, const char *want)
{
	struct tenon_deserializer *deserializer = reader_of(reader);
	struct tenon_message out;
	struct tenon_record record;
	const char *got;
	size_t len;

	EXPECT(TENON_OK, tenon_serialize_json(serializer, topic, message, json, 0, &out, &err), &err);
	record = record_of(&out);
	EXPECT(TENON_OK, tenon_deserialize_json(deserializer, &record, &got, &len, &err), &err);
	assert_string_equal(got, want);
	assert_int_equal(len, strlen(want));
	assert_string_equal(tenon_schema_text(tenon_deserializer_schema(deserializer), NULL), tenon_schema_text(out.schema, NULL));
	tenon_deserializer_destroy(deserializer);
}

/* ---- framing ---- */

static void test_all_framings(void **state)
{
	static const struct {
		enum tenon_framing framing;
		size_t before;   /* bytes before the value */
		size_t header;
		uint8_t magic;
	} cases[] = {
		{ TENON_FRAME_ID, 5, 0, 0 },
		{ TENON_FRAME_GUID, 17, 0, 1 },
		{ TENON_FRAME_HEADER_GUID, 0, 17, 1 },
		{ TENON_FRAME_HEADER_ID, 0, 5, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tenon_serde_config config = config_of(cases[i].framing, TENON_NAMING_TOPIC, TENON_USE_REGISTER);
		struct tenon_serializer *serializer = writer_of(&config, &v1);
		struct tenon_message out;

		EXPECT(TENON_OK, tenon_serialize_json(serializer, "framed", NULL, "{\"id\":1,\"tags\":[],\"count\":2}", 0, &out, &err), &err);
		assert_int_equal(out.len, cases[i].before + 3);
		assert_int_equal(out.header_len, cases[i].header);
		assert_int_equal(*(const uint8_t *)(cases[i].header ? out.header : out.data), cases[i].magic);
		if (cases[i].header)
			assert_string_equal(out.header_name, "__value_schema_id");
		round_trip(serializer, "framed", NULL, "{\"id\":1,\"tags\":[\"a\"],\"count\":2}", NULL,
			"{\"id\":1,\"tags\":[\"a\"],\"count\":2}");
		tenon_serializer_destroy(serializer);
	}
}

static void test_frames_that_are_none(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		size_t offset;
	} cases[] = {
		{ "", 0, 0 }, { "{\"a\":1}", 7, 0 }, { "\0\0\0", 3, 3 }, { "\0\0\0\0\0x", 6, 1 }, { "\0\xFF\xFF\xFF\xFFx", 6, 1 },
		{ "\1abc", 4, 4 },
	};
	struct tenon_deserializer *deserializer = reader_of(NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct tenon_record record = { .data = cases[i].bytes, .len = cases[i].len };
		const char *json;
		size_t len;

		EXPECT(TENON_BAD_BYTES, tenon_deserialize_json(deserializer, &record, &json, &len, &err), &err);
		assert_int_equal(err.offset, cases[i].offset);
		assert_int_equal(tenon_error_verdict(&err), TENON_DEAD_LETTER);
	}
	tenon_deserializer_destroy(deserializer);
}

/* ---- naming, and where ids come from ---- */

static void expect_subject(const struct tenon_serde_config *config, const struct tenon_definition *definition, const char *topic,
	const char *want)
{
	struct tenon_serializer *serializer = writer_of(config, definition);
	char *subject;

	EXPECT(TENON_OK, tenon_serializer_subject(serializer, topic, &subject, &err), &err);
	assert_string_equal(subject, want);
	tenon_free(subject);
	tenon_serializer_destroy(serializer);
}

static void test_subjects_are_named(void **state)
{
	struct tenon_serde_config config = config_of(TENON_FRAME_ID, TENON_NAMING_TOPIC, TENON_USE_REGISTER);
	struct tenon_serializer *serializer;
	char *subject;

	(void)state;
	expect_subject(&config, &v1, "t", "t-value");
	config.part = TENON_KEY;
	expect_subject(&config, &v1, "t", "t-key");
	config.naming = TENON_NAMING_RECORD;
	expect_subject(&config, &v1, NULL, "shop.Order");
	expect_subject(&config, &person, NULL, "Person");
	expect_subject(&config, &proto, NULL, "shop.A");
	config.naming = TENON_NAMING_TOPIC_RECORD;
	expect_subject(&config, &v1, "t", "t-shop.Order");
	config.context = "eu";
	expect_subject(&config, &v1, "t", ":.eu:t-shop.Order");
	config.context = NULL;
	config.naming = TENON_NAMING_ASSOCIATED;
	expect_subject(&config, &v1, "lonely", "lonely-key");
	config.fallback = TENON_NAMING_NONE;
	serializer = writer_of(&config, &v1);
	EXPECT(TENON_NOT_FOUND, tenon_serializer_subject(serializer, "lonely", &subject, &err), &err);
	tenon_serializer_destroy(serializer);
}

static void test_associated_subject(void **state)
{
	struct tenon_serde_config config = config_of(TENON_FRAME_ID, TENON_NAMING_ASSOCIATED, TENON_USE_REGISTER);
	struct tenon_schema *schema;
	char *text;

	(void)state;
	EXPECT(TENON_OK, tenon_register(client, "elsewhere", &v1, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	EXPECT(TENON_OK, tenon_call(client, "POST", "/associations",
		"{\"resourceName\":\"linked\",\"resourceNamespace\":\"lkc-1\",\"resourceId\":\"t-1\",\"resourceType\":\"topic\","
		"\"associations\":[{\"subject\":\"elsewhere\",\"associationType\":\"value\",\"lifecycle\":\"WEAK\"}]}", &text, NULL, &err), &err);
	tenon_free(text);
	expect_subject(&config, &v1, "linked", "elsewhere");
	config.cluster = "lkc-1";
	expect_subject(&config, &v1, "linked", "elsewhere");
	config.cluster = "lkc-2";
	expect_subject(&config, &v1, "linked", "linked-value");
}

static void test_where_ids_come_from(void **state)
{
	static const char *const keys[] = { "major" }, *const values[] = { "2" };
	struct tenon_serde_config config = config_of(TENON_FRAME_ID, TENON_NAMING_TOPIC, TENON_USE_LOOKUP);
	struct tenon_serializer *serializer = writer_of(&config, &v1);
	struct tenon_definition tagged = v2;
	struct tenon_schema *schema;
	struct tenon_message out;

	(void)state;
	EXPECT(TENON_NOT_FOUND, tenon_serialize_json(serializer, "ids", NULL, "{\"id\":1,\"tags\":[],\"count\":2}", 0, &out, &err), &err);
	tenon_serializer_destroy(serializer);
	EXPECT(TENON_OK, tenon_register(client, "ids2-value", &v1, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	serializer = writer_of(&config, &v1);
	round_trip(serializer, "ids2", NULL, "{\"id\":1,\"tags\":[],\"count\":2}", NULL, "{\"id\":1,\"tags\":[],\"count\":2}");
	tenon_serializer_destroy(serializer);

	tagged.metadata = "{\"properties\":{\"major\":\"2\"}}";
	EXPECT(TENON_OK, tenon_register(client, "ids2-value", &tagged, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	config.use = TENON_USE_LATEST;
	serializer = writer_of(&config, NULL);
	round_trip(serializer, "ids2", NULL, "{\"id\":1,\"tags\":[],\"n\":2}", NULL,
		"{\"id\":1,\"tags\":[],\"n\":2,\"note\":null,\"kind\":\"B\",\"more\":{\"x\":1.5}}");
	tenon_serializer_destroy(serializer);
	config.use = TENON_USE_METADATA;
	config.metadata_keys = keys;
	config.metadata_values = values;
	config.n_metadata = 1;
	serializer = writer_of(&config, NULL);
	EXPECT(TENON_OK, tenon_serialize_json(serializer, "ids2", NULL, "{\"id\":1,\"tags\":[],\"n\":2}", 0, &out, &err), &err);
	assert_int_equal(tenon_schema_version(out.schema), 2);
	tenon_serializer_destroy(serializer);
}

static void test_latest_must_read_what_is_written(void **state)
{
	static const struct tenon_definition text = { .type = TENON_AVRO, .text = "\"string\"" };
	struct tenon_serde_config config = config_of(TENON_FRAME_ID, TENON_NAMING_TOPIC, TENON_USE_LATEST);
	struct tenon_serializer *serializer = writer_of(&config, &text);
	struct tenon_schema *schema;
	struct tenon_message out;

	(void)state;
	EXPECT(TENON_OK, tenon_register(client, "strict-value", &v1, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	EXPECT(TENON_INCOMPATIBLE, tenon_serialize_json(serializer, "strict", NULL, "\"a\"", 0, &out, &err), &err);
	tenon_serializer_destroy(serializer);
}

/* ---- Avro ---- */

/* An old event in a value of the new schema: what avro-c's own resolver refuses. */
static void test_avro_values_evolve(void **state)
{
	struct tenon_serializer *serializer = writer_of(NULL, &v1);
	struct tenon_deserializer *deserializer = reader_of(&v2);
	struct tenon_message out;
	struct tenon_record record;
	avro_value_t order, read, field;
	char *json;

	(void)state;
	EXPECT(TENON_OK, tenon_serializer_avro_value(serializer, &order, &err), &err);
	EXPECT(TENON_OK, tenon_deserializer_avro_value(deserializer, &read, &err), &err);
	for (int i = 0; i < 3; i++) {
		avro_value_reset(&order);
		fill_order(&order, 7 + i, 42);
		EXPECT(TENON_OK, tenon_serialize_avro(serializer, "evolve", &order, &out, &err), &err);
		record = record_of(&out);
		EXPECT(TENON_OK, tenon_deserialize_avro(deserializer, &record, &read, &err), &err);
		assert_int_equal(avro_value_get_by_name(&read, "n", &field, NULL), 0);
	}
	assert_int_equal(avro_value_to_json(&read, 1, &json), 0);
	assert_string_equal(json, "{\"id\": 9, \"tags\": [\"a tag that is longer than others\", \"a tag that is longer than others\", "
		"\"a tag that is longer than others\"], \"n\": 42, \"note\": null, \"kind\": \"B\", \"more\": {\"x\": 1.5}}");
	free(json);
	avro_value_decref(&order);
	avro_value_decref(&read);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
}

static void test_avro_values_of_other_schemas(void **state)
{
	struct tenon_serializer *serializer = writer_of(NULL, &v1), *other = writer_of(NULL, &v2);
	struct tenon_deserializer *deserializer = reader_of(&v1), *plain = reader_of(NULL);
	const struct tenon_record nothing = { .data = "", .len = 0 };
	struct tenon_message out;
	avro_value_t value;

	(void)state;
	EXPECT(TENON_OK, tenon_serializer_avro_value(other, &value, &err), &err);
	EXPECT(TENON_INVALID, tenon_serialize_avro(serializer, "others", &value, &out, &err), &err);
	EXPECT(TENON_INVALID, tenon_deserialize_avro(deserializer, &nothing, &value, &err), &err);
	EXPECT(TENON_INVALID, tenon_deserialize_avro(plain, &nothing, &value, &err), &err);
	avro_value_decref(&value);
	tenon_serializer_destroy(serializer);
	tenon_serializer_destroy(other);
	tenon_deserializer_destroy(deserializer);
	tenon_deserializer_destroy(plain);
}

/* A schema "bytes" is written as it is, without a length. */
static void test_plain_bytes(void **state)
{
	static const struct tenon_definition bytes = { .type = TENON_AVRO, .text = "\"bytes\"" };
	static const struct tenon_definition maybe = { .type = TENON_AVRO, .text = "[\"null\",\"bytes\"]" };
	struct tenon_serializer *serializer = writer_of(NULL, &bytes);
	struct tenon_deserializer *deserializer = reader_of(&bytes);
	struct tenon_message out;
	struct tenon_record record;
	avro_value_t value, read;
	const void *data;
	char abc[] = "abc";
	size_t len = 0;

	(void)state;
	EXPECT(TENON_OK, tenon_serializer_avro_value(serializer, &value, &err), &err);
	EXPECT(TENON_OK, tenon_deserializer_avro_value(deserializer, &read, &err), &err);
	avro_value_set_bytes(&value, abc, 3);
	EXPECT(TENON_OK, tenon_serialize_avro(serializer, "plain", &value, &out, &err), &err);
	assert_int_equal(out.len, 8);
	assert_memory_equal((const char *)out.data + 5, "abc", 3);
	record = record_of(&out);
	EXPECT(TENON_OK, tenon_deserialize_avro(deserializer, &record, &read, &err), &err);
	assert_int_equal(avro_value_get_bytes(&read, &data, &len), 0);
	assert_int_equal(len, 3);
	round_trip(serializer, "plain", NULL, "\"xyz\"", NULL, "\"xyz\"");
	round_trip(serializer, "plain", NULL, "\"xyz\"", &maybe, "{\"bytes\":\"xyz\"}");
	avro_value_decref(&value);
	avro_value_decref(&read);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
}

static void test_where_reading_fails(void **state)
{
	static const struct tenon_definition narrow = { .type = TENON_AVRO, .text = FIELDS(",{\"name\":\"gone\",\"type\":\"int\"}") };
	struct tenon_serializer *serializer = writer_of(NULL, &v1);
	struct tenon_deserializer *deserializer = reader_of(NULL), *other = reader_of(&narrow);
	struct tenon_dead_letter dead;
	struct tenon_message out;
	struct tenon_record record;
	const char *json;
	int32_t id;
	size_t len;

	(void)state;
	EXPECT(TENON_OK, tenon_serialize_json(serializer, "fails", NULL, "{\"id\":1,\"tags\":[\"abc\"],\"count\":2}", 0, &out, &err), &err);
	id = tenon_schema_id(out.schema);
	record = record_of(&out);
	record.len -= 5;
	EXPECT(TENON_BAD_BYTES, tenon_deserialize_json(deserializer, &record, &json, &len, &err), &err);
	assert_int_equal(err.schema_id, id);
	assert_int_equal(err.offset, 8);
	tenon_dead_letter(&err, &dead);
	assert_int_equal(dead.n_headers, 5);
	assert_string_equal(dead.headers[0].name, "tenon.error");
	assert_string_equal(dead.headers[0].value, "BAD_BYTES");
	assert_non_null(strstr(dead.headers[1].value, "at /fields/1/type/items"));
	assert_string_equal(dead.headers[2].value, "DEAD_LETTER");
	assert_string_equal(dead.headers[4].name, "tenon.offset");
	assert_string_equal(dead.headers[4].value, "8");
	record = record_of(&out);
	EXPECT(TENON_INCOMPATIBLE, tenon_deserialize_json(other, &record, &json, &len, &err), &err);
	assert_non_null(strstr(err.message, "missing required field gone"));
	record.data = "\0\x7F\x00\x00\x01";
	record.len = 5;
	EXPECT(TENON_NOT_FOUND, tenon_deserialize_json(deserializer, &record, &json, &len, &err), &err);
	assert_int_equal(err.schema_id, 0x7F000001);
	assert_int_equal(tenon_error_verdict(&err), TENON_DEAD_LETTER);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
	tenon_deserializer_destroy(other);
}

/* survey G.3: what takes avro-c's stack or memory ends here with a reason, and the value can be used again. */
static void test_hostile_bytes(void **state)
{
	static const char schema[] = "{\"type\":\"record\",\"name\":\"H\",\"fields\":[{\"name\":\"nulls\",\"type\":{\"type\":\"array\","
		"\"items\":\"null\"}},{\"name\":\"text\",\"type\":\"string\"},{\"name\":\"map\",\"type\":{\"type\":\"map\",\"values\":"
		"{\"type\":\"array\",\"items\":\"int\"}}},{\"name\":\"next\",\"type\":[\"null\",\"H\"]}]}";
	static const struct tenon_definition hostile = { .type = TENON_AVRO, .text = schema };
	static const struct {
		const char *bytes;
		size_t len;
		enum tenon_code want;
	} cases[] = {
		{ "\0\0\0\0", 4, TENON_OK },
		{ "\x80\xa8\xd6\xb9\x07\0\0\0\0", 9, TENON_LIMIT },                            /* 10^9 nulls */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0", 11, TENON_BAD_BYTES },         /* INT64_MIN of them */
		{ "\0\x80\x80\x80\x80\x80\x40" "a", 8, TENON_BAD_BYTES },                       /* a text of 2^40 bytes */
		{ "\0\0\x80\xa8\xd6\xb9\x07" "aa", 9, TENON_BAD_BYTES },                        /* 10^9 entries */
		{ "\0\0\4\2k\2\2\0\2k\2\4\0\0\0", 15, TENON_OK },                            /* a key that comes twice */
		{ "\0\0\2\2\0\0\0\0", 8, TENON_BAD_BYTES },                                     /* a key that avro-c cannot hold */
		{ "\0\0\0\0\0", 5, TENON_BAD_BYTES },                                           /* bytes left over */
	};
	struct tenon_serializer *serializer = writer_of(NULL, &hostile);
	struct tenon_deserializer *deserializer = reader_of(&hostile);
	static char bytes[200000];
	struct tenon_message out;
	struct tenon_record record = { .data = bytes };
	avro_value_t value;

	(void)state;
	EXPECT(TENON_OK, tenon_serialize_json(serializer, "hostile", NULL, "{\"nulls\":[],\"text\":\"\",\"map\":{},\"next\":null}", 0,
		&out, &err), &err);
	memcpy(bytes, out.data, 5);
	EXPECT(TENON_OK, tenon_deserializer_avro_value(deserializer, &value, &err), &err);
	for (size_t i = 0; i < COUNT(cases); i++) {
		memcpy(bytes + 5, cases[i].bytes, cases[i].len);
		record.len = 5 + cases[i].len;
		EXPECT(cases[i].want, tenon_deserialize_avro(deserializer, &record, &value, &err), &err);
	}
	for (size_t i = 5; i + 4 <= sizeof(bytes); i += 4)
		memcpy(bytes + i, "\0\0\0\2", 4); /* a list of 50,000 */
	record.len = sizeof(bytes);
	EXPECT(TENON_LIMIT, tenon_deserialize_avro(deserializer, &record, &value, &err), &err);
	assert_int_equal(tenon_error_verdict(&err), TENON_DEAD_LETTER);
	memcpy(bytes + 5, "\0\0\0\0", 4);
	record.len = 9;
	EXPECT(TENON_OK, tenon_deserialize_avro(deserializer, &record, &value, &err), &err);
	avro_value_decref(&value);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
}

/* ---- JSON Schema ---- */

static void test_json_is_validated(void **state)
{
	struct tenon_serializer *serializer = writer_of(NULL, &person);
	struct tenon_deserializer *deserializer = reader_of(NULL);
	struct tenon_message out;
	struct tenon_record record;
	json_t *value = json_pack("{s:s, s:i}", "name", "Ada", "age", 36), *read;

	(void)state;
	EXPECT(TENON_OK, tenon_serialize_jansson(serializer, "people", value, &out, &err), &err);
	record = record_of(&out);
	EXPECT(TENON_OK, tenon_deserialize_jansson(deserializer, &record, &read, &err), &err);
	assert_true(json_equal(value, read));
	json_decref(read);
	json_object_set_new(value, "age", json_integer(-1));
	EXPECT(TENON_INVALID, tenon_serialize_jansson(serializer, "people", value, &out, &err), &err);
	assert_non_null(strstr(err.message, "age"));
	json_decref(value);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
}

static void test_json_that_is_not_valid(void **state)
{
	struct tenon_serializer *serializer = writer_of(NULL, &person);
	struct tenon_deserializer *deserializer = reader_of(NULL);
	struct tenon_message out;
	struct tenon_record record;
	char bytes[64];
	const char *json;
	size_t len;

	(void)state;
	EXPECT(TENON_OK, tenon_serialize_json(serializer, "people", NULL, "{\"name\":\"Ada\"}", 0, &out, &err), &err);
	memcpy(bytes, out.data, 5);
	memcpy(bytes + 5, "{\"nome\":1}", 10);
	record = (struct tenon_record){ .data = bytes, .len = 15 };
	EXPECT(TENON_BAD_BYTES, tenon_deserialize_json(deserializer, &record, &json, &len, &err), &err);
	record.len = 10;
	EXPECT(TENON_BAD_BYTES, tenon_deserialize_json(deserializer, &record, &json, &len, &err), &err);
	assert_true(err.offset >= 5);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
}

/* ---- Protobuf ---- */

static void test_message_indexes(void **state)
{
	static const struct {
		const char *message;
		const char *want;
		size_t len;
		const char *full;
	} cases[] = {
		{ NULL, "\0", 1, "shop.A" },
		{ "shop.B", "\2\2", 2, "shop.B" },
		{ "shop.A.In", "\4\0\0", 3, "shop.A.In" },
	};
	struct tenon_serializer *serializer = writer_of(NULL, &proto);
	struct tenon_deserializer *deserializer = reader_of(NULL);
	struct tenon_message out;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tenon_record record;
		const char *message;
		const void *bytes;
		size_t len;

		EXPECT(TENON_OK, tenon_serialize_protobuf(serializer, "pb", cases[i].message, "xyz", 3, &out, &err), &err);
		assert_int_equal(out.len, 5 + cases[i].len + 3);
		assert_memory_equal((const char *)out.data + 5, cases[i].want, cases[i].len);
		record = record_of(&out);
		EXPECT(TENON_OK, tenon_deserialize_protobuf(deserializer, &record, &message, &bytes, &len, &err), &err);
		assert_string_equal(message, cases[i].full);
		assert_int_equal(len, 3);
		assert_memory_equal(bytes, "xyz", 3);
	}
	EXPECT(TENON_INVALID, tenon_serialize_protobuf(serializer, "pb", "shop.E", "", 0, &out, &err), &err);
	EXPECT(TENON_INVALID, tenon_serialize_protobuf(serializer, "pb", "shop.C", "", 0, &out, &err), &err);
	tenon_serializer_destroy(serializer);
	tenon_deserializer_destroy(deserializer);
}

static void test_protobuf_as_json(void **state)
{
	struct tenon_serde_config config = config_of(TENON_FRAME_HEADER_GUID, TENON_NAMING_TOPIC, TENON_USE_REGISTER);
	struct tenon_serializer *serializer = writer_of(NULL, &proto), *in_header = writer_of(&config, &proto);
	struct tenon_deserializer *deserializer = reader_of(NULL);
	struct tenon_message out;
	struct tenon_record record;
	const char *json;
	size_t len;

	(void)state;
	round_trip(serializer, "pb", "shop.B", "{\"name\":\"x\",\"n\":[\"1\",\"2\"]}", NULL, "{\"name\":\"x\",\"n\":[\"1\",\"2\"]}");
	round_trip(serializer, "pb", NULL, "{\"x\":1}", NULL, "{\"x\":1}");
	round_trip(in_header, "pb", "shop.B", "{\"name\":\"x\"}", NULL, "{\"name\":\"x\"}");
	EXPECT(TENON_OK, tenon_serialize_json(serializer, "pb", "shop.B", "{\"name\":\"x\"}", 0, &out, &err), &err);
	for (size_t i = 0; i < 4; i++) {
		char bytes[64];

		memcpy(bytes, out.data, out.len);
		memcpy(bytes + 5, i == 0 ? "\1\1" : i == 1 ? "\2\6" : i == 2 ? "\xFF\xFF" : "\4\2", 2);
		record = (struct tenon_record){ .data = bytes, .len = i < 3 ? out.len : 7 };
		EXPECT(TENON_BAD_BYTES, tenon_deserialize_json(deserializer, &record, &json, &len, &err), &err);
		assert_int_equal(err.offset, 5);
	}
	tenon_serializer_destroy(serializer);
	tenon_serializer_destroy(in_header);
	tenon_deserializer_destroy(deserializer);
}

/* ---- references ---- */

static void test_references(void **state)
{
	static const struct tenon_definition kind = { .type = TENON_AVRO,
		.text = "{\"type\":\"record\",\"name\":\"ref.Kind\",\"fields\":[{\"name\":\"k\",\"type\":\"string\"}]}" };
	static const struct tenon_reference references[] = { { .name = "ref.Kind", .subject = "ref-kind", .version = 1 } };
	static const struct tenon_definition holder = { .type = TENON_AVRO, .references = references, .n_references = 1,
		.text = "{\"type\":\"record\",\"name\":\"ref.Holder\",\"fields\":[{\"name\":\"kind\",\"type\":\"ref.Kind\"}]}" };
	struct tenon_schema *schema;
	struct tenon_serializer *serializer;
	avro_value_t value;

	(void)state;
	EXPECT(TENON_OK, tenon_register(client, "ref-kind", &kind, 0, &schema, &err), &err);
	tenon_schema_unref(schema);
	serializer = writer_of(NULL, &holder);
	round_trip(serializer, "refs", NULL, "{\"kind\":{\"k\":\"x\"}}", &holder, "{\"kind\":{\"k\":\"x\"}}");
	EXPECT(TENON_OK, tenon_serializer_avro_value(serializer, &value, &err), &err);
	avro_value_decref(&value);
	tenon_serializer_destroy(serializer);
}

/* ---- before you publish ---- */

static void test_may_publish(void **state)
{
	static const struct tenon_definition bad = { .type = TENON_AVRO, .text = FIELDS(",{\"name\":\"must\",\"type\":\"int\"}") };
	struct tenon_serde_config lookup = config_of(TENON_FRAME_ID, TENON_NAMING_TOPIC, TENON_USE_LOOKUP);
	struct tenon_serializer *good = writer_of(NULL, &v1), *worse = writer_of(NULL, &bad), *unknown = writer_of(&lookup, &v1);
	struct tenon_message out;
	char **subjects, *explained;
	size_t n;

	(void)state;
	EXPECT(TENON_OK, tenon_may_publish(good, "publish", &explained, &err), &err);
	assert_non_null(strstr(explained, "\"findings\":[]"));
	tenon_free(explained);
	EXPECT(TENON_NOT_FOUND, tenon_may_publish(unknown, "publish", NULL, &err), &err);
	EXPECT(TENON_OK, tenon_subjects(client, "publish", 0, &subjects, &n, &err), &err);
	assert_int_equal(n, 0); /* nothing was registered */
	tenon_free(subjects);
	EXPECT(TENON_OK, tenon_serialize_json(good, "publish", NULL, "{\"id\":1,\"tags\":[],\"count\":2}", 0, &out, &err), &err);
	EXPECT(TENON_OK, tenon_may_publish(good, "publish", NULL, &err), &err);
	EXPECT(TENON_OK, tenon_may_publish(unknown, "publish", NULL, &err), &err);
	EXPECT(TENON_INCOMPATIBLE, tenon_may_publish(worse, "publish", &explained, &err), &err);
	assert_true(err.n_findings > 0);
	assert_string_equal(err.findings[0].type, "READER_FIELD_MISSING_DEFAULT_VALUE");
	assert_non_null(strstr(explained, "AVRO-FIELD-NO-DEFAULT"));
	tenon_free(explained);
	tenon_serializer_destroy(good);
	tenon_serializer_destroy(worse);
	tenon_serializer_destroy(unknown);
}

static void test_settings_that_are_wrong(void **state)
{
	struct tenon_serde_config config = config_of(TENON_FRAME_ID, TENON_NAMING_TOPIC, TENON_USE_METADATA);
	static const struct tenon_definition none = { .type = TENON_AVRO, .text = "{" };
	struct tenon_serializer *serializer;
	struct tenon_deserializer *deserializer;
	struct tenon_message out;

	(void)state;
	EXPECT(TENON_INVALID, tenon_serializer_create(client, &config, &v1, &serializer, &err), &err);
	EXPECT(TENON_INVALID, tenon_serializer_create(client, NULL, NULL, &serializer, &err), &err);
	config = config_of((enum tenon_framing)9, TENON_NAMING_TOPIC, TENON_USE_REGISTER);
	EXPECT(TENON_INVALID, tenon_serializer_create(client, &config, &v1, &serializer, &err), &err);
	EXPECT(TENON_INVALID, tenon_deserializer_create(client, NULL, &none, &deserializer, &err), &err);
	serializer = writer_of(NULL, &v1);
	EXPECT(TENON_INVALID, tenon_serialize_json(serializer, NULL, NULL, "{}", 0, &out, &err), &err);
	EXPECT(TENON_INVALID, tenon_serialize_json(serializer, "wrong", NULL, "{}", 0, &out, &err), &err);
	tenon_serializer_destroy(serializer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_framings),
		cmocka_unit_test(test_frames_that_are_none),
		cmocka_unit_test(test_subjects_are_named),
		cmocka_unit_test(test_associated_subject),
		cmocka_unit_test(test_where_ids_come_from),
		cmocka_unit_test(test_latest_must_read_what_is_written),
		cmocka_unit_test(test_avro_values_evolve),
		cmocka_unit_test(test_avro_values_of_other_schemas),
		cmocka_unit_test(test_plain_bytes),
		cmocka_unit_test(test_where_reading_fails),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_json_is_validated),
		cmocka_unit_test(test_json_that_is_not_valid),
		cmocka_unit_test(test_message_indexes),
		cmocka_unit_test(test_protobuf_as_json),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_may_publish),
		cmocka_unit_test(test_settings_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, make, end);
}
