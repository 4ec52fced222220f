/* Which rule a finding is told under, what shows it, and what it says. */
#include "compat/jsonschema/explain_int.h"

#define KEYWORD(finding, rule, word) \
	[FINDING_##finding] = { RULE_JSON_##rule, JSCH_AT_KEYWORD, { word }, NULL }
#define KEYWORDS(finding, rule, word, more) \
	[FINDING_##finding] = { RULE_JSON_##rule, JSCH_AT_KEYWORD, { word, more }, NULL }
#define UNDER(finding, rule, word, says) \
	[FINDING_##finding] = { RULE_JSON_##rule, JSCH_UNDER, { word }, says }

#define OF_BOTH "{s}: the {r} schema says {R}, the {w} one {W}"
#define COMBINED "{s}: what the {w} schema allows by {W}, the {r} one does not allow by {R}"

static const struct jsch_rule rules[FINDING_TYPES] = {
	UNDER(SCHEMA_ADDED, SCHEMA_ADDED, "items", "{s}: the {r} schema restricts them, the {w} one does not"),
	UNDER(TYPE_CHANGED, TYPE_CHANGED, "type", OF_BOTH),
	KEYWORD(TYPE_NARROWED, TYPE_NARROWED, "type"),
	KEYWORD(MAX_LENGTH_ADDED, MAX_LENGTH_ADDED, "maxLength"),
	KEYWORD(MAX_LENGTH_DECREASED, MAX_LENGTH_DECREASED, "maxLength"),
	KEYWORD(MIN_LENGTH_ADDED, MIN_LENGTH_ADDED, "minLength"),
	KEYWORD(MIN_LENGTH_INCREASED, MIN_LENGTH_INCREASED, "minLength"),
	KEYWORD(PATTERN_ADDED, PATTERN_ADDED, "pattern"),
	KEYWORD(PATTERN_CHANGED, PATTERN_CHANGED, "pattern"),
	KEYWORD(MAXIMUM_ADDED, MAXIMUM_ADDED, "maximum"),
	KEYWORD(MAXIMUM_DECREASED, MAXIMUM_DECREASED, "maximum"),
	KEYWORD(MINIMUM_ADDED, MINIMUM_ADDED, "minimum"),
	KEYWORD(MINIMUM_INCREASED, MINIMUM_INCREASED, "minimum"),
	KEYWORD(EXCLUSIVE_MAXIMUM_ADDED, EXCLUSIVE_MAXIMUM_ADDED, "exclusiveMaximum"),
	KEYWORDS(EXCLUSIVE_MAXIMUM_DECREASED, EXCLUSIVE_MAXIMUM_DECREASED, "exclusiveMaximum", "maximum"),
	KEYWORD(EXCLUSIVE_MINIMUM_ADDED, EXCLUSIVE_MINIMUM_ADDED, "exclusiveMinimum"),
	KEYWORD(EXCLUSIVE_MINIMUM_INCREASED, EXCLUSIVE_MINIMUM_INCREASED, "exclusiveMinimum"),
	KEYWORD(MULTIPLE_OF_ADDED, MULTIPLE_OF_ADDED, "multipleOf"),
	KEYWORD(MULTIPLE_OF_EXPANDED, MULTIPLE_OF_EXPANDED, "multipleOf"),
	KEYWORD(MULTIPLE_OF_CHANGED, MULTIPLE_OF_CHANGED, "multipleOf"),
	KEYWORD(ENUM_ARRAY_NARROWED, ENUM_ARRAY_NARROWED, "enum"),
	KEYWORDS(ENUM_ARRAY_CHANGED, ENUM_ARRAY_CHANGED, "enum", "const"),
	[FINDING_REQUIRED_ATTRIBUTE_ADDED] = { RULE_JSON_REQUIRED_ATTRIBUTE_ADDED, JSCH_AT_NAME, { "required" },
		"{s}: the {r} schema requires property \"{n}\", which the {w} one lets be left out" },
	KEYWORD(MAX_PROPERTIES_ADDED, MAX_PROPERTIES_ADDED, "maxProperties"),
	KEYWORD(MAX_PROPERTIES_DECREASED, MAX_PROPERTIES_DECREASED, "maxProperties"),
	KEYWORD(MIN_PROPERTIES_ADDED, MIN_PROPERTIES_ADDED, "minProperties"),
	KEYWORD(MIN_PROPERTIES_INCREASED, MIN_PROPERTIES_INCREASED, "minProperties"),
	UNDER(ADDITIONAL_PROPERTIES_REMOVED, ADDITIONAL_PROPERTIES_REMOVED, "additionalProperties",
		"{s}: the {r} schema allows no properties beside those it lists, the {w} one does"),
	UNDER(ADDITIONAL_PROPERTIES_NARROWED, ADDITIONAL_PROPERTIES_NARROWED, "additionalProperties",
		"{s}: the {r} schema restricts properties that it does not list, the {w} one does not"),
	[FINDING_DEPENDENCY_ARRAY_ADDED] = { RULE_JSON_DEPENDENCY_ARRAY_ADDED, JSCH_AT_NAME, { "dependencies" },
		"{s}: in the {r} schema property \"{n}\" requires others, in the {w} one it does not" },
	[FINDING_DEPENDENCY_ARRAY_EXTENDED] = { RULE_JSON_DEPENDENCY_ARRAY_EXTENDED, JSCH_AT_NAME, { "dependencies" },
		"{s}: in the {r} schema property \"{n}\" requires more others than in the {w} one" },
	[FINDING_DEPENDENCY_ARRAY_CHANGED] = { RULE_JSON_DEPENDENCY_ARRAY_CHANGED, JSCH_AT_NAME, { "dependencies" },
		"{s}: in the {r} schema property \"{n}\" requires others than in the {w} one" },
	UNDER(DEPENDENCY_SCHEMA_ADDED, DEPENDENCY_SCHEMA_ADDED, "dependencies",
		"{s}: in the {r} schema property \"{n}\" asks for more of the object, in the {w} one it does not"),
	UNDER(PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL, PROPERTY_REMOVED_FROM_CLOSED, "properties",
		"{s} is not in the {r} schema, which allows no properties that it does not list"),
	UNDER(PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, PROPERTY_REMOVED_NOT_COVERED, "properties",
		"{s} is not in the {r} schema, and what holds there for other names allows less"),
	UNDER(OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL, OPTIONAL_PROPERTY_ADDED_TO_OPEN, "properties",
		"{s} is not in the {w} schema, where it could be anything"),
	UNDER(REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL, REQUIRED_PROPERTY_ADDED_TO_OPEN, "required",
		"{s} is required by the {r} schema and not in the {w} one"),
	UNDER(REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL, REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN, "required",
		"{s} is required by the {r} schema and not in the {w} one; validators do not fill its default in"),
	UNDER(PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, PROPERTY_ADDED_NOT_COVERED, "properties",
		"{s} is not in the {w} schema, and what holds there for other names allows more"),
	UNDER(REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL, REQUIRED_PROPERTY_ADDED_TO_UNOPEN, "required",
		"{s} is required by the {r} schema and not in the {w} one"),
	KEYWORD(MAX_ITEMS_ADDED, MAX_ITEMS_ADDED, "maxItems"),
	KEYWORD(MAX_ITEMS_DECREASED, MAX_ITEMS_DECREASED, "maxItems"),
	KEYWORD(MIN_ITEMS_ADDED, MIN_ITEMS_ADDED, "minItems"),
	KEYWORD(MIN_ITEMS_INCREASED, MIN_ITEMS_INCREASED, "minItems"),
	KEYWORD(MAX_CONTAINS_ADDED, MAX_CONTAINS_ADDED, "maxContains"),
	KEYWORD(MAX_CONTAINS_DECREASED, MAX_CONTAINS_DECREASED, "maxContains"),
	KEYWORDS(MIN_CONTAINS_ADDED, MIN_CONTAINS_ADDED, "minContains", "contains"),
	KEYWORDS(MIN_CONTAINS_INCREASED, MIN_CONTAINS_INCREASED, "minContains", "contains"),
	KEYWORD(UNIQUE_ITEMS_ADDED, UNIQUE_ITEMS_ADDED, "uniqueItems"),
	UNDER(ADDITIONAL_ITEMS_REMOVED, ADDITIONAL_ITEMS_REMOVED, "additionalItems",
		"{s}: the {r} schema allows no items beside those it lists, the {w} one does"),
	UNDER(ADDITIONAL_ITEMS_NARROWED, ADDITIONAL_ITEMS_NARROWED, "additionalItems",
		"{s}: the {r} schema restricts items that it does not list, the {w} one does not"),
	UNDER(ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL, ITEM_REMOVED_FROM_CLOSED, "items",
		"{s} is not in the {r} schema, which allows no items that it does not list"),
	UNDER(ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, ITEM_REMOVED_NOT_COVERED, "items",
		"{s} is not in the {r} schema, and what holds there for other items allows less"),
	UNDER(ITEM_ADDED_TO_OPEN_CONTENT_MODEL, ITEM_ADDED_TO_OPEN, "items",
		"{s} is not in the {w} schema, where it could be anything"),
	UNDER(ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, ITEM_ADDED_NOT_COVERED, "items",
		"{s} is not in the {w} schema, and what holds there for other items allows more"),
	UNDER(SUM_TYPE_NARROWED, SUM_TYPE_NARROWED, "oneOf", "{s}: the {r} schema has fewer alternatives than the {w} one"),
	UNDER(PRODUCT_TYPE_EXTENDED, PRODUCT_TYPE_EXTENDED, "allOf", "{s}: the {r} schema asks for more at once than the {w} one"),
	UNDER(COMBINED_TYPE_CHANGED, COMBINED_TYPE_CHANGED, "oneOf", COMBINED),
	UNDER(COMBINED_TYPE_SUBSCHEMAS_CHANGED, COMBINED_TYPE_SUBSCHEMAS_CHANGED, "oneOf", COMBINED),
	KEYWORD(NOT_TYPE_EXTENDED, NOT_TYPE_EXTENDED, "not"),
};

const struct jsch_rule *jsch_rule_of(enum finding_type type)
{
	return &rules[type];
}

/* ---- what shows a finding ---- */

static bool has_keyword(const struct jsch_rule *rule, const struct jsch_violation *violation)
{
	for (size_t i = 0; i < JSCH_RULE_KEYWORDS && rule->keywords[i]; i++)
		if (str_eq(violation->keyword, str_of(rule->keywords[i])))
			return true;
	return false;
}

/* One step of a pointer against one of the context; *pointer is then the rest. */
static bool take_step(struct str *pointer, const struct jsch_step *step)
{
	struct str rest, text;
	ptrdiff_t slash;
	int64_t index;

	if (pointer->len == 0)
		return false;
	rest = str_sub(*pointer, 1, pointer->len);
	slash = str_index(rest, '/');
	text = str_sub(rest, 0, slash >= 0 ? (size_t)slash : rest.len);
	*pointer = str_sub(rest, text.len, rest.len);
	if (step->kind == JSCH_STEP_ANY_MEMBER)
		return true;
	if (step->kind != JSCH_STEP_MEMBER)
		return str_to_i64(text, &index) && (step->kind == JSCH_STEP_ANY_ITEM || (size_t)index == step->index);
	return jsch_pointer_step_is(text, step->name);
}

static bool leads_to(const struct jsch_context *context, struct str pointer)
{
	for (size_t i = 0; i < context->n_steps; i++)
		if (!take_step(&pointer, &context->steps[i]))
			return false;
	return true;
}

static bool passes(const struct jsch_violation *violation, const struct jsn *json)
{
	for (size_t i = violation->n_chain; i > 0; i--)
		if (violation->chain[i - 1] == json)
			return true;
	return false;
}

static bool is_about_requiring(const struct jsch_rule *rule)
{
	return rule->keywords[0] && strcmp(rule->keywords[0], "required") == 0;
}

static bool is_required(const struct jsch_context *context, const struct jsch_violation *violation)
{
	return violation->schema == context->new->json && str_eq(violation->keyword, STR("required")) &&
		str_eq(violation->name, context->name);
}

static bool is_word(const struct jsch_rule *rule, const char *word)
{
	return strcmp(rule->keywords[0], word) == 0;
}

/* The dependency's schema, by the property that brings it. */
static const struct jsch_node *dependency_of(const struct jsch_object *object, struct str name)
{
	for (size_t i = 0; i < object->n_dependencies; i++)
		if (object->dependencies[i].node && str_eq(object->dependencies[i].name, name))
			return object->dependencies[i].node;
	return NULL;
}

/* The subschema that a violation has to come from. */
static const struct jsch_node *source_of(const struct jsch_rule *rule, const struct jsch_context *context)
{
	const struct jsch_object *object = context->new->object;
	const struct jsch_array *array = context->new->array;
	const struct jsch_node *found = NULL;

	if (object && is_word(rule, "additionalProperties"))
		found = object->additional;
	else if (object && is_word(rule, "dependencies"))
		found = dependency_of(object, context->name);
	else if (array && is_word(rule, "additionalItems"))
		found = array->additional;
	else if (array && rule->rule == RULE_JSON_SCHEMA_ADDED)
		found = array->items;
	return found ? found : context->new;
}

/* A closed object is said to be violated itself. */
static bool is_closed(const struct jsch_rule *rule, const struct jsch_context *context,
	const struct jsch_violation *violation)
{
	return is_word(rule, "additionalProperties") && violation->schema == context->new->json && has_keyword(rule, violation);
}

bool jsch_shows(const struct jsch_rule *rule, const struct jsch_context *context, const struct jsch_violation *violation)
{
	if (rule->scope != JSCH_UNDER)
		return violation->schema == context->new->json && has_keyword(rule, violation) &&
			(rule->scope == JSCH_AT_KEYWORD || str_eq(violation->name, context->name));
	if (is_about_requiring(rule) && is_required(context, violation))
		return true;
	return (passes(violation, source_of(rule, context)->json) || is_closed(rule, context, violation)) &&
		leads_to(context, violation->path);
}

/* ---- what only the sound judge sees ---- */

/* The keyword of `parent` that holds `child`; absent when a reference leads there. */
static struct str holder_of(const struct jsn *parent, const struct jsn *child)
{
	for (size_t i = 0; parent->kind == JSN_OBJECT && i < parent->n_items; i++) {
		const struct jsn *word = &parent->items[i];

		if (word == child || (word->n_items > 0 && child >= word->items && child < word->items + word->n_items))
			return word->name;
	}
	return STR_NONE;
}

static const struct {
	struct str word;
	enum rule rule;
} by_holder[] = {
	{ { "patternProperties", 17 }, RULE_JSON_PATTERN_PROPERTIES_CHANGED },
	{ { "additionalProperties", 20 }, RULE_JSON_RESTRICTED_UNSEEN },
	{ { "additionalItems", 15 }, RULE_JSON_RESTRICTED_UNSEEN },
	{ { "unevaluatedProperties", 21 }, RULE_JSON_UNEVALUATED_CHANGED },
	{ { "unevaluatedItems", 16 }, RULE_JSON_UNEVALUATED_CHANGED },
	{ { "then", 4 }, RULE_JSON_CONDITION_CHANGED },
	{ { "else", 4 }, RULE_JSON_CONDITION_CHANGED },
}, by_keyword[] = {
	{ { "contains", 8 }, RULE_JSON_CONTAINS_CHANGED },
	{ { "minContains", 11 }, RULE_JSON_CONTAINS_CHANGED },
	{ { "maxContains", 11 }, RULE_JSON_CONTAINS_CHANGED },
	{ { "propertyNames", 13 }, RULE_JSON_PROPERTY_NAMES_CHANGED },
	{ { "format", 6 }, RULE_JSON_FORMAT_CHANGED },
	{ { "unevaluatedProperties", 21 }, RULE_JSON_UNEVALUATED_CHANGED },
	{ { "unevaluatedItems", 16 }, RULE_JSON_UNEVALUATED_CHANGED },
	{ { "not", 3 }, RULE_JSON_NOT_CHANGED },
	{ { "minimum", 7 }, RULE_JSON_BOUND_TIGHTENED },
	{ { "maximum", 7 }, RULE_JSON_BOUND_TIGHTENED },
	{ { "exclusiveMinimum", 16 }, RULE_JSON_BOUND_TIGHTENED },
	{ { "exclusiveMaximum", 16 }, RULE_JSON_BOUND_TIGHTENED },
};

static bool has_default(const struct jsn *schema, struct str name)
{
	const struct jsn *property = jsn_get(jsn_get(schema, STR("properties")), name);

	return property && jsn_get(property, STR("default"));
}

bool jsch_overlaps(const struct jsch_explaining *e, const struct jsch_breach *breach)
{
	const struct jsn *value = jsch_pointer_find(breach->sample->value, breach->violation->path);
	const struct jsn *json = breach->violation->schema;
	const struct jsch_node *node = map_get(&e->reader->nodes, str_make((const char *)&json, sizeof(json)));
	const struct jsch_branches *branches = node && node->logic ? &node->logic->branches[JSCH_ONE] : NULL;
	struct jsch_search search = e->search;
	size_t n = 0;

	search.formats = breach->formats;

	for (size_t i = 0; value && branches && i < branches->n; i++)
		n += jsch_search_valid(&search, e->reader, branches->nodes[i], value);
	return n > 1;
}

static bool says_bytes(const struct jsn *schema)
{
	const struct jsn *word = jsn_get(schema, STR("connect.type"));

	return word && word->kind == JSN_STRING && str_eq(word->text, STR("bytes"));
}

bool jsch_rule_by_keyword(const struct jsch_violation *violation, enum rule *out)
{
	for (size_t i = 0; i < sizeof(by_keyword) / sizeof(by_keyword[0]); i++) {
		if (str_eq(by_keyword[i].word, violation->keyword)) {
			*out = by_keyword[i].rule;
			return true;
		}
	}
	return false;
}

bool jsch_rule_by_holder(const struct jsch_violation *violation, enum rule *out)
{
	for (size_t i = violation->n_chain; i > 1; i--) {
		struct str word = holder_of(violation->chain[i - 2], violation->chain[i - 1]);

		for (size_t k = 0; k < sizeof(by_holder) / sizeof(by_holder[0]); k++) {
			if (str_present(word) && str_eq(by_holder[k].word, word)) {
				*out = by_holder[k].rule;
				return true;
			}
		}
	}
	return false;
}

enum rule jsch_rule_of_breach(const struct jsch_explaining *e, const struct jsch_breach *breach)
{
	const struct jsch_violation *violation = breach->violation;
	enum rule rule = RULE_JSON_RESTRICTED_UNSEEN;

	if (str_eq(violation->keyword, STR("format")))
		return RULE_JSON_FORMAT_CHANGED;
	if (jsch_rule_by_holder(violation, &rule) || jsch_rule_by_keyword(violation, &rule))
		return rule;
	if (str_eq(violation->keyword, STR("required")))
		return has_default(violation->schema, violation->name) ? RULE_JSON_REQUIRED_WITH_DEFAULT : RULE_JSON_REQUIRED_UNLISTED;
	if (str_eq(violation->keyword, STR("oneOf")) && jsch_overlaps(e, breach))
		return RULE_JSON_ONE_OF_OVERLAP;
	if (str_eq(violation->keyword, STR("type")))
		return says_bytes(violation->schema) ? RULE_JSON_CONNECT_BYTES : RULE_JSON_TYPE_ADDED;
	return rule;
}
