/*
 * Reads orders as a newer schema has them, and puts what cannot be read into a dead-letter topic:
 *     consumer BROKER REGISTRY TOPIC COUNT
 *
 * Built with: cc consumer.c -o consumer $(pkg-config --cflags --libs tenon avro-c rdkafka)
 */
#include <avro.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tenon.h>

/* The producer's schema with a field more, one renamed and one less: old orders are read all the same. */
static const char SCHEMA[] = "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":["
	"{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"total\",\"aliases\":[\"amount\"],\"type\":\"double\"},"
	"{\"name\":\"currency\",\"type\":\"string\",\"default\":\"EUR\"}]}";

struct consumer {
	struct tenon_client *client;
	struct tenon_deserializer *deserializer;
	avro_value_t order;
	rd_kafka_t *kafka, *dead;
	const char *topic;
	long n_read, n_dead;
};

static rd_kafka_t *open_kafka(rd_kafka_type_t type, const char *broker)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[512] = "";
	rd_kafka_t *kafka;

	rd_kafka_conf_set(conf, "bootstrap.servers", broker, why, sizeof(why));
	if (type == RD_KAFKA_CONSUMER) {
		rd_kafka_conf_set(conf, "group.id", "orders-in-c", why, sizeof(why));
		rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", why, sizeof(why));
	}
	kafka = rd_kafka_new(type, conf, why, sizeof(why));
	if (kafka == NULL)
		fprintf(stderr, "%s\n", why);
	return kafka;
}

static int start(struct consumer *c, const char *broker, const char *registry)
{
	static const struct tenon_definition reader = { .type = TENON_AVRO, .text = SCHEMA };
	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_config config;

	tenon_config_init(&config, sizeof(config));
	config.urls = registry;
	if (tenon_client_create(&config, &c->client, &err) != TENON_OK
		|| tenon_deserializer_create(c->client, NULL, &reader, &c->deserializer, &err) != TENON_OK
		|| tenon_deserializer_avro_value(c->deserializer, &c->order, &err) != TENON_OK)
		fprintf(stderr, "%s: %s\n", tenon_code_name(err.code), err.message);
	c->kafka = open_kafka(RD_KAFKA_CONSUMER, broker);
	c->dead = open_kafka(RD_KAFKA_PRODUCER, broker);
	rd_kafka_topic_partition_list_add(topics, c->topic, RD_KAFKA_PARTITION_UA);
	if (c->kafka)
		rd_kafka_subscribe(c->kafka, topics);
	rd_kafka_topic_partition_list_destroy(topics);
	return err.code == TENON_OK && c->kafka && c->dead;
}

/* The record as it was, with what was wrong in its headers. */
static void bury(struct consumer *c, const rd_kafka_message_t *message, const struct tenon_error *err)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(TENON_DEAD_LETTER_HEADERS);
	struct tenon_dead_letter letter;
	char topic[256];

	tenon_dead_letter(err, &letter);
	for (size_t i = 0; i < letter.n_headers; i++)
		rd_kafka_header_add(headers, letter.headers[i].name, -1, letter.headers[i].value, -1);
	snprintf(topic, sizeof(topic), "%s-dead", c->topic);
	if (rd_kafka_producev(c->dead, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_KEY(message->key, message->key_len), RD_KAFKA_V_VALUE(message->payload, message->len),
		RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR)
		rd_kafka_headers_destroy(headers);
	rd_kafka_flush(c->dead, 10000);
	c->n_dead++;
}

/* 0 when it makes no sense to go on. */
static int consume(struct consumer *c, const rd_kafka_message_t *message)
{
	struct tenon_record record = { .data = message->payload, .len = message->len };
	struct tenon_error err = { .code = TENON_OK };
	rd_kafka_headers_t *headers;
	char *json;

	if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
		rd_kafka_header_get_last(headers, tenon_header_name(TENON_VALUE), &record.header, &record.header_len);
	while (tenon_deserialize_avro(c->deserializer, &record, &c->order, &err) != TENON_OK) {
		if (tenon_error_verdict(&err) == TENON_RETRY)
			continue; /* the client waits between its own retries */
		if (tenon_error_verdict(&err) == TENON_DEAD_LETTER)
			bury(c, message, &err);
		else
			fprintf(stderr, "%s: %s\n", tenon_code_name(err.code), err.message);
		return tenon_error_verdict(&err) == TENON_DEAD_LETTER;
	}
	c->n_read++;
	if (avro_value_to_json(&c->order, 1, &json) == 0) {
		printf("%s\n", json);
		free(json);
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct consumer c = { .topic = argc == 5 ? argv[3] : NULL };
	long count = argc == 5 ? strtol(argv[4], NULL, 10) : 0;
	int fine = c.topic && start(&c, argv[1], argv[2]);

	while (fine && c.n_read + c.n_dead < count) {
		rd_kafka_message_t *message = rd_kafka_consumer_poll(c.kafka, 1000);

		if (message && !message->err)
			fine = consume(&c, message);
		if (message)
			rd_kafka_message_destroy(message);
	}
	fprintf(stderr, "%ld read, %ld dead\n", c.n_read, c.n_dead);
	if (c.kafka)
		rd_kafka_consumer_close(c.kafka);
	if (c.kafka)
		rd_kafka_destroy(c.kafka);
	if (c.dead)
		rd_kafka_destroy(c.dead);
	if (c.order.iface)
		avro_value_decref(&c.order);
	tenon_deserializer_destroy(c.deserializer);
	tenon_client_destroy(c.client);
	return fine ? 0 : 1;
}
