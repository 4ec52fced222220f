/* The outline of a JSON Schema, and documents that are read and written by one. */
#include "tests/unit/compat/jsonschema_test.h"

#include "base/json.h"

static void put_outline(struct buf *b, const struct outline *o, unsigned depth)
{
	buf_printf(b, "%*s%.*s", (int)depth * 2, "", STR_ARG(o->kind));
	if (str_present(o->name))
		buf_printf(b, " %.*s", STR_ARG(o->name));
	if (str_present(o->type))
		buf_printf(b, " : %.*s", STR_ARG(o->type));
	if (o->optional)
		buf_lit(b, "?");
	if (str_present(o->logical))
		buf_printf(b, " (%.*s)", STR_ARG(o->logical));
	if (str_present(o->default_json))
		buf_printf(b, " = %.*s", STR_ARG(o->default_json));
	if (str_present(o->doc))
		buf_printf(b, " -- %.*s", STR_ARG(o->doc));
	for (size_t i = 0; i < o->n_tags; i++)
		buf_printf(b, " #%.*s", STR_ARG(o->tags[i]));
	buf_printf(b, " @%.*s %u:%u\n", STR_ARG(o->path), o->line, o->column);
	for (size_t i = 0; i < o->n_items; i++)
		put_outline(b, &o->items[i], depth + 1);
}

static const struct {
	const char *schema, *expect;
} outlines[] = {
	{ "true", "schema : any @ 1:1\n" },
	{ "{\"type\":\"object\",\"title\":\"Order\",\"required\":[\"id\"],\n\"properties\":{\n"
	  "\"id\":{\"type\":\"integer\",\"description\":\"Number\",\"confluent:tags\":[\"PII\"]},\n"
	  "\"at\":{\"type\":[\"string\",\"null\"],\"format\":\"date\",\"default\":null},\n"
	  "\"a/b\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/Item\"}}},\n"
	  "\"additionalProperties\":false,\"definitions\":{\"Item\":{\"enum\":[\"x\",2]}}}",
		"schema Order : object @ 1:1\n"
		"  property id : integer -- Number #PII @/properties/id 3:6\n"
		"  property at : [string, null]? (date) = null @/properties/at 4:6\n"
		"  property a/b : array<Item>? @/properties/a~1b 5:7\n"
		"    items : Item @/properties/a~1b/items 5:31\n"
		"  definition Item : enum @/definitions/Item 6:52\n"
		"    value x @/definitions/Item/enum/0 6:61\n"
		"    value 2 @/definitions/Item/enum/1 6:65\n" },
	{ "{\"oneOf\":[{\"type\":\"null\"},{\"not\":{\"minimum\":3}}],\"patternProperties\":{\"^x\":{\"type\":\"number\"}},"
	  "\"items\":[{\"const\":1},false],\"if\":{\"title\":\"t\"},\"additionalProperties\":{\"$ref\":\"#\"}}",
		"schema : oneOf @ 1:1\n"
		"  oneOf branch : null @/oneOf/0 1:11\n"
		"  oneOf branch : not @/oneOf/1 1:27\n"
		"    not : any @/oneOf/1/not 1:34\n"
		"  pattern property ^x : number @/patternProperties/^x 1:76\n"
		"  item : const @/items/0 1:104\n"
		"  item : never @/items/1 1:116\n"
		"  if t : any @/if 1:128\n"
		"  additional properties : # @/additionalProperties 1:165\n" },
};

static void draws(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(outlines) / sizeof(outlines[0]); i++) {
		struct arena *arena = arena_create(0);
		struct buf b = buf_make(arena, 0);

		put_outline(&b, schema_outline(arena, parse(arena, outlines[i].schema)), 0);
		assert_string_equal(buf_str(&b).data, outlines[i].expect);
		arena_destroy(arena);
	}
}

static const struct {
	const char *writer, *reader, *bytes;
	const char *json;   /* what is read; else the reason … */
	const char *reason;
	size_t offset;
	const char *path;
} reads[] = {
	{ "{\"type\":\"object\"}", NULL, "{ \"a\" : 1.0 }", "{\"a\":1.0}", NULL, 0, NULL },
	{ "{\"type\":\"object\"}", "{\"properties\":{\"a\":{\"maximum\":5}}}", "{ \"a\" : 4 }", "{\"a\":4}", NULL, 0, NULL },
	{ "{\"type\":\"object\"}", "{\"properties\":{\"a\":{\"maximum\":5}}}", "{\n \"b\":0, \"a\" : 6 }", NULL,
		"the value at \"/a\", 6, violates \"maximum\": 5 in the reader's schema", 16, "/properties/a" },
	{ "{\"type\":\"object\"}", NULL, "[1]", NULL, "the document violates \"type\": \"object\" in the writer's schema", 0, "" },
	{ "true", "{\"required\":[\"b\",\"c\"]}", "{\"b\":1}", NULL,
		"the document lacks the required property \"c\" in the reader's schema", 0, "" },
	{ "true", "{\"items\":{\"properties\":{\"a\":{}},\"additionalProperties\":false}}", "[{\"b\":1}]", NULL,
		"the value at \"/0/b\", 1, is a property that the schema does not allow (\"additionalProperties\": false) in the "
		"reader's schema", 6, "/items" },
	{ "true", "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]}", "5", NULL,
		"the document, 5, violates \"oneOf\": [{\"type\":\"integer\"},{\"type\":\"number\"}] in the reader's schema", 0, "" },
	{ "true", NULL, "{\"a\":", NULL, "", 5, NULL },
	{ "true", NULL, "", NULL, "", 0, NULL },
};

static void reads_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		struct arena *arena = arena_create(0);
		struct err err = { .arena = arena };
		struct event_source source = { .writer = parse(arena, reads[i].writer), .bytes = str_of(reads[i].bytes) };
		struct event_read read;

		if (reads[i].reader)
			source.reader = parse(arena, reads[i].reader);
		assert_int_equal(schema_event_read(arena, &source, &read, &err), OK);
		assert_int_equal(read.ok, reads[i].json != NULL);
		if (read.ok) {
			assert_string_equal(read.json.data, reads[i].json);
		} else {
			if (*reads[i].reason)
				assert_string_equal(read.reason.data, reads[i].reason);
			assert_int_equal(read.offset, reads[i].offset);
			assert_true(str_eq(read.path, str_of(reads[i].path)));
		}
		arena_destroy(arena);
	}
}

static void writes_events(void **state)
{
	struct arena *arena = arena_create(0);
	const struct schema *schema = parse(arena, "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}");
	struct err err = { .arena = arena };
	struct str bytes;

	(void)state;
	assert_int_equal(schema_event_write(arena, &(struct event_target){ .schema = schema }, STR(" {\"a\": \"x\"}"), &bytes, &err), OK);
	assert_string_equal(bytes.data, "{\"a\":\"x\"}");
	assert_int_equal(schema_event_write(arena, &(struct event_target){ .schema = schema }, STR("{\"a\":\n 1}"), &bytes, &err), ERR_PARSE);
	assert_string_equal(err.message.data, "the value at \"/a\", 1, violates \"type\": \"string\"");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 2);
	assert_int_equal(schema_event_write(arena, &(struct event_target){ .schema = schema }, STR("{"), &bytes, &err), ERR_PARSE);
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws),
		cmocka_unit_test(reads_events),
		cmocka_unit_test(writes_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
