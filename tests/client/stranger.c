/* A program of somebody who has nothing but the installed library: C99 and C++11, with names that the library uses inside. */
#include <stdio.h>
#include <tenon.h>

/* Not the library's: a static one must not bring its own into our way. */
int arena_create(int x);
int arena_create(int x)
{
	return x + 1;
}

int main(int argc, char **argv)
{
	struct tenon_definition definition = { TENON_AVRO, "\"string\"", 0, NULL, 0, NULL, NULL, { NULL, NULL, NULL, NULL } };
	struct tenon_schema *schema, *found;
	struct tenon_config config;
	struct tenon_client *client;
	struct tenon_error err;

	if (argc != 2 || arena_create(1) != 2)
		return 2;
	tenon_config_init(&config, sizeof(config));
	config.urls = argv[1];
	err.findings = NULL;
	tenon_error_clear(&err);
	if (tenon_client_create(&config, &client, &err) != TENON_OK || tenon_register(client, "stranger", &definition, 0, &schema, &err) != TENON_OK ||
		tenon_get_by_id(client, NULL, tenon_schema_id(schema), TENON_FRESH, &found, &err) != TENON_OK) {
		fprintf(stderr, "%s: %s\n", tenon_code_name(err.code), err.message);
		return 1;
	}
	printf("%s %d %s\n", tenon_version(), (int)tenon_schema_id(found), tenon_schema_text(found, NULL));
	tenon_schema_unref(found);
	tenon_schema_unref(schema);
	tenon_client_destroy(client);
	return 0;
}
