/* Versions of a subject: listing, reading, registering, deleting. */
#include "base/arena.h"
#include "server/api/api.h"
#include "server/api/handlers.h"
#include "server/registry/tags.h"

/* Contract 6.1: this value of `format` means something here only, where one version is read or registered. */
static bool asks_logical(struct request *rq)
{
	return str_eq_nocase(request_query(rq, "format"), STR("logical"));
}

/* Contract 2.3: deletedAsNegative over deletedOnly over deleted. */
static void take_page(struct view_page page, const int **numbers, size_t *n)
{
	size_t from = (size_t)page.offset < *n ? (size_t)page.offset : *n;

	*numbers += from;
	*n -= from;
	if (page.limit >= 0 && (size_t)page.limit < *n)
		*n = (size_t)page.limit;
}

enum err_code versions_list(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct view_page page;
	struct str subject;
	const int *numbers;
	size_t n;

	TRY(api_page(rq, -1, INT32_MAX, &page, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_version_list(&call, subject, api_deleted(rq), request_query_bool(rq, "deletedAsNegative"),
		&numbers, &n, err));
	take_page(page, &numbers, &n);
	reply_depends(rq, registry_tag_config());
	reply_depends(rq, registry_tag_subject(subject_normalize(call.arena, subject)));
	return reply_ints(rq, numbers, n);
}

static enum err_code reply_register(struct request *rq, const struct shown_version *shown, struct err *err)
{
	struct call call = api_call(rq);
	struct str text;

	TRY(registry_text(&call, shown->version, request_query(rq, "format"), &text, err));
	return reply_registered(rq, shown, text);
}

static enum err_code version_registered(struct request *rq, struct err *err)
{
	struct shown_version shown;
	struct write *write;

	TRY(api_committed(rq, &write, err));
	shown = registry_register_result(write);
	return reply_register(rq, &shown, err);
}

enum err_code version_register(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct new_schema *schema;
	struct shown_version shown;
	struct write *write;
	struct str subject;

	TRY(read_new_schema(rq, &schema, err));
	if (asks_logical(rq))
		TRY(registry_from_logical(&call, schema, &schema, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_register(&call, subject, schema, &shown, &write, err));
	if (!write)
		return reply_register(rq, &shown, err);
	return api_commit(rq, write, version_registered);
}

static enum err_code version_tagged(struct request *rq, struct err *err)
{
	struct shown_version shown;
	struct write *write;

	TRY(api_committed(rq, &write, err));
	shown = registry_register_result(write);
	return reply_registered(rq, &shown, shown.version->text);
}

/* The subject is checked before the version (contract 2.3). */
enum err_code version_tag(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct tag_request *request;
	struct version_number number;
	struct write *write;
	struct str subject;

	TRY(read_tag_request(rq, &request, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(subject_check_register(subject_normalize(call.arena, subject), err));
	TRY(api_version(rq, &number, err));
	TRY(registry_tag(&call, subject, number, request, &write, err));
	return api_commit(rq, write, version_tagged);
}

static enum err_code find_version(struct request *rq, struct call *call, const struct view_version **version,
	struct str *text, struct err *err)
{
	struct version_number number;
	struct str subject;

	TRY(api_version(rq, &number, err));
	TRY(api_subject(rq, call, &subject, err));
	TRY(registry_version_get(call, subject, number, request_query_bool(rq, "deleted"), version, err));
	if (asks_logical(rq))
		TRY(registry_logical_text(call, *version, text, err));
	else
		TRY(registry_text(call, *version, request_query(rq, "format"), text, err));
	api_depends_version(rq, subject, *version);
	return OK;
}

enum err_code version_get(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct shown_version shown = { .stored = true };
	struct str text;

	TRY(find_version(rq, &call, &shown.version, &text, err));
	TRY(api_find_tags(rq, &call, &shown, err));
	return reply_version(rq, &shown, text);
}

enum err_code version_text(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct view_version *version;
	struct str text;

	TRY(find_version(rq, &call, &version, &text, err));
	return reply(rq, text);
}

static enum err_code version_deleted(struct request *rq, struct err *err)
{
	struct write *write;
	size_t n;

	TRY(api_committed(rq, &write, err));
	return reply_int(rq, registry_delete_result(write, &n)[0]);
}

enum err_code version_delete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct version_number number;
	struct str subject;
	struct write *write;

	TRY(api_version(rq, &number, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_version_delete(&call, subject, number, request_query_bool(rq, "permanent"), &write, err));
	return api_commit(rq, write, version_deleted);
}

enum err_code version_referencedby(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct api *api = request_context(rq);
	struct version_number number;
	struct view_page page;
	struct str subject;
	const int *ids;
	size_t n;

	TRY(api_page(rq, api->schemas_default_limit, api->schemas_max_limit, &page, err));
	TRY(api_version(rq, &number, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_referenced_by(&call, subject, number, request_query_bool(rq, "deleted"), &ids, &n, err));
	take_page(page, &ids, &n);
	return reply_ints(rq, ids, n);
}
