/*
 * Keywords: what each may hold, in which drafts it is one, and where it goes in the node.  A value of
 * the wrong kind makes the schema invalid, as it does in the reference's loaders; a keyword that the
 * draft has not is ignored.
 */
#include "base/arena.h"
#include "compat/jsonschema/parse_int.h"

typedef enum err_code word_fn(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value);

#define GROUP(name, type)                                                        \
	static struct type *name##_of(struct jsch_parser *p, struct jsch_node *node) \
	{                                                                            \
		if (node->name == NULL)                                                  \
			node->name = arena_new(p->arena, struct type);                       \
		return node->name;                                                       \
	}

static struct jsch_string *string_of(struct jsch_parser *p, struct jsch_node *node)
{
	if (node->string == NULL) {
		node->string = arena_new(p->arena, struct jsch_string);
		node->string->max_length = node->string->min_length = JSCH_ABSENT;
	}
	return node->string;
}

static struct jsch_array *array_of(struct jsch_parser *p, struct jsch_node *node)
{
	if (node->array == NULL) {
		node->array = arena_new(p->arena, struct jsch_array);
		node->array->max_items = node->array->min_items = JSCH_ABSENT;
		node->array->max_contains = node->array->min_contains = JSCH_ABSENT;
	}
	return node->array;
}

static struct jsch_object *object_of(struct jsch_parser *p, struct jsch_node *node)
{
	if (node->object == NULL) {
		node->object = arena_new(p->arena, struct jsch_object);
		node->object->max_properties = node->object->min_properties = JSCH_ABSENT;
	}
	return node->object;
}

GROUP(number, jsch_number)
GROUP(logic, jsch_logic)

static enum err_code get_node(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value,
	struct jsch_node **out)
{
	if (value->kind == JSN_BOOL && node->resource->draft == JSCH_DRAFT_4)
		return jsch_fault(p, value, "an object: draft 4 has no schemas that are true or false");
	return jsch_node_get(p, value, node->resource, out);
}

/* Where draft 4, too, takes a boolean. */
static enum err_code get_rest(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value,
	struct jsch_node **out)
{
	return jsch_node_get(p, value, node->resource, out);
}

static enum err_code get_nodes(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value,
	struct jsch_node ***out, size_t *n_out)
{
	struct jsch_node **nodes;

	if (value->kind != JSN_ARRAY)
		return jsch_fault(p, value, "a list of schemas");
	nodes = arena_array(p->arena, struct jsch_node *, value->n_items);
	for (size_t i = 0; i < value->n_items; i++)
		TRY(get_node(p, node, &value->items[i], &nodes[i]));
	*out = nodes;
	*n_out = value->n_items;
	return OK;
}

/* A whole number, also when spelled with a fraction of zeros; negative ones are let through. */
static enum err_code get_count(struct jsch_parser *p, const struct jsn *value, int64_t *out)
{
	int64_t count;

	if (value->kind != JSN_NUMBER || !jsch_decimal_to_i64(value->text, &count))
		return jsch_fault(p, value, "a whole number");
	*out = count > -INT64_MAX ? count : -INT64_MAX;
	return OK;
}

static enum err_code get_bound(struct jsch_parser *p, const struct jsn *value, struct jsch_bound *out)
{
	if (value->kind != JSN_NUMBER)
		return jsch_fault(p, value, "a number");
	*out = (struct jsch_bound){ .number = value, .value = jsch_decimal_to_double(value->text) };
	return OK;
}

static enum err_code get_bool(struct jsch_parser *p, const struct jsn *value, bool *out)
{
	if (value->kind != JSN_BOOL)
		return jsch_fault(p, value, "true or false");
	*out = value->boolean;
	return OK;
}

static enum err_code get_names(struct jsch_parser *p, const struct jsn *value, const struct str **out, size_t *n_out)
{
	struct str *names;

