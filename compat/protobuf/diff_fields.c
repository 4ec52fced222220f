/* Fields by their numbers: what came, went and changed. */
#include "compat/protobuf/diff_int.h"

#include <stdlib.h>

#include "compat/protobuf/explain_int.h"

/* What the facts of one direction say of a field. */
static enum rule_effect effect_of(const struct pbuf_judge *j, const struct pbuf_type *w, const struct pbuf_type *r, int32_t number)
{
	for (size_t i = 0; i < j->n_facts; i++) {
		const struct pbuf_field *written = j->facts[i].w, *read = j->facts[i].r;
		const struct pbuf_pair *pair = pbuf_outside(&j->facts[i], &written, &read);

		if (pair->w == w && pair->r == r && (written ? written->number : read ? read->number : 0) == number)
			return j->facts[i].effect;
	}
	return EFFECT_HARMLESS;
}

static struct pbuf_effects effects_of(const struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new, int32_t number)
{
	return (struct pbuf_effects){ effect_of(&d->backward, old, new, number), effect_of(&d->forward, new, old, number) };
}

static struct str declared(struct pbuf_diff *d, const struct pbuf_field *field, const struct pbuf_field *beside)
{
	struct buf b = buf_make(d->arena, 64);

	pbuf_put_declared(&b, field, beside);
	return buf_str(&b);
}

static struct str entity_of(const struct pbuf_field *field)
{
	return field->extend ? STR("extension") : STR("field");
}

static struct str path_of(struct pbuf_diff *d, const struct pbuf_field *field)
{
	return field->scope ? str_printf(d->arena, "%.*s.%.*s", STR_ARG(field->scope->local), STR_ARG(field->name)) : field->name;
}

/* Types of one local name are one type, whatever the text. */
static bool same_use(const struct pbuf_use *old, const struct pbuf_use *new)
{
	if (old->kind != new->kind)
		return false;
	if (old->kind == PBUF_MAP)
		return same_use(old->key, new->key) && same_use(old->value, new->value);
	if (old->kind == PBUF_NAMED && old->named && new->named)
		return str_eq(old->named->local, new->named->local);
	return old->kind != PBUF_NAMED || str_eq(old->text, new->text);
}

static bool breaks(enum rule_effect effect)
{
	return rule_effect_breaks(effect);
}

static void diff_type_of(struct pbuf_diff *d, const struct pbuf_field *old, const struct pbuf_field *new, struct str path,
	struct pbuf_effects effects)
{
	enum change_kind kind = breaks(effects.backward) == breaks(effects.forward) ? CHANGE_TYPE
		: breaks(effects.forward) ? CHANGE_WIDENED : CHANGE_NARROWED;

	if (!same_use(&old->type, &new->type))
		pbuf_change(d, kind, entity_of(new), path, effects, "%.*s %.*s: %.*s became %.*s", STR_ARG(entity_of(new)), STR_ARG(path),
			STR_ARG(declared(d, old, new)), STR_ARG(declared(d, new, old)));
	else if (old->label != new->label)
		pbuf_change(d, CHANGE_CONSTRAINT, entity_of(new), path, effects, "%.*s %.*s: %.*s became %.*s", STR_ARG(entity_of(new)),
			STR_ARG(path), STR_ARG(declared(d, old, new)), STR_ARG(declared(d, new, old)));
}

static struct str name_of(const struct pbuf_oneof *oneof)
{
	return oneof ? oneof->name : STR("");
}

/* Fields that came together in one oneof push each other out. */
static enum rule_effect moved_effect(const struct pbuf_judge *j, const struct pbuf_oneof *oneof)
{
	for (size_t i = 0; oneof && i < j->n_facts; i++)
		if (j->facts[i].oneof == oneof)
			return j->facts[i].effect;
	return EFFECT_HARMLESS;
}

static void diff_oneof_of(struct pbuf_diff *d, const struct pbuf_field *old, const struct pbuf_field *new, struct str path)
{
	struct str before = name_of(old->oneof), now = name_of(new->oneof);
	struct pbuf_effects effects = { moved_effect(&d->backward, new->oneof), moved_effect(&d->forward, old->oneof) };

	if (str_eq(before, now))
		return;
	if (before.len == 0)
		pbuf_change(d, CHANGE_CONSTRAINT, STR("field"), path, effects, "field %.*s moved into the oneof %.*s", STR_ARG(path), STR_ARG(now));
	else if (now.len == 0)
		pbuf_change(d, CHANGE_CONSTRAINT, STR("field"), path, effects, "field %.*s moved out of the oneof %.*s", STR_ARG(path),
			STR_ARG(before));
	else
		pbuf_change(d, CHANGE_CONSTRAINT, STR("field"), path, effects, "field %.*s moved from the oneof %.*s to %.*s", STR_ARG(path),
			STR_ARG(before), STR_ARG(now));
}

