/* What a reader's aliases make of a writer's names, as Java's Schema.applyAliases has it. */
#include "compat/avro/plan_int.h"

#include "base/arena.h"
#include "base/map.h"

struct avsc_renames {
	struct map types;  /* alias to the full name that it stands for */
	struct map fields; /* full name of a record to a map of alias to field */
};

struct walk {
	struct avsc_renames *renames;
	uint8_t *seen;
	const struct avsc_type **left; /* still to be looked at */
	size_t n_left, room;
};

static void push(struct walk *w, const struct avsc_type *type)
{
	w->left = arena_grow(w->renames->types.arena, w->left, w->n_left, &w->room, sizeof(struct avsc_type *));
	w->left[w->n_left++] = type;
}

static void add_fields(struct avsc_renames *renames, const struct avsc_type *record)
{
	struct arena *arena = renames->types.arena;
	struct map *fields = map_get(&renames->fields, record->name.full);

	for (size_t i = 0; i < record->n_fields; i++) {
		for (size_t j = 0; j < record->fields[i].n_aliases; j++) {
			if (fields == NULL) {
				fields = arena_new(arena, struct map);
				*fields = map_make(arena);
				map_put(&renames->fields, record->name.full, fields);
			}
			map_put(fields, record->fields[i].aliases[j], &record->fields[i]);
		}
	}
}

/* Last first, so that types come in the order of the text. */
static void push_inner(struct walk *w, const struct avsc_type *type)
{
	for (size_t i = type->n_fields; i-- > 0;)
		push(w, type->fields[i].type);
	for (size_t i = type->n_branches; i-- > 0;)
		push(w, type->branches[i]);
	if (type->items)
		push(w, type->items);
}

static void visit(struct walk *w, const struct avsc_type *type)
{
	uint8_t bit = (uint8_t)(1u << (type->number & 7));

	if (w->seen[type->number >> 3] & bit)
		return;
	w->seen[type->number >> 3] |= bit;
	for (size_t i = 0; i < type->n_aliases; i++)
		map_put(&w->renames->types, type->aliases[i].full, (void *)(uintptr_t)type);
	if (type->kind == AVSC_RECORD)
		add_fields(w->renames, type);
	push_inner(w, type);
}

const struct avsc_renames *avsc_renames_make(struct arena *arena, const struct avsc_schema *reader)
{
	struct avsc_renames *renames = arena_new(arena, struct avsc_renames);
	struct walk w = { .renames = renames, .seen = arena_array(arena, uint8_t, reader->n_types / 8 + 1) };

	renames->types = map_make(arena);
	renames->fields = map_make(arena);
	push(&w, reader->root);
	while (w.n_left > 0)
		visit(&w, w.left[--w.n_left]);
	return renames;
}

struct str avsc_renamed(const struct avsc_renames *renames, const struct avsc_type *writer)
{
	const struct avsc_type *type = renames ? map_get(&renames->types, writer->name.full) : NULL;

	return type ? type->name.full : writer->name.full;
}

struct str avsc_renamed_field(const struct avsc_renames *renames, struct str record, struct str field)
{
	const struct map *fields = renames ? map_get(&renames->fields, record) : NULL;
	const struct avsc_field *found = fields ? map_get(fields, field) : NULL;

	return found ? found->name : field;
}