	if (value->kind != JSN_ARRAY)
		return jsch_fault(p, value, "a list of names");
	names = arena_array(p->arena, struct str, value->n_items);
	for (size_t i = 0; i < value->n_items; i++) {
		if (value->items[i].kind != JSN_STRING)
			return jsch_fault(p, &value->items[i], "a name");
		names[i] = value->items[i].text;
	}
	*out = names;
	*n_out = value->n_items;
	return OK;
}

static enum err_code get_regex(struct jsch_parser *p, const struct jsn *at, struct str pattern,
	const struct jsch_regex **out)
{
	const struct jsch_regex *regex = map_get(&p->regexes, pattern);
	union {
		const struct jsch_regex *in;
		void *out;
	} value;

	if (regex == NULL) {
		regex = value.in = jsch_regex_make(p->arena, pattern);
		if (regex == NULL)
			return jsch_fault(p, at, "a regular expression");
		map_put(&p->regexes, pattern, value.out);
	}
	*out = regex;
	return OK;
}

/* ---- any value ---- */

static enum err_code read_text(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	(void)node;
	return value->kind == JSN_STRING ? OK : jsch_fault(p, value, "text");
}

static enum err_code read_flag(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	(void)node;
	return value->kind == JSN_BOOL ? OK : jsch_fault(p, value, "true or false");
}

static enum err_code read_default(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	(void)p;
	(void)value;
	node->has_default = true;
	return OK;
}

static enum err_code read_connect_type(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	(void)p;
	node->bytes = value->kind == JSN_STRING && str_eq(value->text, STR("bytes"));
	return OK;
}

static enum err_code add_type(struct jsch_parser *p, struct jsch_node *node, const struct jsn *name)
{
	static const struct {
		const char *name;
		enum jsch_type type;
	} types[JSCH_TYPES] = {
		{ "string", JSCH_TYPE_STRING }, { "integer", JSCH_TYPE_INTEGER }, { "number", JSCH_TYPE_NUMBER },
		{ "boolean", JSCH_TYPE_BOOLEAN }, { "null", JSCH_TYPE_NULL }, { "array", JSCH_TYPE_ARRAY },
		{ "object", JSCH_TYPE_OBJECT },
	};

	for (size_t i = 0; i < JSCH_TYPES; i++) {
		if (name->kind == JSN_STRING && str_eq(name->text, str_of(types[i].name))) {
			node->types |= types[i].type;
			return OK;
		}
	}
	return jsch_fault(p, name, "one of string, integer, number, boolean, null, array and object");
}

static enum err_code read_type(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	node->type = value;
	if (value->kind != JSN_ARRAY)
		return add_type(p, node, value);
	for (size_t i = 0; i < value->n_items; i++)
		TRY(add_type(p, node, &value->items[i]));
	return OK;
}

static enum err_code read_enum(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	logic_of(p, node)->values = value;
	return value->kind == JSN_ARRAY ? OK : jsch_fault(p, value, "a list of values");
}

static enum err_code read_const(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	logic_of(p, node)->constant = value;
	return OK;
}

/* ---- strings and numbers ---- */

static enum err_code read_max_length(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &string_of(p, node)->max_length);
}

static enum err_code read_min_length(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &string_of(p, node)->min_length);
}

static enum err_code read_pattern(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	struct jsch_string *string = string_of(p, node);

	if (value->kind != JSN_STRING)
		return jsch_fault(p, value, "a regular expression");
	string->pattern = value->text;
	return get_regex(p, value, value->text, &string->regex);
}

static enum err_code read_format(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	string_of(p, node)->format = value->text;
	return value->kind == JSN_STRING ? OK : jsch_fault(p, value, "text");
}

static enum err_code read_maximum(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_bound(p, value, &number_of(p, node)->maximum);
}

static enum err_code read_minimum(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_bound(p, value, &number_of(p, node)->minimum);
}

static enum err_code read_exclusive_maximum(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	if (node->resource->draft == JSCH_DRAFT_4)
		return get_bool(p, value, &number_of(p, node)->maximum_excluded);
	return get_bound(p, value, &number_of(p, node)->above_all);
}

