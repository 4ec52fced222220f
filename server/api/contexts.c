/* Contexts: listing them, and deleting an empty one. */
#include "server/api/api.h"
#include "server/api/handlers.h"

enum err_code contexts_list(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct view_page page;
	const struct str *names;
	size_t n;

	TRY(api_page(rq, -1, INT32_MAX, &page, err));
	TRY(registry_context_list(&call, request_query(rq, "contextPrefix"), page, &names, &n, err));
	return reply_texts(rq, names, n);
}

static enum err_code context_deleted(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return reply_as(rq, 204, "", STR(""));
}

enum err_code context_delete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct write *write;

	TRY(registry_context_delete(&call, request_param(rq, "context"), &write, err));
	return api_commit(rq, write, context_deleted);
}
