/* The judgement that registration, the compatibility endpoints and explanations share: against which versions, and how. */
#include "base/arena.h"
#include "server/registry/judge_int.h"

enum err_code compat_judge_history(struct call *call, struct str subject, const struct version_number *version,
	struct compat_history *out, struct err *err)
{
	const struct view_version *found;

	if (!version)
		return view_versions(call->view, call->arena, subject, VIEW_LIVE, &out->versions, &out->n_versions, err);
	if (version->latest)
		TRY(view_latest_find(call->view, call->arena, subject, VIEW_LIVE, &found, err));
	else
		TRY(view_version_find(call->view, call->arena, subject, version->number, VIEW_LIVE, &found, err));
	if (!found && !version->latest)
		return err_raise(err, VERSION_NOT_FOUND, version->number);
	*out = (struct compat_history){ .versions = found, .n_versions = found ? 1 : 0 };
	return OK;
}

static bool in_group(struct call *call, const struct config *config, const struct metadata *mine,
	const struct view_version *version)
{
	struct str want, have;

	if (!str_present(config->group))
		return true;
	want = metadata_get(mine, config->group);
	have = metadata_get(metadata_parse(call->arena, version->metadata), config->group);
	return str_present(want) == str_present(have) && str_eq(want, have);
}

static enum err_code compat_version_of(struct call *call, const struct view_version *version, struct compat_version *out,
	struct err *err)
{
	struct content content;

	TRY(content_of_version(call, version, &content, err));
	*out = (struct compat_version){
		.version = version->version,
		.text = version->text,
		.schema = content.parsed,
		.reserved = metadata_get(content.metadata, METADATA_RESERVED),
	};
	return OK;
}

/* The newest `wanted` versions of the group, ascending. */
static enum err_code gather(struct call *call, const struct config *config, const struct content *content,
	const struct compat_history *history, size_t wanted, struct compat_request *request, struct err *err)
{
	struct compat_version *list = arena_array(call->arena, struct compat_version, history->n_versions + 1);
	size_t first = history->n_versions;

	for (size_t i = history->n_versions; i-- > 0 && request->n_versions < wanted;) {
		if (!in_group(call, config, content->metadata, &history->versions[i]))
			continue;
		TRY(compat_version_of(call, &history->versions[i], &list[--first], err));
		request->n_versions++;
	}
	request->versions = &list[first];
	if (history->n_versions > 0 && request->validate_fields) {
		TRY(compat_version_of(call, &history->versions[history->n_versions - 1], &list[history->n_versions], err));
		request->latest = &list[history->n_versions];
	}
	return OK;
}

enum schema_policy compat_judge_policy(enum config_policy policy)
{
	switch (policy) {
	case POLICY_LENIENT:
		return SCHEMA_POLICY_LENIENT;
	case POLICY_LOGICAL:
		return SCHEMA_POLICY_LOGICAL;
	case POLICY_SOUND:
		return SCHEMA_POLICY_SOUND;
	default:
		return SCHEMA_POLICY_STRICT;
	}
}

enum err_code compat_judge_request(struct call *call, const struct config *config, const struct content *content,
	const struct compat_history *history, size_t least, struct compat_request *out, struct err *err)
{
	size_t wanted = compat_looks_back(config->level, compat_judge_policy(config->policy)) ? history->n_versions : 1;
	struct compat_request request = {
		.level = config->level,
		.policy = compat_judge_policy(config->policy),
		.schema = content->parsed,
		.reserved = metadata_get(content->metadata, METADATA_RESERVED),
		.validate_fields = scope_validates_fields(call->registry, config),
	};

	if (config->level != COMPAT_NONE || request.validate_fields)
		TRY(gather(call, config, content, history, wanted > least ? wanted : least, &request, err));
	*out = request;
	return OK;
}

enum err_code compat_judge(struct call *call, const struct config *config, const struct content *content,
	const struct compat_history *history, struct compat_verdict *out, struct err *err)
{
	struct compat_request request;

	TRY(compat_judge_request(call, config, content, history, 0, &request, err));
	return compat_check(call->arena, &request, out, err);
}
