/*
 * The HTTP server: libmicrohttpd with epoll and a small thread pool.  Knows no registry: routes,
 * their context and what threads open for themselves are handed in.
 */
#ifndef SERVER_HTTP_SERVER_H
#define SERVER_HTTP_SERVER_H

#include "server/http/route.h"

struct http_server;
struct http_cache;
struct http_metrics;
struct arena;
struct target;

struct http_options {
	const char *host;                /* address to bind, "127.0.0.1", "::1", "0.0.0.0" */
	uint16_t port;                   /* 0: any free one; http_port tells */
	unsigned threads;                /* 0: one for each processor, at most 8 */
	unsigned max_connections;
	unsigned idle_seconds;           /* without a byte from the client */
	unsigned request_seconds;        /* from a request's first byte to its last: a slow sender is cut off with 408 */
	size_t max_body;                 /* bytes; 413 beyond */
	size_t max_uri;                  /* bytes; 414 beyond */
	size_t cache_bytes;              /* of rendered answers; 0: none are kept */
	bool access_log;                 /* one structured line a request */

	const char *page;                /* where a browser that asks for "/" is sent; NULL: it is answered like any client */

	const struct route *routes;
	size_t n_routes;
	void *context;
	/* Opens what one pool thread needs for itself; NULL result with err set refuses the request with 503. */
	void *(*thread_open)(void *context, struct err *err);
	void (*thread_close)(void *resource);

	/*
	 * May change the path before it is matched, e.g. take a prefix away; what it leaves in *scope is what
	 * request_scope gives the handler.  A failure is answered like an unknown path.  NULL: no change.
	 */
	enum err_code (*rewrite)(struct arena *arena, struct target *target, struct str *scope, struct err *err);
	/* NULL, or asked when a handler has failed: may add headers, or answer instead of the error. */
	void (*failed)(struct request *rq, enum err_code code, const struct err *err);
};

/*
 * Two steps, so that whoever announces changes can be wired up before the first request: create
 * checks the route table (ERR_START names a wrong row) and makes the caches; listen binds and starts
 * serving (ERR_START with a sentence when the address is taken).  http_stop frees in either state.
 */
ERR_CHECKED enum err_code http_create(const struct http_options *options, struct http_server **out, struct err *err);
ERR_CHECKED enum err_code http_listen(struct http_server *server, struct err *err);

uint16_t http_port(const struct http_server *server);

/* Stops accepting, lets requests in flight finish for at most `seconds`, frees everything; NULL is allowed. */
void http_stop(struct http_server *server, unsigned seconds);

/*
 * Something changed as of `sequence` (which never falls): answers that depend on `tag` and were
 * computed before it are void.  Then http_advanced publishes the sequence that new answers are
 * computed at.  Called by one thread, in this order, after the change can be read.
 */
void http_changed(struct http_server *server, uint64_t tag, uint64_t sequence);
void http_advanced(struct http_server *server, uint64_t sequence);

/* Requests by route template and status, latency histograms, cache hits, connections, in Prometheus text format. */
struct buf;
void http_metrics_render(struct http_server *server, struct buf *out);

#endif
