/*
 * A schema as a tree of named things, the same for all formats: for showing and for searching it.  Recursive
 * types are shown where they are defined.  Lives in the arena given.
 */
#ifndef COMPAT_OUTLINE_H
#define COMPAT_OUTLINE_H

#include "compat/schema.h"

struct outline {
	struct str kind;          /* "record", "field", "enum", "symbol", "message", "property" … */
	struct str name;          /* full for types, plain for what lies in them; may be absent */
	struct str type;          /* as a reader would write it: "array<string>", "[null, long]"; may be absent */
	struct str logical;       /* Avro logicalType, JSON format; may be absent */
	struct str doc;           /* may be absent */
	struct str default_json;  /* may be absent */
	struct str path;          /* as in compat/explain.h; for inline tags, as schema_tags gives it */
	const struct str *tags;   /* inline */
	size_t n_tags;
	int64_t number;           /* Protobuf; -1: none */
	bool optional;            /* an event may do without it */
	uint32_t line, column;
	const struct outline *items;
	size_t n_items;
};

/* The root; of a .proto file the file itself. */
const struct outline *schema_outline(struct arena *arena, const struct schema *schema);

#endif
