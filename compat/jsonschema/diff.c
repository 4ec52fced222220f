/*
 * The difference of two schemas: both texts are walked side by side, in the order of the new one.
 */
#include "compat/jsonschema/diff_int.h"

#include "base/arena.h"
#include "base/limits.h"
#include "compat/jsonschema/parse_int.h"

enum { MOST_WORK = 4 * 1000 * 1000, MOST_CHANGES = 5000 };

bool jsch_diff_spend(struct jsch_diff *d, uint64_t units)
{
	d->work += units;
	return d->work <= MOST_WORK;
}

/* ---- telling ---- */

/* In another document it stands where the own text leads there. */
static struct explain_place place_of(struct jsch_diff *d, const struct jsch_diff_side *side, const struct jsch_pointer *at,
	const struct jsn *value)
{
	const struct jsn *json = value && side->ref ? side->ref : value;
	struct str way = jsch_pointer_print(d->arena, at);

	return (struct explain_place){
		.line = json ? json->line : 0,
		.column = json ? json->column : 0,
		.path = side->ref ? str_concat(d->arena, side->base, way) : way,
	};
}

void jsch_diff_add(struct jsch_diff *d, enum change_kind kind, const char *entity, const struct jsch_spot *at,
	const struct jsn *old, const struct jsn *new, struct str message)
{
	if (d->out->n_items - d->first >= MOST_CHANGES)
		return;
	/* Where one side has nothing, its path is that of what would enclose it. */
	schema_changes_add(d->out, &(struct schema_change){
		.kind = kind,
		.entity = str_of(entity),
		.name = at->name.len > 0 ? at->name : STR(""),
		.in_new = place_of(d, &d->new, new ? at->new : at->new ? at->new->up : NULL, new),
		.in_old = place_of(d, &d->old, old ? at->old : at->old ? at->old->up : NULL, old),
		.message = message,
		.backward = EFFECT_HARMLESS,
		.forward = EFFECT_HARMLESS,
	});
}

static struct str name_below(struct jsch_diff *d, struct str name, struct str member)
{
	if (name.len == 0)
		return member;
	return str_printf(d->arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(member));
}

static void tell_whole(struct jsch_diff *d, const char *entity, const struct jsch_spot *at, const struct jsn *old,
	const struct jsn *new)
{
	struct buf b = buf_make(d->arena, 64);

	buf_add(&b, str_of(entity));
	if (at->name.len > 0) {
		buf_add_c(&b, ' ');
		buf_json_string(&b, at->name);
	}
	buf_add(&b, old && new ? STR(" changed") : new ? STR(" was added") : STR(" was removed"));
	jsch_diff_add(d, old && new ? CHANGE_TYPE : new ? CHANGE_ADDED : CHANGE_REMOVED, entity, at, old, new, buf_str(&b));
}

static bool is_schema(const struct jsn *json)
{
	return json->kind == JSN_OBJECT || json->kind == JSN_BOOL;
}

/* Both there and schemas: what is inside; else one came or went, or it is something else. */
static void diff_held(struct jsch_diff *d, const char *entity, const struct jsch_spot *at, const struct jsn *old,
	const struct jsn *new)
{
	if (old && new && old->kind == JSN_OBJECT && new->kind == JSN_OBJECT)
		jsch_diff_schemas(d, at, old, new);
	else if (!old || !new || !jsch_values_equal(old, new))
		tell_whole(d, entity, at, old, new);
}

/* ---- maps: properties, definitions … ---- */

struct map_kind {
	struct str word;
	const char *entity;
	bool named;                     /* its members are parts of documents */
};

static const struct map_kind maps[] = {
	{ { "properties", 10 }, "property", true },
	{ { "patternProperties", 17 }, "pattern property", true },
	{ { "definitions", 11 }, "definition", false },
	{ { "$defs", 5 }, "definition", false },
	{ { "dependencies", 12 }, "dependency", false },
	{ { "dependentSchemas", 16 }, "dependency", false },
};

struct member_index {
	struct map by_name;
};

