/*
 * Proofs about members that neither side lists, by the classes that patterns make of their names, and about
 * names themselves.
 */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { STEPS_OF_WORK = 32, MOST_LISTED = 64 };

struct others {
	struct jsch_proof *p;
	const struct jsch_facts *facts;
	const struct jsch_node *node;    /* what is asked; NULL: nothing */
	struct str listed[MOST_LISTED];
	size_t n_listed;
	bool unlisted;                   /* there are more than that: each may be counted among the others too */
	struct jsch_name_classes classes;
};

/* ---- names by class ---- */

struct jsch_facts *jsch_name_facts(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct jsch_facts *name = jsch_facts_make(p);

	name->atoms = JSCH_ATOM_STRING;
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->object && facts->nodes.items[i]->object->names)
			jsch_facts_add(p, name, facts->nodes.items[i]->object->names);
	return name;
}

/* Of texts, which names are, there may be none that may be one. */
bool jsch_no_members(struct jsch_proof *p, const struct jsch_facts *facts)
{
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		if (object && object->max_properties != JSCH_ABSENT && object->max_properties <= 0)
			return true;
	}
	return jsch_name_facts(p, facts)->atoms == 0;
}

static void list_name(struct others *o, struct str name)
{
	for (size_t i = 0; i < o->n_listed; i++)
		if (str_eq(o->listed[i], name))
			return;
	if (o->n_listed < MOST_LISTED)
		o->listed[o->n_listed++] = name;
	else
		o->unlisted = true;
}

static void collect(struct others *o, const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	for (size_t i = 0; object && i < object->n_properties; i++)
		list_name(o, object->properties[i].name);
	for (size_t i = 0; object && i < object->n_patterns; i++)
		jsch_name_classes_add(&o->classes, jsch_pattern_text(node, i));
}

/* False when there are too many classes. */
static bool find_classes(struct others *o)
{
	struct jsch_language allowed;
	bool all;

	if (o->node)
		collect(o, o->node);
	for (size_t i = 0; i < o->facts->nodes.n; i++)
		collect(o, o->facts->nodes.items[i]);
	jsch_known_strings(o->p, jsch_name_facts(o->p, o->facts), &allowed);
	all = jsch_name_classes_find(&o->classes, &allowed, o->listed, o->n_listed);
	return jsch_proof_spend(o->p, 1 + o->classes.work / STEPS_OF_WORK) && all;
}

/* What is known of members of the class. */
static struct jsch_facts *class_facts(const struct others *o, const struct jsch_name_class *class)
{
	struct jsch_facts *member = jsch_facts_make(o->p);

	if (jsch_no_members(o->p, o->facts))
		member->atoms = 0;
	for (size_t i = 0; i < o->facts->nodes.n; i++) {
		const struct jsch_node *known = o->facts->nodes.items[i];
		bool none = true;

		for (size_t k = 0; known->object && k < known->object->n_patterns; k++) {
			enum jsch_match match = jsch_name_class_match(&o->classes, class, jsch_pattern_text(known, k));

			none &= match == JSCH_DIFFERS;
			if (match == JSCH_MATCHES)
				jsch_facts_add(o->p, member, known->object->patterns[k].node);
		}
		if (known->object && none && jsch_rest_of(known))
			jsch_facts_add(o->p, member, jsch_rest_of(known));
	}
	return member;
}

static bool proven_class(const struct others *o, const struct jsch_name_class *class)
{
	const struct jsch_object *object = o->node->object;
	const struct jsch_node *rest = jsch_asked_rest_of(object);
	struct jsch_facts *member = class_facts(o, class);
	bool other = true;

	if (member->atoms == 0)
		return true;
	for (size_t i = 0; i < object->n_patterns; i++) {
		enum jsch_match match = jsch_name_class_match(&o->classes, class, jsch_pattern_text(o->node, i));

		if (match != JSCH_DIFFERS && !jsch_proven_inside(o->p, member, object->patterns[i].node))
			return false;
		other &= match != JSCH_MATCHES;
	}
	return !other || rest == NULL || jsch_proven_inside(o->p, member, rest);
}

bool jsch_proven_unlisted(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct others *o;

	if (node->object->n_patterns == 0 && jsch_asked_rest_of(node->object) == NULL)
		return true;
	o = arena_new(p->arena, struct others);
	*o = (struct others){ .p = p, .facts = facts, .node = node };
	if (!find_classes(o))
		return false;
	for (size_t i = 0; i < o->classes.n; i++)
		if (!jsch_proof_spend(p, 1) || !proven_class(o, &o->classes.items[i]))
			return false;
	return true;
}

