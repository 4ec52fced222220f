/*
 * Proofs about the members of objects.  Names that either side lists are looked at one by one; all others together,
 * by the patterns that cover them.
 */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { MATCH_STEPS = 2000, MOST_DECIDED = 6, MOST_PRESENT = 2 };

struct str jsch_pattern_text(const struct jsch_node *node, size_t i)
{
	const struct jsn *word = jsn_get(node->json, STR("patternProperties"));

	return word && i < word->n_items ? word->items[i].name : STR_NONE;
}

enum jsch_match jsch_names_match(struct jsch_proof *p, const struct jsch_names *names, const struct jsch_node *node, size_t i)
{
	struct str text;

	if (str_present(names->name))
		return jsch_proof_spend(p, 8) ? jsch_regex_match(node->object->patterns[i].regex, names->name, MATCH_STEPS)
									   : JSCH_TOO_MUCH;
	text = jsch_pattern_text(node, i);
	for (size_t k = 0; str_present(text) && k < names->n_decided; k++)
		if (str_eq(names->decided[k].text, text))
			return names->decided[k].covered ? JSCH_MATCHES : JSCH_DIFFERS;
	return JSCH_TOO_MUCH;
}

/* ---- what is known, and what is asked ---- */

static void add_known(struct jsch_proof *p, struct jsch_facts *member, const struct jsch_facts *facts,
	const struct jsch_names *names, const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;
	const struct jsch_property *property = str_present(names->name) ? jsch_property_find(object, names->name) : NULL;
	const struct jsch_node *rest;
	bool other = property == NULL;

	if (property)
		jsch_facts_add(p, member, property->node);
	for (size_t i = 0; i < object->n_patterns; i++) {
		enum jsch_match found = jsch_names_match(p, names, node, i);

		other &= found == JSCH_DIFFERS;
		if (found == JSCH_MATCHES)
			jsch_facts_add(p, member, object->patterns[i].node);
	}
	rest = other ? jsch_known_rest(p, facts, names, node) : NULL;
	if (rest)
		jsch_facts_add(p, member, rest);
}

static bool may_be_a_name(struct jsch_proof *p, const struct jsch_facts *facts, struct str text);

static bool cannot_be(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	return jsch_facts_lack(facts, name) || !may_be_a_name(p, facts, name);
}

/* What is known of a member of these names; nothing is left of it where there can be none. */
static struct jsch_facts *facts_of(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_names *names)
{
	struct jsch_facts *member = jsch_facts_make(p);

	if (!jsch_leaves_room(p, facts, names->name) || (str_present(names->name) && cannot_be(p, facts, names->name)))
		member->atoms = 0;
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->object)
			add_known(p, member, facts, names, facts->nodes.items[i]);
	return member;
}

static bool is_depended_on(const struct jsch_facts *facts, struct str name)
{
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		for (size_t k = 0; object && k < object->n_dependencies; k++)
			if (str_eq(object->dependencies[k].name, name))
				return true;
	}
	return false;
}

/* Where something depends on the member, or may be said against it, what is known of the object with it. */
static const struct jsch_facts *with_member(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	struct jsch_facts *with;

	if (facts->atoms != JSCH_ATOM_OBJECT || facts->n_present > MOST_PRESENT ||
		(!is_depended_on(facts, name) && facts->nots.n == 0) || jsch_facts_require(facts, name) || jsch_facts_lack(facts, name))
		return facts;
	with = jsch_facts_copy(p, facts);
	jsch_facts_add_present(p, with, name);
	return with;
}

/* With the member there is what depends on it, or there is no such object. */
struct jsch_facts *jsch_facts_member(struct jsch_proof *p, const struct jsch_facts *facts, struct str name)
{
	const struct jsch_names names = { .name = name };
	struct jsch_facts *member;
	const struct jsch_facts *with = with_member(p, facts, name);

	if (with == facts)
		return facts_of(p, facts, &names);
	member = facts_of(p, with, &names);
	if (jsch_impossible(p, with))
		member->atoms = 0;
	return member;
}

static bool proven_asked(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	const struct jsch_names *names, const struct jsch_facts *member)
{
	const struct jsch_object *object = node->object;
	const struct jsch_property *property = str_present(names->name) ? jsch_property_find(object, names->name) : NULL;
	const struct jsch_node *rest;
	bool other = property == NULL;

	if (property && !jsch_proven_inside(p, member, property->node))
		return false;
	for (size_t i = 0; i < object->n_patterns; i++) {
		enum jsch_match found = jsch_names_match(p, names, node, i);

		if (found != JSCH_DIFFERS && !jsch_proven_inside(p, member, object->patterns[i].node))
			return false;
		other &= found != JSCH_MATCHES;
	}
	rest = other ? jsch_asked_rest(p, facts, names, node) : NULL;
	return rest == NULL || jsch_proven_inside(p, member, rest);
}

