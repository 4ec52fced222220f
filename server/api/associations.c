/* Associations of resources with subjects (contract 2.10). */
#include "base/arena.h"
#include "server/api/association_int.h"
#include "server/api/handlers.h"
#include "server/api/read_int.h"
#include "server/registry/tags.h"

/* ---- asking ---- */

/* resourceType, associationType and lifecycle; 404 for a lifecycle that is none. */
static enum err_code query_filter(struct request *rq, struct association_query *out, struct err *err)
{
	struct str lifecycle = request_query(rq, "lifecycle");

	out->resource.type = request_query(rq, "resourceType");
	out->n_types = request_query_all(rq, "associationType", &out->types);
	if (lifecycle.len > 0 && !lifecycle_find(lifecycle, &out->lifecycle))
		return err_raise(err, NOT_FOUND);
	return OK;
}

static enum err_code answer_query(struct request *rq, struct association_query *query, struct err *err)
{
	struct api *api = request_context(rq);
	struct call call = api_call(rq);
	struct buf out = buf_make(request_arena(rq), 256);
	const struct association *list;
	struct view_page page;
	size_t n, from;

	TRY(query_filter(rq, query, err));
	TRY(api_page(rq, api->schemas_default_limit, api->schemas_max_limit, &page, err));
	TRY(registry_association_find(&call, query, &list, &n, err));
	from = (size_t)page.offset < n ? (size_t)page.offset : n;
	n -= from;
	if (page.limit >= 0 && (size_t)page.limit < n)
		n = (size_t)page.limit;
	write_associations(&out, list + from, n);
	reply_depends(rq, registry_tag_any());
	return reply(rq, buf_str(&out));
}

enum err_code associations_of_subject(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct association_query query = { .by = ASSOCIATION_BY_SUBJECT };

	TRY(api_subject(rq, &call, &query.subject, err));
	return answer_query(rq, &query, err);
}

enum err_code associations_of_id(struct request *rq, struct err *err)
{
	struct association_query query = { .by = ASSOCIATION_BY_ID, .resource.id = request_param(rq, "resourceId") };

	return answer_query(rq, &query, err);
}

/* What serializers ask for each topic they see first; mostly there is nothing. */
enum err_code associations_of_name(struct request *rq, struct err *err)
{
	struct association_query query = {
		.by = ASSOCIATION_BY_NAME,
		.resource = {
			.name = request_param(rq, "resourceName"),
			.name_space = request_param(rq, "resourceNamespace"),
		},
	};

	return answer_query(rq, &query, err);
}

/* ---- POST and PUT ---- */

/* The path's context counts before the query's, which may be written ".c", "c" or ":.c:". */
static struct str query_context(struct request *rq)
{
	struct str scope = request_scope(rq);
	struct str context = request_query(rq, "context");

	if (scope.len > 0)
		return scope;
	if (context.len == 0 || str_starts(context, STR(":.")))
		return context;
	return str_printf(request_arena(rq), ":%s%.*s:", str_starts(context, STR(".")) ? "" : ".", STR_ARG(context));
}

static enum err_code answer_outcome(struct request *rq, const struct association_outcome *outcome)
{
	struct buf out = buf_make(request_arena(rq), 512);

	write_resource(&out, &outcome->resource, outcome->made, outcome->n_made);
	return reply(rq, buf_str(&out));
}

static enum err_code mutated(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return answer_outcome(rq, registry_association_outcome(write));
}

static enum err_code mutate(struct request *rq, struct association_request *request, struct err *err)
{
	struct call call = api_call(rq);
	struct association_outcome outcome;
	struct write *write;

	request->context = query_context(rq);
	request->dry_run = request_query_bool(rq, "dryRun");
	TRY(registry_association_mutate(&call, request, &outcome, &write, err));
	return write ? api_commit(rq, write, mutated) : answer_outcome(rq, &outcome);
}

enum err_code association_create(struct request *rq, struct err *err)
{
	struct association_request request = { 0 };

	TRY(read_association_request(request_arena(rq), request_body(rq), ASSOCIATION_CREATE, &request, err));
	return mutate(rq, &request, err);
}

enum err_code association_update(struct request *rq, struct err *err)
{
	struct association_request request = { 0 };
	struct str id = request_param(rq, "resourceId");

	TRY(read_association_request(request_arena(rq), request_body(rq), ASSOCIATION_UPSERT, &request, err));
	if (str_present(request.resource.id) && !str_eq(request.resource.id, id))
		return err_raise(err, INVALID_ASSOCIATION, "resourceId",
			STR_ARG(STR("Resource ID in the path parameter does not match the resource ID in the request body")));
	request.resource.id = id;
	return mutate(rq, &request, err);
}

/* ---- DELETE ---- */

static enum err_code deleted(struct request *rq, struct err *err)
{
	struct write *write;

	TRY(api_committed(rq, &write, err));
	return reply_as(rq, 204, "", STR(""));
}

enum err_code associations_delete(struct request *rq, struct err *err)
{
	struct call call = api_call(rq);
	struct association_query query = { .by = ASSOCIATION_BY_ID, .resource.id = request_param(rq, "resourceId") };
	struct write *write;

	query.resource.type = request_query(rq, "resourceType");
	query.n_types = request_query_all(rq, "associationType", &query.types);
	TRY(registry_association_delete(&call, &query, request_query_bool(rq, "cascadeLifecycle"),
		request_query_bool(rq, "dryRun"), &write, err));
	return write ? api_commit(rq, write, deleted) : reply_as(rq, 204, "", STR(""));
}

/* ---- batches ---- */

