/* Inline tags: (confluent.message_meta).tags and (confluent.field_meta).tags (contract 6.6). */
#include "tests/unit/compat/protobuf_test.h"

static const char TEXT[] =
	"syntax = \"proto3\"; package p; message M { option (confluent.message_meta).tags = \"A\";"
	" int32 x = 1 [(confluent.field_meta) = { tags: [\"B\", \"C\"], doc: \"d\" }, deprecated = true];"
	" oneof o { int32 y = 2; } message N { string z = 3 [(confluent.field_meta).doc = \"e\"]; } }";

enum { MOST = 4 };

/* One entry, as "+" or "-", path, tags. */
struct change {
	char sign;
	enum schema_entity entity;
	const char *path;
	const char *tags[MOST];
};

static struct str retag(struct arena *arena, const struct schema *schema, const struct change *changes, size_t n)
{
	struct schema_tags lists[2][MOST];
	struct schema_tag_change wanted = { .added = { .items = lists[0] }, .removed = { .items = lists[1] } };
	struct err err = { .arena = arena };
	struct str out = STR_NONE;

	for (size_t i = 0; i < n; i++) {
		struct str *tags = arena_array(arena, struct str, MOST);
		struct schema_tag_list *list = changes[i].sign == '+' ? &wanted.added : &wanted.removed;
		struct schema_tags *entry = &lists[changes[i].sign != '+'][list->n_items++];

		*entry = (struct schema_tags){ .path = str_of(changes[i].path), .entity = changes[i].entity, .tags = tags };
		for (size_t k = 0; k < MOST && changes[i].tags[k]; k++)
			tags[entry->n_tags++] = str_of(changes[i].tags[k]);
	}
	if (pbuf_format.retag(arena, schema, &wanted, &out, &err) != OK)
		return err.message;
	return out;
}

static void test_listed(void **state)
{
	struct arena *arena = arena_create(0);
	struct schema_tag_list list = pbuf_format.tags(arena, pbuf_test_schema(arena, TEXT));

	(void)state;
	assert_int_equal(list.n_items, 2);
	pbuf_test_equal(list.items[0].path, "M");
	assert_int_equal(list.items[0].entity, SCHEMA_RECORD);
	pbuf_test_equal(list.items[0].tags[0], "A");
	pbuf_test_equal(list.items[1].path, "M.x");
	assert_int_equal(list.items[1].entity, SCHEMA_FIELD);
	assert_int_equal(list.items[1].n_tags, 2);
	pbuf_test_equal(list.items[1].tags[1], "C");
	arena_destroy(arena);
}

static void test_changed(void **state)
{
	static const struct change changes[] = {
		{ '+', SCHEMA_RECORD, "M", { "RR", "A" } },
		{ '+', SCHEMA_FIELD, ".M.y", { "Y" } },
		{ '+', SCHEMA_FIELD, "M.N.z", { "Z" } },
		{ '-', SCHEMA_FIELD, "M.x", { "B" } },
	};
	static const struct change removals[] = {
		{ '-', SCHEMA_RECORD, "M", { "A" } },
		{ '-', SCHEMA_FIELD, "M.x", { "B", "C", "D" } },
	};
	struct arena *arena = arena_create(0);
	const struct schema *schema = pbuf_test_schema(arena, TEXT);
	struct str before = str_dup(arena, schema->canonical);

	(void)state;
	pbuf_test_equal(retag(arena, schema, changes, 4),
		"syntax = \"proto3\";\npackage p;\n\nmessage M {\n  option (confluent.message_meta) = {\n    tags: [\n"
		"      \"A\",\n      \"RR\"\n    ]\n  };\n\n  int32 x = 1 [\n    (confluent.field_meta) = {\n      doc: \"d\",\n"
		"      tags: [\n        \"C\"\n      ]\n    },\n    deprecated = true\n  ];\n\n  oneof o {\n"
		"    int32 y = 2 [(confluent.field_meta) = {\n      tags: [\n        \"Y\"\n      ]\n    }];\n  }\n\n"
		"  message N {\n    string z = 3 [(confluent.field_meta) = {\n      doc: \"e\",\n      tags: [\n        \"Z\"\n"
		"      ]\n    }];\n  }\n}\n");
	pbuf_test_equal(retag(arena, schema, removals, 2),
		"syntax = \"proto3\";\npackage p;\n\nmessage M {\n  int32 x = 1 [\n    (confluent.field_meta) = {\n"
		"      doc: \"d\"\n    },\n    deprecated = true\n  ];\n\n  oneof o {\n    int32 y = 2;\n  }\n\n"
		"  message N {\n    string z = 3 [(confluent.field_meta).doc = \"e\"];\n  }\n}\n");
	pbuf_test_equal(before, arena_strndup(arena, schema->canonical.data, schema->canonical.len));
	arena_destroy(arena);
}

static void test_not_there(void **state)
{
	static const struct {
		struct change change;
		const char *error;
	} cases[] = {
		{ { '+', SCHEMA_RECORD, "a", { "T" } }, "No matching Message with name 'a' found in the schema" },
		{ { '+', SCHEMA_RECORD, "p.M", { "T" } }, "No matching Message with name 'p.M' found in the schema" },
		{ { '-', SCHEMA_FIELD, "a.b", { "T" } }, "No matching Message with name 'a' found in the schema" },
		{ { '-', SCHEMA_FIELD, "x", { "T" } }, "No matching Message with name 'x' found in the schema" },
		{ { '+', SCHEMA_FIELD, "M.q", { "T" } }, "No matching Field with name 'q' found in the message" },
	};
	struct arena *arena = arena_create(0);
	const struct schema *schema = pbuf_test_schema(arena, TEXT);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		pbuf_test_equal(retag(arena, schema, &cases[i].change, 1),
			arena_printf(arena, "java.lang.IllegalArgumentException: %s", cases[i].error));
	arena_destroy(arena);
}

/* Tags of another version are taken over where the entity is there, and quietly left where it is not. */
static void test_inherited(void **state)
{
	const struct str tag = STR("T");
	const struct schema_tags items[] = {
		{ .path = STR("M"), .entity = SCHEMA_RECORD, .tags = &tag, .n_tags = 1 },
		{ .path = STR("Gone"), .entity = SCHEMA_RECORD, .tags = &tag, .n_tags = 1 },
		{ .path = STR("M.gone"), .entity = SCHEMA_FIELD, .tags = &tag, .n_tags = 1 },
	};
	const struct schema_tag_change wanted = { .inherited = { .items = items, .n_items = 3 } };
	struct arena *arena = arena_create(0);
	struct err err = { .arena = arena };
	struct str out;

	(void)state;
	assert_int_equal(pbuf_format.retag(arena, pbuf_test_schema(arena, "message M {}"), &wanted, &out, &err), OK);
	pbuf_test_equal(out, "\nmessage M {\n  option (confluent.message_meta) = {\n    tags: [\n      \"T\"\n    ]\n  };\n}\n");
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listed),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_inherited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
