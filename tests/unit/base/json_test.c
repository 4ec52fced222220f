/* Tests of the JSON reader and writer by tables: what is taken, what is refused and with which words. */
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "tests/unit/base/check.h"

enum { ALL = JSN_COMMENTS | JSN_NAN | JSN_TRAILING | JSN_SURROGATES | JSN_WTF8 };

#define T(literal) { literal, sizeof(literal) - 1 }

/* Parses a copy of exactly the bytes of `text`, so that the sanitizer sees any look beyond them. */
static enum err_code parse(struct arena *arena, struct str text, unsigned flags, const struct jsn **out,
	struct err *err)
{
	char *copy = malloc(text.len > 0 ? text.len : 1);

	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	arena_defer(arena, free, copy);
	*err = (struct err){ .arena = arena };
	return jsn_parse(arena, str_make(copy, text.len), flags, 1000, out, err);
}

static struct str write(struct arena *arena, const struct jsn *value)
{
	struct buf b = buf_make(arena, 0);

	buf_json(&b, value);
	return buf_str(&b);
}

/* What each text is when it is written again; NULL: as it was. */
static const struct {
	struct str text;
	unsigned flags;
	struct str written;
} taken[] = {
	{ T("null"), 0, T("null") },
	{ T("true"), 0, T("true") },
	{ T("false"), 0, T("false") },
	{ T(" \t\r\n null \n"), 0, T("null") },
	{ T("0"), 0, T("0") },
	{ T("-0"), 0, T("-0") },
	{ T("-0.0e-0"), 0, T("-0.0e-0") },
	{ T("1.50"), 0, T("1.50") },
	{ T("1E+05"), 0, T("1E+05") },
	{ T("1e999"), 0, T("1e999") },
	{ T("123456789012345678901234567890.0000000001"), 0, T("123456789012345678901234567890.0000000001") },
	{ T("\"\""), 0, T("\"\"") },
	{ T("\"plain text that is longer than a word\""), 0, T("\"plain text that is longer than a word\"") },
	{ T("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), 0, T("\"\\\"\\\\/\\b\\f\\n\\r\\t\"") },
	{ T("\"\\u0000\\u001f\\u0041\\u007F\""), 0, T("\"\\u0000\\u001FA\x7F\"") },
	{ T("\"\\u00e4\\u20AC\\uFFFF\""), 0, T("\"\xC3\xA4\xE2\x82\xAC\xEF\xBF\xBF\"") },
	{ T("\"\\uD83D\\uDE00\\uDBFF\\uDFFF\""), 0, T("\"\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\"") },
	{ T("\"\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 \xE2\x80\xA8 \x7F\""), 0,
		T("\"\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 \xE2\x80\xA8 \x7F\"") },
	{ T("\"12345\\\"1234567\\\\12345678\\/x\""), 0, T("\"12345\\\"1234567\\\\12345678/x\"") },
	{ T("[]"), 0, T("[]") },
	{ T("{}"), 0, T("{}") },
	{ T(" [ ] "), 0, T("[]") },
	{ T("[[],{},[{}]]"), 0, T("[[],{},[{}]]") },
	{ T("[ 1 , \"a\" ,null ]"), 0, T("[1,\"a\",null]") },
	{ T("{ \"a\" : 1 , \"b\":{ \"c\" :[ ] } }"), 0, T("{\"a\":1,\"b\":{\"c\":[]}}") },
	{ T("{\"\":1,\"\\u0000\":2}"), 0, T("{\"\":1,\"\\u0000\":2}") },
	{ T("{\"b\":1,\"a\":2}"), 0, T("{\"b\":1,\"a\":2}") },
	{ T("{\"a\":1,\"b\":2,\"a\":[3]}"), 0, T("{\"a\":[3],\"b\":2}") },
	{ T("{\"a\":1,\"\\u0061\":2,\"a\":3}"), 0, T("{\"a\":3}") },
	{ T("/* one */[1,// two\n2/**/]//"), JSN_COMMENTS, T("[1,2]") },
	{ T("/***/ 1 /* * / */"), JSN_COMMENTS, T("1") },
	{ T("[NaN,Infinity,-Infinity,+Infinity,-INF,+INF,-1]"), JSN_NAN,
		T("[NaN,Infinity,-Infinity,+Infinity,-INF,+INF,-1]") },
	{ T("{\"a\":1} trailing"), JSN_TRAILING, T("{\"a\":1}") },
	{ T("{}\xFF"), JSN_TRAILING, T("{}") },
	{ T("\"a\"]"), JSN_TRAILING, T("\"a\"") },
	{ T("\"\\ud800\""), JSN_SURROGATES, T("\"\\uD800\"") },
	{ T("\"\\uDFFFx\\uD83D\\u0041\""), JSN_SURROGATES, T("\"\\uDFFFx\\uD83DA\"") },
	{ T("\"\\uD800\\uD83D\\uDE00\""), JSN_SURROGATES, T("\"\\uD800\xF0\x9F\x98\x80\"") },
	{ T("\"\xED\xA0\x80 \xED\xBF\xBF\""), JSN_SURROGATES | JSN_WTF8, T("\"\\uD800 \\uDFFF\"") },
};

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(taken); i++) {
		struct arena *arena = arena_create(0);
		const struct jsn *value, *again;
		const char *name = taken[i].text.data;
		struct err err;

		if (parse(arena, taken[i].text, taken[i].flags, &value, &err) != OK)
			fail_msg("case '%s': %.*s", name, STR_ARG(err.message));
		CHECK_STR(name, write(arena, value), taken[i].written);
		CHECK_INT(name, parse(arena, write(arena, value), taken[i].flags, &again, &err), OK);
		CHECK(name, jsn_equal(value, again));
		CHECK_INT(name, parse(arena, taken[i].text, ALL, &value, &err), OK);
		arena_destroy(arena);
	}
}

