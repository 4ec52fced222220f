/* Large and hostile schemas end in an answer or a clear error, in time, on a small stack (base/limits.def). */
#include "tests/unit/compat/jsonschema_test.h"

#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "compat/explain.h"
#include "compat/jsonschema/validate.h"

enum { STACK = 2 * 1024 * 1024, SECONDS = 20, EXPLAIN_SECONDS = 5 }; /* sanitizers and a busy machine included */

/* `n` times the format with commas between; "@ " in it is the number, "@+" the next one. */
static struct str repeated(struct arena *arena, const char *open, const char *format, size_t n, const char *close)
{
	struct buf b = buf_make(arena, 0);

	buf_add(&b, str_of(open));
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_of(format);
		ptrdiff_t at;

		if (i > 0)
			buf_add_c(&b, ',');
		while ((at = str_index(rest, '@')) >= 0) {
			buf_add(&b, str_sub(rest, 0, (size_t)at));
			buf_add_i64(&b, (int64_t)i + (rest.data[at + 1] == '+'));
			rest = str_sub(rest, (size_t)at + 2, rest.len);
		}
		buf_add(&b, rest);
	}
	buf_add(&b, str_of(close));
	return buf_str(&b);
}

static struct str nested(struct arena *arena, const char *open, size_t n, const char *middle, const char *close)
{
	struct buf b = buf_make(arena, 0);

	for (size_t i = 0; i < n; i++)
		buf_add(&b, str_of(open));
	buf_add(&b, str_of(middle));
	for (size_t i = 0; i < n; i++)
		buf_add(&b, str_of(close));
	return buf_str(&b);
}

/* Of this thread: the machine may be busy. */
static uint64_t cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* To explain ends, too, whatever comes out: in time, without more memory than a few times its bounds. */
static void expect_end(const char *about, const struct schema *old, const struct schema *new, struct str text)
{
	struct arena *arena = arena_create(0);
	const struct schema_source source = { .type = SCHEMA_JSON, .text = text };
	const struct explain_pair pair = { .reader = new, .writer = old, .reader_is_new = true, .source = &source };
	struct explanation found = { .arena = arena };
	struct schema_changes changes = { .arena = arena };
	struct err err = { .arena = arena };
	uint64_t start = cpu_ms();
	enum err_code code = schema_explain(&pair, &found, &err);

	if (code != OK && code != ERR_LIMIT)
		fail_msg("%s: explaining ends with %s", about, err_name(code));
	code = schema_diff(old, new, &changes, &err);
	if (code != OK && code != ERR_LIMIT)
		fail_msg("%s: the difference ends with %s", about, err_name(code));
	if (cpu_ms() - start > 1000 * EXPLAIN_SECONDS)
		fail_msg("%s: explained in %u ms", about, (unsigned)(cpu_ms() - start));
	arena_destroy(arena);
}

/* The answer for old and new: OK with `n_findings` of them (SIZE_MAX: any number), or ERR_LIMIT. */
static void expect_answer(struct arena *arena, const char *about, struct str old, struct str new, enum err_code want,
	size_t n_findings)
{
	const struct schema *a = NULL, *b = NULL;
	struct findings found = findings_make(arena);
	struct err err;
	enum err_code code = try_parse(arena, old, &a, &err);

	if (code == OK)
		code = try_parse(arena, new, &b, &err);
	if (code == OK)
		code = jsch_check(b, a, SCHEMA_POLICY_STRICT, &found, &err);
	if (code != want)
		fail_msg("%s: %s: %.*s", about, code == OK ? "OK" : err_name(code), STR_ARG(err.message));
	if (code == OK && n_findings != SIZE_MAX && found.n_items + found.n_unlisted != n_findings)
		fail_msg("%s: %zu findings", about, found.n_items + found.n_unlisted);
	if (code != OK)
		assert_true(err.message.len > 0);
	if (a && b)
		expect_end(about, a, b, new);
}

