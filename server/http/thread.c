/*
 * Pool threads: each runs a libmicrohttpd daemon of its own and has its counters and requests to
 * itself.
 *
 * libmicrohttpd's own threads will not do: when epoll has just given 0.9.75 as many events as it
 * takes at once (128) it waits for more before it looks at any of them.  A burst of exactly that
 * many requests then stands until something else happens, if need be for good.  So threads with
 * that many connections do the waiting themselves, and have it only do what is ready.
 */
#include "server/http/request_int.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "server/http/gzip.h"

enum {
	FIRST_BLOCK = 16 * 1024, /* of a request's arena: most requests need no other */
	MOST_FREE = 64,
	EVENTS_AT_ONCE = 128,    /* libmicrohttpd's MAX_EVENTS */
	OTHER_EVENTS = 3,        /* its own wake-up, ours, and one to spare */
};

/* A connection on its way from the door to the thread. */
struct arrival {
	struct arrival *next;
	int fd;
	struct sockaddr_storage address;
	socklen_t address_len;
};

/* ---- the loop ---- */

void http_thread_wake(struct http_thread *thread)
{
	uint64_t one = 1;
	ssize_t n;

	atomic_store_explicit(&thread->called, true, memory_order_release);
	n = write(thread->wake_fd, &one, sizeof(one));
	(void)n; /* never read, and it takes 2^64 - 2 of them before one fails */
}

bool http_thread_give(struct http_thread *thread, int fd, const struct sockaddr_storage *address, socklen_t len)
{
	struct arrival *arrival = malloc(sizeof(*arrival));
	struct arrival *first = atomic_load_explicit(&thread->arrived, memory_order_relaxed);

	if (arrival == NULL)
		return false;
	arrival->fd = fd;
	arrival->address = *address;
	arrival->address_len = len;
	atomic_fetch_add_explicit(&thread->n_peers, 1, memory_order_relaxed);
	do
		arrival->next = first;
	while (!atomic_compare_exchange_weak_explicit(&thread->arrived, &first, arrival, memory_order_release,
		memory_order_relaxed));
	http_thread_wake(thread);
	return true;
}

static void take_arrived(struct http_thread *thread)
{
	struct arrival *arrival;

	if (atomic_load_explicit(&thread->arrived, memory_order_relaxed) == NULL)
		return;
	arrival = atomic_exchange_explicit(&thread->arrived, NULL, memory_order_acquire);
	while (arrival) {
		struct arrival *next = arrival->next;

		if (MHD_add_connection(thread->daemon, arrival->fd, (struct sockaddr *)&arrival->address,
				arrival->address_len) != MHD_YES)
			http_peer_left(thread);
		free(arrival);
		arrival = next;
	}
}

/* Until libmicrohttpd has something to do or somebody wants something of us. */
static void wait(struct http_thread *thread)
{
	struct pollfd ready = { .fd = thread->epoll_fd, .events = POLLIN };
	MHD_UNSIGNED_LONG_LONG ms;
	int limit = -1;

	if (MHD_get_timeout(thread->daemon, &ms) == MHD_YES)
		limit = ms > INT_MAX ? INT_MAX : (int)ms;
	/* A call that came while the daemon ran was seen by it alone. */
	if (limit != 0 && !atomic_load_explicit(&thread->called, memory_order_acquire))
		poll(&ready, 1, limit);
}

static bool may_wait_inside(const struct http_thread *thread)
{
	return atomic_load_explicit(&thread->n_peers, memory_order_relaxed) <= EVENTS_AT_ONCE - OTHER_EVENTS - 1;
}

static void *run(void *arg)
{
	struct http_thread *thread = arg;

	while (!atomic_load_explicit(&thread->stop, memory_order_acquire)) {
		atomic_exchange_explicit(&thread->called, false, memory_order_acquire);
		take_arrived(thread);
		if (may_wait_inside(thread)) {
			MHD_run_wait(thread->daemon, -1);
		} else {
			MHD_run(thread->daemon);
			wait(thread);
		}
	}
	take_arrived(thread);
	MHD_stop_daemon(thread->daemon);
	thread->daemon = NULL;
	return NULL;
}

/* ---- start and stop ---- */

/*
 * Puts our wake-up among the daemon's events.  It takes one without a pointer for a mere wake-up
 * and goes on; reported once for each call, it needs no reading.
 */
static bool join_events(struct http_thread *thread)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(thread->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.ptr = NULL };

	if (info == NULL || thread->wake_fd < 0)
		return false;
	thread->epoll_fd = info->epoll_fd;
	return epoll_ctl(thread->epoll_fd, EPOLL_CTL_ADD, thread->wake_fd, &event) == 0;
}

static bool start(struct http_thread *thread)
{
	thread->metrics = metrics_create(router_n_paths(thread->server->router));
	thread->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	thread->daemon = http_daemon_start(thread);
	if (thread->metrics == NULL || thread->daemon == NULL || !join_events(thread))
		return false;
	thread->running = pthread_create(&thread->id, NULL, run, thread) == 0;
	return thread->running;
}

enum err_code http_threads_start(struct http_server *server, struct err *err)
{
	unsigned n = server->options.threads;

	server->threads = arena_array(server->arena, struct http_thread, n);
	for (unsigned i = 0; i < n; i++) {
		server->threads[i] = (struct http_thread){ .server = server, .wake_fd = -1 };
		server->n_threads = i + 1;
		if (!start(&server->threads[i]))
			return err_raise(err, START, "Cannot start the threads that serve requests");
	}
	return OK;
}

void http_threads_stop(struct http_server *server)
{
	for (unsigned i = 0; i < server->n_threads; i++)
		if (server->threads[i].running) {
			atomic_store_explicit(&server->threads[i].stop, true, memory_order_release);
			http_thread_wake(&server->threads[i]);
		}
	for (unsigned i = 0; i < server->n_threads; i++)
		if (server->threads[i].running)
			pthread_join(server->threads[i].id, NULL);
}

static void free_rest(struct http_thread *thread)
{
	struct arrival *arrival = atomic_load(&thread->arrived);

	while (arrival) {
		struct arrival *next = arrival->next;

		close(arrival->fd);
		free(arrival);
		arrival = next;
	}
	while (thread->free) {
		struct request *rq = thread->free;

		thread->free = rq->next;
		http_request_destroy(rq);
	}
}

void http_threads_destroy(struct http_server *server)
{
	for (unsigned i = 0; i < server->n_threads; i++) {
		struct http_thread *thread = &server->threads[i];

		if (thread->daemon)
			MHD_stop_daemon(thread->daemon);
		free_rest(thread);
		if (thread->resource && server->options.thread_close)
			server->options.thread_close(thread->resource);
		gzip_destroy(thread->gzip);
		metrics_destroy(thread->metrics);
		if (thread->wake_fd >= 0)
			close(thread->wake_fd);
	}
}

/* ---- requests ---- */

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

void http_request_give(struct request *rq)
{
	struct http_thread *thread = rq->thread;

	if (thread->n_free == MOST_FREE) {
		http_request_destroy(rq);
		return;
	}
	arena_reset(rq->arena);
	rq->next = thread->free;
	thread->free = rq;
	thread->n_free++;
}

void http_request_destroy(struct request *rq)
{
	arena_destroy(rq->arena);
	free(rq);
}
