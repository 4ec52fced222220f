/* An Avro schema as a tree of named things: records, their fields, enums, fixed, and what lies in them. */
#include "compat/avro/outline.h"

#include "base/arena.h"
#include "compat/avro/avro_int.h"
#include "compat/avro/tags.h"

/* Each named type is entered once, where it is defined, so that the depth is that of the text. */
struct drawing {
	struct arena *arena;
	const struct avsc_schema *schema;
	uint8_t *drawn;              /* a bit for each name_number */
	struct buf path;             /* JSON pointer of what is being drawn */
};

/* Items of one node, growing. */
struct items {
	struct outline *list;
	size_t n;
	size_t room;
};

static void draw_types(struct drawing *d, const struct avsc_type *type, struct items *out);

struct str avsc_property_text(const struct avsc_property *properties, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(properties[i].name, name) && properties[i].value->kind == JSN_STRING)
			return properties[i].value->text;
	return STR_NONE;
}

void avsc_put_type_words(struct buf *b, const struct avsc_type *type)
{
	if (avsc_kind_is_named(type->kind)) {
		buf_add(b, type->name.full);
	} else if (type->kind == AVSC_UNION) {
		buf_add_c(b, '[');
		for (size_t i = 0; i < type->n_branches; i++) {
			if (i > 0)
				buf_lit(b, ", ");
			avsc_put_type_words(b, type->branches[i]);
		}
		buf_add_c(b, ']');
	} else if (type->items) {
		buf_printf(b, "%s<", avsc_kind_name(type->kind));
		avsc_put_type_words(b, type->items);
		buf_add_c(b, '>');
	} else {
		buf_add(b, str_of(avsc_kind_name(type->kind)));
	}
}

static struct str words_of(struct arena *arena, const struct avsc_type *type)
{
	struct buf b = buf_make(arena, 0);

	avsc_put_type_words(&b, type);
	return buf_str(&b);
}

static void add(struct drawing *d, struct items *out, struct outline item)
{
	out->list = arena_grow(d->arena, out->list, out->n, &out->room, sizeof(*out->list));
	out->list[out->n++] = item;
}

static struct str path_here(const struct drawing *d)
{
	return str_dup(d->arena, str_make(d->path.data, d->path.len));
}

/* Of a field the branch that matters stands in a union with null. */
static struct str logical_of(const struct avsc_type *type)
{
	struct str logical = avsc_property_text(type->properties, type->n_properties, STR("logicalType"));

	for (size_t i = 0; i < type->n_branches && !str_present(logical); i++)
		logical = avsc_property_text(type->branches[i]->properties, type->branches[i]->n_properties, STR("logicalType"));
	return logical;
}

static bool may_be_null(const struct avsc_type *type)
{
	for (size_t i = 0; i < type->n_branches; i++)
		if (type->branches[i]->kind == AVSC_NULL)
			return true;
	return type->kind == AVSC_NULL;
}

static struct outline field_item(struct drawing *d, const struct avsc_type *record, const struct avsc_field *field)
{
	struct outline item = {
		.kind = STR("field"),
		.name = field->name,
		.type = words_of(d->arena, field->type),
		.logical = logical_of(field->type),
		.doc = field->doc,
		.path = str_printf(d->arena, "%.*s.%.*s", STR_ARG(record->name.full), STR_ARG(field->name)),
		.number = -1,
		.optional = field->default_value || may_be_null(field->type),
		.line = field->at->line,
		.column = field->at->column,
	};
	struct buf b = buf_make(d->arena, 0);

	item.tags = avsc_tag_names(d->arena, field->properties, field->n_properties, &item.n_tags);
	if (field->default_value) {
		avsc_put_value(&b, field->default_value, 0);
		item.default_json = buf_str(&b);
	}
	return item;
}

