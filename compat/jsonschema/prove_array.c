/* Proofs about arrays: lengths, and what is at each position. */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

struct shape {
	int64_t min, max;               /* JSCH_ABSENT: no bound above */
	size_t n_listed;                /* positions with subschemas of their own */
	bool unique;
};

/* Where nothing else looks at items, what all others do not look at is what is not listed. */
static const struct jsch_node *unevaluated_of(const struct jsch_node *node)
{
	bool alone = !node->logic && !node->reference.target && !node->dynamic.target && !node->array->contains;

	return alone ? node->array->unevaluated : NULL;
}

/* What is known of the i-th item. */
static const struct jsch_node *known_at(const struct jsch_node *node, size_t i)
{
	const struct jsch_array *array = node->array;

	if (!array->has_list)
		return array->items ? array->items : unevaluated_of(node);
	if (i < array->n_list)
		return array->list[i];
	return array->additional ? array->additional : unevaluated_of(node);
}

/* What has to hold for it: more than "unevaluated" asks for, which may leave items out. */
static const struct jsch_node *asked_at(const struct jsch_node *node, size_t i)
{
	const struct jsch_array *array = node->array;

	if (!array->has_list)
		return array->items ? array->items : array->unevaluated;
	if (i < array->n_list)
		return array->list[i];
	return array->additional ? array->additional : array->unevaluated;
}

static struct jsch_facts *item_facts(struct jsch_proof *p, const struct jsch_facts *facts, size_t i)
{
	struct jsch_facts *item = jsch_facts_make(p);

	for (size_t k = 0; k < facts->nodes.n; k++) {
		const struct jsch_node *known = facts->nodes.items[k]->array ? known_at(facts->nodes.items[k], i) : NULL;

		if (known)
			jsch_facts_add(p, item, known);
	}
	return item;
}

static void bound_length(struct shape *s, const struct jsch_array *array)
{
	int64_t found = array->min_contains != JSCH_ABSENT ? array->min_contains : 1;

	if (array->min_items != JSCH_ABSENT && array->min_items > s->min)
		s->min = array->min_items;
	if (array->contains && found > s->min)
		s->min = found;
	if (array->max_items != JSCH_ABSENT && (s->max == JSCH_ABSENT || array->max_items < s->max))
		s->max = array->max_items;
	if (array->n_list > s->n_listed)
		s->n_listed = array->n_list;
	s->unique |= array->unique;
}

/* Where no item can be, the array ends. */
static struct shape shape_of(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct shape s = { .max = JSCH_ABSENT };

	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->array)
			bound_length(&s, facts->nodes.items[i]->array);
	for (size_t i = 0; i <= s.n_listed && jsch_proof_spend(p, 1); i++) {
		if (s.max != JSCH_ABSENT && (int64_t)i >= s.max)
			break;
		if (item_facts(p, facts, i)->atoms == 0)
			s.max = (int64_t)i;
	}
	return s;
}

bool jsch_no_array(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct shape s = shape_of(p, facts);

	if (s.max != JSCH_ABSENT && s.max < s.min)
		return true;
	for (int64_t i = 0; i < s.min && i <= (int64_t)s.n_listed && jsch_proof_spend(p, 1); i++) {
		p->level++;
		bool none = jsch_impossible(p, item_facts(p, facts, (size_t)i));
		p->level--;
		if (none)
			return true;
	}
	return false;
}

static bool proven_items(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *node)
{
	size_t n = s->n_listed > node->array->n_list ? s->n_listed : node->array->n_list;

	for (size_t i = 0; i <= n; i++) {
		const struct jsch_node *asked = asked_at(node, i);

		if (s->max != JSCH_ABSENT && (int64_t)i >= s->max)
			return true;
		if (!jsch_proof_spend(p, 1) || (asked && !jsch_proven_inside(p, item_facts(p, facts, i), asked)))
			return false;
	}
	return true;
}

/* Whether all items are found by `contains`. */
static bool all_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *contains)
{
	for (size_t i = 0; i <= s->n_listed; i++) {
		if (s->max != JSCH_ABSENT && (int64_t)i >= s->max)
			return true;
		if (!jsch_proof_spend(p, 1) || !jsch_proven_inside(p, item_facts(p, facts, i), contains))
			return false;
	}
	return true;
}

/* Whether what `found` finds at any position `contains` finds as well. */
static bool finds_all_of(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *found, const struct jsch_node *contains)
{
	for (size_t i = 0; i <= s->n_listed; i++) {
		struct jsch_facts *item = item_facts(p, facts, i);

		jsch_facts_add(p, item, found);
		if (!jsch_proof_spend(p, 1) || !jsch_proven_inside(p, item, contains))
			return false;
	}
	return true;
}

static bool proven_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_array *array)
{
	int64_t asked = array->min_contains != JSCH_ABSENT ? array->min_contains : 1;

	if (asked <= 0 || (s->min >= asked && all_found(p, facts, s, array->contains)))
		return true;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_array *known = facts->nodes.items[i]->array;

		if (known && known->contains && (known->min_contains != JSCH_ABSENT ? known->min_contains : 1) >= asked &&
			finds_all_of(p, facts, s, known->contains, array->contains))
			return true;
	}
	return false;
}

static bool proven_not_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_array *array)
{
	if (array->max_contains == JSCH_ABSENT || (s->max != JSCH_ABSENT && s->max <= array->max_contains))
		return true;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_array *known = facts->nodes.items[i]->array;

		if (known && known->contains && known->max_contains != JSCH_ABSENT && known->max_contains <= array->max_contains &&
			finds_all_of(p, facts, s, array->contains, known->contains))
			return true;
	}
	return false;
}

bool jsch_proven_array(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_node *node)
{
	const struct jsch_array *array = node->array;
	struct shape s = shape_of(p, facts);

	if (array->max_items != JSCH_ABSENT && (s.max == JSCH_ABSENT || s.max > array->max_items))
		return false;
	if (array->min_items != JSCH_ABSENT && s.min < array->min_items)
		return false;
	if (array->unique && !s.unique && (s.max == JSCH_ABSENT || s.max > 1))
		return false;
	if (!proven_items(p, facts, &s, node))
		return false;
	return array->contains == NULL ||
		(proven_found(p, facts, &s, array) && proven_not_found(p, facts, &s, array));
}
