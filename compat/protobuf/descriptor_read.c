/* From a FileDescriptorProto to the tree that its text would have given. */
#include "compat/protobuf/descriptor.h"

#include "compat/protobuf/pbuf_int.h"

/* google.protobuf.FieldDescriptorProto.Type */
enum { TYPE_GROUP = 10, TYPE_MESSAGE = 11, TYPE_ENUM = 14, TYPES = 19 };

static const enum pbuf_kind kinds[TYPES] = {
	PBUF_NAMED, PBUF_DOUBLE, PBUF_FLOAT, PBUF_INT64, PBUF_UINT64, PBUF_INT32, PBUF_FIXED64, PBUF_FIXED32, PBUF_BOOL,
	PBUF_STRING, PBUF_NAMED, PBUF_NAMED, PBUF_BYTES, PBUF_UINT32, PBUF_NAMED, PBUF_SFIXED32, PBUF_SFIXED64,
	PBUF_SINT32, PBUF_SINT64,
};

struct reading {
	struct arena *arena;
	struct err *err;
	struct pbuf_file *file;
	const struct map *nested; /* of the message being read: name to message; NULL: none */
	bool has_unknown;
};

static struct str text_of(const struct pbuf_message *m, struct str name)
{
	const struct pbuf_datum *datum = pbuf_member_find(m, name);

	return datum ? datum->text : STR_NONE;
}

static int64_t int_of(const struct pbuf_message *m, struct str name, int64_t otherwise)
{
	const struct pbuf_datum *datum = pbuf_member_find(m, name);

	return datum ? datum->i : otherwise;
}

static bool bool_of(const struct pbuf_message *m, struct str name)
{
	const struct pbuf_datum *datum = pbuf_member_find(m, name);

	return datum && datum->b;
}

/* The items of a repeated field; none when it is not set. */
static const struct pbuf_datum *list_of(const struct pbuf_message *m, struct str name, size_t *n)
{
	const struct pbuf_datum *datum = pbuf_member_find(m, name);

	*n = datum ? datum->n_items : 0;
	return datum ? datum->items : NULL;
}

static struct pbuf_options options_of(struct reading *r, const struct pbuf_message *m)
{
	const struct pbuf_datum *datum = pbuf_member_find(m, STR("options"));

	return datum ? pbuf_options_from_message(r->arena, datum->message, &r->has_unknown) : (struct pbuf_options){ 0 };
}

static struct str last_part(struct str name)
{
	ptrdiff_t dot = str_rindex(name, '.');

	return str_sub(name, (size_t)(dot + 1), name.len);
}

/* The nested message of the one being read that a type name leads to, or NULL. */
static const struct pbuf_message *find_nested(const struct reading *r, struct str type_name)
{
	return r->nested ? map_get(r->nested, last_part(type_name)) : NULL;
}

static bool is_map_entry(const struct pbuf_message *type)
{
	const struct pbuf_datum *options = pbuf_member_find(type, STR("options"));

	return options && bool_of(options->message, STR("map_entry"));
}

static struct pbuf_use plain_use(const struct pbuf_message *m)
{
	int64_t type = int_of(m, STR("type"), 0);
	struct pbuf_use use = { .kind = type >= 0 && type < TYPES ? kinds[type] : PBUF_NAMED };

	use.text = use.kind == PBUF_NAMED ? text_of(m, STR("type_name")) : str_of(pbuf_kind_name(use.kind));
	if (!str_present(use.text))
		use.text = STR("");
	return use;
}

static struct pbuf_use map_use(struct reading *r, const struct pbuf_message *entry)
{
	struct pbuf_use use = { .kind = PBUF_MAP };
	size_t n;
	const struct pbuf_datum *fields = list_of(entry, STR("field"), &n);

