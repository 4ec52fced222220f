/* The parts of messages: fields, groups, oneofs, ranges and the types they name. */
#include "compat/protobuf/pbuf_int.h"

static const char *const kinds[PBUF_SCALARS] = {
	[PBUF_DOUBLE] = "double",
	[PBUF_FLOAT] = "float",
	[PBUF_INT64] = "int64",
	[PBUF_UINT64] = "uint64",
	[PBUF_INT32] = "int32",
	[PBUF_FIXED64] = "fixed64",
	[PBUF_FIXED32] = "fixed32",
	[PBUF_BOOL] = "bool",
	[PBUF_STRING] = "string",
	[PBUF_BYTES] = "bytes",
	[PBUF_UINT32] = "uint32",
	[PBUF_SFIXED32] = "sfixed32",
	[PBUF_SFIXED64] = "sfixed64",
	[PBUF_SINT32] = "sint32",
	[PBUF_SINT64] = "sint64",
};

const char *pbuf_kind_name(enum pbuf_kind kind)
{
	return kinds[kind];
}

enum pbuf_kind pbuf_kind_find(struct str name)
{
	for (int i = 0; i < PBUF_SCALARS; i++)
		if (str_eq(str_of(kinds[i]), name))
			return (enum pbuf_kind)i;
	return PBUF_NAMED;
}

static enum err_code read_key_or_value(struct pbuf_reader *r, struct pbuf_use **out)
{
	struct pbuf_use *use = arena_new(r->arena, struct pbuf_use);
	struct str word;

	TRY(pbuf_word(r, &word));
	TRY(pbuf_parse_use(r, word, use));
	*out = use;
	return OK;
}

static enum err_code expect_char(struct pbuf_reader *r, char wanted)
{
	char next;

	TRY(pbuf_read_char(r, &next));
	return next == wanted ? OK : pbuf_fault_here(r, "expected '%c'", wanted);
}

enum err_code pbuf_parse_use(struct pbuf_reader *r, struct str word, struct pbuf_use *out)
{
	struct pbuf_use use = { .kind = pbuf_kind_find(word), .text = word };

	if (str_eq(word, STR("map"))) {
		use.kind = PBUF_MAP;
		TRY(pbuf_enter(r));
		TRY(expect_char(r, '<'));
		TRY(read_key_or_value(r, &use.key));
		TRY(expect_char(r, ','));
		TRY(read_key_or_value(r, &use.value));
		TRY(expect_char(r, '>'));
		use.text = str_printf(r->arena, "map<%.*s, %.*s>", STR_ARG(use.key->text), STR_ARG(use.value->text));
		pbuf_leave(r);
	}
	*out = use;
	return OK;
}

/* The name of a field does not begin with a digit; like any name it may stand in parentheses. */
static enum err_code read_field_name(struct pbuf_reader *r, struct str *out)
{
	char next;

	TRY(pbuf_peek(r, &next));
	return next == '(' || next == '[' ? pbuf_name(r, false, out) : pbuf_identifier(r, out);
}

/* A field behind its type. */
static enum err_code read_rest(struct pbuf_parser *p, struct pbuf_place at, struct pbuf_field *field)
{
	TRY(read_field_name(&p->r, &field->name));
	TRY(pbuf_require(&p->r, '='));
	TRY(pbuf_int(&p->r, &field->number));
	TRY(pbuf_parse_options(&p->r, &field->options));
	pbuf_split_options(p->r.arena, field);
	TRY(pbuf_require(&p->r, ';'));
	field->span = pbuf_span_from(&p->r, at);
	return pbuf_trailing(&p->r);
}

/* Only fields stand in a group; one inside another is a fault. */
static enum err_code read_group(struct pbuf_parser *p, struct pbuf_place from, struct pbuf_field *field)
{
	struct pbuf_type *type = arena_new(p->r.arena, struct pbuf_type);
	struct pbuf_field *inner;
	struct pbuf_place at;
	struct str word;
	bool end;

	field->type.kind = PBUF_GROUP;
	field->type.named = type;
	TRY(pbuf_word(&p->r, &field->name));
	type->name = field->name;
	type->is_group = true;
	TRY(pbuf_require(&p->r, '='));
	TRY(pbuf_int(&p->r, &field->number));
	TRY(pbuf_enter(&p->r));
	TRY(pbuf_require(&p->r, '{'));
	for (;;) {
		TRY(pbuf_take(&p->r, '}', &end));
		if (end)
			break;
		at = pbuf_here(&p->r);
		TRY(pbuf_word(&p->r, &word));
		inner = arena_new(p->r.arena, struct pbuf_field);
		TRY(pbuf_parse_field(p, at, word, inner));
		if (inner->type.kind == PBUF_GROUP)
			return pbuf_fault_here(&p->r, "expected field declaration, was a group");
		*pbuf_append(p->r.arena, type->fields, type->n_fields) = inner;
	}
	pbuf_leave(&p->r);
	field->span = pbuf_span_from(&p->r, from);
	type->span = field->span;
	return OK;
}

static enum pbuf_label find_label(struct str word)
{
	if (str_eq(word, STR("required")))
		return PBUF_REQUIRED;
	if (str_eq(word, STR("optional")))
		return PBUF_OPTIONAL;
	return str_eq(word, STR("repeated")) ? PBUF_REPEATED : PBUF_UNLABELLED;
}