/* The entries of a batch's body; 42212 when there are none. */
static enum err_code read_requests(struct request *rq, const char *type, const struct jsn **out, struct err *err)
{
	const struct jsn *body = request_body(rq);
	const struct jsn *list;

	TRY(read_object(body, type, err));
	list = jsn_get_value(body, STR("requests"));
	if (!list || (list->kind == JSN_ARRAY && list->n_items == 0))
		return err_raise(err, INVALID_ASSOCIATION, "requests", STR_ARG(STR("cannot be null or empty")));
	if (list->kind != JSN_ARRAY)
		return read_refuse_type(list, type, err);
	*out = list;
	return OK;
}

static void begin_result(struct buf *out, size_t i)
{
	buf_add(out, i > 0 ? STR(",{\"result\":") : STR("{\"result\":"));
}

static void add_error(struct buf *out, size_t i, const struct err *err)
{
	buf_add(out, i > 0 ? STR(",{\"error\":") : STR("{\"error\":"));
	buf_printf(out, "{\"error_code\":%d,\"message\":", err_wire(err->code));
	buf_json_string(out, err->message);
	buf_lit(out, "}}");
}

/* What was asked for, completed by what was found. */
static enum err_code add_found(struct request *rq, struct buf *out, const struct jsn *entry, struct err *err)
{
	struct call call = api_call(rq);
	struct association_query query = { 0 };
	const struct association *list;
	struct association_made *shown;
	struct resource resource;
	size_t n;

	TRY(read_association_get(request_arena(rq), entry, &query, err));
	TRY(registry_association_find(&call, &query, &list, &n, err));
	resource = n > 0 ? list[0].resource : query.resource;
	if (resource.type.len == 0)
		resource.type = STR("topic");
	shown = arena_array(request_arena(rq), struct association_made, n);
	for (size_t i = 0; i < n; i++) {
		shown[i].association = list[i];
		if (request_query_bool(rq, "includeSchemas"))
			TRY(registry_association_schema(&call, &list[i], &shown[i].schema, err));
	}
	write_resource(out, &resource, shown, n);
	return OK;
}

enum err_code associations_batch_get(struct request *rq, struct err *err)
{
	struct buf out = buf_make(request_arena(rq), 512);
	const struct jsn *requests;

	TRY(read_requests(rq, "AssociationBatchGetRequest", &requests, err));
	buf_lit(&out, "{\"results\":[");
	for (size_t i = 0; i < requests->n_items; i++) {
		begin_result(&out, i);
		TRY(add_found(rq, &out, &requests->items[i], err));
		buf_add_c(&out, '}');
	}
	buf_lit(&out, "]}");
	return reply_status(rq, 207, buf_str(&out));
}

/* Requests of a batch are made one after the other, each seeing what those before it did; one that fails stops none. */
struct batch {
	struct association_request *requests;
	size_t n_requests;
	size_t next;
	struct write *write;         /* of the request before `next`, while it is under way */
	struct buf out;
};

static void batch_resume(void *arg)
{
	request_resume(arg);
}

static void batch_start(struct request *rq, void *arg)
{
	struct batch *batch = arg;

	registry_commit(batch->write, batch_resume, rq);
}

static void add_outcome(struct batch *batch, size_t i, const struct association_outcome *outcome)
{
	begin_result(&batch->out, i);
	write_resource(&batch->out, &outcome->resource, outcome->made, outcome->n_made);
	buf_add_c(&batch->out, '}');
}

/* Prepares one request; batch->write stays NULL when it is over already. */
static enum err_code batch_prepare(struct request *rq, struct batch *batch, size_t i, struct err *err)
{
	struct call call = api_call(rq);
	struct association_outcome outcome;

	batch->write = NULL;
	TRY(registry_association_mutate(&call, &batch->requests[i], &outcome, &batch->write, err));
	if (!batch->write)
		add_outcome(batch, i, &outcome);
	return OK;
}

static enum err_code batch_run(struct request *rq, struct batch *batch);

static enum err_code batch_written(struct request *rq, struct err *err)
{
	struct batch *batch = request_await_arg(rq);
	struct err failure = { .arena = request_arena(rq) };

	(void)err;
	if (registry_committed(batch->write, &failure) == OK)
		add_outcome(batch, batch->next - 1, registry_association_outcome(batch->write));
	else
		add_error(&batch->out, batch->next - 1, &failure);
	return batch_run(rq, batch);
}

static enum err_code batch_run(struct request *rq, struct batch *batch)
{
	while (batch->next < batch->n_requests) {
		struct err failure = { .arena = request_arena(rq) };
		size_t i = batch->next++;

		if (batch_prepare(rq, batch, i, &failure) != OK) {
			add_error(&batch->out, i, &failure);
		} else if (batch->write) {
			request_await(rq, batch_start, batch_written, batch);
			return OK;
		}
	}
	buf_lit(&batch->out, "]}");
	return reply_status(rq, 207, buf_str(&batch->out));
}

enum err_code associations_batch_mutate(struct request *rq, struct err *err)
{
	struct batch *batch = arena_new(request_arena(rq), struct batch);

	const struct jsn *list;

	TRY(read_requests(rq, "AssociationBatchRequest", &list, err));
	batch->requests = arena_array(request_arena(rq), struct association_request, list->n_items);
	batch->n_requests = list->n_items;
	for (size_t i = 0; i < list->n_items; i++) {
		batch->requests[i].context = query_context(rq);
		batch->requests[i].dry_run = request_query_bool(rq, "dryRun");
		TRY(read_association_ops(request_arena(rq), &list->items[i], &batch->requests[i], err));
	}
	batch->out = buf_make(request_arena(rq), 512);
	buf_lit(&batch->out, "{\"results\":[");
	return batch_run(rq, batch);
}
