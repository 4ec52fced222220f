/*
 * Looking at text eight bytes at a time, for base/ only: which byte of a word is the first that
 * needs a closer look, and how long a UTF-8 sequence is.  The masks have the high bit of a byte
 * set where it is found; only the lowest set bit is exact, since a subtraction may borrow upwards.
 */
#ifndef BASE_SCAN_INT_H
#define BASE_SCAN_INT_H

#include <stdint.h>
#include <stddef.h>
#include <string.h>

#define SCAN_ONES 0x0101010101010101u
#define SCAN_HIGHS 0x8080808080808080u

/* Eight bytes with the first in the lowest place, whatever the machine's order. */
static inline uint64_t scan_load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* Which byte the lowest mark of a mask (not 0) stands for. */
static inline size_t scan_first(uint64_t mask)
{
	return (size_t)__builtin_ctzll(mask) / 8;
}

static inline uint64_t scan_byte(uint64_t word, unsigned char c)
{
	uint64_t x = word ^ (SCAN_ONES * c);

	return (x - SCAN_ONES) & ~x & SCAN_HIGHS;
}

/* Bytes that end a run of plain characters in a JSON string: ", \, controls and non-ASCII. */
static inline uint64_t scan_json_odd(uint64_t word)
{
	uint64_t quote = (word ^ (SCAN_ONES * '"')) - SCAN_ONES;
	uint64_t slash = (word ^ (SCAN_ONES * '\\')) - SCAN_ONES;
	uint64_t control = word - SCAN_ONES * 0x20;

	return (quote | slash | control | word) & SCAN_HIGHS;
}

/* Bytes a JSON writer has to look at: ", \, controls, and 0xED, which starts a surrogate's three bytes. */
static inline uint64_t scan_json_escape(uint64_t word)
{
	uint64_t quote = (word ^ (SCAN_ONES * '"')) - SCAN_ONES;
	uint64_t slash = (word ^ (SCAN_ONES * '\\')) - SCAN_ONES;
	uint64_t control = word - SCAN_ONES * 0x20;

	return ((quote | slash | control) & ~word & SCAN_HIGHS) | scan_byte(word, 0xED);
}

static inline int scan_is_tail(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* Length of the well-formed UTF-8 sequence at `p` with `left` bytes to go, 0 when it is none. */
static inline size_t scan_utf8(const char *text, size_t left)
{
	const unsigned char *p = (const unsigned char *)text;

	if (left == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	if (p[0] < 0xE0)
		return left >= 2 && scan_is_tail(p[1]) ? 2 : 0;
	if (left < 3 || !scan_is_tail(p[1]) || !scan_is_tail(p[2]))
		return 0;
	if (p[0] < 0xF0)
		return (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ? 0 : 3;
	if (left < 4 || !scan_is_tail(p[3]))
		return 0;
	return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0 : 4;
}

/* 3 when a surrogate's three bytes, which WTF-8 has and UTF-8 has not, stand at `p`; else 0. */
static inline size_t scan_surrogate(const char *text, size_t left)
{
	const unsigned char *p = (const unsigned char *)text;

	return left >= 3 && p[0] == 0xED && p[1] >= 0xA0 && p[1] <= 0xBF && scan_is_tail(p[2]) ? 3 : 0;
}

/* The code point of the well-formed sequence of `len` bytes at `p`; also of a surrogate's three bytes. */
static inline uint32_t scan_code_point(const char *text, size_t len)
{
	static const unsigned char lead[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t code = (unsigned char)text[0] & lead[len];

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)text[i] & 0x3F);
	return code;
}

/* Writes a code point (surrogates too, as three bytes) and returns where it ends. */
static inline char *scan_put_code_point(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xC0 | code >> 6);
		*to++ = (char)(0x80 | (code & 0x3F));
	} else if (code < 0x10000) {
		*to++ = (char)(0xE0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3F));
		*to++ = (char)(0x80 | (code & 0x3F));
	} else {
		*to++ = (char)(0xF0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3F));
		*to++ = (char)(0x80 | (code >> 6 & 0x3F));
		*to++ = (char)(0x80 | (code & 0x3F));
	}
	return to;
}

#endif
