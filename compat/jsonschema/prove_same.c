/* Whether two subschemas say the same: keyword by keyword, what they refer to included. */
#include "base/arena.h"
#include "compat/jsonschema/prove_int.h"

/* One comparison: pairs that are taken to be the same meanwhile. */
struct sameness {
	struct jsch_proof *p;
	struct map assumed;
	unsigned depth;
};

enum { DEEPEST = 200 };

static bool same(struct sameness *s, const struct jsch_node *a, const struct jsch_node *b);

static bool same_optional(struct sameness *s, const struct jsch_node *a, const struct jsch_node *b)
{
	return a == b || (a && b && same(s, a, b));
}

static bool same_nodes(struct sameness *s, struct jsch_node *const *a, size_t n_a, struct jsch_node *const *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (!same(s, a[i], b[i]))
			return false;
	return true;
}

static bool same_bound(const struct jsch_bound *a, const struct jsch_bound *b)
{
	if (a->number == NULL || b->number == NULL)
		return a->number == b->number;
	return jsch_decimal_compare(a->number->text, b->number->text) == 0;
}

static bool same_string(const struct sameness *s, const struct jsch_string *a, const struct jsch_string *b)
{
	return a->max_length == b->max_length && a->min_length == b->min_length &&
		str_present(a->pattern) == str_present(b->pattern) && str_eq(a->pattern, b->pattern) &&
		(!s->p->formats || str_eq(a->format, b->format));
}

static bool same_number(const struct jsch_number *a, const struct jsch_number *b)
{
	return same_bound(&a->maximum, &b->maximum) && same_bound(&a->minimum, &b->minimum) &&
		same_bound(&a->above_all, &b->above_all) && same_bound(&a->below_all, &b->below_all) &&
		same_bound(&a->multiple, &b->multiple) && a->maximum_excluded == b->maximum_excluded &&
		a->minimum_excluded == b->minimum_excluded;
}

static bool same_array(struct sameness *s, const struct jsch_array *a, const struct jsch_array *b)
{
	return a->max_items == b->max_items && a->min_items == b->min_items && a->max_contains == b->max_contains &&
		a->min_contains == b->min_contains && a->has_list == b->has_list && a->unique == b->unique &&
		same_optional(s, a->items, b->items) && same_nodes(s, a->list, a->n_list, b->list, b->n_list) &&
		same_optional(s, a->additional, b->additional) && same_optional(s, a->unevaluated, b->unevaluated) &&
		same_optional(s, a->contains, b->contains);
}

static bool same_properties(struct sameness *s, const struct jsch_object *a, const struct jsch_object *b)
{
	if (a->n_properties != b->n_properties || a->n_required != b->n_required)
		return false;
	for (size_t i = 0; i < a->n_properties; i++) {
		const struct jsch_property *other = jsch_property_find(b, a->properties[i].name);

		if (other == NULL || !same(s, a->properties[i].node, other->node))
			return false;
	}
	for (size_t i = 0; i < a->n_required; i++) {
		size_t k = 0;

		while (k < b->n_required && !str_eq(a->required[i], b->required[k]))
			k++;
		if (k == b->n_required || !jsch_proof_spend(s->p, 1 + k / 16))
			return false;
	}
	return true;
}

static bool same_patterns(struct sameness *s, const struct jsch_node *a, const struct jsch_node *b)
{
	if (a->object->n_patterns != b->object->n_patterns)
		return false;
	for (size_t i = 0; i < a->object->n_patterns; i++)
		if (!str_eq(jsch_pattern_text(a, i), jsch_pattern_text(b, i)) ||
			!same(s, a->object->patterns[i].node, b->object->patterns[i].node))
			return false;
	return true;
}

static bool same_dependency(struct sameness *s, const struct jsch_dependency *a, const struct jsch_dependency *b)
{
	if (!str_eq(a->name, b->name) || a->has_names != b->has_names || a->n_names != b->n_names)
		return false;
	for (size_t i = 0; i < a->n_names; i++)
		if (!str_eq(a->names[i], b->names[i]))
			return false;
	return same_optional(s, a->node, b->node);
}

