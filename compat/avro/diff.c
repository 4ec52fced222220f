/* What changed between two Avro schemas, walked side by side, with what decoders make of each change. */
#include "base/arena.h"
#include "base/limits.h"
#include "compat/avro/avro_int.h"
#include "compat/avro/defect.h"
#include "compat/avro/explain.h"

/* One direction: how the reader meets the writer, and what is wrong there. */
struct view {
	struct avsc_graph graph;
	struct avsc_defects defects;
};

/* A type on both sides, and the way to it. */
struct spot {
	const struct avsc_type *old, *new;
	struct str old_path, new_path;
	struct str owner;         /* what it is the type of: "field `a`", "the items of field `a`", "the schema" */
	struct str name;          /* of the owner: "Order.total" */
};

struct differ {
	struct arena *arena;
	struct schema_changes *out;
	struct view backward, forward;
	struct map seen;          /* pairs of types, by their numbers */
	unsigned depth;
	enum err_code failed;
	struct err *err;
};

static void diff_types(struct differ *d, struct spot s);

/* ---- effects ---- */

enum {
	ABOUT_TYPE = 1 << 0,
	ABOUT_NAME = 1 << 1,
	ABOUT_MEANING = 1 << 2,
	ABOUT_FIELD = 1 << 3,
	ABOUT_SYMBOL = 1 << 4,
	ABOUT_ERROR = 1 << 5,
};

/* What the rules are about. */
static const uint8_t abouts[RULES] = {
	[RULE_AVRO_TYPE_CHANGED] = ABOUT_TYPE, [RULE_AVRO_TYPE_NARROWED] = ABOUT_TYPE, [RULE_AVRO_UNION_REMOVED] = ABOUT_TYPE,
	[RULE_AVRO_UNION_BRANCH_MISSING] = ABOUT_TYPE, [RULE_AVRO_UNION_BRANCH_UNREADABLE] = ABOUT_TYPE,
	[RULE_AVRO_NUMBER_LOSSY] = ABOUT_TYPE, [RULE_AVRO_BYTES_AS_STRING] = ABOUT_TYPE,
	[RULE_AVRO_STRING_AS_BYTES] = ABOUT_TYPE, [RULE_AVRO_FIXED_SIZE] = ABOUT_TYPE,
	[RULE_AVRO_NAME_CHANGED] = ABOUT_NAME, [RULE_AVRO_RECORD_NAME_CHANGED] = ABOUT_NAME,
	[RULE_AVRO_UNION_TAKEN_BY_SHAPE] = ABOUT_TYPE,
	[RULE_AVRO_NAMESPACE_CHANGED] = ABOUT_NAME, [RULE_AVRO_TYPE_ALIAS_STEALS] = ABOUT_NAME,
	[RULE_AVRO_ALIAS_OVER_NAME] = ABOUT_NAME,
	[RULE_AVRO_LOGICAL_CHANGED] = ABOUT_MEANING, [RULE_AVRO_LOGICAL_ADDED] = ABOUT_MEANING,
	[RULE_AVRO_LOGICAL_REMOVED] = ABOUT_MEANING, [RULE_AVRO_UUID_ADDED] = ABOUT_MEANING,
	[RULE_AVRO_DECIMAL_SCALE] = ABOUT_MEANING, [RULE_AVRO_DECIMAL_PRECISION] = ABOUT_MEANING,
	[RULE_AVRO_FIELD_NO_DEFAULT] = ABOUT_FIELD, [RULE_AVRO_FIELD_TWICE] = ABOUT_FIELD,
	[RULE_AVRO_ALIAS_STEALS] = ABOUT_FIELD, [RULE_AVRO_ALIAS_SHARED] = ABOUT_FIELD,
	[RULE_AVRO_ALIAS_IGNORED] = ABOUT_FIELD, [RULE_AVRO_DEFAULT_INVALID] = ABOUT_FIELD,
	[RULE_AVRO_DEFAULT_LATER_BRANCH] = ABOUT_FIELD,
	[RULE_AVRO_ENUM_SYMBOL_MISSING] = ABOUT_SYMBOL, [RULE_AVRO_ENUM_DEFAULT_USED] = ABOUT_SYMBOL,
	[RULE_AVRO_ERROR_AND_RECORD] = ABOUT_ERROR,
};

