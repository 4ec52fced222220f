/* Explanations of JSON Schema changes: rules and their examples, witnesses that fail, edits that mend. */
#include "tests/unit/compat/jsonschema_test.h"

#include "compat/explain.h"
#include "tests/unit/compat/corpus_test.h"
#include "tests/unit/compat/explain_check.h"

static void explain_sources(struct arena *arena, const struct schema_source *old, const struct schema_source *new,
	bool backward, struct explained_pair *out)
{
	struct err err;

	if (try_explain(arena, old, new, backward, out, &err) != OK)
		fail_msg("%.*s\n%.*s\n%.*s", STR_ARG(old->text), STR_ARG(new->text), STR_ARG(err.message));
}

static void explain_texts(struct arena *arena, const char *old, const char *new, bool backward, struct explained_pair *out)
{
	const struct schema_source before = { .type = SCHEMA_JSON, .text = str_of(old) };
	const struct schema_source after = { .type = SCHEMA_JSON, .text = str_of(new) };

	explain_sources(arena, &before, &after, backward, out);
}

/* The same pair again, under LENIENT. */
static void explain_leniently(struct explained_pair *p)
{
	const struct explain_pair pair = {
		.reader = p->new_reads_old ? p->new_schema : p->old_schema,
		.writer = p->new_reads_old ? p->old_schema : p->new_schema,
		.reader_is_new = p->new_reads_old,
		.policy = SCHEMA_POLICY_LENIENT,
		.source = &p->new_source,
	};
	struct err err = { .arena = p->arena };

	p->found = (struct explanation){ .arena = p->arena };
	assert_int_equal(schema_explain(&pair, &p->found, &err), OK);
	for (size_t i = 0; i < p->found.n_items; i++)
		if (p->found.items[i].witness)
			assert_true(witness_holds(p, &p->found.items[i]));
}

static void check_all(const struct explained_pair *p)
{
	for (size_t i = 0; i < p->found.n_items; i++) {
		const char *flaw = finding_flaw(p, &p->found.items[i]);

		if (flaw == NULL)
			continue;
		show_findings(p);
		fail_msg("%s: %s", rule_info(p->found.items[i].rule)->id, flaw);
	}
}

/* ---- rules ---- */

static bool has_rule(const struct explanation *found, enum rule rule, enum rule_effect effect)
{
	for (size_t i = 0; i < found->n_items; i++)
		if (found->items[i].rule == rule && found->items[i].effect == effect)
			return true;
	return false;
}

static void examples_lead_to_their_rules(void **state)
{
	(void)state;
	for (int i = 0; i < RULES; i++) {
		const struct rule_info *info = rule_info((enum rule)i);
		struct arena *arena;
		struct explained_pair p;

		if (info->type != SCHEMA_JSON)
			continue;
		arena = arena_create(0);
		explain_texts(arena, info->old_schema, info->new_schema, true, &p);
		if (!has_rule(&p.found, (enum rule)i, info->effect)) {
			show_findings(&p);
			fail_msg("%s: the example does not lead there", info->id);
		}
		check_all(&p);
		/* The other way round, too, what is said is true. */
		explain_texts(arena, info->old_schema, info->new_schema, false, &p);
		check_all(&p);
		arena_destroy(arena);
	}
}

/* ---- cases ---- */

#define D12 "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
#define D04 "\"$schema\":\"http://json-schema.org/draft-04/schema#\","

