/* The compiled route table: matching, and refusing tables that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "server/http/router.h"

static enum err_code handler(struct request *rq, struct err *err)
{
	(void)rq;
	(void)err;
	return OK;
}

#define ROW(m, p) { .method = ROUTE_##m, .path = (p), .handler = handler, .needs = PERMISSION_NONE }

static const struct route routes[] = {
	ROW(GET, "/"),
	ROW(POST, "/"),
	ROW(GET, "/subjects"),
	ROW(POST, "/subjects/{subject}"),
	ROW(DELETE, "/subjects/{subject}"),
	ROW(GET, "/subjects/{subject}/versions"),
	ROW(GET, "/subjects/{subject}/versions/{version}"),
	ROW(GET, "/schemas/types"),
	ROW(GET, "/schemas/{kind}/{id}"),
	ROW(GET, "/schemas/ids/{id}/schema"),
	ROW(GET, "/a/b/c"),
	ROW(GET, "/a/{x}/d"),
	ROW(GET, "/ui"),
	ROW(GET, "/ui/files/{file}"),
	ROW(GET, "/ui/*"),
	ROW(PUT, "/{one}/{two}/{three}/{four}/{five}/{six}"),
};

static const struct {
	const char *target;
	const char *path;  /* NULL: none */
	const char *values;
} cases[] = {
	{ "/", "/", "" },
	{ "/subjects", "/subjects", "" },
	{ "/subjects/", "/subjects", "" },
	{ "/subjects/x", "/subjects/{subject}", "x" },
	{ "/subjects/versions", "/subjects/{subject}", "versions" },
	{ "/subjects/x/versions", "/subjects/{subject}/versions", "x" },
	{ "/subjects/versions/versions/versions", "/subjects/{subject}/versions/{version}", "versions versions" },
	{ "/subjects/a%2Fb/versions/1", "/subjects/{subject}/versions/{version}", "a/b 1" },
	{ "/schemas/types", "/schemas/types", "" },
	{ "/schemas/types/9", "/schemas/{kind}/{id}", "types 9" },
	{ "/schemas/ids/9", "/schemas/{kind}/{id}", "ids 9" },
	{ "/schemas/ids/9/schema", "/schemas/ids/{id}/schema", "9" },
	{ "/a/b/c", "/a/b/c", "" },
	{ "/a/b/d", "/a/{x}/d", "b" },
	{ "/1/2/3/4/5/6", "/{one}/{two}/{three}/{four}/{five}/{six}", "1 2 3 4 5 6" },
	{ "/ui", "/ui", "" },
	{ "/ui/", "/ui", "" },
	{ "/ui/x", "/ui/*", "" },
	{ "/ui/subjects/a%2Fb/versions/3", "/ui/*", "" },
	{ "/ui/files", "/ui/*", "" },
	{ "/ui/files/a.js", "/ui/files/{file}", "a.js" },
	{ "/ui/files/a/b", "/ui/*", "" },
	{ "/ui/1/2/3/4/5", "/ui/*", "" },
	{ "/ui/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "/ui/*", "" },
	{ "/ui/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", NULL, NULL },
	{ "/Subjects", NULL, NULL },
	{ "/subjects/x/nothing", NULL, NULL },
	{ "/schemas", NULL, NULL },
	{ "/1/2/3/4/5/6/7", NULL, NULL },
	{ "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", NULL, NULL },
};

static void finds_routes(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct router *router;

	(void)state;
	assert_int_equal(router_create(arena, routes, sizeof(routes) / sizeof(routes[0]), &router, &err), OK);
	assert_int_equal(router_n_paths(router), 14);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target target;
		struct router_match match;
		struct buf values = buf_make(arena, 50);

		assert_int_equal(target_split(arena, str_of(cases[i].target), &target, &err), OK);
		router_find(router, &target, &match);
		if (match.path == NULL && cases[i].path == NULL)
			continue;
		if (match.path == NULL || cases[i].path == NULL)
			fail_msg("%s: %s", cases[i].target, match.path ? match.path->path : "nothing");
		assert_string_equal(match.path->path, cases[i].path);
		assert_ptr_equal(router_path_at(router, match.path->index), match.path);
		for (size_t k = 0; k < match.path->n_params; k++) {
			if (k > 0)
				buf_lit(&values, " ");
			buf_add(&values, match.values[k]);
		}
		assert_string_equal(buf_str(&values).data, cases[i].values);
	}
	arena_destroy(arena);
}

static const struct router_path *path_of(struct arena *arena, const struct router *router, const char *text)
{
	struct err err = { .arena = arena };
	struct router_match match;
	struct target target;

	assert_int_equal(target_split(arena, str_of(text), &target, &err), OK);
	router_find(router, &target, &match);
	assert_non_null(match.path);
	return match.path;
}

static void lists_methods(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	const struct router *router;

	(void)state;
	assert_int_equal(router_create(arena, routes, sizeof(routes) / sizeof(routes[0]), &router, &err), OK);
	assert_string_equal(path_of(arena, router, "/")->allow.data, "HEAD, GET, POST, OPTIONS");
	assert_string_equal(path_of(arena, router, "/subjects")->allow.data, "HEAD, GET, OPTIONS");
	assert_string_equal(path_of(arena, router, "/subjects/x")->allow.data, "POST, DELETE, OPTIONS");
	assert_ptr_equal(path_of(arena, router, "/subjects/x")->routes[ROUTE_DELETE], &routes[4]);
	assert_null(path_of(arena, router, "/subjects/x")->routes[ROUTE_GET]);
	arena_destroy(arena);
}

#define GOOD { .method = ROUTE_GET, .path = "/a/{b}", .handler = handler, .needs = PERMISSION_NONE }

static const struct {
	struct route rows[2];
	const char *says;
} wrong[] = {
	{ { GOOD, GOOD }, "Route /a/{b} is listed twice for one method" },
	{ { GOOD, ROW(POST, "/a/{c}") }, "Route /a/{c} names its parameters otherwise than another row" },
	{ { ROW(GET, "/x/*"), ROW(GET, "/x/*") }, "Route /x/* is listed twice for one method" },
	{ { GOOD, ROW(GET, "/x//*") }, "Route /x//* is not well-formed" },
	{ { GOOD, ROW(GET, "a") }, "Route a is not well-formed" },
	{ { GOOD, ROW(GET, "") }, "Route  is not well-formed" },
	{ { GOOD, ROW(GET, "/x/") }, "Route /x/ is not well-formed" },
	{ { GOOD, ROW(GET, "/x//y") }, "Route /x//y is not well-formed" },
	{ { GOOD, ROW(GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}") }, "Route /{a}/{b}/{c}/{d}/{e}/{f}/{g} is not well-formed" },
	{ { GOOD, { .method = ROUTE_GET, .path = "/x", .needs = PERMISSION_NONE } }, "Route /x has no handler" },
	{ { GOOD, { .method = ROUTE_GET, .path = "/x", .handler = handler } }, "Route /x names no permission" },
	{ { GOOD, { .method = ROUTE_METHODS, .path = "/x", .handler = handler, .needs = PERMISSION_NONE } },
		"Route /x has an unknown method" },
	{ { GOOD, { .method = ROUTE_GET, .handler = handler, .needs = PERMISSION_NONE } }, "Route ? has no path" },
};

static void refuses_wrong_tables(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err err = { .arena = arena };
		const struct router *router = NULL;

		assert_int_equal(router_create(arena, wrong[i].rows, 2, &router, &err), ERR_START);
		assert_string_equal(err.message.data, wrong[i].says);
		assert_null(router);
	}
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_routes),
		cmocka_unit_test(lists_methods),
		cmocka_unit_test(refuses_wrong_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