static enum rule_effect worse(enum rule_effect a, enum rule_effect b)
{
	static const uint8_t weights[RULE_EFFECTS] = {
		[EFFECT_HARMLESS] = 0, [EFFECT_POLICY] = 1, [EFFECT_UNPROVEN] = 2, [EFFECT_CHANGES] = 3, [EFFECT_FAILS] = 4,
	};

	return weights[a] > weights[b] ? a : b;
}

/* The worst that is said about one pair; of a field when `field` is not UINT32_MAX. */
static enum rule_effect at_pair(const struct view *v, uint32_t pair, unsigned about, uint32_t field)
{
	enum rule_effect effect = EFFECT_HARMLESS;

	if (pair == UINT32_MAX || v->graph.ways.reach[pair] == AVSC_NEVER)
		return effect;
	for (uint32_t i = v->defects.first[pair]; i < v->defects.first[pair + 1]; i++) {
		const struct avsc_defect *defect = &v->defects.items[i];
		bool thief = defect->rule == RULE_AVRO_ALIAS_STEALS || defect->rule == RULE_AVRO_ALIAS_SHARED;

		if ((abouts[defect->rule] & about) && (field == UINT32_MAX || field == (thief ? defect->other : defect->index)))
			effect = worse(effect, defect->effect);
	}
	return effect;
}

/* The same with the branches of unions that lie between the two types. */
static enum rule_effect effect_on(const struct view *v, const struct avsc_type *reader, const struct avsc_type *writer,
	unsigned about, uint32_t field)
{
	uint32_t pair = avsc_graph_find(&v->graph, reader, writer);
	enum rule_effect effect = at_pair(v, pair, about, field);
	const struct avsc_pair *p = pair == UINT32_MAX ? NULL : &v->graph.pairs[pair];

	for (uint32_t i = 0; p && i < p->n_edges && (reader->kind == AVSC_UNION || writer->kind == AVSC_UNION); i++) {
		const struct avsc_pair *inner = &v->graph.pairs[v->graph.edges[p->first_edge + i].to];

		if (inner->reader != reader || inner->writer != writer)
			effect = worse(effect, effect_on(v, inner->reader, inner->writer, about, field));
	}
	return effect;
}

/* ---- telling ---- */

static struct explain_place place_of(const struct avsc_type *in, const struct jsn *at, struct str path)
{
	bool here = at && !in->from_dependency;

	return (struct explain_place){ .line = here ? at->line : 0, .column = here ? at->column : 0, .path = path };
}

static struct str words_of(struct arena *arena, const struct avsc_type *type)
{
	enum { WORDS_MOST = 120 };
	struct buf b = buf_make(arena, 32);

	avsc_put_type_words(&b, type);
	return b.len > WORDS_MOST ? str_of(avsc_kind_name(type->kind)) : buf_str(&b);
}

static struct str value_of(struct arena *arena, const struct jsn *value)
{
	struct buf b = buf_make(arena, 32);

	if (value == NULL)
		return STR("none");
	avsc_put_value(&b, value, 0);
	return b.len > 80 ? STR("another value") : buf_str(&b);
}

/* A change of the types themselves, at their places. */
static void tell(struct differ *d, const struct spot *s, enum change_kind kind, const char *entity, unsigned about,
	struct str message)
{
	schema_changes_add(d->out, &(struct schema_change){
		.kind = kind,
		.entity = str_of(entity),
		.name = s->name,
		.in_new = place_of(s->new, s->new->at, s->new_path),
		.in_old = place_of(s->old, s->old->at, s->old_path),
		.message = message,
		.backward = about ? effect_on(&d->backward, s->new, s->old, about, UINT32_MAX) : EFFECT_HARMLESS,
		.forward = about ? effect_on(&d->forward, s->old, s->new, about, UINT32_MAX) : EFFECT_HARMLESS,
	});
}

