/* Explanations of Avro changes: each rule by its own example, places and sentences, fixes that work, the corpus. */
#include "tests/unit/compat/corpus_test.h"
#include "tests/unit/compat/avro_test.h"
#include "tests/unit/compat/explain_test.h"

/* The example in a rule's row leads to a finding of that rule, of the effect that the row claims. */
static void rules_are_shown_by_their_examples(void **state)
{
	size_t n = 0;

	for (int i = 0; i < RULES; i++) {
		const struct rule_info *rule = rule_info((enum rule)i);
		const struct explain_finding *found;
		struct explained_pair pair;

		if (rule->type != SCHEMA_AVRO || !str_starts(str_of(rule->id), STR("AVRO-")))
			continue;
		explain_texts(*state, SCHEMA_AVRO, str_of(rule->old_schema), str_of(rule->new_schema), true, &pair);
		found = find_rule(&pair, (enum rule)i);
		if (!found) {
			show_findings(&pair);
			fail_msg("%s is not shown by its example", rule->id);
		} else if (found->effect != rule->effect) {
			show_findings(&pair);
			fail_msg("%s: %.*s instead of %.*s", rule->id, STR_ARG(rule_effect_name(found->effect)),
				STR_ARG(rule_effect_name(rule->effect)));
		}
		expect_sound_findings(&pair, rule->id);
		n++;
	}
	assert_true(n > 25);
}

/* ---- the corpus ---- */

static size_t n_fixed, n_major, n_witnessed, n_refused;

static struct schema_source row_source(struct row *r, const char *text, json_t *references)
{
	struct dependencies *found = arena_new(r->arena, struct dependencies);

	add_references(r, references, found);
	return (struct schema_source){ .type = SCHEMA_AVRO, .text = str_of(text), .dependencies = found->items,
		.n_dependencies = found->n };
}

static bool parses(struct row *r, const struct schema_source *source)
{
	const struct schema *schema;
	struct err err = { .arena = r->arena };

	return schema_parse(r->arena, source, 0, &schema, &err) == OK;
}

/* As many refusals as the check has findings, in its order; everything that is told holds. */
static void explain_pair(struct row *r, const struct schema_source *old, const struct schema_source *new, bool new_reads)
{
	struct explained_pair pair;
	struct findings want = findings_make(r->arena);
	struct err err = { .arena = r->arena };
	size_t n = 0;

	explain_source(r->arena, old, new, new_reads, &pair);
	assert_int_equal(schema_check(new_reads ? pair.new_schema : pair.old_schema,
		new_reads ? pair.old_schema : pair.new_schema, SCHEMA_POLICY_STRICT, &want, &err), OK);
	for (size_t i = 0; i < pair.found.n_items && pair.found.items[i].refused; i++) {
		const struct finding *reference = pair.found.items[i].reference;

		if (n < want.n_items && reference->type == want.items[n].type && str_eq(reference->path, want.items[n].path))
			n++;
	}
	if (n != want.n_items) {
		show_findings(&pair);
		disagree(r, "refusals", "those of the check, in order", STR("others"));
	}
	for (size_t i = 0; i < pair.found.n_items; i++) {
		const struct explain_finding *finding = &pair.found.items[i];

		n_refused += finding->refused;
		n_witnessed += finding->witness != NULL;
		n_major += finding->fix && finding->fix->major;
		n_fixed += finding->fix && !finding->fix->major;
		if (finding->effect == EFFECT_UNPROVEN) {
			show_findings(&pair);
			disagree(r, "proof", "a witness", STR("none"));
		}
	}
	expect_sound_findings(&pair, r->id);
}

static void explain_row(struct row *r)
{
	json_t *chain = json_object_get(r->json, "chain");
	const char *old_text = chain ? NULL : row_text(r->json, "old"), *new_text = row_text(r->json, "new");
	struct schema_source old, new;

	if (!old_text || !new_text)
		return;
	old = row_source(r, old_text, json_object_get(r->json, "old_references"));
	new = row_source(r, new_text, json_object_get(r->json, "new_references"));
	if (!parses(r, &old) || !parses(r, &new))
		return;
	explain_pair(r, &old, &new, true);
	explain_pair(r, &old, &new, false);
}

static void pairs_of_the_corpus_are_explained(void **state)
{
	(void)state;
	run_file("avro.jsonl", "AVRO", explain_row);
	printf("%zu refusals, %zu witnesses, %zu fixes tried, %zu need a new version\n", n_refused, n_witnessed, n_fixed, n_major);
	assert_true(n_witnessed > 600 && n_fixed > 300);
}

/* What is unsound about the reference has a warning that an event shows; what implementations differ in is told. */
static void warn_row(struct row *r)
{
	const char *kind = row_text(r->json, "kind");
	bool shown = strstr(kind, "fails") || strstr(kind, "silent"), told = false;
	struct explained_pair pair;

	if (json_object_get(r->json, "chain"))
		return;
	explain_texts(r->arena, SCHEMA_AVRO, str_of(row_text(r->json, "old")), str_of(row_text(r->json, "new")), true, &pair);
	for (size_t i = 0; i < pair.found.n_items; i++) {
		const struct explain_finding *finding = &pair.found.items[i];

		told |= !finding->refused && (shown ? finding->witness != NULL : finding->effect == EFFECT_POLICY);
	}
	if (!told) {
		show_findings(&pair);
		disagree(r, kind, shown ? "a warning with a witness" : "a warning", STR("none"));
	}
	expect_sound_findings(&pair, r->id);
}

static void what_the_reference_does_not_see_is_warned_of(void **state)
{
	(void)state;
	run_file("findings.jsonl", "AVRO", warn_row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(rules_are_shown_by_their_examples),
		cmocka_unit_test(pairs_of_the_corpus_are_explained),
		cmocka_unit_test(what_the_reference_does_not_see_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