/* ---- listed names ---- */

static void list_names(struct jsch_proof *p, struct map *names, const struct jsch_node *node)
{
	const struct jsch_object *object = node->object;

	for (size_t i = 0; object && i < object->n_properties && jsch_proof_spend(p, 1); i++)
		map_put(names, object->properties[i].name, names);
	for (size_t i = 0; object && i < object->n_required; i++)
		map_put(names, object->required[i], names);
	for (size_t i = 0; object && i < object->n_dependencies; i++)
		map_put(names, object->dependencies[i].name, names);
}

static bool proven_listed(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node,
	const struct map *names)
{
	for (size_t i = 0; i < names->n_entries; i++) {
		const struct jsch_names one = { .name = names->entries[i].key };
		struct jsch_facts *member;

		if (!jsch_proof_spend(p, 1))
			return false;
		member = jsch_facts_member(p, facts, one.name);
		if (member->atoms != 0 && !proven_asked(p, with_member(p, facts, one.name), node, &one, member))
			return false;
	}
	return true;
}

/* ---- all other names ---- */

/* A node that says "pattern" and nothing else. */
static const struct jsch_node *pattern_node(struct jsch_proof *p, const struct jsch_node *owner, size_t i)
{
	struct str key = str_make((const char *)&owner->object->patterns[i].regex, sizeof(owner->object->patterns[i].regex));
	struct jsch_node *node = map_get(&p->made, key);

	if (node)
		return node;
	node = arena_new(p->arena, struct jsch_node);
	node->json = owner->json;
	node->resource = owner->resource;
	node->string = arena_new(p->arena, struct jsch_string);
	node->string->min_length = node->string->max_length = JSCH_ABSENT;
	node->string->pattern = jsch_pattern_text(owner, i);
	node->string->regex = owner->object->patterns[i].regex;
	map_put(&p->made, key, node);
	return node;
}

/* What is known of all names. */
static struct jsch_facts *facts_of_name(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct jsch_facts *name = jsch_facts_make(p);

	name->atoms = JSCH_ATOM_STRING;
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->object && facts->nodes.items[i]->object->names)
			jsch_facts_add(p, name, facts->nodes.items[i]->object->names);
	return name;
}

int64_t jsch_count_names(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct jsch_facts *name = facts_of_name(p, facts);
	const struct jsn *values = NULL;
	int64_t n = 0;
	bool none;

	if (name->nodes.n == 0)
		return INT64_MAX;
	p->level++;
	none = jsch_impossible(p, name);
	p->level--;
	for (size_t i = 0; i < name->nodes.n; i++)
		if (name->nodes.items[i]->logic && name->nodes.items[i]->logic->values)
			values = name->nodes.items[i]->logic->values;
		else if (name->nodes.items[i]->logic && name->nodes.items[i]->logic->constant)
			return none ? 0 : 1;
	for (size_t i = 0; values && i < values->n_items; i++)
		n += jsch_may_be(p, name, &values->items[i]);
	return none ? 0 : values ? n : INT64_MAX;
}

static bool may_be_a_name(struct jsch_proof *p, const struct jsch_facts *facts, struct str text)
{
	const struct jsch_facts *name = facts_of_name(p, facts);
	const struct jsn value = { .kind = JSN_STRING, .text = text };

	return name->nodes.n == 0 || jsch_may_be(p, name, &value);
}

/* A pattern of the subschema that is not decided yet. */
static bool find_undecided(struct jsch_proof *p, const struct jsch_names *names, const struct jsch_node *node, size_t *out)
{
	for (size_t i = 0; node->object && i < node->object->n_patterns; i++) {
		if (!str_present(jsch_pattern_text(node, i)) || jsch_names_match(p, names, node, i) != JSCH_TOO_MUCH)
			continue;
		*out = i;
		return true;
	}
	return false;
}

static const struct jsch_node *next_undecided(struct jsch_proof *p, const struct jsch_facts *facts,
	const struct jsch_names *names, const struct jsch_node *node, size_t *out)
{
	if (find_undecided(p, names, node, out))
		return node;
	for (size_t i = 0; i < facts->nodes.n; i++)
		if (find_undecided(p, names, facts->nodes.items[i], out))
			return facts->nodes.items[i];
	return NULL;
}

/* Names that are not listed, while patterns are decided one after the other. */
struct others {
	struct jsch_proof *p;
	const struct jsch_facts *facts;
	const struct jsch_node *node;
	struct jsch_names names;
};

static bool proven_others(struct others *o, const struct jsch_facts *name);

