/* Proofs about strings: what patterns, formats and lengths allow together. */
#include "base/arena.h"
#include "compat/jsonschema/language.h"
#include "compat/jsonschema/prove_int.h"

enum {
	MOST_STEPS = 100 * 1000, /* for one question … */
	STEPS_OF_WORK = 32,      /* … and how many are a unit of a proof's work */
};

struct lengths {
	int64_t min, max; /* JSCH_ABSENT: no bound above */
};

static struct lengths lengths_of(const struct jsch_facts *facts)
{
	struct lengths l = { .min = 0, .max = JSCH_ABSENT };

	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_string *string = facts->nodes.items[i]->string;

		if (string == NULL)
			continue;
		if (string->min_length != JSCH_ABSENT && string->min_length > l.min)
			l.min = string->min_length;
		if (string->max_length != JSCH_ABSENT && (l.max == JSCH_ABSENT || string->max_length < l.max))
			l.max = string->max_length;
	}
	return l;
}

/* ---- what is left ---- */

/* Whether it restricts strings by a pattern alone. */
static bool is_only_pattern(const struct jsch_proof *p, const struct jsch_node *node)
{
	const struct jsch_string *string = node->string;

	return string && str_present(string->pattern) && string->max_length == JSCH_ABSENT && string->min_length == JSCH_ABSENT &&
		!(p->formats && jsch_format_is_known(string->format)) && jsch_atoms_of(node) & JSCH_ATOM_STRING &&
		!node->logic && !node->reference.target && !node->dynamic.target;
}

/* The strings of which the facts are true, and perhaps some more. */
static struct jsch_language known_strings(struct jsch_proof *p, const struct jsch_facts *facts, struct arena *arena)
{
	struct jsch_language l = jsch_language_make(arena, MOST_STEPS);

	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->string)
			jsch_language_add(&l, facts->nodes.items[i]->string, p->formats);
	for (size_t i = 0; i < facts->nots.n; i++)
		if (is_only_pattern(p, facts->nots.items[i]))
			jsch_language_pattern(&l, facts->nots.items[i]->string->pattern, false);
	return l;
}

/* What is asked of them: takes away what is allowed; false when there is nothing to ask, or it cannot be decided. */
typedef bool narrow_fn(struct jsch_language *l, const struct jsch_string *string);

/* Whether nothing is left, for sure. */
static bool none_left(struct jsch_proof *p, const struct jsch_facts *facts, narrow_fn *narrow, const struct jsch_string *string)
{
	struct arena *arena = arena_create(0);
	struct jsch_language l = known_strings(p, facts, arena);
	struct str text;
	bool none = narrow(&l, string) && jsch_language_find(&l, &text) == JSCH_NO_TEXT;

	none = jsch_proof_spend(p, 1 + l.work / STEPS_OF_WORK) && none;
	arena_destroy(arena);
	return none;
}

static bool any_at_all(struct jsch_language *l, const struct jsch_string *string)
{
	(void)string;
	return l->n > 0;
}

static bool any_longer(struct jsch_language *l, const struct jsch_string *string)
{
	if (string->max_length == INT64_MAX || l->n == 0)
		return false;
	jsch_language_shortest(l, string->max_length + 1);
	return true;
}

static bool any_shorter(struct jsch_language *l, const struct jsch_string *string)
{
	jsch_language_longest(l, string->min_length - 1);
	return l->n > 0;
}

static bool any_other(struct jsch_language *l, const struct jsch_string *string)
{
	return jsch_language_pattern(l, string->pattern, false);
}

static bool any_of_no_format(struct jsch_language *l, const struct jsch_string *string)
{
	return jsch_language_format(l, string->format, false);
}

bool jsch_no_string(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct lengths l = lengths_of(facts);

	return (l.max != JSCH_ABSENT && l.max < l.min) || none_left(p, facts, any_at_all, NULL);
}

/* ---- keyword by keyword ---- */

static bool proven_longest(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_string *string)
{
	struct lengths l = lengths_of(facts);

	return string->max_length == JSCH_ABSENT || (l.max != JSCH_ABSENT && l.max <= string->max_length) ||
		none_left(p, facts, any_longer, string);
}

static bool proven_shortest(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_string *string)
{
	return string->min_length == JSCH_ABSENT || lengths_of(facts).min >= string->min_length ||
		none_left(p, facts, any_shorter, string);
}

static bool has_pattern(const struct jsch_facts *facts, struct str pattern)
{
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_string *string = facts->nodes.items[i]->string;

		if (string && str_present(string->pattern) && str_eq(string->pattern, pattern))
			return true;
	}
	return false;
}

static bool proven_pattern(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_string *string)
{
	return !str_present(string->pattern) || has_pattern(facts, string->pattern) || none_left(p, facts, any_other, string);
}

static bool has_format(const struct jsch_facts *facts, struct str format)
{
	for (size_t i = 0; i < facts->nodes.n; i++) {
		const struct jsch_string *string = facts->nodes.items[i]->string;

		if (string && str_eq(string->format, format))
			return true;
	}
	return false;
}

/* Formats that are not known restrict nobody. */
static bool proven_format(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_string *string)
{
	return !p->formats || !str_present(string->format) || !jsch_format_is_known(string->format) ||
		has_format(facts, string->format) || none_left(p, facts, any_of_no_format, string);
}

bool jsch_proven_string(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_string *string)
{
	return proven_longest(p, facts, string) && proven_shortest(p, facts, string) && proven_format(p, facts, string) &&
		proven_pattern(p, facts, string);
}
