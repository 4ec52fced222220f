/*
 * libFuzzer target of consumed records: frames, message indexes, and Avro bytes read into values of avro-c, as written
 * and as another schema.  What is read into a value is read as JSON, too, and the other way round.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "client/serde_int.h"
#include "compat/event.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIELD(name, type) "{\"name\":\"" name "\",\"type\":" type "}"

static const char WRITER[] = "{\"type\":\"record\",\"name\":\"H\",\"fields\":[" FIELD("i", "\"int\"") "," FIELD("s", "\"string\"") ","
	FIELD("m", "{\"type\":\"map\",\"values\":[\"null\",\"double\",{\"type\":\"array\",\"items\":\"H\"}]}") ","
	FIELD("n", "{\"type\":\"array\",\"items\":\"null\"}") "," FIELD("e", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}") ","
	FIELD("f", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}") "," FIELD("h", "[\"null\",\"H\"]") "]}";
static const char READER[] = "{\"type\":\"record\",\"name\":\"H\",\"fields\":[" FIELD("h", "[\"H\",\"null\"]") "," FIELD("i", "\"double\"") ","
	FIELD("e", "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"B\"],\"default\":\"B\"}") ","
	FIELD("s", "\"bytes\"") ",{\"name\":\"d\",\"type\":{\"type\":\"map\",\"values\":\"long\"},\"default\":{\"x\":1}}]}";
static const char PROTO[] = "syntax = \"proto3\"; message A { message B { enum E { Z = 0; } message C {} } message D {} } message F {}";

struct reader {
	const struct schema *schema;
	const struct avsc_plan *plan;
	avro_schema_t avro;
	avro_value_iface_t *class;
	avro_value_t value;
};

static struct arena *arena;
static struct tenon_client *client;
static const struct schema *writer, *proto;
static struct reader same, other;
static struct client_bytes text;

static const struct schema *parse(enum schema_type type, const char *schema)
{
	const struct schema_source source = { .type = type, .text = str_of(schema) };
	const struct schema *parsed = NULL;
	struct err err = { .arena = arena };

	demand(schema_parse(arena, &source, 0, &parsed, &err) == OK);
	return parsed;
}

static void make_reader(struct reader *r, const char *schema)
{
	struct err err = { .arena = arena };

	r->schema = parse(SCHEMA_AVRO, schema);
	demand(avsc_plan_make(arena, avsc_of(writer), avsc_of(r->schema), &r->plan, &err) == OK);
	demand(client_avro_schema(client, r->schema, &r->avro, NULL) == TENON_OK);
	r->class = avro_generic_class_from_schema(r->avro);
	demand(avro_generic_value_new(r->class, &r->value) == 0);
}

static void end_reader(struct reader *r)
{
	avro_value_decref(&r->value);
	avro_value_iface_decref(r->class);
	avro_schema_decref(r->avro);
}

/* So that what is lost on the way shows at the end. */
static void stop(void)
{
	end_reader(&same);
	end_reader(&other);
	client_release(client, text.data);
	tenon_client_destroy(client);
	arena_destroy(arena);
}

static void start(void)
{
	struct tenon_config config;

	if (client)
		return;
	arena = arena_create(0);
	tenon_config_init(&config, sizeof(config));
	config.urls = "http://127.0.0.1:1";
	config.offline = 1;
	demand(tenon_client_create(&config, &client, NULL) == TENON_OK);
	writer = parse(SCHEMA_AVRO, WRITER);
	proto = parse(SCHEMA_PROTOBUF, PROTO);
	make_reader(&same, WRITER);
	make_reader(&other, READER);
	atexit(stop);
}

/* avro-c's values may hold what JSON cannot: texts that are not UTF-8. */
static void read_value(struct reader *r, struct str bytes)
{
	const struct client_fill fill = { .client = client, .plan = r->plan, .text = &text };
	struct tenon_error err = { .code = TENON_OK };
	struct arena *mine = arena_create(0);
	struct err why = { .arena = mine };
	struct event_read read = { .ok = false };
	size_t offset = 0;
	enum tenon_code code = client_avro_fill(&fill, bytes, &r->value, &offset, &err);
	enum err_code as_json = avsc_plan_json(mine, r->plan, bytes, &read, &why);

	demand(code == err.code && offset <= bytes.len);
	demand((code == TENON_LIMIT) == (as_json == ERR_LIMIT) || !read.ok);
	if (as_json == OK && read.ok)
		demand(code == TENON_OK || (code == TENON_BAD_BYTES && strstr(err.message, "U+0000")));
	arena_destroy(mine);
}

static void read_indexes(struct str bytes)
{
	const uint8_t *at = (const uint8_t *)bytes.data, *end = at + bytes.len;
	const char *why;
	const struct pbuf_type *type = client_indexes_read(pbuf_of(proto), &at, end, &why);

	text.len = 0;
	demand(at <= end && (type == NULL || !type->is_enum));
	demand(type == NULL || client_indexes_write(client, type, &text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nothing[1];
	const struct tenon_record record = { .data = size > 0 ? data : nothing, .len = size };
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_frame frame;
	struct str rest;

	start();
	if (tenon_frame_read(&record, &frame, &err) != TENON_OK) {
		demand(err.code == TENON_BAD_BYTES && err.offset <= size);
		return 0;
	}
	demand(frame.offset <= size && (frame.id > 0) != (*frame.guid != '\0'));
	rest = str_make((const char *)data + frame.offset, size - frame.offset);
	read_value(&same, rest);
	read_value(&other, rest);
	read_indexes(rest);
	return 0;
}
