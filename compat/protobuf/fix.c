/* The smallest edit of the new text that makes a change legal again; what none does needs a new major version. */
#include "compat/protobuf/explain_int.h"

void pbuf_fix_major(struct pbuf_fixing *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	f->title = str_of(arena_vprintf(f->x->arena, format, args));
	va_end(args);
	f->major = true;
	f->n_edits = 0;
}

void pbuf_fix_title(struct pbuf_fixing *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	f->title = str_of(arena_vprintf(f->x->arena, format, args));
	va_end(args);
}

/* ---- types that have to come back ---- */

/* A field as it can stand in a file of the other syntax. */
static struct pbuf_field *adapted_field(struct pbuf_fixing *f, const struct pbuf_field *field)
{
	struct pbuf_field *copy = arena_new(f->x->arena, struct pbuf_field);
	bool is_proto3 = f->x->new->file->syntax == PBUF_PROTO3;

	*copy = *field;
	if (is_proto3 && field->label == PBUF_REQUIRED)
		copy->label = PBUF_UNLABELLED;
	if (!is_proto3 && field->label == PBUF_UNLABELLED && !field->oneof && field->type.kind != PBUF_MAP)
		copy->label = PBUF_OPTIONAL;
	if (is_proto3)
		copy->default_value = NULL;
	return copy;
}

static struct pbuf_field **adapted_fields(struct pbuf_fixing *f, struct pbuf_field *const *fields, size_t n)
{
	struct pbuf_field **copies = arena_array(f->x->arena, struct pbuf_field *, n);

	for (size_t i = 0; i < n; i++)
		copies[i] = adapted_field(f, fields[i]);
	return copies;
}

/* A type as it can stand in the new file; what proto3 has not is left to a new major version. */
static struct pbuf_type *adapted_type(struct pbuf_fixing *f, const struct pbuf_type *type)
{
	struct pbuf_type *copy = arena_new(f->x->arena, struct pbuf_type);
	bool is_proto3 = f->x->new->file->syntax == PBUF_PROTO3;

	*copy = *type;
	if (is_proto3 && (type->n_groups > 0 || type->n_extensions > 0 || (type->n_constants > 0 && type->constants[0].number != 0)))
		pbuf_fix_major(f, "keep %.*s, which needs proto2 syntax", STR_ARG(type->local));
	copy->fields = adapted_fields(f, type->fields, type->n_fields);
	copy->oneofs = arena_array(f->x->arena, struct pbuf_oneof *, type->n_oneofs);
	for (size_t i = 0; i < type->n_oneofs; i++) {
		copy->oneofs[i] = arena_new(f->x->arena, struct pbuf_oneof);
		*copy->oneofs[i] = *type->oneofs[i];
		copy->oneofs[i]->fields = adapted_fields(f, type->oneofs[i]->fields, type->oneofs[i]->n_fields);
	}
	copy->types = arena_array(f->x->arena, struct pbuf_type *, type->n_types);
	for (size_t i = 0; i < type->n_types; i++)
		copy->types[i] = adapted_type(f, type->types[i]);
	return copy;
}

static void restore_use(struct pbuf_fixing *f, const struct pbuf_use *use);

static void restore_inside(struct pbuf_fixing *f, const struct pbuf_type *type)
{
	for (size_t i = 0; i < type->n_by_number; i++)
		restore_use(f, &type->by_number[i]->type);
	for (size_t i = 0; i < type->n_types; i++)
		restore_inside(f, type->types[i]);
}

/* Puts a type of the old file back where it was, with all around it that is gone as well. */
static void restore_type(struct pbuf_fixing *f, const struct pbuf_type *type)
{
	const struct pbuf_schema *new = f->x->new;
	const struct pbuf_type *parent;
	struct str text;

	if (pbuf_local_type(f->x->arena, new, type->local))
		return;
	while (type->parent && !pbuf_local_type(f->x->arena, new, type->parent->local))
		type = type->parent;
	if (map_put(&f->restored, type->local, f))
		return;
	text = pbuf_print_type(f->x->arena,
		(type->file->syntax == PBUF_PROTO3) == (f->x->new->file->syntax == PBUF_PROTO3) ? type : adapted_type(f, type));
	if (f->major)
		return;
	parent = type->parent ? pbuf_local_type(f->x->arena, new, type->parent->local) : NULL;
	if (parent && (parent->is_enum || parent->file != new->file))
		pbuf_fix_major(f, "keep message %.*s", STR_ARG(type->local));
	else if (parent)
		pbuf_edit_append(f, &parent->span, text);
	else
		pbuf_edit_end(f, text);
	restore_inside(f, type);
}

