/* What the files of compat/avro/ share: the parser's state, JSON values as Java prints them, names, the printer. */
#ifndef COMPAT_AVRO_AVRO_INT_H
#define COMPAT_AVRO_AVRO_INT_H

#include "base/limits.h"
#include "base/map.h"
#include "compat/avro/avsc.h"
#include "compat/avro/value_int.h"
#include "compat/format.h"

enum { AVSC_FEW = 16 }; /* up to so many names, comparing them all is faster than an index */

/* Members of schema and field objects that the specification gives a meaning. */
enum avsc_member {
	AVSC_M_TYPE,
	AVSC_M_NAME,
	AVSC_M_NAMESPACE,
	AVSC_M_DOC,
	AVSC_M_FIELDS,
	AVSC_M_ITEMS,
	AVSC_M_VALUES,
	AVSC_M_SYMBOLS,
	AVSC_M_SIZE,
	AVSC_M_ALIASES,
	AVSC_M_DEFAULT,
	AVSC_M_ORDER,
	AVSC_MEMBERS,
};

struct avsc_members {
	const struct jsn *at[AVSC_MEMBERS]; /* NULL: absent */
	unsigned present;                   /* bit of each that is there */
	size_t n_others;                    /* members of other names */
};

/* A full name and the type that first defined it. */
struct avsc_named {
	struct avsc_type *type;
	uint32_t number;
};

/* A record whose fields are being read, for telling recursion from a forward reference. */
struct avsc_open {
	const struct avsc_open *up;
	struct str full;
};

/* A reference to a name that was not defined when it was met. */
struct avsc_pending {
	struct avsc_pending *next;
	struct avsc_type **slot;
	const struct jsn *at;
	struct str full;
};

/* Unions and defaults that can be judged only when all names are known. */
struct avsc_later {
	struct avsc_later *next;
	const struct avsc_type *a_union;
	const struct avsc_field *field;
	const struct jsn *at;
};

struct avsc_parser {
	struct arena *arena;
	struct err *err;
	bool strict;
	bool in_dependency;
	struct map names;                /* full name to struct avsc_named */
	uint32_t n_types;
	uint32_t n_dependency_names;
	unsigned depth;
	uint64_t steps;                  /* of checking defaults, bounded by LIMIT_CHECK_PAIRS */
	const struct avsc_open *open;
	struct avsc_pending *fresh;      /* references of the records being read, newest first */
	struct avsc_pending *pending;    /* of completed records, in order */
	struct avsc_pending **pending_end;
	struct avsc_later *later;
	struct avsc_later **later_end;
	struct err flaw;                 /* the first bad name or default, told when nothing else is wrong */
};

enum { AVSC_PENDING = UINT32_MAX }; /* the number of a stand-in for a type that is not known yet */

static inline bool avsc_is_pending(const struct avsc_type *type)
{
	return type->number == AVSC_PENDING;
}