static struct str value_text(const struct pbuf_value *value)
{
	return value ? value->text : STR_NONE;
}

static void diff_default_of(struct pbuf_diff *d, const struct pbuf_field *old, const struct pbuf_field *new, struct str path,
	struct pbuf_effects effects)
{
	struct str before = value_text(old->default_value), now = value_text(new->default_value);

	if (str_present(before) != str_present(now) || !str_eq(before, now))
		pbuf_change(d, CHANGE_DEFAULT, entity_of(new), path, effects, "%.*s %.*s: the default %.*s became %.*s", STR_ARG(entity_of(new)),
			STR_ARG(path), STR_ARG(str_present(before) ? before : STR("of its type")),
			STR_ARG(str_present(now) ? now : STR("that of its type")));
	before = value_text(old->json_name);
	now = value_text(new->json_name);
	if (str_present(before) != str_present(now) || !str_eq(before, now))
		pbuf_change(d, CHANGE_ATTRIBUTE, entity_of(new), path, PBUF_POLICY, "%.*s %.*s: its name in JSON changed",
			STR_ARG(entity_of(new)), STR_ARG(path));
}

static void diff_field(struct pbuf_diff *d, const struct pbuf_type *old_type, const struct pbuf_type *new_type,
	const struct pbuf_field *old, const struct pbuf_field *new)
{
	struct str path = path_of(d, new);
	struct pbuf_effects effects = effects_of(d, old_type, new_type, new->number);

	pbuf_diff_at(d, &old->span, &new->span, path);
	if (!str_eq(old->name, new->name))
		pbuf_change(d, CHANGE_RENAMED, entity_of(new), path, PBUF_POLICY, "%.*s %.*s became %.*s", STR_ARG(entity_of(new)),
			STR_ARG(old->name), STR_ARG(new->name));
	diff_type_of(d, old, new, path, effects);
	diff_oneof_of(d, old, new, path);
	diff_default_of(d, old, new, path, effects);
	pbuf_diff_options(d, entity_of(new), path, &old->options, &new->options);
	pbuf_diff_doc(d, entity_of(new), path, &old->span, &new->span);
	if (old->type.kind == PBUF_GROUP && new->type.kind == PBUF_GROUP)
		pbuf_diff_fields(d, old->type.named, new->type.named);
}

static void add_field(struct pbuf_diff *d, const struct pbuf_field *field)
{
	struct pbuf_effects effects = { field->label == PBUF_REQUIRED ? EFFECT_FAILS : EFFECT_HARMLESS, EFFECT_HARMLESS };
	struct str path = path_of(d, field);

	pbuf_diff_at(d, NULL, &field->span, path);
	pbuf_change(d, CHANGE_ADDED, entity_of(field), path, effects, "%.*s %.*s %.*s = %d is new", STR_ARG(entity_of(field)),
		STR_ARG(declared(d, field, NULL)), STR_ARG(path), field->number);
}

static bool reserves(const struct pbuf_type *type, int32_t number)
{
	for (size_t i = 0; i < type->n_reserved; i++)
		for (size_t k = 0; k < type->reserved[i].n; k++)
			if (!str_present(type->reserved[i].items[k].name) && type->reserved[i].items[k].from <= number
				&& number <= type->reserved[i].items[k].to)
				return true;
	return false;
}

static void remove_field(struct pbuf_diff *d, const struct pbuf_type *new_type, const struct pbuf_field *field)
{
	bool reserved = new_type && reserves(new_type, field->number);
	struct pbuf_effects effects = {
		reserved ? EFFECT_HARMLESS : EFFECT_POLICY, field->label == PBUF_REQUIRED ? EFFECT_FAILS : EFFECT_HARMLESS,
	};
	struct str path = path_of(d, field);

	pbuf_diff_at(d, &field->span, NULL, path);
	pbuf_change(d, CHANGE_REMOVED, entity_of(field), path, effects, "%.*s %.*s %.*s = %d was removed%s", STR_ARG(entity_of(field)),
		STR_ARG(declared(d, field, NULL)), STR_ARG(path), field->number, reserved ? "" : ", its number is not reserved");
}

