/* JSON pointers (RFC 6901): made from a way on the stack, printed, followed; and places of texts as bytes. */
#ifndef COMPAT_JSONSCHEMA_POINTER_H
#define COMPAT_JSONSCHEMA_POINTER_H

#include "base/json.h"
#include "base/str.h"

struct arena;

struct jsch_pointer {
	const struct jsch_pointer *up;  /* NULL: the document is above */
	struct str name;                /* absent: the index counts */
	size_t index;
};

/* "/properties/a~1b"; the empty text for NULL, which is the whole. */
struct str jsch_pointer_print(struct arena *arena, const struct jsch_pointer *at);

/* Appends one step with its slash, escaped. */
void jsch_pointer_put(struct buf *b, struct str name);

/* Whether a step of a pointer, without its slash but still escaped, means `name`. */
bool jsch_pointer_step_is(struct str step, struct str name);

/* The value that the pointer leads to, or NULL. */
const struct jsn *jsch_pointer_find(const struct jsn *root, struct str pointer);

/* The pointer from `root` to a value inside it; absent when it is not there. */
struct str jsch_pointer_to(struct arena *arena, const struct jsn *root, const struct jsn *value);

/* What every value of a tree is part of, for asking often. */
struct jsch_parents {
	struct jsch_range *ranges;      /* by address */
	size_t n, room;
	const struct jsn *root;
};

struct jsch_parents jsch_parents_make(struct arena *arena, const struct jsn *root);
/* NULL for the root and for values of other trees. */
const struct jsn *jsch_parents_find(const struct jsch_parents *parents, const struct jsn *value);
/* As jsch_pointer_to. */
struct str jsch_parents_pointer(struct arena *arena, const struct jsch_parents *parents, const struct jsn *value);

/* A value for a sentence: whole, or its beginning with "…" behind it. */
void jsch_put_short(struct buf *b, const struct jsn *value);

/* Where `json`, which was read from `text`, begins there. */
size_t jsch_text_offset(struct str text, const struct jsn *json);

#endif