/* ---- what types and fields have in common: docs, aliases, properties ---- */

/* Where and of what something is told. */
struct about {
	const struct spot *spot;
	const char *entity;
	struct str subject, name;
	struct explain_place in_old, in_new;
};

static void tell_about(struct differ *d, const struct about *a, enum change_kind kind, struct str message)
{
	schema_changes_add(d->out, &(struct schema_change){ .kind = kind, .entity = str_of(a->entity), .name = a->name,
		.in_new = a->in_new, .in_old = a->in_old, .message = message,
		.backward = EFFECT_HARMLESS, .forward = EFFECT_HARMLESS });
}

static void diff_docs(struct differ *d, const struct about *a, struct str old, struct str new)
{
	if (str_present(old) != str_present(new) || !str_eq(old, new))
		tell_about(d, a, CHANGE_DOC, str_printf(d->arena, "%.*s has %s documentation", STR_ARG(a->subject),
			!str_present(new) ? "no more" : str_present(old) ? "another" : "got"));
}

static bool has_text(const struct str *list, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], text))
			return true;
	return false;
}

static void diff_aliases(struct differ *d, const struct about *a, const struct str *old, size_t n_old,
	const struct str *new, size_t n_new)
{
	for (size_t i = 0; i < n_new; i++)
		if (!has_text(old, n_old, new[i]))
			tell_about(d, a, CHANGE_ALIAS, str_printf(d->arena, "%.*s got the alias `%.*s`", STR_ARG(a->subject),
				STR_ARG(new[i])));
	for (size_t i = 0; i < n_old; i++)
		if (!has_text(new, n_new, old[i]))
			tell_about(d, a, CHANGE_ALIAS, str_printf(d->arena, "%.*s lost the alias `%.*s`", STR_ARG(a->subject),
				STR_ARG(old[i])));
}

static const struct jsn *find_property(const struct avsc_property *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name))
			return list[i].value;
	return NULL;
}

static bool is_meaning(struct str name)
{
	return str_eq(name, STR("logicalType")) || str_eq(name, STR("precision")) || str_eq(name, STR("scale"));
}

static void diff_property(struct differ *d, const struct about *a, struct str name, const struct jsn *old,
	const struct jsn *new)
{
	bool meaning = is_meaning(name) && a->spot != NULL;
	struct str message;

	if (old && new && avsc_value_equal(old, new))
		return;
	message = str_printf(d->arena, "%.*s: %.*s was %.*s and is %.*s", STR_ARG(a->subject), STR_ARG(name),
		STR_ARG(value_of(d->arena, old)), STR_ARG(value_of(d->arena, new)));
	if (meaning)
		tell(d, a->spot, CHANGE_ATTRIBUTE, "logical type", ABOUT_MEANING, message);
	else
		tell_about(d, a, CHANGE_ATTRIBUTE, message);
}

static void diff_properties(struct differ *d, const struct about *a, const struct avsc_property *old, size_t n_old,
	const struct avsc_property *new, size_t n_new)
{
	for (size_t i = 0; i < n_new; i++)
		diff_property(d, a, new[i].name, find_property(old, n_old, new[i].name), new[i].value);
	for (size_t i = 0; i < n_old; i++)
		if (!find_property(new, n_new, old[i].name))
			diff_property(d, a, old[i].name, old[i].value, NULL);
}

/* ---- fields ---- */

/* The old field that a new one was: of its name, else of one of its aliases. */
static const struct avsc_field *old_of(const struct spot *s, const struct avsc_field *field)
{
	const struct avsc_field *found = avsc_field_find(s->old, field->name);

	for (size_t i = 0; i < field->n_aliases && !found; i++) {
		found = avsc_field_find(s->old, field->aliases[i]);
		if (found && avsc_field_find(s->new, found->name))
			found = NULL;
	}
	return found;
}

