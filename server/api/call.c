/* From a request to a registry call: the thread's view, path and query parameters, committing writes. */
#include "base/arena.h"
#include "server/api/api.h"
#include "server/registry/tags.h"

void *api_thread_open(void *context, struct err *err)
{
	struct api *api = context;
	struct view *view;

	return store_view_open(api->store, &view, err) == OK ? view : NULL;
}

void api_thread_close(void *resource)
{
	store_view_close(resource);
}

void api_changed(void *cls, const struct log_entry *entries, const struct record *records, size_t n)
{
	struct api *api = cls;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		uint64_t tags[REGISTRY_TAGS];
		size_t n_tags = registry_record_tags(&records[i], tags);

		for (size_t k = 0; k < n_tags; k++)
			http_changed(api->http, tags[k], entries[i].seq);
	}
	http_advanced(api->http, entries[n - 1].seq);
}

struct call api_call(struct request *rq)
{
	struct api *api = request_context(rq);

	return (struct call){
		.registry = api->registry,
		.view = request_thread(rq),
		.arena = request_arena(rq),
		.actor = request_actor(rq),
	};
}

enum err_code api_subject(struct request *rq, struct call *call, struct str *out, struct err *err)
{
	return registry_alias(call, request_param(rq, "subject"), out, err);
}

enum err_code api_version(struct request *rq, struct version_number *out, struct err *err)
{
	return version_number_parse(request_param(rq, "version"), out, err);
}

enum err_code api_id(struct request *rq, int *out, struct err *err)
{
	int32_t id;

	if (!str_to_i32(request_param(rq, "id"), &id))
		return err_raise(err, NOT_FOUND);
	*out = id;
	return OK;
}

enum err_code api_page(struct request *rq, int default_limit, int max_limit, struct view_page *out, struct err *err)
{
	int32_t offset, limit;

	TRY(request_query_int(rq, "offset", 0, &offset, err));
	TRY(request_query_int(rq, "limit", default_limit, &limit, err));
	if (offset < 0)
		return err_raise(err, INVALID_VALUE, "offset must not be negative");
	if (limit <= 0 || limit > max_limit)
		limit = default_limit;
	*out = (struct view_page){ .offset = offset, .limit = limit };
	return OK;
}

enum view_deleted api_deleted(struct request *rq)
{
	if (request_query_bool(rq, "deletedOnly"))
		return VIEW_DELETED_ONLY;
	return request_query_bool(rq, "deleted") ? VIEW_ALL : VIEW_LIVE;
}

enum err_code api_find_tags(struct request *rq, struct call *call, struct shown_version *shown, struct err *err)
{
	const struct str *wanted;
	size_t n = request_query_all(rq, "findTags", &wanted);

	if (n == 0)
		return OK;
	return registry_find_tags(call, shown->version, wanted, n, &shown->tags, err);
}

static void resume(void *arg)
{
	request_resume(arg);
}

static void start(struct request *rq, void *arg)
{
	registry_commit(arg, resume, rq);
}

enum err_code api_commit(struct request *rq, struct write *write, route_fn *finish)
{
	request_await(rq, start, finish, write);
	return OK;
}

enum err_code api_committed(struct request *rq, struct write **out, struct err *err)
{
	struct write *write = request_await_arg(rq);

	TRY(registry_committed(write, err));
	*out = write;
	return OK;
}

/* An alias may come or go (configuration); a version found in another context may appear in a nearer one. */
void api_depends_version(struct request *rq, struct str subject, const struct view_version *found)
{
	struct str asked = subject_normalize(request_arena(rq), subject);

	reply_depends(rq, registry_tag_config());
	reply_depends(rq, str_eq(asked, found->subject) ? registry_tag_subject(asked) : registry_tag_any());
}
