/* Objects: properties under open, closed and partially open content models (compat-rules 4.4). */
#include "compat/jsonschema/check_int.h"

#include "compat/jsonschema/parse_int.h"

/* A match costs as much as so many pairs, and takes at most so many steps. */
enum { MATCH_WORK = 20, MATCH_STEPS = 2000 };

static bool object_is_open(const struct jsch_object *object)
{
	return object->n_patterns == 0 && jsch_is_open(object->additional);
}

/* The schema that a name falls under which is not listed, or NULL. */
static const struct jsch_shape *cover(struct jsch_check *c, const struct jsch_object *object, struct str name)
{
	for (size_t i = 0; i < object->n_patterns; i++) {
		enum jsch_match match;

		if (!jsch_work(c, MATCH_WORK + name.len / 16))
			return NULL;
		match = jsch_regex_match(object->patterns[i].regex, name, MATCH_STEPS);
		if (match == JSCH_TOO_MUCH) {
			c->failed = err_text(c->err, ERR_LIMIT,
				STR("A pattern of patternProperties takes too many steps, or cannot be matched"));
			return NULL;
		}
		if (match == JSCH_MATCHES)
			return object->patterns[i].node->shape;
	}
	return jsch_cover(object->additional);
}

static bool pair_removed(struct jsch_check *c, const struct jsch_place *at, const struct jsch_property *property,
	const struct jsch_object *new)
{
	const struct jsch_shape *shape = property->node->shape, *covering;

	if (object_is_open(new))
		return true;
	covering = cover(c, new, property->name);
	if (covering == NULL)
		return shape->kind == JSCH_FALSE || jsch_differ(c, at, FINDING_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL);
	if (jsch_pair(c, NULL, shape, covering))
		return true;
	jsch_pair(c, at, shape, covering);
	return jsch_differ(c, at, FINDING_PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL) && false;
}

static bool pair_added_to_open(struct jsch_check *c, const struct jsch_place *at, const struct jsch_property *property)
{
	enum jsch_kind kind = property->node->shape->kind;

	if (kind == JSCH_EMPTY || kind == JSCH_TRUE)
		return true;
	if (!property->required)
		return jsch_differ(c, at, FINDING_OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL);
	if (property->node->has_default)
		return jsch_differ(c, at, FINDING_REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL);
	return jsch_differ(c, at, FINDING_REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL);
}

static bool pair_added(struct jsch_check *c, const struct jsch_place *at, const struct jsch_object *old,
	const struct jsch_property *property)
{
	const struct jsch_shape *covering;
	bool fits = true;

	if (object_is_open(old))
		return pair_added_to_open(c, at, property);
	covering = cover(c, old, property->name);
	if (covering && !jsch_pair(c, NULL, covering, property->node->shape)) {
		jsch_pair(c, at, covering, property->node->shape);
		jsch_differ(c, at, FINDING_PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL);
		fits = false;
	}
	if (property->required && !property->node->has_default)
		return jsch_differ(c, at, FINDING_REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL) && fits;
	return fits;
}

/* The other side's property of that name, most often in the same place. */
static const struct jsch_property *counterpart(const struct jsch_object *object, size_t i, struct str name)
{
	if (i < object->n_properties && str_eq(object->properties[i].name, name))
		return &object->properties[i];
	return jsch_property_find(object, name);
}

/* Only names that both sides list: compat-rules 4.4, finding J6. */
static bool pair_required(struct jsch_check *c, const struct jsch_place *at, const struct jsch_object *old,
	const struct jsch_object *new)
{
	bool fits = true;

	if (new->n_required == 0)
		return true;
	for (size_t i = 0; i < old->n_properties && !jsch_settled(c, at, fits); i++) {
		const struct jsch_property *before = &old->properties[i], *now = counterpart(new, i, before->name);
		const struct jsch_place place = { .up = at, .word = STR("required"), .name = before->name };

		if (now && now->required && !before->required && !now->node->has_default)
			fits &= jsch_differ(c, at ? &place : NULL, FINDING_REQUIRED_ATTRIBUTE_ADDED);
	}
	return fits;
}

