/*
 * One request as a handler sees it: path parameters, query, JSON body, and the ways to answer.
 * Everything it hands out lives in the request's arena, which is freed when the connection has sent
 * the answer.  A request belongs to one thread at a time: its pool thread, or, between
 * request_await's start and request_resume, whoever start handed it to.
 */
#ifndef SERVER_HTTP_REQUEST_H
#define SERVER_HTTP_REQUEST_H

#include "base/json.h"
#include "server/http/route.h"

struct arena;
struct request;

struct arena *request_arena(struct request *rq);

/* The `context` of struct http_options: what the handlers work on. */
void *request_context(struct request *rq);

/* What the pool thread opened for itself at start (struct http_options: thread_open). */
void *request_thread(struct request *rq);

/* Who asks, without a name as long as nobody can log in: "anonymous@127.0.0.1". */
struct str request_actor(struct request *rq);

/* What the server's `rewrite` made of the path's prefix; absent when it left none. */
struct str request_scope(struct request *rq);

/* A path parameter by its name in the route's template, percent-decoded once; it may hold any bytes but is UTF-8. */
struct str request_param(struct request *rq, const char *name);

/* The first value of a query parameter, percent-decoded; absent when it was not given.  "a" without "=" is "". */
struct str request_query(struct request *rq, const char *name);

/* All values of a repeated parameter, in order. */
size_t request_query_all(struct request *rq, const char *name, const struct str **out);

/* True only for "true" in any letter case (contract 1.3). */
bool request_query_bool(struct request *rq, const char *name);

/* An integer that fits 32 bits; `fallback` when absent or empty, ERR_NOT_FOUND when it does not parse (contract 1.3). */
ERR_CHECKED enum err_code request_query_int(struct request *rq, const char *name, int32_t fallback,
	int32_t *out, struct err *err);

/*
 * The body as JSON (comments no, NaN yes).  The dispatcher has refused an empty or null body with
 * 422 before the handler runs, unless the route is ROUTE_LOOSE_BODY: then this may be NULL.
 */
const struct jsn *request_body(struct request *rq);

/* ---- answering: exactly one of these ---- */

/* 200 with a body in the negotiated registry media type.  The body must live in the request's arena. */
enum err_code reply(struct request *rq, struct str body);

/* As reply, with another status. */
enum err_code reply_status(struct request *rq, int status, struct str body);

/* Any status, Content-Type given ("" for none). */
enum err_code reply_as(struct request *rq, int status, const char *content_type, struct str body);

/* As reply_as with 200, for what does not change: the body and what gzip makes of it.  Both must outlive the server. */
enum err_code reply_packed(struct request *rq, const char *content_type, struct str plain, struct str gzip);

/*
 * Gives the answer `stamp` as its ETag, weak, since what gzip makes of the body has it too.  True when the client
 * has the answer with that stamp already (If-None-Match, RFC 9110, section 13.1.2): it is then answered with 304,
 * and there is nothing left to do.
 */
bool reply_unchanged(struct request *rq, struct str stamp);

/* A further header of the answer, e.g. Link; values with control characters are dropped. */
void reply_header(struct request *rq, const char *name, struct str value);

/*
 * Names something the answer depends on: a change to it (http_changed) makes a kept answer void.
 * An answer of a ROUTE_CACHED route without any dependency is not kept; at most 4 per answer.
 */
void reply_depends(struct request *rq, uint64_t tag);

/*
 * Lets go of the pool thread until something slow is done.  Once the handler has returned OK, which
 * it does right after this call, the connection is suspended and `start` called.  That must lead to
 * exactly one request_resume, from any thread and be it from `start` itself; then `finish` runs on
 * the pool thread and answers, fails, or waits again.  What `arg` points to must live until then.
 * Should the server stop in the meantime, `finish` never runs and the client gets 503; the request
 * and its arena still live until request_resume.
 */
void request_await(struct request *rq, void (*start)(struct request *rq, void *arg), route_fn *finish, void *arg);
void *request_await_arg(struct request *rq);
void request_resume(struct request *rq);

#endif
