/* Which version of a subject is this content? */
#include "server/registry/registry_int.h"

/* By digest: the id the context knows it by, and the version the subject has for that id. */
static enum err_code find_by_digest(struct call *call, const struct equivalent_search *search,
	const struct view_version **out, struct err *err)
{
	struct str context = subject_split(search->subject).context;
	bool found;
	int id;

	*out = NULL;
	TRY(view_content_id(call->view, context, search->content->digest, &found, &id, err));
	if (!found || (search->has_id && search->id != id))
		return OK;
	TRY(view_version_of_id(call->view, call->arena, search->subject, id, out, err));
	if (!*out)
		return OK;
	/* A text of two types has one digest; a schema of another type is not what was asked for. */
	if (((*out)->deleted && !search->deleted) || !str_eq((*out)->schema_type, schema_type_name(search->content->type)))
		*out = NULL;
	return OK;
}

static enum err_code find_by_equality(struct call *call, const struct equivalent_search *search,
	const struct view_version **out, struct err *err)
{
	const struct view_version *versions;
	size_t n;

	*out = NULL;
	TRY(view_versions(call->view, call->arena, search->subject, search->deleted ? VIEW_ALL : VIEW_LIVE,
		&versions, &n, err));
	for (size_t i = n; i-- > 0 && !*out;) {
		bool fits;

		if (search->has_id && versions[i].id != search->id)
			continue;
		TRY(content_stands_for(call, search->content, &versions[i], &fits, err));
		if (fits)
			*out = &versions[i];
	}
	return OK;
}

enum err_code equivalent_find(struct call *call, const struct equivalent_search *search, struct shown_version *out,
	struct err *err)
{
	const struct view_version *found;

	TRY(find_by_digest(call, search, &found, err));
	if (found) {
		*out = (struct shown_version){ .version = found, .stored = false };
		return OK;
	}
	TRY(find_by_equality(call, search, &found, err));
	*out = (struct shown_version){ .version = found, .stored = true };
	return OK;
}
