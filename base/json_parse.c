/* The JSON reader: one pass, an explicit stack, and strings borrowed where they hold no escapes. */
#include "base/json_int.h"

#include "base/arena.h"
#include "base/arena_int.h"
#include "base/memory.h"
#include "base/scan_int.h"

enum { STACK_FIRST = 48 }; /* values; 3 KB of the thread's stack, enough for most documents */

static uint32_t column(const struct jsn_reader *r, const char *at)
{
	return (uint32_t)(at - r->line_start) + 1;
}

/* Lines end with \n, \r or both; true when one ends with the character at `p`. */
static bool end_line(struct jsn_reader *r, const char *p)
{
	if (*p != '\n' && (*p != '\r' || (p + 1 < r->end && p[1] == '\n')))
		return false;
	r->line++;
	r->line_start = p + 1;
	return true;
}

/* The inside of a comment in the manner of C. */
static enum err_code skip_block_comment(struct jsn_reader *r)
{
	const char *p = r->p;

	for (; r->end - p >= 2; p++) {
		if (*p == '*' && p[1] == '/') {
			r->p = p + 2;
			return OK;
		}
		end_line(r, p);
	}
	return jsn_fault(r, r->end, "Unexpected end-of-input in a comment");
}

/* A comment, at whose slash the reader stands. */
static enum err_code skip_comment(struct jsn_reader *r)
{
	const char *second = r->p + 1;

	if (!(r->flags & JSN_COMMENTS))
		return jsn_fault_character(r, r->p,
			"maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not "
			"enabled for parser)");
	if (second == r->end || (*second != '*' && *second != '/'))
		return jsn_fault_character(r, second, "was expecting either '*' or '/' for a comment");
	r->p = second + 1;
	if (*second == '*')
		return skip_block_comment(r);
	while (r->p < r->end && *r->p != '\n' && *r->p != '\r')
		r->p++;
	return OK;
}

static enum err_code skip_blanks_slow(struct jsn_reader *r)
{
	while (r->p < r->end) {
		if (*r->p == '/') {
			TRY(skip_comment(r));
			continue;
		}
		if (*r->p != ' ' && *r->p != '\t' && *r->p != '\r' && *r->p != '\n')
			break;
		end_line(r, r->p);
		r->p++;
	}
	return OK;
}

/* To the next token or the end; most tokens have no blank before them, or one space. */
static inline enum err_code skip_blanks(struct jsn_reader *r)
{
	if (r->p < r->end && *r->p == ' ')
		r->p++;
	if (r->p < r->end && (unsigned char)*r->p > ' ' && *r->p != '/')
		return OK;
	return skip_blanks_slow(r);
}

static void grow_stack(struct jsn_reader *r)
{
	size_t room = r->room * 2;
	struct jsn *larger = memory_resize(r->heap, room * sizeof(*larger));

	if (r->heap == NULL)
		memcpy(larger, r->stack, r->top * sizeof(*larger));
	r->stack = r->heap = larger;
	r->room = room;
}

static inline struct jsn *push(struct jsn_reader *r, enum jsn_kind kind, const char *at)
{
	struct jsn *value;

	if (r->top == r->room)
		grow_stack(r);
	value = &r->stack[r->top++];
	*value = (struct jsn){ .kind = kind, .line = r->line, .column = column(r, at), .name = r->name };
	r->name = STR_NONE;
	return value;
}

static enum err_code read_literal(struct jsn_reader *r)
{
	static const struct {
		struct str text;
		enum jsn_kind kind;
		bool value;
	} literals[] = {
		{ { "true", 4 }, JSN_BOOL, true },
		{ { "false", 5 }, JSN_BOOL, false },
		{ { "null", 4 }, JSN_NULL, false },
	};
	const struct str rest = str_make(r->p, (size_t)(r->end - r->p));

	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		if (!str_starts(rest, literals[i].text))
			continue;
		if (jsn_token_char(r->p + literals[i].text.len, r->end) > 0)
			break;
		push(r, literals[i].kind, r->p)->boolean = literals[i].value;
		r->p += literals[i].text.len;
		return OK;
	}
	return jsn_fault_token(r, r->p);
}

