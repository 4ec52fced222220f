/*
 * A schema, whatever its format: parsed once into an immutable tree, then asked.  This is the one
 * interface of compat/; each format stands behind it with a row of functions (compat/format.h).
 * Pure: no files, sockets, threads or globals.  A parsed schema lives in the arena it was parsed
 * into and may be read by many threads at once.
 */
#ifndef COMPAT_SCHEMA_H
#define COMPAT_SCHEMA_H

#include "base/err.h"
#include "base/str.h"

struct arena;
struct findings;

enum schema_type { SCHEMA_AVRO, SCHEMA_JSON, SCHEMA_PROTOBUF };
enum { SCHEMA_TYPES = 3 };

/* "AVRO", "JSON", "PROTOBUF". */
struct str schema_type_name(enum schema_type type);
/* Case counts; false for any other name. */
bool schema_type_find(struct str name, enum schema_type *out);

/* The text of a schema that another one refers to, under the name by which it does. */
struct schema_dependency {
	struct str name;    /* Avro full name, JSON $ref, Protobuf import path */
	struct str subject; /* where it comes from: for comparing references, and for messages */
	int version;
	struct str text;
};

/*
 * What is parsed.  Dependencies are complete (transitive) and in the order in which they must be
 * read: what is depended on first, each name once (contract 5.12).
 */
struct schema_source {
	enum schema_type type;
	struct str text;
	const struct schema_dependency *dependencies;
	size_t n_dependencies;
};

enum schema_flags {
	SCHEMA_STRICT = 1 << 0, /* as for a new registration: names, namespaces and defaults are validated (contract 6.2) */
	SCHEMA_LINKED = 1 << 1, /* every import must lead somewhere: ERR_INVALID_SCHEMA when one does not (Protobuf, contract 6.4) */
};

struct schema {
	enum schema_type type;
	struct str canonical; /* the text that is stored, hashed and returned (contract 6.1) */
};

/*
 * Parses and, with SCHEMA_STRICT, validates.  ERR_PARSE for what is no text of the format, with the
 * parser's own words (contract 3.2, "details"), line and column; ERR_INVALID_SCHEMA, with SCHEMA_STRICT
 * only, for what parses but is not valid (JSON and Protobuf; Avro has one kind of fault); ERR_LIMIT when a
 * bound of base/limits.def is passed.  The source's text need not outlive the call.
 */
ERR_CHECKED enum err_code schema_parse(struct arena *arena, const struct schema_source *source,
	unsigned flags, const struct schema **out, struct err *err);

/* The canonical text of the normalised form (contract 6.2 "Normalize"). */
struct str schema_normalized(struct arena *arena, const struct schema *schema);

/*
 * The text in the form that a client's `format` asks for, in any letter case (contract 6.1): "resolved" for
 * Avro, "serialized" and "ignore_extensions" for Protobuf; the canonical text for every other value.
 */
struct str schema_formatted(struct arena *arena, const struct schema *schema, struct str format);

/* The name for the record name strategies: Avro full name, JSON title, Protobuf first message; may be absent. */
struct str schema_name(const struct schema *schema);

/*
 * Equality for lookups (contract 5.3 "equal content"): the same after references are resolved, docs,
 * aliases, defaults and properties included, for Avro; equal canonical text otherwise.
 */
bool schema_equal(const struct schema *a, const struct schema *b);

/* Names of the fields at the top level, for the reserved-field check (compat-rules 1.4); *out in the arena. */
size_t schema_top_fields(struct arena *arena, const struct schema *schema, const struct str **out);

/*
 * How strictly is judged.  LENIENT is for JSON Schema only, LOGICAL asks beyond STRICT that a table can follow the
 * change (compat-rules 1.2).  SOUND is ours: refused is what breaks or changes an event, whatever the reference says
 * (compat/explain.h).  A format knows LENIENT only; compat/level.c sees to the other two.
 */
enum schema_policy { SCHEMA_POLICY_STRICT, SCHEMA_POLICY_LENIENT, SCHEMA_POLICY_LOGICAL, SCHEMA_POLICY_SOUND };

/*
 * Can `reader` read everything that `writer` wrote?  Appends what speaks against it to `out`
 * (nothing: compatible).  Both must be of one type.  ERR_LIMIT when the comparison passes its bound.
 */
ERR_CHECKED enum err_code schema_check(const struct schema *reader, const struct schema *writer,
	enum schema_policy policy, struct findings *out, struct err *err);

/* ---- inline tags: marks on records and fields, inside the schema's text (contract 6.6) ---- */

enum schema_entity { SCHEMA_RECORD, SCHEMA_FIELD };
enum { SCHEMA_ENTITIES = 2 };

/* "sr_record", "sr_field". */
struct str schema_entity_name(enum schema_entity entity);
bool schema_entity_find(struct str name, enum schema_entity *out);

struct schema_tags {
	struct str path; /* Avro "ns.Record", "ns.Record.field"; a dot before it is ignored */
	enum schema_entity entity;
	const struct str *tags;
	size_t n_tags;
};

struct schema_tag_list {
	const struct schema_tags *items;
	size_t n_items;
};

/* Done in this order; an entity that has no tag left has no list of tags either. */
struct schema_tag_change {
	struct schema_tag_list inherited; /* added where the schema has such an entity */
	struct schema_tag_list added;
	struct schema_tag_list removed;
};

/* The entities that have tags, records before their fields; in the arena. */
struct schema_tag_list schema_tags(struct arena *arena, const struct schema *schema);

/* The canonical text with the tags changed.  ERR_PARSE in the reference's words when an entity is not there. */
ERR_CHECKED enum err_code schema_retag(struct arena *arena, const struct schema *schema,
	const struct schema_tag_change *change, struct str *out, struct err *err);

#endif
