/* Tests of base/str.c and base/buf.c. */
#include "base/str.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "tests/unit/base/check.h"

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void test_order(void **state)
{
	static const struct {
		const char *name;
		struct str a, b;
		int bytes, units;
	} cases[] = {
		{ "equal", { "abc", 3 }, { "abc", 3 }, 0, 0 },
		{ "absent and empty", { NULL, 0 }, { "", 0 }, 0, 0 },
		{ "empty before all", { "", 0 }, { "\0", 1 }, -1, -1 },
		{ "prefix", { "ab", 2 }, { "abc", 3 }, -1, -1 },
		{ "long prefix", { "0123456789", 10 }, { "0123456789a", 11 }, -1, -1 },
		{ "late difference", { "0123456789ab", 12 }, { "0123456789aa", 12 }, 1, 1 },
		{ "NUL", { "a\0b", 3 }, { "a\0c", 3 }, -1, -1 },
		{ "bytes are unsigned", { "\x7F", 1 }, { "\xC2\x80", 2 }, -1, -1 },
		{ "U+FFFF and U+10000", { "\xEF\xBF\xBF", 3 }, { "\xF0\x90\x80\x80", 4 }, -1, 1 },
		{ "U+E000 and U+10FFFF", { "\xEE\x80\x80", 3 }, { "\xF4\x8F\xBF\xBF", 4 }, -1, 1 },
		{ "U+D7FF and U+10000", { "\xED\x9F\xBF", 3 }, { "\xF0\x90\x80\x80", 4 }, -1, -1 },
		{ "U+20AC and U+1F600", { "\xE2\x82\xAC", 3 }, { "\xF0\x9F\x98\x80", 4 }, -1, -1 },
		{ "low halves", { "\xF0\x9F\x98\x80", 4 }, { "\xF0\x9F\x98\x81", 4 }, -1, -1 },
		{ "high halves", { "\xF0\x90\x80\x80", 4 }, { "\xF1\x80\x80\x80", 4 }, -1, -1 },
		{ "behind a prefix", { "01234567\xEF\xBC\xA1z", 12 }, { "01234567\xF0\x9F\x98\x80" "a", 13 }, -1, 1 },
		{ "inside a character", { "\xEE\x80\x80", 3 }, { "\xEE\x80\x81", 3 }, -1, -1 },
		{ "half a pair and the pair", { "\xED\xA0\xBD", 3 }, { "\xF0\x9F\x98\x80", 4 }, -1, -1 },
		{ "half a pair and U+E000", { "\xED\xBF\xBF", 3 }, { "\xEE\x80\x80", 3 }, -1, -1 },
		{ "low half and a pair", { "\xED\xB0\x80", 3 }, { "\xF0\x9F\x98\x80", 4 }, -1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK_INT(cases[i].name, sign(str_cmp(cases[i].a, cases[i].b)), cases[i].bytes);
		CHECK_INT(cases[i].name, sign(str_cmp(cases[i].b, cases[i].a)), -cases[i].bytes);
		CHECK_INT(cases[i].name, sign(str_cmp_utf16(cases[i].a, cases[i].b)), cases[i].units);
		CHECK_INT(cases[i].name, sign(str_cmp_utf16(cases[i].b, cases[i].a)), -cases[i].units);
		CHECK_INT(cases[i].name, str_eq(cases[i].a, cases[i].b), cases[i].bytes == 0);
	}
}

static void test_utf8(void **state)
{
	static const struct {
		struct str text;
		bool valid;
		size_t units;
	} cases[] = {
		{ { "", 0 }, true, 0 },
		{ { "plain ASCII, long enough for words", 34 }, true, 34 },
		{ { "\0", 1 }, true, 1 },
		{ { "\x7F", 1 }, true, 1 },
		{ { "\xC2\x80", 2 }, true, 1 },
		{ { "\xDF\xBF", 2 }, true, 1 },
		{ { "\xE0\xA0\x80", 3 }, true, 1 },
		{ { "\xED\x9F\xBF", 3 }, true, 1 },
		{ { "\xEE\x80\x80", 3 }, true, 1 },
		{ { "\xEF\xBF\xBF", 3 }, true, 1 },
		{ { "\xF0\x90\x80\x80", 4 }, true, 2 },
		{ { "\xF4\x8F\xBF\xBF", 4 }, true, 2 },
		{ { "1234567\xC3\xA4", 9 }, true, 8 },
		{ { "\x80", 1 }, false, 0 },
		{ { "\xBF", 1 }, false, 0 },
		{ { "\xC0\x80", 2 }, false, 0 },
		{ { "\xC1\xBF", 2 }, false, 0 },
		{ { "\xC2", 1 }, false, 0 },
		{ { "\xC2\x7F", 2 }, false, 0 },
		{ { "\xC2\xC0", 2 }, false, 0 },
		{ { "\xE0\x9F\xBF", 3 }, false, 0 },
		{ { "\xE2\x82", 2 }, false, 0 },
		{ { "\xE2\x28\xA1", 3 }, false, 0 },
		{ { "\xE2\x82\x28", 3 }, false, 0 },
		{ { "\xED\xA0\x80", 3 }, false, 0 },
		{ { "\xED\xBF\xBF", 3 }, false, 0 },
		{ { "\xF0\x8F\xBF\xBF", 4 }, false, 0 },
		{ { "\xF0\x90\x80", 3 }, false, 0 },
		{ { "\xF0\x90\x80\x28", 4 }, false, 0 },
		{ { "\xF4\x90\x80\x80", 4 }, false, 0 },
		{ { "\xF5\x80\x80\x80", 4 }, false, 0 },
		{ { "\xFE", 1 }, false, 0 },
		{ { "\xFF", 1 }, false, 0 },
		{ { "12345678901234\xFFx", 16 }, false, 0 },
	};
	char name[16];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(name, sizeof(name), "row %zu", i);
		CHECK_INT(name, str_is_utf8(cases[i].text), cases[i].valid);
		if (cases[i].valid)
			CHECK_INT(name, str_utf16_len(cases[i].text), cases[i].units);
	}
}

