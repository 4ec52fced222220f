/* Configuration, global and of a subject or context; the path without a subject is the global entry. */
#include "server/api/api.h"
#include "server/api/handlers.h"

enum err_code config_get(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	const struct config *config;

	TRY(registry_config_get(&call, request_param(rq, "subject"), request_query_bool(rq, "defaultToGlobal"), &config, err));
	return reply_config(rq, config, CONFIG_SHOWN);
}

static enum err_code config_stored(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return reply_config(rq, registry_config_result(write), CONFIG_ECHOED);
}

enum err_code config_put(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct config_update update;
	struct write *write;

	TRY(read_config_update(rq, &update, err));
	TRY(registry_config_put(&call, request_param(rq, "subject"), &update, &write, err));
	return api_commit(rq, write, config_stored);
}

static enum err_code config_deleted(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return reply_config(rq, registry_config_result(write), CONFIG_SHOWN);
}

enum err_code config_delete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct write *write;

	TRY(registry_config_delete(&call, request_param(rq, "subject"), &write, err));
	return api_commit(rq, write, config_deleted);
}
