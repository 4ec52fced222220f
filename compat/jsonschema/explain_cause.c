/*
 * What is behind a finding that the reference gives of a whole: "another type" for a condition that was added,
 * "alternatives changed" for a value that was taken out of an enum.  Its documents say which keyword refuses them.
 */
#include "base/arena.h"
#include "compat/jsonschema/explain_int.h"

enum { DEEPEST = 8 };

static const struct jsch_branches *branches_of(const struct jsch_explaining *e, const struct jsch_violation *violation)
{
	const struct jsn *json = violation->schema;
	const struct jsch_node *node = map_get(&e->reader->nodes, str_make((const char *)&json, sizeof(json)));

	if (!node || !node->logic)
		return NULL;
	if (str_eq(violation->keyword, STR("oneOf")))
		return &node->logic->branches[JSCH_ONE];
	return str_eq(violation->keyword, STR("anyOf")) ? &node->logic->branches[JSCH_ANY] : NULL;
}

/* A branch that is meant for another kind of value, by its type or by what tells the branches apart, is not what changed. */
static size_t strangeness(const struct jsch_violations *found)
{
	size_t n = found->n;

	for (size_t i = 0; i < found->n; i++) {
		const struct jsch_violation *one = &found->items[i];

		if (one->path.len == 0 && str_eq(one->keyword, STR("type")))
			return SIZE_MAX;
		n += str_eq(one->keyword, STR("const")) ? 1000 : 0;
	}
	return n;
}

/* As it is seen from the document: behind the way that led to the union. */
static const struct jsch_violation *seen_from_above(struct jsch_explaining *e, const struct jsch_violation *above,
	const struct jsch_violation *inner)
{
	struct jsch_violation *out = arena_new(e->work, struct jsch_violation);
	const struct jsn **chain = arena_array(e->work, const struct jsn *, above->n_chain + inner->n_chain);

	*out = *inner;
	out->path = str_concat(e->work, above->path, inner->path);
	for (size_t i = 0; i < above->n_chain; i++)
		chain[i] = above->chain[i];
	for (size_t i = 0; i < inner->n_chain; i++)
		chain[above->n_chain + i] = inner->chain[i];
	out->chain = chain;
	out->n_chain = above->n_chain + inner->n_chain;
	return out;
}

/* The one thing that the only branch which is meant for the value has against it; NULL when it is not so clear. */
static const struct jsch_violation *inside(struct jsch_explaining *e, const struct jsch_breach *breach,
	const struct jsch_violation *violation)
{
	const struct jsch_branches *branches = branches_of(e, violation);
	const struct jsn *value = jsch_pointer_find(breach->sample->value, violation->path);
	struct jsch_violations best = { .n = 0 };
	size_t least = SIZE_MAX;
	bool tie = false;

	for (size_t i = 0; branches && value && i < branches->n; i++) {
		struct jsch_violations found = { .n = 0 };
		size_t strange;

		jsch_search_violations(&e->search, e->reader, branches->nodes[i], value, &found);
		strange = found.n > 0 ? strangeness(&found) : SIZE_MAX;
		if (found.n == 0)
			return NULL; /* it overlaps */
		tie = strange == least && strange != SIZE_MAX ? true : strange < least ? false : tie;
		if (strange < least) {
			least = strange;
			best = found;
		}
	}
	return best.n == 1 && least < 1000 && !tie ? seen_from_above(e, violation, &best.items[0]) : NULL;
}

const struct jsch_violation *jsch_cause_of(struct jsch_explaining *e, const struct jsch_breach *breach)
{
	const struct jsch_violation *found = breach->violation;

	e->search.formats = breach->formats;
	for (int depth = 0; depth < DEEPEST; depth++) {
		const struct jsch_violation *inner = inside(e, breach, found);

		if (!inner)
			break;
		found = inner;
	}
	return found;
}

/* ---- what it is told under ---- */

