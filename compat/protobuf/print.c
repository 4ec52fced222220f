/* A file as text, in the reference's fixed layout (contract 6.4): this is what is stored and hashed. */
#include "compat/protobuf/pbuf_int.h"

/* The body of one declaration: its parts are set apart by lines that hold nothing but its own indentation. */
struct body {
	struct buf *b;
	unsigned indent; /* of the declaration; its content has two more */
	bool started;
};

static void put_type(struct buf *b, const struct pbuf_type *type, unsigned indent);

/* Before the next part, when it has any content. */
static bool begin_part(struct body *body, size_t n)
{
	if (n == 0)
		return false;
	if (body->started) {
		pbuf_put_indent(body->b, body->indent);
		buf_add_c(body->b, '\n');
	} else {
		buf_lit(body->b, " {\n");
	}
	body->started = true;
	return true;
}

static void end_body(struct body *body)
{
	if (body->started) {
		pbuf_put_indent(body->b, body->indent);
		buf_lit(body->b, "}\n");
	} else {
		buf_lit(body->b, " {}\n");
	}
}

static void put_statements(struct buf *b, const struct pbuf_options *options, unsigned indent)
{
	for (size_t i = 0; i < options->n; i++) {
		pbuf_put_indent(b, indent);
		buf_lit(b, "option ");
		pbuf_put_option(b, &options->items[i], indent);
		buf_lit(b, ";\n");
	}
}

/* " [a = 1]", or with each of several on a line of its own. */
static void put_brackets(struct buf *b, const struct pbuf_options *options, const struct pbuf_option *special,
	size_t n_special, unsigned indent)
{
	size_t n = options->n + n_special;

	if (n == 0)
		return;
	buf_lit(b, " [");
	for (size_t i = 0; i < n; i++) {
		if (n > 1) {
			buf_add_c(b, '\n');
			pbuf_put_indent(b, indent + 2);
		}
		pbuf_put_option(b, i < options->n ? &options->items[i] : &special[i - options->n], n > 1 ? indent + 2 : indent);
		if (i + 1 < n)
			buf_add_c(b, ',');
	}
	if (n > 1) {
		buf_add_c(b, '\n');
		pbuf_put_indent(b, indent);
	}
	buf_add_c(b, ']');
}

static void put_label(struct buf *b, enum pbuf_label label)
{
	static const char *const labels[] = {
		[PBUF_UNLABELLED] = "",
		[PBUF_OPTIONAL] = "optional ",
		[PBUF_REQUIRED] = "required ",
		[PBUF_REPEATED] = "repeated ",
	};

	buf_add(b, str_of(labels[label]));
}

static void put_fields(struct buf *b, struct pbuf_field *const *fields, size_t n, unsigned indent)
{
	for (size_t i = 0; i < n; i++) {
		const struct pbuf_field *field = fields[i];
		struct pbuf_option special[2];

		pbuf_put_indent(b, indent);
		put_label(b, field->label);
		buf_add(b, field->type.text);
		buf_add_c(b, ' ');
		buf_add(b, field->name);
		buf_lit(b, " = ");
		buf_add_i64(b, field->number);
		put_brackets(b, &field->options, special, pbuf_special_options(field, special), indent);
		buf_lit(b, ";\n");
	}
}

static void put_groups(struct buf *b, struct pbuf_field *const *groups, size_t n, unsigned indent)
{
	for (size_t i = 0; i < n; i++) {
		const struct pbuf_type *type = groups[i]->type.named;
		struct body body = { .b = b, .indent = indent };

		pbuf_put_indent(b, indent);
		put_label(b, groups[i]->label);
		buf_lit(b, "group ");
		buf_add(b, groups[i]->name);
		buf_lit(b, " = ");
		buf_add_i64(b, groups[i]->number);
		if (begin_part(&body, type->n_fields))
			put_fields(b, type->fields, type->n_fields, indent + 2);
		end_body(&body);
	}
}

