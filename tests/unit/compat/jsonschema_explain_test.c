/* Explanations of JSON Schema changes: rules and their examples, witnesses that fail, edits that mend. */
#include "tests/unit/compat/jsonschema_test.h"

#include "base/json.h"
#include "base/limits.h"
#include "compat/explain.h"
#include "compat/jsonschema/validate.h"
#include "tests/unit/compat/corpus_test.h"

struct explained_pair {
	struct arena *arena;
	struct schema_source source;
	struct explain_pair pair;
	struct explanation found;
};

static void explain_schemas(struct explained_pair *p)
{
	struct err err = { .arena = p->arena };

	p->found = (struct explanation){ .arena = p->arena };
	if (schema_explain(&p->pair, &p->found, &err) != OK)
		fail_msg("%.*s", STR_ARG(err.message));
}

static struct explained_pair explain_texts(struct arena *arena, const char *old, const char *new, bool backward,
	enum schema_policy policy)
{
	struct explained_pair p = { .arena = arena, .source = { .type = SCHEMA_JSON, .text = str_of(new) } };
	const struct schema *before = parse(arena, old), *after = parse(arena, new);

	p.pair = (struct explain_pair){ .reader = backward ? after : before, .writer = backward ? before : after,
		.reader_is_new = backward, .policy = policy };
	p.pair.source = &p.source;
	explain_schemas(&p);
	return p;
}

static void print_all(const struct explanation *found)
{
	for (size_t i = 0; i < found->n_items; i++) {
		const struct explain_finding *f = &found->items[i];

		fprintf(stderr, "  %s %.*s%s %u:%u %.*s | %u:%u %.*s | %.*s\n", rule_info(f->rule)->id,
			STR_ARG(rule_effect_name(f->effect)), f->refused ? " refused" : "", f->in_new.line, f->in_new.column,
			STR_ARG(f->in_new.path), f->in_old.line, f->in_old.column, STR_ARG(f->in_old.path), STR_ARG(f->message));
		if (f->witness)
			fprintf(stderr, "      %.*s @%zu: %.*s\n", STR_ARG(f->witness->event), f->witness->offset,
				STR_ARG(f->witness->reason));
		if (f->fix)
			fprintf(stderr, "      fix%s%s: %.*s (%zu edits)\n", f->fix->major ? " (major)" : "", f->fix->safe ? " (safe)" : "",
				STR_ARG(f->fix->title), f->fix->n_edits);
	}
}

/* ---- what every finding has to keep ---- */

static bool is_valid(struct arena *arena, const struct schema *schema, struct str text)
{
	const struct jsch_violation *violation = NULL;
	struct err err = { .arena = arena };
	const struct jsn *document;

	assert_int_equal(jsn_parse(arena, text, JSN_SURROGATES, LIMIT_JSON_DEPTH, &document, &err), OK);
	assert_int_equal(jsch_validate_with(arena, schema, document, true, &violation, &err), OK);
	return violation == NULL;
}

/* A witness is valid for the writer and not for the reader, by the validators themselves. */
static void check_witness(const struct explained_pair *p, const struct explain_finding *f)
{
	assert_int_equal(f->witness != NULL, f->effect == EFFECT_FAILS);
	if (f->witness == NULL)
		return;
	if (!is_valid(p->arena, p->pair.writer, f->witness->event) ||
		is_valid(p->arena, p->pair.reader, f->witness->event)) {
		print_all(&p->found);
		fail_msg("%s: the witness does not fail", rule_info(f->rule)->id);
	}
	assert_true(str_present(f->witness->reason));
	assert_true(f->witness->offset <= f->witness->event.len);
}

static bool is_same(const struct explain_finding *a, const struct explain_finding *b)
{
	if (a->rule != b->rule || a->refused != b->refused)
		return false;
	if (a->reference && b->reference)
		return str_eq(a->reference->path, b->reference->path);
	return str_eq(a->in_new.path, b->in_new.path) && str_eq(a->in_old.path, b->in_old.path);
}

/* The edits make the finding go away. */
static void check_fix(const struct explained_pair *p, const struct explain_finding *f)
{
	struct explained_pair fixed = *p;
	const struct schema *schema;
	struct err err = { .arena = p->arena };

	if (f->fix == NULL || f->fix->major)
		return;
	assert_true(f->fix->n_edits > 0);
	fixed.source.text = explain_apply(p->arena, p->source.text, f->fix->edits, f->fix->n_edits);
	if (schema_parse(p->arena, &fixed.source, SCHEMA_STRICT, &schema, &err) != OK)
		fail_msg("%s: the fix leaves no schema: %.*s", rule_info(f->rule)->id, STR_ARG(fixed.source.text));
	if (p->pair.reader_is_new)
		fixed.pair.reader = schema;
	else
		fixed.pair.writer = schema;
	fixed.pair.source = &fixed.source;
	explain_schemas(&fixed);
	for (size_t i = 0; i < fixed.found.n_items; i++) {
		if (!is_same(f, &fixed.found.items[i]))
			continue;
		print_all(&p->found);
		fprintf(stderr, "%.*s\n", STR_ARG(fixed.source.text));
		print_all(&fixed.found);
		fail_msg("%s: the fix does not mend", rule_info(f->rule)->id);
	}
}

