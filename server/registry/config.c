/* Configuration entries as text: the stored and the answered JSON, and updates of an entry. */
#include "server/registry/config.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"

static const char *const mode_names[MODES] = {
	[MODE_NONE] = "",
	[MODE_READWRITE] = "READWRITE",
	[MODE_READONLY] = "READONLY",
	[MODE_READONLY_OVERRIDE] = "READONLY_OVERRIDE",
	[MODE_IMPORT] = "IMPORT",
	[MODE_FORWARD] = "FORWARD",
};

static const char *const policy_names[] = {
	[POLICY_UNSET] = "",
	[POLICY_STRICT] = "STRICT",
	[POLICY_LENIENT] = "LENIENT",
	[POLICY_LOGICAL] = "LOGICAL",
	[POLICY_SOUND] = "SOUND",
};

static const char *const origin_names[] = {
	[ORIGIN_SUBJECT] = "subject",
	[ORIGIN_CONTEXT] = "context",
	[ORIGIN_GLOBAL] = "global",
	[ORIGIN_DEFAULT] = "default",
};

struct str registry_mode_name(enum registry_mode mode)
{
	return str_of(mode_names[mode]);
}

bool registry_mode_find(struct str name, enum registry_mode *out)
{
	for (enum registry_mode mode = MODE_READWRITE; mode < MODES; mode++) {
		if (str_eq_nocase(name, str_of(mode_names[mode]))) {
			*out = mode;
			return true;
		}
	}
	return false;
}

struct str config_origin_name(enum config_origin origin)
{
	return str_of(origin_names[origin]);
}

struct str config_policy_name(enum config_policy policy)
{
	return str_of(policy_names[policy]);
}

bool config_policy_find(struct str name, enum config_policy *out)
{
	for (enum config_policy policy = POLICY_STRICT; policy <= POLICY_SOUND; policy++) {
		if (str_eq_nocase(name, str_of(policy_names[policy]))) {
			*out = policy;
			return true;
		}
	}
	return false;
}

static void print_name(struct buf *out, const char *name)
{
	if (out->len > 1)
		buf_add_c(out, ',');
	buf_json_string(out, str_of(name));
	buf_add_c(out, ':');
}

static void print_text(struct buf *out, const char *name, struct str value, enum config_shape shape)
{
	if (!str_present(value) || (shape == CONFIG_SHOWN && value.len == 0))
		return;
	print_name(out, name);
	buf_json_string(out, value);
}

static void print_flag(struct buf *out, const char *name, enum config_flag value)
{
	if (value == CONFIG_UNSET)
		return;
	print_name(out, name);
	buf_add(out, value == CONFIG_TRUE ? STR("true") : STR("false"));
}

static void print_metadata(struct arena *arena, struct buf *out, const char *name, const struct metadata *value)
{
	if (!value)
		return;
	print_name(out, name);
	buf_add(out, metadata_print(arena, value));
}

static void print_rules(struct arena *arena, struct buf *out, const char *name, const struct rule_set *value)
{
	if (!value)
		return;
	print_name(out, name);
	buf_add(out, ruleset_print(arena, value));
}

struct str config_print(struct arena *arena, const struct config *config, enum config_shape shape)
{
	struct buf out = buf_make(arena, 256);

	buf_add_c(&out, '{');
	print_text(&out, "alias", config->alias, shape);
	print_text(&out, "aliasForDeks", config->alias_for_deks, shape);
	print_flag(&out, "normalize", config->normalize);
	print_flag(&out, "validateFields", config->validate_fields);
	print_flag(&out, "validateNewSchemas", config->validate_new_schemas);
	print_flag(&out, "validateRules", config->validate_rules);
	if (config->has_level)
		print_text(&out, shape == CONFIG_ECHOED ? "compatibility" : "compatibilityLevel",
			compat_level_name(config->level), shape);
	if (config->policy != POLICY_UNSET)
		print_text(&out, "compatibilityPolicy", config_policy_name(config->policy), shape);
	print_text(&out, "compatibilityGroup", config->group, shape);
	print_metadata(arena, &out, "defaultMetadata", config->default_metadata);
	print_metadata(arena, &out, "overrideMetadata", config->override_metadata);
	print_rules(arena, &out, "defaultRuleSet", config->default_rule_set);
	print_rules(arena, &out, "overrideRuleSet", config->override_rule_set);
	buf_add_c(&out, '}');
	return buf_str(&out);
}