/* What breaks nothing though it is refused, what breaks though it is let pass, and the edits that are offered. */
static const struct {
	const char *old, *new;
	enum rule rule;
	enum rule_effect effect;
	const char *fixed;          /* NULL: not looked at; "": there is none to make */
	bool forward, lenient;
} cases[] = {
	{ "{\"enum\":[\"a\",\"b\"]}", "{\"type\":\"string\"}", RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{\"const\":\"a\"}", "{\"enum\":[\"a\",\"b\"]}", RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"integer\",\"exclusiveMinimum\":5}", "{\"type\":\"integer\",\"minimum\":5}", RULE_JSON_MINIMUM_ADDED,
		.effect = EFFECT_HARMLESS, .fixed = "{\"type\":\"integer\"}" },
	{ "{\"type\":\"string\"}", "{\n  \"type\": \"string\",\n  \"minLength\": 0\n}", RULE_JSON_MIN_LENGTH_ADDED, .effect = EFFECT_HARMLESS,
		.fixed = "{\n  \"type\": \"string\"\n}" },
	{ "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]}", "{\"type\":\"number\"}", RULE_JSON_TYPE_CHANGED,
		.effect = EFFECT_HARMLESS },
	{ "{\"type\":\"integer\",\"maximum\":10.5}", "{\"type\":\"integer\",\"maximum\":10}", RULE_JSON_MAXIMUM_DECREASED,
		.effect = EFFECT_HARMLESS },
	{ "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"additionalItems\":false}",
		"{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"maxItems\":1}", RULE_JSON_MAX_ITEMS_ADDED, .effect = EFFECT_HARMLESS },
	{ "{" D04 "\"type\":\"number\",\"minimum\":10,\"exclusiveMinimum\":true}", "{\"type\":\"number\",\"exclusiveMinimum\":10}",
		RULE_JSON_EXCLUSIVE_MINIMUM_ADDED, .effect = EFFECT_HARMLESS },
	/* Draft 4 takes no number with a point for an integer; 1.0 is one elsewhere. */
	{ "{" D12 "\"type\":\"integer\"}", "{" D04 "\"type\":\"integer\"}", RULE_JSON_TYPE_ADDED, .effect = EFFECT_FAILS },
	{ "{\"type\":\"string\",\"pattern\":\"[a-z]*\"}", "{\"type\":\"string\",\"pattern\":\"[A-Z]*\"}", RULE_JSON_PATTERN_CHANGED,
		.effect = EFFECT_HARMLESS },
	{ "{\"oneOf\":[{\"type\":\"integer\",\"maximum\":0},{\"type\":\"integer\",\"minimum\":10}]}",
		"{\"oneOf\":[{\"type\":\"integer\",\"maximum\":20},{\"type\":\"integer\",\"minimum\":10}]}", RULE_JSON_ONE_OF_OVERLAP,
		.effect = EFFECT_FAILS, .fixed = "{\"anyOf\":[{\"type\":\"integer\",\"maximum\":20},{\"type\":\"integer\",\"minimum\":10}]}" },
	{ "{\"type\":\"number\",\"exclusiveMaximum\":10,\"maximum\":50}", "{\"type\":\"number\",\"exclusiveMaximum\":9,\"maximum\":50}",
		RULE_JSON_BOUND_TIGHTENED, .effect = EFFECT_FAILS, .fixed = "{\"type\":\"number\",\"exclusiveMaximum\":10,\"maximum\":50}" },
	{ "{\"type\":\"object\"}", "{\"type\":\"object\",\n \"properties\": {\n  \"a\": {\"title\": \"A\", \"type\": \"string\"}\n }}",
		RULE_JSON_OPTIONAL_PROPERTY_ADDED_TO_OPEN, .effect = EFFECT_FAILS,
		.fixed = "{\"type\":\"object\",\n \"properties\": {\n  \"a\": {\"title\":\"A\"}\n }}" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false}",
		"{\"type\":\"object\",\"properties\":{\"b\":{}},\"additionalProperties\":false}", RULE_JSON_PROPERTY_REMOVED_FROM_CLOSED,
		.effect = EFFECT_FAILS, .fixed = "{\"type\":\"object\",\"properties\":{\"b\":{},\"a\":{}},\"additionalProperties\":false}" },
	{ "{\"type\":\"object\",\"properties\":{\"l\":{\"items\":{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"}}}}}}",
		"{\"type\":\"object\",\"properties\":{\"l\":{\"items\":{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"integer\"}}}}}}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_FAILS, .fixed = "{\"type\":\"object\",\"properties\":{\"l\":{\"items\":{\"type\":\"object\",\"properties\":"
		"{\"p\":{\"type\":[\"string\",\"integer\"]}}}}}}" },
	{ "{\"type\":\"string\"}", "{\"type\":\"integer\"}", RULE_JSON_TYPE_CHANGED, .effect = EFFECT_FAILS, .fixed = "", .forward = true },
	{ "{\"type\":\"object\",\"properties\":{}}", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}",
		RULE_JSON_OPTIONAL_PROPERTY_ADDED_TO_OPEN, .effect = EFFECT_FAILS, .lenient = true },
	{ "{\"type\":\"object\"}", "{\"type\":\"object\",\"additionalProperties\":false}", RULE_JSON_ADDITIONAL_PROPERTIES_REMOVED,
		.effect = EFFECT_FAILS, .lenient = true },
	/* One schema of the reader's for many names: each of the writer's has a document of its own. */
	{ "{\"type\":\"object\",\"minProperties\":1,\"patternProperties\":{\"^[a-z]+$\":{}},\"properties\":{\"ab\":{\"type\":\"object\"}}}",
		"{\"type\":\"object\",\"minProperties\":1,\"patternProperties\":{\"^[a-z]+$\":{\"type\":\"integer\"}}}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_FAILS },
	/* What patterns, formats and lengths allow together is decided. */
	{ "{\"type\":\"string\",\"pattern\":\"^a\"}", "{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"}", RULE_JSON_PATTERN_CHANGED,
		.effect = EFFECT_FAILS },
	{ "{\"type\":\"string\",\"pattern\":\"^[a-c]{2,3}$\"}", "{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"}", RULE_JSON_PATTERN_CHANGED,
		.effect = EFFECT_HARMLESS },
	{ "{\"type\":\"string\",\"pattern\":\"^(a|b)c?$\"}", "{\"type\":\"string\",\"pattern\":\"^(a|b)c?$\",\"maxLength\":2}",
		RULE_JSON_MAX_LENGTH_ADDED, .effect = EFFECT_HARMLESS, .fixed = "{\"type\":\"string\",\"pattern\":\"^(a|b)c?$\"}" },
	{ "{\"type\":\"string\",\"pattern\":\"^x{3}\"}", "{\"type\":\"string\",\"pattern\":\"^x{3}\",\"minLength\":4}",
		RULE_JSON_MIN_LENGTH_ADDED, .effect = EFFECT_FAILS },
	/* Who asserts formats writes ten characters, who does not any number; both are who may write. */
	{ "{\"type\":\"string\",\"format\":\"date\"}", "{\"type\":\"string\",\"format\":\"date\",\"minLength\":5}", RULE_JSON_MIN_LENGTH_ADDED,
		.effect = EFFECT_FAILS },
	{ "{\"enum\":[\"a\",\"0.0.0.0\"],\"format\":\"ipv4\"}", "{\"enum\":[\"0.0.0.0\"],\"format\":\"ipv4\"}",
		RULE_JSON_ENUM_ARRAY_NARROWED,
		.effect = EFFECT_FAILS },
	{ "{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-0[1-9]-0[1-9]$\"}", "{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-0[1-9]-0[1-9]$\",\"format\":\"date\",\"minLength\":1}",
		RULE_JSON_MIN_LENGTH_ADDED, .effect = EFFECT_HARMLESS },
	/* What a branch has against a document is what anyOf and oneOf have, when it is the only one. */
	{ "{}", "{\"anyOf\":[{\"type\":\"string\"}]}", RULE_JSON_TYPE_CHANGED, .effect = EFFECT_FAILS },
	{ "{}", "{" D12 "\"anyOf\":[false]}", RULE_JSON_TYPE_CHANGED, .effect = EFFECT_FAILS },
	{ "{}", "{\"oneOf\":[{\"anyOf\":[{\"minLength\":2}]}]}", RULE_JSON_MIN_LENGTH_ADDED, .effect = EFFECT_FAILS },
	/* Numbers: between bounds what they are multiples of repeats, so some stand for all. */
	{ "{\"type\":\"integer\",\"multipleOf\":3,\"exclusiveMinimum\":6}", "{\"type\":\"integer\",\"multipleOf\":3,\"exclusiveMinimum\":7}",
		RULE_JSON_EXCLUSIVE_MINIMUM_INCREASED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"integer\",\"minimum\":0,\"exclusiveMaximum\":1}",
		"{\"type\":\"integer\",\"minimum\":0,\"exclusiveMaximum\":1,\"multipleOf\":2}", RULE_JSON_MULTIPLE_OF_ADDED,
		.effect = EFFECT_HARMLESS },
	{ "{\"type\":\"integer\",\"multipleOf\":3,\"exclusiveMinimum\":4,\"exclusiveMaximum\":6}",
		"{\"type\":\"integer\",\"multipleOf\":6,\"exclusiveMinimum\":4,\"exclusiveMaximum\":6}", RULE_JSON_MULTIPLE_OF_EXPANDED,
		.effect = EFFECT_HARMLESS },
	{ "{\"allOf\":[{\"type\":\"number\",\"multipleOf\":0.4},{\"multipleOf\":1.5}]}", "{\"type\":\"number\",\"multipleOf\":6}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"integer\",\"multipleOf\":6,\"minimum\":1000}", "{\"type\":\"integer\",\"multipleOf\":4,\"minimum\":1000}",
		RULE_JSON_MULTIPLE_OF_CHANGED, .effect = EFFECT_FAILS },
	{ "{\"type\":\"integer\",\"not\":{\"minimum\":3}}", "{\"type\":\"integer\",\"maximum\":2}", RULE_JSON_TYPE_CHANGED,
		.effect = EFFECT_HARMLESS },
	{ "{\"anyOf\":[{\"type\":\"integer\",\"maximum\":0},{\"type\":\"integer\",\"minimum\":1}]}", "{\"type\":\"integer\"}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"integer\"}", "{\"anyOf\":[{\"type\":\"integer\",\"maximum\":0},{\"type\":\"integer\",\"exclusiveMinimum\":0.5}]}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{" D04 "\"type\":\"number\",\"multipleOf\":1,\"maximum\":4}", "{" D04 "\"type\":\"integer\",\"maximum\":4}",
		RULE_JSON_TYPE_NARROWED, .effect = EFFECT_FAILS },
	/* Items that all differ, and members beside others that somebody has named. */
	{ "{\"not\":{\"type\":\"array\",\"maxItems\":2,\"uniqueItems\":true}}",
		"{\"not\":{\"type\":\"array\",\"maxItems\":3,\"uniqueItems\":true}}", RULE_JSON_NOT_TYPE_EXTENDED, .effect = EFFECT_FAILS },
	{ "{\"uniqueItems\":true,\"minItems\":4}", "{\"uniqueItems\":true,\"minItems\":4,\"contains\":{\"type\":[\"string\",\"number\",\"boolean\"]}}",
		RULE_JSON_CONTAINS_CHANGED, .effect = EFFECT_FAILS },
	{ "{" D12 "\"type\":\"array\",\"prefixItems\":[true,true,true],\"uniqueItems\":true}",
		"{" D12 "\"type\":\"array\",\"prefixItems\":[true,true,true],\"uniqueItems\":true,\"items\":false}",
		RULE_JSON_ADDITIONAL_ITEMS_REMOVED, .effect = EFFECT_FAILS },
	{ "{\"type\":\"object\",\"maxProperties\":1,\"minProperties\":1}",
		"{\"type\":\"object\",\"maxProperties\":1,\"properties\":{\"k\":{},\"b\":{\"type\":\"null\"}},\"minProperties\":1}",
		RULE_JSON_OPTIONAL_PROPERTY_ADDED_TO_OPEN, .effect = EFFECT_FAILS },
	{ "{\"type\":\"object\",\"maxProperties\":2,\"dependencies\":{\"x1\":{\"type\":\"null\"}}}",
		"{\"type\":\"object\",\"maxProperties\":1,\"dependencies\":{\"x1\":{\"type\":\"null\"}}}", RULE_JSON_MAX_PROPERTIES_DECREASED,
		.effect = EFFECT_FAILS },
	{ "{\"type\":\"object\",\"minProperties\":4}", "{\"type\":\"object\",\"required\":[\"a\",\"b\"],\"minProperties\":4}",
		RULE_JSON_REQUIRED_UNLISTED, .effect = EFFECT_FAILS },
	/* One branch only: what is wrong with it shows. */
	{ "{}", "{\"oneOf\":[{\"properties\":{\"a\":{\"type\":\"null\"}}}]}", RULE_JSON_TYPE_CHANGED, .effect = EFFECT_FAILS },
	/* Arrays: where no item can be, what can be found, and how many different items there are. */
	{ "{\"type\":\"array\",\"contains\":false}",
		"{\"enum\":[1]}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"uniqueItems\":true}",
		"{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"uniqueItems\":true,\"maxItems\":2}",
		RULE_JSON_MAX_ITEMS_ADDED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"array\",\"items\":[{\"type\":\"boolean\",\"enum\":[0.25]},{\"type\":\"string\"}]}",
		"{\"type\":\"array\",\"items\":[{\"type\":\"boolean\",\"enum\":[0.25]},{\"type\":\"null\"}]}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{" D12 "\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"},true],\"minItems\":1,\"items\":false}",
		"{" D12 "\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"},true],\"minItems\":1,\"items\":false,\"minContains\":1,\"contains\":{\"type\":\"string\"}}",
		RULE_JSON_MIN_CONTAINS_ADDED, .effect = EFFECT_HARMLESS },
	/* What is unevaluated, by what else looks there. */
	{ "{" D12 "\"type\":\"array\",\"unevaluatedItems\":false,\"anyOf\":[{\"type\":\"null\"},{\"minItems\":1}]}",
		"{\"type\":\"null\"}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{" D12 "\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}],\"unevaluatedProperties\":{\"type\":\"integer\"}}",
		"{" D12 "\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"integer\"]}}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	/* Objects: names by all the patterns that cover them, and how many can be there. */
	{ "{\"type\":\"object\",\"patternProperties\":{\"a*\":{\"type\":\"boolean\"},\"^x\":{\"type\":\"integer\"}}}",
		"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"}}", RULE_JSON_ADDITIONAL_PROPERTIES_NARROWED,
		.effect = EFFECT_HARMLESS },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"contains\":false},\"b\":{}},\"additionalProperties\":false}",
		"{\"type\":\"object\",\"properties\":{\"b\":{}},\"additionalProperties\":false}",
		RULE_JSON_PROPERTY_REMOVED_FROM_CLOSED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"object\",\"dependencies\":{\"x\":{\"type\":\"null\"}}}",
		"{\"type\":\"object\",\"dependencies\":{\"x\":{\"type\":\"null\"}},\"properties\":{\"x\":{\"type\":\"integer\"}}}",
		RULE_JSON_OPTIONAL_PROPERTY_ADDED_TO_OPEN, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false,\"minProperties\":2}",
		"{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false,\"required\":[\"a\"]}",
		RULE_JSON_REQUIRED_ATTRIBUTE_ADDED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"object\",\"required\":[\"a\"],\"maxProperties\":1}",
		"{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"b\":{\"type\":\"null\"}}}",
		RULE_JSON_OPTIONAL_PROPERTY_ADDED_TO_OPEN, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"object\",\"not\":{\"properties\":{\"a\":{\"type\":\"null\"}}}}",
		"{\"type\":\"object\",\"minProperties\":1}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	/* What has to be there may not be: there is no such object, whatever else is asked of it. */
	{ "{\"type\":\"object\",\"propertyNames\":{\"pattern\":\"^x\"},\"required\":[\"ab\"]}",
		"{\"type\":\"object\",\"propertyNames\":{\"pattern\":\"^x\"},\"required\":[\"ab\"],\"maxProperties\":0}",
		RULE_JSON_MAX_PROPERTIES_ADDED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"object\",\"propertyNames\":{\"enum\":[\"a\",\"b\"]}}",
		"{\"type\":\"object\",\"propertyNames\":{\"enum\":[\"a\",\"b\"]},\"maxProperties\":2}",
		RULE_JSON_MAX_PROPERTIES_ADDED, .effect = EFFECT_HARMLESS },
	/* Different items: some of them must be found, and the one that is may be all there is. */
	{ "{\"uniqueItems\":true,\"type\":\"array\",\"minItems\":3}",
		"{\"uniqueItems\":true,\"type\":\"array\",\"minItems\":3,\"contains\":{\"not\":{\"type\":\"boolean\"}},\"maxItems\":9}",
		RULE_JSON_MAX_ITEMS_ADDED, .effect = EFFECT_FAILS },
	{ "{\"type\":\"array\",\"minItems\":4,\"uniqueItems\":true,\"contains\":{\"type\":\"object\",\"minProperties\":2}}",
		"{\"type\":\"array\",\"minItems\":4,\"uniqueItems\":true,\"contains\":{\"type\":\"object\",\"minProperties\":3}}",
		RULE_JSON_CONTAINS_CHANGED, .effect = EFFECT_FAILS },
	{ "{\"type\":\"array\",\"contains\":{\"type\":\"array\"},\"items\":[{\"type\":\"boolean\"},{\"type\":[\"number\",\"array\"]}],\"additionalItems\":false}",
		"{\"type\":\"array\",\"contains\":{\"type\":\"array\"},\"items\":[{\"type\":\"boolean\"},{\"type\":\"array\"}],\"additionalItems\":false}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{" D12 "\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"}],\"contains\":{\"type\":\"null\"},\"unevaluatedItems\":{\"type\":\"string\"}}",
		"{" D12 "\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"}],\"items\":{\"type\":[\"string\",\"null\"]}}",
		RULE_JSON_ADDITIONAL_ITEMS_NARROWED, .effect = EFFECT_HARMLESS },
	/* Names by what names may be, an object that can only be empty, and places that cannot be reached. */
	{ "{\"type\":\"object\",\"propertyNames\":{\"enum\":[\"a\",2]}}",
		"{\"type\":\"object\",\"propertyNames\":{\"enum\":[\"a\",2]},\"maxProperties\":1}",
		RULE_JSON_MAX_PROPERTIES_ADDED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"object\",\"propertyNames\":{\"maxLength\":1},\"properties\":{\"ab\":{}}}",
		"{\"type\":\"object\",\"propertyNames\":{\"maxLength\":1},\"properties\":{\"ab\":{\"type\":\"null\"}}}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{\"not\":{\"type\":\"object\",\"minProperties\":1},\"type\":\"object\"}",
		"{\"not\":{\"type\":\"object\",\"minProperties\":1},\"type\":\"object\",\"maxProperties\":0}",
		RULE_JSON_COMBINED_TYPE_SUBSCHEMAS_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{\"type\":\"array\",\"maxItems\":0,\"items\":{\"type\":\"integer\"}}",
		"{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"string\"}}",
		RULE_JSON_TYPE_CHANGED, .effect = EFFECT_HARMLESS },
	{ "{" D04 "\"type\":\"integer\",\"enum\":[2.0]}",
		"{" D04 "\"type\":\"integer\",\"enum\":[2.0],\"allOf\":[{\"type\":\"null\"}]}",
		RULE_JSON_PRODUCT_TYPE_EXTENDED, .effect = EFFECT_FAILS },
	/* What depends on a member, and who else looks at the others then. */
	{ "{" D12 "\"type\":\"object\",\"dependentSchemas\":{\"a\":{\"properties\":{\"k\":{}}}},\"unevaluatedProperties\":{\"type\":\"array\"},\"minProperties\":2}",
		"{" D12 "\"type\":\"object\",\"dependentSchemas\":{\"a\":{\"properties\":{\"k\":{},\"a\":{\"type\":\"array\"}}}},\"unevaluatedProperties\":{\"type\":\"array\"},\"minProperties\":1,\"maxProperties\":9}",
		RULE_JSON_MAX_PROPERTIES_ADDED, .effect = EFFECT_FAILS },
	{ "{\"type\":\"object\",\"minProperties\":3}",
		"{\"type\":\"object\",\"minProperties\":3,\"dependencies\":{\"x1\":[\"a\"]}}",
		RULE_JSON_DEPENDENCY_ARRAY_ADDED, .effect = EFFECT_FAILS },
	/* Beside one schema for all items "additionalItems" means nothing. */
	{ "{\"type\":\"array\"}",
		"{\"type\":\"array\",\"items\":{},\"additionalItems\":{\"type\":\"string\"}}",
		RULE_JSON_ADDITIONAL_ITEMS_NARROWED, .effect = EFFECT_HARMLESS },
	{ "{" D12 "\"type\":\"array\",\"uniqueItems\":true,\"contains\":{\"type\":\"number\",\"exclusiveMaximum\":2},\"maxContains\":4}",
		"{" D12 "\"type\":\"array\",\"uniqueItems\":true,\"contains\":{\"type\":\"number\",\"exclusiveMaximum\":4},\"maxContains\":4}",
		RULE_JSON_CONTAINS_CHANGED, .effect = EFFECT_FAILS },
	/* Recursion: a node of a tree whose value is bounded, deep inside. */
	{ "{\"$ref\":\"#/definitions/n\",\"definitions\":{\"n\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},"
	  "\"next\":{\"$ref\":\"#/definitions/n\"}},\"additionalProperties\":false}}}",
		"{\"$ref\":\"#/definitions/n\",\"definitions\":{\"n\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\","
		"\"maximum\":9},\"next\":{\"$ref\":\"#/definitions/n\"}},\"additionalProperties\":false}}}",
		RULE_JSON_MAXIMUM_ADDED, .effect = EFFECT_FAILS },
	/* What is behind a finding of a whole. */
	{ "{\"properties\":{\"s\":{\"type\":\"string\",\"enum\":[\"A\",\"B\"]}}}",
		"{\"properties\":{\"s\":{\"type\":\"string\",\"enum\":[\"A\"]}}}", RULE_JSON_ENUM_ARRAY_NARROWED,
		.effect = EFFECT_FAILS,
		.fixed = "{\"properties\":{\"s\":{\"type\":\"string\",\"enum\":[\"A\",\"B\"]}}}" },
	{ "{\"definitions\":{\"A\":{\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"string\"}}}},\"properties\":{\"p\":{\"oneOf\":[{\"type\":\"null\"},{\"$ref\":\"#/definitions/A\"}]}}}",
		"{\"definitions\":{\"A\":{\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"string\",\"minLength\":1}}}},\"properties\":{\"p\":{\"oneOf\":[{\"type\":\"null\"},{\"$ref\":\"#/definitions/A\"}]}}}", RULE_JSON_MIN_LENGTH_ADDED,
		.effect = EFFECT_FAILS,
		.fixed = "{\"definitions\":{\"A\":{\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"string\"}}}},\"properties\":{\"p\":{\"oneOf\":[{\"type\":\"null\"},{\"$ref\":\"#/definitions/A\"}]}}}" },
	{ "{\"definitions\":{\"B\":{\"properties\":{\"id\":{}}}},\"allOf\":[{\"$ref\":\"#/definitions/B\"},{\"type\":\"object\"}]}",
		"{\"definitions\":{\"B\":{\"required\":[\"id\"],\"properties\":{\"id\":{}}}},\"allOf\":[{\"$ref\":\"#/definitions/B\"},{\"type\":\"object\"}]}", RULE_JSON_REQUIRED_UNLISTED,
		.effect = EFFECT_FAILS },
	{ "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"number\"}}}",
		"{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"number\"}},\"if\":{\"required\":[\"n\"]},\"then\":{\"properties\":{\"n\":{\"minimum\":5}}}}", RULE_JSON_CONDITION_CHANGED,
		.effect = EFFECT_FAILS },
	{ "{\"type\":\"string\"}",
		"{\"type\":\"string\",\"not\":{\"const\":\"\"}}", RULE_JSON_NOT_CHANGED,
		.effect = EFFECT_FAILS,
		.fixed = "{\"type\":\"string\"}" },
	{ "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"a\"}},\"required\":[\"k\"]},{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"b\"}},\"required\":[\"k\"]}]}",
		"{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"a\"}},\"required\":[\"k\"]},{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"b\"}},\"required\":[\"k\",\"i\"]}]}", RULE_JSON_REQUIRED_UNLISTED,
		.effect = EFFECT_FAILS,
		.fixed = "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"a\"}},\"required\":[\"k\"]},{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"b\"}},\"required\":[\"k\"]}]}" },
	{ "{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"array\"}]}",
		"{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"array\",\"contains\":{\"const\":\"x\"}}]}", RULE_JSON_CONTAINS_CHANGED,
		.effect = EFFECT_FAILS,
		.fixed = "{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"array\"}]}" },
};