static void check_all(const struct explained_pair *p)
{
	for (size_t i = 0; i < p->found.n_items; i++) {
		check_witness(p, &p->found.items[i]);
		check_fix(p, &p->found.items[i]);
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
		p = explain_texts(arena, info->old_schema, info->new_schema, true, SCHEMA_POLICY_STRICT);
		if (!has_rule(&p.found, (enum rule)i, info->effect)) {
			print_all(&p.found);
			fail_msg("%s: the example does not lead there", info->id);
		}
		check_all(&p);
		/* The other way round, too, what is said is true. */
		p = explain_texts(arena, info->old_schema, info->new_schema, false, SCHEMA_POLICY_STRICT);
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
	{ "{" D12 "\"type\":\"integer\"}", "{" D04 "\"type\":\"integer\"}", RULE_JSON_NOT_PROVEN, .effect = EFFECT_UNPROVEN },
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
	/* Recursion: a node of a tree whose value is bounded, deep inside. */
	{ "{\"$ref\":\"#/definitions/n\",\"definitions\":{\"n\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},"
	  "\"next\":{\"$ref\":\"#/definitions/n\"}},\"additionalProperties\":false}}}",
		"{\"$ref\":\"#/definitions/n\",\"definitions\":{\"n\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\","
		"\"maximum\":9},\"next\":{\"$ref\":\"#/definitions/n\"}},\"additionalProperties\":false}}}",
		RULE_JSON_MAXIMUM_ADDED, .effect = EFFECT_FAILS },
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
	struct explained_pair p = explain_texts(arena, cases[i].old, cases[i].new, !cases[i].forward,
		cases[i].lenient ? SCHEMA_POLICY_LENIENT : SCHEMA_POLICY_STRICT);
	const struct explain_finding *f = find_rule(&p.found, cases[i].rule);
	struct str fixed;

	if (f == NULL || f->effect != cases[i].effect || (cases[i].lenient && f->refused)) {
		print_all(&p.found);
		fail_msg("%s\n%s", cases[i].old, cases[i].new);
	}
	if (!cases[i].lenient)
		check_all(&p);
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

static enum err_code parse_side(struct row *r, const char *text, const char *references, const struct schema **out)
{
	struct err err;

	return parse_row(r, SCHEMA_JSON, text, json_object_get(r->json, references), SCHEMA_STRICT, out, &err);
}

static bool explain_row(struct row *r, struct explained_pair *p)
{
	const char *level = row_text(r->json, "level"), *policy = row_text(r->json, "compatibilityPolicy");
	const char *old = row_text(r->json, "old"), *new = row_text(r->json, "new"), *type = row_text(r->json, "old_schemaType");
	const struct schema *before, *after;
	bool forward;

	if (old == NULL || new == NULL || (type && strcmp(type, "JSON") != 0) || json_object_get(r->json, "references") ||
		parse_side(r, old, "old_references", &before) != OK || parse_side(r, new, "new_references", &after) != OK)
		return false;
	forward = strncmp(level, "FORWARD", 7) == 0;
	*p = (struct explained_pair){ .arena = r->arena, .source = { .type = SCHEMA_JSON, .text = str_of(new) } };
	p->pair = (struct explain_pair){ .reader = forward ? before : after, .writer = forward ? after : before,
		.reader_is_new = !forward,
		.policy = policy && strcmp(policy, "LENIENT") == 0 ? SCHEMA_POLICY_LENIENT : SCHEMA_POLICY_STRICT };
	p->pair.source = &p->source;
	explain_schemas(p);
	p->pair.source = &p->source;
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
	check_all(&p);
	count(&p.found);
	if ((strcmp(kind, "invalid-for-reader") == 0 || strcmp(kind, "by-policy") == 0 || strcmp(kind, "nondeterministic") == 0) &&
		!warns(&p.found))
		disagree(r, "unsound, and no warning", kind, STR("nothing"));
	if (strcmp(kind, "over-strict") == 0 && (breaks(&p.found) || p.found.n_items == 0))
		disagree(r, "over-strict, and not harmless", kind, p.found.n_items > 0 ? p.found.items[0].message : STR("nothing"));
	if (strcmp(kind, "crash") == 0 && !has_rule(&p.found, p.found.items[0].rule, EFFECT_FAILS))
		disagree(r, "crashes the reference, and no witness", kind, STR("nothing"));
	if (r->wrong)
		print_all(&p.found);
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
	struct explained_pair p;
	size_t n_refused = 0;
	struct findings found = findings_make(r->arena);
	struct err err = { .arena = r->arena };

	if (!explain_row(r, &p))
		return;
	check_all(&p);
	count(&p.found);
	assert_int_equal(schema_check(p.pair.reader, p.pair.writer, p.pair.policy, &found, &err), OK);
	for (size_t i = 0; i < p.found.n_items; i++)
		n_refused += p.found.items[i].refused;
	assert_int_equal(n_refused, found.n_items);
	if (json_object_get(r->json, "sampled_counterexample") && !warns(&p.found))
		disagree(r, "a counterexample is known, and no warning", "a warning", STR("nothing"));
	for (size_t i = 0; i < p.found.n_items; i++) {
		if (p.found.items[i].effect == EFFECT_UNPROVEN && getenv("TENON_TELL")) {
			fprintf(stderr, "%s %s\n   %s\n", r->id, row_text(r->json, "old"), row_text(r->json, "new"));
			print_all(&p.found);
			break;
		}
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
		cmocka_unit_test(findings_of_the_corpus),
		cmocka_unit_test(verdicts_of_the_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