static void test_repair(void **state)
{
	static const struct {
		const char *text, *repaired;
	} cases[] = {
		{ "", "" },
		{ "a\xc3\xb6\xf0\x9f\x8d\xb0", "a\xc3\xb6\xf0\x9f\x8d\xb0" },
		{ "Gr\xf6\xdf" "e", "Gr\xef\xbf\xbd\xef\xbf\xbd" "e" },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80" "b", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "b" },
	};
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_STR(cases[i].text, str_repair_utf8(arena, str_of(cases[i].text)), str_of(cases[i].repaired));
	arena_destroy(arena);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool is_64, is_32;
		int64_t value;
	} cases[] = {
		{ "0", true, true, 0 },
		{ "-0", true, true, 0 },
		{ "+7", true, true, 7 },
		{ "0042", true, true, 42 },
		{ "2147483647", true, true, INT32_MAX },
		{ "2147483648", true, false, 2147483648 },
		{ "-2147483648", true, true, INT32_MIN },
		{ "-2147483649", true, false, -2147483649 },
		{ "9223372036854775807", true, false, INT64_MAX },
		{ "9223372036854775808", false, false, 0 },
		{ "-9223372036854775808", true, false, INT64_MIN },
		{ "-9223372036854775809", false, false, 0 },
		{ "92233720368547758070", false, false, 0 },
		{ "", false, false, 0 },
		{ "-", false, false, 0 },
		{ "+", false, false, 0 },
		{ "+-1", false, false, 0 },
		{ " 1", false, false, 0 },
		{ "1 ", false, false, 0 },
		{ "1.0", false, false, 0 },
		{ "0x1", false, false, 0 },
		{ "1e3", false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t wide = 99;
		int32_t narrow = 99;

		CHECK_INT(cases[i].text, str_to_i64(str_of(cases[i].text), &wide), cases[i].is_64);
		CHECK_INT(cases[i].text, wide, cases[i].is_64 ? cases[i].value : 99);
		CHECK_INT(cases[i].text, str_to_i32(str_of(cases[i].text), &narrow), cases[i].is_32);
		CHECK_INT(cases[i].text, narrow, cases[i].is_32 ? cases[i].value : 99);
	}
	assert_false(str_to_i32(str_make("1\0", 2), &(int32_t){ 0 }));
}