#define SOURCE "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
#define VALUES "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
#define VALUES_NAN "(JSON String, Number (or 'NaN'/'+INF'/'-INF'), Array, Object or token 'null', 'true' or 'false')"
#define CONTROL "has to be escaped using backslash to be included in "

/* Words marked R were recorded from the reference. */
static const struct {
	struct str text;
	unsigned flags;
	uint32_t line, column;
	const char *message;
} refused[] = {
	{ T(""), 0, 1, 1, "No content to map due to end-of-input" },
	{ T(" \n "), 0, 2, 2, "No content to map due to end-of-input" },
	/* R */
	{ T("{"), 0, 1, 2, "Unexpected end-of-input: expected close marker for Object (start marker at " SOURCE
		"line: 1, column: 1])" },
	{ T("{\"schema\":\"\\\"int\\\"\""), 0, 1, 20, "Unexpected end-of-input: expected close marker for Object "
		"(start marker at " SOURCE "line: 1, column: 1])" },
	{ T("{\"schema\":}"), 0, 1, 11, "Unexpected character ('}' (code 125)): expected a value" },
	{ T("{'schema':'x'}"), 0, 1, 2,
		"Unexpected character (''' (code 39)): was expecting double-quote to start field name" },
	{ T("{b}"), 0, 1, 2, "Unexpected character ('b' (code 98)): was expecting double-quote to start field name" },
	{ T("{\"schema\":\"x\",}"), 0, 1, 15,
		"Unexpected character ('}' (code 125)): was expecting double-quote to start field name" },
	{ T("{\"schema\"}"), 0, 1, 10,
		"Unexpected character ('}' (code 125)): was expecting a colon to separate field name and value" },
	{ T("{\"schema\":\"\\\"int\\\"\"}}"), 0, 1, 21, "Unexpected close marker '}': no open Object to close" },
	{ T("{\"schema\":1} trailing"), JSN_NAN, 1, 14, "Unrecognized token 'trailing': was expecting " VALUES_NAN },
	{ T("nosuch"), 0, 1, 1, "Unrecognized token 'nosuch': was expecting " VALUES },
	{ T("True"), 0, 1, 1, "Unrecognized token 'True': was expecting " VALUES },
	{ T("{\"schema\":\"\\q\"}"), 0, 1, 13, "Unrecognized character escape 'q' (code 113)" },
	{ T("{\"schema\":\"a\nb\"}"), 0, 1, 13,
		"Illegal unquoted character ((CTRL-CHAR, code 10)): " CONTROL "string value" },
	{ T("\"\0\""), 0, 1, 2, "Illegal unquoted character ((CTRL-CHAR, code 0)): " CONTROL "string value" },
	{ T("\"\xFF\""), 0, 1, 2, "Invalid UTF-8 start byte 0xff" },
	{ T("\"\xC3\\\""), 0, 1, 2, "Invalid UTF-8 middle byte 0x5c" },
	/* Containers. */
	{ T("]"), 0, 1, 1, "Unexpected close marker ']': no open Array to close" },
	{ T("[1]]"), 0, 1, 4, "Unexpected close marker ']': no open Array to close" },
	{ T("\n[1}"), 0, 2, 3, "Unexpected close marker '}': expected ']' (for Array starting at " SOURCE
		"line: 2, column: 1])" },
	{ T("[{]"), 0, 1, 3, "Unexpected close marker ']': expected '}' (for Object starting at " SOURCE
		"line: 1, column: 2])" },
	{ T("[1,]"), 0, 1, 4, "Unexpected character (']' (code 93)): expected a value" },
	{ T("[,1]"), 0, 1, 2, "Unexpected character (',' (code 44)): expected a value" },
	{ T("[1 2]"), 0, 1, 4, "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries" },
	{ T("{\"a\":1 \"b\":2}"), 0, 1, 8,
		"Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries" },
	{ T("{\"a\" 1}"), 0, 1, 6,
		"Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value" },
	{ T("{\"a\":]"), 0, 1, 6, "Unexpected character (']' (code 93)): expected a valid value " VALUES },
	{ T("{,}"), 0, 1, 2, "Unexpected character (',' (code 44)): was expecting double-quote to start field name" },
	{ T("{1:2}"), 0, 1, 2, "Unexpected character ('1' (code 49)): was expecting double-quote to start field name" },
	{ T("[1,"), 0, 1, 4, "Unexpected end-of-input within/between Array entries" },
	{ T("{\"a\""), 0, 1, 5, "Unexpected end-of-input within/between Object entries" },
	{ T("{\"a\":"), 0, 1, 6, "Unexpected end-of-input within/between Object entries" },
	{ T("{\"a\":1,"), 0, 1, 8, "Unexpected end-of-input within/between Object entries" },
	{ T("[1"), 0, 1, 3, "Unexpected end-of-input: expected close marker for Array (start marker at " SOURCE
		"line: 1, column: 1])" },
	/* Literals and characters that start nothing. */
	{ T("tru"), 0, 1, 1, "Unrecognized token 'tru': was expecting " VALUES },
	{ T("[truex]"), 0, 1, 2, "Unrecognized token 'truex': was expecting " VALUES },
	{ T("nullnull"), 0, 1, 1, "Unrecognized token 'nullnull': was expecting " VALUES },
	{ T("n\xC3\xA4"), 0, 1, 1, "Unrecognized token 'n\xC3\xA4': was expecting " VALUES },
	{ T("\xC3\xA4"), 0, 1, 1, "Unrecognized token '\xC3\xA4': was expecting " VALUES },
	{ T("NaN"), 0, 1, 1, "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow" },
	{ T("NaNs"), JSN_NAN, 1, 1, "Unrecognized token 'NaNs': was expecting " VALUES_NAN },
	{ T("[-Infinity]"), 0, 1, 2,
		"Non-standard token '-Infinity': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow" },
	{ T("-x"), ALL, 1, 2, "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to "
		"follow minus sign, for valid numeric value" },
	{ T("#"), 0, 1, 1, "Unexpected character ('#' (code 35)): expected a valid value " VALUES },
	{ T("\x7F"), 0, 1, 1, "Unexpected character ((CTRL-CHAR, code 127)): expected a valid value " VALUES },
	{ T("[1\xE2\x82\xAC]"), 0, 1, 3,
		"Unexpected character ('\xE2\x82\xAC' (code 8364 / 0x20ac)): was expecting comma to separate Array entries" },
	{ T("[\x01]"), 0, 1, 2, "Illegal character ((CTRL-CHAR, code 1)): only regular white space (\\r, \\n, \\t) is "
		"allowed between tokens" },
	{ T("\0"), 0, 1, 1, "Illegal character ((CTRL-CHAR, code 0)): only regular white space (\\r, \\n, \\t) is "
		"allowed between tokens" },
	{ T("[\xFE]"), 0, 1, 2, "Invalid UTF-8 start byte 0xfe" },
	{ T("\xEF\xBB\xBF{}"), 0, 1, 1, "Unrecognized token '\xEF\xBB\xBF': was expecting " VALUES },
	/* Numbers. */
	{ T("01"), 0, 1, 1, "Invalid numeric value: Leading zeroes not allowed" },
	{ T("-00"), 0, 1, 2, "Invalid numeric value: Leading zeroes not allowed" },
	{ T("-"), 0, 1, 2, "Unexpected end-of-input in numeric value: expected digit (0-9) to follow minus sign, for "
		"valid numeric value" },
	{ T("[1.]"), 0, 1, 4,
		"Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit" },
	{ T("[1e+]"), 0, 1, 5,
		"Unexpected character (']' (code 93)) in numeric value: Exponent indicator not followed by a digit" },
	{ T("[.5]"), 0, 1, 2, "Unexpected character ('.' (code 46)): expected a valid value " VALUES },
	{ T("+1"), 0, 1, 1, "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to "
		"have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow" },
	{ T("[0x1]"), 0, 1, 3, "Unexpected character ('x' (code 120)): was expecting comma to separate Array entries" },
	/* Strings. */
	{ T("\"abc"), 0, 1, 5, "Unexpected end-of-input in VALUE_STRING" },
	{ T("{\"abc"), 0, 1, 6, "Unexpected end-of-input: was expecting closing '\"' for name" },
	{ T("\"\\"), 0, 1, 3, "Unexpected end-of-input in character escape sequence" },
	{ T("\"\\u12"), 0, 1, 6, "Unexpected end-of-input in character escape sequence" },
	{ T("\"\\u12g4\""), 0, 1, 6,
		"Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence" },
	{ T("\"\\u\x2F""000\""), 0, 1, 4,
		"Unexpected character ('/' (code 47)): expected a hex-digit for character escape sequence" },
	{ T("\"\\U0041\""), 0, 1, 3, "Unrecognized character escape 'U' (code 85)" },
	{ T("\"\\\0\""), 0, 1, 3, "Unrecognized character escape (CTRL-CHAR, code 0)" },
	{ T("\"\\\xFF\""), 0, 1, 3, "Invalid UTF-8 start byte 0xff" },
	{ T("{\"a\tb\":1}"), 0, 1, 4, "Illegal unquoted character ((CTRL-CHAR, code 9)): " CONTROL "name" },
	{ T("\"\\ud800\""), 0, 1, 2, "The surrogate \\uD800 is only half of a character" },
	{ T("\"\\udc00\""), 0, 1, 2, "The surrogate \\uDC00 is only half of a character" },
	{ T("\"x\\ud800\\u0041\""), 0, 1, 3, "The surrogate \\uD800 is only half of a character" },
	{ T("\"\\ud800\\n\""), 0, 1, 2, "The surrogate \\uD800 is only half of a character" },
	{ T("\"\\ud800\\u00"), ALL, 1, 12, "Unexpected end-of-input in character escape sequence" },
	/* UTF-8: overlong, surrogates, too large, cut. */
	{ T("\"\xC0\x80\""), 0, 1, 2, "Invalid UTF-8 start byte 0xc0" },
	{ T("\"\x80\""), 0, 1, 2, "Invalid UTF-8 start byte 0x80" },
	{ T("\"\xE0\x80\x80\""), 0, 1, 2, "Invalid UTF-8 middle byte 0x80" },
	{ T("\"\xED\xA0\x80\""), 0, 1, 2, "Invalid UTF-8 middle byte 0xa0" },
	{ T("\"\xF4\x90\x80\x80\""), 0, 1, 2, "Invalid UTF-8 middle byte 0x90" },
	{ T("\"\xF0\x9F\x98\""), 0, 1, 2, "Invalid UTF-8 middle byte 0x22" },
	{ T("\"\xF0\x9F\x98"), 0, 1, 5, "Unexpected end-of-input in a UTF-8 character" },
	/* Comments. */
	{ T("[/**/]"), 0, 1, 2, "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? (not recognized "
		"as one since Feature 'ALLOW_COMMENTS' not enabled for parser)" },
	{ T("/"), ALL, 1, 2, "Unexpected end-of-input: was expecting either '*' or '/' for a comment" },
	{ T("/x"), ALL, 1, 2, "Unexpected character ('x' (code 120)): was expecting either '*' or '/' for a comment" },
	{ T("1/*\n*"), JSN_COMMENTS, 2, 2, "Unexpected end-of-input in a comment" },
	{ T("/*/"), ALL, 1, 4, "Unexpected end-of-input in a comment" },
	/* Behind the value. */
	{ T("1 2"), 0, 1, 3, "Unexpected character ('2' (code 50)): expected nothing after the value" },
	{ T("{}\r\n[]"), 0, 2, 1, "Unexpected character ('[' (code 91)): expected nothing after the value" },
	{ T("{} null"), 0, 1, 4, "Unexpected character ('n' (code 110)): expected nothing after the value" },
	{ T("1 \0"), 0, 1, 3, "Illegal character ((CTRL-CHAR, code 0)): only regular white space (\\r, \\n, \\t) is "
		"allowed between tokens" },
	{ T("1,"), 0, 1, 2, "Unexpected character (',' (code 44)): Expected space separating root-level values" },
	{ T("1 ,"), 0, 1, 3, "Unexpected character (',' (code 44)): expected a value" },
};

