/* A `_schemas` topic: read from its beginning to where it ended when reading began, and written. */
#include <librdkafka/rdkafka.h>

#include "base/arena.h"
#include "client/cli/places.h"

enum { WAIT_MS = 15000, POLL_MS = 500, FLUSH_MS = 60000, WHY = 512 };

struct topic {
	struct str url;
	struct str brokers;
	struct str name;
	rd_kafka_t *client;
	struct arena *arena;
	size_t n;            /* records handed over */
	size_t n_failed;     /* of these, not taken by the broker */
	rd_kafka_resp_err_t last;
	struct str reason;   /* what librdkafka said last about a connection, or absent */
};

static enum err_code fail(const struct topic *topic, const char *what, const char *why, struct err *err)
{
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s: %s", STR_ARG(topic->url), what, why));
}

static enum err_code read_url(struct topic *topic, struct err *err)
{
	struct str rest = str_sub(topic->url, sizeof("kafka://") - 1, topic->url.len);
	ptrdiff_t slash = str_index(rest, '/');

	if (slash <= 0 || (size_t)slash + 1 == rest.len)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: expected kafka://broker:port/topic", STR_ARG(topic->url)));
	topic->brokers = str_dup(topic->arena, str_sub(rest, 0, (size_t)slash));
	topic->name = str_dup(topic->arena, str_sub(rest, (size_t)slash + 1, rest.len));
	return OK;
}

/* librdkafka says on stderr what errors say here once. */
static void no_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	(void)client;
	(void)level;
	(void)facility;
	(void)text;
}

/* Why there is no connection: refused, no such host, a certificate, a password. */
static void on_error(rd_kafka_t *client, int code, const char *reason, void *cls)
{
	struct topic *topic = cls;

	(void)client;
	if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
		topic->reason = str_dup(topic->arena, str_of(reason));
}

static enum err_code configure(struct topic *topic, rd_kafka_conf_t *conf, const char *const *settings, struct err *err)
{
	char why[WHY];

	if (rd_kafka_conf_set(conf, "bootstrap.servers", topic->brokers.data, why, sizeof(why)) != RD_KAFKA_CONF_OK)
		return fail(topic, "bootstrap.servers", why, err);
	for (; settings && *settings; settings++) {
		struct str setting = str_of(*settings);
		ptrdiff_t equals = str_index(setting, '=');
		struct str name = str_dup(topic->arena, str_sub(setting, 0, equals > 0 ? (size_t)equals : 0));

		if (equals <= 0)
			return fail(topic, *settings, "expected --kafka name=value", err);
		if (rd_kafka_conf_set(conf, name.data, *settings + equals + 1, why, sizeof(why)) != RD_KAFKA_CONF_OK)
			return fail(topic, *settings, why, err);
	}
	return OK;
}

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *cls)
{
	struct topic *topic = cls;

	(void)client;
	if (message->err) {
		topic->n_failed++;
		topic->last = message->err;
	}
}

static void close_client(void *arg)
{
	rd_kafka_destroy(arg);
}

static enum err_code open_topic(struct topic *topic, rd_kafka_type_t type, const char *const *settings, struct err *err)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[WHY];
	enum err_code code;

	code = configure(topic, conf, settings, err);
	if (code != OK) {
		rd_kafka_conf_destroy(conf);
		return code;
	}
	rd_kafka_conf_set_log_cb(conf, no_log);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_opaque(conf, topic);
	if (type == RD_KAFKA_PRODUCER) {
		rd_kafka_conf_set_dr_msg_cb(conf, delivered);
		rd_kafka_conf_set(conf, "enable.idempotence", "true", why, sizeof(why));
	} else {
		rd_kafka_conf_set(conf, "group.id", "tenon-import", why, sizeof(why)); /* never joined, nothing is committed */
		rd_kafka_conf_set(conf, "enable.auto.commit", "false", why, sizeof(why));
		rd_kafka_conf_set(conf, "enable.partition.eof", "true", why, sizeof(why));
	}
	topic->client = rd_kafka_new(type, conf, why, sizeof(why));
	if (!topic->client) {
		rd_kafka_conf_destroy(conf);
		return fail(topic, "librdkafka does not start", why, err);
	}
	arena_defer(topic->arena, close_client, topic->client);
	return OK;
}

/* A registry's topic has one partition, or its records would have no order (contract 7.1). */
static enum err_code check_topic(struct topic *topic, struct err *err)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_topic_t *handle = rd_kafka_topic_new(topic->client, topic->name.data, NULL);
	rd_kafka_resp_err_t code = rd_kafka_metadata(topic->client, 0, handle, &metadata, WAIT_MS);
	int n_partitions = 0;

	rd_kafka_topic_destroy(handle);
	rd_kafka_poll(topic->client, 0); /* calls on_error */
	if (code)
		return fail(topic, "the broker does not answer", str_present(topic->reason) ? topic->reason.data :
			rd_kafka_err2str(code), err);
	code = metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
	if (!code)
		n_partitions = metadata->topics[0].partition_cnt;
	rd_kafka_metadata_destroy(metadata);
	if (code)
		return fail(topic, "the topic cannot be used", rd_kafka_err2str(code), err);
	if (n_partitions != 1)
		return fail(topic, "a registry's topic has one partition; this one has",
			arena_printf(topic->arena, "%d", n_partitions), err);
	return OK;
}

