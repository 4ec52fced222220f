/* Fixes of enums, defaults, numbers, reservations and oneofs. */
#include "compat/protobuf/explain_int.h"

/* ---- enums ---- */

/* The number of a constant, where it stands in the text. */
static void renumber(struct pbuf_fixing *f, const struct pbuf_constant *constant, int32_t number)
{
	struct err ignored = { .arena = f->x->arena };
	struct pbuf_reader r = {
		.arena = f->x->arena, .err = &ignored, .text = str_sub(f->x->text, 0, constant->span.to), .pos = constant->span.from,
	};
	struct str word;
	char next;
	size_t from;

	if (pbuf_word(&r, &word) != OK || pbuf_require(&r, '=') != OK || pbuf_peek(&r, &next) != OK)
		return;
	from = r.pos;
	if (pbuf_word(&r, &word) == OK)
		pbuf_edit(f, from, r.pos - from, str_printf(f->x->arena, "%d", number));
}

static const struct pbuf_constant *constant_named(const struct map *names, struct str name)
{
	return map_get(names, name);
}

static struct map names_of(struct pbuf_fixing *f, const struct pbuf_type *type)
{
	struct map names = map_make(f->x->arena);

	for (size_t i = 0; i < type->n_constants; i++)
		map_put(&names, type->constants[i].name, &type->constants[i]);
	return names;
}

static int32_t free_number(const struct pbuf_type *old, const struct pbuf_type *new)
{
	int32_t most = 0;

	for (size_t i = 0; i < old->n_constants; i++)
		most = old->constants[i].number > most ? old->constants[i].number : most;
	for (size_t i = 0; i < new->n_constants; i++)
		most = new->constants[i].number > most ? new->constants[i].number : most;
	return most;
}

/* Constants that are gone, where nothing else has their number. */
static void bring_back(struct pbuf_fixing *f, const struct pbuf_type *old, const struct pbuf_type *new, struct map *taken)
{
	struct map before = names_of(f, old), now = names_of(f, new), numbers = map_make(f->x->arena);

	for (size_t i = 0; i < new->n_constants; i++)
		map_put(&numbers, str_make((const char *)&new->constants[i].number, 4), (void *)(uintptr_t)&new->constants[i]);
	for (size_t i = 0; i < old->n_constants && !f->major; i++) {
		const struct pbuf_constant *constant = &old->constants[i];
		struct str number = str_make((const char *)&constant->number, 4);
		const struct pbuf_constant *other = map_get(&numbers, number);

		if (constant_named(&now, constant->name) || map_get(taken, number)
			|| (other && !constant_named(&before, other->name)))
			continue;
		map_put(taken, number, f);
		pbuf_edit_append(f, &new->span, str_printf(f->x->arena, "%.*s = %d;", STR_ARG(constant->name), constant->number));
		pbuf_edit_unreserve(f, new, constant->number, constant->name);
	}
}

/*
 * Constants get back the numbers they had; new ones that stand on such a number give way; those that are gone
 * come back where their number is free.
 */
void pbuf_fix_enum(struct pbuf_fixing *f, const struct pbuf_type *old, const struct pbuf_type *new)
{
	struct map before = names_of(f, old), now = names_of(f, new), taken = map_make(f->x->arena);
	int32_t most = free_number(old, new);

	if (new->file != f->x->new->file) {
		pbuf_fix_major(f, "keep enum %.*s as it was in its own file", STR_ARG(new->local));
		return;
	}
	if (!f->x->new_reads_old && f->s->rule == RULE_PROTO_ENUM_CONSTANT_LOST) {
		pbuf_fix_major(f, "give all readers the constant %.*s before it is written", STR_ARG(f->s->constant->name));
		return;
	}
	pbuf_fix_title(f, "keep the numbers of enum %.*s", STR_ARG(new->local));
	for (size_t i = 0; i < old->n_constants; i++)
		if (constant_named(&now, old->constants[i].name))
			map_put(&taken, str_make((const char *)&old->constants[i].number, 4), f);
	for (size_t i = 0; i < new->n_constants && !f->major; i++) {
		const struct pbuf_constant *constant = &new->constants[i], *was = constant_named(&before, constant->name);

		if (was && was->number != constant->number)
			renumber(f, constant, was->number);
		else if (was == NULL && map_get(&taken, str_make((const char *)&constant->number, 4)) && most < INT32_MAX)
			renumber(f, constant, ++most);
	}
	bring_back(f, old, new, &taken);
}

