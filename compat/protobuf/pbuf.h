/*
 * The tree of a .proto file: everything the text says, in the order it says it, with the names of
 * types and options resolved.  Built by protobuf/parse.c and link.c, immutable afterwards, shared by
 * threads; it lives in the arena of its schema.  "Guide" is the protobuf language guide.
 */
#ifndef COMPAT_PROTOBUF_PBUF_H
#define COMPAT_PROTOBUF_PBUF_H

#include "base/map.h"
#include "compat/protobuf/option.h"
#include "compat/schema.h"

enum pbuf_kind {
	PBUF_DOUBLE, PBUF_FLOAT,
	PBUF_INT64,
	PBUF_UINT64,
	PBUF_INT32,
	PBUF_FIXED64,
	PBUF_FIXED32,
	PBUF_BOOL,
	PBUF_STRING,
	PBUF_BYTES,
	PBUF_UINT32,
	PBUF_SFIXED32, PBUF_SFIXED64, PBUF_SINT32, PBUF_SINT64,
	PBUF_SCALARS,
	PBUF_NAMED = PBUF_SCALARS, /* a message or an enum */
	PBUF_MAP,
	PBUF_GROUP,
};

enum pbuf_label { PBUF_UNLABELLED, PBUF_OPTIONAL, PBUF_REQUIRED, PBUF_REPEATED };
enum pbuf_syntax { PBUF_NO_SYNTAX, PBUF_PROTO2, PBUF_PROTO3 };
enum { PBUF_MAX_NUMBER = 536870911 };

/* A type where it is used. */
struct pbuf_use {
	enum pbuf_kind kind;
	struct str text;                   /* as written: "int32", ".a.B", "map<string, B>" */
	const struct pbuf_type *named;     /* PBUF_NAMED, PBUF_GROUP; NULL: unknown */
	const struct pbuf_type *judged;    /* what the judge takes it for: packages count as a whole (compat-rules 5) */
	struct pbuf_use *key, *value;      /* PBUF_MAP */
};

struct pbuf_field {
	struct str name;
	int32_t number;
	enum pbuf_label label;
	struct pbuf_use type;
	struct pbuf_options options;       /* without the two below */
	const struct pbuf_value *default_value; /* NULL: none */
	const struct pbuf_value *json_name;     /* NULL: none */
	const struct pbuf_oneof *oneof;    /* NULL: in none */
	const struct pbuf_type *scope;     /* the message around it; NULL: an extension at the top of its file */
	const struct pbuf_file *file;
	const struct pbuf_extend *extend;  /* NULL: a field of its message */
	struct str full;                   /* an extension's name with package and scope */
	struct pbuf_span span;
};

struct pbuf_oneof {
	struct str name;
	struct pbuf_options options;
	struct pbuf_field **fields;
	size_t n_fields;
	struct pbuf_field **groups;
	size_t n_groups;
	struct pbuf_span span;
};

/* A number, a range of numbers or a name. */
struct pbuf_range {
	struct str name;                   /* absent: numbers */
	int32_t from;
	int32_t to;
	bool single;                       /* written without "to" */
};

/* One statement "reserved" or "extensions". */
struct pbuf_ranges {
	struct pbuf_range *items;
	size_t n;
	struct pbuf_options options;
	struct pbuf_span span;
};

struct pbuf_extend {
	struct str name;                   /* of the message that is extended, as written */
	const struct pbuf_type *target;    /* NULL: unknown */
	struct pbuf_field **fields;
	size_t n_fields;
	struct pbuf_span span;
};

struct pbuf_constant {
	struct str name;
	int32_t number;
	struct pbuf_options options;
	struct pbuf_span span;
};

struct pbuf_type {
	bool is_enum;
	bool is_group;
	bool is_map_entry;                 /* has option map_entry = true and both fields */
	uint32_t index;                    /* distinct for each type of one schema, from 0 */
	struct pbuf_span span;
	struct str name;
	struct str full;                   /* "pkg.Outer.Name" */
	struct str local;                  /* "Outer.Name" */
	const struct pbuf_file *file;
	const struct pbuf_type *parent;    /* NULL: at the top of its file */
	struct pbuf_options options;
	struct pbuf_ranges *reserved;
	size_t n_reserved;
	/* messages */
	struct pbuf_field **fields;        /* outside of oneofs */
	size_t n_fields;
	struct pbuf_oneof **oneofs;
	size_t n_oneofs;
	struct pbuf_field **groups;
	size_t n_groups;
	struct pbuf_ranges *extensions;
	size_t n_extensions;
	struct pbuf_extend **extends;
	size_t n_extends;
	struct pbuf_type **types;          /* nested, in order of the text */
	size_t n_types;
	struct pbuf_field **by_number;     /* all fields, ascending; of equal numbers the last in the text comes last */
	size_t n_by_number;
	bool has_required;
	/* enums */
	struct pbuf_constant *constants;
	size_t n_constants;
};

struct pbuf_rpc {
	struct str name;
	struct pbuf_use request;
	struct pbuf_use response;
	bool request_streams;
	bool response_streams;
	struct pbuf_options options;
	struct pbuf_span span;
};

struct pbuf_service {
	struct str name;
	struct pbuf_span span;
	struct pbuf_options options;
	struct pbuf_rpc *rpcs;
	size_t n_rpcs;
};

enum pbuf_import_kind { PBUF_IMPORT, PBUF_IMPORT_PUBLIC, PBUF_IMPORT_WEAK };

struct pbuf_import {
	enum pbuf_import_kind kind;
	struct str path;
	struct pbuf_span span;
};

struct pbuf_file {
	struct str text;                   /* that all spans mean; absent: not from text */
	enum pbuf_syntax syntax;
	struct pbuf_span syntax_span, package_span;
	struct str package;                /* absent when not given */
	struct pbuf_import *imports;
	size_t n_imports;
	struct pbuf_options options;
	struct pbuf_type **types;
	size_t n_types;
	struct pbuf_extend **extends;
	size_t n_extends;
	bool extends_gap;                  /* its extends were all dropped, but their empty line stays */
	struct pbuf_service *services;
	size_t n_services;
	/* where it comes from */
	bool is_root;
	bool is_known;                     /* built in */
	struct str subject;                /* of the reference that brought it; absent: none, or one of a reference's own */
	int version;
};

/* What a `struct schema` of type SCHEMA_PROTOBUF really is. */
struct pbuf_schema {
	struct schema base;
	const struct pbuf_file *file;
	struct map types;                  /* full name to struct pbuf_type, dependencies included */
	struct map extensions;             /* full name to struct pbuf_field */
	struct str unresolved;             /* the first type of the file that is not known; absent: all are */
	const struct pbuf_span *unresolved_span; /* of what uses it */
	uint32_t n_types;
};

static inline const struct pbuf_schema *pbuf_of(const struct schema *schema)
{
	return (const struct pbuf_schema *)schema;
}

#endif
