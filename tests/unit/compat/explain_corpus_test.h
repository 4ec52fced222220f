/* Pairs of the corpus explained in both directions, for the formats whose findings must all be proven. */
#ifndef TESTS_UNIT_COMPAT_EXPLAIN_CORPUS_TEST_H
#define TESTS_UNIT_COMPAT_EXPLAIN_CORPUS_TEST_H

#include "tests/unit/compat/corpus_test.h"

#include "tests/unit/compat/explain_test.h"

static size_t n_fixed, n_major, n_witnessed, n_refused;

/* What is explained: by the test. */
static enum schema_type row_type;
static unsigned row_flags;

static struct schema_source row_source(struct row *r, const char *text, json_t *references)
{
	struct dependencies *found = arena_new(r->arena, struct dependencies);

	add_references(r, references, found);
	return (struct schema_source){ .type = row_type, .text = str_of(text), .dependencies = found->items,
		.n_dependencies = found->n };
}

static bool parses(struct row *r, const struct schema_source *source)
{
	const struct schema *schema;
	struct err err = { .arena = r->arena };

	return schema_parse(r->arena, source, row_flags, &schema, &err) == OK;
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

static void explain_corpus(const char *file, enum schema_type type, unsigned flags)
{
	row_type = type;
	row_flags = flags;
	run_file(file, schema_type_name(type).data, explain_row);
	printf("%zu refusals, %zu witnesses, %zu fixes tried, %zu need a new version\n", n_refused, n_witnessed, n_fixed, n_major);
}

#endif
