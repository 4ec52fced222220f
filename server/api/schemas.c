/* Schemas by id, by guid, and listed. */
#include "base/arena.h"
#include "server/api/api.h"
#include "server/api/handlers.h"
#include "server/registry/tags.h"

/* resourceType, associationType and lifecycle; 404 for a lifecycle that is none, as the reference has it for enums. */
static enum err_code query_associations(struct request *rq, struct association_filter *out, struct err *err)
{
	const struct str *lifecycles;
	size_t n = request_query_all(rq, "lifecycle", &lifecycles);

	out->resource_type = request_query(rq, "resourceType");
	out->n_types = request_query_all(rq, "associationType", &out->types);
	out->asked = n > 0 || out->n_types > 0 || out->resource_type.len > 0;
	for (size_t i = 0; i < n; i++) {
		enum lifecycle lifecycle;

		if (str_eq(lifecycles[i], STR("NONE")))
			out->none = true;
		else if (!lifecycle_find(lifecycles[i], &lifecycle))
			return err_raise(err, NOT_FOUND);
		else if (lifecycle == LIFECYCLE_STRONG)
			out->strong = true;
		else
			out->weak = true;
	}
	return OK;
}

enum err_code schemas_list(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct api *api = request_context(rq);
	struct schema_query query = {
		.prefix = api_scoped(rq, request_query(rq, "subjectPrefix")),
		.aliases = request_query_bool(rq, "aliases"),
		.deleted = request_query_bool(rq, "deleted"),
		.latest_only = request_query_bool(rq, "latestOnly"),
		.rule_type = request_query(rq, "ruleType"),
	};
	const struct listed_version *list;
	size_t n;

	TRY(api_page(rq, api->schemas_default_limit, api->schemas_max_limit, &query.page, err));
	TRY(query_associations(rq, &query.associations, err));
	TRY(registry_schema_list(&call, &query, &list, &n, err));
	return reply_listed(rq, list, n);
}

/* The reference's order. */
enum err_code schema_types(struct request *rq, struct err *err)
{
	const struct str names[] = {
		schema_type_name(SCHEMA_JSON), schema_type_name(SCHEMA_PROTOBUF), schema_type_name(SCHEMA_AVRO),
	};

	(void)err;
	return reply_texts(rq, names, sizeof(names) / sizeof(names[0]));
}

/* The `subject` of the query, or what its alias leads to; absent stays absent. */
static enum err_code query_subject(struct request *rq, struct call *call, struct str *out, struct err *err)
{
	struct str subject = api_scoped(rq, request_query(rq, "subject"));

	if (subject.len == 0) {
		*out = STR("");
		return OK;
	}
	return registry_alias(call, subject, out, err);
}

/*
 * Answers by id depend on who uses the id, and on the version that shows it; a subject in the query
 * brings aliases and other contexts in.
 */
static void depends_id(struct request *rq, int id, const struct view_version *version)
{
	if (request_query(rq, "subject").len > 0 || request_scope(rq).len > 0 || request_query_bool(rq, "fetchMaxId")) {
		reply_depends(rq, registry_tag_any());
		return;
	}
	reply_depends(rq, registry_tag_id(version->context, id));
	reply_depends(rq, registry_tag_subject(version->subject));
}

static enum err_code find_by_id(struct request *rq, struct call *call, const struct view_version **version, struct str *text,
	struct err *err)
{
	struct str subject;
	int id;

	TRY(api_id(rq, &id, err));
	TRY(query_subject(rq, call, &subject, err));
	TRY(registry_id_get(call, id, subject, version, err));
	TRY(registry_text(call, *version, request_query(rq, "format"), text, err));
	depends_id(rq, id, *version);
	return OK;
}

enum err_code schema_by_id(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct shown_version shown = { .stored = true };
	struct str text;
	int max_id = 0;

	TRY(find_by_id(rq, &call, &shown.version, &text, err));
	TRY(api_find_tags(rq, &call, &shown, err));
	if (request_query_bool(rq, "fetchMaxId"))
		TRY(registry_max_id(&call, shown.version->subject, &max_id, err));
	return reply_schema_string(rq, &shown, text, true, max_id);
}

enum err_code schema_text_by_id(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct view_version *version;
	struct str text;

	TRY(find_by_id(rq, &call, &version, &text, err));
	return reply(rq, text);
}

static enum err_code find_users(struct request *rq, const struct view_version_head **users, size_t *n, struct err *err)
{
	struct call call = api_call(rq);
	struct view_page page;
	struct str subject;
	size_t from;
	int id;

	TRY(api_id(rq, &id, err));
	TRY(api_page(rq, -1, INT32_MAX, &page, err));
	TRY(query_subject(rq, &call, &subject, err));
	TRY(registry_id_users(&call, id, subject, request_query_bool(rq, "deleted"), users, n, err));
	from = (size_t)page.offset < *n ? (size_t)page.offset : *n;
	*users += from;
	*n -= from;
	if (page.limit >= 0 && (size_t)page.limit < *n)
		*n = (size_t)page.limit;
	reply_depends(rq, registry_tag_any());
	return OK;
}

enum err_code schema_subjects(struct request *rq, struct err *err)
{
	const struct view_version_head *users;
	struct str *names;
	size_t n;

	TRY(find_users(rq, &users, &n, err));
	names = arena_array(request_arena(rq), struct str, n);
	for (size_t i = 0; i < n; i++)
		names[i] = users[i].subject;
	return reply_texts(rq, names, n);
}

enum err_code schema_versions(struct request *rq, struct err *err)
{
	const struct view_version_head *users;
	struct buf out = buf_make(request_arena(rq), 256);
	size_t n;

	TRY(find_users(rq, &users, &n, err));
	buf_add_c(&out, '[');
	for (size_t i = 0; i < n; i++) {
		buf_add(&out, i > 0 ? STR(",{\"subject\":") : STR("{\"subject\":"));
		buf_json_string(&out, users[i].subject);
		buf_printf(&out, ",\"version\":%d}", users[i].version);
	}
	buf_add_c(&out, ']');
	return reply(rq, buf_str(&out));
}

enum err_code schema_by_guid(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct view_version *version;
	struct str text;

	TRY(registry_guid_get(&call, request_param(rq, "guid"), &version, err));
	TRY(registry_text(&call, version, request_query(rq, "format"), &text, err));
	reply_depends(rq, registry_tag_id(version->context, version->id));
	reply_depends(rq, registry_tag_subject(version->subject));
	return reply_schema_string(rq, &(struct shown_version){ .version = version, .stored = true }, text, false, 0);
}

enum err_code schema_guid_ids(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(request_arena(rq), 128);
	const struct view_context_id *ids;
	size_t n;

	TRY(registry_guid_ids(&call, request_param(rq, "guid"), &ids, &n, err));
	buf_add_c(&out, '[');
	for (size_t i = 0; i < n; i++) {
		buf_add(&out, i > 0 ? STR(",{\"context\":") : STR("{\"context\":"));
		buf_json_string(&out, ids[i].context);
		buf_printf(&out, ",\"id\":%d}", ids[i].id);
	}
	buf_add_c(&out, ']');
	reply_depends(rq, registry_tag_any());
	return reply(rq, buf_str(&out));
}