static struct str field_name(struct differ *d, const struct avsc_type *record, const struct avsc_field *field)
{
	return str_printf(d->arena, "%.*s.%.*s", STR_ARG(record->name.full), STR_ARG(field->name));
}

static struct str field_path(struct differ *d, struct str path, const struct avsc_type *record,
	const struct avsc_field *field)
{
	return str_printf(d->arena, "%.*s/fields/%zu", STR_ARG(path), (size_t)(field - record->fields));
}

/* A field that one side has not: where it would be there, its record is told. */
static void tell_field(struct differ *d, const struct spot *s, const struct avsc_field *old, const struct avsc_field *new)
{
	const struct avsc_field *field = new ? new : old;
	struct schema_change change = {
		.kind = new ? CHANGE_ADDED : CHANGE_REMOVED,
		.entity = STR("field"),
		.name = field_name(d, new ? s->new : s->old, field),
		.in_new = { .path = s->new_path },
		.in_old = { .path = s->old_path },
		.backward = EFFECT_HARMLESS,
		.forward = EFFECT_HARMLESS,
	};

	if (new) {
		change.in_new = place_of(s->new, new->at, field_path(d, s->new_path, s->new, new));
		change.backward = effect_on(&d->backward, s->new, s->old, ABOUT_FIELD, (uint32_t)(new - s->new->fields));
	} else {
		change.in_old = place_of(s->old, old->at, field_path(d, s->old_path, s->old, old));
		change.forward = effect_on(&d->forward, s->old, s->new, ABOUT_FIELD, (uint32_t)(old - s->old->fields));
	}
	change.message = str_printf(d->arena, "field `%.*s` was %s, %s", STR_ARG(field->name), new ? "added" : "removed",
		field->default_value ? "with a default" : "without a default");
	if (field->default_value)
		change.message = str_printf(d->arena, "field `%.*s` was %s; its default %s %.*s", STR_ARG(field->name),
			new ? "added" : "removed", new ? "is" : "was", STR_ARG(value_of(d->arena, field->default_value)));
	schema_changes_add(d->out, &change);
}

static void tell_renamed(struct differ *d, const struct spot *s, const struct about *a, const struct avsc_field *old,
	const struct avsc_field *new)
{
	schema_changes_add(d->out, &(struct schema_change){
		.kind = CHANGE_RENAMED,
		.entity = STR("field"),
		.name = a->name,
		.in_new = a->in_new,
		.in_old = a->in_old,
		.message = str_printf(d->arena, "field `%.*s` became `%.*s`, with the old name as an alias", STR_ARG(old->name),
			STR_ARG(new->name)),
		.backward = effect_on(&d->backward, s->new, s->old, ABOUT_FIELD, (uint32_t)(new - s->new->fields)),
		.forward = effect_on(&d->forward, s->old, s->new, ABOUT_FIELD, (uint32_t)(old - s->old->fields)),
	});
}

