/* What patterns allow together: against PCRE2 and the formats' own functions, text by text. */
#include "tests/unit/compat/jsonschema_test.h"

#include <time.h>

#include "compat/jsonschema/language.h"
#include "compat/jsonschema/validate_int.h"

enum { ENOUGH = 4 * 1000 * 1000, LONGEST_TRIED = 4 };

static const char *const patterns[] = {
	"^a", "b$", "^[a-c]*$", "^[a-z]+$", "[0-9]", "a*", "^(a|b)c?$", "^x", "", "^$", "a$b", "a^b", "(^a|b$)", "^a|b$", "^(ab)*$",
	"^(a|ab)(c|bcd)*$", "a{2}", "^a{2,3}$", "^a{2,}$", "^[^a]$", "^\\w+$", "^\\W", "\\d\\s", "^[\\w-]{2}$", "^.$", "^..?$", "[]",
	"^[^]$", "x{,2}", "^(?:a+?b)+$", "^(?<n>a)b$", "^((a|b)*abb)$", "(a*)*b", "^[a-b-c]$", "^\\u0061$", "^[\\S]b$", "a||b", "^()*$",
};

enum { N_PATTERNS = sizeof(patterns) / sizeof(patterns[0]) };

static bool is_one(const struct jsch_regex *yes, const struct jsch_regex *no, struct str text)
{
	return jsch_regex_match(yes, text, 10000) == JSCH_MATCHES && (no == NULL || jsch_regex_match(no, text, 10000) == JSCH_DIFFERS);
}

/* The shortest text over a few letters that matches the first and not the second; absent: none up to a length. */
static struct str try_all(struct arena *arena, const struct jsch_regex *yes, const struct jsch_regex *no)
{
	static const char letters[] = "abc0 x-";
	char text[LONGEST_TRIED + 1] = "";

	for (size_t len = 0, n = 1; len <= LONGEST_TRIED; len++, n *= sizeof(letters) - 1) {
		for (size_t number = 0; number < n; number++) {
			size_t rest = number;

			for (size_t i = 0; i < len; i++, rest /= sizeof(letters) - 1)
				text[i] = letters[rest % (sizeof(letters) - 1)];
			if (is_one(yes, no, str_make(text, len)))
				return str_dup(arena, str_make(text, len));
		}
	}
	return STR_NONE;
}

static size_t count_codes(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += (text.data[i] & 0xC0) != 0x80;
	return n;
}

static void compare(struct arena *arena, const char *yes, const char *no)
{
	const struct jsch_regex *regex = jsch_regex_make(arena, str_of(yes)), *other = no ? jsch_regex_make(arena, str_of(no)) : NULL;
	struct jsch_language l = jsch_language_make(arena, ENOUGH);
	struct str found = STR_NONE, tried;
	enum jsch_answer answer;

	assert_true(jsch_language_pattern(&l, str_of(yes), true));
	assert_true(no == NULL || jsch_language_pattern(&l, str_of(no), false));
	answer = jsch_language_find(&l, &found);
	tried = try_all(arena, regex, other);
	if (answer == JSCH_NOT_KNOWN || (answer == JSCH_NO_TEXT && str_present(tried)))
		fail_msg("%s and not %s: there is \"%.*s\"", yes, no ? no : "-", STR_ARG(tried));
	if (answer == JSCH_NO_TEXT)
		return;
	if (!is_one(regex, other, found))
		fail_msg("%s and not %s: \"%.*s\" is none", yes, no ? no : "-", STR_ARG(found));
	if (str_present(tried) && count_codes(found) > tried.len)
		fail_msg("%s and not %s: \"%.*s\" is shorter than \"%.*s\"", yes, no ? no : "-", STR_ARG(tried), STR_ARG(found));
}

static void patterns_agree_with_pcre(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PATTERNS; i++) {
		struct arena *arena = arena_create(0);

		compare(arena, patterns[i], NULL);
		for (size_t k = 0; k < N_PATTERNS; k++)
			compare(arena, patterns[i], patterns[k]);
		arena_destroy(arena);
	}
}

