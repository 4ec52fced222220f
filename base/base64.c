/* Base64, a letter for six bits. */
#include "base/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value_of(char c)
{
	const char *found = c == '\0' ? NULL : strchr(letters, c);

	return found ? (int)(found - letters) : -1;
}

bool base64_decode(struct arena *arena, struct str text, struct str *out)
{
	struct buf b = buf_make(arena, text.len);
	uint32_t bits = 0;
	size_t len = text.len;

	if (len % 4 == 0)
		for (int i = 0; i < 2 && len > 0 && text.data[len - 1] == '='; i++)
			len--;
	if (len == 0 || len % 4 == 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		int value = value_of(text.data[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (i % 4 > 0)
			buf_add_c(&b, (char)(bits >> (6 - 2 * (i % 4))));
	}
	*out = buf_str(&b);
	return true;
}

struct str base64_encode(struct arena *arena, struct str bytes)
{
	struct buf b = buf_make(arena, bytes.len / 3 * 4 + 5);

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < n ? (unsigned char)bytes.data[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_add(&b, k <= n ? str_make(&letters[bits >> (18 - 6 * k) & 63], 1) : STR("="));
	}
	return buf_str(&b);
}
