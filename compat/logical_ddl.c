/* The text of logical types: printed, and read back. */
#include <ctype.h>

#include "base/arena.h"
#include "base/limits.h"
#include "compat/logical.h"

enum shape { PLAIN, LENGTH, PRECISION, DECIMAL, NESTED };

/* By kind: its word, what stands behind it, and the number that is meant when none does. */
static const struct {
	const char *word;
	enum shape shape;
	int32_t usual;
} kinds[LOGICAL_KINDS] = {
	[LOGICAL_BOOLEAN] = { "BOOLEAN", PLAIN, 0 },
	[LOGICAL_TINYINT] = { "TINYINT", PLAIN, 0 },
	[LOGICAL_SMALLINT] = { "SMALLINT", PLAIN, 0 },
	[LOGICAL_INT] = { "INT", PLAIN, 0 },
	[LOGICAL_BIGINT] = { "BIGINT", PLAIN, 0 },
	[LOGICAL_FLOAT] = { "FLOAT", PLAIN, 0 },
	[LOGICAL_DOUBLE] = { "DOUBLE", PLAIN, 0 },
	[LOGICAL_DECIMAL] = { "DECIMAL", DECIMAL, 10 },
	[LOGICAL_CHAR] = { "CHAR", LENGTH, 1 },
	[LOGICAL_VARCHAR] = { "VARCHAR", LENGTH, 1 },
	[LOGICAL_STRING] = { "STRING", PLAIN, 0 },
	[LOGICAL_BINARY] = { "BINARY", LENGTH, 1 },
	[LOGICAL_VARBINARY] = { "VARBINARY", LENGTH, 1 },
	[LOGICAL_BYTES] = { "BYTES", PLAIN, 0 },
	[LOGICAL_DATE] = { "DATE", PLAIN, 0 },
	[LOGICAL_TIME] = { "TIME", PRECISION, 0 },
	[LOGICAL_TIMESTAMP] = { "TIMESTAMP", PRECISION, 6 },
	[LOGICAL_TIMESTAMP_LTZ] = { "TIMESTAMP_LTZ", PRECISION, 6 },
	[LOGICAL_ARRAY] = { "ARRAY", NESTED, 0 },
	[LOGICAL_MAP] = { "MAP", NESTED, 0 },
	[LOGICAL_STRUCT] = { "STRUCT", NESTED, 0 },
};

/* ---- printing ---- */

static void put_type(struct buf *out, const struct logical_type *type);

static bool is_plain_name(struct str name)
{
	if (name.len == 0 || isdigit((unsigned char)name.data[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.data[i]) && name.data[i] != '_')
			return false;
	return true;
}

/* Between `quote`s, each inside doubled. */
static void put_quoted(struct buf *out, struct str text, char quote)
{
	buf_add_c(out, quote);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == quote)
			buf_add_c(out, quote);
		buf_add_c(out, text.data[i]);
	}
	buf_add_c(out, quote);
}

/* A name, which may have parts. */
static void put_name(struct buf *out, struct str name)
{
	while (true) {
		ptrdiff_t dot = str_index(name, '.');
		struct str part = dot < 0 ? name : str_sub(name, 0, (size_t)dot);

		if (is_plain_name(part))
			buf_add(out, part);
		else
			put_quoted(out, part, '`');
		if (dot < 0)
			return;
		buf_add_c(out, '.');
		name = str_sub(name, (size_t)dot + 1, name.len);
	}
}

static void put_field_name(struct buf *out, struct str name)
{
	if (is_plain_name(name))
		buf_add(out, name);
	else
		put_quoted(out, name, '`');
}

static void put_doc(struct buf *out, struct str doc)
{
	if (!str_present(doc))
		return;
	buf_lit(out, " COMMENT ");
	put_quoted(out, doc, '\'');
}

