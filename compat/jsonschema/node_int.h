/*
 * The model: a node is one subschema of the text with its keywords read; a shape is what the judge
 * sees in its place.  The reference turns each subschema into exactly one thing (a string schema, an
 * object schema, a combination …, compat-rules 4.1); shapes are those things, nodes what was written.
 * Groups of keywords are absent (NULL) when none of theirs is there.
 */
#ifndef COMPAT_JSONSCHEMA_NODE_INT_H
#define COMPAT_JSONSCHEMA_NODE_INT_H

#include "base/json.h"
#include "base/map.h"
#include "compat/jsonschema/jsch.h"

struct jsch_regex;

enum jsch_draft { JSCH_DRAFT_4, JSCH_DRAFT_6, JSCH_DRAFT_7, JSCH_DRAFT_2019, JSCH_DRAFT_2020 };
enum { JSCH_DRAFTS = 5 };

/* A part of a document with a base URI of its own; its maps lead from name to JSON. */
struct jsch_resource {
	struct str uri;                 /* absolute, without fragment */
	const struct jsn *root;
	enum jsch_draft draft;
	bool unvalidated;               /* its meta-schema leaves the vocabulary for validation out */
	bool recursive;                 /* $recursiveRef may go on from here to an outer one */
	struct map anchors;
	struct map dynamic_anchors;
};

#define JSCH_ABSENT INT64_MIN /* for whole numbers; what passes 64 bits is held at their end */

struct jsch_string {
	int64_t max_length, min_length;
	struct str pattern;
	const struct jsch_regex *regex;
	struct str format;
};

/* A bound as spelled and as the double that the reference compares. */
struct jsch_bound {
	const struct jsn *number;       /* NULL: absent */
	double value;
};

struct jsch_number {
	struct jsch_bound maximum, minimum;
	struct jsch_bound above_all, below_all; /* exclusiveMaximum and exclusiveMinimum as numbers */
	bool maximum_excluded, minimum_excluded; /* their form in draft 4 */
	struct jsch_bound multiple;
};

struct jsch_array {
	struct jsch_node *items;        /* one for all */
	struct jsch_node **list;        /* by position */
	size_t n_list;
	struct jsch_node *additional;   /* behind the list */
	struct jsch_node *unevaluated;
	struct jsch_node *contains;
	int64_t max_items, min_items;
	int64_t max_contains, min_contains;
	bool has_list;
	bool unique;
};

struct jsch_property {
	struct str name;
	struct jsch_node *node;
	bool required;
};

struct jsch_pattern {
	const struct jsch_regex *regex;
	struct jsch_node *node;
};

/* What the presence of one property asks for: further properties, a schema, or both. */
struct jsch_dependency {
	struct str name;
	const struct str *names;
	size_t n_names;
	bool has_names;
	struct jsch_node *node;
};

struct jsch_object {
	struct jsch_property *properties;
	size_t n_properties;
	struct map *index;              /* name to property, where there are many */
	const struct str *required;
	size_t n_required;
	struct jsch_pattern *patterns;
	size_t n_patterns;
	struct jsch_dependency *dependencies;
	size_t n_dependencies;
	struct jsch_node *additional;
	struct jsch_node *unevaluated;
	struct jsch_node *names;
	int64_t max_properties, min_properties;
};

enum jsch_criterion { JSCH_ALL, JSCH_ANY, JSCH_ONE };
enum { JSCH_CRITERIA = 3 };

struct jsch_branches {
	struct jsch_node **nodes;       /* NULL: the keyword is absent */
	size_t n;
};

struct jsch_logic {
	struct jsch_branches branches[JSCH_CRITERIA];
	struct jsch_node *not;
	struct jsch_node *condition, *then, *otherwise;
	const struct jsn *values;       /* enum */
	const struct jsn *constant;
};

enum jsch_type { /* bits */
	JSCH_TYPE_STRING = 1 << 0,
	JSCH_TYPE_INTEGER = 1 << 1,
	JSCH_TYPE_NUMBER = 1 << 2,
	JSCH_TYPE_BOOLEAN = 1 << 3,
	JSCH_TYPE_NULL = 1 << 4,
	JSCH_TYPE_ARRAY = 1 << 5,
	JSCH_TYPE_OBJECT = 1 << 6,
};
enum { JSCH_TYPES = 7 };

/* A reference as written (absent: none) and where it leads, for dynamic ones to begin with. */
struct jsch_reference {
	struct str text;
	struct jsch_node *target;
};

struct jsch_node {
	const struct jsn *json;
	const struct jsch_resource *resource;
	const struct jsn *type;         /* the keyword, or NULL */
	unsigned types;                 /* its bits */
	bool has_default;
	bool bytes;                     /* "connect.type": "bytes" */
	struct jsch_reference reference; /* $ref */
	struct jsch_reference dynamic;   /* $dynamicRef or $recursiveRef */
	struct jsch_string *string;
	struct jsch_number *number;
	struct jsch_array *array;
	struct jsch_object *object;
	struct jsch_logic *logic;
	struct jsch_shape *shape;
};

enum jsch_kind {
	JSCH_EMPTY, JSCH_TRUE, JSCH_FALSE,
	JSCH_STRING, JSCH_NUMBER, JSCH_OBJECT, JSCH_ARRAY, JSCH_BOOLEAN, JSCH_NULL,
	JSCH_CONST, JSCH_ENUM, JSCH_NOT, JSCH_CONDITIONAL, JSCH_COMBINED, JSCH_REFERENCE,
};

/* A branch by the hash of its text. */
struct jsch_hashed {
	uint64_t hash;
	uint32_t index;
};

struct jsch_shape {
	const struct jsch_node *node;
	enum jsch_kind kind;
	enum jsch_criterion criterion;  /* JSCH_COMBINED */
	bool integer;                   /* JSCH_NUMBER */
	bool shared;                    /* a reference leads here: a comparison can meet it again */
	uint32_t n_written;             /* JSCH_COMBINED: branches as written */
	uint32_t n_branches;            /* and without those of equal text */
	struct jsch_shape **branches;
	const struct jsch_hashed *hashed; /* the branches' texts, by hash; NULL: not known */
	const struct jsch_reference *reference; /* JSCH_REFERENCE */
	struct jsch_shape *target;      /* JSCH_REFERENCE: where following ends; itself in a circle of references */
};

struct jsch_schema {
	struct schema base;
	const struct jsn *json;
	struct jsch_node *root;         /* NULL: the text is no schema, and `fault` says why */
	struct str fault;
	struct map nodes;               /* bytes of a struct jsn pointer to its struct jsch_node */
	bool refers;                    /* it was read with others that it may refer to: its text is not all of it */
};

static inline const struct jsch_schema *jsch_of(const struct schema *schema)
{
	return (const struct jsch_schema *)schema;
}

/* The property of that name, or NULL. */
const struct jsch_property *jsch_property_find(const struct jsch_object *object, struct str name);

#endif