static void test_refused(void **state)
{
	const struct jsn mark = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct arena *arena = arena_create(0);
		const struct jsn *value = &mark;
		const char *name = refused[i].text.data;
		struct err err;

		CHECK_INT(name, parse(arena, refused[i].text, refused[i].flags, &value, &err), ERR_BAD_JSON);
		CHECK(name, value == &mark);
		CHECK_INT(name, err.code, ERR_BAD_JSON);
		CHECK_STR(name, err.message, str_of(refused[i].message));
		CHECK_INT(name, err.line, refused[i].line);
		CHECK_INT(name, err.column, refused[i].column);
		arena_destroy(arena);
	}
}

/* A token in a message is cut after 256 characters, between characters. */
static void test_long_token(void **state)
{
	struct arena *arena = arena_create(0);
	struct buf b = buf_make(arena, 0);
	const struct jsn *value;
	struct err err;

	(void)state;
	for (int i = 0; i < 400; i++)
		buf_lit(&b, "\xC3\xA4");
	assert_int_equal(parse(arena, buf_str(&b), 0, &value, &err), ERR_BAD_JSON);
	CHECK_STR("start", str_sub(err.message, 0, 20 + 512 + 4), str_printf(arena, "Unrecognized token '%.*s...'", 512, b.data));
	assert_true(str_is_utf8(err.message));
	arena_destroy(arena);
}

