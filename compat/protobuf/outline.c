/* The outline of a .proto file, in the order of its parts; comments that stand with a declaration are its doc. */
#include "compat/protobuf/outline.h"

#include "base/json.h"
#include "compat/format.h"
#include "compat/protobuf/event_int.h"
#include "compat/protobuf/tags.h"

struct drawing {
	struct arena *arena;
	struct str text;  /* absent: there are no places */
	struct map tags;  /* path to struct schema_tags */
};

struct entries {
	struct outline *items;
	size_t n, room;
};

static struct outline *add(struct drawing *d, struct entries *to, struct str kind, struct str name)
{
	to->items = arena_grow(d->arena, to->items, to->n, &to->room, sizeof(*to->items));
	to->items[to->n] = (struct outline){ .kind = kind, .name = name, .number = -1 };
	return &to->items[to->n++];
}

static void place(struct drawing *d, struct outline *out, const struct pbuf_span *span, struct str path)
{
	struct explain_place at = pbuf_place_in(d->text, span, path);

	out->path = path;
	out->line = at.line;
	out->column = at.column;
	out->doc = pbuf_comment_of(d->arena, d->text, span);
}

static void take_tags(struct drawing *d, struct outline *out)
{
	const struct schema_tags *tags = map_get(&d->tags, out->path);

	if (tags) {
		out->tags = tags->tags;
		out->n_tags = tags->n_tags;
	}
}

static struct str join(struct drawing *d, struct str scope, struct str name)
{
	return scope.len == 0 ? name : str_printf(d->arena, "%.*s.%.*s", STR_ARG(scope), STR_ARG(name));
}

static struct str type_text(struct drawing *d, const struct pbuf_field *field)
{
	return field->label == PBUF_REPEATED ? str_concat(d->arena, STR("repeated "), field->type.text) : field->type.text;
}

static struct str default_text(struct drawing *d, const struct pbuf_field *field)
{
	struct pbuf_event e = { .arena = d->arena };
	struct buf b = buf_make(d->arena, 16);
	struct pbuf_datum value;

	if (field->default_value == NULL || !pbuf_absent_value(d->arena, field, &value))
		return STR_NONE;
	pbuf_json_value(&e, &b, &field->type, &value);
	return buf_str(&b);
}

static void draw_type(struct drawing *d, struct entries *to, const struct pbuf_type *type);
static void draw_fields(struct drawing *d, struct entries *to, struct pbuf_field *const *fields, size_t n, struct str scope);

static void draw_content(struct drawing *d, struct entries *to, const struct pbuf_type *type);

static void draw_field(struct drawing *d, struct entries *to, const struct pbuf_field *field, struct str scope)
{
	struct outline drawn = *add(d, to, field->extend ? STR("extension") : STR("field"), field->name);
	size_t at = to->n - 1;

	place(d, &drawn, &field->span, join(d, scope, field->name));
	take_tags(d, &drawn);
	drawn.type = type_text(d, field);
	drawn.number = field->number;
	drawn.optional = field->label != PBUF_REQUIRED;
	drawn.default_json = default_text(d, field);
	if (field->type.kind == PBUF_GROUP) {
		struct entries inner = { .n = 0 };

		draw_content(d, &inner, field->type.named);
		drawn.items = inner.items;
		drawn.n_items = inner.n;
	}
	to->items[at] = drawn;
}

static void draw_fields(struct drawing *d, struct entries *to, struct pbuf_field *const *fields, size_t n, struct str scope)
{
	for (size_t i = 0; i < n; i++)
		draw_field(d, to, fields[i], scope);
}

static void draw_oneof(struct drawing *d, struct entries *to, const struct pbuf_oneof *oneof, struct str scope)
{
	struct outline *out = add(d, to, STR("oneof"), oneof->name);
	struct entries inner = { .n = 0 };

	place(d, out, &oneof->span, join(d, scope, oneof->name));
	out->optional = true;
	draw_fields(d, &inner, oneof->fields, oneof->n_fields, scope);
	draw_fields(d, &inner, oneof->groups, oneof->n_groups, scope);
	out->items = inner.items;
	out->n_items = inner.n;
}

static void draw_extend(struct drawing *d, struct entries *to, const struct pbuf_extend *extend, struct str scope)
{
	struct outline *out = add(d, to, STR("extend"), extend->name);
	struct entries inner = { .n = 0 };

	place(d, out, &extend->span, join(d, scope, extend->name));
	draw_fields(d, &inner, extend->fields, extend->n_fields, scope);
	out->items = inner.items;
	out->n_items = inner.n;
}

