/* Rule sets of request bodies. */
#include "base/arena.h"
#include "server/api/read_int.h"

static const char kinds[] = "CONDITION, TRANSFORM";
static const char modes[] = "DOWNGRADE, READ, UPGRADE, UPDOWN, WRITE, WRITEREAD";
static const char places[] = "ALL, CLIENT, GATEWAY, NONE, SERVER";

static enum err_code refuse_word(const char *type, struct str word, const char *accepted, struct err *err)
{
	return read_refuse(err, str_printf(err->arena, "Cannot deserialize value of type `%s` from String \"%.*s\": not one of"
		" the values accepted for Enum class: [%s]", type, STR_ARG(word), accepted));
}

/* Kind and mode, which have defaults. */
static enum err_code read_words(const struct jsn *json, struct data_rule *out, struct err *err)
{
	struct str kind, mode;

	TRY(read_text(json, STR("kind"), &kind, err));
	TRY(read_text(json, STR("mode"), &mode, err));
	out->kind = RULE_TRANSFORM;
	out->mode = RULE_WRITEREAD;
	if (str_present(kind) && !rule_kind_find(kind, &out->kind))
		return refuse_word("RuleKind", kind, kinds, err);
	if (str_present(mode) && !rule_mode_find(mode, &out->mode))
		return refuse_word("RuleMode", mode, modes, err);
	return OK;
}

static enum err_code read_rule(struct arena *arena, const struct jsn *json, struct data_rule *out, struct err *err)
{
	struct metadata params = { 0 };
	enum config_flag disabled;
	const struct jsn *member;

	if (json->kind == JSN_NULL)
		return read_refuse(err, STR("A rule must not be null"));
	TRY(read_object(json, "Rule", err));
	TRY(read_text(json, STR("name"), &out->name, err));
	TRY(read_text(json, STR("doc"), &out->doc, err));
	TRY(read_words(json, out, err));
	TRY(read_text(json, STR("type"), &out->type, err));
	if ((member = jsn_get_value(json, STR("tags"))))
		TRY(read_text_set(arena, member, &out->tags, &out->n_tags, err));
	if ((member = jsn_get_value(json, STR("params"))))
		TRY(read_text_map(arena, member, &params.properties, &params.n_properties, err));
	metadata_sort(&params);
	out->params = params.properties;
	out->n_params = params.n_properties;
	TRY(read_text(json, STR("expr"), &out->expr, err));
	TRY(read_text(json, STR("onSuccess"), &out->on_success, err));
	TRY(read_text(json, STR("onFailure"), &out->on_failure, err));
	TRY(read_flag(json, STR("disabled"), &disabled, err));
	out->disabled = disabled == CONFIG_TRUE;
	return OK;
}

static enum err_code read_list(struct arena *arena, const struct jsn *list, struct rule_list *out, struct err *err)
{
	struct data_rule *rules;

	if (list->kind != JSN_ARRAY)
		return read_refuse_type(list, "Rule>", err);
	rules = arena_array(arena, struct data_rule, list->n_items);
	for (size_t i = 0; i < list->n_items; i++)
		TRY(read_rule(arena, &list->items[i], &rules[i], err));
	*out = (struct rule_list){ .rules = rules, .n_rules = list->n_items };
	return OK;
}

static enum err_code read_enable_at(const struct jsn *json, struct rule_set *out, struct err *err)
{
	static const struct str words[] = {
		{ "ALL", 3 }, { "CLIENT", 6 }, { "GATEWAY", 7 }, { "NONE", 4 }, { "SERVER", 6 },
	};

	TRY(read_text(json, STR("enableAt"), &out->enable_at, err));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!str_present(out->enable_at) || str_eq(out->enable_at, words[i]))
			return OK;
	return refuse_word("ExecutionEnvironment", out->enable_at, places, err);
}

enum err_code read_rule_set(struct arena *arena, const struct jsn *object, struct str name, const struct rule_set **out,
	struct err *err)
{
	const struct jsn *value = jsn_get_value(object, name);
	struct rule_set *set;

	*out = NULL;
	if (!value)
		return OK;
	TRY(read_object(value, "RuleSet", err));
	set = arena_new(arena, struct rule_set);
	for (enum rule_phase phase = RULES_MIGRATION; phase < RULE_PHASES; phase++) {
		const struct jsn *list = jsn_get_value(value, rule_phase_name(phase));

		if (list)
			TRY(read_list(arena, list, &set->phases[phase], err));
	}
	TRY(read_enable_at(value, set, err));
	*out = set;
	return OK;
}
