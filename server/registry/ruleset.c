/* Rule sets: their canonical text, validation, merging, and what is filled in. */
#include "server/registry/ruleset.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/letters.h"
#include "base/limits.h"
#include "base/map.h"

enum { NAME_MOST = 256 };

static const char *const kind_names[RULE_KINDS] = { "TRANSFORM", "CONDITION" };
static const char *const mode_names[RULE_MODES] = { "UPGRADE", "DOWNGRADE", "UPDOWN", "WRITE", "READ", "WRITEREAD" };
static const char *const phase_names[RULE_PHASES] = { "migrationRules", "domainRules", "encodingRules" };

struct str rule_kind_name(enum rule_kind kind)
{
	return str_of(kind_names[kind]);
}

struct str rule_mode_name(enum rule_mode mode)
{
	return str_of(mode_names[mode]);
}

struct str rule_phase_name(enum rule_phase phase)
{
	return str_of(phase_names[phase]);
}

static bool find_name(const char *const *names, int n, struct str name, int *out)
{
	for (int i = 0; i < n; i++) {
		if (str_eq(name, str_of(names[i]))) {
			*out = i;
			return true;
		}
	}
	return false;
}

bool rule_kind_find(struct str name, enum rule_kind *out)
{
	int found;

	if (!find_name(kind_names, RULE_KINDS, name, &found))
		return false;
	*out = (enum rule_kind)found;
	return true;
}

bool rule_mode_find(struct str name, enum rule_mode *out)
{
	int found;

	if (!find_name(mode_names, RULE_MODES, name, &found))
		return false;
	*out = (enum rule_mode)found;
	return true;
}

/* ---- validation ---- */

static enum err_code refuse(struct err *err, const char *what, struct str name)
{
	return err_text(err, ERR_INVALID_RULESET, str_printf(err->arena, "%s%.*s", what, STR_ARG(name)));
}

static enum err_code check_name(struct str name, struct err *err)
{
	size_t at = 0;
	uint32_t c;

	if (!str_present(name))
		return refuse(err, "Missing rule name", STR_NONE);
	if (name.len == 0)
		return refuse(err, "Empty rule name", STR_NONE);
	if (str_utf16_len(name) > NAME_MOST)
		return refuse(err, "Rule name too long", STR_NONE);
	c = letters_next(name, &at);
	if (!letters_is_letter(c) && c != '_')
		return refuse(err, "Illegal initial character in rule name: ", name);
	while (at < name.len) {
		c = letters_next(name, &at);
		if (!letters_is_letter(c) && !letters_is_digit(c) && c != '_' && c != '-')
			return refuse(err, "Illegal character in rule name: ", name);
	}
	return OK;
}

static enum err_code check_mode(const struct data_rule *rule, enum rule_phase phase, struct err *err)
{
	bool migrates = rule->mode <= RULE_UPDOWN;

	if (migrates == (phase == RULES_MIGRATION))
		return OK;
	if (phase == RULES_MIGRATION)
		return refuse(err, "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN", STR_NONE);
	return refuse(err, phase == RULES_DOMAIN ? "Domain rules can only be WRITE, READ, WRITEREAD" :
		"Encoding rules can only be WRITE, READ, WRITEREAD", STR_NONE);
}

static enum err_code check_actions(const struct data_rule *rule, struct err *err)
{
	bool several = str_index(rule->on_success, ',') >= 0 || str_index(rule->on_failure, ',') >= 0;

	if (several && rule->mode != RULE_WRITEREAD && rule->mode != RULE_UPDOWN)
		return refuse(err, "Multiple actions only valid with WRITEREAD and UPDOWN", STR_NONE);
	return OK;
}

/* In the reference's order; `names` are those of the rules before this one. */
static enum err_code check_rule(const struct data_rule *rule, enum rule_phase phase, struct map *names, struct err *err)
{
	TRY(check_name(rule->name, err));
	if (map_put(names, rule->name, names))
		return refuse(err, "Found rule with duplicate name '", str_concat(err->arena, rule->name, STR("'")));
	if (!str_present(rule->type) || rule->type.len == 0)
		return refuse(err, "Missing rule type", STR_NONE);
	TRY(check_actions(rule, err));
	return check_mode(rule, phase, err);
}

enum err_code ruleset_check(const struct rule_set *set, struct err *err)
{
	struct map names = map_make(err->arena);

