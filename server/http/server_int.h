/* What the files of server/http/ share: the server, its threads and its connections. */
#ifndef SERVER_HTTP_SERVER_INT_H
#define SERVER_HTTP_SERVER_INT_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "server/http/cache.h"
#include "server/http/metrics.h"
#include "server/http/negotiate.h"
#include "server/http/request.h"
#include "server/http/router.h"
#include "server/http/server.h"

struct http_door;
struct arrival;
struct gzip;

/*
 * Whose turn it is on a connection.  The door cuts off who reads too slowly: only in the first two
 * phases, and whoever changes the phase first has decided.
 */
enum peer_phase {
	PEER_IDLE,    /* between requests; or in the middle of a request line, which only the kernel tells */
	PEER_READING, /* a request is coming in */
	PEER_BUSY,    /* we work or send */
	PEER_CUT,     /* cut off: the door has answered 408 */
	PEER_GONE,    /* cut off: the client has left in the middle of its request */
};

/* One connection, from accept to close. */
struct http_peer {
	struct http_thread *thread;
	struct http_peer *next;      /* of server->peers, under server->lock */
	struct http_peer **link;
	int fd;
	_Atomic int phase;
	_Atomic uint64_t since_ms;   /* when the phase began */
	uint64_t partial_ms;         /* the door's: when it saw an unfinished request line; 0: it did not */
	bool linger;                 /* the client may still be sending: close only when it has had its answer */
	char actor[80];
};

/* A pool thread and what it has for itself. */
struct http_thread {
	struct http_server *server;
	pthread_t id;
	bool running;
	struct MHD_Daemon *daemon;
	int epoll_fd;                /* the daemon's */
	int wake_fd;                 /* among its events */
	_Atomic bool called;         /* since the thread last looked at what others want */
	_Atomic bool stop;
	_Atomic(struct arrival *) arrived;
	_Atomic uint64_t n_peers;
	void *resource;
	struct request *free;        /* finished requests with their arenas, for reuse */
	unsigned n_free;
	struct metrics_set *metrics;
	struct gzip *gzip;
	char accept[200];            /* the last Accept header, and what came of it: clients repeat theirs */
	size_t accept_len;
	enum answer_type accepted;
	_Atomic uint64_t begun, done, hits, misses; /* written by this thread only */
	char apart[128];             /* from the next thread's: no cache line is written by two */
};

struct http_server {
	struct http_options options;
	struct arena *arena;         /* router and texts, as long as the server */
	const struct router *router;
	struct http_cache *cache;    /* NULL: nothing is kept */
	struct http_door *door;
	struct http_thread *threads; /* n_threads of them */
	unsigned n_threads;
	pthread_mutex_t lock;
	struct http_peer *peers;
	struct request *suspended;
	bool refusing;               /* under the lock: no request may be suspended any more */
	_Atomic bool stopping;
	_Atomic uint64_t n_peers, accepted, refused, cut;
	_Atomic int64_t n_suspended, n_resuming;
};

/* Adds one to a counter that only this thread writes. */
static inline void http_count(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_release);
}

/* thread.c: pool threads. */
ERR_CHECKED enum err_code http_threads_start(struct http_server *server, struct err *err);
void http_threads_stop(struct http_server *server);
void http_threads_destroy(struct http_server *server);
/* Any thread: makes it look for what others want of it. */
void http_thread_wake(struct http_thread *thread);
/* Hands over an accepted connection; false without memory. */
bool http_thread_give(struct http_thread *thread, int fd, const struct sockaddr_storage *address, socklen_t len);

/* daemon.c: a libmicrohttpd daemon without threads or listening socket; NULL when it does not start. */
struct MHD_Daemon *http_daemon_start(struct http_thread *thread);

/* send.c, past libmicrohttpd: an error answer straight into the socket, after which it must be closed. */
void http_send_raw(int fd, enum err_code code, struct str message);

/* await.c: resumes all that wait; they are answered with 503.  From now on nothing is suspended. */
void http_await_abandon(struct http_server *server);

/* peer.c: connections as libmicrohttpd reports them. */
void http_peer_notify(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code);
/* One connection less. */
void http_peer_left(struct http_thread *thread);
/* It is our turn; false when the door has cut the connection off. */
bool http_peer_enter(struct http_peer *peer);
void http_peer_wait(struct http_peer *peer, enum peer_phase phase);
/* Cuts off who has been sending a request for too long, or has left; called by the door in ever higher rounds. */
void http_peers_watch(struct http_server *server, uint64_t now_ms, unsigned round);

/* door.c: accepts connections, watches them and sees the last ones off; one thread. */
ERR_CHECKED enum err_code http_door_open(struct http_server *server, struct http_door **out, uint16_t *port,
	struct err *err);
ERR_CHECKED enum err_code http_door_start(struct http_door *door, struct err *err);
void http_door_shut(struct http_door *door);          /* no further connections */
/* Any thread.  Takes `fd`: nothing more is sent, and it is closed when the client is done. */
void http_door_linger(struct http_door *door, int fd);
void http_door_close(struct http_door *door);         /* NULL is allowed */

#endif
