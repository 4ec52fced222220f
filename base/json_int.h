/* What the files of the JSON reader and writer share: the reader's state, its complaints, name tables. */
#ifndef BASE_JSON_INT_H
#define BASE_JSON_INT_H

#include "base/json.h"

/* Finds members by name in objects too large to be searched one by one. */
struct jsn_names {
	uint64_t *slots;      /* upper half of the hash and index + 1; 0 is free */
	size_t n_slots;       /* a power of two, at least twice the names */
	size_t room;          /* slots there is memory for */
};

/*
 * Values wait on `stack` until their container closes and they move into the arena side by side.
 * An open container lies below its members; its n_items is the index of the container around it.
 */
struct jsn_reader {
	const char *p;
	const char *end;
	const char *line_start;
	uint32_t line;
	unsigned flags;
	unsigned depth;
	unsigned max_depth;
	struct arena *arena;
	struct err *err;
	struct str name;      /* of the member whose value comes next */
	struct jsn *stack;
	size_t top;
	size_t room;
	size_t open;          /* index of the innermost open container, when depth > 0 */
	struct jsn *heap;     /* `stack` once it has outgrown the first one */
	struct jsn_names names;
};

/* Complaints: all put the place `at` into err and return its code.  Wording is Jackson's. */
enum err_code jsn_fault(struct jsn_reader *r, const char *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The character at `at` is not what was expected there; `at` may be the end of the text. */
enum err_code jsn_fault_character(struct jsn_reader *r, const char *at, const char *expected);
/* As jsn_fault_character, inside a number. */
enum err_code jsn_fault_number(struct jsn_reader *r, const char *at, const char *expected);
/* Where a value should start is something else. */
enum err_code jsn_fault_value(struct jsn_reader *r, const char *at);
/* A backslash before a character that needs none. */
enum err_code jsn_fault_escape(struct jsn_reader *r, const char *at);
/* Letters that are no literal. */
enum err_code jsn_fault_token(struct jsn_reader *r, const char *at);
/* The text ends inside a container, where a comma or a close marker should be. */
enum err_code jsn_fault_open(struct jsn_reader *r);
/* The text ends inside a container, where a name, a colon or a value should be. */
enum err_code jsn_fault_between(struct jsn_reader *r);
/* A close marker of the wrong kind, or one too many. */
enum err_code jsn_fault_close(struct jsn_reader *r, const char *at);
/* No well-formed UTF-8 at `at`. */
enum err_code jsn_fault_utf8(struct jsn_reader *r, const char *at);
/* Something after the value. */
enum err_code jsn_fault_trailing(struct jsn_reader *r, const char *at);
/* One level too deep. */
enum err_code jsn_fault_depth(struct jsn_reader *r, const char *at);

/* A letter, digit, _, $ or a character beyond ASCII: what a token may be made of; its length or 0. */
size_t jsn_token_char(const char *p, const char *end);

enum { JSN_NAMES_FEW = 16 }; /* members up to which comparing all names is faster */

/* Makes the table empty, ready for `n` names; keeps and reuses its memory, which starts out as NULL. */
void jsn_names_clear(struct jsn_names *names, size_t n);
void jsn_names_free(struct jsn_names *names);
/*
 * The index under which `name` was first added, or `index` itself when it was not there, under
 * which it is now; `items` are those the indexes mean.
 */
size_t jsn_names_add(struct jsn_names *names, const struct jsn *items, struct str name, size_t index);
/* The index of `name`, or SIZE_MAX. */
size_t jsn_names_find(const struct jsn_names *names, const struct jsn *items, struct str name);

#endif
