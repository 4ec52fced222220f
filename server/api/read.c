/* Request bodies: from JSON to what the registry takes, with the reference's coercions and its words for what it refuses. */
#include "base/arena.h"
#include "server/api/api.h"
#include "server/api/read_int.h"

enum err_code read_refuse(struct err *err, struct str message)
{
	return err_text(err, ERR_BAD_JSON, message);
}

static const char *token_of(const struct jsn *value)
{
	switch (value->kind) {
	case JSN_ARRAY:
		return "Array value (token `JsonToken.START_ARRAY`)";
	case JSN_OBJECT:
		return "Object value (token `JsonToken.START_OBJECT`)";
	case JSN_STRING:
		return "String value (token `JsonToken.VALUE_STRING`)";
	case JSN_NUMBER:
		return "Number value (token `JsonToken.VALUE_NUMBER`)";
	case JSN_BOOL:
		return value->boolean ? "Boolean value (token `JsonToken.VALUE_TRUE`)" :
			"Boolean value (token `JsonToken.VALUE_FALSE`)";
	default:
		return "Null value (token `JsonToken.VALUE_NULL`)";
	}
}

enum err_code read_refuse_type(const struct jsn *value, const char *type, struct err *err)
{
	return read_refuse(err, str_printf(err->arena, "Cannot deserialize value of type `%s` from %s", type, token_of(value)));
}

/* A scalar where an object or a set should be. */
enum err_code read_refuse_scalar(const struct jsn *value, const char *type, struct err *err)
{
	const char *argument = "boolean/Boolean-argument", *kind = "boolean value";
	struct str text = value->text, quote = STR("");

	if (value->kind == JSN_STRING) {
		argument = "String-argument";
		kind = "String value";
		quote = STR("'");
	} else if (value->kind == JSN_NUMBER) {
		argument = "int/Int-argument";
		kind = "Number value";
	} else {
		text = value->boolean ? STR("true") : STR("false");
	}
	return read_refuse(err, str_printf(err->arena,
		"Cannot construct instance of `%s` (although at least one Creator exists): no %s constructor/factory method"
		" to deserialize from %s (%.*s%.*s%.*s)",
		type, argument, kind, STR_ARG(quote), STR_ARG(text), STR_ARG(quote)));
}

enum err_code read_object(const struct jsn *value, const char *type, struct err *err)
{
	if (value->kind == JSN_OBJECT)
		return OK;
	return value->kind == JSN_ARRAY ? read_refuse_type(value, type, err) : read_refuse_scalar(value, type, err);
}

static enum err_code as_text(const struct jsn *value, struct str *out, struct err *err)
{
	switch (value->kind) {
	case JSN_STRING:
	case JSN_NUMBER:
		*out = value->text;
		return OK;
	case JSN_BOOL:
		*out = value->boolean ? STR("true") : STR("false");
		return OK;
	default:
		return read_refuse_type(value, "String", err);
	}
}

enum err_code read_text(const struct jsn *object, struct str name, struct str *out, struct err *err)
{
	const struct jsn *member = jsn_get_value(object, name);
	struct str text = STR_NONE;

	if (member)
		TRY(as_text(member, &text, err));
	*out = text;
	return OK;
}

/* A number with a fraction is cut, as the reference's binding does. */
static bool to_int(const struct jsn *value, int32_t *out)
{
	ptrdiff_t dot = str_index(value->text, '.');

	return str_to_i32(dot > 0 && value->kind == JSN_NUMBER ? str_sub(value->text, 0, (size_t)dot) : str_trim(value->text), out);
}

enum err_code read_int(const struct jsn *object, struct str name, bool *found, int *out, struct err *err)
{
	const struct jsn *member = jsn_get_value(object, name);
	int32_t number = 0;
	bool blank = member && member->kind == JSN_STRING && str_trim(member->text).len == 0;

	if (!member || blank) {
		*found = false;
		return OK;
	}
	if (member->kind != JSN_STRING && member->kind != JSN_NUMBER)
		return read_refuse_type(member, "Integer", err);
	if (!to_int(member, &number)) {
		if (member->kind == JSN_NUMBER)
			return read_refuse(err, str_printf(err->arena, "Numeric value (%.*s) out of range of int (-2147483648 - 2147483647)",
				STR_ARG(member->text)));
		return read_refuse(err, str_printf(err->arena,
			"Cannot deserialize value of type `Integer` from String \"%.*s\": not a valid `java.lang.Integer` value",
			STR_ARG(member->text)));
	}
	*found = true;
	*out = number;
	return OK;
}

enum err_code read_flag(const struct jsn *object, struct str name, enum config_flag *out, struct err *err)
{
	const struct jsn *member = jsn_get_value(object, name);
	bool value = false;

