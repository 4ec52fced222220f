/*
 * Produces orders as values of avro-c:  producer BROKER REGISTRY TOPIC COUNT
 *
 * Built with: cc producer.c -o producer $(pkg-config --cflags --libs tenon avro-c rdkafka)
 */
#include <avro.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <tenon.h>

static const char SCHEMA[] = "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":["
	"{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"customer\",\"type\":\"string\"},{\"name\":\"amount\",\"type\":\"double\"}]}";

struct producer {
	struct tenon_client *client;
	struct tenon_serializer *serializer;
	avro_value_t order;
	rd_kafka_t *kafka;
	long n_delivered;
	struct tenon_error err;
};

static void delivered(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
	struct producer *p = opaque;

	(void)kafka;
	if (message->err)
		fprintf(stderr, "not delivered: %s\n", rd_kafka_err2str(message->err));
	else
		p->n_delivered++;
}

static rd_kafka_t *open_kafka(const char *broker, void *opaque)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *kafka = NULL;
	char why[512];

	rd_kafka_conf_set_opaque(conf, opaque);
	rd_kafka_conf_set_dr_msg_cb(conf, delivered);
	if (rd_kafka_conf_set(conf, "bootstrap.servers", broker, why, sizeof(why)) == RD_KAFKA_CONF_OK)
		kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	if (kafka == NULL)
		fprintf(stderr, "%s\n", why);
	return kafka;
}

/* Everything that can be wrong is found here, and not at the thousandth order. */
static int start(struct producer *p, const char *broker, const char *registry, const char *topic)
{
	static const struct tenon_definition definition = { .type = TENON_AVRO, .text = SCHEMA };
	struct tenon_config config;

	tenon_config_init(&config, sizeof(config));
	config.urls = registry;
	p->kafka = open_kafka(broker, p);
	if (p->kafka == NULL)
		return 0;
	if (tenon_client_create(&config, &p->client, &p->err) == TENON_OK
		&& tenon_serializer_create(p->client, NULL, &definition, &p->serializer, &p->err) == TENON_OK
		&& tenon_serializer_avro_value(p->serializer, &p->order, &p->err) == TENON_OK
		&& tenon_may_publish(p->serializer, topic, NULL, &p->err) == TENON_OK)
		return 1;
	fprintf(stderr, "%s: %s\n", tenon_code_name(p->err.code), p->err.message);
	for (size_t i = 0; i < p->err.n_findings; i++)
		fprintf(stderr, "  %s\n", p->err.findings[i].text);
	return 0;
}

static void fill(avro_value_t *order, long id)
{
	avro_value_t field;
	char customer[32];

	snprintf(customer, sizeof(customer), "customer-%ld", id % 100);
	avro_value_get_by_index(order, 0, &field, NULL);
	avro_value_set_long(&field, id);
	avro_value_get_by_index(order, 1, &field, NULL);
	avro_value_set_string(&field, customer);
	avro_value_get_by_index(order, 2, &field, NULL);
	avro_value_set_double(&field, (double)id / 4);
}

static int produce(struct producer *p, const char *topic, long id)
{
	struct tenon_message message;
	rd_kafka_resp_err_t failed;

	fill(&p->order, id);
	if (tenon_serialize_avro(p->serializer, topic, &p->order, &message, &p->err) != TENON_OK) {
		fprintf(stderr, "order %ld: %s\n", id, p->err.message);
		return 0;
	}
	do {
		failed = rd_kafka_producev(p->kafka, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
			RD_KAFKA_V_KEY(&id, sizeof(id)), RD_KAFKA_V_VALUE((void *)message.data, message.len), RD_KAFKA_V_END);
		rd_kafka_poll(p->kafka, failed ? 100 : 0); /* when its queue is full, there is time for deliveries */
	} while (failed == RD_KAFKA_RESP_ERR__QUEUE_FULL);
	if (failed)
		fprintf(stderr, "order %ld: %s\n", id, rd_kafka_err2str(failed));
	return failed == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void stop(struct producer *p)
{
	if (p->order.iface)
		avro_value_decref(&p->order);
	tenon_serializer_destroy(p->serializer);
	tenon_client_destroy(p->client);
	tenon_error_clear(&p->err);
	if (p->kafka)
		rd_kafka_destroy(p->kafka);
}

int main(int argc, char **argv)
{
	struct producer p = { .n_delivered = 0 };
	long count = argc == 5 ? strtol(argv[4], NULL, 10) : -1;
	int fine;

	if (count < 0) {
		fprintf(stderr, "usage: producer BROKER REGISTRY TOPIC COUNT\n");
		return 2;
	}
	fine = start(&p, argv[1], argv[2], argv[3]);
	for (long id = 1; fine && id <= count; id++)
		fine = produce(&p, argv[3], id);
	if (p.kafka)
		rd_kafka_flush(p.kafka, 30000);
	printf("%ld of %ld delivered\n", p.n_delivered, count);
	fine = fine && p.n_delivered == count;
	stop(&p);
	return fine ? 0 : 1;
}
