/* What changed between two texts: a walk over both, keyword by keyword, and what each change does to documents. */
#ifndef COMPAT_JSONSCHEMA_DIFF_INT_H
#define COMPAT_JSONSCHEMA_DIFF_INT_H

#include "compat/explain.h"
#include "compat/jsonschema/jsch.h"
#include "compat/jsonschema/node_int.h"
#include "compat/jsonschema/pointer.h"

/* Where a walk is: in the own text, or in a document that it refers to. */
struct jsch_diff_side {
	const struct jsch_schema *schema;
	struct jsch_parents parents;
	const struct jsn *ref;          /* the "$ref" of the own text that leads to the other document; NULL: in the own text */
	struct str base;                /* before the ways from where it leads: "order.json#/definitions/line" */
};

struct jsch_diff {
	struct schema_changes *out;
	struct arena *arena;
	struct jsch_diff_side old, new;
	struct map met;                 /* pairs of subschemas of other documents: each is told once */
	size_t first;                   /* of its changes in `out` */
	uint64_t work;
};

/* The place of a subschema in the own text, "/properties/a", or in another document, "order.json#/a"; absent when it has none. */
struct str jsch_diff_path(struct arena *arena, const struct jsch_schema *schema, const struct jsch_parents *parents,
	const struct jsn *json);

/* A place in both texts. */
struct jsch_spot {
	const struct jsch_pointer *old, *new; /* ways, on the stack */
	struct str name;                /* "order.lines[]"; "" is the whole */
};

/* One change; `old` or `new` may be NULL.  The places are those of the values, or of what encloses them. */
void jsch_diff_add(struct jsch_diff *d, enum change_kind kind, const char *entity, const struct jsch_spot *at,
	const struct jsn *old, const struct jsn *new, struct str message);

bool jsch_diff_spend(struct jsch_diff *d, uint64_t units);

/* Two subschemas. */
void jsch_diff_schemas(struct jsch_diff *d, const struct jsch_spot *at, const struct jsn *old, const struct jsn *new);

/* ---- diff_words.c ---- */

/* A keyword that holds no subschemas: either may be NULL. */
void jsch_diff_word(struct jsch_diff *d, const struct jsch_spot *at, struct str word, const struct jsn *old,
	const struct jsn *new);

/* ---- diff_weigh.c ---- */

/* What the changes do to documents in one direction. */
void jsch_diff_weigh(struct jsch_diff *d, const struct jsch_schema *old, const struct jsch_schema *new, bool backward);

#endif
