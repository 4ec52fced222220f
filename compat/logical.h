/*
 * Logical types: a schema in the words of SQL, the same for all formats ("format=logical", contract 6.1).
 *
 *     STRUCT Order (id BIGINT NOT NULL, tags ARRAY<STRING NOT NULL>);
 *
 * The types are Flink SQL's, and so is what they stand for in each format (Flink, "Data Type Mappings").  What
 * SQL has no word for (defaults, aliases, enum symbols, tags) is not shown.  Trees live in the arena given.
 */
#ifndef COMPAT_LOGICAL_H
#define COMPAT_LOGICAL_H

#include "compat/schema.h"

enum logical_kind {
	LOGICAL_BOOLEAN, LOGICAL_TINYINT, LOGICAL_SMALLINT, LOGICAL_INT, LOGICAL_BIGINT, LOGICAL_FLOAT, LOGICAL_DOUBLE,
	LOGICAL_DECIMAL, LOGICAL_CHAR, LOGICAL_VARCHAR, LOGICAL_STRING, LOGICAL_BINARY, LOGICAL_VARBINARY, LOGICAL_BYTES,
	LOGICAL_DATE, LOGICAL_TIME, LOGICAL_TIMESTAMP, LOGICAL_TIMESTAMP_LTZ,
	LOGICAL_ARRAY, LOGICAL_MAP, LOGICAL_STRUCT,
	LOGICAL_KINDS,
};

struct logical_type {
	enum logical_kind kind;
	bool nullable;
	int32_t length;                     /* CHAR, VARCHAR, BINARY, VARBINARY: characters, bytes */
	int32_t precision;                  /* DECIMAL: digits; TIME, TIMESTAMP, TIMESTAMP_LTZ: digits of a second */
	int32_t scale;                      /* DECIMAL */
	struct str name;                    /* STRUCT; may be dotted, may be absent */
	struct str doc;                     /* STRUCT; may be absent */
	const struct logical_type *key;     /* MAP */
	const struct logical_type *element; /* ARRAY; of a MAP its values */
	struct logical_field *fields;       /* STRUCT */
	size_t n_fields;
};

struct logical_field {
	struct str name;
	struct str doc;                     /* may be absent */
	const struct logical_type *type;
};

/* "STRUCT R (a INT NOT NULL);\n" */
struct str logical_print(struct arena *arena, const struct logical_type *type);

/* What logical_print prints, in any layout; keywords in any letter case.  ERR_PARSE with line and column. */
ERR_CHECKED enum err_code logical_parse(struct arena *arena, struct str text, const struct logical_type **out,
	struct err *err);

/* The schema as a logical type's text.  ERR_INVALID_SCHEMA, with what stands against it, when there is none. */
ERR_CHECKED enum err_code schema_logical(struct arena *arena, const struct schema *schema, struct str *out,
	struct err *err);

/* The text of a schema of that format for the text of a logical type.  ERR_PARSE; ERR_INVALID_SCHEMA for no STRUCT. */
ERR_CHECKED enum err_code schema_from_logical(struct arena *arena, enum schema_type type, struct str text,
	struct str *out, struct err *err);

/* The type of a schema, for comparing; ERR_INVALID_SCHEMA as schema_logical. */
ERR_CHECKED enum err_code logical_type_of(struct arena *arena, const struct schema *schema, const struct logical_type **out,
	struct err *err);

/* Tells what keeps a table of type `old` from becoming one of type `new`: the column ("a.b") and why. */
typedef void logical_told_fn(void *cls, struct str path, struct str why);
void logical_compare(struct arena *arena, const struct logical_type *old, const struct logical_type *new,
	logical_told_fn *told, void *cls);

/* ---- for the formats ---- */

/* A new type, not nullable. */
struct logical_type *logical_new(struct arena *arena, enum logical_kind kind);
struct logical_type *logical_timed(struct arena *arena, enum logical_kind kind, int precision);
struct logical_type *logical_decimal(struct arena *arena, int64_t precision, int64_t scale);
struct logical_type *logical_array(struct arena *arena, const struct logical_type *element);
struct logical_type *logical_map(struct arena *arena, const struct logical_type *key, const struct logical_type *value);
/* The same type, but nullable. */
const struct logical_type *logical_nullable(struct arena *arena, const struct logical_type *type);
/* ERR_INVALID_SCHEMA: "… cannot be expressed as a logical type". */
enum err_code logical_refuse(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The last part of a dotted name, and what stands before its dot (may be absent). */
struct str logical_last(struct str name);
struct str logical_space(struct str name);
/* The name of an unnamed STRUCT: that of the one around it, an underscore, the field's. */
struct str logical_name(struct arena *arena, const struct logical_type *type, struct str around, struct str field);

#endif