static struct member_index index_members(struct arena *arena, const struct jsn *object)
{
	struct member_index index = { .by_name = map_make(arena) };

	for (size_t i = 0; object && object->kind == JSN_OBJECT && i < object->n_items; i++)
		map_put(&index.by_name, object->items[i].name, &object->items[i]);
	return index;
}

/* The only one that is missing on the other side, or NULL when there are more or none. */
static const struct jsn *only_missing(const struct jsn *object, const struct member_index *other)
{
	const struct jsn *found = NULL;

	for (size_t i = 0; i < object->n_items; i++) {
		if (map_get(&other->by_name, object->items[i].name))
			continue;
		if (found)
			return NULL;
		found = &object->items[i];
	}
	return found;
}

/* One property went, one came, and they are the same: most likely it has another name now. */
static bool tell_renamed(struct jsch_diff *d, const struct jsch_spot *at, const struct map_kind *kind,
	const struct jsn *old, const struct jsn *new)
{
	const struct jsch_pointer before = { .up = at->old, .name = old->name }, now = { .up = at->new, .name = new->name };
	const struct jsch_spot spot = { .old = &before, .new = &now, .name = name_below(d, at->name, new->name) };
	struct buf b = buf_make(d->arena, 64);

	if (!kind->named || old->kind != JSN_OBJECT || old->n_items == 0 || !jsch_values_equal(old, new))
		return false;
	buf_printf(&b, "%s ", kind->entity);
	buf_json_string(&b, name_below(d, at->name, old->name));
	buf_lit(&b, " went and ");
	buf_json_string(&b, spot.name);
	buf_lit(&b, ", which is the same, came");
	jsch_diff_add(d, CHANGE_RENAMED, kind->entity, &spot, old, new, buf_str(&b));
	return true;
}

struct map_pair {
	const struct map_kind *kind;
	const struct jsn *old, *new;
	struct member_index in_old, in_new;
	const struct jsn *renamed_old, *renamed_new;
};

static void diff_member(struct jsch_diff *d, const struct jsch_spot *at, const struct map_pair *pair, const struct jsn *old,
	const struct jsn *new)
{
	const struct jsn *either = new ? new : old;
	const struct jsch_pointer before = { .up = at->old, .name = either->name }, now = { .up = at->new, .name = either->name };
	const struct jsch_spot spot = {
		.old = &before, .new = &now,
		.name = pair->kind->named ? name_below(d, at->name, either->name) : either->name,
	};

	if (!jsch_diff_spend(d, 1))
		return;
	if (new && new == pair->renamed_new)
		tell_renamed(d, at, pair->kind, pair->renamed_old, new);
	else if (!old || old != pair->renamed_old)
		diff_held(d, pair->kind->entity, &spot, old, new);
}

/* Members of the old map that are gone, from *next up to one that is not. */
static void diff_gone(struct jsch_diff *d, const struct jsch_spot *at, const struct map_pair *pair, size_t *next)
{
	while (pair->old && *next < pair->old->n_items && !map_get(&pair->in_new.by_name, pair->old->items[*next].name))
		diff_member(d, at, pair, &pair->old->items[(*next)++], NULL);
}

static void diff_map(struct jsch_diff *d, const struct jsch_spot *at, const struct map_kind *kind, const struct jsn *old,
	const struct jsn *new)
{
	struct map_pair pair = { .kind = kind, .old = old, .new = new, .in_old = index_members(d->arena, old),
		.in_new = index_members(d->arena, new) };
	const struct jsch_pointer before = { .up = at->old, .name = kind->word }, now = { .up = at->new, .name = kind->word };
	const struct jsch_spot inner = { .old = &before, .new = &now, .name = at->name };
	size_t next = 0;

	if (old && new) {
		pair.renamed_old = only_missing(old, &pair.in_new);
		pair.renamed_new = only_missing(new, &pair.in_old);
		if (!pair.renamed_old || !pair.renamed_new || !kind->named || pair.renamed_old->kind != JSN_OBJECT ||
			pair.renamed_old->n_items == 0 || !jsch_values_equal(pair.renamed_old, pair.renamed_new))
			pair.renamed_old = pair.renamed_new = NULL;
	}
	for (size_t i = 0; new && i < new->n_items; i++) {
		const struct jsn *counterpart = map_get(&pair.in_old.by_name, new->items[i].name);

		diff_gone(d, &inner, &pair, &next);
		diff_member(d, &inner, &pair, counterpart, &new->items[i]);
		if (counterpart && (size_t)(counterpart - old->items) >= next)
			next = (size_t)(counterpart - old->items) + 1;
	}
	for (; old && next < old->n_items; next++)
		diff_gone(d, &inner, &pair, &next);
}

