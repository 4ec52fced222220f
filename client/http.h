/*
 * One HTTP request at a time over a pool of kept connections that all threads share.  Outside guards every allocation is checked;
 * client_http_ask neither leaves a guard nor needs one.
 */
#ifndef CLIENT_HTTP_H
#define CLIENT_HTTP_H

#include "client/client_int.h"

/* A pool for client->config.max_connections; NULL: no memory. */
struct client_pool *client_pool_create(struct tenon_client *client);
/* No request may be under way. */
void client_pool_destroy(struct client_pool *pool);

struct client_request {
	const char *method;
	const char *path;     /* escaped, from the base URL's end */
	struct str body;      /* absent: none */
	bool repeatable;      /* asking twice does what asking once does */
	bool insist;          /* what one registry does not know (404) another one may: a node that lags behind */
};

/* What came of one attempt. */
enum client_outcome {
	CLIENT_ANSWERED,      /* any status that is the registry's word */
	CLIENT_NOT_SENT,      /* the request did not reach the registry, or was turned away unread */
	CLIENT_LOST,          /* it may have reached it, and been done */
	CLIENT_SICK,          /* a server that is in trouble: another one may do it */
	CLIENT_HOPELESS,      /* the same again would end the same */
};

struct client_answer {
	int status;
	uint32_t retry_after_ms; /* 0: not said */
	char *data;              /* NUL-terminated behind `len` bytes; client_release */
	size_t len;
};

/*
 * Sends `request` to `url` and waits for the answer until `deadline_ms`.  CLIENT_ANSWERED fills *out; everything else fills *err
 * with a code, a message and the HTTP status where there was one, and *out has nothing to be released, though retry_after_ms.
 */
enum client_outcome client_http_ask(struct tenon_client *client, const struct client_url *url,
	const struct client_request *request, uint64_t deadline_ms, struct client_answer *out, struct tenon_error *err);

/*
 * The request to the URLs in turn, again after a pause where that can help and is right (docs: tenon.h, struct tenon_config).
 * Guarded: the body is the call's.  TENON_OK for every status that is the registry's word, errors included.
 */
CLIENT_CHECKED enum tenon_code client_ask(struct call *call, const struct client_request *request, int *status, struct str *body);

#endif
