/*
 * Proofs about objects.  Names that either side lists are looked at one by one, all others by what patterns
 * say of them (prove_names.c).
 */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { MATCH_STEPS = 2000 };

struct str jsch_pattern_text(const struct jsch_node *node, size_t i)
{
	const struct jsn *word = jsn_get(node->json, STR("patternProperties"));

	return word && i < word->n_items ? word->items[i].name : STR_NONE;
}

/* As for arrays: where nothing else looks at members, "unevaluated" is like "additional". */
const struct jsch_node *jsch_rest_of(const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	if (object->additional)
		return object->additional;
	return !node->logic && !node->reference.target && !node->dynamic.target && object->n_dependencies == 0
		? object->unevaluated
		: NULL;
}

const struct jsch_node *jsch_asked_rest_of(const struct jsch_object *object)
{
	return object->additional ? object->additional : object->unevaluated;
}

static enum jsch_match match(struct jsch_proof *p, const struct jsch_regex *regex, struct str name)
{
	return jsch_proof_spend(p, 8) ? jsch_regex_match(regex, name, MATCH_STEPS) : JSCH_TOO_MUCH;
}

/* ---- listed names ---- */

static void add_known(struct jsch_proof *p, struct jsch_facts *member, const struct jsch_node *node, struct str name)
{
	const struct jsch_object *object = node->object;
	const struct jsch_property *property = jsch_property_find(object, name);
	bool other = property == NULL;

	if (property)
		jsch_facts_add(p, member, property->node);
	for (size_t i = 0; i < object->n_patterns; i++) {
		enum jsch_match found = match(p, object->patterns[i].regex, name);

		other &= found == JSCH_DIFFERS;
		if (found == JSCH_MATCHES)
			jsch_facts_add(p, member, object->patterns[i].node);
	}
	if (other && jsch_rest_of(node))
		jsch_facts_add(p, member, jsch_rest_of(node));
}

struct jsch_facts *jsch_member_facts(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	struct jsch_facts *member = jsch_facts_make(p);

	if (jsch_no_members(p, facts))
		member->atoms = 0;
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->object)
			add_known(p, member, facts->nodes.items[i], name);
	return member;
}

static bool proven_member(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_object *object,
	struct str name)
{
	const struct jsch_property *property = jsch_property_find(object, name);
	struct jsch_facts *member = jsch_member_facts(p, facts, name);
	bool other = property == NULL;

	if (member->atoms == 0)
		return true;
	if (property && !jsch_proven_inside(p, member, property->node))
		return false;
	for (size_t i = 0; i < object->n_patterns; i++) {
		enum jsch_match found = match(p, object->patterns[i].regex, name);

		if (found != JSCH_DIFFERS && !jsch_proven_inside(p, member, object->patterns[i].node))
			return false;
		other &= found != JSCH_MATCHES;
	}
	return !other || jsch_asked_rest_of(object) == NULL || jsch_proven_inside(p, member, jsch_asked_rest_of(object));
}

static bool proven_listed(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_object *object)
{
	for (size_t i = 0; i < object->n_properties; i++)
		if (!jsch_proof_spend(p, 1) || !proven_member(p, facts, object, object->properties[i].name))
			return false;
	for (size_t k = 0; k < facts->nodes.n; k++) {
		const struct jsch_object *known = facts->nodes.items[k]->object;

		for (size_t i = 0; known && i < known->n_properties; i++) {
			if (!jsch_proof_spend(p, 1))
				return false;
			if (!jsch_property_find(object, known->properties[i].name) &&
				!proven_member(p, facts, object, known->properties[i].name))
				return false;
		}
	}
	return true;
}

/* ---- how many, and which ---- */

static size_t count_required(const struct jsch_facts *facts)
{
	size_t most = 0;

	/* Names may repeat within a list and between lists: only one list without repetition is counted. */
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;
		size_t n = 0;

		for (size_t k = 0; object && k < object->n_required && k < 64; k++) {
			size_t l = 0;

			while (l < k && !str_eq(object->required[l], object->required[k]))
				l++;
			n += l == k;
		}
		most = n > most ? n : most;
	}
	return most;
}

static int64_t fewest_of(const struct jsch_facts *facts)
{
	int64_t fewest = (int64_t)count_required(facts);

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		if (object && object->min_properties != JSCH_ABSENT && object->min_properties > fewest)
			fewest = object->min_properties;
	}
	return fewest;
}

static bool proven_counts(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_object *object)
{
	if (object->max_properties != JSCH_ABSENT && jsch_most_members(p, facts) > object->max_properties)
		return false;
	return object->min_properties == JSCH_ABSENT || fewest_of(facts) >= object->min_properties;
}

static bool proven_required(struct jsch_proof *p, const struct jsch_facts *facts, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!jsch_proof_spend(p, 1) || !jsch_facts_require(facts, names[i]))
			return false;
	return true;
}

static bool proven_dependencies(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_object *object)
{
	for (size_t i = 0; i < object->n_dependencies && jsch_proof_spend(p, 1); i++) {
		const struct jsch_dependency *dependency = &object->dependencies[i];
		struct jsch_facts *with;

		if (jsch_member_facts(p, facts, dependency->name)->atoms == 0)
			continue;
		with = jsch_facts_copy(p, facts);
		jsch_facts_add_present(p, with, dependency->name);
		if (dependency->has_names && !proven_required(p, with, dependency->names, dependency->n_names))
			return false;
		if (dependency->node && !jsch_proven(p, with, dependency->node))
			return false;
	}
	return true;
}

bool jsch_proven_object(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	return proven_counts(p, facts, object) && proven_required(p, facts, object->required, object->n_required) &&
		proven_listed(p, facts, object) && jsch_proven_unlisted(p, facts, node) && jsch_proven_names(p, facts, node) &&
		proven_dependencies(p, facts, object) && p->work <= p->most_work;
}

/* Something has to be there that cannot be. */
static bool lacks(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	bool none;

	p->level++;
	none = jsch_impossible(p, jsch_member_facts(p, facts, name));
	p->level--;
	return none;
}

bool jsch_no_object(struct jsch_proof *p, const struct jsch_facts *facts)
{
	if (jsch_most_members(p, facts) < fewest_of(facts))
		return true;
	for (size_t i = 0; i < facts->n_present; i++)
		if (lacks(p, facts, facts->present[i]))
			return true;
	for (size_t k = 0; k < facts->nodes.n; k++) {
		const struct jsch_object *object = facts->nodes.items[k]->object;

		for (size_t i = 0; object && i < object->n_required && jsch_proof_spend(p, 1); i++)
			if (lacks(p, facts, object->required[i]))
				return true;
	}
	return false;
}
