/* Validating objects. */
#include "base/arena.h"
#include "compat/jsonschema/validate_int.h"

enum { FEW_LOOKUPS = 64 };

/* The members of a document's object by name: with an index once there is much to look up. */
struct members {
	const struct jsn *object;
	struct arena *arena;            /* NULL: no index */
	struct map by_name;
};

/* The caller destroys its arena. */
static struct members make_members(struct jsch_validation *v, const struct jsn *object, size_t n_lookups)
{
	struct members m = { .object = object };

	if (n_lookups * object->n_items <= FEW_LOOKUPS)
		return m;
	jsch_spend(v, object->n_items);
	m.arena = arena_create(0);
	m.by_name = map_make(m.arena);
	for (size_t i = 0; i < object->n_items; i++)
		map_put(&m.by_name, object->items[i].name, &object->items[i]);
	return m;
}

static bool has_member(const struct members *m, struct str name)
{
	return m->arena ? map_get(&m->by_name, name) != NULL : jsn_get(m->object, name) != NULL;
}

static bool has_members(struct jsch_validation *v, const struct members *m, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!jsch_spend(v, 1) || !has_member(m, names[i]))
			return false;
	return true;
}

static bool valid_required(struct jsch_validation *v, const struct jsch_object *object, const struct jsn *value,
	const struct jsch_pointer *at)
{
	struct members m = make_members(v, value, object->n_required);
	bool valid = true;

	for (size_t i = 0; i < object->n_required && valid && jsch_spend(v, 1); i++)
		if (!has_member(&m, object->required[i]))
			valid = jsch_violate_member(v, at, "required", object->required[i]);
	arena_destroy(m.arena);
	return valid && v->failed == OK;
}

/* What depends on a member that is there. */
static bool valid_dependency(struct jsch_validation *v, const struct jsch_dependency *dependency,
	const struct members *m, const struct jsch_pointer *at, uint64_t *marks)
{
	if (dependency->has_names && !has_members(v, m, dependency->names, dependency->n_names) &&
		!jsch_violate_member(v, at, "dependencies", dependency->name))
		return false;
	return dependency->node == NULL || jsch_valid(v, dependency->node, m->object, at, marks);
}

static bool valid_dependencies(struct jsch_validation *v, const struct jsch_object *object, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	struct members m = make_members(v, value, object->n_dependencies);
	bool valid = true;

	for (size_t i = 0; i < object->n_dependencies && valid && jsch_spend(v, 1); i++)
		if (has_member(&m, object->dependencies[i].name))
			valid = valid_dependency(v, &object->dependencies[i], &m, at, marks);
	arena_destroy(m.arena);
	return valid;
}

/* "properties", "patternProperties", and where neither applies "additionalProperties". */
static bool valid_member(struct jsch_validation *v, const struct jsch_object *object, const struct jsn *member,
	const struct jsch_pointer *at, bool *evaluated)
{
	const struct jsch_property *property = jsch_property_find(object, member->name);

	*evaluated = property != NULL;
	if (property && !jsch_valid(v, property->node, member, at, NULL))
		return false;
	for (size_t i = 0; i < object->n_patterns; i++) {
		if (!jsch_has_pattern(v, object->patterns[i].regex, member->name))
			continue;
		*evaluated = true;
		if (!jsch_valid(v, object->patterns[i].node, member, at, NULL))
			return false;
	}
	if (*evaluated || object->additional == NULL)
		return true;
	*evaluated = true;
	if (object->additional->json->kind == JSN_BOOL && !object->additional->json->boolean)
		return jsch_violate(v, at, "additionalProperties");
	return jsch_valid(v, object->additional, member, at, NULL);
}

static bool valid_name(struct jsch_validation *v, const struct jsch_object *object, const struct jsn *member,
	const struct jsch_pointer *at)
{
	const struct jsn name = { .kind = JSN_STRING, .text = member->name };

	return object->names == NULL || jsch_would_be_valid(v, object->names, &name, at, NULL) ||
		jsch_violate(v, at, "propertyNames");
}

static bool valid_members(struct jsch_validation *v, const struct jsch_object *object, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	if (object->n_properties + object->n_patterns == 0 && !object->additional && !object->names)
		return true;
	for (size_t i = 0; i < value->n_items; i++) {
		const struct jsn *member = &value->items[i];
		const struct jsch_pointer spot = { .up = at, .name = member->name };
		bool evaluated;

		if (!jsch_spend(v, 1) || !valid_name(v, object, member, &spot) ||
			!valid_member(v, object, member, &spot, &evaluated))
			return false;
		if (evaluated)
			jsch_mark(marks, i);
	}
	return true;
}

bool jsch_valid_object(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	const struct jsch_object *object = node->object;
	int64_t n = (int64_t)value->n_items;

	if (object->max_properties != JSCH_ABSENT && n > object->max_properties && !jsch_violate(v, at, "maxProperties"))
		return false;
	if (object->min_properties != JSCH_ABSENT && n < object->min_properties && !jsch_violate(v, at, "minProperties"))
		return false;
	if (object->n_required > 0 && !valid_required(v, object, value, at))
		return false;
	if (!valid_members(v, object, value, at, marks))
		return false;
	return object->n_dependencies == 0 || valid_dependencies(v, object, value, at, marks);
}

/* Of members or items that nothing has evaluated, each must hold; then they have been. */
static bool valid_rest(struct jsch_validation *v, const struct jsch_node *rest, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	for (size_t i = 0; i < value->n_items; i++) {
		const struct jsch_pointer spot = { .up = at, .name = value->items[i].name, .index = i };

		if (jsch_is_marked(marks, i))
			continue;
		if (!jsch_would_be_valid(v, rest, &value->items[i], &spot, NULL) &&
			!jsch_violate(v, &spot, value->kind == JSN_ARRAY ? "unevaluatedItems" : "unevaluatedProperties"))
			return false;
		jsch_mark(marks, i);
	}
	return true;
}

bool jsch_valid_unevaluated(struct jsch_validation *v, const struct jsch_node *node, const struct jsn *value,
	const struct jsch_pointer *at, uint64_t *marks)
{
	if (value->n_items == 0)
		return true;
	if (value->kind == JSN_ARRAY && node->array && node->array->unevaluated)
		return valid_rest(v, node->array->unevaluated, value, at, marks);
	if (value->kind == JSN_OBJECT && node->object && node->object->unevaluated)
		return valid_rest(v, node->object->unevaluated, value, at, marks);
	return true;
}