static void diff_field(struct differ *d, const struct spot *s, const struct avsc_field *old, const struct avsc_field *new)
{
	static const char *const orders[] = { "ascending", "descending", "ignore" };
	const struct about a = {
		.entity = "field",
		.subject = str_printf(d->arena, "field `%.*s`", STR_ARG(new->name)),
		.name = field_name(d, s->new, new),
		.in_old = place_of(s->old, old->at, field_path(d, s->old_path, s->old, old)),
		.in_new = place_of(s->new, new->at, field_path(d, s->new_path, s->new, new)),
	};

	if (!str_eq(old->name, new->name))
		tell_renamed(d, s, &a, old, new);
	if ((old->default_value == NULL) != (new->default_value == NULL) ||
		(old->default_value && !avsc_value_equal(old->default_value, new->default_value)))
		tell_about(d, &a, CHANGE_DEFAULT, str_printf(d->arena, "field `%.*s`: the default was %.*s and is %.*s",
			STR_ARG(new->name), STR_ARG(value_of(d->arena, old->default_value)),
			STR_ARG(value_of(d->arena, new->default_value))));
	diff_docs(d, &a, old->doc, new->doc);
	diff_aliases(d, &a, old->aliases, old->n_aliases, new->aliases, new->n_aliases);
	if (old->order != new->order)
		tell_about(d, &a, CHANGE_ATTRIBUTE, str_printf(d->arena, "field `%.*s`: its order was %s and is %s",
			STR_ARG(new->name), orders[old->order], orders[new->order]));
	diff_properties(d, &a, old->properties, old->n_properties, new->properties, new->n_properties);
	diff_types(d, (struct spot){
		.old = old->type,
		.new = new->type,
		.old_path = str_concat(d->arena, a.in_old.path, STR("/type")),
		.new_path = str_concat(d->arena, a.in_new.path, STR("/type")),
		.owner = a.subject,
		.name = a.name,
	});
}

/* Removed fields are told where they were. */
static void diff_fields(struct differ *d, const struct spot *s)
{
	const struct avsc_field **olds = arena_array(d->arena, const struct avsc_field *, s->new->n_fields);
	bool *kept = arena_array(d->arena, bool, s->old->n_fields), reordered = false;
	size_t at = 0;

	for (size_t i = 0; i < s->new->n_fields; i++) {
		olds[i] = old_of(s, &s->new->fields[i]);
		if (olds[i])
			kept[olds[i] - s->old->fields] = true;
	}
	for (size_t i = 0; i <= s->new->n_fields && d->failed == OK; i++) {
		size_t until = i == s->new->n_fields ? s->old->n_fields : olds[i] ? (size_t)(olds[i] - s->old->fields) : at;

		reordered |= until < at;
		for (; at < until; at++)
			if (!kept[at])
				tell_field(d, s, &s->old->fields[at], NULL);
		if (i == s->new->n_fields)
			break;
		if (olds[i])
			diff_field(d, s, olds[i], &s->new->fields[i]);
		else
			tell_field(d, s, NULL, &s->new->fields[i]);
	}
	if (reordered)
		tell(d, s, CHANGE_REORDERED, "record", 0,
			str_printf(d->arena, "the fields of `%.*s` stand in another order", STR_ARG(s->new->name.full)));
}

/* ---- enums ---- */

static void tell_symbol(struct differ *d, const struct spot *s, size_t index, bool added)
{
	const struct avsc_type *type = added ? s->new : s->old;
	const struct jsn *symbols = jsn_get(type->at, STR("symbols"));
	struct str path = str_printf(d->arena, "%.*s/symbols/%zu", STR_ARG(added ? s->new_path : s->old_path), index);
	const struct explain_place there = place_of(type, symbols ? &symbols->items[index] : NULL, path);
	const struct explain_place nothing = { .path = added ? s->old_path : s->new_path };

	schema_changes_add(d->out, &(struct schema_change){
		.kind = added ? CHANGE_ADDED : CHANGE_REMOVED,
		.entity = STR("enum symbol"),
		.name = str_printf(d->arena, "%.*s.%.*s", STR_ARG(type->name.full), STR_ARG(type->symbols[index])),
		.in_new = added ? there : nothing,
		.in_old = added ? nothing : there,
		.message = str_printf(d->arena, "enum `%.*s`: symbol `%.*s` was %s", STR_ARG(type->name.full),
			STR_ARG(type->symbols[index]), added ? "added" : "removed"),
		.backward = added ? EFFECT_HARMLESS : effect_on(&d->backward, s->new, s->old, ABOUT_SYMBOL, UINT32_MAX),
		.forward = added ? effect_on(&d->forward, s->old, s->new, ABOUT_SYMBOL, UINT32_MAX) : EFFECT_HARMLESS,
	});
}