static void draw_content(struct drawing *d, struct entries *to, const struct pbuf_type *type)
{
	draw_fields(d, to, type->fields, type->n_fields, type->local);
	draw_fields(d, to, type->groups, type->n_groups, type->local);
	for (size_t i = 0; i < type->n_oneofs; i++)
		draw_oneof(d, to, type->oneofs[i], type->local);
	for (size_t i = 0; i < type->n_types; i++)
		draw_type(d, to, type->types[i]);
	for (size_t i = 0; i < type->n_extends; i++)
		draw_extend(d, to, type->extends[i], type->local);
}

static void draw_constants(struct drawing *d, struct entries *to, const struct pbuf_type *type)
{
	for (size_t i = 0; i < type->n_constants; i++) {
		struct outline *out = add(d, to, STR("constant"), type->constants[i].name);

		place(d, out, &type->constants[i].span, join(d, type->local, type->constants[i].name));
		out->number = type->constants[i].number;
	}
}

/* As deep as the text, which the parser has bounded. */
static void draw_type(struct drawing *d, struct entries *to, const struct pbuf_type *type)
{
	struct outline drawn = *add(d, to, type->is_enum ? STR("enum") : STR("message"), type->full);
	size_t at = to->n - 1;
	struct entries inner = { .n = 0 };

	place(d, &drawn, &type->span, type->local);
	take_tags(d, &drawn);
	if (type->is_enum)
		draw_constants(d, &inner, type);
	else
		draw_content(d, &inner, type);
	drawn.items = inner.items;
	drawn.n_items = inner.n;
	to->items[at] = drawn;
}

static void put_side(struct buf *b, const struct pbuf_use *use, bool streams)
{
	buf_add_c(b, '(');
	if (streams)
		buf_lit(b, "stream ");
	buf_add(b, use->text);
	buf_add_c(b, ')');
}

static void draw_service(struct drawing *d, struct entries *to, const struct pbuf_service *service, struct str package)
{
	struct outline drawn = *add(d, to, STR("service"), join(d, package, service->name));
	size_t at = to->n - 1;
	struct entries inner = { .n = 0 };

	place(d, &drawn, &service->span, service->name);
	for (size_t i = 0; i < service->n_rpcs; i++) {
		const struct pbuf_rpc *rpc = &service->rpcs[i];
		struct outline *out = add(d, &inner, STR("rpc"), rpc->name);
		struct buf type = buf_make(d->arena, 48);

		place(d, out, &rpc->span, join(d, service->name, rpc->name));
		put_side(&type, &rpc->request, rpc->request_streams);
		buf_lit(&type, " returns ");
		put_side(&type, &rpc->response, rpc->response_streams);
		out->type = buf_str(&type);
	}
	drawn.items = inner.items;
	drawn.n_items = inner.n;
	to->items[at] = drawn;
}

const struct outline *pbuf_outline(struct arena *arena, const struct schema *schema)
{
	const struct pbuf_file *file = pbuf_of(schema)->file;
	struct schema_tag_list tags = pbuf_tags(arena, schema);
	struct drawing d = { .arena = arena, .text = file->text, .tags = map_make(arena) };
	struct outline *root = arena_new(arena, struct outline);
	struct entries inner = { .n = 0 };

	for (size_t i = 0; i < tags.n_items; i++)
		map_put(&d.tags, tags.items[i].path, (void *)(uintptr_t)&tags.items[i]);
	*root = (struct outline){ .kind = STR("file"), .name = file->package, .number = -1, .line = 1, .column = 1 };
	root->path = STR("");
	root->type = file->syntax == PBUF_PROTO3 ? STR("proto3") : STR("proto2");
	root->doc = pbuf_comment_of(arena, file->text, file->syntax ? &file->syntax_span : &file->package_span);
	for (size_t i = 0; i < file->n_types; i++)
		draw_type(&d, &inner, file->types[i]);
	for (size_t i = 0; i < file->n_extends; i++)
		draw_extend(&d, &inner, file->extends[i], STR(""));
	for (size_t i = 0; i < file->n_services; i++)
		draw_service(&d, &inner, &file->services[i], str_present(file->package) ? file->package : STR(""));
	root->items = inner.items;
	root->n_items = inner.n;
	return root;
}