/* What JSN_NAN lets in; anything else that starts neither as a number nor as another value is at fault. */
static enum err_code read_odd(struct jsn_reader *r)
{
	static const struct str words[] = {
		{ "NaN", 3 }, { "Infinity", 8 }, { "-Infinity", 9 }, { "+Infinity", 9 }, { "-INF", 4 }, { "+INF", 4 },
	};
	const struct str rest = str_make(r->p, (size_t)(r->end - r->p));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_starts(rest, words[i]) || jsn_token_char(r->p + words[i].len, r->end) > 0)
			continue;
		if (!(r->flags & JSN_NAN))
			return jsn_fault(r, r->p,
				"Non-standard token '%s': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
				words[i].data);
		push(r, JSN_NUMBER, r->p)->text = str_make(r->p, words[i].len);
		r->p += words[i].len;
		return OK;
	}
	if (rest.len > 0 && rest.data[0] == '-')
		return jsn_fault_number(r, r->p + 1,
			"expected digit (0-9) to follow minus sign, for valid numeric value");
	return jsn_fault_value(r, r->p);
}

static inline const char *skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* RFC 8259, section 6. */
static enum err_code read_number(struct jsn_reader *r)
{
	const char *start = r->p, *end = r->end, *p = *start == '-' ? start + 1 : start, *digits = p;

	p = skip_digits(p, end);
	if (p == digits)
		return read_odd(r);
	if (*digits == '0' && p > digits + 1)
		return jsn_fault(r, digits, "Invalid numeric value: Leading zeroes not allowed");
	if (p < end && *p == '.') {
		digits = ++p;
		p = skip_digits(p, end);
		if (p == digits)
			return jsn_fault_number(r, p, "Decimal point not followed by a digit");
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		digits = p;
		p = skip_digits(p, end);
		if (p == digits)
			return jsn_fault_number(r, p, "Exponent indicator not followed by a digit");
	}
	push(r, JSN_NUMBER, start)->text = str_make(start, (size_t)(p - start));
	r->p = p;
	return OK;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit of the four digits at `p`, known to be good. */
static uint32_t hex_unit(const char *p)
{
	return (uint32_t)(hex_value(p[0]) << 12 | hex_value(p[1]) << 8 | hex_value(p[2]) << 4 | hex_value(p[3]));
}

static enum err_code check_hex(struct jsn_reader *r, const char *p)
{
	for (int i = 0; i < 4; i++) {
		if (p + i == r->end)
			return jsn_fault(r, p + i, "Unexpected end-of-input in character escape sequence");
		if (hex_value(p[i]) < 0)
			return jsn_fault_character(r, p + i, "expected a hex-digit for character escape sequence");
	}
	return OK;
}

/* Checks the \u escape whose u is at `p` and puts where it ends; a pair of surrogates is one escape. */
static enum err_code check_unicode(struct jsn_reader *r, const char *p, const char **end)
{
	uint32_t unit;

	TRY(check_hex(r, p + 1));
	unit = hex_unit(p + 1);
	*end = p += 5;
	if (unit < 0xD800 || unit >= 0xE000)
		return OK;
	if (unit < 0xDC00) {
		if (p == r->end || (*p == '\\' && p + 1 == r->end))
			return jsn_fault(r, r->end, "Unexpected end-of-input in character escape sequence");
		if (p[0] == '\\' && p[1] == 'u') {
			TRY(check_hex(r, p + 2));
			if (hex_unit(p + 2) >= 0xDC00 && hex_unit(p + 2) < 0xE000) {
				*end = p + 6;
				return OK;
			}
		}
	}
	if (r->flags & JSN_SURROGATES)
		return OK;
	return jsn_fault(r, p - 6, "The surrogate \\u%04X is only half of a character", unit);
}

/* Checks the escape at *at and moves behind it. */
static enum err_code check_escape(struct jsn_reader *r, const char **at)
{
	const char *p = *at + 1;

