/* What the files of compat/protobuf/ share: the reader, the parser, linking, printing, the built-in files. */
#ifndef COMPAT_PROTOBUF_PBUF_INT_H
#define COMPAT_PROTOBUF_PBUF_INT_H

#include "base/arena.h"
#include "base/limits.h"
#include "compat/format.h"
#include "compat/protobuf/pbuf.h"

/* `items` with room for one more than the `n` it has; what is added is zeroed. */
void *pbuf_grow(struct arena *arena, void *items, size_t n, size_t size);
#define pbuf_append(arena, items, n) \
	((items) = pbuf_grow((arena), (items), (n), sizeof(__typeof__(*(items)))), &(items)[(n)++])

/* ---- reading text (reader.c) ---- */

/* A text being read, as the reference's reader goes through it: its places are those of the messages. */
struct pbuf_reader {
	struct arena *arena;
	struct err *err;
	struct str text;
	size_t pos;        /* of the next byte */
	uint32_t line;     /* newlines so far */
	size_t line_start; /* behind the last newline */
	size_t counted;    /* up to here columns have been counted … */
	uint32_t columns;  /* … with this result */
	unsigned depth;    /* of nesting, up to LIMIT_SCHEMA_DEPTH */
	uint32_t n_nodes;  /* up to LIMIT_SCHEMA_NODES */
};

struct pbuf_place {
	uint32_t line;
	uint32_t column;
	uint32_t offset;
};

