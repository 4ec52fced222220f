/* Values of TOML: numbers, dates, arrays and inline tables. */
#include "base/arena.h"
#include "client/cli/toml_int.h"

/* Letters of numbers, dates, true and false. */
static bool is_word(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c > 0 && strchr("_+-.:", c));
}

static size_t digits(struct str s, size_t at, const char *set)
{
	size_t n = 0;

	while (at + n < s.len && s.data[at + n] != '\0' && strchr(set, s.data[at + n]))
		n++;
	return n;
}

/* Digits of `set` with single underscores between them; the place behind, or 0. */
static size_t match_digits(struct str s, size_t at, const char *set)
{
	for (;;) {
		size_t n = digits(s, at, set);

		if (n == 0)
			return 0;
		at += n;
		if (at >= s.len || s.data[at] != '_')
			return at;
		at++;
	}
}

static const char DECIMAL[] = "0123456789";

/* Without a sign; the place behind the integer part, or 0. */
static size_t match_whole(struct str s, size_t at)
{
	size_t end = match_digits(s, at, DECIMAL);

	return end > at + 1 && s.data[at] == '0' ? 0 : end;
}

/* "0xff", "0o7", "0b1"; *prefixed tells whether it began like one. */
static bool is_in_base(struct str s, bool *prefixed)
{
	static const struct {
		struct str prefix;
		const char *set;
	} bases[] = { { { "0x", 2 }, "0123456789abcdefABCDEF" }, { { "0o", 2 }, "01234567" }, { { "0b", 2 }, "01" } };

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		*prefixed = str_starts(s, bases[i].prefix);
		if (*prefixed)
			return match_digits(s, 2, bases[i].set) == s.len;
	}
	return false;
}

static size_t skip_sign(struct str s, size_t at)
{
	return at + (at < s.len && (s.data[at] == '+' || s.data[at] == '-'));
}

static bool is_number(struct str s)
{
	bool prefixed, in_base = is_in_base(s, &prefixed);
	size_t at = skip_sign(s, 0);

	if (prefixed)
		return in_base;
	if (str_eq(str_sub(s, at, s.len), STR("inf")) || str_eq(str_sub(s, at, s.len), STR("nan")))
		return true;
	at = match_whole(s, at);
	if (at > 0 && at < s.len && s.data[at] == '.')
		at = match_digits(s, at + 1, DECIMAL);
	if (at > 0 && at < s.len && (s.data[at] | 0x20) == 'e')
		at = match_digits(s, skip_sign(s, at + 1), DECIMAL);
	return at > 0 && at == s.len;
}

static int number_at(struct str s, size_t at, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (at + i >= s.len || !strchr(DECIMAL, s.data[at + i]) || s.data[at + i] == '\0')
			return -1;
		value = value * 10 + (s.data[at + i] - '0');
	}
	return value;
}

static bool is_date(struct str s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = number_at(s, 0, 4), month = number_at(s, 5, 2), day = number_at(s, 8, 2);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return s.len == 10 && s.data[4] == '-' && s.data[7] == '-' && year >= 0 && month >= 1 && month <= 12 && day >= 1
		&& day <= days[month - 1] + (month == 2 && leap);
}

/* Two digits of at most `most`. */
static bool is_part(struct str s, size_t at, int most)
{
	int value = number_at(s, at, 2);

	return value >= 0 && value <= most;
}

/* "Z" or "+01:00" */
static bool is_offset(struct str s)
{
	if (s.len == 1)
		return (s.data[0] | 0x20) == 'z';
	return s.len == 6 && skip_sign(s, 0) == 1 && s.data[3] == ':' && is_part(s, 1, 23) && is_part(s, 4, 59);
}

/* "07:32:00.999", with an offset when `zoned`. */
static bool is_time(struct str s, bool zoned)
{
	size_t at = 8;

	if (s.len < at || s.data[2] != ':' || s.data[5] != ':' || !is_part(s, 0, 23) || !is_part(s, 3, 59) || !is_part(s, 6, 60))
		return false;
	if (s.len > at && s.data[at] == '.') {
		size_t n = digits(s, at + 1, DECIMAL);

		if (n == 0)
			return false;
		at += 1 + n;
	}
	return at == s.len || (zoned && is_offset(str_sub(s, at, s.len)));
}