static void what_is_not_regular_is_not_taken(void **state)
{
	static const char *const others[] = { "(a)\\1", "(?=a)b", "(?!a)b", "(?<=a)b", "\\bword", "\\p{Lu}", "(?i)a", "(?>a+)b", "a++b", "[a-\\d]",
		"\\cA", "a{1500}b{1500}", "\\uD800" };
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct jsch_language l = jsch_language_make(arena, ENOUGH);

		if (jsch_language_pattern(&l, str_of(others[i]), true) || l.n > 0)
			fail_msg("%s was taken", others[i]);
	}
	arena_destroy(arena);
}

static void lengths_are_kept(void **state)
{
	struct arena *arena = arena_create(0);
	struct jsch_language l = jsch_language_make(arena, ENOUGH);
	struct str text = STR_NONE;

	(void)state;
	assert_true(jsch_language_pattern(&l, STR("^(ab)+$"), true));
	jsch_language_shortest(&l, 5);
	jsch_language_longest(&l, 7);
	assert_int_equal(jsch_language_find(&l, &text), JSCH_A_TEXT);
	assert_true(str_eq(text, STR("ababab")));
	jsch_language_longest(&l, 5);
	assert_int_equal(jsch_language_find(&l, &text), JSCH_NO_TEXT);
	l = jsch_language_make(arena, ENOUGH);
	assert_true(jsch_language_pattern(&l, STR("^\\u00e9+$"), true));
	jsch_language_shortest(&l, 2);
	jsch_language_longest(&l, 100000);
	assert_int_equal(jsch_language_find(&l, &text), JSCH_A_TEXT);
	assert_true(str_eq(text, STR("\xC3\xA9\xC3\xA9")));
	arena_destroy(arena);
}

static void work_is_bounded(void **state)
{
	struct arena *arena = arena_create(0);
	struct jsch_language l = jsch_language_make(arena, 20000);
	struct str text = STR_NONE;

	(void)state;
	/* The last but twelve is an a: 4096 sets of states. */
	assert_true(jsch_language_pattern(&l, STR("^[ab]*a[ab]{12}$"), true));
	assert_true(jsch_language_pattern(&l, STR("a"), false));
	assert_int_equal(jsch_language_find(&l, &text), JSCH_NO_TEXT);
	l = jsch_language_make(arena, 20000);
	assert_true(jsch_language_pattern(&l, STR("^[ab]*a[ab]{12}$"), true));
	assert_true(jsch_language_pattern(&l, STR("^[ab]*a[ab]{12}$"), false));
	assert_int_equal(jsch_language_find(&l, &text), JSCH_NOT_KNOWN);
	arena_destroy(arena);
}

/* Thousands of sets of characters: what it costs to tell them apart is counted as what it is. */
static void many_classes_take_no_time(void **state)
{
	struct arena *arena = arena_create(0);
	struct buf b = buf_make(arena, 32 * 1024);
	clock_t began = clock();

	(void)state;
	buf_lit(&b, "^(");
	for (unsigned i = 0; i < 900; i++)
		buf_printf(&b, "%s[\\u%04x%c]", i > 0 ? "|" : "", 0x4e00 + 7 * i, 'a' + (int)(i % 26));
	buf_lit(&b, ")$");
	for (int i = 0; i < 20; i++) {
		struct jsch_language l = jsch_language_make(arena, 60000);
		struct str text;

		assert_true(jsch_language_pattern(&l, buf_str(&b), true));
		assert_true(jsch_language_pattern(&l, buf_str(&b), false));
		jsch_language_find(&l, &text);
	}
	assert_true(clock() - began < 4 * CLOCKS_PER_SEC);
	arena_destroy(arena);
}

/* ---- formats ---- */

