/* Tests of base/err.c and of the rows of base/err.def. */
#include "base/err.h"

#include "base/arena.h"
#include "tests/unit/base/check.h"

/* Contract 1.5: a wire code of five digits starts with the HTTP status, one of three is the status. */
static void test_rows(void **state)
{
	(void)state;
	for (int code = OK + 1; code < ERR_CODES; code++) {
		int status = err_status((enum err_code)code), wire = err_wire((enum err_code)code);
		const char *name = err_name((enum err_code)code);

		CHECK(name, strlen(name) > 0);
		CHECK(name, status >= 400 && status < 600);
		CHECK(name, wire >= 1000 ? wire / 100 == status : wire == status);
		for (int other = OK + 1; other < code; other++)
			CHECK(name, strcmp(name, err_name((enum err_code)other)) != 0);
	}
	assert_int_equal(err_status(OK), 200);
	assert_int_equal(err_status(ERR_SUBJECT_NOT_FOUND), 404);
	assert_int_equal(err_wire(ERR_SUBJECT_NOT_FOUND), 40401);
	assert_string_equal(err_name(ERR_BAD_JSON), "BAD_JSON");
}

static void test_messages(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct str subject = STR("orders-value"), cut = STR("a\0b");

	(void)state;
	assert_int_equal(err_raise(&err, SUBJECT_NOT_FOUND, STR_ARG(subject)), ERR_SUBJECT_NOT_FOUND);
	assert_int_equal(err.code, ERR_SUBJECT_NOT_FOUND);
	CHECK_STR("with text", err.message, STR("Subject 'orders-value' not found."));
	err_raise(&err, VERSION_NOT_FOUND, 7);
	CHECK_STR("with number", err.message, STR("Version 7 not found."));
	err_raise(&err, NOT_FOUND);
	CHECK_STR("fixed", err.message, STR("HTTP 404 Not Found"));
	err_raise(&err, SUBJECT_NOT_FOUND, STR_ARG(cut));
	CHECK_STR("printf stops at a NUL", err.message, STR("Subject 'a' not found."));
	err_raise(&err, SUBJECT_NOT_FOUND, STR_ARG(STR_NONE));
	CHECK_STR("absent", err.message, STR("Subject '' not found."));
	assert_int_equal(err_text(&err, ERR_INVALID_SCHEMA, cut), ERR_INVALID_SCHEMA);
	CHECK_STR("err_text keeps a NUL", err.message, STR("a\0b"));
	assert_int_equal(err.line, 0);
	arena_destroy(arena);
}

static enum err_code fail_when(bool bad, struct err *err)
{
	return bad ? err_raise(err, INTERNAL) : OK;
}

static enum err_code pass_on(bool bad, int *reached, struct err *err)
{
	TRY(fail_when(bad, err));
	*reached = 1;
	return OK;
}

static void test_try(void **state)
{
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	int reached = 0;

	(void)state;
	assert_int_equal(pass_on(true, &reached, &err), ERR_INTERNAL);
	assert_int_equal(reached, 0);
	assert_int_equal(pass_on(false, &reached, &err), OK);
	assert_int_equal(reached, 1);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_try),
	};

	return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