static const struct explain_finding *find_rule(const struct explanation *found, enum rule rule)
{
	for (size_t i = 0; i < found->n_items; i++)
		if (found->items[i].rule == rule)
			return &found->items[i];
	return NULL;
}

static void check_case(struct arena *arena, size_t i)
{
	const struct explain_finding *f;
	struct explained_pair p;
	struct str fixed;

	explain_texts(arena, cases[i].old, cases[i].new, !cases[i].forward, &p);
	check_all(&p);
	if (cases[i].lenient)
		explain_leniently(&p);
	f = find_rule(&p.found, cases[i].rule);
	if (f == NULL || f->effect != cases[i].effect || (cases[i].lenient && f->refused)) {
		show_findings(&p);
		fail_msg("%s\n%s", cases[i].old, cases[i].new);
	}
	if (cases[i].fixed == NULL)
		return;
	assert_non_null(f->fix);
	assert_int_equal(f->fix->major, *cases[i].fixed == '\0');
	fixed = explain_apply(arena, str_of(cases[i].new), f->fix->edits, f->fix->n_edits);
	if (!f->fix->major)
		assert_string_equal(fixed.data, cases[i].fixed);
}

static void cases_are_told_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_create(0);

		check_case(arena, i);
		arena_destroy(arena);
	}
}

