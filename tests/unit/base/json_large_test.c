/* The JSON reader under strain: depth, size, truncation at every byte, and mutants compared with jansson. */
#include "base/json.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "tests/unit/base/check.h"

/* A document with every construct, for cutting and mutating. */
static const char sample[] =
	"{\"type\": \"record\", \"name\":\"R\\u00e4\\uD83D\\uDE00\",\n"
	" \"doc\" : \"a \\\"quoted\\\" \\\\ text \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 that is long enough\",\r\n"
	"\t\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"int\"],\"default\":null},\n"
	"   {\"n\":-12.5e+3,\"t\":true,\"f\":false,\"z\":0,\"e\":{},\"l\":[ ]}, 1E5, [[[1],2],3] ]}";

static struct str nested(struct arena *arena, size_t depth, char open, const char *inside)
{
	struct buf b = buf_make(arena, depth * 6 + 10);

	for (size_t i = 0; i < depth; i++)
		buf_add(&b, open == '[' ? STR("[") : STR("{\"a\":"));
	buf_add(&b, str_of(inside));
	for (size_t i = 0; i < depth; i++)
		buf_add_c(&b, open == '[' ? ']' : '}');
	return buf_str(&b);
}

static void test_depth_limit(void **state)
{
	static const struct {
		const char *name;
		size_t depth;
		unsigned limit;
		enum err_code code;
	} cases[] = {
		{ "none allowed", 1, 0, ERR_LIMIT },
		{ "scalar", 0, 0, OK },
		{ "one", 1, 1, OK },
		{ "two of one", 2, 1, ERR_LIMIT },
		{ "all allowed", 1000, 1000, OK },
		{ "one too many", 1001, 1000, ERR_LIMIT },
		{ "a million", 1000000, 1000, ERR_LIMIT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int k = 0; k < 2; k++) {
			struct arena *arena = arena_create(0);
			struct err err = { .arena = arena };
			struct str text = nested(arena, cases[i].depth, "[{"[k], "1");
			const struct jsn *value;

			CHECK_INT(cases[i].name, jsn_parse(arena, text, 0, cases[i].limit, &value, &err), cases[i].code);
			if (cases[i].code != OK) {
				CHECK_STR(cases[i].name, err.message,
					str_printf(arena, "Document nesting depth (%u) exceeds the maximum allowed (%u, from "
						"`StreamReadConstraints.getMaxNestingDepth()`)", cases[i].limit + 1, cases[i].limit));
				CHECK_INT(cases[i].name, err.line, 1);
				CHECK_INT(cases[i].name, err.column, 1 + cases[i].limit * (k ? 5 : 1));
			}
			arena_destroy(arena);
		}
	}
}

/* Depth counts what is open, not what has been. */
static void test_depth_is_given_back(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct jsn *value;

	(void)state;
	assert_int_equal(jsn_parse(arena, STR("[[],[],{\"a\":[]},[]]"), 0, 3, &value, &err), OK);
	assert_int_equal(jsn_parse(arena, STR("[[],[],{\"a\":[[]]},[]]"), 0, 3, &value, &err), ERR_LIMIT);
	arena_destroy(arena);
}

static void *read_write_and_compare(void *arg)
{
	const size_t *depth = arg;

	for (int k = 0; k < 2; k++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		struct str text = nested(arena, *depth, "[{"[k], "{\"x\":1,\"y\":2}");
		struct str other = nested(arena, *depth, "[{"[k], "{\"y\":2,\"x\":1}");
		struct str third = nested(arena, *depth, "[{"[k], "{\"x\":1,\"y\":3}");
		const struct jsn *a, *b, *c;
		struct buf written = buf_make(arena, 0);

		assert_int_equal(jsn_parse(arena, text, 0, 2000000, &a, &err), OK);
		assert_int_equal(jsn_parse(arena, other, 0, 2000000, &b, &err), OK);
		assert_int_equal(jsn_parse(arena, third, 0, 2000000, &c, &err), OK);
		buf_json(&written, a);
		assert_true(str_eq(buf_str(&written), text));
		assert_true(jsn_equal(a, b));
		assert_false(jsn_equal(a, c));
		arena_destroy(arena);
	}
	return NULL;
}

static void test_small_stack(void **state)
{
	static size_t depths[] = { 1000, 1000000 };

	(void)state;
	for (size_t i = 0; i < COUNT(depths); i++) {
		pthread_attr_t attr;
		pthread_t thread;

		pthread_attr_init(&attr);
		assert_int_equal(pthread_attr_setstacksize(&attr, 256 * 1024), 0);
		assert_int_equal(pthread_create(&thread, &attr, read_write_and_compare, &depths[i]), 0);
		pthread_join(thread, NULL);
		pthread_attr_destroy(&attr);
	}
}