static enum err_code read_exclusive_minimum(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	if (node->resource->draft == JSCH_DRAFT_4)
		return get_bool(p, value, &number_of(p, node)->minimum_excluded);
	return get_bound(p, value, &number_of(p, node)->below_all);
}

static enum err_code read_multiple(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_bound(p, value, &number_of(p, node)->multiple);
}

/* ---- arrays ---- */

static enum err_code read_items(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	struct jsch_array *array = array_of(p, node);

	if (value->kind != JSN_ARRAY)
		return get_node(p, node, value, &array->items);
	array->has_list = true;
	return get_nodes(p, node, value, &array->list, &array->n_list);
}

static enum err_code read_rest(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	if (value->kind == JSN_ARRAY)
		return jsch_fault(p, value, "a schema; a list of them is \"prefixItems\" since 2020-12");
	return get_node(p, node, value, &array_of(p, node)->items);
}

static enum err_code read_prefix(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	struct jsch_array *array = array_of(p, node);

	array->has_list = true;
	return get_nodes(p, node, value, &array->list, &array->n_list);
}

static enum err_code read_additional_items(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_rest(p, node, value, &array_of(p, node)->additional);
}

static enum err_code read_unevaluated_items(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_node(p, node, value, &array_of(p, node)->unevaluated);
}

static enum err_code read_contains(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_node(p, node, value, &array_of(p, node)->contains);
}

static enum err_code read_max_items(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &array_of(p, node)->max_items);
}

static enum err_code read_min_items(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &array_of(p, node)->min_items);
}

static enum err_code read_max_contains(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &array_of(p, node)->max_contains);
}

static enum err_code read_min_contains(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &array_of(p, node)->min_contains);
}

static enum err_code read_unique(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_bool(p, value, &array_of(p, node)->unique);
}

/* ---- objects ---- */

static enum err_code read_properties(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	struct jsch_object *object = object_of(p, node);

	if (value->kind != JSN_OBJECT)
		return jsch_fault(p, value, "an object of schemas");
	object->properties = arena_array(p->arena, struct jsch_property, value->n_items);
	for (size_t i = 0; i < value->n_items; i++) {
		object->properties[i].name = value->items[i].name;
		TRY(get_node(p, node, &value->items[i], &object->properties[i].node));
	}
	object->n_properties = value->n_items;
	return OK;
}

static enum err_code read_pattern_properties(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	struct jsch_object *object = object_of(p, node);

	if (value->kind != JSN_OBJECT)
		return jsch_fault(p, value, "an object of schemas");
	object->patterns = arena_array(p->arena, struct jsch_pattern, value->n_items);
	for (size_t i = 0; i < value->n_items; i++) {
		TRY(get_regex(p, &value->items[i], value->items[i].name, &object->patterns[i].regex));
		TRY(get_node(p, node, &value->items[i], &object->patterns[i].node));
	}
	object->n_patterns = value->n_items;
	return OK;
}

static enum err_code read_additional_properties(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_rest(p, node, value, &object_of(p, node)->additional);
}

static enum err_code read_unevaluated_properties(struct jsch_parser *p, struct jsch_node *node,
	const struct jsn *value)
{
	return get_node(p, node, value, &object_of(p, node)->unevaluated);
}

static enum err_code read_property_names(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_node(p, node, value, &object_of(p, node)->names);
}

static enum err_code read_required(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	struct jsch_object *object = object_of(p, node);

	return get_names(p, value, &object->required, &object->n_required);
}

static enum err_code read_max_properties(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &object_of(p, node)->max_properties);
}

static enum err_code read_min_properties(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_count(p, value, &object_of(p, node)->min_properties);
}

enum { DEPEND_NAMES = 1 << 0, DEPEND_SCHEMA = 1 << 1 };

