/* From a linked tree to a FileDescriptorProto.  Names of types stay as they are written, as the reference has it. */
#include "compat/protobuf/descriptor.h"

#include "compat/protobuf/pbuf_int.h"

/* google.protobuf.FieldDescriptorProto.Type */
static const int numbers[PBUF_SCALARS] = {
	[PBUF_DOUBLE] = 1, [PBUF_FLOAT] = 2, [PBUF_INT64] = 3, [PBUF_UINT64] = 4, [PBUF_INT32] = 5, [PBUF_FIXED64] = 6,
	[PBUF_FIXED32] = 7, [PBUF_BOOL] = 8, [PBUF_STRING] = 9, [PBUF_BYTES] = 12, [PBUF_UINT32] = 13,
	[PBUF_SFIXED32] = 15, [PBUF_SFIXED64] = 16, [PBUF_SINT32] = 17, [PBUF_SINT64] = 18,
};
enum { TYPE_GROUP = 10, TYPE_MESSAGE = 11, TYPE_ENUM = 14 };

struct writing {
	struct arena *arena;
	const struct pbuf_schema *descriptors;
};

/* A message of descriptor.proto by its name behind the package. */
static struct pbuf_message *make(struct writing *w, const char *type)
{
	struct pbuf_message *m = arena_new(w->arena, struct pbuf_message);

	m->type = map_get(&w->descriptors->types, str_printf(w->arena, "google.protobuf.%s", type));
	return m;
}

static struct pbuf_datum *set(struct writing *w, struct pbuf_message *m, struct str name)
{
	struct pbuf_member *member = pbuf_append(w->arena, m->members, m->n_members);

	*member = (struct pbuf_member){ .field = pbuf_field_named(m->type, name) };
	return &member->value;
}

static void set_text(struct writing *w, struct pbuf_message *m, struct str name, struct str text)
{
	if (str_present(text))
		*set(w, m, name) = (struct pbuf_datum){ .kind = PBUF_D_STRING, .text = text };
}

static void set_int(struct writing *w, struct pbuf_message *m, struct str name, int64_t value)
{
	*set(w, m, name) = (struct pbuf_datum){ .kind = PBUF_D_INT, .i = value };
}

static void set_true(struct writing *w, struct pbuf_message *m, struct str name, bool value)
{
	if (value)
		*set(w, m, name) = (struct pbuf_datum){ .kind = PBUF_D_BOOL, .b = true };
}

/* Adds to a repeated field. */
static struct pbuf_datum *add(struct writing *w, struct pbuf_message *m, struct str name)
{
	const struct pbuf_field *field = pbuf_field_named(m->type, name);
	struct pbuf_datum *list = NULL;

	for (size_t i = 0; i < m->n_members; i++)
		if (m->members[i].field == field)
			list = &m->members[i].value;
	if (list == NULL) {
		list = set(w, m, name);
		list->kind = PBUF_D_LIST;
	}
	return pbuf_append(w->arena, list->items, list->n_items);
}

static void add_message(struct writing *w, struct pbuf_message *m, struct str name, struct pbuf_message *inner)
{
	*add(w, m, name) = (struct pbuf_datum){ .kind = PBUF_D_MESSAGE, .message = inner };
}

static void set_options(struct writing *w, struct pbuf_message *m, const struct pbuf_options *options)
{
	const struct pbuf_field *field = pbuf_field_named(m->type, STR("options"));
	struct pbuf_message *inner;

	if (options->n == 0)
		return;
	inner = pbuf_options_to_message(w->arena, options, field->type.named);
	if (inner->n_members > 0)
		*set(w, m, STR("options")) = (struct pbuf_datum){ .kind = PBUF_D_MESSAGE, .message = inner };
}

static void set_use(struct writing *w, struct pbuf_message *m, const struct pbuf_use *use)
{
	if (use->kind < PBUF_SCALARS) {
		set_int(w, m, STR("type"), numbers[use->kind]);
	} else if (use->kind == PBUF_NAMED) {
		if (use->named)
			set_int(w, m, STR("type"), use->named->is_enum ? TYPE_ENUM : TYPE_MESSAGE);
		set_text(w, m, STR("type_name"), use->text);
	}
}