	use.key = arena_new(r->arena, struct pbuf_use);
	use.value = arena_new(r->arena, struct pbuf_use);
	for (size_t i = 0; i < n; i++)
		*(int_of(fields[i].message, STR("number"), 0) == 1 ? use.key : use.value) = plain_use(fields[i].message);
	use.text = str_printf(r->arena, "map<%.*s, %.*s>", STR_ARG(use.key->text), STR_ARG(use.value->text));
	return use;
}

static struct pbuf_value *make_value(struct arena *arena, enum pbuf_value_kind kind, struct str text)
{
	struct pbuf_value *value = arena_new(arena, struct pbuf_value);

	value->kind = kind;
	value->text = text;
	return value;
}

struct str pbuf_default_json_name(struct arena *arena, struct str name)
{
	struct buf b = buf_make(arena, name.len);
	bool upper = false;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];

		if (upper && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		upper = c == '_';
		if (!upper)
			buf_add_c(&b, c);
	}
	return buf_str(&b);
}

/* "optional" in proto3 is written only where presence was asked for; members of oneofs have no label. */
static enum pbuf_label label_of(const struct reading *r, const struct pbuf_message *m, bool in_oneof)
{
	int64_t label = int_of(m, STR("label"), 1);

	if (label == 2)
		return PBUF_REQUIRED;
	if (label == 3)
		return PBUF_REPEATED;
	if (in_oneof)
		return PBUF_UNLABELLED;
	return r->file->syntax != PBUF_PROTO3 || bool_of(m, STR("proto3_optional")) ? PBUF_OPTIONAL : PBUF_UNLABELLED;
}

static struct pbuf_field *read_field(struct reading *r, const struct pbuf_message *m);

/* A group's fields are those of a message that lies beside it. */
static void read_group(struct reading *r, struct pbuf_field *field)
{
	const struct pbuf_message *content = find_nested(r, field->type.text);
	const struct map *nested = r->nested;
	struct pbuf_type *type = arena_new(r->arena, struct pbuf_type);
	size_t n = 0;
	const struct pbuf_datum *fields = content ? list_of(content, STR("field"), &n) : NULL;

	r->nested = NULL;
	for (size_t i = 0; i < n; i++)
		*pbuf_append(r->arena, type->fields, type->n_fields) = read_field(r, fields[i].message);
	r->nested = nested;
	field->name = last_part(field->type.text);
	type->name = field->name;
	type->is_group = true;
	field->type = (struct pbuf_use){ .kind = PBUF_GROUP, .text = STR("group"), .named = type };
}

static void read_default(struct reading *r, const struct pbuf_message *m, struct pbuf_field *field)
{
	struct str text = text_of(m, STR("default_value")), json = text_of(m, STR("json_name"));
	bool is_text = field->type.kind == PBUF_STRING || field->type.kind == PBUF_BYTES;

	if (str_present(text))
		field->default_value = make_value(r->arena, is_text ? PBUF_V_STRING : PBUF_V_WORD, text);
	if (str_present(json) && !str_eq(json, pbuf_default_json_name(r->arena, field->name)))
		field->json_name = make_value(r->arena, PBUF_V_STRING, json);
}

static struct pbuf_field *read_field(struct reading *r, const struct pbuf_message *m)
{
	struct pbuf_field *field = arena_new(r->arena, struct pbuf_field);
	const struct pbuf_message *entry;
	bool in_oneof = pbuf_member_find(m, STR("oneof_index")) && !bool_of(m, STR("proto3_optional"));

	field->name = text_of(m, STR("name"));
	field->number = (int32_t)int_of(m, STR("number"), 0);
	field->label = label_of(r, m, in_oneof);
	field->type = plain_use(m);
	field->options = options_of(r, m);
	if (int_of(m, STR("type"), 0) == TYPE_GROUP) {
		read_group(r, field);
		return field;
	}
	entry = field->type.kind == PBUF_NAMED ? find_nested(r, field->type.text) : NULL;
	if (entry && is_map_entry(entry)) {
		field->type = map_use(r, entry);
		field->label = PBUF_UNLABELLED;
	}
	read_default(r, m, field);
	return field;
}

