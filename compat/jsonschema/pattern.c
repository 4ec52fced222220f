/*
 * Patterns: ECMA 262 regular expressions, rewritten where PCRE2 understands something else.  What
 * PCRE2 has beyond ECMA and Java has as well (possessive quantifiers, inline flags) is let through,
 * since the reference takes it.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/memory.h"
#include "compat/jsonschema/parse_int.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct jsch_regex {
	pcre2_code *code;               /* NULL: well-formed, but not for PCRE2 */
};

/* What both Unicode and ECMA 262 call white space beyond PCRE2's \s. */
#define MORE_SPACES "\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"

/* Names of character properties that PCRE2 does not know. */
static const struct {
	const char *name;
	const char *meaning;
} properties[] = {
	{ "Letter", "L" }, { "Lowercase_Letter", "Ll" }, { "Uppercase_Letter", "Lu" }, { "Titlecase_Letter", "Lt" },
	{ "Modifier_Letter", "Lm" }, { "Other_Letter", "Lo" }, { "Mark", "M" }, { "Number", "N" },
	{ "Decimal_Number", "Nd" }, { "digit", "Nd" }, { "Letter_Number", "Nl" }, { "Other_Number", "No" },
	{ "Punctuation", "P" }, { "punct", "P" }, { "Symbol", "S" }, { "Currency_Symbol", "Sc" }, { "Math_Symbol", "Sm" },
	{ "Separator", "Z" }, { "Space_Separator", "Zs" }, { "Other", "C" }, { "Control", "Cc" }, { "Format", "Cf" },
	{ "Alphabetic", "L" }, { "Alpha", "L" }, { "Lower", "Ll" }, { "Upper", "Lu" }, { "Digit", "Nd" },
	{ "Punct", "P" }, { "Space", "Xsp" }, { "White_Space", "Xsp" }, { "Alnum", "Xan" }, { "Lowercase", "Ll" },
	{ "Uppercase", "Lu" },
};

struct translation {
	struct str in;
	size_t at;
	struct buf out;
	bool in_class;
};

static char peek(const struct translation *t, size_t ahead)
{
	return t->at + ahead < t->in.len ? t->in.data[t->at + ahead] : '\0';
}

