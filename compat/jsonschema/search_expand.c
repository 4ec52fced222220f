/* Subschemas taken apart: into ways to hold (for making values), and into all that they are made of. */
#include "base/arena.h"
#include "compat/jsonschema/search_int.h"

enum { MOST_CASES = 24, MOST_NODES = 512, MOST_DEPENDENCIES = 3 };

bool jsch_nodes_add(struct arena *arena, struct jsch_nodes *list, const struct jsch_node *node)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i] == node)
			return false;
	if (list->n == MOST_NODES)
		return false;
	list->items = arena_grow(arena, list->items, list->n, &list->room, sizeof(*list->items));
	list->items[list->n++] = node;
	return true;
}

/* ---- cases ---- */

/* A choice that is still to be made: one of these has to hold. */
struct open_choice {
	const struct open_choice *next;
	struct jsch_node *const *nodes;
	size_t n;
	const struct jsch_node *condition, *then; /* `then` goes with the condition, nodes[0] without */
};

struct expansion {
	struct jsch_search *s;
	struct jsch_cases *out;
};

static struct jsch_nodes copy_of(struct jsch_search *s, const struct jsch_nodes *list)
{
	struct jsch_nodes copy = { .n = 0 };

	for (size_t i = 0; i < list->n; i++)
		jsch_nodes_add(s->arena, &copy, list->items[i]);
	return copy;
}

static const struct open_choice *add_choice(struct jsch_search *s, const struct open_choice *next,
	const struct jsch_branches *branches)
{
	struct open_choice *choice;

	if (branches->nodes == NULL)
		return next;
	choice = arena_new(s->arena, struct open_choice);
	*choice = (struct open_choice){ .next = next, .nodes = branches->nodes, .n = branches->n };
	return choice;
}

static const struct open_choice *add_condition(struct jsch_search *s, const struct open_choice *next,
	struct jsch_logic *logic)
{
	struct open_choice *choice = arena_new(s->arena, struct open_choice);

	*choice = (struct open_choice){ .next = next, .condition = logic->condition, .then = logic->then };
	choice->nodes = &logic->otherwise;
	choice->n = logic->otherwise ? 1 : 0;
	return choice;
}

/* A node that asks for a member and nothing else. */
static const struct jsch_node *requiring(struct jsch_search *s, const struct jsch_node *owner, struct str name)
{
	struct jsch_node *node = arena_new(s->arena, struct jsch_node);
	struct str *names = arena_new(s->arena, struct str);

	*names = name;
	node->json = owner->json;
	node->resource = owner->resource;
	node->object = arena_new(s->arena, struct jsch_object);
	node->object->max_properties = node->object->min_properties = JSCH_ABSENT;
	node->object->required = names;
	node->object->n_required = 1;
	return node;
}

/* A member is there with what depends on it, or not. */
static const struct open_choice *add_dependencies(struct jsch_search *s, const struct open_choice *next,
	const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	for (size_t i = 0; object && i < object->n_dependencies && object->n_dependencies <= MOST_DEPENDENCIES; i++) {
		struct open_choice *choice;

		if (object->dependencies[i].node == NULL)
			continue;
		choice = arena_new(s->arena, struct open_choice);
		*choice = (struct open_choice){ .next = next, .then = object->dependencies[i].node };
		choice->condition = requiring(s, node, object->dependencies[i].name);
		next = choice;
	}
	return next;
}

/* What holds together with what is in the list, from `at` on; choices on the way are put off. */
static const struct open_choice *close(struct jsch_search *s, struct jsch_nodes *list, size_t at,
	const struct open_choice *choices)
{
	for (; at < list->n && jsch_search_spend(s, 1); at++) {
		const struct jsch_node *node = list->items[at];
		struct jsch_logic *logic = node->logic;

		if (node->reference.target)
			jsch_nodes_add(s->arena, list, node->reference.target);
		if (node->dynamic.target)
			jsch_nodes_add(s->arena, list, node->dynamic.target);
		if (s->thorough)
			choices = add_dependencies(s, choices, node);
		if (logic == NULL)
			continue;
		for (size_t i = 0; i < logic->branches[JSCH_ALL].n; i++)
			jsch_nodes_add(s->arena, list, logic->branches[JSCH_ALL].nodes[i]);
		choices = add_choice(s, choices, &logic->branches[JSCH_ANY]);
		choices = add_choice(s, choices, &logic->branches[JSCH_ONE]);
		if (logic->condition)
			choices = add_condition(s, choices, logic);
	}
	return choices;
}

