/* TLS as the driver sets it up: TENON_URL wants nothing, TENON_MUTUAL_URL a client's certificate; TENON_CERTIFICATES is their folder. */
#include "tests/client/support.h"

static struct tenon_error err;
static char url[256], ca[4096], certificate[4096], key[4096];

static const char *file(char out[4096], const char *name)
{
	snprintf(out, 4096, "%s/%s", getenv("TENON_CERTIFICATES"), name);
	return out;
}

static struct tenon_config config_at(const char *variable, const char *path)
{
	struct tenon_config config = config_for("");

	snprintf(url, sizeof(url), "%s%s", getenv(variable), path);
	config.urls = url;
	config.ca_file = file(ca, "ca.pem");
	return config;
}

static void expect(const struct tenon_config *config, enum tenon_code want)
{
	struct tenon_client *client = client_with(config);
	struct tenon_schema *schema;

	EXPECT(want, tenon_get_by_id(client, NULL, 1, 0, &schema, &err), &err);
	if (want == TENON_OK)
		tenon_schema_unref(schema);
	else
		assert_int_equal(requests_of(client), 1); /* there is no use in asking again */
	tenon_client_destroy(client);
}

static void test_the_server_is_known(void **state)
{
	struct tenon_config config = config_at("TENON_URL", "/good");

	(void)state;
	expect(&config, TENON_OK);
	config.ca_file = NULL;
	expect(&config, TENON_REFUSED);
	config.ca_file = file(ca, "other.pem");
	expect(&config, TENON_REFUSED);
	config.insecure = 1;
	expect(&config, TENON_OK);
	config.insecure = 0;
	config.ca_file = file(ca, "missing.pem");
	expect(&config, TENON_INVALID);
}

static void test_the_name_counts(void **state)
{
	struct tenon_config config = config_at("TENON_URL", "");

	(void)state;
	snprintf(url, sizeof(url), "https://localhost%s/good", strrchr(getenv("TENON_URL"), ':'));
	expect(&config, TENON_REFUSED);
}

static void test_the_client_is_known(void **state)
{
	struct tenon_config config = config_at("TENON_MUTUAL_URL", "/good");

	(void)state;
	expect(&config, TENON_REFUSED);
	config.certificate_file = file(certificate, "client.pem");
	config.key_file = file(key, "client.key");
	expect(&config, TENON_OK);
	config.key_file = file(key, "locked.key");
	config.key_password = "secret";
	expect(&config, TENON_OK);
	config.key_password = "wrong";
	expect(&config, TENON_REFUSED);
	config.key_file = file(key, "server.key");
	expect(&config, TENON_REFUSED);
}

static void test_nobody_leads_out_of_tls(void **state)
{
	struct tenon_config config = config_at("TENON_URL", "");

	(void)state;
	snprintf(url, sizeof(url), "%s/away/%s", getenv("TENON_URL"), getenv("TENON_OTHER_PORT"));
	expect(&config, TENON_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_server_is_known),
		cmocka_unit_test(test_the_name_counts),
		cmocka_unit_test(test_the_client_is_known),
		cmocka_unit_test(test_nobody_leads_out_of_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
