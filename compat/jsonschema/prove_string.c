/* Proofs about strings: what patterns, formats and lengths allow together. */
#include "base/arena.h"
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

bool jsch_known_strings(struct jsch_proof *p, const struct jsch_facts *facts, struct jsch_language *out)
{
	struct jsch_language l = jsch_language_make(p->arena, MOST_STEPS);

	for (size_t i = 0; i < facts->nodes.n; i++)
		if (facts->nodes.items[i]->string)
			jsch_language_add(&l, facts->nodes.items[i]->string, p->formats);
	for (size_t i = 0; i < facts->nots.n; i++)
		if (is_only_pattern(p, facts->nots.items[i]))
			jsch_language_pattern(&l, facts->nots.items[i]->string->pattern, false);
	*out = l;
	return l.n > 0;
}

static bool is_empty(struct jsch_proof *p, struct jsch_language *l)
{
	struct str text;
	enum jsch_answer answer = jsch_language_find(l, &text);

	return jsch_proof_spend(p, 1 + l->work / STEPS_OF_WORK) && answer == JSCH_NO_TEXT;
}

bool jsch_no_string(struct jsch_proof *p, const struct jsch_facts *facts)
{
	struct lengths l = lengths_of(facts);
	struct jsch_language known;

	if (l.max != JSCH_ABSENT && l.max < l.min)
		return true;
	return jsch_known_strings(p, facts, &known) && is_empty(p, &known);
}

/* ---- keyword by keyword ---- */

static bool proven_longest(struct jsch_proof *p, const struct jsch_facts *facts, int64_t longest)
{
	struct lengths l = lengths_of(facts);
	struct jsch_language longer;

	if (longest == JSCH_ABSENT || (l.max != JSCH_ABSENT && l.max <= longest))
		return true;
	if (longest == INT64_MAX || !jsch_known_strings(p, facts, &longer))
		return false;
	jsch_language_shortest(&longer, longest + 1);
	return is_empty(p, &longer);
}

static bool proven_shortest(struct jsch_proof *p, const struct jsch_facts *facts, int64_t shortest)
{
	struct jsch_language shorter;

	if (shortest == JSCH_ABSENT || lengths_of(facts).min >= shortest)
		return true;
	if (!jsch_known_strings(p, facts, &shorter))
		return false;
	jsch_language_longest(&shorter, shortest - 1);
	return is_empty(p, &shorter);
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

static bool proven_pattern(struct jsch_proof *p, const struct jsch_facts *facts, struct str pattern)
{
	struct jsch_language others;

	if (!str_present(pattern) || has_pattern(facts, pattern))
		return true;
	jsch_known_strings(p, facts, &others);
	return jsch_language_pattern(&others, pattern, false) && is_empty(p, &others);
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
static bool proven_format(struct jsch_proof *p, const struct jsch_facts *facts, struct str format)
{
	struct jsch_language others;

	if (!p->formats || !str_present(format) || !jsch_format_is_known(format) || has_format(facts, format))
		return true;
	jsch_known_strings(p, facts, &others);
	return jsch_language_format(&others, format, false) && is_empty(p, &others);
}

bool jsch_proven_string(struct jsch_proof *p, const struct jsch_facts *facts, const struct jsch_string *string)
{
	return proven_longest(p, facts, string->max_length) && proven_shortest(p, facts, string->min_length) &&
		proven_format(p, facts, string->format) && proven_pattern(p, facts, string->pattern);
}