static void put_oneofs(struct buf *b, const struct pbuf_type *type, unsigned indent)
{
	for (size_t i = 0; i < type->n_oneofs; i++) {
		const struct pbuf_oneof *oneof = type->oneofs[i];
		struct body body = { .b = b, .indent = indent };

		pbuf_put_indent(b, indent);
		buf_lit(b, "oneof ");
		buf_add(b, oneof->name);
		if (begin_part(&body, oneof->options.n))
			put_statements(b, &oneof->options, indent + 2);
		if (begin_part(&body, oneof->n_fields))
			put_fields(b, oneof->fields, oneof->n_fields, indent + 2);
		if (begin_part(&body, oneof->n_groups))
			put_groups(b, oneof->groups, oneof->n_groups, indent + 2);
		end_body(&body);
	}
}

static void put_range(struct buf *b, const struct pbuf_range *range)
{
	if (str_present(range->name)) {
		pbuf_put_quoted(b, range->name);
		return;
	}
	buf_add_i64(b, range->from);
	if (range->single)
		return;
	buf_lit(b, " to ");
	if (range->to == PBUF_MAX_NUMBER)
		buf_lit(b, "max");
	else
		buf_add_i64(b, range->to);
}

static void put_ranges(struct buf *b, const char *word, const struct pbuf_ranges *list, size_t n, unsigned indent)
{
	for (size_t i = 0; i < n; i++) {
		pbuf_put_indent(b, indent);
		buf_add(b, str_of(word));
		for (size_t j = 0; j < list[i].n; j++) {
			buf_add(b, j == 0 ? STR(" ") : STR(", "));
			put_range(b, &list[i].items[j]);
		}
		put_brackets(b, &list[i].options, NULL, 0, indent);
		buf_lit(b, ";\n");
	}
}

static void put_extends(struct buf *b, struct pbuf_extend *const *extends, size_t n, unsigned indent)
{
	for (size_t i = 0; i < n; i++) {
		struct body body = { .b = b, .indent = indent };

		pbuf_put_indent(b, indent);
		buf_lit(b, "extend ");
		buf_add(b, extends[i]->name);
		if (begin_part(&body, extends[i]->n_fields))
			put_fields(b, extends[i]->fields, extends[i]->n_fields, indent + 2);
		end_body(&body);
	}
}

/* Messages first, then enums. */
static void put_types(struct buf *b, struct pbuf_type *const *types, size_t n, unsigned indent)
{
	for (int enums = 0; enums < 2; enums++)
		for (size_t i = 0; i < n; i++)
			if (types[i]->is_enum == (enums == 1))
				put_type(b, types[i], indent);
}

static void put_constants(struct buf *b, const struct pbuf_type *type, unsigned indent)
{
	for (size_t i = 0; i < type->n_constants; i++) {
		const struct pbuf_constant *constant = &type->constants[i];

		pbuf_put_indent(b, indent);
		buf_add(b, constant->name);
		buf_lit(b, " = ");
		buf_add_i64(b, constant->number);
		put_brackets(b, &constant->options, NULL, 0, indent);
		buf_lit(b, ";\n");
	}
}

/* The parts of an enum stand without lines between them. */
static void put_enum(struct buf *b, const struct pbuf_type *type, unsigned indent)
{
	struct body body = { .b = b, .indent = indent };

	if (begin_part(&body, type->n_reserved + type->options.n + type->n_constants)) {
		put_ranges(b, "reserved", type->reserved, type->n_reserved, indent + 2);
		put_statements(b, &type->options, indent + 2);
		put_constants(b, type, indent + 2);
	}
	end_body(&body);
}

static void put_message(struct buf *b, const struct pbuf_type *type, unsigned indent)
{
	struct body body = { .b = b, .indent = indent };

	if (begin_part(&body, type->n_reserved))
		put_ranges(b, "reserved", type->reserved, type->n_reserved, indent + 2);
	if (begin_part(&body, type->options.n))
		put_statements(b, &type->options, indent + 2);
	if (begin_part(&body, type->n_fields))
		put_fields(b, type->fields, type->n_fields, indent + 2);
	if (begin_part(&body, type->n_oneofs))
		put_oneofs(b, type, indent + 2);
	if (begin_part(&body, type->n_groups))
		put_groups(b, type->groups, type->n_groups, indent + 2);
	if (begin_part(&body, type->n_extensions))
		put_ranges(b, "extensions", type->extensions, type->n_extensions, indent + 2);
	if (begin_part(&body, type->n_extends))
		put_extends(b, type->extends, type->n_extends, indent + 2);
	if (begin_part(&body, type->n_types))
		put_types(b, type->types, type->n_types, indent + 2);
	end_body(&body);
}

