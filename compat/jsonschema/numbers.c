/*
 * Numbers that stand for all.  What a number is to some subschemas depends on where it lies between their bounds and
 * on what it is a multiple of.  Between two bounds the multiples repeat after the least common multiple: one
 * round of them is enough, and one number that is a multiple of nothing.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "compat/jsonschema/search_int.h"

enum { MOST_POINTS = 64, MOST_STEPS = 16, MOST_PLACES = 8, MOST_NUMBERS = 1500, MOST_VISITED = 150 };

#define MOST_ROUND INT64_C(1000000000000000)

struct numbers {
	struct arena *arena;
	const struct jsn *named[MOST_POINTS]; /* bounds and listed numbers */
	size_t n_named;
	const struct jsn *steps[MOST_STEPS]; /* of "multipleOf" */
	size_t n_steps;
	bool too_many;
	/* The same times ten to the `places`, one more than is needed: there is a number between any two. */
	int64_t places;
	int64_t points[MOST_POINTS + 1];
	size_t n_points;
	int64_t step;                   /* greatest common divisor of the steps and of 1 */
	int64_t round;                  /* their least common multiple */
	struct jsn *out;
	size_t n, room;
};

/* ---- what the subschemas name ---- */

static void name(struct numbers *m, const struct jsn *number)
{
	if (number == NULL || number->kind != JSN_NUMBER)
		return;
	if (m->n_named == MOST_POINTS)
		m->too_many = true;
	else
		m->named[m->n_named++] = number;
}

static void name_numbers(struct numbers *m, const struct jsch_number *number)
{
	name(m, number->maximum.number);
	name(m, number->minimum.number);
	name(m, number->above_all.number);
	name(m, number->below_all.number);
	if (number->multiple.number == NULL || jsch_decimal_is_zero(number->multiple.number->text))
		return;
	if (m->n_steps == MOST_STEPS)
		m->too_many = true;
	else
		m->steps[m->n_steps++] = number->multiple.number;
}

static void visit(struct numbers *m, struct jsch_nodes *list, const struct jsch_node *node)
{
	if (node)
		jsch_nodes_add(m->arena, list, node);
	m->too_many |= list->n > MOST_VISITED;
}

static void visit_logic(struct numbers *m, struct jsch_nodes *list, const struct jsch_logic *logic)
{
	for (int k = 0; k < JSCH_CRITERIA; k++)
		for (size_t i = 0; i < logic->branches[k].n; i++)
			visit(m, list, logic->branches[k].nodes[i]);
	visit(m, list, logic->not);
	visit(m, list, logic->condition);
	visit(m, list, logic->then);
	visit(m, list, logic->otherwise);
	name(m, logic->constant);
	for (size_t i = 0; logic->values && i < logic->values->n_items; i++)
		name(m, &logic->values->items[i]);
}

static void find_names(struct numbers *m, const struct jsch_nodes *nodes)
{
	struct jsch_nodes list = { .n = 0 };

	for (size_t i = 0; i < nodes->n; i++)
		visit(m, &list, nodes->items[i]);
	for (size_t i = 0; i < list.n && !m->too_many; i++) {
		const struct jsch_node *node = list.items[i];

		visit(m, &list, node->reference.target);
		visit(m, &list, node->dynamic.target);
		if (node->number)
			name_numbers(m, node->number);
		if (node->logic)
			visit_logic(m, &list, node->logic);
	}
}

/* ---- points and rounds ---- */

static int compare_points(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static bool find_points(struct numbers *m)
{
	size_t n = 0;

	m->points[m->n_points++] = 0;
	for (size_t i = 0; i < m->n_named; i++)
		if (!jsch_decimal_to_scaled(m->named[i]->text, m->places, &m->points[m->n_points++]))
			return false;
	qsort(m->points, m->n_points, sizeof(m->points[0]), compare_points);
	for (size_t i = 0; i < m->n_points; i++)
		if (n == 0 || m->points[i] != m->points[n - 1])
			m->points[n++] = m->points[i];
	m->n_points = n;
	return true;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static bool find_round(struct numbers *m)
{
	int64_t step;

	if (!jsch_decimal_to_scaled(STR("1"), m->places, &m->step))
		return false;
	m->round = m->step;
	for (size_t i = 0; i < m->n_steps; i++) {
		if (!jsch_decimal_to_scaled(m->steps[i]->text, m->places, &step))
			return false;
		step = step < 0 ? -step : step;
		m->step = common_divisor(m->step, step);
		if (__builtin_mul_overflow(m->round / common_divisor(m->round, step), step, &m->round) || m->round > MOST_ROUND)
			return false;
	}
	return (uint64_t)(m->round / m->step) * (m->n_points + 1) <= MOST_NUMBERS;
}

/* ---- spelling ---- */

static void spell(struct numbers *m, int64_t value)
{
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = 1;
	int64_t places = m->places;
	const char *sign = value < 0 ? "-" : "";

	for (; places > 0 && size % 10 == 0; places--)
		size /= 10;
	for (int64_t i = 0; i < places; i++)
		unit *= 10;
	m->out = arena_grow(m->arena, m->out, m->n, &m->room, sizeof(*m->out));
	m->out[m->n++] = (struct jsn){
		.kind = JSN_NUMBER,
		.text = places == 0 ? str_printf(m->arena, "%s%llu", sign, (unsigned long long)size)
							: str_printf(m->arena, "%s%llu.%0*llu", sign, (unsigned long long)(size / unit), (int)places,
								  (unsigned long long)(size % unit)),
	};
}

/* The multiples between the two, and what is a multiple of nothing: points are tens, so that one more is. */
static void spell_between(struct numbers *m, int64_t from, int64_t to)
{
	int64_t first = from - ((from % m->step) + m->step) % m->step + m->step;

	for (int64_t value = first; value < to; value += m->step)
		spell(m, value);
	spell(m, from + 1);
}

static void spell_all(struct numbers *m)
{
	int64_t last = m->points[m->n_points - 1];

	for (size_t i = 0; i < m->n_points; i++)
		spell(m, m->points[i]);
	for (size_t i = 0; i + 1 < m->n_points; i++) {
		int64_t to = m->points[i + 1], enough = m->points[i] + m->round + 1;

		spell_between(m, m->points[i], to < enough ? to : enough);
	}
	spell_between(m, last, last + m->round + 1);
	spell_between(m, m->points[0] - m->round - 1, m->points[0]);
	spell(m, m->points[0] - 1);
}

bool jsch_numbers_make(struct arena *arena, const struct jsch_nodes *nodes, struct jsn **out, size_t *n)
{
	struct numbers m = { .arena = arena };

	find_names(&m, nodes);
	for (size_t i = 0; i < m.n_named + m.n_steps; i++) {
		const struct jsn *number = i < m.n_named ? m.named[i] : m.steps[i - m.n_named];
		int64_t places = jsch_decimal_places(number->text);

		m.places = places > m.places ? places : m.places;
	}
	m.places++;
	if (m.too_many || m.places > MOST_PLACES || !find_points(&m) || !find_round(&m))
		return false;
	spell_all(&m);
	*out = m.out;
	*n = m.n;
	return true;
}
