/*
 * Requests that wait without a thread.  A suspended request is let go of by two: whoever was to
 * resume it, and the pool thread that goes on with it.  Normally the first hands it to the second.
 * When the server stops before that, the pool thread answers 503 and the later of the two frees it:
 *
 *   SUSPENDED --request_resume--> RESUMED   the pool thread runs `finish`
 *   SUSPENDED --http_stop-------> ABANDONED --request_resume--> LATE    the pool thread frees it
 *                                           --pool thread-----> ORPHAN  request_resume frees it
 */
#include "server/http/request_int.h"

#include <assert.h>

void request_await(struct request *rq, void (*start)(struct request *rq, void *arg), route_fn *finish, void *arg)
{
	assert(!rq->answered && !rq->awaiting);
	rq->awaiting = true;
	rq->start = start;
	rq->finish = finish;
	rq->arg = arg;
}

void *request_await_arg(struct request *rq)
{
	return rq->arg;
}

static bool suspend(struct request *rq)
{
	struct http_server *server = rq->server;
	bool allowed;

	pthread_mutex_lock(&server->lock);
	allowed = !server->refusing;
	if (allowed) {
		rq->stage = STAGE_AWAIT;
		atomic_store(&rq->await, AWAIT_SUSPENDED);
		rq->next_suspended = server->suspended;
		rq->link_suspended = &server->suspended;
		if (rq->next_suspended)
			rq->next_suspended->link_suspended = &rq->next_suspended;
		server->suspended = rq;
		atomic_fetch_add(&server->n_suspended, 1);
		MHD_suspend_connection(rq->connection);
	}
	pthread_mutex_unlock(&server->lock);
	return allowed;
}

enum MHD_Result http_await_suspend(struct request *rq)
{
	if (!suspend(rq)) {
		struct err err = { .arena = rq->arena };

		rq->awaiting = false;
		return http_dispatch_outcome(rq, err_raise(&err, NOT_READY, "The server is stopping"), &err);
	}
	rq->start(rq, rq->arg); /* from here on the request may belong to another thread */
	return MHD_YES;
}

/*
 * libmicrohttpd wakes its daemon, but a daemon that is just running may take that for something
 * else; ours is only taken where the thread goes to sleep.
 */
static void resume(struct MHD_Connection *connection, struct http_thread *thread)
{
	MHD_resume_connection(connection);
	http_thread_wake(thread);
}

void request_resume(struct request *rq)
{
	struct http_server *server = rq->server;
	int state = AWAIT_SUSPENDED;

	if (atomic_compare_exchange_strong(&rq->await, &state, AWAIT_RESUMED)) {
		/* The server is there as long as a request is suspended, and then until nobody is resuming. */
		struct http_thread *thread = rq->thread;

		atomic_fetch_add(&server->n_resuming, 1);
		resume(rq->connection, thread);
		atomic_fetch_sub(&server->n_resuming, 1);
		return;
	}
	if (atomic_exchange(&rq->await, AWAIT_LATE) == AWAIT_ORPHAN)
		http_request_destroy(rq);
}

static void unlink_suspended(struct request *rq)
{
	struct http_server *server = rq->server;

	pthread_mutex_lock(&server->lock);
	*rq->link_suspended = rq->next_suspended;
	if (rq->next_suspended)
		rq->next_suspended->link_suspended = rq->link_suspended;
	pthread_mutex_unlock(&server->lock);
	atomic_fetch_sub(&server->n_suspended, 1);
}

/* Nothing that the request's arena holds may be used for the answer: it is not ours alone. */
static enum MHD_Result answer_abandoned(struct request *rq)
{
	enum MHD_Result result;

	rq->status = err_status(ERR_NOT_READY);
	rq->answer_type = negotiate_types[rq->type];
	rq->answer = STR("{\"error_code\":503,\"message\":\"The server is stopping\"}");
	rq->headers = NULL;
	rq->gzip = false;
	result = http_send(rq);
	http_account(rq);
	if (atomic_exchange(&rq->await, AWAIT_ORPHAN) == AWAIT_LATE)
		http_request_destroy(rq);
	return result;
}

enum MHD_Result http_await_resumed(struct request *rq, bool *gone)
{
	struct err err = { .arena = rq->arena };
	route_fn *finish = rq->finish;

	unlink_suspended(rq);
	*gone = atomic_load(&rq->await) != AWAIT_RESUMED;
	if (*gone)
		return answer_abandoned(rq);
	rq->stage = STAGE_RUN;
	rq->awaiting = false;
	atomic_store(&rq->await, AWAIT_NONE);
	return http_dispatch_outcome(rq, finish(rq, &err), &err);
}

void http_await_abandon(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->refusing = true;
	for (struct request *rq = server->suspended; rq; rq = rq->next_suspended) {
		int state = AWAIT_SUSPENDED;

		if (atomic_compare_exchange_strong(&rq->await, &state, AWAIT_ABANDONED))
			resume(rq->connection, rq->thread);
	}
	pthread_mutex_unlock(&server->lock);
}
