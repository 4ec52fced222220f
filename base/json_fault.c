/* What the JSON reader says about text that is no JSON: Jackson's sentences, which clients match on. */
#include "base/json_int.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/scan_int.h"

static const char SOURCE[] = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
							 "line: %u, column: %u]";

static void set_place(struct jsn_reader *r, const char *at)
{
	r->err->line = r->line;
	r->err->column = (uint32_t)(at - r->line_start) + 1;
}

enum err_code jsn_fault(struct jsn_reader *r, const char *at, const char *format, ...)
{
	struct buf b = buf_make(r->err->arena, 0);
	va_list args;

	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	set_place(r, at);
	return err_text(r->err, ERR_BAD_JSON, buf_str(&b));
}

/* The character at `at`, which is well-formed, with its code. */
static const char *describe(struct jsn_reader *r, const char *at)
{
	size_t len = scan_utf8(at, (size_t)(r->end - at));
	uint32_t code = scan_code_point(at, len);

	if (code < 0x20 || (code >= 0x7F && code < 0xA0))
		return arena_printf(r->err->arena, "(CTRL-CHAR, code %u)", code);
	if (code > 255)
		return arena_printf(r->err->arena, "'%.*s' (code %u / 0x%x)", (int)len, at, code, code);
	return arena_printf(r->err->arena, "'%.*s' (code %u)", (int)len, at, code);
}

/* `where` is empty or says inside of what the character is. */
static enum err_code reject(struct jsn_reader *r, const char *at, const char *where, const char *expected)
{
	unsigned char c;

	if (at == r->end)
		return jsn_fault(r, at, "Unexpected end-of-input%s: %s", where, expected);
	c = (unsigned char)*at;
	if (scan_utf8(at, (size_t)(r->end - at)) == 0)
		return jsn_fault_utf8(r, at);
	if (c < ' ' && c != '\n' && c != '\r' && c != '\t')
		return jsn_fault(r, at,
			"Illegal character (%s): only regular white space (\\r, \\n, \\t) is allowed between tokens",
			describe(r, at));
	return jsn_fault(r, at, "Unexpected character (%s)%s: %s", describe(r, at), where, expected);
}

enum err_code jsn_fault_character(struct jsn_reader *r, const char *at, const char *expected)
{
	return reject(r, at, "", expected);
}

enum err_code jsn_fault_number(struct jsn_reader *r, const char *at, const char *expected)
{
	return reject(r, at, " in numeric value", expected);
}

enum err_code jsn_fault_escape(struct jsn_reader *r, const char *at)
{
	if (scan_utf8(at, (size_t)(r->end - at)) == 0)
		return jsn_fault_utf8(r, at);
	return jsn_fault(r, at, "Unrecognized character escape %s", describe(r, at));
}

static const char *value_list(const struct jsn_reader *r)
{
	return r->flags & JSN_NAN ? "(JSON String, Number (or 'NaN'/'+INF'/'-INF'), Array, Object or token "
								"'null', 'true' or 'false')"
							  : "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
}