static void read_extends(struct reading *r, const struct pbuf_message *m, struct pbuf_extend ***extends, size_t *n_extends)
{
	size_t n;
	const struct pbuf_datum *fields = list_of(m, STR("extension"), &n);
	struct pbuf_extend *last = NULL;

	for (size_t i = 0; i < n; i++) {
		struct str target = text_of(fields[i].message, STR("extendee"));

		if (last == NULL || !str_eq(last->name, target)) {
			last = arena_new(r->arena, struct pbuf_extend);
			last->name = target;
			*pbuf_append(r->arena, *extends, *n_extends) = last;
		}
		*pbuf_append(r->arena, last->fields, last->n_fields) = read_field(r, fields[i].message);
	}
}

/* Ranges of messages end before `end`, those of enums with it. */
static void read_ranges(struct reading *r, const struct pbuf_message *m, struct str name, bool closed,
	struct pbuf_ranges **out, size_t *n_out)
{
	size_t n;
	const struct pbuf_datum *ranges = list_of(m, name, &n);

	for (size_t i = 0; i < n; i++) {
		struct pbuf_range *range = arena_new(r->arena, struct pbuf_range);
		int64_t end = int_of(ranges[i].message, STR("end"), 0) - !closed;

		range->from = (int32_t)int_of(ranges[i].message, STR("start"), 0);
		range->to = end > PBUF_MAX_NUMBER ? PBUF_MAX_NUMBER : (int32_t)end;
		range->single = range->from == range->to;
		*pbuf_append(r->arena, *out, *n_out) = (struct pbuf_ranges){
			.items = range, .n = 1, .options = closed ? (struct pbuf_options){ 0 } : options_of(r, ranges[i].message),
		};
	}
}

static void read_reserved_names(struct reading *r, const struct pbuf_message *m, struct pbuf_type *type)
{
	size_t n;
	const struct pbuf_datum *names = list_of(m, STR("reserved_name"), &n);

	for (size_t i = 0; i < n; i++) {
		struct pbuf_range *range = arena_new(r->arena, struct pbuf_range);

		range->name = names[i].text;
		*pbuf_append(r->arena, type->reserved, type->n_reserved) = (struct pbuf_ranges){ .items = range, .n = 1 };
	}
}

static struct pbuf_type *read_enum(struct reading *r, const struct pbuf_message *m)
{
	struct pbuf_type *type = arena_new(r->arena, struct pbuf_type);
	size_t n;
	const struct pbuf_datum *values = list_of(m, STR("value"), &n);

	type->is_enum = true;
	type->name = text_of(m, STR("name"));
	type->options = options_of(r, m);
	read_ranges(r, m, STR("reserved_range"), true, &type->reserved, &type->n_reserved);
	read_reserved_names(r, m, type);
	for (size_t i = 0; i < n; i++)
		*pbuf_append(r->arena, type->constants, type->n_constants) = (struct pbuf_constant){
			.name = text_of(values[i].message, STR("name")),
			.number = (int32_t)int_of(values[i].message, STR("number"), 0),
			.options = options_of(r, values[i].message),
		};
	return type;
}

/* Puts each field where it belongs: into the message, or into one of its oneofs. */
static void place_field(struct reading *r, struct pbuf_type *type, struct pbuf_field *field, struct pbuf_oneof *oneof)
{
	bool is_group = field->type.kind == PBUF_GROUP;

	if (oneof && is_group)
		*pbuf_append(r->arena, oneof->groups, oneof->n_groups) = field;
	else if (oneof)
		*pbuf_append(r->arena, oneof->fields, oneof->n_fields) = field;
	else if (is_group)
		*pbuf_append(r->arena, type->groups, type->n_groups) = field;
	else
		*pbuf_append(r->arena, type->fields, type->n_fields) = field;
	field->oneof = oneof;
}

