/* What is tried of arrays: as few items as allowed, one item other, lengths at the bounds of both sides. */
#include "base/arena.h"
#include "compat/jsonschema/search_int.h"

enum { MOST_POSITIONS = 24, MOST_ITEMS = 70, MOST_SHOWN = 16 };

struct arrays {
	struct jsch_trial *t;
	const struct jsch_samples *at[MOST_POSITIONS]; /* by position; the last is for all behind it */
	size_t n_at;
	const struct jsch_samples *found;              /* items that the writer's "contains" finds */
	size_t fewest, found_fewest;
	bool unique;
};

static const struct jsch_node *node_for(const struct jsch_array *array, size_t i)
{
	if (!array->has_list)
		return array->items;
	if (i < array->n_list)
		return array->list[i];
	return array->additional ? array->additional : array->unevaluated;
}

static void add_items(struct jsch_search *s, struct jsch_nodes *out, const struct jsch_nodes *from, size_t i)
{
	for (size_t k = 0; k < from->n; k++) {
		const struct jsch_node *node = from->items[k]->array ? node_for(from->items[k]->array, i) : NULL;

		if (node)
			jsch_nodes_add(s->arena, out, node);
	}
}

static void add_contained(struct jsch_search *s, struct jsch_nodes *out, const struct jsch_nodes *from)
{
	for (size_t k = 0; k < from->n; k++)
		if (from->items[k]->array && from->items[k]->array->contains)
			jsch_nodes_add(s->arena, out, from->items[k]->array->contains);
}

static struct jsch_site site_at(struct arrays *a, size_t i)
{
	struct jsch_site site = { .writer = { .n = 0 } };

	add_items(a->t->s, &site.writer, a->t->writer, i);
	add_items(a->t->s, &site.must, &a->t->must, i);
	add_items(a->t->s, &site.may, &a->t->may, i);
	add_contained(a->t->s, &site.may, &a->t->must);
	add_contained(a->t->s, &site.may, &a->t->may);
	return site;
}

static void find_samples(struct arrays *a)
{
	struct jsch_site site;
	const struct jsch_node *node;

	a->n_at = 1;
	for (size_t i = 0; (node = jsch_trial_node(a->t, i)); i++)
		if (node->array && node->array->n_list + 1 > a->n_at)
			a->n_at = node->array->n_list + 1;
	if (a->n_at > MOST_POSITIONS)
		a->n_at = MOST_POSITIONS;
	for (size_t i = 0; i < a->n_at; i++) {
		site = site_at(a, i);
		a->at[i] = jsch_search_site(a->t->s, &site);
	}
	site = site_at(a, a->n_at - 1);
	add_contained(a->t->s, &site.writer, a->t->writer);
	a->found = jsch_search_site(a->t->s, &site);
}

static void find_bounds(struct arrays *a)
{
	for (size_t i = 0; i < a->t->writer->n; i++) {
		const struct jsch_array *array = a->t->writer->items[i]->array;

		if (array == NULL)
			continue;
		a->unique |= array->unique;
		if (array->min_items != JSCH_ABSENT && array->min_items > (int64_t)a->fewest)
			a->fewest = array->min_items < MOST_ITEMS ? (size_t)array->min_items : MOST_ITEMS;
		if (array->contains) {
			int64_t n = array->min_contains != JSCH_ABSENT ? array->min_contains : 1;

			a->found_fewest = n < 0 ? 0 : n < MOST_ITEMS ? (size_t)n : MOST_ITEMS;
		}
	}
}

static const struct jsch_samples *samples_at(const struct arrays *a, size_t i)
{
	return a->at[i < a->n_at ? i : a->n_at - 1];
}

/* Something plain for a position; for arrays whose items must differ, not always the same. */
static const struct jsn *plain_at(const struct arrays *a, size_t i)
{
	const struct jsch_samples *samples = samples_at(a, i);

	if (samples->n == 0)
		return NULL;
	if (!a->unique)
		return samples->items[0].value;
	return samples->items[i % samples->n].value;
}

