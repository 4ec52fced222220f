/* What is tried of arrays: as few items as allowed, one item other, lengths at the bounds of both sides. */
#include "base/arena.h"
#include "compat/jsonschema/search_int.h"

enum { MOST_POSITIONS = 24, MOST_ITEMS = 70, MOST_SHOWN = 16, BY_CHANCE = 80 };

struct arrays {
	struct jsch_trial *t;
	const struct jsch_samples *at[MOST_POSITIONS]; /* by position; the last is for all behind it */
	size_t n_at;
	const struct jsch_samples *found[MOST_POSITIONS]; /* items that the writer's "contains" finds there */
	size_t fewest, found_fewest;
	bool unique;
	bool differ;                                   /* to somebody it matters whether items differ */
};

static const struct jsch_node *node_for(const struct jsch_array *array, size_t i)
{
	if (!array->has_list)
		return array->items;
	return i < array->n_list ? array->list[i] : array->additional;
}

/* What is unevaluated where nobody evaluates: "contains" may. */
static void add_rest(struct jsch_search *s, struct jsch_nodes *out, const struct jsch_nodes *from)
{
	bool finds = false;

	for (size_t k = 0; k < from->n; k++)
		finds |= from->items[k]->array && from->items[k]->array->contains &&
			from->items[k]->resource->draft == JSCH_DRAFT_2020;
	for (size_t k = 0; k < from->n && !finds; k++)
		if (from->items[k]->array && from->items[k]->array->unevaluated)
			jsch_nodes_add(s->arena, out, from->items[k]->array->unevaluated);
}

static void add_items(struct jsch_search *s, struct jsch_nodes *out, const struct jsch_nodes *from, size_t i)
{
	bool evaluated = false;

	for (size_t k = 0; k < from->n; k++) {
		const struct jsch_node *node = from->items[k]->array ? node_for(from->items[k]->array, i) : NULL;

		evaluated |= node != NULL;
		if (node)
			jsch_nodes_add(s->arena, out, node);
	}
	if (!evaluated)
		add_rest(s, out, from);
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
	add_contained(a->t->s, &site.may, a->t->writer);
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
		a->at[i] = a->found[i] = jsch_search_site(a->t->s, &site);
		add_contained(a->t->s, &site.writer, a->t->writer);
		if (a->found_fewest > 0 && (a->t->s->thorough || i == a->n_at - 1))
			a->found[i] = jsch_search_site(a->t->s, &site);
	}
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

struct filling {
	size_t n;
	size_t at;                      /* the position with `value` */
	const struct jsn *value;        /* NULL: all are plain */
	size_t found_at, n_found;       /* from there on so many are found by "contains" */
	bool all;                       /* `value` everywhere */
	bool alike;                     /* all violate nothing and have the signature */
	bool any;                       /* by chance */
	uint64_t signature;
};

static bool is_among(const struct jsn *made, const struct jsn *value)
{
	for (size_t i = 0; i < made->n_items; i++)
		if (jsch_values_equal(&made->items[i], value))
			return true;
	return false;
}

static bool fits(const struct filling *f, const struct jsn *made, const struct jsch_spare *item, bool distinct)
{
	if (f->alike && (!item->clean || item->signature != f->signature))
		return false;
	return !distinct || (!is_among(made, item->value) && !(f->value && jsch_values_equal(f->value, item->value)));
}

/* The i-th of what was found for a position, the best first. */
static struct jsch_spare item_of(const struct jsch_samples *samples, size_t i)
{
	if (i >= samples->n)
		return samples->spares[i - samples->n];
	return (struct jsch_spare){
		.value = samples->items[i].value, .clean = i < samples->n_clean, .signature = samples->items[i].signature,
	};
}

static const struct jsn *find_fitting(const struct jsch_samples *from, const struct filling *f, const struct jsn *made,
	bool distinct, size_t first)
{
	size_t n = from->n + from->n_spares;

	for (size_t k = 0; k < n; k++) {
		struct jsch_spare item = item_of(from, (first + k) % n);

		if (fits(f, made, &item, distinct))
			return item.value;
	}
	return NULL;
}

/* Of many different ones those that are like the first are the plainest. */
static const struct jsn *find_plain(const struct jsch_samples *from, const struct filling *f, const struct jsn *made)
{
	struct filling plain = *f;

	if (from->n_clean == 0 || f->alike)
		return NULL;
	plain.alike = true;
	plain.signature = from->items[0].signature;
	return find_fitting(from, &plain, made, true, 0);
}

static const struct jsn *pick(const struct arrays *a, const struct filling *f, const struct jsn *made, bool distinct)
{
	size_t i = made->n_items, last = i < a->n_at ? i : a->n_at - 1;
	bool found = i >= f->found_at && i < f->found_at + f->n_found && a->found[last]->n > 0;
	const struct jsch_samples *from = found ? a->found[last] : a->at[last];
	const struct filling any = { .value = f->value };
	size_t n = from->n + from->n_spares;
	const struct jsn *plain;

	if (f->value && ((f->all && !found) || (!f->all && i == f->at)))
		return f->value;
	if (f->any && n > 0)
		return find_fitting(from, f, made, distinct, jsch_search_chance(a->t->s, n));
	plain = distinct ? find_plain(from, f, made) : NULL;
	return plain ? plain : find_fitting(from, found ? &any : f, made, distinct, 0);
}