/* Every control and every malformed byte is found wherever it stands, and the end of the string, too. */
static void test_odd_bytes(void **state)
{
	struct arena *arena = arena_create(0);
	char text[42];

	(void)state;
	for (size_t len = 1; len < sizeof(text) - 2; len++) {
		for (size_t at = 0; at < len; at++) {
			const struct jsn *value;
			struct err err;

			memset(text, 'x', len + 2);
			text[0] = text[len + 1] = '"';
			text[1 + at] = (char)(len * 7 % 0x20);
			assert_int_equal(parse(arena, str_make(text, len + 2), 0, &value, &err), ERR_BAD_JSON);
			assert_int_equal(err.column, at + 2);
			assert_true(str_starts(err.message, STR("Illegal unquoted character")));
			text[1 + at] = (char)(0x80 + len * 7 % 0x40);
			assert_int_equal(parse(arena, str_make(text, len + 2), 0, &value, &err), ERR_BAD_JSON);
			assert_int_equal(err.column, at + 2);
			assert_true(str_starts(err.message, STR("Invalid UTF-8 start byte")));
			text[1 + at] = '"';
			assert_int_equal(parse(arena, str_make(text, len + 2), JSN_TRAILING, &value, &err), OK);
			assert_int_equal(value->text.len, at);
		}
		arena_reset(arena);
	}
	arena_destroy(arena);
}

