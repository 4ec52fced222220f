/* Large and hostile Avro schemas end in an answer, in time, on a small stack (base/limits.def). */
#include "tests/unit/compat/avro_test.h"

#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "compat/explain.h"

enum { STACK = 1024 * 1024, SECONDS = 20 }; /* sanitizers and a busy machine included */

static void add_repeated(struct buf *b, const char *what, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add(b, str_of(what));
}

static struct str nested(struct arena *arena, const char *open, size_t n, const char *middle, const char *close)
{
	struct buf b = buf_make(arena, 0);

	add_repeated(&b, open, n);
	buf_add(&b, str_of(middle));
	add_repeated(&b, close, n);
	return buf_str(&b);
}

static void expect_code(struct arena *arena, const char *about, struct str text, enum err_code want)
{
	const struct schema *schema;
	struct err err;
	enum err_code code = try_parse(arena, text, SCHEMA_STRICT, &schema, &err);

	if (code != want)
		fail_msg("%s: %s instead of %s: %.*s", about, err_name(code), err_name(want),
			(int)(err.message.len < 300 ? err.message.len : 300), err.message.data);
	if (code != OK)
		assert_true(err.message.len > 0);
}

static void nesting_is_bounded(void **state)
{
	struct arena *arena = *state;

	expect_code(arena, "450 arrays", nested(arena, "{\"type\":\"array\",\"items\":", 450, "\"int\"", "}"), OK);
	expect_code(arena, "600 arrays", nested(arena, "{\"type\":\"array\",\"items\":", 600, "\"int\"", "}"), ERR_LIMIT);
	expect_code(arena, "10,000 arrays", nested(arena, "{\"type\":\"array\",\"items\":", 10000, "\"int\"", "}"),
		ERR_LIMIT);
	expect_code(arena, "10,000 unions", nested(arena, "[", 10000, "", "]"), ERR_LIMIT);
	expect_code(arena, "10,000 unclosed", nested(arena, "[", 10000, "", ""), ERR_LIMIT);
	expect_code(arena, "900 levels in a property",
		nested(arena, "", 1, nested(arena, "[", 900, "", "]").data, ""), ERR_LIMIT);
}

static void deep_values_are_kept(void **state)
{
	struct buf b = buf_make(*state, 0);
	struct str text;
	const struct schema *schema;

	buf_lit(&b, "{\"type\":\"int\",\"x\":");
	add_repeated(&b, "[", 990);
	add_repeated(&b, "]", 990);
	buf_lit(&b, "}");
	text = buf_str(&b);
	schema = parse(*state, text.data, 0);
	assert_true(str_eq(text, schema->canonical));
	assert_true(str_eq(text, schema_normalized(*state, schema)));
	assert_true(schema_equal(schema, parse(*state, text.data, 0)));
}

/* Record C_i refers to C_(i + step), the last ones to nothing. */
static struct str make_chain(struct arena *arena, int n, int step)
{
	struct buf b = buf_make(arena, 0);

	buf_add_c(&b, '[');
	for (int i = 0; i < n; i++) {
		buf_printf(&b, "%s{\"type\":\"record\",\"name\":\"C%d\",\"fields\":[", i ? "," : "", i);
		if (i + step >= 0 && i + step < n)
			buf_printf(&b, "{\"name\":\"n\",\"type\":\"C%d\"}", i + step);
		buf_lit(&b, "]}");
	}
	buf_add_c(&b, ']');
	return buf_str(&b);
}

/* Names that are used before they are defined nest when they are printed, however flat the text. */
static void chains_of_names_are_bounded(void **state)
{
	struct str flat = make_chain(*state, 1000, -1);
	const struct schema *schema = parse(*state, flat.data, SCHEMA_STRICT);
	struct findings found = findings_make(*state);
	struct err err = { .arena = *state };

	expect_code(*state, "400 names, each used before it is defined", make_chain(*state, 400, 1), OK);
	expect_code(*state, "5,000 names, each used before it is defined", make_chain(*state, 5000, 1), ERR_LIMIT);
	expect_code(*state, "5,000 names, each used after it is defined", make_chain(*state, 5000, -1), OK);
	assert_true(str_eq(flat, schema->canonical));
	assert_true(schema_equal(schema, parse(*state, flat.data, 0)));
	assert_int_equal(schema_check(schema, schema, SCHEMA_POLICY_STRICT, &found, &err), OK);
	assert_int_equal(found.n_items, 0);
}

