/* Serializers: made, and values written as messages. */
#include "client/serializer_int.h"

#include <errno.h>
#include <jansson.h>

#include "base/arena.h"
#include "compat/event.h"
#include "compat/protobuf/decode.h"
#include "compat/protobuf/event.h"

/* ---- made and ended ---- */

struct making {
	struct tenon_serializer *serializer;
	const struct tenon_serde_config *config;
	const struct tenon_definition *definition;
	struct arena *arena;
};

static enum tenon_code copy_settings(struct call *call, void *arg)
{
	struct making *m = arg;

	return client_serde_config_copy(call, m->config, &m->arena, &m->serializer->config);
}

/* The definition is the local schema's: its texts live as long. */
static void take_definition(struct tenon_serializer *s, const struct tenon_definition *definition)
{
	size_t n;

	s->definition = *definition;
	s->definition.text = tenon_schema_text(s->local, &s->definition.text_len);
	s->definition.references = tenon_schema_references(s->local, &n);
	s->definition.n_references = n;
	s->definition.metadata = tenon_schema_metadata(s->local);
	s->definition.rule_set = tenon_schema_rule_set(s->local);
}

static enum tenon_code set_up(struct making *m, struct tenon_error *err)
{
	struct tenon_serializer *s = m->serializer;

	CLIENT_TRY(client_enter(s->client, copy_settings, m, err));
	s->arena = m->arena;
	if (m->definition) {
		CLIENT_TRY(client_schema_local(s->client, s->config.context, m->definition, &s->local, err));
		take_definition(s, m->definition);
	} else if (s->config.use != TENON_USE_LATEST && s->config.use != TENON_USE_METADATA) {
		return client_fail(err, TENON_INVALID, "a serializer that registers or looks up needs a definition");
	}
	s->writer = avro_writer_memory("", 0);
	return s->writer ? TENON_OK : client_no_memory(err);
}

enum tenon_code tenon_serializer_create(struct tenon_client *client, const struct tenon_serde_config *config,
	const struct tenon_definition *definition, struct tenon_serializer **out, struct tenon_error *err)
{
	struct tenon_serializer *s = client_resize(client, NULL, sizeof(*s));
	struct making m = { .serializer = s, .config = config, .definition = definition };
	enum tenon_code code;

	if (s == NULL)
		return client_no_memory(err);
	*s = (struct tenon_serializer){ .client = client };
	code = set_up(&m, err);
	if (code == TENON_OK)
		*out = s;
	else
		tenon_serializer_destroy(s);
	return code;
}

void tenon_serializer_destroy(struct tenon_serializer *s)
{
	if (s == NULL)
		return;
	client_targets_free(s);
	if (s->class)
		avro_value_iface_decref(s->class);
	if (s->local_avro)
		avro_schema_decref(s->local_avro);
	if (s->writer)
		avro_writer_free(s->writer);
	tenon_schema_unref(s->local);
	client_release(s->client, s->out.data);
	client_release(s->client, s->header.data);
	client_release(s->client, s->scratch.data);
	arena_destroy(s->arena);
	client_release(s->client, s);
}

enum tenon_code tenon_serializer_subject(struct tenon_serializer *s, const char *topic, char **out, struct tenon_error *err)
{
	char *subject, *copy;
	size_t size;

	CLIENT_TRY(client_target_subject(s, topic, STR_NONE, &subject, err));
	size = strlen(subject) + 1;
	copy = client_hand_out(s->client, size);
	if (copy)
		memcpy(copy, subject, size);
	client_release(s->client, subject);
	if (copy == NULL)
		return client_no_memory(err);
	*out = copy;
	return TENON_OK;
}

enum tenon_code tenon_serializer_avro_value(struct tenon_serializer *s, struct avro_value *out, struct tenon_error *err)
{
	const struct schema *parsed;

	if (s->local == NULL || tenon_schema_type(s->local) != TENON_AVRO)
		return client_fail(err, TENON_INVALID, "the serializer has no definition of type Avro");
	if (s->local_avro == NULL) {
		CLIENT_TRY(client_schema_parsed(s->local, &parsed, err));
		CLIENT_TRY(client_avro_schema(s->client, parsed, &s->local_avro, err));
	}
	if (s->class == NULL)
		s->class = avro_generic_class_from_schema(s->local_avro);
	if (s->class == NULL || avro_generic_value_new(s->class, out) != 0)
		return client_fail(err, TENON_NOMEM, "avro-c makes no value: %s", avro_strerror());
	return TENON_OK;
}

/* ---- messages ---- */

