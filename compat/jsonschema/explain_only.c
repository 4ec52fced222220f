/* A subschema reduced to what one finding is about: to prove that this at least breaks nothing. */
#include "base/arena.h"
#include "compat/jsonschema/explain_int.h"

static bool is_word(const struct jsch_rule *rule, const char *word)
{
	for (size_t i = 0; i < JSCH_RULE_KEYWORDS && rule->keywords[i]; i++)
		if (strcmp(rule->keywords[i], word) == 0)
			return true;
	return false;
}

static struct jsch_node *bare(struct jsch_explaining *e, const struct jsch_node *node)
{
	struct jsch_node *copy = arena_new(e->work, struct jsch_node);

	copy->json = node->json;
	copy->resource = node->resource;
	return copy;
}

static int64_t kept(const struct jsch_rule *rule, const char *word, int64_t value)
{
	return is_word(rule, word) ? value : JSCH_ABSENT;
}

static struct jsch_string *only_string(struct jsch_explaining *e, const struct jsch_rule *rule, const struct jsch_string *full)
{
	struct jsch_string *part = arena_new(e->work, struct jsch_string);

	part->max_length = kept(rule, "maxLength", full->max_length);
	part->min_length = kept(rule, "minLength", full->min_length);
	if (is_word(rule, "pattern")) {
		part->pattern = full->pattern;
		part->regex = full->regex;
	}
	return part;
}

static struct jsch_number *only_number(struct jsch_explaining *e, const struct jsch_rule *rule, const struct jsch_number *full)
{
	static const struct jsch_bound none;
	struct jsch_number *part = arena_new(e->work, struct jsch_number);

	*part = *full;
	if (!is_word(rule, "maximum"))
		part->maximum = none;
	if (!is_word(rule, "minimum"))
		part->minimum = none;
	if (!is_word(rule, "exclusiveMaximum"))
		part->above_all = none;
	if (!is_word(rule, "exclusiveMinimum"))
		part->below_all = none;
	if (!is_word(rule, "multipleOf"))
		part->multiple = none;
	return part;
}

static struct jsch_node **fill(struct jsch_explaining *e, size_t n)
{
	struct jsch_node **list = arena_array(e->work, struct jsch_node *, n);

	for (size_t i = 0; i < n; i++)
		list[i] = &e->anything;
	return list;
}

/* What holds for the i-th item. */
static struct jsch_node *item_at(const struct jsch_array *array, size_t i)
{
	if (!array->has_list)
		return array->items;
	return i < array->n_list ? array->list[i] : array->additional;
}

static void keep_items(struct jsch_explaining *e, struct jsch_array *part, const struct jsch_array *full,
	const struct jsch_rule *rule, const struct jsch_context *context)
{
	bool indexed = context->n_steps > 0 && context->steps[context->n_steps - 1].kind == JSCH_STEP_ITEM;
	size_t n = is_word(rule, "additionalItems") ? full->n_list : indexed ? context->index + 1 : 0;
	struct jsch_node **list;

	if (is_word(rule, "items") && !indexed)
		part->items = full->items;
	/* Beside one schema for all items "additionalItems" means nothing. */
	if (is_word(rule, "additionalItems") ? !full->has_list : !indexed)
		return;
	list = fill(e, n);
	part->has_list = true;
	part->list = list;
	part->n_list = n;
	if (is_word(rule, "additionalItems"))
		part->additional = full->additional;
	else if (item_at(full, context->index))
		list[context->index] = item_at(full, context->index);
}

static struct jsch_array *only_array(struct jsch_explaining *e, const struct jsch_rule *rule, const struct jsch_array *full,
	const struct jsch_context *context)
{
	struct jsch_array *part = arena_new(e->work, struct jsch_array);

	part->max_items = kept(rule, "maxItems", full->max_items);
	part->min_items = kept(rule, "minItems", full->min_items);
	part->unique = is_word(rule, "uniqueItems") && full->unique;
	part->max_contains = kept(rule, "maxContains", full->max_contains);
	part->min_contains = kept(rule, "minContains", full->min_contains);
	if (is_word(rule, "maxContains") || is_word(rule, "minContains"))
		part->contains = full->contains;
	if (is_word(rule, "maxContains"))
		part->min_contains = 0;
	keep_items(e, part, full, rule, context);
	return part;
}

/* All that holds for a member of that name, as one. */
static struct jsch_node *member_node(struct jsch_explaining *e, const struct jsch_node *node, struct str name)
{
	const struct jsch_object *full = node->object;
	const struct jsch_property *property = jsch_property_find(full, name);
	struct jsch_node *all = bare(e, node);
	struct jsch_branches *branches;
	bool listed = property != NULL;

