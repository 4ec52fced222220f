/* What is known of a value, and how it is taken apart into cases. */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { SPLIT_ANY = 1 << 0, SPLIT_ONE = 1 << 1, SPLIT_IF = 1 << 2, MOST_SPLIT = 64, MOST_SPLIT_NAMES = 4 };

struct jsch_facts *jsch_facts_make(struct jsch_proof *p)
{
	struct jsch_facts *facts = arena_new(p->arena, struct jsch_facts);

	facts->atoms = JSCH_ATOMS_ALL;
	return facts;
}

static struct jsch_nodes copy_nodes(struct jsch_proof *p, const struct jsch_nodes *list)
{
	struct jsch_nodes copy = { .n = list->n, .room = list->n };

	if (list->n == 0)
		return copy;
	copy.items = arena_array(p->arena, const struct jsch_node *, list->n);
	memcpy(copy.items, list->items, list->n * sizeof(*list->items));
	return copy;
}

struct jsch_facts *jsch_facts_copy(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct jsch_facts *copy = arena_new(p->arena, struct jsch_facts);

	jsch_proof_spend(p, 1 + (facts->nodes.n + facts->nots.n) / 8);
	*copy = *facts;
	copy->nodes = copy_nodes(p, &facts->nodes);
	copy->nots = copy_nodes(p, &facts->nots);
	copy->split = copy_nodes(p, &facts->split);
	copy->present_room = copy->n_present;
	copy->present = arena_array(p->arena, struct str, copy->n_present);
	if (copy->n_present > 0)
		memcpy(copy->present, facts->present, copy->n_present * sizeof(struct str));
	copy->absent_room = copy->n_absent;
	copy->absent = arena_array(p->arena, struct str, copy->n_absent);
	if (copy->n_absent > 0)
		memcpy(copy->absent, facts->absent, copy->n_absent * sizeof(struct str));
	return copy;
}

unsigned jsch_atoms_of(const struct jsch_node *node)
{
	static const unsigned atoms[JSCH_TYPES] = { JSCH_ATOM_STRING, JSCH_ATOM_WHOLE | JSCH_ATOM_POINTED, JSCH_ATOMS_NUMBER,
		JSCH_ATOM_BOOLEAN, JSCH_ATOM_NULL, JSCH_ATOM_ARRAY, JSCH_ATOM_OBJECT };
	unsigned found = 0;

	if (node->json->kind == JSN_BOOL)
		return node->json->boolean ? JSCH_ATOMS_ALL : 0;
	if (node->type == NULL)
		return JSCH_ATOMS_ALL;
	for (unsigned i = 0; i < JSCH_TYPES; i++) {
		bool integer = 1u << i == JSCH_TYPE_INTEGER;

		if (node->types & 1u << i)
			found |= integer && node->resource->draft == JSCH_DRAFT_4 ? JSCH_ATOM_WHOLE : atoms[i];
	}
	return found;
}

/* "type" is all it says. */
static bool is_only_type(const struct jsch_node *node)
{
	return node->json->kind == JSN_OBJECT && node->type && !node->reference.target && !node->dynamic.target &&
		!node->string && !node->number && !node->array && !node->object && !node->logic;
}

static bool is_only_logic(const struct jsch_node *node)
{
	return node->logic && !node->type && !node->reference.target && !node->dynamic.target && !node->string && !node->number &&
		!node->array && !node->object;
}

static bool is_only_not(const struct jsch_logic *logic)
{
	return logic->not && !logic->branches[JSCH_ALL].nodes && !logic->branches[JSCH_ANY].nodes &&
		!logic->branches[JSCH_ONE].nodes && !logic->condition && !logic->values && !logic->constant;
}

static bool is_only_any(const struct jsch_logic *logic)
{
	return logic->branches[JSCH_ANY].nodes && !logic->branches[JSCH_ALL].nodes && !logic->branches[JSCH_ONE].nodes &&
		!logic->not && !logic->condition && !logic->values && !logic->constant;
}

void jsch_facts_add_not(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node)
{
	if (node->json->kind == JSN_BOOL && node->json->boolean)
		facts->atoms = 0;
	else if (is_only_type(node))
		facts->atoms &= ~jsch_atoms_of(node);
	else if (is_only_logic(node) && is_only_not(node->logic))
		jsch_facts_add(p, facts, node->logic->not);
	else if (is_only_logic(node) && is_only_any(node->logic))
		for (size_t i = 0; i < node->logic->branches[JSCH_ANY].n; i++)
			jsch_facts_add_not(p, facts, node->logic->branches[JSCH_ANY].nodes[i]);
	else
		jsch_nodes_add(p->arena, &facts->nots, node);
}

