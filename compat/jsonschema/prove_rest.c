/*
 * What "unevaluatedItems" and "unevaluatedProperties" mean for one item or member: it satisfies them, or whatever
 * else in the same place looks at it.
 */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { MOST_EVALUATORS = 64 };

/* The subschemas of which one holds for the item or member; `open` when that may be anything. */
struct choices {
	struct jsch_proof *p;
	struct jsch_nodes nodes;
	bool open;
};

static void choose(struct choices *c, const struct jsch_node *node)
{
	if (node->json->kind == JSN_BOOL && node->json->boolean)
		c->open = true;
	else if (node->json->kind != JSN_BOOL)
		jsch_nodes_add(c->p->arena, &c->nodes, node);
}

static const struct jsch_node *own_item(const struct jsch_array *array, size_t i)
{
	if (!array->has_list)
		return array->items;
	return i < array->n_list ? array->list[i] : array->additional;
}

/* From 2020-12 on what contains finds has been evaluated. */
static const struct jsch_node *finder(const struct jsch_node *node)
{
	return node->array && node->resource->draft == JSCH_DRAFT_2020 ? node->array->contains : NULL;
}

/* ---- who looks at the same value ---- */

static void add_one(struct jsch_proof *p, struct jsch_nodes *list, const struct jsch_node *node)
{
	if (node)
		jsch_nodes_add(p->arena, list, node);
}

static void add_branches(struct jsch_proof *p, struct jsch_nodes *list, const struct jsch_branches *branches)
{
	for (size_t i = 0; i < branches->n; i++)
		add_one(p, list, branches->nodes[i]);
}

/* What does not hold evaluates nothing. */
static void add_possible(struct jsch_proof *p, struct jsch_nodes *list, const struct jsch_facts *facts,
	const struct jsch_node *node)
{
	if (node == NULL || !(jsch_atoms_of(node) & facts->atoms))
		return;
	for (size_t i = 0; i < facts->nots.n; i++)
		if (facts->nots.items[i] == node)
			return;
	add_one(p, list, node);
}

/* All that may apply in the same place beside the first; false when they are too many. */
static bool find_possible(struct jsch_proof *p, const struct jsch_facts *facts, struct jsch_nodes *list)
{
	for (size_t i = 0; i < list->n && jsch_proof_spend(p, 1); i++) {
		const struct jsch_node *node = list->items[i];
		const struct jsch_logic *logic = node->logic;

		add_one(p, list, node->reference.target);
		add_one(p, list, node->dynamic.target);
		for (size_t k = 0; node->object && k < node->object->n_dependencies; k++)
			if (!jsch_facts_lack(facts, node->object->dependencies[k].name))
				add_possible(p, list, facts, node->object->dependencies[k].node);
		for (int k = 0; logic && k < JSCH_CRITERIA; k++)
			for (size_t l = 0; l < logic->branches[k].n; l++)
				add_possible(p, list, facts, logic->branches[k].nodes[l]);
		if (logic) {
			add_possible(p, list, facts, logic->condition);
			add_possible(p, list, facts, logic->then);
			add_possible(p, list, facts, logic->otherwise);
		}
	}
	return list->n <= MOST_EVALUATORS;
}

static void add_proven(struct jsch_proof *p, struct jsch_nodes *list, const struct jsch_facts *facts,
	const struct jsch_branches *branches)
{
	for (size_t i = 0; i < branches->n; i++)
		if (jsch_proven(p, facts, branches->nodes[i]))
			add_one(p, list, branches->nodes[i]);
}

/* All that apply for sure, if the first holds. */
static void find_sure(struct jsch_proof *p, const struct jsch_facts *facts, struct jsch_nodes *list)
{
	for (size_t i = 0; i < list->n && list->n <= MOST_EVALUATORS && jsch_proof_spend(p, 1); i++) {
		const struct jsch_node *node = list->items[i];
		const struct jsch_logic *logic = node->logic;

		add_one(p, list, node->reference.target);
		for (size_t k = 0; node->object && k < node->object->n_dependencies; k++)
			if (jsch_facts_require(facts, node->object->dependencies[k].name))
				add_one(p, list, node->object->dependencies[k].node);
		if (logic == NULL)
			continue;
		add_branches(p, list, &logic->branches[JSCH_ALL]);
		add_proven(p, list, facts, &logic->branches[JSCH_ANY]);
		add_proven(p, list, facts, &logic->branches[JSCH_ONE]);
		if (logic->condition && jsch_proven(p, facts, logic->condition)) {
			add_one(p, list, logic->condition);
			add_one(p, list, logic->then);
		}
	}
}

/* ---- one of several ---- */

/* The same node for the same choices: proofs are known by their nodes. */
static const struct jsch_node *any_of(struct choices *c, const struct jsch_node *owner)
{
	struct jsch_nodes *nodes = &c->nodes;
	struct str key = str_make((const char *)nodes->items, nodes->n * sizeof(*nodes->items));
	struct jsch_node *node;

	if (nodes->n == 1)
		return nodes->items[0];
	node = map_get(&c->p->made, key);
	if (node)
		return node;
	node = arena_new(c->p->arena, struct jsch_node);
	node->json = owner->json;
	node->resource = owner->resource;
	node->logic = arena_new(c->p->arena, struct jsch_logic);
	node->logic->branches[JSCH_ANY].nodes = arena_array(c->p->arena, struct jsch_node *, nodes->n);
	memcpy(node->logic->branches[JSCH_ANY].nodes, nodes->items, nodes->n * sizeof(*nodes->items));
	node->logic->branches[JSCH_ANY].n = nodes->n;
	map_put(&c->p->made, key, node);
	return node;
}