static void draw_fields(struct drawing *d, const struct avsc_type *record, struct items *out)
{
	size_t len = d->path.len;

	for (size_t i = 0; i < record->n_fields; i++) {
		struct outline item = field_item(d, record, &record->fields[i]);
		struct items inside = { 0 };

		buf_printf(&d->path, "/fields/%zu/type", i);
		draw_types(d, record->fields[i].type, &inside);
		d->path.len = len;
		item.items = inside.list;
		item.n_items = inside.n;
		add(d, out, item);
	}
}

static void draw_symbols(struct drawing *d, const struct avsc_type *type, struct items *out)
{
	const struct jsn *symbols = jsn_get(type->at, STR("symbols"));

	for (size_t i = 0; i < type->n_symbols; i++)
		add(d, out, (struct outline){
			.kind = STR("symbol"),
			.name = type->symbols[i],
			.path = str_printf(d->arena, "%.*s/symbols/%zu", STR_ARG(path_here(d)), i),
			.number = -1,
			.line = symbols->items[i].line,
			.column = symbols->items[i].column,
		});
}

static void draw_named(struct drawing *d, const struct avsc_type *type, struct items *out)
{
	uint8_t bit = (uint8_t)(1u << (type->name_number & 7));
	struct outline item = {
		.kind = type->is_error ? STR("error") : str_of(avsc_kind_name(type->kind)),
		.name = type->name.full,
		.logical = avsc_property_text(type->properties, type->n_properties, STR("logicalType")),
		.doc = type->doc,
		.path = type->kind == AVSC_RECORD ? type->name.full : path_here(d),
		.number = -1,
		.default_json = STR_NONE,
	};
	struct items inside = { 0 };
	struct buf b = buf_make(d->arena, 0);

	if ((d->drawn[type->name_number >> 3] & bit) || avsc_is_referenced(d->schema, type) || type->from_dependency)
		return;
	d->drawn[type->name_number >> 3] |= bit;
	item.line = type->at->line;
	item.column = type->at->column;
	if (type->kind == AVSC_RECORD)
		item.tags = avsc_tag_names(d->arena, type->properties, type->n_properties, &item.n_tags);
	if (type->kind == AVSC_FIXED)
		item.type = str_printf(d->arena, "fixed(%lld)", (long long)type->size);
	if (str_present(type->enum_default)) {
		buf_json_string(&b, type->enum_default);
		item.default_json = buf_str(&b);
	}
	draw_fields(d, type, &inside);
	draw_symbols(d, type, &inside);
	item.items = inside.list;
	item.n_items = inside.n;
	add(d, out, item);
}

/* The named types that are defined inside `type`. */
static void draw_types(struct drawing *d, const struct avsc_type *type, struct items *out)
{
	size_t len = d->path.len;

	if (avsc_kind_is_named(type->kind)) {
		draw_named(d, type, out);
	} else if (type->items) {
		buf_add(&d->path, type->kind == AVSC_ARRAY ? STR("/items") : STR("/values"));
		draw_types(d, type->items, out);
	}
	for (size_t i = 0; i < type->n_branches; i++) {
		d->path.len = len;
		buf_printf(&d->path, "/%zu", i);
		draw_types(d, type->branches[i], out);
	}
	d->path.len = len;
}

const struct outline *avsc_outline(struct arena *arena, const struct schema *schema)
{
	const struct avsc_schema *avro = avsc_of(schema);
	struct drawing d = {
		.arena = arena,
		.schema = avro,
		.drawn = arena_array(arena, uint8_t, avro->n_names / 8 + 1),
		.path = buf_make(arena, 64),
	};
	struct outline *root = arena_new(arena, struct outline);
	struct items items = { 0 };

	draw_types(&d, avro->root, &items);
	if (avsc_kind_is_named(avro->root->kind) && items.n == 1)
		return items.list;
	*root = (struct outline){
		.kind = str_of(avsc_kind_name(avro->root->kind)),
		.type = words_of(arena, avro->root),
		.logical = logical_of(avro->root),
		.path = STR(""),
		.number = -1,
		.line = avro->root->at->line,
		.column = avro->root->at->column,
		.items = items.list,
		.n_items = items.n,
	};
	return root;
}
