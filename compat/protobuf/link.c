/* What the uses of types, extensions and custom options stand for; the first type that is not known is told. */
#include "compat/protobuf/pbuf_int.h"

/* The file being linked. */
struct linking {
	struct pbuf_linker *l;
	struct pbuf_file *file;
};

static struct str package_of(const struct pbuf_file *file)
{
	return str_present(file->package) ? file->package : STR("");
}

static void miss(struct linking *k, struct str name, const struct pbuf_span *span)
{
	if (!k->file->is_root || str_present(k->l->schema->unresolved))
		return;
	k->l->schema->unresolved = name;
	k->l->schema->unresolved_span = span;
}

/* `span`: of what uses it. */
static void link_use(struct linking *k, struct pbuf_use *use, struct str scope, const struct pbuf_span *span)
{
	struct str package = package_of(k->file);
	size_t prefix, ignored;

	if (use->kind == PBUF_MAP) {
		link_use(k, use->key, scope, span);
		link_use(k, use->value, scope, span);
	}
	if (use->kind != PBUF_NAMED)
		return;
	use->named = pbuf_resolve(k->l, scope, use->text, &prefix);
	/* The judge leaves a package as a whole. */
	use->judged = prefix == 0 || prefix >= package.len ? use->named
													   : pbuf_resolve(k->l, STR(""), use->text, &ignored);
	if (use->named == NULL)
		miss(k, use->text, span);
}

static void link_value(struct linking *k, struct pbuf_value *value, struct str scope)
{
	for (size_t i = 0; i < value->n_items; i++) {
		struct pbuf_value *item = &value->items[i];

		if (str_starts(item->name, STR("[")))
			item->extension = pbuf_resolve_extension(k->l, scope, str_sub(item->name, 1, item->name.len - 1));
		link_value(k, item, scope);
	}
}

static void link_options(struct linking *k, struct pbuf_options *options, struct str scope)
{
	for (size_t i = 0; i < options->n && k->file->is_root; i++) {
		struct pbuf_option *option = &options->items[i];

		if (option->parens)
			option->extension = pbuf_resolve_extension(k->l, scope, option->name);
		link_value(k, &option->value, scope);
	}
}

static void link_fields(struct linking *k, struct pbuf_field **fields, size_t n, struct str scope)
{
	for (size_t i = 0; i < n && k->l->failed == OK; i++) {
		link_use(k, &fields[i]->type, scope, &fields[i]->span);
		link_options(k, &fields[i]->options, scope);
	}
}

static void link_groups(struct linking *k, struct pbuf_field **groups, size_t n, struct str scope)
{
	for (size_t i = 0; i < n; i++) {
		const struct pbuf_type *type = groups[i]->type.named;

		link_fields(k, type->fields, type->n_fields, scope);
	}
}

static void link_extend(struct linking *k, struct pbuf_extend *extend, struct str scope)
{
	size_t prefix;

	if (extend->n_fields == 0)
		return;
	extend->target = pbuf_resolve(k->l, scope, extend->name, &prefix);
	if (extend->target == NULL)
		miss(k, extend->name, &extend->span);
	link_fields(k, extend->fields, extend->n_fields, scope);
}

static void link_type(struct linking *k, struct pbuf_type *type)
{
	link_options(k, &type->options, type->full);
	link_fields(k, type->fields, type->n_fields, type->full);
	for (size_t i = 0; i < type->n_oneofs; i++) {
		struct pbuf_oneof *oneof = type->oneofs[i];

		link_options(k, &oneof->options, type->full);
		link_fields(k, oneof->fields, oneof->n_fields, type->full);
		link_groups(k, oneof->groups, oneof->n_groups, type->full);
	}
	link_groups(k, type->groups, type->n_groups, type->full);
	for (size_t i = 0; i < type->n_constants; i++)
		link_options(k, &type->constants[i].options, type->full);
	for (size_t i = 0; i < type->n_extensions; i++)
		link_options(k, &type->extensions[i].options, type->full);
	for (size_t i = 0; i < type->n_extends; i++)
		link_extend(k, type->extends[i], type->full);
	for (size_t i = 0; i < type->n_types && k->l->failed == OK; i++)
		link_type(k, type->types[i]);
}

static void link_services(struct linking *k, struct str scope)
{
	for (size_t i = 0; i < k->file->n_services; i++) {
		struct pbuf_service *service = &k->file->services[i];

		link_options(k, &service->options, scope);
		for (size_t j = 0; j < service->n_rpcs && k->l->failed == OK; j++) {
			link_use(k, &service->rpcs[j].request, scope, &service->rpcs[j].span);
			link_use(k, &service->rpcs[j].response, scope, &service->rpcs[j].span);
			link_options(k, &service->rpcs[j].options, scope);
		}
	}
}

static void link_file(struct pbuf_linker *l, struct pbuf_file *file)
{
	struct linking k = { .l = l, .file = file };
	struct str scope = package_of(file);

	link_options(&k, &file->options, scope);
	for (size_t i = 0; i < file->n_types && l->failed == OK; i++)
		link_type(&k, file->types[i]);
	for (size_t i = 0; i < file->n_extends; i++)
		link_extend(&k, file->extends[i], scope);
	if (file->is_root)
		link_services(&k, scope);
}

/* Files are added behind those being linked while they turn out to be needed. */
enum err_code pbuf_link(struct pbuf_linker *l)
{
	for (size_t i = 0; i < l->n_files && l->failed == OK; i++)
		link_file(l, l->files[i]);
	return l->failed;
}
