/* Tests of what requests and answers are made of: escaped paths, findings out of messages. */
#include "client/answer.h"

#include "base/arena.h"
#include "tests/unit/base/check.h"

static struct tenon_client *client;

static int make(void **state)
{
	struct tenon_config config;

	(void)state;
	tenon_config_init(&config, sizeof(config));
	config.offline = 1;
	return tenon_client_create(&config, &client, NULL);
}

static int end(void **state)
{
	(void)state;
	tenon_client_destroy(client);
	return 0;
}

static enum tenon_code check_paths(struct call *call, void *arg)
{
	static const struct {
		const char *part;
		const char *escaped;
	} cases[] = {
		{ "orders-value", "orders-value" }, { "a.b_c~d", "a.b_c~d" }, { "a/b", "a%2Fb" }, { "a%2Fb", "a%252Fb" },
		{ ":.ctx:s", "%3A.ctx%3As" }, { "\xc3\xa4", "%C3%A4" }, { "..", "%2E%2E" }, { ".", "%2E" }, { "...", "..." },
		{ "a b+c&d=e?f#g", "a%20b%2Bc%26d%3De%3Ff%23g" }, { "\x01\x7f", "%01%7F" }, { "", "" },
	};
	struct client_path path = client_path_make(call, "/subjects");

	(void)arg;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = buf_make(call->arena, 0);

		client_escape(&b, str_of(cases[i].part));
		CHECK_STR(cases[i].part, buf_str(&b), str_of(cases[i].escaped));
	}
	client_path_part(&path, STR("a/b"));
	client_path_number(&path, 7);
	client_path_flag(&path, false, "never");
	client_path_flag(&path, true, "deleted");
	client_path_query(&path, "key", STR("x y"));
	assert_string_equal(client_path_text(&path), "/subjects/a%2Fb/7?deleted=true&key=x%20y");
	return TENON_OK;
}

static void test_paths(void **state)
{
	(void)state;
	assert_int_equal(client_enter(client, check_paths, NULL, NULL), TENON_OK);
}

static enum tenon_code check_findings(struct call *call, void *arg)
{
	static const struct {
		const char *messages;
		size_t n;
		struct tenon_finding first;
	} cases[] = {
		{ "[]", 0, { .text = NULL } },
		{ "7", 0, { .text = NULL } },
		{ "[1,{}]", 0, { .text = NULL } },
		{ "[\"{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') is wrong', additionalInfo:''}\","
			"\"{oldSchemaVersion: 1}\",\"{validateFields: 'false', compatibility: 'BACKWARD'}\"]", 1,
			{ "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') is wrong', additionalInfo:''}", "TYPE_MISMATCH",
				NULL } },
		{ "[\"{errorType:'X', description:'The field 'a' at path '/fields/1' in the new schema'\"]", 1,
			{ "{errorType:'X', description:'The field 'a' at path '/fields/1' in the new schema'", "X", "/fields/1" } },
		{ "[\"in words\",\"of their own\"]", 2, { "in words", NULL, NULL } },
		{ "[\"{errorType:'unended\"]", 1, { "{errorType:'unended", NULL, NULL } },
	};

	(void)arg;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { .arena = call->arena };
		const struct tenon_finding *want = &cases[i].first;
		const struct jsn *messages;

		assert_int_equal(jsn_parse(call->arena, str_of(cases[i].messages), 0, 10, &messages, &err), OK);
		client_fail(call->err, TENON_INCOMPATIBLE, "no");
		client_findings_read(call, messages);
		CHECK_INT(cases[i].messages, call->err->n_findings, cases[i].n);
		if (cases[i].n == 0)
			continue;
		CHECK_STR(cases[i].messages, str_of(call->err->findings[0].text), str_of(want->text));
		CHECK_STR(cases[i].messages, str_of(call->err->findings[0].type), str_of(want->type));
		CHECK_STR(cases[i].messages, str_of(call->err->findings[0].path), str_of(want->path));
	}
	return TENON_OK;
}

static void test_findings(void **state)
{
	(void)state;
	assert_int_equal(client_enter(client, check_findings, NULL, NULL), TENON_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_paths, make, end),
		cmocka_unit_test_setup_teardown(test_findings, make, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
