/*
 * A route: one row per operation of api-spec/openapi.yaml.  The table itself is server/api/routes.c;
 * the dispatcher does the same for every row: match, percent-decode, check the permission, read and
 * limit the body, turn errors into {error_code, message}, count, log one line.
 */
#ifndef SERVER_HTTP_ROUTE_H
#define SERVER_HTTP_ROUTE_H

#include "base/err.h"

struct request;

/* Answers the request with a reply_… function or fails; may instead call request_await. */
typedef enum err_code route_fn(struct request *rq, struct err *err);

enum route_method { ROUTE_GET, ROUTE_POST, ROUTE_PUT, ROUTE_DELETE, ROUTE_METHODS };

/* What a caller must be allowed to do; authentication comes later, the names are checked to be there now. */
enum route_permission {
	PERMISSION_UNSET,          /* a row without a permission is refused at start */
	PERMISSION_NONE,           /* health and the like: open to anyone who can connect */
	PERMISSION_SCHEMA_READ,
	PERMISSION_SCHEMA_WRITE,
	PERMISSION_SCHEMA_DELETE,
	PERMISSION_CONFIG_READ,
	PERMISSION_CONFIG_WRITE,
	PERMISSION_METRICS_READ,
};

enum route_flags {
	ROUTE_CACHED = 1 << 0,     /* the rendered answer may be kept, keyed by method, target, body and answer type */
	ROUTE_PLAIN = 1 << 1,      /* no registry media types: answers with its own Content-Type, Accept is not checked */
	ROUTE_LOOSE_BODY = 1 << 2, /* an absent body is no error */
};

struct route {
	enum route_method method;
	const char *path;            /* "/subjects/{subject}/versions/{version}"; a last "*": one segment or more, any */
	route_fn *handler;
	enum route_permission needs;
	const char *body;            /* NULL: takes no body; else the operation's name in "<name>.request must not be null" */
	unsigned flags;
};

#endif