	if (p == r->end)
		return jsn_fault(r, p, "Unexpected end-of-input in character escape sequence");
	if (*p == 'u')
		return check_unicode(r, p, at);
	if (*p == '\0' || !strchr("\"\\/bfnrt", *p))
		return jsn_fault_escape(r, p);
	*at = p + 1;
	return OK;
}

/* Decodes the escape behind whose backslash *from stands, and moves *from behind it. */
static char *decode_escape(const char **from, char *to)
{
	static const char plain[256] = {
		['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r',
		['t'] = '\t',
	};
	const char *p = *from;
	uint32_t code;

	if (*p != 'u') {
		*to = plain[(unsigned char)*p];
		*from = p + 1;
		return to + 1;
	}
	code = hex_unit(p + 1);
	p += 5;
	if (code >= 0xD800 && code < 0xDC00 && p[0] == '\\' && p[1] == 'u') {
		uint32_t low = hex_unit(p + 2);

		if (low >= 0xDC00 && low < 0xE000) {
			code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
			p += 6;
		}
	}
	*from = p;
	return scan_put_code_point(to, code);
}

/*
 * The checked string content from `p` to `end` (where the closing quote is) without its escapes.
 * Words are copied whole and overwritten from their first backslash on; no escape grows.
 */
static struct str decode(struct jsn_reader *r, const char *p, const char *end)
{
	char *text = arena_alloc_text(r->arena, (size_t)(end - p)), *to = text;

	while (p < end) {
		if (end - p >= 8) {
			uint64_t slashes = scan_byte(scan_load(p), '\\');
			size_t run = slashes ? scan_first(slashes) : 8;

			memcpy(to, p, 8);
			to += run;
			p += run;
			if (run == 8)
				continue;
		} else if (*p != '\\') {
			*to++ = *p++;
			continue;
		}
		p++;
		to = decode_escape(&p, to);
	}
	return str_make(text, (size_t)(to - text));
}

/* The first character from `p` on that is a quote, a backslash, a control or not ASCII, or the end. */
static inline const char *skip_plain(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t odd = scan_json_odd(scan_load(p));

		if (odd)
			return p + scan_first(odd);
		p += 8;
	}
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80)
		p++;
	return p;
}

/* The character at `p`; with JSN_WTF8 also half of one, as an outer document's escape left it. */
static size_t character_length(const struct jsn_reader *r, const char *p)
{
	size_t left = (size_t)(r->end - p), len = scan_utf8(p, left);

	return len == 0 && (r->flags & JSN_WTF8) ? scan_surrogate(p, left) : len;
}

/* A string, at whose opening quote the reader stands. */
static enum err_code read_string(struct jsn_reader *r, bool is_name, struct str *out)
{
	const char *start = r->p + 1, *p = start;
	bool escaped = false;

	for (;;) {
		p = skip_plain(p, r->end);
		if (p == r->end)
			return jsn_fault(r, p, "Unexpected end-of-input%s",
				is_name ? ": was expecting closing '\"' for name" : " in VALUE_STRING");
		if (*p == '"')
			break;
		if (*p == '\\') {
			TRY(check_escape(r, &p));
			escaped = true;
		} else if ((unsigned char)*p >= 0x80) {
			size_t len = character_length(r, p);

			if (len == 0)
				return jsn_fault_utf8(r, p);
			p += len;
		} else {
			return jsn_fault(r, p, "Illegal unquoted character ((CTRL-CHAR, code %u)): has to be escaped using "
								   "backslash to be included in %s",
				(unsigned)*p, is_name ? "name" : "string value");
		}
	}
	*out = escaped ? decode(r, start, p) : str_make(start, (size_t)(p - start));
	r->p = p + 1;
	return OK;
}

static enum err_code open_container(struct jsn_reader *r, enum jsn_kind kind)
{
	if (r->depth == r->max_depth)
		return jsn_fault_depth(r, r->p);
	push(r, kind, r->p)->n_items = r->open;
	r->open = r->top - 1;
	r->depth++;
	r->p++;
	return OK;
}

/* One value, or the opening of one, at which the reader stands. */
static enum err_code read_value(struct jsn_reader *r)
{
	const char *at = r->p;
	struct str text;

	if (at == r->end)
		return jsn_fault_value(r, at);
	switch (*at) {
	case '"':
		TRY(read_string(r, false, &text));
		push(r, JSN_STRING, at)->text = text;
		return OK;
	case '{':
		return open_container(r, JSN_OBJECT);
	case '[':
		return open_container(r, JSN_ARRAY);
	case 't':
	case 'f':
	case 'n':
		return read_literal(r);
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return read_number(r);
	default:
		return read_odd(r);
	}
}

