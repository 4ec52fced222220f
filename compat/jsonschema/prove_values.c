/* Proofs about numbers: bounds against bounds. */
#include <math.h>

#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

/* A bound from above; those from below are the same with everything turned round. */
struct bound {
	struct str text;                /* absent: none */
	bool excluded;
};

/* Negative: `a` allows less than `b`; both are there. */
static int compare_bounds(const struct bound *a, const struct bound *b, int direction)
{
	int order = direction * jsch_decimal_compare(a->text, b->text);

	return order != 0 ? order : (int)b->excluded - (int)a->excluded;
}

static void tighten(struct bound *bound, const struct jsch_bound *with, bool excluded, int direction)
{
	const struct bound other = { .text = with->number ? with->number->text : STR_NONE, .excluded = excluded };

	if (with->number && (!str_present(bound->text) || compare_bounds(&other, bound, direction) < 0))
		*bound = other;
}

static struct bound bound_of(const struct jsch_facts *facts, int direction)
{
	struct bound bound = { .text = STR_NONE };

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_number *number = facts->nodes.items[i]->number;

		if (number == NULL)
			continue;
		tighten(&bound, direction > 0 ? &number->maximum : &number->minimum,
			direction > 0 ? number->maximum_excluded : number->minimum_excluded, direction);
		tighten(&bound, direction > 0 ? &number->above_all : &number->below_all, true, direction);
	}
	return bound;
}

bool jsch_no_number(const struct jsch_facts *facts)
{
	struct bound upper = bound_of(facts, 1), lower = bound_of(facts, -1);
	int order;

	if (!str_present(upper.text) || !str_present(lower.text))
		return false;
	order = jsch_decimal_compare(upper.text, lower.text);
	return order < 0 || (order == 0 && (upper.excluded || lower.excluded));
}

/* The last whole number within the bound, where doubles can tell. */
static bool last_whole(struct jsch_proof *p, const struct bound *bound, int direction, struct bound *out)
{
	double value = jsch_decimal_to_double(bound->text), whole;

	if (!(fabs(value) < 1e15))
		return false;
	whole = direction > 0 ? floor(value) : ceil(value);
	if (bound->excluded && jsch_decimal_is_integer(bound->text))
		whole -= direction;
	*out = (struct bound){ .text = str_printf(p->arena, "%.0f", whole + 0.0) };
	return true;
}

static bool within(struct jsch_proof *p, const struct jsch_facts *facts, const struct bound *known,
	const struct jsch_bound *asked, bool excluded, int direction)
{
	const struct bound limit = { .text = asked->number ? asked->number->text : STR_NONE, .excluded = excluded };
	struct bound whole;

	if (asked->number == NULL)
		return true;
	if (!str_present(known->text))
		return false;
	if (compare_bounds(known, &limit, direction) <= 0)
		return true;
	return !(facts->atoms & JSCH_ATOM_FRACTION) && last_whole(p, known, direction, &whole) &&
		compare_bounds(&whole, &limit, direction) <= 0;
}

enum { LONGEST_NUMBER = 300 };

static bool proven_multiple(const struct jsch_facts *facts, const struct jsn *multiple)
{
	if (jsch_decimal_is_zero(multiple->text) || multiple->text.len > LONGEST_NUMBER)
		return false;
	if (!(facts->atoms & JSCH_ATOM_FRACTION) && jsch_decimal_divides(multiple->text, STR("1")))
		return true;
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_number *number = facts->nodes.items[i]->number;
		const struct jsn *known = number ? number->multiple.number : NULL;

		if (known && known->text.len <= LONGEST_NUMBER && jsch_decimal_divides(multiple->text, known->text))
			return true;
	}
	return false;
}

bool jsch_proven_number(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_number *number)
{
	struct bound upper = bound_of(facts, 1), lower = bound_of(facts, -1);

	return within(p, facts, &upper, &number->maximum, number->maximum_excluded, 1) &&
		within(p, facts, &lower, &number->minimum, number->minimum_excluded, -1) &&
		within(p, facts, &upper, &number->above_all, true, 1) && within(p, facts, &lower, &number->below_all, true, -1) &&
		(number->multiple.number == NULL || proven_multiple(facts, number->multiple.number));
}
