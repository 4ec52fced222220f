/* Deserializers: records read by the schema that they name, as the reader's schema has it. */
#include <jansson.h>

#include "base/arena.h"
#include "client/serde_int.h"
#include "compat/event.h"

enum { MOST_SOURCES = 64 }; /* writers' schemas that are kept ready */

/* A writer's schema, ready to read with. */
struct source {
	int32_t id;                  /* as records name it: 0 the guid */
	char guid[TENON_GUID_SIZE];
	struct tenon_schema *schema; /* NULL: nothing here */
	const struct schema *parsed;
	struct arena *arena;         /* of the plan; NULL: not Avro */
	const struct avsc_plan *plan;
	bool raw;                    /* a schema "bytes": the value stands as it is (contract 8.1) */
};

struct tenon_deserializer {
	struct tenon_client *client;
	struct arena *arena;
	struct tenon_serde_config config;
	struct tenon_schema *reader; /* NULL: as written */
	const struct schema *reader_parsed;
	avro_schema_t reader_avro;   /* NULL: not yet made */
	avro_schema_t known;         /* the last schema of a value that was found to be the same */
	avro_value_iface_t *class;
	struct source sources[MOST_SOURCES];
	struct source *last;         /* NULL before the first */
	size_t next;                 /* the place that is used next */
	struct client_bytes text;
	struct client_bytes prefixed;
};

/* ---- made and ended ---- */

struct making {
	struct tenon_deserializer *deserializer;
	const struct tenon_serde_config *config;
	struct arena *arena;
};

static enum tenon_code copy_settings(struct call *call, void *arg)
{
	struct making *m = arg;

	return client_serde_config_copy(call, m->config, &m->arena, &m->deserializer->config);
}

static enum tenon_code set_up(struct tenon_deserializer *d, const struct tenon_serde_config *config,
	const struct tenon_definition *reader, struct tenon_error *err)
{
	struct making m = { .deserializer = d, .config = config };

	CLIENT_TRY(client_enter(d->client, copy_settings, &m, err));
	d->arena = m.arena;
	if (reader == NULL)
		return TENON_OK;
	CLIENT_TRY(client_schema_local(d->client, d->config.context, reader, &d->reader, err));
	return client_schema_parsed(d->reader, &d->reader_parsed, err);
}

enum tenon_code tenon_deserializer_create(struct tenon_client *client, const struct tenon_serde_config *config,
	const struct tenon_definition *reader, struct tenon_deserializer **out, struct tenon_error *err)
{
	struct tenon_deserializer *d = client_resize(client, NULL, sizeof(*d));
	enum tenon_code code;

	if (d == NULL)
		return client_no_memory(err);
	*d = (struct tenon_deserializer){ .client = client };
	code = set_up(d, config, reader, err);
	if (code == TENON_OK)
		*out = d;
	else
		tenon_deserializer_destroy(d);
	return code;
}

static void free_source(struct source *s)
{
	tenon_schema_unref(s->schema);
	arena_destroy(s->arena);
	*s = (struct source){ .id = 0 };
}

void tenon_deserializer_destroy(struct tenon_deserializer *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < MOST_SOURCES; i++)
		free_source(&d->sources[i]);
	if (d->class)
		avro_value_iface_decref(d->class);
	if (d->reader_avro)
		avro_schema_decref(d->reader_avro);
	if (d->known)
		avro_schema_decref(d->known);
	tenon_schema_unref(d->reader);
	client_release(d->client, d->text.data);
	client_release(d->client, d->prefixed.data);
	arena_destroy(d->arena);
	client_release(d->client, d);
}

/* ---- the writer's schema ---- */

struct planning {
	struct tenon_deserializer *deserializer;
	struct source *source;
};

static enum tenon_code make_plan(struct call *call, void *arg)
{
	struct planning *p = arg;
	const struct schema *reader = p->deserializer->reader_parsed;
	struct err err = { .arena = call->arena };
	struct arena *arena = arena_create(0);
	const struct avsc_plan *plan;