static const struct jsch_node *result_of(struct choices *c, const struct jsch_node *owner, const struct jsch_node *rest)
{
	if (c->open || (rest->json->kind == JSN_BOOL && rest->json->boolean))
		return NULL;
	choose(c, rest);
	return c->nodes.n > 0 ? any_of(c, owner) : rest;
}

/* ---- items ---- */

/* Whether the subschema itself says nothing of the item, and asks for what nobody else looks at; else *own is what it says. */
static bool is_left(const struct jsch_node *node, size_t i, const struct jsch_node **own)
{
	*own = own_item(node->array, i);
	return *own == NULL && node->array->unevaluated;
}

const struct jsch_node *jsch_known_item(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	size_t i)
{
	struct jsch_nodes looking = { .n = 0 };
	struct choices c = { .p = p };
	const struct jsch_node *own;

	if (!is_left(node, i, &own))
		return own;
	jsch_nodes_add(p->arena, &looking, node);
	if (!find_possible(p, facts, &looking))
		return NULL;
	for (size_t k = 0; k < looking.n; k++) {
		const struct jsch_node *one = looking.items[k];
		const struct jsch_node *other = one->array ? own_item(one->array, i) : NULL;

		if (other)
			choose(&c, other);
		else if (k > 0 && one->array && one->array->unevaluated)
			choose(&c, one->array->unevaluated);
		if (finder(one))
			choose(&c, finder(one));
	}
	return result_of(&c, node, node->array->unevaluated);
}

const struct jsch_node *jsch_asked_item(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	size_t i)
{
	struct jsch_nodes looking = { .n = 0 };
	struct choices c = { .p = p };
	const struct jsch_node *own;

	if (!is_left(node, i, &own))
		return own;
	jsch_nodes_add(p->arena, &looking, node);
	find_sure(p, facts, &looking);
	for (size_t k = 0; k < looking.n; k++) {
		const struct jsch_node *one = looking.items[k];

		if (one->array && (own_item(one->array, i) || (k > 0 && one->array->unevaluated)))
			return NULL;
		if (finder(one))
			choose(&c, finder(one));
	}
	return result_of(&c, node, node->array->unevaluated);
}

/* ---- members ---- */

static void choose_properties(struct choices *c, const struct jsch_names *names, const struct jsch_object *object,
	bool *covered)
{
	const struct jsch_property *property = str_present(names->name) ? jsch_property_find(object, names->name) : NULL;

	*covered = property != NULL;
	if (property)
		choose(c, property->node);
	/* It may be any name, except of those that are looked at one by one. */
	for (size_t i = 0; !str_present(names->name) && i < object->n_properties; i++)
		if (names->listed == NULL || map_get(names->listed, object->properties[i].name) == NULL)
			choose(c, object->properties[i].node);
}

/* What a subschema says about members of the names. */
static void choose_member(struct choices *c, const struct jsch_names *names, const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;
	bool covered;

	choose_properties(c, names, object, &covered);
	for (size_t i = 0; i < object->n_patterns; i++) {
		enum jsch_match match = jsch_names_match(c->p, names, node, i);

		if (match != JSCH_DIFFERS)
			choose(c, object->patterns[i].node);
		covered |= match == JSCH_MATCHES;
	}
	if (!covered && object->additional)
		choose(c, object->additional);
	else if (!covered && object->unevaluated)
		choose(c, object->unevaluated);
}

const struct jsch_node *jsch_known_rest(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_names *names,
	const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;
	struct jsch_nodes looking = { .n = 0 };
	struct choices c = { .p = p };

	if (object->additional || object->unevaluated == NULL)
		return object->additional;
	jsch_nodes_add(p->arena, &looking, node);
	if (!find_possible(p, facts, &looking))
		return NULL;
	for (size_t k = 1; k < looking.n; k++)
		if (looking.items[k]->object)
			choose_member(&c, names, looking.items[k]);
	return result_of(&c, node, object->unevaluated);
}

void jsch_each_evaluator(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	void (*fn)(struct jsch_proof *p, struct map *cls, const struct jsch_node *node), struct map *cls)
{
	struct jsch_nodes looking = { .n = 0 };

	if (node->object == NULL || node->object->unevaluated == NULL)
		return;
	jsch_nodes_add(p->arena, &looking, node);
	find_possible(p, facts, &looking);
	for (size_t k = 1; k < looking.n; k++)
		fn(p, cls, looking.items[k]);
}

/* Whether members of the names are evaluated, where the subschema holds. */
static bool evaluates(struct jsch_proof *p, const struct jsch_names *names, const struct jsch_node *node, bool first)
{
	const struct jsch_object *object = node->object;

	if (object->additional || (!first && object->unevaluated))
		return true;
	if (str_present(names->name) && jsch_property_find(object, names->name))
		return true;
	for (size_t i = 0; i < object->n_patterns; i++)
		if (jsch_names_match(p, names, node, i) == JSCH_MATCHES)
			return true;
	return false;
}

const struct jsch_node *jsch_asked_rest(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_names *names,
	const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;
	struct jsch_nodes looking = { .n = 0 };

	if (object->additional || object->unevaluated == NULL)
		return object->additional;
	jsch_nodes_add(p->arena, &looking, node);
	find_sure(p, facts, &looking);
	for (size_t k = 0; k < looking.n; k++)
		if (looking.items[k]->object && evaluates(p, names, looking.items[k], k == 0))
			return NULL;
	return object->unevaluated;
}
