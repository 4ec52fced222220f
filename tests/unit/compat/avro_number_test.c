/* Numbers in Avro texts against a table of what Java prints (shortest digits, JDK 19 and later). */
#include "tests/unit/compat/avro_test.h"

#include <math.h>

/* Lines of "token text": how the number is written in a schema, and how Java prints it. */
static void check_table(const char *name, const char *before, const char *after, bool normalized)
{
	char path[4096], token[64], want[64];
	size_t n = 0, n_wrong = 0;
	FILE *in;

	snprintf(path, sizeof(path), "%s/tests/golden/compat/java/%s", TENON_SOURCE_DIR, name);
	in = fopen(path, "r");
	assert_non_null(in);
	while (fscanf(in, "%63s %63s", token, want) == 2) {
		struct arena *arena = arena_create(0);
		char text[256], expected[256];
		const struct schema *schema;
		struct str got;

		snprintf(text, sizeof(text), "%s%s%s", before, token, after);
		snprintf(expected, sizeof(expected), "%s%s%s", before, want, after);
		schema = parse(arena, text, SCHEMA_STRICT);
		got = normalized ? schema_normalized(arena, schema) : schema->canonical;
		if (!str_eq(str_of(expected), got) && ++n_wrong < 10)
			fprintf(stderr, "%s: want %s, got %.*s\n", token, want, STR_ARG(got));
		n++;
		arena_destroy(arena);
	}
	fclose(in);
	assert_true(n > 500);
	assert_int_equal(n_wrong, 0);
}

static void doubles_print_as_in_java(void **state)
{
	(void)state;
	check_table("doubles.txt", "{\"type\":\"int\",\"x\":", "}", false);
}

static void floats_print_as_in_java(void **state)
{
	(void)state;
	check_table("floats.txt", "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"float\",\"default\":",
		"}]}", true);
}

/* A xorshift, so that a failure can be repeated. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* What is printed reads back as the same number, and no digit of it is too many. */
static void random_doubles_read_back(void **state)
{
	uint64_t seed = 88172645463325252u;

	for (int i = 0; i < 20000; i++) {
		uint64_t bits = next(&seed);
		char text[96], copy[64];
		const struct schema *schema;
		struct str got;
		double value;

		memcpy(&value, &bits, sizeof(value));
		if (!isfinite(value))
			continue;
		snprintf(text, sizeof(text), "{\"type\":\"int\",\"x\":%.17e}", value);
		arena_reset(*state);
		schema = parse(*state, text, 0);
		got = str_sub(schema->canonical, strlen("{\"type\":\"int\",\"x\":"), schema->canonical.len - 1);
		assert_true(got.len < sizeof(copy));
		memcpy(copy, got.data, got.len);
		copy[got.len] = '\0';
		if (strtod(copy, NULL) != value)
			fail_msg("%.17e is printed as %s", value, copy);
	}
}

static void texts_of_floats_are_read_as_java_reads_them(void **state)
{
	static const struct {
		const char *text;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ "1.5", "1.5" },
		{ " 1.5\\n", "1.5" },
		{ "1e3", "1000.0" },
		{ "+1.", "1.0" },
		{ ".5", "0.5" },
		{ "-0", "-0.0" },
		{ "1d", "1.0" },
		{ "1F", "1.0" },
		{ "0x1p-1", "0.5" },
		{ "0x.8p1", "1.0" },
		{ "NaN", "\"NaN\"" },
		{ "-NaN", "\"NaN\"" },
		{ "Infinity", "\"Infinity\"" },
		{ "-Infinity", "\"-Infinity\"" },
		{ "1e999", "\"Infinity\"" },
		{ "", NULL },
		{ "  ", NULL },
		{ ".", NULL },
		{ "e1", NULL },
		{ "1e", NULL },
		{ "1e+", NULL },
		{ "0x1", NULL },
		{ "0xp1", NULL },
		{ "1dd", NULL },
		{ "1 2", NULL },
		{ "nan", NULL },
		{ "inf", NULL },
		{ "infinity", NULL },
		{ "--1", NULL },
		{ "1,5", NULL },
		{ "1\\u0000", "1.0" }, /* trimmed like a blank */
		{ "1\\u00002", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct schema *schema;
		struct err err;
		char text[256], want[256];

		snprintf(text, sizeof(text),
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"double\",\"default\":\"%s\"}]}",
			cases[i].text);
		if (try_parse(*state, str_of(text), SCHEMA_STRICT, &schema, &err) != OK) {
			if (cases[i].want)
				fail_msg("'%s' is refused: %.*s", cases[i].text, STR_ARG(err.message));
			continue;
		}
		if (cases[i].want == NULL)
			fail_msg("'%s' is accepted as %.*s", cases[i].text, STR_ARG(schema->canonical));
		snprintf(want, sizeof(want),
			"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"double\",\"default\":%s}]}",
			cases[i].want);
		expect_str(cases[i].text, want, schema->canonical);
	}
}

/* Digits without end decide nothing, but must be read. */
static void long_numbers_are_read(void **state)
{
	struct buf b = buf_make(*state, 8192);
	const struct schema *schema;
	struct err err;

	buf_lit(&b, "{\"type\":\"int\",\"x\":1.");
	for (int i = 0; i < 5000; i++)
		buf_add_c(&b, '0');
	buf_lit(&b, "1}");
	assert_int_equal(try_parse(*state, buf_str(&b), 0, &schema, &err), OK);
	expect_str("a long number", "{\"type\":\"int\",\"x\":1.0}", schema->canonical);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_print_as_in_java),
		cmocka_unit_test(floats_print_as_in_java),
		arena_test(random_doubles_read_back),
		arena_test(texts_of_floats_are_read_as_java_reads_them),
		arena_test(long_numbers_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
