/* The JSON writer: strings with the few escapes they need, and whole trees without recursion. */
#include "base/json.h"

#include "base/memory.h"
#include "base/scan_int.h"

enum {
	CHUNK = 512,          /* bytes of a string for which room is made at once */
	LONGEST_ESCAPE = 6,
};

static char *put_unit(char *to, uint32_t unit)
{
	static const char digits[] = "0123456789ABCDEF";

	*to++ = '\\';
	*to++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = digits[unit >> shift & 0xF];
	return to;
}

/* What stands for the byte `c`: itself, or an escape of one letter. */
static char *put_escaped(char *to, unsigned char c)
{
	static const char letters[256] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\',
	};

	if (letters[c]) {
		*to++ = '\\';
		*to++ = letters[c];
	} else if (c < 0x20) {
		to = put_unit(to, c);
	} else {
		*to++ = (char)c;
	}
	return to;
}

/*
 * Writes the characters from `p` up to `stop`, of a string that ends at `end`; may go on for a character.
 * Surrogates are escaped unless they are to be kept as they are.
 */
static const char *put_chunk(struct buf *b, const char *p, const char *stop, const char *end, bool keep)
{
	char *to;

	buf_reserve(b, ((size_t)(stop - p) + 3) * LONGEST_ESCAPE);
	to = b->data + b->len;
	while (p < stop) {
		if (stop - p >= 8) {
			uint64_t odd = scan_json_escape(scan_load(p));
			size_t run = odd ? scan_first(odd) : 8;

			memcpy(to, p, 8);
			to += run;
			p += run;
			if (run == 8)
				continue;
		}
		if (!keep && scan_surrogate(p, (size_t)(end - p))) {
			to = put_unit(to, scan_code_point(p, 3));
			p += 3;
		} else {
			to = put_escaped(to, (unsigned char)*p++);
		}
	}
	b->len = (size_t)(to - b->data);
	return p;
}

static void put_string(struct buf *b, struct str s, bool keep)
{
	const char *p = s.data, *end = s.len > 0 ? s.data + s.len : s.data;

	buf_add_c(b, '"');
	while (p < end)
		p = put_chunk(b, p, end - p > CHUNK ? p + CHUNK : end, end, keep);
	buf_add_c(b, '"');
}

void buf_json_string(struct buf *b, struct str s)
{
	put_string(b, s, false);
}

void buf_json_inner(struct buf *b, struct str s)
{
	put_string(b, s, true);
}

/* A container of which `next` values are written. */
struct level {
	const struct jsn *value;
	size_t next;
};

static void put_scalar(struct buf *b, const struct jsn *value)
{
	if (value->kind == JSN_STRING)
		buf_json_string(b, value->text);
	else if (value->kind == JSN_NUMBER)
		buf_add(b, value->text);
	else if (value->kind == JSN_NULL)
		buf_lit(b, "null");
	else
		buf_add(b, value->boolean ? STR("true") : STR("false"));
}

/* The levels with room for one more; `first` is where they start out, on the caller's stack. */
static struct level *grow(struct level *levels, struct level *first, size_t *room)
{
	size_t old = *room;
	struct level *larger = memory_resize(levels == first ? NULL : levels, 2 * old * sizeof(*larger));

	if (levels == first)
		memcpy(larger, first, old * sizeof(*larger));
	*room = 2 * old;
	return larger;
}

void buf_json(struct buf *b, const struct jsn *value)
{
	struct level first[32], *levels = first;
	size_t depth = 0, room = sizeof(first) / sizeof(first[0]);

	for (;;) {
		if (value->kind == JSN_ARRAY || value->kind == JSN_OBJECT) {
			if (depth == room)
				levels = grow(levels, first, &room);
			levels[depth++] = (struct level){ .value = value };
			buf_add_c(b, value->kind == JSN_ARRAY ? '[' : '{');
		} else {
			put_scalar(b, value);
		}
		while (depth > 0 && levels[depth - 1].next == levels[depth - 1].value->n_items)
			buf_add_c(b, levels[--depth].value->kind == JSN_ARRAY ? ']' : '}');
		if (depth == 0)
			break;
		if (levels[depth - 1].next > 0)
			buf_add_c(b, ',');
		value = &levels[depth - 1].value->items[levels[depth - 1].next++];
		if (levels[depth - 1].value->kind == JSN_OBJECT) {
			buf_json_string(b, value->name);
			buf_add_c(b, ':');
		}
	}
	if (levels != first)
		memory_free(levels);
}
