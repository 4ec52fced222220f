/* Proofs about objects: how many members there are, which, and what depends on them. */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { MOST_COUNTED = 64, MOST_CLOSED = 64 };

/* ---- how many ---- */

struct counted {
	struct str names[MOST_COUNTED];
	size_t n;
};

static void count_name(struct counted *c, struct str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->names[i], name))
			return;
	if (c->n < MOST_COUNTED)
		c->names[c->n++] = name;
}

/* Names that have to be there, each once; not all when they are very many. */
static struct counted find_required(const struct jsch_facts *facts)
{
	struct counted c = { .n = 0 };

	for (size_t i = 0; i < facts->n_present; i++)
		count_name(&c, facts->present[i]);
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		for (size_t k = 0; object && k < object->n_required && c.n < MOST_COUNTED; k++)
			count_name(&c, object->required[k]);
	}
	return c;
}

static int64_t fewest_of(struct jsch_proof *p, const struct jsch_facts *facts)
{
	static const struct jsn empty = { .kind = JSN_OBJECT };
	int64_t fewest = (int64_t)find_required(facts).n;

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		if (object && object->min_properties != JSCH_ABSENT && object->min_properties > fewest)
			fewest = object->min_properties;
	}
	return fewest > 0 || jsch_may_be(p, facts, &empty) ? fewest : 1;
}

static const struct jsch_node *some_member(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct jsch_node *some = map_get(&p->made, STR("minProperties"));

	if (some == NULL) {
		some = arena_new(p->arena, struct jsch_node);
		some->json = p->writer->root->json;
		some->resource = p->writer->root->resource;
		some->object = arena_new(p->arena, struct jsch_object);
		some->object->max_properties = JSCH_ABSENT;
		some->object->min_properties = 1;
		map_put(&p->made, STR("minProperties"), some);
	}
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i] == some)
			return NULL;
	return some;
}

/* Whether all that has a member is what the object is not. */
static bool must_be_empty(struct jsch_proof *p, const struct jsch_facts *facts)
{
	const struct jsch_node *some = some_member(p, facts);
	struct jsch_facts *with;

	if (facts->nots.n == 0 || facts->atoms != JSCH_ATOM_OBJECT || some == NULL)
		return false;
	with = jsch_facts_copy(p, facts);
	jsch_facts_add(p, with, some);
	for (size_t i = 0; i < facts->nots.n; i++)
		if (jsch_proven(p, with, facts->nots.items[i]))
			return true;
	return false;
}

/* By what is said about the number, and about names. */
static int64_t bound_of(struct jsch_proof *p, const struct jsch_facts *facts)
{
	int64_t most = must_be_empty(p, facts) ? 0 : jsch_count_names(p, facts);

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		if (object && object->max_properties != JSCH_ABSENT && object->max_properties < most)
			most = object->max_properties;
	}
	return most;
}

bool jsch_leaves_room(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	int64_t most = bound_of(p, facts);

	if (most == INT64_MAX)
		return true;
	if (most <= 0)
		return false;
	return (str_present(name) && jsch_facts_require(facts, name)) || (int64_t)find_required(facts).n < most;
}

static bool may_be_there(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	const struct jsch_facts *member = jsch_facts_member(p, facts, name);
	bool none;

	p->level++;
	none = jsch_impossible(p, member);
	p->level--;
	return !none;
}

static void count_possible(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsn *name, struct counted *out)
{
	if (name->kind == JSN_STRING && may_be_there(p, facts, name->text))
		count_name(out, name->text);
}

/* The names that may be, where those of whoever restricts names are listed; false when they are not known. */
static bool find_named(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *names,
	struct counted *out)
{
	static const struct jsn empty = { .kind = JSN_STRING, .text = { "", 0 } };
	const struct jsch_logic *logic = names->logic;

	out->n = 0;
	if (names->string && names->string->max_length == 0)
		count_possible(p, facts, &empty, out);
	else if (logic && logic->constant)
		count_possible(p, facts, logic->constant, out);
	else if (logic && logic->values && logic->values->n_items <= MOST_CLOSED)
		for (size_t i = 0; i < logic->values->n_items; i++)
			count_possible(p, facts, &logic->values->items[i], out);
	else
		return false;
	return p->work <= p->most_work;
}