/* ---- defaults ---- */

static struct str spelled(struct pbuf_fixing *f, const struct pbuf_field *field)
{
	struct pbuf_datum value;
	struct buf b = buf_make(f->x->arena, 16);
	struct pbuf_event e = { .arena = f->x->arena };

	if (field->default_value && (field->default_value->kind != PBUF_V_STRING))
		return field->default_value->text;
	if (!pbuf_absent_value(f->x->arena, field, &value))
		return STR_NONE;
	if (value.kind == PBUF_D_ENUM)
		return pbuf_constant_name(field->type.named, (int32_t)value.i);
	if (value.kind == PBUF_D_STRING || value.kind == PBUF_D_BYTES)
		pbuf_put_quoted(&b, value.text);
	else if (value.kind == PBUF_D_INT)
		buf_add_i64(&b, value.i);
	else if (value.kind == PBUF_D_UINT)
		buf_printf(&b, "%llu", (unsigned long long)value.u);
	else
		pbuf_json_value(&e, &b, &field->type, &value);
	return buf_str(&b);
}

/* Options of a field as they are but for its default, which is absent where there is to be none; "" for no option. */
static struct str options_with(struct pbuf_fixing *f, const struct pbuf_field *field, struct str value, bool packable)
{
	struct buf b = buf_make(f->x->arena, 64);

	if (str_present(value))
		buf_printf(&b, "default = %.*s", STR_ARG(value));
	if (field->json_name) {
		buf_add(&b, b.len > 0 ? STR(", json_name = ") : STR("json_name = "));
		pbuf_put_quoted(&b, field->json_name->text);
	}
	for (size_t i = 0; i < field->options.n; i++) {
		if (!packable && str_eq(field->options.items[i].name, STR("packed")))
			continue;
		if (b.len > 0)
			buf_lit(&b, ", ");
		pbuf_put_option(&b, &field->options.items[i], 2);
	}
	return b.len == 0 ? STR("") : str_printf(f->x->arena, " [%.*s]", STR_ARG(buf_str(&b)));
}

static void set_options(struct pbuf_fixing *f, const struct pbuf_tokens *tokens, struct str options)
{
	pbuf_edit(f, tokens->number_to, tokens->options_to - tokens->number_to, options);
}

/* What the new type had as options and the old one cannot have, or had otherwise. */
void pbuf_fix_options(struct pbuf_fixing *f, const struct pbuf_tokens *tokens)
{
	const struct pbuf_field *old = f->s->old_field, *new = f->s->new_field;
	bool is_proto2 = new->file->syntax != PBUF_PROTO3, packable = old->label == PBUF_REPEATED && pbuf_is_number(&old->type);
	struct str value = is_proto2 && old->default_value ? spelled(f, old) : STR_NONE;

	if (new->default_value || str_present(value) || (!packable && pbuf_option_find(&new->options, STR("packed"))))
		set_options(f, tokens, options_with(f, new, value, packable));
}

void pbuf_fix_default(struct pbuf_fixing *f)
{
	const struct pbuf_field *old = f->s->old_field, *new = f->s->new_field;
	struct str value = spelled(f, old);
	struct pbuf_tokens tokens;
	bool known = !new->type.named || !new->type.named->is_enum;

	for (size_t i = 0; !known && i < new->type.named->n_constants; i++)
		known = str_present(value) && str_eq(new->type.named->constants[i].name, value);
	if (new->file != f->x->new->file || new->file->syntax == PBUF_PROTO3 || new->label == PBUF_REPEATED || !known
		|| !str_present(value) || !pbuf_tokens_of(f, new, &tokens)) {
		pbuf_fix_major(f, "keep the default of %.*s, which proto3 and repeated fields cannot have, or use a new number",
			STR_ARG(new->name));
		return;
	}
	pbuf_fix_title(f, "give %.*s the default %.*s again", STR_ARG(new->name), STR_ARG(value));
	set_options(f, &tokens, options_with(f, new, value, true));
}

/* ---- numbers ---- */