/* A circle of `n` records that starts out of the root record `name`. */
static struct str make_circle(struct arena *arena, int n)
{
	struct buf b = buf_make(arena, 0);

	for (int i = 0; i < n; i++)
		buf_printf(&b, "{\"type\":\"record\",\"name\":\"C%d\",\"fields\":[{\"name\":\"n\",\"type\":", i);
	buf_lit(&b, "\"C0\"");
	add_repeated(&b, "}]}", (size_t)n);
	return buf_str(&b);
}

/* The check finds the same again wherever a type is used. */
static size_t count_distinct(const struct findings *found)
{
	size_t n = 0, k;

	for (size_t i = 0; i < found->n_items; i++) {
		for (k = 0; k < i; k++)
			if (found->items[k].type == found->items[i].type && str_eq(found->items[k].path, found->items[i].path))
				break;
		n += k == i;
	}
	return n;
}

/* What is checked is explained too: as bounded, and with all that the check finds, once each. */
static void explain(const struct schema *reader, const struct schema *writer, struct str text, enum err_code checked,
	size_t n_found)
{
	const struct schema_source source = { .type = SCHEMA_AVRO, .text = text };
	const struct explain_pair pair = { .reader = reader, .writer = writer, .reader_is_new = true, .source = &source };
	struct arena *arena = arena_create(0);
	struct explanation found = { .arena = arena };
	struct err err = { .arena = arena };
	clock_t start = clock(); /* of this process: the machine may be busy */
	enum err_code code = schema_explain(&pair, &found, &err);
	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;

	if (seconds > SECONDS)
		fail_msg("explaining takes %.1f seconds: %.100s", seconds, text.data);
	assert_true(code == OK || code == ERR_LIMIT);
	assert_true(code == ERR_LIMIT || (checked == OK && found.n_items >= n_found));
	arena_destroy(arena);
}

static enum err_code check(struct arena *arena, struct str reader, struct str writer, struct findings *out)
{
	const struct schema *reads = parse(arena, reader.data, 0), *writes = parse(arena, writer.data, 0);
	struct err err = { .arena = arena };
	enum err_code code;

	*out = findings_make(arena);
	code = schema_check(reads, writes, SCHEMA_POLICY_STRICT, out, &err);
	if (code != OK)
		assert_true(err.message.len > 0);
	explain(reads, writes, reader, code, count_distinct(out));
	return code;
}

/* 101 and 103 share no factor: the pairs of the two circles form one of 10,403. */
static void circles_within_circles_are_bounded(void **state)
{
	struct findings found;

	assert_int_equal(check(*state, make_circle(*state, 20), make_circle(*state, 21), &found), OK);
	assert_true(found.n_items > 0);
	assert_int_equal(check(*state, make_circle(*state, 101), make_circle(*state, 103), &found), ERR_LIMIT);
}

/* The deepest of everything at once: parse, print, normalise, compare, check. */
static void *go_deep(void *arg)
{
	void **state = arg;
	struct arena *arena = *state;
	struct str text = nested(arena, "{\"type\":\"map\",\"values\":", 499, "\"int\"", "}");
	struct str record = make_circle(arena, 320);
	struct findings found;

	parse(arena, text.data, SCHEMA_STRICT);
	schema_normalized(arena, parse(arena, record.data, SCHEMA_STRICT));
	avsc_parsing_canonical(arena, avsc_of(parse(arena, record.data, 0)));
	if (!schema_equal(parse(arena, record.data, 0), parse(arena, record.data, 0)))
		abort();
	if (check(arena, make_circle(arena, 313), make_circle(arena, 320), &found) != ERR_LIMIT)
		abort();
	deep_values_are_kept(state);
	nesting_is_bounded(state);
	chains_of_names_are_bounded(state);
	return NULL;
}

