/* Whether two texts of a schema are one: by the canonical form, with what they refer to. */
#include "base/arena.h"
#include "client/cli/snapshot.h"
#include "compat/schema.h"

enum { DEPTH = 1000 };

struct dependencies {
	struct arena *arena;
	const struct snapshot *snapshot;
	struct map names;
	struct schema_dependency *items;
	size_t n_items;
	size_t room;
};

/* Depth first, each name once: the first counts (contract 5.12). */
static void gather(struct dependencies *d, const struct snapshot_version *version, unsigned depth)
{
	for (size_t i = 0; depth < DEPTH && version->references && i < version->references->n_items; i++) {
		const struct jsn *name = jsn_get_value(&version->references->items[i], STR("name"));
		const struct snapshot_version *target = snapshot_referred(d->snapshot, version, &version->references->items[i]);

		if (!name || !target || map_get(&d->names, name->text))
			continue;
		map_put(&d->names, name->text, d);
		gather(d, target, depth + 1);
		d->items = arena_grow(d->arena, d->items, d->n_items, &d->room, sizeof(*d->items));
		d->items[d->n_items++] = (struct schema_dependency){
			.name = name->text,
			.subject = target->subject,
			.version = target->version,
			.text = target->text,
		};
	}
}

/* As it is when it cannot be parsed. */
static struct str canonical(struct arena *arena, const struct snapshot *snapshot, const struct snapshot_version *version)
{
	struct dependencies d = { .arena = arena, .snapshot = snapshot, .names = map_make(arena) };
	struct schema_source source = { .text = version->text };
	struct err err = { .arena = arena };
	const struct schema *schema;

	gather(&d, version, 0);
	source.dependencies = d.items;
	source.n_dependencies = d.n_items;
	if (!schema_type_find(version->type, &source.type) || schema_parse(arena, &source, 0, &schema, &err) != OK)
		return version->text;
	return schema->canonical;
}

bool snapshot_same_text(const struct snapshot *source, const struct snapshot_version *a, const struct snapshot *target,
	const struct snapshot_version *b)
{
	struct arena *arena;
	bool same;

	if (str_eq(a->text, b->text))
		return true;
	arena = arena_create(0);
	same = str_eq(canonical(arena, source, a), canonical(arena, target, b));
	arena_destroy(arena);
	return same;
}
