/*
 * Compatibility levels: which versions a new schema is compared with, in which direction, and the
 * messages the answer carries (compat-rules 1 and 2).  The same for all formats.
 */
#ifndef COMPAT_LEVEL_H
#define COMPAT_LEVEL_H

#include "compat/logical.h"
#include "compat/schema.h"

enum compat_level {
	COMPAT_NONE,
	COMPAT_BACKWARD,
	COMPAT_BACKWARD_TRANSITIVE,
	COMPAT_FORWARD,
	COMPAT_FORWARD_TRANSITIVE,
	COMPAT_FULL,
	COMPAT_FULL_TRANSITIVE,
	COMPAT_LEVELS,
};

struct str compat_level_name(enum compat_level level); /* "FULL_TRANSITIVE" */
bool compat_level_find(struct str name, enum compat_level *out); /* any letter case */
bool compat_level_transitive(enum compat_level level);
enum compat_level compat_level_to_transitive(enum compat_level level); /* in the same directions; NONE stays */
/* Whether all versions count, not the latest alone: by the level, or since SOUND goes by events, which outlive versions. */
bool compat_looks_back(enum compat_level level, enum schema_policy policy);
bool compat_level_backward(enum compat_level level); /* the new schema has to read old events */
bool compat_level_forward(enum compat_level level);  /* old schemas have to read new events */

/* One registered version as the check sees it. */
struct compat_version {
	int version;
	struct str text;               /* the canonical text, for {oldSchema: …} */
	const struct schema *schema;   /* parsed leniently */
	struct str reserved;           /* its metadata property confluent:reserved, or absent */
};

struct compat_request {
	enum compat_level level;
	enum schema_policy policy;
	bool validate_fields;                  /* effective validateFields: turns the reserved-field check on */
	const struct schema *schema;           /* the new one */
	struct str reserved;                   /* its confluent:reserved, or absent */
	const struct compat_version *versions; /* live ones, ascending */
	size_t n_versions;
	const struct compat_version *latest;   /* newest live version before any group filter, or NULL (compat-rules 1.1) */
};

struct compat_verdict {
	bool compatible;
	const struct str *messages; /* compat-rules 2; empty when compatible */
	size_t n_messages;
};

/* Judges; verdict and messages live in `arena`.  ERR_LIMIT when a comparison passes its bound. */
ERR_CHECKED enum err_code compat_check(struct arena *arena, const struct compat_request *request,
	struct compat_verdict *out, struct err *err);

/*
 * What the policy LOGICAL has against the new schema, "" or a column and why: it is no logical type, at NONE too,
 * or a table of an old version could not follow.  Nothing under another policy.  Part of compat_check.
 */
void compat_logical(struct arena *arena, const struct compat_request *request, logical_told_fn *told, void *cls);

/* The text of a refusal: `Schema being registered is incompatible …, details: [m1, m2]`. */
struct str compat_refusal(struct arena *arena, struct str subject, const struct compat_verdict *verdict);

#endif
