/* What breaks no event of the two schemas but an agreement: numbers and names for ever, presence. */
#include "compat/protobuf/explain_int.h"

static bool reserves(const struct pbuf_type *type, int32_t number)
{
	for (size_t i = 0; i < type->n_reserved; i++)
		for (size_t k = 0; k < type->reserved[i].n; k++) {
			const struct pbuf_range *range = &type->reserved[i].items[k];

			if (!str_present(range->name) && range->from <= number && number <= range->to)
				return true;
		}
	return false;
}

static bool reserves_name(const struct pbuf_type *type, struct str name)
{
	for (size_t i = 0; i < type->n_reserved; i++)
		for (size_t k = 0; k < type->reserved[i].n; k++)
			if (str_present(type->reserved[i].items[k].name) && str_eq(type->reserved[i].items[k].name, name))
				return true;
	return false;
}

static bool can_tell(struct pbuf_explain *x, size_t steps)
{
	return x->out->n_items < LIMIT_FINDINGS && pbuf_spend(&x->judge, steps);
}

static size_t n_ranges(const struct pbuf_type *type)
{
	size_t n = 1;

	for (size_t i = 0; i < type->n_reserved; i++)
		n += type->reserved[i].n;
	return n;
}

static void tell_field(struct pbuf_explain *x, enum rule rule, const struct pbuf_type *old, const struct pbuf_type *new,
	const struct pbuf_field *old_field, const struct pbuf_field *new_field)
{
	pbuf_tell(x, &(struct pbuf_subject){
		.rule = rule, .old_type = old, .new_type = new, .old_field = old_field, .new_field = new_field,
		.number = old_field ? old_field->number : new_field->number,
	}, EFFECT_POLICY);
}

/* One value that is no message: with "optional" or in a oneof it tells whether it was set. */
static bool is_single_value(const struct pbuf_field *field)
{
	const struct pbuf_use *use = &field->type;

	return field->label != PBUF_REPEATED && field->label != PBUF_REQUIRED && use->kind != PBUF_MAP &&
		(use->kind != PBUF_NAMED || (use->named && use->named->is_enum));
}

static void look_at_old(struct pbuf_explain *x, const struct pbuf_type *old, const struct pbuf_type *new)
{
	for (size_t i = 0; i < old->n_by_number && can_tell(x, n_ranges(new)); i++) {
		const struct pbuf_field *field = old->by_number[i], *now = pbuf_field_numbered(new, field->number);

		/* What has another number now is told as that. */
		if (now == NULL && !reserves(new, field->number) && !pbuf_field_named(new, field->name))
			tell_field(x, RULE_PROTO_NUMBER_NOT_RESERVED, old, new, field, NULL);
		if (now && is_single_value(field) && is_single_value(now) && pbuf_has_presence(field) && !pbuf_has_presence(now))
			tell_field(x, RULE_PROTO_PRESENCE_LOST, old, new, field, now);
	}
}

static void look_at_new(struct pbuf_explain *x, const struct pbuf_type *old, const struct pbuf_type *new)
{
	for (size_t i = 0; i < new->n_by_number && can_tell(x, n_ranges(old)); i++) {
		const struct pbuf_field *field = new->by_number[i], *before = pbuf_field_numbered(old, field->number);

		if (before == NULL && (reserves(old, field->number) || reserves_name(old, field->name)))
			tell_field(x, RULE_PROTO_RESERVED_REUSED, old, new, NULL, field);
		if (i > 0 && new->by_number[i - 1]->number == field->number)
			tell_field(x, RULE_PROTO_NUMBER_TWICE, old, new, before, field);
	}
}

/* A number that an open enum knows no more is read as a number without a name. */
static void look_at_enum(struct pbuf_explain *x, const struct pbuf_type *old, const struct pbuf_type *new)
{
	struct map numbers = map_make(x->arena), names = map_make(x->arena);

	for (size_t i = 0; i < new->n_constants; i++) {
		map_put(&numbers, str_make((const char *)&new->constants[i].number, 4), &new->constants[i]);
		map_put(&names, new->constants[i].name, &new->constants[i]);
	}
	for (size_t i = 0; i < old->n_constants && can_tell(x, n_ranges(new)); i++) {
		const struct pbuf_constant *constant = &old->constants[i];

		/* What has another number now is told as that. */
		if (map_get(&numbers, str_make((const char *)&constant->number, 4)) || reserves(new, constant->number) ||
			map_get(&names, constant->name))
			continue;
		map_put(&numbers, str_make((const char *)&constant->number, 4), x); /* told, whatever other names it has */
		pbuf_tell(x, &(struct pbuf_subject){
			.rule = RULE_PROTO_NUMBER_NOT_RESERVED, .old_type = old, .new_type = new, .constant = constant,
			.number = constant->number,
		}, EFFECT_POLICY);
	}
}

static void look_at(struct pbuf_explain *x, struct pbuf_type *const *olds, size_t n_olds, struct pbuf_type *const *news,
	size_t n_news)
{
	struct map named = map_make(x->arena);

	if (n_olds == 0 || n_news == 0)
		return;
	for (size_t i = 0; i < n_news; i++)
		map_put(&named, news[i]->name, news[i]);
	for (size_t i = 0; i < n_olds && can_tell(x, 1); i++) {
		const struct pbuf_type *old = olds[i], *new = map_get(&named, old->name);

		if (new == NULL || new->is_enum != old->is_enum)
			continue;
		if (old->is_enum) {
			look_at_enum(x, old, new);
			continue;
		}
		look_at_old(x, old, new);
		look_at_new(x, old, new);
		look_at(x, old->types, old->n_types, new->types, new->n_types);
	}
}

void pbuf_explain_policy(struct pbuf_explain *x)
{
	look_at(x, x->old->file->types, x->old->file->n_types, x->new->file->types, x->new->file->n_types);
}