static struct str parse_text(struct arena *arena, const struct jsn *root, struct str name)
{
	const struct jsn *member = jsn_get_value(root, name);

	return member ? str_dup(arena, member->text) : STR_NONE;
}

static enum config_flag parse_flag(const struct jsn *root, struct str name)
{
	const struct jsn *member = jsn_get_value(root, name);

	if (!member)
		return CONFIG_UNSET;
	return member->boolean ? CONFIG_TRUE : CONFIG_FALSE;
}

/* A member's own text again; absent when there is none. */
static struct str parse_inner(struct arena *arena, const struct jsn *root, struct str name)
{
	const struct jsn *member = jsn_get_value(root, name);
	struct buf text = buf_make(arena, 128);

	if (!member)
		return STR_NONE;
	buf_json(&text, member);
	return buf_str(&text);
}

void config_parse(struct arena *arena, struct str text, struct config *out)
{
	const struct jsn *root;
	struct err err = { .arena = arena };

	*out = (struct config){ 0 };
	if (!str_present(text) || jsn_parse(arena, text, JSN_SURROGATES, LIMIT_JSON_DEPTH, &root, &err) != OK)
		return;
	out->alias = parse_text(arena, root, STR("alias"));
	out->alias_for_deks = parse_text(arena, root, STR("aliasForDeks"));
	out->normalize = parse_flag(root, STR("normalize"));
	out->validate_fields = parse_flag(root, STR("validateFields"));
	out->validate_new_schemas = parse_flag(root, STR("validateNewSchemas"));
	out->validate_rules = parse_flag(root, STR("validateRules"));
	out->has_level = compat_level_find(parse_text(arena, root, STR("compatibilityLevel")), &out->level);
	config_policy_find(parse_text(arena, root, STR("compatibilityPolicy")), &out->policy);
	out->group = parse_text(arena, root, STR("compatibilityGroup"));
	out->default_metadata = metadata_parse(arena, parse_inner(arena, root, STR("defaultMetadata")));
	out->override_metadata = metadata_parse(arena, parse_inner(arena, root, STR("overrideMetadata")));
	out->default_rule_set = ruleset_parse(arena, parse_inner(arena, root, STR("defaultRuleSet")));
	out->override_rule_set = ruleset_parse(arena, parse_inner(arena, root, STR("overrideRuleSet")));
}

struct config config_updated(const struct config *stored, const struct config_update *update)
{
	struct config out = *stored;
	const struct config *from = &update->values;

	if (update->present & CONFIG_ALIAS)
		out.alias = from->alias;
	if (update->present & CONFIG_ALIAS_FOR_DEKS)
		out.alias_for_deks = from->alias_for_deks;
	if (update->present & CONFIG_NORMALIZE)
		out.normalize = from->normalize;
	if (update->present & CONFIG_VALIDATE_FIELDS)
		out.validate_fields = from->validate_fields;
	if (update->present & CONFIG_VALIDATE_NEW_SCHEMAS)
		out.validate_new_schemas = from->validate_new_schemas;
	if (update->present & CONFIG_VALIDATE_RULES)
		out.validate_rules = from->validate_rules;
	if (update->present & CONFIG_LEVEL) {
		out.has_level = from->has_level;
		out.level = from->level;
	}
	if (update->present & CONFIG_POLICY)
		out.policy = from->policy;
	if (update->present & CONFIG_GROUP)
		out.group = from->group;
	if (update->present & CONFIG_DEFAULT_METADATA)
		out.default_metadata = from->default_metadata;
	if (update->present & CONFIG_OVERRIDE_METADATA)
		out.override_metadata = from->override_metadata;
	if (update->present & CONFIG_DEFAULT_RULE_SET)
		out.default_rule_set = from->default_rule_set;
	if (update->present & CONFIG_OVERRIDE_RULE_SET)
		out.override_rule_set = from->override_rule_set;
	return out;
}