/* "FooBarEntry" for the map foo_bar. */
static struct str entry_name(struct arena *arena, struct str name)
{
	struct buf b = buf_make(arena, name.len + 8);
	bool upper = true;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];

		if (upper && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		upper = c == '_';
		if (!upper)
			buf_add_c(&b, c);
	}
	buf_lit(&b, "Entry");
	return buf_str(&b);
}

static void write_part(struct writing *w, struct pbuf_message *entry, struct str name, int number,
	const struct pbuf_use *use)
{
	struct pbuf_message *field = make(w, "FieldDescriptorProto");

	set_text(w, field, STR("name"), name);
	set_int(w, field, STR("number"), number);
	set_int(w, field, STR("label"), 1);
	set_use(w, field, use);
	add_message(w, entry, STR("field"), field);
}

/* A map is a repeated message of its own. */
static void write_map(struct writing *w, struct pbuf_message *outer, struct pbuf_message *m,
	const struct pbuf_field *field)
{
	struct pbuf_message *entry = make(w, "DescriptorProto"), *options = make(w, "MessageOptions");
	struct str name = entry_name(w->arena, field->name);

	set_int(w, m, STR("label"), 3);
	set_int(w, m, STR("type"), TYPE_MESSAGE);
	set_text(w, m, STR("type_name"), name);
	set_text(w, entry, STR("name"), name);
	write_part(w, entry, STR("key"), 1, field->type.key);
	write_part(w, entry, STR("value"), 2, field->type.value);
	set_true(w, options, STR("map_entry"), true);
	*set(w, entry, STR("options")) = (struct pbuf_datum){ .kind = PBUF_D_MESSAGE, .message = options };
	if (outer)
		add_message(w, outer, STR("nested_type"), entry);
}

static void write_fields(struct writing *w, struct pbuf_message *outer, struct pbuf_field *const *fields, size_t n,
	int oneof);

static void write_group(struct writing *w, struct pbuf_message *outer, struct pbuf_message *m,
	const struct pbuf_field *field)
{
	struct pbuf_message *content = make(w, "DescriptorProto");
	char *lower = arena_strndup(w->arena, field->name.data, field->name.len);

	for (char *c = lower; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	set_text(w, m, STR("name"), str_of(lower));
	set_int(w, m, STR("type"), TYPE_GROUP);
	set_text(w, m, STR("type_name"), field->name);
	set_text(w, content, STR("name"), field->name);
	write_fields(w, content, field->type.named->fields, field->type.named->n_fields, -1);
	if (outer)
		add_message(w, outer, STR("nested_type"), content);
}

/* What is written as "optional" in proto3 has a oneof of its own. */
static void write_presence(struct writing *w, struct pbuf_message *outer, struct pbuf_message *m,
	const struct pbuf_field *field)
{
	struct pbuf_message *oneof = make(w, "OneofDescriptorProto");
	const struct pbuf_datum *known;

	set_text(w, oneof, STR("name"), str_printf(w->arena, "_%.*s", STR_ARG(field->name)));
	add_message(w, outer, STR("oneof_decl"), oneof);
	known = pbuf_member_find(outer, STR("oneof_decl"));
	set_int(w, m, STR("oneof_index"), (int64_t)known->n_items - 1);
	set_true(w, m, STR("proto3_optional"), true);
}

/* `outer` is the message around the field; NULL at the top of a file. */
static struct pbuf_message *write_field(struct writing *w, struct pbuf_message *outer, const struct pbuf_field *field,
	int oneof)
{
	static const int labels[] = { [PBUF_OPTIONAL] = 1, [PBUF_REQUIRED] = 2, [PBUF_REPEATED] = 3 };
	struct pbuf_message *m = make(w, "FieldDescriptorProto");

	if (field->type.kind == PBUF_GROUP)
		write_group(w, outer, m, field);
	else
		set_text(w, m, STR("name"), field->name);
	set_int(w, m, STR("number"), field->number);
	if (field->label != PBUF_UNLABELLED)
		set_int(w, m, STR("label"), labels[field->label]);
	if (field->type.kind == PBUF_MAP)
		write_map(w, outer, m, field);
	else
		set_use(w, m, &field->type);
	if (field->default_value)
		set_text(w, m, STR("default_value"), field->default_value->text);
	if (field->json_name)
		set_text(w, m, STR("json_name"), field->json_name->text);
	set_options(w, m, &field->options);
	if (oneof >= 0)
		set_int(w, m, STR("oneof_index"), oneof);
	else if (outer && !field->extend && field->file->syntax == PBUF_PROTO3 && field->label == PBUF_OPTIONAL)
		write_presence(w, outer, m, field);
	return m;
}

static void write_fields(struct writing *w, struct pbuf_message *outer, struct pbuf_field *const *fields, size_t n,
	int oneof)
{
	for (size_t i = 0; i < n; i++)
		add_message(w, outer, STR("field"), write_field(w, outer, fields[i], oneof));
}

static void write_extends(struct writing *w, struct pbuf_message *m, bool at_top, struct pbuf_extend *const *extends,
	size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < extends[i]->n_fields; k++) {
			struct pbuf_message *field = write_field(w, at_top ? NULL : m, extends[i]->fields[k], -1);

			set_text(w, field, STR("extendee"), extends[i]->name);
			add_message(w, m, STR("extension"), field);
		}
	}
}