/* A member's name and colon; the reader ends up at the value. */
static enum err_code read_name(struct jsn_reader *r)
{
	if (r->p == r->end)
		return jsn_fault_between(r);
	if (*r->p != '"')
		return jsn_fault_character(r, r->p, "was expecting double-quote to start field name");
	TRY(read_string(r, true, &r->name));
	TRY(skip_blanks(r));
	if (r->p == r->end)
		return jsn_fault_between(r);
	if (*r->p != ':')
		return jsn_fault_character(r, r->p, "was expecting a colon to separate field name and value");
	r->p++;
	return skip_blanks(r);
}

/* The index among the first `n` of `items` called `name`, or `n`. */
static size_t find_name(const struct jsn *items, size_t n, struct str name)
{
	size_t i = 0;

	while (i < n && !str_eq(items[i].name, name))
		i++;
	return i;
}

/* Of members with one name the last value stays, at the first position; returns how many are left. */
static size_t drop_duplicates(struct jsn_reader *r, struct jsn *items, size_t n)
{
	bool few = n <= JSN_NAMES_FEW;
	size_t kept = 0;

	if (!few)
		jsn_names_clear(&r->names, n);
	for (size_t i = 0; i < n; i++) {
		size_t at = few ? find_name(items, kept, items[i].name)
						: jsn_names_add(&r->names, items, items[i].name, kept);

		if (at != i)
			items[at] = items[i];
		kept += at == kept;
	}
	return kept;
}

/* The innermost container is complete: its values move into the arena and it becomes one itself. */
static void close_container(struct jsn_reader *r)
{
	struct jsn *container = &r->stack[r->open], *items = container + 1;
	size_t n = r->top - r->open - 1, around = container->n_items;

	if (container->kind == JSN_OBJECT && n > 1)
		n = drop_duplicates(r, items, n);
	container->n_items = n;
	if (n > 0)
		container->items = memcpy(arena_alloc_raw(r->arena, n * sizeof(*items)), items, n * sizeof(*items));
	r->top = r->open + 1;
	r->open = around;
	r->depth--;
	r->p++;
}

/*
 * What follows a value or an opening: closes what closes, and moves to the next value; *done when
 * the outermost value is complete.
 */
static enum err_code read_on(struct jsn_reader *r, bool *done)
{
	while (r->depth > 0) {
		bool in_array = r->stack[r->open].kind == JSN_ARRAY;
		bool first = r->top == r->open + 1; /* just opened: a closed one is behind the one around it */

		TRY(skip_blanks(r));
		if (r->p == r->end)
			return jsn_fault_open(r);
		if (*r->p == (in_array ? ']' : '}')) {
			close_container(r);
			continue;
		}
		if (*r->p == ']' || *r->p == '}')
			return jsn_fault_close(r, r->p);
		if (!first) {
			if (*r->p != ',')
				return jsn_fault_character(r, r->p, in_array ? "was expecting comma to separate Array entries"
															 : "was expecting comma to separate Object entries");
			r->p++;
			TRY(skip_blanks(r));
		}
		return in_array ? OK : read_name(r);
	}
	*done = true;
	return OK;
}

static enum err_code read_document(struct jsn_reader *r)
{
	bool done = false;

	TRY(skip_blanks(r));
	while (!done) {
		TRY(read_value(r));
		TRY(read_on(r, &done));
	}
	if (r->flags & JSN_TRAILING)
		return OK;
	TRY(skip_blanks(r));
	return r->p == r->end ? OK : jsn_fault_trailing(r, r->p);
}

enum err_code jsn_parse(struct arena *arena, struct str text, unsigned flags, unsigned max_depth,
	const struct jsn **out, struct err *err)
{
	struct jsn first[STACK_FIRST];
	const char *start = text.len > 0 ? text.data : "";
	struct jsn_reader r = {
		.p = start,
		.end = start + text.len,
		.line_start = start,
		.line = 1,
		.flags = flags,
		.max_depth = max_depth,
		.arena = arena,
		.err = err,
		.stack = first,
		.room = STACK_FIRST,
	};
	enum err_code code = read_document(&r);

	if (code == OK) {
		struct jsn *root = arena_alloc_raw(arena, sizeof(*root));

		*root = r.stack[0];
		*out = root;
	}
	memory_free(r.heap);
	jsn_names_free(&r.names);
	return code;
}