	all->logic = arena_new(e->work, struct jsch_logic);
	branches = &all->logic->branches[JSCH_ALL];
	branches->nodes = arena_array(e->work, struct jsch_node *, full->n_patterns + 2);
	if (property)
		branches->nodes[branches->n++] = property->node;
	for (size_t i = 0; i < full->n_patterns; i++) {
		enum jsch_match match = jsch_regex_match(full->patterns[i].regex, name, 2000);

		if (match != JSCH_DIFFERS)
			branches->nodes[branches->n++] = full->patterns[i].node;
		listed |= match == JSCH_MATCHES;
	}
	if (!listed && full->additional)
		branches->nodes[branches->n++] = full->additional;
	return all;
}

static void keep_property(struct jsch_explaining *e, struct jsch_object *part, const struct jsch_node *node,
	struct str name)
{
	part->properties = arena_new(e->work, struct jsch_property);
	part->properties[0] = (struct jsch_property){ .name = name, .node = member_node(e, node, name) };
	part->n_properties = 1;
}

static void keep_required(struct jsch_explaining *e, struct jsch_object *part, struct str name)
{
	struct str *names = arena_new(e->work, struct str);

	*names = name;
	part->required = names;
	part->n_required = 1;
}

static void keep_dependencies(struct jsch_explaining *e, struct jsch_object *part, const struct jsch_object *full,
	struct str name)
{
	part->dependencies = arena_array(e->work, struct jsch_dependency, full->n_dependencies);
	for (size_t i = 0; i < full->n_dependencies; i++)
		if (str_eq(full->dependencies[i].name, name))
			part->dependencies[part->n_dependencies++] = full->dependencies[i];
}

static void keep_additional(struct jsch_explaining *e, struct jsch_object *part, const struct jsch_object *full)
{
	part->properties = arena_array(e->work, struct jsch_property, full->n_properties);
	part->n_properties = full->n_properties;
	for (size_t i = 0; i < full->n_properties; i++)
		part->properties[i] = (struct jsch_property){ .name = full->properties[i].name, .node = &e->anything };
	part->patterns = arena_array(e->work, struct jsch_pattern, full->n_patterns);
	part->n_patterns = full->n_patterns;
	for (size_t i = 0; i < full->n_patterns; i++)
		part->patterns[i] = (struct jsch_pattern){ .regex = full->patterns[i].regex, .node = &e->anything };
	part->additional = full->additional;
}

static struct jsch_object *only_object(struct jsch_explaining *e, const struct jsch_rule *rule,
	const struct jsch_context *context)
{
	const struct jsch_object *full = context->new->object;
	struct jsch_object *part = arena_new(e->work, struct jsch_object);

	part->max_properties = kept(rule, "maxProperties", full->max_properties);
	part->min_properties = kept(rule, "minProperties", full->min_properties);
	if (is_word(rule, "properties") || (is_word(rule, "required") && rule->scope == JSCH_UNDER))
		keep_property(e, part, context->new, context->name);
	if (is_word(rule, "required"))
		keep_required(e, part, context->name);
	if (is_word(rule, "dependencies"))
		keep_dependencies(e, part, full, context->name);
	if (is_word(rule, "additionalProperties"))
		keep_additional(e, part, full);
	return part;
}

static struct jsch_logic *only_logic(struct jsch_explaining *e, const struct jsch_rule *rule, const struct jsch_logic *full)
{
	struct jsch_logic *part = arena_new(e->work, struct jsch_logic);

	if (is_word(rule, "enum")) {
		part->values = full->values;
		part->constant = full->constant;
	}
	if (is_word(rule, "not"))
		part->not = full->not;
	return part;
}

/* What is about the subschema as a whole. */
static bool is_whole(const struct jsch_rule *rule)
{
	static const char *const words[] = { "oneOf", "allOf" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(rule, words[i]))
			return true;
	return rule->rule == RULE_JSON_TYPE_CHANGED;
}

const struct jsch_node *jsch_only(struct jsch_explaining *e, const struct jsch_rule *rule,
	const struct jsch_context *context)
{
	const struct jsch_node *node = context->new;
	struct jsch_node *part;

	if (is_whole(rule) || node->json->kind != JSN_OBJECT)
		return node;
	part = bare(e, node);
	if (is_word(rule, "type")) {
		part->type = node->type;
		part->types = node->types;
	}
	if (node->string)
		part->string = only_string(e, rule, node->string);
	if (node->number)
		part->number = only_number(e, rule, node->number);
	if (node->array)
		part->array = only_array(e, rule, node->array, context);
	if (node->object)
		part->object = only_object(e, rule, context);
	if (node->logic)
		part->logic = only_logic(e, rule, node->logic);
	return part;
}
