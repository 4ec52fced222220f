/*
 * Proving that every value that is valid for some subschemas is valid for another one.  What is proven is true;
 * what is not may be true all the same.  A proof is by induction on the size of values: what is asked again
 * about a part of the value may be assumed, what is asked again about the value itself may not.  A proof is
 * about validators that assert formats, or about those that do not.  Work is bounded: beyond the bound nothing more is proven.
 */
#ifndef COMPAT_JSONSCHEMA_PROVE_INT_H
#define COMPAT_JSONSCHEMA_PROVE_INT_H

#include "compat/jsonschema/search_int.h"

/* What a value can be: the atoms of types.  Draft 4 takes no number with a point for an integer. */
enum jsch_atom { /* bits */
	JSCH_ATOM_STRING = 1 << 0,
	JSCH_ATOM_WHOLE = 1 << 1,       /* a whole number without a point */
	JSCH_ATOM_POINTED = 1 << 2,     /* a whole number with one: 1.0 */
	JSCH_ATOM_FRACTION = 1 << 3,
	JSCH_ATOM_BOOLEAN = 1 << 4,
	JSCH_ATOM_NULL = 1 << 5,
	JSCH_ATOM_ARRAY = 1 << 6,
	JSCH_ATOM_OBJECT = 1 << 7,
};
enum {
	JSCH_ATOMS_NUMBER = JSCH_ATOM_WHOLE | JSCH_ATOM_POINTED | JSCH_ATOM_FRACTION,
	JSCH_ATOMS_ALL = (1 << 8) - 1,
};

/* What is known of a value. */
struct jsch_facts {
	struct jsch_nodes nodes;        /* it is valid for all of these; what they refer to and all their allOf included */
	struct jsch_nodes nots;         /* and for none of these */
	struct jsch_nodes split;        /* nodes whose anyOf, oneOf or if have been decided … */
	uint8_t split_kinds[64];        /* … which of them, by index: bits */
	struct str *present;            /* members that are there beside the required ones */
	size_t n_present, present_room;
	struct str *absent;             /* members that are not there */
	size_t n_absent, absent_room;
	unsigned atoms;
};

struct jsch_frame;

struct jsch_proof {
	struct arena *arena;
	const struct jsch_schema *writer, *reader;
	bool formats;                   /* they are asserted */
	struct map known;               /* of what was asked to its struct jsch_frame */
	struct map made;                /* nodes that nobody has written, by what they are made from */
	struct map same;                /* pairs of nodes that say the same, and those that do not */
	struct jsch_frame *top;
	size_t n_frames;
	size_t lowest;                  /* number of the oldest frame that was assumed */
	unsigned level;                 /* parts of the value that were gone into */
	unsigned depth;
	uint64_t work, most_work;
};

void jsch_proof_init(struct jsch_proof *p, struct arena *arena, const struct jsch_schema *writer,
	const struct jsch_schema *reader, bool formats);

/* Whether it makes a difference who asserts formats: some subschema has one that is known. */
bool jsch_has_formats(const struct jsch_schema *schema);

bool jsch_proof_spend(struct jsch_proof *p, uint64_t units);

/* Whether a value of which the facts are true is valid for `node`, for sure. */
bool jsch_proven(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node);
/* The same for a part of the value. */
bool jsch_proven_inside(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node);
/* Whether there is no such value, for sure. */
bool jsch_impossible(struct jsch_proof *p, const struct jsch_facts *facts);

/* Whether all that is valid for the first is valid for the second; neither may have dynamic references. */
bool jsch_contained(struct jsch_proof *p, const struct jsch_node *writer, const struct jsch_node *reader);
/* The same of all that the facts are true of. */
bool jsch_holds(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *reader);

/* ---- prove_facts.c ---- */

struct jsch_facts *jsch_facts_make(struct jsch_proof *p);
struct jsch_facts *jsch_facts_copy(struct jsch_proof *p, const struct jsch_facts *facts);
void jsch_facts_add(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node);
void jsch_facts_add_not(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node);
void jsch_facts_add_present(struct jsch_proof *p, struct jsch_facts *facts, struct str name);
bool jsch_facts_lack(const struct jsch_facts *facts, struct str name);
bool jsch_facts_require(const struct jsch_facts *facts, struct str name);
unsigned jsch_atoms_of(const struct jsch_node *node);
/* The next way to decide something that is open: `n` facts that cover the given ones; 0: nothing is open. */
size_t jsch_facts_split(struct jsch_proof *p, const struct jsch_facts *facts, struct jsch_facts **out, size_t room);

