/* What the tests of compat/jsonschema share: parsing, judging and complaining. */
#ifndef TESTS_UNIT_COMPAT_JSONSCHEMA_TEST_H
#define TESTS_UNIT_COMPAT_JSONSCHEMA_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/arena.h"
#include "compat/finding.h"
#include "compat/jsonschema/jsch.h"
#include "compat/messages.h"

static inline enum err_code try_parse(struct arena *arena, struct str text, const struct schema **out, struct err *err)
{
	const struct schema_source source = { .type = SCHEMA_JSON, .text = text };

	*err = (struct err){ .arena = arena };
	return jsch_format.parse(arena, &source, SCHEMA_STRICT, out, err);
}

static inline const struct schema *parse(struct arena *arena, const char *text)
{
	const struct schema *schema = NULL;
	struct err err;

	if (try_parse(arena, str_of(text), &schema, &err) != OK)
		fail_msg("%.200s: %.*s", text, STR_ARG(err.message));
	return schema;
}

static inline const char *text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

#endif
