/*
 * From .proto text to its tree: the grammar as the reference's parser takes it, which is laxer than
 * protoc's (labels, numbers, duplicates and imports are not looked at) and words its faults its own way.
 */
#include "compat/protobuf/pbuf_int.h"

#include <assert.h>

/* Where a declaration stands. */
enum context { IN_FILE, IN_MESSAGE, IN_ENUM, IN_RPC, IN_EXTEND, IN_SERVICE };

struct scope {
	enum context context;
	struct pbuf_type *type;       /* IN_MESSAGE, IN_ENUM */
	struct pbuf_extend *extend;   /* IN_EXTEND */
	struct pbuf_service *service; /* IN_SERVICE */
	struct pbuf_options *options; /* of what is declared around it; NULL: they are dropped */
	struct map *names;            /* IN_FILE: of types and services, for telling duplicates */
};

static enum err_code read_body(struct pbuf_parser *p, const struct scope *scope);

static enum err_code read_package(struct pbuf_parser *p, struct pbuf_place at)
{
	TRY(pbuf_name(&p->r, false, &p->file->package));
	TRY(pbuf_require(&p->r, ';'));
	p->file->package_span = pbuf_span_from(&p->r, at);
	return OK;
}

static enum err_code read_import(struct pbuf_parser *p, struct pbuf_place at)
{
	enum pbuf_import_kind kind = PBUF_IMPORT;
	struct pbuf_import *import;
	struct str path;
	char next;

	TRY(pbuf_peek(&p->r, &next));
	if (next != '"' && next != '\'') {
		TRY(pbuf_word(&p->r, &path));
		if (str_eq(path, STR("public")))
			kind = PBUF_IMPORT_PUBLIC;
		else if (str_eq(path, STR("weak")))
			kind = PBUF_IMPORT_WEAK;
		else
			return pbuf_fault(&p->r, at, "expected quoted string");
		TRY(pbuf_peek(&p->r, &next));
	}
	TRY(pbuf_quoted(&p->r, &path));
	import = pbuf_append(p->r.arena, p->file->imports, p->file->n_imports);
	*import = (struct pbuf_import){ .kind = kind, .path = path };
	TRY(pbuf_require(&p->r, ';'));
	import->span = pbuf_span_from(&p->r, at);
	return OK;
}

static enum err_code read_syntax(struct pbuf_parser *p, struct pbuf_place at)
{
	struct str name;

	if (p->file->syntax != PBUF_NO_SYNTAX)
		return pbuf_fault(&p->r, at, "too many syntax definitions");
	TRY(pbuf_require(&p->r, '='));
	if (p->n_declarations > 1)
		return pbuf_fault(&p->r, at, "'syntax' element must be the first declaration in a file");
	TRY(pbuf_quoted(&p->r, &name));
	if (str_eq(name, STR("proto2")))
		p->file->syntax = PBUF_PROTO2;
	else if (str_eq(name, STR("proto3")))
		p->file->syntax = PBUF_PROTO3;
	else
		return pbuf_fault(&p->r, at, "unexpected syntax: %.*s", STR_ARG(name));
	TRY(pbuf_require(&p->r, ';'));
	p->file->syntax_span = pbuf_span_from(&p->r, at);
	return OK;
}

/* Names at the top of a file are distinct; `kind` keeps those of types and of services apart. */
static enum err_code claim_name(struct pbuf_parser *p, struct map *names, char kind, struct str name,
	struct pbuf_place at)
{
	struct pbuf_place *place = arena_new(p->r.arena, struct pbuf_place), *before;

	*place = at;
	before = map_put(names, str_printf(p->r.arena, "%c%.*s", kind, STR_ARG(name)), place);
	if (before == NULL)
		return OK;
	p->r.err->line = at.line;
	p->r.err->column = at.column;
	return err_text(p->r.err, ERR_PARSE,
		str_printf(p->r.err->arena, "Could not parse Protobuf - %.*s (:%u:%u) is already defined at :%u:%u",
			STR_ARG(name), at.line, at.column, before->line, before->column));
}

static enum err_code read_type(struct pbuf_parser *p, const struct scope *around, struct pbuf_place at, bool is_enum)
{
	struct pbuf_type *type = arena_new(p->r.arena, struct pbuf_type);
	struct scope inside = {
		.context = is_enum ? IN_ENUM : IN_MESSAGE, .type = type, .options = &type->options,
	};

	type->is_enum = is_enum;
	TRY(pbuf_name(&p->r, false, &type->name));
	TRY(read_body(p, &inside));
	type->span = pbuf_span_from(&p->r, at);
	if (around->context == IN_FILE) {
		TRY(claim_name(p, around->names, 't', type->name, at));
		*pbuf_append(p->r.arena, p->file->types, p->file->n_types) = type;
	} else {
		*pbuf_append(p->r.arena, around->type->types, around->type->n_types) = type;
	}
	return OK;
}

static enum err_code read_service(struct pbuf_parser *p, const struct scope *around, struct pbuf_place at)
{
	struct pbuf_service service = { 0 };
	struct scope inside = { .context = IN_SERVICE, .service = &service, .options = &service.options };