/* ---- by type: the keywords of `node` for that type ---- */

bool jsch_proven_string(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_string *string);
bool jsch_proven_number(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_number *number);
bool jsch_proven_array(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node);
bool jsch_proven_object(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node);

bool jsch_no_string(struct jsch_proof *p, const struct jsch_facts *facts);
bool jsch_no_number(const struct jsch_facts *facts);
bool jsch_no_array(struct jsch_proof *p, const struct jsch_facts *facts);
bool jsch_no_object(struct jsch_proof *p, const struct jsch_facts *facts);

/* Whether there is nothing in such arrays and objects. */
bool jsch_no_items(struct jsch_proof *p, const struct jsch_facts *facts);
bool jsch_no_members(struct jsch_proof *p, const struct jsch_facts *facts);

/* ---- prove_decide.c ---- */

/*
 * By trying them all, where the facts leave only listed values: false when they do not, or when that cannot be
 * found out; else *valid tells.
 */
bool jsch_decided(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node, bool *valid);
/* Whether the facts may be true of the value. */
bool jsch_may_be(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsn *value);

/* The same as jsch_decided of numbers alone: by numbers that stand for all. */
bool jsch_decided_number(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node, bool *valid);

/* Whether two nodes say the same, as far as they reach. */
bool jsch_same_node(struct jsch_proof *p, const struct jsch_node *a, const struct jsch_node *b);

/* ---- prove_member.c ---- */

/* A pattern, by its text, of which is known whether it covers some names. */
struct jsch_decided_pattern {
	struct str text;
	bool covered;
};

/* One name, or all that are not listed and as the patterns say. */
struct jsch_names {
	struct str name;                /* absent: many */
	const struct map *listed;       /* many: without these; NULL: without none */
	struct jsch_decided_pattern *decided;
	size_t n_decided;
};

/* Whether the i-th pattern of patternProperties covers the names; JSCH_TOO_MUCH: not known. */
enum jsch_match jsch_names_match(struct jsch_proof *p, const struct jsch_names *names, const struct jsch_node *node,
	size_t i);
/* What is known of a member; without atoms when it cannot be there. */
struct jsch_facts *jsch_facts_member(struct jsch_proof *p, const struct jsch_facts *facts, struct str name);
/* The same of an item. */
struct jsch_facts *jsch_facts_item(struct jsch_proof *p, const struct jsch_facts *facts, size_t i);
/* No more than so many names hold what is said about names; INT64_MAX: no bound. */
int64_t jsch_count_names(struct jsch_proof *p, const struct jsch_facts *facts);
/* Whether nothing can be there but what the subschema's own properties and patterns name. */
bool jsch_is_closed(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node);
bool jsch_proven_members(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node);
bool jsch_proven_names(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *names);

/* Of prove_object.c: false when there are as many members already as there may be. */
bool jsch_leaves_room(struct jsch_proof *p, const struct jsch_facts *facts, struct str name);

/* ---- prove_rest.c: NULL where nothing is known, or asked ---- */

const struct jsch_node *jsch_known_item(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	size_t i);
const struct jsch_node *jsch_asked_item(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	size_t i);
/* The same of members that the subschema's own properties and patterns do not name. */
const struct jsch_node *jsch_known_rest(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_names *names,
	const struct jsch_node *node);
const struct jsch_node *jsch_asked_rest(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_names *names,
	const struct jsch_node *node);
/* What else looks at members, for a subschema that asks for the unevaluated ones. */
void jsch_each_evaluator(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	void (*fn)(struct jsch_proof *p, struct map *cls, const struct jsch_node *node), struct map *cls);

/* ---- others ---- */

/* Whether the value is valid; false when that cannot be found out. */
bool jsch_proof_validate(struct jsch_proof *p, const struct jsch_node *node, const struct jsn *value, bool *valid);

#endif
