/* From text to nodes and shapes: the parser's state, and the parts it is made of. */
#ifndef COMPAT_JSONSCHEMA_PARSE_INT_H
#define COMPAT_JSONSCHEMA_PARSE_INT_H

#include "compat/jsonschema/node_int.h"

/* ---- uri.c ---- */

/* The base of a text that says none. */
#define JSCH_NOWHERE STR("mem://input")

/* An absolute URI as it was written: without that base. */
struct str jsch_uri_shown(struct str uri);

/* RFC 3986 5.2: `reference` as seen from `base`. */
struct str jsch_uri_resolve(struct arena *arena, struct str base, struct str reference);

/* The part before the '#', and the one behind it (absent without '#'). */
struct str jsch_uri_split(struct str uri, struct str *fragment);

/* %XX decoded; what is no such pair stays. */
struct str jsch_uri_decode(struct arena *arena, struct str text);

/* ---- store.c: documents, their resources and anchors ---- */

struct jsch_store {
	struct arena *arena;
	struct str base;                /* of the schema itself */
	struct map resources;           /* URI to struct jsch_resource */
	struct map names;               /* of dependencies, as the references have them, to struct jsch_resource */
	struct map embedded;            /* bytes of a struct jsn pointer to the struct jsch_resource that begins there */
	struct map large;               /* bytes of a struct jsn pointer to an index of its members */
};

struct jsch_store *jsch_store_make(struct arena *arena);

struct jsch_dialect {
	enum jsch_draft draft;
	bool unvalidated;
};

/* Adds a document under `uri`; what has an $id is known under that, too.  First come, first served. */
struct jsch_resource *jsch_store_add(struct jsch_store *store, struct str uri, const struct jsn *json,
	struct jsch_dialect dialect);

/* The draft that a document's $schema asks for; false and *out as it was when that is none of them. */
bool jsch_draft_find(const struct jsn *json, enum jsch_draft *out);

/*
 * What `reference` means inside `from`: the JSON and the resource it is part of.  False when it
 * leads nowhere.
 */
bool jsch_store_find(struct jsch_store *store, const struct jsch_resource *from, struct str reference,
	const struct jsn **json, const struct jsch_resource **resource);

/* The resource of a subschema of `outer`: the one that begins there, if one does. */
const struct jsch_resource *jsch_store_enter(const struct jsch_store *store, const struct jsn *json,
	const struct jsch_resource *outer);

/* ---- metaschemas.c ---- */

/* The text of a meta-schema or vocabulary by its URI without fragment, or absent. */
struct str jsch_metaschema(struct str uri);

/* ---- pattern.c ---- */

/* Compiles an ECMA 262 pattern; NULL when it is none.  Everything in the arena. */
const struct jsch_regex *jsch_regex_make(struct arena *arena, struct str pattern);

enum jsch_match { JSCH_MATCHES, JSCH_DIFFERS, JSCH_TOO_MUCH };

/* Looks for the pattern anywhere in the text, in at most `steps` steps. */
enum jsch_match jsch_regex_match(const struct jsch_regex *regex, struct str text, uint32_t steps);

/* ---- words.c, node.c, shape.c ---- */

/* A node whose reference is still to be followed. */
struct jsch_pending {
	struct jsch_pending *next;
	struct jsch_node *node;
	struct jsch_reference *reference;
};

struct jsch_parser {
	struct arena *arena;
	struct err *err;
	struct jsch_store *store;
	struct map nodes;               /* bytes of a struct jsn pointer to its struct jsch_node */
	struct map regexes;             /* pattern to struct jsch_regex */
	struct jsch_pending *pending;
	bool any_dynamic;               /* a $dynamicRef or $recursiveRef was met */
	const struct jsn *word;         /* the keyword in hand */
	size_t n_nodes;
	size_t hashed;                  /* bytes of branches that were hashed so far */
	unsigned depth;
};

/*
 * "Invalid JSON", which is all the reference says, with the place in the text; the reason says what the keyword
 * in hand must be: "a list of names".
 */
enum err_code jsch_fault(struct jsch_parser *p, const struct jsn *at, const char *wanted);

/* The node of a subschema, made at first; boolean schemas only where the draft has them. */
enum err_code jsch_node_get(struct jsch_parser *p, const struct jsn *json, const struct jsch_resource *resource,
	struct jsch_node **out);

/* Reads one member of a subschema into its node; unknown ones are ignored. */
enum err_code jsch_word_read(struct jsch_parser *p, struct jsch_node *node, const struct jsn *member);

/* Follows all references, those of what is found on the way included. */
enum err_code jsch_nodes_resolve(struct jsch_parser *p);

/* Gives every node its shape. */
void jsch_shapes_make(struct jsch_parser *p);

/* ---- print.c ---- */

/* The stored text: compact, numbers as Java's BigDecimal prints them; members by code unit when `sorted`. */
struct str jsch_print(struct arena *arena, const struct jsn *json, bool sorted, size_t room);

/* False for a number that Java cannot hold. */
bool jsch_number_fits(struct str spelled);
void jsch_number_print(struct buf *b, struct str spelled);

/* ---- decimal.c: numbers of any size, compared by value ---- */

int jsch_decimal_compare(struct str a, struct str b);
bool jsch_decimal_is_integer(struct str number);
/* Whether `number` is a whole multiple of `divisor`, which is not zero. */
bool jsch_decimal_divides(struct str divisor, struct str number);
bool jsch_decimal_is_zero(struct str number);
double jsch_decimal_to_double(struct str number);
/* The same for spellings of one value. */
uint64_t jsch_decimal_hash(struct str number);
/* Of any spelling; what passes 64 bits is held at their end.  False for a fraction. */
bool jsch_decimal_to_i64(struct str number, int64_t *out);
/* How many digits stand behind the point when none is in vain. */
int64_t jsch_decimal_places(struct str number);
/* The value times ten to the `places`; false unless that is a whole number of at most 16 digits. */
bool jsch_decimal_to_scaled(struct str number, int64_t places, int64_t *out);

/* ---- values.c: equal as JSON Schema has it, numbers by value ---- */

bool jsch_values_equal(const struct jsn *a, const struct jsn *b);
/* The same for equal values. */
uint64_t jsch_value_hash(const struct jsn *value);

/* logical.c: behind schema_logical and schema_from_logical. */
ERR_CHECKED enum err_code jsch_logical_read(struct arena *arena, const struct schema *schema,
	const struct logical_type **out, struct err *err);
struct str jsch_logical_write(struct arena *arena, const struct logical_type *type);

#endif
