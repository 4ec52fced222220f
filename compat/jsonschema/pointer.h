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

/* The value that the pointer leads to, or NULL. */
const struct jsn *jsch_pointer_find(const struct jsn *root, struct str pointer);

/* The pointer from `root` to a value inside it; absent when it is not there. */
struct str jsch_pointer_to(struct arena *arena, const struct jsn *root, const struct jsn *value);

/* Where `json`, which was read from `text`, begins there. */
size_t jsch_text_offset(struct str text, const struct jsn *json);

#endif