/* Fills err with a message and the place `at` (NULL: none), and returns ERR_PARSE. */
enum err_code avsc_fault(struct avsc_parser *p, const struct jsn *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * As avsc_fault, but for what the reference looks at only in a second pass, once the schema hangs
 * together: names and defaults.  Kept in p->flaw until the text is read.
 */
void avsc_flaw(struct avsc_parser *p, const struct jsn *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* As avsc_fault, with ": " and the JSON text of `value` behind the message. */
enum err_code avsc_fault_json(struct avsc_parser *p, const struct jsn *at, const char *message,
	const struct jsn *value);
/* A bound was passed. */
enum err_code avsc_fault_limit(struct avsc_parser *p, const struct jsn *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* parse.c: one type; `slot` receives it, now or when its name is defined. */
ERR_CHECKED enum err_code avsc_parse_type(struct avsc_parser *p, const struct jsn *json, struct str space,
	struct avsc_type **slot);
/* A node with its kind and place; ERR_LIMIT when there are too many. */
ERR_CHECKED enum err_code avsc_new_type(struct avsc_parser *p, enum avsc_kind kind, const struct jsn *at,
	struct avsc_type **out);

/* record.c: "record" and "error". */
ERR_CHECKED enum err_code avsc_parse_record(struct avsc_parser *p, const struct jsn *json,
	const struct avsc_members *m, struct str space, struct avsc_type **out);

/* members.c: what schema objects consist of. */
void avsc_members(const struct jsn *object, struct avsc_members *out);
/* The text of a member that may be absent; absent also when it is no string. */
struct str avsc_member_text(const struct avsc_members *m, enum avsc_member which);
/* Members that are not kept as properties: of schemas, of enums, of fields. */
enum {
	AVSC_RESERVED_FIELD = 1 << AVSC_M_TYPE | 1 << AVSC_M_NAME | 1 << AVSC_M_DOC | 1 << AVSC_M_ALIASES |
		1 << AVSC_M_DEFAULT | 1 << AVSC_M_ORDER,
	AVSC_RESERVED_ENUM = (1 << AVSC_MEMBERS) - 1 - (1 << AVSC_M_ORDER),
	AVSC_RESERVED = AVSC_RESERVED_ENUM - (1 << AVSC_M_DEFAULT),
};
/* All members but the reserved ones. */
void avsc_parse_properties(struct avsc_parser *p, const struct jsn *object, const struct avsc_members *m,
	unsigned reserved, const struct avsc_property **out, size_t *n_out);
/*
 * The reference loses integers beyond 64 bits in the properties of records, arrays and maps, which it
 * copies, and then trips over what is missing: such a schema is refused, in its words.
 */
ERR_CHECKED enum err_code avsc_check_properties(struct avsc_parser *p, const struct avsc_type *type);
/* The strings of "aliases", each once. */
ERR_CHECKED enum err_code avsc_parse_aliases(struct avsc_parser *p, const struct jsn *object,
	const struct avsc_members *m, const struct str **out, size_t *n_out);

/* Properties and aliases, which come last in a named type, and its name, which is known from here on. */
ERR_CHECKED enum err_code avsc_finish_named(struct avsc_parser *p, const struct jsn *json,
	const struct avsc_members *m, struct avsc_type *type);

/* names.c: what a name may be, and which type it means. */
void avsc_check_name(struct avsc_parser *p, const struct jsn *at, struct str name);
/* The name of a definition, checked; `space` is that of what encloses it. */
ERR_CHECKED enum err_code avsc_parse_name(struct avsc_parser *p, const struct jsn *json,
	const struct avsc_members *m, struct str space, struct avsc_name *out);
/* `text` as a name within the namespace `space`, its last part checked. */
void avsc_make_name(struct avsc_parser *p, const struct jsn *at, struct str text, struct str space,
	struct avsc_name *out);
/* Makes a completed type known under its name. */
ERR_CHECKED enum err_code avsc_define(struct avsc_parser *p, const struct jsn *at, struct avsc_type *type);
/* The type called `name`, or a stand-in that avsc_resolve replaces. */
ERR_CHECKED enum err_code avsc_refer(struct avsc_parser *p, const struct jsn *at, struct str name,
	struct str space, struct avsc_type **slot);
/* Moves the references met since `mark` was p->fresh to the ordered list: their record is complete. */
void avsc_complete(struct avsc_parser *p, const struct avsc_pending *mark);
/* Replaces all stand-ins, and checks what had to wait for it. */
ERR_CHECKED enum err_code avsc_resolve(struct avsc_parser *p);
void avsc_check_later(struct avsc_parser *p, const struct avsc_later *what);
/* No two branches may have one name; branches nested in one another are refused too. */
ERR_CHECKED enum err_code avsc_check_union(struct avsc_parser *p, const struct avsc_type *type,
	const struct jsn *at);
bool avsc_is_primitive_name(struct str name, enum avsc_kind *out);

/* validate.c: whether a field's default fits its type (contract 6.2). */
ERR_CHECKED enum err_code avsc_check_default(struct avsc_parser *p, const struct avsc_field *field,
	const struct jsn *at);

/* print.c: the text of a schema. */
enum avsc_print_flags {
	AVSC_NORMAL = 1 << 0,   /* the normalised form */
	AVSC_RESOLVED = 1 << 1, /* types of dependencies written out */
};
/* `room`: about how long it will be. */
struct str avsc_print(struct arena *arena, const struct avsc_schema *schema, unsigned flags, size_t room);
/* One type by itself, for messages; `n_names` may be more than are in it. */
struct str avsc_print_type(struct arena *arena, const struct avsc_type *type, uint32_t n_names);

/* equal.c */
/* Whether a name may be defined a second time by `b` (Avro's own notion: no docs, no aliases). */
bool avsc_type_equal(const struct avsc_type *a, const struct avsc_type *b);
/* Avro's own of whole schemas, Java's Schema.equals: documentation and aliases do not count. */
bool avsc_same_schema(const struct avsc_schema *a, const struct avsc_schema *b);
/* Equality for lookups, behind schema_equal. */
bool avsc_schema_equal(const struct schema *a, const struct schema *b);

/* check.c */
ERR_CHECKED enum err_code avsc_check(const struct schema *reader, const struct schema *writer,
	enum schema_policy policy, struct findings *out, struct err *err);

/* logical.c: behind schema_logical and schema_from_logical. */
ERR_CHECKED enum err_code avsc_logical_read(struct arena *arena, const struct schema *schema,
	const struct logical_type **out, struct err *err);
struct str avsc_logical_write(struct arena *arena, const struct logical_type *type);

#endif