/* Ranges of messages end before `end`, those of enums with it. */
static void write_ranges(struct writing *w, struct pbuf_message *m, struct str name, const char *type,
	const struct pbuf_ranges *ranges, size_t n)
{
	bool closed = strstr(type, "Enum") != NULL;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < ranges[i].n; k++) {
			const struct pbuf_range *range = &ranges[i].items[k];
			struct pbuf_message *inner;
			int64_t last = closed && range->to == PBUF_MAX_NUMBER ? INT32_MAX : range->to;

			if (str_present(range->name)) {
				*add(w, m, STR("reserved_name")) = (struct pbuf_datum){ .kind = PBUF_D_STRING, .text = range->name };
				continue;
			}
			inner = make(w, type);
			set_int(w, inner, STR("start"), range->from);
			set_int(w, inner, STR("end"), closed ? last : last + 1);
			set_options(w, inner, &ranges[i].options);
			add_message(w, m, name, inner);
		}
	}
}

static struct pbuf_message *write_enum(struct writing *w, const struct pbuf_type *type)
{
	struct pbuf_message *m = make(w, "EnumDescriptorProto");

	set_text(w, m, STR("name"), type->name);
	for (size_t i = 0; i < type->n_constants; i++) {
		struct pbuf_message *value = make(w, "EnumValueDescriptorProto");

		set_text(w, value, STR("name"), type->constants[i].name);
		set_int(w, value, STR("number"), type->constants[i].number);
		set_options(w, value, &type->constants[i].options);
		add_message(w, m, STR("value"), value);
	}
	set_options(w, m, &type->options);
	write_ranges(w, m, STR("reserved_range"), "EnumDescriptorProto.EnumReservedRange", type->reserved, type->n_reserved);
	return m;
}

static struct pbuf_message *write_message(struct writing *w, const struct pbuf_type *type);

static void write_types(struct writing *w, struct pbuf_message *m, struct str messages, struct pbuf_type *const *types,
	size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (types[i]->is_enum)
			add_message(w, m, STR("enum_type"), write_enum(w, types[i]));
		else
			add_message(w, m, messages, write_message(w, types[i]));
	}
}

static struct pbuf_message *write_message(struct writing *w, const struct pbuf_type *type)
{
	struct pbuf_message *m = make(w, "DescriptorProto");

