/* What is told of a change of a .proto file: findings with their places, sentences, witnesses and fixes. */
#ifndef COMPAT_PROTOBUF_EXPLAIN_INT_H
#define COMPAT_PROTOBUF_EXPLAIN_INT_H

#include "compat/protobuf/judge_int.h"
#include "compat/protobuf/outline.h"

/* What a finding of the reference is about. */
struct pbuf_link {
	size_t finding;
	enum finding_type type;
	const struct pbuf_type *w, *r;   /* the messages; of one that is gone `r` is NULL; of the file both are */
	const struct pbuf_oneof *oneof;
	bool has_number;
	int32_t number;
};

struct pbuf_explain {
	struct arena *arena;
	struct explanation *out;
	bool new_reads_old;
	const struct pbuf_schema *old, *new;
	struct str text;      /* of the new schema, for edits; absent: it cannot be edited */
	struct pbuf_judge judge;
	size_t *n_edited;     /* bytes of all edits so far */
	bool *told;           /* of each fact */
	struct findings found;
	struct pbuf_link *links;
	size_t n_links;
};

/* What a finding is about, by age of the schema; any may be NULL. */
struct pbuf_subject {
	enum rule rule;
	const struct pbuf_type *old_type, *new_type;
	const struct pbuf_field *old_field, *new_field;
	const struct pbuf_oneof *oneof;         /* that fields moved to, of the reader */
	const struct pbuf_constant *constant;   /* of an enum, the writer's or the old one */
	int32_t number;
};

struct explain_place pbuf_place_old(const struct pbuf_explain *x, const struct pbuf_subject *s);
/* The first field of a file's messages that is of a type of another file; NULL: none. */
const struct pbuf_field *pbuf_use_of(const struct pbuf_file *own, const struct pbuf_file *file);
struct explain_place pbuf_place_new(const struct pbuf_explain *x, const struct pbuf_subject *s);
struct str pbuf_sentence(const struct pbuf_explain *x, const struct pbuf_subject *s);
/* "repeated N"; where the field beside it, if any, is declared so too, its full name: "a.M.N". */
void pbuf_put_declared(struct buf *b, const struct pbuf_field *field, const struct pbuf_field *beside);
/* The type of this name behind the package in the new file, or in the old one; NULL: none. */
const struct pbuf_type *pbuf_local_type(struct arena *arena, const struct pbuf_schema *schema, struct str local);
/* The enum that a field, or a map's value, is of; NULL: of none. */
const struct pbuf_type *pbuf_enum_of(const struct pbuf_field *field);
/* What no event shows: numbers that are not reserved, used again or used twice, presence that is lost. */
void pbuf_explain_policy(struct pbuf_explain *x);
void pbuf_tell(struct pbuf_explain *x, const struct pbuf_subject *s, enum rule_effect effect);

/* Where the parts of a field's declaration are. */
struct pbuf_tokens {
	size_t type_from, type_to; /* in front of it only a label stands */
	size_t number_from, number_to;
	size_t options_to;         /* behind the brackets; of none behind the number */
};

/* ---- fixes (fix.c, fix_enum.c) ---- */

struct pbuf_fixing {
	const struct pbuf_explain *x;
	const struct pbuf_subject *s;
	struct explain_edit *edits;
	size_t n_edits;
	struct map restored; /* types that come back, by their local name */
	struct str title;
	bool major, safe;
};

/* NULL when there is nothing to do, or no text to do it in. */
const struct explain_fix *pbuf_fix(const struct pbuf_explain *x, const struct pbuf_subject *s);
void pbuf_fix_enum(struct pbuf_fixing *f, const struct pbuf_type *old, const struct pbuf_type *new);
void pbuf_fix_default(struct pbuf_fixing *f);
/* With the old type come its options. */
void pbuf_fix_options(struct pbuf_fixing *f, const struct pbuf_tokens *tokens);
void pbuf_fix_number(struct pbuf_fixing *f);
void pbuf_fix_numbers(struct pbuf_fixing *f);
void pbuf_fix_reserve(struct pbuf_fixing *f);
void pbuf_fix_oneof(struct pbuf_fixing *f);
void pbuf_fix_title(struct pbuf_fixing *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Only a new major version does it. */
void pbuf_fix_major(struct pbuf_fixing *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- editing text (edit.c) ---- */

bool pbuf_tokens_of(const struct pbuf_fixing *f, const struct pbuf_field *field, struct pbuf_tokens *out);
void pbuf_edit(struct pbuf_fixing *f, size_t offset, size_t length, struct str text);
/* Takes a declaration out, with its line when it has one of its own. */
void pbuf_edit_delete(struct pbuf_fixing *f, const struct pbuf_span *span);
/* Adds a declaration in front of the brace that ends `span`, indented as its neighbours. */
void pbuf_edit_append(struct pbuf_fixing *f, const struct pbuf_span *span, struct str declaration);
/* Adds a declaration behind `span`. */
void pbuf_edit_behind(struct pbuf_fixing *f, const struct pbuf_span *span, struct str declaration);
/* Adds declarations at the end of the file. */
void pbuf_edit_end(struct pbuf_fixing *f, struct str declarations);
/* Takes a number and a name out of what a type reserves. */
void pbuf_edit_unreserve(struct pbuf_fixing *f, const struct pbuf_type *type, int32_t number, struct str name);

#endif
