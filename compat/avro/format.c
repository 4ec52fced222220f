/* Avro behind compat/schema.h: from text and dependencies to a schema with its canonical text. */
#include "compat/avro/avro_int.h"

#include "base/arena.h"
#include "compat/avro/event_int.h"
#include "compat/avro/explain.h"
#include "compat/avro/outline.h"
#include "compat/avro/tags.h"

const char *avsc_kind_name(enum avsc_kind kind)
{
	static const char *const names[AVSC_KINDS] = {
		[AVSC_NULL] = "null",
		[AVSC_BOOLEAN] = "boolean",
		[AVSC_INT] = "int",
		[AVSC_LONG] = "long",
		[AVSC_FLOAT] = "float",
		[AVSC_DOUBLE] = "double",
		[AVSC_BYTES] = "bytes",
		[AVSC_STRING] = "string",
		[AVSC_RECORD] = "record",
		[AVSC_ENUM] = "enum",
		[AVSC_ARRAY] = "array",
		[AVSC_MAP] = "map",
		[AVSC_UNION] = "union",
		[AVSC_FIXED] = "fixed",
	};

	return names[kind];
}

bool avsc_kind_is_named(enum avsc_kind kind)
{
	return kind == AVSC_RECORD || kind == AVSC_ENUM || kind == AVSC_FIXED;
}

bool avsc_kind_is_primitive(enum avsc_kind kind)
{
	return kind <= AVSC_STRING;
}

const struct avsc_field *avsc_field_find(const struct avsc_type *record, struct str name)
{
	if (record->index)
		return map_get(record->index, name);
	for (size_t i = 0; i < record->n_fields; i++)
		if (str_eq(record->fields[i].name, name))
			return &record->fields[i];
	return NULL;
}

ptrdiff_t avsc_symbol_number(const struct avsc_type *type, struct str symbol)
{
	const struct str *found;

	if (type->index) {
		found = map_get(type->index, symbol);
		return found ? found - type->symbols : -1;
	}
	for (size_t i = 0; i < type->n_symbols; i++)
		if (str_eq(type->symbols[i], symbol))
			return (ptrdiff_t)i;
	return -1;
}

bool avsc_symbol_find(const struct avsc_type *type, struct str symbol)
{
	return avsc_symbol_number(type, symbol) >= 0;
}

/* Behind the string at whose quote `p` stands. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

/* Behind the comment at whose slash `p` stands. */
static const char *skip_comment(const char *p, const char *end)
{
	bool block = p + 1 < end && p[1] == '*';

	for (p += 2; p < end; p++) {
		if (block && *p == '/' && p[-1] == '*')
			return p + 1;
		if (!block && (*p == '\n' || *p == '\r'))
			return p;
	}
	return end;
}

/* What follows the first value of a text of which that much is known to be JSON. */
static struct str rest_of(struct str text)
{
	const char *p = text.data, *end = text.data + text.len;
	size_t depth = 0;
	bool started = false;

	while (p < end && (!started || depth > 0)) {
		if (*p == '"') {
			p = skip_string(p, end);
			started = true;
		} else if (*p == '/') {
			p = skip_comment(p, end);
		} else if (strchr("{[}]", *p) && *p != '\0') {
			depth = *p == '{' || *p == '[' ? depth + 1 : depth - 1;
			started = true;
			p++;
		} else if (depth == 0 && !strchr(" \t\r\n", *p)) {
			p += strcspn(p, " \t\r\n/\"{[}],");
			started = true;
		} else {
			p++;
		}
	}
	return str_make(p, (size_t)(end - p));
}

static enum err_code fault_dangling(struct avsc_parser *p, struct str text, const struct err *why)
{
	const struct jsn at = { .line = why->line, .column = why->column };

	return avsc_fault(p, &at, "dangling content after end of schema: %.*s", STR_ARG(str_trim(rest_of(text))));
}

/* A comment behind the schema counts as content; looked for only where there can be one. */
static bool has_last_comment(struct str text)
{
	struct str trimmed = str_trim(text);
	ptrdiff_t line = str_rindex(trimmed, '\n');
	struct str last = line < 0 ? trimmed : str_sub(trimmed, (size_t)line, trimmed.len);

	if (!str_ends(last, STR("*/")) && memmem(last.data, last.len, "//", 2) == NULL)
		return false;
	return str_trim(rest_of(text)).len > 0;
}