struct filling {
	size_t n;
	size_t at;                      /* the position with `value` */
	const struct jsn *value;        /* NULL: all are plain */
	size_t n_found;                 /* the first so many are found by "contains" */
	bool all;                       /* `value` everywhere */
};

static void offer(struct arrays *a, const struct filling *f)
{
	struct jsn *value = jsch_make(a->t->s->arena, JSN_ARRAY);

	if (!jsch_search_spend(a->t->s, 1 + f->n / 8))
		return;
	value->items = arena_array(a->t->s->arena, struct jsn, f->n);
	for (size_t i = 0; i < f->n; i++) {
		const struct jsn *item = plain_at(a, i);

		if (i < f->n_found && a->found->n > 0)
			item = a->found->items[a->unique ? i % a->found->n : 0].value;
		if (f->value && (f->all || i == f->at))
			item = f->value;
		if (item == NULL)
			return;
		value->items[i] = *item;
		value->items[i].name = STR_NONE;
		value->n_items++;
	}
	jsch_trial_offer(a->t, value);
}

/* With what "contains" asks for in front. */
static void offer_both(struct arrays *a, struct filling f)
{
	offer(a, &f);
	if (a->found_fewest == 0)
		return;
	f.n_found = a->found_fewest;
	f.at += a->found_fewest;
	if (f.n < a->found_fewest)
		f.n = a->found_fewest;
	if (f.value && f.n <= f.at)
		f.n = f.at + 1;
	offer(a, &f);
}

static void offer_length(struct arrays *a, int64_t n)
{
	const struct jsch_samples *last = a->at[a->n_at - 1];

	if (n < 0 || n > MOST_ITEMS)
		return;
	offer_both(a, (struct filling){ .n = (size_t)n });
	for (size_t k = 0; k < last->n && k < MOST_SHOWN; k++)
		offer(a, &(struct filling){ .n = (size_t)n, .value = last->items[k].value, .all = true });
	for (size_t k = 0; k < a->found->n && k < 2; k++)
		offer(a, &(struct filling){ .n = (size_t)n, .value = a->found->items[k].value, .all = true });
}

static void offer_lengths(struct arrays *a)
{
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(a->t, i)); i++) {
		const struct jsch_array *array = node->array;

		if (array == NULL)
			continue;
		const int64_t bounds[] = { array->min_items, array->max_items, array->min_contains, array->max_contains,
			array->has_list ? (int64_t)array->n_list : JSCH_ABSENT };

		for (size_t k = 0; k < sizeof(bounds) / sizeof(bounds[0]); k++)
			for (int64_t d = -1; bounds[k] != JSCH_ABSENT && bounds[k] <= MOST_ITEMS && d <= 1; d++)
				offer_length(a, bounds[k] + d);
	}
	for (int64_t n = 0; n <= 3; n++)
		offer_length(a, n);
}

void jsch_trial_arrays(struct jsch_trial *t)
{
	struct arrays a = { .t = t };

	find_samples(&a);
	find_bounds(&a);
	offer_both(&a, (struct filling){ .n = a.fewest });
	for (size_t i = 0; i < a.n_at; i++) {
		for (size_t k = 0; k < a.at[i]->n && jsch_search_spend(t->s, 1); k++) {
			if (k < a.at[i]->n_clean && k >= MOST_SHOWN)
				continue;
			offer_both(&a, (struct filling){ .n = i + 1 > a.fewest ? i + 1 : a.fewest, .at = i,
				.value = a.at[i]->items[k].value });
		}
	}
	for (size_t k = 0; a.found_fewest > 0 && k < a.found->n && k < MOST_SHOWN; k++)
		offer(&a, &(struct filling){ .n = a.fewest > a.found_fewest ? a.fewest : a.found_fewest,
			.value = a.found->items[k].value, .all = true });
	offer_lengths(&a);
}