static void put_type(struct buf *b, const struct pbuf_type *type, unsigned indent)
{
	pbuf_put_indent(b, indent);
	buf_add(b, type->is_enum ? STR("enum ") : STR("message "));
	buf_add(b, type->name);
	if (type->is_enum)
		put_enum(b, type, indent);
	else
		put_message(b, type, indent);
}

static void put_rpc_type(struct buf *b, const struct pbuf_use *use, bool streams)
{
	buf_add_c(b, '(');
	if (streams)
		buf_lit(b, "stream ");
	buf_add(b, use->text);
	buf_add_c(b, ')');
}

static void put_service(struct buf *b, const struct pbuf_service *service)
{
	struct body body = { .b = b };

	buf_lit(b, "service ");
	buf_add(b, service->name);
	if (begin_part(&body, service->options.n))
		put_statements(b, &service->options, 2);
	begin_part(&body, service->n_rpcs);
	for (size_t i = 0; i < service->n_rpcs; i++) {
		const struct pbuf_rpc *rpc = &service->rpcs[i];

		buf_lit(b, "  rpc ");
		buf_add(b, rpc->name);
		buf_add_c(b, ' ');
		put_rpc_type(b, &rpc->request, rpc->request_streams);
		buf_lit(b, " returns ");
		put_rpc_type(b, &rpc->response, rpc->response_streams);
		if (rpc->options.n > 0) {
			buf_lit(b, " {\n");
			put_statements(b, &rpc->options, 4);
			buf_lit(b, "  }");
		}
		buf_lit(b, ";\n");
	}
	end_body(&body);
}

static void put_imports(struct buf *b, const struct pbuf_file *file, enum pbuf_import_kind kind)
{
	static const char *const words[] = {
		[PBUF_IMPORT] = "import ",
		[PBUF_IMPORT_PUBLIC] = "import public ",
		[PBUF_IMPORT_WEAK] = "import weak ",
	};

	for (size_t i = 0; i < file->n_imports; i++) {
		if (file->imports[i].kind != kind)
			continue;
		buf_add(b, str_of(words[kind]));
		pbuf_put_quoted(b, file->imports[i].path);
		buf_lit(b, ";\n");
	}
}

static void put_head(struct buf *b, const struct pbuf_file *file)
{
	if (file->syntax != PBUF_NO_SYNTAX)
		buf_printf(b, "syntax = \"proto%d\";\n", file->syntax == PBUF_PROTO2 ? 2 : 3);
	if (str_present(file->package))
		buf_printf(b, "package %.*s;\n", STR_ARG(file->package));
	if (file->n_imports > 0) {
		buf_add_c(b, '\n');
		put_imports(b, file, PBUF_IMPORT);
		put_imports(b, file, PBUF_IMPORT_PUBLIC);
		put_imports(b, file, PBUF_IMPORT_WEAK);
	}
	if (file->options.n > 0) {
		buf_add_c(b, '\n');
		put_statements(b, &file->options, 0);
	}
}

struct str pbuf_print_type(struct arena *arena, const struct pbuf_type *type)
{
	struct buf b = buf_make(arena, 256);

	put_type(&b, type, 0);
	return buf_str(&b);
}

struct str pbuf_print_field(struct arena *arena, const struct pbuf_field *field, enum pbuf_label label)
{
	struct pbuf_field labelled = *field, *one = &labelled;
	struct buf b = buf_make(arena, 64);

	labelled.label = label;
	put_fields(&b, &one, 1, 0);
	return str_trim(buf_str(&b));
}

struct str pbuf_print(struct arena *arena, const struct pbuf_file *file)
{
	struct buf b = buf_make(arena, 512);

	put_head(&b, file);
	if (file->n_types > 0)
		buf_add_c(&b, '\n');
	put_types(&b, file->types, file->n_types, 0);
	if (file->n_extends > 0 || file->extends_gap)
		buf_add_c(&b, '\n');
	put_extends(&b, file->extends, file->n_extends, 0);
	if (file->n_services > 0)
		buf_add_c(&b, '\n');
	for (size_t i = 0; i < file->n_services; i++)
		put_service(&b, &file->services[i]);
	return buf_str(&b);
}
