/* Tests of the route table, server/api/routes.c, and of error rows that no operation raises yet. */
#include <ctype.h>

#include "base/arena.h"
#include "server/api/api.h"
#include "server/http/router.h"
#include "tests/unit/base/check.h"

static const char *const methods[ROUTE_METHODS] = {
	[ROUTE_GET] = "GET", [ROUTE_POST] = "POST", [ROUTE_PUT] = "PUT", [ROUTE_DELETE] = "DELETE",
};

static bool is_write(const struct route *route)
{
	return route->needs == PERMISSION_SCHEMA_WRITE || route->needs == PERMISSION_SCHEMA_DELETE ||
		route->needs == PERMISSION_CONFIG_WRITE;
}

static void test_rows(void **state)
{
	(void)state;
	assert_true(api_n_routes > 40);
	for (size_t i = 0; i < api_n_routes; i++) {
		const struct route *route = &api_routes[i];
		bool sends = route->method == ROUTE_POST || route->method == ROUTE_PUT;

		CHECK(route->path, route->handler != NULL);
		CHECK(route->path, route->method < ROUTE_METHODS);
		CHECK(route->path, route->needs > PERMISSION_UNSET && route->needs <= PERMISSION_METRICS_READ);
		CHECK(route->path, (route->body != NULL) == sends);
		CHECK(route->path, !route->body || islower((unsigned char)route->body[0]));
		CHECK(route->path, !(route->flags & ROUTE_LOOSE_BODY) || route->body);
		CHECK(route->path, !(route->flags & ROUTE_PLAIN) || route->method == ROUTE_GET);
		for (size_t k = 0; k < i; k++)
			CHECK(route->path, route->method != api_routes[k].method || strcmp(route->path, api_routes[k].path) != 0);
	}
}

/* What changes something asks for more than what reads, and is never answered from what was kept. */
static void test_permissions(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_n_routes; i++) {
		const struct route *route = &api_routes[i];

		CHECK(route->path, route->method != ROUTE_GET || !is_write(route));
		CHECK(route->path, (route->method != ROUTE_PUT && route->method != ROUTE_DELETE) || is_write(route));
		CHECK(route->path, !(route->flags & ROUTE_CACHED) || !is_write(route));
		CHECK(route->path, !(route->flags & ROUTE_CACHED) || !(route->flags & ROUTE_PLAIN));
	}
}

static void find(const struct router *router, struct arena *arena, const char *text, struct router_match *out)
{
	struct target target;
	struct err err = { .arena = arena };

	assert_int_equal(target_split(arena, str_of(text), &target, &err), OK);
	router_find(router, &target, out);
}

/* The router takes the table, and finds every row by a path made from its template. */
static void test_router(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct router *router = NULL;

	(void)state;
	if (router_create(arena, api_routes, api_n_routes, &router, &err) != OK)
		fail_msg("%.*s", STR_ARG(err.message));
	for (size_t i = 0; i < api_n_routes; i++) {
		const struct route *route = &api_routes[i];
		struct router_match match;

		find(router, arena, route->path, &match);
		CHECK(route->path, match.path != NULL);
		CHECK_STR(route->path, str_of(match.path->path), str_of(route->path));
		CHECK(methods[route->method], match.path->routes[route->method] == route);
		for (size_t p = 0; p < match.path->n_params; p++)
			CHECK_STR(route->path, match.values[p], str_printf(arena, "{%.*s}", STR_ARG(match.path->params[p])));
	}
	arena_destroy(arena);
}

/* Literal segments come before parameters: no subject, id or context hides an operation of its own. */
static void test_literals(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct router *router = NULL;
	struct router_match match;

	(void)state;
	assert_int_equal(router_create(arena, api_routes, api_n_routes, &router, &err), OK);
	find(router, arena, "/schemas/types", &match);
	assert_string_equal(match.path->path, "/schemas/types");
	find(router, arena, "/subjects/types/metadata", &match);
	assert_string_equal(match.path->path, "/subjects/{subject}/metadata");
	find(router, arena, "/subjects/versions/versions/schema/schema", &match);
	assert_string_equal(match.path->path, "/subjects/{subject}/versions/{version}/schema");
	find(router, arena, "/schemas/ids/ids/subjects", &match);
	assert_string_equal(match.path->path, "/schemas/ids/{id}/subjects");
	find(router, arena, "/schemas/other", &match);
	assert_null(match.path);
	arena_destroy(arena);
}

/* Rows of base/err.def that are there for operations to come: what clients know them by must not change. */
static void test_rows_to_come(void **state)
{
	static const struct {
		enum err_code code;
		int status, wire;
		const char *format;
	} rows[] = {
		{ ERR_UNAUTHORIZED, 401, 401, ERR_FORMAT_UNAUTHORIZED },
		{ ERR_FORBIDDEN, 403, 403, ERR_FORMAT_FORBIDDEN },
		{ ERR_TOO_MANY_REQUESTS, 429, 429, ERR_FORMAT_TOO_MANY_REQUESTS },
		{ ERR_INVALID_RULESET, 422, 42210, ERR_FORMAT_INVALID_RULESET },
	};
	static const char *const messages[] = { "Unauthorized", "!authorized", "%s", "%s" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_INT(err_name(rows[i].code), err_status(rows[i].code), rows[i].status);
		CHECK_INT(err_name(rows[i].code), err_wire(rows[i].code), rows[i].wire);
		CHECK_STR(err_name(rows[i].code), str_of(rows[i].format), str_of(messages[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_permissions),
		cmocka_unit_test(test_router),
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_rows_to_come),
	};

	return cmocka_run_group_tests_name("server/api/routes", tests, NULL, NULL);
}