/* The frame and, for Protobuf, the message indexes: before the value, or into the header. */
static enum tenon_code begin_message(struct tenon_serializer *s, const struct client_target *t, struct tenon_error *err)
{
	bool in_header = s->config.framing == TENON_FRAME_HEADER_GUID || s->config.framing == TENON_FRAME_HEADER_ID;
	struct client_bytes *to = in_header ? &s->header : &s->out;

	s->out.len = s->header.len = 0;
	if (!client_bytes_reserve(s->client, to, t->frame_len + t->indexes.len))
		return client_no_memory(err);
	memcpy(to->data, t->frame, t->frame_len);
	if (t->indexes.len > 0)
		memcpy(to->data + t->frame_len, t->indexes.data, t->indexes.len);
	to->len = t->frame_len + t->indexes.len;
	return TENON_OK;
}

static void end_message(const struct tenon_serializer *s, const struct client_target *t, struct tenon_message *out)
{
	*out = (struct tenon_message){ .data = s->out.data ? s->out.data : "", .len = s->out.len, .schema = t->schema };
	if (s->header.len > 0) {
		out->header_name = tenon_header_name(s->config.part);
		out->header = s->header.data;
		out->header_len = s->header.len;
	}
}

static enum tenon_code add_value(struct tenon_serializer *s, const void *data, size_t len, struct tenon_error *err)
{
	if (!client_bytes_reserve(s->client, &s->out, len))
		return client_no_memory(err);
	if (len > 0)
		memcpy(s->out.data + s->out.len, data, len);
	s->out.len += len;
	return TENON_OK;
}

static enum tenon_code expect_type(const struct client_target *t, enum schema_type type, struct tenon_error *err)
{
	if (t->parsed->type == type)
		return TENON_OK;
	return client_fail(err, TENON_INVALID, "%s is of type %.*s", t->subject, STR_ARG(schema_type_name(t->parsed->type)));
}

/* ---- Avro ---- */

static enum tenon_code check_value(struct tenon_serializer *s, struct client_target *t, avro_value_t *value,
	struct tenon_error *err)
{
	avro_schema_t theirs = avro_value_get_schema(value);

	if (theirs && theirs == t->known)
		return TENON_OK;
	CLIENT_TRY(expect_type(t, SCHEMA_AVRO, err));
	if (t->avro == NULL)
		CLIENT_TRY(client_avro_schema(s->client, t->parsed, &t->avro, err));
	if (client_avro_fits(t->avro, theirs, &t->known))
		return TENON_OK;
	return client_fail(err, TENON_INVALID, "the value is of another schema than version %d of %s",
		tenon_schema_version(t->schema), t->subject);
}

static enum tenon_code add_raw(struct tenon_serializer *s, avro_value_t *value, struct tenon_error *err)
{
	const void *data;
	size_t len;

	if (avro_value_get_bytes(value, &data, &len) != 0)
		return client_fail(err, TENON_INVALID, "avro-c does not give the bytes: %s", avro_strerror());
	return add_value(s, data, len, err);
}

/* Into the room that there is, and again into more when it was too little. */
static enum tenon_code add_avro(struct tenon_serializer *s, avro_value_t *value, struct tenon_error *err)
{
	int rc;

	if (!client_bytes_reserve(s->client, &s->out, 64))
		return client_no_memory(err);
	for (;;) {
		avro_writer_memory_set_dest(s->writer, s->out.data + s->out.len, (int64_t)(s->out.room - s->out.len));
		rc = avro_value_write(s->writer, value);
		if (rc != ENOSPC)
			break;
		if (!client_bytes_reserve(s->client, &s->out, s->out.room))
			return client_no_memory(err);
	}
	if (rc != 0)
		return client_fail(err, TENON_INVALID, "avro-c does not write the value: %s", avro_strerror());
	s->out.len += (size_t)avro_writer_tell(s->writer);
	return TENON_OK;
}

/* The name that avro-c knows the value's type by; for naming subjects only. */
static struct str value_name(const struct tenon_serializer *s, avro_value_t *value, char *room, size_t size)
{
	avro_schema_t schema = avro_value_get_schema(value);
	const char *space;

	if (s->local || s->config.naming == TENON_NAMING_TOPIC || schema == NULL || !is_avro_schema(schema) ||
		(!is_avro_record(schema) && !is_avro_enum(schema) && !is_avro_fixed(schema)))
		return STR_NONE;
	space = avro_schema_namespace(schema);
	snprintf(room, size, "%s%s%s", space ? space : "", space && *space ? "." : "", avro_schema_name(schema));
	return str_of(room);
}

enum tenon_code tenon_serialize_avro(struct tenon_serializer *s, const char *topic, struct avro_value *value,
	struct tenon_message *out, struct tenon_error *err)
{
	struct client_target *t;
	char room[256];

