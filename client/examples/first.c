/* The smallest producer: one order, checked against the registry before it is sent. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <tenon.h>

static const char SCHEMA[] = "{\"type\":\"record\",\"name\":\"Order\",\"fields\":["
	"{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}]}";

int main(int argc, char **argv)
{
	struct tenon_definition order = { .type = TENON_AVRO, .text = SCHEMA };
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_config config;
	struct tenon_client *client = NULL;
	struct tenon_serializer *serializer = NULL;
	struct tenon_message message;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *kafka;
	char why[512];

	if (argc != 4 || rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof(why)) != RD_KAFKA_CONF_OK)
		return 2; /* first BROKER REGISTRY TOPIC */
	kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	tenon_config_init(&config, sizeof(config));
	config.urls = argv[2];
	if (tenon_client_create(&config, &client, &err) == TENON_OK
		&& tenon_serializer_create(client, NULL, &order, &serializer, &err) == TENON_OK
		&& tenon_may_publish(serializer, argv[3], NULL, &err) == TENON_OK
		&& tenon_serialize_json(serializer, argv[3], NULL, "{\"id\": 1}", 0, &message, &err) == TENON_OK)
		rd_kafka_producev(kafka, RD_KAFKA_V_TOPIC(argv[3]), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
			RD_KAFKA_V_VALUE((void *)message.data, message.len), RD_KAFKA_V_END);
	else
		fprintf(stderr, "%s: %s\n", tenon_code_name(err.code), err.message);
	rd_kafka_flush(kafka, 10000);
	tenon_serializer_destroy(serializer);
	tenon_client_destroy(client);
	rd_kafka_destroy(kafka);
	return err.code == TENON_OK ? 0 : 1;
}
