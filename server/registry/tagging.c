/* Inline tags (contract 2.3, 6.6): changed by a registration or on a stored version, and found. */
#include "base/arena.h"
#include "server/registry/registry_int.h"

bool content_retag_asked(const struct new_schema *schema)
{
	return schema->retag || schema->propagate_tags;
}

/* The tags of the latest version, unless it is of another type. */
static enum err_code propagated(struct call *call, const struct view_version *latest, const struct new_schema *schema,
	struct schema_tag_list *out, struct err *err)
{
	struct str type = str_present(schema->type) ? schema->type : STR("AVRO");
	struct content content;

	if (!str_eq(type, latest->schema_type))
		return OK;
	TRY(content_of_version(call, latest, &content, err));
	*out = schema_tags(call->arena, content.parsed);
	return OK;
}

enum err_code content_retag(struct call *call, struct str subject, bool inherits, const struct new_schema **schema,
	struct err *err)
{
	struct new_schema *made = arena_new(call->arena, struct new_schema);
	struct schema_tag_change change = { .added = (*schema)->tags_to_add, .removed = (*schema)->tags_to_remove };
	const struct view_version *latest = NULL;
	struct content content;

	*made = **schema;
	if (made->retag && !(made->has_version && made->version != 0)) {
		made->has_version = true;
		made->version = -1;
	}
	if (inherits)
		TRY(view_latest_find(call->view, call->arena, subject, VIEW_LIVE, &latest, err));
	if (latest && str_trim(made->text).len == 0)
		content_as_sent(call->arena, latest, made);
	if (latest && made->propagate_tags)
		TRY(propagated(call, latest, made, &change.inherited, err));
	if (change.inherited.n_items + change.added.n_items + change.removed.n_items > 0) {
		TRY(content_make(call, subject, made, 0, &content, err));
		TRY(schema_retag(call->arena, content.parsed, &change, &made->text, err));
	}
	*schema = made;
	return OK;
}

/* The version before the one that is to be made, or the latest one: whose rules are changed. */
static enum err_code rules_before(struct call *call, struct str subject, int new_version, const struct rule_set **out,
	struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	const struct view_version *before;

	if (new_version > 1)
		TRY(view_version_find(call->view, call->arena, name, new_version - 1, VIEW_LIVE, &before, err));
	else
		TRY(view_latest_find(call->view, call->arena, name, VIEW_LIVE, &before, err));
	*out = before ? ruleset_parse(call->arena, before->rule_set) : NULL;
	return OK;
}

/* The rule set that the request makes: its own, or the one before with rules merged and removed; NULL inherits. */
static enum err_code new_rules(struct call *call, struct str subject, const struct tag_request *request,
	const struct rule_set **out, struct err *err)
{
	bool keep = call->registry->options.keep_rule_sets;
	const struct rule_set *own = keep ? request->rule_set : NULL;
	const struct rule_set *before;

	*out = own;
	if (!request->rules_to_merge && !request->rules_to_remove)
		return OK;
	if (own)
		return err_raise(err, INVALID_RULESET, "ruleSet should be omitted if specifying rulesToMerge or rulesToRemove");
	TRY(ruleset_check(request->rules_to_merge, err));
	TRY(rules_before(call, subject, request->new_version, &before, err));
	before = ruleset_merge(call->arena, before, request->rules_to_merge);
	*out = ruleset_without(call->arena, before, request->rules_to_remove, request->n_rules_to_remove);
	return OK;
}

enum err_code registry_tag(struct call *call, struct str subject, struct version_number number,
	const struct tag_request *request, struct write **write, struct err *err)
{
	struct new_schema *schema = arena_new(call->arena, struct new_schema);
	const struct view_version *version;
	const struct metadata *metadata = request->metadata;
	const struct rule_set *rules;
	struct shown_version never; /* a registration that names its version finds none that is there */

	TRY(registry_version_get(call, subject, number, false, &version, err));
	TRY(new_rules(call, subject, request, &rules, err));
	if (!metadata)
		metadata = metadata_parse(call->arena, version->metadata);
	*schema = (struct new_schema){
		.has_version = true,
		.version = request->new_version,
		.metadata = metadata_with(call->arena, metadata, METADATA_VERSION,
			str_printf(call->arena, "%d", request->new_version)),
		.retag = true,
		.rule_set = rules,
		.tags_to_add = request->tags_to_add,
		.tags_to_remove = request->tags_to_remove,
	};
	content_as_sent(call->arena, version, schema);
	return registry_register(call, subject, schema, &never, write, err);
}

/* Whether one of the entity's tags is wanted; "*" wants all. */
static bool is_wanted(const struct schema_tags *entity, const struct str *wanted, size_t n_wanted)
{
	for (size_t i = 0; i < n_wanted; i++) {
		if (str_eq(wanted[i], STR("*")))
			return true;
		for (size_t k = 0; k < entity->n_tags; k++)
			if (str_eq(wanted[i], entity->tags[k]))
				return true;
	}
	return false;
}

enum err_code registry_find_tags(struct call *call, const struct view_version *version, const struct str *wanted,
	size_t n_wanted, struct schema_tag_list *out, struct err *err)
{
	struct schema_tag_list all;
	struct schema_tags *found;
	struct content content;
	size_t n = 0;

	TRY(content_of_version(call, version, &content, err));
	all = schema_tags(call->arena, content.parsed);
	found = arena_array(call->arena, struct schema_tags, all.n_items);
	for (size_t i = 0; i < all.n_items; i++)
		if (is_wanted(&all.items[i], wanted, n_wanted))
			found[n++] = all.items[i];
	*out = (struct schema_tag_list){ .items = found, .n_items = n };
	return OK;
}
