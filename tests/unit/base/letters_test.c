/* Tests of base/letters.c: letters and digits as Java has them, and walking over characters. */
#include "base/letters.h"

#include "tests/unit/base/check.h"

static void test_letters(void **state)
{
	static const struct {
		const char *name;
		uint32_t code;
		bool letter, digit;
	} cases[] = {
		{ "@", '@', false, false }, { "A", 'A', true, false }, { "Z", 'Z', true, false }, { "[", '[', false, false },
		{ "a", 'a', true, false }, { "z", 'z', true, false }, { "{", '{', false, false }, { "/", '/', false, false },
		{ "0", '0', false, true }, { "9", '9', false, true }, { ":", ':', false, false }, { "NUL", 0, false, false },
		{ "feminine ordinal", 0xAA, true, false }, { "multiplication", 0xD7, false, false }, { "e acute", 0xE9, true, false },
		{ "arabic three", 0x663, false, true }, { "euro", 0x20AC, false, false }, { "han", 0x4E2D, true, false },
		{ "roman numeral one", 0x2160, false, false }, { "full width nine", 0xFF19, false, true },
		{ "lone surrogate", 0xD801, false, false }, { "deseret letter", 0x10400, false, false },
		{ "past everything", 0x10FFFF, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK(cases[i].name, letters_is_letter(cases[i].code) == cases[i].letter);
		CHECK(cases[i].name, letters_is_digit(cases[i].code) == cases[i].digit);
	}
}

static void test_next(void **state)
{
	static const struct {
		uint32_t code;
		size_t at; /* behind it */
	} steps[] = { { 'a', 1 }, { 0xE9, 3 }, { 0x20AC, 6 }, { 0x1F600, 10 }, { 'z', 11 } };
	const struct str text = STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		CHECK_INT("code", letters_next(text, &at), steps[i].code);
		CHECK_INT("at", at, steps[i].at);
	}
	assert_int_equal(at, text.len);
	/* a character that is cut off is none, and the end */
	at = 0;
	CHECK_INT("cut", letters_next(STR("\xe2\x82"), &at), 0);
	CHECK_INT("cut", at, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_letters), cmocka_unit_test(test_next) };

	return cmocka_run_group_tests_name("base: letters", tests, NULL, NULL);
}
