/* Proofs about arrays: lengths, what is at each position, how many are found, and how many different ones there are. */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

enum { MOST_DIFFERENT = 64 };

struct shape {
	int64_t min, max;               /* JSCH_ABSENT: no bound above */
	size_t n_listed;                /* positions with subschemas of their own */
	bool unique;
};

static int64_t asked_to_find(const struct jsch_array *array)
{
	return array->min_contains != JSCH_ABSENT ? array->min_contains : 1;
}

/* ---- items ---- */

struct jsch_facts *jsch_facts_item(struct jsch_proof *p, const struct jsch_facts *facts, size_t i)
{
	struct jsch_facts *item = jsch_facts_make(p);

	for (size_t k = 0; k < facts->nodes.n; k++) {
		const struct jsch_array *array = facts->nodes.items[k]->array;
		const struct jsch_node *known = array ? jsch_known_item(p, facts, facts->nodes.items[k], i) : NULL;

		if (known)
			jsch_facts_add(p, item, known);
		if (array && array->contains && array->max_contains == 0)
			jsch_facts_add_not(p, item, array->contains);
	}
	return item;
}

static bool none_inside(struct jsch_proof *p, const struct jsch_facts *item)
{
	bool none;

	p->level++;
	none = jsch_impossible(p, item);
	p->level--;
	return none;
}

static bool can_be_found(struct jsch_proof *p, const struct jsch_facts *facts, size_t i, const struct jsch_node *contains)
{
	struct jsch_facts *item = jsch_facts_item(p, facts, i);

	jsch_facts_add(p, item, contains);
	return !none_inside(p, item);
}

/* ---- how many different values ---- */

struct different {
	const struct jsn *values[MOST_DIFFERENT];
	size_t n;
};

static const struct jsn simple[] = { { .kind = JSN_NULL }, { .kind = JSN_BOOL }, { .kind = JSN_BOOL, .boolean = true } };

static bool add_value(struct jsch_proof *p, struct different *d, const struct jsch_facts *item, const struct jsn *value)
{
	if (!jsch_may_be(p, item, value))
		return true;
	for (size_t i = 0; i < d->n; i++)
		if (jsch_values_equal(d->values[i], value))
			return true;
	if (d->n == MOST_DIFFERENT || !jsch_proof_spend(p, 1))
		return false;
	d->values[d->n++] = value;
	return true;
}

/* All that an item can be; false when that is not known. */
static bool add_values(struct jsch_proof *p, struct different *d, const struct jsch_facts *item)
{
	for (size_t i = 0; i < item->nodes.n; i++) {
		const struct jsch_logic *logic = item->nodes.items[i]->logic;

		if (logic && logic->constant)
			return add_value(p, d, item, logic->constant);
		if (logic == NULL || logic->values == NULL)
			continue;
		for (size_t k = 0; k < logic->values->n_items; k++)
			if (!add_value(p, d, item, &logic->values->items[k]))
				return false;
		return true;
	}
	if (item->atoms & ~(unsigned)(JSCH_ATOM_BOOLEAN | JSCH_ATOM_NULL))
		return false;
	for (size_t i = 0; i < 3; i++)
		add_value(p, d, item, &simple[i]);
	return true;
}

/* Where items differ there are no more than there are values for them. */
static void bound_by_values(struct jsch_proof *p, const struct jsch_facts *facts, struct shape *s)
{
	struct different d = { .n = 0 };

	for (size_t i = 0; i <= s->n_listed; i++) {
		if ((s->max != JSCH_ABSENT && (int64_t)i >= s->max) || !add_values(p, &d, jsch_facts_item(p, facts, i)))
			return;
		if (d.n < i + 1) {
			s->max = (int64_t)d.n;
			return;
		}
	}
	if (s->max == JSCH_ABSENT || s->max > (int64_t)d.n)
		s->max = (int64_t)d.n;
}

/* ---- lengths ---- */

static void bound_length(struct shape *s, const struct jsch_array *array)
{
	if (array->min_items != JSCH_ABSENT && array->min_items > s->min)
		s->min = array->min_items;
	if (array->contains && asked_to_find(array) > s->min)
		s->min = asked_to_find(array);
	if (array->max_items != JSCH_ABSENT && (s->max == JSCH_ABSENT || array->max_items < s->max))
		s->max = array->max_items;
	if (array->n_list > s->n_listed)
		s->n_listed = array->n_list;
	s->unique |= array->unique;
}

/* Where no item can be, the array ends. */
static struct shape shape_of(struct jsch_proof *p, const struct jsch_facts *facts)
{
	static const struct jsn empty = { .kind = JSN_ARRAY };
	struct shape s = { .max = JSCH_ABSENT };

	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->array)
			bound_length(&s, facts->nodes.items[i]->array);
	for (size_t i = 0; i <= s.n_listed && jsch_proof_spend(p, 1); i++) {
		if (s.max != JSCH_ABSENT && (int64_t)i >= s.max)
			break;
		if (none_inside(p, jsch_facts_item(p, facts, i)))
			s.max = (int64_t)i;
	}
	if (s.unique)
		bound_by_values(p, facts, &s);
	if (s.min == 0 && !jsch_may_be(p, facts, &empty))
		s.min = 1;
	return s;
}

