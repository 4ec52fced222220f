/* What the tests of explanations share, whatever the format: a pair of texts explained in one direction. */
#ifndef TESTS_UNIT_COMPAT_EXPLAIN_TEST_H
#define TESTS_UNIT_COMPAT_EXPLAIN_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/compat/explain_check.h"

static inline void explain_source(struct arena *arena, const struct schema_source *old, const struct schema_source *new,
	bool new_reads_old, struct explained_pair *out)
{
	struct err err;

	if (try_explain(arena, old, new, new_reads_old, out, &err) != OK)
		fail_msg("%.*s\n%.*s\n  cannot be explained: %.*s", STR_ARG(old->text), STR_ARG(new->text), STR_ARG(err.message));
}

static inline void explain_texts(struct arena *arena, enum schema_type type, struct str old, struct str new,
	bool new_reads_old, struct explained_pair *out)
{
	const struct schema_source a = { .type = type, .text = old }, b = { .type = type, .text = new };

	explain_source(arena, &a, &b, new_reads_old, out);
}

static inline const struct explain_finding *find_rule(const struct explained_pair *pair, enum rule rule)
{
	for (size_t i = 0; i < pair->found.n_items; i++)
		if (pair->found.items[i].rule == rule)
			return &pair->found.items[i];
	return NULL;
}

/* What must hold for whatever is found; `about` is for the message. */
static inline void expect_sound_findings(const struct explained_pair *pair, const char *about)
{
	for (size_t i = 0; i < pair->found.n_items; i++) {
		const char *flaw = finding_flaw(pair, &pair->found.items[i]);

		if (!flaw)
			continue;
		show_findings(pair);
		fail_msg("%s: finding %zu, %s: %s", about, i, rule_info(pair->found.items[i].rule)->id, flaw);
	}
}

#endif
