/* Borrowed text: comparing, searching, cutting, numbers and UTF-8. */
#include "base/str.h"

#include "base/arena.h"
#include "base/scan_int.h"

int str_cmp(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Walks UTF-8 as Java sees it; `low` is the second half of a pair that is still due. */
struct units {
	const char *p;
	const char *end;
	int32_t low;
};

/* The next UTF-16 code unit, -1 at the end. */
static int32_t next_unit(struct units *u)
{
	int32_t unit = u->low;
	unsigned char lead;
	size_t len;

	if (unit >= 0) {
		u->low = -1;
		return unit;
	}
	if (u->p == u->end)
		return -1;
	lead = (unsigned char)*u->p;
	len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if (len > (size_t)(u->end - u->p))
		len = (size_t)(u->end - u->p);
	unit = (int32_t)scan_code_point(u->p, len);
	u->p += len;
	if (unit < 0x10000)
		return unit;
	u->low = 0xDC00 + ((unit - 0x10000) & 0x3FF);
	return 0xD800 + ((unit - 0x10000) >> 10);
}

/*
 * The orders of bytes and of code units agree unless one side has four bytes (a surrogate pair,
 * D800 and up) where the other has U+E000 to U+FFFF; then both are walked from where they part.
 */
int str_cmp_utf16(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	struct units left = { .low = -1 }, right = { .low = -1 };
	int32_t x, y;
	size_t i = 0;

	while (i + 8 <= shorter && memcmp(a.data + i, b.data + i, 8) == 0)
		i += 8;
	while (i < shorter && a.data[i] == b.data[i])
		i++;
	if (i == shorter)
		return (a.len > b.len) - (a.len < b.len);
	if ((unsigned char)a.data[i] < 0xED || (unsigned char)b.data[i] < 0xED)
		return (unsigned char)a.data[i] < (unsigned char)b.data[i] ? -1 : 1;
	left.p = a.data + i;
	left.end = a.data + a.len;
	right.p = b.data + i;
	right.end = b.data + b.len;
	do {
		x = next_unit(&left);
		y = next_unit(&right);
	} while (x == y && x >= 0);
	return (x > y) - (x < y);
}

static unsigned char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : (unsigned char)c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_make(s.data, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, s.len), suffix);
}

ptrdiff_t str_index(struct str s, char c)
{
	const char *found = s.len > 0 ? memchr(s.data, c, s.len) : NULL;

	return found ? found - s.data : -1;
}

ptrdiff_t str_rindex(struct str s, char c)
{
	const char *found = s.len > 0 ? memrchr(s.data, c, s.len) : NULL;

	return found ? found - s.data : -1;
}

struct str str_sub(struct str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return str_make(from > 0 ? s.data + from : s.data, to - from);
}

struct str str_trim(struct str s)
{
	size_t from = 0, to = s.len;

	while (from < to && (unsigned char)s.data[from] <= ' ')
		from++;
	while (to > from && (unsigned char)s.data[to - 1] <= ' ')
		to--;
	return str_sub(s, from, to);
}

struct str str_dup(struct arena *arena, struct str s)
{
	return s.data ? str_make(arena_strndup(arena, s.data, s.len), s.len) : s;
}

struct str str_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	struct buf b = buf_make(arena, 0);

	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	return buf_str(&b);
}

struct str str_concat(struct arena *arena, struct str a, struct str b)
{
	char *text = arena_alloc_text(arena, a.len + b.len + 1);

	if (a.len > 0)
		memcpy(text, a.data, a.len);
	if (b.len > 0)
		memcpy(text + a.len, b.data, b.len);
	text[a.len + b.len] = '\0';
	return str_make(text, a.len + b.len);
}

bool str_to_i64(struct str s, int64_t *out)
{
	bool negative = s.len > 0 && s.data[0] == '-';
	size_t i = s.len > 0 && (s.data[0] == '-' || s.data[0] == '+') ? 1 : 0;
	int64_t value = 0;

	if (i == s.len)
		return false;
	/* Counts downwards, since only the negative half holds INT64_MIN. */
	for (; i < s.len; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, s.data[i] - '0', &value))
			return false;
	}
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	*out = value;
	return true;
}

bool str_to_i32(struct str s, int32_t *out)
{
	int64_t value;

	if (!str_to_i64(s, &value) || value < INT32_MIN || value > INT32_MAX)
		return false;
	*out = (int32_t)value;
	return true;
}

bool str_is_utf8(struct str s)
{
	const char *p = s.data;
	size_t left = s.len;

	while (left > 0) {
		size_t len;

		if (left >= 8 && (scan_load(p) & SCAN_HIGHS) == 0)
			len = 8;
		else
			len = scan_utf8(p, left);
		if (len == 0)
			return false;
		p += len;
		left -= len;
	}
	return true;
}

struct str str_repair_utf8(struct arena *arena, struct str s)
{
	struct buf out;

	if (str_is_utf8(s))
		return s;
	out = buf_make(arena, s.len + 64);
	for (size_t at = 0; at < s.len;) {
		size_t len = scan_utf8(s.data + at, s.len - at);

		buf_add(&out, len > 0 ? str_sub(s, at, at + len) : STR("\xEF\xBF\xBD"));
		at += len > 0 ? len : 1;
	}
	return buf_str(&out);
}

size_t str_utf16_len(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		n += !scan_is_tail(c) + (c >= 0xF0);
	}
	return n;
}
