/* Tests of server/registry/subject.c: how names are split, joined and refused (contract 4.1, 4.2). */
#include "server/registry/subject.h"

#include "base/arena.h"
#include "tests/unit/base/check.h"

static const struct {
	const char *text;
	const char *context;
	const char *name;
	const char *normal;          /* qualified name */
	bool qualified;
	bool is_context;
} names[] = {
	{ "orders", ".", "orders", "orders", false, false },
	{ "", ".", "", "", false, false },
	{ ":", ".", ":", ":", false, false },
	{ ":a", ".", ":a", ":a", false, false },
	{ "a:.b:c", ".", "a:.b:c", "a:.b:c", false, false },
	{ ":*:a", ".", ":*:a", ":*:a", false, false },
	{ ":.:orders", ".", "orders", "orders", false, false },
	{ ":.:", ".", "", "", false, false },
	{ ":.", ".", "", "", false, false },
	{ ":.ctx:orders", ".ctx", "orders", ":.ctx:orders", true, false },
	{ ":.ctx:", ".ctx", "", ":.ctx:", true, true },
	{ ":.ctx", ".ctx", "", ":.ctx:", true, true },
	{ ":.ctx:a:b", ".ctx", "a:b", ":.ctx:a:b", true, false },
	{ ":.ctx::.other:a", ".ctx", ":.other:a", ":.ctx::.other:a", true, false },
	{ ":.__GLOBAL:", ".__GLOBAL", "", ":.__GLOBAL:", true, true },
	{ ":.c t/x:ä", ".c t/x", "ä", ":.c t/x:ä", true, false },
};

static void test_split(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct str text = str_of(names[i].text);
		struct subject_name name = subject_split(text);
		struct str normal = subject_normalize(arena, text);

		CHECK_STR(names[i].text, name.context, str_of(names[i].context));
		CHECK_STR(names[i].text, name.name, str_of(names[i].name));
		CHECK_STR(names[i].text, normal, str_of(names[i].normal));
		CHECK_STR(names[i].text, subject_normalize(arena, normal), normal);
		CHECK_STR(names[i].text, subject_join(arena, name.context, name.name), normal);
		CHECK(names[i].text, name.qualified == names[i].qualified);
		CHECK(names[i].text, subject_is_context(text) == names[i].is_context);
	}
	CHECK_STR("absent", subject_split(STR_NONE).name, STR(""));
	CHECK_STR("absent", subject_split(STR_NONE).context, CONTEXT_DEFAULT);
	CHECK_STR("absent", subject_normalize(arena, STR_NONE), STR(""));
	arena_destroy(arena);
}

static void test_shown_context(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	CHECK_STR("default", subject_context_shown(arena, STR("orders")), STR(""));
	CHECK_STR("other", subject_context_shown(arena, STR(":.ctx:orders")), STR(":.ctx:"));
	CHECK_STR("a context", subject_context_shown(arena, STR(":.ctx:")), STR(":.ctx:"));
	arena_destroy(arena);
}

static const struct {
	const char *text;
	bool configure, registrable;
} verdicts[] = {
	{ "orders", true, true },
	{ "a/b c%:?", true, true },
	{ "\xc3\xa4\xf0\x9f\x98\x80", true, true },
	{ "\xc2\xa0", true, true },
	{ "__GLOBAL", false, false },
	{ "__EMPTY", false, false },
	{ "__global", true, true },
	{ "x__GLOBAL", true, true },
	{ ":.ctx:__GLOBAL", false, false },
	{ ":.ctx:__EMPTY", false, false },
	{ ":.__GLOBAL:", true, false },
	{ ":.__GLOBAL:orders", true, false },
	{ ":.ctx:", true, true },
	{ ":.ctx:orders", true, true },
	{ "", true, false },
	{ ":*:", true, false },
	{ ":*:orders", true, false },
	{ "a\x01", false, false },
	{ "a\x1f", false, false },
	{ "a\x7f", false, false },
	{ "a\xc2\x80", false, false },
	{ "a\xc2\x9f", false, false },
	{ "a\n:.b", false, false },
};

static void test_verdicts(void **state)
{
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		struct str text = str_of(verdicts[i].text);
		struct err err = { .arena = arena };

		CHECK(verdicts[i].text, (subject_check_configure(text, &err) == OK) == verdicts[i].configure);
		CHECK(verdicts[i].text, (subject_check_register(text, &err) == OK) == verdicts[i].registrable);
		if (verdicts[i].registrable)
			continue;
		CHECK(verdicts[i].text, err.code == ERR_INVALID_SUBJECT);
		CHECK_STR(verdicts[i].text, err.message,
			str_printf(arena, "The specified subject '%s' is not a valid.", verdicts[i].text));
	}
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_shown_context),
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests_name("server/registry/subject", tests, NULL, NULL);
}