static void diff_symbols(struct differ *d, const struct spot *s)
{
	size_t last = 0;
	bool reordered = false;

	for (size_t i = 0; i < s->new->n_symbols; i++) {
		ptrdiff_t before = avsc_symbol_number(s->old, s->new->symbols[i]);

		if (before < 0)
			tell_symbol(d, s, i, true);
		else
			reordered |= (size_t)before < last;
		last = before < 0 ? last : (size_t)before;
	}
	for (size_t i = 0; i < s->old->n_symbols; i++)
		if (!avsc_symbol_find(s->new, s->old->symbols[i]))
			tell_symbol(d, s, i, false);
	if (reordered)
		tell(d, s, CHANGE_REORDERED, "enum", 0,
			str_printf(d->arena, "the symbols of `%.*s` stand in another order", STR_ARG(s->new->name.full)));
	if (str_present(s->old->enum_default) != str_present(s->new->enum_default) ||
		!str_eq(s->old->enum_default, s->new->enum_default))
		tell(d, s, CHANGE_DEFAULT, "enum", 0, str_printf(d->arena, "enum `%.*s`: the default was %.*s and is %.*s",
			STR_ARG(s->new->name.full), STR_ARG(str_present(s->old->enum_default) ? s->old->enum_default : STR("none")),
			STR_ARG(str_present(s->new->enum_default) ? s->new->enum_default : STR("none"))));
}

/* ---- named types ---- */

static const struct str *full_names(struct differ *d, const struct avsc_type *type)
{
	struct str *names = arena_array(d->arena, struct str, type->n_aliases);

	for (size_t i = 0; i < type->n_aliases; i++)
		names[i] = type->aliases[i].full;
	return names;
}

static void diff_named(struct differ *d, const struct spot *s)
{
	const char *kind = avsc_kind_name(s->new->kind);
	const struct about a = {
		.spot = s,
		.entity = kind,
		.subject = str_printf(d->arena, "%s `%.*s`", kind, STR_ARG(s->new->name.full)),
		.name = s->new->name.full,
		.in_old = place_of(s->old, s->old->at, s->old_path),
		.in_new = place_of(s->new, s->new->at, s->new_path),
	};

	if (!str_eq(s->old->name.full, s->new->name.full))
		tell(d, s, CHANGE_RENAMED, kind, ABOUT_NAME, str_printf(d->arena, "%s `%.*s` became `%.*s`", kind,
			STR_ARG(s->old->name.full), STR_ARG(s->new->name.full)));
	if (s->old->is_error != s->new->is_error)
		tell(d, s, CHANGE_ATTRIBUTE, kind, ABOUT_ERROR, str_printf(d->arena, "`%.*s` became %s",
			STR_ARG(s->new->name.full), s->new->is_error ? "an error" : "a record"));
	if (s->old->size != s->new->size)
		tell(d, s, CHANGE_TYPE, kind, ABOUT_TYPE, str_printf(d->arena, "fixed `%.*s` had %lld bytes and has %lld",
			STR_ARG(s->new->name.full), (long long)s->old->size, (long long)s->new->size));
	diff_docs(d, &a, s->old->doc, s->new->doc);
	diff_aliases(d, &a, full_names(d, s->old), s->old->n_aliases, full_names(d, s->new), s->new->n_aliases);
	diff_properties(d, &a, s->old->properties, s->old->n_properties, s->new->properties, s->new->n_properties);
	if (s->new->kind == AVSC_RECORD)
		diff_fields(d, s);
	else if (s->new->kind == AVSC_ENUM)
		diff_symbols(d, s);
}

/* ---- unions ---- */

static bool is_like(const struct avsc_type *a, const struct avsc_type *b)
{
	return a->kind == b->kind && (!avsc_kind_is_named(a->kind) || str_eq(a->name.last, b->name.last));
}