/* ---- names themselves ---- */

static bool is_impossible(struct jsch_proof *p, const struct jsch_facts *member)
{
	bool none;

	p->level++;
	none = jsch_impossible(p, member);
	p->level--;
	return none;
}

/* A node that says just this pattern: of whoever has it among its patternProperties. */
static const struct jsch_node *pattern_node(const struct others *o, struct str text)
{
	for (size_t i = 0; i < o->facts->nodes.n; i++) {
		const struct jsch_node *owner = o->facts->nodes.items[i];

		for (size_t k = 0; owner->object && k < owner->object->n_patterns; k++) {
			struct jsch_node *node;

			if (!str_eq(jsch_pattern_text(owner, k), text))
				continue;
			node = arena_new(o->p->arena, struct jsch_node);
			node->json = owner->json;
			node->resource = owner->resource;
			node->string = arena_new(o->p->arena, struct jsch_string);
			node->string->min_length = node->string->max_length = JSCH_ABSENT;
			node->string->pattern = text;
			node->string->regex = owner->object->patterns[k].regex;
			return node;
		}
	}
	return NULL;
}

/* Whether every name of the class holds. */
static bool proven_class_names(const struct others *o, const struct jsch_name_class *class, const struct jsch_node *names)
{
	struct jsch_facts *name = jsch_name_facts(o->p, o->facts);

	for (size_t i = 0; i < o->classes.n_patterns; i++) {
		const struct jsch_node *pattern = pattern_node(o, o->classes.patterns[i]);

		if (pattern && class->matched >> i & 1)
			jsch_facts_add(o->p, name, pattern);
		else if (pattern)
			jsch_facts_add_not(o->p, name, pattern);
	}
	return jsch_proven_inside(o->p, name, names);
}

static bool proven_listed_name(const struct others *o, struct str text, const struct jsch_node *names)
{
	const struct jsn name = { .kind = JSN_STRING, .text = text };
	bool valid;

	return (jsch_proof_validate(o->p, names, &name, &valid) && valid) ||
		is_impossible(o->p, jsch_member_facts(o->p, o->facts, text));
}

bool jsch_proven_names(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	const struct jsch_node *names = node->object->names;
	struct others *o;

	if (names == NULL || jsch_proven_inside(p, jsch_name_facts(p, facts), names))
		return true;
	o = arena_new(p->arena, struct others);
	*o = (struct others){ .p = p, .facts = facts };
	if (!find_classes(o) || o->unlisted)
		return false;
	for (size_t i = 0; i < o->n_listed; i++)
		if (!jsch_proof_spend(p, 1) || !proven_listed_name(o, o->listed[i], names))
			return false;
	for (size_t i = 0; i < o->classes.n; i++)
		if (!is_impossible(p, class_facts(o, &o->classes.items[i])) && !proven_class_names(o, &o->classes.items[i], names))
			return false;
	return true;
}

/* ---- how many ---- */

static int64_t most_by_bounds(const struct jsch_facts *facts)
{
	int64_t most = INT64_MAX;

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		if (object && object->max_properties != JSCH_ABSENT && object->max_properties < most)
			most = object->max_properties;
	}
	return most;
}

static bool may_be_closed(const struct jsch_facts *facts)
{
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		if (object && (object->names || jsch_rest_of(facts->nodes.items[i])))
			return true;
	}
	return false;
}

/* Where no name can be but listed ones: those. */
int64_t jsch_most_members(struct jsch_proof *p, const struct jsch_facts *facts)
{
	int64_t most = jsch_no_members(p, facts) ? 0 : most_by_bounds(facts), n = 0;
	struct others *o;

	if (most <= 0 || !may_be_closed(facts))
		return most;
	o = arena_new(p->arena, struct others);
	*o = (struct others){ .p = p, .facts = facts };
	if (!find_classes(o) || o->unlisted)
		return most;
	for (size_t i = 0; i < o->classes.n; i++)
		if (!is_impossible(p, class_facts(o, &o->classes.items[i])))
			return most;
	for (size_t i = 0; i < o->n_listed; i++)
		n += !is_impossible(p, jsch_member_facts(p, facts, o->listed[i]));
	return n < most ? n : most;
}