	CLIENT_TRY(client_target_get(s, topic, value_name(s, value, room, sizeof(room)), &t, err));
	CLIENT_TRY(check_value(s, t, value, err));
	CLIENT_TRY(begin_message(s, t, err));
	if (t->raw)
		CLIENT_TRY(add_raw(s, value, err));
	else
		CLIENT_TRY(add_avro(s, value, err));
	end_message(s, t, out);
	return TENON_OK;
}

/* ---- Protobuf ---- */

static bool is_same_name(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* The message's type and indexes, kept until another one is written. */
static enum tenon_code choose_message(struct tenon_serializer *s, struct client_target *t, const char *message,
	struct tenon_error *err)
{
	const struct pbuf_type *type;
	char *copy = NULL;

	if (t->type && is_same_name(t->message, message))
		return TENON_OK;
	type = message ? pbuf_message_find(pbuf_of(t->parsed), str_of(message)) : pbuf_first_message(pbuf_of(t->parsed));
	if (type == NULL || type->file != pbuf_of(t->parsed)->file)
		return client_fail(err, TENON_INVALID, "%s has no message %s", t->subject, message ? message : "at all");
	if (message) {
		copy = client_resize(s->client, NULL, strlen(message) + 1);
		if (copy == NULL)
			return client_no_memory(err);
		memcpy(copy, message, strlen(message) + 1);
	}
	client_release(s->client, t->message);
	t->message = copy;
	t->type = NULL;
	t->indexes.len = 0;
	if (!client_indexes_write(s->client, type, &t->indexes))
		return client_no_memory(err);
	t->type = type;
	return TENON_OK;
}

enum tenon_code tenon_serialize_protobuf(struct tenon_serializer *s, const char *topic, const char *message, const void *bytes,
	size_t len, struct tenon_message *out, struct tenon_error *err)
{
	struct client_target *t;

	CLIENT_TRY(client_target_get(s, topic, str_of(message), &t, err));
	CLIENT_TRY(expect_type(t, SCHEMA_PROTOBUF, err));
	CLIENT_TRY(choose_message(s, t, message, err));
	CLIENT_TRY(begin_message(s, t, err));
	CLIENT_TRY(add_value(s, bytes, len, err));
	end_message(s, t, out);
	return TENON_OK;
}

/* ---- JSON text ---- */

struct writing {
	struct tenon_serializer *serializer;
	const struct client_target *target;
	struct str message;
	struct str json;
};

/* The bytes of a schema "bytes" without the length that the encoding puts before them. */
static struct str without_length(struct str bytes)
{
	size_t n = 0;

	while (n < bytes.len && (uint8_t)bytes.data[n] >= 0x80)
		n++;
	return str_sub(bytes, n + 1, bytes.len);
}

static enum tenon_code write_json(struct call *call, void *arg)
{
	struct writing *w = arg;
	const struct client_target *t = w->target;
	const struct event_target target = { .schema = t->parsed, .message = w->message };
	struct err err = { .arena = call->arena };
	struct str bytes;

	if (schema_event_write(call->arena, &target, w->json, &bytes, &err) != OK)
		return client_fail_schema(call->err, &err);
	if (t->raw)
		bytes = without_length(bytes);
	return add_value(w->serializer, bytes.data, bytes.len, call->err);
}

enum tenon_code tenon_serialize_json(struct tenon_serializer *s, const char *topic, const char *message, const char *json,
	size_t len, struct tenon_message *out, struct tenon_error *err)
{
	struct client_target *t;
	struct writing w = { .serializer = s, .json = str_make(json, len > 0 ? len : strlen(json)) };

	CLIENT_TRY(client_target_get(s, topic, str_of(message), &t, err));
	if (t->parsed->type == SCHEMA_PROTOBUF) {
		CLIENT_TRY(choose_message(s, t, message, err));
		w.message = t->type->full;
	}
	w.target = t;
	CLIENT_TRY(begin_message(s, t, err));
	CLIENT_TRY(client_enter(s->client, write_json, &w, err));
	end_message(s, t, out);
	return TENON_OK;
}

enum tenon_code tenon_serialize_jansson(struct tenon_serializer *s, const char *topic, const struct json_t *value,
	struct tenon_message *out, struct tenon_error *err)
{
	const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
	size_t len = json_dumpb(value, NULL, 0, flags);

	s->scratch.len = 0;
	if (len == 0)
		return client_fail(err, TENON_INVALID, "jansson does not write the value: it is no JSON, or there is no memory");
	if (!client_bytes_reserve(s->client, &s->scratch, len))
		return client_no_memory(err);
	if (json_dumpb(value, s->scratch.data, len, flags) != len)
		return client_fail(err, TENON_INVALID, "jansson does not write the value twice alike");
	return tenon_serialize_json(s, topic, NULL, s->scratch.data, len, out, err);
}
