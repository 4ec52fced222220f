/*
 * The Avro schema tree: everything the text says, with names resolved and the place of every node.
 * Built by avro/parse.c, immutable afterwards; recursive types point back into the tree.
 * "Specification" is the Apache Avro 1.12 specification.
 */
#ifndef COMPAT_AVRO_AVSC_H
#define COMPAT_AVRO_AVSC_H

#include "base/json.h"
#include "compat/schema.h"

enum avsc_kind {
	AVSC_NULL,
	AVSC_BOOLEAN,
	AVSC_INT,
	AVSC_LONG,
	AVSC_FLOAT,
	AVSC_DOUBLE,
	AVSC_BYTES,
	AVSC_STRING,
	AVSC_RECORD,
	AVSC_ENUM,
	AVSC_ARRAY,
	AVSC_MAP,
	AVSC_UNION,
	AVSC_FIXED,
	AVSC_KINDS,
};

struct avsc_name {
	struct str full;  /* "ns.Name", or "Name" in the null namespace */
	struct str space; /* "" for the null namespace */
	struct str last;  /* "Name" */
};

struct avsc_property {
	struct str name;
	const struct jsn *value;
};

struct map;

enum avsc_order { AVSC_ASCENDING, AVSC_DESCENDING, AVSC_IGNORE };

struct avsc_field {
	struct str name;
	struct avsc_type *type;
	struct str doc;                 /* absent when not given */
	const struct jsn *default_value; /* NULL: none; JSON null is a value */
	enum avsc_order order;
	const struct str *aliases;
	size_t n_aliases;
	const struct avsc_property *properties;
	size_t n_properties;
	const struct jsn *at;           /* where the text has it: its place, and that of its members */
};

struct avsc_type {
	enum avsc_kind kind;
	bool is_error;               /* AVSC_RECORD written as "error" */
	bool from_dependency;        /* a named type that a referenced schema defines */
	uint32_t number;             /* distinct for each node of one schema, from 0: memo key */
	uint32_t name_number;        /* distinct for each full name of one schema, from 0; record, enum, fixed */
	const struct jsn *at;        /* where the text has it: its place, and that of its members */
	struct avsc_name name;       /* record, enum, fixed */
	struct str doc;
	const struct avsc_name *aliases; /* expanded by the namespace */
	size_t n_aliases;
	const struct avsc_property *properties;
	size_t n_properties;
	struct avsc_field *fields;   /* record */
	size_t n_fields;
	const struct str *symbols;   /* enum */
	size_t n_symbols;
	struct str enum_default;     /* enum; absent when not given */
	const struct map *index;     /* large record, enum: name to field or symbol; use avsc_field_find, avsc_symbol_find */
	int64_t size;                /* fixed, bytes */
	struct avsc_type *items;     /* array; for map the values */
	struct avsc_type **branches; /* union */
	size_t n_branches;
};

/* What a `struct schema` of type SCHEMA_AVRO really is. */
struct avsc_schema {
	struct schema base;
	struct avsc_type *root;
	uint32_t n_types;            /* dependencies included */
	uint32_t n_names;
	uint32_t n_dependency_names; /* name_number below this: a dependency defines it */
	const uint8_t *referenced;   /* a bit for each name_number: a dependency is that type, canonical text only names it */
};

static inline const struct avsc_schema *avsc_of(const struct schema *schema)
{
	return (const struct avsc_schema *)schema;
}

const char *avsc_kind_name(enum avsc_kind kind);   /* "record" */
bool avsc_kind_is_named(enum avsc_kind kind);      /* record, enum, fixed */
bool avsc_kind_is_primitive(enum avsc_kind kind);  /* null, boolean … string */
const struct avsc_field *avsc_field_find(const struct avsc_type *record, struct str name);
bool avsc_symbol_find(const struct avsc_type *type, struct str symbol);
/* The symbol's place among the enum's, or -1. */
ptrdiff_t avsc_symbol_number(const struct avsc_type *type, struct str symbol);

/* The text of the property `name`; absent when there is none, or no text. */
struct str avsc_property_text(const struct avsc_property *properties, size_t n, struct str name);
/* Whether the text only names the type, since a dependency is it. */
bool avsc_is_referenced(const struct avsc_schema *schema, const struct avsc_type *type);
/* A type as a reader would write it: "array<string>", "[null, long]", full names of named types. */
void avsc_put_type_words(struct buf *b, const struct avsc_type *type);

/* Parsing Canonical Form (specification, "Transforming into Parsing Canonical Form"). */
struct str avsc_parsing_canonical(struct arena *arena, const struct avsc_schema *schema);

#endif