static int32_t most_of(const struct pbuf_type *type, int32_t most)
{
	const struct pbuf_ranges *lists[] = { type->reserved, type->extensions };
	size_t counts[] = { type->n_reserved, type->n_extensions };

	for (size_t i = 0; i < type->n_by_number; i++)
		most = type->by_number[i]->number > most ? type->by_number[i]->number : most;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < counts[k]; i++)
			for (size_t n = 0; n < lists[k][i].n; n++)
				if (!str_present(lists[k][i].items[n].name) && lists[k][i].items[n].to > most)
					most = lists[k][i].items[n].to;
	return most;
}

/* The first number behind all that are in use or kept free, but for those that belong to Protobuf itself. */
static int32_t number_behind(const struct pbuf_fixing *f, int32_t number)
{
	number = most_of(f->s->old_type, most_of(f->s->new_type, number));
	return number >= 18999 && number <= 19999 ? 20000 : number + 1;
}

void pbuf_fix_number(struct pbuf_fixing *f)
{
	const struct pbuf_field *new = f->s->new_field;
	int32_t number = number_behind(f, 0);
	struct pbuf_tokens tokens;

	if (number > PBUF_MAX_NUMBER || new->file != f->x->new->file || !pbuf_tokens_of(f, new, &tokens)) {
		pbuf_fix_major(f, "use another number for %.*s", STR_ARG(new->name));
		return;
	}
	pbuf_fix_title(f, "use number %d for %.*s", number, STR_ARG(new->name));
	pbuf_edit(f, tokens.number_from, tokens.number_to - tokens.number_from, str_printf(f->x->arena, "%d", number));
}

static const struct pbuf_field *field_named(const struct pbuf_type *type, struct str name)
{
	for (size_t i = 0; i < type->n_by_number; i++)
		if (str_eq(type->by_number[i]->name, name))
			return type->by_number[i];
	return NULL;
}

static bool set_number(struct pbuf_fixing *f, const struct pbuf_field *field, int32_t number)
{
	struct pbuf_tokens tokens;

	if (number > PBUF_MAX_NUMBER || field->file != f->x->new->file || !pbuf_tokens_of(f, field, &tokens))
		return false;
	pbuf_edit(f, tokens.number_from, tokens.number_to - tokens.number_from, str_printf(f->x->arena, "%d", number));
	return true;
}

/* Whether a name that is there again gets the number that a new field has taken. */
static bool has_taken(const struct pbuf_type *old, const struct pbuf_type *new, const struct pbuf_field *field)
{
	const struct pbuf_field *before = pbuf_field_numbered(old, field->number);

	return before && !field_named(old, field->name) && field_named(new, before->name);
}

/* The numbers that names had, all of the message at once: they may have changed places, or given way to a new one. */
void pbuf_fix_numbers(struct pbuf_fixing *f)
{
	const struct pbuf_type *old = f->s->old_type, *new = f->s->new_type;
	const struct pbuf_field *told = f->s->old_field;
	int32_t number = 0;

	pbuf_fix_title(f, "give %.*s its number %d again", STR_ARG(told->name), told->number);
	for (size_t i = 0; i < new->n_by_number; i++) {
		const struct pbuf_field *field = new->by_number[i], *before = field_named(old, field->name);

		if (before && before->number != field->number && set_number(f, field, before->number))
			pbuf_edit_unreserve(f, new, before->number, before->name);
		if (!has_taken(old, new, field))
			continue;
		number = number_behind(f, number);
		if (!set_number(f, field, number))
			pbuf_fix_major(f, "number %d belongs to %.*s", field->number, STR_ARG(pbuf_field_numbered(old, field->number)->name));
	}
	for (size_t i = 1; i < f->n_edits; i++) /* two numbers of one reserved statement */
		if (f->edits[i].offset < f->edits[i - 1].offset + f->edits[i - 1].length)
			pbuf_fix_major(f, "give %.*s its number %d again", STR_ARG(told->name), told->number);
}

