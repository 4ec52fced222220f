/* What the files of server/http/ share: the server, its threads, its connections and its requests. */
#ifndef SERVER_HTTP_SERVER_INT_H
#define SERVER_HTTP_SERVER_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "server/http/cache.h"
#include "server/http/metrics.h"
#include "server/http/negotiate.h"
#include "server/http/request.h"
#include "server/http/router.h"
#include "server/http/server.h"

struct http_door;

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
	struct http_server *server;
	struct http_peer *next;      /* of server->peers, under server->lock */
	struct http_peer **link;
	int fd;
	_Atomic int phase;
	_Atomic uint64_t since_ms;   /* when the phase began */
	uint64_t partial_ms;         /* the door's: when it saw an unfinished request line; 0: it did not */
	bool linger;                 /* the client may still be sending: close only when it has had its answer */
	char actor[80];
};

/* What one pool thread has for itself. */
struct http_thread {
	struct http_server *server;
	struct http_thread *next;    /* of server->threads, under server->lock */
	void *resource;
	struct request *free;        /* finished requests with their arenas, for reuse */
	unsigned n_free;
	struct metrics_set *metrics;
	struct gzip *gzip;
	_Atomic uint64_t begun, done, hits, misses; /* written by this thread only */
};

struct http_server {
	struct http_options options;
	struct arena *arena;         /* router and texts, as long as the server */
	const struct router *router;
	struct http_cache *cache;    /* NULL: nothing is kept */
	struct MHD_Daemon *daemon;
	struct http_door *door;
	uint64_t serial;             /* of this process's servers: what thread-local storage is keyed by */
	pthread_mutex_t lock;
	struct http_peer *peers;
	struct http_thread *threads;
	struct request *suspended;
	bool refusing;               /* under the lock: no request may be suspended any more */
	_Atomic bool stopping;
	_Atomic uint64_t n_peers, accepted, refused, cut;
	_Atomic int64_t n_suspended, n_resuming;
};

enum stage { STAGE_HEADERS, STAGE_BODY, STAGE_RUN, STAGE_AWAIT, STAGE_ANSWERED };

/* Who has let go of a suspended request: see await.c. */
enum await_state { AWAIT_NONE, AWAIT_SUSPENDED, AWAIT_RESUMED, AWAIT_ABANDONED, AWAIT_LATE, AWAIT_ORPHAN };

struct header {
	struct header *next;
	const char *name;
	const char *value;
};

struct request {
	struct http_server *server;
	struct http_thread *thread;
	struct http_peer *peer;
	struct MHD_Connection *connection;
	struct arena *arena;
	struct request *next;        /* free ones */

	/* what came in; cleared from here on when a request is reused */
	enum stage stage;
	bool begun;                  /* complete and counted as being worked on */
	struct str raw;              /* the target as sent */
	const char *raw_end;         /* in libmicrohttpd's memory: where it ended */
	enum metrics_method method;
	struct str method_name;
	struct str accept, accept_encoding, content_type, id;
	unsigned n_ids;
	int64_t content_length;
	bool has_body, chunked, gzip;
	struct buf body;
	size_t received;
	const struct jsn *json;
	uint64_t started_ns;
	uint64_t deadline_ms;

	/* what was made of it */
	bool checked;
	bool refuse;                 /* check failed with `err` */
	struct err err;
	struct str scope;
	const struct router_path *path;
	const struct route *route;
	enum answer_type type;
	struct target_parameter *query;
	size_t n_query;
	bool query_parsed;
	struct http_key key;
	uint64_t sequence;
	uint64_t tags[HTTP_CACHE_TAGS];
	size_t n_tags;               /* more than HTTP_CACHE_TAGS: too many to keep the answer */

	/* waiting */
	bool awaiting;
	void (*start)(struct request *rq, void *arg);
	route_fn *finish;
	void *arg;
	_Atomic int await;
	struct request *next_suspended;
	struct request **link_suspended;

	/* the answer */
	bool answered;
	int status;
	const char *answer_type;     /* "" for none */
	struct str answer;
	struct header *headers;
	struct http_entry *entry;    /* instead of `answer` */
	uint64_t answered_ns;
	uint64_t bytes;

	/* not cleared */
	char uuid[37];
	struct target target;
	struct router_match match;
};

/* Adds one to a counter that only this thread writes. */
static inline void http_count(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_release);
}

/* thread.c: this thread's part of the server, made on first call; NULL without memory. */
struct http_thread *http_thread_mine(struct http_server *server);
void http_threads_destroy(struct http_server *server);
struct request *http_request_take(struct http_thread *thread);
void http_request_free(struct request *rq);

/* dispatch.c: the steps of a request. */
enum MHD_Result http_dispatch(struct request *rq, const char *method, const char *version, const char *data, size_t *size);
/* What follows when the route's function (or the one after a wait) has returned. */
enum MHD_Result http_dispatch_outcome(struct request *rq, enum err_code code, struct err *err);

/* send.c: the answer as libmicrohttpd wants it, or straight into the socket when that cannot take one. */
enum MHD_Result http_send(struct request *rq);
void http_send_raw(int fd, enum err_code code, struct str message);
struct str http_error_body(struct arena *arena, enum err_code code, struct str message);
/* Metrics and access log of a request that is over. */
void http_account(struct request *rq);

/* await.c: suspends a request whose handler called request_await, and goes on with a resumed one. */
enum MHD_Result http_await_suspend(struct request *rq);
enum MHD_Result http_await_resumed(struct request *rq, bool *gone);
/* Resumes all that wait; they are answered with 503.  From now on nothing is suspended. */
void http_await_abandon(struct http_server *server);

/* peer.c: connections as libmicrohttpd reports them. */
void http_peer_notify(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code);
/* It is our turn; false when the door has cut the connection off. */
bool http_peer_enter(struct http_peer *peer);
void http_peer_wait(struct http_peer *peer, enum peer_phase phase);
/* Cuts off who has been sending a request for too long; called by the door from time to time. */
void http_peers_watch(struct http_server *server, uint64_t now_ms);

/* door.c: accepts connections, watches them and sees the last ones off; one thread. */
ERR_CHECKED enum err_code http_door_open(struct http_server *server, struct http_door **out, uint16_t *port,
	struct err *err);
ERR_CHECKED enum err_code http_door_start(struct http_door *door, struct err *err);
void http_door_shut(struct http_door *door);          /* no further connections */
/* Any thread.  Takes `fd`: nothing more is sent, and it is closed when the client is done. */
void http_door_linger(struct http_door *door, int fd);
void http_door_close(struct http_door *door);         /* NULL is allowed */

#endif
