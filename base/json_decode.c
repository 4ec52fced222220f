/* JSON documents in UTF-16 and UTF-32: told apart as RFC 4627, section 3, has it, and made UTF-8. */
#include "base/json.h"

#include "base/arena.h"
#include "base/scan_int.h"

/* How the bytes of a document form characters. */
struct encoding {
	size_t mark;          /* bytes of the byte order mark */
	size_t unit;          /* bytes of a code unit: 1, 2 or 4 */
	bool big;             /* the highest byte comes first */
};

static uint32_t load(const char *p, struct encoding e)
{
	uint32_t value = 0;

	for (size_t i = 0; i < e.unit; i++)
		value |= (uint32_t)(unsigned char)p[i] << (8 * (e.big ? e.unit - 1 - i : i));
	return value;
}

/* The mark if there is one (that of UTF-32 first, since UTF-16's starts alike), or else where zeros are. */
static struct encoding find_encoding(struct str raw)
{
	static const struct {
		struct str bytes;
		struct encoding is;
	} marks[] = {
		{ { "\x00\x00\xFE\xFF", 4 }, { 4, 4, true } },
		{ { "\xFF\xFE\x00\x00", 4 }, { 4, 4, false } },
		{ { "\xFE\xFF", 2 }, { 2, 2, true } },
		{ { "\xFF\xFE", 2 }, { 2, 2, false } },
		{ { "\xEF\xBB\xBF", 3 }, { 3, 1, false } },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_starts(raw, marks[i].bytes))
			return marks[i].is;
	if (raw.len >= 4 && memcmp(raw.data, "\0\0\0", 3) == 0)
		return (struct encoding){ 0, 4, true };
	if (raw.len >= 4 && memcmp(raw.data + 1, "\0\0\0", 3) == 0)
		return (struct encoding){ 0, 4, false };
	if (raw.len >= 2 && raw.data[0] == '\0')
		return (struct encoding){ 0, 2, true };
	if (raw.len >= 2 && raw.data[1] == '\0')
		return (struct encoding){ 0, 2, false };
	return (struct encoding){ 0, 1, false };
}

/* The code point at *p and moves *p behind it; half a pair comes out as it is, 0x110000 stands for no character. */
static uint32_t next_code_point(const char **p, const char *end, struct encoding e)
{
	uint32_t code, low;

	if ((size_t)(end - *p) < e.unit) {
		*p = end;
		return 0x110000;
	}
	code = load(*p, e);
	*p += e.unit;
	if (e.unit == 2 && code >= 0xD800 && code < 0xDC00 && end - *p >= 2) {
		low = load(*p, e);
		if (low >= 0xDC00 && low < 0xE000) {
			*p += 2;
			return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
		}
	}
	return code < 0x110000 ? code : 0x110000;
}

struct str jsn_decode(struct arena *arena, struct str raw)
{
	struct encoding e = find_encoding(raw);
	struct str rest = str_sub(raw, e.mark, raw.len);
	const char *p = rest.data, *end;
	char *text, *to;

	if (e.unit == 1)
		return rest;
	/* A unit of two bytes makes three at most, one of four bytes four, a broken one at the end one. */
	end = p + rest.len;
	to = text = arena_alloc_text(arena, (rest.len / e.unit) * (e.unit == 2 ? 3 : 4) + 1);
	while (p < end) {
		uint32_t code = next_code_point(&p, end, e);

		if (code < 0x110000)
			to = scan_put_code_point(to, code);
		else
			*to++ = (char)0xFF;
	}
	return str_make(text, (size_t)(to - text));
}