static void nesting_is_bounded(void **state)
{
	struct arena *arena = *state;
	struct str deep = nested(arena, "{\"items\":", 450, "{\"type\":\"string\"}", "}");
	struct str other = nested(arena, "{\"items\":", 450, "{\"type\":\"integer\"}", "}");
	struct str combined = nested(arena, "{\"anyOf\":[true,", 450, "{\"type\":\"integer\"}", "]}");
	struct str closed = nested(arena, "{\"additionalProperties\":", 450, "{\"type\":\"integer\"}", "}");

	expect_answer(arena, "450 arrays", deep, other, OK, 1);
	expect_answer(arena, "450 combinators", combined, combined, OK, 0);
	expect_answer(arena, "450 objects", closed, closed, OK, 0);
	expect_answer(arena, "450 nots", nested(arena, "{\"not\":", 450, "{\"maxLength\":1}", "}"),
		nested(arena, "{\"not\":", 450, "{\"maxLength\":2}", "}"), OK, 0);
	for (size_t n = 600; n <= 10000; n *= 16) {
		expect_answer(arena, "arrays", nested(arena, "{\"items\":", n, "{}", "}"), deep, ERR_LIMIT, 0);
		expect_answer(arena, "combinators", nested(arena, "{\"allOf\":[", n, "", "]}"), deep, ERR_LIMIT, 0);
	}
}

static void long_combinators(void **state)
{
	struct arena *arena = *state;
	struct str all = repeated(arena, "{\"anyOf\":[", "{\"const\":@ }", 60000, "]}");
	struct str more = repeated(arena, "{\"anyOf\":[", "{\"const\":@ }", 60001, "]}");
	struct str others = repeated(arena, "{\"anyOf\":[", "{\"const\":\"@ \"}", 40000, "]}");

	expect_answer(arena, "one more", all, more, OK, 0);
	expect_answer(arena, "one fewer", more, all, OK, 1);
	expect_answer(arena, "all others", all, others, ERR_LIMIT, 0);
	expect_answer(arena, "100,000 of one text", repeated(arena, "{\"oneOf\":[", "{}", 100000, "]}"),
		repeated(arena, "{\"oneOf\":[", "{}", 100000, ",true]}"), OK, 0);
	expect_answer(arena, "one changed among 3,000",
		repeated(arena, "{\"anyOf\":[", "{\"maxLength\":@ }", 3000, ",{\"type\":\"null\"}]}"),
		repeated(arena, "{\"anyOf\":[", "{\"maxLength\":@ }", 3000, ",{\"type\":\"boolean\"}]}"), OK, 1);
	expect_answer(arena, "all widened, 900", repeated(arena, "{\"oneOf\":[", "{\"maxLength\":@ }", 900, "]}"),
		repeated(arena, "{\"oneOf\":[", "{\"maxLength\":@+}", 900, "]}"), OK, 0);
}

static void large_lists(void **state)
{
	struct arena *arena = *state;
	struct str up = repeated(arena, "{\"enum\":[\"x\",", "@ ", 90000, "]}");
	struct str down = repeated(arena, "{\"enum\":[", "@ ", 90000, ",\"x\"]}");
	struct str properties = repeated(arena, "{\"properties\":{", "\"p@ \":{}", 50000, "}}");
	struct str required = repeated(arena, "{\"required\":[", "\"p@ \"", 50000, "]}");

	expect_answer(arena, "enum in another order", up, down, OK, 0);
	expect_answer(arena, "enum of others", up, repeated(arena, "{\"enum\":[", "\"y@ \"", 80000, "]}"), OK, 1);
	expect_answer(arena, "50,000 properties", properties, properties, OK, 0);
	expect_answer(arena, "50,000 properties removed", properties, str_of("{\"additionalProperties\":false}"), OK, 50001);
	expect_answer(arena, "50,000 required", properties, required, OK, 0);
	expect_answer(arena, "a chain of references",
		repeated(arena, "{\"$ref\":\"#/definitions/d0\",\"definitions\":{", "\"d@ \":{\"$ref\":\"#/definitions/d@+\"}", 15000,
			",\"d15000\":{\"type\":\"string\"}}}"),
		str_of("{\"type\":\"integer\"}"), OK, 1);
	expect_answer(arena, "numbers out of all range",
		str_of("{\"type\":\"number\",\"multipleOf\":1e-99999999,\"maximum\":1e999999999,\"minimum\":-1e99999999}"),
		str_of("{\"type\":\"number\",\"multipleOf\":3e99999998,\"maximum\":1e999999998}"), OK, 1);
}