/* What was taken out is shown where it would be. */
static void what_was_removed_has_its_place(void **state)
{
	struct arena *arena = arena_create(0);
	struct explained_pair pair;
	const struct explain_finding *removed;

	(void)state;
	explain_texts(arena, "{\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false,\"required\":[\"a\"]}",
		"{\n\"properties\":{\"a\":{}},\n\"additionalProperties\":false,\n\"required\":[\"a\"]}", true, &pair);
	removed = find_rule(&pair.found, RULE_JSON_PROPERTY_REMOVED_FROM_CLOSED);
	assert_non_null(removed);
	assert_true(str_eq(removed->in_new.path, STR("/properties")));
	assert_int_equal(removed->in_new.line, 2);
	assert_true(str_eq(removed->in_old.path, STR("/properties/b")));
	arena_destroy(arena);
}

/* What became of a property is where it is said, although neither side has a "type". */
static void what_was_replaced_has_its_place(void **state)
{
	struct arena *arena = arena_create(0);
	struct explained_pair pair;
	const struct explain_finding *found;

	(void)state;
	explain_texts(arena, "{\"properties\":{\"a\":{\"enum\":[\"x\",\"y\"]}}}", "{\"properties\":\n {\"a\":{\"const\":\"x\"}}}", true, &pair);
	found = find_rule(&pair.found, RULE_JSON_ENUM_ARRAY_CHANGED);
	assert_non_null(found);
	assert_int_equal(found->in_new.line, 2);
	assert_int_equal(found->in_new.column, 16);
	arena_destroy(arena);
}

