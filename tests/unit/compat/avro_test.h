/* What the Avro tests share: parsing text with or without dependencies, and saying what went wrong. */
#ifndef TESTS_UNIT_COMPAT_AVRO_TEST_H
#define TESTS_UNIT_COMPAT_AVRO_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "compat/avro/avsc.h"
#include "compat/finding.h"

/* Each test has an arena in *state. */
static inline int arena_setup(void **state)
{
	*state = arena_create(0);
	return 0;
}

static inline int arena_teardown(void **state)
{
	arena_destroy(*state);
	return 0;
}

#define arena_test(function) cmocka_unit_test_setup_teardown(function, arena_setup, arena_teardown)

static inline enum err_code try_parse(struct arena *arena, struct str text, unsigned flags,
	const struct schema **out, struct err *err)
{
	const struct schema_source source = { .type = SCHEMA_AVRO, .text = text };

	*err = (struct err){ .arena = arena };
	return schema_parse(arena, &source, flags, out, err);
}

/* The schema, which must parse. */
static inline const struct schema *parse(struct arena *arena, const char *text, unsigned flags)
{
	const struct schema *schema = NULL;
	struct err err;

	if (try_parse(arena, str_of(text), flags, &schema, &err) != OK)
		fail_msg("%.200s\n  does not parse: %.*s", text, STR_ARG(err.message));
	return schema;
}

static inline void expect_str(const char *about, const char *want, struct str got)
{
	if (!str_eq(str_of(want), got))
		fail_msg("%.300s\n  want: %s\n  got:  %.*s", about, want, STR_ARG(got));
}

#endif
