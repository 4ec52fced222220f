/* Words, strings and numbers of .proto text, with the reference's words for what is none. */
#include "base/letters.h"
#include "compat/protobuf/pbuf_int.h"

void *pbuf_grow(struct arena *arena, void *items, size_t n, size_t size)
{
	void *more;

	if (n > 0 && (n < 4 || (n & (n - 1)) != 0))
		return items;
	more = arena_alloc_array(arena, n == 0 ? 4 : n * 2, size);
	if (n > 0)
		memcpy(more, items, n * size);
	return more;
}

/* Columns count UTF-16 units, as the reference's do; a long line is not counted from its start each time. */
struct pbuf_place pbuf_here(struct pbuf_reader *r)
{
	if (r->counted < r->line_start || r->counted > r->pos) {
		r->counted = r->line_start;
		r->columns = 0;
	}
	r->columns += (uint32_t)str_utf16_len(str_sub(r->text, r->counted, r->pos));
	r->counted = r->pos;
	return (struct pbuf_place){ .line = r->line + 1, .column = r->columns + 1, .offset = (uint32_t)r->pos };
}

struct pbuf_span pbuf_span_from(const struct pbuf_reader *r, struct pbuf_place at)
{
	return (struct pbuf_span){ .line = at.line, .column = at.column, .from = at.offset, .to = (uint32_t)r->pos };
}

static enum err_code __attribute__((format(printf, 3, 0)))
fault(struct pbuf_reader *r, struct pbuf_place at, const char *format, va_list args)
{
	char *what = arena_vprintf(r->err->arena, format, args);

	err_text(r->err, ERR_PARSE,
		str_printf(r->err->arena, "Could not parse Protobuf - Syntax error in :%u:%u: %s", at.line, at.column, what));
	r->err->line = at.line;
	r->err->column = at.column;
	return ERR_PARSE;
}

enum err_code pbuf_fault(struct pbuf_reader *r, struct pbuf_place at, const char *format, ...)
{
	enum err_code code;
	va_list args;

	va_start(args, format);
	code = fault(r, at, format, args);
	va_end(args);
	return code;
}

enum err_code pbuf_fault_here(struct pbuf_reader *r, const char *format, ...)
{
	enum err_code code;
	va_list args;

	va_start(args, format);
	code = fault(r, pbuf_here(r), format, args);
	va_end(args);
	return code;
}

static enum err_code pass_bound(struct pbuf_reader *r, const char *what, unsigned bound)
{
	struct pbuf_place at = pbuf_here(r);

	err_text(r->err, ERR_LIMIT,
		str_printf(r->err->arena, "Could not parse Protobuf - more than %u %s at :%u:%u", bound, what, at.line,
			at.column));
	r->err->line = at.line;
	r->err->column = at.column;
	return ERR_LIMIT;
}

enum err_code pbuf_count(struct pbuf_reader *r)
{
	if (r->n_nodes == LIMIT_SCHEMA_NODES)
		return pass_bound(r, "declarations", LIMIT_SCHEMA_NODES);
	r->n_nodes++;
	return OK;
}

enum err_code pbuf_enter(struct pbuf_reader *r)
{
	if (r->depth == LIMIT_SCHEMA_DEPTH)
		return pass_bound(r, "levels of nesting", LIMIT_SCHEMA_DEPTH);
	r->depth++;
	return pbuf_count(r);
}

void pbuf_leave(struct pbuf_reader *r)
{
	r->depth--;
}

static void newline(struct pbuf_reader *r)
{
	r->line++;
	r->line_start = r->pos;
}

static void skip_line(struct pbuf_reader *r)
{
	const char *end = memchr(r->text.data + r->pos, '\n', r->text.len - r->pos);

	r->pos = end ? (size_t)(end - r->text.data) + 1 : r->text.len;
	if (end)
		newline(r);
}

/* Behind the comment at whose slash the reader stands. */
static enum err_code skip_comment(struct pbuf_reader *r)
{
	char kind = '\0';

	r->pos++;
	if (r->pos < r->text.len)
		kind = r->text.data[r->pos++];
	if (kind == '/') {
		skip_line(r);
		return OK;
	}
	if (kind != '*')
		return pbuf_fault_here(r, "unexpected '/'");
	for (; r->pos + 1 < r->text.len; r->pos++) {
		const char *c = r->text.data + r->pos;

		if (c[0] == '*' && c[1] == '/') {
			r->pos += 2;
			return OK;
		}
		if (c[0] == '\n') {
			r->line++;
			r->line_start = r->pos + 1;
		}
	}
	return pbuf_fault_here(r, "unterminated comment");
}