/* ---- the corpus ---- */

struct counts {
	size_t n_unproven, n_findings, n_warnings, n_fixed, n_major, n_unfixed;
};

static struct counts counts;

static void count(const struct explanation *found)
{
	for (size_t i = 0; i < found->n_items; i++) {
		const struct explain_finding *f = &found->items[i];

		counts.n_findings++;
		counts.n_unproven += f->effect == EFFECT_UNPROVEN;
		counts.n_warnings += !f->refused;
		counts.n_fixed += f->fix && !f->fix->major;
		counts.n_major += f->fix && f->fix->major;
		counts.n_unfixed += !f->fix && f->refused;
	}
}

/* False for rows without two schemas of our own kind. */
static bool explain_row(struct row *r, struct explained_pair *p)
{
	const char *level = row_text(r->json, "level"), *policy = row_text(r->json, "compatibilityPolicy");
	const char *old = row_text(r->json, "old"), *new = row_text(r->json, "new"), *type = row_text(r->json, "old_schemaType");
	struct dependencies before = { .n = 0 }, after = { .n = 0 };
	struct schema_source sources[2] = { { .type = SCHEMA_JSON }, { .type = SCHEMA_JSON } };
	const struct schema *schema;
	struct err err = { .arena = r->arena };

	if (old == NULL || new == NULL || (type && strcmp(type, "JSON") != 0))
		return false;
	add_references(r, json_object_get(r->json, "old_references"), &before);
	add_references(r, json_object_get(r->json, "new_references"), &after);
	sources[0] = (struct schema_source){ SCHEMA_JSON, str_of(old), before.items, before.n };
	sources[1] = (struct schema_source){ SCHEMA_JSON, str_of(new), after.items, after.n };
	for (int i = 0; i < 2; i++)
		if (schema_parse(r->arena, &sources[i], SCHEMA_STRICT, &schema, &err) != OK)
			return false;
	explain_sources(r->arena, &sources[0], &sources[1], strncmp(level, "FORWARD", 7) != 0, p);
	check_all(p);
	if (policy && strcmp(policy, "LENIENT") == 0)
		explain_leniently(p);
	return true;
}

