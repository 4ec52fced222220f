/*
 * libFuzzer target of what a request goes through before its handler: target, context prefix, route,
 * query, media types, body.  The input is lines: target, Accept, Accept-Encoding and Content-Type;
 * the rest is the body.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "server/api/api.h"
#include "server/http/negotiate.h"
#include "server/http/router.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str next_line(struct str *rest)
{
	ptrdiff_t end = str_index(*rest, '\n');
	struct str line = end < 0 ? *rest : str_sub(*rest, 0, (size_t)end);

	*rest = end < 0 ? STR("") : str_sub(*rest, (size_t)end + 1, rest->len);
	return line;
}

/* What handlers rely on: text, without anything that could end a line. */
static void check_segment(struct str segment)
{
	demand(segment.len > 0 && str_is_utf8(segment));
	for (size_t i = 0; i < segment.len; i++)
		demand((unsigned char)segment.data[i] >= 0x20 && segment.data[i] != 0x7F && segment.data[i] != '\\');
}

static struct str encode(struct arena *arena, const struct target *target)
{
	static const char digits[] = "0123456789abcdef";
	struct buf b = buf_make(arena, 100);

	for (size_t i = 0; i < target->n_segments; i++) {
		struct str s = target->segments[i];

		buf_add_c(&b, '/');
		for (size_t k = 0; k < s.len; k++) {
			if (s.data[k] == '.') { /* an encoded "." or ".." is refused */
				buf_add_c(&b, '.');
				continue;
			}
			buf_add_c(&b, '%');
			buf_add_c(&b, digits[(unsigned char)s.data[k] >> 4]);
			buf_add_c(&b, digits[(unsigned char)s.data[k] & 0x0F]);
		}
	}
	return target->n_segments > 0 ? buf_str(&b) : STR("/");
}

/* A path with every byte encoded is the same path. */
static void check_again(struct arena *arena, const struct target *target)
{
	struct err err = { .arena = arena };
	struct target again;

	demand(target_split(arena, encode(arena, target), &again, &err) == OK);
	demand(again.n_segments == target->n_segments && !str_present(again.query));
	for (size_t i = 0; i < target->n_segments; i++)
		demand(str_eq(target->segments[i], again.segments[i]));
}

static void check_query(struct arena *arena, struct str query)
{
	struct target_parameter *list = NULL;
	size_t n = target_query(arena, query, &list);

	for (size_t i = 0; i < n; i++)
		demand(str_is_utf8(list[i].name) && str_is_utf8(list[i].value));
}

static void check_route(const struct router *router, const struct target *target)
{
	struct router_match match;

	router_find(router, target, &match);
	if (match.path == NULL)
		return;
	demand(router_path_at(router, match.path->index) == match.path);
	demand(match.path->allow.len > 0);
	for (size_t i = 0; i < match.path->n_params; i++)
		check_segment(match.values[i]);
}

static void check_target(struct arena *arena, const struct router *router, struct str raw)
{
	struct err err = { .arena = arena };
	struct str scope = STR_NONE;
	struct target target;
	enum err_code code = target_split(arena, raw, &target, &err);

	if (code != OK) {
		demand(code == ERR_BAD_PATH || code == ERR_NOT_FOUND);
		demand(err.message.len > 0 && str_is_utf8(err.message));
		return;
	}
	if (target.n_segments <= TARGET_SEGMENTS) {
		for (size_t i = 0; i < target.n_segments; i++)
			check_segment(target.segments[i]);
		check_again(arena, &target);
	}
	check_query(arena, target.query);
	check_route(router, &target);
	if (api_rewrite(arena, &target, &scope, &err) == OK)
		check_route(router, &target);
}

static void check_headers(struct str accept, struct str accept_encoding, struct str content_type)
{
	enum answer_type type = negotiate_answer(accept);

	demand(type >= 0 && type <= ANSWER_NONE);
	negotiate_gzip(accept_encoding);
	negotiate_body(content_type);
}

static void check_body(struct arena *arena, struct str body)
{
	struct err err = { .arena = arena };
	const struct jsn *value = NULL;
	struct str text = jsn_decode(arena, body);
	enum err_code code = jsn_parse(arena, text, JSN_NAN, LIMIT_JSON_DEPTH, &value, &err);

	demand(code == OK || code == ERR_BAD_JSON || code == ERR_LIMIT);
	demand((code == OK) == (value != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct router *router;
	struct str rest = str_make((const char *)data, size);
	struct arena *arena = arena_create(0);
	struct str target, accept, accept_encoding, content_type;

	if (router == NULL) {
		struct arena *always = arena_create(0);
		struct err err = { .arena = always };

		demand(router_create(always, api_routes, api_n_routes, &router, &err) == OK);
	}
	target = next_line(&rest);
	accept = next_line(&rest);
	accept_encoding = next_line(&rest);
	content_type = next_line(&rest);
	check_target(arena, router, target);
	check_headers(accept, accept_encoding, content_type);
	check_body(arena, rest);
	arena_destroy(arena);
	return 0;
}