static void put_fields(struct buf *out, const struct logical_type *type)
{
	if (str_present(type->name)) {
		buf_add_c(out, ' ');
		put_name(out, type->name);
	}
	buf_lit(out, " (");
	for (size_t i = 0; i < type->n_fields; i++) {
		if (i > 0)
			buf_lit(out, ", ");
		put_field_name(out, type->fields[i].name);
		buf_add_c(out, ' ');
		put_type(out, type->fields[i].type);
		if (!type->fields[i].type->nullable)
			buf_lit(out, " NOT NULL");
		put_doc(out, type->fields[i].doc);
	}
	buf_add_c(out, ')');
}

static void put_inner(struct buf *out, const struct logical_type *type)
{
	put_type(out, type);
	if (!type->nullable)
		buf_lit(out, " NOT NULL");
}

static void put_nested(struct buf *out, const struct logical_type *type)
{
	if (type->kind == LOGICAL_STRUCT) {
		put_fields(out, type);
		return;
	}
	buf_add_c(out, '<');
	if (type->kind == LOGICAL_MAP) {
		put_inner(out, type->key);
		buf_lit(out, ", ");
	}
	put_inner(out, type->element);
	buf_add_c(out, '>');
}

static void put_type(struct buf *out, const struct logical_type *type)
{
	buf_add(out, str_of(kinds[type->kind].word));
	switch (kinds[type->kind].shape) {
	case PLAIN:
		break;
	case LENGTH:
		buf_printf(out, "(%d)", type->length);
		break;
	case PRECISION:
		buf_printf(out, "(%d)", type->precision);
		break;
	case DECIMAL:
		buf_printf(out, "(%d, %d)", type->precision, type->scale);
		break;
	case NESTED:
		put_nested(out, type);
		break;
	}
}

struct str logical_print(struct arena *arena, const struct logical_type *type)
{
	struct buf out = buf_make(arena, 256);

	put_type(&out, type);
	if (type->kind == LOGICAL_STRUCT)
		put_doc(&out, type->doc);
	else if (!type->nullable)
		buf_lit(&out, " NOT NULL");
	buf_lit(&out, ";\n");
	return buf_str(&out);
}

/* ---- reading ---- */

struct reader {
	struct arena *arena;
	struct err *err;
	struct str text;
	size_t at;
	unsigned depth;
};

static enum err_code parse_type(struct reader *r, struct logical_type **out);

/* Over blanks and comments. */
static void skip(struct reader *r)
{
	while (r->at < r->text.len) {
		struct str rest = str_sub(r->text, r->at, r->text.len);

		if (isspace((unsigned char)rest.data[0])) {
			r->at++;
		} else if (str_starts(rest, STR("--"))) {
			ptrdiff_t end = str_index(rest, '\n');

			r->at += end < 0 ? rest.len : (size_t)end;
		} else {
			return;
		}
	}
}

static enum err_code fault(struct reader *r, const char *wanted)
{
	struct str rest;

	skip(r);
	r->err->line = 1;
	r->err->column = 1;
	for (size_t i = 0; i < r->at; i++) {
		r->err->column = r->text.data[i] == '\n' ? 1 : r->err->column + 1;
		r->err->line += r->text.data[i] == '\n';
	}
	rest = str_sub(r->text, r->at, r->at + 20 < r->text.len ? r->at + 20 : r->text.len);
	return err_text(r->err, ERR_PARSE, str_printf(r->err->arena, "Expected %s at line %u, column %u, found %s%.*s%s", wanted,
		(unsigned)r->err->line, (unsigned)r->err->column, rest.len > 0 ? "'" : "the end", STR_ARG(rest),
		rest.len > 0 ? "'" : ""));
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The word that comes next, not taken; empty when none does. */
static struct str peek_word(struct reader *r)
{
	size_t end;

