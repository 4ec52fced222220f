/* Where a finding is, and what it says in a sentence. */
#include "compat/protobuf/explain_int.h"

const struct pbuf_type *pbuf_local_type(struct arena *arena, const struct pbuf_schema *schema, struct str local)
{
	struct str package = schema->file->package;

	return map_get(&schema->types, package.len == 0 ? local : str_printf(arena, "%.*s.%.*s", STR_ARG(package), STR_ARG(local)));
}

static struct str path_of(struct arena *arena, const struct pbuf_field *field)
{
	if (field->scope == NULL)
		return field->name;
	return str_printf(arena, "%.*s.%.*s", STR_ARG(field->scope->local), STR_ARG(field->name));
}

static bool is_of(const struct pbuf_use *use, const struct pbuf_file *file)
{
	return use->kind == PBUF_MAP ? is_of(use->value, file) : use->named && use->named->file == file;
}

/* The first field of these messages that is of a type of another file; NULL: none. */
static const struct pbuf_field *use_of(struct pbuf_type *const *types, size_t n, const struct pbuf_file *file)
{
	const struct pbuf_field *found = NULL;

	for (size_t i = 0; i < n && !found; i++) {
		for (size_t k = 0; k < types[i]->n_by_number && !found; k++)
			if (is_of(&types[i]->by_number[k]->type, file))
				found = types[i]->by_number[k];
		if (!found)
			found = use_of(types[i]->types, types[i]->n_types, file);
	}
	return found;
}

const struct pbuf_field *pbuf_use_of(const struct pbuf_file *own, const struct pbuf_file *file)
{
	return use_of(own->types, own->n_types, file);
}

/* What another file defines is shown where the schema's own uses it. */
static struct explain_place place_of(const struct pbuf_explain *x, const struct pbuf_schema *schema, const struct pbuf_file *file,
	const struct pbuf_span *span, struct str path)
{
	const struct pbuf_file *own = schema->file;
	const struct pbuf_field *use = file == own ? NULL : pbuf_use_of(own, file);
	bool shown = (file == own || use) && (schema == x->old || str_present(x->text) || own->text.len > 0);

	return pbuf_place_in(shown ? own->text : STR_NONE, use ? &use->span : span, path);
}

/* The constant as the schema has it, by name or else by number. */
static const struct pbuf_constant *constant_in(const struct pbuf_type *type, const struct pbuf_constant *wanted)
{
	for (size_t i = 0; i < type->n_constants; i++)
		if (str_eq(type->constants[i].name, wanted->name))
			return &type->constants[i];
	for (size_t i = 0; i < type->n_constants; i++)
		if (type->constants[i].number == wanted->number)
			return &type->constants[i];
	return NULL;
}

/* The message that holds, or held, what is not there. */
static struct explain_place place_around(const struct pbuf_explain *x, const struct pbuf_schema *schema,
	const struct pbuf_type *other)
{
	const struct pbuf_type *type = NULL;

	for (other = other ? other->parent : NULL; other && type == NULL; other = other->parent)
		type = pbuf_local_type(x->arena, schema, other->local);
	if (type)
		return place_of(x, schema, type->file, &type->span, type->local);
	return (struct explain_place){ .path = STR("") };
}

const struct pbuf_type *pbuf_enum_of(const struct pbuf_field *field)
{
	const struct pbuf_use *use = field == NULL ? NULL : field->type.kind == PBUF_MAP ? field->type.value : &field->type;

	return use && use->kind == PBUF_NAMED && use->named && use->named->is_enum ? use->named : NULL;
}

static const struct pbuf_type *enum_of(const struct pbuf_type *type, const struct pbuf_field *field)
{
	return pbuf_enum_of(field) ? pbuf_enum_of(field) : type && type->is_enum ? type : NULL;
}

static struct explain_place place_constant(const struct pbuf_explain *x, const struct pbuf_schema *schema,
	const struct pbuf_type *type, const struct pbuf_constant *wanted)
{
	const struct pbuf_constant *constant = constant_in(type, wanted);

	if (constant == NULL)
		return place_of(x, schema, type->file, &type->span, type->local);
	return place_of(x, schema, type->file, &constant->span,
		str_printf(x->arena, "%.*s.%.*s", STR_ARG(type->local), STR_ARG(constant->name)));
}

static const struct pbuf_oneof *oneof_named(const struct pbuf_type *type, struct str name)
{
	for (size_t i = 0; type && i < type->n_oneofs; i++)
		if (str_eq(type->oneofs[i]->name, name))
			return type->oneofs[i];
	return NULL;
}

