/*
 * The state of one comparison: is everything that was valid for `old` valid for `new`?  Functions
 * answer whether a pair fits.  With a place they add what they find to the findings and go on; with
 * none (NULL) they only find out, and stop at the first thing that speaks against it.
 */
#ifndef COMPAT_JSONSCHEMA_CHECK_INT_H
#define COMPAT_JSONSCHEMA_CHECK_INT_H

#include "compat/finding.h"
#include "compat/jsonschema/node_int.h"

/* The way from the root, on the stack: "properties", then the name. */
struct jsch_place {
	const struct jsch_place *up;    /* NULL: the root */
	struct str word;
	struct str name;                /* absent: the word alone */
	size_t index;                   /* with `indexed`, in place of the name */
	bool indexed;
};

enum { JSCH_NO_PAIR = UINT32_MAX };

enum { JSCH_ASKERS = 13 };

/* Those who asked for a pair and were told that it fits. */
struct jsch_askers {
	struct jsch_askers *next;
	uint32_t n;
	uint32_t pairs[JSCH_ASKERS];
};

/*
 * A pair that can be met again.  It is taken to fit until it is found not to; then all who were told
 * so are compared anew.  What is left when nobody is to be compared any more does fit.
 */
struct jsch_known {
	const struct jsch_shape *old, *new;
	struct jsch_askers *askers;
	uint32_t next_due;              /* in the queue of those to be compared; JSCH_NO_PAIR at its end */
	bool due;
	bool fails;
	bool told;                      /* its findings are being added */
};

enum { JSCH_FIRST_SLOTS = 64 };

struct jsch_memo {
	struct jsch_known *pairs;
	uint32_t n_pairs, room;
	uint32_t *slots;                /* n_slots, a power of two: index + 1, 0 = free */
	size_t n_slots;
	uint32_t first_due, last_due;
};

void jsch_memo_init(struct jsch_memo *memo);
void jsch_memo_fini(struct jsch_memo *memo);
/* The index of that pair; a new one is due. */
uint32_t jsch_memo_get(struct jsch_memo *memo, const struct jsch_shape *old, const struct jsch_shape *new);
void jsch_memo_due(struct jsch_memo *memo, uint32_t pair);
/* The next to be compared, or JSCH_NO_PAIR. */
uint32_t jsch_memo_next(struct jsch_memo *memo);

/* A step into a document on the way to a finding: where its path leads values. */
enum jsch_step_kind { JSCH_STEP_MEMBER, JSCH_STEP_ANY_MEMBER, JSCH_STEP_ITEM, JSCH_STEP_ANY_ITEM };

struct jsch_step {
	enum jsch_step_kind kind;
	struct str name;
	size_t index;
};

/* What was compared where a finding was made. */
struct jsch_context {
	const struct jsch_node *old, *new;
	struct str name;                /* of the property, when it is about one */
	size_t index;                   /* of the item */
	const struct jsch_step *steps;
	size_t n_steps;
	size_t n_reached;               /* of the steps, to where the two stand */
};

/* As many as there are findings. */
struct jsch_contexts {
	struct arena *arena;
	struct jsch_context *items;
	size_t n, room;
};

struct jsch_check {
	struct arena *arena;            /* of what is needed meanwhile */
	struct err *err;
	struct findings *out;
	struct jsch_contexts *contexts; /* NULL: nobody asks */
	const struct jsch_shape *told_old, *told_new; /* the pair whose findings are being told */
	const struct jsch_place *told_at;
	enum schema_policy policy;
	struct jsch_memo memo;
	uint32_t current;               /* the known pair that is compared, or JSCH_NO_PAIR */
	uint64_t work, n_remembered, n_asked;
	unsigned depth;
	enum err_code failed;           /* a bound was passed: unwind */
};

/* A pair by its shapes; NULL is an absent schema. */
bool jsch_pair(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new);

/* The parts of it: objects, arrays, combinators. */
bool jsch_pair_objects(struct jsch_check *c, const struct jsch_place *at, const struct jsch_object *old,
	const struct jsch_object *new);
bool jsch_pair_arrays(struct jsch_check *c, const struct jsch_place *at, const struct jsch_array *old,
	const struct jsch_array *new);
bool jsch_pair_combined(struct jsch_check *c, const struct jsch_place *at, const struct jsch_shape *old,
	const struct jsch_shape *new);

/* Adds a finding unless the policy has it as compatible; whether it had. */
bool jsch_differ(struct jsch_check *c, const struct jsch_place *at, enum finding_type type);
/* At the keyword `word` below `at`. */
bool jsch_differ_at(struct jsch_check *c, const struct jsch_place *at, const char *word, enum finding_type type);

/* Whether there is no more to be said: a bound was passed, or it fails and that is all one wants to know. */
static inline bool jsch_settled(const struct jsch_check *c, const struct jsch_place *at, bool fits)
{
	return c->failed != OK || (!fits && at == NULL);
}

/* Takes `units` from what the comparison may cost; false when they are not there. */
bool jsch_work(struct jsch_check *c, uint64_t units);

/* A limit of the schema by itself: what it may not become. */
struct jsch_limit {
	const char *word;
	bool upper;                     /* a maximum: to lower it is what matters */
	enum finding_type added, changed;
};

bool jsch_pair_counts(struct jsch_check *c, const struct jsch_place *at, const struct jsch_limit *limit, int64_t old,
	int64_t new);

/*
 * ---- additional properties and items ----
 *
 * unevaluatedProperties and unevaluatedItems are not looked at: the reference's library does not show them
 * to its judge, so objects and arrays with them count as open (compat-rules 4.9).
 */

struct jsch_rest {
	const char *word;
	enum finding_type removed, narrowed;
};

bool jsch_pair_additional(struct jsch_check *c, const struct jsch_place *at, const struct jsch_rest *rest,
	const struct jsch_node *old, const struct jsch_node *new);

/* The keyword does not restrict what is not listed. */
bool jsch_is_open(const struct jsch_node *additional);
/* The schema for what is not listed, or NULL when nothing else is allowed. */
const struct jsch_shape *jsch_cover(const struct jsch_node *additional);

/* As jsch_check; with the contexts of what it adds. */
ERR_CHECKED enum err_code jsch_check_with(const struct schema *reader, const struct schema *writer,
	enum schema_policy policy, struct findings *out, struct jsch_contexts *contexts, struct err *err);

/* Whether the policy LENIENT lets findings of that type pass (compat-rules 4.7). */
bool jsch_is_lenient(enum finding_type type);

#endif
