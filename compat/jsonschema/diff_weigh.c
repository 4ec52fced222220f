/*
 * What changes do to documents: documents that break are looked for, and each change is charged with those that
 * violate something at its place; when it is proven that none breaks, none is charged.
 */
#include "base/arena.h"
#include "compat/jsonschema/diff_int.h"
#include "compat/jsonschema/prove_int.h"

enum { SEARCH_WORK = 1000 * 1000, MOST_BREACHES = 2000, MOST_COMPARED = 8 * 1000 * 1000 };

/* A violation by its places in the reader's text. */
struct breach {
	const struct jsch_violation *violation;
	struct str at;                  /* of the keyword */
	const struct str *chain;        /* of the subschemas on the way */
};

struct weighing {
	struct arena *work;
	const struct jsch_schema *reader;
	struct jsch_parents parents;
	struct map paths;               /* of subschemas, by the bytes of their pointer: a struct str */
	struct breach *items;
	size_t n, room;
};

static struct str path_of(struct weighing *w, const struct jsn *json)
{
	const struct jsn **key = arena_new(w->work, const struct jsn *);
	struct str *path = map_get(&w->paths, str_make((const char *)&json, sizeof(json)));

	if (path)
		return *path;
	*key = json;
	path = arena_new(w->work, struct str);
	*path = jsch_diff_path(w->work, w->reader, &w->parents, json);
	map_put(&w->paths, str_make((const char *)key, sizeof(*key)), path);
	return *path;
}

static struct str place_of(struct weighing *w, const struct jsch_violation *violation)
{
	struct str schema = path_of(w, violation->schema);
	struct buf b = buf_make(w->work, 64);

	if (!str_present(schema))
		return STR_NONE;
	buf_add(&b, schema);
	if (!str_eq(violation->keyword, STR("false")))
		jsch_pointer_put(&b, violation->keyword);
	return buf_str(&b);
}

static void add_breach(struct weighing *w, const struct jsch_violation *violation)
{
	struct str *chain = arena_array(w->work, struct str, violation->n_chain);

	for (size_t i = 0; i < violation->n_chain; i++)
		chain[i] = path_of(w, violation->chain[i]);
	w->items = arena_grow(w->work, w->items, w->n, &w->room, sizeof(*w->items));
	w->items[w->n++] = (struct breach){ .violation = violation, .at = place_of(w, violation), .chain = chain };
}

static void find_breaches(struct weighing *w, const struct jsch_samples *samples)
{
	for (size_t i = 0; i < samples->n; i++)
		for (size_t k = 0; k < samples->items[i].n_violations && w->n < MOST_BREACHES; k++)
			add_breach(w, &samples->items[i].violations[k]);
}

/* One path is the other, or leads into it. */
static bool leads_into(struct str path, struct str inner)
{
	return str_present(inner) && str_starts(inner, path) && (inner.len == path.len || inner.data[path.len] == '/');
}

static struct str last_step(struct str pointer)
{
	ptrdiff_t slash = str_rindex(pointer, '/');

	return slash >= 0 ? str_sub(pointer, (size_t)slash, pointer.len) : STR("");
}

/* A property or item that the reader has not (or not there): what its schema has against it. */
static bool concerns_removed(const struct breach *b, struct str container, struct str other)
{
	struct str schema = str_sub(container, 0, container.len - last_step(container).len);

	if (!str_eq(last_step(b->violation->path), last_step(other)))
		return false;
	for (size_t i = 0; i < b->violation->n_chain; i++)
		if (str_present(b->chain[i]) && str_eq(b->chain[i], schema))
			return true;
	return false;
}

static bool concerns_required(const struct breach *b, struct str at)
{
	const struct jsn *required = jsn_get(b->violation->schema, STR("required")), *name;

	if (!str_present(b->at) || !leads_into(b->at, at) || !str_ends(b->at, STR("/required")))
		return false;
	name = jsch_pointer_find(required, str_sub(at, b->at.len, at.len));
	return name && name->kind == JSN_STRING && str_eq(name->text, b->violation->name);
}

/* Whether the violation is of something inside of what changed, or changed inside of what is violated. */
static bool concerns_inside(const struct breach *b, struct str at)
{
	if (leads_into(at, b->at) || (at.len > 0 && str_present(b->at) && leads_into(b->at, at)))
		return true;
	for (size_t i = 0; at.len > 0 && i < b->violation->n_chain; i++)
		if (leads_into(at, b->chain[i]))
			return true;
	return false;
}

static bool concerns(const struct breach *b, const struct schema_change *change, bool backward)
{
	const struct explain_place *place = backward ? &change->in_new : &change->in_old;
	const struct explain_place *other = backward ? &change->in_old : &change->in_new;
	bool there = place->line > 0;

	if (str_eq(change->entity, STR("required")))
		return there && concerns_required(b, place->path);
	/* A value that the reader lists speaks against nothing. */
	if (str_eq(change->entity, STR("enum value")))
		return !there && str_present(b->at) && leads_into(b->at, place->path);
	if (change->kind == CHANGE_RENAMED)
		return concerns_inside(b, place->path) || concerns_removed(b,
			str_sub(place->path, 0, place->path.len - last_step(place->path).len), other->path);
	if (!there && (str_eq(change->entity, STR("property")) || str_eq(change->entity, STR("item"))))
		return concerns_removed(b, place->path, other->path);
	return there ? concerns_inside(b, place->path) : str_present(b->at) && str_eq(b->at, place->path);
}

/* Words for people, and what says the same in another order. */
static bool says_nothing(enum change_kind kind)
{
	return kind == CHANGE_DOC || kind == CHANGE_DEFAULT || kind == CHANGE_ATTRIBUTE || kind == CHANGE_REORDERED;
}

static void charge(struct jsch_diff *d, const struct weighing *w, bool backward)
{
	size_t n_compared = 0;

	for (size_t i = d->first; i < d->out->n_items; i++) {
		struct schema_change *change = &d->out->items[i];
		enum rule_effect *effect = backward ? &change->backward : &change->forward;

		if (says_nothing(change->kind))
			continue;
		/* Nothing was found and nothing proven. */
		if (w->n == 0)
			*effect = EFFECT_UNPROVEN;
		for (size_t k = 0; k < w->n && *effect != EFFECT_FAILS && n_compared++ < MOST_COMPARED; k++)
			if (concerns(&w->items[k], change, backward))
				*effect = EFFECT_FAILS;
	}
}

void jsch_diff_weigh(struct jsch_diff *d, const struct jsch_schema *old, const struct jsch_schema *new, bool backward)
{
	const struct jsch_schema *reader = backward ? new : old, *writer = backward ? old : new;
	struct arena *work = arena_create(0), *scratch = arena_create(0);
	struct weighing w = { .work = work, .reader = reader, .parents = jsch_parents_make(work, reader->json), .paths = map_make(work) };
	int n_modes = jsch_has_formats(writer) || jsch_has_formats(reader) ? 2 : 1;
	bool contained = true;

	for (int mode = 0; mode < n_modes; mode++) {
		struct jsch_search search = { .arena = work, .scratch = scratch, .writer = writer, .reader = reader,
			.formats = mode == 0, .most_work = SEARCH_WORK };
		struct jsch_proof proof;

		jsch_proof_init(&proof, work, writer, reader, mode == 0);
		if (jsch_contained(&proof, writer->root, reader->root))
			continue;
		contained = false;
		find_breaches(&w, jsch_search(&search));
	}
	if (!contained)
		charge(d, &w, backward);
	arena_destroy(scratch);
	arena_destroy(work);
}