static void test_places(void **state)
{
	static const struct {
		struct str path; /* member names and item numbers */
		uint32_t line, column;
	} cases[] = {
		{ T(""), 2, 2 }, { T("a"), 2, 7 }, { T("b"), 3, 6 }, { T("b 0"), 4, 1 }, { T("b 1"), 5, 2 },
		{ T("b 2"), 7, 5 }, { T("b 2 c"), 7, 10 }, { T("d"), 9, 6 },
	};
	static const struct str text = T("\n {\"a\":1,\r\n\"b\": [\r1,\n\t\"\xC3\xA4\",/*\n*/\n    {\"c\":[]}]\n,// x\r\n\"d\":\tnull}");
	struct arena *arena = arena_create(0);
	const struct jsn *root;
	struct err err;

	(void)state;
	assert_int_equal(parse(arena, text, JSN_COMMENTS, &root, &err), OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct jsn *value = root;

		for (size_t k = 0; k < cases[i].path.len; k += 2) {
			struct str step = str_sub(cases[i].path, k, k + 1);
			int32_t index;

			value = str_to_i32(step, &index) ? &value->items[index] : jsn_get(value, step);
		}
		CHECK_INT(cases[i].path.data, value->line, cases[i].line);
		CHECK_INT(cases[i].path.data, value->column, cases[i].column);
	}
	arena_destroy(arena);
}