/* What the new file can import is not defined again. */
static void restore_use(struct pbuf_fixing *f, const struct pbuf_use *use)
{
	if (use->kind == PBUF_MAP)
		restore_use(f, use->value);
	if (use->kind == PBUF_NAMED && use->named && use->named->file == f->x->old->file && !f->major)
		restore_type(f, use->named);
	/* What only the old file imports is not known in the new one. */
	if (use->kind == PBUF_NAMED && use->named && use->named->file != f->x->old->file && !use->named->file->is_known
		&& map_get(&f->x->new->types, use->named->full) == NULL)
		pbuf_fix_major(f, "import what defines %.*s again", STR_ARG(use->named->full));
}

/* ---- declarations ---- */

/* The label under which a field of the old file can stand in the new one; false: under none. */
static bool label_for(const struct pbuf_fixing *f, const struct pbuf_field *old, bool in_oneof, enum pbuf_label *out)
{
	bool is_proto3 = f->x->new->file->syntax == PBUF_PROTO3;

	*out = old->label;
	if (in_oneof || old->type.kind == PBUF_MAP)
		*out = PBUF_UNLABELLED;
	else if (is_proto3 && old->label == PBUF_REQUIRED)
		return false;
	else if (!is_proto3 && old->label == PBUF_UNLABELLED)
		*out = PBUF_OPTIONAL;
	/* In proto2 an optional field is what proto3 has without a label, but for its presence. */
	return !in_oneof || (old->label != PBUF_REPEATED && old->label != PBUF_REQUIRED && old->type.kind != PBUF_MAP);
}

/* What a name means in a message of the new file; NULL: nothing that the file uses. */
static const struct pbuf_type *meaning_of(const struct pbuf_fixing *f, const struct pbuf_type *scope, struct str name)
{
	const struct map *types = &f->x->new->types;
	struct str around = scope ? scope->full : str_present(f->x->new->file->package) ? f->x->new->file->package : STR("");

	if (str_starts(name, STR(".")))
		return map_get(types, str_sub(name, 1, name.len));
	while (around.len > 0) {
		const struct pbuf_type *found = map_get(types, str_printf(f->x->arena, "%.*s.%.*s", STR_ARG(around), STR_ARG(name)));
		ptrdiff_t dot = str_rindex(around, '.');

		if (found)
			return found;
		around.len = dot < 0 ? 0 : (size_t)dot;
	}
	return map_get(types, name);
}

/* The old type as it can be named in a message of the new file, where another one of its name may be nearer. */
static struct str old_name(const struct pbuf_fixing *f, const struct pbuf_use *use, const struct pbuf_type *scope)
{
	const struct pbuf_type *old = use->named, *now = use->kind == PBUF_NAMED ? meaning_of(f, scope, use->text) : NULL;
	struct str package = f->x->new->file->package;

	if (use->kind == PBUF_MAP)
		return str_printf(f->x->arena, "map<%.*s, %.*s>", STR_ARG(use->key->text), STR_ARG(old_name(f, use->value, scope)));
	if (!now || !old || str_eq(now->local, old->local))
		return use->text;
	if (old->file != f->x->old->file)
		return str_concat(f->x->arena, STR("."), old->full);
	return str_printf(f->x->arena, ".%.*s%s%.*s", STR_ARG(str_present(package) ? package : STR("")),
		package.len > 0 ? "." : "", STR_ARG(old->local));
}

/* The old field as it can stand in a message of the new file. */
static const struct pbuf_field *old_field_in(const struct pbuf_fixing *f, const struct pbuf_field *field,
	const struct pbuf_type *scope)
{
	struct pbuf_field *copy = arena_new(f->x->arena, struct pbuf_field);

	*copy = *field;
	copy->type.text = old_name(f, &field->type, scope);
	return copy;
}