	for (enum rule_phase phase = RULES_MIGRATION; set && phase < RULE_PHASES; phase++)
		for (size_t i = 0; i < set->phases[phase].n_rules; i++)
			TRY(check_rule(&set->phases[phase].rules[i], phase, &names, err));
	return OK;
}

/* ---- text ---- */

static void print_name(struct buf *out, struct str name)
{
	if (out->data[out->len - 1] != '{')
		buf_add_c(out, ',');
	buf_json_string(out, name);
	buf_add_c(out, ':');
}

static void print_text(struct buf *out, struct str name, struct str value)
{
	if (value.len == 0)
		return;
	print_name(out, name);
	buf_json_string(out, value);
}

static void print_tags(struct buf *out, const struct data_rule *rule)
{
	if (rule->n_tags == 0)
		return;
	print_name(out, STR("tags"));
	for (size_t i = 0; i < rule->n_tags; i++) {
		buf_add_c(out, i > 0 ? ',' : '[');
		buf_json_string(out, rule->tags[i]);
	}
	buf_add_c(out, ']');
}

static void print_params(struct buf *out, const struct data_rule *rule)
{
	if (rule->n_params == 0)
		return;
	print_name(out, STR("params"));
	buf_add_c(out, '{');
	for (size_t i = 0; i < rule->n_params; i++) {
		print_name(out, rule->params[i].key);
		buf_json_string(out, rule->params[i].value);
	}
	buf_add_c(out, '}');
}

static void print_rule(struct buf *out, const struct data_rule *rule)
{
	buf_add_c(out, '{');
	print_text(out, STR("name"), rule->name);
	print_text(out, STR("doc"), rule->doc);
	print_text(out, STR("kind"), rule_kind_name(rule->kind));
	print_text(out, STR("mode"), rule_mode_name(rule->mode));
	print_text(out, STR("type"), rule->type);
	print_tags(out, rule);
	print_params(out, rule);
	print_text(out, STR("expr"), rule->expr);
	print_text(out, STR("onSuccess"), rule->on_success);
	print_text(out, STR("onFailure"), rule->on_failure);
	print_name(out, STR("disabled"));
	buf_add(out, rule->disabled ? STR("true") : STR("false"));
	buf_add_c(out, '}');
}

struct str ruleset_print(struct arena *arena, const struct rule_set *set)
{
	struct buf out;

	if (!set)
		return STR_NONE;
	out = buf_make(arena, 256);
	buf_add_c(&out, '{');
	for (enum rule_phase phase = RULES_MIGRATION; phase < RULE_PHASES; phase++) {
		const struct rule_list *list = &set->phases[phase];

		if (list->n_rules == 0)
			continue;
		print_name(&out, rule_phase_name(phase));
		for (size_t i = 0; i < list->n_rules; i++) {
			buf_add_c(&out, i > 0 ? ',' : '[');
			print_rule(&out, &list->rules[i]);
		}
		buf_add_c(&out, ']');
	}
	print_text(&out, STR("enableAt"), set->enable_at);
	buf_add_c(&out, '}');
	return buf_str(&out);
}

static struct str parse_text(struct arena *arena, const struct jsn *object, struct str name)
{
	const struct jsn *member = jsn_get(object, name);

	return member ? str_dup(arena, member->text) : STR_NONE;
}

static void parse_tags(struct arena *arena, const struct jsn *json, struct data_rule *out)
{
	const struct jsn *list = jsn_get(json, STR("tags"));
	struct str *tags;

	out->n_tags = list ? list->n_items : 0;
	tags = arena_array(arena, struct str, out->n_tags);
	for (size_t i = 0; i < out->n_tags; i++)
		tags[i] = str_dup(arena, list->items[i].text);
	out->tags = tags;
}

static void parse_params(struct arena *arena, const struct jsn *json, struct data_rule *out)
{
	const struct jsn *object = jsn_get(json, STR("params"));
	struct metadata_property *params;

	out->n_params = object ? object->n_items : 0;
	params = arena_array(arena, struct metadata_property, out->n_params);
	for (size_t i = 0; i < out->n_params; i++) {
		params[i].key = str_dup(arena, object->items[i].name);
		params[i].value = str_dup(arena, object->items[i].text);
	}
	out->params = params;
}