/* `n` members m0, m1 … counted up or down, the k-th with the value k + `plus`. */
static struct str members(struct arena *arena, int n, bool down, int plus)
{
	struct buf b = buf_make(arena, 0);

	buf_add_c(&b, '{');
	for (int i = 0; i < n; i++) {
		int k = down ? n - 1 - i : i;

		buf_printf(&b, "%s\"m%d\":%d", i > 0 ? "," : "", k, k + plus);
	}
	buf_add_c(&b, '}');
	return buf_str(&b);
}

static void test_many_members(void **state)
{
	static const int sizes[] = { 2, 15, 16, 17, 18, 33, 1000, 100000 };
	char name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		const int n = sizes[i];
		struct str up = members(arena, n, false, 0);
		struct str twice = str_concat(arena, str_sub(up, 0, up.len - 1),
			str_concat(arena, STR(","), str_sub(members(arena, n, true, 7), 1, SIZE_MAX)));
		const struct jsn *a, *b, *c;

		snprintf(name, sizeof(name), "%d members", n);
		CHECK_INT(name, jsn_parse(arena, up, 0, 1, &a, &err), OK);
		CHECK_INT(name, jsn_parse(arena, members(arena, n, true, 0), 0, 1, &b, &err), OK);
		CHECK_INT(name, jsn_parse(arena, twice, 0, 1, &c, &err), OK);
		CHECK_INT(name, a->n_items, n);
		CHECK_INT(name, c->n_items, n);
		for (int k = 0; k < n; k++) {
			CHECK_STR(name, a->items[k].name, str_printf(arena, "m%d", k));
			CHECK_STR(name, b->items[k].name, a->items[n - 1 - k].name);
			CHECK_STR(name, c->items[k].name, a->items[k].name);
			CHECK_STR(name, c->items[k].text, str_printf(arena, "%d", k + 7));
		}
		CHECK(name, jsn_equal(a, b));
		CHECK(name, jsn_equal(b, a));
		CHECK(name, !jsn_equal(a, c));
		arena_destroy(arena);
	}
}

static void test_one_name_many_times(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct buf b = buf_make(arena, 0);
	const struct jsn *value;

	(void)state;
	buf_lit(&b, "{\"first\":0");
	for (int i = 0; i < 100000; i++)
		buf_printf(&b, ",\"same\":%d", i);
	buf_lit(&b, "}");
	assert_int_equal(jsn_parse(arena, buf_str(&b), 0, 1, &value, &err), OK);
	assert_int_equal(value->n_items, 2);
	CHECK_STR("last value", value->items[1].text, STR("99999"));
	arena_destroy(arena);
}

/* A document cut anywhere is refused, by each flag, and only its own bytes are looked at. */
static void test_truncated(void **state)
{
	static const unsigned flags[] = { 0, JSN_COMMENTS, JSN_NAN, JSN_TRAILING, JSN_SURROGATES };
	const size_t whole = sizeof(sample) - 1;

	(void)state;
	for (size_t len = 0; len <= whole; len++) {
		char *copy = malloc(len > 0 ? len : 1);

		memcpy(copy, sample, len);
		for (size_t i = 0; i < COUNT(flags); i++) {
			struct arena *arena = arena_create(0);
			struct err err = { .arena = arena };
			const struct jsn *value;
			char name[32];

			snprintf(name, sizeof(name), "%zu bytes, flags %u", len, flags[i]);
			CHECK_INT(name, jsn_parse(arena, str_make(copy, len), flags[i], 1000, &value, &err),
				len < whole ? ERR_BAD_JSON : OK);
			if (len < whole)
				CHECK(name, err.line >= 1 && err.column >= 1 && str_starts(err.message, len > 0 ? STR("Un") : STR("No")));
			arena_destroy(arena);
		}
		free(copy);
	}
}

static bool same_value(const struct jsn *ours, const json_t *theirs);

static bool same_members(const struct jsn *ours, const json_t *theirs)
{
	if (ours->n_items != json_object_size(theirs))
		return false;
	for (size_t i = 0; i < ours->n_items; i++) {
		struct str name = ours->items[i].name;
		const json_t *member = json_object_getn(theirs, name.data, name.len);

		if (member == NULL || !same_value(&ours->items[i], member))
			return false;
	}
	return true;
}

