/*
 * Proofs about objects.  Names that either side lists are looked at one by one; of all others is known what
 * holds for every name that is not listed.
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
static const struct jsch_node *rest_of(const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	if (object->additional)
		return object->additional;
	return !node->logic && !node->reference.target && !node->dynamic.target && object->n_dependencies == 0
		? object->unevaluated
		: NULL;
}

static const struct jsch_node *asked_rest_of(const struct jsch_object *object)
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
	if (other && rest_of(node))
		jsch_facts_add(p, member, rest_of(node));
}

static struct jsch_facts *name_facts(struct jsch_proof *p, const struct jsch_facts *facts);
static int64_t most_of(struct jsch_proof *p, const struct jsch_facts *facts);

static struct jsch_facts *member_facts(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	struct jsch_facts *member = jsch_facts_make(p);

	if (most_of(p, facts) <= 0)
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
	struct jsch_facts *member = member_facts(p, facts, name);
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
	return !other || asked_rest_of(object) == NULL || jsch_proven_inside(p, member, asked_rest_of(object));
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

/* ---- all other names ---- */

/* Names that are not listed, of those the ones that one of the reader's patterns covers, or none. */
struct others {
	struct jsch_proof *p;
	const struct jsch_facts *facts;
	const struct jsch_node *node;
	struct str pattern;             /* absent: those that no pattern of `node` covers */
	const struct jsch_node *asked;
};

static bool is_pattern_of(const struct jsch_node *node, struct str pattern)
{
	for (size_t i = 0; i < node->object->n_patterns; i++)
		if (str_eq(jsch_pattern_text(node, i), pattern))
			return true;
	return false;
}

/* Whether a pattern with that text covers the names for sure, or for sure not. */
static bool covers(const struct others *o, struct str text)
{
	return str_present(o->pattern) && str_eq(o->pattern, text);
}

static bool covers_not(const struct others *o, struct str text)
{
	return !str_present(o->pattern) && is_pattern_of(o->node, text);
}

/* What is known of all of them. */
static struct jsch_facts *other_facts(const struct others *o)
{
	struct jsch_facts *member = jsch_facts_make(o->p);

	if (most_of(o->p, o->facts) <= 0)
		member->atoms = 0;
	for (size_t i = 0; i < o->facts->nodes.n; i++) {
		const struct jsch_node *known = o->facts->nodes.items[i];
		bool none = true;

		if (known->object == NULL)
			continue;
		for (size_t k = 0; k < known->object->n_patterns; k++) {
			struct str text = jsch_pattern_text(known, k);

			none &= covers_not(o, text);
			if (covers(o, text))
				jsch_facts_add(o->p, member, known->object->patterns[k].node);
		}
		if (none && rest_of(known))
			jsch_facts_add(o->p, member, rest_of(known));
	}
	return member;
}

static bool proven_with(const struct others *o, const struct jsch_facts *member, const struct jsch_node *more)
{
	struct jsch_facts *both = jsch_facts_copy(o->p, member);

	if (more)
		jsch_facts_add(o->p, both, more);
	return jsch_proven_inside(o->p, both, o->asked);
}

/* Whichever of its patterns covers a name, or none: what then is known is enough. */
static bool proven_by_patterns(const struct others *o, const struct jsch_facts *member, const struct jsch_node *known)
{
	bool covered = false;

	for (size_t i = 0; i < known->object->n_patterns; i++) {
		struct str text = jsch_pattern_text(known, i);

		covered |= covers(o, text);
		if (!covers_not(o, text) && !proven_with(o, member, known->object->patterns[i].node))
			return false;
	}
	return covered || proven_with(o, member, rest_of(known));
}

static bool proven_others(const struct others *o)
{
	struct jsch_facts *member = other_facts(o);

	if (jsch_proven_inside(o->p, member, o->asked))
		return true;
	for (size_t i = 0; i < o->facts->nodes.n && jsch_proof_spend(o->p, 1); i++) {
		const struct jsch_node *known = o->facts->nodes.items[i];

		if (known->object && known->object->n_patterns > 0 && proven_by_patterns(o, member, known))
			return true;
	}
	return false;
}