/* ---- lists: alternatives and items ---- */

struct list_kind {
	struct str word;
	const char *entity;
	bool by_place;                  /* what is at which place matters */
};

static const struct list_kind lists[] = {
	{ { "oneOf", 5 }, "oneOf branch", false },
	{ { "anyOf", 5 }, "anyOf branch", false },
	{ { "allOf", 5 }, "allOf branch", false },
	{ { "items", 5 }, "item", true },
	{ { "prefixItems", 11 }, "item", true },
};

static void diff_item(struct jsch_diff *d, const struct jsch_spot *at, const struct list_kind *kind, const struct jsn *old,
	size_t old_at, const struct jsn *new, size_t new_at)
{
	const struct jsch_pointer before = { .up = at->old, .index = old_at }, now = { .up = at->new, .index = new_at };
	const struct jsch_spot spot = {
		.old = &before, .new = &now,
		.name = kind->by_place ? str_printf(d->arena, "%.*s[%zu]", STR_ARG(at->name), new ? new_at : old_at) : at->name,
	};

	diff_held(d, kind->entity, &spot, old, new);
}

/* Which of the old branches are equal to which new ones: marks in both. */
static size_t match_equal(const struct jsn *old, const struct jsn *new, bool *old_done, bool *new_done)
{
	size_t n = 0;

	for (size_t i = 0; i < new->n_items; i++)
		for (size_t k = 0; k < old->n_items && !new_done[i]; k++)
			if (!old_done[k] && jsch_values_equal(&old->items[k], &new->items[i])) {
				old_done[k] = new_done[i] = true;
				n++;
			}
	return n;
}

static void tell_reordered(struct jsch_diff *d, const struct jsch_spot *at, const struct list_kind *kind,
	const struct jsn *old, const struct jsn *new)
{
	jsch_diff_add(d, CHANGE_REORDERED, kind->entity, at, old, new,
		str_printf(d->arena, "the branches of %.*s are in another order", STR_ARG(kind->word)));
}

/* What is left after the equal ones goes together in its order. */
static void diff_branches(struct jsch_diff *d, const struct jsch_spot *at, const struct list_kind *kind,
	const struct jsn *old, const struct jsn *new)
{
	bool *old_done = arena_array(d->arena, bool, old->n_items), *new_done = arena_array(d->arena, bool, new->n_items);
	size_t n_equal = match_equal(old, new, old_done, new_done), k = 0;

	if (n_equal == old->n_items && n_equal == new->n_items) {
		if (!jsn_equal(old, new))
			tell_reordered(d, at, kind, old, new);
		return;
	}
	for (size_t i = 0; i < new->n_items; i++) {
		if (new_done[i])
			continue;
		while (k < old->n_items && old_done[k])
			k++;
		diff_item(d, at, kind, k < old->n_items ? &old->items[k] : NULL, k, &new->items[i], i);
		k += k < old->n_items;
	}
	for (; k < old->n_items; k++)
		if (!old_done[k])
			diff_item(d, at, kind, &old->items[k], k, NULL, 0);
}

static void diff_list(struct jsch_diff *d, const struct jsch_spot *at, const struct list_kind *kind, const struct jsn *old,
	const struct jsn *new)
{
	const struct jsch_pointer before = { .up = at->old, .name = kind->word }, now = { .up = at->new, .name = kind->word };
	const struct jsch_spot inner = { .old = &before, .new = &now, .name = at->name };

	if (!old || !new || !jsch_diff_spend(d, old->n_items * new->n_items / 4)) {
		tell_whole(d, kind->word.data, &inner, old, new);
		return;
	}
	if (!kind->by_place) {
		diff_branches(d, &inner, kind, old, new);
		return;
	}
	for (size_t i = 0; i < old->n_items || i < new->n_items; i++)
		diff_item(d, &inner, kind, i < old->n_items ? &old->items[i] : NULL, i, i < new->n_items ? &new->items[i] : NULL, i);
}