static void add_sure(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node)
{
	const struct jsch_logic *logic = node->logic;

	facts->atoms &= jsch_atoms_of(node);
	if (node->reference.target)
		jsch_nodes_add(p->arena, &facts->nodes, node->reference.target);
	if (logic == NULL)
		return;
	for (size_t i = 0; i < logic->branches[JSCH_ALL].n; i++)
		jsch_nodes_add(p->arena, &facts->nodes, logic->branches[JSCH_ALL].nodes[i]);
	if (logic->not)
		jsch_facts_add_not(p, facts, logic->not);
}

/* What depends on members that are there. */
static void add_dependents(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node);

static void close(struct jsch_proof *p, struct jsch_facts *facts, size_t from)
{
	size_t n_before;

	do {
		n_before = facts->nodes.n + facts->n_present;
		for (; from < facts->nodes.n && jsch_proof_spend(p, 1); from++)
			add_sure(p, facts, facts->nodes.items[from]);
		/* Only of an object can it be said that something is there. */
		for (size_t i = 0; facts->atoms == JSCH_ATOM_OBJECT && i < facts->nodes.n && jsch_proof_spend(p, 1); i++)
			add_dependents(p, facts, facts->nodes.items[i]);
	} while (n_before != facts->nodes.n + facts->n_present && p->work <= p->most_work);
}

static void add_dependents(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	for (size_t i = 0; object && i < object->n_dependencies; i++) {
		const struct jsch_dependency *dependency = &object->dependencies[i];

		if (!jsch_facts_require(facts, dependency->name))
			continue;
		for (size_t k = 0; k < dependency->n_names; k++)
			if (!jsch_facts_require(facts, dependency->names[k])) {
				facts->present = arena_grow(p->arena, facts->present, facts->n_present, &facts->present_room,
					sizeof(struct str));
				facts->present[facts->n_present++] = dependency->names[k];
			}
		if (dependency->node)
			jsch_nodes_add(p->arena, &facts->nodes, dependency->node);
	}
}

void jsch_facts_add(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node)
{
	size_t from = facts->nodes.n;

	if (jsch_nodes_add(p->arena, &facts->nodes, node))
		close(p, facts, from);
}

bool jsch_facts_require(const struct jsch_facts *facts, struct str name)
{
	for (size_t i = 0; i < facts->n_present; i++)
		if (str_eq(facts->present[i], name))
			return true;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		for (size_t k = 0; object && k < object->n_required; k++)
			if (str_eq(object->required[k], name))
				return true;
	}
	return false;
}

void jsch_facts_add_present(struct jsch_proof *p, struct jsch_facts *facts, struct str name)
{
	facts->present = arena_grow(p->arena, facts->present, facts->n_present, &facts->present_room, sizeof(struct str));
	facts->present[facts->n_present++] = name;
	facts->atoms &= JSCH_ATOM_OBJECT;
	close(p, facts, facts->nodes.n);
}

static void add_absent(struct jsch_proof *p, struct jsch_facts *facts, struct str name)
{
	facts->absent = arena_grow(p->arena, facts->absent, facts->n_absent, &facts->absent_room, sizeof(struct str));
	facts->absent[facts->n_absent++] = name;
}

bool jsch_facts_lack(const struct jsch_facts *facts, struct str name)
{
	for (size_t i = 0; i < facts->n_absent; i++)
		if (str_eq(facts->absent[i], name))
			return true;
	return false;
}

/* ---- cases ---- */

static uint8_t *split_of(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_node *node)
{
	for (size_t i = 0; i < facts->split.n; i++)
		if (facts->split.items[i] == node)
			return &facts->split_kinds[i];
	if (facts->split.n == MOST_SPLIT)
		return NULL;
	jsch_nodes_add(p->arena, &facts->split, node);
	facts->split_kinds[facts->split.n - 1] = 0;
	return &facts->split_kinds[facts->split.n - 1];
}

static bool was_split(const struct jsch_facts *facts, const struct jsch_node *node, unsigned kind)
{
	for (size_t i = 0; i < facts->split.n; i++)
		if (facts->split.items[i] == node)
			return facts->split_kinds[i] & kind;
	return facts->split.n == MOST_SPLIT;
}

