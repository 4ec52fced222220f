/*
 * A lossless JSON reader (RFC 8259) and the pieces of a writer.  The tree keeps what jansson's does
 * not: the spelling of numbers, the order of members, line and column of every value; and it never
 * overflows the stack.  Values are immutable and live in the arena they were read into; strings are
 * decoded UTF-8 and may contain NULs.  Of duplicate members the last value counts, at the first
 * position, as the reference has it.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/err.h"
#include "base/str.h"

enum jsn_kind { JSN_NULL, JSN_BOOL, JSN_NUMBER, JSN_STRING, JSN_ARRAY, JSN_OBJECT };

struct jsn {
	enum jsn_kind kind;
	uint32_t line;        /* 1-based place of the value's first character */
	uint32_t column;      /* 1-based, in bytes */
	bool boolean;         /* JSN_BOOL */
	struct str name;      /* the member's name when inside an object, decoded */
	struct str text;      /* JSN_STRING: decoded; JSN_NUMBER: as spelled */
	struct jsn *items;    /* JSN_ARRAY, JSN_OBJECT: n_items values side by side */
	size_t n_items;
};

/* What a reader tolerates beyond RFC 8259. */
enum jsn_flags {
	JSN_COMMENTS = 1 << 0, /* C and C++ comments between tokens */
	JSN_NAN = 1 << 1,      /* NaN, Infinity, -Infinity, +Infinity, -INF, +INF as numbers */
	JSN_TRAILING = 1 << 2, /* anything after the first value */
	JSN_SURROGATES = 1 << 3, /* lone surrogate escapes, as Java has them; decoded to three bytes (WTF-8) */
	JSN_WTF8 = 1 << 4,     /* such bytes in the text itself: a document out of another one's string */
};

/*
 * Reads one value from `text` into `arena`.  Depth counts nested arrays and objects; deeper than
 * `max_depth` is ERR_LIMIT, all else that is no JSON (empty text, invalid UTF-8, a lone surrogate
 * escape, trailing content) is ERR_BAD_JSON, with the line and column of the fault in `err` and the
 * reference's wording where clients are known to match on it.  Strings without escapes are
 * borrowed from `text`, which must outlive the tree.
 */
ERR_CHECKED enum err_code jsn_parse(struct arena *arena, struct str text, unsigned flags,
	unsigned max_depth, const struct jsn **out, struct err *err);

/*
 * The bytes of a document as UTF-8, the way Jackson takes them: without a byte order mark, and
 * converted when a mark or the zeros among the first four bytes tell of UTF-16 or UTF-32.  What is
 * no character there comes out as bytes that jsn_parse refuses.  UTF-8 is returned as it is, unchecked.
 */
struct str jsn_decode(struct arena *arena, struct str raw);

/* The member called `name`, or NULL when absent or when `object` is no object.  JSON null is a value. */
const struct jsn *jsn_get(const struct jsn *object, struct str name);

/* As jsn_get, but a JSON null counts as absent. */
const struct jsn *jsn_get_value(const struct jsn *object, struct str name);

/* "an object", "a string" …: for messages. */
const char *jsn_kind_name(enum jsn_kind kind);

/* Whether two values are equal as JSON: numbers by spelling, members in any order. */
bool jsn_equal(const struct jsn *a, const struct jsn *b);

/*
 * Appends `s` as a JSON string with quotes: escapes only ", \ and controls (contract 1.6), and lone
 * surrogates that JSN_SURROGATES let in, so that what is written is always UTF-8.
 */
void buf_json_string(struct buf *b, struct str s);

/*
 * The same for a document that becomes a string of another one, e.g. a schema's text: lone surrogates stay
 * the three bytes they are, which the outer document escapes.
 */
void buf_json_inner(struct buf *b, struct str s);

/* Appends `value` compactly, members in their order, numbers as spelled. */
void buf_json(struct buf *b, const struct jsn *value);

#endif
