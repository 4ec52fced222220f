/*
 * "format" where it is asserted: the formats that validators know (JSON Schema Validation 7.3), by the grammars
 * that they name.  Short texts suffice: these are for witnesses, so what is doubtful holds.
 */
#include "compat/jsonschema/node_int.h"
#include "compat/jsonschema/validate.h"

#include "base/arena.h"

enum { LONGEST_HOSTNAME = 253 };

struct scan {
	struct str text;
	size_t at;
};

static char peek(const struct scan *s)
{
	return s->at < s->text.len ? s->text.data[s->at] : '\0';
}

static bool take(struct scan *s, char c)
{
	if (s->at >= s->text.len || s->text.data[s->at] != c)
		return false;
	s->at++;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* Exactly `n` digits. */
static bool take_number(struct scan *s, size_t n, int *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++, s->at++) {
		if (!is_digit(peek(s)))
			return false;
		*out = *out * 10 + (peek(s) - '0');
	}
	return true;
}

static bool at_end(const struct scan *s)
{
	return s->at == s->text.len;
}

/* RFC 3339 5.6, full-date. */
static bool take_date(struct scan *s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;
	bool leap;

	if (!take_number(s, 4, &year) || !take(s, '-') || !take_number(s, 2, &month) || !take(s, '-') ||
		!take_number(s, 2, &day))
		return false;
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static bool take_offset(struct scan *s)
{
	int hour, minute;

	if (take(s, 'Z') || take(s, 'z'))
		return true;
	return (take(s, '+') || take(s, '-')) && take_number(s, 2, &hour) && take(s, ':') && take_number(s, 2, &minute) &&
		hour <= 23 && minute <= 59;
}

/* full-time. */
static bool take_time(struct scan *s)
{
	int hour, minute, second;

	if (!take_number(s, 2, &hour) || !take(s, ':') || !take_number(s, 2, &minute) || !take(s, ':') ||
		!take_number(s, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return false;
	if (take(s, '.')) {
		if (!is_digit(peek(s)))
			return false;
		while (is_digit(peek(s)))
			s->at++;
	}
	return take_offset(s);
}

static bool is_date(struct str text)
{
	struct scan s = { .text = text };

	return take_date(&s) && at_end(&s);
}

static bool is_time(struct str text)
{
	struct scan s = { .text = text };

	return take_time(&s) && at_end(&s);
}

static bool is_date_time(struct str text)
{
	struct scan s = { .text = text };

	return take_date(&s) && (take(&s, 'T') || take(&s, 't')) && take_time(&s) && at_end(&s);
}

/* RFC 1123 2.1. */
static bool is_hostname(struct str text)
{
	size_t label = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '.' || c == '-') {
			if (label == 0 || (c == '.' && text.data[i - 1] == '-'))
				return false;
			label = c == '.' ? 0 : label + 1;
			continue;
		}
		if (!is_letter(c) && !is_digit(c))
			return false;
		if (++label > 63)
			return false;
	}
	return label > 0 && text.len <= LONGEST_HOSTNAME && text.data[text.len - 1] != '-';
}

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Parts with single dots between them, of letters, digits and some others; of an internationalized address (RFC 6531) what is beyond ASCII, too. */
static bool is_dotted(struct str text, const char *others, bool international)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '.' && (i == 0 || i + 1 == text.len || text.data[i - 1] == '.'))
			return false;
		if (c != '.' && !is_alphanumeric(c) && !(c && strchr(others, c)) && !(international && (unsigned char)c >= 0x80))
			return false;
	}
	return text.len > 0;
}

/* RFC 5322 3.2.4: text in quotes, without quotes and control characters in it. */
static bool is_quoted(struct str text)
{
	for (size_t i = 1; i + 1 < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F || text.data[i] == '"')
			return false;
	return text.len > 2 && text.data[0] == '"' && text.data[text.len - 1] == '"';
}

/* RFC 5321 4.1.3: an address in brackets. */
static bool is_address_literal(struct str text)
{
	for (size_t i = 1; i + 1 < text.len; i++)
		if (!is_alphanumeric(text.data[i]) && !(text.data[i] && strchr(".:-", text.data[i])))
			return false;
	return text.len > 2 && text.data[0] == '[' && text.data[text.len - 1] == ']';
}