/* Each union leads to all others; only the last record differs. */
static struct str unions(struct arena *arena, size_t n, const char *leaf)
{
	struct buf b = buf_make(arena, 0);

	buf_lit(&b, "{\"$ref\":\"#/definitions/u0\",\"definitions\":{");
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "%s\"u%zu\":{\"oneOf\":[", i ? "," : "", i);
		for (size_t k = 0; k < n; k++)
			if (k != i)
				buf_printf(&b, "{\"$ref\":\"#/definitions/u%zu\"},", k);
		buf_printf(&b, "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/definitions/u%zu\"},\"v\":{\"type\":\"%s\"}}}]}",
			(i + 1) % n, i + 1 == n ? leaf : "string");
	}
	buf_lit(&b, "}}");
	return buf_str(&b);
}

/* Each object holds the next one; the last one holds the first, and something else. */
static struct str circle(struct arena *arena, size_t n, const char *last)
{
	struct str end = str_printf(arena, ",\"d%zu\":{\"properties\":{\"a\":{\"$ref\":\"#/definitions/d0\"},\"b\":%s}}}}", n, last);

	return repeated(arena, "{\"$ref\":\"#/definitions/d0\",\"definitions\":{",
		"\"d@ \":{\"properties\":{\"a\":{\"$ref\":\"#/definitions/d@+\"},\"b\":true}}", n, end.data);
}

static void recursion_ends(void **state)
{
	struct arena *arena = *state;

	expect_answer(arena, "a dozen unions", unions(arena, 12, "string"), unions(arena, 12, "string"), OK, 0);
	expect_answer(arena, "a dozen unions, one changed", unions(arena, 12, "string"), unions(arena, 12, "integer"), OK,
		SIZE_MAX);
	expect_answer(arena, "thirty unions, one changed", unions(arena, 30, "integer"), unions(arena, 30, "string"), OK,
		SIZE_MAX);
	expect_answer(arena, "a schema of itself", str_of("{\"$ref\":\"#\"}"), str_of("{\"allOf\":[{\"$ref\":\"#\"}]}"), OK,
		SIZE_MAX);
	expect_answer(arena, "unions of itself", str_of("{\"anyOf\":[{\"$ref\":\"#\"},{\"not\":{\"$ref\":\"#\"}}]}"),
		str_of("{\"oneOf\":[{\"$ref\":\"#\"},{\"not\":{\"$ref\":\"#\"}},{\"$ref\":\"#/oneOf/1\"}]}"), OK, SIZE_MAX);
	expect_answer(arena, "findings double at each level",
		repeated(arena, "{\"$ref\":\"#/definitions/d0\",\"definitions\":{",
			"\"d@ \":{\"properties\":{\"a\":{\"$ref\":\"#/definitions/d@+\"},\"b\":{\"$ref\":\"#/definitions/d@+\"}}}", 60,
			",\"d60\":{\"type\":\"string\"}}}"),
		repeated(arena, "{\"$ref\":\"#/definitions/d0\",\"definitions\":{",
			"\"d@ \":{\"properties\":{\"a\":{\"$ref\":\"#/definitions/d@+\"},\"b\":{\"$ref\":\"#/definitions/d@+\"}}}", 60,
			",\"d60\":{\"type\":\"integer\"}}}"),
		OK, LIMIT_FINDINGS + 1);
	expect_answer(arena, "two circles of lengths without common divisor", circle(arena, 210, "{}"), circle(arena, 199, "{}"),
		OK, 0);
	expect_answer(arena, "two circles that fit nowhere", circle(arena, 210, "true"), circle(arena, 199, "false"), ERR_LIMIT, 0);
}

