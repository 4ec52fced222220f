/* Splitting and decoding of targets, against contract 1.3 and conformance/errors/err_subject_*, err_query_oddities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "server/http/target.h"

static const struct {
	const char *raw;
	enum err_code code;
	const char *segments; /* joined by "|" */
	const char *query;    /* NULL: absent */
} cases[] = {
	{ "/", OK, "", NULL },
	{ "/subjects", OK, "subjects", NULL },
	{ "/subjects/", OK, "subjects", NULL },
	{ "/subjects/a/versions/1?deleted=true", OK, "subjects|a|versions|1", "deleted=true" },
	{ "/subjects?", OK, "subjects", "" },
	{ "/?x=1", OK, "", "x=1" },
	{ "/a?b?c", OK, "a", "b?c" },
	{ "/a?b//c", OK, "a", "b//c" },
	{ "/subjects/a%2Fb", OK, "subjects|a/b", NULL },
	{ "/subjects/a%2fb%2F", OK, "subjects|a/b/", NULL },
	{ "/subjects/a+b", OK, "subjects|a+b", NULL },
	{ "/subjects/a%2Bb", OK, "subjects|a+b", NULL },
	{ "/subjects/%20a%20", OK, "subjects| a ", NULL },
	{ "/subjects/100%25", OK, "subjects|100%", NULL },
	{ "/subjects/%2525", OK, "subjects|%25", NULL },
	{ "/subjects/%C3%A9%F0%9F%98%80", OK, "subjects|\xC3\xA9\xF0\x9F\x98\x80", NULL },
	{ "/subjects/\xC3\xA9", OK, "subjects|\xC3\xA9", NULL },
	{ "/subjects/%C2%85", OK, "subjects|\xC2\x85", NULL },
	{ "/s%75bjects", OK, "subjects", NULL },
	{ "/subjects/.", OK, "subjects|.", NULL },
	{ "/subjects/../versions", OK, "subjects|..|versions", NULL },
	{ "/subjects/a%2E", OK, "subjects|a.", NULL },
	{ "/subjects/...", OK, "subjects|...", NULL },
	{ "/subjects/a;b=c/versions", OK, "subjects|a|versions", NULL },
	{ "/subjects/a%3Bb", OK, "subjects|a;b", NULL },
	{ "/subjects/:.ctx:a", OK, "subjects|:.ctx:a", NULL },
	{ "http://host:1/subjects?x", OK, "subjects", "x" },
	{ "HTTPS://host/subjects", OK, "subjects", NULL },
	{ "http://host", OK, "", NULL },
	{ "http://host?x=/y", OK, "", "x=/y" },
	{ "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", OK, "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16", NULL },

	{ "", ERR_NOT_FOUND, NULL, NULL },
	{ "*", ERR_NOT_FOUND, NULL, NULL },
	{ "subjects", ERR_NOT_FOUND, NULL, NULL },
	{ "?x", ERR_NOT_FOUND, NULL, NULL },
	{ "ftp://host/subjects", ERR_NOT_FOUND, NULL, NULL },
	{ "//", ERR_BAD_PATH, NULL, NULL },
	{ "//subjects", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects//", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects//versions", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/;a/versions", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%4", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/a%zz", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%4x", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%00", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%09", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%0A", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%7F", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/a%5Cb", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/a\\b", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%FF", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%C3", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/\xC3(", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%C0%AF", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%ED%A0%80", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/%2E%2E/versions", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/.%2e", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects/..;x/versions", ERR_BAD_PATH, NULL, NULL },
	{ "/sub jects", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects#x", ERR_BAD_PATH, NULL, NULL },
	{ "/subjects\x01", ERR_BAD_PATH, NULL, NULL },
	{ "/a?b\tc", ERR_BAD_PATH, NULL, NULL },
};

static struct str join_segments(struct arena *arena, const struct target *target)
{
	struct buf b = buf_make(arena, 100);

	for (size_t i = 0; i < target->n_segments; i++) {
		if (i > 0)
			buf_lit(&b, "|");
		buf_add(&b, target->segments[i]);
	}
	return buf_str(&b);
}

static void splits_targets(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { .arena = arena };
		struct target target;
		enum err_code code = target_split(arena, str_of(cases[i].raw), &target, &err);

		if (code != cases[i].code)
			fail_msg("%s: code %d: %.*s", cases[i].raw, (int)code, STR_ARG(err.message));
		if (code != OK)
			continue;
		if (!str_eq(join_segments(arena, &target), str_of(cases[i].segments)))
			fail_msg("%s: %.*s", cases[i].raw, STR_ARG(join_segments(arena, &target)));
		if (!str_eq(target.query, str_of(cases[i].query)) || str_present(target.query) != (cases[i].query != NULL))
			fail_msg("%s: query %.*s", cases[i].raw, STR_ARG(target.query));
	}
	arena_destroy(arena);
}

static void counts_beyond_its_room(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct target target;

	(void)state;
	assert_int_equal(target_split(arena, STR("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18"), &target, &err), OK);
	assert_int_equal(target.n_segments, 18);
	assert_int_equal(target_split(arena, STR("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/%"), &target, &err),
		ERR_BAD_PATH);
	arena_destroy(arena);
}

static void nul_bytes_are_refused(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct target target;

	(void)state;
	assert_int_equal(target_split(arena, STR("/a\0b"), &target, &err), ERR_BAD_PATH);
	arena_destroy(arena);
}

static const struct {
	const char *query;
	const char *pairs; /* "name=value" joined by "|" */
} queries[] = {
	{ "", "" },
	{ "&", "" },
	{ "&&&", "" },
	{ "a", "a=" },
	{ "a=", "a=" },
	{ "=b", "=b" },
	{ "a=b", "a=b" },
	{ "a=b=c", "a=b=c" },
	{ "a=b&c=d&a=e", "a=b|c=d|a=e" },
	{ "deleted=false&&key=x", "deleted=false|key=x" },
	{ "a=%74rue", "a=true" },
	{ "%61=1", "a=1" },
	{ "a=1+2", "a=1 2" },
	{ "a=1%2B2", "a=1+2" },
	{ "a+b=c", "a b=c" },
	{ "a=%26%3D", "a=&=" },
	{ "a=%", "a=%" },
	{ "a=%zz", "a=%zz" },
	{ "a=%4", "a=%4" },
	{ "a=%FF", "a=\xEF\xBF\xBD" },
	{ "a=x%C3y", "a=x\xEF\xBF\xBDy" },
	{ "a=%C3%A9\xC3\xA9", "a=\xC3\xA9\xC3\xA9" },
	{ "a=%E2%82", "a=\xEF\xBF\xBD\xEF\xBF\xBD" },
	{ "a=b;c=d", "a=b;c=d" },
};

static void decodes_queries(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct target_parameter *list = NULL;
		size_t n = target_query(arena, str_of(queries[i].query), &list);
		struct buf b = buf_make(arena, 100);

		for (size_t k = 0; k < n; k++)
			buf_printf(&b, "%s%.*s=%.*s", k ? "|" : "", STR_ARG(list[k].name), STR_ARG(list[k].value));
		if (!str_eq(buf_str(&b), str_of(queries[i].pairs)))
			fail_msg("%s: %.*s", queries[i].query, STR_ARG(buf_str(&b)));
	}
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_targets),
		cmocka_unit_test(counts_beyond_its_room),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(decodes_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