/* Whether a finding is about an enum's constant, and not about a field that is of another type or label. */
static bool is_about_constant(const struct pbuf_subject *s)
{
	if (s->constant == NULL || (!s->old_field && !s->new_field))
		return s->constant != NULL;
	return (s->rule == RULE_PROTO_ENUM_CONSTANT_RENUMBERED || s->rule == RULE_PROTO_ENUM_CONSTANT_LOST) &&
		pbuf_enum_of(s->old_field) && pbuf_enum_of(s->new_field) &&
		pbuf_enums_related(pbuf_enum_of(s->old_field), pbuf_enum_of(s->new_field));
}

static struct explain_place place(const struct pbuf_explain *x, const struct pbuf_subject *s, const struct pbuf_schema *schema,
	const struct pbuf_type *type, const struct pbuf_field *field, const struct pbuf_type *other)
{
	const struct pbuf_file *file = schema->file;
	const struct pbuf_type *enumeration = is_about_constant(s) ? enum_of(type, field) : NULL;
	const struct pbuf_oneof *oneof = s->oneof ? oneof_named(type, s->oneof->name) : NULL;
	bool moved = s->rule == RULE_PROTO_FIELDS_MOVED_TO_ONEOF || s->rule == RULE_PROTO_FIELD_MOVED_TO_EXISTING_ONEOF;

	if (s->rule == RULE_PROTO_PACKAGE_CHANGED)
		return place_of(x, schema, file, str_present(file->package) ? &file->package_span : &file->syntax_span, STR(""));
	if (enumeration)
		return place_constant(x, schema, enumeration, s->constant);
	if (oneof && (moved || !field))
		return place_of(x, schema, type->file, &oneof->span,
			str_printf(x->arena, "%.*s.%.*s", STR_ARG(type->local), STR_ARG(oneof->name)));
	if (field)
		return place_of(x, schema, field->file, &field->span, path_of(x->arena, field));
	return type ? place_of(x, schema, type->file, &type->span, type->local) : place_around(x, schema, other);
}

struct explain_place pbuf_place_new(const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	return place(x, s, x->new, s->new_type, s->new_field, s->old_type);
}

struct explain_place pbuf_place_old(const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	return place(x, s, x->old, s->old_type, s->old_field, s->new_type);
}

/* ---- sentences ---- */

static bool same_name(const struct pbuf_type *a, const struct pbuf_type *b)
{
	return a && b && str_eq(a->full, b->full);
}

/* A type as the text has it; by its full name where that text means two types, and whose it is where those are alike. */
static void put_use(struct buf *b, const struct pbuf_use *use, const struct pbuf_use *other)
{
	const struct pbuf_type *named = use->named;

	if (use->kind == PBUF_MAP && other->kind == PBUF_MAP) {
		buf_printf(b, "map<%.*s, ", STR_ARG(use->key->text));
		put_use(b, use->value, other->value);
		buf_add_c(b, '>');
	} else if (use->kind != PBUF_NAMED || !named || !other->named || !str_eq(use->text, other->text)) {
		buf_add(b, use->text);
	} else {
		buf_add(b, named->full);
		if (same_name(named, other->named) && str_present(named->file->subject))
			buf_printf(b, " of version %d of %.*s", named->file->version, STR_ARG(named->file->subject));
	}
}

void pbuf_put_declared(struct buf *b, const struct pbuf_field *field, const struct pbuf_field *beside)
{
	static const char *const labels[] = {
		[PBUF_UNLABELLED] = "", [PBUF_OPTIONAL] = "optional ", [PBUF_REQUIRED] = "required ", [PBUF_REPEATED] = "repeated ",
	};

	buf_add(b, str_of(labels[field->label]));
	if (beside && field->label == beside->label && str_eq(field->type.text, beside->type.text))
		put_use(b, &field->type, &beside->type);
	else
		buf_add(b, field->type.text);
}

static void put_field(struct buf *b, const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	const struct pbuf_field *field = s->new_field ? s->new_field : s->old_field;

	buf_add(b, field->extend ? STR("extension ") : STR("field "));
	buf_add(b, path_of(x->arena, field));
	buf_printf(b, " = %d", field->number);
}

static void put_change(struct buf *b, const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	put_field(b, x, s);
	if (s->old_field == NULL || s->new_field == NULL)
		return;
	buf_lit(b, ": ");
	pbuf_put_declared(b, s->old_field, s->new_field);
	buf_lit(b, " became ");
	pbuf_put_declared(b, s->new_field, s->old_field);
}

static struct str reader_of(const struct pbuf_explain *x)
{
	return x->new_reads_old ? STR("new") : STR("old");
}

static struct str writer_of(const struct pbuf_explain *x)
{
	return x->new_reads_old ? STR("old") : STR("new");
}

