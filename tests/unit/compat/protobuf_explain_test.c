/* Explanations of Protobuf changes: each rule by its own example, cases with places and sentences, fixes that work, the corpus. */
#include "tests/unit/compat/corpus_test.h"
#include "tests/unit/compat/protobuf_test.h"
#include "tests/unit/compat/explain_test.h"

/* The example in a rule's row leads to a finding of that rule, of the effect that the row claims. */
static void rules_are_shown_by_their_examples(void **state)
{
	size_t n = 0;

	(void)state;
	for (int i = 0; i < RULES; i++) {
		struct arena *arena = arena_create(0);
		const struct rule_info *rule = rule_info((enum rule)i);
		const struct explain_finding *found;
		struct explained_pair pair;

		if (rule->type == SCHEMA_PROTOBUF) {
			explain_texts(arena, SCHEMA_PROTOBUF, str_of(rule->old_schema), str_of(rule->new_schema), true, &pair);
			found = find_rule(&pair, (enum rule)i);
			if (!found || found->effect != rule->effect) {
				show_findings(&pair);
				fail_msg("%s is not shown by its example", rule->id);
			}
			expect_sound_findings(&pair, rule->id);
			n++;
		}
		arena_destroy(arena);
	}
	assert_true(n > 20);
}

/* ---- the corpus ---- */

static size_t n_fixed, n_major, n_witnessed, n_refused;

static struct schema_source row_source(struct row *r, const char *text, json_t *references)
{
	struct dependencies *found = arena_new(r->arena, struct dependencies);

	add_references(r, references, found);
	return (struct schema_source){ .type = SCHEMA_PROTOBUF, .text = str_of(text), .dependencies = found->items,
		.n_dependencies = found->n };
}

static bool parses(struct row *r, const struct schema_source *source)
{
	const struct schema *schema;
	struct err err = { .arena = r->arena };

	return schema_parse(r->arena, source, SCHEMA_STRICT, &schema, &err) == OK;
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
	for (size_t i = 0; i < pair.found.n_items; i++) {
		const struct explain_finding *finding = &pair.found.items[i];

		if (finding->refused && n < want.n_items && finding->reference->type == want.items[n].type
			&& str_eq(finding->reference->path, want.items[n].path))
			n++;
		n_refused += finding->refused;
		n_witnessed += finding->witness != NULL;
		n_major += finding->fix && finding->fix->major;
		n_fixed += finding->fix && !finding->fix->major;
		if (finding->effect == EFFECT_UNPROVEN) {
			show_findings(&pair);
			disagree(r, "proof", "a witness", STR("none"));
		}
	}
	if (n != want.n_items) {
		show_findings(&pair);
		disagree(r, "refusals", "those of the check, in order", STR("others"));
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
	run_file("protobuf.jsonl", "PROTOBUF", explain_row);
	printf("%zu refusals, %zu witnesses, %zu fixes tried, %zu need a new version\n", n_refused, n_witnessed, n_fixed, n_major);
}

static bool is_harmless(const struct explained_pair *pair)
{
	for (size_t i = 0; i < pair->found.n_items; i++)
		if (rule_effect_breaks(pair->found.items[i].effect))
			return false;
	return pair->found.n_items > 0 && pair->found.items[0].refused;
}

/* With a witness; or, where the hole is in an agreement, without one. */
static bool is_warned(const struct explained_pair *pair, bool is_hole)
{
	for (size_t i = 0; i < pair->found.n_items; i++) {
		const struct explain_finding *finding = &pair->found.items[i];

		if (!finding->refused && (finding->witness || (is_hole && finding->effect == EFFECT_POLICY)))
			return true;
	}
	return false;
}

/* What is unsound about the reference has a warning that an event shows; what it refuses for nothing is harmless. */
static void judge_row(struct row *r)
{
	const char *kind = row_text(r->json, "kind"), *wanted = "a warning";
	bool strict = strcmp(kind, "over-strict") == 0, fine;
	struct explained_pair pair;

	if (json_object_get(r->json, "chain"))
		return; /* compat/explain_history.c, level_test */
	explain_texts(r->arena, SCHEMA_PROTOBUF, str_of(row_text(r->json, "old")), str_of(row_text(r->json, "new")), true, &pair);
	/* One row of them calls harmless what loses packed data, as its own evidence shows. */
	if (strcmp(r->id, "finding-P27b") == 0)
		fine = pair.found.n_items == 1 && pair.found.items[0].witness != NULL;
	else
		fine = strict ? is_harmless(&pair) : is_warned(&pair, strcmp(kind, "policy-hole") == 0);
	if (!fine) {
		show_findings(&pair);
		disagree(r, kind, wanted, STR("none"));
	}
	expect_sound_findings(&pair, r->id);
}

static void what_the_reference_gets_wrong(void **state)
{
	(void)state;
	run_file("findings.jsonl", "PROTOBUF", judge_row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_shown_by_their_examples),
		cmocka_unit_test(pairs_of_the_corpus_are_explained),
		cmocka_unit_test(what_the_reference_gets_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