/* ---- in the order of the text ---- */

static int by_place(const void *a, const void *b)
{
	const struct pbuf_field *x = *(const struct pbuf_field *const *)a, *y = *(const struct pbuf_field *const *)b;

	return x->span.from < y->span.from ? -1 : x->span.from > y->span.from;
}

static const struct pbuf_field **in_order(struct arena *arena, const struct pbuf_type *type)
{
	const struct pbuf_field **fields = arena_array(arena, const struct pbuf_field *, type->n_by_number);

	for (size_t i = 0; i < type->n_by_number; i++)
		fields[i] = type->by_number[i];
	qsort(fields, type->n_by_number, sizeof(*fields), by_place);
	return fields;
}

/* Those that were removed and stood in front of the `to`-th of the old fields. */
static void remove_until(struct pbuf_diff *d, const struct pbuf_field **olds, size_t *at, size_t to, const struct pbuf_type *new)
{
	for (; *at < to; ++*at)
		if (!pbuf_field_numbered(new, olds[*at]->number))
			remove_field(d, new, olds[*at]);
}

void pbuf_diff_fields(struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new)
{
	const struct pbuf_field **olds = in_order(d->arena, old), **news = in_order(d->arena, new);
	struct map places = map_make(d->arena);
	size_t removed = 0, last = 0;
	bool reordered = false;

	for (size_t i = 0; i < old->n_by_number; i++)
		map_put(&places, str_make((const char *)&olds[i]->number, 4), (void *)(uintptr_t)(i + 1));
	for (size_t i = 0; i < new->n_by_number; i++) {
		size_t place = (uintptr_t)map_get(&places, str_make((const char *)&news[i]->number, 4));

		if (place == 0) {
			add_field(d, news[i]);
			continue;
		}
		reordered = reordered || place < last;
		last = place;
		remove_until(d, olds, &removed, place - 1, new);
		diff_field(d, old, new, olds[place - 1], news[i]);
	}
	remove_until(d, olds, &removed, old->n_by_number, new);
	if (reordered) {
		pbuf_diff_at(d, &old->span, &new->span, new->local);
		pbuf_change(d, CHANGE_REORDERED, STR("message"), new->local, PBUF_HARMLESS, "the fields of %.*s stand in another order",
			STR_ARG(new->local));
	}
}

static bool is_ours(const struct pbuf_field *field, const struct pbuf_schema *schema)
{
	return field->file == schema->file && field->extend->target;
}

static const struct pbuf_field *counterpart(struct pbuf_diff *d, const struct pbuf_schema *schema, const struct pbuf_field *field)
{
	const struct pbuf_type *target = pbuf_local_type(d->arena, schema, field->extend->target->local);

	if (target == NULL)
		target = map_get(&schema->types, field->extend->target->full);
	return target ? pbuf_find_number(&d->backward, schema == d->new, target, field->number) : NULL;
}

/* Extensions that imported files define count where the messages that they extend are come to. */
static void diff_imported_extension(struct pbuf_diff *d, const struct pbuf_field *now)
{
	const struct pbuf_field *before = now->extend->target && !now->file->is_known ? counterpart(d, d->old, now) : NULL;

	if (!before || !before->extend || before->file == d->old->file ||
		!pbuf_pair_of(&d->backward, before->extend->target, now->extend->target))
		return;
	d->old_file = before->file;
	d->new_file = now->file;
	diff_field(d, before->extend->target, now->extend->target, before, now);
	d->old_file = d->old->file;
	d->new_file = d->new->file;
}

void pbuf_diff_extensions(struct pbuf_diff *d)
{
	const struct map *news = &d->new->extensions, *olds = &d->old->extensions;

	for (size_t i = 0; i < news->n_entries; i++) {
		const struct pbuf_field *now = news->entries[i].value, *before;

		if (now->file != d->new->file)
			diff_imported_extension(d, now);
		if (!is_ours(now, d->new))
			continue;
		before = counterpart(d, d->old, now);
		if (before && before->extend)
			diff_field(d, before->extend->target, now->extend->target, before, now);
		else
			add_field(d, now);
	}
	for (size_t i = 0; i < olds->n_entries; i++) {
		const struct pbuf_field *before = olds->entries[i].value;

		if (is_ours(before, d->old) && !counterpart(d, d->new, before))
			remove_field(d, NULL, before);
	}
}
