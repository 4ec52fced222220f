/*
 * Looking for documents that are valid for one schema (the writer) and not for another (the reader).
 * Documents are made from the inside out: for each place of a document there are the writer's subschemas that
 * hold there, from which values are made, and the reader's, which say what is worth trying.  Of a place's
 * values the smallest is kept for each thing of the reader that it violates; what is around it stays plain.
 * Everything that is made is validated; nothing here has to be right, only useful.  Work is bounded.
 */
#ifndef COMPAT_JSONSCHEMA_SEARCH_INT_H
#define COMPAT_JSONSCHEMA_SEARCH_INT_H

#include "compat/jsonschema/validate_int.h"

/* Subschemas that hold together. */
struct jsch_nodes {
	const struct jsch_node **items;
	size_t n, room;
};

/* A place in a document: by whom it is written, and how it is read. */
struct jsch_site {
	struct jsch_nodes writer;
	struct jsch_nodes must;         /* the reader's that hold for sure */
	struct jsch_nodes may;          /* the reader's that hold in some case */
};

/* A value that is valid for the writer. */
struct jsch_sample {
	const struct jsn *value;
	size_t size;
	const struct jsch_violation *violations; /* of the reader, all; paths as from the value */
	size_t n_violations;
	uint64_t signature;             /* what it is to those that may hold */
};

/* Any value that is valid for the writer: for where many different ones are needed. */
struct jsch_spare {
	const struct jsn *value;
	bool clean;                     /* violates nothing … */
	uint64_t signature;             /* … and then what it is to those that may hold */
};

/* Those worth keeping: what violates nothing first, then the smallest for each violation. */
struct jsch_samples {
	struct jsch_sample *items;
	size_t n, room;
	size_t n_clean;
	struct jsch_spare *spares;
	size_t n_spares, spares_room;
};

struct jsch_search {
	struct arena *arena;            /* of everything that is found */
	struct arena *scratch;          /* of one validation */
	struct jsch_samples pending;    /* stands for a site that is being looked at */
	const struct jsch_schema *writer, *reader;
	bool formats;                   /* both sides assert them */
	struct map sites;               /* of a site's subschemas to its struct jsch_samples */
	uint64_t work, most_work;
	uint64_t chance;                /* state of what is tried by chance: always the same for the same search */
	unsigned depth;
	bool thorough;                  /* much more is tried: for what a plain search does not find */
};

/* The samples of a site; none when nothing was found. */
const struct jsch_samples *jsch_search_site(struct jsch_search *s, const struct jsch_site *site);

/* The samples of the whole document. */
const struct jsch_samples *jsch_search(struct jsch_search *s);

bool jsch_search_spend(struct jsch_search *s, uint64_t units);
/* Whether 1.0 and 1 are not the same for one of the two. */
bool jsch_search_has_draft_4(const struct jsch_search *s);
/* From 0 to n - 1. */
size_t jsch_search_chance(struct jsch_search *s, size_t n);

/* Whether a value is valid; false, too, when that cannot be found out. */
bool jsch_search_valid(struct jsch_search *s, const struct jsch_schema *schema, const struct jsch_node *node,
	const struct jsn *value);
/* All that the value violates, appended; paths as from the value. */
void jsch_search_violations(struct jsch_search *s, const struct jsch_schema *schema, const struct jsch_node *node,
	const struct jsn *value, struct jsch_violations *out);

/* The same thing violated on the same way at the same place: a finding may be about one property of many. */
uint64_t jsch_violation_key(const struct jsch_violation *violation);
/* The text of the i-th pattern of patternProperties. */
struct str jsch_pattern_text(const struct jsch_node *node, size_t i);
/* How long the value is when it is printed. */
size_t jsch_value_size(const struct jsn *value);

/* ---- search_expand.c ---- */

bool jsch_nodes_add(struct arena *arena, struct jsch_nodes *list, const struct jsch_node *node);

/* Ways for a list of subschemas to hold: each a list of subschemas of which the own keywords count. */
struct jsch_cases {
	struct jsch_nodes *items;
	size_t n, room;
};

void jsch_search_cases(struct jsch_search *s, const struct jsch_nodes *nodes, struct jsch_cases *out);
/* What values must not be, or be in one case only, for the writer: to know what makes them so. */
void jsch_search_hints(struct jsch_search *s, const struct jsch_nodes *writer, struct jsch_nodes *out);
/* Everything that says something about the same value: what holds for sure, and the rest. */
void jsch_search_flatten(struct jsch_search *s, const struct jsch_nodes *nodes, struct jsch_nodes *must,
	struct jsch_nodes *may);

/* ---- one case of one site, and what is tried there ---- */

struct jsch_trial {
	struct jsch_search *s;
	const struct jsch_site *site;
	const struct jsch_nodes *writer; /* one case: own keywords */
	struct jsch_nodes must, may;     /* the reader's: own keywords */
	struct jsch_samples *out;
	struct map *seen;                /* hashes of values that were tried */
	struct map *violated;            /* keys of violations to the index of their sample */
	bool closed;                     /* the document is as deep as it may get */
};

/* Keeps the value if it is good for something. */
void jsch_trial_offer(struct jsch_trial *t, const struct jsn *value);

/* The i-th of all subschemas whose own keywords are of interest, the writer's first; NULL behind the last. */
const struct jsch_node *jsch_trial_node(const struct jsch_trial *t, size_t i);

/* The bits of the types that the case allows. */
unsigned jsch_trial_types(const struct jsch_trial *t);

void jsch_trial_values(struct jsch_trial *t);   /* enum, const; null, true, false; strings and numbers */
void jsch_trial_objects(struct jsch_trial *t);
void jsch_trial_arrays(struct jsch_trial *t);

/* ---- numbers.c ---- */

/*
 * Numbers that stand for all: whatever a number is to the subschemas, what they refer to and combine included, one of
 * these is the same to them.  Nothing, and false, when there would be too many.
 */
bool jsch_numbers_make(struct arena *arena, const struct jsch_nodes *nodes, struct jsn **out, size_t *n);

/* ---- search_values.c ---- */

/* Texts for a place by the own keywords of the subschemas. */
void jsch_trial_strings(struct jsch_trial *t, void (*emit)(void *cls, struct str text), void *cls);

struct jsn *jsch_make(struct arena *arena, enum jsn_kind kind);
struct jsn *jsch_make_text(struct arena *arena, enum jsn_kind kind, struct str text);

#endif