struct pbuf_place pbuf_here(struct pbuf_reader *r);
/* From a place to where the reader stands. */
struct pbuf_span pbuf_span_from(const struct pbuf_reader *r, struct pbuf_place at);
/* ERR_PARSE in the words of the reference, "Syntax error in :1:2: …". */
enum err_code pbuf_fault(struct pbuf_reader *r, struct pbuf_place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum err_code pbuf_fault_here(struct pbuf_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One more node, or one level deeper; ERR_LIMIT beyond the bound. */
ERR_CHECKED enum err_code pbuf_count(struct pbuf_reader *r);
ERR_CHECKED enum err_code pbuf_enter(struct pbuf_reader *r);
void pbuf_leave(struct pbuf_reader *r);

/* Behind white space and comments; *end tells whether that is the end of the text. */
ERR_CHECKED enum err_code pbuf_skip(struct pbuf_reader *r, bool *end);
/* The next character that is no space; a fault at the end of the text. */
ERR_CHECKED enum err_code pbuf_peek(struct pbuf_reader *r, char *out);
ERR_CHECKED enum err_code pbuf_read_char(struct pbuf_reader *r, char *out);
/* Takes `c` when it is next. */
ERR_CHECKED enum err_code pbuf_take(struct pbuf_reader *r, char c, bool *taken);
ERR_CHECKED enum err_code pbuf_require(struct pbuf_reader *r, char c);
ERR_CHECKED enum err_code pbuf_word(struct pbuf_reader *r, struct str *out);
/* A word that does not begin with a digit. */
ERR_CHECKED enum err_code pbuf_identifier(struct pbuf_reader *r, struct str *out);
/* A word, also in parentheses or brackets, which are left out unless `keep`. */
ERR_CHECKED enum err_code pbuf_name(struct pbuf_reader *r, bool keep, struct str *out);
ERR_CHECKED enum err_code pbuf_quoted(struct pbuf_reader *r, struct str *out);
ERR_CHECKED enum err_code pbuf_int(struct pbuf_reader *r, int32_t *out);
/* What may follow a declaration on its line: nothing, or one comment. */
ERR_CHECKED enum err_code pbuf_trailing(struct pbuf_reader *r);

/* ---- parsing (parse.c, parse_field.c, option.c) ---- */

struct pbuf_parser {
	struct pbuf_reader r;
	struct pbuf_file *file;
	size_t n_declarations;
};

/* Reads a file from text, or from a FileDescriptorProto in base64 where it is no text. */
ERR_CHECKED enum err_code pbuf_parse_any(struct arena *arena, const struct schema_source *source,
	struct pbuf_file **out, struct err *err);
ERR_CHECKED enum err_code pbuf_parse_text(struct arena *arena, struct str text, struct pbuf_file **out,
	struct err *err);
/* A field behind its label or type `word`; a group fills in `type.named`. */
ERR_CHECKED enum err_code pbuf_parse_field(struct pbuf_parser *p, struct pbuf_place at, struct str word,
	struct pbuf_field *field);
ERR_CHECKED enum err_code pbuf_parse_oneof(struct pbuf_parser *p, struct pbuf_place at, struct pbuf_oneof **out);
ERR_CHECKED enum err_code pbuf_parse_use(struct pbuf_reader *r, struct str word, struct pbuf_use *out);
/* "reserved" and "extensions". */
ERR_CHECKED enum err_code pbuf_parse_ranges(struct pbuf_parser *p, struct pbuf_place at, bool extensions,
	struct pbuf_ranges *out);
ERR_CHECKED enum err_code pbuf_parse_option(struct pbuf_reader *r, struct pbuf_options *to);
/* The options in brackets, where there are any. */
ERR_CHECKED enum err_code pbuf_parse_options(struct pbuf_reader *r, struct pbuf_options *to);
/* Takes "default" and "json_name" out of a field's options. */
void pbuf_split_options(struct arena *arena, struct pbuf_field *field);
enum pbuf_kind pbuf_kind_find(struct str name); /* a scalar, or PBUF_NAMED */
const char *pbuf_kind_name(enum pbuf_kind kind); /* of a scalar */
const struct pbuf_value *pbuf_option_find(const struct pbuf_options *options, struct str name);

/* ---- names (link.c) ---- */

/* Longer full names are refused: the normal form writes them out at each use. */
enum { PBUF_FULL_NAME_MOST = 1024 };

/* Registers the types of all files and resolves what they name. */
struct pbuf_linker {
	struct arena *arena;
	struct pbuf_schema *schema;
	struct pbuf_file **files; /* grows while built-in ones are found to be needed */
	size_t n_files;
	struct map loaded;        /* built-in ones by path */
	size_t n_steps;           /* names tried, up to LIMIT_SCHEMA_NODES */
	enum err_code failed;     /* a bound was passed */
	struct err *err;
};

/* Files in the order in which they are known: of two types with one name the later counts. */
void pbuf_add_file(struct pbuf_linker *l, struct pbuf_file *file);
ERR_CHECKED enum err_code pbuf_link(struct pbuf_linker *l);
/* What `name` means inside of `scope`, a full name; *prefix gets the length of the scope it was found in. */
struct pbuf_type *pbuf_resolve(struct pbuf_linker *l, struct str scope, struct str name, size_t *prefix);
struct pbuf_field *pbuf_resolve_extension(struct pbuf_linker *l, struct str scope, struct str name);
struct pbuf_field *pbuf_field_named(const struct pbuf_type *type, struct str name);
/* Makes `by_number` of a message that was built by hand. */
void pbuf_index_fields(struct arena *arena, struct pbuf_type *type);

/* ---- built-in files (known.c) ---- */

struct pbuf_known {
	struct str path;
	struct str package;
	const char *names; /* of its types and extensions, each between blanks */
	const char *text;
};

extern const struct pbuf_known pbuf_known_google[], pbuf_known_type[], pbuf_known_confluent[]; /* end with an absent path */
/* The built-in file that defines the type or extension of this full name, or NULL. */
const struct pbuf_known *pbuf_known_find(struct str full);
const struct pbuf_known *pbuf_known_file(struct str path);

/* ---- text (print.c, print_value.c) ---- */

struct str pbuf_print(struct arena *arena, const struct pbuf_file *file);
/* One type, or one field with another label, as a declaration of its own. */
struct str pbuf_print_type(struct arena *arena, const struct pbuf_type *type);
struct str pbuf_print_field(struct arena *arena, const struct pbuf_field *field, enum pbuf_label label);
/* Appends "name = value"; lines behind the first begin with `indent` blanks. */
void pbuf_put_option(struct buf *b, const struct pbuf_option *option, unsigned indent);
/* "default" and "json_name" of a field as options, in this order; returns how many there are. */
size_t pbuf_special_options(const struct pbuf_field *field, struct pbuf_option out[2]);
void pbuf_put_quoted(struct buf *b, struct str text);
void pbuf_put_indent(struct buf *b, unsigned indent);

/* ---- other forms ---- */

const struct pbuf_file *pbuf_normalize(struct arena *arena, const struct pbuf_file *file);
/* The options in normal form: sorted, those with a known extension merged. */
struct pbuf_options pbuf_normal_options(struct arena *arena, const struct pbuf_options *options);

enum err_code pbuf_check(const struct schema *reader, const struct schema *writer, enum schema_policy policy,
	struct findings *out, struct err *err);

/* logical.c: behind schema_logical and schema_from_logical. */
ERR_CHECKED enum err_code pbuf_logical_read(struct arena *arena, const struct schema *schema,
	const struct logical_type **out, struct err *err);
struct str pbuf_logical_write(struct arena *arena, const struct logical_type *type);

#endif