	TRY(pbuf_name(&p->r, false, &service.name));
	TRY(read_body(p, &inside));
	service.span = pbuf_span_from(&p->r, at);
	TRY(claim_name(p, around->names, 's', service.name, at));
	*pbuf_append(p->r.arena, p->file->services, p->file->n_services) = service;
	return OK;
}

static enum err_code read_extend(struct pbuf_parser *p, const struct scope *around, struct pbuf_place at)
{
	struct pbuf_extend *extend = arena_new(p->r.arena, struct pbuf_extend);
	struct scope inside = { .context = IN_EXTEND, .extend = extend };

	TRY(pbuf_name(&p->r, false, &extend->name));
	TRY(read_body(p, &inside));
	extend->span = pbuf_span_from(&p->r, at);
	if (around->context == IN_FILE)
		*pbuf_append(p->r.arena, p->file->extends, p->file->n_extends) = extend;
	else
		*pbuf_append(p->r.arena, around->type->extends, around->type->n_extends) = extend;
	return OK;
}

/* "(stream T)" */
static enum err_code read_rpc_type(struct pbuf_parser *p, struct pbuf_use *out, bool *streams)
{
	struct str word;

	TRY(pbuf_require(&p->r, '('));
	TRY(pbuf_word(&p->r, &word));
	*streams = str_eq(word, STR("stream"));
	if (*streams)
		TRY(pbuf_word(&p->r, &word));
	TRY(pbuf_parse_use(&p->r, word, out));
	return pbuf_require(&p->r, ')');
}

static enum err_code read_rpc(struct pbuf_parser *p, struct pbuf_service *service, struct pbuf_place at)
{
	struct pbuf_rpc rpc = { 0 };
	struct scope inside = { .context = IN_RPC, .options = &rpc.options };
	struct str word;
	char next;

	TRY(pbuf_name(&p->r, false, &rpc.name));
	TRY(read_rpc_type(p, &rpc.request, &rpc.request_streams));
	TRY(pbuf_word(&p->r, &word));
	if (!str_eq(word, STR("returns")))
		return pbuf_fault(&p->r, at, "expected 'returns'");
	TRY(read_rpc_type(p, &rpc.response, &rpc.response_streams));
	TRY(pbuf_peek(&p->r, &next));
	if (next == '{')
		TRY(read_body(p, &inside));
	else
		TRY(pbuf_require(&p->r, ';'));
	rpc.span = pbuf_span_from(&p->r, at);
	*pbuf_append(p->r.arena, service->rpcs, service->n_rpcs) = rpc;
	return OK;
}

static enum err_code read_constant(struct pbuf_parser *p, struct pbuf_type *type, struct pbuf_place at, struct str name)
{
	struct pbuf_constant constant = { .name = name };

	TRY(pbuf_require(&p->r, '='));
	TRY(pbuf_int(&p->r, &constant.number));
	TRY(pbuf_parse_options(&p->r, &constant.options));
	TRY(pbuf_require(&p->r, ';'));
	constant.span = pbuf_span_from(&p->r, at);
	TRY(pbuf_trailing(&p->r));
	*pbuf_append(p->r.arena, type->constants, type->n_constants) = constant;
	return OK;
}

static enum err_code read_field(struct pbuf_parser *p, const struct scope *scope, struct pbuf_place at, struct str word)
{
	struct pbuf_field *field = arena_new(p->r.arena, struct pbuf_field);
	bool is_group;

	TRY(pbuf_parse_field(p, at, word, field));
	is_group = field->type.kind == PBUF_GROUP;
	if (scope->context == IN_EXTEND && is_group)
		return OK; /* the reference drops it */
	if (scope->context == IN_EXTEND)
		*pbuf_append(p->r.arena, scope->extend->fields, scope->extend->n_fields) = field;
	else if (is_group)
		*pbuf_append(p->r.arena, scope->type->groups, scope->type->n_groups) = field;
	else
		*pbuf_append(p->r.arena, scope->type->fields, scope->type->n_fields) = field;
	return OK;
}

/* Outside of messages and enums the statement is read and dropped. */
static enum err_code read_ranges(struct pbuf_parser *p, const struct scope *scope, struct pbuf_place at, bool extensions)
{
	struct pbuf_ranges ranges = { 0 };

	TRY(pbuf_parse_ranges(p, at, extensions, &ranges));
	if (scope->type == NULL)
		return OK;
	if (extensions)
		*pbuf_append(p->r.arena, scope->type->extensions, scope->type->n_extensions) = ranges;
	else
		*pbuf_append(p->r.arena, scope->type->reserved, scope->type->n_reserved) = ranges;
	return OK;
}

static enum err_code read_oneof(struct pbuf_parser *p, struct pbuf_type *type, struct pbuf_place at)
{
	struct pbuf_oneof *oneof;

	assert(type != NULL); /* the word stands in messages only */
	TRY(pbuf_parse_oneof(p, at, &oneof));
	*pbuf_append(p->r.arena, type->oneofs, type->n_oneofs) = oneof;
	return OK;
}