/* No more than so many items can be found; INT64_MAX: no bound. */
static int64_t most_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *contains)
{
	int64_t n = 0;

	for (size_t i = 0; i <= s->n_listed && jsch_proof_spend(p, 1); i++) {
		if (s->max != JSCH_ABSENT && (int64_t)i >= s->max)
			return n;
		if (!can_be_found(p, facts, i, contains))
			continue;
		if (i < s->n_listed)
			n++;
		else
			return s->max == JSCH_ABSENT ? INT64_MAX : n + s->max - (int64_t)i;
	}
	return p->work <= p->most_work ? n : INT64_MAX;
}

bool jsch_no_items(struct jsch_proof *p, const struct jsch_facts *facts)
{
	return shape_of(p, facts).max == 0;
}

bool jsch_no_array(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct shape s = shape_of(p, facts);

	if (s.max != JSCH_ABSENT && s.max < s.min)
		return true;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_array *array = facts->nodes.items[i]->array;
		int64_t asked = array && array->contains ? asked_to_find(array) : 0;

		if (asked <= 0)
			continue;
		if ((array->max_contains != JSCH_ABSENT && array->max_contains < asked) ||
			most_found(p, facts, &s, array->contains) < asked)
			return true;
	}
	return false;
}

/* ---- what is asked ---- */

/* Where no more can be found than have to be, those that can be are. */
static struct jsch_facts *item_that_is_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	size_t i)
{
	struct jsch_facts *item = jsch_facts_item(p, facts, i);

	for (size_t k = 0; k < facts->nodes.n; k++) {
		const struct jsch_array *array = facts->nodes.items[k]->array;

		if (array && array->contains && asked_to_find(array) > 0 && can_be_found(p, facts, i, array->contains) &&
			most_found(p, facts, s, array->contains) <= asked_to_find(array))
			jsch_facts_add(p, item, array->contains);
	}
	return item;
}

static bool proven_items(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *node)
{
	size_t n = s->n_listed > node->array->n_list ? s->n_listed : node->array->n_list;

	for (size_t i = 0; i <= n; i++) {
		const struct jsch_node *asked;

		if (s->max != JSCH_ABSENT && (int64_t)i >= s->max)
			return true;
		asked = jsch_asked_item(p, facts, node, i);
		if (!jsch_proof_spend(p, 1) || (asked && !jsch_proven_inside(p, item_that_is_found(p, facts, s, i), asked)))
			return false;
	}
	return true;
}

/* So many items at least are found by `contains`, as far as each by itself is known to be. */
static int64_t fewest_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *contains)
{
	int64_t n = 0;

	for (size_t i = 0; i <= s->n_listed && (int64_t)i < s->min && jsch_proof_spend(p, 1); i++)
		if (jsch_proven_inside(p, jsch_facts_item(p, facts, i), contains))
			n += i < s->n_listed ? 1 : s->min - (int64_t)i;
	return n;
}

/* Whether what `found` finds at any position `contains` finds as well. */
static bool finds_all_of(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *found, const struct jsch_node *contains)
{
	for (size_t i = 0; i <= s->n_listed; i++) {
		struct jsch_facts *item = jsch_facts_item(p, facts, i);

		if (s->max != JSCH_ABSENT && (int64_t)i >= s->max)
			return true;
		jsch_facts_add(p, item, found);
		if (!jsch_proof_spend(p, 1) || !jsch_proven_inside(p, item, contains))
			return false;
	}
	return true;
}

/* Where items differ, only so many of them can be what is not found. */
static bool too_few_others(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_node *contains, int64_t asked)
{
	struct different d = { .n = 0 };

	for (size_t i = 0; i <= s->n_listed && s->unique; i++) {
		struct jsch_facts *item = jsch_facts_item(p, facts, i);

		if (s->max != JSCH_ABSENT && (int64_t)i >= s->max)
			break;
		jsch_facts_add_not(p, item, contains);
		if (!add_values(p, &d, item))
			return false;
	}
	return s->unique && s->min - (int64_t)d.n >= asked;
}

static bool proven_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_array *array)
{
	int64_t asked = asked_to_find(array);

	if (asked <= 0 || (s->min >= asked && fewest_found(p, facts, s, array->contains) >= asked) ||
		too_few_others(p, facts, s, array->contains, asked))
		return true;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_array *known = facts->nodes.items[i]->array;

		if (known && known->contains && asked_to_find(known) >= asked &&
			finds_all_of(p, facts, s, known->contains, array->contains))
			return true;
	}
	return false;
}

/* Where items differ there are no more of them than there are values that are found. */
static bool too_few_values(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_array *array)
{
	struct different d = { .n = 0 };

	for (size_t i = 0; i <= s->n_listed && s->unique; i++) {
		struct jsch_facts *item = jsch_facts_item(p, facts, i);

		if (s->max != JSCH_ABSENT && (int64_t)i >= s->max)
			break;
		jsch_facts_add(p, item, array->contains);
		if (!add_values(p, &d, item))
			return false;
	}
	return s->unique && (int64_t)d.n <= array->max_contains;
}

static bool proven_not_found(struct jsch_proof *p, const struct jsch_facts *facts, const struct shape *s,
	const struct jsch_array *array)
{
	if (array->max_contains == JSCH_ABSENT || (s->max != JSCH_ABSENT && s->max <= array->max_contains) ||
		most_found(p, facts, s, array->contains) <= array->max_contains || too_few_values(p, facts, s, array))
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