static bool warns(const struct explanation *found)
{
	for (size_t i = 0; i < found->n_items; i++)
		if (!found->items[i].refused && found->items[i].effect == EFFECT_FAILS)
			return true;
	return false;
}

static bool breaks(const struct explanation *found)
{
	for (size_t i = 0; i < found->n_items; i++)
		if (rule_effect_breaks(found->items[i].effect))
			return true;
	return false;
}

/* corpus findings: what is unsound is warned of, what is over-strict breaks nothing. */
static void check_finding_row(struct row *r)
{
	const char *kind = row_text(r->json, "kind");
	struct explained_pair p;

	if (!explain_row(r, &p))
		return;
	count(&p.found);
	if ((strcmp(kind, "invalid-for-reader") == 0 || strcmp(kind, "by-policy") == 0 || strcmp(kind, "nondeterministic") == 0) &&
		!warns(&p.found))
		disagree(r, "unsound, and no warning", kind, STR("nothing"));
	if (strcmp(kind, "over-strict") == 0 && (breaks(&p.found) || p.found.n_items == 0))
		disagree(r, "over-strict, and not harmless", kind, p.found.n_items > 0 ? p.found.items[0].message : STR("nothing"));
	if (strcmp(kind, "crash") == 0 && !has_rule(&p.found, p.found.items[0].rule, EFFECT_FAILS))
		disagree(r, "crashes the reference, and no witness", kind, STR("nothing"));
	if (r->wrong)
		show_findings(&p);
}