static void a_small_stack_is_enough(void **state)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	assert_int_equal(pthread_attr_setstacksize(&attributes, STACK), 0);
	assert_int_equal(pthread_create(&thread, &attributes, go_deep, state), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attributes);
}

static struct str make_fields(struct arena *arena, int n, int last)
{
	struct buf b = buf_make(arena, 0);

	buf_lit(&b, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s{\"name\":\"f%d\",\"type\":\"int\"}", i ? "," : "", i == n - 1 ? last : i);
	buf_lit(&b, "]}");
	return buf_str(&b);
}

static void expect_soon(uint64_t start, const char *what)
{
	double seconds = (double)(clock_mono_ns() - start) / 1e9;

	if (seconds > SECONDS)
		fail_msg("%s takes %.1f seconds", what, seconds);
}

static void a_hundred_thousand_fields_take_no_time(void **state)
{
	struct str text = make_fields(*state, 100000, 99999), twice = make_fields(*state, 100000, 7);
	uint64_t start = clock_mono_ns();
	struct findings found;
	const struct schema *schema;
	struct err err;

	assert_int_equal(check(*state, text, make_fields(*state, 100000, 100001), &found), OK);
	assert_int_equal(found.n_items, 1);
	assert_int_equal(try_parse(*state, twice, 0, &schema, &err), ERR_PARSE);
	expect_str("duplicate", "Duplicate field f7 in record R: f7 type:INT pos:99999 and f7 type:INT pos:7.",
		err.message);
	expect_soon(start, "100,000 fields");
}

static struct str make_union(struct arena *arena, int n, char prefix)
{
	struct buf b = buf_make(arena, 0);