static void put_enum(struct buf *b, const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	const struct pbuf_field *field = x->new_reads_old ? s->new_field : s->old_field;
	const struct pbuf_type *type = pbuf_enum_of(field);
	struct str now = pbuf_constant_name(type, s->constant->number);

	if (!pbuf_enums_related(pbuf_enum_of(s->old_field), pbuf_enum_of(s->new_field))) {
		put_change(b, x, s);
		buf_lit(b, "; ");
	}

	buf_printf(b, "enum %.*s: %d, %.*s in the %.*s schema, is ", STR_ARG(type->local), s->constant->number,
		STR_ARG(s->constant->name), STR_ARG(writer_of(x)));
	if (str_present(now))
		buf_printf(b, "%.*s in the %.*s one", STR_ARG(now), STR_ARG(reader_of(x)));
	else
		buf_printf(b, "the number of no constant in the %.*s one", STR_ARG(reader_of(x)));
}

static void put_removed(struct buf *b, const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	if (s->constant)
		buf_printf(b, "constant %.*s = %d of enum %.*s", STR_ARG(s->constant->name), s->constant->number, STR_ARG(s->old_type->local));
	else
		put_field(b, x, s);
	buf_lit(b, " was removed and its number is not reserved");
}

static void put_policy(struct buf *b, const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	switch (s->rule) {
	case RULE_PROTO_PACKAGE_CHANGED:
		buf_printf(b, "package \"%.*s\" became \"%.*s\"", STR_ARG(x->old->file->package), STR_ARG(x->new->file->package));
		break;
	case RULE_PROTO_MESSAGE_REMOVED:
		buf_printf(b, "message %.*s is not in the %.*s schema", STR_ARG((s->old_type ? s->old_type : s->new_type)->local),
			STR_ARG(reader_of(x)));
		break;
	case RULE_PROTO_NUMBER_NOT_RESERVED:
		put_removed(b, x, s);
		break;
	case RULE_PROTO_RESERVED_REUSED:
		put_field(b, x, s);
		buf_lit(b, " uses a number or name that the old schema reserves");
		break;
	case RULE_PROTO_NUMBER_TWICE:
		put_field(b, x, s);
		buf_lit(b, " has the number of another field of its message");
		break;
	default:
		if (s->old_field->oneof) {
			put_field(b, x, s);
			buf_printf(b, " is not in oneof %.*s any more", STR_ARG(s->old_field->oneof->name));
		} else {
			put_change(b, x, s);
		}
		buf_lit(b, ": whether it was set cannot be told any more");
	}
}

static void put_missing(struct buf *b, const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	const struct pbuf_type *without = s->old_field ? s->new_type : s->old_type, *with = s->old_field ? s->old_type : s->new_type;

	buf_lit(b, " is required and not in ");
	if (without && with && !str_eq(without->local, with->local))
		buf_printf(b, "message %.*s of ", STR_ARG(without->local));
	buf_printf(b, "the %.*s schema", STR_ARG(s->rule == RULE_PROTO_REQUIRED_FIELD_ADDED ? writer_of(x) : reader_of(x)));
}

struct str pbuf_sentence(const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	struct buf b = buf_make(x->arena, 128);

	switch (s->rule) {
	case RULE_PROTO_REQUIRED_FIELD_ADDED:
	case RULE_PROTO_REQUIRED_FIELD_REMOVED:
		put_change(&b, x, s);
		if (!s->old_field || !s->new_field)
			put_missing(&b, x, s);
		break;
	case RULE_PROTO_ONEOF_FIELD_REMOVED:
		put_field(&b, x, s);
		buf_printf(&b, " of the oneof %.*s is not in the %.*s schema", STR_ARG(s->oneof->name), STR_ARG(reader_of(x)));
		break;
	case RULE_PROTO_FIELDS_MOVED_TO_ONEOF:
	case RULE_PROTO_FIELD_MOVED_TO_EXISTING_ONEOF:
		buf_printf(&b, "members of the oneof %.*s.%.*s of the %.*s schema could be set together in the %.*s one",
			STR_ARG((x->new_reads_old ? s->new_type : s->old_type)->local), STR_ARG(s->oneof->name), STR_ARG(reader_of(x)),
			STR_ARG(writer_of(x)));
		break;
	case RULE_PROTO_FIELD_RENUMBERED:
		buf_printf(&b, "field %.*s.%.*s has the number %d in the old schema and %d in the new one", STR_ARG(s->new_type->local),
			STR_ARG(s->new_field->name), s->old_field->number, s->new_field->number);
		break;
	case RULE_PROTO_DEFAULT_CHANGED:
		put_field(&b, x, s);
		buf_lit(&b, ": not set, it was ");
		pbuf_put_absent(&b, x->arena, s->old_field);
		buf_lit(&b, " and is ");
		pbuf_put_absent(&b, x->arena, s->new_field);
		break;
	case RULE_PROTO_ENUM_CONSTANT_RENUMBERED:
	case RULE_PROTO_ENUM_CONSTANT_LOST:
		put_enum(&b, x, s);
		break;
	default:
		if (rule_info(s->rule)->effect == EFFECT_POLICY)
			put_policy(&b, x, s);
		else
			put_change(&b, x, s);
	}
	return buf_str(&b);
}