/* ---- reading ---- */

static struct str copy(struct arena *arena, const void *data, size_t len)
{
	return data ? str_dup(arena, str_make(data, len)) : STR_NONE;
}

static void take(struct record_reader *reader, const rd_kafka_message_t *message)
{
	struct arena *arena = reader->snapshot->arena;
	rd_kafka_timestamp_type_t type;
	int64_t ts = rd_kafka_message_timestamp(message, &type);

	record_reader_take(reader, copy(arena, message->key, message->key_len), copy(arena, message->payload, message->len),
		ts > 0 ? ts : 0, str_printf(arena, "offset %lld", (long long)message->offset));
}

/* Up to `end`; compaction and transactions leave gaps, so the end is told by the partition's end as well. */
static enum err_code read_to(struct topic *topic, struct record_reader *reader, int64_t end, struct err *err)
{
	for (int64_t next = 0, silent = 0; next < end;) {
		rd_kafka_message_t *message = rd_kafka_consumer_poll(topic->client, POLL_MS);
		rd_kafka_resp_err_t code;

		silent = message ? 0 : silent + POLL_MS;
		if (silent > WAIT_MS)
			return fail(topic, "reading", "the broker sends nothing more before the end of the topic", err);
		if (!message)
			continue;
		code = message->err;
		next = message->offset + 1;
		if (!code && message->offset < end)
			take(reader, message);
		rd_kafka_message_destroy(message);
		if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF)
			return OK;
		if (code)
			return fail(topic, "reading", rd_kafka_err2str(code), err);
	}
	return OK;
}

enum err_code snapshot_from_topic(struct str url, const char *const *settings, struct snapshot *out, struct err *err)
{
	struct topic *topic = arena_new(out->arena, struct topic); /* the client knows it until the arena goes */
	struct record_reader reader = record_reader_make(out, url);
	rd_kafka_topic_partition_list_t *partitions;
	rd_kafka_resp_err_t code;
	int64_t start, end;

	*topic = (struct topic){ .url = url, .arena = out->arena };
	TRY(read_url(topic, err));
	TRY(open_topic(topic, RD_KAFKA_CONSUMER, settings, err));
	TRY(check_topic(topic, err));
	rd_kafka_poll_set_consumer(topic->client);
	code = rd_kafka_query_watermark_offsets(topic->client, topic->name.data, 0, &start, &end, WAIT_MS);
	if (code)
		return fail(topic, "its end cannot be asked for", rd_kafka_err2str(code), err);
	partitions = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(partitions, topic->name.data, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
	code = rd_kafka_assign(topic->client, partitions);
	rd_kafka_topic_partition_list_destroy(partitions);
	if (code)
		return fail(topic, "reading", rd_kafka_err2str(code), err);
	if (end > start)
		TRY(read_to(topic, &reader, end, err));
	rd_kafka_consumer_close(topic->client);
	return record_reader_end(&reader, err);
}

/* ---- writing ---- */

static enum err_code write_record(void *cls, struct str key, struct str value, int64_t ts, struct err *err)
{
	struct topic *topic = cls;
	void *name = arena_strndup(topic->arena, key.data, key.len); /* librdkafka wants both without const */
	void *payload = arena_strndup(topic->arena, value.data, value.len);
	rd_kafka_resp_err_t code;

	do {
		code = rd_kafka_producev(topic->client, RD_KAFKA_V_TOPIC(topic->name.data), RD_KAFKA_V_PARTITION(0),
			RD_KAFKA_V_KEY(name, key.len), RD_KAFKA_V_VALUE(payload, value.len),
			RD_KAFKA_V_TIMESTAMP(ts), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
		rd_kafka_poll(topic->client, code == RD_KAFKA_RESP_ERR__QUEUE_FULL ? POLL_MS : 0);
	} while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL);
	topic->n++;
	return code ? fail(topic, "writing", rd_kafka_err2str(code), err) : OK;
}

enum err_code snapshot_to_topic(struct snapshot *snapshot, struct str url, const char *const *settings, size_t *n_out,
	struct err *err)
{
	struct topic topic = { .url = url, .arena = arena_create(0) };
	enum err_code code = read_url(&topic, err);

	if (code == OK)
		code = open_topic(&topic, RD_KAFKA_PRODUCER, settings, err);
	if (code == OK)
		code = check_topic(&topic, err);
	if (code == OK)
		code = records_write(snapshot, write_record, &topic, err);
	if (code == OK && (rd_kafka_flush(topic.client, FLUSH_MS) != RD_KAFKA_RESP_ERR_NO_ERROR || topic.n_failed > 0))
		code = fail(&topic, arena_printf(topic.arena, "%zu of %zu records were not written", topic.n_failed, topic.n),
			rd_kafka_err2str(topic.last), err);
	*n_out = topic.n;
	arena_destroy(topic.arena);
	return code;
}
