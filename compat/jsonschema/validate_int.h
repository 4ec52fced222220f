/* The state of one validation, and the parts it is made of. */
#ifndef COMPAT_JSONSCHEMA_VALIDATE_INT_H
#define COMPAT_JSONSCHEMA_VALIDATE_INT_H

#include "compat/jsonschema/parse_int.h"
#include "compat/jsonschema/pointer.h"
#include "compat/jsonschema/validate.h"

/* The resources that were entered on the way to the subschema in hand: its dynamic scope. */
struct jsch_scope {
	const struct jsch_scope *up;
	const struct jsch_resource *resource;
};

/* The subschemas that are being looked at, on the stack. */
struct jsch_link {
	const struct jsch_link *up;
	const struct jsch_node *node;
};

struct jsch_violations {
	struct jsch_violation *items;
	size_t n, room;
};

enum { JSCH_MOST_VIOLATIONS = 400, JSCH_MOST_WORK = 10 * 1000 * 1000, JSCH_MATCH_STEPS = 200 * 1000 };

struct jsch_validation {
	struct arena *arena;            /* of what is needed meanwhile */
	struct arena *out;
	struct err *err;
	const struct jsch_schema *schema;
	const struct jsch_scope *scope;
	const struct jsch_link *link;   /* to the subschema in hand */
	struct jsch_violation *violation; /* the first */
	struct jsch_violations *all;    /* NULL: the first is enough */
	bool formats;                   /* "format" is asserted */
	unsigned quiet;                 /* within a branch whose failing is no violation yet */
	unsigned depth;
	uint64_t work, most_work;
	uint32_t match_steps;           /* for one pattern */
	enum err_code failed;           /* a bound was passed: unwind */
};

/*
 * Whether a value is valid for a subschema.  `marks` collects which items or members have been
 * evaluated, for unevaluated…; NULL when nobody asks.
 */
bool jsch_valid(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks);

/* The same without violation: to find out. */
bool jsch_would_be_valid(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks);

bool jsch_valid_object(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks);
bool jsch_valid_array(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks);
/* What is left when all else has been looked at. */
bool jsch_valid_unevaluated(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks);

/*
 * Records a violation.  False, except where all are asked for: then looking goes on as if the keyword held,
 * and `all` tells in the end.
 */
bool jsch_violate(struct jsch_validation *v, const struct jsch_pointer *at, const char *keyword);
bool jsch_violate_member(struct jsch_validation *v, const struct jsch_pointer *at, const char *keyword, struct str name);

bool jsch_spend(struct jsch_validation *v, uint64_t units);

/* Whether the pattern is in the text; false, too, when that takes too long (v->failed). */
bool jsch_has_pattern(struct jsch_validation *v, const struct jsch_regex *regex, struct str text);

static inline void jsch_mark(uint64_t *marks, size_t i)
{
	if (marks)
		marks[i / 64] |= 1ull << i % 64;
}

static inline bool jsch_is_marked(const uint64_t *marks, size_t i)
{
	return marks[i / 64] >> i % 64 & 1;
}

#endif