/* RFC 5322 3.4.1; its atoms are of the characters of 3.2.3. */
static bool is_address(struct str text, bool international)
{
	ptrdiff_t at = str_rindex(text, '@');
	struct str local = str_sub(text, 0, at < 0 ? 0 : (size_t)at), domain = str_sub(text, (size_t)(at + 1), text.len);

	return at > 0 && (is_dotted(local, "!#$%&'*+-/=?^_`{|}~", international) || is_quoted(local)) &&
		(is_dotted(domain, "-", international) || is_address_literal(domain));
}

static bool is_email(struct str text)
{
	return is_address(text, false);
}

static bool is_idn_email(struct str text)
{
	return is_address(text, true);
}

/* RFC 2673 3.2, dotted-quad. */
static bool is_ipv4(struct str text)
{
	struct scan s = { .text = text };

	for (int part = 0; part < 4; part++) {
		size_t from;
		int value = 0;

		if (part > 0 && !take(&s, '.'))
			return false;
		for (from = s.at; is_digit(peek(&s)) && s.at < from + 3; s.at++)
			value = value * 10 + (peek(&s) - '0');
		if (s.at == from || value > 255 || (s.at > from + 1 && text.data[from] == '0'))
			return false;
	}
	return at_end(&s);
}

/* Up to four hexadecimal digits, and a colon or the end behind them; *gap when there are two colons. */
static bool take_group(struct scan *s, bool *gap)
{
	size_t from = s->at;

	while (is_hex(peek(s)) && s->at < from + 4)
		s->at++;
	if (s->at == from)
		return false;
	if (at_end(s))
		return true;
	if (!take(s, ':') || at_end(s))
		return false;
	if (!take(s, ':'))
		return true;
	if (*gap)
		return false;
	*gap = true;
	return true;
}

/* RFC 4291 2.2. */
static bool is_ipv6(struct str text)
{
	struct scan s = { .text = text };
	bool gap = str_starts(text, STR("::"));
	int groups = 0;

	if (gap)
		s.at = 2;
	while (!at_end(&s)) {
		if (groups <= 6 && is_ipv4(str_sub(text, s.at, text.len))) {
			groups += 2;
			break;
		}
		if (!take_group(&s, &gap) || ++groups > 8)
			return false;
	}
	return gap ? groups < 8 : groups == 8;
}

/* RFC 4122 3. */
static bool is_uuid(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text.data[i] != '-' : !is_hex(text.data[i]))
			return false;
	}
	return text.len == 36;
}

/* Characters that RFC 3986 knows, percent-encoded where they are not plain. */
static bool is_uri_reference(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c <= ' ' || c >= 0x7F || strchr("\"<>\\^`{|}", c))
			return false;
		if (c == '%' && (i + 2 >= text.len || !is_hex(text.data[i + 1]) || !is_hex(text.data[i + 2])))
			return false;
	}
	return true;
}

static bool is_uri(struct str text)
{
	ptrdiff_t colon = str_index(text, ':');

	for (ptrdiff_t i = 0; i < colon; i++)
		if (!is_letter(text.data[i]) && (i == 0 || (!is_digit(text.data[i]) && !strchr("+-.", text.data[i]))))
			return false;
	return colon > 0 && is_uri_reference(text);
}

/* RFC 6901 3. */
static bool is_json_pointer(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '~' && (i + 1 == text.len || (text.data[i + 1] != '0' && text.data[i + 1] != '1')))
			return false;
	return text.len == 0 || text.data[0] == '/';
}

/*
 * The same languages as patterns, for comparing formats with patterns and with each other
 * (compat/jsonschema/language.h).
 */
#define DATE "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))" \
	"|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
#define HOUR_MINUTE "([01][0-9]|2[0-3]):[0-5][0-9]"
#define TIME HOUR_MINUTE ":([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-]" HOUR_MINUTE ")"
#define LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define BYTE "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define IPV4 BYTE "([.]" BYTE "){3}"
#define HEX "[0-9A-Fa-f]"
#define GROUP HEX "{1,4}"
/* Up to so many groups behind two colons; an address of version 4 is two. */
#define BEHIND(n, n_before_ipv4) "((" GROUP ":){0," n "}" GROUP "|(" GROUP ":){0," n_before_ipv4 "}" IPV4 ")?"
#define BEFORE(n) GROUP "(:" GROUP "){" n "}"
#define IPV6 "((" GROUP ":){7}" GROUP "|(" GROUP ":){6}" IPV4 "|::" BEHIND("6", "5") "|" BEFORE("0") "::" BEHIND("5", "4") \
	"|" BEFORE("1") "::" BEHIND("4", "3") "|" BEFORE("2") "::" BEHIND("3", "2") "|" BEFORE("3") "::" BEHIND("2", "1") \
	"|" BEFORE("4") "::" BEHIND("1", "0") "|" BEFORE("5") "::(" GROUP ")?|" BEFORE("6") "::)"