	set_text(w, m, STR("name"), type->name);
	for (size_t i = 0; i < type->n_oneofs; i++) {
		struct pbuf_message *oneof = make(w, "OneofDescriptorProto");

		set_text(w, oneof, STR("name"), type->oneofs[i]->name);
		set_options(w, oneof, &type->oneofs[i]->options);
		add_message(w, m, STR("oneof_decl"), oneof);
	}
	write_fields(w, m, type->fields, type->n_fields, -1);
	for (size_t i = 0; i < type->n_oneofs; i++) {
		write_fields(w, m, type->oneofs[i]->fields, type->oneofs[i]->n_fields, (int)i);
		write_fields(w, m, type->oneofs[i]->groups, type->oneofs[i]->n_groups, (int)i);
	}
	write_fields(w, m, type->groups, type->n_groups, -1);
	write_types(w, m, STR("nested_type"), type->types, type->n_types);
	write_ranges(w, m, STR("extension_range"), "DescriptorProto.ExtensionRange", type->extensions, type->n_extensions);
	write_extends(w, m, false, type->extends, type->n_extends);
	set_options(w, m, &type->options);
	write_ranges(w, m, STR("reserved_range"), "DescriptorProto.ReservedRange", type->reserved, type->n_reserved);
	return m;
}

static struct pbuf_message *write_service(struct writing *w, const struct pbuf_service *service)
{
	struct pbuf_message *m = make(w, "ServiceDescriptorProto");

	set_text(w, m, STR("name"), service->name);
	for (size_t i = 0; i < service->n_rpcs; i++) {
		const struct pbuf_rpc *rpc = &service->rpcs[i];
		struct pbuf_message *method = make(w, "MethodDescriptorProto");

		set_text(w, method, STR("name"), rpc->name);
		set_text(w, method, STR("input_type"), rpc->request.text);
		set_text(w, method, STR("output_type"), rpc->response.text);
		set_options(w, method, &rpc->options);
		set_true(w, method, STR("client_streaming"), rpc->request_streams);
		set_true(w, method, STR("server_streaming"), rpc->response_streams);
		add_message(w, m, STR("method"), method);
	}
	set_options(w, m, &service->options);
	return m;
}

/* Public imports come last, as in the text. */
static void write_imports(struct writing *w, struct pbuf_message *m, const struct pbuf_file *file)
{
	int64_t n = 0;

	for (int kind = PBUF_IMPORT; kind <= PBUF_IMPORT_WEAK; kind++) {
		for (size_t i = 0; i < file->n_imports; i++) {
			const struct pbuf_import *import = &file->imports[i];

			if (import->kind != (enum pbuf_import_kind)kind)
				continue;
			*add(w, m, STR("dependency")) = (struct pbuf_datum){ .kind = PBUF_D_STRING, .text = import->path };
			if (kind != PBUF_IMPORT)
				*add(w, m, kind == PBUF_IMPORT_PUBLIC ? STR("public_dependency") : STR("weak_dependency")) =
					(struct pbuf_datum){ .kind = PBUF_D_INT, .i = n };
			n++;
		}
	}
}

struct pbuf_message *pbuf_to_descriptor(struct arena *arena, const struct pbuf_schema *descriptors,
	const struct pbuf_file *file, struct str name)
{
	struct writing w = { .arena = arena, .descriptors = descriptors };
	struct pbuf_message *m = make(&w, "FileDescriptorProto");

	set_text(&w, m, STR("name"), name);
	set_text(&w, m, STR("package"), file->package);
	write_imports(&w, m, file);
	write_types(&w, m, STR("message_type"), file->types, file->n_types);
	for (size_t i = 0; i < file->n_services; i++)
		add_message(&w, m, STR("service"), write_service(&w, &file->services[i]));
	write_extends(&w, m, true, file->extends, file->n_extends);
	set_options(&w, m, &file->options);
	if (file->syntax != PBUF_NO_SYNTAX)
		set_text(&w, m, STR("syntax"), file->syntax == PBUF_PROTO3 ? STR("proto3") : STR("proto2"));
	return m;
}
