/* What is known of the values where a finding was made, by the whole of the writer's schema. */
#include "compat/jsonschema/explain_int.h"

static struct jsch_facts *step_into(struct jsch_proof *p, struct jsch_facts *facts, const struct jsch_step *step)
{
	bool item = step->kind == JSCH_STEP_ITEM || step->kind == JSCH_STEP_ANY_ITEM;
	struct jsch_facts *part = jsch_facts_make(p);

	facts->atoms &= item ? JSCH_ATOM_ARRAY : JSCH_ATOM_OBJECT;
	if (step->kind == JSCH_STEP_MEMBER) {
		jsch_facts_add_present(p, facts, step->name);
		part = jsch_facts_member(p, facts, step->name);
	}
	if (step->kind == JSCH_STEP_ITEM)
		part = jsch_facts_item(p, facts, step->index);
	if (jsch_impossible(p, facts) || (item ? jsch_no_items(p, facts) : jsch_no_members(p, facts)))
		part->atoms = 0;
	return part;
}

/* The schema of which it is the value of that keyword, or NULL. */
static const struct jsch_node *holder_of(const struct jsch_explaining *e, const struct jsn *json, const char *word)
{
	const struct jsn *parent = jsch_parents_find(&e->reader_parents, json);

	if (parent == NULL || parent->kind != JSN_OBJECT || json->name.data == NULL || !str_eq(json->name, str_of(word)))
		return NULL;
	return map_get(&e->reader->nodes, str_make((const char *)&parent, sizeof(parent)));
}

static bool is_inside(const struct jsch_explaining *e, const struct jsch_node *node, const struct jsn *outer)
{
	const struct jsn *json = node ? node->json : NULL;

	while (json && json != outer)
		json = jsch_parents_find(&e->reader_parents, json);
	return json != NULL;
}

/* Whether a reference leads in there. */
static bool is_referred_to(const struct jsch_explaining *e, const struct jsn *json)
{
	for (size_t i = 0; i < e->reader->nodes.n_entries; i++) {
		const struct jsch_node *node = e->reader->nodes.entries[i].value;

		if (is_inside(e, node->reference.target, json) || is_inside(e, node->dynamic.target, json))
			return true;
	}
	return false;
}

/* "additionalItems" beside one schema for all items means nothing, and nothing in it. */
bool jsch_is_idle(const struct jsch_explaining *e, const struct jsch_node *node)
{
	for (const struct jsn *json = node->json; json; json = jsch_parents_find(&e->reader_parents, json)) {
		const struct jsch_node *holder = holder_of(e, json, "additionalItems");

		if (holder && holder->array && !holder->array->has_list)
			return !is_referred_to(e, json);
	}
	return false;
}

struct jsch_facts *jsch_reach(struct jsch_proof *p, const struct jsch_context *context)
{
	struct jsch_facts *facts = jsch_facts_make(p);

	jsch_facts_add(p, facts, p->writer->root);
	for (size_t i = 0; i < context->n_reached; i++)
		facts = step_into(p, facts, &context->steps[i]);
	jsch_facts_add(p, facts, context->old);
	return facts;
}
