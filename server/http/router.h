/*
 * The route table compiled for matching: a tree of path segments, literal ones preferred to
 * parameters, and both to a last "*", which takes all that is left.  Built once at start, immutable afterwards, shared by all threads.
 */
#ifndef SERVER_HTTP_ROUTER_H
#define SERVER_HTTP_ROUTER_H

#include "server/http/route.h"
#include "server/http/target.h"

enum { ROUTER_PARAMS = 6 }; /* parameters of one path at most */

struct router;

/* One path of the table with all its methods. */
struct router_path {
	const char *path;                         /* as in the table: the label of metrics and log lines */
	size_t index;                             /* 0 … router_n_paths - 1 */
	const struct route *routes[ROUTE_METHODS];
	struct str params[ROUTER_PARAMS];         /* names, in order */
	size_t n_params;
	struct str allow;                         /* "HEAD, GET, OPTIONS" */
};

struct router_match {
	const struct router_path *path;           /* NULL: no such path */
	struct str values[ROUTER_PARAMS];         /* of path->params */
};

/* Compiles a table into `arena`; ERR_START with a sentence naming the row that is wrong. */
ERR_CHECKED enum err_code router_create(struct arena *arena, const struct route *routes, size_t n_routes,
	const struct router **out, struct err *err);

void router_find(const struct router *router, const struct target *target, struct router_match *out);

size_t router_n_paths(const struct router *router);
const struct router_path *router_path_at(const struct router *router, size_t index);

#endif