/* The value of `n` hexadecimal digits from `from`, or -1. */
static long read_hex(const struct translation *t, size_t from, size_t n)
{
	long value = 0;

	for (size_t i = 0; i < n; i++) {
		char c = peek(t, from + i);
		int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static void put_code_point(struct translation *t, long value)
{
	/* Half of a pair is in no text that is UTF-8. */
	buf_printf(&t->out, "\\x{%lx}", value >= 0xD800 && value <= 0xDFFF ? 0xFFFDL : value);
}

/* \uXXXX, pairs of them for what lies beyond 16 bits, and \u{X…}; `at` is behind the u. */
static void put_unicode(struct translation *t)
{
	long high = read_hex(t, 0, 4), low;

	if (high < 0) {
		buf_add(&t->out, peek(t, 0) == '{' ? STR("\\x") : STR("u"));
		return;
	}
	t->at += 4;
	low = high >= 0xD800 && high <= 0xDBFF && peek(t, 0) == '\\' && peek(t, 1) == 'u' ? read_hex(t, 2, 4) : -1;
	if (low >= 0xDC00 && low <= 0xDFFF) {
		t->at += 6;
		high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	}
	put_code_point(t, high);
}

/* \p{…} or \P{…}; `at` is behind the letter. */
static void put_property(struct translation *t, char letter)
{
	struct str rest = str_sub(t->in, t->at, t->in.len), name;
	ptrdiff_t end = str_index(rest, '}'), equals;

	buf_add_c(&t->out, '\\');
	buf_add_c(&t->out, letter);
	if (peek(t, 0) != '{' || end < 0)
		return;
	name = str_sub(rest, 1, (size_t)end);
	t->at += (size_t)end + 1;
	equals = str_index(name, '=');
	if (equals >= 0)
		name = str_sub(name, (size_t)equals + 1, name.len);
	else if (name.len > 2 && str_starts(name, STR("Is")))
		name = str_sub(name, 2, name.len);
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		if (str_eq(name, str_of(properties[i].name)))
			name = str_of(properties[i].meaning);
	buf_add_c(&t->out, '{');
	buf_add(&t->out, name);
	buf_add_c(&t->out, '}');
}

/* At a backslash. */
static void put_escape(struct translation *t)
{
	char c = peek(t, 1);

	t->at += c ? 2 : 1;
	if (c == 'u')
		put_unicode(t);
	else if (c == 'p' || c == 'P')
		put_property(t, c);
	else if (c == 's')
		buf_add(&t->out, t->in_class ? STR("\\s" MORE_SPACES) : STR("[\\s" MORE_SPACES "]"));
	else if (c == 'S' && !t->in_class)
		buf_lit(&t->out, "[^\\s" MORE_SPACES "]");
	else if (c == '\0')
		buf_lit(&t->out, "\\");
	else
		buf_add(&t->out, str_sub(t->in, t->at - 2, t->at));
}

/* False for what PCRE2 would take and neither ECMA nor Java does: (*VERB). */
static bool translate(struct translation *t)
{
	while (t->at < t->in.len) {
		char c = peek(t, 0);

		if (c == '\\') {
			put_escape(t);
			continue;
		}
		if (c == '(' && peek(t, 1) == '*' && !t->in_class)
			return false;
		if (c == '[' && t->in_class)
			buf_add_c(&t->out, '\\');
		else if (c == '[')
			t->in_class = true;
		else if (c == ']')
			t->in_class = false;
		buf_add_c(&t->out, c);
		t->at++;
	}
	return true;
}

static void *allocate(size_t size, void *arena)
{
	return arena_alloc(arena, size);
}

static void forget(void *block, void *arena)
{
	(void)block;
	(void)arena;
}

/* Java can do these. */
static bool is_only_too_hard(int error)
{
	return error == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH || error == PCRE2_ERROR_PATTERN_TOO_LARGE ||
		error == PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP || error == PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED ||
		error == PCRE2_ERROR_LOOKBEHIND_TOO_LONG || error == PCRE2_ERROR_HEAP_FAILED;
}

const struct jsch_regex *jsch_regex_make(struct arena *arena, struct str pattern)
{
	struct translation t = { .in = pattern, .out = buf_make(arena, pattern.len + 16) };
	struct jsch_regex *regex = arena_new(arena, struct jsch_regex);
	pcre2_general_context *general;
	pcre2_compile_context *context;
	struct str text;
	PCRE2_SIZE offset;
	int error;

	if (!translate(&t))
		return NULL;
	text = buf_str(&t.out);
	general = pcre2_general_context_create(allocate, forget, arena);
	context = pcre2_compile_context_create(general);
	pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
	regex->code = pcre2_compile((PCRE2_SPTR)text.data, text.len,
		PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS |
			PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C,
		&error, &offset, context);
	return regex->code || is_only_too_hard(error) ? regex : NULL;
}

static void *take_piece(size_t size, void *cls)
{
	(void)cls;
	return memory_resize(NULL, size);
}

static void free_piece(void *piece, void *cls)
{
	(void)cls;
	memory_free(piece);
}

enum jsch_match jsch_regex_match(const struct jsch_regex *regex, struct str text, uint32_t steps)
{
	pcre2_general_context *general;
	pcre2_match_data *data;
	pcre2_match_context *context;
	int result;

	if (regex->code == NULL)
		return JSCH_TOO_MUCH;
	general = pcre2_general_context_create(take_piece, free_piece, NULL);
	data = pcre2_match_data_create(1, general);
	context = pcre2_match_context_create(general);
	pcre2_set_match_limit(context, steps);
	result = pcre2_match(regex->code, (PCRE2_SPTR)text.data, text.len, 0, 0, data, context);
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	pcre2_general_context_free(general);
	if (result >= 0)
		return JSCH_MATCHES;
	return result == PCRE2_ERROR_NOMATCH ? JSCH_DIFFERS : JSCH_TOO_MUCH;
}
