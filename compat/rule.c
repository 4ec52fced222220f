/* The table of rules, put together from those of the formats. */
#include "compat/rule.h"

static const struct rule_info rules[RULES] = {
#define R(name, id, effect, title, what, why, old_schema, new_schema) \
	[RULE_##name] = { id, RULE_FORMAT, effect, title, what, why, old_schema, new_schema },
#define RULE_FORMAT (enum schema_type)SCHEMA_TYPES
#include "compat/rules_common.def"
#undef RULE_FORMAT
#define RULE_FORMAT SCHEMA_AVRO
#include "compat/rules_avro.def"
#undef RULE_FORMAT
#define RULE_FORMAT SCHEMA_JSON
#include "compat/rules_json.def"
#undef RULE_FORMAT
#define RULE_FORMAT SCHEMA_PROTOBUF
#include "compat/rules_protobuf.def"
#undef RULE_FORMAT
#undef R
};

static const char *const effect_names[RULE_EFFECTS] = {
	[EFFECT_FAILS] = "fails",
	[EFFECT_CHANGES] = "changes",
	[EFFECT_POLICY] = "policy",
	[EFFECT_HARMLESS] = "harmless",
	[EFFECT_UNPROVEN] = "unproven",
};

const struct rule_info *rule_info(enum rule rule)
{
	return &rules[rule];
}

bool rule_find(struct str id, enum rule *out)
{
	for (int i = 0; i < RULES; i++) {
		if (str_eq_nocase(str_of(rules[i].id), id)) {
			*out = (enum rule)i;
			return true;
		}
	}
	return false;
}

struct str rule_effect_name(enum rule_effect effect)
{
	return str_of(effect_names[effect]);
}

bool rule_effect_breaks(enum rule_effect effect)
{
	return effect == EFFECT_FAILS || effect == EFFECT_CHANGES || effect == EFFECT_UNPROVEN;
}
