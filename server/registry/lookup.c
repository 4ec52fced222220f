/* Looking a schema up under a subject by its content (contract 5.4). */
#include "server/registry/registry_int.h"

static enum err_code find(struct call *call, struct str subject, const struct content *content, bool deleted,
	struct shown_version *out, struct err *err)
{
	const struct equivalent_search search = { .subject = subject, .content = content, .deleted = deleted };

	return equivalent_find(call, &search, out, err);
}

/* As registration would complete it: with the latest version's metadata and rules, and the configuration's. */
static enum err_code find_completed(struct call *call, struct str subject, const struct config *config,
	struct content *content, bool deleted, struct shown_version *out, struct err *err)
{
	const struct view_version *latest;
	const struct metadata *metadata = content->metadata;
	const struct rule_set *rules;

	TRY(view_latest_find(call->view, call->arena, subject, VIEW_LIVE, &latest, err));
	if (!latest)
		return OK;
	if (!metadata)
		metadata = metadata_parse(call->arena, latest->metadata);
	metadata = metadata_merge(call->arena, config->default_metadata, metadata);
	metadata = metadata_merge(call->arena, metadata, config->override_metadata);
	rules = content_rules(call, config, content->rule_set, latest);
	if (metadata_equal(metadata, content->metadata) && ruleset_equal(call->arena, rules, content->rule_set))
		return OK;
	content->metadata = metadata;
	content->rule_set = rules;
	content_digest(call->arena, content);
	return find(call, subject, content, deleted, out, err);
}

enum err_code content_find(struct call *call, struct str subject, const struct new_schema *schema, bool deleted,
	struct shown_version *out, struct err *err)
{
	struct content content;
	struct config config;
	unsigned flags;

	TRY(scope_config(call, subject, &config, err));
	flags = content_normalize_flag(schema, &config) | CONTENT_DELETED;
	/* Only Avro is parsed leniently here: of the other types nothing that is not valid was ever registered. */
	if (str_present(schema->type) && !str_eq(schema->type, schema_type_name(SCHEMA_AVRO)))
		flags |= CONTENT_STRICT;
	TRY(content_make(call, subject, schema, flags, &content, err));
	TRY(find(call, subject, &content, deleted, out, err));
	if (!out->version)
		TRY(find_completed(call, subject, &config, &content, deleted, out, err));
	return OK;
}

static enum err_code absent(struct call *call, struct str subject, struct str shown, bool deleted, struct err *err)
{
	const struct view_version *any;

	TRY(view_latest_find(call->view, call->arena, subject, deleted ? VIEW_ALL : VIEW_LIVE, &any, err));
	if (!any)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(shown));
	return err_raise(err, SCHEMA_NOT_FOUND);
}

static enum err_code look_up(struct call *call, struct str subject, const struct new_schema *schema, bool deleted,
	struct shown_version *out, struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	struct str elsewhere = name; /* what it is called in other contexts: ":*:orders" means any context's "orders" */
	struct shown_version found = { 0 };
	const struct str *contexts;
	size_t n;

	if (str_trim(schema->text).len == 0)
		return absent(call, name, subject, deleted, err);
	TRY(content_find(call, name, schema, deleted, &found, err));
	TRY(other_contexts(call, name, &contexts, &n, err));
	if (str_starts(name, STR(":*:")))
		elsewhere = str_sub(name, 3, name.len);
	for (size_t i = 0; i < n && !found.version; i++) {
		struct err ignored = { .arena = call->arena };

		/* A reference that this context does not have only means that the schema is not there. */
		if (content_find(call, subject_join(call->arena, contexts[i], elsewhere), schema, deleted, &found, &ignored) != OK)
			found.version = NULL;
		found.stored = found.stored || elsewhere.len < name.len;
	}
	if (!found.version)
		return absent(call, name, subject, deleted, err);
	*out = found;
	return OK;
}

enum err_code registry_lookup(struct call *call, struct str subject, const struct new_schema *schema, bool deleted,
	struct shown_version *out, struct err *err)
{
	enum err_code code;

	TRY(view_begin(call->view, err));
	code = look_up(call, subject, schema, deleted, out, err);
	view_end(call->view);
	return code;
}