	if (!member) {
		*out = CONFIG_UNSET;
		return OK;
	}
	if (member->kind == JSN_BOOL)
		value = member->boolean;
	else if (member->kind == JSN_NUMBER)
		value = !str_eq(member->text, STR("0"));
	else if (member->kind == JSN_STRING && str_eq_nocase(member->text, STR("true")))
		value = true;
	else if (member->kind == JSN_STRING && !str_eq_nocase(member->text, STR("false")))
		return read_refuse(err, str_printf(err->arena,
			"Cannot deserialize value of type `Boolean` from String \"%.*s\": only \"true\" or \"false\" recognized",
			STR_ARG(member->text)));
	else if (member->kind != JSN_STRING)
		return read_refuse_type(member, "Boolean", err);
	*out = value ? CONFIG_TRUE : CONFIG_FALSE;
	return OK;
}

/* ---- metadata ---- */

enum err_code read_text_set(struct arena *arena, const struct jsn *value, const struct str **out, size_t *n_out,
	struct err *err)
{
	struct str *items;
	size_t n = value->n_items;

	if (value->kind == JSN_OBJECT)
		return read_refuse_type(value, "HashSet", err);
	if (value->kind != JSN_ARRAY)
		return read_refuse_scalar(value, "HashSet", err);
	items = arena_array(arena, struct str, n);
	for (size_t i = 0; i < n; i++)
		TRY(as_text(&value->items[i], &items[i], err));
	metadata_sort_set(items, &n);
	*out = items;
	*n_out = n;
	return OK;
}

static enum err_code read_tags(struct arena *arena, const struct jsn *value, struct metadata *out, struct err *err)
{
	struct metadata_tags *tags;

	if (value->kind == JSN_ARRAY)
		return read_refuse_type(value, "String>>", err);
	TRY(read_object(value, "LinkedHashMap", err));
	tags = arena_array(arena, struct metadata_tags, value->n_items);
	for (size_t i = 0; i < value->n_items; i++) {
		tags[i].path = value->items[i].name;
		if (value->items[i].kind == JSN_NULL)
			return read_refuse(err, STR("The tags of a metadata path must not be null"));
		TRY(read_text_set(arena, &value->items[i], &tags[i].tags, &tags[i].n_tags, err));
	}
	out->tags = tags;
	out->n_tags = value->n_items;
	return OK;
}

enum err_code read_text_map(struct arena *arena, const struct jsn *value, const struct metadata_property **out,
	size_t *n_out, struct err *err)
{
	struct metadata_property *properties;

	if (value->kind == JSN_ARRAY)
		return read_refuse_type(value, "String>", err);
	TRY(read_object(value, "LinkedHashMap", err));
	properties = arena_array(arena, struct metadata_property, value->n_items);
	for (size_t i = 0; i < value->n_items; i++) {
		properties[i].key = value->items[i].name;
		if (value->items[i].kind == JSN_NULL)
			return read_refuse(err, STR("The value of a property or a parameter must not be null"));
		TRY(as_text(&value->items[i], &properties[i].value, err));
	}
	*out = properties;
	*n_out = value->n_items;
	return OK;
}

enum err_code read_metadata(struct arena *arena, const struct jsn *object, struct str name, const struct metadata **out,
	struct err *err)
{
	const struct jsn *value = jsn_get_value(object, name);
	const struct jsn *member;
	struct metadata *metadata;

	*out = NULL;
	if (!value)
		return OK;
	TRY(read_object(value, "Metadata", err));
	metadata = arena_new(arena, struct metadata);
	if ((member = jsn_get_value(value, STR("tags"))))
		TRY(read_tags(arena, member, metadata, err));
	if ((member = jsn_get_value(value, STR("properties"))))
		TRY(read_text_map(arena, member, &metadata->properties, &metadata->n_properties, err));
	if ((member = jsn_get_value(value, STR("sensitive"))))
		TRY(read_text_set(arena, member, &metadata->sensitive, &metadata->n_sensitive, err));
	metadata_sort(metadata);
	*out = metadata;
	return OK;
}

/* ---- schemas ---- */

static enum err_code read_references(struct arena *arena, const struct jsn *body, struct new_schema *out, struct err *err)
{
	const struct jsn *list = jsn_get_value(body, STR("references"));
	struct new_reference *references;

