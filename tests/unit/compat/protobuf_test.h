/* What the tests of Protobuf share: parsing with references, and failing loudly. */
#ifndef TESTS_UNIT_COMPAT_PROTOBUF_TEST_H
#define TESTS_UNIT_COMPAT_PROTOBUF_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/arena.h"
#include "compat/messages.h"
#include "compat/format.h"
#include "compat/protobuf/output.h"

/* Parses a text that has no dependencies; the error's text in *why when it does not parse. */
static inline const struct schema *pbuf_test_parse(struct arena *arena, struct str text, unsigned flags, struct str *why)
{
	const struct schema_source source = { .type = SCHEMA_PROTOBUF, .text = text };
	struct err err = { .arena = arena };
	const struct schema *schema = NULL;

	if (pbuf_format.parse(arena, &source, flags, &schema, &err) == OK)
		return schema;
	assert_null(schema);
	if (why)
		*why = err.message;
	return NULL;
}

/* As above, for texts that must parse. */
static inline const struct schema *pbuf_test_schema(struct arena *arena, const char *text)
{
	struct str why = STR("");
	const struct schema *schema = pbuf_test_parse(arena, str_of(text), 0, &why);

	if (schema == NULL)
		fail_msg("does not parse: %.*s\n%s", STR_ARG(why), text);
	return schema;
}

static inline void pbuf_test_equal(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("\nwant: %s\ngot:  %.*s", want, STR_ARG(got));
}

static inline const char *json_text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

#endif
