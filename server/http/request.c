/* What a handler asks of its request. */
#include "server/http/request_int.h"

#include "base/arena.h"

struct arena *request_arena(struct request *rq)
{
	return rq->arena;
}

void *request_context(struct request *rq)
{
	return rq->server->options.context;
}

void *request_thread(struct request *rq)
{
	return rq->thread->resource;
}

struct str request_scope(struct request *rq)
{
	return rq->scope;
}

struct str request_actor(struct request *rq)
{
	return str_of(rq->peer->actor);
}

struct str request_param(struct request *rq, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < rq->path->n_params; i++)
		if (str_eq(rq->path->params[i], wanted))
			return rq->match.values[i];
	return STR_NONE;
}

static void parse_query(struct request *rq)
{
	if (rq->query_parsed)
		return;
	rq->query_parsed = true;
	if (str_present(rq->target.query))
		rq->n_query = target_query(rq->arena, rq->target.query, &rq->query);
}

struct str request_query(struct request *rq, const char *name)
{
	struct str wanted = str_of(name);

	parse_query(rq);
	for (size_t i = 0; i < rq->n_query; i++)
		if (str_eq(rq->query[i].name, wanted))
			return rq->query[i].value;
	return STR_NONE;
}

size_t request_query_all(struct request *rq, const char *name, const struct str **out)
{
	struct str wanted = str_of(name);
	struct str *values;
	size_t n = 0;

	parse_query(rq);
	values = arena_array(rq->arena, struct str, rq->n_query);
	for (size_t i = 0; i < rq->n_query; i++)
		if (str_eq(rq->query[i].name, wanted))
			values[n++] = rq->query[i].value;
	*out = values;
	return n;
}

bool request_query_bool(struct request *rq, const char *name)
{
	return str_eq_nocase(request_query(rq, name), STR("true"));
}

enum err_code request_query_int(struct request *rq, const char *name, int32_t fallback, int32_t *out,
	struct err *err)
{
	struct str text = request_query(rq, name);
	int32_t value = fallback;

	if (text.len > 0 && !str_to_i32(text, &value))
		return err_raise(err, NOT_FOUND);
	*out = value;
	return OK;
}

const struct jsn *request_body(struct request *rq)
{
	return rq->json;
}