static bool same_number(struct str ours, const json_t *theirs)
{
	char text[400];

	if (ours.len >= sizeof(text))
		return true;
	memcpy(text, ours.data, ours.len);
	text[ours.len] = '\0';
	if (json_is_integer(theirs))
		return strtoll(text, NULL, 10) == json_integer_value(theirs);
	return strtod(text, NULL) == json_real_value(theirs);
}

static bool same_value(const struct jsn *ours, const json_t *theirs)
{
	switch (ours->kind) {
	case JSN_NULL:
		return json_is_null(theirs);
	case JSN_BOOL:
		return json_is_boolean(theirs) && ours->boolean == json_is_true(theirs);
	case JSN_NUMBER:
		return json_is_number(theirs) && same_number(ours->text, theirs);
	case JSN_STRING:
		return json_is_string(theirs) &&
			str_eq(ours->text, str_make(json_string_value(theirs), json_string_length(theirs)));
	case JSN_ARRAY:
		if (!json_is_array(theirs) || ours->n_items != json_array_size(theirs))
			return false;
		for (size_t i = 0; i < ours->n_items; i++)
			if (!same_value(&ours->items[i], json_array_get(theirs, i)))
				return false;
		return true;
	case JSN_OBJECT:
		return json_is_object(theirs) && same_members(ours, theirs);
	}
	return false;
}

/* Where jansson differs by design: numbers it cannot hold, and NULs in names. */
static bool is_exempt(const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);

	return code == json_error_numeric_overflow || code == json_error_null_byte_in_key;
}

/* Whether jansson agrees about `text`; *taken says what the verdict was. */
static bool agrees(struct str text, bool *taken)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct jsn *ours = NULL;
	json_error_t error;
	json_t *theirs = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	bool agree;

	*taken = jsn_parse(arena, text, 0, 1000, &ours, &err) == OK;
	if (theirs == NULL && is_exempt(&error))
		agree = true;
	else
		agree = *taken ? theirs != NULL && same_value(ours, theirs) : theirs == NULL;
	json_decref(theirs);
	arena_destroy(arena);
	return agree;
}

/* One to three changes: a byte set, taken out, or put in, or a piece copied elsewhere. */
static size_t mutate(char *text, size_t len, size_t room)
{
	static const char bytes[] = "\"\\{}[]:,0123456789.-+eEtrufalsn \n\t/bd\x80\xC3\xA4\xED\xA0\xF0\x01\x7F";

	for (uint64_t n = 1 + random_u64() % 3; n > 0; n--) {
		size_t at = random_u64() % len, from = random_u64() % len, piece = 1 + random_u64() % 8;
		char c = bytes[random_u64() % (sizeof(bytes) - 1)];

		switch (random_u64() % 4) {
		case 0:
			text[at] = c;
			break;
		case 1:
			memmove(text + at, text + at + 1, len - at - 1);
			len -= len > 1;
			break;
		case 2:
			if (len < room) {
				memmove(text + at + 1, text + at, len - at);
				text[at] = c;
				len++;
			}
			break;
		default:
			if (at + piece <= len && from + piece <= len)
				memmove(text + at, text + from, piece);
		}
	}
	return len;
}

static const char *const seeds[] = {
	sample,
	"[1,-1,0,0.5,1e5,1E-5,-0.0,123456789012,1.25e+2]",
	"{\"a\":1,\"b\":[true,false,null],\"a\":{\"c\":\"\"}}",
	"[\"\\u00e4\",\"\\ud83d\\ude00\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u0000\"]",
	"\"12345678\xE2\x82\xAC" "12345\xF0\x9F\x98\x80\\n12345678\"",
	"[[[[{}]],{\"x\":[{\"y\":{}}]}]]",
	"  -1.5e3  ",
};

static void test_against_jansson(void **state)
{
	size_t n_taken = 0, n_refused = 0;
	char text[1000];
	bool taken;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		const char *seed = seeds[(size_t)round % COUNT(seeds)];
		size_t len = strlen(seed);

		memcpy(text, seed, len);
		if (round >= (int)COUNT(seeds))
			len = mutate(text, len, sizeof(text));
		if (!agrees(str_make(text, len), &taken))
			fail_msg("jansson does not agree that '%.*s' is %s", (int)len, text, taken ? "JSON" : "not JSON");
		n_taken += taken;
		n_refused += !taken;
	}
	assert_true(n_taken > 5000 && n_refused > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depth_limit),
		cmocka_unit_test(test_depth_is_given_back),
		cmocka_unit_test(test_small_stack),
		cmocka_unit_test(test_many_members),
		cmocka_unit_test(test_one_name_many_times),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_against_jansson),
	};

	return cmocka_run_group_tests_name("base/json_large", tests, NULL, NULL);
}