static void parse_rule(struct arena *arena, const struct jsn *json, struct data_rule *out)
{
	const struct jsn *disabled = jsn_get(json, STR("disabled"));

	out->name = parse_text(arena, json, STR("name"));
	out->doc = parse_text(arena, json, STR("doc"));
	out->type = parse_text(arena, json, STR("type"));
	out->expr = parse_text(arena, json, STR("expr"));
	out->on_success = parse_text(arena, json, STR("onSuccess"));
	out->on_failure = parse_text(arena, json, STR("onFailure"));
	rule_kind_find(parse_text(arena, json, STR("kind")), &out->kind);
	rule_mode_find(parse_text(arena, json, STR("mode")), &out->mode);
	out->disabled = disabled && disabled->boolean;
	parse_tags(arena, json, out);
	parse_params(arena, json, out);
}

const struct rule_set *ruleset_parse(struct arena *arena, struct str text)
{
	struct rule_set *out;
	const struct jsn *root;
	struct err err = { .arena = arena };

	if (!str_present(text) || jsn_parse(arena, text, JSN_SURROGATES, LIMIT_JSON_DEPTH, &root, &err) != OK)
		return NULL;
	out = arena_new(arena, struct rule_set);
	for (enum rule_phase phase = RULES_MIGRATION; phase < RULE_PHASES; phase++) {
		const struct jsn *list = jsn_get(root, rule_phase_name(phase));
		size_t n = list ? list->n_items : 0;
		struct data_rule *rules = arena_array(arena, struct data_rule, n);

		for (size_t i = 0; i < n; i++)
			parse_rule(arena, &list->items[i], &rules[i]);
		out->phases[phase] = (struct rule_list){ .rules = rules, .n_rules = n };
	}
	out->enable_at = parse_text(arena, root, STR("enableAt"));
	return out;
}

static void digest_rule(struct buf *out, const struct data_rule *rule)
{
	buf_add(out, rule->name);
	buf_add(out, rule->doc);
	buf_add(out, rule_kind_name(rule->kind));
	buf_add(out, rule_mode_name(rule->mode));
	buf_add(out, rule->type);
	for (size_t i = 0; i < rule->n_tags; i++)
		buf_add(out, rule->tags[i]);
	for (size_t i = 0; i < rule->n_params; i++) {
		buf_add(out, rule->params[i].key);
		buf_add(out, rule->params[i].value);
	}
	buf_add(out, rule->expr);
	buf_add(out, rule->on_success);
	buf_add(out, rule->on_failure);
	if (rule->disabled)
		buf_add_c(out, 1);
}

void ruleset_digest_text(struct buf *out, const struct rule_set *set)
{
	if (!set)
		return;
	buf_add_c(out, 1);
	for (enum rule_phase phase = RULES_MIGRATION; phase < RULE_PHASES; phase++)
		for (size_t i = 0; i < set->phases[phase].n_rules; i++)
			digest_rule(out, &set->phases[phase].rules[i]);
	buf_add(out, set->enable_at);
}

/* ---- merging ---- */

/* The rules of the list whose names are not in the map, with room for `more`. */
static struct data_rule *rules_without(struct arena *arena, const struct rule_list *list, const struct map *names, size_t more,
	size_t *n_out)
{
	struct data_rule *rules = arena_array(arena, struct data_rule, list->n_rules + more);
	size_t n = 0;

	for (size_t i = 0; i < list->n_rules; i++)
		if (!map_get(names, list->rules[i].name))
			rules[n++] = list->rules[i];
	*n_out = n;
	return rules;
}

static struct rule_list merge_lists(struct arena *arena, const struct rule_list *earlier, const struct rule_list *later)
{
	struct map names = map_make(arena);
	struct data_rule *rules;
	size_t n;

	for (size_t i = 0; i < later->n_rules; i++)
		map_put(&names, later->rules[i].name, &names);
	rules = rules_without(arena, earlier, &names, later->n_rules, &n);
	for (size_t i = 0; i < later->n_rules; i++)
		rules[n++] = later->rules[i];
	return (struct rule_list){ .rules = rules, .n_rules = n };
}