static bool proven_decided(struct others *o, const struct jsch_facts *name, const struct jsch_node *owner, size_t i,
	bool covered)
{
	struct jsch_facts *such = jsch_facts_copy(o->p, name);
	bool proven;

	if (covered)
		jsch_facts_add(o->p, such, pattern_node(o->p, owner, i));
	else
		jsch_facts_add_not(o->p, such, pattern_node(o->p, owner, i));
	o->names.decided[o->names.n_decided++] = (struct jsch_decided_pattern){ jsch_pattern_text(owner, i), covered };
	o->p->level++;
	proven = jsch_impossible(o->p, such);
	o->p->level--;
	proven = proven || proven_others(o, such);
	o->names.n_decided--;
	return proven;
}

static bool proven_others(struct others *o, const struct jsch_facts *name)
{
	struct jsch_facts *member = facts_of(o->p, o->facts, &o->names);
	const struct jsch_node *owner;
	size_t i;

	if (member->atoms == 0 || proven_asked(o->p, o->facts, o->node, &o->names, member))
		return true;
	owner = next_undecided(o->p, o->facts, &o->names, o->node, &i);
	if (owner == NULL || o->names.n_decided == MOST_DECIDED || !jsch_proof_spend(o->p, 1))
		return false;
	return proven_decided(o, name, owner, i, true) && proven_decided(o, name, owner, i, false);
}

bool jsch_proven_members(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	struct jsch_decided_pattern decided[MOST_DECIDED];
	struct map names = map_make(p->arena);
	struct others o = { .p = p, .facts = facts, .node = node, .names = { .listed = &names, .decided = decided } };

	list_names(p, &names, node);
	for (size_t i = 0; i < facts->n_present; i++)
		map_put(&names, facts->present[i], &names);
	jsch_each_evaluator(p, facts, node, list_names, &names);
	for (size_t i = 0; i < facts->nodes.n; i++) {
		list_names(p, &names, facts->nodes.items[i]);
		jsch_each_evaluator(p, facts, facts->nodes.items[i], list_names, &names);
	}
	return proven_listed(p, facts, node, &names) && proven_others(&o, facts_of_name(p, facts));
}

/* ---- names themselves ---- */

bool jsch_is_closed(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	const struct jsch_names others = { .name = STR_NONE };
	const struct jsch_node *rest = node->object ? jsch_known_rest(p, facts, &others, node) : NULL;
	struct jsch_facts *member;
	bool none;

	if (rest == NULL)
		return false;
	member = jsch_facts_make(p);
	jsch_facts_add(p, member, rest);
	p->level++;
	none = jsch_impossible(p, member);
	p->level--;
	return none;
}

/* All names that a closed object can have hold. */
static bool proven_closed_names(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *closed,
	const struct jsch_node *names)
{
	const struct jsch_object *object = closed->object;

	for (size_t i = 0; i < object->n_properties; i++) {
		const struct jsn name = { .kind = JSN_STRING, .text = object->properties[i].name };
		bool valid;

		if (jsch_facts_member(p, facts, name.text)->atoms == 0)
			continue;
		if (!jsch_proof_validate(p, names, &name, &valid) || !valid)
			return false;
	}
	for (size_t i = 0; i < object->n_patterns; i++) {
		struct jsch_facts *name = facts_of_name(p, facts);

		jsch_facts_add(p, name, pattern_node(p, closed, i));
		if (!jsch_proven_inside(p, name, names))
			return false;
	}
	return true;
}

/* There are no members but those that have to be there. */
static bool proven_required_names(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *names)
{
	struct map required = map_make(p->arena);

	for (size_t i = 0; i < facts->n_present; i++)
		map_put(&required, facts->present[i], &required);
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_object *object = facts->nodes.items[i]->object;

		for (size_t k = 0; object && k < object->n_required; k++)
			map_put(&required, object->required[k], &required);
	}
	for (size_t i = 0; i < required.n_entries; i++) {
		const struct jsn name = { .kind = JSN_STRING, .text = required.entries[i].key };
		bool valid;

		if (!jsch_proof_validate(p, names, &name, &valid) || !valid)
			return false;
	}
	return true;
}

bool jsch_proven_names(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *names)
{
	if (names && !jsch_leaves_room(p, facts, STR_NONE) && proven_required_names(p, facts, names))
		return true;
	if (names == NULL || jsch_proven_inside(p, facts_of_name(p, facts), names))
		return true;
	for (size_t i = 0; i < facts->nodes.n && jsch_proof_spend(p, 1); i++)
		if (jsch_is_closed(p, facts, facts->nodes.items[i]) && proven_closed_names(p, facts, facts->nodes.items[i], names))
			return true;
	return false;
}