static void test_parts(void **state)
{
	struct str s = STR("hello"), none = STR_NONE;

	(void)state;
	CHECK_STR("middle", str_sub(s, 1, 3), STR("el"));
	CHECK_STR("clipped", str_sub(s, 3, 99), STR("lo"));
	CHECK_STR("behind", str_sub(s, 9, 99), STR(""));
	CHECK_STR("crossed", str_sub(s, 4, 2), STR(""));
	assert_false(str_present(str_sub(none, 1, 2)));
	assert_true(str_starts(s, STR("he")) && str_starts(s, STR("")) && str_starts(s, s));
	assert_false(str_starts(s, STR("hellos")) || str_starts(s, STR("e")));
	assert_true(str_ends(s, STR("lo")) && str_ends(s, STR("")) && str_ends(none, none));
	assert_false(str_ends(s, STR("l")) || str_ends(STR(""), s));
	assert_int_equal(str_index(s, 'l'), 2);
	assert_int_equal(str_rindex(s, 'l'), 3);
	assert_int_equal(str_index(s, 'x'), -1);
	assert_int_equal(str_rindex(none, 'x'), -1);
	assert_int_equal(str_index(STR("a\0b"), 'b'), 2);
	CHECK_STR("trimmed", str_trim(STR(" \t\n\0\x1F a b \r\n")), STR("a b"));
	CHECK_STR("no-break space stays", str_trim(STR("\xC2\xA0")), STR("\xC2\xA0"));
	CHECK_STR("all blank", str_trim(STR("  ")), STR(""));
	assert_true(str_eq_nocase(STR("Content-Type"), STR("content-tYPE")));
	assert_false(str_eq_nocase(STR("a@"), STR("a`")) || str_eq_nocase(STR("\xC4"), STR("\xE4")));
	assert_false(str_eq_nocase(STR("a"), STR("ab")));
}

static void test_made(void **state)
{
	struct arena *arena = arena_create(0);
	struct str copy = str_dup(arena, STR("a\0b"));

	(void)state;
	CHECK_STR("copy", copy, STR("a\0b"));
	assert_int_equal(copy.data[copy.len], '\0');
	assert_false(str_present(str_dup(arena, STR_NONE)));
	assert_true(str_present(str_dup(arena, STR(""))));
	CHECK_STR("concat", str_concat(arena, STR("ab"), STR("c")), STR("abc"));
	CHECK_STR("concat with absent", str_concat(arena, STR_NONE, STR("c")), STR("c"));
	CHECK_STR("printf", str_printf(arena, "%d%s", 5, "x"), STR("5x"));
	CHECK_STR("printf with NUL", str_printf(arena, "%c|", '\0'), STR("\0|"));
	for (size_t len = 0; len < 300; len++) {
		struct str zeros = str_printf(arena, "x%0*d", (int)len, 1);

		assert_int_equal(zeros.len, 1 + (len > 0 ? len : 1));
		assert_int_equal(strlen(zeros.data), zeros.len);
	}
	arena_destroy(arena);
}

/* A buf is as a plain array that is appended to, with other allocations in between or not. */
static void test_buf(void **state)
{
	static char want[300000];

	(void)state;
	for (int round = 0; round < 40; round++) {
		struct arena *arena = arena_create(round % 3 ? 0 : 100);
		struct buf b = buf_make(arena, (size_t)round % 7);
		size_t len = 0;

		for (int step = 0; step < 500; step++) {
			char piece[600];
			size_t n = random_u64() % (round % 2 ? 20 : sizeof(piece));

			memset(piece, 'a' + step % 26, sizeof(piece));
			if (random_u64() % 4 == 0)
				arena_alloc_text(arena, 5);
			if (step % 3 == 0) {
				n = 1;
				buf_add_c(&b, piece[0]);
			} else if (step % 3 == 1) {
				buf_add(&b, str_make(piece, n));
			} else {
				buf_printf(&b, "%.*s", (int)n, piece);
			}
			memcpy(want + len, piece, n);
			len += n;
		}
		CHECK_STR("appended", buf_str(&b), str_make(want, len));
		assert_int_equal(b.data[len], '\0');
		arena_destroy(arena);
	}
}

static void test_buf_numbers(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 7, "7" }, { -1, "-1" }, { 10, "10" }, { 1234567890123, "1234567890123" },
		{ INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" },
	};
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = buf_make(arena, 0);

		buf_add_i64(&b, cases[i].value);
		CHECK_STR(cases[i].text, buf_str(&b), str_of(cases[i].text));
	}
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_repair),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_buf_numbers),
	};

	return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