	if (avsc_plan_make(arena, avsc_of(p->source->parsed), avsc_of(reader ? reader : p->source->parsed), &plan, &err) != OK) {
		arena_destroy(arena);
		return client_fail_schema(call->err, &err);
	}
	p->source->plan = plan;
	p->source->arena = arena;
	return TENON_OK;
}

static enum tenon_code fill_source(struct tenon_deserializer *d, const struct tenon_frame *frame, struct source *s,
	struct tenon_error *err)
{
	struct planning p = { .deserializer = d, .source = s };

	if (frame->id > 0)
		CLIENT_TRY(tenon_get_by_id(d->client, d->config.context, frame->id, 0, &s->schema, err));
	else
		CLIENT_TRY(tenon_get_by_guid(d->client, frame->guid, 0, &s->schema, err));
	CLIENT_TRY(client_schema_parsed(s->schema, &s->parsed, err));
	if (d->reader && d->reader_parsed->type != s->parsed->type)
		return client_fail(err, TENON_INCOMPATIBLE, "the record is of type %.*s, its reader's schema of type %.*s",
			STR_ARG(schema_type_name(s->parsed->type)), STR_ARG(schema_type_name(d->reader_parsed->type)));
	if (s->parsed->type == SCHEMA_AVRO) {
		CLIENT_TRY(client_enter(d->client, make_plan, &p, err));
		s->raw = avsc_of(s->parsed)->root->kind == AVSC_BYTES;
	}
	s->id = frame->id;
	memcpy(s->guid, frame->guid, sizeof(s->guid));
	return TENON_OK;
}

static bool is_named(const struct source *s, const struct tenon_frame *frame)
{
	return s->schema && s->id == frame->id && (s->id > 0 || strcmp(s->guid, frame->guid) == 0);
}

static enum tenon_code add_source(struct tenon_deserializer *d, const struct tenon_frame *frame, struct source **out,
	struct tenon_error *err)
{
	struct source fresh = { .id = 0 };
	enum tenon_code code = fill_source(d, frame, &fresh, err);
	struct source *place = &d->sources[d->next];

	if (code != TENON_OK) {
		free_source(&fresh);
		return code;
	}
	free_source(place);
	*place = fresh;
	d->next = (d->next + 1) % MOST_SOURCES;
	*out = place;
	return TENON_OK;
}

static enum tenon_code find_source(struct tenon_deserializer *d, const struct tenon_frame *frame, struct source **out,
	struct tenon_error *err)
{
	if (d->last && is_named(d->last, frame)) {
		*out = d->last;
		return TENON_OK;
	}
	for (size_t i = 0; i < MOST_SOURCES && d->sources[i].schema; i++) {
		if (is_named(&d->sources[i], frame)) {
			*out = &d->sources[i];
			return TENON_OK;
		}
	}
	return add_source(d, frame, out, err);
}

/* ---- records ---- */

/* A record on its way. */
struct reading {
	struct tenon_deserializer *deserializer;
	const struct tenon_record *record;
	struct tenon_frame frame;
	struct source *source;
	const struct pbuf_type *type; /* Protobuf */
	size_t offset;                /* of the value in the record's data */
	struct str value;
	struct event_read read;
	struct str json;
};

/* Says in *err which schema and which byte it is about. */
static enum tenon_code locate(const struct reading *r, size_t offset, struct tenon_error *err)
{
	if (err == NULL)
		return TENON_OK;
	err->schema_id = r->frame.id;
	memcpy(err->schema_guid, r->frame.guid, sizeof(err->schema_guid));
	err->offset = offset;
	return err->code;
}

/* The indexes stand behind the frame, in the header if that is there. */
static enum tenon_code read_indexes(struct reading *r, struct tenon_error *err)
{
	const struct tenon_record *record = r->record;
	const uint8_t *begin = record->data, *at, *end;
	const char *why;
	enum tenon_code code;