/* The names that a closed object may have, where no pattern allows more; false when they are not known. */
static bool find_closed(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	struct counted *out)
{
	const struct jsch_object *object = node->object;

	if (object && object->names && find_named(p, facts, object->names, out))
		return true;
	if (!object || object->n_patterns > 0 || object->n_properties > MOST_CLOSED || !jsch_is_closed(p, facts, node))
		return false;
	out->n = 0;
	for (size_t i = 0; i < object->n_properties && jsch_proof_spend(p, 1); i++)
		if (may_be_there(p, facts, object->properties[i].name))
			count_name(out, object->properties[i].name);
	return p->work <= p->most_work;
}

static int64_t most_of(struct jsch_proof *p, const struct jsch_facts *facts)
{
	int64_t most = bound_of(p, facts);
	struct counted names;

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_node *node = facts->nodes.items[i];
		int64_t n = INT64_MAX;

		if (find_closed(p, facts, node, &names))
			n = (int64_t)names.n;
		else if (jsch_is_closed(p, facts, node) && node->object->n_patterns == 0)
			n = (int64_t)node->object->n_properties;
		most = n < most ? n : most;
	}
	return most;
}

bool jsch_no_members(struct jsch_proof *p, const struct jsch_facts *facts)
{
	return most_of(p, facts) <= 0;
}

static bool proven_counts(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_object *object)
{
	if (object->max_properties != JSCH_ABSENT && most_of(p, facts) > object->max_properties)
		return false;
	return object->min_properties == JSCH_ABSENT || object->min_properties <= 0 ||
		fewest_of(p, facts) >= object->min_properties;
}

/* ---- which ---- */

/* Where there are as many members as there are names, all are there. */
static bool is_one_of_all(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	struct counted names;

	for (size_t i = 0; i < facts->nodes.n; i++) {
		if (!find_closed(p, facts, facts->nodes.items[i], &names) || (int64_t)names.n > fewest_of(p, facts))
			continue;
		for (size_t k = 0; k < names.n; k++)
			if (str_eq(names.names[k], name))
				return true;
	}
	return false;
}

static bool proven_required(struct jsch_proof *p, const struct jsch_facts *facts, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!jsch_proof_spend(p, 1) || (!jsch_facts_require(facts, names[i]) && !is_one_of_all(p, facts, names[i])))
			return false;
	return true;
}

static bool proven_dependency(struct jsch_proof *p, const struct jsch_facts *facts,
	const struct jsch_dependency *dependency)
{
	struct jsch_facts *with;

	if (!may_be_there(p, facts, dependency->name))
		return true;
	with = jsch_facts_copy(p, facts);
	jsch_facts_add_present(p, with, dependency->name);
	if (dependency->has_names && !proven_required(p, with, dependency->names, dependency->n_names) &&
		!jsch_impossible(p, with))
		return false;
	return dependency->node == NULL || jsch_proven(p, with, dependency->node);
}

static bool proven_dependencies(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_object *object)
{
	for (size_t i = 0; i < object->n_dependencies && jsch_proof_spend(p, 1); i++)
		if (!proven_dependency(p, facts, &object->dependencies[i]))
			return false;
	return true;
}

bool jsch_proven_object(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	return proven_counts(p, facts, object) && proven_required(p, facts, object->required, object->n_required) &&
		jsch_proven_members(p, facts, node) && jsch_proven_names(p, facts, object->names) &&
		proven_dependencies(p, facts, object) && p->work <= p->most_work;
}

/* ---- none at all ---- */

bool jsch_no_object(struct jsch_proof *p, const struct jsch_facts *facts)
{
	int64_t fewest = fewest_of(p, facts);

	/* Required ones are looked at one by one: counting names is for others. */
	if (bound_of(p, facts) < fewest || (fewest > (int64_t)find_required(facts).n && most_of(p, facts) < fewest))
		return true;
	for (size_t i = 0; i < facts->n_present; i++)
		if (!may_be_there(p, facts, facts->present[i]))
			return true;
	for (size_t k = 0; k < facts->nodes.n; k++) {
		const struct jsch_object *object = facts->nodes.items[k]->object;

		for (size_t i = 0; object && i < object->n_required && jsch_proof_spend(p, 1); i++)
			if (!may_be_there(p, facts, object->required[i]))
				return true;
	}
	return false;
}