/* The branch that is like a type, n_branches when none is; a type that is no union is its own only branch. */
static size_t find_like(const struct avsc_type *type, const struct avsc_type *wanted)
{
	size_t i = 0;

	while (i < type->n_branches && !is_like(type->branches[i], wanted))
		i++;
	return i;
}

static void tell_branch(struct differ *d, const struct spot *s, size_t index, bool added)
{
	const struct avsc_type *type = added ? s->new : s->old, *branch = type->branches[index];
	struct str path = str_printf(d->arena, "%.*s/%zu", STR_ARG(added ? s->new_path : s->old_path), index);
	const struct jsn *at = type->at->kind == JSN_ARRAY ? &type->at->items[index] : type->at;
	const struct explain_place there = place_of(type, at, path);
	const struct explain_place nothing = { .path = added ? s->old_path : s->new_path };

	schema_changes_add(d->out, &(struct schema_change){
		.kind = added ? CHANGE_ADDED : CHANGE_REMOVED,
		.entity = STR("union branch"),
		.name = s->name,
		.in_new = added ? there : nothing,
		.in_old = added ? nothing : there,
		.message = str_printf(d->arena, "%.*s: the union's branch %.*s was %s", STR_ARG(s->owner),
			STR_ARG(words_of(d->arena, branch)), added ? "added" : "removed"),
		.backward = added ? EFFECT_HARMLESS : effect_on(&d->backward, s->new, branch, ABOUT_TYPE, UINT32_MAX),
		.forward = added ? effect_on(&d->forward, s->old, branch, ABOUT_TYPE, UINT32_MAX) : EFFECT_HARMLESS,
	});
}

static void diff_branch(struct differ *d, const struct spot *s, size_t old, size_t new)
{
	struct spot inner = *s;

	inner.old = s->old->kind == AVSC_UNION ? s->old->branches[old] : s->old;
	inner.new = s->new->kind == AVSC_UNION ? s->new->branches[new] : s->new;
	if (s->old->kind == AVSC_UNION)
		inner.old_path = str_printf(d->arena, "%.*s/%zu", STR_ARG(s->old_path), old);
	if (s->new->kind == AVSC_UNION)
		inner.new_path = str_printf(d->arena, "%.*s/%zu", STR_ARG(s->new_path), new);
	diff_types(d, inner);
}

static void diff_unions(struct differ *d, const struct spot *s)
{
	size_t last = 0;
	bool reordered = false;

	for (size_t i = 0; i < s->new->n_branches; i++) {
		size_t before = find_like(s->old, s->new->branches[i]);

		if (before == s->old->n_branches) {
			tell_branch(d, s, i, true);
			continue;
		}
		reordered |= before < last;
		last = before;
		diff_branch(d, s, before, i);
	}
	for (size_t i = 0; i < s->old->n_branches; i++)
		if (find_like(s->new, s->old->branches[i]) == s->new->n_branches)
			tell_branch(d, s, i, false);
	if (reordered)
		tell(d, s, CHANGE_REORDERED, "union", 0, str_printf(d->arena, "%.*s: the branches of the union stand in another order",
			STR_ARG(s->owner)));
}

/* ---- types ---- */

/* int, long, float, double: each can be read as those behind it; string and bytes as one another. */
static enum change_kind kind_of_change(const struct avsc_type *old, const struct avsc_type *new)
{
	bool numbers = old->kind >= AVSC_INT && old->kind <= AVSC_DOUBLE && new->kind >= AVSC_INT && new->kind <= AVSC_DOUBLE;

	if (new->kind == AVSC_UNION && find_like(new, old) < new->n_branches)
		return CHANGE_WIDENED;
	if (old->kind == AVSC_UNION && find_like(old, new) < old->n_branches)
		return CHANGE_NARROWED;
	if (numbers)
		return new->kind > old->kind ? CHANGE_WIDENED : CHANGE_NARROWED;
	return CHANGE_TYPE;
}