static bool is_moment(struct str s)
{
	if (s.len > 11 && (s.data[10] == ' ' || (s.data[10] | 0x20) == 't'))
		return is_date(str_sub(s, 0, 10)) && is_time(str_sub(s, 11, s.len), true);
	return is_date(s) || is_time(s, false);
}

static struct str without_underscores(struct arena *arena, struct str s)
{
	struct buf out = buf_make(arena, s.len);

	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] != '_')
			buf_add_c(&out, s.data[i]);
	return buf_str(&out);
}

static enum err_code read_word(struct toml_reader *r, struct toml_node *node)
{
	size_t from = r->at;
	struct str word;

	while (is_word(toml_peek(r)))
		r->at++;
	/* A date and a time with a blank between are one value. */
	if (is_date(str_sub(r->text, from, r->at)) && toml_peek(r) == ' ' && r->at + 1 < r->text.len
		&& number_at(r->text, r->at + 1, 2) >= 0) {
		r->at++;
		while (is_word(toml_peek(r)))
			r->at++;
	}
	word = str_sub(r->text, from, r->at);
	if (str_eq(word, STR("true")) || str_eq(word, STR("false"))) {
		node->value.kind = JSN_BOOL;
		node->value.boolean = word.len == 4;
	} else if (is_number(word)) {
		node->value.kind = JSN_NUMBER;
		node->value.text = without_underscores(r->arena, word);
	} else if (is_moment(word)) {
		node->value.kind = JSN_STRING;
		node->value.text = word;
	} else {
		r->at = from;
		return toml_fault(r, "expected a value: a string in quotes, a number, true, false, a date, an array or a table");
	}
	return OK;
}

static enum err_code read_array(struct toml_reader *r, unsigned depth, struct toml_node *node)
{
	r->at++;
	for (;;) {
		struct toml_node *item;

		TRY(toml_skip_lines(r));
		if (toml_peek(r) == ']')
			break;
		TRY(toml_read_value(r, depth + 1, &item));
		toml_node_add(r, node, item);
		TRY(toml_skip_lines(r));
		if (toml_peek(r) == ',')
			r->at++;
		else if (toml_peek(r) != ']')
			return toml_fault(r, "expected \",\" or \"]\"");
	}
	r->at++;
	return OK;
}

static void close_all(struct toml_node *node)
{
	node->closed = true;
	for (size_t i = 0; i < node->n_items; i++)
		close_all(node->items[i]);
}

static enum err_code read_inline(struct toml_reader *r, unsigned depth, struct toml_node *node)
{
	r->at++;
	toml_skip_blanks(r);
	while (toml_peek(r) != '}' || node->n_items > 0) {
		TRY(toml_read_pair(r, node, depth + 1));
		toml_skip_blanks(r);
		if (toml_peek(r) == '}')
			break;
		if (toml_peek(r) != ',')
			return toml_fault(r, "expected \",\" or \"}\"");
		r->at++;
		toml_skip_blanks(r);
	}
	r->at++;
	return OK;
}

enum err_code toml_read_value(struct toml_reader *r, unsigned depth, struct toml_node **out)
{
	int c = toml_peek(r);
	struct toml_node *node = toml_node_new(r, c == '[' ? JSN_ARRAY : c == '{' ? JSN_OBJECT : JSN_STRING);

	if (depth > TOML_DEPTH)
		return toml_fault(r, "nested too deeply");
	if (c == '[')
		TRY(read_array(r, depth, node));
	else if (c == '{')
		TRY(read_inline(r, depth, node));
	else if (c == '"' || c == '\'')
		TRY(toml_read_string(r, false, &node->value.text));
	else
		TRY(read_word(r, node));
	node->defined = true;
	close_all(node);
	*out = node;
	return OK;
}