static struct str labelled(const struct pbuf_fixing *f, const struct pbuf_field *field, enum pbuf_label label)
{
	static const char *const labels[] = {
		[PBUF_UNLABELLED] = "", [PBUF_OPTIONAL] = "optional ", [PBUF_REQUIRED] = "required ", [PBUF_REPEATED] = "repeated ",
	};

	return str_printf(f->x->arena, "%s%.*s", labels[label], STR_ARG(field->type.text));
}

/* The field as it was, under its new name. */
static void move_out(struct pbuf_fixing *f, const struct pbuf_field *new, const struct pbuf_field *like, enum pbuf_label label)
{
	struct pbuf_field field = *like;

	field.name = new->name;
	field.number = new->number;
	field.options = new->options;
	if (f->x->new->file->syntax == PBUF_PROTO3)
		field.default_value = NULL;
	pbuf_edit_delete(f, &new->span);
	pbuf_edit_behind(f, &new->oneof->span, pbuf_print_field(f->x->arena, &field, label));
}

static bool is_ours(const struct pbuf_fixing *f, const struct pbuf_field *field)
{
	return field->file == f->x->new->file;
}

static void elsewhere(struct pbuf_fixing *f, const struct pbuf_file *file)
{
	if (str_present(file->subject))
		pbuf_fix_major(f, "keep the reference to the version of subject %.*s that it had", STR_ARG(file->subject));
	else
		pbuf_fix_major(f, "keep the import that it had");
}

/* Label and type as they were. */
static void restore_declaration(struct pbuf_fixing *f)
{
	const struct pbuf_field *old = f->s->old_field, *new = f->s->new_field;
	struct pbuf_tokens tokens;
	enum pbuf_label label;

	if (old == NULL || new == NULL)
		return;
	if (!is_ours(f, new)) {
		elsewhere(f, new->file);
		return;
	}
	old = old_field_in(f, old, new->scope);
	if (old->type.kind == PBUF_GROUP || !pbuf_tokens_of(f, new, &tokens)) {
		pbuf_fix_major(f, "use a new number for the new type of %.*s", STR_ARG(new->name));
		return;
	}
	if (!label_for(f, old, false, &label)) {
		pbuf_fix_major(f, "a required field needs proto2 syntax");
		return;
	}
	if (f->s->rule == RULE_PROTO_PRESENCE_LOST)
		label = PBUF_OPTIONAL; /* also of what was in a oneof */
	pbuf_fix_title(f, "declare %.*s as %.*s%s", STR_ARG(new->name), STR_ARG(labelled(f, old, label)), old->oneof ? "" : " again");
	if (new->oneof && !label_for(f, old, true, &label)) {
		label_for(f, old, false, &label);
		move_out(f, new, old, label);
	} else {
		pbuf_edit(f, new->span.from, tokens.type_to - new->span.from, labelled(f, old, label));
		pbuf_fix_options(f, &tokens);
	}
	restore_use(f, &old->type);
}

static const struct pbuf_oneof *oneof_named(const struct pbuf_type *type, struct str name)
{
	for (size_t i = 0; i < type->n_oneofs; i++)
		if (str_eq(type->oneofs[i]->name, name))
			return type->oneofs[i];
	return NULL;
}

/* The removed field as it was; in its oneof when that is still there. */
static void put_back(struct pbuf_fixing *f)
{
	const struct pbuf_field *old = f->s->old_field;
	const struct pbuf_type *type = f->s->new_type;
	const struct pbuf_oneof *oneof = old->oneof ? oneof_named(type, old->oneof->name) : NULL;
	enum pbuf_label label;

	if (type->file != f->x->new->file) {
		elsewhere(f, type->file);
		return;
	}
	if (old->type.kind == PBUF_GROUP || !label_for(f, old, oneof != NULL, &label)) {
		pbuf_fix_major(f, "keep field %.*s", STR_ARG(old->name));
		return;
	}
	/* Its name is there under another number: two fields of one name no compiler takes. */
	if (pbuf_field_named(type, old->name)) {
		pbuf_fix_numbers(f);
		return;
	}
	pbuf_fix_title(f, "put %.*s = %d back", STR_ARG(old->name), old->number);
	old = old_field_in(f, old, type);
	pbuf_edit_append(f, oneof ? &oneof->span : &type->span, pbuf_print_field(f->x->arena, old, label));
	pbuf_edit_unreserve(f, type, old->number, old->name);
	restore_use(f, &old->type);
}