	skip(r);
	for (end = r->at; end < r->text.len && is_word(r->text.data[end]);)
		end++;
	return str_sub(r->text, r->at, end);
}

static bool take_word(struct reader *r, const char *word)
{
	struct str next = peek_word(r);

	if (!str_eq_nocase(next, str_of(word)))
		return false;
	r->at += next.len;
	return true;
}

static bool take(struct reader *r, char c)
{
	skip(r);
	if (r->at == r->text.len || r->text.data[r->at] != c)
		return false;
	r->at++;
	return true;
}

static enum err_code expect(struct reader *r, char c)
{
	const char wanted[] = { '\'', c, '\'', '\0' };

	return take(r, c) ? OK : fault(r, wanted);
}

/* Behind the opening quote. */
static enum err_code parse_quoted(struct reader *r, char quote, struct str *out)
{
	struct buf text = buf_make(r->arena, 32);

	for (; r->at < r->text.len; r->at++) {
		if (r->text.data[r->at] == quote) {
			if (r->at + 1 == r->text.len || r->text.data[r->at + 1] != quote) {
				r->at++;
				*out = buf_str(&text);
				return OK;
			}
			r->at++;
		}
		buf_add_c(&text, r->text.data[r->at]);
	}
	return fault(r, "the closing quote");
}

static enum err_code parse_name(struct reader *r, struct str *out)
{
	struct str word;

	if (take(r, '`'))
		return parse_quoted(r, '`', out);
	word = peek_word(r);
	if (word.len == 0 || isdigit((unsigned char)word.data[0]))
		return fault(r, "a name");
	r->at += word.len;
	*out = word;
	return OK;
}

/* A name with parts, which must not be empty. */
static enum err_code parse_dotted(struct reader *r, struct str *out)
{
	struct str part;

	TRY(parse_name(r, out));
	while (take(r, '.')) {
		TRY(parse_name(r, &part));
		*out = str_printf(r->arena, "%.*s.%.*s", STR_ARG(*out), STR_ARG(part));
	}
	return OK;
}

static enum err_code parse_number(struct reader *r, int32_t least, int32_t most, int32_t *out)
{
	struct str word = peek_word(r);
	int32_t value;

	if (!str_to_i32(word, &value) || value < least || value > most)
		return fault(r, str_printf(r->arena, "a number from %d to %d", least, most).data);
	r->at += word.len;
	*out = value;
	return OK;
}

static enum err_code parse_parameters(struct reader *r, struct logical_type *type)
{
	enum shape shape = kinds[type->kind].shape;
	int32_t *first = shape == LENGTH ? &type->length : &type->precision;

	*first = kinds[type->kind].usual;
	if (shape == PLAIN || !take(r, '('))
		return OK;
	TRY(parse_number(r, shape == PRECISION ? 0 : 1, shape == LENGTH ? INT32_MAX : shape == DECIMAL ? 38 : 9, first));
	if (shape == DECIMAL && take(r, ','))
		TRY(parse_number(r, 0, type->precision, &type->scale));
	return expect(r, ')');
}

/* Behind a type: whether it may be null. */
static enum err_code parse_null(struct reader *r, struct logical_type *type)
{
	type->nullable = true;
	if (take_word(r, "NOT")) {
		type->nullable = false;
		return take_word(r, "NULL") ? OK : fault(r, "NULL");
	}
	take_word(r, "NULL");
	return OK;
}

static enum err_code parse_doc(struct reader *r, struct str *out)
{
	if (!take_word(r, "COMMENT"))
		return OK;
	TRY(expect(r, '\''));
	return parse_quoted(r, '\'', out);
}

static enum err_code parse_inner(struct reader *r, const struct logical_type **out)
{
	struct logical_type *type;

	TRY(parse_type(r, &type));
	TRY(parse_null(r, type));
	*out = type;
	return OK;
}

static enum err_code parse_field(struct reader *r, struct logical_type *type, size_t *room)
{
	struct logical_field field = { 0 };