static const struct {
	const char *word;
	enum rule added, changed;
} by_word[] = {
	{ "enum", RULE_JSON_ENUM_ARRAY_NARROWED, RULE_JSON_ENUM_ARRAY_NARROWED },
	{ "const", RULE_JSON_ENUM_ARRAY_CHANGED, RULE_JSON_ENUM_ARRAY_CHANGED },
	{ "required", RULE_JSON_REQUIRED_ATTRIBUTE_ADDED, RULE_JSON_REQUIRED_ATTRIBUTE_ADDED },
	{ "maxLength", RULE_JSON_MAX_LENGTH_ADDED, RULE_JSON_MAX_LENGTH_DECREASED },
	{ "minLength", RULE_JSON_MIN_LENGTH_ADDED, RULE_JSON_MIN_LENGTH_INCREASED },
	{ "pattern", RULE_JSON_PATTERN_ADDED, RULE_JSON_PATTERN_CHANGED },
	{ "maximum", RULE_JSON_MAXIMUM_ADDED, RULE_JSON_MAXIMUM_DECREASED },
	{ "minimum", RULE_JSON_MINIMUM_ADDED, RULE_JSON_MINIMUM_INCREASED },
	{ "exclusiveMaximum", RULE_JSON_EXCLUSIVE_MAXIMUM_ADDED, RULE_JSON_EXCLUSIVE_MAXIMUM_DECREASED },
	{ "exclusiveMinimum", RULE_JSON_EXCLUSIVE_MINIMUM_ADDED, RULE_JSON_EXCLUSIVE_MINIMUM_INCREASED },
	{ "multipleOf", RULE_JSON_MULTIPLE_OF_ADDED, RULE_JSON_MULTIPLE_OF_CHANGED },
	{ "maxProperties", RULE_JSON_MAX_PROPERTIES_ADDED, RULE_JSON_MAX_PROPERTIES_DECREASED },
	{ "minProperties", RULE_JSON_MIN_PROPERTIES_ADDED, RULE_JSON_MIN_PROPERTIES_INCREASED },
	{ "maxItems", RULE_JSON_MAX_ITEMS_ADDED, RULE_JSON_MAX_ITEMS_DECREASED },
	{ "minItems", RULE_JSON_MIN_ITEMS_ADDED, RULE_JSON_MIN_ITEMS_INCREASED },
	{ "uniqueItems", RULE_JSON_UNIQUE_ITEMS_ADDED, RULE_JSON_UNIQUE_ITEMS_ADDED },
	{ "additionalProperties", RULE_JSON_ADDITIONAL_PROPERTIES_REMOVED, RULE_JSON_ADDITIONAL_PROPERTIES_REMOVED },
	{ "additionalItems", RULE_JSON_ADDITIONAL_ITEMS_REMOVED, RULE_JSON_ADDITIONAL_ITEMS_REMOVED },
	{ "type", RULE_JSON_TYPE_CHANGED, RULE_JSON_TYPE_CHANGED },
};

/* What stands at the same place of the writer's text. */
static const struct jsn *old_word(struct jsch_explaining *e, const struct jsch_violation *violation)
{
	struct str pointer = jsch_reader_pointer(e, violation->schema);
	const struct jsn *schema = str_present(pointer) ? jsch_pointer_find(e->writer->json, pointer) : NULL;

	return schema ? jsn_get(schema, violation->keyword) : NULL;
}

bool jsch_rule_of_cause(struct jsch_explaining *e, const struct jsch_breach *cause, enum rule *out)
{
	if (jsch_rule_by_holder(cause->violation, out))
		return true;
	for (size_t i = 0; i < sizeof(by_word) / sizeof(by_word[0]); i++) {
		if (str_eq(cause->violation->keyword, str_of(by_word[i].word))) {
			*out = old_word(e, cause->violation) ? by_word[i].changed : by_word[i].added;
			return true;
		}
	}
	return jsch_rule_by_keyword(cause->violation, out);
}
