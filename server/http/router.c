/* The compiled route table: building the tree with its checks, and walking it. */
#include "server/http/router.h"

#include "base/arena.h"

/* A place in the tree: what may follow, and the path that ends here. */
struct node {
	struct str literal;
	struct node *children;      /* literal ones, a list in table order */
	struct node *next;
	struct node *parameter;     /* the child that takes any segment */
	struct router_path *rest;   /* takes what no child does, one segment at least: "*" */
	struct router_path *path;
};

struct router {
	struct node root;
	struct router_path **paths;
	size_t n_paths;
};

static struct node *find_literal(const struct node *node, struct str segment)
{
	for (struct node *child = node->children; child; child = child->next)
		if (str_eq(child->literal, segment))
			return child;
	return NULL;
}

static struct node *add_literal(struct arena *arena, struct node *node, struct str segment)
{
	struct node *child = find_literal(node, segment);
	struct node **last = &node->children;

	if (child)
		return child;
	while (*last)
		last = &(*last)->next;
	child = arena_new(arena, struct node);
	child->literal = segment;
	*last = child;
	return child;
}

static bool is_parameter(struct str segment)
{
	return segment.len > 2 && segment.data[0] == '{' && segment.data[segment.len - 1] == '}';
}

/*
 * The node of a path, made on the way; parameter names are put into `path`.  A last "*" is left to the caller.  NULL when
 * the path is ill-formed.
 */
static struct node *add_path(struct arena *arena, struct node *root, struct str rest, struct router_path *path)
{
	struct node *node = root;
	size_t n_segments = 0;

	if (rest.len == 0 || rest.data[0] != '/')
		return NULL;
	for (size_t at = 1; at < rest.len; n_segments++) {
		const char *slash = memchr(rest.data + at, '/', rest.len - at);
		size_t end = slash ? (size_t)(slash - rest.data) : rest.len;
		struct str segment = str_sub(rest, at, end);

		if (segment.len == 0 || end + 1 == rest.len || n_segments == TARGET_SEGMENTS)
			return NULL;
		if (is_parameter(segment)) {
			if (path->n_params == ROUTER_PARAMS)
				return NULL;
			path->params[path->n_params++] = str_sub(segment, 1, segment.len - 1);
			if (node->parameter == NULL)
				node->parameter = arena_new(arena, struct node);
			node = node->parameter;
		} else {
			node = add_literal(arena, node, segment);
		}
		at = end + 1;
	}
	return node;
}

static enum err_code refuse(const char *path, const char *why, struct err *err)
{
	return err_text(err, ERR_START, str_printf(err->arena, "Route %s %s", path, why));
}

static enum err_code check_row(const struct route *route, struct err *err)
{
	if (route->path == NULL)
		return refuse("?", "has no path", err);
	if (route->handler == NULL)
		return refuse(route->path, "has no handler", err);
	if (route->needs == PERMISSION_UNSET)
		return refuse(route->path, "names no permission", err);
	if (route->method < 0 || route->method >= ROUTE_METHODS)
		return refuse(route->path, "has an unknown method", err);
	return OK;
}

static enum err_code add_row(struct arena *arena, struct router *router, const struct route *route, struct err *err)
{
	struct router_path *path = arena_new(arena, struct router_path);
	struct router_path **place;
	struct str text;
	struct node *node;
	bool rest;

	TRY(check_row(route, err));
	text = str_of(route->path);
	rest = str_ends(text, STR("/*")) && text.len > 2;
	node = add_path(arena, &router->root, rest ? str_sub(text, 0, text.len - 2) : text, path);
	if (node == NULL)
		return refuse(route->path, "is not well-formed", err);
	place = rest ? &node->rest : &node->path;
	if (*place == NULL) {
		path->path = route->path;
		path->index = router->n_paths;
		router->paths[router->n_paths++] = path;
		*place = path;
	} else if (!str_eq(str_of((*place)->path), text)) {
		return refuse(route->path, "names its parameters otherwise than another row", err);
	}
	if ((*place)->routes[route->method])
		return refuse(route->path, "is listed twice for one method", err);
	(*place)->routes[route->method] = route;
	return OK;
}

/* HEAD comes with GET, OPTIONS with everything. */
static struct str list_methods(struct arena *arena, const struct router_path *path)
{
	static const struct str names[ROUTE_METHODS] = {
		[ROUTE_GET] = STR("HEAD, GET, "),
		[ROUTE_POST] = STR("POST, "),
		[ROUTE_PUT] = STR("PUT, "),
		[ROUTE_DELETE] = STR("DELETE, "),
	};
	struct buf list = buf_make(arena, 40);

	for (int method = 0; method < ROUTE_METHODS; method++)
		if (path->routes[method])
			buf_add(&list, names[method]);
	buf_lit(&list, "OPTIONS");
	return buf_str(&list);
}

enum err_code router_create(struct arena *arena, const struct route *routes, size_t n_routes,
	const struct router **out, struct err *err)
{
	struct router *router = arena_new(arena, struct router);

	router->paths = arena_array(arena, struct router_path *, n_routes);
	for (size_t i = 0; i < n_routes; i++)
		TRY(add_row(arena, router, &routes[i], err));
	for (size_t i = 0; i < router->n_paths; i++)
		router->paths[i]->allow = list_methods(arena, router->paths[i]);
	*out = router;
	return OK;
}

/* Recursion is as deep as the table's longest path. */
static const struct router_path *walk(const struct node *node, const struct target *target, size_t at,
	struct str *values, size_t n_values)
{
	const struct router_path *found = NULL;
	const struct node *child;

	if (at == target->n_segments)
		return node->path;
	child = find_literal(node, target->segments[at]);
	if (child)
		found = walk(child, target, at + 1, values, n_values);
	if (found == NULL && node->parameter) {
		values[n_values] = target->segments[at];
		found = walk(node->parameter, target, at + 1, values, n_values + 1);
	}
	return found ? found : node->rest;
}

void router_find(const struct router *router, const struct target *target, struct router_match *out)
{
	out->path = target->n_segments <= TARGET_SEGMENTS ? walk(&router->root, target, 0, out->values, 0) : NULL;
}

size_t router_n_paths(const struct router *router)
{
	return router->n_paths;
}

const struct router_path *router_path_at(const struct router *router, size_t index)
{
	return router->paths[index];
}
