/* A registry's REST API, over the client library: its connections, retries and errors.  Belongs to one thread. */
#ifndef CLIENT_CLI_REST_H
#define CLIENT_CLI_REST_H

#include "base/json.h"

struct rest;
struct tenon_client;

struct rest_answer {
	int status;
	struct str text;
	const struct jsn *json; /* NULL when the body is no JSON */
};

/* What a command was told of a registry; all but the URL may be absent. */
struct server {
	struct str url;
	struct str user;        /* NAME:PASSWORD */
	struct str ca;          /* a file of certificates to trust */
	struct str timeout;     /* in seconds, as it was given; absent: TENON_TIMEOUT's, or the standard */
};

/* The row of what every command has that asks a registry. */
#define TIMEOUT_FLAG(type, member) \
	FLAG(FLAG_TEXT, type, member, "timeout", "SECONDS", NULL, \
		"how long a registry may take for an answer (or TENON_TIMEOUT; default 30)")

/* It lives as long as the arena.  ERR_CONFIG_FILE when the timeout is no number of seconds. */
ERR_CHECKED enum err_code rest_open(struct arena *arena, const struct server *server, struct rest **out, struct err *err);

struct str rest_url(const struct rest *rest);

/* The client that asks, for what the library does beyond requests; without a cache, and ends with the arena. */
struct tenon_client *rest_client(const struct rest *rest);

/*
 * One request; `body` is absent for none.  The answer lives in `arena`.  Any status is an answer, except
 * that 401 and 403 are errors as a registry that cannot be reached is.
 */
ERR_CHECKED enum err_code rest_call(struct rest *rest, struct arena *arena, const char *method, struct str path,
	struct str body, struct rest_answer *out, struct err *err);

/* As rest_call with GET for what a registry always has: an answer other than 200 with JSON is an error that names it. */
ERR_CHECKED enum err_code rest_need(struct rest *rest, struct arena *arena, struct str path, const struct jsn **out,
	struct err *err);

/* Its first line, shortened: an answer that is a page, as proxies give them, says enough with that. */
struct str rest_excerpt(const struct rest_answer *answer);

enum { REST_PARALLEL = 8 };

/* Called when `n` of `total` requests are answered; for showing how far it is. */
typedef void rest_progress_fn(void *cls, size_t n, size_t total);

/*
 * GETs of many paths, at most REST_PARALLEL at a time; answers[i] is that of paths[i].  Any status but 401 and
 * 403 is an answer.  `progress` may be NULL.
 */
ERR_CHECKED enum err_code rest_get_many(struct rest *rest, struct arena *arena, const struct str *paths, size_t n,
	struct rest_answer *answers, rest_progress_fn *progress, void *cls, struct err *err);

/* Percent-encoded, as one segment of a path. */
struct str rest_escape(struct arena *arena, struct str text);

#endif