/*
 * Jackson reads a schema as characters, and then says a few things otherwise than for bytes, which is
 * how base/json.h says them.
 */
static struct str as_characters(struct arena *arena, struct str message)
{
	static const struct {
		struct str bytes;
		struct str characters;
	} endings[] = {
		{ { "end-of-input in VALUE_STRING", 28 },
			{ "end-of-input: was expecting closing quote for a string value", 60 } },
		{ { "end-of-input: was expecting closing '\"' for name", 48 }, { "end-of-input in field name", 26 } },
		{ { "): expected a value", 19 },
			{ "): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')", 97 } },
	};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (str_ends(message, endings[i].bytes))
			return str_concat(arena, str_sub(message, 0, message.len - endings[i].bytes.len),
				endings[i].characters);
	return message;
}

/* JSON that is none, in the reference's words: Jackson's exception with its place, or what is left over. */
static enum err_code fault_text(struct avsc_parser *p, struct str text, const struct err *why)
{
	const struct jsn at = { .line = why->line, .column = why->column };
	bool after_comma = str_ends(str_trim(text), STR(",")) &&
		str_starts(why->message, STR("Unexpected end-of-input within/between"));
	bool at_end = str_starts(why->message, STR("Unexpected end-of-input")) && !after_comma;

	if (why->code != ERR_BAD_JSON)
		return avsc_fault_limit(p, &at, "com.fasterxml.jackson.core.exc.StreamConstraintsException: %.*s",
			STR_ARG(why->message));
	if (str_trim(text).len == 0)
		return avsc_fault(p, NULL, "Cannot parse <null> schema");
	return avsc_fault(p, &at,
		"%s: %.*s\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
		"line: %u, column: %u]",
		at_end ? "com.fasterxml.jackson.core.io.JsonEOFException"
			   : "com.fasterxml.jackson.core.JsonParseException",
		STR_ARG(as_characters(p->err->arena, why->message)), why->line, why->column);
}

/* One text, its names known to all that follow.  What follows the schema is a fault only once that has none. */
static enum err_code parse_text(struct avsc_parser *p, struct str text, struct avsc_type **root)
{
	const unsigned flags = JSN_COMMENTS | JSN_SURROGATES | JSN_WTF8;
	struct err why = { .arena = p->err->arena }, ignored = { .arena = p->arena };
	const struct jsn *json;
	bool dangling;

	text = str_dup(p->arena, text);
	if (jsn_parse(p->arena, text, flags, LIMIT_JSON_DEPTH, &json, &why) == OK)
		dangling = has_last_comment(text);
	else if (why.code == ERR_BAD_JSON &&
		jsn_parse(p->arena, text, flags | JSN_TRAILING, LIMIT_JSON_DEPTH, &json, &ignored) == OK)
		dangling = true;
	else
		return fault_text(p, text, &why);
	TRY(avsc_parse_type(p, json, STR(""), root));
	TRY(avsc_resolve(p));
	if (dangling)
		return fault_dangling(p, text, &why);
	if (p->flaw.code != OK)
		*p->err = p->flaw;
	return p->flaw.code;
}

/* Walks each type once; false when it is nested deeper than the bound, which references can bring about. */
static bool fits_depth(const struct avsc_type *type, uint8_t *seen, unsigned depth)
{
	if (depth > LIMIT_SCHEMA_DEPTH)
		return false;
	if (avsc_kind_is_named(type->kind)) {
		uint8_t bit = (uint8_t)(1u << (type->name_number & 7));

		if (seen[type->name_number >> 3] & bit)
			return true;
		seen[type->name_number >> 3] |= bit;
	}
	if (type->items && !fits_depth(type->items, seen, depth + 1))
		return false;
	for (size_t i = 0; i < type->n_branches; i++)
		if (!fits_depth(type->branches[i], seen, depth + 1))
			return false;
	for (size_t i = 0; i < type->n_fields; i++)
		if (!fits_depth(type->fields[i].type, seen, depth + 1))
			return false;
	return true;
}

/* A schema that is a name of a dependency is that type, even where it repeats the definition. */
static struct avsc_type *choose_root(const struct avsc_parser *p, struct avsc_type *root)
{
	const struct avsc_named *known;