static void patterns_are_bounded(void **state)
{
	struct arena *arena = *state;
	struct str name = nested(arena, "a", 60, "", "");
	struct str old = str_printf(arena, "{\"properties\":{\"%.*s\":{}}}", STR_ARG(name));

	expect_answer(arena, "a pattern that goes back and forth", old, str_of("{\"patternProperties\":{\"^(\\\\w+\\\\s?)*[!-.]$\":{}}}"),
		ERR_LIMIT, 0);
	expect_answer(arena, "hundreds of texts by patterns that go back and forth",
		repeated(arena, "{\"properties\":{", "\"p@ \":{\"pattern\":\"^(\\\\w+\\\\s?)*[!-.]$\",\"minLength\":40}", 400, "}}"),
		repeated(arena, "{\"properties\":{", "\"p@ \":{\"pattern\":\"^(\\\\w+\\\\s?)*[!-,]$\",\"minLength\":41}", 400, "}}"), OK,
		800);
	expect_answer(arena, "a thousand patterns", old, repeated(arena, "{\"patternProperties\":{", "\"^b@ $\":{}", 1000, "}}"), OK,
		1);
	expect_answer(arena, "many patterns and names", repeated(arena, "{\"properties\":{", "\"p@ \":{}", 20000, "}}"),
		repeated(arena, "{\"patternProperties\":{", "\"^b@ $\":{}", 5000, "}}"), ERR_LIMIT, 0);
}

static enum err_code validate(struct arena *arena, const char *schema, struct str document, bool *valid)
{
	const struct jsch_violation *violation = NULL;
	struct err err = { .arena = arena };
	const struct jsn *value;
	enum err_code code;

	assert_int_equal(jsn_parse(arena, document, 0, LIMIT_JSON_DEPTH, &value, &err), OK);
	code = jsch_validate(arena, parse(arena, schema), value, &violation, &err);
	*valid = code == OK && violation == NULL;
	return code;
}

static void validating_is_bounded(void **state)
{
	struct arena *arena = *state;
	bool valid;

	assert_int_equal(validate(arena, "{\"items\":{\"$ref\":\"#\"}}", nested(arena, "[", 450, "", "]"), &valid), OK);
	assert_true(valid);
	assert_int_equal(validate(arena, "{\"allOf\":[{\"$ref\":\"#\"}]}", STR("1"), &valid), ERR_LIMIT);
	assert_int_equal(validate(arena, "{\"items\":{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]},\"not\":{\"type\":\"null\"}}",
		nested(arena, "[", 200, "null", "]"), &valid), ERR_LIMIT);
	assert_int_equal(validate(arena, "{\"pattern\":\"^(\\\\w+\\\\s?)*[!-.]$\"}",
		str_concat(arena, STR("\""), nested(arena, "a", 100, "\"", "")), &valid), ERR_LIMIT);
	assert_int_equal(validate(arena, "{\"uniqueItems\":true}", repeated(arena, "[", "@ ", 100000, "]"), &valid), OK);
	assert_true(valid);
	assert_int_equal(validate(arena, "{\"uniqueItems\":true}", repeated(arena, "[", "@ ", 100000, ",5.0]"), &valid), OK);
	assert_false(valid);
}

/* On a thread with little stack, each with an arena of its own and a watch. */
struct job {
	void (*test)(void **state);
	void *arena;
};

static void *run_job(void *argument)
{
	struct job *job = argument;

	job->test(&job->arena);
	return NULL;
}

static void run(void (*test)(void **state))
{
	struct job job = { .test = test, .arena = arena_create(0) };
	uint64_t start = clock_mono_ns();
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	assert_int_equal(pthread_attr_setstacksize(&attributes, STACK), 0);
	assert_int_equal(pthread_create(&thread, &attributes, run_job, &job), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attributes);
	arena_destroy(job.arena);
	assert_true((clock_mono_ns() - start) / 1000000000u < SECONDS);
}

#define ON_SMALL_STACK(test)                \
	static void test##_on_small_stack(void **state) \
	{                                       \
		(void)state;                        \
		run(test);                          \
	}

ON_SMALL_STACK(nesting_is_bounded)
ON_SMALL_STACK(long_combinators)
ON_SMALL_STACK(large_lists)
ON_SMALL_STACK(recursion_ends)
ON_SMALL_STACK(patterns_are_bounded)
ON_SMALL_STACK(validating_is_bounded)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nesting_is_bounded_on_small_stack),
		cmocka_unit_test(long_combinators_on_small_stack),
		cmocka_unit_test(large_lists_on_small_stack),
		cmocka_unit_test(recursion_ends_on_small_stack),
		cmocka_unit_test(patterns_are_bounded_on_small_stack),
		cmocka_unit_test(validating_is_bounded_on_small_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