static void offer_filled(struct arrays *a, const struct filling *f, bool distinct)
{
	struct jsn *value = jsch_make(a->t->s->arena, JSN_ARRAY);

	if (!jsch_search_spend(a->t->s, 1 + f->n / 8 + (distinct ? f->n * f->n / 64 : 0)))
		return;
	value->items = arena_array(a->t->s->arena, struct jsn, f->n);
	while (value->n_items < f->n) {
		const struct jsn *item = pick(a, f, value, distinct);

		if (item == NULL)
			return;
		value->items[value->n_items] = *item;
		value->items[value->n_items++].name = STR_NONE;
	}
	jsch_trial_offer(a->t, value);
}

static void offer(struct arrays *a, const struct filling *f)
{
	offer_filled(a, f, a->unique);
	if (a->differ && !a->unique && !f->all)
		offer_filled(a, f, true);
}

/* With what "contains" asks for in front, and behind. */
static void offer_both(struct arrays *a, struct filling f)
{
	size_t needed = f.value ? f.at + 1 : 0;

	offer(a, &f);
	if (a->found_fewest == 0)
		return;
	f.n_found = a->found_fewest;
	f.found_at = f.n > needed + f.n_found ? f.n - f.n_found : needed;
	if (f.n < f.found_at + f.n_found)
		f.n = f.found_at + f.n_found;
	offer(a, &f);
	f.found_at = 0;
	if (f.value)
		f.at += f.n_found;
	if (f.value && f.n <= f.at)
		f.n = f.at + 1;
	offer(a, &f);
}

/* At all positions, or at all behind what "contains" asks for. */
static void offer_everywhere(struct arrays *a, size_t n, const struct jsn *value)
{
	offer(a, &(struct filling){ .n = n, .value = value, .all = true });
	if (a->found_fewest > 0)
		offer(a, &(struct filling){ .n = n, .value = value, .all = true, .n_found = a->found_fewest });
}

static void offer_alike(struct arrays *a, size_t n, uint64_t signature)
{
	offer(a, &(struct filling){ .n = n, .alike = true, .signature = signature });
	if (a->found_fewest > 0)
		offer(a, &(struct filling){ .n = n, .alike = true, .signature = signature, .n_found = a->found_fewest });
}

static void offer_length(struct arrays *a, int64_t n)
{
	const struct jsch_samples *last = a->at[a->n_at - 1], *found = a->found[a->n_at - 1];

	if (n < 0 || n > MOST_ITEMS)
		return;
	offer_both(a, (struct filling){ .n = (size_t)n });
	for (size_t k = 0; k < last->n && k < MOST_SHOWN; k++)
		offer_everywhere(a, (size_t)n, last->items[k].value);
	for (size_t k = 0; k < found->n && k < 2; k++)
		offer(a, &(struct filling){ .n = (size_t)n, .value = found->items[k].value, .all = true });
	for (size_t k = 0; n > 0 && found != last && k < found->n && k < MOST_SHOWN; k++)
		offer(a, &(struct filling){ .n = (size_t)n, .value = found->items[k].value, .n_found = a->found_fewest });
	for (size_t k = 0; (a->unique || a->differ) && k < last->n_clean && k < MOST_SHOWN; k++)
		offer_alike(a, (size_t)n, last->items[k].signature);
}

/* What nobody has thought of. */
static void offer_by_chance(struct arrays *a)
{
	for (int i = 0; i < BY_CHANCE && jsch_search_spend(a->t->s, 1); i++)
		offer(a, &(struct filling){ .n = a->fewest + jsch_search_chance(a->t->s, 4), .any = true });
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

static bool some_unique(const struct jsch_trial *t)
{
	const struct jsch_node *node;

	for (size_t i = 0; (node = jsch_trial_node(t, i)); i++)
		if (node->array && node->array->unique)
			return true;
	return false;
}

void jsch_trial_arrays(struct jsch_trial *t)
{
	struct arrays a = { .t = t };
	const struct jsch_samples *last;

	find_bounds(&a);
	find_samples(&a);
	a.differ = some_unique(t);
	offer_both(&a, (struct filling){ .n = a.fewest });
	for (size_t i = 0; i < a.n_at; i++) {
		for (size_t k = 0; k < a.at[i]->n && jsch_search_spend(t->s, 1); k++) {
			if (k < a.at[i]->n_clean && k >= MOST_SHOWN)
				continue;
			offer_both(&a, (struct filling){ .n = i + 1 > a.fewest ? i + 1 : a.fewest, .at = i,
				.value = a.at[i]->items[k].value });
			if (a.n_at > i + 2 && t->s->thorough)
				offer_both(&a, (struct filling){ .n = a.n_at - 1, .at = i, .value = a.at[i]->items[k].value });
		}
	}
	last = a.found[a.n_at - 1];
	for (size_t k = 0; a.found_fewest > 0 && k < last->n && k < MOST_SHOWN; k++)
		offer(&a, &(struct filling){ .n = a.fewest > a.found_fewest ? a.fewest : a.found_fewest,
			.value = last->items[k].value, .all = true });
	offer_lengths(&a);
	if (t->s->thorough && t->must.n + t->may.n > 0)
		offer_by_chance(&a);
}