static void test_get(void **state)
{
	struct arena *arena = arena_create(0);
	const struct jsn *root;
	struct err err;

	(void)state;
	assert_int_equal(parse(arena, STR("{\"a\":null,\"b\":[1],\"\":true,\"a\\u0000\":\"z\"}"), 0, &root, &err), OK);
	assert_int_equal(jsn_get(root, STR("a"))->kind, JSN_NULL);
	assert_null(jsn_get_value(root, STR("a")));
	assert_int_equal(jsn_get_value(root, STR("b"))->n_items, 1);
	assert_true(jsn_get(root, STR(""))->boolean);
	CHECK_STR("NUL in a name", jsn_get(root, STR("a\0"))->text, STR("z"));
	assert_null(jsn_get(root, STR("c")));
	assert_null(jsn_get_value(root, STR("c")));
	assert_null(jsn_get(jsn_get(root, STR("b")), STR("a")));
	assert_null(jsn_get(NULL, STR("a")));
	assert_false(str_present(jsn_get(root, STR("b"))->items[0].name));
	assert_string_equal(jsn_kind_name(JSN_OBJECT), "an object");
	assert_string_equal(jsn_kind_name(JSN_NULL), "null");
	arena_destroy(arena);
}

static void test_borrowed(void **state)
{
	static const char text[] = "{\"name\":\"borrowed\",\"other\":\"co\\u0070ied\",\"n\":12}";
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct jsn *root;

	(void)state;
	assert_int_equal(jsn_parse(arena, str_of(text), 0, 10, &root, &err), OK);
	assert_ptr_equal(root->items[0].name.data, text + 2);
	assert_ptr_equal(root->items[0].text.data, text + 9);
	assert_ptr_equal(root->items[2].text.data, strstr(text, "12"));
	assert_true(root->items[1].text.data < text || root->items[1].text.data >= text + sizeof(text));
	CHECK_STR("copied", root->items[1].text, STR("copied"));
	arena_destroy(arena);
}