/* The oneofs, without those that stand for presence in proto3: `all` has NULL in their place. */
static struct pbuf_oneof **read_oneofs(struct reading *r, const struct pbuf_message *m, struct pbuf_type *type,
	size_t *n_all)
{
	size_t n_fields;
	const struct pbuf_datum *oneofs = list_of(m, STR("oneof_decl"), n_all);
	const struct pbuf_datum *fields = list_of(m, STR("field"), &n_fields);
	struct pbuf_oneof **all = arena_array(r->arena, struct pbuf_oneof *, *n_all);
	bool *synthetic = arena_array(r->arena, bool, *n_all);

	for (size_t i = 0; i < n_fields; i++) {
		int64_t index = int_of(fields[i].message, STR("oneof_index"), -1);

		if (index >= 0 && (uint64_t)index < *n_all && bool_of(fields[i].message, STR("proto3_optional")))
			synthetic[index] = true;
	}
	for (size_t i = 0; i < *n_all; i++) {
		if (synthetic[i])
			continue;
		all[i] = arena_new(r->arena, struct pbuf_oneof);
		all[i]->name = text_of(oneofs[i].message, STR("name"));
		all[i]->options = options_of(r, oneofs[i].message);
		*pbuf_append(r->arena, type->oneofs, type->n_oneofs) = all[i];
	}
	return all;
}

static struct pbuf_type *read_message(struct reading *r, const struct pbuf_message *m);

/* Entries of maps and the content of groups are told where their fields are. */
static void read_nested(struct reading *r, const struct pbuf_message *m, struct pbuf_type *type)
{
	struct map contents = map_make(r->arena);
	size_t n;
	const struct pbuf_datum *types = list_of(m, STR("field"), &n);

	for (size_t i = 0; i < n; i++)
		if (int_of(types[i].message, STR("type"), 0) == TYPE_GROUP)
			map_put(&contents, last_part(text_of(types[i].message, STR("type_name"))), type);
	types = list_of(m, STR("nested_type"), &n);
	for (size_t i = 0; i < n; i++)
		if (!is_map_entry(types[i].message) && !map_get(&contents, text_of(types[i].message, STR("name"))))
			*pbuf_append(r->arena, type->types, type->n_types) = read_message(r, types[i].message);
	types = list_of(m, STR("enum_type"), &n);
	for (size_t i = 0; i < n; i++)
		*pbuf_append(r->arena, type->types, type->n_types) = read_enum(r, types[i].message);
}

static struct map index_nested(struct reading *r, const struct pbuf_message *m)
{
	struct map nested = map_make(r->arena);
	size_t n;
	const struct pbuf_datum *types = list_of(m, STR("nested_type"), &n);

	for (size_t i = 0; i < n; i++)
		map_put(&nested, text_of(types[i].message, STR("name")), types[i].message);
	return nested;
}

static struct pbuf_type *read_message(struct reading *r, const struct pbuf_message *m)
{
	struct pbuf_type *type = arena_new(r->arena, struct pbuf_type);
	struct map nested = index_nested(r, m);
	const struct map *outer = r->nested;
	size_t n, n_oneofs;
	const struct pbuf_datum *fields = list_of(m, STR("field"), &n);
	struct pbuf_oneof **oneofs;

	r->nested = &nested;
	type->name = text_of(m, STR("name"));
	type->options = options_of(r, m);
	oneofs = read_oneofs(r, m, type, &n_oneofs);
	for (size_t i = 0; i < n; i++) {
		int64_t index = int_of(fields[i].message, STR("oneof_index"), -1);

		place_field(r, type, read_field(r, fields[i].message),
			index >= 0 && (uint64_t)index < n_oneofs ? oneofs[index] : NULL);
	}
	read_ranges(r, m, STR("reserved_range"), false, &type->reserved, &type->n_reserved);
	read_reserved_names(r, m, type);
	read_ranges(r, m, STR("extension_range"), false, &type->extensions, &type->n_extensions);
	read_extends(r, m, &type->extends, &type->n_extends);
	read_nested(r, m, type);
	r->nested = outer;
	return type;
}

