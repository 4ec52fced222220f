/* Explaining a change against a subject's history or another text. */
#include "base/arena.h"
#include "compat/example.h"
#include "base/limits.h"
#include "server/registry/explain_int.h"
#include "server/registry/judge_int.h"

/* ---- schemas ---- */

static bool is_fault(enum err_code code)
{
	return code == ERR_PARSE || code == ERR_LIMIT || code == ERR_INVALID_SCHEMA;
}

enum err_code explain_read(struct call *call, struct str subject, const struct new_schema *sent, struct content *out,
	struct schema_fault *fault, struct err *err)
{
	struct err said = { .arena = call->arena };
	struct config config;
	enum schema_type type;
	enum err_code code;

	TRY(scope_config(call, subject, &config, err));
	code = content_admit(call, sent, &type, &said);
	if (code == OK)
		code = content_read(call, subject, sent, type, content_strict_flag(call->registry, &config), out, &said);
	if (is_fault(code))
		*fault = (struct schema_fault){ .message = explain_fault(&said), .line = said.line, .column = said.column };
	else if (code != OK)
		return err_text(err, code, said.message);
	return OK;
}

enum err_code explain_choose(struct call *call, const struct schema_choice *choice, struct content *out, struct str *text,
	struct schema_fault *fault, struct err *err)
{
	struct str subject = str_present(choice->subject) ? subject_normalize(call->arena, choice->subject) : STR("");
	const struct view_version *version;

	if (choice->sent) {
		*text = choice->sent->text;
		return explain_read(call, subject, choice->sent, out, fault, err);
	}
	TRY(registry_version_get(call, subject, choice->version, true, &version, err));
	*text = version->text;
	return content_of_version(call, version, out, err);
}

enum err_code explain_no_fault(const struct schema_fault *fault, const char *what, struct err *err)
{
	if (!str_present(fault->message))
		return OK;
	return err_text(err, ERR_INVALID_SCHEMA,
		str_printf(err->arena, "The %s cannot be read: %.*s", what, STR_ARG(fault->message)));
}

/* ---- a change ---- */

/* What a registration inherits matters where groups and reserved names do (contract 5.3 step 5). */
static enum err_code inherit_metadata(struct call *call, struct str subject, const struct config *config,
	struct content *content, struct err *err)
{
	const struct view_version *latest;

	if (!content->metadata) {
		TRY(view_latest_find(call->view, call->arena, subject, VIEW_LIVE, &latest, err));
		content->metadata = latest ? metadata_parse(call->arena, latest->metadata) : NULL;
	}
	content->metadata = metadata_merge(call->arena, config->default_metadata, content->metadata);
	content->metadata = metadata_merge(call->arena, content->metadata, config->override_metadata);
	return OK;
}

static void cut_history(struct compat_history *history, int newest)
{
	while (newest > 0 && history->n_versions > 0 && history->versions[history->n_versions - 1].version > newest)
		history->n_versions--;
}

/* The request that a subject's history makes. */
static enum err_code judge_history(struct call *call, const struct explain_query *query, struct str subject,
	const struct config *config, struct content *content, struct compat_request *out, bool *first, struct err *err)
{
	struct compat_history history;

	TRY(compat_judge_history(call, subject, query->version, &history, err));
	cut_history(&history, query->newest);
	*first = history.n_versions == 0;
	if (!query->version)
		TRY(inherit_metadata(call, subject, config, content, err));
	return compat_judge_request(call, config, content, &history, LIMIT_EXPLAIN_VERSIONS, out, err);
}

/* The request that the old text makes. */
static enum err_code judge_text(struct call *call, const struct explain_query *query, const struct config *config,
	const struct content *content, struct compat_request *out, struct err *err)
{
	struct compat_version *version = arena_new(call->arena, struct compat_version);
	struct schema_fault fault = { .message = STR_NONE };
	struct content old;

	TRY(explain_read(call, STR(""), query->old, &old, &fault, err));
	TRY(explain_no_fault(&fault, "old schema", err));
	version->text = query->old->text;
	version->schema = old.parsed;
	*out = (struct compat_request){
		.level = config->level,
		.policy = compat_judge_policy(config->policy),
		.schema = content->parsed,
		.versions = version,
		.n_versions = 1,
	};
	return OK;
}

static enum err_code explain_source(struct call *call, const struct content *content, struct str text,
	struct schema_source *out, struct err *err)
{
	struct dependencies dependencies;

	TRY(references_load(call, content->references, content->n_references, true, &dependencies, err));
	*out = (struct schema_source){
		.type = content->type,
		.text = text,
		.dependencies = dependencies.items,
		.n_dependencies = dependencies.n_items,
	};
	return OK;
}

static enum err_code explain(struct call *call, const struct explain_query *query, struct explained_change *out,
	struct err *err)
{
	bool has_subject = str_present(query->subject);
	struct str subject = has_subject ? subject_normalize(call->arena, query->subject) : STR("");
	struct explain_request request;
	struct schema_source source;
	struct content content;
	struct config config;

	TRY(scope_config(call, subject, &config, err));
	config.level = query->has_level ? query->level : config.level;
	if (query->all)
		config.level = compat_level_to_transitive(config.level);
	config.policy = query->policy != POLICY_UNSET ? query->policy : config.policy;
	out->level = config.level;
	out->policy = config.policy == POLICY_UNSET ? POLICY_STRICT : config.policy;
	out->text = query->schema->text;
	TRY(explain_read(call, subject, query->schema, &content, &out->fault, err));
	if (str_present(out->fault.message))
		return OK;
	if (has_subject)
		TRY(judge_history(call, query, subject, &config, &content, &request.judged, &out->first, err));
	else
		TRY(judge_text(call, query, &config, &content, &request.judged, err));
	TRY(explain_source(call, &content, query->schema->text, &source, err));
	request.source = &source;
	return compat_explain(call->arena, &request, &out->found, err);
}

enum err_code registry_explain(struct call *call, const struct explain_query *query, struct explained_change *out,
	struct err *err)
{
	struct explained_change change = { .fault = { .message = STR_NONE } };
	enum err_code code;

	TRY(view_begin(call->view, err));
	code = explain(call, query, &change, err);
	view_end(call->view);
	TRY(code);
	*out = change;
	return OK;
}

/* ---- examples of rules ---- */

enum err_code registry_rule_example(struct arena *arena, enum rule rule, bool *found, struct explain_finding *out,
	struct err *err)
{
	const struct rule_info *info = rule_info(rule);

	*found = false;
	if (!info->old_schema || !info->new_schema)
		return OK;
	return rule_example_explain(arena, rule, str_of(info->old_schema), str_of(info->new_schema), found, out, err);
}