static bool pair_properties(struct jsch_check *c, const struct jsch_place *at, const struct jsch_object *old,
	const struct jsch_object *new)
{
	struct jsch_place place = { .up = at, .word = STR("properties") };
	const struct jsch_place *there = at ? &place : NULL;
	bool fits = true;

	for (size_t i = 0; i < old->n_properties && !jsch_settled(c, at, fits); i++) {
		const struct jsch_property *before = &old->properties[i], *now = counterpart(new, i, before->name);

		place.name = before->name;
		if (now)
			fits &= jsch_pair(c, there, before->node->shape, now->node->shape);
		else
			fits &= pair_removed(c, there, before, new);
	}
	for (size_t i = 0; i < new->n_properties && !jsch_settled(c, at, fits); i++) {
		const struct jsch_property *now = &new->properties[i];

		place.name = now->name;
		if (counterpart(old, i, now->name) == NULL)
			fits &= pair_added(c, there, old, now);
	}
	jsch_work(c, (old->n_properties + new->n_properties) / 4);
	return fits;
}

/* ---- dependencies ---- */

static bool names_hold(struct jsch_check *c, const struct jsch_dependency *all, const struct jsch_dependency *some)
{
	for (size_t i = 0; i < some->n_names; i++) {
		size_t k = 0;

		while (k < all->n_names && !str_eq(all->names[k], some->names[i]))
			k++;
		if (k == all->n_names)
			return false;
		if (!jsch_work(c, 1 + k / 8))
			return true;
	}
	return true;
}

static bool pair_names(struct jsch_check *c, const struct jsch_place *at, const struct jsch_dependency *old,
	const struct jsch_dependency *new)
{
	if (names_hold(c, old, new))
		return true;
	if (names_hold(c, new, old))
		return jsch_differ(c, at, FINDING_DEPENDENCY_ARRAY_EXTENDED);
	return jsch_differ(c, at, FINDING_DEPENDENCY_ARRAY_CHANGED);
}

/* Of the same form: the two are kept apart, also when one property has both. */
static const struct jsch_dependency *find_dependency(struct jsch_check *c, const struct jsch_object *object, size_t i,
	const struct jsch_dependency *like)
{
	if (i < object->n_dependencies && object->dependencies[i].has_names == like->has_names &&
		str_eq(object->dependencies[i].name, like->name))
		return &object->dependencies[i];
	jsch_work(c, 1 + object->n_dependencies / 8);
	for (size_t k = 0; k < object->n_dependencies && c->failed == OK; k++)
		if (object->dependencies[k].has_names == like->has_names && str_eq(object->dependencies[k].name, like->name))
			return &object->dependencies[k];
	return NULL;
}

static bool pair_dependencies(struct jsch_check *c, const struct jsch_place *at, const struct jsch_object *old,
	const struct jsch_object *new)
{
	bool fits = true;

	for (size_t i = 0; i < new->n_dependencies && !jsch_settled(c, at, fits); i++) {
		const struct jsch_dependency *now = &new->dependencies[i], *before = find_dependency(c, old, i, now);
		const struct jsch_place place = { .up = at, .word = STR("dependencies"), .name = now->name };
		const struct jsch_place *there = at ? &place : NULL;

		if (before == NULL)
			fits &= jsch_differ(c, there,
				now->has_names ? FINDING_DEPENDENCY_ARRAY_ADDED : FINDING_DEPENDENCY_SCHEMA_ADDED);
		else if (now->has_names)
			fits &= pair_names(c, there, before, now);
		else
			fits &= jsch_pair(c, there, before->node->shape, now->node->shape);
	}
	return fits;
}

bool jsch_pair_objects(struct jsch_check *c, const struct jsch_place *at, const struct jsch_object *old,
	const struct jsch_object *new)
{
	static const struct jsch_rest additional = { "additionalProperties", FINDING_ADDITIONAL_PROPERTIES_REMOVED,
		FINDING_ADDITIONAL_PROPERTIES_NARROWED };
	static const struct jsch_limit most = { "maxProperties", true, FINDING_MAX_PROPERTIES_ADDED,
		FINDING_MAX_PROPERTIES_DECREASED };
	static const struct jsch_limit fewest = { "minProperties", false, FINDING_MIN_PROPERTIES_ADDED,
		FINDING_MIN_PROPERTIES_INCREASED };
	bool fits = pair_required(c, at, old, new);

	if (!jsch_settled(c, at, fits))
		fits &= pair_properties(c, at, old, new);
	if (!jsch_settled(c, at, fits))
		fits &= pair_dependencies(c, at, old, new);
	if (!jsch_settled(c, at, fits))
		fits &= jsch_pair_additional(c, at, &additional, old->additional, new->additional);
	fits &= jsch_pair_counts(c, at, &most, old->max_properties, new->max_properties);
	fits &= jsch_pair_counts(c, at, &fewest, old->min_properties, new->min_properties);
	return fits;
}
