/* Content: a schema with its references and metadata, parsed, in canonical text, with its digest. */
#include <stdlib.h>

#include "base/arena.h"
#include "server/registry/parsed_cache_int.h"
#include "server/registry/registry_int.h"

void content_digest_reference(struct buf *out, struct str name, struct str subject, const int *version)
{
	uint32_t n = version ? (uint32_t)*version : 0;
	const char bytes[4] = { (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };

	buf_add(out, name);
	buf_add(out, subject);
	if (version)
		buf_add(out, str_make(bytes, sizeof(bytes)));
}

void content_digest(struct arena *arena, struct content *content)
{
	struct buf out = buf_make(arena, content->text.len + 64);

	buf_add(&out, content->text);
	for (size_t i = 0; i < content->n_references; i++)
		content_digest_reference(&out, content->references[i].name, content->references[i].subject,
			&content->references[i].version);
	metadata_digest_text(&out, content->metadata);
	ruleset_digest_text(&out, content->rule_set);
	digest_md5(buf_str(&out), content->digest);
}

static int compare_references(const void *a, const void *b)
{
	const struct record_reference *left = a, *right = b;
	int order = str_cmp_utf16(left->subject, right->subject);

	return order ? order : (left->version > right->version) - (left->version < right->version);
}

static bool same_reference(const struct record_reference *a, const struct record_reference *b)
{
	return a->version == b->version && str_eq(a->subject, b->subject) && str_eq(a->name, b->name);
}

/* Sorted by subject and version, duplicates removed. */
static void normalize_references(struct arena *arena, struct content *content)
{
	struct record_reference *list = arena_array(arena, struct record_reference, content->n_references);
	size_t n = 0;

	if (content->n_references == 0)
		return;
	memcpy(list, content->references, content->n_references * sizeof(*list));
	qsort(list, content->n_references, sizeof(*list), compare_references);
	for (size_t i = 0; i < content->n_references; i++)
		if (n == 0 || !same_reference(&list[n - 1], &list[i]))
			list[n++] = list[i];
	content->references = list;
	content->n_references = n;
}

static enum err_code check_fields(struct arena *arena, const struct schema *schema, struct err *err)
{
	const struct str *names;
	size_t n = schema_top_fields(arena, schema, &names);

	for (size_t i = 0; i < n; i++)
		if (str_starts(names[i], STR("$$")))
			return err_text(err, ERR_INVALID_SCHEMA, STR("#: Field names cannot start with $$ prefix"));
	return OK;
}

static enum err_code parse(struct call *call, const struct new_schema *schema, unsigned flags, struct content *content,
	struct err *err)
{
	struct dependencies dependencies;
	struct schema_source source = { .type = content->type, .text = schema->text };

	TRY(references_load(call, content->references, content->n_references, flags & CONTENT_DELETED, &dependencies, err));
	source.dependencies = dependencies.items;
	source.n_dependencies = dependencies.n_items;
	TRY(schema_parse(call->arena, &source,
		(flags & CONTENT_STRICT ? SCHEMA_STRICT : 0) | (flags & CONTENT_FIELDS ? SCHEMA_LINKED : 0), &content->parsed,
		err));
	if (flags & CONTENT_FIELDS)
		TRY(check_fields(call->arena, content->parsed, err));
	if (flags & CONTENT_NORMALIZE) {
		source.text = schema_normalized(call->arena, content->parsed);
		TRY(schema_parse(call->arena, &source, 0, &content->parsed, err));
		normalize_references(call->arena, content);
	}
	content->text = content->parsed->canonical;
	return OK;
}

unsigned content_normalize_flag(const struct new_schema *schema, const struct config *config)
{
	return schema->normalize || config->normalize == CONFIG_TRUE ? CONTENT_NORMALIZE : 0;
}

unsigned content_strict_flag(const struct registry *registry, const struct config *config)
{
	bool strict = config->validate_new_schemas == CONFIG_UNSET ? registry->options.validate_new_schemas :
		config->validate_new_schemas == CONFIG_TRUE;

	return (strict ? CONTENT_STRICT : 0) | (scope_validates_fields(registry, config) ? CONTENT_FIELDS : 0);
}

static struct str type_sent(const struct new_schema *schema)
{
	return str_present(schema->type) ? schema->type : STR("AVRO");
}

enum err_code content_admit(struct call *call, const struct new_schema *schema, enum schema_type *out, struct err *err)
{
	struct str type = type_sent(schema);

	if (!schema_type_find(type, out))
		return err_text(err, ERR_INVALID_SCHEMA, str_concat(call->arena, STR("Invalid schema type "), type));
	if (str_trim(schema->text).len == 0)
		return err_text(err, ERR_INVALID_SCHEMA, STR("Empty schema"));
	if (schema->text.len > call->registry->options.max_schema_bytes)
		return err_raise(err, SCHEMA_TOO_LARGE);
	return OK;
}

enum err_code content_read(struct call *call, struct str subject, const struct new_schema *schema, enum schema_type type,
	unsigned flags, struct content *out, struct err *err)
{
	struct content content = {
		.type = type,
		.metadata = schema->metadata,
		.rule_set = schema->rule_set,
		.n_references = schema->n_references,
	};

	TRY(references_resolve(call, subject, schema, flags & CONTENT_DELETED, &content.references, err));
	TRY(parse(call, schema, flags, &content, err));
	content_digest(call->arena, &content);
	*out = content;
	return OK;
}

enum err_code content_make(struct call *call, struct str subject, const struct new_schema *schema, unsigned flags,
	struct content *out, struct err *err)
{
	enum schema_type type;
	enum err_code code;

	TRY(content_admit(call, schema, &type, err));
	code = content_read(call, subject, schema, type, flags, out, err);
	if (code == ERR_PARSE || code == ERR_LIMIT)
		return content_refuse_text(call, subject, schema, type_sent(schema), err);
	if (code == ERR_INVALID_SCHEMA)
		return content_refuse_invalid(call, subject, schema, type_sent(schema), err);
	return code;
}

void content_as_sent(struct arena *arena, const struct view_version *version, struct new_schema *out)
{
	struct new_reference *references = arena_array(arena, struct new_reference, version->n_references);

	for (size_t i = 0; i < version->n_references; i++)
		references[i] = (struct new_reference){
			.name = version->references[i].name,
			.subject = version->references[i].subject,
			.has_version = true,
			.version = version->references[i].version,
		};
	out->text = version->text;
	out->type = version->schema_type;
	out->references = references;
	out->n_references = version->n_references;
}

/* When rule sets are not kept, those of a configuration from a time when they were are not looked at. */
const struct rule_set *content_rules(struct call *call, const struct config *config, const struct rule_set *sent,
	const struct view_version *latest)
{
	const struct rule_set *rules = ruleset_completed(call->arena, sent);

	if (!rules && latest)
		rules = ruleset_parse(call->arena, latest->rule_set);
	if (!call->registry->options.keep_rule_sets)
		return rules;
	rules = ruleset_merge(call->arena, config->default_rule_set, rules);
	return ruleset_merge(call->arena, rules, config->override_rule_set);
}

/* Contents of different types may have one digest, and references may lead elsewhere in another context. */
static void parsed_key(struct arena *arena, const struct view_version *version, const struct dependencies *dependencies,
	uint8_t key[MD5_BYTES])
{
	memcpy(key, version->digest, MD5_BYTES);
	if (dependencies->n_items > 0) {
		struct buf both = buf_make(arena, 2 * MD5_BYTES);

		buf_add(&both, str_make((const char *)version->digest, MD5_BYTES));
		buf_add(&both, str_make((const char *)dependencies->digest, MD5_BYTES));
		digest_md5(buf_str(&both), key);
	}
	key[0] ^= (uint8_t)version->schema_type.data[0];
}

enum err_code content_key(struct call *call, const struct view_version *version, uint8_t out[MD5_BYTES], struct err *err)
{
	struct dependencies dependencies;

	TRY(references_load(call, version->references, version->n_references, true, &dependencies, err));
	parsed_key(call->arena, version, &dependencies, out);
	return OK;
}

enum err_code content_of_version(struct call *call, const struct view_version *version, struct content *out, struct err *err)
{
	struct content content = {
		.text = version->text,
		.references = version->references,
		.n_references = version->n_references,
		.metadata = metadata_parse(call->arena, version->metadata),
		.rule_set = ruleset_parse(call->arena, version->rule_set),
	};
	struct dependencies dependencies;
	struct schema_source source = { .text = version->text };
	uint8_t key[MD5_BYTES];

	if (!schema_type_find(version->schema_type, &content.type))
		return err_raise(err, INTERNAL);
	TRY(references_load(call, version->references, version->n_references, true, &dependencies, err));
	parsed_key(call->arena, version, &dependencies, key);
	source.type = content.type;
	source.dependencies = dependencies.items;
	source.n_dependencies = dependencies.n_items;
	TRY(parsed_cache_get(call->registry->parsed, call->arena, key, &source, &content.parsed, err));
	memcpy(content.digest, version->digest, MD5_BYTES);
	*out = content;
	return OK;
}

/* Equal lists, or none where the stored one has some: its content may be written out in place (Avro). */
static bool references_fit(const struct content *wanted, const struct view_version *stored)
{
	if (wanted->n_references == 0)
		return true;
	if (wanted->n_references != stored->n_references)
		return false;
	for (size_t i = 0; i < wanted->n_references; i++)
		if (!same_reference(&wanted->references[i], &stored->references[i]))
			return false;
	return true;
}

/* A confluent:version on one side only is ignored; on the wanted side it must name the stored version. */
static bool metadata_fits(struct arena *arena, const struct metadata *wanted, const struct metadata *stored, int version)
{
	struct str want = metadata_get(wanted, METADATA_VERSION);
	struct str have = metadata_get(stored, METADATA_VERSION);
	int32_t number;

	if (str_present(want) == str_present(have))
		return metadata_equal(wanted, stored);
	if (str_present(want) && !(str_to_i32(want, &number) && number == version))
		return false;
	wanted = wanted ? metadata_with(arena, wanted, METADATA_VERSION, STR_NONE) : NULL;
	stored = stored ? metadata_with(arena, stored, METADATA_VERSION, STR_NONE) : NULL;
	if (!wanted || !stored) {
		const struct metadata *rest = wanted ? wanted : stored;

		return rest->n_properties == 0 && rest->n_tags == 0 && rest->n_sensitive == 0;
	}
	return metadata_equal(wanted, stored);
}

enum err_code content_stands_for(struct call *call, const struct content *wanted, const struct view_version *stored,
	bool *out, struct err *err)
{
	struct content have;

	*out = false;
	if (!str_eq(schema_type_name(wanted->type), stored->schema_type) || !references_fit(wanted, stored))
		return OK;
	if (!metadata_fits(call->arena, wanted->metadata, metadata_parse(call->arena, stored->metadata), stored->version))
		return OK;
	if (!ruleset_equal(call->arena, wanted->rule_set, ruleset_parse(call->arena, stored->rule_set)))
		return OK;
	TRY(content_of_version(call, stored, &have, err));
	*out = schema_equal(wanted->parsed, have.parsed);
	return OK;
}
