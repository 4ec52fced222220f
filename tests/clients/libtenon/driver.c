/*
 * libtenon as a program, for the suite beside it: one message written or read with the registry in TENON_URL.
 *
 *     driver write TYPE SCHEMA-FILE TOPIC FRAMING JSON [MESSAGE]   prints the message and its header in hex
 *     driver read HEX [HEADER-HEX [TYPE READER-FILE]]              prints the value as JSON
 *
 * With an "-avro" behind the verb the value goes through an avro_value_t of avro-c.  FRAMING: 0 to 3, as in tenon.h.
 */
#include <avro.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/include/tenon.h"

enum { LARGEST = 1 << 16 };

static struct tenon_client *client;
static struct tenon_error err;

static void must(bool fine)
{
	if (fine)
		return;
	fprintf(stderr, "%s: %s (byte %zu)\n", tenon_code_name(err.code), err.message, err.offset);
	exit(1);
}

static enum tenon_type type_of(const char *name)
{
	return strcmp(name, "AVRO") == 0 ? TENON_AVRO : strcmp(name, "JSON") == 0 ? TENON_JSON : TENON_PROTOBUF;
}

static struct tenon_definition definition_of(const char *type, const char *path)
{
	static char text[LARGEST];
	FILE *file = fopen(path, "rb");
	struct tenon_definition definition = { .type = type_of(type), .text = text };

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	definition.text_len = fread(text, 1, sizeof(text), file);
	fclose(file);
	return definition;
}

static void print_hex(const void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		printf("%02x", ((const unsigned char *)data)[i]);
}

static size_t read_hex(const char *text, unsigned char *out)
{
	size_t n = 0;

	for (; *text && n < LARGEST; text += 2) {
		unsigned byte;

		if (sscanf(text, "%2x", &byte) != 1)
			exit(2);
		out[n++] = (unsigned char)byte;
	}
	return n;
}

/* The JSON's message once more, out of a value of avro-c. */
static void write_value(struct tenon_serializer *serializer, const struct tenon_definition *definition, const char *topic,
	const struct tenon_message *first, struct tenon_message *out)
{
	struct tenon_record record = { first->data, first->len, first->header, first->header_len };
	struct tenon_deserializer *deserializer;
	avro_value_t value;

	must(tenon_deserializer_create(client, NULL, definition, &deserializer, &err) == TENON_OK);
	must(tenon_deserializer_avro_value(deserializer, &value, &err) == TENON_OK);
	must(tenon_deserialize_avro(deserializer, &record, &value, &err) == TENON_OK);
	must(tenon_serialize_avro(serializer, topic, &value, out, &err) == TENON_OK);
	avro_value_decref(&value);
	tenon_deserializer_destroy(deserializer);
}

static void write_message(int argc, char **argv, bool as_value)
{
	struct tenon_definition definition = definition_of(argv[2], argv[3]);
	struct tenon_serde_config config;
	struct tenon_serializer *serializer;
	struct tenon_message message;

	tenon_serde_config_init(&config, sizeof(config));
	config.framing = (enum tenon_framing)atol(argv[5]);
	must(tenon_serializer_create(client, &config, &definition, &serializer, &err) == TENON_OK);
	must(tenon_serialize_json(serializer, argv[4], argc > 7 ? argv[7] : NULL, argv[6], 0, &message, &err) == TENON_OK);
	if (as_value)
		write_value(serializer, &definition, argv[4], &message, &message);
	print_hex(message.data, message.len);
	printf(" ");
	print_hex(message.header, message.header_len);
	printf("\n");
	tenon_serializer_destroy(serializer);
}

static void read_message(int argc, char **argv, bool as_value)
{
	static unsigned char data[LARGEST], header[LARGEST];
	struct tenon_record record = { .data = data, .len = read_hex(argv[2], data) };
	struct tenon_definition reader;
	struct tenon_deserializer *deserializer;
	const char *json;
	size_t len;

	if (argc > 3 && *argv[3]) {
		record.header = header;
		record.header_len = read_hex(argv[3], header);
	}
	if (argc > 5)
		reader = definition_of(argv[4], argv[5]);
	must(tenon_deserializer_create(client, NULL, argc > 5 ? &reader : NULL, &deserializer, &err) == TENON_OK);
	if (as_value) {
		avro_value_t value;
		char *text;

		must(tenon_deserializer_avro_value(deserializer, &value, &err) == TENON_OK);
		must(tenon_deserialize_avro(deserializer, &record, &value, &err) == TENON_OK);
		if (avro_value_to_json(&value, 1, &text) != 0)
			exit(2);
		printf("%s\n", text);
		free(text);
		avro_value_decref(&value);
	} else {
		must(tenon_deserialize_json(deserializer, &record, &json, &len, &err) == TENON_OK);
		printf("%s\n", json);
	}
	tenon_deserializer_destroy(deserializer);
}

int main(int argc, char **argv)
{
	struct tenon_config config;
	bool as_value = argc > 1 && strstr(argv[1], "-avro") != NULL;

	if (argc < 3)
		return 2;
	tenon_config_init(&config, sizeof(config));
	config.urls = getenv("TENON_URL");
	must(tenon_client_create(&config, &client, &err) == TENON_OK);
	if (strncmp(argv[1], "write", 5) == 0 && argc > 6)
		write_message(argc, argv, as_value);
	else if (strncmp(argv[1], "read", 4) == 0)
		read_message(argc, argv, as_value);
	else
		return 2;
	tenon_client_destroy(client);
	return 0;
}
