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
	const struct jsn *schema; /* the subschema that has it, as it was read */
};

/*
 * *out is NULL for a valid document, else lives in the arena.  ERR_LIMIT when validating takes more
 * than the bounds; ERR_PARSE for a schema that was let through without being one.
 */
ERR_CHECKED enum err_code jsch_validate(struct arena *arena, const struct schema *schema, const struct jsn *value,
	const struct jsch_violation **out, struct err *err);

/* What is wrong, as a sentence without full stop: `the value at "/a" violates "maxLength": 5`. */
struct str jsch_violation_text(struct arena *arena, const struct jsch_violation *violation, const struct jsn *document);

#endif
