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
	if (jsch_impossible(p, facts))
		part->atoms = 0;
	return part;
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