static bool same_object(struct sameness *s, const struct jsch_node *left, const struct jsch_node *right)
{
	const struct jsch_object *a = left->object, *b = right->object;

	if (a->max_properties != b->max_properties || a->min_properties != b->min_properties ||
		a->n_dependencies != b->n_dependencies)
		return false;
	for (size_t i = 0; i < a->n_dependencies; i++)
		if (!same_dependency(s, &a->dependencies[i], &b->dependencies[i]))
			return false;
	return same_properties(s, a, b) && same_patterns(s, left, right) && same_optional(s, a->additional, b->additional) &&
		same_optional(s, a->unevaluated, b->unevaluated) && same_optional(s, a->names, b->names);
}

static bool same_value(const struct jsn *a, const struct jsn *b)
{
	return a == b || (a && b && jsch_values_equal(a, b));
}

static bool same_logic(struct sameness *s, const struct jsch_logic *a, const struct jsch_logic *b)
{
	for (int k = 0; k < JSCH_CRITERIA; k++) {
		const struct jsch_branches *left = &a->branches[k], *right = &b->branches[k];

		if (!left->nodes != !right->nodes || !same_nodes(s, left->nodes, left->n, right->nodes, right->n))
			return false;
	}
	return same_value(a->values, b->values) && same_value(a->constant, b->constant) && same_optional(s, a->not, b->not) &&
		same_optional(s, a->condition, b->condition) && same_optional(s, a->then, b->then) &&
		same_optional(s, a->otherwise, b->otherwise);
}

static bool same_groups(struct sameness *s, const struct jsch_node *a, const struct jsch_node *b)
{
	if (!a->string != !b->string || !a->number != !b->number || !a->array != !b->array || !a->object != !b->object ||
		!a->logic != !b->logic)
		return false;
	return (!a->string || same_string(s, a->string, b->string)) && (!a->number || same_number(a->number, b->number)) &&
		(!a->array || same_array(s, a->array, b->array)) && (!a->object || same_object(s, a, b)) &&
		(!a->logic || same_logic(s, a->logic, b->logic));
}

/* Drafts differ in what is an integer, and in what counts as evaluated. */
static bool same_draft(const struct jsch_node *a, const struct jsch_node *b)
{
	return a->resource->draft == b->resource->draft ||
		(a->resource->draft >= JSCH_DRAFT_6 && a->resource->draft <= JSCH_DRAFT_7 &&
			b->resource->draft >= JSCH_DRAFT_6 && b->resource->draft <= JSCH_DRAFT_7);
}

static bool same_outline(const struct jsch_node *a, const struct jsch_node *b)
{
	return !a->dynamic.target && !b->dynamic.target && same_draft(a, b) && !a->type == !b->type && a->types == b->types &&
		!a->reference.target == !b->reference.target;
}

struct pair {
	const struct jsch_node *a, *b;
};

static struct str key_of(struct jsch_proof *p, const struct jsch_node *a, const struct jsch_node *b)
{
	struct pair *pair = arena_new(p->arena, struct pair);

	*pair = (struct pair){ a, b };
	return str_make((const char *)pair, sizeof(*pair));
}

static bool same(struct sameness *s, const struct jsch_node *a, const struct jsch_node *b)
{
	struct str key;
	bool equal;

	if (a == b)
		return true;
	if (a->json->kind == JSN_BOOL || b->json->kind == JSN_BOOL)
		return a->json->kind == b->json->kind && a->json->boolean == b->json->boolean;
	if (!same_outline(a, b) || s->depth == DEEPEST || !jsch_proof_spend(s->p, 1))
		return false;
	key = key_of(s->p, a, b);
	if (map_get(&s->assumed, key))
		return true;
	map_put(&s->assumed, key, s);
	s->depth++;
	equal = (!a->reference.target || same(s, a->reference.target, b->reference.target)) && same_groups(s, a, b);
	s->depth--;
	return equal;
}

bool jsch_same_node(struct jsch_proof *p, const struct jsch_node *a, const struct jsch_node *b)
{
	static char yes, no;
	struct sameness s = { .p = p, .assumed = map_make(p->arena) };
	struct str key = key_of(p, a, b);
	const void *known = map_get(&p->same, key);
	bool equal;

	if (known)
		return known == &yes;
	equal = same(&s, a, b);
	map_put(&p->same, key, equal ? &yes : &no);
	/* What was assumed on the way to a yes is true. */
	for (size_t i = 0; equal && i < s.assumed.n_entries; i++)
		map_put(&p->same, s.assumed.entries[i].key, &yes);
	return equal;
}