	if (r->frame.in_header) {
		size_t len = r->frame.id > 0 ? 1 + CLIENT_ID_BYTES : 1 + CLIENT_GUID_BYTES;

		at = (const uint8_t *)record->header + len;
		end = (const uint8_t *)record->header + record->header_len;
	} else {
		at = begin + r->frame.offset;
		end = begin + record->len;
	}
	r->type = client_indexes_read(pbuf_of(r->source->parsed), &at, end, &why);
	if (r->type == NULL) {
		code = client_fail(err, TENON_BAD_BYTES, "%s", why);
		locate(r, r->frame.offset, err);
		return code;
	}
	if (!r->frame.in_header)
		r->offset = (size_t)(at - begin);
	return TENON_OK;
}

/* Everything up to the value. */
static enum tenon_code begin_reading(struct reading *r, struct tenon_error *err)
{
	struct tenon_deserializer *d = r->deserializer;
	enum tenon_code code;

	CLIENT_TRY(tenon_frame_read(r->record, &r->frame, err));
	code = find_source(d, &r->frame, &r->source, err);
	if (code != TENON_OK) {
		locate(r, r->frame.in_header ? 0 : 1, err);
		return code;
	}
	d->last = r->source;
	r->offset = r->frame.offset;
	if (r->source->parsed->type == SCHEMA_PROTOBUF)
		CLIENT_TRY(read_indexes(r, err));
	r->value = str_make(r->record->data ? (const char *)r->record->data + r->offset : "", r->record->len - r->offset);
	return TENON_OK;
}

/* A value of a schema "bytes" has no length before it, which a plan expects. */
static enum tenon_code add_length(struct reading *r, struct tenon_error *err)
{
	struct client_bytes *b = &r->deserializer->prefixed;
	uint64_t rest = (uint64_t)r->value.len << 1;

	b->len = 0;
	if (!client_bytes_reserve(r->deserializer->client, b, r->value.len + 10))
		return client_no_memory(err);
	for (; rest >= 0x80; rest >>= 7)
		b->data[b->len++] = (char)(rest | 0x80);
	b->data[b->len++] = (char)rest;
	memcpy(b->data + b->len, r->value.data, r->value.len);
	r->value = str_make(b->data, b->len + r->value.len);
	return TENON_OK;
}

static enum tenon_code fail_type(const struct reading *r, const char *want, struct tenon_error *err)
{
	enum tenon_code code = client_fail(err, TENON_INVALID, "the record is of type %.*s, not %s",
		STR_ARG(schema_type_name(r->source->parsed->type)), want);

	locate(r, r->offset, err);
	return code;
}

/* ---- Avro ---- */

static enum tenon_code need_reader(struct tenon_deserializer *d, struct tenon_error *err)
{
	if (d->reader == NULL || d->reader_parsed->type != SCHEMA_AVRO)
		return client_fail(err, TENON_INVALID, "values of avro-c need a deserializer with an Avro schema to read as");
	return d->reader_avro ? TENON_OK : client_avro_schema(d->client, d->reader_parsed, &d->reader_avro, err);
}

enum tenon_code tenon_deserializer_avro_value(struct tenon_deserializer *d, struct avro_value *out, struct tenon_error *err)
{
	CLIENT_TRY(need_reader(d, err));
	if (d->class == NULL)
		d->class = avro_generic_class_from_schema(d->reader_avro);
	if (d->class == NULL || avro_generic_value_new(d->class, out) != 0)
		return client_fail(err, TENON_NOMEM, "avro-c makes no value: %s", avro_strerror());
	return TENON_OK;
}

enum tenon_code tenon_deserialize_avro(struct tenon_deserializer *d, const struct tenon_record *record, struct avro_value *value,
	struct tenon_error *err)
{
	struct reading r = { .deserializer = d, .record = record };
	avro_schema_t theirs = avro_value_get_schema(value);
	struct client_fill fill = { .client = d->client, .text = &d->text };
	enum tenon_code code;
	size_t offset = 0;