#define ATOM "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
#define MAIL_LABEL "[A-Za-z0-9-]+"
/* The same with all that is beyond ASCII. */
#define IDN_ATOM "[^\\x00-\\x20\\x7F\"(),.:;<>@\\[\\\\\\]]+"
#define IDN_LABEL "[^\\x00-,./:-@\\[-`{-\\x7F]+"
#define ADDRESS(atom, label) "^(" atom "([.]" atom ")*|\"[^\\x00-\\x1F\\x7F\"]+\")@(" label "([.]" label ")*|\\[[A-Za-z0-9.:-]+\\])$"
#define URI_CHARACTERS "([!#$&-;=?-Z\\[\\]_a-z~]|%" HEX "{2})*"

/* A text of the format is `before`, any number of `fill`, and `after`; without `fill` it has one length. */
static const struct {
	const char *name;
	bool (*holds)(struct str text);
	const char *pattern;
	const char *before;
	const char *fill;
	const char *after;
} formats[] = {
	{ "date", is_date, "^" DATE "$", "2000-01-01", "", "" },
	{ "time", is_time, "^" TIME "$", "00:00:00.0", "0", "Z" },
	{ "date-time", is_date_time, "^" DATE "[Tt]" TIME "$", "2000-01-01T00:00:00.0", "0", "Z" },
	{ "email", is_email, ADDRESS(ATOM, MAIL_LABEL), "a", "a", "@b.c" },
	{ "idn-email", is_idn_email, ADDRESS(IDN_ATOM, IDN_LABEL), "a", "a", "@b.c" },
	{ "hostname", is_hostname, "^" LABEL "([.]" LABEL ")*$", "a", ".a", "" },
	{ "ipv4", is_ipv4, "^" IPV4 "$", "0.0.0.0", "", "" },
	{ "ip-address", is_ipv4, "^" IPV4 "$", "0.0.0.0", "", "" },
	{ "ipv6", is_ipv6, "^" IPV6 "$", "::", "", "" },
	{ "uuid", is_uuid, "^" HEX "{8}(-" HEX "{4}){3}-" HEX "{12}$", "00000000-0000-0000-0000-000000000000", "", "" },
	{ "uri", is_uri, "^[A-Za-z][A-Za-z0-9+.-]*:" URI_CHARACTERS "$", "a:", "a", "" },
	{ "uri-reference", is_uri_reference, "^" URI_CHARACTERS "$", "", "a", "" },
	{ "json-pointer", is_json_pointer, "^(/([^/~]|~[01])*)*$", "", "/", "" },
};

enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

bool jsch_format_holds(struct str format, struct str text)
{
	for (size_t i = 0; i < N_FORMATS; i++)
		if (str_eq(format, str_of(formats[i].name)))
			return formats[i].holds(text);
	return true;
}

bool jsch_format_is_known(struct str format)
{
	int64_t longest;

	return str_present(jsch_format_pattern(format, &longest));
}

struct str jsch_format_pattern(struct str format, int64_t *longest)
{
	*longest = str_eq(format, STR("hostname")) ? LONGEST_HOSTNAME : JSCH_ABSENT;
	for (size_t i = 0; i < N_FORMATS; i++)
		if (str_eq(format, str_of(formats[i].name)))
			return str_of(formats[i].pattern);
	return STR_NONE;
}

struct str jsch_format_sample(struct arena *arena, struct str format, size_t length)
{
	struct buf b = buf_make(arena, length + 8);

	for (size_t i = 0; i < N_FORMATS; i++) {
		size_t after = strlen(formats[i].after);

		if (!str_eq(format, str_of(formats[i].name)))
			continue;
		buf_add(&b, str_of(formats[i].before));
		while (*formats[i].fill && b.len + after < length)
			buf_add(&b, str_of(formats[i].fill));
		buf_add(&b, str_of(formats[i].after));
		return buf_str(&b);
	}
	return STR_NONE;
}
