/* Strings of TOML: basic and literal, on one line or several. */
#include "base/arena.h"
#include "base/letters.h"
#include "client/cli/toml_int.h"

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum err_code read_unicode(struct toml_reader *r, int digits, struct buf *out)
{
	uint32_t c = 0;

	for (int i = 0; i < digits; i++) {
		int digit = hex_digit(toml_peek(r));

		if (digit < 0)
			return toml_fault(r, "expected a hexadecimal digit");
		c = c << 4 | (uint32_t)digit;
		r->at++;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return toml_fault(r, "the escape is no character");
	letters_put(out, c);
	return OK;
}

/* Behind a backslash at the end of a line: everything up to the next character is left out. */
static enum err_code skip_folded(struct toml_reader *r)
{
	toml_skip_blanks(r);
	if (toml_peek(r) != '\n' && toml_peek(r) != '\r')
		return toml_fault(r, "no such escape");
	for (;; r->at++) {
		int c = toml_peek(r);

		if (c == '\n') {
			r->line++;
			r->line_start = r->at + 1;
		} else if (c != ' ' && c != '\t' && c != '\r') {
			return OK;
		}
	}
}

static enum err_code read_escape(struct toml_reader *r, bool several, struct buf *out)
{
	static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
	int c = toml_peek(r);
	const char *at = c > 0 ? strchr(letters, c) : NULL;

	if (several && (c == '\n' || c == '\r' || c == ' ' || c == '\t'))
		return skip_folded(r);
	r->at += c != -1;
	if (c == 'u' || c == 'U')
		return read_unicode(r, c == 'u' ? 4 : 8, out);
	if (!at)
		return toml_fault(r, "no such escape");
	buf_add_c(out, meant[at - letters]);
	return OK;
}

/* How many of the delimiter follow. */
static size_t count(const struct toml_reader *r, char quote)
{
	size_t n = 0;

	while (r->at + n < r->text.len && r->text.data[r->at + n] == quote)
		n++;
	return n;
}

static enum err_code read_character(struct toml_reader *r, bool several, char quote, struct buf *out)
{
	int c = toml_peek(r);
	bool crlf = c == '\r' && r->at + 1 < r->text.len && r->text.data[r->at + 1] == '\n';

	if (c == -1 || (!several && (c == '\n' || c == '\r')))
		return toml_fault(r, "the string does not end");
	if ((c < 0x20 && c != '\t' && c != '\n' && !crlf) || c == 0x7f)
		return toml_fault(r, "a control character in a string");
	r->at++;
	if (c == '\\' && quote == '"')
		return read_escape(r, several, out);
	buf_add_c(out, (char)c);
	if (c == '\n') {
		r->line++;
		r->line_start = r->at;
	}
	return OK;
}

static enum err_code read_several(struct toml_reader *r, char quote, struct str *out)
{
	struct buf text = buf_make(r->arena, 64);

	r->at += 3;
	if (toml_peek(r) == '\r' && r->at + 1 < r->text.len && r->text.data[r->at + 1] == '\n')
		r->at++;
	if (toml_peek(r) == '\n') {
		r->at++;
		r->line++;
		r->line_start = r->at;
	}
	for (;;) {
		size_t n = count(r, quote);

		if (n > 5)
			return toml_fault(r, "too many quotes");
		for (size_t i = 0; n < 3 ? i < n : i < n - 3; i++)
			buf_add_c(&text, quote);
		r->at += n;
		if (n >= 3)
			break;
		TRY(read_character(r, true, quote, &text));
	}
	*out = buf_str(&text);
	return OK;
}

enum err_code toml_read_string(struct toml_reader *r, bool single, struct str *out)
{
	char quote = r->text.data[r->at];
	struct buf text;

	if (count(r, quote) >= 3) {
		if (single)
			return toml_fault(r, "a key is on one line");
		return read_several(r, quote, out);
	}
	r->at++;
	text = buf_make(r->arena, 32);
	while (toml_peek(r) != quote)
		TRY(read_character(r, false, quote, &text));
	r->at++;
	*out = buf_str(&text);
	return OK;
}