static void make_optional(struct pbuf_fixing *f)
{
	const struct pbuf_field *new = f->s->new_field;
	struct pbuf_tokens tokens;

	if (!is_ours(f, new)) {
		elsewhere(f, new->file);
	} else if (!pbuf_tokens_of(f, new, &tokens)) {
		pbuf_fix_major(f, "a group cannot be made optional by an edit");
	} else {
		pbuf_fix_title(f, "make %.*s optional", STR_ARG(new->name));
		pbuf_edit(f, new->span.from, tokens.type_to - new->span.from, labelled(f, new, PBUF_OPTIONAL));
	}
}

/* A required field of one side only, or that went to a oneof. */
static void fix_required(struct pbuf_fixing *f)
{
	if (f->s->new_field && f->s->new_field->label == PBUF_REQUIRED)
		make_optional(f);
	else if (f->s->new_field)
		restore_declaration(f);
	else
		put_back(f);
}

/* A member of a oneof that only one side has. */
static void fix_member(struct pbuf_fixing *f)
{
	const struct pbuf_field *new = f->s->new_field;
	enum pbuf_label label;

	if (new == NULL) {
		put_back(f);
	} else if (!is_ours(f, new) || new->type.kind == PBUF_GROUP || !label_for(f, new, false, &label)) {
		elsewhere(f, new->file);
	} else {
		pbuf_fix_title(f, "move %.*s out of the oneof", STR_ARG(new->name));
		move_out(f, new, new, label);
	}
}

/* A type named by the package that the file has now, by the one that it gets back; *changed when it was so named. */
static struct str renamed(struct pbuf_fixing *f, const struct pbuf_use *use, bool *changed)
{
	struct str now = f->x->new->file->package, was = f->x->old->file->package, text = use->text;
	bool dotted = str_starts(text, STR("."));
	struct str rest = str_sub(text, dotted, text.len);

	if (use->kind == PBUF_MAP) {
		struct str value = renamed(f, use->value, changed);

		return str_printf(f->x->arena, "map<%.*s, %.*s>", STR_ARG(use->key->text), STR_ARG(value));
	}
	if (use->kind != PBUF_NAMED || now.len == 0 || !use->named || use->named->file != f->x->new->file
		|| !str_starts(rest, now) || rest.len <= now.len || rest.data[now.len] != '.')
		return text;
	*changed = true;
	rest = str_sub(rest, now.len + 1, rest.len);
	return str_printf(f->x->arena, "%s%.*s%s%.*s", dotted ? "." : "", STR_ARG(was), was.len > 0 ? "." : "", STR_ARG(rest));
}

static void rename_uses(struct pbuf_fixing *f, struct pbuf_type *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < types[i]->n_by_number; k++) {
			const struct pbuf_field *field = types[i]->by_number[k];
			struct pbuf_tokens tokens;
			bool changed = false;
			struct str text = renamed(f, &field->type, &changed);

			if (changed && pbuf_tokens_of(f, field, &tokens))
				pbuf_edit(f, tokens.type_from, tokens.type_to - tokens.type_from, text);
		}
		rename_uses(f, types[i]->types, types[i]->n_types);
	}
}

static void fix_package(struct pbuf_fixing *f)
{
	const struct pbuf_file *file = f->x->new->file;
	struct str package = f->x->old->file->package;
	struct str statement = str_printf(f->x->arena, "package %.*s;", STR_ARG(package));

	if (!str_present(package)) {
		pbuf_fix_title(f, "take the package statement out");
		pbuf_edit_delete(f, &file->package_span);
	} else {
		pbuf_fix_title(f, "call the package %.*s again", STR_ARG(package));
		if (str_present(file->package))
			pbuf_edit(f, file->package_span.from, file->package_span.to - file->package_span.from, statement);
		else if (file->syntax != PBUF_NO_SYNTAX)
			pbuf_edit_behind(f, &file->syntax_span, statement);
		else
			pbuf_edit(f, 0, 0, str_concat(f->x->arena, statement, STR("\n")));
	}
	rename_uses(f, file->types, file->n_types);
}