/* ---- subschemas ---- */

static const struct {
	struct str word;
	const char *entity, *name;
} singles[] = {
	{ { "items", 5 }, "items", "[]" },
	{ { "additionalItems", 15 }, "additional items", "[]" },
	{ { "unevaluatedItems", 16 }, "additional items", "[]" },
	{ { "contains", 8 }, "contains", "[]" },
	{ { "additionalProperties", 20 }, "additional properties", ".*" },
	{ { "unevaluatedProperties", 21 }, "additional properties", ".*" },
	{ { "propertyNames", 13 }, "property names", "" },
	{ { "not", 3 }, "not", "" },
	{ { "if", 2 }, "if", "" },
	{ { "then", 4 }, "then", "" },
	{ { "else", 4 }, "else", "" },
};

static bool is_kind(const struct jsn *old, const struct jsn *new, enum jsn_kind kind)
{
	return (!old || old->kind == kind) && (!new || new->kind == kind);
}

static bool diff_single(struct jsch_diff *d, const struct jsch_spot *at, struct str word, const struct jsn *old,
	const struct jsn *new)
{
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		const struct jsch_pointer before = { .up = at->old, .name = word }, now = { .up = at->new, .name = word };
		struct jsch_spot spot = { .old = &before, .new = &now };

		if (!str_eq(singles[i].word, word))
			continue;
		spot.name = str_concat(d->arena, at->name, str_of(singles[i].name));
		if (old && new && old->kind == JSN_OBJECT && new->kind == JSN_OBJECT) {
			jsch_diff_schemas(d, &spot, old, new);
			return true;
		}
		spot.name = at->name;
		jsch_diff_word(d, &spot, word, old, new);
		return true;
	}
	return false;
}

static void diff_word(struct jsch_diff *d, const struct jsch_spot *at, struct str word, const struct jsn *old,
	const struct jsn *new)
{
	const struct jsch_pointer before = { .up = at->old, .name = word }, now = { .up = at->new, .name = word };
	const struct jsch_spot spot = { .old = &before, .new = &now, .name = at->name };

	if (!jsch_diff_spend(d, 1))
		return;
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		if (str_eq(maps[i].word, word) && is_kind(old, new, JSN_OBJECT)) {
			diff_map(d, at, &maps[i], old, new);
			return;
		}
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (str_eq(lists[i].word, word) && is_kind(old, new, JSN_ARRAY)) {
			diff_list(d, at, &lists[i], old, new);
			return;
		}
	}
	if (str_eq(word, STR("required")) || str_eq(word, STR("enum")))
		jsch_diff_word(d, at, word, old, new);
	else if (!diff_single(d, at, word, old, new))
		jsch_diff_word(d, &spot, word, old, new);
}

/* Keywords that are gone, from *next up to `until`. */
static void diff_lost(struct jsch_diff *d, const struct jsch_spot *at, const struct jsn *old, const struct jsn *new,
	size_t *next, size_t until)
{
	for (; *next < until; (*next)++)
		if (!jsn_get(new, old->items[*next].name))
			diff_word(d, at, old->items[*next].name, &old->items[*next], NULL);
}

/* ---- other documents ---- */

static const struct jsch_node *node_of(const struct jsch_schema *schema, const struct jsn *json)
{
	return map_get(&schema->nodes, str_make((const char *)&json, sizeof(json)));
}