	if (!list)
		return OK;
	if (list->kind != JSN_ARRAY)
		return read_refuse_type(list, "SchemaReference>", err);
	references = arena_array(arena, struct new_reference, list->n_items);
	for (size_t i = 0; i < list->n_items; i++) {
		const struct jsn *item = &list->items[i];

		if (item->kind == JSN_NULL)
			return read_refuse(err, STR("A schema reference must not be null"));
		TRY(read_object(item, "SchemaReference", err));
		TRY(read_text(item, STR("name"), &references[i].name, err));
		TRY(read_text(item, STR("subject"), &references[i].subject, err));
		TRY(read_int(item, STR("version"), &references[i].has_version, &references[i].version, err));
	}
	out->references = references;
	out->n_references = list->n_items;
	return OK;
}

static enum err_code read_entity(const struct jsn *item, struct schema_tags *out, struct err *err)
{
	const struct jsn *entity = jsn_get_value(item, STR("schemaEntity"));
	struct str type = STR_NONE;

	if (entity) {
		TRY(read_object(entity, "SchemaEntity", err));
		TRY(read_text(entity, STR("entityPath"), &out->path, err));
		TRY(read_text(entity, STR("entityType"), &type, err));
	}
	if (!str_present(out->path) || !str_present(type))
		return read_refuse(err, STR("A schema entity must have an entityPath and an entityType"));
	if (!schema_entity_find(type, &out->entity))
		return read_refuse(err, str_printf(err->arena,
			"Cannot deserialize value of type `EntityType` from String \"%.*s\": not one of the values accepted for Enum class:"
			" [sr_record, sr_field]",
			STR_ARG(type)));
	return OK;
}

/* The names that a list of texts has, in its order. */
static enum err_code read_texts(struct arena *arena, const struct jsn *object, struct str name, const struct str **out,
	size_t *n_out, struct err *err)
{
	const struct jsn *list = jsn_get_value(object, name);
	struct str *items;

	if (!list)
		return OK;
	if (list->kind != JSN_ARRAY)
		return read_refuse_type(list, "String>", err);
	items = arena_array(arena, struct str, list->n_items);
	for (size_t i = 0; i < list->n_items; i++)
		TRY(as_text(&list->items[i], &items[i], err));
	*out = items;
	*n_out = list->n_items;
	return OK;
}

static enum err_code read_schema_tags(struct arena *arena, const struct jsn *body, struct str name,
	struct schema_tag_list *out, struct err *err)
{
	const struct jsn *list = jsn_get_value(body, name);
	struct schema_tags *entries;

	if (!list)
		return OK;
	if (list->kind != JSN_ARRAY)
		return read_refuse_type(list, "SchemaTags>", err);
	entries = arena_array(arena, struct schema_tags, list->n_items);
	for (size_t i = 0; i < list->n_items; i++) {
		const struct jsn *item = &list->items[i];

		if (item->kind == JSN_NULL)
			return read_refuse(err, STR("The tags of a schema entity must not be null"));
		TRY(read_object(item, "SchemaTags", err));
		TRY(read_entity(item, &entries[i], err));
		TRY(read_texts(arena, item, STR("tags"), &entries[i].tags, &entries[i].n_tags, err));
	}
	*out = (struct schema_tag_list){ .items = entries, .n_items = list->n_items };
	return OK;
}

enum err_code read_schema_text(struct arena *arena, const struct jsn *body, struct new_schema *schema, struct err *err)
{
	TRY(read_object(body, "RegisterSchemaRequest", err));
	TRY(read_text(body, STR("schemaType"), &schema->type, err));
	TRY(read_text(body, STR("schema"), &schema->text, err));
	TRY(read_references(arena, body, schema, err));
	return read_metadata(arena, body, STR("metadata"), &schema->metadata, err);
}

enum err_code read_schema(struct arena *arena, const struct jsn *body, struct new_schema *schema, struct err *err)
{
	enum config_flag propagate;

	TRY(read_object(body, "RegisterSchemaRequest", err));
	TRY(read_int(body, STR("version"), &schema->has_version, &schema->version, err));
	TRY(read_int(body, STR("id"), &schema->has_id, &schema->id, err));
	TRY(read_schema_text(arena, body, schema, err));
	TRY(read_rule_set(arena, body, STR("ruleSet"), &schema->rule_set, err));
	TRY(read_schema_tags(arena, body, STR("schemaTagsToAdd"), &schema->tags_to_add, err));
	TRY(read_schema_tags(arena, body, STR("schemaTagsToRemove"), &schema->tags_to_remove, err));
	TRY(read_flag(body, STR("propagateSchemaTags"), &propagate, err));
	schema->retag = schema->tags_to_add.n_items + schema->tags_to_remove.n_items > 0;
	schema->propagate_tags = propagate == CONFIG_TRUE;
	return OK;
}