/* The two keywords of the newer drafts are the two forms of the older one. */
static enum err_code add_dependencies(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value,
	unsigned forms)
{
	struct jsch_object *object = object_of(p, node);
	struct jsch_dependency *list;
	size_t n = object->n_dependencies;

	if (value->kind != JSN_OBJECT)
		return jsch_fault(p, value, "an object");
	list = arena_array(p->arena, struct jsch_dependency, n + value->n_items);
	if (n > 0)
		memcpy(list, object->dependencies, n * sizeof(*list));
	for (size_t i = 0; i < value->n_items; i++, n++) {
		const struct jsn *item = &value->items[i];

		list[n].name = item->name;
		list[n].has_names = forms == DEPEND_NAMES || (forms & DEPEND_NAMES && item->kind == JSN_ARRAY);
		if (list[n].has_names)
			TRY(get_names(p, item, &list[n].names, &list[n].n_names));
		else
			TRY(get_node(p, node, item, &list[n].node));
	}
	object->dependencies = list;
	object->n_dependencies = n;
	return OK;
}

static enum err_code read_dependencies(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return add_dependencies(p, node, value, DEPEND_NAMES | DEPEND_SCHEMA);
}

static enum err_code read_dependent_required(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return add_dependencies(p, node, value, DEPEND_NAMES);
}

static enum err_code read_dependent_schemas(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return add_dependencies(p, node, value, DEPEND_SCHEMA);
}

/* ---- combinations ---- */

static enum err_code read_branches(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value,
	enum jsch_criterion criterion)
{
	struct jsch_branches *branches = &logic_of(p, node)->branches[criterion];

	return get_nodes(p, node, value, &branches->nodes, &branches->n);
}

static enum err_code read_all_of(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return read_branches(p, node, value, JSCH_ALL);
}

static enum err_code read_any_of(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return read_branches(p, node, value, JSCH_ANY);
}

static enum err_code read_one_of(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return read_branches(p, node, value, JSCH_ONE);
}

static enum err_code read_not(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_node(p, node, value, &logic_of(p, node)->not);
}

static enum err_code read_if(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_node(p, node, value, &logic_of(p, node)->condition);
}

static enum err_code read_then(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_node(p, node, value, &logic_of(p, node)->then);
}

static enum err_code read_else(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return get_node(p, node, value, &logic_of(p, node)->otherwise);
}

static enum err_code add_reference(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value,
	struct jsch_reference *reference)
{
	struct jsch_pending *pending = arena_new(p->arena, struct jsch_pending);

	if (value->kind != JSN_STRING)
		return jsch_fault(p, value, "the address of a schema");
	reference->text = value->text;
	pending->node = node;
	pending->reference = reference;
	pending->next = p->pending;
	p->pending = pending;
	return OK;
}

static enum err_code read_reference(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	return add_reference(p, node, value, &node->reference);
}

static enum err_code read_dynamic(struct jsch_parser *p, struct jsch_node *node, const struct jsn *value)
{
	p->any_dynamic = true;
	return add_reference(p, node, value, &node->dynamic);
}

#define ALWAYS JSCH_DRAFT_4, JSCH_DRAFT_2020

