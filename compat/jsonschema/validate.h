/*
 * Validates JSON documents against a parsed JSON Schema of any of its drafts.  "format" and the
 * content keywords are annotations and restrict nothing.  Work and depth are bounded; a schema may be
 * used by many threads at once.  Not the judge of compatibility: that is jsch_check.
 */
#ifndef COMPAT_JSONSCHEMA_VALIDATE_H
#define COMPAT_JSONSCHEMA_VALIDATE_H

#include "base/json.h"
#include "compat/schema.h"

/* The first thing found that speaks against a document. */
struct jsch_violation {
	struct str path;    /* JSON pointer into the document; empty for the whole */
	struct str keyword; /* of the schema: "maxLength"; "false" for the schema that allows nothing */
	struct str name;    /* "required": of the property that is missing */
	const struct jsn *schema; /* the subschema that has it, as it was read */
	const struct jsn *const *chain; /* where all violations are collected: the subschemas on the way to it */
	size_t n_chain;
};

/*
 * *out is NULL for a valid document, else lives in the arena.  ERR_LIMIT when validating takes more
 * than the bounds; ERR_PARSE for a schema that was let through without being one.
 */
ERR_CHECKED enum err_code jsch_validate(struct arena *arena, const struct schema *schema, const struct jsn *value,
	const struct jsch_violation **out, struct err *err);

/* The same; with `formats`, the well-known ones of "format" are asserted, as many validators do. */
ERR_CHECKED enum err_code jsch_validate_with(struct arena *arena, const struct schema *schema, const struct jsn *value,
	bool formats, const struct jsch_violation **out, struct err *err);

/* Whether the text is of that format; true for formats that are not known, and for none. */
bool jsch_format_holds(struct str format, struct str text);
bool jsch_format_is_known(struct str format);
/* The pattern of just the texts that it holds for, *longest beside it (JSCH_ABSENT: no bound); absent when it is not known. */
struct str jsch_format_pattern(struct str format, int64_t *longest);
/* A text of that format, of about that length where it can be; absent for formats that are not known. */
struct str jsch_format_sample(struct arena *arena, struct str format, size_t length);

/* What is wrong, as a sentence without full stop: `the value at "/a" violates "maxLength": 5`. */
struct str jsch_violation_text(struct arena *arena, const struct jsch_violation *violation, const struct jsn *document);

#endif