const struct rule_set *ruleset_merge(struct arena *arena, const struct rule_set *earlier, const struct rule_set *later)
{
	struct rule_set *out;

	if (!earlier || !later)
		return earlier ? earlier : later;
	out = arena_new(arena, struct rule_set);
	for (enum rule_phase phase = RULES_MIGRATION; phase < RULE_PHASES; phase++)
		out->phases[phase] = merge_lists(arena, &earlier->phases[phase], &later->phases[phase]);
	out->enable_at = str_present(later->enable_at) ? later->enable_at : earlier->enable_at;
	return out;
}

const struct rule_set *ruleset_without(struct arena *arena, const struct rule_set *set, const struct str *names, size_t n)
{
	struct map removed = map_make(arena);
	struct rule_set *out;

	if (!set)
		return NULL;
	for (size_t i = 0; i < n; i++)
		map_put(&removed, names[i], &removed);
	out = arena_new(arena, struct rule_set);
	out->enable_at = set->enable_at;
	for (enum rule_phase phase = RULES_MIGRATION; phase < RULE_PHASES; phase++) {
		struct rule_list *list = &out->phases[phase];

		list->rules = rules_without(arena, &set->phases[phase], &removed, 0, &list->n_rules);
	}
	return out;
}

/* ---- what is filled in (contract 5.10, last item) ---- */

static const struct str kms_key_id = { "encrypt.kms.key.id", 18 };
static const struct str kms_type = { "encrypt.kms.type", 16 };
static const struct str kek_name = { "encrypt.kek.name", 16 };
static const struct str arn = { "arn:", 4 };

static struct str get_param(const struct data_rule *rule, struct str key)
{
	for (size_t i = 0; i < rule->n_params; i++)
		if (str_eq(rule->params[i].key, key))
			return rule->params[i].value;
	return STR_NONE;
}

static void set_param(struct arena *arena, struct data_rule *rule, struct str key, struct str value)
{
	const struct metadata params = { .properties = rule->params, .n_properties = rule->n_params };
	const struct metadata *with = metadata_with(arena, &params, key, value);

	rule->params = with->properties;
	rule->n_params = with->n_properties;
}

/* The key id without "arn:", and with a dash for every UTF-16 unit that a name cannot have. */
static struct str kek_of_key(struct arena *arena, struct str id)
{
	struct str rest = str_starts(id, arn) ? str_sub(id, arn.len, id.len) : id;
	struct buf out = buf_make(arena, rest.len + 1);

	for (size_t at = 0; at < rest.len;) {
		size_t begin = at;
		uint32_t c = letters_next(rest, &at);

		if (letters_is_letter(c) || letters_is_digit(c) || c == '_' || c == '-')
			buf_add(&out, str_sub(rest, begin, at));
		else
			buf_add(&out, c > 0xFFFF ? STR("--") : STR("-"));
	}
	return buf_str(&out);
}

static void complete_rule(struct arena *arena, struct data_rule *rule)
{
	struct str id = get_param(rule, kms_key_id);

	if (!str_present(id))
		return;
	if (!str_present(get_param(rule, kek_name)))
		set_param(arena, rule, kek_name, kek_of_key(arena, id));
	if (!str_present(get_param(rule, kms_type)) && str_starts(id, arn))
		set_param(arena, rule, kms_type, STR("aws-kms"));
}

const struct rule_set *ruleset_completed(struct arena *arena, const struct rule_set *set)
{
	const struct rule_list *domain;
	struct rule_set *out;
	struct data_rule *rules;

	if (!set)
		return NULL;
	domain = &set->phases[RULES_DOMAIN];
	rules = arena_array(arena, struct data_rule, domain->n_rules);
	for (size_t i = 0; i < domain->n_rules; i++) {
		rules[i] = domain->rules[i];
		complete_rule(arena, &rules[i]);
	}
	out = arena_new(arena, struct rule_set);
	*out = *set;
	out->phases[RULES_DOMAIN].rules = rules;
	return out;
}

/* ---- questions ---- */

bool ruleset_has_type(const struct rule_set *set, struct str type)
{
	for (enum rule_phase phase = RULES_MIGRATION; set && phase < RULE_PHASES; phase++)
		for (size_t i = 0; i < set->phases[phase].n_rules; i++)
			if (str_eq(set->phases[phase].rules[i].type, type))
				return true;
	return false;
}

bool ruleset_equal(struct arena *arena, const struct rule_set *a, const struct rule_set *b)
{
	if (!a || !b)
		return a == b;
	return str_eq(ruleset_print(arena, a), ruleset_print(arena, b));
}