/* Sorted by length, then by name. */
static const struct {
	struct str name;
	enum jsch_draft from, to;
	word_fn *read;
	bool validates;                 /* part of the vocabulary for validation */
} words[] = {
#define W(name, from_to, read) { { name, sizeof(name) - 1 }, from_to, read, false }
#define V(name, from_to, read) { { name, sizeof(name) - 1 }, from_to, read, true }
#define ONLY(from, to) from, to
	W("id", ONLY(JSCH_DRAFT_4, JSCH_DRAFT_4), read_text),
	W("if", ONLY(JSCH_DRAFT_7, JSCH_DRAFT_2020), read_if),
	W("$id", ONLY(JSCH_DRAFT_6, JSCH_DRAFT_2020), read_text),
	W("not", ALWAYS, read_not),
	W("$ref", ALWAYS, read_reference),
	W("else", ONLY(JSCH_DRAFT_7, JSCH_DRAFT_2020), read_else),
	V("enum", ALWAYS, read_enum),
	W("then", ONLY(JSCH_DRAFT_7, JSCH_DRAFT_2020), read_then),
	V("type", ALWAYS, read_type),
	W("allOf", ALWAYS, read_all_of),
	W("anyOf", ALWAYS, read_any_of),
	V("const", ONLY(JSCH_DRAFT_6, JSCH_DRAFT_2020), read_const),
	W("items", ONLY(JSCH_DRAFT_4, JSCH_DRAFT_2019), read_items),
	W("items", ONLY(JSCH_DRAFT_2020, JSCH_DRAFT_2020), read_rest),
	W("oneOf", ALWAYS, read_one_of),
	W("title", ALWAYS, read_text),
	W("format", ALWAYS, read_format),
	W("default", ALWAYS, read_default),
	V("maximum", ALWAYS, read_maximum),
	V("minimum", ALWAYS, read_minimum),
	V("pattern", ALWAYS, read_pattern),
	W("contains", ONLY(JSCH_DRAFT_6, JSCH_DRAFT_2020), read_contains),
	V("maxItems", ALWAYS, read_max_items),
	V("minItems", ALWAYS, read_min_items),
	W("readOnly", ONLY(JSCH_DRAFT_7, JSCH_DRAFT_2020), read_flag),
	V("required", ALWAYS, read_required),
	V("maxLength", ALWAYS, read_max_length),
	V("minLength", ALWAYS, read_min_length),
	W("writeOnly", ONLY(JSCH_DRAFT_7, JSCH_DRAFT_2020), read_flag),
	W("deprecated", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2020), read_flag),
	V("multipleOf", ALWAYS, read_multiple),
	W("properties", ALWAYS, read_properties),
	W("$dynamicRef", ONLY(JSCH_DRAFT_2020, JSCH_DRAFT_2020), read_dynamic),
	W("description", ALWAYS, read_text),
	V("maxContains", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2020), read_max_contains),
	V("minContains", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2020), read_min_contains),
	W("prefixItems", ONLY(JSCH_DRAFT_2020, JSCH_DRAFT_2020), read_prefix),
	V("uniqueItems", ALWAYS, read_unique),
	W("connect.type", ALWAYS, read_connect_type),
	W("dependencies", ONLY(JSCH_DRAFT_4, JSCH_DRAFT_7), read_dependencies),
	W("$recursiveRef", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2019), read_dynamic),
	V("maxProperties", ALWAYS, read_max_properties),
	V("minProperties", ALWAYS, read_min_properties),
	W("propertyNames", ONLY(JSCH_DRAFT_6, JSCH_DRAFT_2020), read_property_names),
	W("additionalItems", ONLY(JSCH_DRAFT_4, JSCH_DRAFT_2019), read_additional_items),
	W("dependentSchemas", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2020), read_dependent_schemas),
	V("exclusiveMaximum", ALWAYS, read_exclusive_maximum),
	V("exclusiveMinimum", ALWAYS, read_exclusive_minimum),
	W("unevaluatedItems", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2020), read_unevaluated_items),
	V("dependentRequired", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2020), read_dependent_required),
	W("patternProperties", ALWAYS, read_pattern_properties),
	W("additionalProperties", ALWAYS, read_additional_properties),
	W("unevaluatedProperties", ONLY(JSCH_DRAFT_2019, JSCH_DRAFT_2020), read_unevaluated_properties),
};

enum { N_WORDS = sizeof(words) / sizeof(words[0]) };

/* The first row of that name or a longer one. */
static size_t lower_bound(struct str name)
{
	size_t low = 0, high = N_WORDS;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct str *word = &words[middle].name;
		bool before = word->len != name.len ? word->len < name.len : memcmp(word->data, name.data, name.len) < 0;

		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum err_code jsch_word_read(struct jsch_parser *p, struct jsch_node *node, const struct jsn *member)
{
	enum jsch_draft draft = node->resource->draft;
	bool unvalidated = node->resource->unvalidated;

	const struct jsn *outer = p->word;

	for (size_t i = lower_bound(member->name); i < N_WORDS && str_eq(words[i].name, member->name); i++) {
		if (draft < words[i].from || draft > words[i].to || (unvalidated && words[i].validates))
			continue;
		p->word = member;
		TRY(words[i].read(p, node, member));
		p->word = outer;
		return OK;
	}
	return OK;
}