static void fix_message(struct pbuf_fixing *f)
{
	if (!f->x->new_reads_old) {
		pbuf_fix_major(f, "define message %.*s in a file of its own and import it", STR_ARG(f->s->new_type->local));
		return;
	}
	pbuf_fix_title(f, "keep message %.*s", STR_ARG(f->s->old_type->local));
	restore_type(f, f->s->old_type);
}

static void fix_named(struct pbuf_fixing *f)
{
	const struct pbuf_use *old = &f->s->old_field->type, *new = &f->s->new_field->type;

	if (old->kind == PBUF_NAMED && new->kind == PBUF_NAMED && old->named && new->named
		&& str_eq(old->named->local, new->named->local) && new->named->file != f->x->new->file)
		elsewhere(f, new->named->file);
	else
		restore_declaration(f);
}

static void fix_constant(struct pbuf_fixing *f)
{
	const struct pbuf_field *old = f->s->old_field, *new = f->s->new_field;

	if (!pbuf_enum_of(old) || !pbuf_enum_of(new) || !pbuf_enums_related(pbuf_enum_of(old), pbuf_enum_of(new)))
		restore_declaration(f);
	else
		pbuf_fix_enum(f, pbuf_enum_of(old), pbuf_enum_of(new));
}

static void fix_default(struct pbuf_fixing *f)
{
	const struct pbuf_field *old = f->s->old_field, *new = f->s->new_field;

	if (new->file->syntax == PBUF_PROTO3 || (str_eq(old->type.text, new->type.text) && (old->label == PBUF_REPEATED) == (new->label == PBUF_REPEATED)))
		pbuf_fix_default(f);
	else
		restore_declaration(f);
}

typedef void fix_fn(struct pbuf_fixing *f);

static const struct {
	enum rule rule;
	fix_fn *fix;
} fixes[] = {
	{ RULE_PROTO_PACKAGE_CHANGED, fix_package },
	{ RULE_PROTO_MESSAGE_REMOVED, fix_message },
	{ RULE_PROTO_FIELD_NAMED_TYPE_CHANGED, fix_named },
	{ RULE_PROTO_REQUIRED_FIELD_ADDED, fix_required },
	{ RULE_PROTO_REQUIRED_FIELD_REMOVED, fix_required },
	{ RULE_PROTO_ONEOF_FIELD_REMOVED, fix_member },
	{ RULE_PROTO_FIELDS_MOVED_TO_ONEOF, pbuf_fix_oneof },
	{ RULE_PROTO_FIELD_MOVED_TO_EXISTING_ONEOF, pbuf_fix_oneof },
	{ RULE_PROTO_ENUM_CONSTANT_RENUMBERED, fix_constant },
	{ RULE_PROTO_ENUM_CONSTANT_LOST, fix_constant },
	{ RULE_PROTO_DEFAULT_CHANGED, fix_default },
	{ RULE_PROTO_NUMBER_NOT_RESERVED, pbuf_fix_reserve },
	{ RULE_PROTO_FIELD_RENUMBERED, pbuf_fix_numbers },
	{ RULE_PROTO_RESERVED_REUSED, pbuf_fix_number },
	{ RULE_PROTO_NUMBER_TWICE, pbuf_fix_number },
};

const struct explain_fix *pbuf_fix(const struct pbuf_explain *x, const struct pbuf_subject *s)
{
	struct pbuf_fixing f = { .x = x, .s = s, .restored = map_make(x->arena), .title = STR("") };
	fix_fn *fix = restore_declaration;
	struct explain_fix *out;

	if (!str_present(x->text))
		return NULL;
	for (size_t i = 0; i < sizeof(fixes) / sizeof(fixes[0]); i++)
		if (fixes[i].rule == s->rule)
			fix = fixes[i].fix;
	fix(&f);
	if (!f.major && f.n_edits == 0)
		return NULL;
	out = arena_new(x->arena, struct explain_fix);
	*out = (struct explain_fix){
		.title = f.title, .major = f.major, .safe = f.safe && !f.major, .edits = f.major ? NULL : f.edits,
		.n_edits = f.major ? 0 : f.n_edits,
	};
	return out;
}
