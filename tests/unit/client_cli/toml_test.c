/* Tests of the TOML reader by tables: what is taken, as JSON, and what is refused where and with which words. */
#include "client/cli/toml.h"

#include <stdio.h>

#include "base/arena.h"
#include "tests/unit/base/check.h"

/* Most of these are the examples of the specification. */
static const struct {
	const char *text;
	const char *json;
} taken[] = {
	{ "", "{}" },
	{ "# only a comment", "{}" },
	{ "a = 1 # one\r\nb = 'x'\n", "{\"a\":1,\"b\":\"x\"}" },
	{ "\"quoted key\" = true\n'l' = false\n1234 = \"n\"", "{\"quoted key\":true,\"l\":false,\"1234\":\"n\"}" },
	{ "physical.color = 'orange'\nphysical . \"shape\" = 'round'", "{\"physical\":{\"color\":\"orange\",\"shape\":\"round\"}}" },
	{ "s = \"a\\tb \\\"q\\\" \\u00e4 \\U0001F600 \\\\\"", "{\"s\":\"a\\tb \\\"q\\\" \xc3\xa4 \xf0\x9f\x98\x80 \\\\\"}" },
	{ "s = \"\"\"\nRoses\nViolets\"\"\"", "{\"s\":\"Roses\\nViolets\"}" },
	{ "s = \"\"\"\\\n   The quick \\\n\n   fox\"\"\"", "{\"s\":\"The quick fox\"}" },
	{ "s = \"\"\"Two \"\" and three: \"\"\"\"\"", "{\"s\":\"Two \\\"\\\" and three: \\\"\\\"\"}" },
	{ "s = 'C:\\Users\\n'\nm = '''\nthat's\n'''", "{\"s\":\"C:\\\\Users\\\\n\",\"m\":\"that's\\n\"}" },
	{ "n = [+99, 1_000, 0xdead_beef, 0o755, 0b1101, 6.626e-34, -0.0, inf, +nan, 5e+22]",
		"{\"n\":[+99,1000,0xdeadbeef,0o755,0b1101,6.626e-34,-0.0,inf,+nan,5e+22]}" },
	{ "d = 2027-01-31", "{\"d\":\"2027-01-31\"}" },
	{ "d = 1979-05-27 07:32:00Z # with a blank", "{\"d\":\"1979-05-27 07:32:00Z\"}" },
	{ "d = [1979-05-27T00:32:00.999999-07:00, 2024-02-29, 07:32:00]",
		"{\"d\":[\"1979-05-27T00:32:00.999999-07:00\",\"2024-02-29\",\"07:32:00\"]}" },
	{ "a = [ [1, 2], ['x'], # mixed\n  {b = 1, c.d = 2}, ]", "{\"a\":[[1,2],[\"x\"],{\"b\":1,\"c\":{\"d\":2}}]}" },
	{ "[a.b.c]\nx = 1\n[a]\ny = 2\n[ d . 'e' ]", "{\"a\":{\"b\":{\"c\":{\"x\":1}},\"y\":2},\"d\":{\"e\":{}}}" },
	{ "[[p]]\nname = 'H'\n[[p]]\n[[p]]\nname = 'N'\n[p.q]\nr = 1\n[[p.s]]", "{\"p\":[{\"name\":\"H\"},{},{\"name\":\"N\",\"q\":{\"r\":1},\"s\":[{}]}]}" },
	{ "[fruit]\napple.color = 'red'\napple.taste.sweet = true\n[fruit.pear]", "{\"fruit\":{\"apple\":{\"color\":\"red\",\"taste\":{\"sweet\":true}},\"pear\":{}}}" },
	{ "\xef\xbb\xbf" "a = {}", "{\"a\":{}}" },
};