enum err_code pbuf_skip(struct pbuf_reader *r, bool *end)
{
	while (r->pos < r->text.len) {
		char c = r->text.data[r->pos];

		if (c == '/') {
			TRY(skip_comment(r));
			continue;
		}
		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			break;
		r->pos++;
		if (c == '\n')
			newline(r);
	}
	*end = r->pos == r->text.len;
	return OK;
}

enum err_code pbuf_peek(struct pbuf_reader *r, char *out)
{
	bool end = false;

	TRY(pbuf_skip(r, &end));
	if (end)
		return pbuf_fault_here(r, "unexpected end of file");
	*out = r->text.data[r->pos];
	return OK;
}

enum err_code pbuf_read_char(struct pbuf_reader *r, char *out)
{
	TRY(pbuf_peek(r, out));
	r->pos++;
	return OK;
}

enum err_code pbuf_take(struct pbuf_reader *r, char c, bool *taken)
{
	char next = '\0';

	TRY(pbuf_peek(r, &next));
	*taken = next == c;
	if (*taken)
		r->pos++;
	return OK;
}

/* All bytes of the character whose first has been read. */
static struct str whole_character(const struct pbuf_reader *r)
{
	size_t from = r->pos - 1, to = r->pos;

	while (to < r->text.len && ((unsigned char)r->text.data[to] & 0xC0) == 0x80)
		to++;
	return str_sub(r->text, from, to);
}

enum err_code pbuf_require(struct pbuf_reader *r, char c)
{
	char next = '\0';

	TRY(pbuf_read_char(r, &next));
	if (next != c)
		return pbuf_fault_here(r, "expected '%c' but was '%.*s'", c, STR_ARG(whole_character(r)));
	return OK;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		c == '.';
}

enum err_code pbuf_word(struct pbuf_reader *r, struct str *out)
{
	size_t from;
	bool end = false;

	TRY(pbuf_skip(r, &end));
	from = r->pos;
	while (r->pos < r->text.len && is_word(r->text.data[r->pos]))
		r->pos++;
	if (r->pos == from)
		return pbuf_fault_here(r, "expected a word");
	*out = str_sub(r->text, from, r->pos);
	return OK;
}

enum err_code pbuf_identifier(struct pbuf_reader *r, struct str *out)
{
	struct str word = STR_NONE;

	TRY(pbuf_word(r, &word));
	if (word.data[0] >= '0' && word.data[0] <= '9') {
		struct pbuf_place at = pbuf_here(r);

		at.column -= (uint32_t)word.len + 1; /* the reference counts from 0 here */
		return pbuf_fault(r, at, "field and constant names cannot start with a digit");
	}
	*out = word;
	return OK;
}

enum err_code pbuf_name(struct pbuf_reader *r, bool keep, struct str *out)
{
	size_t from;
	char next = '\0', close = '\0';
	struct str word = STR_NONE;

	TRY(pbuf_peek(r, &next));
	if (next != '(' && next != '[')
		return pbuf_word(r, out);
	from = r->pos++;
	TRY(pbuf_word(r, &word));
	TRY(pbuf_read_char(r, &close));
	if (close != (next == '(' ? ')' : ']'))
		return pbuf_fault_here(r, "expected '%c'", next == '(' ? ')' : ']');
	if (keep)
		word = str_printf(r->arena, "%c%.*s%c", r->text.data[from], STR_ARG(word), close);
	*out = word;
	return OK;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static enum err_code numeric_escape(struct pbuf_reader *r, int radix, size_t most, struct buf *b)
{
	size_t end = r->pos + most < r->text.len ? r->pos + most : r->text.len;
	int value = -1;

	for (; r->pos < end && digit_of(r->text.data[r->pos]) < radix; r->pos++)
		value = (value < 0 ? 0 : value * radix) + digit_of(r->text.data[r->pos]);
	if (value < 0)
		return pbuf_fault_here(r, "expected a digit after \\x or \\X");
	letters_put(b, (unsigned)value);
	if (value == '\n')
		newline(r);
	return OK;
}

/* What stands behind a backslash; all that has no meaning stands for itself. */
static enum err_code escape(struct pbuf_reader *r, struct buf *b)
{
	static const char letters[] = "abfnrtv", means[] = "\a\b\f\n\r\t\v";
	const char *found;
	char c;