static void read_service(struct reading *r, const struct pbuf_message *m)
{
	struct pbuf_service service = { .name = text_of(m, STR("name")), .options = options_of(r, m) };
	size_t n;
	const struct pbuf_datum *methods = list_of(m, STR("method"), &n);

	for (size_t i = 0; i < n; i++) {
		const struct pbuf_message *method = methods[i].message;

		*pbuf_append(r->arena, service.rpcs, service.n_rpcs) = (struct pbuf_rpc){
			.name = text_of(method, STR("name")),
			.request = { .kind = PBUF_NAMED, .text = text_of(method, STR("input_type")) },
			.response = { .kind = PBUF_NAMED, .text = text_of(method, STR("output_type")) },
			.request_streams = bool_of(method, STR("client_streaming")),
			.response_streams = bool_of(method, STR("server_streaming")),
			.options = options_of(r, method),
		};
	}
	*pbuf_append(r->arena, r->file->services, r->file->n_services) = service;
}

static void mark_imports(struct reading *r, const struct pbuf_message *m, struct str name, enum pbuf_import_kind kind)
{
	size_t n;
	const struct pbuf_datum *places = list_of(m, name, &n);

	for (size_t i = 0; i < n; i++)
		if (places[i].i >= 0 && (uint64_t)places[i].i < r->file->n_imports)
			r->file->imports[places[i].i].kind = kind;
}

static void read_head(struct reading *r, const struct pbuf_message *m)
{
	struct str syntax = text_of(m, STR("syntax"));
	size_t n;
	const struct pbuf_datum *paths = list_of(m, STR("dependency"), &n);

	if (str_present(syntax))
		r->file->syntax = str_eq(syntax, STR("proto3")) ? PBUF_PROTO3 : PBUF_PROTO2;
	r->file->package = text_of(m, STR("package"));
	if (r->file->package.len == 0)
		r->file->package = STR_NONE;
	for (size_t i = 0; i < n; i++)
		*pbuf_append(r->arena, r->file->imports, r->file->n_imports) = (struct pbuf_import){ .path = paths[i].text };
	mark_imports(r, m, STR("public_dependency"), PBUF_IMPORT_PUBLIC);
	mark_imports(r, m, STR("weak_dependency"), PBUF_IMPORT_WEAK);
	r->file->options = options_of(r, m);
}

enum err_code pbuf_from_descriptor(struct arena *arena, const struct pbuf_message *descriptor, struct pbuf_file **out,
	bool *has_unknown, struct err *err)
{
	struct reading r = { .arena = arena, .err = err, .file = arena_new(arena, struct pbuf_file) };
	size_t n;
	const struct pbuf_datum *items;

	if (str_eq(text_of(descriptor, STR("syntax")), STR("editions")))
		return err_text(err, ERR_PARSE, STR("Could not parse Protobuf - edition is not currently supported"));
	read_head(&r, descriptor);
	items = list_of(descriptor, STR("message_type"), &n);
	for (size_t i = 0; i < n; i++)
		*pbuf_append(arena, r.file->types, r.file->n_types) = read_message(&r, items[i].message);
	items = list_of(descriptor, STR("enum_type"), &n);
	for (size_t i = 0; i < n; i++)
		*pbuf_append(arena, r.file->types, r.file->n_types) = read_enum(&r, items[i].message);
	read_extends(&r, descriptor, &r.file->extends, &r.file->n_extends);
	items = list_of(descriptor, STR("service"), &n);
	for (size_t i = 0; i < n; i++)
		read_service(&r, items[i].message);
	*has_unknown = r.has_unknown;
	*out = r.file;
	return OK;
}
