/*
 * Text with a length: `struct str` is a borrowed view of bytes (NULs included), passed by value;
 * `struct buf` grows inside an arena.  A str does not own its bytes: they live as long as whatever
 * they were taken from.  Text is UTF-8 unless a function says otherwise.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
	const char *data; /* NULL only for the absent string STR_NONE */
	size_t len;
};

#define STR(literal) ((struct str){ .data = "" literal, .len = sizeof(literal) - 1 })
#define STR_NONE ((struct str){ .data = NULL, .len = 0 })
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, ((s).data ? (s).data : "")

static inline struct str str_of(const char *text)
{
	return (struct str){ .data = text, .len = text ? strlen(text) : 0 };
}

static inline struct str str_make(const char *data, size_t len)
{
	return (struct str){ .data = data, .len = len };
}

static inline bool str_present(struct str s)
{
	return s.data != NULL;
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Order by bytes, which for UTF-8 is the order of code points; a prefix sorts first. */
int str_cmp(struct str a, struct str b);

/* Order by UTF-16 code units, the order of Java's String.compareTo; both must be valid UTF-8. */
int str_cmp_utf16(struct str a, struct str b);

bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Index of the first `c`, or -1. */
ptrdiff_t str_index(struct str s, char c);
ptrdiff_t str_rindex(struct str s, char c);

/* The part from byte `from` up to (not with) byte `to`, clipped to the string. */
struct str str_sub(struct str s, size_t from, size_t to);

/* Without ASCII blanks and control characters at both ends (Java's String.trim). */
struct str str_trim(struct str s);

/* A copy in `arena`, NUL-terminated behind its len bytes; absent stays absent. */
struct str str_dup(struct arena *arena, struct str s);
struct str str_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* `a` followed by `b`. */
struct str str_concat(struct arena *arena, struct str a, struct str b);

/* A decimal integer, optional sign, nothing else, that fits 32 (64) bits; false leaves *out alone. */
bool str_to_i32(struct str s, int32_t *out);
bool str_to_i64(struct str s, int64_t *out);

/* Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates). */
bool str_is_utf8(struct str s);

/* The text with U+FFFD for each byte that belongs to no character: itself when it is well-formed. */
struct str str_repair_utf8(struct arena *arena, struct str s);

/* Number of UTF-16 code units of valid UTF-8 text (what Java calls its length). */
size_t str_utf16_len(struct str s);

/* A growable text in an arena; `data` is not NUL-terminated until buf_str. */
struct buf {
	struct arena *arena;
	char *data;
	size_t len;
	size_t room;
};

struct buf buf_make(struct arena *arena, size_t room);
void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, struct str s);
void buf_add_c(struct buf *b, char c);
void buf_add_i64(struct buf *b, int64_t value);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* The text so far, NUL-terminated behind its len bytes; stays valid while the arena does, until the next append. */
struct str buf_str(struct buf *b);

#define buf_lit(b, literal) buf_add((b), STR(literal))

#endif
