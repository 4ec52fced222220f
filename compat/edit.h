/*
 * Edits of a JSON text that keep its look: what is put in is laid out as its neighbours are.  Values are those
 * of the tree that jsn_parse made of the very text; where the text has something else at a value's place,
 * nothing is edited and the functions say false.  Comments may stand anywhere.
 */
#ifndef COMPAT_EDIT_H
#define COMPAT_EDIT_H

#include "base/json.h"
#include "compat/explain.h"

struct explain_text {
	struct arena *arena; /* of the edits' texts */
	struct str text;
	const size_t *lines; /* offset of each line's first byte */
	size_t n_lines;
};

/* The text is borrowed. */
struct explain_text explain_text_make(struct arena *arena, struct str text);

/* The byte at which `value` starts, and the one behind its last; false when the text is not that of the tree. */
bool explain_span(const struct explain_text *t, const struct jsn *value, size_t *start, size_t *end);

/* `json` in place of a value; a value of more than one line stays so. */
bool explain_edit_replace(const struct explain_text *t, const struct jsn *value, struct str json,
	struct explain_edit *out);
/* A member behind the last one of an object. */
bool explain_edit_member(const struct explain_text *t, const struct jsn *object, struct str name, struct str json,
	struct explain_edit *out);
/* An item before the index-th of an array; at its end when there is no such. */
bool explain_edit_item(const struct explain_text *t, const struct jsn *array, size_t index, struct str json,
	struct explain_edit *out);
/* Takes the member or item `value` out of `container`, with the comma it leaves behind. */
bool explain_edit_remove(const struct explain_text *t, const struct jsn *container, const struct jsn *value,
	struct explain_edit *out);
/*
 * Makes an array of a value: two edits, out[0] with the items of the array `before` in front of it, out[1] with
 * those of `after` behind; either may be absent.
 */
bool explain_edit_wrap(const struct explain_text *t, const struct jsn *value, struct str before, struct str after,
	struct explain_edit out[2]);

#endif
