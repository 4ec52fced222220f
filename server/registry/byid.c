/* Reading schemas by id and by guid (contract 2.4, 4.5). */
#include "base/arena.h"
#include "base/clock.h"
#include "server/registry/registry_int.h"

/* The version of an unqualified subject with that id, in the default context or the first other one. */
static enum err_code find_user(struct call *call, int id, struct str subject, const struct view_version **out,
	struct err *err)
{
	const struct str *contexts;
	size_t n;

	TRY(view_version_of_id(call->view, call->arena, subject, id, out, err));
	if (*out)
		return OK;
	TRY(other_contexts(call, subject, &contexts, &n, err));
	for (size_t i = 0; i < n && !*out; i++)
		TRY(view_version_of_id(call->view, call->arena, subject_join(call->arena, contexts[i], subject), id, out, err));
	return OK;
}

/* Where an id is looked for: its context, and the version that shows it; NULL when there is none (contract 4.5). */
static enum err_code resolve(struct call *call, int id, struct str subject, struct str *context,
	const struct view_version **out, struct err *err)
{
	struct str given = str_present(subject) ? subject_normalize(call->arena, subject) : STR("");
	struct subject_name name = subject_split(given);

	*context = name.context;
	if (name.name.len == 0)
		return view_id_find(call->view, call->arena, name.context, id, out, err);
	TRY(find_user(call, id, given, out, err));
	if (*out)
		*context = (*out)->context;
	if (*out || name.qualified)
		return OK;
	return view_id_find(call->view, call->arena, name.context, id, out, err);
}

enum err_code registry_id_get(struct call *call, int id, struct str subject, const struct view_version **out, struct err *err)
{
	const struct view_version *found;
	struct str context;

	TRY(resolve(call, id, subject, &context, &found, err));
	if (!found)
		return err_raise(err, SCHEMA_ID_NOT_FOUND, STR_ARG(str_printf(call->arena, "%d", id)));
	*out = found;
	return OK;
}

enum err_code registry_id_users(struct call *call, int id, struct str subject, bool deleted,
	const struct view_version_head **out, size_t *n_out, struct err *err)
{
	const struct view_version *found;
	const struct view_version_head *users;
	struct view_version_head *shown;
	struct str context;
	size_t n, n_shown = 0;

	TRY(resolve(call, id, subject, &context, &found, err));
	if (!found)
		return err_raise(err, SCHEMA_NOT_FOUND);
	TRY(view_id_users(call->view, call->arena, context, id, &users, &n, err));
	shown = arena_array(call->arena, struct view_version_head, n);
	for (size_t i = 0; i < n; i++)
		if (deleted || !users[i].deleted)
			shown[n_shown++] = users[i];
	*out = shown;
	*n_out = n_shown;
	return OK;
}

/* The UUID form, or 32 hex digits. */
static bool parse_guid(struct str text, uint8_t out[MD5_BYTES])
{
	char digits[2 * MD5_BYTES];
	size_t n = 0;

	if (text.len == 36) {
		for (size_t i = 0; i < text.len; i++) {
			bool dash = i == 8 || i == 13 || i == 18 || i == 23;

			if (dash != (text.data[i] == '-'))
				return false;
			if (!dash)
				digits[n++] = text.data[i];
		}
		text = str_make(digits, n);
	}
	return hex_decode(text, out, MD5_BYTES);
}

enum err_code registry_guid_ids(struct call *call, struct str guid, const struct view_context_id **out, size_t *n_out,
	struct err *err)
{
	uint8_t digest[MD5_BYTES];

	if (parse_guid(guid, digest))
		return view_digest_ids(call->view, call->arena, digest, out, n_out, err);
	*out = NULL;
	*n_out = 0;
	return OK;
}

enum err_code registry_guid_get(struct call *call, struct str guid, const struct view_version **out, struct err *err)
{
	const struct view_version *found = NULL;
	const struct view_context_id *ids;
	size_t n;

	TRY(registry_guid_ids(call, guid, &ids, &n, err));
	for (size_t i = 0; i < n && !found; i++)
		TRY(view_id_find(call->view, call->arena, ids[i].context, ids[i].id, &found, err));
	if (!found)
		return err_raise(err, SCHEMA_ID_NOT_FOUND, STR_ARG(guid));
	*out = found;
	return OK;
}

enum err_code registry_max_id(struct call *call, struct str subject, int *out, struct err *err)
{
	return view_max_id(call->view, subject_split(subject).context, out, err);
}
