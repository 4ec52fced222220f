/* Protobuf behind compat/schema.h: from text and dependencies to a schema with its canonical text. */
#include "compat/protobuf/pbuf_int.h"

#include "compat/protobuf/event.h"
#include "compat/protobuf/explain.h"
#include "compat/protobuf/outline.h"
#include "compat/protobuf/output.h"
#include "compat/protobuf/tags.h"

static enum err_code add_dependencies(struct pbuf_linker *l, const struct schema_source *source)
{
	for (size_t i = 0; i < source->n_dependencies; i++) {
		const struct schema_dependency *dependency = &source->dependencies[i];
		struct pbuf_file *file;

		TRY(pbuf_parse_any(l->arena, &(struct schema_source){ .text = dependency->text }, &file, l->err));
		file->subject = str_dup(l->arena, dependency->subject);
		file->version = dependency->version;
		pbuf_add_file(l, file);
	}
	return OK;
}

/* A fault of what stands there. */
static enum err_code fail_at(const struct pbuf_file *file, const struct pbuf_span *span, struct str message, struct err *err)
{
	struct explain_place at = pbuf_place_in(file->text, span, STR(""));

	err->line = at.line;
	err->column = at.column;
	return err_text(err, ERR_INVALID_SCHEMA, message);
}

/* A missing import alone is no fault until fields are to be validated (contract 6.4). */
static enum err_code check_imports(const struct pbuf_file *file, const struct schema_source *source, struct err *err)
{
	for (size_t i = 0; i < file->n_imports; i++) {
		struct str path = file->imports[i].path;
		bool found = pbuf_known_file(path) != NULL;

		for (size_t k = 0; k < source->n_dependencies && !found; k++)
			found = str_eq(source->dependencies[k].name, path);
		if (!found)
			return fail_at(file, &file->imports[i].span,
				str_printf(err->arena, "The import \"%.*s\" leads nowhere", STR_ARG(path)), err);
	}
	return OK;
}

static enum err_code parse(struct arena *arena, const struct schema_source *source, unsigned flags,
	const struct schema **out, struct err *err)
{
	struct pbuf_schema *schema = arena_new(arena, struct pbuf_schema);
	struct pbuf_linker l = { .arena = arena, .schema = schema, .loaded = map_make(arena), .err = err };
	struct pbuf_file *file;

	schema->types = map_make(arena);
	schema->extensions = map_make(arena);
	TRY(pbuf_parse_any(arena, source, &file, err));
	TRY(add_dependencies(&l, source));
	file->is_root = true;
	pbuf_add_file(&l, file);
	TRY(pbuf_link(&l));
	if ((flags & SCHEMA_STRICT) && str_present(schema->unresolved))
		return fail_at(file, schema->unresolved_span,
			str_concat(err->arena, STR("Could not resolve type: "), schema->unresolved), err);
	if (flags & SCHEMA_LINKED)
		TRY(check_imports(file, source, err));
	schema->file = file;
	schema->base.type = SCHEMA_PROTOBUF;
	schema->base.canonical = pbuf_print(arena, file);
	*out = &schema->base;
	return OK;
}

static struct str normalized(struct arena *arena, const struct schema *schema)
{
	return pbuf_print(arena, pbuf_normalize(arena, pbuf_of(schema)->file));
}

static struct str formatted(struct arena *arena, const struct schema *schema, struct str format)
{
	if (str_eq_nocase(format, STR("serialized")))
		return pbuf_serialized(arena, schema);
	if (str_eq_nocase(format, STR("ignore_extensions")))
		return pbuf_without_extensions(arena, schema);
	return schema->canonical;
}

static struct str name(const struct schema *schema)
{
	const struct pbuf_file *file = pbuf_of(schema)->file;
	const struct pbuf_type *first = pbuf_first_message(pbuf_of(schema));

	if (first == NULL && file->n_types > 0)
		first = file->types[0];
	return first ? first->full : STR_NONE;
}

static bool equal(const struct schema *a, const struct schema *b)
{
	return str_eq(a->canonical, b->canonical);
}

/* Those of the first message, members of oneofs included. */
static size_t top_fields(struct arena *arena, const struct schema *schema, const struct str **out)
{
	const struct pbuf_type *first = pbuf_first_message(pbuf_of(schema));
	struct str *names;

	if (first == NULL)
		return 0;
	names = arena_array(arena, struct str, first->n_by_number);
	for (size_t i = 0; i < first->n_by_number; i++)
		names[i] = first->by_number[i]->name;
	*out = names;
	return first->n_by_number;
}

const struct schema_format pbuf_format = {
	.parse = parse,
	.normalized = normalized,
	.formatted = formatted,
	.name = name,
	.equal = equal,
	.top_fields = top_fields,
	.check = pbuf_check,
	.tags = pbuf_tags,
	.retag = pbuf_retag,
	.logical_read = pbuf_logical_read,
	.logical_write = pbuf_logical_write,
	.explain = pbuf_explain,
	.diff = pbuf_diff,
	.event_read = pbuf_event_read,
	.event_write = pbuf_event_write,
	.outline = pbuf_outline,
};