static void findings_of_the_corpus(void **state)
{
	(void)state;
	counts = (struct counts){ .n_findings = 0 };
	run_file("findings.jsonl", "JSON", check_finding_row);
	assert_int_equal(counts.n_unproven, 0);
}

/* What one row asks for: the verdict is the reference's, the truth stands beside it. */
static void check_verdict_row(struct row *r)
{
	const char *policy = row_text(r->json, "compatibilityPolicy");
	struct explained_pair p;
	size_t n_refused = 0;
	struct findings found = findings_make(r->arena);
	struct err err = { .arena = r->arena };

	if (!explain_row(r, &p))
		return;
	count(&p.found);
	assert_int_equal(schema_check(p.new_reads_old ? p.new_schema : p.old_schema, p.new_reads_old ? p.old_schema : p.new_schema,
		policy && strcmp(policy, "LENIENT") == 0 ? SCHEMA_POLICY_LENIENT : SCHEMA_POLICY_STRICT, &found, &err), OK);
	/* A finding of a whole is told by each of its causes. */
	for (size_t i = 0; i < p.found.n_items; i++)
		n_refused += p.found.items[i].refused && (i == 0 || p.found.items[i].reference != p.found.items[i - 1].reference);
	assert_int_equal(n_refused, found.n_items);
	if (json_object_get(r->json, "sampled_counterexample") && !warns(&p.found))
		disagree(r, "a counterexample is known, and no warning", "a warning", STR("nothing"));
}