void pbuf_fix_reserve(struct pbuf_fixing *f)
{
	const struct pbuf_type *type = f->s->new_type;
	struct str name = f->s->constant ? f->s->constant->name : f->s->old_field->name;
	bool is_free = true;
	struct buf b = buf_make(f->x->arena, 64);

	for (size_t i = 0; i < type->n_by_number; i++)
		is_free = is_free && !str_eq(type->by_number[i]->name, name);
	for (size_t i = 0; i < type->n_constants; i++)
		is_free = is_free && !str_eq(type->constants[i].name, name);
	pbuf_fix_title(f, "reserve %d", f->s->number);
	f->safe = true;
	buf_printf(&b, "reserved %d;", f->s->number);
	if (is_free) {
		buf_lit(&b, "\nreserved ");
		pbuf_put_quoted(&b, name);
		buf_lit(&b, ";");
	}
	pbuf_edit_append(f, &type->span, buf_str(&b));
}

/* ---- oneofs ---- */

static const struct pbuf_field *member_of(const struct pbuf_oneof *oneof, size_t i)
{
	return i < oneof->n_fields ? oneof->fields[i] : oneof->groups[i - oneof->n_fields];
}

static struct str plain(struct pbuf_fixing *f, const struct pbuf_field *field)
{
	return pbuf_print_field(f->x->arena, field,
		f->x->new->file->syntax == PBUF_PROTO3 || field->type.kind == PBUF_MAP ? PBUF_UNLABELLED : PBUF_OPTIONAL);
}

/* Fields that came together in the new oneof leave it again, but for those of one origin. */
static void take_apart(struct pbuf_fixing *f, const struct pbuf_oneof *oneof)
{
	const struct pbuf_field *kept = NULL;
	size_t n = oneof->n_fields + oneof->n_groups;

	for (size_t i = 0; i < n; i++) {
		const struct pbuf_field *before = pbuf_field_numbered(f->s->old_type, member_of(oneof, i)->number);

		if (before && (kept == NULL || (before->oneof && !kept->oneof)))
			kept = before;
	}
	for (size_t i = 0; i < n; i++) {
		const struct pbuf_field *member = member_of(oneof, i);
		const struct pbuf_field *before = pbuf_field_numbered(f->s->old_type, member->number);

		if (before == NULL || before == kept || (before->oneof && before->oneof == kept->oneof))
			continue;
		if (member->type.kind == PBUF_GROUP) {
			pbuf_fix_major(f, "keep %.*s out of the oneof", STR_ARG(member->name));
			return;
		}
		pbuf_edit_delete(f, &member->span);
		pbuf_edit_behind(f, &oneof->span, plain(f, member));
	}
}

/* Fields that were in one oneof go into one again. */
static void put_together(struct pbuf_fixing *f, const struct pbuf_oneof *old)
{
	const struct pbuf_type *type = f->s->new_type;
	const struct pbuf_oneof *target = NULL;
	struct buf b = buf_make(f->x->arena, 128);

	for (size_t i = 0; i < type->n_oneofs; i++)
		if (str_eq(type->oneofs[i]->name, old->name))
			target = type->oneofs[i];
	if (target == NULL)
		buf_printf(&b, "oneof %.*s {\n", STR_ARG(old->name));
	for (size_t i = 0; i < old->n_fields + old->n_groups; i++) {
		const struct pbuf_field *now = pbuf_field_numbered(type, member_of(old, i)->number);
		struct str declaration;

		if (now == NULL || (target && now->oneof == target))
			continue;
		if (now->type.kind == PBUF_GROUP || now->type.kind == PBUF_MAP || now->label == PBUF_REPEATED) {
			pbuf_fix_major(f, "keep %.*s in the oneof", STR_ARG(now->name));
			return;
		}
		declaration = pbuf_print_field(f->x->arena, now, PBUF_UNLABELLED);
		pbuf_edit_delete(f, &now->span);
		if (target)
			pbuf_edit_append(f, &target->span, declaration);
		else
			buf_printf(&b, "  %.*s\n", STR_ARG(declaration));
	}
	buf_lit(&b, "}");
	if (target == NULL)
		pbuf_edit_append(f, &type->span, buf_str(&b));
}

void pbuf_fix_oneof(struct pbuf_fixing *f)
{
	if (f->s->new_type->file != f->x->new->file) {
		pbuf_fix_major(f, "keep the import that it had");
		return;
	}
	pbuf_fix_title(f, f->x->new_reads_old ? "keep fields out of the oneof %.*s" : "keep the oneof %.*s together",
		STR_ARG(f->s->oneof->name));
	if (f->x->new_reads_old)
		take_apart(f, f->s->oneof);
	else
		put_together(f, f->s->oneof);
}