enum err_code read_new_schema(struct request *rq, const struct new_schema **out, struct err *err)
{
	struct new_schema *schema = arena_new(request_arena(rq), struct new_schema);

	TRY(read_schema(request_arena(rq), request_body(rq), schema, err));
	schema->normalize = request_query_bool(rq, "normalize");
	schema->force = request_query_bool(rq, "force");
	*out = schema;
	return OK;
}

enum err_code read_tag_request(struct request *rq, const struct tag_request **out, struct err *err)
{
	struct arena *arena = request_arena(rq);
	struct tag_request *request = arena_new(arena, struct tag_request);
	const struct jsn *body = request_body(rq);
	bool found;

	TRY(read_object(body, "TagSchemaRequest", err));
	TRY(read_int(body, STR("newVersion"), &found, &request->new_version, err));
	TRY(read_schema_tags(arena, body, STR("tagsToAdd"), &request->tags_to_add, err));
	TRY(read_schema_tags(arena, body, STR("tagsToRemove"), &request->tags_to_remove, err));
	TRY(read_metadata(arena, body, STR("metadata"), &request->metadata, err));
	TRY(read_rule_set(arena, body, STR("ruleSet"), &request->rule_set, err));
	TRY(read_rule_set(arena, body, STR("rulesToMerge"), &request->rules_to_merge, err));
	TRY(read_texts(arena, body, STR("rulesToRemove"), &request->rules_to_remove, &request->n_rules_to_remove, err));
	*out = request;
	return OK;
}

/* ---- configuration ---- */

static const struct {
	const char *name;
	enum config_member member;
} config_members[] = {
	{ "alias", CONFIG_ALIAS },
	{ "aliasForDeks", CONFIG_ALIAS_FOR_DEKS },
	{ "normalize", CONFIG_NORMALIZE },
	{ "validateFields", CONFIG_VALIDATE_FIELDS },
	{ "validateNewSchemas", CONFIG_VALIDATE_NEW_SCHEMAS },
	{ "validateRules", CONFIG_VALIDATE_RULES },
	{ "compatibility", CONFIG_LEVEL },
	{ "compatibilityPolicy", CONFIG_POLICY },
	{ "compatibilityGroup", CONFIG_GROUP },
	{ "defaultMetadata", CONFIG_DEFAULT_METADATA },
	{ "overrideMetadata", CONFIG_OVERRIDE_METADATA },
	{ "defaultRuleSet", CONFIG_DEFAULT_RULE_SET },
	{ "overrideRuleSet", CONFIG_OVERRIDE_RULE_SET },
};

/* An unknown policy counts as not set; an unknown level is refused (contract 2.6). */
static enum err_code read_level(const struct jsn *body, struct config *out, struct err *err)
{
	struct str level, policy;

	TRY(read_text(body, STR("compatibility"), &level, err));
	TRY(read_text(body, STR("compatibilityPolicy"), &policy, err));
	out->has_level = compat_level_find(level, &out->level);
	if (str_present(level) && !out->has_level)
		return err_raise(err, INVALID_LEVEL);
	config_policy_find(policy, &out->policy);
	return OK;
}

enum err_code read_config_update(struct request *rq, struct config_update *out, struct err *err)
{
	struct arena *arena = request_arena(rq);
	const struct jsn *body = request_body(rq);
	struct config_update update = { 0 };
	struct config *values = &update.values;

	TRY(read_object(body, "ConfigUpdateRequest", err));
	for (size_t i = 0; i < sizeof(config_members) / sizeof(config_members[0]); i++)
		if (jsn_get(body, str_of(config_members[i].name)))
			update.present |= config_members[i].member;
	TRY(read_text(body, STR("alias"), &values->alias, err));
	TRY(read_text(body, STR("aliasForDeks"), &values->alias_for_deks, err));
	TRY(read_flag(body, STR("normalize"), &values->normalize, err));
	TRY(read_flag(body, STR("validateFields"), &values->validate_fields, err));
	TRY(read_flag(body, STR("validateNewSchemas"), &values->validate_new_schemas, err));
	TRY(read_flag(body, STR("validateRules"), &values->validate_rules, err));
	TRY(read_text(body, STR("compatibilityGroup"), &values->group, err));
	TRY(read_metadata(arena, body, STR("defaultMetadata"), &values->default_metadata, err));
	TRY(read_metadata(arena, body, STR("overrideMetadata"), &values->override_metadata, err));
	TRY(read_rule_set(arena, body, STR("defaultRuleSet"), &values->default_rule_set, err));
	TRY(read_rule_set(arena, body, STR("overrideRuleSet"), &values->override_rule_set, err));
	TRY(read_level(body, values, err));
	*out = update;
	return OK;
}