enum keyword { K_PACKAGE, K_IMPORT, K_SYNTAX, K_OPTION, K_RESERVED, K_MESSAGE, K_ENUM, K_SERVICE, K_EXTEND, K_RPC,
	K_ONEOF, K_EXTENSIONS, K_NONE };

/* Which words begin a declaration, and where; elsewhere they are names. */
static enum keyword find_keyword(struct str word, enum context context)
{
	enum { FILE = 1 << IN_FILE, MESSAGE = 1 << IN_MESSAGE, SERVICE = 1 << IN_SERVICE, ANYWHERE = ~0 };
	static const struct {
		struct str word;
		int contexts;
	} keywords[K_NONE] = {
		[K_PACKAGE] = { { "package", 7 }, FILE },
		[K_IMPORT] = { { "import", 6 }, FILE },
		[K_SYNTAX] = { { "syntax", 6 }, FILE },
		[K_OPTION] = { { "option", 6 }, ANYWHERE },
		[K_RESERVED] = { { "reserved", 8 }, ANYWHERE },
		[K_MESSAGE] = { { "message", 7 }, FILE | MESSAGE },
		[K_ENUM] = { { "enum", 4 }, FILE | MESSAGE },
		[K_SERVICE] = { { "service", 7 }, FILE },
		[K_EXTEND] = { { "extend", 6 }, FILE | MESSAGE },
		[K_RPC] = { { "rpc", 3 }, SERVICE },
		[K_ONEOF] = { { "oneof", 5 }, MESSAGE },
		[K_EXTENSIONS] = { { "extensions", 10 }, MESSAGE },
	};

	for (int i = 0; i < K_NONE; i++)
		if (str_eq(keywords[i].word, word) && (keywords[i].contexts & (1 << context)))
			return (enum keyword)i;
	return K_NONE;
}

/* What begins with no keyword. */
static enum err_code read_other(struct pbuf_parser *p, const struct scope *scope, struct pbuf_place at, struct str word)
{
	if (scope->context == IN_MESSAGE || scope->context == IN_EXTEND)
		return read_field(p, scope, at, word);
	if (scope->context == IN_ENUM)
		return read_constant(p, scope->type, at, word);
	if (scope->context == IN_FILE && str_eq(word, STR("edition")))
		return pbuf_fault_here(&p->r, "edition is not currently supported");
	return pbuf_fault(&p->r, at, "unexpected label: %.*s", STR_ARG(word));
}

static enum err_code read_option(struct pbuf_parser *p, const struct scope *scope)
{
	struct pbuf_options dropped = { 0 };

	TRY(pbuf_parse_option(&p->r, scope->options ? scope->options : &dropped));
	return pbuf_require(&p->r, ';');
}

static enum err_code read_declaration(struct pbuf_parser *p, const struct scope *scope)
{
	struct pbuf_place at;
	struct str word;
	bool empty;

	p->n_declarations++;
	TRY(pbuf_count(&p->r));
	TRY(pbuf_take(&p->r, ';', &empty));
	if (empty)
		return OK;
	at = pbuf_here(&p->r);
	TRY(scope->context == IN_ENUM ? pbuf_identifier(&p->r, &word) : pbuf_word(&p->r, &word));
	switch (find_keyword(word, scope->context)) {
	case K_PACKAGE:
		return read_package(p, at);
	case K_IMPORT:
		return read_import(p, at);
	case K_SYNTAX:
		return read_syntax(p, at);
	case K_OPTION:
		return read_option(p, scope);
	case K_RESERVED:
		return read_ranges(p, scope, at, false);
	case K_MESSAGE:
		return read_type(p, scope, at, false);
	case K_ENUM:
		return read_type(p, scope, at, true);
	case K_SERVICE:
		return read_service(p, scope, at);
	case K_EXTEND:
		return read_extend(p, scope, at);
	case K_RPC:
		return read_rpc(p, scope->service, at);
	case K_ONEOF:
		return read_oneof(p, scope->type, at);
	case K_EXTENSIONS:
		return read_ranges(p, scope, at, true);
	default:
		return read_other(p, scope, at, word);
	}
}

/* Declarations between braces. */
static enum err_code read_body(struct pbuf_parser *p, const struct scope *scope)
{
	bool end;

	TRY(pbuf_enter(&p->r));
	TRY(pbuf_require(&p->r, '{'));
	for (;;) {
		TRY(pbuf_take(&p->r, '}', &end));
		if (end)
			break;
		TRY(read_declaration(p, scope));
	}
	pbuf_leave(&p->r);
	return OK;
}

enum err_code pbuf_parse_text(struct arena *arena, struct str text, struct pbuf_file **out, struct err *err)
{
	struct pbuf_parser p = {
		.r = { .arena = arena, .err = err, .text = text },
		.file = arena_new(arena, struct pbuf_file),
	};
	struct map names = map_make(arena);
	struct scope scope = { .context = IN_FILE, .options = &p.file->options, .names = &names };
	bool end;

	p.file->text = text;
	for (;;) {
		TRY(pbuf_skip(&p.r, &end));
		if (end)
			break;
		TRY(read_declaration(&p, &scope));
	}
	*out = p.file;
	return OK;
}