	if (!avsc_kind_is_named(root->kind))
		return root;
	known = map_get(&p->names, root->name.full);
	return known->type;
}

/* The types that the dependencies are; what they define inside themselves has to be written out (contract 6.2). */
static enum err_code parse_dependencies(struct avsc_parser *p, const struct schema_source *source,
	struct avsc_type **roots)
{
	p->in_dependency = true;
	for (size_t i = 0; i < source->n_dependencies; i++)
		TRY(parse_text(p, source->dependencies[i].text, &roots[i]));
	p->in_dependency = false;
	p->n_dependency_names = (uint32_t)p->names.n_entries;
	return OK;
}

static const uint8_t *mark_names(struct avsc_parser *p, struct avsc_type **roots, size_t n)
{
	uint8_t *marks = arena_array(p->arena, uint8_t, p->names.n_entries / 8 + 1);

	for (size_t i = 0; i < n; i++)
		if (avsc_kind_is_named(roots[i]->kind))
			marks[roots[i]->name_number >> 3] |= (uint8_t)(1u << (roots[i]->name_number & 7));
	return marks;
}

static enum err_code parse(struct arena *arena, const struct schema_source *source, unsigned flags,
	const struct schema **out, struct err *err)
{
	struct avsc_parser p = {
		.arena = arena, .err = err, .strict = flags & SCHEMA_STRICT, .names = map_make(arena),
	};
	struct avsc_schema *schema = arena_new(arena, struct avsc_schema);
	struct avsc_type **roots = arena_array(arena, struct avsc_type *, source->n_dependencies);
	uint8_t *seen;

	p.pending_end = &p.pending;
	p.later_end = &p.later;
	TRY(parse_dependencies(&p, source, roots));
	TRY(parse_text(&p, source->text, &schema->root));
	schema->root = choose_root(&p, schema->root);
	schema->n_types = p.n_types;
	schema->n_names = (uint32_t)p.names.n_entries;
	schema->n_dependency_names = p.n_dependency_names;
	schema->referenced = mark_names(&p, roots, source->n_dependencies);
	seen = arena_array(arena, uint8_t, schema->n_names / 8 + 1);
	if (!fits_depth(schema->root, seen, 0))
		return avsc_fault_limit(&p, NULL, "Types are nested deeper than %u levels", (unsigned)LIMIT_SCHEMA_DEPTH);
	schema->base.type = SCHEMA_AVRO;
	schema->base.canonical = avsc_print(arena, schema, 0, source->text.len + 64);
	*out = &schema->base;
	return OK;
}

static struct str normalized(struct arena *arena, const struct schema *schema)
{
	return avsc_print(arena, avsc_of(schema), AVSC_NORMAL, schema->canonical.len + 64);
}

static struct str formatted(struct arena *arena, const struct schema *schema, struct str format)
{
	if (!str_eq_nocase(format, STR("resolved")))
		return schema->canonical;
	return avsc_print(arena, avsc_of(schema), AVSC_RESOLVED, schema->canonical.len + 64);
}

static struct str name(const struct schema *schema)
{
	const struct avsc_type *root = avsc_of(schema)->root;

	return avsc_kind_is_named(root->kind) ? root->name.full : STR_NONE;
}

static size_t top_fields(struct arena *arena, const struct schema *schema, const struct str **out)
{
	const struct avsc_type *root = avsc_of(schema)->root;
	struct str *names = arena_array(arena, struct str, root->n_fields);

	for (size_t i = 0; i < root->n_fields; i++)
		names[i] = root->fields[i].name;
	*out = names;
	return root->n_fields;
}

const struct schema_format avsc_format = {
	.parse = parse,
	.normalized = normalized,
	.formatted = formatted,
	.name = name,
	.equal = avsc_schema_equal,
	.top_fields = top_fields,
	.check = avsc_check,
	.explain = avsc_explain,
	.diff = avsc_diff,
	.tags = avsc_tags,
	.retag = avsc_retag,
	.event_read = avsc_event_read,
	.event_write = avsc_event_write,
	.outline = avsc_outline,
	.logical_read = avsc_logical_read,
	.logical_write = avsc_logical_write,
};