static void diff_other_kinds(struct differ *d, const struct spot *s)
{
	enum change_kind kind = kind_of_change(s->old, s->new);

	tell(d, s, kind, "type", ABOUT_TYPE | ABOUT_NAME, str_printf(d->arena, "%.*s: %.*s became %.*s", STR_ARG(s->owner),
		STR_ARG(words_of(d->arena, s->old)), STR_ARG(words_of(d->arena, s->new))));
	if (s->new->kind == AVSC_UNION && kind == CHANGE_WIDENED)
		diff_branch(d, s, 0, find_like(s->new, s->old));
	else if (s->old->kind == AVSC_UNION && kind == CHANGE_NARROWED)
		diff_branch(d, s, find_like(s->old, s->new), 0);
}

static void diff_unnamed(struct differ *d, const struct spot *s)
{
	const struct about a = { .spot = s, .entity = "type", .subject = s->owner, .name = s->name,
		.in_old = place_of(s->old, s->old->at, s->old_path), .in_new = place_of(s->new, s->new->at, s->new_path) };
	const char *step = s->new->kind == AVSC_ARRAY ? "items" : "values";

	diff_properties(d, &a, s->old->properties, s->old->n_properties, s->new->properties, s->new->n_properties);
	if (!s->new->items)
		return;
	diff_types(d, (struct spot){
		.old = s->old->items,
		.new = s->new->items,
		.old_path = str_printf(d->arena, "%.*s/%s", STR_ARG(s->old_path), step),
		.new_path = str_printf(d->arena, "%.*s/%s", STR_ARG(s->new_path), step),
		.owner = str_printf(d->arena, "the %s of %.*s", step, STR_ARG(s->owner)),
		.name = s->name,
	});
}

/* Pairs with a name are looked at once; recursion ends at them. */
static bool is_new_pair(struct differ *d, const struct spot *s)
{
	uint32_t numbers[2] = { s->old->number, s->new->number };
	struct str key = { (const char *)numbers, sizeof(numbers) };

	if (!avsc_kind_is_named(s->old->kind) && !avsc_kind_is_named(s->new->kind))
		return true;
	return map_get(&d->seen, key) == NULL && map_put(&d->seen, str_dup(d->arena, key), d) == NULL;
}

static void diff_types(struct differ *d, struct spot s)
{
	enum { DEEPEST = 2 * LIMIT_SCHEMA_DEPTH };

	if (d->failed != OK || !is_new_pair(d, &s))
		return;
	if (d->depth == DEEPEST || d->out->n_items > LIMIT_CHECK_PAIRS / 4) {
		d->failed = err_text(d->err, ERR_LIMIT, STR("The schemas are too different to be compared"));
		return;
	}
	d->depth++;
	if (s.old->kind != s.new->kind)
		diff_other_kinds(d, &s);
	else if (avsc_kind_is_named(s.new->kind))
		diff_named(d, &s);
	else if (s.new->kind == AVSC_UNION)
		diff_unions(d, &s);
	else
		diff_unnamed(d, &s);
	d->depth--;
}

static enum err_code make_view(struct arena *arena, const struct schema *reader, const struct schema *writer,
	struct view *out, struct err *err)
{
	TRY(avsc_graph_make(arena, avsc_of(reader), avsc_of(writer), &out->graph, err));
	out->defects = avsc_defects_find(&out->graph);
	return OK;
}

enum err_code avsc_diff(const struct schema *old, const struct schema *new, struct schema_changes *out, struct err *err)
{
	struct differ d = { .arena = out->arena, .out = out, .seen = map_make(out->arena), .err = err };
	struct spot s = { .old = avsc_of(old)->root, .new = avsc_of(new)->root, .old_path = STR(""), .new_path = STR(""),
		.owner = STR("the schema"), .name = STR("") };

	TRY(make_view(out->arena, new, old, &d.backward, err));
	TRY(make_view(out->arena, old, new, &d.forward, err));
	if (avsc_kind_is_named(s.new->kind))
		s.name = s.new->name.full;
	diff_types(&d, s);
	return d.failed;
}
