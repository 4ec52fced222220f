/* Reading versions of a subject. */
#include "base/arena.h"
#include "compat/logical.h"
#include "server/registry/registry_int.h"

enum err_code version_number_parse(struct str text, struct version_number *out, struct err *err)
{
	struct str trimmed = str_trim(text);
	int32_t number;

	if (str_eq_nocase(trimmed, STR("latest"))) {
		*out = (struct version_number){ .latest = true, .number = -1 };
		return OK;
	}
	if (!str_to_i32(trimmed, &number) || (number < 1 && number != -1))
		return err_raise(err, INVALID_VERSION, STR_ARG(text));
	*out = (struct version_number){ .latest = number == -1, .number = number };
	return OK;
}

enum err_code other_contexts(struct call *call, struct str subject, const struct str **out, size_t *n_out, struct err *err)
{
	*out = NULL;
	*n_out = 0;
	if (subject_split(subject).qualified)
		return OK;
	return view_list_contexts(call->view, call->arena, out, n_out, err);
}

static enum err_code find(struct call *call, struct str subject, struct version_number version, bool deleted,
	const struct view_version **out, struct err *err)
{
	/* "latest" is the highest undeleted version, whatever `deleted` says (contract 2.3). */
	if (version.latest)
		return view_latest_find(call->view, call->arena, subject, VIEW_LIVE, out, err);
	return view_version_find(call->view, call->arena, subject, version.number, deleted ? VIEW_ALL : VIEW_LIVE, out, err);
}

static enum err_code absent(struct call *call, struct str subject, struct str shown, struct version_number version,
	bool deleted, struct err *err)
{
	const struct view_version *any;

	TRY(view_latest_find(call->view, call->arena, subject, deleted ? VIEW_ALL : VIEW_LIVE, &any, err));
	if (!any)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(shown));
	return err_raise(err, VERSION_NOT_FOUND, version.number);
}

enum err_code registry_version_get(struct call *call, struct str subject, struct version_number version, bool deleted,
	const struct view_version **out, struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	const struct view_version *found;
	const struct str *contexts;
	size_t n;

	TRY(find(call, name, version, deleted, &found, err));
	if (found) {
		*out = found;
		return OK;
	}
	TRY(other_contexts(call, name, &contexts, &n, err));
	for (size_t i = 0; i < n && !found; i++)
		TRY(find(call, subject_join(call->arena, contexts[i], name), version, deleted, &found, err));
	if (!found)
		return absent(call, name, subject, version, deleted, err);
	*out = found;
	return OK;
}

enum err_code registry_version_list(struct call *call, struct str subject, enum view_deleted which, bool negative,
	const int **out, size_t *n_out, struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	const struct view_version_head *heads;
	size_t n, n_shown = 0;
	bool known = false;
	int *numbers;

	TRY(view_version_heads(call->view, call->arena, name, VIEW_ALL, &heads, &n, err));
	numbers = arena_array(call->arena, int, n);
	for (size_t i = 0; i < n; i++) {
		known = known || which != VIEW_LIVE || !heads[i].deleted;
		if (negative)
			numbers[n_shown++] = heads[i].deleted ? -heads[i].version : heads[i].version;
		else if (which == VIEW_ALL || heads[i].deleted == (which == VIEW_DELETED_ONLY))
			numbers[n_shown++] = heads[i].version;
	}
	if (!known)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(subject));
	*out = numbers;
	*n_out = n_shown;
	return OK;
}

enum err_code registry_referenced_by(struct call *call, struct str subject, struct version_number version, bool deleted,
	const int **out, size_t *n_out, struct err *err)
{
	const struct view_version *target;
	const struct view_version_head *heads;
	size_t n, n_ids = 0;
	int *ids;

	TRY(registry_version_get(call, subject, version, true, &target, err));
	TRY(view_referrers(call->view, call->arena, target->subject, target->version, deleted ? VIEW_ALL : VIEW_LIVE,
		&heads, &n, err));
	ids = arena_array(call->arena, int, n);
	for (size_t i = 0; i < n; i++) {
		struct str context = subject_split(heads[i].subject).context;
		bool same = i > 0 && heads[i].id == heads[i - 1].id &&
			str_eq(context, subject_split(heads[i - 1].subject).context);

		if (!same)
			ids[n_ids++] = heads[i].id;
	}
	*out = ids;
	*n_out = n_ids;
	return OK;
}

static bool has_all(const struct metadata *metadata, const struct metadata_property *wanted, size_t n_wanted)
{
	if (!metadata)
		return false;
	for (size_t i = 0; i < n_wanted; i++) {
		struct str have = metadata_get(metadata, wanted[i].key);

		if (!str_present(have) || !str_eq(have, wanted[i].value))
			return false;
	}
	return true;
}

enum err_code registry_metadata_get(struct call *call, struct str subject, const struct metadata_property *wanted,
	size_t n_wanted, bool deleted, const struct view_version **out, struct err *err)
{
	struct str name = subject_normalize(call->arena, subject);
	const struct view_version *versions;
	size_t n;

	TRY(view_versions(call->view, call->arena, name, deleted ? VIEW_ALL : VIEW_LIVE, &versions, &n, err));
	if (n == 0)
		return err_raise(err, SUBJECT_NOT_FOUND, STR_ARG(subject));
	for (size_t i = n; i-- > 0;) {
		if (has_all(metadata_parse(call->arena, versions[i].metadata), wanted, n_wanted)) {
			*out = &versions[i];
			return OK;
		}
	}
	return err_raise(err, SCHEMA_NOT_FOUND);
}

enum err_code registry_text(struct call *call, const struct view_version *version, struct str format, struct str *out,
	struct err *err)
{
	struct content content;

	if (format.len == 0) {
		*out = version->text;
		return OK;
	}
	TRY(content_of_version(call, version, &content, err));
	*out = schema_formatted(call->arena, content.parsed, format);
	return OK;
}

enum err_code registry_logical_text(struct call *call, const struct view_version *version, struct str *out,
	struct err *err)
{
	struct content content;

	TRY(content_of_version(call, version, &content, err));
	return schema_logical(call->arena, content.parsed, out, err);
}

enum err_code registry_from_logical(struct call *call, const struct new_schema *schema, const struct new_schema **out,
	struct err *err)
{
	struct new_schema *made = arena_new(call->arena, struct new_schema);
	enum schema_type type;
	enum err_code code;

	*made = *schema;
	if (!str_present(schema->type) || !schema_type_find(schema->type, &type))
		return err_text(err, ERR_INVALID_SCHEMA,
			STR("schemaType is required when format=logical, and must be one of AVRO, JSON, PROTOBUF"));
	code = schema_from_logical(call->arena, type, schema->text, &made->text, err);
	if (code == ERR_PARSE || code == ERR_LIMIT)
		return err_text(err, ERR_INVALID_SCHEMA, err->message);
	TRY(code);
	*out = made;
	return OK;
}