static struct jsch_facts *begin_case(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	unsigned kind)
{
	struct jsch_facts *copy = jsch_facts_copy(p, facts);
	uint8_t *kinds = split_of(p, copy, node);

	if (kinds)
		*kinds |= (uint8_t)kind;
	return copy;
}

static size_t split_branches(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	enum jsch_criterion criterion, struct jsch_facts **out)
{
	const struct jsch_branches *branches = &node->logic->branches[criterion];

	for (size_t i = 0; i < branches->n; i++) {
		out[i] = begin_case(p, facts, node, criterion == JSCH_ANY ? SPLIT_ANY : SPLIT_ONE);
		jsch_facts_add(p, out[i], branches->nodes[i]);
		for (size_t k = 0; criterion == JSCH_ONE && k < branches->n; k++)
			if (k != i)
				jsch_facts_add_not(p, out[i], branches->nodes[k]);
	}
	return branches->n;
}

static size_t split_condition(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	struct jsch_facts **out)
{
	const struct jsch_logic *logic = node->logic;

	out[0] = begin_case(p, facts, node, SPLIT_IF);
	jsch_facts_add(p, out[0], logic->condition);
	if (logic->then)
		jsch_facts_add(p, out[0], logic->then);
	out[1] = begin_case(p, facts, node, SPLIT_IF);
	jsch_facts_add_not(p, out[1], logic->condition);
	if (logic->otherwise)
		jsch_facts_add(p, out[1], logic->otherwise);
	return 2;
}

/* One case for each kind of value. */
static size_t split_atoms(struct jsch_proof *p, const struct jsch_facts *facts, struct jsch_facts **out)
{
	static const unsigned groups[] = { JSCH_ATOM_STRING, JSCH_ATOMS_NUMBER, JSCH_ATOM_BOOLEAN | JSCH_ATOM_NULL,
		JSCH_ATOM_ARRAY, JSCH_ATOM_OBJECT };
	size_t n = 0, n_groups = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		n_groups += (facts->atoms & groups[i]) != 0;
	if (n_groups < 2)
		return 0;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (!(facts->atoms & groups[i]))
			continue;
		out[n] = jsch_facts_copy(p, facts);
		out[n]->atoms &= groups[i];
		close(p, out[n], out[n]->nodes.n);
		n++;
	}
	return n;
}

static bool asks_for_rest(const struct jsch_facts *facts)
{
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->object && facts->nodes.items[i]->object->unevaluated)
			return true;
	return false;
}

/* Whether a member is there on which it depends who else looks at members. */
static size_t split_presence(struct jsch_proof *p, const struct jsch_facts *facts, struct jsch_facts **out)
{
	if (facts->atoms != JSCH_ATOM_OBJECT || facts->n_present + facts->n_absent >= MOST_SPLIT_NAMES || !asks_for_rest(facts))
		return 0;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		for (size_t k = 0; object && k < object->n_dependencies; k++) {
			struct str name = object->dependencies[k].name;

			if (!object->dependencies[k].node || jsch_facts_require(facts, name) || jsch_facts_lack(facts, name))
				continue;
			out[0] = jsch_facts_copy(p, facts);
			jsch_facts_add_present(p, out[0], name);
			out[1] = jsch_facts_copy(p, facts);
			add_absent(p, out[1], name);
			return 2;
		}
	}
	return 0;
}

/* By kind first: what is of one kind is often decided, and many ways to combine fall away. */
size_t jsch_facts_split(struct jsch_proof *p, const struct jsch_facts *facts, struct jsch_facts **out, size_t room)
{
	size_t n = split_atoms(p, facts, out);

	if (n > 0)
		return n;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_node *node = facts->nodes.items[i];
		const struct jsch_logic *logic = node->logic;

		if (logic == NULL)
			continue;
		if (logic->branches[JSCH_ONE].nodes && logic->branches[JSCH_ONE].n <= room && !was_split(facts, node, SPLIT_ONE))
			return split_branches(p, facts, node, JSCH_ONE, out);
		if (logic->branches[JSCH_ANY].nodes && logic->branches[JSCH_ANY].n <= room && !was_split(facts, node, SPLIT_ANY))
			return split_branches(p, facts, node, JSCH_ANY, out);
		if (logic->condition && !was_split(facts, node, SPLIT_IF))
			return split_condition(p, facts, node, out);
	}
	return split_presence(p, facts, out);
}