static const struct {
	const char *format;
	const char *texts[12];
} samples[] = {
	{ "date", { "2000-02-29", "1900-02-29", "2004-02-29", "2001-02-29", "1999-12-31", "1999-04-31", "0000-02-29", "2000-00-01", "12-01-01" } },
	{ "time", { "23:59:60Z", "24:00:00Z", "00:00:00.5+23:59", "00:00:00.Z", "00:00:00", "00:00:00z", "00:60:00Z", "00:00:00-24:00" } },
	{ "date-time", { "2000-01-01T00:00:00Z", "2000-01-01t00:00:00.25-01:30", "2000-01-01 00:00:00Z" } },
	{ "email", { "a@b", "a@@b", "@b", "a@", "a b@c", "a@b@c", "a" } },
	{ "hostname", { "a", "a.b", "a-b", "-a", "a-", "a..b", ".a", "a.", "a-.b", "a--b", "" } },
	{ "ipv4", { "0.0.0.0", "255.255.255.255", "256.1.1.1", "01.1.1.1", "1.1.1", "1.1.1.1.1", "1.1.1.1000", "99.199.249.9" } },
	{ "ipv6", { "::", "1::", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1::2:3:4:5:6:7", "1:2:3:4:5:6:7::", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
		"1:2:3:4:5::1.2.3.4", "1::2::3", "12345::" } },
	{ "uuid", { "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000g", "0-0-0-0-0" } },
	{ "uri", { "a:", "a:b", "1:b", "a%20:b", "a:%2", "a:%20", "a:\xC3\xA9", "a+.-1:[]", "a:<", ":a" } },
	{ "uri-reference", { "", "a", "%", "%41", "a b", "[", "~" } },
	{ "json-pointer", { "", "/", "a", "/~0", "/~", "/~2", "/a/b/~1", "//" } },
};

static void check_format(struct arena *arena, struct str format, const struct jsch_regex *regex, int64_t longest, struct str text)
{
	bool is = jsch_regex_match(regex, text, 1000 * 1000) == JSCH_MATCHES && (longest == JSCH_ABSENT || (int64_t)count_codes(text) <= longest);
	(void)arena;

	if (is != jsch_format_holds(format, text))
		fail_msg("%.*s: \"%.*s\" is %s by its pattern", STR_ARG(format), STR_ARG(text), is ? "one" : "none");
}

/* The sample, and everything that is one character more, less or other. */
static void check_around(struct arena *arena, struct str format, const struct jsch_regex *regex, int64_t longest, struct str text)
{
	static const char letters[] = "0159aAfFzZ:-.+~%@/ []!T\n";

	check_format(arena, format, regex, longest, text);
	for (size_t i = 0; i <= text.len; i++) {
		struct str before = str_sub(text, 0, i), after = str_sub(text, i, text.len), rest = str_sub(text, i + (i < text.len), text.len);

		check_format(arena, format, regex, longest, str_printf(arena, "%.*s%.*s", STR_ARG(before), STR_ARG(rest)));
		for (size_t k = 0; letters[k]; k++) {
			check_format(arena, format, regex, longest, str_printf(arena, "%.*s%c%.*s", STR_ARG(before), letters[k], STR_ARG(after)));
			check_format(arena, format, regex, longest, str_printf(arena, "%.*s%c%.*s", STR_ARG(before), letters[k], STR_ARG(rest)));
		}
	}
}

static void formats_agree_with_their_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct arena *arena = arena_create(0);
		struct str format = str_of(samples[i].format);
		int64_t longest;
		const struct jsch_regex *regex = jsch_regex_make(arena, jsch_format_pattern(format, &longest));
		struct jsch_language l = jsch_language_make(arena, ENOUGH);
		struct str text = STR_NONE;

		for (size_t k = 0; k < 12 && samples[i].texts[k]; k++)
			check_around(arena, format, regex, longest, str_of(samples[i].texts[k]));
		for (size_t length = 0; length < 300; length += length < 70 ? 1 : 61)
			check_around(arena, format, regex, longest, jsch_format_sample(arena, format, length));
		assert_true(jsch_language_format(&l, format, true));
		assert_int_equal(jsch_language_find(&l, &text), JSCH_A_TEXT);
		assert_true(jsch_format_holds(format, text));
		arena_destroy(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_agree_with_pcre),
		cmocka_unit_test(what_is_not_regular_is_not_taken),
		cmocka_unit_test(lengths_are_kept),
		cmocka_unit_test(work_is_bounded),
		cmocka_unit_test(many_classes_take_no_time),
		cmocka_unit_test(formats_agree_with_their_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
