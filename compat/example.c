/* Explaining the example of a rule. */
#include "compat/example.h"

static enum err_code parse(struct arena *arena, enum schema_type type, struct str text, const struct schema **out,
	struct err *err)
{
	const struct schema_source source = { .type = type, .text = text };

	return schema_parse(arena, &source, 0, out, err);
}

enum err_code rule_example_explain(struct arena *arena, enum rule rule, struct str old, struct str new, bool *found,
	struct explain_finding *out, struct err *err)
{
	const struct schema_source source = { .type = rule_info(rule)->type, .text = new };
	struct explain_pair pair = { .reader_is_new = true, .policy = SCHEMA_POLICY_STRICT, .source = &source };
	struct explanation list = { .arena = arena };

	*found = false;
	TRY(parse(arena, source.type, new, &pair.reader, err));
	TRY(parse(arena, source.type, old, &pair.writer, err));
	TRY(schema_explain(&pair, &list, err));
	for (size_t i = 0; i < list.n_items && !*found; i++) {
		*found = list.items[i].rule == rule;
		*out = list.items[i];
	}
	return OK;
}