	if (r->pos == r->text.len)
		return pbuf_fault_here(r, "unexpected end of file");
	c = r->text.data[r->pos++];
	if (c == 'x' || c == 'X')
		return numeric_escape(r, 16, 2, b);
	if (c >= '0' && c <= '7') {
		r->pos--;
		return numeric_escape(r, 8, 3, b);
	}
	found = c != '\0' ? strchr(letters, c) : NULL;
	if (found)
		c = means[found - letters];
	buf_add_c(b, c);
	if (c == '\n')
		newline(r); /* the reference counts an escaped one as well */
	return OK;
}

/* Strings that stand side by side are one. */
enum err_code pbuf_quoted(struct pbuf_reader *r, struct str *out)
{
	struct buf b = buf_make(r->arena, 32);
	char quote = '\0', next = '\0';

	TRY(pbuf_read_char(r, &quote));
	if (quote != '"' && quote != '\'')
		return err_text(r->err, ERR_PARSE, STR("Could not parse Protobuf - Check failed."));
	while (r->pos < r->text.len) {
		char c = r->text.data[r->pos++];

		if (c == quote) {
			TRY(pbuf_peek(r, &next));
			if (next != '"' && next != '\'') {
				*out = buf_str(&b);
				return OK;
			}
			quote = next;
			r->pos++;
		} else if (c == '\\') {
			TRY(escape(r, &b));
		} else {
			buf_add_c(&b, c);
			if (c == '\n')
				newline(r);
		}
	}
	return pbuf_fault_here(r, "unterminated string");
}

/* Digits of a radix with an optional sign, as Java's Integer.parseInt. */
static bool parse_int(struct str s, int radix, int32_t *out)
{
	bool minus = s.len > 0 && s.data[0] == '-';
	int64_t value = 0;

	if (s.len == (size_t)minus)
		return false;
	for (size_t i = minus; i < s.len; i++) {
		int digit = digit_of(s.data[i]);

		if (digit >= radix)
			return false;
		value = value * radix + digit;
		if (value > (int64_t)INT32_MAX + minus)
			return false;
	}
	*out = (int32_t)(minus ? -value : value);
	return true;
}

enum err_code pbuf_int(struct pbuf_reader *r, int32_t *out)
{
	struct str word = STR_NONE;
	bool hex;

	TRY(pbuf_word(r, &word));
	hex = str_starts(word, STR("0x")) || str_starts(word, STR("0X"));
	if (hex)
		word = str_sub(word, 2, word.len);
	if (!parse_int(word, hex ? 16 : 10, out))
		return pbuf_fault_here(r, "expected an integer but was %.*s", STR_ARG(word));
	return OK;
}

/* Behind a comment between asterisks nothing may follow on the line it ends on. */
static enum err_code trailing_block(struct pbuf_reader *r)
{
	for (;;) {
		if (r->pos == r->text.len)
			return pbuf_fault_here(r, "trailing comment must be closed");
		if (r->text.data[r->pos] == '*' && r->pos + 1 < r->text.len && r->text.data[r->pos + 1] == '/')
			break;
		r->pos++;
	}
	r->pos += 2;
	while (r->pos < r->text.len) {
		char c = r->text.data[r->pos++];

		if (c == '\n') {
			newline(r);
			break;
		}
		if (c != ' ' && c != '\t')
			return pbuf_fault_here(r, "no syntax may follow trailing comment");
	}
	return OK;
}

enum err_code pbuf_trailing(struct pbuf_reader *r)
{
	char kind = '\0';

	while (r->pos < r->text.len && (r->text.data[r->pos] == ' ' || r->text.data[r->pos] == '\t'))
		r->pos++;
	if (r->pos == r->text.len || r->text.data[r->pos] != '/')
		return OK;
	r->pos++;
	if (r->pos < r->text.len)
		kind = r->text.data[r->pos];
	if (kind != '/' && kind != '*')
		return pbuf_fault_here(r, "expected '//' or '/*'");
	r->pos++;
	if (kind == '*')
		return trailing_block(r);
	skip_line(r);
	return OK;
}
