/* The outline of Avro schemas: one line for each named thing, as tests/unit/compat/avro_outline_test.c writes it. */
#include "tests/unit/compat/avro_test.h"

#include "compat/outline.h"

static void put(struct buf *b, const char *name, struct str value)
{
	if (str_present(value))
		buf_printf(b, " %s=%.*s", name, STR_ARG(value));
}

/* "kind name type=… …", what lies inside indented by a point each level. */
static void draw(struct buf *b, const struct outline *item, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		buf_add_c(b, '.');
	buf_printf(b, "%.*s %.*s %u:%u%s", STR_ARG(item->kind), STR_ARG(item->name), item->line, item->column,
		item->optional ? " optional" : "");
	put(b, "type", item->type);
	put(b, "logical", item->logical);
	put(b, "doc", item->doc);
	put(b, "default", item->default_json);
	put(b, "path", item->path);
	for (size_t i = 0; i < item->n_tags; i++)
		put(b, "tag", item->tags[i]);
	assert_int_equal(item->number, -1);
	buf_add_c(b, '\n');
	for (size_t i = 0; i < item->n_items; i++)
		draw(b, &item->items[i], depth + 1);
}

static void expect_outline(struct arena *arena, const char *text, const char *want)
{
	struct buf b = buf_make(arena, 0);

	draw(&b, schema_outline(arena, parse(arena, text, SCHEMA_STRICT)), 0);
	expect_str(text, want, buf_str(&b));
}

static void named_types_stand_where_they_are_defined(void **state)
{
	expect_outline(*state,
		"{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"doc\":\"one order\",\"confluent:tags\":[\"A\"],\n"
		" \"fields\":[\n"
		"  {\"name\":\"at\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"default\":null},\n"
		"  {\"name\":\"mail\",\"type\":\"string\",\"doc\":\"where to\",\"confluent:tags\":[\"PII\",\"B\",\"PII\"]},\n"
		"  {\"name\":\"state\",\"type\":{\"type\":\"enum\",\"name\":\"State\",\"symbols\":[\n"
		"    \"OPEN\",\n"
		"    \"DONE\"],\"default\":\"OPEN\"},\"default\":\"DONE\"},\n"
		"  {\"name\":\"parts\",\"type\":{\"type\":\"array\",\"items\":\n"
		"    {\"type\":\"record\",\"name\":\"Part\",\"fields\":[{\"name\":\"of\",\"type\":[\"null\",\"Part\"]},\n"
		"      {\"name\":\"key\",\"type\":{\"type\":\"fixed\",\"name\":\"Key\",\"size\":4}}]}}},\n"
		"  {\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":\"Part\"}}]}",
		"record shop.Order 1:1 doc=one order path=shop.Order tag=A\n"
		".field at 3:3 optional type=[null, long] logical=timestamp-millis default=null path=shop.Order.at\n"
		".field mail 4:3 type=string doc=where to path=shop.Order.mail tag=PII tag=B\n"
		".field state 5:3 optional type=shop.State default=\"DONE\" path=shop.Order.state\n"
		"..enum shop.State 5:26 default=\"OPEN\" path=/fields/2/type\n"
		"...symbol OPEN 6:5 path=/fields/2/type/symbols/0\n"
		"...symbol DONE 7:5 path=/fields/2/type/symbols/1\n"
		".field parts 8:3 type=array<shop.Part> path=shop.Order.parts\n"
		"..record shop.Part 9:5 path=shop.Part\n"
		"...field of 9:46 optional type=[null, shop.Part] path=shop.Part.of\n"
		"...field key 10:7 type=shop.Key path=shop.Part.key\n"
		"....fixed shop.Key 10:28 type=fixed(4) path=/fields/3/type/items/fields/1/type\n"
		".field more 11:3 type=map<shop.Part> path=shop.Order.more\n");
}

static void a_root_without_a_name_is_a_node_of_its_own(void **state)
{
	expect_outline(*state, "\"string\"", "string  1:1 type=string path=\n");
	expect_outline(*state, "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4}",
		"bytes  1:1 type=bytes logical=decimal path=\n");
	expect_outline(*state,
		"[\"null\",\n{\"type\":\"error\",\"name\":\"E\",\"fields\":[]},{\"type\":\"map\",\"values\":[\"E\",\"int\"]}]",
		"union  1:1 type=[null, E, map<[E, int]>] path=\n.error E 2:1 path=E\n");
}

/* What another schema defines is named, not drawn. */
static void types_of_dependencies_are_only_named(void **state)
{
	const struct schema_dependency dependency = { .name = STR("A"), .subject = STR("a"), .version = 1,
		.text = STR("{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}") };
	struct schema_source source = { .type = SCHEMA_AVRO, .dependencies = &dependency, .n_dependencies = 1,
		.text = STR("{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"a\",\"type\":\"A\"}]}") };
	const struct schema *schema;
	struct err err = { .arena = *state };
	struct buf b = buf_make(*state, 0);

	assert_int_equal(schema_parse(*state, &source, SCHEMA_STRICT, &schema, &err), OK);
	draw(&b, schema_outline(*state, schema), 0);
	expect_str("a dependency's type", "record B 1:1 path=B\n.field a 1:39 type=A path=B.a\n", buf_str(&b));
	source.text = STR("[\"A\"]");
	b.len = 0;
	assert_int_equal(schema_parse(*state, &source, SCHEMA_STRICT, &schema, &err), OK);
	draw(&b, schema_outline(*state, schema), 0);
	expect_str("a union of it", "union  1:1 type=[A] path=\n", buf_str(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		arena_test(named_types_stand_where_they_are_defined),
		arena_test(a_root_without_a_name_is_a_node_of_its_own),
		arena_test(types_of_dependencies_are_only_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