static bool proven_unlisted(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct others o = { .p = p, .facts = facts, .node = node };

	for (size_t i = 0; i < node->object->n_patterns; i++) {
		o.pattern = jsch_pattern_text(node, i);
		o.asked = node->object->patterns[i].node;
		if (!proven_others(&o))
			return false;
	}
	o.pattern = STR_NONE;
	o.asked = asked_rest_of(node->object);
	return o.asked == NULL || proven_others(&o);
}

/* ---- names themselves ---- */

static struct jsch_facts *name_facts(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct jsch_facts *name = jsch_facts_make(p);

	name->atoms = JSCH_ATOM_STRING;
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->object && facts->nodes.items[i]->object->names)
			jsch_facts_add(p, name, facts->nodes.items[i]->object->names);
	return name;
}

/* A node that says "pattern" and nothing else. */
static const struct jsch_node *pattern_node(struct jsch_proof *p, const struct jsch_node *owner, size_t i)
{
	struct jsch_node *node = arena_new(p->arena, struct jsch_node);

	node->json = owner->json;
	node->resource = owner->resource;
	node->string = arena_new(p->arena, struct jsch_string);
	node->string->min_length = node->string->max_length = JSCH_ABSENT;
	node->string->pattern = jsch_pattern_text(owner, i);
	node->string->regex = owner->object->patterns[i].regex;
	return node;
}

static bool is_closed(const struct jsch_node *node)
{
	const struct jsch_node *rest = node->object ? rest_of(node) : NULL;

	return rest && rest->json->kind == JSN_BOOL && !rest->json->boolean;
}

/* All names that a closed object can have hold. */
static bool proven_closed_names(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *closed,
	const struct jsch_node *names)
{
	const struct jsch_object *object = closed->object;

	for (size_t i = 0; i < object->n_properties; i++) {
		const struct jsn name = { .kind = JSN_STRING, .text = object->properties[i].name };
		bool valid;

		if (member_facts(p, facts, name.text)->atoms == 0)
			continue;
		if (!jsch_proof_validate(p, names, &name, &valid) || !valid)
			return false;
	}
	for (size_t i = 0; i < object->n_patterns; i++) {
		struct jsch_facts *name = name_facts(p, facts);

		jsch_facts_add(p, name, pattern_node(p, closed, i));
		if (!jsch_proven_inside(p, name, names))
			return false;
	}
	return true;
}

static bool proven_names(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *names)
{
	if (names == NULL || jsch_proven_inside(p, name_facts(p, facts), names))
		return true;
	for (size_t i = 0; i < facts->nodes.n && jsch_proof_spend(p, 1); i++)
		if (is_closed(facts->nodes.items[i]) && proven_closed_names(p, facts, facts->nodes.items[i], names))
			return true;
	return false;
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

/* Of texts, which names are, there may be none that may be one. */
static int64_t most_of(struct jsch_proof *p, const struct jsch_facts *facts)
{
	int64_t most = name_facts(p, facts)->atoms == 0 ? 0 : INT64_MAX;

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_node *node = facts->nodes.items[i];
		const struct jsch_object *object = node->object;

		if (object && object->max_properties != JSCH_ABSENT && object->max_properties < most)
			most = object->max_properties;
		if (is_closed(node) && object->n_patterns == 0 && (int64_t)object->n_properties < most)
			most = (int64_t)object->n_properties;
	}
	return most;
}

static bool proven_counts(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_object *object)
{
	if (object->max_properties != JSCH_ABSENT && most_of(p, facts) > object->max_properties)
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

		if (member_facts(p, facts, dependency->name)->atoms == 0)
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
		proven_listed(p, facts, object) && proven_unlisted(p, facts, node) && proven_names(p, facts, object->names) &&
		proven_dependencies(p, facts, object) && p->work <= p->most_work;
}

/* Something has to be there that cannot be. */
static bool lacks(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	bool none;

	p->level++;
	none = jsch_impossible(p, member_facts(p, facts, name));
	p->level--;
	return none;
}

bool jsch_no_object(struct jsch_proof *p, const struct jsch_facts *facts)
{
	if (most_of(p, facts) < fewest_of(facts))
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