static void test_equal(void **state)
{
	static const struct {
		struct str a, b;
		bool equal;
	} cases[] = {
		{ T("null"), T("null"), true }, { T("null"), T("false"), false }, { T("true"), T("false"), false },
		{ T("1"), T("1"), true }, { T("1"), T("1.0"), false }, { T("1"), T("\"1\""), false },
		{ T("\"a\""), T("\"\\u0061\""), true }, { T("\"a\""), T("\"a\\u0000\""), false },
		{ T("[]"), T("{}"), false }, { T("[1,2]"), T("[2,1]"), false }, { T("[1,2]"), T("[1]"), false },
		{ T("{\"a\":1,\"b\":2}"), T("{\"b\":2,\"a\":1}"), true },
		{ T("{\"a\":1,\"b\":2}"), T("{\"b\":1,\"a\":2}"), false },
		{ T("{\"a\":1,\"b\":2}"), T("{\"b\":2,\"c\":1}"), false },
		{ T("{\"a\":1}"), T("{\"a\":1,\"b\":2}"), false },
		{ T("[{\"a\":[{\"x\":1,\"y\":[2]}],\"b\":2}]"), T("[{\"b\":2,\"a\":[{\"y\":[2],\"x\":1}]}]"), true },
		{ T("[{\"a\":[{\"x\":1,\"y\":[2]}],\"b\":2}]"), T("[{\"b\":2,\"a\":[{\"y\":[3],\"x\":1}]}]"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena = arena_create(0);
		const struct jsn *a, *b;
		struct err err;

		assert_int_equal(parse(arena, cases[i].a, 0, &a, &err), OK);
		assert_int_equal(parse(arena, cases[i].b, 0, &b, &err), OK);
		CHECK_INT(cases[i].a.data, jsn_equal(a, b), cases[i].equal);
		CHECK_INT(cases[i].a.data, jsn_equal(b, a), cases[i].equal);
		arena_destroy(arena);
	}
}

/* Each byte at each place of strings of many lengths, against a writer of one byte at a time. */
static void test_string_writer(void **state)
{
	static const char specials[] = "\"\\\b\t\n\f\r\x01\x1F\x7F\x80\xED\xFF x";
	struct arena *arena = arena_create(0);
	char text[600];

	(void)state;
	for (size_t len = 0; len < sizeof(text); len = len < 40 ? len + 1 : len + 93) {
		for (size_t at = 0; at < len; at++) {
			struct buf got = buf_make(arena, 0), want = buf_make(arena, 0);

			memset(text, 'x', len);
			text[at] = specials[at % (sizeof(specials) - 1)];
			text[len / 2] = specials[len % (sizeof(specials) - 1)];
			buf_json_string(&got, str_make(text, len));
			buf_add_c(&want, '"');
			for (size_t i = 0; i < len; i++) {
				const char *letter = memchr("\"\\\b\t\n\f\r", text[i], 7);

				if (letter)
					buf_printf(&want, "\\%c", "\"\\btnfr"[letter - (const char *)memchr("\"\\\b\t\n\f\r", '"', 7)]);
				else if ((unsigned char)text[i] < 0x20)
					buf_printf(&want, "\\u%04X", (unsigned)text[i]);
				else
					buf_add_c(&want, text[i]);
			}
			buf_add_c(&want, '"');
			assert_true(str_eq(buf_str(&got), buf_str(&want)));
		}
		arena_reset(arena);
	}
	arena_destroy(arena);
}

static void test_decode(void **state)
{
	static const struct {
		const char *name;
		struct str raw;
		struct str text;
	} cases[] = {
		{ "empty", T(""), T("") },
		{ "UTF-8", T("{\"\xC3\xA4\":1}"), T("{\"\xC3\xA4\":1}") },
		{ "UTF-8 with a mark", T("\xEF\xBB\xBF{}"), T("{}") },
		{ "a mark alone", T("\xEF\xBB\xBF"), T("") },
		{ "one byte", T("1"), T("1") },
		{ "UTF-16BE with a mark", T("\xFE\xFF\0[\0]"), T("[]") },
		{ "UTF-16LE with a mark", T("\xFF\xFE[\0]\0"), T("[]") },
		{ "UTF-16BE", T("\0\"\x20\xAC\xD8\x3D\xDE\x00\0\""), T("\"\xE2\x82\xAC\xF0\x9F\x98\x80\"") },
		{ "UTF-16LE", T("\"\0\xAC\x20\x3D\xD8\x00\xDE\"\0"), T("\"\xE2\x82\xAC\xF0\x9F\x98\x80\"") },
		{ "UTF-16LE, one character", T("1\0"), T("1") },
		{ "half a pair", T("\xFF\xFE\x3D\xD8\"\0"), T("\xED\xA0\xBD\"") },
		{ "half a unit", T("\xFE\xFF\0[\0"), T("[\xFF") },
		{ "UTF-32BE with a mark", T("\0\0\xFE\xFF\0\0\0[\0\1\xF6\0"), T("[\xF0\x9F\x98\x80") },
		{ "UTF-32LE with a mark", T("\xFF\xFE\0\0[\0\0\0\0\xF6\1\0"), T("[\xF0\x9F\x98\x80") },
		{ "UTF-32BE", T("\0\0\0[\0\0\0]"), T("[]") },
		{ "UTF-32LE", T("[\0\0\0]\0\0\0"), T("[]") },
		{ "UTF-32 too large", T("[\0\0\0\0\0\x11\0]\0\0\0"), T("[\xFF]") },
	};
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_STR(cases[i].name, jsn_decode(arena, cases[i].raw), cases[i].text);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_token),
		cmocka_unit_test(test_odd_bytes),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_borrowed),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_string_writer),
		cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