	if (theirs == NULL || theirs != d->known) {
		CLIENT_TRY(need_reader(d, err));
		if (!client_avro_fits(d->reader_avro, theirs, &d->known))
			return client_fail(err, TENON_INVALID, "the value is not of the deserializer's schema");
	}
	CLIENT_TRY(begin_reading(&r, err));
	if (r.source->parsed->type != SCHEMA_AVRO)
		return fail_type(&r, "AVRO", err);
	if (r.source->raw)
		CLIENT_TRY(add_length(&r, err));
	fill.plan = r.source->plan;
	code = client_avro_fill(&fill, r.value, value, &offset, err);
	if (code != TENON_OK)
		locate(&r, r.offset + offset, err);
	return code;
}

/* ---- JSON text ---- */

static enum tenon_code keep_json(struct reading *r, struct tenon_error *err)
{
	struct client_bytes *text = &r->deserializer->text;

	text->len = 0;
	if (!client_bytes_reserve(r->deserializer->client, text, r->json.len + 1))
		return client_no_memory(err);
	memcpy(text->data, r->json.data, r->json.len);
	text->data[r->json.len] = '\0';
	text->len = r->json.len;
	return TENON_OK;
}

static enum err_code read_event(struct reading *r, struct arena *arena, struct err *err)
{
	struct source *s = r->source;
	const struct event_source source = {
		.writer = s->parsed,
		.reader = r->deserializer->reader_parsed,
		.message = r->type ? r->type->full : STR_NONE,
		.bytes = r->value,
	};

	if (s->parsed->type == SCHEMA_AVRO)
		return avsc_plan_json(arena, s->plan, r->value, &r->read, err);
	return schema_event_read(arena, &source, &r->read, err);
}

static enum tenon_code read_json(struct call *call, void *arg)
{
	struct reading *r = arg;
	struct err err = { .arena = call->arena };
	const struct event_read *read = &r->read;

	if (read_event(r, call->arena, &err) != OK)
		return client_fail_schema(call->err, &err);
	if (!read->ok)
		return client_fail(call->err, read->unresolved ? TENON_INCOMPATIBLE : TENON_BAD_BYTES, "%.*s%s%.*s",
			STR_ARG(read->reason), read->path.len > 0 ? ", at " : "", STR_ARG(read->path));
	r->json = read->json;
	return keep_json(r, call->err);
}

enum tenon_code tenon_deserialize_json(struct tenon_deserializer *d, const struct tenon_record *record, const char **json,
	size_t *len, struct tenon_error *err)
{
	struct reading r = { .deserializer = d, .record = record };
	enum tenon_code code;

	CLIENT_TRY(begin_reading(&r, err));
	if (r.source->raw)
		CLIENT_TRY(add_length(&r, err));
	code = client_enter(d->client, read_json, &r, err);
	if (code != TENON_OK) {
		locate(&r, r.offset + r.read.offset, err);
		return code;
	}
	*json = d->text.data;
	*len = d->text.len;
	return TENON_OK;
}

enum tenon_code tenon_deserialize_jansson(struct tenon_deserializer *d, const struct tenon_record *record, struct json_t **out,
	struct tenon_error *err)
{
	json_error_t why;
	const char *json;
	json_t *value;
	size_t len;

	CLIENT_TRY(tenon_deserialize_json(d, record, &json, &len, err));
	value = json_loadb(json, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
	if (value == NULL)
		return client_fail(err, json_error_code(&why) == json_error_out_of_memory ? TENON_NOMEM : TENON_BAD_BYTES,
			"jansson does not take the JSON: %s", why.text);
	*out = value;
	return TENON_OK;
}

/* ---- Protobuf ---- */

enum tenon_code tenon_deserialize_protobuf(struct tenon_deserializer *d, const struct tenon_record *record, const char **message,
	const void **bytes, size_t *len, struct tenon_error *err)
{
	struct reading r = { .deserializer = d, .record = record };

	CLIENT_TRY(begin_reading(&r, err));
	if (r.type == NULL)
		return fail_type(&r, "PROTOBUF", err);
	r.json = r.type->full;
	CLIENT_TRY(keep_json(&r, err));
	*message = d->text.data;
	*bytes = r.value.data;
	*len = r.value.len;
	return TENON_OK;
}

struct tenon_schema *tenon_deserializer_schema(const struct tenon_deserializer *d)
{
	return d->last ? d->last->schema : NULL;
}