struct str jsch_diff_path(struct arena *arena, const struct jsch_schema *schema, const struct jsch_parents *parents,
	const struct jsn *json)
{
	struct str own = jsch_parents_pointer(arena, parents, json), below;
	const struct jsch_node *node = str_present(own) ? NULL : node_of(schema, json);

	if (!node)
		return own;
	below = jsch_pointer_to(arena, node->resource->root, json);
	return str_present(below) ? str_printf(arena, "%.*s#%.*s", STR_ARG(jsch_uri_shown(node->resource->uri)), STR_ARG(below)) : STR_NONE;
}

/* Whether the subschema's reference leads out of the own text, to where. */
static const struct jsn *find_outside(struct jsch_diff *d, const struct jsch_diff_side *side, const struct jsn *schema)
{
	const struct jsch_node *node = node_of(side->schema, schema);
	const struct jsn *target = node && node->reference.target ? node->reference.target->json : NULL;

	return target && target->kind == JSN_OBJECT && !str_present(jsch_parents_pointer(d->arena, &side->parents, target)) ? target : NULL;
}

static struct jsch_diff_side side_at(struct jsch_diff *d, const struct jsch_diff_side *from, const struct jsn *schema,
	const struct jsn *target)
{
	struct jsch_diff_side side = *from;

	side.ref = from->ref ? from->ref : jsn_get(schema, STR("$ref"));
	side.base = jsch_diff_path(d->arena, from->schema, &from->parents, target);
	return side;
}

/* What both refer to in other documents is a part of them. */
static void diff_outside(struct jsch_diff *d, const struct jsch_spot *at, const struct jsn *old, const struct jsn *new)
{
	const struct jsn *pair[2] = { find_outside(d, &d->old, old), find_outside(d, &d->new, new) };
	const struct jsch_diff_side in_old = d->old, in_new = d->new;
	const struct jsch_spot there = { .name = at->name };

	if (!pair[0] || !pair[1] || !jsch_diff_spend(d, 1) || map_put(&d->met, str_dup(d->arena, str_make((const char *)pair, sizeof(pair))), d))
		return;
	d->old = side_at(d, &in_old, old, pair[0]);
	d->new = side_at(d, &in_new, new, pair[1]);
	jsch_diff_schemas(d, &there, pair[0], pair[1]);
	d->old = in_old;
	d->new = in_new;
}

/* As deep as the texts, whose reader has bounded them. */
void jsch_diff_schemas(struct jsch_diff *d, const struct jsch_spot *at, const struct jsn *old, const struct jsn *new)
{
	size_t next = 0;

	for (size_t i = 0; i < new->n_items; i++) {
		const struct jsn *counterpart = jsn_get(old, new->items[i].name);

		if (counterpart && (size_t)(counterpart - old->items) >= next)
			diff_lost(d, at, old, new, &next, (size_t)(counterpart - old->items));
		diff_word(d, at, new->items[i].name, counterpart, &new->items[i]);
	}
	diff_lost(d, at, old, new, &next, old->n_items);
	diff_outside(d, at, old, new);
}

static struct jsch_diff_side side_of(struct arena *arena, const struct schema *schema)
{
	return (struct jsch_diff_side){ .schema = jsch_of(schema), .parents = jsch_parents_make(arena, jsch_of(schema)->json) };
}

enum err_code jsch_diff(const struct schema *old, const struct schema *new, struct schema_changes *out, struct err *err)
{
	const struct jsn *before = jsch_of(old)->json, *now = jsch_of(new)->json;
	struct jsch_diff d = { .out = out, .arena = out->arena, .old = side_of(out->arena, old), .new = side_of(out->arena, new),
		.met = map_make(out->arena), .first = out->n_items };
	const struct jsch_spot root = { .name = STR("") };

	(void)err;
	if (before->kind == JSN_OBJECT && now->kind == JSN_OBJECT)
		jsch_diff_schemas(&d, &root, before, now);
	else if (!is_schema(before) || !is_schema(now) || !jsch_values_equal(before, now))
		tell_whole(&d, "schema", &root, before, now);
	if (out->n_items > d.first && jsch_of(old)->root && jsch_of(new)->root) {
		jsch_diff_weigh(&d, jsch_of(old), jsch_of(new), true);
		jsch_diff_weigh(&d, jsch_of(old), jsch_of(new), false);
	}
	return OK;
}