#define USER "{\"type\":\"object\",\n\"properties\":{\"m\":{\"$ref\":\"c.json#/definitions/M\"}}}"
#define USED(members) "{\"definitions\":{\"M\":{\"type\":\"object\"" members "}}}"

/* A change of another document is told where the own text leads there, and no edit of it is offered. */
static void references_are_followed(void **state)
{
	static const struct {
		const char *old, *new;
		bool new_reads_old, refused;
		enum rule rule;
		const char *path;
	} rows[] = {
		{ USED(",\"properties\":{\"a\":{\"type\":\"integer\"}}"), USED(",\"properties\":{\"a\":{\"type\":\"string\"}}"), true, true,
			RULE_JSON_TYPE_CHANGED, "/properties/m/$ref" },
		{ USED(",\"properties\":{\"a\":{\"type\":\"integer\"}}"), USED(",\"properties\":{\"a\":{\"type\":\"number\"}}"), false, true,
			RULE_JSON_TYPE_NARROWED, "/properties/m/$ref" },
		/* The reference does not see it, and both texts are the same. */
		{ USED(""), USED(",\"required\":[\"x\"]"), true, false, RULE_JSON_REQUIRED_UNLISTED, "/properties/m/$ref" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_create(0);
		const struct schema_dependency before = { .name = STR("c.json"), .subject = STR("c"), .version = 1, .text = str_of(rows[i].old) };
		const struct schema_dependency after = { .name = STR("c.json"), .subject = STR("c"), .version = 1, .text = str_of(rows[i].new) };
		const struct schema_source old = { SCHEMA_JSON, STR(USER), &before, 1 }, new = { SCHEMA_JSON, STR(USER), &after, 1 };
		struct explained_pair p;
		const struct explain_finding *found;

		explain_sources(arena, &old, &new, rows[i].new_reads_old, &p);
		check_all(&p);
		assert_int_equal(p.found.n_items, 1);
		found = &p.found.items[0];
		assert_int_equal(found->rule, rows[i].rule);
		assert_int_equal(found->refused, rows[i].refused);
		assert_int_equal(found->effect, EFFECT_FAILS);
		assert_true(str_eq(found->in_new.path, str_of(rows[i].path)) && str_eq(found->in_old.path, str_of(rows[i].path)));
		assert_int_equal(found->in_new.line, 2);
		assert_int_equal(found->in_new.column, 27);
		assert_true(found->fix && found->fix->major && str_starts(found->fix->title, STR("mend what \"c.json#/definitions/M\" refers to")));
		arena_destroy(arena);
	}
}

static void verdicts_of_the_corpus(void **state)
{
	struct tally tally;

	(void)state;
	counts = (struct counts){ .n_findings = 0 };
	tally = count_file("json.jsonl", "JSON", check_verdict_row);
	printf("%zu findings, %zu unproven, %zu warnings; fixes: %zu edits, %zu major, %zu refusals without\n", counts.n_findings,
		counts.n_unproven, counts.n_warnings, counts.n_fixed, counts.n_major, counts.n_unfixed);
	assert_true(tally.n_rows > 1000);
	assert_int_equal(tally.n_wrong, 0);
	assert_int_equal(counts.n_unproven, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_lead_to_their_rules),
		cmocka_unit_test(cases_are_told_right),
		cmocka_unit_test(what_was_removed_has_its_place),
		cmocka_unit_test(what_was_replaced_has_its_place),
		cmocka_unit_test(references_are_followed),
		cmocka_unit_test(findings_of_the_corpus),
		cmocka_unit_test(verdicts_of_the_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