size_t jsn_token_char(const char *p, const char *end)
{
	unsigned char c;

	if (p == end)
		return 0;
	c = (unsigned char)*p;
	if (c >= 0x80)
		return scan_utf8(p, (size_t)(end - p));
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

/* Java calls a letter, _ or $ the start of an identifier. */
static bool starts_token(const char *p, const char *end)
{
	return jsn_token_char(p, end) > 0 && (*p < '0' || *p > '9');
}

enum err_code jsn_fault_token(struct jsn_reader *r, const char *at)
{
	const char *p = at;
	size_t len, n = 0;

	while (n < 256 && (len = jsn_token_char(p, r->end)) > 0) {
		p += len;
		n++;
	}
	return jsn_fault(r, at, "Unrecognized token '%.*s%s': was expecting %s", (int)(p - at), at,
		n == 256 ? "..." : "", value_list(r));
}

enum err_code jsn_fault_value(struct jsn_reader *r, const char *at)
{
	bool in_array = r->depth > 0 && r->stack[r->open].kind == JSN_ARRAY;

	if (at == r->end)
		return r->depth > 0 ? jsn_fault_between(r)
							: jsn_fault(r, at, "No content to map due to end-of-input");
	if (r->depth == 0 && (*at == '}' || *at == ']'))
		return jsn_fault_close(r, at);
	if (*at == '}' || *at == ',' || (*at == ']' && in_array))
		return jsn_fault_character(r, at, "expected a value");
	if (*at == '+')
		return jsn_fault_number(r, at, "JSON spec does not allow numbers to have plus signs: enable "
			"`JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow");
	if (starts_token(at, r->end))
		return jsn_fault_token(r, at);
	return jsn_fault_character(r, at,
		arena_printf(r->err->arena, "expected a valid value %s", value_list(r)));
}

static const char *open_kind(const struct jsn_reader *r)
{
	return r->stack[r->open].kind == JSN_ARRAY ? "Array" : "Object";
}

/* Where the innermost open container starts. */
static const char *open_place(struct jsn_reader *r)
{
	return arena_printf(r->err->arena, SOURCE, r->stack[r->open].line, r->stack[r->open].column);
}

enum err_code jsn_fault_open(struct jsn_reader *r)
{
	return jsn_fault(r, r->end, "Unexpected end-of-input: expected close marker for %s (start marker at %s)",
		open_kind(r), open_place(r));
}

enum err_code jsn_fault_between(struct jsn_reader *r)
{
	return jsn_fault(r, r->end, "Unexpected end-of-input within/between %s entries", open_kind(r));
}

enum err_code jsn_fault_close(struct jsn_reader *r, const char *at)
{
	if (r->depth == 0)
		return jsn_fault(r, at, "Unexpected close marker '%c': no open %s to close", *at,
			*at == '}' ? "Object" : "Array");
	return jsn_fault(r, at, "Unexpected close marker '%c': expected '%c' (for %s starting at %s)", *at,
		r->stack[r->open].kind == JSN_ARRAY ? ']' : '}', open_kind(r), open_place(r));
}

/* Names the byte that is wrong: a start no sequence has, or one in the middle that does not continue it. */
enum err_code jsn_fault_utf8(struct jsn_reader *r, const char *at)
{
	const unsigned char *p = (const unsigned char *)at;
	size_t left = (size_t)(r->end - at), need, i = 1;

	if (p[0] < 0xC2 || p[0] > 0xF4)
		return jsn_fault(r, at, "Invalid UTF-8 start byte 0x%x", p[0]);
	need = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	while (i < left && i < need && scan_is_tail(p[i]))
		i++;
	if (i == left && i < need)
		return jsn_fault(r, r->end, "Unexpected end-of-input in a UTF-8 character");
	/* All continue: an overlong form, a surrogate or too large, which the second byte decides. */
	return jsn_fault(r, at, "Invalid UTF-8 middle byte 0x%x", p[i == need ? 1 : i]);
}

enum err_code jsn_fault_trailing(struct jsn_reader *r, const char *at)
{
	static const char literals[][6] = { "true", "false", "null" };
	const struct str number = r->stack[0].kind == JSN_NUMBER ? r->stack[0].text : STR_NONE;

	if (str_present(number) && number.data + number.len == at)
		return jsn_fault_character(r, at, "Expected space separating root-level values");
	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		struct str literal = str_of(literals[i]);

		if (str_starts(str_make(at, (size_t)(r->end - at)), literal) &&
			jsn_token_char(at + literal.len, r->end) == 0)
			return jsn_fault_character(r, at, "expected nothing after the value");
	}
	if (strchr("\"{[-0123456789", *at) && *at != '\0')
		return jsn_fault_character(r, at, "expected nothing after the value");
	return jsn_fault_value(r, at);
}

enum err_code jsn_fault_depth(struct jsn_reader *r, const char *at)
{
	const char *message = arena_printf(r->err->arena,
		"Document nesting depth (%u) exceeds the maximum allowed (%u, from "
		"`StreamReadConstraints.getMaxNestingDepth()`)",
		r->max_depth + 1, r->max_depth);

	set_place(r, at);
	return err_text(r->err, ERR_LIMIT, str_of(message));
}