static const struct {
	const char *text;
	unsigned line, column;
	const char *message;
} refused[] = {
	{ "a", 1, 2, "expected \"=\" behind the key" },
	{ "a = ", 1, 5, "expected a value" },
	{ "\n a = 1 b = 2", 2, 8, "expected the end of the line" },
	{ "a = 1\na = 2", 2, 3, "there twice" },
	{ "a = 1\na.b = 2", 2, 3, "already something else" },
	{ "= 1", 1, 1, "expected a key" },
	{ "\"\"\"a\"\"\" = 1", 1, 1, "a key is on one line" },
	{ "a = \"x", 1, 7, "does not end" },
	{ "a = 'x\n'", 1, 7, "does not end" },
	{ "a = \"\\x\"", 1, 8, "no such escape" },
	{ "a = \"\\ud800\"", 1, 12, "no character" },
	{ "a = \"\\u12\"", 1, 10, "hexadecimal" },
	{ "a = \"\x01\"", 1, 6, "control character" },
	{ "# \x01", 1, 3, "control character" },
	{ "a = \"\"\"x", 1, 9, "does not end" },
	{ "a = 01", 1, 5, "expected a value" },
	{ "a = 1__0", 1, 5, "expected a value" },
	{ "a = 1.", 1, 5, "expected a value" },
	{ "a = .5", 1, 5, "expected a value" },
	{ "a = 0xg", 1, 5, "expected a value" },
	{ "a = True", 1, 5, "expected a value" },
	{ "a = 2027-02-29", 1, 5, "expected a value" },
	{ "a = 2027-13-01", 1, 5, "expected a value" },
	{ "a = 25:00:00", 1, 5, "expected a value" },
	{ "a = [1 2]", 1, 8, "expected \",\" or \"]\"" },
	{ "a = [1,", 1, 8, "expected a value" },
	{ "a = {b = 1,}", 1, 12, "expected a key" },
	{ "a = {b = 1\n}", 1, 11, "expected \",\" or \"}\"" },
	{ "[a]\n[a]", 2, 4, "the table is there twice" },
	{ "a = {}\n[a.b]", 2, 4, "no table" },
	{ "a = []\n[[a]]", 2, 6, "array of tables" },
	{ "[a]\n[[a]]", 2, 6, "array of tables" },
	{ "a.b = 1\n[a]", 2, 4, "twice" },
	{ "[a.b.c]\nz = 9\n[a]\nb.c.t = 1", 4, 5, "already something else" },
	{ "a = {x = {}}\n[a.x.y]", 2, 4, "no table" },
	{ "[a", 1, 3, "expected \"]\"" },
	{ "[[a]", 1, 4, "expected \"]]\"" },
	{ "a = \"\xff\"", 1, 1, "not UTF-8" },
};

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		struct buf out = buf_make(arena, 64);
		const struct jsn *value;

		if (toml_parse(arena, str_of(taken[i].text), &value, &err) != OK)
			fail_msg("%s: %.*s", taken[i].text, STR_ARG(err.message));
		buf_json(&out, value);
		assert_string_equal(buf_str(&out).data, taken[i].json);
		arena_destroy(arena);
	}
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		const struct jsn *value;

		print_message("%s\n", refused[i].text);
		assert_int_equal(toml_parse(arena, str_of(refused[i].text), &value, &err), ERR_CONFIG_FILE);
		if (!strstr(str_dup(arena, err.message).data, refused[i].message))
			fail_msg("%.*s", STR_ARG(err.message));
		assert_int_equal(err.line, refused[i].line);
		assert_int_equal(err.column, refused[i].column);
		arena_destroy(arena);
	}
}

static void test_places(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct jsn *value, *second;

	(void)state;
	assert_int_equal(toml_parse(arena, STR("[[ignore]]\nrule = 'a'\n\n[[ignore]]\n  rule = 'b'\n"), &value, &err), OK);
	second = &jsn_get(value, STR("ignore"))->items[1];
	assert_int_equal(second->line, 4);
	assert_int_equal(jsn_get(second, STR("rule"))->line, 5);
	assert_int_equal(jsn_get(second, STR("rule"))->column, 10);
	arena_destroy(arena);
}

/* Nesting ends with a fault, not with the stack. */
static void test_depth(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct buf text = buf_make(arena, 200000);
	const struct jsn *value;

	(void)state;
	buf_lit(&text, "a = ");
	for (int i = 0; i < 100000; i++)
		buf_lit(&text, "[");
	assert_int_equal(toml_parse(arena, buf_str(&text), &value, &err), ERR_CONFIG_FILE);
	assert_true(strstr(str_dup(arena, err.message).data, "too deeply") != NULL);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