static void expand(struct expansion *e, struct jsch_nodes *list, size_t at, const struct open_choice *choices);

static void expand_with(struct expansion *e, const struct jsch_nodes *list, const struct open_choice *rest,
	const struct jsch_node *first, const struct jsch_node *second)
{
	struct jsch_nodes copy = copy_of(e->s, list);

	if (first)
		jsch_nodes_add(e->s->arena, &copy, first);
	if (second)
		jsch_nodes_add(e->s->arena, &copy, second);
	expand(e, &copy, list->n, rest);
}

static void expand(struct expansion *e, struct jsch_nodes *list, size_t at, const struct open_choice *choices)
{
	if (e->out->n >= MOST_CASES || !jsch_search_spend(e->s, 1))
		return;
	choices = close(e->s, list, at, choices);
	if (choices == NULL) {
		e->out->items = arena_grow(e->s->arena, e->out->items, e->out->n, &e->out->room, sizeof(*e->out->items));
		e->out->items[e->out->n++] = *list;
		return;
	}
	if (choices->condition) {
		expand_with(e, list, choices->next, choices->n > 0 ? choices->nodes[0] : NULL, NULL);
		expand_with(e, list, choices->next, choices->condition, choices->then);
		return;
	}
	for (size_t i = 0; i < choices->n; i++)
		expand_with(e, list, choices->next, choices->nodes[i], NULL);
}

void jsch_search_cases(struct jsch_search *s, const struct jsch_nodes *nodes, struct jsch_cases *out)
{
	struct expansion e = { .s = s, .out = out };
	struct jsch_nodes list = copy_of(s, nodes);

	expand(&e, &list, 0, NULL);
}

/* ---- everything ---- */

static void add_branches(struct jsch_search *s, struct jsch_nodes *list, const struct jsch_branches *branches)
{
	for (size_t i = 0; i < branches->n; i++)
		jsch_nodes_add(s->arena, list, branches->nodes[i]);
}

static void add_optional(struct jsch_search *s, struct jsch_nodes *list, const struct jsch_node *node)
{
	if (node)
		jsch_nodes_add(s->arena, list, node);
}

static void add_cases_of(struct jsch_search *s, struct jsch_nodes *may, const struct jsch_node *node)
{
	const struct jsch_logic *logic = node->logic;

	if (logic) {
		add_branches(s, may, &logic->branches[JSCH_ANY]);
		add_branches(s, may, &logic->branches[JSCH_ONE]);
		add_optional(s, may, logic->not);
		add_optional(s, may, logic->condition);
		add_optional(s, may, logic->then);
		add_optional(s, may, logic->otherwise);
	}
	for (size_t i = 0; node->object && i < node->object->n_dependencies; i++)
		add_optional(s, may, node->object->dependencies[i].node);
}

static void add_sure(struct jsch_search *s, struct jsch_nodes *list, const struct jsch_node *node)
{
	add_optional(s, list, node->reference.target);
	add_optional(s, list, node->dynamic.target);
	if (node->logic)
		add_branches(s, list, &node->logic->branches[JSCH_ALL]);
}

void jsch_search_flatten(struct jsch_search *s, const struct jsch_nodes *nodes, struct jsch_nodes *must,
	struct jsch_nodes *may)
{
	for (size_t i = 0; i < nodes->n; i++)
		jsch_nodes_add(s->arena, must, nodes->items[i]);
	for (size_t i = 0; i < must->n && jsch_search_spend(s, 1); i++) {
		add_sure(s, must, must->items[i]);
		add_cases_of(s, may, must->items[i]);
	}
	for (size_t i = 0; i < may->n && jsch_search_spend(s, 1); i++) {
		add_sure(s, may, may->items[i]);
		add_cases_of(s, may, may->items[i]);
	}
}

void jsch_search_hints(struct jsch_search *s, const struct jsch_nodes *writer, struct jsch_nodes *out)
{
	struct jsch_nodes all = { .n = 0 }, hints = { .n = 0 };

	jsch_search_flatten(s, writer, &all, &all);
	for (size_t i = 0; i < all.n; i++) {
		const struct jsch_logic *logic = all.items[i]->logic;

		if (logic == NULL)
			continue;
		add_optional(s, &hints, logic->not);
		add_optional(s, &hints, logic->condition);
		add_branches(s, &hints, &logic->branches[JSCH_ONE]);
	}
	jsch_search_flatten(s, &hints, out, out);
}