enum err_code pbuf_parse_field(struct pbuf_parser *p, struct pbuf_place at, struct str word, struct pbuf_field *field)
{
	char next = '\0';

	TRY(pbuf_count(&p->r));
	field->label = find_label(word);
	if (field->label == PBUF_REQUIRED && p->file->syntax == PBUF_PROTO3)
		return pbuf_fault(&p->r, at, "'required' label forbidden in proto3 field declarations");
	if (field->label != PBUF_UNLABELLED) {
		TRY(pbuf_word(&p->r, &word));
	} else if (p->file->syntax != PBUF_PROTO3) {
		if (str_eq(word, STR("map")))
			TRY(pbuf_peek(&p->r, &next));
		if (next != '<')
			return pbuf_fault(&p->r, at, "unexpected label: %.*s", STR_ARG(word));
	}
	TRY(pbuf_parse_use(&p->r, word, &field->type));
	if (field->type.kind == PBUF_MAP && field->label != PBUF_UNLABELLED)
		return pbuf_fault(&p->r, at, "'map' type cannot have label");
	return str_eq(field->type.text, STR("group")) ? read_group(p, at, field) : read_rest(p, at, field);
}

/* Fields of a oneof have no label. */
static enum err_code read_member(struct pbuf_parser *p, struct pbuf_oneof *oneof)
{
	struct pbuf_field *field = arena_new(p->r.arena, struct pbuf_field);
	struct pbuf_place at = pbuf_here(&p->r);
	struct str word;

	TRY(pbuf_count(&p->r));
	TRY(pbuf_word(&p->r, &word));
	TRY(pbuf_parse_use(&p->r, word, &field->type));
	field->oneof = oneof;
	if (str_eq(word, STR("group"))) {
		TRY(read_group(p, at, field));
		*pbuf_append(p->r.arena, oneof->groups, oneof->n_groups) = field;
		return OK;
	}
	if (str_eq(word, STR("option"))) {
		TRY(pbuf_parse_option(&p->r, &oneof->options));
		return pbuf_require(&p->r, ';');
	}
	TRY(read_rest(p, at, field));
	*pbuf_append(p->r.arena, oneof->fields, oneof->n_fields) = field;
	return OK;
}

enum err_code pbuf_parse_oneof(struct pbuf_parser *p, struct pbuf_place at, struct pbuf_oneof **out)
{
	struct pbuf_oneof *oneof = arena_new(p->r.arena, struct pbuf_oneof);
	bool end;

	TRY(pbuf_name(&p->r, false, &oneof->name));
	TRY(pbuf_require(&p->r, '{'));
	for (;;) {
		TRY(pbuf_take(&p->r, '}', &end));
		if (end)
			break;
		TRY(read_member(p, oneof));
	}
	oneof->span = pbuf_span_from(&p->r, at);
	*out = oneof;
	return OK;
}

/* The end of a range; what is no number is told in Java's words. */
static enum err_code read_range_end(struct pbuf_reader *r, int32_t *out)
{
	struct str word;

	TRY(pbuf_word(r, &word));
	if (str_eq(word, STR("max"))) {
		*out = PBUF_MAX_NUMBER;
		return OK;
	}
	if (!str_to_i32(word, out))
		return err_text(r->err, ERR_PARSE,
			str_printf(r->err->arena, "Could not parse Protobuf - For input string: \"%.*s\"", STR_ARG(word)));
	return OK;
}

static enum err_code read_range(struct pbuf_reader *r, struct pbuf_place at, bool extensions, struct pbuf_range *out)
{
	struct str word;
	char next;

	out->name = STR_NONE;
	TRY(pbuf_peek(r, &next));
	if (!extensions && (next == '"' || next == '\''))
		return pbuf_quoted(r, &out->name);
	TRY(pbuf_int(r, &out->from));
	out->to = out->from;
	TRY(pbuf_peek(r, &next));
	out->single = next == ',' || next == ';' || (extensions && next == '[');
	if (out->single)
		return OK;
	TRY(pbuf_word(r, &word));
	if (!str_eq(word, STR("to")))
		return pbuf_fault(r, at, extensions ? "expected ',', ';', '[' or 'to'" : "expected ',', ';', or 'to'");
	return read_range_end(r, &out->to);
}

enum err_code pbuf_parse_ranges(struct pbuf_parser *p, struct pbuf_place at, bool extensions, struct pbuf_ranges *out)
{
	struct pbuf_reader *r = &p->r;
	char next;

	for (;;) {
		TRY(pbuf_count(r));
		TRY(read_range(r, at, extensions, pbuf_append(r->arena, out->items, out->n)));
		TRY(pbuf_peek(r, &next));
		if (extensions && next == '[') {
			TRY(pbuf_parse_options(r, &out->options));
			TRY(pbuf_require(r, ';'));
			out->span = pbuf_span_from(r, at);
			return OK;
		}
		TRY(pbuf_read_char(r, &next));
		if (next == ';')
			break;
		if (next != ',')
			return pbuf_fault_here(r, "expected ',' or ';'");
	}
	out->span = pbuf_span_from(r, at);
	return extensions ? OK : pbuf_trailing(r);
}
