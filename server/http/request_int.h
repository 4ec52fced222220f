/* A request as the files of server/http/ see it, and its way through them. */
#ifndef SERVER_HTTP_REQUEST_INT_H
#define SERVER_HTTP_REQUEST_INT_H

#include "server/http/server_int.h"

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
	struct str raw;              /* the target as sent */
	const char *raw_end;         /* in libmicrohttpd's memory: where it ended */
	enum metrics_method method;
	struct str method_name;
	struct str accept, accept_encoding, content_type, if_none_match, id;
	unsigned n_ids;
	int64_t content_length;
	unsigned n_lengths;          /* Content-Length headers */
	bool ambiguous;              /* they differ */
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
	struct str packed;           /* the answer by gzip where that is there beforehand */
	struct header *headers;
	struct http_entry *entry;    /* instead of `answer` */
	uint64_t answered_ns;
	uint64_t bytes;

	/* not cleared */
	char uuid[37];
	struct target target;
	struct router_match match;
};

/* thread.c: a cleared request, NULL without memory; given back by the same thread, or destroyed by any. */
struct request *http_request_take(struct http_thread *thread);
void http_request_give(struct request *rq);
void http_request_destroy(struct request *rq);

/* dispatch.c: the steps of a request. */
enum MHD_Result http_dispatch(struct request *rq, const char *method, const char *version, const char *data, size_t *size);
/* What follows when the route's function (or the one after a wait) has returned. */
enum MHD_Result http_dispatch_outcome(struct request *rq, enum err_code code, struct err *err);

/* send.c: the answer as libmicrohttpd wants it. */
enum MHD_Result http_send(struct request *rq);
struct str http_error_body(struct arena *arena, enum err_code code, struct str message);
/* Metrics and access log of a request that is over. */
void http_account(struct request *rq);

/* await.c: suspends a request whose handler called request_await, and goes on with a resumed one. */
enum MHD_Result http_await_suspend(struct request *rq);
enum MHD_Result http_await_resumed(struct request *rq, bool *gone);

#endif
