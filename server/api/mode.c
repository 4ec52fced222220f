/* Modes, global and of a subject or context; the path without a subject is the global entry. */
#include "server/api/api.h"
#include "server/api/handlers.h"

enum err_code mode_get(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	enum registry_mode mode;

	TRY(registry_mode_get(&call, request_param(rq, "subject"), request_query_bool(rq, "defaultToGlobal"), &mode, err));
	return reply_mode(rq, registry_mode_name(mode));
}

/* The answer echoes the request, letter case included (contract 2.7). */
static enum err_code mode_stored(struct request *rq, struct err *err)
{
	struct write *write;
	struct str mode;

	TRY(api_committed(rq, &write, err));
	TRY(read_text(request_body(rq), STR("mode"), &mode, err));
	return reply_mode(rq, mode);
}

enum err_code mode_put(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct jsn *body = request_body(rq);
	struct write *write;
	struct str mode;

	TRY(read_object(body, "ModeUpdateRequest", err));
	TRY(read_text(body, STR("mode"), &mode, err));
	/* Without the member the reference breaks; null, given, removes the entry. */
	if (!jsn_get(body, STR("mode")))
		return err_raise(err, INVALID_VALUE, "The member \"mode\" is missing");
	TRY(registry_mode_put(&call, request_param(rq, "subject"), mode, request_query_bool(rq, "force"), &write, err));
	return api_commit(rq, write, mode_stored);
}

static enum err_code mode_deleted(struct request *rq, struct err *err)
{
	enum registry_mode mode;
	struct write *write;

	TRY(api_committed(rq, &write, err));
	mode = registry_mode_result(write);
	if (mode == MODE_NONE)
		return reply(rq, STR("{}"));
	return reply_mode(rq, registry_mode_name(mode));
}

enum err_code mode_delete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct write *write;

	TRY(registry_mode_delete(&call, request_param(rq, "subject"), request_query_bool(rq, "recursive"), &write, err));
	return api_commit(rq, write, mode_deleted);
}