	TRY(parse_name(r, &field.name));
	for (size_t i = 0; i < type->n_fields; i++)
		if (str_eq(type->fields[i].name, field.name))
			return fault(r, str_printf(r->arena, "another name than %.*s, which is taken,", STR_ARG(field.name)).data);
	TRY(parse_inner(r, &field.type));
	TRY(parse_doc(r, &field.doc));
	type->fields = arena_grow(r->arena, type->fields, type->n_fields, room, sizeof(*type->fields));
	type->fields[type->n_fields++] = field;
	return OK;
}

/* STRUCT Name (…), STRUCT<…>, ROW (…). */
static enum err_code parse_struct(struct reader *r, struct logical_type *type)
{
	size_t room = 0;
	char end = ')';

	skip(r);
	if (r->at < r->text.len && (is_word(r->text.data[r->at]) || r->text.data[r->at] == '`'))
		TRY(parse_dotted(r, &type->name));
	if (take(r, '<'))
		end = '>';
	else
		TRY(expect(r, '('));
	if (take(r, end))
		return OK;
	do
		TRY(parse_field(r, type, &room));
	while (take(r, ','));
	return expect(r, end);
}

static enum err_code parse_nested(struct reader *r, struct logical_type *type)
{
	if (type->kind == LOGICAL_STRUCT)
		return parse_struct(r, type);
	TRY(expect(r, '<'));
	if (type->kind == LOGICAL_MAP) {
		TRY(parse_inner(r, &type->key));
		TRY(expect(r, ','));
	}
	TRY(parse_inner(r, &type->element));
	return expect(r, '>');
}

/* Other words for the same. */
static const struct {
	const char *word;
	enum logical_kind kind;
} synonyms[] = {
	{ "INTEGER", LOGICAL_INT },
	{ "DEC", LOGICAL_DECIMAL },
	{ "NUMERIC", LOGICAL_DECIMAL },
	{ "ROW", LOGICAL_STRUCT },
};

static bool find_kind(struct str word, enum logical_kind *out)
{
	for (int i = 0; i < LOGICAL_KINDS; i++) {
		if (str_eq_nocase(word, str_of(kinds[i].word))) {
			*out = (enum logical_kind)i;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (str_eq_nocase(word, str_of(synonyms[i].word))) {
			*out = synonyms[i].kind;
			return true;
		}
	}
	return false;
}

/* MULTISET<T> is MAP<T, INT NOT NULL> in every format. */
static enum err_code parse_multiset(struct reader *r, struct logical_type **out)
{
	struct logical_type *type = logical_map(r->arena, NULL, logical_new(r->arena, LOGICAL_INT));

	TRY(expect(r, '<'));
	TRY(parse_inner(r, &type->key));
	*out = type;
	return expect(r, '>');
}

static enum err_code parse_type(struct reader *r, struct logical_type **out)
{
	struct str word = peek_word(r);
	enum logical_kind kind;
	enum err_code code;

	if (++r->depth > LIMIT_SCHEMA_DEPTH)
		return err_text(r->err, ERR_LIMIT, STR("The logical type is nested too deeply"));
	if (take_word(r, "MULTISET")) {
		code = parse_multiset(r, out);
	} else if (find_kind(word, &kind)) {
		r->at += word.len;
		*out = logical_new(r->arena, kind);
		code = kinds[kind].shape == NESTED ? parse_nested(r, *out) : parse_parameters(r, *out);
	} else {
		code = fault(r, "a type");
	}
	r->depth--;
	return code;
}

enum err_code logical_parse(struct arena *arena, struct str text, const struct logical_type **out, struct err *err)
{
	struct reader r = { .arena = arena, .err = err, .text = text };
	struct logical_type *type;

	TRY(parse_type(&r, &type));
	TRY(parse_null(&r, type));
	if (type->kind == LOGICAL_STRUCT)
		type->nullable = false;
	TRY(parse_doc(&r, &type->doc));
	take(&r, ';');
	skip(&r);
	if (r.at < text.len)
		return fault(&r, "the end");
	*out = type;
	return OK;
}