	buf_add_c(&b, '[');
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s{\"type\":\"record\",\"name\":\"%c%d\",\"fields\":[]}", i ? "," : "", prefix, i);
	buf_add_c(&b, ']');
	return buf_str(&b);
}

static void ten_thousand_branches_against_each_other_are_bounded(void **state)
{
	uint64_t start = clock_mono_ns();
	struct findings found;

	assert_int_equal(check(*state, make_union(*state, 100, 'A'), make_union(*state, 100, 'B'), &found), OK);
	assert_int_equal(found.n_items, 100);
	assert_int_equal(check(*state, make_union(*state, 10000, 'A'), make_union(*state, 10000, 'B'), &found), ERR_LIMIT);
	expect_soon(start, "10,000 branches");
}

/* R0 holds R1 twice, that R2 twice …: two to the 200th findings, of which a thousand are listed. */
static void findings_that_multiply_are_cut(void **state)
{
	uint64_t start = clock_mono_ns();
	struct findings found;
	struct str texts[2];

	for (int t = 0; t < 2; t++) {
		struct buf b = buf_make(*state, 0);

		for (int i = 0; i < 200; i++)
			buf_printf(&b, "{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":", i);
		buf_printf(&b, "{\"type\":\"fixed\",\"name\":\"F\",\"size\":%d}", t + 1);
		for (int i = 199; i >= 0; i--)
			buf_printf(&b, "},{\"name\":\"b\",\"type\":\"%c%d\"}]}", i == 199 ? 'F' : 'R', i + 1);
		texts[t] = buf_str(&b);
		/* The innermost refers to F, not to F200. */
		memcpy(strstr(b.data, "F200"), "F\"  ", 4);
		memcpy(strstr(b.data, "\"F\"  \""), "\"F\"   ", 6);
	}
	assert_int_equal(check(*state, texts[0], texts[1], &found), OK);
	assert_int_equal(found.n_items, LIMIT_FINDINGS);
	assert_true(found.n_unlisted > 0);
	expect_soon(start, "multiplying findings");
}

/* Each of 60 levels offers two branches that fail only at the bottom. */
static void defaults_that_multiply_are_cut(void **state)
{
	struct buf b = buf_make(*state, 0);
	uint64_t start = clock_mono_ns();
	const struct schema *schema;
	struct err err;

	buf_lit(&b, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
	buf_lit(&b, "{\"name\":\"x0\",\"type\":{\"type\":\"fixed\",\"name\":\"A0\",\"size\":1}}");
	buf_lit(&b, ",{\"name\":\"y0\",\"type\":{\"type\":\"fixed\",\"name\":\"B0\",\"size\":1}}");
	for (int i = 1; i < 60; i++)
		buf_printf(&b, ",{\"name\":\"x%d\",\"type\":{\"type\":\"record\",\"name\":\"A%d\",\"fields\":[{\"name\":\"n\","
					   "\"type\":[\"A%d\",\"B%d\"]}]}}"
					   ",{\"name\":\"y%d\",\"type\":{\"type\":\"record\",\"name\":\"B%d\",\"fields\":[{\"name\":\"n\","
					   "\"type\":[\"A%d\",\"B%d\"]}]}}",
			i, i, i - 1, i - 1, i, i, i - 1, i - 1);
	buf_lit(&b, ",{\"name\":\"z\",\"type\":\"A59\",\"default\":");
	add_repeated(&b, "{\"n\":", 59);
	buf_lit(&b, "1");
	add_repeated(&b, "}", 59);
	buf_lit(&b, "}]}");
	assert_int_equal(try_parse(*state, buf_str(&b), SCHEMA_STRICT, &schema, &err), ERR_LIMIT);
	expect_soon(start, "multiplying defaults");
}

/* The text of an exception holds the writer, whose types may be numbered higher than it. */
static void exceptions_print_types_defined_later(void **state)
{
	struct buf b = buf_make(*state, 0);
	struct findings found;

	buf_lit(&b, "[{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},"
				"{\"name\":\"b\",\"type\":\"int\"}");
	for (int i = 0; i < 400; i++)
		buf_printf(&b, ",{\"name\":\"f%d\",\"type\":\"F%d\"}", i, i);
	buf_lit(&b, "]}");
	for (int i = 0; i < 400; i++)
		buf_printf(&b, ",{\"type\":\"fixed\",\"name\":\"F%d\",\"size\":1}", i);
	buf_lit(&b, "]");
	assert_int_equal(check(*state, STR("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"b\","
									   "\"type\":\"int\",\"aliases\":[\"a\"]}]}"),
						 buf_str(&b), &found),
		OK);
	assert_int_equal(found.n_items, 1);
	assert_int_equal(found.items[0].type, FINDING_UNEXPECTED_EXCEPTION);
	assert_true(str_starts(found.items[0].info,
		STR("Reader record field b type:INT pos:0 matches multiple fields in writer record schema {\"type\":\"record\"")));
}

static void too_many_types_are_refused(void **state)
{
	struct buf b = buf_make(*state, 0);
	const struct schema *schema;
	struct err err;

	buf_lit(&b, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
	for (unsigned i = 0; i <= LIMIT_SCHEMA_NODES; i++)
		buf_printf(&b, "%s{\"name\":\"f%u\",\"type\":\"int\"}", i ? "," : "", i);
	buf_lit(&b, "]}");
	assert_int_equal(try_parse(*state, buf_str(&b), SCHEMA_STRICT, &schema, &err), ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(nesting_is_bounded),
		arena_test(deep_values_are_kept),
		arena_test(chains_of_names_are_bounded),
		arena_test(circles_within_circles_are_bounded),
		arena_test(a_small_stack_is_enough),
		arena_test(a_hundred_thousand_fields_take_no_time),
		arena_test(ten_thousand_branches_against_each_other_are_bounded),
		arena_test(findings_that_multiply_are_cut),
		arena_test(defaults_that_multiply_are_cut),
		arena_test(exceptions_print_types_defined_later),
		arena_test(too_many_types_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
