/* What a pool thread has for itself: its counters, its recycled requests, what the caller opened for it. */
#include "server/http/server_int.h"

#include <stdlib.h>

#include "base/arena.h"
#include "server/http/gzip.h"

enum {
	FIRST_BLOCK = 16 * 1024, /* of a request's arena: most requests need no other */
	MOST_FREE = 64,
};

/* Keyed by serial, not by address: a server may come to lie where an earlier one was. */
static _Thread_local struct {
	uint64_t serial;
	struct http_thread *thread;
} mine;

static struct http_thread *join(struct http_server *server)
{
	struct http_thread *thread = calloc(1, sizeof(*thread));

	if (thread == NULL)
		return NULL;
	thread->server = server;
	thread->metrics = metrics_create(router_n_paths(server->router));
	if (thread->metrics == NULL) {
		free(thread);
		return NULL;
	}
	pthread_mutex_lock(&server->lock);
	thread->next = server->threads;
	server->threads = thread;
	pthread_mutex_unlock(&server->lock);
	mine.serial = server->serial;
	mine.thread = thread;
	return thread;
}

struct http_thread *http_thread_mine(struct http_server *server)
{
	return mine.serial == server->serial ? mine.thread : join(server);
}

void http_threads_destroy(struct http_server *server)
{
	while (server->threads) {
		struct http_thread *thread = server->threads;

		server->threads = thread->next;
		while (thread->free) {
			struct request *rq = thread->free;

			thread->free = rq->next;
			arena_destroy(rq->arena);
			free(rq);
		}
		if (thread->resource && server->options.thread_close)
			server->options.thread_close(thread->resource);
		gzip_destroy(thread->gzip);
		metrics_destroy(thread->metrics);
		free(thread);
	}
}

struct request *http_request_take(struct http_thread *thread)
{
	struct request *rq = thread->free;

	if (rq) {
		thread->free = rq->next;
		thread->n_free--;
		memset(&rq->stage, 0, offsetof(struct request, uuid) - offsetof(struct request, stage));
	} else {
		rq = calloc(1, sizeof(*rq));
		if (rq == NULL)
			return NULL;
		rq->server = thread->server;
		rq->thread = thread;
		rq->arena = arena_create(FIRST_BLOCK);
	}
	rq->next = NULL;
	return rq;
}

/* By the thread that took it, or by any other, which then frees it for good. */
void http_request_free(struct request *rq)
{
	struct http_thread *thread = rq->thread;

	if (thread == mine.thread && thread->n_free < MOST_FREE) {
		arena_reset(rq->arena);
		rq->next = thread->free;
		thread->free = rq;
		thread->n_free++;
		return;
	}
	arena_destroy(rq->arena);
	free(rq);
}
